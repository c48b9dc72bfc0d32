"""The internal note: what the published split implies under readings; no other paper says any of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from allocator.allocation import Allocation
from allocator.analysis.audit import Reading, audit
from allocator.errors import AllocatorError
from allocator.exact import Number
from allocator.parts import Text
from allocator.report.audit import findings
from allocator.report.audit_figures import short_weights
from allocator.report.audit_tables import closing, opening, ranges
from allocator.report.papers.blocks import Block, Paper, Words, grid_of, texts
from allocator.report.papers.parts import paper, said, trace
from allocator.report.papers.proposal import Proposal, ReadingAsked
from allocator.text import LANGUAGES, say

Progress = Callable[[float], None]


def internal(proposal: Proposal, progress: Progress | None = None) -> Paper | None:
    """Ranges and readings of the published split; None where nothing was published."""
    read = [allocation for allocation in proposal.allocations if allocation.scenario.published is not None]
    if not read:
        return None
    asked = proposal.readings or (plain_reading(read[0]),)
    blocks: list[Block] = [
        said("internal.title", proposal, "title", fund=proposal.fund_name),
        said("internal.lead", proposal),
        said("internal.words", proposal),
    ]
    for at, one in enumerate(asked):

        def done(part: float, at: int = at) -> None:
            if progress is not None:
                progress((at + part) / len(asked))

        blocks.append(Words("head", getattr(one.title, proposal.lang)))
        try:
            blocks += _reading(one, proposal, done)
        except AllocatorError as error:
            why = say("place.list", proposal.lang).join(error.sentences(proposal.lang))
            blocks.append(said("internal.not_covered", proposal, why=why))
    mark = say("report.internal.mark", proposal.lang)
    return paper("internal", proposal, [*blocks, *trace(proposal)], mark=mark, flows=True)


def plain_reading(allocation: Allocation) -> ReadingAsked:
    """The reading that supposes nothing but the scenario's own rule."""
    title = Text(*(say("app.published.plain", lang) for lang in LANGUAGES))
    return ReadingAsked(title, Reading(allocation.scenario))


def _reading(one: ReadingAsked, proposal: Proposal, progress: Progress) -> Iterator[Block]:
    lang = proposal.lang
    checked = audit(one.reading)
    tried = _other_weights(one, proposal)
    share = 1 / (1 + len(tried))
    found = findings(one.title, checked, reason=one.reason, progress=lambda part: progress(part * share))
    yield from texts("text", opening(found, lang)[1:])
    for caption, table in ranges(found, lang):
        yield Words("text", caption)
        yield grid_of(table, say("report.internal.shares", lang))
    if found.shares is not None:
        for at, weights in enumerate(tried, 1):

            def done(part: float, at: int = at) -> None:
                progress((at + part) * share)

            other = findings(one.title, checked, weights, progress=done, shares=found.shares)
            caption, table = list(ranges(other, lang))[-1]
            yield Words("text", caption)
            short = short_weights(weights, lang)
            yield grid_of(table, say("report.internal.amounts", lang, weights=short))
            yield from texts("text", closing(other, lang)[:-2])
    yield from texts("small", closing(found, lang)[-2:])


def _other_weights(one: ReadingAsked, proposal: Proposal) -> list[Mapping[str, Number]]:
    """The weights of the proposal's scenarios that the reading's rule could be tried with."""
    rule = one.reading.scenario
    others = {
        tuple(s.weights.items()): s.weights
        for s in proposal.scenarios
        if s.kind == rule.kind and s.weights.keys() == rule.weights.keys() and s.weights != rule.weights
    }
    return list(others.values())
