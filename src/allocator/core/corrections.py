"""Money that is not new, and hands that correct: deductions and adjustments.

A deduction 扣减结转结余 counts money already held as part of what is allocated.  An adjustment 调整数 changes
an amount by hand after everything else, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allocator.core.exact import Number, TooManyDecimals, exact
from allocator.core.parts import Party, Text, brief, in_full, money_at, put, wrong

PRO_RATA = "pro-rata"
RECOVER = "recover"


@dataclass(frozen=True)
class Deduction:
    """扣减结转结余: money that a recipient holds already, which counts as part of what it is allocated.

    ``amount`` is money in the main unit, to the cent.  ``pool`` names the pool that it is held for; a rule
    with one pool, or none, needs no name.
    """

    recipient: str
    amount: Number
    reason: Text | None = None
    pool: str | None = None
    basis: Text | None = None

    def __post_init__(self) -> None:
        put(self, amount=money_at(self.amount, "deduction.amount"))
        for key in ("reason", "basis"):
            if getattr(self, key) is not None:
                put(self, **{key: Text.of(getattr(self, key))})


@dataclass(frozen=True)
class Adjustment:
    """调整数: an amount that one recipient gets more or less, with its reason, after everything else.

    ``amount`` is money in the main unit, above or below zero, in whole rounding units.  ``paid_by`` writes
    the other side: "pro-rata" (all others by their amounts before any adjustment), one recipient, or a
    reservation; without it the adjustments add up to zero, or to what rounding left.
    """

    recipient: str
    amount: Number
    reason: Text
    date: date | None = None
    paid_by: str | Party | None = None
    basis: Text | None = None

    def __post_init__(self) -> None:
        try:
            put(self, amount=exact(self.amount))
        except TooManyDecimals:
            wrong("cents", at={"key": "adjustment.amount"}, value=brief(self.amount))
        except ValueError:
            wrong("number", at={"key": "adjustment.amount"}, value=brief(self.amount))
        if (self.amount * 100).denominator != 1:
            wrong("cents", at={"key": "adjustment.amount"}, value=in_full(self.amount))
        if not isinstance(self.reason, Text) and not str(self.reason or "").strip():
            wrong("reason_blank", at={"key": "adjustment.reason"})
        put(self, reason=Text.of(self.reason))
        if self.basis is not None:
            put(self, basis=Text.of(self.basis))
        if isinstance(self.paid_by, str) and self.paid_by != PRO_RATA:
            wrong("paid_by", at={"key": "adjustment.paid_by"}, value=self.paid_by[:40])
        if isinstance(self.paid_by, Party) and self.paid_by.recipient == self.recipient:
            wrong("paid_by_itself", at={"key": "adjustment.paid_by"})
