"""Factor values from a register of projects, on the page Data: files, what they give, other rules.

What names projects stays in the session and on the screen; a scenario takes over values alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from pathvalidate import sanitize_filename

from allocator.analysis.projects import Counted, Rules
from allocator.engine import allocate
from allocator.errors import AllocatorError, ScenarioError
from allocator.files.factor_rules import read_factor_rules
from allocator.files.reading import file_bytes
from allocator.files.register import LARGEST_MB, read_counted
from allocator.files.register_template import activities_template, register_template
from allocator.files.scenario import register_files
from allocator.files.shelf import factor_rule_files, scenario_folder
from allocator.files.spreadsheet import shown_name
from allocator.model import Scenario
from allocator.report import projects as said
from allocator.report import projects_taken as taken
from allocator.text import say
from allocator.ui import chosen, markup, shelf, state, uploads, widgets
from allocator.ui.editors import render_outcome, render_problems, take_over
from allocator.ui.uploads import Given, once

EXAMPLE = Path("luzhou-2023-projects", "rules", "five-years.toml")
KINDS = ("register", "rules", "activities")
TRANSPORT = LARGEST_MB + 10  # MB that the browser may send: what is too large is then said in our own words
FEW = 8  # sentences of a list before the rest is folded away
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Files = Mapping[str, Given]


@dataclass(frozen=True)
class Found:
    """What files give, with what it was made of."""

    key: object
    counted: Counted


@st.fragment
def render_projects(scenario: Scenario, slug: str, lang: str) -> None:
    """The whole part of the page: a file that is given draws only this anew."""
    beside, folder = _beside(slug)
    files = beside | _given(slug)
    with st.expander(say("app.projects.fold", lang)):
        st.html(markup.block("hint", say("app.projects.about", lang)))
        _render_files(scenario, beside, slug, lang)
        found = _found(files, scenario, slug, lang)
    render_outcome("projects", lang)
    if found is not None:
        _render_found(found, files, folder, scenario, slug, lang)


# --- files ----------------------------------------------------------------------------------------


def _beside(slug: str) -> tuple[dict[str, Given], Path | None]:
    """The files of the register that the scenario's own file names, and the folder of rules."""
    path = shelf.slugs().get(slug)
    if path is None or shelf.own_name(slug) is not None:
        return {}, None
    try:
        roles = {"projects": "register", "rules": "rules", "activities": "activities"}
        named = register_files(path)
        found = {roles[role]: _read(file) for role, file in named.items() if role in roles}
    except ScenarioError:
        return {}, None  # is said of the scenario itself
    return found, named["rules"].parent if named else None


def _read(path: Path) -> Given:
    told = path.stat()

    def made() -> Given:
        return uploads.given_of(path.name, file_bytes(path, LARGEST_MB))

    return once(f"projects-file-{path}", (told.st_mtime_ns, told.st_size), made)


def _given(slug: str) -> dict[str, Given]:
    """What was uploaded for the scenario."""
    known = {kind: uploads.given(f"projects-{kind}", slug) for kind in KINDS}
    return {kind: file for kind, file in known.items() if file is not None}


def _render_files(scenario: Scenario, beside: dict[str, Given], slug: str, lang: str) -> None:
    """The boxes with their templates, and which files are in use."""
    uploaded = _given(slug)
    rules_file = (beside | uploaded).get("rules") or _example()
    rules = _rules_or_none(rules_file)
    people = scenario.recipients
    offered: dict[str, tuple[str, Callable[[], bytes]] | None] = dict.fromkeys(KINDS)
    if rules is not None and rules_file is not None:
        offered["register"] = (
            f"{_file('register', lang)}.xlsx",
            lambda: register_template(rules, people, lang),
        )
        offered["rules"] = shown_name(rules_file.name), lambda: rules_file.content
        if rules.points:
            name = f"{_file('activities', lang)}.xlsx"
            offered["activities"] = name, lambda: activities_template(rules, people, lang)
    for kind in KINDS:
        left, right = st.columns([2, 1], vertical_alignment="bottom")
        template = offered[kind]
        if template is not None:
            right.download_button(
                say(f"app.projects.template_{kind}", lang), template[1], template[0],
                mime="application/toml" if kind == "rules" else EXCEL,
                on_click="ignore", width="stretch", key=f"projects-template-{kind}",
            )  # fmt: skip
        with left:
            label = say(f"app.projects.upload_{kind}", lang)
            if uploads.render_upload(f"projects-{kind}", slug, label, f"projects-{kind}-{slug}", TRANSPORT):
                st.rerun(scope="fragment")
    if beside:
        names = [shown_name(file.name) for file in beside.values()]
        st.html(markup.block("hint", say("app.projects.beside", lang, files=names)))
    if uploaded:
        names = [shown_name(file.name) for file in uploaded.values()]
        st.html(markup.block("hint", say("app.projects.given", lang, files=names)))
        kinds = tuple(f"projects-{kind}" for kind in KINDS)
        label = say("app.projects.forget", lang)
        st.button(label, key=f"projects-forget-{slug}", on_click=_forget, args=(kinds, slug))


