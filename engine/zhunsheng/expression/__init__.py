"""The expression language: text → tree → types, and the interpreters that need nothing else (exact, words)."""
