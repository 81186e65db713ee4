"""Starting is quick: importing the package, or asking for the version, loads no library it does not use."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version

import pytest

from package.building import ROOT, run, succeed

OFFICE_AND_WEB = {
    "docx",
    "lxml",
    "openpyxl",
    "python_calamine",
    "pdfplumber",
    "jinja2",
    "fastapi",
    "uvicorn",
    "polars",
    "pyarrow",
    "pyspark",
}
COMMAND_LINE = {"typer", "click", "rich"}


def imported_by(*arguments: str) -> set[str]:
    """The top-level packages that a Python process loads, as its own import log names them."""
    done = run(sys.executable, "-X", "importtime", *arguments, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    names = re.findall(r"^import time:[^|]*\|[^|]*\|\s*([\w.]+)$", done.stderr, flags=re.MULTILINE)
    return {name.partition(".")[0] for name in names}


def test_importing_the_package_loads_no_office_web_or_command_line_library() -> None:
    loaded = imported_by("-c", "import zhunsheng")

    assert "zhunsheng" in loaded
    assert loaded & (OFFICE_AND_WEB | COMMAND_LINE) == set()


def test_the_version_loads_no_office_or_web_library() -> None:
    loaded = imported_by("-m", "zhunsheng", "--version")

    assert "zhunsheng" in loaded
    assert loaded & OFFICE_AND_WEB == set()


@pytest.mark.parametrize("call", [["evaluate", "fixtures/zhuzhou-2021"], ["run", "--help"], ["rulesets"]], ids=" ".join)
def test_commands_load_no_library_of_tables_before_they_need_it(call: list[str]) -> None:
    loaded = imported_by("-m", "zhunsheng", *call)

    assert "zhunsheng" in loaded
    assert loaded & OFFICE_AND_WEB == set()


@pytest.mark.parametrize("door", [[sys.executable, "-m", "zhunsheng"], ["{bin}/zhunsheng"]], ids=["module", "script"])
def test_both_doors_tell_the_version(door: list[str]) -> None:
    command = [word.format(bin=sys.executable.rpartition("/")[0]) for word in door]

    assert version("zhunsheng") in succeed(*command, "--version", cwd=ROOT)
