"""Prints all figures: `make bench`."""

from benchmarks import engine, startup

for part in (engine, startup):
    part.report()
