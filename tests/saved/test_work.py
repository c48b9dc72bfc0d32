"""Working on a scenario in the app: editing the rule, undo and redo, saving, links, two windows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pages import go, link
from processes import HUNG
from streamlit.testing.v1 import AppTest
from test_app import amounts, button, expected, page_text, slider

from allocator import allocate
from allocator.files.load import load_scenario
from allocator.files.saved import store
from allocator.text import ZH

ROOT = Path(__file__).parent.parent.parent
SCENARIOS = ROOT / "scenarios"
SLUG = "luzhou-2023/published-rule"
Page = Callable[..., AppTest]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Page]:
    """Opens the page with this address; every test has a user folder of its own."""
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))

    def start(address: dict[str, Any] | None = None, *, locale: str = "zh-CN") -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=HUNG)
        app.context["locale"] = locale
        for key, value in (address or {}).items():
            app.query_params[key] = value
        return app.run()

    yield start


def unfold(app: AppTest, name: str) -> AppTest:
    """Opens a folded form, or a chip."""
    app.session_state[f"{name}-{app.session_state.slug}"] = True
    return app.run()


def with_unit(app: AppTest) -> AppTest:
    """The page after the unit of rounding was changed on the page of the whole rule."""
    slug = app.session_state.slug
    chosen = app.session_state.get("chosen", {})
    app.session_state["chosen"] = {**chosen, f"rule-open-money-{slug}": True}
    go(app, "rule").text_input(key=f"rule-{slug}-fund-unit").set_value("2").run()
    return go(app, "")


def field(app: AppTest, chip: str, end: str = "-figure") -> Any:
    """The field of a chip's form whose key ends so."""
    (found,) = [
        f for f in app.text_input if f.key and f.key.startswith(f"chip-{chip}-") and f.key.endswith(end)
    ]
    return found


def save(app: AppTest, name: str, *, why: str = "", who: str = "张", stage: str | None = None) -> AppTest:
    """Saves through the form."""
    app.button(key=f"save-{app.session_state.slug}").click().run()
    slug = app.session_state.slug
    app.text_input(key=f"saving-name-{slug}").set_value(name)
    app.text_input(key="saving-why").set_value(why)
    app.text_input(key="saving-who").set_value(who)
    if stage:
        app.selectbox(key=f"saving-stage-{slug}-zh").set_value(stage)
    (found,) = [b for b in app.button if b.label == "保存" and not b.key.startswith("save-")]
    return found.click().run()


# --- undo, redo, back to the file -----------------------------------------------------------------


def test_steps_are_undone_and_done_again(page: Page) -> None:
    app = page()
    assert app.button(key=f"undo-{SLUG}").disabled and app.button(key=f"redo-{SLUG}").disabled
    slider(app, "investment").set_value(60).run()
    slider(app, "tax").set_value(20).run()
    after = amounts(app)
    assert after == expected("luzhou-2023/published-rule", investment=60, tax=20)
    app.button(key=f"undo-{SLUG}").click().run()
    app.button(key=f"undo-{SLUG}").click().run()
    assert amounts(app) == expected("luzhou-2023/published-rule")
    assert slider(app, "investment").value == 40
    app.button(key=f"redo-{SLUG}").click().run()
    app.button(key=f"redo-{SLUG}").click().run()
    assert amounts(app) == after
    app.button(key=f"back-{SLUG}").click().run()
    assert amounts(app) == expected("luzhou-2023/published-rule")
    app.button(key=f"undo-{SLUG}").click().run()
    assert amounts(app) == after


def test_back_to_the_file_needs_something_to_put_back(page: Page) -> None:
    app = page()
    assert app.button(key=f"back-{SLUG}").disabled
    assert "已修改" not in page_text(app)
    slider(app, "tax").set_value(41).run()
    assert not app.button(key=f"back-{SLUG}").disabled
    assert "已修改" in page_text(app)


# --- the rule's form ------------------------------------------------------------------------------


def test_a_floor_is_added_holds_can_be_linked_to_and_undone(page: Page) -> None:
    app = unfold(page(), "chip-floor")
    app.selectbox(key=f"chip-floor-whom-{SLUG}-zh").set_value("all").run()
    app.selectbox(key=f"chip-floor-{SLUG}--all-of-zh").set_value("amount").run()
    field(app, "floor").set_value("30").run()
    limited = {name: int(amount) for name, amount in amounts(app).items()}
    assert min(limited.values()) == 30 and sum(limited.values()) == 5602
    assert "保底30万元" in page_text(app)
    other = page(link(app))
    assert amounts(other) == amounts(app)
    app.button(key=f"undo-{SLUG}").click().run()
    assert amounts(app) == expected("luzhou-2023/published-rule")
    assert "draft" not in app.query_params


