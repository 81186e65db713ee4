"""The document in the form asked for, and where it goes."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from zhunsheng.exchange import shipped
from zhunsheng.exchange.files import ruleset_source
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.trial import read_yaml_with_nulls

if TYPE_CHECKING:
    from zhunsheng.exchange.describe.blocks import Block

Form = Literal["md", "html", "docx"]
SUFFIXES: Final = {".md": "md", ".html": "html", ".htm": "html", ".docx": "docx"}


def form_of(named: Form | None, output: Path | None) -> Form:
    """The form named, or the one that the name of the file says; Markdown where nothing does.

    Raises:
        Refused: a Word file without a name to write it to, or without the library that writes it.
    """
    form = cast("Form", named or ("md" if output is None else SUFFIXES.get(output.suffix.lower(), "md")))
    if form == "docx" and output is None:
        raise Refused([Problem(Place("zhunsheng describe"), "output-needed", say("output-needed.expected"), form)])
    if form == "docx" and find_spec("docx") is None:
        facts = {"name": "python-docx", "extra": "office"}
        expected, hint = say("missing-library.expected", **facts), say("missing-library.hint", **facts)
        raise Refused([Problem(Place("zhunsheng describe"), "missing-library", expected, hint=hint)])
    return form


def content(blocks: list[Block], form: Form) -> bytes:
    """The document in a form."""
    match form:
        case "md":
            from zhunsheng.exchange.describe.markdown import markdown  # noqa: PLC0415  each form brings its own

            return markdown(blocks).encode()
        case "html":
            from zhunsheng.exchange.describe.html import html  # noqa: PLC0415  as above

            return html(blocks).encode()
        case "docx":
            from zhunsheng.exchange.describe.word import word  # noqa: PLC0415  the one door to python-docx

            return word(blocks)


def write_file(output: Path, content: bytes) -> None:
    """Writes a file whole or not at all: who reads it meanwhile sees the one before.

    Raises:
        Refused: the file cannot be written.
    """
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        if output.exists() and not output.is_file():  # a pipe or a terminal
            output.write_bytes(content)
            return
        try:
            part.write_bytes(content)
            part.replace(output)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        problem = Problem(Place(output.as_posix()), "not-writable", say("not-writable.expected"), error.strerror or "")
        raise Refused([problem]) from None


def trials_beside(name: str) -> Any:
    """The content of the tests that lie beside a ruleset; None where there are none.

    Raises:
        Refused: they are no YAML.
    """
    source, folder = ruleset_source(name)
    if folder is None:
        found = shipped.rulesets() / f"{name}.test.yaml"
        return read_yaml_with_nulls(found.read_bytes(), f"rulesets/{name}.test.yaml").data if found.is_file() else None
    path = folder / f"{Path(source.file).stem}.test.yaml"
    return read_yaml_with_nulls(path.read_bytes(), path.as_posix()).data if path.is_file() else None
