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
from allocator.ui.session import quick, state
from allocator.ui.session.quick import Tag
from allocator.ui.session.rule import AMOUNT, entered_number, rule_of, scale, unit_name

Change = Callable[[], Scenario]
Form = Callable[[Scenario, str, Phrasebook], None]
TAGS = {
    "cap": "app.quick.tag_cap",
    "floor": "app.quick.tag_floor",
    "earmark": "app.quick.tag_earmark",
    "fund": "app.quick.tag_fund",
}
BASES = {
    "distributable": "app.quick.of_distributable",
    "fund": "app.quick.of_fund",
    AMOUNT: "app.quick.of_amount",
    "previous": "app.quick.of_previous",
}


def render_chips(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws a tag for each clause that can be taken off, and the chips that add one."""
    origin = state.trail(slug).origin
    shown, forms = quick.tags(scenario, origin), FORMS
    if scenario.format > 1:  # floors, caps and earmarks may say more than a chip can: they are in the rule
        shown = [tag for tag in shown if tag.kind == "fund"]
        forms = {name: form for name, form in FORMS.items() if name in ("fund", "departments")}
    if shown:
        with st.container(key="tags", horizontal=True, gap="xxsmall"):
            for at, tag in enumerate(shown):
                _render_tag(tag, at, scenario, origin, slug, book)
    with st.container(key="chips", horizontal=True, gap="xxsmall"):
        for name, (label, form) in forms.items():
            chip = st.popover(book.say(label), key=f"chip-{name}-{slug}", on_change="rerun")
            if chip.open:
                with chip:
                    form(scenario, slug, book)
                    _render_wrong(name, book)
        _render_more(scenario, slug, book)
    _render_wrong("tag", book)


def _render_more(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws the chip that opens the rest of the rule: in a window, or where that cannot say it, its page."""
    label, key = book.say("app.quick.more"), f"chip-more-{slug}"
    if scenario.format == 1:
        st.button(label, key=key, on_click=state.open_window, args=("rule",))
    elif st.button(label, key=key):
        st.switch_page(st.session_state.pages["rule"])


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
    """A clause in the fewest words: 自贸区封顶80%."""
    figure = entered_number(tag.figure)
    if isinstance(figure, str):  # a figure of the form itself, which can always be read
        size = tag.figure
    elif tag.of == AMOUNT:
        size = book.money(figure * scale(scenario), scenario.fund.currency)
    else:
        size = percent(figure, book)
    whom = [_whom_label(scenario, book)(id) for id in tag.whom[:2]]
    more = len(tag.whom) - 2
    label = book.say("place.list").join(whom)
    label += book.say("app.quick.others", count=more) if more > 0 else ""
    return book.say(TAGS[tag.kind], whom=label, size=size)


# --- forms ----------------------------------------------------------------------------------------


def _bound_form(kind: str) -> Form:
    def form(scenario: Scenario, slug: str, book: Phrasebook) -> None:
        whoms = quick.whoms(scenario)
        whom = _whom(scenario, whoms, f"chip-{kind}-whom-{slug}-{book.language}", book)
        bound = quick.bound_for(scenario, kind, whom)
        stamp = f"chip-{kind}-{slug}-{whom}"
        of_key = f"{stamp}-of-{book.language}"
        bases = [base for base in BASES if base != "previous" or scenario.previous is not None]
        # a base that was picked for a figure that is still to come
        of = bound.of if bound.figure else st.session_state.get(of_key, "distributable")

        def entered() -> None:
            figure = st.session_state[f"{stamp}-figure"]
            base = st.session_state[of_key]
            _apply(kind, slug, lambda: quick.with_bound(scenario, kind, whom, figure, base, book))

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
        st.html(markup.block("hint", book.say("app.quick.bound_about")))

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
    _figure(label, f"{stamp}-figure", rule_of(scenario, book).fund, "fund", entered)


def _departments_form(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws a field for each department's amount, and fields for one more department."""
    unit = unit_name(scenario, book)
    rows = rule_of(scenario, book).reservations
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


def _whom(scenario: Scenario, whoms: list[str], key: str, book: Phrasebook) -> str:
    """The recipient or kind that is chosen for a clause; at first the one with the largest amount."""
    if st.session_state.get(key) not in whoms:
        st.session_state[key] = _most(scenario, whoms)
    return str(
        st.selectbox(book.say("app.edit.whom"), whoms, format_func=_whom_label(scenario, book), key=key)
    )


def _most(scenario: Scenario, whoms: list[str]) -> str:
    try:
        amounts = allocate(scenario).amounts
    except AllocatorError:
        return whoms[0]
    return max(whoms, key=lambda id: amounts.get(id, -1))


def _whom_label(scenario: Scenario, book: Phrasebook) -> Callable[[str], str]:
    names = {r.id: book.text(r.name) for r in scenario.recipients}

    def label(option: str) -> str:
        if option in names:
            return str(names[option])
        if option == quick.EVERYBODY:
            return book.say("app.edit.whom_all")
        return book.say("app.edit.whom_kind", kind=book.kind(option))

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
    if error is not None:
        widgets.render_problems(error, book)
