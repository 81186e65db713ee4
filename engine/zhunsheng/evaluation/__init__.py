"""Evaluation: a ruleset applied to a document or a dossier, and why the result is what it is."""

from zhunsheng.evaluation.assess import evaluate, evaluate_dossier, evaluate_together
from zhunsheng.evaluation.assessment import Answer, Assessment, Derivation, DossierAssessment, Remark, plain

__all__ = [
    "Answer",
    "Assessment",
    "Derivation",
    "DossierAssessment",
    "Remark",
    "evaluate",
    "evaluate_dossier",
    "evaluate_together",
    "plain",
]
