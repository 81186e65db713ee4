"""Wheel and sdist, built once a run, and both wheels installed."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from package.building import ROOT, Distributions, Installed, build, install

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    folder = tmp_path_factory.mktemp("distributions")
    wheel = build(ROOT, "wheel", folder / "wheel")
    sdist = build(ROOT, "sdist", folder / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    return Distributions(wheel, sdist, build(unpacked, "wheel", folder / "wheel-of-sdist"))


@pytest.fixture(scope="session", params=["wheel", "wheel_of_sdist"])
def installed(
    request: pytest.FixtureRequest, distributions: Distributions, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    wheel: Path = getattr(distributions, request.param)
    return install(wheel, tmp_path_factory.mktemp("installed") / request.param)
