"""The letters A, B, C, … of scenarios that stand side by side: the one place that decides them.

The order is the one in which the scenarios were given, and A is the base, whichever is proposed, unless all
are compared with amounts that are known without a rule.  Sentences, tables, charts, slides, the workbook and
file names all take their letters from here, so that one letter stands for one scenario wherever it is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_uppercase
from typing import TypeVar

T = TypeVar("T")


def letter(at: int) -> str:
    """The letter of the scenario at this place.

    >>> letter(0), letter(2)
    ('A', 'C')
    """
    return ascii_uppercase[at]


def lettered(things: Iterable[T]) -> list[tuple[str, T]]:
    """Pairs of letter and thing, for things of the scenarios in their order.

    >>> lettered(["rule", "cap"])
    [('A', 'rule'), ('B', 'cap')]
    """
    return [(letter(at), thing) for at, thing in enumerate(things)]
