"""The sheets of words: where every figure comes from, and how to use the workbook."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.core.allocation import Allocation
from allocator.core.model import Scenario
from allocator.report.excel.inputs import Inputs, with_digest
from allocator.report.excel.pen import HIGHEST, ROW, Page, lines_of
from allocator.report.tables.data import remarks_table
from allocator.report.tables.letters import lettered
from allocator.text import say, show

WIDTHS = (30, 13, 22, 9, 52, 60)
HEADS = ("figure", "status", "unit", "year", "definition", "source")


def write_sources(
    page: Page, live: Allocation, allocations: Sequence[Allocation], inputs: Inputs, row: int
) -> None:
    """Of every kind of figure, whether it is published, derived, assumed or an example, and its source."""
    scenario, lang = live.scenario, page.lang

    def label(key: str) -> str:
        return say(f"excel.sources.{key}", lang)

    page.widths.update(dict(enumerate(WIDTHS)))
    row = _lines(page, row, [[label(key) for key in HEADS]], "head")
    row = _lines(page, row, _figures(scenario, lang), "text")
    if scenario.provenance:
        grid = remarks_table(scenario, lang)
        page.text(row + 1, 0, grid.caption, "section", wide=False)
        row = _lines(page, row + 2, [_remark(grid.headers)], "head")
        row = _lines(page, row, [_remark(line.cells) for line in grid.rows], "text")
    page.text(row + 1, 0, label("scenarios"), "section", wide=False)
    row += 2
    for column, key in enumerate(("title", "version")):
        page.text(row, column, label(key), "head", wide=False)
    page.merged(row, 2, 5, label("digest"), "head")
    for at, (letter, allocation) in enumerate(lettered(allocations), row + 1):
        title = show(allocation.scenario.title, lang)
        title = f"{letter}  {title}" if len(allocations) > 1 else title
        page.text(at, 0, title, "text", wide=False)
        page.text(at, 1, allocation.method_version, "middle", wide=False)
        page.merged(at, 2, 5, allocation.scenario.digest, "text")
        if allocation is live:
            digest = allocation.scenario.digest
            page.formula(at, 2, with_digest(inputs, digest, lang), digest, "text", wide=False)
        page.height(at, title, WIDTHS[0])


def _figures(scenario: Scenario, lang: str) -> list[list[str]]:
    """A line for each kind of figure."""

    def label(key: str, **details: object) -> str:
        return say(f"excel.sources.{key}", lang, **details)

    def status(key: str) -> str:
        return say(f"status.{key}", lang)

    names = {r.id: r.name for r in scenario.recipients}
    file, fund = label("of_scenario"), scenario.fund
    of_fund = show(fund.source, lang) if fund.source is not None else file
    lines = [[label("fund"), label("given"), "", "", "", of_fund]]
    if scenario.reservations:
        lines.append([label("reservations"), label("given"), "", "", label("reservations_how"), of_fund])
    for earmark in scenario.earmarks:
        reason = show(earmark.reason, lang) if earmark.reason is not None else ""
        lines.append([label("earmark", name=names[earmark.recipient]), label("given"), "", "", reason, file])
    used = {*scenario.weights, scenario.coefficient, *(limit.by for limit in scenario.limits)}
    for factor in scenario.factors:
        unused = "" if factor.id in used else label("unused")
        lines.append(
            [
                show(factor.name, lang),
                status(factor.status),
                show(factor.unit or "", lang),
                str(factor.year) if factor.year is not None else "",
                show(factor.definition or unused, lang),
                show(factor.source or file, lang),
            ]
        )
    if scenario.published is not None:
        lines.append([say("workbook.published", lang), status("published"), "", "", "", of_fund])
    if scenario.previous is not None:
        lines.append([say("workbook.previous", lang), label("given"), "", "", "", file])
    return [*lines, [label("results"), label("computed"), "", "", label("results_how"), label("program")]]


def _remark(cells: Sequence[str]) -> list[str]:
    """What a cell has to say, in the columns of the sheet."""
    _, recipient, factor, status, provider, confirmed_on, declared, verified, note = cells
    figures = " / ".join(text for text in (declared, verified) if text)
    return [f"{recipient} × {factor}", status, confirmed_on, "", f"{provider} {figures}".strip(), note]


def _lines(page: Page, row: int, lines: Sequence[Sequence[str]], style: str) -> int:
    for line in lines:
        for column, text in enumerate(line):
            page.text(row, column, text, style, wide=False)
        most = max(lines_of(text, width) for text, width in zip(line, WIDTHS, strict=True))
        page.sheet.set_row(row, min(max(ROW, 16 * most + 4), HIGHEST))
        row += 1
    return row


def write_notes(page: Page, allocation: Allocation, letter: str, illustrative: bool, row: int) -> None:
    """How to read and to use the workbook, a paragraph a line; ``illustrative`` where data is assumed."""
    lang, scenario = page.lang, allocation.scenario
    page.widths[0] = 100
    keys = ["text", scenario.fund.rounding.replace("-", "_")]
    keys += ["limits"] if scenario.limits else []
    keys += ["assumed"] if illustrative else []
    notes = [
        line for key in keys for line in say(f"excel.notes.{key}", lang, letter=letter).strip().splitlines()
    ]
    for number, note in enumerate(notes, 1):
        text = say("excel.notes.numbered", lang, number=number, text=note)
        page.text(row, 0, text, "wrap", wide=False)
        page.height(row, text, 100)
        row += 1
