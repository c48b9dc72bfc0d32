"""The one question: the least change at which all targets are met, of the weights or of one clause."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from allocator.analysis.seek.answer import Answer, Clause
from allocator.analysis.seek.clauses import seek_clause
from allocator.analysis.seek.levers import Lever
from allocator.analysis.seek.targets import Target
from allocator.analysis.seek.weights import seek_weights
from allocator.analysis.seek.whole import seek_clause_of, seek_lever
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import wrong


def seek(
    scenario: Scenario,
    targets: Sequence[Target],
    *,
    clause: Clause | None = None,
    lever: Lever | None = None,
    step: Number = 1,
    keep: Sequence[str] = (),
    bounds: Mapping[str, tuple[Number | None, Number | None]] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Answer:
    """Seeks the nearest weights, or the nearest value of one ``clause``, under which all targets are met.

    A rule with several pools says by a ``lever`` which weights move: those of one pool, the parts of an
    indicator, or the pools' money.

    Weights: the least Σ|w′ − w| in steps of so many percentage points; among equals the smallest largest
    single change decides, then listed order.  ``keep`` names factors whose weight stays, ``bounds`` gives the
    least and the most of others.  A clause (a cap, floor or reservation) moves by rounding units, or by
    ``step`` where it is a rate.  What counts are the amounts of `allocate`, in the main unit; the answer says
    whether it is proved to be the least, and where nothing does it, why.  ``progress`` is called with the
    part done.

    Raises ScenarioError for targets, bounds and steps that cannot be, InfeasibleError where the present
    limits cannot all hold.

    >>> from allocator import load_scenario
    >>> scenario = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> answer = seek(scenario, [Target("amount", ("ftz",), "<=", 48_000_000)])
    >>> answer.change, answer.proved, dict(answer.found.scenario.weights)["employment"]
    (66, True, 42)
    """
    second = bool(scenario.pools or scenario.beyond)
    if clause is not None and lever is not None:
        wrong("seek_clause_lever", at={"option": "change"})
    if clause is None and (second or lever is not None):
        return seek_lever(scenario, targets, lever, step=step, keep=keep, bounds=bounds, progress=progress)
    if clause is None:
        return seek_weights(scenario, targets, step=step, keep=keep, bounds=bounds, progress=progress)
    for option, given in (("keep", keep), ("bounds", bounds)):
        if given:
            wrong("seek_clause_weights", at={"option": option}, name=option)
    if second:
        return seek_clause_of(scenario, targets, clause, step=step)
    return seek_clause(scenario, targets, clause, step=step)
