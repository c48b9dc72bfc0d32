"""The rows of a rule: filled from any scenario they say that scenario again, to the last clause."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from shipped import SCENARIOS

from allocator import Scenario, ScenarioError, allocate, load_scenario
from allocator.files.formulas import parse
from allocator.text import Phrasebook
from allocator.ui.session.clause_steps import added, removed, with_row
from allocator.ui.session.clauses import Clauses, clauses_of
from allocator.ui.session.clauses_made import with_clauses
from allocator.ui.session.formula_text import PRESETS, preset

FILES = [*SCENARIOS.glob("*/*.toml")]
SECTIONS = [field.name for field in fields(Clauses) if field.name not in ("fund", "made")]


def other_rows(clauses: Clauses) -> Clauses:
    """The same clauses in rows that were all filled in anew."""
    changes: Any = {
        name: tuple(replace(row, uid=f"x{row.uid}") for row in getattr(clauses, name)) for name in SECTIONS
    }
    return replace(clauses, **changes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_rows_say_what_they_were_filled_from(path: Path) -> None:
    scenario = load_scenario(path)
    for lang in ("zh", "en"):
        book = Phrasebook(lang)
        clauses = clauses_of(scenario, book)
        assert with_clauses(scenario, clauses, book) == scenario
        again = with_clauses(scenario, other_rows(clauses), book)
        assert allocate(again).amounts == allocate(scenario).amounts
        assert [limit.formulas.keys() for limit in again.limits] == [
            limit.formulas.keys() for limit in scenario.limits
        ]
        assert [replace(limit, basis=None) for limit in again.limits] == [
            replace(limit, basis=None) for limit in scenario.limits
        ]


def rich() -> tuple[Scenario, Phrasebook]:
    return load_scenario(SCENARIOS / "luzhou-2023-pools" / "fixed-first.toml"), Phrasebook("zh")


def test_a_floor_and_a_cap_of_one_clause_stay_one_and_part_when_they_differ() -> None:
    scenario, book = rich()
    both = replace(scenario.limits[0], floor=500_000)
    scenario = replace(scenario, limits=(both,))
    clauses = clauses_of(scenario, book)
    floor, cap = clauses.limits
    assert with_clauses(scenario, with_row(clauses, "limits", cap.uid, figure="25"), book).limits == (
        replace(both, cap_rate=both.cap_rate * 25 / 30),
    )
    apart = with_clauses(scenario, with_row(clauses, "limits", floor.uid, where="projects > 2"), book)
    assert [limit.where is None for limit in apart.limits] == [False, True]
    only = with_clauses(scenario, removed(clauses, "limits", floor.uid), book)
    assert only.limits == (replace(both, floor=None),)


def test_what_is_wrong_names_the_row_whatever_stands_before_it() -> None:
    scenario, book = rich()
    clauses = clauses_of(scenario, book)
    for _ in range(3):
        clauses = added(clauses, "limits", scenario, book)
    clauses = removed(clauses, "limits", clauses.limits[0].uid)
    last = clauses.limits[-1].uid
    clauses = with_row(clauses, "limits", last, figure="300", pool="factors")
    with pytest.raises(ScenarioError) as caught:
        with_clauses(scenario, clauses, book)
    assert [problem.at["key"] for problem in caught.value.problems] == [f"limit.{last}.cap_rate"]


@pytest.mark.parametrize("kind", PRESETS)
def test_ready_made_formulas_can_be_read(kind: str) -> None:
    columns = ["2023年税收", "税收 2022", "people's", "x"][: max(PRESETS[kind], 3)]
    formula = parse(preset(kind, columns, [("0", "0"), ("5%", "60")]))
    assert set(formula.names) <= set(columns)
    assert len(formula.names) == (len(columns) if kind == "trimmed" else PRESETS[kind])
