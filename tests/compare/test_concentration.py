"""How unevenly money is spread."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.analysis.concentration import Concentration, concentration
from allocator.files.load import load_scenario

LUZHOU = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023" / "published-rule.toml"
F = Fraction


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ({"a": 7}, ("a", 1, 1, 0)),
        ({"a": 5, "b": 5, "c": 5}, ("a", F(1, 3), F(1, 3), 0)),
        ({"a": 0, "b": 8, "c": 0, "d": 0}, ("b", 1, 1, F(3, 4))),
        # shares 0.5, 0.3, 0.2: 0.25 + 0.09 + 0.04; pairs differ by 0.2, 0.3, 0.1, twice each: 1.2 / (2·3)
        ({"a": 20, "b": 30, "c": 50}, ("c", F(1, 2), F(38, 100), F(1, 5))),
        ({"a": F(1, 2), "b": F(1, 2)}, ("a", F(1, 2), F(1, 2), 0)),
        ({"a": 0, "b": 0}, (None, None, None, None)),
        ({}, (None, None, None, None)),
    ],
)
def test_by_hand(amounts: dict[str, int | Fraction], expected: tuple[object, ...]) -> None:
    assert concentration(amounts) == Concentration(*expected)  # type: ignore[arg-type]


def test_the_published_split() -> None:
    published = load_scenario(LUZHOU).published or {}
    found = concentration(published)
    # 5000 of 5602; squares of 170, 80, 59, 73, 26, 37, 132, 25 add up to 64,204
    assert found.top == "ftz" and found.largest_share == F(5000, 5602)
    assert found.hhi == F(25_000_000 + 64_204, 5602**2)


@given(
    st.lists(st.fractions(0, 10**6, max_denominator=100) | st.integers(0, 10**15), min_size=1, max_size=30)
)
def test_as_defined(values: list[Fraction]) -> None:
    found = concentration({str(i): value for i, value in enumerate(values)})
    total = sum(values)
    if not total:
        assert found.gini is None
        return
    count = len(values)
    assert found.gini == sum(abs(x - y) for x in values for y in values) / (2 * count * F(total))
    assert found.hhi == sum((x / F(total)) ** 2 for x in values)
    assert found.largest_share == max(values) / F(total)
    assert found.top == str(values.index(max(values)))
