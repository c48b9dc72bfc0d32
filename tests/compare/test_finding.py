"""What is said of a result is true of it: findings are counted independently, sentences read word by word."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import html_of, opened
from pptx import Presentation
from undrawn import leave_undrawn

from allocator import (
    Allocation,
    Earmark,
    Factor,
    Fund,
    Recipient,
    Reservation,
    Scenario,
    allocate,
    load_scenario,
)
from allocator.analysis.audit import Reading, fit
from allocator.analysis.finding import Finding, find, held_against
from allocator.analysis.sweep import Anywhere, sweep
from allocator.cli import entry
from allocator.report.audit.fit import fit_lines
from allocator.report.papers import pictures, range_pictures
from allocator.report.sweep.words import notes
from allocator.report.words.comparing import change_sentences
from allocator.report.words.comparing import headline as compared
from allocator.report.words.finding import (
    Terms,
    against_sentence,
    lettered_sentence,
    matched,
    phrase,
    short,
)
from allocator.text import LANGUAGES, ZH, Phrasebook

ROOT = Path(__file__).parent.parent.parent
LUZHOU = ROOT / "scenarios" / "luzhou-2023"
WAN = 10_000
PUBLISHED = {"jiangyang": 170, "longmatan": 80, "naxi": 59, "luxian": 73, "hejiang": 26, "xuyong": 37,
             "gulin": 132, "hightech": 25, "ftz": 5000}  # fmt: skip
DEPARTMENTS = 120
EACH = pytest.mark.parametrize("lang", LANGUAGES)

EQUAL = {
    "zh": re.compile(r"一致|没有变化|没有增减"),
    "en": re.compile(r"equals|exactly|no money|every amount|no change|changes nothing"),
}
MOVED = {"zh": re.compile("调整"), "en": re.compile(r"\bmove[sd]\b")}
GREATER = {"zh": re.compile("多[0-9]"), "en": re.compile(r"larger|yuan more")}
SMALLER = {"zh": re.compile("少[0-9]"), "en": re.compile(r"smaller|yuan less")}


# --- pairs of allocations -------------------------------------------------------------------------


class Pair(NamedTuple):
    """Amounts on both sides, and both whole funds where they are known."""

    amounts: dict[str, Any]
    base: dict[str, Any]
    fund: Any
    base_fund: Any


SIZES = st.one_of(st.integers(0, 3), st.integers(0, 10**8), st.fractions(0, 1000, max_denominator=100))


@st.composite
def pairs(draw: Callable[..., Any]) -> Pair:
    """All gain, all lose, some, none, equal sums or not; one recipient, zeros, ties; other lists; funds."""
    ids = [f"r{i}" for i in range(draw(st.sampled_from((1, 2, 3, 4, 5, 7))))]
    base = {id: draw(SIZES) for id in ids}
    how = draw(st.sampled_from(("none", "gain", "lose", "alike", "some", "shuffled", "passed on", "any")))
    step = draw(st.integers(1, 50))
    amounts = dict(base)
    for id in ids:
        if how == "gain":
            amounts[id] += draw(st.integers(1, 3))
        elif how == "lose":
            amounts[id] = max(amounts[id] - draw(st.integers(1, 10**8)), 0)
        elif how == "alike":
            amounts[id] += step
        elif how == "some":
            amounts[id] += draw(st.sampled_from((0, step, max(-step, -amounts[id]))))
        elif how == "any":
            amounts[id] = draw(SIZES)
    if how == "shuffled":
        amounts = dict(zip(ids, draw(st.permutations(list(base.values()))), strict=True))
    if how == "passed on":
        amounts[ids[0]], amounts[ids[-1]] = 0, base[ids[-1]] + base[ids[0]] * (len(ids) > 1)
    if draw(st.integers(0, 4)) == 0:
        amounts["new"] = draw(st.integers(0, 3))
    if draw(st.integers(0, 4)) == 0:
        base["gone"] = draw(st.integers(0, 3))
    if draw(st.integers(0, 6)) == 0:
        base[ids[0]] = None
    if draw(st.booleans()):
        return Pair(amounts, base, None, None)
    known = [id for id in base if base[id] is not None]
    departments = draw(st.sampled_from(((0, 0), (5, 5), (5, 9), (9, 5))))
    funds = sum(amounts[id] for id in amounts if base.get(id, 0) is not None), sum(base[id] for id in known)
    return Pair(amounts, base, *(a + b for a, b in zip(funds, departments, strict=True)))


def slowly(pair: Pair) -> dict[str, Any]:
    """The same counted in another way: one list of both sides, sorted, in hundredths of a common part."""
    over = 1
    for amount in (*pair.amounts.values(), *(x for x in pair.base.values() if x is not None)):
        over *= Fraction(amount).denominator
    rows = []
    for id in sorted({*pair.amounts, *pair.base}):
        if id in pair.base and pair.base[id] is None:
            continue
        here, there = (int(Fraction(side.get(id, 0)) * over) for side in (pair.amounts, pair.base))
        rows.append((here - there, id))
    rows.sort()
    ups, downs = [row for row in rows if row[0] > 0], [row for row in rows if row[0] < 0]
    return {
        "gaining": {id for _, id in ups},
        "losing": {id for _, id in downs},
        "gained": Fraction(sum(by for by, _ in ups), over),
        "lost": Fraction(-sum(by for by, _ in downs), over),
        "most": {id for by, id in ups if by == rows[-1][0]},
        "least": {id for by, id in downs if by == rows[0][0]},
        "more": Fraction(sum(by for by, _ in rows), over),
        "fund": None if pair.fund is None else Fraction(pair.fund) - Fraction(pair.base_fund),
        "alike": pair.amounts == pair.base and pair.fund == pair.base_fund,
    }


@settings(max_examples=120)
@given(pairs())
def test_a_finding_is_what_an_independent_count_gives(pair: Pair) -> None:
    found, wanted = find(*pair), slowly(pair)
    assert (set(found.gains.ids), set(found.losses.ids)) == (wanted["gaining"], wanted["losing"])
    assert (found.gains.amount, found.losses.amount) == (wanted["gained"], wanted["lost"])
    assert (set(found.gains.most), set(found.losses.most)) == (wanted["most"], wanted["least"])
    assert found.more == found.gains.amount - found.losses.amount == wanted["more"]
    assert found.fund_more == wanted["fund"]
    for side in (found.gains, found.losses):
        assert {found.changes[id] for id in side.most} == ({side.most_by} if side.ids else set())
    # money moves only within one sum, and then what some gain is what others lose
    assert found.moved == (None if wanted["more"] else wanted["gained"])
    assert found.moved is None or found.moved == found.losses.amount
    assert found.equal == wanted["alike"]
    if found.kind == "moved":
        assert found.gains.ids and found.losses.ids
    assert set(found.unknown) == {id for id, amount in pair.base.items() if amount is None}
    assert not set(found.unknown) & found.changes.keys()
    assert set(found.only_here) == pair.amounts.keys() - pair.base.keys()
    assert set(found.only_there) == pair.base.keys() - pair.amounts.keys()
    assert set(found.unchanged) == found.changes.keys() - wanted["gaining"] - wanted["losing"]


# --- sentences ------------------------------------------------------------------------------------


def sentences(found: Finding, lang: str) -> dict[str, str]:
    """All that is said of a finding, of people who are called like their ids."""
    words = Terms({id: f"<{id}>" for id in (*found.changes, *found.unknown)}, "CNY", Phrasebook(lang))
    whole = found.base_total
    return {
        "against": against_sentence(
            found, {"zh": "已下达数", "en": "what was published"}[lang], whole, words
        ),
        "lettered": lettered_sentence(found, "B", "A", whole, words),
        "short": short(found, words),
        "phrase": phrase(found, {"zh": "方案B", "en": "option B"}[lang], words),
    }


@EACH
@settings(max_examples=80)
@given(pairs())
def test_sentences_claim_what_the_finding_holds_and_nothing_else(lang: str, pair: Pair) -> None:
    found, wanted = find(*pair), slowly(pair)
    more, fund = wanted["more"], wanted["fund"]
    changed = bool(wanted["gaining"] or wanted["losing"])
    for name, said in sentences(found, lang).items():
        assert "{" not in said and "None" not in said
        assert bool(EQUAL[lang].search(said)) == wanted["alike"], (name, said)
        if not wanted["alike"]:  # "nothing moves" is said of what is equal
            assert bool(MOVED[lang].search(said)) == (changed and not more), (name, said)
        # the sums and the fund are said to differ where they do, by how much and which way
        differing = [by for by in (more, fund) if by]
        if name == "phrase":
            differing = [more] if more else []
        assert bool(GREATER[lang].search(said)) == any(by > 0 for by in differing), (name, said)
        assert bool(SMALLER[lang].search(said)) == any(by < 0 for by in differing), (name, said)
        for by in differing:
            assert Phrasebook(lang).money(abs(by), "CNY") in said, (name, said)
        if name == "phrase":
            continue
        # counts stand wherever anybody gains or loses
        counts = re.findall(
            r"([0-9]+)个(?:增加|减少)" if lang == "zh" else r"([0-9]+) (?:gaining|losing)", said
        )
        held = [str(len(wanted["gaining"])), str(len(wanted["losing"]))] if changed else []
        assert counts == held, (name, said)
        if changed and not more:
            assert Phrasebook(lang).money(wanted["gained"], "CNY") in said
        if more and wanted["gaining"] and wanted["losing"]:
            assert all(Phrasebook(lang).money(wanted[key], "CNY") in said for key in ("gained", "lost"))
        if name == "short":
            continue
        for ids, split in ((wanted["most"], "增加最多的是"), (wanted["least"], "减少最多的是")):
            if lang == "zh":
                assert (split in said) == bool(ids)
                told = said.partition(split)[2].partition("（")[0]
                assert set(re.findall("<(.*?)>", told)) <= ids
            if 0 < len(ids) <= 4:
                assert all(f"<{id}>" in said for id in ids)
        for id in found.unknown:
            assert f"<{id}>" in said


@EACH
@settings(max_examples=60)
@given(pairs())
def test_run_says_that_amounts_match_only_where_all_do(lang: str, pair: Pair) -> None:
    found, wanted = find(*pair), slowly(pair)
    said = matched(found, Terms({id: id for id in (*found.changes, *found.unknown)}, "CNY", Phrasebook(lang)))
    assert bool(EQUAL[lang].search(said) or "equals" in said) == wanted["alike"]
    changed = len(wanted["gaining"] | wanted["losing"])
    assert not changed or re.search(rf"(^|\D){changed}(项| )", said)


@EACH
def test_an_equal_split_is_said_to_be_equal(lang: str) -> None:
    told = sentences(find({"a": 5, "b": 0}, {"a": 5, "b": 0}, 9, 9), lang)
    assert all(EQUAL[lang].search(said) for said in told.values())


def test_what_is_equal_but_for_money_of_departments_is_not_equal() -> None:
    found = find({"a": 5}, {"a": 5}, 9, 8)
    assert found.kind == "same" and not found.equal and found.moved == 0
    assert sentences(found, "zh")["lettered"] == (
        "B与A相比：资金总额多1元，各对象合计相同；没有对象的金额增加或减少。"
    )
    assert sentences(found, "en")["short"] == (
        "the fund is 1 yuan larger, recipients together get the same; nobody gains and nobody loses"
    )


def test_several_that_gain_or_lose_most_are_all_named() -> None:
    found = find({"a": 5, "b": 5, "c": 0}, {"a": 3, "b": 3, "c": 4})
    assert "增加最多的是<a>、<b>（各+2元），减少最多的是<c>（−4元）" in sentences(found, "zh")["against"]
    assert "<a>, <b> gain most (+2 yuan each), <c> loses most (−4 yuan)" in sentences(found, "en")["against"]
    many = find(dict.fromkeys("abcdef", 2), dict.fromkeys("abcdef", 1))
    assert "增加最多的是<a>、<b>、<c>、<d>等6个（各+1元）" in sentences(many, "zh")["lettered"]


# --- of scenarios ---------------------------------------------------------------------------------


def small(fund: int = 100, departments: int = 0, **more: Any) -> Scenario:
    made: dict[str, Any] = {
        "title": "a case",
        "fund": Fund(fund, "CNY", 1),
        "kind": "shares",
        "weights": {"x": 50, "y": 50},
        "recipients": [Recipient(id) for id in "abcd"],
        "factors": [Factor("x", (1, 1, 1, 1)), Factor("y", (1, 2, 3, 4))],
        "reservations": [Reservation("d", departments)] if departments else [],
    }
    return Scenario(**(made | more))


def test_funds_of_two_scenarios_are_compared_with_the_money_of_departments() -> None:
    base = allocate(small(110, 10))
    for scenario, said in (
        (small(130, 30), "B与A相比：资金总额多20元，各对象合计相同；没有对象的金额增加或减少。"),
        (small(110, 30), "B与A相比：资金总额相同，各对象合计少20元；0个增加，4个减少，"),
        (small(120, 10), "B与A相比：资金总额多10元；4个增加，0个减少，"),
        (small(120, 10, weights={"x": 50, "y": 50}, earmarks=[Earmark("a", 1, True)]), "资金总额多10元；"),
    ):
        assert said in change_sentences([base, allocate(scenario)], ZH)[0]


@EACH
def test_the_table_of_options_shows_no_money_moved_where_sums_differ(lang: str) -> None:
    allocations = [allocate(small()), allocate(small(120)), allocate(small(weights={"x": 100, "y": 0}))]
    headers, rows = compared(allocations, ["A", "B", "C"], Phrasebook(lang))
    assert len({len(row) for row in (headers, *rows)}) == 1
    # 100 split by (1/4 + k/10)/2 is 17.5, 22.5, 27.5, 32.5; a quarter each moves 2.5 + 7.5 before rounding
    assert rows[1][1:5] == ["—", "+20", "4", "0"]
    moved = held_against(allocations[2], allocations[0]).moved
    assert rows[2][1:3] == [str(moved), "0"]


@EACH
def test_all_who_have_the_most_are_named(lang: str) -> None:
    alike = allocate(small(100, weights={"x": 100, "y": 0}))
    _, rows = compared([alike, alike], ["A", "B"], Phrasebook(lang))
    assert {"zh": "a、b、c、d各占25.0%", "en": "a, b, c, d have 25.0 % each"}[lang] == rows[0][-1]


@EACH
def test_sweeps_against_another_sum_do_not_say_that_money_goes_elsewhere(lang: str) -> None:
    """Every draw shares out 278 units more than was published, so gains are losses and 278 units more."""
    scenario = replace(luzhou(), fund=replace(luzhou().fund, amount=60_000_000))
    found = sweep(scenario, 300, law=Anywhere())
    assert found.moved is None and found.gained - found.lost == 278 * WAN == found.gap
    line = notes(found, Phrasebook(lang))[0]
    assert Phrasebook(lang).money(278 * WAN, "CNY") in line
    assert Phrasebook(lang).say("sweep.moved_published", moved="", percent="")[-8:] not in line
    usual = sweep(luzhou(), 300, law=Anywhere())
    assert usual.moved == usual.gained == usual.lost
    assert notes(usual, Phrasebook(lang))[0].endswith(
        Phrasebook(lang).say("sweep.moved_published", moved="", percent="")[-8:]
    )


@EACH
def test_data_that_does_not_fit_names_all_that_are_furthest_off(lang: str) -> None:
    scenario = small(100, weights={"x": 100, "y": 0}, published={"a": 20, "b": 30, "c": 25, "d": 25})
    line = fit_lines(fit(Reading(scenario), scenario), Reading(scenario), scenario, Phrasebook(lang))[0]
    wanted = {"zh": "a（+5元）、b（−5元）", "en": "a (+5 yuan), b (−5 yuan)"}[lang]
    assert wanted in line


# --- Luzhou with another fund ---------------------------------------------------------------------

FUNDS = ((40, "zh"), (50, "en"), (60, "zh"), (60, "en"), (70, "zh"))  # million yuan; 57.22 was published


def luzhou() -> Scenario:
    return load_scenario(LUZHOU / "published-rule.toml")


class Case(NamedTuple):
    """A copy of Luzhou with another fund, while the published amounts stay."""

    file: Path
    difference: int  # of the recipients' sum to what was published, in 万元
    result: Allocation

    @property
    def counts(self) -> tuple[int, int]:
        """How many gain and how many lose against the figures of the notice."""
        by = [amount - PUBLISHED[id] * WAN for id, amount in self.result.amounts.items()]
        return sum(x > 0 for x in by), sum(x < 0 for x in by)


def copied(folder: Path, million: int) -> Case:
    shutil.copytree(LUZHOU, folder / "luzhou-2023")
    file = folder / "luzhou-2023" / "published-rule.toml"
    text = file.read_text("utf-8")
    assert text.count("57_220_000") == 1
    file.write_text(text.replace("57_220_000", str(million * 1_000_000)), "utf-8")
    difference = million * 100 - DEPARTMENTS - sum(PUBLISHED.values())
    return Case(file, difference, allocate(load_scenario(file)))


def words_of(name: str, content: bytes) -> str:
    """All that a file says, whichever program wrote it."""
    if name.endswith(".docx"):
        document = Document(io.BytesIO(content))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        return "\n".join([*(p.text for p in document.paragraphs), *cells])
    if name.endswith(".pptx"):
        shapes = [s for slide in Presentation(io.BytesIO(content)).slides for s in slide.shapes]
        said = [s.text_frame.text for s in shapes if s.has_text_frame]
        return "\n".join(
            [*said, *(c.text for s in shapes if s.has_table for r in s.table.rows for c in r.cells)]
        )
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        return "\n".join(str(c.value) for page in book for row in page.iter_rows() for c in row if c.value)
    if name.endswith((".txt", ".csv", ".toml", ".svg", ".md")):
        return content.decode("utf-8-sig")
    return ""


def claims_of_equality(lang: str) -> list[str]:
    """What papers and the page say of amounts that equal the published ones."""
    keys = ("finding.against.equal", "report.slide.same", "cli.as_published", "assumed.match",
            "app.sensitivity.as_published", "report.gains.nothing")  # fmt: skip
    names = [Phrasebook(lang).say(key) for key in ("effect.published", "base.full.published")]
    return [Phrasebook(lang).say(key, against=name, base=name) for key in keys for name in names]


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without pictures, which say nothing of a result and take most of the time."""
    monkeypatch.setattr(pictures, "pictures", lambda _proposal, every: iter(()))
    monkeypatch.setattr(range_pictures, "ranges", lambda _proposal, _readings: iter(()))
    leave_undrawn(monkeypatch)
    yield


