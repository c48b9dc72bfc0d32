"""Payments from files: what is read, what is refused in which words, and the command that holds them up."""

import csv
import io
import json
import random
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from commands import runs
from depth import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import ScenarioError, Text, allocate, load_scenario
from allocator.analysis.execution import payers
from allocator.analysis.execution.payments import COLUMNS
from allocator.core.errors import as_in_toml
from allocator.files.dates import cell_day
from allocator.files.execution import cells as payment_cells
from allocator.files.execution import payments as reading
from allocator.files.execution.payments import load_payments, read_payments
from allocator.files.execution.rules import load_rules, read_rules, rules_bytes
from allocator.files.parsing import MOST_PROBLEMS
from allocator.text import EN, LANGUAGES, Phrasebook

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023"
RULE = FOLDER / "published-rule.toml"
PAYMENTS = FOLDER / "execution" / "payments-illustrative.csv"
LUZHOU = load_scenario(RULE)
WHO = payers(allocate(LUZHOU))
HEADER = "recipient,date,amount,use,payee,note\n"


def read(text, name="payments.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return read_payments(name, content, LUZHOU, WHO)


def refused(text, name="payments.csv"):
    with pytest.raises(ScenarioError) as error:
        read(text, name)
    return [(problem.key, *problem.at.values()) for problem in error.value.problems]


def rows(paid):
    """The payments as they are meant: line, payer, day, fen, use, payee, note."""
    table = paid.table
    return [
        (line, paid.payers[payer], day.date(), fen, paid.uses[use], paid.payees[payee], paid.notes[note])
        for line, payer, day, fen, use, payee, note in table[list(COLUMNS)].itertuples(index=False)
    ]


def book(*lines, sheet="Payments", more=()):
    made = openpyxl.Workbook()
    made.active.title = sheet
    for line in lines:
        made.active.append(line)
    for name in more:
        made.create_sheet(name).append(["x"])
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-06-03", date(2023, 6, 3)),
        ("2023/6/3", date(2023, 6, 3)),
        ("2023-6-3 08:30", date(2023, 6, 3)),
        ("２０２３／６／３", date(2023, 6, 3)),
        ("2023年6月3日", date(2023, 6, 3)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2023-06-31", "day_none"),
        ("2023-02-29", "day_none"),
        ("2023-13-01", "day_none"),
        ("45080", "day_serial"),
        ("45080.5", "day_serial"),
        ("20230603", "cell_date"),
        ("2023.6.3", "day_points"),
        ("民国112年6月3日", "day_era"),
        ("112年6月3日", "day_era"),
        ("112/6/3", "day_era"),
        ("3.6.2023", "cell_date"),
        ("2023-6/3", "cell_date"),
        ("June", "cell_date"),
        ("", "day_blank"),
    ],
)
def test_days_as_people_write_them(written, day):
    assert cell_day(written) == day


# --- what is read ---------------------------------------------------------------------------------


def test_a_file_in_chinese_and_in_wan():
    paid = read(
        "单位,付款日期,支付金额（万元）,资金用途,收款人,摘要\n"
        "江阳,2023/6/3,1.5,修路,甲,\n"
        " jiangyang ,2023年6月4日,-0.000001,修路,甲,退回\n"
        '泸州市酒业发展促进局,2023-06-05,"1,000",修路,,\n'
    )
    assert rows(paid) == [
        (2, "jiangyang", date(2023, 6, 3), 1_500_000, "修路", "甲", ""),
        (3, "jiangyang", date(2023, 6, 4), -1, "修路", "甲", "退回"),
        (4, "department:泸州市酒业发展促进局", date(2023, 6, 5), 10**9, "修路", "", ""),
    ]
    assert not paid.illustrative


def test_a_workbook_with_real_dates_and_numbers():
    head = ["Payer", "Payment date", "Amount (10k yuan)", "Use", "Payee", "Note", "Status"]
    line = ["Naxi District", datetime(2023, 6, 3), 170.25, "Roads", None, None, "example"]
    paid = read(book(head, line), "payments.xlsx")
    assert rows(paid) == [(2, "naxi", date(2023, 6, 3), 170_250_000, "Roads", "", "")]
    assert paid.illustrative
    assert rows(read(book(head, line, more=["notes"]), "p.xlsx")) == rows(paid)
    assert rows(read(book(head, line, sheet="a", more=["b"]), "p.xlsx")) == rows(paid)


