"""The filed form itself, handed back: each requirement and finding as a comment at the cell that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.report.recheck import Speaker
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from zhunsheng.evaluation.assessment import Remark
    from zhunsheng.exchange.report.subject import Subject
    from zhunsheng.problem.show import Lang

WORD: Final = (".docx", ".docm")
EXCEL: Final = (".xlsx", ".xlsm")


def annotated(path: Path, subjects: Sequence[Subject], lang: Lang) -> bytes:
    """The file with its comments.

    Args:
        path: as filed.
        subjects: the forms in it, judged.
        lang: of the comments.

    Raises:
        Refused: it is no .docx or .xlsx.
    """
    suffix = path.suffix.lower()
    speaker = Speaker(lang)
    remarks: dict[str, list[str]] = {}
    for each in subjects:
        for cell, said in said_at_cells(each, speaker):
            remarks.setdefault(cell, []).append(said)
    if suffix in WORD:
        from zhunsheng.exchange.report.annotate_word import annotate_word  # noqa: PLC0415  only what is needed

        return annotate_word(path, remarks, speaker.say("author"))
    if suffix in EXCEL:
        from zhunsheng.exchange.report.annotate_excel import annotate_excel  # noqa: PLC0415  as above

        return annotate_excel(path, remarks, speaker.say("author"))
    expected, hint = say("not-annotated.expected", suffixes=" ".join((*WORD, *EXCEL))), say("not-annotated.hint")
    raise Refused([Problem(Place(path.as_posix()), "not-annotated", expected, path.suffix, hint=hint)])


def said_at_cells(subject: Subject, speaker: Speaker) -> Iterator[tuple[str, str]]:
    """What is to be said at each cell; what is about a form as a whole stands at its name."""
    for at, remark, kind in _remarks(subject, speaker):
        document = subject.forms[at or 0][0]
        cell = remark.source or document.stood("/project") or document.stood("/unit") or ""
        clause = speaker.clause(remark)
        said = speaker.say("comment", kind=kind, told=speaker.told(remark))
        yield cell, f"{said}{speaker.say('by', clause=clause) if clause else ''}"


def _remarks(subject: Subject, speaker: Speaker) -> Iterator[tuple[int | None, Remark, str]]:
    """What must be supplied, what is wrong and what is to be judged, of the forms and of the dossier around them."""
    for at, _, assessment in subject.assessments:
        for kind, remarks in list(speaker.sorted(assessment))[:-1]:
            yield from ((at, each, kind) for each in remarks)
