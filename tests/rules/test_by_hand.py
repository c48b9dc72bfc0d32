"""The rules by hand against figures that are published, stand in the documents, or are worked out here."""

from __future__ import annotations

import csv
import random
from fractions import Fraction
from pathlib import Path

import depth
import pytest
from formula_by_hand import Refused, evaluate, finished, parse
from random_later_slips import LATER
from random_rules import case, wrong_case
from random_slips import SLIPS
from rules_by_hand import Result, read, split
from table_by_hand import money
from trial_by_hand import amounts, pool, shared

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"


ROW = {
    "a": Fraction(3), "b": Fraction(1, 3), "zero": Fraction(0), "税收2023": Fraction(7),
    "tax 2022": Fraction(2), "g": "A", "x": Fraction(20),
}  # fmt: skip
COLUMN = {
    "x": [Fraction(10), Fraction(20), Fraction(20), Fraction(50)],
    "equal": [Fraction(4)] * 3,
    "none": [],
}


def worked(formula: str) -> Fraction:
    value = evaluate(parse(formula), ROW.__getitem__, COLUMN.__getitem__)
    assert isinstance(value, Fraction) and not isinstance(value, bool)
    return value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("-2^2", 4),  # as in Excel: the sign before the power
        ("0-2^2", -4),
        ("2^3^2", 64),  # and powers from the left
        ("2^-1", "1/2"),
        ("1-2-3", -4),
        ("12/3/2", 2),
        ("1+2*3", 7),
        ("=8%", "2/25"),
        ("(a+1)%", "1/25"),
        ("50%%", "1/200"),
        ("（a＋１）×2÷４", 2),  # full-width signs and digits
        ("'tax 2022' + 税收2023", 9),
        ("‘tax 2022’ + 1", 3),
        ("if(a≥3,1,2)", 1),
        ("IF(a<=2,1/zero,5)", 5),  # only the branch taken
        ('IF(g="a",1,2)', 1),  # text without case
        ("IF(g<>“A”,1,2)", 2),
        ("IF(NOT(OR(a>3,AND(a=3,a<>3))),1,0)", 1),
        (
            "MIN(a,2)+MAX(a,2)+SUM(a,2,1)+AVERAGE(1,2)+MEDIAN(1,9,2,3)",
            2 + 3 + 6 + Fraction(3, 2) + Fraction(5, 2),
        ),
        ("ROUND(2.5,0)+ROUND(-2.5,0)", 0),  # away from zero
        ("ROUND(-2.345,2)", "-47/20"),
        ("ROUND(1250,-2)", 1300),
        ("ROUNDUP(-2.01,0)", -3),
        ("ROUNDDOWN(-2.99,0)", -2),
        ("INT(-2.1)", -3),  # downwards
        ("ABS(0-a)", 3),
        ("POWER(a,2)", 9),
        ("SQRT(16)", 4),
        ("SQRT(2)", "1.4142135623730950488"),  # published digits: 1.41421 35623 73095 04880 17
        ("2^0.5", "1.4142135623730950488"),
        ("LN(2)", "0.69314718055994530942"),  # 0.69314 71805 59945 30941 72
        ("27^(1/3)", 3),
        ("2^(1/3)", "1.2599210498948731648"),  # 1.25992 10498 94873 16476 7
        ("SUM([x])", 100),
        ("AVERAGE([x])+MEDIAN([x])+MIN([x])+MAX([x])+COUNT([x])", 25 + 20 + 10 + 50 + 4),
        ("RANK(x,[x])", 2),  # 50 is first, the two of 20 share the second place
        ("RANK(10,[x])", 4),
        ("SHARE(x)", "1/5"),
        ("SCORE(x,60,100)", 70),  # a quarter of the way from 10 to 50
        ("SCORE(x,100,60)", 90),  # less is better
        ("TIERS(4999,0,0,5000,50,10000,100)", 0),
        ("TIERS(5000,0,0,5000,50,10000,100)", 50),  # a step counts from its value on
        ("TIERS(20000,0,0,5000,50,10000,100)", 100),
        ("CLIP(a,0.8,1.2)+CLIP(1,0.8,1.2)+CLIP(0,0.8,1.2)", 3),
        ("+".join(["1"] * 1000), 1000),  # a long sum is not deep
    ],
)
def test_formula(formula: str, value: int | str | Fraction) -> None:
    assert worked(formula) == Fraction(value)


