"""Steps 4 and 5 of the method: floors and caps, and rounding."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.core.allocation import Allocation
from allocator.core.exact import plain
from allocator.report.method.chain import chain_grid
from allocator.report.method.example import Shown, extra_units, rounding_example
from allocator.report.tables.grid import (
    Grid,
    Step,
    about,
    decimals,
    in_units,
    name_of,
    rough,
    rough_figure,
    unit_of,
    who,
)
from allocator.report.tables.table import Row
from allocator.report.words.rule import limit_clauses, limit_words
from allocator.text import Phrasebook

MOST_NAMES = 12


def _say(key: str, book: Phrasebook, **details: object) -> str:
    return book.say(f"method.{key}", **details)


# --- 4 --------------------------------------------------------------------------------------------


def limits_step(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> Step:
    scenario = allocation.scenario
    title = _say("limits_title", book)
    if not scenario.limits:
        return Step("limits", title, (_say("limits_none", book),))
    words = limit_words(scenario)
    clauses = [clause for limit in scenario.limits for clause in limit_clauses(limit, book, words)]
    rule = _say("limits_rule", book, clauses=book.say("rule.join").join(clauses))
    lines = [rule, _say("limits_whole", book, unit=book.money(scenario.fund.unit, scenario.fund.currency))]
    taking = [scenario.ids[i] for i in scenario.participants]
    floors, caps = ([i for i in taking if allocation.at[i] == kind] for kind in ("floor", "cap"))
    free = [i for i in taking if allocation.at[i] is None and allocation.shares[i]]
    after: list[str] = []
    for key, held in (("floor", floors), ("cap", caps)):
        if held:
            after.append(
                _say(f"limits_at_{key}", book, names=names_of(allocation, held, book), count=len(held))
            )
    if not floors and not caps:
        after.append(_say("limits_nobody", book))
    after.append(_multiplier_sentence(allocation, free, book))
    if id in taking:
        after.append(_limited_sentence(allocation, id, shown, book))
    listed = [i for i in taking if allocation.at[i] or i == id]
    formula = (_say("limits_formula", book),)
    if not listed:
        return Step("limits", title, tuple(lines), formula, (), tuple(after))

    columns = [
        ("entitlement", allocation.entitlements),
        ("floor", allocation.floors),
        ("cap", allocation.caps),
    ]
    columns = [(key, column) for key, column in columns if any(x is not None for x in column.values())]
    columns.append(("limited", allocation.limited))
    tabled = {"entitlement": shown.entitlement, "limited": shown.limited}
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
            note = book.say(f"table.at_{allocation.at[i]}") if allocation.at[i] else ""
            rows.append(Row("recipient", (str(at), name_of(allocation, i, book), *cells, note)))
    grid = Grid(
        _say("limits_table" if allocation.at[id] or id not in taking else "limits_table_example", book),
        (
            _say("number", book),
            who(scenario, book),
            *(_say(key, book) for key, _ in columns),
            _say("note", book),
        ),
        (False, False, *[True] * len(columns), False),
        tuple(rows),
        unit_of(scenario, book),
    )
    return Step("limits", title, tuple(lines), formula, (grid,), tuple(after))


def _multiplier_sentence(allocation: Allocation, free: Sequence[str], book: Phrasebook) -> str:
    """The sentence on the multiplier of those at no limit."""
    k = allocation.multiplier
    if not free:
        return _say("multiplier_nobody", book)
    key = "one" if k == 1 else "less" if k < 1 else "more"
    return _say(f"multiplier_{key}", book, k=about(k, book, 6), count=len(free))


def _limited_sentence(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> str:
    """The sentence on one recipient's entitlement times the multiplier, and the limit it is at, if any."""
    scenario, k = allocation.scenario, allocation.multiplier
    amounts = {
        "entitlement": (allocation.entitlements[id], shown.entitlement[id]),
        "limited": (allocation.limited[id], shown.limited[id]),
    }
    times, makes = (
        rough_figure(amount, scenario, book, 2, tabled=tabled) for amount, tabled in amounts.values()
    )
    places = decimals(k, times, makes, 6)
    key = allocation.at[id] or ("free" if places else "free_about")
    return _say(
        f"limited_{key}",
        book,
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
    return text if len(ids) <= MOST_NAMES else _say("and_others", book, names=text)


# --- 5 --------------------------------------------------------------------------------------------


def rounding_step(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> Step:
    scenario = allocation.scenario
    fund, currency = scenario.fund, scenario.fund.currency
    unit = book.money(fund.unit, currency)
    way = fund.rounding.replace("-", "_")
    lines = [_say(f"rounding_{way}", book, unit=unit)]
    extra = extra_units(allocation)
    taken = [i for i, count in extra.items() if count]
    if not taken:
        lines.append(_say("rounding_even" if way == "largest_remainder" else "rounding_no_rest", book))
    elif way == "largest_remainder":
        names = names_of(allocation, taken, book)
        lines.append(_say("rounding_extra", book, names=names, count=len(taken), unit=unit))
    else:
        amount = book.money(plain(extra[taken[0]] * fund.unit), currency, sign=True)
        lines.append(_say("rounding_rest", book, name=name_of(allocation, taken[0], book), amount=amount))
    if allocation.tied:
        tied = names_of(allocation, allocation.tied, book)
        lines.append(_say(f"tied_{way}", book, names=tied))
    after = []
    position = scenario.ids.index(id)
    if position in scenario.participants:
        after.append(rounding_example(allocation, id, extra[id], book))
    amounts = plain(sum(allocation.amounts.values(), start=0))
    after.append(
        _say(
            "check" if scenario.reservations else "check_alone",
            book,
            amounts=book.money(amounts, currency),
            reserved=book.money(scenario.reserved, currency),
            fund=book.money(fund.amount, currency),
        )
    )
    grid = chain_grid(allocation, id, shown, book)
    return Step("rounding", _say("rounding_title", book), tuple(lines), (), (grid,), tuple(after))
