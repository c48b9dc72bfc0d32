"""Random rules, small and as offices might write them, as the texts of the files that a scenario consists of.

`case` makes rules most of which can be shared out by, `wrong_case` takes one and makes one thing of it wrong.
A rule is drafted as the tables of its TOML file and written at the end, sometimes over several files that
build on one another (`random_chains`).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

Tables = dict[str, Any]

IDS = ["jia", "yi", "丙园区", "ding", "wu", "己县", "geng", "xin"]
KINDS = ["district", "county", "park"]
COLUMNS = ["investment", "tax", "税收2023", "jobs", "人口", "tax 2022", "effort"]
FORMULAS = ["growth", "得分", "per_head"]
UNITS = [1, 1, 10, 100, 10_000]
WIDE = {
    "(": "（",
    ")": "）",
    "+": "＋",
    "-": "－",
    "*": "×",
    "/": "÷",
    ",": "，",
    "<": "＜",
    ">": "＞",
    "%": "％",
}


@dataclass(frozen=True)
class Case:
    """The texts of a scenario's files; `slip` is what was made wrong in it, or nothing."""

    toml: str
    factors: str
    recipients: str
    previous: str | None = None
    slip: str = ""
    bases: tuple[str, ...] = ()  # the TOML files that it builds on, the first one first

    def into(self, folder: Path) -> Path:
        """Writes the files into a folder and returns the path of the scenario."""
        texts = {"factors.csv": self.factors, "recipients.csv": self.recipients, "scenario.toml": self.toml}
        texts |= {f"base{number}.toml": text for number, text in enumerate(self.bases)}
        for name, text in (texts | ({"previous.csv": self.previous} if self.previous else {})).items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder / "scenario.toml"


@dataclass
class Draft:
    """A rule that is being made: the tables of its file, and the columns and kinds that they speak of."""

    rng: random.Random
    tables: Tables
    ids: list[str]
    kinds: list[str]
    columns: dict[str, list[str]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)  # columns that can be weighted
    coefficients: list[str] = field(default_factory=list)
    grade: str = ""
    odd: str = ""  # a column with blanks or values below zero
    previous: list[str] | None = None
    sharing: list[str] = field(default_factory=list)  # whom no earmark without condition sets apart
    units: int = 0  # of the distributable amount, as far as it is known beforehand
    sure: bool = True  # whether it is known: no earmark has a condition

    def sum_of(self, column: str) -> Decimal:
        return sum((Decimal(value) for value in self.columns.get(column, [])), Decimal())

    def sound(self) -> list[str]:
        """The ids that share and whose value in the odd column can be weighted."""
        return [
            id
            for id, value in zip(self.ids, self.columns[self.odd], strict=True)
            if id in self.sharing and value and Decimal(value) >= 0
        ]


def case(rng: random.Random, first: bool | None = None) -> Case:
    """A random rule, if wanted one of format 1 (or none); about nine of ten can be shared out by."""
    return _written(_draft(rng, first))


def chained_case(rng: random.Random) -> Case:
    """A random rule over two or three files, the later ones saying what they say in another way."""
    from random_chains import chain

    made = _tables(_draft(rng))
    files = chain(rng, made.pop("case"), made)
    case, texts = files[0], [toml(tables) for tables in files[1:]]
    return replace(case, toml=texts[-1], bases=tuple(texts[:-1]))


def wrong_case(rng: random.Random) -> Case:
    """A random rule with one thing wrong in it, whose name is `slip`."""
    slip = rng.choice(list(SLIPS))
    while True:  # until it is a rule of which that can be wrong
        draft = _draft(rng)
        if SLIPS[slip](draft):
            return _written(draft, slip)


# ---------------------------------------------------------------- the parts of a rule


def _draft(rng: random.Random, first: bool | None = None) -> Draft:
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
                mark["where"] = _likely(draft)
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
    _limits(draft, "", draft.units)


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
    _limits(draft, "?", units, pool)
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
        who["recipients"] = _named(draft)
    if rng.random() < chance:
        who["where"] = _likely(draft)
    return who


