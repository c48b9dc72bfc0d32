"""Factor values from projects: against plain Python, by hand, from files, in scenarios, explained."""

import csv
import io
import json
import shutil
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from depth import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import ScenarioError, allocate, load_scenario
from allocator.analysis.projects import (
    FactorRule,
    Figures,
    Points,
    Register,
    Rules,
    awards,
    changed,
    counted,
    years_before,
)
from allocator.cli.entry import main
from allocator.core.parts import Recipient, Text
from allocator.files.load import load_counted
from allocator.files.projects.register import load_register, read_activities, read_register
from allocator.files.projects.rules import load_factor_rules, read_factor_rules
from allocator.files.scenario.save import contents
from allocator.report.projects import words as project_words
from allocator.text import LANGUAGES, ZH, Phrasebook

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023-projects"
FIVE, EIGHT, SUMMED = (
    FOLDER / f"{name}.toml" for name in ("five-years", "eight-years-medicine", "cumulative-tax")
)
REGISTER, ACTIVITIES = FOLDER / "register-illustrative.csv", FOLDER / "activities-illustrative.csv"
INVESTED, TAX, USE = Text("到位投资", "Investment"), Text("税收", "Tax"), Text("用途", "Use")
IDS = ("a", "b", "c")


def listed() -> list[dict[str, str]]:
    """The shipped register, read by the standard library alone."""
    return list(csv.DictReader(io.StringIO(REGISTER.read_text("utf-8"))))


# --- against plain Python -------------------------------------------------------------------------

PROJECTS = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.sampled_from(["x", "y"]),  # industry
        st.dates(date(2010, 1, 1), date(2024, 12, 31)),
        st.sampled_from(["u", "v"]),  # use
        st.one_of(st.none(), st.integers(0, 5000)),  # investment, in tenths
        st.lists(st.one_of(st.none(), st.integers(0, 900)), min_size=3, max_size=3),  # tax, in hundredths
    ),
    max_size=25,
)


@settings(max_examples=cases(50))
@given(
    PROJECTS,
    st.integers(0, 8),
    st.integers(0, 12),
    st.sampled_from(["sum", "best-year"]),
    st.one_of(st.none(), st.decimals(0, 400, places=3)),
    st.integers(0, 300),
)
def test_every_value_as_with_a_pencil(rows, years, longer, how, cap, least):
    register = Register(
        "",
        tuple(f"p{at}" for at in range(len(rows))),
        ("",) * len(rows),
        *(tuple(row[at] for row in rows) for at in (0, 1, 2)),
        tuple(range(2, len(rows) + 2)),
        {USE: tuple(row[3] for row in rows)},
        {
            INVESTED: Figures(1, {None: tuple(row[4] for row in rows)}),
            TAX: Figures(2, {2020 + at: tuple(row[5][at] for row in rows) for at in range(3)}),
        },
    )
    limit = None if cap is None else Fraction(cap)
    rules = Rules(
        Text("t"),
        2022,
        date(2022, 2, 28),
        years,
        (
            FactorRule("investment", "sum", INVESTED, cap=limit),
            FactorRule("tax", how, TAX, 2021, 2022),
            FactorRule("number", "count"),
        ),
        ((("y",), longer),),
        ((INVESTED, least),),
        ((USE, ("v",)),),
    )
    wanted = {factor: dict.fromkeys(IDS, Fraction(0)) for factor in ("investment", "tax", "number")}
    out = set()
    for at, (of, industry, day, use, invested, tax) in enumerate(rows):
        window = max(years, longer) if industry == "y" else years
        first = date(2022 - window, 2, 28)
        if not first <= day <= date(2022, 2, 28) or use == "v" or Fraction(invested or 0, 10) < least:
            out.add(at)
            continue
        brought = Fraction(invested or 0, 10)
        wanted["investment"][of] += brought if limit is None else min(brought, limit)
        own = [Fraction(x, 100) for x in tax[1:] if x is not None]
        wanted["tax"][of] += sum(own, start=Fraction(0)) if how == "sum" else max(own, default=Fraction(0))
        wanted["number"][of] += 1
    found = counted(register, rules, IDS)
    assert found.values == wanted
    assert set(found.refused) == out
    for factor in ("investment", "tax", "number"):
        for of in IDS:
            behind = found.behind(factor, of)
            assert sum(value for _, value in behind) == wanted[factor][of]
            assert all(register.recipients[at] == of and at not in out for at, _ in behind)


