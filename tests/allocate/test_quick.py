"""The rule changed clause by clause: what is added, replaced and taken off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import SCENARIOS, opened

from allocator import Scenario, ScenarioError, allocate, load_scenario
from allocator.core.limits import Limit
from allocator.text import EN, ZH
from allocator.ui.components.sliders import read_step
from allocator.ui.session import quick

LUZHOU = load_scenario(SCENARIOS / "luzhou-2023/published-rule.toml")
POOLS = load_scenario(SCENARIOS / "luzhou-2023-pools/two-pools.toml")
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


def test_names_in_two_languages_survive_a_change_of_their_amount() -> None:
    names = [row.name for row in quick.department_rows(LUZHOU, EN)]
    made = quick.with_departments(LUZHOU, dict(zip(names, ("70", "50"), strict=True)), EN)
    assert [r.name for r in made.reservations] == [r.name for r in LUZHOU.reservations]
    assert [r.amount for r in made.reservations] == [700_000, 500_000]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda: quick.with_fund(LUZHOU, "100", EN), "overspent"),
        (lambda: quick.with_fund(LUZHOU, "5722万元", EN), "figure_unit"),
        (lambda: quick.with_earmark(LUZHOU, "ftz", "=1+1", False, EN), "cell_formula"),
        (lambda: quick.with_earmark(LUZHOU, "ftz", "0.0000001", False, EN), "cents"),
        (lambda: quick.with_departments(LUZHOU, {"=cmd|' /C calc'!A0": "1"}, EN), "name_unsafe"),
        (lambda: quick.with_departments(LUZHOU, {"某局": "-3"}, EN), "cell_negative"),
        (lambda: quick.with_bound(LUZHOU, "cap", "all", "101", "fund", EN), "rate"),
        (lambda: quick.with_bound(LUZHOU, "cap", "all", "50", "previous", EN), "limit_previous"),
    ],
)
def test_what_cannot_be_is_said_in_both_languages(change: Callable[[], Scenario], key: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        change()
    assert [problem.key for problem in caught.value.problems] == [key]
    for book in (ZH, EN):
        (said,) = caught.value.sentences(book)
        assert "\n" not in said


def test_chips_write_the_clauses_of_format_2_and_leave_what_they_cannot_say() -> None:
    assert quick.pools(POOLS) == ["domestic", "foreign", "all"] and quick.pools(LUZHOU) == []
    capped = quick.with_bound(POOLS, "cap", "park", "30", "distributable", ZH, pool="domestic", together=True)
    new = Limit("park", cap_rate=Fraction(3, 10), of="distributable", pool="domestic", together=True)
    assert capped == replace(POOLS, limits=(*POOLS.limits, new))
    row = quick.bound_for(capped, "cap", "park", "domestic")
    assert (row.figure, row.together) == ("30", True) and not quick.bound_for(
        capped, "cap", "park", "all"
    ).figure
    each = quick.with_bound(capped, "cap", "park", "25", "distributable", ZH, pool="domestic")
    assert each.limits[-1] == replace(new, cap_rate=Fraction(1, 4), together=False)
    last = quick.tags(each, POOLS)[-1]
    assert quick.without(each, last, POOLS, ZH) == POOLS
    # of the rule without pools it is format 2 as well
    alone = quick.with_bound(LUZHOU, "cap", "park", "60", "distributable", ZH, together=True)
    assert alone.beyond == ("groups",) and allocate(alone).amounts["ftz"] < allocate(LUZHOU).amounts["ftz"]
    assert quick.with_bound(alone, "cap", "park", "", "distributable", ZH) == LUZHOU


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


def test_what_is_wrong_is_said_for_the_page_and_not_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    slug = "luzhou-2023-pools/two-pools"
    app = opened("", scenario=slug, unfolded=f"chip-cap-{slug}")
    app = app.selectbox(key=f"chip-cap-whom-{slug}-zh").set_value("park").run()
    way = next(each for each in app.get("button_group") if each.key.endswith("-way-zh"))
    assert [option.content for option in way.proto.options] == [
        ZH.say("app.rule.each"),
        ZH.say("app.rule.together"),
    ]
    (figure,) = [box for box in app.text_input if str(box.key).startswith("chip-cap-")]
    app = figure.set_value("101").run()
    (said,) = [error.value for error in app.error]
    assert ZH.say("error.rule_rate")[:6] in said and "cap_rate" not in said
    app = figure.set_value("15").run()
    assert not app.error and app.session_state.trails[slug].now.scenario.limits[-1].pool == "domestic"
