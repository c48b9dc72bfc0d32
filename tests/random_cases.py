"""Random inputs for the engine: ties, zeros, huge ranges, every kind of limit.

A case is plain data as `reference.allocate_slowly` takes it; `scenario_of` makes the same a Scenario.
"""

from fractions import Fraction
from random import Random

from allocator import Earmark, Factor, Fund, Limit, Recipient, Reservation, Scenario
from allocator.core.exact import exact

KINDS = ("district", "county", "park")


def random_case(rnd: Random) -> dict:
    ids = [f"r{i}" for i in range(rnd.choice((1, 2, 3, 3, 4, 5, 8, 12)))]
    factors = [f"f{j}" for j in range(rnd.randint(1, 4))]
    kind = rnd.choice(("shares", "shares", "scores"))
    unit = rnd.choice((1, 1, 5, 10, 10_000, Fraction(1, 100), Fraction(5, 2)))
    distributable = unit * rnd.choice(
        (0, 1, 7, rnd.randint(1, 100), rnd.randint(1, 10**6), rnd.randint(1, 10**12))
    )
    earmarks = [
        (rnd.choice(ids), Fraction(rnd.randint(0, 10**6), 100), rnd.random() < 0.5)
        for _ in range(rnd.choice((0, 0, 0, 1, 2)))
    ]
    reservations = [Fraction(rnd.randint(0, 10**7), 100) for _ in range(rnd.choice((0, 0, 1, 2)))]
    fund = distributable + sum(reservations) + sum(amount for _, amount, _ in earmarks)
    case = {
        "fund": fund or unit,
        "unit": unit,
        "rounding": rnd.choice(("largest-remainder", "largest-remainder", "rest-to-largest")),
        "kind": kind,
        "weights": _weights(rnd, factors, kind),
        "recipients": ids,
        "kinds": {id: rnd.choice(KINDS) for id in ids},
        "values": {factor: dict(zip(ids, _column(rnd, len(ids)), strict=True)) for factor in factors},
        "coefficient": dict(zip(ids, _column(rnd, len(ids)), strict=True)) if rnd.random() < 0.2 else None,
        "reservations": reservations,
        "earmarks": earmarks,
        "previous": {id: Fraction(rnd.randint(0, 10**9), 100) for id in ids},
        "population": dict(zip(ids, _column(rnd, len(ids)), strict=True)),
    }
    apart = {id for id, _, also in earmarks if not also}
    taking = [id for id in ids if id not in apart]
    case["limits"] = [
        _limit(rnd, case, taking, distributable)
        for _ in range(rnd.choice((0, 0, 1, 1, 2, 4)) if taking else 0)
    ]
    return case


def _weights(rnd: Random, factors: list[str], kind: str) -> dict:
    if kind == "scores":
        return {factor: Fraction(rnd.randint(0, 500), rnd.choice((1, 10, 100))) for factor in factors}
    cuts = sorted(rnd.choice((0, 10, 25, 40, 50, Fraction(333, 10), 90, 100)) for _ in factors[1:])
    return {factor: high - low for factor, low, high in zip(factors, [0, *cuts], [*cuts, 100], strict=True)}


def _column(rnd: Random, size: int) -> list:
    """Values of one factor: equal ones, small ones that tie, with zeros, with decimals, of huge range."""
    style = rnd.randrange(5)
    if style == 0:
        return [rnd.choice((1, 7, 100))] * size
    if style == 1:
        return [rnd.randint(0, 4) for _ in range(size)]
    if style == 2:
        return [Fraction(rnd.randint(0, 10**4), 100) for _ in range(size)]
    if style == 3:
        return [rnd.choice((0, 1, 10 ** rnd.randint(0, 18))) for _ in range(size)]
    return [Fraction(rnd.randint(0, 10**12), 10 ** rnd.randint(0, 9)) for _ in range(size)]


def _limit(rnd: Random, case: dict, taking: list[str], distributable) -> dict:
    limit = dict.fromkeys(("floor", "floor_rate", "cap", "cap_rate", "of", "by"))
    limit["recipients"] = rnd.choice(
        ("all", case["kinds"][rnd.choice(taking)], rnd.sample(taking, rnd.randint(1, len(taking))))
    )
    part = Fraction(distributable) / len(taking)

    def amount(low: float, high: float) -> Fraction:
        return Fraction(round(part * Fraction(rnd.uniform(low, high)) * 100), 100)

    sides = rnd.choice((("floor",), ("cap",), ("floor", "cap")))
    if rnd.random() < 0.5:
        for side in sides:
            limit[side] = amount(0, 1.2) if side == "floor" else amount(0.5, 3)
        return limit
    limit["of"] = rnd.choice(("fund", "distributable", "previous"))
    if limit["of"] != "previous" and rnd.random() < 0.5:
        limit["by"] = case["population"]
    for side in sides:
        most = 200 if limit["by"] or limit["of"] == "previous" else 100
        rate = Fraction(rnd.randint(0, 30) if side == "floor" else rnd.randint(10, most), 100)
        limit[f"{side}_rate"] = rate
    return limit


def scenario_of(case: dict) -> Scenario:
    """The Scenario of a case; raises what the model raises."""
    ids = case["recipients"]

    def factor(id: str, values: dict) -> Factor:
        return Factor(id, tuple(values.get(i) for i in ids))

    columns = [factor(id, values) for id, values in case["values"].items()]
    columns.append(factor("population", case["population"]))
    if case["coefficient"] is not None:
        columns.append(factor("coefficient", case["coefficient"]))
    limits = []
    for limit in case["limits"]:
        recipients = limit["recipients"]
        by = "population" if limit["by"] is not None else None
        chosen = recipients if isinstance(recipients, str) else tuple(recipients)
        limits.append(Limit(**limit | {"recipients": chosen, "by": by}))
    return Scenario(
        title="a random case",
        fund=Fund(exact(case["fund"]), "CNY", exact(case["unit"]), case["rounding"]),
        kind=case["kind"],
        weights=case["weights"],
        recipients=[Recipient(id, kind=case["kinds"][id]) for id in ids],
        factors=columns,
        coefficient="coefficient" if case["coefficient"] is not None else None,
        reservations=[
            Reservation(f"department {n}", amount) for n, amount in enumerate(case["reservations"])
        ],
        earmarks=[Earmark(*earmark) for earmark in case["earmarks"]],
        limits=limits,
        previous=case["previous"],
    )