def test_points_of_a_scorecard_stop_at_their_maxima():
    one, two = Text("events"), Text("visits")
    rules = Rules(
        Text("t"), 2022, date(2022, 12, 31), 5, (),
        points=(Points("effort", one, 3, 20), Points("effort", two, Fraction(1, 2), 15)), score_most=30,
    )  # fmt: skip
    empty = Register("", (), (), (), (), (), (), {}, {})
    counts = {one: {"a": 2, "b": 9, "c": 7}, two: {"a": 7, "b": 31, "c": 4}}
    found = counted(empty, rules, IDS, counts).values["effort"]
    # 6 + 3.5; 20 + 15 stopped at 30; 20 + 2
    assert found == {"a": Fraction(19, 2), "b": 30, "c": 22}


@pytest.mark.parametrize(
    ("day", "years", "first"),
    [
        (date(2022, 12, 31), 5, date(2017, 12, 31)),
        (date(2024, 2, 29), 5, date(2019, 2, 28)),
        (date(2024, 2, 29), 4, date(2020, 2, 29)),
    ],
)
def test_a_project_counts_from_the_same_day_so_many_years_earlier(day, years, first):
    assert years_before(day, years) == first
    signed = (first, first - timedelta(1), day, day + timedelta(1))
    register = Register("", tuple("pqrs"), ("",) * 4, ("a",) * 4, ("",) * 4, signed, (2, 3, 4, 5), {}, {})
    rules = Rules(Text("t"), 2022, day, years, (FactorRule("number", "count"),))
    refused = counted(register, rules, ("a",)).refused
    assert {at: [one.key for one in why] for at, why in refused.items()} == {1: ["earlier"], 3: ["later"]}


# --- the shipped example --------------------------------------------------------------------------


def test_the_shipped_example_is_marked_and_holds_no_company():
    rows = listed()
    assert all(row["项目名称"].startswith("示例项目") and row["数据性质"] == "示例" for row in rows)
    for file in (FIVE, EIGHT, SUMMED):
        scenario = load_scenario(file)
        assert scenario.assumed and scenario.published is None
        assert {factor.status for factor in scenario.factors} == {"example"}
    found = load_counted(FIVE)
    assert found.register.illustrative
    for lang in LANGUAGES:
        assert Phrasebook(lang).say("projects.illustrative") in project_words.head(
            found, project_words.factors_of(found), Phrasebook(lang)
        )


def test_eight_years_for_medicine_change_only_what_they_should():
    """By the register itself: medicine signed from 2014-12-31 and before 2017-12-31, nothing else."""
    five, eight = load_counted(FIVE), load_counted(EIGHT)
    added = [
        row
        for row in listed()
        if row["产业"] in ("医药", "医疗器械") and "2014-12-31" <= row["签约日期"] < "2017-12-31"
    ]
    assert len(added) == 3
    names = {r.name.zh: r.id for r in load_scenario(FIVE).recipients}
    wanted = {factor: dict(five.values[factor]) for factor in five.rules.ids}
    for row in added:
        of = names[row["区县（园区）"]]
        wanted["investment"][of] += Fraction(row["到位投资（万元）"])
        wanted["tax"][of] += max(Fraction(row[f"税收{year}（万元）"] or 0) for year in (2020, 2021, 2022))
        wanted["employment"][of] += int(row["就业人数"])
    assert eight.values == wanted
    for factor in ("investment", "tax", "employment"):
        assert {c.name for c in changed(five, eight, factor)} == {row["项目名称"] for row in added}
    assert changed(five, eight, "effort") == []
    assert {*five.refused} - {*eight.refused} == {listed().index(row) for row in added}
    assert not {*eight.refused} - {*five.refused}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_explain_names_the_projects_that_make_the_difference(capsys, lang):
    with pytest.raises(SystemExit) as ended:
        main(["explain", str(EIGHT), "--against", str(FIVE), "--lang", lang])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    named = {row["项目名称"] for row in listed() if row["项目名称"] in out}
    assert named == {"示例项目04", "示例项目14", "示例项目21"}
    assert Phrasebook(lang).say("projects.provincial") in out
    with pytest.raises(SystemExit):
        main(["explain", str(EIGHT), "--against", str(FIVE), "--lang", lang, "--format", "json"])
    assert "示例项目04" in str(json.loads(capsys.readouterr().out)["projects"])


