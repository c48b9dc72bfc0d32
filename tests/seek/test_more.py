"""Somebody gets more: three ways, each allocated anew; and the page that keeps one of them."""

from functools import partial
from pathlib import Path
from random import Random

import pytest
from depth import cases, deeper
from pages import SCENARIOS, Open, html_of, opened, press
from processes import HUNG
from random_cases import random_case, scenario_of

from allocator import Party, ScenarioError, allocate, load_scenario, more_for
from allocator.core.errors import AllocatorError
from allocator.files.saved import store
from allocator.report.seek.more import WAYS, more_table, more_title, option_name, way_lines, way_title
from allocator.text import EN, ZH
from allocator.ui.components import more

RULE = load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml")


def test_the_zone_pays_for_the_high_tech_zone():
    """250 + 50 万元; in proportion the zone pays 5000/5577 of the 50, 44.83, so 45."""
    now = allocate(RULE)
    found = more_for(now, "hightech", 500_000, "重点项目", payer=Party("ftz"))
    shared, paid = found.found["shared"], found.found["paid"]
    assert shared.amounts["hightech"] == paid.amounts["hightech"] == 750_000
    assert now.amounts["ftz"] - shared.amounts["ftz"] == 450_000
    assert paid.amounts == {**now.amounts, "hightech": 750_000, "ftz": 49_500_000}
    assert sum(shared.amounts.values()) == sum(now.amounts.values())
    assert list(found.found) == ["shared", "paid"] and found.ruled.proved  # no weights bring it that much
    assert way_lines(found, "paid", ZH) == ["自贸区减少50万元，其他不变。"]
    assert way_title(found, "paid", EN) == "Free Trade Zone pays"
    assert more_title(found, ZH) == "高新区多分50万元"
    assert option_name(found, "shared", ZH) == "高新区多分50万元（其余按比例承担）"


def test_less_for_one_is_more_for_the_others():
    found = more_for(
        allocate(RULE), "ftz", -2_000_000, "压减", payer=Party(reservation="泸州市酒业发展促进局")
    )
    assert found.ruled.found.amounts["ftz"] <= 48_000_000 and found.ruled.change == 66
    assert more_title(found, EN) == "Free Trade Zone gets 2,000,000 yuan less"
    assert found.found["paid"].reserved == allocate(RULE).reserved + 2_000_000
    table = more_table(found, ZH)
    assert [row.role for row in table.rows][-2:] == ["subtotal", "total"]
    assert all(record[1][-1] == 0 for record in table.records if record[0] == "total")


def test_what_cannot_be_says_why():
    with pytest.raises(ScenarioError) as error:
        more_for(allocate(RULE), "nobody", 1, "x")
    assert error.value.problems[0].key == "recipient_unknown"
    with pytest.raises(ScenarioError) as error:
        more_for(allocate(RULE), "ftz", 0, "x")
    assert error.value.problems[0].key == "more_nothing"
    found = more_for(allocate(RULE), "hightech", 100_000_000, "x", payer=Party("xuyong"))
    assert not found.found
    for way in WAYS:
        assert all(way_lines(found, way, book) for book in (ZH, EN))


@pytest.mark.parametrize("seed", range(cases(20, 500)))
@deeper
def test_every_way_brings_just_what_was_asked_for(seed):
    rnd = Random(seed)
    try:
        now = allocate(scenario_of(random_case(rnd)))
    except AllocatorError:
        return
    ids = now.scenario.ids
    id, unit = rnd.choice(ids), now.scenario.fund.unit
    amount = rnd.choice((-3, -1, 1, 2, 10)) * unit
    payer = Party(rnd.choice([other for other in ids if other != id])) if len(ids) > 1 else None
    found = more_for(now, id, amount, "x", payer=payer)
    for way, one in found.found.items():
        assert sum(one.amounts.values()) == sum(now.amounts.values())
        if way == "ruled":
            assert (one.amounts[id] - now.amounts[id] - amount) * (1 if amount > 0 else -1) >= 0
            continue
        assert one.amounts[id] == now.amounts[id] + amount
        side = 1 if amount > 0 else -1
        assert all((one.amounts[o] - now.amounts[o]) * side <= 0 for o in ids if o != id)
        if way == "paid":
            assert all(one.amounts[o] == now.amounts[o] for o in ids if o not in (id, payer.recipient))


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """The page of targets, which waits for every search."""
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", HUNG)
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path))
    return partial(opened, "seek")


def test_one_of_three_ways_is_kept_and_another_put_on_the_screen(page: Open):
    slug = "luzhou-2023/published-rule"
    app = page(scenario=slug)
    (who,) = [box for box in app.selectbox if box.label == ZH.say("app.seek.more_who")]
    app = who.set_value("hightech").run()
    (figure,) = [box for box in app.text_input if box.label == ZH.say("app.seek.more_figure", unit="万元")]
    app = press(figure.set_value("50").run(), ZH.say("app.seek.more_go"))
    assert "高新区多分50万元" in html_of(app) and not app.error
    (keep,) = [button for button in app.button if button.key == f"more-keep-shared-{slug}"]
    app = keep.click().run()
    assert "已留作方案“高新区多分50万元（其余按比例承担）”" in html_of(app)
    name = "高新区多分50万元（其余按比例承担）"
    kept = allocate(store.load_state(name, 1))
    assert kept.amounts["hightech"] == 750_000 and store.kept() == [name]
    app = press(figure.set_value("零").run(), ZH.say("app.seek.more_go"))
    assert app.error


@pytest.mark.parametrize("slug", ["luzhou-2023/published-rule", "luzhou-2023-pools/two-pools"])
def test_the_steps_of_a_recipient_answer_the_same(page: Open, slug: str):
    app = page.func("", scenario=slug)
    before = allocate(app.session_state.trails[slug].now.scenario)
    for key, value in {"picked": "hightech", f"steps-{slug}": True, f"more-{slug}": True}.items():
        app.session_state[key] = value
    app = app.run()
    assert "高新区多给一些，别人怎么变？" in [fold.label for fold in app.expander]
    (figure,) = [box for box in app.text_input if box.label == ZH.say("app.seek.more_figure", unit="万元")]
    app = press(figure.set_value("＋50").run(), ZH.say("app.seek.more_go"))
    assert "高新区多分50万元" in html_of(app) and not app.error
    app = app.button(key=f"more-keep-shared-{slug}").click().run()
    name = "高新区多分50万元（其余按比例承担）"
    assert f"已留作方案“{name}”" in html_of(app)
    kept = allocate(store.load_state(name, 1))
    assert kept.amounts["hightech"] == before.amounts["hightech"] + 500_000
    app.session_state["picked"] = "ftz"  # who is picked next was not asked about
    assert "多分50万元" not in html_of(app.run())
    app.session_state["picked"] = "hightech"
    app = app.run().button(key=f"more-take-shared-{slug}").click().run()
    assert allocate(app.session_state.trails[slug].now.scenario).amounts == kept.amounts
    assert "多分50万元" not in html_of(app)  # it is done


@pytest.mark.parametrize(
    "name", ["方案", "长" * 80, "High-tech Zone gets 20,000 yuan more (the others pay in proportion)"]
)
def test_an_option_has_a_name_that_can_be_kept(name: str) -> None:
    made = more._fitting(name)
    assert store.check_name(f"{made} 999") and (made == name or made[:-1] == name[: len(made) - 1])
