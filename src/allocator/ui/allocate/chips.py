"""Quick chips: a cap, a floor, a fixed amount, the total, departments; each is applied at once.

Caps, floors, fixed amounts and a changed total are shown as tags.  A form is drawn only while it is open: a
closed one that drew its fields would put back a clause that was taken off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from allocator.core.engine import allocate, plan
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.report.words.rule import percent
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.components.on_page import sentence
from allocator.ui.session import quick, state
from allocator.ui.session.clauses import FORMULA
from allocator.ui.session.quick import OVERALL, Tag
from allocator.ui.session.rule import AMOUNT, entered_number, scale, unit_name

Change = Callable[[], Scenario]
Form = Callable[[Scenario, str, Phrasebook], None]
TAGS = {
    "cap": "app.quick.tag_cap",
    "floor": "app.quick.tag_floor",
    "earmark": "app.quick.tag_earmark",
    "fund": "app.quick.tag_fund",
}
WAYS = {"each": "app.rule.each", "together": "app.rule.together"}
BASES = {
    "distributable": "app.quick.of_distributable",
    "fund": "app.quick.of_fund",
    AMOUNT: "app.quick.of_amount",
    "previous": "app.quick.of_previous",
}


def render_chips(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws a tag for each clause that can be taken off, and the chips that add one."""
    origin = state.trail(slug).origin
    shown = quick.tags(scenario, origin)
    if shown:
        with st.container(key="tags", horizontal=True, gap="xxsmall"):
            for at, tag in enumerate(shown):
                _render_tag(tag, at, scenario, origin, slug, book)
    with st.container(key="chips", horizontal=True, gap="xxsmall"):
        for name, (label, form) in FORMS.items():
            chip = st.popover(book.say(label), key=f"chip-{name}-{slug}", on_change="rerun")
            if chip.open:
                with chip:
                    form(scenario, slug, book)
                    _render_wrong(name, book)
        if st.button(book.say("app.quick.more"), key=f"chip-more-{slug}"):
            st.switch_page(st.session_state.pages["rule"])
    _render_wrong("tag", book)


def _render_tag(tag: Tag, at: int, scenario: Scenario, origin: Scenario, slug: str, book: Phrasebook) -> None:
    words = tag_words(tag, scenario, book)

    def take_off() -> None:
        _apply("tag", slug, lambda: quick.without(scenario, tag, origin, book))

    st.button(
        markup.in_markdown(book.say("app.quick.tag", text=words)),
        key=f"tag-{slug}-{at}",
        help=book.say("app.quick.take_off"),
        on_click=take_off,
    )


def tag_words(tag: Tag, scenario: Scenario, book: Phrasebook) -> str:
    """A clause in the fewest words: 自贸区封顶80%, 外资：园区类合计封顶30%."""
    figure = entered_number(tag.figure)
    if tag.of == FORMULA:
        size = book.say("app.quick.by_formula")
    elif isinstance(figure, str):  # a figure of the form itself, a fraction
        size = tag.figure if tag.of == AMOUNT else f"{tag.figure}%"
    elif tag.of == AMOUNT:
        size = book.money(figure * scale(scenario), scenario.fund.currency)
    else:
        size = percent(figure, book)
    whom = [_whom_label(scenario, book, tag.together)(id) for id in tag.whom[:2]]
    more = len(tag.whom) - 2
    label = book.say("place.list").join(whom)
    label += book.say("app.quick.others", count=more) if more > 0 else ""
    if tag.together:
        label = book.say("app.quick.together", whom=label)
    words = book.say(TAGS[tag.kind], whom=label, size=size)
    if not tag.pool:
        return words
    return book.say("place.sentence", where=_pool_label(scenario, book)(tag.pool), what=words)


# --- forms ----------------------------------------------------------------------------------------


