"""Every kind of sheet comes in with the figures that were written into it, or is refused with its cells."""

from fractions import Fraction

import pytest
from office_sheets import (
    FACTORS,
    HEADS,
    IDS,
    MONEY,
    NAMES,
    PERCENT,
    SCALED,
    VALUES,
    expected,
    figures,
    keys,
    ods,
    plain,
    read,
    sums,
    text,
    xls,
    xlsx,
)  # fmt: skip

from allocator import ScenarioError
from allocator.text import Phrasebook

TOTAL = ["合计", *sums()]


def settled(made, *treated: str, left_out: tuple[str, ...] = ()):
    """Nothing is open, the figures are those written in, and what was done is said."""
    assert not keys(made, "decisions") and not keys(made, "problems"), (made.decisions, made.problems)
    assert figures(made) == expected()
    assert set(treated) <= set(keys(made, "treated"))
    assert set(left_out) <= set(keys(made, "left_out"))


def tabbed(rows, **options):
    return read(text(rows, "\t"), "a.txt", **options)


HEADINGS = [
    "区县（园区）", "单位", "县（区）", "县区", "地区", "市县", "名称", "单位名称", "区 县", "各区县",
    "项目单位", "District", "区县\n（园区）", "行政区划", "乡镇（街道）",
]  # fmt: skip


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_of_the_recipients(heading):
    settled(tabbed(plain(heading)))
    made = tabbed(
        [["类别", heading, "备注", "金融机构存款"], ["区", "甲地", "无", 5], ["县", "乙地", "", 7]],
        alone=True,
    )
    assert made.values == {"甲地": {"金融机构存款": "5"}, "乙地": {"金融机构存款": "7"}}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", xlsx(plain())),
        ("a.xlsm", xlsx(plain())),
        ("a.xls", xlsx(plain())),  # a name that is not what it says
        ("a.ods", ods(plain())),
        ("a.csv", text(plain())),
        ("a.csv", text(plain(), encoding="gb18030")),
        ("a.csv", text(plain(), ";")),
        ("a.txt", text(plain(), "\t", "utf-16")),
        ("a.tsv", text(plain(), "\t", "utf-16-le")),
        ("a.xls", text(plain(), "\t", "gb18030")),  # what some systems call a workbook
        ("-", text(plain(), "\t", "utf-8")),
    ],
)
def test_kinds_of_files(name, content):
    settled(read(content, name))


@pytest.mark.parametrize("ending", ["xls", "et"])
def test_old_workbooks(ending):
    pytest.importorskip("xlwt")
    pytest.importorskip("xlrd")
    settled(read(xls([*plain(), TOTAL]), f"a.{ending}"), "check_agreed", "unseen_formulas")
    percents = {(i, j): PERCENT for i in range(1, 10) for j in range(1, 5)}
    rows = [plain()[0], *([n, *(float(v) / 100 for v in row)] for n, row in zip(NAMES, VALUES, strict=True))]
    settled(read(xls(rows, percents), "a.xls"), "percents")
    del percents[2, 2]
    assert keys(read(xls(rows, percents), "a.xls"), "problems") == ["percents_mixed"]


def test_open_documents_tell_percentages_hidden_columns_errors_and_repeats():
    hidden = '<table:table-column table:number-columns-repeated="5"/>'
    hidden += '<table:table-column table:visibility="collapse"/>'
    rows = [[*row, "旧数"] if i == 0 else [*row, 9] for i, row in enumerate(plain())]
    settled(read(ods(rows, hidden), "a.ods"), left_out=("column_hidden",))
    cell = '<table:table-cell office:value-type="percentage" office:value="0.05"><text:p>5%</text:p>'
    name = '<table:table-cell office:value-type="string"><text:p>泸县</text:p></table:table-cell>'
    row = f"<table:table-row>{name}{(cell + '</table:table-cell>') * 4}</table:table-row>"
    made = read(ods([*plain()[:4], *plain()[5:]], extra=row), "a.ods")
    assert keys(made, "problems") == ["percents_mixed"] * 4
    failed = row.replace('"percentage" office:value="0.05"', '"string"').replace("5%", "#REF!")
    made = read(ods([*plain()[:4], *plain()[5:]], extra=failed), "a.ods")
    assert [(p.key, p.at) for p in made.problems] == [("figure_error", f"{c}10") for c in "BCDE"]


