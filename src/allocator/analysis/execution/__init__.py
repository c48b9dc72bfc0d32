"""After the split: payments against the allocation, and targets with their scores."""

from allocator.analysis.execution.payments import Payer, Payments, payers, payments_of
from allocator.analysis.execution.progress import REASONS, Doubt, Execution, Progress, execute
from allocator.analysis.execution.rules import (
    Checkpoint,
    Rules,
    Target,
    UseRule,
    year_checkpoints,
)

__all__ = [
    "REASONS",
    "Checkpoint",
    "Doubt",
    "Execution",
    "Payer",
    "Payments",
    "Progress",
    "Rules",
    "Target",
    "UseRule",
    "execute",
    "payers",
    "payments_of",
    "year_checkpoints",
]
