"""Parts that several papers share: numbered headings, tables, gains and losses, the trace of their making."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from allocator.analysis.finding import held_against
from allocator.core.allocation import Allocation
from allocator.report.papers.blocks import Block, Kind, Paper, Words, part_of, texts
from allocator.report.papers.fitting import smallest
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import POOLS_ABREAST, in_text, without_pools
from allocator.report.tables.base import PUBLISHED
from allocator.report.tables.figures import is_money
from allocator.report.tables.table import Table
from allocator.report.words.clauses import in_clauses, numbered_clauses
from allocator.report.words.comparing import (
    match_sentence,
)
from allocator.report.words.finding import against_sentence, terms
from allocator.report.words.options import differs_line, rule_lines
from allocator.report.words.paper_code import paper_code
from allocator.report.words.rule import can_differ, compared_with, effect_sentence, status_lines
from allocator.text import Phrasebook

MOST_FACTORS = 6  # the most whose columns a landscape page can hold
MOST_ROWS = 24  # the most recipients in a table within the text


def paper(
    key: str,
    proposal: Proposal,
    blocks: Iterable[Block],
    *,
    name: str,
    mark: str = "",
    flows: bool = False,
    compact: bool = False,
) -> Paper:
    """The paper with its headings numbered, unless it is of one page, its file's name and its mark."""
    book = proposal.book
    if proposal.illustrative:
        name = book.say("report.illustrative_file", name=name)
    marks = [part for part in (mark, proposal.mark) if part]
    put = tuple(blocks) if compact else tuple(_numbered(blocks, book))
    level = smallest(put, chinese=book.chinese) if compact else 0
    return Paper(key, name, book, book.say("report.marks").join(marks), put, flows, level)


def _numbered(blocks: Iterable[Block], book: Phrasebook) -> Iterable[Block]:
    heads = subs = 0
    numerals = book.say("report.numerals").split()
    for block in blocks:
        if not isinstance(block, Words) or block.kind not in ("head", "subhead"):
            yield block
            continue
        if block.kind == "head":
            key, heads, subs = "report.head", heads + 1, 0
        else:
            key, subs = "report.subhead", subs + 1
        first, second = numerals[heads - 1], numerals[subs - 1] if subs else ""
        yield Words(block.kind, book.say(key, head=first, sub=second, text=block.text))


def sentence(key: str, proposal: Proposal, kind: Kind = "text", /, **details: object) -> Words:
    """A paragraph with the sentence of this key."""
    return Words(kind, proposal.book.say(key, **details))


# --- tables ---------------------------------------------------------------------------------------


def whole_table(proposal: Proposal) -> Table:
    """The office's table, without the factors' columns where a page cannot hold them."""
    table = proposal.table
    factors = {c.key for c in table.columns if c.adds == "factors"}
    keep = without_pools(table, proposal.chosen, POOLS_ABREAST)
    if len(factors) > MOST_FACTORS:
        keep = [key for key in keep if key not in factors]
    return part_of(table, proposal.book.say("report.table_caption", fund=proposal.fund_name), keep)


def final_shares(proposal: Proposal) -> dict[str, str]:
    """Each recipient's share of all amounts in percent, as tables show it, by id."""
    table = proposal.shared_table
    at = [column.key for column in table.columns].index("final")
    rows = [row for row in table.rows if row.role == "recipient"]
    return {id: row.cells[at] for id, row in zip(proposal.chosen.amounts, rows, strict=True)}


def short_table(proposal: Proposal) -> Table | None:
    """The amounts beside the published ones or the base; None for more than MOST_ROWS recipients."""
    if len(proposal.chosen.amounts) > MOST_ROWS:
        return None
    base = proposal.known
    keep = ["number", "recipient", "amount", "published" if base is None else base.key, "difference"]
    keep += ["base_share"]  # a column only where the sums differ, since shares then say more
    if proposal.chosen.scenario.published is None or _other_sum(proposal):
        keep.append("final")  # the share of the final amounts, not of those before limits
    return in_text(proposal.shared_table, proposal.chosen, keep)


def _other_sum(proposal: Proposal) -> bool:
    """True if the proposed amounts add up to another sum than the known amounts they are compared with."""
    return proposal.known is not None and bool(proposal.known.found(proposal.chosen).more)


def comparison_table(proposal: Proposal) -> Table:
    """All scenarios side by side."""
    return part_of(proposal.comparison, proposal.book.say("report.comparison_caption"))


def titled(grid: Table) -> list[Block]:
    """A table for a page of its own, its caption as the page's title."""
    return [Words("title", grid.caption), replace(grid, caption="")]


# --- in words -------------------------------------------------------------------------------------


def effect_words(proposal: Proposal) -> list[str]:
    """Sentences on what the proposed allocation changes from the published amounts, and on a match.

    With known amounts as the base, on what it changes from those.
    """
    chosen, book = proposal.chosen, proposal.book
    scenario = chosen.scenario
    alone = proposal.reference if scenario.published is None and not proposal.against else None
    base = proposal.known or alone
    if base is not None:
        words = terms([chosen], book)
        found = base.found(chosen)
        lines = [against_sentence(found, base.full, scenario.distributable, words)]
        match = match_sentence([chosen], book, proposal.known)
        return [*lines, *([match] if match else [])]
    if scenario.published is None or not can_differ(scenario) or compared_with(scenario) != "published":
        return []
    found = held_against(chosen, scenario.published)
    lines = [effect_sentence(chosen, found, book)]
    if found.equal and proposal.illustrative:
        lines.append(book.say("assumed.match"))
    return lines


