"""The rule changed clause by clause: what is added, replaced and taken off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import SCENARIOS

from allocator import ScenarioError, allocate, load_scenario
from allocator.core.limits import Limit
from allocator.text import ZH
from allocator.ui.components.sliders import read_step
from allocator.ui.session import quick

LUZHOU = load_scenario(SCENARIOS / "luzhou-2023/published-rule.toml")
CAPPED = load_scenario(SCENARIOS / "luzhou-2023/cap-zone.toml")


def test_a_cap_for_one_is_the_shipped_scenario() -> None:
    capped = quick.with_bound(LUZHOU, "cap", "ftz", "80", "distributable", ZH)
    assert allocate(capped).amounts == allocate(CAPPED).amounts
    (tag,) = quick.tags(capped, LUZHOU)
    assert (tag.kind, tag.whom, tag.figure, tag.of) == ("cap", ("ftz",), "80", "distributable")
    assert quick.without(capped, tag, LUZHOU, ZH) == LUZHOU


def test_a_clause_for_the_same_takes_the_place_of_the_one_before() -> None:
    once = quick.with_bound(LUZHOU, "cap", "ftz", "80", "distributable", ZH)
    both = quick.with_bound(once, "floor", "all", "30", "amount", ZH)
    again = quick.with_bound(both, "cap", "ftz", "4,000", "amount", ZH)
    assert again.limits == (Limit(("ftz",), cap=40_000_000), Limit("all", floor=300_000))
    assert quick.with_bound(again, "cap", "ftz", " ", "amount", ZH).limits == (Limit("all", floor=300_000),)
    assert quick.bound_for(again, "cap", "ftz").figure == "4000"
    assert quick.bound_for(again, "cap", "jiangyang").figure == ""


def test_earmarks_total_and_departments() -> None:
    marked = quick.with_earmark(LUZHOU, "naxi", "100", False, ZH)
    assert allocate(marked).amounts["naxi"] == 1_000_000
    fund = quick.with_fund(marked, "6000", ZH)
    assert sum(allocate(fund).amounts.values()) == 60_000_000 - 1_200_000
    kinds = [tag.kind for tag in quick.tags(fund, LUZHOU)]
    assert kinds == ["fund", "earmark"]
    back = quick.without(fund, quick.tags(fund, LUZHOU)[0], LUZHOU, ZH)
    assert back == marked
    names = [r.name.zh for r in LUZHOU.reservations]
    less = quick.with_departments(LUZHOU, {names[0]: "50", names[1]: ""}, ZH)
    assert [(r.name, r.amount) for r in less.reservations] == [(LUZHOU.reservations[0].name, 500_000)]


@pytest.mark.parametrize("figure", ["八十", "80%x", "1e3", "-5"])
def test_a_figure_that_cannot_be_is_refused(figure: str) -> None:
    with pytest.raises(ScenarioError):
        quick.with_bound(LUZHOU, "cap", "ftz", figure, "distributable", ZH)


@given(st.permutations(["cap", "floor", "earmark", "fund"]))
def test_whatever_order_clauses_are_taken_off_in_nothing_is_left(order: list[str]) -> None:
    made = quick.with_bound(LUZHOU, "cap", "ftz", "80", "distributable", ZH)
    made = quick.with_bound(made, "floor", "all", "10", "amount", ZH)
    made = quick.with_fund(quick.with_earmark(made, "naxi", "100", False, ZH), "6000", ZH)
    for kind in order:
        tag = next(tag for tag in quick.tags(made, LUZHOU) if tag.kind == kind)
        made = quick.without(made, tag, LUZHOU, ZH)
    assert made == LUZHOU


@given(
    st.one_of(
        st.none(),
        st.text(),
        st.recursive(
            st.none() | st.integers() | st.floats() | st.text() | st.booleans(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
        st.fixed_dictionaries(
            {
                "of": st.sampled_from(["s", "t"]),
                "points": st.dictionaries(
                    st.sampled_from(["a", "b"]), st.integers(-5, 200) | st.floats() | st.none()
                ),
                "gesture": st.text() | st.none(),
            }
        ),
    )
)
def test_what_a_browser_says_is_taken_only_where_it_is_whole(said: object) -> None:
    step = read_step(said, ["a", "b"], "s")
    if step is not None:
        points, gesture = step
        assert set(points) == {"a", "b"} and all(0 <= value <= 100 for value in points.values())
        assert len(gesture) <= 60 and isinstance(said, dict) and said["of"] == "s"
