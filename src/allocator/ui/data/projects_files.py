"""The files behind factor values from projects: those of the scenario, and uploaded ones.

They stay in the session, apart from the scenario.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from allocator.analysis.projects import Counted, Rules
from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.files.parsing import file_bytes
from allocator.files.projects.register import LARGEST_MB, read_counted
from allocator.files.projects.rules import read_factor_rules
from allocator.files.projects.template import activities_template, register_template
from allocator.files.saved.catalogue import scenario_folder
from allocator.files.scenario.load import register_files
from allocator.files.sheets.spreadsheet import shown_name
from allocator.text import Phrasebook
from allocator.ui.components import markup, uploads
from allocator.ui.components.uploads import Given, once
from allocator.ui.data.editors import render_problems
from allocator.ui.session import catalogue

EXAMPLE = Path("luzhou-2023-projects", "rules", "five-years.toml")
KINDS = ("register", "rules", "activities")
UPLOAD = {
    "register": "app.projects.upload_register",
    "rules": "app.projects.upload_rules",
    "activities": "app.projects.upload_activities",
}
TEMPLATE = {
    "register": "app.projects.template_register",
    "rules": "app.projects.template_rules",
    "activities": "app.projects.template_activities",
}
NEEDS = {
    "register": "app.projects.needs_register",
    "rules": "app.projects.needs_rules",
    "activities": "app.projects.needs_activities",
}
# MB that the browser may send: our own sentence refuses what is too large
TRANSPORT = {"register": 60, "rules": 22, "activities": 20}
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Files = Mapping[str, Given]


@dataclass(frozen=True)
class FilesCounted:
    """The factor values that files give, with a key of the files and recipients."""

    key: object
    counted: Counted


def fund_files(slug: str) -> tuple[dict[str, Given], Path | None]:
    """The files of the register that the scenario's own file names, and the folder of rules."""
    path = catalogue.slugs().get(slug)
    if path is None or catalogue.own_name(slug) is not None:
        return {}, None
    try:
        roles = {"projects": "register", "rules": "rules", "activities": "activities"}
        named = register_files(path)
        found = {roles[role]: read(file) for role, file in named.items() if role in roles}
    except ScenarioError:
        return {}, None  # the scenario's own error says so
    return found, named["rules"].parent if named else None


def read(path: Path) -> Given:
    """A file beside scenarios, read again when it has changed; raises ScenarioError."""

    def make() -> Given:
        return uploads.given_of(path.name, file_bytes(path, LARGEST_MB))

    return once(f"projects-file-{path}", catalogue.stamp(path), make)


def given(slug: str) -> dict[str, Given]:
    """The files that were uploaded for the scenario, by kind."""
    known = {kind: uploads.given(f"projects-{kind}", slug) for kind in KINDS}
    return {kind: file for kind, file in known.items() if file is not None}


def render_files(scenario: Scenario, own: dict[str, Given], slug: str, book: Phrasebook) -> None:
    """Draws the boxes with their templates, and the names of the files in use."""
    boxes = st.session_state.get("projects-boxes", 0)
    rights = {}
    for kind in KINDS:
        left, rights[kind] = st.columns([2, 1], vertical_alignment="bottom")
        with left:
            label, key = book.say(UPLOAD[kind]), f"projects-{kind}-{slug}-{boxes}"
            uploads.render_upload(f"projects-{kind}", slug, label, key, TRANSPORT[kind])
    uploaded = given(slug)
    for kind, (name, content) in _templates(scenario, (own | uploaded).get("rules"), book).items():
        rights[kind].download_button(
            book.say(TEMPLATE[kind]), content, name,
            mime="application/toml" if kind == "rules" else EXCEL,
            on_click="ignore", width="stretch", key=f"projects-template-{kind}",
        )  # fmt: skip
    if own:
        names = [shown_name(file.name) for file in own.values()]
        st.html(markup.block("hint", book.say("app.projects.beside", files=names)))
    if uploaded:
        names = [shown_name(file.name) for file in uploaded.values()]
        st.html(markup.block("hint", book.say("app.projects.given", files=names)))
        kinds = tuple(f"projects-{kind}" for kind in KINDS)
        label = book.say("app.projects.forget")
        st.button(label, key=f"projects-forget-{slug}", on_click=_forget, args=(kinds, slug))


