"""Exact explanations of an amount, of the difference of two scenarios, and of the effect of moving weight."""

from allocator.analysis.explain.clauses import Clause
from allocator.analysis.explain.lines import Line, alone, exchange
from allocator.analysis.explain.sensitivity import (
    BreakEven,
    Crossing,
    Rate,
    Steady,
    Swing,
    break_even,
    break_evens,
    exchange_rates,
    steady_weights,
    swings,
)
from allocator.analysis.explain.shapley import Explanation, Reason, explain

__all__ = [
    "BreakEven",
    "Clause",
    "Crossing",
    "Explanation",
    "Line",
    "Rate",
    "Reason",
    "Steady",
    "Swing",
    "alone",
    "break_even",
    "break_evens",
    "exchange",
    "exchange_rates",
    "explain",
    "steady_weights",
    "swings",
]
