"""The workbook that people fill in: it holds the scenario's tables exactly, and reads back as the same."""

import io
import re
import zipfile
from dataclasses import replace
from fractions import Fraction

import openpyxl
import pytest
from any_scenario import scenarios
from depth import cases
from good_scenario import GOOD, make
from hypothesis import HealthCheck, given, settings
from shipped import FIRST

from allocator import Factor, Recipient, ScenarioError, Text, load_scenario
from allocator.files.upload import read as upload
from allocator.files.upload.template import template
from allocator.text import EN, ZH, Phrasebook

SHIPPED = FIRST
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])


@pytest.fixture
def good(tmp_path):
    return load_scenario(make(tmp_path, GOOD))


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


# --- what it holds ----------------------------------------------------------------------------------


def test_the_sheets_in_chinese(good):
    book = opened(template(good, ZH))
    assert book.sheetnames == ["填写说明", "数据", "因素说明", "单元格来源"]
    assert book.active.title == "数据"
    # 280,000 yuan and the like, shown in 万元 as the fund's unit is one; the zone takes no part
    assert cells(book["数据"]) == [
        [
            "编号",
            "名称",
            "英文名称",
            "类别",
            "投资",
            "jobs",
            "population",
            "已下达数（万元）",
            "上年数（万元）",
        ],
        ["north", "北区", "North District", "区", 60, 10, 100, 28, 27],
        ["south", "南县", "South County", "县", 30, 30, 200, 21, 22],
        ["west", "西园", "West Park", "园区", 10, 60, 300, 21, 21],
        ["zone", "新区", "New Zone", "zone", None, None, None, 20, 0],
    ]
    assert cells(book["因素说明"]) == [
        ["编号", "名称", "英文名称", "单位", "说明", "年度", "性质", "来源"],
        ["investment", "投资", "投资", None, None, 2022, "示例", None],
        ["jobs", "jobs", "jobs", None, None, None, "假设", None],
        ["population", "population", "population", None, None, None, "假设", None],
    ]
    assert cells(book["单元格来源"]) == [
        ["区县（园区）", "因素", "性质", "提供单位", "确认日期", "申报数", "审定数", "备注"],
        ["北区", "jobs", "推算", None, "2023-05-31", 12, None, None],
    ]
    assert "空白不予接受" in " ".join(row[0] for row in cells(book["填写说明"]))


def test_the_sheets_in_english(good):
    book = opened(template(good, EN))
    assert book.sheetnames == ["Notes", "Data", "Factors", "Cells"]
    header, north, *_ = cells(book["Data"])
    assert header[:4] == ["Id", "Name (Chinese)", "Name (English)", "Kind"]
    assert header[7:] == ["Published (10k yuan)", "Last year (10k yuan)"]
    assert north[:4] == ["north", "北区", "North District", "district"]
    assert cells(book["Cells"])[1][:3] == ["North District", "jobs", "derived"]


