"""The scenario that rows of plain texts say; every problem at the field that it is about.  No Streamlit.

A row that is as it was filled stands for exactly what it was filled from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from allocator.core.corrections import PRO_RATA, Adjustment, Deduction
from allocator.core.errors import Problem, ScenarioError, within
from allocator.core.exact import Number, exact, plain
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Earmark, Factor, Party, Reservation, Text
from allocator.core.pools import FROM_GAINS, NEEDED, REST, Indicator, Pool
from allocator.files.dates import cell_day
from allocator.text import Phrasebook
from allocator.ui.session.clause_places import Noting, in_rows, limit_groups, within_pool
from allocator.ui.session.clause_steps import filled
from allocator.ui.session.clauses import (
    FORMULA,
    PERCENT,
    Clauses,
    ColumnRow,
    DeductionRow,
    EarmarkRow,
    IndicatorRow,
    LimitRow,
    PoolRow,
    Row,
    clauses_of,
)
from allocator.ui.session.formula_text import Named, pasted, read_formula
from allocator.ui.session.rule import AMOUNT, LISTED, entered_number, scale

T = TypeVar("T")
_FRACTION = re.compile(r"\s*([0-9.]{1,30})\s*[/／]\s*([0-9]{1,30})\s*")


def with_clauses(scenario: Scenario, clauses: Clauses, book: Phrasebook) -> Scenario:
    """The scenario under these clauses, which were filled from it and then changed.

    Raises ScenarioError with the problems, each with the field it is about as its key: ``pool.p1.percent``
    has the row's name in place of an id or number.
    """
    clauses = filled(clauses)
    made = _Made(scenario, clauses, book)
    found = made.parts()
    if made.problems:
        raise ScenarioError(made.problems)
    try:
        return replace(scenario, **found)
    except ScenarioError as error:
        raise in_rows(error, clauses) from None


class _Made:
    """Makes the parts of a scenario of rows, and collects what is wrong with them."""

    def __init__(self, scenario: Scenario, clauses: Clauses, book: Phrasebook) -> None:
        self.scenario, self.clauses, self.book = scenario, clauses, book
        self.before = clauses_of(scenario, book)
        self.scale = scale(scenario)
        self.problems: list[Problem] = []
        self.named = Named.of(scenario, clauses.columns)

    def parts(self) -> dict[str, Any]:
        """All fields of the scenario that the rows say; those in which no row was changed are left out."""
        clauses, before, found = self.clauses, self.before, dict[str, Any]()
        for name, table, olds, make in (
            ("reservations", "reservation", self.scenario.reservations, self.reservation),
            ("earmarks", "earmark", self.scenario.earmarks, self.earmark),
            ("indicators", "indicator", self.scenario.indicators, self.indicator),
            ("deductions", "deduction", self.scenario.deductions, self.deduction),
            ("adjustments", "adjustment", self.scenario.adjustments, self.adjustment),
        ):
            rows = getattr(clauses, name)
            if table == "reservation":
                rows = [row for row in rows if row.name.strip() or row.amount.strip()]
            if tuple(rows) != getattr(before, name):
                found[name] = self.rows(table, rows, getattr(before, name), olds, make)
        if clauses.columns != before.columns:
            found["factors"] = self.factors()
        if clauses.pools != before.pools or clauses.limits != before.limits or "deductions" in found:
            found |= self.rule(found.get("deductions", self.scenario.deductions))
        if clauses.fund != before.fund:
            with self.noting("fund"):
                found["fund"] = self.fund()
        return found

    def noting(self, key: str) -> Noting:
        return Noting(self.problems, key)

    def rows(
        self,
        table: str,
        rows: Iterable[Row],
        before: Iterable[Row],
        olds: Iterable[T],
        make: Callable[[Row, T | None], T],
    ) -> list[T]:
        """The clauses of rows, by ``make`` with what a row was filled from; an unchanged one stays itself."""
        known = {row.uid: (row, old) for row, old in zip(before, olds, strict=True)}
        made = []
        for row in rows:
            was, old = known.get(row.uid, (None, None))
            if row == was and old is not None:
                made.append(old)
                continue
            with self.noting(f"{table}.{row.uid}"):
                made.append(make(row, old))
        return made

    # --- figures ----------------------------------------------------------------------------------

    def number(self, written: str, field: str) -> Number:
        """The number in a field, a fraction too; raises ScenarioError at the field."""
        text = written.strip().removesuffix("%").removesuffix("％").strip()
        parts = _FRACTION.fullmatch(text)
        if parts is not None and int(parts[2]):
            top = entered_number(parts[1])
            if not isinstance(top, str):
                return plain(Fraction(top) / int(parts[2]))
        found = entered_number(text)
        if isinstance(found, str):
            raise ScenarioError(Problem(found, {"value": written[:40]}, at={"key": field}))
        return found

    def money(self, written: str, field: str, *, signed: bool = False) -> Number:
        text, sign = written.strip(), 1
        if signed and text[:1] in ("-", "−", "－", "+", "＋"):
            sign = 1 if text[0] in "+＋" else -1
            text = text[1:]
        if "/" in text or "%" in text or "％" in text:
            raise ScenarioError(Problem("figure_unit", {"value": written[:40]}, at={"key": field}))
        return exact(sign * self.number(text, field) * self.scale)

    def name(self, written: str, old: Text | None) -> Text | None:
        """The text that is written; the known one where it is that in one of the languages."""
        text = " ".join(written.split())
        if old is not None and text in (old.zh, old.en):
            return old
        return Text(text) if text else None

    def formula(self, written: str, field: str) -> Any:
        if not written.strip():
            return None
        with within(key=field):
            return read_formula(written, self.named)

    # --- the clauses ------------------------------------------------------------------------------

    def fund(self) -> Any:
        row, old = self.clauses.fund, self.scenario.fund
        changes: dict[str, Any] = {"rounding": row.rounding, "rest_to": None, "left": None}
        if row.amount != self.before.fund.amount:
            changes["amount"] = self.money(row.amount, "amount")
        if row.unit != self.before.fund.unit:
            changes["unit"] = self.money(row.unit, "unit")
        taking = _party(row.takes)
        if row.rounding == "rest-to":
            changes["rest_to"] = taking
        elif row.rounding == "each-alone" and taking is not None and taking.reservation:
            changes["left"] = taking
        return replace(old, **changes)

    def reservation(self, row: Row, old: Reservation | None) -> Reservation:
        amount = self.money(row.amount, "amount")
        name = self.name(row.name, None if old is None else old.name)
        if name is None:
            raise ScenarioError(Problem("name_blank", at={"key": "name"}))
        return Reservation(name, amount)

    def earmark(self, row: EarmarkRow, old: Earmark | None) -> Earmark:
        one = row.whom in self.scenario.ids
        return Earmark(
            row.whom if one else "",
            self.money(row.amount, "amount"),
            row.also_shares,
            self.name(row.reason, None if old is None else old.reason),
            None if one else row.listed if row.whom == LISTED else row.whom,
            self.formula(row.where, "where"),
            self.name(row.basis, None if old is None else old.basis),
        )

    def indicator(self, row: IndicatorRow, old: Indicator | None) -> Indicator:
        parts = {id: self.number(part or "0", "parts") for id, part in row.parts}
        name = self.name(row.name, None if old is None else old.name)
        return Indicator(row.id, parts, name, self.name(row.basis, None if old is None else old.basis))  # type: ignore[arg-type]

    def deduction(self, row: DeductionRow, old: Deduction | None) -> Deduction:
        return Deduction(
            row.recipient,
            self.money(row.amount, "amount"),
            self.name(row.reason, None if old is None else old.reason),
            row.pool or None,
            self.name(row.basis, None if old is None else old.basis),
        )

    def adjustment(self, row: Row, old: Adjustment | None) -> Adjustment:
        amount = self.money(row.amount, "amount", signed=True)
        reason = self.name(row.reason, None if old is None else old.reason)
        paid: str | Party | None = PRO_RATA if row.paid_by == PRO_RATA else _party(row.paid_by)
        basis = self.name(row.basis, None if old is None else old.basis)
        when = cell_day(row.date) if row.date.strip() else None
        if isinstance(when, str):
            raise ScenarioError(Problem(when, {"value": row.date[:40]}, at={"key": "date"}))
        return Adjustment(row.recipient, amount, reason, when, paid, basis)  # type: ignore[arg-type]

    def factors(self) -> list[Factor]:
        """The columns of data, as they are, and those of the rows after them in their places."""
        known = {row.uid: row for row in self.before.columns}
        olds = {f"c{at}": factor for at, factor in enumerate(self.scenario.factors)}
        rows = {row.uid: row for row in self.clauses.columns}
        made = []
        for uid, old in olds.items():
            if old.formula is None:
                made.append(old)
            elif uid in rows:
                row = rows.pop(uid)
                if row == known[uid]:
                    made.append(old)
                    continue
                with self.noting(f"factor.{uid}"):
                    made.append(self.column(row, old))
        for uid, row in rows.items():
            with self.noting(f"factor.{uid}"):
                made.append(self.column(row, None))
        return made

    def column(self, row: ColumnRow, old: Factor | None) -> Factor:
        about = {
            "name": self.name(row.name, None if old is None else old.name),
            "basis": self.name(row.basis, None if old is None else old.basis),
        }
        if row.values is not None:
            with within(key="values"):
                values = pasted(row.values, self.scenario.recipients)
            negative = any(x is not None and x < 0 for x in values)
            return Factor(row.id, values, status=row.status, signed=negative, **about)  # type: ignore[arg-type]
        formula = self.formula(row.formula, "formula")
        if formula is None:
            raise ScenarioError(Problem("formula_empty", at={"key": "formula"}))
        places: int | None = None
        if row.round.strip():
            number = self.number(row.round, "round")
            places = number if isinstance(number, int) else -1
        if old is not None:
            return replace(old, formula=formula, round=places, **about)  # type: ignore[arg-type]
        return Factor(row.id, (), formula=formula, round=places, status="derived", **about)  # type: ignore[arg-type]

    # --- pools and limits -------------------------------------------------------------------------

    def rule(self, deductions: Iterable[Deduction]) -> dict[str, Any]:
        """Pools, or kind, weights and coefficient, where these say the rule; with the limits of each."""
        pools = self.rows("pool", self.clauses.pools, self.before.pools, self.scenario.rules, self.pool)
        limits = self.limits()
        deductions = list(deductions)
        if len(pools) == 1 and pools[0].id and self._is_all(pools[0], limits):
            pools = [_without_id(pools[0])]
            limits = [replace(limit, pool=None) for limit in limits]
            deductions = [replace(deduction, pool=None) for deduction in deductions]
        found: dict[str, Any] = {"limits": limits, "deductions": deductions}
        if len(pools) == 1 and not pools[0].id and _is_plain(pools[0], self.clauses):
            only = pools[0]
            coefficient = only.coefficients[0] if only.coefficients else None
            weights = dict(only.weights)
            return found | {"kind": only.kind, "weights": weights, "coefficient": coefficient, "pools": ()}
        return found | {"kind": "", "weights": {}, "coefficient": None, "pools": pools}

    def _is_all(self, pool: Pool, limits: Iterable[Limit]) -> bool:
        """True where a rule of this one pool is exactly the rule without pools."""
        whole = pool.amount == REST or pool.percent == 100
        return whole and all(limit.pool == pool.id for limit in limits)

    def pool(self, row: PoolRow, old: Pool | None) -> Pool:
        money: dict[str, Any] = {"amount": row.money if row.money in (REST, NEEDED) else None}
        if row.id and row.money == PERCENT:
            money = {"percent": self.number(row.figure, "percent")}
        elif row.id and row.money == AMOUNT:
            money = {"amount": self.money(row.figure, "amount")}
        read = self.money if row.kind == "fixed" else self.number
        weights = {id: read(weight or "0", f"weights.{id}") for id, weight in row.weights}
        phase = self.number(row.phase_in, "phase_in") if row.phase_in.strip() else None
        try:
            return Pool(
                row.id,
                row.kind,
                weights,
                name=self.name(row.name, None if old is None else old.name),  # type: ignore[arg-type]
                coefficients=row.coefficients,
                recipients=row.listed if row.whom == LISTED else row.whom,
                where=self.formula(row.where, "where"),
                over="scale" if row.over else None,
                floors=FROM_GAINS if row.gains else None,
                phase_in=None if phase is None else exact(Fraction(phase) / 100),
                basis=self.name(row.basis, None if old is None else old.basis),
                **money,
            )
        except ScenarioError as error:
            raise within_pool(error, row) from None

    def limits(self) -> list[Limit]:
        """A limit for each group of rows; one in which no row was changed stays itself."""
        before = {row.uid: row for row in self.before.limits}
        ends = {f"l{at}": len(_ends(limit)) for at, limit in enumerate(self.scenario.limits)}
        made = []
        for group in limit_groups(self.clauses.limits):
            of = group[0].uid.partition("-")[0]
            whole = len(group) == ends.get(of)
            if whole and all(before.get(row.uid) == row for row in group):
                made.append(self.scenario.limits[int(of[1:])])
                continue
            with self.noting(f"limit.{group[0].uid}"):
                made.append(self.limit(group))
        return made

    def limit(self, group: list[LimitRow]) -> Limit:
        first, old = group[0], None
        at = first.uid.partition("-")[0][1:]
        if first.uid.startswith("l") and at.isdigit() and int(at) < len(self.scenario.limits):
            old = self.scenario.limits[int(at)]
        sizes: dict[str, Any] = {}
        for row in group:
            if row.of == AMOUNT:
                sizes[row.end] = self.money(row.figure, row.end)
            elif row.of == FORMULA:
                formula = self.formula(row.figure, row.end)
                if formula is None:
                    raise ScenarioError(Problem("formula_empty", at={"key": row.end}))
                sizes[f"{row.end}_formula"] = formula
            else:
                rate = exact(Fraction(self.number(row.figure, row.end)) / 100)
                sizes |= {f"{row.end}_rate": rate, "of": row.of, "by": row.by or None}
        return Limit(
            first.listed if first.whom == LISTED else first.whom,
            where=self.formula(first.where, "where"),
            pool=first.pool or None,
            together=first.together,
            basis=self.name(first.basis, None if old is None else old.basis),
            **sizes,
        )


def _party(key: str) -> Party | None:
    """The one that a text of `party_key` names; None for nobody."""
    kind, _, name = key.partition(":")
    return Party(**{kind: name}) if kind in ("recipient", "reservation") and name else None


def _ends(limit: Limit) -> list[str]:
    ways = ("", "_rate", "_formula")
    return [end for end in ("floor", "cap") if any(getattr(limit, end + way) is not None for way in ways)]


def _without_id(pool: Pool) -> Pool:
    return replace(pool, id="", name=None, amount=REST, percent=None)  # type: ignore[arg-type]


def _is_plain(pool: Pool, clauses: Clauses) -> bool:
    """True where kind, weights and one coefficient say the rule, as format 1 does."""
    indicators = {row.id for row in clauses.indicators}
    more = pool.where or pool.over or pool.basis or pool.floors or pool.phase_in is not None
    many = len(pool.coefficients) > 1 or not indicators.isdisjoint(pool.weights)
    return pool.kind != "fixed" and pool.recipients == "all" and not more and not many
