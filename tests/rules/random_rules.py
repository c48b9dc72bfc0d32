"""Random rules, small and as offices might write them, as the texts of the files that a scenario consists of.

`case` makes rules most of which can be shared out by, `wrong_case` takes one and makes one thing of it wrong.
A rule is drafted as the tables of its TOML file and written at the end, sometimes over several files that
build on one another (`random_chains`). With `later` a rule of format 2 has also what the program is still to
learn: money held, corrections, other roundings, groups, bounds as formulas, limits over pools, phasing in.
"""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

from random_chains import chain
from random_corrections import corrections, later_fund, settled
from random_drafts import (
    COLUMNS,
    FORMULAS,
    IDS,
    KINDS,
    UNITS,
    Case,
    Draft,
    Formula,
    Tables,
    disguised,
    tables_of,
    toml,
    written,
)
from random_later_slips import LATER
from random_limits import later_limits, likely, limits, named
from random_slips import SLIPS


def case(rng: random.Random, first: bool | None = None, later: bool = False) -> Case:
    """A random rule, if wanted one of format 1 (or none); about nine of ten can be shared out by."""
    return written(_draft(rng, first, later))


def chained_case(rng: random.Random, later: bool = False) -> Case:
    """A random rule over two or three files, the later ones saying what they say in another way."""
    made = tables_of(_draft(rng, later=later))
    files = chain(rng, made.pop("case"), made)
    own, texts = files[0], [toml(tables) for tables in files[1:]]
    return replace(own, toml=texts[-1], bases=tuple(texts[:-1]))


def wrong_case(rng: random.Random, later: bool = False) -> Case:
    """A random rule with one thing wrong in it, whose name is `slip`."""
    slips = SLIPS | LATER if later else SLIPS
    slip = rng.choice(list(slips))
    while True:  # until it is a rule of which that can be wrong
        draft = _draft(rng, later=later)
        if slips[slip](draft):
            return written(draft, slip)


# ---------------------------------------------------------------- the parts of a rule


def _draft(rng: random.Random, first: bool | None = None, later: bool = False) -> Draft:
    people = rng.randint(2, 8)
    ids = rng.sample(IDS, people)
    draft = Draft(rng, {}, ids, [rng.choice(KINDS[: rng.randint(1, 3)]) for _ in ids])
    if first is None:
        first = rng.random() < 0.2
    for name in rng.sample(COLUMNS, rng.randint(1, 5)):
        draft.columns[name] = _values(rng, people)
    draft.numbers = list(draft.columns)
    for name in ["difficulty", "绩效系数"][: rng.choice([0, 0, 1, 2])]:
        zero = rng.random() < 0.15
        draft.columns[name] = [
            "0" if zero and rng.random() < 0.2 else rng.choice(["0.8", "0.9", "1", "1.1", "1.25"])
            for _ in ids
        ]
        draft.coefficients.append(name)
    if rng.random() < 0.35:
        draft.previous = [str(rng.randint(1, 90)) for _ in ids]
    draft.tables["format"] = 1 if first else 2
    draft.tables["title"] = "随机"
    if not first and rng.random() < 0.35:
        draft.grade = "等级"
        draft.columns[draft.grade] = [rng.choice("ABCab") for _ in ids]
        if rng.random() < 0.3:  # only who has a grade can be asked for it
            draft.columns[draft.grade][rng.randrange(people)] = ""
    if not first and rng.random() < 0.35:
        draft.odd = rng.choice(["change", "增减额"])
        draft.columns[draft.odd] = [rng.choice(["", "-2", "-0.5", "0", "3", "7.25"]) for _ in ids]
    _fund(draft, first)
    tables = draft.tables["factor"] = {}
    if draft.grade:
        tables[draft.grade] = {"text": True}
    for name in [] if first else FORMULAS[: rng.choice([0, 1, 1, 2, 3])]:
        tables[name] = _factor(draft)
        draft.numbers.append(name)
    if first or rng.random() < 0.35:
        _method(draft, first)
    else:
        _pools(draft)
    if later and not first:
        later_fund(draft)
        later_limits(draft)
        corrections(draft)
        if draft.tables["fund"].get("rounding") == "each-alone":
            settled(draft)
    return draft


