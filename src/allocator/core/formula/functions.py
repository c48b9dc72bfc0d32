"""The functions of column formulas: how many arguments each takes, of which kinds, and an example."""

from __future__ import annotations

from typing import NamedTuple

NUMBER, TEXT, TRUTH = "number", "text", "truth"
MANY = 1_000  # more arguments than a formula has room for


class Function(NamedTuple):
    """A function: its least and most arguments, an example, and the columns that it works out as a whole.

    ``kind`` is that of its arguments and of its result; IF says its own.
    """

    least: int
    most: int
    example: str
    kind: str = NUMBER


# over values of one row, or over one whole column
OVER = ("SUM", "AVERAGE", "MIN", "MAX", "MEDIAN")
# of a column named without brackets, all of which they look at
LOOKING = ("SHARE", "SCORE")
FUNCTIONS = {
    "ABS": Function(1, 1, "ABS(x)"),
    "AND": Function(1, MANY, "AND(x > 0, y > 0)", TRUTH),
    "AVERAGE": Function(1, MANY, "AVERAGE(x, y)"),
    "CLIP": Function(3, 3, "CLIP(x, 0, 100)"),
    "COUNT": Function(1, 1, "COUNT([x])"),
    "IF": Function(3, 3, "IF(x > 0, x, 0)", ""),
    "INT": Function(1, 1, "INT(x)"),
    "LN": Function(1, 1, "LN(x)"),
    "MAX": Function(1, MANY, "MAX(x, y)"),
    "MEDIAN": Function(1, MANY, "MEDIAN(x, y, z)"),
    "MIN": Function(1, MANY, "MIN(x, y)"),
    "NOT": Function(1, 1, "NOT(x > 0)", TRUTH),
    "OR": Function(1, MANY, "OR(x > 0, y > 0)", TRUTH),
    "POWER": Function(2, 2, "POWER(x, 2)"),
    "RANK": Function(2, 2, "RANK(x, [x])"),
    "ROUND": Function(2, 2, "ROUND(x, 2)"),
    "ROUNDDOWN": Function(2, 2, "ROUNDDOWN(x, 2)"),
    "ROUNDUP": Function(2, 2, "ROUNDUP(x, 2)"),
    "SCORE": Function(3, 3, "SCORE(x, 60, 100)"),
    "SHARE": Function(1, 1, "SHARE(x)"),
    "SQRT": Function(1, 1, "SQRT(x)"),
    "SUM": Function(1, MANY, "SUM(x, y)"),
    "TIERS": Function(3, MANY, "TIERS(x, 0, 0, 5000, 50)"),
}
# amounts that only some places know: the same for all, and each recipient's own
FOR_ALL = ("fund", "distributable", "pool")
FOR_EACH = ("previous", "issued")
