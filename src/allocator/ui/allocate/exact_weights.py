"""The form for weights entered exactly."""

from __future__ import annotations

import streamlit as st

from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.session import state
from allocator.ui.session.rule import weights_of, with_weights


def render_exact_weights(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws a form with a field for the weight of each factor, folded away."""
    folded = st.expander(book.say("app.edit.weights_title"), key=f"exact-{slug}", on_change="rerun")
    if not folded.open:
        return
    points = state.draft(slug).points
    filled = weights_of(scenario, points)
    stamp = f"{slug}-{state.revision()}-{'/'.join(filled.values())}"
    with folded, st.form(f"exact-form-{slug}", border=False):
        shares = scenario.kind == "shares"
        hint = book.say("app.edit.weights_hint" if shares else "app.edit.weights_hint_scores")
        st.html(markup.block("hint", hint))
        written = {
            factor.id: st.text_input(
                markup.in_markdown(book.text(factor.name)),
                filled[factor.id],
                key=f"exact-{stamp}-{factor.id}",
                max_chars=20,
            )
            for factor in scenario.factors
        }
        if not st.form_submit_button(book.say("app.edit.apply")):
            return
        try:
            changed, points = with_weights(scenario, written, book)
        except AllocatorError as error:
            widgets.render_problems(error, book)
            return
    if changed is scenario:
        state.set_points(slug, points)
    else:
        state.set_scenario(slug, changed)
    st.rerun()
