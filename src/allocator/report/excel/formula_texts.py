"""Texts and sentences inside formulas."""

from __future__ import annotations

import re

from allocator.text import Phrasebook


def quoted(text: str) -> str:
    """A text in a formula, in parts short enough for Excel and without codes that it decodes: _x0022_ is a ".

    >>> print(quoted('the "fund" of 2023'))
    "the ""fund"" of 2023"
    """
    whole = re.split("(?<=_)(?=x[0-9A-Fa-f]{4}_)", text)
    parts = [part[at : at + 120] for part in whole for at in range(0, len(part), 120)] or [""]
    return "&".join('"' + part.replace('"', '""') + '"' for part in parts)


def sentence_formula(key: str, book: Phrasebook, **cells: str) -> str:
    """A sentence with cells in it, as a formula."""
    marks = {chr(0xE000 + at): name for at, name in enumerate(cells)}  # signs that occur in no text
    text = book.say(key, **{name: mark for mark, name in marks.items()})
    parts = [part for part in re.split("([\ue000-\ue0ff])", text) if part]
    return "&".join(cells[marks[part]] if part in marks else quoted(part) for part in parts)
