"""A sheet's factors in place of the scenario's: the offer, the weights, and what refers to those that go."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from allocator.core.model import Scenario
from allocator.files.understanding.model import Understanding
from allocator.report.words.rule import limit_clauses, limit_words
from allocator.text import Phrasebook
from allocator.ui.components import markup, understood
from allocator.ui.components.weight_fields import render_weight_fields
from allocator.ui.session.other_factors import DROP, KEEP, Going, going, names_in

_DIFFER = ("factor_missing", "factor_near")
_ABREAST = 3


def render_offer(made: Understanding, of: str, book: Phrasebook) -> None:
    """Draws the offer to take the sheet's factors in place of the scenario's, where they differ."""
    instead = understood.is_instead(of)
    differ = any(each.key in _DIFFER for each in made.decisions) or any(
        column.why == "reference" for column in made.columns
    )
    if not differ and not instead:
        return
    key = f"instead-box-{of}"
    st.checkbox(
        book.say("app.table_editor.instead"),
        value=instead,
        key=key,
        on_change=lambda: understood.set_instead(of, st.session_state[key]),
        help=book.say("app.table_editor.instead_help"),
    )


def render_instead(
    scenario: Scenario, made: Understanding, of: str, book: Phrasebook
) -> tuple[dict[str, str], Mapping[str, str]]:
    """Draws the fields of the weights, and a question for each factor that goes and is referred to.

    Returns the weights as written, and the answers by factor.
    """
    names, gone = names_in(scenario, made, book), going(scenario, made)
    shares = scenario.kind == "shares"
    about = "app.table_editor.instead_shares" if shares else "app.table_editor.instead_scores"
    title = markup.heading(book.say("app.table_editor.instead_weights"), 3)
    st.html(markup.lines([title, markup.block("hint", book.say(about))]))
    label = "app.start.weight_of" if shares else "app.weights.multiplier"
    written = render_weight_fields(names, made.weights, f"{of}-weight", label, book, abreast=_ABREAST)
    if gone:
        said = book.say("app.table_editor.goes", names=[each.factor.name for each in gone])
        st.html(markup.block("exact", said))
    for each in gone:
        if each.is_referred_to:
            _render_going(scenario, each, names, of, book)
    return written, _decided(of)


def _decided(of: str) -> Mapping[str, str]:
    decided: Mapping[str, str] = st.session_state.get(f"goes-{of}", {})
    return decided


def _render_going(
    scenario: Scenario, each: Going, names: Mapping[str, str], of: str, book: Phrasebook
) -> None:
    """Draws the question on a factor that goes, with everything that refers to it."""
    id = each.factor.id
    key = f"goes-{of}-{id}"
    words = limit_words(scenario)
    said = [book.say("app.table_editor.goes_coefficient")] if each.is_coefficient else []
    said += [clause for limit in each.limits for clause in limit_clauses(limit, book, words)]
    said += [book.say("app.table_editor.goes_remarks", count=each.remarks)] if each.remarks else []
    others = list(names) if each.is_coefficient or each.limits else []
    options = [KEEP, *others, DROP]

    def pick() -> None:
        chosen = st.session_state[key]
        kept = {at: one for at, one in _decided(of).items() if at != id}
        st.session_state[f"goes-{of}"] = kept if chosen is None else {**kept, id: chosen}

    def shown(option: str) -> str:
        if option in (KEEP, DROP):
            return book.say("app.table_editor.goes_keep" if option == KEEP else "app.table_editor.goes_drop")
        return book.say("app.table_editor.goes_other", name=names[option])

    standing = _decided(of).get(id)
    st.selectbox(
        markup.in_markdown(book.say("app.table_editor.goes_ask", name=each.factor.name, uses=said)),
        options,
        index=options.index(standing) if standing in options else None,
        format_func=shown,
        key=key,
        on_change=pick,
        placeholder=book.say("app.start.decide"),
    )
