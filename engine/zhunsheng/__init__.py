"""准绳: scoring policies for budget performance self-evaluation as rulesets, applied exactly and with reasons.

>>> from zhunsheng import evaluate, load_document, load_ruleset
>>> form = load_document("fixtures/zhuzhou-2021/department.yaml")
>>> evaluate(form, load_ruleset("zhuzhou-2021")).total.computed
'98.45'
"""

from zhunsheng.document import Document, Dossier
from zhunsheng.evaluation import (
    Answer,
    Assessment,
    Derivation,
    DossierAssessment,
    Remark,
    evaluate,
    evaluate_dossier,
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
    "load_document",
    "load_dossier",
    "load_ruleset",
    "plain",
]
