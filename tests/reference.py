"""A slow reference implementation of the allocation, to check the engine against.

It is written from docs/method.md alone (what the keys of a limit mean: from the description
of scenario files) and shares no code with the engine. Every number is a Fraction, every
stage is the plain reading of its sentence, and nothing is optimised: the multiplier of the
limits is found by halving an interval until the function is a straight line on it.
"""

from fractions import Fraction
from math import ceil, floor


class Infeasible(Exception):
    """The limits cannot all hold."""


def allocate_slowly(case: dict) -> dict:
    """The allocation of `case`, stage by stage; ValueError when the input is wrong."""
    ids = list(case["recipients"])
    fund, unit = number(case["fund"], "fund"), number(case["unit"], "unit")
    require(len(set(ids)) == len(ids), "a recipient is listed twice")
    require(fund > 0 and unit > 0, "fund and unit must be positive")

    # Stage 1: reservations and earmarks come off.
    reserved = sum(number(r, "reservation") for r in case.get("reservations") or [])
    earmarked = {i: Fraction(0) for i in ids}
    also_shares = {}
    for i, amount, also in case.get("earmarks") or []:
        require(i in earmarked, f"earmark of an unknown recipient: {i}")
        require(also_shares.setdefault(i, also) == also, f"earmarks of {i} disagree")
        earmarked[i] += number(amount, "earmark")
    part = [i for i in ids if also_shares.get(i, True)]
    distributable = fund - reserved - sum(earmarked.values())
    require(distributable >= 0, "more is reserved and earmarked than there is")
    require(distributable % unit == 0, "the unit does not divide the distributable amount")
    require(part or distributable == 0, "nobody takes part in the split")

    # Stages 2 and 3: scores, entitlements.
    score_parts = score(case, part)
    total = sum(sum(column.values()) for column in score_parts.values())
    require(total > 0 or not part, "all scores are zero")
    contributions = {
        j: {i: distributable * s / total for i, s in column.items()} for j, column in score_parts.items()
    }
    entitlements = {i: sum((c[i] for c in contributions.values()), Fraction(0)) for i in part}

    # Stages 4 and 5: limits, rounding.
    round_off = {"largest-remainder": largest_remainder, "rest-to-largest": rest_to_largest}
    require(case["rounding"] in round_off, "unknown rounding")
    floors, caps = limits(case, part, fund, distributable, unit)
    limited = limit(entitlements, floors, caps, distributable)
    split, tied = round_off[case["rounding"]](limited, floors, caps, distributable, unit)

    amounts = {i: earmarked[i] + split.get(i, 0) for i in ids}
    assert sum(amounts.values()) + reserved == fund
    return {
        "distributable": distributable, "takes_part": part, "entitlements": entitlements,
        "contributions": contributions, "floors": floors, "caps": caps, "limited": limited,
        "amounts": amounts, "tied": tied,
    }  # fmt: skip


def require(holds, message: str) -> None:
    if not holds:
        raise ValueError(message)


def number(x, what: str) -> Fraction:
    """An exact, non-negative number."""
    require(isinstance(x, (int, str, Fraction)), f"{what}: {x!r} is not an exact number")
    require(Fraction(x) >= 0, f"{what}: {x!r} is negative")
    return Fraction(x)


def read(column: dict | None, part: list, what: str) -> dict:
    """The values of a column for all that take part; a missing one is an error."""
    return {i: number((column or {}).get(i), f"{what} of {i}") for i in part}


def score(case: dict, part: list) -> dict:
    """{factor: {recipient: part of the score}}."""
    weights = {j: number(w, f"weight of {j}") for j, w in case["weights"].items()}
    shares = case["kind"] == "shares"
    require(shares or case["kind"] == "scores", "unknown kind")
    require(sum(weights.values()) == 100 or not shares, "weights do not add up to 100")
    require(sum(weights.values()) > 0, "all weights are zero")
    c = case.get("coefficient")
    c = {i: Fraction(1) for i in part} if c is None else read(c, part, "coefficient")
    parts = {}
    for j, w in weights.items():
        if w == 0 or not part:
            parts[j] = {i: Fraction(0) for i in part}
            continue
        x = read(case["values"].get(j), part, j)
        divisor = 100 * sum(x.values()) if shares else 1
        require(divisor > 0, f"the total of {j} is zero")
        parts[j] = {i: c[i] * w * x[i] / divisor for i in part}
    return parts


