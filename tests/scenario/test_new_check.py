"""A check that is new in the core reaches command, upload and form with its place, without more code."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from commands import ended
from good_scenario import GOOD, make

from allocator import Factor, Limit, ScenarioError, load_scenario
from allocator.core.errors import Problem
from allocator.core.parts import wrong
from allocator.files.upload import read as upload
from allocator.files.upload.template import template
from allocator.text import EN, ZH
from allocator.ui.session.clause_steps import added, with_row
from allocator.ui.session.clauses import clauses_of
from allocator.ui.session.clauses_made import with_clauses


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A core that takes no value of 33 and no cap of 330,000 (33 of the shown unit)."""
    factor, limit = Factor.__post_init__, Limit.__post_init__

    def of_factor(self: Factor) -> None:
        factor(self)
        for entry, value in enumerate(self.values, 1):
            if value == 33:
                wrong("cell_negative", "factors", {"entry": entry, "column": self.id}, value=value)

    def of_limit(self: Limit) -> None:
        limit(self)
        if self.cap == 330_000:
            wrong("zero", at={"key": "limit.cap"})

    monkeypatch.setattr(Factor, "__post_init__", of_factor)
    monkeypatch.setattr(Limit, "__post_init__", of_limit)


@pytest.mark.usefixtures("checked")
def test_the_command_names_file_row_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {**GOOD, "factors.csv": GOOD["factors.csv"].replace("south,30,30,", "south,30,33,")}
    _, said = ended(capsys, ["run", make(tmp_path, files), "--lang", "en"], 2)
    assert "factors.csv, row 3, column jobs: 33" in said


@pytest.mark.usefixtures("checked")
def test_the_command_names_file_and_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = GOOD["scenario.toml"] + '\n[[limit]]\nrecipients = "all"\ncap = 330_000\n'
    path = make(tmp_path, {**GOOD, "scenario.toml": limits})
    _, said = ended(capsys, ["run", path, "--lang", "en"], 2)
    assert "scenario.toml, [[limit]] 2, cap: " in said


@pytest.mark.usefixtures("checked")
def test_an_upload_names_sheet_row_and_heading(tmp_path: Path) -> None:
    scenario = load_scenario(make(tmp_path, GOOD))
    book = openpyxl.load_workbook(io.BytesIO(template(scenario, ZH)))
    sheet = book["数据"]
    heads = [cell.value for cell in sheet[1]]
    sheet.cell(
        3, heads.index("投资") + 1
    ).value = 33  # the factor's name, which the file does not know as an id
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(ScenarioError) as refused:
        upload.read("数据.xlsx", content.getvalue(), scenario)
    (problem,) = refused.value.problems
    assert (problem.file, dict(problem.at)) == (
        "数据.xlsx", {"sheet": sheet.title, "row": 3, "column": "投资"},
    )  # fmt: skip


@pytest.mark.usefixtures("checked")
def test_a_form_names_the_row_and_no_file(tmp_path: Path) -> None:
    scenario = load_scenario(make(tmp_path, GOOD))
    clauses = added(clauses_of(scenario, EN), "limits", scenario, EN)
    row = clauses.limits[-1]
    with pytest.raises(ScenarioError) as refused:
        with_clauses(scenario, with_row(clauses, "limits", row.uid, figure="33", of="amount"), EN)
    (problem,) = refused.value.problems
    assert (problem.file, str(problem.at["key"]).split(".")[:2]) == ("", ["limit", row.uid])


def test_a_key_that_begins_like_its_table_is_kept_whole() -> None:
    assert Problem("number", at={"key": "useful"}).within(key="use.2").at == {"key": "use.2.useful"}
    assert Problem("number", at={"key": "use"}).within(key="use.2").at == {"key": "use.2"}
    assert Problem("number", at={"key": "amount"}).within(key="use.2").at == {"key": "use.2.amount"}


def test_what_an_option_asks_stands_in_no_file() -> None:
    problem = Problem("audit_nobody", at={"key": "recipients"}, part="reading")
    assert problem.within("a.toml").within(option="group").sentence(EN).startswith("--group: ")
    assert problem.within(option="group").within("a.toml").sentence(EN).startswith("--group: ")
    assert problem.within("a.toml").sentence(EN).startswith("a.toml, recipients: ")
