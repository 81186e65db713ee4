"""New files to start from: a commented overlay of a ruleset, and a blank document that a ruleset can judge."""

from zhunsheng.exchange.blank.document import blank_document
from zhunsheng.exchange.blank.overlay import starter_ruleset

__all__ = ["blank_document", "starter_ruleset"]
