"""Slips: changes of a draft after which its rule is refused, for whatever else it says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from random_drafts import Draft, Tables, quoted


def _pool_of(draft: Draft, *kinds: str) -> Tables | None:
    pools = [pool for pool in draft.tables.get("pool", {}).values() if pool["kind"] in kinds]
    return draft.rng.choice(pools) if pools else None


def _rule_of(draft: Draft) -> tuple[Tables, Tables]:
    """A pool, or the method, that shares by weights, and its weights."""
    pool = _pool_of(draft, "shares", "scores") or _pool_of(draft, "fixed")
    return (pool, pool["weights"]) if pool else (draft.tables["method"], draft.tables["weights"])


def _add_formula(draft: Draft, formula: str, name: str = "wrong", weigh: bool = True) -> bool:
    """A formula that something is weighted by, so that it is needed."""
    if draft.tables["format"] == 1:
        return False
    draft.tables["factor"][name] = {"formula": formula}
    if weigh:
        pool, weights = _rule_of(draft)
        pool.pop("where", None)
        pool.pop("recipients", None)
        weights.clear()
        weights[name] = 100
    return True


def _weights_99(draft: Draft) -> bool:
    pool, weights = _rule_of(draft)
    whole = [name for name, weight in weights.items() if isinstance(weight, int) and weight > 1]
    if pool["kind"] != "shares" or not whole:
        return False
    weights[whole[0]] -= 1
    return True


def _pools_short(draft: Draft) -> bool:
    pools = list(draft.tables.get("pool", {}).values())
    if not pools or any(pool.get("amount") in ("rest", "needed") for pool in pools):
        return False
    pool, by = draft.rng.choice(pools), draft.rng.choice([1, -1])
    if "percent" in pool:
        pool["percent"] = 99 if isinstance(pool["percent"], str) else pool["percent"] + by
    else:
        pool["amount"] += abs(by) * draft.tables["fund"]["unit"]
    return True


def _circle(draft: Draft) -> bool:
    here, there = draft.rng.choice(
        [("circle + 1", "wrong"), ("SUM([circle])", "wrong * 2"), ("IF(1 > 2, circle, 1)", "ABS(wrong)")]
    )
    return _add_formula(draft, there, "circle", weigh=False) and _add_formula(draft, here)


def _nobody(draft: Draft) -> bool:
    pool = _rule_of(draft)[0]
    if draft.tables["format"] == 1 or (draft.units == 0) or pool.get("amount") in (0, "needed"):
        return False
    if "percent" in pool:
        return False
    pool["where"] = f"{quoted(draft.numbers[0])} < 0 - 10^40"
    return pool.get("amount") != "rest"


def _fixed_below(draft: Draft) -> bool:
    pools = draft.tables.get("pool", {})
    stated = [pool for pool in pools.values() if isinstance(pool.get("amount"), int) and pool["amount"] > 0]
    if not stated or any(pool.get("amount") in ("rest", "needed") for pool in pools.values()):
        return False
    column = next(name for name in draft.numbers if name in draft.columns)
    pool = draft.rng.choice(stated)
    pool.pop("coefficient", None)
    each = Decimal(pool["amount"]) / max(draft.sum_of(column), 1) / 3
    pool |= {"kind": "fixed", "weights": {column: each.quantize(Decimal("0.0001"))}}
    draft.tables.pop("limit of ?", None)
    return True


def _two_rests(draft: Draft) -> bool:
    pools = draft.tables.get("pool", {})
    if not any(pool.get("amount") == "rest" for pool in pools.values()):
        return False
    pools["again"] = {"amount": "rest", "kind": "scores", "weights": {draft.numbers[0]: 1}}
    return True


def _set(key: str, value: Any) -> Callable[[Draft], bool]:
    def change(draft: Draft) -> bool:
        if draft.tables["format"] == 1 and key in ("where", "recipients"):
            return False
        _rule_of(draft)[0][key] = value
        return True

    return change


def _add_limit(draft: Draft, **limit: Any) -> bool:
    if "pool" in draft.tables:
        limit.setdefault("pool", draft.rng.choice(list(draft.tables["pool"])))
    draft.tables.setdefault("limit", []).append({"recipients": "all", **limit})
    return True


def _floors_too_high(draft: Draft) -> bool:
    if "pool" in draft.tables or {"where", "recipients"} & set(draft.tables["method"]):
        return False
    return _add_limit(draft, floor_rate=Decimal("0.999"), of="fund") and len(draft.sharing) > 1 and draft.sure


def _apart_in_limit(draft: Draft) -> bool:
    apart = [id for id in draft.ids if id not in draft.sharing]
    return bool(apart) and _add_limit(draft, recipients=[apart[0]], floor=0)


def _name_twice(draft: Draft) -> bool:
    return _add_formula(draft, "1 + 1", next(iter(draft.columns)), weigh=False)


def _indicator_99(draft: Draft) -> bool:
    if "indicator" not in draft.tables:
        return False
    parts = draft.tables["indicator"]["economy"]["parts"]
    parts[next(iter(parts))] = 1 if parts[next(iter(parts))] != 1 else 2
    return True


def _weighted_twice(draft: Draft) -> bool:
    if draft.tables["format"] == 1:
        return False
    _, weights = _rule_of(draft)
    name = draft.numbers[0]
    draft.tables["indicator"] = {**draft.tables.get("indicator", {}), "twice": {"parts": {name: 100}}}
    weights.clear()
    weights |= {name: 40, "twice": 60}
    return True


def _both_ways(draft: Draft) -> bool:
    if "pool" not in draft.tables:
        return False
    draft.tables["method"] = {"kind": "shares"}
    draft.tables["weights"] = {draft.numbers[0]: 100}
    return True


def _first_format(draft: Draft) -> bool:
    first = draft.tables["format"] == 1
    draft.tables["format"] = 1
    return not first and (
        "pool" in draft.tables or any("formula" in e for e in draft.tables["factor"].values())
    )


def _no_multiple(draft: Draft) -> bool:
    fund = draft.tables["fund"]
    fund["amount"] = 10_000_000 * 100 + 7
    fund["unit"] = 10_000_000
    return True


def _text_in_arithmetic(draft: Draft) -> bool:
    return bool(draft.grade) and _add_formula(draft, f"{draft.grade} * 2")


def _unknown_anywhere(draft: Draft) -> bool:
    return _add_formula(
        draft, draft.rng.choice(["unbekannt + 1", "IF(1 < 2, 1, 没有)", "SUM([nothing])"]), weigh=False
    )


SLIPS: dict[str, Callable[[Draft], bool]] = {
    "weights add up to 99": _weights_99,
    "pools do not add up": _pools_short,
    "a circle": _circle,
    "an unknown name": _unknown_anywhere,
    "nobody meets the condition": _nobody,
    "a fixed pool below its amount": _fixed_below,
    "two rests": _two_rests,
    "an unknown kind": _set("recipients", "village"),
    "an unknown recipient": _set("recipients", ["jia", "nobody"]),
    "an unknown coefficient": _set("coefficient", "nothing"),
    "no condition": _set("where", "1 + 1"),
    "a negative value": lambda draft: _add_formula(draft, "0 - 1"),
    "division by zero": lambda draft: _add_formula(draft, "1 / (2 - 2)"),
    "a truth value": lambda draft: _add_formula(draft, "1 < 2"),
    "below the first step": lambda draft: _add_formula(draft, "TIERS(1, 2, 10, 3, 20)"),
    "a rank of nothing": lambda draft: _add_formula(
        draft, f"RANK(MAX([{quoted(draft.numbers[0])}]) + 1, [{quoted(draft.numbers[0])}])"
    ),
    "a bracket too few": lambda draft: _add_formula(draft, "(1 + 2", weigh=False),
    "text in arithmetic": _text_in_arithmetic,
    "a name twice": _name_twice,
    "parts add up to 99": _indicator_99,
    "weighted twice": _weighted_twice,
    "pools and a method": _both_ways,
    "the first format": _first_format,
    "no multiple of the unit": _no_multiple,
    "floors too high": _floors_too_high,
    "a rate above one": lambda draft: _add_limit(draft, floor_rate=Decimal("1.2"), of="fund"),
    "one set apart in a limit": _apart_in_limit,
    "a limit of an unknown pool": lambda draft: _add_limit(draft, pool="nowhere", floor=0),
    "a limit by nothing": lambda draft: _add_limit(draft, floor_rate=Decimal("0.1"), of="fund", by="nothing"),
}
