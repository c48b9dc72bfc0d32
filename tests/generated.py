"""A large scenario: as many counties as Sichuan has and more factors than any notice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

from allocator import Factor, Fund, Limit, Provenance, Recipient, Reservation, Scenario, Text, allocate
from allocator.files.scenario.save import save_scenario

RECIPIENTS, FACTORS = 183, 20
SLUG = "large/scenario"


def generated(recipients: int = RECIPIENTS, factors: int = FACTORS) -> Scenario:
    """Random data with a few large values, floors for some, and a published split that differs a little."""
    rnd = Random(recipients * 1000 + factors)
    ids = [f"f{at:02}" for at in range(1, factors + 1)]
    scenario = Scenario(
        title=Text("大规模示例", "Large example"),
        fund=Fund(
            recipients * 6_000_000 + 5_000_000, "CNY", 10_000, name=Text("大规模示例资金", "Large fund")
        ),
        kind="shares",
        weights=dict.fromkeys(ids, Fraction(100, factors)),
        recipients=[
            Recipient(
                f"r{at:03}", Text(f"第{at:03}县", f"County {at:03}"), kind="county" if at % 3 else "district"
            )
            for at in range(1, recipients + 1)
        ],
        factors=[
            Factor(
                id,
                tuple(Fraction(int(rnd.lognormvariate(12, 1)), 100) for _ in range(recipients)),
                name=Text(f"第{at}项因素", f"Factor number {at}"),
                unit=Text("万元", "10k yuan"),
                year=2022,
                status="example",
                source=Text("随机生成", "made at random"),
            )
            for at, id in enumerate(ids, 1)
        ],
        reservations=[Reservation(Text("市级部门", "Departments"), 5_000_000)],
        limits=[Limit("district", floor=1_000_000)],
        provenance=[
            Provenance("r001", ids[0], status="assumed"),
            Provenance("r002", ids[1], status="derived"),
        ],
    )
    published = dict(allocate(scenario).amounts)
    for giving, taking in zip(scenario.ids[::2], scenario.ids[1::2], strict=False):
        moved = min(10_000 * rnd.randrange(20), published[giving])
        published[giving] -= moved
        published[taking] += moved
    return replace(scenario, published=published)


def write(folder: Path, scenario: Scenario | None = None) -> Path:
    """A folder for ALLOCATOR_SCENARIOS that holds the large scenario, or another one in its place."""
    save_scenario(scenario or generated(), folder / SLUG.partition("/")[0])
    return folder
