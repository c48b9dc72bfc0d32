"""Why an amount is what it is, and why two scenarios differ: the parts add up, and are what they must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from depth import cases
from good_scenario import small
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_cases import random_case, scenario_of

from allocator import (
    Allocation,
    AllocatorError,
    Earmark,
    Factor,
    Fund,
    Limit,
    Recipient,
    Reservation,
    Scenario,
    ScenarioError,
    allocate,
    load_scenario,
)
from allocator.analysis.explain import Clause, Explanation, explain
from allocator.analysis.explain import shapley as module
from allocator.analysis.explain.clauses import differing, mixing

LUZHOU = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023"


def luzhou(name: str) -> Allocation:
    return allocate(load_scenario(LUZHOU / f"{name}.toml"))


def why(before: Scenario, after: Scenario) -> Explanation:
    return explain(allocate(before), allocate(after))


# --- stages ---------------------------------------------------------------------------------------


@given(st.integers(0, 10**9))
def test_the_stages_of_everybody_add_up_to_the_amount(seed: int) -> None:
    try:
        allocation = allocate(scenario_of(random_case(Random(seed))))
    except AllocatorError:
        assume(False)
    found = allocation.stages
    for id, amount in allocation.amounts.items():
        assert sum(stage.amounts[id] for stage in found) == amount
    for stage in found:
        if stage.kind in ("coefficient", "limits", "rounding"):
            assert sum(stage.amounts.values()) == 0


def test_a_coefficient_is_a_stage_of_its_own() -> None:
    # without it 100 · (60 % · ¼ + 40 % · ½) = 35 for a, 30 for b, 35 for c; times 1, 1, 2 over 135
    found = allocate(small(coefficient="k")).stages
    assert [(stage.kind, stage.factor) for stage in found] == [
        ("factor", "x"), ("factor", "y"), ("coefficient", ""), ("rounding", ""),
    ]  # fmt: skip
    x, y, by_coefficient, _ = (stage.amounts for stage in found)
    assert (dict(x), dict(y)) == ({"a": 15, "b": 30, "c": 15}, {"a": 20, "b": 0, "c": 20})
    assert dict(by_coefficient) == {
        "a": Fraction(3500, 135) - 35,
        "b": Fraction(3000, 135) - 30,
        "c": Fraction(7000, 135) - 35,
    }


# --- which clauses differ -------------------------------------------------------------------------

D = Clause
SWITCHES: dict[str, tuple[Callable[[Scenario], Scenario], Clause]] = {
    "fund": (lambda s: replace(s, fund=replace(s.fund, amount=130)), D("fund")),
    "reservations": (lambda s: replace(s, reservations=[Reservation("d", 7)]), D("reservations")),
    "earmarks": (lambda s: replace(s, earmarks=[Earmark("a", 30)]), D("earmarks")),
    "weights": (lambda s: replace(s, weights={"x": 10, "y": 90}), D("method", ("weights",))),
    "kind and coefficient": (
        lambda s: replace(s, kind="scores", coefficient="k"),
        D("method", ("kind", "coefficient")),
    ),
    "data": (
        lambda s: replace(s, factors=(Factor("x", (9, 2, 1), "人口"), *s.factors[1:])),
        D("data", ("x",)),
    ),
    "limits": (lambda s: replace(s, limits=[Limit(cap=34)]), D("limits")),
    "rounding": (
        lambda s: replace(s, fund=replace(s.fund, unit=20, rounding="rest-to-largest")),
        D("rounding", ("unit", "rounding")),
    ),
    "recipients": (
        lambda s: replace(
            s,
            recipients=(*s.recipients, Recipient("d")),
            factors=[replace(f, values=(*f.values, 3)) for f in s.factors],
        ),
        D("recipients", ("list",)),
    ),
    "order": (
        lambda s: replace(
            s,
            recipients=s.recipients[::-1],
            factors=[replace(f, values=f.values[::-1]) for f in s.factors],
        ),
        D("recipients", ("order",)),
    ),
}


@pytest.mark.parametrize("name", SWITCHES)
def test_one_clause_that_differs_has_the_whole_difference(name: str) -> None:
    edit, clause = SWITCHES[name]
    before, after = allocate(small()), allocate(edit(small()))
    found = explain(before, after)
    assert [reason.clauses for reason in found.reasons] == [(clause,)]
    changes = {id: after.amounts[id] - before.amounts.get(id, 0) for id in after.amounts}
    assert dict(found.reasons[0].amounts) == changes
    assert any(changes.values()) or name == "order"


def test_last_years_amounts_are_a_clause_where_limits_go_by_them() -> None:
    limit = Limit(floor_rate=Fraction(1, 2), of="previous")
    old, new = {"a": 10, "b": 10, "c": 10}, {"a": 90, "b": 10, "c": 10}
    assert differing(small(previous=old), small(previous=new)) == ()
    before, after = small(previous=old, limits=[limit]), small(previous=new, limits=[limit])
    (reason,) = why(before, after).reasons
    assert reason.clauses == (D("previous"),)
    assert reason.amounts["a"] == 45 - 35


def test_what_changes_no_amount_is_no_clause() -> None:
    before = small(published={"a": 1, "b": 2, "c": 3}, limits=[Limit(floor=1), Limit(cap=90)])
    after = replace(
        before,
        title="another",
        published=None,
        fund=replace(before.fund, name="a fund", source="a source"),
        weights={**before.weights, "k": 0},
        recipients=[Recipient("a", "X", "county"), *before.recipients[1:]],
        factors=[*before.factors[:2], Factor("k", (5, 6, 7))],
        limits=before.limits[::-1],
    )
    assert differing(before, after) == ()
    assert why(before, after).reasons == ()


# --- how much is due to each ----------------------------------------------------------------------


def mixed_pair(rnd: Random) -> tuple[Scenario, Scenario]:
    """Two scenarios of the same recipients, one random, the other with some clauses of a second one."""
    while True:
        first = random_case(rnd)
        second = random_case(rnd)
        if len(second["recipients"]) >= len(first["recipients"]) and set(first["values"]) <= set(
            second["values"]
        ):
            break
    ids = first["recipients"]
    other = dict(first)
    for keys in (
        ["rounding"],
        ["kind", "weights"],
        ["coefficient"],
        ["earmarks"],
        ["reservations"],
        ["limits"],
    ):
        if rnd.random() < 0.5:
            other |= {key: second[key] for key in keys}
    if rnd.random() < 0.5:
        other["values"] = {
            f: dict(zip(ids, second["values"][f].values(), strict=False)) for f in first["values"]
        }
    if "weights" in other and set(other["weights"]) != set(first["values"]):
        other |= {"weights": first["weights"], "kind": first["kind"]}
    if rnd.random() < 0.5:
        other["fund"] = first["fund"] + rnd.randint(1, 20) * first["unit"]
    return scenario_of(first), scenario_of(other)


def brute(before: Scenario, after: Scenario, blocks: list[tuple[Clause, ...]]) -> list[dict[str, Fraction]]:
    """Each block's part by walking through every order, from the definition."""
    clauses = differing(before, after)
    mixture = mixing(before, after, clauses)
    ids = dict.fromkeys((*before.ids, *after.ids))
    sums = [dict.fromkeys(ids, Fraction()) for _ in blocks]
    orders = list(permutations(range(len(blocks))))
    for order in orders:
        switched = 0
        amounts = allocate(mixture(0)).amounts
        for block in order:
            switched |= sum(1 << clauses.index(clause) for clause in blocks[block])
            moved = allocate(mixture(switched)).amounts
            for id in ids:
                sums[block][id] += moved.get(id, 0) - amounts.get(id, 0)
            amounts = moved
    return [{id: total / len(orders) for id, total in by.items()} for by in sums]


