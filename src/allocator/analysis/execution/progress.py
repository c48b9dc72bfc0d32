"""Payments against the allocation: what is paid at each checkpoint, and which lines are to be verified."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.analysis.execution.payments import MOST_FEN, Payer, Payments
from allocator.analysis.execution.rules import Rules, UseRule, use_names
from allocator.core.exact import Frozen, Number, plain
from allocator.core.parts import plain_name

REASONS = ("not_permitted", "unlisted", "early", "late", "above", "returned", "twice")


@dataclass(frozen=True)
class Progress:
    """执行进度: money paid by the end of a day, by payer and by use; ``planned`` is a part."""

    day: date
    planned: Fraction | None
    paid: Mapping[str, Number]
    by_use: Mapping[str, Number]

    @property
    def total(self) -> Number:
        """The sum of all payments."""
        return plain(sum(self.paid.values(), start=Fraction(0)))

    def behind(self, payer: Payer) -> Number | None:
        """执行滞后: the amount by which less is paid than planned: 0 at the least, None without a plan.

        planned × allocated − paid, in the main unit.
        """
        if self.planned is None:
            return None
        return plain(max(Fraction(0), self.planned * payer.allocated - self.paid[payer.id]))


@dataclass(frozen=True)
class Doubt:
    """待核实: a payment that somebody should look at, and why; it is no finding.

    ``over`` is the part of it above the allocation, ``first`` the line that it repeats.
    """

    line: int
    payer: Payer
    day: date
    amount: Number
    use: str
    reasons: tuple[str, ...]
    over: Number
    first: int | None
    payee: str
    note: str


@dataclass(frozen=True, eq=False)
class Execution:
    """执行情况: payments compared with the allocation and the rules, up to the end of a day."""

    payers: tuple[Payer, ...]
    payments: Payments
    rules: Rules
    on: date
    progress: tuple[Progress, ...]
    uses: tuple[str, ...]
    flags: pd.DataFrame
    later: int

    @property
    def now(self) -> Progress:
        """The progress on the day itself."""
        return self.progress[-1]

    @property
    def allocated(self) -> Number:
        """The money that can be paid: the fund, as far as it is given out."""
        return plain(sum((payer.allocated for payer in self.payers), start=Fraction(0)))

    @property
    def adds_up(self) -> bool:
        """True if payments add up to the same by payer, by use and line by line."""
        table = self.payments.table
        lines = Fraction(
            int(table["fen"].to_numpy()[(table["day"] <= pd.Timestamp(self.on)).to_numpy()].sum()), 100
        )
        return self.now.total == sum(self.now.by_use.values(), start=Fraction(0)) == lines

    @property
    def rate(self) -> Fraction:
        """执行率: the money paid, as a part of the money allocated."""
        return Fraction(self.now.total) / self.allocated if self.allocated else Fraction(0)

    @property
    def late(self) -> tuple[tuple[Payer, Number], ...]:
        """The payers behind schedule, and by how much in the main unit, the most first."""
        lags = [(payer, self.now.behind(payer) or 0) for payer in self.payers]
        return tuple(sorted((lag for lag in lags if lag[1]), key=lambda lag: -lag[1]))

    def use_rule(self, use: str) -> UseRule | None:
        """The rule of a use; None for one on neither list."""
        at = self.uses.index(use)
        return self.rules.uses[at] if at < len(self.rules.uses) else None

    @cached_property
    def doubtful(self) -> int:
        """The number of payments to be verified."""
        return int(self._doubted.sum())

    def doubted(self, reasons: Sequence[str] = REASONS) -> Number:
        """The sum of the payments to be verified for any of these reasons, in the main unit."""
        fen = self.payments.table["fen"].to_numpy()[self._of(reasons)]
        return plain(Fraction(int(fen.sum()), 100))

    def counted(self, reasons: Sequence[str] = REASONS) -> int:
        """The number of payments to be verified for any of these reasons."""
        return int(self._of(reasons).sum())

    def doubts(self, most: int | None = None) -> Iterator[Doubt]:
        """The payments to be verified, in the order of their lines."""
        lists, at = self.payments, np.flatnonzero(self._doubted)[:most]
        table, flags = self.payments.table.iloc[at], self.flags.iloc[at]
        why = flags[list(REASONS)].to_numpy(dtype=bool).tolist()
        columns = [table[name].tolist() for name in ("line", "payer", "fen", "payee", "note")]
        columns += [flags[name].tolist() for name in ("use", "over", "first", "twice")]
        for day, reasons, (line, payer, fen, payee, note, use, over, first, twice) in zip(
            table["day"].dt.date, why, zip(*columns, strict=True), strict=True
        ):
            yield Doubt(
                line, self.payers[payer], day, plain(Fraction(fen, 100)), self.uses[use],
                tuple(itertools.compress(REASONS, reasons)), plain(Fraction(over, 100)),
                first if twice else None, lists.payees[payee], lists.notes[note],
            )  # fmt: skip

    @cached_property
    def _doubted(self) -> NDArray[np.bool_]:
        return self._of(REASONS)

    def _of(self, reasons: Sequence[str]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.flags[list(reasons)].to_numpy(dtype=bool).any(axis=1)  # type: ignore[assignment]
        return found


def usual_day(payments: Payments, rules: Rules) -> date:
    """The day up to which payments are counted unless another is named: the last payment's.

    It is never after the end of the year, as a later payment may be late or have a wrong date.
    """
    return min(payments.last or rules.end, rules.end)


def execute(payers: Sequence[Payer], payments: Payments, rules: Rules, on: date) -> Execution:
    """The payments up to the end of a day against what each payer was allocated.

    At each checkpoint up to then, and on the day itself: what is paid by payer and by use.  A payment is to
    be verified where its use is not permitted or on neither list, it lies before the notice or after the
    year, its payer has paid more than the allocation by then (in the order of day and line), more is
    returned than was paid, or an earlier line is just the same.  Raises ValueError for the payments
    of other payers.

    >>> from allocator.analysis.execution.payments import payments_of
    >>> from allocator.core.parts import Text
    >>> paid = payments_of([(2, "a", date(2023, 6, 3), 500, "roads", "", "")], ["a"])
    >>> rules = Rules(date(2023, 5, 1), date(2023, 12, 31))
    >>> found = execute([Payer("a", Text("A"), 4)], paid, rules, paid.last)
    >>> [(doubt.line, doubt.reasons, doubt.over) for doubt in found.doubts()]
    [(2, ('unlisted', 'above'), 1)]
    """
    if payments.payers != tuple(payer.id for payer in payers):
        raise ValueError("the payments are of other payers")
    uses, use_codes = _uses(payments, rules)
    table = payments.table
    seen = (table["day"] <= pd.Timestamp(on)).to_numpy()
    flags = _flags(payers, payments, rules, use_codes)
    flags[list(REASONS)] &= seen[:, np.newaxis]
    days = [checkpoint.day for checkpoint in rules.checkpoints if checkpoint.day < on]
    progress = tuple(_progress(payers, payments, rules, use_codes, uses, day) for day in (*days, on))
    return Execution(tuple(payers), payments, rules, on, progress, uses, flags, int((~seen).sum()))


def _uses(payments: Payments, rules: Rules) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The uses by name, those of the rules first, and the position among them of each payment's use."""
    known = use_names(rules.uses)
    names = [use.name.zh for use in rules.uses]
    position = dict(known)
    codes = []
    for use in payments.uses:
        plain_use = plain_name(use)
        if plain_use not in position:
            position[plain_use] = len(names)
            names.append(use)
        codes.append(position[plain_use])
    by_code = np.array(codes, dtype="int32")
    return tuple(names), by_code[payments.table["use"].to_numpy()]


