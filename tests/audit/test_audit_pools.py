"""Audits of rules with pools, conditions and money held: against linear programs of the pools' own shares.

The programs here have a variable for each recipient's share of each factor of each pool, as the rule reads,
and know nothing of columns.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from depth import cases, deeper
from random_rules import case
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from allocator import (
    Adjustment,
    Deduction,
    Earmark,
    Factor,
    Fund,
    Known,
    Limit,
    Pool,
    Reading,
    Recipient,
    Scenario,
    ScenarioError,
    allocate,
    amount_bounds,
    audit,
    factor_share_bounds,
    load_scenario,
    outlook,
    plan,
)
from allocator.core.errors import AllocatorError
from allocator.files.formulas.parse import parse
from allocator.text import EN, ZH

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023-pools"
NEAR = 1e-6


def rule(rng: random.Random, *, tied: bool = True) -> Scenario:
    """A random rule of two or three pools that share by weights; some name recipients or have a condition."""
    size, unit = rng.randint(2, 5), rng.choice((1, 1, 10))
    ids = [f"r{i}" for i in range(size)]
    count = rng.randint(2, 3)
    names = [f"f{j}" for j in range(3)] if tied else [f"f{j}" for j in range(2 * count)]
    factors = [
        Factor(
            name,
            tuple(rng.choice((0, 1, 2, 3, 5, 9)) + (i == j % size) for i in range(size)),
            status="published",
        )
        for j, name in enumerate(names)
    ]
    size_of = Factor("size", tuple(rng.randint(1, 9) for _ in ids), status="published")
    units = [rng.randint(1, 40) for _ in range(count)]
    pools = []
    for at in range(count):
        own = rng.sample(names, rng.randint(1, 2)) if tied else names[2 * at : 2 * at + rng.randint(1, 2)]
        cut = rng.choice((10, 25, 50, 90))
        weights = {own[0]: 100} if len(own) == 1 else {own[0]: cut, own[1]: 100 - cut}
        how, who = rng.choice(("all", "all", "listed", "where")), "all"
        where = None
        if how == "listed":
            who = tuple(rng.sample(ids, rng.randint(1, size)))
        elif how == "where":
            where = parse(f"size >= {rng.randint(1, 5)}")
        amount = "rest" if at == count - 1 else units[at] * unit
        pools.append(Pool(f"p{at}", "shares", weights, amount, recipients=who, where=where))
    earmarks = [Earmark(rng.choice(ids), 3 * unit, also_shares=True)] if rng.random() < 0.3 else []
    more = sum(mark.amount for mark in earmarks)
    rounding = rng.choice(("largest-remainder", "largest-remainder", "each-alone"))
    return Scenario(
        title="随机",
        fund=Fund(name="随机", amount=sum(units) * unit + more, currency="CNY", unit=unit, rounding=rounding),
        kind="",
        weights={},
        recipients=tuple(Recipient(id) for id in ids),
        factors=(*factors, size_of),
        earmarks=tuple(earmarks),
        pools=tuple(pools),
    )


def published(scenario: Scenario) -> Scenario | None:
    """The rule with what it gives as published; where each is rounded alone, hands correct what is left."""
    try:
        found = plan(scenario)
    except AllocatorError:
        return None
    if found.undistributed:
        by = Adjustment(scenario.ids[0], found.undistributed, "尾差")
        scenario = replace(scenario, adjustments=(by,))
        try:
            found = plan(scenario)
        except AllocatorError:
            return None
    return replace(scenario, published=found.amounts)


class Programs:
    """Shares of every factor of every pool: x_pji ≥ 0, Σ_i x_pji = 1, zero for those not in the pool."""

    def __init__(self, scenario: Scenario, rounded: bool) -> None:
        unit, size = Fraction(scenario.fund.unit), len(scenario.ids)
        money = self.money(scenario)
        members = {}
        for pool in scenario.pools:
            named = [
                i for i, id in enumerate(scenario.ids) if pool.recipients == "all" or id in pool.recipients
            ]
            if pool.where is not None:
                least = int(pool.where.text.split(">=")[1])
                named = [i for i in named if scenario.factor("size").values[i] >= least]
            members[pool.id] = named
        self.keys = [(p.id, j) for p in scenario.pools for j in p.weights if money[p.id]]
        width = len(self.keys) * size
        grants = dict.fromkeys(scenario.ids, 0)
        for mark in scenario.earmarks:
            grants[mark.recipient] += mark.amount
        hands = dict.fromkeys(scenario.ids, 0)
        for one in scenario.adjustments:
            hands[one.recipient] += one.amount
        a = [(scenario.published[id] - grants[id] - hands[id]) / unit for id in scenario.ids]
        equal, right = [], []
        bounds = [(0.0, 1.0)] * width
        for at, (pool, _) in enumerate(self.keys):
            row = np.zeros(width + size)
            row[at * size : (at + 1) * size] = 1
            equal.append(row)
            right.append(1.0)
            for i in range(size):
                if i not in members[pool]:
                    bounds[at * size + i] = (0.0, 0.0)
        for at, (pool, j) in enumerate(self.keys):  # equal shares of a factor where the same take part
            for other in range(at):
                if self.keys[other][1] == j and members[self.keys[other][0]] == members[pool]:
                    for i in range(size):
                        row = np.zeros(width + size)
                        row[at * size + i], row[other * size + i] = 1, -1
                        equal.append(row)
                        right.append(0.0)
        count = [sum(i in members[p.id] and money[p.id] > 0 for p in scenario.pools) for i in range(size)]
        alone = scenario.fund.rounding == "each-alone"
        for i in range(size):
            row = np.zeros(width + size)
            for at, (pool, j) in enumerate(self.keys):
                weight = next(p for p in scenario.pools if p.id == pool).weights[j]
                row[at * size + i] = float(money[pool] * weight / 100)
            row[width + i] = -1
            equal.append(row)
            right.append(float(a[i]))
            most = Fraction(count[i], 2) if alone else Fraction(count[i])
            bounds.append((-float(min(most, a[i])), float(most)) if rounded else (0.0, 0.0))
        self.equal, self.right, self.bounds = np.array(equal), np.array(right), bounds
        self.size, self.width, self.members = size, width, members

    @staticmethod
    def money(scenario: Scenario) -> dict[str, Fraction]:
        units = Fraction(scenario.fund.unit)
        given = {p.id: Fraction(p.amount) / units for p in scenario.pools if p.amount != "rest"}
        left = scenario.fund.amount - sum(mark.amount for mark in scenario.earmarks)
        given |= {p.id: left / units - sum(given.values()) for p in scenario.pools if p.amount == "rest"}
        return given

    def ends(self, row: np.ndarray) -> tuple[float, float] | None:
        found = []
        for sign in (1, -1):
            solved = linprog(sign * row, A_eq=self.equal, b_eq=self.right, bounds=self.bounds, method="highs")
            if solved.status == 2:
                return None
            assert solved.status == 0
            found.append(sign * solved.fun)
        return found[0], found[1]

    def share(self, key: tuple[str, str], i: int) -> tuple[float, float] | None:
        row = np.zeros(self.width + self.size)
        row[self.keys.index(key) * self.size + i] = 1
        return self.ends(row)


def drawn(few: int, many: int, *, tied: bool = True) -> Iterator[tuple[random.Random, Scenario]]:
    """So many random rules with published amounts."""
    found, seed = 0, 0
    while found < cases(few, many):
        rng = random.Random(seed)
        seed += 1
        try:
            made = published(rule(rng, tied=tied))
        except ScenarioError:  # nobody takes part, or has anything of a factor
            continue
        if made is not None:
            found += 1
            yield rng, made


def column_of(scenario: Scenario, pool: str, factor: str, named: Sequence[str]) -> str:
    """The column that a pool's factor is in, by what columns are called."""
    some = [name for name in named if name == factor]
    return (some or [n for n in named if n.endswith(f".{factor}") and pool in n.split(".")[0].split("+")])[0]


