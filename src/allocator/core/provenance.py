"""The provenance of single cells of the factor table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allocator.core.exact import Number, TooManyDecimals, exact
from allocator.core.parts import STATUSES, Text, brief, put, wrong


@dataclass(frozen=True)
class Provenance:
    """The provenance of one cell of the factor table, where it says more than its column."""

    recipient: str
    factor: str
    status: str | None = None
    provider: str = ""
    confirmed_on: date | None = None
    declared: Number | None = None
    verified: Number | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.status is not None and self.status not in STATUSES:
            wrong("choice", "provenance", {"column": "status"}, value=self.status, known=STATUSES)
        if self.confirmed_on is not None and type(self.confirmed_on) is not date:
            wrong("cell_date", "provenance", {"column": "confirmed_on"}, value=brief(self.confirmed_on))
        for name in ("provider", "note"):
            if getattr(self, name):
                put(self, **{name: Text(getattr(self, name)).zh})
        for name in ("declared", "verified"):
            if getattr(self, name) is None:
                continue
            try:
                number = exact(getattr(self, name))
            except TooManyDecimals:
                wrong("cell_decimals", "provenance", {"column": name}, value=brief(getattr(self, name)))
            except ValueError:
                wrong("cell_number", "provenance", {"column": name}, value=brief(getattr(self, name)))
            if number < 0:
                wrong("cell_negative", "provenance", {"column": name}, value=number)
            put(self, **{name: number})
