"""Sentences on how a file was read: what was taken as what, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allocator.core.statement import Statement
from allocator.text import Phrasebook


def statement_lines(statements: Iterable[Statement], file: str, book: Phrasebook) -> list[str]:
    """The statements on a file, a sentence each."""
    return [book.say("place.sentence", where=file, what=one.sentence(book)) for one in statements]


def statements_as_data(statements: Iterable[Statement], book: Phrasebook) -> list[dict[str, Any]]:
    """The statements on a file as plain data."""
    return [{"what": one.key, "at": one.at, "sentence": one.sentence(book)} for one in statements]
