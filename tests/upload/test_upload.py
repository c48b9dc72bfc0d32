"""Whatever is uploaded becomes a scenario whole, or ends in sentences that name sheet, row and column."""

import io
import re
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import openpyxl
import pytest
from depth import cases
from good_scenario import GOOD, make
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from processes import spending_at_most

from allocator import (
    Factor,
    Limit,
    Provenance,
    Recipient,
    Scenario,
    ScenarioError,
    Text,
    allocate,
    load_scenario,
)
from allocator.files.sheets.unpacking import MOST_COLUMNS, MOST_ROWS
from allocator.files.upload import read as upload
from allocator.files.upload.template import template
from allocator.text import EN, ZH, Phrasebook

HEADER = ["Id", "Name (Chinese)", "Name (English)", "Kind", "投资", "jobs", "population"]
HEADER += ["Published (10k yuan)", "Last year (10k yuan)"]
ROWS = [
    ["north", "北区", "North District", "district", 60, 10, 100, 28, 27],
    ["south", "南县", "South County", "county", 30, 30, 200, 21, 22],
    ["west", "西园", "West Park", "park", 10, 60, 300, 21, 21],
    ["zone", "新区", "New Zone", "zone", None, None, None, 20, 0],
]
FACTORS = ["Id", "Name (Chinese)", "Name (English)", "Unit", "Definition", "Year", "Status", "Source"]
CELLS = ["Recipient", "Factor", "Status", "Provider", "Confirmed on", "Declared", "Verified", "Note"]


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Scenario:
    return load_scenario(make(tmp_path_factory.mktemp("good"), GOOD))


def data(**cells) -> list[list]:
    """The data sheet of the good scenario with some cells changed: E2="5%"."""
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place].value = value
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def book(**sheets) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def xlsx(**sheets) -> bytes:
    return saved(book(**sheets))


def csv(rows: list[list]) -> bytes:
    return "\n".join(",".join("" if c is None else str(c) for c in row) for row in rows).encode()


def patched(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with something else in one of its parts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to,
    ):
        assert part in source.namelist()
        for name in source.namelist():
            xml = source.read(name)
            if name == part:
                assert old in xml
                xml = xml.replace(old, new, 1)
            to.writestr(name, xml)
    return out.getvalue()


def refused(scenario: Scenario, content: bytes, name: str = "data.xlsx") -> ScenarioError:
    """The error, which is one sentence for each problem in both languages."""
    with pytest.raises(ScenarioError) as caught:
        upload.read(name, content, scenario)
    for lang in ("zh", "en"):
        for sentence in caught.value.sentences(Phrasebook(lang)):
            assert sentence.isprintable() and len(sentence) < 1000
            assert not re.search(r"\{[a-z_]+\}", sentence)
            if lang == "zh":
                assert re.search("[一-鿿]{2}", re.sub(r"“.*?”|^[^：]*：", "", sentence))
    return caught.value


def check(error: ScenarioError, key: str, *at, details: str = "") -> None:
    """One problem of this key at this sheet, row and column, as both languages say it."""
    places = dict(zip(("sheet", "row", "column"), at, strict=False))
    places = {name: value for name, value in places.items() if value is not None}
    assert [(p.key, dict(p.at)) for p in error.problems] == [(key, places)]
    english, chinese = error.sentences(EN)[0], error.sentences(ZH)[0]
    file = error.problems[0].file
    assert english.startswith(file + "".join(f", {name} {value}" for name, value in places.items()) + ": ")
    in_chinese = {"sheet": "“{}”表", "row": "第{}行", "column": "“{}”列"}
    where = "".join("，" + in_chinese[name].format(value) for name, value in places.items())
    assert chinese.startswith(f"{file}{where}：")
    assert details in english


# --- what is read -----------------------------------------------------------------------------------


def test_the_same_table_is_the_same_scenario(good):
    assert upload.read("a.xlsx", xlsx(Data=data()), good) == good
    assert upload.read("a.XLSX", xlsx(数据=data()), good) == good
    assert upload.read("a.xlsx", xlsx(Sheet1=data()), good) == good  # one sheet alone
    assert upload.read("a.csv", csv(data()), good) == good


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_as_files_are_written(good, encoding):
    rows = "区县（园区）,投资,jobs,population\r\n新区,,,\r\n西园,10,60,300\r\n"
    rows += "城北,70,10,100\r\nSOUTH,30,30,200\r\n\r\n"
    made = upload.read("表.csv", rows.encode(encoding), good)
    assert made.factors[0].values == (70, 30, 10, None)
    assert made.recipients == good.recipients  # without names, the order is the scenario's
    assert replace(made, factors=good.factors) == good


