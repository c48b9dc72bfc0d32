"""Effects of moving weight between factors: tables, sentences, data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from typing import Any

from allocator.analysis.explain import (
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
from allocator.report.tables.figures import in_units, name_of, scale_of, unit_of, who
from allocator.report.tables.office import factor_heading, weight_text
from allocator.report.tables.records import Role
from allocator.report.tables.table import Column, Row, Table, total_of, written
from allocator.text import Phrasebook

MOST_PAIRS = 10  # of factors in the table of exchange rates for all recipients


def factor_name(scenario: Scenario, id: str, book: Phrasebook) -> str:
    """A factor's name."""
    return str(book.text(scenario.factor(id).name))


# --- exchange rates -------------------------------------------------------------------------------


def exchange_note(rates: Sequence[Rate], book: Phrasebook) -> str:
    """The note on the source of the rates: the formula, exact differences, or some of each."""
    closed = [rate.closed for rate in rates]
    if not closed:
        return book.say("sensitivity.exchange_none")
    if all(closed):
        return book.say("sensitivity.exchange_formula")
    return book.say("sensitivity.exchange_some" if any(closed) else "sensitivity.exchange_difference")


def exchanges_of(allocation: Allocation, rates: Sequence[Rate], id: str, book: Phrasebook) -> Table:
    """One recipient's gain from a percentage point of weight moved from a row's factor to a column's."""
    scenario = allocation.scenario
    found = {(rate.giver, rate.taker): rate.amounts[id] for rate in rates}
    names = {factor: factor_name(scenario, factor, book) for factor in scenario.weights}
    rows = []
    for giver, name in names.items():
        cells = [
            book.number(in_units(found[giver, taker], scenario), 2, sign=True)
            if (giver, taker) in found
            else "—"
            for taker in names
        ]
        rows.append(Row("recipient", (name, *cells)))
    return written(
        book.say("sensitivity.exchange_caption", name=name_of(allocation, id, book)),
        (book.say("sensitivity.from_to"), *names.values()),
        (False, *[True] * len(names)),
        tuple(rows),
        unit_of(scenario, book),
    )


def exchange_table(allocation: Allocation, rates: Sequence[Rate], book: Phrasebook) -> Table | None:
    """The exchange rates of all pairs of factors for every recipient; None for no pairs or too many.

    Each pair is listed in one direction, from the factor listed first where that has weight to give.
    """
    scenario = allocation.scenario
    ways = {(rate.giver, rate.taker): rate for rate in rates}
    pairs = combinations(scenario.weights, 2)
    rates = [ways.get((a, b)) or ways[b, a] for a, b in pairs if (a, b) in ways or (b, a) in ways]
    if not 0 < len(rates) <= MOST_PAIRS:
        return None
    columns = [
        Column("number", book.say("table.number"), "text"),
        Column("recipient", who(scenario, book), "text"),
    ]
    for at, rate in enumerate(rates):
        giver, taker = (factor_name(scenario, factor, book) for factor in (rate.giver, rate.taker))
        header = book.say("sensitivity.way", giver=giver, taker=taker)
        columns.append(Column(f"{rate.giver}-{rate.taker}", header, "rate", f"rate-{at}"))
    records: list[tuple[Role, tuple[Any, ...]]] = [
        ("recipient", (str(at), name_of(allocation, id, book), *(rate.amounts[id] for rate in rates)))
        for at, id in enumerate(scenario.ids, 1)
    ]
    sums = [total_of(rate.amounts.values()) for rate in rates]
    records.append(("total", ("", book.say("table.total"), *sums)))
    return Table(book, scenario.fund.currency, scale_of(scenario), tuple(columns), tuple(records))


# --- weights at which something changes -----------------------------------------------------------


def exact_note(scenario: Scenario, book: Phrasebook) -> str:
    """The note on the calculation: one equation, or with limits one for each set of recipients at a limit."""
    return book.say("sensitivity.piecewise" if scenario.limits else "sensitivity.one_equation")


