"""The whole rule of a scenario as rows of plain texts, a row for each clause.  No Streamlit.

Money stands in the shown unit (万元 where the split is in whole 万元), rates in percent, formulas with the
columns' names in the reader's language.  `clauses_made.with_clauses` makes a scenario of them again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.core.exact import Number, is_decimal
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Factor, Party, Text
from allocator.core.pools import REST, Pool
from allocator.report.words.formulas import in_names
from allocator.text import ZH, Phrasebook
from allocator.ui.session.rule import AMOUNT, LISTED, scale

FORMULA, PERCENT = "formula", "percent"  # ways to say the size of a bound, and the money of a pool
SELF, PRO_RATA = "", "pro-rata"  # who pays for an adjustment: nobody, or all others
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FundRow:
    """The money, and how it is split into whole units; ``takes`` is who takes what rounding leaves."""

    amount: str
    unit: str
    rounding: str
    takes: str = ""
    uid: str = "fund"


@dataclass(frozen=True)
class ReservationRow:
    """Money for a department."""

    uid: str
    name: str = ""
    amount: str = ""


@dataclass(frozen=True)
class EarmarkRow:
    """A fixed amount for one recipient, or for each of several."""

    uid: str
    whom: str
    amount: str = "0"
    also_shares: bool = False
    reason: str = ""
    listed: tuple[str, ...] = ()
    where: str = ""
    basis: str = ""


@dataclass(frozen=True)
class PoolRow:
    """A part of the money; without ``id`` the rule that has no pools."""

    uid: str
    id: str
    name: str
    money: str
    figure: str
    kind: str
    weights: Pairs
    coefficients: tuple[str, ...] = ()
    whom: str = "all"
    listed: tuple[str, ...] = ()
    where: str = ""
    over: bool = False
    gains: bool = False
    phase_in: str = ""
    basis: str = ""


@dataclass(frozen=True)
class IndicatorRow:
    """Factors that are weighted together under one name."""

    uid: str
    id: str
    name: str
    parts: Pairs
    basis: str = ""


@dataclass(frozen=True)
class ColumnRow:
    """A column formula, or with ``values`` a new column of data, a value for each recipient."""

    uid: str
    id: str
    name: str
    formula: str = ""
    round: str = ""
    basis: str = ""
    values: str | None = None
    status: str = "assumed"


@dataclass(frozen=True)
class LimitRow:
    """One floor or cap; a clause of the scenario that has both is two rows, ``l3-floor`` and ``l3-cap``."""

    uid: str
    end: str = "cap"
    of: str = "distributable"
    figure: str = ""
    by: str = ""
    whom: str = "all"
    listed: tuple[str, ...] = ()
    where: str = ""
    together: bool = False
    pool: str = ""
    basis: str = ""


@dataclass(frozen=True)
class DeductionRow:
    """Money that a recipient holds already."""

    uid: str
    recipient: str
    amount: str = ""
    reason: str = ""
    pool: str = ""
    basis: str = ""


@dataclass(frozen=True)
class AdjustmentRow:
    """An amount by hand, its reason, and who pays: "", "pro-rata", or a `Party` as `party_key` writes it."""

    uid: str
    recipient: str
    amount: str = ""
    reason: str = ""
    paid_by: str = PRO_RATA
    basis: str = ""
    date: str = ""


Row = Any  # one of those above


@dataclass(frozen=True)
class Clauses:
    """All of the rule; ``made`` counts the rows that were added, so that no two ever share a name."""

    fund: FundRow
    reservations: tuple[ReservationRow, ...] = ()
    earmarks: tuple[EarmarkRow, ...] = ()
    pools: tuple[PoolRow, ...] = ()
    indicators: tuple[IndicatorRow, ...] = ()
    columns: tuple[ColumnRow, ...] = ()
    limits: tuple[LimitRow, ...] = ()
    deductions: tuple[DeductionRow, ...] = ()
    adjustments: tuple[AdjustmentRow, ...] = ()
    made: int = 0


def clauses_of(scenario: Scenario, book: Phrasebook) -> Clauses:
    """The rows filled with what the scenario says."""
    rows = _Rows(scenario, book)
    earmarks, limits = bound_rows(scenario, book)
    return Clauses(
        fund=rows.fund(),
        reservations=tuple(
            ReservationRow(f"r{at}", book.text(r.name), rows.money(r.amount))
            for at, r in enumerate(scenario.reservations)
        ),
        earmarks=earmarks,
        pools=tuple(rows.pool(at, pool) for at, pool in enumerate(scenario.rules)),
        indicators=tuple(
            IndicatorRow(f"i{at}", i.id, book.text(i.name), rows.weights(i.parts), rows.name(i.basis))
            for at, i in enumerate(scenario.indicators)
        ),
        columns=tuple(
            rows.column(at, factor)
            for at, factor in enumerate(scenario.factors)
            if factor.formula is not None
        ),
        limits=limits,
        deductions=tuple(
            DeductionRow(
                f"d{at}",
                d.recipient,
                rows.money(d.amount),
                rows.name(d.reason),
                d.pool or "",
                rows.name(d.basis),
            )
            for at, d in enumerate(scenario.deductions)
        ),
        adjustments=tuple(
            AdjustmentRow(
                f"a{at}",
                a.recipient,
                rows.money(a.amount),
                book.text(a.reason),
                party_key(a.paid_by),
                rows.name(a.basis),
                "" if a.date is None else a.date.isoformat(),
            )
            for at, a in enumerate(scenario.adjustments)
        ),
    )


def bound_rows(scenario: Scenario, book: Phrasebook) -> tuple[tuple[EarmarkRow, ...], tuple[LimitRow, ...]]:
    """The rows of earmarks, and those of floors and caps."""
    rows = _Rows(scenario, book)
    limits = tuple(row for at, limit in enumerate(scenario.limits) for row in rows.bounds(f"l{at}", limit))
    return tuple(rows.earmark(at) for at in range(len(scenario.earmarks))), limits


def party_key(party: str | Party | None) -> str:
    """A payer as a text: "", "pro-rata", "recipient:ftz" or "reservation:市级部门".

    >>> party_key(Party(recipient="ftz")), party_key(None)
    ('recipient:ftz', '')
    """
    if isinstance(party, Party):
        return f"recipient:{party.recipient}" if party.recipient else f"reservation:{party.reservation}"
    return party or SELF


class _Rows:
    """Writes the clauses of a scenario as texts."""

    def __init__(self, scenario: Scenario, book: Phrasebook) -> None:
        self.scenario, self.book = scenario, book
        self.scale = scale(scenario)

    def money(self, amount: Number) -> str:
        return ZH.number(Fraction(amount) / self.scale)

    def name(self, text: Text | None) -> str:
        return "" if text is None else self.book.text(text)

    def formula(self, formula: Any) -> str:
        return "" if formula is None else in_names(formula, self.scenario, self.book)

    def weights(self, weights: Any, write: Callable[[Number], str] | None = None) -> Pairs:
        return tuple((name, (write or fraction)(weight)) for name, weight in weights.items())

    def fund(self) -> FundRow:
        fund = self.scenario.fund
        takes = party_key(fund.rest_to or fund.left)
        return FundRow(self.money(fund.amount), self.money(fund.unit), fund.rounding, takes)

    def earmark(self, at: int) -> EarmarkRow:
        mark = self.scenario.earmarks[at]
        whom = mark.recipients if isinstance(mark.recipients, str) else LISTED
        one = mark.recipients is None
        return EarmarkRow(
            f"e{at}",
            mark.recipient if one else str(whom),
            self.money(mark.amount),
            mark.also_shares,
            self.name(mark.reason),
            () if one or isinstance(mark.recipients, str) else tuple(mark.recipients or ()),
            self.formula(mark.where),
            self.name(mark.basis),
        )

    def pool(self, at: int, pool: Pool) -> PoolRow:
        money, figure = (PERCENT, fraction(pool.percent)) if pool.percent is not None else (AMOUNT, "")
        if isinstance(pool.amount, str):
            money = pool.amount
        elif pool.amount is not None:
            figure = self.money(pool.amount)
        whom = pool.recipients if isinstance(pool.recipients, str) else LISTED
        return PoolRow(
            f"p{at}",
            pool.id,
            self.book.text(pool.name) if pool.id else "",
            money if pool.id else REST,
            figure,
            pool.kind,
            self.weights(pool.weights, self.money if pool.kind == "fixed" else None),
            pool.coefficients,
            whom,
            () if isinstance(pool.recipients, str) else pool.recipients,
            self.formula(pool.where),
            pool.over is not None,
            pool.floors is not None,
            "" if pool.phase_in is None else fraction(Fraction(pool.phase_in) * 100),
            self.name(pool.basis),
        )

    def column(self, at: int, factor: Factor) -> ColumnRow:
        return ColumnRow(
            f"c{at}",
            factor.id,
            self.book.text(factor.name),
            self.formula(factor.formula),
            "" if factor.round is None else str(factor.round),
            self.name(factor.basis),
            status=factor.status,
        )

    def bounds(self, uid: str, limit: Limit) -> list[LimitRow]:
        """The floor and the cap of a limit, each as a row."""
        rows = []
        for end in ("floor", "cap"):
            amount, rate = getattr(limit, end), getattr(limit, f"{end}_rate")
            formula = getattr(limit, f"{end}_formula")
            if amount is not None:
                of, figure = AMOUNT, self.money(amount)
            elif rate is not None:
                of, figure = str(limit.of), fraction(Fraction(rate) * 100)
            elif formula is not None:
                of, figure = FORMULA, self.formula(formula)
            else:
                continue
            whom = limit.recipients if isinstance(limit.recipients, str) else LISTED
            rows.append(
                LimitRow(
                    f"{uid}-{end}",
                    end,
                    of,
                    figure,
                    (limit.by or "") if rate is not None else "",
                    whom,
                    () if isinstance(limit.recipients, str) else limit.recipients,
                    self.formula(limit.where),
                    limit.together,
                    limit.pool or "",
                    self.name(limit.basis),
                )
            )
        return rows


def fraction(number: Number) -> str:
    """A number exactly: as a decimal, or where it has none as a fraction.

    >>> fraction(Fraction(67, 2)), fraction(Fraction(100, 3))
    ('33.5', '100/3')
    """
    return ZH.number(number) if is_decimal(number) else f"{number.numerator}/{number.denominator}"
