"""Prints all figures: `make bench`."""

from benchmarks import audit, engine, interaction, startup

for part in (engine, audit, startup, interaction):
    part.report()
