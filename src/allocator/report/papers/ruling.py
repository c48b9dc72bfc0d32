"""Parts of papers on the rule: its clauses, the money by pool, and what one recipient's amount is made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.errors import ScenarioError
from allocator.core.exact import Number
from allocator.core.parts import Factor
from allocator.core.split import Split
from allocator.report.papers.blocks import Block, NewPage, Words, part_of, texts
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.stages import stage_table
from allocator.report.tables.table import Column, Row, Table, written
from allocator.report.words.clauses import in_clauses, numbered_clauses
from allocator.report.words.corrections import group_lines, past_limit_lines
from allocator.report.words.rule import rule_sentence
from allocator.text import Phrasebook

POOLS_ABREAST = 6  # the most pools whose columns stand in one table of a landscape page
POOLS_WITHIN = 3  # the most whose columns stand in a table within the text
MOST_ON_PAGE = 16  # the most recipients whose annex is kept together on a landscape page
FEWEST = 3  # who take part; of two, one's values and what they bring are the other's values
MOST_EFFECTS = 10  # sentences on groups at a bound and on limits that adjustments break


def rule_words(allocation: Allocation, book: Phrasebook, only: str | None = None) -> list[Words]:
    """The rule in words: one sentence where that holds it, else clause by clause.

    With ``only`` a recipient's id, of money held already and of adjustments those of that one.
    """
    if not in_clauses(allocation.scenario):
        return [Words("text", rule_sentence(allocation.scenario, book))]
    return texts("text", numbered_clauses(allocation, book, only))


def effects(allocation: Allocation, book: Phrasebook, most: int = MOST_EFFECTS) -> list[Words]:
    """Sentences on the groups that stand at a bound, and on limits that an adjustment breaks."""
    lines = [*group_lines(allocation, book), *past_limit_lines(allocation, book)]
    more = len(lines) - most
    lines = lines[:most]
    return texts("text", [*lines, *([book.say("clauses.more_effects", count=more)] if more > 0 else [])])


def without_pools(table: Table, allocation: Allocation, most: int) -> list[str]:
    """The keys of the office's table to keep where it has more pools than ``most``: all but theirs."""
    pools = len(allocation.splits) if len(allocation.splits) > most else 0
    if pools < 2:
        return [column.key for column in table.columns]
    own = {column.key for column in table.columns[2 : 2 + pools]}
    return [column.key for column in table.columns if column.key not in own]


def annexes_by_pool(proposal: Proposal) -> list[Block]:
    """Tables of what each pool gives, where the office's table leaves the pools out; else nothing."""
    book, table = proposal.book, proposal.table
    pools = len(proposal.chosen.splits)
    if pools <= POOLS_ABREAST:
        return []
    blocks: list[Block] = []
    for start in range(0, pools, POOLS_ABREAST):
        at = [0, 1, *range(2 + start, 2 + min(pools, start + POOLS_ABREAST))]
        caption = book.say("report.by_pool", first=start + 1, last=at[-1] - 1, fund=proposal.fund_name)
        rows = tuple(
            Row(row.role, tuple(row.cells[i] for i in at))
            for row in table.rows
            if any(row.cells[i] for i in at[2:])
        )
        grid = written(
            "",
            tuple(table.headers[i] for i in at),
            tuple(table.numeric[i] for i in at),
            rows,
            table.unit,
        )
        blocks += [NewPage(wide=True), Words("title", caption), grid]
    return blocks


def in_text(table: Table, allocation: Allocation, keep: Collection[str]) -> Table:
    """The office's table for a page of text: the columns to keep, with few pools theirs, and instalments."""
    pools = len(allocation.splits)
    own = [column.key for column in table.columns[2 : 2 + pools]] if 1 < pools <= POOLS_WITHIN else []
    return part_of(table, "", [*keep, *own, "before", "adjustment", "issued", "to_issue"])


# --- one recipient --------------------------------------------------------------------------------


def steps_of(proposal: Proposal, id: str) -> list[Table]:
    """The steps to the recipient's amount: a line each, or with several pools a line for each pool."""
    chosen, book = proposal.chosen, proposal.book
    at = chosen.scenario.position[id]
    if len(chosen.splits) > 1:
        return _by_pool(proposal, at)
    (split,) = chosen.splits
    if (at not in split.members and not chosen.amounts[id]) or _tells_the_other(split):
        return []
    rows = [
        Row("total" if column.key == "amount" else "recipient", (header, cell))
        for column, header, cell in _steps(stage_table(chosen, book), at)
    ]
    headers = book.say("report.district.item"), book.say("report.district.figure")
    return [written("", headers, (False, True), rows, proposal.table.unit)]


