"""The readings that can be chosen for a scenario, and their results, kept for all visits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import streamlit as st

from allocator.analysis.audit import Audit, Reading, audit, rule_behind
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.files.audit.own_readings import own_readings
from allocator.files.audit.readings import FOLDER, read_reading
from allocator.files.audit.schema import NamedReading
from allocator.files.saved.catalogue import scenario_folder
from allocator.report.audit.findings import Findings, findings
from allocator.text import both
from allocator.ui.session import catalogue, fund, remembered, state

T = TypeVar("T")
MOST_KEPT = 300
MOST_SHOWN = 20
MOST_CELLS = 200  # of a table whose programs are solved without being asked for
PATIENCE = 0.5  # seconds before which no bar is shown
Progress = Callable[[float], None]


class Choice(NamedTuple):
    """A reading that can be chosen; ``own`` is the file's name of one that the user added."""

    key: str
    named: NamedReading
    own: str | None = None


@dataclass(frozen=True)
class Choices:
    """The rule that is read, the readings of its split, the plainest first, and what could not be read.

    ``published`` is the fund's first scenario where its rule is another one.
    """

    rule: Scenario
    readings: Mapping[str, Choice]
    wrong: tuple[ScenarioError, ...] = ()
    published: str | None = None


def choices(slug: str) -> Choices:
    """The readings that can be chosen for a scenario that has a published split."""
    screen = state.draft(slug).scenario
    rule = rule_behind(screen, fund.rules(slug)) or screen
    slugs = fund.slugs(slug)
    first = state.found()[slugs[0]]
    found: list[Choice] = []
    wrong: list[ScenarioError] = []
    for path in _files(slugs[0]):
        try:
            found.append(Choice(path.stem, catalogue.reading(path)))
        except ScenarioError as error:
            wrong.append(error)
    others = named_scenarios(slugs)
    for name, content in own_readings(fund_key(rule)).items():
        try:
            found.append(Choice(f"+{name}", read_reading(name, content, rule, others), name))
        except ScenarioError as error:
            wrong.append(error)
    plain = Reading(rule)
    title = Text(*both("published.plain"))
    first_one = Choice("", NamedReading(title, "", plain))
    kept: dict[str, Choice] = {}
    for choice in found:
        reading = choice.named.reading
        if reading.rule.ids != rule.ids or reading.rule.published != rule.published:
            continue  # of another split
        if choice.own is None and choice.named.needs is None and same(reading, plain):
            first_one = Choice("", choice.named)
        else:
            kept[choice.key] = choice
    published = None
    if isinstance(first, Scenario) and first.published is not None and not same(Reading(first), plain):
        published = slugs[0]
    return Choices(rule, {"": first_one, **kept}, tuple(wrong), published)


def same(one: Reading, other: Reading) -> bool:
    """True if two readings have the same rule and assumptions; factor values do not count."""
    return (
        (one.known, one.scored, one.tolerance) == (other.known, other.scored, other.tolerance)
        and one.scenario.weights == other.scenario.weights
        and rule_behind(one.scenario, [other.scenario]) is not None
    )


def named_scenarios(slugs: tuple[str, ...]) -> dict[str, Scenario]:
    """The fund's scenarios with a published split, by the names that a reading may use for them."""
    found = {slug.rpartition("/")[2]: state.found()[slug] for slug in slugs}
    return {name: one for name, one in found.items() if isinstance(one, Scenario) and one.published}


def fund_key(scenario: Scenario) -> str:
    """The key under which readings that a user adds are kept."""
    return (scenario.fund.name or scenario.title).zh


def _files(slug: str) -> list[Path]:
    """The readings that come with a fund's files."""
    if catalogue.own_name(slug) is not None:
        return []
    folder = scenario_folder() / slug.rpartition("/")[0] / FOLDER
    with suppress(OSError):
        return sorted(path for path in folder.glob("*.toml") if path.is_file() and path.name[0] != ".")
    return []


def shown(slug: str) -> list[str]:
    """The keys of the readings chosen to be shown for a scenario; empty if none was chosen."""
    chosen: Mapping[str, list[str]] = st.session_state.get("readings", {})
    return list(chosen.get(slug, []))


def show(slug: str, keys: list[str]) -> None:
    """Sets the readings to be shown as an address says; not noted as a person's action."""
    st.session_state.readings = {**st.session_state.get("readings", {}), slug: keys[:MOST_SHOWN]}


