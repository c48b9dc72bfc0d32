"""The Allocate page as a person works with it: a real browser against a real server on this machine."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from browser import Visit, amounts_of, luzhou

from allocator.text import ZH
from allocator.ui.allocate.chips import FORMS
from allocator.ui.components.inside import placed
from allocator.ui.frame.navigation import FIRST

pytestmark = pytest.mark.browser

POINTS = {"investment": 40, "tax": 40, "employment": 10, "effort": 10}
# What has the focus: its name without icons, its role, whether it can be seen, and whether it can be used.
FOCUSED = placed("""() => {
    const at = document.activeElement, by = (at.getAttribute('aria-labelledby') || '').split(' ');
    const read = element => {
        const copy = element.cloneNode(true);
        copy.querySelectorAll('[aria-hidden=true], .streamlit-icon').forEach(e => e.remove());
        return copy.textContent;
    };
    const named = by.map(id => document.getElementById(id)).filter(Boolean).map(read).join(' ');
    const text = at.matches('a, button, summary') ? read(at) : '';
    const label = at.getAttribute('aria-label') || named || (at.labels?.[0] && read(at.labels[0])) || text;
    const box = at.getBoundingClientRect();
    return [label.trim(), at.getAttribute('role') || at.tagName.toLowerCase(), box.width * box.height > 0];
}""")


def test_loads_in_the_browsers_language_and_switches(visit: Any) -> None:
    chinese = visit(lang="zh")
    page = chinese.open()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    chinese.wait_for_amounts(amounts_of(luzhou(), "zh"))
    page.get_by_role("button", name="English").click()
    chinese.wait_for_amounts(amounts_of(luzhou(), "en"))
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.wait_for_url("**lang=en**")
    english = visit(lang="en")
    assert english.open().title() == "Allocate · Subsidy allocation"
    assert not chinese.wrong and not english.wrong


def test_ten_arrow_keys_are_ten_steps(visit: Any) -> None:
    person = visit()
    page = person.open()
    slider = page.get_by_role("slider", name="投资贡献值")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    total = 40 + 10 + 40 + 10 + 10
    weights = {id: 100 * value / Fraction(total) for id, value in {**POINTS, "investment": 50}.items()}
    person.wait_for_amounts(amounts_of(luzhou(), "zh", weights))
    page.wait_for_url("**weight.investment=50**")
    assert slider.input_value() == "50"
    assert page.get_by_text("合计110%，已按比例折算为100%").is_visible()


def test_slow_keys_lose_nothing_either(visit: Any) -> None:
    person = visit()
    page = person.open()
    slider = page.get_by_role("slider", name="投资贡献值")
    slider.focus()
    for step in range(1, 4):
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(f"**weight.investment={40 - step}**")
    assert slider.input_value() == "37"


def test_preset_link_and_back(visit: Any) -> None:
    person = visit()
    page = person.open()
    page.get_by_role("button", name="等权重", exact=True).click()
    person.wait_for_amounts(amounts_of(luzhou("equal-weights"), "zh"))
    page.wait_for_url("**weight.tax=25**")
    other = visit(lang="en")
    other.open(page.url.removeprefix(f"{person.server.address}/"))
    other.wait_for_amounts(amounts_of(luzhou("equal-weights"), "zh"))
    page.go_back()
    person.wait_for_amounts(amounts_of(luzhou(), "zh"))


def test_a_refresh_keeps_the_edits_of_every_scenario(visit: Any) -> None:
    person = visit()
    page = person.open()
    page.get_by_role("button", name="等权重", exact=True).click()
    person.wait_for_amounts(amounts_of(luzhou("equal-weights"), "zh"))
    choose(person, "自贸区封顶80%")
    person.wait_for_amounts(amounts_of(luzhou("cap-zone"), "zh"))
    page.get_by_role("button", name="等权重", exact=True).click()
    capped = amounts_of(luzhou("cap-zone"), "zh", dict.fromkeys(POINTS, 25))
    person.wait_for_amounts(capped)
    page.wait_for_url("**weight.tax=25**work=**")
    page.reload()
    person.settle()
    person.wait_for_amounts(capped)
    choose(person, "公布的办法：40/40/10/10")
    person.wait_for_amounts(amounts_of(luzhou("equal-weights"), "zh"))
    page.wait_for_url("**scenario=luzhou-2023%2Fpublished-rule**work=**")
    page.reload()
    person.settle()
    person.wait_for_amounts(amounts_of(luzhou("equal-weights"), "zh"))
    # also from a page that was turned to
    person.turn_to("saved")
    page.wait_for_url("**/saved?**work=**")
    page.reload()
    person.settle()
    person.turn_to("allocate")
    person.wait_for_amounts(amounts_of(luzhou("equal-weights"), "zh"))
    choose(person, "自贸区封顶80%")
    person.wait_for_amounts(capped)
    assert not person.wrong


def choose(person: Visit, title: str) -> None:
    """Chooses a scenario from the list."""
    person.page.get_by_role("combobox", name="测算方案").click()
    person.page.get_by_role("option", name=title).click()
    person.settle()


def test_names_of_all_recipients_stand_in_the_picture(visit: Any) -> None:
    page = visit().open("?lang=zh&scenario=luzhou-2023/cap-zone")
    rows = page.locator(".al-picture tbody th").all_inner_texts()
    assert [row for row in rows if row] == [recipient.name.zh for recipient in luzhou("cap-zone").recipients]


# --- by keyboard alone ----------------------------------------------------------------------------


def focused(page: Any) -> list[tuple[str, str]]:
    """Name and role of what Tab comes to, from the top until it leaves the page."""
    stops: list[tuple[str, str]] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        name, role, visible = page.evaluate(FOCUSED)
        if role == "body":
            break
        assert visible, f"{role} {name!r} has the focus and cannot be seen"
        stops.append((name, role))
    return stops


def place(stops: list[tuple[str, str]], name: str, *roles: str) -> int:
    """At which press of Tab a control of this name was reached."""
    found = [at for at, (label, role) in enumerate(stops) if label.startswith(name) and role in roles]
    assert found, f"Tab does not reach {name!r} ({'/'.join(roles)}): {stops}"
    return found[0]


def test_tab_reaches_every_control_in_the_order_of_the_page(visit: Any) -> None:
    person = visit()
    page = person.open()
    page.get_by_role("slider", name="投资贡献值").focus()
    page.keyboard.press("ArrowRight")  # now there is something to undo, and something to scale
    page.wait_for_url("**weight.investment=41**")
    page.reload()
    person.settle()
    stops = focused(page)
    assert not [name for name, _ in stops if re.search(r"[*\\]|[A-Za-z]{2,}", name) and name != "English"]
    order = [
        place(stops, "资金", "combobox", "input"),
        place(stops, "测算方案", "combobox", "input"),
        place(stops, "示例数据", "button"),
        place(stops, "撤销", "button"),
        place(stops, "恢复为原方案", "button"),
        place(stops, "保存", "button"),
        place(stops, "分享", "button"),
        place(stops, "制作材料", "button"),
        place(stops, "English", "button"),
        *(place(stops, ZH.say(f"app.nav.{name}"), "a") for name in FIRST),
        place(stops, "更多", "button"),
        place(stops, "40/40/10/10", "button"),
        place(stops, "等权重", "button"),
        place(stops, "30/30/30/10", "button"),
        *(place(stops, factor.name.zh, "slider", "input") for factor in luzhou().factors),
        place(stops, "取整为合计100%的整数权重", "button"),
        place(stops, "准确填写", "summary"),
        *(place(stops, ZH.say(label), "button") for label, _ in FORMS.values()),
        place(stops, "对比", "combobox", "input"),
        *(place(stops, recipient.name.zh, "button") for recipient in luzhou().recipients),
        place(stops, "资金分配测算表", "region"),
        place(stops, "某个对象的金额怎么来的", "summary"),
        place(stops, "文字说明与数据来源", "summary"),
        place(stops, "供核查", "summary"),
    ]
    assert order == sorted(order)


def test_enter_and_space_do_what_a_click_does(visit: Any) -> None:
    person: Visit = visit()
    page = person.open()
    page.get_by_role("button", name="等权重", exact=True).focus()
    page.keyboard.press("Enter")
    person.wait_for_amounts(amounts_of(luzhou("equal-weights"), "zh"))
    page.get_by_role("button", name="撤销", exact=True).focus()
    page.keyboard.press("Space")
    person.wait_for_amounts(amounts_of(luzhou(), "zh"))
    page.get_by_role("button", name="重做", exact=True).focus()
    page.keyboard.press("Enter")
    person.wait_for_amounts(amounts_of(luzhou("equal-weights"), "zh"))
    page.get_by_role("button", name="保存", exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.get_by_role("link", name=ZH.say("app.nav.compare"), exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare**")
    assert not person.wrong


def test_after_the_language_is_switched_every_control_still_works(visit: Any) -> None:
    person = visit(lang="zh")
    page = person.open()
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**lang=en**")
    person.settle()
    assert page.get_by_role("combobox", name="Scenario").input_value() == "The rule as published: 40/40/10/10"
    page.get_by_role("slider", name="Investment contribution").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**weight.investment=41**")
    for name in ("compare", "data", "method"):
        person.turn_to(name, "en")
        for language, heading in (("中文", "h1"), ("English", "h1")):
            page.get_by_role("button", name=language).click()
            page.wait_for_url(f"**lang={'zh' if language == '中文' else 'en'}**")
            person.settle()
            assert page.locator(heading).count() == 1
        assert page.locator(placed(".streamlit-exception, .streamlit-alert")).count() == 0
    assert not person.wrong
