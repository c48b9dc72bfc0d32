"""The search over a rule of format 2: by one pool alone where that is the whole of it, else by allocating.

Where nothing but one pool moves, the methods of format 1 find the least change and prove it.  All else is
gone through by size.  Every answer is allocated with the whole rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from allocator.analysis.seek.alone import alone, pool_with
from allocator.analysis.seek.answer import Answer, Clause
from allocator.analysis.seek.anywhere import Anywhere, Line
from allocator.analysis.seek.clauses import reach_of, seek_clause, size_of, with_clause
from allocator.analysis.seek.levers import Lever, check_lever
from allocator.analysis.seek.moves import Moves, TooMany, moves_among, points_of
from allocator.analysis.seek.targets import Target, check_targets
from allocator.analysis.seek.weights import seek_weights
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.pools import REST

Bounds = Mapping[str, tuple[Number | None, Number | None]]


def seek_lever(
    scenario: Scenario,
    targets: Sequence[Target],
    lever: Lever | None,
    *,
    step: Number = 1,
    keep: Sequence[str] = (),
    bounds: Bounds | None = None,
    progress: Callable[[float], None] | None = None,
) -> Answer:
    """The least move of weights, of an indicator's parts, or of the pools' money, that meets all targets.

    Raises ScenarioError for a lever that the rule has not, and for targets and bounds that cannot be.

    >>> from allocator import load_scenario
    >>> scenario = load_scenario("scenarios/luzhou-2023-pools/two-pools.toml")
    >>> answer = seek_lever(scenario, [Target("amount", ("ftz",), ">=", 16_720_000)], Lever("money"))
    >>> answer.proved, answer.after["domestic"]
    (True, 64)
    """
    lever = check_lever(scenario, lever)
    check_targets(scenario, targets)
    points = points_of(step)
    now = allocate(scenario)
    one = alone(now, lever.of) if lever.kind == "weights" else None
    if one is not None:
        part = seek_weights(one, targets, step=step, keep=keep, bounds=bounds, progress=progress)
        found = _of_whole(part, now, lever)
        if found is not None:
            return found
    values = lever.values(now)
    names = {id: lever.name(scenario, id) for id in values}
    size = lever.point(scenario, values, points)
    unknown = "audit_factor" if lever.kind == "weights" else "seek_name"
    moves = moves_among(values, size, names, step, keep, bounds, unknown=unknown)
    return _anywhere(now, tuple(targets), lever, moves, progress)


def _of_whole(part: Answer, now: Allocation, lever: Lever) -> Answer | None:
    """The answer of one pool alone as one of the whole rule; None where it does not hold there."""
    scenario = now.scenario
    found = _allocated_whole(part, lambda one: lever.changed(scenario, one.weights))
    return None if found is None else replace(found, now=now, lever=lever)


def _allocated_whole(part: Answer, whole: Callable[[Scenario], Scenario]) -> Answer | None:
    """The answer with everything in it allocated by the whole rule; None where it does not hold there.

    ``whole`` gives the whole rule with what was found for its part.
    """

    def of(found: Allocation | None) -> Allocation | None:
        return None if found is None else allocate(whole(found.scenario))

    try:
        found = of(part.found)
        why = part.impossible
        if why is not None:
            why = replace(why, nearest=of(why.nearest))
    except AllocatorError:
        return None
    if found is not None and not all(target.met(found) for target in part.targets):
        return None
    return replace(part, found=found, impossible=why)


def _anywhere(
    now: Allocation,
    targets: tuple[Target, ...],
    lever: Lever,
    moves: Moves,
    progress: Callable[[float], None] | None,
) -> Answer:
    search = Anywhere(now, targets, lever, moves, progress)
    try:
        found = search.least()
    except TooMany:
        searched = plain(2 * search.steps * moves.step)
        found = search.otherwise()
        change = None if found is None else _change(now, found, lever)
        return Answer(targets, now, found, change, False, searched, moves=moves, lever=lever)
    if found is None:
        why = search.tried.why()
        return Answer(targets, now, None, None, True, impossible=why, moves=moves, lever=lever)
    return Answer(targets, now, found, _change(now, found, lever), True, moves=moves, lever=lever)


def _change(now: Allocation, found: Allocation, lever: Lever) -> Number:
    """Σ|w′ − w|; the pool of the rest, whose money is in whole units, changes by what the others do."""
    before, after = lever.values(now), lever.values(found)
    rest: set[str] = set()
    if lever.kind == "money":
        rest = {pool.id for pool in now.scenario.pools if pool.amount == REST}
    moved = [Fraction(after[id] - value) for id, value in before.items() if id not in rest]
    by = abs(sum(moved, start=Fraction(0))) if rest else Fraction(0)
    return plain(sum((abs(move) for move in moved), start=by))


def seek_clause_of(
    scenario: Scenario, targets: Sequence[Target], clause: Clause, *, step: Number = 1
) -> Answer:
    """The least change of a floor, a cap or a reservation that meets all targets."""
    check_targets(scenario, targets)
    now = allocate(scenario)
    pool = pool_with(scenario, clause)
    one = alone(now, pool, clause) if pool is not None else None
    if one is not None:
        last = Clause(clause.kind, len(one.limits) - 1)
        found = _clause_of_whole(seek_clause(one, targets, last, step=step), now, clause)
        if found is not None:
            return found
    size, value = size_of(scenario, clause, step), Fraction(clause.value(scenario))
    ends = reach_of(scenario, clause, size)
    line = Line(scenario, targets, lambda n: with_clause(scenario, clause, plain(value + n * size)), ends)
    here = line.first()
    change = None if here is None else plain(abs(Fraction(clause.value(here.scenario)) - value))
    why = line.tried.why() if here is None and line.proved else None
    low, high = (plain(value + end * size) for end in ends)
    searched = None if line.proved else plain(line.steps * size)
    return Answer(
        tuple(targets), now, here, change, line.proved, searched, why, clause=clause, ends=(low, high)
    )


def _clause_of_whole(part: Answer, now: Allocation, clause: Clause) -> Answer | None:
    assert part.clause is not None
    last = part.clause
    found = _allocated_whole(part, lambda one: with_clause(now.scenario, clause, last.value(one)))
    return None if found is None else replace(found, now=now, clause=clause)