def set_shown(slug: str, keys: list[str]) -> None:
    """Shows these readings."""
    show(slug, keys)
    state.acted()


# --- what was worked out ----------------------------------------------------------------------------


def audit_once(reading: Reading) -> Audit | AllocatorError:
    """The audit of a reading, or the error that says why it is not covered."""

    def work(_: object) -> Audit | AllocatorError:
        try:
            return audit(reading)
        except AllocatorError as error:
            return error

    return work_once(("audit", key_of(reading)), work)


def findings_of(
    choice: Choice,
    checked: Audit,
    weights: Mapping[str, Any] | None,
    groups: Mapping[str, tuple[str, ...]],
) -> Findings | AllocatorError:
    """The findings under a reading: factor shares, worked out once, and amounts under these weights."""
    return _named(choice, _findings(checked, weights, groups, work_once))


def work_out(
    checked: Audit,
    weights: Mapping[str, Any] | None,
    groups: Mapping[str, tuple[str, ...]],
    progress: Progress,
) -> None:
    """Works the same out in a thread beside the page, and keeps it."""
    _findings(
        checked,
        weights,
        groups,
        lambda key, work: _kept()[0][key] if key in _kept()[0] else _keep(key, work(progress)),
    )


def _named(choice: Choice, found: Findings | AllocatorError) -> Findings | AllocatorError:
    """The same by this reading's title: two readings may suppose the same."""
    if isinstance(found, AllocatorError):
        return found
    return replace(found, title=choice.named.title, reason=choice.named.reason)


def _findings(
    checked: Audit,
    weights: Mapping[str, Any] | None,
    groups: Mapping[str, tuple[str, ...]],
    once: Callable[[Hashable, Callable[[Progress], Any]], Any],
) -> Findings | AllocatorError:
    title = checked.reading.scenario.title

    def shares(progress: Progress) -> Findings:
        return findings(title, checked, progress=progress)

    def all_(progress: Progress) -> Findings | AllocatorError:
        before = once(findings_key(checked, None, {}), shares)
        try:
            return findings(title, checked, weights, groups, None, progress, shares=before.shares)
        except AllocatorError as error:
            return error

    made: Findings | AllocatorError = once(
        findings_key(checked, weights, groups), shares if weights is None else all_
    )
    return made


def quick(checked: Audit, groups: Mapping[str, tuple[str, ...]] | None = None) -> bool:
    """True if ranges can be worked out without being asked for: exactly at once, or by few programs.

    Sums of ``groups`` take programs where anything is known of the data.
    """
    few = len(checked.case.ids) * len(checked.case.factors) <= MOST_CELLS
    return few or (all(checked.closed) and not (groups and checked.case.facts))


def is_kept(checked: Audit, weights: Mapping[str, Any] | None, groups: Mapping[str, tuple[str, ...]]) -> bool:
    """True if the ranges under these weights, or of factor shares without any, were worked out before."""
    return findings_key(checked, weights, groups) in _kept()[0]


def findings_key(
    checked: Audit, weights: Mapping[str, Any] | None, groups: Mapping[str, tuple[str, ...]]
) -> Hashable:
    """The key of ranges: all that decides them."""
    key = key_of(checked.reading)
    if weights is None:
        return "shares", key
    return "amounts", key, tuple(weights.items()), tuple(groups.items())


def key_of(reading: Reading) -> Hashable:
    """The key of a reading: all that decides its results, and all that they show of it."""
    return remembered.shown(reading.rule), reading.known, reading.scored, reading.tolerance


def work_once(key: Hashable, work: Callable[[Progress], T]) -> T:
    """The kept result, else that of ``work`` now, with a progress bar once it takes long."""
    if key not in _kept()[0]:
        bar, start = st.empty(), time.monotonic()

        def progress(part: float) -> None:
            if time.monotonic() - start < PATIENCE:
                return
            text = state.book().say("audit.progress", percent=int(part * 100))
            bar.progress(min(part, 1.0), text=text)

        made = _keep(key, work(progress))
        bar.empty()
        return made
    found: T = _kept()[0][key]
    return found


def _keep(key: Hashable, made: T) -> T:
    known, lock = _kept()
    with lock:
        known[key] = made
        while len(known) > MOST_KEPT:
            del known[next(iter(known))]
    return made


@st.cache_resource(show_spinner=False)
def _kept() -> tuple[dict[Hashable, Any], threading.Lock]:
    """The results so far, kept for all visits, and their lock."""
    return {}, threading.Lock()
