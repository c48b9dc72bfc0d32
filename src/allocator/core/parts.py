"""The parts of a scenario: frozen data, checked when it is made.

Money, weights and values are exact: ``int`` where whole, else ``Fraction``.  Money is in the currency's
main unit (yuan), never in thousands or ten thousands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Never

from allocator.core.errors import Problem, ScenarioError, within
from allocator.core.exact import (
    LARGEST,
    MOST_DECIMALS,
    Number,
    Numbers,
    Scaled,
    TooManyDecimals,
    are_exact,
    exact,
)
from allocator.core.totals import is_total

if TYPE_CHECKING:
    from allocator.core.formula import Formula

ROUNDINGS = ("largest-remainder", "rest-to-largest", "each-alone", "rest-to")
PAPERS = ("cn", "plain")  # the papers of a Chinese office, or plain ones
# the units that amounts in yuan may be written in, and their size in yuan
AMOUNT_UNITS = {
    "元": 1, "千元": 10**3, "万元": 10**4, "百万元": 10**6, "亿元": 10**8,
    "yuan": 1, "10k yuan": 10**4, "": 1,
}  # fmt: skip
LONGEST_ID, LONGEST_TEXT = 100, 1000  # characters
UNSAFE = frozenset("=+-@＝＋－＠")  # at the beginning of a text: a spreadsheet would take it for a formula
STATUSES = ("published", "provided", "derived", "assumed", "example")


def wrong(
    key: str, part: str = "scenario", at: Mapping[str, object] | None = None, **details: object
) -> Never:
    """Raises a ScenarioError with this sentence, on this part of a scenario."""
    raise ScenarioError(Problem(key, details, at=at or {}, part=part))


def brief(value: object) -> str:
    """A wrong value as a sentence shows it, cut to 40 characters."""
    # Python refuses to write very long integers in decimal
    return (hex(value) if isinstance(value, int) and value.bit_length() > 1000 else str(value))[:40]


def in_full(number: Number) -> Number | str:
    """The number with up to 30 decimals, as text, where the usual six would hide some.

    >>> from fractions import Fraction
    >>> in_full(100 + Fraction(1, 10**28)), in_full(Fraction(1, 3))
    ('100.0000000000000000000000000001', '0.333333333333333333333333333333…')
    """
    if (number * 10**6).denominator == 1:
        return number
    # in integers: dividing decimals would round at 28 digits and show 100 for what is not
    whole, rest = divmod(abs(number.numerator) * 10**MOST_DECIMALS, number.denominator)
    digits = f"{whole:0{MOST_DECIMALS + 1}}"
    decimals = digits[-MOST_DECIMALS:] + "…" if rest else digits[-MOST_DECIMALS:].rstrip("0")
    return f"{'−' if number < 0 else ''}{digits[:-MOST_DECIMALS]}.{decimals}"


def number_at(value: Any, key: str) -> Number:
    """The value as a non-negative number; raises ScenarioError with its place."""
    try:
        number = exact(value)
    except TooManyDecimals:
        wrong("decimals", at={"key": key}, value=brief(value))
    except ValueError:
        wrong("number", at={"key": key}, value=brief(value))
    if number < 0:
        wrong("negative", at={"key": key}, value=number)
    return number


def money_at(value: Any, key: str) -> Number:
    """The value as a non-negative amount of at most two decimals; raises ScenarioError with its place."""
    if type(value) is int and 0 <= value < LARGEST:
        return value  # most amounts are whole
    try:
        exact(value)
    except TooManyDecimals:
        wrong("cents", at={"key": key}, value=brief(value))
    except ValueError:
        pass  # number_at reports it
    number = number_at(value, key)
    if (number * 100).denominator != 1:
        wrong("cents", at={"key": key}, value=in_full(number))
    return number


def put(thing: object, **fields: object) -> None:
    """Sets fields of a frozen object while it is being made."""
    for name, value in fields.items():
        object.__setattr__(thing, name, value)


def _put_changed(thing: object, name: str, old: object, new: object) -> None:
    """Sets a field that is not yet what it should be: of many thousand things hardly any needs it."""
    if new is not old:
        object.__setattr__(thing, name, new)


@dataclass(frozen=True)
class Text:
    """A name or remark in both languages; given in one, it serves for both.  Line breaks count as spaces.

    >>> Text("泸县", "Lu County").en, Text("泸县").en
    ('Lu County', '泸县')
    """

    zh: str = ""
    en: str = ""

    def __post_init__(self) -> None:
        zh, en = " ".join(self.zh.split()), " ".join(self.en.split())
        _put_changed(self, "zh", self.zh, check_text(zh or en))
        _put_changed(self, "en", self.en, check_text(en or zh))

    @classmethod
    def of(cls, value: Text | str) -> Text:
        """A Text from a Text or a plain string."""
        return value if isinstance(value, Text) else cls(value)


def check_text(text: str, longest: int = LONGEST_TEXT, part: str = "scenario") -> str:
    """The text; raises ScenarioError if it is blank, too long, not printable or like a formula."""
    if not text:
        wrong("name_blank", part)
    if text[0] in UNSAFE or not text.isprintable() or len(text) > longest:
        wrong("name_unsafe", part, name=text[:40], longest=longest)
    return text


def check_id(text: str, part: str) -> str:
    """The id, trimmed; raises ScenarioError if it is not fit to be one."""
    return check_text(text.strip(), LONGEST_ID, part)


@dataclass(frozen=True)
class Recipient:
    """A district 区, county 县 or park 园区 that shares in the fund."""

    id: str
    name: Text = None  # type: ignore[assignment]  # made from the id where none is given
    kind: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        part = "recipients"
        _put_changed(self, "id", self.id, check_id(self.id, part))
        if self.kind:
            _put_changed(self, "kind", self.kind, check_id(self.kind, part))
        if not isinstance(self.name, Text):
            put(self, name=Text(self.id if self.name is None else self.name))
        name = self.name
        for column, written in (("recipient", self.id), ("name_zh", name.zh), ("name_en", name.en)):
            if is_total(written):
                wrong("recipient_total", part, {"column": column}, name=written)
        if self.aliases != ():
            put(self, aliases=tuple(check_id(alias, part) for alias in self.aliases))
        for alias in self.aliases:
            if ";" in alias or "；" in alias:
                wrong("alias_semicolon", part, {"column": "aliases"}, name=alias)
        if self.kind == "all":
            wrong("kind_all", part, {"column": "kind"})


def plain_name(name: str) -> str:
    """A name as it is compared: full-width and half-width, capitals and small letters alike."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return " ".join(name.casefold().split())


