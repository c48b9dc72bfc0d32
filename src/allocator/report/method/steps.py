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
from allocator.text import Phrasebook

DOCS = {"method": "docs/method.md", "glossary": "docs/glossary.md", "format": "docs/scenario-format.md"}


def method_steps(allocation: Allocation, id: str, book: Phrasebook) -> tuple[Step, ...]:
    """The five steps, with the recipient of this id as the example; raises KeyError when there is none."""
    if id not in allocation.scenario.ids:
        raise KeyError(id)
    shown = Shown.of(allocation, book)
    return (
        _money_step(allocation, book),
        _factors_step(allocation, shown, book),
        _formula_step(allocation, id, shown, book),
        limits_step(allocation, id, shown, book),
        rounding_step(allocation, id, shown, book),
    )


def _say(key: str, book: Phrasebook, **details: object) -> str:
    return book.say(f"method.{key}", **details)


def _join(parts: Iterable[str], book: Phrasebook) -> str:
    return book.join(parts)


# --- 1 --------------------------------------------------------------------------------------------


def _money_step(allocation: Allocation, book: Phrasebook) -> Step:
    scenario = allocation.scenario
    currency = scenario.fund.currency

    def size(amount: Number) -> str:
        return book.number(in_units(amount, scenario))

    rows = [("", _say("fund", book), size(scenario.fund.amount), "")]
    for at, reservation in enumerate(scenario.reservations, 1):
        name = _say("less_reservation", book, name=reservation.name)
        rows.append((str(at), name, size(-reservation.amount), ""))
    names = {r.id: r.name for r in scenario.recipients}
    for at, earmark in enumerate(scenario.earmarks, len(scenario.reservations) + 1):
        name = _say("less_earmark", book, name=names[earmark.recipient])
        reason = book.text(earmark.reason) if earmark.reason else ""
        also = [_say("also_shares", book)] if earmark.also_shares else []
        rows.append((str(at), name, size(-earmark.amount), _join([*also, reason], book)))
    rows.append(("", _say("distributable", book), size(scenario.distributable), ""))
    headers = [_say(key, book) for key in ("number", "item", "amount", "note")]
    roles = ["subtotal", *["recipient"] * (len(rows) - 2), "total"]
    grid = Grid(
        _say("money_table", book),
        tuple(headers),
        (False, False, True, False),
        tuple(Row(role, cells) for role, cells in zip(roles, rows, strict=True)),  # type: ignore[arg-type]
        unit_of(scenario, book),
    )
    figures = _say(
        "money_figures",
        book,
        fund=size(scenario.fund.amount),
        reserved=size(scenario.reserved),
        earmarked=size(scenario.earmarked),
        left=size(scenario.distributable),
    )
    left = book.money(scenario.distributable, currency)
    off = bool(scenario.reservations or scenario.earmarks)
    key = "money_nobody" if not scenario.participants else "money_rest" if off else "money_all"
    line = _say(key, book, amount=left, recipients=so_many(scenario, len(scenario.participants), book))
    formula = (_say("money_formula", book), figures) if off else ()
    return Step("money", _say("money_title", book), (line,), formula, (grid,))


# --- 2 --------------------------------------------------------------------------------------------


def _factors_step(allocation: Allocation, shown: Shown, book: Phrasebook) -> Step:
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
        values = book.number(sum(value for value in scenario.column(id) if value is not None))
        unit = book.text(factor.unit) if factor.unit else ""
        rows.append(
            Row(
                "recipient",
                (
                    str(at),
                    book.text(factor.name),
                    _say("total_unit", book, total=values, unit=unit) if unit else values,
                    weight_text(weight, scenario.kind, book),
                    about(amount, book, 2, exactly=in_units(exactly, scenario)),
                ),
            )
        )
    hundred = weight_text(100, "shares", book) if scenario.kind == "shares" else ""
    everything = book.number(in_units(scenario.distributable, scenario))
    rows.append(Row("total", ("", book.say("table.total"), "", hundred, everything)))
    keys = ("number", "factor", "total_values", f"weight_{scenario.kind}", "brings")
    grid = Grid(
        _say("factors_table", book),
        tuple(_say(key, book) for key in keys),
        (False, False, True, True, True),
        tuple(rows),
        unit_of(scenario, book),
    )
    lines = [_say(f"factors_{scenario.kind}", book)]
    weighted = [(id, weight) for id, weight in scenario.weights.items() if weight]
    if scenario.kind == "shares" and scenario.coefficient is None and weighted and scenario.distributable:
        id, weight = weighted[0]
        brought = shown.brings[list(scenario.weights).index(id)]
        part = rough(scenario.distributable * Fraction(weight) / 100, scenario, book, 2, tabled=brought)
        name = scenario.factor(id).name
        lines.append(_say("factors_first", book, name=name, weight=percent(weight, book), amount=part))
    if scenario.coefficient is not None:
        key = "factors_coefficient" if scenario.kind == "shares" else "factors_coefficient_scores"
        lines.append(_say(key, book, name=scenario.factor(scenario.coefficient).name))
    return Step(
        "factors", _say("factors_title", book), tuple(lines), (), (grid,), (_say("factors_see", book),)
    )


