"""A column in which only some cells show percentages would be read a hundredfold apart, so it is refused."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from good_scenario import GOOD, make

from allocator import ScenarioError, Text, allocate, load_scenario
from allocator.analysis.execution import payers
from allocator.analysis.projects import FactorRule, Rules
from allocator.files.execution.payments import read_payments
from allocator.files.projects.register import read_register
from allocator.files.sheets.number_formats import shows_percent
from allocator.files.upload import read as upload
from allocator.text import EN, ZH

HEADER = ["Id", "投资", "jobs", "population"]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return load_scenario(make(tmp_path_factory.mktemp("good"), GOOD))


def sheet(rows, formats, name="Data") -> bytes:
    """A workbook whose cells have these number formats: {"B2": "0.00%"}."""
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    for cell, code in formats.items():
        book.active[cell].number_format = code
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rows(*investment):
    others = [(10, 100), (30, 200), (60, 300)]
    ids = ["north", "south", "west"]
    given = ([id, x, *rest] for id, x, rest in zip(ids, investment, others, strict=True))
    return [HEADER, *given, ["zone", None, None, None]]


@pytest.mark.parametrize(
    ("code", "percent"),
    [
        ("0%", True), ("0.00%", True), ("0.0000%", True), ("#,##0.00%;[Red]-0%", True), ("0.00 %", True),
        ("General", False), ("0.00", False), ('0.00"%"', False), (r"0.00\%", False), ("[<1]0.0;0", False),
        ("0_%", False), ("@", False),
    ],
)  # fmt: skip
def test_formats_that_show_a_percentage(good, code, percent):
    assert shows_percent(code) == percent
    content = sheet(rows(0.6, 30, 10), {"B2": code})
    if not percent:
        assert upload.read("a.xlsx", content, good).factors[0].values[0] * 10 == 6
        return
    with pytest.raises(ScenarioError) as error:
        upload.read("a.xlsx", content, good)
    assert [(p.key, dict(p.at)) for p in error.value.problems] == [
        ("cells_percent", {"sheet": "Data", "column": "投资"})
    ]
    sentence = error.value.sentences(EN)[0]
    assert sentence.startswith("a.xlsx, sheet Data, column 投资: ")
    assert "(such cells: 1, B2)" in sentence and "(such cells: 2, B3, B4)" in sentence


def test_every_mixed_column_is_named_with_a_few_of_its_cells(good):
    table = [HEADER, *([f"r{n}", 0.1, 1, 0.2 if n % 2 else 20] for n in range(30))]
    formats = {f"B{n}": "0%" for n in range(2, 30, 3)} | {f"D{n}": "0.0%" for n in range(3, 32, 2)}
    with pytest.raises(ScenarioError) as error:
        upload.read("a.xlsx", sheet(table, formats), good)
    assert [p.at["column"] for p in error.value.problems] == ["投资", "population"]
    assert "B2, B5, B8, B11, B14)" in error.value.sentences(EN)[0]
    assert "（D3、D5、D7、D9、D11，共15个，" in error.value.sentences(ZH)[1]


def test_a_column_that_is_all_percentages_is_read_as_stored(good):
    """What counts is each recipient's share of the column, so 2 %, 3 % and 5 % are as good as 2, 3 and 5."""
    formats = {f"B{n}": "0%" for n in (2, 3, 4)}
    read = upload.read("a.xlsx", sheet(rows(0.02, 0.03, 0.05), formats), good)
    assert [value * 100 for value in read.factors[0].values[:3]] == [2, 3, 5]
    plain = upload.read("a.xlsx", sheet(rows(2, 3, 5), {}), good)
    assert allocate(read).amounts == allocate(plain).amounts


def test_a_zero_is_a_zero_in_any_format(good):
    read = upload.read("a.xlsx", sheet(rows(0.5, 0, 0.5), {"B2": "0%", "B4": "0%"}), good)
    assert [value * 2 for value in read.factors[0].values[:3]] == [1, 0, 1]


def test_percentages_outside_of_the_columns_that_are_read_do_no_harm(good):
    book = openpyxl.load_workbook(io.BytesIO(sheet(rows(60, 30, 10), {})))
    other = book.create_sheet("Notes")
    for row in (["growth"], [0.1], [10]):
        other.append(row)
    other["A2"].number_format = "0%"
    content = io.BytesIO()
    book.save(content)
    assert upload.read("a.xlsx", content.getvalue(), good).factors[0].values[:3] == (60, 30, 10)


def test_payments_and_registers_are_looked_at_too(good):
    paid = [["recipient", "date", "amount", "use", "note"]]
    paid += [["north", date(2023, 6, 1), 0.5, "a", ""], ["south", date(2023, 6, 1), 50, "a", ""]]
    with pytest.raises(ScenarioError) as error:
        read_payments("p.xlsx", sheet(paid, {"C2": "0%"}, "Payments"), good, payers(allocate(good)))
    assert [(p.key, p.at["column"]) for p in error.value.problems] == [("cells_percent", "amount")]

    rules = Rules(Text("t"), 2022, date(2022, 12, 31), 5, (FactorRule("tax", "sum", Text("税收", "Tax")),))
    listed = [["项目名称", "区县（园区）", "签约日期", "税收2022", "增长"]]
    listed += [["P", "北区", date(2020, 6, 1), 0.5, 0.5], ["Q", "南县", date(2020, 6, 1), 50, 50]]
    with pytest.raises(ScenarioError) as error:
        read_register("r.xlsx", sheet(listed, {"D3": "0%", "E3": "0%"}), rules, good.recipients)
    assert [(p.key, p.at["column"]) for p in error.value.problems] == [("cells_percent", "税收2022")]
    # a column that the rules do not use may be as it is
    assert read_register("r.xlsx", sheet(listed, {"E3": "0%"}), rules, good.recipients).names == ("P", "Q")


@pytest.mark.parametrize("styles", [b"<styleSheet", b"<styleSheet><cellXfs><xf numFmtId='9'/>"])
def test_styles_that_are_broken(good, styles):
    source = zipfile.ZipFile(io.BytesIO(sheet(rows(60, 30, 10), {"B2": "0%"})))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as to:
        for name in source.namelist():
            to.writestr(name, styles if name == "xl/styles.xml" else source.read(name))
    with pytest.raises(ScenarioError) as error:
        upload.read("a.xlsx", content.getvalue(), good)
    assert error.value.problems[0].key == "upload_broken"
