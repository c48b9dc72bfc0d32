"""The controls of the weights: presets as chips, a slider or multiplier per factor, and their total."""

from __future__ import annotations

import streamlit as st

from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.core.pools import Pool
from allocator.report.tables.office import weight_text
from allocator.report.words.rule import percent
from allocator.text import Phrasebook
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
    key_of,
    of_pool,
    presets,
    shown,
    slid,
    to_hundred,
    whole,
)

FEW = 5  # weights that a chip can hold in figures


def render_weights(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws the controls; for a single factor only a note that it is alone."""
    if len(scenario.weights) > 1:
        _render_presets(scenario, slug, book)
        points = state.draft(slug).points
        standing = shown(scenario, points)
        if scenario.kind == "shares":
            _render_sliders(scenario, slug, standing, book)
            _render_total(scenario, slug, standing, book)
        else:
            st.html(markup.block("hint", book.say("app.weights.multipliers")))
            for factor, value in standing.items():
                _render_multiplier(scenario, slug, factor, value, book)
    elif scenario.weights:
        name = scenario.factor(next(iter(scenario.weights))).name
        st.html(markup.block("hint", book.say("app.weights.single", name=name)))


def render_pools(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws a heading for each pool, and sliders for the weights of those that have several shares."""
    points = state.draft(slug).points
    for pool in scenario.pools:
        if pool.id:
            st.html(markup.block("pool", book.text(pool.name)))
        if pool.kind == "shares" and len(pool.weights) > 1:
            _render_sliders_of(pool, scenario, slug, points, book)
        else:
            lines = [_weight_line(pool, name, scenario, book) for name in pool.weights]
            st.html(markup.listing(lines, 8, book.say("app.weights.others")))


def _weight_line(pool: Pool, name: str, scenario: Scenario, book: Phrasebook) -> str:
    weight = pool.weights[name]
    said = weight_text(weight, pool.kind, book)
    if pool.kind == "fixed":
        said = book.money(weight, scenario.fund.currency)
    return book.say("app.weights.of_pool", name=_weighted_name(scenario, name), weight=said)


def _weighted_name(scenario: Scenario, name: str) -> Text:
    names = {one.id: one.name for one in scenario.factors}
    return (names | {one.id: one.name for one in scenario.indicators})[name]


def _render_sliders_of(
    pool: Pool, scenario: Scenario, slug: str, points: Points | None, book: Phrasebook
) -> None:
    own = of_pool(pool, points or {}) or dict(pool.weights)
    values = dict(whole(own) if any(w.denominator != 1 for w in own.values()) else own)
    total = sum(values.values())
    used = to_hundred(values) if total else None
    rows = []
    for name, value in values.items():
        share = percent(used[name], book) if used else "—"
        beside = book.say("app.weights.effective", weight=share) if total != 100 else ""
        rows.append(Slider(name, book.text(_weighted_name(scenario, name)), int(value), beside))

    def moved(steps: dict[str, int], gesture: str) -> None:
        now = dict(state.draft(slug).points or slid(scenario))
        state.set_points(slug, now | {key_of(pool, name): step for name, step in steps.items()}, gesture)

    render_sliders(rows, f"{slug}/{pool.id}", moved, key=f"sliders-{slug}/{pool.id}")
    if not total:
        st.html(markup.block("zero", book.say("app.weights.zero"), role="alert"))
    elif total != 100:
        scaled = book.say("app.weights.total_scaled", total=book.number(total))
        st.html(markup.block("total-scaled", scaled, role="status"))


def _render_presets(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    near = fund.near(slug)
    standing = effective(scenario, state.draft(slug).points)
    with st.container(key="presets", horizontal=True, gap="xxsmall"):
        for at, preset in enumerate(presets(scenario, state.trail(slug).origin, near)):
            full, short = preset_words(preset, book)
            here = standing == preset.weights
            st.button(
                markup.in_markdown(short),
                key=f"preset-{slug}-{at}{'-here' if here else ''}",
                on_click=state.set_points,
                args=(slug, preset.points),
                help=markup.in_markdown(full),
            )


def preset_words(preset: Preset, book: Phrasebook) -> tuple[str, str]:
    """The name of a preset in full, and on its chip."""
    summary = preset.summary(book)
    if preset.key == "file":
        full, short = book.say("app.weights.preset_file", summary=summary), book.say("app.weights.chip_file")
    elif preset.key == "equal":
        full = book.say("app.weights.preset_equal", summary=summary)
        short = book.say("app.weights.chip_equal")
    else:
        full = short = catalogue.title(preset.key, state.found(), book)
    few = len(preset.weights) <= FEW and preset.key != "equal"
    return full, summary if few else short


def _render_sliders(scenario: Scenario, slug: str, standing: Points, book: Phrasebook) -> None:
    used = effective(scenario, state.draft(slug).points)
    scaled = sum(standing.values()) != 100
    rows = []
    for factor, value in standing.items():
        share = percent(used[factor], book) if used else "—"
        beside = book.say("app.weights.effective", weight=share) if scaled else ""
        rows.append(Slider(factor, book.text(scenario.factor(factor).name), int(value), beside))

    def moved(points: dict[str, int], gesture: str) -> None:
        state.set_points(slug, points, gesture)

    render_sliders(rows, slug, moved, key=f"sliders-{slug}")


def _render_multiplier(scenario: Scenario, slug: str, factor: str, value: Number, book: Phrasebook) -> None:
    key = widgets.stand_at(f"weight-{slug}-{factor}", float(value))
    name = book.text(scenario.factor(factor).name)

    def moved() -> None:
        kept = dict(shown(scenario, state.draft(slug).points))
        kept[factor] = exact(round(st.session_state[key], 6))
        state.set_points(slug, kept)

    label = markup.in_markdown(book.say("app.weights.multiplier", name=name))
    st.number_input(label, 0.0, float(MOST), step=0.1, format="%.6g", key=key, on_change=moved)


def _render_total(scenario: Scenario, slug: str, standing: Points, book: Phrasebook) -> None:
    points = state.draft(slug).points
    if has_fractions(scenario, points):
        exactly = [
            f"{book.text(scenario.factor(factor).name)} {as_written(weight, book)}"
            for factor, weight in (points or scenario.weights).items()
        ]
        st.html(markup.block("exact", book.say("app.weights.exact", weights=exactly)))
    total = sum(standing.values())
    if not total:
        st.html(markup.block("zero", book.say("app.weights.zero"), role="alert"))
    elif total == 100:
        st.html(markup.block("total-ok", book.say("app.weights.total_is")))
    else:
        scaled = book.say("app.weights.total_scaled", total=book.number(total))
        st.html(markup.block("total-scaled", scaled, role="status"))
        st.button(
            book.say("app.weights.write"),
            key=f"write-{slug}",
            help=book.say("app.weights.write_help"),
            on_click=lambda: state.set_points(slug, dict(whole(standing))),
        )
