"""Registers as offices keep them: each comes in with the figures that were put into it, or is refused."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
import record_files
from depth import cases, deeper
from openpyxl.utils import get_column_letter

from allocator import ScenarioError
from allocator.analysis.projects import Register
from allocator.core.parts import Recipient, Text
from allocator.files.projects.register import read_activities, read_register
from allocator.files.projects.rules import read_factor_rules
from allocator.files.sheets.grids import child
from allocator.files.understanding import records
from allocator.text import EN, LANGUAGES, Phrasebook

WHO = (
    Recipient("lu", Text("泸县", "Lu County"), aliases=("泸",)),
    Recipient("naxi", Text("纳溪区", "Naxi District")),
    Recipient("park", Text("高新区", "Hightech Zone")),
)
HOME = {r.id: r.name.zh for r in WHO}
RULES = read_factor_rules(
    "rules.toml",
    """format = 1
title = "t"
year = 2022
reference = 2022-12-31
years = 5
[[factor]]
id = "investment"
how = "sum"
column = "到位投资"
unit = "万元"
[[factor]]
id = "tax"
how = "sum"
column = "税收"
years = [2021, 2022]
unit = "万元"
[[factor]]
id = "jobs"
how = "sum"
column = "就业人数"
""".encode(),
)
POINTS = read_factor_rules(
    "rules.toml",
    """format = 1
