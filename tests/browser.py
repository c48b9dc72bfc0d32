"""A server of the app and a real browser, for tests and benchmarks; both on this machine only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from processes import HUNG, below, ended, left, listening, running, until

from allocator import Scenario, allocate
from allocator.files.load import load_scenario
from allocator.text import Phrasebook, money_scale
from allocator.ui.components import inside

ROOT = Path(__file__).parent.parent
LUZHOU = ROOT / "scenarios" / "luzhou-2023"
WAIT = HUNG * 1000  # milliseconds
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a page has asked of its server and not been answered yet: between a click and the first word of the
# script that it starts, the page itself looks settled.  A request while a script runs starts another.
WATCH = """(() => {
    const fields = bytes => {
        const found = new Map();
        let at = 0;
        const whole = () => {
            let value = 0, scale = 1, byte;
            do { byte = bytes[at++]; value += (byte & 127) * scale; scale *= 128; } while (byte > 127);
            return value;
        };
        while (at < bytes.length) {
            const tag = whole(), kind = tag & 7, field = (tag - kind) / 8;
            if (kind > 2) break;
            found.set(field, kind === 1 ? 8 : whole());
            if (kind) at += found.get(field);
        }
        return found;
    };
    const watch = window.watch = {script: 'unasked', long: false, timer: undefined};
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
        constructor(...given) {
            super(...given);
            this.addEventListener('message', ({data}) => {
                if (!(data instanceof ArrayBuffer)) return;
                const said = fields(new Uint8Array(data));
                if (said.has(%(new_session)d)) watch.script = 'running';
                else if (said.has(%(script_finished)d) && watch.script === 'running')
                    watch.script = said.get(%(script_finished)d) === %(early)d ? 'asked' : 'done';
            });
        }
        send(data) {
            if (data instanceof Uint8Array && fields(data).has(%(rerun_script)d)) watch.script = 'asked';
            super.send(data);
        }
    };
})()"""
REST = 0.25  # seconds that a page has been at rest when it counts as settled
# The script has run, nothing is still a placeholder, every chart is drawn, and this has been so for longer
# than a widget holds back what is done to it: timers of a page end in their order, also on a slow machine.
SETTLED = inside.placed("""() => {
    const charts = [...document.querySelectorAll('.streamlit-chart')];
    const still = watch.script === 'done'
        && document.querySelector('.streamlit-app-still') && document.querySelector('h1.al-h1')
        && !document.querySelector('.streamlit-placeholder')
        && charts.every(chart => chart.querySelector('.streamlit-chart-marks'));
    if (!still) {
        clearTimeout(watch.timer);
        Object.assign(watch, {timer: undefined, long: false});
    } else watch.timer ??= setTimeout(() => { watch.long = true; }, MILLISECONDS);
    return still && watch.long;
}""").replace("MILLISECONDS", f"{1000 * REST:.0f}")
# What turns round while a script runs is drawn sixty times a second, by the processor: once is enough.
STILL = """addEventListener('DOMContentLoaded', () => {
    const still = document.createElement('style');
    still.textContent = '*, *::before, *::after { animation-iteration-count: 1 !important; }';
    document.head.append(still);
})"""
AFRESH = "() => { clearTimeout(watch.timer); Object.assign(watch, {timer: undefined, long: false}); }"


@cache
def watch() -> str:
    """The script that watches, with the numbers that Streamlit's messages have for what it looks at."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    sent, heard = BackMsg.DESCRIPTOR.fields_by_name, ForwardMsg.DESCRIPTOR.fields_by_name
    return WATCH % {
        "rerun_script": sent["rerun_script"].number,
        "new_session": heard["new_session"].number,
        "script_finished": heard["script_finished"].number,
        "early": ForwardMsg.FINISHED_EARLY_FOR_RERUN,
    }


class Absent(Exception):
    """What a browser test needs and this machine does not have."""


@dataclass(frozen=True)
class Server:
    """A running app: where it answers, its process, and the user folder that it saves into."""

    address: str
    process: subprocess.Popen[bytes]
    home: Path


@contextmanager
def serving(scenarios: Path | None = None, first: str = "") -> Iterator[Server]:
    """The app on a free port, with a user folder of its own.

    ``scenarios`` are others than the shipped, ``first`` is Python that the server runs before it begins.
    """
    # the server itself takes a port that is free, and is then asked for it
    code = f"{first}\nfrom allocator.ui.__main__ import serve\nserve(['--server.port=0'])"
    command = [sys.executable, "-c", code]
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as log:
        environment = {k: v for k, v in os.environ.items() if k != "ALLOCATOR_SCENARIOS"}
        environment["ALLOCATOR_HOME"] = home
        if scenarios is not None:
            environment["ALLOCATOR_SCENARIOS"] = str(scenarios)
        with running(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as process:

            def answers() -> str | None:
                if process.poll() is not None:
                    log.seek(0)
                    raise RuntimeError(f"no server: {log.read().decode(errors='replace')[-2000:]}")
                address = f"http://127.0.0.1:{port}" if (port := listening(process)) else None
                return address if address and _answers(address + inside.HEALTH) else None

            yield Server(until(answers, lambda: "the server does not answer"), process, Path(home))


def emptied(server: Server) -> Server:
    """The server again, with nothing saved."""
    for path in server.home.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return server


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=HUNG):
            return True
    except OSError:
        return False


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium, from ALLOCATOR_CHROMIUM or the system; raises Absent."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Absent("playwright is not installed (pip install playwright)") from None
    # the one without windows of its own draws the same pages with half of the processor
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    found = os.environ.get("ALLOCATOR_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise Absent("no chromium on this machine (install it, or name it in ALLOCATOR_CHROMIUM)")
    before, own = set(left()), set[psutil.Process]()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=FLAGS, timeout=WAIT)
            own = set(left()) - before
            yield browser
            own |= {child for process in own for child in below(process)}
            browser.close()
    finally:
        ended([*own])


