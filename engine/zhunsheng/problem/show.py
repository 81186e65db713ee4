"""Problems as people read them: the one-line form and the excerpt with its caret, in Chinese or English.

Every sentence comes from `catalogue.yaml`, which is read at the first sentence and kept. Nothing here opens a file or
knows a terminal: the caller gives the text of a file where it has one, and prints what it gets.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import yaml

from zhunsheng.problem import GOT_LIMIT, Place, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from zhunsheng.problem import Problem, Value

Lang = Literal["zh", "en"]

PAGE: Final = 100
"""Cells that a line of an excerpt may take; a longer one is cut around the caret."""

_AROUND: Final = 40
_TAB: Final = "    "
_INVISIBLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")
_COLOURS: Final[dict[str, str]] = {"error": "1;31", "warning": "1;33", "note": "1;36"}
_FAINT: Final = "34"


@lru_cache(maxsize=2**12)
def sentence(words: Words, lang: Lang) -> str:
    """The sentence of the catalogue with its values put in; names in a list are quoted and joined.

    Raises:
        KeyError: the catalogue has no such key, or the sentence needs a value that was not given: a fault of ours.

    >>> from zhunsheng.problem import say
    >>> sentence(say("missing-field.expected", field="unit"), "en")
    'the field `unit`'
    >>> sentence(say("not-one-of.expected", choices=("优", "良")), "zh")
    '「优」、「良」之一'
    """
    entry = catalogue().get(words.key)
    if entry is None:
        message = f"catalogue.yaml has no {words.key!r}"
        raise KeyError(message)
    values = {name: _written(value, lang) for name, value in words.values}
    try:
        return entry[lang].format(**values)
    except (KeyError, IndexError) as missing:
        message = f"{words.key!r} needs the value {missing}"
        raise KeyError(message) from None


def known(key: str) -> bool:
    """Whether the catalogue has a sentence under `key`."""
    return key in catalogue()


class _Blank(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def with_blanks(key: str, lang: Lang) -> str:
    """A sentence of the catalogue with … for each of its values.

    >>> with_blanks("missing-field.title", "zh")
    '缺少「…」'
    """
    return catalogue()[key][lang].format_map(_Blank())


def title(problem: Problem, lang: Lang) -> str:
    """What is wrong, in a few words."""
    return sentence(Words(f"{problem.code}.title", problem.expected.values), lang)


def line(problem: Problem, lang: Lang) -> str:
    """The problem on one line: `place: error[code] title: expected …, got …; hint`."""
    key = "show.line-got" if problem.got else "show.line"
    values = (("expected", problem.expected), ("got", problem.got), ("title", title(problem, lang)))
    hint = sentence(Words("show.line-hint", (("text", problem.hint),)), lang) if problem.hint else ""
    return f"{problem.place}: {problem.severity}[{problem.code}] {sentence(Words(key, values), lang)}{hint}"


def excerpt(problem: Problem, lang: Lang, text_of: Callable[[str], str | None], *, colour: bool = False) -> str:
    """The problem with the lines it concerns, a caret under each place, and the remedy: as a compiler shows it.

    Args:
        problem: what to show.
        lang: in which language.
        text_of: the text of a file by its name (`source.readable`), or None where it is not text.
        colour: with ANSI colours.
    """
    paint = _ink if colour else _plain
    strong = _COLOURS.get(problem.severity, _COLOURS["error"])
    label = Words(f"{problem.code}.label", problem.expected.values)
    main = sentence(label, lang) if known(label.key) else ""
    views = [_look(problem.place, main, text_of)]
    views += [_look(place, sentence(words, lang), text_of) for place, words in problem.related]
    margin = max((len(str(view.place.line)) for view in views if view.code is not None), default=1)
    blank = ""
    shown = [f"{paint(f'{problem.severity}[{problem.code}]', strong)} {title(problem, lang)}"]
    for first, view in zip([True] + [False] * (len(views) - 1), views, strict=True):
        corner, mark, ink = ("┌", "^", strong) if first else ("├", "─", _FAINT)
        if view.code is None:
            shown.append(
                f"  {paint(corner, _FAINT)} {visible(str(view.place))}" + (f"  {view.label}" if view.label else "")
            )
            continue
        under = paint(mark * view.width, ink) + (f" {paint(view.label, ink)}" if view.label else "")
        shown += [
            f"  {paint(corner, _FAINT)} {visible(str(view.place))}",
            f"  {paint(f'│ {view.place.line:>{margin}} │', _FAINT)} {view.code}".rstrip(),
            f"  {paint(f'│ {blank:>{margin}} │', _FAINT)} {blank:>{view.before}}{under}",
        ]
    notes = [sentence(Words("show.expected", (("text", problem.expected),)), lang)]
    if problem.got and not _says(views[0].underlined, visible(problem.got)):
        notes.append(sentence(Words("show.got", (("text", problem.got),)), lang))
    if problem.hint is not None:
        notes.append(sentence(Words("show.hint", (("text", problem.hint),)), lang))
    together = (" " * 8).join(notes)
    rows = [together] if cells(together) <= PAGE else notes
    return "\n".join([*shown, *(f"  {paint('=', _FAINT)} {row}" for row in rows)])


def cells(text: str) -> int:
    """How many cells of a terminal `text` takes: two for each wide sign, none for a combining one.

    >>> cells("优: 1"), cells("ｅ"), cells("e\u0301")
    (5, 2, 1)
    """
    return sum(map(_cells_of, text))


def visible(text: str) -> str:
    r"""`text` on one line and harmless to a terminal: control signs become pictures of themselves.

    >>> visible("a\nb\x1b[2J\u202e")
    'a␊b␛[2J�'
    """
    return _INVISIBLE.sub(_picture, text)


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by its key, each in `zh` and `en`."""
    text = resources.files("zhunsheng.problem").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    entries: dict[str, dict[str, str]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  safe, both
    return entries


class _View(NamedTuple):
    """One place as it is displayed; `code` is None where there is no text to show."""

    place: Place
    label: str
    code: str | None = None
    before: int = 0
    width: int = 1
    underlined: str = ""


def _says(underlined: str, got: str) -> bool:
    """Whether what is underlined is what the message would quote, be it in quotes or cut."""
    if len(got) == GOT_LIMIT:
        return underlined.startswith(got.removesuffix("…"))
    return got in (underlined, underlined[1:-1])


def _look(place: Place, label: str, text_of: Callable[[str], str | None]) -> _View:
    text = text_of(place.file) if place.line else None
    found = None if text is None else _line_of(text, place.line)
    if found is None:
        return _View(place, label)
    start = min(max(place.column - 1, 0), len(found))
    end = min(start + max(place.length, 1), len(found))
    marked = found[start : min(end, start + 2 * GOT_LIMIT)]
    left, right = "", ""
    if len(found) > PAGE or cells(found) > PAGE:
        begin, stop = max(start - _AROUND // 2, 0), min(max(end, start + _AROUND // 2), start + _AROUND)
        left, right = "…" if begin else "", "…" if stop < len(found) else ""
        found, start, end = found[begin:stop], start - begin, min(end, stop) - begin
    before = _shown(found[:start])
    under = _shown(found[start:end])
    return _View(
        place,
        label,
        left + before + under + _shown(found[end:]) + right,
        cells(left + before),
        max(cells(under), 1),
        visible(marked),
    )


def _line_of(text: str, number: int) -> str | None:
    """Line `number` of `text`, found without cutting all of it into lines: the text may be one line of ten megabytes."""
    start = 0
    for _ in range(number - 1):
        start = text.find("\n", start) + 1
        if not start:
            return None
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].removesuffix("\r")


def _shown(text: str) -> str:
    return visible(text.replace("\t", _TAB))


def _written(value: Value, lang: Lang) -> str:
    if isinstance(value, Words):
        return sentence(value, lang)
    if isinstance(value, str):
        return visible(value)
    quote, joint = ("「{}」", "、") if lang == "zh" else ("`{}`", ", ")
    return joint.join(
        _written(each, lang) if isinstance(each, Words) else quote.format(visible(each)) for each in value
    )


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"


def _cells_of(sign: str) -> int:
    if unicodedata.east_asian_width(sign) in "WF":
        return 2
    return 0 if unicodedata.category(sign) in ("Mn", "Me") else 1


def _ink(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _plain(text: str, code: str) -> str:  # noqa: ARG001  the signature of `_ink`
    return text


def lines(problems: Iterable[Problem], lang: Lang) -> str:
    """Several problems, one a line."""
    return "\n".join(line(problem, lang) for problem in problems)


def as_data(problem: Problem) -> dict[str, object]:
    """A problem as JSON-ready data, in both languages: what `zhunsheng check --format json` prints.

    Columns count characters from 1; `length` is that of the underlined text.
    """

    def said(lang: Lang) -> dict[str, str]:
        hint = {"hint": sentence(problem.hint, lang)} if problem.hint else {}
        return {"title": title(problem, lang), "expected": sentence(problem.expected, lang), **hint}

    place = problem.place
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "length": place.length,
        "got": problem.got,
        "zh": said("zh"),
        "en": said("en"),
    }
