"""Stages that lead to every amount of one allocation: a table, and one sentence for each recipient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.pools import Pool
from allocator.core.split import Stage
from allocator.report.tables.figures import name_of, scale_of, who
from allocator.report.tables.office import weight_text
from allocator.report.tables.pools import unmet_words
from allocator.report.tables.records import Role
from allocator.report.tables.rounding import adding_both_ways, adding_up
from allocator.report.tables.table import Column, Kind, Table, heading, total_of
from allocator.text import Phrasebook

# all kinds of stages; an unknown one is refused, since its rounding and its words are not defined
_KINDS: dict[str, Kind] = {
    "factor": "stage", "coefficient": "rate", "phase_in": "rate", "limits": "rate", "scale": "rate",
    "deduction": "rate", "rounding": "rate", "earmark": "money", "adjustment": "change",
}  # fmt: skip
_ENTITLING = ("factor", "coefficient", "phase_in")  # they come to the entitlement
_APART = ("earmark", "adjustment")
_LIMITS = {"floor": "explain.limits_floor", "cap": "explain.limits_cap", None: "explain.limits_other"}
Figures = list[tuple[Stage, Mapping[str, Number]]]


def stage_figures(allocation: Allocation, scale: int, pool: str | None = None) -> Figures:
    """Each stage with its figures in units of ``scale``, as shown: two decimals at most but for earmarks.

    They add up to the amount for every recipient.  Those of factors and coefficient add up to the entitlement
    as the office's table shows it, and over all recipients to the stage's total, rounded.  With several pools
    they are those of one ``pool``, which add up to what it gives.  Raises LookupError for an unknown stage.
    """
    ids = allocation.scenario.ids
    found = allocation.stages
    if pool is not None:
        found = tuple(stage for stage in found if stage.pool == pool and stage.kind not in _APART)
    unknown = [stage.kind for stage in found if stage.kind not in _KINDS]
    if unknown:
        raise LookupError(f"no figures for the stages {unknown}")
    parts = [stage for stage in found if stage.kind in _ENTITLING]
    reached: list[Number] = [sum((stage.amounts[id] for stage in parts), start=0) for id in ids]
    shown: list[Number] = list(adding_up([amount / Fraction(scale) for amount in reached], 2))
    hundredths = adding_both_ways(
        [[stage.amounts[id] * Fraction(100, scale) for stage in parts] for id in ids],
        [amount * 100 for amount in shown],
    )
    figures: Figures = [
        (stage, dict(zip(ids, (plain(Fraction(x, 100)) for x in column), strict=True)))
        for stage, column in zip(parts, zip(*hundredths, strict=True), strict=True)
    ]
    for stage in found[len(parts) :]:
        if stage.kind in _APART:
            figures.append((stage, {id: plain(stage.amounts[id] / Fraction(scale)) for id in ids}))
            continue
        before = shown
        reached = [plain(amount + stage.amounts[id]) for id, amount in zip(ids, reached, strict=True)]
        exactly = [amount / Fraction(scale) for amount in reached]
        shown = list(exactly if stage.kind == "rounding" else adding_up(exactly, 2))
        changes = (plain(after - amount) for after, amount in zip(shown, before, strict=True))
        figures.append((stage, dict(zip(ids, changes, strict=True))))
    return figures


def stage_name(stage: Stage, scenario: Scenario, book: Phrasebook) -> str:
    """The name of a stage; a factor's says so where a coefficient is still to be applied."""
    if stage.kind != "factor":
        return book.say(f"stage.{stage.kind}")
    name: str = book.text(scenario.factor(stage.factor).name)
    if not _pool(stage.pool, scenario).coefficients:
        return name
    return book.say("stage.before_coefficient", name=name)


def _pool(id: str, scenario: Scenario) -> Pool:
    return next(pool for pool in scenario.rules if pool.id == id)