@pytest.mark.parametrize(
    "heading", ["recipient", "Id", "编号", "区县（园区）", "区县(园区)", "区县", "RECIPIENTS"]
)
def test_headings_of_recipients(good, heading):
    rows = [[heading, "Investment", "JOBS", "population"], *([r[1], *r[4:7]] for r in ROWS)]
    named = replace(good.factors[0], name=Text("投资", "Investment"))
    scenario = replace(good, factors=(named, *good.factors[1:]))
    assert upload.read("a.csv", csv(rows), scenario) == scenario


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (61, 61), (0, 0), (0.1, Fraction(1, 10)), (12.5, Fraction(25, 2)), (1e20, 10**20), ("61", 61),
        ("0.1234567890123456789", Fraction("0.1234567890123456789")), ("1,234", 1234), ("１２", 12),
        (" 7 ", 7), (1e-7, Fraction(1, 10**7)),
    ],
)  # fmt: skip
def test_figures_are_read_exactly(good, cell, value):
    made = upload.read("a.xlsx", xlsx(Data=data(E2=cell)), good)
    assert made.factors[0].values[0] == value and type(made.factors[0].values[0]) is type(value)


def test_displayed_figures_do_not_count_and_formulas_count_as_their_values(good):
    made = book(Data=data(E2=0.6123))
    for place in ("E2", "E3", "E4"):
        made["Data"][place].number_format = "0%"
    made["Data"]["F2"].number_format = '0.00"万元"'
    assert upload.read("a.xlsx", saved(made), good).factors[0].values[0] == Fraction("0.6123")
    for stored, value in ((b"61", 61), (b"0.30000000000000004", Fraction("0.30000000000000004"))):
        new = b"<f>A1+A2</f><v>" + stored + b"</v>"
        formula = patched(template(good, EN), "xl/worksheets/sheet2.xml", b"<v>60</v>", new)
        assert upload.read("a.xlsx", formula, good).factors[0].values[0] == value


@pytest.mark.parametrize(
    ("heading", "amounts"),
    [
        ("Published", [280000, 210000, 210000, 200000]),
        ("published（元）", [280000, 210000, 210000, 200000]),
        ("已下达数（万元）", [28, 21, 21, 20]),
        ("已下达数(亿元)", [0.0028, 0.0021, 0.0021, 0.002]),
    ],
)
def test_amounts_in_the_unit_of_their_heading(good, heading, amounts):
    rows = [["Id", "投资", "jobs", "population", heading]]
    rows += [[row[0], *row[4:7], amount] for row, amount in zip(ROWS, amounts, strict=True)]
    assert upload.read("a.xlsx", xlsx(Data=rows), good) == good
    bare = replace(good, published=None)
    assert upload.read("a.xlsx", xlsx(Data=rows), bare).published == good.published


def test_recipients_are_added_removed_reordered_and_renamed(good):
    rows = data()
    rows[1][2] = "Northern District"
    new = ["east", "东区", "", "新区", 5, 6, 7, 0, 1]
    made = upload.read("a.xlsx", xlsx(Data=[rows[0], rows[4], new, rows[3], rows[1]]), good)
    assert made.recipients == (
        Recipient("zone", Text("新区", "New Zone"), "zone"),
        Recipient("east", Text("东区"), "新区"),
        Recipient("west", Text("西园", "West Park"), "park"),
        Recipient(
            "north", Text("北区", "Northern District"), "district", ("城北", "北城")
        ),  # with its aliases
    )
    assert made.factors[1].values == (None, 6, 60, 10)
    assert made.published == {"zone": 200_000, "east": 0, "west": 210_000, "north": 280_000}
    assert (made.fund, made.limits, made.provenance) == (good.fund, good.limits, good.provenance)
    allocate(made)


def test_remarks_on_cells_that_are_gone_go_with_them(good):
    rows = data()
    del rows[1]
    assert upload.read("a.xlsx", xlsx(Data=rows), good).provenance == ()


def test_kinds_in_words(good):
    rows = data(D2="区", D3="县", D4="园区")
    assert upload.read("a.xlsx", xlsx(Data=rows), good) == good


