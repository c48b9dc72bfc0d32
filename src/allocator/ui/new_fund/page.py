"""New fund 新建资金: the table as it was understood, the money, the rule; beside them what comes of it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from allocator.analysis.finding import held_against
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.files.sheets.grids.files import LARGEST_MB, grids_of
from allocator.files.sheets.grids.grid import Grid
from allocator.files.understanding.model import Understanding
from allocator.files.understanding.understand import understand_grids
from allocator.report.tables.office import office_table
from allocator.report.words.title import finding_title
from allocator.text import money_unit, say
from allocator.ui.components import markup, understood, uploads, widgets
from allocator.ui.session import catalogue, follow, remembered, state
from allocator.ui.session.new_fund import CURRENCY, UNITS, NewFund, scenario_of, written_like
from allocator.ui.session.weights import whole

OF = "new"  # what the files of this page are kept under
PASTED = "pasted.tsv"
LONGEST_PASTE = 400_000  # characters


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    with st.container(key="start"):
        with st.container(key="start-form", gap="small"):
            like = _render_like(lang)
            made, grids = _render_table(like, lang)
            fund = _render_money(made, lang)
        with st.container(key="start-shown", gap="small"):
            if made is None:
                st.html(markup.title(say("app.start.begin", lang)))
                return
            _render_shown(made, grids, fund, like, lang)


def _render_like(lang: str) -> Scenario | None:
    """Whether it goes on from a scenario, whose recipients, rule and amounts it then takes over."""
    known = {
        of: found
        for of, found in state.found().items()
        if isinstance(found, Scenario) and found.kind == "shares" and found.fund.currency == CURRENCY
    }
    key = _stays("like")

    def fill() -> None:
        of = st.session_state[key]
        if of is not None:
            _write(written_like(known[of], lang))

    of = st.selectbox(
        say("app.start.like", lang),
        list(known),
        index=None,
        format_func=lambda of: catalogue.title(of, state.found(), lang),
        key=key,
        placeholder=say("app.start.like_none", lang),
        on_change=fill,
    )
    return known.get(of) if of is not None else None


def _write(fund: NewFund) -> None:
    """Puts into the fields what is known of the fund that it goes on from."""
    texts = {
        "name": fund.name,
        "unit": fund.unit,
        "departments": "\n".join(" ".join(line) for line in fund.departments),
        "previous": fund.previous,
    }
    for name, text in texts.items():
        st.session_state[f"start-{name}"] = text
    for id, weight in fund.weights.items():
        st.session_state[f"start-weight-{id}"] = weight


# --- the table ------------------------------------------------------------------------------------


def _render_table(like: Scenario | None, lang: str) -> tuple[Understanding | None, tuple[Grid, ...]]:
    """The boxes for a file and for what is pasted, and what has to be decided of it."""
    st.html(markup.heading(say("app.start.step_table", lang)))
    if uploads.render_upload("start", OF, say("app.start.upload", lang), "start-upload", LARGEST_MB):
        _begin()
    with st.expander(say("app.start.paste", lang), key="fold-start-paste"):
        st.text_area(
            say("app.start.paste_here", lang),
            key="start-paste",
            height=160,
            max_chars=LONGEST_PASTE,
            on_change=_take_pasted,
            help=say("app.start.paste_help", lang),
        )
    given = uploads.given("start", OF)
    if given is None:
        return None, ()
    try:
        grids = uploads.once("start-grids", given.digest, lambda: tuple(grids_of(given.name, given.content)))
        answered = understood.options_of(OF)
        made = uploads.once(
            "start-understood",
            (given.digest, answered, remembered.shown(like) if like else None),
            lambda: understand_grids(given.name, grids, answered, like),
        )
    except ScenarioError as error:
        widgets.render_errors(error, lang)
        return None, ()
    understood.render_questions(made, OF, lang)
    understood.render_columns(made, OF, lang)
    return made, grids


def _take_pasted() -> None:
    """What was pasted is a table like an uploaded one."""
    text = str(st.session_state["start-paste"])
    if text.strip():
        uploads.keep("start", OF, uploads.given_of(PASTED, text.encode(), "pasted"))
        _begin()


def _begin() -> None:
    """Another table: nothing that was decided of the one before is held to be decided of it."""
    understood.begin(OF)
    for key in [key for key in st.session_state if str(key).startswith("start-weight-")]:
        del st.session_state[key]


# --- the money and the rule -----------------------------------------------------------------------


def _render_money(made: Understanding | None, lang: str) -> NewFund:
    """The fields of the money and the rule; returns what is written in them."""
    st.html(markup.heading(say("app.start.step_money", lang)))
    name = _field("name", lang)
    left, right = st.columns([1.4, 1], vertical_alignment="bottom")
    with left:
        total = _field("total", lang)
    with right:
        unit = st.selectbox(
            say("app.start.unit", lang),
            UNITS,
            format_func=lambda unit: money_unit(CURRENCY, unit, lang),
            key=_stays("unit"),
        )
    source = _field("source", lang)
    with st.expander(say("app.start.departments", lang), key="fold-start-departments"):
        written = st.text_area(
            say("app.start.departments_about", lang), key=_stays("departments"), height=90, max_chars=5_000
        )
    st.html(markup.heading(say("app.start.step_rule", lang)))
    weights = {} if made is None else _render_weights(made, lang)
    with st.expander(say("app.start.previous", lang), key="fold-start-previous"):
        previous = st.text_area(
            say("app.start.previous_about", lang), key=_stays("previous"), height=160, max_chars=LONGEST_PASTE
        )
    return NewFund(name, source, total, unit, _departments(written), weights, previous)


def _field(name: str, lang: str) -> str:
    return st.text_input(
        say(f"app.start.{name}", lang),
        key=_stays(name),
        max_chars=200,
        placeholder=say(f"app.start.{name}_hint", lang),
    )


def _stays(name: str) -> str:
    """The key of a field whose content is still there after another page."""
    key, kept = f"start-{name}", st.session_state.setdefault("start-kept", {})
    if key in st.session_state:
        kept[key] = st.session_state[key]
    elif key in kept:
        st.session_state[key] = kept[key]
    return key


def _departments(written: str) -> tuple[tuple[str, str], ...]:
    lines = [line.replace("\t", " ").strip() for line in written.splitlines()]
    parts = [line.rpartition(" ") for line in lines if line]
    return tuple((name, amount) for name, _, amount in parts)


def _render_weights(made: Understanding, lang: str) -> dict[str, str]:
    """A field a column: at first the weights that stand in the table, else equal ones."""
    first: Mapping[str, object] = made.weights
    if made.factors and not first:
        first = whole(dict.fromkeys(made.factors, 1))
    fields = list(made.factors.items())
    written = {}
    for start in range(0, len(fields), 2):
        for column, (id, name) in zip(st.columns(2), fields[start : start + 2], strict=False):
            key = f"start-weight-{id}"
            if key not in st.session_state:
                st.session_state[key] = str(first.get(id, ""))
            with column:
                label = markup.in_markdown(say("app.start.weight_of", lang, name=name))
                written[id] = st.text_input(label, key=key, max_chars=20)
    return written


# --- what comes of it -----------------------------------------------------------------------------


def _render_shown(
    made: Understanding, grids: tuple[Grid, ...], fund: NewFund, like: Scenario | None, lang: str
) -> None:
    problems: AllocatorError | None = None
    allocation: Allocation | None = None
    try:
        scenario = scenario_of(made, fund, lang, like)
        allocation = allocate(scenario)
    except AllocatorError as error:
        problems = error
    if allocation is not None:
        base = allocation.scenario.published or allocation.scenario.previous
        found = None if base is None else held_against(allocation, base)
        st.html(markup.title(finding_title(allocation, found, lang)))
        _render_saving(allocation, lang)
        table = office_table(allocation, lang)
        st.html(markup.table(table, say("app.table.caption", lang)))
    else:
        st.html(markup.title(understood.summary(made, lang)))
    understood.render_statements(made, lang)
    if problems is not None and made.is_settled:
        st.html(
            markup.lines(
                [markup.heading(say("app.start.still", lang), 3), markup.listing(problems.sentences(lang))]
            )
        )
    understood.render_sheet(made, grids, lang)


def _render_saving(allocation: Allocation, lang: str) -> None:
    """The button that keeps it as a scenario of one's own and goes on with that."""
    wrong = st.session_state.pop("start-wrong", None)
    if wrong is not None:
        widgets.render_problems(wrong, lang)
    st.button(
        say("app.start.save", lang),
        type="primary",
        key="start-save",
        on_click=_keep_scenario,
        args=(allocation.scenario, lang),
    )


def _keep_scenario(scenario: Scenario, lang: str) -> None:
    try:
        name = store.check_name(scenario.title.zh)
        kept = store.keep(name, scenario, who="", why=say("app.start.why", lang), after=None)
        follow.saved(name, catalogue.load(store.path_of(name)), kept.number)
    except AllocatorError as error:
        st.session_state["start-wrong"] = error
        return
    st.session_state["start-kept"] = {}
    st.session_state.turn_to = "allocate"
