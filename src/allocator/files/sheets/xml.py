"""Reads the XML parts of a workbook before the workbook reader sees them.

Only UTF-8 is read: in another encoding the same bytes could mean one thing here and another to the reader.
"""

from __future__ import annotations

import posixpath
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.parsers import expat

LONGEST_TEXT = 32_767  # characters, the most that a cell can hold in Excel
_LONGEST_RUN = 8 * LONGEST_TEXT + 10_000  # bytes from one tag to the next, for a text written in references
MOST_ATTRIBUTES = 100  # readers compare each with each
DEEPEST = 100
_UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")


class Local(dict[str, str]):
    """Names without their prefix, kept since removing it each time would take most of the time."""

    def __missing__(self, name: str) -> str:
        if len(self) > 1000:
            raise ValueError("names without end")
        self[name] = name.rpartition(":")[2]
        return self[name]


class TooMuch(Exception):
    """Raised where a limit is exceeded; holds the key of the sentence that says so, and the limit."""

    def __init__(self, key: str, limit: int) -> None:
        super().__init__(key, limit)
        self.key, self.limit = key, limit


@dataclass(frozen=True)
class Listed:
    """A sheet in the list of a workbook, with the name of the part that holds it."""

    name: str
    state: str
    part: str


@dataclass(frozen=True)
class Book:
    """The contents of a workbook: its worksheets, its parts of texts and formats, its count of days."""

    sheets: tuple[Listed, ...]
    strings: str
    styles: str
    from_1904: bool


def parser_of(xml: bytes) -> expat.XMLParserType:
    """A parser for a part, whose runs of text are checked first.

    Raises TooMuch for a text that no cell holds, ValueError for XML that no program writes, also while
    parsing.
    """
    if b"\0" in xml:
        raise ValueError("not UTF-8")
    check_runs(xml)

    def declared(_: str, encoding: str | None, __: int) -> None:
        if encoding is not None and encoding.lower() not in _UTF_8:
            raise ValueError("not UTF-8")

    def doctype(*_: object) -> None:  # no program writes one, and entities need one
        raise ValueError("a document type")

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = doctype
    return parser


def parse(
    xml: bytes,
    start: Callable[[str, dict[str, str]], object] = lambda *_: None,
    end: Callable[[str], object] = lambda _: None,
    text: Callable[[str], object] = lambda _: None,
) -> None:
    """Parses a part with callbacks, which get names without their prefix.

    Raises TooMuch for a text that no cell holds, ExpatError or ValueError for XML that no program writes.
    """
    depth = 0
    local = Local()
    parser = parser_of(xml)

    def begins(name: str, given: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST or len(given) > MOST_ATTRIBUTES:
            raise ValueError("nested or attributed without end")
        start(local[name], given)

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(local[name])

    parser.StartElementHandler = begins
    parser.EndElementHandler = ends
    parser.CharacterDataHandler = text
    parser.Parse(xml, True)


def check_runs(xml: bytes) -> None:
    """Raises TooMuch where there is more text between two tags than a cell holds."""
    at = xml.find(b"<")
    while at >= 0 and len(xml) - at > _LONGEST_RUN:
        following = xml.rfind(b"<", at + 1, at + 1 + _LONGEST_RUN)
        if following < 0:
            raise TooMuch("upload_text", LONGEST_TEXT)
        at = following


def book(workbook: bytes, relations: bytes) -> Book:
    """The contents of a workbook; sheets of charts, dialogs and macros are left out.

    Raises ValueError or LookupError where they lead nowhere, or twice to the same.
    """
    targets: dict[str, tuple[str, str]] = {}
    listed: list[tuple[str, str, str]] = []
    from_1904 = False

    def relation(name: str, given: dict[str, str]) -> None:
        if name == "Relationship" and given.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/xl", given["Target"])).lstrip("/").lower()
            if given["Id"] in targets or len(targets) > 10_000:
                raise ValueError("relations without end")
            targets[given["Id"]] = given.get("Type", "").rpartition("/")[2], target

    def element(name: str, given: dict[str, str]) -> None:
        nonlocal from_1904
        if name == "sheet":
            ids = [value for key, value in given.items() if key.rpartition(":")[2] == "id" and ":" in key]
            listed.append((given["name"], given.get("state", "visible"), ids[0]))
        elif name == "workbookPr":
            # extensions have one of this name too
            from_1904 = from_1904 or given.get("date1904") in ("1", "true")

    parse(relations, relation)
    parse(workbook, element)
    sheets = []
    for name, state, id in listed:
        kind, part = targets[id]
        if kind not in ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"):
            sheets.append(Listed(name, state, part))
    made = Book(tuple(sheets), _only(targets, "sharedStrings"), _only(targets, "styles"), from_1904)
    parts = [made.strings, made.styles, *(sheet.part for sheet in sheets)]
    for once in (parts, [name for name, _, _ in listed]):
        if len(set(once)) < len(once):
            raise ValueError("twice the same")
    return made


def _only(targets: dict[str, tuple[str, str]], kind: str) -> str:
    found = {part for own, part in targets.values() if own == kind}
    if len(found) > 1:
        raise ValueError("a part twice")
    return next(iter(found), f"xl/{kind.lower()}.xml")


def lengths(strings: bytes) -> Sequence[int]:
    """The lengths of the texts that cells share; raises TooMuch past the bounds."""
    found = array("l")
    length = 0

    def start(name: str, _: object) -> None:
        nonlocal length
        if name == "si":
            length = 0

    def text(data: str) -> None:
        nonlocal length
        length += len(data)

    def end(name: str) -> None:
        if name == "si":
            if length > LONGEST_TEXT + 1000:  # what stands between the tags counts too
                raise TooMuch("upload_text", LONGEST_TEXT)
            found.append(length)

    parse(strings, start, end, text)
    return found
