"""One allocation against another, or against what was published, recipient by recipient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from allocator.analysis.finding import differences
from allocator.core.allocation import Allocation
from allocator.core.exact import Number

if TYPE_CHECKING:
    import pandas as pd


def changes(allocation: Allocation, base: Mapping[str, Number]) -> dict[str, Number]:
    """Amount − base for every recipient of either; one without an amount on a side counts as zero there."""
    return differences(allocation.amounts, base)


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
