"""Every mistake in a rule of format 2 ends in a sentence: file, place, what is wrong, what to write.

As in test_bad_input, each case damages one small scenario that is right.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from good_scenario import GOOD_RULES, damaged, make
from later_mistakes import LATER_CASES, entry
from mistakes import NORTH, ODD, ONE, RISE, case, cells, formula, method, more, toml, where
from phrases import sentences
from processes import spending_at_most
from refusals import check_refusal, refused
from test_bad_corrections import HAND_CASES

from allocator import AllocatorError, allocate, load_scenario
from allocator.core.formula import arithmetic, table


def test_the_rules_that_are_damaged_are_right(tmp_path: Path) -> None:
    allocation = allocate(load_scenario(make(tmp_path, GOOD_RULES)))
    assert allocation.pools == {
        "signed": {"north": 30_000, "south": 20_000, "west": 0},
        "growth": {"north": 150_000, "south": 160_000, "west": 90_000},
        "land": {"north": 90_000, "south": 90_000, "west": 370_000},
    }
    assert allocation.amounts == {"north": 270_000, "south": 270_000, "west": 460_000}


RULE_CASES = [
    # which format
    case("a pool in format 1", toml("format = 2", "format = 1"), "format_second", "[pool]", "format = 2"),
    # pools
    case("pools and a method", more('[method]\nkind = "shares"\n'), "pool_and_method", "[pool]"),
    case("pools and weights", more("[weights]\narea = 100\n"), "pool_and_method", "[pool]"),
    case(
        "remove = false",
        toml("percent = 40", "percent = 40\nremove = false"),
        "pool_remove",
        "[pool.growth] remove",
        "false",
    ),
    case(
        "to be removed from nothing",
        more("[pool.gone]\nremove = true\n"),
        "pool_unknown",
        "[pool.gone]",
        "gone",
    ),
    case("no pool at all", [*ONE, more("[pool]\n")], "key_missing", "", "[method]"),
    case(
        "nobody named", toml('["北区", "south", "west"]', "[]"), "pool_nobody_named", "[pool.land] recipients"
    ),
    case(
        "amount and percent",
        toml("percent = 40", "percent = 40\namount = 1"),
        "pool_money_twice",
        "[pool.growth] percent",
    ),
    case("neither amount nor percent", toml("percent = 40\n", ""), "pool_money_missing", "[pool.growth]"),
    case("an amount that is a word", toml('"needed"', '"all"'), "pool_amount", "[pool.signed] amount"),
    case("a pool called all", toml("[pool.growth]", "[pool.all]"), "pool_all", "[pool.all]", "another"),
    case(
        "an amount for a weight of shares",
        toml("weights = { economy = 80, effort = 20 }", 'weights = { economy = "80元", effort = 20 }'),
        "weight_money",
        "[pool.growth] weights.economy",
    ),
    case(
        "a misspelt kind with amounts for weights",
        toml('kind = "fixed"', 'kind = "fix"'),
        "choice",
        "[pool.signed] kind",
        "fixed",
    ),
    case(
        "more than 100 percent",
        toml("percent = 40", "percent = 101"),
        "pool_percent",
        "[pool.growth] percent",
        "101",
    ),
    case(
        "shares that are needed",
        toml("percent = 40", 'amount = "needed"'),
        "pool_needed",
        "[pool.growth] amount",
    ),
    case(
        "shares that are scaled",
        toml("percent = 40", 'percent = 40\nover = "scale"'),
        "pool_over",
        "[pool.growth] over",
    ),
    case(
        "shares without pools that are scaled",
        method('[method]\nkind = "shares"\nover = "scale"\n[weights]\nprojects = 100\n'),
        "pool_over",
        "[method] over",
    ),
    case(
        "over what is needed",
        toml('amount = "needed"', 'amount = "needed"\nover = "scale"'),
        "pool_over",
        "[pool.signed] over",
    ),
    case(
        "over in another way",
        [toml('amount = "needed"', 'amount = 50_000\nover = "cut"')],
        "pool_over",
        "[pool.signed] over",
        "cut",
    ),
    case("two rests", toml("percent = 40", 'amount = "rest"'), "pool_rest_twice", "[pool.land] amount"),
    case(
        "an amount in half units",
        toml("percent = 40", "amount = 405_000"),
        "pool_unit",
        "[pool.growth] amount",
        "10,000",
    ),
    case(
        "more than there is",
        toml("percent = 40", "percent = 99"),
        "pools_over",
        "[pool]",
        "1,040,000",
        "40,000",
        "1,000,000",
    ),
    case(
        "less than there is",
        [toml('amount = "rest"', "percent = 54")],
        "pools_under",
        "[pool]",
        "990,000",
        "10,000",
    ),
    case(
        "a fixed pool below its amount",
        [toml('amount = "needed"', "amount = 60_000"), toml('amount = "rest"', "amount = 540_000")],
        "pools_left",
        "[pool.signed] amount",
        "Signing bonus",
        "10,000",
    ),
    case(
        "a fixed rest below what is left",
        toml(
            'amount = "rest"\nkind = "scores"\nweights = { area = 1 }\ncoefficient = ["hardship", "score"]',
            'amount = "rest"\nkind = "fixed"\nweights = { area = "10万元" }',
        ),
        "pools_left",
        "[pool.land] amount",
        "land",
        "50,000",
    ),
    case(
        "a fixed pool above its amount",
        toml('amount = "needed"', "amount = 40_000"),
        "pool_needs_more",
        "[pool.signed] amount",
        "Signing bonus",
        "50,000",
        "40,000",
        "10,000",
        'over = "scale"',
    ),
    case(
        "a fixed percentage too small",
        toml('amount = "needed"', "percent = 1"),
        "pool_needs_more",
        "[pool.signed] percent",
        "50,000",
        "10,000",
        "40,000",
    ),
    case(
        "a fixed method below the fund",
        method('[method]\nkind = "fixed"\n[weights]\nprojects = "1万元"\n'),
        "fixed_left",
        "[method] kind",
        "940,000",
    ),
    case(
        "a fixed method above the fund",
        method('[method]\nkind = "fixed"\n[weights]\nprojects = "100万元"\n'),
        "fixed_needs_more",
        "[method] kind",
        "6,000,000",
        "1,000,000",
        "5,000,000",
    ),
    case(
        "nobody meets the condition of a method",
        method('[method]\nkind = "shares"\nwhere = "projects > 9"\n[weights]\nprojects = 100\n'),
        "rule_nobody",
        "[method] where",
    ),
    case(
        "nobody meets the condition",
        [toml("percent = 40", 'percent = 40\nwhere = "projects > 9"')],
        "pool_nobody",
        "[pool.growth] where",
    ),
    case(
        "a fixed amount for nobody",
        [toml('amount = "needed"', "amount = 50_000"), where("projects > 9")],
        "pool_nobody",
        "[pool.signed] where",
    ),
    case(
        "a pool of an unknown kind",
        toml('["北区", "south", "west"]', '"village"'),
        "limit_kind",
        "[pool.land] recipients",
        "village",
    ),
    case(
        "a pool of an unknown recipient",
        toml('"北区"', '"北"'),
        "recipient_unknown",
        "[pool.land] recipients",
        "北",
    ),
    case(
        "a pool's kind of rule",
        toml('kind = "scores"', 'kind = "score"'),
        "choice",
        "[pool.land] kind",
        "score",
    ),
    # weights
    case("weights of 99", toml("economy = 80", "economy = 79"), "weights_sum", "[pool.growth] weights", "99"),
    case(
        "thirds written as decimals",
        toml("economy = 80, effort = 20", "economy = 33.33, effort = 33.33, area = 33.33"),
        "weights_sum",
        "[pool.growth] weights",
        "99.99",
    ),
    case(
        "fractions a little off",
        toml("economy = 80", 'economy = "240000000000000000001/3"'),
        "weights_sum",
        "[pool.growth] weights",
        "80000000000000000020.3333",
    ),
    case("weights of nothing", toml("{ area = 1 }", "{ area = 0 }"), "weights_zero", "[pool.land] weights"),
    case(
        "an unknown weight",
        toml("{ area = 1 }", "{ aera = 1 }"),
        "weight_unknown",
        "[pool.land] weights.aera",
        "“area”",
    ),
    case(
        "a fraction by zero",
        toml("{ area = 1 }", '{ area = "1/0" }'),
        "type_number",
        "[pool.land] weights.area",
        "1/0",
    ),
    case(
        "fractions with nothing in common",
        toml(
            "{ area = 1 }",
            f'{{ area = "{ODD[0]}", effort = "{ODD[1]}", projects = "{ODD[2]}" }}',
        ),
        "fractions",
        "[pool.land] weights",
        "60",
    ),
    case(
        "percentages with nothing in common",
        [
            toml("percent = 40", f'percent = "{ODD[0]}"'),
            toml('amount = "needed"', f'percent = "{ODD[1]}"'),
            more(f'[pool.more]\npercent = "{ODD[2]}"\nkind = "scores"\nweights = {{ area = 1 }}\n'),
        ],
        "fractions",
        "[pool]",
    ),
    case(
        "a weight below zero",
        toml("{ area = 1 }", "{ area = -1 }"),
        "negative",
        "[pool.land] weights.area",
        "−1",
    ),
    case(
        "a coefficient twice",
        toml('["hardship", "score"]', '["hardship", "hardship"]'),
        "coefficient_twice",
        "[pool.land] coefficient",
        "hardship",
    ),
    case(
        "an unknown coefficient",
        toml('["hardship", "score"]', '["hardship", "scare"]'),
        "column_unknown",
        "[pool.land] coefficient",
        "“score”",
    ),
    case(
        "a coefficient that is a number",
        toml('["hardship", "score"]', "2"),
        "type_coefficient",
        "[pool.land] coefficient",
        "2",
    ),
    case(
        "a factor and its indicator",
        toml("economy = 80, effort = 20", "economy = 80, investment = 20"),
        "weighted_twice",
        "[pool.growth] weights",
        "investment",
    ),
    case(
        "parts of 90", toml("rise = 25 }", "rise = 15 }"), "indicator_sum", "[indicator.economy] parts", "90"
    ),
    case(
        "an indicator like a column",
        more("[indicator.area]\nparts = { effort = 100 }\n"),
        "indicator_column",
        "[indicator.area]",
        "area",
    ),
    case(
        "an indicator of nothing",
        toml("rise = 25 }", "risen = 25 }"),
        "column_unknown",
        "[indicator.economy] parts",
        "“rise”",
    ),
    # limits, earmarks
    case(
        "a limit of another pool",
        toml('pool = "growth"', 'pool = "grwth"'),
        "limit_pool",
        "[[limit]] 1, pool",
        "“growth”",
    ),
    case(
        "a limit of no pool",
        toml('pool = "growth"\n', ""),
        "limit_pool_missing",
        "[[limit]] 1",
        "signed, growth, land",
    ),
    case(
        "a limit by last year",
        [toml("floor = 10_000", 'floor_rate = 0.1\nof = "previous"')],
        "limit_pool_previous",
        "[[limit]] 1, of",
    ),
    case(
        "an earmark of two kinds",
        more('[[earmark]]\nrecipient = "west"\nrecipients = "all"\namount = 0\n'),
        "earmark_whom",
        "[[earmark]] 1, recipients",
    ),
    case(
        "an earmark of nobody", more("[[earmark]]\namount = 0\n"), "earmark_whom", "[[earmark]] 1, recipients"
    ),
    case(
        "an earmark by no condition",
        more('[[earmark]]\nrecipients = "all"\namount = 0\nwhere = "area"\n'),
        "formula_no_condition",
        "[[earmark]] 1, where, character 1",
    ),
    # columns
    case(
        "a text that is weighted",
        toml("{ area = 1 }", "{ grade = 1 }"),
        "column_text",
        "column grade",
        "IF",
        file="factors.csv",
    ),
    case(
        "a blank that is weighted",
        toml("{ area = 1 }", "{ change = 1 }"),
        "cell_blank",
        "column change",
        "South County",
        file="factors.csv",
    ),
    case(
        "below zero and weighted",
        [toml("{ area = 1 }", "{ change = 1 }"), cells("B,", "B,1")],
        "cell_negative",
        "column change, North District",
        "−2.5",
        file="factors.csv",
    ),
    case("round without a formula", more("[factor.area]\nround = 2\n"), "round_alone", "[factor.area] round"),
    case("a formula of text", toml("round = 2", "text = true"), "text_formula", "[factor.score] text"),
    case("31 decimals", toml("round = 2", "round = 31"), "formula_round", "[factor.score] round", "31"),
    case("a share of text", formula("SHARE(grade)"), "formula_text", RISE + ", character 7"),
    case(
        "a result below zero",
        formula("tax - past"),
        "formula_negative",
        RISE + ", West Park",
        "−10",
        "MAX(0, …)",
    ),
    # formulas as written
    case("an empty formula", formula(" "), "formula_empty", RISE),
    case(
        "a number for a formula", toml('formula = "MAX(0, tax / past - 1)"', "formula = 1"), "type_text", RISE
    ),
    case("2,001 characters", formula("tax" + " " * 1997 + "+"), "formula_long", RISE, "2,001"),
    case("51 brackets", formula("(" * 51 + "tax" + ")" * 51), "formula_deep", RISE + ", character 51", "50"),
    case("51 signs", formula("-" * 51 + "tax"), "formula_deep", RISE),
    case("a semicolon", formula("tax; past"), "formula_character", RISE + ", character 4", "“;”"),
    case("an open quote", formula("IF(grade = “A, 1, 0)"), "formula_quote", RISE + ", character 12"),
    case(
        "a name that begins with a digit",
        formula("2023tax + 1"),
        "formula_number",
        RISE + ", character 1",
        "2023tax",
    ),
    case("two operators", formula("tax * / past"), "formula_value", RISE + ", character 7", "/ past"),
    case("nothing at the end", formula("tax +"), "formula_value_end", RISE + ", character 6"),
    case("a number in brackets", formula("SUM([1])"), "formula_name", RISE + ", character 6"),
    case("two names in brackets", formula("SUM([tax, past])"), "formula_bracket", RISE + ", character 9"),
    case("an open bracket", formula("SUM((tax)"), "formula_open", RISE + ", character 4"),
    case("a bracket too many", formula("SUM(tax))"), "formula_close", RISE + ", character 9"),
    case("a thousands separator", formula("tax + 1,000"), "formula_comma", RISE + ", character 8"),
    case("a name of two words", formula("paid tax"), "formula_operator", RISE + ", character 6", "tax"),
    case("an unknown function", formula("SUMM(tax)"), "formula_function", RISE + ", character 1", "“SUM”"),
    case(
        "no function of the host language",
        formula("__import__('os')"),
        "formula_function",
        RISE + ", character 1",
    ),
    case("no attribute", formula("tax.__class__"), "formula_number", RISE + ", character 4"),
    case(
        "two values for INT", formula("INT(tax, 1)"), "formula_arguments", RISE + ", character 1", "INT", "2"
    ),
    case(
        "a condition for a value",
        formula("tax > past"),
        "formula_truth",
        RISE + ", character 1",
        "IF(tax > past, 1, 0)",
    ),
    case(
        "a value for a condition",
        where("projects"),
        "formula_no_condition",
        "[pool.signed] where, character 1",
        "projects > 0",
    ),
    case(
        "a whole column by itself",
        formula("[tax] + 1"),
        "formula_whole_place",
        RISE + ", character 1",
        "[tax]",
    ),
    case("a word of bounds", formula("fund / 2"), "formula_word", RISE + ", character 1", "fund"),
    case(
        "last year where there is none",
        formula("previous"),
        "formula_amounts",
        RISE + ", character 1",
        "previous",
    ),
    case(
        "an unknown name",
        formula("IF(1 < 2, tax, pst)"),
        "formula_unknown",
        RISE + ", character 16",
        "“past”",
    ),
    case(
        "a sum in place of a column",
        formula("SHARE(tax + 1)"),
        "formula_column_needed",
        RISE + ", character 7",
        "SHARE",
    ),
    case(
        "1 < x < 3",
        where("1 < projects < 3"),
        "formula_compared_twice",
        "[pool.signed] where, character 1",
        "AND(1 < projects, projects < 3)",
    ),
    case("text with a number", where("grade = 1"), "formula_mixed", "[pool.signed] where, character 1"),
    case(
        "text in order", where('grade < "B"'), "formula_text_order", "[pool.signed] where, character 1", "<"
    ),
    case(
        "branches of two kinds", formula('IF(tax > 1, 1, "none")'), "formula_branches", RISE + ", character 1"
    ),
    case(
        "a circle",
        [formula("twice / 2"), more('[factor.twice]\nformula = "rise * 2"\n')],
        "formula_circle",
        "[factor.rise] formula",
        "rise, twice, rise",
    ),
    case("a circle of one", formula("rise + 1"), "formula_circle", RISE, "rise, rise"),
    case(
        "a circle by a whole column",
        [formula("twice / 2"), more('[factor.twice]\nformula = "SHARE(rise)"\n')],
        "formula_circle",
        RISE,
    ),
    case(
        "a column and a formula",
        more('[factor.tax]\nformula = "past"\n'),
        "formula_both",
        "[factor.tax] formula",
        "tax",
    ),
    # formulas as they are worked out
    case(
        "division by zero", [cells(",110,100,", ",110,0,")], "formula_division", NORTH, "past", "tax / past"
    ),
    case(
        "a blank that is needed",
        formula("IF(area = 2, change, 1)"),
        "formula_blank",
        RISE + ", South County",
        "change",
    ),
    case(
        "a text that is needed",
        [cells("1,B,", "1,,")],
        "formula_blank",
        "[factor.score] formula, South County",
        "grade",
    ),
    case("0^0", formula("(tax - tax)^0"), "formula_zero_power", NORTH),
    case("a power of 1001", formula("tax^1001"), "formula_exponent", NORTH, "1,001", "1,000"),
    case("a root of a negative", formula("SQRT(past - tax)"), "formula_root", NORTH, "−10"),
    case("a cube root of a negative", formula("(past - tax)^(1/3)"), "formula_root", NORTH, "−10"),
    case("a logarithm of zero", formula("LN(tax - tax)"), "formula_logarithm", NORTH),
    case("half a decimal", formula("ROUND(tax, 0.5)"), "formula_decimals", NORTH, "0.5"),
    case("CLIP the wrong way round", formula("CLIP(tax, 100, 50)"), "formula_clip", NORTH, "100", "50"),
    case("tiers that fall", formula("TIERS(tax, 0, 1, 0, 2)"), "formula_tiers_rise", NORTH),
    case(
        "below the first tier",
        formula("TIERS(tax, 100, 1)"),
        "formula_tiers_below",
        RISE + ", West Park",
        "90",
        "100",
    ),
    case(
        "shares of nothing",
        [formula("SHARE(nil)"), more('[factor.nil]\nformula = "tax - tax"\n')],
        "formula_share",
        RISE,
        "nil",
    ),
    case("a rank of nothing", formula("RANK(tax + 1000, [tax])"), "formula_rank", NORTH, "1,110"),
    case("a result of 31 digits", formula("tax^16"), "formula_large", NORTH, "30"),
    case("a power of a power", formula("10^10^9"), "formula_large", NORTH),
    case("numbers without end", formula("(1/3 + tax)^1000^20"), "formula_size", NORTH),
    case(
        "nobody for a whole column",
        [
            formula("AVERAGE([tax])"),
            more(
                '[[earmark]]\nrecipients = "all"\namount = 0\n'
                '[[earmark]]\nrecipients = "all"\namount = 0\nwhere = "rise > 0"\n'
            ),
        ],
        "formula_nobody",
        RISE,
    ),
    case(
        "a chain of 100",
        [
            formula("c0"),
            more(
                "".join(f"[factor.c{n}]\nformula = 'MAX(0, c{n + 1})'\n" for n in range(100))
                + "[factor.c100]\nformula = 'tax'\n"
            ),
        ],
        "formula_chain",
        "[factor.c20] formula",
        "400",
    ),
    case(
        "an id twice, but for blanks",
        more('[pool." land"]\npercent = 1\nkind = "scores"\nweights = { area = 1 }\n'),
        "pool_twice",
        "[pool]",
        "land",
    ),
]


@pytest.mark.parametrize(("edits", "key", "place", "says", "file"), [*RULE_CASES, *LATER_CASES])
def test_one_mistake(edits, key, place, says, file, tmp_path, capsys) -> None:
    check_refusal(make(tmp_path, damaged(edits, GOOD_RULES)), key, file, place, says, capsys)


def over(base: str, own: str, folder: Path) -> Path:
    """A file that says ``own`` on the good rules, or on another file in their place."""
    files = GOOD_RULES | {"base.toml": base, "scenario.toml": f'format = 2\nextends = "base.toml"\n{own}'}
    return make(folder, files)


def test_files_that_build_on_one_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = GOOD_RULES["scenario.toml"]

    def check(own: str, key: str, place: str, file: str = "scenario.toml", base: str = rules) -> None:
        check_refusal(over(base, own, tmp_path), key, file, place, (), capsys)

    check("[pool.lnd]\nremove = true\n", "pool_unknown", "[pool.lnd]")
    check("[pool.land]\nremove = 1\n", "pool_remove", "[pool.land] remove")
    removed = "".join(f"[pool.{id}]\nremove = true\n" for id in ("signed", "growth", "land"))
    check(removed + "[weights]\narea = 1\n", "pool_and_method", "[pool]")
    check(removed, "key_missing", "")
    check("[weights]\narea = 100\n", "key_missing", "")  # with it go the pools, and there is no [method]
    check("[pool.land]\nweights = { area = -1 }\n", "negative", "[pool.land] weights.area")
    check('[pool.growth]\namount = "some"\n', "pool_amount", "[pool.growth] amount")
    check(
        "[fund]\nunit = 20_000\n",
        "weights_sum",
        "[pool.growth] weights",
        "base.toml",
        rules.replace("economy = 80", "economy = 8"),
    )
    first = make(
        tmp_path / "first",
        GOOD_RULES | {"base.toml": rules, "scenario.toml": 'format = 1\nextends = "base.toml"\n'},
    )
    check_refusal(first, "format_extends", "scenario.toml", "extends", ("base.toml", "format = 2"), capsys)


def test_keys_of_the_second_format_in_a_file_of_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each by itself, in the small scenario of format 1; under format = 2 none of them is refused so."""
    keys = [
        ('kind = "shares"', 'kind = "shares"\nrecipients = "all"', "[method] recipients"),
        ('kind = "shares"', 'kind = "shares"\nwhere = "jobs > 0"', "[method] where"),
        ('kind = "shares"', 'kind = "shares"\nover = "scale"', "[method] over"),
        ('kind = "shares"', 'kind = "shares"\nbasis = "第三条"', "[method] basis"),
        ('kind = "shares"', 'kind = "fixed"', "[method] kind"),
        ('kind = "shares"', 'kind = "shares"\ncoefficient = ["jobs"]', "[method] coefficient"),
        ("jobs = 40", 'jobs = "40/1"', "[weights] jobs"),
        ("year = 2022", "basis = '1'", "[factor.investment] basis"),
        ("year = 2022", "round = 1", "[factor.investment] round"),
        ("year = 2022", "text = false", "[factor.investment] text"),
        ("year = 2022", "formula = 'jobs'", "[factor.investment] formula"),
        ("also_shares = false", "basis = '1'", "[[earmark]] 1, basis"),
        ('recipient = "zone"', 'recipients = ["zone"]', "[[earmark]] 1, recipients"),
        ("also_shares = false", 'where = "jobs > 1"', "[[earmark]] 1, where"),
        ("floor = 10_000", "floor = 10_000\nbasis = '1'", "[[limit]] 1, basis"),
        ("floor = 10_000", "floor = 10_000\npool = 'a'", "[[limit]] 1, pool"),
        ("floor = 10_000", "floor = 10_000\nwhere = 'jobs > 1'", "[[limit]] 1, where"),
        ("floor = 10_000", "floor = { formula = 'jobs' }", "[[limit]] 1, floor"),
        ("floor = 10_000", "cap = { formula = 'jobs' }", "[[limit]] 1, cap"),
        ("floor = 10_000", "floor = 10_000\ntogether = true", "[[limit]] 1, together"),
        ('currency = "CNY"', 'of = "亩"', "[fund] of"),
        ('"largest-remainder"', '"each-alone"', "[fund] rounding"),
        ('"largest-remainder"', '"rest-to"', "[fund] rounding"),
        ("unit = 10_000", "unit = 10_000\nrest_to = { recipient = 'north' }", "[fund] rest_to"),
        ("unit = 10_000", "unit = 10_000\nleft = { reservation = 'a department' }", "[fund] left"),
        ("unit = 10_000", "unit = 10_000\nbelow_zero = 'recover'", "[fund] below_zero"),
        ('kind = "shares"', "kind = 'shares'\nfloors = 'from-gains'", "[method] floors"),
        ('kind = "shares"', "kind = 'shares'\nphase_in = 0.5", "[method] phase_in"),
        ('factors = "factors.csv"', 'factors = "factors.csv"\nissued = "previous.csv"', "[data] issued"),
        (
            "floor = 10_000\n",
            "floor = 10_000\n[[deduction]]\nrecipient = 'north'\namount = 1\n",
            "[[deduction]]",
        ),
        (
            "floor = 10_000\n",
            "floor = 10_000\n[[adjustment]]\nrecipient = 'north'\namount = 0\nreason = 'none'\n",
            "[[adjustment]]",
        ),
        ("floor = 10_000\n", "floor = 10_000\n[indicator.a]\nparts = { jobs = 100 }\n", "[indicator]"),
        ("floor = 10_000\n", "floor = 10_000\n[pool.a]\npercent = 100\n", "[pool]"),
    ]  # fmt: skip
    for old, new, place in keys:
        files = damaged([toml(old, new)])
        check_refusal(make(tmp_path, files), "format_second", "scenario.toml", place, ("format = 2",), capsys)
        files["scenario.toml"] = files["scenario.toml"].replace("format = 1", "format = 2")
        try:
            allocate(load_scenario(make(tmp_path, files)))
        except AllocatorError as error:
            assert "format_second" not in [problem.key for problem in error.problems]