def steady_table(allocation: Allocation, found: Sequence[Steady], book: Phrasebook) -> Table:
    """The range of each factor's weight, the others rescaled, in which no rank changes; rounded inward."""
    scenario = allocation.scenario
    rows = []
    for steady in found:
        weight = weight_text(scenario.weights[steady.factor], scenario.kind, book)
        low, high = Fraction(ceil(steady.lower * 100), 100), Fraction(floor(steady.upper * 100), 100)
        # a range within one hundredth cannot be rounded inward
        ends = [weight_text(end, scenario.kind, book) if low <= high else weight for end in (low, high)]
        meets = (
            book.say("sensitivity.end")
            if pair is None
            else book.say("sensitivity.level", names=[name_of(allocation, id, book) for id in pair])
            for pair in (steady.meet_lower, steady.meet_upper)
        )
        rows.append(Row("recipient", (factor_name(scenario, steady.factor, book), weight, *ends, *meets)))
    headers = (
        book.say("sensitivity.factor"),
        book.say("sensitivity.weight"),
        book.say("sensitivity.lower"),
        book.say("sensitivity.upper"),
        book.say("sensitivity.at_lower"),
        book.say("sensitivity.at_upper"),
    )
    return written(
        book.say("sensitivity.steady_caption"),
        headers,
        (False, True, True, True, False, False),
        tuple(rows),
    )


def published_targets(allocation: Allocation) -> dict[str, Number]:
    """The published amounts, by id, of the recipients that get a different one."""
    published = allocation.scenario.published
    if published is None:
        return {}
    return {id: published[id] for id, by in held_against(allocation, published).changes.items() if by}


def neighbour(allocation: Allocation, id: str) -> str:
    """The other recipient with the nearest amount, the likeliest to draw level when weights change.

    >>> from allocator import allocate, load_scenario
    >>> neighbour(allocate(load_scenario("scenarios/luzhou-2023/published-rule.toml")), "jiangyang")
    'gulin'
    """
    amounts = allocation.amounts
    others = (other for other in amounts if other != id)
    return min(others, key=lambda other: abs(Fraction(amounts[other] - amounts[id])))


def break_even_table(
    allocation: Allocation, found: Mapping[str, Sequence[BreakEven]], caption: str, book: Phrasebook
) -> Table:
    """The nearest weights, below and above, at which each recipient draws level; a column for each factor."""
    scenario = allocation.scenario
    rows = []
    for id, places in found.items():
        cells = []
        for place in places:
            weights = [
                weight_text(crossing.weight, scenario.kind, book)
                for crossing in (place.lower, place.upper)
                if crossing is not None
            ]
            cells.append(book.say("place.list").join(dict.fromkeys(weights)) or "—")
        rows.append(Row("recipient", (name_of(allocation, id, book), *cells)))
    factors = [factor_heading(scenario, factor, book) for factor in scenario.weights]
    return written(caption, (who(scenario, book), *factors), (False, *[True] * len(factors)), tuple(rows))


def tables(allocation: Allocation, book: Phrasebook) -> list[tuple[list[str], Table | Table | None]]:
    """All results for all recipients, as pairs of sentences and the table below them, None without one."""
    scenario = allocation.scenario
    found: list[tuple[list[str], Table | Table | None]] = []
    rates = exchange_rates(allocation)
    steadies = steady_weights(scenario)
    if not rates and all(steady.lower == steady.upper for steady in steadies):
        return [([book.say("sensitivity.exchange_none")], None)]
    exchange = exchange_table(allocation, rates, book)
    lines = [book.say("sensitivity.exchange_title"), exchange_note(rates, book)]
    if exchange is not None and not all(rate.closed for rate in rates):
        lines.append(book.say("sensitivity.exchange_both_ways"))
    if rates and exchange is None:
        lines.append(book.say("sensitivity.exchange_many"))
    found.append((lines, exchange))
    steady = steady_table(allocation, steadies, book)
    found.append(([steady.caption, exact_note(scenario, book)], steady))
    if scenario.published is not None:
        targets = published_targets(allocation)
        caption = book.say("sensitivity.published_caption")
        if targets:
            grid = break_even_table(allocation, break_evens(scenario, targets), caption, book)
            found.append(([caption], grid))
        else:
            found.append(([book.say("cli.as_published")], None))
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
                "amounts": rate.amounts.floats(),
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
