"""The rules of a split, written anew from docs/method.md and the text of format 2 alone: slow and plain.

Money that is held already, corrections by hand, groups with one limit, bounds as formulas, limits over
several pools and phasing in are not covered (`NotCovered`); `extends_by_hand` follows `extends` before.

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
    those that come to one recipient differ in that, they are refused. An earmark without condition also
    takes the recipient out of whole columns, one with a condition does not.
11. Brackets (SHARE, SCORE, RANK) in the condition of a pool or method: those that it names less all that
    are set apart; of a limit: those that it names of those that take part in its pool; of an earmark: those
    it names.
12. One that an earmark sets apart may not be listed by a limit, and by a pool or method neither. A kind
    that no recipient is of is refused; one of which all are set apart has no effect (in format 1 it is
    refused). `recipients` left out means all, but a limit needs it. A condition may stand with `recipient`
    as well.
13. Where D is 0 and nobody is left to share, earmarks are the result; where there is somebody, factors that
    add up to zero and tables of zeros are errors even then (not with `fixed`, which comes to 0),
    and so in a pool of 0.
 Weights
14. Fractions in text ("100/3") are read for weights of every kind, and parts of indicators. An indicator
    has columns only, no indicator; none may have the id of a column; parts of an indicator without a use
    add up to 100 as well. A column with weight 0 is weighted too, as far as "once" goes.
 Pools
15. The amount of a pool is a multiple of the unit. Percents are of D, whatever else there is. Pools without
    a rest add up to D exactly: with what `needed` comes to, and with percents as they are, uncut.
16. What is stated counts: amounts that are above D together with percents and `needed` are refused, even
    where a fixed pool takes less than its amount.
17. A fixed pool is not scaled to its sum in whole units: its amounts after limits are rounded as they are,
    to the sum T of them taken to the nearest unit (largest remainder gives the units between; rest-to-
    largest what is left). Above its amount is judged by that T. Scaled, it is limited and rounded like any
    pool of that amount.
18. A fixed pool may be the rest, and `[method]` may be fixed: then it has to come to just that, or be
    scaled. `needed` with `over` is refused, `over` without `fixed` too. A fixed pool with an amount and
    nobody is refused.
19. Without pools `[method]` shares out all of D; of the keys that pools alone have it may have `over`.
 Limits
20. `of` is fund, distributable or previous, and no pool: with pools `distributable` is D of all, and last
    year's amounts are refused. `by` divides by all but those that an earmark without condition sets apart,
    also where a condition of the pool leaves out more.
21. In format 2 a column of the factor data may have blanks and negative values where they are not needed,
    or not weighted; text "100/3" is no amount.
"""

from __future__ import annotations

import csv
import math
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from formula_by_hand import Refused, Tree, Value, evaluate, finished, names, parse

Rule = dict[str, Any]
Amounts = dict[str, Fraction]

KEYS = {
    "fund": "amount currency unit rounding name source papers",
    "reservation": "name amount basis",
    "earmark": "recipient recipients where amount reason also_shares basis",
    "method": "kind coefficient recipients where over name basis",
    "pool": "name amount percent kind weights coefficient recipients where over basis",
    "limit": "recipients where floor floor_rate cap cap_rate of by pool basis",
    "factor": "name unit definition year source status formula round text basis",
    "indicator": "name parts basis",
    "data": "factors recipients previous published provenance",
}
NEEDED = {
    "fund": "amount currency unit",
    "reservation": "name amount",
    "earmark": "amount",
    "method": "kind",
    "pool": "kind weights",
    "limit": "recipients",
    "indicator": "parts",
}
LATER = {
    "fund": "of rest_to left below_zero",
    "method": "phase_in floors",
    "pool": "floors remove",
    "limit": "together",
    "data": "issued projects rules activities",
}  # what the text knows and this does not
TOP = {"format", "title", "weights", "use", *KEYS}
SECOND = {
    "earmark": "recipients where basis",
    "method": "recipients where over basis",
    "limit": "where pool basis",
    "factor": "formula round text basis",
    "fund": "papers",
    "reservation": "basis",
}  # keys that only format 2 has


class NotCovered(Exception):
    """A rule that the text allows and that is not written here."""