@deeper
@pytest.mark.parametrize("tolerance", ["exact", "rounded"])
def test_shares_are_those_of_the_pools_own_programs(tolerance: str) -> None:
    """The range of every share, and whether there is any data, as programs over all pools say."""
    seen = 0
    for rng, scenario in drawn(20, 500):
        if rng.random() < 0.4:  # other amounts, which need not fit
            ids = rng.sample(scenario.ids, 2)
            changed = dict(scenario.published)
            by = rng.randint(0, 6) * scenario.fund.unit
            if changed[ids[0]] < by:
                continue
            changed[ids[0]] -= by
            changed[ids[1]] += by
            scenario = replace(scenario, published=changed)
        if tolerance == "exact" and scenario.fund.rounding == "each-alone":
            continue
        programs = Programs(scenario, tolerance == "rounded")
        try:
            found = audit(scenario, tolerance=tolerance)
        except ScenarioError as error:
            assert {p.key for p in error.problems} <= {
                "audit_earmark_only", "audit_earmark_above", "audit_adjusted_only", "audit_adjusted_zero",
                "audit_adjusted_above", "audit_sum_alone",
            }  # fmt: skip
            assert programs.ends(np.zeros(programs.width + programs.size)) is None
            continue
        there = programs.ends(np.zeros(programs.width + programs.size)) is not None
        if found.verdict.allows:
            assert there
        elif tolerance == "exact" or not found.reading.columns.apart:
            assert not there
        if not found.verdict.allows:
            continue
        ranges = factor_share_bounds(found)
        for key in rng.sample(programs.keys, min(2, len(programs.keys))):
            i = rng.randrange(len(scenario.ids))
            low, high = programs.share(key, i)
            column = ranges[column_of(scenario, *key, list(ranges))]
            if scenario.ids[i] in column:
                own = column[scenario.ids[i]]
                assert abs(float(own.low) - low) < NEAR and abs(float(own.high) - high) < NEAR
                seen += 1
    assert seen


