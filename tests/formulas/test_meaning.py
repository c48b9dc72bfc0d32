"""Every function and every rule of the language, a line each: formula, row, result by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from formula_cases import NAMES, all_of, column, one, problem, table, true_for

from allocator.core.formula import ColumnFormula, Table, Words, truths, values
from allocator.files.formulas import parse

F = Fraction
VALUES = [
    # operators: a sign binds closer than a power, all go from the left
    ("-2^2", 0, 4),
    ("0-2^2", 0, -4),
    ("2^3^2", 0, 64),
    ("2^-1", 0, F(1, 2)),
    ("10-4-3", 0, 3),
    ("100/5/2", 0, 10),
    ("2+3*4", 0, 14),
    ("(2+3)*4", 0, 20),
    ("2*3^2", 0, 18),
    ("--3", 0, 3),
    ("+3", 0, 3),
    ("-a^2", 0, 36),
    ("1/4", 0, F(1, 4)),
    (".5+1.", 0, F(3, 2)),
    ("0.1+0.2", 0, F(3, 10)),
    # percent, behind any operand
    ("8%", 0, F(8, 100)),
    ("a%", 0, F(6, 100)),
    ("(a+b)%", 0, F(1, 10)),
    ("50%%", 0, F(5, 1000)),
    ("-200%", 0, -2),
    ("10%^2", 0, F(1, 100)),
    ("SUM(a,b)%*100", 0, 10),
    # what is read as well
    ("=a+b", 0, 10),
    ("  = a + b ", 0, 10),
    ("ａ＋ｂ", 0, 10),
    ("（ａ－１）×２÷５", 0, 2),
    ("a−b", 1, -2),
    ("ＭＡＸ（a，b）", 0, 6),
    ("max(a,b)+Min(a,b)", 0, 10),
    ("５％", 0, F(5, 100)),
    ("IF(a≥6,1,0)+IF(b≤4,10,0)+IF(a≠b,100,0)", 0, 111),
    ("IF（a＞＝6，1，0）", 0, 1),
    ("IF(grade=“优”,1,0)", 0, 1),
    ("IF(grade=”优“,1,0)", 0, 1),
    ("‘2021 tax’*2", 3, 8),
    ("SUM (a, b)", 0, 10),
    # names
    ("税收2023-税收2022", 0, 10),
    ("'税收2023'", 0, 110),
    ("'2021 tax'", 2, 3),
    ("'people''s'", 1, 8),
    ("SUM(['2021 tax'])", 0, 10),
    ("SUM([税收2023])", 0, 300),
    ("fund*SHARE(b)", 0, F(4000, 19)),
    ("95%*previous", 1, 19),
    ("SUM([previous])+distributable", 0, 900),
    # choices
    ("IF(a>b,1,2)", 0, 1),
    ("IF(a>b,1,2)", 1, 2),
    ("IF(a=6,IF(b=4,5,6),7)", 0, 5),
    ("IF(a=0,0,b/a)", 2, 0),
    ("IF(AND(a>0,b>0),1,0)", 2, 0),
    ("IF(OR(a>0,b>0),1,0)", 2, 1),
    ("IF(NOT(a>0),1,0)", 2, 1),
    ("IF(IF(a>1,b>1,b>100),1,0)", 0, 1),
    ("IF(a<=6,1,0)+IF(a>=6,10,0)+IF(a<6,100,0)+IF(a>6,1000,0)", 0, 11),
    ("IF(a<>6,1,0)", 0, 0),
    ('IF("a"="A",1,0)', 0, 1),
    ('IF(grade="good",1,0)', 2, 1),
    ('IF(grade="good",1,0)', 3, 1),
    ('IF(grade<>"good",1,0)', 3, 0),
    ('IF(IF(a>3,"x","y")="X",1,0)', 0, 1),
    ('IF("a""b"="A""B",1,0)', 0, 1),
    # of one row
    ("MIN(a,b,c)", 0, F(1, 2)),
    ("MAX(a,b,c)", 0, 6),
    ("MAX(5)", 0, 5),
    ("SUM(a,b,c)", 0, F(21, 2)),
    ("AVERAGE(a,b,c)", 0, F(7, 2)),
    ("MEDIAN(a,b,c)", 0, 4),
    ("MEDIAN(a,b)", 0, 5),
    ("ABS(c)", 1, F(5, 2)),
    ("ROUND(c,0)", 0, 1),
    ("ROUND(c,0)", 1, -3),
    ("ROUND(2.345,2)", 0, F(235, 100)),
    ("ROUND(-2.345,2)", 0, F(-235, 100)),
    ("ROUND(149,-2)", 0, 100),
    ("ROUND(150,-2)", 0, 200),
    ("ROUNDUP(1.01,0)", 0, 2),
    ("ROUNDUP(-1.01,0)", 0, -2),
    ("ROUNDUP(1,0)", 0, 1),
    ("ROUNDUP(110,-2)", 0, 200),
    ("ROUNDDOWN(1.99,0)", 0, 1),
    ("ROUNDDOWN(-1.99,1)", 0, F(-19, 10)),
    ("INT(c)", 1, -3),
    ("INT(2.9)", 0, 2),
    ("SQRT(16)", 0, 4),
    ("SQRT(2.25)", 0, F(3, 2)),
    ("SQRT(0)", 0, 0),
    ("LN(1)", 0, 0),
    ("POWER(a,2)", 0, 36),
    ("POWER(2,-2)", 0, F(1, 4)),
    ("4^0.5", 0, 2),
    ("(27/8)^(2/3)", 0, F(9, 4)),
    ("0^0.5", 0, 0),
    ("32^(-1/5)", 0, F(1, 2)),
    ("1^1000", 0, 1),
    # a whole column
    ("SUM([b])", 0, 19),
    ("AVERAGE([b])", 0, F(19, 4)),
    ("MIN([c])", 0, F(-5, 2)),
    ("MAX([c])", 0, 10),
    ("MEDIAN([b])", 0, F(9, 2)),
    ("COUNT([b])", 0, 4),
    ("b/SUM([b])", 3, F(8, 19)),
    ("RANK(b,[b])", 3, 1),
    ("RANK(b,[b])", 2, 4),
    ("RANK(same,[same])", 3, 1),
    ("RANK(税收2022,[税收2022])", 3, 4),
    ("RANK(2*3-1,[b])", 3, 2),
    # of offices
    ("SHARE(b)", 2, F(2, 19)),
    ("SCORE(b,60,100)", 2, 60),
    ("SCORE(b,60,100)", 3, 100),
    ("SCORE(b,60,100)", 1, 80),  # 5 is half way from 2 to 8
    ("SCORE(b,100,60)", 2, 100),
    ("SCORE(b,100,60)", 1, 80),
    ("SCORE(same,60,100)", 0, 100),
    ("SCORE(same,100,60)", 0, 100),
    ("TIERS(b,0,0,4,50,8,100)", 2, 0),
    ("TIERS(b,0,0,4,50,8,100)", 0, 50),
    ("TIERS(b,0,0,4,50,8,100)", 1, 50),
    ("TIERS(b,0,0,4,50,8,100)", 3, 100),
    ("TIERS(b,a,1,a+1,2)", 3, 2),
    ("CLIP(b,3,5)", 2, 3),
    ("CLIP(b,3,5)", 0, 4),
    ("CLIP(b,3,5)", 3, 5),
    ("CLIP(b,3,3)", 3, 3),
]


@pytest.mark.parametrize(("formula", "row", "result"), VALUES)
def test_a_formula_gives(formula: str, row: int, result: Fraction) -> None:
    found = one(formula, row)
    if 10**30 % Fraction(result).denominator:  # neither whole nor a short decimal: rounded to twenty digits
        assert abs(found - result) <= abs(result) / 10**19 / 2
    else:
        assert found == result
    assert type(found) is int or found.denominator > 1


def test_equal_values_share_the_better_rank_and_the_next_is_left_out():
    assert all_of("RANK(x,[x])", columns={"x": (5, 9, 5, 1)}) == (2, 1, 2, 4)
    assert all_of("RANK(x,[x])", columns={"x": (F(1, 3), F(1, 2), F(2, 6), 0)}) == (2, 1, 2, 4)


def test_one_recipient_scores_the_higher():
    assert one("SCORE(a,60,100)", everybody=[0]) == 100


def test_a_choice_works_out_only_the_branch_taken():
    assert one("IF(a>0,6/a,1/0)") == 1
    assert one("IF(gap=3,1,gap)", 2) == 1
    assert problem(one, "IF(a>0,1/0,1)").key == "formula_division"


def test_and_and_or_work_out_all_of_theirs():
    assert problem(one, "IF(AND(a<0,1/0>1),1,0)").key == "formula_division"
    assert problem(one, "IF(OR(a>0,1/0>1),1,0)").key == "formula_division"


# --- one value everywhere ---------------------------------------------------------------------------------


def test_a_whole_column_is_of_everybody_and_a_value_may_be_of_another():
    apart = table({"part": "SHARE(b)", "of": "SUM([b])"}, everybody=[0, 1])
    assert column(apart, "of", [3]) == (9,)
    assert [round(float(v), 6) for v in column(apart, "part", range(4))] == [
        0.444444,
        0.555556,
        0.222222,
        0.888889,
    ]


def test_in_a_condition_brackets_mean_those_of_its_clause():
    assert true_for("b > AVERAGE([b])") == [1, 3]  # 4.75
    assert true_for("b > AVERAGE([b])", among=[0, 1, 2]) == [0, 1, 3]  # 11/3
    assert true_for("b >= MAX([b])", rows=[0, 1]) == [1]  # without others, those that are asked about
    assert true_for("SHARE(b) > 45%", among=[0, 1]) == [1, 3]  # 4/9, 5/9, and 8/9 beyond them
    assert true_for("SCORE(b, 0, 1) = 1", among=[0, 1, 2]) == [1]


def test_a_condition_never_changes_a_column():
    parts = table({"part": "SHARE(b)"})
    assert truths(parse("part > 30%"), parts, range(4), [0]) == (False, False, False, True)  # 8/19
    assert truths(parse("SUM([part]) < 30%"), parts, [0], [0]) == (True,)  # 4/19 alone
    assert column(parts, "part", [0])[0] == values(parse("SHARE(b)"), parts, [0])[0]


def test_formulas_build_on_each_other_in_any_order():
    made = table(
        {"twice": "2 * growth", "growth": "MAX(0, 税收2023 / 税收2022 - 1)", "top": "RANK(twice, [growth])"}
    )
    assert column(made, "twice", range(4)) == (F(1, 5), 0, 0, 0)
    assert problem(column, made, "top", [0]).key == "formula_rank"
    assert column(made, "top", [1]) == (2,)


def test_a_value_is_worked_out_only_for_whom_it_is_needed():
    made = table({"ratio": "b / a", "safe": "IF(a = 0, 0, ratio)", "rest": "ratio + SUM([a])"})
    assert column(made, "ratio", [0, 1, 3]) == (
        F(66666666666666666667, 10**20),
        F(16666666666666666667, 10**19),
        8,
    )
    assert column(made, "safe", range(4))[2] == 0
    assert problem(column, made, "ratio", [2]).at == {"key": "factor.ratio.formula", "recipient": "丙园区"}
    # a whole column needs the value of everybody in it, and the recipient named is the one that fails
    assert problem(values, parse("SUM([ratio])"), made, [0]).at["recipient"] == "丙园区"
    assert problem(values, parse("SUM([gap])"), made, [0]).at == {"key": "formula", "recipient": "乙县"}
    assert values(parse("SUM([gap])"), table(everybody=[0, 2]), [1]) == (4,)


# --- the finished value -----------------------------------------------------------------------------------


def test_a_finished_value_is_rounded_once_to_twenty_digits_halves_to_even():
    third = table({"third": "1 / 3", "back": "third * 3 - 1"})
    assert column(third, "third", [0]) == (F(33333333333333333333, 10**20),)
    assert one("1 / 3 * 3") == 1  # nothing is rounded on the way
    # third is 0.33333333333333333333, and what builds on it takes that: −10^−20 is a short decimal
    assert column(third, "back", [0]) == (F(-1, 10**20),)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (F(1, 10**30), F(1, 10**30)),  # thirty places: as it is
        (F(1, 10**31), F(1, 10**31)),  # one digit: nothing to round
        (F(123456789012345678903, 10**30), F(123456789012345678903, 10**30)),  # 21 digits, thirty places
        (F(123456789012345678903, 10**31), F(12345678901234567890, 10**30)),
        # 21 digits of which the last is a half of one: to the even neighbour
        (F(10**20 + 15, 10**31), F(10**19 + 2, 10**30)),
        (F(10**20 + 5, 10**31), F(10**19, 10**30)),
        (F(-(10**20) - 15, 10**31), F(-(10**19) - 2, 10**30)),
        (F(10**21 - 5, 10**32), F(10**20, 10**31)),  # 99…95 becomes 1 and zeros
        (F(2, 3), F(66666666666666666667, 10**20)),
        (F(10**25, 3), 3333333333333333333300000),
    ],
)
def test_rounding_of_finished_values(value: Fraction, result: Fraction) -> None:
    assert one("x", columns={"x": (value, 0, 0, 0)}) == result


def test_round_counts_decimals_and_takes_halves_away_from_zero():
    (found,) = values(parse("c"), table(), [1], round=0)
    assert found == -3
    columns = {"x": ColumnFormula(parse("1/3"), 4), "y": ColumnFormula(parse("x * 3"))}
    rounded = Table(NAMES, {}, columns)
    assert column(rounded, "y", [0]) == (F(9999, 10000),)
    assert values(parse("0.00005"), table(), [0], round=4) == (F(1, 10000),)


# --- digits that are known --------------------------------------------------------------------------------

KNOWN = [  # the first thirty digits, from tables
    ("SQRT(2)", "1.41421356237309504880168872420"),
    ("SQRT(3)", "1.73205080756887729352744634150"),
    ("2^0.5", "1.41421356237309504880168872420"),
    ("2^(1/3)", "1.25992104989487316476721060727"),
    ("LN(2)", "0.693147180559945309417232121458"),
    ("LN(10)", "2.30258509299404568401799145468"),
    ("LN(0.5)", "-0.693147180559945309417232121458"),
    ("3^1.5", "5.19615242270663188058233902451"),
]


@pytest.mark.parametrize(("formula", "digits"), KNOWN)
def test_roots_and_logarithms_to_twenty_digits(formula: str, digits: str) -> None:
    exact = F(digits)
    places = 20 if abs(exact) < 1 else 19
    assert one(formula) == F(round(exact * 10**places), 10**places)


# --- what real notices say --------------------------------------------------------------------------------


def test_only_growth_counts_as_in_shanxi_2025():
    assert all_of("MAX(0, 税收2023 / 税收2022 - 1)") == (F(1, 10), 0, 0, 0)


def test_six_years_without_highest_and_lowest_as_in_western_australia():
    years = {f"y{n}": (v, 0, 0, 0) for n, v in enumerate((5, -3, 8, 2, 9, 4))}
    names = ",".join(years)
    without = f"(SUM({names}) - MAX({names}) - MIN({names})) / 4"
    # 5, 8, 2, 4 are left of 5, −3, 8, 2, 9, 4; with −3 as zero the lowest is that zero
    assert one(without, columns=years) == F(19, 4)
    zeroed = {name: f"MAX(0, {name})" for name in years}
    parts = ",".join(zeroed.values())
    assert one(f"(SUM({parts}) - MAX({parts}) - MIN({parts})) / 4", columns=years) == F(19, 4)


def test_inverse_values_and_roots_as_in_mexico_and_india():
    made = table({"inverse": "1 / b", "mexico": "SHARE(inverse)", "india": "SQRT(b)"})
    # 1/4, 1/5, 1/2, 1/8 over 43/40
    assert column(made, "mexico", [0])[0] == F(round(F(10, 43) * 10**20), 10**20)
    assert column(made, "india", [0]) == (2,)


def test_grades_become_coefficients_as_in_zhejiang():
    grades = 'IF(grade="优", 1.2, IF(grade="良", 1, IF(grade="GOOD", 0.9, 0)))'
    assert all_of(grades) == (F(12, 10), 1, F(9, 10), F(9, 10))


def test_words_mean_what_their_place_says():
    bound = Words({"fund": 190, "pool": 200}, {"previous": (1, 2, 3, 4), "issued": (9, 9, 9, 9)})
    made = table({"x": "2 * previous"})  # where last year's amounts are 10, 20, 30, 40
    formula = parse("x + previous + issued + 0.3 * fund * SHARE(b) + SUM([previous]) + pool")
    # 20 + 1 + 9 + 57 · 4/19 + 10 + 200
    assert values(formula, made, [0], words=bound) == (252,)
    assert truths(parse("previous > 2"), made, range(4), words=bound) == (False, False, True, True)


def test_groups_have_their_sums_and_whole_columns_stay_whole():
    made = table({"double": "2 * b"})
    groups = Table(("园区合计", "县合计"), {"b": (4 + 2, 5 + 8), "double": (12, 26)})
    found = values(parse("SHARE(b) * 19 + SUM([double]) + double"), groups, [0, 1], whole=(made, Words()))
    assert found == (6 + 38 + 12, 13 + 38 + 26)
    failing = table({"double": "2 * gap"})
    assert (
        problem(values, parse("SUM([double])"), groups, [0], whole=(failing, Words())).at["recipient"]
        == "乙县"
    )