def test_reference_columns_may_go_and_new_factors_come_with_a_description(good):
    rows = [row[:6] + row[7:] for row in data()]
    made = upload.read("a.xlsx", xlsx(Data=rows), good)
    assert [f.id for f in made.factors] == ["investment", "jobs"]
    for row, cell in zip(rows, ["Roads", 5, 6, 7, None], strict=True):
        row.insert(6, cell)
    about = [FACTORS, ["roads", "道路", "Roads", "km", "公路里程", 2022, "公开", "统计局"],
             ["jobs", "就业", "Jobs", None, None, None, "Derived", None]]  # fmt: skip
    made = upload.read("a.xlsx", xlsx(Data=rows, Factors=about), good)
    assert made.factors[2] == Factor(
        "roads", (5, 6, 7, None), Text("道路", "Roads"), Text("km"), Text("公路里程"), 2022, "published",
        Text("统计局"),
    )  # fmt: skip
    assert made.factors[1] == replace(good.factors[1], name=Text("就业", "Jobs"), status="derived")
    assert made.factors[0] == good.factors[0]  # no row: as it was


def test_a_text_that_is_not_changed_keeps_its_other_language(good):
    both = replace(good.factors[0], unit=Text("万元", "10k yuan"), source=Text("统计局", "Statistics"))
    scenario = replace(good, factors=(both, *good.factors[1:]))
    rows = [["编号", "单位", "来源"], ["investment", "万元", "财政局"]]
    made = upload.read("a.xlsx", xlsx(数据=data(), 因素说明=rows), scenario)
    assert made.factors[0] == replace(both, source=Text("财政局"))


def test_remarks_on_cells_are_replaced_whole(good):
    rows = [CELLS, ["城北", "投资", "公开", "统计局", date(2023, 5, 31), 61.5, "60", "一项未竣工"],
            ["west", "jobs", None, None, "2023-06-01", None, None, None]]  # fmt: skip
    assert upload.read("a.xlsx", xlsx(Data=data(), Cells=rows), good).provenance == (
        Provenance("north", "investment", "published", "统计局", date(2023, 5, 31), Fraction(123, 2), 60,
                   "一项未竣工"),
        Provenance("west", "jobs", confirmed_on=date(2023, 6, 1)),
    )  # fmt: skip
    assert upload.read("a.xlsx", xlsx(Data=data(), Cells=[CELLS]), good).provenance == ()
    assert upload.read("a.xlsx", xlsx(Data=data()), good).provenance == good.provenance


