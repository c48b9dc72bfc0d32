"""After the split: payments against the allocation, and targets with their scores."""

from allocator.analysis.execution.payments import Payer, Payments, payers, payments_of
from allocator.analysis.execution.progress import REASONS, Doubt, Execution, Progress, execute, usual_day
from allocator.analysis.execution.rules import Checkpoint, Rules, Target, UseRule, year_checkpoints
from allocator.analysis.execution.targets import Assessed, Assessment, assess, figure

__all__ = [
    "REASONS",
    "Assessed",
    "Assessment",
    "Checkpoint",
    "Doubt",
    "Execution",
    "Payer",
    "Payments",
    "Progress",
    "Rules",
    "Target",
    "UseRule",
    "assess",
    "execute",
    "figure",
    "payers",
    "payments_of",
    "usual_day",
    "year_checkpoints",
]
