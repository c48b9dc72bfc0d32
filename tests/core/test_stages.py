"""The stages of the allocation one by one, each number with its derivation."""

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest

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
)
from allocator.core.corrections import Adjustment
from allocator.core.exact import nearest_unit
from allocator.core.parts import Party
from allocator.files.scenario.save import tables
from allocator.text import Money, Phrasebook

CASES = json.loads(Path(__file__).with_name("largest_remainder_cases.json").read_text("utf-8"))


def scenario(
    values, fund=100, unit=1, *, weights=None, kind="shares", rounding="largest-remainder", kinds="", **more
):
    """A scenario of one factor, or of several where values are a dict, with recipients a, b, c, …"""
    columns = values if isinstance(values, dict) else {"x": values}
    size = len(next(iter(columns.values())))
    return Scenario(
        title="a case",
        fund=Fund(fund, "CNY", unit, rounding),
        kind=kind,
        weights=weights or {"x": 100},
        recipients=[Recipient("abcdefghijkl"[i], kind=kinds[i] if kinds else "") for i in range(size)],
        factors=[Factor(id, tuple(column)) for id, column in columns.items()],
        **more,
    )


def amounts(*arguments, **settings):
    return list(allocate(scenario(*arguments, **settings)).amounts.values())


def limits(floors=(), caps=()):
    made = [Limit((id,), floor=floor) for id, floor in zip("abc", floors, strict=False) if floor is not None]
    return made + [Limit((id,), cap=cap) for id, cap in zip("abc", caps, strict=False) if cap is not None]


def wrong(key, make):
    """The error raised is about this and nothing else; its sentences can be said in both languages."""
    with pytest.raises((ScenarioError, InfeasibleError)) as caught:
        make()
    assert [problem.key for problem in caught.value.problems] == [key]
    assert all(caught.value.sentences(Phrasebook(lang)) for lang in ("zh", "en"))
    return caught.value


# --- fund, reservations, earmarks -----------------------------------------------------------------


def test_reservations_and_earmarks_come_off_first():
    case = scenario(
        (1, 1, 2),
        fund=100,
        reservations=[Reservation("d", 10), Reservation("e", 5)],
        earmarks=[Earmark("c", 45)],
    )
    result = allocate(case)
    # 100 − 15 − 45 = 40 over a and b alone; c keeps its earmark and takes no part
    assert dict(result.amounts) == {"a": 20, "b": 20, "c": 45}
    assert result.total == 100


def test_an_earmarked_recipient_may_also_share():
    result = allocate(scenario((1, 1, 2), fund=80, earmarks=[Earmark("c", 40, also_shares=True)]))
    assert dict(result.amounts) == {"a": 10, "b": 10, "c": 60}
    assert result.earmarks["c"] == 40


def test_earmarks_of_one_recipient_add_up_and_are_paid_as_written():
    result = allocate(scenario((1, 1), fund="100.25", earmarks=[Earmark("b", "0.05"), Earmark("b", "0.20")]))
    assert dict(result.amounts) == {"a": 100, "b": Fraction(1, 4)}


def test_everything_may_be_earmarked():
    case = scenario((None, None), fund=30, earmarks=[Earmark("a", 10), Earmark("b", 20)])
    assert dict(allocate(case).amounts) == {"a": 10, "b": 20}


@pytest.mark.parametrize(
    ("left", "unit", "works"),
    [(56_020_000, 30_000, 20_000), (100, 7, 5), (100, 3, 2), (99, 10, 1), (1, 5, 1), ("0.30", 1, "0.1")],
)
def test_a_unit_that_does_not_divide_is_answered_with_one_that_does(left, unit, works):
    error = wrong("unit", lambda: scenario((1, 2), fund=left, unit=unit))
    assert error.problems[0].details["nearest"].amount == Fraction(works)
    assert Fraction(left) % Fraction(works) == 0


