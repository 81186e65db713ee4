"""What a proof finds: a problem of the ruleset and, where it shows on a form, the form that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zhunsheng.number import write
from zhunsheng.proof.filed import at, filed_as

if TYPE_CHECKING:
    from fractions import Fraction

    from zhunsheng.problem import Problem
    from zhunsheng.proof.subject import Input, Subject

Content = dict[str, Any]
"""A document as it stands in a file."""


class Shown(NamedTuple):
    """A form that shows something, and the words under which its file is kept."""

    name: str
    content: Content


class Finding(NamedTuple):
    """A problem, and the forms that show it: one, or two to be held against each other."""

    problem: Problem
    shown: tuple[Shown, ...] = ()


def showing(form: Subject, by: Input, x: Fraction) -> Content | None:
    """The form with an input at x, as a file holds it; None where no form can say that."""
    filed = filed_as(form, by, x)
    again = None if filed is None else at(form, filed)
    return None if again is None else content_of(again)


def content_of(form: Subject) -> Content:
    """A form as a file holds it, blanks left out."""
    found: Content = form.filed.model_dump(mode="json", exclude_none=True)
    rows = found["indicators"]
    for each in (found, *rows):
        if not each.get("attributes"):
            each.pop("attributes", None)
    return found


def told(value: Fraction) -> str:
    """A number in a sentence."""
    return write(value)
