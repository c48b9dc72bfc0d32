"""Floors and caps by hand: bounds as formulas, groups within groups, and the one k that they leave.

Where the text of the rules is silent, this is decided (the numbers go on from rules_by_hand.py):

 Bounds
22. Bounds are compared and combined as they are; what is held comes off, and only then are floors taken up
    and caps down to whole units, once. A bound's formula is finished as a column is, to 20 digits.
23. A floor below zero is no floor; a cap below zero is one that nobody can keep. Both come of formulas only.
24. `pool` is what the pool was given: of a fixed one its amount, not what it comes to; without pools it is D.
25. Whole columns in a bound (SHARE, SCORE, brackets) are those of everybody that no earmark without condition
    sets apart, for groups too. `[previous]` and `[issued]` are columns; fund, distributable and pool are
    none.
26. Words and names of a bound are judged as written, also where the limit limits nobody. In a limit of a pool
    `previous` is refused there too (it may stand in `where`, and a column may use it); `issued` is not.
27. A formula within a rate, or a rate or amount beside a formula at the same end, is refused.
 Groups
28. A limit with `together` is on those whom it names and who meet its condition; where they are nobody, it
    has no effect and its formula is not worked out. Equal groups are one, with the highest floor and lowest
    cap.
29. A group with a floor whose members have no entitlement cannot reach it: refused. Rates of a group are of
    the sums of its members (previous, by), at most 1, or 10.
 Floors paid from gains
30. Everybody that takes part needs a floor that a limit states (zero will do); a cap or a group among the
    pool's limits is refused as written. `from-gains` is the only word, and with `fixed` it is refused.
 Overall
31. An overall limit is on those that take part in at least one pool, and so are brackets in its condition;
    the sums are without earmarks. Their total is what the pools paid out in whole units, so what rounding has
    left stays left. No pool may be called "all", and without pools `pool = "all"` is refused.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from formula_by_hand import Refused, Tree, Value, evaluate, finished, names, parse, whole_columns
from table_by_hand import Amounts, Rule, Table, money, number

ENDS = ("floor", "cap")


@dataclass(frozen=True)
class Part:
    """A recipient, or a group of parts, with its bounds in money; `at` is its place among who takes part."""

    at: int
    floor: Fraction
    cap: Fraction | None
    entitled: Fraction = Fraction()
    held: Fraction = Fraction()
    parts: tuple[Part, ...] = ()

    def worth(self, k: Fraction) -> Fraction:
        """What it gets at this k, in money."""
        if self.parts:
            return _clip(sum((part.worth(k) for part in self.parts), Fraction()), self.floor, self.cap)
        return _clip(k * self.entitled - self.held, self.floor, self.cap)

    def turns(self) -> set[Fraction]:
        """Every k at which the line of `worth` can turn."""
        ends = [self.floor] if self.cap is None else [self.floor, self.cap]
        if self.parts:
            found = set().union(*(part.turns() for part in self.parts))
            crossed = (reached(self.parts, end) for end in ends)
            return found | {k for k in crossed if k is not None}
        return {(end + self.held) / self.entitled for end in ends} if self.entitled > 0 else set()


def reached(parts: Sequence[Part], total: Fraction) -> Fraction | None:
    """A k at which the parts come to the total, or None: every turn is tried, and the lines between them."""
    points = sorted({Fraction()}.union(*(part.turns() for part in parts)))
    points.append(points[-1] + 1)  # and on as steep as this for ever
    sums = [sum((part.worth(k) for part in parts), Fraction()) for k in points]
    for n, k in enumerate(points):
        if sums[n] == total:
            return k
        last = n + 1 == len(points)
        if last or sums[n] < total < sums[n + 1]:
            start = n - 1 if last else n
            slope = (sums[start + 1] - sums[start]) / (points[start + 1] - points[start])
            if slope == 0 or total < sums[0]:
                return None
            return points[start] + (total - sums[start]) / slope
    raise AssertionError


def limited(parts: Sequence[Part], total: Fraction) -> dict[int, Fraction]:
    """What everybody gets when the parts share out the total within their limits; Refused where none can.

    >>> e, floors, caps = (10, 30, 60), (30, 0, 0), (None, None, Fraction(50))
    >>> parts = [Part(i, Fraction(floors[i]), caps[i], Fraction(e[i])) for i in range(3)]
    >>> [str(amount) for amount in limited(parts, Fraction(100)).values()]
    ['30', '70/3', '140/3']
    """
    k = reached(parts, total)
    if k is None:
        raise Refused(f"the limits leave no way to share out {total}")
    return at_multiple(parts, k)


def at_multiple(parts: Sequence[Part], k: Fraction) -> dict[int, Fraction]:
    """What everybody gets at this k; a group shares out what it gets with a k of its own."""
    found: dict[int, Fraction] = {}
    for part in parts:
        found |= limited(part.parts, part.worth(k)) if part.parts else {part.at: part.worth(k)}
    return dict(sorted(found.items()))


def from_gains(parts: Sequence[Part], total: Fraction) -> dict[int, Fraction]:
    """Everybody's floor and the same part of what the entitlement is above it; Refused below the floors."""
    gains = [max(Fraction(), part.entitled - part.held - part.floor) for part in parts]
    left = total - sum((part.floor for part in parts), Fraction())
    if left < 0 or (left > 0 and sum(gains) == 0):
        raise Refused(f"the floors come to {total - left}, and there is {total}")
    part_of = left / sum(gains) if left else Fraction()
    return {part.at: part.floor + part_of * gain for part, gain in zip(parts, gains, strict=True)}


