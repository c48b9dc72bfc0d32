"""Papers of odd funds: two recipients, last year alone, land, rules that audits do not cover."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from figures_in_text import words_of
from shipped import POOLS

from allocator import (
    Earmark,
    Factor,
    Fund,
    Limit,
    Recipient,
    Scenario,
    ScenarioError,
    Text,
    allocate,
    load_scenario,
)
from allocator.core.corrections import Adjustment, Deduction
from allocator.core.parts import Party, Reservation
from allocator.core.pools import Pool
from allocator.files.formulas import parse
from allocator.report.papers.blocks import Words
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.internal import held, internal
from allocator.report.papers.meeting import meeting
from allocator.report.papers.office import notice, request
from allocator.report.papers.plain import schedule
from allocator.report.papers.proposal import proposal
from allocator.report.papers.slides import deck
from allocator.report.papers.worksheet import worksheet
from allocator.report.tables.table import Table
from allocator.report.words.title import finding_title
from allocator.text import LANGUAGES, Phrasebook

ON = date(2026, 11, 30)


def odd(amount: int = 1000, names: str = "abc", **more: object) -> Scenario:
    """A fund of 1,000 by one factor of 1, 2, 4 …"""
    values = tuple(2**at for at in range(len(names)))
    return Scenario(**{
        "title": "odd", "fund": Fund(amount, "CNY", 1), "kind": "shares", "weights": {"x": 100},
        "recipients": [Recipient(name) for name in names],
        "factors": [Factor("x", values, status="provided")], **more,
    })  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_rule_that_audits_do_not_cover_has_its_papers_and_the_note_says_why(lang: str) -> None:
    rule = load_scenario(POOLS[1])
    issued = replace(rule, published=dict(allocate(rule).amounts))
    found = proposal([issued], Phrasebook(lang), ON)
    (only,) = held(found)
    assert not only.found and {"zh": "反推不覆盖", "en": "the audit does not cover it"}[lang] in only.why
    note = internal(found, [only])
    assert note is not None and only.why in words_of(note)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_statement_for_one_of_two_does_not_tell_the_others_data_or_amount(lang: str) -> None:
    two = replace(
        odd(names="ab"), factors=(Factor("x", (31337, 271828), status="provided"),),
    )  # fmt: skip
    other = allocate(two).amounts["b"]
    said = words_of(district(proposal([two], Phrasebook(lang), ON), "a")).replace(",", "")
    assert "31337" in said
    for told in (271828, 31337 + 271828, other):
        assert str(told) not in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_beside_last_year_alone_the_meeting_paper_gives_the_changes_of_its_table(lang: str) -> None:
    book = Phrasebook(lang)
    found = proposal([odd(previous={"a": 200, "b": 300, "c": 400})], book, ON)
    said = words_of(meeting(found))
    assert book.say("report.gains.no_base") not in said
    assert {"zh": "a由200元调整为143元，减少57元", "en": "a goes from 200 yuan to 143 yuan"}[lang] in said
    assert {"zh": "上年下达数只有各对象的金额", "en": "Of last year only amounts are known"}[lang] in said
    assert book.say("report.gains.no_base") in words_of(meeting(proposal([odd()], book, ON)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_notice_of_what_is_not_money_speaks_of_no_money(lang: str) -> None:
    land = odd(fund=Fund(1000, Text("亩", "mu"), 1))
    above = words_of(notice(proposal([land], Phrasebook(lang), ON)))
    above = above[: above.index({"zh": "附件1\n", "en": "Annex 1\n"}[lang])]
    assert {"zh": "总量1000亩", "en": "1,000 mu in all"}[lang] in above
    for money in ("资金", "金额", "列支", "money", "booked"):
        assert money not in above


@pytest.mark.parametrize("lang", LANGUAGES)
def test_papers_of_what_is_not_money_have_headings_and_sources_of_no_money(lang: str) -> None:
    fund = Fund(1000, Text("亩", "mu"), 1, source=Text("办法第三条", "article 3"))
    land = odd(fund=fund, previous={"a": 200, "b": 300, "c": 500})
    other = replace(land, title=Text("另一个", "another"), fund=replace(fund, amount=900))
    book = Phrasebook(lang)
    for found in (proposal([land], book, ON), proposal([land, other], book, ON)):
        for paper in (brief(found), meeting(found), request(found), notice(found), worksheet(found)):
            heads = [b.text for b in paper.blocks if isinstance(b, Words) and b.kind == "head"]
            said = words_of(paper)
            for money in ("资金", "区县") if lang == "zh" else ("money",):
                assert not any(money in head for head in heads)
            for money in ("资金依据", "资金总额：", "Basis of the fund", "Fund:"):
                assert money not in said
        basis = {"zh": "依据：办法第三条", "en": "Basis: article 3"}[lang]
        assert basis in words_of(request(found)) and basis in words_of(notice(found))
    (row,) = [row for b in worksheet(proposal([land], book, ON)).blocks if isinstance(b, Table)
              for row in b.rows if "odd" in row.cells]  # fmt: skip
    assert row.cells[0] == {"zh": "总量", "en": "Total"}[lang]
    said = words_of(meeting(proposal([land, other], book, ON)))
    assert {"zh": "总量少100亩", "en": "the total is 100 mu smaller"}[lang] in said
    assert {"zh": "总量：由1000亩改为900亩", "en": "Total: from 1,000 mu to 900 mu"}[lang] in said


def test_money_and_land_are_not_said_to_be_two_currencies() -> None:
    land = odd(fund=Fund(1000, Text("亩", "mu"), 1))
    for other, key in ((odd(fund=Fund(1000, "USD", 1)), "currencies"), (land, "quantities")):
        with pytest.raises(ScenarioError) as caught:
            proposal([odd(), other], Phrasebook("zh"), ON)
        assert [problem.key for problem in caught.value.problems] == [key]
        assert ("币种" in str(caught.value.sentences(Phrasebook("zh")))) == (key == "currencies")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_working_paper_calls_no_column_a_weight_that_has_none(lang: str) -> None:
    book = Phrasebook(lang)
    found = proposal([load_scenario(POOLS[1])], book, ON)
    rows = [row.cells for grid in worksheet(found).blocks if isinstance(grid, Table) for row in grid.rows]
    factors = {f.id: book.text(f.name) for f in found.chosen.scenario.factors}
    weight, column = book.say("difference.what.weight"), book.say("difference.what.factor")
    for id in ("domestic", "foreign", "tax_growth", "effort"):
        assert any(cells[:2] == (weight, factors[id]) for cells in rows)
    for id in ("tax_2022", "tax_2023"):  # tax growth is worked out from them
        assert any(cells[:2] == (column, factors[id]) for cells in rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_working_paper_names_whom_an_earmark_is_for_and_the_provision_of_the_rule(lang: str) -> None:
    book = Phrasebook(lang)
    earmarks = [
        Earmark(
            "", 10, recipients="all", where=parse("x > 1"), also_shares=True, basis=Text("第三条", "art. 3")
        ),
        Earmark("", 5, recipients=("a", "b"), also_shares=True),
    ]
    alone = Pool("", "shares", {"x": 100}, "rest", basis=Text("第四条", "art. 4"))
    rule = odd(earmarks=earmarks, kind="", weights={}, pools=[alone])
    grids = [block for block in worksheet(proposal([rule], book, ON)).blocks if isinstance(block, Table)]
    rows = {row.cells for grid in grids for row in grid.rows}
    apart, method = book.say("difference.what.earmark"), book.say("difference.what.kind")
    whom = {"zh": "每个对象（符合 x > 1 的）", "en": "each recipient (meeting x > 1)"}[lang]
    assert (apart, whom, {"zh": "第三条", "en": "art. 3"}[lang]) in rows
    assert (apart, {"zh": "a、b", "en": "a, b"}[lang], {"zh": "方案未注明", "en": "not stated"}[lang]) in rows
    assert (method, {"zh": "占比法", "en": "shares"}[lang], {"zh": "第四条", "en": "art. 4"}[lang]) in rows


@pytest.mark.parametrize("lang", LANGUAGES)
def test_how_equal_remainders_are_rounded_is_for_the_working_paper(
    lang: str,
) -> None:
    third = odd(100, factors=[Factor("x", (1, 1, 1), status="provided")])  # 33 each and one unit left
    found, tied = proposal([third], Phrasebook(lang), ON), Phrasebook(lang).say("table.tied")
    assert found.chosen.tied and tied in words_of(worksheet(found))
    assert tied not in words_of(notice(found))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_said_to_be_less_by_nothing(lang: str) -> None:
    up = Adjustment("a", 30, Text("更正", "correction"), paid_by=Party(reservation="局"))
    one = odd(900, reservations=(Reservation("局", 100),), adjustments=(up,))
    found = proposal([one], Phrasebook(lang), ON)
    for paper in (brief(found), district(found, "b")):
        said = words_of(paper)
        assert {"zh": "共增30元", "en": "30 yuan more in all"}[lang] in said
        assert not re.search(r"减0元|\b0 yuan", said)


def test_one_recipient_is_one_in_english() -> None:
    one = odd(names="a")
    found = proposal([one], Phrasebook("en"), ON)
    for paper in (meeting(found), request(found), notice(found), worksheet(found), district(found, "a")):
        assert "1 districts" not in words_of(paper)
    assert "1 district, county or park" in words_of(request(found))
    assert finding_title(found.chosen, None, Phrasebook("en")) == "a (1,000 yuan)"


def test_a_paper_is_named_in_sentences_as_it_calls_itself() -> None:
    many = odd(names="abcdefghijklmnopqrstuvwxyz"[:24])
    found = proposal([many], Phrasebook("en"), ON)
    assert "“Options for the allocation”" in words_of(brief(found))
    assert meeting(found).title.endswith(": options for the allocation")
    abroad = replace(many, fund=Fund(1000, "AUD", 1))
    assert "“Schedule of allocations”" in words_of(brief(proposal([abroad], Phrasebook("en"), ON)))
    assert schedule(proposal([abroad], Phrasebook("en"), ON)).title.endswith(": schedule of allocations")


@pytest.mark.parametrize("key", ["report.trace.derived", "report.trace.derived_published"])
def test_what_is_derived_is_the_same_in_both_languages(key: str) -> None:
    zh, en = (Phrasebook(lang).say(key) for lang in LANGUAGES)
    for ours, theirs in (("占比", "hares"), ("测算额", "entitlements"), ("分配额", "amounts"),
                         ("增减", "differences")):  # fmt: skip
        assert ours in zh and theirs in en


# --- pools of two ---------------------------------------------------------------------------------


def pooled(**of_pair: object) -> Scenario:
    """Two pools of 600 and 400; in the second a and b alone, with 31 and 93 of y, and 1 and 3 of x."""
    pair = Pool("pair", **{"kind": "shares", "weights": {"x": 40, "y": 60}, "amount": 400, **of_pair},
                recipients=("a", "b"))  # fmt: skip
    every = Pool("every", "shares", {"x": 100}, 600)
    factors = (Factor("x", (1, 3, 6), status="provided"), Factor("y", (31, 93, 500), status="provided"))
    return odd(kind="", weights={}, pools=(every, pair), factors=factors)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_in_a_pool_of_two_a_statement_has_no_steps_that_tell_the_others_data(lang: str) -> None:
    """a gets 40 by x and 60 by y of 400: a quarter each, so that b's 3 and 93 would follow from 1 and 31."""
    book = Phrasebook(lang)
    found = proposal([pooled()], book, ON)
    grids = [b for b in district(found, "a").blocks if isinstance(b, Table)]
    (steps,) = (grid for grid in grids if book.say("report.district.brought") in grid.headers)
    every, pair = steps.rows
    assert pair.cells == ("pair", book.say("report.district.of_two"), *"—" * (len(pair.cells) - 3), "100")
    assert "60" in every.cells[1]  # a tenth of the 600 for all three


