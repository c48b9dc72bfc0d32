"""One letter, one option, in every file of a pack: letters are held against what `allocate` gives."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from pptx import Presentation
from pypdf import PdfReader
from undrawn import leave_undrawn

from allocator import allocate, load_scenario
from allocator.report.papers.pack import File, pack
from allocator.report.papers.proposal import proposal
from allocator.text import Phrasebook

LUZHOU = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023"
SCENARIOS = {
    letter: load_scenario(LUZHOU / f"{name}.toml")
    for letter, name in zip("ABC", ("published-rule", "equal-weights", "cap-zone"), strict=True)
}
# 万元; 江阳区 170, 219 and 317 as the README shows them
AMOUNTS = {
    letter: {id: Fraction(amount, 10_000) for id, amount in allocate(scenario).amounts.items()}
    for letter, scenario in SCENARIOS.items()
}
Tables = list[list[list[str]]]


@pytest.fixture(scope="module", params=[("zh", 2), ("en", 1)], ids=str)
def packed(request: pytest.FixtureRequest) -> Iterator[tuple[str, int, dict[str, File]]]:
    """Every file of a pack in which an option other than the base is proposed; pictures are not drawn."""
    lang, at = request.param
    with pytest.MonkeyPatch.context() as patch:
        leave_undrawn(patch)
        made = pack(
            proposal(list(SCENARIOS.values()), Phrasebook(lang), date(2023, 5, 31), proposed=at),
            every_picture=True,
        )
    yield lang, at, {file.name: file for file in (*made.files, *made.inside)}


def read(file: File) -> tuple[str, Tables]:
    """A file's words, and its tables as rows of cells."""
    kind, content = file.name.rpartition(".")[2], io.BytesIO(file.content)
    if kind == "docx":
        document = Document(content)
        tables = [[[c.text for c in row.cells] for row in table.rows] for table in document.tables]
        return "\n".join(p.text for p in document.paragraphs), tables
    if kind == "pptx":
        shapes = [shape for slide in Presentation(content).slides for shape in slide.shapes]
        tables = [[[c.text for c in row.cells] for row in s.table.rows] for s in shapes if s.has_table]
        words = [s.text_frame.text for s in shapes if s.has_text_frame]
        words += [s.chart.chart_title.text_frame.text for s in shapes if s.has_chart]
        words += [series.name for s in shapes if s.has_chart for series in s.chart.plots[0].series]
        return "\n".join(words), tables
    if kind == "xlsx":
        sheets = openpyxl.load_workbook(content, data_only=True)
        rows = [[["" if c is None else str(c) for c in row] for row in s.values] for s in sheets]
        return "\n".join(c for table in rows for row in table for c in row), rows
    if kind == "csv":
        return "", [list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))]
    if kind == "pdf":
        return "\n".join(page.extract_text() for page in PdfReader(content).pages), []
    return (file.content.decode("utf-8-sig"), []) if kind in ("txt", "toml") else ("", [])


