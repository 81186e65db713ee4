"""What must not stand in the source: a binary float, a swallowed fault, a path or a host of somebody's machine."""

from __future__ import annotations

import ast
import subprocess
from typing import TYPE_CHECKING

import pytest

from package.building import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULES = sorted((ROOT / "engine").rglob("*.py"))

# In parts, so that this file does not hold what it forbids.
MACHINE_PATHS = ["/".join(parts) for parts in (("", "work", "main"), ("", "work", "shared"))]
PACKAGE_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("pypi", "python", "org"),
        ("npmjs", "org"),
        ("yarnpkg", "com"),
        ("conda", "anaconda", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("pypi", "tuna", "tsinghua"),
        ("mirrors", "aliyun", "com"),
        ("mirrors", "ustc", "edu"),
        ("mirrors", "cloud", "tencent"),
        ("repo", "huaweicloud", "com"),
    )
]


def inexact(tree: ast.AST) -> Iterator[str]:
    """Where a binary float could enter: a literal, `float(…)`, or the built-in `round`, which is half-even.

    `cutoff=0.5`, the likeness of two words to `get_close_matches`, measures nothing of ours and may stand.
    """
    likeness = {node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "cutoff"}
    for node in ast.walk(tree):
        if node in likeness:
            continue
        match node:
            case ast.Constant(value=float() | complex() as literal, lineno=line):
                yield f"{line}: literal {literal}"
            case ast.Call(func=ast.Name(id="float" | "round" as name), lineno=line):
                yield f"{line}: {name}("
            case _:
                pass


def swallowed(tree: ast.AST) -> Iterator[str]:
    """Where a fault of ours would vanish: `except:`, or a broad `except` that only passes."""
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=None, lineno=line):
                yield f"{line}: except:"
            case ast.ExceptHandler(type=ast.Name(id="Exception" | "BaseException"), body=[ast.Pass()], lineno=line):
                yield f"{line}: except …: pass"
            case _:
                pass


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 0.5", ["1: literal 0.5"]),
        ("x = 1j", ["1: literal 1j"]),
        ("x = float('1')", ["1: float("]),
        ("x = round(y, 2)", ["1: round("]),
        ("get_close_matches(x, names, n=1, cutoff=0.5)", []),
        ("x = number.round_once(y, 2)\nisinstance(x, float)\nround_half_up(y)\nz = '0.5', 5, True", []),
    ],
)
def test_the_walk_sees_binary_floats(source: str, found: list[str]) -> None:
    assert list(inexact(ast.parse(source))) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("try: x\nexcept: pass", ["2: except:"]),
        ("try: x\nexcept: raise", ["2: except:"]),
        ("try: x\nexcept Exception: pass", ["2: except …: pass"]),
        ("try: x\nexcept KeyError: pass", []),
    ],
)
def test_the_walk_sees_swallowed_faults(source: str, found: list[str]) -> None:
    assert list(swallowed(ast.parse(source))) == found


def test_the_engine_computes_without_binary_floats() -> None:
    assert {str(path): found for path in MODULES if (found := list(inexact(parsed(path))))} == {}


def test_the_engine_swallows_no_fault() -> None:
    assert {str(path): found for path in MODULES if (found := list(swallowed(parsed(path))))} == {}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def files_of_the_repository() -> list[Path]:
    """What is committed, or would be by `git add .`; without git there is no telling."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8").stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: which files belong to the repository cannot be told")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_path_of_this_machine_or_a_package_host() -> None:
    forbidden = [words.encode() for words in (*MACHINE_PATHS, *PACKAGE_HOSTS)]

    found = {
        str(path.relative_to(ROOT)): hits
        for path in files_of_the_repository()
        if (hits := [words.decode() for words in forbidden if words in path.read_bytes()])
    }

    assert found == {}
