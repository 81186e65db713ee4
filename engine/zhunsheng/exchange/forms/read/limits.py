"""How much of a file is read: far above any form ever filed, far below what a machine cannot bear."""

from __future__ import annotations

from typing import Final

FILE: Final = 100 * 2**20
"""Bytes of a file; what makes a form large is photographs, and these are never unpacked."""
TEXT: Final = 20 * 2**20
"""Bytes of a text or a web page, which is taken in whole."""
TREE: Final = 32 * 2**20
"""Bytes of one unpacked part that is taken in whole."""
PART: Final = 64 * 2**20
"""Bytes of one unpacked part that is read in passing: sheets have rows upon rows of nothing but borders."""
TOTAL: Final = 128 * 2**20
"""Bytes unpacked from one file."""
RATIO: Final = 400
"""How many times larger than packed a part beyond `SMALL` may be; bare borders pack 100 : 1, bombs 1000 : 1."""
SMALL: Final = 2 * 2**20
DIRECTORY: Final = 2 * 2**20
"""Bytes of the list of parts: some ten thousand."""
DEPTH: Final = 200
"""How deep elements may lie in each other; a form within a form within a form has some forty."""
ROWS: Final = 20_000
COLUMNS: Final = 256
CELLS: Final = 200_000
"""Places of one table, merged or not, blank or not."""
TEXTS: Final = 20 * 2**20
"""Characters of all texts that cells share."""
PROBLEMS: Final = 1000
"""Faults told of one sheet."""
PAGES: Final = 200
"""Pages of a PDF."""
SECONDS: Final = 120
"""For a program that is asked to read a file for us."""
MEMORY: Final = 3 * 2**30
"""Bytes for the process that reads a PDF."""
