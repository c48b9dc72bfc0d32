"""One recipient worked out in figures, step by step, as the method page and the papers show it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.figures import about, in_units, name_of, percent_cell, rough, scale_of, unit_of
from allocator.report.tables.office import office_table, weight_text
from allocator.report.tables.rounding import adding_up
from allocator.report.tables.stages import stage_figures
from allocator.report.tables.table import Row, Table, written
from allocator.text import Phrasebook


class Shown(NamedTuple):
    """The figures of the office's table, in its unit: the factors' totals, and recipients' figures by id."""

    brings: tuple[Number, ...]
    share: Mapping[str, Number]
    entitlement: Mapping[str, Number]
    limited: Mapping[str, Number]

    @classmethod
    def of(cls, allocation: Allocation, book: Phrasebook) -> Shown:
        """The figures of an allocation's table, so that the method shows the same ones."""
        table, ids = office_table(allocation, book), allocation.scenario.ids
        brings = tuple(plain(sum(column, start=0)) for column in table.adding("factors"))
        (share,), (entitlement,) = table.adding("share"), table.adding("entitlement")
        (limited,) = table.adding("limited") or [entitlement]
        return cls(brings, *(dict(zip(ids, column, strict=True)) for column in (share, entitlement, limited)))


def score_of(scenario: Scenario, position: int) -> tuple[dict[str, Number], Number]:
    """The points of each weighted factor for the recipient at a position, and its score.

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


def example_table(
    allocation: Allocation, id: str, points: dict[str, Number], shown: Shown, book: Phrasebook
) -> Table:
    """One recipient's factors: value, share or multiplier, points, money; adding up as shown."""
    scenario = allocation.scenario
    position = scenario.ids.index(id)
    shares = scenario.kind == "shares"
    parts = [in_units(allocation.contributions[factor][id], scenario) for factor in points]
    entitlement = shown.entitlement[id]
    money_shown = _money(allocation, id, points) or adding_up(parts, 2, entitlement)
    points_shown = adding_up(list(points.values()), 4)
    pen = percent_cell if shares else about
    rows = []
    for at, (factor, amount, exactly, point) in enumerate(
        zip(points, money_shown, parts, points_shown, strict=True), 1
    ):
        value = scenario.factor(factor).values[position] or 0
        cells = [str(at), book.text(scenario.factor(factor).name), book.number(value)]
        if shares:
            total = sum(x for x in scenario.column(factor) if x is not None)
            cells += [book.number(total), percent_cell(Fraction(100 * value) / total, book)]
        cells += [
            weight_text(scenario.weights[factor], scenario.kind, book),
            pen(point, book, 4, exactly=points[factor]),
            about(amount, book, 2, exactly=exactly),
        ]
        rows.append(Row("recipient", tuple(cells)))
    blank = [""] * (4 if shares else 2)
    rows.append(
        Row(
            "total",
            (
                "",
                book.say("table.total"),
                *blank,
                pen(plain(sum(points_shown, start=0)), book, 4, exactly=plain(sum(points.values(), start=0))),
                about(entitlement, book, 2, exactly=plain(sum(parts, start=0))),
            ),
        )
    )
    keys = ["method.number", "method.factor", "method.value"]
    if shares:
        keys += ["method.total_values", "method.share", "method.weight_shares", "method.points_shares"]
    else:
        keys += ["method.weight_scores", "method.points_scores"]
    keys += ["method.part"]
    return written(
        book.say("method.example_table", name=name_of(allocation, id, book)),
        tuple(book.say(key) for key in keys),
        (False, False, *[True] * (len(keys) - 2)),
        tuple(rows),
        unit_of(scenario, book),
    )


def _money(allocation: Allocation, id: str, points: Mapping[str, Number]) -> list[Number]:
    """The money of each factor as the sentence of the stages says it; none where a coefficient follows."""
    if allocation.scenario.coefficient is not None:
        return []
    figures = stage_figures(allocation, scale_of(allocation.scenario))
    by = {stage.factor: amounts[id] for stage, amounts in figures if stage.kind == "factor"}
    return [by[factor] for factor in points]


def extra_units(allocation: Allocation) -> dict[str, int]:
    """The number of units that each recipient in the split got on top of its own rounding.

    Its own rounding is down for "largest-remainder", and to the nearest for "rest-to-largest".
    """
    scenario, over = allocation.scenario, allocation.split.limited_over
    half = scenario.fund.rounding == "rest-to-largest"
    return {
        scenario.ids[i]: units - ((2 * limited + over) // (2 * over) if half else limited // over)
        for i, limited, units in zip(
            scenario.participants, allocation.split.limited_units, allocation.split.units, strict=True
        )
    }


def rounding_example(allocation: Allocation, id: str, extra: int, book: Phrasebook) -> str:
    """A sentence on the effect of rounding on one recipient."""
    scenario = allocation.scenario
    fund, currency = scenario.fund, scenario.fund.currency
    limited = allocation.limited[id]
    final = plain(allocation.amounts[id] - allocation.earmarks[id])
    details = {
        "name": name_of(allocation, id, book),
        "limited": rough(limited, scenario, book),
        "own": book.money(plain(final - extra * fund.unit), currency),
        "final": book.money(final, currency),
    }
    if limited == final:
        return book.say("method.round_exact", **details)
    if fund.rounding == "rest-to-largest":
        amount = book.money(plain(extra * fund.unit), currency, sign=True)
        key = "method.round_rest" if extra else "method.round_near"
        return book.say(key, **details, amount=amount)
    over = allocation.split.limited_over
    remainders = dict(
        zip((scenario.ids[i] for i in scenario.participants), allocation.split.limited_units, strict=True)
    )
    mine = remainders[id] % over
    ahead = sum(1 for value in remainders.values() if value % over > mine)
    details["remainder"] = rough(Fraction(mine, over) * fund.unit, scenario, book)
    return book.say("method.round_up" if extra else "method.round_down", **details, rank=ahead + 1)