def test_tax_summed_instead_of_the_best_year_moves_nothing_but_tax():
    best, summed = load_counted(FIVE), load_counted(SUMMED)
    assert {f for f in best.rules.ids if best.values[f] != summed.values[f]} == {"tax"}
    assert best.refused == summed.refused
    assert all(change.after > change.before for change in changed(best, summed, "tax"))


def test_a_scenario_with_a_register_is_allocated_as_one_with_its_values(tmp_path):
    for name, content in contents(load_scenario(EIGHT)).items():
        (tmp_path / name).write_bytes(content)
    again = load_scenario(tmp_path / "scenario.toml")
    assert allocate(again).amounts == allocate(load_scenario(EIGHT)).amounts
    assert not [name for name, content in contents(again).items() if "示例项目0" in content.decode()]


def test_entitlements_by_project_add_up_to_those_of_recipients():
    found, result = load_counted(FIVE), allocate(load_scenario(FIVE))
    worth = dict(awards(found, result))
    assert set(worth) == set(range(len(found.register.names))) - set(found.refused)
    for of in found.recipients:
        own = sum((x for at, x in worth.items() if found.register.recipients[at] == of), start=Fraction(0))
        assert own + result.contributions["effort"][of] == result.entitlements[of]
    # one project by hand: 56.02 million by its parts of each factor's total
    at = 5
    row = listed()[at]
    total = {factor: sum(found.values[factor].values()) for factor in found.rules.ids}
    tax = max(Fraction(row[f"税收{year}（万元）"] or 0) for year in (2020, 2021, 2022))
    parts = {"investment": Fraction(row["到位投资（万元）"]), "tax": tax, "employment": int(row["就业人数"])}
    weights = {"investment": 40, "tax": 40, "employment": 10}
    assert worth[at] == sum(56_020_000 * Fraction(weights[f], 100) * parts[f] / total[f] for f in weights)


def test_what_stands_twice_is_shown_and_not_merged():
    found = load_counted(FIVE)
    assert [[found.register.lines[at] for at in ats] for ats in found.register.repeated] == [[3, 43]]
    (line,) = [x for x in project_words.notes(found, project_words.factors_of(found), {}, ZH) if "多次" in x]
    assert "第3、43行" in line and not {1, 41} & set(found.refused)


# --- from files -----------------------------------------------------------------------------------

WHO = (Recipient("a", Text("甲区", "District A"), aliases=("甲",)), Recipient("b", Text("乙县", "County B")))
RULES = """format = 1
title = "t"
year = 2022
reference = 2022-12-31
years = 5
"""
TAXES = """[[factor]]
id = "tax"
how = "best-year"
column = { zh = "税收", en = "Tax" }
years = [2021, 2022]
"""
EVENTS = '[[points]]\nfactor = "e"\ncolumn = { zh = "活动", en = "Events" }\neach = 2\nmost = 9\n'
UNIT = TAXES + 'unit = "万元"\n'
HEADER = "项目名称,区县（园区）,签约日期,税收2021（万元）,税收2022（万元）\n"


def rules_of(text: str) -> Rules:
    return read_factor_rules("rules.toml", text.encode())


def values(content: str | bytes, text: str = RULES + TAXES, name: str = "r.csv"):
    rules = rules_of(text)
    content = content if isinstance(content, bytes) else content.encode()
    return counted(read_register(name, content, rules, WHO), rules, ("a", "b")).values


