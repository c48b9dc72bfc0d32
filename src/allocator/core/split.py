"""The parts of a result: the split of one pool, and what one stage adds to each amount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from allocator.core.exact import Number
from allocator.core.pools import Pool
from allocator.core.stages.groups import Group, groups_in


@dataclass(frozen=True)
class Stage:
    """The part that one stage of the rule adds to each recipient's amount, in the main unit.

    ``factor`` is the id of a factor's stage, ``pool`` that of the pool it belongs to ("" without pools).
    """

    kind: Literal[
        "factor", "coefficient", "phase_in", "limits", "scale", "deduction", "rounding", "earmark",
        "adjustment",
    ]  # fmt: skip
    amounts: Mapping[str, Number]
    factor: str = ""
    pool: str = ""


@dataclass(frozen=True, kw_only=True)
class Rounded:
    """Amounts within limits and in whole units, by place among ``members``: positions in the scenario.

    Held as integers over common denominators.  ``by`` are what was shared in proportion to; ``entitled`` is
    the sum of all entitlements in units, with what is held already: ``held`` in units, empty where nobody
    does.  ``floor_units`` and ``cap_units`` are whole units of what is paid, or None; ``groups`` bound sums.
    ``limited_units[i]`` over ``limited_over`` is the amount after limits, less what is held, ``units[i]``
    that after rounding.  ``multiplier`` is the k of the limits (1 without), or the part of the gains that is
    kept.  ``left`` are the units that rounding each amount by itself leaves (below zero: it has too much).
    """

    members: tuple[int, ...]
    by: tuple[int, ...]
    entitled: Number
    floor_units: tuple[int | None, ...]
    cap_units: tuple[int | None, ...]
    groups: tuple[Group, ...]
    held: tuple[Number, ...]
    multiplier: Number
    limited_units: tuple[int, ...]
    limited_over: int
    units: tuple[int, ...]
    left: int
    tied: tuple[int, ...]

    @cached_property
    def total_by(self) -> int:
        """Σ of what was shared in proportion to, or 1 where it is all zero."""
        return sum(self.by) or 1

    @cached_property
    def total(self) -> int:
        """The money in units, with what rounding left."""
        return sum(self.units) + self.left

    @cached_property
    def at(self) -> tuple[str | None, ...]:
        """The limit that each member stands at: "floor", "cap" or None."""

        def stands(limited: int, floor: int | None, cap: int | None, by: int) -> str | None:
            at_floor = floor is not None and limited == floor * self.limited_over
            at_cap = cap is not None and limited == cap * self.limited_over
            if at_floor and at_cap:  # a floor equal to the cap: whichever the multiplier would leave
                wanted = self.multiplier * self.entitled * Fraction(by, self.total_by)
                return "cap" if wanted > floor else "floor"  # type: ignore[operator]
            return "floor" if at_floor else "cap" if at_cap else None

        return tuple(map(stands, self.limited_units, self.floor_units, self.cap_units, self.by))

    @cached_property
    def groups_at(self) -> tuple[tuple[Group, str], ...]:
        """The groups whose sum stands at a bound, from the outside in, with "floor" or "cap"."""
        found: list[tuple[Group, str]] = []
        for group in groups_in(self.groups):
            amount = sum(self.limited_units[at] for at in group.places)
            if group.cap is not None and amount == group.cap * self.limited_over:
                found.append((group, "cap"))
            elif group.floor and amount == group.floor * self.limited_over:
                found.append((group, "floor"))
        return tuple(found)

    @cached_property
    def grouped(self) -> Mapping[int, str]:
        """The bound that the innermost such group of a member stands at, by place: "floor" or "cap"."""
        return {at: end for group, end in self.groups_at for at in group.places}


@dataclass(frozen=True, kw_only=True)
class Split(Rounded):
    """分项测算结果: every stage of one pool.

    ``parts[j][i]`` over Σ scores is the share that factor j brings member i; ``bare`` is the same before the
    coefficients, ``bare_entitled`` the entitlements before them.  ``by`` are the scores, or with phasing in
    what comes of them and last year's amounts.
    """

    pool: Pool
    parts: Mapping[str, tuple[int, ...]]
    bare: Mapping[str, tuple[int, ...]]
    scores: tuple[int, ...]
    bare_entitled: Number

    @cached_property
    def total_score(self) -> int:
        """Σ s, or 1 where every score is zero."""
        return sum(self.scores) or 1