def test_the_typical_sheet_of_an_office():
    rows = [
        ["泸州市2023年测算表", "", "", "", "", ""], ["", "", "", "", "", "单位：万元"],
        ["序号", "区县（园区）", "贡献情况", "", "", "工作情况"], ["", "", *HEADS],
        *([i, *row] for i, row in enumerate(plain()[1:], 1)),
        ["", *TOTAL], ["注：数据来源于市统计局，截止2022年12月31日。", "", "", "", "", ""],
    ]  # fmt: skip
    merged = ("A1:F1", "A3:A4", "B3:B4", "C3:E3", "A15:F15")
    made = read(xlsx(rows, merged=merged))
    settled(made, "unit", "check_agreed", left_out=("column_numbering", "row_note"))
    assert made.unit == "万元" and not any(made.units.values())
    assert made.cells["luxian"]["effort"] == "F8"
    alone = read(xlsx(rows, merged=merged), alone=True)
    assert list(alone.factors) == [*(f"贡献情况 / {h}" for h in HEADS[:3]), f"工作情况 / {HEADS[3]}"]
    settled(tabbed(rows), "unit", "check_agreed")  # pasted: no merged cells are left
    assert list(tabbed(rows, alone=True).factors) == list(alone.factors)


def test_a_table_that_does_not_begin_in_the_first_cell():
    made = read(xlsx(plain(), at=(4, 3)))
    settled(made)
    assert made.cells["jiangyang"]["investment"] == "E6"


def test_which_sheet():
    settled(
        read(xlsx([["说明文字"]], plain(), [], names=("说明", "测算表", "空"))), left_out=("sheet_other",)
    )
    other = [plain()[0], *([n, 1, 2, 3, 4] for n in NAMES)]
    book = xlsx(plain(), other, names=("2022年", "2023年"))
    made = read(book)
    assert keys(made, "decisions") == ["which_sheet"] and not made.values
    assert made.decisions[0].choices == ("2022年", "2023年")
    settled(read(book, sheet="2022年"))
    with pytest.raises(ScenarioError, match="2024年"):
        read(book, sheet="2024年")


def test_columns_that_are_left_out_and_those_that_are_asked_about():
    extra = ["得分", "占比", "排名", "分配金额（万元）", "备注", "2021年投资", "行政区划代码"]
    rows = [[*plain()[0], *extra], *([*row, 1, 2, 3, 170, "已核实", 7, 510500] for row in plain()[1:])]
    made = read(xlsx(rows, hidden_columns=[10]))
    assert keys(made, "decisions") == ["amounts"] and made.decisions[0].at == "I"
    assert figures(made) == expected()
    left = {"column_result", "column_remark", "column_hidden", "column_code"}
    assert left <= set(keys(made, "left_out"))
    settled(read(xlsx(rows, hidden_columns=[10]), leave_out=("分配金额",)), left_out=("column_asked",))
    for role in ("published", "previous"):
        made = read(xlsx(rows, hidden_columns=[10]), **{role: "I"})
        settled(made)
        assert [(a.role, a.unit, a.values["luxian"]) for a in made.amounts] == [(role, "万元", "170")]
    unmeasured = [[*row[:9]] for row in rows]
    unmeasured[0][8] = "分配金额"
    assert keys(tabbed(unmeasured, previous="I"), "problems") == ["amount_unit"]
    assert tabbed(unmeasured, previous="I", unit="万元").amounts[0].unit == "万元"


