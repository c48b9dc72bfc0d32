"""Prints all figures: `make bench`."""

from benchmarks import audit, engine, execution, explain, interaction, seek, startup, sweep

for part in (engine, audit, explain, seek, sweep, execution, startup, interaction):
    part.report()