def test_a_wrong_figure_is_named_and_what_was_typed_stays(page: Page) -> None:
    app = unfold(page(), "chip-fund")
    field(app, "fund").set_value("5722万").run()
    (error,) = [error.value.replace("\\", "") for error in app.error]
    assert "5722万" in error
    assert field(app, "fund").value == "5722万"
    assert amounts(app) == expected("luzhou-2023/published-rule")


def test_an_earmark_for_the_zone_and_departments_taken_off(page: Page) -> None:
    app = unfold(page(), "chip-departments")
    field(app, "departments", "-1-figure").set_value("").run()
    app = unfold(app, "chip-earmark")
    app.selectbox(key=f"chip-earmark-whom-{SLUG}-zh").set_value("ftz").run()
    field(app, "earmark").set_value("5000").run()
    shown = {name: int(value) for name, value in amounts(app).items()}
    assert shown["自贸区"] == 5000
    assert sum(shown.values()) == 5722 - 60


def test_limits_that_cannot_hold_say_so_and_the_form_still_stands(page: Page) -> None:
    app = unfold(page(), "chip-floor")
    app.selectbox(key=f"chip-floor-whom-{SLUG}-zh").set_value("all").run()
    app.selectbox(key=f"chip-floor-{SLUG}--all-of-zh").set_value("amount").run()
    field(app, "floor").set_value("1000").run()
    assert app.error and not app.exception
    assert field(app, "floor").value == "1000"
    assert app.button(key=f"undo-{SLUG}").disabled  # none of it was taken over
    assert amounts(app) == expected("luzhou-2023/published-rule")


def test_weights_entered_exactly(page: Page) -> None:
    app = unfold(page(), "exact")
    values = {"investment": "33.3", "tax": "33.3", "employment": "16.7", "effort": "16.7"}
    for factor, value in values.items():
        (text,) = [t for t in app.text_input if t.key.startswith("exact-") and t.key.endswith(f"-{factor}")]
        text.set_value(value)
    button(app, "应用").click().run()
    assert not app.error
    assert amounts(app) == expected("luzhou-2023/published-rule", **values)
    # whose weights they are is not said: those of the file are others
    assert "权重不是整数：投资贡献值 33.3、" in page_text(app) and "方案文件的权重" not in page_text(app)
    assert link(app)["weight.tax"] == "33.3"
    assert amounts(page(link(app))) == amounts(app)


# --- saving ---------------------------------------------------------------------------------------


