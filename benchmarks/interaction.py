"""The page in a real browser: a slider's step, the first picture, a change of page, ten people at once.

Times are taken inside the page: from the key press, or the start of the navigation, to the first frame that
shows what is waited for.  The people of the last part each save under a name of their own; after every burst
of keys the table must show exactly what `allocate` gives for their own weights.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # for what tests and benchmarks share

import browser as real
import generated
import psutil
from browser import Visit, amounts_of, luzhou

from allocator import Scenario
from allocator.core.exact import Number
from allocator.files.load import load_scenario
from allocator.text import EN, ZH
from allocator.ui.components import inside
from allocator.ui.session.weights import slid, standing

STEPS = 20  # to the right with one slider, then as many to the left with another
STEP_GOAL, LARGE_GOAL, CHART_GOAL, TURN_GOAL = 200, 500, 2.0, 1.0
PROVINCE = (2844, 4)  # as many townships as a province has
TURNS = ("data", "compare", "report", "execution", "sensitivity", "method", "allocate")
POOLS = "luzhou-2023-pools/two-pools"  # with formulas, a condition and a cap
SERVERS = 3
PEOPLE = 10
SOAK_SECONDS = float(os.environ.get("ALLOCATOR_SOAK_SECONDS", "120"))
EARLY = 30  # seconds after which the memory is first looked at
PATIENCE = 15_000  # milliseconds until a table that says something else counts as mixed up
# The times of the key, the first message sent, the last one received, the frame with the cell wanted.
CLOCK = inside.placed("""
const clock = window.clock = {};
const sent = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
    if (!this.heard) {
        this.heard = true;
        this.addEventListener('message', () => { clock.last = performance.now(); });
    }
    clock.sent ??= performance.now();
    return sent.call(this, data);
};
addEventListener('keydown', event => { clock.key = event.timeStamp; clock.sent = undefined; }, true);
clock.wait = (name, text) => {
    clock.done = new Promise(resolve => {
        const look = () => {
            for (const row of document.querySelectorAll('.al-picture tbody tr')) {
                if (row.querySelector('th')?.textContent !== name) continue;
                if (row.querySelector('.al-strong').textContent !== text) return;
                watching.disconnect();
                const heard = clock.last;
                const told = [clock.sent - clock.key, heard - clock.sent, changed.size];
                requestAnimationFrame(() => setTimeout(() => resolve(
                    [performance.now() - clock.key, ...told])));
                return;
            }
        };
        const changed = new Set();
        const watching = new MutationObserver(seen => {
            for (const {target, addedNodes} of seen) {
                changed.add(target);
                for (const node of addedNodes) {
                    changed.add(node);
                    for (const inner of node.querySelectorAll?.('*') ?? []) changed.add(inner);
                }
            }
            look();
        });
        watching.observe(document.body, {childList: true, subtree: true, characterData: true});
    });
};
new MutationObserver((_, watching) => {
    if (!document.querySelector('.al-picture tbody tr')) return;
    watching.disconnect();
    requestAnimationFrame(() => setTimeout(() => { clock.chart = performance.now(); }));
}).observe(document, {childList: true, subtree: true});
""")


def report() -> None:
    try:
        with real.chromium() as browser:
            _report_steps(browser)
            _report_first_chart(browser)
            _report_turns(browser)
            _report_soak(browser)
    except real.Absent as absent:
        print(f"The page in a browser: not measured, {absent}\n")


# --- a slider's step ------------------------------------------------------------------------------


def _report_steps(browser: Any) -> None:
    print(f"A slider's step: from the key to the new amount in the picture, {2 * STEPS} steps, milliseconds")
    heads = ("median", "p90", "goal", "wait", "server", "page", "redrawn")
    print(f"{'scenario':<24}" + "".join(f"{head:>8}" for head in heads))
    with real.serving() as server:
        _print_steps("Luzhou, 9 × 4", _steps(browser, server, luzhou(), ""), f"≤ {STEP_GOAL}")
        pools = load_scenario(real.ROOT / "scenarios" / f"{POOLS}.toml")
        _print_steps("two pools, 9 × (2 + 2)", _steps(browser, server, pools, POOLS), f"≤ {STEP_GOAL}")
    for size in ((generated.RECIPIENTS, generated.FACTORS), PROVINCE):
        scenario = generated.generated(*size)
        with _large_shelf(scenario) as shelf, real.serving(shelf) as server:
            times = _steps(browser, server, scenario, generated.SLUG)
            _print_steps(f"{size[0]:,} × {size[1]}", times, f"≤ {LARGE_GOAL}")
    print("wait: until the browser sends it; server: until its last answer; page: until that is drawn;")
    print("redrawn: parts of the page that were changed or new\n")


def _print_steps(name: str, times: list[tuple[float, float, float, float]], goal: str) -> None:
    all_, wait, server, drawn = (list(column) for column in zip(*times, strict=True))
    page = [total - first - second for total, first, second, _ in times]
    tenth = statistics.quantiles(all_, n=10)[-1]
    rest = "".join(f"{statistics.median(part):>8.0f}" for part in (wait, server, page, drawn))
    print(f"{name:<24}{statistics.median(all_):>8.0f}{tenth:>8.0f}{goal:>8}{rest}")


@contextmanager
def _large_shelf(scenario: Scenario) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield generated.write(Path(folder), scenario)


def _steps(
    browser: Any, server: real.Server, scenario: Scenario, slug: str
) -> list[tuple[float, float, float, float]]:
    """For each step: milliseconds in all, until it is sent, until the server's last answer after that; and
    how many parts of the page were drawn anew.
    """
    person = Visit(browser, server)
    person.page.add_init_script(CLOCK)
    page = person.open(f"?lang=zh&scenario={slug}")
    points: dict[str, Number] = {id: int(weight) for id, weight in slid(scenario).items()}
    shown = amounts_of(scenario, "zh")
    first, second = list(points)[:2]
    taken = []
    for factor, key, by in [(first, "ArrowRight", 1)] * STEPS + [(second, "ArrowLeft", -1)] * STEPS:
        page.get_by_role("slider").nth(list(points).index(factor)).focus()
        if points[factor] + by < 0:
            key, by = "ArrowRight", 1
        points[factor] += by
        moved = standing(scenario, points)
        assert moved is not None
        wanted = amounts_of(moved, "zh")
        drawn = page.locator(".al-picture th[scope=row]").all_inner_texts()
        changing = [name for name in drawn if wanted.get(name) != shown.get(name)]
        # the largest: of very many only those are drawn, and a smaller one may leave the picture
        name = max(changing, key=lambda name: _figure(wanted[name]), default=None)
        shown = wanted
        if name is None:  # no amount changes: nothing to wait for but the page itself
            page.keyboard.press(key)
            person.settle()
        else:
            page.evaluate("([name, text]) => clock.wait(name, text)", [name, wanted[name]])
            page.keyboard.press(key)
            taken.append(tuple(page.evaluate("clock.done")))
        person.settle()
        page.wait_for_timeout(100)  # a person looks before the next step
    folded = page.locator("summary").filter(has_text=ZH.say("app.table.caption"))
    if folded.count():  # of many recipients
        folded.click()
    person.wait_for_amounts(shown)
    assert not person.wrong, person.wrong
    person.context.close()
    return taken


def _figure(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def scaled(points: dict[str, int]) -> dict[str, Fraction]:
    """The weights that sliders at these points stand for."""
    total = sum(points.values())
    return {factor: Fraction(100 * point, total) for factor, point in points.items()}


# --- the first chart ------------------------------------------------------------------------------


def _report_first_chart(browser: Any) -> None:
    first, second = [], []
    for _ in range(SERVERS):
        with real.serving() as server:
            first.append(_first_chart(browser, server))
            second.append(_first_chart(browser, server))
    print(f"From the address to the picture drawn, empty browser cache: median of {SERVERS} servers")
    print(f"{'visit':<30}{'s':>8}{'goal':>9}")
    print(f"{'first of a fresh server':<30}{statistics.median(first):>8.2f}")
    print(f"{'second':<30}{statistics.median(second):>8.2f}{f'≤ {CHART_GOAL}':>9}\n")


def _first_chart(browser: Any, server: real.Server) -> float:
    person = Visit(browser, server)
    person.page.add_init_script(CLOCK)
    person.page.goto(f"{server.address}/?lang=zh")
    person.page.wait_for_function("clock.chart !== undefined")
    seconds = person.page.evaluate("clock.chart") / 1000
    person.context.close()
    return seconds


# --- from page to page ----------------------------------------------------------------------------


def _report_turns(browser: Any) -> None:
    """Turns to each page three times; the first does not count, as the modules of a page load with it."""
    print("From a press in the navigation until the page is whole and at rest, warm server, seconds")
    with real.serving() as server:
        person = Visit(browser, server)
        person.open("?lang=zh")
        taken: dict[str, list[float]] = {name: [] for name in TURNS}
        for _ in range(3):
            for name in TURNS:
                begun = time.monotonic()
                person.turn_to(name)
                taken[name].append(time.monotonic() - begun - real.REST)
        person.context.close()
    for name in TURNS:
        print(f"{EN.say(f'app.nav.{name}'):<30}{statistics.median(taken[name][1:]):>8.2f}")
    all_ = [seconds for each in taken.values() for seconds in each[1:]]
    print(f"{'all':<30}{statistics.median(all_):>8.2f}{f'≤ {TURN_GOAL}':>9}\n")


# --- ten people at once ---------------------------------------------------------------------------


@dataclass
class Person:
    """A person who works in a browser context of their own."""

    visit: Visit
    name: str
    points: dict[str, int]
    saved: dict[str, int] | None = None
    steps: int = 0
    saves: int = 0
    mixed: list[str] = field(default_factory=list)

    def press(self, factor: str, steps: int) -> None:
        """Moves one slider by so many keys, without waiting for the page."""
        at = list(self.points).index(factor)
        self.visit.page.get_by_role("slider").nth(at).focus()
        for _ in range(abs(steps)):
            self.visit.page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
        self.points[factor] += steps
        self.steps += abs(steps)

    def look(self) -> None:
        """Notes it if the table does not come to show what these weights give."""
        wanted = amounts_of(luzhou(), "zh", scaled(self.points))
        try:
            self.visit.wait_for_amounts(wanted, PATIENCE)
        except AssertionError as seen:
            self.mixed.append(f"{self.name} at {self.points}: {seen}")

    def save(self) -> None:
        """Saves by the button, the window and its form, and waits until the page shows what was saved."""
        page = self.visit.page
        self.visit.settle()
        page.get_by_role("button", name=ZH.say("app.toolbar.save"), exact=True).click()
        window = page.get_by_role("dialog")
        window.get_by_label(ZH.say("app.saving.name")).fill(self.name)
        window.get_by_role("button", name=ZH.say("app.saving.save"), exact=True).click()
        window.wait_for(state="detached")
        self.visit.settle()
        self.saved = dict(self.points)
        self.saves += 1


def _report_soak(browser: Any) -> None:
    with real.serving() as server:
        process = psutil.Process(server.process.pid)
        people = [_arrive(browser, server, at) for at in range(PEOPLE)]
        errors: list[str] = []
        begun, early, turn = time.monotonic(), None, 0
        while (passed := time.monotonic() - begun) < SOAK_SECONDS:
            if early is None and passed > min(EARLY, SOAK_SECONDS / 4):
                early = _megabytes(process)
            _turn(people, turn, errors)
            turn += 1
        took, late = time.monotonic() - begun, _megabytes(process)
        errors += [f"{person.name}: {said}" for person in people for said in person.visit.wrong]
        errors += [f"{person.name}: what is kept is not what was saved" for person in _lost(people, server)]
        for person in people:
            person.visit.context.close()
    mixed = [said for person in people for said in person.mixed]
    steps, saves = (sum(getattr(person, what) for person in people) for what in ("steps", "saves"))
    print(f"{PEOPLE} people at once for {took:.0f} s, each moving sliders and saving")
    print(f"{'steps':<30}{steps:>8}\n{'saves':<30}{saves:>8}")
    print(f"{'errors':<30}{len(errors):>8}{'= 0':>9}\n{'mixed states':<30}{len(mixed):>8}{'= 0':>9}")
    if early is not None:
        print(
            f"{'server memory early, MB':<30}{early:>8.0f}\n{'server memory at the end, MB':<30}{late:>8.0f}"
        )
        print(f"{'growth, MB':<30}{late - early:>8.0f}")
    for said in (errors + mixed)[:10]:
        print(f"  {said[:300]}")
    print()


def _arrive(browser: Any, server: real.Server, at: int) -> Person:
    """A person who begins with weights that nobody else has."""
    points = {"investment": 40 - at, "tax": 40 + at, "employment": 10, "effort": 10}
    visit = Visit(browser, server, height=1200)
    visit.open("?lang=zh&" + "&".join(f"weight.{factor}={point}" for factor, point in points.items()))
    return Person(visit, f"soak {at}", points)


def _turn(people: list[Person], turn: int, errors: list[str]) -> None:
    """Everybody moves one slider, then all look; then another back by as much; then some save."""
    up, down = (("investment", "tax"), ("tax", "employment"), ("employment", "investment"))[turn % 3]
    steps = 2 + turn % 3
    for factor, by in ((up, steps), (down, -steps)):
        for person in people:
            by_now = by if 0 <= person.points[factor] + by <= 100 else 0
            _tried(person, errors, person.press, factor, by_now)
        for person in people:
            _tried(person, errors, person.look)
    for person in people[turn % 3 :: 3]:
        if sum(person.points.values()) == 100:
            _tried(person, errors, person.save)


def _tried(person: Person, errors: list[str], act: Any, *how: Any) -> None:
    try:
        act(*how)
    except Exception as error:  # counted, so that the others go on
        errors.append(f"{person.name}, {act.__name__}: {error}")


def _lost(people: list[Person], server: real.Server) -> list[Person]:
    """Those whose file does not hold the weights that they saved last."""
    lost = []
    for person in people:
        if person.saved is not None:
            kept = load_scenario(server.home / "scenarios" / person.name / "scenario.toml")
            lost += [person] if dict(kept.weights) != person.saved else []
    return lost


def _megabytes(process: psutil.Process) -> float:
    """The memory of the server and its children, in megabytes."""
    return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)]) / 1_000_000
