"""What a published split implies: closed forms, rounding, and the refusal of what is not covered."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from audit_cases import APART, LUZHOU, published_case, random_weights, reading_of, true_shares
from depth import cases, deeper

from allocator import Earmark, Limit, ScenarioError, allocate
from allocator.analysis.audit import (
    Known,
    Reading,
    Scored,
    amount_bounds,
    audit,
    closed,
    factor_share_bounds,
    outlook,
)
from allocator.analysis.audit.case import case_of
from allocator.analysis.audit.rounding import group_range, most_of, single_ranges
from allocator.text import Phrasebook

FACTORS = ("investment", "tax", "employment", "effort")
# method.md, in 10,000 yuan, at tolerance zero: by hand from 40/40/10/10 and the published amounts
TABLE = {
    (30, 30, 20, 20): "127.5–340 60–160 44.25–118 54.75–146 19.5–52 27.75–74 99–264 18.75–50 4398–5150.5",
    (25, 25, 25, 25): "106.25–425 50–200 36.875–147.5 45.625–182.5 16.25–65 23.125–92.5 82.5–330 "
    "15.625–62.5 4097–5225.75",
    (20, 20, 30, 30): "85–510 40–240 29.5–177 36.5–219 13–78 18.5–111 66–396 12.5–75 3796–5301",
}


def weights(*percent):
    return dict(zip(FACTORS, percent, strict=True))


@pytest.mark.parametrize("percent", TABLE, ids=str)
def test_the_reference_table_to_the_last_digit(percent):
    found = amount_bounds(audit(LUZHOU, tolerance="exact"), weights(*percent))
    expected = [tuple(Fraction(end) * 10_000 for end in cell.split("–")) for cell in TABLE[percent].split()]
    assert [tuple(range_) for range_ in found.values()] == expected
    assert found.closed and found.of == "amount"


def test_the_shares_of_luzhou():
    found = factor_share_bounds(audit(LUZHOU, tolerance="exact"))
    zone, share = Fraction(5000, 5602), Fraction(25, 5602)
    for factor in ("investment", "tax"):
        assert found[factor]["ftz"] == ((zone - Fraction(6, 10)) / Fraction(4, 10), 1)  # 73.13 %
        assert found[factor]["hightech"] == (0, share / Fraction(4, 10))  # 1.12 %
    for factor in ("employment", "effort"):
        assert found[factor]["ftz"] == (0, 1)
        assert found[factor]["hightech"] == (0, share * 10)


def test_rounding_widens_by_what_it_can_hide():
    """With 8 others the zone's entitlement is within 8/9 of a unit: 4094.78 to 5226.31."""
    found = amount_bounds(audit(LUZHOU), weights(25, 25, 25, 25))["ftz"]
    low = (Fraction(5000) - Fraction(8, 9) - 4481 - Fraction(6, 10)) * Fraction(5, 2) + Fraction(44816, 16)
    assert found.low == low * 10_000
    high = Fraction(11204, 4) + (5000 + Fraction(8, 9) - Fraction(11204, 10)) * Fraction(5, 8)
    assert found.high == high * 10_000
    assert [round(float(end) / 10_000, 2) for end in found] == [4094.78, 5226.31]


def test_what_is_set_apart_stays_under_any_weights():
    found = amount_bounds(audit(APART), weights(25, 25, 25, 25))
    assert found["ftz"] == (50_000_000, 50_000_000)
    assert found["naxi"].low < 590_000 < found["naxi"].high
    both = amount_bounds(audit(APART), weights(0, 0, 50, 50), groups={"two": ("ftz", "naxi")})
    assert both["two"] == tuple(end + 50_000_000 for end in both["naxi"])


def test_the_seven_together_and_everybody():
    ids = LUZHOU.ids
    found = amount_bounds(
        audit(LUZHOU, tolerance="exact"), weights(25, 25, 25, 25), groups={"seven": ids[:7], "everybody": ids}
    )
    # 577 of 5602 fits into any bin: at 0.625 at the least, at 2.5 at the most
    assert found["seven"] == (5_770_000 * Fraction(5, 8), 5_770_000 * Fraction(5, 2))
    assert found["everybody"] == (56_020_000, 56_020_000)
    some = amount_bounds(audit(LUZHOU), recipients=["naxi"], groups={"g": ["ftz"]})
    assert list(some) == ["naxi", "g"]


