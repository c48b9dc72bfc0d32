"""The sheet of the calculation: from scores to whole units, remainders and their order, amounts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.report.excel.division import Division, closeness, division
from allocator.report.excel.exact import ExactCells
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import Integers, scale_of
from allocator.report.excel.limits import LimitsCells
from allocator.report.excel.pen import Formats, Page, Value, broken_money
from allocator.report.tables.figures import who

HEADS = {  # of each column: what it is, and how it is computed
    "score": ("excel.stages.score", "excel.stages.score_how"),
    "share": ("excel.stages.share", "excel.stages.share_how"),
    "entitlement": ("excel.stages.entitlement", "excel.stages.entitlement_how"),
    "limited": ("excel.stages.limited", "excel.stages.limited_how"),
    "high": ("excel.stages.high", "excel.stages.high_how"),
    "high_rest": ("excel.stages.high_rest", "excel.stages.high_rest_how"),
    "whole": ("excel.stages.whole", "excel.stages.whole_how"),
    "rest": ("excel.stages.rest", "excel.stages.rest_how"),
    "part": ("excel.stages.part", "excel.stages.part_how"),
    "rank": ("excel.stages.rank", "excel.stages.rank_how"),
    "near": ("excel.stages.near", "excel.stages.near_how"),
    "largest": ("excel.stages.largest", "excel.stages.largest_how"),
    "extra": ("excel.stages.extra", "excel.stages.extra_how"),
    "tied": ("excel.stages.tied", "excel.stages.tied_how"),
    "units": ("excel.stages.units", "excel.stages.units_how"),
    "split": ("excel.stages.split", "excel.stages.split_how"),
    "earmark": ("excel.stages.earmark", "excel.stages.earmark_how"),
    "amount": ("excel.stages.amount", "excel.stages.amount_how"),
    "exported": ("excel.stages.exported", "excel.stages.exported_how"),
    "off": ("excel.stages.off", "excel.stages.off_how"),
}
TOP = {  # the cells that hold for everybody
    "units": "excel.stages.top_units",
    "over": "excel.stages.top_over",
    "high": "excel.stages.top_high",
    "low": "excel.stages.top_low",
    "close": "excel.stages.top_close",
    "short": "excel.stages.top_short",
    "cut": "excel.stages.top_cut",
    "next": "excel.stages.top_next",
    "most": "excel.stages.top_most",
    "most_rest": "excel.stages.top_most_rest",
    "place": "excel.stages.top_place",
    "near": "excel.stages.top_near",
}
VALUE = 6  # the column of the figures that hold for everybody; their labels begin in the third column


class Stages(NamedTuple):
    """The columns of the sheet by content, and the rows of the first and the last recipient."""

    page: Page
    columns: dict[str, int]
    first: int
    last: int
    near: str
    near_value: int

    def down(self, key: str) -> str:
        return self.page.down(self.columns[key], self.first, self.last)

    def at(self, key: str, i: int) -> str:
        return self.page.at(self.first + i, self.columns[key])

    def total(self, key: str) -> str:
        return self.page.at(self.first - 1, self.columns[key])


class Cell(NamedTuple):
    """A formula, its value and its number format."""

    formula: str
    value: Value
    number: str = "0"


def write_stages(
    page: Page,
    allocation: Allocation,
    found: Integers,
    inputs: Inputs,
    cells: ExactCells,
    limits: LimitsCells | None,
    row: int,
) -> Stages:
    """Writes the sheet from a row on."""
    return _Writing(page, allocation, found, inputs, cells, limits, row).write()


class _Writing:
    """The sheet while it is being written: its layout, and the values beside the formulas."""

    def __init__(
        self,
        page: Page,
        allocation: Allocation,
        found: Integers,
        inputs: Inputs,
        cells: ExactCells,
        limits: LimitsCells | None,
        row: int,
    ) -> None:
        self.page, self.allocation, self.found = page, allocation, found
        self.inputs, self.cells, self.limits = inputs, cells, limits
        self.scenario, self.book = allocation.scenario, page.book
        self.divided: Division = division(allocation, found)
        self.by_remainder = self.divided.by_remainder
        self.formats, self.scale = Formats(page.book), scale_of(allocation.scenario)
        self.size = len(self.scenario.ids)
        keys = ["score", "share", "entitlement", *(["limited"] if limits else [])]
        keys += ["high", "high_rest", "whole", "rest", "part"]
        keys += ["rank"] if self.by_remainder else ["near", "largest"]
        keys += ["extra", "tied", "units", "split", "earmark", "amount", "exported", "off"]
        self.columns = {key: 2 + at for at, key in enumerate(keys)}
        top = ["units", "over", "high", "low", "close", "short"]
        top += ["cut", "next"] if self.by_remainder else ["most", "most_rest", "place"]
        self.rows = {key: row + at for at, key in enumerate([*top, "near"])}
        self.scalar = {key: page.at(at, VALUE, here=True) for key, at in self.rows.items()}
        self.head = row + len(self.rows) + 1
        self.first, self.last = self.head + 3, self.head + 2 + self.size

    def down(self, key: str) -> str:
        return self.page.down(self.columns[key], self.first, self.last, here=True)

    def write(self) -> Stages:
        page = self.page
        for key, cell in self.scalars().items():
            label = self.book.say(TOP[key])
            if key == "short" and not self.by_remainder:
                label = self.book.say("excel.stages.top_rest_short")
            page.merged(self.rows[key], 2, VALUE - 1, label, "label")
            page.height(self.rows[key], label, 49)
            style = "total" if key == "near" else "figure"
            page.formula(self.rows[key], VALUE, cell.formula, cell.value, style, cell.number)
        self.heads()
        for i, recipient in enumerate(self.scenario.recipients):
            page.number(self.first + i, 0, i + 1, "middle", "0")
            page.text(self.first + i, 1, self.book.text(recipient.name))
            at = {key: page.at(self.first + i, column, here=True) for key, column in self.columns.items()}
            written = {**self.before(i, at), **self.rounded(i, at), **self.money(i, at)}
            for key, column in self.columns.items():
                formula, value, number = written[key]
                style = "total" if key == "amount" else "figure"
                if formula:
                    page.formula(self.first + i, column, formula, value, style, number)
                else:
                    page.number(self.first + i, column, value if value != "" else None, style, number)
        self.totals()
        page.widths |= {1: 22, self.columns["score"]: 14, self.columns["share"]: 13}
        money = [self.columns[key] for key in ("split", "earmark", "amount", "exported", "off")]
        broken_money(page, (self.first - 1, self.last), money, {self.columns["off"]: True})
        near = self.divided.near + (self.limits.near_value if self.limits else 0)
        return Stages(page, self.columns, self.first, self.last, page.at(self.rows["near"], VALUE), near)

    def scalars(self) -> dict[str, Cell]:
        """The cells that hold for everybody, by key."""
        cells, limits, divided, s = self.cells, self.limits, self.divided, self.scalar
        rests = self.down("rest")
        over = limits.free_score if limits else f"IF({cells.score}=0,1,{cells.score})"
        base = self.down("whole" if self.by_remainder else "near")
        close = f"{s['units']}*{s['over']}*{closeness(self.allocation)}*2.5E-16"
        found = {
            "units": Cell(limits.free_units if limits else cells.total, divided.to_share),
            "over": Cell(over, divided.over, "General"),
            "high": Cell(f"INT({s['units']}/{cells.split})", divided.high),
            "low": Cell(f"{s['units']}-{s['high']}*{cells.split}", divided.low),
            "close": Cell(f"IF({cells.exact}=1,0,{close})", divided.close, "General"),
            "short": Cell(f"{cells.total}-SUM({base})", divided.short),
        }
        if self.by_remainder:
            for key, off, value in (("cut", 0, divided.cut[0]), ("next", 1, divided.cut[1])):
                some = f"AND({s['short']}>0,{s['short']}<{self.size})"
                found[key] = Cell(f"IF({some},LARGE({rests},{s['short']}+{off}),0)", value, "General")
            near = f"IF(AND({s['close']}>0,{self.tie()}),1,0)"
        else:
            most, rest = (divided.whole[divided.largest], divided.rest[divided.largest])
            anybody = any(divided.takes)
            found["most"] = Cell(f"MAX({self.down('whole')})", most)
            found["most_rest"] = Cell(
                f"SUMPRODUCT(MAX(({self.down('whole')}={s['most']})*{rests}))", max(rest, 0), "General"
            )
            found["place"] = Cell(
                f"IFERROR(MATCH(1,{self.down('largest')},0),0)", divided.largest + 1 if anybody else 0
            )
            near = (
                f"IF({s['close']}>0,"
                f"IF(SUMPRODUCT(--(ABS(2*{rests}-{s['over']})<=2*{s['close']}))>0,1,0)"
                f"+IF(AND({s['short']}<>0,SUM({self.down('largest')})>1),1,0),0)"
            )
        if limits is not None:
            near += f"+{limits.near}"
        found["near"] = Cell(near, divided.near + (limits.near_value if limits else 0))
        return found

    def tie(self) -> str:
        """The conditions under which the last remainder with a unit and the first without count as equal."""
        short, cut, after, close = (self.scalar[key] for key in ("short", "cut", "next", "close"))
        return f"{short}>0,{short}<{self.size},ABS({cut}-{after})<={close}"

    def heads(self) -> None:
        page, unit = self.page, self.book.money_unit(self.scenario.fund.currency, self.scale)
        heads = [(self.book.say("table.number"), ""), (who(self.scenario, self.book), "")]
        for key in self.columns:
            title, how = HEADS[key]
            heads.append((self.book.say(title, unit=unit), self.book.say(how)))
        for column, (title, how) in enumerate(heads):
            page.text(self.head, column, title, "head", wide=False)
            page.text(self.head + 1, column, how, "how", wide=False)
            page.widths[column] = 6 if column == 0 else 11
        page.sheet.set_row(self.head, 38)
        page.sheet.set_row(self.head + 1, 70)

    def before(self, i: int, at: Mapping[str, str]) -> dict[str, Cell]:
        """The cells of score, share and entitlement, and of quotient and remainder, high part first."""
        cells, limits, divided, s = self.cells, self.limits, self.divided, self.scalar
        allocation, id, cents = self.allocation, self.scenario.ids[i], self.scale * 100
        score, over, split = at["score"], s["over"], cells.split
        entitlement = Fraction(allocation.entitlements[id]) / self.scale
        share = f"IF({cells.score}=0,0,{score}/{cells.score})"
        found = {
            "score": Cell(cells.score_of(i), self.found.scores[i], "General"),
            "share": Cell(share, allocation.shares[id], "0.000000%"),
            "entitlement": Cell(
                f"{cells.distributable}/{cents}*{at['share']}", entitlement, self.formats.long
            ),
        }
        if limits is not None:
            limited = Fraction(allocation.limited[id]) / self.scale
            formula = f"({at['whole']}+{at['part']})*{cells.unit}/{cents}"
            found["limited"] = Cell(formula, limited, self.formats.long)
        if not divided.takes[i]:
            found |= {key: Cell("", 0) for key in ("high", "high_rest", "whole", "part")}
            return found | {"rest": Cell(f"-{over}", divided.rest[i], "General")}
        high = f"INT({s['high']}*{score}/{over})"
        high_rest = f"{s['high']}*{score}-{at['high']}*{over}"
        low = f"{at['high_rest']}*{split}+{s['low']}*{score}"
        whole = f"{at['high']}*{split}+INT(({low}+{s['close']})/{over})"
        rest = f"({low})-({at['whole']}-{at['high']}*{split})*{over}"
        if limits is not None:
            places = (limits.floor, limits.cap, limits.at_floor, limits.at_cap)
            floor, cap, at_floor, at_cap = (limits.page.at(limits.first + i, c) for c in places)
            held = f"{at_floor}+{at_cap}>0"
            high, high_rest, rest = (f"IF({held},0,{formula})" for formula in (high, high_rest, rest))
            whole = f"IF({at_floor}=1,{floor},IF({at_cap}=1,{cap},{whole}))"
        part = Fraction(divided.rest[i]) / divided.over
        return found | {
            "high": Cell(high, divided.steps[i][0]),
            "high_rest": Cell(high_rest, divided.steps[i][1], "General"),
            "whole": Cell(whole, divided.whole[i]),
            "rest": Cell(rest, divided.rest[i], "General"),
            "part": Cell(f"MAX(0,{at['rest']})/{over}", part, "0.000000000"),
        }

    def rounded(self, i: int, at: Mapping[str, str]) -> dict[str, Cell]:
        """The cells that round: the order of the remainders or the largest amount, and the units."""
        divided, s, rests = self.divided, self.scalar, self.down("rest")
        id, takes, close = self.scenario.ids[i], divided.takes[i], s["close"]
        units = self.units(i)
        tied_value = int(id in self.allocation.tied)
        numbers, number = (
            self.page.down(0, self.first, self.last, here=True),
            self.page.at(self.first + i, 0, here=True),
        )
        if not self.by_remainder:
            largest = f"IF(AND({at['whole']}={s['most']},{at['rest']}>={s['most_rest']}-{close}),1,0)"
            like = divided.whole[divided.largest], divided.rest[divided.largest]
            near = f"{at['whole']}+IF(2*{at['rest']}+2*{close}>={s['over']},1,0)"
            tied = f"IF(AND({s['short']}<>0,SUM({self.down('largest')})>1),{at['largest']},0)"
            return {
                "near": Cell(near if takes else "", divided.nearest[i]),
                "largest": Cell(
                    largest if takes else "", int(takes and (divided.whole[i], divided.rest[i]) == like)
                ),
                "extra": Cell(f"IF({number}={s['place']},{s['short']},0)", units - divided.nearest[i]),
                "tied": Cell(tied if takes else "", tied_value),
                "units": Cell(f"{at['near']}+{at['extra']}", units),
            }
        rank = (
            f"1+SUMPRODUCT(--({rests}>{at['rest']}+{close}))"
            f"+SUMPRODUCT((ABS({rests}-{at['rest']})<={close})*({numbers}<{number}))"
        )
        tied = f"IF(AND({self.tie()},ABS({at['rest']}-{s['cut']})<={close}),1,0)"
        return {
            "rank": Cell(rank, divided.order.index(i) + 1) if takes else Cell("", ""),
            "extra": Cell(f"IF({at['rank']}<={s['short']},1,0)" if takes else "", units - divided.whole[i]),
            "tied": Cell(tied if takes else "", tied_value),
            "units": Cell(f"{at['whole']}+{at['extra']}", units),
        }

    def money(self, i: int, at: Mapping[str, str]) -> dict[str, Cell]:
        """The cells from units to amounts, and beside them the program's amounts."""
        allocation, id, unit = self.allocation, self.scenario.ids[i], self.cells.unit
        cents, whole = self.scale * 100, self.formats.money
        earmarks = [
            f"ROUND({cell}*{cents},0)"
            for cell, earmark in zip(self.inputs.earmarks, self.scenario.earmarks, strict=True)
            if earmark.recipient == id
        ]
        added = self.inputs.read("+".join(earmarks)) if earmarks else ""
        amount = Fraction(allocation.amounts[id]) / self.scale
        earmark = Fraction(allocation.earmarks[id]) / self.scale
        split = Fraction(self.units(i) * self.scenario.fund.unit) / self.scale
        with_earmarks = f"({at['units']}*{unit}+{added})/{cents}"
        return {
            "split": Cell(f"{at['units']}*{unit}/{cents}", split, whole),
            "earmark": Cell(f"({added})/{cents}" if added else "", earmark, whole),
            "amount": Cell(self.inputs.or_dash(with_earmarks if added else at["split"]), amount, whole),
            "exported": Cell("", amount, whole),
            "off": Cell(
                self.inputs.or_dash(f"ROUND({at['amount']}-{at['exported']},6)"), 0, self.formats.change
            ),
        }

    def units(self, i: int) -> int:
        taking = self.scenario.participants
        return self.allocation.split.units[taking.index(i)] if i in taking else 0

    def totals(self) -> None:
        """Writes the sums of the columns above them."""
        page, scenario, divided = self.page, self.scenario, self.divided
        split = Fraction(scenario.distributable) / self.scale
        amount = Fraction(scenario.distributable + scenario.earmarked) / self.scale
        units = sum(self.allocation.split.units)
        shared = bool(self.found.score)
        found: dict[str, tuple[Number, str]] = {
            "score": (self.found.score, "General"),
            "share": (int(shared), "0.000000%"),
            "entitlement": (split if shared else 0, self.formats.long),
            "limited": (split, self.formats.long),
            "whole": (sum(divided.whole), "0"),
            "near": (sum(divided.nearest), "0"),
            "extra": (divided.short if any(divided.takes) else 0, "0"),
            "units": (units, "0"),
            "split": (split, self.formats.money),
            "earmark": (amount - split, self.formats.money),
            "amount": (amount, self.formats.money),
            "exported": (amount, self.formats.money),
            "off": (0, self.formats.change),
        }
        row = self.first - 1
        page.text(row, 0, "", "total")
        page.text(row, 1, self.book.say("table.total"), "total")
        for key, column in self.columns.items():
            if key in found:
                value, number = found[key]
                total = f"SUM({self.down(key)})"
                total = self.inputs.or_dash(total) if key in ("amount", "off") else total
                page.formula(row, column, total, value, "total", number)
            else:
                page.text(row, column, "", "total")
