"""The columnar interpreter: a ruleset applied to many documents at once, to the last digit as one by one."""