# --- simulate and invert --------------------------------------------------------------------------


def check_the_truth(allocation, rnd, exact=False):
    """Every true share, and every true entitlement under other weights, lies inside its bounds."""
    scenario = allocation.scenario
    found = audit(Reading(scenario, tolerance="exact" if exact else "rounded"))
    assert found.verdict.consistent
    assert all(found.closed)
    for factor, bounds in factor_share_bounds(found).items():
        if any(scenario.column(factor)):
            for id, share in true_shares(allocation, factor).items():
                assert bounds[id].low <= share <= bounds[id].high
    other = random_weights(rnd, list(scenario.weights))
    groups = {"group": rnd.sample(scenario.ids, rnd.randint(1, len(scenario.ids)))}
    try:
        then = allocate(scenario.with_weights(**other))
    except ScenarioError:  # a column of zeros
        return
    bounds = amount_bounds(found, other, groups=groups)
    truth = {id: then.entitlements[id] + then.earmarks[id] for id in scenario.ids}
    truth["group"] = sum(truth[id] for id in groups["group"])
    for name, (low, high) in bounds.items():
        assert low <= truth[name] <= high
    says = outlook(found, other).says
    for id in scenario.ids:
        moved = then.amounts[id] - scenario.published[id]
        assert {"gains": moved > 0, "loses": moved < 0, "same": moved == 0}.get(says[id], True)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"earmarks": True},
        {"kind": "scores"},
        {"kind": "scores", "coefficient": True},
        {"unit": 1},
    ],
    ids=str,
)
@deeper
def test_the_truth_is_inside_whatever_it_is(how):
    rnd = Random(1)
    for _ in range(cases(200)):
        check_the_truth(published_case(rnd, **how), rnd)


@deeper
def test_the_truth_is_inside_where_the_rest_goes_to_the_largest():
    rnd, checked = Random(2), 0
    while checked < cases(120):
        allocation = published_case(rnd, rounding="rest-to-largest")
        found = audit(allocation.scenario)
        if all(found.closed):
            check_the_truth(allocation, rnd)
            checked += 1


def unrounded(rnd, **how):
    """A split whose entitlements are whole units, so that nothing is rounded."""
    allocation = published_case(rnd, **how)
    parts = allocation.split.total_score
    fund = replace(allocation.scenario.fund, amount=parts * 10, unit=10)
    scenario = replace(allocation.scenario, fund=fund)
    return allocate(replace(scenario, published=allocate(scenario).amounts))


@pytest.mark.parametrize("how", [{}, {"kind": "scores"}, {"kind": "scores", "coefficient": True}], ids=str)
@deeper
def test_the_truth_is_inside_at_tolerance_zero(how):
    rnd = Random(3)
    for _ in range(cases(120)):
        allocation = unrounded(rnd, **how)
        assert not any(allocation.rounding.values())
        check_the_truth(allocation, rnd, exact=True)


# --- bounds are attained --------------------------------------------------------------------------


def table_with_row(rows, columns, i, first):
    """A table of these margins, row i as given and the others filled from the corner."""
    table = [[Fraction(0)] * len(columns) for _ in rows]
    table[i] = list(first)
    left = [column - x for column, x in zip(columns, first, strict=True)]
    for k, row in enumerate(rows):
        if k == i:
            continue
        for j in range(len(columns)):
            x = min(row, left[j])
            table[k][j], row, left[j] = x, row - x, left[j] - x
    assert not any(left)
    return table


def poured(amount, columns, order):
    """The amount filled into the columns in this order."""
    row = [Fraction(0)] * len(columns)
    for j in order:
        row[j] = min(amount, columns[j])
        amount -= row[j]
    return row


def scenario_from(scenario, table):
    """The scenario with the data of a table y_ij = w_j x_ij, by columns."""
    ids = [scenario.ids[i] for i in scenario.participants]
    made = [
        replace(
            scenario.factor(f),
            values=tuple(dict(zip(ids, column, strict=True)).get(id) for id in scenario.ids),
        )
        for f, column in zip(scenario.weights, zip(*table, strict=True), strict=True)
    ]
    return replace(scenario, factors=made)


