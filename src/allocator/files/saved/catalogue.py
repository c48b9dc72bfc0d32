"""The scenario files that a person can choose from, and their folder."""

from __future__ import annotations

import os
from pathlib import Path

_FIRST = ("luzhou-2023", "cn-guangdong-2012")  # the folders offered first: published Chinese funds


def scenario_folder() -> Path:
    """The scenario folder: ALLOCATOR_SCENARIOS, else ``scenarios`` in the working folder, else as shipped."""
    named = os.environ.get("ALLOCATOR_SCENARIOS")
    if named:
        return Path(named)
    package = Path(__file__).parent.parent.parent
    shipped = (Path("scenarios"), package / "scenarios", package.parent.parent / "scenarios")
    return next((folder for folder in shipped if folder.is_dir()), shipped[0])


def scenario_files(folder: Path | None = None) -> list[Path]:
    """The scenario files in the subfolders of a folder, in the order in which they are offered.

    Luzhou's folder first, then Guangdong's; in each, a file that others extend, then those that change its
    rule, then those that change its data as well, so that a mere hypothesis never comes before the rule.

    >>> [path.stem for path in scenario_files()][:5]
    ['published-rule', 'cap-zone', 'equal-weights', 'jobs-first', 'after-earmark']
    """
    folder = scenario_folder() if folder is None else folder
    return sorted((p for p in folder.glob("*/*.toml") if p.is_file() and p.name[0] != "."), key=_rank)


def _rank(path: Path) -> tuple[int, str, bool, bool, str]:
    """The sort key of a scenario file, read from its text so that invalid TOML has one too."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = [line.replace(" ", "") for line in file.read(100_000).splitlines()]
    except OSError:
        lines = []
    extends = any(line.startswith("extends=") for line in lines)
    data = extends and any(line.startswith("[data]") for line in lines)
    return _first(path.parent.name), path.parent.name, extends, data, path.name


def _first(folder: str) -> int:
    """The place of a folder among those offered first, or behind them."""
    return _FIRST.index(folder) if folder in _FIRST else len(_FIRST)


def factor_rule_files(folder: Path) -> list[Path]:
    """The files of rules for registers of projects in a folder."""
    return sorted(path for path in folder.glob("*.toml") if path.is_file() and path.name[0] != ".")
