"""The arithmetic of what was published: where the fund went, what it was spent on, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.figures import in_units, unit_of
from allocator.report.tables.records import Role
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.rule import so_many
from allocator.text import Phrasebook

Line = tuple[Role, str, Number]
_PARTS = ("published.parts_equal", "published.parts_more", "published.parts_less")
_PARTS_ALONE = ("published.parts_alone_equal", "published.parts_alone_more", "published.parts_alone_less")
_USES = ("published.uses_equal", "published.uses_more", "published.uses_less")


def fund_table(scenario: Scenario, book: Phrasebook) -> Table:
    """Every published amount with its part of the fund; needs a published split."""
    published = scenario.published or {}
    lines: list[Line] = [("reservation", book.text(r.name), r.amount) for r in scenario.reservations]
    if lines:
        lines.append(("subtotal", book.say("table.departments"), scenario.reserved))
    lines += [("recipient", book.text(r.name), published[r.id]) for r in scenario.recipients]
    whom = so_many(scenario, len(scenario.recipients), book)
    lines.append(("subtotal", whom, _sum(published.values())))
    lines.append(("total", book.say("table.total"), plain(_sum(published.values()) + scenario.reserved)))
    return _grid("published.fund_caption", "published.fund_item", lines, scenario, book)


def uses_table(scenario: Scenario, book: Phrasebook) -> Table | None:
    """The table of uses of the fund with their amounts; None where the scenario states none."""
    if not scenario.uses:
        return None
    lines: list[Line] = [("recipient", book.text(use.name), use.amount) for use in scenario.uses]
    lines.append(("total", book.say("table.total"), _sum(use.amount for use in scenario.uses)))
    return _grid("published.uses_caption", "published.uses_item", lines, scenario, book)


def sums(scenario: Scenario, book: Phrasebook) -> list[str]:
    """Sentences on whether the published split, and the uses, add up to the fund."""
    fund, currency = scenario.fund.amount, scenario.fund.currency
    split = _sum((scenario.published or {}).values())
    details = {
        "split": book.money(split, currency),
        "reserved": book.money(scenario.reserved, currency),
        "fund": book.money(fund, currency),
    }
    by = plain(split + scenario.reserved - fund)
    lines = [_sentence(_PARTS if scenario.reserved else _PARTS_ALONE, by, currency, book, **details)]
    if scenario.uses:
        spent = _sum(use.amount for use in scenario.uses)
        details = {"spent": book.money(spent, currency), "fund": details["fund"]}
        lines.append(_sentence(_USES, plain(spent - fund), currency, book, **details))
    return lines


def source_line(scenario: Scenario, book: Phrasebook) -> str:
    """The sentence on the source of the published figures, or that the scenario states none."""
    source = scenario.fund.source
    return book.say("published.source" if source else "published.unsourced", source=source)


def _sentence(keys: Sequence[str], by: Number, currency: str, book: Phrasebook, **details: str) -> str:
    equal, more, less = keys
    key = equal if not by else more if by > 0 else less
    return book.say(key, by=book.money(max(by, -by), currency), **details)


def _sum(amounts: Iterable[Number]) -> Number:
    return plain(sum(amounts, start=Fraction(0)))


def _grid(caption: str, item: str, lines: Sequence[Line], scenario: Scenario, book: Phrasebook) -> Table:
    """Amounts and parts of the fund, each part rounded by itself: equal amounts have equal parts."""
    rows = [
        Row(
            role,
            (
                name,
                book.number(in_units(amount, scenario)),
                book.say(
                    "rule.percent",
                    value=book.number(Fraction(100 * amount) / scenario.fund.amount, 1),
                ),
            ),
        )
        for role, name, amount in lines
    ]
    headers = tuple(book.say(key) for key in (item, "published.amount", "published.part"))
    return written(book.say(caption), headers, (False, True, True), tuple(rows), unit_of(scenario, book))
