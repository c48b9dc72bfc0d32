"""What a random sweep found, as sentences in both languages."""

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
from allocator.text import money, number, say

MOST_GROUPS = 20  # of ranks that stand side by side
MOST_LISTED = 30  # recipients whose names a sentence holds
SAFE = Fraction(95, 100)  # a chance from which an outcome hardly depends on what is drawn


def base_name(found: Sweep) -> str:
    """What amounts are held against: "published", "present" (the scenario's own amounts) or "base"."""
    if found.base == found.scenario.published:
        return "published"
    return "present" if found.base == found.present.amounts else "base"


def against(found: Sweep, lang: str) -> str:
    """What amounts are held against, in words."""
    return say(f"sweep.against_{base_name(found)}", lang)


def head(found: Sweep, lang: str) -> list[str]:
    """How many draws, of what."""
    law = law_text(found.scenario, found.law, lang)
    lines = [say("sweep.head", lang, count=found.draws, seed=str(found.seed), law=law)]
    return [*lines, *noise_lines(found.scenario, found.noise, lang)]


def law_text(scenario: Scenario, law: Law | None, lang: str) -> str:
    """How the weights are drawn."""
    if law is None:
        return say("sweep.law_fixed", lang)
    if isinstance(law, Anywhere):
        return say("sweep.law_anywhere", lang)
    if isinstance(law, Around):
        total, points = sum(scenario.weights.values(), start=Fraction(0)), {}
        for factor, weight in scenario.weights.items():
            part = float(weight / total)
            points[factor] = exact(round(100 * sqrt(part * (1 - part) / (float(law.concentration) + 1)), 1))
        value = {"value": law.concentration, "points": _named(scenario, points, lang)}
        return say("sweep.law_around", lang, **value)
    if isinstance(law.points, Mapping):
        by = {factor: exact(points) for factor, points in law.points.items() if points}
        return say("sweep.law_by_factor", lang, points=_named(scenario, by, lang))
    return say("sweep.law_within", lang, points=exact(law.points))


def _named(scenario: Scenario, points: Mapping[str, Number], lang: str) -> list[str]:
    if len(points) > 1 and len(set(points.values())) == 1:
        return [say("sweep.point_each", lang, value=next(iter(points.values())))]
    return [
        say("sweep.point", lang, name=scenario.factor(factor).name, value=value)
        for factor, value in points.items()
    ]


def noise_lines(scenario: Scenario, noise: Mapping[str, Number], lang: str) -> list[str]:
    """By how much the data is off, factors of the same percentage together."""
    alike: dict[Number, list[object]] = {}
    for factor, percent in noise.items():
        alike.setdefault(percent, []).append(scenario.factor(factor).name)
    return [say("sweep.noise", lang, percent=percent, names=names) for percent, names in alike.items()]


def remarks(found: Sweep, lang: str) -> list[str]:
    """Below a table: money moved, what ± and 0 mean, what drives, what was left out, how exact it is."""
    first, *rest = notes(found, lang)
    return [first, say("sweep.drives_data" if found.noise else "sweep.drives_weights", lang), *rest]


def notes(found: Sweep, lang: str) -> list[str]:
    """What stands below figures of any kind: money moved, what ± and 0 mean, what was left out, how exact."""
    lines = [
        moved_line(found, lang),
        say("sweep.quantile", lang),
        say("sweep.errors", lang, count=found.counted),
    ]
    if found.excluded:
        lines.append(say("sweep.excluded", lang, count=found.excluded))
    return [*lines, say("sweep.near" if found.near else "sweep.not_near", lang, near=found.near)]


def moved_line(found: Sweep, lang: str) -> str:
    """How much money moves on average; where sums differ, by how much, and what is gained and lost."""

    def cash(amount: Number) -> str:
        return money(_whole_units(amount, found.scenario), found.scenario.fund.currency, lang)

    if found.moved is None:
        held = find(found.present.amounts, found.base)
        total = total_clause(held, terms([found.present], lang))
        details = {"total": total, "gained": cash(found.gained), "lost": cash(found.lost)}
        return say(f"sweep.other_sum_{base_name(found)}", lang, **details)
    whole = sum(found.present.amounts.values(), start=Fraction(0))
    percent = number(Fraction(found.moved) * 100 / whole, lang, 1)
    return say(f"sweep.moved_{base_name(found)}", lang, moved=cash(found.moved), percent=percent)


def _whole_units(amount: Number, scenario: Scenario) -> Number:
    """A mean to a hundredth of the rounding unit, which a mean of rounded amounts can bear."""
    step = max(Fraction(scenario.fund.unit) / 100, Fraction(1, 100))
    return exact(round(amount / step) * step)