@pytest.mark.parametrize("scenario", [LUZHOU, APART], ids=["one pass", "after the earmark"])
def test_bounds_at_tolerance_zero_are_attained(scenario):
    """A table at each bound, fed to the rule, gives the published split, and so under other weights."""
    found = audit(scenario, tolerance="exact")
    case = found.case
    columns = [case.total * w for w in case.weights]
    other = weights(20, 35, 15, 30)
    rate = [Fraction(w) / scenario.weights[f] for f, w in other.items()]
    amounts, shares = amount_bounds(found, other), factor_share_bounds(found)
    for i, id in enumerate(case.ids):
        for side in (0, 1):
            order = sorted(range(4), key=lambda j: rate[j] * (1 - 2 * side))
            row = poured(Fraction(case.amounts[i]), columns, order)
            data = scenario_from(scenario, table_with_row(case.amounts, columns, i, row))
            assert allocate(data).amounts == scenario.published
            assert not any(allocate(data).rounding.values())
            assert allocate(data.with_weights(**other)).entitlements[id] == amounts[id][side]
            for j, factor in enumerate(case.factors):
                order = [k for k in range(4) if k != j]
                order = [j, *order] if side else [*order, j]
                row = poured(Fraction(case.amounts[i]), columns, order)
                data = scenario_from(scenario, table_with_row(case.amounts, columns, i, row))
                assert allocate(data).amounts == scenario.published
                column = data.column(factor)
                assert Fraction(column[i]) / sum(column) == shares[factor][id][side]


@pytest.mark.parametrize("coefficient", [False, True])
def test_bounds_of_scores_at_tolerance_zero_are_attained(coefficient):
    """Whoever is asked for has all of its score in one factor, and everybody else in another one."""
    rnd, checked = Random(12), 0
    while checked < 60:
        scenario = unrounded(rnd, kind="scores", coefficient=coefficient, zeros=False).scenario
        found = audit(scenario, tolerance="exact")
        case = found.case
        other = random_weights(rnd, case.factors, zeros=False)
        rates = [Fraction(w) / scenario.weights[f] for f, w in other.items()]
        if min(rates) == max(rates) or any(scenario.weights[f] == 0 for f in case.factors):
            continue
        checked += 1
        bounds = amount_bounds(found, other)
        c = dict(zip(case.ids, scenario.column("c"), strict=True)) if coefficient else {}
        for i, id in enumerate(case.ids):
            for side, own in ((0, min(rates)), (1, max(rates))):
                theirs = max(rates) if side == 0 else min(rates)
                at = {True: rates.index(own), False: rates.index(theirs)}
                columns = [[Fraction(0)] * len(case.ids) for _ in rates]
                for k, amount in enumerate(case.amounts):
                    j = at[k == i]
                    weight = scenario.weights[case.factors[j]] * Fraction(c.get(case.ids[k], 1))
                    columns[j][k] = amount / weight
                factors = [
                    replace(scenario.factor(f), values=tuple(column))
                    for f, column in zip(case.factors, columns, strict=True)
                ]
                kept = [f for f in scenario.factors if f.id not in case.factors]
                data = replace(scenario, factors=(*factors, *kept))
                assert allocate(data).amounts == scenario.published
                assert allocate(data.with_weights(**other)).entitlements[id] == bounds[id][side]


def test_bounds_with_rounding_are_approached():
    """A thousandth of a unit inside, the rule still gives what was published."""
    found, near = audit(LUZHOU), Fraction(1, 1000)
    case = found.case
    columns = [case.total * w for w in case.weights]
    other = weights(20, 35, 15, 30)
    rate = [Fraction(w) / LUZHOU.weights[f] for f, w in other.items()]
    amounts = amount_bounds(found, other)
    low, high, over = single_ranges(case)
    for i, id in enumerate(case.ids):
        for side, ends in enumerate((low, high)):
            end = Fraction(ends[i], over) + (near if side == 0 else -near)
            off = (case.amounts[i] - end) / 8
            rows = [end if k == i else a + off for k, a in enumerate(case.amounts)]
            order = sorted(range(4), key=lambda j: rate[j] * (1 - 2 * side))
            data = scenario_from(LUZHOU, table_with_row(rows, columns, i, poured(end, columns, order)))
            assert allocate(data).amounts == LUZHOU.published
            reached = allocate(data.with_weights(**other)).entitlements[id]
            assert abs(reached - amounts[id][side]) <= near * max(rate) * 10_000


