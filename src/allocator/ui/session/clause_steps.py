"""Rows of a rule added, removed, and changed.  No Streamlit."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from allocator.core.formula import named as as_named
from allocator.core.model import Scenario
from allocator.core.pools import NEEDED, REST
from allocator.text import Phrasebook
from allocator.ui.session.clauses import (
    FORMULA,
    PERCENT,
    AdjustmentRow,
    Clauses,
    ColumnRow,
    DeductionRow,
    EarmarkRow,
    IndicatorRow,
    LimitRow,
    PoolRow,
    ReservationRow,
    Row,
)

LONGEST_ID = 40


def with_row(clauses: Clauses, section: str, uid: str, **fields: Any) -> Clauses:
    """The clauses with other texts in one row; what hangs on a text follows it."""
    if section == "fund":
        return replace(clauses, fund=replace(clauses.fund, **fields))
    rows = [replace(row, **fields) if row.uid == uid else row for row in getattr(clauses, section)]
    changed = _with(clauses, section, tuple(rows))
    old = next(row for row in getattr(clauses, section) if row.uid == uid)
    if section == "columns" and fields.get("name", old.name) != old.name:
        return _renamed(changed, old, fields["name"])
    if section == "pools" and "kind" in fields:
        return _of_kind(changed, uid)
    return changed


def _of_kind(clauses: Clauses, uid: str) -> Clauses:
    """The clauses without what only a pool of another kind can have."""
    (row,) = (row for row in clauses.pools if row.uid == uid)
    if row.kind == "fixed":
        row = replace(row, gains=False)
    else:
        row = replace(row, over=False, money=REST if row.money == NEEDED else row.money)
    return replace(clauses, pools=tuple(row if one.uid == uid else one for one in clauses.pools))


def _renamed(clauses: Clauses, old: ColumnRow, name: str) -> Clauses:
    """The clauses with a column's new name in every formula that has the old one; a new one's id follows."""
    if old.name.strip() and name.strip():
        word = re.compile(rf"(?<![\w'’]){re.escape(as_named(old.name))}(?![\w'’])")
        clauses = _in_formulas(clauses, lambda text: word.sub(lambda _: as_named(name), text))
    if not old.uid.startswith("n"):
        return clauses
    taken = {row.id for row in clauses.columns if row.uid != old.uid}
    id = _free(" ".join(name.split())[:LONGEST_ID] or old.id, taken)

    def known(text: str) -> str:
        return id if text == old.id else text

    columns = [replace(row, id=id) if row.uid == old.uid else row for row in clauses.columns]
    pools = [
        replace(
            pool,
            weights=tuple((known(f), w) for f, w in pool.weights),
            coefficients=tuple(map(known, pool.coefficients)),
        )
        for pool in clauses.pools
    ]
    indicators = [replace(i, parts=tuple((known(f), w) for f, w in i.parts)) for i in clauses.indicators]
    limits = [replace(limit, by=known(limit.by)) for limit in clauses.limits]
    return replace(
        clauses,
        columns=tuple(columns),
        pools=tuple(pools),
        indicators=tuple(indicators),
        limits=tuple(limits),
    )


def _in_formulas(clauses: Clauses, to: Any) -> Clauses:
    columns = tuple(replace(row, formula=to(row.formula)) for row in clauses.columns)
    pools = tuple(replace(row, where=to(row.where)) for row in clauses.pools)
    earmarks = tuple(replace(row, where=to(row.where)) for row in clauses.earmarks)
    limits = tuple(
        replace(row, where=to(row.where), figure=to(row.figure) if row.of == FORMULA else row.figure)
        for row in clauses.limits
    )
    return replace(clauses, columns=columns, pools=pools, earmarks=earmarks, limits=limits)


def _free(id: str, taken: set[str]) -> str:
    """The id, or with a number where it is taken.

    >>> _free("税收", {"税收", "税收2"})
    '税收3'
    """
    number = 2
    while (found := id if number == 2 and id not in taken else f"{id}{number}") in taken:
        number += 1
    return found


def added(
    clauses: Clauses, section: str, scenario: Scenario, book: Phrasebook, *, data: bool = False
) -> Clauses:
    """The clauses with one more row, which changes nothing until something is written in it.

    ``data`` adds a column of data and no formula.
    """
    uid = f"n{clauses.made + 1}"
    clauses = replace(clauses, made=clauses.made + 1)
    if section == "pools":
        return _with_pool(clauses, uid, book)
    first = scenario.ids[0]
    pool = clauses.pools[0].id
    taken = {f.id for f in scenario.factors} | {row.id for row in clauses.columns}
    taken |= {row.id for row in clauses.indicators}
    new: dict[str, Row] = {
        "reservations": ReservationRow(uid),
        "earmarks": EarmarkRow(uid, first, ""),
        "indicators": IndicatorRow(uid, _free("indicator", taken), "", ()),
        "columns": ColumnRow(uid, _free("column", taken), "", values="" if data else None),
        "limits": LimitRow(uid, pool=pool),
        "deductions": DeductionRow(uid, first, pool=pool),
        "adjustments": AdjustmentRow(uid, first),
    }
    return _with(clauses, section, (*getattr(clauses, section), new[section]))


def _with_pool(clauses: Clauses, uid: str, book: Phrasebook) -> Clauses:
    """The clauses with another pool, as yet of no money; a rule without pools becomes the first."""
    pools, limits, deductions = clauses.pools, clauses.limits, clauses.deductions
    if len(pools) == 1 and not pools[0].id:
        id, name = "pool1", book.say("app.rule.pool_name", number=1)
        pools = (replace(pools[0], id=id, name=name, money=REST, figure=""),)
        # a limit by last year's amount can only be on what all pools come to
        limits = tuple(replace(row, pool="all" if row.of == "previous" else id) for row in limits)
        deductions = tuple(replace(row, pool=id) for row in deductions)
    taken, like = {pool.id for pool in pools}, pools[0]
    number = len(pools) + 1
    while f"pool{number}" in taken:
        number += 1
    name = book.say("app.rule.pool_name", number=number)
    new = PoolRow(uid, f"pool{number}", name, PERCENT, "0", like.kind, like.weights)
    if like.kind == "fixed":
        new = replace(new, money=NEEDED, figure="", weights=tuple((f, "0") for f, _ in like.weights))
    return replace(clauses, pools=(*pools, new), limits=limits, deductions=deductions)


def removed(clauses: Clauses, section: str, uid: str) -> Clauses:
    """The clauses without a row; a pool takes its limits and deductions with it."""
    gone = next(row for row in getattr(clauses, section) if row.uid == uid)
    rows = tuple(row for row in getattr(clauses, section) if row.uid != uid)
    if section == "pools":
        if not rows:
            return clauses
        limits = tuple(row for row in clauses.limits if row.pool != gone.id)
        deductions = tuple(row for row in clauses.deductions if row.pool != gone.id)
        return replace(clauses, pools=rows, limits=limits, deductions=deductions)
    return _with(clauses, section, rows)


def filled(clauses: Clauses) -> Clauses:
    """The clauses without rows that were added and in which nothing is written yet."""
    written: dict[str, Any] = {
        "reservations": lambda row: row.name.strip() or row.amount.strip(),
        "earmarks": lambda row: row.amount.strip() or row.reason.strip(),
        "indicators": lambda row: row.parts,
        "columns": lambda row: row.formula.strip() or (row.values or "").strip(),
        "limits": lambda row: row.figure.strip(),
        "deductions": lambda row: row.amount.strip() or row.reason.strip(),
        "adjustments": lambda row: row.amount.strip() or row.reason.strip(),
    }
    for section, is_filled in written.items():
        rows = getattr(clauses, section)
        kept = tuple(row for row in rows if not row.uid.startswith("n") or is_filled(row))
        clauses = _with(clauses, section, kept)
    return clauses


def _with(clauses: Clauses, section: str, rows: tuple[Row, ...]) -> Clauses:
    new: Any = {section: rows}
    return replace(clauses, **new)
