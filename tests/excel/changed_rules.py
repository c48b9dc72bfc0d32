"""Rules of format 2 for tests of their workbooks: random ones, with something typed into their cells."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import office

from allocator import AllocatorError, Scenario, load_scenario
from allocator.core.allocation import Allocation
from allocator.core.engine import plan
from allocator.core.formula import Formula, written
from allocator.core.formula.tree import Call, Chain, Constant, Percent, Sign
from allocator.core.pools import Pool
from allocator.report.excel import workbook
from allocator.report.excel.rules.build import covered
from allocator.text import EN, money_scale

sys.path.append(str(Path(__file__).parent.parent / "rules"))
from random_rules import case

Key = tuple[Any, ...]


def random_rules(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Scenario]]:
    """So many rules of format 2, of clauses that the workbook covers, that share out all their money."""
    found = 0
    while found < count:
        made = case(random.Random(seed), first=False, later=True)
        seed += 1
        try:
            scenario = load_scenario(made.into(folder))
            if plan(scenario).undistributed:
                continue
        except AllocatorError:
            continue
        if (scenario.pools or scenario.beyond) and not set(scenario.beyond) - set(covered(scenario)):
            found += 1
            yield f"seed {seed - 1}", scenario


def keys(scenario: Scenario) -> list[Key]:
    """What the yellow cells of the sheet of inputs are, in the order in which they stand there."""
    found: list[Key] = [("fund",), ("unit",)]
    found += [("reservation", n) for n in range(len(scenario.reservations))]
    found += [("earmark", n) for n in range(len(scenario.earmarks))]
    found += [
        ("pool", p.id) for p in scenario.pools if p.percent is not None or not isinstance(p.amount, str)
    ]
    found += [("weight", p.id, name) for p in scenario.rules for name in p.weights]
    found += [("part", i.id, name) for i in scenario.indicators for name in i.parts]
    found += [("phase",) for p in scenario.rules if p.phase_in is not None]
    for n, limit in enumerate(scenario.limits):
        found += [
            ("limit", n, field)
            for field in ("floor", "floor_rate", "cap", "cap_rate")
            if getattr(limit, field) is not None
        ]
    for key, formula in conditions(scenario):
        found += [("constant", key, n) for n in range(len(constants(formula)))]
    found += [("deduction", n) for n in range(len(scenario.deductions))]
    found += [("adjustment", n) for n in range(len(scenario.adjustments))]
    return found


def conditions(scenario: Scenario) -> list[tuple[Key, Formula]]:
    """The conditions and bounds of a rule, by what they are of."""
    found: list[tuple[Key, Formula]] = []
    found += [(("pool", n), p.where) for n, p in enumerate(scenario.pools) if p.where]
    found += [(("limit", n, "where"), limit.where) for n, limit in enumerate(scenario.limits) if limit.where]
    found += [(("earmark", n), e.where) for n, e in enumerate(scenario.earmarks) if e.where]
    for n, limit in enumerate(scenario.limits):
        found += [(("limit", n, f"{side}_formula"), f) for side, f in limit.formulas.items()]
    return found


def constants(formula: Formula) -> list[Constant]:
    """The numbers that a formula has, in the order in which they are written."""
    found: list[Constant] = []

    def walk(node: Any) -> Any:
        if isinstance(node, Constant):
            found.append(node)
        return _rebuilt(node, walk)

    walk(formula.root)
    return found


def _rebuilt(node: Any, change: Any) -> Any:
    if isinstance(node, Chain):
        return replace(node, operands=tuple(change(part) for part in node.operands))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(change(part) for part in node.arguments))
    if isinstance(node, Sign | Percent):
        return replace(node, operand=change(node.operand))
    return node


def with_constant(formula: Formula, number: int, value: Fraction) -> Formula:
    """The formula with another number in the place of one of its own."""
    seen = -1

    def walk(node: Any) -> Any:
        nonlocal seen
        if isinstance(node, Constant):
            seen += 1
            return replace(node, value=value) if seen == number else node
        return _rebuilt(node, walk)

    root = walk(formula.root)
    return Formula(written(root), root)


class Book:
    """The workbook of a scenario, in which things are typed, and the scenario that it then stands for."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = self.changed = scenario
        self.content = workbook([plan(scenario)], EN)
        self.opened = office.opened(self.content, values=False)
        self.cells: dict[tuple[str, str], Any] = {}
        page = self.opened[EN.say("excel.sheet.inputs")]
        rows = [row[1].row for row in page.iter_rows() if not row[1].protection.locked]
        self.rows = dict(zip(keys(scenario), rows, strict=True))
        self.inputs = page.title
        self.scale = money_scale(scenario.fund.currency, scenario.fund.unit)

    def type(self, key: Key, value: Fraction, money: bool = False) -> None:
        """Types a value into the cell of an input."""
        shown = Fraction(value) / self.scale if money else Fraction(value)
        self.cells[self.inputs, f"B{self.rows[key]}"] = float(shown)

    def value(self, column: str, i: int, value: Fraction) -> None:
        """Types a value into the data."""
        page = self.opened[EN.say("excel.sheet.data")]
        factors = [f.id for f in self.scenario.factors if f.formula is None]
        cell = page.cell(7 + i, 4 + factors.index(column))
        self.cells[page.title, cell.coordinate] = float(value)
        of = self.changed.factor(column)
        values = (*of.values[:i], value, *of.values[i + 1 :])
        factors = tuple(replace(f, values=values) if f.id == column else f for f in self.changed.factors)
        self.changed = replace(self.changed, factors=factors)

    def typed(self) -> bytes:
        """The file with everything that was typed."""
        return office.edited(self.content, self.cells) if self.cells else office.poisoned(self.content)


