"""The weights: presets as chips, a slider (or multiplier) a factor, and what they add up to."""

from __future__ import annotations

import streamlit as st

from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.report.words.rule import percent
from allocator.text import number, say
from allocator.ui.components import markup, widgets
from allocator.ui.components.sliders import Slider, render_sliders
from allocator.ui.session import catalogue, fund, state
from allocator.ui.session.weights import (
    MOST,
    Points,
    Preset,
    as_written,
    effective,
    has_fractions,
    presets,
    shown,
    whole,
)

FEW = 5  # weights that a chip can hold in figures


def render_weights(scenario: Scenario, slug: str, lang: str) -> None:
    """Draws them; of a single factor only that it is alone."""
    if len(scenario.weights) > 1:
        _render_presets(scenario, slug, lang)
        points = state.draft(slug).points
        standing = shown(scenario, points)
        if scenario.kind == "shares":
            _render_sliders(scenario, slug, standing, lang)
            _render_total(scenario, slug, standing, lang)
        else:
            st.html(markup.block("hint", say("app.weights.multipliers", lang)))
            for factor, value in standing.items():
                _render_multiplier(scenario, slug, factor, value, lang)
    elif scenario.weights:
        name = scenario.factor(next(iter(scenario.weights))).name
        st.html(markup.block("hint", say("app.weights.single", lang, name=name)))


def _render_presets(scenario: Scenario, slug: str, lang: str) -> None:
    near = fund.near(slug)
    standing = effective(scenario, state.draft(slug).points)
    with st.container(key="presets", horizontal=True, gap="xxsmall"):
        for at, preset in enumerate(presets(scenario, state.trail(slug).origin, near)):
            full, short = preset_words(preset, lang)
            here = standing == preset.weights
            st.button(
                markup.in_markdown(short),
                key=f"preset-{slug}-{at}{'-here' if here else ''}",
                on_click=state.set_points,
                args=(slug, preset.points),
                help=markup.in_markdown(full),
            )


def preset_words(preset: Preset, lang: str) -> tuple[str, str]:
    """What a preset is called in full, and on its chip."""
    summary = preset.summary(lang)
    if preset.key in ("file", "equal"):
        full = say(f"app.weights.preset_{preset.key}", lang, summary=summary)
        short = say(f"app.weights.chip_{preset.key}", lang)
    else:
        full = short = catalogue.title(preset.key, state.found(), lang)
    few = len(preset.weights) <= FEW and preset.key != "equal"
    return full, summary if few else short


def _render_sliders(scenario: Scenario, slug: str, standing: Points, lang: str) -> None:
    used = effective(scenario, state.draft(slug).points)
    scaled = sum(standing.values()) != 100
    rows = []
    for factor, value in standing.items():
        share = percent(used[factor], lang) if used else "—"
        beside = say("app.weights.effective", lang, weight=share) if scaled else ""
        rows.append(Slider(factor, getattr(scenario.factor(factor).name, lang), int(value), beside))

    def moved(points: dict[str, int], gesture: str) -> None:
        state.set_points(slug, points, gesture)

    render_sliders(rows, slug, moved, key=f"sliders-{slug}")


def _render_multiplier(scenario: Scenario, slug: str, factor: str, value: Number, lang: str) -> None:
    key = widgets.stand_at(f"weight-{slug}-{factor}", float(value))
    name = getattr(scenario.factor(factor).name, lang)

    def moved() -> None:
        kept = dict(shown(scenario, state.draft(slug).points))
        kept[factor] = exact(round(st.session_state[key], 6))
        state.set_points(slug, kept)

    label = markup.in_markdown(say("app.weights.multiplier", lang, name=name))
    st.number_input(label, 0.0, float(MOST), step=0.1, format="%.6g", key=key, on_change=moved)


def _render_total(scenario: Scenario, slug: str, standing: Points, lang: str) -> None:
    points = state.draft(slug).points
    if has_fractions(scenario, points):
        exactly = [
            f"{getattr(scenario.factor(factor).name, lang)} {as_written(weight, lang)}"
            for factor, weight in (points or scenario.weights).items()
        ]
        st.html(markup.block("exact", say("app.weights.exact", lang, weights=exactly)))
    total = sum(standing.values())
    if not total:
        st.html(markup.block("zero", say("app.weights.zero", lang), role="alert"))
    elif total == 100:
        st.html(markup.block("total-ok", say("app.weights.total_is", lang)))
    else:
        scaled = say("app.weights.total_scaled", lang, total=number(total, lang))
        st.html(markup.block("total-scaled", scaled, role="status"))
        st.button(
            say("app.weights.write", lang),
            key=f"write-{slug}",
            help=say("app.weights.write_help", lang),
            on_click=lambda: state.set_points(slug, dict(whole(standing))),
        )
