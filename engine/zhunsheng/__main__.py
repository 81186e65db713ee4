"""`python -m zhunsheng` is the command `zhunsheng`."""

import sys

from zhunsheng.cli import main

sys.exit(main())
