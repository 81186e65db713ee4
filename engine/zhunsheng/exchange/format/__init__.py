"""The canonical layout of a ruleset's or document's YAML file, made by small edits so that nothing else moves.

Keys at the top level stand in the order of the model; what is below keeps its order. Levels are two spaces deep (the
dashes of a list may also stand below its name), a colon is followed by one space, quotes stand only where they are
needed, and the signs of an expression are the half-width ones with a space around each. Comments, blank lines and
values stay as they are, which is verified before anything is handed back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhunsheng.exchange.format.edits import applied
from zhunsheng.exchange.format.expressions import expression_edits, normal, spelling
from zhunsheng.exchange.format.layout import comments, layout_edits
from zhunsheng.exchange.format.order import reordered
from zhunsheng.exchange.format.scalars import Scalar, scalar_edits
from zhunsheng.source import Source, read
from zhunsheng.source.marks import Lines
from zhunsheng.source.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.exchange.format.edits import Edit
    from zhunsheng.source.marks import Path, Table

__all__ = ["formatted"]


def formatted(source: Source) -> str:
    r"""The text of a YAML file in the canonical layout; laying that out again changes nothing.

    >>> print(formatted(read('扣分 :  2 # 每次\n'.encode(), "x.yaml")), end="")
    扣分: 2 # 每次
    """
    text = f"{source.text.rstrip()}\n"
    data, table = read_yaml(text, Lines(text, source.file))
    if data != source.data or not {"---", "..."}.isdisjoint(text.split("\n")):
        return source.text  # blank lines at the end that count, or marks of a document: left to their author
    edits = [*layout_edits(text), *_scalar_edits(text, data, table)]
    result = reordered(applied(text, edits), source.file)
    _verify(source, result)
    return result


def _scalar_edits(text: str, data: Any, table: Table) -> Iterator[Edit]:
    for path, span in table.items():
        value = _at(data, path)
        if span.key is not None:
            key = Scalar(str(path[-1]), *span.key, text[span.key[0]] if text[span.key[0]] in "'\"" else "", role="key")
            yield from scalar_edits(text, key)
        if isinstance(value, str):
            scalar = Scalar(value, span.start, span.end, span.style, role="value")
            how = spelling(data, path)
            yield from scalar_edits(text, scalar, () if how is None else expression_edits(value, how))


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _verify(source: Source, result: str) -> None:
    """Asserts that nothing was lost or changed; a fault of ours must not reach anybody's file."""
    after = read(result.encode(), source.file)
    same = _same(source.data, after.data, source.data, ())
    assert same, f"{source.file}: the layout would change a value"
    kept = sorted(comments(source.text)) == sorted(comments(result))
    assert kept, f"{source.file}: the layout would change a comment"


def _same(before: Any, after: Any, root: Any, path: Path) -> bool:
    if type(before) is not type(after):
        return False
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[k], after[k], root, (*path, k)) for k in before)
    if isinstance(before, list):
        return len(before) == len(after) and all(
            _same(one, other, root, (*path, at)) for at, (one, other) in enumerate(zip(before, after, strict=True))
        )
    if before == after:
        return True
    how = spelling(root, path)
    return how is not None and normal(before, how) == normal(after, how)