def _values(rng: random.Random, people: int) -> list[str]:
    how = rng.choice(["few", "many", "decimals", "equal", "zeros"])
    if how == "equal":
        values = [str(rng.randint(1, 9))] * people
    elif how == "decimals":
        values = [f"{rng.randint(1, 5000) / 100:.2f}" for _ in range(people)]
    elif how == "many":
        values = [str(rng.randint(1, 10**6)) for _ in range(people)]
    else:
        values = [str(rng.randint(0 if how == "zeros" else 1, 9)) for _ in range(people)]
    if all(Decimal(value) == 0 for value in values):
        values[rng.randrange(people)] = "3"
    return values


def _fund(draft: Draft, first: bool) -> None:
    """The fund, what comes off it, and who is set apart."""
    rng, tables = draft.rng, draft.tables
    unit = rng.choice(UNITS)
    units = rng.choice([rng.randint(20, 200), rng.randint(500, 50_000), 10_000])
    tables["fund"] = {"amount": units * unit, "currency": "CNY", "unit": unit}
    if rng.random() < 0.4:
        tables["fund"]["rounding"] = rng.choice(["largest-remainder", "rest-to-largest", "rest-to-largest"])
    if units * unit % 10_000 == 0 and rng.random() < 0.3:
        tables["fund"]["amount"] = f"{units * unit // 10_000}万元"
    small = max(units // 20, 1)
    draft.units, draft.sharing = units, list(draft.ids)
    if rng.random() < 0.35:
        off = rng.randint(1, small)
        tables["reservation"] = [{"name": "市级部门", "amount": off * unit}]
        draft.units -= off
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
        mark: Tables = {"recipient": rng.choice(draft.ids)}
        off, named = rng.randint(0, max(small // 4, 1)), [mark["recipient"]]
        if not first and rng.random() < 0.6:
            kind = rng.choice(draft.kinds)
            everybody = rng.random() < 0.4
            named = [id for id, own in zip(draft.ids, draft.kinds, strict=True) if everybody or own == kind]
            mark = {"recipients": "all" if everybody else kind}
            if not everybody and rng.random() < 0.3:
                mark = {"recipients": named}
            if rng.random() < 0.5:
                mark["where"] = likely(draft)
                draft.sure = False
        shares = len(named) >= len(draft.sharing) - 1 or rng.random() < 0.5
        mark |= {"amount": off * unit, "reason": "单列"}
        if shares or rng.random() < 0.2:
            mark["also_shares"] = shares
        if not shares and "where" not in mark:
            draft.sharing = [id for id in draft.sharing if id not in named]
        tables.setdefault("earmark", []).append(mark)
        draft.units -= off * len(named)
    if draft.units < 10:
        draft.tables.pop("earmark", None)
        draft.tables.pop("reservation", None)
        draft.units, draft.sharing, draft.sure = units, list(draft.ids), True


def _factor(draft: Draft) -> Tables:
    rng = draft.rng
    inner = Formula(draft).number(rng.randint(1, 3))
    text = rng.choice(
        [f"MAX(0, {inner})", f"ABS({inner})", f"MAX({inner}, 0)", f"CLIP({inner}, 0, 100)", inner]
    )
    if rng.random() < 0.5:
        text = f"{text} + 1" if rng.random() < 0.5 else f"1 + {text}"
    entry: Tables = {"formula": disguised(rng, text)}
    if rng.random() < 0.3:
        entry["round"] = rng.randint(0, 6)
    return entry


def _method(draft: Draft, first: bool) -> None:
    rng = draft.rng
    kind = rng.choice(["shares", "shares", "scores"])
    draft.tables["method"] = {"kind": kind} | ({} if first else _who(draft, 0.5))
    _coefficient(draft, draft.tables["method"], first)
    draft.tables["weights"] = _weights(draft, kind, first)
    if not first and rng.random() < 0.1:  # so much each, scaled to all the money
        column, sum_of = _summed(draft)
        each = max(int(draft.units * draft.tables["fund"]["unit"] * 2 / sum_of), 1)
        draft.tables["method"] |= {"kind": "fixed", "over": "scale"}
        draft.tables["weights"] = {column: each + 1}
        draft.tables["method"].pop("where", None)
        draft.tables["method"].pop("recipients", None)
    limits(draft, "", draft.units)


def _pools(draft: Draft) -> None:
    """Pools with amounts, with percents, or of all sorts and a rest."""
    rng, unit = draft.rng, draft.tables["fund"]["unit"]
    count = rng.randint(1, 4)
    pools: dict[str, Tables] = {}
    how = rng.choice(["amounts", "percents", "rest", "rest", "rest"] if draft.sure else ["percents", "rest"])
    parts = _cut(rng, draft.units, count)
    if how == "amounts":
        for name, part in zip(["one", "二", "three", "four"], parts, strict=False):
            pools[name] = _pool(draft, part, {"amount": part * unit})
    elif how == "percents":
        for name, percent in zip(["one", "二", "three", "four"], _hundred(rng, count), strict=False):
            pools[name] = _pool(draft, int(draft.units / count), {"percent": percent})
    else:
        left = draft.units
        for name in ["one", "二", "three", "four"][: count - 1]:
            part = rng.randint(1, max(left // 4, 1))
            left -= part
            if rng.random() < 0.5:
                pools[name] = _fixed(draft, part)
            elif rng.random() < 0.5:
                percent = max(part * 100 // draft.units, 1)
                pools[name] = _pool(draft, part, {"percent": rng.choice([percent, f"{percent * 10}/9"])})
            else:
                pools[name] = _pool(draft, part, {"amount": part * unit})
        pools["rest"] = _pool(draft, left, {"amount": "rest"})
        if rng.random() < 0.15:
            pools["rest"] = _fixed_rest(draft, left)
        if rng.random() < 0.3:
            pools = dict(rng.sample(list(pools.items()), len(pools)))
    draft.tables["pool"] = pools


def _cut(rng: random.Random, units: int, count: int) -> list[int]:
    ends = sorted(rng.randint(0, units) for _ in range(count - 1))
    return [b - a for a, b in zip([0, *ends], [*ends, units], strict=True)]


def _hundred(rng: random.Random, count: int) -> list[Any]:
    """So many numbers that add up to exactly 100: whole ones, decimals, or fractions in text."""
    if count > 1 and rng.random() < 0.25:
        return [f"100/{count}"] * count
    if count == 2 and rng.random() < 0.3:
        return [Decimal("33.35"), Decimal("66.65")]
    ends = sorted(rng.sample(range(1, 100), count - 1))
    return [b - a for a, b in zip([0, *ends], [*ends, 100], strict=True)]


def _pool(draft: Draft, units: int, amount: Tables) -> Tables:
    kind = draft.rng.choice(["shares", "shares", "scores"])
    pool = amount | {"kind": kind, "weights": _weights(draft, kind, False)} | _who(draft, 0.35)
    if draft.odd and draft.rng.random() < 0.3 and draft.sound():  # weighted where it can be
        pool |= {"recipients": draft.sound(), "weights": {draft.odd: 100}}
        pool.pop("where", None)
    elif draft.odd and draft.rng.random() < 0.2:  # written down, and not weighted
        pool["weights"][draft.odd] = 0
    _coefficient(draft, pool, False)
    limits(draft, "?", units, pool)
    return pool


def _summed(draft: Draft) -> tuple[str, Decimal]:
    """A column of the factor data and what those who share have of it, at least 1."""
    column = draft.rng.choice([name for name in draft.numbers if name in draft.columns])
    return column, max(draft.sum_of(column), Decimal(1))


def _fixed(draft: Draft, units: int) -> Tables:
    """So much for each unit of a column: about the money meant for it, or well below, or above and scaled."""
    rng, unit = draft.rng, draft.tables["fund"]["unit"]
    column, sum_of = _summed(draft)
    how = rng.choice(["needed", "amount", "scale"])
    money = Decimal(units * unit) * {"needed": 1, "amount": Decimal("0.7"), "scale": 2}[how]
    each = (money / sum_of).quantize(Decimal("0.0001"))
    pool: Tables = {"kind": "fixed", "weights": {column: each}}
    if rng.random() < 0.3 and len(draft.numbers) > 1:
        pool["weights"][rng.choice([name for name in draft.numbers if name != column])] = Decimal("0.01")
    pool["amount"] = "needed" if how == "needed" else units * unit
    if how == "scale" or (how == "amount" and rng.random() < 0.3):
        pool["over"] = "scale"
    if how != "scale":
        pool |= _who(draft, 0.3)
    _coefficient(draft, pool, False)
    return pool


def _fixed_rest(draft: Draft, units: int) -> Tables:
    """So much for each unit of a column out of what is left: just that much, or more and scaled."""
    pool = _fixed(draft, units)
    pool["amount"] = "rest"
    if "over" in pool or not draft.sharing:
        return pool
    column = next(iter(pool["weights"]))
    if draft.rng.random() < 0.7 and column in draft.columns:  # comes to it, if nothing else takes of it
        sum_of = sum(
            (
                Decimal(v)
                for id, v in zip(draft.ids, draft.columns[column], strict=True)
                if id in draft.sharing
            ),
            Decimal(),
        )
        money, parts = units * draft.tables["fund"]["unit"] * 100, int(sum_of * 100)
        pool = {"amount": "rest", "kind": "fixed", "weights": {column: f"{money}/{max(parts, 1)}"}}
    return pool


def _weights(draft: Draft, kind: str, first: bool) -> Tables:
    rng = draft.rng
    chosen = rng.sample(draft.numbers, rng.randint(1, min(len(draft.numbers), 4)))
    if kind == "scores":
        return {name: rng.choice([1, 2, 5, Decimal("0.5"), Decimal("12.25")]) for name in chosen}
    indicators = draft.tables.get("indicator", {})
    if not first and len(chosen) > 2 and rng.random() < 0.5 and "economy" not in indicators:
        parts = dict(zip(chosen[:2], _hundred(rng, 2), strict=True))
        draft.tables["indicator"] = {"economy": {"name": "经济指标", "parts": parts}}
        chosen = ["economy", *chosen[2:]]
    numbers = _hundred(rng, len(chosen))
    if first:
        numbers = [25] * 4 if len(chosen) == 4 else [100] if len(chosen) == 1 else numbers
        numbers = [50, 50] if len(chosen) == 2 else numbers
        numbers = [Decimal("33.3"), Decimal("33.3"), Decimal("33.4")] if len(chosen) == 3 else numbers
    return dict(zip(chosen, numbers, strict=True))


def _coefficient(draft: Draft, pool: Tables, first: bool) -> None:
    rng = draft.rng
    if draft.coefficients and rng.random() < 0.5:
        several = rng.sample(draft.coefficients, rng.randint(1, len(draft.coefficients)))
        pool["coefficient"] = several[0] if first or (len(several) == 1 and rng.random() < 0.5) else several


def _who(draft: Draft, chance: float) -> Tables:
    """Recipients and a condition, sometimes."""
    rng, who = draft.rng, {}
    if rng.random() < chance:
        who["recipients"] = named(draft)
    if rng.random() < chance:
        who["where"] = likely(draft)
    return who
