"""Every mistake has one sentence: where, what is wrong, what to write instead."""

from __future__ import annotations

import pickle
import re
from fractions import Fraction

import pytest
from formula_cases import DATA, NAMES, all_of, column, one, problem, table, true_for

from allocator.core.errors import ScenarioError
from allocator.core.formula import ColumnFormula, Known, Table, Words, check
from allocator.files.formulas import parse
from allocator.text import EN, ZH

# formula, key, character
SYNTAX = [
    ("", "empty", None),
    ("  = ", "empty", None),
    ("x" * 2001, "long", None),
    ("1+", "value_end", 3),
    ("a +* b", "value", 4),
    ("SUM(a,,b)", "value", 7),
    ("(a", "open", 1),
    ("SUM((a), b", "open", 4),
    ("a)", "close", 2),
    ("1,000", "comma", 2),
    ("a b", "operator", 3),
    ("2(a)", "operator", 2),
    ("(a) 'b'", "operator", 5),
    ("1e5", "number", 1),
    ("a+2021税收", "number", 3),
    ("1.2.3", "number", 1),
    ("a!b", "character", 2),
    ("a & b", "character", 3),
    ("a\x00", "character", 2),
    ('"a\x03', "character", 3),
    ('a="x', "quote", 3),
    ("'x''", "quote", 1),
    ("“x", "quote", 1),
    ("[1]", "name", 2),
    ("[", "name", 2),
    ("[a b]", "bracket", 4),
    ("[a", "bracket", 3),
    ("SUMM(a)", "function", 1),
    ("GDP(亿元)", "function", 1),
    ("1+IF(a>1,2)", "arguments", 3),
    ("ROUND(a)", "arguments", 1),
    ("SUM()", "arguments", 1),
    ("TIERS(a,0,0,5)", "arguments", 1),
    ("TIERS(a,0)", "arguments", 1),
    ("SQRT(a,2)", "arguments", 1),
    ("-" * 60 + "1", "deep", None),
    ("(" * 51 + "1" + ")" * 51, "deep", 51),
    ("ABS(" * 60 + "1" + ")" * 60, "deep", 204),
    ("9" * 31, "number", 1),
    ("a+0." + "0" * 30 + "1", "decimals", 3),
]


@pytest.mark.parametrize(("formula", "key", "character"), SYNTAX)
def test_what_cannot_be_read_is_said_with_its_character(formula, key, character):
    found = problem(parse, formula)
    assert found.key in (f"formula_{key}", key)
    assert found.at.get("character") == character


# judged as written, though a recipient may never come to it: formula, key, character
WRITTEN = [
    ("tax", "unknown", 1),
    ("IF(a>0, 1, tax)", "unknown", 12),
    ("SUM([tax])", "unknown", 5),
    ("pool", "word", 1),
    ("issued + a", "amounts", 1),
    ("grade", "text", 1),
    ("grade + 1", "text", 1),
    ("1 + MAX(a, grade)", "text", 12),
    ('"5" * 2', "text", 1),
    ("-grade", "text", 2),
    ("SUM([grade])", "text", 5),
    ("SHARE(grade)", "text", 7),
    ("RANK(a, [grade])", "text", 9),
    ("a > 1", "truth", 1),
    ("AND(a>1, b>1)", "truth", 1),
    ("(a>1)*2", "truth", 2),
    ("IF(a>1, b>1, c>1)", "truth", 1),
    ("(a>1)=(b>1)", "truth", 2),
    ("IF(a, 1, 2)", "no_condition", 4),
    ("IF(AND(a>1, b), 1, 2)", "no_condition", 13),
    ("IF(NOT(a),1,2)", "no_condition", 8),
    ("IF(a = grade, 1, 0)", "mixed", 4),
    ('IF("6" = a, 1, 0)', "mixed", 4),
    ('IF(grade < "优", 1, 0)', "text_order", 4),
    ("IF(1 < a < 3, 1, 0)", "compared_twice", 4),
    ("IF(a>1, 1, grade)", "branches", 1),
    ("[a]", "whole_place", 1),
    ("[a] + 1", "whole_place", 1),
    ("MAX(0, [a])", "whole_place", 8),
    ("SUM([a], [b])", "whole_place", 5),
    ("ABS([a])", "whole_place", 5),
    ("COUNT(a)", "column_needed", 7),
    ("RANK(a, b)", "column_needed", 9),
    ("SHARE(a + b)", "column_needed", 7),
    ("SHARE([a])", "column_needed", 7),
    ("SCORE(2*a, 60, 100)", "column_needed", 7),
    ("SHARE(fund)", "single", 7),
    ("SUM([fund])", "single", 5),
]