def problems(work, *arguments):
    with pytest.raises(ScenarioError) as error:
        work(*arguments)
    for lang in LANGUAGES:
        assert all(sentence and "{" not in sentence for sentence in error.value.sentences(Phrasebook(lang)))
    return [(p.key, p.at.get("row"), p.at.get("column")) for p in error.value.problems]


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        "项目,所在区县,签约时间,税收 2021 年（万元）,税收2022年（万元）\n",
        "Project,Recipient,Date signed,Tax 2021 (10k yuan),tax_2022 (10k yuan)\n",
        "项目名称,区县（园区）,签约日期,2021年税收（万元）,2022年度税收（万元）\n",
    ],
)
def test_columns_may_be_called_in_many_ways(header):
    rows = "P,甲,2020-05-01,1.5,2.25\nQ,County B,2020/6/3,0.125,\nR,乙县,2021年7月1日,3,1\n"
    assert values(header + rows)["tax"] == {"a": Fraction(9, 4), "b": Fraction(25, 8)}


def test_a_workbook_with_real_dates_is_read_and_other_columns_are_not_looked_at():
    made = openpyxl.Workbook()
    made.active.append(["项目名称", "区县（园区）", "签约日期", "税收2021", "税收2022", "备注"])
    made.active.append(["P", "甲区", datetime(2020, 5, 1), 1.5, 2, "=1+1"])
    content = io.BytesIO()
    made.save(content)
    assert values(content.getvalue(), name="r.xlsx")["tax"] == {"a": 2, "b": 0}


@pytest.mark.parametrize(
    ("row", "key", "column"),
    [
        ("P,甲区,2020-06-31,1,2", "day_none", "签约日期"),
        ("P,甲区,43983,1,2", "day_serial", "签约日期"),
        ("P,甲区,2020.6.3,1,2", "day_points", "签约日期"),
        ("P,甲区,民国109年6月3日,1,2", "day_era", "签约日期"),
        ("P,甲区,,1,2", "day_blank", "签约日期"),
        ("P,丙区,2020-06-03,1,2", "recipient_unknown", "区县（园区）"),
        ("P,,2020-06-03,1,2", "recipient_blank", "区县（园区）"),
        (",甲区,2020-06-03,1,2", "project_blank", "项目名称"),
        ("P,甲区,2020-06-03,1万元,2", "cell_unit", "税收2021（万元）"),
        ("P,甲区,2020-06-03,-1,2", "cell_negative", "税收2021（万元）"),
        ("P,甲区,2020-06-03,1,=B2", "cell_formula", "税收2022（万元）"),
        ("P,甲区,2020-06-03,1,#N/A", "cell_error", "税收2022（万元）"),
        ("=cmd(),甲区,2020-06-03,1,2", "name_unsafe", "项目名称"),
    ],
)
def test_a_wrong_cell_has_its_place(row, key, column):
    assert problems(values, HEADER + "O,乙县,2020-06-03,1,1\n" + row + "\n") == [(key, 3, column)]


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("项目名称,区县（园区）,签约日期,税收2021\n", "projects_year_missing"),
        ("项目名称,区县（园区）,签约日期,税收2021（万元）,税收2022（元）\n", "projects_units"),
        ("项目名称,区县（园区）,签约日期,税收2021,税收2021\n", "header_double"),
        ("项目名称,区县（园区）,签约日期,税收2021,税收2022,税收\n", "projects_years_both"),
        ("项目名称,区县（园区）,签约日期,税收额2021,税收额2022\n", "projects_header_near"),
        ("项目名称,区县（园区）,税收2021,税收2022\n", "header_missing"),
    ],
)
def test_a_wrong_heading_is_named(header, key):
    cells = ["P", "甲", "2020-01-01", *"1111"][: header.count(",") + 1]
    assert key in [found for found, _, _ in problems(values, header + ",".join(cells) + "\n")]


def test_a_figure_has_the_unit_that_the_rules_say():
    row = "P,甲,2020-05-01,1,2\n"
    for unit in ("（万元）", "（10k yuan）", ""):
        assert values(HEADER.replace("（万元）", unit) + row, RULES + UNIT)["tax"] == {"a": 2, "b": 0}
    for header in (HEADER.replace("万元", "元"), HEADER.replace("万元", "亿元")):
        assert problems(values, header + row, RULES + UNIT) == [("projects_unit", 1, None)]


