"""Refuses what a page, paper or question does not cover: it is never computed as if a clause were absent."""

from __future__ import annotations

from allocator.core.errors import Problem, ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.text import both


def covers_format_1(scenario: Scenario, surface: str) -> None:
    """Raises ScenarioError where the scenario uses a clause that format 1 cannot say.

    ``surface`` is the full key of what would not cover it, "beyond.surface.audit"; the sentence names it and
    the clauses.
    """
    if scenario.beyond:
        clauses = [Text(*both(f"beyond.{kind}")) for kind in scenario.beyond]
        details = {"title": scenario.title, "clauses": clauses, "surface": Text(*both(surface))}
        raise ScenarioError(Problem("beyond", details))
