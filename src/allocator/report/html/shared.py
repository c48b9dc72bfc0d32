"""Parts that both editions of the page hold: currency, unit, names, the making, tables without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from allocator.core.exact import Number
from allocator.report.charts.data import chart_unit
from allocator.report.html.element import Element, el, rows
from allocator.report.papers.parts import trace_lines
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.table import Table
from allocator.text import LANGUAGES, Phrasebook

BOOKS = tuple(map(Phrasebook, LANGUAGES))


def in_each(sentence: Callable[[Phrasebook], str]) -> dict[str, str]:
    """A sentence in every language."""
    return {book.language: sentence(book) for book in BOOKS}


def currency_of(currency: Any) -> Mapping[str, Any]:
    """A currency as the script writes it: its code, its names, and whether a name is a mere code."""
    if not isinstance(currency, str):
        return {"code": "", "names": in_each(lambda book: book.text(currency)), "bare": False}
    bare = any(currency not in book.words("currency") for book in BOOKS)
    names = {"names": in_each(lambda book: book.money_unit(currency, 1)), "bare": bare}
    return {"code": currency} | ({} if currency == "CNY" else names)


def unit_words(proposal: Proposal, amounts: Iterable[Number]) -> dict[str, Any]:
    """The one unit of money of the page: its size in main units, and its name."""
    fund = proposal.chosen.scenario.fund
    every = list(amounts)
    units = {book.language: chart_unit(every, fund.currency, fund.unit, book) for book in BOOKS}
    return {
        "scale": next(iter(units.values())).scale,
        "unit": {lang: unit.name for lang, unit in units.items()},
    }


def who(proposal: Proposal) -> dict[str, dict[str, str]]:
    """The headings over recipients and under them."""
    local = proposal.chosen.scenario.fund.currency == "CNY"
    one, together = (
        ("table.recipient", "table.recipients")
        if local
        else ("table.recipient_other", "table.recipients_other")
    )
    return {
        "who": in_each(lambda book: book.say(one)),
        "recipients_sum": in_each(lambda book: book.say(together)),
    }


def in_language(proposal: Proposal, book: Phrasebook) -> Proposal:
    """The proposal in another language, its base too."""
    if book == proposal.book:
        return proposal
    known = proposal.known
    if known is not None:
        from allocator.report.tables.base import known as known_base

        known = known_base(known.key, proposal.scenarios, book)
    return replace(proposal, book=book, known=known)


def trace_of(proposal: Proposal) -> list[dict[str, str]]:
    """Source, options, data and making, a sentence each in every language."""
    by_language = [
        [line for part in trace_lines(in_language(proposal, book)) for line in part] for book in BOOKS
    ]
    longest = max(map(len, by_language))
    padded = [[*lines, *[""] * (longest - len(lines))] for lines in by_language]
    return [
        {book.language: line for book, line in zip(BOOKS, lines, strict=True)}
        for lines in zip(*padded, strict=True)
    ]


def table_element(table: Table, caption: str) -> Element:
    """A table as HTML; rows are named by their first cells, or the second where those are mere numbers."""
    cells = table.shown
    numbers = len(cells) > 1 and all(not cell or cell.isdigit() for cell in cells[0])
    first = 1 if numbers else 0
    kinds = ["n" if numeric else None for numeric in table.numeric]
    head = (
        el("th", header, scope="col", class_=kind) for header, kind in zip(table.headers, kinds, strict=True)
    )
    tags = ['th scope="row" dir="auto"' if at == first else 'td class="n"' if kind else "td"
            for at, kind in enumerate(kinds)]  # fmt: skip
    classes = ["" if role == "recipient" else role for role in table.roles]
    return el(
        "table",
        el("caption", f"{caption}　{table.unit}" if caption else table.unit),
        el("thead", el("tr", head)),
        el("tbody", rows(list(zip(*cells, strict=True)), tags, classes)),
        class_="sheet",
    )


def lines_element(lines: Sequence[str]) -> Element:
    """Sentences as a list."""
    return el("ul", (el("li", line) for line in lines), class_="trace")
