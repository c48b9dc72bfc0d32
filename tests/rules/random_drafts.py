"""Drafts of random rules: the tables of a file, formulas over its columns, and the texts that it becomes."""

from __future__ import annotations

import copy
import json
import random
import re
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
    issued: str | None = None

    def into(self, folder: Path) -> Path:
        """Writes the files into a folder and returns the path of the scenario."""
        texts = {"factors.csv": self.factors, "recipients.csv": self.recipients, "scenario.toml": self.toml}
        texts |= {f"base{number}.toml": text for number, text in enumerate(self.bases)}
        texts |= {"previous.csv": self.previous} if self.previous else {}
        texts |= {"issued.csv": self.issued} if self.issued else {}
        for name, text in texts.items():
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
    issued: list[str] | None = None  # amounts, in the main unit
    sharing: list[str] = field(default_factory=list)  # whom no earmark without condition sets apart
    units: int = 0  # of the distributable amount, as far as it is known beforehand
    sure: bool = True  # whether it is known: no earmark has a condition

    def sound(self) -> list[str]:
        """The ids that share and whose value in the odd column can be weighted."""
        return [
            id
            for id, value in zip(self.ids, self.columns[self.odd], strict=True)
            if id in self.sharing and value and Decimal(value) >= 0
        ]

    @property
    def unit(self) -> int:
        """The unit of the fund."""
        unit: int = self.tables["fund"]["unit"]
        return unit

    def pools(self) -> dict[str, Tables]:
        """The pools by their ids, or the method as the one pool of the name ""."""
        return self.tables.get("pool") or {"": self.tables["method"]}

    def certain(self, pool: Tables) -> list[str]:
        """Those that take part in the pool for certain."""
        if not self.sure or "where" in pool:
            return []
        named = pool.get("recipients", "all")
        if isinstance(named, list):
            return [id for id in self.sharing if id in named]
        kinds = dict(zip(self.ids, self.kinds, strict=True))
        return [id for id in self.sharing if named in ("all", kinds[id])]

    def units_of(self, pool: Tables) -> int:
        """About the units that a pool shares out; 0 where that is not known beforehand."""
        amount = pool.get("amount", self.units * self.unit)
        if "percent" in pool:
            percent = str(pool["percent"]).split("/")
            share = Decimal(percent[0]) / (Decimal(percent[1]) if len(percent) > 1 else 1) / 100
            return int(self.units * share)
        if amount == "rest":
            return self.units - sum(self.units_of(one) for one in self.pools().values() if one is not pool)
        return 0 if amount == "needed" else int(amount // self.unit)

    def sum_of(self, column: str) -> Decimal:
        return sum((Decimal(value) for value in self.columns.get(column, [])), Decimal())


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


# ---------------------------------------------------------------- files


def written(draft: Draft, slip: str = "") -> Case:
    """The texts of the files that a draft stands for."""
    tables = tables_of(draft, slip)
    made: Case = tables.pop("case")
    return replace(made, toml=toml(tables))


def tables_of(draft: Draft, slip: str = "") -> Tables:
    """The tables of the rule, and as `case` the other files."""
    tables = copy.deepcopy(draft.tables)
    for limit, inside in tables.pop("limit of ?", []):
        names = [name for name, pool in tables.get("pool", {}).items() if pool is inside]
        if names:
            tables["limit"] = [*tables.get("limit", []), limit | {"pool": names[0]}]
    tables["data"] = {"factors": "factors.csv", "recipients": "recipients.csv"}
    previous = None
    if draft.previous is not None:
        tables["data"]["previous"] = "previous.csv"
        scale = tables["fund"]["unit"]
        rows = [f"{id},{int(value) * scale}" for id, value in zip(draft.ids, draft.previous, strict=True)]
        previous = "\n".join(["recipient,amount", *rows, ""])
    issued = None
    if draft.issued is not None:
        tables["data"]["issued"] = "issued.csv"
        rows = [f"{id},{value}" for id, value in zip(draft.ids, draft.issued, strict=True)]
        issued = "\n".join(["recipient,amount", *rows, ""])
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
    for entry in [*tables.get("deduction", []), *tables.get("adjustment", [])]:
        entry["recipient"] = _called(draft, entry["recipient"])
    return tables | {
        "case": Case("", "\n".join([*factors, ""]), "\n".join([*people, ""]), previous, slip, issued=issued)
    }


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