def test_other_sheets_empty_rows_and_styles_at_the_end_do_not_matter(good):
    made = book(Data=[*data(), [None] * 9, ["", " "]], Sheet2=[["anything", "=A1"]])
    made["Data"]["A900"].font = openpyxl.styles.Font(bold=True)
    made["Data"]["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    made.create_sheet("Hidden").sheet_state = "hidden"
    assert upload.read("a.xlsx", saved(made), good) == good


# --- one mistake ------------------------------------------------------------------------------------

CELL_CASES = {
    "percent": ("5%", "cell_percent"), "unit": ("12万元", "cell_unit"), "text": ("about 5", "cell_text"),
    "negative": (-5, "cell_negative"), "negative text": ("-5", "cell_negative"),
    "blank": (None, "cell_empty"), "markup": ("<b>5</b>", "cell_text"),
    "date": (datetime(2023, 5, 31), "cell_time"), "time": (datetime(2023, 5, 31, 4, 5), "cell_time"),
    "a bool": (True, "cell_bool"), "a formula never worked out": ("=30+31", "cell_unvalued"),
    "#DIV/0!": ("#DIV/0!", "cell_error"), "#REF!": ("#REF!", "cell_error"), "#N/A": ("#N/A", "cell_error"),
    "too large": (1e35, "cell_scientific"), "not finite": ("inf", "cell_infinite"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "key"), CELL_CASES.values(), ids=CELL_CASES)
@pytest.mark.parametrize("column", ["E", "G", "H"])
def test_a_cell_that_is_no_figure(good, value, key, column):
    heading = HEADER["ABCDEFGHI".index(column)]
    check(refused(good, xlsx(Data=data(**{f"{column}3": value}))), key, "Data", 3, heading)


NAME_CASES = {
    "formula": ("B3", "=cmd|' /C calc'!A0", "Name (Chinese)", ("name_unsafe",)),
    "plus": ("C3", "+1", "Name (English)", ("name_unsafe",)),
    "at": ("A3", "@SUM", "Id", ("name_unsafe", "recipient_used")),
    "error": ("B3", "#REF!", "Name (Chinese)", ("cell_error",)),
    "too long": ("C3", "x" * 1001, "Name (English)", ("name_unsafe",)),
    "invisible": ("B3", "南\u200b县", "Name (Chinese)", ("name_unsafe",)),
    "the kind of all": ("D3", "all", "Kind", ("kind_all",)),
    "no id": ("A3", None, "Id", ("recipient_blank",)),
    "twice": ("A3", "北区", "Id", ("recipient_twice",)),
}


@pytest.mark.parametrize(("place", "value", "heading", "keys"), NAME_CASES.values(), ids=NAME_CASES)
def test_a_name_that_is_none(good, place, value, heading, keys):
    made = book(Data=data())
    made["Data"][place].value = value
    if isinstance(value, str):
        made["Data"][place].data_type = "s"  # text, whatever it begins with
    check(refused(good, saved(made)), keys[0], "Data", 3, heading)


def test_markup_in_a_name_is_a_name(good):
    # it is text everywhere, and escaped where it is shown
    made = upload.read("a.xlsx", xlsx(Data=data(B3="<script>alert(1)</script>")), good)
    assert made.recipients[1].name.zh == "<script>alert(1)</script>"


def test_names_that_two_would_have(good):
    check(refused(good, xlsx(Data=data(B4="城北"))), "name_ambiguous", "Data", 4)
    rows = data(B3=None, C3=None)
    check(refused(good, xlsx(Data=rows)), "name_blank", "Data", 3, "Name (Chinese)")


def short(**cells) -> list[list]:
    """The table without names: it must hold the scenario's recipients."""
    return [[row[0], *row[4:]] for row in data(**cells)]


def test_another_id_for_the_same_recipient_would_lose_what_is_known_of_it(good):
    error = refused(good, xlsx(Data=data(A2="n", A3="s", B3="南郡", C3="South Prefecture")))
    check(error, "recipient_called", "Data", 2, "Id")
    assert "called “north” in the scenario but “n” in the file" in error.sentences(EN)[0]
    assert "“北区”在方案中的编号为“north”，在文件中为“n”" in error.sentences(ZH)[0]
    # a recipient of other names is another one, and a name in the place of the id is the id
    other = upload.read("a.xlsx", xlsx(Data=data(A3="s", B3="南郡", C3="South Prefecture")), good)
    assert other.ids == ("north", "s", "west", "zone")
    assert upload.read("a.xlsx", xlsx(Data=data(A2="城北")), good) == good


def test_in_numbered_rows_an_id_may_move_but_not_change(good):
    header, rows = upload.table_rows(good, EN)

    def made(*lines):
        return upload.with_table(good, header, lines, "t", numbered=True)

    north, south, west, zone = rows
    other = ["n", "另区", "Other", *north[3:]]
    with pytest.raises(ScenarioError) as caught:
        made((1, other), (2, south), (3, west), (4, zone))
    check(caught.value, "recipient_changed", None, 1, "Id", details="the id was “north” and is now “n”")
    moved = made((1, south), (2, north), (3, west), (4, zone))
    assert moved.recipients == tuple(good.recipients[i] for i in (1, 0, 2, 3))
    # deleted and added, and pushed down by a row pasted above it
    assert made((2, south), (3, west), (4, zone), (5, other)).ids == ("south", "west", "zone", "n")
    assert made((1, other), *enumerate(rows, 2)).ids == ("n", *good.ids)


def test_recipients_of_a_table_without_names(good):
    check(refused(good, xlsx(Data=short(A3="sauth"))), "recipient_unknown", "Data", 3, "Id",
          details="did you mean “south”")  # fmt: skip
    check(refused(good, xlsx(Data=short(A3="城北"))), "recipient_twice", "Data", 3, "Id")
    check(refused(good, xlsx(Data=short(A3=None))), "recipient_blank", "Data", 3, "Id")
    check(refused(good, xlsx(Data=short()[:-1])), "recipient_missing", "Data", details="新区" and "New Zone")
    check(refused(good, csv(short(A3="sauth")), "a.csv"), "recipient_unknown", None, 3, "Id")


HEADER_CASES = {
    "unknown": ({"G1": "populatoin"}, "column_new", "did you mean “population”"),
    "a new factor without description": ({"J1": "Roads", "J2": 5}, "column_new", "sheet Factors"),
    "twice": ({"J1": "JOBS", "J2": 5}, "header_double", "“jobs”"),
    "the same twice": ({"J1": "jobs", "J2": 5}, "header_twice", "“jobs”"),
    "no name": ({"K1": "x", "J2": 5}, "header_blank", ""),
    "a weighted factor is gone": ({"F1": "population", "G1": "Previous (yuan)", "I1": "note"}, "", ""),
    "unit": ({"H1": "Published (bushels)"}, "header_unit_currency", "万元"),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "key", "says"), HEADER_CASES.values(), ids=HEADER_CASES)
def test_headings(good, cells, key, says):
    error = refused(good, xlsx(Data=data(**cells)))
    if key:
        check(error, key, "Data", 1, details=says)
    else:
        assert "column_used" in [p.key for p in error.problems]