def differs(proposal: Proposal, at: int) -> str:
    """The differences of an option from the base in one line, which describes it wherever it is named."""
    names = proposal.short(0), proposal.short(at)
    return differs_line(proposal.base.scenario, proposal.scenarios[at], names, proposal.book)


def described(proposal: Proposal, at: int) -> list[str]:
    """The description of an option: for the base its rule, else the differences from the base."""
    if at:
        return [differs(proposal, at)]
    several = len(proposal.allocations) > 1
    if in_clauses(proposal.base.scenario):
        lines = numbered_clauses(proposal.base, proposal.book)
        named = proposal.book.say("clauses.of_option", option=proposal.short(0))
        return [named, *lines] if several else lines
    return rule_lines(proposal.base.scenario, proposal.book, proposal.short(0) if several else "")


def match_words(proposal: Proposal) -> list[str]:
    """The remark that a match of assumed data with published amounts proves nothing; empty without one."""
    match = match_sentence(proposal.allocations, proposal.book, proposal.known)
    return [match] if match else []


# --- what it was made from ------------------------------------------------------------------------


def trace(
    proposal: Proposal, *, source: bool = True, rules: bool = True, said: bool = False, data: bool = True
) -> list[Block]:
    """The rules, data status, sources, date, codes and method version, which every export carries.

    ``source``, ``rules`` and ``data`` are False for a paper that says them above already; ``said`` is True
    for one that has the clauses of the proposed option, which are not said again.
    """
    between = proposal.book.say("report.joined")
    fund, options, status, *rest = trace_lines(proposal, said=said)
    kept = ((fund, source), (options, rules and bool(options)), (status, data))
    parts = [*(part for part, keeps in kept if keeps), *rest]
    lines = [between.join(lines) for lines in parts]
    lines[0] = proposal.book.say("report.trace.title", text=lines[0])
    return [*texts("small", lines)]


def trace_lines(proposal: Proposal, *, said: bool = False) -> list[list[str]]:
    """The sentences of the trace in groups: the fund, the options, the data, what is derived, the making.

    Without the clauses of the proposed option where they are ``said`` already.
    """
    book = proposal.book
    above = said and not proposal.proposed and in_clauses(proposal.base.scenario)
    rules = [line for at in range(int(above), len(proposal.allocations)) for line in described(proposal, at)]
    status = list(dict.fromkeys(line for s in proposal.scenarios for line in status_lines(s, book)))
    derived = derived_lines(proposal)
    return [[source_line(proposal)], rules, status, derived, [made_line(proposal)]]


def derived_lines(proposal: Proposal) -> list[str]:
    """The sentences on which figures are as issued, and which are worked out here."""
    book = proposal.book
    known = any(scenario.published is not None for scenario in proposal.scenarios)
    issued = known and (proposal.known is None or proposal.known.key != PUBLISHED)
    derived = [book.say("report.trace.derived_published" if issued else "report.trace.derived")]
    if proposal.known is not None:
        published = proposal.known.key == PUBLISHED
        derived.append(book.say("report.trace.held_published" if published else "report.trace.held_previous"))
    return derived


def made_line(proposal: Proposal) -> str:
    """The sentence on day, method version, digests and codes."""
    return proposal.book.say("report.trace.made", **made_from(proposal, range(len(proposal.allocations))))


def made_from(proposal: Proposal, of: Sequence[int]) -> dict[str, object]:
    """Day, method version, and the digests and codes of these options, lettered where there are several.

    The digest covers what decides the numbers, the code also what papers say of them: names, status, sources.
    """
    digests = {at: short_digest(proposal.allocations[at]) for at in of}
    codes = {at: paper_code(proposal.scenarios[at]) for at in of}

    def named(found: Mapping[int, str]) -> list[str]:
        if len(proposal.allocations) == 1:
            return list(found.values())
        return [
            proposal.book.say("report.trace.digest", option=proposal.short(at), digest=digest)
            for at, digest in found.items()
        ]

    version = proposal.chosen.method_version
    return {"on": day(proposal), "version": version, "inputs": named(digests), "codes": named(codes)}


def short_digest(allocation: Allocation) -> str:
    """The first twelve digits of a scenario's digest, which people compare."""
    return allocation.scenario.digest.removeprefix("sha256:")[:12]


def source_line(proposal: Proposal) -> str:
    """The sentence on what the fund rests on, or on its absence."""
    fund = proposal.chosen.scenario.fund
    if is_money(proposal.chosen.scenario):
        key = "report.trace.source" if fund.source else "report.trace.unsourced"
    else:
        key = "report.trace.source_other" if fund.source else "report.trace.unsourced_other"
    return proposal.book.say(key, source=fund.source)


def day(proposal: Proposal) -> str:
    """The day that the papers bear."""
    on = proposal.on
    return proposal.book.say("report.day", year=str(on.year), month=str(on.month), day=str(on.day),
               iso=on.isoformat())  # fmt: skip