def test_groups_with_rounding_are_approached():
    """Three together: 3·6/9 = 2 units off, each at the same remainder."""
    case = audit(LUZHOU).case
    inside = {0, 2, 7}
    low, high = group_range(case, inside)
    assert (low, high) == (254 - 2, 254 + 2)
    near = Fraction(1, 1000)
    rows = [
        a + (Fraction(2, 3) - near / 3 if i in inside else (near - 2) / 6) for i, a in enumerate(case.amounts)
    ]
    columns = [case.total * w for w in case.weights]
    data = scenario_from(LUZHOU, table_with_row(rows, columns, 0, poured(rows[0], columns, range(4))))
    assert allocate(data).amounts == LUZHOU.published


@deeper
def test_sums_before_rounding():
    """Group ranges hold of the truth, and the most of a weighted sum is theirs where it is a group's."""
    rnd = Random(4)
    for _ in range(cases(120)):
        allocation = published_case(rnd)
        case = case_of(reading_of(allocation))
        e = [Fraction(allocation.entitlements[id]) / case.unit for id in case.ids]  # not int / int, a float
        for size in range(len(case.ids) + 1):
            for group in combinations(range(len(case.ids)), size):
                low, high = group_range(case, group)
                assert low <= sum(e[i] for i in group) <= high
                assert most_of(case, dict.fromkeys(group, Fraction(1))) == high
        times = {i: Fraction(rnd.randint(-5, 5)) for i in range(len(case.ids))}
        assert sum(times[i] * x for i, x in enumerate(e)) <= most_of(case, times)


def test_a_new_factor_may_bring_anything():
    """A factor that had no weight adds its whole new weight to the most and nothing to the least."""
    scenario = LUZHOU.with_weights(investment=50, tax=40, employment=10, effort=0)
    found = audit(scenario, tolerance="exact")
    assert factor_share_bounds(found)["effort"]["hightech"] == (0, 1)
    bounds = amount_bounds(found, weights(50, 40, 0, 10))["hightech"]
    assert bounds == (0, 250_000 + 5_602_000)


def test_one_recipient_gets_everything():
    scenario = published_case(Random(5), size=1).scenario
    found = audit(scenario)
    assert all(b["r0"] == (1, 1) for b in factor_share_bounds(found).values())
    assert amount_bounds(found)["r0"] == (scenario.fund.amount,) * 2


def test_who_got_everything_gets_it_under_any_weights():
    """Where values are multiplied as they are, others have none; even where nothing weighs any more."""
    scenario = published_case(Random(11), kind="scores", size=3).scenario
    published = dict.fromkeys(scenario.ids, 0) | {"r0": scenario.distributable}
    found = audit(replace(scenario, published=published), tolerance="exact")
    other = dict.fromkeys(found.case.factors, 0) | {"f0": 1}
    assert amount_bounds(found, other)["r0"] == (scenario.distributable,) * 2
    assert amount_bounds(found, other)["r1"] == (0, 0)


def test_bounds_as_a_frame():
    frame = amount_bounds(audit(LUZHOU, tolerance="exact"), weights(25, 25, 25, 25)).to_frame()
    assert list(frame.columns) == ["low", "high"]
    assert frame.loc["ftz", "high"] == 52_257_500


def test_whatever_the_data_nobody_is_sure_to_gain():
    """All factors shared out as the money was gives the same amounts under any weights."""
    says = outlook(audit(LUZHOU), weights(10, 10, 40, 40)).says
    assert set(says.values()) == {"open"}
    assert set(outlook(audit(LUZHOU), weights(40, 40, 10, 10)).says.values()) == {"same"}
    assert outlook(audit(APART), weights(10, 10, 40, 40)).says["ftz"] == "same"


# --- what is not covered --------------------------------------------------------------------------

MORE = dict(LUZHOU.published) | {"ftz": 50_010_000}
ODD = dict(LUZHOU.published) | {"ftz": 49_995_000, "naxi": 595_000}
EQUAL_WORK = Reading(LUZHOU, scored=[Scored("effort", 1, 1)])
RESTED = replace(LUZHOU, fund=replace(LUZHOU.fund, rounding="rest-to-largest"))


