"""Help with a formula: the columns' names to put in, and ready-made formulas to fill in."""

from __future__ import annotations

from typing import Any

import streamlit as st

from allocator.core.formula import named
from allocator.text import Phrasebook
from allocator.ui.components import markup
from allocator.ui.rule.form import Form
from allocator.ui.session.clauses import Row
from allocator.ui.session.formula_text import PRESETS, preset

NAMES = {
    "growth": "app.rule.preset_growth",
    "per_unit": "app.rule.preset_per_unit",
    "inverse": "app.rule.preset_inverse",
    "score": "app.rule.preset_score",
    "tiers": "app.rule.preset_tiers",
    "trimmed": "app.rule.preset_trimmed",
    "equal": "app.rule.preset_equal",
}
STEPS = (("0", "0"), ("50", "50"), ("100", "100"))  # of tiers, to be written over
MOST_NAMES = 60  # columns whose names are offered


def render_help(
    form: Form, section: str, row: Row, field: str, *, presets: bool = False, words: bool = False
) -> None:
    """Draws a button that opens the names to put into a formula; with ``presets`` ready-made ones too."""
    book, key = form.book, f"rule-{form.slug}-{row.uid}-{field}"
    opened = st.popover(
        book.say("app.rule.write" if presets else "app.rule.insert"), key=f"{key}-help", on_change="rerun"
    )
    if not opened.open:
        return
    called = _called(form, row)
    with opened, st.container(width=380):
        if presets:
            _render_presets(form, section, row, field, called)
        offered = [*called, *(_words(form) if words else [])][:MOST_NAMES]

        def insert() -> None:
            picked = st.session_state.get(f"{key}-name")
            st.session_state[f"{key}-name"] = None
            if picked is not None:
                before = getattr(row, field).rstrip()
                form.put(section, row, **{field: f"{before} {named(picked)}".strip()})

        st.pills(book.say("app.rule.names"), offered, key=f"{key}-name", on_change=insert)
        st.html(markup.block("hint", book.say("app.rule.functions")))


def _called(form: Form, row: Row) -> list[str]:
    """The names of the columns that a formula may name, but of its own."""
    book = form.book
    found = [book.text(f.name) for f in form.standing.base.factors if f.formula is None]
    found += [one.name for one in form.clauses.columns if one.uid != row.uid and one.name.strip()]
    return list(dict.fromkeys(found))


def _words(form: Form) -> list[str]:
    """The words that a bound may name beside columns."""
    book = form.book
    keys = ["rule.word_fund", "rule.word_distributable", "rule.word_pool"]
    if form.scenario.previous is not None:
        keys.append("table.previous")
    return [book.say(key) for key in keys]


def _render_presets(form: Form, section: str, row: Row, field: str, called: list[str]) -> None:
    book, key = form.book, f"rule-{form.slug}-{row.uid}-{field}-preset"
    kinds = [kind for kind, count in PRESETS.items() if len(called) >= count]
    kind: Any = st.selectbox(
        book.say("app.rule.preset"),
        kinds,
        format_func=lambda one: book.say(NAMES[one]),
        key=f"{key}-kind-{book.language}",
    )
    count, chosen = PRESETS[kind], list[str]()
    if count > 2:
        label = book.say("app.rule.preset_columns")
        chosen = st.multiselect(label, called, called[:count], key=f"{key}-{kind}-columns-{book.language}")
    else:
        for at in range(count):
            label = _label(kind, at, book)
            at_key = f"{key}-{kind}-{at}-{book.language}"
            chosen.append(str(st.selectbox(label, called, min(at, len(called) - 1), key=at_key)))
    if len(chosen) < count:
        return
    steps = _steps(key, book) if kind == "tiers" else STEPS
    text = preset(kind, chosen, steps)
    st.code(text, language=None, wrap_lines=True)
    fields = {field: text}
    if not row.name.strip():
        fields["name"] = book.say(NAMES[kind])
    st.button(
        book.say("app.rule.preset_take"),
        key=f"{key}-take",
        on_click=lambda: form.put(section, row, **fields),
        type="primary",
    )


def _steps(key: str, book: Phrasebook) -> list[tuple[str, str]]:
    """Draws the field for the steps of tiers; those that are written in full."""
    first = "\n".join(" ".join(step) for step in STEPS)
    written = st.text_area(book.say("app.rule.steps"), first, key=f"{key}-steps", height=110, max_chars=500)
    lines = [line.replace("，", " ").replace(",", " ").split() for line in written.splitlines()]
    return [(line[0], line[1]) for line in lines if len(line) == 2]


def _label(kind: str, at: int, book: Phrasebook) -> str:
    if kind == "growth":
        return book.say("app.rule.preset_now" if at == 0 else "app.rule.preset_before")
    if kind == "per_unit":
        return book.say("app.rule.preset_of" if at == 0 else "app.rule.preset_by")
    return book.say("app.rule.preset_column")
