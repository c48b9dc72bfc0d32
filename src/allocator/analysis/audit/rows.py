"""Rows of a linear program while they are being collected, exact until they become a matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from scipy.sparse import csr_matrix

Row = Mapping[int, Fraction]


@dataclass
class Rows:
    """The rows ``equal`` v = 0 and ``most`` v ≤ 0 so far, and the upper ends of v."""

    count: int = 0
    equal: list[Row] = field(default_factory=list)
    most: list[Row] = field(default_factory=list)
    split: list[tuple[bool, int, int, int]] = field(default_factory=list)
    box: list[float] = field(default_factory=list)

    def variable(self, box: float | Fraction) -> int:
        """One more variable, with its upper end."""
        self.box.append(float(np.nextafter(float(box), np.inf)))
        self.count += 1
        return self.count - 1

    def row(self, row: Row, *, equal: bool = False, of: int | None = None, sign: int = 0) -> None:
        """One row; ``of`` marks whose amount it is about, ``sign`` is −1 where it keeps the score down."""
        rows = self.equal if equal else self.most
        if of is not None:
            self.split.append((equal, len(rows), of, sign))
        rows.append(row)


def add(*parts: tuple[Row, Fraction | int]) -> dict[int, Fraction]:
    """The sum of rows, each so many times."""
    found: dict[int, Fraction] = {}
    for row, times in parts:
        for k, x in row.items():
            found[k] = found.get(k, Fraction(0)) + x * times
    return found


def matrix(rows: Sequence[Row], width: int) -> csr_matrix:
    """Sums over the variables as the rows of a matrix, each entry the float nearest to it."""
    where = [at for at, row in enumerate(rows) for _ in row]
    columns = [k for row in rows for k in row]
    values = [float(x) for row in rows for x in row.values()]
    return csr_matrix((values, (where, columns)), shape=(len(rows), width))
