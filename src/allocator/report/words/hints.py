"""Hints in words on data that is allowed and yet often not meant.  A hint refuses nothing."""

from __future__ import annotations

from allocator.analysis.hints import like_totals, zero_coefficients
from allocator.core.model import Scenario
from allocator.text import Phrasebook

MOST_NAMES = 5


def hint_lines(scenario: Scenario, book: Phrasebook) -> list[str]:
    """A sentence for each thing to look at; none where there is nothing."""
    names = {r.id: r.name for r in scenario.recipients}
    lines = []
    totals = like_totals(scenario)
    for found in totals[:MOST_NAMES]:
        if found.first is None:
            lines.append(book.say("hint.total_of_all", name=names[found.recipient]))
        else:
            last = scenario.participants[scenario.participants.index(scenario.ids.index(found.recipient)) - 1]
            first = scenario.recipients[found.first].name
            details = {"name": names[found.recipient], "first": first, "last": scenario.recipients[last].name}
            lines.append(book.say("hint.total_of_run", **details))
    if len(totals) > MOST_NAMES:
        lines.append(book.say("hint.totals_more", count=len(totals) - MOST_NAMES))
    zeros = zero_coefficients(scenario)
    if zeros and scenario.coefficient is not None:
        column = scenario.factor(scenario.coefficient).name
        listed = [names[id] for id in zeros[:MOST_NAMES]]
        key = "hint.zero" if len(zeros) <= MOST_NAMES else "hint.zero_many"
        whom = book.say(key, names=listed, count=len(zeros), column=column)
        key = "hint.zero_shares" if scenario.kind == "shares" else "hint.zero_scores"
        lines.append(book.say(key, whom=whom))
    return lines
