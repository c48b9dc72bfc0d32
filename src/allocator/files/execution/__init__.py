"""Payments and the rules that they are held against, as files."""
