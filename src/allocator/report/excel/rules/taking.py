"""Taking part in a pool, by a live condition, and why somebody does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from allocator.core.formula import Formula
from allocator.core.pools import Pool
from allocator.core.stages.take_part import named
from allocator.report.excel.formula_texts import quoted
from allocator.report.excel.rules.columns import Columns
from allocator.report.excel.rules.sheet import VALUE, Frame
from allocator.report.excel.rules.term import Term, joined, term, when
from allocator.report.tables.pools import MOST_FIGURES


class Taking:
    """The cells of who takes part; what cannot be decided is counted in ``undetermined``."""

    def __init__(
        self, frame: Frame, columns: Columns, pool: Pool, apart: Sequence[Term], members: Sequence[int]
    ) -> None:
        self.frame, self.columns, self.pool = frame, columns, pool
        scenario, book = columns.scenario, frame.book
        size, taking = len(scenario.ids), set(members)
        whom = set(named(scenario, range(size), pool.recipients))
        self.named = [_not(apart[i]) if i in whom else term(0) for i in range(size)]
        self.undetermined: list[str] = []
        self.near: list[str] = []
        self.meets: list[Term] | None = None
        key = pool.key("where")
        if pool.where is not None:
            doubts = []

            def meets(i: int) -> object:
                if i not in whom:
                    doubts.append("0")
                    return 0
                assert pool.where is not None
                met, doubt = columns.condition(pool.where, key, i, key, self.named, i in taking)
                doubts.append(doubt)
                return when(self.named[i].equals(1), met, 0)

            self.meets, cells = frame.column(
                book.say("excel.rules.meets"), book.say("excel.rules.meets_how"), meets, "0"
            )
            self.undetermined.append(f'COUNTIF({cells.text},"~?")')
            if any(doubt != "0" for doubt in doubts):
                doubted = [Term(doubt, 0) for doubt in doubts]
                how = book.say("excel.rules.near")
                _, near = frame.column(book.say("excel.limits.near"), how, _read(doubted), "0", added=True)
                self.near.append(f"SUM({near.text})")
        self.takes, self.range = frame.column(
            book.say("excel.rules.takes"),
            book.say("excel.rules.takes_how"),
            self._takes,
            "0",
            added=True,
            at=VALUE,
        )

    def _takes(self, i: int) -> object:
        if self.meets is None:
            return self.named[i]
        return when(self.meets[i].equals(1), 1, 0)

    def reason(self, apart: Sequence[Term]) -> None:
        """Writes why somebody takes no part."""
        say, scenario = self.frame.book.say, self.columns.scenario
        whom = set(named(scenario, range(len(scenario.ids)), self.pool.recipients))

        def why(i: int) -> object:
            unmet = self.unmet(i)
            said = say("excel.rules.not_named") if i not in whom else ""
            made = term(said)
            if unmet is not None and i in whom:
                made = unmet
            if apart[i].text != "0":
                made = when(apart[i].equals(1), term(say("table.apart")), made)
            return when(self.takes[i].equals(1), term(""), made)

        self.frame.column(say("excel.rules.why"), "", why, "", style="text")
        self.frame.page.widths[self.frame.next - 1] = 30

    def unmet(self, i: int) -> Term | None:
        """The remark on a condition that is not met, with the figures that it looks at."""
        book = self.frame.book
        if self.pool.where is None:
            return None
        key = "pools.unmet_in" if self.pool.id else "pools.unmet"
        before, after = book.say(key, name=book.text(self.pool.name), figures="\ue000").split("\ue000")
        return joined(_text(before), self.figures(self.pool.where, i), _text(after))

    def figures(self, where: Formula, i: int) -> Term:
        """The figures of a recipient that a condition looks at, as they are shown."""
        book, columns = self.frame.book, self.columns
        parts: list[Term] = []
        for name in where.names[:MOST_FIGURES]:
            factor = columns.factors.get(name)
            called = book.text(factor.name) if factor is not None else book.say("table.previous")
            cell = columns.cell(name, i)
            value = _shown(cell, factor is not None and factor.text, book.chinese, book.number)
            before, after = book.say("pools.figure", name=called, value="\ue000").split("\ue000")
            parts += [_text(book.say("place.list"))] if parts else []
            parts += [_text(before), value, _text(after)]
        return joined(*parts) if parts else term("")


def _read(terms: Sequence[Term]) -> Callable[[int], object]:
    return lambda i: terms[i]


def _not(apart: Term) -> Term:
    return term(1 - apart.value) if apart.text in ("0", "1") else 1 - apart


def _text(text: str) -> Term:
    return Term(quoted(text), text)


def _shown(cell: Term, text: bool, chinese: bool, number: Callable[[Fraction], str]) -> Term:
    """A figure as sentences show it: six decimals at most."""
    at, value = cell.text, cell.value
    if text:
        said = "—" if isinstance(value, float) else value
        return Term(f'IF(ISBLANK({at}),"—",{at})', said)
    said = "—" if isinstance(value, float) else number(round(Fraction(value), 6))
    whole = "0" if chinese else "#,##0"
    rounded = f"ROUND({at},6)"
    shown = f'IF({rounded}=INT({rounded}),TEXT({rounded},"{whole}"),TEXT({rounded},"{whole}.######"))'
    return Term(f'IF(ISBLANK({at}),"—",IF(ISNUMBER({at}),{shown},"—"))', said)
