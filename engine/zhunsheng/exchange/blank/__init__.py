"""New files to start from: a commented overlay of a ruleset, its tests, and a blank document that it can judge."""

from zhunsheng.exchange.blank.cases import starter_tests
from zhunsheng.exchange.blank.document import blank_document
from zhunsheng.exchange.blank.overlay import starter_ruleset

__all__ = ["blank_document", "starter_ruleset", "starter_tests"]