@given(st.integers(0, 10**9))
def test_the_parts_add_up_and_turn_round_and_are_the_average_over_all_orders(seed: int) -> None:
    rnd = Random(seed)
    while True:
        try:
            before, after = mixed_pair(rnd)
            first, second = allocate(before), allocate(after)
            break
        except AllocatorError:
            continue
    found, back = explain(first, second), explain(second, first)
    for id, change in found.differences.items():
        assert change == second.amounts[id] - first.amounts[id]
        assert sum(reason.amounts[id] for reason in found.reasons) == change
    turned = {reason.clauses: {id: -x for id, x in reason.amounts.items()} for reason in back.reasons}
    assert turned == {reason.clauses: dict(reason.amounts) for reason in found.reasons}
    if len(found.reasons) <= 4:
        expected = brute(before, after, [reason.clauses for reason in found.reasons])
        assert [dict(reason.amounts) for reason in found.reasons] == expected
    # money moves between recipients; all of them together get what fund and reservations leave
    for reason in found.reasons:
        if not {clause.kind for clause in reason.clauses} & {"fund", "reservations"}:
            assert reason.total == 0


def test_two_clauses_by_hand() -> None:
    # equal thirds of 90; weights (1, 0, 0) alone, a cap of 40 alone, or both: a gets 30, 90, 30, 40
    before = Scenario(
        title="t",
        fund=Fund(90, "CNY", 1),
        kind="shares",
        weights={"x": 100},
        recipients=[Recipient(id) for id in "abc"],
        factors=[Factor("x", (1, 1, 1)), Factor("y", (8, 1, 1))],
    )
    after = replace(before, weights={"y": 100}, limits=[Limit(cap=40)])
    weights, limits = why(before, after).reasons
    # y alone gives a 72: (72 − 30 + 40 − 30) / 2 = 26 and (30 − 30 + 40 − 72) / 2 = −16
    assert (weights.amounts["a"], limits.amounts["a"]) == (26, -16)


def test_luzhou_splits_into_weights_and_limits() -> None:
    found = explain(luzhou("jobs-first"), luzhou("cap-zone"))
    assert [reason.clauses for reason in found.reasons] == [(D("method", ("weights",)),), (D("limits"),)]
    assert [reason.total for reason in found.reasons] == [0, 0]
    for id, change in found.differences.items():
        assert sum(reason.amounts[id] for reason in found.reasons) == change