def _tells_the_other(split: Split) -> bool:
    """True where the steps of one recipient tell the values of the other of two who share a pool.

    Of fixed amounts they do not, unless all are scaled down alike.
    """
    return len(split.members) == FEWEST - 1 and (split.pool.kind != "fixed" or split.multiplier != 1)


def _steps(table: Table, at: int) -> list[tuple[Column, str, str]]:
    """The steps of the recipient at this place, without its number and name."""
    return list(zip(table.columns, table.headers, table.rows[at].cells, strict=True))[2:]


def _by_pool(proposal: Proposal, at: int) -> list[Table]:
    """A row for each pool that the recipient at this place is in: what the factors bring, and every step.

    Of a pool whose steps would tell the other's values, the amount alone.
    """
    chosen, book = proposal.chosen, proposal.book
    found = []
    for split in chosen.splits:
        if at in split.members:
            steps = _steps(stage_table(chosen, book, pool=split.pool.id), at)
            count = len(chosen.scenario.weighted[split.pool.id])  # the factors' columns stand first
            count = min(count, [column.key for column, _, _ in steps].index("entitlement"))
            brought = [book.say("explain.brings", name=name, amount=cell) for _, name, cell in steps[:count]]
            others = {column.key: (name, cell) for column, name, cell in steps[count:]}
            if _tells_the_other(split):
                brought, others = [book.say("report.district.of_two")], {"amount": others["amount"]}
            found.append((split.pool.name, brought, others))
    if not found:
        return []
    heads = {key: name for _, _, others in found for key, (name, _) in others.items() if key != "amount"}
    heads |= {"rounding": heads.pop("rounding")} if "rounding" in heads else {}  # after all limits
    rows = [
        Row(
            "recipient",
            (
                book.text(name),
                book.show(brought),
                *(others.get(key, ("", "—"))[1] for key in heads),
                others["amount"][1],
            ),
        )
        for name, brought, others in found
    ]
    headers = [book.say("report.slide.pool"), book.say("report.district.brought"), *heads.values()]
    headers.append(book.say("table.amount"))
    numeric = (False, False, *(True for _ in headers[2:]))
    made = written("", headers, numeric, rows, proposal.table.unit)
    return [replace(made, heavy=(len(headers) - 1,))]


def values_of(proposal: Proposal, id: str) -> Table:
    """The recipient's own values of the columns that the amounts depend on."""
    scenario, book = proposal.chosen.scenario, proposal.book
    at, used = scenario.position[id], scenario.columns.used
    rows = []
    for factor in scenario.factors:
        if factor.id in used:
            try:
                value = scenario.numbers(factor.id, (at,))[0]
            except ScenarioError:  # of a formula that nobody needs here
                value = None
            cells = (
                book.text(factor.name),
                value_text(value, book),
                book.text(factor.unit) if factor.unit else "",
                status_words(factor, book),
            )
            rows.append(Row("recipient", cells))
    keys = ("report.district.item", "report.district.value", "clauses.unit", "report.slide.rule_status")
    headers = tuple(map(book.say, keys))
    caption = book.say("report.district.values", name=proposal.names[id])
    return written(caption, headers, (False, True, False, False), tuple(rows))


def status_words(factor: Factor, book: Phrasebook) -> str:
    """The status of a column's data, or that it is worked out by a formula."""
    return book.say("clauses.by_formula" if factor.formula is not None else f"status.{factor.status}")


def long_table(proposal: Proposal) -> bool:
    """True where the annex of a rule in clauses does not fit on its page and goes on over it."""
    return in_clauses(proposal.chosen.scenario) and len(proposal.chosen.amounts) > MOST_ON_PAGE


def value_text(value: Number | str | None, book: Phrasebook) -> str:
    """A value of a column: a figure to six decimals, a word, or a dash where there is none."""
    if value is None:
        return "—"
    return value if isinstance(value, str) else book.number(round(Fraction(value), 6))
