"""What a surface covers of format 2 is let pass, and everything else is named when it is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allocator import Factor, Fund, Recipient, Scenario, ScenarioError
from allocator.core.beyond import covers, covers_format_1
from allocator.core.corrections import Adjustment, Deduction
from allocator.core.parts import Text
from allocator.core.pools import Pool
from allocator.text import ZH

SURFACE = "beyond.surface.audit"
PLAIN = Scenario(
    title="a case",
    fund=Fund(100, "CNY", 1),
    kind="shares",
    weights={"x": 100},
    recipients=[Recipient("a"), Recipient("b")],
    factors=[Factor("x", (1, 2))],
)
LAND = replace(PLAIN, fund=Fund(100, Text("亩", "mu"), 1, "each-alone"))


def clauses(scenario, also=()):
    with pytest.raises(ScenarioError) as refused:
        covers(scenario, SURFACE, also)
    (problem,) = refused.value.problems
    return [clause.zh for clause in problem.details["clauses"]]


def test_a_rule_of_format_1_is_covered():
    covers_format_1(PLAIN, SURFACE)
    covers(PLAIN, SURFACE)


def test_only_what_is_not_covered_is_named():
    assert clauses(LAND) == ["非资金的单位", "各自取整或指定尾差去向"]
    assert clauses(LAND, ("units",)) == ["各自取整或指定尾差去向"]
    covers(LAND, SURFACE, ("units", "roundings"))
    more = replace(
        LAND,
        deductions=[Deduction("a", 1)],
        adjustments=[Adjustment("a", 1, Text("理由"), paid_by="pro-rata")],
    )
    assert clauses(more, ("units", "roundings", "adjustments")) == ["扣减结转结余"]


def test_a_pool_that_only_names_its_basis_has_no_weights_of_format_1():
    pool = Pool("", "shares", {"x": 100}, "rest", basis=Text("第三条"))
    based = replace(PLAIN, kind="", weights={}, pools=(pool,))
    assert based.beyond == () and clauses(based) == ["办法本身的依据"]
    with pytest.raises(ScenarioError) as refused:
        covers_format_1(based, SURFACE)
    assert "办法本身的依据" in refused.value.sentences(ZH)[0]
    covers(based, SURFACE, ("basis",))
