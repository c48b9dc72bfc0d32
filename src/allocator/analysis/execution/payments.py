"""Payments as columns: who paid, when, how much, for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number
from allocator.core.parts import Text
from allocator.core.statement import Statement

ALIKE = ("payer", "day", "fen", "use", "payee", "note", "status")  # all that a row says
COLUMNS = ("line", "payer", "day", "fen", "use", "payee", "note")
MOST_FEN = 4 * 10**18  # of all payments together, without their signs: sums stay exact in 64 bits


@dataclass(frozen=True)
class Payer:
    """用款单位: a recipient or department that pays out of the fund, and the money that it has for that."""

    id: str
    name: Text
    allocated: Number
    department: bool = False


def payers(allocation: Allocation) -> tuple[Payer, ...]:
    """The departments with their reservations, then the recipients with their amounts, in listed order.

    Departments of one name are one payer.
    """
    scenario = allocation.scenario
    found: dict[str, Payer] = {}
    for reservation in scenario.reservations:
        id = f"department:{reservation.name.zh}"
        before = found[id].allocated if id in found else 0
        found[id] = Payer(id, reservation.name, before + reservation.amount, department=True)
    recipients = [Payer(r.id, r.name, allocation.amounts[r.id]) for r in scenario.recipients]
    return (*found.values(), *recipients)


@dataclass(frozen=True, eq=False)
class Payments:
    """支付明细: payments as columns of whole numbers.

    ``table`` has a row for each payment: its line in the file, and the positions of its payer, use, payee and
    note in the lists beside it; ``day`` and ``fen``, the amount in hundredths of the main unit, below zero
    for a refund; ``status`` where the file has one.  ``illustrative`` says that any of it is assumed or an
    example, ``statements`` how the file was read.
    """

    payers: tuple[str, ...]
    uses: tuple[str, ...]
    payees: tuple[str, ...]
    notes: tuple[str, ...]
    table: pd.DataFrame
    illustrative: bool = False
    file: str = ""
    statements: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        size = float(np.abs(self.table["fen"].to_numpy(dtype="float64")).sum())
        if size > MOST_FEN:
            raise ScenarioError(Problem("payments_huge", file=self.file))

    @property
    def last(self) -> date | None:
        """The day of the latest payment."""
        return None if self.table.empty else self.table["day"].max().date()

    @cached_property
    def repeated(self) -> NDArray[np.int64]:
        """For each payment the first line that is equal in everything; 0 for a payment that repeats none."""
        key = [name for name in ALIKE if name in self.table]
        found = np.zeros(len(self.table), dtype="int64")
        twice = self.table.duplicated(key).to_numpy()
        if twice.any():
            alike = self.table[self.table.duplicated(key, keep=False)]
            lines = alike.groupby(key, sort=False)["line"].transform("first")
            found[lines.index.to_numpy()] = lines.to_numpy()
        return np.where(twice, found, 0)

    @property
    def repeats(self) -> dict[int, int]:
        """The lines that are equal to an earlier one in everything, each with the first such line.

        >>> row = "a", date(2023, 6, 3), 500, "roads", "", ""
        >>> payments_of([(2, *row), (3, *row), (4, *row)], ["a"]).repeats
        {3: 2, 4: 2}
        """
        at = np.flatnonzero(self.repeated)
        lines = self.table["line"].to_numpy()[at]
        return dict(zip(lines.tolist(), self.repeated[at].tolist(), strict=True))


Written = tuple[int, str, date, int, str, str, str]


def payments_of(rows: Iterable[Written], payers: Sequence[str], *, illustrative: bool = False) -> Payments:
    """Payments from rows of line, payer's id, day, fen, use, payee and note.

    >>> paid = payments_of([(2, "a", date(2023, 6, 3), 500, "roads", "", "")], ["a"])
    >>> paid.last
    datetime.date(2023, 6, 3)
    """
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    lists: dict[str, tuple[str, ...]] = {}
    for name in ("use", "payee", "note"):
        codes, known = pd.factorize(table[name].to_numpy(dtype=object))
        table[name], lists[name] = codes.astype("int32"), tuple(known)
    at = {id: position for position, id in enumerate(payers)}
    table["payer"] = np.array([at[id] for id in table["payer"]], dtype="int32")
    table["day"] = pd.to_datetime(table["day"]).astype("datetime64[s]")
    table["fen"], table["line"] = table["fen"].astype("int64"), table["line"].astype("int64")
    return Payments(tuple(payers), lists["use"], lists["payee"], lists["note"], table, illustrative)