@dataclass(frozen=True)
class Result:
    """What everybody gets, in the main unit; pools by their ids, `[method]` as the pool "method"."""

    amounts: Amounts  # by recipient, earmarks included
    earmarks: Amounts
    money: Amounts  # by pool, what it shares out
    entitlements: dict[str, Amounts]  # by pool and recipient, before limits; of those that take part
    limited: dict[str, Amounts]  # after limits, before rounding
    pools: dict[str, Amounts]  # by pool and recipient, in whole units
    unshared: Fraction  # fund − reservations − amounts; zero in everything that is covered


# ---------------------------------------------------------------- files


def read(
    toml: str | Rule, factors: str, recipients: str, previous: str | None = None
) -> tuple[Rule, list[dict[str, Any]], dict[str, list[Any]]]:
    """The three arguments of `split`, from the texts of the files; a blank cell is None."""
    rule = toml if isinstance(toml, dict) else tomllib.loads(toml, parse_float=Decimal)
    listed = csv.DictReader(recipients.splitlines())
    people: list[dict[str, Any]] = [
        {
            "id": row["recipient"],
            "kind": row.get("kind") or "",
            "names": [
                *(row[key] for key in ("name_zh", "name_en") if row.get(key)),
                *filter(None, (row.get("aliases") or "").split(";")),
            ],
        }
        for row in listed
    ]
    called = {alike(name): person["id"] for person in people for name in (person["id"], *person["names"])}

    def by_id(text: str) -> dict[str, dict[str, Any]]:
        rows = {called.get(alike(row["recipient"])): row for row in csv.DictReader(text.splitlines())}
        if None in rows:
            raise Refused("a row of an unknown recipient")
        return rows

    rows = by_id(factors)
    header = next(csv.reader(factors.splitlines()))[1:]
    columns = {name: [rows.get(person["id"], {}).get(name) or None for person in people] for name in header}
    if previous is not None:
        last_year = by_id(previous)
        for person in people:
            person["previous"] = last_year.get(person["id"], {}).get("amount")
    return rule, people, columns


