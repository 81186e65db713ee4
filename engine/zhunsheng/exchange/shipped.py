"""Where the rulesets and schemas that come with the engine lie.

Policy staff find them at the top of the checkout, beside `engine/`; a wheel carries them inside the package, under
`_shipped/`. Both are told apart here and nowhere else; callers get a folder to read from, which may lie in a zip.
What a folder holds is not known here: `ruleset` and `document` read it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def rulesets() -> Traversable:
    """The folder of the rulesets that come with the engine.

    Raises:
        FileNotFoundError: when the installation lost it.

    >>> (rulesets() / "zhuzhou-2021.yaml").is_file()
    True
    """
    return _folder("rulesets", files("zhunsheng"))


def schemas() -> Traversable:
    """The folder of the JSON Schemas of documents, dossiers and rulesets, generated from the models.

    Raises:
        FileNotFoundError: when the installation lost it.
    """
    return _folder("schemas", files("zhunsheng"))


def _folder(name: str, package: Traversable) -> Traversable:
    """The folder `name` within `package`, or else beside the `engine/` folder that holds the package."""
    inside = package / "_shipped" / name
    if inside.is_dir():
        return inside
    beside = _top_of_checkout(package)
    if beside is not None and (beside / name).is_dir():
        return beside / name
    places = str(inside) if beside is None else f"{inside}, {beside / name}"
    message = (
        f"安装不完整，缺少随附的 {name}/：{places} · incomplete installation, {name}/ that comes with it is missing"
    )
    raise FileNotFoundError(message)


def _top_of_checkout(package: Traversable) -> Path | None:
    """The folder that holds `engine/`, where the package lies in one: a checkout, an editable install, an unpacked sdist."""
    if isinstance(package, Path) and package.parent.name == "engine":
        return package.parent.parent
    return None