def test_only_what_says_so_is_illustrative():
    head = "recipient,date,amount,use,status\n"
    assert read(head + "naxi,2023-06-03,1,a,假设\n").illustrative
    assert not read(head + "naxi,2023-06-03,1,a,公开\nnaxi,2023-06-03,1,a,\n").illustrative
    assert refused(head + "naxi,2023-06-03,1,a,真\n") == [("choice", 2, "status")]


CELL = st.sampled_from(
    [
        "naxi",
        "纳溪区",
        " naxi",
        "nobody",
        "",
        "2023-06-03",
        "2023/6/3 ",
        "2023-06-31",
        "5",
        "-5",
        "1.505",
        " 7",
        "a",
        "b,c",
    ]
)


@settings(max_examples=cases(60))
@given(st.lists(st.lists(CELL, min_size=3, max_size=5), max_size=4))
def test_reading_by_columns_and_line_by_line_is_the_same(lines):
    """Whole lines are read by columns at once; whatever is odd, line by line: nobody can tell which."""
    text = io.StringIO()
    csv.writer(text).writerows([["recipient", "date", "amount", "use"], *lines])
    content = text.getvalue().encode()

    def outcome():
        try:
            return rows(read(content))
        except ScenarioError as error:
            return error.sentences(EN)

    by_columns = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "whole_csv", lambda *_: None)
        assert outcome() == by_columns


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "key", "column"),
    [
        ("nobody,2023-06-03,1,a,,", "payment_payer", "recipient"),
        (",2023-06-03,1,a,,", "recipient_blank", "recipient"),
        ("naxi,2023-06-31,1,a,,", "day_none", "date"),
        ("naxi,45080,1,a,,", "day_serial", "date"),
        ("naxi,2023.6.3,1,a,,", "day_points", "date"),
        ("naxi,民国112年6月3日,1,a,,", "day_era", "date"),
        ("naxi,,1,a,,", "day_blank", "date"),
        ("naxi,2023-06-03,3万元,a,,", "cell_unit", "amount"),
        ("naxi,2023-06-03,,a,,", "cell_empty", "amount"),
        ("naxi,2023-06-03,1.005,a,,", "cents", "amount"),
        ("naxi,2023-06-03,1e3,a,,", "cell_scientific", "amount"),
        ("naxi,2023-06-03,0,a,,", "payment_zero", "amount"),
        ("naxi,2023-06-03,-1,a,,", "payment_refund", "note"),
        ("naxi,2023-06-03,--1,a,,x", "cell_text", "amount"),
        (f"naxi,2023-06-03,{10**16},a,,", "cell_number", "amount"),
        ("naxi,2023-06-03,1,,,", "payment_use", "use"),
        ("naxi,2023-06-03,1,=HYPERLINK(),,", "name_unsafe", "use"),
        ("naxi,2023-06-03,1,a,#REF!,", "cell_error", "payee"),
        ("naxi,2023-06-03,1,a,,\u202ea", "name_unsafe", "note"),
    ],
)
def test_one_sentence_with_file_row_and_column(line, key, column):
    assert refused(f"{HEADER}naxi,2023-06-03,1,a,,\n{line}\n") == [(key, 3, column)]


def test_every_problem_is_said_in_the_order_of_the_lines():
    bad = "nobody,2023-06-31,x,a,,\nnaxi,2023-06-03,1,a,,\nnaxi,45080,1,,,\n"
    assert refused(HEADER + bad) == [
        ("payment_payer", 2, "recipient"), ("day_none", 2, "date"), ("cell_text", 2, "amount"),
        ("day_serial", 4, "date"), ("payment_use", 4, "use"),
    ]  # fmt: skip


def test_very_many_problems_are_not_looked_for_for_ever():
    lines = "".join(f"nobody {n},2023-06-03,1,a,,\n" for n in range(5000))
    assert len(refused(HEADER + lines)) == MOST_PROBLEMS


def test_a_name_of_two_payers_is_refused_and_the_id_is_not():
    (first, *others) = LUZHOU.reservations
    odd = replace(LUZHOU, reservations=[replace(first, name="纳溪区"), *others])
    who = payers(allocate(odd))
    text = f"{HEADER}naxi,2023-06-03,1,a,,\n纳溪区,2023-06-03,1,a,,\n"
    with pytest.raises(ScenarioError) as error:
        read_payments("p.csv", text.encode(), odd, who)
    assert [(p.key, p.at["row"]) for p in error.value.problems] == [("payment_both", 3)]


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("recipient,date,amount", ["header_missing"]),
        ("recipient,date,amount,use,colour", ["header_unknown"]),
        ("recipient,date,amount（块）,use", ["header_unit"]),
        ("recipient,date,amount,use,用途", ["header_double"]),
    ],
)
def test_headings_that_are_not_understood(header, key):
    row = ["naxi", "2023-06-03", "1", "a", "b"][: header.count(",") + 1]
    assert refused(f"{header}\n{','.join(row)}\n") == [(one, 1) for one in key]