title = "t"
year = 2022
reference = 2022-12-31
years = 5
[[points]]
factor = "effort"
column = "招商活动"
each = 2
most = 20
[[points]]
factor = "effort"
column = "外出拜访"
each = 1
most = 20
""".encode(),
)
SPELLINGS = (
    str, str, lambda name: f"{name[:1]}　{name[1:]}", lambda name: f"{name}人民政府",
    lambda name: f"四川省泸州市{name}", lambda name: f"{name[:-1]}\n{name[-1]}", lambda name: f"{name}\u200b",
    lambda name: f"{name}财政局", lambda name: f"{name}*",
)  # fmt: skip
DAYS = (
    str, str, lambda day: datetime(day.year, day.month, day.day),
    lambda day: f"{day.year}年{day.month}月{day.day}日", lambda day: f"{day.year}/{day.month}/{day.day}",
)  # fmt: skip
FIGURES = (lambda x: float(x), lambda x: float(x), lambda x: f"{float(x):,.2f}", lambda x: str(float(x)))
NOTES = (
    "注：数据由市统计局提供，涉及历年。",
    "制表人：张三",
    "备注：以上为全部项目。",
    "填报日期：2023年1月5日",
)
ERRORS = ("", "", "", "", "total", "day", "stranger", "blank", "figure", "two sheets")
GROUPS = {"一": "lu", "二": "naxi", "三": "park"}


@dataclass
class Shape:
    """A register as rows, with the projects in it, and what must be said where it is wrong."""

    rows: list[list[object]]
    projects: list[tuple[int, str, str, date, list[Fraction]]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    wrong: set[tuple[str, int | None]] = field(default_factory=set)


def area(top: int, left: int, last: int, right: int) -> str:
    """A range by rows from 1 and columns from 0."""
    return f"{get_column_letter(left + 1)}{top}:{get_column_letter(right + 1)}{last}"


def drawn(seed: int, kind: str) -> Shape:
    draw = random.Random(seed)
    merges = kind not in record_files.TEXTS
    numbered, statements = draw.random() < 0.5, draw.random() < 0.5
    first = 1 if numbered else 0
    spelling, day_form = draw.choice(SPELLINGS), draw.choice(DAYS)
    forms = [draw.choice(FIGURES) for _ in range(4)]
    shape = Shape([])
    rows = shape.rows
    wide = first + 7 + statements

    def add(*cells: object) -> int:
        rows.append([*cells, *[""] * (wide - len(cells))])
        return len(rows)

    def line(number: object, *cells: object, remark: object = "") -> int:
        return add(*([number] if numbered else []), *cells, *([remark] if statements else []))

    if draw.random() < 0.5:
        top = add("泸州市2022年招商引资项目清单")
        if merges:
            shape.merged.append(area(top, 0, top, wide - 1))
    unit = draw.choice(("above", "heading", "row", "none"))
    if unit == "above":
        add("填报单位：市经济合作局", "", "", "", draw.choice(("单位：万元", "金额单位：万元")))
    elif draw.random() < 0.3:
        add("填报日期", date(2023, 1, 5))
    own = "（万元）" if unit == "heading" else ""
    project, whose, signed = (
        draw.choice(("项目名称", "项目（企业）名称", "项目")),
        draw.choice(("区县（园区）", "所在区县", "区县")),
        draw.choice(("签约日期", "签约时间")),
    )  # fmt: skip
    if draw.random() < 0.5:
        years = draw.choice((("2021年", "2022年"), (2021, 2022)))
        cells = (project, whose, signed, f"到位投资{own}", f"税收{own}", "", "就业人数")
        top = line("序号", *cells, remark="备注")
        line("", "", "", "", "", *years, "")
        if merges:
            shape.merged.append(area(top, first + 4, top, first + 5))
            alone = [at for at in range(wide) if at not in (first + 4, first + 5)]
            shape.merged += [area(top, at, top + 1, at) for at in alone]
    else:
        year = draw.choice(("税收2021{}", "2021年税收{}"))
        both = [year.format(own).replace("2021", y) for y in ("2021", "2022")]
        line("序号", project, whose, signed, f"到位投资{own}", *both, "就业人数", remark="备注")
    if unit == "row":
        line("", "", "", "", "万元", "万元", "万元", "人")
    where = draw.choice(("none", "bottom", "top", "parts", "sections"))
    groups = [
        (id, [[Fraction(draw.randrange(1, 10**6), 100) for _ in range(3)] + [Fraction(draw.randrange(900))]
              for _ in range(draw.randrange(1, 5))])
        for id in HOME
    ]  # fmt: skip

    def total(name: str, some: list[list[Fraction]], into: int | None = None) -> int:
        sums = [float(sum(column)) for column in zip(*some, strict=True)]
        cells = ["", "", *([""] * first), *sums]
        row = add(name, *cells)
        shape.totals.append(row)
        return row

    every = [figures for _, some in groups for figures in some]
    if where == "top":
        total("全市合计", every)
    elif where != "none" and draw.random() < 0.3:
        total("总计", every)
    count = 0
    for mark, (id, some) in zip(GROUPS, groups, strict=True):
        if where == "sections":
            add(f"{mark}、{HOME[id]}")
        company = draw.random() < 0.3 and len(some) > 1
        start = len(rows) + 1
        for at, figures in enumerate(some):
            count += 1
            name = f"企业{start}" if company else f"项目{count}"
            day = date(2018, 1, 1) + timedelta(draw.randrange(1700))
            shown = "" if company and merges and at else name
            row = line(
                count, shown, spelling(HOME[id]), day_form(day),
                *(form(x) for form, x in zip(forms, figures, strict=True)),
                remark=draw.choice(("", "已核实")),
            )  # fmt: skip
            shape.projects.append((row, name, id, day, figures))
            if not company and draw.random() < 0.05:
                add()
        if company and merges:
            shape.merged.append(area(start, first, len(rows), first))
        if where in ("parts", "sections"):
            total("小计", some)
    if where in ("bottom", "parts", "sections"):
        total(draw.choice(("合计", "总　计", "合计：")), every)
    for note in draw.sample(NOTES, draw.randrange(3)):
        add(note)
    _damage(shape, draw.choice(ERRORS), first, draw)
    return shape


def _damage(shape: Shape, error: str, first: int, draw: random.Random) -> None:
    """Puts a mistake of one kind into the register, and notes what must be said of it."""
    row = draw.choice(shape.projects)[0]
    cells = shape.rows[row - 1]
    if error == "total" and shape.totals:
        bad = draw.choice(shape.totals)
        for at in (first + 3, first + 6):
            shape.rows[bad - 1][at] = float(shape.rows[bad - 1][at]) * 3 + 1  # type: ignore[arg-type]
        shape.wrong.add(("total_differs", bad))
    elif error == "day":
        cells[first + 2] = "2023.6.3"
        shape.wrong.add(("day_points", row))
    elif error == "stranger":
        cells[first + 1] = "蓬莱仙岛"
        shape.wrong.add(("recipient_unknown", row))
    elif error == "blank":
        cells[first + 1] = ""
        shape.wrong.add(("recipient_blank", row))
    elif error == "figure" and not shape.totals:
        cells[first + 3] = "约15"
        shape.wrong.add(("cell_text", row))
    elif error == "two sheets":
        shape.wrong.add(("sheets_several", None))


def check(seed: int) -> None:
    kind = record_files.KINDS[seed % len(record_files.KINDS)]
    shape = drawn(seed, kind)
    several = ("sheets_several", None) in shape.wrong
    if several and kind in record_files.TEXTS:
        several, shape.wrong = False, set()
    more = [("说明", [["填表说明"], ["一、按季报送。"]]), *([("去年", shape.rows)] if several else [])]
    content = record_files.made(kind, shape.rows, shape.merged, more)
    place = f"seed {seed}, {kind}"
    try:
        found = read_register(record_files.name(kind), content, RULES, WHO, 5)
    except ScenarioError as error:
        said = {(p.key, p.at.get("row")) for p in error.problems}
        assert said == shape.wrong, (place, error.sentences(EN))
        return
    assert not shape.wrong, (place, shape.wrong)
    compare(found, shape, place)
    sums = [row for one in found.statements if one.key == "totals_agreed" for row in one.details["rows"]]
    assert sums == [str(row) for row in shape.totals], place


def compare(found: Register, shape: Shape, place: str) -> None:
    read = zip(found.lines, found.names, found.recipients, found.signed, strict=True)
    assert [*read] == [project[:4] for project in shape.projects], place
    columns = [(Text("到位投资"), None), (Text("税收"), 2021), (Text("税收"), 2022), (Text("就业人数"), None)]
    for at, (column, year) in enumerate(columns):
        figures = found.figures[column]
        exact = [Fraction(x, 10**figures.places) for x in figures.years[year]]
        assert exact == [project[4][at] for project in shape.projects], (place, column)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes workbooks apart in this process: to start another takes most of the time of a small file."""

    def taken(file: str, kind: str, content: bytes, most_rows: int, memory_mb: int) -> object:
        return child._read(kind, file, content, most_rows)

    monkeypatch.setattr(records, "in_child", taken)


