"""The form of a search: targets, what may change, the answer, and one click that puts it on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import streamlit as st

from allocator.analysis.seek import Answer, Clause, Lever, Target, clauses_of, levers_of, movable, seek
from allocator.analysis.seek.answer import CLAUSES
from allocator.core.allocation import Allocation
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.report.seek.tables import amounts_table
from allocator.report.seek.words import lever_text, sentences
from allocator.report.words.rule import limit_clauses, limit_words
from allocator.text import Phrasebook
from allocator.ui.components import background, markup, widgets
from allocator.ui.components.fields import keep, known, render_choice
from allocator.ui.seek.targets import TargetRow, bounds_of, targets_of
from allocator.ui.session import state
from allocator.ui.session.rule import unit_name

OF = {
    "amount": "app.seek.amount",
    "share": "app.seek.share",
    "rank": "app.seek.rank",
    "difference": "app.seek.difference",
}
RELATIONS = {"<=": "app.seek.most", ">=": "app.seek.least", "==": "app.seek.exactly"}
STEPS = {"whole": exact(1), "free": exact("0.01")}
MOST_TARGETS = 6
_WEIGHTS = {
    "step": "app.seek.step",
    "keep": "app.seek.keep",
    "bounds": "app.seek.bounds",
    "about": "app.seek.bounds_about",
}
_MONEY = {
    "step": "app.seek.step_money",
    "keep": "app.seek.keep_money",
    "bounds": "app.seek.bounds_money",
    "about": "app.seek.bounds_about_money",
}
Ends = tuple[tuple[str, tuple[Number | None, Number | None]], ...]


class Asked(NamedTuple):
    """A search that was asked for: scenario, targets, and what may change to meet them."""

    scenario: Scenario
    targets: tuple[Target, ...]
    clause: Clause | None
    lever: Lever | None
    step: Number
    keep: tuple[str, ...]
    bounds: Ends


def render_seek(allocation: Allocation, slug: str, book: Phrasebook) -> None:
    """Draws the form and the answer."""
    st.html(markup.heading(book.say("app.seek.title")) + markup.block("hint", book.say("app.seek.about")))
    _form(allocation, slug, book)


@st.fragment
def _form(allocation: Allocation, slug: str, book: Phrasebook) -> None:
    scenario = allocation.scenario
    if state.on_screen(slug) != scenario:  # taken over or undone: the whole page is about another scenario
        st.rerun()
    rows = _rows(scenario, slug, book)
    changing = _render_change(scenario, slug, book)
    clause = changing if isinstance(changing, Clause) else None
    lever = changing if isinstance(changing, Lever) else None
    step, staying = "whole", tuple[str, ...]()
    typed: dict[str, tuple[str, str]] = {}
    if clause is None:
        step, staying, typed = _render_weights(scenario, lever or Lever("weights"), slug, book)
    asked = f"seek-asked-{slug}"
    if st.button(book.say("app.seek.go"), key=f"seek-go-{slug}", type="primary"):
        st.session_state.pop(asked, None)
        try:
            targets = tuple(targets_of(scenario, rows, book))
            bounds = tuple(bounds_of(scenario, lever or Lever("weights"), typed, book).items())
        except ScenarioError as error:
            widgets.render_problems(error, book)
            return
        st.session_state[asked] = Asked(scenario, targets, clause, lever, STEPS[step], staying, bounds)
    wanted: Asked | None = st.session_state.get(asked)
    if wanted is None:
        return
    if wanted.scenario == scenario:
        _render_answer(wanted, slug, book)
    else:  # edited since: what was asked about may not even be there any more
        st.html(markup.block("exact", book.say("app.seek.outdated")))


def _rows(scenario: Scenario, slug: str, book: Phrasebook) -> list[TargetRow]:
    """Draws the targets, a row each, and returns them as typed."""
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    numbers: list[int] = st.session_state.setdefault(f"seek-rows-{slug}", [0])
    kinds = [of for of in OF if of != "difference" or scenario.published is not None]
    largest = max(names, key=lambda id: (scenario.published or {}).get(id, 0))
    found = []
    for place, number in enumerate(numbers, 1):
        key = f"{slug}-{number}"
        first = [state.picked(scenario) or largest]
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            before = [id for id in known(f"seek-{key}-who", first) if id in names]
            who = st.multiselect(
                book.say("app.seek.who", number=place),
                list(names),
                before,
                format_func=names.__getitem__,
                key=f"seek-who-{key}-{book.language}",
                select_all=False,
                placeholder=book.say("app.seek.who_hint"),
            )
            of = render_choice(
                f"seek-{key}-of",
                book.say("app.seek.of"),
                kinds,
                "amount",
                lambda one: book.say(OF[one]),
                book,
            )
            relation = render_choice(
                f"seek-{key}-is",
                book.say("app.seek.is"),
                RELATIONS,
                "<=",
                lambda one: book.say(RELATIONS[one]),
                book,
            )
            unit = {"share": "%", "rank": book.say("app.seek.rank_unit")}.get(of, unit_name(scenario, book))
            label = book.say("app.seek.figure", unit=unit)
            text = known(f"seek-{key}-figure", "")
            figure = st.text_input(label, text, key=f"seek-figure-{key}-{book.language}", max_chars=40)
            if len(numbers) > 1:
                st.button(
                    book.say("app.edit.remove", number=place),
                    key=f"seek-remove-{key}",
                    on_click=_remove,
                    args=(slug, number),
                )
        keep(f"seek-{key}-who", who)
        keep(f"seek-{key}-figure", figure)
        found.append(TargetRow(tuple(who), of, relation, figure))
    if len(numbers) < MOST_TARGETS:
        st.button(book.say("app.seek.add"), key=f"seek-add-{slug}", on_click=_add, args=(slug,))
    return found


def _add(slug: str) -> None:
    key = f"seek-rows-{slug}"
    numbers: list[int] = st.session_state[key]
    st.session_state[key] = [*numbers, max(numbers) + 1]


def _remove(slug: str, number: int) -> None:
    key = f"seek-rows-{slug}"
    st.session_state[key] = [other for other in st.session_state[key] if other != number]


# --- what may change ------------------------------------------------------------------------------


def _render_change(scenario: Scenario, slug: str, book: Phrasebook) -> Clause | Lever | None:
    """Draws the choice of what may change: some weights, the pools' money, or one clause.

    None where that is nothing but the weights of a rule without pools.
    """
    options: dict[str, Clause | Lever] = {f"{one.kind}:{one.of}": one for one in levers_of(scenario)}
    options |= {f"{c.kind}:{c.number}": c for kind in CLAUSES for c in clauses_of(scenario, kind)}
    if list(options) in ([], ["weights:"]):
        return None

    def label(key: str) -> str:
        one = options[key]
        if isinstance(one, Clause):
            return clause_label(scenario, one, book)
        return lever_text(one, scenario, book)

    title = book.say("app.seek.by")
    return options[render_choice(f"seek-{slug}-by", title, [*options], next(iter(options)), label, book)]


def clause_label(scenario: Scenario, clause: Clause, book: Phrasebook) -> str:
    """The label of a clause in a list: a department's name and money, or a floor or cap in words."""
    if clause.kind == "reservation":
        reservation = scenario.reservations[clause.number]
        amount = book.money(reservation.amount, scenario.fund.currency)
        return book.say("app.seek.by_reservation", name=reservation.name, amount=amount)
    limit = scenario.limits[clause.number]
    if clause.kind == "floor":
        only = replace(limit, cap=None, cap_rate=None)
    else:
        only = replace(limit, floor=None, floor_rate=None)
    return book.say("app.seek.by_limit", words=limit_clauses(only, book, limit_words(scenario)))


