"""A scenario file and the CSV files that it names, read into a Scenario."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from allocator.core.corrections import Adjustment, Deduction
from allocator.core.errors import Problem, ScenarioError, within
from allocator.core.exact import Number, Numbers, plain
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.naming import guess
from allocator.core.parts import Earmark, Factor, Fund, Party, Recipient, Reservation, Use
from allocator.core.pools import REST, Indicator, Pool
from allocator.files.csv_file import read_csv
from allocator.files.parsing import MOST_PROBLEMS, Body, path_next_to, uncollected, wrong
from allocator.files.scenario import fields, keys, schema
from allocator.files.scenario.chain import Origins, read_chain
from allocator.files.scenario.once import Once
from allocator.files.scenario.placing import in_rows
from allocator.files.scenario.tables import (
    Finder,
    listed_recipients,
    need,
    read_amounts,
    read_columns,
    read_provenance,
    read_recipients,
)

MOST_COMMON = 60  # digits of the common denominator of fractions that are added up
# factor values by factor and recipient, from the files that a scenario names, by role
Count = Callable[[Mapping[str, Path], tuple[Recipient, ...]], Mapping[str, Mapping[str, Number]]]
S = TypeVar("S")
T = TypeVar("T")


def read_scenario(path: str | Path, count: Count, once: Once) -> Scenario:
    """The scenario in a TOML file, with what it extends and the CSV files that it names.

    ``count`` works factor values out of the register that a scenario may name instead of them; ``once``
    remembers what CSV files say.  Raises ScenarioError with a sentence for each problem found.
    """
    path = Path(path)
    content, origins = read_chain(path)
    table = _validated(content, origins)
    _check_data(table.data, origins)
    named = _named(table, origins, path)
    try:
        made_of = origins.of("data.projects" if table.data.projects else "data.factors")
        own = [id for id in table.factor if origins.of(f"factor.{id}") in (path, made_of)]
        with uncollected():
            return _scenario(table, named, own, count, once)
    except ScenarioError as error:
        names = {role: str(file) for role, file in named.items()}
        names.setdefault("factors", names.get("projects", ""))
        names.setdefault("recipients", names["factors"])
        raise ScenarioError(
            p.within(origins.of(str(p.at.get("key", "")))) for p in error.in_files(names).problems
        ) from None


def register_files(path: str | Path) -> dict[str, Path]:
    """The files that a scenario file names, by role, if it names a register of projects; else none."""
    path = Path(path)
    content, origins = read_chain(path)
    table = _validated(content, origins)
    _check_data(table.data, origins)
    return _named(table, origins, path) if table.data.projects else {}


def _check_data(data: schema.DataTable, origins: Origins) -> None:
    """Refuses a scenario without factor data, with two kinds of it, or with half of one."""
    if data.factors and (data.projects or data.rules or data.activities):
        wrong(origins.of("data.factors"), "projects_both", {"key": "data"})
    needed = {"factors": 'factors = "factors.csv"'}
    if data.projects or data.rules or data.activities:
        needed = {
            "projects": 'projects = "projects.csv"',
            "rules": 'rules = "rules.toml"',
            "recipients": 'recipients = "recipients.csv"',
        }
    for name, example in needed.items():
        if not getattr(data, name):
            wrong(origins.of("data.factors"), "key_missing", {"key": "data"}, name=name, example=example)


def _named(table: schema.ScenarioTable, origins: Origins, path: Path) -> dict[str, Path]:
    """The files that a scenario names, by role."""
    named: dict[str, Path] = {}
    for role in schema.DataTable.keys:
        name = getattr(table.data, role)
        if name:
            file = origins.of(f"data.{role}")
            named[role] = path_next_to(file, name, path.parent, f"data.{role}")
    return named


def _validated(content: dict[str, Any], origins: Origins) -> schema.ScenarioTable:
    fund = content.get("fund")
    currency = "CNY" if not isinstance(fund, dict) else "" if "of" in fund else fund.get("currency", "CNY")
    problems = schema.missing_rule(content)
    table, mistakes = keys.read(schema.ScenarioTable, content, schema.EXAMPLES, currency)
    problems += (
        schema.problem(mistake).within(origins.of(".".join(map(str, mistake.place))))
        for mistake in mistakes[:MOST_PROBLEMS]
    )
    if problems:
        raise ScenarioError(problem.within(origins.of("")) for problem in problems)
    _check_fractions(table, origins)
    return table


def _check_fractions(table: schema.ScenarioTable, origins: Origins) -> None:
    """Refuses fractions that no short number divides in common: exact work on them would take for ever."""
    together = {"weights": list((table.weights or {}).values())}
    together |= {f"pool.{id}.weights": list(pool.weights.values()) for id, pool in table.pool.items()}
    together |= {f"indicator.{id}.parts": list(item.parts.values()) for id, item in table.indicator.items()}
    together["pool"] = [pool.percent for pool in table.pool.values() if pool.percent is not None]
    for key, numbers in together.items():
        common = 1
        for number in numbers:
            common = math.lcm(common, number.denominator)
            if common >= 10**MOST_COMMON:
                wrong(origins.of(key), "fractions", {"key": key}, most=MOST_COMMON)


def _scenario(
    table: schema.ScenarioTable, files: Mapping[str, Path], own: Iterable[str], count: Count, once: Once
) -> Scenario:
    """The Scenario; ``own`` are the factor tables written with the data or in the file itself.

    One that is only inherited may describe a column that this scenario's data no longer has.
    """
    read = cache(lambda: _read_factors(files["factors"]))
    listing = files.get("recipients") or files["factors"]
    if "projects" not in files:
        once(lambda: read()[0], "header", [files["factors"]])
    if "recipients" in files:
        recipients = once(lambda: read_recipients(listing), "recipients", [listing])
    else:
        recipients = once(lambda: listed_recipients(*read()), "listed", [listing])
    find = Finder(recipients)
    earmarks = _entries("earmark", table.earmark, lambda e: _earmark(e, find))
    limits = _entries(
        "limit",
        table.limit,
        lambda e: _limit(e, find),
    )
    columns: Mapping[str, Sequence[Any]]
    if "projects" in files:
        counted = count(files, recipients)
        columns = {id: tuple(map(values.get, recipients.ids)) for id, values in counted.items()}
    else:
        apart = frozenset(_set_apart(earmarks, recipients))
        texts = frozenset(id for id, described in table.factor.items() if described.text)
        lenient = table.format > 1
        columns = once(
            lambda: read_columns(
                files["factors"], *read(), find, optional=apart, texts=texts, lenient=lenient
            ),
            "columns",
            [files["factors"], listing],
            (apart, texts, lenient),
        )
    formulas = [id for id, described in table.factor.items() if described.formula is not None]
    for id in own:
        if id not in columns and id not in formulas:
            details = {"name": id, "guess": guess(id, [*columns, *formulas])}
            raise ScenarioError(
                Problem("factor_unknown", details, at={"key": f"factor.{id}"}, part="scenario")
            )
    for id in formulas:
        if id in columns:
            raise ScenarioError(
                Problem("formula_both", {"name": id}, at={"key": f"factor.{id}.formula"}, part="scenario")
            )
    currency = table.fund.currency or ""  # blank where it is not money that is shared out
    described = {id: _described(item) for id, item in table.factor.items()}
    try:
        factors = (
            *(
                Factor(
                    id,
                    values,
                    **described.get(id, {}),
                    signed=table.format > 1 and _negative(values),
                )
                for id, values in columns.items()
            ),
            *(Factor(id, (), **described[id]) for id in formulas),
        )
    except ScenarioError as error:
        header, body = ([""], Body((), ((),))) if "projects" in files else read()
        at = header.index("recipient") if "recipient" in header else 0
        raise in_rows(error, body.rows, at, find.names, recipients.ids) from None

    def amounts(role: str) -> Mapping[str, Number] | None:
        if role not in files:
            return None
        file = files[role]
        return once(lambda: read_amounts(file, find, currency), "amounts", [file, listing], currency)

    return Scenario(
        title=table.title,
        fund=_fund(table, find),
        **_rule(table, find),
        recipients=recipients,
        factors=factors,
        reservations=_entries("reservation", table.reservation, lambda e: Reservation(e.name, e.amount)),
        earmarks=earmarks,
        limits=limits,
        published=amounts("published"),
        previous=amounts("previous"),
        provenance=read_provenance(files["provenance"], find, columns) if "provenance" in files else (),
        uses=_entries("use", table.use, lambda e: Use(e.name, e.amount)),
        issued=amounts("issued"),
        deductions=_entries("deduction", table.deduction, lambda e: _deduction(e, find)),
        adjustments=_entries("adjustment", table.adjustment, lambda e: _adjustment(e, table, find)),
        indicators=tuple(Indicator(id, **vars(item)) for id, item in table.indicator.items()),
    )


def _read_factors(file: Path) -> tuple[list[str], Body]:
    header, body = read_csv(file)
    need(file, header, ("recipient",))
    return header, body


def _rule(table: schema.ScenarioTable, find: Finder) -> dict[str, Any]:
    """The pools; or kind, weights and coefficient, where these can say the rule."""
    if table.pool:
        pools = tuple(_pool(id, item, item.weights, find) for id, item in table.pool.items())
        return {"kind": "", "weights": {}, "pools": pools}
    method, weights = table.method, table.weights or {}
    assert method is not None  # `schema.missing_rule` has looked
    coefficients = method.coefficient or ()
    later = (method.floors, method.phase_in)
    more = method.where or method.over or method.basis or any(key is not None for key in later)
    more = more or weights.keys() & table.indicator
    plain = method.kind != "fixed" and method.recipients in (None, "all") and not more
    if plain and len(coefficients) < 2:
        _refuse_money(weights, "weights")
        coefficient = coefficients[0] if coefficients else None
        return {"kind": method.kind, "weights": weights, "coefficient": coefficient}
    return {"kind": "", "weights": {}, "pools": (_pool("", method, weights, find),)}


def _pool(
    id: str, table: schema.PoolTable | schema.MethodTable, weights: Mapping[str, Number], find: Finder
) -> Pool:
    known = vars(table) | {"weights": weights}
    if isinstance(table, schema.MethodTable):
        known |= {"amount": REST}
    if table.kind in ("shares", "scores"):  # another word is refused as one
        _refuse_money(weights, f"pool.{id}.weights" if id else "weights")
    known["weights"] = {name: plain(Fraction(weight)) for name, weight in weights.items()}
    recipients = known.pop("recipients")
    key = f"pool.{id}.recipients" if id else "method.recipients"
    return Pool(
        id=id,
        coefficients=known.pop("coefficient") or (),
        recipients="all" if recipients is None else find.ids(recipients, key),
        **known,
    )


def _fund(table: schema.ScenarioTable, find: Finder) -> Fund:
    """The fund; a recipient or reservation that takes the rest is named as elsewhere."""
    known = {**vars(table.fund)}
    of = known.pop("of")
    for name in ("rest_to", "left"):
        if known[name] is not None:
            known[name] = _party(vars(known[name]), f"fund.{name}", table, find)
    with within(key="fund"):
        return Fund(**known | {"currency": known["currency"] if of is None else of})


def _party(named: dict[str, str], key: str, table: schema.ScenarioTable, find: Finder) -> Party:
    recipient, reservation = named.get("recipient", ""), named.get("reservation", "")
    called = [r.name.zh for r in table.reservation if reservation in (r.name.zh, r.name.en)]
    id = find.id(recipient, key) if recipient else ""
    with within(key=key):
        # of several of that name the scenario says that they cannot be told apart
        return Party(id, called[0] if len(called) == 1 else reservation)


def _deduction(entry: schema.DeductionTable, find: Finder) -> Deduction:
    return Deduction(**vars(entry) | {"recipient": find.id(entry.recipient, "deduction.recipient")})


def _adjustment(entry: schema.AdjustmentTable, table: schema.ScenarioTable, find: Finder) -> Adjustment:
    known = vars(entry) | {"recipient": find.id(entry.recipient, "adjustment.recipient")}
    if isinstance(entry.paid_by, dict):
        known["paid_by"] = _party(entry.paid_by, "adjustment.paid_by", table, find)
    return Adjustment(**known)


def _refuse_money(weights: Mapping[str, Number], key: str) -> None:
    """Refuses an amount for a weight of what is no fixed pool."""
    for name, weight in weights.items():
        if isinstance(weight, fields.MoneyWeight):
            raise ScenarioError(Problem("weight_money", {}, at={"key": f"{key}.{name}"}, part="scenario"))


def _limit(table: schema.LimitTable, find: Finder) -> Limit:
    known = vars(table) | {"recipients": find.ids(table.recipients, "limit.recipients")}
    for name in ("floor", "cap"):
        if known[name] is not None and not isinstance(known[name], Number):
            known[f"{name}_formula"] = known.pop(name)
    return Limit(**known)


def _earmark(table: schema.EarmarkTable, find: Finder) -> Earmark:
    whom = None if table.recipients is None else find.ids(table.recipients, "earmark.recipients")
    recipient = find.id(table.recipient, "earmark.recipient") if table.recipient is not None else ""
    return Earmark(**vars(table) | {"recipient": recipient, "recipients": whom})


def _set_apart(earmarks: Iterable[Earmark], recipients: Iterable[Recipient]) -> set[str]:
    """The recipients that need no data: an earmark without condition sets them apart."""
    apart: set[str] = set()
    for earmark in earmarks:
        if not earmark.also_shares and earmark.where is None:
            whom = earmark.recipients
            if isinstance(whom, str):
                apart |= {r.id for r in recipients if whom in ("all", r.kind)}
            else:
                apart |= {earmark.recipient} if whom is None else set(whom)
    return apart


def _negative(values: Sequence[Any]) -> bool:
    if isinstance(values, Numbers):
        return values.negative
    return any(isinstance(value, int | Fraction) and value < 0 for value in values)


def _described(table: schema.FactorTable) -> dict[str, Any]:
    """The fields of a factor table; the status of a formula is derived unless another is stated."""
    known = {**vars(table)}
    known["status"] = table.status or ("assumed" if table.formula is None else "derived")
    return known


def _entries(name: str, tables: Iterable[S], make: Callable[[S], T]) -> tuple[T, ...]:
    """The objects that an array of tables describes; an error in one names its entry."""
    made = []
    for number, table in enumerate(tables, 1):
        with within(key=f"{name}.{number}"):
            made.append(make(table))
    return tuple(made)
