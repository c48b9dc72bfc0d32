"""Papers of one page, sheets of official documents, and what never stands alone on a page."""

from __future__ import annotations

import csv
import io
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import office
import pytest
from docx import Document
from docx.oxml.ns import qn
from figures_in_text import BOOKS
from generated import generated
from pypdf import PdfReader
from shipped import SCENARIOS
from test_figures_in_papers import KINDS, ON, made

from allocator import Factor, Limit, Text
from allocator.core.provenance import Provenance
from allocator.report.papers.blocks import Attached, Paper, Words
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.docx import docx
from allocator.report.papers.docx_styles import LOOKS
from allocator.report.papers.fitting import endings, fits, height
from allocator.report.papers.office import notice, request
from allocator.report.papers.proposal import Version, proposal
from allocator.report.papers.titles import title_lines, width
from allocator.report.papers.worksheet import worksheet
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.per_unit import people


@pytest.mark.parametrize("lang", BOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_brief_and_statement_are_set_for_one_page(kind: str, lang: str) -> None:
    found = made(kind, lang)
    for paper in (brief(found), district(found, found.chosen.scenario.ids[0])):
        look = LOOKS[lang == "zh", paper.compact]
        assert paper.compact
        assert height(paper.blocks, look) <= (297 - look.margins[0] - look.margins[1]) / 25.4 * 72


@pytest.mark.parametrize("lang", BOOKS)
def test_six_options_for_twenty_recipients_take_one_page_too(lang: str) -> None:
    rule = generated(20, 8)
    limits = [
        (Limit("district", floor=10**6 * at), Limit("all", cap=9 * 10**6 + at * 10**6)) for at in range(1, 6)
    ]
    others = [
        replace(rule, title=Text(f"方案之{at}", f"Variant {at}"), limits=two) for at, two in enumerate(limits)
    ]
    page = brief(proposal([rule, *others], BOOKS[lang], ON, proposed=3))
    assert fits(page.blocks, chinese=lang == "zh")
    amounts, options = (block for block in page.blocks if isinstance(block, Table))
    assert len(options.rows) == 6 and len(amounts.rows) >= 12


@pytest.mark.office
def test_they_are_one_page_in_libreoffice(tmp_path: Path) -> None:
    """And the working paper has no page of a heading and a line."""
    files = {}
    for kind, lang in (("three", "zh"), ("pools", "en"), ("australia", "zh")):
        found = made(kind, lang)
        files[f"{kind}-brief.docx"] = docx(brief(found), ON)
        files[f"{kind}-statement.docx"] = docx(district(found, found.chosen.scenario.ids[0]), ON)
    # whose last page would be a heading and a line
    files["worksheet.docx"] = docx(worksheet(made("instalments", "en")), ON)
    for name, content in office.converted(files, "pdf").items():
        if name == "worksheet.docx":
            assert all(len(page.extract_text()) > 300 for page in PdfReader(io.BytesIO(content)).pages)
            continue
        (tmp_path / "paper.pdf").write_bytes(content)
        said = subprocess.run(["pdfinfo", tmp_path / "paper.pdf"], capture_output=True, text=True, check=True)
        assert "Pages:           1" in said.stdout, name


def test_the_brief_says_first_what_is_proposed_to_whom_and_who_loses() -> None:
    words = [block for block in brief(made("three", "zh")).blocks if isinstance(block, Words)]
    assert [block.kind for block in words[:3]] == ["title", "callout", "text"]
    # 4,481 of 5,000, and 170 + 147 = 317
    assert words[1].text == (
        "建议采用方案C（自贸区封顶80%）。与已下达数相比，自贸区4481万元（−519万元），"
        "转给其余8个：江阳区+147万元、古蔺县+114万元居前。"
    )
    assert "市级部门120万元，9个区县（园区）5602万元" in words[2].text
    why = next(after for one, after in pairwise(words) if one.text == "谁减少、为什么")
    assert (
        why.text
        == "只有自贸区减少，由5000万元减为4481万元。原因是保底、封顶不同，由此减下的519万元转给其余8个。"
    )


def test_the_options_are_lettered_described_and_the_proposed_one_is_marked() -> None:
    _, options = (block for block in brief(made("three", "zh")).blocks if isinstance(block, Table))
    assert [row.cells[0] for row in options.rows] == ["A", "B", "C　建议"]
    assert [row.role for row in options.rows] == ["recipient", "recipient", "proposed"]
    assert [row.cells[2:] for row in options.rows] == [
        ("0", "0", "0", "89.3%"), ("166", "8", "1", "86.3%"), ("519", "8", "1", "80.0%"),
    ]  # fmt: skip
    assert "自贸区封顶按因素法分配额的80%" in options.rows[2].cells[1]


def test_what_nobody_confirmed_is_named_with_its_cell() -> None:
    (rule, *_), _ = made("real", "zh").scenarios, None
    cell = Provenance("jiangyang", "tax", provider="税务局", declared=3, verified=2)
    sure = Provenance("luxian", "tax", provider="税务局", confirmed_on=ON)
    for details in (False, True):
        found = proposal([replace(rule, provenance=(cell, sure))], BOOKS["zh"], ON, details=details)
        said = [block.text for block in brief(found).blocks if isinstance(block, Words)]
        assert "尚未确认的数据1处：江阳区的税收贡献值。" in said
    grids = [block for block in worksheet(found).blocks if isinstance(block, Table)]
    (cells,) = (grid for grid in grids if "格号" in grid.headers)
    # the first column of the file is the recipient, the second investment; the first line the headings
    assert [row.cells[0] for row in cells.rows] == ["C2", "C5"]
    assert [row.cells[7] for row in cells.rows] == ["未确认", "2023-05-31"]


def test_versions_stand_side_by_side_with_their_changes() -> None:
    found = made("real", "zh")
    first, last = found.allocations[0].amounts, found.allocations[2].amounts
    paper = worksheet(
        replace(found, versions=(Version("初稿", first), Version("征求意见", last, "采纳意见", "办法第三条")))
    )
    grid = [block for block in paper.blocks if isinstance(block, Table)][-1]
    assert grid.headers[2:] == ("初稿", "征求意见", "增减")
    assert grid.rows[0].cells == ("1", "江阳区", "170", "317", "+147")
    text = "".join(block.text for block in paper.blocks if isinstance(block, Words))
    assert "征求意见：与初稿相比，共调整519万元" in text and "理由：采纳意见；依据：办法第三条。" in text


# --- official documents ---------------------------------------------------------------------------


def test_signature_and_total_never_stand_alone_and_the_number_is_beside_who_signs_off() -> None:
    found = made("real", "zh")
    for paper in (request(found), notice(found)):
        document = Document(io.BytesIO(docx(paper, ON)))
        lines = document.paragraphs
        at = next(n for n, line in enumerate(lines) if line.text == "×××（发文机关）")
        assert lines[at].paragraph_format.keep_with_next  # with its day
        before = lines[at - 1]
        assert before.paragraph_format.keep_with_next or before.style.paragraph_format.keep_with_next
        for table in document.tables:
            for cell in table.rows[-2].cells:
                assert cell.paragraphs[0].paragraph_format.keep_with_next
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    (first, *_) = Document(io.BytesIO(docx(request(found), ON))).paragraphs
    assert first.text.split("\t") == ["×××〔××××〕×号", "签发人：×××"]


def test_the_last_lines_of_a_word_paper_stay_together() -> None:
    """A table's last rows with sentence, heading and line below it; fine print counts for nothing."""
    rows = [Row("recipient", (name,)) for name in "abcdefgh"]
    table = written("", ("x",), (False,), rows)
    said = (Words("text", "one"), Words("head", "two"), Words("text", "three"), *[Words("small", "fine")] * 5)
    paper = Paper("x", "x", BOOKS["en"], "", (Words("title", "t"), table, *said), flows=True)
    fine = dict.fromkeys(range(5, 10), 0)
    assert endings(paper.blocks, LOOKS[False, 0]) == {**fine, 4: 1, 3: 1, 2: 1, 1: 3}
    document = Document(io.BytesIO(docx(paper, ON)))
    (grid,), lines = document.tables, {line.text: line.paragraph_format for line in document.paragraphs}
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in grid.rows]
    assert kept == [True, *[None] * 5, True, True, True]  # the heading row stays with the first
    assert all(lines[name].keep_with_next and lines[name].keep_together for name in ("one", "two", "three"))


