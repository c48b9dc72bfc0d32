"""The frame of a pool's sheet: figures for all at the top, then a block of factors, then the recipients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from allocator.report.excel.pen import Page
from allocator.report.excel.rules.grid import across, cells, put
from allocator.report.excel.rules.term import Term, term

LABEL, VALUE, FACTORS = 1, 2, 3


class Frame:
    """A sheet whose columns are written one after the other, one cell a recipient."""

    def __init__(
        self,
        page: Page,
        names: Sequence[str],
        row: int,
        tops: Mapping[str, str],
        rows: Mapping[str, str],
        factors: Sequence[str],
        heading: str,
    ) -> None:
        self.page, self.book, self.size = page, page.book, len(names)
        self.tops = {key: row + at for at, key in enumerate(tops)}
        self.rows = {key: row + len(tops) + 2 + at for at, key in enumerate(rows)}
        self.head = row + len(tops) + (len(rows) + 3 if rows else 1)
        self.total_row, self.first = self.head + 2, self.head + 3
        self.last = self.first + self.size - 1
        self.next, self.factors = FACTORS + 2 * len(factors), len(factors)
        for key, label in tops.items():
            page.text(self.tops[key], LABEL, self.book.say(label), "label", wide=False)
        for key, label in rows.items():
            page.text(self.rows[key], LABEL, self.book.say(label), "label", wide=False)
        for at, name in enumerate(factors):
            page.text(row + len(tops) + 1, FACTORS + at, name, "head", wide=False)
        for column, text in enumerate((self.book.say("table.number"), heading)):
            page.text(self.head, column, text, "head", wide=False)
            page.text(self.head + 1, column, "", "how")
            page.text(
                self.total_row, column, self.book.say("table.total") if column else "", "total", wide=False
            )
        page.sheet.set_row(self.head, 54)
        page.sheet.set_row(self.head + 1, 70)
        page.widths |= {0: 6, LABEL: 36, VALUE: 16}
        for at, name in enumerate(names):
            page.number(self.first + at, 0, at + 1, "middle", "0")
            page.text(self.first + at, LABEL, name, wide=False)

    @property
    def numbers(self) -> Term:
        """The recipients' numbers, in listed order."""
        return Term(self.page.down(0, self.first, self.last), tuple(range(1, self.size + 1)))

    def number(self, i: int) -> Term:
        return Term(self.page.at(self.first + i, 0), i + 1)

    def top(self, key: str, made: object, number: str = "General") -> Term:
        """Writes a figure that holds for all."""
        one = made if isinstance(made, Term) else term(made)
        return put(self.page, self.tops[key], VALUE, one, "figure", number)

    def factor(self, key: str, made: Sequence[object], everything: Term | None = None) -> list[Term]:
        """Writes a row of the block of factors; returns its cells, and at the end that for all of them."""
        found = [
            put(self.page, self.rows[key], FACTORS + at, term(one), "figure", "General")
            for at, one in enumerate(made)
        ]
        if everything is not None:
            found.append(put(self.page, self.rows[key], VALUE, everything, "figure", "General"))
        return found

    def along(self, key: str, made: Sequence[Term]) -> Term:
        """The cells of a row of the block of factors."""
        return across(self.page, self.rows[key], FACTORS, made[: self.factors])

    def column(
        self,
        head: str,
        how: str,
        make: Callable[[int], object],
        number: str = "General",
        *,
        added: bool = False,
        at: int | None = None,
        style: str = "figure",
    ) -> tuple[list[Term], Term]:
        """Writes a column; returns its cells and their range."""
        page, column = self.page, self.next if at is None else at
        page.text(self.head, column, head, "head", wide=False)
        page.text(self.head + 1, column, how, "how", wide=False)
        made = [
            put(page, self.first + i, column, term(make(i)), style, number, wide=False)
            for i in range(self.size)
        ]
        whole = cells(page, column, self.first, made)
        if added:
            text = f"SUM({page.down(column, self.first, self.last, here=True)})"
            page.formula(
                self.total_row, column, text, sum(_figures(whole.value)), "total", number, wide=False
            )
        else:
            page.text(self.total_row, column, "", "total", wide=False)
        page.widths[column] = max(page.widths.get(column, 0), 14)
        self.next = max(self.next, column + 1)
        return made, whole


def _figures(values: Sequence[object]) -> list[int]:
    return [value for value in values if not isinstance(value, str | float)]  # type: ignore[misc]