def test_saving_keeps_what_is_on_the_screen_as_an_ordinary_scenario(page: Page) -> None:
    app = page()
    button(app, "等权重").click().run()
    before = amounts(app)
    save(app, "方案一", why="试等权重", who="王")
    assert not app.error, [e.value for e in app.error]
    assert app.session_state.slug == "@方案一"
    assert amounts(app) == before
    assert link(app) == {"lang": "zh", "scenario": "@方案一"}
    kept_one = load_scenario(store.path_of("方案一"))
    assert {
        r.name.zh: ZH.number(allocate(kept_one).amounts[r.id] // 10_000) for r in kept_one.recipients
    } == before
    (state,) = store.history("方案一")
    assert (state.who, state.why, state.stage) == ("王", "试等权重", "")
    # the file it was made from stands as it was
    app.selectbox(key="pick-scenario-luzhou-2023-zh").set_value(SLUG).run()
    assert amounts(app) == expected("luzhou-2023/published-rule")


def test_weights_that_do_not_add_up_are_written_first(page: Page) -> None:
    app = page()
    slider(app, "investment").set_value(50).run()
    app.button(key=f"save-{SLUG}").click().run()
    assert "权重合计110%" in page_text(app)
    assert "46/36/9/9" in page_text(app)
    app.button(key=f"saving-write-{SLUG}").click().run()
    assert [slider(app, f).value for f in ("investment", "tax", "employment", "effort")] == [46, 36, 9, 9]


def test_of_two_windows_the_second_is_told(page: Page) -> None:
    first = page()
    save(first, "方案一")
    second = page({"lang": "zh", "scenario": "@方案一"})
    slider(first, "tax", "@方案一").set_value(30).run()
    slider(first, "investment", "@方案一").set_value(50).run()
    save(first, "方案一", who="王")
    slider(second, "tax", "@方案一").set_value(20).run()
    slider(second, "investment", "@方案一").set_value(60).run()
    save(second, "方案一", who="李")
    (told,) = [error.value.replace("\\", "") for error in second.error]
    assert "王" in told
    assert len(store.history("方案一")) == 2
    assert load_scenario(store.path_of("方案一")).weights["tax"] == 30
    # nothing is lost: it can be saved under another name
    save(second, "方案二", who="李")
    assert load_scenario(store.path_of("方案二")).weights["tax"] == 20


@pytest.mark.parametrize("name", ["", "a/b", "../a", "方案.", "con", "x" * 300, "=cmd|' /C calc'!A0", "@a"])
def test_a_name_that_cannot_be_is_refused_and_the_work_is_still_there(page: Page, name: str) -> None:
    app = page()
    slider(app, "tax").set_value(30).run()
    slider(app, "investment").set_value(50).run()
    before = amounts(app)
    save(app, name)
    assert len(app.error) == 1
    assert store.kept() == []
    assert amounts(app.run()) == before


def test_a_name_that_is_taken_is_refused_and_the_work_is_still_there(page: Page) -> None:
    save(page(), "Plan 甲")
    app = page()
    button(app, "等权重").click().run()
    before = amounts(app)
    for name in ("Plan 甲", "plan 甲", " PLAN  甲 "):
        save(app, name)
        (told,) = [error.value for error in app.error]
        assert "已被占用" in told
    assert (store.kept(), len(store.history("Plan 甲"))) == (["Plan 甲"], 1)
    assert amounts(app.run()) == before


@pytest.mark.parametrize("name", ["方案（二稿）", "方案 🎉", "👩\u200d🌾", "v1.2", "名" * 60, "[a](b) & $x$"])
def test_names_that_people_type_are_kept_and_come_back_by_a_link(page: Page, name: str) -> None:
    app = page()
    button(app, "等权重").click().run()
    save(app, name)
    assert not app.error and store.kept() == [name]
    again = page(link(app))
    assert again.session_state.slug == f"@{name}" and amounts(again) == amounts(app)


def test_a_folder_that_cannot_be_written_is_told_and_the_work_is_still_there(
    page: Page, tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("not a folder", "utf-8")
    app = with_unit(page())
    assert "修改无法暂存" in page_text(app)
    before = amounts(app)
    save(app, "方案一")
    assert len(app.error) == 1
    assert amounts(app.run()) == before


def test_what_one_visitor_edits_another_does_not_see(page: Page) -> None:
    one, other = with_unit(page()), page()
    slider(one, "tax").set_value(0).run()
    assert amounts(other.run()) == expected("luzhou-2023/published-rule")
    assert link(other) == {"lang": "zh", "scenario": SLUG}


def test_an_edited_scenario_whose_file_changes_keeps_the_edits_and_says_so(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SCENARIOS / "luzhou-2023", tmp_path / "shelf" / "luzhou-2023")
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path / "shelf"))
    app, untouched = page(), page()
    slider(app, "tax").set_value(0).run()
    file = tmp_path / "shelf" / "luzhou-2023" / "published-rule.toml"
    file.write_text(file.read_text("utf-8").replace("57_220_000", "67_220_000"), "utf-8")
    assert "资金总额6722万元" in page_text(untouched.run())
    shown = page_text(app.run())
    assert "资金总额5722万元" in shown and "已被他人或在另一窗口修改" in shown


@pytest.mark.parametrize("token", ["0" * 32, "../../etc", "x" * 100, "0" * 31 + "<"])
def test_a_link_to_edits_that_are_not_there_says_so(page: Page, token: str) -> None:
    app = page({"scenario": SLUG, "draft": token})
    assert "链接中的未保存修改已找不到" in page_text(app)
    assert amounts(app) == expected("luzhou-2023/published-rule")


def test_a_scenario_deleted_in_another_window_is_said_to_be_gone(page: Page) -> None:
    one = page()
    save(one, "方案一")
    other = page({"lang": "zh", "scenario": "@方案一"})
    token = store.discard("方案一").token
    assert "已在另一窗口删除或改名" in page_text(other.run())
    assert amounts(other) == expected("luzhou-2023/published-rule")
    store.undo_discard(token)
    assert store.kept() == ["方案一"]


# --- a refresh ------------------------------------------------------------------------------------

OTHER = "luzhou-2023/cap-zone"
EQUAL = "luzhou-2023/equal-weights"


def show(app: AppTest, slug: str) -> AppTest:
    return app.selectbox(key="pick-scenario-luzhou-2023-zh").set_value(slug).run()


@pytest.fixture
def busy(page: Page) -> AppTest:
    """Edits of three scenarios: the rule of one, the weights of another, and the one on the screen."""
    app = with_unit(show(page(), OTHER))
    slider(show(app, EQUAL), "tax", EQUAL).set_value(30).run()
    slider(app, "investment", EQUAL).set_value(20).run()
    slider(show(app, SLUG), "tax").set_value(20).run()
    slider(app, "investment").set_value(60).run()
    return app


def each(app: AppTest) -> list[dict[str, str]]:
    """What the three scenarios pay as they stand."""
    return [amounts(show(app, slug)) for slug in (OTHER, EQUAL, SLUG)]


