"""A scenario file merged over those that it extends, and the file that each key was last written in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.core.naming import guess
from allocator.files.parsing import path_next_to, read_toml, wrong
from allocator.files.scenario import fields, schema

# how deep tables are merged key by key; what stands below is replaced whole
_DEPTHS = {"fund": 1, "method": 1, "data": 1, "factor": 2, "pool": 2, "indicator": 2}
# keys that say the same in two ways, so that the one written replaces the one inherited
_OTHER_MONEY = {"amount": "percent", "percent": "amount"}
_OTHER_UNIT = {"of": "currency", "currency": "of"}


class Origins(dict[str, Path]):
    """The file that each key was last written in."""

    def of(self, key: str) -> Path:
        """The file of the longest known prefix of a dotted key."""
        while key not in self:
            key = key.rpartition(".")[0]
        return self[key]


def read_chain(path: Path) -> tuple[dict[str, Any], Origins]:
    """The tables of a file merged key by key over those it extends, and the file of each key.

    Raises ScenarioError for a format or key that does not fit, and for files that extend each other.
    """
    chain: list[tuple[Path, dict[str, Any]]] = []
    seen: list[Path] = []
    file: Path | None = path
    while file is not None:
        content = read_toml(file)
        _check_format(file, content)
        if chain and chain[-1][1]["format"] < content["format"]:
            wrong(chain[-1][0], "format_extends", {"key": "extends"}, name=file.name)
        chain.append((file, content))
        seen.append(file.resolve())
        base = content.pop("extends", None)
        if base is None:
            break
        if not isinstance(base, str):
            wrong(file, "type_text", {"key": "extends"}, value=fields.as_written(base))
        following = path_next_to(file, base, path.parent, "extends")
        if following.resolve() in seen:
            wrong(
                file,
                "extends_cycle",
                {"key": "extends"},
                chain=" → ".join(f.name for f in (*seen, following)),
            )
        file = following
    merged: dict[str, Any] = {}
    origins = Origins({"": path})
    for file, content in reversed(chain):
        _drop_replaced(merged, content, file)
        for key, value in content.items():
            depth = _DEPTHS.get(key, 0)
            merged[key] = _over(merged.get(key), value, depth, key, file, origins)
        _remove_pools(merged, origins)
    return merged, origins


def _check_format(file: Path, content: dict[str, Any]) -> None:
    """Refuses a format that there is not, and a key of format 2 in a file of format 1."""
    written = content.get("format")
    if written not in schema.FORMATS or isinstance(written, bool):
        if "format" not in content:
            wrong(file, "key_missing", name="format", example="format = 1")
        wrong(file, "format_known", {"key": "format"}, value=fields.as_written(written))
    if written == 1:
        for key in _second(content):
            wrong(file, "format_second", {"key": key})


def _second(content: dict[str, Any]) -> list[str]:
    """The keys of a file that only format 2 has, and those whose value only format 2 can have."""
    found = [name for name in schema.SECOND[""] if name in content]
    for table in ("fund", "method", "data", "factor", "earmark", "limit"):
        value = content.get(table)
        entries: list[tuple[str, Any]] = [(table, value)]
        if table == "factor" and isinstance(value, dict):
            entries = [(f"factor.{id}", entry) for id, entry in value.items()]
        elif isinstance(value, list):
            entries = [(f"{table}.{at}", entry) for at, entry in enumerate(value, 1)]
        for key, entry in entries:
            if isinstance(entry, dict):
                found += [f"{key}.{name}" for name in schema.SECOND[table] if name in entry]
    fund, method, weights = content.get("fund"), content.get("method"), content.get("weights")
    if isinstance(fund, dict):
        found += ["fund.rounding"] if fund.get("rounding") in ("each-alone", "rest-to") else []
    limits = content.get("limit")
    for at, limit in enumerate(limits if isinstance(limits, list) else [], 1):
        bounds = (
            name for name in ("floor", "cap") if isinstance(limit, dict) and isinstance(limit.get(name), dict)
        )
        found += [f"limit.{at}.{name}" for name in bounds]
    if isinstance(method, dict):
        found += ["method.coefficient"] if isinstance(method.get("coefficient"), list) else []
        found += ["method.kind"] if method.get("kind") == "fixed" else []
    if isinstance(weights, dict):
        found += [f"weights.{name}" for name, weight in weights.items() if fields.is_weight_in_text(weight)]
    return found


def _drop_replaced(base: dict[str, Any], own: dict[str, Any], file: Path) -> None:
    """Drops of the base what the file says in another way: data, pools or method, amount or percent."""
    _drop_other_data(base.get("data"), own.get("data"))
    if "pool" in own and ("method" in own or "weights" in own):
        wrong(file, "pool_and_method", {"key": "pool"})
    if "pool" in own:
        base.pop("method", None)
        base.pop("weights", None)
    if "method" in own or "weights" in own:
        base.pop("pool", None)
    fund, before_fund = own.get("fund"), base.get("fund")
    if isinstance(fund, dict) and isinstance(before_fund, dict):
        _drop_other(before_fund, fund, _OTHER_UNIT)
    pools, others = own.get("pool"), base.get("pool", {})
    if isinstance(pools, dict) and isinstance(others, dict):
        for id, pool in pools.items():
            before: Any = others.get(id)
            if not isinstance(pool, dict):
                continue
            if before is None and pool.get("remove") is True:
                wrong(file, "pool_unknown", {"key": f"pool.{id}"}, name=id, guess=guess(id, others))
            if not isinstance(before, dict):
                continue
            _drop_other(before, pool, _OTHER_MONEY)


def _drop_other(base: dict[str, Any], own: dict[str, Any], others: dict[str, str]) -> None:
    """Drops of a table what the one written over it says in the other way."""
    for name, other in others.items():
        if name in own and other not in own:
            base.pop(other, None)


def _remove_pools(merged: dict[str, Any], origins: Origins) -> None:
    """Takes out the pools that are to be removed."""
    pools = merged.get("pool")
    if not isinstance(pools, dict):
        return
    for id, pool in [*pools.items()]:
        if isinstance(pool, dict) and "remove" in pool:
            if pool["remove"] is not True:
                key = f"pool.{id}.remove"
                wrong(origins.of(key), "pool_remove", {"key": key}, value=fields.as_written(pool["remove"]))
            del pools[id]


def _drop_other_data(base: Any, own: Any) -> None:
    """Drops the base's factor data if the file names a register, and its register if it names factor data."""
    kinds = (("factors",), ("projects", "rules", "activities"))
    if isinstance(base, dict) and isinstance(own, dict):
        for kind, other in (kinds, kinds[::-1]):
            if any(name in own for name in kind):
                for name in other:
                    base.pop(name, None)


def _over(base: Any, value: Any, depth: int, key: str, file: Path, origins: Origins) -> Any:
    """The value written over that of the base file; down to ``depth``, tables are merged key by key."""
    origins[key] = file
    if not depth or not isinstance(base, dict) or not isinstance(value, dict):
        if isinstance(value, dict):
            origins.update({f"{key}.{inner}": file for inner in value})
        return value
    return base | {
        inner: _over(base.get(inner), item, depth - 1, f"{key}.{inner}", file, origins)
        for inner, item in value.items()
    }
