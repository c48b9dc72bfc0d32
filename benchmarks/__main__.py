"""Prints all figures: `make bench`."""

from benchmarks import engine, interaction, startup

for part in (engine, startup, interaction):
    part.report()
