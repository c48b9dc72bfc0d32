"""Prints all figures: `make bench`."""

from benchmarks import audit, engine, explain, interaction, seek, startup

for part in (engine, audit, explain, seek, startup, interaction):
    part.report()
