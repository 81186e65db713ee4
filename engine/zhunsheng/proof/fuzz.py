"""The laws tried on forms at random, and what breaks one shrunk to a small form. See `laws` and `documents`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from zhunsheng.document import Document
from zhunsheng.expression.exact import TooLarge
from zhunsheng.problem import Refused
from zhunsheng.proof.documents import documents_of
from zhunsheng.proof.laws import LAWS
from zhunsheng.proof.subject import subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.proof.laws import Law
    from zhunsheng.ruleset import Ruleset

NEVER_FAILS: Final = "never_fails"
"""The law that every run is also a trial of: a form is judged or refused, and nothing else."""


class Tried(NamedTuple):
    """How a law fared.

    Attributes:
        law: its name.
        forms: how many it was tried on.
        broken: the smallest form found that breaks it; None: none did.
        said: what stands on that form.
    """

    law: str
    forms: int
    broken: dict[str, Any] | None = None
    said: str = ""


class _Broken(Exception):  # noqa: N818  no error: it is what is looked for
    """A law does not hold of a form."""


def fuzz(ruleset: Ruleset, examples: int = 100, seed: int = 0) -> Iterator[Tried]:
    """Each law in turn, on so many forms; the same forms for the same seed."""
    forms, failed = 0, False
    for law in LAWS:
        found = tried(law, ruleset, examples, seed)
        forms, failed = forms + found.forms, failed or found.law == NEVER_FAILS
        yield found
    if not failed:
        yield Tried(NEVER_FAILS, forms)


def tried(law: Law, ruleset: Ruleset, examples: int, seed: int = 0) -> Tried:
    """One law on so many forms."""
    last: list[Tried] = []
    count = 0

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
    )
    @given(documents_of(ruleset))
    def trial(content: dict[str, Any]) -> None:
        nonlocal count
        count += 1
        name, said = _outcome(law, ruleset, content)
        if said is not None:
            last[:] = [Tried(name, count, content, said)]
            raise _Broken(name)

    try:
        trial()
    except _Broken:
        return last[0]
    return Tried(law.__name__, count)


def _outcome(law: Law, ruleset: Ruleset, content: dict[str, Any]) -> tuple[str, str | None]:
    """What a law says of a form; a fault of the engine breaks the law that there is none."""
    try:
        return law.__name__, law(subject(Document.model_validate(content), ruleset))
    except (Refused, TooLarge):
        return law.__name__, None
    except Exception as error:  # noqa: BLE001  whatever it is, the user's form has brought it about
        return NEVER_FAILS, f"{type(error).__name__}: {error}"
