"""Sweeps of rules that only `allocate` covers: every figure from all draws, done once more one by one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import pytest

from allocator import Pool, ScenarioError, Text, allocate, load_scenario, plan
from allocator.analysis.sweep import LEVELS, Anywhere, Around, Within, drivers, sweep
from allocator.analysis.sweep.laws import draws_of
from allocator.core.pools import REST

FOLDER = Path(__file__).parent.parent.parent / "scenarios"
TWO = load_scenario(FOLDER / "luzhou-2023-pools" / "two-pools.toml")
FIXED = load_scenario(FOLDER / "luzhou-2023-pools" / "fixed-first.toml")
RULE = load_scenario(FOLDER / "luzhou-2023" / "published-rule.toml")
N = 150


def random(seed, stream):
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(0, stream))))


def one_by_one(scenario, law, seed):
    """Every draw's amounts: each pool's weights by the law, the last decimals on the heaviest."""
    pools = [replace(pool, weights=scenario.weighted[pool.id]) for pool in scenario.pools]
    drawn = {}
    for at, pool in enumerate(pool for pool in pools if pool.kind != "fixed"):
        own = draws_of(law, pool.weights)
        if own.alpha or own.low:
            drawn[pool.id] = own.draw(random(seed, 10 + len(drawn)), 8192)
            assert at == len(drawn) - 1
    found = []
    for draw in range(N):
        changed = []
        for pool in pools:
            if pool.id in drawn:
                parts = [round(float(w) * 10**9) for w in drawn[pool.id][:, draw]]
                heaviest = max(range(len(parts)), key=lambda j: drawn[pool.id][j, draw])
                parts[heaviest] += 10**9 - sum(parts)
                weights = {f: Fraction(n, 10**7) for f, n in zip(pool.weights, parts, strict=True)}
                pool = replace(pool, weights=weights)
            changed.append(pool)
        found.append(plan(replace(scenario, pools=tuple(changed), indicators=())).amounts)
    return found


@pytest.mark.parametrize("law", [Around(30), Anywhere(), Within(5)])
@pytest.mark.parametrize("scenario", [TWO, FIXED], ids=["two", "fixed"])
def test_every_figure_is_that_of_all_draws(scenario, law):
    found = sweep(scenario, N, law=law, seed=3)
    all_ = one_by_one(scenario, law, 3)
    assert (found.counted, found.excluded, found.near) == (N, 0, 0)
    base = found.base
    for id in scenario.ids:
        own = sorted(amounts[id] for amounts in all_)
        assert found.mean[id] == Fraction(sum(own)) / N
        assert (found.least[id], found.most[id]) == (own[0], own[-1])
        assert [found.quantiles[level][id] for level in LEVELS] == [own[ceil(x * N) - 1] for x in LEVELS]
        assert found.more[id] == Fraction(sum(x > base[id] for x in own), N)
        assert found.less[id] == Fraction(sum(x < base[id] for x in own), N)
        ranks = [1 + sum(x > amounts[id] for x in amounts.values()) for amounts in all_]
        assert found.ranks[id] == tuple(Fraction(ranks.count(r + 1), N) for r in range(len(scenario.ids)))
    gains = [max(a[id] - base[id], 0) for a in all_ for id in scenario.ids]
    assert found.gained == Fraction(sum(gains)) / N
    assert drivers(found).weights is None and drivers(found).first is None


def test_a_rule_of_one_pool_is_drawn_as_without():
    """Held as a pool for its provision alone: other random numbers, the same law, so that means agree."""
    pool = Pool("", RULE.kind, RULE.weights, REST, basis=Text.of("第六条"))
    held = replace(RULE, kind="", weights={}, pools=(pool,))
    assert allocate(held).amounts == allocate(RULE).amounts
    exactly, kernel = sweep(held, 1500, law=Around(50)), sweep(RULE, 20_000, law=Around(50))
    for id in RULE.ids:
        spread = float(kernel.quantiles[LEVELS[-1]][id] - kernel.quantiles[LEVELS[0]][id]) / 3
        assert abs(float(exactly.mean[id] - kernel.mean[id])) <= 5 * spread / 1500**0.5


def test_noise_is_on_the_data_and_formulas_follow_it():
    found = sweep(TWO, 400, law=None, noise=10, seed=2)
    assert found.counted == 400 and len(found.noise) > 1
    changed = [id for id in TWO.ids if found.least[id] < found.most[id]]
    assert len(changed) == len(TWO.ids)
    assert all(sum(by.values()) == sum(found.present.amounts.values()) for by in [found.mean])


def test_the_same_for_any_workers_and_more_than_one_block():
    alone = sweep(TWO, 200, law=Around(20), noise=3)
    with ThreadPoolExecutor(2) as threads:
        assert sweep(TWO, 200, law=Around(20), noise=3, executor=threads).digest == alone.digest
    assert sweep(TWO, 200, law=Around(20), noise=3, seed=2).digest != alone.digest


def test_what_cannot_be_drawn_says_so():
    for how in ({"noise": {"nothing": 5}}, {"law": Within({"nothing": 5})}):
        with pytest.raises(ScenarioError) as error:
            sweep(TWO, 10, **how)
        assert error.value.problems[0].key == "audit_factor"
