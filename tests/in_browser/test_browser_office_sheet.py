"""An office's own sheet on the page Data: it comes in as one step, or asks, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from browser import Visit, luzhou

from allocator.text import ZH

pytestmark = pytest.mark.browser


def sheet(path: Path, *, total: int | None = None, missing: bool = False) -> Path:
    """A title, headings, numbering, a total, remarks; the figures of the n-th recipient are n, n+1, 2, 3."""
    scenario = luzhou()
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("测算表")
    page.write(0, 0, "因素数据汇总表")
    page.write_row(1, 0, ["序号", "单位名称", *(f.name.zh for f in scenario.factors), "备注"])
    for at, recipient in enumerate(scenario.recipients, 1):
        values = [at, at + 1, 2, "-" if missing and at == 3 else 3]
        page.write_row(at + 1, 0, [at, f"{recipient.name.zh}人民政府", *values])
    count = len(scenario.recipients)
    first = sum(range(1, count + 1)) if total is None else total
    rest = [sum(range(2, count + 2)), 2 * count, 3 * count - (3 if missing else 0)]
    page.write_row(count + 2, 1, ["合计", first, *rest])
    book.close()
    return path


def test_it_comes_in_as_one_step(visit: Any, tmp_path: Path) -> None:
    person: Visit = visit()
    page = person.open("data?lang=zh&scenario=luzhou-2023/published-rule")
    box = page.locator("input[type=file]").first
    box.set_input_files(str(sheet(tmp_path / "一.xlsx")))
    person.settle()
    page.get_by_role("button", name=ZH.say("app.table_editor.take_sheet")).click()
    page.get_by_text("由91.85改为9").first.wait_for()
    person.settle()
    person.turn_to("allocate")
    assert not page.get_by_role("button", name=ZH.say("assumed.badge")).count()  # provided, not assumed
    page.get_by_role("button", name="撤销", exact=True).click()
    page.get_by_role("button", name=ZH.say("assumed.badge")).wait_for()
    assert not person.wrong


def test_a_total_that_differs_is_named_and_a_blank_is_asked_about(visit: Any, tmp_path: Path) -> None:
    person: Visit = visit()
    page = person.open("data?lang=zh&scenario=luzhou-2023/published-rule")
    box = page.locator("input[type=file]").first
    box.set_input_files(str(sheet(tmp_path / "二.xlsx", total=46)))
    page.get_by_text("相差1").first.wait_for()
    person.settle()
    assert not page.get_by_role("button", name=ZH.say("app.table_editor.take_sheet")).count()
    page = person.open("data?lang=zh&scenario=luzhou-2023/published-rule")
    page.locator("input[type=file]").first.set_input_files(str(sheet(tmp_path / "三.xlsx", missing=True)))
    question = page.get_by_role("combobox", name="是零")
    question.wait_for()
    person.settle()
    assert not page.get_by_role("button", name=ZH.say("app.table_editor.take_sheet")).count()
    question.click()
    page.get_by_role("option", name=ZH.say("app.start.choice_zero")).click()
    page.get_by_role("button", name=ZH.say("app.table_editor.take_sheet")).wait_for()
    assert "--blank" not in page.inner_text("body")
    assert not person.wrong


def test_other_factors_come_in_with_their_weights_and_go_again(visit: Any, tmp_path: Path) -> None:
    person: Visit = visit()
    page = person.open("data?lang=zh&scenario=luzhou-2023/published-rule")
    rows = ["区县,招商实绩（60%）,产业贡献（40%）"]
    rows += [f"{recipient.name.zh},{at},{at + 1}" for at, recipient in enumerate(luzhou().recipients, 1)]
    file = tmp_path / "新办法.csv"
    file.write_text("\n".join(rows), "utf-8")
    page.locator("input[type=file]").first.set_input_files(str(file))
    page.get_by_text(ZH.say("app.table_editor.instead"), exact=True).click()
    weights = page.locator('[class*="-weight-"] input')
    weights.nth(1).wait_for()
    person.settle()
    assert [weights.nth(at).input_value() for at in range(2)] == ["60", "40"]
    page.get_by_role("button", name=ZH.say("app.table_editor.take_sheet")).click()
    person.settle()
    person.turn_to("allocate")
    sliders = page.get_by_role("slider")
    assert [sliders.nth(at).input_value() for at in range(sliders.count())] == ["60", "40"]
    page.get_by_role("button", name="撤销", exact=True).click()
    person.settle()
    assert sliders.count() == len(luzhou().weights)
    assert not person.wrong
