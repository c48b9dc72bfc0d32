"""The data page: what the numbers imply, editing in place, uploads; nothing accepted by halves."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
import streamlit
from generated import generated
from hypothesis import given
from hypothesis import strategies as st
from pages import FILES, SCENARIOS, Open, html_of, opened, press
from random_cases import random_case, scenario_of
from streamlit.testing.v1 import AppTest

from allocator import AllocatorError, Factor, Provenance, Scenario, ScenarioError, Text, allocate
from allocator.files.load import load_scenario
from allocator.files.scenario.save import save_scenario
from allocator.files.sheets.headings import FACTOR_COLUMNS
from allocator.files.upload import read as upload
from allocator.files.upload import template as workbook
from allocator.report.tables.data import MOST_REMARKS, remarks_table, shares_table
from allocator.report.tables.table import Table
from allocator.text import EN, ZH, Phrasebook
from allocator.ui.components import markup
from allocator.ui.components.inside import cell, placed
from allocator.ui.data.editors import EDITORS, NUMBER, column_settings, frame_of, outcome_sentence
from allocator.ui.data.edits import Edits, after, edits_of
from allocator.ui.data.titles import Titles, titles_of, with_titles

EVIL = "<img src=x onerror=alert(1)>"
SLUG = "luzhou-2023/published-rule"


def luzhou() -> Scenario:
    return load_scenario(SCENARIOS / f"{SLUG}.toml")


def with_remark() -> Scenario:
    """The shipped scenario with one cell that has more to say."""
    cell = Provenance("luxian", "tax", "derived", "县税务局", date(2023, 5, 31), 12, Fraction(23, 2), "已核")
    return replace(luzhou(), provenance=(cell,))


def column(grid: Table, at: int) -> list[str]:
    return [row.cells[at] for row in grid.rows]


# --- what the numbers imply -----------------------------------------------------------------------


def test_shares_are_parts_of_the_columns_total() -> None:
    """us-crf-2020: each state's people over those of all states, from the file itself."""
    scenario = load_scenario(SCENARIOS / "us-crf-2020" / "scenario.toml")
    with (SCENARIOS / "us-crf-2020" / "factors.csv").open(encoding="utf-8-sig") as file:
        people = [int(row["population"]) for row in csv.DictReader(file)]
    grid = shares_table(scenario, EN, allocate(scenario))
    for shown, value in zip(column(grid, 2), people, strict=False):
        assert abs(Fraction(shown) - Fraction(100 * value, sum(people))) < Fraction(1, 100)
    assert column(grid, 2) == column(grid, 3)  # one factor with all the weight is the share of the split
    assert grid.headers[2] == "Population 100 %"


@pytest.mark.parametrize("file", FILES)
def test_columns_add_up_to_100_as_shown(file: str) -> None:
    scenario = load_scenario(SCENARIOS / f"{file}.toml")
    grid = shares_table(scenario, ZH, allocate(scenario))
    for at in range(2, len(grid.headers)):
        *parts, total = column(grid, at)
        assert sum(Fraction(part) for part in parts if part) == Fraction(total) == 100


@given(st.integers(min_value=0, max_value=10**9))
def test_shares_of_any_data_add_up_or_are_blank(seed: int) -> None:
    try:
        scenario = scenario_of(random_case(Random(seed)))
    except AllocatorError:
        return
    grid = shares_table(scenario, ZH)
    apart = set(range(len(scenario.ids))) - set(scenario.participants)
    for at, factor in enumerate(scenario.factors, 2):
        *parts, total = column(grid, at)
        assert all(not parts[i] for i in apart)
        some = any(scenario.column(factor.id))
        assert sum((Fraction(part) for part in parts if part), Fraction(0)) == (100 if some else 0)
        assert total == ("100.00" if some else "")


