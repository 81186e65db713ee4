"""The differences of two rulesets as one HTML file, with the migration of grades and a chart of the change of totals."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from zhunsheng.exchange.describe import draw, web
from zhunsheng.exchange.describe.contrasts import Teller
from zhunsheng.exchange.describe.differences import Speaker, bars
from zhunsheng.exchange.describe.overlay import overlaid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.exchange.describe.differences import Line
    from zhunsheng.population import Comparison, Contrast, Migration
    from zhunsheng.problem.show import Lang


def page(
    comparison: Comparison, migration: Migration | None, lang: Lang, contrasts: Sequence[Contrast] | None = None
) -> str:
    """The whole page."""
    speaker = Speaker(lang)
    old, new = comparison.old, comparison.new
    title = speaker.say("heading", old=f"{old.id} {old.version}", new=f"{new.id} {new.version}")
    body = [web.element("h1", title), web.element("p", f"{old.title} → {new.title}", "faint")]
    body += _differences(speaker, comparison)
    if contrasts is not None:
        body += _contrasts(Teller(lang), contrasts)
    if migration is not None:
        body += _archive(speaker, migration)
    return web.page(title, body, {"zh": "zh-CN", "en": "en"}[lang])


def _differences(speaker: Speaker, comparison: Comparison) -> Iterator[str]:
    count = len(comparison.differences)
    yield web.element("h2", speaker.say("count", count=count) if count else speaker.say("same"))
    before, rows = "", list[str]()
    for each in comparison.differences:
        line = speaker.line(each)
        if line.section != before:
            rows.append(f'<tr><th colspan="4">{escape(speaker.say(f"section.{line.section}"))}</th></tr>')
        before = line.section
        rows.append(_row(line))
    if rows:
        heads = ("what", "old", "new", "place")
        head = "".join(web.element("th", speaker.say(key)) for key in heads)
        lines = "\n".join(rows)
        yield f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>'
    if comparison.wording:
        joint = "、" if speaker.lang == "zh" else ", "
        yield web.element(
            "p", speaker.say("wording", names=joint.join(map(speaker.element, comparison.wording))), "faint"
        )


def _row(line: Line) -> str:
    pairs = line.parts or ((line.old, line.new),)
    old, new = (
        "".join(web.element("p", side, kind) for side in sides if side)
        for kind, sides in zip(("old", "new"), zip(*pairs, strict=True), strict=True)
    )
    places = "<br>".join(escape(each) for each in dict.fromkeys(line.places) if each)
    title = web.element("td", f"{line.title}{line.when}")
    return f'<tr>{title}<td>{old}</td><td>{new}</td><td class="code">{places}</td></tr>'


def _contrasts(teller: Teller, contrasts: Sequence[Contrast]) -> Iterator[str]:
    """Figures that differ, with both curves and the difference shaded; of the others the names."""
    yield web.element("h2", teller.say("heading"))
    yield web.element("p", teller.say("setting" if contrasts else "none"), "faint")
    for each in contrasts:
        if each.verdict in ("differs", "tried-differs"):
            told = teller.told(each)
            yield web.element("h3", told.title)
            yield from (web.element("p", line) for line in told.lines)
            yield from _chart(teller, each, told.title)
    for verdict in ("equal", "nowhere", "tried-equal"):
        figures = teller.equal(contrasts, verdict)
        if figures:
            yield web.element("p", teller.say(verdict, figures=figures))


def _chart(teller: Teller, contrast: Contrast, title: str) -> Iterator[str]:
    drawn = overlaid(contrast)
    if drawn is not None:
        names = (teller.say("old"), teller.say("new"))
        yield f"<figure>{draw.overlay(drawn, title, contrast.by, names)}</figure>"


def _archive(speaker: Speaker, migration: Migration) -> Iterator[str]:
    changed = migration.changed
    told = speaker.say("changed", count=changed) if changed else speaker.say("unchanged")
    yield web.element("h2", f"{speaker.say('archive', forms=migration.forms)} · {told}")
    if migration.grades:
        yield web.element("h3", speaker.say("migration"))
        yield _grades(speaker, migration)
    if any(migration.moves):
        yield web.element("h3", speaker.say("histogram"))
        yield f"<figure>{draw.bars([(each.label, each.forms) for each in bars(migration)], speaker.say('histogram'))}</figure>"
    if migration.by_element:
        yield web.element("h3", speaker.say("by-element"))
        rows = [(speaker.element(each), str(forms)) for each, forms in migration.by_element.items()]
        yield web.table((speaker.say("why"), speaker.say("of-forms")), rows, ("", "figure"))
    if migration.changes:
        yield web.element("h3", speaker.say("changes"))
        if migration.sampled is not None:
            yield web.element("p", speaker.say("sampled", count=len(migration.changes)))
        yield from _changes(speaker, migration)
    elif migration.sampled:
        yield web.element("p", speaker.say("not-whole"))


def _grades(speaker: Speaker, migration: Migration) -> str:
    ladder = [each for each in (*migration.ladder, None) if any(each in move for move in migration.grades)]
    names = [speaker.say("no-grade") if each is None else each for each in ladder]
    head = "".join(web.element("th", each, "figure") for each in ("", *names))
    rows = []
    for old, name in zip(ladder, names, strict=True):
        cells = [
            web.element(
                "td",
                str(migration.grades.get((old, new), "")),
                "figure" if old == new or (old, new) not in migration.grades else "figure moved",
            )
            for new in ladder
        ]
        rows.append(f"<tr>{web.element('th', name)}{''.join(cells)}</tr>")
    lines = "\n".join(rows)
    return f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>'


def _changes(speaker: Speaker, migration: Migration) -> Iterator[str]:
    rows = []
    for change in migration.changes:
        name = web.element("td", change.name or change.file)
        said = speaker.change(change)
        what = "".join(
            f'<p>{escape(label)} <span class="old">{escape(old)}</span>{" → " if old and new else " "}<span class="new">{escape(new)}</span></p>'
            for label, old, new in said
        )
        rows.append(f"<tr>{name}<td>{what}</td>{web.element('td', speaker.causes(change))}</tr>")
    head = "".join(web.element("th", speaker.say(key)) for key in ("form", "what", "why"))
    lines = "\n".join(rows)
    yield f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>'
