"""Strict reading of YAML and JSON into plain data with places. Nothing is guessed and nothing is dropped.

This room opens no file: it takes bytes and the name to use in messages. What the data mean is for the rooms below
(`document`, `ruleset`); `source.schema` holds data against a JSON Schema.

>>> form = read('{"单位": "某局", "分值": 10.0}'.encode(), "form.json")
>>> form.data["分值"], str(form.place(("分值",)))
(Decimal('10.0'), 'form.json:1:20')
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, final

from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.source.json_text import locate, read_json
from zhunsheng.source.marks import Lines, Marks, pointer
from zhunsheng.source.text import readable, text_of
from zhunsheng.source.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Format", "Source", "pointer", "read", "readable"]

Format = Literal["json", "yaml"]

_FORMATS: dict[str, Format] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}


@final
@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read: its name, its text and its data.

    The data are mappings with text as names, lists, texts, truth values, `int` and `Decimal`; in JSON also None.
    """

    file: str
    text: str
    data: Any
    _marks: Marks = field(repr=False, compare=False)

    def place(self, path: Sequence[str | int], *, key: bool = False) -> Place:
        r"""Where the value at `path` stands, or its key; for a path the file does not have, its longest beginning.

        >>> str(read(b"a:\n  - b: 1\n", "x.yaml").place(("a", 0, "b"), key=True))
        'x.yaml:2:5'
        """
        return self._marks.place(path, key=key)

    def place_in(self, path: Sequence[str | int], offset: int, length: int = 1) -> Place:
        """Where character `offset` of the text at `path` stands; the start of the value where that cannot be said.

        >>> str(read('规则: "执行率 < 90%"'.encode(), "x.yaml").place_in(("规则",), 4))
        'x.yaml:1:10'
        """
        value = self.at(path)
        if not isinstance(value, str):
            return self._marks.place(path, key=False)
        return self._marks.place_in(path, value, offset, length)

    def at(self, path: Sequence[str | int]) -> Any:
        """The value at `path`, or None where there is none."""
        value = self.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def written(self, path: Sequence[str | int]) -> str:
        """The first line of the value at `path` as it is written: what a message quotes."""
        span = self._marks.table[self._marks.known(path)]
        return self.text[span.start : min(span.end, span.start + 200)].partition("\n")[0].rstrip()


def read(content: bytes, file: str, *, format: Format | None = None) -> Source:  # noqa: A002  the word users know
    """The data of a file, with the place of each value.

    Args:
        content: the bytes of the file.
        file: what messages call it; its suffix says the format where `format` does not.
        format: `json` or `yaml`.

    Raises:
        Refused: the bytes are no text, or the text is not strictly of its format; with every fault found.
    """
    kind = format or _FORMATS.get(file[file.rfind(".") :].lower() if "." in file else "")
    if kind is None:
        raise Refused(
            [Problem(Place(file), "unknown-format", say("unknown-format.expected", suffixes=tuple(_FORMATS)))]
        )
    text = text_of(content, file, kind)
    lines = Lines(text, file)
    if kind == "json":
        return Source(file, text, read_json(text, lines), Marks(lines, locate))
    data, table = read_yaml(text, lines)
    return Source(file, text, data, Marks(lines, locate, table))