def _clip(amount: Fraction, floor: Fraction, cap: Fraction | None) -> Fraction:
    amount = max(amount, floor)
    return amount if cap is None else min(amount, cap)


# ---------------------------------------------------------------- the bounds of a pool


@dataclass
class Bounds:
    """The bounds of a recipient or a group, on the gross and not in whole units yet."""

    floor: Fraction = Fraction()
    cap: Fraction | None = None
    has_floor: bool = False

    def add(self, end: str, bound: Fraction) -> None:
        """Takes another floor, of which the highest counts, or another cap, of which the lowest does."""
        if end == "floor":
            self.floor, self.has_floor = max(self.floor, bound), True
        else:
            self.cap = bound if self.cap is None else min(self.cap, bound)

    def net(self, held: Fraction, unit: Fraction) -> tuple[Fraction, Fraction | None]:
        """Floor and cap of what is paid beside what is held, in whole units; Refused where they clash."""
        floor = math.ceil(max(Fraction(), self.floor - held) / unit) * unit
        cap = None if self.cap is None else math.floor((self.cap - held) / unit) * unit
        if cap is not None and floor > cap:
            raise Refused(f"floor {floor} above cap {cap}")
        return floor, cap


@dataclass
class Limits:
    """The limits of a pool, or those over all of them: of each that takes part, and of groups."""

    members: list[int]
    each: dict[int, Bounds]
    groups: dict[frozenset[int], Bounds] = field(default_factory=dict)

    def parts(self, entitled: Sequence[Fraction], held: Sequence[Fraction], unit: Fraction) -> list[Part]:
        """Those that take part as nested parts, each where it, or its first member, is listed."""
        leaves: dict[int, Part] = {}
        for n, i in enumerate(self.members):
            floor, cap = self.each[i].net(held[n], unit)
            leaves[i] = Part(n, floor, cap, entitled[n], held[n])
        places = {i: n for n, i in enumerate(self.members)}
        top: dict[frozenset[int], Part] = {frozenset([i]): leaf for i, leaf in leaves.items()}
        for group in sorted(self.groups, key=len):  # the innermost first
            inside = [own for own in top if own <= group]
            parts = sorted((top.pop(own) for own in inside), key=lambda part: part.at)
            together = sum((held[places[i]] for i in group), Fraction())
            floor, cap = self.groups[group].net(together, unit)
            top[group] = Part(parts[0].at, floor, cap, parts=tuple(parts))
        return sorted(top.values(), key=lambda part: part.at)


def limits_of(
    rule: Rule, pool: str, members: list[int], apart: set[int], table: Table, money_words: Amounts
) -> Limits:
    """The limits that name the pool (or "all"), on those that take part in it; Refused where one fails.

    `money_words` are fund, distributable and, where it has a meaning, pool.
    """
    currency = rule["fund"].get("currency", "")
    found = Limits(members, {i: Bounds() for i in members})
    for limit in rule.get("limit", []):
        if limit.get("pool", "method") != pool:
            continue
        trees = _check_limit(limit, pool, rule, table, money_words)
        named = table.who(limit, members, apart)
        together = limit.get("together", False)
        for group in ([named] if named else []) if together else [[i] for i in named]:
            into = found.groups.setdefault(frozenset(group), Bounds()) if together else found.each[group[0]]
            for end in ENDS:
                if end in trees:
                    into.add(end, _formula(trees[end], group, together, table, money_words))
                elif end in limit:
                    into.add(end, money(limit[end], currency))
                elif end + "_rate" in limit:
                    into.add(end, _rate(limit, end, group, table, money_words))
    for one in found.groups:
        for other in found.groups:
            if one & other and not one <= other and not other <= one:
                raise Refused("two groups cross")
    return found