@deeper
def test_the_data_that_it_was_is_never_ruled_out() -> None:
    """Real shares lie in every range, the verdict allows them, and so it does amounts under other weights."""
    for rng, scenario in drawn(25, 700):
        found = audit(scenario)
        assert found.verdict.allows
        ranges = factor_share_bounds(found)
        columns = found.reading.scenario.weights
        cut = sorted(Fraction(rng.randint(0, 100)) for _ in list(columns)[1:])
        weights = dict(
            zip(columns, (b - a for a, b in zip([0, *cut], [*cut, 100], strict=True)), strict=True)
        )
        amounts = amount_bounds(found, weights)
        really = dict.fromkeys(scenario.ids, Fraction(0))
        for mark in scenario.earmarks:
            really[mark.recipient] += mark.amount
        done = set()
        for pool in scenario.pools:
            members = [scenario.ids[i] for i in scenario.members[pool.id]]
            for factor in pool.weights:
                values = dict(zip(scenario.ids, scenario.factor(factor).values, strict=True))
                total = sum(values[id] for id in members)
                if not total or not Programs.money(scenario)[pool.id]:
                    continue
                column = column_of(scenario, pool.id, factor, list(columns))
                for id in members:
                    low, high = ranges[column][id]
                    assert low <= Fraction(values[id], total) <= high
                    if column not in done:
                        by = weights[column] * scenario.distributable / 100
                        really[id] += by * Fraction(values[id], total)
                done.add(column)
        for id, amount in really.items():
            assert amounts[id].low <= amount <= amounts[id].high


