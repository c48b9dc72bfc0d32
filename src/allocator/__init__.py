"""Splits a subsidy fund by the factor method (因素法), exactly, and answers questions about such splits.

>>> from allocator import allocate, load_scenario
>>> scenario = load_scenario("scenarios/luzhou-2023/published-rule.toml")
>>> allocate(scenario).amounts["ftz"]
50000000

Every question of the command line is a function here: `allocate` and `plan`, `compare`, `explain` with
`exchange_rates`, `break_evens`, `steady_weights` and `swings`, `audit` with its bounds, `seek`, `sweep` with
`drivers`.  Money is in the currency's main unit, weights as they are written; both are ints and Fractions.
docs/library.md goes through them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from allocator.core.allocation import Allocation
from allocator.core.corrections import Adjustment, Deduction
from allocator.core.engine import METHOD_VERSION, allocate, plan
from allocator.core.errors import AllocatorError, InfeasibleError, Problem, ScenarioError
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Earmark, Factor, Fund, Party, Recipient, Reservation, Text, Use
from allocator.core.pools import Pool
from allocator.core.provenance import Provenance

if TYPE_CHECKING:
    from allocator.analysis.audit import (
        Audit,
        Known,
        Reading,
        Scored,
        amount_bounds,
        audit,
        consistent_table,
        factor_share_bounds,
        nearest_weights,
        outlook,
    )
    from allocator.analysis.compare import compare
    from allocator.analysis.explain import (
        Explanation,
        break_evens,
        exchange_rates,
        explain,
        steady_weights,
        swings,
    )
    from allocator.analysis.review import Review, review
    from allocator.analysis.seek import Answer, Clause, Lever, More, Target, more_for, seek
    from allocator.analysis.sweep import Anywhere, Around, Sweep, Within, drivers, sweep
    from allocator.files.load import load_scenario
    from allocator.files.scenario.save import save_scenario

# what needs larger libraries is loaded when it is first used
_LATER = {
    "allocator.analysis.audit": (
        "Audit", "Known", "Reading", "Scored", "amount_bounds", "audit", "consistent_table",
        "factor_share_bounds", "nearest_weights", "outlook",
    ),
    "allocator.analysis.compare": ("compare",),
    "allocator.analysis.explain": (
        "Explanation", "break_evens", "exchange_rates", "explain", "steady_weights", "swings",
    ),
    "allocator.analysis.review": ("Review", "review"),
    "allocator.analysis.seek": ("Answer", "Clause", "Lever", "More", "Target", "more_for", "seek"),
    "allocator.analysis.sweep": ("Anywhere", "Around", "Sweep", "Within", "drivers", "sweep"),
    "allocator.files.load": ("load_scenario",),
    "allocator.files.scenario.save": ("save_scenario",),
}  # fmt: skip
_MODULE = {name: module for module, names in _LATER.items() for name in names}

__all__ = [
    "METHOD_VERSION",
    "Adjustment",
    "Allocation",
    "AllocatorError",
    "Answer",
    "Anywhere",
    "Around",
    "Audit",
    "Clause",
    "Deduction",
    "Earmark",
    "Explanation",
    "Factor",
    "Fund",
    "InfeasibleError",
    "Known",
    "Lever",
    "Limit",
    "More",
    "Party",
    "Pool",
    "Problem",
    "Provenance",
    "Reading",
    "Recipient",
    "Reservation",
    "Review",
    "Scenario",
    "ScenarioError",
    "Scored",
    "Sweep",
    "Target",
    "Text",
    "Use",
    "Within",
    "allocate",
    "amount_bounds",
    "audit",
    "break_evens",
    "compare",
    "consistent_table",
    "drivers",
    "exchange_rates",
    "explain",
    "factor_share_bounds",
    "load_scenario",
    "more_for",
    "nearest_weights",
    "outlook",
    "plan",
    "review",
    "save_scenario",
    "seek",
    "steady_weights",
    "sweep",
    "swings",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE[name]), name)


def __dir__() -> list[str]:
    return __all__
