"""What is found from what was found last is what is found from nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from depth import cases, deeper

from allocator import Factor, Fund, Recipient, Scenario
from allocator.analysis.explain.guided import Guided
from allocator.core.stages.bounds import Bounds
from allocator.core.stages.score import score

SIZE = 6


def clipped(multiple: Fraction, score: int, floor: int | None, cap: int | None) -> Fraction:
    amount = max(multiple * score, Fraction(floor or 0))
    return amount if cap is None else min(amount, Fraction(cap))


@deeper
def test_limits_hold_with_one_multiplier_whatever_was_held_before() -> None:
    """Scores and limits change one after the other; in small numbers limits are often met exactly."""
    rnd, guided, checked = Random(31), Guided(), 0
    scores, limits, large = [1] * SIZE, Bounds((None,) * SIZE, (None,) * SIZE), 1
    while checked < cases(2000):
        if rnd.random() < 0.5:
            large = rnd.choice((1, 10**9, 10**200, 10**400))
            scores = [rnd.randint(0, 4) * large + rnd.randint(0, large - 1) for _ in range(SIZE)]
        if rnd.random() < 0.5:
            floors = [rnd.choice((None, 0, 1, 2, 3)) for _ in range(SIZE)]
            caps = [rnd.choice((None, (floor or 0) + rnd.randint(0, 3))) for floor in floors]
            limits = Bounds(floors, caps)
        rows = list(zip(scores, limits.floors, limits.caps, strict=True))
        least = sum(floor or 0 for _, floor, _ in rows)
        most = sum((floor or 0) if not s else 30 if cap is None else cap for s, floor, cap in rows)
        if not any(scores) or most <= least:
            continue
        total = rnd.randint(least, most)
        found = guided.hold(scores, limits, total)
        assert sum(found.amounts) == total * found.over
        for amount, (own, floor, cap) in zip(found.amounts, rows, strict=True):
            assert Fraction(amount, found.over) == (
                clipped(found.rate, own, floor, cap) if limits.any else found.rate * own
            )
        checked += 1


@deeper
def test_scores_found_by_a_difference_are_the_sums_of_their_parts() -> None:
    rnd = Random(32)
    ids = [f"r{i}" for i in range(SIZE)]

    def column(id: str) -> Factor:
        values = [Fraction(rnd.randint(0, 50), rnd.choice((1, 3, 100))) for _ in ids]
        return Factor(id, (1, *values[1:]))

    rule = Scenario(
        title="a rule",
        fund=Fund(1000, "CNY", 1),
        kind="shares",
        weights={f"f{j}": 20 for j in range(5)},
        recipients=[Recipient(id) for id in ids],
        factors=[*(column(f"f{j}") for j in range(5)), column("c")],
    )
    last = score(rule, rule.rules[0])
    for _ in range(cases(300)):
        change = rnd.randrange(4)
        if change == 0:
            at = rnd.randrange(5)
            factors = [column(f.id) if j == at else f for j, f in enumerate(rule.factors)]
            rule = replace(rule, factors=factors)
        elif change == 1:  # one weight by itself, the others in proportion, sometimes all on one or none
            own, to = rnd.choice(list(rule.weights)), rnd.choice((0, 10, Fraction(50, 3), 100))
            rest = 100 - rule.weights[own]
            others = {f: w * (100 - to) / Fraction(rest) if rest else 0 for f, w in rule.weights.items()}
            if sum(others.values()) - others[own] + to == 100:
                rule = replace(rule, weights={**others, own: to})
        elif change == 2:
            rule = replace(rule, coefficient=rnd.choice((None, "c")))
        else:
            rule = replace(rule, kind=rnd.choice(("shares", "scores")))
        last = score(rule, rule.rules[0], last)
        assert list(last.totals) == [sum(parts) for parts in zip(*last.parts.values(), strict=True)]
        assert list(last.bare_totals) == [sum(parts) for parts in zip(*last.bare.values(), strict=True)]
