"""The multiplier of the limits, held against its definition in small whole numbers.

In large random numbers it is rare that a bend is met exactly, or that everybody stands at a limit; in small
ones it is the rule.
"""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

import pytest
from depth import cases
from test_stages import limits, scenario

from allocator import allocate
from allocator.core.stages.limit import find_multiplier

Limits = Sequence[int | None]


def held_between(multiple: Fraction, scores: Sequence[int], floors: Limits, caps: Limits) -> list[Fraction]:
    """min(max(λ s, floor), cap) for everybody, a limit that is None being none."""
    held = []
    for score, floor, cap in zip(scores, floors, caps, strict=True):
        amount = max(multiple * score, Fraction(floor or 0))
        held.append(amount if cap is None else min(amount, Fraction(cap)))
    return held


def some_case(rnd: Random) -> tuple[list[int], list[int | None], list[int | None], int]:
    """Scores, limits and money that can hold: somebody's amounts, with limits at them or around them."""
    scores, floors, caps, total = [], [], [], 0
    for _ in range(rnd.randint(1, 4)):
        score, amount = rnd.randint(0, 4), rnd.randint(0, 6)
        floor = rnd.choice((None, amount, rnd.randint(0, amount)))
        cap = rnd.choice((None, amount, amount + rnd.randint(0, 3)))
        total += amount if score else floor or 0  # whom nothing is due gets the floor and no more
        scores.append(score)
        floors.append(floor)
        caps.append(cap)
    return scores, floors, caps, total


def test_it_brings_the_money_and_is_the_nearest_to_one_that_does():
    rnd, other = Random(1), 0
    for _ in range(cases(4000)):
        scores, floors, caps, total = some_case(rnd)
        if not any(scores):
            continue
        p, q = find_multiplier(scores, floors, caps, total)
        found, one = Fraction(p, q), Fraction(total, sum(scores))
        held = held_between(found, scores, floors, caps)
        assert sum(held) == total
        if found != one:
            # amounts never fall as λ grows, so the least step towards k = 1 tells of all of them
            nearer = found + (one - found) / 10**9
            assert held_between(nearer, scores, floors, caps) != held
            other += all(amount in limits for amount, *limits in zip(held, floors, caps, strict=True))
    assert other > 100  # often everybody stands at a limit, and 1 is none of the multipliers that do


@pytest.mark.parametrize(
    ("values", "floors", "caps", "multiplier"),
    [
        # entitlements 10 and 90: the cap of a is met from k = 50/10 on, that of b from 50/90
        ((1, 9), (), (50, 50), 5),
        # the floor of a holds up to k = 50/10, that of b up to 50/90
        ((1, 9), (50, 50), (), Fraction(5, 9)),
        # the cap of a is met from k = 60/75 on and the floor of b holds up to 40/25: 1 lies between
        ((3, 1), (None, 40), (60,), 1),
        # a, held to 10, has nothing to say; the cap of b is met from k = 90/50 on
        ((1, 1), (10,), (10, 90), Fraction(9, 5)),
        # floor 30 and cap 50 bind at 10/30/60, and b's 70/3 are 7/9 of 30
        ((10, 30, 60), (30,), (None, None, 50), Fraction(7, 9)),
    ],
)
def test_multipliers_worked_out_by_hand(values, floors, caps, multiplier):
    assert allocate(scenario(values, limits=limits(floors, caps))).split.multiplier == multiplier
