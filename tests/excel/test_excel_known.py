"""What the workbook has no formulas for is refused when it is built, never given another's formula."""

import io
import sys
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace

import docx
import pytest
from test_excel import LUZHOU

from allocator import Limit, Scenario, allocate, load_scenario
from allocator.cli import run
from allocator.report.excel import known, workbook
from allocator.report.papers import pack
from allocator.report.papers.meeting import meeting
from allocator.report.papers.proposal import Proposal
from allocator.report.tables import office as table
from allocator.report.tables import stages as stage_table
from allocator.report.tables.table import Column, Table
from allocator.text import EN
from allocator.ui.components import markup

RULE = load_scenario(LUZHOU / "published-rule.toml")
HEADING = "Advance"


def with_column(kind: str) -> object:
    """The office's table with one more column before the remarks, as somebody might add it."""
    plain = table.office_table

    def office_table(allocation, lang, base=None):
        found = plain(allocation, lang, base)
        column = Column("advance", HEADING, kind)  # type: ignore[arg-type]
        value = "seen" if kind == "text" else 7_770_000
        records = tuple((role, (*row[:-1], value, row[-1])) for role, row in found.records)
        return replace(found, columns=(*found.columns[:-1], column, found.columns[-1]), records=records)

    return office_table


@pytest.mark.parametrize("kind", ["money", "change", "text"])
def test_a_column_of_the_table_is_everywhere_or_refused(monkeypatch, capsys, kind):
    plain, made = table.office_table, with_column(kind)
    from allocator.ui.allocate import page

    for module in list(sys.modules.values()):
        if getattr(module, "office_table", None) is plain:
            monkeypatch.setattr(module, "office_table", made)
    allocation = allocate(RULE)
    shown = {"money": "777", "change": "+777", "text": "seen"}[kind]
    run.show(allocation, "table", EN)
    screen = markup.table(page.office_table(allocation, EN), "")
    proposal = Proposal((allocation,), EN, on=date(2023, 5, 31))
    word = docx.Document(io.BytesIO(pack.document(meeting(proposal), proposal).content))
    cells = "\n".join(cell.text for grid in word.tables for row in grid.rows for cell in row.cells)
    for where in (capsys.readouterr().out, screen, cells):
        assert HEADING in where and shown in where
    with pytest.raises(LookupError, match="column 'advance'"):
        workbook([allocation], EN)


def test_a_column_beside_scenarios_or_a_kind_of_row_is_refused():
    found = table.compare_table([allocate(RULE)] * 2, EN)
    known.check_comparison(found)
    more = replace(found, columns=(*found.columns, Column("average", "Average", "money")))
    with pytest.raises(LookupError, match="average"):
        known.check_comparison(more)
    odd: Table = replace(found, records=(("heading", ()),))  # type: ignore[arg-type]
    for check in (known.check_comparison, known.check_table):
        with pytest.raises(LookupError, match=r"row|column"):
            check(odd)


def test_a_kind_of_split_rounding_or_limit_without_formulas_is_refused(monkeypatch):
    limited = replace(RULE, limits=(Limit("all", cap_rate=1, of="fund"),))
    for scenario, name in ((RULE, "kind"), (RULE, "rounding"), (limited, "of")):
        known.check_scenario(scenario)
        with monkeypatch.context() as patch:
            patch.setitem(known.CHOICES, name, {None})
            with pytest.raises(LookupError, match=f"the {name} "):
                workbook([allocate(scenario)], EN)


def test_a_new_part_of_a_rule_is_refused_once_it_says_anything():
    @dataclass(frozen=True)
    class Wider(Scenario):
        group_cap: int | None = None

    known.PARTS["Wider"] = known.PARTS["Scenario"]
    try:
        fields = vars(RULE) | {"group_cap": None}
        names = [*known.PARTS["Scenario"], "group_cap"]
        silent = Wider(**{name: fields[name] for name in names})
        known.check_scenario(silent)
        with pytest.raises(LookupError, match="group_cap"):
            known.check_scenario(replace(silent, group_cap=5))
    finally:
        del known.PARTS["Wider"]


def test_a_stage_that_nobody_tells_of_is_refused(monkeypatch):
    allocation = allocate(RULE)
    odd = SimpleNamespace(kind="interest", amounts=dict.fromkeys(RULE.ids, 0), factor="", pool="")
    monkeypatch.setitem(vars(allocation), "stages", (*allocation.stages, odd))
    for told in (stage_table.stage_table, stage_table.stage_sentences):
        with pytest.raises(LookupError, match="interest"):
            told(allocation, EN)
