"""The frame of a page: one file with its style, for screens light and dark and for paper; nothing is fetched."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STYLE: Final = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1c1e; --faint: #63636b; --line: #c9c9d1; --shade: #f3f3f6;
  --mark: #0b5cad; --old: #b3261e; --new: #1a7f37; --fill: #cfe0f3; --soft: #7ba7d4; }
@media (prefers-color-scheme: dark) { :root { --paper: #17181b; --ink: #e8e8ea; --faint: #a0a0aa; --line: #44454d;
  --shade: #222328; --mark: #7db7f2; --old: #ff8a80; --new: #6fd08c; --fill: #24405e; --soft: #45729f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.75 FangSong, "仿宋", "仿宋_GB2312", "Noto Serif CJK SC", "Songti SC", serif; }
h1, h2, h3, th, caption { font-family: SimHei, "黑体", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.4; text-align: center; margin: .5rem 0 1.5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; break-after: avoid; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; break-after: avoid; }
p { margin: .35rem 0; overflow-wrap: anywhere; }
.faint, td.faint { color: var(--faint); font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; break-inside: auto; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
th { background: var(--shade); font-weight: 600; white-space: nowrap; }
td.code { font: .82rem/1.6 ui-monospace, Consolas, "Noto Sans Mono CJK SC", monospace; color: var(--faint); }
td.figure, th.figure { text-align: right; white-space: nowrap; }
td.short { white-space: nowrap; } td:first-child:not(.short, .figure, .value) { min-width: 5rem; }
tr { break-inside: avoid; }
.old { color: var(--old); } .new { color: var(--new); } .moved { background: var(--fill); font-weight: 600; }
figure { margin: .8rem 0; break-inside: avoid; } figcaption { color: var(--faint); font-size: .9rem; }
svg { max-width: 100%; height: auto; display: block; }
svg text { font: 13px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; fill: var(--faint); }
svg .axis { stroke: var(--ink); } svg .grid { stroke: var(--line); stroke-dasharray: 2 3; }
svg .curve { stroke: var(--mark); stroke-width: 2; fill: none; } svg .bar { fill: var(--mark); }
svg .was { stroke: var(--faint); stroke-dasharray: 6 4; } svg .between { fill: var(--fill); }
svg .dot { fill: var(--mark); stroke: var(--mark); } svg .hole { fill: var(--paper); stroke: var(--mark); stroke-width: 1.5; }
svg .s0 { fill: var(--line); } svg .s1 { fill: var(--soft); } svg .s2 { fill: var(--mark); } svg .mark { stroke: var(--ink); }
svg .band0 { fill: var(--shade); stroke: var(--line); } svg .band1 { fill: var(--fill); stroke: var(--line); }
.sheet { margin: 2.5rem 0; } .sheet h2 { text-align: center; }
table.form { font-size: .9rem; line-height: 1.5; min-width: 44rem; } table.form th, table.form td { padding: .2rem .35rem; vertical-align: middle;
  overflow-wrap: anywhere; } table.form th { white-space: normal; text-align: center; } table.form td.value { text-align: center; }
@media print { .sheet { break-before: page; margin: 0; } .sheet:first-child { break-before: auto; } .sheet h2 { margin-top: 0; }
  th { white-space: normal; } table { font-size: 10pt; line-height: 1.5; } th, td { padding: .15rem .3rem; } svg .s0 { fill: #ddd; }
  table.form { font-size: 8.5pt; line-height: 1.35; min-width: 0; } table.form th, table.form td { padding: .1rem .15rem; } }
@media print { :root { --paper: #fff; --ink: #000; --faint: #444; --line: #999; --shade: #f0f0f0; --mark: #000; --fill: #ddd; --soft: #888;
  --old: #000; --new: #000; } body { max-width: none; padding: 0; font-size: 12pt; } .scroll { overflow: visible; }
  .old { text-decoration: line-through; } a { color: inherit; } }
@page { size: A4; margin: 37mm 26mm 35mm 28mm; }
"""


def page(title: str, body: Iterable[str], lang: str = "zh-CN") -> str:
    """A whole page."""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def element(name: str, text: str, kind: str = "") -> str:
    """An element around a text."""
    return f"<{name}{_class(kind)}>{escape(text)}</{name}>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], kinds: Sequence[str] = ()) -> str:
    """A table; cells are texts, `kinds` the class of each column."""
    classes = [*kinds, *[""] * (len(head) - len(kinds))]
    heads = "".join(
        element("th", each, kind if kind == "figure" else "") for each, kind in zip(head, classes, strict=True)
    )
    body = [
        "<tr>" + "".join(element("td", cell, kind) for cell, kind in zip(row, classes, strict=True)) + "</tr>"
        for row in rows
    ]
    top = f"<thead><tr>{heads}</tr></thead>\n" if any(head) else ""
    lines = "\n".join(body)
    return f'<div class="scroll"><table>\n{top}<tbody>\n{lines}\n</tbody></table></div>'


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
