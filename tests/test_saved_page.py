"""The page of saved scenarios: history, restoring, freezing, names, deletion and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from test_app import said

from allocator import Scenario, allocate
from allocator.files import kept
from allocator.files.scenario import load_scenario

ROOT = Path(__file__).parent.parent
Open = Callable[..., AppTest]


def luzhou(**weights: int) -> Scenario:
    return load_scenario(ROOT / "scenarios" / "luzhou-2023" / "published-rule.toml").with_weights(**weights)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of saved scenarios."""
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(ROOT / "scenarios"))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))

    def start(lang: str = "zh", **address: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for key, value in {"lang": lang, **address}.items():
            app.query_params[key] = value
        app.run()
        (app._page_hash,) = [
            hash for hash, known in app._registered_pages.items() if known["url_pathname"] == "saved"
        ]
        return app.run()

    yield start


@pytest.fixture
def two_states(page: Open) -> None:
    kept.keep("方案一", luzhou(), who="王", why="照原办法", stage="初稿", after=None)
    kept.keep("方案一", luzhou(investment=50, tax=30), who="李", why="投资加重", after=1)


def press(app: AppTest, label: str) -> AppTest:
    (found,) = [button for button in app.button if button.label == label]
    return found.click().run()


def errors(app: AppTest) -> list[str]:
    return [error.value.replace("\\", "") for error in app.error]


def test_without_anything_saved_the_page_says_how(page: Open) -> None:
    assert "还没有保存过方案" in said(page())
    assert "No scenario has been saved yet" in said(page("en"))


@pytest.mark.usefixtures("two_states")
def test_history_says_who_what_when_and_why(page: Open) -> None:
    shown = said(page())
    for part in ("第1次保存", "第2次保存", "王", "李", "照原办法", "投资加重", "定稿：初稿",
                 "投资贡献值由40%改为50%", "税收贡献值由40%改为30%"):  # fmt: skip
        assert part in shown
    assert shown.index("第2次保存") < shown.index("第1次保存")
    assert "Investment contribution from 40 % to 50 %" in said(page("en"))


@pytest.mark.usefixtures("two_states")
def test_an_earlier_state_is_restored_to_the_yuan(page: Open) -> None:
    before = kept.load_state("方案一", 1)
    app = press(page(), "恢复为第1次保存")
    assert not app.exception
    assert [state.number for state in kept.history("方案一")] == [1, 2, 3]
    now = load_scenario(kept.path_of("方案一"))
    assert allocate(now).amounts == allocate(before).amounts
    assert now == before
    assert "恢复为第1次保存的内容" in said(app)


@pytest.mark.usefixtures("two_states")
def test_the_latest_state_is_frozen_under_a_stage(page: Open) -> None:
    app = press(page(), "定稿…")
    press(app, "定稿")
    assert errors(app) == ["请选择办文环节，或输入自定的名称。"]
    app.selectbox(key="kept-freeze-stage-zh").set_value("财政会商")
    press(app, "定稿")
    last = kept.history("方案一")[-1]
    assert (last.number, last.stage) == (3, "财政会商")
    assert kept.load_state("方案一", 3) == kept.load_state("方案一", 2)
    assert "定稿：财政会商" in said(app)
    assert any(button.label == "比较各次定稿" for button in app.button)


@pytest.mark.usefixtures("two_states")
def test_rename_and_duplicate(page: Open) -> None:
    app = press(page(scenario="@方案一"), "改名")
    app.text_input[0].set_value("方案/甲")
    (again,) = [b for b in app.button if b.label == "改名" and b.key != "kept-rename"]
    again.click().run()
    assert len(errors(app)) == 1 and kept.kept() == ["方案一"]
    app.text_input[0].set_value("方案甲")
    (again,) = [b for b in app.button if b.label == "改名" and b.key != "kept-rename"]
    again.click().run()
    assert kept.kept() == ["方案甲"] and len(kept.history("方案甲")) == 2
    assert app.session_state.slug == "@方案甲"
    press(app, "复制")
    app.text_input[0].set_value("方案乙")
    (again,) = [b for b in app.button if b.label == "复制" and b.key != "kept-duplicate"]
    again.click().run()
    assert sorted(kept.kept()) == ["方案乙", "方案甲"]
    assert load_scenario(kept.path_of("方案乙")) == load_scenario(kept.path_of("方案甲"))


@pytest.mark.usefixtures("two_states")
def test_deleting_can_be_undone(page: Open) -> None:
    app = press(page(scenario="@方案一"), "删除")
    assert kept.kept() == []
    assert "“方案一”已删除" in said(app)
    press(app, "撤销删除")
    assert kept.kept() == ["方案一"] and len(kept.history("方案一")) == 2
    assert "已删除" not in said(app)


@pytest.mark.usefixtures("two_states")
def test_a_damaged_state_is_said_to_be_and_not_restored(page: Open) -> None:
    path = kept.history("方案一")[0].path
    path.chmod(0o644)
    path.write_text(path.read_text("utf-8").replace("40", "41"), "utf-8")
    app = page()
    assert "已被改动或损坏" in said(app)
    press(app, "恢复为第1次保存")
    assert len(errors(app)) == 1
    assert len(kept.history("方案一")) == 2


@pytest.mark.usefixtures("two_states")
def test_of_two_windows_the_second_is_told_before_it_restores_or_freezes(page: Open) -> None:
    app = page()
    kept.keep("方案一", luzhou(investment=60, tax=20), who="赵", after=2)
    press(app, "恢复为第1次保存")
    (told,) = errors(app)
    assert "赵" in told and [state.number for state in kept.history("方案一")] == [1, 2, 3]
    press(app, "恢复为第1次保存")  # having seen it
    assert [state.number for state in kept.history("方案一")] == [1, 2, 3, 4]
    press(app, "定稿…")
    kept.keep("方案一", luzhou(investment=70, tax=10), who="钱", after=4)
    app.selectbox(key="kept-freeze-stage-zh").set_value("下达")
    press(app, "定稿")
    assert any("钱" in error for error in errors(app)) and len(kept.history("方案一")) == 5


def test_markup_in_names_and_notes_is_shown_as_text(page: Open) -> None:
    scenario = replace(luzhou(), title="t")
    kept.keep("方案 [x](y)", scenario, who="<b>w</b>", why="<script>alert(1)</script>", after=None)
    shown = said(page())
    assert "<script>alert" not in shown and "<b>w</b>" not in shown
    assert "&lt;script&gt;" in shown
