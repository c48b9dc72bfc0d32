"""One person's work from the first look to a restored state, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import browser as real
import pytest
from browser import Visit
from openpyxl import load_workbook

from allocator import allocate
from allocator.files.load import load_scenario
from allocator.ui.components.inside import placed

pytestmark = pytest.mark.browser

EQUAL = dict.fromkeys(("investment", "tax", "employment", "effort"), 25)


def upload(person: Visit, file: Path) -> None:
    """Hands a file to the page."""
    person.page.locator("input[type=file]").first.set_input_files(file)  # of the factor data
    person.settle()


def save(person: Visit, name: str, why: str) -> None:
    """Saves through the form of the toolbar."""
    page = person.page
    page.get_by_role("button", name="保存", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("方案名称").fill(name)
    form.get_by_label("修改说明").fill(why)
    form.get_by_role("button", name="保存", exact=True).click()
    form.wait_for(state="detached")
    person.settle()


def test_from_equal_weights_to_a_restored_state(visit: Any, tmp_path: Path) -> None:
    person = visit()
    page = person.open()
    page.get_by_role("button", name="等权重", exact=True).click()
    person.wait_for_amounts(real.amounts_of(real.luzhou("equal-weights"), "zh"))

    # the template, filled for the scenario, comes back with two mistakes: both are named, none is taken over
    person.turn_to("data")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载Excel模板").click()
    template = tmp_path / "template.xlsx"
    downloading.value.save_as(template)
    book = load_workbook(template)
    sheet = next(s for s in book if any(cell.value == "投资贡献值" for cell in s[1]))
    columns = {cell.value: cell.column for cell in sheet[1]}
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value}
    zone, county = rows["ftz"], rows["luxian"]
    right = sheet.cell(county, columns["税收贡献值"]).value
    sheet.cell(zone, columns["投资贡献值"]).value = "约92"
    sheet.cell(county, columns["税收贡献值"]).value = None
    book.save(tmp_path / "wrong.xlsx")
    upload(person, tmp_path / "wrong.xlsx")
    page.get_by_text("文件中有2处需要改正").wait_for()
    said = [line.inner_text() for line in page.locator("ol > li").all()]
    assert len(said) == 2
    assert all(
        part in said[0] + said[1]
        for part in ("约92", "投资贡献值", "税收贡献值", f"第{zone}行", f"第{county}行")
    )
    person.turn_to("allocate")
    person.wait_for_amounts(real.amounts_of(real.luzhou("equal-weights"), "zh"))

    # corrected, with one figure really changed
    person.turn_to("data")
    sheet.cell(zone, columns["投资贡献值"]).value = 82
    sheet.cell(county, columns["税收贡献值"]).value = right
    book.save(tmp_path / "right.xlsx")
    upload(person, tmp_path / "right.xlsx")
    page.get_by_text(re.compile("投资贡献值.*91\\.85.*82")).wait_for()

    # saved; what the command line reads in the user's folder is what the page shows
    person.turn_to("allocate")
    save(person, "方案一", "等权重，自贸区投资按82")
    first = person.amounts()
    stored = load_scenario(person.server.home / "scenarios" / "方案一" / "scenario.toml")
    assert stored.weights == EQUAL
    assert stored.factor("investment").values[stored.ids.index("ftz")] == 82
    assert first == real.amounts_of(stored, "zh")
    assert first != real.amounts_of(real.luzhou("equal-weights"), "zh")

    # held against the published rule
    person.turn_to("compare")
    chosen = page.locator(placed(".streamlit-many"))
    assert chosen.get_by_text("公布的办法：40/40/10/10").count() == chosen.get_by_text("方案一").count() == 1
    page.get_by_text("B − A").first.wait_for()
    compared = page.inner_text(placed(".streamlit-main"))
    zone_now = allocate(stored).amounts["ftz"] // 10_000
    assert str(zone_now) in compared and "税收贡献值由40%改为25%" in compared
    assert "91.85" in compared

    # the link shows the same to somebody else
    person.turn_to("allocate")
    page.get_by_role("button", name="分享", exact=True).click()
    link = page.get_by_role("dialog").locator("code").inner_text()
    page.keyboard.press("Escape")
    other = visit(lang="en")
    other.open(link.removeprefix(f"{person.server.address}/"))
    assert other.page.locator("html").get_attribute("lang") == "zh-CN"
    other.wait_for_amounts(first)

    # another save, and back to the first
    slider = page.get_by_role("slider", name="投资贡献值")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.get_by_role("slider", name="税收贡献值").focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.get_by_text("合计100%", exact=True).wait_for()
    page.wait_for_url("**weight.tax=20**")
    save(person, "方案一", "投资加重")
    assert person.amounts() != first
    person.turn_to("saved")
    assert "投资贡献值由25%改为30%" in page.inner_text(placed(".streamlit-main"))
    page.get_by_role("button", name="恢复为第1次保存").click()
    page.get_by_role("dialog").get_by_role("button", name="恢复", exact=True).click()
    page.get_by_text("第3次保存").wait_for()
    page.get_by_role("button", name="打开测算").click()
    page.locator("h1", has_text="测算").wait_for()
    page.wait_for_url("**scenario=%40**")  # a refresh here shows the same
    person.wait_for_amounts(first)
    restored = load_scenario(person.server.home / "scenarios" / "方案一" / "scenario.toml")
    assert allocate(restored).amounts == allocate(stored).amounts
    assert not person.wrong and not other.wrong
    assert not person.outside() and not other.outside()
