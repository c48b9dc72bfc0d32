"""From the fund to one recipient's amount in a table, and beside it what was decided."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.method.example import Shown
from allocator.report.tables.grid import Grid, about, in_units, name_of, percent_cell, unit_of
from allocator.report.tables.table import Role, Row
from allocator.text import number, say


class _Link(NamedTuple):
    """One row: what it is, its figure, and the published one, each as text."""

    role: Role
    key: str
    figure: str
    published: str = ""


def chain_grid(allocation: Allocation, id: str, shown: Shown, lang: str) -> Grid:
    """From the entitlement to the amount of one recipient, numbered; below it what was decided."""
    scenario = allocation.scenario
    links = _from_entitlement(allocation, id, shown, lang)
    rows = [
        Row(link.role, (str(at) if link.role == "recipient" else "", _say(link.key, lang), link.figure))
        for at, link in enumerate(links, 1)
    ]
    if scenario.published is not None:
        published, change = _decided(allocation, id, lang)
        rows.append(Row("recipient", ("", _say("published", lang), published)))
        rows.append(Row("recipient", ("", _say("difference", lang), change)))
    return Grid(
        _say("chain_table", lang, name=name_of(allocation, id, lang)),
        tuple(_say(key, lang) for key in ("number", "item", "amount")),
        (False, False, True),
        tuple(rows),
        unit_of(scenario, lang),
    )


def fund_grid(allocation: Allocation, id: str, lang: str) -> Grid:
    """From the fund to the amount of one recipient; where its published amount is known, beside it the same.

    Of that only totals are known.  Its fund is shown where the published amounts and what departments get
    add up to the fund of the scenario; its part of what was shared out where nothing was earmarked.
    Raises KeyError for an unknown id.
    """
    scenario, shown = allocation.scenario, Shown.of(allocation, lang)
    links = [*_to_entitlement(allocation, id, shown, lang), *_from_entitlement(allocation, id, shown, lang)]
    headers, with_published = ["item", "simulated"], scenario.published is not None
    if with_published:
        published, change = _decided(allocation, id, lang)
        links[-1] = links[-1]._replace(published=published)
        links.append(_Link("recipient", "difference", change))
        headers.append("published")
    return Grid(
        _say("fund_table", lang, name=name_of(allocation, id, lang)),
        tuple(_say(key, lang) for key in headers),
        (False, *[True] * (len(headers) - 1)),
        tuple(
            Row(link.role, (_say(link.key, lang), link.figure, *([link.published] if with_published else [])))
            for link in links
        ),
        unit_of(scenario, lang),
    )


def _say(key: str, lang: str, **details: object) -> str:
    return say(f"app.method.{key}", lang, **details)


def _to_entitlement(allocation: Allocation, id: str, shown: Shown, lang: str) -> list[_Link]:
    """The fund, what comes off first, and the part of the rest that the factors bring."""
    scenario = allocation.scenario
    everybody = _published_total(scenario)
    same = everybody is not None and everybody + scenario.reserved == scenario.fund.amount

    def link(role: Role, key: str, amount: Number, known: bool) -> _Link:
        text = number(in_units(amount, scenario), lang)
        return _Link(role, key, text, text if known else "")

    links = [link("subtotal", "fund", scenario.fund.amount, same)]
    if scenario.reservations:
        links.append(link("recipient", "less_departments", -scenario.reserved, same))
    if scenario.earmarks:
        links.append(link("recipient", "less_earmarks", -scenario.earmarked, False))
    alike = same and not scenario.earmarks
    links.append(link("subtotal", "distributable", scenario.distributable, alike))
    share = percent_cell(shown.share[id], lang, 2, exactly=allocation.shares[id] * 100)
    part = ""
    if everybody and scenario.published is not None and not scenario.earmarks:
        part = percent_cell(Fraction(scenario.published[id]) / everybody * 100, lang, 2)
    return [*links, _Link("recipient", "share", share, part)]


def _published_total(scenario: Scenario) -> Number | None:
    return None if scenario.published is None else plain(sum(scenario.published.values(), start=0))


def _from_entitlement(allocation: Allocation, id: str, shown: Shown, lang: str) -> list[_Link]:
    """The entitlement, what limits and rounding do, the earmark, and last the amount.

    Between figures that the office's table shows, what is shown of a step is their difference.
    """
    scenario = allocation.scenario
    entitlement, limited = allocation.entitlements[id], allocation.limited[id]
    final, earmark = (in_units(by[id], scenario) for by in (allocation.amounts, allocation.earmarks))
    tabled = shown.entitlement[id], shown.limited[id]
    chain: list[tuple[str, Number, Number]] = [("entitlement", tabled[0], entitlement)]
    if scenario.limits:
        chain.append(("by_limits", plain(tabled[1] - tabled[0]), plain(limited - entitlement)))
    chain.append(("by_rounding", plain(final - earmark - tabled[1]), allocation.rounding[id]))
    if scenario.earmarks:
        chain.append(("earmark", earmark, allocation.earmarks[id]))
    links = [
        # six decimals, since an earmark may be to the cent
        _Link(
            "recipient",
            key,
            about(figure, lang, 6, exactly=in_units(exactly, scenario), sign=key.startswith("by_")),
        )
        for key, figure, exactly in chain
    ]
    return [*links, _Link("total", "final", number(final, lang))]


def _decided(allocation: Allocation, id: str, lang: str) -> tuple[str, str]:
    """The published amount and the difference from it, as text."""
    scenario = allocation.scenario
    published = in_units((scenario.published or {})[id], scenario)
    change = plain(in_units(allocation.amounts[id], scenario) - published)
    return number(published, lang), number(change, lang, sign=True)
