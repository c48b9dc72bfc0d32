"""Parts that several papers share: numbered headings, tables, who gains and loses, what it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from allocator.analysis.explain import explain
from allocator.analysis.finding import held_against
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.explain.difference import Account, because, change_text, clause_name
from allocator.report.papers.blocks import Block, Kind, Paper, Words, grid_of, texts
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.base import PREVIOUS, PUBLISHED
from allocator.report.tables.grid import Grid, scale_of
from allocator.report.tables.stages import in_words, stage_figures, stage_name
from allocator.report.tables.table import Row
from allocator.report.words.comparing import (
    change_sentences,
    headline,
    match_sentence,
    recipient_sentences,
)
from allocator.report.words.finding import against_sentence, terms
from allocator.report.words.options import differs_line, rule_lines
from allocator.report.words.paper_code import paper_code
from allocator.report.words.rule import can_differ, compared_with, effect_sentence, status_lines
from allocator.text import money, say

MOST_FACTORS = 6  # whose columns a page on its side can hold
MOST_ROWS = 24  # recipients that stand in a table within the text
MOST_SAID = 15  # recipients who get a sentence each on one side
_UNEXPLAINED = {PUBLISHED: "gains.unknown", PREVIOUS: "gains.unknown_previous"}


def paper(
    key: str,
    proposal: Proposal,
    blocks: Iterable[Block],
    *,
    name: str = "",
    mark: str = "",
    flows: bool = False,
) -> Paper:
    """The paper with its headings numbered, its file's name and its mark."""
    lang = proposal.lang
    named = name or say(f"report.file.{key}", lang)
    if proposal.illustrative:
        named = say("report.illustrative_file", lang, name=named)
    marks = [part for part in (mark, proposal.mark) if part]
    return Paper(
        key, named, lang, say("report.marks", lang).join(marks), tuple(_numbered(blocks, lang)), flows
    )


def _numbered(blocks: Iterable[Block], lang: str) -> Iterable[Block]:
    heads = subs = 0
    numerals = say("report.numerals", lang).split()
    for block in blocks:
        if not isinstance(block, Words) or block.kind not in ("head", "subhead"):
            yield block
            continue
        if block.kind == "head":
            heads, subs = heads + 1, 0
        else:
            subs += 1
        first, second = numerals[heads - 1], numerals[subs - 1] if subs else ""
        yield Words(block.kind, say(f"report.{block.kind}", lang, head=first, sub=second, text=block.text))


def sentence(key: str, proposal: Proposal, kind: Kind = "text", /, **details: object) -> Words:
    """A paragraph with the sentence of this key."""
    return Words(kind, say(f"report.{key}", proposal.lang, **details))


def cash(amount: Number, proposal: Proposal) -> str:
    """An amount in a sentence."""
    return money(amount, proposal.chosen.scenario.fund.currency, proposal.lang)


# --- tables ---------------------------------------------------------------------------------------


def whole_table(proposal: Proposal) -> Grid:
    """The office's table; without the factors' columns where a page could not hold them."""
    table = proposal.table
    keep = [c.key for c in table.columns if c.adds != "factors"]
    if len(table.columns) - len(keep) <= MOST_FACTORS:
        keep = [c.key for c in table.columns]
    return grid_of(table, say("report.table_caption", proposal.lang, fund=proposal.fund_name), keep)


def final_shares(proposal: Proposal) -> dict[str, str]:
    """Everybody's part of all amounts in percent, as tables show it, by id."""
    table = proposal.shared_table
    at = [column.key for column in table.columns].index("final")
    rows = [row for row in table.rows if row.role == "recipient"]
    return {id: row.cells[at] for id, row in zip(proposal.chosen.amounts, rows, strict=True)}


def short_table(proposal: Proposal) -> Grid | None:
    """Amounts beside what was published; None where there are more recipients than fit into a text."""
    if len(proposal.chosen.amounts) > MOST_ROWS:
        return None
    base = proposal.known
    keep = ["number", "recipient", "amount", "published" if base is None else base.key, "difference"]
    keep += ["base_share"]  # where the sums differ, so that parts of them tell more
    if proposal.chosen.scenario.published is None or _other_sum(proposal):
        keep.append("final")  # the part of what is given, not of what was worked out before limits
    return grid_of(proposal.shared_table, "", keep)


