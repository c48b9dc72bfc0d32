"""领导版: the options of a proposal with their data, to be shown, moved and compared."""

from __future__ import annotations

from collections.abc import Mapping

from allocator.core.model import Scenario
from allocator.report.html.document import document, in_order
from allocator.report.html.element import Element, el
from allocator.report.html.rule import Columns, Plain, computed, in_languages, rule_of, written
from allocator.report.html.shared import (
    BOOKS,
    currency_of,
    in_each,
    in_language,
    lines_element,
    table_element,
    trace_of,
    unit_words,
    who,
)
from allocator.report.html.words import languages, sentences
from allocator.report.papers.blocks import part_of
from allocator.report.papers.parts import day, described, trace_lines
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.base import KNOWN, Base, first, known, known_keys
from allocator.report.tables.figures import recipient_names
from allocator.report.tables.letters import letter
from allocator.report.tables.office import compare_table, office_table, with_final_share
from allocator.report.words.paper_code import paper_code
from allocator.report.words.title import finding_title
from allocator.text import Phrasebook

KEPT = ("number", "recipient", "amount", "final", "published", "previous", "base", "difference",
        "year_difference", "note", "issued", "to_issue")  # fmt: skip


def leader_page(proposal: Proposal, *, data: bool = True) -> bytes:
    """The file for leaders; without ``data`` its figures are fixed and it holds no factor values."""
    content = leader_content(proposal, data=data)
    return document(
        content, _fixed(proposal), "leader", title=proposal.fund_name, language=proposal.book.language
    )


def leader_content(proposal: Proposal, *, data: bool = True) -> Plain:
    """The data of the page as its script reads it."""
    names = {book.language: recipient_names(proposal.allocations, book) for book in BOOKS}
    place = {id: at for at, id in enumerate(next(iter(names.values())))}
    columns = Columns()
    bases = [known(key, proposal.scenarios, proposal.book) for key in known_keys(proposal.scenarios)]
    amounts = [amount for allocation in proposal.allocations for amount in allocation.amounts.values()]
    amounts += [amount for base in bases for amount in base.amounts.values()]
    base_key = proposal.known.key if proposal.known else bases[0].key if bases else 0
    assumed = proposal.illustrative
    return {
        "languages": languages(),
        "texts": {book.language: sentences(book) for book in BOOKS},
        "first": proposal.book.language,
        "fund": in_each(lambda book: in_language(proposal, book).fund_name),
        "currency": currency_of(proposal.chosen.scenario.fund.currency),
        **unit_words(proposal, amounts),
        **who(proposal),
        "recipients": [{lang: by_id[id] for lang, by_id in names.items()} for id in place],
        "bases": [
            {
                "key": base.key,
                "name": in_each(lambda book, key=base.key: _base_name(key, book)),  # type: ignore[misc]
                "recipients": [place[id] for id in base.amounts],
                "amounts": columns.put(base.amounts.values()),
            }
            for base in bases
        ],
        "options": [_option(proposal, at, place, columns, data) for at in range(len(proposal.allocations))],
        "columns": columns.all,
        "proposed": proposal.proposed,
        "base": base_key,
        "assumed": in_each(lambda book: in_language(proposal, book).mark) if assumed else None,
        "shown": in_each(lambda book: trace_lines(in_language(proposal, book))[-1][0]),
        "made": in_each(lambda book: book.say("html.made", day=day(in_language(proposal, book)))),
        "contains": in_each(lambda book: contains(proposal, book, data=data)),
        "trace": trace_of(proposal),
    }


def contains(proposal: Proposal, book: Phrasebook, *, data: bool = True) -> str:
    """The sentence on what the page holds, to be said before it is made."""
    return book.say(
        "html.contains" if data and any(map(computed, proposal.scenarios)) else "html.contains_fixed"
    )


def _base_name(key: str, book: Phrasebook) -> str:
    return book.say("base.name.published" if key == "published" else "base.name.previous")


def _option(proposal: Proposal, at: int, place: Mapping[str, int], columns: Columns, data: bool) -> Plain:
    allocation = proposal.allocations[at]
    scenario = allocation.scenario
    live = data and computed(scenario)
    return {
        "letter": letter(at),
        "title": in_languages(scenario.title),
        "described": in_each(
            lambda book: book.say("report.joined").join(described(in_language(proposal, book), at))
        ),
        "made": in_each(
            lambda book: book.say(
                "html.made_code", day=day(in_language(proposal, book)), code=paper_code(scenario)
            )
        ),
        "recipients": [place[id] for id in scenario.ids],
        "amounts": columns.put(allocation.amounts.values()),
        "reserved": written(allocation.reserved),
        "fund": written(scenario.fund.amount),
        "unit": written(scenario.fund.unit),
        "assumed": bool(scenario.assumed),
        "rule": rule_of(scenario, columns) if live else None,
        "fixed": None if live else in_each(lambda book: _why_fixed(scenario, book, data)),
    }


def _why_fixed(scenario: Scenario, book: Phrasebook, data: bool) -> str:
    """The reason why an option is shown by fixed figures."""
    if not computed(scenario):
        clauses = [book.say(f"beyond.{kind}") for kind in scenario.beyond]
        return book.say("html.beyond", clauses=clauses)
    return "" if data else book.say("html.without_data")


# --- without scripts ------------------------------------------------------------------------------


def _fixed(proposal: Proposal) -> Element:
    """Finding and tables as they stand without scripts, in every language."""
    language = proposal.book.language
    return el("main", (_in_one(proposal, Phrasebook(lang)) for lang in in_order(language)), id="fixed")


def _in_one(proposal: Proposal, book: Phrasebook) -> Element:
    own = in_language(proposal, book)
    at = own.proposed
    base = _base(own, at)
    chosen = own.chosen
    table = with_final_share(office_table(chosen, book, base), chosen, base)
    parts: list[Element | None] = [
        el("p", el("bdi", own.fund_name), class_="fund"),
        el("p", own.mark, class_="chip") if own.mark else None,
        *_finding(own, at, "h1"),
        table_element(part_of(table, "", KEPT), ""),
    ]
    others = [other for other in range(len(own.allocations)) if other != at]
    if others:
        parts.append(el("h2", book.say("html.options")))
        for other in others:
            parts += _finding(own, other, "h3")
        stated = base if base is not None and base.key in KNOWN else None
        parts.append(table_element(compare_table(own.allocations, book, stated), ""))
    trace = [line for part in trace_lines(own) for line in part]
    return el("section", parts, lines_element(trace), lang=book.say("language.tag"))


def _finding(proposal: Proposal, at: int, heading: str) -> list[Element]:
    """An option's name, and its finding against the base."""
    base, allocation = _base(proposal, at), proposal.allocations[at]
    found = None if base is None else base.found(allocation)
    said = finding_title(allocation, found, proposal.book)
    return [el("p", el("bdi", proposal.option(at)), class_="which"), el(heading, said)]


def _base(proposal: Proposal, at: int) -> Base | None:
    """The base of the page: the proposal's own, else amounts that all state, else the first option."""
    if proposal.known is not None:
        return proposal.known
    keys = known_keys(proposal.scenarios)
    if keys:
        return known(keys[0], proposal.scenarios, proposal.book)
    return first(proposal.allocations) if at else None