def _progress(
    payers: Sequence[Payer],
    payments: Payments,
    rules: Rules,
    use_codes: NDArray[np.int32],
    uses: Sequence[str],
    day: date,
) -> Progress:
    table = payments.table
    by = (table["day"] <= pd.Timestamp(day)).to_numpy()
    fen = table["fen"].to_numpy()[by]

    def sums(codes: NDArray[np.int32], names: Sequence[str]) -> Frozen[str, Number]:
        found = pd.Series(fen).groupby(codes[by]).sum()  # exact: whole numbers stay whole numbers
        paid = {int(code): int(amount) for code, amount in found.items()}  # type: ignore[call-overload]
        return Frozen({name: plain(Fraction(paid.get(at, 0), 100)) for at, name in enumerate(names)})

    ids = [payer.id for payer in payers]
    return Progress(day, rules.planned(day), sums(table["payer"].to_numpy(), ids), sums(use_codes, uses))


def _flags(
    payers: Sequence[Payer], payments: Payments, rules: Rules, use_codes: NDArray[np.int32]
) -> pd.DataFrame:
    """For each payment the reasons to verify it, its use, the sum above the allocation, the line repeated."""
    table = payments.table
    fen, day, line = (table[name].to_numpy() for name in ("fen", "day", "line"))
    payer = table["payer"].to_numpy()
    order = np.lexsort((line, day, payer))
    running = np.empty(len(table), dtype="int64")
    running[order] = pd.Series(fen[order]).groupby(payer[order]).cumsum().to_numpy()
    allocated = np.array([min(math.floor(p.allocated * 100), MOST_FEN) for p in payers], dtype="int64")[payer]
    over = np.where(fen > 0, np.clip(running - allocated, 0, np.maximum(fen, 0)), 0)
    known = len(rules.uses)
    refused = np.array([not use.permitted for use in rules.uses] + [False], dtype=bool)
    return pd.DataFrame(
        {
            "not_permitted": refused[np.minimum(use_codes, known)],
            "unlisted": use_codes >= known,
            "early": day < np.datetime64(rules.notice),
            "late": day > np.datetime64(rules.end),
            "above": over > 0,
            "returned": (running < 0) & (fen < 0),
            "twice": payments.repeated > 0,
            "use": use_codes,
            "over": over,
            "first": payments.repeated,
        }
    )
