"""The whole self-evaluation report of a unit: its narrative as given, what is missing marked, and the forms as attachments.

Nothing is invented: a section that the dossier does not have is made of what it states elsewhere (accounts, statements,
explanations), or says that it is still to be written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng.exchange.describe.blocks import Heading, Paragraph
from zhunsheng.exchange.report.marks import text
from zhunsheng.exchange.report.official import official

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.document import Dossier
    from zhunsheng.document.model import Section
    from zhunsheng.exchange.describe.blocks import Block, Form

_NUMBER: Final = "一二三四五六七八九十、（）() 　.．0123456789"


def narrative(dossier: Dossier, forms: Sequence[Form]) -> list[Block]:
    """The report, block by block.

    Args:
        dossier: what the unit says.
        forms: its documents on the official form.
    """
    return list(_Report(dossier, forms).blocks())


@final
class _Report:
    def __init__(self, dossier: Dossier, forms: Sequence[Form]) -> None:
        self.dossier = dossier
        self.forms = forms
        self.words = official()["report"]
        self.outline: list[tuple[str, int, str]] = [
            (title, int(level), at) for title, level, at in self.words["sections"]
        ]

    def blocks(self) -> Iterator[Block]:
        title = self.dossier.title or self.words["title"].format(year=self.dossier.year)
        yield Heading(title if self.dossier.unit in title else f"{self.dossier.unit}{title}", 1)
        yield Paragraph(self.words["seal"])
        chunks = self.chunks()
        yield from self.given(chunks.pop(None, []))
        for at, (heading, level, number) in enumerate(self.outline):
            sections = chunks.get(heading, [])
            yield Heading((sections[0].heading if sections else None) or heading, 2 if level == 1 else 3)
            if sections:
                yield from self.given(sections, headed=True)
            below = at + 1 < len(self.outline) and self.outline[at + 1][1] > level
            if not below and not any(each.paragraphs for each in sections):
                yield from self.stated(number)
        yield from self.annexes()
        yield from self.forms

    def chunks(self) -> dict[str | None, list[Section]]:
        """The dossier's sections, each with those that follow it, under the section of the outline that it is."""
        known = {_bare(heading): heading for heading, _, _ in self.outline}
        found: dict[str | None, list[Section]] = {}
        current: str | None = None
        for each in self.dossier.sections:
            current = known.get(_bare(each.heading or ""), current)
            found.setdefault(current, []).append(each)
        return found

    @staticmethod
    def given(sections: Sequence[Section], *, headed: bool = False) -> Iterator[Block]:
        """Sections as they were written; the first without its heading where that is there already."""
        for at, each in enumerate(sections):
            if each.heading and not (headed and at == 0):
                yield Heading(each.heading, 2 if each.level == 1 else 3) if each.level < 3 else Paragraph(each.heading)
            yield from (Paragraph(line) for paragraph in each.paragraphs for line in paragraph.split("\n"))

    def stated(self, number: str) -> Iterator[Block]:
        """What the dossier states of a section that has no text; that its text is to be written, where figures are all there is."""
        told = [*self.accounts(number), *self.explanations(number)]
        for each in [*(told or [self.words["missing"]]), *self.statements(number)]:
            yield Paragraph(each)

    def accounts(self, number: str) -> Iterator[str]:
        """Revenue and expenditure with their parts, as given."""
        if number != self.words["accounts_at"]:
            return
        for name, total, parts in (self.words["accounts"][key] for key in ("income", "spending")):
            figures = [self.amount(label, key) for label, key in [(name, total), *parts]]
            said = "，".join(each for each in figures if each)
            if said:
                yield self.words["accounts"]["sentence"].format(year=self.dossier.year, figures=said)

    def amount(self, label: str, key: str) -> str:
        value: Any = getattr(self.dossier.accounts, key)
        return "" if value is None else f"{label}{text(value)}{self.dossier.currency_unit}"

    def statements(self, number: str) -> Iterator[str]:
        """The figures that stand in a section and in none further down."""
        for each in self.dossier.statements:
            if self.belongs(each.section, number):
                yield self.words["statement"].format(name=each.name, value=each.value)

    def explanations(self, number: str) -> Iterator[str]:
        """Why something is as it is, likewise."""
        for each in self.dossier.explanations:
            if self.belongs(each.section, number):
                yield self.words["explanation"].format(document=each.document, item=each.item, text=each.text)

    def belongs(self, section: str | None, number: str) -> bool:
        """Whether a section, as 三（二）1, belongs to that number of the outline and to none further down."""
        here = [each for _, _, each in self.outline if (section or "").startswith(each)]
        return bool(here) and max(here, key=len) == number

    def annexes(self) -> Iterator[Block]:
        """The list of attachments."""
        for at, each in enumerate(self.forms, 1):
            name = self.dossier.documents[at - 1].name
            title = f"{''.join(each.title)}{'' if name == self.dossier.unit else f'：{name}'}"
            line = self.words["annexes"].format(number=at, title=title)
            yield Paragraph(f"{self.words['annex']}{line}" if at == 1 else line)


def _bare(heading: str) -> str:
    """A heading without its number."""
    return heading.lstrip(_NUMBER).rstrip("：: ")
