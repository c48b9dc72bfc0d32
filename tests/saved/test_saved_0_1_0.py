"""A user folder that version 0.1.0 wrote opens to the same amounts, digests, history and links."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from pages import SCENARIOS, html_of, opened
from saved_0_1_0 import make

from allocator.files.saved import store

EXPECTED = json.loads(make.EXPECTED.read_text("utf-8"))


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    shutil.copytree(make.HOME, tmp_path / "home")
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_folder_holds_what_it_is_to_prove() -> None:
    states = {name: found["states"] for name, found in EXPECTED["scenarios"].items()}
    assert [state["stage"] for state in states[make.RENAMED]] == ["初稿", "", "财政会商", "", "", "下达"]
    assert (states["own"], EXPECTED["trash"]) == ([], [make.DELETED])
    assert (len(EXPECTED["drafts"]), len(EXPECTED["readings"]), len(EXPECTED["links"])) == (3, 2, 14)


def test_every_scenario_state_and_reading_is_as_it_was() -> None:
    expected = {key: EXPECTED[key] for key in ("scenarios", "trash", "readings")}
    assert make.saved() == expected
    for token, figures in EXPECTED["drafts"].items():
        assert make.figures(store.get_draft(token)) == figures


def test_what_was_deleted_comes_back(home: Path) -> None:
    (known,) = store.discarded()
    assert store.undo_discard(known.token) == make.DELETED
    (state,) = store.history(make.DELETED)
    assert store.sound(state)
    assert make.figures(store.load_state(make.DELETED, 1))["digest"] == state.digest


@pytest.mark.parametrize("known", EXPECTED["links"], ids=[f"{n}" for n in range(len(EXPECTED["links"]))])
def test_every_link_opens_to_the_same(known: dict[str, Any]) -> None:
    assert make.opens(known["link"]) == known["opens"]


@pytest.mark.parametrize(("lang", "wrong"), [("zh", ("损坏", "改动")), ("en", ("damaged", "changed since"))])
def test_the_page_calls_nothing_changed(lang: str, wrong: tuple[str, ...]) -> None:
    for name in (make.RENAMED, make.SCORES):
        app = opened("saved", lang, scenario=f"@{name}")
        shown = html_of(app)
        assert "初稿" in shown or name != make.RENAMED
        assert not app.error
        assert not any(word in shown for word in wrong)
