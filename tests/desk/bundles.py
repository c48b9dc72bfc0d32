"""The tools of the bundle as modules, and a bundle of next to nothing."""

from __future__ import annotations

import sys
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


def tool(path: str) -> Any:
    """A file below tools as a module."""
    place = ROOT / "tools" / path
    if str(place.parent) not in sys.path:
        sys.path.append(str(place.parent))
    return import_module(place.stem)


def wheel(
    folder: Path, name: str, version: str = "1.0", requires: tuple[str, ...] = (), tag: str = "py3-none-any"
) -> Path:
    """A wheel that holds nothing but what it requires."""
    made = folder / f"{name}-{version}-{tag}.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n")
    return made