def test_every_new_sentence_is_said_of_some_file() -> None:
    """All that came with format 2, but `beyond` (test_surfaces) and what only the library can say wrong."""
    keys = [key.removeprefix("error.") for key in sentences("en", "error.")]
    new = set(keys[keys.index("format_second") :])
    elsewhere = {"format_extends", "beyond", "formula_work", "groups_deep"}
    by_library = {"paid_by", "reason_blank", "phase_in_pool"}  # test_corrections
    said = {case.values[1] for case in (*RULE_CASES, *HAND_CASES, *LATER_CASES)}
    # the page of the rule and the workbook have some of their own
    elsewhere |= {key for key in new - said if key.startswith("rule_")}
    elsewhere |= {"column_values", "column_name", "sheet_formula_long"}
    assert new - said == elsewhere | by_library


def test_groups_one_within_another(tmp_path: Path) -> None:
    """As deep as any rule goes is shared out; without end is refused, and at once."""

    def nested(deep: int) -> Path:
        rows = "recipient,x\n" + "".join(f"r{n},1\n" for n in range(deep))
        text = 'format = 2\ntitle = "t"\n[data]\nfactors = "factors.csv"\n[weights]\nx = 1\n'
        text += '[fund]\namount = 1000\ncurrency = "CNY"\nunit = 1\n[method]\nkind = "scores"\n'
        for n in range(2, deep + 1):
            ids = ", ".join(f'"r{i}"' for i in range(n))
            text += entry("limit", f"recipients = [{ids}]; together = true; cap = 1000")
        return make(tmp_path, {"scenario.toml": text, "factors.csv": rows})

    with spending_at_most(20):
        assert allocate(load_scenario(nested(31))).total == 1000
        for deep in (32, 300):
            (problem,) = refused(nested(deep)).problems
            assert problem.key == "groups_deep" and problem.details == {"most": 30}