def _templates(
    scenario: Scenario, file: Given | None, book: Phrasebook
) -> dict[str, tuple[str, Callable[[], bytes]]]:
    """The templates to fill in, by the rules in use, else by those of the example: name and content."""
    if _rules_or_none(file) is None:
        file = _example()
    rules = _rules_or_none(file)
    if file is None or rules is None:
        return {}
    content, people = file.content, scenario.recipients
    register = f"{book.say('app.projects.file_register')}.xlsx"
    found: dict[str, tuple[str, Callable[[], bytes]]] = {
        "register": (register, lambda: register_template(rules, people, book)),
        "rules": (shown_name(file.name), lambda: content),
    }
    if rules.points:
        activities = f"{book.say('app.projects.file_activities')}.xlsx"
        found["activities"] = activities, lambda: activities_template(rules, people, book)
    return found


def _forget(kinds: tuple[str, ...], slug: str) -> None:
    """Lets go of the files, and empties their boxes."""
    uploads.forget(kinds, slug)
    st.session_state["projects-boxes"] = st.session_state.get("projects-boxes", 0) + 1
    _last().pop(slug, None)


def _example() -> Given | None:
    """The rules that are shipped as an example."""
    path = scenario_folder() / EXAMPLE
    return read(path) if path.is_file() else None


def _rules(file: Given) -> Rules:
    name = shown_name(file.name)
    return once(f"projects-rules-{file.digest}", name, lambda: read_factor_rules(name, file.content))


def _rules_or_none(file: Given | None) -> Rules | None:
    try:
        return None if file is None else _rules(file)
    except ScenarioError:
        return None


# --- what they give -------------------------------------------------------------------------------


def _last() -> dict[str, FilesCounted]:
    """The last values that usable files gave, by scenario."""
    known: dict[str, FilesCounted] = st.session_state.setdefault("projects-last", {})
    return known


def counted_of(files: Files, scenario: Scenario, slug: str, book: Phrasebook) -> FilesCounted | None:
    """The values that the files give; if refused, the last good ones, if any; None if a file is missing."""
    register = files.get("register")
    if register is not None:
        uploads.render_sheets(register.digest, book)
    try:
        found = count(files, scenario, "projects", book)
    except ScenarioError as error:
        if register is not None:
            uploads.ask_sheet(register.digest, error)
        render_problems(error, "app.table_editor.projects_refused", book)
        found = _last().get(slug)
        if found is not None and found.counted.recipients == tuple(scenario.ids):
            st.html(markup.block("exact", book.say("app.projects.earlier"), role="status"))
            return found
        return None
    if found is not None:
        _last()[slug] = found
    return found


def count(files: Files, scenario: Scenario, kind: str, book: Phrasebook) -> FilesCounted | None:
    """The values that the files give, counted once; where a file is missing, says so and returns None."""
    if not files:
        return None
    rules = _rules(files["rules"]) if "rules" in files else None
    lacking = [name for name in ("register", "rules") if name not in files]
    if rules is not None and rules.points and "activities" not in files:
        lacking.append("activities")
    for name in lacking:
        names = [book.text(point.column) for point in rules.points] if rules else []
        st.html(markup.block("exact", book.say(NEEDS[name], names=names), role="status"))
    if lacking or rules is None:
        return None
    key = (
        tuple((files[name].name, files[name].digest) for name in KINDS if name in files),
        uploads.sheet_of(files["register"].digest),
        scenario.recipients,
    )

    def make() -> Counted:
        register, activities = files["register"], files.get("activities")
        made = read_counted(
            (register.name, register.content),
            rules,
            None if activities is None else (activities.name, activities.content),
            scenario.recipients,
            LARGEST_MB,
            uploads.sheet_of(register.digest),
        )
        # with many thousand projects, garbage collection after every drawing would otherwise take long
        gc.collect()
        gc.freeze()
        return made

    return FilesCounted(key, once(kind, key, make))
