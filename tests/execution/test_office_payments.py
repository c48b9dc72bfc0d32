"""Payments as offices list them: each comes in to the last cent, or is refused with all that is wrong."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import record_files
from commands import runs
from depth import cases, deeper
from pages import html_of, opened

from allocator import ScenarioError, allocate, load_scenario
from allocator.analysis.execution import Payments, payers
from allocator.files.execution.payments import read_payments
from allocator.files.sheets.grids import child
from allocator.files.understanding import records
from allocator.text import EN, LANGUAGES, Phrasebook

RULE = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023" / "published-rule.toml"
LUZHOU = load_scenario(RULE)
WHO = payers(allocate(LUZHOU))
DEPARTMENTS = [payer for payer in WHO if payer.department]
HEAD = ["用款单位", "支付日期", "金额（元）", "用途", "收款单位", "备注"]
SPELLINGS = (
    str, str, lambda name: f"{name[:1]}　{name[1:]}", lambda name: f"{name}\u200b",
    lambda name: f"四川省泸州市{name}", lambda name: f"{name}财政局", lambda name: f"{name}\n人民政府",
)  # fmt: skip
DAYS = (
    lambda day: day, lambda day: datetime(day.year, day.month, day.day), str,
    lambda day: f"{day.year}年{day.month}月{day.day}日",
)  # fmt: skip
SCALES = {"元": 1, "千元": 1000, "万元": 10_000}
ERRORS = ("", "", "", "total", "day", "stranger", "use", "amount", "unit", "two sheets")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes workbooks apart in this process: to start another takes most of the time of a small file."""

    def taken(file: str, kind: str, content: bytes, most_rows: int, memory_mb: int) -> object:
        return child._read(kind, file, content, most_rows)

    monkeypatch.setattr(records, "in_child", taken)


def paid(table: Payments) -> list[tuple[int, str, date, int, str]]:
    """The payments as they are meant: line, payer, day, fen, use."""
    rows = table.table[["line", "payer", "day", "fen", "use"]].itertuples(index=False)
    return [(line, table.payers[who], day.date(), fen, table.uses[use]) for line, who, day, fen, use in rows]


