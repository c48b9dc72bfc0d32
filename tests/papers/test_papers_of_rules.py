"""Papers of rules that one sentence does not hold: each clause once, and the amounts that `plan` gives."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random

import depth
import pytest
from figures_in_text import words_of
from shipped import GUANGDONG, POOLS
from undrawn import leave_undrawn

from allocator import Allocation, AllocatorError, Limit, Scenario, Text, allocate, load_scenario
from allocator.core.corrections import Adjustment, Deduction
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.meeting import meeting
from allocator.report.papers.office import notice, request
from allocator.report.papers.pack import pack
from allocator.report.papers.proposal import Proposal, proposal
from allocator.report.papers.slides import Deck, deck
from allocator.report.tables.table import Table
from allocator.report.words.clauses import in_clauses, numbered_clauses, rule_clauses
from allocator.report.words.paper_code import paper_code
from allocator.text import LANGUAGES, Phrasebook

sys.path.append(str(Path(__file__).parent.parent / "rules"))
from random_rules import case

ON = date(2026, 11, 30)
SHIPPED = (*POOLS, GUANGDONG)
BASIS = Text("办法第{}条", "article {}")


@cache
def made(path: Path, lang: str) -> Proposal:
    return proposal([load_scenario(path)], Phrasebook(lang), ON)


def on_slides(shown: Deck) -> str:
    return "\n".join(line for slide in shown.slides for line in slide.lines)


@cache
def drawn(seed: int) -> Allocation | None:
    """A random rule of format 2, allocated; None where it cannot be."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return allocate(load_scenario(case(Random(seed), first=False, later=True).into(Path(folder))))
        except AllocatorError:
            return None


def draws(count: int) -> Iterator[tuple[Allocation, str]]:
    for seed in range(depth.cases(count)):
        found = drawn(seed)
        if found is not None:
            yield found, LANGUAGES[seed % 2]


def figures(table: Table, header: str) -> dict[str, Fraction]:
    """The figures of a column of recipients by their names."""
    at = table.headers.index(header)
    found = {}
    for row in table.rows:
        if row.role == "recipient":
            text = row.cells[at].replace(",", "").replace("−", "-").replace("+", "")
            found[row.cells[1]] = Fraction(text)
    return found


# --- amounts --------------------------------------------------------------------------------------


