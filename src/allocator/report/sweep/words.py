"""Sentences on the results of a random sweep, in Chinese and English."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from math import sqrt

from allocator.analysis.finding import find
from allocator.analysis.sweep import Anywhere, Around, Drivers, Law, Sweep
from allocator.analysis.sweep.drivers import WEIGHTS
from allocator.core.engine import METHOD_VERSION
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.report.words.finding import terms, total_clause
from allocator.text import Phrasebook

MOST_GROUPS = 20  # of ranks shown side by side
MOST_LISTED = 30  # recipients whose names a sentence holds
SAFE = Fraction(95, 100)  # the chance from which an outcome counts as nearly certain
# by the kind of base
_AGAINST = {
    "published": "sweep.against_published",
    "base": "sweep.against_base",
    "present": "sweep.against_present",
}
_MOVED = {
    "published": "sweep.moved_published",
    "base": "sweep.moved_base",
    "present": "sweep.moved_present",
}
_CHANCES = {
    "published": ("sweep.more_published", "sweep.less_published", "sweep.same_published"),
    "base": ("sweep.more_base", "sweep.less_base", "sweep.same_base"),
    "present": ("sweep.more_present", "sweep.less_present", "sweep.same_present"),
}


def base_name(found: Sweep) -> str:
    """The kind of base: "published", "present" (the scenario's own amounts) or "base" (any other)."""
    if found.base == found.scenario.published:
        return "published"
    return "present" if found.base == found.present.amounts else "base"


def against(found: Sweep, book: Phrasebook) -> str:
    """The base of the sweep, in words."""
    return book.say(_AGAINST[base_name(found)])


def chance_headings(found: Sweep, book: Phrasebook) -> tuple[str, str, str]:
    """The headings over the chances of more than the base, of less, and of just as much."""
    more, less, same = _CHANCES[base_name(found)]
    return book.say(more), book.say(less), book.say(same)


def head(found: Sweep, book: Phrasebook) -> list[str]:
    """The opening sentences: the number of draws, the seed, and how weights and data are drawn."""
    law = law_text(found.scenario, found.law, book)
    lines = [book.say("sweep.head", count=found.draws, seed=str(found.seed), law=law)]
    return [*lines, *noise_lines(found.scenario, found.noise, book)]


def law_text(scenario: Scenario, law: Law | None, book: Phrasebook) -> str:
    """The law by which the weights are drawn, in words."""
    if law is None:
        return book.say("sweep.law_fixed")
    if isinstance(law, Anywhere):
        return book.say("sweep.law_anywhere")
    if isinstance(law, Around) and not scenario.weights:
        return book.say("sweep.law_around_pools", value=law.concentration)
    if isinstance(law, Around):
        total, points = sum(scenario.weights.values(), start=Fraction(0)), {}
        for factor, weight in scenario.weights.items():
            part = float(weight / total)
            points[factor] = exact(round(100 * sqrt(part * (1 - part) / (float(law.concentration) + 1)), 1))
        value = {"value": law.concentration, "points": _named(scenario, points, book)}
        return book.say("sweep.law_around", **value)
    if isinstance(law.points, Mapping):
        by = {factor: exact(points) for factor, points in law.points.items() if points}
        return book.say("sweep.law_by_factor", points=_named(scenario, by, book))
    return book.say("sweep.law_within", points=exact(law.points))


def _named(scenario: Scenario, points: Mapping[str, Number], book: Phrasebook) -> list[str]:
    if len(points) > 1 and len(set(points.values())) == 1:
        return [book.say("sweep.point_each", value=next(iter(points.values())))]
    return [
        book.say("sweep.point", name=scenario.factor(factor).name, value=value)
        for factor, value in points.items()
    ]


def noise_lines(scenario: Scenario, noise: Mapping[str, Number], book: Phrasebook) -> list[str]:
    """Sentences on the noise in the data, factors of the same percentage together."""
    alike: dict[Number, list[object]] = {}
    for factor, percent in noise.items():
        alike.setdefault(percent, []).append(scenario.factor(factor).name)
    return [book.say("sweep.noise", percent=percent, names=names) for percent, names in alike.items()]


def remarks(found: Sweep, book: Phrasebook) -> list[str]:
    """The remarks below a table: those of `notes`, and one on the main drivers."""
    first, *rest = notes(found, book)
    if found.exactly:  # without drivers
        return [first, *rest]
    return [first, book.say("sweep.drives_data" if found.noise else "sweep.drives_weights"), *rest]


def notes(found: Sweep, book: Phrasebook) -> list[str]:
    """The notes below any figures: money moved, quantiles, sampling errors, draws left out, near ties."""
    lines = [
        moved_line(found, book),
        book.say("sweep.quantile"),
        book.say("sweep.errors", count=found.counted),
    ]
    if found.excluded:
        lines.append(book.say("sweep.excluded", count=found.excluded))
    if found.exactly:
        return [*lines, book.say("sweep.exactly")]
    return [*lines, book.say("sweep.near" if found.near else "sweep.not_near", near=found.near)]


def moved_line(found: Sweep, book: Phrasebook) -> str:
    """The sentence on the mean of money moved; where sums differ, on the difference, gains and losses."""

    def cash(amount: Number) -> str:
        return book.money(_whole_units(amount, found.scenario), found.scenario.fund.currency)

    if found.moved is None:
        held = find(found.present.amounts, found.base)
        total = total_clause(held, terms([found.present], book))
        details = {"total": total, "gained": cash(found.gained), "lost": cash(found.lost)}
        published = base_name(found) == "published"
        return book.say("sweep.other_sum_published" if published else "sweep.other_sum_base", **details)
    whole = sum(found.present.amounts.values(), start=Fraction(0))
    percent = book.number(Fraction(found.moved) * 100 / whole, 1)
    return book.say(_MOVED[base_name(found)], moved=cash(found.moved), percent=percent)


def _whole_units(amount: Number, scenario: Scenario) -> Number:
    """A mean rounded to a hundredth of the rounding unit, but no finer than 0.01 of the main unit."""
    step = max(Fraction(scenario.fund.unit) / 100, Fraction(1, 100))
    return exact(round(amount / step) * step)


def trace(found: Sweep, book: Phrasebook) -> list[str]:
    """The lines from which the figures can be reproduced: versions, digests and the seed."""
    return [
        book.say("cli.trace", version=METHOD_VERSION, digest=found.scenario.digest),
        book.say("sweep.trace", seed=str(found.seed), numpy=found.numpy, digest=found.digest),
    ]


def chance_text(found: Sweep, chance: Fraction, book: Phrasebook) -> str:
    """A chance in percent with its sampling error, and enough decimals to show that: 45.58 ±0.05."""
    error = found.error(chance) * 100
    if not error:
        return book.number(chance * 100, 0)
    places = next((n for n in (1, 2, 3, 4, 5) if 10.0**-n <= error), 5)
    percent = book.number(chance * 100, places)
    return book.say("sweep.chance", percent=percent, error=book.number(Fraction(error), places))


def rank_text(place: tuple[int, int], book: Phrasebook) -> str:
    """A rank, or a group of them: 3, or 11–20."""
    first, last = place
    return str(first) if first == last else book.say("sweep.ranks", first=str(first), last=str(last))


def grouped_ranks(
    found: Sweep, most: int = MOST_GROUPS
) -> tuple[tuple[tuple[int, int], ...], Mapping[str, tuple[Fraction, ...]]]:
    """The ranks in at most so many groups of equal size, and the chance of each; few ranks stay single."""
    places = found.places
    size = -(-len(places) // most)
    starts = range(0, len(places), size)
    groups = tuple((places[at][0], places[min(at + size, len(places)) - 1][1]) for at in starts)
    ranks = {
        id: tuple(sum(row[at : at + size], start=Fraction(0)) for at in starts)
        for id, row in found.ranks.items()
    }
    return groups, ranks


def usual_rank(found: Sweep, id: str, book: Phrasebook) -> str:
    """The rank with the largest chance (of equal ones the better), and its percent, rounded down."""
    chances = found.ranks[id]
    at = max(range(len(chances)), key=lambda k: (chances[k], -k))
    percent = book.number(Fraction(chances[at] * 1000 // 1, 10))  # 100 only where all draws agree
    return book.say("sweep.rank_share", rank=rank_text(found.places[at], book), percent=percent)


def input_name(found: Sweep, input: str, book: Phrasebook) -> str:
    """The name of a driver: a factor, or all weights together."""
    if input == WEIGHTS:
        return book.say("sweep.driver_weights")
    return str(book.text(found.scenario.factor(input).name))


def verdicts(found: Sweep, book: Phrasebook) -> list[str]:
    """Sentences on who nearly always gets more, less or the same as the base, and for whom it depends."""
    groups: dict[str, list[str]] = {
        "sweep.verdict_more": [],
        "sweep.verdict_less": [],
        "sweep.verdict_same": [],
        "sweep.verdict_open": [],
    }
    for recipient in found.scenario.recipients:
        id = recipient.id
        chances = {
            "sweep.verdict_more": found.more[id],
            "sweep.verdict_less": found.less[id],
            "sweep.verdict_same": 1 - found.more[id] - found.less[id],
        }
        sure = [key for key, chance in chances.items() if chance >= SAFE]
        groups[sure[0] if sure else "sweep.verdict_open"].append(book.text(recipient.name))
    lines = []
    for key, names in groups.items():
        if names:
            whom: object = names if len(names) <= MOST_LISTED else book.say("sweep.many", count=len(names))
            if len(names) == len(found.scenario.ids):
                whom = book.say("sweep.everybody")
            lines.append(book.say(key, names=whom, base=against(found, book)))
    return lines


def main_driver(found: Sweep, driven: Drivers, id: str, book: Phrasebook) -> str:
    """The main driver of a recipient's amount and its part of the variance in percent; "" without one."""
    parts = (driven.first or driven.weights or {}).get(id, {}) if found.least[id] < found.most[id] else {}
    input = max(parts, key=lambda each: parts[each], default=None)
    if input is None or parts[input] <= 0:
        return ""
    name = input_name(found, input, book)
    percent = part_text(parts[input], driven.error(id, input), book, places=0)
    return book.say("sweep.driver_share", name=name, percent=percent)


def part_text(part: float, error: float | None, book: Phrasebook, *, places: int = 1) -> str:
    """A part of the variance in percent, with its sampling error if it is an estimate: 101.3 ±2.4.

    An estimate below zero is shown as 0.
    """
    percent = book.number(exact(round(max(part, 0.0) * 100, places)), places)
    if error is None:
        return percent
    step = 10.0**-places
    scatter = math.ceil(error * 100 / step) * step  # rounded up
    return book.say("sweep.chance", percent=percent, error=book.number(exact(round(scatter, places)), places))