def _forget(kinds: tuple[str, ...], slug: str) -> None:
    uploads.forget(kinds, slug)
    _last().pop(slug, None)


def _file(kind: str, lang: str) -> str:
    return sanitize_filename(say(f"app.projects.file_{kind}", lang))


def _example() -> Given | None:
    """The rules that are shipped as an example."""
    path = scenario_folder() / EXAMPLE
    return _read(path) if path.is_file() else None


def _rules(file: Given) -> Rules:
    name = shown_name(file.name)
    return once(f"projects-rules-{file.digest}", name, lambda: read_factor_rules(name, file.content))


def _rules_or_none(file: Given | None) -> Rules | None:
    try:
        return None if file is None else _rules(file)
    except ScenarioError:
        return None


# --- what they give -------------------------------------------------------------------------------


def _last() -> dict[str, Found]:
    """The last that usable files gave, by scenario."""
    known: dict[str, Found] = st.session_state.setdefault("projects-last", {})
    return known


def _found(files: Files, scenario: Scenario, slug: str, lang: str) -> Found | None:
    """What the files give; where something is wrong or lacking says so, and what they gave before."""
    try:
        found = _counted(files, scenario, "projects", lang)
    except ScenarioError as error:
        render_problems(error, "projects_refused", lang)
        found = _last().get(slug)
        if found is not None and found.counted.recipients == tuple(scenario.ids):
            st.html(markup.block("exact", say("app.projects.earlier", lang), role="status"))
            return found
        return None
    if found is not None:
        _last()[slug] = found
    return found


def _counted(files: Files, scenario: Scenario, kind: str, lang: str) -> Found | None:
    """What the files give, counted once; None where one is lacking, which is said."""
    if not files:
        return None
    rules = _rules(files["rules"]) if "rules" in files else None
    lacking = [name for name in ("register", "rules") if name not in files]
    if rules is not None and rules.points and "activities" not in files:
        lacking.append("activities")
    for name in lacking:
        names = [getattr(point.column, lang) for point in rules.points] if rules else []
        st.html(markup.block("exact", say(f"app.projects.needs_{name}", lang, names=names), role="status"))
    if lacking or rules is None:
        return None
    key = (
        tuple((files[name].name, files[name].digest) for name in KINDS if name in files),
        scenario.recipients,
    )

    def made() -> Counted:
        register, activities = files["register"], files.get("activities")
        return read_counted(
            (register.name, register.content),
            rules,
            None if activities is None else (activities.name, activities.content),
            scenario.recipients,
            LARGEST_MB,
        )

    return Found(key, once(kind, key, made))


def _render_found(
    found: Found, files: Files, folder: Path | None, scenario: Scenario, slug: str, lang: str
) -> None:
    counted = found.counted
    factors = said.factors_of(counted, scenario.factors)
    people = said.recipients_of(scenario.recipients)
    head = said.head(counted, factors, lang)
    confidential = say("projects.confidential", lang) + ("" if lang == "zh" else " ")
    parts = [markup.heading(say("app.projects.title", lang)), markup.block("effect", head[0])]
    parts.append(markup.block("hint", confidential + say("app.projects.screen_only", lang)))
    if counted.register.illustrative:
        badge = say("app.projects.badge", lang)
        parts.append(markup.notice(badge, say("projects.illustrative", lang)))
    parts.append(markup.listing(said.rule_lines(counted, factors, lang)))
    st.html(markup.lines(parts))
    _render_values(counted, scenario, slug, lang)
    lists = once(
        f"projects-lists-{lang}",
        found.key,
        lambda: (
            said.notes(counted, factors, people, lang),
            said.refused_lines(counted, people, lang),
        ),
    )
    _render_lists(*lists, lang)
    _render_behind(found, factors, people, lang)
    _render_awards(found, scenario, slug, lang)
    _render_other(found, files, folder, scenario, slug, lang)


def _render_values(counted: Counted, scenario: Scenario, slug: str, lang: str) -> None:
    """The values against those on the screen, and the button that takes them over."""
    names = said.factors_of(counted, scenario.factors)
    ids, own = counted.rules.ids, [factor.id for factor in scenario.factors]
    shared, moved = taken.shared(counted, scenario), taken.moved(counted, scenario)
    people = said.recipients_of(scenario.recipients)
    grid = (
        taken.held_grid(counted, scenario, names, lang)
        if moved
        else said.values_grid(counted, names, people, lang)
    )
    lines = []
    if not shared:
        lines.append(say("app.projects.no_factors", lang, ids=list(ids), known=own))
    else:
        apart = [id for id in ids if id not in own]
        told = {"moves": moved, "not_in": apart, "left": [id for id in own if id not in ids]}
        if not moved:
            lines.append(say("app.projects.same", lang))
        for key, some in told.items():
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
            after = taken.with_values(counted, scenario)
        except ScenarioError as error:
            widgets.render_problems(error, lang)
            return
        take_over("projects", slug, scenario, after)
        st.rerun()


