"""Implications of the published split 下达结果反推: readings side by side, and ranges under each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from allocator.analysis.audit import Audit
from allocator.core.engine import METHOD_VERSION
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.report.audit.fit import fit_lines, fits, nearest_line, real
from allocator.report.audit.nearest import share_line
from allocator.report.audit.verdict import premise, verdict_lines
from allocator.report.words import document
from allocator.text import Phrasebook
from allocator.ui.audit import add_reading, implied, nearest
from allocator.ui.components import markup, widgets
from allocator.ui.components.cards import Card, cards
from allocator.ui.components.screen import readable
from allocator.ui.session import address, catalogue, readings, state
from allocator.ui.session.readings import Choice, Choices, audit_once, choices, findings_of, quick


def render() -> None:
    """Draws the page."""
    book = state.book()
    scenario = readable(book, beyond=True)
    if scenario is None:
        return
    slug = state.slug()
    if scenario.published is None:
        st.html(markup.block("exact", book.say("published.no_published"), role="status"))
        _to_data(book)
        address.write()
        return
    try:
        found = choices(slug)
    except AllocatorError as error:
        widgets.render_errors(error, book)
        address.write()
        return
    answer = st.container()  # comes first, filled from the readings that are chosen below
    chosen = _readings(found, slug, book)
    checked = {key: audit_once(found.readings[key].named.reading) for key in chosen if tested(found, key)}
    shown = [card(found.readings[key], checked.get(key), book) for key in chosen]
    fit = [one for one in shown if one.mark == "fits"]
    first = (fit or shown)[0]
    rest = [one._replace(finding="") if one is first else one for one in shown]
    answer.html(markup.lines([markup.title(finding(first, book)), cards(rest)]))
    st.html(markup.lines(opening(book)))
    fitting = {key: one for key, one in checked.items() if isinstance(one, Audit) and one.verdict.allows}
    if fitting:
        key = _view(found, list(fitting), len(chosen) > 1, book)
        if scenario.pools:
            st.html(markup.block("hint", book.say("published.pools_amounts")))
        else:
            implied.render_amounts(found.readings[key], fitting[key], scenario, slug, book)
        implied.render_shares(found.readings[key], fitting[key], book)
    if fitting and not scenario.pools:
        with st.expander(book.say("published.nearest_title"), key="fold-nearest"):
            nearest.render_nearest(fitting[key], slug, book)
        with st.expander(book.say("published.table_title"), key="fold-table-that-fits"):
            nearest.render_table(fitting[key], scenario, slug, book)
    elif not fitting:
        open_ = any(isinstance(one, Audit) and one.verdict.consistent is None for one in checked.values())
        none = book.say("published.none_settled" if open_ else "published.none_fits")
        st.html(markup.block("exact", none, role="status"))
    add_reading.render_adding(found, slug, book)
    with st.expander(book.say("published.fit_title"), key="fold-fit"):
        _fits(found, list(checked), scenario, book)
    with st.expander(book.say("published.document_title"), key="fold-document"):
        _document(scenario, book)
    st.html(markup.foot(foot_lines(found.rule, book)))
    address.write()


def finding(shown: Card, book: Phrasebook) -> str:
    """The title of the page: a reading with its first finding, else its verdict."""
    return book.say("published.finding", title=shown.title, what=shown.finding or shown.verdict)


def opening(book: Phrasebook) -> list[str]:
    """The notice that a range is no forecast."""
    return [
        markup.notice(book.say("published.badge"), book.say("published.words"), kind="calm"),
    ]


def tested(found: Choices, key: str) -> bool:
    """True if a reading can be tested."""
    return found.readings[key].named.needs is None


def _document(scenario: Scenario, book: Phrasebook) -> None:
    fund, uses = document.fund_table(scenario, book), document.uses_table(scenario, book)
    columns = st.columns([1.15, 1], gap="large") if uses else [st.container()]
    with columns[0]:
        st.html(f'<div class="al-narrow">{markup.table(fund, fund.caption, first=0)}</div>')
    with columns[-1]:
        said = [markup.block("effect", line) for line in document.sums(scenario, book)]
        said.append(markup.block("hint", document.source_line(scenario, book)))
        table = f"<div>{markup.table(uses, uses.caption, first=0)}</div>" if uses else ""
        st.html(markup.lines([table, *said] if table else said))


def _readings(found: Choices, slug: str, book: Phrasebook) -> list[str]:
    """Draws the list of readings; returns the keys of those shown, at first only the plainest one."""
    if found.published is not None:
        title = catalogue.title(found.published, state.found(), book)
        st.html(markup.block("exact", book.say("published.other_rule", title=title)))
        label = markup.in_markdown(book.say("published.other_rule_go", title=title))
        st.button(label, key="other-rule", on_click=state.set_slug, args=(found.published,))
    for error in found.wrong:
        st.html(
            markup.block(
                "zero",
                " ".join([book.say("published.wrong_title") + ":", *error.sentences(book)]),
                role="alert",
            )
        )
    known = list(found.readings)
    shown = [key for key in readings.shown(slug) if key in known] or known[:1]
    key = widgets.stand_at(f"readings-{slug}-{book.language}", shown)

    def picked() -> None:
        readings.set_shown(slug, st.session_state[key])

    st.multiselect(
        book.say("published.readings_choose"),
        known,
        format_func=lambda one: title_of(found.readings[one], book),
        key=key,
        on_change=picked,
        placeholder=book.say("published.readings_hint"),
        max_selections=readings.MOST_SHOWN,
    )
    return shown


def title_of(choice: Choice, book: Phrasebook) -> str:
    """The title of a reading in lists; one that the user added is marked."""
    title = str(book.text(choice.named.title))
    return book.say("published.own", title=title) if choice.own else title


def card(choice: Choice, found: Audit | AllocatorError | None, book: Phrasebook) -> Card:
    """The card of a reading, with its verdict, assumptions and findings."""
    named, parts = choice.named, list[tuple[str, Sequence[str]]]()
    if named.reason is not None:
        parts.append((book.say("published.why"), [reason_text(named.reason, book)]))
    title, follows = title_of(choice, book), book.say("published.follows")
    if found is None:
        needs = book.say("published.needs", needs=named.needs)
        takes = book.say("published.takes")
        return Card(title, book.say("published.untested"), "open", (*parts, (takes, [needs])))
    if isinstance(found, AllocatorError):
        why = book.say("published.uncovered_about", why=" ".join(found.sentences(book)))
        return Card(title, book.say("published.uncovered"), "open", (*parts, (follows, [why])))
    parts.insert(0, (book.say("published.assumed"), assumptions(found, book)))
    lines = verdict_lines(found, book)[1:]
    if found.verdict.consistent is None and not found.verdict.allows:
        first = [verdict_lines(found, book)[0]]
        return Card(title, book.say("published.unsettled"), "open", (*parts, (follows, first)))
    if not found.verdict.allows:
        return Card(title, book.say("published.apart"), "apart", (*parts, (follows, lines)))
    said = ""
    if quick(found):
        shares = findings_of(choice, found, None, {})
        if not isinstance(shares, AllocatorError) and shares.shares is not None:
            published = found.reading.scenario.published or {}
            largest = max(found.case.ids, key=lambda id: published[id])
            said = share_line(found, shares.shares, largest, book)
    if not found.verdict.consistent:
        return Card(title, book.say("published.allowed"), "open", (*parts, (follows, lines)), said)
    return Card(title, book.say("published.fits"), "fits", (*parts, (follows, lines)), said)


def reason_text(reason: Text, book: Phrasebook) -> str:
    """A reason as a sentence of its own."""
    said = str(book.text(reason))
    return book.say("published.reason", reason=said[:1].upper() + said[1:])


def assumptions(found: Audit, book: Phrasebook) -> list[str]:
    """The assumptions of a reading, a sentence each."""
    scenario = found.reading.scenario
    said = [book.say("published.premise", premise=premise(found, book))]
    if scenario.reserved:
        said.append(book.say("published.reserved"))
    if found.reading.tolerance == "rounded":
        unit = book.money(scenario.fund.unit, scenario.fund.currency)
        how = book.say(f"check.{scenario.fund.rounding}")
        said.append(book.say("published.rounded", unit=unit, rounding=how))
    return said


def _view(found: Choices, keys: Sequence[str], several: bool, book: Phrasebook) -> str:
    """Draws the choice of the one reading whose ranges are shown; returns its key."""
    titles = {key: title_of(found.readings[key], book) for key in keys}
    if len(keys) == 1:
        if several:
            st.html(markup.block("rule", book.say("published.view_one", title=titles[keys[0]])))
        return keys[0]
    key = f"reading-view-{state.slug()}-{book.language}"
    if st.session_state.get(key) not in keys:
        st.session_state[key] = keys[0]
    return str(st.radio(book.say("published.view"), list(keys), format_func=_as_text(titles), key=key))


def _as_text(titles: Mapping[str, str]) -> Callable[[str], str]:
    return lambda key: markup.in_markdown(titles[key])


def _fits(found: Choices, keys: Sequence[str], scenario: Scenario, book: Phrasebook) -> None:
    """Draws the fit of real factor data under each reading shown."""
    data = state.on_screen(state.slug())
    if not real(data):
        st.html(markup.block("hint", book.say("published.fit_assumed")))
        _to_data(book)
        return
    asked = {key: found.readings[key].named.reading for key in keys}
    held = fits(asked, data)
    parts = []
    for key in keys:
        parts.append(markup.heading(title_of(found.readings[key], book), 3))
        parts.append(markup.listing(fit_lines(held[key], asked[key], data, book)))
    if len(keys) > 1:
        titles = {key: found.readings[key].named.title for key in keys}
        parts.append(markup.block("effect", nearest_line(titles, held, book)))
    st.html(markup.lines(parts))


def _to_data(book: Phrasebook) -> None:
    if st.button(book.say("published.fit_go"), key="to-data"):
        st.switch_page(st.session_state.pages["data"])


def foot_lines(rule: Scenario, book: Phrasebook) -> list[str]:
    """The source and digest of the rule, and the method version."""
    return [
        document.source_line(rule, book),
        book.say("app.foot.digest", digest=rule.digest.removeprefix("sha256:")[:12]),
        book.say("app.foot.method", version=METHOD_VERSION),
    ]
