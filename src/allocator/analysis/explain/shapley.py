"""The difference of two scenarios' amounts, in parts due to each clause.

A clause's part is the average of what switching it changes, over all orders in which the clauses can be
switched (Shapley 1953).  It is exact, and the parts add up to the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

from allocator.analysis.explain.clauses import Clause, Kind, differing, mixing
from allocator.analysis.explain.remembering import remembering
from allocator.core.allocation import Allocation
from allocator.core.engine import plan
from allocator.core.errors import AllocatorError, Problem, ScenarioError
from allocator.core.exact import Frozen, Number, plain

if TYPE_CHECKING:
    import pandas as pd

# clauses in which the same is shared out by the same scores
MONEY: tuple[Kind, ...] = (
    "fund",
    "reservations",
    "issued",
    "deductions",
    "limits",
    "rounding",
    "adjustments",
)
MOST_CLAUSES = 12  # beyond that, the data of all factors counts as one


@dataclass(frozen=True)
class Reason:
    """The part of each recipient's amount due to one clause, or to several that only go together."""

    clauses: tuple[Clause, ...]
    amounts: Mapping[str, Number]

    @property
    def total(self) -> Number:
        """The sum of these amounts over all recipients."""
        return plain(sum(self.amounts.values(), start=0))


@dataclass(frozen=True)
class Explanation:
    """The reasons for which the amounts of one allocation differ from those of another.

    ``reasons`` add up to the difference for every recipient of either; one that a scenario does not have
    counts with zero there.  ``together`` says that the data of all factors was taken as one clause.
    """

    before: Allocation
    after: Allocation
    reasons: tuple[Reason, ...]
    together: bool = False

    @property
    def differences(self) -> Mapping[str, Number]:
        """Amount after − amount before, by recipient of either, in listed order."""
        old, new = self.before.amounts, self.after.amounts
        return Frozen({id: plain(new.get(id, 0) - old.get(id, 0)) for id in {**old, **new}})

    @property
    def new(self) -> tuple[str, ...]:
        """The recipients that only the second scenario has."""
        return tuple(id for id in self.after.amounts if id not in self.before.amounts)

    @property
    def gone(self) -> tuple[str, ...]:
        """The recipients that only the first scenario has."""
        return tuple(id for id in self.before.amounts if id not in self.after.amounts)

    def to_frame(self) -> pd.DataFrame:
        """A row for each recipient of either: before, after, difference, and what each reason brings of it.

        A reason is named by its clauses, such as "method.weights", those taken together with " + ".  Exact,
        in the main unit: integers where a column is whole, else Fractions.
        """
        import pandas as pd

        old, new = self.before.amounts, self.after.amounts
        columns: dict[str, Mapping[str, Number]] = {"before": old, "after": new}
        columns = {name: {id: by.get(id, 0) for id in self.differences} for name, by in columns.items()}
        columns["difference"] = self.differences
        for reason in self.reasons:
            columns[" + ".join(".".join((one.kind, *one.of)) for one in reason.clauses)] = reason.amounts
        return pd.DataFrame({name: pd.Series(by) for name, by in columns.items()}).rename_axis("recipient")


def explain(before: Allocation, after: Allocation) -> Explanation:
    """Splits each change of an amount into the parts due to each clause in which two scenarios differ.

    φ_c = Σ_S |S|! (n − |S| − 1)! / n! · (a(S ∪ c) − a(S)) over the sets S of the n − 1 other clauses, where
    a(S) are the amounts with the clauses in S switched, in 2^n allocations.  Clauses of which some mixture
    cannot be allocated are merged, two at a time, always the two that leave the fewest such mixtures.

    Raises ScenarioError where the currencies differ or the scenarios have no recipient in common.

    >>> from allocator import allocate, load_scenario
    >>> folder = "scenarios/luzhou-2023/"
    >>> jobs, capped = (allocate(load_scenario(folder + f)) for f in ("jobs-first.toml", "cap-zone.toml"))
    >>> [(reason.clauses[0].kind, reason.amounts["ftz"]) for reason in explain(jobs, capped).reasons]
    [('method', 575000), ('limits', -4615000)]
    """
    first, second = before.scenario, after.scenario
    currencies = sorted({first.fund.currency, second.fund.currency}, key=str)
    if len(currencies) > 1:
        raise ScenarioError(Problem("currencies", {"known": currencies}))
    if not set(first.ids) & set(second.ids):
        raise ScenarioError(Problem("explain_strangers", {}))
    clauses = differing(first, second)
    together = len(clauses) > MOST_CLAUSES
    if together:
        clauses = _together(clauses)
    if not clauses:
        return Explanation(before, after, ())
    mixture = mixing(first, second, clauses)
    ids = tuple(dict.fromkeys((*first.ids, *second.ids)))
    amounts: dict[int, list[int] | None] = {}
    working = remembering()
    for switched in _in_turn(clauses):
        try:
            found = plan(mixture(switched), working).amounts
        except AllocatorError:
            amounts[switched] = None
        else:
            amounts[switched] = _cents(found, ids)
    blocks = _merged(clauses, [switched for switched, money in amounts.items() if money is None])
    parts = _averages(
        [amounts[_union(blocks, chosen)] or [] for chosen in range(2 ** len(blocks))], len(blocks)
    )
    reasons = [
        Reason(
            tuple(clause for bit, clause in enumerate(clauses) if block >> bit & 1),
            Frozen(zip(ids, map(plain, part), strict=True)),
        )
        for block, part in zip(blocks, parts, strict=True)
    ]
    return Explanation(before, after, tuple(reasons), together)


