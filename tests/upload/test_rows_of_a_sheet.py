"""The list of a sheet's rows, on the pages Data and New fund: a role given there holds until taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit
from browser import luzhou
from pages import go, in_other_language, opened
from streamlit.testing.v1 import AppTest

from allocator.text import LANGUAGES, Phrasebook
from allocator.ui.components.understood_rows import ROLES

RULE = "luzhou-2023/published-rule"
SHEET = "区县,投资（万元）,税收（万元）\n甲县,1237,20\n乙区,3011,471\n丙县,502,6033\n某市,4750,6524\n注,8,9"


class Lists:
    """Stands in for the browser's list of rows: keeps what it was given, and chooses in it."""

    def __init__(self) -> None:
        self.frame = pd.DataFrame()
        self.key = ""
        self.chosen: dict[int, str | None] = {}
        self.given = 0

    def __call__(
        self, frame: pd.DataFrame, *, key: str, on_change: Callable[..., None], args: Any, **_: Any
    ) -> None:
        if not key.startswith("list-rows-"):
            return
        if key != self.key:
            self.key, self.frame, self.given = key, frame, self.given + 1
            self.chosen = {}
            streamlit.session_state[key] = {"edited_rows": {}}
        assert frame.equals(self.frame)  # or the browser would begin anew, at the top of the list
        edited = {"edited_rows": {row: {"role": word} for row, word in self.chosen.items()}}
        if streamlit.session_state[key] != edited:
            streamlit.session_state[key] = edited
            on_change(*args)

    def role(self, at: str) -> tuple[str, str | None]:
        """What a row was read as, and what it was made."""
        (row,) = self.frame[self.frame["at"] == at].itertuples(index=False)
        return row.taken, row.role

    def make(self, app: AppTest, at: str, word: str | None) -> AppTest:
        self.chosen[list(self.frame["at"]).index(at)] = word
        app.run()
        return app.run()


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Lists:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    made = Lists()
    monkeypatch.setattr(streamlit, "data_editor", made)
    return made


def pasted(lang: str, sheet: str = SHEET) -> AppTest:
    app = opened("new", lang, unfolded="fold-rows-new")
    app.text_area(key="start-paste").set_value(sheet.replace(",", "\t")).run()
    return app


def weights(app: AppTest) -> list[str]:
    return [str(f.key) for f in app.text_input if str(f.key).startswith("start-weight-")]


def asked(app: AppTest) -> list[str]:
    return [str(box.key) for box in app.selectbox if str(box.key).startswith("ask-")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_role_given_beside_a_row_holds_and_can_be_taken_back(lists: Lists, lang: str) -> None:
    book = Phrasebook(lang)
    words = {role: book.say(key) for role, key in ROLES.items()}
    app = pasted(lang)
    assert list(lists.frame["at"]) == ["1", "2", "3", "4", "5", "6"]
    assert lists.role("1") == (words["heading"], None) and lists.role("2") == (words["recipient"], None)
    assert [key.split("-")[2] for key in asked(app)] == ["row_sum"]
    lists.make(app, "5", words["check"])
    assert not asked(app) and not app.exception
    lists.make(app, "6", words["recipient"])
    lists.make(app, "2", words["note"])
    assert app.session_state["rows-new"] == {"5": "check", "6": "recipient", "2": "note"}
    assert lists.given == 1  # the same list all along
    lists.make(app, "5", None)
    assert app.session_state["rows-new"] == {"6": "recipient", "2": "note"}


def test_what_was_chosen_stands_in_the_other_language_and_after_another_page(lists: Lists) -> None:
    app = pasted("zh")
    lists.make(app, "5", "合计（核对）")
    in_other_language(app)
    app.run()
    assert lists.role("5")[1] == "total (a check)"
    go(app, "data")
    go(app, "new")
    assert app.session_state["rows-new"] == {"5": "check"} and not asked(app)


def test_every_kind_of_row_has_a_word(lists: Lists) -> None:
    rows = [
        "某市测算表", "单位：万元", "县区,投资,税收", "甲,1,2", "权重,60,40", "一、区", "甲县,12,30",
        "其中：高新区,2,3", "市本级,,", "乙区,4,5", "平均,8,17", "县区,投资,税收", "丙县,,",
        "合计,16,35", "注：截至年底",
    ]  # fmt: skip
    app = pasted("zh", "\n".join(rows))
    assert len(lists.frame) >= 12 and not app.exception
    (own,) = (key for key in asked(app) if "own_level" in key or "reservation" in key)
    app.selectbox(key=own).set_value("reservation").run()
    app.run()
    assert not app.exception
    lists.key = ""  # as when the page is opened anew
    app.session_state["rows-list-new"] = None
    app.run()
    assert "作为市级部门安排" in set(lists.frame["taken"])


def test_another_table_begins_anew(lists: Lists) -> None:
    app = pasted("zh")
    lists.make(app, "5", "不读")
    app.text_area(key="start-paste").set_value("区县\t投资\n甲县\t1\n乙区\t2").run()
    assert "rows-new" not in app.session_state and list(lists.frame["at"]) == ["1", "2", "3"]


def test_a_table_that_is_lost_by_a_choice_can_be_had_back(lists: Lists) -> None:
    app = pasted("zh")
    lists.make(app, "1", "不读")  # no headings, no table
    assert not weights(app) and not app.exception
    lists.make(app, "1", None)
    assert weights(app)


def test_on_the_page_data_too(lists: Lists) -> None:
    scenario = luzhou()
    rows = [["单位名称", *(f.name.zh for f in scenario.factors)]]
    rows += [[r.name.zh, *map(str, range(at, at + 4))] for at, r in enumerate(scenario.recipients, 1)]
    rows += [["全部", "1", "2", "3", "4"]]
    app = opened("data", "zh", scenario=RULE, unfolded=f"fold-rows-data-{RULE}")
    app.file_uploader[0].upload("表.csv", "\n".join(map(",".join, rows)).encode())
    app.run()
    assert not [b for b in app.button if str(b.key).startswith("take-")]
    lists.make(app, "11", "不读")
    (take,) = (b for b in app.button if str(b.key).startswith("take-"))
    take.click().run()
    after = app.session_state.trails[RULE].now.scenario
    assert after.factors[0].values == tuple(range(1, 10))
    assert after.factors[0].source.zh.endswith("：11")  # the decision is kept with the data


def test_thousands_of_rows_are_one_list(lists: Lists) -> None:
    sheet = "区县,投资\n" + "".join(f"第{at}县,{at}\n" for at in range(1, 2845))
    app = pasted("zh", sheet)
    assert len(lists.frame) == 2845
    lists.make(app, "2845", "不读")
    assert app.session_state["rows-new"] == {"2845": "note"} and lists.given == 1
