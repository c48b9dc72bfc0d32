"""Factor values from a register of projects, on the page Data: what files give, and other rules.

What names projects stays in the session and on the screen; a scenario takes over values alone.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import streamlit as st

from allocator.analysis.projects import Counted
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.files.saved.catalogue import factor_rule_files
from allocator.files.sheets.spreadsheet import shown_name
from allocator.report.projects import into_scenario
from allocator.report.projects import tables as project_tables
from allocator.report.projects import words as project_words
from allocator.text import money_unit, say
from allocator.ui.components import fields, markup, uploads, widgets
from allocator.ui.components.uploads import Given, once
from allocator.ui.data.editors import render_outcome, render_problems, take_over
from allocator.ui.data.projects_files import (
    TRANSPORT,
    Files,
    FilesCounted,
    count,
    counted_of,
    fund_files,
    given,
    read,
    render_files,
)
from allocator.ui.session import state

FEW = 8  # sentences of a list before the rest is folded away


@st.fragment
def render_projects(scenario: Scenario, slug: str, lang: str) -> None:
    """All of it: a file that is given draws only this part of the page anew."""
    own, folder = fund_files(slug)
    with st.expander(say("app.projects.fold", lang), key="fold-projects"):
        st.html(markup.block("hint", say("app.projects.about", lang)))
        render_files(scenario, own, slug, lang)
    render_outcome("projects", lang)
    files = own | given(slug)
    found = counted_of(files, scenario, slug, lang)
    if found is not None:
        _render_found(found, files, folder, scenario, slug, lang)


def _render_found(
    found: FilesCounted, files: Files, folder: Path | None, scenario: Scenario, slug: str, lang: str
) -> None:
    """All that the files give, from the rules to what other rules would change."""
    counted = found.counted
    factors = project_words.factors_of(counted, scenario.factors)
    people = project_words.recipients_of(scenario.recipients)
    head = project_words.head(counted, factors, lang)
    confidential = say("projects.confidential", lang) + ("" if lang == "zh" else " ")
    parts = [markup.heading(say("app.projects.title", lang)), markup.block("effect", head[0])]
    parts.append(markup.block("hint", confidential + say("app.projects.screen_only", lang)))
    if counted.register.illustrative:
        badge = say("app.projects.badge", lang)
        parts.append(markup.notice(badge, say("projects.illustrative", lang)))
    parts.append(markup.listing(project_words.rule_lines(counted, factors, lang)))
    st.html(markup.lines(parts))
    _render_values(counted, scenario, slug, lang)
    lists = once(
        f"projects-lists-{lang}",
        (found.key, [*factors.items()], [*people.items()]),
        lambda: (
            project_words.notes(counted, factors, people, lang),
            project_words.refused_lines(counted, people, lang),
        ),
    )
    _render_lists(*lists, lang)
    _render_behind(found, factors, people, lang)
    _render_awards(found, scenario, slug, lang)
    _render_other(found, files, folder, scenario, slug, lang)


def _render_values(counted: Counted, scenario: Scenario, slug: str, lang: str) -> None:
    """The values against those on the screen, and the button that takes them over."""
    names = project_words.factors_of(counted, scenario.factors)
    ids, own = counted.rules.ids, [factor.id for factor in scenario.factors]
    shared, moved = (
        into_scenario.shared_factors(counted, scenario),
        into_scenario.changed_factors(counted, scenario),
    )
    people = project_words.recipients_of(scenario.recipients)
    grid = (
        into_scenario.held_grid(counted, scenario, names, lang)
        if moved
        else project_tables.values_grid(counted, names, people, lang)
    )
    lines = []
    if not shared:
        lines.append(say("app.projects.no_factors", lang, ids=list(ids), known=own))
    else:
        apart = [id for id in ids if id not in own]
        lists = {"moves": moved, "not_in": apart, "left": [id for id in own if id not in ids]}
        if not moved:
            lines.append(say("app.projects.same", lang))
        for key, some in lists.items():
            if some:
                lines.append(say(f"app.projects.{key}", lang, names=[_name(names, id, lang) for id in some]))
    st.html(
        markup.lines(
            [f"<div>{markup.table(grid, grid.caption)}</div>", *(markup.block("effect", x) for x in lines)]
        )
    )
    if not moved:
        return
    label = say("app.projects.take", lang)
    if st.button(label, key=f"projects-take-{slug}", type="primary"):
        try:
            after = into_scenario.with_values(counted, scenario)
        except ScenarioError as error:
            widgets.render_problems(error, lang)
            return
        take_over("projects", slug, scenario, after)
        st.rerun()


def _name(names: project_words.Names, id: str, lang: str) -> str:
    return str(getattr(names[id], lang)) if id in names else id


def _render_lists(notes: list[str], refused: list[str], lang: str) -> None:
    """What to look at, and what does not count, each with its reasons."""
    parts = []
    if notes:
        more = say("app.projects.more", lang, count=len(notes) - FEW)
        parts += [markup.heading(say("app.projects.check", lang), 3), markup.listing(notes, FEW, more)]
    if refused:
        title, *rest = refused
        more = say("app.projects.more", lang, count=len(rest) - FEW)
        parts += [markup.heading(title.rstrip("：:"), 3), markup.listing(rest, FEW, more)]
    st.html(markup.lines(parts))


def _render_behind(
    found: FilesCounted, factors: project_words.Names, people: project_words.Names, lang: str
) -> None:
    """The projects behind each recipient's value of a factor, folded away."""
    counted = found.counted
    ids = list(counted.rules.ids)
    folded = st.expander(say("app.projects.behind", lang), key="projects-behind", on_change="rerun")
    if not folded.open:
        return
    with folded:
        factor = fields.render_choice(
            f"projects-behind-{'-'.join(ids)}", say("app.projects.behind_factor", lang), ids, ids[0],
            lambda id: _name(factors, id, lang), lang,
        )  # fmt: skip
        if factor not in counted.brought:
            st.html(markup.block("hint", say("app.projects.scorecard", lang)))
            return
        grid = once(
            f"projects-behind-{lang}",
            (found.key, factor, factors[factor], [*people.items()]),
            lambda: project_tables.behind_grid(counted, factor, factors, people, lang),
        )
        about = say("app.projects.behind_about", lang, most=project_tables.MOST_BEHIND)
        st.html(markup.lines([markup.block("hint", about), markup.table(grid, grid.caption, first=2)]))


