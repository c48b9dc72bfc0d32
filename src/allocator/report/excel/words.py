"""The sheets of words: the sources of all figures, and notes on using the workbook."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.core.allocation import Allocation
from allocator.core.model import Scenario
from allocator.core.parts import Earmark
from allocator.report.excel.inputs import Changes, with_digest
from allocator.report.excel.pen import HIGHEST, ROW, Page, lines_of
from allocator.report.tables.data import remarks_table
from allocator.report.tables.letters import lettered
from allocator.report.words.formulas import in_names
from allocator.text import Phrasebook

WIDTHS = (30, 13, 22, 9, 52, 60)
HEADS = (
    "excel.sources.figure",
    "excel.sources.status",
    "excel.sources.unit",
    "excel.sources.year",
    "excel.sources.definition",
    "excel.sources.source",
)


def write_sources(
    page: Page, live: Allocation, allocations: Sequence[Allocation], inputs: Changes, row: int
) -> None:
    """Writes status and source of each kind of figure, remarks on cells, and the digests of the scenarios."""
    scenario, book = live.scenario, page.book

    page.widths.update(dict(enumerate(WIDTHS)))
    row = _lines(page, row, [[book.say(key) for key in HEADS]], "head")
    row = _lines(page, row, _figures(scenario, book), "text")
    if scenario.provenance:
        grid = remarks_table(scenario, book)
        page.text(row + 1, 0, grid.caption, "section", wide=False)
        row = _lines(page, row + 2, [_remark(grid.headers)], "head")
        row = _lines(page, row, [_remark(line.cells) for line in grid.rows], "text")
    page.text(row + 1, 0, book.say("excel.sources.scenarios"), "section", wide=False)
    row += 2
    for column, key in enumerate(("excel.sources.title", "excel.sources.version")):
        page.text(row, column, book.say(key), "head", wide=False)
    page.merged(row, 2, 5, book.say("excel.sources.digest"), "head")
    for at, (letter, allocation) in enumerate(lettered(allocations), row + 1):
        title = book.show(allocation.scenario.title)
        title = f"{letter}  {title}" if len(allocations) > 1 else title
        page.text(at, 0, title, "text", wide=False)
        page.text(at, 1, allocation.method_version, "middle", wide=False)
        page.merged(at, 2, 5, allocation.scenario.digest, "text")
        if allocation is live:
            digest = allocation.scenario.digest
            page.formula(at, 2, with_digest(inputs, digest, book), digest, "text", wide=False)
        page.height(at, title, WIDTHS[0])


def _figures(scenario: Scenario, book: Phrasebook) -> list[list[str]]:
    """A line for each kind of figure."""

    names = {r.id: r.name for r in scenario.recipients}
    file, given = book.say("excel.sources.of_scenario"), book.say("excel.sources.given")
    fund = scenario.fund
    of_fund = book.show(fund.source) if fund.source is not None else file
    lines = [[book.say("excel.sources.fund"), given, "", "", "", of_fund]]
    if scenario.reservations:
        how = book.say("excel.sources.reservations_how")
        lines.append([book.say("excel.sources.reservations"), given, "", "", how, of_fund])
    for earmark in scenario.earmarks:
        reason = book.show(earmark.reason) if earmark.reason is not None else ""
        said = names[earmark.recipient] if earmark.recipients is None else _whom(earmark, book)
        name = book.say("excel.sources.earmark", name=said)
        lines.append([name, given, "", "", reason, file])
    used = {*scenario.weights, scenario.coefficient, *(limit.by for limit in scenario.limits)}
    if scenario.columns or scenario.pools:
        used = {*scenario.columns.used}
    for factor in scenario.factors:
        if factor.formula is not None:
            how = in_names(factor.formula, scenario, book)
            status = book.say("excel.sources.computed")
            lines.append([book.show(factor.name), status, book.show(factor.unit or ""), "", how, file])
            continue
        unused = "" if factor.id in used else book.say("excel.sources.unused")
        lines.append(
            [
                book.show(factor.name),
                book.say(f"status.{factor.status}"),
                book.show(factor.unit or ""),
                str(factor.year) if factor.year is not None else "",
                book.show(factor.definition or unused),
                book.show(factor.source or file),
            ]
        )
    if scenario.published is not None:
        lines.append([book.say("workbook.published"), book.say("status.published"), "", "", "", of_fund])
    if scenario.previous is not None:
        lines.append([book.say("workbook.previous"), given, "", "", "", file])
    if scenario.issued is not None:
        lines.append([book.say("excel.rules.issued"), given, "", "", "", file])
    results, computed = book.say("excel.sources.results"), book.say("excel.sources.computed")
    how, program = book.say("excel.sources.results_how"), book.say("excel.sources.program")
    return [*lines, [results, computed, "", "", how, program]]


def _whom(earmark: Earmark, book: Phrasebook) -> str:
    """Those whom an earmark is for, where it is for several."""
    whom = earmark.recipients
    if isinstance(whom, str):
        return book.say("excel.rules.everybody") if whom == "all" else book.kind(whom)
    return book.say("place.list").join(whom or ())


def _remark(cells: Sequence[str]) -> list[str]:
    """A remark on a cell, in the columns of the sheet."""
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
    """Writes notes on using the workbook; ``illustrative`` adds that on assumed data."""
    scenario = allocation.scenario
    by_remainder = scenario.fund.rounding == "largest-remainder"
    keys = ["excel.notes.text"]
    keys += ["excel.notes.largest_remainder" if by_remainder else "excel.notes.rest_to_largest"]
    keys += ["excel.notes.limits"] if scenario.limits else []
    keys += ["excel.notes.assumed"] if illustrative else []
    list_notes(page, keys, letter, row)


def list_notes(page: Page, keys: Sequence[str], letter: str, row: int) -> None:
    """Writes notes one paragraph a row, numbered; ``letter`` is that of the option that is computed."""
    book = page.book
    page.widths[0] = 100
    notes = [line for key in keys for line in book.say(key, letter=letter).strip().splitlines()]
    for number, note in enumerate(notes, 1):
        text = book.say("excel.notes.numbered", number=number, text=note)
        page.text(row, 0, text, "wrap", wide=False)
        page.height(row, text, 100)
        row += 1
