"""Sentences on what is wrong, as a reader of the page needs them, and not somebody who writes a file."""

from __future__ import annotations

from dataclasses import replace

from allocator.core.errors import Problem
from allocator.text import Phrasebook

# sentences that tell what to write in a file, and in their place those that tell what to do on the page
ON_PAGE = {
    "weights_sum": "weights_entered_sum",
    "pools_under": "rule_pools_under",
    "pool_rest_twice": "rule_rest_twice",
    "pools_left": "rule_pools_left",
    "fixed_left": "rule_fixed_left",
    "pool_needs_more": "rule_needs_more",
    "fixed_needs_more": "rule_fixed_needs_more",
    "formula_empty": "rule_formula_empty",
    "undistributed": "rule_undistributed",
    "overdistributed": "rule_overdistributed",
    "reason_blank": "rule_reason",
    "adjustments_sum": "rule_adjustments_sum",
    "adjustments_sum_left": "rule_adjustments_sum_left",
    "pro_rata_nobody": "rule_pro_rata",
    "pool_nobody_named": "rule_listed",
    "limit_nobody": "rule_listed",
    "phase_in_pool": "rule_phase_in_pool",
    "gains_cap": "rule_gains_cap",
    "gains_group": "rule_gains_group",
    "earmark_both": "rule_earmark_both",
    "rate": "rule_rate",
    "rest_breaks_limit": "rule_rest_breaks",
    "rounding_below_zero": "rule_rounding_below",
    "rounding_breaks_limit": "rule_rounding_breaks",
}


def sentence(problem: Problem, book: Phrasebook) -> str:
    """Says a problem for a reader of the page: without the place in a file."""
    at = {name: place for name, place in problem.at.items() if name in ("character", "recipient", "line")}
    key = ON_PAGE.get(problem.key, problem.key)
    return replace(problem, key=key, file="", part="", at=at).sentence(book)
