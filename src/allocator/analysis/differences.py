"""Everything in which two scenarios differ, clause by clause, in the order of the rule."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from allocator.core.corrections import Adjustment, Deduction
from allocator.core.exact import Number
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Earmark, Factor, Party, Recipient, Reservation, Text, Use
from allocator.core.pools import Indicator, Pool
from allocator.core.provenance import Provenance

if TYPE_CHECKING:
    from allocator.core.formula import Formula

T = TypeVar("T", bound=Hashable)
N = TypeVar("N", Reservation, Use)


@dataclass(frozen=True)
class Difference:
    """One thing in which two scenarios differ, as plain text: numbers exactly ("100/3"), None where absent.

    ``clause`` names the subject and ``where`` the recipient, factor or part within it:

    - title (), fund ("amount" | "currency" | "of" | "name" | "source" | "rest_to" | "left" |
      "below_zero" | "papers"), unit (), rounding (), kind (), coefficient (), weight (factor)
    - reservation, use (Chinese name): the amount; (Chinese name, "name"): the English name
    - earmark (recipient): the amount; (recipient, "also_shares" | "reason")
    - limit (): a floor or cap as JSON of its fields
    - deduction, adjustment (recipient): the amount; (recipient, the key of a field): what stands there
    - recipient (id): its name, one that is new or gone; (id, "name" | "kind" | "aliases")
    - value (factor, recipient)
    - factor (id): its name, a column that is new or gone; (id, "name" | "unit" | "definition" | "year" |
      "status" | "source" | "formula" | "round" | "text" | "basis")
    - pool, indicator (id): its name, one that is new or gone; (id, the key of a field): what stands there
    - published, previous, issued (recipient): the amount; (): the sum of all, where they are new or gone
    - provenance (recipient, factor): the cell's provenance, as JSON of its fields
    - order ("recipient" | "factor" | "pool" | "indicator" | "reservation" | "earmark" | "limit" |
      "deduction" | "adjustment" | "provenance" | "use"): the same things in another order; before and after
      are those at the first place that differs

    A text whose two languages do not change alike gives one difference per language, with "zh" or "en"
    as the last of ``where``.
    """

    clause: str
    where: tuple[str, ...]
    before: str | None
    after: str | None


def differences(before: Scenario, after: Scenario) -> tuple[Difference, ...]:
    """Everything in which two scenarios differ; nothing if and only if they are equal.

    What belongs to a recipient or a column that is new or gone (values, published amounts, provenance) is
    not listed once more.

    >>> from allocator import load_scenario
    >>> scenario = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> found = differences(scenario, scenario.with_weights(tax=30, effort=20))
    >>> [(d.clause, d.where, d.before, d.after) for d in found]
    [('weight', ('tax',), '40', '30'), ('weight', ('effort',), '10', '20')]
    """
    return tuple(_all(before, after))


def _all(before: Scenario, after: Scenario) -> Iterator[Difference]:
    a, b = before.fund, after.fund
    yield from _text("title", (), before.title, after.title)
    yield from _plain("fund", ("amount",), a.amount, b.amount)
    if isinstance(a.currency, str) and isinstance(b.currency, str):
        yield from _plain("fund", ("currency",), a.currency, b.currency)
    else:
        yield from _text("fund", ("of",), *(Text.of(fund.currency) for fund in (a, b)))
    yield from _text("fund", ("name",), a.name, b.name)
    yield from _text("fund", ("source",), a.source, b.source)
    yield from _plain("unit", (), a.unit, b.unit)
    yield from _plain("rounding", (), a.rounding, b.rounding)
    for name in ("rest_to", "left"):
        yield from _plain("fund", (name,), _party(getattr(a, name)), _party(getattr(b, name)))
    yield from _plain("fund", ("below_zero",), a.below_zero, b.below_zero)
    yield from _plain("fund", ("papers",), a.papers, b.papers)
    yield from _plain("kind", (), before.kind, after.kind)
    yield from _plain("coefficient", (), before.coefficient, after.coefficient)
    for factor in _both(before.weights, after.weights):
        yield from _plain("weight", (factor,), before.weights.get(factor), after.weights.get(factor))
    yield from _pools(before.pools, after.pools)
    yield from _indicators(before.indicators, after.indicators)
    yield from _named("reservation", before.reservations, after.reservations)
    yield from _earmarks(before.earmarks, after.earmarks)
    yield from _limits(before.limits, after.limits)
    yield from _deductions(before.deductions, after.deductions)
    yield from _adjustments(before.adjustments, after.adjustments)
    yield from _recipients(before.recipients, after.recipients)
    yield from _values(before, after)
    yield from _factors(before.factors, after.factors)
    yield from _amounts("published", before.published, after.published)
    yield from _amounts("previous", before.previous, after.previous)
    yield from _amounts("issued", before.issued, after.issued)
    yield from _provenance(before, after)
    yield from _named("use", before.uses, after.uses)


def _pools(before: Sequence[Pool], after: Sequence[Pool]) -> Iterator[Difference]:
    old, new = {p.id: p for p in before}, {p.id: p for p in after}
    for id in _both(old, new):
        a, b = old.get(id), new.get(id)
        if a is None or b is None:
            yield from _text("pool", (id,), getattr(a, "name", None), getattr(b, "name", None))
            continue
        yield from _text("pool", (id, "name"), a.name, b.name)
        for field in ("amount", "percent", "kind", "over", "floors", "phase_in"):
            yield from _plain("pool", (id, field), getattr(a, field), getattr(b, field))
        yield from _plain("pool", (id, "weights"), _weights(a.weights), _weights(b.weights))
        yield from _plain("pool", (id, "coefficient"), _listed(a.coefficients), _listed(b.coefficients))
        yield from _plain("pool", (id, "recipients"), _listed(a.recipients), _listed(b.recipients))
        yield from _plain("pool", (id, "where"), *map(_written, (a.where, b.where)))
        yield from _text("pool", (id, "basis"), a.basis, b.basis)
    yield from _order("pool", [id for id in old if id in new], [id for id in new if id in old], str)


def _indicators(before: Sequence[Indicator], after: Sequence[Indicator]) -> Iterator[Difference]:
    old, new = {i.id: i for i in before}, {i.id: i for i in after}
    for id in _both(old, new):
        a, b = old.get(id), new.get(id)
        if a is None or b is None:
            yield from _text("indicator", (id,), getattr(a, "name", None), getattr(b, "name", None))
            continue
        yield from _text("indicator", (id, "name"), a.name, b.name)
        yield from _plain("indicator", (id, "parts"), _weights(a.parts), _weights(b.parts))
        yield from _text("indicator", (id, "basis"), a.basis, b.basis)
    yield from _order("indicator", [id for id in old if id in new], [id for id in new if id in old], str)


def _weights(weights: Mapping[str, Number]) -> str:
    return ", ".join(f"{id} {weight}" for id, weight in weights.items())


def _written(formula: Formula | None) -> str | None:
    return None if formula is None else formula.text


def _listed(names: str | Sequence[str] | None) -> str | None:
    return names if isinstance(names, str) else ", ".join(names or ()) or None


def _plain(
    clause: str, where: tuple[str, ...], before: Number | str | None, after: Number | str | None
) -> Iterator[Difference]:
    if before != after:
        yield Difference(clause, where, *(None if x is None else str(x) for x in (before, after)))


def _text(
    clause: str, where: tuple[str, ...], before: Text | None, after: Text | None
) -> Iterator[Difference]:
    zh, en = ((getattr(before, lang, None), getattr(after, lang, None)) for lang in ("zh", "en"))
    if zh == en:
        yield from _plain(clause, where, *zh)
        return
    yield from _plain(clause, (*where, "zh"), *zh)
    yield from _plain(clause, (*where, "en"), *en)


def _both(before: Iterable[T], after: Iterable[T]) -> list[T]:
    """The items of either, each once: those of the first in order, then those that only the second has."""
    return list(dict.fromkeys((*before, *after)))


def _common(before: Sequence[T], after: Sequence[T]) -> tuple[list[T], list[T], list[T], list[T]]:
    """The items of both, in the order of each, and the rest of each; one that comes twice counts twice."""
    shared = Counter(before) & Counter(after)
    parts: list[list[T]] = []
    for things in (before, after):
        left = shared.copy()
        same: list[T] = []
        rest: list[T] = []
        for thing in things:
            (same if left[thing] > 0 else rest).append(thing)
            left[thing] -= 1
        parts += [same, rest]
    return parts[0], parts[2], parts[1], parts[3]


def _order(
    name: str, before: Sequence[T], after: Sequence[T], label: Callable[[T], str | None]
) -> Iterator[Difference]:
    for a, b in zip(before, after, strict=True):
        if a != b:
            yield Difference("order", (name,), label(a), label(b))
            return


def _pairs(
    before: Iterable[T], after: Iterable[T], name: Callable[[T], str]
) -> Iterator[tuple[str, T | None, T | None]]:
    """The pairs of things of one name, in their order; None where one has no counterpart."""
    named: dict[str, tuple[list[T], list[T]]] = {}
    for side, things in enumerate((before, after)):
        for thing in things:
            named.setdefault(name(thing), ([], []))[side].append(thing)
    for key, (old, new) in named.items():
        for a, b in zip_longest(old, new):
            yield key, a, b


def _named(clause: str, before: Sequence[N], after: Sequence[N]) -> Iterator[Difference]:
    same, moved, old, new = _common(before, after)
    for name, a, b in _pairs(old, new, lambda r: r.name.zh):
        yield from _plain(clause, (name,), getattr(a, "amount", None), getattr(b, "amount", None))
        if a and b:
            yield from _text(clause, (name, "name"), a.name, b.name)
    yield from _order(clause, same, moved, lambda r: f"{r.name.zh} {r.amount}")


def _earmarks(before: Sequence[Earmark], after: Sequence[Earmark]) -> Iterator[Difference]:
    same, moved, old, new = _common(before, after)
    for id, a, b in _pairs(old, new, lambda e: e.recipient or _listed(e.recipients) or ""):
        yield from _plain("earmark", (id,), getattr(a, "amount", None), getattr(b, "amount", None))
        shares = [None if e is None else "true" if e.also_shares else "false" for e in (a, b)]
        if "true" in shares:
            yield from _plain("earmark", (id, "also_shares"), *shares)
        yield from _text("earmark", (id, "reason"), getattr(a, "reason", None), getattr(b, "reason", None))
        wheres = (None if e is None else _written(e.where) for e in (a, b))
        yield from _plain("earmark", (id, "where"), *wheres)
        yield from _text("earmark", (id, "basis"), getattr(a, "basis", None), getattr(b, "basis", None))
    yield from _order("earmark", same, moved, lambda e: f"{e.recipient} {e.amount}")


def _limits(before: Sequence[Limit], after: Sequence[Limit]) -> Iterator[Difference]:
    same, moved, old, new = _common(before, after)
    for _, a, b in _pairs(old, new, lambda limit: json.dumps((limit.pool, limit.recipients))):
        yield from _plain("limit", (), _fields(a), _fields(b))
    yield from _order("limit", same, moved, _fields)


def _plainly(value: object) -> str | bool:
    return value if value is True else str(getattr(value, "text", value))


def _deductions(before: Sequence[Deduction], after: Sequence[Deduction]) -> Iterator[Difference]:
    same, moved, old, new = _common(before, after)
    for id, a, b in _pairs(old, new, lambda d: d.recipient):
        yield from _plain("deduction", (id,), getattr(a, "amount", None), getattr(b, "amount", None))
        if a is None or b is None:
            continue
        yield from _plain("deduction", (id, "pool"), a.pool, b.pool)
        for name in ("reason", "basis"):
            yield from _text("deduction", (id, name), getattr(a, name), getattr(b, name))
    yield from _order("deduction", same, moved, lambda d: f"{d.recipient} {d.amount}")


def _adjustments(before: Sequence[Adjustment], after: Sequence[Adjustment]) -> Iterator[Difference]:
    same, moved, old, new = _common(before, after)
    for id, a, b in _pairs(old, new, lambda adjustment: adjustment.recipient):
        yield from _plain("adjustment", (id,), getattr(a, "amount", None), getattr(b, "amount", None))
        if a is None or b is None:
            continue
        yield from _plain("adjustment", (id, "paid_by"), *(_party(x.paid_by) for x in (a, b)))
        dates = (None if x.date is None else x.date.isoformat() for x in (a, b))
        yield from _plain("adjustment", (id, "date"), *dates)

        for name in ("reason", "basis"):
            yield from _text("adjustment", (id, name), getattr(a, name), getattr(b, name))
    yield from _order("adjustment", same, moved, lambda x: f"{x.recipient} {x.amount}")


def _party(party: Party | str | None) -> str | None:
    if isinstance(party, Party):
        return party.recipient or party.reservation
    return party


def _fields(thing: Limit | Provenance | None) -> str | None:
    """The fields that are set, as JSON; for a cell without its recipient and factor."""
    if thing is None:
        return None
    without = ("recipient", "factor") if isinstance(thing, Provenance) else ()
    content = {field.name: getattr(thing, field.name) for field in fields(thing) if field.name not in without}
    said = {key: value for key, value in content.items() if value not in (None, "") and value is not False}
    return json.dumps(
        {key: list(value) if isinstance(value, tuple) else _plainly(value) for key, value in said.items()},
        ensure_ascii=False,
    )


def _recipients(before: Sequence[Recipient], after: Sequence[Recipient]) -> Iterator[Difference]:
    old, new = {r.id: r for r in before}, {r.id: r for r in after}
    for id in _both(old, new):
        a, b = old.get(id), new.get(id)
        if a is None or b is None:
            yield from _text("recipient", (id,), getattr(a, "name", None), getattr(b, "name", None))
        elif a != b:
            yield from _text("recipient", (id, "name"), a.name, b.name)
            yield from _plain("recipient", (id, "kind"), a.kind or None, b.kind or None)
            aliases = ("; ".join(r.aliases) or None for r in (a, b))
            yield from _plain("recipient", (id, "aliases"), *aliases)
    yield from _order("recipient", [id for id in old if id in new], [id for id in new if id in old], str)


def _values(before: Scenario, after: Scenario) -> Iterator[Difference]:
    new = {factor.id: factor.values for factor in after.factors}
    at = {id: position for position, id in enumerate(after.ids)}
    rows = [(id, i, at[id]) for i, id in enumerate(before.ids) if id in at]
    for factor in before.factors:
        values, others = factor.values, new.get(factor.id)
        if others is None or not values or not others:  # what a formula gives is no value of its own
            continue
        if values == others and before.ids == after.ids:
            continue
        for id, i, j in rows:
            if values[i] != others[j]:
                yield from _plain("value", (factor.id, id), values[i], others[j])


def _factors(before: Sequence[Factor], after: Sequence[Factor]) -> Iterator[Difference]:
    old, new = {f.id: f for f in before}, {f.id: f for f in after}
    for id in _both(old, new):
        a, b = old.get(id), new.get(id)
        if a is None or b is None:
            yield from _text("factor", (id,), getattr(a, "name", None), getattr(b, "name", None))
            continue
        for field in ("name", "unit", "definition"):
            yield from _text("factor", (id, field), getattr(a, field), getattr(b, field))
        yield from _plain("factor", (id, "year"), a.year, b.year)
        yield from _plain("factor", (id, "status"), a.status, b.status)
        yield from _text("factor", (id, "source"), a.source, b.source)
        yield from _plain("factor", (id, "formula"), *map(_written, (a.formula, b.formula)))
        for field in ("round", "text"):
            yield from _plain("factor", (id, field), *(str(getattr(f, field) or "") or None for f in (a, b)))
        yield from _text("factor", (id, "basis"), a.basis, b.basis)
    yield from _order("factor", [id for id in old if id in new], [id for id in new if id in old], str)


def _amounts(
    clause: str, before: Mapping[str, Number] | None, after: Mapping[str, Number] | None
) -> Iterator[Difference]:
    if before is None or after is None:
        totals = (None if amounts is None else sum(amounts.values(), start=0) for amounts in (before, after))
        yield from _plain(clause, (), *totals)
        return
    for id, amount in before.items():
        if id in after:
            yield from _plain(clause, (id,), amount, after[id])


def _provenance(before: Scenario, after: Scenario) -> Iterator[Difference]:
    ids = set(before.ids) & set(after.ids)
    factors = {f.id for f in before.factors} & {f.id for f in after.factors}
    old, new = (
        {(c.recipient, c.factor): c for c in s.provenance if c.recipient in ids and c.factor in factors}
        for s in (before, after)
    )
    for here in _both(old, new):
        a, b = old.get(here), new.get(here)
        if a != b:
            yield from _plain("provenance", here, _fields(a), _fields(b))
    same, moved = [here for here in old if here in new], [here for here in new if here in old]
    yield from _order("provenance", same, moved, " × ".join)
