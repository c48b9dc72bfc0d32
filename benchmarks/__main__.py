"""Prints all figures: `make bench`."""

from benchmarks import (
    audit,
    commands,
    engine,
    execution,
    explain,
    interaction,
    projects,
    seek,
    startup,
    sweep,
    travelling,
)

for part in (
    engine,
    audit,
    explain,
    seek,
    sweep,
    projects,
    execution,
    commands,
    startup,
    interaction,
    travelling,
):
    part.report()
