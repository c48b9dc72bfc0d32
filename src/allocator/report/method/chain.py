"""Tables of the steps from the fund to one recipient's amount, with the published figures."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.method.example import Shown
from allocator.report.tables.figures import about, in_units, name_of, percent_cell, unit_of
from allocator.report.tables.records import Role
from allocator.report.tables.table import Row, Table, written
from allocator.text import Phrasebook


class _Link(NamedTuple):
    """One row: what it is, its figure, and the published one, each as text."""

    role: Role
    key: str
    figure: str
    published: str = ""


def chain_table(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> Table:
    """The numbered steps from one recipient's entitlement to its amount, then the published figures."""
    scenario = allocation.scenario
    links = _from_entitlement(allocation, id, shown, book)
    rows = [
        Row(link.role, (str(at) if link.role == "recipient" else "", book.say(link.key), link.figure))
        for at, link in enumerate(links, 1)
    ]
    if scenario.published is not None:
        published, change = _decided(allocation, id, book)
        rows.append(Row("recipient", ("", book.say("method.published"), published)))
        rows.append(Row("recipient", ("", book.say("method.difference"), change)))
    return written(
        book.say("method.chain_table", name=name_of(allocation, id, book)),
        tuple(book.say(key) for key in ("method.number", "method.item", "method.amount")),
        (False, False, True),
        tuple(rows),
        unit_of(scenario, book),
    )


def fund_table(allocation: Allocation, id: str, book: Phrasebook) -> Table:
    """The steps from the fund to one recipient's amount, beside the published figures where these are known.

    Of the published split only totals are known.  Its fund is shown where the published amounts and the
    reservations add up to the scenario's fund; the recipient's part of their sum where nothing is earmarked.
    Raises KeyError for an unknown id.
    """
    scenario, shown = allocation.scenario, Shown.of(allocation, book)
    links = [*_to_entitlement(allocation, id, shown, book), *_from_entitlement(allocation, id, shown, book)]
    headers, with_published = ["method.item", "method.simulated"], scenario.published is not None
    if with_published:
        published, change = _decided(allocation, id, book)
        links[-1] = links[-1]._replace(published=published)
        links.append(_Link("recipient", "method.difference", change))
        headers.append("method.published")
    return written(
        book.say("method.fund_table", name=name_of(allocation, id, book)),
        tuple(book.say(key) for key in headers),
        (False, *[True] * (len(headers) - 1)),
        tuple(
            Row(link.role, (book.say(link.key), link.figure, *([link.published] if with_published else [])))
            for link in links
        ),
        unit_of(scenario, book),
    )


def _to_entitlement(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> list[_Link]:
    """The rows for the fund, what comes off first, what is left, and the recipient's share of that."""
    scenario = allocation.scenario
    everybody = _published_total(scenario)
    same = everybody is not None and everybody + scenario.reserved == scenario.fund.amount

    def link(role: Role, key: str, amount: Number, known: bool) -> _Link:
        text = book.number(in_units(amount, scenario))
        return _Link(role, key, text, text if known else "")

    links = [link("subtotal", "method.fund", scenario.fund.amount, same)]
    if scenario.reservations:
        links.append(link("recipient", "method.less_departments", -scenario.reserved, same))
    if scenario.earmarks:
        links.append(link("recipient", "method.less_earmarks", -scenario.earmarked, False))
    alike = same and not scenario.earmarks
    links.append(link("subtotal", "method.distributable", scenario.distributable, alike))
    share = percent_cell(shown.share[id], book, 2, exactly=allocation.shares[id] * 100)
    part = ""
    if everybody and scenario.published is not None and not scenario.earmarks:
        part = percent_cell(Fraction(scenario.published[id]) / everybody * 100, book, 2)
    return [*links, _Link("recipient", "method.share", share, part)]


def _published_total(scenario: Scenario) -> Number | None:
    return None if scenario.published is None else plain(sum(scenario.published.values(), start=0))


def _from_entitlement(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> list[_Link]:
    """The rows for the entitlement, the effects of limits and rounding, the earmark, and the amount.

    Limits and rounding are shown as differences between the figures of the office's table.
    """
    scenario = allocation.scenario
    entitlement, limited = allocation.entitlements[id], allocation.limited[id]
    final, earmark = (in_units(by[id], scenario) for by in (allocation.amounts, allocation.earmarks))
    tabled = shown.entitlement[id], shown.limited[id]
    chain: list[tuple[str, Number, Number]] = [("method.entitlement", tabled[0], entitlement)]
    if scenario.limits:
        chain.append(("method.by_limits", plain(tabled[1] - tabled[0]), plain(limited - entitlement)))
    chain.append(("method.by_rounding", plain(final - earmark - tabled[1]), allocation.rounding[id]))
    if scenario.earmarks:
        chain.append(("method.earmark", earmark, allocation.earmarks[id]))
    changes = ("method.by_limits", "method.by_rounding")
    links = [
        # six decimals, since an earmark may be to the cent
        _Link(
            "recipient",
            key,
            about(figure, book, 6, exactly=in_units(exactly, scenario), sign=key in changes),
        )
        for key, figure, exactly in chain
    ]
    return [*links, _Link("total", "method.final", book.number(final))]


def _decided(allocation: Allocation, id: str, book: Phrasebook) -> tuple[str, str]:
    """The published amount and the difference from it, as text."""
    scenario = allocation.scenario
    published = in_units((scenario.published or {})[id], scenario)
    change = plain(in_units(allocation.amounts[id], scenario) - published)
    return book.number(published), book.number(change, sign=True)
