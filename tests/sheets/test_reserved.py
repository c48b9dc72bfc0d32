"""Rows of departments become reservations by choice, with the amount of the sheet or one that is written."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from commands import runs
from office_sheets import LUZHOU, RULE, plain, text
from pages import html_of, opened
from streamlit.testing.v1 import AppTest

from allocator import Reservation, Scenario, Text, load_scenario
from allocator.files.understanding.folder import with_values
from allocator.files.understanding.model import Options, Understanding
from allocator.files.understanding.understand import understand
from allocator.text import LANGUAGES, ZH, Phrasebook

HEAD = "拟分配金额（万元）"


def sheet(*own: tuple[object, ...], head: str = HEAD) -> bytes:
    """The plain table with a column of amounts, all 10, and rows of the city's own below it."""
    rows = [[*plain()[0], head], *([*row, 10] for row in plain()[1:])]
    return text([*rows, *([name, "", "", "", "", amount] for name, amount in own)])


def made_of(content: bytes, scenario: Scenario | None = LUZHOU, **options: Any) -> Understanding:
    return understand("a.csv", content, Options(leave_out=("F",), **options), scenario)


def reserved(made: Understanding) -> list[tuple[str, str]]:
    return [(each.name, each.amount) for each in made.reservations]


@pytest.mark.parametrize("name", ["市本级", "市级部门", "泸州市本级"])
def test_it_is_asked_and_has_the_amount_of_the_sheet(name: str) -> None:
    content = sheet((name, 120))
    (question,) = made_of(content).decisions
    assert question.choices == ("reservation", "leave_out")
    made = made_of(content, reserve={name: ""})
    assert made.is_settled and reserved(made) == [(name, "1200000")]
    assert name not in made.values and list(made.values) == list(LUZHOU.ids)
    after = with_values(LUZHOU, made, ZH)
    assert after.reservations == (*LUZHOU.reservations, Reservation(Text(name), 1_200_000))
    assert after.distributable == LUZHOU.distributable - 1_200_000


@pytest.mark.parametrize(
    ("head", "cell", "written", "amount"),
    [
        (HEAD, 120, "", 1_200_000),
        ("金额（元）", "1,200,000", "", 1_200_000),
        (HEAD, "0.01亿元", "", None),  # a column of another unit counts where the cell says so
        (HEAD, "", "", None),
        (HEAD, "", "80万元", 800_000),
        (HEAD, "", "80", 800_000),  # in the unit of the sheet
        (HEAD, 120, "90万元", 900_000),  # what somebody writes goes before what the sheet says
        ("金额", 120, "", None),  # no unit anywhere
        ("上年下达数（万元）", 120, "", None),  # not of this year
    ],
)
def test_where_its_amount_comes_from(head: str, cell: object, written: str, amount: int | None) -> None:
    made = made_of(sheet(("市本级", cell), head=head), reserve={"市本级": written})
    if cell == "0.01亿元":
        assert reserved(made) == [("市本级", "1000000")]
    elif amount is None:
        assert not made.reservations
        assert [each.key for each in made.decisions] == ["reservation_amount"]
    else:
        assert made.is_settled and reserved(made) == [("市本级", str(amount))]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("written", ["多", "-5万元", "1e5", "5%", "1.2345678万元", "9" * 200, "<b>"])
def test_an_amount_that_is_none_is_refused(written: str, lang: str) -> None:
    made = made_of(sheet(("市本级", "")), reserve={"市本级": written})
    (problem,) = made.problems
    assert problem.key == "reservation_unread" and "市本级" in problem.sentence(Phrasebook(lang))


def test_a_reservation_of_this_name_gets_the_amount() -> None:
    known = replace(LUZHOU, reservations=(Reservation(Text("市本级", "City"), 10_000), *LUZHOU.reservations))
    made = made_of(sheet(("市本级", 120)), known, reserve={"市本级": ""})
    after = with_values(known, made, ZH)
    assert after.reservations == (Reservation(Text("市本级", "City"), 1_200_000), *LUZHOU.reservations)