def test_a_column_that_a_weight_or_a_limit_goes_by_must_be_there(good):
    limited = replace(good, limits=(Limit("all", floor_rate=Fraction(1, 100), of="fund", by="population"),))
    rows = [row[:6] + row[7:] for row in data()]
    check(refused(limited, xlsx(Data=rows)), "column_used", "Data", 1, details="population")
    rows = [row[:5] + row[6:] for row in data()]
    check(refused(good, xlsx(Data=rows)), "column_used", "Data", 1, details="jobs")
    rows = [row[4:7] for row in data()]
    check(refused(good, xlsx(Data=rows)), "header_missing", "Data", 1, details="“Id”")


def test_a_heading_that_two_factors_have(good):
    same = tuple(replace(f, name=Text("贡献", "Both")) for f in good.factors[:2])
    scenario = replace(good, factors=(*same, good.factors[2]))
    rows = data(E1="Both", F1="jobs")
    error = refused(scenario, xlsx(Data=rows))
    assert [p.key for p in error.problems] == ["header_ambiguous", "column_used"]
    assert "can mean investment or jobs" in error.sentences(EN)[0]


def test_names_that_were_swapped_leave_no_column_in_doubt(good):
    first, second, third = good.factors
    scenario = replace(
        good, factors=(replace(first, name=Text("甲")), replace(second, name=Text("乙")), third)
    )
    about = [["编号", "名称"], ["investment", "乙"], ["jobs", "甲"]]
    for headings in (["甲", "乙"], ["乙", "甲"]):
        rows = data(E1=headings[0], F1=headings[1])
        error = refused(scenario, xlsx(数据=rows, 因素说明=about))
        assert [p.key for p in error.problems] == ["header_ambiguous", "header_ambiguous", "column_used"]
    made = upload.read("a.xlsx", xlsx(数据=data(E1="investment"), 因素说明=about), scenario)
    assert [(f.name.zh, f.values[0]) for f in made.factors[:2]] == [("乙", 60), ("甲", 10)]


@settings(max_examples=cases(25), suppress_health_check=list(HealthCheck))
@given(st.permutations(range(1, 9)), st.permutations(range(1, 5)))
def test_the_order_of_columns_and_of_rows(good, columns, rows):
    table = data()
    made = upload.read("a.csv", csv([[table[r][c] for c in (0, *columns)] for r in (0, *rows)]), good)
    assert list(made.ids) == [ROWS[r - 1][0] for r in rows]
    assert {(r.id, r.name, r.aliases) for r in made.recipients} == {
        (r.id, r.name, r.aliases) for r in good.recipients
    }
    for factor in made.factors:
        before = dict(zip(good.ids, good.factor(factor.id).values, strict=True))
        assert dict(zip(made.ids, factor.values, strict=True)) == before
    assert (made.published, made.previous) == (good.published, good.previous)


def test_amounts_of_other_money(good):
    dollars = replace(good, fund=replace(good.fund, currency="USD", unit=1))
    made = upload.read("a.xlsx", xlsx(Data=data(H1="Published (USD)", I1="Last year")), dollars)
    assert made.published["north"] == 28
    error = refused(dollars, xlsx(Data=data(H1="Published (万元)", I1="Last year")))
    check(error, "header_unit_currency", "Data", 1, details="USD")


def test_other_recipients_need_their_amounts_and_keep_their_earmarks(good):
    rows = [row[:7] for row in data()]
    del rows[2]
    error = refused(good, xlsx(Data=rows))
    assert [p.key for p in error.problems] == ["amounts_other"] * 2
    assert "“Published”" in error.sentences(EN)[0] and "“上年数”" in error.sentences(ZH)[1]
    rows = data()[:-1]
    check(refused(good, xlsx(Data=rows)), "recipient_used", "Data", details="“New Zone”")


def test_a_column_of_zeros_has_its_heading_named(good):
    error = refused(good, xlsx(Data=data(E2=0, E3=0, E4=0)))
    check(error, "column_zero", "Data", None, "投资")


