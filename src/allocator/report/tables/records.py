"""The records of a table, kept column by column.

A table of a whole country has some hundred thousand cells: figures are integers over one denominator for a
column as a whole, so that rounding and writing them are a few passes over each column.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, overload

from allocator.core.exact import Number, Scaled, scaled

# "proposed" is the row of the option that is proposed, in a table of options
Role = Literal["recipient", "reservation", "subtotal", "total", "proposed"]
Record = tuple[Role, tuple[Any, ...]]


@dataclass(frozen=True)
class Cells:
    """A column of a table: numbers in some of its rows, in ``texts`` the text of every other, or None.

    ``rows`` are the positions of the numbers, ascending; ``texts`` is as long as the column.
    """

    numbers: Scaled
    rows: Sequence[int]
    texts: Sequence[str | None]

    @classmethod
    def of(cls, cells: Sequence[Any]) -> Cells:
        """The column of these cells: numbers, texts and None."""
        rows = [at for at, cell in enumerate(cells) if not (cell is None or isinstance(cell, str))]
        if not rows:
            return cls(Scaled((), 1), rows, cells)
        texts = [cell if cell is None or isinstance(cell, str) else None for cell in cells]
        return cls(scaled([cells[at] for at in rows]), rows, texts)

    @classmethod
    def written(cls, texts: Sequence[str]) -> Cells:
        """A column of texts."""
        return cls(Scaled((), 1), (), texts)

    @classmethod
    def around(
        cls, above: Sequence[Number | None], block: Scaled | Cells, below: Sequence[Number | None]
    ) -> Cells:
        """The rows of a block, all of them numbers where it is no column, with cells above and below."""
        if isinstance(block, Scaled):
            block = cls(block, range(len(block.numerators)), [None] * len(block.numerators))
        parts = [cls.of(above), block, cls.of(below)]
        over = math.lcm(*(part.numbers.over for part in parts))
        numerators: list[int] = []
        rows: list[int] = []
        texts: list[str | None] = []
        for part in parts:
            numerators += part.numbers.with_over(over)
            rows += [row + len(texts) for row in part.rows] if texts else part.rows
            texts += part.texts
        return cls(Scaled(numerators, over), rows, texts)

    def filled(self, made: Iterable[Any], nothing: str | None = None) -> list[Any]:
        """All cells: the texts, in the rows of numbers what is made of them; ``nothing`` for None."""
        if len(self.rows) == len(self.texts):
            return list(made)
        cells: list[Any] = [nothing if text is None else text for text in self.texts]
        for at, cell in zip(self.rows, made, strict=True):
            cells[at] = cell
        return cells

    @property
    def values(self) -> list[Any]:
        """The cells as they are: exact numbers, texts and None."""
        return self.filled(self.numbers.numbers)


@dataclass(frozen=True)
class Records(Sequence[Record]):
    """The records of a table, for whoever wants them row by row; ``columns`` are what they are made of."""

    roles: tuple[Role, ...]
    columns: tuple[Cells, ...]

    @classmethod
    def of(cls, records: Sequence[Record], width: int) -> Records:
        """Records of ``width`` cells that were given row by row."""
        if isinstance(records, Records):
            return records
        columns = zip(*(cells for _, cells in records), strict=True) if records else [()] * width
        return cls(tuple(role for role, _ in records), tuple(map(Cells.of, columns)))

    @cached_property
    def _by_row(self) -> list[Record]:
        rows = zip(*(column.values for column in self.columns), strict=True)
        return list(zip(self.roles, rows, strict=True))

    def __len__(self) -> int:
        return len(self.roles)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._by_row)

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Record]: ...
    def __getitem__(self, at: int | slice) -> Record | Sequence[Record]:
        return self._by_row[at]
