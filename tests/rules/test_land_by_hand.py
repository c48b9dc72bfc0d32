"""Land in place of money: a published plan, each result rounded alone and eighteen corrected by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from formula_by_hand import Refused
from rules_by_hand import Undistributed
from trial_by_hand import BY_X, amounts, entry, shared, table

# Guangdong 2012, 基本农田整治项目指导性计划: 50,000 mu over 20 cities and 4 counties, annex 1 of the notice
# (ask.fsou.com/html/text/lar/173952/17395257_3.html), copied cell by cell, all in 10,000 mu: basic farmland,
# farmland not improved, area sown with grain, blocks of 1,000 to 3,000 mu; then the result by weights as
# printed, and the plan that was issued. No reason is printed for the corrections.
GUANGDONG = """
广州 172.02 0.00 153.08 0.00 0.10 0.00
珠海 38.66 38.66 11.99 3.06 0.05 0.00
汕头 67.56 44.86 107.51 3.02 0.08 0.10
佛山 73.81 28.33 31.30 1.88 0.06 0.00
韶关 234.46 138.66 183.01 22.72 0.29 0.30
河源 135.29 83.21 185.54 10.75 0.18 0.19
梅州 179.19 139.64 247.41 13.49 0.24 0.25
惠州 196.83 137.21 180.81 23.96 0.28 0.29
汕尾 137.93 58.48 143.76 7.88 0.15 0.16
东莞 42.46 3.50 4.16 0.28 0.02 0.00
中山 65.97 10.00 22.55 3.24 0.05 0.12
江门 271.62 189.79 290.46 12.13 0.30 0.30
阳江 261.60 117.65 220.28 7.70 0.23 0.23
湛江 645.37 541.55 438.05 110.16 1.05 1.05
茂名 332.77 303.07 381.91 20.00 0.43 0.43
肇庆 192.45 129.03 251.98 16.89 0.26 0.28
清远 374.08 326.46 269.09 30.80 0.47 0.47
潮州 58.37 37.14 67.88 5.96 0.08 0.10
揭阳 156.92 127.31 205.70 18.39 0.24 0.25
云浮 161.55 86.71 178.91 9.30 0.18 0.20
南雄 58.92 34.84 54.61 5.71 0.07 0.08
紫金 38.90 23.93 60.68 3.09 0.05 0.06
兴宁 40.40 31.48 80.18 3.04 0.06 0.07
封开 41.94 28.12 51.63 3.68 0.06 0.07
"""
MU = 'of = { zh = "亩", en = "mu" }\nrounding = "each-alone"'


def test_guangdong_2012() -> None:
    """Each rounded alone to 100 mu: 23 of 24 as printed, 49,900 in all; 南雄 computes to 750.03, printed 700.

    With its eighteen adjustments the plan is exactly 50,000, and each as issued.
    """
    rows = [row.split() for row in GUANGDONG.strip().split("\n")]
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
