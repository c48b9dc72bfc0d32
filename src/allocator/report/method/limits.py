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
from allocator.text import money, say

MOST_NAMES = 12


def _say(key: str, lang: str, **details: object) -> str:
    return say(f"app.method.{key}", lang, **details)


# --- 4 --------------------------------------------------------------------------------------------


def limits_step(allocation: Allocation, id: str, shown: Shown, lang: str) -> Step:
    scenario = allocation.scenario
    title = _say("limits_title", lang)
    if not scenario.limits:
        return Step("limits", title, (_say("limits_none", lang),))
    words = limit_words(scenario)
    clauses = [clause for limit in scenario.limits for clause in limit_clauses(limit, lang, words)]
    rule = _say("limits_rule", lang, clauses=say("app.rule.join", lang).join(clauses))
    lines = [rule, _say("limits_whole", lang, unit=money(scenario.fund.unit, scenario.fund.currency, lang))]
    taking = [scenario.ids[i] for i in scenario.participants]
    floors, caps = ([i for i in taking if allocation.at[i] == kind] for kind in ("floor", "cap"))
    free = [i for i in taking if allocation.at[i] is None and allocation.shares[i]]
    after: list[str] = []
    for key, held in (("floor", floors), ("cap", caps)):
        if held:
            after.append(
                _say(f"limits_at_{key}", lang, names=names_of(allocation, held, lang), count=len(held))
            )
    if not floors and not caps:
        after.append(_say("limits_nobody", lang))
    after.append(_multiplier_sentence(allocation, free, lang))
    if id in taking:
        after.append(_limited_sentence(allocation, id, shown, lang))
    listed = [i for i in taking if allocation.at[i] or i == id]
    formula = (_say("limits_formula", lang),)
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
                cells.append(about(figure, lang, 2, exactly=exactly))
            note = say(f"table.at_{allocation.at[i]}", lang) if allocation.at[i] else ""
            rows.append(Row("recipient", (str(at), name_of(allocation, i, lang), *cells, note)))
    grid = Grid(
        _say("limits_table" if allocation.at[id] or id not in taking else "limits_table_example", lang),
        (
            _say("number", lang),
            who(scenario, lang),
            *(_say(key, lang) for key, _ in columns),
            _say("note", lang),
        ),
        (False, False, *[True] * len(columns), False),
        tuple(rows),
        unit_of(scenario, lang),
    )
    return Step("limits", title, tuple(lines), formula, (grid,), tuple(after))


def _multiplier_sentence(allocation: Allocation, free: Sequence[str], lang: str) -> str:
    """What the multiplier means for those at no limit."""
    k = allocation.multiplier
    if not free:
        return _say("multiplier_nobody", lang)
    key = "one" if k == 1 else "less" if k < 1 else "more"
    return _say(f"multiplier_{key}", lang, k=about(k, lang, 6), count=len(free))


def _limited_sentence(allocation: Allocation, id: str, shown: Shown, lang: str) -> str:
    """Entitlement times multiplier of one recipient, and which limit holds it."""
    scenario, k = allocation.scenario, allocation.multiplier
    amounts = {
        "entitlement": (allocation.entitlements[id], shown.entitlement[id]),
        "limited": (allocation.limited[id], shown.limited[id]),
    }
    times, makes = (
        rough_figure(amount, scenario, lang, 2, tabled=tabled) for amount, tabled in amounts.values()
    )
    places = decimals(k, times, makes, 6)
    key = allocation.at[id] or ("free" if places else "free_about")
    return _say(
        f"limited_{key}",
        lang,
        name=name_of(allocation, id, lang),
        k=about(k, lang, places or 6),
        **{
            word: rough(amount, scenario, lang, 2, tabled=tabled)
            for word, (amount, tabled) in amounts.items()
        },
    )


def names_of(allocation: Allocation, ids: Sequence[str], lang: str) -> str:
    """The names of recipients, or the first of them and how many they are."""
    known = {r.id: getattr(r.name, lang) for r in allocation.scenario.recipients}
    names = [known[id] for id in ids[:MOST_NAMES]]
    text = say("place.list", lang).join(names)
    return text if len(ids) <= MOST_NAMES else _say("and_others", lang, names=text)


# --- 5 --------------------------------------------------------------------------------------------


def rounding_step(allocation: Allocation, id: str, shown: Shown, lang: str) -> Step:
    scenario = allocation.scenario
    fund, currency = scenario.fund, scenario.fund.currency
    unit = money(fund.unit, currency, lang)
    way = fund.rounding.replace("-", "_")
    lines = [_say(f"rounding_{way}", lang, unit=unit)]
    extra = extra_units(allocation)
    taken = [i for i, count in extra.items() if count]
    if not taken:
        lines.append(_say("rounding_even" if way == "largest_remainder" else "rounding_no_rest", lang))
    elif way == "largest_remainder":
        names = names_of(allocation, taken, lang)
        lines.append(_say("rounding_extra", lang, names=names, count=len(taken), unit=unit))
    else:
        amount = money(plain(extra[taken[0]] * fund.unit), currency, lang, sign=True)
        lines.append(_say("rounding_rest", lang, name=name_of(allocation, taken[0], lang), amount=amount))
    if allocation.tied:
        tied = names_of(allocation, allocation.tied, lang)
        lines.append(_say(f"tied_{way}", lang, names=tied))
    after = []
    position = scenario.ids.index(id)
    if position in scenario.participants:
        after.append(rounding_example(allocation, id, extra[id], lang))
    amounts = plain(sum(allocation.amounts.values(), start=0))
    after.append(
        _say(
            "check" if scenario.reservations else "check_alone",
            lang,
            amounts=money(amounts, currency, lang),
            reserved=money(scenario.reserved, currency, lang),
            fund=money(fund.amount, currency, lang),
        )
    )
    grid = chain_grid(allocation, id, shown, lang)
    return Step("rounding", _say("rounding_title", lang), tuple(lines), (), (grid,), tuple(after))