def test_every_problem_of_every_sheet_is_told_at_once(good):
    about = [FACTORS, ["investment", "投资", "x", None, None, "20223", "secret", "#REF!"], [None, "x"],
             ["jobs", None, None, None, None, None, "公开"], ["就业", "y"]]  # fmt: skip
    cells = [CELLS, ["nobody", "jobs", "x", None, "yesterday", -1, "y", "=1"], ["west", None]]
    made = book(Data=data(E2="5%", B3="=x", H4=True, J1="odd", J2=1), Factors=about, Cells=cells)
    made["Data"]["B3"].data_type = made["Cells"]["H2"].data_type = "s"
    found = [
        (*(p.at.get(n) for n in ("sheet", "row", "column")), p.key)
        for p in refused(good, saved(made)).problems
    ]
    assert set(found) == {
        ("Factors", 2, "Year", "year"), ("Factors", 2, "Status", "choice"),
        ("Factors", 2, "Source", "cell_error"), ("Factors", 3, "Id", "factor_blank"),
        ("Factors", 3, "Status", "choice"),
        ("Factors", 4, "Name (Chinese)", "name_blank"), ("Factors", 5, "Status", "choice"),
        ("Data", 1, None, "column_new"), ("Data", 2, "投资", "cell_percent"),
        ("Data", 3, "Name (Chinese)", "name_unsafe"), ("Data", 4, "Published (10k yuan)", "cell_bool"),
        ("Cells", 2, "Status", "choice"), ("Cells", 2, "Confirmed on", "cell_date"),
        ("Cells", 2, "Declared", "cell_negative"), ("Cells", 2, "Verified", "cell_text"),
        ("Cells", 2, "Note", "name_unsafe"), ("Cells", 3, "Factor", "factor_blank"),
    }  # fmt: skip
    assert len(found) == len(set(found))


def test_descriptions_of_nothing_and_twice(good):
    about = [FACTORS, ["roads", "道路", "Roads", None, None, None, "公开"]]
    check(refused(good, xlsx(Data=data(), Factors=about)), "factor_unknown", "Factors", 2, "Id")
    about = [["Id", "Year"], ["jobs", 2022], ["JOBS", 2023]]
    check(refused(good, xlsx(Data=data(), Factors=about)), "factor_twice", "Factors", 3, "Id")
    about = [["Id", "Yaer"], ["jobs", 2022]]
    check(refused(good, xlsx(Data=data(), Factors=about)), "header_unknown", "Factors", 1)
    check(refused(good, xlsx(Data=data(), Cells=[["Factor", "Note"]])), "header_missing", "Cells", 1)


def test_cells_of_what_is_not_there(good):
    cells = [CELLS, ["nobody", "jobs"], ["west", "roads"], ["west", "jobs"], ["西园", "jobs"]]
    error = refused(good, xlsx(Data=data(), Cells=cells))
    assert [(p.key, p.at["row"], p.at["column"]) for p in error.problems] == [
        ("recipient_unknown", 2, "Recipient"),
        ("column_unknown", 3, "Factor"),
        ("recipient_twice", 5, "Recipient"),
    ]


def test_many_problems_end(good):
    rows = [HEADER, *([f"r{i}", "x", "", "", "5%"] for i in range(3000))]
    with spending_at_most(30):
        assert len(refused(good, xlsx(Data=rows)).problems) == 100
        rows = [HEADER[:1] + HEADER[4:], *([f"r{i}", "5%"] for i in range(3000))]
        assert len(refused(good, xlsx(Data=rows)).problems) == 100


# --- sheets -----------------------------------------------------------------------------------------


def test_which_sheet_is_which(good):
    check(refused(good, xlsx(One=data(), Two=data())), "sheet_missing", details="One, Two")
    check(refused(good, xlsx(Data=data(), 数据=data())), "sheet_twice")
    check(refused(good, xlsx(Factors=[FACTORS])), "sheet_missing")
    check(refused(good, xlsx(Data=[])), "file_empty", "Data")
    check(refused(good, xlsx(Data=[HEADER])), "csv_no_rows", "Data")
    check(refused(good, xlsx(Data=[[None], *data()])), "csv_first_line", "Data", 1)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_not_used_silently(good, state):
    made = book(Data=data(E2=99), Other=data())
    made["Data"].sheet_state = state
    check(refused(good, saved(made)), "sheet_hidden", "Data")


@pytest.mark.parametrize("area", ["E2:E3", "A1:B1", "H4:I5"])
def test_merged_cells(good, area):
    made = book(Data=data())
    made["Data"].merge_cells(area)
    error = refused(good, saved(made))
    assert error.problems[0].key == "sheet_merged"
    assert error.sentences(EN)[0].startswith(f"data.xlsx, sheet Data: cells are merged ({area})")


def test_merged_cells_beside_the_table_do_not_matter(good):
    made = book(Data=data())
    made["Data"].merge_cells("L2:M5")
    made["Data"].merge_cells("A20:B21")
    assert upload.read("a.xlsx", saved(made), good) == good


def test_headings_in_more_than_one_row(good):
    title = [["The fund of 2023"], *data()]
    check(refused(good, xlsx(Data=title)), "header_rows", "Data", 1)
    units = data()
    units.insert(1, [None, None, None, None, "万元", "人"])
    check(refused(good, xlsx(Data=units)), "header_rows", "Data", 2)
    twice = [HEADER, *data()]
    check(refused(good, xlsx(Data=twice)), "header_rows", "Data", 2)
    check(refused(good, csv(twice), "a.csv"), "header_rows", None, 2)