def _in_turn(clauses: Sequence[Clause]) -> list[int]:
    """All sets of clauses, as bits: each is the last but for one clause, seldom for one that moves scores."""
    bits = sorted(range(len(clauses)), key=lambda bit: clauses[bit].kind not in MONEY)
    gray = [number ^ number >> 1 for number in range(2 ** len(clauses))]
    return [sum(1 << bit for place, bit in enumerate(bits) if number >> place & 1) for number in gray]


def _cents(amounts: Mapping[str, Number], ids: tuple[str, ...]) -> list[int]:
    """The amounts of these recipients in cents, which money is whole in; 0 for one that has none."""
    listed = amounts.values() if tuple(amounts) == ids else [amounts.get(id, 0) for id in ids]
    return [amount * 100 if type(amount) is int else int(amount * 100) for amount in listed]


def _together(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses with the data of all factors as one of them."""
    factors = tuple(clause.of[0] for clause in clauses if clause.kind == "data")
    found: list[Clause] = []
    for clause in clauses:
        one = Clause("data", factors) if clause.kind == "data" else clause
        if one not in found:
            found.append(one)
    return tuple(found)


def _union(blocks: Sequence[int], chosen: int) -> int:
    """The clauses of the chosen blocks."""
    return sum(block for at, block in enumerate(blocks) if chosen >> at & 1)


def _merged(clauses: Sequence[Clause], failing: Sequence[int]) -> list[int]:
    """Blocks of clauses, as bits, of which no union fails: the same whichever scenario comes first."""
    # in an order of their own, since that of two scenarios' factors may differ
    blocks = sorted(
        (1 << bit for bit in range(len(clauses))), key=lambda block: clauses[block.bit_length() - 1]
    )
    while True:
        failing = [switched for switched in failing if all(switched & b in (0, b) for b in blocks)]
        if not failing:
            return sorted(blocks, key=lambda block: block & -block)
        pairs = list(combinations(blocks, 2))
        left = [sum(1 for s in failing if s & (a | b) in (0, a | b)) for a, b in pairs]
        a, b = pairs[left.index(min(left))]
        blocks = [a | b if block == a else block for block in blocks if block != b]


def _averages(values: Sequence[Sequence[int]], size: int) -> list[list[Fraction]]:
    """The Shapley value of each of so many players, for each entry of the value of a set given as bits.

    Values of sets are in cents, those of players in the currency's main unit.
    """
    import numpy as np  # a command that explains nothing does without

    most = max((max(map(abs, value), default=0) for value in values), default=0)
    # sums of whole numbers, which 64 bits hold unless the fund is beyond any there is
    table = np.array(values, dtype=np.int64 if most < 2**62 >> size else object)
    sets = np.arange(2**size)
    counts = np.array([chosen.bit_count() for chosen in range(2**size)])
    everybody = [table[counts == n].sum(axis=0) for n in range(size + 1)]
    found = []
    for player in range(size):
        having, whole = sets >> player & 1 == 1, [0] * table.shape[1]
        for n, together in enumerate(everybody):
            joins = factorial(max(0, n - 1)) * factorial(size - n)
            stays = factorial(n) * factorial(max(0, size - n - 1))
            own = table[(counts == n) & having].sum(axis=0)
            rows = zip(whole, own.tolist(), (together - own).tolist(), strict=True)
            whole = [entry + joins * x - stays * y for entry, x, y in rows]
        found.append([Fraction(entry, 100 * factorial(size)) for entry in whole])
    return found