def alike(name: str) -> str:
    """A name as it is compared: full width as half width, capitals as small letters, blanks as one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def number(written: Any) -> Fraction:
    """An exact number from what a file holds: a number, or text such as "12.5", "1,000" or "100/3"."""
    if isinstance(written, bool) or not isinstance(written, int | str | Decimal | Fraction):
        raise Refused(f"{written!r} is no number")
    if isinstance(written, str):
        if not re.fullmatch(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?(/\d+)?", written.strip(), re.ASCII):
            raise Refused(f"{written!r} is no number")
        written = written.strip().replace(",", "")
        if "/" in written:
            over, under = written.split("/")
            if int(under) == 0:
                raise Refused(f"{written!r} is no number")
            return Fraction(over) / int(under)
    return Fraction(written)


def money(written: Any, currency: str) -> Fraction:
    """An amount of zero or more, in the main unit: a number, or with CNY text such as "5722万元"."""
    match = (
        re.fullmatch(r"([\d,.]+)(元|千元|万元|百万元|亿元)", written, re.ASCII)
        if isinstance(written, str)
        else None
    )
    if match and currency == "CNY":
        scale = {"元": 1, "千元": 1000, "万元": 10**4, "百万元": 10**6, "亿元": 10**8}[match[2]]
        amount = number(match[1]) * scale
    elif isinstance(written, str) and "/" in written:
        raise Refused(f"{written!r} is no amount")
    else:
        amount = number(written)
    if amount < 0 or (amount * 100).denominator != 1:
        raise Refused("an amount is zero or more, with two decimals at most")
    return amount


# ---------------------------------------------------------------- the columns


class Table:
    """Every column's values by recipient, worked out when asked for."""

    def __init__(
        self,
        factors: dict[str, Rule],
        people: list[dict[str, Any]],
        columns: dict[str, list[Any]],
        whole: list[int],
        first: bool = False,  # format 1
    ) -> None:
        self.first = first
        self.people, self.columns, self.whole = people, columns, whole
        self.texts = {name for name, entry in factors.items() if entry.get("text")}
        self.places = {name: entry.get("round") for name, entry in factors.items()}
        self.formulas: dict[str, Tree] = {}
        self.known: dict[tuple[str, int], Value] = {}
        for name, entry in factors.items():
            if "formula" in entry:
                if name in columns:
                    raise Refused(f"{name} is a column and a formula")
                if name in self.texts:
                    raise Refused(f"{name}: a formula gives a number and no text")
                self.formulas[name] = parse(entry["formula"])
            elif name not in columns:
                raise Refused(f"there is no column {name}")
            elif "round" in entry:
                raise Refused(f"{name}: round stands only with a formula")
        for tree in self.formulas.values():
            self.judge(tree)
        for name in self.formulas:
            self._no_circle(name, [])

    def judge(self, tree: Tree) -> None:
        """Refuses a tree with a name that is no column."""
        for name in names(tree):
            if name == "previous":
                if all(person.get("previous") is None for person in self.people):
                    raise Refused("previous, without amounts of last year")
            elif name not in self.columns and name not in self.formulas:
                raise Refused(f"unknown name {name}")

    def of_numbers(self, name: str) -> str:
        """The name itself; refuses one that is no column of numbers."""
        if (name not in self.columns and name not in self.formulas) or name in self.texts:
            raise Refused(f"there is no column of numbers {name}")
        return name

    def _no_circle(self, name: str, way: list[str]) -> None:
        if name in way:
            raise Refused(f"a circle: {' → '.join([*way, name])}")
        for other in names(self.formulas[name]):
            if other in self.formulas:
                self._no_circle(other, [*way, name])

    def value(self, name: str, i: int) -> Value:
        """The one value of a column for recipient i, or Refused."""
        if (name, i) not in self.known:
            self.known[name, i] = self._value(name, i)
        return self.known[name, i]

    def _value(self, name: str, i: int) -> Value:
        if name in self.formulas:
            tree = self.formulas[name]
            result = evaluate(tree, lambda other: self.value(other, i), self.column)
            return finished(result, self.places[name])
        cell = self.people[i].get("previous") if name == "previous" else self.columns[name][i]
        if cell is None:
            raise Refused(f"{name} of {self.people[i]['id']} is blank")
        return cell if name in self.texts else number(cell)

    def column(self, name: str) -> list[Value]:
        """The whole column: of all but those that an earmark without condition sets apart."""
        return [self.value(name, i) for i in self.whole]

    def weighed(self, name: str, i: int) -> Fraction:
        """A value that is weighted, a coefficient or a `by`: a number of zero or more, or Refused."""
        value = self.value(name, i)
        if isinstance(value, str | bool) or value < 0:
            raise Refused(f"{name} of {self.people[i]['id']} is negative or no number")
        return value

    def who(self, clause: Rule, among: list[int], apart: set[int]) -> list[int]:
        """Those of `among` that the clause names and that meet its condition, in listed order."""
        wanted = clause.get("recipients", "all")
        if isinstance(wanted, list):
            called = [{*map(alike, [person["id"], *person.get("names", [])])} for person in self.people]
            named_so = {*map(alike, wanted)}
            if not wanted or any(all(name not in names for names in called) for name in named_so):
                raise Refused(f"recipients {wanted}: none, or one unknown")
            listed = [i for i, names in enumerate(called) if names & named_so]
            if apart & set(listed):
                raise Refused(f"recipients {wanted}: one is set apart by an earmark")
            named = [i for i in among if i in listed]
        elif wanted == "all":
            named = list(among)
        else:
            if wanted not in {person["kind"] for person in self.people}:
                raise Refused(f"there is no kind {wanted}")
            named = [i for i in among if self.people[i]["kind"] == wanted]
            if self.first and not named:
                raise Refused(f"nobody of the kind {wanted} takes part")
        if "where" not in clause:
            return named
        tree = parse(clause["where"])
        self.judge(tree)
        return [i for i in named if self._holds(tree, i, named)]

    def _holds(self, tree: Tree, i: int, named: list[int]) -> bool:
        result = evaluate(
            tree, lambda name: self.value(name, i), lambda name: [self.value(name, j) for j in named]
        )
        if not isinstance(result, bool):
            raise Refused("a condition is true or not, and no number")
        return result


# ---------------------------------------------------------------- the split


