"""Rulesets and their differences as documents for people: Markdown, HTML, Word. Chinese, as the notices they mirror."""