@pytest.mark.parametrize("lang", LANGUAGES)
def test_fixed_amounts_of_two_are_their_own_and_scaled_ones_are_not(lang: str) -> None:
    book = Phrasebook(lang)
    for amount, over, own in ((400, None, True), (62, "scale", False)):
        rule = pooled(kind="fixed", weights={"y": 1}, amount=amount, over=over)
        rule = replace(rule, pools=(replace(rule.pools[0], amount="rest"), rule.pools[1]))
        said = words_of(district(proposal([rule], book, ON), "a"))
        assert (book.say("report.district.of_two") in said) != own


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_two_what_the_other_holds_already_and_was_adjusted_is_not_told(lang: str) -> None:
    up = Adjustment("a", 30, Text("更正", "correction"), paid_by=Party(reservation="局"))
    rule = odd(names="ab", reservations=(Reservation("局", 100),), adjustments=(up,),
               deductions=(Deduction("a", 77),))  # fmt: skip
    said = words_of(district(proposal([rule], Phrasebook(lang), ON), "b"))
    assert "77" not in said and "30元" not in said and "30 yuan" not in said
    assert "77" in words_of(district(proposal([rule], Phrasebook(lang), ON), "a"))


# --- six options, and what is to be filled in -----------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_slide_of_six_options_tells_of_those_it_draws_and_of_the_proposed_one(lang: str) -> None:
    """Changes of 10, 20, … from the 571 of c."""
    others = [odd(title=f"cap {561 - by}", limits=(Limit(("c",), cap=561 - by),)) for by in range(0, 50, 10)]
    book = Phrasebook(lang)
    for proposed, letters in ((1, "BCD"), (5, "BCF")):
        slides = deck(proposal([odd(), *others], book, ON, proposed=proposed)).slides
        (slide,) = [slide for slide in slides if slide.key == "changes"]
        (chart,) = slide.charts
        names = [book.say("report.option_short", letter=letter) for letter in letters]
        assert [name.startswith(short) for (name, _), short in zip(chart.series, names, strict=True)] == [
            True
        ] * 3
        assert [name in slide.title for name in names] == [True] * 3
        assert book.show(names) in slide.note
        for letter in set("BCDEF") - set(letters):
            assert book.say("report.option_short", letter=letter) not in slide.title


@pytest.mark.parametrize("lang", LANGUAGES)
def test_dissenting_opinions_are_a_line_to_be_filled_in_as_nothing_keeps_them(lang: str) -> None:
    for fund in (Fund(1000, "CNY", 1), Fund(1000, "AUD", 1)):
        said = words_of(brief(proposal([odd(fund=fund)], Phrasebook(lang), ON)))
        assert {"zh": "分歧意见\n×××（请填写", "en": "Dissenting opinions\n××× (to be filled in"}[
            lang
        ] in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_part_of_the_money_that_moves_is_named_as_a_part_of_something(lang: str) -> None:
    found = proposal([odd(previous={"a": 200, "b": 300, "c": 500})], Phrasebook(lang), ON)
    (slide,) = [slide for slide in deck(found).slides if slide.key == "table"]
    # 57 and 14 of the 1,000 of last year go to c
    assert {"zh": "占各对象合计的7.1%", "en": "7.1 % of what recipients get"}[lang] in slide.title
