"""What is kept between two drawings of a page is shown again only where all that it shows is the same."""

from __future__ import annotations

import html
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from good_scenario import GOOD, make, small
from pages import SCENARIOS, html_of, opened
from streamlit.testing.v1 import AppTest

from allocator import ScenarioError, Text, load_scenario
from allocator.core.errors import Problem
from allocator.files.audit.own_readings import add_reading
from allocator.files.saved import store
from allocator.ui.allocate import why
from allocator.ui.sensitivity import draws
from allocator.ui.sensitivity import page as sensitivity
from allocator.ui.session import catalogue, readings
from allocator.ui.session.remembered import remembering, shown

FUND = "luzhou-2023"
RULE = f"{FUND}/published-rule"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of scenarios that may be changed."""
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path / "scenarios"))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "scenarios"


def words(app: AppTest) -> str:
    """All HTML of the page as a reader reads it, and what stands in its charts."""
    charts = "".join(str(chart.proto) for chart in app.get("arrow_vega_lite_chart"))
    return html.unescape(re.sub(r"<[^>]+>", "", html_of(app))) + charts


def change(file: Path, old: str, new: str) -> None:
    """Writes another name into a file, whose time and size stay as they were."""
    assert len(old.encode()) == len(new.encode())
    before = file.stat()
    content = file.read_text("utf-8")
    assert old in content
    file.chmod(0o600)
    file.write_text(content.replace(old, new), "utf-8", newline="")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("page", ["published", "", "compare"])
def test_a_recipient_that_is_renamed_in_its_file_is_called_so_on_the_page(page: str, folder: Path) -> None:
    address = {"with": [RULE, f"{FUND}/equal-weights"]} if page == "compare" else {}
    before = opened(page, "en", scenario=RULE, **address)
    assert "Xuyong" in words(before)
    change(folder / FUND / "recipients.csv", "Xuyong", "Xuyang")
    for app in (opened(page, "en", scenario=RULE, **address), before.run()):  # also where it stood open
        assert "Xuyong" not in words(app) and "Xuyang" in words(app)


def test_answers_to_what_is_asked_call_nobody_by_the_name_of_before(folder: Path) -> None:
    """The nearest weights and a table that fits, which are worked out once for everybody."""
    rule = load_scenario(folder / FUND / "published-rule.toml")
    renamed = replace(
        rule, recipients=tuple(replace(r, name=Text(f"新{r.name.zh}", r.name.en)) for r in rule.recipients)
    )
    assert rule.digest == renamed.digest
    one, other = (readings.audit_once(readings.Reading(scenario)) for scenario in (rule, renamed))
    assert one.reading.scenario == rule and other.reading.scenario == renamed
    for scenario, checked in ((rule, one), (renamed, other)):
        choice = readings.Choice("", readings.NamedReading(Text("t"), "", checked.reading))
        found = readings.findings_of(choice, checked, dict(scenario.weights), {})
        assert found.scenario == scenario
    assert readings.findings_key(one, None, {}) != readings.findings_key(other, None, {})


@pytest.mark.parametrize(
    "what", ["source", "status", "unit", "definition", "title", "aliases", "order", "nothing"]
)
def test_what_a_scenario_shows_is_its_key_not_its_digest_alone(what: str) -> None:
    scenario = small()
    first, *rest = scenario.factors
    recipient, *others = scenario.recipients
    changed = {
        "source": lambda: replace(scenario, fund=replace(scenario.fund, source="new")),
        "status": lambda: replace(scenario, factors=(replace(first, status="published"), *rest)),
        "unit": lambda: replace(scenario, factors=(replace(first, unit="万人"), *rest)),
        "definition": lambda: replace(scenario, factors=(replace(first, definition=Text("d")), *rest)),
        "title": lambda: replace(scenario, title=Text("t", "in English")),
        "aliases": lambda: replace(scenario, recipients=(replace(recipient, aliases=("子",)), *others)),
        "nothing": lambda: replace(scenario),
        "order": lambda: replace(scenario, weights=dict(reversed(scenario.weights.items()))),
    }[what]()
    assert changed.digest == scenario.digest
    assert (shown(changed) == shown(scenario)) == (what == "nothing")
    asked: list[object] = []
    kept_of = remembering(4)(lambda one, other, more: asked.append((one, other, more)) or len(asked))
    assert kept_of(scenario, scenario, more=1) == kept_of(scenario, scenario, more=1) == 1
    assert (kept_of(changed, scenario, more=1) == 1) == (what == "nothing")
    assert (kept_of(scenario, changed, more=1) == 1) == (what == "nothing")


def test_lists_of_what_is_kept_follow_the_order_of_the_weights() -> None:
    """Equal scenarios may list their weights in another order, and tables follow it."""
    one = small(published={"a": 40, "b": 30, "c": 30})
    other = replace(one, weights=dict(reversed(one.weights.items())))
    assert one == other
    for work in (
        lambda scenario: sensitivity._at_once(scenario).steady,
        lambda scenario: sensitivity._swings(scenario, 1),
    ):
        assert list(work(one)) != list(work(other)) or len(list(work(one))) < 2
    first, second = (why._account(scenario, one.with_weights(x=50, y=50)) for scenario in (one, other))
    assert first is not second and first is why._account(one, one.with_weights(x=50, y=50))


def test_two_readings_that_suppose_the_same_keep_their_own_titles(folder: Path) -> None:
    rule = load_scenario(folder / FUND / "published-rule.toml")
    checked = readings.audit_once(readings.Reading(rule))
    for title, reason in (("甲", None), ("乙", "因为"), ("丙", "所以")):
        named = readings.NamedReading(Text(title), "", checked.reading, reason and Text(reason))
        for weights in (None, dict(rule.weights)):
            found = readings.findings_of(readings.Choice("", named), checked, weights, {})
            assert (found.title, found.reason) == (Text(title), reason and Text(reason))


def test_an_own_reading_that_is_changed_on_disk_is_read_again(folder: Path) -> None:
    fund = load_scenario(folder / FUND / "published-rule.toml").fund
    name = add_reading(fund.name.zh, '[[scored]]\nfactor = "tax"\nlow = 60\nhigh = 100\n'.join(
        ['format = 1\ntitle = "口径甲"\n', ""]).encode())  # fmt: skip
    address = {"scenario": RULE, "reading": [f"+{name}"]}
    assert "口径甲" in words(opened("published", **address))
    (file,) = store.home().rglob(name)
    change(file, "口径甲", "口径乙")
    after = words(opened("published", **address))
    assert "口径乙" in after and "口径甲" not in after


# --- files ------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="there a file's only other time is that of its making")
def test_a_file_is_read_again_whatever_its_time_says(folder: Path) -> None:
    path = folder / FUND / "published-rule.toml"
    assert "Xuyong County" in {r.name.en for r in catalogue.load(path).recipients}
    change(folder / FUND / "recipients.csv", "Xuyong", "Xuyang")
    assert "Xuyang County" in {r.name.en for r in catalogue.load(path).recipients}
    (reading,) = sorted((folder / FUND / "readings").glob("3-*.toml"))
    title = catalogue.reading(reading).title.zh
    change(reading, title, title[:-1] + "甲")
    assert catalogue.reading(reading).title.zh == title[:-1] + "甲"


@pytest.mark.skipif(os.name == "nt", reason="there a file's only other time is that of its making")
def test_a_saved_scenario_is_read_again_when_somebody_changed_a_state(tmp_path: Path) -> None:
    good = load_scenario(make(tmp_path / "good", GOOD))
    store.keep("a", good, who="甲科", after=None)
    path = store.path_of("a")
    assert catalogue.load(path).recipients[0].name.zh == "北区"
    states = path.parent / "states" / "0001"
    change(states / "recipients.csv", "北区", "东区")
    assert catalogue.load(path).recipients[0].name.zh == "东区"
    change(states / "entry.json", "甲科", "乙科")
    assert store.history("a")[0].who == "乙科"


def test_what_draws_refuse_is_said_of_the_scenario_as_it_is_called_now() -> None:
    """The work beside a page is kept by digest, since a name changes no draw; what it refuses is not."""
    scenario = small()
    problem = ScenarioError(Problem("sweep_none"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(draws, "sweep", lambda *_, **__: (_ for _ in ()).throw(problem))
        found = draws._drawn(scenario, draws.Asked(None, {}, 1, 10), lambda _: None)
    assert found == (scenario, problem)


def asked_twice() -> None:
    """A page that reads payments under one department's name, and then under another."""
    import os
    from dataclasses import replace
    from pathlib import Path

    import streamlit as st

    from allocator import Reservation, Text, allocate, load_scenario
    from allocator.analysis.execution import payers
    from allocator.core.errors import ScenarioError
    from allocator.text import ZH
    from allocator.ui.execution import inputs

    scenario = load_scenario(Path(os.environ["ALLOCATOR_SCENARIOS"]) / "luzhou-2023" / "published-rule.toml")
    for name in ("市经济合作局", "市商务局"):
        called = replace(scenario, reservations=(Reservation(Text(name), scenario.reserved),))
        try:
            inputs.payments(Path(os.environ["PAYMENTS"]), called, payers(allocate(called)))
            st.text(f"{name}: read")
        except ScenarioError as error:
            st.text(f"{name}: {error.sentences(ZH)}")


def test_payments_are_read_again_for_a_department_of_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "payments.csv"
    file.write_text("用款单位,支付日期,金额（万元）,用途\n市商务局,2023-06-03,5,展会\n", "utf-8")
    monkeypatch.setenv("PAYMENTS", str(file))
    app = AppTest.from_function(asked_twice).run()
    assert not app.exception
    assert [text.value.endswith(": read") for text in app.text] == [False, True]
