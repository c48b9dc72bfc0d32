"""One recipient worked out in figures, step by step, as the method page and the papers show it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.grid import Grid, about, in_units, name_of, percent_cell, rough, unit_of
from allocator.report.tables.office import office_table, weight_text
from allocator.report.tables.rounding import adding_up
from allocator.report.tables.table import Row
from allocator.text import money, number, say


def _say(key: str, lang: str, **details: object) -> str:
    return say(f"app.method.{key}", lang, **details)


class Shown(NamedTuple):
    """What the office's table shows, in its unit: what each factor brings, and by id what recipients have."""

    brings: tuple[Number, ...]
    share: Mapping[str, Number]
    entitlement: Mapping[str, Number]
    limited: Mapping[str, Number]

    @classmethod
    def of(cls, allocation: Allocation, lang: str) -> Shown:
        """The figures of the table, so that the same ones stand in the method."""
        table, ids = office_table(allocation, lang), allocation.scenario.ids
        brings = tuple(plain(sum(column, start=0)) for column in table.adding("factors"))
        (share,), (entitlement,) = table.adding("share"), table.adding("entitlement")
        (limited,) = table.adding("limited") or [entitlement]
        return cls(brings, *(dict(zip(ids, column, strict=True)) for column in (share, entitlement, limited)))


def score_of(scenario: Scenario, position: int) -> tuple[dict[str, Number], Number]:
    """What each weighted factor adds to the score of the recipient at a position, and the score itself.

    Points are w_j · x_ij / Σ_k x_kj in percent for "shares", w_j · x_ij for "scores"; the score is their
    sum times the coefficient.
    """
    points: dict[str, Number] = {}
    for id, weight in scenario.weights.items():
        if weight:
            total: Number = 1
            if scenario.kind == "shares":
                total = sum(x for x in scenario.column(id) if x is not None)
            points[id] = plain(Fraction(weight) * (scenario.factor(id).values[position] or 0) / total)
    by: Number | None = 1
    if scenario.coefficient is not None:
        by = scenario.factor(scenario.coefficient).values[position]
    return points, plain(sum(points.values(), start=Fraction(0)) * (by or 0))


def example_grid(allocation: Allocation, id: str, points: dict[str, Number], shown: Shown, lang: str) -> Grid:
    """One recipient's factors: value, share or multiplier, points, money; adding up as shown."""
    scenario = allocation.scenario
    position = scenario.ids.index(id)
    shares = scenario.kind == "shares"
    parts = [in_units(allocation.contributions[factor][id], scenario) for factor in points]
    entitlement = shown.entitlement[id]
    money_shown, points_shown = adding_up(parts, 2, entitlement), adding_up(list(points.values()), 4)
    pen = percent_cell if shares else about
    rows = []
    for at, (factor, amount, exactly, point) in enumerate(
        zip(points, money_shown, parts, points_shown, strict=True), 1
    ):
        value = scenario.factor(factor).values[position] or 0
        cells = [str(at), getattr(scenario.factor(factor).name, lang), number(value, lang)]
        if shares:
            total = sum(x for x in scenario.column(factor) if x is not None)
            cells += [number(total, lang), percent_cell(Fraction(100 * value) / total, lang)]
        cells += [
            weight_text(scenario.weights[factor], scenario.kind, lang),
            pen(point, lang, 4, exactly=points[factor]),
            about(amount, lang, 2, exactly=exactly),
        ]
        rows.append(Row("recipient", tuple(cells)))
    blank = [""] * (4 if shares else 2)
    rows.append(
        Row(
            "total",
            (
                "",
                say("table.total", lang),
                *blank,
                pen(plain(sum(points_shown, start=0)), lang, 4, exactly=plain(sum(points.values(), start=0))),
                about(entitlement, lang, 2, exactly=plain(sum(parts, start=0))),
            ),
        )
    )
    keys = ["number", "factor", "value", *(["total_values", "share"] if shares else [])]
    keys += [f"weight_{scenario.kind}", f"points_{scenario.kind}", "part"]
    return Grid(
        _say("example_table", lang, name=name_of(allocation, id, lang)),
        tuple(_say(key, lang) for key in keys),
        (False, False, *[True] * (len(keys) - 2)),
        tuple(rows),
        unit_of(scenario, lang),
    )


def extra_units(allocation: Allocation) -> dict[str, int]:
    """How many units each recipient that takes part got on top of its own rounding.

    That is rounding down for "largest-remainder", rounding to the nearest for "rest-to-largest".
    """
    scenario, over = allocation.scenario, allocation.limited_over
    half = scenario.fund.rounding == "rest-to-largest"
    return {
        scenario.ids[i]: units - ((2 * limited + over) // (2 * over) if half else limited // over)
        for i, limited, units in zip(
            scenario.participants, allocation.limited_units, allocation.units, strict=True
        )
    }


def rounding_example(allocation: Allocation, id: str, extra: int, lang: str) -> str:
    """What rounding did to one recipient, in a sentence."""
    scenario = allocation.scenario
    fund, currency = scenario.fund, scenario.fund.currency
    limited = allocation.limited[id]
    final = plain(allocation.amounts[id] - allocation.earmarks[id])
    details = {
        "name": name_of(allocation, id, lang),
        "limited": rough(limited, scenario, lang),
        "own": money(plain(final - extra * fund.unit), currency, lang),
        "final": money(final, currency, lang),
    }
    if limited == final:
        return _say("round_exact", lang, **details)
    if fund.rounding == "rest-to-largest":
        amount = money(plain(extra * fund.unit), currency, lang, sign=True)
        return _say("round_rest" if extra else "round_near", lang, **details, amount=amount)
    over = allocation.limited_over
    remainders = dict(
        zip((scenario.ids[i] for i in scenario.participants), allocation.limited_units, strict=True)
    )
    mine = remainders[id] % over
    ahead = sum(1 for value in remainders.values() if value % over > mine)
    details["remainder"] = rough(Fraction(mine, over) * fund.unit, scenario, lang)
    return _say("round_up" if extra else "round_down", lang, **details, rank=ahead + 1)