# --- files ------------------------------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return out.getvalue()


FILES = {
    "png": ("a.png", PNG, "upload_name"), "pdf": ("a.pdf", b"%PDF-1.7", "upload_name"),
    "docx": ("a.docx", other_zip(), "upload_name"), "xlsm": ("a.xlsm", other_zip(), "upload_name"),
    "no ending": ("data", b"x", "upload_name"), "xls": ("a.xls", OLE, "upload_old"),
    "encrypted": ("a.xlsx", OLE, "upload_old"), "png as xlsx": ("a.xlsx", PNG, "upload_not_xlsx"),
    "docx as xlsx": ("a.xlsx", other_zip(), "upload_not_xlsx"),
    "text as xlsx": ("a.xlsx", b"a,b", "upload_not_xlsx"),
    "csv as xls": ("a.xls", b"a,b", "upload_not_xlsx"), "png as csv": ("a.csv", PNG, "upload_not_csv"),
    "xlsx as csv": ("a.csv", other_zip(), "upload_not_csv"), "nothing": ("a.xlsx", b"", "file_empty"),
    "blank csv": ("a.csv", b" \n\n", "file_empty"), "only commas": ("a.csv", b",,\n,,", "file_empty"),
    "neither encoding": ("a.csv", b"recipient,\xff\xff\xff\n", "file_encoding"),
    "large": ("a.xlsx", bytes(6 * 2**20), "upload_large"),
    "cut": ("a.xlsx", other_zip()[:80], "upload_broken"),
    "open quote": ("a.csv", b'a,b\n"c,d\n', "csv_syntax"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "key"), FILES.values(), ids=FILES)
def test_files_that_are_no_table(good, name, content, key):
    error = refused(good, content, name)
    assert [p.key for p in error.problems] == [key]
    assert error.sentences(EN)[0].startswith(name)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\x\\a.png", "\x1b[2J\u202e.png", "x" * 9000 + ".pdf", ""]
)
def test_names_of_files_are_shown_without_harm(good, name):
    sentence = refused(good, b"x", name).sentences(EN)[0]
    assert "etc" not in sentence and "\\" not in sentence and "\x1b" not in sentence and len(sentence) < 500


def part(xml: str) -> bytes:
    """The good workbook, its data sheet replaced."""
    content = xlsx(Data=[["x"]])
    old = re.search(rb"<sheetData>.*</sheetData>", zipfile.ZipFile(io.BytesIO(content)).read(SHEET), re.S)[0]
    return patched(content, SHEET, old, xml.encode())


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
ONE = '<c r="A1"><v>1</v></c>'
LAST = '<c r="XFD1048576"><v>1</v></c>'
BROKEN = {
    "the last cell": (f'<row r="1">{ONE}</row><row r="1048576">{LAST}</row>', "sheet_large"),
    "a cell outside of rows": (f"{LAST}<row>{ONE}</row>", "sheet_large"),
    "cells without places": (f"<row>{'<c><v>1</v></c>' * 201}</row>", "sheet_large"),
    "a row of milliards": ('<row r="4294967295"/><row><c><v>1</v></c></row>', "sheet_large"),
    "no such place": ('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>', "upload_broken"),
    "no such string": ('<row r="1"><c r="A1" t="s"><v>99</v></c></row>', "upload_broken"),
    "not closed": ("<row>", "upload_broken"),
    "nested": ("<row>" * 5000 + "</row>" * 5000, "upload_broken"),
}


@pytest.mark.parametrize(("xml", "key"), BROKEN.values(), ids=BROKEN)
def test_sheets_that_would_break_the_reader(good, xml, key):
    error = refused(good, part(f"<sheetData>{xml}</sheetData>"))
    assert [p.key for p in error.problems] == [key]


ENTITIES = {
    "file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "laughs": "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghe", strict=True)) + "]>",
}  # fmt: skip


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_entities_do_nothing(good, entity):
    content = part('<sheetData><row r="1"><c r="A1" t="str"><v>&e;</v></c></row></sheetData>')
    content = patched(content, SHEET, b"<worksheet", entity.encode() + b"<worksheet")
    error = refused(good, content)
    assert [p.key for p in error.problems] == ["upload_broken"]
    assert "root:" not in str(error)
    content = patched(template(good, EN), STRINGS, "北区".encode(), b"&e;")
    content = patched(content, STRINGS, b"<sst", entity.encode() + b"<sst")
    assert [p.key for p in refused(good, content).problems] == ["upload_broken"]


