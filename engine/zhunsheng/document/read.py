"""From a source to a document or dossier: first the schema's verdict, then the model, then what neither can say."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from zhunsheng.document.model import Document, Dossier
from zhunsheng.document.schema import validator
from zhunsheng.problem import Problem, Refused, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.source import Source

M = TypeVar("M", bound=BaseModel)


def kind_of(source: Source) -> Literal["document", "dossier"]:
    """A dossier is what holds documents; everything else is read as a document."""
    return "dossier" if isinstance(source.data, dict) and "documents" in source.data else "document"


def read_document(source: Source) -> Document:
    """The evaluation document that `source` holds.

    Raises:
        Refused: with every problem found, each at its line and column and under its JSON pointer.
    """
    document = _read(source, Document, "document")
    _refuse_if(_project_is_named(source, document, ()))
    return document


def read_dossier(source: Source) -> Dossier:
    """The dossier that `source` holds.

    Raises:
        Refused: as `read_document`; also for two documents of one name, and for a reference to none of them.
    """
    dossier = _read(source, Dossier, "dossier")
    _refuse_if(_references_hold(source, dossier))
    return dossier


def model_problems(source: Source, error: ValidationError) -> list[Problem]:
    """What the model refuses although the schema let it pass (more decimal places than a document can hold)."""
    return [
        Problem(
            place=source.place(tuple(each["loc"])),
            code="wrong-form",
            expected=say("wrong-form.expected", form=str(each.get("ctx", {}).get("error", each["msg"]))),
            got=str(each["input"]),
        )
        for each in error.errors(include_url=False)
    ]


def _read(source: Source, model: type[M], kind: Literal["document", "dossier"]) -> M:
    from zhunsheng.source.schema import schema_problems  # noqa: PLC0415  brings jsonschema along

    _refuse_if(schema_problems(source, validator(kind)))
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        raise Refused(model_problems(source, error)) from None


def _refuse_if(problems: Sequence[Problem] | Iterator[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise Refused(found)


def _project_is_named(source: Source, document: Document, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if document.kind == "project" and document.project is None:
        yield Problem(
            place=source.place((*path, "kind")),
            code="project-unnamed",
            expected=say("project-unnamed.expected"),
            got="project",
            hint=say("project-unnamed.hint"),
        )


def _references_hold(source: Source, dossier: Dossier) -> Iterator[Problem]:
    names: dict[str, int] = {}
    for index, document in enumerate(dossier.documents):
        path: tuple[str | int, ...] = ("documents", index)
        yield from _project_is_named(source, document, path)
        if document.name in names:
            yield Problem(
                place=source.place(path),
                code="document-twice",
                expected=say("document-twice.expected"),
                got=document.name,
                related=((source.place(("documents", names[document.name])), say("document-twice.first")),),
                hint=say("document-twice.hint"),
            )
        names.setdefault(document.name, index)
    references: list[tuple[tuple[str | int, ...], str]] = [
        *((("explanations", i, "document"), each.document) for i, each in enumerate(dossier.explanations)),
        *((("statements", i, "document"), each.document) for i, each in enumerate(dossier.statements) if each.document),
    ]
    for path, name in references:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            yield Problem(
                place=source.place(path),
                code="unknown-document",
                expected=say("unknown-document.expected", names=tuple(names)),
                got=name,
                hint=say("unknown-document.hint", name=near[0]) if near else None,
            )
