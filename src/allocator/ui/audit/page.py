"""What the published split implies 下达结果反推: readings side by side, and what follows under each."""

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
from allocator.text import money, say
from allocator.ui.audit import add_reading, implied, nearest
from allocator.ui.components import markup, widgets
from allocator.ui.components.cards import Card, cards
from allocator.ui.components.screen import readable
from allocator.ui.session import address, catalogue, readings, state
from allocator.ui.session.readings import Choice, Choices, audit_once, choices, findings_of, quick


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    scenario = readable(lang)
    if scenario is None:
        return
    slug = state.slug()
    if scenario.published is None:
        st.html(markup.block("exact", say("app.published.no_published", lang), role="status"))
        _to_data(lang)
        address.write()
        return
    found = choices(slug)
    answer = st.container()  # stands first, and follows from the readings that are chosen below
    chosen = _readings(found, slug, lang)
    checked = {key: audit_once(found.readings[key].named.reading) for key in chosen if tested(found, key)}
    shown = [card(found.readings[key], checked.get(key), lang) for key in chosen]
    fit = [one for one in shown if one.mark == "fits"]
    first = (fit or shown)[0]
    rest = [one._replace(finding="") if one is first else one for one in shown]
    answer.html(markup.lines([markup.title(finding(first, lang)), cards(rest)]))
    st.html(markup.lines(opening(lang)))
    fitting = {key: one for key, one in checked.items() if isinstance(one, Audit) and one.verdict.consistent}
    if fitting:
        key = _view(found, list(fitting), len(chosen) > 1, lang)
        implied.render_amounts(found.readings[key], fitting[key], scenario, slug, lang)
        implied.render_shares(found.readings[key], fitting[key], lang)
        with st.expander(say("app.published.nearest_title", lang), key="fold-nearest"):
            nearest.render_nearest(fitting[key], slug, lang)
        with st.expander(say("app.published.table_title", lang), key="fold-table-that-fits"):
            nearest.render_table(fitting[key], scenario, slug, lang)
    else:
        open_ = any(isinstance(one, Audit) and one.verdict.consistent is None for one in checked.values())
        key = "none_settled" if open_ else "none_fits"
        st.html(markup.block("exact", say(f"app.published.{key}", lang), role="status"))
    add_reading.render_adding(found, slug, lang)
    with st.expander(say("app.published.fit_title", lang), key="fold-fit"):
        _fits(found, list(checked), scenario, lang)
    with st.expander(say("app.published.document_title", lang), key="fold-document"):
        _document(scenario, lang)
    st.html(markup.foot(foot_lines(found.rule, lang)))
    address.write()


def finding(shown: Card, lang: str) -> str:
    """The title of the page: what follows under a reading, or how far it fits."""
    return say("app.published.finding", lang, title=shown.title, what=shown.finding or shown.verdict)


def opening(lang: str) -> list[str]:
    """What a range is not."""
    return [
        markup.notice(say("app.published.badge", lang), say("app.published.words", lang), kind="calm"),
    ]


def tested(found: Choices, key: str) -> bool:
    """Whether a reading can be tested at all."""
    return found.readings[key].named.needs is None


def _document(scenario: Scenario, lang: str) -> None:
    fund, uses = document.fund_grid(scenario, lang), document.uses_grid(scenario, lang)
    columns = st.columns([1.15, 1], gap="large") if uses else [st.container()]
    with columns[0]:
        st.html(f'<div class="al-narrow">{markup.table(fund, fund.caption, first=0)}</div>')
    with columns[-1]:
        said = [markup.block("effect", line) for line in document.sums(scenario, lang)]
        said.append(markup.block("hint", document.source_line(scenario, lang)))
        table = f"<div>{markup.table(uses, uses.caption, first=0)}</div>" if uses else ""
        st.html(markup.lines([table, *said] if table else said))


def _readings(found: Choices, slug: str, lang: str) -> list[str]:
    """The list of readings; returns the keys of those shown, of which only the first is chosen at first."""
    if found.published is not None:
        title = catalogue.title(found.published, state.found(), lang)
        st.html(markup.block("exact", say("app.published.other_rule", lang, title=title)))
        label = markup.in_markdown(say("app.published.other_rule_go", lang, title=title))
        st.button(label, key="other-rule", on_click=state.set_slug, args=(found.published,))
    for error in found.wrong:
        st.html(
            markup.block(
                "zero",
                " ".join([say("app.published.wrong_title", lang) + ":", *error.sentences(lang)]),
                role="alert",
            )
        )
    known = list(found.readings)
    shown = [key for key in readings.shown(slug) if key in known] or known[:1]
    key = widgets.stand_at(f"readings-{slug}-{lang}", shown)

    def picked() -> None:
        readings.set_shown(slug, st.session_state[key])

    st.multiselect(
        say("app.published.readings_choose", lang),
        known,
        format_func=lambda one: title_of(found.readings[one], lang),
        key=key,
        on_change=picked,
        placeholder=say("app.published.readings_hint", lang),
        max_selections=readings.MOST_SHOWN,
    )
    return shown