def test_rows_of_totals_are_checks_and_never_recipients():
    for rows in (
        [*plain(), TOTAL],
        [plain()[0], ["全市", *sums()], *plain()[1:]],
        [*plain(), ["Total", *sums()]],
    ):
        for alone in (False, True):
            made = tabbed(rows, alone=alone)
            assert len(made.values) == 9 and [check.agreed for check in made.checks] == [True]
    wrong = [*plain(), ["合　计", sums()[0] + 3, *sums()[1:]]]
    made = tabbed(wrong)
    assert [(p.key, p.at, p.details["difference"]) for p in made.problems] == [("check_differs", "B11", "3")]
    settled(tabbed(wrong, leave_out=("合计",)), left_out=("row_asked",))
    first, rest = plain()[1:4], plain()[4:]
    part = ["小计", *(sum(column) for column in zip(*(row[1:] for row in first), strict=True))]
    rows = [
        plain()[0],
        ["一、市辖区", *[""] * 4],
        *first,
        part,
        [""] * 5,
        ["二、县", *[""] * 4],
        *rest,
        TOTAL,
    ]
    made = tabbed(rows)
    settled(made, left_out=("row_section",))
    assert [(c.name, len(c.rows), c.agreed) for c in made.checks] == [("小计", 3, True), ("合计", 9, True)]
    # a total whose formula leaves out the first row does not pass for the total of the others
    short = ["合计", *(a - b for a, b in zip(sums(), plain()[1][1:], strict=True))]
    assert keys(tabbed([*plain(), short]), "problems") == ["check_differs"] * 4


def test_a_total_with_or_without_the_rows_that_are_no_recipients():
    own = ["市本级", 10, 20, 30, 40]
    with_own = ["合计", *(a + b for a, b in zip(sums(), own[1:], strict=True))]
    for total in (with_own, TOTAL):
        made = tabbed([*plain(), own, total])
        assert keys(made, "decisions") == ["row_own_level"] and not made.problems and made.checks[0].agreed
        settled(tabbed([*plain(), own, total], leave_out=("市本级",)), "check_agreed")
    assert keys(tabbed([*plain(), own, ["合计", 1, 2, 3, 4]]), "problems") == ["check_differs"] * 4


def test_a_total_that_was_never_worked_out_is_a_missing_check():
    rows = [*plain(), [""] * 5, ["合计", "=SUM(B2:B10)", "", "", ""]]
    made = read(xlsx(rows))
    settled(made, "check_missing")
    assert not made.checks[0].agreed


def test_a_sum_without_the_name_is_asked_about():
    made = tabbed([*plain(), ["市辖", *sums()]], alone=True)
    assert keys(made, "decisions") == ["row_sum"] and "市辖" not in made.values
    first = plain()[1:4]
    part = ["城区", *(sum(column) for column in zip(*(row[1:] for row in first), strict=True))]
    made = tabbed([plain()[0], part, *plain()[1:]], alone=True)
    assert keys(made, "decisions") == ["row_sum"]


def test_rows_that_are_asked_about():
    rows = plain()
    made = tabbed([*rows, ["市本级", 10, 10, 10, 10]])
    assert keys(made, "decisions") == ["row_own_level"] and figures(made) == expected()
    settled(tabbed([*rows, ["市本级", 10, 10, 10, 10]], leave_out=("市本级",)))
    assert keys(tabbed([*rows, ["市级部门", "", "", "", ""]]), "decisions") == ["row_reservation"]
    rows[8][0] = "其中：高新区"
    assert keys(tabbed(rows), "decisions") == ["row_part"]
    rows = plain()
    assert keys(tabbed(rows[:-1]), "decisions") == ["recipients_missing"]
    rows[7][0] = "古兰县"
    made = tabbed(rows)
    assert keys(made, "decisions") == ["recipient_near", "recipients_missing"]
    settled(tabbed(rows, same={"古兰县": "古蔺县"}))
    made = tabbed([*plain(), ["蓬莱岛", 1, 2, 3, 4]])
    assert keys(made, "decisions") == ["recipient_unknown"]


@pytest.mark.parametrize(
    "written",
    [
        "泸　县", "泸  县", "泸县人民政府", "四川省泸州市泸县", "泸州市泸县", "泸县财政局", "泸\n县",
        "泸\u200b县", " 泸县 ", "luxian", "LU COUNTY", "4.泸县", "（四）泸县", "泸县*", "泸县①",
        "四川省泸州市泸县人民政府", "\ufeff泸县",
    ],
)  # fmt: skip
def test_names_however_they_are_written(written):
    rows = plain()
    rows[4][0] = written
    made = read(xlsx(rows))
    settled(made)
    if written != "luxian":
        assert [s.at for s in made.treated if s.key == "read_as"] == ["A5"]