def test_what_the_money_is_booked_under_stands_in_the_first_annex() -> None:
    (rule, *_) = made("real", "zh").scenarios
    words = tuple(f"20113{at:02}" for at in range(len(rule.ids)))
    subject = Factor("subject", words, name="支出功能分类科目", status="provided", text=True)
    paper = notice(proposal([replace(rule, factors=(*rule.factors, subject))], BOOKS["zh"], ON))
    annex, _ = (block for block in paper.blocks if isinstance(block, Table))
    at = annex.headers.index("支出功能分类科目")
    assert tuple(row.cells[at] for row in annex.rows if row.role == "recipient") == words
    without, _ = (b for b in notice(made("real", "zh")).blocks if isinstance(b, Table))
    assert "支出功能分类科目" not in without.headers


def test_a_line_of_what_is_attached_hangs_under_the_name() -> None:
    document = Document(io.BytesIO(docx(notice(made("real", "zh")), ON)))
    first, second = (line for line in document.paragraphs if line.text.split("\t")[1:2] in (["1."], ["2."]))
    (listed,) = (block for block in notice(made("real", "zh")).blocks if isinstance(block, Attached))
    assert [line.text.split("\t")[2] for line in (first, second)] == list(listed.names)
    for line in (first, second):
        form = line.paragraph_format
        assert form.left_indent > 0 > form.first_line_indent
        assert form.tab_stops[-1].position == form.left_indent


