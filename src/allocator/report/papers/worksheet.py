"""The working paper 测算底稿 for auditors: rule and provisions, data by the cell, review, versions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import pairwise

from allocator.analysis.finding import find
from allocator.analysis.review import review
from allocator.core.errors import ScenarioError
from allocator.core.exact import Number
from allocator.core.parts import Factor, Text
from allocator.files.scenario.save import contents
from allocator.report.papers.blocks import Block, NewPage, Paper, Words, texts
from allocator.report.papers.parts import derived_lines, made_line, paper, sentence, titled, whole_table
from allocator.report.papers.proposal import Proposal, Version
from allocator.report.papers.ruling import annexes_by_pool, rule_words, status_words, value_text
from allocator.report.tables.figures import in_units, is_money, unit_of, who
from allocator.report.tables.letters import letter
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.finding import against_sentence, terms
from allocator.report.words.review import review_lines, review_table
from allocator.report.words.rule import limit_clauses, limit_words, whom_words
from allocator.text import Phrasebook

ABREAST = 8  # the most columns of data, or versions, that one table of a landscape page holds


def worksheet(proposal: Proposal) -> Paper:
    """The working paper of the proposed option, with the versions that were kept of it."""
    versions = proposal.versions
    book, chosen, option = proposal.book, proposal.chosen, proposal.option(proposal.proposed)
    alone = proposal.alone
    blocks: list[Block] = [
        sentence("report.worksheet.title", proposal, "title", fund=proposal.fund_name),
        sentence("report.worksheet.signed", proposal),
        sentence("report.worksheet.of", proposal, option=option),
        Words("text", made_line(alone)),
        Words("text", book.join(derived_lines(alone))),
        sentence("report.worksheet.rule", proposal, "head"),
        *rule_words(chosen, book),
        _provisions(proposal),
        sentence("report.worksheet.data", proposal, "head"),
        sentence("report.worksheet.data_in", proposal, file=_file(proposal)),
        _columns(proposal),
        *_cells(proposal),
        sentence("report.worksheet.review", proposal, "head"),
        *_review(proposal),
    ]
    if versions:
        blocks += [sentence("report.worksheet.versions", proposal, "head"), *_changes(proposal, versions)]
    blocks += [NewPage(wide=True), *titled(whole_table(proposal)), *annexes_by_pool(proposal)]
    for table in _values(proposal):
        blocks += [NewPage(wide=True), *titled(table)]
    if versions:
        blocks += [NewPage(wide=True), *titled(_versions(proposal, versions))]
    name = book.say("report.file.worksheet")
    return paper("worksheet", proposal, blocks, name=name, flows=True)


# --- the rule -------------------------------------------------------------------------------------


def _provisions(proposal: Proposal) -> Table:
    """Every part of the rule that a provision can stand for, with the one that does."""
    book, scenario = proposal.book, proposal.chosen.scenario
    names = {r.id: r.name for r in scenario.recipients}
    used = set(scenario.columns.used) | set(scenario.weights)
    parts: list[tuple[str, object, Text | None]] = [
        (
            "difference.what.fund_amount" if is_money(scenario) else "difference.what.fund_amount_other",
            proposal.fund_name,
            scenario.fund.source,
        )
    ]
    for pool in scenario.rules:
        if pool.id:
            parts.append(("difference.what.pool", pool.name, pool.basis))
        elif pool.basis is not None:
            parts.append(("difference.what.kind", str(book.words("difference.word")[pool.kind]), pool.basis))
    parts += [("difference.what.indicator", i.name, i.basis) for i in scenario.indicators]
    weighted = {id for pool in scenario.rules for id in scenario.weighted[pool.id]}
    parts += [
        # coefficients, and columns that only formulas and conditions look at, have no weight
        ("difference.what.weight" if f.id in weighted else "difference.what.factor", f.name, f.basis)
        for f in scenario.factors
        if f.id in used
    ]
    words = limit_words(scenario)
    for limit in scenario.limits:
        clauses = book.say("rule.join").join(limit_clauses(limit, book, words))
        parts.append(("difference.what.limit", clauses, limit.basis))
    for e in scenario.earmarks:
        several = e.recipients or (e.recipient,)
        parts.append(("difference.what.earmark", whom_words(several, e.where, book, words), e.basis))
    parts += [("difference.what.deduction", names[d.recipient], d.basis) for d in scenario.deductions]
    parts += [("difference.what.adjustment", names[a.recipient], a.basis) for a in scenario.adjustments]
    rows = [
        Row("recipient", (book.say(key), book.show(name), book.text(basis) if basis else _none(book)))
        for key, name, basis in parts
    ]
    headers = map(book.say, ("report.worksheet.part", "report.worksheet.which", "report.worksheet.basis"))
    return written(book.say("report.worksheet.provisions"), tuple(headers), (False,) * 3, rows)


def _none(book: Phrasebook) -> str:
    return book.say("report.worksheet.not_named")


# --- the data -------------------------------------------------------------------------------------


def _file(proposal: Proposal) -> str:
    """The file of the pack that holds the figures."""
    return f"{proposal.book.say('report.file.scenarios')}/{letter(proposal.proposed)}/factors.csv"


def _given(proposal: Proposal) -> list[tuple[str, Factor]]:
    """The columns of figures that the file holds and the amounts rest on, each with its letter there."""
    scenario = proposal.chosen.scenario
    held = [factor for factor in scenario.factors if factor.formula is None]
    behind = {factor.id for factor in scenario.behind} | set(scenario.columns.used)
    return [(_letters(at), f) for at, f in enumerate(held, 1) if f.id in behind]


def _letters(at: int) -> str:
    """The letters of a column of a sheet, the first being 0.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    first = _letters(at // 26 - 1) if at >= 26 else ""
    return first + letter(at % 26)


def _columns(proposal: Proposal) -> Table:
    """The columns of data: where they stand, unit, year, status, source."""
    book, scenario = proposal.book, proposal.chosen.scenario
    places = {factor.id: at for at, factor in _given(proposal)}
    used = set(places) | set(scenario.columns.used)
    rows = [
        Row(
            "recipient",
            (
                book.text(factor.name),
                places.get(factor.id, "—"),
                book.text(factor.unit) if factor.unit else "—",
                str(factor.year) if factor.year is not None else "—",
                status_words(factor, book),
                book.text(factor.source) if factor.source else _none(book),
            ),
        )
        for factor in scenario.factors
        if factor.id in used
    ]
    keys = (
        "report.worksheet.column", "report.worksheet.place", "clauses.unit", "report.worksheet.year",
        "report.slide.rule_status", "report.worksheet.source",
    )  # fmt: skip
    return written(book.say("report.worksheet.columns"), tuple(map(book.say, keys)), (False,) * 6, rows)


def _cells(proposal: Proposal) -> list[Block]:
    """The remarks on single cells with who confirmed them; a sentence where there are none."""
    book, scenario = proposal.book, proposal.chosen.scenario
    if not scenario.provenance:
        return [sentence("report.worksheet.no_cells", proposal)]
    places, rows = {factor.id: at for at, factor in _given(proposal)}, []
    lines = _lines(proposal)
    factors = {factor.id: factor.name for factor in scenario.factors}
    for cell in scenario.provenance:
        figures = (cell.declared, cell.verified)
        place = f"{places.get(cell.factor, '—')}{lines.get(cell.recipient, '')}"
        rows.append(
            Row(
                "recipient",
                (
                    place,
                    proposal.name(cell.recipient),
                    book.text(factors.get(cell.factor, Text(cell.factor))),
                    book.say(f"status.{cell.status}") if cell.status else "—",
                    *("—" if figure is None else book.number(figure) for figure in figures),
                    cell.provider or "—",
                    cell.confirmed_on.isoformat() if cell.confirmed_on else _unconfirmed(book),
                    cell.note or "—",
                ),
            )
        )
    keys = (
        "report.worksheet.cell", "table.recipient_other", "report.worksheet.column",
        "report.slide.rule_status", "report.worksheet.declared", "report.worksheet.verified",
        "report.worksheet.provider", "report.worksheet.confirmed", "table.note",
    )  # fmt: skip
    numeric = (False, False, False, False, True, True, False, False, False)
    return [written(book.say("report.worksheet.cells"), tuple(map(book.say, keys)), numeric, rows)]


def _unconfirmed(book: Phrasebook) -> str:
    return book.say("report.worksheet.unconfirmed")


def _lines(proposal: Proposal) -> dict[str, int]:
    """The line of each recipient in the file of the figures; empty where no file can hold them."""
    try:
        held = contents(proposal.chosen.scenario)["factors.csv"].decode("utf-8-sig")
    except ScenarioError:
        return {}
    return {row[0]: at for at, row in enumerate(csv.reader(io.StringIO(held)), 1) if at > 1 and row}


def _values(proposal: Proposal) -> Iterator[Table]:
    """Every figure that the amounts rest on, with its line and column in the file."""
    book, scenario = proposal.book, proposal.chosen.scenario
    lines, given = _lines(proposal), _given(proposal)
    for start in range(0, len(given), ABREAST):
        part = given[start : start + ABREAST]
        rows = [
            Row(
                "recipient",
                (
                    str(lines.get(recipient.id, "—")),
                    book.text(recipient.name),
                    *(value_text(factor.values[at], book) for _, factor in part),
                ),
            )
            for at, recipient in enumerate(scenario.recipients)
        ]
        headers = [book.say("report.worksheet.line"), who(scenario, book)]
        headers += [book.say("report.worksheet.heading", name=f.name, place=at) for at, f in part]
        numeric = (False, False, *(not factor.text for _, factor in part))
        yield written(
            book.say("report.worksheet.values", file=_file(proposal)), tuple(headers), numeric, rows
        )


# --- review and versions --------------------------------------------------------------------------


def _review(proposal: Proposal) -> list[Block]:
    """The issued amounts, where they are stated, against the rule."""
    chosen, book = proposal.chosen, proposal.book
    issued = chosen.scenario.published
    if issued is None:
        return [sentence("report.worksheet.no_review", proposal)]
    found = review(chosen, issued)
    table = review_table(found, chosen, book)
    return [*texts("text", review_lines(found, chosen, book)), *([] if table is None else [table])]


def _changes(proposal: Proposal, versions: Sequence[Version]) -> list[Block]:
    """A sentence on each version against the one before, with why and on what it rests."""
    book, words = proposal.book, terms([proposal.chosen], proposal.book)
    whole = proposal.chosen.scenario.distributable
    lines = []
    for before, after in pairwise(versions):
        said = against_sentence(find(after.amounts, before.amounts), before.name, whole, words)
        why = book.say(
            "report.worksheet.why",
            why=after.why or book.say("report.blank"),
            basis=after.basis or book.say("report.blank"),
        )
        lines.append(book.say("report.worksheet.version", name=after.name, said=said, why=why))
    return [*texts("text", lines or [book.say("report.worksheet.one_version", name=versions[0].name)])]


def _versions(proposal: Proposal, versions: Sequence[Version]) -> Table:
    """版本变化表: the amounts of every version by recipient, and the change from the first to the last."""
    book, scenario = proposal.book, proposal.chosen.scenario
    shown = versions if len(versions) <= ABREAST else (versions[0], *versions[1 - ABREAST :])

    def figure(amount: Number | None, *, sign: bool = False) -> str:
        return "—" if amount is None else book.number(in_units(amount, scenario), sign=sign)

    rows = []
    for at, recipient in enumerate(scenario.recipients, 1):
        own = [version.amounts.get(recipient.id) for version in shown]
        first, last = own[0], own[-1]
        by = None if first is None or last is None else last - first
        cells = (*map(figure, own), figure(by, sign=True))
        rows.append(Row("recipient", (str(at), book.text(recipient.name), *cells)))
    sums = [sum(version.amounts.values(), start=0) for version in shown]
    total = (*map(figure, sums), figure(sums[-1] - sums[0], sign=True))
    rows.append(Row("total", ("", book.say("table.total"), *total)))
    headers = [book.say("table.number"), who(scenario, book), *(version.name for version in shown)]
    headers.append(book.say("table.difference"))
    numeric = (False, False, *(True for _ in headers[2:]))
    caption = book.say("report.worksheet.versions_table", fund=proposal.fund_name)
    return written(caption, tuple(headers), numeric, rows, unit_of(scenario, book))
