"""Bounds that a published split sets on the unpublished data behind it, under a stated reading.

Everything here holds under that reading alone; results of two readings are never merged.
"""

from allocator.analysis.audit.asking import Audit, Outlook, amount_bounds, audit, factor_share_bounds, outlook
from allocator.analysis.audit.behind import covering, possible_amounts, rule_behind
from allocator.analysis.audit.fit import Fit, fit, nearest_fits
from allocator.analysis.audit.nearest import Nearest, Weighting, nearest_weights
from allocator.analysis.audit.ranges import Bounds, Range
from allocator.analysis.audit.reading import Known, Reading, Scored
from allocator.analysis.audit.table import consistent_table
from allocator.analysis.audit.verdict import Clash, Verdict

__all__ = [
    "Audit",
    "Bounds",
    "Clash",
    "Fit",
    "Known",
    "Nearest",
    "Outlook",
    "Range",
    "Reading",
    "Scored",
    "Verdict",
    "Weighting",
    "amount_bounds",
    "audit",
    "consistent_table",
    "covering",
    "factor_share_bounds",
    "fit",
    "nearest_fits",
    "nearest_weights",
    "outlook",
    "possible_amounts",
    "rule_behind",
]
