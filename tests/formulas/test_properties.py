"""What must hold of formulas whatever they are, and their values beside a reading written anew."""

from __future__ import annotations

import statistics
from fractions import Fraction
from typing import Any

import formula_reference as reference
from depth import cases, deeper
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allocator.core.errors import ScenarioError
from allocator.core.formula import ColumnFormula, Table, column, truths, values, written
from allocator.core.formula.arithmetic import Refusal, Steps
from allocator.core.formula.roots import logarithm, power, square_root
from allocator.core.formula.tree import (
    DEEPEST,
    Call,
    Chain,
    Constant,
    Formula,
    Name,
    Node,
    Percent,
    Quoted,
    Sign,
    Whole,
)
from allocator.files.formulas import parse

# --- formulas of every kind -------------------------------------------------------------------------------

NUMBERS = ("a", "b", "税收2023", "2021 tax")
decimals = st.integers(-999, 999).map(lambda n: Fraction(n, 10))
constants = st.one_of(
    st.integers(0, 12).map(Constant), st.integers(0, 999).map(lambda n: Constant(Fraction(n, 100)))
)
names = st.sampled_from(NUMBERS).map(Name)
wholes = st.sampled_from(NUMBERS).map(Whole)
texts = st.sampled_from([Name("grade"), Quoted("优"), Quoted("good"), Quoted('say "x"')])


def call(function: str, *arguments: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.tuples(*arguments).map(lambda made: Call(function, made))


def chain(operators: str, operand: st.SearchStrategy[Node], most: int = 3) -> st.SearchStrategy[Node]:
    signs = st.lists(st.sampled_from(operators.split()), min_size=1, max_size=most)
    return signs.flatmap(
        lambda made: st.tuples(*[operand] * (len(made) + 1)).map(lambda parts: Chain(tuple(made), parts))
    )


def numbers(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=1, max_size=4).map(tuple)
    compared = st.one_of(
        st.tuples(below, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), below).map(
            lambda m: Chain((m[1],), (m[0], m[2]))
        ),
        st.tuples(texts, st.sampled_from(("=", "<>")), texts).map(lambda m: Chain((m[1],), (m[0], m[2]))),
    )
    conditions = st.one_of(
        compared, call("AND", compared, compared), call("OR", compared, compared), call("NOT", compared)
    )
    small = st.integers(-3, 3).map(lambda n: Constant(n) if n >= 0 else Sign("-", Constant(-n)))
    return st.one_of(
        chain("+ -", below),
        chain("* /", below),
        st.tuples(below, small).map(lambda m: Chain(("^",), m)),
        st.tuples(st.sampled_from("+-"), below).map(lambda m: Sign(*m)),
        below.map(Percent),
        st.tuples(st.sampled_from(("MIN", "MAX", "SUM", "AVERAGE", "MEDIAN")), several).map(
            lambda m: Call(*m)
        ),
        st.tuples(st.sampled_from(("ABS", "INT")), st.tuples(below)).map(lambda m: Call(*m)),
        st.tuples(st.sampled_from(("ROUND", "ROUNDUP", "ROUNDDOWN")), st.tuples(below, small)).map(
            lambda m: Call(*m)
        ),
        call("POWER", below, small),
        call("CLIP", below, below, below),
        call("TIERS", below, below, below, below, below),
        call("IF", conditions, below, below),
    )


leaves = st.one_of(
    constants,
    names,
    names.map(lambda name: Call("SHARE", (name,))),
    call("SCORE", names, constants, constants),
    call("RANK", names, wholes),
    st.tuples(st.sampled_from(("SUM", "AVERAGE", "MIN", "MAX", "MEDIAN", "COUNT")), st.tuples(wholes)).map(
        lambda m: Call(*m)
    ),
)
formulas = st.recursive(leaves, numbers, max_leaves=8)
cells = st.one_of(st.integers(-5, 5), st.integers(0, 10**9), decimals)
grades = st.sampled_from(["优", "Good", 'SAY "X"'])
tables = st.integers(1, 5).flatmap(
    lambda n: st.fixed_dictionaries(
        {name: st.lists(cells, min_size=n, max_size=n) for name in NUMBERS}
        | {"grade": st.lists(grades, min_size=n, max_size=n)}
    )
)


