"""The means to build what is handed out, and to install it where the checkout cannot stand in for it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a user's shell would: nothing of this process's Python settings reaches it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=kept,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def succeed(*command: str | Path, cwd: Path) -> str:
    """The standard output of a command that ends with exit code 0."""
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Distributions:
    """What is handed out: a wheel, an sdist, and the wheel that somebody else builds from the sdist."""

    wheel: Path
    sdist: Path
    wheel_of_sdist: Path


@dataclass(frozen=True)
class Installed:
    """An environment that has the package from a wheel, and its dependencies from the environment of the tests."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def command(self) -> Path:
        return self.folder / "bin" / "zhunsheng"


def build(source: Path, target: str, into: Path) -> Path:
    succeed(sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", into, cwd=source)
    (built,) = into.iterdir()
    return built


def install(wheel: Path, folder: Path) -> Installed:
    """Install `wheel` alone, offline; what it depends on is lent by the environment of the tests.

    A path lent by a .pth comes after the environment's own packages, and .pth files in it are not read: the editable
    install of the checkout stays out of sight.
    """
    venv.create(folder, with_pip=True)
    installed = Installed(folder)
    succeed(installed.python, "-m", "pip", "install", "-qq", "--no-index", "--no-deps", wheel, cwd=folder)
    own = succeed(installed.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(own) / "lent.pth").write_text("\n".join(sorted(lent)) + "\n", encoding="utf-8")
    return installed
