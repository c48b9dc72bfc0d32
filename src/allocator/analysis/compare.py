"""One allocation against another, or against what was published: who gains, who loses, how much moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allocator.allocation import Allocation
from allocator.exact import Number, plain

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Effect:
    """What an allocation changes against a base.

    ``moved`` is the sum of all gains, in the currency's main unit; ``largest_gain`` and ``largest_loss``
    are a recipient's id and its change, or None; of equal ones the first listed.
    """

    moved: Number
    gains: int
    losses: int
    largest_gain: tuple[str, Number] | None
    largest_loss: tuple[str, Number] | None


def changes(allocation: Allocation, base: Mapping[str, Number]) -> dict[str, Number]:
    """Amount − base for every recipient of either; who has no amount in one counts with zero there."""
    ids = dict.fromkeys((*allocation.amounts, *base))
    return {id: plain(allocation.amounts.get(id, 0) - base.get(id, 0)) for id in ids}


def effect(allocation: Allocation, base: Mapping[str, Number]) -> Effect:
    """What an allocation changes against other amounts by recipient, the published ones for instance.

    >>> from allocator import allocate, load_scenario
    >>> scenario = load_scenario("scenarios/luzhou-2023/equal-weights.toml")
    >>> effect(allocate(scenario), scenario.published).largest_loss
    ('ftz', -1660000)
    """
    found = changes(allocation, base)
    gains = {id: change for id, change in found.items() if change > 0}
    losses = {id: change for id, change in found.items() if change < 0}
    return Effect(
        moved=plain(sum(gains.values(), start=0)),
        gains=len(gains),
        losses=len(losses),
        largest_gain=max(gains.items(), key=lambda item: item[1], default=None),
        largest_loss=min(losses.items(), key=lambda item: item[1], default=None),
    )


def compare(allocation: Allocation, base: Allocation | Mapping[str, Number]) -> pd.DataFrame:
    """Amounts against those of another allocation or against published ones, a row per recipient.

    Columns: amount, base ("published" where amounts are given), difference = amount − base, and change =
    difference / base (NaN where the base is zero).  Money is in the main unit: integers where all of it is
    whole, else Fractions.
    """
    import pandas as pd

    amounts = base.amounts if isinstance(base, Allocation) else base
    name = "base" if isinstance(base, Allocation) else "published"
    differences = changes(allocation, amounts)
    return pd.DataFrame(
        {
            "amount": pd.Series({id: allocation.amounts.get(id, 0) for id in differences}),
            name: pd.Series({id: amounts.get(id, 0) for id in differences}),
            "difference": pd.Series(differences),
            "change": pd.Series(
                {
                    id: float(difference / amounts[id]) if amounts.get(id) else float("nan")
                    for id, difference in differences.items()
                }
            ),
        }
    ).rename_axis("recipient")
