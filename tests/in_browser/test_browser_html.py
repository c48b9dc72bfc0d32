"""The page that travels in a real browser, from a file and with the network off."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any
from unicodedata import normalize

import page_vectors
import pytest
from browser import WAIT
from depth import cases, deeper
from generated import generated
from pypdf import PdfReader

from allocator import Factor, Fund, Limit, Recipient, Scenario, allocate, load_scenario
from allocator.core.errors import AllocatorError
from allocator.core.parts import Text
from allocator.report.html.leader import leader_page
from allocator.report.html.recipient import own_figures, recipient_page
from allocator.report.papers.proposal import proposal
from allocator.text import EN, ZH, Phrasebook

pytestmark = pytest.mark.browser
FOLDER = Path("scenarios/luzhou-2023")
RULE, EQUAL, CAP = (
    load_scenario(FOLDER / f"{name}.toml") for name in ("published-rule", "equal-weights", "cap-zone")
)
DAY = date(2026, 3, 2)
VIOLATIONS = """async () => (await axe.run()).violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.html.slice(0, 160)}`))"""

ROWS = "rows => rows.map(row => ['th', '.strong'].map(cell => row.querySelector(cell).textContent))"
SMALLEST = """box => Math.min(...[...box.querySelectorAll('td, th, p, li')].map(
    one => parseFloat(getComputedStyle(one).fontSize)))"""


def leader(*scenarios: Scenario, lang: str = "zh", data: bool = True, proposed: int = 0) -> bytes:
    return leader_page(proposal(scenarios, Phrasebook(lang), DAY, proposed=proposed), data=data)


@pytest.fixture
def open_file(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens bytes as a file with the network off; in the end nobody was asked and nothing failed."""
    context = browser.new_context(offline=True, viewport={"width": 1366, "height": 768})
    context.set_default_timeout(WAIT)
    asked: list[str] = []
    wrong: list[str] = []
    pages: list[Any] = []

    def start(content: bytes, *, width: int = 1366, height: int = 768, after: str = "") -> Any:
        file = tmp_path / f"page{len(pages)}.html"
        file.write_bytes(content)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(file.as_uri() + after)
        pages.append(page)
        return page

    yield start
    opened = {(tmp_path / f"page{n}.html").as_uri() for n in range(len(pages))}
    context.close()
    assert {url.partition("#")[0] for url in asked} <= opened
    assert wrong == []


def amounts(page: Any, at: str = ".picture") -> dict[str, str]:
    """What the picture says each recipient gets, by name."""
    rows = page.locator(f"{at} tbody tr:not(.axis)")
    return dict(
        rows.evaluate_all(
            "rows => rows.map(row => ['th', '.strong'].map(of => row.querySelector(of).textContent))"
        )
    )


def wanted(scenario: Scenario, book: Phrasebook = ZH) -> dict[str, str]:
    found = allocate(scenario).amounts
    return {book.text(r.name): book.number(found[r.id] // 10_000) for r in scenario.recipients}


def pictured(page: Any, name: str) -> None:
    """A picture of the page, where a folder for pictures is named."""
    if folder := os.environ.get("ALLOCATOR_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


@contextmanager
def engine(browser: Any) -> Iterator[Any]:
    """A blank page with the script's own modules in it."""
    context = browser.new_context(offline=True)
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.evaluate(f"() => {{ {page_vectors.ENGINE} }}")
    yield page
    context.close()


# --- the same amounts as the program --------------------------------------------------------------


@deeper
def test_amounts_are_those_of_the_program_to_the_last_unit(browser: Any) -> None:
    """Amounts, ties, limits reached, k and every stage, or the same refusal, on what `allocate` made."""
    seed = Random().randrange(10**9) if cases(1) > 1 else 41
    print("seed", seed)
    vectors = page_vectors.vectors(cases(200, 2000), seed)
    with engine(browser) as page:
        found = page.evaluate("vectors => vectors.map(workedOut)", [asked for asked, _ in vectors])
    assert len(vectors) == cases(200, 2000)
    for (asked, expected), got in zip(vectors, found, strict=True):
        assert got == expected, json.dumps(asked)[:2000]
    refused = sum("refused" in expected for _, expected in vectors)
    assert len(vectors) // 20 < refused <= len(vectors) // 8
    some = [expected for _, expected in vectors if "refused" not in expected]
    assert any(expected["tied"] for expected in some) and any(expected["at"] for expected in some)
    assert any(len(amount) > 12 for expected in some for amount in expected["amounts"])


@deeper
def test_titles_are_those_of_the_program(browser: Any) -> None:
    made = list(page_vectors.titles(cases(60, 2000), 43))
    with engine(browser) as page:
        found = page.evaluate(
            "([asked, language]) => asked.map(one => titled(one, language))",
            [[asked for asked, _ in made], page_vectors.LANGUAGE],
        )
    assert found == [titles for _, titles in made]
    assert len({re.sub(r"[\d.,+−]", "", titles[0])[:6] for _, titles in made}) > 4


def test_checksums_are_sha256(browser: Any) -> None:
    rnd = Random(5)
    texts = [
        "",
        "abc",
        "泸州市" * 50,
        *("a" * n for n in range(50, 70)),
        "".join(map(chr, rnd.sample(range(32, 5000), 900))),
    ]
    with engine(browser) as page:
        assert page.evaluate("texts => texts.map(sha256)", texts) == [
            hashlib.sha256(text.encode()).hexdigest() for text in texts
        ]


def test_a_corrected_figure_gives_what_the_program_gives(browser: Any) -> None:
    """Against `allocate` on the scenario with that one value changed."""
    rnd, asked, expected = Random(11), [], []
    for scenario in page_vectors.scenarios(17):
        if scenario.kind != "shares" or scenario.coefficient or len(scenario.participants) < 3:
            continue
        try:
            made = proposal([scenario], ZH, DAY)
        except AllocatorError:
            continue
        at = rnd.choice(scenario.participants)
        id = scenario.ids[at]
        own = own_figures(made, id)
        assert own is not None
        place = rnd.randrange(len(own["factors"]))
        factor = [f for f, weight in scenario.weights.items() if weight][place]
        value = rnd.choice((0, 1, rnd.randint(0, 10**6), rnd.randint(0, 10**12)))
        changed = [
            replace(f, values=(*f.values[:at], value, *f.values[at + 1 :])) if f.id == factor else f
            for f in scenario.factors
        ]
        try:
            found = allocate(replace(scenario, factors=tuple(changed), limits=()))
        except AllocatorError:
            continue
        asked.append([own, place, str(value)])
        expected.append(str(found.entitlements[id]))
        if len(asked) == 30:
            break
    with engine(browser) as page:
        got = page.evaluate(
            "asked => asked.map(([own, at, text]) => [agreeing(own), correctedTo(own, at, text)])", asked
        )
    assert got == [[True, text] for text in expected]


# --- on opening -----------------------------------------------------------------------------------


@pytest.mark.parametrize("book", [ZH, EN], ids=["zh", "en"])
def test_it_opens_says_the_same_as_the_program_and_shows_it(open_file: Any, book: Phrasebook) -> None:
    page = open_file(leader(RULE, EQUAL, CAP, lang=book.language, proposed=2))
    page.locator(".pill.ok", has_text=book.say("html.script.check_same")).wait_for()
    assert amounts(page) == wanted(CAP, book)
    assert page.locator(".chip").count() == 1 and page.locator(".point:not(.hollow)").count() == 0
    assert page.locator("#fixed").count() == 0


def test_a_changed_byte_is_told(open_file: Any) -> None:
    whole = leader(RULE, CAP)
    at = whole.index(b'id="data"')
    digit = re.compile(rb"[1-8]").search(whole, at + 4000)
    assert digit is not None
    fixed = re.compile(rb'<td class="n">(\d)').search(whole)
    assert fixed is not None
    for place in (digit.start(), fixed.start(1)):
        changed = bytearray(whole)
        changed[place] += 1
        page = open_file(bytes(changed))
        page.locator("#changed", has_text="改动").wait_for()
        assert page.locator("input, .picture, .pill.ok").count() == 0
        assert (
            page.locator("#fixed .sheet").count() > 0
        )  # what stands without scripts stays, below the warning


def test_amounts_that_the_browser_does_not_come_to_are_shown_fixed(open_file: Any) -> None:
    """As if the program had said otherwise: the file is whole, and yet an option differs."""
    whole = leader(CAP, EQUAL).decode()
    data = re.search(r'id="data">(.*?)</script>', whole, re.DOTALL)
    assert data is not None
    content = json.loads(data[1])
    at = content["options"][0]["amounts"]
    assert at != content["options"][1]["amounts"]
    content["columns"][at][0], content["columns"][at][1] = (
        content["columns"][at][1],
        content["columns"][at][0],
    )
    text = (
        json.dumps(content, ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
    )
    old = hashlib.sha256(data[1].encode()).hexdigest()
    changed = whole.replace(data[1], text).replace(old, hashlib.sha256(text.encode()).hexdigest())
    page = open_file(changed.encode())
    page.locator(".pill.bad", has_text="与程序不一致").wait_for()
    assert page.locator("aside input").count() == 0
    assert page.locator("aside").inner_text() == ZH.say("html.script.check_apart_option")
    page.get_by_role("button", name="方案B").click()
    assert page.locator("aside input[type=range]").count() == 4


def test_without_scripts_finding_and_table_stand_there(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(leader(RULE, CAP, proposed=1))
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert ZH.say("html.unread") in page.locator("#unread").inner_text()
    shown = page.locator("#fixed").inner_text()
    assert (
        "自贸区4481万元（−519万元）" in shown
        and "Free Trade Zone" in shown
        and ZH.say("report.mark") in shown
    )
    rows = page.locator("#fixed section").first.locator(".sheet").first.locator("tbody tr")
    assert "江阳区" in rows.nth(2).inner_text() + rows.nth(0).inner_text() + rows.nth(3).inner_text()
    context.close()


def test_rules_beyond_are_shown_fixed_and_say_why(open_file: Any) -> None:
    made = load_scenario("scenarios/luzhou-2023-pools/two-pools.toml")
    page = open_file(leader(made))
    page.locator(".pill.scaled", has_text="固定数字").wait_for()
    assert amounts(page) == wanted(made)
    assert "分项" in page.locator("aside").inner_text() and page.locator("aside input").count() == 0


def test_without_data_nothing_can_be_moved(open_file: Any) -> None:
    page = open_file(leader(RULE, CAP, data=False))
    page.locator(".pill.scaled").wait_for()
    assert page.locator("aside").inner_text() == ZH.say("html.without_data")
    assert amounts(page) == wanted(RULE)


# --- moved ----------------------------------------------------------------------------------------


def test_sliders_move_the_amounts_as_the_program_would(open_file: Any) -> None:
    page = open_file(leader(RULE, CAP, proposed=1))
    sliders = page.locator("aside input[type=range]")
    sliders.nth(0).fill("30")
    sliders.nth(2).fill("20")
    moved = replace(CAP, weights={"investment": 30, "tax": 40, "employment": 20, "effort": 10})
    assert amounts(page) == wanted(moved)
    sliders.nth(4).fill("70")
    cap = replace(CAP.limits[0], cap_rate="0.7")
    assert amounts(page) == wanted(replace(moved, limits=(cap,)))
    page.get_by_text("现场调整，未保存").wait_for()
    sliders.nth(0).fill("50")  # weights that do not add up are counted as parts of their sum
    scaled = {"investment": 50, "tax": 40, "employment": 20, "effort": 10}
    parts = {factor: 100 * weight * page_vectors.ONE / 120 for factor, weight in scaled.items()}
    assert amounts(page) == wanted(replace(moved, weights=parts, limits=(cap,)))
    page.get_by_role("combobox", name="对象").select_option(label="江阳区")
    page.get_by_role("button", name="封顶", exact=True).click()
    page.locator("aside input.figure").last.fill("200")
    page.locator("aside input.figure").last.press("Enter")
    more = Limit(("jiangyang",), cap=2_000_000)
    assert amounts(page) == wanted(replace(moved, weights=parts, limits=(cap, more)))
    page.get_by_role("button", name="恢复原方案").click()
    assert amounts(page) == wanted(CAP)


def test_how_an_amount_comes_about_is_shown(open_file: Any) -> None:
    page = open_file(leader(CAP))
    page.locator("summary", has_text=ZH.say("html.script.steps")).click()
    steps = page.locator(".below details[open] .sheet")
    found = allocate(CAP)
    steps.locator("tr.total", has_text="317").wait_for()
    said = steps.inner_text()
    for by in (
        *(part["jiangyang"] for part in found.contributions.values()),
        found.entitlements["jiangyang"],
    ):
        assert ZH.number(by / page_vectors.ONE / 10_000, 2) in said
    assert f"≈{ZH.number(found.split.multiplier, 6)}" in said and "≈316.84" in said and "≈0.16" in said


def test_limits_that_cannot_hold_are_said_and_nothing_is_shown_for_them(open_file: Any) -> None:
    page = open_file(leader(CAP))
    page.get_by_role("combobox", name="对象").select_option(label="自贸区")
    page.get_by_role("button", name="保底", exact=True).click()
    page.locator("aside input.figure").last.fill("5000")
    page.locator("aside input.figure").last.press("Enter")
    page.get_by_role("alert").filter(has_text="自贸区的保底5000万元高于其封顶4481万元").wait_for()


def test_the_base_can_be_chosen(open_file: Any) -> None:
    page = open_file(leader(RULE, CAP, proposed=1))
    before = page.locator("h1").inner_text()
    page.get_by_role("combobox", name="对比").select_option("1")
    assert (
        page.locator(".picture td.gain, .picture td.loss").count() == 0
        and page.locator("h1").inner_text() != before
    )
    page.get_by_role("combobox", name="对比").select_option("0")
    assert page.locator(".picture td.n.gain").count() == 8


# --- a meeting ------------------------------------------------------------------------------------


def test_a_meeting_of_three_options_by_keys_alone(open_file: Any) -> None:
    page = open_file(leader(RULE, EQUAL, CAP, proposed=2), width=1920, height=1080)
    page.keyboard.press("p")
    seen = []
    for _ in range(7):
        show = page.locator(".show")
        fits = show.locator(".slide").evaluate(
            "box => box.scrollHeight <= box.clientHeight + 1 && box.scrollWidth <= box.clientWidth + 1"
        )
        assert fits, show.inner_text()
        assert show.locator(".slide").evaluate(SMALLEST) >= 24
        pictured(page, f"meeting-{len(seen)}")
        seen.append(
            (
                show.locator(".which").inner_text() if show.locator(".which").count() else "",
                show.locator("h1").inner_text(),
            )
        )
        page.keyboard.press("PageDown")
    assert [which.replace("建议", "") for which, _ in seen] == [
        s.title.zh for s in (RULE, EQUAL, CAP) for _ in range(2)
    ] + [""]
    assert seen[4][1].startswith("自贸区4481万元（−519万元）") and seen[6][1] == "方案并列"
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    page.keyboard.press("t")
    for _ in range(7):
        page.keyboard.press("ArrowDown")  # to the eighth name
    page.keyboard.press("Tab")
    page.keyboard.type("50")
    said = page.locator(".trial .said")
    said.filter(has_text="高新区+50万元").wait_for()
    was = allocate(CAP).amounts["hightech"]
    pinned = Limit(("hightech",), floor=was + 500_000, cap=was + 500_000)
    tried = allocate(replace(CAP, limits=(*CAP.limits, pinned)))
    shown = {r.name.zh: str(tried.amounts[r.id] // 10_000) for r in CAP.recipients}
    assert amounts(page, ".show .picture") == shown
    assert "未保存" in page.locator(".trial").inner_text()
    pictured(page, "meeting-trial")
    page.keyboard.press("Escape")
    assert page.locator(".trial").count() == 0
    assert amounts(page, ".show .picture") == wanted(CAP)
    page.keyboard.press("Escape")
    assert page.locator(".show").count() == 0


def test_thirty_recipients_and_six_options_fit_the_screen_in_letters_that_can_be_read(open_file: Any) -> None:
    """First a picture and a table; last what each option is, and all of them side by side."""
    rule = generated(30, 4)
    more = [replace(rule, title=Text(f"封顶{at}", f"Cap {at}"), limits=(Limit("all", cap=10**6 * at),))
            for at in range(10, 15)]  # fmt: skip
    page = open_file(leader(rule, *more, proposed=1), width=1920, height=1080, after="#show")
    stage = page.locator(".show .slide")
    for key in ("Home", "PageDown", "End", "PageUp"):
        page.keyboard.press(key)
        assert stage.evaluate("box => box.scrollHeight <= box.clientHeight + 1"), stage.inner_text()
        assert stage.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
        assert stage.evaluate(SMALLEST) >= 24
    page.keyboard.press("End")
    assert stage.locator("tbody tr").count() == 12 and "其余18个" in stage.inner_text()


def test_a_link_opens_it_presenting(open_file: Any) -> None:
    page = open_file(leader(RULE), after="#show")
    page.locator(".show h1").wait_for()


# --- for one --------------------------------------------------------------------------------------


def test_one_checks_its_figures_and_corrects_one(open_file: Any) -> None:
    page = open_file(recipient_page(proposal([CAP], ZH, DAY), "jiangyang"))
    page.locator(".pill.ok", has_text="与程序一致").wait_for()
    assert (
        "征求意见稿" in page.locator("#fixed").inner_text()
        and "2026年3月2日" in page.locator("#fixed").inner_text()
    )
    page.get_by_role("textbox", name="更正为").fill("3.35")
    factor = CAP.factor("investment")
    changed = replace(factor, values=("3.35", *factor.values[1:]))
    found = allocate(replace(CAP, factors=(changed, *CAP.factors[1:]), limits=()))
    shown = ZH.number(found.entitlements["jiangyang"] / page_vectors.ONE / 10_000, 2)
    page.get_by_text(
        f"由2.35占全市%更正为3.35占全市%，则测算额由170.13万元变为{shown}万元（取整、保底封顶前）"
    ).wait_for()
    page.get_by_role("button", name="English").click()
    page.locator("h1", has_text="Jiangyang District: proposed amount").locator("visible=true").wait_for()


# --- hostile, clean, printed ----------------------------------------------------------------------

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><b>&amp;",
    "العربية 12",
    "]]>--><!--",
]


def test_hostile_names_are_harmless(open_file: Any) -> None:
    scenario = Scenario(
        title="</title><script>alert(2)</script>", fund=Fund(1_000_000, "CNY", 10_000), kind="shares",
        weights={"x": 100}, recipients=[Recipient(f"r{n}", Text(name)) for n, name in enumerate(HOSTILE)],
        factors=[Factor("x", (5, 4, 3, 2, 1), Text("{x}</td><i>"), Text("<u>"), source=Text("${alert(3)}"))],
    )  # fmt: skip
    for content in (
        leader(scenario, replace(scenario, title="<b>two</b>")),
        recipient_page(proposal([scenario], ZH, DAY), "r0"),
    ):
        page = open_file(content)
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.locator("summary.pill.ok").wait_for()
        names = page.locator("bdi, th, option, td").all_text_contents()
        assert HOSTILE[0] in names
        assert page.locator("img, b:not([class]), u, i:not([style]), script[src]").count() == 0
        assert page.locator("script").count() == 2


@pytest.mark.parametrize("which", ["leader", "trial", "recipient", "fixed"])
def test_axe_finds_nothing(open_file: Any, which: str) -> None:
    found = find_spec("axe_playwright_python")
    assert found and found.origin
    axe = (Path(found.origin).parent / "axe.min.js").read_text("utf-8")
    content = (
        recipient_page(proposal([CAP], ZH, DAY), "luxian")
        if which == "recipient"
        else leader(RULE, CAP, proposed=1)
    )
    if which == "fixed":  # the part without scripts, below the warning that the file was changed
        content = content.replace(b'id="data">{', b'id="data"> {')
    page = open_file(content)
    for folded in page.locator(".below summary").all():
        folded.click()
    if which == "trial":
        page.keyboard.press("p")
        page.keyboard.press("t")
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS) == []


@pytest.mark.parametrize("which", ["leader", "recipient"])
def test_it_prints_on_one_page(open_file: Any, tmp_path: Path, which: str) -> None:
    content = (
        recipient_page(proposal([CAP], ZH, DAY), "luxian")
        if which == "recipient"
        else leader(RULE, CAP, proposed=1)
    )
    page = open_file(content)
    page.locator("summary.pill.ok").wait_for()
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
    reader = PdfReader(tmp_path / "page.pdf")
    assert len(reader.pages) == 1
    # a font may write some characters as the radicals that look like them
    text = "".join(normalize("NFKC", reader.pages[0].extract_text()).split())
    assert ("自贸区4481万元" if which == "leader" else "泸县建议分配额为136万元") in text
    assert "示例数据" in text and "恢复原方案" not in text
