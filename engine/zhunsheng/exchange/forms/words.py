"""Looking up what is printed on a form among the words of a layout: header words, row labels, fillers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng.measure.vocabulary import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LONGEST_LABEL: Final = 100
"""Characters of a header or label with all that stands in brackets behind it."""
_TRAILING: Final = re.compile(r"\([^()]*\)$")
_NUMBERED: Final = re.compile(
    r"^(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[.、．]|^\([0-9一二三四五六七八九十]{1,2}\)", re.ASCII
)
_MARKS: Final = "★☆▲△*●◆"
_PREFIX: Final = re.compile(r"^(?:其中|包括):?")
_POINTS: Final = re.compile(r"^(.*?)(?:\(([0-9]+(?:\.[0-9]+)?)分?\)|([0-9]+(?:\.[0-9]+)?)分):?$", re.ASCII)
_BREAK: Final = re.compile(r"[ \t]*\n\s*")
_DIGITS: Final = re.compile(r"[0-9.,]", re.ASCII)


def key(text: str) -> str:
    r"""A text as words are compared: half-width signs, no blanks, no colon at the end.

    >>> key("执行率\n（B/A）："), key("一级\n指标")
    ('执行率(B/A)', '一级指标')
    """
    return _known_key(text) if len(text) <= LONGEST_LABEL else _key(text)  # and a long text is not kept in the cache


def _key(text: str) -> str:
    return text.translate(SIGNS).replace(" ", "").strip(_MARKS + "·").rstrip(":")


_known_key = lru_cache(maxsize=16384)(_key)


def variants(text: str) -> Iterator[str]:
    """The ways in which a label may be known: as it is, then without what stands in brackets behind it or a number before.

    >>> list(variants("1.预算执行率（B/A×100%）："))
    ['1.预算执行率(B/A·100%)', '预算执行率(B/A·100%)', '1.预算执行率', '预算执行率']
    """
    plain = key(text)
    seen = [plain]
    while True:
        shorter = _NUMBERED.sub("", plain)
        if shorter not in seen:
            seen.append(shorter)
        cut = _TRAILING.sub("", plain).rstrip(":")
        if cut in (plain, ""):
            break
        plain = cut
        seen.append(plain)
    return iter(each for each in seen if each)


def joined(text: str) -> str:
    r"""A text in one line: a break within a word or number of a narrow cell means nothing, one between two numbers does.

    >>> joined("更新\n泵站机组"), joined("12\n15")
    ('更新泵站机组', '12 15')
    """

    def between(found: re.Match[str]) -> str:
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        return " " if _DIGITS.match(before) and _DIGITS.match(after) else ""

    return _BREAK.sub(between, text.strip()).strip()


def tidy(text: str) -> str:
    """A longer text, its lines kept, without blanks at their ends and without blank lines."""
    return "\n".join(line for each in text.split("\n") if (line := each.strip()))


def points_in(text: str) -> tuple[str, str | None]:
    r"""A label and the points printed in it.

    >>> points_in("产出指标\n（50分）"), points_in("产出指标(50)"), points_in("数量指标")
    (('产出指标', '50'), ('产出指标', '50'), ('数量指标', None))
    """
    found = _POINTS.match(key(text))
    if found is None or not found[1]:
        return joined(text), None
    return found[1].rstrip(":"), found[2] or found[3]


def without_part(text: str) -> str:
    """A row label without 其中 before it."""
    return _PREFIX.sub("", key(text))


@final
class Table:
    """Words of one group by what they mean. Words with `*` are tried after all others."""

    def __init__(self, meanings: Sequence[Mapping[str, Sequence[str]]]) -> None:
        self.exact: dict[str, str] = {}
        self.open: list[tuple[re.Pattern[str], str]] = []
        self.ranks: dict[str, int] = {}
        for words in meanings:
            for meaning, written in words.items():
                for each in written:
                    self._add(each, meaning)

    def _add(self, word: str, meaning: str) -> None:
        if "*" in word:
            pattern = ".*".join(re.escape(key(part)) for part in word.split("*"))
            self.open.append((re.compile(pattern, re.DOTALL), meaning))
            return
        plain = key(word)
        self.exact.setdefault(plain, meaning)
        self.ranks.setdefault(plain, len(self.ranks))

    def __call__(self, text: str) -> str | None:
        """What a text means, or None; one longer than any label means nothing."""
        return self._meaning(text) if len(text) <= LONGEST_LABEL else None

    @lru_cache(maxsize=4096)  # noqa: B019  tables live as long as the program
    def _meaning(self, text: str) -> str | None:
        forms = list(variants(text))
        for each in forms:
            if each in self.exact:
                return self.exact[each]
        return next((meaning for each in forms for known, meaning in self.open if known.fullmatch(each)), None)

    def rank(self, text: str) -> int:
        """How early a word stands in the list."""
        return min((self.ranks[each] for each in variants(text) if each in self.ranks), default=len(self.ranks))


@final
class Lookup:
    """The words of a layout over the common ones, by group."""

    def __init__(self, vocabularies: Sequence[Mapping[str, Any]]) -> None:
        def group(name: str) -> Table:
            return Table([each[name] for each in vocabularies])

        def single(name: str) -> Table:
            return Table([{name: each[name]} for each in vocabularies])

        self.columns, self.fund_columns, self.fund_rows = group("columns"), group("fund_columns"), group("fund_rows")
        self.head, self.goals, self.labels, self.kinds = group("head"), group("goals"), group("labels"), group("kinds")
        self.dimensions, self.categories = (
            Table([{name: (name, *others) for name, others in each[group].items()} for each in vocabularies])
            for group in ("dimensions", "categories")
        )
        self.titles, self.compositions, self.totals, self.subtotals, self.grades, self.footnotes, self.entries = (
            single(name) for name in ("titles", "compositions", "totals", "subtotals", "grades", "footnotes", "entries")
        )
        self.fillers = frozenset(key(word) for each in vocabularies for word in each["fillers"])
        self.parts = tuple(key(word) for each in vocabularies for word in each["parts"])
        self.instructions = tuple(key(word) for each in vocabularies for word in each["instructions"])
        self.kind_words = [
            (key(word), kind) for each in vocabularies for kind, words in each["kinds"].items() for word in words
        ]

    def is_filler(self, text: str) -> bool:
        """Whether a cell holds nothing but a sign that it holds nothing."""
        plain = key(text)
        return plain in self.fillers or not plain.strip("./\\~-…_·")

    def is_label(self, text: str) -> bool:
        """Whether a text is the name of an entry of the head or the end of a form."""
        return self.head(text) is not None or self.entries(text) is not None

    def is_part(self, text: str) -> bool:
        """Whether a name is that of a part of the row before: 其中：临水路段."""
        return key(text).startswith(self.parts)

    def is_instruction(self, text: str) -> bool:
        """Whether a sentence is the form's own instruction."""
        plain = key(text)
        return any(each in plain for each in self.instructions)

    def kind(self, title: str) -> str | None:
        """The kind of form that a title says."""
        plain = key(title)
        return next((kind for word, kind in self.kind_words if word in plain), None)
