"""Loads a scenario with all files that it names, including a register of projects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Recipient
from allocator.files.scenario.load import read_scenario, register_files
from allocator.files.scenario.once import Once
from allocator.files.scenario.tables import read_recipients

if TYPE_CHECKING:
    from allocator.analysis.projects import Counted


def load_scenario(path: str | Path, once: Once | None = None) -> Scenario:
    """The scenario in a TOML file, with what it extends and the files that it names.

    The format: docs/scenario-format.md.  Every file must lie in the folder of this one or below.  Whoever
    loads several hands the same ``once`` to all, so that data which they share is read once.  Raises
    ScenarioError with a sentence for each problem found.

    >>> load_scenario("scenarios/luzhou-2023/equal-weights.toml").weights["tax"]
    25
    """
    return read_scenario(path, _values, Once() if once is None else once)


def load_counted(path: str | Path) -> Counted | None:
    """The counted register of projects that a scenario file names; None where it names none."""
    named = register_files(path)
    return _counted(named, read_recipients(named["recipients"])) if named else None


def _values(
    files: Mapping[str, Path], recipients: tuple[Recipient, ...]
) -> Mapping[str, Mapping[str, Number]]:
    return _counted(files, recipients).values


def _counted(files: Mapping[str, Path], recipients: tuple[Recipient, ...]) -> Counted:
    from allocator.files.projects.register import (
        load_counted,  # needs numpy and pandas, which take long to load
    )

    return load_counted(files["projects"], files["rules"], files.get("activities"), recipients)
