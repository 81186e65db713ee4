"""What a report is about: forms, or a dossier with its forms, judged by a ruleset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhunsheng.document import Document, Dossier
    from zhunsheng.evaluation import Assessment, DossierAssessment
    from zhunsheng.evaluation.assessment import Remark
    from zhunsheng.problem import Words
    from zhunsheng.ruleset import Ruleset


@final
@dataclass(frozen=True)
class Subject:
    """One file judged.

    Attributes:
        forms: each with its assessment.
        ruleset: by which it was judged.
        reason: why by this one.
        place: where a pointer leads, in words: as seen from a form, by its number, or (None) from the dossier.
        report: the dossier, where it is one, with its assessment.
    """

    forms: tuple[tuple[Document, Assessment], ...]
    ruleset: Ruleset
    reason: Words
    place: Callable[[str, int | None], str]
    report: tuple[Dossier, DossierAssessment] | None = None

    def stands(self, remark: Remark, at: int | None) -> str:
        """Where a remark's value stands: its cell in the form as filed, or its place in the file that was read."""
        return remark.source or self.place(remark.at, at)

    @property
    def assessments(self) -> Iterator[tuple[int | None, str, Assessment | DossierAssessment]]:
        """All of them with whose they are: of each form by its number, and (None) of the dossier."""
        for at, (document, assessment) in enumerate(self.forms):
            yield at, document.name, assessment
        if self.report is not None:
            yield None, self.report[0].unit, self.report[1]
