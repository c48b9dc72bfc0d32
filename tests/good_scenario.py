"""A small scenario that is right, with every kind of file, for tests to read and to damage."""

from pathlib import Path
from typing import Any

from allocator import Factor, Fund, Recipient, Scenario

# 1,000,000 less 100,000 and 200,000 leaves 700,000, and the shares are 0.6·60% + 0.4·10% = 40%, 30%, 30%.
GOOD = {
    "scenario.toml": """\
format = 1
title = { zh = "示例", en = "Example" }

[fund]
amount = 1_000_000
currency = "CNY"
unit = 10_000
rounding = "largest-remainder"
source = "a notice"

[method]
kind = "shares"

[weights]
investment = 60
jobs = 40

[data]
recipients = "recipients.csv"
factors = "factors.csv"
published = "published.csv"
previous = "previous.csv"
provenance = "provenance.csv"

[factor.investment]
name = "投资"
year = 2022
status = "example"

[[reservation]]
name = "a department"
amount = 100_000

[[earmark]]
recipient = "zone"
amount = 200_000
also_shares = false

[[limit]]
recipients = "all"
floor = 10_000
""",
    "recipients.csv": """\
recipient,name_zh,name_en,kind,aliases
north,北区,North District,district,城北;北城
south,南县,South County,county,
west,西园,West Park,park,
zone,新区,New Zone,zone,
""",
    "factors.csv": "recipient,investment,jobs,population\nnorth,60,10,100\nsouth,30,30,200\nwest,10,60,300\n",
    "published.csv": "recipient,金额（万元）\nnorth,28\nsouth,21\nwest,21\nzone,20\n",
    "previous.csv": "recipient,amount\nnorth,270000\nsouth,220000\nwest,210000\nzone,0\n",
    "provenance.csv": "recipient,factor,status,confirmed_on,declared\nnorth,jobs,derived,2023-05-31,12\n",
}


def small(**changes: Any) -> Scenario:
    """Three recipients, two factors and a coefficient, 100 yuan."""
    plain: dict[str, Any] = {
        "title": "t",
        "fund": Fund(100, "CNY", 1),
        "kind": "shares",
        "weights": {"x": 60, "y": 40},
        "recipients": (Recipient("a", "甲", "district"), Recipient("b", "乙"), Recipient("c", "丙")),
        "factors": (
            Factor("x", (1, 2, 1), "人口"),
            Factor("y", (1, 0, 1), "面积"),
            Factor("k", (1, 1, 2), "系数"),
        ),
    }
    return Scenario(**{**plain, **changes})


def make(folder: Path, files: dict) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / "scenario.toml"


def damaged(edits) -> dict:
    files = dict(GOOD)
    for name, old, new in edits:
        if old is not None:
            assert files[name].count(old) == 1, f"{old!r} must stand once in {name}"
            new = files[name].replace(old, new)
        files[name] = new
    return files