@pytest.mark.parametrize(
    "formula",
    """1/zero | 0^0 | 0^-1 | SQRT(-1) | (0-8)^(1/3) | LN(0) | 2^1001 | ((2^1000)^1000) | CLIP(1,2,1)
    TIERS(1,2,10) | TIERS(1,0,5,0,6) | TIERS(1,0) | ROUND(1) | ROUND(1,0.5) | FOO(1) | SUM() | NOT(1) | g+1
    g<"B" | AND(1>2,1/zero>1) | IF(1,2,3) | IF(1>2,3) | (1>2)+1 | 1<2<3 | [x] | [x]+1 | x=[x]
    MAX([x],1) | COUNT(1,2) | RANK(x) | RANK(7,[x]) | SHARE([x]) | SHARE(x+1) | MIN([none]) | 1 2 | 2a | 1e5
    g=1 | 1,5 | (1 | 1) | ==1 | 'a | "a | # | = | 1..2""".replace("\n", "|").split("|"),
)
def test_refused_formulas(formula: str) -> None:
    with pytest.raises(Refused):
        worked(formula)


def test_too_long_and_too_deep() -> None:
    assert worked("(" * 50 + "1" + ")" * 50) == 1
    for formula in ("(" * 51 + "1" + ")" * 51, "-" * 51 + "1", "1" + "+1" * 1000):
        with pytest.raises(Refused):
            worked(formula)


def test_all_equal_score_the_higher() -> None:
    for formula in ("SCORE(equal, 60, 100)", "SCORE(equal, 100, 60)"):
        assert evaluate(parse(formula), lambda name: Fraction(4), COLUMN.__getitem__) == 100


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("1/3", None, "0.33333333333333333333"),  # twenty significant digits
        ("20000/3", None, "6666.6666666666666667"),
        ("-1/30", None, "-0.033333333333333333333"),
        ("0.123456789012345678901234567891", None, "0.123456789012345678901234567891"),  # 30 places stand
        ("1e29", None, "1e29"),  # and so does what is whole
        ("1.2345678901234567890500000000001", None, "1.2345678901234567891"),  # 31 places do not
        ("1.00000000000000000005e-15", None, "1.0000000000000000000e-15"),  # halves to even
        ("1.00000000000000000015e-15", None, "1.0000000000000000002e-15"),
        ("0.12345", 4, "0.1235"),  # halves away from zero
        ("-0.12345", 4, "-0.1235"),
        ("2/3", 0, "1"),
    ],
)
def test_finished_values(value: str, places: int | None, rounded: str) -> None:
    assert finished(Fraction(value), places) == Fraction(rounded)


@pytest.mark.parametrize("value", ["1e30", "-1e30", "1e40", "999999999999999999999999999999.99"])
def test_finished_values_have_30_digits_at_most(value: str) -> None:
    """As the figures of files have: 10^30 and more is refused, also where rounding leads to it."""
    with pytest.raises(Refused):
        finished(Fraction(value), 0)


# ---------------------------------------------------------------- weights, values, who takes part