@deeper
@pytest.mark.usefixtures("at_once")
def test_registers_drawn_at_random_come_in_right_or_are_refused_as_a_whole() -> None:
    for seed in range(cases(104, 4000)):
        check(seed)


# --- one thing at a time --------------------------------------------------------------------------

HEAD = [
    "项目名称",
    "区县（园区）",
    "签约日期",
    "到位投资（万元）",
    "税收2021（万元）",
    "税收2022（万元）",
    "就业人数",
]
P = ["甲公司", "泸县", "2021-05-01", 100, 1, 2, 30]
Q = ["乙公司", "纳溪区", "2021-06-01", 50, 3, 4, 20]


def read(*rows: list[object], kind: str = "csv", rules: object = RULES, **more: object) -> Register:
    merged = more.pop("merged", ())
    content = record_files.made(kind, rows, merged)  # type: ignore[arg-type]
    return read_register(record_files.name(kind), content, rules, WHO, **more)  # type: ignore[arg-type]


def refused(*rows: list[object], **more: object) -> list[tuple[object, ...]]:
    with pytest.raises(ScenarioError) as error:
        read(*rows, **more)
    for lang in LANGUAGES:
        assert all("{" not in sentence for sentence in error.value.sentences(Phrasebook(lang)))
    return [(p.key, p.at.get("row"), p.at.get("column")) for p in error.value.problems]


def statements(found: Register) -> list[str]:
    for lang in LANGUAGES:
        assert all("{" not in one.sentence(Phrasebook(lang)) for one in found.statements)
    return [one.key for one in found.statements]


