"""The rule of a scenario step by step, with its own figures and one recipient worked out.

Each step is data: a heading, sentences, a formula in words, tables.  docs/method.md says the same in general.
"""

from __future__ import annotations

from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.method.example import Shown, example_table, score_of
from allocator.report.method.limits import limits_step, rounding_step
from allocator.report.method.step import Step
from allocator.report.tables.figures import (
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
from allocator.report.tables.table import Row, written
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


# --- 1 --------------------------------------------------------------------------------------------


def _money_step(allocation: Allocation, book: Phrasebook) -> Step:
    scenario = allocation.scenario
    currency = scenario.fund.currency

    def size(amount: Number) -> str:
        return book.number(in_units(amount, scenario))

    rows = [("", book.say("method.fund"), size(scenario.fund.amount), "")]
    for at, reservation in enumerate(scenario.reservations, 1):
        name = book.say("method.less_reservation", name=reservation.name)
        rows.append((str(at), name, size(-reservation.amount), ""))
    names = {r.id: r.name for r in scenario.recipients}
    for at, earmark in enumerate(scenario.earmarks, len(scenario.reservations) + 1):
        name = book.say("method.less_earmark", name=names[earmark.recipient])
        reason = book.text(earmark.reason) if earmark.reason else ""
        also = [book.say("method.also_shares")] if earmark.also_shares else []
        rows.append((str(at), name, size(-earmark.amount), book.join([*also, reason])))
    rows.append(("", book.say("method.distributable"), size(scenario.distributable), ""))
    headers = [book.say(key) for key in ("method.number", "method.item", "method.amount", "method.note")]
    roles = ["subtotal", *["recipient"] * (len(rows) - 2), "total"]
    grid = written(
        book.say("method.money_table"),
        tuple(headers),
        (False, False, True, False),
        tuple(Row(role, cells) for role, cells in zip(roles, rows, strict=True)),  # type: ignore[arg-type]
        unit_of(scenario, book),
    )
    figures = book.say(
        "method.money_figures",
        fund=size(scenario.fund.amount),
        reserved=size(scenario.reserved),
        earmarked=size(scenario.earmarked),
        left=size(scenario.distributable),
    )
    left = book.money(scenario.distributable, currency)
    off = bool(scenario.reservations or scenario.earmarks)
    key = "method.money_rest" if off else "method.money_all"
    if not scenario.participants:
        key = "method.money_nobody"
    line = book.say(key, amount=left, recipients=so_many(scenario, len(scenario.participants), book))
    formula = (book.say("method.money_formula"), figures) if off else ()
    return Step("money", book.say("method.money_title"), (line,), formula, (grid,))


# --- 2 --------------------------------------------------------------------------------------------


def _factors_step(allocation: Allocation, shown: Shown, book: Phrasebook) -> Step:
    scenario = allocation.scenario
    brings = [
        plain(Fraction(scenario.distributable) * sum(part) / allocation.split.total_score)
        for part in allocation.split.parts.values()
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
                    book.say("method.total_unit", total=values, unit=unit) if unit else values,
                    weight_text(weight, scenario.kind, book),
                    about(amount, book, 2, exactly=in_units(exactly, scenario)),
                ),
            )
        )
    shares = scenario.kind == "shares"
    hundred = weight_text(100, "shares", book) if shares else ""
    everything = book.number(in_units(scenario.distributable, scenario))
    rows.append(Row("total", ("", book.say("table.total"), "", hundred, everything)))
    keys = (
        "method.number",
        "method.factor",
        "method.total_values",
        "method.weight_shares" if shares else "method.weight_scores",
        "method.brings",
    )
    grid = written(
        book.say("method.factors_table"),
        tuple(book.say(key) for key in keys),
        (False, False, True, True, True),
        tuple(rows),
        unit_of(scenario, book),
    )
    lines = [book.say("method.factors_shares" if shares else "method.factors_scores")]
    weighted = [(id, weight) for id, weight in scenario.weights.items() if weight]
    if shares and scenario.coefficient is None and weighted and scenario.distributable:
        id, weight = weighted[0]
        brought = shown.brings[list(scenario.weights).index(id)]
        part = rough(scenario.distributable * Fraction(weight) / 100, scenario, book, 2, tabled=brought)
        name = scenario.factor(id).name
        lines.append(book.say("method.factors_first", name=name, weight=percent(weight, book), amount=part))
    if scenario.coefficient is not None:
        key = "method.factors_coefficient" if shares else "method.factors_coefficient_scores"
        lines.append(book.say(key, name=scenario.factor(scenario.coefficient).name))
    see = (book.say("method.factors_see"),)
    return Step("factors", book.say("method.factors_title"), tuple(lines), (), (grid,), see)