def split(rule: Rule, recipients: list[dict[str, Any]], columns: dict[str, list[Any]]) -> Result:
    """Shares out the fund of a scenario file (as parsed), or raises Refused, or NotCovered.

    `recipients` are dicts with id, kind and, if known, last year's amount as `previous`; each of `columns`
    has a value for each of them, in the same order.
    """
    _check_keys(rule)
    fund = rule["fund"]
    currency = fund.get("currency", "")
    total, unit = money(fund["amount"], currency), money(fund["unit"], currency)
    if total <= 0 or unit <= 0:
        raise Refused("fund and unit are above zero")
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
    reserved = sum((money(one["amount"], currency) for one in rule.get("reservation", [])), Fraction())
    distributable = total - reserved - sum(earmarks.values())
    if distributable < 0 or (distributable / unit).denominator != 1:
        raise Refused(f"{distributable} to share out: below zero, or no multiple of the unit")

    pools = _pools(rule)
    weights = {id: _weights(pool, rule.get("indicator", {}), table) for id, pool in pools.items()}
    sharing = [i for i in everybody if i not in apart]
    members = {id: table.who(pool, sharing, apart) for id, pool in pools.items()}
    bounds = {
        id: _limits(rule, id, members[id], apart, table, total, distributable, unit, currency) for id in pools
    }
    claims: dict[str, list[Fraction]] = {}  # of fixed pools, before limits
    comes_to: Amounts = {}  # and after them, to the nearest unit
    for id, pool in pools.items():
        if pool["kind"] == "fixed":
            stated = "percent" in pool or pool["amount"] not in ("needed", "rest", 0)
            if stated and not members[id]:
                raise Refused(f"{id} has money and nobody in it")
            claims[id] = _scores(pool, weights[id], members[id], table)
            held = [_clip(one, *bound) for one, bound in zip(claims[id], bounds[id], strict=True)]
            comes_to[id] = math.floor(sum(held, Fraction()) / unit + Fraction(1, 2)) * unit
    shared = _money(pools, distributable, comes_to, unit, currency)

    amounts = dict(earmarks)
    entitlements: dict[str, Amounts] = {}
    after: dict[str, Amounts] = {}
    rounded: dict[str, Amounts] = {}
    for id, pool in pools.items():
        if not members[id] and shared[id] > 0:
            raise Refused(f"{id} has money and nobody in it")
        entitled = claims.get(id, [])
        if members[id] and pool["kind"] != "fixed":
            scores = _scores(pool, weights[id], members[id], table)
            if sum(scores) == 0:
                raise Refused(f"{id}: nobody has a score")
            entitled = [shared[id] * score / sum(scores) for score in scores]
        if not members[id]:
            within = []
        elif pool["kind"] == "fixed" and comes_to[id] <= shared[id]:
            within = [_clip(one, *bound) for one, bound in zip(entitled, bounds[id], strict=True)]
        else:
            within = limited(entitled, bounds[id], shared[id])
        units = _rounded(within, bounds[id], shared[id], unit, fund.get("rounding"))
        for figures, into in ((entitled, entitlements), (within, after), (units, rounded)):
            into[id] = {ids[i]: figure for i, figure in zip(members[id], figures, strict=True)}
        for recipient, amount in rounded[id].items():
            amounts[recipient] += amount
    unshared = total - reserved - sum(amounts.values())
    return Result(amounts, earmarks, shared, entitlements, after, rounded, unshared)


def _marked(table: Table, mark: Rule) -> list[int]:
    """Whom an earmark goes to: of all recipients those that it names and that meet its condition."""
    if ("recipient" in mark) == ("recipients" in mark):
        raise Refused("an earmark is for a recipient or for recipients")
    clause = {**mark, "recipients": [mark["recipient"]]} if "recipient" in mark else mark
    return table.who(clause, list(range(len(table.people))), set())


def _pools(rule: Rule) -> dict[str, Rule]:
    if "pool" in rule:
        if "method" in rule or "weights" in rule:
            raise Refused("pools or [method] and [weights]")
        pools = dict(rule["pool"])
    else:
        pools = {"method": {**rule["method"], "weights": rule["weights"], "amount": "all"}}
    for id, pool in pools.items():
        if pool.get("kind") not in ("shares", "scores", "fixed"):
            raise Refused(f"{id}: kind {pool.get('kind')}")
        if ("amount" in pool) == ("percent" in pool):
            raise Refused(f"{id}: amount or percent")
        if "over" in pool and (
            pool["over"] != "scale" or pool["kind"] != "fixed" or pool.get("amount") == "needed"
        ):
            raise Refused(f"{id}: over")
        if pool.get("amount") == "needed" and pool["kind"] != "fixed":
            raise Refused(f"{id}: only a fixed pool knows what it needs")
    return pools


