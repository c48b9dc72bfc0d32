"""Whole sentences on what amounts change against others, written by hand for figures added by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from allocator.analysis.finding import Finding, find
from allocator.report.words.finding import (
    Terms,
    against_sentence,
    lettered_sentence,
    matched,
    phrase,
    share_text,
    short,
    total_clause,
)
from allocator.text import EN, ZH, Phrasebook

AGAINST = {"zh": "上年数", "en": "last year"}
WHO = {"zh": "方案B", "en": "option B"}


def sentences_of(found: Finding, lang: str, whole: int = 200) -> dict[str, str]:
    """All that is said of a finding; ``whole`` is what was shared out."""
    words = Terms({id: id.upper() for id in (*found.changes, *found.unknown)}, "CNY", Phrasebook(lang))
    return {
        "against": against_sentence(found, AGAINST[lang], whole, words),
        "lettered": lettered_sentence(found, "C", "A", whole, words),
        "short": short(found, words),
        "phrase": phrase(found, WHO[lang], words),
        "total": total_clause(found, words),
        "matched": matched(found, words),
    }


# 10 of 100 moves, 5 % of the 200 shared out
MOVED = find({"a": 40, "b": 35, "c": 25}, {"a": 50, "b": 30, "c": 20})
# 60 against 50: a gains 12, b loses 2; the fund is larger by 3 alone, 7 less being kept for departments
OTHER = find({"a": 32, "b": 28}, {"a": 20, "b": 30}, 73, 70)
# d stands here alone with 4, e there alone with 3, and what f had is not known
APART = find({"a": 9, "d": 4, "f": 1}, {"a": 10, "e": 3, "f": None})
# one more of 10: all of what the fund has more
LARGER = find({"a": 11}, {"a": 10}, 16, 15)
SMALLER = find({"a": 8}, {"a": 10}, 15, 15)
# 1 of 2000 moves, and departments get 5 more
TINY = find({"a": 1001, "b": 999}, {"a": 1000, "b": 1000}, 2025, 2020)

SENTENCES: list[tuple[Finding, str, dict[str, str]]] = [
    (MOVED, "zh", {
        "against": "与上年数相比，共调整10元，占按因素法分配额的5.0%：2个增加，1个减少；"
                   "增加最多的是B、C（各+5元），减少最多的是A（−10元）。",
        "lettered": "C与A相比：共调整10元，占按因素法分配额的5.0%；2个增加，1个减少，"
                    "增加最多的是B、C（各+5元），减少最多的是A（−10元）。",
        "short": "调整10元（占各对象合计的10.0%），2个增加，1个减少",
        "phrase": "方案B调整10元",
        "total": "",
        "matched": "3项金额与已下达数不同：A、B、C。",
    }),
    (MOVED, "en", {
        "against": "Against last year, 10 yuan moves, 5.0 % of the amount shared out (2 gaining, 1 losing); "
                   "B, C gain most (+5 yuan each), A loses most (−10 yuan).",
        "lettered": "C against A: 10 yuan moves, 5.0 % of the amount shared out; 2 gaining, 1 losing; "
                    "B, C gain most (+5 yuan each), A loses most (−10 yuan).",
        "short": "10 yuan moved (10.0 % of what recipients get); 2 gaining, 1 losing",
        "phrase": "option B moves 10 yuan",
        "total": "",
    }),
    (OTHER, "zh", {
        "against": "与上年数相比，资金总额多3元，各对象合计多10元：1个增加（共12元），1个减少（共2元）；"
                   "增加最多的是A（+12元），减少最多的是B（−2元）。",
        "short": "资金总额多3元，各对象合计多10元，1个增加（共12元），1个减少（共2元）",
        "phrase": "方案B各对象合计多10元",
    }),
    (OTHER, "en", {
        "lettered": "C against A: the fund is 3 yuan larger, recipients together get 10 yuan more; "
                    "1 gaining (12 yuan in all), 1 losing (2 yuan in all); "
                    "A gains most (+12 yuan), B loses most (−2 yuan).",
        "phrase": "option B gives recipients together 10 yuan more",
    }),
    # 4 less 1 less 3 is nothing: what one gains others lose
    (APART, "zh", {
        "against": "与上年数相比，共调整4元，占按因素法分配额的2.0%：1个增加，2个减少；"
                   "增加最多的是D（+4元），减少最多的是E（−3元）。D、E只列在一方，另一方按零计算。"
                   "另有1个没有可比的金额，未计入：F。",
        "lettered": "C与A相比：共调整4元，占按因素法分配额的2.0%；1个增加，2个减少，"
                    "增加最多的是D（+4元），减少最多的是E（−3元）。另有1个没有可比的金额，未计入：F。",
    }),
    (APART, "en", {
        "against": "Against last year, 4 yuan moves, 2.0 % of the amount shared out (1 gaining, 2 losing); "
                   "D gains most (+4 yuan), E loses most (−3 yuan). "
                   "On one side only, and taken as zero on the other: D, E. "
                   "Left out, for want of an amount to compare with: F (1 in all).",
    }),
    (LARGER, "en", {"total": "the fund is 1 yuan larger",
                    "short": "the fund is 1 yuan larger; 1 gaining, 0 losing",
                    "phrase": "option B gives recipients together 1 yuan more"}),
    (LARGER, "zh", {"against": "与上年数相比，资金总额多1元：1个增加，0个减少；增加最多的是A（+1元）。"}),
    (SMALLER, "en", {"total": "the fund is the same, recipients together get 2 yuan less",
                     "phrase": "option B gives recipients together 2 yuan less"}),
    (SMALLER, "zh", {"total": "资金总额相同，各对象合计少2元"}),
    (TINY, "en", {"total": "the fund is 5 yuan larger, recipients together get the same",
                  "short": "the fund is 5 yuan larger, recipients together get the same; 1 yuan moved "
                           "(less than 0.1 % of what recipients get); 1 gaining, 1 losing"}),
    (find({"a": 1}, {"a": 2}), "en", {"total": "recipients together get 1 yuan less"}),
    (find({"a": 2}, {"a": 2}, 5, 9), "en", {
        "total": "the fund is 4 yuan smaller, recipients together get the same",
        "matched": "Against the published allocation, the fund is 4 yuan smaller, recipients together get "
                   "the same; nobody gains and nobody loses.",
    }),
]  # fmt: skip


@pytest.mark.parametrize(("found", "lang", "wanted"), SENTENCES)
def test_word_for_word(found: Finding, lang: str, wanted: dict[str, str]) -> None:
    told = sentences_of(found, lang)
    assert {name: told[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("part", "en"),
    [
        (0, "0 %"), (Fraction(1, 10**9), "less than 0.1 %"), (Fraction(9995, 10**7), "less than 0.1 %"),
        (Fraction(1, 1000), "0.1 %"), (Fraction(1, 3), "33.3 %"), (1, "100.0 %"),
    ],
)  # fmt: skip
def test_what_is_not_nothing_is_never_called_0_percent(part: Any, en: str) -> None:
    assert share_text(Fraction(part), EN) == en
    assert share_text(Fraction(part), ZH) == {"less than 0.1 %": "0.1%以下"}.get(en, en.replace(" ", ""))


def test_large_parts_are_grouped_as_the_language_does() -> None:
    assert (share_text(Fraction(12), ZH), share_text(Fraction(12), EN)) == ("1200.0%", "1,200.0 %")


def test_where_nothing_was_shared_out_no_part_of_it_moves() -> None:
    assert "10 yuan moves, 0 % of the amount shared out" in sentences_of(MOVED, "en", whole=0)["lettered"]


def test_of_many_names_some_are_said_and_how_many_there_are() -> None:
    ids = "abcdefghijkl"
    words = Terms({id: id.upper() for id in ids}, "CNY", EN)
    more = find(dict.fromkeys(ids, 2), dict.fromkeys(ids, 1))
    assert "A, B, C, D and others (12 in all) gain most (+1 yuan each)" in lettered(more, words)
    assert "A, B, C, D gain most (+1 yuan each)" in lettered(
        find(dict.fromkeys("abcd", 2), dict.fromkeys("abcd", 1)), words
    )
    assert matched(more, words) == (
        "Amounts that differ from the published ones: 12, among them those of A, B, C, D, E, F, G, H, I, J."
    )
    ten = find(dict.fromkeys(ids[:10], 2), dict.fromkeys(ids[:10], 1))
    assert (
        matched(ten, words)
        == "Amounts that differ from the published ones: 10 (A, B, C, D, E, F, G, H, I, J)."
    )


def lettered(found: Finding, words: Terms) -> str:
    return lettered_sentence(found, "B", "A", 100, words)
