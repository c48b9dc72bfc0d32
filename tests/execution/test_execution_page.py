"""The page After the split, targets and their score, and the draft of the self-assessment report."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import docx
import pytest
from depth import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import SCENARIOS, html_of, opened
from streamlit.testing.v1 import AppTest

from allocator import ScenarioError, Text, allocate, load_scenario
from allocator.analysis.execution import Execution, Payer, Rules, Target, assess, execute, payers, payments_of
from allocator.files.execution.payments import load_payments, read_payments
from allocator.files.execution.rules import load_rules, rules_bytes
from allocator.files.execution.template import template
from allocator.report.execution.assessment import score_line, target_lines, targets_table
from allocator.report.papers.assessment import self_assessment
from allocator.report.papers.pack import document
from allocator.report.papers.proposal import proposal
from allocator.text import EN, LANGUAGES, ZH, Phrasebook
from allocator.ui.execution.inputs import entered

FOLDER = SCENARIOS / "luzhou-2023"
LUZHOU = allocate(load_scenario(FOLDER / "published-rule.toml"))
WHO = payers(LUZHOU)
RULES = load_rules(FOLDER / "execution" / "rules.toml")
NOTICE, END = date(2023, 5, 1), date(2023, 12, 31)


def illustrative(on: date = date(2023, 9, 30)) -> Execution:
    paid = load_payments(FOLDER / "execution" / "payments-illustrative.csv", LUZHOU.scenario, WHO)
    return execute(WHO, paid, RULES, on)


def target(**fields: object) -> Target:
    given = {"name": Text("甲", "A"), "group": "special", "figure": "entered", "operator": ">=", "value": 90}
    return Target(**{**given, **fields})  # type: ignore[arg-type]


# --- targets --------------------------------------------------------------------------------------


def half_paid() -> Execution:
    """A has paid 30 of 40 for what is permitted, B nothing of 60: by the end of September 62.3 % is due."""
    who = [Payer("a", Text("A"), 40), Payer("b", Text("B"), 60)]
    rules = Rules(NOTICE, END, uses=RULES.uses)
    rows = [
        (2, "a", date(2023, 6, 3), 2000, "改善商事服务", "", ""),
        (3, "a", date(2023, 6, 4), 1000, "别的", "", ""),
    ]
    return execute(who, payments_of(rows, "ab"), rules, date(2023, 9, 30))


@pytest.mark.parametrize(
    ("fields", "value", "state", "points"),
    [
        (
            {"figure": "execution", "value": 100, "weight": 20},
            30,
            "departs",
            6,
        ),  # 30 of 100 paid: 20 × 30 / 100
        ({"figure": "execution", "value": 30, "weight": 20}, 30, "met", 20),
        ({"figure": "schedule", "value": 100, "weight": 20}, 50, "departs", 10),  # A is at 75 %, B at 0
        ({"figure": "uses", "value": 100, "weight": 20}, Fraction(200, 3), "verify", None),
        ({"figure": "uses", "value": 100, "weight": 20, "points": 15}, Fraction(200, 3), "verify", 15),
        ({"entered": 93, "weight": 10}, 93, "met", 10),
        ({"entered": 81, "weight": 10}, 81, "departs", 9),
        ({"weight": 10}, None, "open", None),
        ({"entered": 81}, 81, "departs", None),
        ({"operator": "<=", "value": 5, "entered": 10, "weight": 8}, 10, "departs", 4),
        ({"operator": "<=", "value": 5, "entered": 5, "weight": 8}, 5, "met", 8),
        ({"operator": "=", "value": 5, "entered": 4, "weight": 10}, 4, "departs", 8),
        ({"operator": "=", "value": 4, "entered": 5, "weight": 10}, 5, "departs", 8),
        ({"operator": "=", "value": 0, "entered": 5, "weight": 10}, 5, "departs", 0),
        ({"operator": "=", "value": True, "entered": True, "weight": 10}, True, "met", 10),
        ({"operator": "=", "value": True, "entered": False, "weight": 10}, False, "departs", 0),
        ({"operator": "=", "value": True, "weight": 10}, None, "open", None),
    ],
)
def test_a_target_against_its_figure(
    fields: dict[str, object], value: object, state: str, points: object
) -> None:
    (found,) = assess(half_paid(), [target(**fields)]).items
    assert (found.value, found.state, found.points) == (value, state, points)


PLACES = st.tuples(
    st.integers(0, 30), st.integers(0, 150), st.integers(1, 120), st.sampled_from([">=", "<=", "="])
)


@settings(max_examples=cases(50))
@given(st.lists(PLACES, min_size=1, max_size=6))
def test_the_score_is_the_sum_of_its_parts(rows: list[tuple[int, int, int, str]]) -> None:
    targets = [
        target(weight=weight, entered=figure, value=aim, operator=sign) for weight, figure, aim, sign in rows
    ]
    found = assess(half_paid(), targets)
    expected = Fraction(0)
    for weight, figure, aim, sign in rows:
        reached = {">=": figure >= aim, "<=": figure <= aim, "=": figure == aim}[sign]
        part = Fraction(min(figure, aim), max(figure, aim))
        expected += weight * (1 if reached else part)
    assert found.points == expected
    assert found.score == (expected if sum(weight for weight, *_ in rows) else None)
    assert 0 <= found.points <= found.full
    shown = [row.cells[6] for row in targets_table(found, ZH).rows if row.role == "recipient"]
    if found.full:  # the points add up as they are shown
        assert sum(map(Fraction, shown)) == round(expected, 2)


def test_no_score_without_weights_and_none_by_halves() -> None:
    found = assess(illustrative())
    assert found.score is None
    assert score_line(found, ZH) == "有6项指标未填分值，因此不计算得分；分值由评价单位确定，程序不代拟。"
    weighted = [replace(one, weight=Fraction(100, 8)) for one in RULES.targets]
    partly = assess(illustrative(), weighted)
    assert partly.score is None
    assert "未评完不出总分" in score_line(partly, ZH)
    assert partly.waiting == Fraction(300, 8)  # uses to be verified, two figures to be entered
    done = [replace(one, points=10) if one.figure == "uses" else one for one in weighted]
    done = [replace(one, entered=one.value) if one.figure == "entered" else one for one in done]
    whole = assess(illustrative(), done)
    # three reached, 45.795 of 57.22 million paid, 7 of 11 on schedule, and 10 given by hand
    by_hand = Fraction(100, 8) * (3 + Fraction(45_795, 57_220) + Fraction(7, 11)) + 10
    assert whole.score == by_hand
    assert score_line(whole, EN).startswith(f"Self-assessment: {float(by_hand):.2f} of 75 points (12.50 + ")


def test_what_departs_is_named_and_what_is_open_is_no_departure() -> None:
    departs, waiting = target_lines(assess(illustrative()), ZH)
    assert (
        departs
        == "目标偏离2项：预算执行率（实际80.03%，目标≥100%）；按进度支付的单位占比（实际63.64%，目标≥100%）。"
    )
    assert waiting == "待填写或待核实3项：按规定用途支付的金额占比；招商引资工作进一步改善；服务对象满意度。"
    assert target_lines(assess(illustrative(), ()), EN) == ["There are no indicators."]


def test_not_quite_all_never_shows_as_all() -> None:
    rows = [(2, "a", date(2023, 6, 3), 99_999_999, "改善商事服务", "", "")]
    found = execute([Payer("a", Text("A"), 1_000_000)], payments_of(rows, "a"), Rules(NOTICE, END), END)
    grid = targets_table(assess(found, [target(figure="execution", value=100)]), ZH)
    assert grid.rows[0].cells[3] == "99.99"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("x", None, "", ""), "A: “x” is not"),
        (("10", "9O", "", ""), "A: “9O” is not"),
        (("10", "90", "11", ""), "A: 11 points are not between 0 and the indicator's weight 10"),
        (("", "90", "1", ""), "A: 1 points are not between 0 and the indicator's weight 0"),
        (("10", "90", "", "=1+1"), "A: “=1+1” cannot be a name"),
    ],
)
def test_what_is_typed_wrong_is_said_of_the_indicator(
    typed: tuple[str, str, str, str], sentence: str
) -> None:
    weight, figure, points, proof = typed
    with pytest.raises(ScenarioError, match=re.escape(sentence)):
        entered(target(), "A", weight, figure, points, proof, "")


# --- the draft ------------------------------------------------------------------------------------


def words(paper: bytes) -> str:
    """Everything that stands in a Word file, tables and all."""
    made = docx.Document(io.BytesIO(paper))
    lines = [paragraph.text for paragraph in made.paragraphs]
    lines += [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    lines += [p.text for section in made.sections for p in section.header.paragraphs]
    return "\n".join(lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_draft_has_six_parts_and_every_figure_that_is_known(lang: str) -> None:
    found = illustrative()
    made = proposal([LUZHOU.scenario], Phrasebook(lang), date(2024, 1, 31))
    paper = self_assessment(made, found, assess(found))
    file = document(paper, made)
    text = words(file.content)
    heads = ("overview", "work", "indicators", "conclusion", "problems", "suggestions")
    places = [text.index(Phrasebook(lang).say(f"report.assessment.{head}")) for head in heads]
    assert places == sorted(places)
    assert len([block for block in paper.blocks if getattr(block, "kind", "") == "head"]) == 6
    for figure in ("80.03", "63.64", "53.90", "99.44"):
        assert figure in text
    assert {"zh": "4579.5万元", "en": "45,795,000 yuan"}[lang] in text
    assert "×××" in text
    assert Phrasebook(lang).say("report.assessment.mark") in text
    assert {"zh": "【示例】", "en": "illustrative"}[lang] in file.name
    assert "示例企业" not in text and "示例服务公司" not in text  # no payee, whoever it is


def test_real_payments_are_not_called_illustrative() -> None:
    real = replace(LUZHOU.scenario, factors=[replace(f, status="published") for f in LUZHOU.scenario.factors])
    made = proposal([real], ZH, date(2024, 1, 31))
    found = execute(WHO, payments_of([], [payer.id for payer in WHO]), RULES, END)
    assert self_assessment(made, found, assess(found)).mark == ""
    shown = self_assessment(made, illustrative(), assess(found))
    assert (shown.name, shown.mark) == ("【示例】绩效自评报告代拟稿", ZH.say("report.assessment.mark"))


# --- the template ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_template_is_read_back(lang: str) -> None:
    import openpyxl

    content = template(LUZHOU.scenario, WHO, Phrasebook(lang))
    assert content == template(LUZHOU.scenario, WHO, Phrasebook(lang))
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    for at, value in enumerate((getattr(WHO[0].name, lang), date(2023, 6, 3), 1.5, "a"), 1):
        sheet.cell(2, at, value)
    filled = io.BytesIO()
    book.save(filled)
    paid = read_payments("p.xlsx", filled.getvalue(), LUZHOU.scenario, WHO)
    assert paid.table["fen"].tolist() == [1_500_000]
    assert (paid.last, paid.payers[paid.table["payer"][0]]) == (date(2023, 6, 3), WHO[0].id)


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))


def page(lang: str = "zh", scenario: str = "luzhou-2023/published-rule") -> AppTest:
    return opened("execution", lang, scenario=scenario)


def field(app: AppTest, label: str) -> AppTest:
    (found,) = [box for box in (*app.text_input, *app.selectbox) if box.label == label]
    return found


def to(app: AppTest, day: date) -> AppTest:
    return app.date_input[0].set_value(day).run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_published_totals_and_nothing_made_of_them(lang: str) -> None:
    html = html_of(page(lang))
    bodies = [e.proto.body for e in page(lang).get("html")]
    (first,) = [body for body in bodies if "122.23" in body and "<table" in body]
    for figure in ("122.23", {"zh": "5250.95", "en": "5,250.95"}[lang], "123.05", "225.77", "99.44"):
        assert figure in first
    assert Phrasebook(lang).say("app.execution.published_only") in first
    assert {"zh": "执行率100.00%：支出5722万元", "en": "was paid: 57,220,000 yuan of 57,220,000 yuan"}[
        lang
    ] in first
    table = first[first.index("<tbody>") :]
    assert not any(getattr(r.name, lang) in table for r in LUZHOU.scenario.recipients)
    assert Phrasebook(lang).say("execution.illustrative") in html


def test_another_day_shows_who_is_late() -> None:
    app = to(page(), date(2023, 9, 30))
    html = html_of(app)
    assert "执行滞后4个：江阳区少付≈53.9万元（已付30.59%）" in html
    assert "截至2023年9月30日，累计支付4579.5万元，执行率80.03%" in html
    assert [line for line in ("8", "18", "28", "31") if f"<td>{line}</td>" not in html] == []
    assert "示例服务公司" not in html
    app = app.checkbox(key="execution-payees").check().run()
    assert "示例服务公司" in html_of(app)


def test_the_schedule_can_be_set_and_what_is_typed_wrong_is_said() -> None:
    app = to(page(), date(2023, 9, 30))
    app = field(app, "计划进度").set_value("stated").run()
    assert "没有设定截至2023年9月30日的计划进度，因此不判断是否滞后" in html_of(app)
    app = field(app, "截至2023-09-30应付（%）").set_value("35").run()
    assert "截至2023年9月30日应支付分配额的35.00%" in html_of(app)
    # 35 % of 170 are 59.5, of 73 25.55 万元
    assert "执行滞后2个：泸县少付25.55万元（已付0.00%）；江阳区少付7.5万元（已付30.59%）" in html_of(app)
    app = field(app, "截至2023-09-30应付（%）").set_value("350").run()
    assert [error.value for error in app.error] and "0至100" in app.error[0].value
    app = field(app, "截至2023-09-30应付（%）").set_value("").run()
    app = field(app, "检查时点").set_value("quarters").run()
    assert "截至2023年3月31日已付" in html_of(app)


def test_weights_that_are_entered_make_a_score() -> None:
    app = to(page(), date(2023, 9, 30))
    for one, weight in zip(RULES.targets, ("10", "30", "20", "20", "10", "10"), strict=True):
        app = field(app, f"{one.name.zh}：分值").set_value(weight).run()
    assert "已评46.74分，另有40分的指标待填写或待核实，满分100分" in html_of(app)  # 10 + 24.0099 + 12.7273
    app = field(app, "按规定用途支付的金额占比：人工评分").set_value("18").run()
    app = field(app, "招商引资工作进一步改善：实际").set_value("yes").run()
    app = field(app, "服务对象满意度：实际").set_value("93").run()
    assert "自评得分84.74分（满分100分）：10.00 + 24.01 + 12.73 + 18.00 + 10.00 + 10.00。" in html_of(app)
    app = field(app, "服务对象满意度：实际").set_value("九十").run()
    assert len(app.error) == 1 and "服务对象满意度" in app.error[0].value


def test_an_upload_is_looked_at_and_a_bad_one_says_why() -> None:
    app = page("en")
    good = "recipient,date,amount,use\nnaxi,2023-06-03,590000,Services to business\n"
    app.file_uploader[0].upload("mine.csv", good.encode())
    app = app.run()
    html = html_of(app)
    assert "By 31 December 2023" not in html  # the last payment was before the first checkpoint
    assert "By 3 June 2023, 590,000 yuan had been paid: 1.03 % of the allocation." in html
    assert EN.say("execution.illustrative") not in html
    app.file_uploader[0].upload("bad.csv", b"recipient,date,amount,use\nnaxi,45080,1,<b>x</b>\n")
    app = app.run()
    assert [error.value.replace("\\", "") for error in app.error] == [
        "bad.csv, row 2, column date: “45080” looks like a spreadsheet's number for a day; "
        "format the cell as a date, or write 2023-06-03"
    ]
    assert "590,000" not in html_of(app)


def test_a_payment_after_the_year_takes_the_day_no_further_and_rows_alike_are_named() -> None:
    app = page("en")
    row = "naxi,2023-06-03,590000,Services to business\n"
    late = "recipient,date,amount,use\n" + 2 * row + row.replace("2023", "2032")
    app.file_uploader[0].upload("mine.csv", late.encode())
    app = app.run()
    html = html_of(app)
    assert app.date_input[0].value == date(2023, 12, 31)
    assert "By 31 December 2023, 1,180,000 yuan had been paid" in html
    assert "Payments after that day, not counted: 1." in html
    assert "Rows equal to an earlier one in everything: 1 (line 3 as line 2)." in html


def test_a_fund_without_rules_asks_for_them() -> None:
    app = page("en", "us-crf-2020/scenario")
    assert EN.say("app.execution.no_rules") in html_of(app)
    rules = b"format = 1\nnotice = 2020-04-01\nend = 2020-12-30\n"
    (box,) = [one for one in app.file_uploader if one.label == EN.say("app.execution.upload_rules")]
    box.upload("rules.toml", rules)
    app = app.run()
    assert EN.say("app.execution.no_rules") not in html_of(app)
    assert EN.say("app.execution.no_payments") in html_of(app)


def test_what_is_entered_can_be_kept_as_a_file_of_rules() -> None:
    app = page("en")
    targets = [replace(one, weight=10, points=7) for one in RULES.targets]
    (box,) = [one for one in app.file_uploader if one.label == EN.say("app.execution.upload_rules")]
    box.upload("rules.toml", rules_bytes(replace(RULES, targets=tuple(targets))))
    app = app.run()
    assert "Self-assessment: 42.00 of 60 points" in html_of(app)


def test_another_scenario_of_the_fund_is_held_up_by_its_own_amounts() -> None:
    html = html_of(page("zh", "luzhou-2023/equal-weights"))
    assert "该方案的分配结果与已下达数不同" in html
