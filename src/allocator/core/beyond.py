"""Refuses what a page, paper or question does not cover: it is never computed as if a clause were absent."""

from __future__ import annotations

from collections.abc import Collection

from allocator.core.errors import Problem, ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.text import both


def covers(scenario: Scenario, surface: str, also: Collection[str] = ()) -> None:
    """Raises ScenarioError where the scenario uses a clause of format 2 alone that is not in ``also``.

    ``surface`` is the full key of what would not cover it, "beyond.surface.audit"; the sentence names it and
    the clauses that it does not cover.  ``also`` are kinds of `Scenario.beyond`, and "basis": a rule that is
    held as a pool only for the provision that it rests on.
    """
    kinds = [kind for kind in scenario.beyond if kind not in also]
    if scenario.pools and not kinds and "basis" not in also:
        kinds = ["basis"]  # such a rule is held as a pool: who reads its weights as of format 1 finds none
    if kinds:
        clauses = [Text(*both(f"beyond.{kind}")) for kind in kinds]
        details = {"title": scenario.title, "clauses": clauses, "surface": Text(*both(surface))}
        raise ScenarioError(Problem("beyond", details))


def covers_format_1(scenario: Scenario, surface: str) -> None:
    """Raises ScenarioError where the scenario uses a clause that format 1 cannot say."""
    covers(scenario, surface)
