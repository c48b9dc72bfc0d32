"""Files made to bring the program down are refused in one sentence, in little time and memory."""

import json
import subprocess
import sys
from pathlib import Path

import hostile_files
import openpyxl
import pytest

from allocator import ScenarioError
from allocator.files.sheets.grids.files import grids_of
from allocator.files.sheets.spreadsheet import read_sheets

SECONDS, MB = 5, 300
linux = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit memory so")


def read_in_child(files: list[tuple[str, Path]]) -> list[dict]:
    """What the program's readers say of the files, read in a process of their own with little memory."""
    script = str(Path(hostile_files.__file__))
    names = "".join(f"{how}\t{path}\n" for how, path in files)
    child = subprocess.run([sys.executable, script], input=names, capture_output=True, text=True)
    said = [json.loads(line) for line in child.stdout.splitlines()]
    assert child.returncode == 0 and len(said) == len(files), (said[-1:], child.stderr[-1000:])
    return said


@linux
def test_hostile_files_are_refused_in_little_time_and_memory(tmp_path):
    reading, expected = [], []
    for ending, make, readers in (
        ("toml", hostile_files.rules, ("factor rules", "rules", "reading")),
        ("csv", hostile_files.tables, ("upload", "register", "payments")),
        ("xlsx", hostile_files.workbooks, ("upload", "register")),
    ):
        for number, (name, content, key) in enumerate(make()):
            path = tmp_path / f"{number}.{ending}"
            path.write_bytes(content())
            several = number % 4 == 1  # they share what is below them
            for how in readers if several else readers[:1]:
                reading.append((how, path))
                expected.append((name, key if how == readers[0] else None))
    for said, (name, key) in zip(read_in_child(reading), expected, strict=True):
        assert said["keys"] and key in (None, *said["keys"]), (name, said)
        assert said["seconds"] <= SECONDS and said["mb"] <= MB, (name, said)
        assert all(0 < len(sentence) < 1000 for sentence in said["sentences"]), (name, said)


def damaged(seeds: range, folder: Path) -> list[Path]:
    texts = [f"<si><t>name{i}</t></si>" for i in range(20)]
    rows = '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><t>x</t></is></c></row>'
    rows += '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><f>A1</f><v>3</v></c></row>'
    merged = '<mergeCells><mergeCell ref="A4:B5"/></mergeCells>'
    content = hostile_files.book(rows, rows, strings="".join(texts), after=merged)
    files = []
    for seed in seeds:
        files.append(folder / f"{seed}.xlsx")
        files[-1].write_bytes(hostile_files.mutated(content, seed))
    return files


def check_damaged(seeds: range, folder: Path) -> None:
    for said in read_in_child([("upload", path) for path in damaged(seeds, folder)]):
        assert said["seconds"] <= SECONDS and said["mb"] <= MB, said  # its seed is the file's name


@linux
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_damaged_workbooks_are_read_or_refused_in_little_memory(tmp_path):
    check_damaged(range(100), tmp_path)


@linux
@pytest.mark.deep
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_thousands_of_damaged_workbooks(tmp_path):
    for start in range(1_000, 11_000, 1_000):
        print("seeds from", start)
        check_damaged(range(start, start + 1_000), tmp_path)


# --- what must still be read --------------------------------------------------------------------------


def test_everything_that_a_workbook_may_hold_besides_is_passed_over(tmp_path):
    made = openpyxl.Workbook()
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = made.active
    sheet.title = "A & B <c>"
    sheet.append(["date", "text"])
    sheet.append([openpyxl.utils.datetime.from_excel(1000, made.epoch), "x\n<&>"])
    sheet["AZ3"].fill = openpyxl.styles.PatternFill("solid", "FFFF00")
    sheet.merge_cells("A6:B7")
    sheet.merge_cells("A2:A3")
    chart = made.create_chartsheet("chart")
    chart.add_chart(openpyxl.chart.BarChart())
    made.create_sheet("hidden").sheet_state = "veryHidden"
    made.defined_names["n"] = openpyxl.workbook.defined_name.DefinedName("n", attr_text="'A & B <c>'!$A$1")
    made.save(tmp_path / "a.xlsx")
    table, hidden = read_sheets("a.xlsx", (tmp_path / "a.xlsx").read_bytes())
    assert (table.name, table.hidden, table.merged) == ("A & B <c>", False, ("A2:A3",))
    assert table.lines == [(1, ["date", "text"]), (2, ["1906-09-27", "x\n<&>"])]  # 1904-01-01 and 1000 days
    assert (hidden.name, hidden.hidden, hidden.lines) == ("hidden", True, [])


def test_texts_and_cells_just_below_the_limits_are_read():
    row = hostile_files.row_of('<c t="s"><v>0</v></c>', 100)
    long = hostile_files.book(row * 9, strings=f"<si><t>{'长' * 32_767}</t></si>")
    (sheet,) = read_sheets("a.xlsx", long)
    assert [len(line) for _, line in sheet.lines] == [100] * 9 and len(sheet.lines[8][1][99]) == 32_767
    sparse = hostile_files.book('<row r="5000"><c r="GR5000"><v>1</v></c></row>')
    (sheet,) = read_sheets("a.xlsx", sparse)
    assert sheet.lines == [(5000, [""] * 199 + ["1"])]
    every = '<col hidden="1" min="-9999999999" max="9999999999"/>'
    far = hostile_files.book("<row><c><v>1</v></c></row>", after=every)
    assert read_sheets("a.xlsx", far)[0].lines == [(1, ["1"])]
    assert grids_of("a.xlsx", far)[0].hidden_columns == frozenset(range(1, 16_385))
    many = hostile_files.book(*["<row><c><v>1</v></c></row>"] * 255)
    assert len(read_sheets("a.xlsx", many)) == 255
    wide = b",".join(b"c%d" % i for i in range(200)) + b",,,\n"
    assert len(read_sheets("a.csv", wide)[0].lines) == 1
    for columns in (200, 201):
        content = b",".join([b"x"] * columns)
        if columns == 200:
            assert read_sheets("a.csv", content)[0].lines == [(1, ["x"] * 200)]
        else:
            with pytest.raises(ScenarioError):
                read_sheets("a.csv", content)
