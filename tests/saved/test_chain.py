"""Each save holds the hash of the entry before it: what is edited or taken away afterwards is noticed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from good_scenario import GOOD, make
from pages import SCENARIOS, html_of, link, opened, press
from saved_0_1_0 import make as old

from allocator import Scenario, ScenarioError, Text, load_scenario
from allocator.files.saved import states, store
from allocator.files.saved.chain import Chain
from allocator.text import Phrasebook

NONE: frozenset[int] = frozenset()
SOUND = Chain(NONE, NONE, NONE, (), False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    return tmp_path / "home"


@pytest.fixture
def good(tmp_path: Path) -> Scenario:
    return load_scenario(make(tmp_path / "good", GOOD))


@pytest.fixture
def four(good: Scenario, home: Path) -> Path:
    """The folder of the states of a scenario that was saved four times."""
    for after in (None, 1, 2, 3):
        store.keep("a", good.with_weights(investment=50 + (after or 0), jobs=50 - (after or 0)),
                  who="预算科", why="照原办法", stage="初稿" if after == 1 else "", after=after)  # fmt: skip
    return home / "scenarios" / "a" / "states"


def spoil(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Edits an entry as a person might, with an editor."""
    path.chmod(0o600)
    path.write_text(json.dumps(change(json.loads(path.read_text("utf-8")))), "utf-8")


def test_what_nobody_touched_is_sound(four: Path) -> None:
    assert store.chain("a") == SOUND
    store.rename("a", "b", who="w")
    store.restore("b", 1, who="w", after=5)
    store.undo_discard(store.discard("b").token)
    assert store.chain("b") == SOUND
    assert [set(state.earlier or {}) for state in store.history("b")] == [set(), {1}, {2}, {3}, {4}, {5}]
    assert "前后相符" in html_of(opened("saved"))
    assert "agree with each other" in html_of(opened("saved", "en"))


def test_how_an_entry_is_laid_out_does_not_matter(four: Path) -> None:
    for number in range(1, 5):
        spoil(four / f"000{number}" / "entry.json", lambda entry: dict(sorted(entry.items())))
    assert store.chain("a") == SOUND


@pytest.mark.parametrize("number", [1, 2, 4])
@pytest.mark.parametrize("field", ["who", "why", "when", "stage", "changes", "earlier"])
def test_an_edited_entry_is_noticed(four: Path, number: int, field: str) -> None:
    change = {"clause": "weight", "where": ["jobs"], "before": "1", "after": "2"}
    others = {"when": "2023-05-06T07:08:09+00:00", "changes": [change], "earlier": {"0001": ""}}
    spoil(
        four / f"000{number}" / "entry.json",
        lambda known: {**known, field: others.get(field, "别人")},
    )
    assert store.chain("a").changed == {number}
    with pytest.raises(ScenarioError) as caught:
        store.load_state("a", number)
    assert caught.value.problems[0].key == "kept_state_changed"
    assert all(store.load_state("a", other) for other in {1, 2, 3, 4} - {number})


def reweighed(folder: Path) -> None:
    """Changes a weight, and the hash of its file, as somebody might who knows how."""
    file = folder / "scenario.toml"
    file.chmod(0o600)
    text = file.read_text("utf-8")
    assert "investment = 51" in text
    file.write_text(
        text.replace("investment = 51", "investment = 61").replace("jobs = 49", "jobs = 39"), "utf-8"
    )
    hashed = states._sha256(file.read_bytes())
    spoil(
        folder / "entry.json", lambda entry: {**entry, "files": {**entry["files"], "scenario.toml": hashed}}
    )


def test_a_changed_weight_with_a_new_hash_is_noticed(four: Path) -> None:
    reweighed(four / "0002")
    assert store.sound(store.history("a")[1])
    assert store.chain("a").changed == {2}
    with pytest.raises(ScenarioError):
        store.load_state("a", 2)
    shown = html_of(opened("saved", scenario="@a"))
    assert "这次保存的记录已被改动" in shown
    assert "前后相符" not in shown
    app = opened("compare", scenario="@a", **{"with": ["@a/2", "@a"]})
    assert all("第2次" not in option for box in app.multiselect for option in box.options)