def _bound_form(kind: str) -> Form:
    def form(scenario: Scenario, slug: str, book: Phrasebook) -> None:
        whoms = quick.whoms(scenario)
        pool = _pool(scenario, f"chip-{kind}-pool-{slug}-{book.language}", book)
        whom = _whom(scenario, whoms, f"chip-{kind}-whom-{slug}-{book.language}", book, neither=True)
        bound = quick.bound_for(scenario, kind, whom, pool)
        stamp = f"chip-{kind}-{slug}-{pool}-{whom}"
        of_key, way_key = f"{stamp}-of-{book.language}", f"{stamp}-way-{book.language}"
        # a limit by last year's amount can only be on what all pools come to
        last = scenario.previous is not None and pool in ("", OVERALL)
        bases = [base for base in BASES if base != "previous" or last]
        # a base that was picked for a figure that is still to come
        of = bound.of if bound.figure else st.session_state.get(of_key, "distributable")

        def entered() -> None:
            figure = st.session_state[f"{stamp}-figure"]
            base, together = st.session_state[of_key], st.session_state.get(way_key) == "together"
            _apply(
                kind,
                slug,
                lambda: quick.with_bound(
                    scenario, kind, whom, figure, base, book, pool=pool, together=together
                ),
            )

        if whom not in scenario.ids:
            way = "together" if bound.together else "each"
            st.segmented_control(
                book.say("app.rule.way"),
                [*WAYS],
                format_func=lambda one: book.say(WAYS[one]),
                key=widgets.stand_at(way_key, way if bound.figure else st.session_state.get(way_key, way)),
                required=True,
                on_change=entered,
            )
        left, right = st.columns([1, 1.6], vertical_alignment="bottom", wrap=False)
        with right:
            st.selectbox(
                book.say("app.edit.of"),
                bases,
                format_func=lambda base: book.say(BASES[base], unit=unit_name(scenario, book)),
                key=widgets.stand_at(of_key, of if of in bases else bases[0]),
                on_change=entered,
            )
        with left:
            label = book.say("app.quick.cap" if kind == "cap" else "app.quick.floor")
            _figure(label, f"{stamp}-figure", bound.figure, kind, entered)
        together = whom not in scenario.ids and st.session_state[way_key] == "together"
        about = "app.quick.together_about" if together else "app.quick.bound_about"
        st.html(markup.block("hint", book.say(about)))

    return form


