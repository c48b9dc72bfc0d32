"""Random draws: their settings, their number, and the work beside the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from allocator.analysis.sweep import Drivers, Sweep, drivers, sweep
from allocator.core.allocation import Allocation
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.text import Phrasebook
from allocator.ui.components import background, markup, widgets
from allocator.ui.components.fields import keep, known, render_choice
from allocator.ui.sensitivity import draws_input
from allocator.ui.sensitivity.draws_input import Asked, Entered
from allocator.ui.sensitivity.draws_result import render_sweep
from allocator.ui.session import state

Drawn = tuple[Sweep, Drivers] | tuple[Scenario, AllocatorError]
PRESETS = {
    "around": "app.sweep.around",
    "anywhere": "app.sweep.anywhere",
    "data": "app.sweep.data",
    draws_input.OWN: "app.sweep.own",
}
LAWS = {
    "around": "app.sweep.law_around",
    "anywhere": "app.sweep.law_anywhere",
    "within": "app.sweep.law_within",
    "fixed": "app.sweep.law_fixed",
}
FIELDS = {
    "concentration": "app.sweep.concentration",
    "points": "app.sweep.points",
    "noise": "app.sweep.noise",
    "seed": "app.sweep.seed",
    "points_of": "app.sweep.points_of",
    "noise_of": "app.sweep.noise_of",
}


def render_draws(allocation: Allocation, slug: str, book: Phrasebook) -> None:
    """Shows the form and the result of the draws."""
    about = markup.block("hint", book.say("app.sweep.about"))
    only = markup.notice(book.say("app.sweep.badge"), book.say("app.sweep.only"), "calm")
    st.html(markup.lines([about, only]))
    _section(allocation, slug, book)


@st.fragment
def _section(allocation: Allocation, slug: str, book: Phrasebook) -> None:
    scenario = allocation.scenario
    if state.on_screen(slug) != scenario:  # taken over or undone: the whole page is about another scenario
        st.rerun()
    try:
        asked = _render_asked(scenario, slug, book)
    except AllocatorError as error:
        widgets.render_problems(error, book)
        return
    key = scenario.digest, tuple(scenario.weights), asked
    work: background.Work[Drawn] | None = background.under_way(key)
    found: Drawn | None = background.result(key)
    if found is not None and isinstance(found[1], AllocatorError) and found[0] != scenario:
        found = None  # its sentence may use a name from before an edit
    if found is None:
        if work is None and (draws_input.quick(scenario, asked.draws) or _asked_for(slug, book)):
            work = background.begun(key, lambda progress: _drawn(scenario, asked, progress))
        if work is not None and work.running(background.PATIENCE):
            background.render_progress(
                work,
                lambda percent: book.say("app.sweep.progress", percent=percent),
                book.say("app.sweep.cancel"),
                "sweep-cancel",
            )
            return
        found = background.result(key)
    if found is None:
        return
    drawn, driven = found
    if isinstance(driven, AllocatorError):
        widgets.render_problems(draws_input.in_form(driven, book), book)
    elif isinstance(drawn, Sweep):
        if drawn.scenario != scenario:  # names or notes were edited since, which decide no figure
            drawn = replace(drawn, present=allocation)
        render_sweep(drawn, driven, book)


def _drawn(scenario: Scenario, asked: Asked, progress: Callable[[float], None]) -> Drawn:
    try:
        found = sweep(
            scenario, asked.draws, law=asked.law, noise=asked.noise, seed=asked.seed, progress=progress
        )
        return found, drivers(found)
    except AllocatorError as error:
        return scenario, error


def _asked_for(slug: str, book: Phrasebook) -> bool:
    """True if the button for draws that take long was pressed."""
    return background.render_asked(
        book.say("app.sweep.go_about"), book.say("app.sweep.go"), f"sweep-go-{slug}"
    )


# --- what is drawn --------------------------------------------------------------------------------


def _render_asked(scenario: Scenario, slug: str, book: Phrasebook) -> Asked:
    """Shows the choice of a preset or own settings, and of the number of draws; returns the settings."""
    presets = (*draws_input.presets(scenario), draws_input.OWN)
    key = f"sweep-{slug}"
    chosen = known(f"{key}-preset", presets[0])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        preset = st.radio(
            book.say("app.sweep.preset"),
            presets,
            presets.index(chosen) if chosen in presets else 0,
            format_func=lambda name: book.say(PRESETS[name]),
            key=f"{key}-preset-{book.language}",
            horizontal=True,
        )
        count = render_choice(
            f"{key}-count",
            book.say("app.sweep.draws"),
            draws_input.counts(scenario),
            draws_input.usual_count(scenario),
            lambda many: count_text(many, book),
            book,
            width=180,
        )
    keep(f"{key}-preset", preset)
    if preset == draws_input.OWN:
        return draws_input.own(_render_own(scenario, key, book), scenario, count, book)
    return draws_input.preset(preset, scenario, count)


def count_text(count: int, book: Phrasebook) -> str:
    """A number of draws: 1000次, 100万次, 1,000,000."""
    if count < 10_000:
        return book.say("app.sweep.count_few", count=book.number(count))
    return book.say("app.sweep.count", count=book.number(count // 10_000 if book.chinese else count))


def _render_own(scenario: Scenario, key: str, book: Phrasebook) -> Entered:
    """Shows fields for everything that can be set; returns what was typed."""
    usual = Entered()
    law = "fixed"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if draws_input.movable(scenario):
            law = render_choice(
                f"{key}-law",
                book.say("app.sweep.law"),
                LAWS,
                usual.law,
                lambda name: book.say(LAWS[name]),
                book,
            )
        fields = {"around": ["concentration"], "within": ["points"]}.get(law, [])
        typed = {name: _field(key, name, getattr(usual, name), book) for name in [*fields, "noise", "seed"]}
    each: dict[str, dict[str, str]] = {}
    with st.expander(book.say("app.sweep.each"), key="fold-draws-each"):
        st.html(markup.block("hint", book.say("app.sweep.each_about")))
        moved = draws_input.weighted(scenario) if law == "within" else []
        off = draws_input.noisy(scenario)
        for factor in dict.fromkeys([*moved, *off]):
            with st.container(horizontal=True, gap="small"):
                for name in ["points_of"] * (factor in moved) + ["noise_of"] * (factor in off):
                    text = _field(
                        f"{key}-{factor}", name, "", book, name=book.text(scenario.factor(factor).name)
                    )
                    each.setdefault(name, {})[factor] = text
    return Entered(law=law, **typed, **each)  # type: ignore[arg-type]


def _field(key: str, what: str, usual: str, book: Phrasebook, **details: str) -> str:
    names = {key: markup.in_markdown(name) for key, name in details.items()}
    label = book.say(FIELDS[what], **names)
    text = st.text_input(
        label, known(f"{key}-{what}", usual), key=f"{key}-{what}-{book.language}", max_chars=20
    )
    keep(f"{key}-{what}", text)
    return text