def many(columns: Any) -> Table:
    return Table([str(row) for row in range(len(columns["a"]))], columns)


@deeper
@settings(max_examples=cases(200))
@given(formulas, tables)
def test_values_are_those_of_a_reading_written_anew(root: Node, columns: Any) -> None:
    text, table = written(root), many(columns)
    formula = parse(text)
    assert formula.root == root
    everybody = range(len(columns["a"]))
    for row in everybody:
        expected = reference.value(text, columns, row, everybody)
        try:
            (found,) = values(formula, table, [row])
        except ScenarioError as error:
            key = error.problems[0].key
            assert expected is reference.FAILED or (key == "formula_large" and abs(expected) >= 10**30), (
                text,
                row,
                key,
            )
        else:
            assert expected is not reference.FAILED, (text, row, found)
            assert found == reference.finished(expected), (text, row)


@given(formulas, tables)
def test_the_order_of_recipients_decides_nothing(root: Node, columns: Any) -> None:
    def found(table: Table, row: int) -> Any:
        try:
            return column(table, "x", [row])
        except ScenarioError as error:
            return error.problems[0].key

    made = {"x": ColumnFormula(Formula(written(root), root))}
    backwards = {name: cells[::-1] for name, cells in columns.items()}
    count = len(columns["a"])
    one, other = (Table([""] * count, data, made) for data in (columns, backwards))
    for row in range(count):
        assert found(one, row) == found(other, count - 1 - row)


signs = st.characters(exclude_categories=["Cc", "Cs"])


@given(st.text(signs, min_size=1, max_size=12), st.text(signs, max_size=12))
def test_any_name_and_any_text_can_be_written(name: str, text: str) -> None:
    for root in (Name(name), Call("SUM", (Whole(name),)), Chain(("=",), (Quoted(text), Name(name)))):
        assert parse(written(root)).root == root


@given(st.text(max_size=60) | st.text("ab1.,()[]+-*/^%=<>\"'“”‘’（），％ SUMIF", max_size=60))
def test_whatever_is_written_is_a_formula_or_a_sentence(text: str) -> None:
    try:
        formula = parse(text)
    except ScenarioError as error:
        (problem,) = error.problems
        assert problem.key.startswith("formula_") or problem.key in ("number", "decimals")
        assert 1 <= problem.at.get("character", 1) <= len(text) + 1
    else:
        assert parse(written(formula.root)).root == formula.root
        assert formula.depth <= DEEPEST


# --- of offices -------------------------------------------------------------------------------------------

amounts = st.lists(
    st.one_of(st.integers(0, 10**12), st.integers(0, 10**9).map(lambda n: Fraction(n, 100))),
    min_size=1,
    max_size=30,
)


def of(formula: str, x: list[Any]) -> tuple[Any, ...]:
    return values(parse(formula), Table([""] * len(x), {"x": x}), range(len(x)))


@given(amounts)
def test_shares_add_up_to_one(x: list[Any]) -> None:
    assume(sum(x))
    found = of("SHARE(x)", x)
    assert abs(sum(found) - 1) <= Fraction(len(x), 2 * 10**20)  # each is rounded to twenty digits
    assert of("SUM([x]) * SHARE(x) - x", x) == (0,) * len(x)  # and exact within a formula


@given(amounts, st.integers(0, 100), st.integers(0, 100))
def test_scores_lie_between_their_bounds(x: list[Any], low: int, high: int) -> None:
    found = of(f"SCORE(x, {low}, {high})", x)
    assert all(min(low, high) <= score <= max(low, high) for score in found)
    if len(set(x)) == 1:
        assert set(found) == {max(low, high)}
    else:
        assert (found[x.index(min(x))], found[x.index(max(x))]) == (low, high)
        rising = [score for _, score in sorted(zip(x, found, strict=True))]
        assert rising == sorted(rising, reverse=low > high)


# so many denominators that they have no short common one
odd = st.randoms(use_true_random=False).map(
    lambda chance: [Fraction(chance.randrange(10**27), chance.randrange(1, 10**27)) for _ in range(40)]
)


@given(amounts | odd)
def test_a_rank_is_one_more_than_the_larger_values(x: list[Any]) -> None:
    assert of("RANK(x, [x])", x) == tuple(1 + sum(other > value for other in x) for value in x)


