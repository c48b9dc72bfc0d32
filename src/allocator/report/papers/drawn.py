"""The charts that cover the clauses of format 1 alone: those of steps, and those of moved weights."""

from __future__ import annotations

from allocator.core.beyond import covers_format_1
from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.text import Phrasebook

MOST_STEPS = 20  # the most recipients for whom charts of their own are drawn
STEPS, SWINGS = "beyond.surface.chart", "beyond.surface.sensitivity"


def beyond(scenario: Scenario, surface: str, book: Phrasebook) -> list[str]:
    """The sentence on the clauses that a set of charts does not cover; empty where it covers all.

    >>> from allocator import load_scenario
    >>> beyond(load_scenario("scenarios/luzhou-2023/cap-zone.toml"), STEPS, Phrasebook("en"))
    []
    """
    try:
        covers_format_1(scenario, surface)
    except ScenarioError as error:
        return error.sentences(book)
    return []