def _weights(pool: Rule, indicators: Rule, table: Table) -> list[tuple[str, Fraction]]:
    """The weight of each column, indicators taken apart; those of shares add up to exactly 100."""
    parts: dict[str, dict[str, Fraction]] = {}
    for id, indicator in indicators.items():
        if id in table.columns or id in table.formulas:
            raise Refused(f"{id} is an indicator and a column")
        parts[id] = {table.of_numbers(name): number(part) for name, part in indicator["parts"].items()}
        if sum(parts[id].values()) != 100 or min(parts[id].values()) < 0:
            raise Refused(f"the parts of {id} do not add up to 100")
    effective: list[tuple[str, Fraction]] = []
    for id, weight in pool["weights"].items():
        for name, part in parts[id].items() if id in parts else [(table.of_numbers(id), Fraction(100))]:
            effective.append((name, number(weight) * part / 100))
    if any(weight < 0 for _, weight in effective):
        raise Refused("a negative weight")
    if len({name for name, _ in effective}) < len(effective):
        raise Refused("a column is weighted twice")
    if pool["kind"] == "shares" and sum(weight for _, weight in effective) != 100:
        raise Refused("weights do not add up to 100")
    for name in _coefficients(pool):
        table.of_numbers(name)
    return [(name, weight) for name, weight in effective if weight > 0]


def _coefficients(pool: Rule) -> list[str]:
    given = pool.get("coefficient", [])
    given = [given] if isinstance(given, str) else given
    if len(set(given)) < len(given):
        raise Refused("a coefficient twice")
    return given


def _scores(
    pool: Rule, weights: list[tuple[str, Fraction]], members: list[int], table: Table
) -> list[Fraction]:
    scores = [Fraction() for _ in members]
    for name, weight in weights:
        values = [table.weighed(name, i) for i in members]
        scale = weight
        if pool["kind"] == "shares" and members:
            if sum(values) == 0:
                raise Refused(f"{name} adds up to zero")
            scale = weight / sum(values)
        scores = [score + scale * value for score, value in zip(scores, values, strict=True)]
    for name in _coefficients(pool):
        scores = [score * table.weighed(name, i) for score, i in zip(scores, members, strict=True)]
    return scores


def _money(
    pools: dict[str, Rule], distributable: Fraction, comes_to: Amounts, unit: Fraction, currency: str
) -> Amounts:
    """The money of each pool: fixed ones have what they come to, and what they leave is the rest's."""
    if list(pools) == ["method"] and pools["method"]["amount"] == "all":
        stated, rest, exact = {"method": distributable}, [], distributable
    else:
        rest = [id for id, pool in pools.items() if pool.get("amount") == "rest"]
        if len(rest) > 1:
            raise Refused("two pools of the rest")
        stated = {}
        for id, pool in pools.items():
            if pool.get("amount") == "needed":
                stated[id] = comes_to[id]
            elif "amount" in pool and id not in rest:
                stated[id] = money(pool["amount"], currency)
                if (stated[id] / unit).denominator != 1:
                    raise Refused(f"{id}: no multiple of the unit")
        percents = {
            id: number(pool["percent"]) / 100 * distributable
            for id, pool in pools.items()
            if "percent" in pool
        }
        if any(quota < 0 for quota in percents.values()):
            raise Refused("a negative percent")
        exact = sum(stated.values()) + sum(percents.values(), Fraction())
        if exact > distributable or (exact < distributable and not rest):
            raise Refused(f"pools add up to {exact} of {distributable}")
        cut = math.floor(sum(percents.values(), Fraction()) / unit) * unit
        stated |= dict(zip(percents, _largest_remainder(list(percents.values()), cut, unit), strict=True))
    shared = dict(stated)
    if rest:
        taken = {id: min(part, comes_to.get(id, part)) for id, part in stated.items()}
        shared = taken | {rest[0]: distributable - sum(taken.values())}
    for id, claim in comes_to.items():
        if claim > shared[id] and "over" not in pools[id]:
            raise Refused(f"{id} comes to {claim}, above its {shared[id]}")
        if claim < shared[id]:
            raise Refused(f"{id} comes to {claim}: {shared[id] - claim} would not be shared out")
    return {id: shared[id] for id in pools}


