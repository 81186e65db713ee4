"""The words and widths of the official form and report: data, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from zhunsheng.source import read


@cache
def official() -> Any:
    """What `official.yaml` says."""
    return read((files("zhunsheng.exchange.report") / "official.yaml").read_bytes(), "official.yaml").data