def test_thirds_of_900_million() -> None:
    """Weights of a third each, and each factor with one recipient: exactly 300 million each."""
    factors = "recipient,x,y,z\nA,1,0,0\nB,0,1,0\nC,0,0,1"
    weights = 'x = "100/3"\ny = "100/3"\nz = "100/3"\n'
    result = shared("900_000_000/1", f'[method]\nkind = "shares"\n[weights]\n{weights}', factors)
    assert amounts(result) == [300_000_000] * 3
    pools = "".join(
        f'[pool.{name}]\npercent = "100/3"\nkind = "scores"\nweights = {{ {name} = 1 }}\n' for name in "xyz"
    )
    assert amounts(shared("900_000_000/1", pools, factors)) == [300_000_000] * 3
    with pytest.raises(Refused, match="100"):  # three times 33.33 is not 100
        shared(
            "900/1",
            f'[method]\nkind = "shares"\n[weights]\n{weights.replace(chr(34), "").replace("100/3", "33.33")}',
            factors,
        )


def test_only_positive_growth_counts() -> None:
    """Growth 10 %, −10 %, 30 %: one quarter, nothing, three quarters."""
    rule = """
        [method]
        kind = "shares"
        [weights]
        growth = 100
        [factor.growth]
        formula = "%s"
    """
    factors = "recipient,tax_2022,tax_2023\nA,100,110\nB,100,90\nC,50,65"
    assert amounts(shared("1000/1", rule % "MAX(0, tax_2023 / tax_2022 - 1)", factors)) == [250, 0, 750]
    with pytest.raises(Refused, match="negative"):
        shared("1000/1", rule % "tax_2023 / tax_2022 - 1", factors)


def test_a_condition_is_no_coefficient_of_zero() -> None:
    """x of A, B, C: 1, 8, 0; y: 4, 1, 40; 50 and 50; C has no growth.

    Without C, A has ½ · 1/9 + ½ · 4/5 = 41/90 of 1000, 455.6. With its y in the total, A has the score
    ½ · 1/9 + ½ · 4/45 = 9/90 and B ½ · 8/9 + ½ · 1/45 = 41/90: 9/50 and 41/50.
    """
    factors = "recipient,x,y,growth,takes_part\nA,1,4,9,1\nB,8,1,9,1\nC,0,40,7,0"
    weights = "[weights]\nx = 50\ny = 50\n"
    condition = shared("1000/1", f'[method]\nkind = "shares"\nwhere = "growth > 8"\n{weights}', factors)
    coefficient = shared(
        "1000/1", f'[method]\nkind = "shares"\ncoefficient = "takes_part"\n{weights}', factors
    )
    assert amounts(condition) == [456, 544, 0]
    assert amounts(coefficient) == [180, 820, 0]
    assert "C" not in condition.pools["method"] and "C" in coefficient.pools["method"]


def test_mean_of_six_years_without_highest_and_lowest() -> None:
    """A: 1 … 6 is (2+3+4+5)/4 = 3.5; B: −9, 2, 2, 2, 4, 50 is 2.5; C is below zero, so 0. 7 : 5 of 1200."""
    years = [f"y{n}" for n in range(1, 7)]
    inner = ", ".join(years)
    rule = f"""
        [method]
        kind = "shares"
        [weights]
        need = 100
        [factor.need]
        formula = "MAX(0, (SUM({inner}) - MAX({inner}) - MIN({inner})) / 4)"
    """
    rows = ["recipient," + ",".join(years), "A,1,2,3,4,5,6", "B,-9,2,2,2,4,50", "C,-1,-2,-3,-4,-5,100"]
    assert amounts(shared("1200/1", rule, "\n".join(rows))) == [700, 500, 0]


def test_grades_to_coefficients() -> None:
    """Equal populations, grades A b c: 1.2, 1 and 0.8 of 3000 are 1200, 1000, 800."""
    rule = """
        [method]
        kind = "shares"
        coefficient = "by_grade"
        [weights]
        population = 100
        [factor.grade]
        text = true
        [factor.by_grade]
        formula = 'IF(grade = "a", 1.2, IF(grade = "B", 1, 0.8))'
    """
    assert amounts(shared("3000/1", rule, "recipient,population,grade\nX,5,A\nY,5,b\nZ,5,c")) == [
        1200,
        1000,
        800,
    ]