def trace(found: Sweep, lang: str) -> list[str]:
    """What the figures were made from, so that they can be made again."""
    return [
        say("cli.trace", lang, version=METHOD_VERSION, digest=found.scenario.digest),
        say("sweep.trace", lang, seed=str(found.seed), numpy=found.numpy, digest=found.digest),
    ]


def chance_text(found: Sweep, chance: Fraction, lang: str) -> str:
    """A chance in percent with its sampling error, to as many decimals as show that: 45.58 ±0.05."""
    error = found.error(chance) * 100
    if not error:
        return number(chance * 100, lang, 0)
    places = next((n for n in (1, 2, 3, 4, 5) if 10.0**-n <= error), 5)
    percent = number(chance * 100, lang, places)
    return say("sweep.chance", lang, percent=percent, error=number(Fraction(error), lang, places))


def rank_text(place: tuple[int, int], lang: str) -> str:
    """A rank, or a group of them: 3, or 11–20."""
    first, last = place
    return str(first) if first == last else say("sweep.ranks", lang, first=str(first), last=str(last))


def grouped_ranks(
    found: Sweep, most: int = MOST_GROUPS
) -> tuple[tuple[tuple[int, int], ...], Mapping[str, tuple[Fraction, ...]]]:
    """Ranks in so many groups of one size at most, and the chance of each; as they are where they are few."""
    places = found.places
    size = -(-len(places) // most)
    starts = range(0, len(places), size)
    groups = tuple((places[at][0], places[min(at + size, len(places)) - 1][1]) for at in starts)
    ranks = {
        id: tuple(sum(row[at : at + size], start=Fraction(0)) for at in starts)
        for id, row in found.ranks.items()
    }
    return groups, ranks


def usual_rank(found: Sweep, id: str, lang: str) -> str:
    """The rank with the largest chance (of equal ones the better), and that in percent, rounded down."""
    chances = found.ranks[id]
    at = max(range(len(chances)), key=lambda k: (chances[k], -k))
    percent = number(Fraction(chances[at] * 1000 // 1, 10), lang)  # 100 is said of all draws only
    return say("sweep.rank_share", lang, rank=rank_text(found.places[at], lang), percent=percent)


def input_name(found: Sweep, input: str, lang: str) -> str:
    """What drives: a factor, or all weights together."""
    if input == WEIGHTS:
        return say("sweep.driver_weights", lang)
    return str(getattr(found.scenario.factor(input).name, lang))


def verdicts(found: Sweep, lang: str) -> list[str]:
    """Who gets more than the base nearly always, who less, and for whom it depends on what is drawn."""
    groups: dict[str, list[str]] = {"more": [], "less": [], "same": [], "open": []}
    for recipient in found.scenario.recipients:
        id = recipient.id
        chances = {"more": found.more[id], "less": found.less[id]}
        chances["same"] = 1 - found.more[id] - found.less[id]
        sure = [key for key, chance in chances.items() if chance >= SAFE]
        groups[sure[0] if sure else "open"].append(getattr(recipient.name, lang))
    lines = []
    for key, names in groups.items():
        if names:
            whom: object = names if len(names) <= MOST_LISTED else say("sweep.many", lang, count=len(names))
            if len(names) == len(found.scenario.ids):
                whom = say("sweep.everybody", lang)
            lines.append(say(f"sweep.verdict_{key}", lang, names=whom, base=against(found, lang)))
    return lines


def main_driver(found: Sweep, driven: Drivers, id: str, lang: str) -> str:
    """What drives a recipient most, and its part of the variance in percent; blank where nothing does."""
    parts = (driven.first or driven.weights or {}).get(id, {}) if found.least[id] < found.most[id] else {}
    input = max(parts, key=lambda each: parts[each], default=None)
    if input is None or parts[input] <= 0:
        return ""
    name = input_name(found, input, lang)
    percent = part_text(parts[input], driven.error(id, input), lang, places=0)
    return say("sweep.driver_share", lang, name=name, percent=percent)


def part_text(part: float, error: float | None, lang: str, *, places: int = 1) -> str:
    """A part of the variance in percent, where it is an estimate with its sampling error: 101.3 ±2.4.

    Below zero an estimate says no more than nothing.
    """
    percent = number(exact(round(max(part, 0.0) * 100, places)), lang, places)
    if error is None:
        return percent
    step = 10.0**-places
    scatter = math.ceil(error * 100 / step) * step  # never less than it is
    return say(
        "sweep.chance", lang, percent=percent, error=number(exact(round(scatter, places)), lang, places)
    )
