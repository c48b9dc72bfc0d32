"""Files made to bring the program down, and valid ones near the limits; the same bytes every time.

As a program it reads files with the readers that are tested, in little memory, and says what came of each.
"""

from __future__ import annotations

import io
import json
import random
import struct
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from allocator.text import Phrasebook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CELL = "<c><v>1</v></c>"
MB = 2**20


def parts(
    *sheets: str,
    strings: str = "",
    styles: str = "",
    book: str = "",
    named: int | None = None,
    after: str = "",
) -> dict[str, bytes]:
    """The parts of a workbook with these rows; ``named`` sheets name the first part."""
    numbers = range(len(sheets) if named is None else named)
    listed = "".join(f'<sheet name="S{i}" sheetId="{i + 1}" r:id="r{i}"/>' for i in numbers)
    ways = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for i, at in ((i, min(i, len(sheets) - 1)) for i in numbers)
    )
    for kind in ("sharedStrings", "styles"):
        ways += f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{kind}.xml"/>'
    made = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
        f"{book}</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{ways}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    for i, rows in enumerate(sheets):
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
        made[f"xl/worksheets/sheet{i}.xml"] = sheet
    return {name: xml.encode() for name, xml in made.items()}


def packed(entries: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def book(*sheets: str, **more: object) -> bytes:
    return packed(parts(*sheets, **more).items())  # type: ignore[arg-type]


def changed(part: str, make: Callable[[bytes], bytes]) -> bytes:
    """A small workbook with one part made into something else."""
    made = parts(f"<row>{CELL}</row>")
    made[part] = make(made[part])
    return packed(made.items())


def row_of(cell: str, times: int) -> str:
    return f"<row>{cell * times}</row>"


def shared(times: int, length: int, count: int = 1) -> bytes:
    """Cells that all show the same long text; in each row 100."""
    texts = f"<si><t>{'x' * length}</t></si>" + "<si><r><t>y</t></r></si>" * (count - 1)
    row = row_of('<c t="s"><v>0</v></c>', 100)
    return book(row * (times // 100), strings=texts)


SHEET = "xl/worksheets/sheet0.xml"


def overlapping() -> bytes:
    """An archive whose list names one part's bytes 900 times."""
    content = book(f"<row>{CELL * 100}</row>" * 100)
    at = content.index(b"PK\x01\x02")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
    length = 46 + len(first.filename.encode())
    entry = content[at : at + length]
    end = content.rindex(b"PK\x05\x06")
    listed = content[at:end] + b"".join(
        entry[:46] + f"x{i:0{len(first.filename) - 5}}.xml".encode()[: len(first.filename)]
        for i in range(900)
    )
    count = struct.unpack("<H", content[end + 10 : end + 12])[0] + 900
    tail = content[end : end + 8] + struct.pack("<HHII", count, count, len(listed), at) + b"\0\0"
    return content[:at] + listed + tail


def patched(what: bytes, to: bytes, field: int, width: int) -> bytes:
    """A workbook with a field of the list's entry of its sheet overwritten."""
    content = bytearray(book(f"<row>{CELL}</row>"))
    at = content.rindex(SHEET.encode()) - 46
    assert content[at : at + 4] == what
    content[at + field : at + field + width] = to
    return bytes(content)


def workbooks() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    """Name, bytes, and the key of the sentence that refuses it."""
    last = '<c r="XFD1048576"><v>1</v></c>'
    rows = f"<row>{CELL * 190}</row>"
    entry = b"PK\x01\x02"
    yield "one text of 20 MB in 800 cells", lambda: shared(800, 20 * MB), "upload_text"
    yield "one text in 100,000 cells", lambda: shared(100_000, 32_000), "upload_characters"
    yield (
        "a text of runs",
        lambda: book(
            "<row><c t='s'><v>0</v></c></row>", strings=f"<si>{'<r><t>abcdefgh</t></r>' * 90_000}</si>"
        ),
        "upload_text",
    )
    yield (
        "an inline text",
        lambda: book('<row><c t="inlineStr"><is>' + "<r><t>abcdefgh</t></r>" * 90_000 + "</is></c></row>"),
        "upload_text",
    )
    yield "1,500 sheets of one part", lambda: book(rows * 500, named=1500), "upload_broken"
    yield "900 sheets", lambda: book(*[rows * 30] * 900), "upload_bomb"
    yield (
        "150,000 merged ranges",
        lambda: book(rows, after="<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 150_000 + "</mergeCells>"),
        "upload_merged",
    )
    yield (
        "20,000 merged ranges",
        lambda: book(
            rows * 100, after="<mergeCells>" + '<mergeCell ref="A2:B3"/>' * 20_000 + "</mergeCells>"
        ),
        "sheet_merged",
    )
    yield (
        "a far cell without a place",
        lambda: book(f'<row r="1">{CELL}</row><row r="1048576"><c r="XFC1"><v>1</v></c>{CELL}</row>'),
        "upload_broken",
    )
    yield (
        "a far cell",
        lambda: book(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">{last}</row>'),
        "sheet_large",
    )
    yield (
        "sheets with far corners",
        lambda: book(
            *['<row r="1"><c r="A1"><v>1</v></c></row><row r="5000"><c r="GR5000"><v>1</v></c></row>'] * 300
        ),
        "upload_cells",
    )
    yield "304,000 formulas", lambda: book(row_of("<c><f>A</f></c>", 190) * 1_600), "upload_unseen"
    yield "five million tags", lambda: book("<row/>" * 5_000_000), "upload_cells"
    yield (
        "a tag of 100,000 attributes",
        lambda: changed(
            SHEET,
            lambda xml: xml.replace(
                b"<row>", b"<row" + b"".join(b' a%d=""' % i for i in range(100_000)) + b">"
            ),
        ),
        "upload_text",
    )
    yield (
        "tags of thousands of attributes",
        lambda: book(("<row" + "".join(f" a{i}=''" for i in range(5_000)) + "/>") * 20),
        "upload_broken",
    )
    yield "nested", lambda: book("<row>" * 1_000_000 + "</row>" * 1_000_000), "upload_broken"
    yield (
        "nested formats",
        lambda: book(rows, styles="<font>" * 100_000 + "</font>" * 100_000),
        "upload_broken",
    )
    yield "more than a million formats", lambda: book(rows, styles="<numFmt/>" * 1_100_000), "upload_cells"
    yield (
        "more than a million defined names",
        lambda: book(rows, book="<definedNames>" + "<definedName/>" * 1_100_000 + "</definedNames>"),
        "upload_cells",
    )
    yield (
        "relations without end",
        lambda: changed(
            "xl/_rels/workbook.xml.rels",
            lambda xml: xml.replace(
                b"</", b"".join(b'<Relationship Id="x%d" Target="y"/>' % i for i in range(300_000)) + b"</"
            ),
        ),
        "upload_broken",
    )
    yield (
        "names of tags without end",
        lambda: book("".join(f"<a{i}/>" for i in range(200_000))),
        "upload_broken",
    )
    yield (
        "thousands of filters over a million hidden rows",
        lambda: book(rows + '<row hidden="1"/>' * 1_000_000, after='<autoFilter ref="A1:B9"/>' * 9_000),
        "upload_broken",
    )
    yield (
        "columns that are hidden again and again",
        lambda: book(rows, after='<col hidden="1" min="1" max="16384"/>' * 100_000),
        "upload_broken",
    )
    yield (
        "in UTF-16",
        lambda: changed(
            SHEET,
            lambda xml: f"<row>{last}</row>".join(xml.decode().split(f"<row>{CELL}</row>")).encode("utf-16"),
        ),
        "upload_broken",
    )
    yield (
        "in EBCDIC",
        lambda: changed(SHEET, lambda xml: b'<?xml version="1.0" encoding="cp037"?>' + xml),
        "upload_broken",
    )
    yield (
        "entities",
        lambda: changed(SHEET, lambda xml: b'<!DOCTYPE x [<!ENTITY a "ha">]>' + xml),
        "upload_broken",
    )
    yield (
        "unpacks to 62 MB",
        lambda: packed([*parts(rows).items(), *((f"xl/{i}.xml", bytes(31 * MB)) for i in range(2))]),
        "upload_bomb",
    )
    yield "21,000 parts", lambda: packed((f"{i}.bin", b"") for i in range(21_000)), "upload_bomb"
    yield "a part twice", lambda: packed([*parts(rows).items(), (SHEET.upper(), b"<x/>")]), "upload_broken"
    yield "overlapping parts", overlapping, "upload_broken"
    yield "a size that is too small", lambda: patched(entry, b"\5\0\0\0", 24, 4), "upload_broken"
    yield "a size that is too large", lambda: patched(entry, b"\0\0\0\3", 24, 4), "upload_broken"
    yield "4 GB announced", lambda: patched(entry, b"\xff\xff\xff\xff", 24, 4), "upload_bomb"
    yield "a place beyond the file", lambda: patched(entry, b"\0\xff\xff\x7f", 42, 4), "upload_broken"
    yield "encrypted", lambda: patched(entry, b"\1\0", 8, 2), "upload_old"
    yield "unknown compression", lambda: patched(entry, b"\x0e\0", 10, 2), "upload_broken"


def tables() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    """CSV files: name, bytes, and the key of the sentence that refuses it."""
    yield "a field of 4 MB", lambda: b"a,b\n" + b"x" * 4 * MB, "csv_line"
    yield "a quoted field of many lines", lambda: b'a,b\n"' + b"xxxxxxx\n" * 500_000 + b'"', "csv_syntax"
    yield "100,000 columns", lambda: b",".join(b"c%d" % i for i in range(100_000)), "sheet_large"
    yield "five million commas in lines", lambda: (b"," * 900_000 + b"\n") * 5, "sheet_large"
    yield "a record of a million lines", lambda: b'"a\n",' * 1_000_000, "sheet_large"
    yield "a NUL byte", lambda: b"a,b\n1,\0\n", "upload_not_csv"
    yield "310,000 lines", lambda: b"x\n" * 310_000, "sheet_large"
    yield "a million blank lines", lambda: b"a\n" + b"\n" * 1_100_000, "sheet_large"


def rules() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    """TOML files: name, bytes, and the key of the sentence that refuses it."""
    key = ".".join(f"a{i}" for i in range(290))
    yield (
        "keys of 290 parts",
        lambda: "".join(f"{key}.k{i} = 1\n" for i in range(700)).encode(),
        "toml_endless",
    )
    yield (
        "a table of 290 parts",
        lambda: (f"[{key}]\n" + "".join(f"k{i} = 1\n" for i in range(50_000))).encode(),
        "toml_endless",
    )
    yield "a key of 30,000 parts", lambda: ("a." * 30_000 + "b = 40").encode(), "toml_endless"
    yield "brackets", lambda: b"x = " + b"[" * 500_000, "toml_endless"
    yield "80,000 keys", lambda: "".join(f"k{i}=1\n" for i in range(80_000)).encode(), "key_missing"
    yield "250,000 items", lambda: b"x = [" + b"1," * 250_000 + b"]", "key_missing"
    yield "2 MB", lambda: b"#" * 2 * MB + b"\nformat = 1", "file_large"


def mutated(content: bytes, seed: int) -> bytes:
    """A workbook with some bytes of the archive or of its parts changed, or its parts exchanged."""
    draw = random.Random(seed)
    if draw.random() < 0.3:
        return _hurt(content, draw)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist()]
    for _ in range(draw.randint(1, 3)):
        at, other = draw.randrange(len(entries)), draw.randrange(len(entries))
        name, xml = entries[at]
        how = draw.randrange(5)
        if how == 0:
            entries[at] = name, entries[other][1]
        elif how == 1 and xml:
            entries[at] = name, _hurt(xml, draw)
        elif how == 2:
            start, end = sorted(draw.randrange(len(xml) + 1) for _ in range(2))
            entries[at] = name, xml[:end] + xml[start:end] * draw.choice([1, 50]) + xml[end:]
        elif how == 3:
            entries.append((draw.choice([name, name.upper(), f"xl/../{name}"]), entries[other][1]))
        else:
            numbers = [b"0", b"-1", b"1", b"99999999999", b"A1", b"XFD1048576", b"&#49;", b"s", b""]
            pieces = xml.split(b'"')
            pieces[draw.randrange(len(pieces))] = draw.choice(numbers)
            entries[at] = name, b'"'.join(pieces)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in entries:
            archive.writestr(zipfile.ZipInfo(name), xml, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _hurt(content: bytes, draw: random.Random) -> bytes:
    hurt = bytearray(content)
    for _ in range(draw.randint(1, 8)):
        hurt[draw.randrange(len(hurt))] = draw.randrange(256)
    return bytes(hurt)


# --- the child process --------------------------------------------------------------------------------


def peak(told: int) -> int:
    """The most memory that this process has needed, in MB; what Linux tells may be its parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        return told // MB
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) // 1024


def read_all(root: Path) -> None:
    """Reads each file named on the input after its reader, and says what came of it and what that took."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (2_000 * MB, 2_000 * MB))
    from allocator import ScenarioError, load_scenario
    from allocator.files.audit.readings import read_reading
    from allocator.files.execution.payments import read_payments
    from allocator.files.execution.rules import read_rules
    from allocator.files.projects.register import read_register
    from allocator.files.projects.rules import read_factor_rules
    from allocator.files.upload import read as upload

    scenario = load_scenario(root / "scenarios" / "luzhou-2023" / "published-rule.toml")
    made = read_factor_rules(
        "rules.toml", (root / "scenarios" / "luzhou-2023-projects" / "rules" / "five-years.toml").read_bytes()
    )
    of_table = {
        "upload": lambda name, content: upload.read(name, content, scenario),
        "register": lambda name, content: read_register(name, content, made, scenario.recipients, 50),
        "payments": lambda name, content: read_payments(name, content, scenario, (), 50),
    }
    of_toml = {
        "factor rules": read_factor_rules,
        "rules": read_rules,
        "reading": lambda name, content: read_reading(name, content, scenario),
    }
    readers = of_table | of_toml
    for line in sys.stdin:
        how, name = line.rstrip("\n").split("\t")
        path = Path(name)
        content = path.read_bytes()
        began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        keys: list[str] = []
        sentences: list[str] = []
        try:
            readers[how](path.name, content)
        except ScenarioError as error:
            keys = [problem.key for problem in error.problems]
            sentences = [s for lang in ("zh", "en") for s in error.sentences(Phrasebook(lang))[:2]]
        used = resource.getrusage(resource.RUSAGE_SELF)
        said = {
            "file": path.name,
            "how": how,
            "keys": keys[:3],
            "sentences": sentences,
            "seconds": round(used.ru_utime - began, 2),
            "mb": peak(used.ru_maxrss),
        }
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    read_all(Path(__file__).parent.parent)
