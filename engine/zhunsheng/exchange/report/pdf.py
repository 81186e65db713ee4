"""A Word file as PDF, by LibreOffice where it is installed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from zhunsheng.exchange.forms.read.office import converted, program
from zhunsheng.problem import Place, Problem, Refused, say


def pdf(docx: bytes) -> bytes:
    """The document as LibreOffice prints it.

    Raises:
        Refused: LibreOffice is not installed, fails, or takes too long.
    """
    if program() is None:
        raise _unmade("none")
    with TemporaryDirectory(prefix="zhunsheng-") as folder:
        source = Path(folder, "report.docx")
        source.write_bytes(docx)
        try:
            with converted(source, "pdf", "docx") as result:
                return result.read_bytes()
        except Refused:
            raise _unmade("failed") from None


def _unmade(why: str) -> Refused:
    expected, hint = say(f"report-pdf.{why}"), say("report-pdf.hint")
    return Refused([Problem(Place("zhunsheng report"), "needs-office", expected, ".pdf", hint=hint)])