def test_nearest_unit_is_the_nearest_of_all_steps():
    """Brute force over 0.01, 0.02, 0.05, … for amounts in cents."""
    steps = [Fraction(m * 10**p, 100) for p in range(6) for m in (1, 2, 5)]
    for cents in range(1, 3000, 7):
        amount = Fraction(cents, 100)
        for unit in (Fraction(3, 100), Fraction(1, 4), 3, 7, 40):
            distance = abs(nearest_unit(amount, unit) - unit)
            assert distance == min(abs(step - unit) for step in steps if amount % step == 0)


def test_more_reserved_than_there_is():
    wrong("overspent", lambda: scenario((1, 1), fund=10, reservations=[Reservation("d", 11)]))


def test_nobody_left_to_share():
    wrong("nobody_shares", lambda: scenario((1,), fund=10, earmarks=[Earmark("a", 4)]))


# --- scores ---------------------------------------------------------------------------------------


def test_shares_weigh_each_factor_by_its_own_total():
    values = {"x": (1, 3), "y": (900, 100)}
    result = allocate(scenario(values, weights={"x": 40, "y": 60}))
    # a: 0.4 · 1/4 + 0.6 · 9/10 = 0.64
    assert dict(result.entitlements) == {"a": 64, "b": 36}
    assert result.contributions["x"] == {"a": 10, "b": 30}
    assert result.contributions["y"] == {"a": 54, "b": 6}


def test_scores_weigh_the_values_themselves():
    values = {"x": (1, 3), "y": (9, 1)}
    # a: 4·1 + 6·9 = 58, b: 4·3 + 6·1 = 18
    result = allocate(scenario(values, fund=760, kind="scores", weights={"x": 4, "y": 6}))
    assert dict(result.entitlements) == {"a": 580, "b": 180}


def test_a_coefficient_multiplies_the_score():
    values = {"x": (1, 1, 2), "hardship": (1, Fraction(3, 2), 1)}
    result = allocate(scenario(values, fund=90, coefficient="hardship"))
    assert dict(result.entitlements) == {"a": 20, "b": 30, "c": 40}
    assert result.contributions["x"] == result.entitlements


def test_zero_columns():
    wrong("column_zero", lambda: scenario({"x": (1, 1), "y": (0, 0)}, weights={"x": 50, "y": 50}))
    assert amounts({"x": (1, 1), "y": (0, 0)}, weights={"x": 100, "y": 0}) == [50, 50]
    assert amounts({"x": (1, 1), "y": (0, 0)}, kind="scores", weights={"x": 1, "y": 1}) == [50, 50]
    error = wrong("scores_zero", lambda: allocate(scenario((0, 0), kind="scores")))
    assert error.problems[0].part == "factors"


@pytest.mark.parametrize("kind", ["shares", "scores"])
def test_a_factor_without_weight_brings_nobody_anything(kind):
    result = allocate(scenario({"x": (1, 1), "y": (1, 3)}, kind=kind, weights={"x": 100, "y": 0}))
    assert list(result.amounts.values()) == [50, 50]
    assert result.contributions["y"] == {"a": 0, "b": 0}


def test_missing_is_not_zero():
    wrong("cell_blank", lambda: scenario((1, None)))


@pytest.mark.parametrize("weights", [{"x": 99}, {"x": "100.0001"}, {"x": 110}, {"x": 60, "y": 50}])
def test_shares_need_weights_of_exactly_100(weights):
    wrong("weights_sum", lambda: scenario({"x": (1, 1), "y": (1, 2)}, weights=weights))


def test_a_third_may_be_a_weight():
    values = {"x": (1, 0), "y": (0, 1), "z": (1, 1)}
    third = Fraction(100, 3)
    assert amounts(values, weights={"x": third, "y": third, "z": third}) == [50, 50]


# --- limits ---------------------------------------------------------------------------------------


def test_a_cap_is_not_pinned_before_it_binds():
    """Entitlements 10/30/60, floor 30 for a, cap 50 for c: pinning both at once would give 30/20/50."""
    result = allocate(scenario((10, 30, 60), limits=limits((30,), (None, None, 50))))
    assert list(result.limited.values()) == [30, Fraction(70, 3), Fraction(140, 3)]
    assert dict(result.at) == {"a": "floor", "b": None, "c": None}


