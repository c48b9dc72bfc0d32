"""保底、封顶: the floors and caps of a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.core.exact import Frozen, Number
from allocator.core.parts import Text, money_at, number_at, put, wrong

if TYPE_CHECKING:
    from allocator.core.formula import Formula

NO_FORMULAS: Mapping[str, Formula] = Frozen()
BASES = ("fund", "distributable", "previous")


@dataclass(frozen=True)
class Limit:
    """保底、封顶: a floor or cap, as an amount or a rate, for "all", a kind, or listed recipients.

    A rate is of the fund, the distributable amount or the recipient's previous amount (``of``); ``by``
    takes of that the recipient's share of a column, among all that are not only earmarked for.  ``where`` is
    a condition: it holds for those alone that meet it.  In place of an amount may stand a formula in
    fund, distributable, pool, previous, issued and columns.  ``together`` limits the sum of those it is for
    (合计) and not each of them; formulas and rates are then of their sums.  ``pool`` names the pool whose
    amounts are limited, "all" the sums over all pools.
    """

    recipients: str | tuple[str, ...] = "all"
    floor: Number | None = None
    floor_rate: Number | None = None
    cap: Number | None = None
    cap_rate: Number | None = None
    of: str | None = None
    by: str | None = None
    where: Formula | None = None
    pool: str | None = None
    floor_formula: Formula | None = None
    cap_formula: Formula | None = None
    together: bool = False
    basis: Text | None = None

    def __post_init__(self) -> None:
        if self.basis is not None:
            put(self, basis=Text.of(self.basis))
        if self.recipients == "":
            wrong("limit_nobody", at={"key": "limit.recipients"})
        if not isinstance(self.recipients, str):
            put(self, recipients=tuple(self.recipients))
            if not self.recipients:
                wrong("limit_nobody", at={"key": "limit.recipients"})
        for name, check in (
            ("floor", money_at),
            ("cap", money_at),
            ("floor_rate", number_at),
            ("cap_rate", number_at),
        ):
            if getattr(self, name) is not None:
                put(self, **{name: check(getattr(self, name), f"limit.{name}")})
        rates = self.floor_rate is not None or self.cap_rate is not None
        if not rates and self.floor is None and self.cap is None and not self.formulas:
            wrong("limit_empty", at={"key": "limit"})
        for name in ("floor", "cap"):
            ways = (getattr(self, f"{name}{way}") for way in ("", "_rate", "_formula"))
            if sum(way is not None for way in ways) > 1:
                wrong("limit_twice", at={"key": f"limit.{name}"}, name=name)
        if rates and self.of is None:
            wrong("limit_of_missing", at={"key": "limit.of"})
        if not rates and (self.of is not None or self.by is not None):
            wrong("limit_of_unused", at={"key": "limit.of" if self.of is not None else "limit.by"})
        if self.of is not None and self.of not in BASES:
            wrong("choice", at={"key": "limit.of"}, value=self.of, known=BASES)
        for name in ("floor_rate", "cap_rate"):
            rate = getattr(self, name)
            if rate is not None and rate > self.most_rate:
                wrong("rate", at={"key": f"limit.{name}"}, value=rate, share=Fraction(rate) / 100)
        if self.of == "previous" and self.by is not None:
            wrong("limit_by_previous", at={"key": "limit.by"})

    @property
    def formulas(self) -> Mapping[str, Formula]:
        """The bounds that are formulas, by "floor" and "cap"."""
        if self.floor_formula is None and self.cap_formula is None:
            return NO_FORMULAS  # asked very often
        bounds = {"floor": self.floor_formula, "cap": self.cap_formula}
        return {name: bound for name, bound in bounds.items() if bound is not None}

    @property
    def most_rate(self) -> int:
        """The largest rate allowed: 1 for a part of a whole; else 10, to catch 80 written for 80 %."""
        return 1 if self.of != "previous" and self.by is None else 10