@settings(max_examples=cases(20))
@given(odd)
def test_columns_of_many_denominators_are_added_up_and_put_in_order_too(x: list[Any]) -> None:
    assert of("MEDIAN([x])", x)[0] == reference.finished(statistics.median(x))
    assert of("SUM([x]) - AVERAGE([x]) * COUNT([x])", x)[0] == 0
    assert of("SUM([x])", x)[0] == reference.finished(sum(x))


@given(amounts, st.integers(0, 29))
def test_a_condition_says_of_each_by_itself(x: list[Any], at: int) -> None:
    table = Table([""] * len(x), {"x": x})
    least = parse("x >= AVERAGE([x])")
    whole = truths(least, table, range(len(x)))
    mean = Fraction(sum(x)) / len(x)
    assert whole == tuple(value >= mean for value in x)
    row = at % len(x)
    assert truths(least, table, [row]) == (True,)
    assert truths(least, table, [row], range(len(x))) == (whole[row],)


# --- digits -----------------------------------------------------------------------------------------------

positive = st.fractions(Fraction(1, 10**9), 10**12, max_denominator=10**12) | st.fractions(
    Fraction(99, 100), Fraction(101, 100), max_denominator=10**40
)


def half(found: Fraction) -> Fraction:
    """Half a unit of the twentieth digit."""
    places = 0
    while abs(found) * Fraction(10) ** places < 10**19:
        places += 1
    while abs(found) * Fraction(10) ** places >= 10**20:
        places -= 1
    return Fraction(1, 2) / Fraction(10) ** places


@settings(max_examples=cases(60))
@given(positive)
def test_a_square_root_is_the_nearest_of_twenty_digits(x: Fraction) -> None:
    found = Fraction(*square_root(x.as_integer_ratio(), Steps()))
    assert (found * 10**40).denominator == 1 or found > 0
    assert (found - half(found)) ** 2 <= x <= (found + half(found)) ** 2


@settings(max_examples=cases(60))
@given(positive, st.integers(-20, 20), st.integers(2, 7))
def test_a_power_is_the_nearest_of_twenty_digits(x: Fraction, upper: int, lower: int) -> None:
    y = Fraction(upper, lower)
    assume(y.denominator > 1)
    found = Fraction(*power(x.as_integer_ratio(), y.as_integer_ratio(), Steps()))
    low, high = found - half(found), found + half(found)
    assert low**y.denominator <= x**y.numerator <= high**y.denominator


@settings(max_examples=cases(40))
@given(st.integers(1, 10**6), st.integers(1, 10**3), st.integers(1, 5))
def test_the_power_of_a_root_is_exact(root: int, over: int, order: int) -> None:
    x = Fraction(root, over) ** (order + 1)
    found = Fraction(*power(x.as_integer_ratio(), (1, order + 1), Steps()))
    assert found == reference.digits(Fraction(root, over))


@settings(max_examples=cases(30))
@given(positive)
def test_a_logarithm_is_the_nearest_of_twenty_digits(x: Fraction) -> None:
    found = Fraction(*logarithm(x.as_integer_ratio(), Steps()))
    # ln x = n ln 2 + 2 artanh((m − 1) / (m + 1)) with x = 2^n m, by its series to 10^−60
    n = x.numerator.bit_length() - x.denominator.bit_length()
    exact = n * series(Fraction(1, 3)) + series((x / Fraction(2) ** n - 1) / (x / Fraction(2) ** n + 1))
    assert abs(found - exact) <= half(found) + Fraction(1, 10**58) if found else x == 1


def series(z: Fraction) -> Fraction:
    """2 artanh z for |z| at most 1/3, within 10^−60, in decimals of 80 places."""
    one = 10**80
    z = round(z * one)
    total = term = z
    for k in range(3, 200, 2):
        term = term * z // one * z // one
        total += term // k
    return Fraction(2 * total, one)


def test_a_root_of_a_power_of_everything_is_refused_or_found() -> None:
    for x in ((0, 1), (1, 1), (-1, 1), (10**40, 1), (1, 10**40), (2**16000, 1)):
        for y in ((1, 2), (-1, 2), (1, 3), (999, 1000), (-1999, 2), (1, 10**29)):
            try:
                found = power(x, y, Steps())
            except (Refusal, ZeroDivisionError):
                continue
            assert found[1] > 0
