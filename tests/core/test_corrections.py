"""Money held, roundings that leave something and corrections by hand, where there is no file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from good_scenario import small

from allocator import Allocation, Fund, Recipient, Reservation, Scenario, ScenarioError, allocate
from allocator.core.corrections import Adjustment, Deduction
from allocator.core.engine import plan
from allocator.core.parts import Factor, Party
from allocator.core.pools import REST, Pool
from allocator.text import EN


def wrong(make: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        make()
    (problem,) = caught.value.problems
    assert problem.sentence(EN)
    return problem.key


def test_what_only_the_library_can_say_wrong() -> None:
    assert wrong(lambda: Adjustment("a", 1, "r", paid_by="all")) == "paid_by"
    assert wrong(lambda: Adjustment("a", 1, " ")) == "reason_blank"
    assert wrong(lambda: Adjustment("a", 1, None)) == "reason_blank"  # type: ignore[arg-type]
    assert wrong(lambda: Pool("p", "shares", {"x": 100}, REST, phase_in=1)) == "phase_in_pool"
    assert wrong(lambda: Party()) == wrong(lambda: Party("a", "r")) == "target_whom"


def pools(**changes: Any) -> Scenario:
    """10 in two pools of 5 each; in the first take part a, b and d, in the second b and d."""
    ids = ("a", "b", "c", "d")
    rule = {"weights": {"x": 100}, "amount": 5, "kind": "shares"}
    return Scenario(
        title="t",
        fund=Fund(10, "CNY", 1, "rest-to", rest_to=Party("a")),
        kind="",
        weights={},
        recipients=tuple(Recipient(id, id.upper(), "park" if id in "bd" else "") for id in ids),
        factors=(Factor("x", (2, 1, 1, 1)),),
        pools=(Pool("p", recipients=("a", "b", "d"), **rule), Pool("q", recipients="park", **rule)),
        **changes,
    )


def test_a_rest_that_one_pool_leaves_to_one_who_takes_no_part_in_it() -> None:
    """In p: 2.5, 1.25, 1.25, rounded 3, 1, 1; in q 2.5 each, rounded 3 and 3: one too much, and no a."""
    assert wrong(lambda: allocate(pools())) == "rest_to_apart_pool"


def test_a_plan_that_leaves_something_is_shown_and_not_allocated() -> None:
    """Of 100 in tens by 35, 30 and 35: 40, 30 and 40 alone, 10 too much; in units of 20: 40, 40 and 40."""
    scenario = small(fund=Fund(100, "CNY", 10, "each-alone"))
    found = plan(scenario)
    assert (found.left, found.undistributed, found.total) == (-10, -10, 110)
    assert wrong(lambda: allocate(scenario)) == "overdistributed"
    hand = Adjustment("c", -10, "定额", date(2024, 5, 1))
    corrected = allocate(small(fund=Fund(100, "CNY", 10, "each-alone"), adjustments=(hand,)))
    assert corrected.amounts == {"a": 40, "b": 30, "c": 30}
    assert corrected.before_adjustments == found.amounts and corrected.used == -10


def kept(**changes: Any) -> Allocation:
    fund = Fund(100, "CNY", 1, **changes)
    return allocate(
        small(fund=fund, reservations=(Reservation("部", 0), Reservation("局", 10)), coefficient="k")
    )


def test_what_rounding_leaves_goes_to_a_reservation() -> None:
    """90 by 35, 30 and 70 of 135: 23.33, 20 and 46.67: rounded they come to 90, and nothing is left.

    With weights of 100 on y: 1, 0 and 2 of 3: 30, 0, 60.
    """
    found = kept(rounding="rest-to", rest_to=Party(reservation="部"))
    assert [r.amount for r in found.reservations] == [0, 10] and sum(found.amounts.values()) == 90
    tenth = Fund(1, "CNY", "0.1", "each-alone", left=Party(reservation="部"))
    thirds = allocate(
        small(
            fund=tenth,
            weights={"x": 100},
            factors=(Factor("x", (1, 1, 1)),),
            reservations=(Reservation("部", 0),),
        )
    )
    assert [str(x) for x in thirds.amounts.values()] == ["3/10"] * 3
    assert [str(r.amount) for r in thirds.reservations] == ["1/10"] and thirds.undistributed == 0


def test_money_held_is_part_of_the_entitlement() -> None:
    """a holds 20 of 120: 42, 36 and 42, so a is paid 22."""
    found = allocate(small(deductions=(Deduction("a", 12), Deduction("a", 8))))
    assert found.amounts == {"a": 22, "b": 36, "c": 42}
    assert found.entitlements == {"a": 42, "b": 36, "c": 42}
    assert [(s.kind, s.amounts["a"]) for s in found.stages[-2:]] == [("deduction", -20), ("rounding", 0)]


def test_what_was_issued_before_is_shown_beside_the_years_amount() -> None:
    issued = {"a": 30, "b": 40, "c": 0}
    assert wrong(lambda: allocate(small(issued=issued))) == "issued_above"
    fund = Fund(100, "CNY", 1, below_zero="recover")
    assert allocate(small(fund=fund, issued=issued)).to_issue == {"a": 5, "b": -10, "c": 35}


def test_every_stage_adds_up_whatever_the_rule_has() -> None:
    scenario = small(
        deductions=(Deduction("a", 20),),
        adjustments=(Adjustment("b", 3, "r", paid_by="pro-rata"),),
        previous={"a": 50, "b": 25, "c": 25},
        kind="",
        weights={},
        pools=(Pool("", "shares", {"x": 60, "y": 40}, REST, phase_in="0.5", coefficients=("k",)),),
    )
    found = allocate(scenario)
    assert {i: sum(s.amounts[i] for s in found.stages) for i in "abc"} == found.amounts
    assert [s.kind for s in found.stages] == [
        "factor", "factor", "coefficient", "phase_in", "deduction", "rounding", "adjustment",
    ]  # fmt: skip
