"""The pages with a scenario of format 2 on the screen: shown and changed where they can."""

from __future__ import annotations

import itertools
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pages import Slider, go, html_of, in_other_language, link, opened, press
from shipped import POOLS, SCENARIOS
from streamlit.testing.v1 import AppTest

from allocator import Scenario, Text, allocate, load_scenario
from allocator.files.saved import store
from allocator.report.charts.waterfall import waterfall_rows
from allocator.text import Phrasebook
from allocator.ui.main import PAGES

FIXED, TWO = SLUGS = [f"{path.parent.name}/{path.stem}" for path in POOLS]
COVERED = (
    "help",
    "allocate",
    "compare",
    "saved",
    "new",
    "rule",
    "report",
    "seek",
    "sensitivity",
    "published",
)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def of(slug: str) -> Scenario:
    return load_scenario(SCENARIOS / f"{slug}.toml")


def page(name: str, slug: str, lang: str = "zh", **address: str) -> AppTest:
    app = opened("" if name == "allocate" else name, lang, unfolded="checks", scenario=slug, **address)
    assert not app.exception, [e.message for e in app.exception]
    return app


def errors(app: AppTest) -> list[str]:
    return [error.value.replace("\\", "") for error in app.error]


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_in_both_languages(name: str) -> None:
    for slug in SLUGS:
        app = page(name, slug)
        for lang in ("zh", "en"):
            said = errors(app)
            if name in COVERED:
                assert said == []
            else:
                (sentence,) = said
                assert of(slug).title.zh in sentence if lang == "zh" else of(slug).title.en in sentence
                assert ("计算列" if lang == "zh" else "column formulas") in sentence
            assert html_of(app)
            app = in_other_language(app)
            assert not app.exception


