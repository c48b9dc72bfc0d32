"""Real factor data held against the published split under readings, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allocator.analysis.audit import Fit, Known, Reading, fit, nearest_fits
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.report.audit.verdict import known_text, scored_text
from allocator.report.words.finding import MOST_NAMES
from allocator.report.words.ranges import amount_text
from allocator.text import money, say, show

Fits = Mapping[str, Fit | AllocatorError]


def real(scenario: Scenario) -> bool:
    """Whether the scenario brings factor data that can be held against a split: nothing of it assumed."""
    return scenario.published is not None and not scenario.assumed


def fits(readings: Mapping[str, Reading], data: Scenario) -> Fits:
    """By name, the fit of each reading with the data, or what keeps its rule from being worked out."""
    found: dict[str, Fit | AllocatorError] = {}
    for name, reading in readings.items():
        try:
            found[name] = fit(reading, data)
        except AllocatorError as error:
            found[name] = error
    return found


def fit_lines(found: Fit | AllocatorError, reading: Reading, data: Scenario, lang: str) -> list[str]:
    """Whether the data gives the published split under a reading; where not, by how much."""
    if isinstance(found, AllocatorError):
        return [say("audit.fit_failed", lang, why=" ".join(found.sentences(lang)))]
    scenario = reading.scenario
    status = list(dict.fromkeys(say(f"status.{data.factor(id).status}", lang) for id in scenario.weights))
    lines = []
    if not found.off:
        lines.append(say("audit.fit_exact", lang, status=status))
    else:
        differences, currency = found.differences, scenario.fund.currency
        largest = max(by if by > 0 else -by for by in differences.values())
        names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
        most = [
            say("audit.fit_most", lang, name=names[id], by=money(by, currency, lang, sign=True))
            for id, by in differences.items()
            if by in (largest, -largest)
        ]
        lines.append(
            say(
                "audit.fit_off",
                lang,
                status=status,
                count=sum(1 for by in differences.values() if by),
                all=len(differences),
                amount=amount_text(found.off, scenario, lang),
                most=show(most[:MOST_NAMES], lang)
                if len(most) <= MOST_NAMES
                else say("finding.and_more", lang, names=most[:MOST_NAMES], count=len(most)),
            )
        )
    if found.unmet:
        facts = [
            known_text(fact, scenario, lang) if isinstance(fact, Known) else scored_text(fact, scenario, lang)
            for fact in found.unmet[:4]
        ]
        lines.append(say("audit.fit_unmet", lang, facts=facts))
    return [*lines, say("audit.fit_only", lang)]


def nearest_line(titles: Mapping[str, Text], found: Fits, lang: str) -> str:
    """Which of the readings comes nearest to the published split with the data."""
    worked = {name: one for name, one in found.items() if isinstance(one, Fit)}
    nearest: Sequence[str] = list(nearest_fits(worked))
    if not nearest:
        return say("audit.fit_no_nearest", lang)
    key = "audit.fit_nearest" if len(nearest) == 1 else "audit.fit_nearest_several"
    return say(key, lang, titles=[titles[name] for name in nearest])


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
