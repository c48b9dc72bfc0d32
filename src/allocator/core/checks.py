"""The checks of a scenario: each raises a ScenarioError that names the place and the way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, Never

from allocator.core.errors import ScenarioError
from allocator.core.exact import LARGEST, Frozen, Number, nearest_unit
from allocator.core.limits import Limit
from allocator.core.many import AllRecipients
from allocator.core.naming import guess, names_of, unknown_recipient
from allocator.core.parts import Party, Recipient, Text, money_at, wrong
from allocator.core.pools import NEEDED
from allocator.text import Money

if TYPE_CHECKING:
    from allocator.core.model import Scenario

KINDS = ("shares", "scores")


def check(scenario: Scenario) -> None:
    """Raises ScenarioError for whatever does not fit together in a scenario."""
    _check_recipients(scenario)
    _check_formulas(scenario)
    _check_rules(scenario)
    _check_money(scenario)
    _check_columns(scenario)
    _check_limits(scenario)
    _check_held(scenario)
    _check_adjustments(scenario)


def amounts_by_id(scenario: Scenario, name: str) -> Frozen[str, Number]:
    """The published or last year's amounts in listed order; raises ScenarioError unless all have one."""
    amounts: Mapping[str, Any] = getattr(scenario, name)
    ids = scenario.ids
    if tuple(amounts) == ids and all(type(one) is int and 0 <= one < LARGEST for one in amounts.values()):
        return amounts if isinstance(amounts, Frozen) else Frozen(amounts)
    known = set(ids)
    for recipient in amounts:
        if recipient not in known:
            _unknown(scenario, recipient, name)
    missing = [r.name for r in scenario.recipients if r.id not in amounts]
    if missing:
        wrong("recipient_missing", name, names=missing[:10], count=len(missing))
    return Frozen({i: money_at(amounts[i], f"{name}.{i}") for i in ids})


def _unknown(
    scenario: Scenario, name: str, part: str = "scenario", at: Mapping[str, object] | None = None
) -> Never:
    raise ScenarioError(unknown_recipient(name, names_of(scenario.recipients), part, at))


def _check_recipients(scenario: Scenario) -> None:
    ids, factors = scenario.ids, [f.id for f in scenario.factors]
    known = scenario.position
    if not ids:
        wrong("no_recipients", "recipients")
    for names, key, part in (
        (ids, "recipient_twice", "recipients"),
        (["recipient", *factors], "column_twice", "factors"),
    ):
        if len(known if names is ids else set(names)) < len(names):
            twice = [name for name, count in Counter(names).items() if count > 1]
            wrong(key, part, name=twice[0])
    _ = AllRecipients.of(scenario.recipients).names  # no name stands for two
    for factor in scenario.factors:
        should = len(ids) if factor.formula is None else 0
        if len(factor.values) != should:
            wrong("column_length", "factors", {"column": factor.id}, found=len(factor.values), should=should)
    cells: set[tuple[str, str]] = set()
    for cell in scenario.provenance:
        here = cell.recipient, cell.factor
        if here in cells:
            wrong("recipient_twice", "provenance", name=" × ".join(here))
        cells.add(here)
        if cell.recipient not in known:
            _unknown(scenario, cell.recipient, "provenance")
        if cell.factor not in factors:
            wrong("column_unknown", "provenance", name=cell.factor, guess=guess(cell.factor, factors))


def _check_formulas(scenario: Scenario) -> None:
    """Names, circles and words of every formula and condition, as they are written."""
    if not scenario.columns:
        return
    scenario.columns.table  # noqa: B018  # made, and so checked, here
    for key, where in scenario.conditions.items():
        scenario.columns.check(where, key)
    for number, limit in enumerate(scenario.limits, 1):
        for name, formula in limit.formulas.items():
            key, within = f"limit.{number}.{name}", limit.pool not in (None, "all")
            money = _has_money(scenario, limit)
            scenario.columns.check_bound(formula, key, pool=money, previous=not within)


def _has_money(scenario: Scenario, limit: Limit) -> bool:
    """True where "pool" has a meaning in a limit's formulas: the pool has money before its limits."""
    pools = {pool.id: pool for pool in scenario.rules}
    pool = pools.get(limit.pool or "")
    return pool is not None and pool.amount != NEEDED


