"""Files in and out: the one room that opens them."""

from zhunsheng.exchange.files import load_document, load_dossier, load_ruleset

__all__ = ["load_document", "load_dossier", "load_ruleset"]