def test_what_is_wrong_with_headings_and_with_cells_is_said_at_once():
    assert refused("recipient,date,amount,colour\nnobody,2023-06-31,x,y\n") == [
        ("header_unknown", 1), ("header_missing", 1), ("payment_payer", 2, "recipient"),
        ("day_none", 2, "date"), ("cell_text", 2, "amount"),
    ]  # fmt: skip


def test_yuan_only_where_the_fund_is_in_yuan():
    abroad = load_scenario(FOLDER.parent / "us-crf-2020" / "scenario.toml")
    who = payers(allocate(abroad))
    with pytest.raises(ScenarioError, match="but the fund is in USD"):
        text = f"recipient,date,金额（万元）,use\n{who[0].id},2020-06-03,1,a\n"
        read_payments("p.csv", text.encode(), abroad, who)


def test_markup_and_what_steers_a_terminal_stay_text():
    with pytest.raises(ScenarioError) as error:
        read(f"{HEADER}<b>\x1b[31mx</b>,2023-06-03,1,a,,\n")
    assert all(
        "\x1b" not in sentence for lang in LANGUAGES for sentence in error.value.sentences(Phrasebook(lang))
    )


# --- rules ----------------------------------------------------------------------------------------

RULES = "format = 1\nnotice = 2023-05-01\nend = 2023-12-31\n"
TARGET = '[[target]]\nname = "a"\ngroup = "general"\n'


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ("format = 1\nend = 2023-12-31\n", "key_missing", {}),
        ("format = 2\n", "format", {"key": "format"}),
        (RULES + "xyz = 1\n", "key_unknown", {"key": "xyz"}),
        ("format = 1\nnotice = 2023-05-01\nend = '31.12.2023'\n", "cell_date", {"key": "end"}),
        ("format = 1\nnotice = 2023-05-01\nend = 5\n", "cell_date", {"key": "end"}),
        (RULES.replace("2023-05-01", "2024-05-01"), "execution_days", {"key": "notice"}),
        (RULES + "plan = 'fast'\n", "choice", {"key": "plan"}),
        (RULES + "quarters = true\n[[checkpoint]]\nday = 2023-06-30\n", "execution_quarters",
         {"key": "quarters"}),
        (RULES + "[[checkpoint]]\nday = 2023-06-30\nplanned = 101\n", "execution_percent",
         {"key": "[[checkpoint]] 1, planned"}),
        (RULES + "[[use]]\nname = 'a'\npermitted = 'yes'\nclause = 'b'\n", "type_bool",
         {"key": "[[use]] 1, permitted"}),
        (RULES + "[[use]]\nname = 'a'\npermitted = true\nclause = 'b'\naliases = 'c'\n", "execution_names",
         {"key": "[[use]] 1, aliases"}),
        (RULES + TARGET + "value = 1\noperator = '>'\n", "choice", {"key": "[[target]] 1, operator"}),
        (RULES + TARGET + "value = true\noperator = '>='\n", "execution_yes", {"key": "[[target]] 1, value"}),
        (RULES + TARGET + "value = true\nentered = 5\n", "execution_entered_yes",
         {"key": "[[target]] 1, entered"}),
        (RULES + TARGET + "value = 5\nentered = true\n", "execution_entered_number",
         {"key": "[[target]] 1, entered"}),
        (RULES + TARGET + "value = 5\nentered = 5\nfigure = 'uses'\n", "execution_computed",
         {"key": "[[target]] 1, entered"}),
        (RULES + TARGET + "value = 5\nweight = 10\npoints = 11\n", "execution_points",
         {"key": "[[target]] 1, points"}),
        (RULES + TARGET + "value = 5\nweight = -1\n", "negative", {"key": "[[target]] 1, weight"}),
    ],
)  # fmt: skip
def test_rules_that_are_written_wrong(text, key, place):
    with pytest.raises(ScenarioError) as error:
        read_rules("rules.toml", text.encode())
    (problem,) = error.value.problems
    at = {name: as_in_toml(str(value)) for name, value in problem.at.items()}
    assert (problem.key, at, problem.file) == (key, place, "rules.toml")