def rules(sheet) -> dict[str, object]:
    """The input rules of a sheet by the columns' headings."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            for column in range(area.min_col, area.max_col + 1):
                found[sheet.cell(1, column).value] = rule, area
    return found


@LANGUAGES
def test_input_rules_lists_and_remarks(good, lang):
    good = replace(good, factors=(replace(good.factors[0], unit=Text("万元", "10k yuan")), *good.factors[1:]))
    _, data, about, remarks = opened(template(good, Phrasebook(lang))).worksheets
    header = [cell.value for cell in data[1]]
    found = rules(data)
    assert list(found) == header[4:]
    for rule, area in found.values():
        assert (rule.type, rule.operator, rule.formula1) == ("decimal", "greaterThanOrEqual", "0")
        assert area.min_row == 2 and area.max_row > 5  # rows that are added too
    words = {"zh": "公开,已提供,推算,假设,示例", "en": "published,provided,derived,assumed,example"}[lang]
    status = {"zh": "性质", "en": "Status"}[lang]
    assert rules(about)[status][0].formula1 == f'"{words}"'
    recipient, factor, *_ = (cell.value for cell in remarks[1])
    lists = rules(remarks)
    assert lists[status][0].formula1 == f'"{words}"'
    names = lists[recipient][0].formula1
    assert re.fullmatch(rf"'{data.title}'!\$({'B' if lang == 'zh' else 'C'})\$2:\$\1\$\d+", names)
    assert lists[factor][0].formula1 == f"'{data.title}'!$E$1:$G$1"
    assert "万元" in data["E1"].comment.text if lang == "zh" else "10k yuan" in data["E1"].comment.text
    assert "2022" in data["E1"].comment.text and "2,022" not in data["E1"].comment.text
    assert data.freeze_panes == "E2"


@LANGUAGES
def test_no_cell_is_a_formula_or_a_link(lang):
    names = ["https://example.org", "{=1}", "internal:x", "x=cmd|' /C calc'!A0", "<script>alert(1)</script>"]
    scenario = load_scenario(SHIPPED[-1])
    recipients = [Recipient(f"r{i}", Text(name)) for i, name in enumerate(names)]
    scenario = replace(
        scenario,
        recipients=tuple(recipients),
        factors=(Factor("population", (1,) * 5, Text("mailto:x"), definition=Text("ftp://y")),),
        limits=(),
    )
    content = template(scenario, Phrasebook(lang))
    for sheet in opened(content).worksheets:
        assert all(
            cell.data_type != "f" and cell.hyperlink is None for row in sheet.iter_rows() for cell in row
        )
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            assert b"<f>" not in parts.read(name) and b"hyperlink" not in parts.read(name)
    assert upload.read("x.xlsx", content, scenario) == scenario


EXACT = [
    "0.1", "123456789012345", "1234567890123456789", "0.1234567890123456789", "0." + "0" * 29 + "1",
    "9" * 30, "100000000000000000000", "0.30000000000000004", "1.005",
]  # fmt: skip


@pytest.mark.parametrize("value", EXACT)
def test_figures_are_exact_as_numbers_or_as_text(good, value):
    factor = good.factors[0]
    wanted = Fraction(value)
    values = (wanted, *factor.values[1:])
    scenario = replace(good, factors=(replace(factor, values=values), *good.factors[1:]))
    content = template(scenario, EN)
    written = opened(content)["Data"]["E2"].value
    if isinstance(written, str):
        assert written == value
        assert Fraction(repr(float(value))) != wanted or len(value.strip("0.")) > 15
    else:
        assert Fraction(repr(written)) == wanted
    assert upload.read("x.xlsx", content, scenario).factors[0].values[0] == wanted


def test_what_cannot_be_told_apart_or_written_is_refused(good):
    def refused(**fields) -> str:
        with pytest.raises(ScenarioError) as caught:
            template(replace(good, **fields), EN)
        assert all(len(caught.value.sentences(Phrasebook(lang))) == 1 for lang in ("zh", "en"))
        return caught.value.problems[0].key

    reference = replace(good.factors[2], id="Kind")
    assert refused(factors=(*good.factors[:2], reference)) == "header_taken"
    third = replace(good.factors[2], values=(Fraction(1, 3), 1, 1, 1))
    assert refused(factors=(*good.factors[:2], third)) == "no_decimal"


# --- reading it back --------------------------------------------------------------------------------


@LANGUAGES
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_shipped_scenarios_come_back_the_same(path, lang):
    scenario = load_scenario(path)
    content = template(scenario, Phrasebook(lang))
    assert upload.read("x.xlsx", content, scenario) == scenario
    assert template(scenario, Phrasebook(lang)) == content


@settings(
    max_examples=cases(20), suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(scenarios())
def test_any_scenario_comes_back_the_same(scenario):
    for lang in ("zh", "en"):
        again = upload.read("x.xlsx", template(scenario, Phrasebook(lang)), scenario)
        assert again == scenario and again.digest == scenario.digest
        # the page's editor gives the same tables as text
        header, rows = upload.table_rows(scenario, Phrasebook(lang))
        assert upload.with_table(scenario, header, list(enumerate(rows, 2))) == scenario
        header, rows = upload.factor_rows(scenario.factors, Phrasebook(lang))
        assert upload.with_factors(scenario, header, list(enumerate(rows, 2))) == scenario
        header, rows = upload.cell_rows(scenario, Phrasebook(lang))
        assert upload.with_cells(scenario, header, list(enumerate(rows, 2))) == scenario


def test_names_that_mean_something_else_are_written_by_id(good):
    same = [
        replace(good.factors[0], name=Text("贡献", "Kind")),
        replace(good.factors[1], name=Text("贡献", "Jobs")),
    ]
    scenario = replace(good, factors=(*same, good.factors[2]))
    assert upload.table_rows(scenario, ZH)[0][4:7] == ["investment", "jobs", "population"]
    assert upload.table_rows(scenario, EN)[0][4:7] == ["investment", "Jobs", "population"]
    for lang in ("zh", "en"):
        assert upload.read("x.xlsx", template(scenario, Phrasebook(lang)), scenario) == scenario


def test_signs_that_workbooks_encode_come_back(good):
    odd = 'a_x0041_b & <c> "d" _x000D_'
    scenario = replace(good, recipients=(replace(good.recipients[0], name=Text(odd)), *good.recipients[1:]))
    assert upload.read("x.xlsx", template(scenario, ZH), scenario).recipients[0].name.zh == odd
