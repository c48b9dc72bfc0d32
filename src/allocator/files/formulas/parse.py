"""Reads a formula as a person wrote it, and says at which character it is wrong."""

from __future__ import annotations

from typing import Never

from allocator.core.errors import Problem, ScenarioError
from allocator.core.formula import Formula
from allocator.core.formula.tree import DEEPEST, LONGEST

# Signs that stand around a text or a name, and in their place one that nobody can write; what is between is
# left as it is.  In straight quotes a doubled quote is one; curly ones close with either of theirs.
TEXT, CURLY_TEXT, NAME, CURLY_NAME, END = "\x01", "\x02", "\x03", "\x04", "\x05"
_STRAIGHT = {'"': (TEXT, '"＂'), "＂": (TEXT, '"＂'), "'": (NAME, "'＇"), "＇": (NAME, "'＇")}
_CURLY = {
    "“": (CURLY_TEXT, "“”"), "”": (CURLY_TEXT, "“”"), "‘": (CURLY_NAME, "‘’"), "’": (CURLY_NAME, "‘’"),
}  # fmt: skip
_SHOWN = 20  # characters of what was found in place of what is needed


def parse(text: str) -> Formula:
    """The formula that a text says; raises ScenarioError with the character at which it says none.

    A leading ``=``, full-width signs, letters and digits, ``≥ ≤ ≠ × ÷ −``, curly quotes and functions in
    small letters are read like what they stand for.

    >>> parse("= if（tax ≥ 8%，1，0）").root == parse("IF(tax >= 8%, 1, 0)").root
    True
    """
    if len(text) > LONGEST:
        _wrong("formula_long", None, count=len(text), most=LONGEST)
    for at, char in enumerate(text, 1):
        if char < " " and char not in "\t\r\n":  # some of these mark quotes below
            _wrong("formula_character", at, character=char)
    plain, opened = _plain(text)
    if not plain.strip():
        _wrong("formula_empty", None)
    # it takes a while to load, and most scenarios have no formula
    from allocator.files.formulas.grammar import Misread, tree

    try:
        return Formula(text.strip(), tree(plain))
    except Misread as misread:
        _misread(misread.at, misread.expected, plain, text, opened)


def _plain(text: str) -> tuple[str, list[int]]:
    """The text, character by character, with full-width signs as plain ones outside of quotes.

    Also where those brackets stand that are not closed.
    """
    plain: list[str] = []
    opened: list[int] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in _STRAIGHT or char in _CURLY:
            end = _end(text, at)
            mark, signs = _STRAIGHT.get(char) or _CURLY[char]
            inside = text[at + 1 : end]
            if char in _STRAIGHT:
                inside = inside.replace(signs[1], signs[0])
            plain += mark, inside, END
            at = end + 1
            continue
        if "！" <= char <= "～":
            char = chr(ord(char) - 0xFEE0)
        if char == "(":
            opened.append(at)
            if len(opened) > DEEPEST:
                _wrong("formula_deep", at + 1, most=DEEPEST)
        elif char == ")" and opened:
            opened.pop()
        plain.append(char)
        at += 1
    whole = "".join(plain)
    begin = len(whole) - len(whole.lstrip())
    if whole[begin : begin + 1] == "=":
        whole = f"{whole[:begin]} {whole[begin + 1 :]}"
    return whole, opened


def _end(text: str, at: int) -> int:
    """The place of the quote that closes what the one there opens; raises ScenarioError where none does."""
    straight = text[at] in _STRAIGHT
    signs = (_STRAIGHT.get(text[at]) or _CURLY[text[at]])[1]
    end = at + 1
    while end < len(text) and (text[end] not in signs or (straight and text[end + 1 : end + 2] in [*signs])):
        end += 2 if text[end] in signs else 1
    if end >= len(text):
        _wrong("formula_quote", at + 1, sign=text[at])
    return end


def _misread(at: int, expected: frozenset[str], plain: str, text: str, opened: list[int]) -> Never:
    """Raises the ScenarioError for a formula that goes on in another way than it can."""
    found, character = text[at : at + _SHOWN].strip(), at + 1
    sign = plain[at : at + 1]
    if not expected:
        word = next(iter(found.split()), found)
        if sign.isascii() and (sign.isdigit() or sign == "."):
            _wrong("formula_number", character, value=word)
        _wrong("formula_character", character, character=text[at])
    if "NUMBER" in expected:
        _wrong("formula_value" if found else "formula_value_end", character, found=found)
    if expected <= {"NAME", "QUOTED"}:
        _wrong("formula_name", character, found=found)
    if expected == {"RSQB"}:
        _wrong("formula_bracket", character)
    if not found:
        _wrong("formula_open", opened[-1] + 1)
    if sign == ")":
        _wrong("formula_close", character)
    if sign == "," and not [place for place in opened if place < at]:
        _wrong("formula_comma", character)
    _wrong("formula_operator", character, found=found)


def _wrong(key: str, place: int | None, /, **details: object) -> Never:
    at = {} if place is None else {"character": place}
    raise ScenarioError(Problem(key, details, at=at))
