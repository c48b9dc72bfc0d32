"""Questions asked of a rule with pools: what it would take, and what a published split proves."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import pytest
from commands import runs
from pages import SCENARIOS, Open, html_of, opened, press
from processes import HUNG

from allocator import allocate, load_scenario
from allocator.text import EN, ZH

SLUG = "luzhou-2023-pools/two-pools"
TWO = SCENARIOS / f"{SLUG}.toml"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """The rule of two pools without its cap, with data that is published, and what it gives as published."""
    folder = tmp_path / "own" / "pools"
    shutil.copytree(TWO.parent, folder)
    file = folder / "two-pools.toml"
    text = file.read_text("utf-8").replace('"example"', '"published"')
    start, end = text.index("[[limit]]"), text.index("[[reservation]]")
    file.write_text(text[:start] + text[end:], "utf-8")
    amounts = allocate(load_scenario(file)).amounts
    rows = "".join(f"{id},{amount}\n" for id, amount in amounts.items())
    (folder / "published.csv").write_text("recipient,amount\n" + rows, "utf-8")
    text = file.read_text("utf-8").replace("[data]\n", '[data]\npublished = "published.csv"\n')
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("weights:外资项目", ["外资项目"]),
        ("权重：domestic", ["经济贡献由80%改为92%"]),
        ("parts:economy", ["指标“经济贡献”内部的权重"]),
        ("money", ["内资项目由60%改为64%", "增减合计8个百分点"]),
        ("cap", ["16%"]),
    ],
)
def test_each_may_change(change: str, said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The zone has 16.22 million; 0.5 more is what the pools, one by one, can bring it or cannot."""
    seek = runs(capsys, "seek")
    status = 1 if change == "weights:外资项目" else 0
    asked = TWO, "--target", "自贸区>=1672万元", "--change", change
    out, _ = seek(*asked, lang="zh", status=status)
    assert all(words in out for words in said)
    out, _ = seek(*asked, "--format", "json", status=status)
    data = json.loads(out)
    assert data["proved"] and data["met"] is (status == 0)
    assert status or data["amounts"]["ftz"]["then"] >= 16_720_000


def test_bounds_name_what_moves(capsys: pytest.CaptureFixture[str]) -> None:
    seek = runs(capsys, "seek")
    out, _ = seek(TWO, "--target", "ftz>=1672万元", "--change", "money", "--bound", "内资项目=66:")
    assert "Domestic projects from 60 % to 66 %" in out
    _, err = seek(TWO, "--target", "ftz>=1", "--change", "money", "--keep", "tax", status=2)
    assert "not among what can move here" in err
    _, err = seek(TWO, "--target", "ftz>=1", "--change", "weights:luck", status=2)
    assert "domestic, foreign" in err
    _, err = seek(TWO, "--target", "ftz>=1", "--change", "parts", status=2)
    assert "parts:INDICATOR" in err


def test_the_audit_of_pools_by_command(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit = runs(capsys, "audit")
    out, _ = audit(published, "--weights", "foreign=50,foreign.effort=50", lang="zh")
    assert "分项切块分配5602万元" in out and "没有发现与已下达数不相容之处" in out
    assert "完全一致" in out  # the data that it was made from
    assert load_scenario(published).digest in out
    out, _ = audit(published, "--weights", "foreign=50,foreign.effort=50", "--format", "json")
    (found,) = json.loads(out)["readings"]
    assert found["consistent"] is None and found["because"] == "pools"
    assert found["shares"]["foreign"]["naxi"] == [0, 0]
    assert found["outlook"]["naxi"] == "same"  # takes no part in the pool whose weights change
    _, err = audit(published, "--weights", "foreign=50", status=2)
    assert "must add up to exactly 100" in err


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", HUNG)
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))


@pytest.mark.usefixtures("waiting")
def test_the_page_of_targets_moves_the_money_of_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    page: Open = partial(opened, "seek")
    app = page(scenario=SLUG)
    (by,) = [box for box in app.selectbox if box.label == ZH.say("app.seek.by")]
    assert len(by.options) == 6  # weights of two pools, parts, money, a cap, a reservation
    app = by.set_value("money:").run()
    (must,) = [box for box in app.selectbox if box.label == ZH.say("app.seek.is")]
    app = must.set_value(">=").run()
    (figure,) = [box for box in app.text_input if box.label == ZH.say("app.seek.figure", unit="万元")]
    app = press(figure.set_value("900").run(), ZH.say("app.seek.go"))
    assert "分项资金变动最小的调整" in html_of(app) and not app.error
    app = press(app, ZH.say("app.seek.take"))
    assert not app.exception


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_a_published_split_shows_the_shares_of_pools(
    lang: str, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(published.parent.parent))
    app = opened("published", lang, scenario="pools/two-pools")
    assert not app.exception and not app.error
    book = ZH if lang == "zh" else EN
    shown = html_of(app)
    assert book.say("published.allowed") in shown and book.say("audit.pools_wide") in shown


@pytest.mark.usefixtures("waiting")
def test_the_page_says_why_a_rule_is_not_covered(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = published.read_text("utf-8").replace('"published"\nsource', '"assumed"\nsource')
    published.write_text(text, "utf-8")
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(published.parent.parent))
    app = opened("published", "zh", scenario="pools/two-pools")
    assert not app.exception and "是假设数或示例数" in app.error[0].value
