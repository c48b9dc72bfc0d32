"""Prints all figures: `make bench`."""

from benchmarks import audit, engine, execution, explain, interaction, projects, seek, startup, sweep

for part in (engine, audit, explain, seek, sweep, projects, execution, startup, interaction):
    part.report()
