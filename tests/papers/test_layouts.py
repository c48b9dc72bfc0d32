"""An office's own Word layouts: every figure where its field stands, as words, and nothing but fields."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from undrawn import leave_undrawn

from allocator import Scenario, Text, load_scenario
from allocator.cli import entry
from allocator.core.errors import ScenarioError
from allocator.report.papers.layouts import child, filling
from allocator.report.papers.layouts.fields import LISTS, SINGLE, fields_of, known, names_of
from allocator.report.papers.layouts.filling import LARGEST_MB, MOST_BRACES, filled
from allocator.report.papers.proposal import Proposal, proposal
from allocator.text import EN, ZH, Phrasebook

LUZHOU = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023"
ON = date(2023, 5, 31)
RULE, CAP = (load_scenario(LUZHOU / f"{name}.toml") for name in ("published-rule", "cap-zone"))
REAL, REAL_CAP = (
    replace(s, factors=tuple(replace(f, status="published") for f in s.factors)) for s in (RULE, CAP)
)
TRUE = filling._in_child
LINE = "{{ 行.序号 }} {{ 行.对象 }} {{ 行.分配数 }} {{ 行.增减数 }}"
ROW = ("{%tr for 行 in 分配表 %}", LINE, "{%tr endfor %}")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Layouts are filled in this process, which is quick; two tests use the one that users have."""
    monkeypatch.setattr(filling, "_in_child", lambda asked, layout: child.answer(asked, layout))