def of_allocation(found: Allocation, by: object, lang: str, scale: int) -> dict[str, Fraction]:
    names = {r.id: getattr(r.name, lang) for r in found.scenario.recipients}
    return {names[id]: Fraction(amount) / scale for id, amount in by.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_table_of_amounts_is_what_allocate_gives(path: Path, lang: str) -> None:
    found, chosen, book = made(path, lang), allocate(load_scenario(path)), Phrasebook(lang)
    scale = 10_000 if chosen.scenario.fund.currency == "CNY" else 1
    wanted = of_allocation(chosen, chosen.amounts, lang, scale)
    whole = {name: x for name, x in wanted.items() if name in figures(first_table(found), heading(book))}
    assert figures(first_table(found), heading(book)) == whole and len(whole) >= min(12, len(wanted))
    built = [meeting(found)] + ([] if found.illustrative else [request(found)])
    for paper in built:
        table = [block for block in paper.blocks if isinstance(block, Table)][-1]
        assert figures(table, book.say("table.amount")) == wanted
        for pool in chosen.scenario.pools:
            given = of_allocation(chosen, chosen.pools[pool.id], lang, scale)
            assert figures(table, getattr(pool.name, lang)) == given
        if chosen.scenario.adjustments:
            hands = of_allocation(chosen, chosen.adjustments, lang, scale)
            assert figures(table, book.say("table.adjustment")) == hands


def first_table(found: Proposal) -> Table:
    return next(block for block in brief(found).blocks if isinstance(block, Table))


def heading(book: Phrasebook) -> str:
    return book.say("table.amount")


def test_the_papers_of_random_rules_hold_their_amounts() -> None:
    """Brief, meeting paper, statements and slides are made of any rule, with the amounts it gives."""
    seen = 0
    for allocation, lang in draws(60):
        found, book = proposal([allocation.scenario], Phrasebook(lang), ON), Phrasebook(lang)
        year = "table.amount" if allocation.scenario.issued is None else "table.amount_year"
        grid = next(block for block in brief(found).blocks if isinstance(block, Table))
        scale = found.table.scale
        wanted = of_allocation(allocation, allocation.amounts, lang, scale)
        assert figures(grid, book.say(year)) == wanted
        if allocation.scenario.issued is not None:
            now = of_allocation(allocation, allocation.to_issue, lang, scale)
            assert figures(grid, book.say("table.to_issue")) == now
        assert meeting(found).title and deck(found).slides
        for id in allocation.amounts:
            said = words_of(district(found, id))
            assert book.money(allocation.amounts[id], allocation.scenario.fund.currency) in said
        if not found.illustrative:
            assert request(found).blocks and notice(found).blocks
        seen += 1
    assert seen > 30


# --- clauses --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_clause_is_said_once_in_every_paper(path: Path, lang: str) -> None:
    found, book = made(path, lang), Phrasebook(lang)
    clauses = rule_clauses(allocate(load_scenario(path)), book)
    assert len(set(clauses)) == len(clauses)
    said = words_of(meeting(found))
    assert [said.count(clause) for clause in clauses] == [1] * len(clauses)
    # the one page counts them and says where they stand
    assert book.say("report.brief.rule_clauses", count=len(clauses), paper=found.details_in) in words_of(
        brief(found)
    )
    shown = on_slides(deck(found))
    assert [shown.count(clause) for clause in clauses] == [1] * len(clauses)


def count_of_clauses(scenario: Scenario) -> int:
    """The number of clauses, counted from the scenario itself."""
    used = scenario.columns.used
    reasons = {
        (a.reason, a.basis, a.date, a.paid_by, a.paid_by is not None and a.amount > 0)
        for a in scenario.adjustments
    }
    return (
        2  # the fund, and rounding
        + (scenario.issued is not None)
        + len([e for e in scenario.earmarks if e.amount])
        + len(scenario.rules)
        + len(scenario.indicators)
        + sum((p.phase_in is not None) + (p.floors is not None) for p in scenario.rules)
        + len([f for f in scenario.factors if f.id in used and (f.formula is not None or f.basis)])
        + len(scenario.limits)
        + len(scenario.deductions)
        + len(reasons)
    )


def test_the_clauses_are_as_many_as_the_rule_has_and_numbered() -> None:
    for allocation, lang in draws(60):
        if in_clauses(allocation.scenario):
            said = numbered_clauses(allocation, Phrasebook(lang))
            assert len(said) == count_of_clauses(allocation.scenario)
            assert [int(re.match(r"\d+", line)[0]) for line in said] == list(range(1, len(said) + 1))  # type: ignore[index]


def with_bases(scenario: Scenario) -> tuple[Scenario, int]:
    """The scenario with a provision of its own on every clause, and the number of those said."""
    number = 0

    def put(parts, said=lambda part: True):  # type: ignore[no-untyped-def]
        nonlocal number
        found = []
        for part in parts:
            if said(part):
                number += 1
                part = replace(part, basis=Text(*(t.format(1000 + number) for t in (BASIS.zh, BASIS.en))))
            found.append(part)
        return tuple(found)

    used = scenario.columns.used
    changed = replace(
        scenario,
        pools=put(scenario.pools),
        indicators=put(scenario.indicators),
        limits=put(scenario.limits),
        factors=put(scenario.factors, lambda f: f.id in used),
        deductions=put(scenario.deductions),
        adjustments=put(scenario.adjustments),
        earmarks=put(scenario.earmarks, lambda e: e.amount),
    )
    return changed, number


def test_every_provision_is_said_once() -> None:
    for allocation, lang in draws(60):
        scenario, count = with_bases(allocation.scenario)
        book = Phrasebook(lang)
        text = "\n".join(rule_clauses(allocate(scenario), book))
        numbers = re.findall(r"办法第(1\d{3})条" if lang == "zh" else r"article (1\d{3})", text)
        assert sorted(map(int, numbers)) == [1000 + at for at in range(1, count + 1)]


def test_a_provision_alone_brings_the_clauses_and_no_rule_of_format_1_has_them() -> None:
    plain = load_scenario(POOLS[0].parent.parent / "luzhou-2023" / "cap-zone.toml")
    assert not in_clauses(plain)
    named = replace(plain, limits=(replace(plain.limits[0], basis=BASIS), *plain.limits[1:]))
    assert in_clauses(named) and not named.beyond and named.digest == plain.digest
    assert paper_code(named) != paper_code(plain)
    assert BASIS.zh in words_of(meeting(proposal([named], Phrasebook("zh"), ON)))


def test_indicators_are_two_levels() -> None:
    """经济贡献 has 80 of 100; of that 75 % are 60 and 25 % are 20."""
    said = words_of(meeting(made(POOLS[1], "zh")))
    assert "按经济贡献80%（其中内资到位资金60%、税收增长率20%）、招商引资工作得分20%的权重" in said
    assert "“经济贡献”指标的构成：内资到位资金75%、税收增长率25%。" in said


# --- one recipient --------------------------------------------------------------------------------


def test_a_statement_tells_of_no_other_recipients_hands() -> None:
    said = words_of(district(made(GUANGDONG, "zh"), "zijin"))
    assert "调整数：紫金县增100亩，理由：未公布理由。" in said and "广州市" not in said
    # of the 17 others: +2,300 and −2,300, from the files
    hands = [a.amount for a in load_scenario(GUANGDONG).adjustments if a.recipient != "zijin"]
    assert (len(hands), sum(x for x in hands if x > 0), sum(x for x in hands if x < 0)) == (17, 2300, -2300)
    assert "另有17个对象的金额有调整，共增2300亩、减2300亩。" in said


def test_a_statement_tells_of_no_other_recipients_money() -> None:
    rule = load_scenario(POOLS[1])
    ids = rule.ids
    held = tuple(
        Deduction(id, amount, Text("结转"), pool="domestic")
        for id, amount in ((ids[0], 10_000), (ids[1], 20_000), (ids[2], 40_000))
    )
    hands = (Adjustment(ids[0], 50_000, "更正", paid_by="pro-rata"),)
    found = proposal([replace(rule, deductions=held, adjustments=hands)], Phrasebook("zh"), ON)
    names = found.names
    for id in ids:
        said = words_of(district(found, id))
        for other in set(ids) - {id}:
            assert names[other] not in said.replace(found.fund_name, "")
    assert "另有2个对象已有结转结余共6万元" in words_of(district(found, ids[0]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_statement_goes_pool_by_pool(lang: str) -> None:
    found, book = made(POOLS[1], lang), Phrasebook(lang)
    for id, name in found.names.items():
        paper, text = district(found, id), words_of(district(found, id))
        chosen = found.chosen
        grids = [block for block in paper.blocks if isinstance(block, Table)]
        (steps,) = (grid for grid in grids if book.say("report.district.brought") in grid.headers)
        taking = [split.pool for split in chosen.splits if chosen.scenario.position[id] in split.members]
        assert [getattr(p.name, lang) for p in taking] == [row.cells[0] for row in steps.rows]
        for pool, row in zip(taking, steps.rows, strict=True):
            last = Fraction(row.cells[-1].replace(",", "")) * 10_000
            assert last == chosen.pools[pool.id][id]
        assert name in text


# --- what the papers mark, and what they leave out ------------------------------------------------


def test_invented_data_of_pools_is_marked_and_makes_no_request() -> None:
    for path in POOLS:
        assert made(path, "zh").illustrative and brief(made(path, "zh")).mark
    assert not made(GUANGDONG, "zh").illustrative


def test_options_of_both_kinds_stand_side_by_side() -> None:
    two = proposal([load_scenario(path) for path in POOLS], Phrasebook("zh"), ON, proposed=1)
    said = words_of(meeting(two))
    for at, allocation in enumerate(two.allocations):
        lines = numbered_clauses(allocation, two.book)
        if not at:
            assert all(line in said for line in lines)
    assert two.option(1) in said
    shown = on_slides(deck(two))  # those of the proposed one alone, which fit
    first, second = (numbered_clauses(allocation, two.book) for allocation in two.allocations)
    assert all(line in shown for line in second)
    assert [line for line in first if line in shown and line not in second] == []
    assert two.book.say("report.slide.rule_elsewhere", option=two.short(0)) in shown


def test_what_covers_no_pools_is_left_out_of_the_pack_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    leave_undrawn(monkeypatch)
    packed = pack(made(POOLS[1], "zh"), every_picture=True)
    kinds = {file.key for file in packed.files}
    said = "".join(packed.left_out)
    for key, name in (("workbook", "Excel工作簿"), ("steps", "测算过程图"), ("swing", "权重变动分析")):
        assert (key in kinds) != (name in said)
    assert {"brief", "meeting", "slides"} <= kinds
    assert "怎样得来" not in "".join(file.name for file in packed.files)


def test_a_limit_that_a_hand_breaks_is_said() -> None:
    rule = load_scenario(GUANGDONG)
    limited = replace(rule, limits=(Limit(("zijin",), cap=500),))
    said = words_of(brief(proposal([limited], Phrasebook("zh"), ON)))
    assert "提示：调整后紫金县为600亩，高于封顶500亩。" in said