def test_what_is_loaded_has_the_digest_that_was_noted(good: Scenario, home: Path) -> None:
    """Of a state of version 0.1.0 nothing else tells."""
    shutil.copytree(old.HOME, home, dirs_exist_ok=True)
    folder = home / "scenarios" / old.RENAMED / "states" / "0003"
    file = folder / "scenario.toml"
    text = file.read_text("utf-8")
    assert text.count("people = 40\njobs = 60") == 1
    file.write_text(text.replace("people = 40\njobs = 60", "people = 41\njobs = 59"), "utf-8", newline="")
    hashed = states._sha256(file.read_bytes())
    spoil(
        folder / "entry.json", lambda entry: {**entry, "files": {**entry["files"], "scenario.toml": hashed}}
    )
    assert store.sound(store.history(old.RENAMED)[2])
    with pytest.raises(ScenarioError) as caught:
        store.load_state(old.RENAMED, 3)
    assert caught.value.problems[0].key == "kept_state_digest"
    assert all(caught.value.sentences(Phrasebook(lang)) for lang in ("zh", "en"))
    assert "输入校验码不符" in html_of(opened("saved", scenario=f"@{old.RENAMED}"))
    app = opened("compare", scenario=f"@{old.RENAMED}")
    assert all("财政会商" not in option for box in app.multiselect for option in box.options)


@pytest.mark.parametrize(
    ("gone", "missing", "zh", "en"),
    [
        ((2,), ((2, 2),), "缺少第2次保存", "Save no. 2 is missing"),
        ((1, 2), ((1, 2),), "缺少第1至2次保存", "Saves no. 1 to 2 are missing"),
        ((4,), ((4, 4),), "缺少第4次保存", "Save no. 4 is missing"),
    ],
)
def test_what_was_taken_away_is_said_to_be_missing(
    four: Path, gone: tuple[int, ...], missing: object, zh: str, en: str
) -> None:
    for number in gone:
        shutil.rmtree(four / f"000{number}")
    assert store.chain("a") == Chain(NONE, NONE, NONE, missing, False)  # type: ignore[arg-type]
    assert zh in html_of(opened("saved", scenario="@a")) and en in html_of(
        opened("saved", "en", scenario="@a")
    )


def test_a_tail_that_was_removed_stays_a_gap_when_saving_goes_on(four: Path, good: Scenario) -> None:
    for number in (3, 4):
        shutil.rmtree(four / f"000{number}")
    assert store.chain("a").missing == ((3, 4),)
    last = store.history("a")[-1]
    assert last.number == 2
    made = store.restore("a", 2, who="w", after=2)
    assert made.number == 5
    assert store.chain("a") == Chain(NONE, NONE, NONE, ((3, 4),), False)
    assert store.keep("a", good, who="w", after=5).number == 6
    assert store.chain("a").missing == ((3, 4),)
    assert load_scenario(store.path_of("a")) == good


@pytest.mark.parametrize("act", ["freeze", "rename"])
def test_unsaved_edits_follow_over_a_gap(four: Path, act: str) -> None:
    shutil.rmtree(four / "0004")
    file = store.path_of("a")
    file.write_text(file.read_text("utf-8").replace("states/0004", "states/0003"), "utf-8")  # by hand
    app = opened("saved", scenario="@a", **{"weight.investment": "20", "weight.jobs": "80"})
    assert link(app)["state"] == "3"
    press(app, "定稿…" if act == "freeze" else "改名")
    if act == "freeze":
        app.selectbox(key="kept-freeze-stage-zh").set_value("下达")
    else:
        app.text_input[0].set_value("b")
    label = "定稿" if act == "freeze" else "改名"
    (button,) = [b for b in app.button if b.label == label and b.key and b.key.startswith("FormSubmitter")]
    button.click().run()
    assert not app.error and not app.exception
    assert (link(app)["state"], link(app)["weight.investment"]) == ("5", "20")


def test_an_edit_of_the_latest_entry_stays_visible_when_saving_goes_on(four: Path, good: Scenario) -> None:
    spoil(four / "0004" / "entry.json", lambda entry: {**entry, "who": "别人"})
    store.keep("a", good, who="w", after=4)
    store.keep("a", good, who="w", after=5)
    assert store.chain("a") == Chain(NONE, NONE, frozenset({4}), (), False)


