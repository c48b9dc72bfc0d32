"""Bounds as formulas, groups, floors from gains, limits over all pools and phasing in, worked out by hand."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from formula_by_hand import Refused
from hypothesis import given
from hypothesis import strategies as st
from limits_by_hand import Bounds, Limits, limited
from rounding_by_hand import rounded
from trial_by_hand import BY_X, amounts, entry, pool, shared, table

# ---------------------------------------------------------------- bounds as formulas


def test_a_floor_by_last_year() -> None:
    """Equal shares of 900; A had 400: at least 380, and B and C have half of 520."""
    floor = entry("limit", 'recipients = "all"; floor = { formula = "0.95 * previous" }')
    assert amounts(shared("900/1", BY_X + floor, table(1, 1, 1), previous="400 100 100")) == [380, 260, 260]


def test_no_more_than_was_applied_for() -> None:
    """A and B applied for 100 and 250 of 900 and have no more; the others share 550."""
    cap = entry("limit", 'recipients = "all"; cap = { formula = "申报数" }')
    factors = "recipient,x,申报数\nA,1,100\nB,1,250.9\nC,1,2000\nD,1,2000"
    assert amounts(shared("900/1", BY_X + cap, factors)) == [100, 250, 275, 275]


def test_a_share_of_part_of_the_fund() -> None:
    """30 % of 1,000 by population 1 : 1 : 8 is 30, 30, 240; without x, C has its 240 all the same.

    As `floor_rate`, `of` and `by` say it.
    """
    factors = "recipient,x,population\nA,1,10\nB,1,10\nC,0,80"
    long = entry("limit", 'recipients = "all"; floor = { formula = "0.3 * fund * SHARE(population)" }')
    short = entry("limit", 'recipients = "all"; floor_rate = 0.3; of = "fund"; by = "population"')
    for limit in (long, short):
        assert amounts(shared("1000/1", BY_X + limit, factors)) == [380, 380, 240]


def test_the_words_of_a_bound() -> None:
    """Of 1,000 with 100 reserved: fund 1,000, distributable 900; a pool of 600 and one of the rest, 300."""
    rule = pool("one", "amount = 600") + pool("two", 'amount = "rest"')
    rule += entry("reservation", 'name = "市级部门"; amount = 100')
    for formula, least in (("fund / 2", 500), ("distributable / 2", 450), ("pool * 3 / 4", 450)):
        floor = entry("limit", f'recipients = ["A"]; pool = "one"; floor = {{ formula = "{formula}" }}')
        assert list(shared("1000/1", rule + floor, table(1, 1)).pools["one"].values()) == [least, 600 - least]
    rest = entry("limit", 'recipients = ["A"]; pool = "two"; cap = { formula = "pool / 3" }')
    assert list(shared("1000/1", rule + rest, table(1, 1)).pools["two"].values()) == [100, 200]
    whole = entry("limit", 'recipients = ["A"]; floor = { formula = "pool * 2 / 3" }')
    assert amounts(shared("900/1", BY_X + whole, table(1, 1))) == [600, 300]  # without pools: all of it


def test_a_bound_is_worked_out_for_whom_it_limits() -> None:
    """1/x fails for B alone, that the condition leaves out. Below zero a floor is none."""
    floor = 'recipients = "all"; floor = { formula = "60 / x" }'
    factors = "recipient,x,y\nA,1,1\nB,0,9"
    rule = '[method]\nkind = "shares"\n[weights]\ny = 100\n'
    assert amounts(shared("100/1", rule + entry("limit", floor + '; where = "x > 0"'), factors)) == [60, 40]
    with pytest.raises(Refused, match="zero"):
        shared("100/1", rule + entry("limit", floor), factors)
    below = entry("limit", 'recipients = "all"; floor = { formula = "x * 15 - 10" }')
    assert amounts(shared("100/1", rule + below, factors)) == [10, 90]  # A 5, B −10: neither binds


@pytest.mark.parametrize(
    ("limit", "factors"),
    [
        ('floor = { formula = "previous" }', table(1, 1)),  # of which nothing is known
        ('floor = { formula = "issued" }', table(1, 1)),
        ('floor = { formula = "nothing" }', table(1, 1)),
        ('floor = { formula = "IF(1 < 2, 0, nothing)" }', table(1, 1)),
        ('floor = { formula = "1 < 2" }', table(1, 1)),
        ('floor = { formula = "SUM([fund])" }', table(1, 1)),
        ('floor = { formula = "SHARE(pool)" }', table(1, 1)),
        ('floor = { formula = "fund / 100" }', "recipient,x,fund\nA,1,1\nB,1,1"),
        ('cap = { formula = "x - 2" }', table(1, 1)),  # below zero
        ('floor = { formula = "fund" }', table(1, 1)),  # for each of them
        ('floor = { amount = "1" }', table(1, 1)),
        ("floor_rate = 0.1", table(1, 1)),
        ('floor = { formula = "1" }; floor_rate = 0.1; of = "fund"', table(1, 1)),
    ],
)
def test_bounds_that_are_refused(limit: str, factors: str) -> None:
    with pytest.raises(Refused):
        shared("100/1", BY_X + entry("limit", f'recipients = "all"; {limit}'), factors)


def test_the_pool_has_no_meaning_where_it_is_needed() -> None:
    rule = pool("one", 'amount = "needed"', "x = 10", "fixed") + pool("two", 'amount = "rest"')
    for inside in ("one", "all"):
        with pytest.raises(Refused, match="no meaning"):
            shared(
                "100/1",
                rule + entry("limit", f'recipients = "all"; pool = "{inside}"; cap = {{ formula = "pool" }}'),
                table(1, 1),
            )
    within = entry("limit", 'recipients = "all"; pool = "two"; floor = { formula = "previous" }')
    with pytest.raises(Refused, match="last year"):
        shared("100/1", rule + within, table(1, 1), previous="1 1")


# ---------------------------------------------------------------- groups


def test_two_parks_and_two_counties() -> None:
    """Equal, 1,000, parks together at most 30 %: 150 and 150; what they leave is the counties'."""
    together = entry("limit", 'recipients = "park"; together = true; cap_rate = 0.30; of = "fund"')
    assert amounts(shared("1000/1", BY_X + together, table(1, 1, 1, 1), "park park county county")) == [
        150, 150, 350, 350,
    ]  # fmt: skip
    each = together.replace("together = true", "together = false")
    assert amounts(shared("1000/1", BY_X + each, table(1, 1, 1, 1), "park park county county")) == [250] * 4


