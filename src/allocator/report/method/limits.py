"""Steps 4 and 5 of the method: floors and caps, and rounding."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.core.allocation import Allocation
from allocator.core.exact import plain
from allocator.report.method.chain import chain_table
from allocator.report.method.example import Shown, extra_units, rounding_example
from allocator.report.method.step import Step
from allocator.report.tables.figures import (
    about,
    decimals,
    in_units,
    name_of,
    rough,
    rough_figure,
    unit_of,
    who,
)
from allocator.report.tables.table import Row, written
from allocator.report.words.rule import limit_clauses, limit_words
from allocator.text import Phrasebook

MOST_NAMES = 12


# --- 4 --------------------------------------------------------------------------------------------


def limits_step(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> Step:
    """The step that applies floors and caps."""
    scenario = allocation.scenario
    title = book.say("method.limits_title")
    if not scenario.limits:
        return Step("limits", title, (book.say("method.limits_none"),))
    words = limit_words(scenario)
    clauses = [clause for limit in scenario.limits for clause in limit_clauses(limit, book, words)]
    rule = book.say("method.limits_rule", clauses=book.say("rule.join").join(clauses))
    unit = book.money(scenario.fund.unit, scenario.fund.currency)
    lines = [rule, book.say("method.limits_whole", unit=unit)]
    taking = [scenario.ids[i] for i in scenario.participants]
    floors, caps = ([i for i in taking if allocation.at[i] == kind] for kind in ("floor", "cap"))
    free = [i for i in taking if allocation.at[i] is None and allocation.shares[i]]
    after: list[str] = []
    for key, held in (("method.limits_at_floor", floors), ("method.limits_at_cap", caps)):
        if held:
            after.append(book.say(key, names=names_of(allocation, held, book), count=len(held)))
    if not floors and not caps:
        after.append(book.say("method.limits_nobody"))
    after.append(_multiplier_sentence(allocation, free, book))
    if id in taking:
        after.append(_limited_sentence(allocation, id, shown, book))
    listed = [i for i in taking if allocation.at[i] or i == id]
    formula = (book.say("method.limits_formula"),)
    if not listed:
        return Step("limits", title, tuple(lines), formula, (), tuple(after))

    columns = [
        ("method.entitlement", allocation.entitlements),
        ("method.floor", allocation.floors),
        ("method.cap", allocation.caps),
    ]
    columns = [(key, column) for key, column in columns if any(x is not None for x in column.values())]
    columns.append(("method.limited", allocation.limited))
    tabled = {"method.entitlement": shown.entitlement, "method.limited": shown.limited}
    rows = []
    for at, i in enumerate(taking, 1):
        if i in listed:
            cells = []
            for key, column in columns:
                amount = column[i]
                if amount is None:
                    cells.append("")
                    continue
                exactly = in_units(amount, scenario)
                figure = tabled[key][i] if key in tabled else exactly
                cells.append(about(figure, book, 2, exactly=exactly))
            note = ""
            if allocation.at[i]:
                note = book.say("table.at_floor" if allocation.at[i] == "floor" else "table.at_cap")
            rows.append(Row("recipient", (str(at), name_of(allocation, i, book), *cells, note)))
    all_at_limits = allocation.at[id] or id not in taking
    grid = written(
        book.say("method.limits_table" if all_at_limits else "method.limits_table_example"),
        (
            book.say("method.number"),
            who(scenario, book),
            *(book.say(key) for key, _ in columns),
            book.say("method.note"),
        ),
        (False, False, *[True] * len(columns), False),
        tuple(rows),
        unit_of(scenario, book),
    )
    return Step("limits", title, tuple(lines), formula, (grid,), tuple(after))


def _multiplier_sentence(allocation: Allocation, free: Sequence[str], book: Phrasebook) -> str:
    """The sentence on the multiplier of those at no limit."""
    k = allocation.split.multiplier
    if not free:
        return book.say("method.multiplier_nobody")
    key = (
        "method.multiplier_one" if k == 1 else "method.multiplier_less" if k < 1 else "method.multiplier_more"
    )
    return book.say(key, k=about(k, book, 6), count=len(free))


def _limited_sentence(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> str:
    """The sentence on one recipient's entitlement times the multiplier, and the limit it is at, if any."""
    scenario, k = allocation.scenario, allocation.split.multiplier
    amounts = {
        "entitlement": (allocation.entitlements[id], shown.entitlement[id]),
        "limited": (allocation.limited[id], shown.limited[id]),
    }
    times, makes = (
        rough_figure(amount, scenario, book, 2, tabled=tabled) for amount, tabled in amounts.values()
    )
    places = decimals(k, times, makes, 6)
    if allocation.at[id]:
        key = "method.limited_floor" if allocation.at[id] == "floor" else "method.limited_cap"
    else:
        key = "method.limited_free" if places else "method.limited_free_about"
    return book.say(
        key,
        name=name_of(allocation, id, book),
        k=about(k, book, places or 6),
        **{
            word: rough(amount, scenario, book, 2, tabled=tabled)
            for word, (amount, tabled) in amounts.items()
        },
    )


def names_of(allocation: Allocation, ids: Sequence[str], book: Phrasebook) -> str:
    """The names of recipients; of more than twelve the first twelve "and others"."""
    known = {r.id: book.text(r.name) for r in allocation.scenario.recipients}
    names = [known[id] for id in ids[:MOST_NAMES]]
    text = book.say("place.list").join(names)
    return text if len(ids) <= MOST_NAMES else book.say("method.and_others", names=text)


# --- 5 --------------------------------------------------------------------------------------------


def rounding_step(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> Step:
    """The step that makes whole units of the amounts."""
    scenario = allocation.scenario
    fund, currency = scenario.fund, scenario.fund.currency
    unit = book.money(fund.unit, currency)
    by_remainder = fund.rounding == "largest-remainder"
    key = "method.rounding_largest_remainder" if by_remainder else "method.rounding_rest_to_largest"
    lines = [book.say(key, unit=unit)]
    extra = extra_units(allocation)
    taken = [i for i, count in extra.items() if count]
    if not taken:
        lines.append(book.say("method.rounding_even" if by_remainder else "method.rounding_no_rest"))
    elif by_remainder:
        names = names_of(allocation, taken, book)
        lines.append(book.say("method.rounding_extra", names=names, count=len(taken), unit=unit))
    else:
        amount = book.money(plain(extra[taken[0]] * fund.unit), currency, sign=True)
        lines.append(
            book.say("method.rounding_rest", name=name_of(allocation, taken[0], book), amount=amount)
        )
    if allocation.tied:
        tied = names_of(allocation, allocation.tied, book)
        key = "method.tied_largest_remainder" if by_remainder else "method.tied_rest_to_largest"
        lines.append(book.say(key, names=tied))
    after = []
    position = scenario.ids.index(id)
    if position in scenario.participants:
        after.append(rounding_example(allocation, id, extra[id], book))
    amounts = plain(sum(allocation.amounts.values(), start=0))
    after.append(
        book.say(
            "method.check" if scenario.reservations else "method.check_alone",
            amounts=book.money(amounts, currency),
            reserved=book.money(scenario.reserved, currency),
            fund=book.money(fund.amount, currency),
        )
    )
    grid = chain_table(allocation, id, shown, book)
    return Step("rounding", book.say("method.rounding_title"), tuple(lines), (), (grid,), tuple(after))
