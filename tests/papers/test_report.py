"""The papers of a proposal, read back from the files that people open."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import good_scenario
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from phrases import sentences
from pptx import Presentation
from undrawn import leave_undrawn

from allocator import (
    METHOD_VERSION,
    Allocation,
    Factor,
    Fund,
    Recipient,
    Scenario,
    ScenarioError,
    allocate,
    load_scenario,
)
from allocator.analysis.compare import changes
from allocator.cli import entry as cli
from allocator.cli.report import Asked
from allocator.cli.report import _proposal as of_command
from allocator.core.parts import Text
from allocator.core.provenance import Provenance
from allocator.files.saved import store
from allocator.report.charts import render
from allocator.report.papers import pictures
from allocator.report.papers.blocks import Paper, Words
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.docx import docx
from allocator.report.papers.internal import held, internal
from allocator.report.papers.meeting import meeting
from allocator.report.papers.office import notice, request
from allocator.report.papers.pack import File, Pack, document, for_inside, for_recipient, pack, papers, slides
from allocator.report.papers.parts import trace_lines
from allocator.report.papers.plain import schedule
from allocator.report.papers.proposal import Proposal, discreet, proposal
from allocator.report.papers.range_pictures import ranges
from allocator.report.papers.reproducible import zipped
from allocator.report.papers.slides import deck
from allocator.report.words.paper_code import paper_code
from allocator.text import EN, ZH, Phrasebook

ROOT = Path(__file__).parent.parent.parent
LUZHOU = ROOT / "scenarios" / "luzhou-2023"
FILES = ("published-rule", "equal-weights", "cap-zone")
ON = date(2023, 5, 31)
LANGS = ("zh", "en")


def luzhou(file: str, status: str = "assumed") -> Scenario:
    scenario = load_scenario(LUZHOU / f"{file}.toml")
    factors = tuple(replace(factor, status=status) for factor in scenario.factors)
    return replace(scenario, factors=factors)


@cache
def made(lang: str, *, status: str = "assumed", files: tuple[str, ...] = FILES, **how: Any) -> Proposal:
    return proposal([luzhou(file, status) for file in files], Phrasebook(lang), ON, **how)


@cache
def pictures_of(lang: str) -> tuple[pictures.Picture, ...]:
    """The pictures of the same proposal, made once and not drawn."""
    return tuple(pictures.pictures(made(lang)))


@cache
def shown(lang: str, **how: Any) -> File:
    """The slides of a proposal, made once."""
    return slides(made(lang, **how))


@cache
def all_papers(lang: str, status: str) -> tuple[Paper, ...]:
    """Every paper that this data allows."""
    found = made(lang, status=status)
    note = internal(found, held(found))
    assert note is not None
    return (*papers(found), district(found, "jiangyang"), note)


@cache
def file_of(paper: Paper) -> bytes:
    """The Word file of a paper, made once."""
    return docx(paper, ON)


def opened(paper: Paper) -> Any:
    return Document(io.BytesIO(file_of(paper)))


def tables(document: Any) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def tenthousands(amount: Any, lang: str, *, sign: bool = False) -> str:
    return Phrasebook(lang).number(Fraction(amount) / 10_000, sign=sign)


def names(scenario: Scenario, lang: str) -> dict[str, str]:
    return {r.id: getattr(r.name, lang) for r in scenario.recipients}


def column(table: list[list[str]], header: str, scenario: Scenario, lang: str) -> dict[str, str]:
    """The figures of a column by recipient's id."""
    heads = [head.replace("\n", "").replace("\N{NO-BREAK SPACE}", " ") for head in table[0]]
    at, who = heads.index(header), 1
    known = {name: id for id, name in names(scenario, lang).items()}
    return {known[row[who]]: row[at] for row in table[1:] if row[who] in known}


# --- figures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_every_table_of_amounts_is_what_allocate_gives(lang: str) -> None:
    found = made(lang, status="published", proposed=1)
    chosen = allocate(luzhou("equal-weights", "published"))
    wanted = {id: tenthousands(amount, lang) for id, amount in chosen.amounts.items()}
    moved = {id: tenthousands(by, lang, sign=True) for id, by in (chosen.differences or {}).items()}
    head = Phrasebook(lang).say("table.amount")
    seen = 0
    for build in (brief, meeting, request, notice):
        last = tables(opened(build(found)))
        for table in last:
            heads = [cell.replace("\n", "") for cell in table[0]]
            issued = Phrasebook(lang).say("report.notice.amount")
            for name in {head, issued, f"{issued}（万元）", f"{issued} (10k yuan)"}:
                if name in heads:
                    assert column(table, name, chosen.scenario, lang) == wanted
                    seen += 1
            if Phrasebook(lang).say("table.difference") in heads:
                assert column(table, Phrasebook(lang).say("table.difference"), chosen.scenario, lang) == moved
                whole = 56_020_000 if build is brief else 57_220_000  # the one page names departments above
                assert table[-1][heads.index(head)] == tenthousands(whole, lang)
    assert seen == 4  # brief, meeting, request, and the first annex of the notice