def test_cells_with_a_remark_are_marked_and_listed() -> None:
    scenario = with_remark()
    grid = shares_table(scenario, ZH)
    marked = [(row.cells[1], at) for row in grid.rows for at, cell in enumerate(row.cells) if "[" in cell]
    assert marked == [("泸县", 3)]
    assert column(grid, 3)[3] == "0.98 [1]"
    (row,) = remarks_table(scenario, ZH).rows
    assert row.cells == ("[1]", "泸县", "税收贡献值", "推算", "县税务局", "2023-05-31", "12", "11.5", "已核")
    many = generated(60, 10)
    told = [Provenance(r.id, f.id, note="x") for r in many.recipients for f in many.factors]
    assert len(remarks_table(replace(many, provenance=told), EN).rows) == MOST_REMARKS < len(told)


def test_markup_in_names_stays_text() -> None:
    scenario = luzhou()
    factors = (replace(scenario.factors[0], name=EVIL), *scenario.factors[1:])
    recipients = (replace(scenario.recipients[0], name=EVIL), *scenario.recipients[1:])
    note = (Provenance(scenario.ids[0], scenario.factors[0].id, note=EVIL),)
    evil = replace(scenario, factors=factors, recipients=recipients, provenance=note)
    html = "".join(markup.table(grid, EVIL) for grid in (shares_table(evil, ZH), remarks_table(evil, ZH)))
    assert "<img" not in html
    assert html.count("&lt;img") > 5


# --- the editors, without a page ------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", EDITORS)
@pytest.mark.parametrize("file", [*FILES, "remark"])
def test_applying_an_untouched_editor_changes_nothing(file: str, name: str, lang: str) -> None:
    scenario = with_remark() if file == "remark" else load_scenario(SCENARIOS / f"{file}.toml")
    header, rows = EDITORS[name].out(scenario, Phrasebook(lang))
    frame = frame_of(Edits().on(rows), len(header))
    assert set(column_settings(name, header, scenario, Phrasebook(lang))) == set(frame.columns)
    assert [list(cells) for _, *cells in frame.itertuples(index=False)] == rows
    made = EDITORS[name].back(scenario, header, Edits().on(rows), "t")
    assert made == scenario
    assert outcome_sentence(scenario, made, Phrasebook(lang)) == Phrasebook(lang).say(
        "app.table_editor.unchanged"
    )


ROWS = [["a", "1"], ["b", "2"], ["c", "3"]]


def test_rows_keep_the_numbers_that_are_shown() -> None:
    told = {
        "edited_rows": {0: {"c1": " 9 ", NUMBER: "7"}, 2: {"c0": None}},
        "deleted_rows": [1],
        "added_rows": [{}, {"c0": "d", "c5": "x"}],
    }
    shown = after(Edits().on(ROWS), told, len(ROWS), 2)
    assert shown == [(1, ["a", "9"]), (3, ["", "3"]), (4, ["", ""]), (5, ["d", ""])]
    assert list(frame_of(shown, 2)[NUMBER]) == ["1", "3", "4", "5"]
    assert list(frame_of([], 2).columns) == [NUMBER, "c0", "c1"]


cells = st.sampled_from(["", "1", "2", "x"])
tolds = st.fixed_dictionaries(
    {
        "edited_rows": st.dictionaries(
            st.integers(0, 4), st.dictionaries(st.sampled_from(["c0", "c1"]), cells)
        ),
        "deleted_rows": st.lists(st.integers(0, 4)),
        "added_rows": st.lists(st.dictionaries(st.sampled_from(["c0", "c1"]), cells), max_size=3),
    }
)


@given(st.lists(tolds, max_size=4))
def test_what_was_typed_outlives_the_editor(steps: list[dict[str, Any]]) -> None:
    """Kept as a difference and put on the rows again, as often as the editor is begun anew."""
    shown = Edits().on(ROWS)
    for told in steps:
        shown = after(shown, told, len(ROWS), 2)
        typed = edits_of(ROWS, shown)
        again = typed.on(ROWS)
        assert [cells for _, cells in again] == [cells for _, cells in shown]
        assert [n for n, _ in again if n <= len(ROWS)] == [n for n, _ in shown if n <= len(ROWS)]
        assert edits_of(ROWS, again) == typed
        assert bool(typed) == ([cells for _, cells in again if any(cells)] != ROWS)
        shown = again


