"""Names that deceive the eye: invisible characters, and names that look like another."""

from __future__ import annotations

import unicodedata

# Unicode's default ignorable code points that count as letters or marks, and signs that are blank
_BLANK = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00013441\U00016fe4\U0001d159"
)
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))  # for another form of the character before
_KEYCAP = "\u20e3"

# look-alikes: Cyrillic, Greek, figures, and kana and signs that look like ideographs
_DRAWN = {
    "АВЕКМНОРСТУХІЈЅԌԚԜ": "ABEKMHOPCTYXIJSGQW",
    "аеорсухіјѕһԁԛԝѵӏ": "aeopcyxijshdqwvl",
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ": "ABEZHIKMNOPTYX",
    "ονριυκαγ": "ovpiukay",
    "ıɑɡℓⅼ": "iagll",
    "ニハロカエタトーへ丨〇○◯": "二八口力工夕卜一ヘ|000",
    "⼀⺀": "一冫",
    "‐‑‒–—―−﹣": "--------",
    "’‘′`": "''''",
    "“”″": '"""',
}
_AS_DRAWN = {ord(c): to for row, tos in _DRAWN.items() for c, to in zip(row, tos, strict=True)}
_FIGURES = str.maketrans({"l": "1", "I": "1", "|": "1", "O": "0", "o": "0"})


def unseen(text: str) -> list[str]:
    """The invisible characters of a text, each once, as ``U+200B ZERO WIDTH SPACE``.

    >>> unseen("方案\\u200b"), unseen("👩\\u200d🌾❤\\ufe0f")
    (['U+200B ZERO WIDTH SPACE'], [])
    """
    found = [c for at, c in enumerate(text) if not _seen(text, at)]
    return [f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in dict.fromkeys(found)]


def _seen(text: str, at: int) -> bool:
    c = text[at]
    if c in _BLANK or any(ord(c) in selectors for selectors in _SELECTORS):
        return c == "\ufe0f" and _drawn_otherwise(text, at)
    return c.isprintable() or joins(text, at)


def joins(text: str, at: int) -> bool:
    """True if the character joins two parts of an emoji."""
    around = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
    return text[at] == "\u200d" and len(around) == 2 and all(map(_emoji, around))


def _emoji(c: str) -> bool:
    return c == "\ufe0f" or (not c.isascii() and unicodedata.category(c) in ("So", "Sk"))


def _drawn_otherwise(text: str, at: int) -> bool:
    """True if a selector makes an emoji of the sign before it, or a keycap of the figure."""
    before = text[at - 1 : at] if at else ""
    sign = bool(before) and unicodedata.category(before)[0] in "SP" and before != "\ufe0f"
    return sign or before == "ℹ" or (bool(before) and text[at + 1 : at + 2] == _KEYCAP)


def alike(one: str, other: str) -> bool:
    """True if two names look the same apart from width, capitals, signs or letters of other scripts.

    >>> alike("方案Ａ", "方案a. "), alike("方案A", "方案\u0410"), alike("v1", "vl"), alike("v1", "v2")
    (True, True, True, False)
    """
    return any(a == b for a, b in zip(_looks(one), _looks(other), strict=True))


def _looks(name: str) -> tuple[str, str]:
    """The name as it looks, ignoring case; and the same with figures for letters that look like them."""
    drawn = unicodedata.normalize("NFKC", name).translate(_AS_DRAWN)
    seen = "".join(c for at, c in enumerate(drawn) if c.isspace() or _seen(drawn, at))
    plain = " ".join(seen.split()).rstrip(" .。")
    return plain.casefold(), plain.translate(_FIGURES).casefold()
