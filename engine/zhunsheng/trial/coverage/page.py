"""Rulesets with their own text coloured by what tests have reached: one HTML page that needs nothing else."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.problem import say
from zhunsheng.problem.show import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhunsheng.problem.show import Lang
    from zhunsheng.trial.coverage.gather import Coverage, Tally

_STYLE: Final = """
:root { color-scheme: light dark; --page: #fff; --ink: #1c1e21; --faint: #6b7280; --line: #e5e7eb;
  --all: #d7f2dd; --some: #fdecc0; --none: #fbd5d5; }
@media (prefers-color-scheme: dark) { :root { --page: #16181c; --ink: #e6e7e9; --faint: #9aa1ab; --line: #2c3036;
  --all: #1d4a2b; --some: #5a4510; --none: #662525; } }
body { background: var(--page); color: var(--ink); font: 15px/1.6 system-ui, sans-serif; margin: 2rem auto;
  max-width: 80rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
pre { border: 1px solid var(--line); border-radius: .4rem; font: 13px/1.55 ui-monospace, monospace; overflow-x: auto;
  padding: .5rem 0; }
.row { display: block; padding-right: 1rem; } .row:target { outline: 2px solid var(--faint); }
.number { color: var(--faint); display: inline-block; padding-right: 1em; text-align: right; user-select: none;
  width: 4em; }
.all { background: var(--all); } .some { background: var(--some); } .none { background: var(--none); }
.some { text-decoration: underline dotted; } .none { text-decoration: underline; }
.legend span, pre span[title] { border-radius: .2rem; padding: 0 .15em; } .legend span { margin-right: 1em; }
a { color: inherit; }
"""


class _Mark(NamedTuple):
    """A stretch of a line: how many sides are written there, and what of them is lacking."""

    start: int
    end: int
    sides: int
    lacking: tuple[str, ...]

    @property
    def colour(self) -> str:
        return "all" if not self.lacking else "none" if len(self.lacking) == self.sides else "some"


def page(coverage: Coverage, lang: Lang) -> str:
    """The page: a list of the files, then each with its text."""
    title = sentence(say("trial.coverage-title"), lang)
    tallies = list(coverage.tallies())
    legend = "".join(
        f'<span class="{each}">{sentence(say(f"trial.legend-{each}"), lang)}</span>' for each in ("all", "some", "none")
    )
    files = {file: list(group) for file, group in groupby(tallies, key=lambda each: each.element.key.file)}
    parts = [
        _file(file, coverage.texts[file], found, at, lang) for at, (file, found) in enumerate(sorted(files.items()))
    ]
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{"zh-CN" if lang == "zh" else "en"}">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
            f"<title>{title}</title><style>{_STYLE}</style></head>",
            f'<body><h1>{title}</h1><p class="legend">{legend}</p>',
            *parts,
            "</body></html>",
            "",
        )
    )


def _file(file: str, text: str, tallies: list[Tally], at: int, lang: Lang) -> str:
    sides = sum(len(each.element.sides) for each in tallies)
    reached = sum(each.reached for each in tallies)
    marks = _marks(tallies, lang)
    lines = [
        f'<span class="row" id="f{at}-{number}"><span class="number">{number}</span>'
        f"{_line(line, marks.get(number, []))}</span>"
        for number, line in enumerate(text.split("\n"), 1)
    ]
    heading = sentence(say("trial.coverage-of", file=file, reached=reached, sides=sides), lang)
    return f"<h2>{escape(heading)}</h2>\n<pre>{''.join(lines)}</pre>"


def _marks(tallies: Iterable[Tally], lang: Lang) -> dict[int, list[_Mark]]:
    """The stretches by line, the longer first."""
    found: dict[tuple[int, int, int], tuple[int, list[str]]] = {}
    for tally in tallies:
        for side in tally.element.sides:
            place = side.place
            where = (place.line, place.column - 1, place.column - 1 + place.length)
            sides, lacking = found.setdefault(where, (0, []))
            found[where] = (sides + 1, [*lacking, *([sentence(side.lacking, lang)] if side in tally.lacking else [])])
    marks: dict[int, list[_Mark]] = {}
    for (line, start, end), (sides, lacking) in sorted(found.items(), key=lambda each: each[0][1] - each[0][2]):
        marks.setdefault(line, []).append(_Mark(start, end, sides, tuple(dict.fromkeys(lacking))))
    return marks


def _line(text: str, marks: list[_Mark]) -> str:
    """A line with its stretches coloured; of two that overlap, the shorter shows."""
    painted: list[_Mark | None] = [None] * len(text)
    for mark in marks:
        for at in range(mark.start, min(mark.end, len(text))):
            painted[at] = mark
    return "".join(_stretches(text, painted))


def _stretches(text: str, painted: list[_Mark | None]) -> Iterator[str]:
    at = 0
    for mark, group in groupby(painted, key=lambda each: each):
        end = at + len(list(group))
        body = escape(text[at:end])
        if mark is None:
            yield body
        else:
            yield f'<span class="{mark.colour}" title="{escape("; ".join(mark.lacking))}">{body}</span>'
        at = end
