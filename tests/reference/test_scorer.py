"""The engine says what the oracle says, of every form in `fixtures/`, alone and together, under every shipped ruleset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reference.bridge import by_engine, by_oracle
from zhunsheng import load_document, load_dossier, load_ruleset
from zhunsheng.exchange.files import shipped_ids

if TYPE_CHECKING:
    from zhunsheng.document import Document, Dossier

FORMS = Path(__file__).parents[2] / "fixtures" / "zhuzhou-2021"
NAMES = ("department", "information-collection", "system-maintenance", "dossier")


def filed(name: str) -> Document | Dossier:
    path = FORMS / f"{name}.yaml"
    return load_dossier(path) if name == "dossier" else load_document(path)


@pytest.mark.parametrize("ruleset", shipped_ids())
@pytest.mark.parametrize("name", NAMES)
def test_engine_agrees_with_the_oracle(name: str, ruleset: str) -> None:
    policy = load_ruleset(ruleset)
    assert by_engine(filed(name), policy) == by_oracle(filed(name), policy)