def test_blank_figures_are_never_taken_for_zero_unsaid():
    rows = [
        "P,甲,2020-05-01,,4,9",  # nothing in a year after it was signed
        "Q,甲,2022-05-01,,5,9",  # blank before it was signed
        "R,乙县,2020-05-01,,,9",
        "S,乙县,2020-05-01,1,2,",  # no figure to hold against the minimum
        "T,乙县,2020-05-01,1,2,4",
    ]
    rules = rules_of(RULES + TAXES + '[[minimum]]\ncolumn = "投资"\nleast = 5\n')
    content = HEADER.replace("\n", ",投资\n") + "\n".join(rows)
    found = counted(read_register("r.csv", content.encode(), rules, WHO), rules, ("a", "b"))
    assert found.values["tax"] == {"a": 9, "b": 0}
    assert (found.gaps, found.blanks) == ({"tax": 1}, {"tax": 1})
    assert {at: [one.key for one in why] for at, why in found.refused.items()} == {3: ["blank"], 4: ["small"]}
    for lang, words in (("zh", "没有填写"), ("en", "is blank")):
        refused = project_words.refused_lines(found, {}, Phrasebook(lang))
        assert words in refused[1] and words not in refused[2]
        noted = project_words.notes(found, project_words.factors_of(found), {}, Phrasebook(lang))
        assert Phrasebook(lang).say("projects.gaps", name="tax", count=1) in noted


def test_why_a_project_brings_something_else_is_told_apart():
    def of(text, *rows):
        rules = rules_of(text)
        content = HEADER + "\n".join(rows)
        return counted(read_register("r.csv", content.encode(), rules, WHO), rules, ("a", "b"))

    base = of(RULES + TAXES, "P,甲,2020-05-01,1,2", "Q,乙县,2020-05-01,1,3")
    summed = (RULES + TAXES).replace("best-year", "sum")
    cases = [
        (of(summed, "P,甲,2020-05-01,1,2", "Q,乙县,2020-05-01,0,3"), ["change_rule"]),
        (of(RULES + TAXES, "P,甲,2020-05-01,1,7", "Q,乙县,2020-05-01,1,3"), ["change_figures"]),
        (of(RULES + TAXES, "P,甲,2020-05-01,1,2", "R,乙县,2020-05-01,1,4"), ["change_new", "change_gone"]),
    ]
    for other, keys in cases:
        lines = project_words.change_lines(base, other, project_words.factors_of(base), {}, ZH)
        assert len(lines) == 1 + len(keys)
        assert all(ZH.say(f"projects.{key}") in line for key, line in zip(keys, lines[1:], strict=True))


def test_no_day_is_before_the_first():
    assert years_before(date(50, 3, 1), 90) == date.min
    assert values(HEADER + "P,甲,2020-05-01,1,2\n", RULES.replace("2022-12-31", "0003-12-31") + TAXES)


def test_a_column_has_one_unit_however_the_rules_write_it():
    factor = TAXES + 'unit = "元"\n'
    least = '[[minimum]]\ncolumn = "税收"\nleast = 5\n'
    assert {*rules_of(RULES + factor + least).units.values()} == {"元"}
    assert len(rules_of(RULES + factor + least).units) == 2
    assert problems(rules_of, RULES + factor + least + 'unit = "万元"\n')[0][0] == "projects_units"


