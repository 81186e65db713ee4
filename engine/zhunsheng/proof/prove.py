"""All proofs of a ruleset, in one tuple; what they find comes as problems, and as forms that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from zhunsheng.expression.exact import TooLarge
from zhunsheng.problem import Refused
from zhunsheng.proof.falls import never_falls
from zhunsheng.proof.finding import Finding
from zhunsheng.proof.neutral import neutral_document
from zhunsheng.proof.partition import partitions
from zhunsheng.proof.patterns import weights_always_sum
from zhunsheng.proof.points import within_points
from zhunsheng.proof.subject import Subject, subject
from zhunsheng.ruleset import Ruleset

if TYPE_CHECKING:
    from zhunsheng.problem import Problem
    from zhunsheng.proof.finding import Shown

Proof: TypeAlias = Callable[[Ruleset, Subject], Iterable[Finding]]
PROOFS: Final[tuple[Proof, ...]] = (within_points, never_falls, partitions, weights_always_sum)


class Proved(NamedTuple):
    """What the proofs say of a ruleset.

    Attributes:
        problems: what does not hold, and what could not be decided, in the order of the file.
        shown: the forms that show what does not hold.
    """

    problems: tuple[Problem, ...]
    shown: tuple[Shown, ...]


def prove(ruleset: Ruleset) -> Proved:
    """Everything that can be proved of a ruleset for documents at large."""
    try:
        form = subject(neutral_document(ruleset), ruleset)
        found = [each for proof in PROOFS for each in proof(ruleset, form)]
    except (
        Refused,
        TooLarge,
    ):  # nothing in force in its own year, or numbers without end: told where it is loaded, or judged
        return Proved((), ())
    problems = sorted({each.problem for each in found}, key=attrgetter("place", "code"))
    return Proved(tuple(problems), tuple(shown for each in found for shown in each.shown))