def _other_sum(proposal: Proposal) -> bool:
    """Whether recipients together get another sum than in amounts that the proposed ones are held against."""
    return proposal.known is not None and bool(proposal.known.found(proposal.chosen).more)


def comparison_grid(proposal: Proposal) -> Grid:
    """All scenarios side by side."""
    return grid_of(proposal.comparison, say("report.comparison_caption", proposal.lang))


def titled(grid: Grid) -> list[Block]:
    """A table on a page of its own, its caption being the page's title."""
    return [Words("title", grid.caption), replace(grid, caption="")]


# --- in words -------------------------------------------------------------------------------------


def effect_words(proposal: Proposal) -> list[str]:
    """What the proposed allocation changes against what was published, and what a match is worth.

    Or against the amounts that were chosen as the base.
    """
    chosen, lang = proposal.chosen, proposal.lang
    scenario = chosen.scenario
    if proposal.known is not None:
        words = terms([chosen], lang)
        found = proposal.known.found(chosen)
        lines = [against_sentence(found, proposal.known.full, scenario.distributable, words)]
        match = match_sentence([chosen], lang, proposal.known)
        return [*lines, *([match] if match else [])]
    if scenario.published is None or not can_differ(scenario) or compared_with(scenario) != "published":
        return []
    found = held_against(chosen, scenario.published)
    lines = [effect_sentence(chosen, found, lang)]
    if found.equal and proposal.illustrative:
        lines.append(say("app.assumed.match", lang))
    return lines


def differs(proposal: Proposal, at: int) -> str:
    """In what an option differs from the base: what it is described by, wherever it is named."""
    names = proposal.short(0), proposal.short(at)
    return differs_line(proposal.base.scenario, proposal.scenarios[at], names, proposal.lang)


def described(proposal: Proposal, at: int) -> list[str]:
    """What an option is: the base's rule, or what differs from it."""
    if at:
        return [differs(proposal, at)]
    several = len(proposal.allocations) > 1
    return rule_lines(proposal.base.scenario, proposal.lang, proposal.short(0) if several else "")


def option_words(proposal: Proposal) -> list[Block]:
    """What each scenario but the base moves against it: a sentence each, of more than two a table."""
    allocations, lang, known = proposal.allocations, proposal.lang, proposal.known
    if len(allocations) == 1:
        return []
    blocks: list[Block]
    if len(proposal.compared) <= 2:
        blocks = [*texts("text", change_sentences(allocations, lang, known))]
    else:
        titles = [getattr(scenario.title, lang) for scenario in proposal.scenarios]
        headers, rows = headline(allocations, titles, lang, known)
        numeric = (False, True, True, True, True, False)
        caption = say("app.compare.effect_title", lang)
        blocks = [Grid(caption, tuple(headers), numeric, tuple(Row("recipient", tuple(r)) for r in rows))]
    return [*blocks, *texts("text", [*match_words(proposal), *recipient_sentences(allocations, lang, known)])]


def match_words(proposal: Proposal) -> list[str]:
    """What it is worth that an option of assumed data equals the base; nothing where none does."""
    match = match_sentence(proposal.allocations, proposal.lang, proposal.known)
    return [match] if match else []


def gains_and_losses(proposal: Proposal) -> list[Block]:
    """Who gains, who loses, and why, in a sentence each."""
    blocks: list[Block] = []
    if proposal.known is not None:
        option = proposal.short(proposal.proposed)
        blocks.append(sentence("gains.against", proposal, "subhead", option=option, base=proposal.known.full))
        return blocks + _against_amounts(proposal, proposal.known.amounts, _UNEXPLAINED[proposal.known.key])
    for at in proposal.against:
        option, base = proposal.short(at), proposal.short(0)
        blocks.append(sentence("gains.against", proposal, "subhead", option=option, base=base))
        blocks += _sides(proposal, proposal.allocations[at], proposal.base)
    if not proposal.against:
        published = proposal.chosen.scenario.published
        if published is None:
            return [sentence("gains.no_base", proposal)]
        blocks += _against_amounts(proposal, published, "gains.unknown")
    return blocks


