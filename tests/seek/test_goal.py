"""What it would take: the least change is the least of all, ties are broken as said, and "none" is proved."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
from depth import cases, deeper
from goal_cases import amounts_of, brute, key, nearest, random_targets, whole_weights, with_moves
from good_scenario import small
from random_cases import random_case, scenario_of

from allocator import (
    Earmark,
    Factor,
    Fund,
    InfeasibleError,
    Limit,
    Recipient,
    Reservation,
    Scenario,
    ScenarioError,
    allocate,
    load_scenario,
)
from allocator.analysis import seek as goal
from allocator.analysis.seek import (
    Answer,
    Clause,
    Target,
    clauses,
    clauses_of,
    measured,
    moves,
    programs,
    reach,
    seek,
    weights,
)
from allocator.core.errors import AllocatorError
from allocator.text import Phrasebook

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023"
RULE = load_scenario(FOLDER / "published-rule.toml")
CAPPED = load_scenario(FOLDER / "cap-zone.toml")


def amount(id: str | tuple[str, ...], relation: str, value) -> Target:
    return Target("amount", (id,) if isinstance(id, str) else id, relation, value)


def found(answer: Answer) -> list:
    """The weights of an answer, once it is seen that it is what it says."""
    assert answer.proved
    assert answer.found is not None
    assert all(target.met(answer.found) for target in answer.targets)
    assert answer.found == allocate(answer.found.scenario)
    assert answer.found.scenario == replace(answer.scenario, weights=answer.found.scenario.weights)
    before, after = answer.scenario.weights, answer.found.scenario.weights
    assert answer.change == sum(abs(after[factor] - before[factor]) for factor in before)
    return list(after.values())


# --- against all whole percentage points ----------------------------------------------------------


def four(rnd: Random, size: int, kind: str = "shares", **changes) -> Scenario:
    """Four factors of whole numbers that add up to 100 each, so that remainders often tie."""
    columns = []
    for _ in range(4):
        cuts = sorted(rnd.randint(0, 100) for _ in range(size - 1))
        columns.append([b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)])
    return Scenario(
        title="t",
        fund=Fund(rnd.choice((100, 377, 5602)), "CNY", 1),
        kind=kind,
        weights={"a": 40, "b": 40, "c": 10, "d": 10},
        recipients=[Recipient(f"r{i}") for i in range(size)],
        factors=[Factor(id, tuple(column)) for id, column in zip("abcd", columns, strict=True)],
        **changes,
    )


def by_all_weights(scenario: Scenario, asked) -> list[int] | None:
    """The answer by going through all 176,851 weights in integers; `asked` says which amounts are wanted."""
    rows = whole_weights()
    columns = [[int(x) for x in scenario.column(factor)] for factor in scenario.weights]
    if scenario.coefficient is not None:
        times = [int(c) for c in scenario.column(scenario.coefficient)]
        columns = [[c * x for c, x in zip(times, column, strict=True)] for column in columns]
    total = int(scenario.distributable / scenario.fund.unit)
    shares = scenario.kind == "shares" and scenario.coefficient is None
    units = amounts_of(rows, columns, total, shares)
    return nearest(rows, asked(units), list(scenario.weights.values()))


def test_the_zone_in_luzhou_by_all_weights():
    scaled = replace(
        RULE,
        factors=[replace(f, values=tuple(int(x * 100) for x in f.values)) for f in RULE.factors],
    )
    expected = by_all_weights(scaled, lambda units: units[:, 8] <= 4800)
    answer = seek(RULE, [amount("ftz", "<=", 48_000_000)])
    assert found(answer) == expected
    assert answer.change == 66
    assert answer.found.amounts["ftz"] == 48_000_000


@pytest.mark.parametrize("seed", range(12))
def test_the_least_of_all_whole_weights_and_the_same_among_ties(seed):
    rnd = Random(seed)
    kind = rnd.choice(("shares", "scores"))
    scenario = four(rnd, rnd.choice((3, 5, 6)), kind)
    if seed % 3 == 0:
        column = Factor("k", tuple(rnd.randint(1, 4) for _ in scenario.ids))
        scenario = replace(scenario, factors=(*scenario.factors, column), coefficient="k")
    now = list(allocate(scenario).split.units)
    first, other = now[0] + rnd.choice((-1, 1)) * rnd.randint(1, 15), now[1] + rnd.randint(-5, 5)
    below = first < now[0]
    targets = [amount("r0", "<=" if below else ">=", max(first, 0))]
    if seed % 2:
        targets.append(amount(("r1", "r2"), ">=", max(0, other + now[2])))

    def asked(units: np.ndarray) -> np.ndarray:
        met = units[:, 0] <= max(first, 0) if below else units[:, 0] >= first
        return met & (units[:, 1] + units[:, 2] >= other + now[2]) if seed % 2 else met

    expected = by_all_weights(scenario, asked)
    answer = seek(scenario, targets)
    if expected is None:
        assert answer.proved
        assert answer.found is None
    else:
        assert found(answer) == expected


def test_among_equals_the_smallest_largest_change_then_the_factor_listed_first():
    # a and b bring the same, so do c and d: 4 points may come from a or b and go to c or d
    twins = {"a": (3, 1), "b": (3, 1), "c": (1, 3), "d": (1, 3)}
    scenario = Scenario(
        title="t",
        fund=Fund(100, "CNY", 1),
        kind="shares",
        weights=dict.fromkeys(twins, 25),
        recipients=[Recipient("x"), Recipient("y")],
        factors=[Factor(id, values) for id, values in twins.items()],
    )
    assert list(allocate(scenario).split.units) == [50, 50]
    assert found(seek(scenario, [amount("x", "<=", 48)])) == [23, 23, 27, 27]
    # three points: one of each pair moves by two and the other by one; the first keeps the most
    answer = seek(scenario, [amount("x", "<=", 48), amount("y", "<=", 52)], step=2)
    assert found(answer) == [23, 23, 27, 27]
    odd = seek(replace(scenario, fund=Fund(1000, "CNY", 1)), [amount("x", "<=", 485)])
    assert found(odd) == [24, 23, 27, 26]


# --- against allocating all coarse weights: limits, roundings, ranks, shares, differences ---------


@pytest.mark.parametrize("seed", range(cases(40, 2000)))
@deeper
def test_the_least_of_all_coarse_weights_in_any_scenario(seed):
    rnd = Random(seed)
    try:
        scenario = scenario_of(random_case(rnd))
        now = allocate(scenario)
    except AllocatorError:
        return
    if rnd.random() < 0.5:
        scenario = replace(scenario, published=now.amounts)
    step = rnd.choice((5, 10)) if len(scenario.weights) < 4 else 10
    try:
        targets = random_targets(rnd, scenario)
        answer = seek(scenario, targets, step=step)
    except ScenarioError as error:  # an exact share that no whole units come to
        assert error.problems[0].key == "target_unit"
        return
    expected = brute(scenario, targets, step)
    assert answer.proved
    if expected is not None:
        assert found(answer) == list(expected.scenario.weights.values())
        return
    assert answer.found is None
    clash = answer.impossible.clash
    if answer.impossible.alone:
        hopeless = [n for n, target in enumerate(targets) if brute(scenario, [target], step) is None]
        assert list(clash) == hopeless
        return
    assert brute(scenario, [targets[n] for n in clash], step) is None
    for left_out in clash:
        assert brute(scenario, [targets[n] for n in clash if n != left_out], step) is not None


@pytest.mark.parametrize("rounding", ["largest-remainder", "rest-to-largest"])
@pytest.mark.parametrize("seed", range(6))
def test_weights_kept_and_bounded(seed, rounding):
    rnd = Random(seed)
    scenario = four(rnd, 4)
    scenario = replace(scenario, fund=replace(scenario.fund, rounding=rounding))
    low = rnd.choice((20, 30, 40, 50))
    bounds = {"b": (40, 40), "a": (low, 80), "d": (0, 30)}
    targets = [amount("r1", ">=", allocate(scenario).split.units[1] + rnd.randint(-3, 6))]
    expected = brute(scenario, targets, 5, bounds)
    answer = seek(scenario, targets, step=5, keep=["b"], bounds={"a": (low, 80), "d": (None, 30)})
    if expected is None:
        assert answer.proved
        assert answer.found is None
    else:
        assert found(answer) == list(expected.scenario.weights.values())


def test_weights_that_the_bounds_do_not_allow_are_left_even_where_the_targets_are_met():
    answer = seek(RULE, [amount("ftz", "<=", 60_000_000)], bounds={"tax": (None, 30)})
    assert found(answer)[1] == 30
    assert answer.change == 20
    assert seek(RULE, [amount("ftz", "<=", 60_000_000)]).change == 0


def test_steps_from_weights_that_are_not_whole():
    scenario = RULE.with_weights(investment="33.3", tax="33.3", employment="33.4", effort=0)
    now = allocate(scenario).amounts["ftz"]
    answer = seek(scenario, [amount("ftz", "<=", now - 500_000)])
    assert all((w * 10) % 10 in (3, 4, 0) for w in found(answer))
    assert sum(found(answer)) == 100


def test_hundredths_of_a_point_by_all_weights():
    two = small(fund=Fund(1_000_000, "CNY", 1))
    for value in (430_000, 430_001, 449_999):
        target = amount("b", ">=", value)
        answer = seek(two, [target], step=Fraction(1, 100))
        # b has half of x and nothing of y
        x = next(
            x
            for x in range(6000, 10_001)
            if target.met(allocate(two.with_weights(x=Fraction(x, 100), y=100 - Fraction(x, 100))))
        )
        assert found(answer) == [Fraction(x, 100), 100 - Fraction(x, 100)]


@pytest.mark.parametrize("limited", [False, True])
def test_many_factors_by_all_small_moves(limited):
    """Eight factors: of all moves of up to three steps that meet the target this is the first."""
    rnd = Random(8)
    size, names = 4, [f"f{j}" for j in range(8)]
    scenario = Scenario(
        title="t",
        fund=Fund(10_000, "CNY", 1),
        kind="shares",
        weights={name: 20 if name == "f0" else 10 for name in names} | {"f7": 20},
        recipients=[Recipient(f"r{i}") for i in range(size)],
        factors=[Factor(name, tuple(rnd.randint(1, 99) for _ in range(size))) for name in names],
        limits=[Limit("all", floor=1_000, cap=3_000)] if limited else (),
    )
    now = allocate(scenario).split.units
    target = amount("r0", ">=" if now[0] < 2_900 else "<=", now[0] + (60 if now[0] < 2_900 else -60))
    answer = seek(scenario, [target])
    weights_found = found(answer)
    steps = int(answer.change) // 2
    assert 1 <= steps <= 3

    def small_moves(size: int, up: int, down: int):
        if not size:
            if not up and not down:
                yield ()
            return
        for move in range(-down, up + 1):
            for rest in small_moves(size - 1, up - max(move, 0), down + min(move, 0)):
                yield (move, *rest)

    every = [m for n in range(steps + 1) for m in small_moves(8, n, n) if sum(map(abs, m)) == 2 * n]
    for move in sorted(every, key=key):
        if target.met(allocate(with_moves(scenario, move, Fraction(1, 100)))):
            assert list(with_moves(scenario, move, Fraction(1, 100)).weights.values()) == weights_found
            return
    raise AssertionError("the answer is not among all small moves")


# --- when nothing does it -------------------------------------------------------------------------


def test_no_weights_bring_less_than_the_smallest_factor_share():
    """56.02 million times 80.94 % of employment, the zone's smallest share, is 45,342,588."""
    answer = seek(RULE, [amount("ftz", "<=", 40_000_000)])
    assert answer.found is None
    assert answer.proved
    assert answer.impossible.clash == (0,)
    assert answer.impossible.always
    ends = answer.impossible.reaches[0]
    assert ends.low == Fraction("0.8094") * 56_020_000 == 45_342_588
    assert ends.high == Fraction("0.9185") * 56_020_000
    assert ends.low_weights["employment"] == 100 == ends.high_weights["investment"]
    assert answer.impossible.nearest.amounts["ftz"] == 45_340_000
    # what is at the end can be had, and not a unit less
    assert seek(RULE, [amount("ftz", "<=", 45_340_000)]).found is not None
    assert seek(RULE, [amount("ftz", "<=", 45_330_000)]).found is None


