"""Controls of the pages: each ``render_…`` draws one and returns a plain value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from allocator.core.errors import AllocatorError
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.report.charts import marks as charts
from allocator.report.charts.waterfall import waterfall_width
from allocator.report.tables.grid import who
from allocator.report.words.rule import percent
from allocator.text import say
from allocator.ui.components import markup
from allocator.ui.session import catalogue, state
from allocator.ui.session.weights import (
    MOST,
    Points,
    Preset,
    as_written,
    effective,
    has_fractions,
    shown,
    whole,
)

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def stand_at(key: str, value: Any) -> str:
    """Makes a keyed widget stand at a value; one that stands there is left alone, or it loses keystrokes."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key


def render_language(lang: str) -> str:
    """The switch between the languages; returns the one chosen."""
    key = stand_at("pick-lang", lang)

    picked = st.segmented_control(
        say("app.page.language", lang),
        list(LANGUAGE_NAMES),
        format_func=LANGUAGE_NAMES.__getitem__,
        key=key,
        required=True,
        on_change=lambda: state.set_lang(st.session_state[key]),
        label_visibility="collapsed",
    )
    return str(picked)


def render_scenario_picker(lang: str) -> Scenario | None:
    """Fund and scenario, one list each; returns the scenario as it stands, or None where it is unreadable."""
    found, slug = state.found(), state.slug()
    groups = {group.key: group for group in catalogue.groups(found, lang)}
    here = next(group for group in groups.values() if slug in group.slugs)
    fund_key, key = stand_at(f"pick-fund-{lang}", here.key), f"pick-{here.key}-{lang}"
    stand_at(key, slug)
    left, right = st.columns([3, 2])
    left.selectbox(
        say("app.page.fund", lang),
        list(groups),
        format_func=lambda g: groups[g].name,
        key=fund_key,
        on_change=lambda: state.set_slug(groups[st.session_state[fund_key]].slugs[0]),
    )
    labels = {of: scenario_name(of, lang) for of in here.slugs}
    if len(labels) > 1:
        right.selectbox(
            say("app.page.scenario", lang),
            here.slugs,
            format_func=labels.__getitem__,
            key=key,
            on_change=lambda: state.set_slug(st.session_state[key]),
        )
    scenario = found[slug]
    if isinstance(scenario, AllocatorError):
        render_errors(scenario, lang)
        return None
    return state.draft(slug).scenario


def scenario_name(slug: str, lang: str) -> str:
    """What the list of scenarios calls one: its title, that it was saved, or that it cannot be read."""
    found = state.found()
    name = catalogue.title(slug, found, lang)
    if isinstance(found[slug], AllocatorError):
        return say("app.page.unreadable", lang, name=name)
    return name if catalogue.own_name(slug) is None else say("app.page.own", lang, name=name)


def render_weights(
    scenario: Scenario, slug: str, choices: list[Preset], titles: Mapping[str, str], lang: str
) -> None:
    """Presets, one slider (or multiplier) a factor, and what they add up to."""
    st.html(markup.heading(say("app.weights.title", lang)))
    with st.container(gap="xsmall"):
        for at, preset in enumerate(choices):
            label = preset_label(preset, titles, lang)
            st.button(
                markup.in_markdown(label),
                key=f"preset-{slug}-{at}",
                on_click=state.set_points,
                args=(slug, preset.points),
                width="stretch",
            )
    points = state.draft(slug).points
    if has_fractions(scenario, points):
        exactly = [
            f"{getattr(scenario.factor(factor).name, lang)} {as_written(weight, lang)}"
            for factor, weight in (points or scenario.weights).items()
        ]
        st.html(markup.block("exact", say("app.weights.exact", lang, weights=exactly)))
    hint = "hint" if scenario.kind == "shares" else "multipliers"
    st.html(markup.block("hint", say(f"app.weights.{hint}", lang)))
    standing = shown(scenario, points)
    used = effective(scenario, points)
    for factor, value in standing.items():
        _render_weight(scenario, slug, factor, value, used, lang)
    if scenario.kind == "shares":
        _render_total(slug, standing, lang)


def _render_weight(
    scenario: Scenario, slug: str, factor: str, value: Number, used: Points | None, lang: str
) -> None:
    key = f"weight-{slug}-{factor}"
    name = getattr(scenario.factor(factor).name, lang)

    def moved() -> None:
        kept = dict(shown(scenario, state.draft(slug).points))
        kept[factor] = exact(round(st.session_state[key], 6))
        state.set_points(slug, kept)

    if scenario.kind == "scores":
        stand_at(key, float(value))
        label = markup.in_markdown(say("app.weights.multiplier", lang, name=name))
        st.number_input(label, 0.0, float(MOST), step=0.1, format="%.6g", key=key, on_change=moved)
        return
    stand_at(key, int(value))
    share = percent(used[factor], lang) if used else "—"
    beside = markup.in_markdown(say("app.weights.effective", lang, weight=share))
    label = f"{markup.in_markdown(name)} **{beside}**"
    st.slider(label, 0, 100, step=1, format="%d%%", key=key, on_change=moved)