def test_checkpoints_are_june_september_and_december_unless_said(tmp_path):
    def days(text):
        return [checkpoint.day for checkpoint in read_rules("rules.toml", text.encode()).checkpoints]

    usual = [date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31)]
    assert days(RULES) == usual
    assert days(RULES + "quarters = true\n") == [date(2023, 3, 31), *usual]
    assert days(RULES + "[[checkpoint]]\nday = '2023/8/1'\n") == [date(2023, 8, 1)]


# --- rows that are alike --------------------------------------------------------------------------

STATED = HEADER.strip() + ",status\n"
TWICE = "naxi,2023-06-03,59,Services to business,甲,乙"


def test_rows_equal_in_everything_are_named_and_stay(tmp_path, run):
    file = tmp_path / "payments.csv"
    lines = [f"{TWICE},{status}\n" for status in ("example", "published", " example", "example", "example")]
    file.write_text(STATED + "".join(lines).replace("59,", "59.00,", 1), "utf-8")
    paid = load_payments(file, LUZHOU, WHO)
    assert len(paid.table) == 5 and paid.repeats == {4: 2, 5: 2, 6: 2}  # not line 3, of another status
    zh, en = (
        " ".join(run(RULE, file, "--on", "2023-06-02", lang=lang)[0].split()) for lang in LANGUAGES
    )  # a day on which none of them is counted
    assert "有3行与前面的行各栏完全相同（第4行同第2行；第5行同第2行；第6行同第2行），均按原样保留" in zh
    assert "Rows equal to an earlier one in everything: 3 (line 4 as line 2; line 5 as line 2; " in en
    found = json.loads(run(RULE, file, "--format", "json")[0])
    assert found["repeats"] == [{"line": line, "same_as": 2} for line in (4, 5, 6)]
    assert found["paid"] == 5 * 59


def test_of_very_many_rows_that_are_alike_the_first_are_named(tmp_path, run):
    file = tmp_path / "payments.csv"
    file.write_text(HEADER + 30 * f"{TWICE}\n", "utf-8")
    out = " ".join(run(RULE, file)[0].split())
    assert "29 (the first 20: line 3 as line 2; " in out and "line 22 as line 2)." in out
    assert "line 23 as" not in out
    file.write_text(HEADER + f"{TWICE}\n", "utf-8")
    assert "equal to an earlier one" not in run(RULE, file)[0]


@pytest.mark.parametrize(
    ("days", "on"),
    [
        (["2023-06-03"], "2023-06-03"),
        (["2023-06-03", "2024-01-09"], "2023-12-31"),
        (["2032-06-03"], "2023-12-31"),
        (["2023-06-03", "2023-12-31"], "2023-12-31"),
    ],
)
def test_no_payment_after_the_year_says_up_to_which_day(tmp_path, run, days, on):
    file = tmp_path / "payments.csv"
    file.write_text(HEADER + "".join(f"naxi,{day},1,Services to business,,\n" for day in days), "utf-8")
    assert json.loads(run(RULE, file, "--format", "json")[0])["on"] == on


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def run(capsys):
    return runs(capsys, "execution")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_payments_to_30_september_show_who_is_late_and_what_to_verify(run, lang):
    out, _ = run(RULE, PAYMENTS, "--on", "2023-09-30", lang=lang)
    lines = [" ".join(line.split()) for line in out.splitlines()]
    late = {
        # 170 × 152/244 = 105.90 万元 should have been paid, 52 were
        "zh": "江阳区 170 40 52 30.59 105.90 53.90 执行滞后",
        "en": "Jiangyang District 170 40 52 30.59 105.90 53.90 behind",
    }
    verify = {
        "zh": "31 自贸区 2023-09-26 5.5 工作经费和人员支出 用途列为不得列支",
        "en": "31 Free Trade Zone 2023-09-26 5.5 Running costs and staff use named as not permitted",
    }
    assert late[lang] in lines
    assert verify[lang] in lines
    assert Phrasebook(lang).say("execution.illustrative") in out
    assert "示例企业" not in out


