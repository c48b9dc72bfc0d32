"""The grids of a file of any kind, recognised by its content; kinds that hold no table are refused."""

from __future__ import annotations

from collections.abc import Callable

from allocator.files.parsing import wrong
from allocator.files.sheets.archive import Archive, opened
from allocator.files.sheets.grids.child import in_child
from allocator.files.sheets.grids.grid import Grid
from allocator.files.sheets.grids.plain import text_grid
from allocator.files.sheets.spreadsheet import shown_name

MOST_ROWS = 40_000
LARGEST_MB = 20
TEXT = "text"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_OTHERS = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x7fELF", b"MZ")
_PAGE = (b"<!doctype html", b"<html", b"<?xml", b"<table", b"mime-version:")


def grids_of(
    name: str, content: bytes, most_mb: int = LARGEST_MB, most_rows: int = MOST_ROWS
) -> tuple[Grid, ...]:
    """The sheets in a file.  Raises ScenarioError with advice for a file that holds no table.

    >>> [grid.rows[1][1][0].text for grid in grids_of("a.csv", "区县,税收\\n泸县,5\\n".encode())]
    ['泸县']
    """
    file = shown_name(name)
    kind = kind_of(file, content, most_mb)
    if kind == TEXT:
        return (text_grid(file, content, most_rows),)
    return tuple(in_child(file, kind, content, most_rows))


def kind_of(file: str, content: bytes, most_mb: int) -> str:
    """The kind of a file by its content: TEXT, or the kind of workbook that `in_child` takes apart.

    Raises ScenarioError with advice for a file that holds no table.
    """
    if len(content) > most_mb * 2**20:
        wrong(file, "upload_large", limit=most_mb)
    if not content.strip():
        wrong(file, "file_empty")
    if content.startswith(_OLE):
        return "xls"
    if content.startswith(_ZIP):
        return _packed(opened(file, content))
    if (key := _refusal(content)) is not None:
        wrong(file, key)
    return TEXT


def _packed(archive: Archive) -> str:
    """The kind of workbook that an archive is, "xlsx" or "ods"; raises ScenarioError for others."""
    listed = {entry.filename.lower() for entry in archive.source.infolist()}
    if "xl/workbook.xml" in archive.parts:
        return "xlsx"
    if "xl/workbook.bin" in listed:
        wrong(archive.file, "sheet_kind_xlsb")
    if any(name.startswith(("word/", "ppt/")) for name in listed):
        wrong(archive.file, "sheet_kind_word")
    if "content.xml" not in archive.parts:
        wrong(archive.file, "sheet_kind_archive")
    return "ods"


def _refusal(content: bytes) -> str | None:
    """The key of the sentence about a file that is neither a workbook nor a text with a table."""
    kinds: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
        ("sheet_kind_pdf", lambda head: head.startswith(b"%PDF")),
        ("sheet_kind_picture", lambda head: head.startswith(_PICTURES) and b"\0" in head),
        ("sheet_kind_archive", lambda head: head.startswith(_OTHERS) and b"\0" in head),
        ("sheet_kind_word", lambda head: head.startswith(b"{\\rtf")),
        ("sheet_kind_page", lambda head: head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGE)),
    )
    return next((key for key, fits in kinds if fits(content[:2000])), None)
