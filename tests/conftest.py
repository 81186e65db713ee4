"""What every test shares: how Hypothesis looks for examples.

`ci`, the default, tries the same examples each time, so that a change is judged by what it changed. `long`
(`make long`, or HYPOTHESIS_PROFILE=long) draws many at random; what it finds becomes a case file.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    derandomize=True,
    max_examples=100,
    deadline=None,  # a loaded machine is slow, not wrong
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # likewise
)
settings.register_profile(
    "long",
    derandomize=False,
    max_examples=5_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
