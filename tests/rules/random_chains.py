"""A rule as an office has it after some years: a file, and files that change what they build on."""

from __future__ import annotations

import copy
import random
from typing import Any

Tables = dict[str, Any]

REPLACED = ("weights", "limit", "earmark", "reservation", "deduction", "adjustment")  # whole
SECOND_HERE = ("pool", "indicator")


def chain(rng: random.Random, case: Any, tables: Tables) -> list[Any]:
    """The case, and the tables of two or three files that say about the same together, the base first."""
    files = _cut(rng, tables)
    if rng.random() < 0.3:
        files = [*_cut(rng, files[0]), *files[1:]]
    for number, own in enumerate(files):
        if number:
            own["extends"] = f"base{number - 1}.toml"
        elif own["format"] == 2 and rng.random() < 0.3 and not any(name in own for name in SECOND_HERE):
            own["format"] = 1  # which may do, or not
    return [case, *files]


def _cut(rng: random.Random, tables: Tables) -> list[Tables]:
    """A base and a file on it: each table stands in one of them, or in both and the base has it otherwise."""
    base: Tables = {"format": tables["format"], "title": "依据"}
    own: Tables = {"format": tables["format"], "title": tables["title"]}
    both_ways = ("method" in tables or "pool" in tables) and rng.random() < 0.3
    for name, table in tables.items():
        if name in ("format", "title"):
            continue
        if name in ("method", "weights", "pool") and both_ways:
            own[name] = copy.deepcopy(table)  # what the base says in its own way is dropped
        elif name == "pool":
            base[name], own[name] = _pools(rng, table)
        elif name in ("factor", "indicator"):
            base[name], own[name] = _entries(rng, table)
        elif name in REPLACED:
            where = rng.choice(["base", "own", "both"])
            if where != "own":
                base[name] = copy.deepcopy(table) if where == "base" else _other(rng, table)
            if where != "base":
                own[name] = copy.deepcopy(table)
        else:
            base[name], own[name] = _keys(rng, table)
    if both_ways and tables["format"] == 2:
        if "pool" in tables:
            base |= {"method": {"kind": "shares"}, "weights": {"nothing": 99}}
        else:
            base["pool"] = {"old": {"amount": "rest", "kind": "scores", "weights": {"nothing": 1}}}
    for made in (base, own):
        for name in [name for name, table in made.items() if table in ({}, [])]:
            del made[name]
    return [base, own]


def _keys(rng: random.Random, table: Tables) -> tuple[Tables, Tables]:
    """The keys of a table over both files; some that the second has are other ones in the base."""
    base: Tables = {}
    own: Tables = {}
    for key, value in table.items():
        if rng.random() < 0.5:
            base[key] = copy.deepcopy(value)
        else:
            own[key] = copy.deepcopy(value)
            if rng.random() < 0.5 and isinstance(value, int) and not isinstance(value, bool):
                base[key] = value + 1
            elif key == "weights" and rng.random() < 0.5:
                base[key] = {"nothing": 7}
            elif key == "formula":
                base[key] = "1 / 0"
    return base, own


def _entries(rng: random.Random, table: Tables) -> tuple[Tables, Tables]:
    base: Tables = {}
    own: Tables = {}
    for id, entry in table.items():
        first, second = _keys(rng, entry)
        base |= {id: first} if first else {}
        own |= {id: second} if second or not first else {}
    return base, own


def _pools(rng: random.Random, table: Tables) -> tuple[Tables, Tables]:
    """The pools over both files: with other money in the base, with one that is removed."""
    base, own = _entries(rng, table)
    for id, pool in own.items():
        money = "amount" if "amount" in pool else "percent" if "percent" in pool else ""
        if money and id in base and rng.random() < 0.5:
            base[id].pop("amount", None)
            base[id] |= (
                {"percent": 12} if money == "amount" else {"amount": rng.choice([77, "rest", "needed"])}
            )
    if rng.random() < 0.3:
        base["gone"] = {"amount": "rest", "kind": "scores", "weights": {"nothing": 1}}
        own["gone"] = {"remove": True}
    if rng.random() < 0.04:
        own["never"] = {"remove": True}
    return base, own


def _other(rng: random.Random, table: Any) -> Any:
    """Another table in its place, of which nothing is left."""
    if isinstance(table, dict):
        return dict.fromkeys(rng.sample(list(table), 1), 3)
    return [entry | {"amount": 1} if "amount" in entry else entry for entry in copy.deepcopy(table)][:1]