def test_floors_and_caps_on_everybody():
    """Entitlements 1500/33, 1700/33, 100/33: only the third's floor binds, 65 over the others 15 : 17."""
    result = allocate(scenario((15, 17, 1), limits=limits((13, 25, 35), (36, 55, 43))))
    assert list(result.limited.values()) == [Fraction(65 * 15, 32), Fraction(65 * 17, 32), 35]
    assert [float(amount) for amount in result.limited.values()] == [30.46875, 34.53125, 35]
    assert list(result.at.values()) == [None, None, "floor"]


def test_rates_of_the_fund_the_distributable_and_last_year():
    previous = {"a": 40, "b": 10, "c": 10}
    values = {"x": (1, 1, 8), "people": (5, 3, 2)}
    more = {"fund": 110, "reservations": [Reservation("d", 10)], "previous": previous}

    def floors(limit):
        return list(allocate(scenario(values, limits=[limit], **more)).floors.values())

    assert floors(Limit("all", floor_rate="0.2", of="fund")) == [22, 22, 22]
    assert floors(Limit("all", floor_rate="0.2", of="distributable")) == [20, 20, 20]
    assert floors(Limit("all", floor_rate="0.5", of="distributable", by="people")) == [25, 15, 10]
    assert floors(Limit("all", floor_rate="0.9", of="previous")) == [36, 9, 9]
    # floors are rounded up, 0.33 · 10 = 3.3
    assert floors(Limit(("b",), floor_rate="0.33", of="previous")) == [None, 4, None]


def test_caps_are_rounded_down_to_units():
    result = allocate(scenario((1, 1), unit=10, limits=[Limit(("a",), cap=39)]))
    assert dict(result.caps) == {"a": 30, "b": None}
    assert dict(result.floors) == {"a": None, "b": None}
    assert dict(result.amounts) == {"a": 30, "b": 70}


def test_where_floor_and_cap_are_one_it_is_said_which_of_them_holds():
    """Entitlements 50 and 50: left to the multiplier of the other, the first would get less, or more."""
    for pinned, at in ((80, "floor"), (20, "cap")):
        result = allocate(scenario((1, 1), unit=10, limits=limits((pinned,), (pinned,))))
        assert list(result.amounts.values()) == [pinned, 100 - pinned]
        assert dict(result.at) == {"a": at, "b": None}
    # b's own 50 is what a is held to: neither way
    assert allocate(scenario((1, 1), unit=10, limits=limits((50,), (50,)))).at["a"] == "floor"


def test_the_highest_floor_and_the_lowest_cap_hold():
    result = allocate(
        scenario(
            (1, 1, 1), limits=[*limits((40,), (60,)), Limit("all", floor=10, cap=90), Limit(("a",), cap=50)]
        )
    )
    assert (result.floors["a"], result.caps["a"]) == (40, 50)


def test_a_kind_means_those_of_it_that_take_part():
    park = Limit("park", cap=20)
    case = scenario(
        (1, 1, 1), fund=120, kinds=("park", "county", "park"), earmarks=[Earmark("c", 60)], limits=[park]
    )
    result = allocate(case)
    assert dict(result.amounts) == {"a": 20, "b": 40, "c": 60}
    # c takes no part, and 0 would be a limit
    assert dict(result.caps) == {"a": 20, "b": None, "c": None}
    assert dict(result.floors) == {"a": None, "b": None, "c": None}
    assert dict(result.at) == {"a": "cap", "b": None, "c": None}
    assert result.differences is None  # nothing was published


def test_limits_that_cannot_hold_say_by_how_much():
    error = wrong("floor_above_cap", lambda: allocate(scenario((1, 1), limits=limits((60,), (50,)))))
    assert error.exit_status == 3
    a, b = (recipient.name for recipient in scenario((1, 1)).recipients)
    assert error.problems[0].details == {"name": a, "floor": Money(60, "CNY"), "cap": Money(50, "CNY")}
    error = wrong("floors_above_money", lambda: allocate(scenario((1, 1, 1), limits=limits((60, 70)))))
    left = Money(100, "CNY")
    assert error.problems[0].details == {
        "names": [a, b], "count": 2, "sum": Money(130, "CNY"), "left": left, "by": Money(30, "CNY"),
    }  # fmt: skip
    error = wrong("caps_below_money", lambda: allocate(scenario((1, 1), limits=limits(caps=(30, 40)))))
    assert error.problems[0].details == {
        "names": [a, b], "count": 2, "sum": Money(70, "CNY"), "left": left, "by": Money(30, "CNY"),
    }  # fmt: skip


