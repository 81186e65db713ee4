"""The command `zhunsheng`: a face with no logic of its own. Heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import Final, TextIO

REFUSED: Final = 2
INTERNAL: Final = 70
INTERRUPTED: Final = 130
UNREAD: Final = 141
"""What a shell says of a program that wrote into a pipe nobody reads any more, such as `| head`."""
UNWRITTEN: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""A disk that is full, or a stream that takes nothing: no fault of ours, and none of the files read."""


def main() -> int:
    """Run the command line and return its exit code.

    0 done; 1 findings, where they were asked for (`--strict`, `check`); 2 refused, not a way to call it, or no place to
    write to; 70 a fault of ours; 130 stopped by Ctrl-C; 141 nobody reads the output any more.
    """
    if sys.stderr is None:  # closed by the caller: what would be said there is said nowhere
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  a device, open to the end
    if sys.stdout is None:
        _tell(_unwritten(os.strerror(errno.EBADF)))
        return REFUSED
    try:
        return _called()
    except (BrokenPipeError, SystemExit) as ended:
        if isinstance(ended, SystemExit) and not isinstance(ended.__context__, BrokenPipeError):
            raise
        _close_quietly(sys.stdout, sys.stderr)  # typer and rich both make a SystemExit of a broken pipe
        return UNREAD
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as fault:
        if isinstance(fault, OSError) and fault.errno in UNWRITTEN:
            _close_quietly(sys.stdout)
            _tell(_unwritten(fault.strerror or ""))
            return REFUSED
        if os.environ.get("ZHUNSHENG_DEBUG"):
            raise
        _tell(_internal(fault))
        return INTERNAL


def _called() -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if sys.argv[1:] in (["--version"], ["-V"]):
        from importlib.metadata import version

        sys.stdout.write(f"zhunsheng {version('zhunsheng')}\n")
        sys.stdout.flush()
        return 0
    from zhunsheng.cli.app import run

    code = run(sys.argv[1:])
    sys.stdout.flush()
    return code


def _close_quietly(*streams: TextIO) -> None:
    """Nobody reads any more: what is still held back must not be written at exit, where Python would complain."""
    for stream in streams:
        with suppress(OSError):  # no file at all, but a text in memory
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _tell(text: str) -> None:
    """On the error stream, unless that is full or closed too."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


def _unwritten(reason: str) -> str:
    """That the output has no place to go; told without the catalogue, which a full system may not even read."""
    return f"输出写不出去（{reason}）：腾出空间，或换一个去处\ncannot write the output ({reason}): make room, or send it elsewhere\n"


def _internal(fault: Exception) -> str:
    """A fault of ours in two lines; without the catalogue, which may be what is at fault."""
    kind = type(fault).__name__
    return (
        f"程序内部错误（{kind}）：设 ZHUNSHENG_DEBUG=1 再运行可见详情，连同文件和命令报告给维护者，见 CONTRIBUTING.md\n"
        f"internal error ({kind}): run again with ZHUNSHENG_DEBUG=1 and report it as CONTRIBUTING.md says\n"
    )
