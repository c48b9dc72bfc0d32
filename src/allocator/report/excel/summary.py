"""The first sheet: the money, the weights, the amounts and their changes, and the result of the checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from allocator.analysis.compare import changes
from allocator.analysis.finding import held_against
from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.report.excel.checks import Checks
from allocator.report.excel.data import Data
from allocator.report.excel.formula_texts import quoted, sentence_formula
from allocator.report.excel.inputs import Inputs, with_digest
from allocator.report.excel.integers import scale_of
from allocator.report.excel.pen import Formats, Page, broken_money
from allocator.report.excel.printed import Printed
from allocator.report.excel.shown import key_of
from allocator.report.excel.stages import Stages
from allocator.report.tables.base import PUBLISHED, Base
from allocator.report.tables.table import Table
from allocator.report.words.paper_code import paper_code
from allocator.report.words.rule import rule_sentence

MOST_LISTED = 30  # recipients that the summary lists; more stand on the table's own sheet
LAST = 5  # column


def write_summary(
    page: Page,
    allocation: Allocation,
    base: Base | None,
    table: Table,
    inputs: Inputs,
    data: Data,
    stages: Stages,
    printed: Printed,
    checks: Checks,
    on: date | None,
    row: int,
) -> None:
    """Writes the sheet from a row on; ``on`` is the date that it bears.

    Changes are from the published amounts, unless another ``base`` is given.
    """
    writing = _Writing(page, allocation, base, table, inputs, data, printed)
    row = writing.rule(stages, checks, row)
    row = writing.money(row)
    row = writing.weights(row)
    row = writing.recipients(row)
    writing.traces(on, row)


class _Writing:
    """The sheet while it is being written; each part returns the row after it."""

    def __init__(
        self,
        page: Page,
        allocation: Allocation,
        base: Base | None,
        table: Table,
        inputs: Inputs,
        data: Data,
        printed: Printed,
    ) -> None:
        self.page, self.allocation, self.base, self.table = page, allocation, base, table
        self.against = allocation.scenario.published if base is None else base.amounts
        self.inputs, self.data, self.printed = inputs, data, printed
        self.scenario, self.book = allocation.scenario, page.book
        self.scale, self.formats = scale_of(allocation.scenario), Formats(page.book)
        page.widths |= {0: 6, 1: 34, 2: 19, 3: 19, 4: 19, 5: 19}

    def shown(self, amount: Number) -> Fraction:
        return Fraction(amount) / self.scale

    def rule(self, stages: Stages, checks: Checks, row: int) -> int:
        """Writes fund and rule in words, and the result of the checks."""
        page, name = self.page, self.scenario.fund.name
        lines = [(self.book.say("excel.summary.fund_name"), self.book.show(name))] if name is not None else []
        lines.append((self.book.say("excel.summary.rule"), rule_sentence(self.scenario, self.book)))
        for label, text in lines:
            page.merged(row, 0, 1, label, "label")
            page.merged(row, 2, LAST, text, "text")
            page.height(row, text, 76)
            row += 1
        fails = sentence_formula("excel.state_fails", self.book, count=checks.failed, first=checks.first)
        state = f"IF({checks.failed}=0,{quoted(self.book.say('excel.summary.holds'))},{fails})"
        near = self.book.say("excel.summary.near")
        page.merged(row, 0, 1, self.book.say("excel.summary.checks"), "label")
        page.merged(row, 2, LAST, "", "text")
        value = self.book.say("excel.summary.holds") + (near if stages.near_value else "")
        page.formula(row, 2, f'{state}&IF({checks.near}=0,"","{near}")', value, "text")
        longest = self.book.say("excel.checks.is_multiplier")
        page.height(row, self.book.say("excel.state_fails", count=1, first=longest) + near, 76)
        return row + 2

    def money(self, row: int) -> int:
        """Writes the money to share out, and beside it the changes from the published split or the base."""
        page, scenario, inputs = self.page, self.scenario, self.inputs
        unit = self.book.money_unit(scenario.fund.currency, self.scale)
        page.merged(row, 0, LAST, self.book.say("table.unit", unit=unit), "right")
        start = row + 1
        at = [page.at(start + line, 2, here=True) for line in range(3)]
        reserved = f"SUM({inputs.reserved})" if inputs.reserved else "0"
        earmarked = f"SUM({inputs.earmarked})" if inputs.earmarked else "0"
        for line, (key, formula, value) in enumerate(
            (
                ("excel.summary.fund", inputs.fund, scenario.fund.amount),
                ("excel.summary.reserved", reserved, scenario.reserved),
                ("excel.summary.earmarked", earmarked, scenario.earmarked),
                ("excel.summary.distributable", f"ROUND({at[0]}-{at[1]}-{at[2]},6)", scenario.distributable),
            )
        ):
            style = "total" if key == "excel.summary.distributable" else "figure"
            page.merged(start + line, 0, 1, self.book.say(key), "label")
            formula = self.inputs.or_dash(formula)
            page.formula(start + line, 2, formula, self.shown(value), style, self.formats.money)
        if self.against is not None:
            self.moved(start, self.against)
        broken_money(page, (start, start + 3), [2, 4], {})
        return start + 5

    def moved(self, row: int, against: Mapping[str, Number]) -> None:
        page, printed, formats = self.page, self.printed, self.formats
        change = held_against(self.allocation, against)
        names = {r.id: self.book.text(r.name) for r in self.scenario.recipients}
        differences = printed.down("difference")
        called = printed.page.down(1, *printed.rows)
        # changes in the workbook can change the sum too: then nothing is said to move
        more = f"ROUND(SUM({differences}),6)"
        label, other = self.book.say("excel.summary.moved"), self.book.say("excel.summary.sum")
        if self.base is not None:
            label = self.book.say("excel.summary.moved_against", base=self.base.name)
            other = self.book.say("excel.summary.sum_against", base=self.base.name)
        shown = (label, change.moved) if change.moved is not None else (other, change.more)
        page.formula(row, 3, f'IF({more}=0,"{label}","{other}")', shown[0], "label")
        formula = self.inputs.or_dash(f'IF({more}=0,SUMIF({differences},">0"),{more})')
        number = formats.money if change.moved is not None else formats.change
        page.formula(row, 4, formula, self.shown(shown[1]), "total", number)
        for line, key in enumerate(("excel.summary.gain", "excel.summary.loss", "excel.summary.counts"), 1):
            page.text(row + line, 3, self.book.say(key), "label", wide=False)
        for line, function, sign, side in ((1, "MAX", ">0", change.gains), (2, "MIN", "<0", change.losses)):
            found = f"{function}({differences})"
            formula = self.inputs.or_dash(f"IF({found}{sign},{found},0)")
            page.formula(row + line, 4, formula, self.shown(side.most_by), "total", formats.change)
            alike = f"SUMPRODUCT(--(ROUND({differences}-{found},6)=0))"
            before, after = self.book.say("excel.summary.tied", count="#").split("#")
            tied = f'IF({alike}=1,"","{before}"&{alike}&"{after}")'
            formula = f'IF({found}{sign},INDEX({called},MATCH({found},{differences},0))&{tied},"")'
            name = names[side.most[0]] if side.most else ""
            if len(side.most) > 1:
                name += self.book.say("excel.summary.tied", count=len(side.most))
            page.formula(row + line, 5, formula, name, "text", text_wrap=False, shrink=True)
        formula = self.inputs.or_dash(f'COUNTIF({differences},">0")&" / "&COUNTIF({differences},"<0")')
        counts = f"{change.gains.count} / {change.losses.count}"
        page.formula(row + 3, 4, formula, counts, "total", align="right")

    def weights(self, row: int) -> int:
        """Writes the weights in force (shares: scaled to 100 %) and the status of each factor's data."""
        page, scenario, inputs = self.page, self.scenario, self.inputs
        shares = scenario.kind == "shares"
        page.merged(row, 0, 1, self.book.say("excel.summary.factor"), "head")
        head = self.book.say("excel.summary.weight" if shares else "excel.summary.times")
        page.text(row, 2, head, "head", wide=False)
        page.text(row, 3, self.book.say("excel.summary.status"), "head", wide=False)
        whole = sum(scenario.weights.values())
        for id, cell in zip(scenario.weights, inputs.weights, strict=True):
            row += 1
            factor, weight = scenario.factor(id), scenario.weights[id]
            page.merged(row, 0, 1, self.book.text(factor.name), "label")
            if shares:
                formula = inputs.or_dash(f"IF({inputs.weights_total}=0,0,{cell}/{inputs.weights_total})")
                page.formula(row, 2, formula, Fraction(weight) / whole, "figure", "0.00%")
            else:
                page.formula(row, 2, inputs.or_dash(cell), weight, "figure", "General")
            status, typed = self.book.say(f"status.{factor.status}"), self.book.say("excel.summary.typed")
            formula = f"IF({self.data.changed_in(id)}=0,{quoted(status)},{quoted(typed)})"
            page.formula(row, 3, formula, status, "middle", wide=False)
        return row + 2

    def recipients(self, row: int) -> int:
        """Writes amounts beside the published ones or the base, for at most MOST_LISTED recipients."""
        page, scenario, allocation, printed = self.page, self.scenario, self.allocation, self.printed
        if len(scenario.ids) > MOST_LISTED:
            page.merged(row, 0, LAST, self.book.say("excel.summary.listed", name=printed.page.name), "wrap")
            return row + 2
        beside = PUBLISHED if self.base is None else self.base.key
        keys = ["amount"] if self.against is None else ["amount", beside, "difference"]
        headers = {key_of(column): column.header for column in self.table.columns}
        heads = [headers[key] for key in ("number", "recipient", *keys)]
        heads += [self.book.say("excel.summary.share")]
        for column, head in enumerate(heads):
            page.text(row, column, head, "head", wide=False)
        first, last = row + 1, row + len(scenario.ids)
        columns, share = {key: 2 + at for at, key in enumerate(keys)}, 2 + len(keys)
        values = {
            "amount": allocation.amounts,
            beside: self.against or {},
            "difference": {} if self.against is None else changes(allocation, self.against),
        }
        totals: dict[str, Number] = {key: sum(values[key].values(), start=0) for key in keys}
        whole = page.at(last + 1, 2, here=True)
        for i, recipient in enumerate(scenario.recipients):
            at = first + i
            page.number(at, 0, i + 1, "middle", "0")
            page.text(at, 1, self.book.text(recipient.name), wide=False)
            for key, column in columns.items():
                there = printed.page.at(printed.rows[0] + i, printed.columns[key])
                number = self.formats.change if key == "difference" else self.formats.money
                page.formula(at, column, there, self.shown(values[key][recipient.id]), "figure", number)
            part = Fraction(allocation.amounts[recipient.id]) / totals["amount"] if totals["amount"] else 0
            formula = self.inputs.or_dash(f"IF({whole}=0,0,{page.at(at, 2, here=True)}/{whole})")
            page.formula(at, share, formula, part, "figure", "0.00%")
        roles = {role: values[1] for role, values in self.table.records}
        page.text(last + 1, 0, "", "total")
        page.text(last + 1, 1, roles["subtotal" if scenario.reservations else "total"], "total", wide=False)
        for key, column in columns.items():
            formula = self.inputs.or_dash(f"SUM({page.down(column, first, last, here=True)})")
            number = self.formats.change if key == "difference" else self.formats.money
            page.formula(last + 1, column, formula, self.shown(totals[key]), "total", number)
        formula = self.inputs.or_dash(f"SUM({page.down(share, first, last, here=True)})")
        page.formula(last + 1, share, formula, int(bool(totals["amount"])), "total", "0.00%")
        broken_money(page, (first, last + 1), list(columns.values()), {columns.get("difference", -1): True})
        return last + 3

    def traces(self, on: date | None, row: int) -> None:
        """Writes method version, digest, paper code and date."""
        lines = [
            (self.book.say("excel.summary.version"), self.allocation.method_version),
            (self.book.say("excel.summary.digest"), self.scenario.digest),
            (self.book.say("excel.summary.code"), paper_code(self.scenario)),
        ]
        lines += [(self.book.say("excel.summary.date"), on.isoformat())] if on is not None else []
        for at, (label, text) in enumerate(lines, row):
            self.page.merged(at, 0, 1, label, "label")
            self.page.merged(at, 2, LAST, text, "text", font_size=9)
            if label in (self.book.say("excel.summary.digest"), self.book.say("excel.summary.code")):
                formula = with_digest(self.inputs, text, self.book)
                self.page.formula(at, 2, formula, text, "text", font_size=9)
                self.page.height(at, text + self.book.say("excel.not_the_digest"), 76)
