"""LibreOffice for tests: it opens workbooks, computes every formula anew and saves them, or makes PDF."""

from __future__ import annotations

import html
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from processes import finished, running

# threads that wait for each other take the processor too
ONE = {"MAX_CONCURRENCY": "1", "SC_IMPORT_THREADS": "1"}
POISON = "987654.25"  # stands in place of every cached value, so that none can pass for a computed one
# 0: compute everything on opening; without it, LibreOffice believes the values that it finds
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""  # noqa: E501


class Absent(Exception):
    """LibreOffice is not on this machine."""


def program() -> str:
    """Where LibreOffice is; raises Absent."""
    found = shutil.which("soffice")
    if found is None:
        raise Absent("soffice is not on the path: install libreoffice-calc, -writer and -impress")
    return found


def converted(files: Mapping[str, bytes], to: str = "xlsx") -> dict[str, bytes]:
    """The files, all converted by one run of LibreOffice with a profile of its own; xlsx unless named."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "profile" / "user").mkdir(parents=True)
        (folder / "profile" / "user" / "registrymodifications.xcu").write_text(ALWAYS, "utf-8")
        (folder / "in").mkdir()
        named = {file: file if Path(file).suffix else f"{file}.xlsx" for file in files}
        for file, content in files.items():
            (folder / "in" / named[file]).write_bytes(content)
        command = [
            program(), "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", to, "--outdir", str(folder / "out"),
            *(str(folder / "in" / named[file]) for file in files),
        ]  # fmt: skip
        # its processes write into the profile, which may not be removed before they have all ended
        with (folder / "said").open("w+b") as log:
            with running(command, stdout=log, stderr=log, env=os.environ | ONE) as made:
                finished(made, lambda: sorted(folder.glob("out/*")))
            log.seek(0)
            said = log.read().decode(errors="replace")
        kind = to.partition(":")[0]
        found = {file: folder / "out" / f"{Path(named[file]).stem}.{kind}" for file in files}
        missing = [file for file, path in found.items() if not path.exists()]
        assert not missing, f"LibreOffice did not convert {missing}: {said[-1000:]}"
        return {file: path.read_bytes() for file, path in found.items()}


def poisoned(content: bytes) -> bytes:
    """The workbook with a wrong value cached beside every formula."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).decode() if name.endswith(".xml") else old.read(name)
            if isinstance(part, str) and name.startswith("xl/worksheets/"):
                part = re.sub(
                    r'(<c r="[A-Z]+\d+"(?: s="\d+")?)(?: t="\w+")?>(<f>[^<]*</f>)<v>[^<]*</v>',
                    rf"\1>\2<v>{POISON}</v>",
                    part,
                )
            new.writestr(name, part)
    return made.getvalue()


def opened(content: bytes, *, values: bool = True) -> openpyxl.Workbook:
    """The workbook with its values, or with its formulas."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def formulas(content: bytes) -> list[str]:
    """Every formula of the workbook, without the sign of equality, straight from its sheets."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "/worksheets/sheet" in name]
    return [html.unescape(text) for sheet in sheets for text in re.findall(r"<f[^>]*>([^<]*)</f>", sheet)]


def edited(content: bytes, changes: Mapping[tuple[str, str], float | str | None]) -> bytes:
    """The workbook with something else in some cells, by sheet and cell, as a person would type it."""
    book = opened(content, values=False)
    for (sheet, cell), value in changes.items():
        assert book[sheet][cell].data_type == "n", f"{sheet}!{cell} is no figure"
        assert not book[sheet][cell].protection.locked, f"{sheet}!{cell} is not meant to be changed"
        book[sheet][cell].value = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
