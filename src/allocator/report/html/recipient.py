"""区县版: one recipient's figures as a draft for consultation, with its own check and nobody else's data."""

from __future__ import annotations

from fractions import Fraction

from allocator.core.exact import Number, plain
from allocator.report.html.document import document, in_order
from allocator.report.html.element import Element, el
from allocator.report.html.rule import Plain, computed, in_languages, written
from allocator.report.html.shared import (
    BOOKS,
    currency_of,
    in_language,
    lines_element,
    table_element,
    unit_words,
)
from allocator.report.html.words import languages, sentences
from allocator.report.papers.parts import day, trace_lines
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import FEWEST, rule_words, steps_of, values_of
from allocator.report.tables.figures import about, in_units, unit_of
from allocator.report.tables.office import weight_text
from allocator.report.tables.table import Row, Table
from allocator.report.tables.table import written as listed
from allocator.report.words.clauses import in_clauses
from allocator.text import Phrasebook


def recipient_page(proposal: Proposal, id: str) -> bytes:
    """The file for the recipient with this id; raises KeyError if the proposed scenario does not have it."""
    alone = proposal.alone
    name = alone.names[id]
    content = {
        "languages": languages(),
        "texts": {book.language: sentences(book) for book in BOOKS},
        "first": proposal.book.language,
        "currency": currency_of(alone.chosen.scenario.fund.currency),
        **unit_words(alone, alone.chosen.amounts.values()),
        "name": in_languages(alone.chosen.scenario.recipients[_at(alone, id)].name),
        "own": own_figures(alone, id),
    }
    title = proposal.book.say("html.draft.title", name=name)
    return document(content, _fixed(alone, id), "recipient", title=title, language=proposal.book.language)


def contains(proposal: Proposal, id: str, book: Phrasebook) -> str:
    """The sentence on what the page holds, to be said before it is made."""
    key = "html.contains_one" if _stepwise(proposal, id) else "html.contains_one_fixed"
    return book.say(key, name=in_language(proposal, book).names[id])


def own_figures(proposal: Proposal, id: str) -> Plain | None:
    """One recipient's figures with the totals that its check needs; None where the page makes no check."""
    if not _stepwise(proposal, id):
        return None
    chosen, at = proposal.chosen, _at(proposal, id)
    scenario, split = chosen.scenario, chosen.split
    (pool,) = scenario.rules
    place = split.members.index(at)
    weights = {id: weight for id, weight in scenario.weighted[pool.id].items() if weight}
    coefficient = next(iter(pool.coefficients), None)
    unit = Fraction(scenario.fund.unit)
    limited = Fraction(split.limited_units[place], split.limited_over)
    nearest = (
        split.units[place] if scenario.fund.rounding == "largest-remainder" else int(limited + Fraction(1, 2))
    )
    floor, cap = split.floor_units[place], split.cap_units[place]
    return {
        "kind": pool.kind,
        "money": written(scenario.distributable),
        "unit": written(scenario.fund.unit),
        "rounding": scenario.fund.rounding,
        "factors": [
            {
                "name": in_languages(scenario.factor(factor).name),
                "unit": in_languages(scenario.factor(factor).unit or ""),
                "value": written(scenario.numbers(factor, (at,))[0]),
                "total": written(_total(proposal, factor)) if pool.kind == "shares" else "1",
                "weight": written(weight),
                "brings": written(chosen.contributions[factor][id]),
            }
            for factor, weight in weights.items()
        ],
        "coefficient": None if coefficient is None else written(scenario.numbers(coefficient, (at,))[0]),
        "scores": written(_scores(proposal)),
        "entitlement": written(chosen.entitlements[id]),
        "multiplier": written(split.multiplier),
        "floor": None if floor is None else written(plain(floor * unit)),
        "cap": None if cap is None else written(plain(cap * unit)),
        "limited": written(chosen.limited[id]),
        "rest": written(split.units[place] - nearest),
        "earmark": written(chosen.earmarks[id]),
        "amount": written(chosen.amounts[id]),
        "correct": pool.kind == "shares" and coefficient is None,
    }


def _at(proposal: Proposal, id: str) -> int:
    return proposal.chosen.scenario.position[id]


def _stepwise(proposal: Proposal, id: str) -> bool:
    """True where the page shows the steps of the split with their totals."""
    scenario = proposal.chosen.scenario
    members = scenario.members[scenario.rules[0].id]
    return computed(scenario) and _at(proposal, id) in members and len(members) >= FEWEST


def _total(proposal: Proposal, factor: str) -> Number:
    scenario = proposal.chosen.scenario
    return plain(sum(map(Fraction, scenario.numbers(factor, scenario.members[scenario.rules[0].id]))))


def _scores(proposal: Proposal) -> Number:
    """Σ s: by the definition, over those who take part."""
    scenario = proposal.chosen.scenario
    (pool,) = scenario.rules
    members = scenario.members[pool.id]
    sums = [Fraction()] * len(members)
    for factor, weight in scenario.weighted[pool.id].items():
        if weight:
            whole = _total(proposal, factor) if pool.kind == "shares" else 1
            rate = Fraction(weight) / whole
            sums = [one + rate * x for one, x in zip(sums, scenario.numbers(factor, members), strict=True)]
    for coefficient in pool.coefficients:
        values = scenario.numbers(coefficient, members)
        sums = [one * c for one, c in zip(sums, values, strict=True)]
    return plain(sum(sums, start=Fraction()))


# --- without scripts ------------------------------------------------------------------------------


def _fixed(proposal: Proposal, id: str) -> Element:
    sections = (
        _in_one(in_language(proposal, Phrasebook(lang)), id) for lang in in_order(proposal.book.language)
    )
    return el("main", sections, id="fixed", class_="draft")


