"""Stages that lead to every amount of one allocation: a table, and one sentence for each recipient."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from allocator.core.allocation import Allocation, Stage
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.figures import name_of, scale_of, who
from allocator.report.tables.office import weight_text
from allocator.report.tables.rounding import adding_both_ways, adding_up
from allocator.report.tables.table import Column, Kind, Role, Table, total_of
from allocator.text import Phrasebook

# all kinds of stages; an unknown one is refused, since its rounding and its words are not defined
_KINDS: dict[str, Kind] = {
    "factor": "stage", "coefficient": "rate", "limits": "rate", "rounding": "rate", "earmark": "money",
}  # fmt: skip
_LIMITS = {"floor": "explain.limits_floor", "cap": "explain.limits_cap", None: "explain.limits_other"}
Figures = list[tuple[Stage, Mapping[str, Number]]]


def stage_figures(allocation: Allocation, scale: int) -> Figures:
    """Each stage with its figures in units of ``scale``, as shown: two decimals at most but for earmarks.

    They add up to the amount for every recipient.  Those of factors and coefficient add up to the entitlement
    as the office's table shows it, and over all recipients to the stage's total, rounded.  Raises LookupError
    for an unknown stage.
    """
    found, ids = allocation.stages, allocation.scenario.ids
    unknown = [stage.kind for stage in found if stage.kind not in _KINDS]
    if unknown:
        raise LookupError(f"no figures for the stages {unknown}")
    parts = [stage for stage in found if stage.kind in ("factor", "coefficient")]
    entitled, limited = (
        adding_up([by[id] / Fraction(scale) for id in ids], 2)
        for by in (allocation.entitlements, allocation.limited)
    )
    hundredths = adding_both_ways(
        [[stage.amounts[id] * Fraction(100, scale) for stage in parts] for id in ids],
        [amount * 100 for amount in entitled],
    )
    figures: Figures = [
        (stage, dict(zip(ids, (plain(Fraction(x, 100)) for x in column), strict=True)))
        for stage, column in zip(parts, zip(*hundredths, strict=True), strict=True)
    ]
    for stage in found[len(parts) :]:
        amounts: list[Number] = [stage.amounts[id] / Fraction(scale) for id in ids]
        if stage.kind == "limits":
            amounts = [after - before for after, before in zip(limited, entitled, strict=True)]
        elif stage.kind == "rounding":
            amounts = [
                (allocation.amounts[id] - allocation.earmarks[id]) / Fraction(scale) - before
                for id, before in zip(ids, limited, strict=True)
            ]
        figures.append((stage, dict(zip(ids, map(plain, amounts), strict=True))))
    return figures


def stage_name(stage: Stage, scenario: Scenario, book: Phrasebook) -> str:
    """The name of a stage; a factor's says so where a coefficient is still to be applied."""
    if stage.kind != "factor":
        return book.say(f"stage.{stage.kind}")
    name: str = book.text(scenario.factor(stage.factor).name)
    return name if scenario.coefficient is None else book.say("stage.before_coefficient", name=name)


def heading(name: str) -> str:
    """A name as the heading of a column: with a capital."""
    return name[:1].upper() + name[1:]


def stage_table(allocation: Allocation, book: Phrasebook, *, filed: bool = False) -> Table:
    """Every recipient's stages, which add up to its amount; ``filed`` for a file, in the main unit."""
    scenario = allocation.scenario
    scale = 1 if filed else scale_of(scenario)
    figures = stage_figures(allocation, scale)
    columns = [
        Column("number", book.say("table.number"), "text"),
        Column("recipient", who(scenario, book), "text"),
    ]
    stagewise: list[Mapping[str, Number]] = []
    entitled: dict[str, Number] = dict.fromkeys(scenario.ids, 0)
    for at, (stage, by) in enumerate(figures):
        kind = _KINDS[stage.kind]
        columns.append(Column(stage.factor or stage.kind, _header(stage, scenario, book), kind))
        stagewise.append(by)
        if stage.kind in ("factor", "coefficient"):
            entitled = {id: plain(entitled[id] + amount) for id, amount in by.items()}
            if figures[at + 1][0].kind not in ("factor", "coefficient"):
                columns.append(Column("entitlement", book.say("table.entitlement"), "stage"))
                stagewise.append(entitled)
    columns.append(Column("amount", book.say("table.amount"), "money"))
    stagewise.append({id: plain(Fraction(amount) / scale) for id, amount in allocation.amounts.items()})
    rows: list[list[Number]] = [[by[id] for by in stagewise] for id in scenario.ids]
    records: list[tuple[Role, tuple[Any, ...]]] = [
        ("recipient", (str(at), name_of(allocation, id, book), *(plain(x * scale) for x in row)))
        for at, (id, row) in enumerate(zip(scenario.ids, rows, strict=True), 1)
    ]
    sums = [plain(total_of(column) * scale) for column in zip(*rows, strict=True)]
    records.append(("total", ("", book.say("table.total"), *sums)))
    return Table(book, scenario.fund.currency, scale, tuple(columns), tuple(records))


