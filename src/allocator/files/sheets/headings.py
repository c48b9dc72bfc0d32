"""The tables of a scenario as people edit them, as rows of text, and the meanings of their headings.

Three tables: the data (a row for each recipient; its id, names and kind, a column for each factor, the
published and previous amounts), the descriptions of the factors, and the remarks on single cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import exact
from allocator.core.model import Scenario
from allocator.core.naming import Names
from allocator.core.parts import AMOUNT_UNITS, STATUSES, Factor, Fund, Text, plain_name
from allocator.core.provenance import Provenance
from allocator.files.parsing import MOST_PROBLEMS, cell_text
from allocator.text import BOOKS, EN, ZH, Phrasebook, both, money_scale

REGISTER = ("recipient", "name_zh", "name_en", "kind")
AMOUNTS = ("published", "previous")
FACTOR_COLUMNS = ("factor", "name_zh", "name_en", "unit", "definition", "year", "status", "source")
CELL_COLUMNS = tuple(Provenance.__dataclass_fields__)

Table = tuple[list[str], list[list[str]]]
Find = Callable[[str], tuple[str, ...]]


class Column(NamedTuple):
    """A column of the data table as its heading means it: of the register, a factor, or amounts in a unit."""

    role: str  # "register", "factor" or "amount"
    id: str
    unit: int = 1


# --- out --------------------------------------------------------------------------------------------


def table_rows(scenario: Scenario, book: Phrasebook) -> Table:
    """The data of a scenario as a header and rows of text: a row for each recipient, in listed order.

    Raises ScenarioError where a heading could not be told from another, or a number has no decimal form.
    """
    fund, factors = scenario.fund, scenario.factors
    scale = money_scale(fund.currency, fund.unit)
    amounts = {name: getattr(scenario, name) for name in AMOUNTS if getattr(scenario, name) is not None}
    register = {Column("register", name): heading(name, REGISTER, book) for name in REGISTER}
    money = {Column("amount", name, scale): amount_heading(name, fund, book) for name in amounts}
    find = factor_finder(factors)
    for column, text in (register | money).items():
        if meanings(text, find, fund.currency) != (column,):
            raise ScenarioError(Problem("header_taken", {"name": text}, part="factors"))
    header = [*register.values(), *factor_headings(scenario, book), *money.values()]
    kinds = {r.kind for r in scenario.recipients}
    rows = [
        [
            *(r.id, r.name.zh, r.name.en, _kind(r.kind, kinds, book)),
            *(cell_text(factor.values[i]) for factor in factors),
            *(cell_text(exact(Fraction(column[r.id]) / scale)) for column in amounts.values()),
        ]
        for i, r in enumerate(scenario.recipients)
    ]
    return header, rows


def factor_rows(factors: Sequence[Factor], book: Phrasebook) -> Table:
    """The descriptions of factors; unit, definition and source in one language."""

    def in_language(text: Text | None) -> str:
        return "" if text is None else str(book.text(text))

    rows = [
        [
            *(f.id, f.name.zh, f.name.en, in_language(f.unit), in_language(f.definition)),
            *("" if f.year is None else str(f.year), book.say(f"status.{f.status}"), in_language(f.source)),
        ]
        for f in factors
    ]
    return [heading(name, FACTOR_COLUMNS, book) for name in FACTOR_COLUMNS], rows


def cell_rows(scenario: Scenario, book: Phrasebook) -> Table:
    """The remarks on single cells."""
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    ids = [factor.id for factor in scenario.factors]
    columns = dict(zip(ids, factor_headings(scenario, book), strict=True))
    rows = [
        [
            *(
                names[c.recipient],
                columns[c.factor],
                "" if c.status is None else book.say(f"status.{c.status}"),
            ),
            *(cell_text(value) for value in (c.provider, c.confirmed_on, c.declared, c.verified, c.note)),
        ]
        for c in scenario.provenance
    ]
    return [heading(name, CELL_COLUMNS, book) for name in CELL_COLUMNS], rows


def factor_headings(scenario: Scenario, book: Phrasebook) -> list[str]:
    """The headings of the factors: their names, or ids where a name could mean something else too."""
    find, currency = factor_finder(scenario.factors), scenario.fund.currency
    headings = []
    for factor in scenario.factors:
        name = str(book.text(factor.name))
        own = meanings(name, find, currency) == (Column("factor", factor.id),)
        headings.append(name if own else factor.id)
    return headings


def amount_heading(name: str, fund: Fund, book: Phrasebook) -> str:
    """The heading of published or previous amounts, with the unit that they are shown in."""
    unit = fund.currency  # by its code, which is read back
    if unit == "CNY":
        unit = book.money_unit(unit, money_scale(unit, fund.unit))
    header = book.say("workbook.published" if name == "published" else "workbook.previous")
    return book.say("workbook.amount", header=header, unit=unit)


def _kind(kind: str, kinds: Iterable[str], book: Phrasebook) -> str:
    """A kind in words, in Chinese only, and not where another kind of the scenario has that name."""
    words = book.kind(kind)
    return kind if not book.chinese or words in kinds else words


# --- in ---------------------------------------------------------------------------------------------


def kind_of(text: str, kinds: Iterable[str]) -> str:
    """The kind behind a word; a kind of the scenario's own before the usual words.

    >>> kind_of("区", {"district"}), kind_of("区", {"区"}), kind_of("新区", set())
    ('district', '区', '新区')
    """
    if text in kinds:
        return text
    return next((kind for kind, words in ZH.words("kind").items() if words == text), text)


def status_of(text: str) -> str:
    """The status behind a word of either language; any other text as it is.

    >>> status_of("假设"), status_of("Assumed"), status_of("secret")
    ('assumed', 'assumed', 'secret')
    """
    return _status_words().get(plain_name(text), text)


@cache
def _status_words() -> dict[str, str]:
    words = {plain_name(book.say(f"status.{status}")): status for status in STATUSES for book in BOOKS}
    return words | {status: status for status in STATUSES}


def renamed(old: Text, zh: str | None, en: str | None) -> Text:
    """The name with the table's texts; a language that it lacks keeps its own, unless both were equal."""
    if old.zh == old.en:
        return old if zh is None and en is None else Text(zh or "", en or "")
    return Text(old.zh if zh is None else zh, old.en if en is None else en)


