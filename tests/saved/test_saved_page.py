"""The page of saved scenarios: history, restoring, freezing, names, deletion and the way back."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from pages import SCENARIOS, link, opened, press
from streamlit.testing.v1 import AppTest
from test_app import page_text

from allocator import Scenario, Text, allocate
from allocator.files.load import load_scenario
from allocator.files.saved import store


def luzhou(**weights: int) -> Scenario:
    return load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml").with_weights(**weights)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def page(lang: str = "zh", **address: str) -> AppTest:
    """The page of saved scenarios."""
    return opened("saved", lang, **address)


@pytest.fixture
def two_states() -> None:
    store.keep("方案一", luzhou(), who="王", why="照原办法", stage="初稿", after=None)
    store.keep("方案一", luzhou(investment=50, tax=30), who="李", why="投资加重", after=1)


def submit(app: AppTest, label: str) -> AppTest:
    """The page after the button of the form in the window was pressed."""
    (found,) = [b for b in app.button if b.label == label and b.key and b.key.startswith("FormSubmitter")]
    return found.click().run()


def errors(app: AppTest) -> list[str]:
    return [error.value.replace("\\", "") for error in app.error]


def test_without_anything_saved_the_page_says_how() -> None:
    assert "还没有保存过方案" in page_text(page())
    assert "No scenario has been saved yet" in page_text(page("en"))


@pytest.mark.usefixtures("two_states")
def test_history_says_who_what_when_and_why() -> None:
    shown = page_text(page())
    for part in ("第1次保存", "第2次保存", "王", "李", "照原办法", "投资加重", "定稿：初稿",
                 "投资贡献值由40%改为50%", "税收贡献值由40%改为30%"):  # fmt: skip
        assert part in shown
    assert shown.index("第2次保存") < shown.index("第1次保存")
    assert "Investment contribution from 40\u00a0% to 50\u00a0%" in page_text(page("en"))


@pytest.mark.usefixtures("two_states")
def test_an_earlier_state_is_restored_to_the_yuan() -> None:
    before = store.load_state("方案一", 1)
    app = press(page(), "恢复为第1次保存")
    assert "尚未保存" not in page_text(app)
    assert len(store.history("方案一")) == 2  # not before it is confirmed
    app.text_input(key="kept-restore-who").set_value("赵")
    app.text_input(key="kept-restore-why").set_value("会上定的")
    submit(app, "恢复")
    assert not app.exception
    last = store.history("方案一")[-1]
    assert (last.number, last.who, last.why) == (3, "赵", "恢复为第1次保存的内容：会上定的")
    now = load_scenario(store.path_of("方案一"))
    assert allocate(now).amounts == allocate(before).amounts
    assert now == replace(before, title=Text("方案一"))
    assert "恢复为第1次保存的内容" in page_text(app)


def edited(**address: str) -> AppTest:
    """The page, where the saved scenario has an edit on the screen that is not saved."""
    weights = {
        "weight.investment": "70",
        "weight.tax": "10",
        "weight.employment": "10",
        "weight.effort": "10",
    }
    return page(scenario="@方案一", **weights, **address)


@pytest.mark.usefixtures("two_states")
def test_before_restoring_unsaved_edits_are_told_and_undo_brings_them_back() -> None:
    app = press(edited(), "恢复为第1次保存")
    assert "对此方案的修改尚未保存" in page_text(app)
    assert link(app)["weight.investment"] == "70"  # nothing is done yet
    submit(app, "恢复")
    assert "weight.investment" not in link(app)
    assert app.session_state.trails["@方案一"].back().now.points["investment"] == 70


@pytest.mark.usefixtures("two_states")
def test_freezing_leaves_unsaved_edits_where_they_are() -> None:
    app = press(edited(), "定稿…")
    assert "屏幕上有未保存的修改，不在其中" in page_text(app)
    app.selectbox(key="kept-freeze-stage-zh").set_value("财政会商")
    submit(app, "定稿")
    assert store.load_state("方案一", 3) == store.load_state("方案一", 2)
    assert link(app)["weight.investment"] == "70"
    assert link(app)["state"] == "3"


@pytest.mark.usefixtures("two_states")
def test_the_latest_state_is_frozen_under_a_stage() -> None:
    app = press(page(), "定稿…")
    submit(app, "定稿")
    assert errors(app) == ["请选择办文环节，或输入自定的名称。"]
    app.selectbox(key="kept-freeze-stage-zh").set_value("财政会商")
    submit(app, "定稿")
    last = store.history("方案一")[-1]
    assert (last.number, last.stage) == (3, "财政会商")
    assert store.load_state("方案一", 3) == store.load_state("方案一", 2)
    assert "定稿：财政会商" in page_text(app)
    assert any(button.label == "比较各次定稿" for button in app.button)


@pytest.mark.usefixtures("two_states")
def test_rename_and_duplicate() -> None:
    app = press(page(scenario="@方案一"), "改名")
    app.text_input[0].set_value("方案/甲")
    submit(app, "改名")
    assert len(errors(app)) == 1 and store.kept() == ["方案一"]
    app.text_input[0].set_value(" 方案甲 ")
    app.text_input(key="kept-rename-who").set_value("钱")
    app.text_input(key="kept-rename-why").set_value("统一名称")
    submit(app, "改名")
    assert not errors(app)
    last = store.history("方案甲")[-1]
    assert (store.kept(), last.number, last.who) == (["方案甲"], 3, "钱")
    assert last.why == "由“方案一”改名为“方案甲”：统一名称"
    assert app.session_state.slug == "@方案甲"
    assert load_scenario(store.path_of("方案甲")).title == Text("方案甲")
    assert "钱" in page_text(app) and "由“方案一”改名为“方案甲”" in page_text(app)
    press(app, "复制")
    app.text_input[0].set_value("方案乙")
    submit(app, "复制")
    assert sorted(store.kept()) == ["方案乙", "方案甲"]
    copy, original = (load_scenario(store.path_of(name)) for name in ("方案乙", "方案甲"))
    assert copy == replace(original, title=Text("方案乙"))
    assert store.history("方案乙")[0].who == "钱"  # as last entered


@pytest.mark.usefixtures("two_states")
def test_unsaved_edits_go_on_under_the_new_name_and_can_be_saved() -> None:
    app = press(edited(), "改名")
    app.text_input[0].set_value("方案甲")
    submit(app, "改名")
    assert link(app)["scenario"] == "@方案甲"
    assert (link(app)["weight.investment"], link(app)["state"]) == ("70", "3")
    assert app.session_state.trails["@方案甲"].now.scenario.title == Text("方案甲")


@pytest.mark.usefixtures("two_states")
@pytest.mark.parametrize("name", ["方案二", "方案二 ", "..", "a/b", "名" * 61, "=1", ""])
@pytest.mark.parametrize(("window", "button"), [("改名", "改名"), ("复制", "复制")])
def test_a_name_that_is_taken_or_cannot_be_is_told_at_the_form(name: str, window: str, button: str) -> None:
    store.keep("方案二", luzhou(), who="w", after=None)
    app = press(page(), window)
    app.text_input[0].set_value(name)
    app.text_input[1].set_value("说明")
    submit(app, button)
    assert len(errors(app)) == 1
    assert app.text_input[1].value == "说明"  # what was typed stands
    assert store.kept() == ["方案一", "方案二"]
    assert [len(store.history(kept_one)) for kept_one in store.kept()] == [2, 1]


@pytest.mark.usefixtures("two_states")
@pytest.mark.parametrize("window", ["改名", "复制", "定稿…", "恢复为第1次保存", "删除"])
def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_lost(
    window: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", full)
        press(app, window)
        if window == "定稿…":
            app.selectbox(key="kept-freeze-stage-zh").set_value("下达")
        if window in ("改名", "复制"):
            app.text_input[0].set_value("别名")
        if window != "删除":
            submit(app, "恢复" if "恢复" in window else window.strip("…"))
    assert len(errors(app)) == 1 and "磁盘空间已满" in errors(app)[0]
    assert store.kept() == ["方案一"] and len(store.history("方案一")) == 2


@pytest.mark.usefixtures("two_states")
def test_deleting_can_be_undone() -> None:
    app = press(page(scenario="@方案一"), "删除")
    assert store.kept() == []
    assert "“方案一”已删除" in page_text(app)
    press(app, "撤销删除")
    assert store.kept() == ["方案一"] and len(store.history("方案一")) == 2
    assert "已删除" not in page_text(app)


@pytest.mark.usefixtures("two_states")
def test_what_was_deleted_can_be_taken_back_in_a_later_visit() -> None:
    press(page(scenario="@方案一"), "删除")
    app = page()  # another visit, which knows what is on the disk alone
    assert "还没有保存过方案" in page_text(app) and "“方案一”已删除" not in page_text(app)
    assert [fold.label for fold in app.expander] == ["已删除的方案（1）"]
    store.keep("方案一", luzhou(), who="别人", after=None)
    (back,) = [button for button in app.button if button.label.startswith("取回“方案一”")]
    back.click().run()
    (told,) = errors(app)
    assert "请先将其改名" in told
    store.rename("方案一", "方案二", who="别人")
    (back,) = [button for button in app.button if button.label.startswith("取回“方案一”")]
    back.click().run()
    assert store.kept() == ["方案一", "方案二"] and len(store.history("方案一")) == 2
    assert not errors(app) and not app.expander
    assert app.selectbox(key="pick-kept").value == "方案一"


def test_of_very_many_deleted_the_newest_are_listed() -> None:
    for n in range(22):
        store.keep(f"方案{n}", luzhou(), who="w", after=None)
        store.discard(f"方案{n}")
    app = page()
    labels = [button.label for button in app.button if button.label.startswith("取回")]
    assert len(labels) == 20 and labels[0].startswith("取回“方案21”")
    assert "另有2个更早删除的方案未列出" in page_text(app)


@pytest.mark.usefixtures("two_states")
def test_unsaved_edits_of_what_was_deleted_come_back_with_it_also_after_a_refresh() -> None:
    app = press(edited(), "删除")
    assert link(app)["scenario"] != "@方案一"
    later = page(**link(app))
    (back,) = [button for button in later.button if button.label.startswith("取回")]
    back.click().run()
    assert later.session_state.trails["@方案一"].now.points["investment"] == 70


@pytest.mark.usefixtures("two_states")
def test_a_damaged_state_is_said_to_be_and_not_restored() -> None:
    path = store.history("方案一")[0].path
    path.chmod(0o644)
    path.write_text(path.read_text("utf-8").replace("40", "41"), "utf-8")
    app = page()
    assert "已被改动或损坏" in page_text(app)
    press(app, "恢复为第1次保存")
    submit(app, "恢复")
    assert len(errors(app)) == 1
    assert len(store.history("方案一")) == 2


@pytest.mark.usefixtures("two_states")
def test_of_two_windows_the_second_is_told_before_it_restores_or_freezes() -> None:
    app = page()
    store.keep("方案一", luzhou(investment=60, tax=20), who="赵", after=2)
    press(app, "恢复为第1次保存")
    submit(app, "恢复")
    (told,) = errors(app)
    assert "赵" in told and [state.number for state in store.history("方案一")] == [1, 2, 3]
    press(app, "恢复为第1次保存")  # having seen it
    submit(app, "恢复")
    assert [state.number for state in store.history("方案一")] == [1, 2, 3, 4]
    press(app, "定稿…")
    store.keep("方案一", luzhou(investment=70, tax=10), who="钱", after=4)
    app.selectbox(key="kept-freeze-stage-zh").set_value("下达")
    submit(app, "定稿")
    assert any("钱" in error for error in errors(app)) and len(store.history("方案一")) == 5


def test_markup_in_names_and_notes_is_shown_as_text() -> None:
    scenario = replace(luzhou(), title="t")
    store.keep("方案 [x](y)", scenario, who="<b>w</b>", why="<script>alert(1)</script>", after=None)
    shown = page_text(page())
    assert "<script>alert" not in shown and "<b>w</b>" not in shown
    assert "&lt;script&gt;" in shown