def change_weight(book: Book, rng: random.Random) -> bool:
    """Moves weight between two columns of a pool, or changes one."""
    scenario = book.scenario
    pool = rng.choice(scenario.rules)
    weights = {name: Fraction(weight) for name, weight in pool.weights.items()}
    if pool.kind == "shares":
        if len(weights) < 2:
            return False
        one, other = rng.sample(list(weights), 2)
        by = min(Fraction(rng.randint(1, 20)), weights[one])
        if Fraction(weights[other]).denominator > 10**4 or Fraction(weights[one]).denominator > 10**4:
            return False
        weights[one], weights[other] = weights[one] - by, weights[other] + by
        moved = one, other
    else:
        one = rng.choice(list(weights))
        weights[one] = weights[one] + (
            rng.choice([1, Fraction("0.5"), 3]) if pool.kind == "scores" else -weights[one] / 2
        )
        if (weights[one] * 10**4).denominator != 1:
            return False
        moved = (one,)
    if scenario.pools:
        pools = tuple(replace(p, weights=weights) if p is pool else p for p in book.changed.pools)
        book.changed = replace(book.changed, pools=pools)
    else:
        book.changed = replace(book.changed, weights=weights)
    for name in moved:
        book.type(("weight", pool.id, name), weights[name])
    return True


def change_value(book: Book, rng: random.Random) -> bool:
    """Changes a value that the rule uses."""
    columns = [f for f in book.scenario.behind if not f.text and f.formula is None]
    if not columns:
        return False
    factor = rng.choice(columns)
    i = rng.randrange(len(book.scenario.ids))
    if factor.values[i] is None:
        return False
    new = rng.choice([factor.values[i] + 1, Fraction(rng.randint(1, 500), 100), factor.values[i] * 2])
    book.value(factor.id, i, Fraction(new))
    return True


