"""The rule changed by one clause, and its clauses as tags that can be taken off.  No Streamlit.

A new clause replaces one of its kind for the same recipient, so that a form may be applied at every
keystroke.  They are rows of the whole rule's form (`clauses`), whatever format can say them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import plain_name
from allocator.text import ZH, Phrasebook
from allocator.ui.session.clause_steps import added, removed, with_row
from allocator.ui.session.clauses import (
    FORMULA,
    Clauses,
    EarmarkRow,
    LimitRow,
    ReservationRow,
    bound_rows,
    clauses_of,
)
from allocator.ui.session.clauses_made import with_clauses
from allocator.ui.session.rule import AMOUNT, LISTED, scale

EVERYBODY, OVERALL = "all", "all"  # of recipients, and of pools


@dataclass(frozen=True)
class Tag:
    """A clause that can be taken off: its kind ("cap", "floor", "earmark", "fund"), its row, and parts.

    ``figure`` and ``of`` are the form's: money in the shown unit where ``of`` is "amount", else percent, or a
    formula.
    """

    kind: str
    uid: str
    whom: tuple[str, ...]
    figure: str
    of: str = AMOUNT
    together: bool = False
    pool: str = ""


def tags(scenario: Scenario, origin: Scenario) -> list[Tag]:
    """The tags of the total, if it differs from the origin's, then of earmarks, then of floors and caps."""
    earmarks, limits = bound_rows(scenario, ZH)
    changed = scenario.fund.amount != origin.fund.amount
    shown = [Tag("fund", "fund", (), fund_figure(scenario))] if changed else []
    shown += [Tag("earmark", row.uid, row.listed or (row.whom,), row.amount) for row in earmarks]
    return shown + [
        Tag(row.end, row.uid, row.listed or (row.whom,), row.figure, row.of, row.together, row.pool)
        for row in limits
    ]


def fund_figure(scenario: Scenario) -> str:
    """The total in the shown unit."""
    return ZH.number(Fraction(scenario.fund.amount) / scale(scenario))


def without(scenario: Scenario, tag: Tag, origin: Scenario, book: Phrasebook) -> Scenario:
    """The scenario without the tag's clause, or with the origin's total again.  Raises ScenarioError."""
    if tag.kind == "fund":
        return with_fund(scenario, fund_figure(origin), book)
    section = "earmarks" if tag.kind == "earmark" else "limits"
    return _made(scenario, removed(clauses_of(scenario, book), section, tag.uid), book)


def whoms(scenario: Scenario) -> list[str]:
    """The choices of whom a floor or cap is for: every recipient that takes part, everybody, each kind."""
    taking = [scenario.recipients[at].id for at in scenario.participants]
    kinds = dict.fromkeys(scenario.recipients[at].kind for at in scenario.participants)
    offered = [kind for kind in kinds if kind and plain_name(kind) != EVERYBODY and kind not in taking]
    return [*taking, EVERYBODY, *offered]


def pools(scenario: Scenario) -> list[str]:
    """The choices of what a floor or cap is on: each pool, and where there are several all together."""
    named = [pool.id for pool in scenario.pools if pool.id]
    return [*named, OVERALL] if len(named) > 1 else named


def bound_for(scenario: Scenario, kind: str, whom: str, pool: str = "") -> LimitRow:
    """The floor or cap of a recipient or kind, or an empty one in percent of the distributable amount."""
    blank = _blank(scenario, kind, whom, pool)
    return next((row for row in bound_rows(scenario, ZH)[1] if _alike(row, blank)), blank)


def with_bound(
    scenario: Scenario,
    kind: str,
    whom: str,
    figure: str,
    of: str,
    book: Phrasebook,
    *,
    pool: str = "",
    together: bool = False,
) -> Scenario:
    """The scenario with a floor or cap for somebody; a blank figure takes it off.  Raises ScenarioError."""
    clauses, blank, figure = clauses_of(scenario, book), _blank(scenario, kind, whom, pool), figure.strip()
    row = next((row for row in clauses.limits if _alike(row, blank)), None)
    if not figure:
        return scenario if row is None else _made(scenario, removed(clauses, "limits", row.uid), book)
    if row is None:
        clauses = added(clauses, "limits", scenario, book)
        row = clauses.limits[-1]
    fields: dict[str, Any] = {"end": kind, "whom": blank.whom, "listed": blank.listed, "pool": pool}
    fields |= {"figure": figure, "of": of, "together": together}
    return _made(scenario, with_row(clauses, "limits", row.uid, **fields), book)


def _blank(scenario: Scenario, kind: str, whom: str, pool: str) -> LimitRow:
    one = whom in scenario.ids
    return LimitRow("", kind, whom=LISTED if one else whom, listed=(whom,) if one else (), pool=pool)


def _alike(row: LimitRow, blank: LimitRow) -> bool:
    """True for a row that a chip can write, of the same kind, for the same and in the same pool."""
    same = (row.end, row.whom, row.listed, row.pool) == (blank.end, blank.whom, blank.listed, blank.pool)
    return same and row.of != FORMULA and not row.where and not row.by


def with_earmark(scenario: Scenario, recipient: str, amount: str, also: bool, book: Phrasebook) -> Scenario:
    """The scenario with a fixed amount for a recipient; a blank one takes it off.  Raises ScenarioError."""
    clauses, row, amount = clauses_of(scenario, book), earmark_for(scenario, recipient), amount.strip()
    if not amount:
        return _made(scenario, removed(clauses, "earmarks", row.uid), book) if row.uid else scenario
    if not row.uid:
        clauses = added(clauses, "earmarks", scenario, book)
        row = replace(row, uid=clauses.earmarks[-1].uid)
    fields: dict[str, Any] = {"whom": recipient, "amount": amount, "also_shares": also}
    return _made(scenario, with_row(clauses, "earmarks", row.uid, **fields), book)


def earmark_for(scenario: Scenario, recipient: str) -> EarmarkRow:
    """The fixed amount of a recipient, or an empty one without a name."""
    rows = (row for row in bound_rows(scenario, ZH)[0] if row.whom == recipient and not row.where)
    return next(rows, EarmarkRow("", recipient, ""))


def with_fund(scenario: Scenario, amount: str, book: Phrasebook) -> Scenario:
    """The scenario with another total.  Raises ScenarioError."""
    return _made(scenario, with_row(clauses_of(scenario, book), "fund", "", amount=amount.strip()), book)


def department_rows(scenario: Scenario, book: Phrasebook) -> tuple[ReservationRow, ...]:
    """The rows of the departments."""
    return clauses_of(scenario, book).reservations


def with_departments(scenario: Scenario, amounts: Mapping[str, str], book: Phrasebook) -> Scenario:
    """The scenario with these amounts for departments by name; a blank one takes one off.

    Raises ScenarioError.
    """
    clauses = clauses_of(scenario, book)
    known = {row.name: row for row in clauses.reservations}
    rows = [
        replace(known.get(name) or ReservationRow(f"n{at}", name), amount=text.strip())
        for at, (name, text) in enumerate(amounts.items(), clauses.made + 1)
        if name.strip() and text.strip()
    ]
    return _made(scenario, replace(clauses, reservations=tuple(rows)), book)


def _made(scenario: Scenario, clauses: Clauses, book: Phrasebook) -> Scenario:
    try:
        return with_clauses(scenario, clauses, book)
    except ScenarioError as error:  # of a row that no form here shows by its name
        raise error.in_fields({}) from None