def profile(browser: Any, lang: str, *, still: bool = True) -> Any:
    """A new person to the browser, of whom it knows the language; ``still`` lets nothing turn round."""
    made = browser.new_context(locale=LOCALES[lang])
    made.set_default_timeout(WAIT)
    made.add_init_script(watch())
    if still:
        made.add_init_script(STILL)
    return made


class Visit:
    """One person's visit: a page, what it asked of whom, and what went wrong in it.

    ``context`` is a `profile` that nobody else uses at the time; without one the visit has one of its own.
    """

    def __init__(
        self,
        browser: Any,
        server: Server,
        *,
        lang: str = "zh",
        width: int = 1440,
        height: int = 2200,
        context: Any = None,
    ) -> None:
        self.server = server
        self.context = profile(browser, lang, still=False) if context is None else context
        self.page = self.context.new_page()
        self.page.set_viewport_size({"width": width, "height": height})
        self.requests: list[str] = []
        self.wrong: list[str] = []
        self.actions = 0
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, said: Any) -> None:
        # Streamlit looks for its server below the page's own path first, and Chromium logs that as an error.
        sought = said.location.get("url", "").endswith((inside.HEALTH, inside.SETTINGS))
        if said.type == "error" and not sought:
            self.wrong.append(f"{said.text} {said.location.get('url', '')}")

    def leave(self) -> Any:
        """Ends the visit; gives back the profile, which has kept nothing of it but the program's files."""
        for page in self.context.pages:
            if page.url.startswith("http"):
                page.evaluate("() => localStorage.clear()")
            page.close()
        self.context.clear_cookies()
        return self.context

    def open(self, query: str = "") -> Any:
        """Opens a page, ``compare?lang=en``, and waits until all of it stands."""
        self.page.goto(f"{self.server.address}/{query}")
        self.settle()
        return self.page

    def turn_to(self, page: str, lang: str = "zh") -> None:
        """Turns to a page by the navigation, also where it stands in the list of further ones."""
        name = Phrasebook(lang).say(f"app.nav.{page}")
        link = self.page.get_by_role("link", name=name, exact=True)
        if not link.is_visible():
            self.page.locator(".st-key-pages-more button").first.click()
        link.click()
        self.page.locator("h1", has_text=name).wait_for()
        self.settle()

    def act(self, do: Callable[..., Any], *given: Any) -> None:
        """Does one thing that a person does, counts it, and waits for the page."""
        self.actions += 1
        do(*given)
        self.settle()

    def settle(self) -> None:
        """Waits until the page's script has run and its charts are drawn."""
        self.page.evaluate(AFRESH)
        self.page.wait_for_function(SETTLED, polling=50)

    def outside(self) -> list[str]:
        """What the page asked of anybody but its own server."""
        here = self.server.address.removeprefix("http://")
        return [
            url
            for url in self.requests
            if not url.startswith(("data:", "blob:")) and not url.partition("://")[2].startswith(f"{here}/")
        ]

    def amounts(self) -> dict[str, str]:
        """What the table says each recipient gets, by the name shown."""
        script = """() => {
            for (const table of document.querySelectorAll('.al-table')) {
                const heads = [...table.querySelectorAll('thead th')].map(cell => cell.textContent);
                const at = heads.findIndex(text => ['建议分配额', 'Amount'].includes(text));
                if (at < 0) continue;
                return [...table.querySelectorAll('tr.al-recipient')]
                    .map(row => [row.children[1].textContent, row.children[at].textContent]);
            }
            return [];
        }"""
        return dict(self.page.evaluate(script))

    def wait_for_amounts(self, wanted: dict[str, str], milliseconds: int = WAIT) -> None:
        """Waits until the table says this; fails with what it says instead."""
        until(lambda: self.amounts() == wanted, self.amounts, milliseconds / 1000)


def luzhou(file: str = "published-rule") -> Scenario:
    """One of the shipped scenarios of Luzhou."""
    return load_scenario(LUZHOU / f"{file}.toml")


def amounts_of(scenario: Scenario, lang: str, weights: Mapping[str, Any] | None = None) -> dict[str, str]:
    """What the table should say, in the unit and as the language writes it."""
    amounts = allocate(scenario.with_weights(**(weights or {}))).amounts
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    assert all(amount % scale == 0 for amount in amounts.values())
    return {
        getattr(r.name, lang): Phrasebook(lang).number(amounts[r.id] // scale) for r in scenario.recipients
    }
