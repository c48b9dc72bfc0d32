"""Papers as PDF: every word of the paper, whole pages, the same bytes, and nothing from outside."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from test_figures_in_papers import every, made

from allocator import Scenario, Text, load_scenario
from allocator.report.papers import pdf as setting
from allocator.report.papers.blocks import Attached, Block, Paper, Words
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.meeting import meeting
from allocator.report.papers.office import notice, request
from allocator.report.papers.pack import pack
from allocator.report.papers.pdf import pdf
from allocator.report.papers.proposal import proposal
from allocator.report.papers.worksheet import worksheet
from allocator.report.tables.table import Row, Table, written
from allocator.text import EN, ZH, Phrasebook

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
ON = date(2023, 5, 31)
RULE = load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml")
REAL = replace(RULE, factors=tuple(replace(f, status="published") for f in RULE.factors))
HOSTILE = r'#panic("x") $x^2$ *b* _i_ `c` \u{41} <a> @b //c /*d*/ "e" [f] {g}'


def pages(paper: Paper) -> list[str]:
    """The text of each page without white space, as lines of a paragraph may break anywhere."""
    return [re.sub(r"\s", "", p.extract_text()) for p in PdfReader(io.BytesIO(pdf(paper, ON))).pages]


def texts(blocks: tuple[Block, ...]) -> list[str]:
    """Every text of the blocks, paragraphs and cells."""
    found = []
    for block in blocks:
        if isinstance(block, Words):
            found.append(block.text)
        elif isinstance(block, Attached):
            found += [part for line in block.lines for part in line]
        elif isinstance(block, Table):
            found += [block.caption, block.unit, *block.headers]
            found += [cell for row in block.rows for cell in row.cells]
    return [re.sub(r"\s", "", text) for text in found]


def unframed(paper: Paper) -> str:
    """The text of all pages without the mark above and the number below."""
    found = []
    for number, text in enumerate(pages(paper), 1):
        end = f"—{number}—" if paper.book.chinese else str(number)
        assert text.endswith(end)
        found.append(text.removesuffix(end).removeprefix(re.sub(r"\s", "", paper.mark)))
    return "".join(found)


@pytest.mark.parametrize("book", [ZH, EN], ids=["zh", "en"])
def test_every_word_of_a_paper_stands_in_its_pdf(book: Phrasebook) -> None:
    assumed, real = proposal([RULE], book, ON), proposal([REAL], book, ON)
    for paper in (brief(assumed), meeting(assumed), district(real, "naxi"), request(real), notice(real)):
        whole = unframed(paper)
        assert [text for text in texts(paper.blocks) if text not in whole] == [], paper.key
        if paper.mark:
            assert all(re.sub(r"\s", "", paper.mark) in page for page in pages(paper))


@pytest.mark.parametrize(
    ("kind", "lang"), [("three", "zh"), ("pools", "en"), ("guangdong", "zh"), ("instalments", "en")]
)
def test_a_pdf_has_the_figures_of_its_paper_and_no_others(kind: str, lang: str) -> None:
    """Those of the Word file are held against the rule elsewhere; here every digit is one of the same paper.

    A table that goes on over the page has its headings again, which may hold digits too.
    """
    for paper in every(kind, lang):
        wanted = Counter(c for text in texts(paper.blocks) for c in text if c.isdigit())
        found = Counter(c for c in unframed(paper) if c.isdigit())
        heads = {c for b in paper.blocks if isinstance(b, Table) for c in "".join(b.headers) if c.isdigit()}
        assert not wanted - found, paper.key
        assert set(found - wanted) <= heads, paper.key


def test_the_same_paper_gives_the_same_bytes_and_another_day_others() -> None:
    paper = brief(proposal([RULE], ZH, ON))
    assert pdf(paper, ON, "x") == pdf(paper, ON, "x")
    assert pdf(paper, ON, "x") != pdf(paper, date(2024, 1, 1), "x")
    reader = PdfReader(io.BytesIO(pdf(paper, ON, "x")))
    assert reader.metadata is not None
    assert reader.metadata.title == paper.title and "20230531" in str(reader.metadata["/CreationDate"])


def test_long_papers_are_made_apart_and_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = brief(proposal([RULE], ZH, ON))
    here = pdf(paper, ON, "x")
    monkeypatch.setattr(setting, "MOST_HERE", 0)
    assert pdf(paper, ON, "x") == here
    monkeypatch.setattr(setting, "MOST_TAGGED", 0)
    assert len(pdf(paper, ON, "x")) < len(here)


def test_a_pdf_holds_its_own_fonts_no_script_and_is_tagged() -> None:
    paper = brief(proposal([RULE], ZH, ON))
    content = pdf(paper, ON)
    reader = PdfReader(io.BytesIO(content))
    fonts = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile3", "/FontFile2"} & set(descriptor)
            fonts.add(str(descriptor["/FontName"]).partition("+")[2].partition("-")[0])
    assert fonts == {"NotoSansSC", "NotoSerifSC"}
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("zh")  # type: ignore[index]
    assert b"/JavaScript" not in content and b"/URI" not in content


def named(scenario: Scenario, name: str) -> Scenario:
    first, *rest = scenario.recipients
    return replace(scenario, recipients=(replace(first, name=Text(name, name)), *rest))


def test_a_name_is_words_and_never_a_command() -> None:
    paper = district(proposal([named(REAL, HOSTILE)], EN, ON), RULE.recipients[0].id)
    assert re.sub(r"\s", "", HOSTILE) in "".join(pages(paper))


def test_what_is_signed_stays_with_its_text() -> None:
    one = request(proposal([REAL], ZH, ON))
    at = next(i for i, b in enumerate(one.blocks) if isinstance(b, Words) and b.kind == "signed")
    filler = Words("text", "为了试验另起一行。")
    last = one.blocks[at - 1]
    ends = last.lines[-1][-1] if isinstance(last, Attached) else last.text if isinstance(last, Words) else ""
    for lines in range(0, 22, 3):
        longer = replace(one, blocks=(*one.blocks[:4], *[filler] * lines, *one.blocks[4:]))
        (page,) = [page for page in pages(longer) if "（发文机关）" in page]
        assert ends[-4:] in page and page.count("××××年×月×日") == 1 and "联系人" in page


@pytest.mark.parametrize("book", [ZH, EN], ids=["zh", "en"])
def test_no_last_page_has_a_heading_and_a_line_alone(book: Phrasebook) -> None:
    """Whatever comes before: lines, or a table that goes on over the page."""
    ending = (Words("head", "末节"), Words("text", "末行。"))
    for count in range(16, 25) if book.chinese else range(28, 40, 2):
        lines = [Words("text", "第十行。")] * count
        rows = [Row("recipient", ("第十行。", "5"))] * 2 * count
        for before in (lines, [written("", ("名称", "金额"), (False, True), rows)]):
            blocks = (Words("title", "题目"), *before, *ending)
            shown = pages(Paper("x", "x", book, "", blocks, flows=True))
            assert sum(page.count("第十行。") for page in shown) == (count if before is lines else 2 * count)
            assert "末节" in shown[-1] and "末行。" in shown[-1]
            assert len(shown) == 1 or shown[-1].count("第十行。") >= 2


def test_the_working_paper_of_an_instalment_has_no_page_of_one_line() -> None:
    found = made("instalments", "en")
    assert all(len(page) > 150 for page in pages(worksheet(found)))


@pytest.mark.parametrize("flows", [True, False])
def test_a_total_is_never_alone_and_headings_stand_on_every_page(flows: bool) -> None:
    for count in range(28, 64, 3 if flows else 5):
        rows = [Row("recipient", (str(at), f"第{at}个", "5")) for at in range(1, count + 1)]
        rows.append(Row("total", ("", "合计行", "5")))
        table = written("", ("序号", "对象名称", "金额"), (False, False, True), tuple(rows), "单位：万元")
        paper = Paper("x", "x", ZH, "", (Words("title", "题目"), table), flows=flows)
        shown = pages(paper)
        assert all("对象名称" in page for page in shown)
        assert f"第{count}个" in shown[-1] and "合计行" in shown[-1]
        assert sum(page.count("个5") for page in shown) == count


def test_without_fonts_papers_are_made_in_word_alone_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import pylopdf_fonts_zh_cn

    from allocator.report.papers.pdf import _compiler

    monkeypatch.setattr(pylopdf_fonts_zh_cn, "sans_path", lambda: str(tmp_path / "none.otf"))
    _compiler.cache_clear()
    found = pack(proposal([RULE], ZH, ON))
    kinds = {file.name.rpartition(".")[2] for file in (*found.files, *found.inside)}
    assert "docx" in kinds and "pdf" not in kinds
    assert len([line for line in found.left_out if "字体" in line]) == 1
    _compiler.cache_clear()