def _check_rules(scenario: Scenario) -> None:
    """The weights, indicators, coefficients and recipients that the pools name."""
    columns = [f.id for f in scenario.factors]
    indicators = [indicator.id for indicator in scenario.indicators]
    if scenario.pools and (scenario.kind or scenario.weights or scenario.coefficient is not None):
        wrong("pool_and_method", at={"key": "pool"})
    if not scenario.pools and scenario.kind not in KINDS:
        wrong("choice", at={"key": "method.kind"}, value=scenario.kind, known=KINDS)
    for indicator in scenario.indicators:
        if indicator.id in columns or indicators.count(indicator.id) > 1:
            wrong("indicator_column", at={"key": f"indicator.{indicator.id}"}, name=indicator.id)
        for name in indicator.parts:
            if name not in columns:
                at = {"key": f"indicator.{indicator.id}.parts"}
                wrong("column_unknown", at=at, name=name, guess=guess(name, columns))
    for name in () if scenario.pools else scenario.weights:
        if name not in columns:
            _unknown_weight(name, f"weights.{name}", columns)
    twice = [id for id, count in Counter(pool.id for pool in scenario.pools).items() if count > 1]
    if twice or (len(scenario.pools) > 1 and any(not pool.id for pool in scenario.pools)):
        wrong("pool_twice", at={"key": "pool"}, name=twice[0] if twice else "")
    for pool in scenario.rules:
        for name in pool.weights:
            if name not in columns and name not in indicators:
                _unknown_weight(name, pool.key(f"weights.{name}"), [*columns, *indicators])
        for name in pool.coefficients:
            if name not in columns:
                at = {"key": pool.key("coefficient")}
                wrong("column_unknown", at=at, name=name, guess=guess(name, columns))
        if pool.phase_in is not None and scenario.previous is None:
            wrong("phase_in_previous", at={"key": pool.key("phase_in")})
        if pool.recipients != "all":
            kinds = _kinds(scenario.recipients)
            _check_named(scenario, pool.recipients, pool.key("recipients"), kinds, *_known(scenario))


def _unknown_weight(name: str, key: str, known: Sequence[str]) -> Never:
    wrong("weight_unknown", at={"key": key}, name=name, guess=guess(name, known))


def _kinds(recipients: Sequence[Recipient]) -> set[str]:
    return {recipient.kind for recipient in recipients}


def _known(scenario: Scenario) -> tuple[Set[str], Set[str]]:
    """The ids of all recipients, and of those only earmarked for."""
    known = scenario.position.keys()
    return known, {id for id, _, also_shares in scenario.grants if not also_shares}


def _check_named(
    scenario: Scenario,
    recipients: str | tuple[str, ...],
    key: str,
    kinds: set[str],
    known: Set[str],
    apart: Set[str] = frozenset(),
) -> None:
    """Refuses an unknown kind or id, and one of those ``apart``, who may not be named."""
    at = {"key": key}
    if isinstance(recipients, str):
        if recipients != "all" and recipients not in kinds:
            wrong("limit_kind", at=at, kind=recipients, known=sorted(kinds - {""}) or "—")
        return
    for id in recipients:
        if id not in known:
            _unknown(scenario, id, at=at)
        if id in apart:
            wrong("limit_apart", at=at, name=id)


def _check_money(scenario: Scenario) -> None:
    known = scenario.position.keys()
    for number, earmark in enumerate(scenario.earmarks, 1):
        if earmark.recipients is not None:
            key = f"earmark.{number}.recipients"
            _check_named(scenario, earmark.recipients, key, _kinds(scenario.recipients), known)
        elif earmark.recipient not in known:
            _unknown(scenario, earmark.recipient, at={"key": f"earmark.{number}.recipient"})
    shares: dict[str, bool] = {}
    for number, earmark in enumerate(scenario.earmarks, 1):
        for id in scenario.granted(earmark):
            if shares.setdefault(id, earmark.also_shares) != earmark.also_shares:
                wrong("earmark_both", at={"key": f"earmark.{number}.also_shares"}, name=id)
    left, unit = scenario.distributable, scenario.fund.unit

    def money(amount: Number) -> Money:
        return Money(amount, scenario.fund.currency)

    if left < 0:
        wrong(
            "overspent",
            at={"key": "fund.amount"},
            fund=money(scenario.fund.amount),
            reserved=money(scenario.reserved),
            earmarked=money(scenario.earmarked),
            over=money(-left),
        )
    if left % unit:
        near = nearest_unit(left, unit)
        wrong("unit", at={"key": "fund.unit"}, unit=money(unit), left=money(left), nearest=money(near))
    if left and not scenario.participants:
        wrong("nobody_shares", at={"key": "earmark"}, left=money(left))


