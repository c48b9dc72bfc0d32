"""What moving weight changes: tables, sentences, data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from typing import Any

from allocator.analysis.explain.sensitivity import (
    BreakEven,
    Crossing,
    Rate,
    Steady,
    break_evens,
    exchange_rates,
    steady_weights,
)
from allocator.analysis.finding import held_against
from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.tables.grid import Grid, in_units, name_of, scale_of, unit_of, who
from allocator.report.tables.office import factor_heading, weight_text
from allocator.report.tables.table import Column, Role, Row, Table, total_of
from allocator.text import number, say

MOST_PAIRS = 10  # of factors whose exchange rates a table for all recipients holds


def _say(key: str, lang: str, **details: object) -> str:
    return say(f"sensitivity.{key}", lang, **details)


def factor_name(scenario: Scenario, id: str, lang: str) -> str:
    """A factor's name."""
    return str(getattr(scenario.factor(id).name, lang))


# --- exchange rates -------------------------------------------------------------------------------


def exchange_note(rates: Sequence[Rate], lang: str) -> str:
    """Whether the rates come from the formula, or some or all by exact difference."""
    closed = [rate.closed for rate in rates]
    key = "none" if not closed else "formula" if all(closed) else "some" if any(closed) else "difference"
    return _say(f"exchange_{key}", lang)


def exchange_grid(allocation: Allocation, rates: Sequence[Rate], id: str, lang: str) -> Grid:
    """What a percentage point of weight from the factor of a row to that of a column brings one recipient."""
    scenario = allocation.scenario
    found = {(rate.giver, rate.taker): rate.amounts[id] for rate in rates}
    names = {factor: factor_name(scenario, factor, lang) for factor in scenario.weights}
    rows = []
    for giver, name in names.items():
        cells = [
            number(in_units(found[giver, taker], scenario), lang, 2, sign=True)
            if (giver, taker) in found
            else "—"
            for taker in names
        ]
        rows.append(Row("recipient", (name, *cells)))
    return Grid(
        _say("exchange_caption", lang, name=name_of(allocation, id, lang)),
        (_say("from_to", lang), *names.values()),
        (False, *[True] * len(names)),
        tuple(rows),
        unit_of(scenario, lang),
    )


def exchange_table(allocation: Allocation, rates: Sequence[Rate], lang: str) -> Table | None:
    """What every two factors' exchange of a percentage point brings every recipient; None for too many.

    One way is listed of each two, that in listed order where it can be gone.
    """
    scenario = allocation.scenario
    ways = {(rate.giver, rate.taker): rate for rate in rates}
    pairs = combinations(scenario.weights, 2)
    rates = [ways.get((a, b)) or ways[b, a] for a, b in pairs if (a, b) in ways or (b, a) in ways]
    if not 0 < len(rates) <= MOST_PAIRS:
        return None
    columns = [
        Column("number", say("table.number", lang), "text"),
        Column("recipient", who(scenario, lang), "text"),
    ]
    for at, rate in enumerate(rates):
        giver, taker = (factor_name(scenario, factor, lang) for factor in (rate.giver, rate.taker))
        header = _say("way", lang, giver=giver, taker=taker)
        columns.append(Column(f"{rate.giver}-{rate.taker}", header, "rate", f"rate-{at}"))
    records: list[tuple[Role, tuple[Any, ...]]] = [
        ("recipient", (str(at), name_of(allocation, id, lang), *(rate.amounts[id] for rate in rates)))
        for at, id in enumerate(scenario.ids, 1)
    ]
    sums = [total_of(rate.amounts.values()) for rate in rates]
    records.append(("total", ("", say("table.total", lang), *sums)))
    return Table(lang, scenario.fund.currency, scale_of(scenario), tuple(columns), tuple(records))


# --- weights at which something changes -----------------------------------------------------------


def exact_note(scenario: Scenario, lang: str) -> str:
    """How the weights below are found: one equation, or with limits one for each set of those at a limit."""
    return _say("piecewise" if scenario.limits else "one_equation", lang)


def steady_grid(allocation: Allocation, found: Sequence[Steady], lang: str) -> Grid:
    """Between which weights of each factor, the others rescaled, no rank changes; rounded inward."""
    scenario = allocation.scenario
    rows = []
    for steady in found:
        weight = weight_text(scenario.weights[steady.factor], scenario.kind, lang)
        low, high = Fraction(ceil(steady.lower * 100), 100), Fraction(floor(steady.upper * 100), 100)
        # within a hundredth there is nothing to round inward to
        ends = [weight_text(end, scenario.kind, lang) if low <= high else weight for end in (low, high)]
        meets = (
            _say("end", lang)
            if pair is None
            else _say("level", lang, names=[name_of(allocation, id, lang) for id in pair])
            for pair in (steady.meet_lower, steady.meet_upper)
        )
        rows.append(Row("recipient", (factor_name(scenario, steady.factor, lang), weight, *ends, *meets)))
    keys = ("factor", "weight", "lower", "upper", "at_lower", "at_upper")
    return Grid(
        _say("steady_caption", lang),
        tuple(_say(key, lang) for key in keys),
        (False, True, True, True, False, False),
        tuple(rows),
    )


