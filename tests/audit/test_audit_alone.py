"""Audits of amounts each rounded by themselves, adjusted by hand, of what need not be money.

p − u/2 ≤ e < p + u/2, with Σ e = D and Σ p whatever comes of it.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from audit_cases import published_case, random_facts, random_weights
from audit_trial import made_up, run, run_in_depth

from allocator import Earmark, Factor, Fund, Limit, Recipient, Reservation, Scenario, ScenarioError
from allocator.analysis.audit import (
    Known,
    Reading,
    Scored,
    amount_bounds,
    audit,
    consistent_table,
    covering,
    factor_share_bounds,
    fit,
    nearest_weights,
    outlook,
    possible_amounts,
    rule_behind,
)
from allocator.core.corrections import Adjustment, Deduction
from allocator.core.engine import plan
from allocator.core.parts import Party, Text
from allocator.report.audit.verdict import verdict_lines
from allocator.text import EN, ZH

MU = Text("亩", "mu")
BY_HAND = Text("补差")


def random_reading(rnd):
    allocation = published_case(
        rnd,
        kind=rnd.choice(("shares", "shares", "scores")),
        rounding=rnd.choice(("each-alone", "each-alone", "rest-to", "largest-remainder", "rest-to-largest")),
        unit=rnd.choice((1, 10)),
        coefficient=rnd.random() < 0.2,
        earmarks=rnd.random() < 0.2,
        limits=rnd.random() < 0.2,
        zeros=rnd.random() < 0.3,
        adjusted=rnd.random() < 0.6,
    )
    true = rnd.random() < 0.7
    facts = random_facts(rnd, allocation, rnd.randint(0, 3)) if true else made_up(rnd, allocation.scenario)
    return allocation, Reading(allocation.scenario, *map(tuple, facts)), true


def test_random_audits():
    outcomes = run(random_reading, "each alone", 80)
    assert outcomes["true"] > 40 and outcomes["cannot"] > 3 and outcomes["fits"] > 3, outcomes


@pytest.mark.deep
def test_random_audits_in_depth():
    run_in_depth(random_reading, 3_000)


# --- by hand --------------------------------------------------------------------------------------


def small(published, total, *, unit=1, rounding="each-alone", weights=None, **more):
    """A published split of amounts by a, b, c …; its factor values count for nothing."""
    ids = "abcdefgh"[: len(published)]
    weights = weights or {"x": 60, "y": 40}
    known = {
        "title": "a case",
        "fund": Fund(total, MU, unit, rounding, rest_to=more.pop("rest_to", None)),
        "kind": "shares",
        "weights": weights,
        "recipients": [Recipient(id) for id in ids],
        "factors": [Factor(f, (1,) * len(ids)) for f in weights],
        "published": dict(zip(ids, published, strict=True)),
    }
    return Scenario(**known | more)


def refused(scenario, *how, **more):
    with pytest.raises(ScenarioError) as error:
        audit(Reading(scenario, *how, **more))
    return error.value.problems[0].key


@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_can_have_come_out_is_what_rounding_gives(size):
    """Every split of 0 to 4 units against all amounts in steps of 1/2n that add up, each rounded halves up.

    These steps reach every split: Σ (e − p + 1/2) is a multiple of 1/2 below n, so at most n − 1/2.
    """
    for total in range(1, 5):
        step = 2 * size
        grid = [
            steps for steps in product(range(total * step + 1), repeat=size) if sum(steps) == total * step
        ]
        possible = {tuple((2 * at + step) // (2 * step) for at in steps) for steps in grid}
        for published in product(range(total + 2), repeat=size):
            if published in possible:
                assert audit(small(published, total)).verdict.consistent
            else:
                key = "audit_sum_alone"
                assert refused(small(published, total)) == key, (published, total)


def test_ranges_by_hand():
    """1, 1, 1 of 2 units: each e is at least 1/2, so none is above 1; of 4 none is below 1."""
    found = audit(small((1, 1, 1), 2))
    assert set(amount_bounds(found).values()) == {(Fraction(1, 2), 1)}
    found = audit(small((1, 1, 1), 4))
    assert set(amount_bounds(found).values()) == {(1, Fraction(3, 2))}
    pair = amount_bounds(found, recipients=("a",), groups={"two": ("b", "c"), "all": ("a", "b", "c")})
    assert pair["two"] == (Fraction(5, 2), 3) and pair["all"] == (4, 4)


def test_a_share_comes_from_what_was_shared_out_and_not_from_the_sum():
    """9 of 10 units are published, 3 each, so e_a is at most 3.5, which is 35 % of what was shared out."""
    found = audit(small((3, 3, 3), 10))
    shares = factor_share_bounds(found)
    assert shares["x"]["a"] == (0, Fraction(35, 100) / Fraction(6, 10))
    assert shares["y"]["a"] == (0, Fraction(35, 100) / Fraction(4, 10))


@pytest.mark.parametrize(
    ("share", "possible"),
    [
        # 4.5 of 10 is 5, and 5.5 is 6; between three, 4.5 with 2.75 twice is 5, 3, 3
        (45, [(5, 6), (5, 3, 3)]),
        (55, [(6, 5), (6, 2, 2)]),
    ],
)
def test_a_half_is_rounded_up(share, possible):
    """What a had is known, to the half of a unit, and that the others had the same: one split comes of it."""
    fact = Known("x", ("a",), Fraction(share, 100), Fraction(share, 100))
    alike = Known("x", ("b",), Fraction(100 - share, 200), Fraction(100 - share, 200))
    for size in (2, 3):
        facts = (fact,) if size == 2 else (fact, alike)
        near = (range(8),) * 2 if size == 2 else (range(amount - 2, amount + 3) for amount in possible[1])
        for published in product(*near):
            if min(published) < 0:
                continue
            try:
                verdict = audit(Reading(small(published, 10, weights={"x": 100}), facts)).verdict
            except ScenarioError as error:
                assert error.problems[0].key == "audit_sum_alone" and published not in possible
                continue
            assert verdict.consistent is (published in possible)
            if verdict.because == "half":
                others = (Fraction(100 - share, size - 1),) * (size - 1)
                gaps = [Fraction(e, 10) - p for e, p in zip((share, *others), published, strict=True)]
                assert max(gaps) == Fraction(1, 2) and min(gaps) >= -Fraction(1, 2)


@pytest.mark.parametrize(("book", "sentence"), [(ZH, "半个单位要进位"), (EN, "a half is rounded up")])
def test_a_half_is_said(book, sentence):
    fact = Known("x", ("a",), Fraction(55, 100), Fraction(55, 100))
    found = audit(Reading(small((5, 5), 10, weights={"x": 100}), (fact,)))
    assert found.verdict.because == "half" and any(sentence in line for line in verdict_lines(found, book))


def test_somebody_beyond_a_half_cannot_be():
    fact = Known("x", ("a",), Fraction(56, 100), Fraction(56, 100))
    verdict = audit(Reading(small((5, 5), 10, weights={"x": 100}), (fact,))).verdict
    assert verdict.consistent is False
    assert {c.rounding for c in verdict.clashes} == {Fraction(1, 2)}
    assert verdict.change == Fraction(2, 10) or verdict.change < Fraction(2, 10)


def test_what_would_have_to_change_need_not_keep_the_sum():
    """All alike, 2 each of 6: 1, 2, 2 are off by half a unit for a, and nobody else has to give it."""
    alike = Scored("x", 1, 1)
    one = {"weights": {"x": 100}}
    verdict = audit(Reading(small((1, 2, 2), 6, **one), (), (alike,))).verdict
    assert verdict.consistent is False and float(verdict.change) == pytest.approx(0.5, abs=1e-5)
    # with an adjustment that uses what was left, the sum is fixed, and somebody has to give it
    given = small((1, 3, 2), 6, adjustments=[Adjustment("b", 1, BY_HAND)], **one)
    verdict = audit(Reading(given, (), (alike,))).verdict
    assert verdict.consistent is False and float(verdict.change) == pytest.approx(1, abs=1e-5)


def test_the_rest_to_one_leaves_that_one_open():
    """The rest to a: b and c are within half a unit of 2, a takes what they leave of 10: from 5 to 7."""
    scenario = small((6, 2, 2), 10, rounding="rest-to", rest_to=Party("a"))
    found = amount_bounds(audit(scenario))
    assert found["a"] == (5, 7) and found["b"] == (Fraction(3, 2), Fraction(5, 2))
    # a had nothing, so b and c had together no more than is published: b up to 2.5 where c has 1.5
    none = amount_bounds(audit(small((0, 2, 2), 4, rounding="rest-to", rest_to=Party("a"))))
    assert none["a"] == (0, 1) and none["b"] == (Fraction(3, 2), Fraction(5, 2))
    whole = {"a": (4, 8), "b": (1, 3), "c": (1, 3)}
    says = outlook(audit(scenario), {"x": 50, "y": 50}).says
    assert set(says) == set(whole) and set(says.values()) == {"open"}


def test_a_reservation_takes_the_rest():
    money = {
        "reservations": [Reservation(Text("市农业农村局"), 2)],
        "rest_to": Party(reservation="市农业农村局"),
    }
    found = amount_bounds(audit(small((1, 1, 1), 4, rounding="rest-to", **money)))
    assert set(found.values()) == {(Fraction(1, 2), 1)}  # two of the four units are shared out
    over = money | {"reservations": [Reservation(Text("市农业农村局"), Fraction(1, 2))]}
    # one unit too much is given out, and the reservation has but half of one
    assert refused(small((3, 3, 3), Fraction(17, 2), rounding="rest-to", **over)) == "rounding_breaks_limit"


def test_refused_rests():
    limited = {"rest_to": Party("a"), "limits": [Limit(("a",), floor=1)]}
    assert refused(small((6, 2, 2), 10, rounding="rest-to", **limited)) == "audit_rest_to"
    exact = audit(Reading(small((6, 2, 2), 10, rounding="rest-to", **limited), tolerance="exact"))
    assert amount_bounds(exact)["a"] == (6, 6)


def test_limits_bound_what_rounding_left():
    """4, 3, 3 of 11: up to 11.5 before rounding; nobody who is capped had more than he got."""
    assert audit(small((4, 3, 3), 11)).verdict.consistent
    for limits in ([Limit(("a",), cap=4)], [Limit(("b", "c"), cap=3)]):  # below 11, up to 10.5
        assert refused(small((4, 3, 3), 11, limits=limits)) == "audit_sum_alone"
    assert audit(small((4, 3, 3), 9, limits=[Limit(("a",), floor=4)])).verdict.consistent
    assert refused(small((4, 3, 3), 8, limits=[Limit(("a",), floor=4)])) == "audit_sum_alone"


def test_not_rounded_adds_up():
    assert refused(small((1, 1, 1), 2), tolerance="exact") == "audit_sum_exact"
    assert amount_bounds(audit(Reading(small((1, 1), 2), tolerance="exact")))["a"] == (1, 1)


# --- adjustments ----------------------------------------------------------------------------------


def test_adjustments_are_off_with_their_other_sides():
    """6, 3, 3 published; a got 2 from b and 1 of what was left: the rule gave 3, 5, 3 of 12."""
    made = [Adjustment("a", 2, BY_HAND, paid_by=Party("b")), Adjustment("a", 1, BY_HAND)]
    found = audit(small((6, 3, 3), 12, adjustments=made))
    assert found.case.before_adjustments == {"a": 3, "b": 5, "c": 3} and found.case.used == 1
    assert amount_bounds(found)["b"] == (5, Fraction(11, 2))  # 12 less 3.5 twice


def test_a_reservation_pays():
    """What the reservation pays does not come from what is shared out: 10 of 12, and 5 each."""
    paid = [Adjustment("a", 1, BY_HAND, paid_by=Party(reservation="市农业农村局"))]
    money = {"reservations": [Reservation(Text("市农业农村局"), 2)], "adjustments": paid}
    found = audit(small((6, 5), 12, **money))
    assert found.case.before_adjustments == {"a": 5, "b": 5}
    assert audit(small((6, 5), 12, rounding="largest-remainder", **money)).verdict.consistent
    poor = money | {"reservations": [Reservation(Text("市农业农村局"), Fraction(1, 2))]}
    assert refused(small((6, 5), Fraction(21, 2), **poor)) == "adjusted_below_zero"


def test_adjustments_of_other_roundings():
    made = [Adjustment("a", 1, BY_HAND, paid_by=Party("b"))]
    for rounding in ("largest-remainder", "rest-to-largest"):
        found = audit(small((6, 4), 10, rounding=rounding, adjustments=made))
        plainly = audit(small((5, 5), 10, rounding=rounding))
        assert amount_bounds(found) == amount_bounds(plainly)
    one = [Adjustment("a", 1, BY_HAND)]
    assert refused(small((6, 5), 10, rounding="largest-remainder", adjustments=one)) == "adjustments_sum"
    assert refused(small((6, 4), 10, rounding="largest-remainder", adjustments=one)) == "audit_sum_adjusted"


def test_refused_adjustments():
    pro_rata = [Adjustment("a", 1, BY_HAND, paid_by="pro-rata")]
    assert refused(small((6, 4), 10, adjustments=pro_rata)) == "audit_pro_rata"
    # 5, 5 of 10 leave nothing, so one unit more cannot come of it; 3, 3, 3 leave one, and two cannot
    assert refused(small((6, 5), 10, adjustments=[Adjustment("a", 1, BY_HAND)])) == "adjustments_sum"
    two = [Adjustment("a", 2, BY_HAND)]
    assert refused(small((5, 3, 3), 10, adjustments=two)) == "adjustments_sum_left"
    taken = [Adjustment("b", 3, BY_HAND, paid_by=Party("a"))]
    assert refused(small((7, 2), 9, adjustments=taken)) == "audit_adjusted_zero"
    both = {"earmarks": [Earmark("b", 1, also_shares=True)], "adjustments": taken}
    assert refused(small((6, 3), 9, **both)) == "audit_adjusted_above"
    apart = {"earmarks": [Earmark("b", 1)], "adjustments": taken}
    assert refused(small((6, 5), 11, **apart)) == "audit_adjusted_only"
    assert audit(small((6, 4), 10, **apart)).case.before_adjustments == {"a": 9, "b": 1}
    assert refused(small((5, 5), 10, deductions=[Deduction("a", Fraction(1, 2))])) == "audit_held"


def test_gains_and_losses_are_held_against_what_the_rule_gave():
    """Facts fix e: a 8 of 10 in x and 2 in y.  Under 60/40 it gets 5.6, so 6; published is 9 with 3 by hand.

    Under 50/50 it gets 5, which is less than 6, whatever was adjusted.
    """
    made = [Adjustment("a", 3, BY_HAND, paid_by=Party("b"))]
    scenario = small((9, 1), 10, adjustments=made)
    facts = [
        Known("x", ("a",), Fraction(8, 10), Fraction(8, 10)),
        Known("y", ("a",), Fraction(2, 10), Fraction(2, 10)),
    ]
    found = audit(Reading(scenario, tuple(facts)))
    assert found.verdict.consistent
    assert outlook(found, {"x": 50, "y": 50}).says == {"a": "loses", "b": "gains"}
    assert outlook(found, {"x": 60, "y": 40}).says == {"a": "same", "b": "same"}
    nearest = nearest_weights(found, "a", below=5)
    assert nearest.certain is not None and nearest.certain.weights["x"] == Fraction(4999, 100)


def test_the_fit_is_of_the_rule_alone():
    """Data that leaves another rest than the adjustments used is still compared, and not refused."""
    made = [Adjustment("a", 1, BY_HAND)]
    scenario = small((4, 3, 3), 10, adjustments=made)  # 3, 3, 3 and one unit to a
    data = replace(scenario, factors=[Factor(f, (5, 3, 2)) for f in scenario.weights])
    found = fit(Reading(scenario), data)
    assert found.differences == {"a": 2, "b": 0, "c": -1} and found.off == 3
    alike = replace(scenario, factors=[Factor(f, (1, 1, 1)) for f in scenario.weights])
    assert fit(Reading(scenario), alike).exact


@pytest.mark.parametrize("seed", range(12))
def test_a_table_that_fits(seed):
    rnd = Random(f"table {seed}")
    scenario = published_case(
        rnd, rounding="each-alone", adjusted=seed % 2 == 0, zeros=False, unit=10
    ).scenario
    made = consistent_table(audit(scenario), digits=9)
    assert plan(replace(scenario, factors=made)).amounts == scenario.published


@pytest.mark.parametrize("seed", range(8))
def test_possible_amounts_hold_adjustments(seed):
    rnd = Random(f"behind {seed}")
    allocation = published_case(rnd, rounding="each-alone", adjusted=True, unit=10)
    scenario = replace(
        allocation.scenario, factors=[replace(f, status="assumed") for f in allocation.scenario.factors]
    )
    assert (
        rule_behind(scenario, [replace(scenario, adjustments=()), scenario]) is scenario
        or not scenario.adjustments
    )
    found = covering(scenario, scenario)
    assert found is not None
    other = scenario.with_weights(**random_weights(rnd, list(scenario.weights)))
    then = plan(replace(other, adjustments=()))
    given = possible_amounts(plan(scenario), found)
    assert {id: (amount, amount) for id, amount in scenario.published.items()} == given
    moved = possible_amounts(replace(then, scenario=other), found)
    for id in scenario.ids:
        low, high = moved[id]
        assert low <= then.amounts[id] + found.case.adjustments[id] <= high
