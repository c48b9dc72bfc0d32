"""The page that travels: its size, the time to open it, and a slider's step up to the next frame."""

from __future__ import annotations

import statistics
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # for what tests and benchmarks share

import browser as real
import generated
from browser import luzhou

from allocator import Scenario
from allocator.report.html.leader import leader_page
from allocator.report.papers.proposal import proposal
from allocator.text import ZH

PROVINCE = (2844, 4)
STEPS = """async () => {
    const range = document.querySelector('aside input[type=range]'), start = Number(range.value), times = [];
    for (let step = 1; step <= 40; step++) {
        await new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)));
        const from = performance.now();
        range.value = String(start - step % 20);
        range.dispatchEvent(new Event('input', {bubbles: true}));
        await new Promise(done => requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = done;
            after.port2.postMessage(0);
        }));
        times.push(performance.now() - from);
    }
    return times;
}"""


def report() -> None:
    """Prints size and times for nine recipients and for a province, three options each."""
    print("The page that travels, three options: size, time to open, median and 95th of a slider's step")
    print(f"{'recipients':<12}{'MB':>8}{'goal':>8}{'open ms':>10}{'step ms':>10}{'95 %':>8}{'goal':>8}")
    large = generated.generated(*PROVINCE)
    weights = dict(large.weights)
    first, second = list(weights)[:2]
    moved = weights | {first: weights[second], second: weights[first]}
    province = [large, replace(large, weights=moved), replace(large, title="3")]
    city = [luzhou(), luzhou("equal-weights"), luzhou("cap-zone")]
    try:
        with real.chromium() as chromium, tempfile.TemporaryDirectory() as folder:
            for scenarios, most, goal in ((city, 2, 50), (province, 6, 300)):
                _line(chromium, Path(folder), scenarios, most, goal)
    except real.Absent as absent:
        print(absent)
    print()


def _line(chromium: object, folder: Path, scenarios: list[Scenario], most: int, goal: int) -> None:
    content = leader_page(proposal(scenarios, ZH, date(2026, 1, 31)))
    file = folder / f"{len(scenarios[0].ids)}.html"
    file.write_bytes(content)
    page = chromium.new_page()  # type: ignore[attr-defined]
    page.goto(file.as_uri())
    page.locator(".picture").first.wait_for()
    opened = page.evaluate("() => performance.now()")
    times = sorted(page.evaluate(STEPS))
    page.close()
    size = len(content) / 10**6
    shown = f"{len(scenarios[0].ids):<12}{size:>8.2f}{f'≤ {most}':>8}{opened:>10.0f}"
    print(f"{shown}{statistics.median(times):>10.1f}{times[37]:>8.1f}{f'≤ {goal}':>8}")