# --- 3 --------------------------------------------------------------------------------------------


def _formula_step(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> Step:
    scenario = allocation.scenario
    name = name_of(allocation, id, book)
    way = f"{scenario.kind}_coefficient" if scenario.coefficient is not None else scenario.kind
    formula = tuple(_say(f"formula_{way}", book).split("\n"))
    title = _say("formula_title", book)
    lines = (_say("formula_line", book),)
    position = scenario.ids.index(id)
    if position not in scenario.participants:
        return Step("formula", title, lines, formula, (), (_say("example_apart", book, name=name),))
    points, score = score_of(scenario, position)
    grid = example_grid(allocation, id, points, shown, book)
    after = [_say("example_adding", book)]
    entitlement, share, tabled = allocation.entitlements[id], allocation.shares[id], shown.entitlement[id]
    total = rough_figure(scenario.distributable, scenario, book)
    makes = rough_figure(entitlement, scenario, book, 2, tabled=tabled)
    places = decimals(share * 100, Fraction(total) / 100, makes, 4)
    details = {
        "name": name,
        "total": rough(scenario.distributable, scenario, book),
        "share": percent_cell(share * 100, book, places or 4),
        "entitlement": rough(entitlement, scenario, book, 2, tabled=tabled),
    }
    product = "" if places else "_about"
    if way == "shares":
        after.insert(0, _say(f"example_shares{product}", book, **details))
    else:
        everybody = sum((score_of(scenario, i)[1] for i in scenario.participants), start=Fraction(0))
        figure = percent_cell if scenario.kind == "shares" else about
        if scenario.coefficient is not None:
            said = {
                "points": figure(sum(points.values(), start=Fraction(0)), book, 4),
                "coefficient": scenario.factor(scenario.coefficient).name,
                "value": book.number(scenario.factor(scenario.coefficient).values[position] or 0),
                "score": figure(score, book, 4),
            }
            after.insert(0, _say("example_coefficient", book, name=name, **said))
        scores = {"score": figure(score, book, 4), "scores": figure(everybody, book, 4)}
        after.insert(-1, _say(f"example_scores{product}", book, **details, **scores))
    return Step("formula", title, lines, formula, (grid,), tuple(after))


# --- what it rests on -----------------------------------------------------------------------------


def basis(allocation: Allocation, book: Phrasebook) -> Step:
    """依据与数据: sources and status of the fund and of every column, what is assumed, versions."""
    scenario = allocation.scenario
    none = _say("unsaid", book)
    source = book.text(scenario.fund.source) if scenario.fund.source else none
    name = book.text(scenario.fund.name) if scenario.fund.name else _say("fund", book)
    rows = [Row("subtotal", ("", name, "", "", "", source))]
    for at, factor in enumerate(scenario.factors, 1):
        weightless = factor.id not in scenario.weights
        name = book.text(factor.name)
        cells = (
            str(at),
            _say("reference", book, name=name) if weightless else name,
            book.say(f"status.{factor.status}"),
            str(factor.year) if factor.year is not None else none,
            book.text(factor.definition) if factor.definition else none,
            book.text(factor.source) if factor.source else none,
        )
        rows.append(Row("recipient", cells))
    grid = Grid(
        _say("basis_table", book),
        tuple(_say(key, book) for key in ("number", "item", "status", "year", "definition", "source")),
        (False,) * 6,
        tuple(rows),
    )
    lines = []
    if scenario.assumed:
        names = [factor.name for factor in scenario.assumed]
        lines.append(_say("assumed", book, names=names, count=len(names)))
    else:
        weighted = {id for id, weight in scenario.weights.items() if weight}
        statuses = [cell.status for cell in scenario.provenance if cell.factor in weighted and cell.status]
        assumed = [status for status in statuses if status in ("assumed", "example")]
        known = {*statuses, *(scenario.factor(id).status for id in weighted)}
        key = next((status for status in ("derived", "provided") if status in known), "all_published")
        key = "cells_assumed" if assumed else key
        lines.append(_say(key, book, count=len(assumed)))
    if scenario.published is None:
        lines.append(_say("no_published", book))
    if scenario.provenance:
        lines.append(_say("cells", book, count=len(scenario.provenance)))
    after = (
        _say("version", book, version=allocation.method_version),
        _say("digest", book, digest=scenario.digest.removeprefix("sha256:")),
        _say("docs", book, **DOCS),
    )
    return Step("basis", _say("basis_title", book), tuple(lines), (), (grid,), after)
