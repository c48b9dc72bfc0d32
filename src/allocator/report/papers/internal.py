"""The internal note: what the published split implies under readings; no other paper contains any of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from allocator.analysis.audit import Reading, audit
from allocator.core.allocation import Allocation
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number
from allocator.core.parts import Text
from allocator.report.audit.findings import Findings, findings
from allocator.report.audit.tables import closing, opening, ranges
from allocator.report.papers.blocks import Block, Paper, Words, part_of, texts
from allocator.report.papers.parts import paper, sentence, trace
from allocator.report.papers.proposal import Proposal, ReadingAsked
from allocator.report.words.ranges import short_weights
from allocator.text import Phrasebook, both

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Held:
    """A reading's findings, first its own, then for each other set of weights; or why it has none."""

    title: Text
    found: tuple[Findings, ...] = ()
    why: str = ""


def held(proposal: Proposal, progress: Progress | None = None) -> list[Held]:
    """The findings of every reading asked for, or of the plain one; empty where nothing was published."""
    read = [allocation for allocation in proposal.allocations if allocation.scenario.published is not None]
    asked: list[ReadingAsked | Allocation] = [*(proposal.readings or read[:1])] if read else []
    made = []
    for at, one in enumerate(asked):
        title = one.title if isinstance(one, ReadingAsked) else Text(*both("published.plain"))

        def done(part: float, at: int = at) -> None:
            if progress is not None:
                progress((at + part) / len(asked))

        try:
            # a rule that audits do not cover is refused when its reading is made
            reading = one if isinstance(one, ReadingAsked) else plain_reading(one)
            made.append(Held(title, tuple(_findings(reading, proposal, done))))
        except AllocatorError as error:
            why = proposal.book.say("place.list").join(error.in_fields({}).sentences(proposal.book))
            made.append(Held(title, why=why))
    return made


def internal(proposal: Proposal, readings: Sequence[Held]) -> Paper | None:
    """The note on ranges and readings of the published split; None where nothing was published."""
    if not readings:
        return None
    blocks: list[Block] = [
        sentence("report.internal.title", proposal, "title", fund=proposal.fund_name),
        sentence("report.internal.lead", proposal),
        sentence("report.internal.words", proposal),
    ]
    for one in readings:
        blocks.append(Words("head", proposal.book.text(one.title)))
        if one.found:
            blocks += _reading(one.found, proposal.book)
        else:
            blocks.append(sentence("report.internal.not_covered", proposal, why=one.why))
    name, mark = proposal.book.say("report.file.internal"), proposal.book.say("report.internal.mark")
    return paper("internal", proposal, [*blocks, *trace(proposal)], name=name, mark=mark, flows=True)


def plain_reading(allocation: Allocation) -> ReadingAsked:
    """The reading that supposes nothing but the scenario's own rule."""
    title = Text(*both("published.plain"))
    return ReadingAsked(title, Reading(allocation.scenario))


def _findings(one: ReadingAsked, proposal: Proposal, progress: Progress) -> Iterator[Findings]:
    checked = audit(one.reading)
    tried = _other_weights(one, proposal)
    share = 1 / (1 + len(tried))
    found = findings(one.title, checked, reason=one.reason, progress=lambda part: progress(part * share))
    yield found
    for at, weights in enumerate(tried if found.shares is not None else (), 1):

        def done(part: float, at: int = at) -> None:
            progress((at + part) * share)

        yield findings(one.title, checked, weights, progress=done, shares=found.shares)


def _reading(found: Sequence[Findings], book: Phrasebook) -> Iterator[Block]:
    yield from texts("text", opening(found[0], book)[1:])
    for caption, table in ranges(found[0], book):
        yield Words("text", caption)
        yield part_of(table, book.say("report.internal.shares"))
    for other in found[1:]:
        caption, table = list(ranges(other, book))[-1]
        yield Words("text", caption)
        short = short_weights(other.weights or {}, book)
        yield part_of(table, book.say("report.internal.amounts", weights=short))
        yield from texts("text", closing(other, book)[:-2])
    yield from texts("small", closing(found[0], book)[-2:])


def _other_weights(one: ReadingAsked, proposal: Proposal) -> list[Mapping[str, Number]]:
    """The other weights of the proposal's scenarios with the kind and factors of the reading's rule."""
    rule = one.reading.scenario
    others = {
        tuple(s.weights.items()): s.weights
        for s in proposal.scenarios
        if s.kind == rule.kind and s.weights.keys() == rule.weights.keys() and s.weights != rule.weights
    }
    return list(others.values())