@deeper
def test_pools_of_factors_of_their_own_are_whole_amounts_or_none() -> None:
    """Without a factor in two pools the verdict is that of an integer program over the pools' amounts."""
    seen = {True: 0, False: 0}
    for rng, scenario in drawn(80, 1600, tied=False):
        if scenario.fund.rounding != "largest-remainder":
            continue
        if rng.random() < 0.7:
            some = rng.sample(scenario.ids, 2)
            changed = dict(scenario.published)
            by = min(changed[some[0]], rng.choice((rng.randint(1, 9), 1000)) * scenario.fund.unit)
            changed[some[0]] -= by
            changed[some[1]] += by
            scenario = replace(scenario, published=changed)
        try:
            verdict = audit(scenario).verdict
        except ScenarioError:
            continue
        unit, size = scenario.fund.unit, len(scenario.ids)
        money = Programs.money(scenario)
        grants = {mark.recipient: mark.amount for mark in scenario.earmarks}
        wanted = [(scenario.published[id] - grants.get(id, 0)) // unit for id in scenario.ids]
        pools = [pool for pool in scenario.pools if money[pool.id]]
        upper = np.zeros((len(pools), size))
        for at, pool in enumerate(pools):
            for i in scenario.members[pool.id]:
                upper[at, i] = np.inf
        rows = [
            np.array([[float(p == at) for _ in range(size)] for p in range(len(pools))]).ravel()
            for at in range(len(pools))
        ]
        rows += [np.array([[float(k == i) for k in range(size)] for _ in pools]).ravel() for i in range(size)]
        right = [float(money[pool.id]) for pool in pools] + [float(w) for w in wanted]
        there = milp(
            np.zeros(len(pools) * size),
            constraints=LinearConstraint(np.array(rows), right, right),
            bounds=Bounds(0, upper.ravel()),
            integrality=1,
        ).success
        assert verdict.consistent is there
        seen[there] += 1
    assert seen[True] and seen[False]


def with_published(scenario: Scenario) -> Scenario:
    factors = tuple(replace(f, status="published") if f.formula is None else f for f in scenario.factors)
    made = replace(scenario, factors=factors)
    return replace(made, published=allocate(made).amounts)


def base(**changed: object) -> Scenario:
    """Four recipients, one pool of all the money; the fourth does not meet its condition."""
    pool = Pool("", "shares", {"a": 60, "b": 40}, "rest", where=parse("size > 1"))
    return with_published(
        Scenario(
            **{
                "title": "一个分项",
                "fund": Fund(name="一个分项", amount=1000, currency="CNY", unit=1),
                "kind": "",
                "weights": {},
                "recipients": tuple(Recipient(id) for id in "ABCD"),
                "factors": (
                    Factor("a", (5, 3, 2, 9)),
                    Factor("b", (1, 1, 2, 9)),
                    Factor("size", (2, 3, 4, 1)),
                    Factor("c", (1, 2, 1, 1)),
                ),
                "pools": (pool,),
            }
            | changed
        )
    )


def test_who_takes_no_part_is_set_apart() -> None:
    """Of 1,000 A, B and C have 400, 280 and 320: A's share of a is at least 0 and at most 0.4 / 0.6."""
    found = audit(base(), tolerance="exact")
    assert found.verdict.consistent and found.reading.scenario.participants == (0, 1, 2)
    shares = factor_share_bounds(found)
    assert "D" not in shares["a"]
    assert shares["a"]["A"] == (0, Fraction(2, 3)) and shares["b"]["A"] == (0, 1)
    assert found.closed == (True, True)


def test_money_held_counts_on_top_of_what_was_published() -> None:
    """B holds 50: of 1,050 it has 294 and is paid 244; its share of a is at most 294/1050 / 0.6."""
    scenario = base(deductions=(Deduction("B", 50, "结转"),))
    found = audit(scenario, tolerance="exact")
    gross = dict(found.reading.scenario.published)
    assert gross["B"] == scenario.published["B"] + 50 and sum(gross.values()) == 1050
    assert factor_share_bounds(found)["a"]["B"].high == Fraction(gross["B"], 1050) / Fraction(6, 10)
    assert not found.entitlements_only
    wiped = base(deductions=(Deduction("B", 400, "结转"),))  # holds more than its share: stands at nothing
    assert wiped.published["B"] == 0 and audit(wiped).entitlements_only
    for id, bounds in factor_share_bounds(audit(wiped)).items():
        values = dict(zip("ABCD", wiped.factor(id).values, strict=True))
        for one, (low, high) in bounds.items():
            assert low <= Fraction(values[one], sum(values[x] for x in "ABC")) <= high


def test_bounds_and_coefficients_of_one_pool() -> None:
    pool = replace(base().pools[0], coefficients=("c",))
    limit = Limit("all", cap=420)
    scenario = base(pools=(pool,), limits=(limit,))
    found = audit(scenario)
    assert found.verdict.consistent and found.entitlements_only
    for id, bounds in factor_share_bounds(found).items():
        values = dict(zip("ABCD", scenario.factor(id).values, strict=True))
        for one, (low, high) in bounds.items():
            assert low <= Fraction(values[one], sum(values[x] for x in "ABC")) <= high


def test_what_is_not_covered_says_why() -> None:
    def refused(scenario: Scenario) -> str:
        with pytest.raises(ScenarioError) as error:
            audit(scenario)
        assert all(error.value.sentences(book) for book in (ZH, EN))
        return error.value.problems[0].key

    one = base()
    two = load_scenario(FOLDER / "two-pools.toml")
    two = replace(two, published=allocate(two).amounts)
    assert refused(two) == "audit_condition"
    assert refused(with_published(two)) == "audit_pools"  # a cap of one pool of two
    fixed = load_scenario(FOLDER / "fixed-first.toml")
    assert refused(with_published(fixed)) == "beyond"
    half = replace(one, deductions=(Deduction("B", Fraction(1, 2), "结转"),))
    assert refused(half) == "audit_held"
    free = with_published(replace(two, limits=()))
    largest = replace(free, fund=replace(free.fund, rounding="rest-to-largest"))
    assert refused(largest) == "audit_pools_largest"
    groups = replace(one, limits=(Limit(("A", "B"), cap=700, together=True),))
    assert refused(groups) == "beyond"


def test_facts_are_of_columns() -> None:
    """The share of effort in one pool says nothing of that in the other, whose members are others."""
    two = with_published(replace(load_scenario(FOLDER / "two-pools.toml"), limits=()))
    fact = Known("foreign", ("ftz",), Fraction(3, 10), Fraction(4, 10))
    found = audit(Reading(two, known=(fact,)))
    shares = factor_share_bounds(found)
    assert shares["foreign"]["ftz"] == (Fraction(3, 10), Fraction(4, 10))
    assert set(shares) == {"domestic", "tax_growth", "domestic.effort", "foreign", "foreign.effort"}
    seen = outlook(
        found,
        {"foreign": 0, "domestic": sum(found.reading.scenario.weights[x] for x in ("foreign", "domestic"))},
    )
    assert set(seen.says.values()) <= {"gains", "loses", "same", "open"}
    assert found.closed == (False, False) and found.verdict.because == "pools"


REFUSED = {
    "beyond", "audit_pools", "audit_pools_largest", "audit_held", "audit_rest_limits", "audit_rest_largest",
    "audit_rest_to", "audit_pro_rata", "audit_nothing", "audit_scale", "scores_zero",
}  # fmt: skip


@deeper
def test_rules_of_all_sorts_allow_the_data_that_they_were_made_from(tmp_path: Path) -> None:
    """Random rules with everything that there is: refused by name, or every real share is in its range."""
    wanted, tried, columns = cases(24, 1200), 0, 0
    for seed in range(100 * wanted):
        if tried == wanted:
            break
        rng = random.Random(seed)
        made = case(rng, first=False, later=seed % 3 > 0)
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            scenario = load_scenario(made.into(folder))
            factors = (replace(f, status="published") if f.formula is None else f for f in scenario.factors)
            scenario = replace(scenario, factors=tuple(factors))
            scenario = replace(scenario, published=plan(scenario).amounts)
        except AllocatorError:
            continue
        try:
            found = audit(scenario)
        except ScenarioError as error:
            assert {problem.key for problem in error.problems} <= REFUSED, (seed, error)
            continue
        tried += 1
        assert found.verdict.allows or found.verdict.consistent is None, seed
        if not found.verdict.allows:
            continue
        try:
            ranges = factor_share_bounds(found)
        except ScenarioError as error:  # of scores that limits held down nothing can be said
            assert error.problems[0].key == "audit_scale", seed
            continue
        for pool in scenario.rules:
            members = scenario.members[pool.id]
            for factor, weight in scenario.weighted[pool.id].items():
                some = [n for n in ranges if n == factor or n.endswith(f".{factor}")]
                if not weight or not some:
                    continue
                values = [Fraction(x) for x in scenario.numbers(factor, members)]
                if not any(values):
                    continue
                column = ranges[column_of(scenario, pool.id, factor, some)]
                columns += 1
                for i, value in zip(members, values, strict=True):
                    low, high = column[scenario.ids[i]]
                    assert low <= value / sum(values) <= high, (seed, factor)
    assert tried == wanted and columns > wanted
