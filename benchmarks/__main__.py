"""Prints all figures: `make bench`."""

from benchmarks import audit, engine, interaction, seek, startup

for part in (engine, audit, seek, startup, interaction):
    part.report()