def test_as_json_and_csv(run):
    data = json.loads(run(RULE, PAYMENTS, "--format", "json", "--on", "2023/9/30")[0])
    assert (data["allocated"], data["paid"], data["payments_later"]) == (57_220_000, 45_795_000, 10)
    last = data["checkpoints"][-1]
    assert sum(last["paid"].values()) == sum(last["by_use"].values()) == data["paid"]
    assert [one["line"] for one in data["to_verify"]] == [8, 18, 28, 31]
    assert data["to_verify"][2] == {
        "line": 28, "payer": "hightech", "date": "2023-08-18", "amount": 80_000, "use": "优化营商环境",
        "reasons": ["twice"], "same_as": 27,
    }  # fmt: skip
    out = run(RULE, PAYMENTS, "--format", "csv", "--on", "2023-09-30")[0]
    table = list(csv.reader(io.StringIO(out.removeprefix("\ufeff"))))
    assert len({len(row) for row in table}) == 1
    assert any("Line 31 is to be verified" in row[1] for row in table)


def test_payees_are_left_out_unless_asked_for(run):
    for form in ("table", "json", "csv"):
        assert "示例服务公司" not in run(RULE, PAYMENTS, "--format", form)[0]
    for form in ("table", "json"):
        assert "示例服务公司" in run(RULE, PAYMENTS, "--format", form, "--payees")[0]


def test_what_the_command_refuses(run, tmp_path):
    assert "no file of payments is named" in run(RULE, status=2)[1]
    assert "--on: “2023-09-31” is not a date" in run(RULE, PAYMENTS, "--on", "2023-09-31", status=2)[1]
    assert "payments.csv: there is no such file" in run(RULE, tmp_path / "payments.csv", status=2)[1]
    alone = FOLDER.parent / "au-wa-2024-25" / "scenario.toml"
    assert "execution/rules.toml: there is no such file, and payments" in run(alone, PAYMENTS, status=2)[1]
    bad = tmp_path / "bad.csv"
    bad.write_text(HEADER + "naxi,45080,1,a,,\n", "utf-8")
    found = run(RULE, bad, status=2)[1]
    assert found.startswith(f"{bad}, row 2, column date: “45080” looks like a spreadsheet's number for a day")


def test_a_scenario_that_differs_from_what_was_published_says_so(run):
    out = run(FOLDER / "equal-weights.toml", PAYMENTS, lang="zh")[0]
    assert "该方案的分配结果与已下达数不同" in out
    assert "该方案的分配结果与已下达数不同" not in run(RULE, PAYMENTS, lang="zh")[0]


def test_the_rules_of_luzhou_and_its_illustrative_payments():
    rules = load_rules(FOLDER / "execution" / "rules.toml")
    assert [use.name.zh for use in rules.uses if not use.permitted] == [
        "城市景观建设", "行政事业单位办公条件改善", "工作经费和人员支出",
    ]  # fmt: skip
    assert all(target.weight is None for target in rules.targets)  # none was published
    paid = load_payments(PAYMENTS, LUZHOU, WHO)
    assert paid.illustrative
    assert all(payee.startswith("示例") for payee in paid.payees)
    assert all(note.startswith("示例") for note in paid.notes)


@pytest.mark.parametrize("unit", [1, 1000, 10_000, 10**8])
def test_very_many_amounts_read_together_are_those_read_one_by_one(unit):
    rnd, digits = random.Random(unit), len(str(unit)) - 1
    texts = [
        f"{rnd.choice(['', '-'])}{rnd.randrange(1, 10 ** rnd.randint(1, 11 - digits))}"
        + (f".{rnd.randrange(10 ** (2 + digits)):0{2 + digits}}" if rnd.random() < 0.8 else "")
        for _ in range(3000)
    ]
    together = payment_cells.all_fen(unit)(texts)
    assert together.tolist() == [payment_cells.fen_in(text, unit) for text in texts]
    for odd in ("1,000", "0", "1.5e3", "", f"0.{'0' * (2 + digits)}1", "9" * 20):
        assert payment_cells.all_fen(unit)([*texts, odd]) is None


def test_rules_are_written_so_that_they_read_back_the_same():
    rules = load_rules(FOLDER / "execution" / "rules.toml")
    filled = [
        replace(target, weight=Fraction(33, 2), points=Fraction(1, 10), evidence=Text("甲", "A"))
        for target in rules.targets
    ]
    points = [
        replace(point, planned=part) for point, part in zip(rules.checkpoints, (None, 60, 100), strict=True)
    ]
    for one in (
        rules,
        replace(rules, targets=tuple(filled), plan="stated", checkpoints=tuple(points), source=None),
    ):
        assert read_rules("rules.toml", rules_bytes(one)) == one