def factor_finder(factors: Iterable[Factor], former: Iterable[Factor] = ()) -> Find:
    """A function that finds the ids a word can stand for: an exact id, else any id, name or former name."""
    factors = tuple(factors)
    exactly = {factor.id for factor in factors}
    known: dict[str, dict[str, None]] = {}
    for factor in (*factors, *former):
        for name in (factor.id, factor.name.zh, factor.name.en):
            known.setdefault(plain_name(name), {})[factor.id] = None

    def find(word: str) -> tuple[str, ...]:
        return (word,) if word in exactly else tuple(known.get(plain_name(word), ()))

    return find


_WITH_UNIT = re.compile(r"(.*?) ?\(([^()]*)\)")


def meanings(text: str, find: Find, currency: str) -> tuple[Column, ...]:
    """The possible meanings of a heading of the data table; amounts in an unknown unit have the unit 0."""
    ids = find(text)
    if ids == (text,):
        return (Column("factor", text),)
    plain = plain_name(text)
    own = words(REGISTER).get(plain)
    if own is not None:
        return (Column("register", own),)
    parts = _WITH_UNIT.fullmatch(plain)
    name, unit = (parts[1], parts[2].strip()) if parts else (plain, "")
    amount = words(AMOUNTS).get(name)
    scale = 1 if unit in ("", currency.casefold()) else AMOUNT_UNITS.get(unit, 0) if currency == "CNY" else 0
    if amount is not None and (scale or not ids):
        return (Column("amount", amount, scale),)
    return tuple(Column("factor", id) for id in ids)


