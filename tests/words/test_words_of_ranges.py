"""Ranges and sums as sentences write them, each end worked out by hand; a range is never shown too narrow."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from depth import cases
from good_scenario import small

from allocator import Factor, Fund, Recipient, Scenario
from allocator.report.words.ranges import (
    MOST_NAMES,
    amount_text,
    figure,
    names_of,
    outward,
    short_weights,
    shown_range,
    span_text,
    total_text,
    weights_text,
    who,
)
from allocator.text import EN, ZH

THIRD = Fraction(1, 3)


def funded(currency: str = "CNY", unit: Any = 10_000) -> Scenario:
    return small(fund=Fund(10**10, currency, unit))


WAN, YUAN, DOLLARS = funded(), funded(unit=1), funded("USD", 1)


def test_outward_is_the_narrowest_of_whole_steps_that_holds_both_ends() -> None:
    rnd = Random(3)
    for _ in range(cases(300)):
        low = Fraction(rnd.randint(-500, 500), rnd.randint(1, 12))
        high = low + Fraction(rnd.randint(0, 100), rnd.randint(1, 12))
        step = Fraction(rnd.randint(1, 9), rnd.choice((1, 2, 10, 100)))
        found = outward((low, high), step)
        assert found.low <= low < found.low + step and found.high - step < high <= found.high
        assert (found.low / step).denominator == (found.high / step).denominator == 1


@pytest.mark.parametrize(
    ("ends", "scenario", "zh", "en"),
    [
        # hundredths of 万元 are 100 yuan
        ((123_456, 234_567), WAN, "12.34至23.46万元", "between 12.34 and 23.46 (10k yuan)"),
        ((10_000, 10_000), WAN, "正好1万元", "exactly 1 (10k yuan)"),
        ((123_400, 123_450), WAN, "12.34至12.35万元", "between 12.34 and 12.35 (10k yuan)"),
        # hundredths of a yuan
        ((THIRD, 2 * THIRD), YUAN, "0.33至0.67元", "between 0.33 and 0.67 (yuan)"),
        ((5, 5), DOLLARS, "正好5美元", "exactly 5 USD"),
        # English in millions from ten on: an end of whole hundreds in full, any other in two decimals
        ((9_999_999, 9_999_999), WAN, "999.99至1000万元", "between 999.99 and 1,000 (10k yuan)"),
        ((1, 10_000_000), WAN, "0至1000万元", "between 0 and 10 million yuan"),
        ((12_345_600, 23_456_789), WAN, "1234.56至2345.68万元", "between 12.3456 and 23.46 million yuan"),
        ((12_345_678, 20_000_000), WAN, "1234.56至2000万元", "between 12.34 and 20 million yuan"),
        ((20_000_000, 20_000_000), WAN, "正好2000万元", "exactly 20 million yuan"),
        ((10**9, 2 * 10**9), DOLLARS, "1000000000至20亿美元", "between 1,000 and 2,000 million USD"),
    ],
)  # fmt: skip
def test_spans(ends: tuple[Any, Any], scenario: Scenario, zh: str, en: str) -> None:
    assert (span_text(ends, scenario, ZH), span_text(ends, scenario, EN)) == (zh, en)


def test_ranges_of_tables_have_two_decimals_of_the_shown_unit() -> None:
    assert shown_range((12_345, 12_345), WAN) == (12_300, 12_400)
    assert shown_range((THIRD, THIRD), YUAN) == (Fraction(33, 100), Fraction(34, 100))


def test_amounts_in_the_shown_unit() -> None:
    assert (figure(123_400, WAN, EN), figure(123_400, YUAN, EN)) == ("12.34", "123,400")
    assert (amount_text(123_400, WAN, ZH), amount_text(123_400, WAN, EN)) == (
        "12.34万元",
        "12.34 (10k yuan)",
    )
    assert (amount_text(5, DOLLARS, ZH), amount_text(5_000, DOLLARS, EN)) == ("5美元", "5,000 USD")


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (56_020_000, "5602万元", "56.02 million yuan"),
        (1_000_000, "100万元", "1 million yuan"),
        (999_900, "99.99万元", "999,900 yuan"),
        (1_000_100, "100.01万元", "1.0001 million yuan"),
        (1_000_050, "1000050元", "1,000,050 yuan"),
    ],
)
def test_whole_sums(amount: int, zh: str, en: str) -> None:
    assert (total_text(amount, WAN, ZH), total_text(amount, WAN, EN)) == (zh, en)


def test_names_stand_in_listed_order_and_very_many_are_counted() -> None:
    ids = [f"r{n}" for n in range(MOST_NAMES + 1)]
    many = small(
        recipients=tuple(Recipient(id, id.upper()) for id in ids),
        factors=tuple(Factor(id, (1,) * len(ids)) for id in "xyk"),
    )
    assert [name.zh for name in names_of(many, ["r2", "r0"])] == ["R0", "R2"]
    assert who(many, ids[:MOST_NAMES], EN) == names_of(many, ids[:MOST_NAMES])
    assert (who(many, ids, ZH), who(many, ids, EN)) == ("共13个对象", "13 recipients")
    assert (who(many, [], ZH), who(many, [], EN)) == ("无", "nobody")


def test_weights_in_words_and_as_people_quote_them() -> None:
    shares = small()
    assert weights_text({"x": 60, "y": 40}, shares, ZH) == "人口60%、面积40%"
    assert (
        weights_text({"x": Fraction(200, 3), "y": 100 * THIRD}, shares, EN) == "人口 ≈66.67 %, 面积 ≈33.33 %"
    )
    scores = small(kind="scores", weights={"x": 3, "y": Fraction(1, 2)})
    assert weights_text(scores.weights, scores, ZH) == "人口×3、面积×0.5"
    assert short_weights({"a": 40, "b": Fraction(100, 3), "c": Fraction(80, 3)}, ZH) == "40/33.33/26.67"
    assert short_weights({"a": 1234, "b": Fraction(1, 2)}, ZH) == "1234/0.5"
    assert short_weights({"a": 1234, "b": Fraction(1, 2)}, EN) == "1,234/0.5"
