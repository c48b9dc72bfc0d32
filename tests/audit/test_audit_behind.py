"""The rule behind a published split, and the range behind each amount that other weights bring."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from audit_cases import APART, LUZHOU, published_case, random_weights

from allocator import Earmark, Limit, Reservation, Scenario, allocate, load_scenario
from allocator.analysis.audit import Range, covering, possible_amounts, rule_behind
from allocator.core.allocation import Allocation
from allocator.core.exact import exact
from allocator.report.charts import data as chart_data
from allocator.report.charts import marks
from allocator.text import ZH

FOLDER = Path("scenarios/luzhou-2023")
EQUAL = load_scenario(FOLDER / "equal-weights.toml")
CAPPED = load_scenario(FOLDER / "cap-zone.toml")
WAN = chart_data.Unit(10_000, "万元")


@pytest.mark.parametrize(
    ("scenario", "behind"),
    [
        (LUZHOU, LUZHOU),
        (EQUAL, LUZHOU),
        (replace(EQUAL, title="other", factors=EQUAL.factors[::-1]), LUZHOU),
        (APART, APART),
        (APART.with_weights(tax=30, effort=20), APART),
        (CAPPED, CAPPED),
        (replace(LUZHOU, limits=[Limit(("ftz",), cap=40_000_000)]), None),
        (replace(LUZHOU, reservations=[Reservation("x", 1_210_000)]), None),
        (replace(LUZHOU, earmarks=[Earmark("naxi", 10_000, True)]), None),
        (replace(LUZHOU, published=None), None),
        (replace(LUZHOU, published=allocate(EQUAL).amounts), None),
    ],
    ids=str,
)
def test_the_rule_behind_differs_in_weights_alone(scenario: Scenario, behind: Scenario | None) -> None:
    assert rule_behind(scenario, [LUZHOU, APART, CAPPED]) is behind


def ranges_of(allocation: Allocation, rule: Scenario) -> Mapping[str, Range] | None:
    found = covering(allocation.scenario, rule)
    return None if found is None else possible_amounts(allocation, found)


def test_every_point_lies_in_its_range() -> None:
    """Data, split, other weights: the amount that the data brings is one of those that are possible."""
    rnd, checked = Random(1), 0
    for how in ({}, {"earmarks": True}, {"kind": "scores"}, {"rounding": "rest-to-largest"}) * 60:
        allocation = published_case(rnd, **how, zeros=False)
        rule = allocation.scenario
        other = {f: exact(w) for f, w in random_weights(rnd, list(rule.weights)).items()}
        then = allocate(rule.with_weights(**other))
        found = ranges_of(then, rule)
        if found is None:
            assert how.get("rounding")
            continue
        checked += 1
        assert all(low <= then.amounts[id] <= high for id, (low, high) in found.items())
    assert checked > 180


def test_under_the_weights_of_the_rule_only_the_split_is_possible() -> None:
    found = ranges_of(allocate(LUZHOU), LUZHOU)
    assert found is not None
    assert {id: tuple(ends) for id, ends in found.items()} == {
        id: (amount, amount) for id, amount in (LUZHOU.published or {}).items()
    }


def test_no_range_where_it_is_not_covered() -> None:
    assert ranges_of(allocate(CAPPED), CAPPED) is None  # limits
    column = LUZHOU.factors[0]
    edited = replace(column, values=(50, *column.values[1:]))
    other = replace(EQUAL, factors=[edited, *EQUAL.factors[1:]])
    assert ranges_of(allocate(other), LUZHOU) is None  # data that does not give the split
    short = replace(LUZHOU, fund=replace(LUZHOU.fund, amount=57_210_000))
    assert ranges_of(allocate(short), short) is None  # a split that is not of this rule's sum


def test_bands_are_drawn_behind_the_points_and_fit_on_the_axis() -> None:
    allocation = allocate(EQUAL)
    found = ranges_of(allocation, LUZHOU)
    assert found is not None
    rows = chart_data.chart_rows(allocation, EQUAL.published or {}, ZH, found)
    (together, apart) = chart_data.panels(rows)
    frame = chart_data.amount_frame(apart, WAN, ZH)
    assert frame[["least", "most"]].values.tolist() == [[4094, 5227]]  # outward from 4094.78–5226.31
    assert frame["possible_text"].tolist() == ["4094至5227"]
    frame = chart_data.amount_frame(together, WAN, ZH)
    assert (frame["most"] <= frame["high"]).all() and (frame["least"] >= frame["low"]).all()
    names = tuple(frame["name"])
    drawn = marks.spec(marks.amount_marks(names, ZH, base="x", width=80, room=50, possible=True))
    line, band, *above = drawn["layer"]  # the first layer is the lowest
    assert band["encoding"]["x2"]["field"] == "most" and band["mark"]["color"] == marks.POSSIBLE
    assert line["mark"] == {"type": "rule", "color": marks.LINE}
    assert {"tick", "point"} <= {layer["mark"]["type"] for layer in above}
    plain = marks.spec(marks.amount_marks(names, ZH, base="x", width=80, room=50))
    assert "least" not in str(plain)