def layout(*lines: str, rows: tuple[str, ...] = (), header: str = "") -> bytes:
    """A layout of these paragraphs and a table of one column with these rows."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = header
    for line in lines:
        document.add_paragraph(line)
    if rows:
        table = document.add_table(len(rows), 1)
        for row, text in zip(table.rows, rows, strict=True):
            row.cells[0].text = text
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def made(*scenarios: Scenario, book: Phrasebook = ZH, proposed: int = 0) -> Proposal:
    return proposal(scenarios or [REAL, REAL_CAP], book, ON, proposed=proposed)


def words(content: bytes) -> list[str]:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(p.text for p in document.paragraphs), *cells]


def problem(content: bytes) -> tuple[str, dict[str, Any]]:
    """The key and details of what is wrong with a layout, which both languages say with its name."""
    with pytest.raises(ScenarioError) as caught:
        filled("own.docx", content, made())
    (found,) = caught.value.problems
    for book in (ZH, EN):
        assert found.sentence(book).startswith("own.docx")
    return found.key, dict(found.details)


def test_figures_stand_where_their_fields_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "_in_child", TRUE)
    content = layout("{{ 资金名称 }}：{{ 资金总额 }}，{{ 建议方案 }}", rows=ROW, header="{{ 日期 }}")
    found = filled("own.docx", content, made(proposed=1))
    title, *rows = words(found)
    # 57.22 million; 317 and 4481 by hand: 5602 x 80 % = 4481.6, the rest by shares
    assert title.endswith("：5722万元，方案B（自贸区封顶80%）")
    assert rows[0].startswith("1 江阳区 317 ") and rows[-1].startswith("9 自贸区 4481 ") and len(rows) == 9
    assert Document(io.BytesIO(found)).sections[0].header.paragraphs[0].text == "2023年5月31日"
    assert filled("own.docx", content, made(proposed=1)) == found


def test_fields_have_names_in_both_languages_and_lines_of_the_language_of_the_papers() -> None:
    inner = "{{ row.letter }} {{ row.differs }} {{ loop.index }}"
    rows = ("{%tr for row in options %}", inner, "{%tr endfor %}")
    found = words(filled("a.docx", layout("{{ fund }} {{ split }}", rows=rows), made(book=EN)))
    assert "56,020,000 yuan" in found[0] and found[2].startswith("B ") and found[2].endswith(" 2")
    assert not any("\u4e00" <= c <= "\u9fff" for c in "".join(found))
    for key in [*SINGLE.values(), *(key for key, _ in LISTS.values())]:
        assert set(names_of(key)) <= set(known()) and set(names_of(key)) <= set(fields_of(made()))


def test_parts_can_be_left_out_and_lines_listed() -> None:
    lines = [
        "{%p if 示例说明 %}",
        "示例",
        "{%p endif %}",
        "{%p for 条 in 分配办法 %}",
        "{{ 条 }}",
        "{%p endfor %}",
    ]
    found = [line for line in words(filled("a.docx", layout(*lines), made())) if line]
    assert "示例" not in found and len(found) == 1 and "投资贡献值40%" in found[0]


def test_a_name_is_words_and_never_markup() -> None:
    name = "<w:p>&{{ fund }}{% raw %}\"'"
    first, *rest = REAL.recipients
    hostile = replace(REAL, recipients=(replace(first, name=Text(name, name)), *rest))
    rows = ("{%tr for 行 in 分配表 %}", "{{ 行.对象 }}", "{%tr endfor %}")
    assert words(filled("a.docx", layout(rows=rows), made(hostile)))[0] == name


def test_assumed_data_is_marked_on_every_page_whatever_the_layout_says() -> None:
    found = Document(io.BytesIO(filled("a.docx", layout("x", header="抬头"), made(RULE))))
    (section,) = found.sections
    for header in (section.header, section.even_page_header, section.first_page_header):
        assert header.paragraphs[0].text == ZH.say("report.mark")
    assert section.header.paragraphs[1].text == "抬头"
    real = Document(io.BytesIO(filled("a.docx", layout("x", header="抬头"), made())))
    assert [p.text for p in real.sections[0].header.paragraphs] == ["抬头"]


@pytest.mark.parametrize(
    ("line", "key", "name"),
    [
        ("{{ 资金 }}", "layout_field", "资金"),
        ("{{ fund.__class__ }}", "layout_field", "fund.__class__"),
        ("{{ ''.__class__.__mro__ }}", "layout_field", ".__mro__"),
        ("{{ rows }}", "layout_field", "rows"),
        ("{% for 行 in 分配表 %}{{ 行.金额 }}{% endfor %}", "layout_field", "行.金额"),
        ("{% for 行 in 分配表 %}{{ 行 }}{% endfor %}", "layout_field", "行"),
        ("{% for x in fund %}{{ x }}{% endfor %}", "layout_list", "fund"),
        ("{% for x in nothing %}{% endfor %}", "layout_field", "nothing"),
    ],
)
def test_a_field_that_there_is_not_is_named(line: str, key: str, name: str) -> None:
    found, details = problem(layout(line))
    assert (found, details["name"]) == (key, name)
    assert key == "layout_list" or "资金名称" in details["known"]


ELSE = [
    "{{ fund.upper() }}",
    "{{ 'a' * 999999999 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ fund | upper }}",
    "{{ fund[0] }}",
    "{% set x = fund %}",
    "{% macro m() %}{% endmacro %}",
    "{% include 'x' %}",
    "{% for x in range(10**9) %}{% endfor %}",
    "{% for 行 in 分配表 recursive %}{% endfor %}",
]


@pytest.mark.parametrize("line", ELSE)
def test_a_layout_can_do_nothing_but_name_fields(line: str) -> None:
    assert problem(layout(line))[0] == "layout_does"


def test_loops_within_loops_and_too_many_are_refused() -> None:
    inner = "{% for a in 分配表 %}{% if fund %}{% for b in 分配表 %}{% endfor %}{% endif %}{% endfor %}"
    assert problem(layout(inner))[0] == "layout_nested"
    assert problem(layout("{% for a in 分配表 %}{% endfor %}" * 51))[0] == "layout_many"
    assert problem(layout("{" * (MOST_BRACES + 1)))[0] == "layout_many"


@pytest.mark.parametrize("line", ["{{ fund", "{% if fund %}", "{% endfor %}", "{% what %}"])
def test_what_is_not_written_right_says_how(line: str) -> None:
    assert problem(layout(line))[0] == "layout_syntax"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("｛｛ 资金名称 ｝｝", "｛｛ 资金名称 ｝｝"),
        ("共{{ 资金总额 }}，{｛资金名称}}", "{｛资金名称}}"),
        ("{％ for 行 in 分配表 ％}", "{％ for 行 in 分配表 ％}"),
        ("名称：{资金名称}。", "{资金名称}"),
        ("{ fund }", "{ fund }"),
        ("资金名称 }}", "资金名称 }}"),
    ],
)
def test_what_is_a_field_for_its_writer_alone_does_not_stay_in_a_paper(line: str, text: str) -> None:
    key, details = problem(layout(line))
    assert (key, details["text"]) == ("layout_signs", text)


def test_braces_that_are_no_field_stay() -> None:
    assert words(filled("own.docx", layout("集合{a}，{ }，50%"), made())) == ["集合{a}，{ }，50%"]


def altered(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """A layout with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(layout("{{ fund }}"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def test_what_is_no_layout_is_refused() -> None:
    for content in (
        b"", b"PK", b"%PDF-1.7", layout("x")[:-200],
        altered(lambda parts: parts.pop("word/document.xml")),
        altered(lambda parts: parts.update({"word/document.xml": b"<w:document"})),
        altered(lambda parts: parts.update({"word/vbaProject.bin": b"x"})),
    ):  # fmt: skip
        assert problem(content)[0] == "layout_not_word"
    assert problem(b"x" * (LARGEST_MB * 2**20 + 1))[0] == "layout_large"
    large = altered(lambda parts: parts.update({"word/document.xml": b" " * 3 * 2**20}))
    assert problem(large)[0] == "layout_large"


def test_entities_are_not_expanded() -> None:
    def bomb(parts: dict[str, bytes]) -> None:
        xml = parts["word/document.xml"]
        head = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        at = xml.index(b"<w:document")
        parts["word/document.xml"] = xml[:at] + head + xml[at:].replace(b"{{ fund }}", b"&b;")

    try:
        found = "".join(words(filled("a.docx", altered(bomb), made())))
    except ScenarioError as error:
        found = error.problems[0].key
    assert "a" * 50 not in found


def test_the_command_fills_the_layouts_of_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    asked = ["report", str(LUZHOU / "cap-zone.toml"), "--lang", "zh", "--layouts", str(own), "--out"]
    with pytest.raises(SystemExit) as ended:
        entry.main([*asked, str(tmp_path / "o")])
    assert ended.value.code == 2
    assert "--layouts" in capsys.readouterr().err and not (tmp_path / "o").exists()
    (own / "区县函.docx").write_bytes(layout("{{ 资金名称 }}", rows=ROW))
    (own / "~$区县函.docx").write_bytes(b"open in Word")
    leave_undrawn(monkeypatch)
    with pytest.raises(SystemExit) as ended:
        entry.main([*asked, str(tmp_path / "o")])
    assert ended.value.code == 0
    found = tmp_path / "o" / "本单位版式" / "【示例】区县函.docx"
    assert words(found.read_bytes())[-1].startswith("9 自贸区 4481")
    assert "本单位版式/：" in (tmp_path / "o" / "说明.txt").read_text("utf-8-sig")
    (own / "b.docx").write_bytes(layout("{{ 不知道 }}"))
    with pytest.raises(SystemExit):
        entry.main([*asked, str(tmp_path / "p")])
    assert "b.docx：没有“不知道”这个字段" in capsys.readouterr().err and not (tmp_path / "p").exists()


def test_a_layout_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "_in_child", TRUE)
    monkeypatch.setattr(filling, "SECONDS", 0.01)
    assert problem(layout("{{ fund }}"))[0] == "layout_heavy"