def whole(file: File) -> str:
    """All that a file says, cells of tables too; Word papers keep figures and their signs together."""
    words, tables = read(file)
    lines = [words, *(cell for table in tables for row in table for cell in row)]
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def columns(table: list[list[str]], lang: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every column of recipients' figures below a heading, wherever the table begins."""
    known = {getattr(r.name, lang): r.id for r in SCENARIOS["A"].recipients}
    for at, row in enumerate(table):
        for place, head in enumerate(row):
            below = [(cells, cell) for cells in table[at + 1 :] for cell in cells[:2] if cell in known]
            yield head.strip(), {known[name]: cells[place] for cells, name in below}


def figures(amounts: dict[str, Fraction], lang: str) -> set[tuple[tuple[str, str], ...]]:
    """How a table may write these figures."""
    book = Phrasebook(lang)
    forms = (book.number, str, lambda x: book.number(x, sign=True))
    return {tuple((id, form(x)) for id, x in amounts.items()) for form in forms}


def test_a_letter_above_figures_is_the_option_of_these_figures(packed: Any) -> None:
    lang, _, files = packed
    seen: dict[str, set[str]] = {}
    for name, file in files.items():
        for table in read(file)[1]:
            for head, found in columns(table, lang):
                letters = re.match(r"([ABC])( − A)?( 万元| 10k yuan)?$", head)
                if not letters or not found:
                    continue
                letter, against, _ = letters.groups()
                wanted = {id: x - (AMOUNTS["A"][id] if against else 0) for id, x in AMOUNTS[letter].items()}
                assert tuple(found.items()) in figures(wanted, lang), (name, head, found)
                seen.setdefault(file.key, set()).add(head[:5].strip())
    assert seen["meeting"] >= {"A", "B", "C", "B − A", "C − A"}
    assert seen["workbook"] >= {"A", "B", "C", "B − A", "C − A"}


def test_a_letter_beside_a_name_is_the_option_of_this_name(packed: Any) -> None:
    lang, _, files = packed
    start = {"zh": "方案{}（{}", "en": "Option {} ({}"}[lang]
    found: dict[str, set[str]] = {}
    for file in files.values():
        ends = r"\s" if file.name.endswith(".pdf") else "(?!)"  # a line of a PDF may end anywhere
        text = re.sub(ends, "", whole(file))
        named = re.findall({"zh": "方案([A-F])（(?!万元)", "en": r"[Oo]ption ?([A-F]) ?\("}[lang], text)
        for letter in named:
            begins = start.format(letter, getattr(SCENARIOS[letter].title, lang))
            count = text.lower().count(re.sub(ends, "", begins).lower())
            assert count == named.count(letter), (file.name, letter)
        for letter, scenario in SCENARIOS.items():
            if re.search(rf"(?m)^{letter}[ 　]+{re.escape(getattr(scenario.title, lang))}", text):
                found.setdefault(file.key, set()).add(letter)
        found.setdefault(file.key, set()).update(named)
    for key in ("meeting", "readme", "workbook"):
        assert found[key] == set("ABC"), key
    assert found["slides"] >= set("BC") and found["brief"]


def test_files_with_a_letter_hold_the_option_of_this_letter(packed: Any, tmp_path: Path) -> None:
    lang, _, files = packed
    folder, charts = Phrasebook(lang).say("report.file.scenarios"), Phrasebook(lang).say("report.file.charts")
    for name, file in files.items():
        if name.startswith(f"{folder}/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(file.content)
    for letter, scenario in SCENARIOS.items():
        held = load_scenario(tmp_path / folder / letter / "scenario.toml")
        assert (held.digest, held.title) == (scenario.digest, scenario.title)
        named = Phrasebook(lang).say("report.picture.file_amounts", letter=letter)
        (chart,) = [f for n, f in files.items() if n.startswith(charts) and n.endswith(f"{named}.csv")]
        (table,) = read(chart)[1]
        assert [row[1] for row in table[1:]] == [str(x) for x in AMOUNTS[letter].values()]


def test_slides_show_the_changes_of_the_option_that_they_name(packed: Any) -> None:
    lang, at, files = packed
    (file,) = [file for file in files.values() if file.key == "slides"]
    seen = set()
    for slide in Presentation(io.BytesIO(file.content)).slides:
        for shape in slide.shapes:
            if not shape.has_chart:
                continue
            told = shape._element.nvGraphicFramePr.cNvPr.get("descr")
            for series in shape.chart.plots[0].series:
                values = list(series.values)
                named = re.match({"zh": "方案([A-C])（", "en": r"Option ([A-C]) \("}[lang], series.name)
                if named:
                    letter = named[1]
                    assert values == [float(x - AMOUNTS["A"][id]) for id, x in AMOUNTS[letter].items()]
                    seen.add(letter)
                else:
                    assert values == [float(x) for x in AMOUNTS["ABC"[at]].values()]
                    seen.add("proposed")
                signed = Phrasebook(lang)
                assert all(signed.number(Fraction(x), sign=bool(named)) in told for x in values)
    assert seen == {"B", "C", "proposed"}


def test_the_workbook_computes_the_proposed_option_under_its_letter(packed: Any) -> None:
    lang, at, files = packed
    (file,) = [file for file in files.values() if file.key == "workbook"]
    book = openpyxl.load_workbook(io.BytesIO(file.content))  # formulas
    page = book[Phrasebook(lang).say("excel.sheet.compare")]
    heads = next(row for row in page.iter_rows() if row[2].value == "A")
    first = heads[0].row + 1
    live = {cell.value for cell in heads if str(page.cell(first, cell.column).value).startswith("=")}
    assert live & set("ABC") == {"ABC"[at]}
    words = [str(row[0].value) for row in page.iter_rows(max_row=heads[0].row)]
    follows = {"zh": "随“输入”“因素数据”表变动", "en": "follows the sheets “Inputs” and “Data”"}[lang]
    assert [word[0] for word in words if follows in word] == ["ABC"[at]]

    notes = whole(file)
    own = {"zh": "“方案比较”表中方案{}随输入变动", "en": "On “Comparison”, option {} follows the inputs"}[
        lang
    ]
    assert own.format("ABC"[at]) in notes
    assert f"{'ABC'[at]} − " in "".join(str(cell.value or "") for cell in heads)


def test_options_are_described_by_what_differs_and_never_by_weights_alone(packed: Any) -> None:
    lang, _, files = packed
    # cap-zone has the base's weights: what makes it another option is the cap
    cap = {
        "zh": "方案C与方案A的不同之处：保底、封顶：新增“自贸区封顶按因素法分配额的80%”。",
        "en": "How Option C differs from Option A: "
        "Floors and caps: “Free Trade Zone gets at most 80 % of the amount shared out” (new).",
    }[lang]
    own = {"zh": ("方案B权重", "方案C权重"), "en": ("Weights of Option B", "Weights of Option C")}[lang]
    seen = set()
    for file in files.values():
        text = whole(file)
        assert not any(alone in text for alone in own), file.name
        # the one page has a table of options, whose heading says what each differs from
        said = cap.partition({"zh": "：", "en": ": "}[lang])[2] if file.key == "brief" else cap
        seen |= {file.key} if said in text else set()
    assert seen == {"brief", "meeting", "slides", "workbook", "readme", "internal"}


def test_letters_are_decided_in_one_place() -> None:
    source = Path(__file__).parent.parent.parent / "src"
    users = [path.name for path in source.rglob("*.py") if "ascii_uppercase" in path.read_text("utf-8")]
    assert users == ["letters.py"]
