"""Every code has an example: the bad file yields exactly that code at the place it names, the mended one is accepted.

A bad file says in its first line what is underlined (`# underlines: 执行绿`); those without such a line are refused as a
whole. A folder may hold files that these name, and a `document.yaml` that a ruleset is tried on. What is no YAML or JSON at all is an example of the reader alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from zhunsheng.cli.filing import judged
from zhunsheng.cli.refusal import text_of
from zhunsheng.exchange import load_ruleset
from zhunsheng.exchange.opening import source_of
from zhunsheng.problem import Refused
from zhunsheng.problem.show import catalogue, excerpt, line, title
from zhunsheng.proof import prove
from zhunsheng.ruleset.check import check

if TYPE_CHECKING:
    from zhunsheng.problem import Problem

ROOT: Final = Path(__file__).resolve().parents[2]
BAD: Final = ROOT / "fixtures" / "bad"
ENGINE: Final = ROOT / "engine" / "zhunsheng"

MADE_ELSEWHERE: Final = {
    "column-float": "a table; tests/population/test_tables.py",
    "column-missing": "a table; tests/population/test_tables.py",
    "column-type": "a table; tests/population/test_tables.py",
    "column-unknown": "a table; tests/population/test_tables.py",
    "dossier-aside": "a dossier that goes into tables; tests/population/test_dossiers.py",
    "figure-digits": "a figure of a population; tests/population/test_columns_odd.py",
    "not-in-columns": "a note on columns; tests/population/test_tables.py",
    "original-missing": "a table; tests/population/test_tables.py",
    "peers-apart": "a population; tests/population/test_run.py",
    "row-digits": "a document for tables; tests/population/test_tables.py",
    "row-key-missing": "a table; tests/population/test_tables.py",
    "row-key-twice": "a table; tests/population/test_tables.py",
    "row-not-one-of": "a table; tests/population/test_tables.py",
    "row-number-long": "a table; tests/population/test_tables.py",
    "row-orphan": "a table; tests/population/test_tables.py",
    "row-place-twice": "a table; tests/population/test_tables.py",
    "row-places": "a table; tests/population/test_tables.py",
    "row-undeclared": "a table; tests/population/test_tables.py",
    "row-value-missing": "a table; tests/population/test_tables.py",
    "row-year": "a table; tests/population/test_tables.py",
    "run-of-other": "a folder of results; tests/population/test_run.py",
    "table-unknown": "a table; tests/population/test_tables.py",
    "tables-alone": "a table; tests/population/test_tables.py",
    "cell-error": "a workbook; tests/forms/test_read.py",
    "file-damaged": "bytes; tests/refusals/test_hostile_forms.py",
    "file-protected": "bytes; tests/refusals/test_hostile_forms.py",
    "file-unsafe": "bytes; tests/refusals/test_hostile_forms.py",
    "form-too-large": "a workbook; tests/refusals/test_hostile_forms.py",
    "formula-uncalculated": "a workbook; tests/forms/test_read.py",
    "hidden-content": "a note on a workbook; tests/forms/test_read.py",
    "left-aside": "a note on a workbook; tests/forms/test_read.py",
    "needs-office": "an installation, not a file; tests/forms/test_read.py",
    "no-table": "a form, not a document; tests/refusals/test_hostile_forms.py",
    "empty-folder": "a folder without files is not kept by git; tests/unit/test_cli.py",
    "expression-too-long": "ten thousand characters; below",
    "file-is-folder": "a folder with the name of a file; tests/unit/test_cli.py",
    "file-missing": "no file; tests/unit/test_cli.py",
    "file-too-large": "megabytes; tests/refusals/test_hostile.py",
    "file-unreadable": "permissions are not kept by git; tests/unit/test_cli.py",
    "form-amount": "a filled form; tests/forms/test_import.py",
    "form-cell": "a filled form; tests/forms/test_import.py",
    "form-column": "a filled form; tests/forms/test_import.py",
    "form-doubtful": "a filled form; tests/forms/test_import.py",
    "form-figure": "a filled form; tests/forms/test_import.py",
    "form-indicator": "a filled form; tests/forms/test_import.py",
    "form-none": "a table that is no form; tests/forms/test_import.py",
    "form-project": "a filled form; tests/forms/test_import.py",
    "form-unit": "a filled form; tests/forms/test_import.py",
    "form-year": "a filled form; tests/forms/test_import.py",
    "missing-argument": "a call, not a file; tests/unit/test_cli.py",
    "missing-library": "an installation, not a file; tests/unit/test_describe.py",
    "not-annotated": "a call; tests/forms/test_reports.py",
    "not-utf8": "bytes that no editor shows; tests/refusals/test_hostile.py",
    "not-writable": "a call; tests/unit/test_cli.py",
    "nothing-named": "a call; tests/unit/test_cli.py",
    "output-needed": "a call; tests/unit/test_describe.py",
    "output-exists": "a call; tests/unit/test_editing.py",
    "table-cell": "a workbook; tests/unit/test_editing.py",
    "table-row": "a workbook; tests/unit/test_editing.py",
    "table-sheet": "a workbook; tests/unit/test_editing.py",
    "table-stale": "a workbook; tests/unit/test_editing.py",
    "output-is-input": "a call; tests/unit/test_cli.py",
    "unknown-code": "a call; tests/unit/test_cli.py",
    "unknown-command": "a call; tests/unit/test_cli.py",
    "unknown-format": "a name, not a content; tests/unit/test_cli.py",
    "unknown-option": "a call; tests/unit/test_cli.py",
    "wrong-call": "a call; tests/unit/test_cli.py",
    "wrong-option": "a call; tests/unit/test_cli.py",
}
"""Codes without a folder, and why."""


def problems_of(path: Path) -> list[Problem]:
    """What is wrong with a file, be it a ruleset, a document or a dossier."""
    try:
        source = source_of(path)
        if isinstance(source.data, dict) and "ruleset" in source.data:
            ruleset = load_ruleset(path)
            found = [*check(ruleset), *prove(ruleset).problems]
            document = path.parent / "document.yaml"
            return found + (judged([document], str(path))[1] if document.exists() else [])
    except Refused as refused:
        return list(refused.problems)
    return judged([path], None)[1]


def is_readable(path: Path) -> bool:
    """Whether a file is strictly YAML or JSON, whatever it says."""
    try:
        source_of(path)
    except Refused:
        return False
    return True


def underlined(problem: Problem) -> str:
    """The text above the caret."""
    text = text_of(problem.place.file)
    if not problem.place.line or text is None:
        return ""
    row = text.split("\n")[problem.place.line - 1]
    return row[problem.place.column - 1 :][: problem.place.length]


FOLDERS: Final = sorted(path.name for path in BAD.iterdir())


@pytest.mark.parametrize("code", FOLDERS)
def test_a_bad_file_yields_its_code_at_its_place(code: str) -> None:
    (bad,) = BAD.joinpath(code).glob("bad.*")

    problems = problems_of(bad)

    assert [code] == [each.code for each in problems]
    expected = re.match(r"# underlines: (.*)\n", bad.read_text(encoding="utf-8"))
    if expected:
        assert expected[1] == underlined(problems[0])


@pytest.mark.parametrize("code", FOLDERS)
def test_a_mended_file_is_accepted(code: str) -> None:
    (bad,), (mended,) = BAD.joinpath(code).glob("bad.*"), BAD.joinpath(code).glob("mended.*")
    if not is_readable(bad):
        assert is_readable(mended)
        return

    assert problems_of(mended) == []


@pytest.mark.parametrize("code", FOLDERS)
def test_a_problem_is_told_in_both_languages(code: str) -> None:
    (bad,) = BAD.joinpath(code).glob("bad.*")
    for problem in problems_of(bad):
        for lang in ("zh", "en"):
            assert title(problem, lang) in excerpt(problem, lang, text_of)
            assert str(problem.place) in line(problem, lang)


def test_an_expression_too_long_is_refused(tmp_path: Path) -> None:
    ruleset = tmp_path / "long.yaml"
    formula = " + ".join(["分值"] * 5_000)
    ruleset.write_text(
        f"ruleset: long\nversion: 1.0.0\ntitle: 例\nextends: mof-2020\nscores: {{定量指标: {formula}}}\n",
        encoding="utf-8",
    )

    assert [each.code for each in problems_of(ruleset)] == ["expression-too-long"]


def test_codes_in_the_catalogue_in_folders_and_in_the_source_are_the_same() -> None:
    """A code without an example, or an example of a code that is gone, is found here."""
    told = {key.removesuffix(".title") for key in catalogue() if key.endswith(".title")}
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ENGINE.rglob("*.py")))
    raised = {code for code in told if re.search(rf'"{re.escape(code)}"', text)}

    assert told == {*FOLDERS, *MADE_ELSEWHERE}
    assert told == raised
    assert not {*FOLDERS} & {*MADE_ELSEWHERE}
