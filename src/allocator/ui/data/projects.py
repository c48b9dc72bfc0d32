"""Factor values from a register of projects, on the page Data, by the rules in use and by other rules.

Anything that names projects stays in the session and on the screen; a scenario takes over values alone.
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
from allocator.text import Phrasebook
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
def render_projects(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws the part on projects; an upload redraws only this part of the page."""
    own, folder = fund_files(slug)
    with st.expander(book.say("app.projects.fold"), key="fold-projects"):
        st.html(markup.block("hint", book.say("app.projects.about")))
        render_files(scenario, own, slug, book)
    render_outcome("projects", book)
    files = own | given(slug)
    found = counted_of(files, scenario, slug, book)
    if found is not None:
        _render_found(found, files, folder, scenario, slug, book)


def _render_found(
    found: FilesCounted, files: Files, folder: Path | None, scenario: Scenario, slug: str, book: Phrasebook
) -> None:
    """Draws all that the files give, from the rules to the effect of other rules."""
    counted = found.counted
    factors = project_words.factors_of(counted, scenario.factors)
    people = project_words.recipients_of(scenario.recipients)
    head = project_words.head(counted, factors, book)
    confidential = book.say("projects.confidential") + ("" if book.chinese else " ")
    parts = [markup.heading(book.say("app.projects.title")), markup.block("effect", head[0])]
    parts.append(markup.block("hint", confidential + book.say("app.projects.screen_only")))
    if counted.register.illustrative:
        badge = book.say("app.projects.badge")
        parts.append(markup.notice(badge, book.say("projects.illustrative")))
    parts.append(markup.listing(project_words.rule_lines(counted, factors, book)))
    if read_as := project_words.read_lines(counted, book):
        more = book.say("app.projects.more", count=len(read_as) - FEW)
        parts += [markup.heading(book.say("sheets.title.treated"), 3), markup.listing(read_as, FEW, more)]
    st.html(markup.lines(parts))
    _render_values(counted, scenario, slug, book)
    lists = once(
        f"projects-lists-{book.language}",
        (found.key, [*factors.items()], [*people.items()]),
        lambda: (
            project_words.notes(counted, factors, people, book),
            project_words.refused_lines(counted, people, book),
        ),
    )
    _render_lists(*lists, book)
    _render_behind(found, factors, people, book)
    _render_awards(found, scenario, slug, book)
    _render_other(found, files, folder, scenario, slug, book)


