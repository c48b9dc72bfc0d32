"""The sheet of checks, each of which must read 0, and of remarks on the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from allocator.core.allocation import Allocation
from allocator.core.model import Scenario
from allocator.report.excel.data import Data, inviting
from allocator.report.excel.exact import ExactCells
from allocator.report.excel.formula_texts import quoted, sentence_formula
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import Integers, scale_of
from allocator.report.excel.limit_rules import total_by
from allocator.report.excel.limits import LimitsCells, multiplier_test
from allocator.report.excel.open_cells import broken_cents
from allocator.report.excel.pen import Page
from allocator.report.excel.printed import Printed
from allocator.report.excel.stages import Stages
from allocator.text import Phrasebook


class Checks(NamedTuple):
    """References to the results of the checks, and to the sentence on them at the top of every sheet."""

    failed: str
    first: str  # a formula: the name of the first check that fails
    near: str
    exact: str
    state: str


def write_checks(
    page: Page,
    allocation: Allocation,
    found: Integers,
    inputs: Inputs,
    data: Data,
    cells: ExactCells,
    limits: LimitsCells | None,
    stages: Stages,
    printed: Printed,
    row: int,
) -> Checks:
    """Writes the sheet from a row on."""
    scenario = allocation.scenario
    # causes before consequences: readers are shown the first check that fails
    tests = {"excel.checks.is_inputs": inputs.unusable, **_given(scenario, inputs, data)}
    if scenario.kind == "shares":
        tests["excel.checks.is_weights"] = inputs.read(f"ROUND({inputs.weights_total}-100,9)")
    tests |= {
        "excel.checks.is_score": f"IF({cells.score}>0,0,1)" if scenario.participants else "0",
        "excel.checks.is_columns": "+".join(
            f"IF(AND({weight}>0,{total}=0),1,0)"
            for weight, total in zip(inputs.weights, cells.sums, strict=True)
        )
        if scenario.kind == "shares" and scenario.participants
        else "0",
        "excel.checks.is_money": f"MIN(0,{cells.distributable})",
        "excel.checks.is_unit": f"{cells.distributable}-{cells.total}*{cells.unit}",
        **({"excel.checks.is_crossed": limits.impossible} if limits is not None else {}),
        "excel.checks.is_shares": f"ROUND({stages.total('share')}-IF({cells.score}=0,0,1),9)",
        "excel.checks.is_units": f"{stages.total('units')}-{cells.total}",
        "excel.checks.is_negative": f"SUMPRODUCT(--({stages.down('units')}<0))",
        "excel.checks.is_fund": inputs.read(
            f"ROUND({printed.page.at(printed.total_row, printed.columns['amount'])}-{inputs.fund},6)"
        ),
    }
    if limits is not None:
        first = limits.first
        last = first + len(scenario.ids) - 1
        floor, cap = (limits.page.down(c, first, last) for c in (limits.floor, limits.cap))
        units = stages.down("units")
        tests["excel.checks.is_limits"] = f"SUMPRODUCT(--({units}<{floor}))+SUMPRODUCT(--({units}>{cap}))"
        tests["excel.checks.is_multiplier"] = multiplier_test(limits, cells, last)
        tests["excel.checks.is_limited"] = (
            f"ROUND({stages.total('limited')}-{cells.distributable}/{scale_of(scenario) * 100},4)"
        )
    differ = f"SUMPRODUCT(--({stages.down('amount')}<>{stages.down('exported')}))"
    tests["excel.checks.is_exported"] = f"IF({inputs.changed}=0,{differ},0)"
    hints = hints_of((stages.near, stages.near_value), (cells.exact, int(found.exact)), inputs)
    return lay_out(page, tests, hints, inputs, row)


class Hint(NamedTuple):
    """A remark on the figures: keys of its label and of the sentences for 0 and else; its cell, its value."""

    label: str
    none: str
    some: str
    cell: str
    value: int


def hints_of(near: tuple[str, int], exact: tuple[str, int], inputs: Counts) -> list[Hint]:
    """The remarks on near ties, on whole numbers, and on changed inputs; of the first two cell and value."""
    return [
        Hint("excel.checks.hint_near", "excel.checks.near_none", "excel.checks.near_some", *near),
        Hint("excel.checks.hint_exact", "excel.checks.exact_none", "excel.checks.exact_some", *exact),
        Hint(
            "excel.checks.hint_changed", "excel.checks.changed_none", "excel.checks.changed_some",
            inputs.changed, 0,
        ),
    ]  # fmt: skip


class Counts(Protocol):
    """The cells that count changed inputs, and those that are unusable."""

    @property
    def changed(self) -> str: ...
    @property
    def unusable(self) -> str: ...


def lay_out(
    page: Page,
    tests: Mapping[str, str],
    hints: Sequence[Hint],
    inputs: Counts,
    row: int,
    blank: str | None = None,
) -> Checks:
    """Writes tests that are 0 if all is well, remarks, and the sentence that stands above every sheet.

    ``blank`` is the cell that counts inputs that are unusable, where others keep figures from being computed
    as well.
    """
    book = page.book
    right, wrong = book.say("excel.checks.right"), book.say("excel.checks.wrong")
    heads = ("table.number", "excel.checks.check", "excel.checks.value", "excel.checks.state")
    for column, key in enumerate(heads):
        page.text(row, column, book.say(key), "head", wide=False)
    r = row + 1
    for number, (key, formula) in enumerate(tests.items(), 1):
        page.number(r, 0, number, "middle", "0")
        page.text(r, 1, book.say(key), "text", wide=False)
        page.formula(r, 2, formula, 0, "figure", "General")
        here = page.at(r, 2, here=True)
        state = f'IF(ISERROR({here}),"{wrong}",IF({here}=0,"{right}","{wrong}"))'
        page.formula(r, 3, state, right, "middle")
        page.height(r, book.say(key), 78)
        r += 1
    here = page.down(2, row + 1, r - 1, here=True)
    page.text(r, 0, "", "total")
    page.text(r, 1, book.say("excel.checks.all"), "total", wide=False)
    page.formula(r, 2, f"ROWS({here})-COUNTIF({here},0)", 0, "total", "0")
    failed = page.at(r, 2)
    page.formula(
        r,
        3,
        f'IF({page.at(r, 2, here=True)}=0,"{right}","{wrong}")',
        right,
        "total",
        align="center",
    )
    states = page.down(3, row + 1, r - 1)
    names = page.down(1, row + 1, r - 1)
    first_wrong = f'INDEX({names},MATCH("{wrong}",{states},0))'
    r += 2
    page.text(r, 1, book.say("excel.checks.section_hints"), "section", wide=False)
    r += 1
    at = []
    for label, none, some, cell, value in hints:
        page.text(r, 1, book.say(label), "text", wide=False)
        page.formula(r, 2, cell, value, "figure", "0")
        words = [book.say(none), book.say(some)]
        page.merged(r, 3, 4, "", "text")
        page.formula(
            r, 3, f"IF({page.at(r, 2, here=True)}=0,{quoted(words[0])},{quoted(words[1])})",
            words[0 if not value else 1], "text",
        )  # fmt: skip
        page.height(r, max(words, key=len), 74)
        at.append(page.at(r, 2))
        r += 1
    page.text(r, 1, book.say("excel.checks.hint_state"), "text", wide=False)
    page.merged(r, 2, 4, "", "text")
    same = book.say("excel.state_same")
    page.formula(
        r, 2, _state(inputs, failed, first_wrong, book, blank or inputs.unusable), same, "text", wide=False
    )
    page.sheet.set_row(r, 56)
    page.widths |= {0: 6, 1: 78, 2: 16, 3: 14, 4: 60}
    near, exact, _ = at
    return Checks(failed, first_wrong, near, exact, page.at(r, 2))


def _state(inputs: Counts, failed: str, first: str, book: Phrasebook, blank: str) -> str:
    """The formula of the sentence above every sheet: whether figures can be used, and on what they rest."""
    fails = sentence_formula("excel.state_fails", book, count=failed, first=first)
    also = sentence_formula("excel.also_changed", book, count=inputs.changed)
    changed = sentence_formula("excel.state_changed", book, count=inputs.changed)
    unusable = sentence_formula("excel.state_unusable", book, count=blank)
    same = quoted(book.say("excel.state_same"))
    fails += f'&IF({inputs.changed}=0,"",{also})'
    holds = f"IF({inputs.changed}=0,{same},{changed})"
    return f"IF({blank}>0,{unusable},IF({failed}>0,{fails},{holds}))"


def _given(scenario: Scenario, inputs: Inputs, data: Data) -> dict[str, str]:
    """Tests for values that cells accept but a scenario does not, as formulas that are 0 if all is well."""
    cents = scale_of(scenario) * 100
    money = [(cells, cents) for cells in (inputs.fund, inputs.reserved, inputs.earmarked) if cells]
    money.append((inputs.unit, 100))
    if inviting(scenario)[1] and data.previous is not None:
        money.append((data.page.down(data.previous, data.first, data.last), cents))
    broken = "+".join(broken_cents(cells, over) for cells, over in money)
    found = {
        "excel.checks.is_zero": inputs.read(f"IF({inputs.fund}=0,1,0)+IF({inputs.unit}=0,1,0)"),
        "excel.checks.is_cents": inputs.read(broken),
    }
    if inputs.doubts is not None:
        found["excel.checks.is_sizes"] = f'COUNTIF({inputs.doubts},"?*")'
    by = dict.fromkeys(limit.by for limit in scenario.limits if limit.by is not None)
    if by:
        found["excel.checks.is_by"] = inputs.read("+".join(f"IF({total_by(data, id)}=0,1,0)" for id in by))
    return found