def test_a_group_is_rounded_from_the_outside_in() -> None:
    """60/60/60/44/3/3 of 10, the first three together at most 5: the others have 4.4, 0.3, 0.3 of 5.

    Outside 5, 4, 0, 0 and the tenth unit to .4, that is 5; inside three times 5/3: 1, 1, 1 and two more.
    """
    together = entry("limit", 'recipients = ["A", "B", "C"]; together = true; cap = 5')
    assert amounts(shared("10/1", BY_X + together, table(60, 60, 60, 44, 3, 3))) == [2, 2, 1, 5, 0, 0]


def test_a_group_stands_where_its_first_member_is_listed() -> None:
    """A 1.5 by itself, B and C together 1.5 of three: the third unit goes to the first listed."""
    halves = "recipient,x\nA,2\nB,1\nC,1"
    behind = entry("limit", 'recipients = ["B", "C"]; together = true; cap = 3')
    assert amounts(shared("3/1", BY_X + behind, halves)) == [2, 1, 0]
    before = entry("limit", 'recipients = ["A", "C"]; together = true; cap = 3')
    other = "recipient,x\nA,1\nB,2\nC,1"  # A and C together 1.5 stand before B; inside, one unit each
    assert amounts(shared("3/1", BY_X + before, other)) == [1, 1, 1]


def test_a_group_within_a_group() -> None:
    """Five equal of 1,000; A, B, C at most 500, A and B of them at most 300: 150, 150, 200, 250, 250.

    Outside D and E have half of what 500 leave; inside A and B would have 333 of 500, so C has 200.
    """
    outer = entry("limit", 'recipients = ["A", "B", "C"]; together = true; cap = 500')
    inner = entry("limit", 'recipients = ["B", "A"]; together = true; cap = 300')
    for limits in (outer + inner, inner + outer):
        assert amounts(shared("1000/1", BY_X + limits, table(1, 1, 1, 1, 1))) == [150, 150, 200, 250, 250]