def published_targets(allocation: Allocation) -> dict[str, Number]:
    """The published amounts of those that get another one."""
    published = allocation.scenario.published
    if published is None:
        return {}
    return {id: published[id] for id, by in held_against(allocation, published).changes.items() if by}


def neighbour(allocation: Allocation, id: str) -> str:
    """The other recipient whose amount is nearest, with whom a change of weights most likely draws level.

    >>> from allocator import allocate, load_scenario
    >>> neighbour(allocate(load_scenario("scenarios/luzhou-2023/published-rule.toml")), "jiangyang")
    'gulin'
    """
    amounts = allocation.amounts
    others = (other for other in amounts if other != id)
    return min(others, key=lambda other: abs(Fraction(amounts[other] - amounts[id])))


def break_even_grid(
    allocation: Allocation, found: Mapping[str, Sequence[BreakEven]], caption: str, lang: str
) -> Grid:
    """The nearest weights, below and above, at which each recipient draws level; a column for each factor."""
    scenario = allocation.scenario
    rows = []
    for id, places in found.items():
        cells = []
        for place in places:
            weights = [
                weight_text(crossing.weight, scenario.kind, lang)
                for crossing in (place.lower, place.upper)
                if crossing is not None
            ]
            cells.append(say("place.list", lang).join(dict.fromkeys(weights)) or "—")
        rows.append(Row("recipient", (name_of(allocation, id, lang), *cells)))
    factors = [factor_heading(scenario, factor, lang) for factor in scenario.weights]
    return Grid(caption, (who(scenario, lang), *factors), (False, *[True] * len(factors)), tuple(rows))


def tables(allocation: Allocation, lang: str) -> list[tuple[list[str], Table | Grid | None]]:
    """Everything for all recipients: sentences, and the table that they stand above, if there is one."""
    scenario = allocation.scenario
    found: list[tuple[list[str], Table | Grid | None]] = []
    rates = exchange_rates(allocation)
    steadies = steady_weights(scenario)
    if not rates and all(steady.lower == steady.upper for steady in steadies):
        return [([_say("exchange_none", lang)], None)]
    exchange = exchange_table(allocation, rates, lang)
    lines = [_say("exchange_title", lang), exchange_note(rates, lang)]
    if exchange is not None and not all(rate.closed for rate in rates):
        lines.append(_say("exchange_both_ways", lang))
    if rates and exchange is None:
        lines.append(_say("exchange_many", lang))
    found.append((lines, exchange))
    steady = steady_grid(allocation, steadies, lang)
    found.append(([steady.caption, exact_note(scenario, lang)], steady))
    if scenario.published is not None:
        targets = published_targets(allocation)
        caption = _say("published_caption", lang)
        if targets:
            grid = break_even_grid(allocation, break_evens(scenario, targets), caption, lang)
            found.append(([caption], grid))
        else:
            found.append(([say("cli.as_published", lang)], None))
    return found


def as_data(allocation: Allocation) -> dict[str, Any]:
    """Exchange rates, ranges without change of rank and break-evens as plain data."""
    scenario = allocation.scenario
    targets = published_targets(allocation)

    def place(crossing: Crossing | None) -> dict[str, Any] | None:
        if crossing is None:
            return None
        return {"weight": float(crossing.weight), "points": float(crossing.points)}

    return {
        "exchange": [
            {
                "from": rate.giver,
                "to": rate.taker,
                "formula": rate.closed,
                "amounts": {id: float(amount) for id, amount in rate.amounts.items()},
            }
            for rate in exchange_rates(allocation)
        ],
        "same_ranks": [
            {
                "factor": steady.factor,
                "lower": float(steady.lower),
                "upper": float(steady.upper),
                "level_at_lower": steady.meet_lower,
                "level_at_upper": steady.meet_upper,
            }
            for steady in steady_weights(scenario)
        ],
        "published_at": {
            id: [{"factor": p.factor, "lower": place(p.lower), "upper": place(p.upper)} for p in places]
            for id, places in break_evens(scenario, targets).items()
        },
    }
