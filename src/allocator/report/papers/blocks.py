"""The blocks of a paper, the same for every file format: words, tables, new pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from allocator.report.tables.table import Table, written
from allocator.text import Phrasebook

Kind = Literal[
    "title",  # of the paper or of an annex
    "subtitle",
    "code",  # 文号
    "address",  # 主送
    "head",
    "subhead",
    "text",
    "callout",  # the recommendation, in a box on top
    "filed",  # 文号 on the left and 签发人 on the right, a tab between them
    "lead",  # above a list
    "item",  # of a list
    "signed",  # 落款
    "annex",  # 附件1, on top of its page
    "small",  # below a table, or about the paper itself
]


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class NewPage:
    """A page break; the new page is landscape if ``wide``."""

    wide: bool = False


@dataclass(frozen=True)
class Attached:
    """附件说明: what is attached, numbered where there are several; a long name hangs under its own start."""

    label: str
    names: tuple[str, ...]

    @property
    def lines(self) -> tuple[tuple[str, str, str], ...]:
        """Each line as label (on the first alone), number ("" where there is one name alone) and name.

        >>> Attached("附件：", ("分配表", "绩效目标表")).lines
        (('附件：', '1.', '分配表'), ('', '2.', '绩效目标表'))
        """
        several = len(self.names) > 1
        return tuple(
            ("" if at else self.label, f"{at + 1}." if several else "", name)
            for at, name in enumerate(self.names)
        )


Block = Words | Attached | Table | NewPage


@dataclass(frozen=True)
class Paper:
    """A paper: its name for people and files, the mark on every page ("" for none), and its blocks.

    A ``compact`` one is a memorandum of one page: small margins, headings without numbers, and letters the
    smaller the higher the number is.
    """

    key: str
    name: str
    book: Phrasebook
    mark: str
    blocks: tuple[Block, ...]
    flows: bool = False  # tables may go on over the page, so that the paper stays short
    compact: int = 0

    @property
    def title(self) -> str:
        """The paper's title."""
        return next(b.text for b in self.blocks if isinstance(b, Words) and b.kind == "title")


def stays(block: Words, after: Block | None) -> bool:
    """True where a paragraph stays on the page of what follows: a heading, a lead, what is signed."""
    if isinstance(after, Table | Attached):
        return True
    if not isinstance(after, Words):
        return False
    fine = block.kind == "small" == after.kind  # fine print goes together, and with what is signed
    return (
        block.kind in ("title", "head", "subhead", "lead", "annex", "signed")
        or after.kind == "signed"
        or fine
    )


def texts(kind: Kind, lines: Iterable[str]) -> list[Words]:
    """One paragraph of this kind for each line."""
    return [Words(kind, line) for line in lines]


def part_of(table: Table, caption: str, keep: Sequence[str] | None = None) -> Table:
    """The table as shown, with all columns or only those with these keys."""
    at = [i for i, column in enumerate(table.columns) if keep is None or column.key in keep]
    rows = tuple(type(row)(row.role, tuple(row.cells[i] for i in at)) for row in table.rows)
    headers, numeric = table.headers, table.numeric
    return written(caption, tuple(headers[i] for i in at), tuple(numeric[i] for i in at), rows, table.unit)
