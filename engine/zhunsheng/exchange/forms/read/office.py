"""Formats that only an office program knows (.doc, .wps, .xls, .et, .rtf, .ods, .odt): LibreOffice saves them as .docx or .xlsx.

Each run has a profile of its own, in which macros never run and links are never updated; it ends with its time.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.forms.read import limits
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILTERS: Final = {"docx": "MS Word 2007 XML", "xlsx": "Calc MS Excel 2007 XML", "pdf": "writer_pdf_Export"}
_SETTINGS: Final = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Calc/Content/Update", "Link", "2"),
    ("Writer/Content/Update", "Link", "2"),
    ("Calc/Formula/Load", "OOXMLRecalcMode", "1"),
    ("Calc/Formula/Load", "ODFRecalcMode", "1"),
)
"""Macros off, links never updated (2), formulas never calculated anew on loading (1): they count as they were filed."""
_NOWHERE: Final = "http://127.0.0.1:9"
"""A proxy that nobody answers at, should a document ask for anything outside."""


def program() -> str | None:
    """LibreOffice, where it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@contextmanager
def converted(path: Path, suffix: str, kind: str) -> Iterator[Path]:
    """The file as LibreOffice saves it, for as long as it is being read.

    Args:
        path: the file.
        suffix: `docx` or `xlsx`.
        kind: the suffix that goes with its content, whatever it is called.

    Raises:
        Refused: LibreOffice is not installed, fails, or takes too long.
    """
    soffice = program()
    if soffice is None:
        raise _unread(path, "expected", suffix, kind)
    with tempfile.TemporaryDirectory(prefix="zhunsheng-", ignore_cleanup_errors=True) as folder:
        source = Path(folder, f"form.{kind}")  # a name of ours: that of the file could be taken for an option
        shutil.copyfile(path, source)
        _profile(Path(folder, "profile", "user"))
        problem = _run(soffice, source, suffix)
        result = Path(folder, "out", f"form.{suffix}")
        if problem or not result.is_file():
            raise _unread(path, problem or "failed", suffix, kind)
        if result.stat().st_size > limits.FILE:
            raise _unread(path, "failed", suffix, kind)
        yield result


def _run(soffice: str, source: Path, suffix: str) -> str:
    """Runs it; says which sentence tells why it failed."""
    folder = source.parent
    command = [
        soffice, "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo",
        f"-env:UserInstallation={folder.joinpath('profile').as_uri()}",
        "--convert-to", f"{suffix}:{_FILTERS[suffix]}", "--outdir", str(folder / "out"), str(source),
    ]  # fmt: skip
    environment = {**os.environ, "http_proxy": _NOWHERE, "https_proxy": _NOWHERE, "no_proxy": ""}
    with subprocess.Popen(  # noqa: S603  a program found on the path, arguments of our own
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            process.wait(limits.SECONDS)
        except subprocess.TimeoutExpired:
            return "slow"
        finally:
            _end(process)
    return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the program and those that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _profile(folder: Path) -> None:
    folder.mkdir(parents=True)
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    folder.joinpath("registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>\n',
        encoding="utf-8",
    )


def _unread(path: Path, why: str, suffix: str, kind: str) -> Refused:
    expected = say(f"needs-office.{why}", kind=f".{kind}", seconds=limits.SECONDS)
    return Refused(
        [Problem(Place(path.as_posix()), "needs-office", expected, hint=say("needs-office.hint", suffix=f".{suffix}"))]
    )