def _formula(tree: Tree, group: list[int], together: bool, table: Table, money_words: Amounts) -> Fraction:
    """The formula of one recipient, or of the sums of a group."""

    def value(name: str) -> Value:
        if name in money_words:
            return money_words[name]
        if name in ("previous", "issued"):
            return sum((table.stated(name, i) for i in group), Fraction())
        values = [table.value(name, i) for i in group]
        if not together:
            return values[0]
        total = Fraction()
        for one in values:
            if isinstance(one, str | bool):
                raise Refused(f"{name} is text, and a group has none")
            total += one
        return total

    def column(name: str) -> Sequence[Value]:
        if name in ("previous", "issued"):
            return [table.stated(name, i) for i in table.whole]
        return table.column(name)

    return finished(evaluate(tree, value, column))


def _rate(limit: Rule, end: str, group: list[int], table: Table, money_words: Amounts) -> Fraction:
    if limit["of"] == "previous":
        base = sum((table.stated("previous", i) for i in group), Fraction())
    else:
        base = money_words[limit["of"]]
    bound = number(limit[end + "_rate"]) * base
    if "by" in limit:
        values = {j: table.weighed(limit["by"], j) for j in table.whole}
        if sum(values.values()) == 0:
            raise Refused(f"{limit['by']} adds up to zero")
        bound *= sum((values[i] for i in group), Fraction()) / sum(values.values())
    return bound


def check_pools(rule: Rule) -> None:
    """Refuses a limit that names no pool that there is."""
    if "all" in rule.get("pool", {}):
        raise Refused("a pool called all")
    for limit in rule.get("limit", []):
        if "pool" not in rule and "pool" in limit:
            raise Refused("a limit names a pool, and there is none")
        if "pool" in rule and limit.get("pool") not in (*rule["pool"], "all"):
            raise Refused("a limit names its pool")


def _check_limit(limit: Rule, pool: str, rule: Rule, table: Table, money_words: Amounts) -> dict[str, Tree]:
    """The formulas of a limit's ends, or Refused where its keys do not go together."""
    keys = [key for key in ("floor", "floor_rate", "cap", "cap_rate") if key in limit]
    rates = [key for key in keys if key.endswith("_rate")]
    within = "pool" in rule and pool != "all"
    if not keys or {"floor", "floor_rate"} <= set(keys) or {"cap", "cap_rate"} <= set(keys):
        raise Refused("a limit has a floor, a cap, or one of each")
    if bool(rates) != ("of" in limit) or ("by" in limit and not rates):
        raise Refused("a rate is of something")
    if rates and limit["of"] not in ("fund", "distributable", "previous"):
        raise Refused(f"of {limit['of']}")
    if "by" in limit and limit["of"] == "previous":
        raise Refused("by, of everybody's own amount")
    if within and limit.get("of") == "previous":
        raise Refused("a limit by last year's amounts within a pool")
    most = 10 if "by" in limit or limit.get("of") == "previous" else 1
    if any(not 0 <= number(limit[key]) <= most for key in rates):
        raise Refused(f"a rate from 0 to {most}")
    if "by" in limit:
        table.of_numbers(limit["by"])
    if not isinstance(limit.get("together", False), bool):
        raise Refused("together is true or false")
    trees = {}
    for end in ENDS:
        if isinstance(limit.get(end), dict):
            if set(limit[end]) != {"formula"}:
                raise Refused(f"{end} is an amount or a formula")
            trees[end] = parse(limit[end]["formula"])
            _judge(trees[end], within, table, money_words)
    return trees


def _judge(tree: Tree, within: bool, table: Table, money_words: Amounts) -> None:
    """Refuses words that have no meaning here, names that are no columns, and columns called like a word."""
    words = {"fund", "distributable", "pool", "issued", "previous"}
    used = names(tree) & words
    if used & (set(table.columns) | set(table.formulas)):
        raise Refused(f"{used}: a word of bounds, and a column")
    if used & {"fund", "distributable", "pool"} & whole_columns(tree):
        raise Refused("fund, distributable and pool are no columns")
    if "pool" in used and "pool" not in money_words:
        raise Refused("pool has no meaning here")
    if within and "previous" in used:
        raise Refused("a limit by last year's amounts within a pool")
    for key in used & {"previous", "issued"}:
        if all(person.get(key) is None for person in table.people):
            raise Refused(f"{key}, and there are no such amounts")
    table.judge(tree, sorted(words))
