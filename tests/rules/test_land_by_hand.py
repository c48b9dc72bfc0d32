"""Land in place of money: a published plan, each result rounded alone and eighteen corrected by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import printed_plan
import pytest
from formula_by_hand import Refused
from rules_by_hand import Undistributed
from trial_by_hand import BY_X, amounts, entry, shared, table

MU = 'of = { zh = "亩", en = "mu" }\nrounding = "each-alone"'


def test_guangdong_2012() -> None:
    """Each rounded alone to 100 mu: 23 of 24 as printed, 49,900 in all; 南雄 computes to 750.03, printed 700.

    With its eighteen adjustments the plan is exactly 50,000, and each as issued.
    """
    rows = printed_plan.ROWS
    assert [str(sum(Decimal(row[n]) for row in rows)) for n in (1, 2, 3, 4)] == [
        "3979.07", "2659.63", "3822.48", "337.13",
    ]  # fmt: skip  # the printed totals
    factors = "\n".join(["recipient,基本农田,未整治,粮食,连片", *(",".join(row[:5]) for row in rows)])
    weights = "[weights]\n'基本农田' = 30\n'未整治' = 20\n'粮食' = 20\n'连片' = 30\n"
    rule = '[method]\nkind = "shares"\n' + weights
    with pytest.raises(Undistributed) as left:
        shared("50_000/100", rule, factors, keys=MU)
    plan = left.value.result
    assert plan.unshared == 100 and sum(amounts(plan)) == 49_900
    printed = {row[0]: Fraction(row[5]) * 10_000 for row in rows}
    assert [id for id in printed if plan.amounts[id] != printed[id]] == ["南雄"]
    assert round(plan.limited["method"]["南雄"], 2) == Fraction("750.03")
    issued = {row[0]: Fraction(row[6]) * 10_000 for row in rows}
    changes = {id: issued[id] - plan.amounts[id] for id in issued if issued[id] != plan.amounts[id]}
    assert len(changes) == 18
    hands = "".join(
        entry("adjustment", f'recipient = "{id}"; amount = {change}; reason = "未公布理由"')
        for id, change in changes.items()
    )
    final = shared("50_000/100", rule + hands, factors, keys=MU)
    assert final.amounts == issued and sum(amounts(final)) == 50_000 and final.unshared == 0


def test_land_knows_no_units_of_money() -> None:
    with pytest.raises(Refused):
        shared('"5万元"/100', BY_X, table(1, 1), keys=MU)
