"""From a sheet as an office has it to a split that is kept, in few actions and without a terminal."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from browser import Visit
from commands import ended
from processes import until

from allocator import allocate, load_scenario
from allocator.text import ZH

pytestmark = pytest.mark.browser

VALUES = {
    "东城区": ("12,345.6", 1502, 820, 85), "西城区": (6789, 702, 455, 80), "南县": (5012.3, 498, 390, 78),
    "北县": (7001, 655, 610, 82), "高新区": (402100, 40100, 9020, 96),
}  # fmt: skip
WEIGHTS = (30, 30, 20, 20)
PREVIOUS = {"东城区": 400, "西城区": 300, "南县": 200, "北县": 100, "高新区": 1500}


def office_sheet(path: Path) -> Path:
    """A title, a unit, merged headings in two rows, numbering, a total, a note; and another sheet."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("测算表")
    sheet.merge_range(0, 0, 0, 6, "某市2025年因素数据测算表")
    sheet.write(1, 5, "单位：万元")
    for at, head in enumerate(("序号", "县（市、区）")):
        sheet.merge_range(2, at, 3, at, head)
    sheet.merge_range(2, 2, 2, 5, "贡献情况")
    for at, head in enumerate(("投资额", "税收额", "就业人数（人）", "工作得分项"), 2):
        sheet.write(3, at, head)
    sheet.merge_range(2, 6, 3, 6, "备注")
    for row, (name, values) in enumerate(VALUES.items(), 4):
        sheet.write_row(row, 0, [row - 3, name[0] + "　" + name[1:] if len(name) == 2 else name, *values])
    total = 4 + len(VALUES)
    sheet.write(total, 1, "合　计")
    sums = [sum(Fraction(str(v[at]).replace(",", "")) for v in VALUES.values()) for at in range(4)]
    sheet.write_row(total, 2, [float(each) for each in sums])
    sheet.write(total + 1, 0, "注：数据截至2025年12月31日。")
    book.add_worksheet("说明").write(0, 0, "本表由各部门提供。")
    book.close()
    return path


def test_from_a_sheet_to_a_split_that_is_kept(
    visit: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person: Visit = visit(width=1440, height=900)
    page = person.open()
    act = person.act

    def write(label: str, text: str) -> None:
        page.get_by_label(label, exact=True).fill(text)
        page.keyboard.press("Tab")

    act(page.get_by_role("combobox", name=ZH.say("app.page.fund")).click)
    act(page.get_by_role("option", name="新建资金…").click)
    page.locator("h1", has_text="新建资金").wait_for()
    person.settle()
    act(page.locator("input[type=file]").set_input_files, str(office_sheet(tmp_path / "测算表.xlsx")))
    act(write, "资金名称", "某市招商资金")
    act(write, "资金总额", "3000万元")
    fields = page.locator('[class*="st-key-start-weight-"] input')
    assert fields.count() == 4
    for at, weight in enumerate(WEIGHTS):

        def set_weight(at: int = at, weight: int = weight) -> None:
            fields.nth(at).fill(str(weight))
            page.keyboard.press("Tab")

        act(set_weight)
    act(page.locator("summary").filter(has_text="上年下达数").click)
    lines = "\n".join(f"{name}\t{amount}" for name, amount in PREVIOUS.items())
    act(page.get_by_label(ZH.say("app.start.previous_about")).fill, lines)
    act(page.keyboard.press, "Tab")
    act(page.get_by_role("button", name=ZH.say("app.start.save"), exact=True).click)
    page.locator("h1", has_text="测算").wait_for()
    person.settle()
    assert person.actions <= 15, person.actions

    parts = [[Fraction(str(v[at]).replace(",", "")) for v in VALUES.values()] for at in range(4)]
    entitled = {
        name: 30_000_000
        * sum(Fraction(w, 100) * each[row] / sum(each) for w, each in zip(WEIGHTS, parts, strict=True))
        for row, name in enumerate(VALUES)
    }
    file = person.server.home / "scenarios" / "某市招商资金" / "scenario.toml"
    kept = load_scenario(file)
    made = allocate(kept)
    assert list(made.entitlements.values()) == list(entitled.values())
    assert [amount // 10_000 for amount in (kept.previous or {}).values()] == list(PREVIOUS.values())
    shown = person.amounts()
    assert list(shown.values()) == [str(amount // 10_000) for amount in made.amounts.values()]
    assert "上年" in page.locator(".st-key-legend").inner_text()
    out, _ = ended(capsys, ["run", file, "--format", "csv", "--lang", "zh"])
    assert all(f"{amount}" in out for amount in made.amounts.values())
    assert not person.wrong


def test_a_refresh_asks_before_a_new_fund_is_forgotten(visit: Any, tmp_path: Path) -> None:
    person: Visit = visit(width=1440, height=900)
    page = person.open()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    person.turn_to("new")
    page.locator("input[type=file]").set_input_files(str(office_sheet(tmp_path / "测算表.xlsx")))
    person.settle()
    page.get_by_label("资金名称", exact=True).fill("某市招商资金")
    page.keyboard.press("Tab")
    person.settle()
    page.evaluate("() => { setTimeout(() => location.reload()); }")
    until(lambda: page.evaluate("() => true") and asked, lambda: "nothing was asked")
    assert asked == ["beforeunload"]
    assert page.get_by_label("资金名称", exact=True).input_value() == "某市招商资金"