# ---------------------------------------------------------------- limits and rounding

Bound = tuple[Fraction, Fraction | None]


def _limits(
    rule: Rule,
    pool: str,
    members: list[int],
    apart: set[int],
    table: Table,
    fund: Fraction,
    distributable: Fraction,
    unit: Fraction,
    currency: str,
) -> list[Bound]:
    """The floor, up to whole units, and the cap, down to them, of each that takes part in the pool."""
    floors = dict.fromkeys(members, Fraction())
    caps: dict[int, Fraction | None] = dict.fromkeys(members)
    for limit in rule.get("limit", []):
        _check_limit(limit, rule, table)
        if limit.get("pool", "method") != pool:
            continue
        for i in table.who(limit, members, apart):
            for end in ("floor", "cap"):
                if end in limit:
                    bound = money(limit[end], currency)
                elif end + "_rate" in limit:
                    base = {"fund": fund, "distributable": distributable}.get(limit["of"])
                    if base is None:
                        previous = table.people[i].get("previous")
                        if previous is None:
                            raise Refused("no amount of last year")
                        base = number(previous)
                    bound = number(limit[end + "_rate"]) * base
                    if "by" in limit:
                        values = {j: table.weighed(limit["by"], j) for j in table.whole}
                        if sum(values.values()) == 0:
                            raise Refused(f"{limit['by']} adds up to zero")
                        bound *= values[i] / sum(values.values())
                else:
                    continue
                if end == "floor":
                    floors[i] = max(floors[i], math.ceil(bound / unit) * unit)
                else:
                    whole = math.floor(bound / unit) * unit
                    before = caps[i]
                    caps[i] = whole if before is None else min(before, whole)
    for i in members:
        cap = caps[i]
        if cap is not None and floors[i] > cap:
            raise Refused(f"{table.people[i]['id']}: floor above cap")
    return [(floors[i], caps[i]) for i in members]


def _check_limit(limit: Rule, rule: Rule, table: Table) -> None:
    if "pool" in rule:
        if limit.get("pool") == "all":
            raise NotCovered("limits over several pools")
        if limit.get("pool") not in rule["pool"]:
            raise Refused("a limit names its pool")
        if limit.get("of") == "previous":
            raise Refused("a limit by last year's amounts within a pool")
    elif "pool" in limit:
        raise Refused("a limit names a pool, and there is none")
    ends = [key for key in ("floor", "floor_rate", "cap", "cap_rate") if key in limit]
    rates = [key for key in ends if key.endswith("_rate")]
    if not ends or {"floor", "floor_rate"} <= set(ends) or {"cap", "cap_rate"} <= set(ends):
        raise Refused("a limit has a floor, a cap, or one of each")
    if any(isinstance(limit[key], dict) for key in ends):
        raise NotCovered("bounds as formulas")
    if bool(rates) != ("of" in limit) or ("by" in limit and not rates):
        raise Refused("a rate is of something")
    if rates and limit["of"] not in ("fund", "distributable", "previous"):
        raise Refused(f"of {limit['of']}")
    if "by" in limit and limit["of"] == "previous":
        raise Refused("by, of everybody's own amount")
    most = 10 if "by" in limit or limit.get("of") == "previous" else 1
    if any(not 0 <= number(limit[key]) <= most for key in rates):
        raise Refused(f"a rate from 0 to {most}")
    if "by" in limit:
        table.of_numbers(limit["by"])


def _clip(amount: Fraction, floor: Fraction, cap: Fraction | None) -> Fraction:
    amount = max(amount, floor)
    return amount if cap is None else min(amount, cap)