def _in_one(proposal: Proposal, id: str) -> Element:
    book, chosen = proposal.book, proposal.chosen
    name = proposal.names[id]
    amount = book.money(chosen.amounts[id], chosen.scenario.fund.currency)
    parts: list[Element | None] = [
        el("p", el("bdi", proposal.fund_name), class_="fund"),
        el(
            "p",
            el("span", book.say("html.draft.mark"), class_="tag edited"),
            " ",
            el("span", day(proposal)),
            " ",
            el("span", proposal.mark, class_="chip") if proposal.mark else None,
        ),
        el("h1", book.say("html.draft.amount", name=name, amount=amount)),
        el("h2", book.say("html.draft.steps")) if _stepwise(proposal, id) else None,
    ]
    if _stepwise(proposal, id):
        parts += [table_element(_factors(proposal, id), ""), table_element(_steps(proposal, id), "")]
    elif in_clauses(chosen.scenario):
        for table in (values_of(proposal, id), *steps_of(proposal, id)):
            parts += [el("h2", table.caption), table_element(table, "")]
    parts += [
        el("h2", book.say("html.draft.rule")),
        *(el("p", words.text) for words in rule_words(chosen, book, id)),
    ]
    if len(chosen.amounts) != FEWEST - 1:  # of two, the others together are the other one
        parts += [el("h2", book.say("html.draft.whole")), table_element(_whole(proposal, id), "")]
    trace = [line for part in trace_lines(proposal, said=True) for line in part]
    foot = el("p", contains(proposal, id, book), class_="note")
    return el("section", parts, lines_element(trace), foot, lang=book.say("language.tag"))


def _factors(proposal: Proposal, id: str) -> Table:
    """The recipient's own value of each factor, its share, and what that brings."""
    scenario, book, at = proposal.chosen.scenario, proposal.book, _at(proposal, id)
    (pool,) = scenario.rules
    shares = pool.kind == "shares"
    rows = []
    for factor, weight in scenario.weighted[pool.id].items():
        if not weight:
            continue
        value, total = scenario.numbers(factor, (at,))[0], _total(proposal, factor)
        brings = in_units(proposal.chosen.contributions[factor][id], scenario)
        cells = [book.text(scenario.factor(factor).name), book.number(value)]
        if shares:
            cells += [book.number(total), about(Fraction(value) / total * 100, book, 4)]
        cells += [weight_text(weight, pool.kind, book), about(brings, book, 2)]
        rows.append(Row("recipient", tuple(cells)))
    heads = ["html.step.factor", "html.step.value"]
    heads += ["html.step.total", "html.step.share"] if shares else []
    heads += ["html.step.weight", "html.step.brings"]
    numeric = [False, *[True] * (len(heads) - 1)]
    return listed("", map(book.say, heads), numeric, rows, unit_of(scenario, book))


def _steps(proposal: Proposal, id: str) -> Table:
    """The steps from the money to the recipient's amount."""
    chosen, book = proposal.chosen, proposal.book
    scenario = chosen.scenario
    own = own_figures(proposal, id)
    assert own is not None

    def money(amount: Number) -> str:
        return about(in_units(amount, scenario), book, 2)

    lines: list[tuple[str, str]] = [("html.step.money", money(scenario.distributable))]
    if own["coefficient"] is not None:
        lines.append(("html.step.coefficient", book.number(Fraction(own["coefficient"]))))
    lines.append(("html.step.entitlement", money(chosen.entitlements[id])))
    if scenario.limits:
        ends = (("floor", "html.step.floor"), ("cap", "html.step.cap"))
        lines += [(key, money(Fraction(own[end]))) for end, key in ends if own[end]]
        lines.append(("html.step.multiplier", about(chosen.split.multiplier, book, 6)))
        lines.append(("html.step.limited", money(chosen.limited[id])))
    rounding = plain(chosen.amounts[id] - chosen.earmarks[id] - chosen.limited[id])
    lines.append(("html.step.rounded", about(in_units(rounding, scenario), book, 2, sign=True)))
    if chosen.earmarks[id]:
        lines.append(("html.step.earmark", money(chosen.earmarks[id])))
    rows = [Row("recipient", (book.say(key), figure)) for key, figure in lines]
    rows.append(Row("total", (book.say("html.step.amount"), money(chosen.amounts[id]))))
    headers = book.say("report.district.item"), book.say("report.district.figure")
    return listed("", headers, (False, True), rows, unit_of(scenario, book))


def _whole(proposal: Proposal, id: str) -> Table:
    """The amounts of this recipient, of the others together and of departments, adding up to the fund."""
    chosen, book = proposal.chosen, proposal.book
    scenario, amounts = chosen.scenario, chosen.amounts
    lines: list[tuple[str, Number]] = [(proposal.names[id], amounts[id])]
    if len(amounts) > 1:
        others = plain(sum(amounts.values(), start=0) - amounts[id])
        lines.append((book.say("html.draft.others", count=len(amounts) - 1), others))
    if chosen.reserved:
        lines.append((book.say("table.departments"), chosen.reserved))
    rows = [Row("recipient", (name, _size(amount, proposal))) for name, amount in lines]
    rows.append(Row("total", (book.say("table.total"), _size(chosen.total, proposal))))
    headers = book.say("report.district.item"), book.say("table.amount")
    return listed("", headers, (False, True), rows, unit_of(scenario, book))


def _size(amount: Number, proposal: Proposal) -> str:
    return proposal.book.number(in_units(amount, proposal.chosen.scenario))
