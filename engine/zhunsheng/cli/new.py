"""`zhunsheng new`: a ruleset, its tests, a document or a form to start from."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from zhunsheng.cli.options import RulesetName

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zhunsheng.document.model import Kind
    from zhunsheng.ruleset import Ruleset

CALL = "zhunsheng new"
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="写入文件；省略则显示 · write to a file")
]
Force = Annotated[bool, typer.Option("--force", help="覆盖已有的文件 · replace a file that is there")]


def new(
    what: Annotated[
        Literal["ruleset", "tests", "document", "form"],
        typer.Argument(metavar="ruleset|tests|document|form", help="规则、规则测试、自评文件，或空白的自评表 · which"),
    ],
    name: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="新规则的标识，如 my-city-2026 · id of the new ruleset")
    ] = None,
    extends: Annotated[
        str | None,
        typer.Option("--extends", metavar="ID|FILE", help="新规则依据的规则 · the ruleset that the new one extends"),
    ] = None,
    ruleset: RulesetName = None,
    kind: Annotated[
        Literal["department", "project"] | None,
        typer.Option("--kind", metavar="department|project", help="自评文件的类型 · kind of document"),
    ] = None,
    output: Output = None,
    force: Force = False,  # noqa: FBT002  a switch
) -> int:
    """新写一个规则、规则测试、自评文件或空白自评表，从这里写起 · a ruleset, its tests, a document or form to start from"""
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.exchange.blank import blank_document, starter_ruleset

    if what == "ruleset":
        _only(("--ruleset", ruleset), ("--kind", kind), with_="document")
        base = load_ruleset(_needed(extends, "--extends", what))
        text = starter_ruleset(_id(_needed(name, "ID", what)), base, _schema("ruleset", output))
    elif what == "tests":
        _only(("ID", name), ("--extends", extends), with_="ruleset")
        _only(("--kind", kind), with_="document")
        text = _tests(_needed(ruleset, "--ruleset", what), output)
    else:
        _only(("ID", name), ("--extends", extends), with_="ruleset")
        judge = load_ruleset(_needed(ruleset, "--ruleset", what))
        if what == "form":
            _write_form(judge, kind or _kind(judge), output, force=force)
            return 0
        text = blank_document(judge, kind or _kind(judge), _schema("document", output))
    if output is None:
        sys.stdout.write(text)
    else:
        write_new(output, text, force=force)
    return 0


def _tests(name: str, output: Path | None) -> str:
    """A test file for a ruleset; it is named as from where the file will lie."""
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.exchange.blank import starter_tests
    from zhunsheng.exchange.generate import called

    return starter_tests(load_ruleset(name), called(name, output or Path("x.test.yaml")), _schema("tests", output))


def _write_form(ruleset: "Ruleset", kind: "Kind", output: Path | None, *, force: bool) -> None:
    """The official form for Excel or Word, by the name of the file."""
    from zhunsheng.exchange.describe.write import write_file
    from zhunsheng.exchange.report.blank import blank_form
    from zhunsheng.problem import Place, Problem, Refused, say

    if output is None:
        raise Refused([Problem(Place(CALL), "output-needed", say("output-needed.expected"), "form")])
    suffix = output.suffix.lower()
    if suffix not in (".docx", ".xlsx"):
        expected = say("unknown-format.expected", suffixes=".xlsx .docx")
        raise Refused([Problem(Place(output.as_posix()), "unknown-format", expected, output.suffix)])
    refuse_existing(output, force=force)
    write_file(output, blank_form(ruleset, kind, "docx" if suffix == ".docx" else "xlsx"))


def write_new(output: Path, text: str, *, force: bool) -> None:
    """Writes a file that is not there yet, or with `force` also one that is.

    Raises:
        Refused: it is there, or cannot be written.
    """
    from zhunsheng.problem import Place, Problem, Refused, say

    refuse_existing(output, force=force)
    try:
        with output.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        place = Place(output.as_posix())
        raise Refused([Problem(place, "not-writable", say("not-writable.expected"), error.strerror or "")]) from None


def refuse_existing(output: Path, *, force: bool) -> None:
    """Raises `Refused` where a file is there already and may not be replaced."""
    from zhunsheng.problem import Place, Problem, Refused, say

    if output.exists() and not force:
        place = Place(output.as_posix())
        raise Refused([Problem(place, "output-exists", say("output-exists.expected"), output.name)])


def _needed(value: str | None, option: str, what: str) -> str:
    from zhunsheng.problem import Place, Problem, Refused, say

    if value is None:
        expected = say("wrong-option.needs", option=option, what=what)
        raise Refused([Problem(Place(CALL), "missing-argument", expected, hint=say("cli.see-help", command=CALL))])
    return value


def _only(*options: tuple[str, str | None], with_: str) -> None:
    from zhunsheng.problem import Place, Problem, Refused, say

    problems = [
        Problem(Place(CALL), "wrong-option", say("wrong-option.only", option=option, what=with_), value)
        for option, value in options
        if value is not None
    ]
    if problems:
        raise Refused(problems)


def _id(name: str) -> str:
    import re

    from zhunsheng.problem import Place, Problem, Refused, say
    from zhunsheng.ruleset.model import ID_FORM, ruleset_schema

    if not re.match(ID_FORM, name):
        form = ruleset_schema()["properties"]["ruleset"]["x-form"]
        raise Refused([Problem(Place(CALL), "wrong-form", say("verbatim", **form), name)])
    return name


def _kind(ruleset: "Ruleset") -> "Kind":
    """The kind that a ruleset is for, where it is for one only."""
    return "department" if ruleset.kinds == ("department",) else "project"


def _schema(name: str, output: Path | None) -> str:
    """Where the schema that comes with the engine lies, seen from the new file."""
    from zhunsheng.exchange import shipped

    folder = shipped.schemas()
    here = (output.parent if output is not None else Path()).resolve()
    file = f"{name}.schema.json"
    if not isinstance(folder, Path):  # in a zip, where no editor looks
        return f"schemas/{file}"
    return Path(os.path.relpath(folder / file, here)).as_posix()
