"""An evaluation leaves nothing behind: neither memory nor memos grow with the number of documents judged."""

from __future__ import annotations

import resource
from pathlib import Path

from zhunsheng import evaluate, evaluate_dossier, load_document, load_dossier, load_ruleset
from zhunsheng.evaluation.plan import plan_of

REPORT = Path("fixtures/zhuzhou-2021")


def test_memos_do_not_grow_with_the_documents_judged() -> None:
    """They are kept by tree, and an evaluation makes no trees of its own that would be kept."""
    ruleset = load_ruleset("zhuzhou-2021")
    dossier = load_dossier(REPORT / "dossier.yaml")
    evaluate_dossier(dossier, ruleset)
    plan = plan_of(ruleset)
    memos = (plan.readings, plan.words, plan.fronts, plan.rows)
    known = [len(each) for each in memos]
    assert all(known)
    for _ in range(3):
        evaluate_dossier(dossier, ruleset)
    assert [len(each) for each in memos] == known


def test_memory_stays_flat_over_many_evaluations() -> None:
    """Twenty thousand sessions are `test_infer`'s; here whole evaluations, reasons and all."""
    ruleset = load_ruleset("zhuzhou-2021")
    document = load_document(REPORT / "department.yaml")
    for _ in range(100):
        evaluate(document, ruleset)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(400):
        evaluate(document, ruleset)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2048  # KiB