def _render_values(counted: Counted, scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws the values beside those on the screen, and the button that takes them over."""
    names = project_words.factors_of(counted, scenario.factors)
    ids, own = counted.rules.ids, [factor.id for factor in scenario.factors]
    shared, moved = (
        into_scenario.shared_factors(counted, scenario),
        into_scenario.changed_factors(counted, scenario),
    )
    people = project_words.recipients_of(scenario.recipients)
    grid = (
        into_scenario.held_table(counted, scenario, names, book)
        if moved
        else project_tables.values_table(counted, names, people, book)
    )
    lines = []
    if not shared:
        lines.append(book.say("app.projects.no_factors", ids=list(ids), known=own))
    else:
        apart = [id for id in ids if id not in own]
        lists = {
            "app.projects.moves": moved,
            "app.projects.not_in": apart,
            "app.projects.left": [id for id in own if id not in ids],
        }
        if not moved:
            lines.append(book.say("app.projects.same"))
        for key, some in lists.items():
            if some:
                lines.append(book.say(key, names=[_name(names, id, book) for id in some]))
    st.html(
        markup.lines(
            [f"<div>{markup.table(grid, grid.caption)}</div>", *(markup.block("effect", x) for x in lines)]
        )
    )
    if not moved:
        return
    label = book.say("app.projects.take")
    if st.button(label, key=f"projects-take-{slug}", type="primary"):
        try:
            after = into_scenario.with_values(counted, scenario)
        except ScenarioError as error:
            widgets.render_problems(error, book)
            return
        take_over("projects", slug, scenario, after)
        st.rerun()


def _name(names: project_words.Names, id: str, book: Phrasebook) -> str:
    return str(book.text(names[id])) if id in names else id


def _render_lists(notes: list[str], refused: list[str], book: Phrasebook) -> None:
    """Draws the notes to check, and the projects that do not count, each with its reasons."""
    parts = []
    if notes:
        more = book.say("app.projects.more", count=len(notes) - FEW)
        parts += [markup.heading(book.say("app.projects.check"), 3), markup.listing(notes, FEW, more)]
    if refused:
        title, *rest = refused
        more = book.say("app.projects.more", count=len(rest) - FEW)
        parts += [markup.heading(title.rstrip("：:"), 3), markup.listing(rest, FEW, more)]
    st.html(markup.lines(parts))


def _render_behind(
    found: FilesCounted, factors: project_words.Names, people: project_words.Names, book: Phrasebook
) -> None:
    """Draws the projects behind each recipient's value of a factor, folded away."""
    counted = found.counted
    ids = list(counted.rules.ids)
    folded = st.expander(book.say("app.projects.behind"), key="projects-behind", on_change="rerun")
    if not folded.open:
        return
    with folded:
        factor = fields.render_choice(
            f"projects-behind-{'-'.join(ids)}", book.say("app.projects.behind_factor"), ids, ids[0],
            lambda id: _name(factors, id, book), book,
        )  # fmt: skip
        if factor not in counted.brought:
            st.html(markup.block("hint", book.say("app.projects.scorecard")))
            return
        grid = once(
            f"projects-behind-{book.language}",
            (found.key, factor, factors[factor], [*people.items()]),
            lambda: project_tables.behind_table(counted, factor, factors, people, book),
        )
        about = book.say("app.projects.behind_about", most=project_tables.MOST_BEHIND)
        st.html(markup.lines([markup.block("hint", about), markup.table(grid, grid.caption, first=2)]))


def _render_awards(found: FilesCounted, scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws what each project brings of the entitlement, folded away."""
    counted = found.counted
    if not into_scenario.shared_factors(counted, scenario):
        return
    folded = st.expander(book.say("app.projects.awards"), key="projects-awards", on_change="rerun")
    if not folded.open:
        return
    with folded:
        on_screen = state.on_screen(slug)
        try:
            grid = once(
                f"projects-awards-{book.language}",
                (found.key, on_screen),
                lambda: project_tables.awards_table(
                    counted, allocate(into_scenario.with_values(counted, on_screen)), book
                ),
            )
        except AllocatorError as error:
            widgets.render_problems(error, book)
            return
        about = markup.block("hint", book.say("projects.awards_about"))
        unit = book.money_unit(scenario.fund.currency, 1)
        grid = replace(grid, stated=book.say("table.unit", unit=unit))
        st.html(markup.lines([about, markup.table(grid, grid.caption, first=1)]))


# --- other rules ----------------------------------------------------------------------------------


def _render_other(
    found: FilesCounted, files: Files, folder: Path | None, scenario: Scenario, slug: str, book: Phrasebook
) -> None:
    """Draws the effect of other rules on the same register, down to projects, and on amounts."""
    about = markup.block("hint", book.say("app.projects.other_about"))
    st.html(markup.heading(book.say("app.projects.other")) + about)
    left, right = st.columns(2, vertical_alignment="bottom")
    with right:
        label = book.say("app.projects.upload_other")
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
    with left:  # a file uploaded just now is the one chosen
        picked = fields.render_choice(
            f"projects-pick-{slug}-{uploaded.id if uploaded else ''}", book.say("app.projects.other_pick"),
            offered, first,
            lambda name: book.say("app.projects.other_none") if name == "none" else name, book,
        )  # fmt: skip
    file = offered[picked]
    if file is None:
        return
    try:
        after = count({**files, "rules": file}, scenario, "projects-other", book)
    except ScenarioError as error:
        render_problems(error, "app.table_editor.projects_refused_other", book)
        return
    if after is not None:
        _render_change(found, after, scenario, slug, book)


def _render_change(
    before: FilesCounted, after: FilesCounted, scenario: Scenario, slug: str, book: Phrasebook
) -> None:
    old, new = before.counted, after.counted
    factors = {
        **project_words.factors_of(old, scenario.factors),
        **project_words.factors_of(new, scenario.factors),
    }
    people = project_words.recipients_of(scenario.recipients)
    lines = once(
        f"projects-change-{book.language}",
        (before.key, after.key, [*factors.items()], [*people.items()]),
        lambda: project_words.change_lines(old, new, factors, people, book),
    )
    provincial = book.say("projects.provincial")
    changes = [line for line in lines if line != provincial]
    titles = [book.text(rules.title) for rules in (old.rules, new.rules)]
    head = book.say("app.projects.other_head", before=titles[0], after=titles[1])
    parts = [markup.block("effect", head)]
    if changes:
        more = book.say("app.projects.more", count=len(changes) - 1 - FEW)
        parts += [markup.block("effect", changes[0]), markup.listing(changes[1:], FEW, more)]
    else:
        parts.append(markup.block("effect", book.say("app.projects.no_change")))
    made = {id: factors[id] for id in (*old.rules.ids, *new.rules.ids)}
    parts += [markup.block("effect", line) for line in into_scenario.score_lines(old, new, made, book)]
    if into_scenario.shared_factors(old, scenario) or into_scenario.shared_factors(new, scenario):
        on_screen = state.on_screen(slug)
        try:
            was, now = (allocate(into_scenario.with_values(counted, on_screen)) for counted in (old, new))
        except AllocatorError as error:
            widgets.render_problems(error, book)
        else:
            kept = old.rules.provincial or new.rules.provincial
            total = book.say("app.projects.total_kept" if kept else "app.projects.total_own")
            parts.append(markup.block("hint", total))
            grid = into_scenario.compared_table(was, now, book)
            parts.append(markup.table(grid, grid.caption))
    st.html(markup.lines(parts))
