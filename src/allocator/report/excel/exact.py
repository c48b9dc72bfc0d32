"""The sheet of whole numbers: money in hundredths, weights and values without decimals, scores."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from allocator.allocation import Allocation
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import MOST, Integers, scale_of
from allocator.report.excel.pen import Page
from allocator.report.excel.data import Data
from allocator.report.grid import who
from allocator.text import say

LABEL, ALL, FACTORS = 0, 1, 2


class ExactCells(NamedTuple):
    """References to the cells of the sheet."""

    fund: str
    reserved: str
    earmarked: str
    distributable: str
    unit: str
    total: str
    split: str
    exact: str
    fits: tuple[str, ...]
    sums: tuple[str, ...]
    rates: tuple[str, ...]
    values: tuple[str, ...]
    score: str
    scores: str
    first: int
    columns: int
    page: Page

    def value(self, factor: int, at: int) -> str:
        return self.page.at(self.first + at, FACTORS + factor)

    def coefficient(self, at: int) -> str:
        return self.page.at(self.first + at, ALL)

    def score_of(self, at: int) -> str:
        return self.page.at(self.first + at, FACTORS + self.columns)


def write_exact(
    page: Page, allocation: Allocation, found: Integers, inputs: Inputs, data: Data, row: int
) -> ExactCells:
    """Writes the sheet from a row on."""
    scenario, lang = allocation.scenario, page.lang
    scale = scale_of(scenario)
    count, size = len(scenario.weights), len(scenario.ids)
    last_factor = FACTORS + count - 1

    def told(key: str) -> str:
        return say(f"excel.exact.{key}", lang)

    def here(r: int, c: int) -> str:
        return page.at(r, c, here=True)

    def label(r: int, key: str, style: str = "label") -> None:
        page.text(r, LABEL, told(key), style)

    # 1. money
    page.text(row, LABEL, told("section_money"), "section", wide=False)
    fund = scenario.fund
    cents = scale * 100
    unit_cents = fund.unit * 100
    money = {
        "fund": (f"ROUND({inputs.fund}*{cents},0)", fund.amount * 100),
        "reserved": (
            "+".join(f"ROUND({cell}*{cents},0)" for cell in inputs.reservations) or "0",
            scenario.reserved * 100,
        ),
        "earmarked": (
            "+".join(f"ROUND({cell}*{cents},0)" for cell in inputs.earmarks) or "0",
            scenario.earmarked * 100,
        ),
    }
    r = row + 1
    cells: dict[str, int] = {}
    for key, (formula, value) in money.items():
        label(r, key)
        page.formula(r, ALL, formula, value, "figure", "0")
        cells[key] = r
        r += 1
    label(r, "distributable")
    page.formula(
        r, ALL,
        f"{here(cells['fund'], ALL)}-{here(cells['reserved'], ALL)}-{here(cells['earmarked'], ALL)}",
        scenario.distributable * 100, "figure", "0",
    )  # fmt: skip
    cells["distributable"] = r
    label(r + 1, "unit")
    page.formula(r + 1, ALL, f"ROUND({inputs.unit}*100,0)", unit_cents, "figure", "0")
    cells["unit"] = r + 1
    label(r + 2, "total")
    page.formula(
        r + 2, ALL,
        f"IF({here(r + 1, ALL)}=0,0,MAX(0,ROUND({here(r, ALL)}/{here(r + 1, ALL)},0)))",
        found.total, "figure", "0",
    )  # fmt: skip
    cells["total"] = r + 2
    label(r + 3, "split")
    total = here(r + 2, ALL)
    page.formula(r + 3, ALL, f"10^(INT(INT(LOG10(MAX({total},1)))/2)+1)", found.split, "figure", "0")
    cells["split"] = r + 3

    # 2. factors, one a column
    r += 5
    page.text(r, LABEL, told("section_factors"), "section", wide=False)
    head, r = r + 1, r + 2
    label(head, "factor", "head")
    page.text(head, ALL, told("all"), "head")
    for j, id in enumerate(scenario.weights):
        page.text(head, FACTORS + j, getattr(scenario.factor(id).name, lang), "head", wide=False)
        page.wide(FACTORS + j, getattr(scenario.factor(id).name, lang), 16)
    rows = {
        key: r + at
        for at, key in enumerate(
            (
                "power",
                "fits",
                "weight_power",
                "weight_scaled",
                "weight",
                "sum",
                "divisor",
                "multiple",
                "raw",
                "rate_whole",
                "exact",
                "rate",
            )
        )  # fmt: skip
    }
    first = r + len(rows) + 4
    last = first + size - 1
    for key, at in rows.items():
        label(at, key)

    def span(key: str) -> str:
        return page.along(rows[key], FACTORS, last_factor, here=True)

    def matrix(j: int) -> str:
        return page.down(FACTORS + j, first, last, here=True)

    with_coefficient = scenario.coefficient is not None
    if with_coefficient:
        column = data.column(str(scenario.coefficient))
        page.number(rows["power"], ALL, found.coefficient_power, "figure", "0")
        page.formula(
            rows["fits"], ALL,
            f"IF(SUMPRODUCT(--({column}<>ROUND({column}*{here(rows['power'], ALL)},0)/{here(rows['power'], ALL)}))=0,1,0)",
            int(found.coefficient_fits), "figure", "0",
        )  # fmt: skip
    page.number(rows["weight_power"], ALL, found.weight_power, "figure", "0")
    power_w = here(rows["weight_power"], ALL)
    scaled = [w * found.weights_gcd for w in found.weights]
    page.formula(
        rows["weight_scaled"],
        ALL,
        f"MAX(1,IFERROR(GCD({span('weight_scaled')}),1))",
        found.weights_gcd,
        "figure",
        "0",
    )
    for j, id in enumerate(scenario.weights):
        c = FACTORS + j
        at = {key: here(rows[key], c) for key in rows}
        column = data.column(id)
        page.number(rows["power"], c, found.powers[j], "figure", "0")
        page.formula(
            rows["fits"], c,
            f"IF(SUMPRODUCT(--({column}<>ROUND({column}*{at['power']},0)/{at['power']}))=0,1,0)",
            int(found.fits[j]), "figure", "0",
        )  # fmt: skip
        weight = inputs.weights[j]
        page.formula(
            rows["weight_power"], c, f"IF({weight}=ROUND({weight}*{power_w},0)/{power_w},1,0)",
            int(found.weights_fit[j]), "figure", "0",
        )  # fmt: skip
        page.formula(
            rows["weight_scaled"], c,
            f"IF({at['weight_power']}=1,ROUND({weight}*{power_w},0),{weight}*{power_w})",
            scaled[j], "figure", "General",
        )  # fmt: skip
        page.formula(
            rows["weight"], c, f"{at['weight_scaled']}/{here(rows['weight_scaled'], ALL)}",
            found.weights[j], "figure", "General",
        )  # fmt: skip
        page.formula(
            rows["sum"], c, f"SUM({matrix(j)})", sum(found.values[j], start=Fraction(0)), "figure", "General"
        )
        own = at["sum"] if scenario.kind == "shares" else at["power"]
        page.formula(
            rows["divisor"], c, f"IF({at['weight']}>0,{own},1)", found.divisors[j], "figure", "General"
        )
        page.formula(
            rows["multiple"], c, f"IF({at['divisor']}=0,0,{here(rows['multiple'], ALL)}/{at['divisor']})",
            Fraction(found.common) / found.divisors[j] if found.divisors[j] else 0, "figure", "General",
        )  # fmt: skip
        page.formula(rows["raw"], c, f"{at['weight']}*{at['multiple']}", found.raw[j], "figure", "General")
        page.formula(
            rows["rate_whole"], c, f"IF({here(rows['raw'], ALL)}=0,0,{at['raw']}/{here(rows['raw'], ALL)})",
            found.whole_rates[j], "figure", "General",
        )  # fmt: skip
        page.formula(
            rows["rate"], c,
            f"IF({here(rows['exact'], ALL)}=1,{at['rate_whole']},IF({at['divisor']}=0,0,{at['weight']}/{at['divisor']}))",
            found.rates[j], "figure", "General",
        )  # fmt: skip
    bound = f"{MOST:.0E}".replace("+", "")
    page.formula(
        rows["multiple"], ALL,
        f"IFERROR(IF(MIN({span('divisor')})>=1,IF(LCM({span('divisor')})<{bound},LCM({span('divisor')}),0),0),0)",
        found.common, "figure", "0",
    )  # fmt: skip
    page.formula(
        rows["raw"], ALL, f"IFERROR(GCD({span('raw')}),0)", found.raw_gcd, "figure", "0",
    )  # fmt: skip
    most = f"SUMPRODUCT({span('rate_whole')},{span('sum')})"
    coefficients = page.down(ALL, first, last, here=True)
    if with_coefficient:
        most += f"*MAX({coefficients})"
    tests = [
        f"{here(rows['multiple'], ALL)}>0",
        f"{here(rows['raw'], ALL)}>0",
        f"MAX({span('raw')})<{bound}",
        f"SUMPRODUCT(({span('fits')}=0)*({span('weight')}>0))=0",
        f"MIN({span('weight_power')})=1",
        f"SUMPRODUCT(--(ROUND({span('multiple')},0)*{span('divisor')}<>{here(rows['multiple'], ALL)}))=0",
        f"2*{here(cells['split'], ALL)}*{most}<{bound}",
    ]
    if with_coefficient:
        tests.append(f"{here(rows['fits'], ALL)}=1")
    page.formula(rows["exact"], ALL, f"IF(AND({','.join(tests)}),1,0)", int(found.exact), "total", "0")

    # 3. recipients
    head = first - 2
    page.text(head - 1, LABEL, told("section_scores"), "section", wide=False)
    page.text(head, LABEL, who(scenario, lang), "head")
    page.text(head, ALL, told("coefficient") if with_coefficient else "", "head")
    for j, id in enumerate(scenario.weights):
        page.text(head, FACTORS + j, getattr(scenario.factor(id).name, lang), "head", wide=False)
    score = FACTORS + count
    page.text(head, score, told("score"), "head")
    page.text(head + 1, LABEL, say("table.total", lang), "total")
    page.text(head + 1, ALL, "", "total")
    for j in range(count):
        page.text(head + 1, FACTORS + j, "", "total")
    taking = set(scenario.participants)
    for i, recipient in enumerate(scenario.recipients):
        at_row = first + i
        page.text(at_row, LABEL, getattr(recipient.name, lang), "label")
        for c, power, id, fit, value in [
            *(
                (FACTORS + j, rows["power"], id, rows["fits"], found.values[j][i])
                for j, id in enumerate(scenario.weights)
            ),
            *(
                [(ALL, rows["power"], str(scenario.coefficient), rows["fits"], found.coefficients[i])]
                if with_coefficient
                else []
            ),
        ]:
            if i not in taking:
                page.number(at_row, c, 0, "figure", "0")
                continue
            given = data.page.at(data.first + i, data.columns[id])
            by = here(power, c)
            page.formula(
                at_row,
                c,
                f"IF({here(fit, c)}=1,ROUND({given}*{by},0),{given}*{by})",
                value,
                "figure",
                "General",
            )
        formula = f"SUMPRODUCT({span('rate')},{page.along(at_row, FACTORS, last_factor, here=True)})"
        if with_coefficient:
            formula += f"*{here(at_row, ALL)}"
        page.formula(at_row, score, formula, found.scores[i], "figure", "General")
    scores = page.down(score, first, last)
    page.formula(
        head + 1, score, f"SUM({page.down(score, first, last, here=True)})", found.score, "total", "General"
    )
    page.widths[LABEL] = 46

    def there(key: str) -> str:
        return page.at(cells[key], ALL)

    return ExactCells(
        *(there(key) for key in ("fund", "reserved", "earmarked", "distributable", "unit", "total", "split")),
        exact=page.at(rows["exact"], ALL),
        fits=tuple(page.at(rows["fits"], FACTORS + j) for j in range(count)),
        sums=tuple(page.at(rows["sum"], FACTORS + j) for j in range(count)),
        rates=tuple(page.at(rows["rate"], FACTORS + j) for j in range(count)),
        values=tuple(page.down(FACTORS + j, first, last) for j in range(count)),
        score=page.at(head + 1, score),
        scores=scores,
        first=first,
        columns=count,
        page=page,
    )
