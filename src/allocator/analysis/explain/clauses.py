"""The clauses in which two scenarios differ, and the scenarios between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from allocator.core.exact import Number, plain
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Factor, Text
from allocator.core.pools import REST, Pool

Kind = Literal[
    "fund", "reservations", "earmarks", "recipients", "method", "pools", "pool", "data", "previous", "issued",
    "deductions", "limits", "rounding", "adjustments",
]  # fmt: skip


@dataclass(frozen=True, order=True)
class Clause:
    """One thing that can be switched from a scenario to another: only what can change an amount counts.

    ``of`` says what differs within it: of the method "kind", "weights", "coefficient"; of the recipients
    "list", "kinds", "order"; of the rounding "unit", "rounding"; of the data the factor, or several where
    they are taken together.  Where a rule has pools there is a clause for their list and money, and one for
    all else of each pool, whose id is in ``of``.
    """

    kind: Kind
    of: tuple[str, ...] = ()


def differing(before: Scenario, after: Scenario) -> tuple[Clause, ...]:
    """The clauses in which two scenarios of one currency differ, in the order of the rule.

    >>> from allocator import load_scenario
    >>> folder = "scenarios/luzhou-2023/"
    >>> capped, jobs = (load_scenario(folder + name) for name in ("cap-zone.toml", "jobs-first.toml"))
    >>> [(clause.kind, clause.of) for clause in differing(jobs, capped)]
    [('method', ('weights',)), ('limits', ())]
    """
    money: list[tuple[Kind, bool]] = [
        ("fund", before.fund.amount != after.fund.amount),
        ("reservations", before.reserved != after.reserved),
        ("earmarks", _earmarks(before) != _earmarks(after)),
    ]
    found = [Clause(kind) for kind, differs in money if differs]
    old, new = set(before.ids), set(after.ids)
    common = [id for id in before.ids if id in new]
    groups: list[tuple[Kind, dict[str, bool]]] = [
        (
            "recipients",
            {
                "list": old != new,
                "kinds": _by_kind(before, after) and _kinds(before, common) != _kinds(after, common),
                "order": common != [id for id in after.ids if id in old],
            },
        ),
        ("method", _method(before, after)),
    ]
    for kind, parts in groups:
        if any(parts.values()):
            found.append(Clause(kind, tuple(name for name, differs in parts.items() if differs)))
    found += _pools(before, after)
    found += [Clause("data", (factor,)) for factor in _other_data(before, after, common)]
    if _other_previous(before, after, common):
        found.append(Clause("previous"))
    if _other_issued(before, after, common):
        found.append(Clause("issued"))
    if before.deductions != after.deductions and _held(before) != _held(after):
        found.append(Clause("deductions"))
    if _limits(before) != _limits(after):
        found.append(Clause("limits"))
    roundings = [(s.fund.rounding, s.fund.rest_to, s.fund.left) for s in (before, after)]
    rounding = {
        "unit": before.fund.unit != after.fund.unit,
        "rounding": roundings[0] != roundings[1],
    }
    if any(rounding.values()):
        found.append(Clause("rounding", tuple(name for name, differs in rounding.items() if differs)))
    if _adjustments(before) != _adjustments(after):
        found.append(Clause("adjustments"))
    return tuple(found)


def _method(before: Scenario, after: Scenario) -> dict[str, bool]:
    if before.pools or after.pools:
        return {}
    return {
        "kind": before.kind != after.kind,
        "weights": _weights(before) != _weights(after),
        "coefficient": before.coefficient != after.coefficient,
    }


def _pools(before: Scenario, after: Scenario) -> list[Clause]:
    """The clauses of two rules of which one has pools: their list and money, and the rule of each in both."""
    if not before.pools and not after.pools:
        return []
    old, new = ({pool.id: pool for pool in _plain_pools(scenario)} for scenario in (before, after))
    money = [[(id, pool.amount, pool.percent) for id, pool in pools.items()] for pools in (old, new)]
    found = [Clause("pools")] if money[0] != money[1] else []
    return found + [Clause("pool", (id,)) for id in old if id in new and _rule(old[id]) != _rule(new[id])]


def _plain_pools(scenario: Scenario) -> tuple[Pool, ...]:
    """The pools with the weights of their factors in place of indicators, without what decides no amount."""
    return tuple(
        replace(pool, weights=scenario.weighted[pool.id], name=Text(pool.id or "—"), basis=None)
        for pool in scenario.rules
    )


def _rule(pool: Pool) -> Pool:
    """The pool but for its money."""
    weights = {factor: weight for factor, weight in pool.weights.items() if weight} or pool.weights
    # an amount that fits any rule, so that money alone does not make rules differ
    return replace(pool, amount=REST, percent=None, weights=weights)


def _mixed_pools(money: Sequence[Pool], rules: Callable[[str], Sequence[Pool]]) -> tuple[Pool, ...]:
    """The pools of one side's list and money, each with the rule that ``rules`` gives for its id."""
    found = []
    for pool in money:
        rule = next((other for other in rules(pool.id) if other.id == pool.id), pool)
        found.append(replace(rule, amount=pool.amount, percent=pool.percent))
    return tuple(found)