def test_whoever_is_no_recipient_can_be_one() -> None:
    content = sheet(("市经济合作局", 30), ("市教育局", 20))
    questions = made_of(content).decisions
    assert all("reservation" in each.choices for each in questions if each.key == "recipient_unknown")
    made = made_of(content, reserve={"市经济合作局": "", "12": "25万元"})
    assert made.is_settled
    assert reserved(made) == [("市经济合作局", "300000"), ("市教育局", "250000")]


def test_a_part_of_the_row_above_is_deducted_or_shown_only() -> None:
    rows = [["区县", "投资"], ["甲县", 10], ["其中：高新区", 4], ["乙区", 6]]
    made = understand("a.csv", text(rows))
    (question,) = made.decisions
    assert (question.key, question.choices) == ("row_part", ("deduct", "leave_out"))
    apart = understand("a.csv", text(rows), Options(deduct=(question.details["name"],)))
    assert {id: values["投资"] for id, values in apart.values.items()} == {
        "甲县": "6",
        "高新区": "4",
        "乙区": "6",
    }
    shown = understand("a.csv", text(rows), Options(leave_out=(str(question.details["name"]),)))
    assert {id: values["投资"] for id, values in shown.values.items()} == {"甲县": "10", "乙区": "6"}


def test_the_command(capsys: Any, tmp_path: Any) -> None:
    run, path = runs(capsys, "read"), tmp_path / "a.csv"
    path.write_bytes(sheet(("市本级", "")))
    decided = ("--for", RULE, "--leave-out", "F")
    assert json.loads(run(path, *decided, "--format", "json", status=1)[0])["reservations"] == []
    assert "--reserve" in run(path, *decided, "--reserve", "市本级", status=1)[0]
    out, _ = run(path, *decided, "--reserve", "市本级=60万元", "--format", "json")
    assert json.loads(out)["reservations"] == [{"row": "11", "name": "市本级", "amount": "600000"}]
    run(path, *decided, "--reserve", "市本级=60万元", "--out", tmp_path / "with")
    kept = load_scenario(tmp_path / "with" / "scenario.toml")
    assert (kept.reservations[-1].name.zh, kept.reservations[-1].amount) == ("市本级", 600_000)
    run(path, "--leave-out", "F", "--reserve", "市本级=60万元", "--out", tmp_path / "new")
    file = tmp_path / "new" / "scenario.toml"
    assert "[[reservation]]" in file.read_text("utf-8") and "600000" in file.read_text("utf-8").replace(
        "_", ""
    )


# --- the pages ------------------------------------------------------------------------------------


def boxes(app: AppTest, start: str) -> list[str]:
    every = (*app.selectbox, *app.text_input, *app.button)
    return [str(each.key) for each in every if str(each.key).startswith(start)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_on_the_page_data(lang: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    slug = "luzhou-2023/published-rule"
    app = opened("data", lang, scenario=slug)
    rows = [[*plain()[0]], *plain()[1:], ["市本级", "", "", "", ""]]
    app.file_uploader[0].upload("表.csv", text(rows))
    app.run()
    (question,) = boxes(app, "ask-")
    assert not boxes(app, "amount-")
    app.selectbox(key=question).set_value("reservation").run()
    assert not boxes(app, "take-")  # the sheet does not say how much
    (amount,) = boxes(app, "amount-")
    app.text_input(key=amount).set_value("60万元").run()
    (take,) = boxes(app, "take-")
    app.button(key=take).click().run()
    trail = app.session_state.trails[slug]
    assert trail.now.scenario.reservations[-1] == Reservation(Text("市本级"), 600_000)
    assert len(trail.past) == 1 and "市本级" in html_of(app)


def test_in_a_new_fund(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    app = opened("new", "zh")
    table = "县区\t投资\t拟分配金额（万元）\n甲县\t1\t\n乙县\t3\t\n市本级\t\t200"
    app.text_area(key="start-paste").set_value(table).run()
    app.selectbox(key="column-new-C").set_value("leave_out").run()
    for key in boxes(app, "ask-"):
        app.selectbox(key=key).set_value("reservation").run()
    app.text_input(key="start-name").set_value("某项资金").run()
    app.text_input(key="start-total").set_value("1000").run()
    html = html_of(app)
    # 1000 − 200 by 1 and 3
    assert "200" in html and "600" in html and boxes(app, "start-save")