def test_a_coefficient_inside_the_share() -> None:
    """Areas 100 and 100, difficulty 1 and 3: the factor times difficulty is shared 1 : 3, performance 1 : 1.

    80 % and 20 % of 1000: 200 + 100 and 600 + 100; a coefficient of the whole score would give 250 and 750.
    """
    rule = """
        [method]
        kind = "shares"
        [weights]
        hard_area = 80
        performance = 20
        [factor.hard_area]
        formula = "area * difficulty"
    """
    factors = "recipient,area,difficulty,performance\nX,100,1,90\nY,100,3,90"
    assert amounts(shared("1000/1", rule, factors)) == [300, 700]
    whole = (
        '[method]\nkind = "shares"\ncoefficient = ["difficulty"]\n[weights]\narea = 80\nperformance = 20\n'
    )
    assert amounts(shared("1000/1", whole, factors)) == [250, 750]


def test_indicators() -> None:
    """economy 90 with parts 45, 45, 10 gives 40.5, 40.5 and 9; one factor each."""
    rule = """
        [method]
        kind = "shares"
        [weights]
        economy = 90
        effort = 10
        [indicator.economy]
        parts = { investment = 45, tax = 45, employment = 10 }
    """
    factors = "recipient,investment,tax,employment,effort\nA,1,0,0,0\nB,0,1,0,0\nC,0,0,1,0\nD,0,0,0,1"
    assert amounts(shared("1000/1", rule, factors)) == [405, 405, 90, 100]


def test_brackets_in_a_condition_are_those_it_names() -> None:
    """Above the mean of the counties, which is 2, is only C; with the districts the mean would be 26.5."""
    rule = '[method]\nkind = "scores"\nrecipients = "county"\nwhere = "x > AVERAGE([x])"\n[weights]\nx = 1\n'
    result = shared("100/1", rule, "recipient,x\nA,1\nB,2\nC,3\nD,100", "county county county district")
    assert amounts(result) == [0, 0, 100, 0]


def test_conditions_do_not_change_columns() -> None:
    """A share of all three, 1/4 1/4 1/2, though C takes no part; an earmark without condition changes it."""
    rule = """
        [method]
        kind = "fixed"
        over = "scale"
        where = "x < 2"
        [weights]
        part = 1200
        [factor.part]
        formula = "SHARE(x)"
    """
    factors = "recipient,x\nA,1\nB,1\nC,2"
    assert shared("600/1", rule, factors).entitlements["method"] == {"A": 300, "B": 300}
    apart = rule + '[[earmark]]\nrecipient = "C"\namount = 0\n'
    assert shared("600/1", apart, factors).entitlements["method"] == {"A": 600, "B": 600}
    conditional = rule + '[[earmark]]\nrecipients = "all"\nwhere = "x >= 2"\namount = 0\n'
    assert shared("600/1", conditional, factors).entitlements["method"] == {"A": 300, "B": 300}


def test_so_much_each_first() -> None:
    """50 each to the two counties with x below 3, and the other 900 by x over all three: 1 : 2 : 6."""
    rule = """
        [[earmark]]
        recipients = "county"
        where = "x < 3"
        amount = 50
        also_shares = true
        [method]
        kind = "shares"
        [weights]
        x = 100
    """
    assert amounts(shared("1000/1", rule, "recipient,x\nA,1\nB,2\nC,6")) == [150, 250, 600]
    alone = rule.replace("also_shares = true", "")
    assert amounts(shared("1000/1", alone, "recipient,x\nA,1\nB,2\nC,6")) == [50, 50, 900]


# ---------------------------------------------------------------- pools


def test_each_pool_adds_up_by_itself() -> None:
    """Two of 100 over three equals: 34, 33, 33 twice. As one of 200 it would be 67, 67, 66."""
    equals = "recipient,x\nA,1\nB,1\nC,1"
    result = shared("200/1", pool("one", "amount = 100") + pool("two", "amount = 100"), equals)
    assert amounts(result) == [68, 66, 66]
    assert [list(part.values()) for part in result.pools.values()] == [[34, 33, 33]] * 2
    assert amounts(shared("200/1", '[method]\nkind = "shares"\n[weights]\nx = 100\n', equals)) == [67, 67, 66]