@dataclass(frozen=True)
class Factor:
    """A column of data: one value per recipient, in the scenario's order (None: not given).

    ``status`` says where the figures come from: published, provided (by a department, not public), derived,
    assumed or example.  Not stated, it is assumed.  A column formula has no values of its own: they are
    worked out (`Scenario.numbers`), rounded to ``round`` decimals where that is given.  A column of ``text``
    holds words, and a ``signed`` one values below zero, for formulas and conditions.  ``basis`` is the
    provision that its weight rests on.
    """

    id: str
    values: Sequence[Any]
    name: Text = None  # type: ignore[assignment]  # made from the id where none is given
    unit: Text | None = None
    definition: Text | None = None
    year: int | None = None
    status: str = "assumed"
    source: Text | None = None
    formula: Formula | None = None
    round: int | None = None
    text: bool = False
    signed: bool = False
    basis: Text | None = None

    def __post_init__(self) -> None:
        put(self, id=check_id(self.id, "factors"))
        column = {"column": self.id}
        if self.round is not None and self.formula is None:
            wrong("round_alone", at={"key": f"factor.{self.id}.round"})
        if self.round is not None and (type(self.round) is not int or not 0 <= self.round <= MOST_DECIMALS):
            at = {"key": f"factor.{self.id}.round"}
            wrong("formula_round", at=at, value=brief(self.round), most=MOST_DECIMALS)
        if self.status not in STATUSES:
            wrong("choice", at={"key": f"factor.{self.id}.status"}, value=self.status, known=STATUSES)
        if self.year is not None and (type(self.year) is not int or not 0 <= self.year < 10_000):
            wrong("year", at={"key": f"factor.{self.id}.year"}, value=brief(self.year))
        if self.text:
            self._put_words()
            return
        if not isinstance(self.values, Numbers):
            self._put_exact(column)
        if self.numbers.negative and not self.signed:
            row, value = next((row, v) for row, v in enumerate(self.values, 1) if v is not None and v < 0)
            wrong("cell_negative", "factors", {"entry": row, **column}, value=value)
        self._put_texts()

    def _put_exact(self, column: Mapping[str, object]) -> None:
        """Sets the values as exact numbers; raises ScenarioError for one that is none."""
        put(self, values=Numbers(self.values))
        if are_exact(self.values):
            return
        values: list[Number | None] = []
        for row, value in enumerate(self.values):
            try:
                values.append(value if value is None else exact(value))
            except TooManyDecimals:
                wrong("cell_decimals", "factors", {"entry": row + 1, **column}, value=brief(value))
            except ValueError:
                wrong("cell_number", "factors", {"entry": row + 1, **column}, value=brief(value))
        put(self, values=Numbers(values))

    @property
    def numbers(self) -> Numbers:
        """The values of a column that is not of text."""
        assert isinstance(self.values, Numbers)
        return self.values

    @property
    def complete(self) -> bool:
        """True for a column of data in which every value is given."""
        if self.text:
            return not any(value is None for value in self.values)
        return self.formula is None and self.numbers.complete

    @property
    def scaled(self) -> Scaled:
        """All values, where each is given, as integers over one common denominator."""
        return self.numbers.scaled

    def _put_texts(self) -> None:
        put(self, name=Text(self.id) if self.name is None else Text.of(self.name))
        for key in ("unit", "definition", "source", "basis"):
            if getattr(self, key) is not None:
                put(self, **{key: Text.of(getattr(self, key))})

    def _put_words(self) -> None:
        """Sets the values of a column of text: trimmed, blank ones None."""
        if self.formula is not None:
            wrong("text_formula", at={"key": f"factor.{self.id}.text"})
        words = []
        for row, value in enumerate(self.values):
            word = "" if value is None else " ".join(str(value).split())
            if word:
                with within(entry=row + 1, column=self.id):
                    check_text(word, part="factors")
            words.append(word or None)
        put(self, values=tuple(words))
        self._put_texts()