# --- 3 --------------------------------------------------------------------------------------------


def _formula_step(allocation: Allocation, id: str, shown: Shown, book: Phrasebook) -> Step:
    scenario = allocation.scenario
    name = name_of(allocation, id, book)
    shares, by_factors_only = scenario.kind == "shares", scenario.coefficient is None
    if shares:
        key = "method.formula_shares" if by_factors_only else "method.formula_shares_coefficient"
    else:
        key = "method.formula_scores" if by_factors_only else "method.formula_scores_coefficient"
    formula = tuple(book.say(key).split("\n"))
    title = book.say("method.formula_title")
    lines = (book.say("method.formula_line"),)
    position = scenario.ids.index(id)
    if position not in scenario.participants:
        return Step("formula", title, lines, formula, (), (book.say("method.example_apart", name=name),))
    points, score = score_of(scenario, position)
    grid = example_table(allocation, id, points, shown, book)
    after = [book.say("method.example_adding")]
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
    if shares and by_factors_only:
        key = "method.example_shares" if places else "method.example_shares_about"
        after.insert(0, book.say(key, **details))
    else:
        everybody = sum((score_of(scenario, i)[1] for i in scenario.participants), start=Fraction(0))
        figure = percent_cell if shares else about
        if scenario.coefficient is not None:
            said = {
                "points": figure(sum(points.values(), start=Fraction(0)), book, 4),
                "coefficient": scenario.factor(scenario.coefficient).name,
                "value": book.number(scenario.factor(scenario.coefficient).values[position] or 0),
                "score": figure(score, book, 4),
            }
            after.insert(0, book.say("method.example_coefficient", name=name, **said))
        scores = {"score": figure(score, book, 4), "scores": figure(everybody, book, 4)}
        key = "method.example_scores" if places else "method.example_scores_about"
        after.insert(-1, book.say(key, **details, **scores))
    return Step("formula", title, lines, formula, (grid,), tuple(after))


# --- what it rests on -----------------------------------------------------------------------------


def basis(allocation: Allocation, book: Phrasebook) -> Step:
    """依据与数据: sources and status of the fund and of every column, what is assumed, versions."""
    scenario = allocation.scenario
    none = book.say("method.unsaid")
    source = book.text(scenario.fund.source) if scenario.fund.source else none
    name = book.text(scenario.fund.name) if scenario.fund.name else book.say("method.fund")
    rows = [Row("subtotal", ("", name, "", "", "", source))]
    for at, factor in enumerate(scenario.factors, 1):
        weightless = factor.id not in scenario.weights
        name = book.text(factor.name)
        cells = (
            str(at),
            book.say("method.reference", name=name) if weightless else name,
            book.say(f"status.{factor.status}"),
            str(factor.year) if factor.year is not None else none,
            book.text(factor.definition) if factor.definition else none,
            book.text(factor.source) if factor.source else none,
        )
        rows.append(Row("recipient", cells))
    keys = (
        "method.number", "method.item", "method.status",
        "method.year", "method.definition", "method.source",
    )  # fmt: skip
    grid = written(
        book.say("method.basis_table"),
        tuple(book.say(key) for key in keys),
        (False,) * 6,
        tuple(rows),
    )
    lines = []
    if scenario.assumed:
        names = [factor.name for factor in scenario.assumed]
        lines.append(book.say("method.assumed", names=names, count=len(names)))
    else:
        weighted = {id for id, weight in scenario.weights.items() if weight}
        statuses = [cell.status for cell in scenario.provenance if cell.factor in weighted and cell.status]
        assumed = [status for status in statuses if status in ("assumed", "example")]
        known = {*statuses, *(scenario.factor(id).status for id in weighted)}
        if assumed:
            key = "method.cells_assumed"
        elif "derived" in known:
            key = "method.derived"
        else:
            key = "method.provided" if "provided" in known else "method.all_published"
        lines.append(book.say(key, count=len(assumed)))
    if scenario.published is None:
        lines.append(book.say("method.no_published"))
    if scenario.provenance:
        lines.append(book.say("method.cells", count=len(scenario.provenance)))
    after = (
        book.say("method.version", version=allocation.method_version),
        book.say("method.digest", digest=scenario.digest.removeprefix("sha256:")),
        book.say("method.docs", **DOCS),
    )
    return Step("basis", book.say("method.basis_title"), tuple(lines), (), (grid,), after)