def test_zip_bombs_are_never_unpacked(good):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(100):
                sheet.write(bytes(2**20))
    assert len(out.getvalue()) < 2**20
    tracemalloc.start()
    error = refused(good, out.getvalue())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [p.key for p in error.problems] == ["upload_bomb"]
    assert peak < 300 * 2**20
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(1001):
            archive.writestr(f"{number}.xml", "")
    assert [p.key for p in refused(good, many.getvalue()).problems] == ["upload_bomb"]


def test_tables_that_are_too_large(good):
    rows = [["Id"], *([f"r{i}"] for i in range(MOST_ROWS))]
    check(refused(good, csv(rows), "a.csv"), "sheet_large")
    ten_thousand = [["Id"], *([f"r{i}"] for i in range(10_000))]
    check(refused(good, xlsx(Data=ten_thousand)), "sheet_large", "Data")
    check(refused(good, csv([["x"] * (MOST_COLUMNS + 1)] * 2), "a.csv"), "sheet_large")
    check(refused(good, xlsx(Data=[["x"] * (MOST_COLUMNS + 1)])), "sheet_large", "Data")
    check(refused(good, xlsx(Data=data(), Other=rows)), "sheet_large", "Other")


def test_four_thousand_recipients(good):
    rows = [["Id", "Name", "投资", "jobs", "population", "Published", "Last year"]]
    rows += [[f"r{i}", f"县{i}", i, i % 7, 1, 0, 0] for i in range(4_000)]
    factors = tuple(replace(factor, values=(1, 1, 1, 1)) for factor in good.factors)
    bare = replace(good, earmarks=(), limits=(), factors=factors)
    with spending_at_most(60):
        made = upload.read("a.xlsx", xlsx(Data=rows), bare)
        assert made.factors[0].values == tuple(range(4_000))
        again = upload.read("a.xlsx", template(made, ZH), made)
    assert again == made


# --- anything ---------------------------------------------------------------------------------------

FUZZ = settings(suppress_health_check=list(HealthCheck))


def any_end(name: str, content: bytes, scenario: Scenario) -> None:
    try:
        upload.read(name, content, scenario)
    except ScenarioError as error:
        assert all(s for lang in ("zh", "en") for s in error.sentences(Phrasebook(lang)))


@settings(FUZZ, max_examples=cases(80))
@given(
    st.sampled_from(["a.csv", "a.xlsx", "a.xls"]),
    st.sampled_from([b"", b"PK\x03\x04"]),
    st.binary(max_size=300),
)
@example("a.csv", b"", b"recipient\n\xef\xbb\xbf")
def test_any_bytes(good, name, start, content):
    any_end(name, start + content, good)


@settings(FUZZ, max_examples=cases(80))
@given(st.text(st.sampled_from('recipientdjobs,;\n"=%0123456789.北区投资 \t'), max_size=200))
def test_any_csv(good, text):
    any_end("a.csv", ("Id,投资,jobs,population\n" + text).encode(), good)


BITS = [b"9", b"<", b'"', b"99999999", b"/", b"&", b"s", b"", b"A1:"]


@settings(FUZZ, max_examples=cases(80))
@given(st.data())
def test_any_damage_to_a_workbook(good, data):
    content = bytearray(template(good, EN))
    if data.draw(st.booleans()):  # in the zip
        for _ in range(data.draw(st.integers(1, 5))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        any_end("a.xlsx", bytes(content), good)
        return
    out = io.BytesIO()  # in the XML of its parts
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as to:
        names = [n for n in source.namelist() if n.startswith("xl/") and n.endswith((".xml", ".rels"))]
        hurt = data.draw(st.sampled_from(names))
        for name in source.namelist():
            xml = bytearray(source.read(name))
            if name == hurt:
                for _ in range(data.draw(st.integers(1, 3))):
                    at = data.draw(st.integers(0, len(xml) - 1))
                    length = data.draw(st.sampled_from([0, 1, 1, 5, 40]))
                    xml[at : at + length] = data.draw(st.sampled_from(BITS))
            to.writestr(name, bytes(xml))
    any_end("a.xlsx", out.getvalue(), good)


def test_a_panic_of_the_reader_is_a_sentence(good, monkeypatch):
    import python_calamine

    class PanicException(BaseException):
        pass

    class Book:
        @staticmethod
        def from_filelike(_):
            raise PanicException("index out of bounds")

    monkeypatch.setattr(python_calamine, "CalamineWorkbook", Book)
    check(refused(good, xlsx(Data=data())), "upload_broken")
