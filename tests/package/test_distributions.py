"""What is handed out is whole, holds nothing else, and does the main job where there is no checkout."""

from __future__ import annotations

import json
import shutil
import tarfile
from zipfile import ZipFile

import pytest

from package.building import ROOT, Distributions, Installed, succeed

pytestmark = pytest.mark.xdist_group("package")  # one worker builds and installs, once


def shipped() -> set[str]:
    """The files at the top of the checkout that a wheel must carry."""
    return {
        f"zhunsheng/_shipped/{path.relative_to(ROOT).as_posix()}"
        for folder in ("rulesets", "schemas")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not path.name.endswith(".test.yaml")  # tests name documents of the checkout
    }


def package() -> set[str]:
    """The package's own files, data included."""
    return {
        path.relative_to(ROOT / "engine").as_posix()
        for path in (ROOT / "engine" / "zhunsheng").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("which", ["wheel", "wheel_of_sdist"])
def test_a_wheel_holds_the_package_the_rulesets_and_the_schemas_and_nothing_else(
    which: str, distributions: Distributions
) -> None:
    with ZipFile(getattr(distributions, which)) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert names == package() | shipped()


def test_a_wheel_holds_what_python_does_not_import(distributions: Distributions) -> None:
    with ZipFile(distributions.wheel) as wheel:
        names = set(wheel.namelist())

    assert {
        "zhunsheng/py.typed",
        "zhunsheng/problem/catalogue.yaml",
        "zhunsheng/expression/grammar.lark",
        "zhunsheng/exchange/forms/layouts/common.yaml",
        "zhunsheng/exchange/forms/layouts/national.yaml",
        "zhunsheng/_shipped/rulesets/zhuzhou-2021.yaml",
    } <= names
    assert any(name.startswith("zhunsheng/_shipped/schemas/") and name.endswith(".json") for name in names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_an_sdist_holds_what_a_packager_needs(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {
        "pyproject.toml",
        "LICENSE",
        "README.md",
        "Makefile",
        "requirements.lock",
        "requirements-build.lock",
        "rulesets/zhuzhou-2021.yaml",
        "tests/conftest.py",
    } <= names


def test_the_package_comes_from_the_wheel(installed: Installed) -> None:
    found = succeed(installed.python, "-c", "import zhunsheng; print(zhunsheng.__file__)", cwd=installed.folder)

    assert found.startswith(str(installed.folder))


def test_an_installed_wheel_evaluates_a_real_report(installed: Installed) -> None:
    elsewhere = installed.folder / "elsewhere"
    shutil.copytree(ROOT / "fixtures" / "zhuzhou-2021", elsewhere, dirs_exist_ok=True)

    answer = json.loads(succeed(installed.command, "evaluate", elsewhere, "--format", "json", cwd=elsewhere))

    assert len(answer["assessments"]) == 3