def test_clauses_that_only_go_together_are_merged() -> None:
    # 100 − 0 and 103 − 3 are whole tens, 100 − 3 and 103 − 0 are not
    before = small(fund=Fund(100, "CNY", 10))
    after = small(fund=Fund(103, "CNY", 10), reservations=[Reservation("d", 3)], weights={"x": 10, "y": 90})
    merged, weights = why(before, after).reasons
    assert merged.clauses == (D("fund"), D("reservations"))
    assert weights.clauses == (D("method", ("weights",)),)
    assert not any(merged.amounts.values()) and any(weights.amounts.values())


def test_an_earmark_and_data_without_its_recipient_are_merged() -> None:
    found = explain(luzhou("published-rule"), luzhou("after-earmark"))
    (reason,) = found.reasons
    assert [clause.kind for clause in reason.clauses] == ["earmarks", *["data"] * 4]


def test_a_value_that_only_one_gives_is_no_other_value() -> None:
    before = small()
    blank = [replace(f, values=(None, *f.values[1:])) for f in before.factors]
    after = replace(before, factors=blank, earmarks=[Earmark("a", 20)])
    assert differing(before, after) == (D("earmarks"),)
    assert [reason.clauses for reason in why(after, before).reasons] == [(D("earmarks"),)]


def test_recipients_that_appear_and_disappear() -> None:
    before = small()
    after = replace(
        before,
        recipients=[*before.recipients[1:], Recipient("d")],
        factors=[replace(f, values=(*f.values[1:], 4)) for f in before.factors],
        weights={"x": 50, "y": 50},
    )
    found = why(before, after)
    assert (found.new, found.gone) == (("d",), ("a",))
    assert list(found.differences) == ["a", "b", "c", "d"]
    assert found.differences["a"] == -allocate(before).amounts["a"]
    for id, change in found.differences.items():
        assert sum(reason.amounts[id] for reason in found.reasons) == change
    assert [reason.clauses[0].kind for reason in found.reasons] == ["recipients", "method"]
    # who gets nothing in either mixture owes nothing to the weights there
    assert found.reasons[0].amounts["d"] > 0 > found.reasons[0].amounts["a"]


def test_many_clauses_are_grouped_not_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(s: Scenario) -> Scenario:
        factors = [replace(f, values=tuple(x + 1 for x in f.values)) for f in s.factors]
        return replace(s, factors=factors, coefficient="k", limits=[Limit(cap=40)])

    before, after = small(coefficient="k"), other(small())
    assert len(why(before, after).reasons) == 4
    monkeypatch.setattr(module, "MOST_CLAUSES", 3)
    found = why(before, after)
    assert found.together
    assert [reason.clauses for reason in found.reasons] == [(D("data", ("x", "y", "k")),), (D("limits"),)]
    for id, change in found.differences.items():
        assert sum(reason.amounts[id] for reason in found.reasons) == change


def test_scenarios_that_have_nothing_in_common_are_refused() -> None:
    dollars = small(fund=Fund(100, "USD", 1))
    with pytest.raises(ScenarioError, match="currencies"):
        why(small(), dollars)
    strangers = small(recipients=[Recipient(id) for id in "xyz"])
    with pytest.raises(ScenarioError, match="no recipient in common"):
        why(small(), strangers)


@settings(max_examples=cases(15))  # up to 512 allocations each
@given(st.integers(0, 10**9))
def test_any_two_scenarios(seed: int) -> None:
    """Also of other recipients and columns: ends, sums, and the same the other way round."""
    rnd = Random(seed)
    found: list[Allocation] = []
    while len(found) < 2:
        try:
            found.append(allocate(scenario_of(random_case(rnd))))
        except AllocatorError:
            continue
    first, second = found
    clauses = differing(first.scenario, second.scenario)
    mixture = mixing(first.scenario, second.scenario, clauses)
    for switched, end in ((0, first), (2 ** len(clauses) - 1, second)):
        assert allocate(mixture(switched)).amounts == end.amounts
    there, back = explain(first, second), explain(second, first)
    for id, change in there.differences.items():
        assert sum(reason.amounts[id] for reason in there.reasons) == change
    turned = {
        frozenset(reason.clauses): {id: -x for id, x in reason.amounts.items()} for reason in back.reasons
    }
    assert turned == {frozenset(reason.clauses): dict(reason.amounts) for reason in there.reasons}


def test_a_column_without_weight_may_be_blank_in_the_other() -> None:
    before = small(weights={"x": 60, "y": 40, "k": 0})
    blank = [*before.factors[:2], replace(before.factors[2], values=(None, 1, 2))]
    after = replace(before, weights={"x": 60, "y": 40}, factors=blank, fund=Fund(200, "CNY", 1))
    assert [reason.clauses for reason in why(before, after).reasons] == [(D("fund"),)]
    assert [reason.clauses for reason in why(after, before).reasons] == [(D("fund"),)]
