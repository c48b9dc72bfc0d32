"""Reads the payer and the amount in the cells of payments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from allocator.analysis.execution import Payer
from allocator.core.errors import Problem
from allocator.core.exact import exact, plain
from allocator.core.model import Scenario
from allocator.core.naming import Names
from allocator.core.parts import plain_name
from allocator.core.totals import is_total
from allocator.files.parsing import cell_number
from allocator.files.sheets.columns import ReadAs
from allocator.files.understanding.record_names import Matcher
from allocator.files.understanding.vocabulary import closed

_LARGEST_FEN: int = 10**17  # far beyond any fund
_PLAIN_AMOUNT = re.compile(r"([+\-−]?)([0-9]{1,15})(?:\.([0-9]{1,8}))?")


def payer_names(scenario: Scenario, payers: Sequence[Payer]) -> dict[str, int]:
    """The position of each payer by any of its names; -1 for a name of both a recipient and a department."""
    at = {payer.id: position for position, payer in enumerate(payers)}
    names = {
        plain_name(n): at[r.id] for r in scenario.recipients for n in (r.id, r.name.zh, r.name.en, *r.aliases)
    }
    for payer in payers:
        for name in (payer.name.zh, payer.name.en):
            if names.setdefault(plain_name(name), at[payer.id]) != at[payer.id]:
                names[plain_name(name)] = -1
    return names


def payers_written(scenario: Scenario, payers: Sequence[Payer]) -> Names:
    """All names of payers, to propose one for a name that is not known."""
    recipients = (n for r in scenario.recipients for n in (r.id, r.name.zh, r.name.en, *r.aliases))
    departments = (name for payer in payers for name in (payer.name.zh, payer.name.en))
    return Names([*recipients, *departments], [payer.name for payer in payers])


def payer_at(text: str, names: dict[str, int], written: Names, matcher: Matcher) -> int | ReadAs | Problem:
    """The position of the payer that a cell names; ``written`` are the names to propose.

    Spaces and characters that nobody sees tell no payers apart, and recipients are ``matcher``'s to find.
    """
    if not text:
        return Problem("recipient_blank")
    found = names.get(plain_name(text))
    if found is None:
        alike = names.get(plain_name(closed(text)))
        if alike is not None and alike >= 0:
            return ReadAs(alike, closed(text))
        match = matcher.matched(text)
        if isinstance(match, Problem):
            return match
        if match is not None:
            at = names[plain_name(match[0])]
            return ReadAs(at, match[1]) if at >= 0 else Problem("payment_both", {"name": text[:100]})
        if is_total(text):
            return Problem("recipient_total", {"name": text[:100]})
        return Problem("payment_payer", {"name": text[:100], "guess": written.guess(text)})
    return found if found >= 0 else Problem("payment_both", {"name": text[:100]})


def fen_in(text: str, unit: int) -> int | Problem:
    """The amount of a cell in hundredths of the main unit; the cell counts in ``unit``."""
    found = _PLAIN_AMOUNT.fullmatch(text)
    if found is None:
        sign = text[:1] in "-−－" and text[1:2].isdigit()
        number = cell_number(text[1:] if sign else text)
        if isinstance(number, str):
            return Problem(number, {"value": text[:40]})
        amount = plain(number * (-unit if sign else unit))
    else:
        decimals = found[3] or ""
        over: int = 10 ** len(decimals)
        hundredths, left = divmod(int(found[2] + decimals) * unit * 100, over)
        if not left and 0 < hundredths <= _LARGEST_FEN:
            return hundredths if found[1] in ("", "+") else -hundredths
        amount = plain(exact(text.replace("−", "-").removeprefix("+")) * unit)
    if not amount:
        return Problem("payment_zero")
    if (amount * 100).denominator != 1:
        return Problem("cents", {"value": amount})
    if not -_LARGEST_FEN <= amount * 100 <= _LARGEST_FEN:
        return Problem("cell_number", {"value": text[:40]})
    return int(amount * 100)


def all_fen(unit: int) -> Callable[[list[str]], Any]:
    """A function that reads very many plain amounts together, in hundredths of the main unit.

    It returns None for fewer than a thousand, and where any is zero or not plain.  A float holds each of
    them to less than a hundredth of a fen, so that the nearest whole number is exact.
    """
    digits = len(str(unit)) - 1  # zeros of the unit
    plain_amounts = re.compile(rf"(?:-?[0-9]{{1,{11 - digits}}}+(?:\.[0-9]{{1,{2 + digits}}}+)?+\n)++")

    def read(texts: list[str]) -> Any:
        if len(texts) < 1000 or not plain_amounts.fullmatch("\n".join([*texts, ""])):
            return None
        found = np.rint(pd.to_numeric(np.array(texts, dtype=object)).astype("float64") * (100 * unit))
        return None if (found == 0).any() else found.astype("int64")

    return read
