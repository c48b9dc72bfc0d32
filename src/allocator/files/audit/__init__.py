"""Readings of a published split, as files."""