def test_names_that_are_refused_or_asked_about():
    made = tabbed([*plain(), ["泸县财政局", 1, 2, 3, 4]])
    assert [(p.key, p.at) for p in made.problems] == [("recipient_twice", "A11")]
    rows = [plain()[0], *([f"四川省成都市{row[0]}", *row[1:]] for row in plain()[1:])]
    assert set(keys(tabbed(rows), "decisions")) == {"recipient_elsewhere"}
    rows = plain()
    rows[8][0] = "成都市高新区"
    assert keys(tabbed(rows), "decisions") == ["recipient_elsewhere"]
    made = tabbed([["区县", "税收"], ["泸县", 1], ["泸　县", 2]], alone=True)
    assert keys(made, "problems") == ["recipient_twice"]
    assert keys(tabbed([["区县", "税收"], ["+泸县", 1], ["合江县", 2]], alone=True), "problems") == [
        "name_unsafe"
    ]


CELLS = {
    "1,234.50": "1234.50", "１２３４": "1234", "￥1,234": "1234", "¥ 1234.5": "1234.5", "'1234": "1234",
    " 1234 ": "1234", "1 234": "1234", "1234元": None, "0": "0", ".5": "0.5",
}  # fmt: skip


@pytest.mark.parametrize("written", CELLS)
def test_numbers_as_text(written):
    rows = plain()
    rows[1][1] = written
    made = read(xlsx(rows))
    if CELLS[written] is None:  # the other cells have no unit
        assert [(p.key, p.details["cells"]) for p in made.problems] == [("units_mixed", ["B2"])]
    else:
        assert made.is_settled and made.values["jiangyang"]["investment"] == CELLS[written]


def test_units_in_cells_headings_and_formats():
    rows = [["区县", *(f"{head}（万元）" for head in HEADS)], *plain()[1:]]
    made = read(xlsx(rows))
    settled(made)
    assert set(made.units.values()) == {"万元"}
    rows = [rows[0], *([row[0], f"{row[1]:,}万", *row[2:]] for row in rows[1:])]
    settled(read(xlsx(rows)), "unit_in_cells")
    rows[3][1] = rows[3][1].replace("万", "元")
    made = read(xlsx(rows))
    assert [(p.key, p.details["cells"]) for p in made.problems] == [("units_mixed", ["B4"])]
    formats = {(i, 1): '#,##0"万元"' for i in range(1, 10)}
    assert read(xlsx(plain(), formats=formats)).units["investment"] == "万元"
    settled(tabbed([plain()[0], ["", "（万元）", "万元", "人", "分"], *plain()[1:]]))


def test_percentages():
    shares = [[n, *(float(v / 100) for v in row)] for n, row in zip(NAMES, VALUES, strict=True)]
    formats = {(i, j): PERCENT for i in range(1, 10) for j in range(1, 5)}
    made = read(xlsx([plain()[0], *shares], formats=formats))
    settled(made, "percents")
    assert set(made.units.values()) == {"%"}
    del formats[3, 2]
    made = read(xlsx([plain()[0], *shares], formats=formats))
    assert [(p.key, p.at) for p in made.problems] == [("percents_mixed", "C")]
    assert made.problems[0].details["plain"] == ["C4"]
    written = [[n, *(f"{v} %" for v in row)] for n, row in zip(NAMES, VALUES, strict=True)]
    settled(tabbed([plain()[0], *written]), "percents")
    written[2][1] = written[2][1].removesuffix(" %")
    assert keys(tabbed([plain()[0], *written]), "problems") == ["percents_mixed"]


def test_formats_that_only_show_a_part_are_refused_and_those_of_accounts_are_not():
    settled(read(xlsx(plain(), formats={(i, 1): MONEY for i in range(1, 10)})))
    made = read(xlsx(plain(), formats={(2, 1): SCALED}))
    assert [(p.key, p.at) for p in made.problems] == [("figure_scaled", "B3")]


