"""The sheets of words: summary, sources and data status, notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from allocator.allocation import Allocation
from allocator.analysis.compare import effect
from allocator.report.data_table import remarks_table
from allocator.report.excel.checks import Checks
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import scale_of
from allocator.report.excel.pen import ROW, Formats, Page, broken_money, lines_of
from allocator.report.excel.printed import Printed
from allocator.report.excel.stages import Stages
from allocator.report.sentences import rule_sentence
from allocator.report.tabular import Table
from allocator.text import money_unit, say, show

MOST_LISTED = 30  # recipients that the summary lists; more stand on the table's own sheet


def write_summary(
    page: Page,
    allocation: Allocation,
    table: Table,
    inputs: Inputs,
    stages: Stages,
    printed: Printed,
    checks: Checks,
    on: date | None,
    row: int,
) -> None:
    """One page: the money, the weights, who gets what and what moves, whether all checks hold."""
    scenario, lang = allocation.scenario, page.lang
    fund, scale = scenario.fund, scale_of(scenario)
    formats = Formats(lang)
    unit = money_unit(fund.currency, scale, lang)

    def told(key: str, **details: object) -> str:
        return say(f"excel.summary.{key}", lang, **details)

    last = 5
    page.widths |= {0: 6, 1: 34, 2: 19, 3: 19, 4: 19, 5: 19}
    lines = [(told("rule"), rule_sentence(scenario, lang))]
    if fund.name is not None:
        lines.insert(0, (told("fund_name"), show(fund.name, lang)))
    for label, text in lines:
        page.merged(row, 0, 1, label, "label")
        page.merged(row, 2, last, text, "text")
        page.height(row, text, 76)
        row += 1
    state = f'IF({checks.failed}=0,"{told("holds")}","{told("fails")}")'
    page.merged(row, 0, 1, told("checks"), "label")
    page.merged(row, 2, last, "", "text")
    page.formula(row, 2, f'{state}&IF({checks.near}=0,"","{told("near")}")',
                 told("holds") + ("" if not stages.near_value else told("near")), "text")  # fmt: skip
    page.height(row, told("holds") + told("near"), 76)
    row += 2

    page.merged(row, 0, last, say("table.unit", lang, unit=unit), "right")
    row += 1
    money = [
        (told("fund"), inputs.fund, fund.amount),
        (told("reserved"), "+".join(inputs.reservations) or "0", scenario.reserved),
        (told("earmarked"), "+".join(inputs.earmarks) or "0", scenario.earmarked),
    ]
    start = row
    for label, formula, value in money:
        page.merged(row, 0, 1, label, "label")
        page.formula(row, 2, formula, Fraction(value) / scale, "figure", formats.money)
        row += 1
    page.merged(row, 0, 1, told("distributable"), "label")
    cells = [page.at(start + at, 2, here=True) for at in range(3)]
    page.formula(
        row,
        2,
        f"ROUND({cells[0]}-{cells[1]}-{cells[2]},6)",
        Fraction(scenario.distributable) / scale,
        "total",
        formats.money,
    )
    published = scenario.published is not None
    if published:
        change = effect(allocation, scenario.published or {})
        differences = printed.down("difference")
        names = printed.page.down(1, *printed.rows)
        page.text(start, 3, told("moved"), "label", wide=False)
        page.formula(
            start, 4, f'SUMIF({differences},">0")', Fraction(change.moved) / scale, "total", formats.money
        )
        people = {r.id: getattr(r.name, lang) for r in scenario.recipients}
        for at, (key, function, largest) in enumerate(
            (("gain", "MAX", change.largest_gain), ("loss", "MIN", change.largest_loss)), 1
        ):
            found = f"{function}({differences})"
            compare = ">0" if key == "gain" else "<0"
            page.text(start + at, 3, told(key), "label", wide=False)
            page.formula(start + at, 4, f"IF({found}{compare},{found},0)",
                         Fraction(largest[1]) / scale if largest else 0, "total", formats.change)  # fmt: skip
            page.formula(start + at, 5, f'IF({found}{compare},INDEX({names},MATCH({found},{differences},0)),"")',
                         people[largest[0]] if largest else "", "text")  # fmt: skip
        page.text(start + 3, 3, told("counts"), "label", wide=False)
        page.formula(
            start + 3, 4, f'COUNTIF({differences},">0")&" / "&COUNTIF({differences},"<0")',
            f"{change.gains} / {change.losses}", "total", align="right",
        )  # fmt: skip
    broken_money(page, (start, row), [2, 4], {})
    row += 2

    heads = [
        say("excel.inputs.section_weights", lang),
        say(f"excel.inputs.{'effective' if scenario.kind == 'shares' else 'times'}", lang),
        told("status"),
    ]
    page.merged(row, 0, 1, heads[0], "head")
    page.text(row, 2, heads[1], "head", wide=False)
    page.text(row, 3, heads[2], "head", wide=False)
    row += 1
    whole = sum(scenario.weights.values())
    for id, cell in zip(scenario.weights, inputs.weights, strict=True):
        factor = scenario.factor(id)
        page.merged(row, 0, 1, getattr(factor.name, lang), "label")
        if scenario.kind == "shares":
            page.formula(row, 2, f"IF({inputs.weights_total}=0,0,{cell}/{inputs.weights_total})",
                         Fraction(scenario.weights[id]) / whole, "figure", "0.00%")  # fmt: skip
        else:
            page.formula(row, 2, cell, scenario.weights[id], "figure", "General")
        page.text(row, 3, say(f"status.{factor.status}", lang), "middle", wide=False)
        row += 1
    row += 1

    if len(scenario.ids) <= MOST_LISTED:
        keys = [
            key
            for key in ("number", "recipient", "amount", "published", "difference")
            if key in printed.columns
        ]
        headers = {column.key: column.header for column in table.columns}
        columns = dict(zip(keys, (0, 1, 2, 3, 4), strict=False))
        share_column = len(keys)
        for key, at in columns.items():
            page.text(row, at, headers[key], "head", wide=False)
        page.text(row, share_column, told("share"), "head", wide=False)
        row += 1
        first = row
        amounts = allocation.amounts
        total = sum(amounts.values())
        for i, recipient in enumerate(scenario.recipients):
            page.number(row, 0, i + 1, "middle", "0")
            page.text(row, 1, getattr(recipient.name, lang), wide=False)
            values = {
                "amount": amounts[recipient.id],
                "published": (scenario.published or {}).get(recipient.id, 0),
                "difference": (allocation.differences or {}).get(recipient.id, 0),
            }
            for key in keys[2:]:
                page.formula(row, columns[key], printed.page.at(printed.rows[0] + i, printed.columns[key]),
                             Fraction(values[key]) / scale, "figure",
                             formats.change if key == "difference" else formats.money)  # fmt: skip
            amount = page.at(row, columns["amount"], here=True)
            summed = page.at(first + len(scenario.ids), columns["amount"], here=True)
            page.formula(row, share_column, f"IF({summed}=0,0,{amount}/{summed})",
                         Fraction(amounts[recipient.id]) / total if total else 0, "figure", "0.00%")  # fmt: skip
            row += 1
        page.text(row, 0, "", "total")
        label = next(
            values[1]
            for role, values in reversed(table.records)
            if role in ("subtotal", "total") and (role == "subtotal" or not scenario.reservations)
        )
        page.text(row, 1, label, "total", wide=False)
        for key in keys[2:]:
            at = columns[key]
            value = {"amount": total, "published": sum((scenario.published or {}).values())}
            value["difference"] = value["amount"] - value["published"]
            page.formula(row, at, f"SUM({page.down(at, first, row - 1, here=True)})", Fraction(value[key]) / scale,
                         "total", formats.change if key == "difference" else formats.money)  # fmt: skip
        page.formula(
            row,
            share_column,
            f"SUM({page.down(share_column, first, row - 1, here=True)})",
            1 if total else 0,
            "total",
            "0.00%",
        )
        broken_money(
            page, (first, row), [columns[k] for k in keys[2:]], {columns.get("difference", -1): True}
        )
        row += 2
    else:
        page.merged(row, 0, last, told("listed", name=printed.page.name), "wrap")
        row += 2
    traces = [
        (told("version"), allocation.method_version),
        (told("digest"), scenario.digest),
        *([(told("date"), on.isoformat())] if on is not None else []),
    ]
    for label, text in traces:
        page.merged(row, 0, 1, label, "label")
        page.merged(row, 2, last, text, "text", font_size=9)
        row += 1


def write_sources(page: Page, allocations: Sequence[Allocation], row: int) -> None:
    """Of every kind of figure, whether it is published, derived, assumed or an example, and its source."""
    scenario, lang = allocations[0].scenario, page.lang

    def told(key: str, **details: object) -> str:
        return say(f"excel.sources.{key}", lang, **details)

    widths = (30, 13, 22, 9, 52, 60)
    page.widths.update(dict(enumerate(widths)))
    for column, key in enumerate(("figure", "status", "unit", "year", "definition", "source")):
        page.text(row, column, told(key), "head", wide=False)
    row += 1
    fund = scenario.fund
    lines = [
        (told("fund"), told("given"), "", "", "", fund.source or told("of_scenario")),
        (
            told("reservations"),
            told("given"),
            "",
            "",
            told("reservations_how"),
            fund.source or told("of_scenario"),
        ),
    ]
    lines += [
        (told("earmark", name=next(r.name for r in scenario.recipients if r.id == e.recipient)),
         told("given"), "", "", e.reason or "", told("of_scenario"))
        for e in scenario.earmarks
    ]  # fmt: skip
    used = {*scenario.weights, scenario.coefficient, *(limit.by for limit in scenario.limits)}
    for factor in scenario.factors:
        lines.append(
            (
                factor.name,
                say(f"status.{factor.status}", lang),
                factor.unit or "",
                str(factor.year) if factor.year is not None else "",
                factor.definition or ("" if factor.id in used else told("unused")),
                factor.source or told("of_scenario"),
            )
        )
    if scenario.published is not None:
        lines.append(
            (
                say("workbook.published", lang),
                say("status.published", lang),
                "",
                "",
                "",
                fund.source or told("of_scenario"),
            )
        )
    if scenario.previous is not None:
        lines.append((say("workbook.previous", lang), told("given"), "", "", "", told("of_scenario")))
    lines.append((told("results"), told("computed"), "", "", told("results_how"), told("program")))
    for line in lines:
        texts = [show(text, lang) for text in line]
        for column, text in enumerate(texts):
            page.text(row, column, text, "text", wide=False)
        page.sheet.set_row(row, _height(texts, widths))
        row += 1
    if scenario.provenance:
        grid = remarks_table(scenario, lang)
        row += 1
        page.text(row, 0, grid.caption, "section", wide=False)
        row += 1
        for cells, style in [(grid.headers, "head"), *((line.cells, "text") for line in grid.rows)]:
            joined = [
                f"{cells[1]} × {cells[2]}",
                cells[3],
                cells[4],
                cells[5],
                say("place.list", lang).join(filter(None, cells[6:8])),
                cells[8],
            ]
            for column, text in enumerate(joined):
                page.text(row, column, text, style, wide=False)
            page.sheet.set_row(row, _height(joined, widths))
            row += 1
    row += 1
    page.text(row, 0, told("scenarios"), "section", wide=False)
    row += 1
    for column, key in enumerate(("title", "version", "digest")):
        page.text(row, column if column < 2 else 2, told(key), "head", wide=False)
    page.merged(row, 2, 5, told("digest"), "head")
    row += 1
    for allocation in allocations:
        page.text(row, 0, show(allocation.scenario.title, lang), "text", wide=False)
        page.text(row, 1, allocation.method_version, "middle", wide=False)
        page.merged(row, 2, 5, allocation.scenario.digest, "text")
        page.sheet.set_row(row, _height([show(allocation.scenario.title, lang)], widths))
        row += 1


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    lines = max(lines_of(text, width) for text, width in zip(texts, widths, strict=False))
    return float(max(ROW, 16 * lines + 4))


def write_notes(page: Page, allocation: Allocation, row: int) -> None:
    """How to read and to use the workbook, a paragraph a line."""
    lang, scenario = page.lang, allocation.scenario
    page.widths[0] = 100
    notes = say("excel.notes.text", lang).strip().splitlines()
    notes += say(f"excel.notes.{scenario.fund.rounding.replace('-', '_')}", lang).strip().splitlines()
    if scenario.limits:
        notes += say("excel.notes.limits", lang).strip().splitlines()
    if scenario.assumed:
        notes += say("excel.notes.assumed", lang).strip().splitlines()
    for number, note in enumerate(notes, 1):
        text = say("excel.notes.numbered", lang, number=number, text=note)
        page.text(row, 0, text, "wrap", wide=False)
        page.height(row, text, 100)
        row += 1
