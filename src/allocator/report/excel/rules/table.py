"""The formulas of the office's table, and of its steps as shown, for a rule of format 2."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.model import Scenario
from allocator.core.pools import Pool
from allocator.report.excel import shown as format_1
from allocator.report.excel.formula_texts import quoted
from allocator.report.excel.integers import scale_of
from allocator.report.excel.known import unknown
from allocator.report.excel.pen import Page
from allocator.report.excel.printed import factor_head, known_amount
from allocator.report.excel.rules.data import RuleData
from allocator.report.excel.rules.inputs import RuleInputs
from allocator.report.excel.rules.pool import Result
from allocator.report.excel.rules.sums import Sums
from allocator.report.excel.rules.term import Term
from allocator.report.excel.shown import key_of
from allocator.report.tables.table import Column, Table

PHASED = "factor phase_in"  # the column of what phasing in changes


class Shown(format_1._Writing):
    """The steps of a rule of one pool, rounded as tables show them."""

    def __init__(self, page: Page, allocation: Allocation, table: Table, result: Result, row: int) -> None:
        entitled = f"ROUND(SUM({result.entitled_range.text}),2)*{scale_of(allocation.scenario) * 100}"
        cells = _Cells(entitled, result.scores.whole.text)
        super().__init__(page, allocation, table, cells, result, row)  # type: ignore[arg-type]
        self.result = result
        self.factors = {f"factor {id}": result.scores.ids.index(id) for id in allocation.split.parts}
        self.ids = {f"factor {id}": id for id in allocation.split.parts}

    def unrounded(self, key: str, i: int) -> str:
        result, scores = self.result, self.result.scores
        if key == "share":
            return f"100*{result.shares[i].text}"
        if key == "entitlement":
            return result.entitled[i].text
        if key == "limited":
            return result.limited[i].text
        if key == PHASED:
            return f"{result.entitled[i].text}-{result.unphased[i].text}"
        j = self.factors[key]
        part = f"{scores.rates[j].text}*{scores.values[j][i].text}"
        if scores.coefficients is not None:
            part += f"*{scores.coefficients[i].text}"
        return f"IF({scores.each[i].text}=0,0,{result.unphased[i].text}*({part})/{scores.each[i].text})"

    def values(self, key: str) -> list[Fraction]:
        if key != PHASED:
            return super().values(key)
        (change,) = (stage.amounts for stage in self.allocation.stages if stage.kind == "phase_in")
        return [Fraction(change.get(id, 0)) / self.scale for id in self.scenario.ids]

    def shown_total(self, key: str) -> str:
        if key == PHASED:
            return "0"  # what one gains by it another loses
        if key == "limited":
            return f"ROUND(SUM({self.result.limited_range.text}),2)"
        return super().shown_total(key)


class _Cells(NamedTuple):
    """The cells that the sheet of figures as shown asks for: Σ of entitlements, Σ of scores."""

    distributable: str
    score: str


class RuleFigures(NamedTuple):
    """The formulas of the table's cells."""

    allocation: Allocation
    inputs: RuleInputs
    data: RuleData
    results: Mapping[str, Result]
    sums: Sums
    shown: format_1.Shown | None
    page: Page
    apart: tuple[Term, ...]

    @property
    def scenario(self) -> Scenario:
        return self.allocation.scenario

    @property
    def cents(self) -> int:
        return scale_of(self.scenario) * 100

    def head(self, column: Column) -> str | None:
        """A factor's heading has its current weight, where that is an input."""
        if column.adds != "factors":
            return None
        (pool,) = self.scenario.rules
        ids = list(pool.weights)
        if column.key not in ids or pool.kind == "fixed":
            return None
        cell = self.inputs.weights[pool.id][ids.index(column.key)].text
        name = self.page.book.text(self.scenario.factor(column.key).name)
        return factor_head(self.page, column, cell, self.inputs, pool.kind, name)

    def reservation(self, at: int) -> str:
        """A reservation with what it takes of the rest and pays for adjustments."""
        return self.sums.reservations[at].text

    def undistributed(self) -> str:
        """The money that is left undistributed."""
        return f"{self.sums.undistributed.text}/{self.cents}"

    def recipient(self, column: Column, i: int, row: int, page: Page, columns: Mapping[str, int]) -> str:
        """A figure of the sheets of the calculation, or a remark."""
        key, sums = column.key, self.sums
        if column.adds:
            assert self.shown is not None
            return self.shown.at(key_of(column), i)
        if key == "amount":
            return sums.amounts[i].text
        in_hundredths = {
            "earmark": sums.earmarks,
            "before": sums.before,
            "adjustment": sums.adjustments,
            "held": sums.held,
        }
        if key.startswith("pool "):
            return f"{sums.pools[key.removeprefix('pool ')][i].text}/{self.cents}"
        if key in in_hundredths:
            return f"({in_hundredths[key][i].text})/{self.cents}"
        if key == "issued":
            return sums.issued[i].text
        if key == "to_issue":
            return sums.to_issue[i].text
        formula = known_amount(column, i, row, page, columns, self.data)
        if formula is not None:
            return formula
        if key != "note":
            unknown("column", key)
        return self.note(i)

    def note(self, i: int) -> str:
        """The remark: limits stood at, tied remainders, outside the split, conditions not met."""
        say, parts = self.page.book.say, list[str]()
        several = len(self.scenario.rules) > 1
        for pool in self.scenario.rules:
            result = self.results[pool.id]
            if result.bounds is None:
                continue
            floor, cap = result.bounds.floors[i].text, result.bounds.caps[i].text
            at_floor, at_cap = result.at_floor[i].text, result.at_cap[i].text
            said = [say("table.at_floor"), say("table.at_cap")]
            if several:
                said = [say("pools.at_limit", name=pool.name, at=one) for one in said]
            has_floor, has_cap = result.bounds.has_floor[i].text, result.bounds.has_cap[i].text
            if has_floor != "0" or has_cap != "0":
                capped = (
                    f"AND({has_cap}=1,OR({at_cap}=1,AND({at_floor}=1,{cap}={floor}))"
                    f",{result.takes[i].text}=1)"
                )
                floored = f"AND({has_floor}=1,{at_floor}=1,{result.takes[i].text}=1)"
                parts.append(f'IF({floored},{quoted(said[0])},IF({capped},{quoted(said[1])},""))')
            self._grouped(pool, i, parts)
        ties = [result.tied[i].text for result in self.results.values() if result.tied[i].text != "0"]
        if ties:
            parts.append(f'IF({"+".join(ties)}>0,{quoted(say("table.tied"))},"")')
        apart = self.apart[i]
        if apart.text != "0":
            parts.append(f'IF({apart.text}=1,{quoted(say("table.apart"))},"")')
        for pool in self.scenario.rules:
            result = self.results[pool.id]
            unmet = result.unmet[i]
            if unmet is not None and result.named[i].text != "0":
                out = f"AND({result.named[i].text}=1,{result.takes[i].text}=0)"
                parts.append(f'IF({out},{unmet.text},"")')
        if not parts:
            return '""'
        if len(parts) == 1:
            return parts[0]
        comma = say("place.list")
        joined = "&".join(f'IF({part}="","",{quoted(comma)}&{part})' for part in parts)
        return f"MID({joined},{len(comma) + 1},1000)"

    def _grouped(self, pool: Pool, i: int, parts: list[str]) -> None:
        """Adds the remark that a recipient's group stands at its floor or cap."""
        stands, say = self.results[pool.id].grouped[i], self.page.book.say
        if stands is None:
            return
        said = [say("table.group_at_floor"), say("table.group_at_cap")]
        if len(self.scenario.rules) > 1:
            said = [say("pools.at_limit", name=pool.name, at=one) for one in said]
        floored, capped = (one.text for one in stands)
        parts.append(f'IF({capped}=1,{quoted(said[1])},IF({floored}=1,{quoted(said[0])},""))')
