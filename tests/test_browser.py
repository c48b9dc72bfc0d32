"""The page as a person meets it: a real browser against a real server on this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Never

import pytest

from allocator import allocate
from allocator.files.scenario import load_scenario
from allocator.text import number, texts

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
PICTURES = Path(os.environ.get("ALLOCATOR_PICTURES", ROOT / "tests" / "pictures"))
WAIT = 40_000  # milliseconds; only ever reached when something is wrong
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POINTS = {"investment": 40, "tax": 40, "employment": 10, "effort": 10}


def _absent(reason: str) -> Never:
    if os.environ.get("ALLOCATOR_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The app on a free port of this machine; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {k: v for k, v in os.environ.items() if k != "ALLOCATOR_SCENARIOS"}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                if process.poll() is not None:
                    log.seek(0)
                    pytest.fail(f"the server ended: {log.read().decode(errors='replace')[-2000:]}")
                try:
                    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                        break
                except OSError:
                    time.sleep(0.1)
            else:
                pytest.fail("the server did not answer within a minute")
            yield address
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium, from ALLOCATOR_CHROMIUM or the system."""
    sync_api = _playwright()
    found = (
        os.environ.get("ALLOCATOR_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not found:
        _absent("no chromium on this machine (install it, or name it in ALLOCATOR_CHROMIUM)")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


def _playwright() -> Any:
    try:
        from playwright import sync_api
    except ImportError:
        _absent("playwright is not installed (pip install playwright)")
    return sync_api


class Visit:
    """One person's visit: a page, what it asked of whom, and what went wrong in it."""

    def __init__(self, browser: Any, server: str, *, locale: str = "zh-CN", width: int = 1440) -> None:
        self.server = server
        self.context = browser.new_context(locale=locale, viewport={"width": width, "height": 2200})
        self.context.set_default_timeout(WAIT)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.wrong: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)

    def open(self, query: str = "") -> Any:
        """Opens the page and waits until its last line and its charts stand."""
        self.page.goto(f"{self.server}/{query}")
        self.page.wait_for_selector(".al-foot")
        self.page.wait_for_selector("[data-testid=stVegaLiteChart] svg")
        return self.page

    def amounts(self) -> dict[str, str]:
        """What the table says each recipient gets, by the name shown."""
        script = """() => {
            const heads = [...document.querySelectorAll('.al-table thead th')].map(c => c.textContent);
            const at = heads.findIndex(text => ['建议分配额', 'Amount'].includes(text));
            return [...document.querySelectorAll('.al-table tr.al-recipient')]
                .map(row => [row.children[1].textContent, row.children[at].textContent]);
        }"""
        return dict(self.page.evaluate(script))

    def wait_for_amounts(self, wanted: dict[str, str]) -> None:
        """Waits until the table says this; fails with what it says instead."""
        end = time.monotonic() + WAIT / 1000
        while (found := self.amounts()) != wanted:
            assert time.monotonic() < end, found
            self.page.wait_for_timeout(50)


@pytest.fixture
def visit(browser: Any, server: str) -> Iterator[Any]:
    """Visits with the language of the browser; each is closed at the end."""
    visits: list[Visit] = []

    def start(**how: Any) -> Visit:
        visits.append(Visit(browser, server, **how))
        return visits[-1]

    yield start
    for each in visits:
        each.context.close()


def expect_charts(page: Any, count: int) -> None:
    """Waits until so many charts are drawn."""
    page.wait_for_function(f"document.querySelectorAll('svg.marks').length >= {count}")


def amounts_of(file: str, lang: str, **weights: Any) -> dict[str, str]:
    """What the table should say: amounts in 万元 as the language writes them."""
    scenario = load_scenario(ROOT / "scenarios" / "luzhou-2023" / f"{file}.toml")
    amounts = allocate(scenario.with_weights(**weights)).amounts
    return {getattr(r.name, lang): number(amounts[r.id] // 10_000, lang) for r in scenario.recipients}


def test_loads_in_the_browsers_language_and_switches(visit: Any) -> None:
    chinese = visit(locale="zh-CN")
    page = chinese.open()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.title() == "资金分配测算"
    chinese.wait_for_amounts(amounts_of("published-rule", "zh"))
    page.get_by_role("radio", name="English").click()
    chinese.wait_for_amounts(amounts_of("published-rule", "en"))
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.wait_for_url("**lang=en**")
    english = visit(locale="en-GB")
    assert english.open().title() == "Subsidy allocation"
    assert not chinese.wrong and not english.wrong


def test_ten_arrow_keys_are_ten_steps(visit: Any) -> None:
    person = visit(locale="zh-CN")
    page = person.open()
    slider = page.get_by_role("slider", name="投资贡献值")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    total = 40 + 10 + 40 + 10 + 10
    weights = {id: 100 * value / Fraction(total) for id, value in {**POINTS, "investment": 50}.items()}
    person.wait_for_amounts(amounts_of("published-rule", "zh", **weights))
    page.wait_for_url("**weight.investment=50**")
    assert slider.input_value() == "50"
    assert page.get_by_text("合计110%，已按比例折算为100%").is_visible()


def test_slow_keys_lose_nothing_either(visit: Any) -> None:
    person = visit(locale="zh-CN")
    page = person.open()
    slider = page.get_by_role("slider", name="投资贡献值")
    slider.focus()
    for step in range(1, 4):
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(f"**weight.investment={40 - step}**")
    assert slider.input_value() == "37"


def test_preset_link_and_back(visit: Any) -> None:
    person = visit(locale="zh-CN")
    page = person.open()
    page.get_by_role("button", name="等权重").click()
    person.wait_for_amounts(amounts_of("equal-weights", "zh"))
    page.wait_for_url("**weight.tax=25**")
    other = visit(locale="en-GB")
    other.open(page.url.removeprefix(f"{person.server}/"))
    other.wait_for_amounts(amounts_of("equal-weights", "zh"))
    page.go_back()
    person.wait_for_amounts(amounts_of("published-rule", "zh"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pictures_no_outside_requests_no_raw_keys(visit: Any, lang: str) -> None:
    person = visit(locale="zh-CN" if lang == "zh" else "en-GB")
    page = person.open(f"?lang={lang}&scenario=luzhou-2023/equal-weights")
    expect_charts(page, 4)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (1440, 400):
        page.set_viewport_size({"width": width, "height": 2200})
        fits = "[...document.querySelectorAll('svg.marks')].every(svg => svg.clientWidth < innerWidth)"
        page.wait_for_function(fits)
        page.screenshot(path=PICTURES / f"allocate-{lang}-{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"sideways at {width}"
    assert not [url for url in person.requests if not _inside(url, person.server)]
    assert not person.wrong
    said = page.inner_text("body")
    for section, entries in texts(f"app.{lang}")["app"].items():
        for key in entries:
            assert f"{section}.{key}" not in said
    assert not re.search(r"app\.\w+\.\w+|\{\w+\}|undefined|NaN|None", said)


def test_names_of_all_recipients_stand_in_the_chart(visit: Any) -> None:
    person = visit(locale="zh-CN")
    page = person.open("?lang=zh&scenario=luzhou-2023/cap-zone")
    expect_charts(page, 4)
    charts = page.locator("[data-testid=stVegaLiteChart]")
    said = " ".join(charts.all_inner_texts())
    scenario = load_scenario(ROOT / "scenarios" / "luzhou-2023" / "cap-zone.toml")
    for recipient in scenario.recipients:
        assert recipient.name.zh in said
    label = page.locator("[data-testid=stVegaLiteChart] [aria-label*='江阳区']").first
    assert label.get_attribute("aria-label")


def _inside(url: str, server: str) -> bool:
    here = server.removeprefix("http://")
    return url.startswith(("data:", "blob:")) or url.partition("://")[2].startswith(f"{here}/")
