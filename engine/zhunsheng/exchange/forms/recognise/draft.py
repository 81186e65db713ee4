"""A document in the making: values by JSON pointer, each with the place it came from, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng import number
from zhunsheng.document.model import Document
from zhunsheng.exchange.forms.words import joined
from zhunsheng.measure import Kind, read_amount
from zhunsheng.measure.squeeze import squeeze
from zhunsheng.problem import Place, Problem, Words, say

if TYPE_CHECKING:
    from zhunsheng.exchange.forms.grid import Cell
    from zhunsheng.exchange.forms.layout import Layout
    from zhunsheng.exchange.forms.words import Lookup

MOST_DECIMALS: Final = 12
TEN_THOUSAND: Final = 10_000


@final
@dataclass
class Draft:
    """What has been read of one form so far."""

    file: str
    layout: Layout
    words: Lookup
    values: dict[str, Any] = field(default_factory=dict)
    """Fields of the document but for its lists, by name."""
    funds: dict[str, Any] = field(default_factory=dict)
    others: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[dict[str, Any]] = field(default_factory=list)
    goals: dict[str, str] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    unread: list[Problem] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    """Places and codes of what is among the unread."""
    money_unit: str | None = None
    """The unit of the funds, as printed nearest to them."""
    line_unit: str | None = None
    """The unit that a line above the table names."""
    shifted: bool = False
    """Whether a row was read by its words because its cells had moved."""

    # Values

    def put(self, name: str, value: str, ref: str) -> bool:
        """A field of the document, unless it has a value already; whether it was taken."""
        if self.words.is_filler(value):
            self.sources.setdefault(f"/{name}", ref)
            return name not in self.values
        if name in self.values:
            return bool(self.values[name] == value)
        self.values[name] = value
        self.sources[f"/{name}"] = ref
        return True

    def entry(self, label: str, text: str | None, ref: str, under: str | None = None) -> None:
        """A labelled row that is no field of its own."""
        label = joined(label).rstrip("：: ")
        if not label:
            self.not_read(ref, text or "")
            return
        self.sources[f"/entries/{len(self.entries)}"] = ref
        self.entries.append({"label": label, "text": text or None, **({"under": under} if under else {})})

    def note(self, text: str, ref: str) -> None:
        """A footnote, or an instruction that the form gives."""
        if text not in self.notes:
            self.sources[f"/notes/{len(self.notes)}"] = ref
            self.notes[text] = None

    # Numbers

    def figure(self, text: str, ref: str, pointer: str) -> Decimal | None:
        """Points or a score: a number, perhaps with 分 behind it."""
        self.sources.setdefault(pointer, ref)
        if self.words.is_filler(text):
            return None
        plain = squeeze(text).removesuffix("分").replace(",", "")
        if number.parse(plain) is None or number.places_of(plain) > MOST_DECIMALS:
            self.not_read(ref, text, "form-figure")
            return None
        return Decimal(plain)

    def amount(self, text: str, ref: str, pointer: str, unit: str) -> Decimal | None:
        """An amount in the document's unit; the cell's own unit wins over `unit`, and is converted exactly."""
        self.sources.setdefault(pointer, ref)
        if self.words.is_filler(text):
            return None
        reading = read_amount(text, unit)
        if reading.kind is Kind.MISSING:
            return None
        if reading.value is None or reading.label:
            self.not_read(ref, text, "form-amount")
            return None
        return self.money(text, ref, *self.in_unit(reading.value, reading.places or 0))

    def in_unit(self, value: Any, places: int) -> tuple[Any, int]:
        """An amount in 万元, and its decimal places, in the document's unit."""
        return (value * TEN_THOUSAND, places - 4) if self.currency == "元" else (value, places)

    def money(self, text: str, ref: str, value: Any, places: int) -> Decimal | None:
        """The amount with the places it was printed with."""
        places = max(places, number.decimal_places(value) or 0)
        if places > MOST_DECIMALS:
            self.not_read(ref, text, "form-amount")
            return None
        return Decimal(number.write(value, places))

    @property
    def currency(self) -> str:
        """The document's unit of money: as printed where it is 元 or 万元."""
        return "元" if self.printed_unit == "元" else "万元"

    @property
    def printed_unit(self) -> str:
        """The unit of the funds block, else of the line above, else the layout's."""
        return self.money_unit or self.line_unit or self.layout.currency_unit or "万元"

    # What could not be read

    def not_read(self, ref: str, text: str, code: str = "form-cell") -> None:
        """A cell that nobody understood; the code says what it was expected to hold."""
        problem = Problem(
            Place(self.file, cell=ref), code, say(f"{code}.expected"), joined(text), hint=say(f"{code}.hint")
        )
        if (ref, code) not in self.told:
            self.told.add((ref, code))
            self.unread.append(problem)

    def not_read_below(self, head: Cell | None, cell: Cell) -> None:
        """A cell in a column that nobody knows: told once, at its header, with every cell below that says something."""
        if head is None:
            self.not_read(cell.ref, cell.text, "form-column")
            return
        place, below = Place(self.file, cell=head.ref), (Place(self.file, cell=cell.ref), said(joined(cell.text)))
        for at, each in enumerate(self.unread):
            if each.code == "form-column" and each.place == place:
                self.unread[at] = replace(each, related=(*each.related, below))
                return
        self.not_read(head.ref, head.text, "form-column")
        self.unread[-1] = replace(self.unread[-1], related=(below,))

    def lacking(self, code: str, ref: str = "", hint: Words | None = None) -> None:
        """Something that a document must have and the form does not say."""
        self.unread.append(Problem(Place(self.file, cell=ref), code, say(f"{code}.expected"), hint=hint))

    # The document

    def document(self) -> Document:
        """The document, once nothing is lacking.

        Raises:
            pydantic.ValidationError: a value is not one that a document can hold.
        """
        funds = {name: each for name, each in self.funds.items() if name == "total" or each}
        content = {
            **self.values,
            "currency_unit": self.currency,
            "goals": self.goals or None,
            "funds": {"total": {}, **funds, "others": self.others},
            "indicators": self.indicators,
            "entries": self.entries,
            "notes": list(self.notes),
            "file": self.file,
            "sources": dict(sorted(self.sources.items(), key=lambda each: _natural(each[0]))),
        }
        return Document.model_validate(content)


def _natural(pointer: str) -> list[tuple[bool, int, str]]:
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in pointer.split("/")[1:]]


def said(text: str) -> Words:
    """What stood in a cell that was not read."""
    return say("form-column.below", text=text)


def label_of(text: str) -> str:
    """A label as the document keeps it: in one line, without a colon at its end."""
    return joined(text).rstrip("：: ")
