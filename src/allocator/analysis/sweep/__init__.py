"""Random sweeps: amounts under many weights near the scenario's, or with data that may be off.

A sweep is statistics, in double precision: what is paid is always worked out by `allocate`, exactly.
"""

from allocator.analysis.sweep.drivers import Drivers, drivers
from allocator.analysis.sweep.laws import Anywhere, Around, Law, Within
from allocator.analysis.sweep.levels import LEVELS
from allocator.analysis.sweep.sweeping import MOST_DRAWS, Sweep, sweep

__all__ = [
    "LEVELS",
    "MOST_DRAWS",
    "Anywhere",
    "Around",
    "Drivers",
    "Law",
    "Sweep",
    "Within",
    "drivers",
    "sweep",
]
