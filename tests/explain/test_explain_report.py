"""What is told of an explanation: figures that add up as shown, sentences, charts, the command."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
import shipped
from commands import runs
from good_scenario import small
from hypothesis import assume, given
from hypothesis import strategies as st
from random_cases import random_case, scenario_of

from allocator import (
    Allocation,
    AllocatorError,
    Earmark,
    Factor,
    Fund,
    Limit,
    Recipient,
    Reservation,
    allocate,
    load_scenario,
)
from allocator.analysis.explain import exchange_rates, explain, swings
from allocator.report.charts import marks as charts
from allocator.report.charts.data import Unit
from allocator.report.charts.waterfall import waterfall_frame, waterfall_width
from allocator.report.explain import sensitivity
from allocator.report.explain.charts import reason_alt, reason_rows, swing_alt, swing_frame, swing_title
from allocator.report.explain.difference import (
    Account,
    clause_name,
    difference_sentences,
    difference_table,
    notes,
)
from allocator.report.tables.office import office_table
from allocator.report.tables.rounding import adding_both_ways
from allocator.report.tables.stages import stage_figures, stage_sentence, stage_sentences, stage_table
from allocator.text import EN, ZH, Phrasebook

ROOT = Path(__file__).parent.parent.parent
LUZHOU = ROOT / "scenarios" / "luzhou-2023"
FILES = shipped.FIRST
CAPPED, JOBS = LUZHOU / "cap-zone.toml", LUZHOU / "jobs-first.toml"
WAN = Unit(10_000, "万元")


def luzhou(name: str) -> Allocation:
    return allocate(load_scenario(LUZHOU / f"{name}.toml"))


def account(before: str = "jobs-first", after: str = "cap-zone") -> Account:
    return Account(explain(luzhou(before), luzhou(after)))


# --- rounding both ways ---------------------------------------------------------------------------


@given(st.integers(0, 10**9))
def test_rows_and_columns_add_up_and_no_figure_moves_by_a_unit(seed: int) -> None:
    """Random figures whose rows and columns are whole: the last of each makes them so."""
    rnd = Random(seed)
    size, over = rnd.randint(1, 6), rnd.choice((2, 6, 24, 5040))
    rows: list[list[Any]] = [
        [Fraction(rnd.randint(-5000, 5000), over) for _ in range(size)] for _ in range(rnd.randint(1, 12))
    ]
    rows = [[*row, round(sum(row)) - sum(row)] for row in rows]
    rows.append([round(sum(column)) - sum(column) for column in zip(*rows, strict=True)])
    units = adding_both_ways(rows)
    assert [sum(row) for row in units] == [sum(row) for row in rows]
    columns = zip(zip(*units, strict=True), zip(*rows, strict=True), strict=True)
    assert all(sum(shown) == sum(exact) for shown, exact in columns)
    assert all(
        abs(u - x) < 1 for us, xs in zip(units, rows, strict=True) for u, x in zip(us, xs, strict=True)
    )


def test_columns_that_are_not_whole_are_rounded_down_or_up() -> None:
    third = Fraction(1, 3)
    units = adding_both_ways([[third, third, third]] * 4)
    assert [sum(row) for row in units] == [1, 1, 1, 1]
    assert sorted(map(sum, zip(*units, strict=True))) == [1, 1, 2]


def test_of_two_ways_that_of_the_larger_remainders_is_taken() -> None:
    # each row alone would go up in the first column; of the three the last has least to lose by not doing so
    rows = [[Fraction(part, 10), Fraction(10 - part, 10)] for part in (9, 6, 5)]
    assert adding_both_ways(rows) == [[1, 0], [1, 0], [0, 1]]


# --- one allocation -------------------------------------------------------------------------------


def check_stages(allocation: Allocation, lang: str = "en") -> None:
    """Along every row to the amount as shown, and the entitlement is that of the office's table."""
    table = stage_table(allocation, Phrasebook(lang))
    keys = [column.key for column in table.columns]
    entitlement = keys.index("entitlement")
    rows = [row for (role, _), row in zip(table.records, table.figures, strict=True) if role == "recipient"]
    for row in rows:
        assert sum(row[2:entitlement]) == row[entitlement]
        assert sum(row[entitlement:-1]) == row[-1]
    (office,) = office_table(allocation, Phrasebook(lang)).adding("entitlement")
    assert tuple(row[entitlement] for row in rows) == office
    total = table.figures[-1]
    assert list(total[2:]) == [sum(column) for column in list(zip(*rows, strict=True))[2:]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_stages_add_up_as_shown_in_every_shipped_scenario(path: Path) -> None:
    check_stages(allocate(load_scenario(path)))


@given(st.integers(0, 10**9))
def test_the_stages_add_up_as_shown(seed: int) -> None:
    try:
        allocation = allocate(scenario_of(random_case(Random(seed))))
    except AllocatorError:
        assume(False)
    scale = Fraction(stage_table(allocation, ZH).scale)
    figures = stage_figures(allocation, int(scale))
    for id, amount in allocation.amounts.items():
        assert sum(by[id] for _, by in figures) == amount / scale
    alone = {id: stage_sentence(allocation, id, ZH) for id in allocation.amounts}
    assert alone == stage_sentences(allocation, ZH)


def test_a_sentence_for_the_minutes() -> None:
    assert stage_sentences(luzhou("cap-zone"), ZH)["ftz"] == (
        "自贸区按因素分得投资贡献值2058.18万元、税收贡献值2030.61万元、就业贡献值453.43万元、"
        "招商引资工作开展情况457.85万元，测算额5000.07万元，按封顶减少519.07万元，建议分配额4481万元。"
        "（因素值为假设数据）"
    )
    assert stage_sentences(luzhou("after-earmark"), EN)["ftz"] == (
        "Free Trade Zone takes no part in the factor split; 50,000,000 yuan is set apart for it."
    )


def test_a_sentence_of_every_stage() -> None:
    published = [replace(factor, status="published") for factor in small().factors]
    scenario = small(coefficient="k", limits=[Limit(("c",), cap=45)], earmarks=[Earmark("a", 10, True)],
                     factors=published)  # fmt: skip
    # 90 yuan: before the coefficient 31.50, 27 and 31.50; times 1, 1, 2 over 135 it is 23.33, 20, 46.67;
    # capped at 45 it leaves 45 over 35 : 30, so 24.23 and 20.77
    said = stage_sentences(allocate(scenario), ZH)
    assert said["a"] == (
        "甲按因素分得人口13.5元、面积18元，经系数调整减少8.17元，测算额23.33元，"
        "因其他对象保底、封顶相应增加0.9元，取整减少0.23元，另单列安排10元，建议分配额34元。"
    )
    assert said["c"].endswith("测算额46.67元，按封顶减少1.67元，建议分配额45元。")


# --- a difference ---------------------------------------------------------------------------------


def check_parts(found: Account) -> None:
    """As shown: along every row to the change, down every column to the reason's total."""
    for id, change in found.found.differences.items():
        assert sum(part[id] for part in found.parts) == change
    for reason, part in zip(found.found.reasons, found.parts, strict=True):
        assert sum(part.values()) == reason.total
        assert all(abs(shown - reason.amounts[id]) < found.step for id, shown in part.items())
        assert all((shown / Fraction(found.step)).denominator == 1 for shown in part.values())


@pytest.mark.parametrize("after", sorted(LUZHOU.glob("*.toml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("before", ["jobs-first", "published-rule"])
def test_what_is_shown_adds_up(before: str, after: Path) -> None:
    check_parts(Account(explain(luzhou(before), allocate(load_scenario(after)))))


def test_what_is_shown_adds_up_with_cents_and_departments() -> None:
    before = small(fund=Fund(103, "CNY", 10), reservations=[Reservation("d", 3)])
    after = replace(
        before,
        fund=Fund(Fraction("110.25"), "CNY", 5),
        reservations=[Reservation("d", Fraction("5.25"))],
        weights={"x": 10, "y": 90},
        limits=[Limit(cap=40)],
    )
    found = Account(explain(allocate(before), allocate(after)))
    check_parts(found)
    table = difference_table(found, EN)
    rows = {row[1]: row[2:] for _, row in table.records}
    assert rows["Municipal departments"][:3] == (3, Fraction("5.25"), Fraction("2.25"))
    assert rows["Total"][:3] == (103, Fraction("110.25"), Fraction("7.25"))
    for row in rows.values():
        assert sum(row[3:]) == row[2]


def test_luzhou_as_it_is_shown() -> None:
    found = account()
    assert found.step == 10_000
    assert [clause_name(reason, found.found, ZH) for reason in found.found.reasons] == [
        "权重",
        "保底、封顶",
    ]
    assert [part["jiangyang"] for part in found.parts] == [-300_000, 1_340_000]
    assert difference_sentences(found, ZH)["jiangyang"] == (
        "与“突出就业：30/30/30/10”相比，江阳区的建议分配额由213万元调整为317万元，增加104万元："
        "因权重调整减少30万元，因保底、封顶调整增加134万元。（因素值为假设数据）"
    )
    assert difference_sentences(found, EN)["ftz"] == (
        "Compared with “Jobs first: 30/30/30/10”, Free Trade Zone gets 44,810,000 yuan instead of "
        "48,850,000 yuan, 4,040,000 yuan less: weights +580,000 yuan, floors and caps −4,620,000 yuan. "
        "(Factor data assumed.)"
    )


def test_the_sentences_of_those_who_are_new_or_gone_or_the_same() -> None:
    published = [replace(factor, status="published") for factor in small().factors]
    before = small(factors=published, title="old")
    after = replace(
        before,
        title="new",
        recipients=[*before.recipients[1:], Recipient("d", "丁")],
        factors=[replace(f, values=(*f.values[1:], f.values[0])) for f in published],
    )
    found = Account(explain(allocate(before), allocate(after)))
    said = difference_sentences(found, ZH)
    assert said["d"] == "“old”中没有丁，本方案建议分配35元：因分配对象调整增加35元。"
    assert said["a"] == "本方案中没有甲，“old”中的35元相应取消：因分配对象调整减少35元。"
    assert said["b"] == "与“old”相比，乙的建议分配额仍为30元。"
    assert notes(found.found, ZH) == [
        "仅本方案有、对照方案按0计的共1个：丁。",
        "仅对照方案有、本方案按0计的共1个：甲。",
    ]
    check_parts(found)
    rows = {row[1]: row[2:] for _, row in difference_table(found, ZH).records}
    assert rows["丁"] == (None, 35, 35, 35) and rows["甲"] == (35, None, -35, -35)


def test_merged_and_grouped_clauses_are_named() -> None:
    found = account("published-rule", "after-earmark").found
    assert clause_name(found.reasons[0], found, ZH) == "单列安排＋4个因素数据"
    assert "earmarks + data of 4 factors" in notes(found, EN)[0]
    assert notes(replace(found, together=True), EN)[0].startswith("More than 12 clauses differ")
    assert notes(explain(luzhou("cap-zone"), luzhou("cap-zone")), ZH) == [
        "两个方案没有会影响金额的不同之处。"
    ]


def test_every_clause_has_a_name_in_both_languages() -> None:
    factors = [replace(f, values=tuple(x + 1 for x in f.values)) for f in small().factors]
    before = small(previous={"a": 1, "b": 2, "c": 3}, limits=[Limit("district", cap=50)])
    after = replace(
        before,
        fund=Fund(210, "CNY", 5, "rest-to-largest"),
        kind="scores",
        weights={"x": 1, "y": 1},
        coefficient="k",
        recipients=[replace(r, kind="county") for r in before.recipients],
        factors=factors,
        reservations=[Reservation("d", 5)],
        earmarks=[Earmark("b", 5, True)],
        previous={"a": 9, "b": 9, "c": 9},
        limits=[Limit("county", floor_rate=1, of="previous")],
    )
    found = explain(allocate(before), allocate(after))
    for lang in ("zh", "en"):
        names = [clause_name(reason, found, Phrasebook(lang)) for reason in found.reasons]
        assert all(names) and len(set(names)) == len(names)
    assert len([clause for reason in found.reasons for clause in reason.clauses]) == 11


# --- charts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_waterfall_by_clause_goes_from_zero_to_the_change(lang: str) -> None:
    found = account()
    for id, change in found.found.differences.items():
        steps = reason_rows(found, id, Phrasebook(lang))
        assert [step.kind for step in steps] == ["reason", "reason", "change"]
        reached: Any = 0
        for step in steps[:-1]:
            assert step.start == reached and step.hollow
            reached = step.end
        assert (steps[-1].start, steps[-1].end) == (0, change) and reached == change
    frame = waterfall_frame(reason_rows(found, "ftz", Phrasebook(lang)), WAN, Phrasebook(lang))
    assert list(frame["text"]) == ["+58", "−462", "−404"]
    assert list(frame["direction"]) == ["gain", "loss", "loss"]
    assert frame["low"][0] < -404 and frame["high"][0] > 58
    assert list(frame["leads"]) == [True, True, False] and list(frame["begins"]) == [False, True, False]
    charts.spec(
        charts.waterfall_marks(list(frame["name"]), Phrasebook(lang), width=waterfall_width(frame["name"]))
    )
    said = reason_alt(found, "ftz", WAN, Phrasebook(lang))
    assert "404" not in said and found.name("ftz", Phrasebook(lang)) in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_tornado_has_two_bars_a_factor_the_widest_first(lang: str) -> None:
    allocation = luzhou("published-rule")
    found = swings(allocation.scenario, 5)
    frame = swing_frame(allocation, found, "ftz", WAN, Phrasebook(lang))
    assert list(frame["side"]) == ["down", "up"] * 4 and frame["hollow"].all()
    assert list(frame["weight"])[:2] == {"zh": ["5%", "15%"], "en": ["5 %", "15 %"]}[lang]
    spans = [abs(frame["change"][at] - frame["change"][at + 1]) for at in range(0, 8, 2)]
    assert spans == sorted(spans, reverse=True)
    by_factor = {swing.factor: swing for swing in found}
    first = by_factor["employment"].down[1]
    assert frame["change"][0] == float(first.amounts["ftz"] - 50_000_000) / 10_000
    assert (frame["low"] == -frame["high"]).all() and frame["high"][0] > frame["change"].abs().max()
    names = list(dict.fromkeys(frame["name"]))
    marks = charts.tornado_marks(names, Phrasebook(lang), width=100)
    marks.to_dict(validate=True)
    content = charts.spec(marks)
    for layer in content["layer"]:
        assert "data" not in layer and layer["encoding"]["y"]["sort"] == names
        for channel in layer["encoding"].values():
            for part in channel if isinstance(channel, list) else [channel]:
                assert part.get("field", "name") in frame.columns
    said = swing_alt(allocation, found, "ftz", WAN, Phrasebook(lang))
    assert names[0] in said and not any(c.isdigit() for c in said)


@pytest.mark.parametrize("points", [2, 5, 60])
@pytest.mark.parametrize("name", ["published-rule", "cap-zone", "jobs-first"])
def test_the_title_of_the_tornado_is_its_longest_bar(name: str, points: int) -> None:
    """The weights moved by hand: the named move changes the amount so much, and no other more."""
    allocation = luzhou(name)
    scenario = allocation.scenario
    names = {scenario.factor(id).name.zh: id for id in scenario.weights}
    for id in scenario.ids:
        changes = {}
        for factor, weight in scenario.weights.items():
            for sign in (-1, 1):
                by = min(points, weight if sign < 0 else 100 - weight)
                rest = {
                    other: Fraction(each) * (100 - weight - sign * by) / (100 - weight)
                    for other, each in scenario.weights.items()
                    if other != factor
                }
                moved = allocate(replace(scenario, weights={**rest, factor: Fraction(weight + sign * by)}))
                changes[factor, sign, by] = moved.amounts[id] - allocation.amounts[id]
        said = swing_title(allocation, swings(scenario, points), id, points, ZH)
        most = max(abs(by) for by in changes.values())
        if not most:
            assert "不变" in said
            continue
        found = re.search(r"变动最大的是(.+)([升降])(\d+)个百分点：([+−])([\d.]+)(万元|元)$", said)
        assert found, said
        size = Fraction(found[5]) * (10_000 if found[6] == "万元" else 1)
        change = changes[names[found[1]], 1 if found[2] == "升" else -1, int(found[3])]
        assert change == (size if found[4] == "+" else -size) and abs(change) == most


def test_factors_that_cannot_move_have_no_bars() -> None:
    only = allocate(small(weights={"x": 100, "y": 0}))
    frame = swing_frame(only, swings(only.scenario), "a", Unit(1, "元"), ZH)
    assert list(zip(frame["name"], frame["side"], strict=True)) == [("面积", "up")]


# --- tables of sensitivities ----------------------------------------------------------------------


def test_the_exchange_table_of_one_recipient_has_both_ways() -> None:
    allocation = luzhou("published-rule")
    grid = sensitivity.exchanges_of(allocation, exchange_rates(allocation), "ftz", ZH)
    cells = {row.cells[0]: row.cells[1:] for row in grid.rows}
    assert cells["投资贡献值"][0] == "—"
    assert cells["税收贡献值"][2] == "−5.42" and cells["就业贡献值"][1] == "+5.42"
    assert grid.unit == "单位：万元"


def test_the_notes_say_where_the_formula_holds() -> None:
    def note(allocation: Allocation) -> str:
        return sensitivity.exchange_note(exchange_rates(allocation), EN)

    assert note(luzhou("published-rule")).startswith("By the formula:")
    assert note(luzhou("cap-zone")).startswith("The formula does not hold here")
    mixed = small(limits=[Limit(("b",), cap=Fraction("30.2"))], fund=Fund(100, "CNY", Fraction(1, 10)))
    assert note(allocate(mixed)).startswith("By the formula where")
    ((lines, table),) = sensitivity.tables(allocate(small(weights={"x": 100})), EN)
    assert lines == ["No factor has a whole percentage point of weight that could move."] and table is None


def test_ranges_of_weights_are_rounded_inward() -> None:
    allocation = luzhou("published-rule")
    found = sensitivity.steady_weights(allocation.scenario)
    grid = sensitivity.steady_table(allocation, found, ZH)
    tax = next(row.cells for row in grid.rows if row.cells[0] == "税收贡献值")
    # 500/43 = 11.627… and 1500/29 = 51.724…
    assert tax == ("税收贡献值", "40%", "11.63%", "51.72%", "龙马潭区、泸县持平", "合江县、高新区持平")


def test_many_factors_are_left_to_json() -> None:
    values = [(1, 2, 3), (2, 1, 1), (1, 1, 4), (5, 1, 1), (1, 7, 1), (1, 1, 2)]
    factors = [Factor(f"f{j}", column) for j, column in enumerate(values)]
    many = small(factors=factors, weights=dict.fromkeys((f.id for f in factors), Fraction(100, 6)))
    (lines, table), *_ = sensitivity.tables(allocate(many), EN)
    assert table is None and "--format json" in lines[-1]


# --- the command ----------------------------------------------------------------------------------

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `explain`: its standard output and error, once it has ended with the expected status."""
    return runs(capsys, "explain")


def test_the_command_splits_every_difference_into_weights_and_limits(run: Run) -> None:
    found = json.loads(run(CAPPED, "--against", JOBS, "--format", "json")[0])
    assert [reason["name"] for reason in found["reasons"]] == ["weights", "floors and caps"]
    base, scenario = luzhou("jobs-first"), luzhou("cap-zone")
    assert found["base"]["digest"] == base.scenario.digest
    assert found["scenario"]["digest"] == scenario.scenario.digest
    assert len(found["recipients"]) == 9
    for row in found["recipients"]:
        assert row["difference"] == scenario.amounts[row["id"]] - base.amounts[row["id"]]
        assert sum(row["parts"]) == sum(map(Fraction, row["exact"])) == row["difference"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_as_a_table_and_as_csv(run: Run, lang: str) -> None:
    out, err = run(CAPPED, "--against", JOBS, lang=lang)
    assert err == ""
    (zone,) = [line for line in out.splitlines() if line.endswith("−462")]
    assert zone.split()[-3:] == ["−404", "+58", "−462"]
    said = difference_sentences(account(), Phrasebook(lang))
    assert all(sentence in out for sentence in said.values())
    rows = list(csv.reader(io.StringIO(run(CAPPED, "--against", JOBS, "--format", "csv", lang=lang)[0])))
    assert rows[9][2:] == ["48850000", "44810000", "-4040000", "580000", "-4620000"]
    assert all(len(row) == 7 for row in rows)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_of_one_file(run: Run, lang: str) -> None:
    out, _ = run(CAPPED, lang=lang)
    assert all(sentence in out for sentence in stage_sentences(luzhou("cap-zone"), Phrasebook(lang)).values())
    found = json.loads(run(CAPPED, "--format", "json", lang=lang)[0])
    assert found["digest"] == luzhou("cap-zone").scenario.digest
    assert len(found["exchange"]) == 12 and not any(rate["formula"] for rate in found["exchange"])
    assert {one["factor"] for one in found["same_ranks"]} == {"investment", "tax", "employment", "effort"}
    assert set(found["published_at"]) == set(found["sentences"])
    rows = list(csv.reader(io.StringIO(run(CAPPED, "--format", "csv", lang=lang)[0])))
    for row in rows[1:11]:
        contributions, entitlement, limits, rounding, amount = row[2:6], *row[6:]
        assert sum(map(Fraction, contributions)) == Fraction(entitlement)
        assert sum(map(Fraction, (entitlement, limits, rounding))) == Fraction(amount)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_shipped_scenario_is_explained(run: Run, path: Path, lang: str) -> None:
    out, err = run(path, lang=lang)
    assert out and err == ""


def test_two_scenarios_that_differ_in_nothing_that_counts(run: Run, tmp_path: Path) -> None:
    copy = shutil.copytree(LUZHOU, tmp_path / "copy")
    out, _ = run(CAPPED, "--against", copy / "cap-zone.toml")
    assert "Nothing differs that could change an amount." in out


def test_bad_input_is_one_clear_sentence(run: Run, tmp_path: Path) -> None:
    assert run(CAPPED, "--against", CAPPED, status=2)[1] == (
        f"{CAPPED}: is the same file, so there is no difference to explain; name another scenario\n"
    )
    assert "is the same file" in run(CAPPED, "--against", CAPPED.parent / "." / "cap-zone.toml", status=2)[1]
    other = ROOT / "scenarios" / "us-crf-2020" / "scenario.toml"
    assert "currencies" in run(CAPPED, "--against", other, status=2)[1]
    missing = tmp_path / "missing.toml"
    out, err = run(CAPPED, "--against", missing, status=2)
    assert out == "" and err == f"{missing}: there is no such file; check the name and the folder\n"
    broken = tmp_path / "broken.toml"
    broken.write_text("format = 1\ntitle = \n", "utf-8")
    assert str(broken) in run(CAPPED, "--against", broken, status=2)[1]
    assert "no scenario file was named" in run(status=2)[1]
    strangers = tmp_path / "strangers"
    shutil.copytree(LUZHOU, strangers)
    for name in ("recipients.csv", "factors-illustrative-shares.csv"):
        text = (strangers / name).read_text("utf-8")
        for at, id in enumerate(luzhou("jobs-first").amounts):
            text = text.replace(f"{id},", f"other{at},")
        (strangers / name).write_text(text, "utf-8")
    assert "no recipient in common" in run(CAPPED, "--against", strangers / "jobs-first.toml", status=2)[1]


def test_a_limit_that_cannot_hold_says_in_which_file(run: Run, tmp_path: Path) -> None:
    copy = shutil.copytree(LUZHOU, tmp_path / "copy")
    file = copy / "cap-zone.toml"
    file.write_text(
        file.read_text("utf-8").replace('recipients = ["ftz"]', 'recipients = "all"').replace("0.80", "0.1"),
        "utf-8",
    )
    out, err = run(CAPPED, "--against", file, status=3)
    assert out == "" and str(file) in err


def test_names_from_files_stay_text_in_the_charts() -> None:
    name = "a'\"\\);alert(1)//{}</script>"
    before = small(recipients=[Recipient("a", name), Recipient("b"), Recipient("c")])
    found = Account(explain(allocate(before), allocate(replace(before, weights={"x": 10, "y": 90}))))
    assert name in difference_sentences(found, EN)["a"]
    factors = [replace(before.factors[0], name=name), *before.factors[1:]]
    allocation = allocate(replace(before, factors=factors))
    frame = swing_frame(allocation, swings(allocation.scenario), "a", Unit(1, "元"), ZH)
    spec = charts.spec(charts.tornado_marks(list(dict.fromkeys(frame["name"])), ZH, width=80))
    assert all("labelExpr" not in layer["encoding"]["y"]["axis"] for layer in spec["layer"])
