"""The pages with a plan of land on the screen: 亩 for money, adjustments, and what is undistributed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pages import html_of, opened
from shipped import GUANGDONG, SCENARIOS

from allocator import load_scenario
from allocator.ui.main import PAGES

SLUG = "cn-guangdong-2012/plan"
COVERED = ("help", "rule", "allocate", "compare", "saved", "new", "report", "seek", "sensitivity")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path


def words(app) -> str:
    return re.sub(r"<[^>]+>", " ", html_of(app))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_shows_it_or_says_that_it_does_not(name: str, lang: str) -> None:
    app = opened("" if name == "allocate" else name, lang, scenario=SLUG)
    assert not app.exception, [e.message for e in app.exception]
    sentences = [error.value for error in app.error]
    if name in COVERED:
        assert sentences == [] and html_of(app)
    elif sentences:
        assert getattr(load_scenario(GUANGDONG).title, lang)[:4] in sentences[0]
        assert ("调整数" if lang == "zh" else "adjustments") in sentences[0]
    else:
        assert name == "published"  # the audit covers it


def test_the_amounts_are_of_land_and_the_hands_are_named() -> None:
    shown = words(opened("", "zh", scenario=SLUG))
    assert "单位：亩" in shown and "广州市减1000亩" in shown and "理由：未公布理由" in shown
    assert "以100亩为单位各自取整，余100亩。取整留下的数由下列调整数用完。" in shown
    assert not re.search(r"[\d元]元", shown)


def test_what_is_undistributed_is_said_above_the_rule(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(GUANGDONG.parent, home / "own" / "land")
    own = 'format = 2\nextends = "plan.toml"\nadjustment = []\n'
    (home / "own" / "land" / "by-weights.toml").write_text(own)
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(home / "own"))
    app = opened("", "zh", scenario="land/by-weights")
    (error,) = app.error
    assert "还有100亩未分配" in error.value
    assert "未分配" in words(app) and "余100亩" in words(app)