def _earmark_form(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    whom = _whom(scenario, list(scenario.ids), f"chip-earmark-whom-{slug}-{book.language}", book)
    row = quick.earmark_for(scenario, whom)
    stamp = f"chip-earmark-{slug}-{whom}"
    also_key = f"{stamp}-also"
    if row.amount:
        widgets.stand_at(also_key, row.also_shares)

    def entered() -> None:
        amount, also = st.session_state[f"{stamp}-figure"], st.session_state[also_key]
        _apply("earmark", slug, lambda: quick.with_earmark(scenario, whom, amount, also, book))

    label = book.say("app.edit.amount", unit=unit_name(scenario, book))
    _figure(label, f"{stamp}-figure", row.amount, "earmark", entered)
    st.checkbox(book.say("app.edit.also_shares"), key=also_key, on_change=entered)


def _fund_form(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    stamp = f"chip-fund-{slug}"

    def entered() -> None:
        amount = st.session_state[f"{stamp}-figure"]
        _apply("fund", slug, lambda: quick.with_fund(scenario, amount, book))

    label = book.say("app.edit.fund", unit=unit_name(scenario, book))
    _figure(label, f"{stamp}-figure", quick.fund_figure(scenario), "fund", entered)


def _departments_form(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws a field for each department's amount, and fields for one more department."""
    unit = unit_name(scenario, book)
    rows = [(row.name, row.amount) for row in quick.department_rows(scenario, book)]
    stamp = f"chip-departments-{slug}-{book.language}"

    def entered() -> None:
        amounts = {name: st.session_state[f"{stamp}-{at}-figure"] for at, (name, _) in enumerate(rows)}
        new = st.session_state.get(f"{stamp}-new-name", "").strip()
        amount = st.session_state.get(f"{stamp}-new-figure", "").strip()
        if new and amount:
            amounts[new] = amount
        done = _apply("departments", slug, lambda: quick.with_departments(scenario, amounts, book))
        if done and new and amount:
            for part in ("new-name", "new-figure"):
                st.session_state[f"{stamp}-{part}"] = ""

    for at, (name, amount) in enumerate(rows):
        _figure(markup.in_markdown(name), f"{stamp}-{at}-figure", amount, "departments", entered)
    st.text_input(book.say("app.quick.department"), key=f"{stamp}-new-name", max_chars=100, on_change=entered)
    label = book.say("app.edit.amount", unit=unit)
    st.text_input(label, key=f"{stamp}-new-figure", max_chars=40, on_change=entered)


FORMS: dict[str, tuple[str, Form]] = {
    "cap": ("app.quick.cap", _bound_form("cap")),
    "floor": ("app.quick.floor", _bound_form("floor")),
    "earmark": ("app.quick.earmark", _earmark_form),
    "fund": ("app.quick.fund", _fund_form),
    "departments": ("app.quick.departments", _departments_form),
}


def _whom(scenario: Scenario, whoms: list[str], key: str, book: Phrasebook, *, neither: bool = False) -> str:
    """The recipient or kind that is chosen for a clause; at first the one with the largest amount.

    ``neither`` names a kind without saying whether each or all together are meant.
    """
    if st.session_state.get(key) not in whoms:
        st.session_state[key] = _most(scenario, whoms)
    label = _whom_label(scenario, book, neither)
    return str(st.selectbox(book.say("app.edit.whom"), whoms, format_func=label, key=key))


def _most(scenario: Scenario, whoms: list[str]) -> str:
    try:
        amounts = allocate(scenario).amounts
    except AllocatorError:
        return whoms[0]
    return max(whoms, key=lambda id: amounts.get(id, -1))


def _pool(scenario: Scenario, key: str, book: Phrasebook) -> str:
    """The pool that is chosen for a clause; blank where there are none."""
    offered = quick.pools(scenario)
    if not offered:
        return ""
    if st.session_state.get(key) not in offered:
        st.session_state[key] = offered[0]
    return str(
        st.selectbox(book.say("app.rule.pool"), offered, format_func=_pool_label(scenario, book), key=key)
    )


def _pool_label(scenario: Scenario, book: Phrasebook) -> Callable[[str], str]:
    names = {pool.id: book.text(pool.name) for pool in scenario.pools}
    return lambda id: names.get(id) or book.say("app.rule.pool_all")


def _whom_label(scenario: Scenario, book: Phrasebook, together: bool = False) -> Callable[[str], str]:
    names = {r.id: book.text(r.name) for r in scenario.recipients}

    def label(option: str) -> str:
        if option in names:
            return str(names[option])
        if option == quick.EVERYBODY:
            return book.say("app.rule.whom_all" if together else "app.edit.whom_all")
        return book.say("app.rule.whom_kind" if together else "app.edit.whom_kind", kind=book.kind(option))

    return label


def _figure(label: str, key: str, standing: str, form: str, entered: Callable[[], Any]) -> None:
    """A field for a figure, applied as it is entered; a refused one stays to be corrected."""
    if key not in st.session_state or not _wrong(form):
        widgets.stand_at(key, standing)
    st.text_input(label, key=key, max_chars=40, on_change=entered)


# --- applying -------------------------------------------------------------------------------------


def _apply(form: str, slug: str, change: Change) -> bool:
    """Puts a change on the screen and returns True if it can be allocated; else keeps its error."""
    st.session_state["quick-wrong"] = {}
    try:
        changed = change()
        plan(changed)
    except AllocatorError as error:
        st.session_state["quick-wrong"] = {form: error}
        return False
    if changed != state.draft(slug).scenario:
        state.set_scenario(slug, changed, state.draft(slug).points)
    return True


def _wrong(form: str) -> AllocatorError | None:
    wrong: dict[str, AllocatorError] = st.session_state.get("quick-wrong", {})
    return wrong.get(form)


def _render_wrong(form: str, book: Phrasebook) -> None:
    error = _wrong(form)
    for problem in error.problems if error is not None else ():
        st.error(markup.in_markdown(sentence(problem, book)))
