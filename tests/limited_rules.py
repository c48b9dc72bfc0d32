"""Random rules in which most stand at a limit while weights move: ties, equal limits, nobody between them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from allocator import Earmark, Factor, Fund, Limit, Recipient, Scenario


def limited_rule(rnd: Random, size: int) -> Scenario:
    """A scenario that may not be possible; raises what the model raises."""
    ids = [f"r{i}" for i in range(size)]
    style = rnd.randrange(4)

    def value() -> int | Fraction:
        if style == 0:
            return rnd.choice((0, 1, 1, 2, 3))
        if style == 1:
            return rnd.choice((1, 2, 5, 5, 10))
        return Fraction(rnd.randint(0 if style == 2 else 1, 10**6), 100)

    factors = [Factor(f"f{j}", tuple(value() for _ in ids)) for j in range(rnd.randint(2, 4))]
    cuts = sorted(rnd.choice((0, 10, 25, 50, 90, 100)) for _ in factors[1:])
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    part = rnd.choice((1, 10, 600))
    limits, least, mixed = [], 0, 0
    for id in ids:
        floor = rnd.choice((0, 0, part, 2 * part, rnd.randint(0, 3 * part)))
        cap = floor + rnd.choice((0, part, 2 * part, rnd.randint(0, 3 * part)))
        kind = rnd.randrange(5)
        if kind == 0:
            floor, cap = 0, None
        elif kind == 1:
            cap = None
        limits.append(Limit((id,), floor=floor, cap=cap))
        least += floor
        mixed += rnd.choice((floor, floor + part if cap is None else cap))
    if rnd.random() < 0.3:  # all the same, so that many reach a limit at once
        limits = [Limit(floor=part, cap=2 * part)]
        least, mixed = size * part, sum(rnd.choice((part, 2 * part)) for _ in ids)
    total = rnd.choice((mixed, mixed, least, mixed + rnd.randint(0, part), least + size * part))
    earmarks = [
        Earmark(rnd.choice(ids), rnd.randint(1, 2 * part), True) for _ in range(rnd.choice((0, 0, 0, 1, 2)))
    ]
    kind = rnd.choice(("shares", "shares", "scores"))
    found = Scenario(
        title="a random rule",
        fund=Fund(total + sum(e.amount for e in earmarks) or 1, "CNY", 1),
        kind=kind,
        weights={f.id: w for f, w in zip(factors, weights, strict=True)},
        recipients=[Recipient(id) for id in ids],
        factors=[*factors, Factor("c", tuple(rnd.choice((0, 1, 1, 2)) for _ in ids))],
        earmarks=earmarks,
        limits=limits,
    )
    return replace(found, coefficient="c") if rnd.random() < 0.2 else found