def test_a_refresh_loses_nothing_that_was_made_of_any_scenario(page: Page, busy: AppTest) -> None:
    again = page(link(busy))
    assert "已找不到" not in page_text(again)
    assert amounts(again) == amounts(busy) == expected(SLUG, tax=20, investment=60)
    assert each(again) == each(busy)
    assert each(again)[1] == expected(EQUAL, tax=30, investment=20)
    assert each(again)[0] != expected(OTHER)
    assert each(page(link(again))) == each(busy)
    assert link(again) == link(busy)


def test_a_link_to_pass_on_carries_what_is_shown_and_no_more(page: Page, busy: AppTest) -> None:
    busy.button(key=f"link-{SLUG}").click().run()
    (passed,) = [code.value for code in busy.code]
    carried = dict(parse_qsl(urlsplit(passed).query))
    assert "work" in link(busy) and "work" not in carried
    other = page(carried)
    assert each(other) == [expected(OTHER), expected(EQUAL), expected(SLUG, tax=20, investment=60)]


def test_the_address_says_nothing_of_other_scenarios_once_they_stand_as_in_their_files(busy: AppTest) -> None:
    for slug in (OTHER, EQUAL):
        show(busy, slug).button(key=f"back-{slug}").click().run()
    show(busy, SLUG)
    assert "work" not in link(busy)


def test_going_back_in_the_browser_leaves_other_scenarios_alone(busy: AppTest) -> None:
    before = each(busy)
    for key in list(busy.query_params):
        del busy.query_params[key]
    for key, value in {"lang": "zh", "scenario": SLUG}.items():  # as at the beginning
        busy.query_params[key] = value
    busy.run()
    assert amounts(busy) == expected(SLUG)
    assert each(busy)[:2] == before[:2]
    assert "work" in link(busy)


@pytest.mark.parametrize("token", ["0" * 32, "../../etc", "x" * 100, "", "0" * 31 + "<"])
def test_what_an_address_says_of_other_scenarios_and_is_not_there(page: Page, token: str) -> None:
    app = page({"lang": "zh", "scenario": SLUG, "work": token, "weight.tax": "1"})
    assert ("其他方案的未保存修改已找不到" in page_text(app)) == bool(token)
    assert "work" not in link(app)


@pytest.mark.parametrize(
    "made",
    [
        {OTHER: {"draft": "0" * 32}},
        {OTHER: {"weight.tax": "1e9"}},
        {OTHER: {"weight.nobody": "1"}},
        {OTHER: {"state": "1", "weight.tax": "1"}},
    ],
)
def test_work_that_cannot_be_used_says_so(page: Page, made: store.Work) -> None:
    app = page({"lang": "zh", "scenario": SLUG, "work": store.put_work(made)})
    assert "其他方案的未保存修改已找不到" in page_text(app)
    assert amounts(app) == expected(SLUG)
    assert amounts(show(app, OTHER)) == expected(OTHER)


def test_edits_of_other_scenarios_that_cannot_be_kept_are_said_to_be(page: Page, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder", "utf-8")
    app = page()
    slider(app, "tax").set_value(20).run()
    assert "修改无法暂存" not in page_text(app)  # the address carries weights by itself
    assert "修改无法暂存" in page_text(show(app, EQUAL))
    assert "work" not in link(app)
    (tmp_path / "home").unlink()
    assert "修改无法暂存" not in page_text(app.run())
    assert "work" in link(app)


def test_edits_of_what_somebody_else_has_saved_since_stand_after_a_refresh_and_are_not_saved_over_it(
    page: Page,
) -> None:
    save(page(), "方案一")
    mine, other = page({"lang": "zh", "scenario": "@方案一"}), page({"lang": "zh", "scenario": "@方案一"})
    slider(mine, "tax", "@方案一").set_value(20).run()
    slider(mine, "investment", "@方案一").set_value(60).run()
    with_unit(other)
    save(other, "方案一", who="王")
    again = page(link(mine))
    assert link(again)["state"] == "1"
    assert amounts(again) == amounts(mine) == expected(SLUG, tax=20, investment=60)
    assert "已被他人或在另一窗口修改" in page_text(again)
    save(again, "方案一", who="李")
    (told,) = [error.value.replace("\\", "") for error in again.error]
    assert "王" in told and len(store.history("方案一")) == 2


@pytest.mark.parametrize("number", ["9", "0", "-1", "x", "１", "1" * 200, "../1"])
def test_a_link_to_a_save_that_is_not_there_says_so_and_keeps_the_edits(page: Page, number: str) -> None:
    save(page(), "方案一")
    app = page({"lang": "zh", "scenario": "@方案一", "state": number, "weight.tax": "20"} | {
        f"weight.{factor}": "40" for factor in ("investment", "employment", "effort")
    })  # fmt: skip
    assert ("那次保存已找不到" in page_text(app)) == (number != "１")
    assert slider(app, "tax", "@方案一").value == 20
    assert link(app)["state"] == "1"
