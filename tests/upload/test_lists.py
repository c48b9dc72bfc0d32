"""Other names of recipients and uses of the fund, edited as tables on the page Data."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from browser import luzhou
from hypothesis import given
from hypothesis import strategies as st
from pages import opened, press

from allocator import Scenario, ScenarioError, Text, Use, load_scenario
from allocator.files.saved import store
from allocator.files.scenario import schema
from allocator.files.upload.lists import alias_rows, use_rows, with_aliases, with_uses
from allocator.text import EN, LANGUAGES, ZH, Phrasebook

ROOT = Path(__file__).parent.parent.parent
SLUG = "luzhou-2023/published-rule"


def aliases_after(scenario: Scenario, at: int, written: str) -> Scenario:
    header, rows = alias_rows(scenario, ZH)
    rows[at][1] = written
    return with_aliases(scenario, header, list(enumerate(rows, 1)), "别名")


def test_other_names_are_separated_by_semicolons_of_either_width() -> None:
    made = aliases_after(luzhou(), 3, " 泸州泸县；泸县市本级; ；泸州泸县")
    assert made.recipients[3].aliases == ("泸州泸县", "泸县市本级")
    others = [r for at, r in enumerate(made.recipients) if at != 3]
    assert others == [r for at, r in enumerate(luzhou().recipients) if at != 3]
    assert not aliases_after(made, 3, "").recipients[3].aliases


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("written", "row"), [("=1+1", 4), ("x" * 101, 4), ("江阳区", 4), ("Naxi District", 4)]
)
def test_what_cannot_be_another_name_is_refused_by_row(written: str, row: int, lang: str) -> None:
    with pytest.raises(ScenarioError) as error:
        aliases_after(luzhou(), 3, written)
    (problem,) = error.value.problems
    assert problem.at["row"] == row or problem.key == "name_ambiguous"
    assert problem.sentence(Phrasebook(lang)).startswith("别名")


def uses_after(scenario: Scenario, *rows: tuple[str, str, str], book: Phrasebook = ZH) -> Scenario:
    header, _ = use_rows(scenario, book)
    return with_uses(scenario, header, list(enumerate(map(list, rows), 1)), "用途")


@given(st.lists(st.tuples(st.sampled_from(["厂房", "设备", "培训"]), st.integers(0, 10**9)), max_size=5))
def test_uses_are_what_was_written_in_the_shown_unit(written: list[tuple[str, int]]) -> None:
    scenario = luzhou()
    zh = uses_after(scenario, *((name, "", str(Fraction(n, 1))) for name, n in written))
    assert zh.uses == tuple(Use(Text(name), n * 10_000) for name, n in written)
    header, rows = use_rows(zh, EN)
    assert with_uses(zh, header, list(enumerate(rows, 1))) == zh
    assert replace(zh, uses=scenario.uses) == scenario and zh.digest == scenario.digest


@pytest.mark.parametrize(
    ("row", "column"),
    [(("", "", "5"), 0), (("厂房", "", ""), 2), (("厂房", "", "五"), 2), (("厂房", "", "-1"), 2),
     (("厂房", "", "0.0000001"), 2), (("=厂房", "", "1"), 0)],
)  # fmt: skip
def test_a_use_that_is_none_is_refused_by_its_cell(row: tuple[str, str, str], column: int) -> None:
    scenario = luzhou()
    with pytest.raises(ScenarioError) as error:
        uses_after(scenario, ("设备", "", "1"), row)
    (problem,) = error.value.problems
    assert problem.at == {"row": 2, "column": use_rows(scenario, ZH)[0][column]}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_they_stand_folded_on_the_page(lang: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    book = Phrasebook(lang)
    for name in ("aliases", "uses"):
        label = book.say(f"app.table_editor.{name}_apply")
        assert label not in [b.label for b in opened("data", lang, scenario=SLUG).button]
        app = opened("data", lang, scenario=SLUG, unfolded=f"fold-{name}")
        press(app, label)  # nothing was typed, and nothing changes
        assert app.session_state.trails[SLUG].now.scenario == luzhou()


def test_what_was_edited_is_kept_with_the_scenario(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    made = uses_after(aliases_after(luzhou(), 3, "泸县老区"), ("厂房", "Buildings", "12.5"))
    store.keep("某方案", made, who="", why="", after=None)
    kept: Any = load_scenario(store.path_of("某方案"))
    assert kept.recipients[3].aliases == ("泸县老区",)
    assert kept.uses == (Use(Text("厂房", "Buildings"), 125_000),)


def test_the_format_says_of_every_key_where_it_is_edited() -> None:
    document = (ROOT / "docs" / "scenario-format.md").read_text("utf-8")
    (table,) = re.findall(r"\| key \| on the page \|\n(.*?)\n\n", document, re.DOTALL)
    written = {"weights": "[weights]", "factor": "[factor.ID]"}
    written |= {"pool": "[pool.ID]", "indicator": "[indicator.ID]"}
    written |= {name: f"[[{name}]]" for name in ("reservation", "earmark", "limit", "use")}
    written |= {name: f"[[{name}]]" for name in ("deduction", "adjustment")}
    keys = [*schema.ScenarioTable.keys]
    for name, part in (
        ("fund", schema.FundTable),
        ("method", schema.MethodTable),
        ("data", schema.DataTable),
    ):
        keys.remove(name)
        keys += part.keys
    for key in (*keys, "aliases"):
        assert f"`{written.get(key, key)}`" in table, key
