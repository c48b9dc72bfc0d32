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
from allocator.report.words import comparing
from allocator.report.words.differences import differences_in_words
from allocator.report.words.title import finding_title
from allocator.text import say
from allocator.ui.allocate import why
from allocator.ui.compare.per_unit import render_per_unit
from allocator.ui.components import markup, widgets
from allocator.ui.components.choice import labels, render_choice, usual
from allocator.ui.session import base, state

ABREAST = 3  # charts in one row


def render() -> None:
    """Draws the page."""
    lang, choices = state.lang(), state.choices()
    wanted = state.compared()
    keys = [key for key in wanted if key in choices] or usual(choices, state.slug())
    keys = render_choice(keys, choices, say("app.compare.choose", lang), lang)
    if any(key not in choices for key in wanted):
        st.html(markup.block("zero", say("app.compare.unknown", lang), role="alert"))
    names = labels(choices)
    allocations, titles, left_out = compared([(names[key], choices[key][1]) for key in keys], lang)
    for sentence in left_out:
        st.html(markup.block("zero", sentence, role="alert"))
    if len(allocations) < 2:
        st.html(markup.block("effect", say("app.compare.too_few", lang), role="status"))
        if st.button(say("app.compare.to_allocate", lang), key="compare-to-allocate"):
            st.switch_page(st.session_state.pages["allocate"])
        return
    scenarios = [allocation.scenario for allocation in allocations]
    held_to = base.common(scenarios, lang)
    if gone := base.not_common(scenarios, lang):
        st.html(markup.block("zero", say("app.compare.base_gone", lang, name=gone), role="status"))
    assumed = comparing.assumed_sentence(allocations, lang)
    screen = choices[state.SCREEN][1] if state.SCREEN in choices else None
    said_above = screen is not None and bool(screen.assumed)
    st.html(markup.lines(words(allocations, titles, "" if said_above else assumed, held_to, lang)))
    _charts(allocations, titles, held_to, lang)
    shown = compare_table(allocations, lang, held_to, shares=True)
    caption = say("app.compare.table_assumed" if assumed else "app.compare.table", lang)
    st.html(markup.table(shown, caption, shown.tints))
    render_per_unit(allocations, held_to, lang)
    st.html(markup.lines(differences_html(allocations, titles, held_to, lang)))
    _render_why(allocations, titles, held_to, lang)
    with st.expander(say("app.compare.concentration", lang), key="fold-concentration"):
        headers, rows = comparing.concentration_rows(allocations, lang)
        st.html(markup.plain_table(headers, rows, say("app.compare.concentration", lang), (2, 3)))
        st.html(markup.block("hint", say("app.compare.concentration_about", lang)))
    st.html(markup.foot(foot_lines(allocations, lang)))