@pytest.mark.parametrize(
    ("key", "ask"),
    [
        ("no_published", lambda: audit(replace(LUZHOU, published=None))),
        ("audit_sum", lambda: audit(replace(LUZHOU, published=MORE))),
        ("audit_unit", lambda: audit(replace(LUZHOU, published=ODD))),
        ("audit_earmark_only", lambda: audit(replace(APART, earmarks=[Earmark("ftz", 49_990_000)]))),
        ("audit_earmark_above", lambda: audit(replace(LUZHOU, earmarks=[Earmark("naxi", 600_000, True)]))),
        ("choice", lambda: audit(LUZHOU, tolerance="about")),
        ("choice", lambda: Known("tax", ("naxi",), 0, 1, of="sum")),
        ("audit_nobody", lambda: Known("tax", (), 0, 1)),
        ("audit_range", lambda: Known("tax", ("naxi",), 1, Fraction(1, 2))),
        ("audit_share", lambda: Known("tax", ("naxi",), 0, 40)),
        ("audit_share", lambda: Known("tax", ("naxi",), 40, None)),
        ("negative", lambda: Scored("effort", -1, 100)),
        ("zero", lambda: Scored("effort", 0, 0)),
        ("audit_factor", lambda: Reading(LUZHOU, scored=[Scored("efort", 60, 100)])),
        ("recipient_unknown", lambda: Reading(LUZHOU, known=[Known("tax", ("ftx",), 0, 1)])),
        ("recipient_twice", lambda: Reading(LUZHOU, known=[Known("tax", ("ftz", "ftz"), 0, 1)])),
        ("audit_apart", lambda: Reading(APART, known=[Known("tax", ("ftz",), 0, 1)])),
        ("audit_apart", lambda: factor_share_bounds(audit(APART), recipients=["ftz"])),
        ("weights_sum", lambda: amount_bounds(audit(LUZHOU), {"tax": 50})),
        ("audit_factor", lambda: amount_bounds(audit(LUZHOU), {"taxes": 40})),
        ("number", lambda: amount_bounds(audit(LUZHOU), {"tax": "much"})),
        ("audit_nobody", lambda: amount_bounds(audit(LUZHOU), groups={"none": ()})),
        ("audit_group_name", lambda: amount_bounds(audit(LUZHOU), groups={"ftz": ("naxi",)})),
        ("recipient_unknown", lambda: amount_bounds(audit(LUZHOU), recipients=["nobody"])),
        ("audit_inconsistent", lambda: amount_bounds(audit(EQUAL_WORK))),
        ("audit_rest_limits", lambda: audit(replace(RESTED, limits=[Limit(("ftz",), cap=50_020_000)]))),
        ("audit_rest_limits", lambda: audit(replace(RESTED, limits=[Limit(("naxi",), floor=590_000)]))),
    ],
)  # fmt: skip
def test_what_is_not_covered_is_refused_with_a_sentence(key, ask):
    with pytest.raises(ScenarioError) as refused:
        ask()
    assert [problem.key for problem in refused.value.problems] == [key]
    for lang in ("zh", "en"):
        for sentence in refused.value.sentences(Phrasebook(lang)):
            assert "{" not in sentence


def test_too_many_that_may_have_been_the_largest():
    scenario = published_case(Random(6), size=5, rounding="rest-to-largest", zeros=False).scenario
    many = [replace(scenario.recipients[0], id=f"x{i}", name=None) for i in range(12)]
    ids = [r.id for r in many]
    equal = replace(
        scenario,
        recipients=many,
        factors=[replace(f, values=(1,) * 12) for f in scenario.factors],
        fund=replace(scenario.fund, amount=120, unit=10),
        published=dict.fromkeys(ids, 10),
    )
    with pytest.raises(ScenarioError) as refused:
        audit(equal)
    assert refused.value.problems[0].key == "audit_rest_largest"
    assert audit(equal, tolerance="exact").verdict.consistent


def test_closed_forms_are_for_their_scope_only():
    with_facts = case_of(Reading(LUZHOU, scored=[Scored("effort", 0, 100)]))
    assert not closed.shares_apply(with_facts) and not closed.amounts_apply(with_facts)
    floor = replace(LUZHOU, limits=[Limit(("hightech",), floor=250_000)])
    assert not closed.amounts_apply(case_of(Reading(floor)))
    loose = replace(LUZHOU, limits=[Limit(("hightech",), floor=240_000)])
    assert closed.amounts_apply(case_of(Reading(loose)))
