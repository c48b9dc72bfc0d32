"""Files of papers on the pages, built on demand and kept under their whole content.

The key is the whole paper as it will read (words, tables, names, language, marks), its day and its
properties.  A digest would not do: papers of one digest may differ in a name, a status or a source.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from allocator.report.papers.blocks import Paper
from allocator.report.papers.pack import about, file_name
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.slides import Deck

KEPT = 24  # files, of some tens of kilobytes each


class Offered(NamedTuple):
    """A file on offer: its name, and the function that builds it."""

    name: str
    build: Callable[[], bytes]


def word_file(paper: Paper, proposal: Proposal) -> Offered:
    """A paper as a Word file."""
    on, described = proposal.on, about(proposal)
    return Offered(file_name(paper.name, ".docx"), lambda: _word(paper, on, described))


def files_of(paper: Paper, proposal: Proposal) -> tuple[Offered, Offered]:
    """A paper as a Word file and as a PDF."""
    on, described = proposal.on, about(proposal)
    return (
        word_file(paper, proposal),
        Offered(file_name(paper.name, ".pdf"), lambda: _pdf(paper, on, described)),
    )


def slides_file(deck: Deck, proposal: Proposal) -> Offered:
    """Slides as a PowerPoint file."""
    on, described = proposal.on, about(proposal)
    return Offered(file_name(deck.name, ".pptx"), lambda: _slides(deck, on, described))


@lru_cache(maxsize=KEPT)
def _word(paper: Paper, on: date, described: str) -> bytes:
    from allocator.report.papers.docx import docx

    return docx(paper, on, described)


@lru_cache(maxsize=KEPT)
def _pdf(paper: Paper, on: date, described: str) -> bytes:
    from allocator.report.papers.pdf import pdf

    return pdf(paper, on, described)


@lru_cache(maxsize=KEPT)
def _slides(deck: Deck, on: date, described: str) -> bytes:
    from allocator.report.papers.pptx import pptx

    return pptx(deck, on, described)
