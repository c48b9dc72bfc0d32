"""Every sentence that a person reads, and how names, numbers and money are written, in each language.

The sentences of a language stand in a folder of its own, a file a feature: the key ``error.no_rows`` in
``error.toml`` under ``no_rows``, those of the pages (``app.seek.…``) in ``app.seek.toml``.  Another language
is one more folder and its name in `LANGUAGES`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

LANGUAGES = ("zh", "en")


class Money(NamedTuple):
    """An amount in the currency's main unit, as a detail of a sentence.

    In place of a currency's code a name in both languages may stand, of what is shared out instead of money.
    """

    amount: int | Fraction
    currency: Any


class Guess(NamedTuple):
    """The proposal for an unknown name in a sentence: the known name nearest to it, else some known names."""

    near: str | None
    known: tuple[object, ...]
    many: int


@cache
def _files(language: str) -> dict[str, Path]:
    return {path.stem: path for path in Path(__file__).with_name(language).glob("*.toml")}


@cache
def _table(language: str, file: str) -> dict[str, Any]:
    return tomllib.loads(_files(language)[file].read_text("utf-8"))


# invisible characters that Python counts as printable
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
_MOST_NAMED = 8
_TOUCHING = re.compile(r"\{(\w+)\}(?=\{(\w+)\})")  # two details of a sentence with nothing between them


def _between(shown: Mapping[str, str], first: str, second: str) -> str:
    """A blank where the figures of two details would run together, else nothing."""
    return " " if re.match(r"\d[+−×≈约]?\d", shown[first][-1:] + shown[second][:2], re.ASCII) else ""


@dataclass(frozen=True)
class Phrasebook:
    """Everything in a reader's language: sentences, names, numbers, money, lists.

    >>> Phrasebook("en").say("place.row", value=3)
    'row 3'
    """

    language: str

    # --- sentences ------------------------------------------------------------------------------------

    def say(self, key: str, **details: object) -> str:
        """The sentence with this dotted key, its details filled in; KeyError where there is none.

        A figure right behind a name that ends in one is set off from it.

        >>> ZH.say("rule.shares_weight", name="税收2023", weight="30%")
        '税收2023 30%'
        """
        sentence, shown = str(self._found(key)), {name: self.show(value) for name, value in details.items()}
        if "}{" in sentence:
            sentence = _TOUCHING.sub(lambda found: found[0] + _between(shown, *found.groups()), sentence)
        return sentence.format(**shown)

    def words(self, key: str) -> dict[str, Any]:
        """The table of sentences with this dotted key: ``status``, ``app.frame``."""
        found: dict[str, Any] = self._found(key)
        return found

    def join(self, sentences: Iterable[str]) -> str:
        """Sentences one after the other: with a blank between them where the language writes blanks.

        >>> ZH.join(["甲。", "乙。"]), EN.join(["A.", "B."])
        ('甲。乙。', 'A. B.')
        """
        return ("" if self.chinese else " ").join(sentences)

    @property
    def chinese(self) -> bool:
        """True where it is written as Chinese is: no blanks, no thousands separators, money in 万元."""
        return bool(self._found("language.chinese"))

    def _found(self, key: str) -> Any:
        # a command parses only the files that it says something from
        first, *rest = key.split(".")
        if first == "app":
            first, rest = f"app.{rest[0]}", rest[1:]
        found: Any = _table(self.language, first)
        for part in rest:
            found = found[part]
        return found

    # --- details --------------------------------------------------------------------------------------

    def text(self, named: Any) -> str:
        """A name or remark, given in both languages of the data, in the reader's; English in a third.

        A plain string is the same for every reader.
        """
        return named if isinstance(named, str) else str(getattr(named, self.language, named.en))

    def texts(self, named: Iterable[Any]) -> list[str]:
        """The names of very many recipients, as `text` gives them."""
        of = self.language if self.language in LANGUAGES[:2] else LANGUAGES[1]
        return list(map(attrgetter(of), named))

    def show(self, value: object) -> str:
        """A detail as text: names in the reader's language, numbers grouped as it does, lists joined.

        >>> EN.show([1234, Fraction(1, 2)]), ZH.show([1234, "泸县"])
        ('1,234, 0.5', '1234、泸县')
        """
        if isinstance(value, str):
            return value
        if isinstance(value, Money):
            return self.money(value.amount, value.currency)
        if isinstance(value, Guess):
            return self._guess(value)
        if isinstance(value, int | Fraction | Decimal) and not isinstance(value, bool):
            return self.number(value)
        if hasattr(value, "zh") and hasattr(value, "en"):
            return self.text(value)
        if isinstance(value, Iterable):
            return self.say("place.list").join(map(self.show, value))
        return str(value)

    def _guess(self, found: Guess) -> str:
        if found.near is not None:
            return self.say("place.guess_near", near=_cut(found.near, 200))
        known = [_cut(self.show(name), 40) for name in found.known]
        if not known:
            return self.say("place.guess_none")
        if found.many > len(known):
            return self.say("place.guess_some", known=known, count=found.many)
        return self.say("place.guess_all", known=known)

    def visible(self, text: str) -> str:
        """The text with its invisible characters named, and nothing that would control a terminal.

        The first eight runs of them are named; "?" stands for each further one.

            >>> ZH.visible("泸\u3000县"), EN.visible("Lu\u200b\u200b County"), EN.visible("泸县")
            ('泸〔全角空格 U+3000〕县', 'Lu[zero-width space U+200B, 2 times] County', '泸县')
        """
        if text.isprintable() and _UNSEEN.isdisjoint(text):
            return text
        seen, named = [], 0
        names = self.words("character")
        for char, run in groupby(text):
            count = sum(1 for _ in run)
            if char.isprintable() and char not in _UNSEEN:
                seen.append(char * count)
                continue
            named += 1
            name, code = names.get(f"u{ord(char):04x}") or names["other"], f"U+{ord(char):04X}"
            if count == 1:
                said = self.say("place.unseen", name=name, code=code)
            else:
                said = self.say("place.unseen_many", name=name, code=code, count=count)
            seen.append(said if named <= _MOST_NAMED else "?")
        return "".join(seen)

    def kind(self, kind: str) -> str:
        """A kind of recipients in words, where it is one of the usual ones.

        >>> ZH.kind("park"), ZH.kind("island")
        ('园区', 'island')
        """
        return str(self.words("kind").get(kind, kind))

    # --- numbers and money ----------------------------------------------------------------------------

    def number(
        self, value: int | Fraction | Decimal, places: int | None = None, *, sign: bool = False
    ) -> str:
        """A number in plain decimals: English with thousands separators, Chinese without.

        Without ``places`` a number is written out exactly where six decimals are enough for that, else with
        six.  With ``places`` it is rounded to them, halves to even.  ``sign`` writes a plus before gains.

        >>> EN.number(57220000), ZH.number(57220000), EN.number(Fraction(-1, 3), 2)
        ('57,220,000', '57220000', '−0.33')
        """
        exact = value if isinstance(value, int | Fraction) else Fraction(value)
        return self.numbers((exact.numerator,), exact.denominator, places, sign=sign)[0]

    def numbers(
        self, numerators: Sequence[int], over: int, places: int | None = None, *, sign: bool = False
    ) -> list[str]:
        """A column of numbers over one denominator, each written as `number` does.

        >>> EN.numbers([1234, -50], 100), EN.numbers([1234, 1], 1, 1, sign=True)
        (['12.34', '−0.5'], ['+1,234.0', '+1.0'])
        """
        digits = 6 if places is None else places
        group = "" if self.chinese else ","
        if over == 1 and not places:
            units, size, digits = numerators, 1, 0
        else:
            size = 10**digits
            units = _units(numerators, over, size)
        below = min(units, default=0) < 0
        sizes = list(map(abs, units)) if below else units
        whole = sizes if not digits else [n // size for n in sizes]
        texts = [f"{n:,}" for n in whole] if group else list(map(str, whole))
        if digits:
            # as much as can stand behind the point, where that is less than what there is to write
            ends = [f".{n:0{digits}}" for n in range(size)] if size <= len(sizes) else None
            if ends is None:
                texts = [f"{text}.{n % size:0{digits}}" for text, n in zip(texts, sizes, strict=True)]
            else:
                texts = [text + ends[n % size] for text, n in zip(texts, sizes, strict=True)]
        if digits and places is None:
            texts = [text.rstrip("0").rstrip(".") for text in texts]
        if not sign and not below:
            return texts
        plus = "+" if sign else ""
        return [
            text if not n else f"−{text}" if n < 0 else plus + text
            for n, text in zip(units, texts, strict=True)
        ]

    def money(
        self, amount: int | Fraction, currency: Any, *, in_full: bool = False, sign: bool = False
    ) -> str:
        """An amount in a sentence: Chinese in 万元 where that is short, English in full: none is misread.

        >>> ZH.money(57_220_000, "CNY"), EN.money(57_220_000, "CNY"), ZH.money(1_250_000_000, "USD")
        ('5722万元', '57,220,000 yuan', '12.5亿美元')
        >>> ZH.money(150_000_000, "USD", sign=True), ZH.money(-490_000, "CNY", sign=True)
        ('+1.5亿美元', '−49万元')
        """
        short = self.chinese and not in_full
        if currency != "CNY":
            value = self.number(amount, sign=sign)
            if short and abs(Fraction(amount)) >= 10**8 and amount % 10**6 == 0:
                millions = self.number(Fraction(amount) / 10**8, sign=sign)
                value = self.say("money.hundred_million", value=millions)
            return self.amount(value, currency, 1)
        scale = 10_000 if short and abs(Fraction(amount)) >= 10_000 and amount % 100 == 0 else 1
        return self.amount(self.number(Fraction(amount) / scale, sign=sign), currency, scale)

    def amount(self, value: str, currency: Any, scale: int) -> str:
        """A figure and its unit, with a space before a unit that is a mere code."""
        unit = self.money_unit(currency, scale)
        named = not isinstance(currency, str)
        if named or currency == "CNY" or currency in self.words("currency"):
            return self.say("money.amount", value=value, unit=unit)
        return self.say("money.foreign", value=value, unit=unit)

    def money_unit(self, currency: Any, scale: int) -> str:
        """The name of the shown unit: 万元 or 10k yuan, 元 or yuan; else the currency's name, or its code."""
        if not isinstance(currency, str):
            return self.text(currency)
        if currency != "CNY":
            return str(self.words("currency").get(currency, currency))
        return self.say("money.ten_thousand") if scale == 10_000 else self.say("money.one")


def _units(numerators: Sequence[int], over: int, size: int) -> Sequence[int]:
    """Numbers over a denominator in units of 1/size, halves to even: in integers, as all figures are."""
    if size % over == 0:
        by = size // over
        return numerators if by == 1 else [n * by for n in numerators]
    halves, found = 2 * size, []
    for n in numerators:
        unit, left = divmod(n * halves, over)  # twice the number of units, and something more
        unit, half = divmod(unit, 2)
        found.append(unit + (half and (left > 0 or unit % 2)))
    return found


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


BOOKS = tuple(map(Phrasebook, LANGUAGES))
ZH, EN = BOOKS[:2]  # the languages of the data: names and remarks are given in these two


def both(key: str, **details: object) -> tuple[str, str]:
    """A sentence in the two languages of the data, for a name that the program gives.

    >>> both("kind.park")
    ('园区', 'parks')
    """
    return ZH.say(key, **details), EN.say(key, **details)


def money_scale(currency: Any, unit: int | Fraction) -> int:
    """The shown unit in main units: 10,000 where the split is in whole 万元, else 1."""
    return 10_000 if currency == "CNY" and unit % 10_000 == 0 else 1