def _render_weights(
    scenario: Scenario, lever: Lever, slug: str, book: Phrasebook
) -> tuple[str, tuple[str, ...], dict[str, tuple[str, str]]]:
    """Draws the step of the weights, those that stay, and the bounds of the others; returns all three."""
    names = {id: book.text(lever.name(scenario, id)) for id in movable(scenario, lever)}
    slug = f"{slug}-{lever.kind}-{lever.of}" if scenario.pools else slug
    said = _MONEY if lever.kind == "money" else _WEIGHTS
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        step = render_choice(
            f"seek-{slug}-step",
            book.say(said["step"]),
            STEPS,
            "whole",
            lambda one: book.say("app.seek.whole" if one == "whole" else "app.seek.free"),
            book,
        )
        before = [id for id in known(f"seek-{slug}-keep", list[str]()) if id in names]
        staying = st.multiselect(
            book.say(said["keep"]),
            list(names),
            before,
            format_func=names.__getitem__,
            key=f"seek-keep-{slug}-{book.language}",
            select_all=False,
            placeholder=book.say("app.seek.keep_hint"),
        )
    keep(f"seek-{slug}-keep", staying)
    typed: dict[str, tuple[str, str]] = {}
    with st.expander(book.say(said["bounds"]), key="fold-seek-bounds"):
        st.html(markup.block("hint", book.say(said["about"])))
        for id, name in names.items():
            if id in staying:
                continue
            ends = []
            with st.container(horizontal=True, gap="small"):
                for end, which in (("low", "app.seek.low"), ("high", "app.seek.high")):
                    key = f"{slug}-{id}-{end}"
                    label = markup.in_markdown(book.say(which, name=name))
                    text = known(f"seek-{key}", "")
                    ends.append(st.text_input(label, text, key=f"seek-{key}-{book.language}", max_chars=20))
                    keep(f"seek-{key}", ends[-1])
            typed[id] = ends[0], ends[1]
    return step, tuple(staying), typed