def test_percents_in_whole_units() -> None:
    """Of ten units 45 % and 25 % are 4.5 and 2.5; beside a rest 7 are given, one half each: to the first."""
    factors = "recipient,x\nA,1"
    rule = pool("a", "percent = 45") + pool("b", "percent = 25")
    beside = shared("100/10", rule + pool("c", 'amount = "rest"'), factors)
    assert beside.money == {"a": 50, "b": 20, "c": 30}
    alone = shared("100/10", rule + pool("c", "percent = 30"), factors)  # 4.5, 2.5, 3
    assert alone.money == {"a": 50, "b": 20, "c": 30}
    thirds = pool("a", 'percent = "100/3"') + pool("b", 'percent = "100/3"')
    down = shared("1000/100", thirds + pool("c", 'amount = "rest"'), factors)  # 6.67 units: 6
    assert down.money == {"a": 300, "b": 300, "c": 400}
    with pytest.raises(Refused, match="add up"):
        shared("100/10", rule, factors)
    with pytest.raises(Refused, match="add up"):
        shared(
            "100/10",
            pool("a", "amount = 80") + pool("b", "percent = 30") + pool("c", 'amount = "rest"'),
            factors,
        )


FIXED = "recipient,projects,x\nA,1,1\nB,3,1\nC,0,2"


def test_so_much_for_each_project_and_the_rest_by_factors() -> None:
    """100 for each of 4 projects; the other 600 by x."""
    rule = pool("each", 'amount = "needed"', "projects = 100", "fixed") + pool("rest", 'amount = "rest"')
    result = shared("1000/1", rule, FIXED)
    assert result.money == {"each": 400, "rest": 600}
    assert amounts(result) == [250, 450, 300]
    exact = pool("each", 'amount = "needed"', "projects = 100", "fixed") + pool("x", "amount = 600")
    assert amounts(shared("1000/1", exact, FIXED)) == [250, 450, 300]


def test_a_fixed_pool_below_and_above_its_amount() -> None:
    """400 are needed. Of 500, 100 go to the rest, or nobody has them; 300 do not do, or scaled by 3/4."""
    below = pool("each", "amount = 500", "projects = 100", "fixed")
    assert shared("1000/1", below + pool("rest", 'amount = "rest"'), FIXED).money == {
        "each": 400,
        "rest": 600,
    }
    with pytest.raises(Refused, match="100 would not be shared out"):
        shared("1000/1", below + pool("x", "amount = 500"), FIXED)
    above = pool("each", "amount = 300", "projects = 100", "fixed")
    with pytest.raises(Refused, match="400"):
        shared("1000/1", above + pool("x", "amount = 700"), FIXED)
    scaled = pool("each", 'amount = 300\nover = "scale"', "projects = 100", "fixed")
    assert list(shared("1000/1", scaled + pool("x", "amount = 700"), FIXED).pools["each"].values()) == [
        75,
        225,
        0,
    ]


def test_a_fixed_pool_in_whole_units() -> None:
    """1.4 and 4.2 units come to 5.6, that is 6: 1 and 4, and one more to the larger remainder, .4."""
    rule = pool("each", 'amount = "needed"', "projects = 1.4", "fixed") + pool("rest", 'amount = "rest"')
    result = shared("100/1", rule, FIXED)
    assert list(result.pools["each"].values()) == [2, 4, 0]
    assert result.money == {"each": 6, "rest": 94}
    half = shared("100/1", rule.replace("1.4", "0.625"), FIXED)  # 0.625 and 1.875 are 2.5, halves up: 3
    assert list(half.pools["each"].values()) == [1, 2, 0]