def test_without_a_scenario_a_recipient_written_in_two_ways_is_one():
    rules = rules_of(RULES + TAXES)
    rows = "P,Lu County,2020-05-01,1,2\nQ,lu  county,2020-05-01,3,1\n"
    assert read_register("r.csv", (HEADER + rows).encode(), rules).recipients == ("Lu County",) * 2


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (RULES, "projects_none"),
        (RULES + TAXES + TAXES, "projects_twice"),
        (RULES + TAXES.replace("best-year", "mean"), "choice"),
        (RULES + '[[factor]]\nid = "n"\nhow = "count"\ncolumn = "x"\n', "projects_count"),
        (RULES + '[[factor]]\nid = "n"\nhow = "sum"\n', "projects_column"),
        (RULES + TAXES.replace("[2021, 2022]", "[2022, 2021]"), "projects_span"),
        (RULES.replace("years = 5", "years = -1") + TAXES, "projects_years"),
        (RULES.replace("2022-12-31", '"2022.12.31"') + TAXES, "day_points"),
        (RULES + TAXES + '[[longer]]\nindustries = "x"\nyears = 8\n', "projects_words"),
        (RULES + TAXES + "[[points]]\n", "key_missing"),
        (RULES + '[[factor]]\nid = "n"\nhow = "count"\nunit = "万元"\n', "projects_count"),
        (RULES + UNIT + UNIT.replace('"tax"', '"more"').replace("万元", "元"), "projects_units"),
        (RULES.replace("years", "year5") + TAXES, "key_unknown"),
        (RULES + TAXES + "cap = -1\n", "negative"),
        (RULES + TAXES + EVENTS.replace("each = 2", "each = -2"), "negative"),
        (RULES + TAXES + EVENTS.replace("most = 9", "most = -9"), "negative"),
        (RULES + "score_most = -1\n" + TAXES, "negative"),
        (RULES + TAXES + '[[minimum]]\ncolumn = "税收"\nleast = -5\n', "negative"),
    ],
)
def test_what_is_wrong_in_the_rules_is_said(text, key):
    assert key in [found for found, _, _ in problems(rules_of, text)]


def test_activities_must_be_there_for_everybody():
    rules = rules_of(RULES + EVENTS)
    found = read_activities("a.csv", "recipient,Events\n甲,3\n乙县,7\n".encode(), rules, WHO)
    assert found == {Text("活动", "Events"): {"a": 3, "b": 7}}
    for header, key in (("区县,活动", "recipient_missing"), ("区县,活跃", "header_missing")):
        content = f"{header}\n甲,3\n".encode()
        assert problems(read_activities, "a.csv", content, rules, WHO)[0][0] == key


def test_rules_may_write_one_column_in_several_ways():
    less = '[[minimum]]\ncolumn = { zh = "税收", en = "tax" }\nleast = 4\n'
    rows = "P,甲,2020-05-01,1,2\nQ,乙县,2020-05-01,3,2\n"
    assert values(HEADER + rows, RULES + TAXES + less)["tax"] == {"a": 0, "b": 3}
    out = '[[excluded]]\ncolumn = { zh = "税收", en = "Tax" }\nvalues = ["1"]\n'
    # its words stand in a column without a year, which there is not
    assert problems(values, HEADER + rows, RULES + TAXES + out) == [("projects_header_near", 1, None)]
    rules = rules_of(RULES + EVENTS + EVENTS.replace("Events", "events").replace("most = 9", "most = 1"))
    found = read_activities("a.csv", "recipient,活动\n甲,3\n乙县,7\n".encode(), rules, WHO)
    made = read_register("r.csv", (HEADER + rows).encode(), rules, WHO)
    assert counted(made, rules, ("a", "b"), found).values["e"] == {"a": 7, "b": 10}
    for header in ("recipient,活动,Events", "recipient,活动,活动", "区县,活动,recipient"):
        twice = f"{header}\n甲,3,3\n乙县,7,7\n".encode()
        assert problems(read_activities, "a.csv", twice, rules, WHO)[0] in (
            ("header_double", 1, None),
            ("header_twice", 1, None),
        )


# --- scenarios that name a register ---------------------------------------------------------------


def copied(folder: Path) -> Path:
    shutil.copytree(FOLDER, folder / "s")
    return folder / "s"


def test_factor_values_have_one_origin(tmp_path):
    folder = copied(tmp_path)
    both = FIVE.read_text("utf-8").replace("[data]\n", '[data]\nfactors = "factors.csv"\n')
    (folder / "both.toml").write_text(both, "utf-8")
    assert problems(load_scenario, folder / "both.toml")[0][0] == "projects_both"
    half = FIVE.read_text("utf-8").replace('rules      = "rules/five-years.toml"\n', "")
    (folder / "half.toml").write_text(half, "utf-8")
    assert problems(load_scenario, folder / "half.toml")[0][0] == "key_missing"
    bare = FIVE.read_text("utf-8").replace('activities = "activities-illustrative.csv"\n', "")
    (folder / "bare.toml").write_text(bare, "utf-8")
    assert problems(load_scenario, folder / "bare.toml")[0][0] == "projects_activities"


