"""Quick chips: a cap, a floor, a fixed amount, the total, departments; each works at once, and is a tag.

A form is drawn only while it is open: a closed one that drew its fields would put back what was taken off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.report.words.rule import percent
from allocator.text import kind_text, money, say
from allocator.ui.components import markup, widgets
from allocator.ui.session import quick, state
from allocator.ui.session.quick import Tag
from allocator.ui.session.rule import AMOUNT, rule_of, scale, typed_number, unit_name

Change = Callable[[], Scenario]


def render_chips(scenario: Scenario, slug: str, lang: str) -> None:
    """What was added to the rule, to be taken off; and what can be added."""
    origin = state.trail(slug).origin
    shown = quick.tags(scenario, origin)
    if shown:
        with st.container(key="tags", horizontal=True, gap="xxsmall"):
            for at, tag in enumerate(shown):
                _render_tag(tag, at, scenario, origin, slug, lang)
    with st.container(key="chips", horizontal=True, gap="xxsmall"):
        for name, form in FORMS.items():
            chip = st.popover(say(f"app.quick.{name}", lang), key=f"chip-{name}-{slug}", on_change="rerun")
            if chip.open:
                with chip:
                    form(scenario, slug, lang)
                    _render_wrong(name, lang)
        st.button(
            say("app.quick.more", lang), key=f"chip-more-{slug}", on_click=state.open_window, args=("rule",)
        )
    _render_wrong("tag", lang)


def _render_tag(tag: Tag, at: int, scenario: Scenario, origin: Scenario, slug: str, lang: str) -> None:
    words = tag_words(tag, scenario, lang)

    def take_off() -> None:
        _apply("tag", slug, lambda: quick.without(scenario, tag, origin, lang))

    st.button(
        markup.in_markdown(say("app.quick.tag", lang, text=words)),
        key=f"tag-{slug}-{at}",
        help=say("app.quick.take_off", lang),
        on_click=take_off,
    )


def tag_words(tag: Tag, scenario: Scenario, lang: str) -> str:
    """A clause in the fewest words: 自贸区封顶80%."""
    figure = typed_number(tag.figure)
    if isinstance(figure, str):  # a figure of the form itself, which can always be read
        size = tag.figure
    elif tag.of == AMOUNT:
        size = money(figure * scale(scenario), scenario.fund.currency, lang)
    else:
        size = percent(figure, lang)
    whom = [_whom_label(scenario, lang)(id) for id in tag.whom[:2]]
    more = len(tag.whom) - 2
    label = say("place.list", lang).join(whom)
    label += say("app.quick.others", lang, count=more) if more > 0 else ""
    return say(f"app.quick.tag_{tag.kind}", lang, whom=label, size=size)


# --- forms ----------------------------------------------------------------------------------------


def _bound_form(kind: str) -> Callable[[Scenario, str, str], None]:
    def form(scenario: Scenario, slug: str, lang: str) -> None:
        whoms = quick.whoms(scenario)
        whom = _whom(scenario, whoms, f"chip-{kind}-whom-{slug}-{lang}", lang)
        bound = quick.bound_for(scenario, kind, whom)
        stamp = f"chip-{kind}-{slug}-{whom}"
        of_key = f"{stamp}-of-{lang}"
        bases = ["distributable", "fund", AMOUNT, *(["previous"] if scenario.previous is not None else [])]
        # a base that was picked for a figure that is still to come
        of = bound.of if bound.figure else st.session_state.get(of_key, "distributable")

        def typed() -> None:
            figure = st.session_state[f"{stamp}-figure"]
            base = st.session_state[of_key]
            _apply(kind, slug, lambda: quick.with_bound(scenario, kind, whom, figure, base, lang))

        left, right = st.columns([1, 1.6], vertical_alignment="bottom", wrap=False)
        with right:
            st.selectbox(
                say("app.edit.of", lang),
                bases,
                format_func=lambda base: say(f"app.quick.of_{base}", lang, unit=unit_name(scenario, lang)),
                key=widgets.stand_at(of_key, of if of in bases else bases[0]),
                on_change=typed,
            )
        with left:
            _figure(say(f"app.quick.{kind}", lang), f"{stamp}-figure", bound.figure, kind, typed)
        st.html(markup.block("hint", say("app.quick.bound_about", lang)))

    return form


def _earmark_form(scenario: Scenario, slug: str, lang: str) -> None:
    whom = _whom(scenario, list(scenario.ids), f"chip-earmark-whom-{slug}-{lang}", lang)
    row = quick.earmark_for(scenario, whom)
    stamp = f"chip-earmark-{slug}-{whom}"
    also_key = f"{stamp}-also"
    if row.amount:
        widgets.stand_at(also_key, row.also_shares)

    def typed() -> None:
        amount, also = st.session_state[f"{stamp}-figure"], st.session_state[also_key]
        _apply("earmark", slug, lambda: quick.with_earmark(scenario, whom, amount, also, lang))

    label = say("app.edit.amount", lang, unit=unit_name(scenario, lang))
    _figure(label, f"{stamp}-figure", row.amount, "earmark", typed)
    st.checkbox(say("app.edit.also_shares", lang), key=also_key, on_change=typed)


def _fund_form(scenario: Scenario, slug: str, lang: str) -> None:
    stamp = f"chip-fund-{slug}"

    def typed() -> None:
        amount = st.session_state[f"{stamp}-figure"]
        _apply("fund", slug, lambda: quick.with_fund(scenario, amount, lang))

    label = say("app.edit.fund", lang, unit=unit_name(scenario, lang))
    _figure(label, f"{stamp}-figure", rule_of(scenario, lang).fund, "fund", typed)


def _departments_form(scenario: Scenario, slug: str, lang: str) -> None:
    """An amount a department, and room for one more."""
    unit = unit_name(scenario, lang)
    rows = rule_of(scenario, lang).reservations
    stamp = f"chip-departments-{slug}-{lang}"

    def typed() -> None:
        amounts = {name: st.session_state[f"{stamp}-{at}-figure"] for at, (name, _) in enumerate(rows)}
        new = st.session_state.get(f"{stamp}-new-name", "").strip()
        amount = st.session_state.get(f"{stamp}-new-figure", "").strip()
        if new and amount:
            amounts[new] = amount
        done = _apply("departments", slug, lambda: quick.with_departments(scenario, amounts, lang))
        if done and new and amount:
            for part in ("new-name", "new-figure"):
                st.session_state[f"{stamp}-{part}"] = ""

    for at, (name, amount) in enumerate(rows):
        _figure(markup.in_markdown(name), f"{stamp}-{at}-figure", amount, "departments", typed)
    st.text_input(say("app.quick.department", lang), key=f"{stamp}-new-name", max_chars=100, on_change=typed)
    label = say("app.edit.amount", lang, unit=unit)
    st.text_input(label, key=f"{stamp}-new-figure", max_chars=40, on_change=typed)


FORMS: dict[str, Callable[[Scenario, str, str], None]] = {
    "cap": _bound_form("cap"),
    "floor": _bound_form("floor"),
    "earmark": _earmark_form,
    "fund": _fund_form,
    "departments": _departments_form,
}


def _whom(scenario: Scenario, whoms: list[str], key: str, lang: str) -> str:
    """Whom it is for; at first who gets most."""
    if st.session_state.get(key) not in whoms:
        st.session_state[key] = _most(scenario, whoms)
    return str(
        st.selectbox(say("app.edit.whom", lang), whoms, format_func=_whom_label(scenario, lang), key=key)
    )


def _most(scenario: Scenario, whoms: list[str]) -> str:
    try:
        amounts = allocate(scenario).amounts
    except AllocatorError:
        return whoms[0]
    return max(whoms, key=lambda id: amounts.get(id, -1))


def _whom_label(scenario: Scenario, lang: str) -> Callable[[str], str]:
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}

    def label(option: str) -> str:
        if option in names:
            return str(names[option])
        if option == quick.EVERYBODY:
            return say("app.edit.whom_all", lang)
        return say("app.edit.whom_kind", lang, kind=kind_text(option, lang))

    return label


def _figure(label: str, key: str, standing: str, form: str, typed: Callable[[], Any]) -> None:
    """A field for a figure that is applied as it is entered; one that was refused stays to be mended."""
    if key not in st.session_state or not _wrong(form):
        widgets.stand_at(key, standing)
    st.text_input(label, key=key, max_chars=40, on_change=typed)


# --- applying -------------------------------------------------------------------------------------


def _apply(form: str, slug: str, change: Change) -> bool:
    """Puts a change on the screen if it can be allocated; else what is wrong is said at the form."""
    st.session_state["quick-wrong"] = {}
    try:
        changed = change()
        allocate(changed)
    except AllocatorError as error:
        st.session_state["quick-wrong"] = {form: error}
        return False
    if changed != state.draft(slug).scenario:
        state.set_scenario(slug, changed, state.draft(slug).points)
    return True


def _wrong(form: str) -> AllocatorError | None:
    wrong: dict[str, AllocatorError] = st.session_state.get("quick-wrong", {})
    return wrong.get(form)


def _render_wrong(form: str, lang: str) -> None:
    error = _wrong(form)
    if error is not None:
        widgets.render_problems(error, lang)
