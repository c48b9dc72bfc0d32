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
)

for part in (engine, audit, explain, seek, sweep, projects, execution, commands, startup, interaction):
    part.report()