def _check_columns(scenario: Scenario) -> None:
    """The figures that the rule needs: given, not text, not negative, and not all zero where shared by."""
    columns = [f.id for f in scenario.factors]
    for number, limit in enumerate(scenario.limits, 1):
        if limit.by is not None and limit.by not in columns:
            at = {"key": f"limit.{number}.by"}
            wrong("column_unknown", at=at, name=limit.by, guess=guess(limit.by, columns))
    for pool in scenario.rules:
        positions = scenario.members[pool.id]
        for name, weight in scenario.weighted[pool.id].items():
            if weight or not scenario.pools:  # a rule of format 1 may have no blank in any column it names
                any_value = _check_figures(scenario, name, positions)
                if positions and pool.kind == "shares" and weight and not any_value:
                    wrong("column_zero", "factors", {"column": name}, name=name)
        for name in pool.coefficients:
            _check_figures(scenario, name, positions)
    for limit in scenario.limits:
        if limit.by is not None:
            everybody = scenario.columns.everybody
            if everybody and not _check_figures(scenario, limit.by, everybody):
                wrong("by_zero", "factors", {"column": limit.by}, name=limit.by)


def _check_figures(scenario: Scenario, name: str, positions: Sequence[int]) -> bool:
    """Refuses text, blanks and what a formula makes negative; True where some value is not zero."""
    factor = scenario.factor(name)
    if factor.text:
        wrong("column_text", "factors", {"column": name}, name=name)
    if not factor.signed and len(positions) == len(factor.values) and factor.complete:
        return factor.numbers.counts
    values = scenario.numbers(name, positions)
    if any(value is None for value in values):
        blank = [scenario.recipients[i].name for i, x in zip(positions, values, strict=True) if x is None]
        wrong("cell_blank", "factors", {"column": name}, names=blank[:10])
    if factor.formula is not None or factor.signed:
        for i, value in zip(positions, values, strict=True):
            if value.numerator < 0:  # comparing fractions takes long
                recipient = {"recipient": scenario.recipients[i].name}
                if factor.formula is None:
                    wrong("cell_negative", "factors", {"column": name, **recipient}, value=value)
                wrong("formula_negative", at={"key": f"factor.{name}.formula", **recipient}, value=value)
    return any(values)


def _check_held(scenario: Scenario) -> None:
    """Deductions: of one who takes part in the pool that they name, and not above the whole fund."""
    known, pools = scenario.position, [pool.id for pool in scenario.rules]
    taking: dict[str, set[str]] = {}
    if scenario.deductions:
        taking = {pool: {scenario.ids[i] for i in members} for pool, members in scenario.members.items()}
    for number, deduction in enumerate(scenario.deductions, 1):
        key = f"deduction.{number}"
        if deduction.recipient not in known:
            _unknown(scenario, deduction.recipient, at={"key": f"{key}.recipient"})
        pool = deduction.pool
        if pool is None:
            if len(pools) > 1:
                wrong("deduction_pool_missing", at={"key": key}, known=pools)
            pool = pools[0]
        elif pool not in pools or not pool:
            names = [id for id in pools if id]
            at = {"key": f"{key}.pool"}
            wrong("limit_pool", at=at, name=pool, guess=guess(pool, names))
        if deduction.recipient not in taking[pool]:
            at = {"key": f"{key}.recipient"}
            wrong("deduction_apart", at=at, name=_name(scenario, deduction.recipient))

        if deduction.amount > scenario.fund.amount:
            currency = scenario.fund.currency
            money = {
                "amount": Money(deduction.amount, currency),
                "fund": Money(scenario.fund.amount, currency),
            }
            wrong("deduction_above", "scenario", {"key": f"{key}.amount"}, **money)
    if scenario.fund.below_zero is not None and scenario.issued is None:
        wrong("below_zero_issued", at={"key": "fund.below_zero"})