def _header(stage: Stage, scenario: Scenario, book: Phrasebook) -> str:
    if stage.kind == "earmark":
        return book.say("table.earmark")
    if stage.kind == "limits":
        return heading(book.say("explain.clause.limits"))
    name = stage_name(stage, scenario, book)
    if stage.kind != "factor":
        return heading(name)
    weight = weight_text(scenario.weights[stage.factor], scenario.kind, book)
    return book.say("table.factor", name=name, weight=weight)  # the stage's name says more than the factor's


def stage_sentences(allocation: Allocation, book: Phrasebook) -> dict[str, str]:
    """One sentence for each recipient, fit for the minutes of a meeting: the table's figures in words.

    >>> from allocator import allocate, load_scenario
    >>> rule = allocate(load_scenario("scenarios/luzhou-2023/published-rule.toml"))
    >>> stage_sentences(rule, Phrasebook("en"))["hightech"].split("; ", 2)[2]
    '200 yuan more by rounding; the amount is 250,000 yuan. (Factor data assumed.)'
    """
    scenario = allocation.scenario
    figures = stage_figures(allocation, scale_of(scenario))
    taking = {scenario.ids[i] for i in scenario.participants}
    return {id: _sentence(allocation, figures, id, book, apart=id not in taking) for id in scenario.ids}


def stage_sentence(allocation: Allocation, id: str, book: Phrasebook) -> str:
    """The sentence of one recipient."""
    scenario = allocation.scenario
    apart = scenario.ids.index(id) not in scenario.participants
    return _sentence(allocation, stage_figures(allocation, scale_of(scenario)), id, book, apart=apart)


def _sentence(allocation: Allocation, figures: Figures, id: str, book: Phrasebook, *, apart: bool) -> str:
    """The sentence of one recipient; ``apart`` if it takes no part in the split and has only an earmark."""
    scenario = allocation.scenario
    amount = partial(in_words, scenario=scenario, book=book)
    final = book.money(allocation.amounts[id], scenario.fund.currency)
    name = name_of(allocation, id, book)
    if apart:
        return book.say("explain.apart", name=name, amount=final)
    parts = [
        book.say(
            "explain.brings",
            name=book.text(scenario.factor(stage.factor).name),
            amount=amount(by[id]),
        )
        for stage, by in figures
        if stage.kind == "factor"
    ]
    entitled = sum((by[id] for s, by in figures if s.kind in ("factor", "coefficient")), start=Fraction())
    clauses = [book.say("explain.brought", name=name, parts=book.say("explain.join").join(parts))]
    for stage, by in figures:
        if stage.kind == "coefficient":
            clauses.append(_changed("explain.coefficient", by[id], scenario, book))
        if stage.kind == "limits" and by[id]:
            clauses.append(_changed(_LIMITS[allocation.at[id]], by[id], scenario, book))
        if stage.kind == "rounding" and by[id]:
            clauses.append(_changed("explain.rounding", by[id], scenario, book))
        if stage.kind == "earmark" and by[id]:
            clauses.append(book.say("explain.earmark", amount=amount(by[id])))
    at = 1 + (scenario.coefficient is not None)
    clauses.insert(at, book.say("explain.entitlement", amount=amount(plain(entitled))))
    clauses.append(book.say("explain.amount", amount=final))
    said = book.say("explain.sentence", clauses=book.say("explain.next").join(clauses))
    return said + book.say("explain.assumed") if scenario.assumed else said


def _changed(key: str, by: Number, scenario: Scenario, book: Phrasebook) -> str:
    way = "explain.more" if by > 0 else "explain.less" if by < 0 else "explain.same"
    change = book.say(way, amount=in_words(max(by, -by), scenario, book))
    return book.say(key, change=change)


def in_words(figure: Number, scenario: Scenario, book: Phrasebook) -> str:
    """A figure of a table, in its unit, in a sentence: Chinese keeps the unit, English writes it in full."""
    scale, currency = scale_of(scenario), scenario.fund.currency
    if not book.chinese or currency != "CNY":
        return book.money(plain(Fraction(figure) * scale), currency)
    return book.say("money.amount", value=book.number(figure), unit=book.money_unit(currency, scale))