def changing(app: AppTest) -> list[str]:
    """What could change the rule: every field and slider, but not the lists of the top line."""
    fields = [*app.slider, *app.number_input, *app.text_input, *app.text_area, *app.checkbox, *app.toggle]
    own = [field.key or field.label for field in fields if field.key not in ("drawer", "log-zh")]
    parts = [e.proto.id for e in app.get("bidi_component")]
    return own + [part for part in parts if "sliders" in part or "weights" in part]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_allocate_shows_what_allocate_gives(slug: str, lang: str) -> None:
    app = page("allocate", slug, lang)
    shown, allocation = html_of(app), allocate(of(slug))
    for recipient in allocation.scenario.recipients:
        name = getattr(recipient.name, lang)
        *_, row = [row for row in re.findall(r"<tr[^>]*>(.*?)</tr>", shown, re.S) if f">{name}<" in row]
        pools = [allocation.pools[pool.id][recipient.id] for pool in allocation.scenario.pools]
        cells = [plain(cell).strip().replace(",", "") for cell in re.findall(r"<td.*?</td>", row, re.S)]
        amounts = [*pools, allocation.amounts[recipient.id]]
        assert [cell for cell in cells if cell.isdigit()][-3:] == [str(x // 10_000) for x in amounts]
    assert allocation.scenario.digest.removeprefix("sha256:")[:12] in shown
    assert len(changing(app)) == sum(len(pool.weights) > 1 for pool in allocation.scenario.pools)
    for pool in allocation.scenario.pools:
        assert getattr(pool.name, lang) in shown


def test_the_sliders_of_a_pool_move_its_weights_alone() -> None:
    app = page("allocate", TWO)
    app = Slider(app, "economy", f"{TWO}/domestic").set_value(20).run()
    shown, original = html_of(app), of(TWO)
    pools = [replace(original.pools[0], weights={"economy": 50, "effort": 50}), original.pools[1]]
    wanted = replace(original, pools=tuple(pools))
    assert wanted.digest.removeprefix("sha256:")[:12] in shown and "40" in shown
    address = link(app)
    assert address["weight.domestic.economy"] == "20" and address["weight.foreign.foreign"] == "70"
    again = page("allocate", TWO, **{name: value for name, value in address.items() if "weight." in name})
    assert wanted.digest.removeprefix("sha256:")[:12] in html_of(again)
    app.button(key=f"undo-{TWO}").click().run()
    assert original.digest.removeprefix("sha256:")[:12] in html_of(app)


@pytest.mark.parametrize("id", ["ftz", "naxi"])
def test_the_steps_to_an_amount_are_what_each_pool_gives_and_the_stages_of_one(id: str) -> None:
    allocation = allocate(of(TWO))
    steps = waterfall_rows(allocation, id, Phrasebook("zh"))
    assert [step.change for step in steps[:2]] == [by[id] for by in allocation.pools.values()]
    assert steps[-1].kind == "amount" and steps[-1].end == steps[1].end == allocation.amounts[id]
    for pool in allocation.scenario.pools:
        *stages, last = waterfall_rows(allocation, id, Phrasebook("en"), pool.id)
        assert stages[-1].end == last.end == allocation.pools[pool.id][id]
        assert all(before.end == after.start for before, after in itertools.pairwise(stages))
    app = opened("", "zh", unfolded=f"steps-{TWO}", scenario=TWO, recipient=id)
    app.session_state["picked"] = id
    app.session_state[f"steps-{TWO}"] = True
    app.run()
    assert "“内资项目”分得" in app.get("code")[0].value
    assert "内资项目" in html_of(app)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_compare_holds_both_illustrations_against_each_other(lang: str) -> None:
    """Unless others are chosen; what some gain, others lose."""
    app = page("compare", TWO, lang)
    assert app.multiselect(key=f"compare-keys-{lang}").value[:2] == [TWO, FIXED]
    shown = plain(html_of(page("compare", TWO, lang, **{"with": [TWO, FIXED]})))
    one, other = (allocate(of(slug)).amounts for slug in (TWO, FIXED))
    for id in of(TWO).ids:
        for amount in (one[id], other[id]):
            assert re.search(rf"(?<![\d,]){amount // 10_000:,}|{amount // 10_000}(?!\d)", shown)
    moved = sum(max(other[id] - one[id], 0) for id in one)
    assert (f"{moved // 10_000}万元" if lang == "zh" else f"{moved:,} yuan") in shown


def submit(app: AppTest, label: str) -> AppTest:
    """The page after the button of the form in the window was pressed."""
    (found,) = [b for b in app.button if b.label == label and b.key and b.key.startswith("FormSubmitter")]
    return found.click().run()


@pytest.mark.parametrize("slug", SLUGS)
def test_it_is_saved_renamed_duplicated_restored_and_stays_what_it_is(slug: str) -> None:
    app = press(page("allocate", slug), "保存")
    app.text_input(key=f"saving-name-{slug}").set_value("分项方案")
    submit(app, "保存")
    assert not app.exception and errors(app) == []
    original = of(slug)
    named = replace(original, title=Text("分项方案"))
    kept = load_scenario(store.path_of("分项方案"))
    assert kept == named and kept.digest == original.digest
    assert link(app)["scenario"] == "@分项方案"
    again = page("saved", "@分项方案")
    press(again, "改名")
    again.text_input[0].set_value("分项二")
    submit(again, "改名")
    assert errors(again) == [] and store.kept() == ["分项二"]
    press(again, "复制")
    again.text_input[0].set_value("分项三")
    submit(again, "复制")
    assert sorted(store.kept()) == ["分项三", "分项二"]
    press(page("saved", "@分项二"), "恢复为第1次保存")
    for name in store.kept():
        found = load_scenario(store.path_of(name))
        assert found == replace(original, title=Text(name)) and found.digest == original.digest
    # and is shown as the file was
    shown = html_of(page("allocate", "@分项二"))
    assert original.digest.removeprefix("sha256:")[:12] in shown


def test_the_buttons_of_the_top_line_do_no_harm() -> None:
    app = page("allocate", TWO)
    for name in ("undo", "redo", "back"):
        assert app.button(key=f"{name}-{TWO}").disabled  # nothing was changed, so there is no way back
    app.button(key=f"link-{TWO}").click().run()
    assert not app.exception
    app = page("allocate", TWO)
    app.button(key=f"make-{TWO}").click().run()
    assert not app.exception
    assert not errors(go(app, "report"))  # the papers cover it
    assert of(TWO) == load_scenario(POOLS[1])


@pytest.mark.parametrize(
    "address",
    [
        {"weight.economy": "10", "weight.effort": "90"},
        {"weight.domestic": "50"},
        {"weight.nothing": "1"},
        {"amount": "1", "coefficient": "effort"},
        {"view": "why", "recipient": "naxi"},
    ],
    ids=str,
)
def test_an_address_of_other_weights_does_not_change_it(address: dict[str, str]) -> None:
    app = page("allocate", TWO, **address)
    assert of(TWO).digest.removeprefix("sha256:")[:12] in html_of(app)
    assert not any(key.startswith("weight.") for key in link(app))


def test_from_a_rule_of_format_1_to_one_of_format_2_and_back() -> None:
    """In one visit: what stands on the screen is always that scenario's, and format 1 can be changed."""
    app = page("allocate", "luzhou-2023/published-rule")
    for slug, sliders in ((TWO, 2), ("luzhou-2023/published-rule", 1), (FIXED, 1)):
        app.session_state.slug = slug
        app.run()
        assert not app.exception and errors(app) == []
        shown = html_of(app)
        assert len(changing(app)) == sliders
        amount = allocate(of(slug)).amounts["ftz"]
        assert f">{amount // 10_000}<" in shown


def test_a_rule_that_cannot_be_shared_out_by_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SCENARIOS / "luzhou-2023-pools", tmp_path / "own" / "pools")
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path / "own"))
    file = tmp_path / "own" / "pools" / "two-pools.toml"
    file.write_text(file.read_text("utf-8").replace("percent = 60", 'amount = "rest"'), "utf-8")
    for name in PAGES:
        assert errors(page(name, "pools/two-pools")) or name in (
            "compare",
            "saved",
            "new",
            "published",
            "help",
        )
    assert "rest" in errors(page("allocate", "pools/two-pools"))[0]
