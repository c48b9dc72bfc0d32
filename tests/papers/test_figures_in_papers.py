"""Each figure of a paper is one that `allocate` or a finding gives, in its unit; each letter one option."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from figures_in_text import BOOKS, repeated, strangers, text_of, wrong_letters
from shipped import GUANGDONG, POOLS, SCENARIOS

from allocator import Scenario, Text, load_scenario
from allocator.core.pools import Pool
from allocator.report.papers.blocks import Attached, Paper, Words
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.docx import docx
from allocator.report.papers.pack import papers, slides
from allocator.report.papers.plain import consultation, schedule
from allocator.report.papers.proposal import Proposal, proposal

ON = date(2023, 5, 31)
LUZHOU = SCENARIOS / "luzhou-2023"
# both languages where most is said, one for the others
KINDS = ("three", "real", "guangdong", "pools", "australia", "instalments", "one")
CASES = [(kind, lang) for kind in ("three", "guangdong", "pools") for lang in BOOKS]
CASES += [("real", "zh"), ("australia", "en"), ("instalments", "zh"), ("one", "en")]
EACH = pytest.mark.parametrize(("kind", "lang"), CASES)
BOTH = pytest.mark.parametrize("lang", BOOKS)


def stated(scenario: Scenario) -> Scenario:
    """The scenario as if its data had been published."""
    return replace(scenario, factors=tuple(replace(f, status="published") for f in scenario.factors))


def options(kind: str) -> tuple[list[Scenario], int]:
    """The scenarios of a kind of proposal, and which of them is proposed."""
    luzhou = [
        load_scenario(LUZHOU / f"{name}.toml") for name in ("published-rule", "equal-weights", "cap-zone")
    ]
    if kind == "three":
        return luzhou, 2
    if kind == "real":
        return [stated(scenario) for scenario in luzhou], 2
    if kind == "guangdong":
        return [load_scenario(GUANGDONG)], 0
    if kind == "australia":
        return [load_scenario(SCENARIOS / "au-wa-2024-25" / "scenario.toml")], 0
    if kind == "pools":
        two = load_scenario(next(path for path in POOLS if path.stem == "two-pools"))
        first, second = two.pools
        jobs = Pool("jobs", amount=8_000_000, kind="shares", weights=first.weights, name=Text("就业", "Jobs"))
        three = replace(
            two, title=Text("三个分项", "Three pools"), pools=(replace(first, percent=40), jobs, second)
        )
        return [two, three], 1
    rule = stated(luzhou[0])
    if kind == "instalments":
        return [
            replace(rule, issued={id: x // 20_000 * 10_000 for id, x in (rule.published or {}).items()})
        ], 0
    factors = tuple(replace(f, values=f.values[:1]) for f in rule.factors)
    return [replace(rule, recipients=rule.recipients[:1], factors=factors, published=None)], 0


@cache
def made(kind: str, lang: str) -> Proposal:
    scenarios, proposed = options(kind)
    return proposal(scenarios, BOOKS[lang], ON, proposed=proposed)


@cache
def every(kind: str, lang: str) -> list[Paper]:
    """The papers of a proposal; of the many recipients the one page alone, as tables are others' tests."""
    found = made(kind, lang)
    if kind == "australia":
        return [brief(found), district(found, found.chosen.scenario.ids[0])]
    return [*papers(found), district(found, found.chosen.scenario.ids[0])]


@EACH
def test_each_figure_of_the_word_papers_is_one_that_the_rule_gives(kind: str, lang: str) -> None:
    found = made(kind, lang)
    for paper in every(kind, lang):
        text = text_of(docx(paper, ON), "docx")
        assert strangers(text, found) == [], paper.key
        assert wrong_letters(text, found) == [], paper.key


@pytest.mark.parametrize(
    ("kind", "lang"), [("three", "zh"), ("three", "en"), ("pools", "zh"), ("guangdong", "en")]
)
def test_each_figure_of_the_slides_is_one_that_the_rule_gives(kind: str, lang: str) -> None:
    found = made(kind, lang)
    text = text_of(slides(found).content, "pptx")
    assert strangers(text, found) == []
    assert wrong_letters(text, found) == []


@pytest.mark.deep
@pytest.mark.parametrize("lang", BOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_so_is_each_of_every_paper_and_slide_of_every_fund(kind: str, lang: str) -> None:
    found = made(kind, lang)
    files = [(docx(paper, ON), "docx") for paper in papers(found)] + [(slides(found).content, "pptx")]
    for content, suffix in files:
        text = text_of(content, suffix)
        assert (strangers(text, found), wrong_letters(text, found)) == ([], [])


def test_a_figure_of_nobody_is_found() -> None:
    found = made("three", "zh")
    assert strangers("江阳区317万元，泸县136万元", found) == []
    assert strangers("江阳区318.5万元，占比73.26%", found) == ["318.5万元", "73.26"]
    assert strangers("江阳区317元", found) == ["317元"]
    assert wrong_letters("方案B（自贸区封顶80%）", found) == ["B: 自贸区封顶80%）"]


@EACH
def test_no_sentence_is_repeated_in_a_paper(kind: str, lang: str) -> None:
    for paper in every(kind, lang):
        lines = [b.text for b in paper.blocks if isinstance(b, Words) and b.kind not in ("title", "annex")]
        assert repeated(lines) == [], paper.key


@BOTH
def test_no_request_is_made_of_foreign_money_and_a_key_may_choose(lang: str) -> None:
    found = made("australia", lang)
    assert [paper.key for paper in papers(found)] == ["brief", "schedule", "consultation", "worksheet"]
    said = "\n".join(
        block.text for paper in (brief(found), schedule(found), consultation(found))
        for block in paper.blocks if isinstance(block, Words)
    )  # fmt: skip
    for word in ("请示", "常务会议", "市级部门", "区县", "request", "standing meeting", "unicipal"):
        assert word not in said
    (scenario,) = found.scenarios
    chinese = replace(scenario, fund=replace(scenario.fund, papers="cn"))
    kinds = [paper.key for paper in papers(proposal([chinese], BOOKS[lang], ON))]
    assert kinds == ["brief", "meeting", "request", "notice", "worksheet"]
    assert chinese.digest == scenario.digest  # it decides no amount


def test_what_is_attached_hangs_under_its_name() -> None:
    notice = next(paper for paper in papers(made("real", "zh")) if paper.key == "notice")
    (listed,) = (block for block in notice.blocks if isinstance(block, Attached))
    assert [(label, number) for label, number, _ in listed.lines] == [("附件：", "1."), ("", "2.")]
    titles = [block.text for block in notice.blocks if isinstance(block, Words) and block.kind == "title"]
    assert titles[1:] == list(listed.names)  # an annex bears the name that the text gives it
