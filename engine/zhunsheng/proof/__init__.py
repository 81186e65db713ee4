"""Proofs: what can be said of a ruleset for every value of an input, not only for the documents at hand.

A `Subject` is a document under a ruleset, each figure of it to be read as a function of any one input
(`expression.pieces`). The checks of this room read such functions; what they cannot decide is sampled, and said so.
"""

from zhunsheng.proof.finding import Finding, Shown
from zhunsheng.proof.neutral import neutral_document
from zhunsheng.proof.prove import Proved, prove
from zhunsheng.proof.subject import Element, Input, Subject, free_inputs_of, subject

__all__ = [
    "Element",
    "Finding",
    "Input",
    "Proved",
    "Shown",
    "Subject",
    "free_inputs_of",
    "neutral_document",
    "prove",
    "subject",
]