def test_a_broken_entry_does_not_break_the_chain(four: Path, good: Scenario) -> None:
    entry = four / "0004" / "entry.json"
    entry.chmod(0o600)
    entry.write_bytes(b"{")
    assert store.chain("a").changed == {4}
    store.keep("a", good, who="w", after=4)
    assert store.chain("a").changed == {4}
    spoil(four / "0003" / "entry.json", lambda entry: {**entry, "who": "别人"})
    assert store.chain("a").changed == {3, 4}


@pytest.mark.parametrize("how", ["rewritten", "removed"])
def test_without_its_remark_the_latest_save_cannot_be_held_against_anything(four: Path, how: str) -> None:
    file = store.path_of("a")
    if how == "removed":
        file.unlink()
    else:
        file.write_text('format = 1\nextends = "states/0004/scenario.toml"\n', "utf-8")
    assert store.chain("a") == Chain(NONE, NONE, NONE, (), True)
    assert "最近一次保存的记录是否改动过" in html_of(opened("saved", scenario="@a"))


def test_saves_of_before_are_called_so_and_never_changed(home: Path, good: Scenario) -> None:
    shutil.copytree(old.HOME, home, dirs_exist_ok=True)
    name = old.RENAMED
    assert store.chain(name) == Chain(frozenset(range(1, 7)), NONE, NONE, (), False)
    made = store.keep(name, store.load_state(name, 6), who="w", after=6)
    assert set(made.earlier or {}) == set(range(1, 7))  # from now on they cannot be edited unseen either
    assert store.chain(name) == Chain(frozenset(range(1, 7)), NONE, NONE, (), False)
    shown = html_of(opened("saved", scenario=f"@{name}"))
    assert shown.count("保存于启用连续校验之前") == 6 and "已被改动" not in shown
    spoil(home / "scenarios" / name / "states" / "0002" / "entry.json", lambda known: {**known, "who": "x"})
    assert store.chain(name).changed == {2}


def test_what_an_older_version_saves_in_between_is_held_by_the_next_save(four: Path, good: Scenario) -> None:
    made = store.keep("a", good, who="w", after=4)
    spoil(four / "0005" / "entry.json", lambda entry: {k: v for k, v in entry.items() if k != "earlier"})
    file = store.path_of("a")
    file.write_text('format = 1\nextends = "states/0005/scenario.toml"\n', "utf-8")
    assert made.number == 5
    assert store.chain("a") == Chain(NONE, frozenset({5}), NONE, (), False)
    assert "没有登记连续校验" in html_of(opened("saved", scenario="@a"))
    assert set(store.keep("a", good, who="w", after=5).earlier or {}) == {4, 5}
    assert store.chain("a") == Chain(NONE, frozenset({5}), NONE, (), False)
    spoil(four / "0004" / "entry.json", lambda entry: {**entry, "why": "x"})
    assert store.chain("a").changed == {4}


@pytest.mark.parametrize(
    "earlier", [[], {"1": "x"}, {"0001": "x"}, {"0000": "0" * 64}, {"٠٠٠١": "0" * 64}, None, {"0001": 5}]
)
def test_a_hostile_entry_is_broken(four: Path, earlier: object) -> None:
    spoil(four / "0004" / "entry.json", lambda entry: {**entry, "earlier": earlier})
    assert store.history("a")[3].when is None
    assert store.chain("a").changed == {4}


def test_a_number_out_of_all_bounds_is_one_gap(four: Path) -> None:
    (four / "0004").rename(four / "999999999")
    assert store.chain("a").missing == ((4, 999_999_998),)


def test_what_does_not_read_back_the_same_is_not_saved(
    good: Scenario, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name decides no figure, so the digest alone would not tell."""
    other = replace(good, title=Text("别的"))
    assert other.digest == good.digest
    monkeypatch.setattr(states, "load_scenario", lambda _: other)
    with pytest.raises(ScenarioError) as caught:
        store.keep("a", good, who="w", after=None)
    assert [p.key for p in caught.value.problems] == ["kept_other"]
    assert not any(path.is_file() for path in home.rglob("*"))
