"""The steps of the calculation as tables show them: two decimals, rounded so that columns add up."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from allocator.allocation import Allocation
from allocator.exact import Number
from allocator.report.excel.exact import ExactCells
from allocator.report.excel.integers import Integers, scale_of
from allocator.report.excel.pen import Formats, Page
from allocator.report.excel.stages import Stages
from allocator.report.grid import who
from allocator.report.tabular import Table
from allocator.text import say


class Shown(NamedTuple):
    """Where the figures as shown stand, by the column's key in the office's table."""

    page: Page
    columns: dict[str, int]
    first: int
    total_row: int

    def at(self, key: str, i: int) -> str:
        return self.page.at(self.first + i, self.columns[key])

    def total(self, key: str) -> str:
        return self.page.at(self.total_row, self.columns[key])


def write_shown(
    page: Page,
    allocation: Allocation,
    table: Table,
    found: Integers,
    cells: ExactCells,
    stages: Stages,
    row: int,
) -> Shown:
    """Three blocks of the same columns: unrounded, what lies above a whole hundredth, as shown."""
    scenario, lang = allocation.scenario, page.lang
    scale, size = scale_of(scenario), len(scenario.ids)
    formats = Formats(lang)
    keys = [column.key for column in table.columns if column.kind in ("stage", "share")]
    at_table = {column.key: at for at, column in enumerate(table.columns)}
    figures: list[tuple[Any, ...]] = [
        figure for (role, _), figure in zip(table.records, table.figures, strict=True) if role == "recipient"
    ]
    width = len(keys)
    blocks = {
        name: {key: 2 + b * (width + 1) + at for at, key in enumerate(keys)}
        for b, name in enumerate(("exact", "over", "shown"))
    }
    head, total_row, short_row = row, row + 1, row + 2
    first, last = row + 3, row + 2 + size
    page.sheet.set_row(head, 54)
    page.text(head, 0, say("table.number", lang), "head")
    page.text(head, 1, who(scenario, lang), "head")
    page.text(total_row, 0, "", "total")
    page.text(total_row, 1, say("table.total", lang), "total")
    page.text(short_row, 0, "", "how")
    page.text(short_row, 1, say("excel.shown.short", lang), "how")
    for i, recipient in enumerate(scenario.recipients):
        page.number(first + i, 0, i + 1, "middle", "0")
        page.text(first + i, 1, getattr(recipient.name, lang))
    numbers = page.down(0, first, last, here=True)
    money = Fraction(scenario.distributable) / scale
    factors = {id: j for j, id in enumerate(scenario.weights)}
    exact: dict[str, list[Number]] = {
        **{
            id: [Fraction(v) / scale for v in values.values()]
            for id, values in allocation.contributions.items()
        },
        "share": [Fraction(v) * 100 for v in allocation.shares.values()],
        "entitlement": [Fraction(v) / scale for v in allocation.entitlements.values()],
        "limited": [Fraction(v) / scale for v in allocation.limited.values()],
    }
    factor_columns = [blocks["exact"][key] for key in keys if key in factors]
    for key in keys:
        name = table.columns[at_table[key]].header
        if key in factors:
            name = getattr(scenario.factor(key).name, lang)
        places = formats.long
        e, o, s = (blocks[block][key] for block in ("exact", "over", "shown"))
        values = exact[key]
        total = sum(values, start=Fraction(0))
        for block, c in (("exact", e), ("over", o), ("shown", s)):
            page.text(head, c, say(f"excel.shown.{block}", lang, name=name), "head", wide=False)
            page.widths[c] = 14 if block != "shown" else 13
        page.formula(total_row, e, f"SUM({page.down(e, first, last, here=True)})", total, "total", places)
        # what the column adds up to as shown
        shown_total = plain_total = Fraction(100) if key == "share" else money
        formula = "100" if key == "share" else f"{cells.distributable}/{scale * 100}"
        formula = f"IF({cells.score}=0,0,{formula})" if key != "limited" else formula
        if not total and key != "limited":
            shown_total = plain_total = Fraction(0)
        if key in factors and len(factors) > 1:
            shown_total = sum((row_[at_table[key]] for row_ in figures), start=Fraction(0))
            c = page.at(total_row, e, here=True)
            sums = page.along(total_row, factor_columns[0], factor_columns[-1], here=True)
            close = _close(page.at(total_row, blocks["exact"]["entitlement"], here=True))
            part = f"({sums}*100-INT({sums}*100+{close}))"
            own = f"({c}*100-INT({c}*100+{close}))"
            order = page.along(
                short_row, blocks["over"][keys[0]], blocks["over"][keys[0]] + len(factors) - 1, here=True
            )
            place = page.at(short_row, o, here=True)
            formula = (
                f"(INT({c}*100+{close})+IF(1+SUMPRODUCT(--({part}>{own}+{close}))"
                f"+SUMPRODUCT((ABS({part}-{own})<={close})*({order}<{place}))"
                f"<=ROUND(SUM({sums})*100-SUMPRODUCT(INT({sums}*100+{close})),0),1,0))/100"
            )
        page.formula(total_row, s, formula, shown_total, "total", formats.stage)
        page.number(short_row, o, factors[key] + 1 if key in factors else None, "how", "0")
        page.text(total_row, o, "", "total")
        page.text(short_row, e, "", "how")
        t = page.at(total_row, s, here=True)
        close = _close(t)
        overs = page.down(o, first, last, here=True)
        parts = [v * 100 - int(v * 100) for v in values]
        short = round(shown_total * 100 - sum(int(v * 100) for v in values))
        page.formula(
            short_row, s, f"ROUND({t}*100-SUMPRODUCT({page.down(e, first, last, here=True)}*100-{overs}),0)",
            short, "how", "0",
        )  # fmt: skip
        for i in range(size):
            r = first + i
            mine = page.at(r, e, here=True)
            if key in factors:
                j = factors[key]
                value = f"{cells.rates[j]}*{cells.value(j, i)}"
                if scenario.coefficient is not None:
                    value += f"*{cells.coefficient(i)}"
                formula = f"IF({cells.score}=0,0,{cells.distributable}/{scale * 100}*{value}/{cells.score})"
            elif key == "share":
                formula = f"100*{stages.at('share', i)}"
            else:
                formula = stages.at(key, i)
            page.formula(r, e, formula, values[i], "figure", places)
            page.formula(r, o, f"{mine}*100-INT({mine}*100+{close})", parts[i], "figure", "0.000000")
            over, number = page.at(r, o, here=True), page.at(r, 0, here=True)
            page.formula(
                r, s,
                f"(ROUND({mine}*100-{over},0)+IF(1+SUMPRODUCT(--({overs}>{over}+{close}))"
                f"+SUMPRODUCT((ABS({overs}-{over})<={close})*({numbers}<{number}))"
                f"<={page.at(short_row, s, here=True)},1,0))/100",
                figures[i][at_table[key]], "figure", formats.stage,
            )  # fmt: skip
    page.widths[1] = max(page.widths[1], 16)
    for gap in (2 + width, 3 + 2 * width):
        page.widths[gap] = 3
    return Shown(page, blocks["shown"], first, total_row)


def _close(total: str) -> str:
    """Below it, what two decimals leave over counts as equal."""
    return f"(1E-9+{total}*4E-13)"
