"""The content of the slides, each title a finding: options, who gains and loses, amounts, rule, decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.analysis.concentration import concentration
from allocator.analysis.finding import Finding, held_against
from allocator.core.exact import Number, plain
from allocator.report.charts import data as chart_data
from allocator.report.charts.changes import change_rows, change_unit
from allocator.report.papers.deciding import options_table
from allocator.report.papers.gains import largest
from allocator.report.papers.losing import losing_lines
from allocator.report.papers.parts import (
    day,
    differs,
    final_shares,
    match_words,
    source_line,
    trace_lines,
)
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.rule_slides import rule_slides
from allocator.report.papers.ruling import in_text
from allocator.report.papers.slide import Bars, Slide
from allocator.report.tables.base import against
from allocator.report.tables.office import weight_text
from allocator.report.tables.table import Row, written
from allocator.report.words.clauses import in_clauses
from allocator.report.words.comparing import change_sentences, match_sentence
from allocator.report.words.finding import phrase, short, terms
from allocator.report.words.rule import compared_with, rule_sentence, so_many, status_lines
from allocator.report.words.title import finding_title
from allocator.text import Phrasebook

MOST_BARS = 14  # the most recipients on a slide, those with the largest figures
ABREAST = 3  # the most charts on one slide


@dataclass(frozen=True)
class Deck:
    """The slides: name for people and files, the mark on each, the foot of each."""

    name: str
    book: Phrasebook
    mark: str
    foot: str
    slides: tuple[Slide, ...]


def deck(proposal: Proposal) -> Deck:
    """The slides of a proposal."""
    book = proposal.book
    name = book.say("report.file.slides")
    if proposal.illustrative:
        name = book.say("report.illustrative_file", name=name)
    several = len(proposal.allocations) > 1
    found = [_opening(proposal), *([_side_by_side(proposal), _options(proposal)] if several else [])]
    found += [_table(proposal), _amounts(proposal)]
    found += rule_slides(proposal) if in_clauses(proposal.chosen.scenario) else [_rule(proposal)]
    found += [_data(proposal), _asked(proposal)]
    foot = " ".join(line for lines in trace_lines(proposal)[-1:] for line in lines)
    return Deck(name, book, proposal.mark, foot, tuple(found))


def _cash(amount: Number, proposal: Proposal) -> str:
    return proposal.book.money(amount, proposal.chosen.scenario.fund.currency)


def _opening(proposal: Proposal) -> Slide:
    """The opening slide: the fund, and in one line where its money goes."""
    scenario = proposal.chosen.scenario
    whom = so_many(scenario, len(scenario.recipients), proposal.book)
    reserved = proposal.chosen.reserved
    key = "report.slide.opening_reserved" if reserved else "report.slide.opening"
    split = plain(sum(proposal.chosen.amounts.values()))
    title = proposal.book.say(
        key,
        amount=_cash(scenario.fund.amount, proposal),
        reserved=_cash(reserved, proposal),
        split=_cash(split, proposal),
        whom=whom,
    )
    lines = [proposal.fund_name, proposal.option(proposal.proposed), source_line(proposal), day(proposal)]
    return Slide("opening", title, tuple(lines))


def _rule(proposal: Proposal) -> Slide:
    """The slide of the rule, with the money that each factor shares out."""
    book, chosen = proposal.book, proposal.chosen
    scenario, table = chosen.scenario, proposal.table
    factors = [at for at, column in enumerate(table.columns) if column.adds == "factors"]
    sums = next(
        row for row in reversed(table.rows) if row.role in ("subtotal", "total") and row.cells[factors[0]]
    )
    rows = [
        Row(
            "recipient",
            (
                book.text(scenario.factor(id).name),
                weight_text(weight, scenario.kind, book),
                sums.cells[at],
                book.say(f"status.{scenario.factor(id).status}"),
            ),
        )
        for at, (id, weight) in zip(factors, scenario.weights.items(), strict=True)
    ]
    headers = (
        book.say("report.slide.rule_factor"),
        book.say("report.slide.rule_weight"),
        book.say("report.slide.rule_brings"),
        book.say("report.slide.rule_status"),
    )
    grid = written(
        book.say("report.slide.rule_caption"), headers, (False, True, True, False), tuple(rows), table.unit
    )
    count = len([weight for weight in scenario.weights.values() if weight])
    key = "report.slide.rule" if count > 1 else "report.slide.rule_one"
    title = book.say(key, amount=_cash(scenario.distributable, proposal), count=count)
    return Slide("rule", title, (rule_sentence(scenario, book),), grid=grid)


def _amounts(proposal: Proposal) -> Slide:
    """The slide of the amounts, all on one axis from zero, so that the longer bar is the larger amount."""
    book, chosen = proposal.book, proposal.chosen
    scenario, amounts = chosen.scenario, chosen.amounts
    unit = chart_data.chart_unit(amounts.values(), scenario.fund.currency, scenario.fund.unit, book)
    shown = largest(list(amounts), amounts, MOST_BARS)
    figures = tuple(plain(Fraction(amounts[id]) / unit.scale) for id in shown)
    most = chart_data.round_up(float(max(figures, default=0))) * 1.1  # room for the figure at the bar
    names = tuple(proposal.names[id] for id in shown)
    whom = names if len(amounts) < 3 else so_many(scenario, len(shown), book)
    bars = Bars(book.say("report.slide.panel", whom=whom, unit=unit.name), names, figures, most)
    note = book.say("report.slide.some_amounts", count=MOST_BARS) if len(amounts) > MOST_BARS else ""
    top = concentration(amounts).top
    title = book.say("report.slide.amounts_none")
    if top is not None:
        share = book.say("rule.percent", value=final_shares(proposal)[top])
        amount = _cash(amounts[top], proposal)
        title = book.say("report.slide.amounts", name=proposal.names[top], amount=amount, share=share)
    return Slide("amounts", title, charts=(bars,), note=note)


def _table(proposal: Proposal) -> Slide:
    """The slide of the amounts beside the published ones or the base."""
    book, chosen = proposal.book, proposal.chosen
    scenario, known = chosen.scenario, proposal.known
    differences = chosen.differences if known is None else known.found(chosen).changes
    moved = differences is not None and any(differences.values())
    ids = largest(list(chosen.amounts), (differences or {}) if moved else chosen.amounts, MOST_BARS)
    places = {str(scenario.ids.index(id) + 1) for id in ids}
    keep = ["number", "recipient", "share", "amount", "final", "published", "difference"]
    if known is not None:
        keep[-2:] = [known.key, "base_share", "difference"]
    grid = replace(in_text(proposal.shared_table, chosen, keep), caption=book.say("report.slide.table"))
    many = len(chosen.amounts) > MOST_BARS
    rows = [
        row
        for row in grid.rows
        if row.role in ("subtotal", "total") or (row.role == "recipient" and row.cells[0] in places)
    ]
    grid = written(grid.caption, grid.headers, grid.numeric, tuple(rows), grid.unit)
    title = _title(proposal)
    notes = []
    if known is not None:
        found = known.found(chosen)
        title = _held(found, known.full, proposal)
        notes += match_words(proposal)
    elif scenario.published is not None and compared_with(scenario) == "published":
        found = held_against(chosen, scenario.published)
        title = _held(found, book.say("report.slide.published"), proposal)
        notes += [book.say("assumed.match")] if found.equal and proposal.illustrative else []
    if many:
        key = "report.slide.some_changes" if moved else "report.slide.some_amounts"
        notes.append(book.say(key, count=MOST_BARS))
    return Slide("table", title, grid=grid, note=book.say("report.joined").join(notes))


def _title(proposal: Proposal) -> str:
    """The title of a table without known amounts: the change from option A, else who gets most and least."""
    base = proposal.reference
    if base is not None:
        return _held(base.found(proposal.chosen), proposal.reference_name, proposal)
    title = finding_title(proposal.chosen, None, proposal.book)
    return title[:1].upper() + title[1:]


def _held(found: Finding, base: str, proposal: Proposal) -> str:
    """The title of the table that compares the amounts with those of this name."""
    if found.equal:
        return proposal.book.say("report.slide.same", base=base)
    what = short(found, terms([proposal.chosen], proposal.book))
    return proposal.book.say("report.slide.against", base=base, what=what)


def _side_by_side(proposal: Proposal) -> Slide:
    """The slide of the options side by side: what differs, what moves, who gains and loses."""
    book = proposal.book
    title = book.say("report.slide.proposed", option=proposal.option(proposal.proposed))
    return Slide("side-by-side", title, grid=options_table(proposal))


def _asked(proposal: Proposal) -> Slide:
    """The slide of what is to be decided, with the losses that the decision takes on."""
    book, several = proposal.book, len(proposal.allocations) > 1
    amount = _cash(proposal.chosen.scenario.fund.amount, proposal)
    key = "report.slide.asked" if several else "report.slide.asked_alone"
    title = book.say(key, option=proposal.short(proposal.proposed), amount=amount)
    return Slide("asked", title, (*losing_lines(proposal), book.say("report.slide.asked_more")))


def _options(proposal: Proposal) -> Slide:
    """The slide of the options' changes from the base, on one scale."""
    book, allocations, known = proposal.book, proposal.allocations, proposal.known
    held_to, _ = against(allocations, known)
    parts = change_rows(allocations, book, known)
    unit = change_unit(allocations, parts, book)
    everybody = [abs(Fraction(row.difference)) / unit.scale for rows in parts for row in rows]
    most = float(max(everybody, default=Fraction())) * 1.45 or 1.0
    # the same recipients in every chart, so that they can be compared line by line
    by: dict[str, Number] = {
        row.id: max(abs(Fraction(rows[at].difference)) for rows in parts) for at, row in enumerate(parts[0])
    }
    shown = set(largest(list(by), by, MOST_BARS))
    charts = []
    for (at, _), rows in list(zip(proposal.compared, parts, strict=True))[:ABREAST]:
        bars = [row for row in rows if row.id in shown]
        figures = tuple(plain(Fraction(row.difference) / unit.scale) for row in bars)
        base = proposal.short(0) if known is None else known.name
        title = book.say("report.slide.option", option=proposal.option(at), base=base, unit=unit.name)
        charts.append(Bars(title, tuple(row.name for row in bars), figures, most, signed=True))
    words = terms(allocations, book)
    notes = [book.say("report.slide.some_changes", count=MOST_BARS)] if len(by) > MOST_BARS else []
    if len(parts) > ABREAST:
        last = proposal.compared[ABREAST - 1][0]
        notes.append(book.say("report.slide.some_options", last=proposal.short(last)))
    match = match_sentence(allocations, book, known)
    notes += [match] if match else []
    moved = [phrase(held_to.found(a), proposal.short(at), words) for at, a in proposal.compared]
    told = book.say("report.slide.and").join(moved)
    title = book.say("report.slide.options", base=proposal.held_to, moved=told)
    sentences = change_sentences(allocations, book, known)
    note = book.say("report.joined").join(notes)
    return Slide("options", title, tuple(sentences[:ABREAST]), tuple(charts), note=note)


def _data(proposal: Proposal) -> Slide:
    """The slide of the data: its status and sources, and the rules of the options."""
    book = proposal.book
    title = book.say("report.slide.data_assumed" if proposal.illustrative else "report.slide.data")
    lines = dict.fromkeys(line for s in proposal.scenarios for line in status_lines(s, book))
    weights: Sequence[str] = trace_lines(proposal, said=True)[1]
    if proposal.proposed and in_clauses(proposal.base.scenario):  # too long for a slide that has more
        weights = [book.say("report.slide.rule_elsewhere", option=proposal.short(0))]
        weights += [differs(proposal, at) for at in range(1, len(proposal.allocations))]
    return Slide("data", title, (*lines, source_line(proposal), *weights))