REFUSED = {
    "-5": "figure_negative", "(5)": "figure_negative", "△5": "figure_negative", "1e5": "figure_scientific",
    "2023-05-31": "figure_date", "2023年5月": "figure_date", "#REF!": "figure_error", "=A1": "figure_formula",
    "约15": "figure_words", "1,23": "figure_words", "五": "figure_words", "12..4": "figure_words",
    "100以上": "figure_words",
}  # fmt: skip


def test_every_cell_that_is_refused_is_named_at_once():
    rows = plain()
    places = {}
    for at, (written, key) in enumerate(REFUSED.items()):
        i, j = at % 9 + 1, at // 9 * 2 + 1
        rows[i][j] = written
        places[f"{chr(65 + j)}{i + 1}"] = key
    made = tabbed(rows)
    assert {p.at: p.key for p in made.problems} == places
    for lang in ("zh", "en"):
        assert all(p.at in p.sentence(Phrasebook(lang)) for p in made.problems)


def test_dates_errors_and_formulas_of_a_workbook_are_refused_by_cell():
    rows = plain()
    rows[2][2], rows[3][3] = "=B3", 45000
    rows[4][1] = 123456789012345678
    made = read(xlsx(rows, formats={(3, 3): "yyyy-mm-dd"}))
    assert {(p.at, p.key) for p in made.problems} == {
        ("C3", "figure_formula"), ("D4", "figure_date"), ("B5", "figure_rounded"),
    }  # fmt: skip


@pytest.mark.parametrize("mark", ["", "-", "—", "/", "无", "N/A", "－", "…"])
def test_what_is_missing_is_one_question(mark):
    rows = plain()
    rows[1][1] = rows[5][4] = mark
    made = tabbed(rows)
    assert [(d.key, d.details["cells"]) for d in made.decisions] == [("blank", ["B2", "E6"])]
    assert "investment" not in made.values["jiangyang"]
    made = tabbed(rows, blank="zero")
    assert made.is_settled and made.values["jiangyang"]["investment"] == "0" and made.zeros == ("B2", "E6")
    assert "blank_zero" in keys(made, "treated")
    made = tabbed(rows, blank="refuse")
    assert [(p.key, p.at) for p in made.problems] == [("figure_missing", "B2"), ("figure_missing", "E6")]


WEIGHTS = dict(zip(FACTORS, ("40", "30", "20", "10"), strict=True))


@pytest.mark.parametrize(
    "rows",
    [
        [["区县", *(f"{h}（{w}%）" for h, w in zip(HEADS, WEIGHTS.values(), strict=True))], *plain()[1:]],
        [["区县", *(f"{h}(权重{w}%)" for h, w in zip(HEADS, WEIGHTS.values(), strict=True))], *plain()[1:]],
        [plain()[0], ["权重", "40%", "30%", "20%", "10%"], *plain()[1:]],
        [plain()[0], ["权重（%）", 40, 30, 20, 10], *plain()[1:]],
        [*plain(), ["权重", 0.4, 0.3, 0.2, 0.1]],
    ],
)
def test_weights(rows):
    made = tabbed(rows)
    settled(made, "weights", "weights_differ")
    assert made.weights == WEIGHTS


def test_weights_that_are_not_100_are_not_taken():
    made = tabbed([plain()[0], ["权重", "40%", "30%", "20%", "20%"], *plain()[1:]])
    settled(made, left_out=("weights_not_100",))
    assert not made.weights


def test_a_table_on_its_side():
    rows = [list(row) for row in zip(*[*plain(), TOTAL], strict=True)]
    made = tabbed(rows)
    settled(made, "turned", "check_agreed")
    assert made.cells["luxian"]["investment"] == "E2"
    assert len(tabbed(rows, alone=True).values) == 9


def test_hidden_rows_are_asked_about():
    made = read(xlsx(plain(), hidden_rows=[4]))
    assert keys(made, "decisions") == ["hidden_rows"]
    settled(read(xlsx(plain(), hidden_rows=[4]), hidden="read"))
    made = read(xlsx(plain(), hidden_rows=[4]), hidden="leave")
    assert keys(made, "decisions") == ["recipients_missing"]