def test_cells_nobody_touched_are_in_the_new_language_and_typed_choices_too() -> None:
    typed = edits_of([["甲", "假设", "5"]], [(1, ["甲", "公布", "6"]), (2, ["乙", "假设", ""])])
    words = {1: {"假设": "assumed", "公布": "published"}}
    assert typed.on([["A", "assumed", "5"]], words) == [
        (1, ["A", "published", "6"]),
        (2, ["乙", "assumed", ""]),
    ]


def test_what_an_edit_changed_in_words() -> None:
    scenario = luzhou()
    header, rows = upload.table_rows(scenario, ZH)
    rows[3][header.index("税收贡献值")] = "1.98"
    made = upload.with_table(scenario, header, Edits().on(rows), "t")
    told = outcome_sentence(scenario, made, ZH)
    assert told == "已应用：税收贡献值：泸县由0.98改为1.98。"


# --- the page -------------------------------------------------------------------------------------


class Grids:
    """Stands in for the browser's editors: keeps what was given to them, and types into cells."""

    def __init__(self) -> None:
        self.given: dict[str, pd.DataFrame] = {}
        self.typed: dict[str, list[tuple[int, int, str]]] = {}

    def __call__(
        self, frame: pd.DataFrame, *, key: str, on_change: Callable[..., None], args: Any, **_: Any
    ) -> None:
        name = key.partition("-")[0]
        told: dict[int, dict[str, str]] = {}
        for row, at, text in self.typed.get(name, []):
            told.setdefault(row, {})[f"c{at}"] = text
        if key not in self.given:
            self.given = {k: f for k, f in self.given.items() if not k.startswith(f"{name}-")} | {key: frame}
            streamlit.session_state[key] = {}
        assert frame.equals(self.given[key])  # or the browser would begin anew
        if streamlit.session_state[key] != {"edited_rows": told}:
            streamlit.session_state[key] = {"edited_rows": told}
            on_change(*args)

    def cells(self, name: str) -> list[tuple[Any, ...]]:
        """What an editor was given, but for the numbers of the rows."""
        (frame,) = (frame for key, frame in self.given.items() if key.startswith(f"{name}-"))
        return [tuple(cells) for _, *cells in frame.itertuples(index=False)]


