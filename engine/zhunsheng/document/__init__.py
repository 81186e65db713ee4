"""The evaluation document and the dossier: the models, the JSON Schemas they yield, and reading them from a source."""

from zhunsheng.document.model import (
    Accounts,
    Document,
    Dossier,
    Evidence,
    Explanation,
    Fund,
    Funds,
    Goals,
    Indicator,
    Judgement,
    Statement,
)
from zhunsheng.document.read import kind_of, read_document, read_dossier

__all__ = [
    "Accounts",
    "Document",
    "Dossier",
    "Evidence",
    "Explanation",
    "Fund",
    "Funds",
    "Goals",
    "Indicator",
    "Judgement",
    "Statement",
    "kind_of",
    "read_document",
    "read_dossier",
]
