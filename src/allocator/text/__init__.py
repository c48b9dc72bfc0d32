"""Every sentence that a person reads, in Chinese and English, and how numbers are written in each.

The sentences stand in ``zh.toml`` and ``en.toml`` under the same keys, the app's own ("app.…") in
``app.zh.toml`` and ``app.en.toml``, the workbook's ("excel.…"), the other papers' ("report.…"), what is
said of payments ("execution.…"), of projects ("projects.…") and of sheets ("sheets.…") likewise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

LANGUAGES = ("zh", "en")
APART = (
    "app",
    "excel",
    "report",
    "execution",
    "projects",
    "sheets",
)  # kinds of sentences in files of their own


class Money(NamedTuple):
    """An amount in the currency's main unit, as a detail of a sentence."""

    amount: int | Fraction
    currency: str


class Guess(NamedTuple):
    """What a sentence proposes for an unknown name: the one near to it, else some of those that there are."""

    near: str | None
    known: tuple[object, ...]
    many: int


@cache
def texts(name: str) -> dict[str, Any]:
    """All sentences of one file, "zh" or "app.zh" for instance, as nested tables."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


def say(key: str, lang: str, **details: object) -> str:
    """The sentence with this dotted key, its details filled in.

    >>> say("place.row", "en", value=3)
    'row 3'
    """
    # many sentences stand apart, so that the command line need not parse them
    kind = key.partition(".")[0]
    sentence: Any = texts(f"{kind}.{lang}" if kind in APART else lang)
    for part in key.split("."):
        sentence = sentence[part]
    return str(sentence).format(**{name: show(value, lang) for name, value in details.items()})


def show(value: object, lang: str) -> str:
    """A detail as text: names in the reader's language, numbers grouped as the language does, lists joined.

    >>> show([1234, Fraction(1, 2)], "en"), show([1234, "泸县"], "zh")
    ('1,234, 0.5', '1234、泸县')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Money):
        return money(value.amount, value.currency, lang)
    if isinstance(value, Guess):
        return _guess(value, lang)
    if isinstance(value, int | Fraction | Decimal) and not isinstance(value, bool):
        return number(value, lang)
    if hasattr(value, "zh") and hasattr(value, "en"):
        return str(getattr(value, lang))
    if isinstance(value, Iterable):
        return say("place.list", lang).join(show(item, lang) for item in value)
    return str(value)


def _guess(found: Guess, lang: str) -> str:
    if found.near is not None:
        return say("place.guess_near", lang, near=_cut(found.near, 200))
    known = [_cut(show(name, lang), 40) for name in found.known]
    if not known:
        return say("place.guess_none", lang)
    key = "guess_some" if found.many > len(known) else "guess_all"
    return say(f"place.{key}", lang, known=known, count=found.many)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


# what Python takes for printable though nobody sees it
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
_MOST_NAMED = 8


def visible(text: str, lang: str) -> str:
    """The text with every character that cannot be seen named, and nothing that would steer a terminal.

    >>> visible("泸\u3000县", "zh"), visible("Lu\u200b\u200b County", "en"), visible("泸县", "en")
    ('泸〔全角空格 U+3000〕县', 'Lu[zero-width space U+200B, 2 times] County', '泸县')
    """
    if text.isprintable() and _UNSEEN.isdisjoint(text):
        return text
    seen, named = [], 0
    for char, run in groupby(text):
        count = sum(1 for _ in run)
        if char.isprintable() and char not in _UNSEEN:
            seen.append(char * count)
            continue
        named += 1
        name = texts(lang)["character"].get(f"u{ord(char):04x}") or say("character.other", lang)
        key = "place.unseen" if count == 1 else "place.unseen_many"
        said = say(key, lang, name=name, code=f"U+{ord(char):04X}", count=count)
        seen.append(said if named <= _MOST_NAMED else "?")
    return "".join(seen)


def number(
    value: int | Fraction | Decimal, lang: str, places: int | None = None, *, sign: bool = False
) -> str:
    """A number in plain decimals: English with thousands separators, Chinese without.

    Without ``places`` a number is written out exactly where six decimals are enough for that, else with
    six.  With ``places`` it is rounded to them, halves to even.  ``sign`` writes a plus before gains.

    >>> number(57220000, "en"), number(57220000, "zh"), number(Fraction(-1, 3), "en", 2)
    ('57,220,000', '57220000', '−0.33')
    """
    digits = 6 if places is None else places
    exact = value if isinstance(value, int | Fraction) else Fraction(value)
    # halves to even; in integers, since this is done for every figure of every table
    scaled, left = divmod(abs(exact.numerator) * 10**digits, exact.denominator)
    scaled += 2 * left > exact.denominator or (2 * left == exact.denominator and scaled % 2 == 1)
    whole, rest = divmod(scaled, 10**digits)
    text = f"{whole:,}" if lang != "zh" else str(whole)
    if digits:
        decimals = f"{rest:0{digits}}"
        text = f"{text}.{decimals}" if places is not None else f"{text}.{decimals}".rstrip("0").rstrip(".")
    return ("" if not scaled else "−" if exact < 0 else "+" if sign else "") + text


def money(
    amount: int | Fraction, currency: str, lang: str, *, in_full: bool = False, sign: bool = False
) -> str:
    """An amount in a sentence: Chinese in 万元 where that is short, English in full, so that none is misread.

    >>> money(57_220_000, "CNY", "zh"), money(57_220_000, "CNY", "en"), money(1_250_000_000, "USD", "zh")
    ('5722万元', '57,220,000 yuan', '12.5亿美元')
    >>> money(150_000_000, "USD", "zh", sign=True), money(-490_000, "CNY", "zh", sign=True)
    ('+1.5亿美元', '−49万元')
    """
    short = lang == "zh" and not in_full
    if currency != "CNY":
        value = number(amount, lang, sign=sign)
        if short and abs(Fraction(amount)) >= 10**8 and amount % 10**6 == 0:
            value = say(
                "money.hundred_million", lang, value=number(Fraction(amount) / 10**8, lang, sign=sign)
            )
        return with_unit(value, currency, 1, lang)
    scale = 10_000 if short and abs(Fraction(amount)) >= 10_000 and amount % 100 == 0 else 1
    value = number(Fraction(amount) / scale, lang, sign=sign)
    return with_unit(value, currency, scale, lang)


def with_unit(value: str, currency: str, scale: int, lang: str) -> str:
    """A figure and its unit, with a space before a unit that is a mere code."""
    key = "amount" if currency == "CNY" or currency in texts(lang)["currency"] else "foreign"
    return say(f"money.{key}", lang, value=value, unit=money_unit(currency, scale, lang))


def kind_text(kind: str, lang: str) -> str:
    """A kind of recipients in words, where it is one of the usual ones.

    >>> kind_text("park", "zh"), kind_text("island", "zh")
    ('园区', 'island')
    """
    known: dict[str, str] = texts(lang)["kind"]
    return known.get(kind, kind)


def money_scale(currency: str, unit: int | Fraction) -> int:
    """How many of the main unit one shown unit is: 10,000 where the split is in whole 万元, else 1."""
    return 10_000 if currency == "CNY" and unit % 10_000 == 0 else 1


def money_unit(currency: str, scale: int, lang: str) -> str:
    """The name of the shown unit: 万元 or 10k yuan, 元 or yuan; of other currencies the name, or the code."""
    if currency != "CNY":
        return str(texts(lang)["currency"].get(currency, currency))
    return say("money.ten_thousand" if scale == 10_000 else "money.one", lang)
