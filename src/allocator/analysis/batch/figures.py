"""The figures of a rule in double precision, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from allocator.analysis.batch.masks import Array
from allocator.core.allocation import Allocation
from allocator.core.exact import scaled
from allocator.core.model import Scenario
from allocator.core.parts import wrong
from allocator.core.stages.feasible import check_feasible

ROOM = 2**20  # bytes of an array that stays in the processor's cache; of many recipients twice as many
NOISY_ROOM = 2**19  # the same with noise
LONG = 512  # recipients from which they, not the draws, lie side by side in memory

D = TypeVar("D", bound=Any)


def own_copy(frozen: D) -> D:
    """The same with its arrays, and those of its parts, in memory of this process.

    Arrays from another process may lie across machine words, and numpy then takes half as long again.
    """
    moved: dict[str, Any] = {}
    for field in fields(frozen):
        value: Any = getattr(frozen, field.name)
        if isinstance(value, np.ndarray):
            moved[field.name] = value.copy()
        elif is_dataclass(value):
            moved[field.name] = own_copy(value)
    return replace(frozen, **moved)


@dataclass(frozen=True, eq=False)
class Figures:
    """The figures of a rule by recipient that takes part; money in units, weights in parts of 1.

    ``columns[j, i]`` is recipient i's share of factor j, or its value under ``scores``, with the coefficient
    unless that is kept apart; where the scores then need no scaling (``plain``) also times ``total``.
    ``floors`` and ``caps`` are None without limits; ``start`` is the multiplier that they have under the
    scenario's own weights.
    """

    columns: Array
    coefficient: Array | None
    total: float
    plain: bool
    shares: bool
    largest_remainder: bool
    floors: Array | None
    caps: Array | None
    start: float

    @property
    def recipients(self) -> int:
        """The number of recipients that take part."""
        return int(self.columns.shape[1])

    @property
    def axis(self) -> int:
        """The axis of the recipients: 0 where arrays are recipients × draws, 1 for draws × recipients."""
        return 0 if self.recipients <= LONG else 1

    @property
    def width(self) -> int:
        """Draws that are worked out at once."""
        return self._fitting(ROOM if self.axis == 0 else 2 * ROOM, 8192)

    @property
    def noisy_width(self) -> int:
        """The same with noise, which is drawn for so many at once: for more of them it would be another."""
        return self._fitting(NOISY_ROOM, 4096)

    def _fitting(self, room: int, most: int) -> int:
        least = 128 if self.axis == 0 else 4
        return int(min(most, 2 ** int(np.log2(max(least, room // (8 * self.recipients))))))

    def of(self, first: int, last: int) -> Figures:
        """The figures of the recipients from first up to last alone; the total stays that of all."""
        some = slice(first, last)
        cut = {
            name: None if values is None else np.ascontiguousarray(values[..., some])
            for name, values in (
                ("columns", self.columns),
                ("coefficient", self.coefficient),
                ("floors", self.floors),
                ("caps", self.caps),
            )
        }
        return replace(self, **cut)  # type: ignore[arg-type]


def figures_of(present: Allocation, used: Sequence[bool], *, apart: bool = False) -> Figures:
    """The figures of a scenario's rule, by its allocation.

    ``used`` says of each factor whether weights on it can be above zero.  With ``apart`` the coefficient is
    kept apart from the columns, which may then be changed.

    Raises ScenarioError for a used factor of which nobody has anything, InfeasibleError where the limits can
    hold under no weights.
    """
    scenario = present.scenario
    total = sum(present.split.units)
    shares = scenario.kind == "shares"
    columns = np.array(
        [_column(scenario, factor, used) for factor, used in zip(scenario.weights, used, strict=True)]
    )
    coefficient = None
    if scenario.coefficient is not None:
        coefficient = np.array([float(c) for c in scenario.column(scenario.coefficient)])
        coefficient /= coefficient.max()
    if not apart and coefficient is not None:
        columns, coefficient = columns * coefficient, None
    floors, caps = present.split.floor_units, present.split.cap_units
    limited = any(f is not None for f in floors) or any(c is not None for c in caps)
    if limited:
        scores = [int(any(column)) for column in columns[list(used)].T]
        check_feasible(scenario, scores, floors, caps, total)
    plain = shares and scenario.coefficient is None and not limited and not apart
    return Figures(
        columns=columns * total if plain else columns,
        coefficient=coefficient,
        total=float(total),
        plain=plain,
        shares=shares,
        largest_remainder=scenario.fund.rounding == "largest-remainder",
        floors=np.array([float(f or 0) for f in floors]) if limited else None,
        caps=np.array([float(total if c is None else c) for c in caps]) if limited else None,
        start=float(present.split.multiplier),
    )


def _column(scenario: Scenario, factor: str, used: bool) -> list[float]:
    """Each value, or its part of the column, as the float nearest to it."""
    values, over = scaled([value or 0 for value in scenario.column(factor)])
    whole = over if scenario.kind == "scores" else sum(values)
    if used and not whole:
        wrong("column_zero", "factors", {"column": factor}, name=factor)
    return [value / whole if whole else 0.0 for value in values]
