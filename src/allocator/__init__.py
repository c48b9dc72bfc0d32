"""Splits a subsidy fund by the factor method (因素法), exactly.

>>> scenario = load_scenario("scenarios/luzhou-2023/published-rule.toml")
>>> allocate(scenario).amounts["ftz"]
50000000
"""

from allocator.allocation import Allocation
from allocator.engine import METHOD_VERSION, allocate
from allocator.errors import AllocatorError, InfeasibleError, Problem, ScenarioError
from allocator.files.scenario import load_scenario
from allocator.files.writing import save_scenario
from allocator.model import Scenario
from allocator.parts import Earmark, Factor, Fund, Limit, Provenance, Recipient, Reservation, Text

__all__ = [
    "METHOD_VERSION",
    "Allocation",
    "AllocatorError",
    "Earmark",
    "Factor",
    "Fund",
    "InfeasibleError",
    "Limit",
    "Problem",
    "Provenance",
    "Recipient",
    "Reservation",
    "Scenario",
    "ScenarioError",
    "Text",
    "allocate",
    "load_scenario",
    "save_scenario",
]