def title_of(choice: Choice, lang: str) -> str:
    """What lists call a reading."""
    title = str(getattr(choice.named.title, lang))
    return say("app.published.own", lang, title=title) if choice.own else title


def card(choice: Choice, found: Audit | AllocatorError | None, lang: str) -> Card:
    """A reading with its verdict, what it assumes and what follows."""
    named, parts = choice.named, list[tuple[str, Sequence[str]]]()
    if named.reason is not None:
        parts.append((say("app.published.why", lang), [reason_text(named.reason, lang)]))
    title, follows = title_of(choice, lang), say("app.published.follows", lang)
    if found is None:
        needs = say("app.published.needs", lang, needs=named.needs)
        takes = say("app.published.takes", lang)
        return Card(title, say("app.published.untested", lang), "open", (*parts, (takes, [needs])))
    if isinstance(found, AllocatorError):
        why = say("app.published.uncovered_about", lang, why=" ".join(found.sentences(lang)))
        return Card(title, say("app.published.uncovered", lang), "open", (*parts, (follows, [why])))
    parts.insert(0, (say("app.published.assumed", lang), assumptions(found, lang)))
    lines = verdict_lines(found, lang)[1:]
    if found.verdict.consistent is None:
        first = [verdict_lines(found, lang)[0]]
        return Card(title, say("app.published.unsettled", lang), "open", (*parts, (follows, first)))
    if not found.verdict.consistent:
        return Card(title, say("app.published.apart", lang), "apart", (*parts, (follows, lines)))
    said = ""
    if quick(found):
        shares = findings_of(choice, found, None, {})
        if not isinstance(shares, AllocatorError) and shares.shares is not None:
            published = found.reading.scenario.published or {}
            largest = max(found.case.ids, key=lambda id: published[id])
            said = share_line(found, shares.shares, largest, lang)
    return Card(title, say("app.published.fits", lang), "fits", (*parts, (follows, lines)), said)


def reason_text(reason: Text, lang: str) -> str:
    """A reason as a sentence of its own."""
    said = str(getattr(reason, lang))
    return say("app.published.reason", lang, reason=said[:1].upper() + said[1:])


def assumptions(found: Audit, lang: str) -> list[str]:
    """All that a reading supposes, a sentence each."""
    scenario = found.reading.scenario
    said = [say("app.published.premise", lang, premise=premise(found, lang))]
    if scenario.reserved:
        said.append(say("app.published.reserved", lang))
    if found.reading.tolerance == "rounded":
        unit = money(scenario.fund.unit, scenario.fund.currency, lang)
        how = say(f"check.{scenario.fund.rounding}", lang)
        said.append(say("app.published.rounded", lang, unit=unit, rounding=how))
    return said


def _view(found: Choices, keys: Sequence[str], several: bool, lang: str) -> str:
    """Under which of the readings the ranges are shown: one at a time."""
    titles = {key: title_of(found.readings[key], lang) for key in keys}
    if len(keys) == 1:
        if several:
            st.html(markup.block("rule", say("app.published.view_one", lang, title=titles[keys[0]])))
        return keys[0]
    key = f"reading-view-{state.slug()}-{lang}"
    if st.session_state.get(key) not in keys:
        st.session_state[key] = keys[0]
    return str(st.radio(say("app.published.view", lang), list(keys), format_func=_as_text(titles), key=key))


def _as_text(titles: Mapping[str, str]) -> Callable[[str], str]:
    return lambda key: markup.in_markdown(titles[key])


def _fits(found: Choices, keys: Sequence[str], scenario: Scenario, lang: str) -> None:
    """Real factor data under each reading shown."""
    data = state.on_screen(state.slug())
    if not real(data):
        st.html(markup.block("hint", say("app.published.fit_assumed", lang)))
        _to_data(lang)
        return
    asked = {key: found.readings[key].named.reading for key in keys}
    held = fits(asked, data)
    parts = []
    for key in keys:
        parts.append(markup.heading(title_of(found.readings[key], lang), 3))
        parts.append(markup.listing(fit_lines(held[key], asked[key], data, lang)))
    if len(keys) > 1:
        titles = {key: found.readings[key].named.title for key in keys}
        parts.append(markup.block("effect", nearest_line(titles, held, lang)))
    st.html(markup.lines(parts))


def _to_data(lang: str) -> None:
    if st.button(say("app.published.fit_go", lang), key="to-data"):
        st.switch_page(st.session_state.pages["data"])


def foot_lines(rule: Scenario, lang: str) -> list[str]:
    """What was read: its source, digest, and the method version."""
    return [
        document.source_line(rule, lang),
        say("app.foot.digest", lang, digest=rule.digest.removeprefix("sha256:")[:12]),
        say("app.foot.method", lang, version=METHOD_VERSION),
    ]
