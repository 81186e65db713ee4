"""The entries at the top level of a file in the order of its model, each with the comments above it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from zhunsheng.document.model import Document, Dossier
from zhunsheng.ruleset.model import RulesetFile
from zhunsheng.source.marks import Lines
from zhunsheng.source.yaml_text import read_yaml

if TYPE_CHECKING:
    from pydantic import BaseModel


def model_of(data: Any) -> type[BaseModel] | None:
    """The model that a file is read by, as its top level tells; None where it is neither ruleset nor document."""
    if not isinstance(data, dict):
        return None
    for key, model in (("ruleset", RulesetFile), ("documents", Dossier), ("indicators", Document)):
        if key in data:
            return model
    return None


def reordered(text: str, file: str) -> str:
    """`text` with its top-level entries in the order of the model; names it does not have come last, as they stood."""
    data, table = read_yaml(text, Lines(text, file))
    model = model_of(data)
    if model is None or text[table[()].start] == "{":
        return text
    order = {name: at for at, name in enumerate(model.model_fields)}
    rank = {name: order.get(name, len(order)) for name in data}
    if list(rank.values()) == sorted(rank.values()):
        return text
    rows = text.split("\n")[:-1]
    lines = Lines(text, file)
    starts = [lines.place((table[(name,)].key or (0, 0))[0]).line - 1 for name in data]
    begins = [starts[0], *(_begin(rows, first, here) for first, here in pairwise(starts))]
    head, bodies = rows[: begins[0]], {}
    for name, begin, end in zip(data, begins, [*begins[1:], len(rows)], strict=True):
        bodies[name] = rows[begin:end]
    body = [row for name in sorted(data, key=rank.__getitem__) for row in bodies[name]]
    if not head:
        while not body[0]:
            body.append(body.pop(0))
    return "\n".join([*head, *body]).rstrip("\n") + "\n"


def _begin(rows: list[str], first: int, here: int) -> int:
    """The first row that belongs to the entry at row `here`: blank rows and comments above it, not the indented ones."""
    begin = here
    while begin - 1 > first and (not rows[begin - 1] or rows[begin - 1].startswith("#")):
        begin -= 1
    return begin