# --- attacks ------------------------------------------------------------------------------------------------


ATTACKS = {
    "a circle of 3,000 formulas": more(
        "".join(f"[factor.c{n}]\nformula = 'c{(n + 1) % 3000}'\n" for n in range(3000))
    ),
    "a chain of 3,000 formulas": more(
        "".join(f"[factor.c{n}]\nformula = 'c{n + 1}'\n" for n in range(3000))
        + "[factor.c3000]\nformula = 'tax'\n"
    ),
    "2,000 pools of a five thousandth": more(
        "".join(
            f'[pool.p{n}]\npercent = "1/5000"\nkind = "scores"\nweights = {{ none = 1 }}\n'
            for n in range(2000)
        )
    ),
    "fractions with nothing in common": toml(
        "{ area = 1 }", "{ " + ", ".join(f'w{n} = "1/{10**29 + 2 * n + 1}"' for n in range(3000)) + " }"
    ),
    "ten to the ten to the nine": formula("10^10^9"),
    "a power in a power in a power": formula("((tax/7)^1000)^1000"),
    "a tower of columns": [
        formula("c0"),
        more(
            "".join(f"[factor.c{n}]\nformula = '(c{n + 1} + 1/3)^9'\n" for n in range(30))
            + "[factor.c30]\nformula = 'tax'\n"
        ),
    ],
    "1,000 brackets": formula("(" * 1000),
    "1,000 minuses": formula("-" * 1000 + "tax"),
    "1,999 percent signs": formula("1" + "%" * 1999),
    "quotes without end": formula("“" * 1999),
    "a formula of 900,000 characters": formula("+" * 900_000),
    "30 MB of formulas": more("".join(f"[factor.c{n}]\nformula = 'tax'\n" for n in range(40_000))),
    "the host language": formula("().__class__.__base__.__subclasses__()"),
    "a lambda": formula("(lambda: tax)()"),
    "an import": formula("__import__(“os”)"),
    "control characters": toml(
        'formula = "MAX(0, tax / past - 1)"', r'formula = "tax\u0001\u0005 + \u0003a"'
    ),
    "100,000 recipients in a list": toml('["北区", "south", "west"]', "[" + '"x", ' * 100_000 + "]"),
    "weights nested without end": toml(
        "{ area = 1 }", "{ area = " + "{ a = " * 900 + "1" + " }" * 900 + " }"
    ),
    "a number of 5,000 digits": toml("{ area = 1 }", "{ area = 1" + "0" * 5000 + " }"),
    "a fraction of 5,000 digits": toml("{ area = 1 }", '{ area = "1' + "0" * 5000 + '/3" }'),
}