def test_what_is_no_single_table_is_refused():
    assert keys(tabbed([["说明"], ["什么也没有"]]), "problems") == ["no_table"]
    assert keys(tabbed(plain()[1:]), "problems") == ["no_table"]
    assert keys(tabbed([*plain(), ["单位", "人口", "财力", "x", "y"]]), "problems") == ["second_table"]
    settled(tabbed([*plain()[:5], plain()[0], *plain()[5:]]), left_out=("row_headings",))
    beside = [[*a, *b] for a, b in zip(plain()[:5], [plain()[0], *plain()[5:9]], strict=True)]
    assert set(keys(tabbed(beside), "problems")) == {"factor_twice"}
    rows = plain()
    rows[3][0] = ""
    assert [(p.key, p.at) for p in tabbed(rows).problems] == [("row_unnamed", "4")]
    unnamed = [[*plain()[0], ""], *([*row, 5] for row in plain()[1:])]
    assert [(p.key, p.at) for p in tabbed(unnamed).problems] == [("column_unnamed", "F")]


def test_a_hidden_column_that_is_a_factor_is_asked_about():
    made = read(xlsx(plain(), hidden_columns=[2]))
    assert [(d.key, d.at) for d in made.decisions] == [("factor_hidden", "C")]
    settled(read(xlsx(plain(), hidden_columns=[2]), hidden="read"))


def test_figures_of_several_rows_in_one_merged_cell_are_refused():
    made = read(xlsx(plain(), merged=["B3:B4"]))
    assert ("figure_merged", "B3:B4") in [(p.key, p.at) for p in made.problems]


def test_factors_that_are_not_there_are_asked_about():
    rows = plain()
    rows[0][1] = "投资贡献"
    made = tabbed(rows)
    assert keys(made, "decisions") == ["factor_near"]
    settled(tabbed(rows, same={"投资贡献": "投资贡献值"}))
    rows[0][1] = "备用数"
    assert keys(tabbed(rows), "decisions") == ["factor_missing"]
    settled(tabbed(plain(), recipients="A"))
    assert keys(tabbed(plain(), recipients="没有"), "problems") == ["no_such_column"]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"%PDF-1.7 ...", "sheet_kind_pdf"), (b"\x89PNG\r\n\x1a\n\0\0", "sheet_kind_picture"),
        (b"<html><table></table></html>", "sheet_kind_page"), (b"Rar!\x1a\x07\0", "sheet_kind_archive"),
        (b"{\\rtf1 a}", "sheet_kind_word"), (b"", "file_empty"),
    ],
)  # fmt: skip
def test_other_files_are_refused_with_the_way_out(content, key):
    with pytest.raises(ScenarioError) as refused:
        read(content, "a.xlsx")
    assert [problem.key for problem in refused.value.problems] == [key]


def test_figures_are_exact():
    rows = [["区县", "税收"], ["甲县", "0.1000000000000000000001"], ["乙县", "123456789012345678.5"]]
    made = tabbed(rows, alone=True)
    assert [Fraction(v["税收"]) for v in made.values.values()] == [Fraction(r[1]) for r in rows[1:]]
    assert len(IDS) == 9


def test_headings_of_years_groups_and_numbered_sections():
    rows = [["区县", "2021年", "", "2022年", ""], ["", "投资", "税收", "投资", "税收"], ["泸县", 5, 1, 9, 8]]
    made = tabbed([*rows, ["合江县", 7, 1, 8, 6]], alone=True)
    assert list(made.factors) == ["2021年 / 投资", "2021年 / 税收", "2022年 / 投资", "2022年 / 税收"]
    made = tabbed([["区县", 2021, 2022], ["泸县", 5, 1], ["合江县", 7, 2]], alone=True)
    assert list(made.factors) == ["2021", "2022"]
    rows = [["区县", "贡献", "", "", "工作"], ["", "规模", "", "质量", ""], ["", *HEADS], *plain()[1:]]
    made = tabbed(rows, alone=True)
    assert list(made.factors)[2:] == [f"贡献 / 质量 / {HEADS[2]}", f"工作 / {HEADS[3]}"]
    heads = [["一", "市辖区", *[""] * 4], ["二", "县", *[""] * 4]]
    rows = [["序号", *plain()[0]], heads[0], *([i, *r] for i, r in enumerate(plain()[1:4], 1)), heads[1]]
    settled(tabbed([*rows, *([i, *r] for i, r in enumerate(plain()[4:], 1))]), left_out=("row_section",))
    settled(tabbed([plain()[0], ["甲", 1, 2, 3, 4], *plain()[1:]]))
    settled(tabbed([*plain(), ["占全省比重", "1%", "2%", "3%", "4%"]]), left_out=("row_average",))
    settled(tabbed([*plain(), ["制表人：张", "", "审核：李", "", "2023年5月"]]), left_out=("row_note",))