def _limits(scenario: Scenario) -> Counter[Limit]:
    return Counter(replace(limit, basis=None) for limit in scenario.limits)


def _earmarks(scenario: Scenario) -> tuple[object, ...]:
    """The money apart by recipient, and the conditions by which it might be something else."""
    table: dict[str, tuple[Number, bool]] = {}
    for recipient, more, also_shares in scenario.grants:
        amount, _ = table.get(recipient, (0, False))
        table[recipient] = plain(amount + more), also_shares
    return table, [(e.recipient, e.recipients, e.where) for e in scenario.earmarks if e.where is not None]


def _weights(scenario: Scenario) -> dict[str, Number]:
    return {factor: weight for factor, weight in scenario.weights.items() if weight}


def _by_kind(before: Scenario, after: Scenario) -> bool:
    limits = (*before.limits, *after.limits)
    return any(isinstance(limit.recipients, str) and limit.recipients != "all" for limit in limits)


def _kinds(scenario: Scenario, ids: Sequence[str]) -> list[str]:
    kinds = {recipient.id: recipient.kind for recipient in scenario.recipients}
    return [kinds[id] for id in ids]


def _used(scenario: Scenario) -> set[str | None]:
    """The columns on which the amounts depend."""
    if scenario.beyond:
        return {*scenario.columns.used}
    return {*_weights(scenario), scenario.coefficient, *(limit.by for limit in scenario.limits)}


def _other_data(before: Scenario, after: Scenario, common: Sequence[str]) -> list[str]:
    """The columns of both that differ in some value; a value that only one of them gives does not count."""
    used, new = _used(before) | _used(after), {factor.id: factor.values for factor in after.factors}
    old_at, new_at = ({id: at for at, id in enumerate(s.ids)} for s in (before, after))
    found = []
    for factor in before.factors:
        values, others = factor.values, new.get(factor.id)
        if factor.id not in used or others is None:
            continue
        own, other = before.factor(factor.id), after.factor(factor.id)
        if own.formula is not None or other.formula is not None:
            if (own.formula, own.round) != (other.formula, other.round):
                found.append(factor.id)
            continue
        if before.ids == after.ids and values == others:
            continue
        pairs = ((values[old_at[id]], others[new_at[id]]) for id in common)
        if any(a != b and a is not None and b is not None for a, b in pairs):
            found.append(factor.id)
    return found


def _other_previous(before: Scenario, after: Scenario, common: Sequence[str]) -> bool:
    old, new = before.previous, after.previous
    if old is None or new is None or not any(_names(side, "previous") for side in (before, after)):
        return False
    return any(old[id] != new[id] for id in common)


def _other_issued(before: Scenario, after: Scenario, common: Sequence[str]) -> bool:
    old, new = before.issued, after.issued
    if old is None or new is None or not any(_names(side, "issued") for side in (before, after)):
        return False
    return any(old[id] != new[id] for id in common)


def _names(scenario: Scenario, word: str) -> bool:
    """True where amounts depend on last year's, or issued, amounts."""
    if word == "previous":
        phased = any(pool.phase_in is not None for pool in scenario.rules)
        if phased or any(limit.of == word for limit in scenario.limits):
            return True
    formulas = [factor.formula for factor in scenario.factors if factor.formula is not None]
    formulas += scenario.conditions.values()
    formulas += [bound for limit in scenario.limits for bound in limit.formulas.values()]
    return any(word in (*formula.names, *formula.columns) for formula in formulas)


def _held(scenario: Scenario) -> list[dict[str, Number]]:
    """The money held already, by pool and recipient."""
    return [
        {scenario.ids[i]: amount for i, amount in scenario.held(pool.id).items() if amount}
        for pool in scenario.rules
    ]