@pytest.mark.parametrize("lang", LANGS)
def test_the_options_side_by_side_are_what_allocate_gives(lang: str) -> None:
    found = made(lang)
    results = [allocate(luzhou(file)) for file in FILES]
    (table,) = [t for t in tables(opened(meeting(found))) if "B" in t[0]]
    for letter, result in zip("ABC", results, strict=True):
        assert column(table, letter, result.scenario, lang) == {
            id: tenthousands(amount, lang) for id, amount in result.amounts.items()
        }
        if letter != "A":
            by = changes(result, results[0].amounts)
            assert column(table, f"{letter} − A", result.scenario, lang) == {
                id: tenthousands(change, lang, sign=True) for id, change in by.items()
            }


def test_who_gains_and_who_loses_in_a_sentence_each() -> None:
    # 219 − 170 = 49; 25 % of employment instead of 10 % brings 87.67 instead of 35.07, which is 52.6 more
    said = [p.text for p in opened(meeting(made("zh"))).paragraphs]
    assert (
        "江阳区由170万元调整为219万元，因权重调整增加49万元，主要是就业贡献值分得的资金增加52.6万元。" in said
    )
    assert "自贸区由5000万元调整为4481万元，因保底、封顶调整减少519万元。" in said
    base = allocate(luzhou("published-rule")).amounts
    for file in FILES[1:]:
        after = allocate(luzhou(file)).amounts
        for id, name in names(luzhou(file), "zh").items():
            start = f"{name}由{base[id] // 10_000}万元调整为{after[id] // 10_000}万元，"
            by = (after[id] - base[id]) // 10_000
            each = any(line.startswith(start) and str(abs(by)) in line for line in said)
            # those whom one and the same reason moves are told of together
            together = any(f"{name}+{by}万元" in line and "均因保底、封顶调整" in line for line in said)
            assert each or together


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("status", ["assumed", "published"])
def test_what_the_file_says_is_what_the_paper_says(lang: str, status: str) -> None:
    for paper in all_papers(lang, status):
        document = opened(paper)
        shown = {p.text.replace("\N{NO-BREAK SPACE}", " ") for p in document.paragraphs}
        shown |= {text.replace("\n", "") for text in shown}  # titles end their lines between words
        assert all(b.text in shown for b in paper.blocks if isinstance(b, Words))


@pytest.mark.parametrize("lang", LANGS)
def test_which_figures_are_as_issued_and_which_are_derived_is_said(lang: str) -> None:
    said, unpublished = (
        Phrasebook(lang).say("report.trace.derived_published"),
        Phrasebook(lang).say("report.trace.derived"),
    )
    for paper in all_papers(lang, "published"):
        assert any(said in block.text for block in paper.blocks if isinstance(block, Words)), paper.key
    scenario = replace(luzhou("published-rule"), published=None)
    words = {
        block.text
        for block in brief(proposal([scenario], Phrasebook(lang), ON)).blocks
        if isinstance(block, Words)
    }
    assert unpublished in words and said not in words


def test_fine_print_stays_with_the_words_before_it_and_percent_signs_with_their_figures() -> None:
    for paper in all_papers("en", "assumed"):
        lines = opened(paper).paragraphs
        assert not [line.text for line in lines if re.search(r"\d %", line.text)]
        kept = {line.text.replace("\N{NO-BREAK SPACE}", " ") for line in lines
                if line.paragraph_format.keep_with_next}  # fmt: skip
        for block, after in zip(paper.blocks, paper.blocks[1:], strict=False):
            if isinstance(block, Words) and isinstance(after, Words) and after.kind == "small":
                assert block.text in kept or block.kind == "small"


@pytest.mark.parametrize("lang", LANGS)
def test_a_paper_for_one_recipient_tells_nothing_of_any_other(lang: str) -> None:
    found = made(lang)
    document = opened(district(found, "jiangyang"))
    text = "\n".join(
        [*(p.text for p in document.paragraphs), *(c for t in tables(document) for r in t for c in r)]
    )
    others = {id: name for id, name in names(luzhou("published-rule"), lang).items() if id != "jiangyang"}
    assert not [name for name in others.values() if name in text]
    whole = tables(document)[-1]
    # 5602 − 170 = 5432 for the other eight, and 170 + 5432 + 120 = 5722
    assert [row[1] for row in whole[1:]] == [Phrasebook(lang).number(n) for n in (170, 5432, 120, 5722)]