def test_a_floor_of_a_group_and_limits_inside_it() -> None:
    """A and B at least 600 of 1,000, and A at most 250: B has 350, the others 200 each."""
    rule = BY_X + entry("limit", 'recipients = ["A", "B"]; together = true; floor = 600')
    assert amounts(shared("1000/1", rule, table(1, 1, 1, 1))) == [300, 300, 200, 200]
    rule += entry("limit", 'recipients = ["A"]; cap = 250')
    assert amounts(shared("1000/1", rule, table(1, 1, 1, 1))) == [250, 350, 200, 200]


def test_formulas_and_rates_of_a_group_are_of_its_sums() -> None:
    """The parks had 100 and 300: half of it is 200 for both, and it is 200 by a rate of their share too.

    SHARE(x) of both is 2/4 of the whole column, so 0.4 · 1,000 · SHARE(x) is 200.
    """
    for bound in (
        'cap = { formula = "previous / 2" }',
        'cap_rate = 0.5; of = "previous"',
        'cap_rate = 0.4; of = "fund"; by = "x"',
        'cap = { formula = "0.4 * fund * SHARE(x)" }',
        'cap = { formula = "fund * x / SUM([x]) / 2.5" }',
    ):
        rule = BY_X + entry("limit", f'recipients = "park"; together = true; {bound}')
        split = shared("1000/1", rule, table(1, 1, 1, 1), "park park county county", previous="100 300 9 9")
        assert amounts(split) == [100, 100, 400, 400], bound


def test_a_group_of_nobody_has_no_effect() -> None:
    """A condition that no park meets; its formula would fail."""
    rule = 'recipients = "park"; together = true; where = "x > 5"; floor = { formula = "1 / (x - x)" }'
    assert amounts(shared("100/1", BY_X + entry("limit", rule), table(1, 1), "park county")) == [50, 50]


def test_crossing_groups() -> None:
    """A and B, B and C: they cross; where B takes no part, they are disjoint."""
    limits = entry("limit", 'recipients = ["A", "B"]; together = true; cap = 20')
    limits += entry("limit", 'recipients = ["B", "C"]; together = true; floor = 50')
    with pytest.raises(Refused, match="cross"):
        shared("100/1", BY_X + limits, table(1, 1, 1, 1))
    without = BY_X.replace("[weights]", 'where = "y > 0"\n[weights]')
    factors = "recipient,x,y\nA,1,1\nB,1,0\nC,1,1\nD,1,1"
    assert amounts(shared("100/1", without + limits, factors)) == [20, 0, 50, 30]


@pytest.mark.parametrize(
    "limits",
    [
        [("cap = 20; together = true", "A B"), ("floor = 11", "A B")],  # the floors inside are too high
        [("floor = 20; together = true", "A B"), ("cap = 9", "A B")],
        [("floor = 20; together = true", "A B"), ("cap = 19; together = true", "B A")],
        [("floor = 20; together = true", "D")],  # that has no x
        [("floor = 50; together = true", "A B"), ("floor = 60; together = true", "C D")],
        [('cap = { formula = "grade" }; together = true', "A B")],
        [('cap = { formula = "IF(grade = grade, 1, 2)" }; together = true', "A")],
    ],
)
def test_groups_that_are_refused(limits: list[tuple[str, str]]) -> None:
    rule = BY_X + "[factor.grade]\ntext = true\n"
    for keys, ids in limits:
        rule += entry("limit", f"recipients = {ids.split()}; {keys}")
    with pytest.raises(Refused):
        shared("100/1", rule, "recipient,x,grade\nA,1,a\nB,1,b\nC,1,c\nD,0,d")


@st.composite
def nested(draw: st.DrawFn) -> tuple[Limits, list[Fraction], list[Fraction], int]:
    """Entitlements, money held, bounds of each, nested groups with bounds, and a total of whole units."""
    people = draw(st.integers(2, 6))
    whole = st.integers(0, 12).map(Fraction)
    entitled = draw(st.lists(st.integers(1, 9).map(Fraction), min_size=people, max_size=people))
    held = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2]).map(Fraction), min_size=people, max_size=people))

    def bounds(most: int) -> Bounds:
        floor = draw(st.one_of(st.just(Fraction()), whole))
        cap = draw(st.one_of(st.none(), st.integers(0, most).map(Fraction)))
        return Bounds(floor / 3, None if cap is None else floor / 3 + cap)

    limits = Limits(list(range(people)), {i: bounds(20) for i in range(people)})
    for size in draw(st.lists(st.integers(1, people), max_size=3, unique=True)):
        limits.groups[frozenset(range(size))] = bounds(40)
    if draw(st.booleans()) and people > 3 and all(len(group) < people - 1 for group in limits.groups):
        limits.groups[frozenset([people - 2, people - 1])] = bounds(30)
    return limits, entitled, held, draw(st.integers(0, 60))