def _sides(proposal: Proposal, allocation: Allocation, base: Allocation) -> list[Block]:
    lang = proposal.lang
    account = Account(explain(base, allocation))
    found = account.found.differences
    blocks: list[Block] = []
    for side, ids in _sorted(found).items():
        if not ids:
            continue
        if side == "same":
            names = [account.name(id, lang) for id in ids]
            key = "same" if len(ids) <= MOST_SAID else "same_many"
            blocks.append(sentence(f"gains.{key}", proposal, names=names, count=len(ids)))
            continue
        blocks.append(sentence(f"gains.{side}", proposal, "lead", count=len(ids)))
        blocks += [Words("item", _moved(account, id, proposal)) for id in largest(ids, found)]
        if len(ids) > MOST_SAID:
            blocks.append(sentence("gains.more", proposal, count=len(ids) - MOST_SAID))
    return blocks or [sentence("gains.nothing", proposal)]


def _moved(account: Account, id: str, proposal: Proposal) -> str:
    """From what to what, by which clause, and which step of the calculation carries most of it."""
    found, lang = account.found, proposal.lang
    reasons = [
        clause_name(reason, found, lang)
        for reason, part in zip(found.reasons, account.parts, strict=True)
        if part[id]
    ]
    key = "moved_once" if len(reasons) == 1 else "moved" if reasons else "moved_alone"
    return say(
        f"report.gains.{key}",
        lang,
        name=account.name(id, lang),
        before=cash(found.before.amounts.get(id, 0), proposal),
        after=cash(found.after.amounts.get(id, 0), proposal),
        change=change_text(found.differences[id], found.before.scenario.fund.currency, lang),
        reason=reasons[0] if reasons else "",
        reasons=because(account, id, lang),
        mainly=_mainly(found.before, found.after, id, lang),
    )


def _mainly(before: Allocation, after: Allocation, id: str, lang: str) -> str:
    """The factor that moves an amount most its way; "" where none does, or units differ."""
    scenario = after.scenario
    scale = scale_of(scenario)
    if scale != scale_of(before.scenario) or not {id} <= before.amounts.keys() & after.amounts.keys():
        return ""
    old = {(stage.kind, stage.factor): by[id] for stage, by in stage_figures(before, scale)}
    new = {(stage.kind, stage.factor): (stage, by[id]) for stage, by in stage_figures(after, scale)}
    change = after.amounts[id] - before.amounts[id]
    steps = [
        (plain(Fraction(by) - old.get(key, 0)), stage)
        for key, (stage, by) in new.items()
        if stage.kind in ("factor", "coefficient") and (by - old.get(key, 0)) * change > 0
    ]
    if not steps:
        return ""
    by, stage = max(steps, key=lambda step: Fraction(step[0]) * (1 if change > 0 else -1))
    way = "more" if by > 0 else "less"
    amount = in_words(max(by, -by), scenario, lang)
    details = {
        "name": stage_name(stage, scenario, lang),
        "change": say(f"explain.{way}", lang, amount=amount),
    }
    return say(
        "report.gains.mainly_factor" if stage.kind == "factor" else "report.gains.mainly", lang, **details
    )


