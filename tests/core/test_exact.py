"""Exact numbers at the edges of what is taken, and tables that cannot be changed."""

import pickle
from decimal import Decimal
from fractions import Fraction

import pytest

from allocator.core.exact import Frozen, TooManyDecimals, exact, nearest_unit, plain

MOST = 10**30 - 1  # below 10^30, as the docstring has it


@pytest.mark.parametrize("value", [MOST, -MOST, str(MOST), Fraction(MOST), Decimal(MOST), "9e29", "1e29"])
def test_numbers_below_ten_to_the_thirtieth_are_taken(value):
    assert exact(value) == Fraction(value)
    assert type(exact(value)) is int


@pytest.mark.parametrize(
    "value", [10**30, -(10**30), Fraction(10**30), "1e30", "-1e30", "1e+999999999", 1e30]
)
def test_larger_ones_are_not(value):
    with pytest.raises(ValueError, match="ordinary size"):
        exact(value)


@pytest.mark.parametrize("value", [True, False, None, "", "x", "1,5", "nan", "inf", float("nan"), [1]])
def test_what_is_no_number(value):
    with pytest.raises(ValueError, match="not a"):
        exact(value)


def test_thirty_decimals_are_taken_and_one_more_is_told_apart():
    assert exact("1e-30") == Fraction(1, 10**30)
    with pytest.raises(TooManyDecimals):
        exact("1e-31")


def test_a_whole_number_is_an_int():
    assert [type(number) for number in (plain(Fraction(4, 2)), plain(Fraction(1, 2)))] == [int, Fraction]


def test_the_nearest_unit_on_either_side_of_the_middle():
    """1 and 2 both divide 100; the middle between them is 1.5."""
    assert nearest_unit(100, Fraction(149, 100)) == 1
    assert nearest_unit(100, Fraction(151, 100)) == 2


def test_a_frozen_table_cannot_be_changed():
    table = Frozen({"a": 1, "b": 2})
    changes = (
        lambda: table.__setitem__("a", 2), lambda: table.__delitem__("a"), lambda: table.__ior__({"a": 2}),
        table.clear, lambda: table.pop("a"), table.popitem, lambda: table.setdefault("c", 3),
        lambda: table.update(a=2),
    )  # fmt: skip
    for change in changes:
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    assert table == {"a": 1, "b": 2}
    again = pickle.loads(pickle.dumps(table))
    assert (type(again), again) == (Frozen, table)


def test_equal_tables_have_one_hash_whatever_their_order():
    assert hash(Frozen(a=1, b=2)) == hash(Frozen(b=2, a=1))
    assert hash(Frozen(a=1)) != hash(Frozen(a=2))
