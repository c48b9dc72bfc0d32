"""Tables with known margins whose cells and sums of cells lie between ends, in whole parts of a unit.

With y_ij = w_j x_ij a reading by shares says of the data: columns of y add up to w_j, rows to what recipients
had before rounding, and what is known of shares are ends of cells, or of sums of some cells of a column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm
from typing import Any

from allocator.analysis.audit.case import Case
from allocator.analysis.audit.reading import Known
from allocator.analysis.audit.rounding import Unrounded

Share = tuple[Fraction, Fraction]
MOST_SUMS = 1 << 23  # recipients times subsets of factors, times one more than groups
MOST_GROUPS = 64
MOST_BITS = 4_000  # of the parts of a unit: figures known with thirty decimals and a few odd fractions


@dataclass(frozen=True, eq=False)
class Group:
    """Rows whose cells of some ``factors`` have sums between ``least`` and ``most``, for all factors."""

    rows: frozenset[int]
    factors: tuple[int, ...]
    least: Any
    most: Any


@dataclass(frozen=True, eq=False)
class Margins:
    """The tables with ``least`` ≤ y ≤ ``most`` in every cell and columns that add up to ``columns``.

    Row i adds up to ``low``_i to ``high``_i, where it ``falls`` or ``rises`` both with one number m more,
    ``first`` ≤ m ≤ ``last``, the same for all rows.  Of two ``groups`` that share a row one holds the other;
    those within others come first.  Everything is whole, in parts of a unit: ``over`` make one.
    """

    columns: Any
    least: Any
    most: Any
    low: Any
    high: Any
    falls: Any
    rises: Any
    first: int
    last: int
    groups: tuple[Group, ...]
    over: int

    def mirrored(self) -> Margins:
        """The tables −y, with −m."""
        return replace(
            self,
            columns=-self.columns,
            least=-self.most,
            most=-self.least,
            low=-self.high,
            high=-self.low,
            falls=self.rises,
            rises=self.falls,
            first=-self.last,
            last=-self.first,
            groups=tuple(replace(group, least=-group.most, most=-group.least) for group in self.groups),
        )


@dataclass(frozen=True)
class KnownEnds:
    """The ends of shares of which something is known: of cells, and of sums over several recipients.

    By position of the recipient and the factor; by the recipients' positions, then the factor's.  ``whole``
    is False where the shares of all recipients are known not to add up to 1.
    """

    cells: dict[tuple[int, int], Share] = field(default_factory=dict)
    groups: dict[frozenset[int], dict[int, Share]] = field(default_factory=dict)
    whole: bool = True


def shares_apply(case: Case) -> bool:
    """True if the data of a reading are tables with known margins: shares, of which some are known.

    A coefficient is divided out, which needs amounts that are exact.
    """
    divided = case.coefficients is None or (case.rounding == "exact" and min(case.coefficients) > 0)
    return (
        case.shares
        and divided
        and not case.limited
        and all(scored.equal for scored in case.reading.scored)
        and all(_of_shares(case, fact) for fact in case.known)
        and all(one.clear for one in case.unrounded)
        and _of_bounded_size(case)
    )


def amounts_apply(case: Case) -> bool:
    """True if amounts under other weights are sums over the same tables too: there is no coefficient."""
    return case.coefficients is None and shares_apply(case)


def _of_shares(case: Case, fact: Known) -> bool:
    """True if a fact says something of the shares of a factor; of what it brings too, without coefficient."""
    priced = case.coefficients is None and bool(case.weights[case.factors.index(fact.factor)])
    return fact.of == "share" or (fact.of == "part" and priced)


def _of_bounded_size(case: Case) -> bool:
    known = known_ends(case)
    if len(known.groups) > MOST_GROUPS or _over(case).bit_length() > MOST_BITS:
        return False
    sums = len(case.ids) << len(weighted(case))
    if sums * (1 + len(known.groups)) > MOST_SUMS:
        return False
    groups = list(known.groups)
    return all(
        one <= other or other <= one or not one & other
        for at, one in enumerate(groups)
        for other in groups[:at]
    )


def known_ends(case: Case) -> KnownEnds:
    """The ends of shares of which something is known.

    What is known of most recipients together is known of the others.
    """
    size, found, whole = len(case.ids), KnownEnds(), True

    def narrow(members: frozenset[int], j: int, low: Fraction, high: Fraction) -> None:
        if size < 2 * len(members) and len(members) < size:
            members, low, high = frozenset(range(size)) - members, 1 - high, 1 - low
        if len(members) == 1:
            ends, key = found.cells, (next(iter(members)), j)
            before = ends.get(key, (Fraction(0), Fraction(1)))
            ends[key] = max(before[0], low), min(before[1], high)
        else:
            of = found.groups.setdefault(members, {})
            before = of.get(j, (Fraction(0), Fraction(1)))
            of[j] = max(before[0], low), min(before[1], high)

    for scored in case.reading.scored:
        for i in range(size if scored.equal else 0):
            narrow(frozenset([i]), case.factors.index(scored.factor), Fraction(1, size), Fraction(1, size))
    for fact in case.known:
        low, high = share_ends(case, fact)
        if fact.recipients == "all" or len(fact.recipients) == size:
            whole = whole and low <= 1 <= high
        else:
            members = frozenset(case.position[id] for id in fact.recipients)
            narrow(members, case.factors.index(fact.factor), low, high)
    return replace(found, whole=whole)


def share_ends(case: Case, fact: Known) -> Share:
    """The ends of a known sum of shares; without an upper one, it ends at 1."""
    low, high = Fraction(fact.low), None if fact.high is None else Fraction(fact.high)
    if fact.of == "part":
        money = case.weights[case.factors.index(fact.factor)] * case.total * Fraction(case.unit)
        low, high = low / money, None if high is None else high / money
    return low, Fraction(1) if high is None else high


def _over(case: Case) -> int:
    """A number of parts of a unit in which what is known is whole, or one that is too large."""
    found = 1
    for fact in case.known:
        found = lcm(found, *(end.denominator for end in share_ends(case, fact)))
        if found.bit_length() > MOST_BITS:
            return found
    return found


def weighted(case: Case) -> list[int]:
    """The factors with a weight, by position."""
    return [j for j, weight in enumerate(case.weights) if weight]


def margins_of(case: Case, one: Unrounded, known: KnownEnds) -> Margins:
    """The tables of a reading, of the factors with a weight, for one of the sets of amounts before rounding.

    Needs `shares_apply`.
    """
    amounts, total = _divided(case, one)
    lows, highs = _rows(one, amounts)
    moves = [one.shared and move for move in one.moves]
    falls = [move and amount > 0 for move, amount in zip(moves, amounts, strict=True)]
    columns = {j: case.weights[j] * total for j in weighted(case)}
    return _margins(columns, known, lows, highs, falls, moves, one.shared)


def column_alone(case: Case, j: int, known: KnownEnds) -> Margins:
    """The shares of one factor, whatever was got."""
    size = len(case.ids)
    zeros, ones = [Fraction(0)] * size, [Fraction(1)] * size
    still = [False] * size
    return _margins({j: Fraction(1)}, known, zeros, ones, still, still, shared=False)


def _margins(
    columns: Mapping[int, Fraction],
    known: KnownEnds,
    lows: Sequence[Fraction],
    highs: Sequence[Fraction],
    falls: Sequence[bool],
    rises: Sequence[bool],
    shared: bool,
) -> Margins:
    import numpy as np

    at = {j: place for place, j in enumerate(columns)}
    cells = {
        (i, at[j]): (low * columns[j], high * columns[j])
        for (i, j), (low, high) in known.cells.items()
        if j in at
    }
    groups = {
        rows: {at[j]: (low * columns[j], high * columns[j]) for j, (low, high) in ends.items() if j in at}
        for rows, ends in sorted(known.groups.items(), key=lambda one: len(one[0]))
    }
    pairs = [*cells.values(), *(pair for of in groups.values() for pair in of.values())]
    ends = [end for pair in pairs for end in pair]
    over = lcm(*(end.denominator for end in (*columns.values(), *lows, *highs, *ends)))

    def whole(values: Sequence[Fraction]) -> Any:
        return np.array([end.numerator * (over // end.denominator) for end in values], dtype=object)

    totals = whole([*columns.values()])
    most = np.tile(totals, (len(lows), 1))
    least = np.zeros_like(most)
    for (i, place), pair in cells.items():
        least[i, place], most[i, place] = whole(pair)
    made = []
    for rows, ends_ in groups.items():
        if ends_:
            down, up = np.zeros_like(totals), totals.copy()
            for place, pair in ends_.items():
                down[place], up[place] = whole(pair)
            made.append(Group(rows, tuple(ends_), down, up))
    return Margins(
        totals,
        least,
        most,
        whole(lows),
        whole(highs),
        np.array(falls, dtype=bool),
        np.array(rises, dtype=bool),
        -over if shared else 0,
        0,
        tuple(made),
        over,
    )


def _divided(case: Case, one: Unrounded) -> tuple[list[Fraction], Fraction]:
    """The amounts, divided by the coefficients where there are any, and their total before rounding."""
    if case.coefficients is None:
        return [Fraction(amount) for amount in one.amounts], Fraction(case.total)
    divided = [Fraction(a) / c for a, c in zip(one.amounts, case.coefficients, strict=True)]
    return divided, sum(divided, Fraction(0))


def _rows(one: Unrounded, amounts: list[Fraction]) -> tuple[list[Fraction], list[Fraction]]:
    """The ends of rows, at m = 0; the largest, which has none of its own, takes what all others leave."""
    if one.shared:
        return amounts, [amount + int(moves) for amount, moves in zip(amounts, one.moves, strict=True)]
    falls, rises = list(one.down), list(one.up)
    if one.largest is not None:
        falls[one.largest], rises[one.largest] = sum(one.up), sum(one.down)
    lows = [
        max(Fraction(0), amount - Fraction(down, one.over))
        for amount, down in zip(amounts, falls, strict=True)
    ]
    return lows, [amount + Fraction(up, one.over) for amount, up in zip(amounts, rises, strict=True)]