@pytest.mark.parametrize(("million", "lang"), FUNDS)
@pytest.mark.usefixtures("undrawn")
def test_papers_of_another_fund_say_by_how_much_it_differs(tmp_path: Path, million: int, lang: str) -> None:
    case = copied(tmp_path, million)
    assert case.counts == ((9, 0) if case.difference > 0 else (0, 9))
    with pytest.raises(SystemExit) as ended:
        entry.main(["report", str(case.file), "--lang", lang, "--out", str(tmp_path / "out"), "--internal"])
    assert not ended.value.code
    files = {p.name: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    said = {name: words_of(name, content) for name, content in files.items()}
    assert {Path(name).suffix for name, text in said.items() if text} >= {".docx", ".pptx", ".xlsx", ".txt"}
    for name, text in said.items():
        assert not [claim for claim in claims_of_equality(lang) if claim in text], name
    by = Phrasebook(lang).money(abs(case.difference) * WAN, "CNY")
    zh, en = ("多", "more") if case.difference > 0 else ("少", "less")
    way = {"zh": f"各对象合计{zh}{by}", "en": f"recipients together get {by} {en}"}[lang]
    counts = {"zh": "{}个增加，{}个减少", "en": "{} gaining, {} losing"}[lang].format(*case.counts)
    told = [name for name, text in said.items() if way in text and counts in text]
    wanted = [Phrasebook(lang).say(f"report.file.{key}") for key in ("brief", "meeting", "slides")]
    assert {key for key in wanted if any(key in name for name in told)} == set(wanted)
    (book,) = (text.splitlines() for name, text in said.items() if name.endswith(".xlsx"))
    assert (
        Phrasebook(lang).say("excel.summary.sum") in book
        and Phrasebook(lang).say("excel.summary.moved") not in book
    )
    assert book[book.index(Phrasebook(lang).say("excel.summary.sum")) + 1] == str(case.difference)
    assert "{} / {}".format(*case.counts) in book


@EACH
def test_the_page_of_another_fund_says_by_how_much_it_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    case = copied(tmp_path, 60)
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    html = html_of(opened("", lang, scenario="luzhou-2023/published-rule"))
    assert not [claim for claim in claims_of_equality(lang) if claim in html]
    wanted = {
        "zh": "与已下达数相比，各对象合计多278万元：9个增加，0个减少；增加最多的是自贸区（+248万元）。",
        "en": "Against the published amounts, recipients together get 2,780,000 yuan more "
        "(9 gaining, 0 losing); Free Trade Zone gains most (+2,480,000 yuan).",
    }
    assert wanted[lang] in html and case.difference == 278
    (head,) = re.findall(r'<h2 class="al-title"[^>]*>(.*?)</h2>', html)
    assert (
        head
        == {
            "zh": "各对象合计多278万元：9个增加，0个减少",
            "en": "recipients together get 2,780,000 yuan more: 9 gaining, 0 losing",
        }[lang]
    )
    changes = re.findall(r'<td class="al-n al-(gain|loss|same)">(.*?)</td>', html)
    assert len(changes) == 9 and {direction for direction, _ in changes} == {"gain"}


@EACH
def test_the_page_compare_and_the_command_say_by_how_much_funds_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    file = copied(tmp_path, 60).file
    shutil.copy(LUZHOU / "published-rule.toml", file.parent / "as-it-was.toml")
    said = {"zh": "资金总额多278万元", "en": "the fund is 2,780,000 yuan larger"}[lang]
    counts = {"zh": "9个增加，0个减少", "en": "9 gaining, 0 losing"}[lang]
    with pytest.raises(SystemExit):
        entry.main(["compare", str(file.parent / "as-it-was.toml"), str(file), "--lang", lang])
    (line,) = (line for line in capsys.readouterr().out.splitlines() if said in line)
    assert counts in line and not MOVED[lang].search(line)
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    html = html_of(
        opened("compare", lang, **{"with": ["luzhou-2023/as-it-was", "luzhou-2023/published-rule"]})
    )
    assert said in html and counts in html
    assert Phrasebook(lang).say("finding.lettered.equal", letter="B", base="A") not in html


@EACH
def test_run_says_how_many_amounts_differ_and_which_are_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    for file, key in ((copied(tmp_path, 60).file, False), (LUZHOU / "published-rule.toml", True)):
        with pytest.raises(SystemExit):
            entry.main(["run", str(file), "--lang", lang])
        lines = capsys.readouterr().out.splitlines()
        names = [getattr(r.name, lang) for r in luzhou().recipients]
        off = Phrasebook(lang).say("cli.not_published", count=9, names=names)
        assert (Phrasebook(lang).say("cli.as_published") in lines, off in lines) == (key, not key)
