"""One base for all: issued this year, last year, another scenario; tables, sentences, commands, page."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from commands import ended
from hypothesis import given, settings
from hypothesis import strategies as st
from last_year import LAST_YEAR, luzhou_with_last_year
from pages import SCENARIOS, html_of, link, opened

from allocator import Allocation, Factor, Fund, Recipient, Reservation, Scenario, ScenarioError, allocate
from allocator.report.charts.changes import change_rows
from allocator.report.tables import base as bases
from allocator.report.tables.office import compare_table, office_table, with_final_share
from allocator.report.words import comparing
from allocator.text import EN, ZH, Phrasebook

LANGUAGES = ("zh", "en")
EACH = pytest.mark.parametrize("lang", LANGUAGES)
LUZHOU = SCENARIOS / "luzhou-2023"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return luzhou_with_last_year(tmp_path_factory.mktemp("scenarios"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, str]]:
    return lambda *arguments, status=0: ended(capsys, arguments, status)


def split(
    values: tuple[int, ...], fund: int, reserved: int = 0, **known: dict[str, int] | None
) -> Allocation:
    """Recipients a, b, c … who share a fund by these values."""
    ids = "abcdefgh"[: len(values)]
    return allocate(
        Scenario(
            title="t",
            fund=Fund(fund, "CNY", 1),
            kind="shares",
            weights={"x": 100},
            recipients=[Recipient(id) for id in ids],
            factors=[Factor("x", values, status="published")],
            reservations=[Reservation("d", reserved)] if reserved else [],
            **known,
        )
    )


def column(table, key: str) -> list:
    at = [column.key for column in table.columns].index(key)
    return [values[at] for _, values in table.records]


# --- the table ------------------------------------------------------------------------------------


def test_every_scenario_is_held_against_amounts_that_are_known() -> None:
    last = {"a": 40, "b": 50}
    pair = [split((1, 1), 100, previous=last), split((3, 1), 100, previous=last)]
    base = bases.known("previous", [a.scenario for a in pair], ZH)
    table = compare_table(pair, ZH, base)
    assert table.headers == (
        "序号",
        "区县（园区）",
        "上年下达数",
        "A",
        "A − 上年下达数",
        "B",
        "B − 上年下达数",
    )
    assert column(table, "A-previous") == [10, 0, 10] and column(table, "B-previous") == [35, -25, 10]
    assert column(table, "previous") == [40, 50, 90]


def test_where_sums_differ_parts_of_them_stand_beside_amounts_and_only_there() -> None:
    last = {"a": 60, "b": 20}
    pair = [split((1, 1), 100, previous=last), split((3, 1), 100, previous=last)]
    base = bases.known("previous", [a.scenario for a in pair], EN)
    table = compare_table(pair, EN, base, shares=True)
    assert column(table, "previous-share") == [Fraction(3, 4), Fraction(1, 4), 1]
    assert column(table, "A-share") == [Fraction(1, 2), Fraction(1, 2), 1]
    assert [row.cells[3] for row in table.rows] == ["75.00", "25.00", "100.00"]
    # the sums of the two scenarios are the same: nothing to say without the other base
    assert compare_table(pair, EN, shares=True) == compare_table(pair, EN)
    more = [pair[0], split((1, 3), 200, previous=last)]
    assert "B-share" in [c.key for c in compare_table(more, EN, shares=True).columns]
    assert "B-share" not in [c.key for c in compare_table(more, EN).columns]


def test_what_departments_get_is_not_told_of_amounts_without_a_rule() -> None:
    issued = {"a": 30, "b": 30}
    one = split((1, 2), 100, reserved=40, published=issued)
    base = bases.known("published", [one.scenario], EN)
    rows = {row.cells[1]: row.cells[2:] for row in compare_table([one], EN, base).rows}
    assert rows["Recipients"] == ("60", "60", "0")
    assert rows["Municipal departments"] == ("", "40", "") and rows["Total"] == ("", "100", "")


def test_without_any_base_there_is_no_change_and_no_zero() -> None:
    one = split((1, 2), 90)
    for table in (compare_table([one], ZH), office_table(one, ZH)):
        assert not [c.key for c in table.columns if c.kind == "change"]
    assert comparing.change_sentences([one], ZH) == [] and change_rows([one], ZH) == []


def test_changes_in_the_office_table_are_from_the_one_base() -> None:
    issued, last = {"a": 50, "b": 50}, {"a": 40, "b": 60}
    one = split((1, 3), 100, published=issued, previous=last)
    chosen = bases.known("previous", [one.scenario], ZH)
    keys = [c.key for c in office_table(one, ZH, chosen).columns]
    assert keys[-4:] == ["published", "previous", "difference", "note"]
    assert column(office_table(one, ZH, chosen), "difference") == [-15, 15, 0]
    other = bases.Base("scenario", "甲", "“甲”", {"a": 20, "b": 80})
    assert column(office_table(one, ZH, other), "difference") == [5, -5, 0]
    usual = [c.key for c in office_table(one, ZH).columns]
    assert usual[-4:] == ["published", "difference", "previous", "note"]


@settings(max_examples=40)
@given(
    st.integers(2, 6).flatmap(
        lambda n: st.tuples(
            st.lists(st.integers(1, 10**6), min_size=n, max_size=n),
            st.lists(st.integers(1, 10**6), min_size=n, max_size=n),
            st.lists(st.integers(0, 10**6), min_size=n, max_size=n),
        )
    ),
    st.integers(1, 10**7),
)
def test_table_rows_and_sentences_hold_the_same_changes(
    values: tuple[list[int], list[int], list[int]], fund: int
) -> None:
    last = dict(zip("abcdefgh", values[2], strict=False))
    pair = [split(tuple(one), fund, previous=last) for one in values[:2]]
    base = bases.known("previous", [a.scenario for a in pair], ZH)
    table = compare_table(pair, ZH, base, shares=True)
    rows = change_rows(pair, ZH, base)
    for letter, allocation, drawn in zip("AB", pair, rows, strict=True):
        expected = [allocation.amounts[id] - last[id] for id in allocation.amounts]
        *each, total = column(table, f"{letter}-previous")
        assert each == expected == [row.difference for row in drawn] and total == fund - sum(last.values())
    assert ("A-share" in [c.key for c in table.columns]) == (fund != sum(last.values()))
    sentences = comparing.change_sentences(pair, ZH, base)
    for letter, allocation, said in zip("AB", pair, sentences, strict=True):
        assert said.startswith(f"{letter}与上年下达数相比：")
        gains = sum(allocation.amounts[id] > last[id] for id in last)
        assert f"{gains}个增加" in said or "没有" in said
        assert ("共调整" in said) == (fund == sum(last.values()) and allocation.amounts != last)


# --- what can be a base ---------------------------------------------------------------------------


def test_what_not_all_state_alike_is_no_base() -> None:
    one, other = split((1, 2), 90, previous={"a": 1, "b": 2}), split((1, 2), 90)
    third = split((1, 2), 90, previous={"a": 2, "b": 1})
    assert bases.known_keys([one.scenario]) == ["previous"]
    assert bases.known_keys([one.scenario, other.scenario]) == bases.known_keys([]) == []
    with pytest.raises(ScenarioError) as missing:
        bases.known("previous", [one.scenario, other.scenario], ZH)
    assert [problem.part for problem in missing.value.problems] == ["1"]
    with pytest.raises(ScenarioError) as apart:
        bases.known("previous", [one.scenario, third.scenario], ZH)
    assert apart.value.sentences(ZH) == [
        "各方案的上年下达数不是同一组数，不能用来对比；请只选上年下达数相同的方案"
    ]


def test_a_match_of_assumed_data_is_not_taken_for_a_proof() -> None:
    from allocator import load_scenario

    pair = [allocate(load_scenario(LUZHOU / f"{name}.toml")) for name in ("published-rule", "equal-weights")]
    base = bases.known("published", [a.scenario for a in pair], ZH)
    assert "不代表办法或数据得到验证" in comparing.match_sentence(pair, ZH, base)
    assert comparing.match_sentence(pair[1:], ZH, base) == ""
    assert comparing.match_sentence(pair, ZH, None) == ""


# --- the command line -----------------------------------------------------------------------------


@EACH
def test_run_holds_the_amounts_against_last_year(run, folder: Path, lang: str) -> None:
    file = folder / "luzhou-2023" / "published-rule.toml"
    shown, _ = run("run", file, "--base", "previous", "--lang", lang)
    # 5602 − 5102 = 500 万元 more: 20+13+32+2+450 = 517 are gained, 10+4+3 = 17 lost
    said = {
        "zh": "与上年下达数相比，各对象合计多500万元：5个增加（共517万元），3个减少（共17万元）",
        "en": "Against last year’s amounts, recipients together get 5,000,000 yuan more",
    }
    issued = (170, 80, 59, 73, 26, 37, 132, 25, 5000)
    by = [a - b for a, b in zip(issued, LAST_YEAR, strict=True)]
    assert sum(x for x in by if x > 0) == 517 and sum(x for x in by if x < 0) == -17
    assert said[lang] in shown
    told = json.loads(run("run", file, "--base", "previous", "--format", "json", "--lang", lang)[0])
    base = told.pop("base")
    assert base["kind"] == "previous" and base["total"] == 51_020_000 and base["more"] == 5_000_000
    assert list(base["differences"].values()) == [x * 10_000 for x in by] and base["moved"] is None
    assert told == json.loads(run("run", file, "--format", "json", "--lang", lang)[0])
    rows = list(
        csv.reader(io.StringIO(run("run", file, "--base", "previous", "--format", "csv", "--lang", lang)[0]))
    )
    assert said[lang] in "".join(row[1] for row in rows[-6:])


@EACH
def test_run_holds_the_amounts_against_another_file(run, lang: str) -> None:
    file, other = LUZHOU / "equal-weights.toml", LUZHOU / "cap-zone.toml"
    shown, _ = run("run", file, "--base", other, "--lang", lang)
    expected = {id: allocate_file(file).amounts[id] - x for id, x in allocate_file(other).amounts.items()}
    told = json.loads(run("run", file, "--base", other, "--format", "json")[0])["base"]
    assert told["kind"] == "scenario" and told["differences"] == expected
    assert told["digest"] in shown and told["title"]


def allocate_file(path: Path) -> Allocation:
    from allocator import load_scenario

    return allocate(load_scenario(path))


@EACH
def test_compare_holds_all_of_them_against_one_base(run, folder: Path, lang: str) -> None:
    files = [folder / "luzhou-2023" / f"{name}.toml" for name in ("published-rule", "equal-weights")]
    for key in ("published", "previous"):
        told = json.loads(run("compare", *files, "--base", key, "--format", "json", "--lang", lang)[0])
        base = told["base"]["amounts"]
        assert told["base"]["kind"] == key
        for scenario in told["scenarios"]:
            by = {id: amount - base[id] for id, amount in scenario["amounts"].items()}
            assert scenario["differences"] == by and scenario["more"] == sum(by.values())
    shown, _ = run("compare", *files, "--base", "previous", "--lang", lang)
    lines = {
        "zh": ["A与上年下达数相比：各对象合计多500万元", "B与上年下达数相比：各对象合计多500万元"],
        "en": [
            "A against last year’s amounts: recipients together",
            "B against last year’s amounts: recipients",
        ],
    }
    assert all(line in shown for line in lines[lang])
    rows = list(csv.reader(io.StringIO(run("compare", *files, "--base", "previous", "--format", "csv")[0])))
    assert sum("last year (yuan)" in header.lower() for header in rows[0]) == 3
    assert "base" not in json.loads(run("compare", *files, "--format", "json")[0])


@EACH
@pytest.mark.parametrize(
    ("command", "others", "base", "said"),
    [
        ("run", [], "previous", ("equal-weights.toml", "没有上年下达数", "has no amounts of last year")),
        ("run", [], "publishd", ("--base", "published、previous、另一方案", "published, previous, the file")),
        ("run", [], "", ("--base", "published、previous、另一方案", "published, previous, the file")),
        ("run", [], "x" * 5000, ("--base", "published、previous、另一方案", "published, previous, the")),
        ("run", [], "missing.toml", ("missing.toml", "", "")),
        ("run", [], "us-crf-2020/scenario.toml", ("us-crf", "币种不同（CNY、USD）", "(CNY, USD)")),
        ("run", [], "small.toml", ("small.toml", "只列在一方的共10个", "10 in all")),
        ("compare", ["cap-zone.toml"], "previous", ("equal-weights.toml", "没有上年下达数", "of last year")),
        ("compare", ["cap-zone.toml"], "x", ("--base", "published、previous", "published, previous")),
    ],
)  # fmt: skip
def test_what_cannot_be_a_base_is_said_in_a_sentence(
    run, tmp_path: Path, lang: str, command: str, others: list[str], base: str, said: tuple[str, str, str]
) -> None:
    if base == "small.toml":
        (tmp_path / "factors.csv").write_text("recipient,x\nNowhere,1\n", "utf-8")
        small = 'format = 1\ntitle = "s"\n[fund]\namount = 1\ncurrency = "CNY"\nunit = 1\n'
        small += '[method]\nkind = "shares"\n[weights]\nx = 100\n[data]\nfactors = "factors.csv"\n'
        (tmp_path / base).write_text(small, "utf-8")
        base = str(tmp_path / base)
    elif base.startswith("us-"):
        base = str(SCENARIOS / base)
    files = [LUZHOU / name for name in ("equal-weights.toml", *others)]
    out, error = run(command, *files, "--base", base, "--lang", lang, status=2)
    assert out == ""
    assert said[0] in error and said[1 + LANGUAGES.index(lang)] in error and "Traceback" not in error


# --- the page -------------------------------------------------------------------------------------

RULE, EQUAL, CAP = (f"luzhou-2023/{name}" for name in ("published-rule", "equal-weights", "cap-zone"))


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path) -> None:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(folder))


def headings(html: str) -> list[str]:
    (found,) = re.findall(r'<h2 class="al-title"[^>]*>(.*?)</h2>', html)
    return [found, *re.findall(r"<th[^>]*>(.*?)</th>", html)]


@pytest.mark.usefixtures("pages")
@EACH
def test_the_page_holds_every_scenario_against_the_base_and_keeps_it(lang: str) -> None:
    app = opened("compare", lang, **{"with": [RULE, EQUAL, CAP]})
    assert "base" not in app.query_params and len(app.get("vega_lite_chart")) == 2
    chip = app.selectbox(key=f"compare-base-{lang}")
    assert chip.value == RULE
    names = {"zh": ["已下达数", "上年下达数"], "en": ["published", "last year"]}[lang]
    assert chip.options[3:] == names
    app = chip.select("previous").run()
    html = html_of(app)
    assert link(app)["base"] == "previous" and app.query_params["with"] == [RULE, EQUAL, CAP]
    assert len(app.get("vega_lite_chart")) == 3
    head, *columns = headings(html)
    first = {
        "zh": "A与上年下达数相比：各对象合计多500万元：",
        "en": "A against last year’s amounts: recipients",
    }
    assert head.startswith(first[lang])
    assert {f"{letter} − {names[1]}" for letter in "ABC"} <= set(columns)
    share = {"zh": "B占比（%）", "en": "B\u00a0%"}[lang]
    assert share in columns and "B − A" not in columns
    # a refresh, and somebody else's screen
    again = opened("compare", lang, **{key: value for key, value in link(app).items() if key != "lang"})
    assert html_of(again) == html
    # back to one of the scenarios
    app = app.selectbox(key=f"compare-base-{lang}").select(EQUAL).run()
    assert app.query_params["with"] == [EQUAL, RULE, CAP] and "base" not in app.query_params
    assert "B − A" in headings(html_of(app))


@pytest.mark.usefixtures("pages")
def test_published_amounts_as_the_base_have_the_caveat_and_no_share_where_sums_are_the_same() -> None:
    html = html_of(opened("compare", base="published", **{"with": [RULE, EQUAL]}))
    head, *columns = headings(html)
    assert head.startswith("B与已下达数相比：自贸区4834万元（−166万元）")  # A equals it: nothing to tell
    assert "A与已下达数相比：各对象金额完全一致" in html and "一致不代表办法或数据得到验证" in html
    assert not [header for header in columns if "占比" in header]
    assert "已下达数" in columns
    assert "与A相比；已下达数只有金额" in html


@pytest.mark.usefixtures("pages")
def test_a_base_that_not_all_of_them_have_is_said_not_to_hold() -> None:
    html = html_of(opened("compare", base="previous", **{"with": [RULE, "luzhou-2023/without"]}))
    assert "这些方案没有共同的上年下达数，以下改与A对比" in html and "B − A" in headings(html)


def test_parts_of_last_year_stand_beside_whose_they_are_in_whatever_order_it_is_stated() -> None:
    one = split((1, 3), 100, previous={"b": 60, "a": 20})
    base = bases.known("previous", [one.scenario], ZH)
    table = with_final_share(office_table(one, ZH, base), one, base)
    assert column(table, "previous") == [20, 60, 80]
    assert column(table, "base_share") == [Fraction(1, 4), Fraction(3, 4), 1]
    assert column(table, "final") == [Fraction(1, 4), Fraction(3, 4), 1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_is_in_some_scenarios_only_stays_blank_in_the_others(lang: str) -> None:
    """Recipients that come and go, with sums that differ: every column of parts adds up to the whole."""

    def of(names: str, amount: int) -> Allocation:
        factor = Factor("x", tuple(range(3, 3 + len(names))))
        fund = Fund(amount, "CNY", 1)
        return allocate(Scenario("t", fund, "shares", {"x": 100}, [Recipient(n) for n in names], [factor]))

    made = [of("abc", 700), of("bcde", 1_000), of("a", 10)]
    table = compare_table(made, Phrasebook(lang), shares=True)
    keys = [column.key for column in table.columns]
    rows = {row.cells[1]: row.cells for row in table.rows if row.role == "recipient"}
    assert sorted(rows) == list("abcde")
    for letter, allocation in zip("ABC", made, strict=True):
        at = keys.index(f"{letter}-share")
        there = {name for name, cells in rows.items() if cells[at]}
        assert there == set(allocation.amounts)
        assert sum(Fraction(rows[name][at]) for name in there) == 100
    assert Fraction(rows["b"][keys.index("A-share")]) == round(Fraction(made[0].amounts["b"]) * 100 / 700, 2)
    rows_of = change_rows(made, Phrasebook(lang))
    assert all(len(each) == len(rows_of[0]) for each in rows_of)
    comparing.change_sentences(made, Phrasebook(lang))