def limits(case, part, fund, distributable, unit) -> tuple[dict, dict]:
    """The highest floor, rounded up, and the lowest cap, rounded down; None without one."""
    found = {"floor": {i: [] for i in part}, "cap": {i: [] for i in part}}
    for entry in case.get("limits") or []:
        chosen = entry["recipients"]
        if chosen == "all":
            chosen = part
        elif isinstance(chosen, str):
            of_kind = [i for i in case["recipients"] if case["kinds"].get(i) == chosen]
            require(of_kind, f"nobody is of kind {chosen}")
            chosen = [i for i in of_kind if i in part]
        require(set(chosen) <= set(part), "a limit names somebody who takes no part")
        for side in "floor", "cap":
            if entry.get(side) is not None:
                for i in chosen:
                    found[side][i].append(number(entry[side], side))
            if entry.get(side + "_rate") is not None:
                rate = number(entry[side + "_rate"], side + "_rate")
                base = rate_base(case, entry, part, fund, distributable)
                for i in chosen:
                    found[side][i].append(rate * number(base.get(i), f"base of {i}"))
    floors = {i: ceil(max(f) / unit) * unit if f else None for i, f in found["floor"].items()}
    caps = {i: floor(min(c) / unit) * unit if c else None for i, c in found["cap"].items()}
    return floors, caps


def rate_base(case, entry, part, fund, distributable) -> dict:
    """What the rate of a limit is a rate of, for each recipient."""
    of, by = entry.get("of"), entry.get("by")
    if of == "previous" and by is None:
        return case.get("previous") or {}
    require(of in ("fund", "distributable"), "a rate needs `of`; `by` not with `previous`")
    whole = fund if of == "fund" else distributable
    if by is None:
        return dict.fromkeys(part, whole)
    column = read(by, part, "by")
    require(sum(column.values()) > 0 or not part, "the total of `by` is zero")
    return {i: whole * column[i] / sum(column.values()) for i in part}


def limit(e: dict, floors: dict, caps: dict, distributable: Fraction) -> dict:
    """min(max(k e, floor), cap), with the k for which it adds up to the distributable."""
    low = {i: floors[i] or Fraction(0) for i in e}
    if any(caps[i] is not None and low[i] > caps[i] for i in e):
        raise Infeasible("a floor is above its cap")
    if sum(low.values()) > distributable:
        raise Infeasible("the floors add up to more than there is")
    most = [low[i] if e[i] == 0 else caps[i] for i in e]
    if None not in most and sum(most) < distributable:
        raise Infeasible("the caps add up to less than there is")

    def at(k):
        a = {i: max(k * e[i], low[i]) for i in e}
        return {i: a[i] if caps[i] is None else min(a[i], caps[i]) for i in e}

    def total(k):
        return sum(at(k).values())

    # total() is continuous, never falls, and is straight between neighbouring bends.
    bends = {x[i] / e[i] for x in (low, caps) for i in e if e[i] > 0 and x[i] is not None}
    left, right = Fraction(0), Fraction(1)
    while total(right) < distributable:
        right *= 2
    while inside := [b for b in bends if left < b < right]:
        k = inside[0] if len(inside) == 1 else (left + right) / 2
        if total(k) < distributable:
            left = k
        else:
            right = k
    rise = total(right) - total(left)
    k = left if rise == 0 else left + (right - left) * (distributable - total(left)) / rise
    assert total(k) == distributable
    return at(k)


def largest_remainder(limited, floors, caps, distributable, unit) -> tuple[dict, list]:
    """Everything down, then one unit more to each of the largest remainders."""
    units = {i: floor(a / unit) for i, a in limited.items()}
    remainder = {i: a / unit - units[i] for i, a in limited.items()}
    left = int(distributable / unit) - sum(units.values())
    order = sorted(limited, key=lambda i: -remainder[i])  # stable: equals stay in listed order
    for i in order[:left]:
        units[i] += 1
    tied = []
    if left > 0 and remainder[order[left - 1]] == remainder[order[left]]:
        tied = [i for i in limited if remainder[i] == remainder[order[left]]]
    return {i: n * unit for i, n in units.items()}, tied


def rest_to_largest(limited, floors, caps, distributable, unit) -> tuple[dict, list]:
    """Each to the nearest unit, halves up; the rest to the largest limited amount."""
    amounts = {i: floor(a / unit + Fraction(1, 2)) * unit for i, a in limited.items()}
    rest = distributable - sum(amounts.values())
    if rest == 0:
        return amounts, []
    largest = [i for i in limited if limited[i] == max(limited.values())]
    first = largest[0]
    amounts[first] += rest
    cap = caps[first]
    if amounts[first] < (floors[first] or 0) or (cap is not None and amounts[first] > cap):
        raise Infeasible("what rounding leaves over would break the limit of the largest")
    return amounts, largest if len(largest) > 1 else []
