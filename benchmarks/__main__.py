"""Prints all figures: `make bench`."""

from benchmarks import audit, engine, explain, interaction, seek, startup, sweep

for part in (engine, audit, explain, seek, sweep, startup, interaction):
    part.report()
