"""准绳: scoring policies for budget performance self-evaluation as rulesets, applied exactly and with reasons.

>>> from zhunsheng import evaluate, load_document, load_ruleset
>>> form = load_document("fixtures/zhuzhou-2021/department.yaml")
>>> evaluate(form, load_ruleset("zhuzhou-2021")).total.computed
'98.45'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhunsheng.document import Document, Dossier
    from zhunsheng.evaluation import (
        Answer,
        Assessment,
        Derivation,
        DossierAssessment,
        Remark,
        evaluate,
        evaluate_dossier,
        evaluate_together,
        plain,
    )
    from zhunsheng.exchange import load_document, load_dossier, load_ruleset
    from zhunsheng.problem import Place, Problem, Refused
    from zhunsheng.ruleset import Ruleset

__all__ = [
    "Answer",
    "Assessment",
    "Derivation",
    "Document",
    "Dossier",
    "DossierAssessment",
    "Place",
    "Problem",
    "Refused",
    "Remark",
    "Ruleset",
    "evaluate",
    "evaluate_dossier",
    "evaluate_together",
    "load_document",
    "load_dossier",
    "load_ruleset",
    "plain",
]


def __getattr__(name: str) -> object:
    """A public name, its room imported when it is first asked for: `zhunsheng --version` takes none of them."""
    from importlib import import_module  # noqa: PLC0415  as above

    for room in ("problem", "document", "ruleset", "evaluation", "exchange"):
        if name in __all__ and hasattr(found := import_module(f"zhunsheng.{room}"), name):
            globals()[name] = value = getattr(found, name)
            return value
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