def test_of_many_limits_that_cannot_hold_ten_are_named():
    def problems(**limit):
        with pytest.raises(InfeasibleError) as caught:
            allocate(scenario((1,) * 12, limits=[Limit("all", **limit)]))
        return caught.value.problems

    first = [recipient.name for recipient in scenario((1,) * 12).recipients[:10]]
    assert [problem.details["name"] for problem in problems(floor=60, cap=50)] == first
    (problem,) = problems(floor=9)  # 12 · 9 = 108 > 100
    assert (problem.details["names"], problem.details["count"]) == (first, 12)


def test_without_entitlement_a_cap_takes_no_money():
    """c has no score, so its cap of 50 counts as its floor, 0: 40 + 50 < 100."""
    wrong("caps_below_money", lambda: allocate(scenario((1, 1, 0), limits=limits(caps=(40, 50, 50)))))


def test_without_entitlement_a_floor_is_paid():
    assert amounts((3, 1, 0), limits=limits((None, None, 20))) == [60, 20, 20]


def test_limits_that_leave_no_freedom_keep_the_multiplier_nearest_to_one():
    result = allocate(scenario((1, 3), limits=limits((50, 50), (50, 50))))
    assert (list(result.limited.values()), result.split.multiplier) == ([50, 50], 1)
    # neither the cap of a nor the floor of b binds
    result = allocate(scenario((1, 3), limits=limits((None, 40), (60,))))
    assert list(result.amounts.values()) == [25, 75]
    assert result.split.multiplier == 1


# --- rounding -------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["source"])
def test_largest_remainder_cases_from_elsewhere(case):
    assert amounts(case["votes"], fund=case["units"]) == case["result"]


def test_equal_remainders_are_decided_in_listed_order_and_reported():
    result = allocate(scenario((1, 1, 1, 1), fund=6))
    assert list(result.amounts.values()) == [2, 2, 1, 1]
    assert result.tied == ("a", "b", "c", "d")
    # 7 over 3 : 3 : 1 is 3 + 3 + 1, nothing to decide
    assert allocate(scenario((3, 3, 1), fund=7)).tied == ()
    # 2.5, 2.5, 5: one unit for two halves; c is not part of it
    assert allocate(scenario((1, 1, 2), fund=10)).tied == ("a", "b")


def test_a_remainder_tie_that_float_gets_wrong():
    """0.1 : 0.2 : 0.3 of 3 units is exactly 0.5, 1, 1.5; as floats the remainders differ."""
    values = ("0.1", "0.2", "0.3")
    result = allocate(scenario(values, fund=3))
    assert (list(result.amounts.values()), result.tied) == ([1, 1, 1], ("a", "c"))


def test_rest_to_largest():
    # 33.3 each to the nearest: 33, the rest of 1 to the first of the largest, and all are reported
    result = allocate(scenario((1, 1, 1), rounding="rest-to-largest"))
    assert (list(result.amounts.values()), result.tied) == ([34, 33, 33], ("a", "b", "c"))
    # 33.5 each: halves up give 34 + 34, and the first of the two gives one back
    result = allocate(scenario((1, 1), fund=67, rounding="rest-to-largest"))
    assert (list(result.amounts.values()), result.tied) == ([33, 34], ("a", "b"))
    # equal and whole: there is no rest, so nothing was decided by listed order
    assert allocate(scenario((1, 1), rounding="rest-to-largest")).tied == ()
    # to whom nothing is due nothing is given, and that breaks no limit
    assert amounts((1, 0), rounding="rest-to-largest") == [100, 0]
    # 0.5, 0.5, 9: halves up give 1 + 1 + 9, one too many, which the largest gives back
    assert amounts((1, 1, 18), fund=10, rounding="rest-to-largest") == [1, 1, 8]


