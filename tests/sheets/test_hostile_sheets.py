"""Files made to bring the program down are refused by the child that takes them apart, and say why."""

import io
import sys
import zipfile

import hostile_files
import pytest
from depth import cases, deeper
from office_sheets import ods, plain, read, text, xlsx

from allocator import ScenarioError
from allocator.files.sheets.grids import child
from allocator.files.sheets.grids.files import LARGEST_MB, grids_of
from allocator.text import Phrasebook

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
linux = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit memory so")


def refused(content: bytes, name: str = "a.xlsx") -> list[str]:
    with pytest.raises(ScenarioError) as error:
        grids_of(name, content)
    for lang in ("zh", "en"):
        assert all(0 < len(sentence) < 1000 for sentence in error.value.sentences(Phrasebook(lang)))
    return [problem.key for problem in error.value.problems]


@linux
@deeper
def test_hostile_workbooks_are_refused():
    files = list(hostile_files.workbooks())
    for name, content, key in files[:: max(1, len(files) // cases(4, 1_000))]:
        made = content()
        found = refused(made) if key not in ("upload_name",) else [key]
        # rows are bounded otherwise than for an upload, so that some are refused by the next bound
        assert found, name


CELL = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
ROW = "<table:table-row{}>" + CELL + "</table:table-row>"


@pytest.mark.parametrize(
    ("extra", "key"),
    [
        (ROW.format(' table:number-rows-repeated="1000000"', "", "x"), "sheet_large"),
        (ROW.format("", ' table:number-columns-repeated="1000000"', "x"), "sheet_large"),
        (ROW.format("", "", "x" * 40_000), "upload_text"),
        (ROW.format(' table:number-rows-repeated="39000"', ' table:number-columns-repeated="190"', "x"),
         "upload_cells"),
        (ROW.format(' table:number-rows-repeated="20000"', "", "x" * 20_000), "upload_characters"),
        (ROW.format(' table:number-rows-repeated="-1"', "", "x"), "upload_broken"),
        (ROW.format("", ' table:number-columns-repeated="many"', "x"), "upload_broken"),
    ],
)  # fmt: skip
def test_what_is_repeated_is_added_up_before_it_is_unfolded(extra, key):
    assert refused(ods(plain(), extra=extra), "a.ods") == [key]


def test_sheets_without_end_are_refused():
    assert refused(ods(plain(), sheets="<table:table/>" * 1_001), "a.ods") == ["upload_cells"]


def test_blank_cells_and_rows_without_end_are_no_table():
    blank = '<table:table-row table:number-rows-repeated="1048000">'
    blank += '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert len(grids_of("a.ods", ods(plain(), extra=blank))[0].rows) == 10


def archive(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as to:
        for name, content in parts.items():
            to.writestr(name.replace("__", "/").replace("_", "."), content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (archive(word__document_xml=b"<a/>"), "sheet_kind_word"),
        (archive(xl__workbook_bin=b"1"), "sheet_kind_xlsb"),
        (archive(readme_txt=b"1"), "sheet_kind_archive"),
        (archive(content_xml=b"<a><b></a>"), "upload_broken"),
        (archive(content_xml=b"<a/>"), "sheet_kind_word"),
        (archive(content_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "upload_broken"),
        (b"x" * (LARGEST_MB * 2**20 + 1), "upload_large"),
        (b"\0\1\2" * 100, "upload_not_csv"),
        (b'a\tb\n"c\td\n', "csv_syntax"),
        (text([["a", "b"]]) + (b"12," * 190 + b"\n") * 8_000, "upload_cells"),
        (text([["a", "b"]]) + b"a," * 300 + b"x\n", "sheet_large"),
    ],
)
def test_other_archives_and_texts_are_refused(content, key):
    assert refused(content) == [key]


def test_old_workbooks_that_are_none_are_refused():
    pytest.importorskip("xlrd")
    assert refused(OLD + b"\0" * 5_000, "a.xls") == ["upload_broken"]
    assert refused(OLD + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "a.xlsx") == ["sheet_locked"]
    assert refused(OLD + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "a.xls") == ["sheet_kind_word"]


@linux
def test_damaged_files_are_read_or_refused():
    sound = [xlsx(plain()), ods(plain())]
    for seed in range(cases(3, 300)):
        for content in sound:
            try:
                read(hostile_files.mutated(content, seed))
            except ScenarioError as error:
                assert error.problems, seed


@linux
def test_a_child_that_takes_too_much_is_ended(monkeypatch):
    monkeypatch.setattr(child, "SECONDS", 0.01)
    assert refused(xlsx(plain())) == ["sheet_endless"]


def test_names_and_cells_that_would_steer_a_terminal_or_run_as_formulas():
    rows = [["区县", "税收\x1b[31m"], ["泸县\x07", 1], ["@cmd|' /C calc'!A0", 2], ["合江县" * 100, 3]]
    made = read(text(rows, "\t"), "a.txt", alone=True)
    shown = [
        s.sentence(Phrasebook(lang))
        for lang in ("zh", "en")
        for s in (*made.treated, *made.problems, *made.left_out)
    ]
    assert all("\x1b" not in sentence and "\x07" not in sentence for sentence in shown)
    assert [p.at for p in made.problems if p.key == "name_unsafe"][:3] == ["A2", "A3", "A4"]
