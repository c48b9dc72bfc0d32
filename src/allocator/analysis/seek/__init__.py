"""The search for the least change of weights, of pools' money, or of one clause, at which targets are met."""

from allocator.analysis.seek.answer import Answer, Clause, Impossible, clauses_of
from allocator.analysis.seek.asking import seek
from allocator.analysis.seek.extremes import Reach, reach
from allocator.analysis.seek.levers import Lever, levers_of, movable, only_lever
from allocator.analysis.seek.more import More, more_for
from allocator.analysis.seek.moves import Moves
from allocator.analysis.seek.targets import Target, measured

__all__ = [
    "Answer",
    "Clause",
    "Impossible",
    "Lever",
    "More",
    "Moves",
    "Reach",
    "Target",
    "clauses_of",
    "levers_of",
    "measured",
    "more_for",
    "movable",
    "only_lever",
    "reach",
    "seek",
]
