"""The rules of a split, written anew from docs/method.md and the text of format 2 alone: slow and plain.

Not covered are factor values from a register (`NotCovered`); `extends` is followed before, by
`extends_by_hand`.

Where the text is silent, this is decided here as an office would expect it:

 Formulas
 1. Digits, signs and quotes of full width are read, letters of full width are names as written; not read
    are ≠, − (minus of typesetting), 【】, 1e5 and thousands separators. Within quotes a quote is doubled.
 2. One comparison after another (1 < x < 3) is refused as written; truth values are neither added nor
    compared, and text is not compared with numbers.
 3. Brackets hold the name of a column and no formula, and stand alone in SUM AVERAGE MIN MAX MEDIAN COUNT,
    or second in RANK, which has two arguments. SHARE and SCORE take a name without brackets (`previous`
    too).
 4. Depth counts brackets, functions, signs before an operand and percent signs within one another: 50. A
    long sum is not deep. Kinds of values (text, number, truth) are judged when worked out, names and
    numbers of arguments as written.
 5. ROUND, ROUNDUP and ROUNDDOWN need their places, a whole number; fractional exponents too go to ±1000.
    Numbers of more than 200,000 bits are refused.
 6. Steps of TIERS rise strictly, and all its arguments are worked out. SCORE takes max(first, last) where
    all are equal. SQRT, LN and powers are rounded to 20 digits also where they are rational.
 7. `round` rounds every value, a decimal of 30 places or fewer too; nothing else rounds after it.
 8. `previous` where no amounts of last year are given is an unknown name, refused as written.
 9. A column is text by `text = true` alone; a text column is no weight, coefficient or `by`, and no whole
    column.
 Who takes part
10. An earmark sets apart whom it names (and who meets its condition) unless it says `also_shares`; where
    those that come to one recipient differ in that, they are refused. An earmark without condition also takes
    the recipient out of whole columns, one with a condition does not.
11. Brackets (SHARE, SCORE, RANK) in the condition of a pool or method: those that it names less all that are
    set apart; of a limit: those that it names of those that take part in its pool; of an earmark: those it
    names.
12. One that an earmark sets apart may not be listed by a limit, and by a pool or method neither. A kind that
    no recipient is of is refused; one of which all are set apart has no effect (in format 1 it is refused).
    `recipients` left out means all, but a limit needs it. A condition may stand with `recipient` as well.
13. Where D is 0 and nobody is left to share, earmarks are the result; where there is somebody, factors that
    add up to zero and tables of zeros are errors even then (not with `fixed`, which comes to 0), and so in a
    pool of 0.
 Weights
14. Fractions in text ("100/3") are read for weights of every kind, and parts of indicators. An indicator has
    columns only, no indicator; none may have the id of a column; parts of an indicator without a use add up
    to 100 as well. A column with weight 0 is weighted too, as far as "once" goes.
 Pools
15. The amount of a pool is a multiple of the unit. Percents are of D, whatever else there is. Pools without a
    rest add up to D exactly: with what `needed` comes to, and with percents as they are, uncut.
16. What is stated counts: amounts that are above D together with percents and `needed` are refused, even
    where a fixed pool takes less than its amount.
17. A fixed pool is not scaled to its sum in whole units: its amounts after limits are rounded as they are, to
    the sum T of them taken to the nearest unit (largest remainder gives the units between; rest-to- largest
    what is left). Above its amount is judged by that T. Scaled, it is limited and rounded like any pool of
    that amount.
18. A fixed pool may be the rest, and `[method]` may be fixed: then it has to come to just that, or be scaled.
    `needed` with `over` is refused, `over` without `fixed` too. A fixed pool with an amount and nobody is
    refused.
19. Without pools `[method]` shares out all of D; of the keys that pools alone have it may have `over`.
 Limits
20. `of` is fund, distributable or previous, and no pool: with pools `distributable` is D of all, and last
    year's amounts are refused. `by` divides by all but those that an earmark without condition sets apart,
    also where a condition of the pool leaves out more.
21. In format 2 a column of the factor data may have blanks and negative values where they are not needed, or
    not weighted; text "100/3" is no amount.
 22 to 31 stand in limits_by_hand.py, 32 to 35 in rounding_by_hand.py, 36 to 46 in corrections_by_hand.py.
 Phasing in, and roundings that leave something
47. Phasing in is by the amounts of last year of those that take part, all of which are needed (also where p
    is 1); amounts that add up to zero are refused. p goes from 0 to 1.
48. With each-alone a fixed pool comes to the sum of its amounts, each rounded by itself; that is what is held
    against its amount. Scaled, it is brought to its amount, and what rounding then leaves is left.
49. What each-alone leaves and nothing takes is `Undistributed`, what it has given out too much `Overspent`:
    refusals that hold the plan, as a person would look at it before writing adjustments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from corrections_by_hand import Reservations, adjusted, deductions, still_to_pay
from formula_by_hand import Refused
from keys_by_hand import NotCovered, check_keys
from limits_by_hand import Limits, Part, at_multiple, check_pools, from_gains, limited, limits_of
from pools_by_hand import check_claim, pools_of, scores_of, shared_money, stated_money, weights_of
from rounding_by_hand import nearest_unit, rounded
from table_by_hand import Amounts, Rule, Table, money, number, read

__all__ = ["NotCovered", "Overspent", "Refused", "Result", "Undistributed", "read", "split"]


@dataclass(frozen=True)
class Result:
    """What everybody gets, in the main unit; pools by their ids, `[method]` as the pool "method"."""

    amounts: Amounts  # by recipient, earmarks and adjustments included
    earmarks: Amounts
    money: Amounts  # by pool, what it shares out
    entitlements: dict[str, Amounts]  # by pool and recipient, before limits; of those that take part
    limited: dict[str, Amounts]  # after limits and what is held, before rounding
    pools: dict[str, Amounts]  # by pool and recipient, in whole units
    unshared: Fraction  # fund − reservations − amounts; zero unless rounding has left something
    before: Amounts  # amounts before adjustments
    reservations: list[Fraction]  # in listed order, in the end
    now: Amounts | None = None  # amounts less what was issued already, below zero to be recovered


class Undistributed(Refused):
    """A refusal that holds the plan: rounding has left something that nothing takes."""

    def __init__(self, result: Result) -> None:
        super().__init__(f"{result.unshared} undistributed")
        self.result = result


class Overspent(Refused):
    """A refusal that holds the plan: rounding has given out more than there is."""

    def __init__(self, result: Result) -> None:
        super().__init__(f"{-result.unshared} too much")
        self.result = result


@dataclass
class _Pool:
    """A pool at work: who takes part, with what is held, the limits, and how it is rounded."""

    id: str
    rule: Rule
    members: list[int]
    held: list[Fraction]
    limits: Limits
    unit: Fraction
    how: str
    taker: int | None  # the recipient that takes the rest

    def parts(self, entitled: Sequence[Fraction]) -> list[Part]:
        return self.limits.parts(entitled, self.held, self.unit)

    def units(
        self, parts: Sequence[Part], exact: dict[int, Fraction], total: Fraction
    ) -> dict[int, Fraction]:
        """The amounts in whole units; Refused where the one that takes the rest takes no part."""
        if self.taker is None:
            return rounded(parts, exact, total, self.unit, self.how)
        if self.taker in self.members:
            return rounded(parts, exact, total, self.unit, self.how, self.members.index(self.taker))
        found = rounded(parts, exact, total, self.unit, self.how)
        if sum(found.values(), Fraction()) != total:
            raise Refused(f"{self.id} leaves a rest to one who takes no part in it")
        return found


def split(rule: Rule, recipients: list[dict[str, Any]], columns: dict[str, list[Any]]) -> Result:
    """Shares out the fund of a scenario file (as parsed), or raises Refused, or NotCovered.

    `recipients` are dicts with id, kind and, if known, last year's amount as `previous` and what was issued
    already as `issued`; each of `columns` has a value for each of them, in the same order.
    """
    check_keys(rule)
    fund = rule["fund"]
    currency, how = fund.get("currency", ""), fund.get("rounding", "largest-remainder")
    total, unit = money(fund["amount"], currency), money(fund["unit"], currency)
    if total <= 0 or unit <= 0:
        raise Refused("fund and unit are above zero")
    ids = [person["id"] for person in recipients]
    table, apart, earmarks = _earmarked(rule, recipients, columns, currency)
    reservations = Reservations(rule)
    distributable = total - sum(reservations.amounts, Fraction()) - sum(earmarks.values(), Fraction())
    if distributable < 0 or (distributable / unit).denominator != 1:
        raise Refused(f"{distributable} to share out: below zero, or no multiple of the unit")

    pools = pools_of(rule)
    check_pools(rule)
    weights = {id: weights_of(pool, rule.get("indicator", {}), table) for id, pool in pools.items()}
    sharing = [i for i in range(len(ids)) if i not in apart]
    members = {id: table.who(pool, sharing, apart) for id, pool in pools.items()}
    held = deductions(rule, members, table)
    taker = table.called(fund["rest_to"]["recipient"]) if "recipient" in fund.get("rest_to", {}) else None
    stated = stated_money(pools, distributable, unit, currency)
    words = {"fund": total, "distributable": distributable}

    def at_work(id: str, given: Fraction | None) -> _Pool:
        own = words if given is None else words | {"pool": given}
        limits = limits_of(rule, id, members[id], apart, table, own)
        if "floors" in pools[id]:
            _check_from_gains(rule, id, limits)
        holds = [held[id][i] for i in members[id]]
        return _Pool(id, pools[id], members[id], holds, limits, unit, how, taker)

    work: dict[str, _Pool] = {}
    claims: dict[str, list[Fraction]] = {}  # of fixed pools, before limits
    comes_to: Amounts = {}  # and after them, in whole units
    for id, pool in pools.items():
        if pool["kind"] == "fixed":
            if ("percent" in pool or pool["amount"] not in ("needed", "rest", 0)) and not members[id]:
                raise Refused(f"{id} has money and nobody in it")
            claims[id] = scores_of(pool, weights[id], members[id], table)
            if id != stated.rest:
                work[id] = at_work(id, stated.amounts.get(id))
                comes_to[id] = _comes_to(work[id], claims[id])
    shared = shared_money(pools, stated, comes_to, distributable)
    for id in pools:
        if id not in work:
            work[id] = at_work(id, shared[id])
            if id in claims:
                comes_to[id] = _comes_to(work[id], claims[id])
        if id in claims:
            check_claim(id, pools[id], comes_to[id], shared[id])

    entitlements: dict[str, Amounts] = {}
    after: dict[str, Amounts] = {}
    in_units: dict[str, Amounts] = {}
    for id in pools:
        one = work[id]
        if not one.members and shared[id] > 0:
            raise Refused(f"{id} has money and nobody in it")
        entitled = claims.get(id)
        if entitled is None:
            scores = scores_of(one.rule, weights[id], one.members, table) if one.members else []
            entitled = _entitled(one, scores, shared[id], table)
        parts = one.parts(entitled)
        if id in claims and comes_to[id] <= shared[id]:
            exact = at_multiple(parts, Fraction(1))
        elif "floors" in one.rule:
            exact = from_gains(parts, shared[id])
        else:
            exact = limited(parts, shared[id])
        units = one.units(parts, exact, shared[id])
        for figures, into in (
            (entitled, entitlements),
            (list(exact.values()), after),
            (list(units.values()), in_units),
        ):
            into[id] = {ids[i]: figure for i, figure in zip(one.members, figures, strict=True)}

    sums = {id: sum((part.get(id, Fraction()) for part in in_units.values()), Fraction()) for id in ids}
    if any(limit.get("pool") == "all" for limit in rule.get("limit", [])):
        sums |= _overall(rule, sums, work, held, apart, table, words)
    before = {id: earmarks[id] + sums[id] for id in ids}
    left = distributable - sum(sums.values(), Fraction())
    if "reservation" in fund.get("rest_to", {}):
        reservations.amounts[reservations.called(fund["rest_to"]["reservation"])] += left
        reservations.not_below_zero()
        left = Fraction()
    amounts, left = adjusted(rule, before, reservations, left, table)
    result = Result(
        amounts, earmarks, {id: shared[id] for id in pools}, entitlements, after, in_units, left, before,
        reservations.amounts,
    )  # fmt: skip
    if "issued" in rule.get("data", {}) or any(person.get("issued") is not None for person in recipients):
        result = replace(result, now=still_to_pay(rule, amounts, table))
    if left:
        raise Undistributed(result) if left > 0 else Overspent(result)
    return result


def _earmarked(
    rule: Rule, recipients: list[dict[str, Any]], columns: dict[str, list[Any]], currency: str
) -> tuple[Table, set[int], Amounts]:
    """The columns, who is set apart, and what earmarks pay."""
    ids = [person["id"] for person in recipients]
    everybody = list(range(len(ids)))
    without = [earmark for earmark in rule.get("earmark", []) if "where" not in earmark]
    plain = Table({}, recipients, {}, everybody)
    apart = {i for mark in without for i in _marked(plain, mark) if not mark.get("also_shares", False)}
    whole = [i for i in everybody if i not in apart]
    table = Table(rule.get("factor", {}), recipients, columns, whole, rule["format"] == 1)
    if rule["format"] == 1:
        for name in columns:
            _ = [table.weighed(name, i) for i in whole]  # no blank and nothing negative, weighted or not
    earmarks = dict.fromkeys(ids, Fraction())
    also: set[int] = set()
    for mark in rule.get("earmark", []):
        for i in _marked(table, mark):
            earmarks[ids[i]] += money(mark["amount"], currency)
            (also if mark.get("also_shares", False) else apart).add(i)
    if also & apart:
        raise Refused("earmarks of one recipient that differ in also_shares")
    return table, apart, earmarks


def _marked(table: Table, mark: Rule) -> list[int]:
    """Whom an earmark goes to: of all recipients those that it names and that meet its condition."""
    if ("recipient" in mark) == ("recipients" in mark):
        raise Refused("an earmark is for a recipient or for recipients")
    clause = {**mark, "recipients": [mark["recipient"]]} if "recipient" in mark else mark
    return table.who(clause, list(range(len(table.people))), set())


def _check_from_gains(rule: Rule, id: str, limits: Limits) -> None:
    """Refuses floors from gains unless everybody has a floor, and there are no caps and no groups."""
    own = [limit for limit in rule.get("limit", []) if limit.get("pool", "method") == id]
    if any({"cap", "cap_rate"} & set(limit) or limit.get("together") for limit in own):
        raise Refused("floors from gains, with a cap or a group")
    if not all(bounds.has_floor for bounds in limits.each.values()):
        raise Refused("floors from gains, and one without a floor")


def _comes_to(pool: _Pool, claims: list[Fraction]) -> Fraction:
    """What a fixed pool comes to in whole units, after its limits and less what is held."""
    amounts = at_multiple(pool.parts(claims), Fraction(1)).values()
    if pool.how == "each-alone":
        return sum((nearest_unit(amount, pool.unit) for amount in amounts), Fraction())
    return nearest_unit(sum(amounts, Fraction()), pool.unit)


def _entitled(pool: _Pool, scores: list[Fraction], shared: Fraction, table: Table) -> list[Fraction]:
    """Everybody's part of the pool's money and what is held in it, phased in; Refused without a score."""
    if not pool.members:
        return []
    if sum(scores) == 0:
        raise Refused(f"{pool.id}: nobody has a score")
    gross = shared + sum(pool.held, Fraction())
    entitled = [gross * score / sum(scores) for score in scores]
    if "phase_in" not in pool.rule:
        return entitled
    p = number(pool.rule["phase_in"])
    previous = [table.stated("previous", i) for i in pool.members]
    if sum(previous) <= 0 or min(previous) < 0:
        raise Refused("last year's amounts add up to zero")
    return [
        (1 - p) * last * gross / sum(previous) + p * own for last, own in zip(previous, entitled, strict=True)
    ]


def _overall(
    rule: Rule,
    sums: Amounts,
    work: dict[str, _Pool],
    held: dict[str, dict[int, Fraction]],
    apart: set[int],
    table: Table,
    words: Amounts,
) -> Amounts:
    """The sums of all pools within the limits over all of them, in whole units."""
    members = sorted({i for pool in work.values() for i in pool.members})
    limits = limits_of(rule, "all", members, apart, table, words)
    first = next(iter(work.values()))
    holds = [sum((own.get(i, Fraction()) for own in held.values()), Fraction()) for i in members]
    over_all = _Pool("all", {}, members, holds, limits, first.unit, first.how, first.taker)
    ids = [person["id"] for person in table.people]
    own = [sums[ids[i]] for i in members]
    parts = over_all.parts([amount + holds_one for amount, holds_one in zip(own, holds, strict=True)])
    total = sum(own, Fraction())
    units = over_all.units(parts, limited(parts, total), total)
    return {ids[i]: amount for i, amount in zip(members, units.values(), strict=True)}