def test_a_fixed_pool_by_tiers_within_limits() -> None:
    """50, 100 and 0 by TIERS, times 1, 2, 1: 50, 200, 0. With a cap of 120 and a floor of 10: 180 in all."""
    rule = """
        [factor.grade]
        formula = "TIERS(x, 0, 0, 5000, 50, 10000, 100)"
        [[limit]]
        recipients = "all"
        floor = 10
        cap = 120
        pool = "each"
    """
    rule = pool("each", 'amount = "needed"\ncoefficient = ["k"]', "grade = 1", "fixed") + rule
    rule += pool("rest", 'amount = "rest"', "k = 1", "scores")
    result = shared("580/1", rule, "recipient,x,k\nA,5000,1\nB,12000,2\nC,4999,1")
    assert list(result.entitlements["each"].values()) == [50, 200, 0]
    assert list(result.pools["each"].values()) == [50, 120, 10]
    assert amounts(result) == [150, 320, 110]


# ---------------------------------------------------------------- limits and rounding


def test_limits_of_the_method() -> None:
    """10 / 30 / 60 with a floor of 30 and a cap of 50 are 30 / 23.33 / 46.67 (docs/method.md)."""
    rule = """
        [method]
        kind = "shares"
        [weights]
        x = 100
        [[limit]]
        recipients = ["A"]
        floor = 30
        [[limit]]
        recipients = ["C"]
        cap = 50
    """
    result = shared("100/0.01", rule, "recipient,x\nA,10\nB,30\nC,60")
    assert list(result.limited["method"].values()) == [30, Fraction(70, 3), Fraction(140, 3)]
    assert amounts(result) == [30, Fraction("23.33"), Fraction("46.67")]


@pytest.mark.parametrize(
    "limit",
    ["floor = 30\ncap = 20", "floor = 34", "cap = 33", "floor = 33.5", "cap = 33.9", "floor_rate = 1"],
)
def test_limits_that_cannot_hold(limit: str) -> None:
    of = '\nof = "fund"' if "rate" in limit else ""
    rule = f'[method]\nkind = "shares"\n[weights]\nx = 100\n[[limit]]\nrecipients = "all"\n{limit}{of}\n'
    with pytest.raises(Refused):
        shared("100/1", rule, "recipient,x\nA,10\nB,30\nC,60")


def test_a_limit_within_its_pool() -> None:
    """In the first pool C has at most 50 of 100, in the other it has all of its 60."""
    rule = pool("one", "amount = 100") + pool("two", 'amount = "rest"')
    rule += '[[limit]]\nrecipients = "park"\nwhere = "x > 50"\npool = "one"\n'
    rule += 'cap_rate = 0.25\nof = "distributable"\n'
    result = shared("200/1", rule, "recipient,x\nA,10\nB,30\nC,60", "county county park")
    assert list(result.limited["one"].values()) == [Fraction(25, 2), Fraction(75, 2), 50]
    assert list(result.pools["one"].values()) == [13, 37, 50]  # two halves: the first listed
    assert list(result.pools["two"].values()) == [10, 30, 60]


def test_a_tie_of_remainders() -> None:
    """0.1, 0.2 and 0.3 of three units are 0.5, 1 and 1.5 (docs/method.md): the first listed has the third."""
    factors = "recipient,x\nA,0.1\nB,0.2\nC,0.3"
    rule = '[method]\nkind = "scores"\n[weights]\nx = 1\n'
    assert amounts(shared("3/1", rule, factors)) == [1, 1, 1]