def _name(scenario: Scenario, id: str) -> Text:
    return next(recipient.name for recipient in scenario.recipients if recipient.id == id)


def _check_adjustments(scenario: Scenario) -> None:
    """Adjustments in whole units, and recipients and reservations that there are."""
    known, reservations = scenario.position, [r.name.zh for r in scenario.reservations]

    def target(found: Party, key: str) -> None:
        if found.recipient and found.recipient not in known:
            _unknown(scenario, found.recipient, at={"key": key})
        if not found.reservation:
            return
        called = [r for r in scenario.reservations if found.reservation in (r.name.zh, r.name.en)]
        if len(called) > 1:
            wrong("reservation_twice", at={"key": key}, name=found.reservation)
        if found.reservation not in reservations:
            near = guess(found.reservation, reservations)
            wrong("reservation_unknown", at={"key": key}, name=found.reservation, guess=near)

    for name in ("rest_to", "left"):
        if getattr(scenario.fund, name) is not None:
            target(getattr(scenario.fund, name), f"fund.{name}")
    for number, adjustment in enumerate(scenario.adjustments, 1):
        key = f"adjustment.{number}"
        if adjustment.recipient not in known:
            _unknown(scenario, adjustment.recipient, at={"key": f"{key}.recipient"})
        if adjustment.amount % scenario.fund.unit:
            unit = Money(scenario.fund.unit, scenario.fund.currency)
            wrong("adjustment_unit", at={"key": f"{key}.amount"}, unit=unit)
        if isinstance(adjustment.paid_by, Party):
            target(adjustment.paid_by, f"{key}.paid_by")


def _check_limits(scenario: Scenario) -> None:
    if not scenario.limits:
        return
    known, apart = _known(scenario)
    kinds = _kinds(scenario.recipients)
    gains = {pool.id for pool in scenario.rules if pool.floors is not None}
    if not scenario.beyond:  # a rule of format 1 refuses a kind that has no effect
        kinds = {scenario.recipients[i].kind for i in scenario.participants}
    pools = any(pool.id for pool in scenario.pools)
    # most are right, and a rule may have very many
    listed = (limit.recipients for limit in scenario.limits if not isinstance(limit.recipients, str))
    ids = {id for recipients in listed for id in recipients}
    right = ids <= known and apart.isdisjoint(ids)
    for number, limit in enumerate(scenario.limits, 1):
        if pools or limit.pool is not None:
            _check_pool(scenario, limit, f"limit.{number}")
        if not right or isinstance(limit.recipients, str):
            _check_named(scenario, limit.recipients, f"limit.{number}.recipients", kinds, known, apart)
        if limit.of == "previous" and scenario.previous is None:
            wrong("limit_previous", at={"key": f"limit.{number}.of"})
        if gains and (limit.pool or "") in gains:
            _check_gains(limit, f"limit.{number}")


def _check_gains(limit: Limit, key: str) -> None:
    """Refuses a cap or a group where floors are paid from gains."""
    for end in ("cap", "cap_rate", "cap_formula"):
        if getattr(limit, end) is not None:
            wrong("gains_cap", at={"key": f"{key}.{end.removesuffix('_formula')}"})
    if limit.together:
        wrong("gains_group", at={"key": f"{key}.together"})


def _check_pool(scenario: Scenario, limit: Limit, key: str) -> None:
    """A limit names its pool where there are pools, and none where there are none."""
    pools = [pool.id for pool in scenario.pools if pool.id]
    at = {"key": f"{key}.pool"}
    if limit.pool is None:
        if pools:
            wrong("limit_pool_missing", at={"key": key}, known=pools)
        return
    if limit.pool == "all" and pools:
        return
    if limit.pool not in pools:
        wrong("limit_pool", at=at, name=limit.pool, guess=guess(limit.pool, pools))
    if limit.of == "previous":
        wrong("limit_pool_previous", at={"key": f"{key}.of"})