@pytest.mark.parametrize("room", [12, 16, 20, 23])
def test_a_title_is_parted_between_words_into_lines_that_fit(room: int) -> None:
    for title in (
        "关于审定2023年省级招商引资激励奖补资金（泸州市）分配方案的请示",
        "西澳大利亚 2024–25 年度一般性补助分配方案汇报单",
        "2012年广东省基本农田整治项目指导性计划分配测算表",
    ):
        lines = title_lines(title, room)
        assert "".join(lines) == title
        assert all(width(line) <= room for line in lines)
        for line, after in pairwise(lines):
            assert after[0] not in "）》”、：；，的"
            assert not (line[-1].isdigit() and after[0].isdigit())


# --- money per head -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", BOOKS)
def test_the_brief_has_money_per_head_where_people_are_counted(lang: str) -> None:
    """Amounts over the people in the file; the last row is all money over all people."""
    found = made("australia", lang)
    table = next(block for block in brief(found).blocks if isinstance(block, Table))
    assert (
        table.headers[-1]
        == {"zh": "按人口人均（澳元/人）", "en": "Per head of Population (AUD/persons)"}[lang]
    )
    with (SCENARIOS / "au-wa-2024-25" / "factors.csv").open(encoding="utf-8") as file:
        counted = {row["recipient"]: int(row["population"]) for row in csv.DictReader(file)}
    names = {found.names[id]: id for id in counted}
    rows = {row.cells[1]: row.cells[-1] for row in table.rows}
    amounts = found.chosen.amounts
    own = {name: id for name, id in names.items() if name in rows}
    assert len(own) == 12
    for name, id in own.items():
        assert rows[name].replace(",", "") == f"{amounts[id] / counted[id]:.2f}"
    assert list(rows.values())[-1] == f"{sum(amounts.values()) / sum(counted.values()):.2f}"


@pytest.mark.parametrize(
    "other",
    [
        {"name": Text("贫困人口", "People in need")},
        {"status": "assumed"},
        {"unit": Text("万人", "10,000 persons")},
        {"unit": None},
        {"values": (0, 5, 6)},
    ],
)
def test_no_other_column_is_taken_for_people(other: dict[str, Any]) -> None:
    column = Factor(
        "p", (4, 5, 6), Text("人口", "Population"), unit=Text("人", "persons"), status="published"
    )
    rule = replace(generated(3, 3), published=None)
    with_people = replace(rule, factors=(*rule.factors, column))
    assert people(with_people) == column
    assert people(replace(rule, factors=(*rule.factors, replace(column, **other)))) is None
