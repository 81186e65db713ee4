"""The differences of two rulesets on a page for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.cli.layout import left, right
from zhunsheng.cli.page import BAD, DOUBT, FAINT, GOOD, HEAD
from zhunsheng.exchange.describe.contrasts import Teller
from zhunsheng.exchange.describe.differences import Speaker, bars
from zhunsheng.problem.show import cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.cli.page import Page
    from zhunsheng.exchange.describe.differences import Line
    from zhunsheng.population import Change, Comparison, Contrast, Migration

MOST: Final = 40
"""Forms shown one by one; the rest are counted."""
BAR: Final = 30


def show(
    page: Page, comparison: Comparison, migration: Migration | None, contrasts: Sequence[Contrast] | None = None
) -> None:
    """All that differs, and what it does; `contrasts` is None where nothing could move a result."""
    speaker = Speaker(page.lang)
    old, new = comparison.old, comparison.new
    page.line((f"{old.id} {old.version} → {new.id} {new.version}", HEAD))
    count = len(comparison.differences)
    page.line(
        (speaker.say("count", count=count), DOUBT) if count else (speaker.say("same"), GOOD),
    )
    before = ""
    for each in comparison.differences:
        line = speaker.line(each)
        if line.section != before:
            page.line()
            page.line((speaker.say(f"section.{line.section}"), HEAD))
        before = line.section
        _line(page, speaker, line)
    if comparison.wording:
        page.line()
        names = ("、" if page.lang == "zh" else ", ").join(map(speaker.element, comparison.wording))
        page.paragraph(speaker.say("wording", names=names), indent=0, ink=FAINT)
    if contrasts is not None:
        _contrasts(page, contrasts)
    if migration is not None:
        _archive(page, speaker, migration)


def _contrasts(page: Page, contrasts: Sequence[Contrast]) -> None:
    """Figures that differ, each with its extent and an example; of the others the names."""
    teller = Teller(page.lang)
    page.line()
    page.line((teller.say("heading"), HEAD))
    page.paragraph(teller.say("setting" if contrasts else "none"), ink=FAINT)
    for each in contrasts:
        if each.verdict in ("differs", "tried-differs"):
            told = teller.told(each)
            page.line("  ", told.title)
            for line in told.lines:
                page.paragraph(line, indent=4)
    for verdict, ink in (("equal", GOOD), ("nowhere", FAINT), ("tried-equal", DOUBT)):
        figures = teller.equal(contrasts, verdict)
        if figures:
            page.paragraph(teller.say(verdict, figures=figures), ink=ink)


def _line(page: Page, speaker: Speaker, line: Line) -> None:
    """A difference: on one line where it fits, else both sides, and always where they stand."""
    title = f"{line.title}{line.when}"
    whole = speaker.say("line", title=title, old=line.old, new=line.new) if line.old and line.new else title
    if cells(whole) + 2 <= page.width and not line.parts:
        page.line("  ", whole)
        for side in (line.old, line.new):
            if side and not (line.old and line.new):
                page.paragraph(side, indent=4)
    else:
        page.line("  ", title)
        pairs = line.parts or ((line.old, line.new),)
        if line.parts:
            page.line("    ", (speaker.say("part"), FAINT))
        for old, new in pairs:
            for sign, side, ink in (("−", old, BAD), ("+", new, GOOD)):
                if side:
                    page.paragraph(side, tag=sign, style=ink, indent=6 if line.parts else 4)
    page.line("    ", (" → ".join(each for each in line.places if each), FAINT))


def _archive(page: Page, speaker: Speaker, migration: Migration) -> None:
    page.line()
    page.rule()
    changed = migration.changed
    told = speaker.say("changed", count=changed) if changed else speaker.say("unchanged") if migration.forms else ""
    page.line((speaker.say("archive", forms=migration.forms), HEAD), "  ", (told, DOUBT if changed else GOOD))
    _grades(page, speaker, migration)
    if any(migration.moves):
        page.line()
        page.line((speaker.say("histogram"), HEAD))
        rows = bars(migration)
        most = max(each.forms for each in rows)
        wide = max(cells(each.label) for each in rows)
        for each in rows:
            bar = "█" * max(each.forms * BAR // most, 1)
            page.line("  ", right(each.label, wide), "  ", (bar, FAINT), f" {each.forms}")
    if migration.sampled is not None and changed:
        page.line()
        shown = len(migration.changes)
        page.paragraph(speaker.say("sampled", count=shown) if shown else speaker.say("not-whole"), indent=0, ink=FAINT)
    if migration.refused:
        codes = "、".join(f"{code} {count}" for code, count in sorted(migration.refused.items()))
        page.line((speaker.say("refused", codes=codes), BAD))
    if migration.by_element:
        page.line()
        page.line((speaker.say("by-element"), HEAD))
        _counts(page, [(speaker.element(each), forms) for each, forms in migration.by_element.items()])
    _changes(page, speaker, migration.changes)


def _grades(page: Page, speaker: Speaker, migration: Migration) -> None:
    """Rows the old grades, columns the new; nothing where no form was judged."""
    ladder = [each for each in (*migration.ladder, None) if any(each in move for move in migration.grades)]
    if not ladder:
        return
    names = [speaker.say("no-grade") if each is None else each for each in ladder]
    wide = max(5, *(cells(each) for each in names))
    page.line()
    page.line((speaker.say("migration"), HEAD))
    page.line("  ", (" " * wide + "".join(f"  {right(each, wide)}" for each in names), FAINT))
    for old, name in zip(ladder, names, strict=True):
        page.line(
            "  ",
            (left(name, wide), FAINT),
            *(
                (f"  {right(str(migration.grades.get((old, new), '·')), wide)}", "" if old == new else BAD)
                for new in ladder
            ),
        )


def _counts(page: Page, rows: Sequence[tuple[str, int]]) -> None:
    wide = max(cells(name) for name, _ in rows)
    for name, count in rows:
        page.line("  ", left(name, wide), f"  {count}")


def _changes(page: Page, speaker: Speaker, changes: Sequence[Change]) -> None:
    for change in changes[:MOST]:
        page.line()
        page.line((change.name or page.say("between"), HEAD), (f"  {change.file}", FAINT))
        for what, old, new in speaker.change(change):
            if old and new:
                page.paragraph(f"{what} {old} → {new}", tag="≠", style=DOUBT)
            else:
                page.paragraph(f"{what} {old or new}", tag="−" if old else "+", style=BAD if old else GOOD)
        page.paragraph(speaker.say("by", names=speaker.causes(change)), ink=FAINT)
    if len(changes) > MOST:
        page.line()
        page.line((speaker.say("more", count=len(changes) - MOST), FAINT))