def limited(entitled: list[Fraction], bounds: list[Bound], total: Fraction) -> list[Fraction]:
    """The amounts clip(k · e, floor, cap) of the one k that makes them the total; Refused without one.

    Every k is tried at which somebody comes to a floor or a cap; between two the sum is a straight line.

    >>> e, bounds = [Fraction(x) for x in (10, 30, 60)], [(Fraction(30), None), (Fraction(), None)]
    >>> [str(amount) for amount in limited(e, [*bounds, (Fraction(), Fraction(50))], Fraction(100))]
    ['30', '70/3', '140/3']
    """

    def at(k: Fraction) -> list[Fraction]:
        return [_clip(k * one, *bound) for one, bound in zip(entitled, bounds, strict=True)]

    turns = {Fraction()}
    for one, (floor, cap) in zip(entitled, bounds, strict=True):
        if one > 0:
            turns |= {floor / one} | ({cap / one} if cap is not None else set())
    points = sorted(turns)
    points.append(points[-1] + 1)  # and on as steep as this for ever
    sums = [sum(at(k)) for k in points]
    if total < sums[0]:
        raise Refused(f"floors come to {sums[0]}, and there is {total}")
    for n, k in enumerate(points):
        if sums[n] == total:
            return at(k)
        last = n + 1 == len(points)
        if last or sums[n] < total < sums[n + 1]:
            start = n - 1 if last else n
            slope = (sums[start + 1] - sums[start]) / (points[start + 1] - points[start])
            if slope == 0:
                raise Refused(f"caps come to {sums[n]}, and there is {total}")
            return at(points[start] + (total - sums[start]) / slope)
    raise AssertionError


def _rounded(
    amounts: list[Fraction], bounds: list[Bound], total: Fraction, unit: Fraction, how: str | None
) -> list[Fraction]:
    if how != "rest-to-largest":
        return _largest_remainder(amounts, total, unit)
    rounded = [math.floor(amount / unit + Fraction(1, 2)) * unit for amount in amounts]
    left = total - sum(rounded)
    if left:
        largest = amounts.index(max(amounts))
        rounded[largest] += left
        floor, cap = bounds[largest]
        if rounded[largest] < floor or (cap is not None and rounded[largest] > cap):
            raise Refused("what is left over breaks a limit or goes below zero")
    return rounded


def _largest_remainder(amounts: list[Fraction], total: Fraction, unit: Fraction) -> list[Fraction]:
    """Every amount down to whole units, and one more for the largest remainders, in listed order."""
    rounded = [math.floor(amount / unit) * unit for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda i: (rounded[i] - amounts[i], i))
    left = (total - sum(rounded)) / unit
    assert left.denominator == 1 and 0 <= left <= len(amounts)
    for i in order[: int(left)]:
        rounded[i] += unit
    return rounded


# ---------------------------------------------------------------- keys


def _tables(rule: Rule, name: str) -> Sequence[Rule]:
    if name not in rule:
        return []
    if name in ("factor", "pool", "indicator"):
        return list(rule[name].values())
    return rule[name] if isinstance(rule[name], list) else [rule[name]]


def _check_keys(rule: Rule) -> None:
    """Refuses keys that there are not, and those of format 2 in a file of format 1."""
    if rule.get("format") not in (1, 2):
        raise Refused("format")
    if {"deduction", "adjustment", "extends"} & set(rule):
        raise NotCovered("deductions, adjustments, extends")
    if "fund" not in rule or ("pool" not in rule and not {"method", "weights"} <= set(rule)):
        raise Refused("no fund, or no method and weights")
    if unknown := set(rule) - TOP:
        raise Refused(f"unknown: {sorted(unknown)}")
    for name, keys in KEYS.items():
        for held in _tables(rule, name):
            if missing := set(NEEDED.get(name, "").split()) - set(held):
                raise Refused(f"missing: {name} {sorted(missing)}")
            for key in set(held) - set(keys.split()):
                if key in LATER.get(name, "").split():
                    raise NotCovered(key)
                raise Refused(f"unknown: {name}.{key}")
            if rule["format"] == 1 and set(held) & set(SECOND.get(name, "").split()):
                raise Refused(f"keys of format 2 in {name}")
    rounding = rule.get("fund", {}).get("rounding", "largest-remainder")
    if rounding in ("each-alone", "rest-to"):
        raise NotCovered("rounding")
    if rounding not in ("largest-remainder", "rest-to-largest"):
        raise Refused("rounding")
    method = rule.get("method", {})
    if rule["format"] == 1 and (
        {"pool", "indicator"} & set(rule)
        or method.get("kind") == "fixed"
        or isinstance(method.get("coefficient"), list)
        or any(isinstance(weight, str) for weight in rule.get("weights", {}).values())
    ):
        raise Refused("format 2")
