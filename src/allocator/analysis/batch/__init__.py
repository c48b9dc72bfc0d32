"""The rule for many weights or data at once, in double precision: the one such kernel.

Random draws, searches and whatever else needs thousands of allocations work with it; what is in doubt there,
and all that is paid, is worked out by `allocate`, exactly.
"""

from allocator.analysis.batch.figures import Figures, figures_of, own_copy
from allocator.analysis.batch.kernel import Cut, Kernel, Whole, brisk

__all__ = ["Cut", "Figures", "Kernel", "Whole", "brisk", "figures_of", "own_copy"]
