"""What it would take: the least change of the weights, or of one clause, at which targets are met."""

from allocator.analysis.goal.answer import Answer, Clause, Impossible, clauses_of
from allocator.analysis.goal.clauses import seek_clause
from allocator.analysis.goal.extremes import Reach, reach
from allocator.analysis.goal.moves import Moves
from allocator.analysis.goal.targets import Target, measured
from allocator.analysis.goal.weights import seek_weights

__all__ = [
    "Answer",
    "Clause",
    "Impossible",
    "Moves",
    "Reach",
    "Target",
    "clauses_of",
    "measured",
    "reach",
    "seek_clause",
    "seek_weights",
]
