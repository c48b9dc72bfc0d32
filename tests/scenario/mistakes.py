"""Mistakes in the rules that are right (good_scenario.py): what is damaged, and what is said of it."""

from __future__ import annotations

import re

import pytest
from good_scenario import GOOD_RULES

Edit = tuple[str, str | None, str]


def toml(old: str, new: str) -> Edit:
    return "scenario.toml", old, new


def more(text: str) -> Edit:
    """Something added at the end of scenario.toml."""
    return toml("floor = 10_000\n", "floor = 10_000\n" + text)


def formula(text: str) -> Edit:
    """The weighted formula says this, as TOML without escapes."""
    return toml('formula = "MAX(0, tax / past - 1)"', f"formula = '''{text}'''")


def cells(old: str, new: str) -> Edit:
    return "factors.csv", old, new


def where(condition: str) -> Edit:
    return toml('where = "projects >= 2"', f"where = '''{condition}'''")


def case(name: str, edits: list[Edit] | Edit, key: str, place: str, *says: str, file: str = "scenario.toml"):
    return pytest.param([edits] if isinstance(edits, tuple) else edits, key, place, says, file, id=name)


ODD = [f"1/{10**30 - n}" for n in (11, 1, 3)]  # no short number has all of these as divisors
RISE = "[factor.rise] formula"
NORTH = RISE + ", North District"
ONE = [
    toml(re.search(r"(?s)\[pool.signed\].*?(?=\[indicator)", GOOD_RULES["scenario.toml"])[0], ""),
    toml('pool = "growth"\n', ""),
]


def method(text: str) -> list[Edit]:
    return [*ONE, more(text)]
