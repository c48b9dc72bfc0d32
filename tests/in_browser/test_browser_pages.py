"""Every page in both languages as a person sees it: whole, readable, in one language, for everybody."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import browser as real
import generated
import pytest
from browser import Visit
from phrases import sentences
from processes import until

from allocator.files.saved import store
from allocator.text import ZH, Phrasebook
from allocator.ui.components.inside import placed
from allocator.ui.main import PAGES

pytestmark = pytest.mark.browser

PICTURES = os.environ.get(
    "ALLOCATOR_PICTURES"
)  # a folder for pictures of the pages; without it none are made
PATHS = {page: "" if page == "allocate" else page for page in PAGES}
SAVED, DELETED = "2023-A", "2023-B"
SCENARIO = "luzhou-2023/equal-weights"
UNSAVED = "&".join(f"weight.{factor.id}=25" for factor in real.luzhou().factors)
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
ENGLISH = re.compile(r"[A-Za-z][\w'’-]*(?:[ ,;:]+[A-Za-z][\w'’-]*){2,}")
LATIN = re.compile(r"[A-Za-z]{2,}")
DOCUMENT = re.compile(r"[\u4e00-\u9fff]+〔\d{4}〕\d+号")  # what a notice is called in any language
# Names, hints and texts, also those that only a screen reader says; icons are words only to the machine, and
# in the cells of an editor stand the names of both languages.
TEXTS = placed("""() => {
    const said = [document.title, document.body.innerText];
    for (const e of document.querySelectorAll('[aria-label], [title], [placeholder], img[alt]'))
        for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
            if (e.getAttribute(name) && !e.closest('canvas, [hidden]')) said.push(e.getAttribute(name));
    for (const e of document.querySelectorAll('.streamlit-table-head')) said.push(e.textContent);
    const icons = [...document.querySelectorAll('.streamlit-icon')].map(e => e.innerText);
    return [said, icons.filter(Boolean)];
}""")
# Streamlit's page scrolls in a box of its own, not in the window; other boxes may scroll sideways.
OVERFLOWING = placed("""() => {
    const frames = [...document.querySelectorAll('.streamlit-app, .streamlit-view, .streamlit-main')];
    const boxed = e => { while (!frames.includes(e = e.parentElement) && e !== document.body)
        if (getComputedStyle(e).overflowX !== 'visible') return true; return false; };
    const wide = [...document.querySelectorAll('.streamlit-main *')].filter(e => {
        const box = e.getBoundingClientRect();
        const spilling = getComputedStyle(e).overflowX === 'visible' && e.clientWidth ? e.scrollWidth : 0;
        const reach = box.left + Math.max(box.width, spilling);
        return box.width && box.height && reach > innerWidth + 1 && box.left < innerWidth && !boxed(e);
    });
    const sideways = [document.documentElement, ...frames].some(e => e.scrollWidth > e.clientWidth);
    return [sideways, wide.map(e => e.outerHTML.slice(0, 120))];
}""")
FITTED = placed("""() => {
    const wide = e => e.getBoundingClientRect().width;
    return [...document.querySelectorAll('.streamlit-chart')].every(
        chart => wide(chart.querySelector('.streamlit-chart-marks')) <= wide(chart) + 1);
}""")
STILL = "() => document.getAnimations().every(moving => moving.playState !== 'running')"
VIOLATIONS = """async rules => (await axe.run({rules})).violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id} (${rule.impact}): ${node.target} ${node.html.slice(0, 200)} `
        + (node.any[0] || node.all[0] || node.none[0])?.message))"""


@pytest.fixture(scope="module")
def people(browser: Any, server: real.Server) -> Iterator[dict[str, Visit]]:
    """One person for each language, who walks through all pages; something is saved, and frozen once."""
    with pytest.MonkeyPatch.context() as set_to:
        set_to.setenv("ALLOCATOR_HOME", str(server.home))
        first = store.keep(SAVED, real.luzhou(), who="A", why="1", stage="S1", after=None)
        changed = real.luzhou().with_weights(investment=30, employment=20)
        store.keep(SAVED, changed, who="B", why="2", after=first.number)
        store.keep(DELETED, changed, who="B", after=None)
        store.discard(DELETED)
    both = {lang: Visit(browser, server, context=real.profile(browser, lang)) for lang in ("zh", "en")}
    yield both
    for each in both.values():
        each.context.close()


@pytest.fixture(scope="module")
def large(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """A person with a scenario of 183 recipients and 20 factors."""
    with real.serving(generated.write(tmp_path_factory.mktemp("scenarios"))) as server:
        person = Visit(browser, server, context=real.profile(browser, "zh"))
        yield person
        person.context.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    found = find_spec("axe_playwright_python")
    assert found and found.origin, "pip install axe-playwright-python"
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


def opened(person: Visit, page: str, lang: str, scenario: str = SCENARIO) -> Any:
    """The page with all that is folded away unfolded."""
    shown = person.open(f"{PATHS[page]}?lang={lang}&scenario={scenario}&with={scenario}&with=screen")
    folded = shown.locator("details:not([open]) > summary")
    while folded.count():
        folded.first.click()
        person.settle()
    return shown


def widened(person: Visit, width: int) -> None:
    """The window at another width, after the navigation and the charts have followed."""
    person.page.set_viewport_size({"width": width, "height": 2200})
    person.page.wait_for_function(FITTED)
    person.page.wait_for_function(STILL)
    person.settle()


def pictured(page: Any, name: str) -> None:
    """A picture for people to look at; no test does."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def overflowing(page: Any) -> Any:
    """What is wider than the window once editors and charts have followed its width."""
    until(lambda: page.evaluate(OVERFLOWING) == [False, []], lambda: page.evaluate(OVERFLOWING))
    return page.evaluate(OVERFLOWING)


def clean(page: Any, axe: str, **rules: Any) -> None:
    """No rule of axe-core is broken, of all that it knows by default."""
    page.mouse.move(0, 0)
    page.wait_for_function(STILL)  # what fades in or out has colours that are not its own
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS, rules) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_page(people: dict[str, Visit], axe: str, name: str, lang: str) -> None:
    person = people[lang]
    page = person.page
    if lang == "zh":  # first in a dark system
        page.emulate_media(color_scheme="dark")
        try:
            clean(opened(person, name, lang), axe)
        finally:
            page.emulate_media(color_scheme="light")
        person.settle()
    else:
        opened(person, name, lang)
    assert page.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[lang]
    assert (
        page.title()
        == f"{Phrasebook(lang).say(f'app.nav.{name}')} · {Phrasebook(lang).say('app.page.title')}"
    )
    assert page.locator("h1").all_inner_texts() == [Phrasebook(lang).say(f"app.nav.{name}")]
    assert name != "saved" or all(kept_one in page.inner_text("body") for kept_one in (SAVED, DELETED))
    assert foreign(page, lang) == []
    clean(page, axe)
    for width in (720, 400, 1440):  # 720 is what a window of 1440 has at a zoom of 200 %
        widened(person, width)
        if width != 720:
            pictured(page, f"{name}-{lang}-{width}")
        assert overflowing(page) == [False, []], f"sideways at {width}"
    assert person.outside() == []
    assert person.wrong == []


def foreign(page: Any, lang: str) -> list[str]:
    """What of a page's texts is a key, a trace of the program, or in the other language."""
    said, icons = page.evaluate(TEXTS)
    here = page.url.partition("?")[0]
    keys = [key.removeprefix("app.") for key in sentences(lang, "app.")]
    raw = re.compile(
        rf"app\.\w+\.\w+|\{{\w+\}}|\b(undefined|NaN|nan|None)\b|\b({'|'.join(map(re.escape, keys))})\b"
    )
    found = []
    for line in (line for text in said for line in text.splitlines()):
        if raw.search(line):
            found.append(line)
        elif lang == "en":
            found += [line] * (line != "中文" and bool(CHINESE.search(DOCUMENT.sub("", line))))
        elif line not in icons and here not in line:
            found += ENGLISH.findall(line)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_large_scenario(large: Visit, axe: str, name: str) -> None:
    page = large.open(f"{PATHS[name]}?lang=zh&scenario={generated.SLUG}")
    assert page.locator("h1").all_inner_texts() == [ZH.say(f"app.nav.{name}")]
    assert page.locator(placed(".streamlit-exception, .streamlit-alert")).count() == 0
    assert overflowing(page) == [False, []]
    # colours are those of the small pages, and for thousands of cells this one rule takes half a minute
    clean(page, axe, **{"color-contrast": {"enabled": False}})
    assert large.wrong == []


def test_a_register_of_projects(people: dict[str, Visit], axe: str) -> None:
    page = opened(people["zh"], "data", "zh", "luzhou-2023-projects/five-years")
    page.get_by_role("combobox", name=ZH.say("app.projects.other_pick")).click()
    page.get_by_role("option", name="eight-years-medicine.toml").click()
    page.get_by_text(ZH.say("projects.amounts_caption")).last.wait_for()
    people["zh"].settle()
    assert page.get_by_text(ZH.say("projects.awards_about")).is_visible()
    assert foreign(page, "zh") == []
    clean(page, axe)
    for width in (720, 400, 1440):
        widened(people["zh"], width)
        assert overflowing(page) == [False, []]


def test_what_streamlit_opens_is_in_the_readers_language(people: dict[str, Visit]) -> None:
    person = people["zh"]
    page = person.open(f"compare?lang=zh&scenario={SCENARIO}")
    assert page.locator(placed(".streamlit-menu")).count() == 0
    chosen = page.locator(placed(".streamlit-many input"))
    chosen.click()
    options = page.get_by_role("listbox")
    options.wait_for()
    assert LATIN.findall(options.inner_text()) == []
    chosen.press_sequentially("qqqq")
    options.get_by_text("没有匹配的选项").wait_for()
    chosen.press("Escape")
    page = person.open("data?lang=zh")
    page.locator(placed(".streamlit-table")).first.hover()
    page.get_by_role("button", name="查找：数据表").click()
    page.get_by_text("输入查找内容").wait_for()
    page.goto(f"{person.server.address}/nowhere?lang=zh")
    page.get_by_role("dialog").get_by_text("链接中的页面不存在").wait_for()
    assert LATIN.findall(page.get_by_role("dialog").inner_text()) == []
    person.wrong.clear()  # the browser's own word on the page that is not there


def test_charts_do_not_show_what_they_are_drawn_from(people: dict[str, Visit]) -> None:
    page = people["zh"].open(f"compare?lang=zh&scenario={SCENARIO}")
    page.locator(placed(".streamlit-chart")).first.hover()
    page.get_by_role("button", name=re.compile("^下载图片：")).first.wait_for()
    shown = page.evaluate(
        placed("""() => [...document.querySelectorAll('.streamlit-tools button')]
        .filter(button => button.offsetWidth).map(button => button.getAttribute('aria-label'))""")
    )
    assert {name.partition("：")[0] for name in shown} == {"下载图片", "全屏"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", ["cap-zone", "after-earmark"])
def test_the_offices_table_fits_a_usual_window(people: dict[str, Visit], file: str, lang: str) -> None:
    page = people[lang].open(f"?lang={lang}&scenario=luzhou-2023/{file}")
    sizes = page.locator(".al-scroll").evaluate_all("all => all.map(e => [e.scrollWidth, e.clientWidth])")
    assert sizes and all(wide <= room for wide, room in sizes)


def test_on_half_a_page_nothing_is_squeezed_beside_something(people: dict[str, Visit]) -> None:
    person = people["en"]
    for name in ("allocate", "compare"):
        page = opened(person, name, "en", "luzhou-2023/cap-zone")
        widened(person, 720)
        drawn = page.locator(placed(".al-picture, .streamlit-chart"))
        charts = drawn.evaluate_all("all => all.map(e => e.clientWidth)")
        assert charts and min(charts) > 500
        widened(person, 1440)


def test_a_name_in_the_picture_picks_its_recipient(people: dict[str, Visit]) -> None:
    page = people["zh"].open("?lang=zh&scenario=luzhou-2023/cap-zone")
    page.get_by_role("button", name="合江县", exact=True).click()
    page.get_by_text("合江县：分步计算").first.wait_for()
    people["zh"].settle()
    assert page.locator(placed(".streamlit-chart")).count() == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("button", ["save", "link"])
def test_windows_over_the_page(people: dict[str, Visit], axe: str, button: str, lang: str) -> None:
    page = people[lang].open(f"?lang={lang}&scenario={SCENARIO}")
    page.get_by_role("button", name=Phrasebook(lang).say(f"app.toolbar.{button}"), exact=True).click()
    page.get_by_role("dialog").wait_for()
    people[lang].settle()
    clean(page, axe)
    assert foreign(page, lang) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("window", ["rename", "duplicate", "freeze", "restore"])
def test_windows_for_a_saved_scenario(people: dict[str, Visit], axe: str, window: str, lang: str) -> None:
    person = people[lang]
    page = person.open(f"saved?lang={lang}&scenario=@{SAVED}&{UNSAVED}")
    page.get_by_role(
        "button", name=Phrasebook(lang).say(f"app.kept.{window}", number="1"), exact=True
    ).click()
    page.get_by_role("dialog").wait_for()
    person.settle()
    clean(page, axe)
    assert foreign(page, lang) == []
    for width in (400, 1440):
        widened(person, width)
        pictured(page, f"saved-{window}-{lang}-{width}")
    assert person.wrong == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_readings_side_by_side_and_what_is_asked_of_them(
    people: dict[str, Visit], axe: str, lang: str
) -> None:
    """Every reading chosen, one added, the nearest weights looked for and a table made."""
    person = people[lang]
    page = person.open(f"published?lang={lang}&scenario={SCENARIO}")
    shown = page.get_by_role("combobox", name=Phrasebook(lang).say("published.readings_choose"))
    for _ in range(4):
        shown.click()
        page.get_by_role("option").first.click()
        person.settle()
    page.keyboard.press("Escape")
    page.locator("article").nth(4).wait_for()
    unit = Phrasebook(lang).say("money.ten_thousand")
    for folded in ("nearest_title", "table_title"):
        page.locator("summary").filter(has_text=Phrasebook(lang).say(f"published.{folded}")).click()
        person.settle()
    field = page.get_by_role("textbox", name=Phrasebook(lang).say("published.nearest_amount", unit=unit))
    field.fill("4500")
    page.get_by_role("button", name=Phrasebook(lang).say("published.nearest_go")).click()
    page.get_by_text("31.09").first.wait_for()
    page.get_by_role("button", name=Phrasebook(lang).say("published.table_go")).click()
    page.get_by_role("region", name=Phrasebook(lang).say("audit.table")).wait_for()
    person.settle()
    assert foreign(page, lang) == []
    clean(page, axe)
    for width in (400, 1440):
        widened(person, width)
        pictured(page, f"readings-{lang}-{width}")
        assert overflowing(page) == [False, []], f"sideways at {width}"
    assert person.outside() == []
    assert person.wrong == []
