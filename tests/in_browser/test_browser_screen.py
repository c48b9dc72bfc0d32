"""One screen: what stands on it, what a drag does, few actions to a cap, a page of paper, a whole way."""

from __future__ import annotations

import io
import unicodedata
from fractions import Fraction
from typing import Any

import pytest
from browser import Visit, amounts_of, luzhou
from docx import Document
from pypdf import PdfReader

from allocator.files.load import load_scenario
from allocator.text import ZH, Phrasebook
from allocator.ui.components.inside import placed
from allocator.ui.main import PAGES

pytestmark = pytest.mark.browser

BOXES = placed("""() => {
    const box = e => e.getBoundingClientRect();
    const rows = [...document.querySelectorAll('.al-picture tbody tr:not(.al-axis)')];
    return {
        top: box(document.querySelector('.al-picture')).top,
        rows: rows.map(row => box(row).bottom),
        sliders: [...document.querySelectorAll('.al-slider input')].map(e => box(e).bottom),
        wide: document.querySelector('.streamlit-main').scrollWidth - innerWidth,
    };
}""")
WORDS = placed("""() => {
    const main = document.querySelector('.streamlit-main');
    const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let said = '';
    while (walk.nextNode()) {
        range.selectNodeContents(walk.currentNode);
        const box = range.getBoundingClientRect();
        const hidden = walk.currentNode.parentElement.closest('.al-sr, h1, style');
        if (box.height && box.top < innerHeight && !hidden) said += walk.currentNode.data + ' ';
    }
    return said;
}""")


def title_of(page: Any) -> str:
    """The finding that is the title of the page."""
    return str(page.locator(".al-title").inner_text())


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1440, 900), (1920, 1080)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_nine_their_changes_and_all_sliders_are_on_the_first_screen(
    visit: Any, width: int, height: int, lang: str
) -> None:
    person: Visit = visit(lang=lang, width=width, height=height)
    page = person.open()
    found = page.evaluate(BOXES)
    assert len(found["rows"]) == 9 and len(found["sliders"]) == 4
    assert found["top"] < 260 and max(found["rows"]) < 760 and max(found["sliders"]) < 760
    assert found["wide"] <= 0
    assert not person.wrong


def test_a_step_changes_finding_picture_and_table_without_scrolling(visit: Any) -> None:
    person: Visit = visit(width=1366, height=768)
    page = person.open()
    before = title_of(page)
    page.get_by_role("slider", name="投资贡献值").focus()
    page.keyboard.press("End")
    weights = {"investment": 100, "tax": 40, "employment": 10, "effort": 10}
    scaled = {id: Fraction(100 * weight, 160) for id, weight in weights.items()}
    expected = amounts_of(luzhou(), "zh", scaled)
    person.wait_for_amounts(expected)
    person.settle()
    assert title_of(page) != before
    drawn = page.locator(".al-picture tbody tr:not(.al-axis)").all()
    shown = {row.locator("th").inner_text(): row.locator(".al-strong").inner_text() for row in drawn}
    assert shown == expected
    assert page.evaluate(placed("document.querySelector('.streamlit-main').scrollTop")) == 0


def test_the_picture_moves_while_a_slider_is_dragged_and_that_is_one_step(visit: Any) -> None:
    person: Visit = visit(width=1366, height=768)
    page = person.open()
    box = page.get_by_role("slider", name="税收贡献值").bounding_box()
    at = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.4 * box["width"], at)
    page.mouse.down()
    for step in range(1, 21):
        page.mouse.move(box["x"] + (0.4 + 0.025 * step) * box["width"], at)
    page.wait_for_url("**weight.tax=**")  # while the button is still held down
    page.mouse.up()
    person.settle()
    assert int(page.get_by_role("slider", name="税收贡献值").input_value()) > 60
    page.get_by_role("button", name="撤销", exact=True).click()
    person.wait_for_amounts(amounts_of(luzhou(), "zh"))


def test_a_cap_takes_three_actions_and_is_a_tag_that_can_be_taken_off(visit: Any) -> None:
    person: Visit = visit(width=1366, height=768)
    page = person.open()
    page.get_by_role("button", name="封顶", exact=True).click()  # 1; who gets most is chosen already
    page.get_by_role("textbox", name="封顶").fill("80")  # 2
    page.keyboard.press("Enter")  # 3
    capped = amounts_of(luzhou("cap-zone"), "zh")
    person.wait_for_amounts(capped)
    person.settle()
    assert title_of(page) == "自贸区4481万元（−519万元），转给其余8个：江阳区+147万元、古蔺县+114万元居前"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="撤销", exact=True).click()
    person.wait_for_amounts(amounts_of(luzhou(), "zh"))
    page.get_by_role("button", name="重做", exact=True).click()
    person.wait_for_amounts(capped)
    page.get_by_role("button", name="自贸区封顶80% ×").click()
    person.wait_for_amounts(amounts_of(luzhou(), "zh"))
    person.settle()
    assert not page.get_by_role("button", name="自贸区封顶80% ×").count()
    assert not person.wrong


