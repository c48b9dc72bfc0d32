"""Floors and caps in whole units, the recipients at one, and the multiplier of all others, by formula.

Let G(λ) = Σ min(max(λ · s, floor), cap). It never falls, so a recipient stands at its floor exactly if
G(floor / s) is not below the units to share out, and at its cap exactly if G(cap / s) is not above them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.excel.data import Data
from allocator.report.excel.division import closeness, division
from allocator.report.excel.exact import BOUND, ExactCells
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import LEAST, MOST, Integers
from allocator.report.excel.limit_rules import Rule, in_units, rules_of
from allocator.report.excel.pen import Page
from allocator.report.tables.figures import who

COLUMNS = {  # what each is, and how it is computed
    "floor": ("excel.limits.floor", "excel.limits.floor_how"),
    "cap": ("excel.limits.cap", "excel.limits.cap_how"),
    "score": ("excel.limits.score", "excel.limits.score_how"),
    "at_floor_sum": ("excel.limits.at_floor_sum", "excel.limits.at_floor_sum_how"),
    "at_cap_sum": ("excel.limits.at_cap_sum", "excel.limits.at_cap_sum_how"),
    "at_floor": ("excel.limits.at_floor", "excel.limits.at_floor_how"),
    "at_cap": ("excel.limits.at_cap", "excel.limits.at_cap_how"),
    "free": ("excel.limits.free", "excel.limits.free_how"),
    "near": ("excel.limits.near", "excel.limits.near_how"),
}
TOP = {  # the cells that hold for everybody
    "units": "excel.limits.units",
    "score": "excel.limits.score",
    "multiplier": "excel.limits.multiplier",
    "crossed": "excel.limits.crossed",
    "low": "excel.limits.low",
    "high": "excel.limits.high",
    "near": "excel.limits.near",
}


class LimitsCells(NamedTuple):
    """References to the cells of the sheet: its columns by content, and the cells that hold for everybody."""

    page: Page
    first: int
    floor: int
    cap: int
    at_floor: int
    at_cap: int
    free_units: str
    free_score: str
    impossible: str
    near: str
    near_value: int
    has_floor: tuple[bool, ...]
    has_cap: tuple[bool, ...]


def write_limits(
    page: Page,
    allocation: Allocation,
    found: Integers,
    inputs: Inputs,
    data: Data,
    cells: ExactCells,
    row: int,
) -> LimitsCells:
    """Writes the sheet from a row on."""
    return _Writing(page, allocation, found, inputs, data, cells, row).write()


class _Writing:
    """The sheet while it is being written."""

    def __init__(
        self,
        page: Page,
        allocation: Allocation,
        found: Integers,
        inputs: Inputs,
        data: Data,
        cells: ExactCells,
        row: int,
    ) -> None:
        self.page, self.allocation, self.found = page, allocation, found
        self.data, self.cells, self.book = data, cells, page.book
        self.scenario, self.divided = allocation.scenario, division(allocation, found)
        self.rules: list[Rule] = rules_of(self.scenario, inputs)
        size = len(self.scenario.ids)
        self.floors, self.caps = [0] * size, [0] * size  # zero for those that take no part
        for i, floor, cap in zip(
            self.scenario.participants, allocation.split.floor_units, allocation.split.cap_units, strict=True
        ):
            self.floors[i] = floor or 0
            self.caps[i] = found.total if cap is None else cap
        self.top = {key: row + at for at, key in enumerate(TOP)}
        self.head = row + len(TOP) + 1
        self.first, self.last = self.head + 2, self.head + 1 + size
        self.columns = {key: 2 + len(self.rules) + at for at, key in enumerate(COLUMNS)}
        self.near = 0
        # limits and scores, which every recipient is compared with, are made whole numbers once
        self.of_units, (self.whole_floors, self.whole_caps) = _brought(self.floors, self.caps)
        self.of_scores, (self.whole_scores,) = _brought(found.scores)

    def down(self, key: str) -> str:
        return self.page.down(self.columns[key], self.first, self.last, here=True)

    def write(self) -> LimitsCells:
        page, columns = self.page, self.columns
        self.heads()
        for i, recipient in enumerate(self.scenario.recipients):
            page.number(self.first + i, 0, i + 1, "middle", "0")
            page.text(self.first + i, 1, self.book.text(recipient.name))
            self.recipient(i)
        self.same_for_all()
        page.widths[1] = max(page.widths[1], 36)
        page.widths[2] = max(page.widths[2], 16)
        at = {key: page.at(row, 2) for key, row in self.top.items()}
        size = range(len(self.scenario.ids))
        return LimitsCells(
            page=page,
            first=self.first,
            floor=columns["floor"],
            cap=columns["cap"],
            at_floor=columns["at_floor"],
            at_cap=columns["at_cap"],
            free_units=at["units"],
            free_score=at["score"],
            impossible="+".join(at[key] for key in ("crossed", "low", "high")),
            near=at["near"],
            near_value=self.near,
            has_floor=tuple(any(i in r.whom for r in self.rules if r.side == "floor") for i in size),
            has_cap=tuple(any(i in r.whom for r in self.rules if r.side == "cap") for i in size),
        )

    def heads(self) -> None:
        page = self.page
        heads = [(self.book.say("table.number"), ""), (who(self.scenario, self.book), "")]
        for rule in self.rules:
            key = "excel.limits.rule_floor" if rule.side == "floor" else "excel.limits.rule_cap"
            heads.append((self.book.say(key, number=rule.number), self.book.say("excel.limits.rule_how")))
        heads += [(self.book.say(title), self.book.say(how)) for title, how in COLUMNS.values()]
        for column, (title, how) in enumerate(heads):
            page.text(self.head, column, title, "head", wide=False)
            page.text(self.head + 1, column, how, "how", wide=False)
            page.widths[column] = 14 if column > 1 else 6
        page.sheet.set_row(self.head, 38)
        page.sheet.set_row(self.head + 1, 88)

    def same_for_all(self) -> None:
        """Writes what is left between limits, the multiplier, and tests if the limits can all hold."""
        page, cells, divided, found = self.page, self.cells, self.divided, self.found
        at = {key: page.at(row, 2, here=True) for key, row in self.top.items()}
        nobody = f"SUM({self.down('free')})=0"
        held = "".join(
            f"-SUMPRODUCT({self.down(f'at_{side}')},{self.down(side)})" for side in ("floor", "cap")
        )
        multiplier = f"{at['units']}*{cells.score}/({at['score']}*{cells.total})"
        any_does = self.book.say("excel.limits.any")
        between = divided.to_share if any(self.is_free(i) for i in range(len(self.floors))) else 0
        some = bool(found.total) and any(self.is_free(i) for i in range(len(self.floors)))
        score = self.down("score")
        most = f"SUMPRODUCT(({score}>0)*{self.down('cap')})-SUMPRODUCT(({score}=0)*{self.down('floor')})"
        values: dict[str, tuple[str, Number | str, str]] = {
            "units": (f"IF({nobody},0,{cells.total}{held})", between, "0"),
            "score": (f"IF({nobody},1,SUMPRODUCT({self.down('free')},{score}))", divided.over, "General"),
            "multiplier": (
                f'IF(OR({nobody},{cells.total}=0),"{any_does}",{multiplier})',
                self.allocation.split.multiplier if some else any_does,
                "General",
            ),
            "crossed": (f"SUMPRODUCT(--({self.down('floor')}>{self.down('cap')}))", 0, "0"),
            "low": (f"MAX(0,SUM({self.down('floor')})-{cells.total})", 0, "0"),
            "high": (f"MAX(0,{cells.total}-{most})", 0, "0"),
            "near": (f"SUM({self.down('near')})", self.near, "0"),
        }
        for key, (formula, value, number) in values.items():
            page.text(self.top[key], 1, self.book.say(TOP[key]), "label")
            page.formula(self.top[key], 2, formula, value, "total", number)

    def is_free(self, i: int) -> bool:
        return self.divided.takes[i] and not self.divided.states[i]

    def recipient(self, i: int) -> None:
        page, row, cells, found = self.page, self.first + i, self.cells, self.found
        mine: dict[str, list[str]] = {"floor": [], "cap": []}
        tight: list[str] = []
        for column, rule in enumerate(self.rules, 2):
            if i not in rule.whom:
                page.number(row, column, None)
                continue
            limit = in_units(self.scenario, rule, i, cells, self.data)
            page.formula(row, column, limit.formula, limit.value, "figure", "0")
            mine[rule.side].append(page.at(row, column, here=True))
            tight += [limit.tight] if limit.tight else []
        if not self.divided.takes[i]:
            for column in self.columns.values():
                page.number(row, column, 0, "figure", "0")
            return
        at = {key: page.at(row, column, here=True) for key, column in self.columns.items()}
        sums = {side: self.excess(i, side) for side in ("floor", "cap")}
        bound = found.total * found.scores[i] * closeness(self.allocation) * 4 * LEAST
        large = 4 * found.total * found.score >= MOST
        near = sum(1 for x in sums.values() if large and found.scores[i] and -bound <= x <= bound)
        self.near += near
        # sums of products as small as that are exact, so that no comparison is in doubt
        doubt = f"{cells.total}*{at['score']}*{closeness(self.allocation)}*1E-15"
        doubts = "+".join(
            f"IF(AND({at['score']}>0,ABS({at[f'at_{side}_sum']})<={doubt}),1,0)" for side in sums
        )
        small = f"IF(4*{cells.total}*{cells.score}<{BOUND},0,{doubts})"
        state = self.divided.states[i]
        values: dict[str, tuple[str, Number]] = {
            "floor": (f"MAX(0,{','.join(mine['floor'])})" if mine["floor"] else "0", self.floors[i]),
            "cap": (f"MIN({','.join(mine['cap'])})" if mine["cap"] else cells.total, self.caps[i]),
            "score": (cells.score_of(i), found.scores[i]),
            "at_floor_sum": (self.excess_formula(at, "floor"), sums["floor"]),
            "at_cap_sum": (self.excess_formula(at, "cap"), sums["cap"]),
            "at_floor": (f"IF({at['score']}=0,1,IF({at['at_floor_sum']}>=0,1,0))", int(state == "floor")),
            "at_cap": (f"IF({at['at_floor']}=1,0,IF({at['at_cap_sum']}<=0,1,0))", int(state == "cap")),
            "free": (f"1-{at['at_floor']}-{at['at_cap']}", int(not state)),
            "near": (self.in_doubt([small, *tight]), near),
        }
        for key, (formula, value) in values.items():
            number = "General" if key in ("score", "at_floor_sum", "at_cap_sum") else "0"
            page.formula(row, self.columns[key], formula, value, "figure", number)

    def in_doubt(self, tests: list[str]) -> str:
        """The tests as one sum; if that is too long for Excel, any changed input counts as doubt."""
        together = "+".join(tests)
        if len(together) < 8000:
            return together
        return f"{tests[0]}+IF({self.rules[0].inputs.changed}=0,0,1)"

    def excess(self, i: int, side: str) -> Number:
        """(G(floor / s) − units) · s for a recipient, or the same with its cap."""
        scores, s = self.whole_scores, self.whole_scores[i]
        bend = (self.whole_floors if side == "floor" else self.whole_caps)[i]
        needed = sum(
            max(min(bend * score, cap * s), floor * s)
            for score, floor, cap in zip(scores, self.whole_floors, self.whole_caps, strict=True)
        )
        return plain(
            Fraction(needed, self.of_units * self.of_scores) - self.found.total * self.found.scores[i]
        )

    def excess_formula(self, at: dict[str, str], side: str) -> str:
        s = at["score"]
        wanted, least, most = (
            f"{at[side]}*{self.down('score')}",
            f"{self.down('floor')}*{s}",
            f"{self.down('cap')}*{s}",
        )
        return (
            f"SUMPRODUCT({least}+({wanted}>{least})*({wanted}<{most})*({wanted}-{least})"
            f"+({wanted}>={most})*({most}-{least}))-{self.cells.total}*{s}"
        )


def multiplier_test(limits: LimitsCells, cells: ExactCells, last: int) -> str:
    """A formula counting misfits of the multiplier: λ s ≤ floor at a floor, ≥ cap at a cap, else between."""
    floor, cap, at_floor, at_cap = (
        limits.page.down(column, limits.first, last)
        for column in (limits.floor, limits.cap, limits.at_floor, limits.at_cap)
    )
    product, over = f"{limits.free_units}*{cells.scores}", limits.free_score
    slack = f"{limits.free_units}*{over}*1E-9"
    above, below = f"({product}>{{0}}*{over}+{slack})", f"({product}<{{0}}*{over}-{slack})"
    return (
        f"IF({limits.free_units}=0,0,SUMPRODUCT({at_floor}*{above.format(floor)})"
        f"+SUMPRODUCT({at_cap}*{below.format(cap)})"
        f"+SUMPRODUCT((1-{at_floor}-{at_cap})*({below.format(floor)}+{above.format(cap)})))"
    )


def _brought(*lists: Sequence[Number]) -> tuple[int, list[list[int]]]:
    """The least common denominator of all the numbers, and the numbers multiplied by it."""
    by = math.lcm(*(Fraction(x).denominator for numbers in lists for x in numbers))
    return by, [[int(x * by) for x in numbers] for numbers in lists]
