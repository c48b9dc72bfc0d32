"""The pools as cards: money, kind, weights, who takes part; and the indicators that may be weighted."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from allocator.core.pools import NEEDED, REST
from allocator.report.tables.pools import unmet_words
from allocator.report.words.rule import percent, so_many
from allocator.text import Phrasebook
from allocator.ui.components import markup
from allocator.ui.rule.form import Form
from allocator.ui.rule.formulas import render_help
from allocator.ui.session.clauses import PERCENT, IndicatorRow, PoolRow, Row
from allocator.ui.session.rule import AMOUNT, LISTED, unit_name

KINDS = {"shares": "app.rule.kind_shares", "scores": "app.rule.kind_scores", "fixed": "app.rule.kind_fixed"}
MONEY = {
    PERCENT: "app.rule.money_percent",
    AMOUNT: "app.rule.money_amount",
    REST: "app.rule.money_rest",
    NEEDED: "app.rule.money_needed",
}
MOST_OUT = 12  # recipients that are listed as not taking part


def render_pools(form: Form) -> None:
    """Draws a card for each pool, or one for the rule that has none, and the button that adds one."""
    book = form.book
    for row in form.clauses.pools:
        with st.container(border=True, key=f"rule-card-{row.uid}", gap="small"):
            _render_card(form, row)
    with st.container(horizontal=True, gap="small"):
        form.add("pools", book.say("app.rule.add_pool"))
    if len(form.clauses.pools) == 1 and not form.clauses.pools[0].id:
        st.html(markup.block("hint", book.say("app.rule.add_pool_about")))


def _render_card(form: Form, row: PoolRow) -> None:
    book, unit = form.book, unit_name(form.scenario, form.book)
    with form.line():
        if row.id:
            form.text("pools", row, "name", book.say("app.rule.name"), at=("name", "id"), width=130)
            offered = [*MONEY] if row.kind == "fixed" else [PERCENT, AMOUNT, REST]
            label = book.say("app.rule.money")
            form.choice("pools", row, "money", label, offered, _in_words(MONEY, book), width=130)
            if row.money in (PERCENT, AMOUNT):
                key = "app.rule.percent" if row.money == PERCENT else "app.edit.amount"
                form.text(
                    "pools", row, "figure", book.say(key, unit=unit), at=("percent", "amount"), width=80
                )
        label = book.say("app.rule.kind")
        form.choice("pools", row, "kind", label, [*KINDS], _in_words(KINDS, book), width=175)
        if row.id:
            form.remove("pools", row, help=book.say("app.rule.remove_pool"))
    _render_weights(form, row)
    with form.line():
        if len(columns(form)) > 1 or row.coefficients:
            form.several(
                "pools",
                row,
                "coefficients",
                book.say("app.rule.coefficients"),
                columns(form),
                names(form),
                at=("coefficient",),
                width=300,
            )
        render_whom(form, "pools", row, book.say("app.rule.taking"))
        if row.kind == "fixed" and row.money != NEEDED:
            form.tick("pools", row, "over", book.say("app.rule.over"))
    with form.line():
        about = book.say("app.rule.where_hint")
        form.text(
            "pools", row, "where", book.say("app.rule.where"), width="stretch", longest=2000, holder=about
        )
        render_help(form, "pools", row, "where")
        form.basis("pools", row)
    _render_out(form, row)
    _render_ways(form, row)
    form.problems_of("pools", row)


def _render_weights(form: Form, row: PoolRow) -> None:
    """The factors and indicators that count, a field for the weight of each, and what it comes to."""
    book = form.book
    offered = [*columns(form), *(i.id for i in form.clauses.indicators)]
    form.several(
        "pools", row, "weights", book.say("app.rule.factors"), offered, names(form), at=(), paired=True
    )
    unit = book.say("app.rule.each_unit", unit=unit_name(form.scenario, book))
    with form.line():
        for id, _ in row.weights:
            name = names(form)(id)
            label = {"shares": f"{name}（%）" if book.chinese else f"{name} (%)", "fixed": f"{name}{unit}"}
            form.weight("pools", row, "weights", id, label.get(row.kind, name))
    form.problems("pools", row, ["weights"])
    pool = next((pool for pool in form.scenario.rules if pool.id == row.id), None)
    weighted = form.scenario.weighted.get(row.id, {})
    if pool is not None and row.kind == "shares" and pool.weights.keys() != weighted.keys():
        factors = {factor.id: factor.name for factor in form.scenario.factors}
        said = [
            book.say("rule.shares_weight", name=factors[id], weight=percent(weight, book))
            for id, weight in weighted.items()
        ]
        st.html(markup.block("hint", book.say("app.rule.effective", weights=said)))


def _render_out(form: Form, row: PoolRow) -> None:
    """Draws how many take part in a pool, and who does not, with the figures that its condition looks at."""
    book, scenario = form.book, form.scenario
    if form.standing.wrong is not None or row.id not in scenario.members or not row.where.strip():
        return
    name = next(book.text(pool.name) for pool in scenario.rules if pool.id == row.id)
    key = "pools.unmet_in" if row.id else "pools.unmet"
    begins = book.say(key, name=name, figures="\0").partition("\0")[0]
    recipients = {r.id: book.text(r.name) for r in scenario.recipients}
    out = []
    for id, remarks in unmet_words(scenario, book).items():
        said = next((remark for remark in remarks if remark.startswith(begins)), None)
        if said is not None:
            figures = said.removeprefix(begins).rstrip("）)")
            out.append(book.say("app.rule.out_one", name=recipients[id], figures=figures))
    taking = so_many(scenario, len(scenario.members[row.id]), book)
    line = book.say("app.rule.taking_now", whom=taking)
    if out:
        more = len(out) - MOST_OUT
        shown = [*out[:MOST_OUT], *([book.say("app.quick.others", count=more)] if more > 0 else [])]
        line += book.say("app.rule.out", names=shown)
    st.html(markup.block("hint", line))


def _render_ways(form: Form, row: PoolRow) -> None:
    """Draws what few rules have: floors that are paid from gains, and phasing in."""
    book = form.book
    if row.kind == "fixed":
        return
    floors = any(limit.end == "floor" and limit.pool == row.id for limit in form.clauses.limits)
    with form.line():
        if floors or row.gains:
            form.tick("pools", row, "gains", book.say("app.rule.gains"), at=("floors",))
        if (not row.id and form.scenario.previous is not None) or row.phase_in:
            form.text("pools", row, "phase_in", book.say("app.rule.phase_in"), width=220)


def render_indicators(form: Form) -> None:
    """Draws a card for each indicator: its name and the weights of its parts."""
    book = form.book
    for row in form.clauses.indicators:
        with st.container(border=True, key=f"rule-card-{row.uid}", gap="small"):
            _render_indicator(form, row)
    form.add("indicators", book.say("app.rule.add_indicator"))


def _render_indicator(form: Form, row: IndicatorRow) -> None:
    book = form.book
    with form.line():
        form.text("indicators", row, "name", book.say("app.rule.name"), width=170)
        form.several(
            "indicators",
            row,
            "parts",
            book.say("app.rule.parts"),
            columns(form),
            names(form),
            at=(),
            width="stretch",
            paired=True,
        )
        form.remove("indicators", row)
    with form.line():
        for id, _ in row.parts:
            label = names(form)(id)
            form.weight("indicators", row, "parts", id, f"{label}（%）" if book.chinese else f"{label} (%)")
        form.basis("indicators", row)
    form.problems_of("indicators", row)


# --- shared by the rows of the rule ---------------------------------------------------------------


def _in_words(keys: dict[str, str], book: Phrasebook) -> Callable[[str], str]:
    return lambda option: book.say(keys[option])


def columns(form: Form) -> list[str]:
    """The ids of all columns of numbers, those of the rows that were added too."""
    known = [f.id for f in form.standing.base.factors if not f.text and f.formula is None]
    return list(dict.fromkeys([*known, *(row.id for row in form.clauses.columns)]))


def names(form: Form) -> Callable[[str], str]:
    """The name of a column or indicator by its id, as it is written on the page."""
    book = form.book
    called = {f.id: book.text(f.name) for f in form.standing.base.factors}
    called |= {row.id: row.name for row in form.clauses.columns if row.name.strip()}
    called |= {row.id: row.name for row in form.clauses.indicators if row.name.strip()}
    return lambda id: called.get(id, id)


def render_whom(form: Form, section: str, row: Row, label: str, *, each: bool = False) -> None:
    """Draws the choice of whom a clause is for: all, a kind, or those that are listed."""
    book, scenario = form.book, form.scenario
    kinds = list(dict.fromkeys(r.kind for r in scenario.recipients if r.kind))
    people = {r.id: book.text(r.name) for r in scenario.recipients}

    def called(option: str) -> str:
        if option == "all":
            return book.say("app.rule.whom_all")
        if option == LISTED:
            return book.say("app.rule.whom_listed")
        return people.get(option) or book.say("app.rule.whom_kind", kind=book.kind(option))

    offered = [*([*people] if each else []), "all", *kinds, LISTED]
    form.choice(section, row, "whom", label, offered, called, at=("recipients", "recipient"), width=170)
    if row.whom == LISTED:
        form.several(
            section,
            row,
            "listed",
            book.say("app.edit.listed"),
            [*people],
            people.__getitem__,
            at=(),
            width=300,
        )