def _against_amounts(proposal: Proposal, amounts: Mapping[str, Number], why: str) -> list[Block]:
    """Each change against amounts that are known without a rule; ``why`` it has no reasons is said."""
    chosen, lang = proposal.chosen, proposal.lang
    differences = held_against(chosen, amounts).changes
    moved = [id for id, by in differences.items() if by]
    if not moved:
        return [sentence("gains.nothing", proposal)]
    currency = chosen.scenario.fund.currency
    blocks: list[Block] = [sentence(why, proposal, "lead")]
    for id in largest(moved, differences):
        line = say(
            "report.gains.moved_alone",
            lang,
            name=proposal.names[id],
            before=cash(amounts[id], proposal),
            after=cash(chosen.amounts[id], proposal),
            change=change_text(differences[id], currency, lang),
        )
        blocks.append(Words("item", line))
    if len(moved) > MOST_SAID:
        blocks.append(sentence("gains.more", proposal, count=len(moved) - MOST_SAID))
    return blocks


def _sorted(found: Mapping[str, Number]) -> dict[str, list[str]]:
    sides: dict[str, list[str]] = {"gaining": [], "losing": [], "same": []}
    for id, by in found.items():
        sides["gaining" if by > 0 else "losing" if by < 0 else "same"].append(id)
    return sides


def largest(ids: Sequence[str], changes: Mapping[str, Number], most: int = MOST_SAID) -> list[str]:
    """Those whose changes are largest, as many as are said, in listed order."""
    some = sorted(ids, key=lambda id: -abs(Fraction(changes[id])))[:most]
    return [id for id in ids if id in set(some)]


# --- what it was made from ------------------------------------------------------------------------


def trace(proposal: Proposal, *, rules: bool = True) -> list[Block]:
    """Rules, data status, sources, date, codes and method version: what every export carries.

    Without ``rules`` for a paper that says above what every option is.
    """
    between = say("report.joined", proposal.lang)
    source, options, *rest = trace_lines(proposal)
    lines = [between.join(lines) for lines in (source, *([options] if rules else []), *rest)]
    lines[0] = say("report.trace.title", proposal.lang, text=lines[0])
    return [*texts("small", lines)]


def trace_lines(proposal: Proposal) -> list[list[str]]:
    """The same in sentences: on the fund, the rule and what other options differ in, the data, the making."""
    lang = proposal.lang
    rules = [line for at in range(len(proposal.allocations)) for line in described(proposal, at)]
    status = list(dict.fromkeys(line for s in proposal.scenarios for line in status_lines(s, lang)))
    known = any(scenario.published is not None for scenario in proposal.scenarios)
    issued = known and (proposal.known is None or proposal.known.key != PUBLISHED)
    derived = [say(f"report.trace.derived{'_published' if issued else ''}", lang)]
    if proposal.known is not None:
        derived.append(say(f"report.trace.held_{proposal.known.key}", lang))
    made = say("report.trace.made", lang, **made_from(proposal, range(len(proposal.allocations))))
    return [[source_line(proposal)], rules, status, derived, [made]]


def made_from(proposal: Proposal, of: Sequence[int]) -> dict[str, object]:
    """Day, method version, and of these options the digests and the codes, lettered where there are several.

    The digest covers what decides the numbers, the code also what papers say of them: names, status, sources.
    """
    digests = {at: short_digest(proposal.allocations[at]) for at in of}
    codes = {at: paper_code(proposal.scenarios[at]) for at in of}

    def named(found: Mapping[int, str]) -> list[str]:
        if len(proposal.allocations) == 1:
            return list(found.values())
        return [
            say("report.trace.digest", proposal.lang, option=proposal.short(at), digest=digest)
            for at, digest in found.items()
        ]

    version = proposal.chosen.method_version
    return {"on": day(proposal), "version": version, "inputs": named(digests), "codes": named(codes)}


def short_digest(allocation: Allocation) -> str:
    """As much of a scenario's digest as people compare."""
    return allocation.scenario.digest.removeprefix("sha256:")[:12]


def source_line(proposal: Proposal) -> str:
    """What the fund rests on."""
    source = proposal.chosen.scenario.fund.source
    key = "source" if source else "unsourced"
    return say(f"report.trace.{key}", proposal.lang, source=source)


def day(proposal: Proposal) -> str:
    """The day that the papers bear."""
    on = proposal.on
    return say("report.day", proposal.lang, year=str(on.year), month=str(on.month), day=str(on.day),
               iso=on.isoformat())  # fmt: skip
