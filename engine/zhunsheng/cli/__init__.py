"""The command `zhunsheng`: a face with no logic of its own. Heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import os
import sys
from typing import Final

INTERNAL: Final = 70
INTERRUPTED: Final = 130


def main() -> int:
    """Run the command line and return its exit code.

    0 done; 1 findings, where they were asked for (`--strict`, `check`); 2 refused, or not a way to call it; 70 a fault
    of ours; 130 stopped by Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if sys.argv[1:] in (["--version"], ["-V"]):
        from importlib.metadata import version

        sys.stdout.write(f"zhunsheng {version('zhunsheng')}\n")
        return 0
    try:
        from zhunsheng.cli.app import run

        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        _close_quietly()
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as fault:
        if os.environ.get("ZHUNSHENG_DEBUG"):
            raise
        sys.stderr.write(_internal(fault))
        return INTERNAL
    return code


def _close_quietly() -> None:
    """Nobody reads any more: what is still held back must not be written at exit, where Python would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _internal(fault: Exception) -> str:
    """A fault of ours in two lines; without the catalogue, which may be what is at fault."""
    kind = type(fault).__name__
    return (
        f"程序内部错误（{kind}）：设 ZHUNSHENG_DEBUG=1 再运行可见详情，连同文件和命令报告给维护者，见 CONTRIBUTING.md\n"
        f"internal error ({kind}): run again with ZHUNSHENG_DEBUG=1 and report it as CONTRIBUTING.md says\n"
    )
