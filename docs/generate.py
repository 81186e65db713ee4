"""Writes what is generated: `schemas/` from the models, `docs/reference/` from the tables of the engine.

`python docs/generate.py` writes; `python docs/generate.py --check` changes nothing, names what is stale and fails.
Nothing here decides anything: a sentence that is wrong on a page is mended where it stands, in the engine.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reference import language, names, problems, rulesets
from zhunsheng.document.schema import document_schema, dossier_file_schema, schema_of
from zhunsheng.evaluation.assessment import Answer
from zhunsheng.ruleset.model import ruleset_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDERS: Final = ("schemas", "docs/reference")
"""They hold nothing but what is generated."""


def schema(content: dict[str, object]) -> str:
    """A schema as committed."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


FILES: Final[dict[str, Callable[[], str]]] = {
    "schemas/document.schema.json": lambda: schema(document_schema()),
    "schemas/dossier.schema.json": lambda: schema(dossier_file_schema()),
    "schemas/ruleset.schema.json": lambda: schema(ruleset_schema()),
    "schemas/assessment.schema.json": lambda: schema(
        schema_of(Answer, "assessment", "评价结果", mode="serialization")
    ),
    "docs/reference/language.md": language.page,
    "docs/reference/names.md": names.page,
    "docs/reference/problems.md": lambda: problems.page(ROOT / "fixtures" / "bad"),
    "docs/reference/ruleset.md": rulesets.page,
}


def differing() -> Iterator[tuple[str, str | None]]:
    """The files that are not as they would be written, with what would be written; None for one that has no maker."""
    for name, make in FILES.items():
        text, path = make(), ROOT / name
        if not path.is_file() or path.read_bytes() != text.encode():
            yield name, text
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).glob("*.*")):
            name = f"{folder}/{path.name}"
            if name not in FILES:
                yield name, None


def main(arguments: Sequence[str]) -> int:
    """Writes, or with `--check` only looks; 1 when something is stale."""
    checking = "--check" in arguments
    found = list(differing())
    for name, text in found:
        print(f"{'过期 stale' if checking else '写出 written' if text is not None else '删去 removed'}  {name}")
        if not checking:
            path = ROOT / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
    if checking and found:
        print("改法 mend: make generate", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
