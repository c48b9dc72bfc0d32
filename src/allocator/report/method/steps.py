"""The rule of a scenario step by step, with its own figures and one recipient worked out.

Each step is data: a heading, sentences, a formula in words, tables.  docs/method.md says the same in general.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.method.example import Shown, example_grid, score_of
from allocator.report.method.limits import limits_step, rounding_step
from allocator.report.tables.grid import (
    Grid,
    Step,
    about,
    decimals,
    in_units,
    name_of,
    percent_cell,
    rough,
    rough_figure,
    unit_of,
)
from allocator.report.tables.office import weight_text
from allocator.report.tables.table import Row
from allocator.report.words.rule import percent, so_many
from allocator.text import money, number, say

DOCS = {"method": "docs/method.md", "glossary": "docs/glossary.md", "format": "docs/scenario-format.md"}


def method_steps(allocation: Allocation, id: str, lang: str) -> tuple[Step, ...]:
    """The five steps, with the recipient of this id as the example; raises KeyError when there is none."""
    if id not in allocation.scenario.ids:
        raise KeyError(id)
    shown = Shown.of(allocation, lang)
    return (
        _money_step(allocation, lang),
        _factors_step(allocation, shown, lang),
        _formula_step(allocation, id, shown, lang),
        limits_step(allocation, id, shown, lang),
        rounding_step(allocation, id, shown, lang),
    )


def _say(key: str, lang: str, **details: object) -> str:
    return say(f"app.method.{key}", lang, **details)


def _join(parts: Iterable[str], lang: str) -> str:
    return ("" if lang == "zh" else " ").join(parts)


# --- 1 --------------------------------------------------------------------------------------------


def _money_step(allocation: Allocation, lang: str) -> Step:
    scenario = allocation.scenario
    currency = scenario.fund.currency

    def size(amount: Number) -> str:
        return number(in_units(amount, scenario), lang)

    rows = [("", _say("fund", lang), size(scenario.fund.amount), "")]
    for at, reservation in enumerate(scenario.reservations, 1):
        name = _say("less_reservation", lang, name=reservation.name)
        rows.append((str(at), name, size(-reservation.amount), ""))
    names = {r.id: r.name for r in scenario.recipients}
    for at, earmark in enumerate(scenario.earmarks, len(scenario.reservations) + 1):
        name = _say("less_earmark", lang, name=names[earmark.recipient])
        reason = getattr(earmark.reason, lang) if earmark.reason else ""
        also = [_say("also_shares", lang)] if earmark.also_shares else []
        rows.append((str(at), name, size(-earmark.amount), _join([*also, reason], lang)))
    rows.append(("", _say("distributable", lang), size(scenario.distributable), ""))
    headers = [_say(key, lang) for key in ("number", "item", "amount", "note")]
    roles = ["subtotal", *["recipient"] * (len(rows) - 2), "total"]
    grid = Grid(
        _say("money_table", lang),
        tuple(headers),
        (False, False, True, False),
        tuple(Row(role, cells) for role, cells in zip(roles, rows, strict=True)),  # type: ignore[arg-type]
        unit_of(scenario, lang),
    )
    figures = _say(
        "money_figures",
        lang,
        fund=size(scenario.fund.amount),
        reserved=size(scenario.reserved),
        earmarked=size(scenario.earmarked),
        left=size(scenario.distributable),
    )
    left = money(scenario.distributable, currency, lang)
    off = bool(scenario.reservations or scenario.earmarks)
    key = "money_nobody" if not scenario.participants else "money_rest" if off else "money_all"
    line = _say(key, lang, amount=left, recipients=so_many(scenario, len(scenario.participants), lang))
    formula = (_say("money_formula", lang), figures) if off else ()
    return Step("money", _say("money_title", lang), (line,), formula, (grid,))


# --- 2 --------------------------------------------------------------------------------------------


def _factors_step(allocation: Allocation, shown: Shown, lang: str) -> Step:
    scenario = allocation.scenario
    brings = [
        plain(Fraction(scenario.distributable) * sum(part) / allocation.total_score)
        for part in allocation.parts.values()
    ]
    rows = []
    for at, ((id, weight), amount, exactly) in enumerate(
        zip(scenario.weights.items(), shown.brings, brings, strict=True), 1
    ):
        factor = scenario.factor(id)
        values = number(sum(value for value in scenario.column(id) if value is not None), lang)
        unit = getattr(factor.unit, lang) if factor.unit else ""
        rows.append(
            Row(
                "recipient",
                (
                    str(at),
                    getattr(factor.name, lang),
                    _say("total_unit", lang, total=values, unit=unit) if unit else values,
                    weight_text(weight, scenario.kind, lang),
                    about(amount, lang, 2, exactly=in_units(exactly, scenario)),
                ),
            )
        )
    hundred = weight_text(100, "shares", lang) if scenario.kind == "shares" else ""
    everything = number(in_units(scenario.distributable, scenario), lang)
    rows.append(Row("total", ("", say("table.total", lang), "", hundred, everything)))
    keys = ("number", "factor", "total_values", f"weight_{scenario.kind}", "brings")
    grid = Grid(
        _say("factors_table", lang),
        tuple(_say(key, lang) for key in keys),
        (False, False, True, True, True),
        tuple(rows),
        unit_of(scenario, lang),
    )
    lines = [_say(f"factors_{scenario.kind}", lang)]
    weighted = [(id, weight) for id, weight in scenario.weights.items() if weight]
    if scenario.kind == "shares" and scenario.coefficient is None and weighted and scenario.distributable:
        id, weight = weighted[0]
        brought = shown.brings[list(scenario.weights).index(id)]
        part = rough(scenario.distributable * Fraction(weight) / 100, scenario, lang, 2, tabled=brought)
        name = scenario.factor(id).name
        lines.append(_say("factors_first", lang, name=name, weight=percent(weight, lang), amount=part))
    if scenario.coefficient is not None:
        key = "factors_coefficient" if scenario.kind == "shares" else "factors_coefficient_scores"
        lines.append(_say(key, lang, name=scenario.factor(scenario.coefficient).name))
    return Step(
        "factors", _say("factors_title", lang), tuple(lines), (), (grid,), (_say("factors_see", lang),)
    )


# --- 3 --------------------------------------------------------------------------------------------


def _formula_step(allocation: Allocation, id: str, shown: Shown, lang: str) -> Step:
    scenario = allocation.scenario
    name = name_of(allocation, id, lang)
    way = f"{scenario.kind}_coefficient" if scenario.coefficient is not None else scenario.kind
    formula = tuple(_say(f"formula_{way}", lang).split("\n"))
    title = _say("formula_title", lang)
    lines = (_say("formula_line", lang),)
    position = scenario.ids.index(id)
    if position not in scenario.participants:
        return Step("formula", title, lines, formula, (), (_say("example_apart", lang, name=name),))
    points, score = score_of(scenario, position)
    grid = example_grid(allocation, id, points, shown, lang)
    after = [_say("example_adding", lang)]
    entitlement, share, tabled = allocation.entitlements[id], allocation.shares[id], shown.entitlement[id]
    total = rough_figure(scenario.distributable, scenario, lang)
    makes = rough_figure(entitlement, scenario, lang, 2, tabled=tabled)
    places = decimals(share * 100, Fraction(total) / 100, makes, 4)
    details = {
        "name": name,
        "total": rough(scenario.distributable, scenario, lang),
        "share": percent_cell(share * 100, lang, places or 4),
        "entitlement": rough(entitlement, scenario, lang, 2, tabled=tabled),
    }
    product = "" if places else "_about"
    if way == "shares":
        after.insert(0, _say(f"example_shares{product}", lang, **details))
    else:
        everybody = sum((score_of(scenario, i)[1] for i in scenario.participants), start=Fraction(0))
        figure = percent_cell if scenario.kind == "shares" else about
        if scenario.coefficient is not None:
            said = {
                "points": figure(sum(points.values(), start=Fraction(0)), lang, 4),
                "coefficient": scenario.factor(scenario.coefficient).name,
                "value": number(scenario.factor(scenario.coefficient).values[position] or 0, lang),
                "score": figure(score, lang, 4),
            }
            after.insert(0, _say("example_coefficient", lang, name=name, **said))
        scores = {"score": figure(score, lang, 4), "scores": figure(everybody, lang, 4)}
        after.insert(-1, _say(f"example_scores{product}", lang, **details, **scores))
    return Step("formula", title, lines, formula, (grid,), tuple(after))


# --- what it rests on -----------------------------------------------------------------------------


def basis(allocation: Allocation, lang: str) -> Step:
    """依据与数据: sources and status of the fund and of every column, what is assumed, versions."""
    scenario = allocation.scenario
    none = _say("unsaid", lang)
    source = getattr(scenario.fund.source, lang) if scenario.fund.source else none
    name = getattr(scenario.fund.name, lang) if scenario.fund.name else _say("fund", lang)
    rows = [Row("subtotal", ("", name, "", "", "", source))]
    for at, factor in enumerate(scenario.factors, 1):
        weightless = factor.id not in scenario.weights
        name = getattr(factor.name, lang)
        cells = (
            str(at),
            _say("reference", lang, name=name) if weightless else name,
            say(f"status.{factor.status}", lang),
            str(factor.year) if factor.year is not None else none,
            getattr(factor.definition, lang) if factor.definition else none,
            getattr(factor.source, lang) if factor.source else none,
        )
        rows.append(Row("recipient", cells))
    grid = Grid(
        _say("basis_table", lang),
        tuple(_say(key, lang) for key in ("number", "item", "status", "year", "definition", "source")),
        (False,) * 6,
        tuple(rows),
    )
    lines = []
    if scenario.assumed:
        names = [factor.name for factor in scenario.assumed]
        lines.append(_say("assumed", lang, names=names, count=len(names)))
    else:
        weighted = {id for id, weight in scenario.weights.items() if weight}
        statuses = [cell.status for cell in scenario.provenance if cell.factor in weighted and cell.status]
        assumed = [status for status in statuses if status in ("assumed", "example")]
        known = {*statuses, *(scenario.factor(id).status for id in weighted)}
        key = next((status for status in ("derived", "provided") if status in known), "all_published")
        key = "cells_assumed" if assumed else key
        lines.append(_say(key, lang, count=len(assumed)))
    if scenario.published is None:
        lines.append(_say("no_published", lang))
    if scenario.provenance:
        lines.append(_say("cells", lang, count=len(scenario.provenance)))
    after = (
        _say("version", lang, version=allocation.method_version),
        _say("digest", lang, digest=scenario.digest.removeprefix("sha256:")),
        _say("docs", lang, **DOCS),
    )
    return Step("basis", _say("basis_title", lang), tuple(lines), (), (grid,), after)
