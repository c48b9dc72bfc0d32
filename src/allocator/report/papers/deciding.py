"""The tables that a decision is made by: amounts beside what they are held against, and the options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from allocator.analysis.concentration import concentration
from allocator.analysis.differences import differences
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.base import Base
from allocator.report.tables.figures import in_units, is_money, recipient_names, unit_of, who
from allocator.report.tables.letters import letter
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.clauses import in_clauses, rule_clauses
from allocator.report.words.differences import differences_in_words
from allocator.report.words.options import rule_lines
from allocator.report.words.per_unit import Held, people
from allocator.report.words.rule import weights_words

MOST_WHOLE = 20  # recipients whose amounts a page can hold all
MOST_CHANGES = 12  # of more, those with the largest changes
LONGEST = 100  # characters on an option where room is short
MOST_POOLS = 4  # whose weights are said
MOST_DIFFERENCES = 3  # sentences on what an option changes
AMOUNT = "amount"


def base_heading(base: Base, proposal: Proposal) -> str:
    """The heading over the amounts of a base: 已下达数, or the letter of the option that it is."""
    return proposal.short(0) if base.allocation is not None else base.heading


def amounts_table(proposal: Proposal, most: int = MOST_WHOLE) -> Table:
    """Each recipient's base, proposed amount, change, growth and share; of many those that change most.

    Without a base, amount and share.  Adjustments and instalments stand beside the amounts, and money per
    head at the end where the scenario has a column of people.
    """
    chosen, book, base = proposal.chosen, proposal.book, proposal.reference
    scenario, amounts = chosen.scenario, chosen.amounts
    columns: list[tuple[str, Mapping[str, Number], bool]] = []  # heading, amounts, with a sign
    if base is not None:
        columns.append((base_heading(base, proposal), base.amounts, False))
    if scenario.adjustments:
        columns.append((book.say("table.before"), chosen.before_adjustments, False))
        columns.append((book.say("table.adjustment"), chosen.adjustments, True))
    heavy = 2 + len(columns)
    year = "table.amount" if scenario.issued is None else "table.amount_year"
    columns.append((book.say(year), amounts, False))
    if base is not None:
        columns.append((book.say("table.difference"), base.found(chosen).changes, True))
    if scenario.issued is not None:
        columns.append((book.say("table.issued"), scenario.issued, False))
        columns.append((book.say("table.to_issue"), chosen.to_issue, True))
    heads = per_head(proposal)
    shown = most_changed(proposal, most)
    rest = [id for id in amounts if id not in set(shown)]

    def row(number: str, name: str, ids: Sequence[str], role: str) -> Row:
        sums = [plain(sum((by.get(id, 0) for id in ids), start=0)) for _, by, _ in columns]
        cells = [
            book.number(in_units(x, scenario), sign=signed)
            for x, (_, _, signed) in zip(sums, columns, strict=True)
        ]
        if base is not None:
            old = plain(sum((base.amounts.get(id, 0) for id in ids), start=0))
            new = plain(sum((amounts[id] for id in ids), start=0))
            cells.append(growth_text(old, new, proposal))
        cells.append(_share(ids, shares))
        if heads is not None:
            money, number_of = (
                sum((Fraction(by[id] or 0) for id in ids), start=Fraction()) for by in (amounts, heads.values)
            )
            cells.append(heads.rate(money / number_of))
        return Row(role, (number, name, *cells))  # type: ignore[arg-type]

    shares = proposal.shares
    rows = [row(str(scenario.position[id] + 1), proposal.names[id], [id], "recipient") for id in shown]
    if rest:
        rows.append(row("", book.say("report.brief.rest", count=len(rest)), rest, "subtotal"))
    if len(amounts) > 1:
        rows.append(row("", book.say("table.total"), list(amounts), "total"))
    headers = [book.say("table.number"), who(scenario, book), *(heading for heading, _, _ in columns)]
    headers += [book.say("report.brief.growth")] if base is not None else []
    headers.append(book.say("report.brief.share"))
    if heads is not None:
        headers.append(book.say("report.brief.per_head", name=heads.factor.name, unit=heads.unit))
    numeric = (False, False, *(True for _ in headers[2:]))
    return replace(written("", headers, numeric, rows, unit_of(scenario, book)), heavy=(heavy,))


def per_head(proposal: Proposal) -> Held | None:
    """The proposed amounts over the people of each recipient; None where nobody has counted them."""
    chosen = proposal.chosen
    counted = people(chosen.scenario) if is_money(chosen.scenario) else None
    return None if counted is None else Held((chosen,), None, counted, proposal.book)


def _share(ids: Sequence[str], shares: Mapping[str, Fraction]) -> str:
    """The share of these together, from the shares as they are shown, so that they add up."""
    hundredths = round(100 * sum((shares[id] for id in ids), start=Fraction()))
    return f"{hundredths // 100}.{hundredths % 100:02}"


def growth_text(old: Number, new: Number, proposal: Proposal) -> str:
    """The change in percent of the base to one decimal; a dash where that is nothing."""
    if not old:
        return "—"
    by = Fraction(100 * (new - old)) / old
    if 0 < abs(by) < Fraction(1, 20):
        return proposal.book.say("report.brief.hardly")
    return proposal.book.say("rule.percent", value=proposal.book.number(by, 1, sign=True) if by else "0")


def most_changed(proposal: Proposal, most: int = MOST_WHOLE) -> list[str]:
    """The recipients that the table lists: all, or of many the largest changes, the largest first."""
    amounts, base = proposal.chosen.amounts, proposal.reference
    if len(amounts) <= most:
        return list(amounts)
    sizes = amounts if base is None or not moved(proposal) else base.found(proposal.chosen).changes
    return sorted(amounts, key=lambda id: -abs(Fraction(sizes.get(id, 0))))[:MOST_CHANGES]


def moved(proposal: Proposal) -> bool:
    """True if any proposed amount differs from its base."""
    base = proposal.reference
    return base is not None and any(base.found(proposal.chosen).changes.values())


# --- options --------------------------------------------------------------------------------------


def options_table(proposal: Proposal, most: int = MOST_DIFFERENCES) -> Table:
    """The options: letter, what differs, money moved, gaining, losing, the largest's share.

    What differs is said against option A, whose rule is said itself; money and counts are against the base.
    The proposed one is marked.
    """
    book, base = proposal.book, proposal.reference or proposal.first
    scenario = proposal.chosen.scenario
    tops = [concentration(allocation.amounts) for allocation in proposal.allocations]
    names = recipient_names(proposal.allocations, book)
    one = len({found.top for found in tops}) == 1 and tops[0].top is not None
    found = [base.found(allocation) for allocation in proposal.allocations]
    sums = any(one.more for one in found)
    rows = []
    for at, (top, change) in enumerate(zip(tops, found, strict=True)):
        proposed = at == proposal.proposed
        named = book.say("report.brief.proposed", letter=letter(at)) if proposed else letter(at)
        money = "—" if change.moved is None else book.number(in_units(change.moved, scenario))
        cells = [named, _cut(what_differs(proposal, at, most), most), money]
        cells += [book.number(in_units(change.more, scenario), sign=True)] if sums else []
        cells += [str(change.gains.count), str(change.losses.count)]
        share = "—" if top.largest_share is None else book.number(100 * top.largest_share, 1)
        said = book.say("rule.percent", value=share) if top.largest_share is not None else share
        cells.append(said if one or top.top is None else book.say(
            "report.brief.top_cell", name=names[top.top], share=said))  # fmt: skip
        rows.append(Row("proposed" if proposed else "recipient", tuple(cells)))
    headers = [book.say("report.brief.option"), book.say("report.brief.differs", base=proposal.short(0))]
    headers.append(book.say("report.brief.moved"))
    headers += [book.say("report.brief.sum")] if sums else []
    headers += [book.say("report.brief.gaining"), book.say("report.brief.losing")]
    headers.append(
        book.say("report.brief.top_of", name=names[tops[0].top]) if one and tops[0].top is not None
        else book.say("compare.top")
    )  # fmt: skip
    numeric = (False, False, *(True for _ in headers[2:-1]), one)
    caption = book.say("report.brief.options", base=proposal.reference_name)
    return written(caption, headers, numeric, rows, unit_of(scenario, book))


def _cut(said: str, most: int) -> str:
    """The words on an option, cut where there is room for one sentence alone."""
    return said if most > 1 or len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def what_differs(proposal: Proposal, at: int, most: int = MOST_DIFFERENCES) -> str:
    """An option in words: the first by its rule, every other one by its differences from the first."""
    book, base = proposal.book, proposal.base.scenario
    if not at:
        return rule_in_short(proposal.base, proposal)
    scenario = proposal.scenarios[at]
    found = [d for d in differences(base, scenario) if d.clause != "title"]
    lines = differences_in_words(found, scenario, book, most)
    return book.join(lines) if lines else book.say("report.brief.same_rule", base=proposal.short(0))


def rule_in_short(allocation: Allocation, proposal: Proposal) -> str:
    """Weights, coefficient and limits of a rule; of one in clauses weights, number, and where they stand."""
    scenario, book = allocation.scenario, proposal.book
    if not in_clauses(scenario):
        return book.join(rule_lines(scenario, book))
    count = len(rule_clauses(allocation, book))
    where = book.say("report.brief.rule_clauses", count=count, paper=proposal.details_in)
    pools = scenario.rules
    if len(pools) == 1:
        said = book.say("report.trace.weights_alone", said=weights_words(scenario, book, pools[0]))
    elif len(pools) <= MOST_POOLS:
        each = (
            book.say("report.brief.rule_pool", pool=pool.name, weights=weights_words(scenario, book, pool))
            for pool in pools
        )
        said = book.say("report.brief.rule_pools", pools=book.say("report.brief.rule_join").join(each))
    else:
        said = book.say("report.brief.rule_many", count=len(pools))
    return book.join([said, where])