def _name(names: said.Names, id: str, lang: str) -> str:
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


def _render_behind(found: Found, factors: said.Names, people: said.Names, lang: str) -> None:
    """The projects behind each recipient's value of a factor."""
    counted = found.counted
    ids = list(counted.rules.ids)
    factor = chosen.render_choice(
        f"projects-behind-{'-'.join(ids)}", say("app.projects.behind", lang), ids, ids[0],
        lambda id: _name(factors, id, lang), lang,
    )  # fmt: skip
    if factor not in counted.brought:
        st.html(markup.block("hint", say("app.projects.scorecard", lang)))
        return
    grid = once(
        f"projects-behind-{lang}",
        (found.key, factor),
        lambda: said.behind_grid(counted, factor, factors, people, lang),
    )
    about = say("app.projects.behind_about", lang, most=said.MOST_BEHIND)
    st.html(markup.lines([markup.table(grid, grid.caption, first=2), markup.block("hint", about)]))


def _render_awards(found: Found, scenario: Scenario, slug: str, lang: str) -> None:
    """What each project brings of the entitlement, folded away."""
    counted = found.counted
    if not taken.shared(counted, scenario):
        return
    with st.expander(say("app.projects.awards", lang)):
        on_screen = state.on_screen(slug)
        try:
            grid = once(
                f"projects-awards-{lang}",
                (found.key, on_screen),
                lambda: said.awards_grid(counted, allocate(taken.with_values(counted, on_screen)), lang),
            )
        except AllocatorError as error:
            widgets.render_problems(error, lang)
            return
        about = markup.block("hint", say("projects.awards_about", lang))
        st.html(markup.lines([about, markup.table(grid, grid.caption, first=1)]))


# --- other rules ----------------------------------------------------------------------------------


def _render_other(
    found: Found, files: Files, folder: Path | None, scenario: Scenario, slug: str, lang: str
) -> None:
    """What the same register gives under other rules, down to projects, and what amounts become."""
    about = markup.block("hint", say("app.projects.other_about", lang))
    st.html(markup.heading(say("app.projects.other", lang)) + about)
    left, right = st.columns(2, vertical_alignment="bottom")
    with right:
        label = say("app.projects.upload_other", lang)
        if uploads.render_upload("projects-other", slug, label, f"projects-other-{slug}", TRANSPORT):
            chosen.keep(f"projects-pick-{slug}", "")
            st.rerun(scope="fragment")
    uploaded = uploads.given("projects-other", slug)
    near = [] if folder is None else [_read(path) for path in factor_rule_files(folder)]
    offered: dict[str, Given | None] = {"none": None}
    offered |= {file.name: file for file in near if file.digest != files["rules"].digest}
    if uploaded is not None:
        offered = {shown_name(uploaded.name): uploaded, **offered}
    with left:
        picked = chosen.render_choice(
            f"projects-pick-{slug}", say("app.projects.other_pick", lang), offered, next(iter(offered)),
            lambda name: say("app.projects.other_none", lang) if name == "none" else name, lang,
        )  # fmt: skip
    file = offered[picked]
    if file is None:
        return
    try:
        after = _counted({**files, "rules": file}, scenario, "projects-other", lang)
    except ScenarioError as error:
        render_problems(error, "projects_refused_other", lang)
        return
    if after is not None:
        _render_change(found, after, scenario, slug, lang)


def _render_change(before: Found, after: Found, scenario: Scenario, slug: str, lang: str) -> None:
    old, new = before.counted, after.counted
    factors = {
        **said.factors_of(old, scenario.factors),
        **said.factors_of(new, scenario.factors),
    }
    people = said.recipients_of(scenario.recipients)
    lines = once(
        f"projects-change-{lang}",
        (before.key, after.key, [*factors.items()]),
        lambda: said.change_lines(old, new, factors, people, lang),
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
    parts += [markup.block("effect", line) for line in taken.score_lines(old, new, made, lang)]
    if taken.shared(old, scenario) or taken.shared(new, scenario):
        on_screen = state.on_screen(slug)
        try:
            was, now = (allocate(taken.with_values(counted, on_screen)) for counted in (old, new))
        except AllocatorError as error:
            widgets.render_problems(error, lang)
        else:
            kept = old.rules.provincial or new.rules.provincial
            parts.append(markup.block("hint", say(f"app.projects.total_{'kept' if kept else 'own'}", lang)))
            grid = taken.amounts_grid(was, now, lang)
            parts.append(markup.table(grid, grid.caption))
    st.html(markup.lines(parts))
