"""The brief 汇报单 of one page: what is proposed, who gets how much, who loses and why, what is open."""

from __future__ import annotations

from allocator.core.exact import plain
from allocator.core.parts import Text
from allocator.report.papers.blocks import Block, Paper, Words, texts
from allocator.report.papers.deciding import (
    MOST_CHANGES,
    MOST_DIFFERENCES,
    MOST_WHOLE,
    amounts_table,
    moved,
    options_table,
    per_head,
    rule_in_short,
)
from allocator.report.papers.fitting import fits
from allocator.report.papers.losing import losing_lines
from allocator.report.papers.parts import derived_lines, made_line, match_words, paper, sentence
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import effects
from allocator.report.tables.figures import is_money
from allocator.report.words.clauses import hands_words
from allocator.report.words.per_unit import MADE_UP
from allocator.report.words.rule import so_many
from allocator.report.words.title import finding_title

MOST_EFFECTS = 2  # sentences on groups at a bound and on limits that adjustments break
# recipients, and sentences on an option, the most that are wanted first
FULLNESS = ((MOST_WHOLE, MOST_DIFFERENCES), (MOST_CHANGES, MOST_DIFFERENCES), (MOST_CHANGES, 1))
MOST_CODES = 3  # options whose digests stand on the page; of more, that of the proposed one
MOST_OPEN = 3  # cells not confirmed that are named


def brief(proposal: Proposal) -> Paper:
    """The one page that decides; details stand in the other papers, which it names.

    Where all recipients, or all that options differ in, leave no room, it has the largest changes alone.
    """
    book = proposal.book
    for most, differences in (
        (MOST_WHOLE, MOST_DIFFERENCES),
        (MOST_CHANGES, MOST_DIFFERENCES),
        (MOST_CHANGES, 1),
    ):
        blocks = _blocks(proposal, most, differences)
        if fits(blocks, chinese=book.chinese):
            break
    return paper("brief", proposal, blocks, name=book.say("report.file.brief"), compact=True)


def _blocks(proposal: Proposal, most: int, differences: int) -> list[Block]:
    """The page with so many recipients, or the largest changes, and so many sentences on an option."""
    book, several = proposal.book, len(proposal.allocations) > 1
    blocks: list[Block] = [
        sentence("report.brief.title", proposal, "title", fund=proposal.fund_name),
        Words("callout", recommendation(proposal)),
        Words("text", money_line(proposal, deadline=True)),
        amounts_table(proposal, most),
        *_more(proposal, most),
    ]
    if several:
        blocks.append(options_table(proposal, differences))
    else:
        blocks.append(sentence("report.brief.rule", proposal, "head"))
        blocks.append(Words("text", rule_in_short(proposal.chosen, proposal)))
    why = [*losing_lines(proposal), *_adjusted(proposal)]
    why += [one.text for one in effects(proposal.chosen, book, MOST_EFFECTS)]
    if why:
        blocks += [sentence("report.brief.why", proposal, "head"), Words("text", book.join(why))]
    data = _data(proposal)
    if data:
        blocks += [sentence("report.brief.open", proposal, "head"), *texts("text", data)]
    return [
        *blocks,
        sentence("report.brief.opinions", proposal, "head"),
        sentence("report.brief.opinions_blank", proposal),  # nothing keeps them
        sentence("report.brief.decide", proposal, "head"),
        Words("text", _asked(proposal)),
        *texts("small", _trace(proposal)),
    ]


def recommendation(proposal: Proposal) -> str:
    """The sentences that a reader remembers: what is proposed, and what it does."""
    book, chosen, base = proposal.book, proposal.chosen, proposal.reference
    several = len(proposal.allocations) > 1
    key = "report.brief.propose" if several else "report.brief.propose_one"
    said = book.say(key, option=proposal.option(proposal.proposed))
    found = None if base is None else base.found(chosen)
    finding = finding_title(chosen, found, book)
    if len(chosen.amounts) == 1 and (found is None or not moved(proposal)):
        ((id, amount),) = chosen.amounts.items()
        finding = book.say("report.brief.alone", name=proposal.names[id], amount=proposal.cash(amount))
    if base is None:
        key = "report.brief.finding"
    else:
        key = "report.brief.against" if moved(proposal) else "report.brief.equal"
    if not book.chinese and key == "report.brief.finding":
        finding = finding[:1].upper() + finding[1:]
    return book.join([said, book.say(key, base=proposal.reference_name, finding=finding)])