def change_threshold(book: Book, rng: random.Random) -> bool:
    """Changes a number in a condition or bound."""
    listed = [key for key in book.rows if key[0] == "constant"]
    if not listed:
        return False
    key = rng.choice(listed)
    _, (what, n, *rest), number = key
    field = rest[0] if rest else "where"
    kind = {"pool": "pools", "limit": "limits", "earmark": "earmarks"}[what]
    clauses = list(getattr(book.changed, kind))
    formula = getattr(clauses[n], field)
    value = Fraction(constants(formula)[number].value)
    new = rng.choice([value + 1, value / 2, value * 2, Fraction(3)])
    clauses[n] = replace(clauses[n], **{field: with_constant(formula, number, new)})
    book.changed = replace(book.changed, **{kind: tuple(clauses)})
    book.type(key, new)
    return True


def change_size(book: Book, rng: random.Random) -> bool:
    """Changes the money: of a pool where there is a rest, else of the fund."""
    scenario, unit = book.scenario, book.scenario.fund.unit
    sized = [key for key in book.rows if key[0] == "pool"]
    if sized and any(p.amount == "rest" for p in scenario.pools):
        _, id = key = rng.choice(sized)
        pools = []
        for pool in book.changed.pools:
            made: Pool = pool
            if pool.id == id and pool.percent is not None:
                new = Fraction(round(pool.percent) + rng.choice([1, 2]))
                made = replace(pool, percent=new)
                book.type(key, new)
            elif pool.id == id:
                new = Fraction(pool.amount) + rng.randint(1, 5) * unit
                made = replace(pool, amount=new)
                book.type(key, new, money=True)
            pools.append(made)
        book.changed = replace(book.changed, pools=tuple(pools))
        return True
    if sized and any(p.percent is None for p in scenario.pools):
        return False
    new = scenario.fund.amount + rng.randint(1, 9) * unit
    book.changed = replace(book.changed, fund=replace(scenario.fund, amount=new))
    book.type(("fund",), Fraction(new), money=True)
    return True


CHANGES = {
    "weight": change_weight, "value": change_value, "threshold": change_threshold, "size": change_size,
}  # fmt: skip


def cases(name: str, scenario: Scenario, seed: int, each: int) -> Iterator[tuple[str, bytes, Allocation]]:
    """The workbook as exported, and after so many changes, one at a time, that can be shared out by."""
    yield name, Book(scenario).typed(), plan(scenario)
    rng, made, tries = random.Random(seed), 0, 0
    while made < each and tries < 12:
        kind = list(CHANGES)[tries % len(CHANGES)]
        tries += 1
        book = Book(scenario)
        try:
            if not CHANGES[kind](book, rng):
                continue
            found = plan(book.changed)
        except AllocatorError:
            continue
        if bool(found.undistributed) != bool(plan(scenario).undistributed):
            continue
        made += 1
        yield f"{name} {kind} {tries}", book.typed(), found


def amounts_of(book: Any, allocation: Allocation) -> list[Any]:
    """The amounts in the office's table of a workbook, in listed order."""
    page = book[EN.say("excel.sheet.table")]
    heads = [str(cell.value or "") for cell in page[6]]
    issued = allocation.scenario.issued is not None
    column = heads.index(EN.say("table.amount_year" if issued else "table.amount")) + 1
    numbers = {page.cell(row, 1).value: page.cell(row, column).value for row in range(7, page.max_row + 1)}
    return [numbers[str(at)] for at in range(1, len(allocation.scenario.ids) + 1)]


def wanted_of(allocation: Allocation) -> list[float]:
    """The amounts of the program, in the shown unit."""
    fund = allocation.scenario.fund
    scale = money_scale(fund.currency, fund.unit)
    return [float(Fraction(amount) / scale) for amount in allocation.amounts.values()]


def hints(book: Any) -> Mapping[str, Any]:
    """The cells of the sheet of checks by what they are called."""
    page = book[EN.say("excel.sheet.checks")]
    return {str(row[1].value): row[2].value for row in page.iter_rows(min_row=6) if row[1].value}
