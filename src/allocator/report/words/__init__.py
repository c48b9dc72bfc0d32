"""Sentences on a rule, on a result, and on differences."""
