"""A new fund from a table that is pasted, with the money and the rule: page, refusals, what is kept."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pages import html_of, opened
from streamlit.testing.v1 import AppTest

from allocator import allocate, load_scenario
from allocator.core.errors import ScenarioError
from allocator.files.saved import store
from allocator.files.understanding.understand import understand
from allocator.text import ZH, Phrasebook
from allocator.ui.session.new_fund import NewFund, scenario_of, written_like

ROOT = Path(__file__).parent.parent.parent
VALUES = {"甲县": (100, 40, 7), "乙县": (250, 10, 3), "丙区": (650, 50, 10)}
NAMES = ("投资", "税收", "人口")
SHEET = "\n".join(
    [
        "县区\t投资（万元）\t税收（万元）\t人口（万人）",
        *("\t".join([name, *map(str, values)]) for name, values in VALUES.items()),
        "合计\t1000\t100\t20",
    ]
)
FUND = NewFund(
    "某项资金", "某号文", "3000", 10_000, (("某局", "100"),), {"投资": "70", "税收": "30"},
    "甲县\t500\n乙县\t600\n丙区\t1,400万元",
)  # fmt: skip


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is kept is kept in a folder of the test's own."""
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))


def made_of(sheet: str = SHEET) -> Any:
    return understand("a.tsv", sheet.encode())


def shares(weights: tuple[int, int]) -> dict[str, Fraction]:
    """Each one's part: the weighted parts of two columns, added up by hand."""
    sums = [sum(values[at] for values in VALUES.values()) for at in range(2)]
    return {
        name: sum(Fraction(weights[at] * values[at], 100 * sums[at]) for at in range(2))
        for name, values in VALUES.items()
    }


def test_the_scenario_is_what_was_written() -> None:
    scenario = scenario_of(made_of(), FUND, ZH)
    assert scenario.fund.amount == 30_000_000 and scenario.reserved == 1_000_000
    assert [r.name.zh for r in scenario.recipients] == list(VALUES)
    assert [f.name.zh for f in scenario.factors] == list(NAMES)  # the one without a weight as reference
    assert dict(scenario.previous or {}) == {"甲县": 5_000_000, "乙县": 6_000_000, "丙区": 14_000_000}
    assert scenario.published is None
    entitled = allocate(scenario).entitlements
    assert {id: entitled[id] for id in VALUES} == {
        name: 29_000_000 * share for name, share in shares((70, 30)).items()
    }
    assert {(p.recipient, p.factor) for p in scenario.provenance} == {(r, f) for r in VALUES for f in NAMES}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"total": ""}, "total", {"zh": "为空", "en": "blank"}),
        ({"total": "许多"}, "total", {"zh": "许多", "en": "许多"}),
        ({"name": " "}, "name", {"zh": "填写", "en": "fill"}),
        ({"weights": {"投资": "x", "税收": "30"}}, "weights", {"zh": "x", "en": "x"}),
        ({"weights": {"投资": "60", "税收": "30"}}, None, {"zh": "90", "en": "90"}),
        ({"previous": "丁县 5"}, "previous", {"zh": "丁县", "en": "丁县"}),
        ({"previous": "甲县 5\n甲县 6"}, "previous", {"zh": "甲县", "en": "甲县"}),
        ({"previous": "甲县 5"}, "previous", {"zh": "乙县", "en": "乙县"}),
        ({"departments": (("某局", "多"),)}, "departments", {"zh": "多", "en": "多"}),
    ],
)
def test_what_cannot_be_read_names_its_field(
    change: dict[str, Any], place: str | None, words: dict[str, str], lang: str
) -> None:
    written = NewFund(**{**FUND.__dict__, **change})
    with pytest.raises(ScenarioError) as error:
        scenario_of(made_of(), written, Phrasebook(lang))
    (sentence,) = error.value.sentences(Phrasebook(lang))[:1]
    assert words[lang] in sentence
    assert place is None or Phrasebook(lang).say(f"app.start.{place}") in sentence


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ScenarioError) as error:
        scenario_of(made_of(), NewFund(total="x", weights={"投资": "y"}, previous="丁县 1"), ZH)
    assert len(error.value.problems) == 4


