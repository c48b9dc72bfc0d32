"""A sheet's factors in place of the scenario's: their weights, what refers to those that go, one step."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from browser import luzhou
from hypothesis import given
from hypothesis import strategies as st
from pages import html_of, opened
from streamlit.testing.v1 import AppTest

from allocator import Limit, Provenance, Scenario, ScenarioError, allocate
from allocator.files.understanding.model import Options, Understanding
from allocator.files.understanding.understand import understand
from allocator.text import LANGUAGES, ZH, Phrasebook
from allocator.ui.session.other_factors import DROP, KEEP, with_other_factors

RULE = "luzhou-2023/published-rule"
NEW = ("招商实绩", "产业贡献")


def sheet(*heads: str) -> bytes:
    """A table with these columns; the figures of the n-th recipient are n, n + 1, …"""
    rows = [["单位名称", *heads]]
    for row, recipient in enumerate(luzhou().recipients, 1):
        rows.append([recipient.name.zh, *(str(row + at) for at in range(len(heads)))])
    return "\n".join(",".join(row) for row in rows).encode()


def made_of(scenario: Scenario, *heads: str) -> Understanding:
    return understand("a.csv", sheet(*heads), Options(other_factors=True), scenario)


def referring() -> Scenario:
    """Luzhou's scenario with a coefficient, a floor and a remark that refer to its factors."""
    scenario = luzhou()
    invested, tax, *_ = (factor.id for factor in scenario.factors)
    return replace(
        scenario,
        coefficient=invested,
        limits=(Limit(floor_rate="0.05", of="distributable", by=tax), Limit(cap_rate="0.9", of="fund")),
        provenance=(Provenance("luxian", "employment", provider="人社局"),),
    )


def amounts(scenario: Scenario, weights: tuple[int, int]) -> list[Fraction]:
    """The weighted parts of the columns n and n + 1, of all recipients, worked out by hand."""
    n = len(scenario.ids)
    sums = n * (n + 1) // 2, n * (n + 3) // 2
    return [
        scenario.distributable
        * sum((Fraction(w * (row + at), 100 * sums[at]) for at, w in enumerate(weights)), Fraction(0))
        for row in range(1, n + 1)
    ]


@given(st.integers(min_value=1, max_value=99))
def test_recipients_and_known_amounts_stay_and_the_new_factors_count(first: int) -> None:
    before = replace(luzhou(), limits=(), coefficient=None)
    made = made_of(before, *NEW)
    assert made.is_settled
    written = dict(zip(NEW, (str(first), f"{100 - first}%"), strict=True))
    after = with_other_factors(before, made, written, {}, ZH)
    assert [f.id for f in after.factors] == list(NEW)
    assert (after.recipients, after.published, after.previous, after.fund) == (
        before.recipients, before.published, before.previous, before.fund,
    )  # fmt: skip
    wanted = amounts(before, (first, 100 - first))
    assert list(allocate(after).entitlements.values()) == wanted


def test_a_factor_that_both_have_keeps_its_description() -> None:
    before = replace(luzhou(), limits=(), coefficient=None)
    tax = before.factor("tax")
    after = with_other_factors(
        before, made_of(before, tax.name.zh, NEW[0]), {"tax": "60", NEW[0]: "40"}, {}, ZH
    )
    kept = after.factor("tax")
    assert (kept.name, kept.unit, kept.definition) == (tax.name, tax.unit, tax.definition)
    assert kept.values == tuple(range(1, 10)) and kept.status == "provided"
    assert dict(after.weights) == {"tax": 60, NEW[0]: 40}


def test_what_refers_to_a_factor_that_goes_must_be_decided() -> None:
    before = referring()
    invested, tax, *_ = (factor.id for factor in before.factors)
    made, weights = made_of(before, *NEW), {NEW[0]: "100"}
    for decided, open_ in (
        ({}, 3),
        ({invested: KEEP}, 2),
        ({invested: KEEP, tax: "nothing", "employment": DROP}, 1),
    ):
        with pytest.raises(ScenarioError) as error:
            with_other_factors(before, made, weights, decided, ZH)
        assert [problem.key for problem in error.value.problems] == ["factor_goes"] * open_
    dropped = with_other_factors(before, made, weights, {invested: DROP, tax: DROP, "employment": DROP}, ZH)
    assert dropped.coefficient is None and dropped.limits == before.limits[1:]
    assert [f.id for f in dropped.factors] == list(NEW)
    assert {cell.factor for cell in dropped.provenance} == set(NEW)
    kept = with_other_factors(before, made, weights, {invested: KEEP, tax: KEEP, "employment": KEEP}, ZH)
    assert kept.coefficient == invested and kept.limits == before.limits
    assert kept.factor(tax) == before.factor(tax) and tax not in kept.weights
    assert before.provenance[0] in kept.provenance
    other = with_other_factors(before, made, weights, {invested: NEW[1], tax: NEW[0], "employment": DROP}, ZH)
    assert other.coefficient == NEW[1] and other.limits[0].by == NEW[0]
    assert sum(allocate(other).amounts.values()) == before.distributable