def stage_table(
    allocation: Allocation, book: Phrasebook, *, filed: bool = False, pool: str | None = None
) -> Table:
    """Every recipient's stages, which add up to its amount; ``filed`` for a file, in the main unit.

    With several pools the stages of one, which add up to what it gives.
    """
    scenario = allocation.scenario
    scale = 1 if filed else scale_of(scenario)
    figures = stage_figures(allocation, scale, pool)
    columns = [
        Column("number", book.say("table.number"), "text"),
        Column("recipient", who(scenario, book), "text"),
    ]
    stagewise: list[Mapping[str, Number]] = []
    entitled: dict[str, Number] = dict.fromkeys(scenario.ids, 0)
    for at, (stage, by) in enumerate(figures):
        kind = _KINDS[stage.kind]
        overall = "-all" if stage.pool == "all" else ""
        columns.append(Column((stage.factor or stage.kind) + overall, _header(stage, scenario, book), kind))
        stagewise.append(by)
        if stage.kind in _ENTITLING:
            entitled = {id: plain(entitled[id] + amount) for id, amount in by.items()}
            if figures[at + 1][0].kind not in _ENTITLING:
                columns.append(Column("entitlement", book.say("table.entitlement"), "stage"))
                stagewise.append(entitled)
    heading_of = book.say("table.amount")
    if pool is not None:
        heading_of = book.say("pools.column", name=_pool(pool, scenario).name)
    columns.append(Column("amount", heading_of, "money"))
    amounts = allocation.amounts if pool is None else allocation.pools[pool]
    stagewise.append({id: plain(Fraction(amount) / scale) for id, amount in amounts.items()})
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
    if stage.pool == "all":
        return book.say("stage.over_all", name=heading(stage_name(stage, scenario, book)))
    if stage.kind == "limits":
        return heading(book.say("explain.clause.limits"))
    name = stage_name(stage, scenario, book)
    if stage.kind != "factor":
        return heading(name)
    weight = weight_text(scenario.weighted[stage.pool][stage.factor], _pool(stage.pool, scenario).kind, book)
    return book.say("table.factor", name=name, weight=weight)  # the stage's name says more than the factor's


def stage_sentences(allocation: Allocation, book: Phrasebook) -> dict[str, str]:
    """One sentence for each recipient, fit for the minutes of a meeting: the table's figures in words.

    With several pools it says what each gives.

    >>> from allocator import allocate, load_scenario
    >>> rule = allocate(load_scenario("scenarios/luzhou-2023/published-rule.toml"))
    >>> stage_sentences(rule, Phrasebook("en"))["hightech"].split("; ", 2)[2]
    '200 yuan more by rounding; the amount is 250,000 yuan. (Factor data assumed.)'
    """
    scenario = allocation.scenario
    if len(allocation.splits) > 1:
        unmet = unmet_words(scenario, book)
        return {id: _of_pools(allocation, id, unmet.get(id, []), book) for id in scenario.ids}
    figures = stage_figures(allocation, scale_of(scenario))
    taking = {scenario.ids[i] for i in allocation.split.members}
    unmet = unmet_words(scenario, book)
    return {
        id: _sentence(allocation, figures, id, book, apart=id not in taking, unmet=unmet.get(id, []))
        for id in scenario.ids
    }


def stage_sentence(allocation: Allocation, id: str, book: Phrasebook) -> str:
    """The sentence of one recipient of a rule without pools."""
    scenario = allocation.scenario
    apart = scenario.ids.index(id) not in allocation.split.members
    return _sentence(allocation, stage_figures(allocation, scale_of(scenario)), id, book, apart=apart)


def _of_pools(allocation: Allocation, id: str, unmet: list[str], book: Phrasebook) -> str:
    """The sentence of one recipient of several pools: what each gives it, and why one gives nothing."""
    scenario, currency = allocation.scenario, allocation.scenario.fund.currency
    at = scenario.ids.index(id)
    parts = [
        book.say(
            "pools.got",
            name=split.pool.name,
            amount=book.money(allocation.pools[split.pool.id][id], currency),
        )
        for split in allocation.splits
        if at in split.members
    ]
    parts += unmet
    if allocation.overall is not None:
        sums = sum(Fraction(by[id]) for by in allocation.pools.values())
        change = plain(allocation.before_adjustments[id] - allocation.earmarks[id] - sums)
        if change:
            way = "explain.more" if change > 0 else "explain.less"
            said = book.say(way, amount=book.money(max(change, -change), currency))
            parts.append(book.say("explain.over_all", change=said))
    parts += _adjusted(allocation, id, book)
    if allocation.earmarks[id]:
        parts.append(book.say("explain.earmark", amount=book.money(allocation.earmarks[id], currency)))
    amount = [book.money(allocation.amounts[id], currency), *_issued(allocation, id, book)]
    details = {"name": name_of(allocation, id, book), "amount": book.say("explain.then").join(amount)}
    if not parts:
        return book.say("pools.nothing", **details)
    said = book.say("pools.sentence", pools=book.say("explain.next").join(parts), **details)
    return said + book.say("explain.assumed") if scenario.assumed else said


