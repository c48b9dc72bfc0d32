"""The names in a list of records: those of its columns, and of recipients in any way of writing them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from allocator.core.errors import Problem
from allocator.core.parts import Text, plain_name
from allocator.files.understanding.names import Recipients
from allocator.files.understanding.recipients import city_of
from allocator.text import BOOKS

_CITY = re.compile(".*(市|州|地区|盟)")


def spellings(columns: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """All headings that mean a column, in either language, as `plain_name` gives them.

    ``columns`` are the keys of the texts that name each, several headings in one text between commas.
    """
    found: dict[str, str] = {}
    for column, keys in columns.items():
        for text in [column, *(book.say(key) for key in keys for book in BOOKS)]:
            found |= {plain_name(name): column for name in re.split("[,，]", text)}
    return found


class Matcher:
    """Matches names with recipients; the first city that stands before a name is that of all."""

    def __init__(self, known: Recipients) -> None:
        self.known = known
        self._city = ""

    def matched(self, text: str) -> tuple[str, Text] | Problem | None:
        """The id and the name of the recipient that a text means, the Problem, or None where none is meant.

        >>> from allocator.core.parts import Recipient
        >>> matcher = Matcher(Recipients([Recipient("lu", Text("泸县", "Lu County"))]))
        >>> matcher.matched("泸县财政局")[0], matcher.matched("合计")
        ('lu', None)
        """
        match = self.known.recipient(text)
        if match is None:
            return None
        name, city = self.known.names[match.id], city_of(match.place)
        if _CITY.fullmatch(city):
            self._city = self._city or city
            if city != self._city or self.known.is_elsewhere(match.place):
                return Problem("recipient_elsewhere", {"name": text[:100], "near": name})
        return match.id, name
