"""The scenario files that are shipped."""

from pathlib import Path

SCENARIOS = Path(__file__).parent.parent / "scenarios"
# of format 2: pages, papers and questions that do not cover it say so (tests/pools)
POOLS = sorted(SCENARIOS.glob("luzhou-2023-pools/*.toml"))
GUANGDONG = SCENARIOS / "cn-guangdong-2012" / "plan.toml"
FIRST = [path for path in sorted(SCENARIOS.glob("*/*.toml")) if path not in (*POOLS, GUANGDONG)]
