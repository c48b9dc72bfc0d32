"""The content of the slides, each title a finding: options, who gains and loses, amounts, rule, decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.analysis.concentration import concentration
from allocator.analysis.finding import Finding
from allocator.core.exact import Number, plain
from allocator.report.charts import data as chart_data
from allocator.report.charts.changes import change_rows, change_unit
from allocator.report.papers.brief import recommendation
from allocator.report.papers.deciding import options_table
from allocator.report.papers.gains import largest
from allocator.report.papers.losing import losing_lines
from allocator.report.papers.parts import (
    day,
    differs,
    final_shares,
    source_line,
    trace_lines,
)
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.rule_slides import rule_slides
from allocator.report.papers.ruling import in_text
from allocator.report.papers.slide import Bars, Slide
from allocator.report.tables.base import PUBLISHED, Base, against
from allocator.report.tables.base import known as known_base
from allocator.report.tables.office import weight_text
from allocator.report.tables.table import Row, written
from allocator.report.words.clauses import in_clauses
from allocator.report.words.comparing import change_sentences, match_sentence
from allocator.report.words.finding import phrase, short, terms
from allocator.report.words.rule import compared_with, rule_sentence, so_many, status_lines
from allocator.report.words.title import finding_title
from allocator.text import Phrasebook

MOST_BARS = 14  # the most recipients on a slide, those with the largest figures
ABREAST = 3  # the most options in one chart
MOST_SERIES = 28  # bars of all options in one chart


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
    rule = rule_slides(proposal) if in_clauses(proposal.chosen.scenario) else [_rule(proposal)]
    several = len(proposal.allocations) > 1
    found = [_opening(proposal), *([_options(proposal), _changes(proposal)] if several else [])]
    found += [_table(proposal), _amounts(proposal), *rule, _data(proposal), _decision(proposal)]
    foot = " ".join(line for lines in trace_lines(proposal)[-1:] for line in lines)
    return Deck(name, book, proposal.mark, foot, tuple(found))


def _opening(proposal: Proposal) -> Slide:
    """The opening slide: the fund, and in one line where its money goes."""
    scenario = proposal.chosen.scenario
    whom = so_many(scenario, len(scenario.recipients), proposal.book)
    reserved = proposal.chosen.reserved
    key = "report.slide.opening_reserved" if reserved else "report.slide.opening"
    split = plain(sum(proposal.chosen.amounts.values()))
    title = proposal.book.say(
        key,
        amount=proposal.cash(scenario.fund.amount),
        reserved=proposal.cash(reserved),
        split=proposal.cash(split),
        whom=whom,
    )
    lines = [proposal.fund_name, proposal.option(proposal.proposed), source_line(proposal), day(proposal)]
    return Slide("opening", title, tuple(dict.fromkeys(lines)))  # a fund without a name has the option's


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
    title = book.say(key, amount=proposal.cash(scenario.distributable), count=count)
    return Slide("rule", title, (rule_sentence(scenario, book),), grid=grid)


def _amounts(proposal: Proposal) -> Slide:
    """The slide of the amounts, all on one axis from zero, so that the longer bar is the larger amount."""
    book, chosen = proposal.book, proposal.chosen
    scenario, amounts = chosen.scenario, chosen.amounts
    unit = chart_data.chart_unit(amounts.values(), scenario.fund.currency, scenario.fund.unit, book)
    shown = largest(list(amounts), amounts, MOST_BARS)
    figures = tuple(plain(Fraction(amounts[id]) / unit.scale) for id in shown)
    names = tuple(proposal.names[id] for id in shown)
    whom = names if len(amounts) < 3 else so_many(scenario, len(shown), book)
    head = book.say("report.slide.panel", whom=whom, unit=unit.name)
    bars = Bars(head, names, ((book.say("table.amount"), figures),))
    note = book.say("report.slide.some_amounts", count=MOST_BARS) if len(amounts) > MOST_BARS else ""
    top = concentration(amounts).top
    title = book.say("report.slide.amounts_none")
    if top is not None:
        share = book.say("rule.percent", value=final_shares(proposal)[top])
        amount = proposal.cash(amounts[top])
        title = book.say("report.slide.amounts", name=proposal.names[top], amount=amount, share=share)
    return Slide("amounts", title, charts=(bars,), note=note)


def _table(proposal: Proposal) -> Slide:
    """The slide of the amounts beside the base, or the published ones that this option alone states."""
    book, chosen, base = proposal.book, proposal.chosen, _stated(proposal)
    changes = None if base is None else base.found(chosen).changes
    moved = changes is not None and any(changes.values())
    ids = largest(list(chosen.amounts), (changes or {}) if moved else chosen.amounts, MOST_BARS)
    places = {str(chosen.scenario.ids.index(id) + 1) for id in ids}
    keep = ["number", "recipient", "share", "amount", "final"]
    if base is not None:
        keep += [base.key, "base_share", "difference" if base.key == PUBLISHED else "year_difference"]
    if proposal.known is not None:
        keep.append("difference")
    grid = replace(in_text(proposal.shared_table, chosen, keep), caption=book.say("report.slide.table"))
    rows = [
        row
        for row in grid.rows
        if row.role in ("subtotal", "total") or (row.role == "recipient" and row.cells[0] in places)
    ]
    grid = written(grid.caption, grid.headers, grid.numeric, tuple(rows), grid.unit)
    title = _found(proposal) if base is None else _held(base.found(chosen), base.full, proposal)
    match = None if base is None else match_sentence([chosen], book, base)
    notes = [match] if match else []
    if len(proposal.allocations) == 1:  # of several the slide before says who loses and why
        notes += losing_lines(proposal)
    if len(chosen.amounts) > MOST_BARS:
        key = "report.slide.some_changes" if moved else "report.slide.some_amounts"
        notes.append(book.say(key, count=MOST_BARS))
    return Slide("table", title, grid=grid, note=book.say("report.joined").join(notes))


def _stated(proposal: Proposal) -> Base | None:
    """The amounts, of no option, that the table holds the proposed ones against; None where none are."""
    base, scenario = proposal.reference, proposal.chosen.scenario
    if base is not None and base.allocation is None:
        return base
    if scenario.published is None or compared_with(scenario) != "published":
        return None
    return known_base(PUBLISHED, [scenario], proposal.book)


def _found(proposal: Proposal) -> str:
    """The title of a table without known amounts: what changes from option A, else who gets most, least."""
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


def _options(proposal: Proposal) -> Slide:
    """The slide of the options side by side: what differs, money moved, who gains and loses, the largest."""
    book, at = proposal.book, proposal.proposed
    base = proposal.reference or proposal.first
    found = base.found(proposal.chosen)
    key = "report.slide.options_equal"
    if found.moved is None or base.allocation is proposal.chosen:
        key = "report.slide.options_proposed"
    elif found.moved:
        key = "report.slide.options_moved"
    money = proposal.cash(found.moved or 0)
    names = {
        "count": len(proposal.allocations),
        "option": proposal.short(at),
        "base": proposal.reference_name,
    }
    return Slide("options", book.say(key, amount=money, **names), grid=options_table(proposal))


def _changes(proposal: Proposal) -> Slide:
    """The slide of who gains and who loses: the options' changes from the base in one chart, and why."""
    book, allocations, base = proposal.book, proposal.allocations, proposal.reference
    known = None if base is None or base.allocation is not None else base
    held_to, _ = against(allocations, known)
    every = list(enumerate(allocations))[0 if known is not None else 1 :]
    parts = change_rows(allocations, book, known)
    unit = change_unit(allocations, parts, book)
    # who is as the base has no bars
    moves = [at for at, rows in enumerate(parts) if any(row.difference for row in rows)] or [0]
    compared, parts = [every[at] for at in moves], [parts[at] for at in moves]
    # the same recipients for every option, so that they can be compared line by line
    by: dict[str, Number] = {
        row.id: max(abs(Fraction(rows[at].difference)) for rows in parts) for at, row in enumerate(parts[0])
    }
    most = max(MOST_SERIES // min(len(compared), ABREAST), 1) if len(compared) > 1 else MOST_BARS
    shown = set(largest(list(by), by, most))
    drawn = list(zip(compared, parts, strict=True))[:ABREAST]
    proposed = [one for one in zip(compared, parts, strict=True) if one[0][0] == proposal.proposed]
    if proposed and proposed[0] not in drawn:
        drawn = [*drawn[:-1], *proposed]
    series = []
    for (at, _), rows in drawn:
        figures = tuple(plain(Fraction(row.difference) / unit.scale) for row in rows if row.id in shown)
        series.append((proposal.option(at), figures))
    head = book.say("report.slide.changes", base=proposal.reference_name, unit=unit.name)
    names = tuple(row.name for row in parts[0] if row.id in shown)
    words = terms(allocations, book)
    notes = [book.say("report.slide.some_changes", count=most)] if len(by) > most else []
    if len(parts) > len(drawn):
        names_of = [proposal.short(at) for (at, _), _ in drawn]
        notes.append(book.say("report.slide.some_options", names=names_of))
    match = match_sentence(allocations, book, known)
    notes += [match] if match else []
    moved = [phrase(held_to.found(a), proposal.short(at), words) for (at, a), _ in drawn]
    title = book.say(
        "report.slide.options", base=proposal.reference_name, moved=book.say("report.slide.and").join(moved)
    )
    option = proposal.short(proposal.proposed)
    first, *more = losing_lines(proposal) or [""]
    why = [book.say("report.slide.why", option=option, said=first), *more]
    why = why if first else change_sentences(allocations, book, known)[:ABREAST]
    chart = Bars(head, names, tuple(series), signed=True)
    return Slide("changes", title, tuple(why), (chart,), note=book.say("report.joined").join(notes))


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


def _decision(proposal: Proposal) -> Slide:
    """The slide of what is asked to be decided, and what the proposed option does."""
    book = proposal.book
    several = len(proposal.allocations) > 1
    key = "report.slide.decide" if several else "report.slide.decide_alone"
    amount = proposal.cash(proposal.chosen.scenario.fund.amount)
    title = book.say(key, option=proposal.short(proposal.proposed), amount=amount)
    lines = [
        recommendation(proposal),
        book.say("report.brief.deadline"),
        book.say("report.slide.decide_more"),
    ]
    return Slide("decision", title, tuple(lines))
