"""Readings that a user adds by a short form or a file, downloads, or removes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import streamlit as st

from allocator.analysis.audit import Known, Reading, Scored
from allocator.core.errors import AllocatorError, Problem, ScenarioError, within
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.core.parts import Text, number_at
from allocator.files.audit.own_readings import add_reading, check_size, drop_reading, own_readings
from allocator.files.audit.readings import checked, read_reading
from allocator.files.audit.schema import NamedReading, reading_bytes
from allocator.files.sheets.spreadsheet import shown_name
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.session import fund
from allocator.ui.session.readings import Choice, Choices, fund_key, named_scenarios

KINDS = {"scored": "published.add_scored", "share": "published.add_share"}
TRANSPORT = 21  # MB that the browser may send: our own sentence refuses what is too large
EXAMPLE = """format = 1
title  = "{title}"

[[scored]]
factor = "{factor}"
low    = 60
high   = 100
"""


def reading_from(
    rule: Scenario,
    title: str,
    reason: str,
    kind: str,
    factor: str,
    low: str,
    high: str,
    recipients: Sequence[str],
) -> NamedReading:
    """The reading that a filled form describes; percentages are of the factor's total.

    Raises ScenarioError with a sentence for what is wrong.
    """
    ends = [_number(low, "low"), _number(high, "high")]
    if kind == "scored":
        reading = Reading(rule, scored=(checked(rule, Scored(factor, *ends)),))
    else:
        if not recipients:
            raise ScenarioError(Problem("audit_nobody"))
        if ends[0] > ends[1]:  # in percent, as they were entered
            raise ScenarioError(Problem("audit_range", {"low": ends[0], "high": ends[1]}))
        if ends[1] > 100:
            raise ScenarioError(Problem("target_share", {"value": ends[1]}, at={"key": "high"}))
        parts = [Fraction(end) / 100 for end in ends]
        known = Known(factor, tuple(recipients), parts[0], parts[1])
        reading = Reading(rule, known=(checked(rule, known),))
    said = _text(reason, "reason") if reason.strip() else None
    return NamedReading(_text(title, "name"), "", reading, said)


def _text(written: str, key: str) -> Text:
    with within(key=key):
        return Text.of(written)


def _number(written: str, key: str) -> Number:
    try:
        return number_at(exact(written.strip()), key)
    except ValueError:
        return number_at(written, key)  # which says what is wrong with it


def render_adding(found: Choices, slug: str, book: Phrasebook) -> None:
    """Draws the form, the upload, and the readings that were added, folded away."""
    done = st.session_state.pop("reading-added", None)
    if done:
        st.html(markup.block("total-ok", book.say("published.added", title=done), role="status"))
    folded = st.expander(book.say("published.add_title"), key=f"adding-{slug}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        st.html(markup.block("hint", book.say("published.add_about")))
        _form(found.rule, slug, book)
        _upload(found.rule, slug, book)
        own = [choice for choice in found.readings.values() if choice.own]
        if own:
            _own(own, found.rule, book)


def _form(rule: Scenario, slug: str, book: Phrasebook) -> None:
    names = {r.id: book.text(r.name) for r in rule.recipients}
    factors = {id: book.text(rule.factor(id).name) for id in rule.weights}
    with st.form(f"reading-{slug}-{book.language}"):
        left, right = st.columns(2)  # one row each, so that Tab follows the eye
        title = left.text_input(book.say("published.add_name"), max_chars=200)
        reason = right.text_input(book.say("published.add_reason"), max_chars=500)
        left, right = st.columns(2)
        factor = left.selectbox(
            book.say("published.add_factor"), list(factors), format_func=factors.__getitem__
        )
        kind = right.selectbox(
            book.say("published.add_kind"),
            list(KINDS),
            format_func=lambda one: book.say(KINDS[one]),
        )
        left, right = st.columns(2)
        low = left.text_input(book.say("published.add_low"), max_chars=30)
        high = right.text_input(book.say("published.add_high"), max_chars=30)
        whom = st.multiselect(
            book.say("published.add_who"),
            list(names),
            format_func=names.__getitem__,
            placeholder=book.say("published.together_hint"),
        )
        if not st.form_submit_button(book.say("published.add_go")):
            return
    try:
        named = reading_from(rule, title, reason, str(kind), str(factor), low, high, whom)
        add_reading(fund_key(rule), reading_bytes(named))
    except ScenarioError as error:
        fields = {
            "name": book.say("published.add_name"),
            "reason": book.say("published.add_reason"),
            "low": book.say("published.add_low"),
            "high": book.say("published.add_high"),
        }
        widgets.render_problems(error.in_fields(fields), book)
        return
    st.session_state["reading-added"] = book.text(named.title)
    st.rerun()


def _upload(rule: Scenario, slug: str, book: Phrasebook) -> None:
    given = st.file_uploader(
        book.say("published.add_upload"), key=f"reading-file-{slug}", max_upload_size=TRANSPORT
    )
    st.html(markup.block("hint", book.say("published.add_upload_about")))
    example = EXAMPLE.format(title=book.say("published.add_name"), factor=list(rule.weights)[-1])
    st.code(example, language=None)
    if given is None:
        return
    # Streamlit hands the same file over at every drawing: it is dealt with once
    dealt: dict[str, AllocatorError | None] = st.session_state.setdefault("reading-files", {})
    if given.file_id not in dealt:
        dealt[given.file_id] = None
        try:
            content = given.getvalue()
            check_size(content)
            others = named_scenarios(fund.slugs(slug))
            named = read_reading(shown_name(given.name), content, rule, others)
            add_reading(fund_key(rule), content)
        except AllocatorError as error:
            dealt[given.file_id] = error
        else:
            st.session_state["reading-added"] = book.text(named.title)
            st.rerun()
    refused = dealt[given.file_id]
    if refused is not None:
        widgets.render_problems(refused, book)


def _own(own: Sequence[Choice], rule: Scenario, book: Phrasebook) -> None:
    files = own_readings(fund_key(rule))
    for choice in own:
        title = markup.in_markdown(book.text(choice.named.title)[:60])
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                book.say("published.download", title=title),
                files.get(choice.own or "", b""),  # as it was added, with the scenario that it names
                file_name="reading.toml",
                mime="application/toml",
                on_click="ignore",
                key=f"reading-download-{choice.key}",
            )
            if st.button(book.say("published.drop", title=title), key=f"reading-drop-{choice.key}"):
                try:
                    drop_reading(fund_key(rule), choice.own or "")
                except AllocatorError as error:
                    widgets.render_problems(error, book)
                    return
                st.rerun()
