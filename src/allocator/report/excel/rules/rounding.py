"""Whole units of a pool: quotients and remainders, and what rounding leaves, by each of the roundings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.report.excel.integers import scale_of
from allocator.report.excel.pen import Formats
from allocator.report.excel.rules.groups import error_of
from allocator.report.excel.rules.term import (
    Term,
    count,
    down,
    most,
    nth_largest,
    place_of,
    power_of_root,
    term,
    total,
    when,
)

if TYPE_CHECKING:
    from allocator.report.excel.rules.pool import PoolSheet, Result


class Rounding:
    """Writes the columns from scores to units."""

    def __init__(
        self,
        sheet: PoolSheet,
        taken: Term,
        gross: Term,
        share: Term,
        divisor: Term,
        at_floor: Sequence[Term],
        at_cap: Sequence[Term],
    ) -> None:
        self.sheet, self.frame, self.book = sheet, sheet.frame, sheet.book
        self.taken, self.gross, self.share, self.divisor = taken, gross, share, divisor
        self.at_floor, self.at_cap = at_floor, at_cap
        self.takes, self.scores = sheet.takes, sheet.scores
        self.scenario = sheet.scenario

    def write(self) -> Result:
        """Writes everything; returns the cells that others need."""
        from allocator.report.excel.rules.pool import Result

        frame, say, sheet, scores = self.frame, self.book.say, self.sheet, self.scores
        each = sheet.each_score
        split = frame.top("split", power_of_root(self.share))
        high = frame.top("high", down(self.share / split))
        low = frame.top("low", self.share - high * split)
        steps = (len(self.scenario.ids) + 2 * len(scores.ids) + 12) * Fraction(1, 4 * 10**15)
        parts = Term(f"{float(steps):.3E}", 0)
        error = frame.top("error", Term(f"IF({scores.exact.text}=1,0,{parts.text}+{scores.error.text})", 0))
        over = self.divisor * sheet.each if sheet.deductions else self.divisor
        size = Term(f"ABS({self.share.text}*{sheet.by_whole.text})", 0)
        if sheet.from_gains:  # scores with their error are multiplied by the money first
            size = Term(f"{size.text}*{self.gross.text}", 0)
        close = frame.top("close", Term(f"IF({scores.exact.text}=1,0,{size.text}*{error.text})", 0))
        high_cells, _ = frame.column(
            say("excel.stages.high"),
            say("excel.stages.high_how"),
            lambda i: down(high * each[i] / self.divisor),
        )
        rests, _ = frame.column(
            say("excel.stages.high_rest"),
            say("excel.stages.high_rest_how"),
            lambda i: high * each[i] - high_cells[i] * self.divisor,
        )
        lows = [rests[i] * split + low * each[i] for i in range(frame.size)]

        def free(i: int, made: object, floor: object, cap: object) -> object:
            if sheet.moved:
                made = when(self.at_floor[i].equals(1), floor, when(self.at_cap[i].equals(1), cap, made))
            return when(self.takes[i].equals(1), made, 0)

        def quotient(i: int) -> Term:
            made = high_cells[i] * split + down((lows[i] + close) / self.divisor)
            return floors[i] + made if sheet.from_gains else made

        floors = sheet.floors if sheet.moved else [term(0)] * frame.size
        caps = sheet.caps if sheet.moved else [term(0)] * frame.size
        grains, _ = frame.column(
            say("excel.rules.grains"),
            say("excel.stages.whole_how"),
            lambda i: free(i, quotient(i), floors[i], caps[i]),
        )

        def above(i: int) -> Term:
            return grains[i] - floors[i] if sheet.from_gains else grains[i]

        left, _ = frame.column(
            say("excel.rules.grains_rest"),
            say("excel.stages.rest_how"),
            lambda i: free(i, lows[i] - (above(i) - high_cells[i] * split) * self.divisor, 0, 0),
        )
        net = [
            grains[i] - sheet.held[i] / sheet.grain if sheet.deductions else grains[i]
            for i in range(frame.size)
        ]
        wholes, whole_range = frame.column(
            say("excel.stages.whole"),
            say("excel.rules.whole_units_how"),
            lambda i: down(net[i] / sheet.each) if sheet.deductions else net[i],
            "0",
            added=True,
        )

        def rest(i: int) -> object:
            made = left[i]
            if sheet.deductions:
                made = (net[i] - wholes[i] * sheet.each) * self.divisor + made
            return when(self.takes[i].equals(1), made, -over)

        rest_cells, rest_range = frame.column(say("excel.stages.rest"), say("excel.rules.rest_how"), rest)
        self.wholes, self.whole_range, self.rests, self.rest_range = (
            wholes,
            whole_range,
            rest_cells,
            rest_range,
        )
        self.over, self.close = over, close
        way = {"largest-remainder": self.by_remainder, "rest-to-largest": self.by_largest}
        units, whole, tied, near = way.get(sheet.rounding, self.alone)()
        divided, doubts = whole, [near]
        if sheet.grouping is not None:
            part = error_of(scores, error)
            rate = self.share, self.divisor
            low, high = _range(self.at_floor), _range(self.at_cap)
            units, whole, tied, near = sheet.grouping.inner(units, whole, tied, rate, low + high, part)
            doubts.append(near)
        remaining = self.taken - total(whole)
        near_term = Term("+".join([*doubts, *sheet.near]) or "0", 0)
        near_cell = frame.top("near", near_term, "0")
        cents, formats = scale_of(self.scenario) * 100, Formats(self.book)
        shown = self.book.money_unit(self.scenario.fund.currency, scale_of(self.scenario))
        frame.column(
            say("excel.stages.split", unit=shown),
            say("excel.stages.split_how"),
            lambda i: units[i] * sheet.money.unit / cents,
            formats.money + ".####",
            added=True,
            style="total",
        )
        shares, _ = frame.column(
            say("excel.stages.share"),
            say("excel.stages.share_how"),
            lambda i: when(sheet.by_whole.equals(0), 0, sheet.by[i] / sheet.by_whole),
            "0.000000%",
            added=True,
        )
        unit, entitlements = sheet.money.unit, self.entitled()
        entitled, entitled_range = frame.column(
            say("excel.stages.entitlement", unit=shown),
            say("excel.rules.entitlement_how"),
            lambda i: entitlements[i] * unit / cents,
            formats.long,
            added=True,
        )

        unphased = entitled
        if sheet.pool.phase_in is not None:
            bare = [when(scores.whole.equals(0), 0, self.gross * s / scores.whole) for s in scores.each]
            each_unit = sheet.each if sheet.deductions else term(1)
            unphased, _ = frame.column(
                say("excel.rules.unphased", unit=shown),
                say("excel.rules.entitlement_how"),
                lambda i: bare[i] / each_unit * unit / cents,
                formats.long,
                added=True,
            )

        def net_amount(i: int) -> object:
            units = wholes[i] + most(0, rest_cells[i]) / over
            return when(self.takes[i].equals(1), units * unit / cents, 0)

        if sheet.grouping is not None:
            firsts, _ = frame.column(
                say("excel.rules.part_limited", unit=shown),
                say("excel.rules.part_how"),
                net_amount,
                formats.long,
                added=True,
            )
            members = sheet.grouping

            def net_amount(i: int) -> object:
                return members.within(i, firsts)

        limited, limited_range = frame.column(
            say("excel.stages.limited", unit=shown),
            say("excel.stages.limited_how"),
            net_amount,
            formats.long,
            added=True,
        )
        flags = self.at_limits() if sheet.grouping is not None else [None] * frame.size
        unmet = tuple(sheet.taking.unmet(i) for i in range(frame.size))
        return Result(
            tuple(sheet.taking.takes),
            tuple(sheet.taking.named),
            unmet,
            tuple(units),
            whole,
            self.taken,
            remaining,
            tuple(tied),
            tuple(self.at_floor),
            tuple(self.at_cap),
            sheet.bounds,
            scores,
            tuple(shares),
            tuple(entitled),
            tuple(unphased),
            tuple(limited),
            entitled_range,
            limited_range,
            sheet.scaled,
            near_cell,
            divided,
            tuple(flags),
        )

    def at_limits(self) -> list[tuple[Term, Term] | None]:
        """1 where the group of each stands at its floor, and at its cap."""
        grouping = self.sheet.grouping
        assert grouping is not None
        low, high = _range(self.at_floor), _range(self.at_cap)
        return [grouping.stands(i, low, high) for i in range(self.frame.size)]

    def entitled(self) -> list[Term]:
        """The entitlements in units, before limits and with what is held."""
        sheet, scores = self.sheet, self.scores
        if sheet.pool.kind == "fixed":
            return [s * sheet.times / (sheet.over * sheet.each) for s in scores.each]
        gross = self.gross / sheet.each if sheet.deductions else self.gross
        return [when(sheet.by_whole.equals(0), 0, gross * s / sheet.by_whole) for s in sheet.by]

    def by_remainder(self) -> tuple[list[Term], Term, list[Term], str]:
        """Largest remainder: one unit more to the largest remainders, equal ones in listed order."""
        frame, say, close = self.frame, self.book.say, self.close
        short = frame.top("short", self.taken - total(self.whole_range))
        some = f"AND({short.text}>0,{short.text}<{frame.size})"
        known = 0 < short.value < frame.size
        ends = []
        for key, more in (("cut", 0), ("next", 1)):
            found = nth_largest(self.rest_range, short + more) if known else term(0)
            text = f"IF({some},LARGE({self.rest_range.text},{short.text}+{more}),0)"
            ends.append(frame.top(key, Term(text, found.value)))
        cut, after = ends
        tie = f"{short.text}>0,{short.text}<{frame.size},ABS({cut.text}-{after.text})<={close.text}"
        tie_known = known and cut.value == after.value
        order = sorted(range(frame.size), key=lambda i: -self.rests[i].value)
        place = {i: at for at, i in enumerate(order, 1)}

        def rank(i: int) -> object:
            mine, number = self.rests[i].text, frame.number(i).text
            cells, numbers = self.rest_range.text, frame.numbers.text
            text = (
                f"1+SUMPRODUCT(--({cells}>{mine}+{close.text}))"
                f"+SUMPRODUCT((ABS({cells}-{mine})<={close.text})*({numbers}<{number}))"
            )
            return Term(text, place[i])

        ranks, _ = frame.column(say("excel.stages.rank"), say("excel.stages.rank_how"), rank, "0")

        def extra(i: int) -> object:
            return when(self.takes[i].equals(1), when(ranks[i] <= short, 1, 0), 0)

        extras, _ = frame.column(
            say("excel.stages.extra"), say("excel.stages.extra_how"), extra, "0", added=True
        )
        units, whole = self.units(lambda i: self.wholes[i] + extras[i])

        def tied(i: int) -> object:
            close_to = f"ABS({self.rests[i].text}-{cut.text})<={close.text}"
            text = f"IF(AND({tie},{close_to},{self.takes[i].text}=1),1,0)"
            return Term(
                text, int(tie_known and self.rests[i].value == cut.value and self.takes[i].value == 1)
            )

        ties, _ = frame.column(say("excel.stages.tied"), say("excel.stages.tied_how"), tied, "0")
        return units, whole, ties, f"IF(AND({close.text}>0,{tie}),1,0)"

    def units(self, make: Callable[[int], object]) -> tuple[list[Term], Term]:
        say = self.book.say
        return self.frame.column(
            say("excel.stages.units"), say("excel.stages.units_how"), make, "0", added=True
        )

    def nearest(self) -> tuple[list[Term], Term]:
        """Every amount to the nearest unit, halves up."""
        say, close = self.book.say, self.close

        def made(i: int) -> object:
            up = 2 * self.rests[i].value >= self.over.value and self.takes[i].value == 1
            more = f"IF(2*{self.rests[i].text}+2*{close.text}>={self.over.within(2)},1,0)"
            text = f"IF({self.takes[i].text}=1,{more},0)"
            return self.wholes[i] + Term(text, int(up))

        return self.frame.column(
            say("excel.stages.near"), say("excel.stages.near_how"), made, "0", added=True
        )

    @property
    def halves(self) -> str:
        """The number of amounts that are too close to a half to tell, a formula."""
        over, close = self.over.within(1), self.close.text
        doubt = f"SUMPRODUCT(--(ABS(2*{self.rest_range.text}-{over})<=2*{close}))"
        return f"IF({close}>0,IF({doubt}>0,1,0),0)"

    def by_largest(self) -> tuple[list[Term], Term, list[Term], str]:
        """Rest to the largest: each to the nearest unit; what is left goes to the largest amount."""
        frame, say, close = self.frame, self.book.say, self.close
        near, near_range = self.nearest()
        short = frame.top("short", self.taken - total(near_range))
        top = frame.top("most", most(self.whole_range))
        rests = [r.value for w, r in zip(self.wholes, self.rests, strict=True) if w.value == top.value]
        text = f"SUMPRODUCT(MAX(({self.whole_range.text}={top.text})*{self.rest_range.text}))"
        most_rest = frame.top("most_rest", Term(text, max([*rests, 0])))

        def largest(i: int) -> object:
            known = self.takes[i].value == 1 and self.wholes[i].value == top.value
            known = known and self.rests[i].value >= most_rest.value
            text = (
                f"IF(AND({self.takes[i].text}=1,{self.wholes[i].text}={top.text},"
                f"{self.rests[i].text}>={most_rest.text}-{close.text}),1,0)"
            )
            return Term(text, int(known))

        largests, flags = frame.column(
            say("excel.stages.largest"), say("excel.stages.largest_how"), largest, "0"
        )
        place = frame.top("place", place_of(1, flags))

        def extra(i: int) -> object:
            return when(frame.number(i).equals(place), short, 0)

        extras, _ = frame.column(
            say("excel.stages.extra"), say("excel.stages.extra_how"), extra, "0", added=True
        )
        units, whole = self.units(lambda i: near[i] + extras[i])
        several = count(flags.equals(1)) > 1

        def tied(i: int) -> object:
            return when(short.differs(0), when(several, largests[i], 0), 0)

        ties, _ = frame.column(say("excel.stages.tied"), say("excel.stages.tied_how"), tied, "0")
        doubt = f"IF({close.text}>0,IF(AND({short.text}<>0,SUM({flags.text})>1),1,0),0)"
        return units, whole, ties, f"{self.halves}+{doubt}"

    def alone(self) -> tuple[list[Term], Term, list[Term], str]:
        """Each to the nearest unit by itself; what is left is nobody's, or goes to who is named."""
        frame, fund = self.frame, self.scenario.fund
        near, near_range = self.nearest()
        short = frame.top("short", self.taken - total(near_range))
        named = fund.rest_to.recipient if fund.rest_to is not None else ""
        if named:
            at = self.scenario.position[named]
            self.sheet.wrong.append(f"IF(AND({short.text}<>0,{self.takes[at].text}=0),1,0)")
            units, whole = self.units(lambda i: near[i] + short if i == at else near[i])
        else:
            units, whole = self.units(lambda i: near[i])
        return units, whole, [term(0)] * frame.size, self.halves


def _range(cells: Sequence[Term]) -> Term:
    """The cells of a column as a range."""
    return Term(f"{cells[0].text}:{cells[-1].text}", tuple(one.value for one in cells))
