"""Money that is held, roundings that leave something, adjustments and instalments, worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from formula_by_hand import Refused
from rules_by_hand import Overspent, Undistributed
from trial_by_hand import BY_X, CNY, amounts, entry, pool, shared, table

# ---------------------------------------------------------------- money that is held


def test_what_is_held_counts_as_allocated() -> None:
    """Of 1,000 and 50 that X holds, .50/.09/.41 are 525, 94.5 and 430.5; less 50 it is 475.

    Both others have half a unit, and the first listed gets it.
    """
    rule = BY_X + entry("deduction", 'recipient = "A"; amount = 50; reason = "上年结余"')
    assert amounts(shared("1000/1", rule, table(50, 9, 41))) == [475, 95, 430]


def test_nobody_falls_below_zero_by_what_is_held() -> None:
    """A holds 2,000 of 3,000, more than its half: it gets nothing, and the others share 1,000 by 9 : 41."""
    rule = (
        BY_X
        + entry("deduction", 'recipient = "A"; amount = 1000')
        + entry("deduction", 'recipient = "A"; amount = 1000')
    )
    assert amounts(shared("1000/1", rule, table(50, 9, 41))) == [0, 180, 820]


def test_limits_hold_on_the_gross_and_cents_do_no_harm() -> None:
    """A and B equal, A holds 20.50 of 120.50: 60.25 each, so A 39.75 of 100.

    A gross cap of 50 leaves A at most 29.50, that is 29; a gross floor of 70 at least 49.50, that is 50.
    """
    rule = BY_X + entry("deduction", 'recipient = "A"; amount = 20.50')
    assert amounts(shared("100/1", rule, table(1, 1))) == [40, 60]
    for limit, paid in (("cap = 50", [29, 71]), ("floor = 70", [50, 50])):
        assert (
            amounts(shared("100/1", rule + entry("limit", f'recipients = ["A"]; {limit}'), table(1, 1)))
            == paid
        )
    with pytest.raises(Refused, match="above cap"):  # who holds more than the cap
        shared("100/1", rule + entry("limit", 'recipients = ["A"]; cap = 20'), table(1, 1))


def test_what_is_held_in_a_group() -> None:
    """A and B equal with C and D, A holds 20: 30 each of 120. A and B may have 50 gross, so they are paid 30.

    Inside these are 25 gross each: A 5 and B 25; C and D have 35 each.
    """
    rule = BY_X + entry("deduction", 'recipient = "A"; amount = 20')
    assert amounts(shared("100/1", rule, table(1, 1, 1, 1))) == [10, 30, 30, 30]
    rule += entry("limit", 'recipients = ["A", "B"]; together = true; cap = 50')
    assert amounts(shared("100/1", rule, table(1, 1, 1, 1))) == [5, 25, 35, 35]


def test_what_is_held_counts_in_its_pool() -> None:
    """Two pools of 100, A holds 20 of the first: 60 each there, so 40 and 60; the second stays 50 and 50."""
    rule = pool("one", "amount = 100") + pool("two", 'amount = "rest"')
    held = entry("deduction", 'recipient = "A"; amount = 20; pool = "one"')
    split = shared("200/1", rule + held, table(1, 1))
    assert [list(part.values()) for part in split.pools.values()] == [[40, 60], [50, 50]]
    with pytest.raises(Refused):
        shared("200/1", rule + held.replace('pool = "one"', ""), table(1, 1))


def test_a_fixed_pool_less_what_is_held() -> None:
    """100 for each of 1 and 3 projects; A holds 30 and B 10.6: 70 and 289.4, that is 359, the rest has 641.

    Of a pool of 200, scaled: 100k − 30 + 300k − 10.6 = 200, k = 0.6015: 30.15 and 169.85.
    """
    held = "".join(
        entry("deduction", f'recipient = "{id}"; amount = {held}; pool = "each"')
        for id, held in (("A", 30), ("B", "10.60"))
    )
    needed = pool("each", 'amount = "needed"', "x = 100", "fixed") + pool("rest", 'amount = "rest"')
    split = shared("1000/1", needed + held, table(1, 3))
    assert split.money == {"each": 359, "rest": 641}
    assert list(split.pools["each"].values()) == [70, 289]
    scaled = pool("each", 'amount = 200\nover = "scale"', "x = 100", "fixed") + pool(
        "rest", 'amount = "rest"'
    )
    split = shared("1000/1", scaled + held, table(1, 3))
    assert list(split.limited["each"].values()) == [Fraction("30.15"), Fraction("169.85")]
    assert list(split.pools["each"].values()) == [30, 170]


@pytest.mark.parametrize(
    "deduction",
    [
        'recipient = "C"; amount = 5',  # that takes no part
        'recipient = "D"; amount = 5',  # that there is not
        'recipient = "A"; amount = -5',
        'recipient = "A"; amount = 0.001',
        'recipient = "A"; amount = 5; pool = "one"',
        'recipient = "A"; reason = "结余"',
    ],
)
def test_deductions_that_are_refused(deduction: str) -> None:
    rule = BY_X + entry("earmark", 'recipient = "C"; amount = 10')
    with pytest.raises(Refused):
        shared("100/1", rule + entry("deduction", deduction), table(1, 1, 1))


# ---------------------------------------------------------------- roundings that leave something


ALONE = CNY + '\nrounding = "each-alone"'
SEVEN = table(1, 1, 3)  # of seven units 1.4, 1.4, 4.2: rounded 1, 1, 4, and one is left
OFFICE = entry("reservation", 'name = { zh = "市级部门", en = "Departments" }; amount = 3')


def test_each_alone_leaves_something() -> None:
    """One unit of seven is left: undistributed, or the reservation's, or somebody's by an adjustment."""
    with pytest.raises(Undistributed) as left:
        shared("7/1", BY_X, SEVEN, keys=ALONE)
    assert amounts(left.value.result) == [1, 1, 4] and left.value.result.unshared == 1
    taken = shared("10/1", BY_X + OFFICE, SEVEN, keys=ALONE + '\nleft = { reservation = "Departments" }')
    assert amounts(taken) == [1, 1, 4] and taken.reservations == [4]
    more = entry("adjustment", 'recipient = "B"; amount = 1; reason = "按实际情况调整"')
    assert amounts(shared("7/1", BY_X + more, SEVEN, keys=ALONE)) == [1, 2, 4]
    used = shared("10/1", BY_X + OFFICE + more, SEVEN, keys=ALONE + '\nleft = { reservation = "市级部门" }')
    assert amounts(used) == [1, 2, 4] and used.reservations == [3]


def test_each_alone_gives_out_too_much() -> None:
    """Three units for two are 1.5 each, halves up: one too many, that only an adjustment of −1 takes back."""
    for keys in (ALONE, ALONE + '\nleft = { reservation = "市级部门" }'):
        with pytest.raises(Overspent, match="1 too much") as over:
            shared("6/1", BY_X + OFFICE, table(1, 1), keys=keys)
        assert amounts(over.value.result) == [2, 2]
    less = entry("adjustment", 'recipient = "B"; amount = -1; reason = "核减"')
    assert amounts(shared("3/1", BY_X + less, table(1, 1), keys=ALONE)) == [2, 1]


def test_each_alone_in_pools() -> None:
    """Two pools of three: 1.5 each are 2 and 2, and 1, 2 by another column: one too many in all."""
    rule = pool("one", "amount = 3") + pool("two", "amount = 3", "y = 100")
    factors = "recipient,x,y\nA,1,1\nB,1,2"
    less = entry("adjustment", 'recipient = "A"; amount = -1; reason = "核减"')
    assert amounts(shared("6/1", rule + less, factors, keys=ALONE)) == [2, 4]


def test_each_alone_in_a_fixed_pool_is_the_sum_of_its_amounts() -> None:
    """1.4 and 4.2 are 1 and 4: the pool comes to 5 (not 5.6, that is 6); the rest has 5: 1.25 and 3.75."""
    rule = pool("each", 'amount = "needed"', "x = 1.4", "fixed") + pool("rest", 'amount = "rest"')
    split = shared("10/1", rule, table(1, 3), keys=ALONE)
    assert split.money == {"each": 5, "rest": 5}
    assert amounts(split) == [2, 8]
    rule = pool("each", "amount = 5", "x = 1.5", "fixed") + pool("rest", 'amount = "rest"')
    with pytest.raises(Refused, match="comes to 7"):  # 1.5 and 4.5 are 2 and 5
        shared("10/1", rule, table(1, 3), keys=ALONE)


def test_each_alone_may_break_the_limit_of_a_group() -> None:
    """Two of 0.5 within a group of one: rounded they are two."""
    limit = entry("limit", 'recipients = ["A", "B"]; together = true; cap = 1')
    with pytest.raises(Refused, match="breaks a limit"):
        shared("10/1", BY_X + limit, table(1, 1, 1), keys=ALONE)


def test_the_rest_to_one() -> None:
    """The seventh unit to A, or to the reservation; in two pools of seven both rests."""
    keys = CNY + '\nrounding = "rest-to"\nrest_to = { recipient = "A" }'
    assert amounts(shared("7/1", BY_X, SEVEN, keys=keys)) == [2, 1, 4]
    two = pool("one", "amount = 7") + pool("two", 'amount = "rest"')
    assert amounts(shared("14/1", two, SEVEN, keys=keys)) == [4, 2, 8]
    office = keys.replace('recipient = "A"', 'reservation = "市级部门"')
    split = shared("10/1", BY_X + OFFICE, SEVEN, keys=office)
    assert amounts(split) == [1, 1, 4] and split.reservations == [4]
    split = shared("6/1", BY_X + OFFICE, table(1, 1), keys=office)  # halves up: one too many
    assert amounts(split) == [2, 2] and split.reservations == [2]


def test_the_rest_to_one_that_is_refused() -> None:
    """It breaks a limit, falls below zero, or is of one who takes no part in a pool that leaves a rest."""
    keys = CNY + '\nrounding = "rest-to"\nrest_to = { recipient = "A" }'
    with pytest.raises(Refused, match="breaks a limit"):  # 1 and, of seven, 1.4, 1.4, 4.2: one is left
        shared("8/1", BY_X + entry("limit", 'recipients = ["A"]; cap = 1'), table(3, 1, 1, 3), keys=keys)
    with pytest.raises(Refused, match="below zero"):  # 0.5 is one for B and for C, and A has nothing
        shared("1/1", BY_X, table(0, 1, 1), keys=keys)
    part = BY_X.replace("[weights]", 'where = "x > 0"\n[weights]')
    with pytest.raises(Refused, match="no part"):
        shared("1/1", part, table(0, 1, 1), keys=keys)
    assert amounts(shared("2/1", part, table(0, 1, 1), keys=keys)) == [0, 1, 1]  # nothing is left
    empty = entry("reservation", 'name = "市级部门"; amount = 0')
    with pytest.raises(Refused, match="below zero"):
        shared(
            "3/1", BY_X + empty, table(1, 1), keys=keys.replace('recipient = "A"', 'reservation = "市级部门"')
        )


@pytest.mark.parametrize(
    "keys",
    [
        'rounding = "rest-to"',
        'rest_to = { recipient = "A" }',
        'rounding = "rest-to"\nrest_to = { recipient = "Z" }',
        'rounding = "rest-to"\nrest_to = { reservation = "nobody" }',
        'rounding = "rest-to"\nrest_to = { recipient = "A", reservation = "市级部门" }',
        'left = { reservation = "市级部门" }',
        'rounding = "each-alone"\nleft = { recipient = "A" }',
        'rounding = "each-alone"\nleft = { reservation = "nobody" }',
        'rounding = "up"',
        'below_zero = "recover"',
        'of = "亩"',
    ],
)
def test_keys_of_the_fund_that_are_refused(keys: str) -> None:
    with pytest.raises(Refused):
        shared("10/1", BY_X + OFFICE, SEVEN, keys=f"{CNY}\n{keys}")


# ---------------------------------------------------------------- adjustments


def adjusted(*adjustments: str, fund: str = "1000/1", more: str = "") -> list[Fraction]:
    """Of 1,000, A 100, B 300, C 600 before these adjustments; all have a reason."""
    rule = BY_X + more + "".join(entry("adjustment", f'{one}; reason = "会议决定"') for one in adjustments)
    return amounts(shared(fund, rule, table(1, 3, 6)))


def test_adjustments_that_add_up() -> None:
    assert adjusted('recipient = "A"; amount = 50', 'recipient = "C"; amount = -50') == [150, 300, 550]
    assert adjusted('recipient = "A"; amount = 50; paid_by = { recipient = "C" }') == [150, 300, 550]
    assert adjusted('recipient = "A"; amount = -100', 'recipient = "C"; amount = "100元"') == [0, 300, 700]


def test_the_others_pay_by_their_amounts() -> None:
    """A +30: B and C pay 1 : 2. A +10: 3.33 and 6.67, the unit left to the larger remainder. A −10: they get.

    With B +100 of all too, A pays 100/7 and C 600/7, 14.29 and 85.71: 14 and 86, before A's own is seen.
    """
    assert adjusted('recipient = "A"; amount = 30; paid_by = "pro-rata"') == [130, 290, 580]
    assert adjusted('recipient = "A"; amount = 10; paid_by = "pro-rata"') == [110, 297, 593]
    assert adjusted('recipient = "A"; amount = -10; paid_by = "pro-rata"') == [90, 303, 607]
    both = [
        'recipient = "A"; amount = 30; paid_by = "pro-rata"',
        'recipient = "B"; amount = 100; paid_by = "pro-rata"',
    ]
    assert adjusted(*both) == adjusted(*reversed(both)) == [116, 390, 494]


def test_earmarks_count_where_the_others_pay() -> None:
    """C is set apart with 400, A and B have 100 and 500 of 600: C +60 is paid by A with 10 and by B with 50.

    A +90 is paid by B with 50 and by C with 40.
    """
    rule = BY_X + entry("earmark", 'recipient = "C"; amount = 400')
    for recipient, amount, paid in (("C", 60, [90, 450, 460]), ("A", 90, [190, 450, 360])):
        keys = f'recipient = "{recipient}"; amount = {amount}; reason = "会议决定"; paid_by = "pro-rata"'
        assert amounts(shared("1000/1", rule + entry("adjustment", keys), table(1, 5, 6))) == paid


def test_a_tie_of_the_others_goes_in_listed_order() -> None:
    """C +1, and A and B pay half a unit each: the first listed pays."""
    keys = 'recipient = "C"; amount = 1; reason = "会议决定"; paid_by = "pro-rata"'
    assert amounts(shared("300/1", BY_X + entry("adjustment", keys), table(1, 1, 1))) == [99, 100, 101]


def test_a_reservation_pays() -> None:
    more = entry("reservation", 'name = "市级部门"; amount = 40')
    keys = 'recipient = "A"; amount = 30; reason = "会议决定"; paid_by = { reservation = "市级部门" }'
    split = shared("1040/1", BY_X + more + entry("adjustment", keys), table(1, 3, 6))
    assert amounts(split) == [130, 300, 600] and split.reservations == [10]
    assert list(split.before.values()) == [100, 300, 600]
    with pytest.raises(Refused, match="below zero"):
        shared("1040/1", BY_X + more + entry("adjustment", keys.replace("30", "41")), table(1, 3, 6))


def test_adjustments_may_break_limits() -> None:
    cap = entry("limit", 'recipients = ["A"]; cap = 100')
    assert adjusted('recipient = "A"; amount = 1; paid_by = { recipient = "C" }', more=cap) == [101, 300, 599]


@pytest.mark.parametrize(
    "adjustments",
    [
        ['recipient = "A"; amount = 50'],  # that nobody pays
        ['recipient = "A"; amount = 50', 'recipient = "C"; amount = -49'],
        ['recipient = "A"; amount = 5; paid_by = { recipient = "C" }'],  # half a unit
        ['recipient = "A"; amount = -110; paid_by = { recipient = "C" }'],  # below zero
        ['recipient = "C"; amount = 110; paid_by = { recipient = "A" }'],
        ['recipient = "A"; amount = 50; paid_by = { recipient = "A" }'],
        ['recipient = "A"; amount = 50; paid_by = { recipient = "Z" }'],
        ['recipient = "A"; amount = 50; paid_by = { reservation = "市级部门" }'],
        ['recipient = "A"; amount = 50; paid_by = "everybody"'],
        ['recipient = "Z"; amount = 50; paid_by = "pro-rata"'],
    ],
)
def test_adjustments_that_are_refused(adjustments: list[str]) -> None:
    with pytest.raises(Refused):
        adjusted(*adjustments, fund="1000/10")


@pytest.mark.parametrize("reason", ["", 'reason = ""', 'reason = " "', 'reason = { zh = "" }'])
def test_an_adjustment_needs_a_reason(reason: str) -> None:
    keys = f'recipient = "A"; amount = 50; paid_by = "pro-rata"; {reason}'
    with pytest.raises(Refused):
        shared("1000/1", BY_X + entry("adjustment", keys), table(1, 3, 6))


# ---------------------------------------------------------------- instalments


RECOVER = CNY + '\nbelow_zero = "recover"\n[data]\nissued = "issued.csv"'


def test_instalments() -> None:
    """The year's 1,000 by 1 : 2 : 2 are 200, 400, 400, and 100, 250, 450 were issued: C has had 50 too much.

    That is refused, or shown as to be recovered; or C keeps its 450 and the others share 550, 183 and 367.
    """
    values = table(1, 2, 2)
    with pytest.raises(Refused, match="50 too much"):
        shared("1000/1", BY_X, values, issued="100 250 450")
    split = shared("1000/1", BY_X, values, issued="100 250 450", keys=RECOVER)
    assert amounts(split) == [200, 400, 400] and split.now == {"A": 100, "B": 150, "C": -50}
    floor = entry("limit", 'recipients = "all"; floor = { formula = "issued" }')
    split = shared("1000/1", BY_X + floor, values, issued="100 250 450")
    assert amounts(split) == [183, 367, 450] and split.now == {"A": 83, "B": 117, "C": 0}


def test_instalments_with_cents_earmarks_and_adjustments() -> None:
    """A is set apart with 100, B gets 900 and 5 of A by hand; 95.50 were issued to A: 0.50 too much."""
    rule = BY_X + entry("earmark", 'recipient = "A"; amount = 100')
    rule += entry(
        "adjustment", 'recipient = "B"; amount = 5; reason = "会议决定"; paid_by = { recipient = "A" }'
    )
    assert shared("1000/1", rule, table(1, 1), issued="95 0").now == {"A": 0, "B": 905}
    with pytest.raises(Refused, match="too much"):
        shared("1000/1", rule, table(1, 1), issued="95.50 0")


@pytest.mark.parametrize("issued", ["1 -1", "1 x"])
def test_amounts_issued_are_zero_or_more(issued: str) -> None:
    with pytest.raises(Refused):
        shared("1000/1", BY_X, table(1, 1), issued=issued)
