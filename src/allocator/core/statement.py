"""A statement about a file that was read: how something was taken, left out, asked about, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from allocator.text import Guess, Phrasebook

LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Statement:
    """One statement about a table: a treatment, something left out, a question, or a refusal.

    ``key`` names the sentence under ``[sheets]`` of the texts, ``at`` is the place: a cell ("C5"), a column
    ("C") or a row ("5"), "" for the whole.  ``choices`` are the answers to a question, by their keys.
    """

    key: str
    at: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    choices: tuple[str, ...] = ()

    def sentence(self, book: Phrasebook) -> str:
        """The statement in one sentence."""
        details = {name: _short(value) for name, value in self.details.items()}
        return book.visible(book.say(f"sheets.{self.key}", where=self._where(book), **details))

    def _where(self, book: Phrasebook) -> str:
        if not self.at:
            return ""
        if self.at.isdigit():
            return book.say("sheets.title.at_row", at=self.at)
        if self.at.isalpha():
            return book.say("sheets.title.at_column", at=self.at)
        return book.say("sheets.title.at_cell", at=self.at)


def _short(value: object) -> object:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
    if isinstance(value, tuple | list) and not isinstance(value, Guess):
        return [_short(item) for item in value[:8]] + (["…"] if len(value) > 8 else [])
    return value