def money_line(proposal: Proposal, *, deadline: bool = False) -> str:
    """The money, where it goes, what of it was issued before, its source and, if wanted, the deadline."""
    book, chosen = proposal.book, proposal.chosen
    scenario = chosen.scenario
    money = is_money(scenario)
    key = "report.brief.money" if money else "report.brief.money_other"
    if chosen.reserved:
        key = "report.brief.money_reserved" if money else "report.brief.money_other_reserved"
    said = [
        book.say(
            key,
            amount=proposal.cash(scenario.fund.amount),
            reserved=proposal.cash(chosen.reserved),
            split=proposal.cash(plain(sum(chosen.amounts.values(), start=0))),
            whom=whom(proposal),
        )
    ]
    if scenario.issued is not None:
        issued = proposal.cash(plain(sum(scenario.issued.values(), start=0)))
        now = proposal.cash(plain(sum(chosen.to_issue.values(), start=0)))
        said.append(book.say("report.brief.issued", issued=issued, now=now))
    source = scenario.fund.source
    said.append(book.say("report.brief.source" if source else "report.brief.unsourced", source=source))
    return book.join([*said, *([book.say("report.brief.deadline")] if deadline else [])])


def whom(proposal: Proposal) -> str:
    """Those among whom the money is split: their number, or the name of the only one."""
    recipients = proposal.chosen.scenario.recipients
    if len(recipients) == 1:
        return str(proposal.book.text(recipients[0].name))
    return so_many(proposal.chosen.scenario, len(recipients), proposal.book)


def _more(proposal: Proposal, most: int) -> list[Block]:
    """The note below a table of some recipients alone."""
    count = len(proposal.chosen.amounts)
    if count <= most:
        return []
    key = "report.brief.most_changed" if moved(proposal) else "report.brief.largest"
    return [sentence(key, proposal, "small", count=count, paper=proposal.details_in)]


def _adjusted(proposal: Proposal) -> list[str]:
    """The sentence on the adjustments by hand; none where there are none."""
    chosen = proposal.chosen
    if not chosen.scenario.adjustments:
        return []
    by = [change for change in chosen.adjustments.values() if change]
    sums = hands_words(by, chosen.scenario.fund.currency, proposal.book)
    said = proposal.book.say("report.brief.adjusted", count=len(by), sums=sums, paper=proposal.details_in)
    return [said]


def _data(proposal: Proposal) -> list[str]:
    """Sentences on the data that is assumed or that nobody has confirmed."""
    book = proposal.book
    lines = []
    if proposal.illustrative:
        said = _status(proposal, made_up=True)
        lines.append(book.join([*said, book.say("report.brief.assumed")]))
    cells = proposal.unconfirmed
    if cells:
        factors = {f.id: f.name for f in proposal.chosen.scenario.factors}
        names = [
            book.say("difference.cell", name=proposal.name(id), factor=factors[factor])
            for id, factor in cells[:MOST_OPEN]
        ]
        key = "report.brief.unconfirmed" if len(cells) <= MOST_OPEN else "report.brief.unconfirmed_many"
        lines.append(book.say(key, count=len(cells), names=names))
    return lines


def _asked(proposal: Proposal) -> str:
    key = "report.brief.decide_first" if len(proposal.allocations) > 1 else "report.brief.decide_alone"
    option = proposal.short(proposal.proposed)
    amount = proposal.cash(proposal.chosen.scenario.fund.amount)
    return proposal.book.say(key, option=option, amount=amount)


def _status(proposal: Proposal, *, made_up: bool) -> list[str]:
    """Sentences on the status and source of the columns that are made up, or of those that are not."""
    book = proposal.book
    groups: dict[tuple[str, str], dict[str, Text]] = {}
    heads = per_head(proposal)
    people = {} if heads is None else {heads.factor.id: heads.factor}
    behind = people | {factor.id: factor for s in proposal.scenarios for factor in s.behind}
    for factor in behind.values():
        if (factor.status in MADE_UP) == made_up:
            source = book.text(factor.source) if factor.source else ""
            groups.setdefault((factor.status, source), {})[factor.id] = factor.name
    lines = []
    for (status, source), names in groups.items():
        every = len(names) == len(behind) > 1
        key = "cli.status_source" if source else "cli.status"
        who = book.say("report.brief.every") if every else list(names.values())
        lines.append(book.say(key, names=who, status=book.say(f"status.{status}"), source=source))
    return lines


def _trace(proposal: Proposal) -> list[str]:
    """The status of the other data, the remark that a match proves nothing, and day, version and codes."""
    said = [*_status(proposal, made_up=False), *match_words(proposal)]
    derived = proposal.book.join(derived_lines(proposal))
    traced = proposal if len(proposal.allocations) <= MOST_CODES else proposal.alone
    return [*([proposal.book.join(said)] if said else []), derived, made_line(traced)]