def _render_total(slug: str, standing: Points, lang: str) -> None:
    total = sum(standing.values())
    if not total:
        st.html(markup.block("zero", say("app.weights.zero", lang), role="alert"))
        return
    if total == 100:
        st.html(markup.block("total-ok", say("app.weights.total_is", lang)))
        return
    st.html(markup.block("total-scaled", say("app.weights.total_scaled", lang, total=total), role="status"))
    st.button(
        say("app.weights.write", lang),
        key=f"write-{slug}",
        help=say("app.weights.write_help", lang),
        on_click=lambda: state.set_points(slug, dict(whole(standing))),
    )


def preset_label(preset: Preset, titles: Mapping[str, str], lang: str) -> str:
    """What a preset's button says."""
    if preset.key in ("file", "equal"):
        return say(f"app.weights.preset_{preset.key}", lang, summary=preset.summary(lang))
    return titles[preset.key]


def render_window(title: str, form: Callable[[str, str], None], of: str, lang: str) -> None:
    """A window over the page with what ``form`` draws for a scenario."""
    title = markup.in_markdown(title)
    st.dialog(title, width="medium", on_dismiss=state.close_window)(form)(of, lang)


def render_problems(error: AllocatorError, lang: str) -> None:
    """What is wrong with what a person entered, a sentence each."""
    for sentence in error.sentences(lang):
        st.error(markup.in_markdown(sentence))


def render_errors(error: AllocatorError, lang: str) -> None:
    """What is wrong with a scenario, a sentence each, and that the settings are kept."""
    st.html(markup.heading(say("app.page.error_title", lang)))
    render_problems(error, lang)
    st.html(markup.block("hint", say("app.page.error_keep", lang)))


def render_data(scenario: Scenario, lang: str) -> None:
    """What each weighted factor's data is and where it comes from, folded away."""
    none = say("app.data.none", lang)
    with st.expander(say("app.data.title", lang)):
        keys = ("factor", "status", "year", "unit", "definition", "source")
        headers = [say(f"app.data.{key}", lang) for key in keys]
        rows = []
        for id in scenario.weights:
            factor = scenario.factor(id)
            texts = [getattr(text, lang) if text else none for text in (factor.definition, factor.source)]
            unit = getattr(factor.unit, lang, factor.unit) or none
            year = str(factor.year) if factor.year else none
            status = say(f"status.{factor.status}", lang)
            rows.append([getattr(factor.name, lang), status, year, unit, *texts])
        st.html(markup.plain_table(headers, rows, say("app.data.title", lang)))


def chart_box(rows: int) -> Any:
    """What charts of so many rows are drawn into: a box that scrolls where there are many."""
    many = rows > markup.MANY
    return st.container(height=markup.TALL if many else "content", border=many)


def render_chart(
    kind: str,
    frame: pd.DataFrame,
    lang: str,
    *,
    base: str | None = None,
    width: int,
    room: int = 0,
    alt: str,
    key: str,
    pick: bool = True,
    possible: bool = False,
) -> None:
    """One chart of a frame; what depends on no figure is made once.  ``pick``: its rows can be picked."""

    def picked() -> None:
        rows = st.session_state[key].selection.get(charts.PICKED, [])
        if rows:
            state.set_picked(str(rows[0]["name"]))

    spec = _chart_spec(kind, tuple(frame["name"]), lang, base, width, room, pick, possible)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(
        content, width="stretch", theme=None, alt=alt, key=key, on_select=picked if pick else "ignore"
    )


def render_recipient_picker(scenario: Scenario, lang: str) -> str | None:
    """Whose steps are shown: chosen here or clicked in a chart; returns the id, or None."""
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
    key = stand_at(f"pick-recipient-{lang}", state.picked(scenario))
    st.selectbox(
        say("app.waterfall.pick", lang),
        list(names),
        index=None,
        format_func=names.__getitem__,
        key=key,
        placeholder=say("app.waterfall.pick_hint", lang, who=who(scenario, lang)),
        on_change=lambda: state.set_picked(st.session_state[key] or ""),
    )
    return state.picked(scenario)


def render_whose(scenario: Scenario, page: str, label: str, lang: str) -> str:
    """Whose figures a page shows: the recipient that was picked, else the first; returns the id."""
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
    key = stand_at(f"{page}-{state.slug()}-{lang}", state.picked(scenario) or scenario.ids[0])
    picked = st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=lambda: state.set_picked(st.session_state[key]),
    )
    return str(picked)


def name_of(scenario: Scenario, id: str, lang: str) -> str:
    """A recipient's name."""
    return str(getattr(scenario.recipients[scenario.ids.index(id)].name, lang))


def render_waterfall(frame: pd.DataFrame, lang: str, *, alt: str, key: str) -> None:
    """The steps to one amount as bars."""
    spec = _waterfall_spec(tuple(frame["name"]), lang)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=f"{key}-{lang}")


@lru_cache(maxsize=64)
def _waterfall_spec(names: tuple[str, ...], lang: str) -> dict[str, Any]:
    return charts.spec(charts.waterfall_marks(names, lang, width=waterfall_width(names)))


@lru_cache(maxsize=64)
def _chart_spec(
    kind: str,
    names: tuple[str, ...],
    lang: str,
    base: str | None,
    width: int,
    room: int,
    pick: bool,
    possible: bool,
) -> dict[str, Any]:
    if kind == "change":
        return charts.spec(charts.change_marks(names, lang, width=width, pick=pick))
    if kind == "log":
        return charts.spec(charts.log_marks(names, lang, base=base or "", width=width))
    marks = charts.amount_marks(names, lang, base=base, width=width, room=room, possible=possible)
    return charts.spec(marks)