def _render_awards(found: FilesCounted, scenario: Scenario, slug: str, lang: str) -> None:
    """What each project brings of the entitlement, folded away."""
    counted = found.counted
    if not into_scenario.shared_factors(counted, scenario):
        return
    folded = st.expander(say("app.projects.awards", lang), key="projects-awards", on_change="rerun")
    if not folded.open:
        return
    with folded:
        on_screen = state.on_screen(slug)
        try:
            grid = once(
                f"projects-awards-{lang}",
                (found.key, on_screen),
                lambda: project_tables.awards_grid(
                    counted, allocate(into_scenario.with_values(counted, on_screen)), lang
                ),
            )
        except AllocatorError as error:
            widgets.render_problems(error, lang)
            return
        about = markup.block("hint", say("projects.awards_about", lang))
        unit = money_unit(scenario.fund.currency, 1, lang)
        grid = replace(grid, unit=say("table.unit", lang, unit=unit))
        st.html(markup.lines([about, markup.table(grid, grid.caption, first=1)]))


# --- other rules ----------------------------------------------------------------------------------


def _render_other(
    found: FilesCounted, files: Files, folder: Path | None, scenario: Scenario, slug: str, lang: str
) -> None:
    """What the same register gives under other rules, down to projects, and what amounts become."""
    about = markup.block("hint", say("app.projects.other_about", lang))
    st.html(markup.heading(say("app.projects.other", lang)) + about)
    left, right = st.columns(2, vertical_alignment="bottom")
    with right:
        label = say("app.projects.upload_other", lang)
        uploads.render_upload("projects-other", slug, label, f"projects-other-{slug}", TRANSPORT["rules"])
    uploaded = uploads.given("projects-other", slug)
    near = []
    with suppress(ScenarioError):
        near = [read(path) for path in factor_rule_files(folder)] if folder else []
    offered: dict[str, Given | None] = {"none": None}
    offered |= {file.name: file for file in near if file.digest != files["rules"].digest}
    first = "none"
    if uploaded is not None:
        first = shown_name(uploaded.name)
        offered[first] = uploaded
    with left:  # one that was uploaded just now is looked at
        picked = fields.render_choice(
            f"projects-pick-{slug}-{uploaded.id if uploaded else ''}", say("app.projects.other_pick", lang),
            offered, first,
            lambda name: say("app.projects.other_none", lang) if name == "none" else name, lang,
        )  # fmt: skip
    file = offered[picked]
    if file is None:
        return
    try:
        after = count({**files, "rules": file}, scenario, "projects-other", lang)
    except ScenarioError as error:
        render_problems(error, "projects_refused_other", lang)
        return
    if after is not None:
        _render_change(found, after, scenario, slug, lang)


def _render_change(
    before: FilesCounted, after: FilesCounted, scenario: Scenario, slug: str, lang: str
) -> None:
    old, new = before.counted, after.counted
    factors = {
        **project_words.factors_of(old, scenario.factors),
        **project_words.factors_of(new, scenario.factors),
    }
    people = project_words.recipients_of(scenario.recipients)
    lines = once(
        f"projects-change-{lang}",
        (before.key, after.key, [*factors.items()], [*people.items()]),
        lambda: project_words.change_lines(old, new, factors, people, lang),
    )
    provincial = say("projects.provincial", lang)
    changes = [line for line in lines if line != provincial]
    titles = [getattr(rules.title, lang) for rules in (old.rules, new.rules)]
    head = say("app.projects.other_head", lang, before=titles[0], after=titles[1])
    parts = [markup.block("effect", head)]
    if changes:
        more = say("app.projects.more", lang, count=len(changes) - 1 - FEW)
        parts += [markup.block("effect", changes[0]), markup.listing(changes[1:], FEW, more)]
    else:
        parts.append(markup.block("effect", say("app.projects.no_change", lang)))
    made = {id: factors[id] for id in (*old.rules.ids, *new.rules.ids)}
    parts += [markup.block("effect", line) for line in into_scenario.score_lines(old, new, made, lang)]
    if into_scenario.shared_factors(old, scenario) or into_scenario.shared_factors(new, scenario):
        on_screen = state.on_screen(slug)
        try:
            was, now = (allocate(into_scenario.with_values(counted, on_screen)) for counted in (old, new))
        except AllocatorError as error:
            widgets.render_problems(error, lang)
        else:
            kept = old.rules.provincial or new.rules.provincial
            parts.append(markup.block("hint", say(f"app.projects.total_{'kept' if kept else 'own'}", lang)))
            grid = into_scenario.amounts_grid(was, now, lang)
            parts.append(markup.table(grid, grid.caption))
    st.html(markup.lines(parts))