def test_a_file_that_extends_another_brings_its_own_kind_of_data(tmp_path):
    folder = copied(tmp_path)
    values_of = load_scenario(FIVE)
    for name, content in contents(values_of).items():
        if name == "factors.csv":
            (folder / name).write_bytes(content)
    own = 'format = 1\nextends = "five-years.toml"\n[data]\nfactors = "factors.csv"\n'
    (folder / "own.toml").write_text(own, "utf-8")
    assert load_scenario(folder / "own.toml").factors == values_of.factors
    assert load_counted(folder / "own.toml") is None
    back = (
        'format = 1\nextends = "own.toml"\n[data]\nprojects = "register-illustrative.csv"\n'
        'rules = "rules/eight-years-medicine.toml"\nactivities = "activities-illustrative.csv"\n'
    )
    (folder / "back.toml").write_text(back, "utf-8")
    assert load_scenario(folder / "back.toml").factors == load_scenario(EIGHT).factors


# --- the command ----------------------------------------------------------------------------------


def run(capsys, *arguments, status=0):
    with pytest.raises(SystemExit) as ended:
        main(["factors", *map(str, arguments)])
    printed = capsys.readouterr()
    assert ended.value.code == status, printed.err
    return printed.out, printed.err


def test_the_command_prints_values_and_writes_them(capsys, tmp_path):
    rules = FOLDER / "rules" / "five-years.toml"
    file = tmp_path / "factors.csv"
    options = ("--activities", ACTIVITIES, "--scenario", FIVE, "--values", file)
    out, _ = run(capsys, REGISTER, rules, *options, "--lang", "zh", "--projects")
    assert "48个项目，其中40个符合" in out and "第5行“示例项目04”（江阳区）：签约已超过5年" in out
    assert "江阳区" in out and "示例项目01" in out
    written = {row["recipient"]: row for row in csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))}
    for factor in load_scenario(FIVE).factors:
        for of, value in zip(load_scenario(FIVE).ids, factor.values, strict=True):
            assert Decimal(written[of][factor.id]) == Decimal(value.numerator) / value.denominator
    options = options[:4]
    data = json.loads(run(capsys, REGISTER, rules, *options, "--format", "json")[0])
    assert data["refused"]["5"] == ["earlier"] and data["repeated"] == [[3, 43]]
    assert "behind" not in data and "示例项目" not in str(data)
    data = json.loads(run(capsys, REGISTER, rules, *options, "--format", "json", "--projects")[0])
    assert set(data["behind"]) == {"investment", "tax", "employment"} and "示例项目" not in str(data)
    rows = list(csv.reader(io.StringIO(run(capsys, REGISTER, rules, *options, "--format", "csv")[0])))
    assert rows[0] == ["\ufeffrecipient", "investment", "tax", "employment", "effort"]
    assert "示例项目" not in str(rows) and "低于500" not in str(rows)  # nothing of a single company unasked
    rows = run(capsys, REGISTER, rules, *options, "--format", "csv", "--projects", "--lang", "zh")[0]
    assert "第18行“示例项目17”（泸县）：“到位投资”为300，低于500" in rows


def test_without_a_scenario_recipients_are_those_of_the_register(capsys, tmp_path):
    (tmp_path / "rules.toml").write_text(RULES + TAXES, "utf-8")
    (tmp_path / "r.csv").write_text(HEADER + "P,东区,2020-05-01,1,2\nQ,西区,2020-05-01,3,1\n", "utf-8")
    out, _ = run(capsys, tmp_path / "r.csv", tmp_path / "rules.toml", "--format", "csv")
    assert out.splitlines()[1:3] == ["东区,2", "西区,3"]
    _, err = run(capsys, tmp_path / "r.csv", status=2)
    assert "allocator factors" in err
    _, err = run(capsys, tmp_path / "none.csv", tmp_path / "rules.toml", status=2)
    assert "none.csv" in err


def test_the_file_of_rules_and_the_register_are_loaded_as_uploaded():
    rules = load_factor_rules(FOLDER / "rules" / "five-years.toml")
    assert load_register(REGISTER, rules).names == read_register("r.csv", REGISTER.read_bytes(), rules).names