def test_the_rest_to_the_largest() -> None:
    """Seven units over 1 : 1 : 3 are 1.4, 1.4, 4.2, rounded 1, 1, 4; the largest has the seventh."""
    rule = '[method]\nkind = "scores"\n[weights]\nx = 1\n'
    head = 'format = 1\n[fund]\namount = 7\ncurrency = "CNY"\nunit = 1\nrounding = "rest-to-largest"\n'
    factors, people = "recipient,x\nA,1\nB,1\nC,3", "recipient,kind\nA,a\nB,a\nC,a"
    assert amounts(split(*read(head + rule, factors, people))) == [1, 1, 5]
    capped = (
        rule + '[[limit]]\nrecipients = "all"\ncap = 4\n'
    )  # 1.5, 1.5 and 4: rounded 2, 2, 4, one too many
    assert amounts(split(*read(head + capped, factors, people))) == [2, 2, 3]
    held = capped.replace("cap = 4", "cap = 4\nfloor = 1") + '[[limit]]\nrecipients = ["C"]\nfloor = 4\n'
    with pytest.raises(Refused, match="breaks a limit"):
        split(*read(head + held, factors, people))


def test_the_first_format_has_no_keys_of_the_second() -> None:
    head = 'format = 1\n[fund]\namount = 7\ncurrency = "CNY"\nunit = 1\n'
    head += '[weights]\nx = 1\n[method]\nkind = "scores"\n'
    factors, people = "recipient,x\nA,1\nB,1", "recipient,kind\nA,a\nB,a"
    assert amounts(split(*read(head, factors, people))) == [4, 3]
    for key in ('where = "x > 0"', 'recipients = "all"', 'coefficient = ["x"]'):
        with pytest.raises(Refused):
            split(*read(head + key, factors, people))


# ---------------------------------------------------------------- published splits


def published(folder: str, figures: str) -> tuple[Result, dict[str, Fraction]]:
    texts = [
        (SCENARIOS / folder / name).read_text("utf-8")
        for name in ("scenario.toml", "factors.csv", "recipients.csv")
    ]
    rows = csv.reader((SCENARIOS / folder / figures).read_text("utf-8").splitlines()[1:])
    return split(*read(*texts)), {recipient: Fraction(amount) for recipient, amount in rows}


def test_western_australia_2024_25() -> None:
    """137 published grants, each within 1 dollar."""
    result, issued = published("au-wa-2024-25", "published.csv")
    assert len(issued) == 137
    assert all(abs(result.amounts[council] - amount) <= 1 for council, amount in issued.items())


def test_coronavirus_relief_fund_2020() -> None:
    """Twelve published amounts to the nearest million."""
    result, issued = published("us-crf-2020", "published-in-millions.csv")
    assert len(issued) == 12
    assert all(round(result.amounts[state] / 10**6) == amount for state, amount in issued.items())


# ---------------------------------------------------------------- random rules


@depth.deeper
def test_random_rules_add_up() -> None:
    """Two thirds and more can be shared out by; the rest is refused, and nothing else goes wrong."""
    good, tried = 0, depth.cases(150)
    for seed in range(tried):
        made = case(random.Random(seed), later=seed % 3 > 0)
        rule, people, columns = read(made.toml, made.factors, made.recipients, made.previous, made.issued)
        try:
            result = split(rule, people, columns)
        except Refused:
            continue
        good += 1
        unit, rounding = Fraction(rule["fund"]["unit"]), rule["fund"].get("rounding")
        every = [*result.amounts.values(), *result.reservations]
        assert sum(every) == money(rule["fund"]["amount"], "CNY") and min(every) >= 0 == result.unshared
        assert (result.now is None) == (made.issued is None)
        assert sum(result.before.values()) == sum(result.amounts.values()) or "adjustment" in rule
        for name, part in result.pools.items():
            assert rounding in ("each-alone", "rest-to") or sum(part.values()) == result.money[name]
            assert all(amount >= 0 and amount % unit == 0 for amount in part.values())
    assert good * 3 >= tried * 2


@depth.deeper
def test_wrong_rules_are_refused() -> None:
    slips = set()
    for seed in range(depth.cases(150)):
        made = wrong_case(random.Random(seed), later=True)
        slips.add(made.slip)
        with pytest.raises(Refused):
            split(*read(made.toml, made.factors, made.recipients, made.previous, made.issued))
    assert len(slips) > len(SLIPS | LATER) // 2