def test_a_plain_register_has_nothing_said_of_it() -> None:
    for kind in record_files.TEXTS:
        found = read(HEAD, P, Q, kind=kind)
        assert (found.lines, statements(found)) == ((2, 3), [])


def test_a_section_may_have_its_sums_beside_its_heading() -> None:
    first, second = ["一、泸县", "", "", 100, 1, 2, 30], ["二、纳溪区", "", "", 50, 3, 4, 20]
    found = read(HEAD, first, P, second, Q)
    assert (found.names, statements(found)) == (("甲公司", "乙公司"), ["totals_agreed"])
    assert refused(HEAD, first, P, [*second[:3], 51, *second[4:]], Q) == [("total_differs", 4, HEAD[3])]


def test_totals_of_parts_of_parts_are_held_against_their_own_rows() -> None:
    def total(name: str, *some: list[object]) -> list[object]:
        return [name, "", "", *(sum(x) for x in zip(*(row[3:] for row in some), strict=True))]  # type: ignore[arg-type]

    rows = [HEAD, P, Q, total("小计", P, Q), P, total("小计", P), total("市小计", P, Q, P), Q]
    rows.append(total("合计", P, Q, P, Q))
    found = read(*rows)
    assert len(found.names) == 4 and [one.details["count"] for one in found.statements] == [4]


def test_a_total_that_shows_nothing_or_cannot_be_added_up_is_said() -> None:
    assert statements(read(HEAD, P, ["合计", "", "", "", "", "", ""])) == ["totals_bare"]
    assert statements(read(HEAD, P, ["合计", "", "", "=SUM(D2:D2)", "", "", ""])) == ["totals_bare"]
    with pytest.raises(ScenarioError) as error:
        read(HEAD, [*P[:3], "约100", *P[4:]], ["合计", "", "", 100, 2, 2, 30])
    found = [(p.key, p.at["row"], p.at["column"]) for p in error.value.problems]
    assert found == [("cell_text", 2, HEAD[3]), ("total_differs", 3, HEAD[4])]


def test_an_entry_with_the_name_of_a_total_is_neither() -> None:
    assert refused(HEAD, P, ["合计", *P[1:]]) == [("record_total", 3, "项目名称")]


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([HEAD, P, ["其中：外资", "", "", 40, "", "", ""]], ("record_part", 3)),
        ([HEAD, P, ["丙公司", "", "", "", "", "", ""], Q], ("record_unclear", 3)),
        ([HEAD, P, ["项目名称", "所在区县", "签约时间", "别的", "", "", ""], Q], ("second_list", 3)),
        ([["", *HEAD], [1, *P], ["已核实", *Q]], ("header_blank", 1)),
        ([[*HEAD, ""], [*P, ""], [*Q, "已核实"]], ("row_length", 3)),
        ([HEAD, P, [*Q, 7]], ("row_length", 3)),
    ],
)
def test_a_row_that_cannot_be_told_is_named(rows: list[list[object]], key: tuple[str, int]) -> None:
    content = "\n".join(",".join(map(str, row)) for row in rows).encode()
    with pytest.raises(ScenarioError) as error:
        read_register("r.csv", content, RULES, WHO)
    assert [(p.key, p.at["row"]) for p in error.value.problems] == [key]


def test_a_row_of_text_with_too_few_cells_is_not_filled_up() -> None:
    content = "\n".join(",".join(map(str, row)) for row in (HEAD, P, Q[:6])).encode()
    with pytest.raises(ScenarioError) as error:
        read_register("r.csv", content, RULES, WHO)
    assert [(p.key, p.at["row"]) for p in error.value.problems] == [("row_length", 3)]


def test_headings_repeated_on_the_next_page_and_averages_are_left_out() -> None:
    rows = [["项目清单"], HEAD, P, ["项目清单"], HEAD, Q, ["平均", "", "", 75, 2, 3, 25]]
    found = read(*rows)
    assert (found.lines, statements(found)) == ((3, 6), ["records_headings", "records_averages"])


