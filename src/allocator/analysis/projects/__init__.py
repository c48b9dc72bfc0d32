"""Factor values from a register of projects."""

from allocator.analysis.projects.counting import (
    Change,
    Counted,
    Refusal,
    awards,
    changed,
    counted,
    years_before,
)
from allocator.analysis.projects.register import FactorRule, Figures, Points, Register, Rules

__all__ = [
    "Change",
    "Counted",
    "FactorRule",
    "Figures",
    "Points",
    "Refusal",
    "Register",
    "Rules",
    "awards",
    "changed",
    "counted",
    "years_before",
]
