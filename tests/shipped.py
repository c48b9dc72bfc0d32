"""The scenarios that come with the program: those that every page and paper covers, and those of format 2."""

from __future__ import annotations

import re
from pathlib import Path

SCENARIOS = Path(__file__).parent.parent / "scenarios"
ALL = sorted(SCENARIOS.glob("*/*.toml"))
SECOND = [path for path in ALL if re.search(r"^format\s*=\s*2", path.read_text("utf-8"), re.MULTILINE)]
FIRST = [path for path in ALL if path not in SECOND]
