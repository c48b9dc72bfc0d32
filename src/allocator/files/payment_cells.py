"""The cells of payments, column by column: each different text is looked at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from allocator.analysis.execution import Payer
from allocator.errors import Problem, ScenarioError
from allocator.exact import exact, plain
from allocator.files.datatable import status_of
from allocator.files.dates import cell_day
from allocator.files.reading import MOST_PROBLEMS, cell_number, is_error_cell
from allocator.model import Scenario
from allocator.parts import STATUSES, Text, check_text, nearest, plain_name
from allocator.text import LANGUAGES, say

LONGEST = 500  # characters of a use, a payee or a note
_LARGEST_FEN: int = 10**17  # far beyond any fund
_PLAIN_AMOUNT = re.compile(r"([+\-−]?)([0-9]{1,15})(?:\.([0-9]{1,8}))?")


class Columns:
    """Reads columns by their different texts, and collects what is wrong with the rows' place."""

    def __init__(self, file: str, at: dict[str, str], lines: Any, labels: dict[str, str]) -> None:
        self.file, self.at, self.lines, self.labels = file, at, lines, labels
        self.problems: list[Problem] = []

    def values(
        self,
        column: str,
        cells: Sequence[str],
        read: Callable[[str], Any],
        dtype: str,
        at_once: Callable[[list[str]], Any] = lambda _: None,
    ) -> Any:
        """The column's values; a text that cannot be read is a problem of every row that has it.

        ``at_once`` reads all different texts together, or returns None.
        """
        codes, texts = _distinct(cells)
        if (together := at_once(texts)) is not None:
            return together[codes]
        values: list[Any] = []
        for at, text in enumerate(texts):
            found = read(text)
            if isinstance(found, Problem):
                self.refuse(column, codes == at, found.key, **found.details)
                if len(self.problems) >= MOST_PROBLEMS:  # nobody reads on, and to look on may take for ever
                    return np.zeros(len(codes), dtype=dtype)
                found = 0
            values.append(found)
        return np.array(values, dtype=dtype)[codes]

    def texts(self, column: str, cells: Sequence[str], blank: str | None) -> tuple[Any, tuple[str, ...]]:
        """The column's texts as positions in a list; ``blank`` is the sentence for none."""
        codes, texts = _distinct(cells)
        sound = len(texts) > 1000 and "" not in texts and _all_sound(texts)
        for at, text in enumerate(() if sound else texts):
            found = _text(text, blank)
            if found is not None:
                self.refuse(column, codes == at, found.key, **found.details)
            if len(self.problems) >= MOST_PROBLEMS:
                break
        return codes.astype("int32"), tuple(texts)

    def refuse(self, column: str, where: Any, key: str, **details: object) -> None:
        """Notes a problem for each of the rows."""
        for line in self.lines[where][:MOST_PROBLEMS].tolist():
            at = {**self.at, "row": line, "column": self.labels.get(column, column)}
            self.problems.append(Problem(key, details, self.file, at))


def _distinct(cells: Sequence[str]) -> tuple[Any, list[str]]:
    """For each cell the position of its text among the different ones, without the spaces around it."""
    codes, found = pd.factorize(np.array(cells, dtype=object))
    texts = found.tolist()
    trimmed = [text.strip() for text in texts]
    if trimmed == texts:
        return codes, texts
    again, fewer = pd.factorize(np.array(trimmed, dtype=object))
    return again[codes], fewer.tolist()


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


def payer_at(text: str, names: dict[str, int]) -> int | Problem:
    """The position of the payer that a cell names."""
    if not text:
        return Problem("recipient_blank")
    found = names.get(plain_name(text))
    if found is None:
        near = nearest(plain_name(text), names) or next(iter(names))
        return Problem("payment_payer", {"name": text[:100], "near": near})
    return found if found >= 0 else Problem("payment_both", {"name": text[:100]})


def day_in(text: str) -> date | Problem:
    """The day in a cell."""
    found = cell_day(text)
    return Problem(found, {"value": text[:40]}) if isinstance(found, str) else found


def fen_in(text: str, unit: int) -> int | Problem:
    """The hundredths of the main unit in a cell that counts in ``unit``."""
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
    """What reads very many plain amounts together, or None where any is not plain.

    A float holds each of them to less than a hundredth of a fen, so that the nearest whole number is exact.
    """
    digits = len(str(unit)) - 1  # of the zeros of the unit
    plain_amounts = re.compile(rf"(?:-?[0-9]{{1,{11 - digits}}}+(?:\.[0-9]{{1,{2 + digits}}}+)?+\n)++")

    def read(texts: list[str]) -> Any:
        if len(texts) < 1000 or not plain_amounts.fullmatch("\n".join([*texts, ""])):
            return None
        found = np.rint(pd.to_numeric(np.array(texts, dtype=object)).astype("float64") * (100 * unit))
        return None if (found == 0).any() else found.astype("int64")

    return read


def status_in(text: str) -> int | Problem:
    """1 where a cell says that the payment is assumed or an example, else 0."""
    if status_of(text) in ("assumed", "example"):
        return 1
    if not text or status_of(text) in STATUSES:
        return 0
    known = [Text(*(say(f"status.{status}", lang) for lang in LANGUAGES)) for status in STATUSES]
    return Problem("choice", {"value": text[:40], "known": known})


def _all_sound(texts: Sequence[str]) -> bool:
    """Whether nothing can be wrong with any of the texts; a million are looked at together."""
    return (
        "".join(texts).isprintable()
        and max(map(len, texts)) <= LONGEST
        and {text[0] for text in texts}.isdisjoint("=+-@＝＋－＠#")
    )


def _text(text: str, blank: str | None) -> Problem | None:
    if not text:
        return None if blank is None else Problem(blank)
    if is_error_cell(text):
        return Problem("cell_error", {"value": text})
    try:
        check_text(text, LONGEST)
    except ScenarioError as error:
        return error.problems[0]
    return None
