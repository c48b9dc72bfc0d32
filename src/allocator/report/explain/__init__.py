"""Explanations of amounts, and of the differences between scenarios."""
