"""The rulesets and schemas are found alike in a checkout, in a wheel, and in a wheel that nobody unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import Path as ZippedPath
from zipfile import ZipFile

import pytest

from package.building import ROOT, Distributions, Installed, succeed
from zhunsheng.exchange import shipped

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ["rulesets", "schemas"]


def test_a_checkout_has_them_beside_the_engine() -> None:
    assert [shipped.rulesets(), shipped.schemas()] == [ROOT / "rulesets", ROOT / "schemas"]


@pytest.mark.parametrize("name", FOLDERS)
def test_a_wheel_has_them_inside(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "zhunsheng" / "_shipped" / name
    inside.mkdir(parents=True)

    assert shipped._folder(name, tmp_path / "zhunsheng") == inside  # noqa: SLF001


@pytest.mark.parametrize("name", FOLDERS)
def test_what_lies_inside_comes_first(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "engine" / "zhunsheng" / "_shipped" / name
    inside.mkdir(parents=True)
    (tmp_path / name).mkdir()

    assert shipped._folder(name, tmp_path / "engine" / "zhunsheng") == inside  # noqa: SLF001


def test_a_folder_beside_site_packages_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "rulesets").mkdir()
    (tmp_path / "site-packages" / "zhunsheng").mkdir(parents=True)

    with pytest.raises(FileNotFoundError, match=r"rulesets/"):
        shipped._folder("rulesets", tmp_path / "site-packages" / "zhunsheng")  # noqa: SLF001


def test_an_incomplete_checkout_names_both_places(tmp_path: Path) -> None:
    package = tmp_path / "engine" / "zhunsheng"
    package.mkdir(parents=True)

    with pytest.raises(FileNotFoundError) as raised:
        shipped._folder("schemas", package)  # noqa: SLF001

    assert str(package / "_shipped" / "schemas") in str(raised.value)
    assert str(tmp_path / "schemas") in str(raised.value)


def test_a_zip_serves_as_well(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "zhunsheng.whl", "w") as archive:
        archive.writestr("zhunsheng/_shipped/rulesets/example.yaml", "ruleset: example\n")

    with ZipFile(tmp_path / "zhunsheng.whl") as archive:
        found = shipped._folder("rulesets", ZippedPath(archive, "zhunsheng/"))  # noqa: SLF001
        assert [each.name for each in found.iterdir()] == ["example.yaml"]


TELL = "from zhunsheng.exchange import shipped; print(*sorted(e.name for f in ({0}) for e in f.iterdir()), sep='\\n')"


def names_in(folder: str) -> list[str]:
    """What a wheel takes of a folder: tests of rulesets stay behind, since they name documents of the checkout."""
    return [each.name for each in (ROOT / folder).iterdir() if not each.name.endswith(".test.yaml")]


@pytest.mark.xdist_group("package")
def test_an_installed_wheel_finds_what_the_checkout_holds(installed: Installed) -> None:
    tell = TELL.format("shipped.rulesets(), shipped.schemas()")
    here = sorted(name for folder in FOLDERS for name in names_in(folder))

    assert succeed(installed.python, "-c", tell, cwd=installed.folder).split() == here


@pytest.mark.xdist_group("package")
def test_a_zipped_wheel_finds_its_rulesets(distributions: Distributions, installed: Installed) -> None:
    tell = f"import sys; sys.path.insert(0, {str(distributions.wheel)!r}); " + TELL.format("shipped.rulesets(),")
    here = sorted(names_in("rulesets"))

    assert succeed(installed.python, "-c", tell, cwd=installed.folder).split() == here
