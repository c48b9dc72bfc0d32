"""The scores of a pool: values and coefficients as whole numbers, and each factor's rate.

score_i = C_i · Σ_j rate_j · x_ij.  In whole numbers the rates are w_j · L / S_j, reduced, with L the least
common multiple of the sums S_j (or of the powers of ten of the values); where products would be too large or
a value is no decimal, they are the quotients themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.pools import Pool
from allocator.report.excel.exact import ROWS as FORMAT_1
from allocator.report.excel.integers import MOST, WEIGHT_DECIMALS, decimals
from allocator.report.excel.rules.columns import Columns
from allocator.report.excel.rules.grid import across
from allocator.report.excel.rules.inputs import RuleInputs
from allocator.report.excel.rules.sheet import FACTORS, Frame
from allocator.report.excel.rules.taking import Taking
from allocator.report.excel.rules.term import (
    Term,
    both,
    common_divisor,
    common_multiple,
    count,
    least,
    most,
    nearest,
    or_else,
    product_sum,
    size,
    term,
    total,
    when,
)

ROWS = {key: text for key, text in FORMAT_1.items() if key != "exact"} | {
    "error": "excel.rules.row_error",
}
LARGEST_POWER = 10**9


class Scores(NamedTuple):
    """The scores of a pool and what they are made of.

    ``exact`` is 1 with whole numbers throughout; ``error`` is what scores may be wrong by, as a part of their
    sum, with decimals.  ``times`` over ``over`` is the money of one score in a fixed pool, in hundredths.
    """

    ids: tuple[str, ...]
    values: tuple[tuple[Term, ...], ...]  # whole, by factor
    rates: tuple[Term, ...]
    coefficients: tuple[Term, ...] | None
    each: tuple[Term, ...]
    range: Term
    whole: Term  # their sum
    exact: Term
    error: Term
    times: Term
    over: Term
    bad: tuple[str, ...]  # formulas that count values that cannot be used


def used_weights(scenario: Scenario, pool: Pool) -> dict[str, Number]:
    """The factors that scores are made of, with their weights."""
    return dict(scenario.weighted[pool.id])


def weight_power(scenario: Scenario, pool: Pool) -> int:
    """The number that makes the weights of a pool whole: four decimals always, and fractions as exported."""
    return _power(list(pool.weights.values()))


def _power(weights: Sequence[Number]) -> int:
    power: int = 10 ** max([WEIGHT_DECIMALS, *map(decimals, weights)])
    for weight in weights:
        over = Fraction(weight).denominator
        if power % over and power * over < LARGEST_POWER:
            power *= over  # a third of a hundred
    return power


class Scoring:
    """Writes the scores of one pool."""

    def __init__(
        self,
        frame: Frame,
        columns: Columns,
        inputs: RuleInputs,
        pool: Pool,
        taking: Taking,
        members: Sequence[int],
    ) -> None:
        self.frame, self.columns, self.inputs, self.pool = frame, columns, inputs, pool
        self.taking, self.members = taking, members
        self.scenario, self.book = columns.scenario, frame.book
        self.ids = tuple(used_weights(self.scenario, pool))
        self.bad: list[str] = []

    def weights(self) -> list[tuple[Term, Term]]:
        """Each factor's weight made whole, and 1 where that loses nothing; a part's weight is a product."""
        scenario, inputs, pool = self.scenario, self.inputs, self.pool
        by_id = {indicator.id: indicator for indicator in scenario.indicators}
        power = weight_power(scenario, pool)
        listed = [name for name in pool.weights if name in by_id]
        parts_power = _power([p for name in listed for p in by_id[name].parts.values()]) if listed else 1
        self.weights_power = power * (parts_power * 100 if listed else 1)
        found = []
        for name, cell in zip(pool.weights, inputs.weights[pool.id], strict=True):
            own = made_whole(cell, power)
            if name not in by_id:
                found.append((own[0] * (parts_power * 100) if listed else own[0], own[1]))
                continue
            for part in inputs.parts[name]:
                whole, fits = made_whole(part, parts_power)
                found.append((own[0] * whole, both(own[1].equals(1), fits.equals(1))))
        # no guard: what cannot be worked out, which the guard looks at, depends on whether a weight is zero
        return [(or_else(whole, 0), or_else(fits * 1, 0)) for whole, fits in found]

    def write(self, large: Callable[[Term, Term, Term], list[Term]]) -> Scores:
        """Writes the block and the columns; ``large`` gives the tests that products are not too large.

        They are of the largest sum of products, and of the money of one score: so much over so much.
        """
        frame, say, columns = self.frame, self.book.say, self.columns
        given: list[tuple[Term, ...]] = []
        whole_values: list[tuple[Term, ...]] = []
        weights = self.weights()
        scaled = frame.factor("weight_scaled", [whole for whole, _ in weights], None)
        weights_fit = frame.factor("weight_power", [fit for _, fit in weights])
        scaled_all = frame.along("weight_scaled", scaled)
        shared = common_divisor(scaled_all)
        divisor = frame.factor("weight_scaled", [], shared)[-1]
        weight = frame.factor("weight", [one / divisor for one in scaled])
        powers = [columns.power(id, self.members) for id in self.ids]
        power = frame.factor("power", powers)
        fits, sums = [], []
        values, ranges = [], []
        for j in range(len(self.ids)):  # the columns of whole values stand under the block of factors
            ranges.append(FACTORS + len(self.ids) + j)
        for j, id in enumerate(self.ids):
            name = self.book.text(self.scenario.factor(id).name)
            made, cells = frame.column(
                name,
                say("excel.rules.value_how"),
                self.values_of(id, scaled[j]),
                "General",
                added=True,
                at=ranges[j],
            )
            given.append(tuple(made))
            self.bad.append(f'COUNTIF({cells.text},"—")')
            less = size(cells * power[j] - nearest(cells * power[j]))
            slack = size(cells * power[j]) * Fraction(1, 10**14) + Fraction(1, 10**12)
            zero = "0" if self.scenario.factor(id).formula is None else ""
            off = count(cells.differs(nearest(cells * power[j]) / power[j])) if zero else count(less > slack)
            usable = Term(f'IF(COUNTIF({cells.text},"—")=0,{off.text},1)', off.value)
            fits.append(when(usable.equals(0), 1, 0))
        fits = frame.factor("fits", fits)
        for j, id in enumerate(self.ids):
            name = self.book.text(self.scenario.factor(id).name)

            def whole(i: int, j: int = j) -> object:
                x = given[j][i]
                made = when(fits[j].equals(1), nearest(x * power[j]), x * power[j])
                return self.inputs.when(made)

            made, cells = frame.column(
                name, say("excel.rules.whole_how"), whole, "General", added=True, at=FACTORS + j
            )
            whole_values.append(tuple(made))
            values.append(cells)
        sums = frame.factor("sum", [total(cells) for cells in values])
        coefficients, coefficient_fits, coefficient_power, coefficient_error = self.coefficients()
        own = [when(one.equals(0), 1, one) for one in sums] if self.pool.kind == "shares" else power
        divisors = frame.factor("divisor", [when(w > 0, d, 1) for w, d in zip(weight, own, strict=True)])
        along = frame.along("divisor", divisors)
        common = common_multiple(along, below=MOST)
        ratio_all = frame.factor("multiple", [], common)[-1]
        ratio = frame.factor("multiple", [when(d.equals(0), 0, ratio_all / d) for d in divisors])
        raw = frame.factor("raw", [w * r for w, r in zip(weight, ratio, strict=True)])
        raw_divisor = frame.factor("raw", [], common_divisor(frame.along("raw", raw)))[-1]
        rate_whole = frame.factor("rate_whole", [r / raw_divisor for r in raw])
        wholes, raws, ratios = (
            frame.along(k, v) for k, v in (("rate_whole", rate_whole), ("raw", raw), ("multiple", ratio))
        )
        highest = product_sum(wholes * frame.along("sum", sums))
        if coefficients is not None:
            highest = highest * most(coefficients[1])
        fitting = across(frame.page, frame.rows["fits"], FACTORS, fits)
        tests = [
            ratio_all > 0,
            most(raws) > 0,
            most(raws) < MOST,
            count((1 - fitting) * (frame.along("weight", weight) > 0)).equals(0),
            count((nearest(ratios) * along).differs(ratio_all)).equals(0),
            least(frame.along("weight_power", weights_fit)).equals(1),
            *(fit.equals(1) for fit in coefficient_fits),
        ]
        money = divisor * raw_divisor * 100, ratio_all * (self.weights_power * coefficient_power)
        exact = when(both(*tests, *large(highest, *money)), 1, 0)
        chosen = frame.top("exact", exact, "0")
        decimal = [when(d.equals(0), 0, w / d) for w, d in zip(weight, divisors, strict=True)]
        rates = frame.factor(
            "rate", [when(chosen.equals(1), a, b) for a, b in zip(rate_whole, decimal, strict=True)]
        )
        errors = [self.error(id, values[j], power[j]) for j, id in enumerate(self.ids)]
        error_cells = frame.factor("error", errors)
        error = total(frame.along("error", error_cells))
        for one in coefficient_error:
            error = error + one
        rates_along = frame.along("rate", rates)

        def score(i: int) -> object:
            mine = Term(
                frame.page.along(frame.first + i, FACTORS, FACTORS + len(self.ids) - 1),
                tuple(column[i].value for column in whole_values),
            )
            made = product_sum(rates_along * mine)
            return made * coefficients[0][i] if coefficients is not None else made

        each, cells = frame.column(
            say("excel.stages.score"), say("excel.rules.score_how"), score, "General", added=True
        )
        whole_score = Term(frame.page.at(frame.total_row, frame.next - 1), sum(cells.value))
        times = when(chosen.equals(1), money[0], divisor * 100)
        over = when(chosen.equals(1), money[1], self.weights_power * coefficient_power)
        return Scores(
            self.ids,
            tuple(whole_values),
            tuple(rates),
            None if coefficients is None else tuple(coefficients[0]),
            tuple(each),
            cells,
            whole_score,
            chosen,
            error,
            times,
            over,
            tuple(self.bad),
        )

    def values_of(self, id: str, weight: Term) -> Callable[[int], object]:
        """The values of a column, by position."""
        return lambda i: self.value(id, i, weight)

    def value(self, id: str, i: int, weight: Term) -> Term:
        """A value for those who take part, a dash where it cannot be used, else 0."""
        cell = self.columns.cell(id, i)
        takes = self.taking.takes[i]
        if takes.text == "0":
            return term(0)
        needed = isinstance(cell.value, float)
        known = Term(f"AND(ISNUMBER({cell.text}),N({cell.text})>=0)", not needed and cell.value >= 0)
        made = when(known, cell, when(weight.equals(0), 0, "—"))
        return when(takes.equals(1), made, 0)

    def error(self, id: str, values: Term, power: Term) -> object:
        """The error of the values of an unrounded formula, as a part of their sum."""
        if id not in self.columns.scales:
            return 0
        scale = self.columns.scales[id]
        text = f"2E-16*SUMPRODUCT({scale},{self.taking.range.text})*{power.text}"
        return or_else(Term(f"{text}/SUM({values.text})", 0), 0)

    def coefficients(
        self,
    ) -> tuple[tuple[list[Term], Term] | None, list[Term], int, list[Term]]:
        """The product of the coefficients as whole numbers, whether they are, its power, and its error."""
        frame, say = self.frame, self.book.say
        if not self.pool.coefficients:
            return None, [], 1, []
        fits, powers, errors, columns = [], 1, [], []
        for id in self.pool.coefficients:
            power = self.columns.power(id, self.members)
            powers *= power
            name = self.book.text(self.scenario.factor(id).name)
            given, cells = frame.column(
                name, say("excel.rules.value_how"), self.values_of(id, term(1)), "General"
            )
            self.bad.append(f'COUNTIF({cells.text},"—")')
            less = size(cells * power - nearest(cells * power))
            off = count(less > size(cells * power) * Fraction(1, 10**14) + Fraction(1, 10**12))
            fit = when(Term(f'IF(COUNTIF({cells.text},"—")=0,{off.text},1)', off.value).equals(0), 1, 0)
            fits.append(fit)
            columns.append((given, power, fit))
            if id in self.columns.scales:
                scale, least_of = self.columns.scales[id], f"1E-9*MAX({cells.text})"
                text = f"2E-16*SUMPRODUCT(MAX({scale}*{self.taking.range.text}/({cells.text}+{least_of})))"
                errors.append(or_else(Term(text, 0), 0))

        def product(i: int) -> object:
            made: Term | None = None
            for given, power, fit in columns:
                x = when(fit.equals(1), nearest(given[i] * power), given[i] * power)
                made = x if made is None else made * x
            assert made is not None
            return self.inputs.when(made)

        found = frame.column(say("excel.exact.coefficient"), say("excel.rules.whole_how"), product, "General")
        return found, fits, powers, errors


def made_whole(cell: Term, power: int) -> tuple[Term, Term]:
    """A weight as a whole number, and 1 where nothing is lost; else as it is."""
    whole = nearest(cell * power)
    fits = Term(f"IF({cell.text}={whole.text}/{power},1,0)", int(Fraction(cell.value) * power == whole.value))
    return Term(f"IF({fits.text}=1,{whole.text},{cell.text}*{power})", Fraction(cell.value) * power), fits