def test_a_unit_above_the_table_is_that_of_money_alone() -> None:
    bare = [name.replace("（万元）", "") for name in HEAD]
    found = read(["清单", "单位：万元"], bare, P)
    assert [figures.unit for figures in found.figures.values()] == ["万元", "万元", ""]
    assert refused(["清单", "单位：元"], bare, P) == [("projects_unit", 2, None)] * 2
    assert refused(["清单", "单位：元"], HEAD, [*P[:3], "x", *P[4:]]) == [("cell_text", 3, HEAD[3])]


def test_another_city_is_not_taken_for_ours() -> None:
    near = [*P[:1], "四川省泸州市泸县", *P[2:]]
    assert refused(HEAD, near, [*Q[:1], "成都市高新区", *Q[2:]]) == [
        ("recipient_elsewhere", 3, "区县（园区）")
    ]
    found = read(HEAD, near, [*Q[:1], "泸州市高新区管委会", *Q[2:]])
    assert found.recipients == ("lu", "park")


def test_without_a_list_of_recipients_spaces_tell_no_names_apart() -> None:
    content = record_files.text("csv", [HEAD, P, [*Q[:1], "泸 县", *Q[2:]], [*Q[:1], "1.泸县*", *Q[2:]]])
    found = read_register("r.csv", content, RULES)
    assert (set(found.recipients), statements(found)) == ({"泸县"}, ["records_read_as"] * 2)


# --- workbooks ------------------------------------------------------------------------------------


def with_formats(formats: dict[str, str], *rows: list[object], hidden: tuple[int, ...] = ()) -> bytes:
    import io

    import openpyxl

    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for cell, code in formats.items():
        made.active[cell].number_format = code
    for row in hidden:
        made.active.row_dimensions[row].hidden = True
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("formats", "key"),
    [
        ({"D2": "0%"}, ("cells_percent", None)),
        ({"D2": "0!.0,", "D3": "0!.0,"}, ("cell_scaled", 2)),
        ({"D3": '0"元"'}, ("cell_other_unit", 3)),
        ({"G3": '0"万"'}, ("cell_other_unit", 3)),
    ],
)
@pytest.mark.usefixtures("at_once")
def test_a_number_that_shows_another_one_is_refused(formats: dict[str, str], key: tuple[str, int]) -> None:
    with pytest.raises(ScenarioError) as error:
        read_register("r.xlsx", with_formats(formats, HEAD, P, Q), RULES, WHO)
    assert [(p.key, p.at.get("row")) for p in error.value.problems] == [key]


@pytest.mark.usefixtures("at_once")
def test_percentages_throughout_and_hidden_rows_are_read_and_said() -> None:
    content = with_formats({"G2": "0%", "G3": "0%", "D2": '0"万元"'}, HEAD, P, Q, hidden=(3,))
    found = read_register("r.xlsx", content, RULES, WHO)
    assert (found.lines, statements(found)) == ((2, 3), ["records_hidden", "records_percents"])
    assert found.figures[Text("就业人数")].years[None] == (30, 20)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
@pytest.mark.usefixtures("at_once")
def test_a_merged_figure_is_nobodys(kind: str) -> None:
    rows = [HEAD, P, [*Q[:3], "", *Q[4:]]]
    assert refused(*rows, kind=kind, merged=["D2:D3"]) == [("cell_merged", 2, HEAD[3])]
    # a name that is merged over the next column too leaves that without its own
    wide = refused(HEAD, ["甲公司", "", *P[2:]], Q, kind=kind, merged=["A2:B2"])
    assert wide == [("recipient_blank", 2, HEAD[1]), ("cell_merged", 2, HEAD[0])] or set(wide) == {
        ("recipient_blank", 2, HEAD[1])
    }