@given(nested())
def test_no_exchange_is_better(case: tuple[Limits, list[Fraction], list[Fraction], int]) -> None:
    """No exchange of a little between two, within the limits, lessens Σ (a − e)²/e.

    With what is held, a + h is what stands in the sum: an exchange lessens it where (a + h)/e is less for who
    gets more. With groups within groups, where no exchange of two is better no other split is.
    """
    limits, entitled, held, units = case
    one, total = Fraction(1), Fraction(units)
    try:
        parts = limits.parts(entitled, held, one)
        exact = limited(parts, total)
    except Refused:
        return
    assert sum(exact.values()) == total
    sets = [(frozenset([i]), limits.each[i].net(held[i], one)) for i in limits.members]
    sets += [
        (group, bounds.net(sum((held[i] for i in group), Fraction()), one))
        for group, bounds in limits.groups.items()
    ]
    whole = rounded(parts, exact, total, one, "largest-remainder")
    assert sum(whole.values()) == total
    for figures in (exact, whole):
        for group, (floor, cap) in sets:
            own = sum(figures[i] for i in group)
            assert own >= floor and (cap is None or own <= cap)
    assert all(abs(whole[i] - exact[i]) < 1 for i in exact)
    for more, less in itertools.permutations(exact, 2):
        full = any(
            sum(exact[i] for i in group) == cap
            for group, (_, cap) in sets
            if more in group and less not in group
        )
        bare = any(
            sum(exact[i] for i in group) == floor
            for group, (floor, _) in sets
            if less in group and more not in group
        )
        if not full and not bare:
            assert (exact[more] + held[more]) / entitled[more] >= (exact[less] + held[less]) / entitled[less]


# ---------------------------------------------------------------- floors paid from gains


def test_floors_paid_from_gains() -> None:
    """Last year 100/100/100, formula 95/105/130 of 330, all thousands, floor 103 %.

    The floors take 309; the other 21 go to gains of 0, 2 and 27: 21/29 of each, 1.448 and 19.552.
    """
    rule = BY_X.replace("[weights]", 'floors = "from-gains"\n[weights]')
    rule += entry("limit", 'recipients = "all"; floor_rate = 1.03; of = "previous"')
    split = shared("330_000/1", rule, table(95, 105, 130), previous="100000 100000 100000")
    assert amounts(split) == [103_000, 104_448, 122_552]


def test_floors_from_gains_within_a_pool_with_money_held() -> None:
    """100 and 20 that A holds, by 1 : 1 : 2: 30, 30, 60; floors of 40, so A 20, B 40, C 40: just the 100.

    With floors of 30 A has at least 10, B and C 30 each; 30 are left, and only C is above its floor, by 30.
    """
    rule = pool("one", 'amount = 100\nfloors = "from-gains"') + pool("two", 'amount = "rest"')
    rule += entry("deduction", 'recipient = "A"; amount = 20; pool = "one"')
    for least, paid in ((40, [20, 40, 40]), (30, [10, 30, 60])):
        floor = entry("limit", f'recipients = "all"; pool = "one"; floor = {least}')
        assert list(shared("300/1", rule + floor, table(1, 1, 2)).pools["one"].values()) == paid
    with pytest.raises(Refused, match="floors come to 103"):
        floor = entry("limit", 'recipients = "all"; pool = "one"; floor = 41')
        shared("300/1", rule + floor, table(1, 1, 2))


@pytest.mark.parametrize(
    "limits",
    [
        [],
        ['recipients = ["A"]; floor = 1'],  # B has none
        ['recipients = "all"; floor = 1', 'recipients = ["A"]; cap = 90'],
        ['recipients = "all"; floor = 1', 'recipients = "all"; together = true; floor = 2'],
        ['recipients = "all"; floor = 51'],
    ],
)
def test_floors_from_gains_that_are_refused(limits: list[str]) -> None:
    rule = BY_X.replace("[weights]", 'floors = "from-gains"\n[weights]')
    with pytest.raises(Refused):
        shared("100/1", rule + "".join(entry("limit", limit) for limit in limits), table(1, 1))


# ---------------------------------------------------------------- limits over all pools


