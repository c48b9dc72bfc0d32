"""New fund 新建资金: the table as it was understood, the money, the rule; beside them the result."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from allocator.analysis.finding import held_against
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.files.sheets.grids.files import LARGEST_MB
from allocator.files.understanding.model import Understanding
from allocator.report.tables.office import office_table
from allocator.report.words.title import finding_title
from allocator.text import Phrasebook
from allocator.ui.components import markup, understood, uploads, widgets
from allocator.ui.components.weight_fields import render_weight_fields
from allocator.ui.new_fund.tables import (
    ALL,
    OF,
    Tables,
    render_sheets,
    render_statements,
    render_tables,
)
from allocator.ui.session import catalogue, follow, state
from allocator.ui.session.new_fund import CURRENCY, UNITS, NewFund, scenario_of, written_like
from allocator.ui.session.weights import whole

MOST_FILES = 10
PASTED = "pasted.tsv"
LONGEST_PASTE = 400_000  # characters


def render() -> None:
    """Draws the page."""
    book = state.book()
    with st.container(key="start"):
        with st.container(key="start-form", gap="small"):
            like = _render_like(book)
            tables = _render_table(like, book)
            fund = _render_money(None if tables is None else tables.made, book)
        with st.container(key="start-shown", gap="small"):
            if tables is None:
                st.html(markup.title(book.say("app.start.begin")))
                return
            with st.container(key="start-unsaved"):  # page.js asks before it is left
                _render_shown(tables, fund, like, book)


def _render_like(book: Phrasebook) -> Scenario | None:
    """Draws the choice of a scenario, if any, whose recipients, rule and amounts the fund takes over."""
    known = {
        of: found
        for of, found in state.found().items()
        if isinstance(found, Scenario) and found.kind == "shares" and found.fund.currency == CURRENCY
    }
    key = _stays("like")

    def fill() -> None:
        of = st.session_state[key]
        st.session_state["start-refused"] = None
        if of is not None:
            try:
                _write(written_like(known[of], book))
            except AllocatorError as error:
                st.session_state["start-refused"] = error

    of = st.selectbox(
        book.say("app.start.like"),
        list(known),
        index=None,
        format_func=lambda of: catalogue.title(of, state.found(), book),
        key=key,
        placeholder=book.say("app.start.like_none"),
        on_change=fill,
    )
    if st.session_state.get("start-refused") is not None:
        widgets.render_problems(st.session_state["start-refused"], book)
    return known.get(of) if of is not None else None


def _write(fund: NewFund) -> None:
    """Fills the fields with what is known from the fund that it continues."""
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


def _render_table(like: Scenario | None, book: Phrasebook) -> Tables | None:
    """Draws the boxes for files and for pasted text, and the questions on the tables."""
    st.html(markup.heading(book.say("app.start.step_table")))
    if uploads.render_uploads(
        "start",
        OF,
        book.say("app.start.upload"),
        "start-upload",
        LARGEST_MB,
        MOST_FILES,
        book.say("app.start.several"),
        book.say("app.start.too_many", most=MOST_FILES),
    ):
        _begin()
    with st.expander(book.say("app.start.paste"), key="fold-start-paste"):
        st.text_area(
            book.say("app.start.paste_here"),
            key="start-paste",
            height=160,
            max_chars=LONGEST_PASTE,
            on_change=_take_pasted,
            help=book.say("app.start.paste_help"),
        )
    files = uploads.several("start", OF)
    return render_tables(files, like, book) if files else None


def _take_pasted() -> None:
    """Takes pasted text as a table, like an uploaded one."""
    text = str(st.session_state["start-paste"])
    if text.strip():
        uploads.keep_several("start", OF, (uploads.given_of(PASTED, text.encode(), "pasted"),))
        _begin()


def _begin() -> None:
    """Begins other tables, without the weights of those before, and what was asked of them together."""
    understood.begin(ALL)
    for key in [key for key in st.session_state if str(key).startswith("start-weight-")]:
        del st.session_state[key]


# --- the money and the rule -----------------------------------------------------------------------


def _render_money(made: Understanding | None, book: Phrasebook) -> NewFund:
    """Draws the fields of the money and the rule; returns what is written in them."""
    st.html(markup.heading(book.say("app.start.step_money")))
    name = _field("name", "app.start.name", "app.start.name_hint", book)
    left, right = st.columns([1.4, 1], vertical_alignment="bottom")
    with left:
        total = _field("total", "app.start.total", "app.start.total_hint", book)
    with right:
        unit = st.selectbox(
            book.say("app.start.unit"),
            UNITS,
            format_func=lambda unit: book.money_unit(CURRENCY, unit),
            key=_stays("unit"),
        )
    source = _field("source", "app.start.source", "app.start.source_hint", book)
    with st.expander(book.say("app.start.departments"), key="fold-start-departments"):
        written = st.text_area(
            book.say("app.start.departments_about"), key=_stays("departments"), height=90, max_chars=5_000
        )
    st.html(markup.heading(book.say("app.start.step_rule")))
    weights = {} if made is None else _render_weights(made, book)
    with st.expander(book.say("app.start.previous"), key="fold-start-previous"):
        previous = st.text_area(
            book.say("app.start.previous_about"), key=_stays("previous"), height=160, max_chars=LONGEST_PASTE
        )
    return NewFund(name, source, total, unit, _departments(written), weights, previous)


def _field(name: str, label: str, hint: str, book: Phrasebook) -> str:
    return st.text_input(
        book.say(label),
        key=_stays(name),
        max_chars=200,
        placeholder=book.say(hint),
    )


def _stays(name: str) -> str:
    """The key of a field, whose content is kept while another page is shown."""
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


def _render_weights(made: Understanding, book: Phrasebook) -> dict[str, str]:
    """Draws a field for the weight of each column: at first as in the table, else equal."""
    first: Mapping[str, object] = made.weights
    if made.factors and not first:
        first = whole(dict.fromkeys(made.factors, 1))
    return render_weight_fields(made.factors, first, "start-weight", "app.start.weight_of", book)


# --- what comes of it -----------------------------------------------------------------------------


def _render_shown(tables: Tables, fund: NewFund, like: Scenario | None, book: Phrasebook) -> None:
    made = tables.made
    problems: AllocatorError | None = None
    allocation: Allocation | None = None
    try:
        scenario = scenario_of(made, fund, book, like)
        allocation = allocate(scenario)
    except AllocatorError as error:
        problems = error
    if allocation is not None:
        base = allocation.scenario.published or allocation.scenario.previous
        found = None if base is None else held_against(allocation, base)
        st.html(markup.title(finding_title(allocation, found, book)))
        _render_saving(allocation, book)
        table = office_table(allocation, book)
        st.html(markup.table(table, book.say("app.table.caption")))
    else:
        st.html(markup.title(understood.summary(made, book)))
    render_statements(tables, book)
    if problems is not None and made.is_settled:
        st.html(
            markup.lines(
                [markup.heading(book.say("app.start.still"), 3), markup.listing(problems.sentences(book))]
            )
        )
    render_sheets(tables, book)


def _render_saving(allocation: Allocation, book: Phrasebook) -> None:
    """Draws the button that saves the scenario and opens it on the page Allocate."""
    wrong = st.session_state.pop("start-wrong", None)
    if wrong is not None:
        widgets.render_problems(wrong, book)
    st.button(
        book.say("app.start.save"),
        type="primary",
        key="start-save",
        on_click=_keep_scenario,
        args=(allocation.scenario, book),
    )


def _keep_scenario(scenario: Scenario, book: Phrasebook) -> None:
    try:
        name = store.check_name(scenario.title.zh)
        kept = store.keep(name, scenario, who="", why=book.say("app.start.why"), after=None)
        follow.saved(name, catalogue.load(store.path_of(name)), kept.number)
    except AllocatorError as error:
        st.session_state["start-wrong"] = error
        return
    st.session_state["start-kept"] = {}
    st.session_state.turn_to = "allocate"