@pytest.mark.usefixtures("at_once")
def test_the_sheet_that_holds_the_register_is_found_or_chosen() -> None:
    sheets = [("封面", [["清单"]]), ("2022", [HEAD, P]), ("2021", [HEAD, Q])]
    content = record_files.xlsx(sheets)
    with pytest.raises(ScenarioError) as error:
        read_register("r.xlsx", content, RULES, WHO)
    assert [(p.key, p.details["names"]) for p in error.value.problems] == [
        ("sheets_several", ["2022", "2021"])
    ]
    found = read_register("r.xlsx", content, RULES, WHO, sheet="2021")
    assert (found.names, statements(found)) == (("乙公司",), ["sheet_other", "sheet_other"])
    with pytest.raises(ScenarioError) as error:
        read_register("r.xlsx", content, RULES, WHO, sheet="2020")
    assert error.value.problems[0].key == "sheet_unknown"


@pytest.mark.parametrize("kind", record_files.KINDS)
def test_every_kind_of_file_is_read_for_what_it_is(kind: str) -> None:
    rows = [["清单"], HEAD, P, [*Q[:2], date(2021, 6, 1), *Q[3:]], ["合计", "", "", 150, 4, 6, 50]]
    found = read(*rows, kind=kind)
    assert (found.names, found.signed[1]) == (("甲公司", "乙公司"), date(2021, 6, 1))


def test_a_scorecard_is_understood_alike() -> None:
    head = ["序号", "区县", "招商活动", "外出拜访", "备注"]
    own = [[1, "泸县人民政府", 3, 7, ""], [2, "纳溪区", 4, 1, ""], [3, "高新区", 5, 2, ""]]
    rows = [["工作开展情况"], head, *own, ["合计", "", 12, 10, ""], ["注：截至年底。"]]
    said: list[object] = []
    content = record_files.text("gb", rows)
    found = read_activities("a.txt", content, POINTS, WHO, said=said)  # type: ignore[arg-type]
    assert found[Text("招商活动")] == {"lu": 3, "naxi": 4, "park": 5}
    assert {one.key for one in said} == {"totals_agreed", "records_notes", "records_read_as"}  # type: ignore[attr-defined]
    wrong = record_files.text("gb", [*rows[:5], ["合计", "", 13, 10, ""]])
    with pytest.raises(ScenarioError) as error:
        read_activities("a.txt", wrong, POINTS, WHO)
    assert [(p.key, p.at["row"]) for p in error.value.problems] == [("total_differs", 6)]


# --- hostile --------------------------------------------------------------------------------------


def test_very_many_totals_and_very_many_rows_that_are_none_take_no_long_time() -> None:
    """Each total is held against the records next to it, and no more than a few runs of them."""
    row, part = ",".join(map(str, P)), "小计,,,100,1,2,30"
    content = "\n".join([",".join(HEAD), *[f"{row}\n{part}"] * 20_000]).encode()
    found = read_register("r.csv", content, RULES, WHO)
    assert len(found.names) == 20_000 and found.statements[0].details["count"] == 20_000
    blank = "\n".join([",".join(HEAD), row, *[",,,,,,"] * 100_000, "注：,,,,,,"]).encode()
    assert read_register("r.csv", blank, RULES, WHO).lines == (2,)


@pytest.mark.usefixtures("at_once")
def test_merged_cells_over_each_other_are_walked_once() -> None:
    import numpy as np

    from allocator.files.sheets.grids.grid import Cell, Grid
    from allocator.files.understanding.record_cells import unmerged
    from allocator.files.understanding.record_rows import Placed

    count = 20_000
    grid = Grid("", ((1, (Cell("a", "text"),)),), merged=tuple((n, 1, count, 1) for n in range(1, count)))
    columns = [["a", *[""] * (count - 1)]]
    placed = Placed({"project": 0}, texts=frozenset([0]))
    unmerged(grid, np.arange(1, count + 1), columns, ["x"], placed)
    assert set(columns[0]) == {"a"}


def test_more_projects_than_there_may_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from allocator.files.projects import register as reading

    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert refused(HEAD, P, Q, P) == [("sheet_large", None, None)]
    assert read(["清单"], HEAD, P, Q, ["合计", "", "", 150, 4, 6, 50]).names == ("甲公司", "乙公司")