@pytest.mark.parametrize(("formula", "key", "character"), WRITTEN)
def test_what_is_wrong_as_written_is_said_with_its_character(formula, key, character):
    found = problem(one, formula)
    assert (found.key, found.at) == (f"formula_{key}", {"key": "formula", "character": character})


# for whom it fails: formula, row, key, recipient
WORKED = [
    ("1 / a", 2, "division", "丙园区"),
    ("1 / (a - 3) / b", 1, "division", "乙县"),
    ("a^-1", 2, "division", "丙园区"),
    ("POWER(a, -1)", 2, "division", "丙园区"),
    ("a^-0.5", 2, "division", "丙园区"),
    ("gap", 1, "blank", "乙县"),
    ('IF(note="x",1,0)', 1, "blank", "乙县"),
    ('IF(note="x",1,0)', 2, "blank", "丙园区"),
    ("a^a", 2, "zero_power", "丙园区"),
    ("0^(a-a)", 0, "zero_power", "甲区"),
    ("2^1001", 0, "exponent", "甲区"),
    ("2^-1001", 0, "exponent", "甲区"),
    ("2^1000.5", 0, "exponent", "甲区"),
    ("SQRT(c)", 1, "root", "乙县"),
    ("c^0.5", 1, "root", "乙县"),
    ("(-8)^(1/3)", 0, "root", "甲区"),
    ("LN(a)", 2, "logarithm", "丙园区"),
    ("LN(c)", 1, "logarithm", "乙县"),
    ("ROUND(a, 0.5)", 0, "decimals", "甲区"),
    ("ROUND(a, 31)", 0, "decimals", "甲区"),
    ("ROUNDUP(a, -31)", 0, "decimals", "甲区"),
    ("CLIP(a, 5, 4)", 0, "clip", "甲区"),
    ("TIERS(a, 0, 0, 0, 1)", 0, "tiers_rise", "甲区"),
    ("TIERS(a, 5, 0, 4, 1)", 0, "tiers_rise", "甲区"),
    ("TIERS(c, 0, 0, 5, 1)", 1, "tiers_below", "乙县"),
    ("RANK(100, [a])", 0, "rank", "甲区"),
    ("10^30", 0, "large", "甲区"),
    ("-10^15 * 10^15", 0, "large", "甲区"),
    ("SUM([gap])", 0, "blank", "乙县"),
    ("SHARE(gap)", 0, "blank", "乙县"),
    ("RANK(a,[gap])", 0, "blank", "乙县"),
]


@pytest.mark.parametrize(("formula", "row", "key", "recipient"), WORKED)
def test_what_cannot_be_worked_out_is_said_with_the_recipient(formula, row, key, recipient):
    found = problem(one, formula, row)
    assert (found.key, found.at) == (f"formula_{key}", {"key": "formula", "recipient": recipient})


def test_what_is_wrong_with_a_whole_column_names_nobody():
    zeros = {"x": (0, 0, 0, 0)}
    for formula, key in (("SHARE(x)", "share"), ("SUM([x]) / SUM([x])", "division")):
        found = problem(one, formula, columns=zeros)
        assert found.key == f"formula_{key}"
        assert found.at.get("recipient") == (None if key == "share" else "甲区")
    for formula in ("MIN([a])", "MAX([a])", "AVERAGE([a])", "MEDIAN([a])", "SCORE(a,1,2)"):
        assert problem(one, formula, everybody=[]).at == {"key": "formula"}
    assert one("COUNT([a]) + SUM([a])", everybody=[]) == 0


def test_the_value_at_its_step_and_the_edges_are_no_mistakes():
    assert one("TIERS(a, 6, 1)") == 1
    assert one("10^30 - 1") == 10**30 - 1
    assert one("ROUND(a, 30) + ROUND(a, -30)") == 6
    assert one("1^1000 + 1^-1000") == 2


# --- tables -----------------------------------------------------------------------------------------------


def test_circles_name_their_columns_as_written():
    for formulas, circle in (
        ({"x": "x + 1"}, ["x", "x"]),
        ({"x": "y", "y": "IF(1 > 0, 1, z)", "z": "SUM([y])"}, ["y", "z", "y"]),
        ({"p": "SHARE(q)", "q": "a + p"}, ["p", "q", "p"]),
    ):
        found = problem(table, formulas)
        assert (found.key, found.details["names"]) == ("formula_circle", circle)
        assert found.at == {"key": f"factor.{circle[0]}.formula"}


def test_a_chain_of_columns_is_bounded():
    chain = {f"x{n}": f"x{n + 1} + 1" for n in range(60)} | {"x60": "a"}
    assert column(table(chain), "x0", [0]) == (66,)
    longer = {f"x{n}": f"x{n + 1} + 1" for n in range(200)} | {"x200": "a"}
    assert problem(table, longer).key == "formula_chain"


