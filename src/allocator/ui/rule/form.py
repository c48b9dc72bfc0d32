"""The rows of the rule on the page: what is typed is tried at once, and what cannot be says so at its field.

While something cannot be, the last right rule stands on the screen, and all that was typed stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import streamlit as st

from allocator.core.engine import plan
from allocator.core.errors import AllocatorError, Problem
from allocator.core.model import Scenario
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.components.on_page import sentence
from allocator.ui.session import state
from allocator.ui.session.clause_places import in_rows
from allocator.ui.session.clause_steps import added, filled, removed, with_row
from allocator.ui.session.clauses import Clauses, Row, clauses_of
from allocator.ui.session.clauses_made import with_clauses

TABLES = {"columns": "factor"}  # of which a row's problems are


class Standing(NamedTuple):
    """The rows of a scenario, what they were filled from, what they made last, and what is wrong now."""

    base: Scenario
    made: Scenario
    clauses: Clauses
    wrong: AllocatorError | None
    language: str


def current(slug: str, book: Phrasebook) -> Standing:
    """The rows of what is on the screen; filled anew where that was changed elsewhere."""
    now, known = state.on_screen(slug), _forms().get(slug)
    if known is not None and (known.language == book.language or known.wrong is not None):
        same = known.made is now or known.made == now
        if same:
            return known
    filled_anew = Standing(now, now, clauses_of(now, book), None, book.language)
    _put(slug, filled_anew)
    return filled_anew


def discard(slug: str) -> None:
    """Forgets what was typed and is not in force."""
    st.session_state["rule-forms"] = {of: form for of, form in _forms().items() if of != slug}


def change(slug: str, book: Phrasebook, to: Callable[[Clauses], Clauses]) -> None:
    """Changes the rows, and puts what they say on the screen if it can be allocated."""
    known = current(slug, book)
    clauses = to(known.clauses)
    try:
        made = _tried(known.base, clauses, book)
    except AllocatorError as error:
        _put(slug, known._replace(clauses=clauses, wrong=error))
        state.acted()
        return
    if made != known.made:
        state.set_scenario(slug, made)
    if len(made.rules) == 1 and not made.rules[0].id and clauses.pools[0].id:
        discard(slug)  # it has no pools any more, and the rows are filled as of such a rule
        return
    _put(slug, known._replace(made=made, clauses=clauses, wrong=None))
    state.acted()


def _tried(base: Scenario, clauses: Clauses, book: Phrasebook) -> Scenario:
    """The scenario that rows make; raises AllocatorError where they make none, or it cannot be allocated."""
    made = with_clauses(base, clauses, book)
    try:
        plan(made)
    except AllocatorError as error:
        raise in_rows(error, filled(clauses)) from None
    return made


def _forms() -> dict[str, Standing]:
    forms: dict[str, Standing] = st.session_state.get("rule-forms", {})
    return forms


def _put(slug: str, form: Standing) -> None:
    st.session_state["rule-forms"] = {**_forms(), slug: form}


class Form:
    """The fields of the rows of one scenario; each ``…`` method draws one and what is wrong with it."""

    def __init__(self, slug: str, book: Phrasebook) -> None:
        self.slug, self.book = slug, book
        self.standing = current(slug, book)
        self.clauses, self.scenario = self.standing.clauses, self.standing.made
        wrong = self.standing.wrong
        self._unsaid: list[Problem] = [] if wrong is None else list(wrong.problems)
        self._below: list[str] | None = None  # what is wrong in a line, to stand below it

    @contextmanager
    def line(self) -> Iterator[None]:
        """Fields side by side; what is wrong with them stands below all of them."""
        self._below = []
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            yield
        lines, self._below = self._below, None
        if lines:
            st.html("".join(markup.block("wrong", line, role="alert") for line in lines))

    def text(
        self,
        section: str,
        row: Row,
        name: str,
        label: str,
        *,
        at: Iterable[str] = (),
        width: Any = 150,
        longest: int = 200,
        holder: str = "",
        tall: bool = False,
        help: str | None = None,
    ) -> None:
        """A field for one text of a row; ``at`` are the keys of problems that it shows, its name if none."""
        key = widgets.stand_at(f"rule-{self.slug}-{row.uid}-{name}", getattr(row, name) or "")
        make: Any = st.text_area if tall else st.text_input
        about: dict[str, Any] = {"height": 110} if tall else {}
        with st.container(width=width, gap=None):
            make(
                label,
                key=key,
                max_chars=longest,
                placeholder=holder,
                help=help,
                on_change=self._take,
                args=(section, row.uid, name, key),
                **about,
            )
            self.problems(section, row, at or (name,), label)

    def weight(self, section: str, row: Row, pairs: str, of: str, label: str) -> None:
        """A field for the weight of one factor or indicator of a row."""
        key = widgets.stand_at(f"rule-{self.slug}-{row.uid}-{pairs}-{of}", dict(getattr(row, pairs))[of])

        def entered() -> None:
            given = st.session_state[key]
            weights = tuple((name, given if name == of else w) for name, w in getattr(row, pairs))
            change(self.slug, self.book, lambda c: with_row(c, section, row.uid, **{pairs: weights}))

        with st.container(width=150, gap=None):
            st.text_input(markup.in_markdown(label), key=key, max_chars=40, on_change=entered)
            self.problems(section, row, [f"{pairs}.{of}"], label)

    def choice(
        self,
        section: str,
        row: Row,
        name: str,
        label: str,
        options: Sequence[str],
        said: Callable[[str], str],
        *,
        at: Iterable[str] = (),
        width: Any = 190,
    ) -> None:
        """A list from which one text of a row is chosen."""
        value = getattr(row, name)
        known = list(dict.fromkeys([*options, value]))
        key = widgets.stand_at(f"rule-{self.slug}-{row.uid}-{name}-{self.book.language}", value)
        with st.container(width=width, gap=None):
            st.selectbox(
                label,
                known,
                format_func=said,
                key=key,
                on_change=self._take,
                args=(section, row.uid, name, key),
            )
            self.problems(section, row, at or (name,), label)

    def several(
        self,
        section: str,
        row: Row,
        name: str,
        label: str,
        options: Sequence[str],
        said: Callable[[str], str],
        *,
        at: Iterable[str] = (),
        width: Any = "stretch",
        paired: bool = False,
    ) -> None:
        """A list from which several are chosen; ``paired`` ones have a figure each, at first zero."""
        value = getattr(row, name)
        chosen = [of for of, _ in value] if paired else list(value)
        known = list(dict.fromkeys([*options, *chosen]))
        key = widgets.stand_at(f"rule-{self.slug}-{row.uid}-{name}-{self.book.language}", chosen)

        def picked() -> None:
            ids = st.session_state[key]
            old = dict(value) if paired else {}
            # the only one of shares has all of the weight
            alone = len(ids) == 1 and getattr(row, "kind", "shares") == "shares"
            new = tuple((id, "100" if alone else old.get(id, "0")) for id in ids) if paired else tuple(ids)
            change(self.slug, self.book, lambda c: with_row(c, section, row.uid, **{name: new}))

        with st.container(width=width, gap=None):
            st.multiselect(
                label, known, format_func=said, key=key, on_change=picked, select_all=False, wrap=True
            )
            self.problems(section, row, at or (name,), label)

    def tick(self, section: str, row: Row, name: str, label: str, *, at: Iterable[str] = ()) -> None:
        """A box to tick for one choice of a row."""
        key = widgets.stand_at(f"rule-{self.slug}-{row.uid}-{name}", getattr(row, name))
        st.checkbox(label, key=key, on_change=self._take, args=(section, row.uid, name, key), width="content")
        self.problems(section, row, at or (name,), label)

    def basis(self, section: str, row: Row) -> None:
        """The field for the provision that a clause rests on."""
        holder = self.book.say("app.rule.basis_hint")
        self.text(section, row, "basis", self.book.say("app.rule.basis"), width=190, holder=holder)

    def remove(self, section: str, row: Row, help: str | None = None) -> None:
        """The button that takes a row off."""
        st.button(
            self.book.say("app.rule.remove"),
            help=help,
            key=f"rule-{self.slug}-{row.uid}-remove",
            on_click=change,
            args=(self.slug, self.book, lambda c: removed(c, section, row.uid)),
            type="tertiary",
        )

    def add(self, section: str, label: str, *, data: bool = False) -> None:
        """The button that adds a row."""
        scenario = self.standing.base
        st.button(
            label,
            key=f"rule-{self.slug}-add-{section}{'-data' if data else ''}",
            on_click=change,
            args=(self.slug, self.book, lambda c: added(c, section, scenario, self.book, data=data)),
        )

    def put(self, section: str, row: Row, **fields: Any) -> None:
        """Changes texts of a row, from within a callback."""
        change(self.slug, self.book, lambda c: with_row(c, section, row.uid, **fields))

    def _take(self, section: str, uid: str, name: str, key: str) -> None:
        given = st.session_state[key]
        change(self.slug, self.book, lambda c: with_row(c, section, uid, **{name: given}))

    # --- what is wrong ----------------------------------------------------------------------------

    def problems(self, section: str, row: Row, names: Iterable[str], label: str = "") -> None:
        """Says what is wrong with these fields of a row, and in a line with which of them."""
        table = "fund" if section == "fund" else TABLES.get(section, section.removesuffix("s"))
        own = table if section == "fund" else f"{table}.{row.uid}"
        self._say([f"{own}.{name}".rstrip(".") for name in names], label)

    def problems_of(self, section: str, row: Row) -> None:
        """Says what is wrong with a row, and was not said at one of its fields."""
        table = TABLES.get(section, section.removesuffix("s"))
        begins = f"{table}.{row.uid}"
        keys = [str(problem.at.get("key", "")) for problem in self._unsaid]
        self._say([key for key in keys if key == begins or key.startswith(f"{begins}.")])

    def _say(self, keys: Sequence[str], label: str = "") -> None:
        here = [problem for problem in self._unsaid if problem.at.get("key") in keys]
        self._unsaid = [problem for problem in self._unsaid if problem not in here]
        for problem in here:
            what = self._sentence(problem)
            if self._below is None:
                st.html(markup.block("wrong", what, role="alert"))
            else:
                self._below.append(self.book.say("place.sentence", where=label, what=what) if label else what)

    def rest(self) -> list[str]:
        """The problems that were shown at no field."""
        return [self._sentence(problem) for problem in self._unsaid]

    def _sentence(self, problem: Problem) -> str:
        return sentence(problem, self.book)