@pytest.mark.parametrize("lang", LANGS)
def test_the_charts_of_the_slides_are_what_allocate_gives_and_begin_at_zero(lang: str) -> None:
    results = [allocate(luzhou(file)) for file in FILES]
    show = Presentation(io.BytesIO(shown(lang).content))
    assert len(show.slides) == 8
    known = names(luzhou("published-rule"), lang)
    drawn: dict[str, float] = {}
    signed = []
    for slide in show.slides:
        for shape in slide.shapes:
            if not shape.has_chart:
                continue
            axis, (plot,) = shape.chart.value_axis, shape.chart.plots
            every = [dict(zip(plot.categories, series.values, strict=True)) for series in plot.series]
            assert axis.maximum_scale is None  # follows when somebody edits the figures
            if axis.minimum_scale == 0:
                drawn |= every[0]
            else:
                signed += every
    assert drawn == {known[id]: amount / 10_000 for id, amount in results[0].amounts.items()}
    assert signed == [
        {known[id]: by / 10_000 for id, by in changes(result, results[0].amounts).items()}
        for result in results[1:]
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_the_tables_of_the_slides_are_what_allocate_gives(lang: str) -> None:
    show = Presentation(io.BytesIO(shown(lang).content))
    found = [
        [[cell.text for cell in row.cells] for row in shape.table.rows]
        for slide in show.slides
        for shape in slide.shapes
        if shape.has_table
    ]
    result = allocate(luzhou("published-rule"))
    wanted = {id: tenthousands(amount, lang) for id, amount in result.amounts.items()}
    assert column(found[-2], Phrasebook(lang).say("table.amount"), result.scenario, lang) == wanted
    # 40 % and 10 % of 5602
    assert [row[2] for row in found[-1][1:]] == [Phrasebook(lang).number(Fraction(n), 2) for n in
                                                (Fraction("2240.8"), Fraction("2240.8"), Fraction("560.2"),
                                                 Fraction("560.2"))]  # fmt: skip


def test_the_figures_beside_a_picture_are_what_allocate_gives() -> None:
    found = made("en")
    for at, file in enumerate(FILES):
        result = allocate(luzhou(file))
        rows = pictures.amounts(found, at).rows
        assert [row[1] for row in rows[1:]] == [str(amount // 10_000) for amount in result.amounts.values()]
    for picture, file in zip(pictures.changes(found), FILES[1:], strict=True):
        by = changes(allocate(luzhou(file)), allocate(luzhou(FILES[0])).amounts)
        assert [row[3] for row in picture.rows[1:]] == [str(change // 10_000) for change in by.values()]


# --- how they look --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["assumed", "published"])
def test_chinese_papers_have_the_fonts_and_measures_of_official_documents(status: str) -> None:
    for paper in all_papers("zh", status):
        if paper.compact:
            continue  # a memorandum of one page
        document = opened(paper)
        wanted = {"Title": ("方正小标宋简体", 22), "Normal": ("仿宋_GB2312", 16),
                  "Heading 1": ("黑体", 16), "Heading 2": ("楷体_GB2312", 16)}  # fmt: skip
        for name, (font, size) in wanted.items():
            style = document.styles[name]
            assert style.element.rPr.rFonts.get(qn("w:eastAsia")) == font
            assert style.font.size == Pt(size)
        assert document.styles["Normal"].paragraph_format.line_spacing == Pt(28.95)
        first = document.sections[0]
        grid = first._sectPr.find(qn("w:docGrid"))  # 22 lines of 28 characters on an upright sheet
        pitch, apart = (int(grid.get(qn(f"w:{name}"))) for name in ("linePitch", "charSpace"))
        assert grid.get(qn("w:type")) == "linesAndChars"
        assert (297 - 37 - 35) / 25.4 * 72 // (pitch / 20) == 22
        assert (210 - 28 - 26) / 25.4 * 72 / (16 + apart / 4096) == pytest.approx(28, abs=0.01)
        margins = [first.top_margin, first.bottom_margin, first.left_margin, first.right_margin]
        assert [round(margin / Mm(1)) for margin in margins] == [37, 35, 28, 26]
        for side in (first.footer, first.even_page_footer):
            assert "".join(t.text for t in side._element.iter(qn("w:t"))) == "— 1 —"


@pytest.mark.parametrize("lang", LANGS)
def test_every_style_and_run_says_its_asian_font_and_language(lang: str) -> None:
    for paper in all_papers(lang, "published"):
        document = opened(paper)
        for name in {p.style.name for p in document.paragraphs}:
            properties = document.styles[name].element.rPr
            assert properties.rFonts.get(qn("w:eastAsia")), name
            assert properties.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN", name
        for table in document.tables:
            for run in table._tbl.iter(qn("w:r")):
                assert run.rPr.rFonts.get(qn("w:eastAsia"))


@pytest.mark.parametrize("lang", LANGS)
def test_headings_of_tables_are_repeated_on_every_page_and_rows_stay_whole(lang: str) -> None:
    for paper in all_papers(lang, "published"):
        for table in opened(paper).tables:
            first, *rows = table.rows
            assert [one.tag for one in first._tr.trPr.iter(qn("w:tblHeader"))] == [qn("w:tblHeader")]
            assert not any(list(row._tr.iter(qn("w:tblHeader"))) for row in rows)
            assert all(list(row._tr.iter(qn("w:cantSplit"))) for row in table.rows)


@pytest.mark.parametrize("lang", LANGS)
def test_what_lists_options_parts_them(lang: str) -> None:
    found = made(lang)
    digests = [scenario.digest[7:19] for scenario in found.scenarios]
    codes = [paper_code(scenario) for scenario in found.scenarios]
    option = {"zh": "方案{} {}", "en": "Option {} {}"}[lang]
    comma = {"zh": "、", "en": ", "}[lang]
    listed = [
        comma.join(option.format(*pair) for pair in zip("ABC", some, strict=True))
        for some in (digests, codes)
    ]
    (line,) = trace_lines(found)[-1]
    assert all(some in line for some in listed)
    foot = next(iter(pictures.changes(found))).spec["vconcat"][-1]["mark"]["text"]
    assert comma.join(option.format(*pair) for pair in zip("AB", digests, strict=False)) in foot


def test_what_the_program_cannot_know_is_left_blank() -> None:
    found = made("zh", status="published")
    text = "\n".join(p.text for p in opened(request(found)).paragraphs)
    for blank in ("×××〔××××〕×号", "×××人民政府：", "×××（发文机关）", "××××年×月×日", "妥否，请批示。"):
        assert blank in text
    targets = tables(opened(notice(found)))[1]
    assert all(cell == "×××" for row in targets[2:] for cell in row[2:])
    assert "2023年5月31日" not in text.split("附件\n")[0]


# --- assumed data ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_assumed_data_is_marked_on_every_page_and_in_every_name(lang: str) -> None:
    mark, start = Phrasebook(lang).say("report.mark"), {"zh": "【示例】", "en": "illustrative-"}[lang]
    for paper in all_papers(lang, "assumed"):
        assert paper.name.startswith(start)
        document = opened(paper)
        even = document.settings.odd_and_even_pages_header_footer
        for section in document.sections:
            assert not section.different_first_page_header_footer
            for header in [section.header, *([section.even_page_header] if even else [])]:
                assert mark in header.paragraphs[0].text
    show = shown(lang)
    assert show.name.startswith(start)
    for slide in Presentation(io.BytesIO(show.content)).slides:
        assert mark in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for picture in pictures_of(lang):
        assert picture.name.startswith(start)
        assert picture.spec["title"]["subtitle"][0] == mark


@pytest.mark.parametrize("lang", LANGS)
def test_real_data_bears_no_mark(lang: str) -> None:
    for paper in all_papers(lang, "published"):
        assert Phrasebook(lang).say("report.mark") not in paper.mark
        assert not paper.name.startswith(("【示例】", "illustrative"))


@pytest.mark.parametrize("status", ["assumed", "example"])
def test_neither_request_nor_notice_is_made_from_assumed_data(status: str) -> None:
    rule = luzhou("published-rule", "published")
    one_cell = replace(rule, provenance=(Provenance("naxi", "tax", status),))
    one_column = replace(rule, factors=(*rule.factors[:-1], replace(rule.factors[-1], status=status)))
    for scenario in (one_cell, one_column):
        for scenarios in ([scenario], [rule, scenario]):
            found = proposal(scenarios, ZH, ON)
            for build in (request, notice):
                with pytest.raises(ScenarioError) as refused:
                    build(found)
                assert [problem.key for problem in refused.value.problems] == ["report_assumed"]
            assert [paper.key for paper in papers(found)] == ["brief", "meeting", "worksheet"]
    derived = replace(rule, factors=tuple(replace(f, status="derived") for f in rule.factors))
    assert [p.key for p in papers(proposal([derived], ZH, ON))] == [
        "brief",
        "meeting",
        "request",
        "notice",
        "worksheet",
    ]


def test_ranges_and_readings_stand_in_the_internal_note_alone() -> None:
    for lang, word in (("zh", "可能范围"), ("en", "possible range")):
        for paper in all_papers(lang, "published"):
            document = opened(paper)
            text = "\n".join(
                [*(p.text for p in document.paragraphs), *(c for t in tables(document) for r in t for c in r)]
            )
            assert (word in text.lower()) == (paper.key == "internal")


# --- the pack -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    folder = tmp_path_factory.mktemp("good")
    return load_scenario(good_scenario.make(folder, good_scenario.GOOD))


@pytest.fixture(scope="module")
def packed(small: Scenario) -> Pack:
    return pack(proposal([small, small.with_weights(investment=50, jobs=50)], ZH, ON))


def test_the_same_input_gives_the_same_bytes(small: Scenario, packed: Pack) -> None:
    again = pack(proposal([small, small.with_weights(investment=50, jobs=50)], ZH, ON))
    assert {f.name: f.content for f in again.files} == {f.name: f.content for f in packed.files}
    assert again.archive.content == packed.archive.content
    other = document(brief(replace(made("zh"), on=date(2024, 1, 1))), made("zh"))
    assert other.content != document(brief(made("zh")), made("zh")).content


def test_the_pack_holds_every_file_and_says_what_is_what(packed: Pack) -> None:
    with zipfile.ZipFile(io.BytesIO(packed.archive.content)) as archive:
        assert archive.testzip() is None
        inside = {name: archive.read(name) for name in archive.namelist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert inside == {file.name: file.content for file in packed.files}
    readme = inside["说明.txt"].decode("utf-8-sig")
    lines = readme.splitlines()
    hashes = dict(reversed(line.split("  ")) for line in lines[lines.index("各文件的SHA-256：") + 1 :])
    import hashlib

    assert hashes == {n: hashlib.sha256(c).hexdigest() for n, c in inside.items() if n != "说明.txt"}
    for kind in ("docx", "pdf", "pptx", "xlsx", "png", "svg", "csv", "toml"):
        assert any(name.endswith(kind) for name in inside)
    assert "内部" not in "".join(inside)
    for said in ("投资60%", "示例", f"算法版本{METHOD_VERSION}", "2023年5月31日", "方案A"):
        assert said in readme


def test_the_scenarios_of_the_pack_give_the_same_digests(
    packed: Pack, small: Scenario, tmp_path: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(packed.archive.content)) as archive:
        archive.extractall(tmp_path)
    digests = [load_scenario(tmp_path / "方案文件" / x / "scenario.toml").digest for x in "AB"]
    assert digests == [small.digest, small.with_weights(investment=50, jobs=50).digest]


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs without the pictures that go to others, which take longest to make; no other is drawn."""
    monkeypatch.setattr("allocator.report.papers.pictures.pictures", lambda _, every: iter(()))
    leave_undrawn(monkeypatch)


@pytest.mark.usefixtures("without_pictures")
def test_the_internal_note_is_packed_only_when_asked_for(small: Scenario) -> None:
    with_it = pack(proposal([small], EN, ON), with_inside=True)
    with zipfile.ZipFile(io.BytesIO(with_it.archive.content)) as archive:
        assert [n for n in archive.namelist() if n.startswith("internal/")] == [
            f.name for f in with_it.inside
        ]


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize("lang", LANGS)
def test_charts_of_ranges_go_with_the_internal_note_and_draw_what_the_audit_finds(lang: str) -> None:
    found = made(lang)
    shown = list(ranges(found, held(found)))
    # 25/25/25/25 is tried, cap-zone has the rule's own weights: money, the zone apart, and shares
    assert len(shown) == 3
    assert all(Phrasebook(lang).say("report.internal.mark") in p.spec["title"]["subtitle"][0] for p in shown)
    money_rows = {row[0]: row[1:] for picture in shown[:2] for row in picture.rows[1:]}
    assert list(money_rows) == list(names(luzhou("published-rule"), lang).values())
    zone = names(luzhou("published-rule"), lang)["ftz"]
    # 4094.78 to 5226.31 (method.md, section 3), outward in the chart's figures, which are whole from 1,000 on
    assert money_rows[zone][0] == {"zh": "4094–5227", "en": "4,094–5,227"}[lang]
    assert {len(row) for row in shown[2].rows} == {3} and len(shown[2].rows) == 1 + 4 * 9
    made_pack = pack(found, every_picture=True)
    inside = [f.name for f in made_pack.inside]
    assert len(inside) == 2 + 3 * 3
    assert len(pack(found).inside) == 2  # the note as Word and PDF, and no picture unless asked for
    assert not [f.name for f in made_pack.files if f.name in inside]


@pytest.mark.usefixtures("without_pictures")  # they hold no cells
def test_what_cells_say_of_companies_stays_out_unless_asked_for(small: Scenario) -> None:
    cell = Provenance("north", "jobs", "derived", "SOMEBODY", ON, 11, 10, "ACME Ltd")
    secret = replace(small, provenance=(cell,))
    assert discreet(secret).provenance == (Provenance("north", "jobs", "derived"),)
    assert discreet(secret).digest == secret.digest

    def leaked(found: Pack) -> list[str]:
        parts = dict[str, bytes]()
        for file in found.files:
            parts[file.name] = file.content
            if file.name.endswith(("docx", "pptx", "xlsx")):
                with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
                    parts |= {f"{file.name}/{n}": archive.read(n) for n in archive.namelist()}
        return [name for name, content in parts.items() if b"ACME" in content or b"SOMEBODY" in content]

    assert leaked(pack(proposal([secret], EN, ON))) == []
    assert leaked(pack(proposal([secret], EN, ON, details=True)))


def test_names_with_markup_and_slashes_are_harmless() -> None:
    bad = Text('甲/..\\<b>&"区"', 'A/..\\<b>&"x"')
    rule = luzhou("published-rule")
    first, second, *rest = rule.recipients
    scenario = replace(rule, recipients=(replace(first, name=bad), second, *rest))
    found = proposal([scenario], ZH, ON)
    text = "\n".join(p.text for p in opened(district(found, first.id)).paragraphs)
    assert bad.zh in text
    file, _ = for_recipient(found, first.id)
    assert not set('/\\<>:"') & set(file.name)
    (spec,) = [p for p in pictures.pictures(found) if p.name.startswith("【示例】分步-甲")]
    assert bad.zh in spec.title
    show = Presentation(io.BytesIO(slides(found).content))
    assert any(
        bad.zh in shape.chart.plots[0].categories
        for s in show.slides
        for shape in s.shapes
        if shape.has_chart
    )


def test_two_files_never_have_one_name(small: Scenario) -> None:
    from allocator.report.papers.pack import _distinct

    files = [File("a.txt", b"1", ""), File("A.txt", b"2", ""), File("x/a.txt", b"3", "")]
    assert [file.name for file in _distinct(files)] == ["a.txt", "A (2).txt", "x/a.txt"]


# --- pictures -------------------------------------------------------------------------------------


def test_chinese_characters_are_drawn_not_boxes() -> None:
    def spec(text: str) -> dict[str, Any]:
        mark = {"type": "text", "text": text, "font": pictures.FONT, "fontSize": 20}
        return {"data": {"values": [{}]}, "mark": mark, "width": 100, "height": 30}

    with render.drawing([spec("江阳区"), spec("纳溪区"), spec("江阳区")]) as wait:
        one, other, again = wait(lambda part: None)
    assert one.png.startswith(b"\x89PNG")
    assert one.png == again.png != other.png
    assert b"<svg" in one.svg


def test_without_the_font_no_picture_is_drawn_and_it_is_said(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    found = pack(proposal([small], ZH, ON))
    assert not [file.name for file in found.files if file.name.endswith((".png", ".svg"))]
    assert any("pylopdf-fonts-zh-cn" in sentence for sentence in found.left_out)
    assert any(file.name.endswith(".docx") for file in found.files)


@pytest.mark.parametrize("lang", LANGS)
def test_no_picture_and_no_slide_draws_one_quantity_on_two_scales(lang: str) -> None:
    """The longer bar is the larger figure: 4481 must not be drawn shorter than 317."""

    def views(part: Any) -> Iterator[Mapping[str, Any]]:
        if isinstance(part, dict):
            values = part.get("data", {}).get("values", [{}])
            if "low" in values[0]:
                yield part
            for inner in part.values():
                yield from views(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from views(inner)

    found = made(lang, proposed=2)
    for picture in [*pictures.pictures(found), *ranges(found, held(found))]:
        ends: dict[str, set[tuple[float, float, int]]] = {}
        for view in views(picture.spec):
            first = view["data"]["values"][0]
            quantity = next(key for key in ("change", "amount", "least", "low") if key in first)
            ends.setdefault(quantity, set()).add((first["low"], first["high"], view["width"]))
        assert all(len(scales) == 1 for scales in ends.values()), picture.name
    for slide in Presentation(io.BytesIO(shown(lang, proposed=2).content)).slides:
        charts = [shape for shape in slide.shapes if shape.has_chart]
        assert len(charts) < 2  # all options stand on one axis


@pytest.mark.parametrize("lang", LANGS)
def test_the_share_beside_an_amount_is_that_amounts_share(lang: str) -> None:
    found = made(lang, proposed=2)
    amounts, head = allocate(luzhou("cap-zone")).amounts, Phrasebook(lang).say("table.final")
    show = Presentation(io.BytesIO(shown(lang, proposed=2).content))
    shapes = [s for slide in show.slides for s in slide.shapes]
    (table,) = [
        cells
        for shape in shapes
        if shape.has_table and head in (cells := [[c.text for c in row.cells] for row in shape.table.rows])[0]
    ]
    shares = column(table, head, luzhou("cap-zone"), lang)
    # 4481 of 5602 is 79.99 %, and what is shown adds up
    assert shares["ftz"] == "79.99"
    assert sum(map(Fraction, shares.values())) == 100
    for id, share in shares.items():
        assert abs(Fraction(share) - 100 * Fraction(amounts[id], 56_020_000)) < Fraction(1, 100)
    titles = [slide.title for slide in deck(found).slides]
    assert any("79.99" in title for title in titles)
    assert not any(re.search(r"8[09]\.\d", title) for title in titles)
    # where nothing was published the brief has a share beside the amount: the same one
    alone = replace(luzhou("cap-zone"), published=None)
    (table, *_) = tables(opened(brief(proposal([alone], Phrasebook(lang), ON))))
    assert column(table, Phrasebook(lang).say("report.brief.share"), alone, lang) == shares


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_on_a_slide_lies_on_its_table_whose_headings_have_room_for_two_lines(lang: str) -> None:
    for slide in Presentation(io.BytesIO(shown(lang, proposed=2).content)).slides:
        for table in [shape for shape in slide.shapes if shape.has_table]:
            heights = [row.height for row in table.table.rows]
            below = [shape.top for shape in slide.shapes if shape.top > table.top]
            assert table.top + sum(heights) <= min(below)
            percent = any("%" in cell.text for cell in table.table.rows[0].cells)
            assert not percent or heights[0] >= 1.5 * min(heights)


@pytest.mark.parametrize("lang", LANGS)
def test_slides_say_which_recipients_they_list(lang: str) -> None:
    # 20 recipients: amounts grow from the first to the last, changes from the last to the first
    amounts = [1000 + 10 * i for i in range(20)]
    published = {f"r{i}": amount + (-1) ** i * 5 * (20 - i) for i, amount in enumerate(amounts)}
    published["r19"] += sum(amounts) - sum(published.values())
    scenario = Scenario(
        title="t",
        fund=Fund(sum(amounts), "USD", 1),
        kind="scores",
        weights={"x": 1},
        recipients=[Recipient(f"r{i}", Text(f"r{i}")) for i in range(20)],
        factors=[Factor("x", tuple(amounts), status="published")],
        published=published,
    )
    other = replace(scenario, factors=(Factor("x", tuple(published.values()), status="published"),))
    by_key = {slide.key: slide for slide in deck(proposal([scenario, other], Phrasebook(lang), ON)).slides}
    assert set(by_key["amounts"].charts[0].names) == {f"r{i}" for i in range(6, 20)}
    assert Phrasebook(lang).say("report.slide.some_amounts", count=14) in by_key["amounts"].note
    differences = {id: amount - published[id] for id, amount in zip(published, amounts, strict=True)}
    most = sorted(differences, key=lambda id: -abs(differences[id]))[:14]
    grid = by_key["table"].grid
    assert grid is not None
    assert {row.cells[1] for row in grid.rows if row.role == "recipient"} == set(most)
    assert Phrasebook(lang).say("report.slide.some_changes", count=14) in by_key["table"].note
    assert set(by_key["changes"].charts[0].names) == set(most)
    assert Phrasebook(lang).say("report.slide.some_changes", count=14) in by_key["changes"].note
    same = replace(scenario, published=dict(zip(published, amounts, strict=True)))
    (table,) = [
        slide for slide in deck(proposal([same], Phrasebook(lang), ON)).slides if slide.key == "table"
    ]
    assert Phrasebook(lang).say("report.slide.some_amounts", count=14) in table.note


def test_axes_of_pictures_begin_at_zero() -> None:
    def scales(part: Any) -> Iterator[Mapping[str, Any]]:
        if isinstance(part, dict):
            if isinstance(part.get("x"), dict) and "scale" in part["x"]:
                yield part["x"]["scale"]
            for inner in part.values():
                yield from scales(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from scales(inner)

    for picture in pictures_of("zh"):
        for scale in scales(picture.spec):
            assert scale.get("zero") is True or scale.get("type") == "log"
            assert "对数坐标" in picture.title or scale.get("type") != "log"


# --- LibreOffice ----------------------------------------------------------------------------------


def test_papers_open_in_libreoffice_and_have_the_pages_that_are_stated(
    converted: Callable[..., dict[str, bytes]],
) -> None:
    files: dict[str, bytes] = {}
    most: dict[str, int] = {}
    limits = {
        "brief": 1, "meeting": 6, "request": 3, "notice": 4, "worksheet": 6, "district": 1, "internal": 3,
    }  # fmt: skip
    for lang in LANGS:
        for status in ("assumed", "published"):
            for paper in all_papers(lang, status):
                name = f"{lang}-{status}-{paper.key}.docx"
                files[name], most[name] = file_of(paper), limits[paper.key]
        show = shown(lang).content
        files[f"{lang}-slides.pptx"], most[f"{lang}-slides.pptx"] = show, 8
    printed = converted(files, "pdf")
    pages = {name: len(re.findall(rb"/Type\s*/Page\b", content)) for name, content in printed.items()}
    assert {name: count for name, count in pages.items() if not 1 <= count <= most[name]} == {}
    assert pages["zh-slides.pptx"] == pages["en-slides.pptx"] == 8


# --- many recipients ------------------------------------------------------------------------------


def test_a_fund_of_137_councils_makes_papers_that_hold_all_of_them() -> None:
    scenario = load_scenario(ROOT / "scenarios" / "au-wa-2024-25" / "scenario.toml")
    found = proposal([scenario], EN, ON)
    result = allocate(scenario)
    whole = tables(opened(schedule(found)))[-1]
    assert len([row for row in whole if row[0]]) == 1 + len(result.amounts)
    (few,) = tables(opened(brief(found)))
    assert len(few) == 1 + 12 + 2  # the largest changes, the others together, and all
    assert few[-1][3] == EN.number(sum(result.amounts.values()))
    show = Presentation(io.BytesIO(slides(found).content))
    assert all(len(s.table.rows) <= 18 for slide in show.slides for s in slide.shapes if s.has_table)


# --- the command line -----------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def start(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["report", *map(str, arguments)])
        told = capsys.readouterr()
        return int(str(ended.value.code)), told.out, told.err

    return start


def test_report_writes_the_pack_and_each_file(run: Run, tmp_path: Path, small: Scenario) -> None:
    path = good_scenario.make(tmp_path / "in", good_scenario.GOOD)
    status, out, err = run(path, "--lang", "en", "--out", tmp_path / "out", "--date", "2023-05-31")
    assert status == 0, err
    made_files = sorted(
        p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()
    )
    assert f"Made {len(made_files)} files" in out
    assert "illustrative-pack.zip" in made_files
    assert "no request and no notice" in err
    with zipfile.ZipFile(tmp_path / "out" / "illustrative-pack.zip") as archive:
        assert {*archive.namelist(), "illustrative-pack.zip"} == {
            n for n in made_files if not n.startswith("internal/")
        }


def test_the_working_paper_of_a_kept_scenario_has_what_was_frozen_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    first, last = (load_scenario(LUZHOU / f"{name}.toml") for name in ("published-rule", "equal-weights"))
    store.keep("方案一", first, who="王", why="照原办法", stage="初稿", after=None)
    store.keep("方案一", last, who="王", why="四项等权", stage="征求意见", after=1)
    (file,) = (tmp_path / "home").rglob("方案一/scenario.toml")
    found = of_command([str(file)], Asked(None), ZH)
    assert [(version.name, version.why) for version in found.versions] == [
        ("初稿", "照原办法"), ("征求意见", "四项等权"), ("本次建议", ""),
    ]  # fmt: skip
    # in units of 10,000 yuan: 5,000 as published, and 4,834 under equal weights
    assert [version.amounts["ftz"] for version in found.versions] == [50_000_000, 48_340_000, 48_340_000]
    (file.parent / "states" / "0001" / "factors.csv").write_text("changed")
    assert [version.name for version in of_command([str(file)], Asked(None), ZH).versions] == [
        "征求意见", "本次建议",
    ]  # fmt: skip
    assert of_command([str(LUZHOU / "published-rule.toml")], Asked(None), ZH).versions == ()


def test_report_for_recipients_writes_their_papers_alone(run: Run, tmp_path: Path) -> None:
    rule = LUZHOU / "published-rule.toml"
    status, _, err = run(
        rule, "--lang", "zh", "--out", tmp_path / "o", "--recipient", "江阳区", "--recipient", "naxi"
    )
    assert status == 0, err
    assert sorted(p.name for p in (tmp_path / "o").iterdir()) == [
        "【示例】江阳区分配情况单.docx", "【示例】江阳区分配情况单.pdf",
        "【示例】纳溪区分配情况单.docx", "【示例】纳溪区分配情况单.pdf",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name one to six scenario files"),
        ((LUZHOU / "published-rule.toml",), "no folder for the papers"),
        ((*[LUZHOU / "published-rule.toml"] * 7, "--out", "{new}"), "name one to six"),
        ((LUZHOU / "nothing.toml", "--out", "{new}"), "nothing.toml"),
        ((LUZHOU / "published-rule.toml", "--out", "{full}"), "{full}"),
        ((LUZHOU / "published-rule.toml", "--out", "{file}/x"), "cannot be written"),
        ((LUZHOU / "published-rule.toml", "--out", "{new}", "--propose", "2"), "--propose"),
        ((LUZHOU / "published-rule.toml", "--out", "{new}", "--propose", "A"), "--propose"),
        ((LUZHOU / "published-rule.toml", "--out", "{new}", "--date", "31.5.2023"), "--date"),
        ((LUZHOU / "published-rule.toml", "--out", "{new}", "--recipient", "nobody"), "--recipient"),
        ((LUZHOU / "published-rule.toml", "--out", "{new}", "--reading", "no.toml"), "no.toml"),
        (
            (LUZHOU / "published-rule.toml", ROOT / "scenarios/us-crf-2020/scenario.toml", "--out", "{new}"),
            "CNY",
        ),
    ],
)
def test_bad_input_is_told_in_a_sentence_and_writes_nothing(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], said: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("")
    places = {"new": str(tmp_path / "new"), "full": str(tmp_path / "full"), "file": str(tmp_path / "file")}
    written = [a.format(**places) if isinstance(a, str) else a for a in arguments]
    status, out, err = run(*written, "--lang", "en")
    assert (status, out) == (2, "")
    assert said.format(**places) in err and "Traceback" not in err
    assert not (tmp_path / "new").exists()
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]


def test_scenarios_of_different_funds_are_refused(run: Run, tmp_path: Path) -> None:
    text = good_scenario.GOOD["scenario.toml"]
    paths = []
    for name in ("one", "two"):
        files = {
            **good_scenario.GOOD,
            "scenario.toml": text.replace("[fund]", f'[fund]\nname = "fund {name}"'),
        }
        paths.append(good_scenario.make(tmp_path / name, files))
    status, _, err = run(*paths, "--out", tmp_path / "out", "--lang", "en")
    assert status == 2
    assert "different funds (fund one, fund two)" in err


def test_limits_that_cannot_hold_name_their_file(run: Run, tmp_path: Path) -> None:
    files = good_scenario.damaged([("scenario.toml", "floor = 10_000", "floor = 900_000")])
    path = good_scenario.make(tmp_path / "in", files)
    status, _, err = run(path, "--out", tmp_path / "out", "--lang", "en")
    assert status == 3
    assert "scenario.toml" in err


# --- texts ----------------------------------------------------------------------------------------


def test_english_papers_say_nothing_in_chinese() -> None:
    assert not [
        key for key, said in sentences("en", "report.").items() if re.search(r"[\u4e00-\u9fff]", said)
    ]


def test_nothing_published_leaves_no_internal_note(small: Scenario) -> None:
    found = proposal([replace(small, published=None)], EN, ON)
    assert held(found) == [] and internal(found, []) is None and for_inside(found, [], []) == []
    assert isinstance(found.chosen, Allocation)
    assert zipped([("a", b"b")]) == zipped([("a", b"b")])
