"""Papers that hold the options against amounts without a rule: those issued this year or last year."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import office
import pytest
from commands import ended
from docx import Document
from last_year import LAST_YEAR, luzhou_with_last_year
from pages import html_of, opened

from allocator import ScenarioError, load_scenario
from allocator.report.excel import workbook
from allocator.report.papers.blocks import Paper, Words
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.meeting import meeting
from allocator.report.papers.pack import document, not_drawn
from allocator.report.papers.pictures import pictures
from allocator.report.papers.proposal import Proposal, proposal
from allocator.report.papers.slides import deck
from allocator.report.tables.office import compare_table
from allocator.report.tables.table import Table
from allocator.report.words.comparing import change_sentences
from allocator.text import EN, Phrasebook

LANGS = ("zh", "en")
EACH = pytest.mark.parametrize("lang", LANGS)
BASES = pytest.mark.parametrize("key", ["published", "previous"])
FILES = ("published-rule", "equal-weights", "cap-zone")
NAMES = {
    ("published", "zh"): "已下达数", ("published", "en"): "the published amounts",
    ("previous", "zh"): "上年下达数", ("previous", "en"): "last year’s amounts",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Proposal]:
    """A proposal of three options, the last of which is proposed, against the base of this key."""
    folder = luzhou_with_last_year(tmp_path_factory.mktemp("scenarios")) / "luzhou-2023"

    @cache
    def of(lang: str, key: str | None, files: tuple[str, ...] = FILES) -> Proposal:
        scenarios = [load_scenario(folder / f"{file}.toml") for file in files]
        return proposal(scenarios, Phrasebook(lang), date(2023, 5, 31), proposed=len(files) - 1, base=key)

    return of


def words(paper: Paper) -> str:
    return "\n".join(block.text for block in paper.blocks if isinstance(block, Words))


def grids(paper: Paper) -> list[Table]:
    return [block for block in paper.blocks if isinstance(block, Table)]


@EACH
@BASES
def test_brief_and_meeting_paper_say_what_each_option_changes_against_it(made, lang: str, key: str) -> None:
    found = made(lang, key)
    every = change_sentences(found.allocations, Phrasebook(lang), found.known)
    assert len(every) == 3 and all(NAMES[key, lang] in sentence for sentence in every)
    for paper in (brief(found), meeting(found)):
        said = words(paper)
        assert {"zh": "与A相比", "en": "against A:"}[lang] not in said
        heads = [header for grid in grids(paper) for header in grid.headers]
        name = Phrasebook(lang).say(f"base.name.{key}")
        assert any(header.lower() == name for header in heads)
    assert all(sentence in words(meeting(found)) for sentence in every)
    (compared,) = (grid for grid in grids(meeting(found)) if "C" in grid.headers)
    shares = {"zh": "C占比（%）", "en": "C %"}[lang]
    assert f"C − {name}" in compared.headers and "B − A" not in compared.headers
    assert (shares in compared.headers) == (key == "previous")  # this year's sum is what options share out


@EACH
def test_everybody_s_change_is_from_last_year_and_has_no_reason(made, lang: str) -> None:
    found = made(lang, "previous")
    said = words(meeting(found))
    # 泸县 had 600,000 last year
    amount = found.chosen.amounts["luxian"]
    wanted = {"zh": f"泸县由60万元调整为{amount // 10_000}万元", "en": "Lu County goes from 600,000 yuan to"}
    assert wanted[lang] in said
    assert {"zh": "没有可对照的办法，以下只列增减数", "en": "these are the changes without reasons"}[
        lang
    ] in said
    assert {"zh": "方案C与上年下达数相比", "en": "Option C against last year’s amounts"}[lang] in said
    own = words(district(found, "luxian"))
    assert {"zh": "上年下达数为60万元", "en": "Against 600,000 yuan in last year’s amounts"}[lang] in own
    assert document(brief(found), found).content == document(brief(made(lang, "previous")), found).content


@EACH
def test_a_match_with_what_was_issued_is_not_taken_for_a_proof(made, lang: str) -> None:
    """The first option is the published rule over data made to match it."""
    found = made(lang, "published")
    shown = {slide.key: slide for slide in deck(found).slides}
    for text in (words(brief(found)), words(meeting(found)), shown["changes"].note):
        assert {"zh": "一致不代表办法或数据得到验证", "en": "the match proves nothing"}[lang] in text
    alone = {slide.key: slide for slide in deck(made(lang, "published", FILES[:1])).slides}["table"]
    assert {"zh": "测算结果与已下达数完全一致", "en": "equals the published amounts"}[lang] in alone.title
    assert {"zh": "没有增减", "en": "nothing moves"}[lang] not in alone.note


@EACH
@BASES
def test_slides_are_titled_by_it(made, lang: str, key: str) -> None:
    shown = {slide.key: slide for slide in deck(made(lang, key)).slides}
    name = NAMES[key, lang]
    assert all(name in shown[slide].title for slide in ("table", "changes"))
    assert (name in shown["options"].title) == (key == "published")  # of another sum no money is "moved"
    (chart,) = shown["changes"].charts
    assert len(chart.series) == (2 if key == "published" else 3)  # the first equals what was published
    found = made(lang, key)
    by = [found.allocations[1].amounts[id] - x for id, x in found.known.amounts.items()]
    assert [Fraction(x) * 10_000 for x in chart.series[-2][1]] == by
    if key == "previous":
        more = {"zh": "各对象合计多500万元", "en": "5,000,000 yuan more"}
        assert all(more[lang] in shown[slide].title for slide in ("table", "changes"))
        assert "base_share" in [column.key for column in found.shared_table.columns]


@EACH
@BASES
def test_pictures_draw_the_changes_from_it_and_no_reasons(made, lang: str, key: str) -> None:
    found = made(lang, key)
    made_of_it = list(pictures(found))
    names = [picture.name for picture in made_of_it]
    reasons = Phrasebook(lang).say("report.picture.file_reasons", letter="C", name="")[:3]
    assert not [name for name in names if reasons in name]
    changes = [p for p in made_of_it if NAMES[key, lang] in p.title]
    assert len(changes) == 3
    rows = {row[0]: row[1:] for row in changes[2].rows[1:]}
    for recipient in found.chosen.scenario.recipients:
        base, amount, by = map(Fraction, rows[getattr(recipient.name, lang)])
        assert (amount - base, base * 10_000) == (by, found.known.amounts[recipient.id])
    said = {"zh": "“原因”各图没有制作", "en": "No charts of reasons"}[lang]
    assert said in not_drawn(found)[0] and NAMES[key, lang] in not_drawn(found)[0]
    assert not [line for line in not_drawn(made(lang, None)) if said in line]


@EACH
@BASES
def test_the_workbook_compares_with_it(made, lang: str, key: str) -> None:
    found = made(lang, key)
    content = workbook(found.allocations, Phrasebook(lang), live=2, base=found.known)
    table = compare_table(found.allocations, Phrasebook(lang), found.known)
    page = office.opened(content)[Phrasebook(lang).say("excel.sheet.compare")]
    at = next(row for row in range(1, 20) if page.cell(row, 1).value == Phrasebook(lang).say("table.number"))
    assert tuple(page.cell(at, column).value for column in range(1, len(table.headers) + 1)) == table.headers
    for row, figures in enumerate(table.figures, at + 1):
        for column, value in enumerate(figures[2:], 3):
            assert page.cell(row, column).value == value, (row, column)
    formulas = office.opened(content, values=False)[Phrasebook(lang).say("excel.sheet.compare")]
    kinds = [cell.data_type for cell in formulas[at + 1][2:9]]
    assert kinds == ["f", "n", "f", "n", "f", "f", "f"]  # C is live, and so are the base's amounts
    summary = office.opened(content)[Phrasebook(lang).say("excel.sheet.summary")]
    labels = [cell.value for row in summary.iter_rows() for cell in row]
    moved = "moved" if key == "published" else "sum"
    label = Phrasebook(lang).say(
        f"excel.summary.{moved}_against", base=Phrasebook(lang).say(f"base.name.{key}")
    )
    assert labels[labels.index(label) + 1] == (
        sum(max(0, found.chosen.amounts[id] - x) for id, x in found.known.amounts.items()) / 10_000
        if key == "published"
        else 500
    )


def test_what_is_typed_into_the_workbook_moves_the_changes_from_last_year(made, converted) -> None:
    """Computed anew by LibreOffice, from wrong cached values: every change is the amount less last year's."""
    found = made("en", "previous")
    content = office.poisoned(workbook(found.allocations, EN, live=2, base=found.known))
    book = office.opened(converted({"base": content}, "xlsx")["base"])
    table = compare_table(found.allocations, EN, found.known)
    page = book[EN.say("excel.sheet.compare")]
    at = next(row for row in range(1, 20) if page.cell(row, 1).value == "No.")
    for row, figures in enumerate(table.figures, at + 1):
        found_row = [page.cell(row, column).value for column in range(3, len(figures) + 1)]
        assert found_row == [None if x is None else pytest.approx(float(x), abs=1e-6) for x in figures[2:]]
    printed = book[EN.say("excel.sheet.table")]
    heads = {printed.cell(6, column).value: column for column in range(1, 25)}
    by = [printed.cell(row, heads["Difference"]).value for row in range(7, 25)]
    wanted = [found.chosen.amounts[id] / 10_000 - x for id, x in zip(found.names, LAST_YEAR, strict=True)]
    assert [x for x in by if x is not None][: len(wanted)] == wanted