@dataclass
class Shape:
    """A list of payments as rows, with the payments in it, and what must be said where it is wrong."""

    rows: list[list[object]]
    payments: list[tuple[int, str, date, int, str]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    wrong: set[tuple[str, int | None]] = field(default_factory=set)


def drawn(seed: int, kind: str) -> Shape:
    draw = random.Random(seed)
    merges = kind not in record_files.TEXTS
    numbered = draw.random() < 0.5
    first = 1 if numbered else 0
    unit, stated = draw.choice([*SCALES]), draw.choice(("above", "heading", "row", "both"))
    spelling, day_form = draw.choice(SPELLINGS), draw.choice(DAYS)
    error = draw.choice(ERRORS)
    shape = Shape([])
    rows, wide = shape.rows, first + 6

    def line(number: object, *cells: object) -> int:
        made = [*([number] if numbered else []), *cells]
        rows.append([*made, *[""] * (wide - len(made))])
        return len(rows)

    def fen(amount: int) -> object:
        value = Decimal(amount) / 100 / SCALES[unit]
        return draw.choice((float, str))(value) if value < 10**6 else float(value)

    if draw.random() < 0.6:
        line("2023年专项资金支付明细表")
    other = draw.choice([one for one in SCALES if one != unit])
    if stated in ("above", "both"):
        line("", "", "", "", f"单位：{other if error == 'unit' and stated == 'both' else unit}")
    amount = f"金额（{unit}）" if stated in ("heading", "both") else "金额"
    names = (draw.choice(("用款单位", "单位", "区县（园区）")), draw.choice(("支付日期", "付款日期")))
    line("序号", *names, amount, "资金用途", "收款人", "摘要")
    top = len(rows)
    if error == "unit" and stated == "both":
        shape.wrong.add(("units_apart", top))
    if stated == "row":
        line("", "", "", unit)
    where = draw.choice(("none", "bottom", "top", "parts"))
    some = draw.sample(list(LUZHOU.recipients), 4)
    groups = [(r, [draw.randrange(1, 10**8) * 100 for _ in range(draw.randrange(1, 5))]) for r in some]
    if draw.random() < 0.3:
        groups[0][1].append(-groups[0][1][0])

    def total(name: str, amounts: list[int]) -> None:
        made = fen(sum(amounts))
        label = line(name, "", "", made) if numbered else line("", name, "", made)
        shape.totals.append(label)

    every = [x for _, amounts in groups for x in amounts]
    if where == "top":
        total("合计", every)
    for r, amounts in groups:
        start = len(rows) + 1
        for at, x in enumerate(amounts):
            day = date(2023, 5, 2) + timedelta(draw.randrange(200))
            use = draw.choice(("改善商事服务", "招商引资推介会", "ERP"))
            shown = "" if merges and at else spelling(r.name.zh)
            row = line(
                len(shape.payments) + 1, shown, day_form(day), fen(x), use, "甲", "退回" if x < 0 else ""
            )
            shape.payments.append((row, r.id, day, x, use))
        if merges and len(amounts) > 1:
            letter = "AB"[first]
            shape.merged.append(f"{letter}{start}:{letter}{len(rows)}")
        if where == "parts":
            total("小计", amounts)
    if where in ("bottom", "parts"):
        total("合　计", every)
    if draw.random() < 0.4:
        line("注：以国库支付系统为准，含退回。")
    row, who = draw.choice(shape.payments)[0], first
    cells = rows[row - 1]
    if error == "total" and shape.totals:
        bad = draw.choice(shape.totals)
        rows[bad - 1][first + 2] = float(str(rows[bad - 1][first + 2])) * 3 + 1
        shape.wrong.add(("total_differs", bad))
    elif error == "day":
        cells[who + 1] = "2023.6.3"
        shape.wrong.add(("day_points", row))
    elif error == "stranger" and not (merges and len(shape.merged)):
        cells[who] = "蓬莱仙岛"
        shape.wrong.add(("payment_payer", row))
    elif error == "use":
        cells[who + 3] = ""
        shape.wrong.add(("payment_use", row))
    elif error == "amount" and not shape.totals:
        cells[who + 2] = "约15"
        shape.wrong.add(("cell_text", row))
    elif error == "two sheets" and merges:
        shape.wrong.add(("sheets_several", None))
    return shape


def check(seed: int) -> None:
    kind = record_files.KINDS[seed % len(record_files.KINDS)]
    shape = drawn(seed, kind)
    several = ("sheets_several", None) in shape.wrong
    more = [("说明", [["填表说明"]]), *([("上年", shape.rows)] if several else [])]
    content = record_files.made(kind, shape.rows, shape.merged, more)
    place = f"seed {seed}, {kind}"
    try:
        found = read_payments(record_files.name(kind), content, LUZHOU, WHO)
    except ScenarioError as error:
        said = {(p.key, p.at.get("row")) for p in error.problems}
        assert said == shape.wrong, (place, error.sentences(EN))
        return
    assert not shape.wrong, (place, shape.wrong)
    assert paid(found) == shape.payments, place
    sums = [row for one in found.statements if one.key == "totals_agreed" for row in one.details["rows"]]
    assert sums == [str(row) for row in shape.totals], place


@deeper
@pytest.mark.usefixtures("at_once")
def test_payments_drawn_at_random_come_in_to_the_last_cent_or_are_refused_as_a_whole() -> None:
    for seed in range(cases(104, 4000)):
        check(seed)


# --- one thing at a time --------------------------------------------------------------------------


def read(*rows: list[object], kind: str = "csv", **more: Any) -> Payments:
    return read_payments(record_files.name(kind), record_files.made(kind, rows), LUZHOU, WHO, **more)


def refused(*rows: list[object], **more: Any) -> list[tuple[object, ...]]:
    with pytest.raises(ScenarioError) as error:
        read(*rows, **more)
    for lang in LANGUAGES:
        assert all("{" not in sentence for sentence in error.value.sentences(Phrasebook(lang)))
    return [(p.key, p.at.get("row"), p.at.get("column")) for p in error.value.problems]


NAXI = ["纳溪区", "2023-06-03", 170, "改善商事服务", "甲", ""]


def test_columns_that_number_or_remark_are_left_out_and_others_are_refused() -> None:
    found = read(["序号", *HEAD, "经办人"], [1, *NAXI, "张三"])
    assert [(one.key, one.details["names"]) for one in found.statements] == [
        ("columns_unread", ["序号", "经办人"])
    ]
    assert refused([*HEAD, "已付"], [*NAXI, 3]) == [("header_unknown", 1, None)]


def test_departments_are_found_whatever_the_spaces() -> None:
    name = DEPARTMENTS[0].name.zh
    found = read(HEAD, [f"{name[:3]} {name[3:]}\u200b", *NAXI[1:]])
    assert found.payers[found.table["payer"][0]] == DEPARTMENTS[0].id
    assert [one.key for one in found.statements] == ["records_read_as"]


def test_a_payment_with_the_name_of_a_total_is_refused() -> None:
    assert refused(HEAD, NAXI, ["合计", *NAXI[1:]]) == [("recipient_total", 3, HEAD[0])]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    rows = [
        ["支付明细"], [*HEAD, "颜色"], [*NAXI, ""], ["天津", "2023-06-31", "x", "", "", "", ""],
        ["只有一个单元格", "", "", "", "", "", ""], [*NAXI, ""], ["合计", "", 100, "", "", "", ""],
    ]  # fmt: skip
    assert refused(*rows) == [
        ("header_unknown", 2, None), ("payment_payer", 4, HEAD[0]), ("day_none", 4, HEAD[1]),
        ("cell_text", 4, HEAD[2]), ("payment_use", 4, HEAD[3]), ("record_unclear", 5, None),
    ]  # fmt: skip


def test_a_wrong_row_of_very_many_is_named() -> None:
    line = ",".join(map(str, NAXI))
    content = "\n".join([",".join(HEAD), *[line] * 30_000, "天津,2023-06-03,1,a,,", line]).encode()
    with pytest.raises(ScenarioError) as error:
        read_payments("p.csv", content, LUZHOU, WHO)
    assert [(p.key, p.at["row"]) for p in error.value.problems] == [("payment_payer", 30_002)]


# --- the command and the page ---------------------------------------------------------------------

SHEETS = [
    ("本年", [["2023年支付明细"], HEAD, NAXI, ["合计", "", 170]]),
    ("上年", [HEAD, [*NAXI[:2], 99, *NAXI[3:]]]),
]


def test_the_command_says_how_the_file_was_read_and_which_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = runs(capsys, "execution")
    file = tmp_path / "支付.xlsx"
    file.write_bytes(record_files.xlsx(SHEETS))
    assert "2 sheets hold such a table (本年, 上年); say which" in run(RULE, file, status=2)[1]
    out = " ".join(run(RULE, file, "--sheet", "本年", lang="zh")[0].split())
    assert "支付.xlsx：有1行合计与所属各行之和一致（第4行），只作核对，不计入" in out
    data = json.loads(run(RULE, file, "--sheet", "本年", "--format", "json")[0])
    assert data["paid"] == 170 and [one["what"] for one in data["statements"]] == [
        "sheet_other",
        "totals_agreed",
    ]
    assert json.loads(run(RULE, file, "--sheet", "上年", "--format", "json")[0])["paid"] == 99


def test_the_page_asks_for_the_sheet_and_says_how_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    app = opened("execution", "zh", scenario="luzhou-2023/published-rule")
    label = Phrasebook("zh").say("app.execution.upload_payments")
    (box,) = [one for one in app.file_uploader if one.label == label]
    box.upload("支付.xlsx", record_files.xlsx(SHEETS))
    app = app.run()
    assert "有2张工作表都有这样的表（本年、上年）" in "".join(one.value for one in app.error)
    (choice,) = [one for one in app.selectbox if one.label == "读哪张工作表"]
    app = choice.set_value("本年").run()
    html = html_of(app)
    assert "累计支付170元" in html and not app.error
    assert "有1行合计与所属各行之和一致（第4行）" in html and "工作表“上年”不是这张表，不读" in html
