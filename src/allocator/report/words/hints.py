"""Hints in words on data that is allowed and yet often not meant.  A hint refuses nothing."""

from __future__ import annotations

from allocator.analysis.hints import in_no_pool, like_totals, zero_coefficients
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
    for zeros in zero_coefficients(scenario):
        listed, count = [names[id] for id in zeros.recipients[:MOST_NAMES]], len(zeros.recipients)
        key = "hint.zero" if count <= MOST_NAMES else "hint.zero_many"
        column = scenario.factor(zeros.column).name
        whom = book.say(key, names=listed, count=count, column=column)
        if zeros.pool.kind != "shares":
            lines.append(book.say("hint.zero_scores", whom=whom))
        else:
            lines.append(book.say("hint.zero_where" if scenario.pools else "hint.zero_shares", whom=whom))
    nowhere = in_no_pool(scenario)
    if nowhere:
        listed = [names[id] for id in nowhere[:MOST_NAMES]]
        key = "hint.no_pool" if len(nowhere) <= MOST_NAMES else "hint.no_pool_many"
        lines.append(book.say(key, names=listed, count=len(nowhere)))
    return lines