@EACH
def test_one_option_alone_is_held_against_it_too(made, lang: str) -> None:
    found = made(lang, "previous", ("equal-weights",))
    assert len(deck(found).slides) == 6
    for paper in (brief(found), meeting(found)):
        assert NAMES["previous", lang] in words(paper)


def test_without_a_base_papers_are_as_they_were(made) -> None:
    found = made("zh", None)
    assert found.known is None and "与A相比" in words(meeting(found))
    assert "已下达数" in [header for grid in grids(meeting(found)) for header in grid.headers]


def test_a_base_that_an_option_does_not_state_is_refused(made) -> None:
    with pytest.raises(ScenarioError):
        made("zh", "previous", ("published-rule", "without"))


@EACH
def test_the_command_takes_it_and_says_which_file_does_not_have_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, lang: str
) -> None:
    folder = luzhou_with_last_year(tmp_path / "s") / "luzhou-2023"
    rule, without = folder / "published-rule.toml", folder / "without.toml"
    asked = ["--date", "2023-05-31", "--lang", lang, "--out", tmp_path / "out"]
    _, said = ended(capsys, ["report", rule, without, "--base", "previous", *asked], 2)
    assert "without.toml" in said and {"zh": "没有上年下达数", "en": "no amounts of last year"}[lang] in said
    _, said = ended(capsys, ["report", rule, "--base", "file.toml", *asked], 2)
    assert "--base" in said and not (tmp_path / "out").exists()
    ended(capsys, ["report", rule, "--recipient", "泸县", "--base", "previous", *asked], 0)
    (made,) = (tmp_path / "out").glob("*.docx")
    text = "\n".join(p.text for p in Document(io.BytesIO(made.read_bytes())).paragraphs)
    assert NAMES["previous", lang] in text


def test_the_page_follows_the_base_that_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(luzhou_with_last_year(tmp_path / "s")))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    files = [f"luzhou-2023/{name}" for name in FILES[:2]]
    app = opened("report", base="previous", **{"with": files})
    (paper,) = re.findall(r'<article class="al-paper".*?</article>', html_of(app), re.S)
    assert "与上年下达数相比，各对象合计多500万元" in paper and "均与上年下达数相比" in paper
    app = app.selectbox(key="compare-base-zh").select(files[0]).run()
    (paper,) = re.findall(r'<article class="al-paper".*?</article>', html_of(app), re.S)
    assert "上年下达数相比" not in paper and "与已下达数相比" in paper
    said = html_of(opened("report", base="previous", **{"with": [files[0], "luzhou-2023/without"]}))
    assert "所选方案没有共同的上年下达数，各份材料不与其对比" in said