@pytest.mark.parametrize("seed", range(cases(8, 200)))
@deeper
def test_the_least_and_the_most_are_those_of_all_weights(seed):
    """With a coefficient, for scores and within bounds too: no whole weights bring less or more."""
    rnd = Random(seed)
    scenario = four(rnd, 4, rnd.choice(("shares", "scores")))
    if seed % 2:
        column = Factor("k", tuple(rnd.randint(1, 4) for _ in scenario.ids))
        scenario = replace(scenario, factors=(*scenario.factors, column), coefficient="k")
    # the present 40 of a is not within the bounds
    bounds = {"a": (45, 60), "c": (None, 50)} if seed % 3 else {}
    ids = ("r0",) if seed % 5 else ("r0", "r3")
    ends = reach(scenario, ids, moves.moves_of(scenario, bounds=bounds))
    rows = whole_weights()
    if bounds:
        rows = rows[(rows[:, 0] >= 45) & (rows[:, 0] <= 60) & (rows[:, 2] <= 50)]
    for end, weights_there, side in ((ends.low, ends.low_weights, 1), (ends.high, ends.high_weights, -1)):
        entitlements = allocate(replace(scenario, weights=weights_there)).entitlements
        assert sum(entitlements[id] for id in ids) == end
        for row in rows[:: max(1, len(rows) // 300)].tolist():
            there = allocate(replace(scenario, weights=dict(zip("abcd", row, strict=True)))).entitlements
            assert side * sum(there[id] for id in ids) >= side * end


def test_a_factor_that_brings_nobody_anything_is_no_way_to_get_nothing():
    scenario = small(kind="scores", factors=[Factor("x", (1, 2, 1)), Factor("y", (0, 0, 0))])
    ends = reach(scenario, ["b"], moves.moves_of(scenario))
    assert ends.low == ends.high == 50


def test_targets_that_clash_are_as_few_as_can_be():
    targets = [
        amount("gulin", ">=", 1_000_000),
        amount("ftz", "<=", 48_000_000),
        Target("rank", ("ftz",), "<=", 1),
        amount(
            ("jiangyang", "longmatan", "naxi", "luxian", "hejiang", "xuyong", "gulin", "hightech"),
            "<=",
            7_000_000,
        ),
    ]
    answer = seek(RULE, targets)
    # the other eight get all that the zone does not: 56.02 − 48 is 8.02 million
    assert answer.impossible.clash == (1, 3)
    assert answer.impossible.always


def test_a_cap_rules_a_target_out():
    answer = seek(CAPPED, [amount("ftz", ">=", 46_000_000)])
    assert answer.impossible.always
    assert answer.impossible.alone
    assert answer.impossible.limits == {0: 44_810_000}  # 80 % of 56.02 million, in whole 10,000


def test_under_limits_the_nearest_is_that_of_all_weights():
    targets = [amount("jiangyang", "<=", 2_000_000)]
    answer = seek(CAPPED, targets, step=10)
    assert brute(CAPPED, targets, 10) is None
    assert answer.found is None
    least = min(
        allocate(with_moves(CAPPED, m, Fraction(1, 10))).limited["jiangyang"]
        for m in [(a, b, c, -a - b - c) for a in range(-4, 7) for b in range(-4, 7) for c in range(-1, 10)]
        if all(w >= 0 for w in (4 + m[0], 4 + m[1], 1 + m[2], 1 + m[3]))
    )
    assert answer.impossible.nearest.limited["jiangyang"] == least


def test_recipients_that_take_no_part_keep_their_earmark():
    apart = load_scenario(FOLDER / "after-earmark.toml")
    assert seek(apart, [amount("ftz", "<=", 50_000_000)]).change == 0
    answer = seek(apart, [amount("ftz", "<=", 49_000_000)])
    assert answer.impossible.always
    ends = answer.impossible.reaches[0]
    assert ends.low == ends.high == 50_000_000
    both = seek(apart, [amount("ftz", "<=", 49_000_000), Target("rank", ("gulin",), "<=", 2)], step=5)
    assert both.impossible.alone
    assert both.impossible.clash == (0, 1)


def test_nothing_to_share_out_stays_as_it_is():
    scenario = small(reservations=[Reservation("all", 100)])
    assert seek(scenario, [amount("a", "<=", 0)]).change == 0
    assert seek(scenario, [amount("a", ">=", 1)]).found is None


# --- too many -------------------------------------------------------------------------------------


def test_too_many_combinations_are_said_not_hidden(monkeypatch):
    target = [amount("ftz", "<=", 48_000_000)]
    least = seek(RULE, target, step=Fraction(1, 2)).change
    monkeypatch.setattr(moves, "MOST_ROWS", 400)
    assert seek(RULE, target, step=Fraction(1, 2)).change == least  # by programs
    monkeypatch.setattr(programs, "MOST_PROGRAMS", 3)
    answer = seek(RULE, target, step=Fraction(1, 2))
    assert not answer.proved
    assert answer.found is not None
    assert target[0].met(answer.found)
    assert 0 < answer.searched <= least <= answer.change


def test_too_many_combinations_where_the_present_weights_are_not_allowed(monkeypatch):
    bounds = {"tax": (None, 30), "employment": (5, 35)}
    target = [amount("ftz", "<=", 48_000_000)]
    least = seek(RULE, target, bounds=bounds).change
    monkeypatch.setattr(moves, "MOST_ROWS", 300)
    monkeypatch.setattr(programs, "MOST_PROGRAMS", 3)
    answer = seek(RULE, target, bounds=bounds)
    assert not answer.proved
    assert target[0].met(answer.found)
    weights_found = answer.found.scenario.weights
    assert weights_found["tax"] <= 30
    assert 5 <= weights_found["employment"] <= 35
    assert answer.searched <= least <= answer.change


def test_what_was_not_found_among_too_many_is_not_called_impossible(monkeypatch):
    monkeypatch.setattr(weights, "MOST_CELLS", 1_000)
    answer = seek(CAPPED, [Target("rank", ("hightech",), "<=", 2)])
    assert answer.found is None
    assert not answer.proved
    assert answer.impossible is None


# --- one clause -----------------------------------------------------------------------------------


def nearest_clause(scenario: Scenario, targets, clause: Clause, step: Fraction):
    """By allocating every value from the present one outward, the lower of two first."""
    value = Fraction(clause.value(scenario))
    size = Fraction(scenario.fund.unit) if clause.is_amount(scenario) else step / 100
    most = scenario.distributable + value + size if clause.is_amount(scenario) else 10
    steps = int(most / size) + 1
    if steps > 2_000:
        return NotImplemented
    for move in sorted(range(-steps, steps + 1), key=lambda move: (abs(move), move)):
        try:
            there = allocate(changed(scenario, clause, value + move * size))
        except AllocatorError:
            continue
        if all(target.met(there) for target in targets):
            return there
    return None


def changed(scenario: Scenario, clause: Clause, value: Fraction) -> Scenario:
    if clause.kind == "reservation":
        parts = list(scenario.reservations)
        parts[clause.number] = replace(parts[clause.number], amount=value)
        return replace(scenario, reservations=parts)
    parts = list(scenario.limits)
    name = clause.kind if clause.is_amount(scenario) else f"{clause.kind}_rate"
    parts[clause.number] = replace(parts[clause.number], **{name: value})
    return replace(scenario, limits=parts)


@pytest.mark.parametrize("seed", range(cases(120, 5000)))
@deeper
def test_the_least_change_of_a_clause_by_all_its_values(seed):
    rnd = Random(seed)
    try:
        scenario = scenario_of(random_case(rnd))
        now = allocate(scenario)
    except AllocatorError:
        return
    clauses = [clause for kind in ("cap", "floor", "reservation") for clause in clauses_of(scenario, kind)]
    if not clauses:
        return
    clause, step = rnd.choice(clauses), rnd.choice((1, 5))
    size = Fraction(scenario.fund.unit) if clause.is_amount(scenario) else Fraction(step, 100)
    moved = Fraction(clause.value(scenario)) + rnd.randint(-20, 20) * size
    try:
        there = allocate(changed(scenario, clause, max(moved, Fraction(0))))
    except AllocatorError:
        there = now
    targets = []
    for _ in range(rnd.choice((1, 1, 2))):
        of = rnd.choice(("amount", "amount", "share", "rank"))
        ids = tuple(rnd.sample(scenario.ids, 1 if of == "rank" else min(2, len(scenario.ids))))
        relation = rnd.choice(("<=", ">=")) if of == "share" else rnd.choice(("<=", ">=", "=="))
        targets.append(Target(of, ids, relation, measured(Target(of, ids, relation, 1), there)))
    expected = nearest_clause(scenario, targets, clause, Fraction(step))
    if expected is NotImplemented:
        return
    answer = seek(scenario, targets, clause=clause, step=step)
    assert answer.proved
    if expected is None:
        assert answer.found is None
        return
    assert answer.found == expected
    assert answer.change == abs(clause.value(expected.scenario) - clause.value(scenario))


def test_the_cap_in_luzhou():
    answer = seek(CAPPED, [amount("ftz", "<=", 42_000_000)], clause=Clause("cap", 0))
    # 75 % of 56.02 million are 42.015 million, so it takes 74 %
    assert answer.found.scenario.limits[0].cap_rate == Fraction(74, 100)
    finer = seek(CAPPED, [amount("ftz", "<=", 42_000_000)], clause=Clause("cap", 0), step=Fraction(1, 100))
    # the cap in whole 10,000 is at most 4200 up to 4201/5602 exclusive, which is 74.99 %
    assert finer.found.scenario.limits[0].cap_rate == Fraction(7499, 10_000)


def test_a_large_fund_by_single_units_takes_no_long_walk():
    scenario = replace(
        RULE, fund=replace(RULE.fund, unit=Fraction(1, 100)), limits=[Limit(("ftz",), cap=50_000_000)]
    )
    answer = seek(scenario, [amount("gulin", ">=", 2_000_000)], clause=Clause("cap", 0))
    assert answer.proved
    cap = answer.found.scenario.limits[0].cap
    above = replace(scenario, limits=[Limit(("ftz",), cap=cap + Fraction(1, 100))])
    assert answer.found.amounts["gulin"] >= 2_000_000 > allocate(above).amounts["gulin"]


def test_a_search_among_values_that_is_given_up_says_so(monkeypatch):
    monkeypatch.setattr(clauses, "MOST_TRIES", 3)
    answer = seek(CAPPED, [amount("ftz", "<=", 42_000_000)], clause=Clause("cap", 0))
    assert answer.found is None
    assert not answer.proved
    assert answer.impossible is None


def test_what_no_value_of_a_clause_does():
    targets = [amount("naxi", ">=", 1_000_000), amount("ftz", ">=", 47_000_000)]
    answer = seek(CAPPED, targets, clause=Clause("cap", 0))
    assert answer.found is None
    assert answer.impossible.clash == (0, 1)
    single = seek(RULE, [amount("jiangyang", ">=", 2_000_000)], clause=Clause("reservation", 1))
    # without the second department's 600,000 there are 56.62 million
    assert single.impossible.nearest.scenario.reservations[1].amount == 0
    assert single.ends == (0, 56_620_000)


# --- targets --------------------------------------------------------------------------------------


def test_what_a_target_measures():
    allocation = allocate(RULE)
    assert measured(amount(("ftz", "naxi"), "<=", 1), allocation) == 50_590_000
    assert measured(Target("share", ("ftz",), "<=", 1), allocation) == Fraction(5000, 5602)
    assert measured(Target("rank", ("naxi",), "<=", 1), allocation) == 6
    equal = small(factors=[Factor("x", (1, 1, 2)), Factor("y", (1, 1, 2))], fund=Fund(100, "CNY", 1))
    ranks = [measured(Target("rank", (id,), "<=", 1), allocate(equal)) for id in "abc"]
    assert ranks == [2, 2, 1]
    more = replace(equal, published={"a": 20, "b": 30, "c": 50}, earmarks=[Earmark("a", 4, True)])
    assert measured(Target("difference", ("a", "b"), "<=", 1), allocate(more)) == 24 + 24 + 4 - 50


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (list, "target_none"),
        (lambda: [amount("nobody", "<=", 1)], "recipient_unknown"),
        (lambda: [amount(("a", "a"), "<=", 1)], "recipient_twice"),
        (lambda: [amount((), "<=", 1)], "audit_nobody"),
        (lambda: [amount("a", "<", 1)], "choice"),
        (lambda: [amount("a", "<=", -1)], "negative"),
        (lambda: [Target("weight", ("a",), "<=", 1)], "choice"),
        (lambda: [Target("rank", ("a", "b"), "<=", 1)], "target_rank_group"),
        (lambda: [Target("rank", ("a",), "<=", 4)], "target_rank_many"),
        (lambda: [Target("rank", ("a",), "<=", Fraction(3, 2))], "target_rank"),
        (lambda: [Target("share", ("a",), "<=", 80)], "target_share"),
        (lambda: [Target("difference", ("a",), "<=", 0)], "no_published"),
        (lambda: [amount("a", "==", Fraction(1, 2))], "target_unit"),
    ],
)
def test_targets_that_cannot_be(make, key):
    with pytest.raises(ScenarioError) as raised:
        seek(small(), make())
    assert raised.value.problems[0].key == key
    for lang in ("zh", "en"):
        assert raised.value.sentences(Phrasebook(lang))[0]


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"step": 0}, "seek_step"),
        ({"step": Fraction(1, 1000)}, "seek_step"),
        ({"step": "x"}, "number"),
        ({"keep": ["z"]}, "audit_factor"),
        ({"bounds": {"k": (1, 2)}}, "audit_factor"),
        ({"keep": ["x"], "bounds": {"x": (1, 2)}}, "seek_keep_bound"),
        ({"bounds": {"x": (5, 2)}}, "audit_range"),
        ({"bounds": {"x": (None, 40), "y": (None, 40)}}, "seek_bound_sum"),
        ({"bounds": {"x": (Fraction("10.2"), Fraction("10.8"))}}, "seek_bound_step"),
    ],
)
def test_bounds_that_cannot_be(options, key):
    with pytest.raises(ScenarioError) as raised:
        seek(small(), [amount("a", "<=", 1)], **options)
    assert raised.value.problems[0].key == key


def test_limits_that_clash_already_are_an_error():
    clashing = small(limits=[Limit("all", floor=50)])
    with pytest.raises(InfeasibleError):
        seek(clashing, [amount("a", "<=", 1)])
    with pytest.raises(InfeasibleError):
        seek(clashing, [amount("a", "<=", 1)], clause=Clause("floor", 0))


def test_progress_is_told():
    told = []
    seek(RULE, [amount("ftz", "<=", 48_000_000)], progress=told.append)
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] < 1


def test_the_package_names_what_it_gives():
    assert all(hasattr(goal, name) for name in goal.__all__)
