"""Word files and slides on the pages: built when they are asked for, once for one content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pages import html_of, opened
from test_report_page import choose

from allocator import Provenance, Scenario, Text, load_scenario
from allocator.report.papers import docx as word
from allocator.report.papers import internal as inner
from allocator.report.papers import pdf as printed
from allocator.report.papers import pptx as slideshow
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.internal import held, internal
from allocator.report.papers.meeting import meeting
from allocator.report.papers.office import notice, request
from allocator.report.papers.proposal import Proposal, proposal
from allocator.report.papers.slides import deck
from allocator.text import ZH, Phrasebook
from allocator.ui.report import paper_files

LUZHOU = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023"
ON = date(2023, 5, 31)
RULE = load_scenario(LUZHOU / "published-rule.toml")
CAP = load_scenario(LUZHOU / "cap-zone.toml")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were built, as they were; nothing is kept from before."""
    made: list[str] = []

    def counted(module: Any, name: str) -> None:
        true = getattr(module, name)

        def build(what: Any, *more: Any) -> bytes:
            made.append(what.name)
            content: bytes = true(what, *more)
            return content

        monkeypatch.setattr(module, name, build)

    counted(word, "docx")
    counted(printed, "pdf")
    counted(slideshow, "pptx")
    paper_files._word.cache_clear()
    paper_files._pdf.cache_clear()
    paper_files._slides.cache_clear()
    return made


def test_pages_build_no_file_until_one_is_asked_for(
    built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("report", scenario="luzhou-2023/published-rule")
    for kind in ("brief", "meeting", "slides", "district"):
        for _ in range(2):
            html = html_of(choose(app, "report-paper", kind).run())
            assert 'class="al-paper"' in html
    assert len(app.get("download_button")) == 3  # Word and PDF, and the page to take along
    times = []
    true = inner.audit
    monkeypatch.setattr(inner, "audit", lambda *a, **k: times.append(1) or true(*a, **k))
    for _ in range(3):
        app = choose(app, "report-paper", "internal").run()
    assert len(times) == 1
    assert 'class="al-paper"' in html_of(opened("execution", scenario="luzhou-2023/published-rule").run())
    assert built == []


def every(made: Proposal) -> list[Callable[[], bytes]]:
    """What builds the files of a proposal."""
    note = internal(made, held(made))
    assert note is not None
    formal = [] if made.illustrative else [request(made), notice(made)]
    papers = [brief(made), meeting(made), district(made, "naxi"), note, *formal]
    files = [file for paper in papers for file in paper_files.files_of(paper, made)]
    return [file.build for file in (*files, paper_files.slides_file(deck(made), made))]


def test_a_file_is_built_once_for_one_content(built: list[str]) -> None:
    real = [replace(s, factors=tuple(replace(f, status="published") for f in s.factors)) for s in (RULE, CAP)]
    first = [build() for build in every(proposal(real, ZH, ON, proposed=1))]
    assert len(built) == len(first) == 13
    assert [build() for build in every(proposal(real, ZH, ON, proposed=1))] == first
    assert len(built) == 13


def first_factor(**fields: object) -> Callable[[Scenario], Scenario]:
    return lambda s: replace(s, factors=(replace(s.factors[0], **fields), *s.factors[1:]))  # type: ignore[arg-type]


OTHER: dict[str, Callable[[Scenario], Scenario]] = {
    "status": first_factor(status="example"),
    "source": first_factor(source=Text("年鉴")),
    "name of a factor": first_factor(name=Text("投资额")),
    "name of a recipient": lambda s: replace(
        s, recipients=(replace(s.recipients[0], name=Text("江阳")), *s.recipients[1:])
    ),
    "name of the fund": lambda s: replace(s, fund=replace(s.fund, name=Text("某资金"))),
    "source of the fund": lambda s: replace(s, fund=replace(s.fund, source=Text("某文"))),
    "title": lambda s: replace(s, title=Text("另一方案")),
    "remark": lambda s: replace(s, provenance=(Provenance("naxi", "tax", "derived"),)),
}


def test_what_is_kept_depends_on_all_that_is_shown_and_not_on_the_digest_alone(built: list[str]) -> None:
    def file(scenario: Scenario, lang: str = "zh", on: date = ON) -> bytes:
        made = proposal([scenario], Phrasebook(lang), on)
        return paper_files.word_file(meeting(made), made).build()

    contents = {"": file(RULE), "language": file(RULE, "en"), "day": file(RULE, on=date(2023, 6, 1))}
    for what, change in OTHER.items():
        assert change(RULE).digest == RULE.digest, what
        contents[what] = file(change(RULE))
    assert len(set(contents.values())) == len(contents) == len(built)
