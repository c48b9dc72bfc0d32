"""Compare 方案比较: two to six scenarios side by side, who gains, who loses, and what differs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from allocator.analysis.differences import differences
from allocator.core.allocation import Allocation
from allocator.core.engine import METHOD_VERSION, allocate
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.report.charts import changes
from allocator.report.charts import data as chart_data
from allocator.report.tables.base import Base, against
from allocator.report.tables.letters import lettered
from allocator.report.tables.office import compare_table
from allocator.report.tables.table import listed
from allocator.report.words import comparing
from allocator.report.words.differences import differences_in_words
from allocator.report.words.title import finding_title
from allocator.text import Phrasebook
from allocator.ui.allocate import why
from allocator.ui.compare.per_unit import render_per_unit
from allocator.ui.components import markup, widgets
from allocator.ui.components.choice import labels, render_choice, usual
from allocator.ui.session import base, state

ABREAST = 3  # charts in one row


def render() -> None:
    """Draws the page."""
    book, choices = state.book(), state.choices()
    wanted = state.compared()
    keys = [key for key in wanted if key in choices] or usual(choices, state.slug())
    keys = render_choice(keys, choices, book.say("compare.choose"), book)
    if any(key not in choices for key in wanted):
        st.html(markup.block("zero", book.say("compare.unknown"), role="alert"))
    names = labels(choices)
    allocations, titles, left_out = compared([(names[key], choices[key][1]) for key in keys], book)
    for sentence in left_out:
        st.html(markup.block("zero", sentence, role="alert"))
    if len(allocations) < 2:
        st.html(markup.block("effect", book.say("compare.too_few"), role="status"))
        if st.button(book.say("compare.to_allocate"), key="compare-to-allocate"):
            st.switch_page(st.session_state.pages["allocate"])
        return
    scenarios = [allocation.scenario for allocation in allocations]
    held_to = base.common(scenarios, book)
    if gone := base.not_common(scenarios, book):
        st.html(markup.block("zero", book.say("compare.base_gone", name=gone), role="status"))
    assumed = comparing.assumed_sentence(allocations, book)
    screen = choices[state.SCREEN][1] if state.SCREEN in choices else None
    said_above = screen is not None and bool(screen.assumed)
    st.html(markup.lines(words(allocations, titles, "" if said_above else assumed, held_to, book)))
    _charts(allocations, titles, held_to, book)
    shown = compare_table(allocations, book, held_to, shares=True)
    caption = book.say("compare.table_assumed" if assumed else "compare.table")
    st.html(markup.table(shown, caption, shown.tints))
    render_per_unit(allocations, held_to, book)
    st.html(markup.lines(differences_html(allocations, titles, held_to, book)))
    _render_why(allocations, titles, held_to, book)
    with st.expander(book.say("compare.concentration"), key="fold-concentration"):
        headers, rows = comparing.concentration_rows(allocations, book)
        table = listed(book.say("compare.concentration"), headers, rows, (2, 3))
        st.html(markup.table(table, first=0, bare=True))
        st.html(markup.block("hint", book.say("compare.concentration_about")))
    st.html(markup.foot(foot_lines(allocations, book)))


def compared(
    named: Sequence[tuple[str, Scenario]], book: Phrasebook
) -> tuple[list[Allocation], list[str], list[str]]:
    """The allocations that can be compared with the first, their titles, and sentences on those left out."""
    allocations: list[Allocation] = []
    titles: list[str] = []
    left_out: list[str] = []
    for title, scenario in named:
        try:
            if allocations:
                comparing.same_currency(allocations[0].scenario, scenario)
            allocations.append(allocate(scenario))
            titles.append(title)
        except AllocatorError as error:
            why = book.say("place.list").join(error.sentences(book))
            left_out.append(book.say("compare.left_out", title=title, why=why))
    return allocations, titles, left_out


def words(
    allocations: Sequence[Allocation],
    titles: Sequence[str],
    assumed: str,
    chosen: Base | None,
    book: Phrasebook,
) -> list[str]:
    """The part above the charts: finding, what is assumed, headline figures, changes of each scenario.

    The title is the finding of B against A; with a chosen base, of the first scenario that changes anything.
    """
    sentences = comparing.change_sentences(allocations, book, chosen)
    held_to, others = against(allocations, chosen)
    founds = [held_to.found(allocation) for _, allocation in others]
    moving = [at for at, found in enumerate(founds) if found.gains.ids or found.losses.ids]
    at = moving[0] if moving and chosen is not None else 0
    letter, allocation = others[at]
    changed = at in moving
    told = finding_title(allocation, founds[at], book)
    details = {"letter": letter, "base": held_to.full, "title": told}
    first = book.say("compare.finding", **details) if changed else sentences[0]
    parts = [markup.title(first)]
    parts += [markup.notice(book.say("assumed.badge"), assumed)] if assumed else []
    headers, rows = comparing.headline(allocations, titles, book, chosen)
    table = listed(book.say("compare.effect_title"), headers, rows, (1, 2, 3, 4))
    parts.append(markup.table(table, first=0, bare=True))
    parts.append(markup.block("hint", book.say("compare.moved_note", base=held_to.full)))
    match = comparing.match_sentence(allocations, book, chosen)
    parts.append(markup.listing([*sentences[0 if changed else 1 :], *([match] if match else [])]))
    apart = comparing.recipient_sentences(allocations, book, chosen)
    parts += [markup.block("exact", text) for text in apart]
    return parts


def _charts(
    allocations: Sequence[Allocation], titles: Sequence[str], chosen: Base | None, book: Phrasebook
) -> None:
    st.html(markup.heading(book.say("compare.chart_title")))
    held_to, others = against(allocations, chosen)
    parts = changes.change_rows(allocations, book, chosen)
    unit = changes.change_unit(allocations, parts, book)
    everybody = [row for rows in parts for row in rows]
    width = chart_data.names_width(parts[0])
    named = dict(lettered(titles))
    letters = [(letter, named[letter], rows) for (letter, _), rows in zip(others, parts, strict=True)]
    with widgets.chart_box(len(parts[0])):
        for start in range(0, len(letters), ABREAST):
            columns = st.columns(min(ABREAST, len(letters)))
            for column, (letter, title, rows) in zip(columns, letters[start:], strict=False):
                with column:
                    about = book.say("compare.chart_of", letter=letter, base=held_to.name, unit=unit.name)
                    st.html(markup.heading(about, 3) + markup.block("scale", title))
                    frame = chart_data.change_frame(rows, unit, book, everybody)
                    alt = changes.chart_alt(rows, letter, held_to.full, unit, book)
                    key = f"changes-{letter}-{held_to.key}-{book.language}"
                    widgets.render_chart("change", frame, book, width=width, alt=alt, key=key, pick=False)
    st.html(markup.block("scale", book.say("compare.chart_note")))


@st.fragment
def _render_why(
    allocations: Sequence[Allocation], titles: Sequence[str], chosen: Base | None, book: Phrasebook
) -> None:
    """Draws the reasons why one recipient's amount differs from the first scenario's, scenario by scenario.

    Amounts that are known without a rule give no reasons.
    """
    title = book.say("compare.why") if chosen is None else book.say("compare.why_from", base=chosen.full)
    folded = st.expander(title, key="compare-why", on_change="rerun")
    if not folded.open:
        return
    with folded:
        first = allocations[0]
        id = widgets.render_whose(first.scenario, "compare-why", book.say("compare.why_whose"), book)
        others = zip(lettered(titles)[1:], allocations[1:], strict=True)
        for (letter, title), other in others:
            st.html(markup.heading(book.say("compare.why_of", letter=letter, title=title), 3))
            why.render_why(first, other, id, book, f"why-{letter}")


def differences_html(
    allocations: Sequence[Allocation], titles: Sequence[str], chosen: Base | None, book: Phrasebook
) -> list[str]:
    """The differences of each scenario's rule from the first one's, in words."""
    first = allocations[0].scenario
    if chosen is None:
        head = book.say("compare.differences")
    else:
        head = book.say("compare.differences_from", base=chosen.full)
    parts = [markup.heading(head)]
    for (letter, title), allocation in zip(lettered(titles)[1:], allocations[1:], strict=True):
        # the titles stand in the headings
        found = [d for d in differences(first, allocation.scenario) if d.clause != "title"]
        sentences = differences_in_words(found, allocation.scenario, book) or [book.say("compare.none")]
        parts += [markup.heading(comparing.named(letter, title, book), 3), markup.listing(sentences)]
    return parts


def foot_lines(allocations: Sequence[Allocation], book: Phrasebook) -> list[str]:
    """The digest of each scenario, and the method version."""
    lines = [
        book.say("compare.digest", letter=letter, digest=a.scenario.digest.removeprefix("sha256:")[:12])
        for letter, a in lettered(allocations)
    ]
    return [*lines, book.say("app.foot.method", version=METHOD_VERSION)]