def _issued(allocation: Allocation, id: str, book: Phrasebook) -> list[str]:
    """The clause on what of an amount was issued before, and what is to be issued now."""
    issued, currency = allocation.scenario.issued, allocation.scenario.fund.currency
    if issued is None:
        return []
    now = allocation.to_issue[id]
    key = "explain.issued" if now >= 0 else "explain.issued_above"
    amounts = book.money(issued[id], currency), book.money(max(now, -now), currency)
    return [book.say(key, issued=amounts[0], now=amounts[1])]


def _adjusted(allocation: Allocation, id: str, book: Phrasebook) -> list[str]:
    """The clause on what hands change of an amount, if anything."""
    if not allocation.scenario.adjustments or not allocation.adjustments[id]:
        return []
    change, currency = allocation.adjustments[id], allocation.scenario.fund.currency
    way = "explain.more" if change > 0 else "explain.less"
    said = book.say(way, amount=book.money(max(change, -change), currency))
    return [book.say("explain.adjustment", change=said)]


def _sentence(
    allocation: Allocation,
    figures: Figures,
    id: str,
    book: Phrasebook,
    *,
    apart: bool,
    unmet: Sequence[str] = (),
) -> str:
    """The sentence of one recipient; ``apart`` if it takes no part in the split and has only an earmark."""
    scenario = allocation.scenario
    amount = partial(in_words, scenario=scenario, book=book)
    final = book.money(allocation.amounts[id], scenario.fund.currency)
    name = name_of(allocation, id, book)
    if apart and (unmet or scenario.beyond):
        return _of_pools(allocation, id, list(unmet), book)
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
    entitled = sum((by[id] for s, by in figures if s.kind in _ENTITLING), start=Fraction())
    clauses = [book.say("explain.brought", name=name, parts=book.say("explain.join").join(parts))]
    for stage, by in figures:
        if stage.kind == "coefficient":
            clauses.append(_changed("explain.coefficient", by[id], scenario, book))
        if stage.kind == "phase_in":
            clauses.append(_changed("explain.phase_in", by[id], scenario, book))
        if stage.kind == "limits" and by[id]:
            clauses.append(_changed(_limit_key(allocation, stage, id), by[id], scenario, book))
        if stage.kind == "deduction" and by[id]:
            holds = any(one.recipient == id and one.amount for one in scenario.deductions)
            key = "explain.deduction" if holds else "explain.deduction_other"
            clauses.append(_changed(key, by[id], scenario, book))
        if stage.kind == "scale" and by[id]:
            clauses.append(_changed("explain.scale", by[id], scenario, book))
        if stage.kind == "rounding" and by[id]:
            clauses.append(_changed("explain.rounding", by[id], scenario, book))
        if stage.kind == "earmark" and by[id]:
            clauses.append(book.say("explain.earmark", amount=amount(by[id])))
    clauses += _adjusted(allocation, id, book)
    at = 1 + bool(allocation.split.pool.coefficients) + (allocation.split.pool.phase_in is not None)
    clauses.insert(at, book.say("explain.entitlement", amount=amount(plain(entitled))))
    clauses += [book.say("explain.amount", amount=final), *_issued(allocation, id, book)]
    said = book.say("explain.sentence", clauses=book.say("explain.next").join(clauses))
    return said + book.say("explain.assumed") if scenario.assumed else said


def _limit_key(allocation: Allocation, stage: Stage, id: str) -> str:
    """The key of the clause on what limits change of an amount: its own, its group's, or others'."""
    if stage.pool == "all":
        return "explain.over_all"
    if allocation.at[id] is None and id in allocation.grouped:
        return (
            "explain.limits_group_floor" if allocation.grouped[id] == "floor" else "explain.limits_group_cap"
        )
    return _LIMITS[allocation.at[id]]


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