# --- the answer -----------------------------------------------------------------------------------


def _render_answer(asked: Asked, slug: str, book: Phrasebook) -> None:
    scenario = asked.scenario

    def work(progress: Callable[[float], None]) -> Answer | AllocatorError:
        try:
            if asked.clause is not None:
                return seek(scenario, asked.targets, clause=asked.clause)
            return seek(
                scenario,
                asked.targets,
                lever=asked.lever,
                step=asked.step,
                keep=asked.keep,
                bounds=dict(asked.bounds),
                progress=progress,
            )
        except AllocatorError as error:
            return error

    found = background.awaited(
        ("seek", asked),
        work,
        lambda percent: book.say("audit.progress", percent=percent),
        book.say("app.seek.cancel"),
        f"seek-cancel-{slug}",
        lambda: st.session_state.pop(f"seek-asked-{slug}", None),
    )
    if found is None:
        return
    if isinstance(found, AllocatorError):
        widgets.render_problems(in_form(found, book), book)
        return
    st.html(markup.listing(sentences(found, book)))
    table = amounts_table(found, book)
    if table is None or found.found is None:
        return
    caption = book.say("app.seek.table_assumed" if scenario.assumed else "app.seek.table")
    st.html(markup.table(table, caption))
    if found.change:
        label = book.say("app.seek.take")
        done = st.button(label, key=f"seek-take-{slug}", type="primary")
        st.html(markup.block("hint", book.say("app.seek.take_about")))
        if done:
            _take(found.found.scenario, found.clause is None and not scenario.pools, slug)
            st.session_state.pop(f"seek-asked-{slug}", None)
            st.switch_page(st.session_state.pages["allocate"])


def in_form(error: AllocatorError, book: Phrasebook) -> AllocatorError:
    """The error without the names of options; a form has none."""
    return error.in_fields(
        {
            "target": book.say("app.seek.targets"),
            "bound": book.say("app.seek.bounds"),
            "keep": book.say("app.seek.keep"),
        }
    )


def _take(found: Scenario, weights_only: bool, slug: str) -> None:
    """Puts the answer on the screen, as one step."""
    if weights_only:
        state.set_points(slug, dict(found.weights))
    else:
        state.set_scenario(slug, found, None if found.pools else state.draft(slug).points)