@pytest.fixture
def grids(monkeypatch: pytest.MonkeyPatch) -> Grids:
    made = Grids()
    monkeypatch.setattr(streamlit, "data_editor", made)
    return made


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Opens the data page of a scenario."""
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))

    def start(slug: str = SLUG, *, scenarios: Path = SCENARIOS, **address: str) -> AppTest:
        monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(scenarios))
        return opened("data", scenario=slug, **address)

    return start


def page_text(app: AppTest) -> str:
    """All HTML and Markdown of the page."""
    return "\n".join([html_of(app), *(element.value for element in app.markdown)])


def now(app: AppTest, slug: str = SLUG) -> Scenario:
    """The scenario on the screen."""
    trails: Any = app.session_state["trails"]
    scenario: Scenario = trails[slug].now.scenario
    return scenario


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES)
def test_every_scenario_has_its_page(page: Open, file: str, lang: str) -> None:
    app = page(file, lang=lang)
    scenario = load_scenario(SCENARIOS / f"{file}.toml")
    grid = shares_table(scenario, Phrasebook(lang), allocate(scenario))
    shown = page_text(app)
    assert markup.table(grid, grid.caption) in shown
    chips = [chip.proto.popover.label for chip in app.get("popover")]
    assert (Phrasebook(lang).say("assumed.badge") in chips) == bool(scenario.assumed)
    assert not re.search(r"app\.\w+\.\w+|\{\w+\}", shown)


def test_apply_puts_the_edit_in_place_and_undo_takes_it_back(page: Open, grids: Grids) -> None:
    app = page()
    header, rows = upload.table_rows(luzhou(), ZH)
    at = header.index("税收贡献值")
    assert rows[3][at] == "0.98"
    grids.typed = {"table": [(3, at, "1.98")]}
    app = press(app, "应用数据表")
    assert now(app).factor("tax").values[3] == Fraction(198, 100)
    assert "已应用：税收贡献值：泸县由0.98改为1.98。" in page_text(app)
    assert "已修改" in page_text(app)
    grids.typed = {}
    assert "已应用" not in page_text(app.run())
    app = press(app, "撤销")
    assert now(app) == luzhou()
    assert "已应用" not in page_text(app)


def test_a_refused_edit_changes_nothing_and_names_row_and_column(page: Open, grids: Grids) -> None:
    app = page()
    filled = set(grids.given)
    header, _ = upload.table_rows(luzhou(), ZH)
    at = header.index("税收贡献值")
    grids.typed = {"table": [(0, at, "7"), (3, at, "*多*"), (4, at, "-1"), (8, at, "")]}
    app = press(app, "应用数据表")
    shown = page_text(app).replace("\\", "").replace("−", "-")
    assert now(app) == luzhou()
    assert "有3处需要改正，改动尚未采用" in shown
    for row, what in ((4, "“*多*”不是数字"), (5, "-1是负数"), (9, "为空")):
        assert re.search(f"数据表，第{row}行，“税收贡献值”列：{re.escape(what)}", shown), shown
    assert set(grids.given) == filled  # the editors were not begun anew, so that what was typed still stands
    assert not [b for b in app.button if b.label == "撤销" and not b.disabled]


def test_factors_are_edited_in_words(page: Open, grids: Grids) -> None:
    app = page(lang="en")
    header, _ = upload.factor_rows(luzhou().factors, EN)
    grids.typed = {"factors": [(1, header.index("Status"), "published"), (1, header.index("Year"), "2021")]}
    app = press(app, "Apply the factors")
    tax = now(app).factor("tax")
    assert (tax.status, tax.year) == ("published", 2021)
    assert "Applied: " in page_text(app)
    grids.typed = {"factors": [(1, header.index("Year"), "soon")]}
    app = press(app, "Apply the factors")
    assert now(app).factor("tax").year == 2021
    assert "row 2, column Year" in page_text(app).replace("\\", "")


def test_remarks_are_edited_and_shown(page: Open, grids: Grids, tmp_path: Path) -> None:
    save_scenario(with_remark(), tmp_path / "s" / "own")
    app = page("own/scenario", scenarios=tmp_path / "s")
    assert "0.98 [1]" in page_text(app)
    header, _ = upload.cell_rows(with_remark(), ZH)
    grids.typed = {"cells": [(0, header.index("审定数"), "13,5")]}
    app = press(app, "应用单元格来源")
    assert "第1行，“审定数”列" in page_text(app).replace("\\", "")
    grids.typed = {"cells": [(0, header.index("审定数"), "13.50")]}
    app = press(app, "应用单元格来源")
    assert now(app, "own/scenario").provenance[0].verified == Fraction(27, 2)


def test_typed_cells_stand_while_another_table_is_applied(page: Open, grids: Grids) -> None:
    app = page()
    tables = {key for key in grids.given if key.startswith("table-")}
    header, _ = upload.factor_rows(luzhou().factors, ZH)
    grids.typed = {"factors": [(0, header.index("年度"), "2020")]}
    app = press(app, "应用因素说明")
    assert now(app).factor("investment").year == 2020
    assert {key for key in grids.given if key.startswith("table-")} == tables


def test_what_was_typed_stands_in_the_other_language_until_it_is_applied(page: Open, grids: Grids) -> None:
    app = page()
    status, year = FACTOR_COLUMNS.index("status"), FACTOR_COLUMNS.index("year")
    assert "已填写，尚未应用" not in page_text(app)
    grids.typed = {"factors": [(1, status, ZH.say("status.published")), (1, year, "2021")]}
    assert "已填写，尚未应用" in page_text(app.run())
    assert now(app) == luzhou()
    grids.typed = {}
    app.session_state["lang"] = "en"
    app.session_state["acted"] = True
    app.run()
    _, rows = upload.factor_rows(luzhou().factors, EN)
    rows[1][status], rows[1][year] = EN.say("status.published"), "2021"
    assert grids.cells("factors") == [tuple(row) for row in rows]
    assert grids.cells("cells") == []
    assert "Typed, not applied yet" in page_text(app)
    app = press(app, "Apply the factors")
    assert (now(app).factor("tax").status, now(app).factor("tax").year) == ("published", 2021)
    assert "not applied yet" not in page_text(app)


def test_what_was_typed_can_be_discarded(page: Open, grids: Grids) -> None:
    app = page()
    _, rows = upload.table_rows(luzhou(), ZH)
    grids.typed = {"table": [(3, 4, "abc")]}
    app = press(app.run(), "应用数据表")
    assert "“abc”不是数字" in page_text(app)
    grids.typed = {}
    app = press(app, "放弃所填内容")
    assert grids.cells("table") == [tuple(row) for row in rows]
    assert "不是数字" not in page_text(app)
    assert "尚未应用" not in page_text(app)
    assert not [b for b in app.button if b.label == "放弃所填内容"]


def test_what_is_wrong_is_said_until_it_is_put_right(page: Open, grids: Grids) -> None:
    app = page()
    grids.typed = {"table": [(3, 4, "abc"), (4, 4, "-1")]}
    assert "不是数字" not in page_text(app.run())
    assert "有2处需要改正" in page_text(press(app, "应用数据表"))
    grids.typed = {"table": [(3, 4, "1"), (4, 4, "-1")]}
    assert "有1处需要改正" in page_text(app.run())
    grids.typed = {"table": [(3, 4, "1"), (4, 4, "2")]}
    assert "需要改正" not in page_text(app.run())
    assert now(app) == luzhou()


def test_another_id_for_a_row_is_refused(page: Open, grids: Grids) -> None:
    app = page()
    grids.typed = {"table": [(3, 0, "lu")]}
    shown = page_text(press(app, "应用数据表")).replace("\\", "")
    assert now(app) == luzhou()
    assert "数据表，第4行，“编号”列：编号原为“luxian”，现为“lu”" in shown


def test_weights_on_the_screen_outlive_an_edit(page: Open, grids: Grids) -> None:
    points = {f"weight.{f}": "25" for f in ("investment", "tax", "employment", "effort")}
    app = page(**points)
    assert "投资贡献值（25%）" in page_text(app)
    header, _ = upload.table_rows(luzhou(), ZH)
    grids.typed = {"table": [(0, header.index("就业贡献值"), "9")]}
    app = press(app, "应用数据表")
    assert now(app).factor("employment").values[0] == 9
    assert "投资贡献值（25%）" in page_text(app)


# --- uploads --------------------------------------------------------------------------------------


def table(scenario: Scenario, changes: dict[tuple[int, str], str]) -> bytes:
    """The data table of a scenario as CSV, with other texts in some cells."""
    header, rows = upload.table_rows(scenario, ZH)
    for (row, name), text in changes.items():
        rows[row][header.index(name)] = text
    return "\n".join(",".join(line) for line in [header, *rows]).encode()


def test_an_upload_is_one_step_and_is_not_repeated(page: Open) -> None:
    app = page()
    app.file_uploader[0].upload("数据.csv", table(luzhou(), {(0, "税收贡献值"): "3", (1, "就业贡献值"): "4"}))
    app.run()
    assert now(app).factor("tax").values[0] == 3
    assert now(app).factor("employment").values[1] == 4
    assert "已应用" in page_text(app)
    app = press(app, "撤销")
    assert now(app) == luzhou()
    app = app.run()
    assert now(app) == luzhou()  # the file still stands in the box
    assert not [b for b in app.button if b.label == "撤销" and not b.disabled]


def test_a_workbook_made_by_the_page_comes_back(page: Open) -> None:
    app = page()
    given = replace(luzhou(), factors=[replace(f, year=2019) for f in luzhou().factors])
    app.file_uploader[0].upload("t.xlsx", workbook.template(given, ZH))
    app.run()
    assert now(app) == given


def test_a_refused_upload_leaves_everything_and_lists_every_problem(page: Open, tmp_path: Path) -> None:
    large = generated(120, 4)
    save_scenario(large, tmp_path / "s" / "large")
    app = page("large/scenario", scenarios=tmp_path / "s")
    before = now(app, "large/scenario")
    bad = {(row, large.factors[0].name.zh): "**x**" for row in range(100)}
    app.file_uploader[0].upload("b.csv", table(before, bad))
    app.run()
    shown = page_text(app).replace("\\", "")
    assert now(app, "large/scenario") == before
    count = len(bad)
    assert f"文件中有{count}处需要改正，没有采用" in shown
    assert len(re.findall(r"b\.csv: [A-Z]+\d+.*?\*\*x\*\*", shown)) == count
    app = app.run()
    assert f"文件中有{count}处需要改正" in page_text(app)
    app.file_uploader[0].clear()
    assert "需要改正" not in page_text(app.run())


def upload_problems(content: bytes, scenario: Scenario) -> tuple[Any, ...]:
    with pytest.raises(ScenarioError) as raised:
        upload.read("b.csv", content, scenario)
    return raised.value.problems


def test_what_is_no_table_is_refused_in_a_sentence(page: Open) -> None:
    app = page()
    app.file_uploader[0].upload("t.xlsx", b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    assert "没有采用" in page_text(app.run())
    assert now(app) == luzhou()


def test_data_that_cannot_be_split_stays_editable(page: Open, tmp_path: Path) -> None:
    scenario = replace(
        luzhou(), kind="scores", factors=[Factor(f.id, (0,) * 9, f.name) for f in luzhou().factors]
    )
    save_scenario(scenario, tmp_path / "s" / "zero")
    app = page("zero/scenario", scenarios=tmp_path / "s")
    assert "得分全部为零" in page_text(app)
    assert [b for b in app.button if b.label == "应用数据表"]


# --- in a browser ---------------------------------------------------------------------------------


def type_into_the_first_figure(page: Any, text: str) -> None:
    """Types into the first factor of the first recipient by keyboard, and leaves the cell open."""
    page.wait_for_selector(cell(2, 0), state="attached")
    box = page.locator(placed(".streamlit-table-drawn")).first.bounding_box()
    page.mouse.click(box["x"] + 110, box["y"] + 50)  # the first recipient's name
    selected = "[aria-selected=true]"  # told late, and keys go astray before
    for column, _ in enumerate(("id", "English name", "kind", "value of the first factor"), 2):
        page.wait_for_selector(cell(column, 0) + selected, state="attached")
        page.keyboard.press("ArrowRight")
    page.wait_for_selector(cell(6, 0) + selected, state="attached")
    page.keyboard.press("Enter")
    page.wait_for_selector(placed(".streamlit-table-typing"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text, delay=20)


def expect_cell(page: Any, text: str) -> None:
    cells = placed("[...document.querySelectorAll('.streamlit-table-cell')]")
    page.wait_for_function(f"text => {cells}.some(cell => cell.textContent === text)", arg=text)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("typed", "told", "stands"), [("abc", "“abc”不是数字", "abc"), ("12.50", "江阳区由2.35改为12.5", "12.5")]
)
def test_a_cell_is_edited_with_the_keyboard(visit: Any, typed: str, told: str, stands: str) -> None:
    person = visit(lang="zh")
    page = person.open(f"data?lang=zh&scenario={SLUG}")
    type_into_the_first_figure(page, typed)
    page.keyboard.press("Tab")
    page.get_by_text("已填写，尚未应用").wait_for()
    page.get_by_role("button", name="应用数据表").press("Enter")
    page.get_by_text(told).wait_for()
    person.settle()
    expect_cell(page, stands)
    if typed != "abc":
        page.get_by_role("button", name="撤销").click()
        expect_cell(page, "2.35")
    assert not person.wrong


@pytest.mark.browser
@pytest.mark.parametrize("leave", [None, "Enter"])
def test_a_cell_counts_when_the_button_is_pressed_at_once(visit: Any, leave: str | None) -> None:
    person = visit(lang="zh")
    page = person.open(f"data?lang=zh&scenario={SLUG}")
    apply = page.get_by_role("button", name="应用数据表").bounding_box()
    type_into_the_first_figure(page, "12.5")
    if leave:
        page.keyboard.press(leave)
    page.mouse.click(apply["x"] + 20, apply["y"] + 10)
    page.get_by_text("江阳区由2.35改为12.5").wait_for()
    assert not person.wrong


@pytest.mark.browser
def test_what_was_typed_stands_on_another_page_and_in_the_other_language(visit: Any) -> None:
    person = visit(lang="zh")
    page = person.open(f"data?lang=zh&scenario={SLUG}")
    type_into_the_first_figure(page, "12.5")
    page.get_by_text("English", exact=True).click()  # at once, too
    page.get_by_text("Typed, not applied yet").wait_for()
    person.settle()
    expect_cell(page, "12.5")
    person.turn_to("method", "en")
    person.turn_to("data", "en")
    page.get_by_text("Typed, not applied yet").wait_for()
    expect_cell(page, "12.5")
    page.get_by_role("button", name="Discard what was typed").click()
    expect_cell(page, "2.35")
    page.get_by_text("Typed, not applied yet").wait_for(state="detached")
    person.settle()
    type_into_the_first_figure(page, "13.5")
    page.get_by_role("button", name="中文").click(force=True)
    page.get_by_text("已填写，尚未应用").wait_for()
    expect_cell(page, "13.5")
    page.get_by_role("button", name="应用数据表").click()
    page.get_by_text("江阳区由2.35改为13.5").wait_for()
    assert not person.wrong


# --- names of scenario and fund -------------------------------------------------------------------


def test_names_and_source_are_changed_as_one_step() -> None:
    app = opened("data", "zh", scenario=SLUG)
    before = app.session_state.trails[SLUG].now.scenario
    (field,) = (box for box in app.text_input if box.label == "资金名称")
    assert field.value == before.fund.name.zh
    field.set_value("二〇二四年专项")
    (english,) = (box for box in app.text_input if box.label == "资金名称（英文，可空）")
    english.set_value("Fund of 2024")
    (apply,) = (button for button in app.button if button.label == "应用" and "titles" in str(button.key))
    app = apply.click().run()
    after = app.session_state.trails[SLUG].now.scenario
    assert after == replace(before, fund=replace(before.fund, name=Text("二〇二四年专项", "Fund of 2024")))
    assert "二〇二四年专项" in page_text(app) and allocate(after).amounts == allocate(before).amounts


@pytest.mark.parametrize(
    ("titles", "field"),
    [
        (Titles(("", ""), ("a", ""), ("b", "")), "title"),
        (Titles(("a", ""), ("=1", ""), ("b", "")), "name"),
        (Titles(("a", ""), ("a", ""), ("b", "@x")), "source"),
    ],
)
def test_a_name_that_cannot_be_is_said_of_its_field(titles: Titles, field: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        with_titles(load_scenario(SCENARIOS / f"{SLUG}.toml"), titles)
    (problem,) = refused.value.problems
    assert problem.at["key"] == field
    assert refused.value.in_fields({field: "F"}).problems[0].at == {"field": "F"}


def test_a_form_that_is_not_touched_changes_nothing() -> None:
    for file in FILES:
        scenario = load_scenario(SCENARIOS / f"{file}.toml")
        assert with_titles(scenario, titles_of(scenario)) == scenario
