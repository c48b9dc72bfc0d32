"""Sentences on the fit of real factor data with the published split under readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allocator.analysis.audit import Fit, Known, Reading, fit, nearest_fits
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.report.audit.verdict import known_text, of_money, scored_text
from allocator.report.words.finding import MOST_NAMES
from allocator.report.words.ranges import amount_text
from allocator.text import Phrasebook

Fits = Mapping[str, Fit | AllocatorError]


def real(scenario: Scenario) -> bool:
    """True if the scenario has a published split and no weighted factor that is assumed or an example."""
    return scenario.published is not None and not scenario.assumed


def fits(readings: Mapping[str, Reading], data: Scenario) -> Fits:
    """The fit of each reading with the data, by name, or the error that prevents its calculation."""
    found: dict[str, Fit | AllocatorError] = {}
    for name, reading in readings.items():
        try:
            found[name] = fit(reading, data)
        except AllocatorError as error:
            found[name] = error
    return found


def fit_lines(found: Fit | AllocatorError, reading: Reading, data: Scenario, book: Phrasebook) -> list[str]:
    """Sentences on the fit of the data with the published split under a reading, and on any difference."""
    if isinstance(found, AllocatorError):
        return [book.say("audit.fit_failed", why=" ".join(found.sentences(book)))]
    scenario = reading.scenario
    behind = data.behind if reading.columns is not None else [data.factor(id) for id in scenario.weights]
    status = list(dict.fromkeys(book.say(f"status.{factor.status}") for factor in behind))
    lines = []
    if not found.off:
        key = "audit.fit_exact_adjusted" if scenario.adjustments else "audit.fit_exact"
        lines.append(book.say(key, status=status))
        if scenario.adjustments:
            lines.append(book.say("audit.fit_adjusted_only"))
    else:
        differences, currency = found.differences, scenario.fund.currency
        largest = max(by if by > 0 else -by for by in differences.values())
        names = {r.id: book.text(r.name) for r in scenario.recipients}
        most = [
            book.say("audit.fit_most", name=names[id], by=book.money(by, currency, sign=True))
            for id, by in differences.items()
            if by in (largest, -largest)
        ]
        lines.append(
            book.say(
                "audit.fit_off_adjusted" if scenario.adjustments else "audit.fit_off",
                status=status,
                count=sum(1 for by in differences.values() if by),
                all=len(differences),
                amount=amount_text(found.off, scenario, book),
                most=book.show(most[:MOST_NAMES])
                if len(most) <= MOST_NAMES
                else book.say("finding.and_more", names=most[:MOST_NAMES], count=len(most)),
            )
        )
    if found.unmet:
        facts = [
            known_text(fact, scenario, book) if isinstance(fact, Known) else scored_text(fact, scenario, book)
            for fact in found.unmet[:4]
        ]
        lines.append(book.say("audit.fit_unmet", facts=facts))
    return [*lines, of_money("audit.fit_only", "audit.fit_only_not_money", scenario, book)]


def nearest_line(titles: Mapping[str, Text], found: Fits, book: Phrasebook) -> str:
    """The sentence naming the readings under which the data comes nearest to the published split."""
    worked = {name: one for name, one in found.items() if isinstance(one, Fit)}
    nearest: Sequence[str] = list(nearest_fits(worked))
    if not nearest:
        return book.say("audit.fit_no_nearest")
    key = "audit.fit_nearest" if len(nearest) == 1 else "audit.fit_nearest_several"
    return book.say(key, titles=[titles[name] for name in nearest])


def fit_data(found: Fit | AllocatorError) -> dict[str, Any]:
    """A fit as plain data; differences in the main unit."""
    if isinstance(found, AllocatorError):
        return {"exact": False, "off": None, "differences": None, "unmet": None}
    return {
        "exact": found.exact,
        "off": float(found.off),
        "differences": {id: float(by) for id, by in found.differences.items()},
        "unmet": len(found.unmet),
    }