@pytest.mark.parametrize("weights", [{}, {NEW[0]: "60", NEW[1]: "30"}, {NEW[0]: "x"}, {NEW[0]: "101"}])
def test_weights_that_are_none_are_refused(weights: dict[str, str]) -> None:
    before = replace(luzhou(), limits=(), coefficient=None)
    with pytest.raises(ScenarioError) as error:
        with_other_factors(before, made_of(before, *NEW), weights, {}, ZH)
    assert error.value.problems


def test_who_is_not_in_the_sheet_has_no_figures_for_new_factors() -> None:
    rows = sheet(*NEW).decode().splitlines()[:-1]
    made = understand("a.csv", "\n".join(rows).encode(), Options(other_factors=True), luzhou())
    assert [each.key for each in made.decisions] == ["recipients_missing"]


# --- the page -------------------------------------------------------------------------------------


def uploaded(content: bytes, lang: str) -> AppTest:
    app = opened("data", lang, scenario=RULE)
    app.file_uploader[0].upload("表.csv", content)
    return app.run()


def boxes(app: AppTest, start: str) -> list[str]:
    return [
        str(each.key)
        for each in (*app.checkbox, *app.text_input, *app.selectbox, *app.button)
        if str(each.key).startswith(start)
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_they_are_taken_over_as_one_step_with_their_weights(lang: str) -> None:
    before = luzhou()
    app = uploaded(sheet(f"{NEW[0]}（70%）", f"{NEW[1]}（30%）"), lang)
    (offer,) = boxes(app, "instead-box-")
    assert not boxes(app, "take-") and boxes(app, "ask-")  # the scenario's own factors are not there
    app.checkbox(key=offer).check().run()
    assert not boxes(app, "ask-")
    fields = boxes(app, f"data-{RULE}-weight-")
    assert [app.text_input(key=key).value for key in fields] == ["70", "30"]  # as in the headings
    goes = [factor.id for factor in before.factors if boxes(app, f"goes-data-{RULE}-{factor.id}")]
    for id in goes:
        app.selectbox(key=f"goes-data-{RULE}-{id}").set_value(DROP).run()
    app.text_input(key=fields[0]).set_value("60").run()
    assert not boxes(app, "take-") and "90" in " ".join([html_of(app), *(m.value for m in app.markdown)])
    app.text_input(key=fields[0]).set_value("70").run()
    (take,) = boxes(app, "take-")
    app.button(key=take).click().run()
    trail = app.session_state.trails[RULE]
    after = trail.now.scenario
    assert dict(after.weights) == {NEW[0]: 70, NEW[1]: 30} and trail.now.points is None
    assert after.published == before.published and len(trail.past) == 1
    assert list(allocate(after).entitlements.values()) == amounts(after, (70, 30))
    html = html_of(app)
    assert NEW[0] in html and Phrasebook(lang).say("app.table_editor.upload_title") in html
    assert trail.back().now.scenario == before


def test_weights_are_asked_where_none_are_written() -> None:
    app = uploaded(sheet(*NEW), "zh")
    (offer,) = boxes(app, "instead-box-")
    app.checkbox(key=offer).check().run()
    fields = boxes(app, f"data-{RULE}-weight-")
    assert [app.text_input(key=key).value for key in fields] == ["", ""] and not boxes(app, "take-")
    app.checkbox(key=offer).uncheck().run()
    assert not boxes(app, f"data-{RULE}-weight-") and boxes(app, "ask-")


def test_a_sheet_with_the_scenarios_own_factors_is_offered_nothing() -> None:
    app = uploaded(sheet(*(factor.name.zh for factor in luzhou().factors)), "zh")
    assert not boxes(app, "instead-box-") and boxes(app, "take-")
