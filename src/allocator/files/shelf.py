"""Where the scenarios are that a person can choose from."""

from __future__ import annotations

import os
from pathlib import Path


def scenario_folder() -> Path:
    """ALLOCATOR_SCENARIOS, else ``scenarios`` in the working folder, else those that are shipped."""
    named = os.environ.get("ALLOCATOR_SCENARIOS")
    if named:
        return Path(named)
    package = Path(__file__).parent.parent
    shipped = (Path("scenarios"), package / "scenarios", package.parent.parent / "scenarios")
    return next((folder for folder in shipped if folder.is_dir()), shipped[0])


def scenario_files(folder: Path | None = None) -> list[Path]:
    """The scenario files in the folders of a folder: by folder, Luzhou's first; a file that others extend
    before them.

    >>> scenario_files()[0].name
    'published-rule.toml'
    """
    folder = scenario_folder() if folder is None else folder
    found = [path for path in folder.glob("*/*.toml") if path.is_file()]

    def rank(path: Path) -> tuple[bool, str, bool, str]:
        extends = any(
            line.replace(" ", "").startswith("extends=")
            for line in path.read_text("utf-8", errors="replace").splitlines()[:200]
        )
        return path.parent.name != "luzhou-2023", path.parent.name, extends, path.name

    return sorted(found, key=rank)
