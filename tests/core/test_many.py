"""What is done to whole columns at once is what is done to each of their cells."""

from __future__ import annotations

import json
import pickle
import textwrap
import unicodedata
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.cli.terminal import aligned, width
from allocator.core import many
from allocator.core.errors import ScenarioError
from allocator.core.exact import Numbers, Scaled, less, scaled, summed
from allocator.core.parts import Recipient, Text, plain_name
from allocator.core.stages.round import largest_remainder
from allocator.core.totals import any_total, is_total
from allocator.files.csv_file import csv_lines, read_csv
from allocator.files.parsing import cell_number, cell_numbers, headed
from allocator.report.tables.table import listed
from allocator.text import BOOKS, EN

CELLS = st.one_of(
    st.decimals(0, 10**9, places=2).map(str),
    st.integers(0, 10**31).map(str),
    st.text("0123456789.,-+% １，", max_size=6),
)
NAMES = st.text("a tsumo\u3000Ｌ泸县合计全\u0301=-\n", max_size=6)
WORDS = st.text("ab −泸。 \t", max_size=40)
NUMBERS = st.fractions(-(10**6), 10**6, max_denominator=10**4)


@given(st.lists(CELLS, max_size=8))
def test_numbers_in_cells(cells: list[str]) -> None:
    assert cell_numbers(cells) == [cell_number(cell) for cell in cells]


@given(
    st.lists(st.lists(CELLS | st.sampled_from(["", " a", '"b"', "泸县"]), min_size=2, max_size=3), max_size=5)
)
def test_a_file_read_by_the_column_is_that_read_by_the_row(rows: list[list[str]]) -> None:
    """Also where lines are blank, quoted, or of different lengths: then both refuse it alike."""

    def outcome(read: Callable[[Path, bytes], tuple[list[str], list[tuple[int, list[str]]]]]) -> object:
        try:
            return read(file, file.read_bytes())
        except ScenarioError as error:
            return error.sentences(EN)

    def by_the_column(file: Path, _: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
        header, body = read_csv(file)
        return header, body.rows

    with TemporaryDirectory() as folder:
        file = Path(folder, "factors.csv")
        file.write_text("\n".join(["recipient,x", *map(",".join, rows)]), encoding="utf-8")
        assert outcome(by_the_column) == outcome(lambda file, content: headed(file, csv_lines(file, content)))


@given(st.lists(NUMBERS | st.none(), max_size=8))
def test_a_column_is_its_numbers(numbers: list[Fraction | None]) -> None:
    column, each = Numbers(numbers), tuple(numbers)
    given = [n for n in numbers if n is not None]
    assert column == each == tuple(column) == column[:]
    assert (each, hash(each), repr(each)) == (column, hash(column), repr(column))
    assert pickle.loads(pickle.dumps(column)) == each
    assert column.complete == (len(given) == len(numbers))
    assert (column.negative, column.counts) == (any(n < 0 for n in given), any(given))
    assert json.loads(column.as_json) == [None if n is None else str(n) for n in numbers]
    if column.complete:
        made = Numbers.of(scaled(given))
        assert (len(made), made.as_json, made.negative, made) == (
            len(each),
            column.as_json,
            column.negative,
            each,
        )


@given(st.lists(NAMES, max_size=6))
def test_names_as_they_are_compared(names: list[str]) -> None:
    assert many.plain_names(names) == [plain_name(name) for name in names]
    assert any_total(names) == any(map(is_total, names))


def test_no_kind_of_blank_is_left_in_a_name() -> None:
    blanks = [char for char in map(chr, range(0x10000)) if char.isspace()]
    assert [many.plain_names([f"a{blank}"]) for blank in blanks] == [["a"]] * len(blanks)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), min_size=1, max_size=4))
def test_recipients_are_those_made_one_by_one(rows: list[tuple[str, str, str, str]]) -> None:
    found = many.recipients(*map(list, zip(*rows, strict=True)))
    if found is None:
        return
    assert found == [Recipient(id, Text(zh, en), kind) for id, zh, en, kind in rows]
    assert all(hash(one) == hash(Recipient(one.id, one.name, one.kind)) for one in found)


def test_recipients_that_are_refused_are_not_made() -> None:
    for id, zh, en, kind in (
        ("", "泸县", "Lu", ""), ("=a", "泸县", "Lu", ""), ("a", "合计", "Lu", ""), ("a", "泸县", "Lu", "all"),
        ("a" * 101, "泸县", "Lu", ""), ("a", "泸\u200b县", "Lu", ""), ("a", "", "", ""),
    ):  # fmt: skip
        with pytest.raises(ScenarioError):
            Recipient(id, Text(zh, en), kind)
        assert many.recipients([id], [zh], [en], [kind]) is None


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8), NUMBERS)
def test_columns_add_up_number_by_number(pairs: list[tuple[Fraction, Fraction]], size: Fraction) -> None:
    one, other = scaled([a for a, _ in pairs]), scaled([b for _, b in pairs])
    assert summed(one, other).numbers == [a + b for a, b in pairs]
    assert less(one, other).numbers == [a - b for a, b in pairs]
    assert one.times(size).numbers == [a * size for a, _ in pairs]


@given(st.lists(NUMBERS, max_size=8), st.sampled_from([None, 0, 1, 2, 6]), st.booleans())
def test_written_numbers(numbers: list[Fraction], places: int | None, sign: bool) -> None:
    """By decimals: halves to even, and no zeros behind the point unless places are asked for."""
    column: Scaled = scaled(numbers)
    for book in BOOKS:
        written = book.numbers(*column, places, sign=sign)
        assert written == [book.number(number, places, sign=sign) for number in numbers]
        for text, number in zip(written, numbers, strict=True):
            with localcontext(prec=60):
                exactly = Decimal(number.numerator) / Decimal(number.denominator)
                digits = 6 if places is None else places
                shown = exactly.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
            read = Decimal(text.replace(",", "").replace("−", "-"))
            assert read == shown
            assert ("." in text and text[-1] == "0") <= (places is not None)
            assert text.startswith("+") == (sign and shown > 0)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=9), st.integers(1, 12))
def test_largest_remainders_go_in_listed_order(amounts: list[int], over: int) -> None:
    total = sum(amounts) // over
    units, tied = largest_remainder(amounts, over, total)
    order = sorted(range(len(amounts)), key=lambda i: (-(amounts[i] % over), i))
    more = order[: total - sum(a // over for a in amounts)]
    assert units == [a // over + (i in more) for i, a in enumerate(amounts)]
    left = [i for i in order if i not in more]
    cut = more and left and amounts[more[-1]] % over == amounts[left[0]] % over
    assert tied == ([i for i, a in enumerate(amounts) if a % over == amounts[more[-1]] % over] if cut else [])


@settings(max_examples=50)
@given(
    st.lists(st.lists(st.text("ab −泸。 \t", max_size=40), min_size=2, max_size=2), min_size=1, max_size=5)
)
def test_lines_of_a_table_are_wrapped_and_of_equal_width(rows: list[list[str]]) -> None:
    lines = aligned(listed("", ["a", "b"], rows, [1]), EN)
    wide = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in lines]
    assert [width(line) for line in lines] == wide
    assert max(wide) == wide[0]
    wrapped = [textwrap.wrap(cell, 34) for row in rows for cell in row]
    assert len(lines) == 4 + sum(
        max(len(first), len(second)) for first, second in zip(wrapped[::2], wrapped[1::2], strict=True)
    )
    for part in (part for cell in wrapped for part in cell):
        assert any(part.rstrip() in line for line in lines)
