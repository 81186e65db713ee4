"""Ruleset tests: documents (or changes to some) and what a ruleset must say of them, as policy staff write them.

A test file lies beside its ruleset as `<id>.test.yaml`. This room reads such files, judges their documents, says where
the outcome differs from what was expected, and counts which elements of the policy the documents have reached
(`coverage`). It opens no file: `exchange.ruleset_tests` finds, reads and rewrites them.
"""

from zhunsheng.trial.compare import Difference
from zhunsheng.trial.model import TrialFile, trial_schema
from zhunsheng.trial.prepare import Bench, prepared
from zhunsheng.trial.read import read_tests, read_yaml_with_nulls
from zhunsheng.trial.result import Result, Verdict, run

__all__ = [
    "Bench",
    "Difference",
    "Result",
    "TrialFile",
    "Verdict",
    "prepared",
    "read_tests",
    "read_yaml_with_nulls",
    "run",
    "trial_schema",
]
