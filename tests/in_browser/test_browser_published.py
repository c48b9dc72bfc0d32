"""The page of what the published split implies as a person works with it, in a real browser."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from browser import luzhou
from test_browser import focused, place

from allocator.analysis.audit import amount_bounds, audit

pytestmark = pytest.mark.browser


def test_tab_reaches_every_control_of_what_the_split_implies(visit: Any) -> None:
    person = visit()
    page = person.open("published?lang=zh&scenario=luzhou-2023/equal-weights")
    for folded in ("权重要变动多少", "与下达结果相容的一张表", "添加自己的口径", "公开数字的勾稽"):
        page.locator("summary").filter(has_text=folded).first.click()
        person.settle()
    page.locator(".al-brand").click()  # from the top again
    stops = focused(page)
    order = [
        place(stops, "测算方案", "combobox", "input"),
        place(stops, "显示的口径", "combobox", "input"),
        place(stops, "25/25/25/25", "button"),
        *(place(stops, factor.name.zh, "slider", "input") for factor in luzhou().factors),
        place(stops, "另加合计的区县", "combobox", "input"),
        place(stops, "权重25/25/25/25时的可能范围", "summary"),
        place(stops, "列表", "summary"),
        place(stops, "金额（万元）", "input", "textbox"),
        place(stops, "查找权重", "button"),
        place(stops, "生成这张表", "button"),
        place(stops, "添加自己的口径", "summary"),
        place(stops, "口径名称", "input", "textbox"),
        place(stops, "添加口径", "button"),
        place(stops, "资金去向", "region"),
        place(stops, "资金用途", "region"),
    ]
    assert order == sorted(order)


def test_ranges_follow_the_sliders_by_keyboard(visit: Any) -> None:
    """40/40/10/10 one point off: the zone fits into tax, work, employment at 1.1 and investment at 39/40."""
    person = visit()
    page = person.open("published?lang=zh&scenario=luzhou-2023/published-rule")
    page.get_by_role("slider", name="投资贡献值").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("slider", name="就业贡献值").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("权重39/40/11/10时的可能范围").first.wait_for()
    low, high = amount_bounds(audit(luzhou()), {"investment": 39, "employment": 11})["ftz"]
    page.locator("summary").filter(has_text="权重39/40/11/10时的可能范围").click()
    row = page.locator("tr.al-recipient", has_text="自贸区").filter(has_text="不能判断")
    cells = row.locator("td.al-number").all_inner_texts()
    assert [float(cell) for cell in cells[1:]] == [
        math.floor(low / 100) / 100,
        math.ceil(high / 100) / 100,
    ]


def test_a_reading_is_uploaded(visit: Any, tmp_path: Path) -> None:
    person = visit(lang="en")
    page = person.open("published?lang=en&scenario=luzhou-2023/published-rule")
    page.get_by_text("Add a reading of your own").click()
    right = (
        'format = 1\ntitle = "own one"\nscenario = "after-earmark.toml"\n'
        '[[scored]]\nfactor = "tax"\nlow = 1\nhigh = 2\n'
    )
    for name, content, said in (
        ("large.toml", "#" * 300_000, "200 KB at the most"),
        ("wrong.toml", right.replace('"tax"', '"taxes"'), "did you mean “tax”"),
        ("right.toml", right, "Added: own one"),
    ):
        file = tmp_path / name
        file.write_text(content, "utf-8")
        page.locator("input[type=file]").set_input_files(str(file))
        page.get_by_text(said).first.wait_for()
        person.settle()
    page.get_by_role("combobox", name="Readings shown").press_sequentially("own one")
    page.get_by_role("option", name="own one (added by you)").click()
    page.locator("article", has_text="own one (added by you)").wait_for()
    page.keyboard.press("Escape")  # while the list is open, nothing else can be reached
    with page.expect_download() as download:
        page.get_by_role("button", name="Download “own one” as a file").click()
    assert Path(download.value.path()).read_text("utf-8") == right  # with the scenario that it names
    assert person.wrong == []
