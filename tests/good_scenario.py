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

# By the fixed amounts of 10,000 a project, from two on: 30,000 and 20,000.  Of 1,000,000, 40 % by weights of
# 60 on investment (75 of 80), 20 on growth (25 of 80; .1, .5, 0), 20 on effort: .3 + .2/6 + .04 = .37333,
# .18 + 1/6 + .06 = .40667, .22 of 40 units, rounded 15, 16, 9.  The rest is 55 units by area, 1, 2, 2, times
# hardship, 1, 1, 2, times 1 for a grade of A and else a half: 1, 1, 4 of 6, rounded 9, 9, 37.
GOOD_RULES = {
    "scenario.toml": """\
format = 2
title = { zh = "示例", en = "Example" }

[fund]
amount = 1_000_000
currency = "CNY"
unit = 10_000

[data]
recipients = "recipients.csv"
factors = "factors.csv"

[pool.signed]
name = { zh = "签约奖补", en = "Signing bonus" }
amount = "needed"
kind = "fixed"
weights = { projects = "1万元" }
where = "projects >= 2"

[pool.growth]
percent = 40
kind = "shares"
weights = { economy = 80, effort = 20 }

[pool.land]
amount = "rest"
kind = "scores"
weights = { area = 1 }
coefficient = ["hardship", "score"]
recipients = ["北区", "south", "west"]

[indicator.economy]
parts = { investment = 75, rise = 25 }

[factor.rise]
formula = "MAX(0, tax / past - 1)"

[factor.score]
formula = 'IF(grade = "A", 1, 0.5)'
round = 2

[factor.grade]
text = true

[[limit]]
recipients = "all"
pool = "growth"
floor = 10_000
""",
    "recipients.csv": GOOD["recipients.csv"].replace("zone,新区,New Zone,zone,\n", ""),
    "factors.csv": """\
recipient,investment,effort,area,projects,tax,past,hardship,grade,change
north,50,20,1,3,110,100,1,A,-2.5
south,30,30,2,2,150,100,1,B,
west,20,50,2,1,90,100,2,a,7
""",
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


def damaged(edits, good: dict = GOOD) -> dict:
    files = dict(good)
    for name, old, new in edits:
        if old is not None:
            assert files[name].count(old) == 1, f"{old!r} must stand once in {name}"
            new = files[name].replace(old, new)
        files[name] = new
    return files
