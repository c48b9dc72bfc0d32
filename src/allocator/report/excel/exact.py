"""The sheet of whole numbers: money in hundredths, weights and values without decimals, scores."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.report.excel.data import Data
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import MOST, Integers, scale_of
from allocator.report.excel.pen import Page
from allocator.report.tables.figures import who

LABEL, ALL, FACTORS = 0, 1, 2  # columns: the label, the cell for all factors, then one for each factor
BOUND = f"{MOST:.0E}".replace("+", "")
MONEY = {  # the rows of the money, and what they are called
    "fund": "excel.exact.fund",
    "reserved": "excel.exact.reserved",
    "earmarked": "excel.exact.earmarked",
    "distributable": "excel.exact.distributable",
    "unit": "excel.exact.unit",
    "total": "excel.exact.total",
    "split": "excel.exact.split",
}
ROWS = {  # the rows of the factors
    "power": "excel.exact.power",
    "fits": "excel.exact.fits",
    "weight_power": "excel.exact.weight_power",
    "weight_scaled": "excel.exact.weight_scaled",
    "weight": "excel.exact.weight",
    "sum": "excel.exact.sum",
    "divisor": "excel.exact.divisor",
    "multiple": "excel.exact.multiple",
    "raw": "excel.exact.raw",
    "rate_whole": "excel.exact.rate_whole",
    "exact": "excel.exact.exact",
    "rate": "excel.exact.rate",
}


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
    sums: tuple[str, ...]
    rates: tuple[str, ...]
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
    return _Writing(page, allocation, found, inputs, data, row).write()


class _Writing:
    """The sheet while it is being written."""

    def __init__(
        self, page: Page, allocation: Allocation, found: Integers, inputs: Inputs, data: Data, row: int
    ) -> None:
        self.page, self.found, self.inputs, self.data = page, found, inputs, data
        self.scenario, self.book, self.row = allocation.scenario, page.book, row
        self.ids = list(self.scenario.weights)
        self.score = FACTORS + len(self.ids)
        self.money = {key: row + 1 + at for at, key in enumerate(MONEY)}
        factors = row + 3 + len(MONEY)
        self.rows = {key: factors + 1 + at for at, key in enumerate(ROWS)}
        self.first = factors + len(ROWS) + 5
        self.last = self.first + len(self.scenario.ids) - 1

    def name(self, id: str) -> str:
        return str(self.book.text(self.scenario.factor(id).name))

    def all(self, key: str) -> str:
        """The cell for all factors in a row."""
        return self.page.at(self.rows[key], ALL, here=True)

    def span(self, key: str) -> str:
        """The factors' cells in a row."""
        return self.page.along(self.rows[key], FACTORS, self.score - 1, here=True)

    def write(self) -> ExactCells:
        page = self.page
        self.write_money()
        self.write_factors()
        self.write_scores()
        page.widths[LABEL] = 46
        money = {key: page.at(row, ALL) for key, row in self.money.items()}
        columns = range(FACTORS, self.score)
        return ExactCells(
            **money,
            exact=page.at(self.rows["exact"], ALL),
            sums=tuple(page.at(self.rows["sum"], column) for column in columns),
            rates=tuple(page.at(self.rows["rate"], column) for column in columns),
            score=page.at(self.first - 1, self.score),
            scores=page.down(self.score, self.first, self.last),
            first=self.first,
            columns=len(self.ids),
            page=page,
        )

    def write_money(self) -> None:
        page, scenario, inputs = self.page, self.scenario, self.inputs
        cents = scale_of(scenario) * 100
        at = {key: page.at(row, ALL, here=True) for key, row in self.money.items()}

        def whole(entries: str | None) -> str:
            return f"SUMPRODUCT(ROUND({entries}*{cents},0))" if entries else "0"

        values = {
            "fund": (inputs.read(f"ROUND({inputs.fund}*{cents},0)"), scenario.fund.amount * 100),
            "reserved": (inputs.read(whole(inputs.reserved)), scenario.reserved * 100),
            "earmarked": (inputs.read(whole(inputs.earmarked)), scenario.earmarked * 100),
            "distributable": (
                f"{at['fund']}-{at['reserved']}-{at['earmarked']}",
                scenario.distributable * 100,
            ),
            "unit": (inputs.read(f"ROUND({inputs.unit}*100,0)"), scenario.fund.unit * 100),
            "total": (
                f"IF({at['unit']}=0,0,MAX(0,ROUND({at['distributable']}/{at['unit']},0)))",
                self.found.total,
            ),
            "split": (f"10^(INT(INT(LOG10(MAX({at['total']},1)))/2)+1)", self.found.split),
        }
        page.text(self.row, LABEL, self.book.say("excel.exact.section_money"), "section", wide=False)
        for key, (formula, value) in values.items():
            page.text(self.money[key], LABEL, self.book.say(MONEY[key]), "label")
            page.formula(self.money[key], ALL, formula, value, "figure", "0")

    def write_factors(self) -> None:
        page, found = self.page, self.found
        head = self.rows["power"] - 1
        page.text(head - 1, LABEL, self.book.say("excel.exact.section_factors"), "section", wide=False)
        page.text(head, LABEL, self.book.say("excel.exact.factor"), "head")
        page.text(head, ALL, self.book.say("excel.exact.all"), "head")
        for key, row in self.rows.items():
            page.text(row, LABEL, self.book.say(ROWS[key]), "label")
            for column in range(ALL, self.score):
                page.number(row, column, None)
        for j, id in enumerate(self.ids):
            page.text(head, FACTORS + j, self.name(id), "head", wide=False)
            page.wide(FACTORS + j, self.name(id), 16)
            self.write_factor(j, id)
        if self.scenario.coefficient is not None:
            values = self.data.column(self.scenario.coefficient)
            page.number(self.rows["power"], ALL, found.coefficient_power, "figure", "0")
            fits = self.inputs.read(_fits(values, self.all("power")))
            page.formula(self.rows["fits"], ALL, fits, int(found.coefficient_fits), "figure", "0")
        page.number(self.rows["weight_power"], ALL, found.weight_power, "figure", "0")
        lcm, scaled = f"LCM({self.span('divisor')})", self.span("weight_scaled")
        common = f"IFERROR(IF(MIN({self.span('divisor')})>=1,IF({lcm}<{BOUND},{lcm},0),0),0)"
        shared: list[tuple[str, str, int]] = [
            ("weight_scaled", f"MAX(1,IFERROR(GCD({scaled}),1))", found.weights_gcd),
            ("multiple", common, found.common),
            ("raw", f"IFERROR(GCD({self.span('raw')}),0)", found.raw_gcd),
            ("exact", f"IF(AND({','.join(self.tests())}),1,0)", int(found.exact)),
        ]
        for key, formula, value in shared:
            style = "total" if key == "exact" else "figure"
            page.formula(self.rows[key], ALL, formula, value, style, "0")

    def write_factor(self, j: int, id: str) -> None:
        page, found, column = self.page, self.found, FACTORS + j
        at = {key: page.at(row, column, here=True) for key, row in self.rows.items()}
        weight, power, read = self.inputs.weights[j], self.all("weight_power"), self.inputs.read
        values = page.down(column, self.first, self.last, here=True)
        own = at["sum"] if self.scenario.kind == "shares" else at["power"]
        decimal = f"IF({at['divisor']}=0,0,{at['weight']}/{at['divisor']})"
        divisor = found.divisors[j]
        page.number(self.rows["power"], column, found.powers[j], "figure", "0")
        for key, formula, value in (
            ("fits", read(_fits(self.data.column(id), at["power"])), int(found.fits[j])),
            (
                "weight_power",
                read(f"IF({weight}=ROUND({weight}*{power},0)/{power},1,0)"),
                int(found.weights_fit[j]),
            ),
            (
                "weight_scaled",
                read(f"IF({at['weight_power']}=1,ROUND({weight}*{power},0),{weight}*{power})"),
                found.weights[j] * found.weights_gcd,
            ),
            ("weight", f"{at['weight_scaled']}/{self.all('weight_scaled')}", found.weights[j]),
            ("sum", f"SUM({values})", sum(found.values[j], start=0)),
            ("divisor", f"IF({at['weight']}>0,{own},1)", divisor),
            (
                "multiple",
                f"IF({at['divisor']}=0,0,{self.all('multiple')}/{at['divisor']})",
                Fraction(found.common) / divisor if divisor else 0,
            ),
            ("raw", f"{at['weight']}*{at['multiple']}", found.raw[j]),
            ("rate_whole", f"IF({self.all('raw')}=0,0,{at['raw']}/{self.all('raw')})", found.whole_rates[j]),
            ("rate", f"IF({self.all('exact')}=1,{at['rate_whole']},{decimal})", found.rates[j]),
        ):
            page.formula(self.rows[key], column, formula, value, "figure", "General")

    def tests(self) -> Iterator[str]:
        """The conditions, as formulas, under which quotients and remainders are exact."""
        multiples = f"ROUND({self.span('multiple')},0)*{self.span('divisor')}"
        most = f"SUMPRODUCT({self.span('rate_whole')},{self.span('sum')})"
        yield f"{self.all('multiple')}>0"
        yield f"{self.all('raw')}>0"
        yield f"MAX({self.span('raw')})<{BOUND}"
        yield f"SUMPRODUCT(({self.span('fits')}=0)*({self.span('weight')}>0))=0"
        yield f"MIN({self.span('weight_power')})=1"
        yield f"SUMPRODUCT(--({multiples}<>{self.all('multiple')}))=0"
        if self.scenario.coefficient is not None:
            yield f"{self.all('fits')}=1"
            most += f"*MAX({self.page.down(ALL, self.first, self.last, here=True)})"
        yield f"2*{self.page.at(self.money['split'], ALL, here=True)}*{most}<{BOUND}"

    def write_scores(self) -> None:
        page, scenario, found = self.page, self.scenario, self.found
        head, total = self.first - 2, self.first - 1
        by = scenario.coefficient
        page.text(head - 1, LABEL, self.book.say("excel.exact.section_scores"), "section", wide=False)
        page.text(head, LABEL, who(scenario, self.book), "head")
        page.text(head, ALL, self.book.say("excel.exact.coefficient") if by is not None else "", "head")
        page.text(total, LABEL, self.book.say("table.total"), "total")
        for column in range(ALL, self.score):
            page.text(total, column, "", "total")
        for j, id in enumerate(self.ids):
            page.text(head, FACTORS + j, self.name(id), "head", wide=False)
        page.text(head, self.score, self.book.say("excel.exact.score"), "head")
        everybody = page.down(self.score, self.first, self.last, here=True)
        page.formula(total, self.score, f"SUM({everybody})", found.score, "total", "General")
        columns = [(FACTORS + j, id, found.values[j]) for j, id in enumerate(self.ids)]
        columns += [(ALL, by, found.coefficients)] if by is not None else []
        taking = set(scenario.participants)
        for i, recipient in enumerate(scenario.recipients):
            row = self.first + i
            page.text(row, LABEL, self.book.text(recipient.name), "label")
            if by is None:
                page.number(row, ALL, None)
            for column, id, values in columns:
                if i not in taking:
                    page.number(row, column, 0, "figure", "0")
                    continue
                given = self.data.page.at(self.data.first + i, self.data.columns[id])
                power, fits = (page.at(self.rows[key], column, here=True) for key in ("power", "fits"))
                formula = self.inputs.read(f"IF({fits}=1,ROUND({given}*{power},0),{given}*{power})")
                page.formula(row, column, formula, values[i], "figure", "General")
            formula = f"SUMPRODUCT({self.span('rate')},{page.along(row, FACTORS, self.score - 1, here=True)})"
            formula += f"*{page.at(row, ALL, here=True)}" if by is not None else ""
            page.formula(row, self.score, formula, found.scores[i], "figure", "General")


def _fits(column: str, power: str) -> str:
    """A formula that is 1 if all values of a column times a power of ten are whole, else 0."""
    return f"IF(SUMPRODUCT(--({column}<>ROUND({column}*{power},0)/{power}))=0,1,0)"