def test_a_name_stands_for_one_thing():
    assert problem(table, {"a": "b"}).key == "formula_both"
    columns = {"fund": (1, 2, 3, 4), "a": (5, 6, 7, 8)}
    found = problem(all_of, "a + fund", columns=columns)
    assert (found.key, found.at) == ("formula_word_taken", {"key": "formula", "character": 5})
    assert problem(table, {"x": "fund"}, columns=columns).at["key"] == "factor.x.formula"
    # it matters only where the word is used, and where it has no meaning it is a name like others
    assert all_of("a", columns=columns) == (5, 6, 7, 8)
    assert all_of("fund", columns=columns, words=Words()) == (1, 2, 3, 4)


def test_all_formulas_of_a_table_are_judged_at_once():
    with pytest.raises(ScenarioError) as caught:
        table({"x": "tx + txx", "y": "a > 1"})
    assert [(p.key, p.at["key"], p.at["character"]) for p in caught.value.problems] == [
        ("formula_unknown", "factor.x.formula", 1),
        ("formula_unknown", "factor.x.formula", 6),
        ("formula_truth", "factor.y.formula", 1),
    ]


@pytest.mark.parametrize("decimals", [-1, 31, 2.0, True, "2"])
def test_round_is_a_number_of_decimals(decimals):
    assert problem(ColumnFormula, parse("a"), decimals).key == "formula_round"


def test_a_condition_is_a_truth_value():
    assert problem(true_for, "a").key == "formula_no_condition"
    assert problem(true_for, "grade").key == "formula_text"
    assert problem(true_for, "1 / a > 1").at == {"key": "where", "recipient": "丙园区"}


# --- sentences --------------------------------------------------------------------------------------------


def test_the_nearest_name_is_proposed_as_it_is_to_be_written():
    for formula, near in (("税收2032", "税收2023"), ("'2021 tx'", "'2021 tax'"), ("previus", "previous")):
        assert problem(one, formula).details["guess"].near == near
    assert problem(parse, "AVERGE(a)").details["guess"].near == "AVERAGE"
    wide = Known({"ＧＤＰ": "number"})
    assert problem(check, parse("ＧＤＰ"), wide).details["guess"].near == "'ＧＤＰ'"
    assert parse("'ＧＤＰ'").names == ("ＧＤＰ",)


def test_sentences_say_place_and_reason():
    made = table({"growth": "b / a - 1"})
    found = problem(column, made, "growth", [2])
    assert found.sentence(EN) == (
        "[factor.growth] formula, 丙园区: division by zero: “a” in “b / a” is 0; correct the data, "
        "or say by IF what holds then"
    )
    assert found.sentence(ZH).startswith("[factor.growth] formula，丙园区：除数为零：“b / a”中的“a”等于0")
    found = problem(one, "IF(grade=1,2,3)").within("rule.toml")
    assert found.sentence(EN).startswith(
        "rule.toml, formula, character 4: “grade” is text and “1” is a number"
    )


@pytest.mark.parametrize("book", [ZH, EN], ids=["zh", "en"])
def test_every_mistake_has_its_sentence(book):
    found = [problem(parse, formula) for formula, _, _ in SYNTAX]
    found += [problem(one, formula) for formula, _, _ in WRITTEN]
    found += [problem(one, formula, row) for formula, row, _, _ in WORKED]
    found.append(problem(one, "((1+10^-1000)^3+10^900)^5"))
    found.append(problem(one, "10^-1000 / 3 - 10^1000"))
    for each in found:
        sentence = each.sentence(book)
        assert len(sentence) < 700 and not re.search(r"Fraction|\{|\d{60}", sentence), sentence


def test_figures_in_sentences_are_short_whatever_they_are():
    assert problem(one, "CLIP(a, 10^1000, 0-10^1000)").details == {"low": "10^1000", "high": "−10^1000"}
    assert problem(one, "SQRT(-1/3)").details["value"] == Fraction(-33333333333333333333, 10**20)


def test_formulas_are_equal_by_what_they_say_and_can_be_pickled():
    one, other = parse("SUM(a, b)*2"), parse("SUM(a, b)*2")
    assert one == other and hash(one) == hash(other)
    assert one.root == parse(" sum( a,b ) × 2 ").root
    assert one != parse("SUM(a, b)*3")
    assert pickle.loads(pickle.dumps(one)) == one
    made = Table(NAMES, DATA, {"x": ColumnFormula(one)})
    assert column(made, "x", [0]) == (20,)
    assert column(pickle.loads(pickle.dumps(made)), "x", [0]) == (20,)


def test_names_that_a_formula_takes():
    made = parse("a + SHARE(b) + SUM([c]) + RANK(d, [e]) + SCORE(f, g, 1) + MAX([c])")
    assert made.names == ("a", "b", "d", "f", "g")
    assert made.columns == ("b", "c", "e", "f")
