"""How numbers, money and lists are written: held against Python's own decimals, and word for word."""

from __future__ import annotations

import string
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from depth import cases

from allocator.core.parts import Text
from allocator.text import EN, ZH, Guess, Money, Phrasebook, money_scale

WIDE = Context(prec=80, rounding=ROUND_HALF_EVEN)


def by_decimals(value: Fraction, lang: str, places: int | None, sign: bool) -> str:
    """The same by ``decimal``: two denominators of powers of 2 and 5 alone, so that nothing is lost."""
    digits = 6 if places is None else places
    exactly = WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))
    rounded = exactly.quantize(Decimal(1).scaleb(-digits), context=WIDE)
    text = f"{abs(rounded):,.{digits}f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if lang == "zh":
        text = text.replace(",", "")
    before = "−" if rounded < 0 else "+" if sign and rounded > 0 else ""
    return before + text


def test_numbers_are_what_decimals_round_them_to() -> None:
    rnd = Random(7)
    for _ in range(cases(1500)):
        value = Fraction(
            rnd.randint(-(10 ** rnd.randint(0, 12)), 10**9), 2 ** rnd.randint(0, 7) * 5 ** rnd.randint(0, 7)
        )
        places, sign = rnd.choice((None, 0, 1, 2, 6)), rnd.random() < 0.5
        for lang in ("zh", "en"):
            wanted = by_decimals(value, lang, places, sign)
            assert Phrasebook(lang).number(value, places, sign=sign) == wanted, (value, lang, places, sign)


def test_numbers_of_other_kinds() -> None:
    assert EN.number(Decimal("1234.50")) == "1,234.5"
    assert ZH.number(Decimal("-0.125"), 2) == "−0.12"
    assert EN.number(Fraction(2, 3)) == "0.666667"
    assert EN.number(0, 2, sign=True) == "0.00"


@pytest.mark.parametrize(
    ("amount", "currency", "zh", "en"),
    [
        (0, "CNY", "0元", "0 yuan"),
        (9_999, "CNY", "9999元", "9,999 yuan"),
        (10_000, "CNY", "1万元", "10,000 yuan"),
        (-10_000, "CNY", "−1万元", "−10,000 yuan"),
        (10_050, "CNY", "10050元", "10,050 yuan"),
        (10_100, "CNY", "1.01万元", "10,100 yuan"),
        (10_101, "CNY", "10101元", "10,101 yuan"),
        (Fraction(2_000_001, 100), "CNY", "20000.01元", "20,000.01 yuan"),
        (1_250_000_000, "CNY", "125000万元", "1,250,000,000 yuan"),
        (99_000_000, "USD", "99000000美元", "99,000,000 USD"),
        (100_000_000, "USD", "1亿美元", "100,000,000 USD"),
        (-100_000_000, "USD", "−1亿美元", "−100,000,000 USD"),
        (101_000_000, "EUR", "1.01亿欧元", "101,000,000 EUR"),
        (101_500_000, "EUR", "101500000欧元", "101,500,000 EUR"),
        (Fraction(1, 2), "JPY", "0.5日元", "0.5 JPY"),
        (5_000, "CHF", "5000 CHF", "5,000 CHF"),
        (200_000_000, "CHF", "2亿 CHF", "200,000,000 CHF"),
    ],
)  # fmt: skip
def test_money_in_a_sentence(amount: Any, currency: str, zh: str, en: str) -> None:
    assert (ZH.money(amount, currency), EN.money(amount, currency)) == (zh, en)
    assert ZH.show(Money(amount, currency)) == zh
    if amount > 0:
        assert ZH.money(amount, currency, sign=True) == f"+{zh}"
        assert EN.money(amount, currency, sign=True) == f"+{en}"


def test_money_in_full() -> None:
    assert ZH.money(57_220_000, "CNY", in_full=True) == "57220000元"
    assert ZH.money(150_000_000, "USD", in_full=True, sign=True) == "+150000000美元"
    assert EN.money(57_220_000, "CNY", in_full=True) == "57,220,000 yuan"


def test_units_of_tables() -> None:
    assert [money_scale("CNY", unit) for unit in (10_000, 30_000, 1, 5_000, Fraction(1, 100))] == [
        10_000, 10_000, 1, 1, 1,
    ]  # fmt: skip
    assert money_scale("USD", 10_000) == 1
    units = [("CNY", 10_000), ("CNY", 1), ("HKD", 1), ("CHF", 1)]
    assert [ZH.money_unit(*unit) for unit in units] == ["万元", "元", "港元", "CHF"]
    assert [EN.money_unit(*unit) for unit in units] == ["10k yuan", "yuan", "HKD", "CHF"]


def test_kinds_of_recipients() -> None:
    assert [ZH.kind(kind) for kind in ("district", "county", "park", "镇")] == [
        "区",
        "县",
        "园区",
        "镇",
    ]
    assert [EN.kind(kind) for kind in ("district", "state", "镇")] == ["districts", "states", "镇"]


def test_details_of_a_sentence() -> None:
    assert ZH.show(Text("泸县", "Lu County")) == "泸县" and EN.show(Text("泸县", "Lu County")) == "Lu County"
    assert EN.show([]) == "" and EN.show((1, "a", Fraction(1, 4))) == "1, a, 0.25"
    assert (EN.show(True), ZH.show(None)) == ("True", "None")


@pytest.mark.parametrize(
    ("guess", "zh", "en"),
    [
        (Guess("泸县", (), 0), "是否应为“泸县”？", "did you mean “泸县”?"),
        (Guess("z" * 200, (), 0), f"是否应为“{'z' * 200}”？", f"did you mean “{'z' * 200}”?"),
        (Guess("z" * 201, (), 0), f"是否应为“{'z' * 199}…”？", f"did you mean “{'z' * 199}…”?"),
        (Guess(None, (), 0), "此处没有可用的名称", "there is none here"),
        (Guess(None, ("a", Text("乙", "b")), 2), "可用的有：a、乙", "there are: a, b"),
        (Guess(None, ("a", "b"), 3), "可用的共3个，如：a、b", "there are 3, among them a, b"),
        (Guess(None, ("z" * 40, "y" * 41), 2), f"可用的有：{'z' * 40}、{'y' * 39}…",
         f"there are: {'z' * 40}, {'y' * 39}…"),
    ],
)  # fmt: skip
def test_what_is_proposed_for_an_unknown_name(guess: Guess, zh: str, en: str) -> None:
    assert (ZH.show(guess), EN.show(guess)) == (zh, en)


def test_what_python_takes_for_printable_though_nobody_sees_it() -> None:
    for code in (0x034F, 0x115F, 0x1160, 0x17B4, 0x180B, 0x2800, 0x3164, 0xFE00, 0xFE0F, 0xFFA0):
        assert EN.visible(f"a{chr(code)}b") == f"a[invisible character U+{code:04X}]b"
    assert EN.visible("a\u2801\ufe10b") == "a\u2801\ufe10b"
    seen = string.ascii_letters + string.digits
    assert ZH.visible(f"{seen}\u2800") == f"{seen}〔不可见字符 U+2800〕"


def test_eight_that_cannot_be_seen_are_named_and_more_are_question_marks() -> None:
    shown = EN.visible("a\u200b" * 10)
    assert shown == "a[zero-width space U+200B]" * 8 + "a?" * 2
    assert ZH.visible("\u200b\u200bx\u200b") == "〔零宽空格 U+200B，2个〕x〔零宽空格 U+200B〕"