def _named(draft: Draft) -> Any:
    rng = draft.rng
    if rng.random() < 0.3:
        return "all"
    own = [kind for id, kind in zip(draft.ids, draft.kinds, strict=True) if id in draft.sharing]
    if own and rng.random() < 0.5:
        return rng.choice(own)
    return rng.sample(draft.sharing, rng.randint((len(draft.sharing) + 1) // 2, len(draft.sharing)))


def _likely(draft: Draft) -> str:
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


def _limits(draft: Draft, pool: str, units: int, inside: Tables | None = None) -> None:
    """Floors below a fair part and caps above it, that often bind and mostly can be kept."""
    rng, unit = draft.rng, draft.tables["fund"]["unit"]
    for _ in range(rng.choice([0, 0, 1, 2]) if units else 0):
        limit: Tables = {"recipients": (inside or {}).get("recipients", "all")}
        if rng.random() < 0.5:
            limit["recipients"] = _named(draft)
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
            limit["where"] = _likely(draft)
        if pool:
            limit["pool"] = pool
            draft.tables.setdefault("limit of ?", []).append((limit, inside))
        else:
            draft.tables.setdefault("limit", []).append(limit)


# ---------------------------------------------------------------- formulas


def quoted(name: str) -> str:
    """The name as a formula writes it: in quotes where it is not made of letters, digits and underlines."""
    return name if re.fullmatch(r"[^\W\d]\w*", name) else f"'{name}'"


@dataclass
class Formula:
    """Makes random formulas over the columns that a draft has so far."""

    draft: Draft

    def name(self) -> str:
        names = self.draft.numbers + self.draft.coefficients
        if self.draft.previous is not None and self.draft.rng.random() < 0.1:
            return "previous"
        if self.draft.odd and self.draft.rng.random() < 0.05:
            return self.draft.odd
        return quoted(self.draft.rng.choice(names))

    def constant(self) -> str:
        return self.draft.rng.choice(["0", "1", "2", "3", "10", "0.5", "100", "8%", "1.25", ".1"])

    def number(self, depth: int) -> str:
        """An expression that is a number."""
        rng = self.draft.rng
        if depth == 0:
            return self.name() if rng.random() < 0.7 else self.constant()
        a, b, c = (self.number(depth - 1) for _ in range(3))
        x = self.name()
        chain = f"{a} {rng.choice('+-*')} {b} {rng.choice('+-*')} {c}"
        calls = [
            chain,
            f"({a} {rng.choice('+-')} {b}) * {c}",
            f"({chain})",
            f"{a} / (1 + ABS({b}))",
            f"{a} / {b}",
            f"{x} / {self.name()} - 1",
            f"-{x}^2",
            f"ABS({x})^{rng.choice(['2', '0.5', '3^2', '(1/3)', '50%', '1.5'])}",
            f"IF({self.truth(depth - 1)}, {a}, {b})",
            f"IF({x} = 0, 0, {a} / {x})",
            f"{rng.choice(['MIN', 'MAX', 'SUM', 'AVERAGE', 'MEDIAN'])}({a}, {b}, {c})",
            f"{rng.choice(['SUM', 'AVERAGE', 'MIN', 'MAX', 'MEDIAN', 'COUNT'])}([{self.name()}])",
            f"{x} / SUM([{x}])",
            f"(SUM({a}, {b}, {c}) - MAX({a}, {b}, {c}) - MIN({a}, {b}, {c})) / 1",
            f"{rng.choice(['ABS', 'INT'])}({a})",
            f"{rng.choice(['ROUND', 'ROUNDUP', 'ROUNDDOWN'])}({a}, {rng.choice(['0', '1', '2', '-1'])})",
            f"SQRT(ABS({a}))",
            f"LN(1 + ABS({a}))",
            f"POWER({x}, {rng.choice(['2', '3', '0', '0.5'])})",
            f"RANK({x}, [{x}])",
            f"SHARE({x})",
            f"SCORE({x}, {rng.choice(['60, 100', '100, 60', '0, 1'])})",
            f"TIERS(ABS({a}), 0, 0, 5, {rng.choice(['50', '0.5'])}, 1000, {b})",
            f"TIERS({x}, 0, 10, 2, 20, 5.5, 40)",
            f"CLIP({a}, 0.8, {rng.choice(['1.2', '100'])})",
            f"({a})%",
        ]
        return rng.choice(calls)

    def truth(self, depth: int) -> str:
        """An expression that is a condition."""
        rng = self.draft.rng
        simple = f"{self.name()} {rng.choice(['=', '<>', '<', '<=', '>', '>='])} {self.number(0)}"
        if self.draft.grade and rng.random() < 0.3:
            simple = f'{self.draft.grade} {rng.choice(["=", "<>"])} "{rng.choice("AbC")}"'
        if depth == 0:
            return simple
        return rng.choice(
            [
                simple,
                f"AND({simple}, {self.truth(depth - 1)})",
                f"OR({self.truth(depth - 1)}, {simple})",
                f"NOT({self.truth(depth - 1)})",
                f"{self.number(depth - 1)} > {self.number(depth - 1)}",
            ]
        )


def disguised(rng: random.Random, text: str) -> str:
    """The same formula as somebody else might type it: signs of full width, small letters, a leading =."""
    if rng.random() < 0.25:
        text = re.sub(r"[A-Z]{2,}(?=\()", lambda found: found[0].lower(), text)
    if rng.random() < 0.25:
        text = text.replace("<=", "≤").replace(">=", "≥")
    if rng.random() < 0.25:
        text = re.sub('"([^"]*)"', "“\\1”", text)
    if rng.random() < 0.25:
        wide = rng.sample(list(WIDE), rng.randint(1, len(WIDE)))
        text = "".join(WIDE[letter] if letter in wide else letter for letter in text)
    if rng.random() < 0.1:
        text = "".join(text.split(" ")) if "'" not in text else text
    return rng.choice(["=", "= ", "", "", "", "", ""]) + text


# ---------------------------------------------------------------- what can be wrong


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


# ---------------------------------------------------------------- files


def _written(draft: Draft, slip: str = "") -> Case:
    tables = _tables(draft, slip)
    made: Case = tables.pop("case")
    return replace(made, toml=toml(tables))


def _tables(draft: Draft, slip: str = "") -> Tables:
    """The tables of the rule, and as `case` the other files."""
    tables = dict(draft.tables)
    for limit, inside in tables.pop("limit of ?", []):
        names = [name for name, pool in tables.get("pool", {}).items() if pool is inside]
        if names:
            limit["pool"] = names[0]
            tables.setdefault("limit", []).append(limit)
    tables["data"] = {"factors": "factors.csv", "recipients": "recipients.csv"}
    previous = None
    if draft.previous is not None:
        tables["data"]["previous"] = "previous.csv"
        scale = tables["fund"]["unit"]
        rows = [f"{id},{int(value) * scale}" for id, value in zip(draft.ids, draft.previous, strict=True)]
        previous = "\n".join(["recipient,amount", *rows, ""])
    order = draft.rng.sample(
        range(len(draft.ids)), len(draft.ids)
    )  # the factors' rows need not stand as listed
    if draft.rng.random() < 0.3:  # whom an earmark without condition sets apart needs no row
        order = [i for i in order if draft.ids[i] in draft.sharing] or order
    factors = [",".join(["recipient", *draft.columns])]
    factors += [
        ",".join([_called(draft, draft.ids[i]), *(values[i] for values in draft.columns.values())])
        for i in order
    ]
    people = ["recipient,name_zh,name_en,kind,aliases"]
    people += [
        f"{id},{id}名,name {id},{kind},{id}又名;Other {id}"
        for id, kind in zip(draft.ids, draft.kinds, strict=True)
    ]
    pools = [*tables.get("pool", {}).values(), tables.get("method", {})]
    for clause in [*pools, *tables.get("limit", []), *tables.get("earmark", [])]:
        if isinstance(clause.get("recipients"), list):
            clause["recipients"] = [_called(draft, id) for id in clause["recipients"]]
        if "recipient" in clause:
            clause["recipient"] = _called(draft, clause["recipient"])
    return tables | {"case": Case("", "\n".join([*factors, ""]), "\n".join([*people, ""]), previous, slip)}


def _called(draft: Draft, id: str) -> str:
    """One of the names that a recipient has, as it may be written."""
    if draft.rng.random() < 0.6 or id not in draft.ids:
        return id
    return draft.rng.choice(
        [f"{id}名", f"name {id}", f"{id}又名", f"other  {id}", f"NAME {id}", id.replace("i", "ｉ")]
    )


def toml(tables: Tables) -> str:
    """The tables as a TOML file."""
    lines = [
        f"{key} = {_value(value)}" for key, value in tables.items() if not isinstance(value, dict | list)
    ]
    for name, held in tables.items():
        if isinstance(held, list):
            for entry in held:
                lines += [
                    "",
                    f"[[{name}]]",
                    *(f"{_key(key)} = {_value(value)}" for key, value in entry.items()),
                ]
        elif isinstance(held, dict):
            inner = name in ("pool", "factor", "indicator")
            for id, entry in held.items() if inner else [("", held)]:
                lines += ["", f"[{name}.{_key(id)}]" if inner else f"[{name}]"]
                lines += [f"{_key(key)} = {_value(value)}" for key, value in entry.items()]
    return "\n".join([*lines, ""])


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