@pytest.mark.parametrize("edits", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused_at_once(edits, tmp_path: Path) -> None:
    path = make(tmp_path, damaged([edits] if isinstance(edits, tuple) else edits, GOOD_RULES))
    with spending_at_most(5):  # less than one each, on a machine with nothing else to do
        assert 1 <= len(refused(path).problems) <= 100


def test_the_work_is_counted_over_all_formulas_together(tmp_path: Path) -> None:
    """80 logarithms for 100 recipients are fewer than three million steps, ten columns of them are more."""
    logarithms = " + ".join(["LN(x)"] * 80)
    factors = "recipient,x\n" + "".join(f"r{n},{n + 2}\n" for n in range(100))

    def rule(columns: int) -> Path:
        names = [f"w{n}" for n in range(columns)]
        text = 'format = 2\ntitle = "t"\n[data]\nfactors = "factors.csv"\n'
        text += '[fund]\namount = 1000\ncurrency = "CNY"\nunit = 1\n'
        text += '[method]\nkind = "scores"\n[weights]\n' + "".join(f"{name} = 1\n" for name in names)
        text += "".join(f"[factor.{name}]\nformula = '{logarithms}'\n" for name in names)
        return make(tmp_path, {"scenario.toml": text, "factors.csv": factors})

    with pytest.MonkeyPatch.context() as patch:
        for module in (arithmetic, table):
            patch.setattr(module, "MOST_STEPS", 3_000_000)
        with spending_at_most(20):
            allocate(load_scenario(rule(1)))
            assert [problem.key for problem in refused(rule(10)).problems] == ["formula_work"]


@pytest.mark.parametrize("together", ["true", "false"])
def test_the_work_of_bounds_is_counted_too(together: str, tmp_path: Path) -> None:
    """80 logarithms are some thirty thousand steps, of a group once and of three recipients three times."""
    whom = f"recipients = 'all'; pool = 'all'; together = {together}"
    bound = f"{whom}; floor = {{ formula = '{' + '.join(['LN(area + 1)'] * 80)}' }}"

    def rule(limits: int) -> Path:
        return make(tmp_path, damaged([more(entry("limit", bound) * limits)], GOOD_RULES))

    with pytest.MonkeyPatch.context() as patch:
        for module in (arithmetic, table):
            patch.setattr(module, "MOST_STEPS", 600_000)
        allocate(load_scenario(rule(1)))
        assert [problem.key for problem in refused(rule(40)).problems] == ["formula_work"]