@dataclass(frozen=True)
class Party:
    """The one that pays for something or takes what is left: a recipient by id, or a reservation by name."""

    recipient: str = ""
    reservation: str = ""

    def __post_init__(self) -> None:
        if bool(self.recipient) == bool(self.reservation):
            wrong("target_whom")


@dataclass(frozen=True)
class Fund:
    """资金总额: all the money of the notice, and how it is split into whole units.

    What is shared out need not be money: a `Text` in place of the currency's code names its unit (亩).
    Rounding "rest-to" gives what is left or over to ``rest_to``; "each-alone" rounds each amount by itself,
    and ``left`` names the reservation that takes what is left.  ``below_zero`` "recover" shows what was
    issued above an amount as to be paid back; without it that is refused.  ``papers`` are "cn" or "plain".
    """

    amount: Number
    currency: Any  # a code of three letters, or a Text
    unit: Number
    rounding: str = "largest-remainder"
    name: Text | None = None
    source: Text | None = None
    rest_to: Party | None = None
    left: Party | None = None
    below_zero: str | None = None
    papers: str | None = None

    def __post_init__(self) -> None:
        put(self, amount=money_at(self.amount, "fund.amount"), unit=money_at(self.unit, "fund.unit"))
        for key in ("amount", "unit"):
            if not getattr(self, key):
                wrong("zero", at={"key": f"fund.{key}"})
        for key in ("name", "source"):
            if getattr(self, key) is not None:
                put(self, **{key: Text.of(getattr(self, key))})
        code = self.currency if isinstance(self.currency, str) else "CNY"
        if len(code) != 3 or not (code.isascii() and code.isupper()):
            wrong("currency", at={"key": "fund.currency"}, value=code[:40])
        if self.rounding not in ROUNDINGS:
            wrong("choice", at={"key": "fund.rounding"}, value=self.rounding, known=ROUNDINGS)
        if (self.rest_to is not None) != (self.rounding == "rest-to"):
            wrong("rest_to", at={"key": "fund.rest_to"})
        if self.left is not None and (self.rounding != "each-alone" or not self.left.reservation):
            wrong("left", at={"key": "fund.left"})
        if self.below_zero not in (None, "recover"):
            at = {"key": "fund.below_zero"}
            wrong("choice", at=at, value=str(self.below_zero)[:40], known=("recover",))
        if self.papers not in (None, *PAPERS):
            wrong("choice", at={"key": "fund.papers"}, value=str(self.papers)[:40], known=PAPERS)

    @property
    def plain_papers(self) -> bool:
        """True if its papers are plain ones, not a Chinese office's: unless said, for foreign money."""
        foreign = isinstance(self.currency, str) and self.currency != "CNY"
        return foreign if self.papers is None else self.papers == "plain"


@dataclass(frozen=True)
class Reservation:
    """市级部门安排: money for a department that comes off before anything is shared out."""

    name: Text
    amount: Number

    def __post_init__(self) -> None:
        put(self, name=Text.of(self.name), amount=money_at(self.amount, "reservation.amount"))


@dataclass(frozen=True)
class Use:
    """资金用途: a use that part of the fund was spent on, as published; it decides no amount."""

    name: Text
    amount: Number

    def __post_init__(self) -> None:
        put(self, name=Text.of(self.name), amount=money_at(self.amount, "use.amount"))


@dataclass(frozen=True)
class Earmark:
    """单列安排: a fixed amount for one recipient; with ``also_shares`` it takes part in the split too.

    With ``recipients`` (all, a kind, or listed ids) in place of a recipient, so much for each of those that
    meet ``where``.
    """

    recipient: str
    amount: Number
    also_shares: bool = False
    reason: Text | None = None
    recipients: str | tuple[str, ...] | None = None
    where: Formula | None = None
    basis: Text | None = None

    def __post_init__(self) -> None:
        put(self, amount=money_at(self.amount, "earmark.amount"))
        for key in ("reason", "basis"):
            if getattr(self, key) is not None:
                put(self, **{key: Text.of(getattr(self, key))})
        if bool(self.recipient) == (self.recipients is not None):
            wrong("earmark_whom", at={"key": "earmark.recipients"})
        if self.recipients is not None and not isinstance(self.recipients, str):
            put(self, recipients=tuple(self.recipients))
        if self.recipients in ("", ()):
            wrong("limit_nobody", at={"key": "earmark.recipients"})
