"""Somebody gets more: what each answer means for everybody, in sentences and as one table."""

from __future__ import annotations

from typing import Any

from allocator.analysis.compare import changes
from allocator.analysis.seek import Answer, More
from allocator.core.errors import AllocatorError
from allocator.report.seek.words import sentences
from allocator.report.tables.table import Column, Table, total_of
from allocator.report.words.corrections import party_name
from allocator.text import Phrasebook, money_scale

WAYS = {"shared": "seek.more_shared", "paid": "seek.more_paid", "ruled": "seek.more_ruled"}


def more_title(more: More, book: Phrasebook) -> str:
    """The question: who gets how much more, or less."""
    amount = book.money(max(more.amount, -more.amount), more.now.scenario.fund.currency)
    key = "seek.more_title" if more.amount > 0 else "seek.more_title_less"
    return book.say(key, who=_name(more, more.recipient, book), amount=amount)


def way_title(more: More, way: str, book: Phrasebook) -> str:
    """One way in words: who pays, or that the weights change."""
    if way == "paid" and more.payer is not None:
        return book.say(WAYS[way], payer=party_name(more.payer, more.now.scenario, book))
    ruled = more.ruled if way == "ruled" and way in more.found else None
    if isinstance(ruled, Answer) and ruled.lever.kind == "money":
        return book.say("seek.more_ruled_money")
    return book.say(WAYS[way])


def way_lines(more: More, way: str, book: Phrasebook) -> list[str]:
    """The sentences on one way: who pays, or the reason why it cannot be."""
    answer = {"shared": more.shared, "paid": more.paid, "ruled": more.ruled}[way]
    if isinstance(answer, AllocatorError):
        return [book.say("seek.more_cannot", reason=sentence) for sentence in answer.sentences(book)]
    if isinstance(answer, Answer) and len(more.unruled) > 1:
        return [line for one in more.unruled for line in sentences(one, book)[1:3]]
    if isinstance(answer, Answer):
        return sentences(answer, book)[1:]  # the first repeats the question
    if answer is None:
        return []
    by = {id: change for id, change in changes(answer, more.now.amounts).items() if id != more.recipient}
    side = 1 if more.amount > 0 else -1
    paying = {id: change for id, change in by.items() if change * side < 0}
    scenario = more.now.scenario
    if way == "paid" and more.payer is not None and more.payer.reservation:
        before, after = (book.money(found.reserved, scenario.fund.currency) for found in (more.now, answer))
        return [book.say("seek.more_reserved", before=before, after=after)]
    if not paying:
        return []
    sizes = {id: max(change, -change) for id, change in paying.items()}
    most = max(sizes, key=sizes.__getitem__)
    if side > 0:
        key = "seek.more_pays" if len(paying) > 1 else "seek.more_pays_one"
    else:
        key = "seek.more_gets" if len(paying) > 1 else "seek.more_gets_one"
    amount = book.money(sizes[most], scenario.fund.currency)
    return [book.say(key, count=len(paying), who=_name(more, most, book), amount=amount)]


def more_table(more: More, book: Phrasebook) -> Table:
    """Everybody's amount now, and the change by each way that there is."""
    scenario, found = more.now.scenario, more.found
    local = scenario.fund.currency == "CNY"
    columns = [
        Column("number", book.say("table.number"), "text"),
        Column("recipient", book.say("table.recipient" if local else "table.recipient_other"), "text"),
        Column("now", book.say("seek.now"), "money"),
        *(Column(way, way_title(more, way, book), "change") for way in found),
    ]
    by = {way: changes(one, more.now.amounts) for way, one in found.items()}
    records: list[Any] = [
        (
            "recipient",
            (str(n), book.text(r.name), more.now.amounts[r.id], *(table[r.id] for table in by.values())),
        )
        for n, r in enumerate(scenario.recipients, 1)
    ]
    if more.now.reserved or any(one.reserved for one in found.values()):
        cells = [one.reserved - more.now.reserved for one in found.values()]
        records.append(("subtotal", ("", book.say("table.departments"), more.now.reserved, *cells)))
    totals = [total_of(record[1][at] for record in records) for at in range(2, len(columns))]
    records.append(("total", ("", book.say("table.total"), *totals)))
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return Table(book, scenario.fund.currency, scale, tuple(columns), tuple(records))


def option_name(more: More, way: str, book: Phrasebook) -> str:
    """The name under which an answer is kept."""
    return book.say("seek.more_option", what=more_title(more, book), way=way_title(more, way, book))


def _name(more: More, id: str, book: Phrasebook) -> str:
    scenario = more.now.scenario
    return book.text(scenario.recipients[scenario.position[id]].name)
