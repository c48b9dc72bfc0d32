"""The amounts of one allocation, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.exact import Frozen, Number, plain


@dataclass(frozen=True)
class Stage:
    """The part that one stage adds to each recipient's amount, in the main unit; a factor's by its id."""

    kind: Literal["factor", "coefficient", "limits", "rounding", "earmark"]
    amounts: Mapping[str, Number]
    factor: str = ""


def stages(allocation: Allocation) -> tuple[Stage, ...]:
    """The stages in the order of the rule; each recipient's add up to its amount exactly.

    factor: D · w_j x_ij (/ Σ x) over the sum of all scores, as if there were no coefficient; coefficient:
    entitlement less that; limits: limited amount − entitlement; rounding; earmark.  Weighted factors and
    rounding always have a stage, the others only where the scenario has anything of the kind.

    >>> from allocator import load_scenario
    >>> capped = allocate(load_scenario("scenarios/luzhou-2023/cap-zone.toml"))
    >>> [(stage.kind, stage.factor) for stage in stages(capped)][3:]
    [('factor', 'effort'), ('limits', ''), ('rounding', '')]
    """
    scenario = allocation.scenario
    contributions = allocation.contributions
    if scenario.coefficient is not None:
        # without limits and by largest remainder, so that nothing can stand in its way
        fund = replace(scenario.fund, rounding="largest-remainder")
        contributions = allocate(replace(scenario, fund=fund, coefficient=None, limits=())).contributions
    found = [Stage("factor", contributions[f], f) for f, weight in scenario.weights.items() if weight]
    if scenario.coefficient is not None:
        entitled = [stage.amounts for stage in found]
        found.append(
            Stage(
                "coefficient",
                Frozen(
                    {
                        id: plain(entitlement - sum((by[id] for by in entitled), start=Fraction()))
                        for id, entitlement in allocation.entitlements.items()
                    }
                ),
            )
        )
    if scenario.limits:
        entitlements = allocation.entitlements
        changes = {id: plain(amount - entitlements[id]) for id, amount in allocation.limited.items()}
        found.append(Stage("limits", Frozen(changes)))
    found.append(Stage("rounding", allocation.rounding))
    if scenario.earmarks:
        found.append(Stage("earmark", allocation.earmarks))
    return tuple(found)