def test_rest_to_largest_is_refused_when_it_breaks_a_limit_or_goes_below_zero():
    # a stands at its cap of 4; 1.25 each of four others round down to 1, and the rest of 1 would go to a
    case = scenario((10, 1, 1, 1, 1), fund=9, rounding="rest-to-largest", limits=limits(caps=(4,)))
    error = wrong("rest_breaks_limit", lambda: allocate(case))
    assert error.exit_status == 3
    a = case.recipients[0].name
    assert error.problems[0].details == {"name": a, "amount": Money(5, "CNY"), "limit": Money(4, "CNY")}
    # a half each of four recipients rounds up to 4 units where there are 2: the first would get −1
    case = scenario((1, 1, 1, 1), fund=2, rounding="rest-to-largest")
    error = wrong("rest_breaks_limit", lambda: allocate(case))
    assert error.problems[0].details == {"name": a, "amount": Money(-1, "CNY"), "limit": Money(0, "CNY")}
    # 2.5 each of four at a floor of 2 rounds up to 12 of 10 units: the first would get 1
    case = scenario((1, 1, 1, 1), fund=10, rounding="rest-to-largest", limits=[Limit("all", floor=2)])
    error = wrong("rest_breaks_limit", lambda: allocate(case))
    assert error.problems[0].details == {"name": a, "amount": Money(1, "CNY"), "limit": Money(2, "CNY")}


def test_units_of_cents_and_of_ten_thousand():
    assert amounts((1, 2), fund="0.10", unit="0.01") == [Fraction(3, 100), Fraction(7, 100)]
    assert amounts((1, 2), fund=100_000, unit=10_000) == [30_000, 70_000]


# --- what a scenario refuses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "key"),
    [
        ({"cap_rate": 80, "of": "distributable"}, "rate"),
        ({"floor_rate": 30, "of": "previous"}, "rate"),
        ({"cap_rate": 80, "of": "fund", "by": "x"}, "rate"),
        ({"recipients": "", "floor": 1}, "limit_nobody"),
    ],
)
def test_limits_that_cannot_be_meant(limit, key):
    wrong(key, lambda: Limit(**limit))


def test_rates_that_can_be_meant():
    Limit(cap_rate=1, of="fund")
    Limit(cap_rate="1.5", of="previous")
    Limit(cap_rate="1.9", of="fund", by="x")


def test_a_new_field_of_limits_changes_no_digest_where_it_is_not_used_and_is_saved():
    @dataclass(frozen=True)
    class Wider(Limit):
        times: int | None = None

    before, unused, used = (
        scenario((1, 2), limits=[limit])
        for limit in (Limit(cap=100_000), Wider(cap=100_000), Wider(cap=100_000, times=3))
    )
    assert before.digest == unused.digest != used.digest
    assert [tables(case, ())["limit"] for case in (before, used)] == [
        [{"recipients": "all", "cap": 100_000}], [{"recipients": "all", "cap": 100_000, "times": 3}],
    ]  # fmt: skip


@pytest.mark.parametrize("year", ["2022", 10**40, -1, True])
def test_a_year_is_four_digits(year):
    wrong("year", lambda: Factor("x", (1,), year=year))


def test_a_reservation_that_would_fall_below_zero_is_named():
    """It has 10 and is to pay 11; or has nothing, and 1.5 up to 2 twice is one of 3 too many."""
    office = Party(reservation="市级部门")
    pays = [Adjustment("a", 11, "会议决定", paid_by=office)]
    ten, nothing = ([Reservation("市级部门", amount)] for amount in (10, 0))
    paying = scenario((1, 1), 110, reservations=ten, adjustments=pays)
    wrong("adjusted_below_zero", lambda: allocate(paying))
    three = Fund(3, "CNY", 1, "rest-to", rest_to=office)
    taking = replace(scenario((1, 1), reservations=nothing), fund=three)
    wrong("rounding_breaks_limit", lambda: allocate(taking))
