"""A sweep of a scenario, and its results in the currency's main unit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

import numpy as np

from allocator.analysis.batch.masks import Ints
from allocator.analysis.sweep.case import MOST_UNITS, Case, case_of
from allocator.analysis.sweep.exactly import Exactly, exactly
from allocator.analysis.sweep.laws import Around, Law
from allocator.analysis.sweep.levels import LEVELS
from allocator.analysis.sweep.ranks import Standing, places, standing_of
from allocator.analysis.sweep.running import Progress, run
from allocator.analysis.sweep.tally import Plan, Tally
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import InfeasibleError, Problem
from allocator.core.exact import Frozen, Number, exact, plain
from allocator.core.model import Scenario
from allocator.core.parts import wrong

if TYPE_CHECKING:
    import pandas as pd

MOST_DRAWS = 10_000_000
SWEEP_VERSION = "1"  # in the digest: changes when the same draws would be counted otherwise


@dataclass(frozen=True, eq=False)
class Sweep:
    """随机模拟: the results of the draws.

    ``present`` is the scenario's own allocation, ``base`` the amounts to compare with.  What is counted is in
    units of ``counted_in`` for the recipients ``counted_ids``; ``fixed`` comes on top.  ``noise`` is in
    percent by factor.  The figures are by recipient's id; chances are over the draws that count, which are
    all but those that could not be allocated (``excluded``).
    """

    present: Allocation
    base: Mapping[str, Number]
    law: Law | None
    noise: Mapping[str, Number]
    seed: int
    draws: int
    tally: Tally
    levels: Ints
    numpy: str
    counted_in: Number
    fixed: Mapping[str, Number]
    counted_ids: tuple[str, ...]

    @property
    def scenario(self) -> Scenario:
        """The scenario of the sweep."""
        return self.present.scenario

    @property
    def exactly(self) -> bool:
        """True if every draw was allocated exactly, since the kernel does not cover the rule."""
        return bool(self.scenario.beyond or self.scenario.pools)

    @property
    def counted(self) -> int:
        """The number of draws that count."""
        return self.tally.draws

    @property
    def excluded(self) -> int:
        """The number of draws in which the limits could not all hold, or nobody had a score."""
        return self.tally.excluded

    @property
    def near(self) -> int:
        """The number of draws in which double precision may have given the last unit to another recipient."""
        return self.tally.near

    @cached_property
    def mean(self) -> Mapping[str, Number]:
        """The mean amount, exactly that of the draws."""
        return self._money([Fraction(int(total), self.counted) for total in self.tally.total])

    @cached_property
    def least(self) -> Mapping[str, Number]:
        """The least amount of all draws."""
        return self._money([int(units) for units in self.tally.least])

    @cached_property
    def most(self) -> Mapping[str, Number]:
        """The largest amount of all draws."""
        return self._money([int(units) for units in self.tally.most])

    @cached_property
    def quantiles(self) -> Mapping[Fraction, Mapping[str, Number]]:
        """By level, the least amount that at least that part of the draws does not exceed."""
        return Frozen(
            {
                level: self._money([int(units) for units in row])
                for level, row in zip(LEVELS, self.levels, strict=True)
            }
        )

    @cached_property
    def more(self) -> Mapping[str, Fraction]:
        """The chance of more than the base."""
        return self._chances(self.tally.more, 1)

    @cached_property
    def less(self) -> Mapping[str, Fraction]:
        """The chance of less than the base."""
        return self._chances(self.tally.less, -1)

    @cached_property
    def ranks(self) -> Mapping[str, tuple[Fraction, ...]]:
        """The chance of each rank, or of each group of `places`; equal amounts share the better rank."""
        ids = [*self.counted_ids, *(id for id in self.scenario.ids if id not in set(self.counted_ids))]
        found = {
            id: tuple(Fraction(int(times), self.counted) for times in row)
            for id, row in zip(ids, self.tally.ranks, strict=True)
        }
        return Frozen({id: found[id] for id in self.scenario.ids})

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """The first and the last rank of each group in `ranks`."""
        return places(len(self.scenario.ids))

    @cached_property
    def gained(self) -> Number:
        """The mean of the sum of all gains against the base."""
        unit, gains = Fraction(self.counted_in), Fraction(0)
        for id, above, more in zip(self.counted_ids, self.tally.above, self.tally.more, strict=True):
            base = (Fraction(self.base[id]) - self.fixed[id]) / unit
            gains += int(above) - self.counted * floor(base) - int(more) * (base - floor(base))
        apart = sum((max(self.present.amounts[id] - self.base[id], 0) for id in self._apart), start=0)
        return plain(gains * unit / self.counted + apart)

    @cached_property
    def gap(self) -> Number:
        """The mean change of the sum against the base; the same in every draw unless rounding leaves some."""
        return plain(sum(self.mean[id] - self.base[id] for id in self.scenario.ids))

    @property
    def lost(self) -> Number:
        """The mean of the sum of all losses against the base, as a positive figure."""
        return plain(self.gained - self.gap)

    @property
    def moved(self) -> Number | None:
        """The mean of the money that goes from some to others; None where sums differ."""
        return None if self.gap else self.gained

    def error(self, chance: Fraction) -> float:
        """The sampling error of a chance: √(p (1 − p) / draws), its standard deviation."""
        return sqrt(chance * (1 - chance) / self.counted)

    def to_frame(self) -> pd.DataFrame:
        """A row for each recipient, in the main unit: what it gets now, the base, and what the draws gave.

        ``q05`` to ``q95`` are the quantiles of `LEVELS`, ``more`` and ``less`` the chances of more and of
        less than the base, in parts of 1.  Exact: integers where a column is whole, else Fractions.
        """
        import pandas as pd

        quantiles = {f"q{int(level * 100):02}": by for level, by in self.quantiles.items()}
        columns = {"amount": self.present.amounts, "base": self.base, "mean": self.mean, "least": self.least}
        columns |= {**quantiles, "most": self.most, "more": self.more, "less": self.less}
        return pd.DataFrame({name: pd.Series(by) for name, by in columns.items()}).rename_axis("recipient")

    @cached_property
    def digest(self) -> str:
        """A hash over what was asked and every count: the same for any order of work and any executor."""
        asked = {
            "scenario": self.scenario.digest,
            "method": SWEEP_VERSION,
            "base": {id: str(amount) for id, amount in self.base.items()},
            "law": None if self.law is None else [type(self.law).__name__, _written(asdict(self.law))],
            "noise": {factor: str(percent) for factor, percent in self.noise.items()},
            "seed": self.seed,
            "draws": self.draws,
        }
        found = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
        tally = self.tally
        found.update(np.array([tally.draws, tally.excluded, tally.near]).astype("<i8").tobytes())
        for counts in (tally.total, tally.above, tally.more, tally.less, tally.least, tally.most):
            found.update(counts.astype("<i8").tobytes())
        for counts in (tally.ranks, self.levels):
            found.update(counts.astype("<i8").tobytes())
        return "sha256:" + found.hexdigest()

    @property
    def _apart(self) -> list[str]:
        taking = set(self.counted_ids)
        return [id for id in self.scenario.ids if id not in taking]

    def _money(self, units: Sequence[Number]) -> Mapping[str, Number]:
        """Amounts with earmarks; those who take no part have the earmark alone."""
        shared: dict[str, Number] = dict(zip(self.counted_ids, units, strict=True))
        unit = self.counted_in
        return Frozen({id: plain(shared.get(id, 0) * unit + self.fixed[id]) for id in self.scenario.ids})

    def _chances(self, times: Ints, sign: int) -> Mapping[str, Fraction]:
        found = {id: Fraction(int(n), self.counted) for id, n in zip(self.counted_ids, times, strict=True)}
        for id in self._apart:
            found[id] = Fraction(int((self.present.amounts[id] - self.base[id]) * sign > 0))
        return Frozen({id: found[id] for id in self.scenario.ids})


def _written(fields: Mapping[str, object]) -> object:
    return {
        name: {key: str(v) for key, v in value.items()} if isinstance(value, Mapping) else str(value)
        for name, value in fields.items()
    }


def sweep(
    scenario: Scenario,
    draws: int = 100_000,
    *,
    law: Law | None = Around(),  # noqa: B008 — frozen
    noise: Number | Mapping[str, Number] = 0,
    seed: int = 1,
    base: Mapping[str, Number] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Allocates many draws of weights and data, with limits and rounding as in `allocate`.

    ``law`` says how weights are drawn (None: not at all), ``noise`` by how many percent values are off: each
    is multiplied by an independent lognormal number with mean 1 and that standard deviation.  ``base`` are
    the amounts to compare with: else the published ones, or where there are none the scenario's own.  The
    same seed gives the same digest on any executor of concurrent.futures; ``progress`` is called with the
    part done, and an error from it ends the sweep with nothing left running.

    A rule that format 1 cannot say has the weights of every pool drawn, and noise on the data behind it; each
    draw is allocated exactly, a thousand or so a second.

    Raises ScenarioError for what cannot be drawn, InfeasibleError where the limits cannot hold in any draw.

    >>> from allocator import load_scenario
    >>> found = sweep(load_scenario("scenarios/luzhou-2023/published-rule.toml"), 1000)
    >>> found.least["ftz"] < 50_000_000 < found.most["ftz"], sum(found.mean.values()) == 56_020_000
    (True, True)
    """
    present = allocate(scenario)
    if isinstance(draws, bool) or not isinstance(draws, int) or not 1 <= draws <= MOST_DRAWS:
        wrong("sweep_draws", at={"option": "draws"}, value=draws, most=MOST_DRAWS)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**64:
        wrong("sweep_seed", at={"option": "seed"}, value=seed)
    if not isinstance(noise, Mapping):
        data = [f.id for f in scenario.behind if f.formula is None and not f.text]
        noise = dict.fromkeys(scenario.weights or data, noise)
    noise = {factor: exact(percent) for factor, percent in noise.items() if percent}
    if law is None and not noise:
        wrong("sweep_fixed", at={"option": "noise"})
    if base is None:
        base = present.amounts if scenario.published is None else scenario.published
    case: Case | Exactly
    fixed: Mapping[str, Number]
    if scenario.beyond or scenario.pools:  # what the kernel does not cover
        case = exactly(present, law, noise, seed)
        unit, counted, fixed = case.unit, scenario.ids, Frozen(dict.fromkeys(scenario.ids, 0))
        standing = Standing(1, None, np.zeros(0))
    else:
        case = case_of(present, law, noise, seed)
        unit, fixed = scenario.fund.unit, present.earmarks
        counted = tuple(scenario.ids[i] for i in scenario.participants)
        standing = standing_of(present)
    if case.total > MOST_UNITS:
        wrong("sweep_units", count=int(case.total), most=MOST_UNITS)
    shared = [(base[id] - fixed[id]) / Fraction(unit) for id in counted]
    plan = Plan(
        case=case,
        draws=draws,
        down=np.array([floor(units) for units in shared]),
        up=np.array([ceil(units) for units in shared]),
        standing=standing,
    )
    tally, levels = run(plan, executor, progress)
    if not tally.draws:
        raise InfeasibleError(Problem("sweep_excluded", {"draws": draws}, part="scenario"))
    settings = present, Frozen(base), law, Frozen(noise), seed, draws
    return Sweep(*settings, tally, levels, np.__version__, unit, fixed, counted)
