"""Output that several commands share: an allocation as JSON, the trace to its input, money."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import repeat
from operator import truediv
from typing import Any

from allocator.analysis.finding import Finding
from allocator.cli.terminal import jsonable
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, Scaled, plain
from allocator.core.model import Scenario
from allocator.core.parts import Party
from allocator.core.split import Split
from allocator.report.tables.base import Base
from allocator.text import Phrasebook


def as_json(result: Allocation, book: Phrasebook) -> dict[str, Any]:
    """The object of `allocator run --format json`: money exact, stages of the calculation as decimals."""
    scenario = result.scenario
    return {
        "title": book.text(scenario.title),
        "digest": scenario.digest,
        "method_version": result.method_version,
        "currency": unit_json(scenario.fund.currency),
        "unit": jsonable(scenario.fund.unit),
        "fund": jsonable(scenario.fund.amount),
        "reserved": jsonable(result.reserved),
        "earmarked": jsonable(scenario.earmarked),
        "distributable": jsonable(scenario.distributable),
        "total": jsonable(result.total),
        **undistributed_json(result),
        "reservations": [
            {"name": book.text(r.name), "amount": jsonable(r.amount)} for r in result.reservations
        ],
        **_corrections(result, book),
        **({"pools": [_pool(result, split, book) for split in result.splits]} if scenario.pools else {}),
        "recipients": _recipients(result, book),
        "tied": list(result.tied),
        "data": statuses(scenario),
    }


def _recipients(result: Allocation, book: Phrasebook) -> list[dict[str, Any]]:
    """The stages of each recipient as JSON."""
    scenario, columns = result.scenario, result.columnwise
    published, differences = scenario.published, result.differences
    pools = len(result.splits) > 1
    held = {scenario.ids[i]: amount for i, amount in scenario.held("all").items()}
    brought = {factor: _floats(column) for factor, column in columns.contributions.items()}
    contributions = (dict(zip(brought, row, strict=True)) for row in zip(*brought.values(), strict=True))
    return [
        {
            "id": r.id,
            "name": book.text(r.name),
            "amount": jsonable(result.amounts[r.id]),
            "earmark": jsonable(result.earmarks[r.id]),
            **_corrected(result, r.id, held),
            **({"pools": {p: jsonable(by[r.id]) for p, by in result.pools.items()}} if pools else {}),
            "share": share,
            "contributions": parts,
            "entitlement": entitlement,
            "limited": limited,
            **({} if pools else _limits(result, r.id)),
            "at": result.at[r.id],
            "rounding": rounding,
            "published": jsonable(published[r.id]) if published is not None else None,
            "difference": jsonable(differences[r.id]) if differences is not None else None,
        }
        for r, share, parts, entitlement, limited, rounding in zip(
            scenario.recipients,
            _floats(columns.shares),
            contributions,
            _floats(columns.entitlements),
            _floats(columns.limited),
            _floats(columns.rounding),
            strict=True,
        )
    ]


def _floats(column: Scaled) -> list[float]:
    """The numbers of a column, each rounded once."""
    return list(map(truediv, column.numerators, repeat(column.over)))


def unit_json(currency: Any) -> Any:
    """The currency's code; of what is no money its name in both languages."""
    return currency if isinstance(currency, str) else {"zh": currency.zh, "en": currency.en}


def undistributed_json(result: Allocation) -> dict[str, Any]:
    """The amount that is undistributed, where each is rounded by itself (below zero: given out too much)."""
    alone = result.scenario.fund.rounding == "each-alone"
    return {"undistributed": jsonable(result.undistributed)} if alone else {}


def _corrections(result: Allocation, book: Phrasebook) -> dict[str, Any]:
    """Deductions and adjustments as JSON, where there are any."""
    scenario, found = result.scenario, {}
    if scenario.deductions:
        found["deductions"] = [
            {
                "recipient": one.recipient,
                "amount": jsonable(one.amount),
                "reason": one.reason and book.text(one.reason),
                "pool": one.pool,
            }
            for one in scenario.deductions
        ]
    if scenario.adjustments:
        found["adjustments"] = [
            {
                "recipient": one.recipient,
                "amount": jsonable(one.amount),
                "reason": book.text(one.reason),
                "date": one.date and one.date.isoformat(),
                "paid_by": vars(one.paid_by) if isinstance(one.paid_by, Party) else one.paid_by,
            }
            for one in scenario.adjustments
        ]
    return found


def _corrected(result: Allocation, id: str, held: Mapping[str, Number]) -> dict[str, Any]:
    """The recipient's money held already, adjustments and issued amounts, where the scenario has any."""
    scenario, found = result.scenario, {}
    if scenario.deductions:
        found["held"] = jsonable(held.get(id, 0))
    if scenario.adjustments:
        found["before_adjustments"] = jsonable(result.before_adjustments[id])
        found["adjustment"] = jsonable(result.adjustments[id])
    if scenario.issued is not None:
        found["issued"] = jsonable(scenario.issued[id])
        found["to_issue"] = jsonable(result.to_issue[id])
    return found


def statuses(scenario: Scenario) -> dict[str, str]:
    """The status of the data behind each weight."""
    return {factor.id: factor.status for factor in scenario.behind}


def _limits(result: Allocation, id: str) -> dict[str, Any]:
    return {"floor": jsonable(result.floors[id]), "cap": jsonable(result.caps[id])}


def _pool(result: Allocation, split: Split, book: Phrasebook) -> dict[str, Any]:
    """A pool as JSON: its money, and who takes part."""
    scenario = result.scenario
    return {
        "id": split.pool.id,
        "name": book.text(split.pool.name),
        "kind": split.pool.kind,
        "money": jsonable(plain(split.total * Fraction(scenario.fund.unit))),
        "weights": {f: float(weight) for f, weight in scenario.weighted[split.pool.id].items()},
        "multiplier": float(split.multiplier),
        "takes_part": [scenario.ids[i] for i in split.members],
    }


def finding_json(found: Finding) -> dict[str, Any]:
    """A finding as JSON; ``moved`` is null where the recipients' sums differ, by ``more``."""
    return {
        "differences": jsonable(found.changes),
        "more": jsonable(found.more),
        "moved": jsonable(found.moved),
        "gains": found.gains.count,
        "gained": jsonable(found.gains.amount),
        "losses": found.losses.count,
        "lost": jsonable(found.losses.amount),
    }


def base_json(base: Base) -> dict[str, Any]:
    """A base as JSON; if it is a scenario, with its title and digest."""
    of = {} if base.allocation is None else {"title": base.name, "digest": base.allocation.scenario.digest}
    total = plain(sum(base.amounts.values(), start=0))
    return {"kind": base.key, **of, "amounts": jsonable(base.amounts), "total": jsonable(total)}


def trace(result: Allocation, book: Phrasebook) -> str:
    """The line with method version and digest below a result."""
    return book.say("cli.trace", version=result.method_version, digest=result.scenario.digest)


def traces(names: Iterable[str], results: Sequence[Allocation], book: Phrasebook) -> str:
    """The line with method version and digests below several results, by their names."""
    digests = [result.scenario.digest.removeprefix("sha256:")[:12] for result in results]
    inputs = [f"{name} {digest}" for name, digest in zip(names, digests, strict=True)]
    return book.say("cli.traces", version=results[0].method_version, inputs=inputs)


def money_writer(scenario: Scenario, book: Phrasebook) -> Callable[[Number], str]:
    """A function that writes an amount of the scenario's currency."""
    return lambda amount: book.money(amount, scenario.fund.currency)