def test_a_press_on_a_row_opens_how_its_amount_comes_about(visit: Any) -> None:
    person: Visit = visit(width=1366, height=900)
    page = person.open()
    page.get_by_role("button", name="古蔺县").click()
    person.settle()
    assert page.get_by_role("combobox", name=ZH.say("waterfall.pick")).input_value() == "古蔺县"
    seen = page.locator('[class*="st-key-steps-"] summary').first.bounding_box()
    assert 0 < seen["y"] < 200  # at the top of the window, where it is looked for


def test_the_list_of_further_pages_shuts_when_one_of_them_is_chosen(visit: Any) -> None:
    person: Visit = visit(width=1366, height=768)
    person.open()
    person.turn_to("seek")
    assert person.page.locator(placed(".streamlit-popover-open")).count() == 0


@pytest.mark.parametrize("path", ["", "compare"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_paper_it_is_one_page_with_amounts_and_changes(visit: Any, path: str, lang: str) -> None:
    person: Visit = visit(lang=lang, width=1366, height=768)
    both = "with=luzhou-2023/published-rule&with=luzhou-2023/cap-zone"
    page = person.open(f"{path}?lang={lang}&scenario=luzhou-2023/cap-zone&{both}")
    sheets = PdfReader(io.BytesIO(page.pdf(format="A4", print_background=True))).pages
    assert len(sheets) == 1
    said = "".join("".join(sheet.extract_text() for sheet in sheets).split())
    said = unicodedata.normalize("NFKC", said)
    for recipient, amount in amounts_of(luzhou("cap-zone"), lang).items():
        # its end: the font has one character for 龙 or 马 and the radical that looks like it
        assert "".join(recipient.split())[-2:] in said and amount in said
    for change in (147, 69, 51, 63, 22, 32, 114, 21, -519):
        assert Phrasebook(lang).number(change, sign=True) in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_is_longer_than_three_screens(visit: Any, lang: str) -> None:
    person: Visit = visit(lang=lang, width=1440, height=900)
    heights = {}
    for name in PAGES:
        page = person.open(f"{'' if name == 'allocate' else name}?lang={lang}")
        heights[name] = page.evaluate(placed("document.querySelector('.streamlit-main').scrollHeight"))
    assert {name: height for name, height in heights.items() if height > 2700} == {}
    assert not person.wrong


def test_few_words_stand_above_the_fold(visit: Any) -> None:
    """The office's table begins below; what is said besides names, figures and controls is one title."""
    page = visit(width=1366, height=768).open()
    characters = sum("\u4e00" <= c <= "\u9fff" for c in page.evaluate(WORDS))
    assert characters <= 260
    english = visit(lang="en", width=1366, height=768).open("?lang=en")
    assert len(english.evaluate(WORDS).split()) <= 191  # an icon and its name count as two


def test_from_a_fresh_start_to_a_paper_in_few_actions(visit: Any, tmp_path: Any) -> None:
    """Equal weights, the zone capped, compared, kept as a version for comments, and a paper of it."""
    person: Visit = visit(width=1366, height=900)
    page = person.open()
    act = person.act

    act(page.get_by_role("button", name="等权重", exact=True).click)
    act(page.get_by_role("button", name="封顶", exact=True).click)
    act(page.get_by_role("textbox", name="封顶").fill, "80")
    act(page.keyboard.press, "Enter")
    act(page.keyboard.press, "Escape")
    amounts = person.amounts()
    act(page.get_by_role("link", name=ZH.say("app.nav.compare"), exact=True).click)
    assert amounts["自贸区"] in page.inner_text(placed(".streamlit-main"))
    act(page.get_by_role("button", name="保存", exact=True).click)
    form = page.get_by_role("dialog")
    act(form.get_by_label("方案名称").fill, "方案一")
    act(form.get_by_role("combobox", name="定稿环节").click)
    act(page.get_by_role("option", name="征求区县意见").click)
    act(form.get_by_role("button", name="保存", exact=True).click)
    assert "征求区县意见" in page.locator(".st-key-top").inner_text()
    act(page.get_by_role("button", name="制作材料", exact=True).click)
    button = page.locator(placed(".streamlit-download button")).first
    with page.expect_download() as downloading:
        act(button.click)
    file = tmp_path / "paper.docx"
    downloading.value.save_as(file)
    paper = Document(str(file))
    cells = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    rows = {row[1]: row for row in cells if len(row) > 2}
    for name, amount in amounts.items():
        assert amount in rows[name]
    kept = load_scenario(person.server.home / "scenarios" / "方案一" / "scenario.toml")
    assert amounts_of(kept, "zh") == amounts
    assert person.actions < 25
    assert not person.wrong