def test_years_below_a_group_are_headings_and_no_title():
    """Years alone in the lower row, all else merged over both rows."""
    rows = [["序号", "县（区）", "产值（万元）", "", "项目（个）"], ["", "", "2022年", "2023年", ""]]
    rows += [[1, "泸县", 5, 6, 1], [2, "合江县", 7, 8, 0], ["合计", "", 12, 14, 1]]
    merged = ["A1:A2", "B1:B2", "C1:D1", "E1:E2", "A5:B5"]
    made = read(xlsx(rows, merged=merged), alone=True)
    assert not made.decisions and not made.problems
    assert list(made.factors) == ["产值 / 2022年", "产值 / 2023年", "项目"]
    assert made.values["泸县"] == {"产值 / 2022年": "5", "产值 / 2023年": "6", "项目": "1"}
    assert [check.agreed for check in made.checks] == [True]


@pytest.mark.parametrize(
    "heading",
    [
        "2023年拨款（元）",
        "上年拨款（万元）",
        "2023年度补助金额（万元）",
        "2023年奖补资金",
        "Grant 2024/25 (£000)",
        "2024 allocation",
        "Final award 2023-24",
    ],
)
def test_money_of_a_year_is_asked_about_and_never_a_factor(heading):
    made = read(xlsx([["区县", "人口", heading], ["泸县", 5, 61], ["合江县", 7, 80]]), alone=True)
    assert keys(made, "decisions") == ["amounts"]
    assert list(made.factors) == ["人口"]


def test_a_column_that_is_refused_does_not_make_its_total_differ_too():
    rows = [*plain(), TOTAL]
    rows[2][1], rows[3][2] = "约5", ""
    made = tabbed(rows)
    assert keys(made, "problems") == ["figure_words"] and keys(made, "decisions") == ["blank"]
    assert "check_open" in keys(made, "treated")
    assert keys(tabbed(rows, blank="zero"), "problems") == ["figure_words", "check_differs"]


def test_a_part_of_the_row_above():
    rows = plain()
    whole = ["江阳区", *(a + b for a, b in zip(rows[1][1:], rows[8][1:], strict=True))]
    part = ["其中：高新区", *rows[8][1:]]
    rows = [rows[0], whole, part, *rows[2:8], rows[9], TOTAL]
    assert keys(tabbed(rows), "decisions") == ["row_part"]
    made = tabbed(rows, deduct=("其中：高新区",))
    assert made.is_settled and [check.agreed for check in made.checks] == [True]
    assert figures(made) == expected()
    assert made.cells["jiangyang"]["tax"] == "C2-C3" and made.cells["hightech"]["tax"] == "C3"
    rows[2][1] = 10**9
    assert ("part_larger", "B3") in [(p.key, p.at) for p in tabbed(rows, deduct=("高新区",)).problems]
    rows = [["区县", "人口"], ["甲县", 50], ["其中：开发区", 20], ["乙县", 7]]
    alone = tabbed(rows, alone=True, deduct=("3",))
    assert alone.values == {"甲县": {"人口": "30"}, "开发区": {"人口": "20"}, "乙县": {"人口": "7"}}
    first = tabbed([rows[0], *rows[2:]], alone=True, deduct=("开发区",))
    assert keys(first, "problems") == ["part_without_whole"]