def compared(
    named: Sequence[tuple[str, Scenario]], lang: str
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
            why = say("place.list", lang).join(error.sentences(lang))
            left_out.append(say("app.compare.left_out", lang, title=title, why=why))
    return allocations, titles, left_out


def words(
    allocations: Sequence[Allocation], titles: Sequence[str], assumed: str, chosen: Base | None, lang: str
) -> list[str]:
    """What stands above the charts: what is assumed, what each scenario changes, and its headline figures.

    The title is what B changes against A; against another base what the first does that changes anything.
    """
    sentences = comparing.change_sentences(allocations, lang, chosen)
    held_to, others = against(allocations, chosen)
    founds = [held_to.found(allocation) for _, allocation in others]
    moving = [at for at, found in enumerate(founds) if found.gains.ids or found.losses.ids]
    at = moving[0] if moving and chosen is not None else 0
    letter, allocation = others[at]
    changed = at in moving
    told = finding_title(allocation, founds[at], lang)
    details = {"letter": letter, "base": held_to.full, "title": told}
    first = say("app.compare.finding", lang, **details) if changed else sentences[0]
    parts = [markup.title(first)]
    parts += [markup.notice(say("app.assumed.badge", lang), assumed)] if assumed else []
    headers, rows = comparing.headline(allocations, titles, lang, chosen)
    parts.append(markup.plain_table(headers, rows, say("app.compare.effect_title", lang), (1, 2, 3, 4)))
    parts.append(markup.block("hint", say("app.compare.moved_note", lang, base=held_to.full)))
    match = comparing.match_sentence(allocations, lang, chosen)
    parts.append(markup.listing([*sentences[0 if changed else 1 :], *([match] if match else [])]))
    apart = comparing.recipient_sentences(allocations, lang, chosen)
    parts += [markup.block("exact", text) for text in apart]
    return parts


def _charts(allocations: Sequence[Allocation], titles: Sequence[str], chosen: Base | None, lang: str) -> None:
    st.html(markup.heading(say("app.compare.chart_title", lang)))
    held_to, others = against(allocations, chosen)
    parts = changes.change_rows(allocations, lang, chosen)
    unit = changes.change_unit(allocations, parts, lang)
    everybody = [row for rows in parts for row in rows]
    width = chart_data.names_width(parts[0])
    named = dict(lettered(titles))
    letters = [(letter, named[letter], rows) for (letter, _), rows in zip(others, parts, strict=True)]
    with widgets.chart_box(len(parts[0])):
        for start in range(0, len(letters), ABREAST):
            columns = st.columns(min(ABREAST, len(letters)))
            for column, (letter, title, rows) in zip(columns, letters[start:], strict=False):
                with column:
                    about = say(
                        "app.compare.chart_of", lang, letter=letter, base=held_to.name, unit=unit.name
                    )
                    st.html(markup.heading(about, 3) + markup.block("scale", title))
                    frame = chart_data.change_frame(rows, unit, lang, everybody)
                    alt = changes.chart_alt(rows, letter, held_to.full, unit, lang)
                    key = f"changes-{letter}-{held_to.key}-{lang}"
                    widgets.render_chart("change", frame, lang, width=width, alt=alt, key=key, pick=False)
    st.html(markup.block("scale", say("app.compare.chart_note", lang)))


@st.fragment
def _render_why(
    allocations: Sequence[Allocation], titles: Sequence[str], chosen: Base | None, lang: str
) -> None:
    """Why one recipient's amount is another one than in the first scenario, scenario by scenario.

    Amounts that are known without a rule give no reasons.
    """
    folded = st.expander(_of_rules("why", chosen, lang), key="compare-why", on_change="rerun")
    if not folded.open:
        return
    with folded:
        first = allocations[0]
        id = widgets.render_whose(first.scenario, "compare-why", say("app.compare.why_whose", lang), lang)
        others = zip(lettered(titles)[1:], allocations[1:], strict=True)
        for (letter, title), other in others:
            st.html(markup.heading(say("app.compare.why_of", lang, letter=letter, title=title), 3))
            why.render_why(first, other, id, lang, f"why-{letter}")


def _of_rules(key: str, chosen: Base | None, lang: str) -> str:
    """The heading of what holds rules against the first one's; it says so where that is not the base."""
    if chosen is None:
        return say(f"app.compare.{key}", lang)
    return say(f"app.compare.{key}_from", lang, base=chosen.full)


def differences_html(
    allocations: Sequence[Allocation], titles: Sequence[str], chosen: Base | None, lang: str
) -> list[str]:
    """In what the rule of each scenario differs from the first one's, in words."""
    first = allocations[0].scenario
    parts = [markup.heading(_of_rules("differences", chosen, lang))]
    for (letter, title), allocation in zip(lettered(titles)[1:], allocations[1:], strict=True):
        # the titles stand in the headings
        found = [d for d in differences(first, allocation.scenario) if d.clause != "title"]
        sentences = differences_in_words(found, allocation.scenario, lang) or [say("app.compare.none", lang)]
        parts += [markup.heading(comparing.named(letter, title, lang), 3), markup.listing(sentences)]
    return parts


def foot_lines(allocations: Sequence[Allocation], lang: str) -> list[str]:
    """The digest of each scenario, and the method version."""
    lines = [
        say("app.compare.digest", lang, letter=letter, digest=a.scenario.digest.removeprefix("sha256:")[:12])
        for letter, a in lettered(allocations)
    ]
    return [*lines, say("app.foot.method", lang, version=METHOD_VERSION)]
