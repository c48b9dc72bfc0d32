"""The slides of a rule clause by clause: what each pool or factor shares out, then the clauses in full."""

from __future__ import annotations

import math
from fractions import Fraction

from allocator.core.exact import plain
from allocator.core.pools import Pool
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import status_words
from allocator.report.papers.slide import Slide
from allocator.report.tables.figures import is_money
from allocator.report.tables.office import weight_text
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.clauses import levels, numbered_clauses
from allocator.text import money_scale

MOST_ROWS = 14  # pools, or factors, that one slide lists
LINES = 16  # lines of words that one slide holds
ACROSS = 46  # Chinese characters in one of them
CELL = 34  # Chinese characters in one line of the pools' weights


def rule_slides(proposal: Proposal) -> list[Slide]:
    """The slide of the pools, or of the factors where there is one pool, and those of the clauses."""
    book, chosen = proposal.book, proposal.chosen
    amount = book.money(chosen.scenario.distributable, chosen.scenario.fund.currency)
    grid = _pools(proposal) if len(chosen.splits) > 1 else _factors(proposal)
    if len(chosen.splits) > 1:
        title = book.say("report.slide.pools", amount=amount, count=len(chosen.splits))
    else:
        key = "report.slide.rule" if len(grid.rows) > 1 else "report.slide.rule_one"
        title = book.say(key, amount=amount, count=len(grid.rows))
    more = len(grid.rows) > MOST_ROWS
    note = book.say("report.slide.some_rows", count=MOST_ROWS) if more else ""
    grid = written(grid.caption, grid.headers, grid.numeric, grid.rows[:MOST_ROWS], grid.unit)
    return [Slide("rule", title, grid=grid, note=note), *_clauses(proposal)]


def _pools(proposal: Proposal) -> Table:
    """The pools: the money of each, by what it is shared out, and among how many."""
    book, chosen = proposal.book, proposal.chosen
    fund = chosen.scenario.fund
    scale = money_scale(fund.currency, fund.unit)
    rows = tuple(
        Row(
            "recipient",
            (
                book.text(split.pool.name),
                book.number(plain(split.total * Fraction(fund.unit) / scale)),
                _by(split.pool, proposal),
                str(len(split.members)),
            ),
        )
        for split in chosen.splits
    )
    keys = (
        "report.slide.pool",
        _brings(proposal),
        "report.slide.pool_by",
        "report.slide.pool_among",
    )
    headers = tuple(map(book.say, keys))
    return written(
        book.say("report.slide.pools_caption"), headers, (False, True, False, True), rows, proposal.table.unit
    )


def _by(pool: Pool, proposal: Proposal) -> str:
    """The weights of a pool, or how many they are where one line does not hold them; the clauses have all."""
    book = proposal.book
    said = levels(pool, proposal.chosen.scenario, book, parts=False)
    if _width(said) <= CELL:
        return said
    return book.say("report.slide.pool_many", count=len([w for w in pool.weights.values() if w]))


def _factors(proposal: Proposal) -> Table:
    """The factors of a rule of one pool, with the money that each shares out."""
    book, table = proposal.book, proposal.table
    scenario, (split,) = proposal.chosen.scenario, proposal.chosen.splits
    weights = scenario.weighted[split.pool.id]
    at = {column.key: i for i, column in enumerate(table.columns) if column.adds == "factors"}
    (sums, *_) = [row for row in reversed(table.rows) if row.cells[at[next(iter(weights))]]]
    rows = tuple(
        Row(
            "recipient",
            (
                book.text(scenario.factor(id).name),
                weight_text(weight, split.pool.kind, book),
                sums.cells[at[id]],
                status_words(scenario.factor(id), book),
            ),
        )
        for id, weight in weights.items()
        if weight
    )
    keys = (
        "report.slide.rule_factor",
        "report.slide.rule_weight",
        _brings(proposal),
        "report.slide.rule_status",
    )
    headers = tuple(map(book.say, keys))
    caption = book.say("report.slide.rule_caption")
    return written(caption, headers, (False, True, True, False), rows, table.unit)


def _brings(proposal: Proposal) -> str:
    """The key of the heading over what is shared out, which need not be money."""
    money = is_money(proposal.chosen.scenario)
    return "report.slide.rule_brings" if money else "report.slide.rule_brings_other"


def _clauses(proposal: Proposal) -> list[Slide]:
    """The clauses in full, as many on a slide as it holds; one too long for a slide is named alone."""
    book = proposal.book
    parts: list[list[str]] = [[]]
    taken = 0.0
    said = numbered_clauses(proposal.chosen, book)
    for number, text in enumerate(said, 1):
        if _height(text) > LINES:
            text = book.say("report.slide.clause_long", number=str(number))
        if taken + _height(text) > LINES:
            parts.append([])
            taken = 0.0
        parts[-1].append(text)
        taken += _height(text)
    slides = []
    for at, part in enumerate(parts, 1):
        key = "report.slide.clauses" if len(parts) == 1 else "report.slide.clauses_part"
        title = book.say(key, count=len(said), at=at, parts=len(parts))
        slides.append(Slide(f"clauses-{at}", title, tuple(part)))
    return slides


def _width(text: str) -> float:
    """The approximate width of a text, in Chinese characters."""
    return sum(1.0 if ord(c) > 0x2E7F else 0.56 for c in text)


def _height(text: str) -> float:
    """The height of a paragraph, in lines, with the space below it."""
    return math.ceil(_width(text) / ACROSS) + 0.4
