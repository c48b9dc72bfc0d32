"""Random limits: floors and caps, bounds as formulas, groups, floors from gains, limits over all pools."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from random_drafts import Draft, Formula, Tables, disguised, quoted


def named(draft: Draft) -> Any:
    """Recipients as a clause names them: all, a kind, or a list of those that share."""
    rng = draft.rng
    if rng.random() < 0.3:
        return "all"
    own = [kind for id, kind in zip(draft.ids, draft.kinds, strict=True) if id in draft.sharing]
    if own and rng.random() < 0.5:
        return rng.choice(own)
    return rng.sample(draft.sharing, rng.randint((len(draft.sharing) + 1) // 2, len(draft.sharing)))


def likely(draft: Draft) -> str:
    """A condition that somebody meets, as a rule."""
    rng = draft.rng
    raw = [name for name in draft.numbers if name in draft.columns]
    name = rng.choice(raw)
    values = sorted(Decimal(value) for value in draft.columns[name])
    small = values[len(values) // 3]
    if draft.odd and rng.random() < 0.15:
        return disguised(
            rng, rng.choice([f"{draft.odd} > -1", f"IF({quoted(name)} > 0, 1, {draft.odd}) = 1"])
        )
    texts = [
        f"{quoted(name)} >= {small}",
        f"{quoted(name)} <= {values[len(values) * 2 // 3]}",
        f"{quoted(name)} >= AVERAGE([{quoted(name)}]) / 2",
        f"RANK({quoted(name)}, [{quoted(name)}]) <= 3",
        f"SCORE({quoted(name)}, 60, 100) >= 70",
        f"OR({quoted(name)} > {small}, {Formula(draft).truth(1)})",
    ]
    if draft.grade:
        texts.append(f'OR({draft.grade} = "a", {quoted(name)} <> {small})')
    return disguised(rng, rng.choice(texts))


def limits(draft: Draft, pool: str, units: int, inside: Tables | None = None) -> None:
    """Floors below a fair part and caps above it, that often bind and mostly can be kept."""
    rng, unit = draft.rng, draft.tables["fund"]["unit"]
    for _ in range(rng.choice([0, 0, 1, 2]) if units else 0):
        limit: Tables = {"recipients": (inside or {}).get("recipients", "all")}
        if rng.random() < 0.5:
            limit["recipients"] = named(draft)
        fair = max(units // len(draft.ids), 1)
        how = rng.choice(["floor", "cap", "both", "floor_rate", "cap_rate", "by", "previous"])
        if how in ("floor", "both"):
            limit["floor"] = rng.randint(0, fair * 3 // 4 + 1) * unit
        if how in ("cap", "both"):
            least = units * (2 if len(draft.ids) > 4 else 3) // 5
            limit["cap"] = rng.randint(least, max(units * 4 // 5, least + 1)) * unit
        if how == "floor_rate":
            part = Decimal(units) / draft.units / len(draft.ids)
            limit |= {"floor_rate": (part / 2).quantize(Decimal("0.001")), "of": "distributable"}
        if how == "cap_rate":
            limit |= {
                "cap_rate": Decimal(rng.randint(60, 100)) / 100,
                "of": rng.choice(["fund", "distributable"]),
            }
        if how == "by":
            part = (Decimal(units) / draft.units / 3).quantize(Decimal("0.001"))
            limit |= {"floor_rate": part, "of": "distributable", "by": rng.choice(draft.numbers)}
        if how == "previous":
            if draft.previous is None or pool:
                continue
            limit |= {"floor_rate": Decimal("0.3"), "of": "previous"}
        if draft.tables["format"] == 2 and rng.random() < 0.25:
            limit["where"] = likely(draft)
        if pool:
            limit["pool"] = pool
            draft.tables.setdefault("limit of ?", []).append((limit, inside))
        else:
            draft.tables.setdefault("limit", []).append(limit)


def later_limits(draft: Draft) -> None:
    """What only format 2 has: formulas as bounds, groups, floors from gains, overall limits, phasing in."""
    rng = draft.rng
    for name, pool in draft.pools().items():
        units = draft.units_of(pool)
        key = {"pool": name} if name else {}
        if units < 10:
            continue
        if rng.random() < 0.12 and pool["kind"] != "fixed":
            _from_gains(draft, name, pool, units)
            continue
        if rng.random() < 0.3:
            _add(draft, _formula_limit(draft, units, not name) | key)
        if rng.random() < 0.3:
            for group in _groups(draft, units, not name):
                _add(draft, group | key)
    if "pool" in draft.tables:
        if rng.random() < 0.35:
            _add(draft, _formula_limit(draft, draft.units, True) | {"pool": "all"})
        if rng.random() < 0.25:
            for group in _groups(draft, draft.units, True):
                _add(draft, group | {"pool": "all"})
    elif draft.previous is not None and draft.tables["method"]["kind"] != "fixed" and rng.random() < 0.4:
        draft.tables["method"]["phase_in"] = rng.choice([Decimal("0.25"), Decimal("0.5"), 1, Decimal("0.9")])


def _add(draft: Draft, limit: Tables) -> None:
    draft.tables.setdefault("limit", []).append(limit)


def _formula_limit(draft: Draft, units: int, whole: bool) -> Tables:
    """A bound as a formula, of last year's amounts only where the limit is of the whole split."""
    rng, unit = draft.rng, draft.unit
    fair = max(units // len(draft.ids), 1) * unit
    column = quoted(rng.choice([name for name in draft.numbers if name in draft.columns]))
    floors = [
        f"{fair} / 2",
        f"MIN({fair} / 3, ABS({column}) * {unit})",
        f"{units * unit} * 0.3 * {column} / SUM([{column}])",
        f"{units * unit} * 0.3 * SHARE({column})",
        f"{column} - {10**6 * 2}",  # below zero
        f"TIERS({column}, 0, 0, 5, {fair} / 4)",
        f"IF({column} >= AVERAGE([{column}]), {fair} / 3, 0)",
        f"fund / {len(draft.ids) * 40}",
        f"distributable / {len(draft.ids) * 40}",
    ]
    caps = [f"{fair} * 2.5", f"MAX({fair} * 2, {column} * {unit})", "fund * 3 / 4", "distributable * 80%"]
    if whole and draft.previous is not None:
        floors += ["0.3 * previous", f"MIN(previous, {fair} / 2)"]
        caps += [f"MAX(1.2 * previous, {fair} * 2)"]
    if draft.issued is not None:
        floors += [f"MIN(issued, {fair})"] * 2
    end = rng.choice(["floor", "floor", "cap"])
    limit: Tables = {"recipients": named(draft) if rng.random() < 0.5 else "all"}
    limit[end] = {"formula": disguised(rng, rng.choice(floors if end == "floor" else caps))}
    if rng.random() < 0.2:
        limit["where"] = likely(draft)
    return limit


def _groups(draft: Draft, units: int, whole: bool) -> list[Tables]:
    """Groups that are nested, or disjoint: kinds, or parts of one order of the recipients."""
    rng, unit = draft.rng, draft.unit
    people = rng.sample(draft.sharing, len(draft.sharing))
    if len(people) < 3:
        return []
    kinds = [kind for kind in set(draft.kinds) if draft.kinds.count(kind) < len(people)]
    how = rng.choice(["kind", "nested", "nested", "disjoint"])
    if how == "kind" and kinds:
        wanted: list[Any] = [rng.choice(sorted(kinds))]
        sizes = [draft.kinds.count(wanted[0])]
    else:
        size = rng.randint(2, len(people) - 1)
        wanted, sizes = [people[:size]], [size]
        if how == "nested" and size > 2:
            sizes.append(rng.randint(2, size - 1))
            wanted.append(people[: sizes[-1]])
        elif how == "disjoint" and len(people) - size > 1:
            wanted, sizes = [*wanted, people[size:]], [size, len(people) - size]
    fair = max(units // len(draft.ids), 1)
    found = []
    for recipients, size in zip(wanted, sizes, strict=True):
        group: Tables = {"recipients": recipients, "together": True}
        part = fair * size
        bound = rng.choice(["cap", "cap", "floor", "rate", "formula", "previous"])
        if bound == "cap":
            group["cap"] = rng.randint(part // 2 + size, part + size) * unit
        elif bound == "floor":
            group["floor"] = rng.randint(part // 2, part + size) * unit
        elif bound == "rate":
            rate = (Decimal(part) / max(draft.units, 1)).quantize(Decimal("0.001"))
            group |= {"cap_rate": min(rate + Decimal("0.05"), Decimal(1)), "of": "distributable"}
        elif bound == "previous" and whole and draft.previous is not None:
            group |= {"floor_rate": Decimal("0.3"), "of": "previous"}
        else:
            column = quoted(rng.choice([name for name in draft.numbers if name in draft.columns]))
            group["floor"] = {"formula": f"{units * unit} * SHARE({column}) / 2"}
            if rng.random() < 0.3:
                group["floor"] = {"formula": f"MIN({column} * {unit}, {part * unit} / 2)"}
        found.append(group)
    return found


def _from_gains(draft: Draft, name: str, pool: Tables, units: int) -> None:
    """Everybody has a floor; other limits of the pool go."""
    rng, unit = draft.rng, draft.unit
    later = draft.tables.pop("limit of ?", [])
    draft.tables["limit of ?"] = [(limit, inside) for limit, inside in later if inside is not pool]
    if not name:
        draft.tables.pop("limit", None)
    pool["floors"] = "from-gains"
    fair = max(units // len(draft.ids), 1) * unit
    key = {"pool": name} if name else {}
    floor: Any = rng.choice(
        [fair // 2 // unit * unit, {"formula": f"{fair} * 0.8"}, {"formula": f"{fair} * 2 / 3"}]
    )
    _add(draft, {"recipients": pool.get("recipients", "all"), "floor": floor} | key)