def test_a_table_with_a_question_is_no_scenario_yet() -> None:
    open_ = made_of(SHEET.replace("\t40\t", "\t-\t"))
    assert open_.decisions
    with pytest.raises(ScenarioError) as error:
        scenario_of(open_, FUND, ZH)
    assert error.value.problems[0].key == "new_table"


# --- the page -------------------------------------------------------------------------------------


def filled(lang: str = "zh", sheet: str = SHEET) -> AppTest:
    app = opened("new", lang)
    app.text_area(key="start-paste").set_value(sheet).run()
    app.text_input(key="start-name").set_value("某项资金").run()
    app.text_input(key="start-total").set_value("3000").run()
    return app


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_comes_of_it_stands_beside_it(lang: str) -> None:
    app = filled(lang)
    weights = {f.label: f.value for f in app.text_input if str(f.key).startswith("start-weight-")}
    assert list(weights.values()) == ["34", "33", "33"]
    for name, value in (("投资", "70"), ("税收", "30"), ("人口", "")):
        app.text_input(key=f"start-weight-{name}").set_value(value).run()
    html = html_of(app)
    for name, share in shares((70, 30)).items():
        assert name in html and f"{float(share * 100):.2f}" in html
    assert "1000" in html and "合计" in html  # the sheet itself, its total as a check


def test_a_question_is_answered_by_a_choice() -> None:
    app = filled(sheet=SHEET.replace("\t40\t", "\t-\t").replace("\t100\t20", "\t60\t20"))
    (box,) = (box for box in app.selectbox if str(box.key).startswith("ask-new-blank"))
    assert "--blank" not in box.label and box.value is None
    assert all(str(button.key) != "start-save" for button in app.button)
    box.set_value("zero").run()
    assert any(str(button.key) == "start-save" for button in app.button)


def test_what_is_kept_is_an_ordinary_scenario(tmp_path: Path) -> None:
    app = filled()
    for name, value in (("投资", "70"), ("税收", "30"), ("人口", "")):
        app.text_input(key=f"start-weight-{name}").set_value(value).run()
    app.text_area(key="start-previous").set_value("甲县 500\n乙县 600\n丙区 1400").run()
    app.button(key="start-save").click().run()
    scenario = load_scenario(store.path_of("某项资金"))
    wanted = {name: 30_000_000 * share for name, share in shares((70, 30)).items()}
    assert dict(allocate(scenario).entitlements) == wanted
    assert dict(scenario.previous or {})["丙区"] == 14_000_000


def test_it_goes_on_from_a_scenario() -> None:
    """The same rule and recipients, new values, and what was issued as last year's amounts."""
    before = load_scenario(ROOT / "scenarios" / "luzhou-2023" / "cap-zone.toml")
    sheet = "区县（园区）\t" + "\t".join(f.name.zh for f in before.factors)
    sheet += "".join(f"\n{r.name.zh}\t{at}\t{at + 1}\t2\t3" for at, r in enumerate(before.recipients, 1))
    made = understand("a.tsv", sheet.encode(), None, before)
    written = written_like(before, ZH)
    scenario = scenario_of(made, replace(written, total="6000"), ZH, before)
    assert scenario.ids == before.ids and scenario.limits == before.limits
    assert scenario.weights == before.weights and scenario.reservations == before.reservations
    assert scenario.previous == before.published and scenario.published is None
    assert scenario.fund.amount == 60_000_000
    assert next(f.values for f in scenario.factors) == tuple(range(1, 10))
    assert {f.status for f in scenario.factors} == {"provided"}
    assert allocate(scenario).amounts["ftz"] <= Fraction(8, 10) * scenario.distributable


def test_a_column_is_taken_for_something_else_by_a_list_above_it() -> None:
    sheet = "县区\t投资\t税收\t去年得到\n甲县\t1\t2\t300\n乙县\t3\t4\t500"
    app = filled(sheet=sheet)
    assert app.text_input(key="start-weight-去年得到")
    (box,) = (box for box in app.selectbox if str(box.key) == "column-new-D")
    box.set_value("leave_out").run()
    assert not [f for f in app.text_input if str(f.key) == "start-weight-去年得到"]
    assert "去年得到" in html_of(app)  # it is said that it is left out
