"""Random draws: what is drawn, how often, and the work of it beside the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from allocator.analysis.sweep import Drivers, Sweep, drivers, sweep
from allocator.core.allocation import Allocation
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.text import number, say
from allocator.ui.components import background, markup, widgets
from allocator.ui.components.fields import keep, known, render_choice
from allocator.ui.sensitivity import draws_input
from allocator.ui.sensitivity.draws_input import Asked, Typed
from allocator.ui.sensitivity.draws_result import render_sweep
from allocator.ui.session import state

PATIENCE = 1.5  # seconds after which the page shows how far it is instead of waiting
EVERY = 0.5  # seconds between two looks at how far it is
Drawn = tuple[Sweep, Drivers] | tuple[Scenario, AllocatorError]


def render_draws(allocation: Allocation, slug: str, lang: str) -> None:
    """The form and what the draws gave."""
    about = markup.block("hint", say("app.sweep.about", lang))
    only = markup.notice(say("app.sweep.badge", lang), say("app.sweep.only", lang), "calm")
    st.html(markup.lines([about, only]))
    _section(allocation, slug, lang)


@st.fragment
def _section(allocation: Allocation, slug: str, lang: str) -> None:
    scenario = allocation.scenario
    if state.on_screen(slug) != scenario:  # taken over or undone: all of the page is about another
        st.rerun()
    try:
        asked = _render_asked(scenario, slug, lang)
    except AllocatorError as error:
        widgets.render_problems(error, lang)
        return
    key = scenario.digest, tuple(scenario.weights), asked
    work: background.Work[Drawn] | None = background.under_way(key)
    found: Drawn | None = background.result(key)
    if found is not None and isinstance(found[1], AllocatorError) and found[0] != scenario:
        found = None  # what it says may call somebody by a name of before
    if found is None:
        if work is None and (draws_input.quick(scenario, asked.draws) or _asked_for(slug, lang)):
            work = background.begun(key, lambda progress: _drawn(scenario, asked, progress))
        if work is not None and work.running(PATIENCE):
            st.fragment(_render_progress, run_every=EVERY)(work, lang)
            return
        found = background.result(key)
    if found is None:
        return
    drawn, driven = found
    if isinstance(driven, AllocatorError):
        widgets.render_problems(draws_input.in_form(driven, lang), lang)
    elif isinstance(drawn, Sweep):
        if drawn.scenario != scenario:  # names or notes were edited since, which decide no figure
            drawn = replace(drawn, present=allocation)
        render_sweep(drawn, driven, lang)


def _drawn(scenario: Scenario, asked: Asked, progress: Callable[[float], None]) -> Drawn:
    try:
        found = sweep(
            scenario, asked.draws, law=asked.law, noise=asked.noise, seed=asked.seed, progress=progress
        )
        return found, drivers(found)
    except AllocatorError as error:
        return scenario, error


def _asked_for(slug: str, lang: str) -> bool:
    """Whether draws that take long are to be made now."""
    place = st.empty()
    with place.container():
        st.html(markup.block("hint", say("app.sweep.go_about", lang)))
        pressed = st.button(say("app.sweep.go", lang), key=f"sweep-go-{slug}", type="primary")
    if pressed:
        place.empty()
    return pressed


def _render_progress(work: background.Work[Drawn], lang: str) -> None:
    """How far it is, and a button to call it off; looks again by itself."""
    if not work.running():
        st.rerun()
    st.progress(work.part, text=say("app.sweep.progress", lang, percent=int(work.part * 100)))
    if st.button(say("app.sweep.cancel", lang), key="sweep-cancel"):
        work.call_off()
        st.rerun()


# --- what is drawn --------------------------------------------------------------------------------


def _render_asked(scenario: Scenario, slug: str, lang: str) -> Asked:
    """The choice of a preset or own settings, and of the number of draws."""
    presets = (*draws_input.presets(scenario), draws_input.OWN)
    key = f"sweep-{slug}"
    chosen = known(f"{key}-preset", presets[0])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        preset = st.radio(
            say("app.sweep.preset", lang),
            presets,
            presets.index(chosen) if chosen in presets else 0,
            format_func=lambda name: say(f"app.sweep.{name}", lang),
            key=f"{key}-preset-{lang}",
            horizontal=True,
        )
        count = render_choice(
            f"{key}-count",
            say("app.sweep.draws", lang),
            draws_input.counts(scenario),
            draws_input.usual_count(scenario),
            lambda many: count_text(many, lang),
            lang,
            width=180,
        )
    keep(f"{key}-preset", preset)
    if preset == draws_input.OWN:
        return draws_input.own(_render_own(scenario, key, lang), scenario, count, lang)
    return draws_input.preset(preset, scenario, count)


def count_text(count: int, lang: str) -> str:
    """A number of draws: 100万次, 1,000,000."""
    return say("app.sweep.count", lang, count=number(count // 10_000 if lang == "zh" else count, lang))


def _render_own(scenario: Scenario, key: str, lang: str) -> Typed:
    """Fields for everything that can be set."""
    usual = Typed()
    law = draws_input.LAWS[-1]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if draws_input.movable(scenario):
            law = render_choice(
                f"{key}-law",
                say("app.sweep.law", lang),
                draws_input.LAWS,
                usual.law,
                lambda name: say(f"app.sweep.law_{name}", lang),
                lang,
            )
        fields = {"around": ["concentration"], "within": ["points"]}.get(law, [])
        typed = {name: _field(key, name, getattr(usual, name), lang) for name in [*fields, "noise", "seed"]}
    each: dict[str, dict[str, str]] = {}
    with st.expander(say("app.sweep.each", lang), key="fold-draws-each"):
        st.html(markup.block("hint", say("app.sweep.each_about", lang)))
        for factor in scenario.weights:
            with st.container(horizontal=True, gap="small"):
                for name in ("points_of", "noise_of") if law == "within" else ("noise_of",):
                    text = _field(
                        f"{key}-{factor}", name, "", lang, name=getattr(scenario.factor(factor).name, lang)
                    )
                    each.setdefault(name, {})[factor] = text
    return Typed(law=law, **typed, **each)  # type: ignore[arg-type]


def _field(key: str, what: str, usual: str, lang: str, **details: str) -> str:
    names = {key: markup.in_markdown(name) for key, name in details.items()}
    label = say(f"app.sweep.{what}", lang, **names)
    text = st.text_input(label, known(f"{key}-{what}", usual), key=f"{key}-{what}-{lang}", max_chars=20)
    keep(f"{key}-{what}", text)
    return text