def _adjustments(scenario: Scenario) -> list[tuple[object, ...]]:
    return [(a.recipient, a.amount, a.paid_by) for a in scenario.adjustments if a.amount]


def mixing(before: Scenario, after: Scenario, clauses: Sequence[Clause]) -> Callable[[int], Scenario]:
    """A function that gives the scenario with some of the clauses as after, all else as before.

    Its argument has bit n set where clause n is switched.  What only one scenario knows (data of a recipient
    that the other lacks, a column, last year's amounts) is there in every mixture.  It raises ScenarioError
    where the clauses do not go together.
    """
    sides = before, after
    bits = {(clause.kind, factor): bit for bit, clause in enumerate(clauses) for factor in clause.of or ("",)}
    single: dict[str, int] = {clause.kind: bit for bit, clause in enumerate(clauses)}

    def at(bit: int | None, switched: int) -> int:
        return 0 if bit is None else switched >> bit & 1

    positions = [{id: at for at, id in enumerate(side.ids)} for side in sides]
    columns = [{factor.id: factor for factor in side.factors} for side in sides]

    @cache
    def column(id: str, whose: int, recipients: int) -> Factor:
        """A column for the recipients of one side; where both sides give a value, ``whose`` counts."""
        stated = [columns[side][id] for side in (whose, 1 - whose) if id in columns[side]]
        if stated[0].formula is not None:
            return replace(stated[0], basis=None)
        own = stated[0]
        alike = all((other.text, other.signed) == (own.text, own.signed) for other in stated)
        if alike and own.complete and id in columns[whose] and sides[recipients].ids == sides[whose].ids:
            return own  # as it stands, with what is known of it already
        values = []
        for recipient in sides[recipients].ids:
            given: list[Any] = [
                columns[side][id].values[positions[side][recipient]]
                for side in (whose, 1 - whose)
                if id in columns[side] and recipient in positions[side] and columns[side][id].formula is None
            ]
            # a clause of its own is taken as it stands: what it leaves blank is blank
            blank = ("data", id) in bits and len(given) == 2
            values.append(given[0] if blank else next((x for x in given if x is not None), None))
        text, signed = any(f.text for f in stated), any(f.signed for f in stated)
        return Factor(id, tuple(values), text=text, signed=signed)

    def stated(name: str, whose: int, recipients: int) -> dict[str, Number] | None:
        """Last year's or issued amounts for the recipients of one side; ``whose`` counts where both know."""
        old, new = (getattr(sides[side], name) or {} for side in (1 - whose, whose))
        amounts = {**old, **new}
        ids = sides[recipients].ids
        return {id: amounts[id] for id in ids} if all(id in amounts for id in ids) else None

    pools = [_plain_pools(side) if before.pools or after.pools else () for side in sides]

    def mixed(switched: int) -> tuple[Pool, ...]:
        def rules(id: str) -> Sequence[Pool]:
            return pools[at(bits.get(("pool", id)), switched)]

        return _mixed_pools(pools[at(single.get("pools"), switched)], rules)

    def mixture(switched: int) -> Scenario:
        def side(kind: str) -> Scenario:
            return sides[at(single.get(kind), switched)]

        listed = at(single.get("recipients"), switched)
        rounding = side("rounding").fund
        issued = stated("issued", at(single.get("issued"), switched), listed)
        if any(pools):
            rule: dict[str, Any] = {"kind": "", "weights": {}, "coefficient": None, "pools": mixed(switched)}
        else:
            method = side("method")  # a column without weight may be blank in the other scenario
            rule = {"kind": method.kind, "weights": _weights(method), "coefficient": method.coefficient}
        return replace(
            before,
            # what is below zero stops nothing on the way from one scenario to the other
            fund=replace(rounding, amount=side("fund").fund.amount, below_zero="recover" if issued else None),
            **rule,
            indicators=(),
            recipients=sides[listed].recipients,
            factors=tuple(
                column(id, at(bits.get(("data", id)), switched), listed)
                for id in {**columns[0], **columns[1]}
            ),
            reservations=side("reservations").reservations,
            earmarks=side("earmarks").earmarks,
            limits=side("limits").limits,
            previous=stated("previous", at(single.get("previous"), switched), listed),
            issued=issued,
            deductions=side("deductions").deductions,
            adjustments=side("adjustments").adjustments,
            published=None,
            provenance=(),
        )

    return mixture