TWO = pool("one", "amount = 100") + pool("two", 'amount = "rest"')


def test_a_limit_over_all_pools() -> None:
    """3 : 1 in both pools of 100 is 150 and 50; A may have 120, so B has 80. A floor of 40 does not bind."""
    cap = entry("limit", 'recipients = ["A"]; pool = "all"; cap = 120')
    split = shared("200/1", TWO + cap, table(3, 1))
    assert amounts(split) == [120, 80]
    assert [list(part.values()) for part in split.pools.values()] == [[75, 25], [75, 25]]
    loose = entry("limit", 'recipients = "all"; pool = "all"; floor = 40')
    assert amounts(shared("200/1", TWO + loose, table(3, 1))) == [150, 50]


def test_overall_limits_by_last_year_with_money_held() -> None:
    """A holds 20 of the first pool: of 120 it has 90, so 70 beside B's 30; both pools pay 145 and 55.

    With what A holds these are 165 and 55. Last year A had 150: its cap, so it is paid 130, and B 70.
    """
    held = entry("deduction", 'recipient = "A"; amount = 20; pool = "one"')
    cap = entry("limit", 'recipients = ["A"]; pool = "all"; cap = { formula = "previous" }')
    assert amounts(shared("200/1", TWO + held, table(3, 1))) == [145, 55]
    assert amounts(shared("200/1", TWO + held + cap, table(3, 1), previous="150 1")) == [130, 70]


def test_overall_limits_count_for_who_takes_part() -> None:
    """C is in no pool and has nothing, whatever the floor; a limit of a pool is not looked at again."""
    rule = TWO.replace("kind", 'recipients = ["A", "B"]\nkind')
    rule += entry("limit", 'recipients = "all"; pool = "all"; floor = 60')
    rule += entry("limit", 'recipients = ["B"]; pool = "one"; cap = 25')
    assert amounts(shared("200/1", rule, table(3, 1, 5))) == [140, 60, 0]


def test_groups_over_all_pools() -> None:
    """Four equal in two pools of 100: 50 each. Parks together at most 60: 30 each, the others 70 each."""
    rule = TWO + entry("limit", 'recipients = "park"; pool = "all"; together = true; cap = 60')
    assert amounts(shared("200/1", rule, table(1, 1, 1, 1), "park park county county")) == [30, 30, 70, 70]


@pytest.mark.parametrize("rule", [BY_X, TWO.replace("pool.one", "pool.all")])
def test_all_is_no_pool(rule: str) -> None:
    with pytest.raises(Refused):
        shared("200/1", rule + entry("limit", 'recipients = "all"; pool = "all"; floor = 1'), table(3, 1))


# ---------------------------------------------------------------- phasing in


def test_phasing_in() -> None:
    """Of 800, last year 3 : 1 and now 2 : 3, p = 0.25: ¾ · 600 + ¼ · 320 = 530, ¾ · 200 + ¼ · 480 = 270."""
    rule = BY_X.replace("[weights]", "phase_in = 0.25\n[weights]")
    assert amounts(shared("800/1", rule, table(2, 3), previous="30 10")) == [530, 270]
    cap = entry("limit", 'recipients = "all"; cap = 500')  # limits come after it
    assert amounts(shared("800/1", rule + cap, table(2, 3), previous="30 10")) == [500, 300]


def test_phasing_in_with_money_held() -> None:
    """B holds 100 of last year; of 900: A ¾ · 675 + ¼ · 360 = 596.25, B 303.75 − 100."""
    rule = BY_X.replace("[weights]", "phase_in = 0.25\n[weights]")
    rule += entry("deduction", 'recipient = "B"; amount = 100; reason = "上年结转"')
    split = shared("800/0.01", rule, table(2, 3), previous="30 10")
    assert amounts(split) == [Fraction("596.25"), Fraction("203.75")]


def test_phasing_in_that_is_refused() -> None:
    rule = BY_X.replace("[weights]", "phase_in = 0.25\n[weights]")
    for wrong, previous in (
        (rule, None),
        (rule, "0 0"),
        (rule.replace("0.25", "1.5"), "1 1"),
        (rule.replace('"shares"', '"fixed"\nover = "scale"'), "1 1"),
        (pool("one", 'amount = "rest"\nphase_in = 0.25'), "1 1"),
    ):
        with pytest.raises(Refused):
            shared("800/1", wrong, table(2, 3), previous=previous)