def heading(column: str, columns: tuple[str, ...], book: Phrasebook) -> str:
    """The heading of a column of one of the tables."""
    if columns == FACTOR_COLUMNS and column == "factor":
        return book.say("workbook.recipient")
    if columns == CELL_COLUMNS and column == "recipient":
        return book.say("workbook.cell_recipient")
    return book.say(f"workbook.{column}")


@cache
def words(columns: tuple[str, ...]) -> dict[str, str]:
    """All headings of the columns of a table, in either language, and the column that each means."""
    found: dict[str, str] = {}
    for column in columns:
        called = [column, *(heading(column, columns, book) for book in BOOKS)]
        for book in BOOKS:
            called += re.split("[,，]", book.words("workbook").get(f"also_{column}", column))
        for name in called:
            found.setdefault(plain_name(name), column)
    return found


def text_of(key: str) -> Text:
    """A text of both languages, as a detail of a sentence."""
    return Text(*both(key))


def read_header(
    scenario: Scenario, header: Sequence[str], described: Sequence[Factor], file: str
) -> tuple[dict[Column, int], list[Problem]]:
    """The meanings of the headings of a data table, each with its position, and their problems.

    ``described`` are factors that the scenario does not have, or that have new names.  Raises
    ScenarioError at once where no heading is that of the recipients.
    """
    known = {f.id: f for f in (*scenario.factors, *described)}
    find, currency = factor_finder(known.values(), scenario.factors), scenario.fund.currency
    columns: dict[Column, int] = {}
    taken: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []

    def refuse(key: str, **details: object) -> None:
        problems.append(Problem(key, details, file, {"row": 1}))

    for position, text in enumerate(header):
        found = meanings(text.strip(), find, currency)
        if not found:
            names = [n for f in known.values() for n in (f.id, f.name.zh, f.name.en)]
            written = Names([*names, *words(REGISTER)], [f.name for f in known.values()])
            refuse(
                "column_new", name=text, guess=written.guess(text), sheet=text_of("workbook.sheet_factors")
            )
        elif len(found) > 1:
            refuse("header_ambiguous", name=text, first=found[0].id, second=found[1].id)
        elif not found[0].unit:
            units = [unit for unit in AMOUNT_UNITS if unit] if currency == "CNY" else [currency]
            refuse("header_unit_currency", name=text, currency=currency, known=units)
        elif found[0][:2] in taken:
            refuse("header_double", first=taken[found[0][:2]], second=text)
        else:
            columns[found[0]] = position
            taken[found[0][:2]] = text
    used = {*scenario.weights, scenario.coefficient, *(limit.by for limit in scenario.limits)}
    missing = [f.name for f in scenario.factors if f.id in used and ("factor", f.id) not in taken]
    if missing:
        refuse("column_used", names=missing[:10])
    if ("register", "recipient") not in taken:
        known_headings = [text_of("workbook.recipient"), *(f.name for f in scenario.factors)][:10]
        refuse("header_missing", name=text_of("workbook.recipient"), known=known_headings)
        raise ScenarioError(problems)
    return columns, problems


def _headings(columns: tuple[str, ...]) -> list[Text]:
    return [Text(*(heading(name, columns, book) for book in (ZH, EN))) for name in columns]


def simple_header(
    header: Sequence[str], columns: tuple[str, ...], needed: Iterable[str], file: str
) -> list[str]:
    """The columns that the headings of a table of factors or of cells mean.

    Raises ScenarioError with a sentence for each problem.
    """
    found: list[str] = []
    problems: list[Problem] = []
    known = words(columns)
    for text in header:
        column = known.get(plain_name(text))
        if column is None:
            details = {"name": text, "guess": Names(known, _headings(columns)).guess(text)}
            problems.append(Problem("header_unknown", details, file, {"row": 1}))
        elif column in found:
            twice = {"first": header[found.index(column)], "second": text}
            problems.append(Problem("header_double", twice, file, {"row": 1}))
        found.append(column or text)
    for column in needed:
        if column not in found:
            names = _headings(columns)
            missing = {"name": names[columns.index(column)], "known": names}
            problems.append(Problem("header_missing", missing, file, {"row": 1}))
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return found
