"""Splits a subsidy fund by the factor method (因素法), exactly.

>>> from allocator import allocate, load_scenario
>>> scenario = load_scenario("scenarios/luzhou-2023/published-rule.toml")
>>> allocate(scenario).amounts["ftz"]
50000000
"""

from typing import TYPE_CHECKING, Any

from allocator.core.allocation import Allocation
from allocator.core.corrections import Adjustment, Deduction
from allocator.core.engine import METHOD_VERSION, allocate, plan
from allocator.core.errors import AllocatorError, InfeasibleError, Problem, ScenarioError
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Earmark, Factor, Fund, Party, Recipient, Reservation, Text, Use
from allocator.core.provenance import Provenance

if TYPE_CHECKING:
    from allocator.files.load import load_scenario
    from allocator.files.scenario.save import save_scenario

__all__ = [
    "METHOD_VERSION",
    "Adjustment",
    "Allocation",
    "AllocatorError",
    "Deduction",
    "Earmark",
    "Factor",
    "Fund",
    "InfeasibleError",
    "Limit",
    "Party",
    "Problem",
    "Provenance",
    "Recipient",
    "Reservation",
    "Scenario",
    "ScenarioError",
    "Text",
    "Use",
    "allocate",
    "load_scenario",
    "plan",
    "save_scenario",
]


def __getattr__(name: str) -> Any:
    """Loads the functions that read and write files on first use, since they need a larger library."""
    if name == "load_scenario":
        from allocator.files.load import load_scenario

        return load_scenario
    if name == "save_scenario":
        from allocator.files.scenario.save import save_scenario

        return save_scenario
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
