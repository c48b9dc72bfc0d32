"""Targets and the score, as a table and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from allocator.analysis.execution import Assessed, Assessment, Target
from allocator.core.exact import Number
from allocator.report.tables.rounding import adding_up
from allocator.report.tables.table import Row, Table, written
from allocator.text import Phrasebook

KEYS = (
    "execution.target.group",
    "execution.target.name",
    "execution.target.value",
    "execution.target.figure",
    "execution.target.state",
    "execution.target.weight",
    "execution.target.points",
    "execution.target.how",
    "execution.target.evidence",
)
_NUMERIC = (
    "execution.target.value",
    "execution.target.figure",
    "execution.target.weight",
    "execution.target.points",
)
SIGNS = {">=": "≥", "<=": "≤", "=": "="}


def targets_table(found: Assessment, book: Phrasebook, keys: Sequence[str] = KEYS) -> Table:
    """Every indicator: target, figure, whether it is reached, and where its points come from."""
    points = iter(adding_up([item.points for item in found.items if item.points is not None], 2))
    rows = []
    for item in found.items:
        target = item.target
        weight = "" if target.weight is None else book.number(target.weight)
        given = "" if item.points is None else book.number(next(points), 2)
        evidence = "" if target.evidence is None else str(book.text(target.evidence))
        cells = (
            book.say(f"execution.group.{target.group}"), book.text(target.name),
            target_text(target, book), figure_text(item, book), book.say(f"execution.reached.{item.state}"),
            weight, given, how_text(item, book), evidence,
        )  # fmt: skip
        rows.append(Row("recipient", cells))
    if found.full:
        total = ["", book.say("table.total"), *[""] * 3, book.number(found.full)]
        rows.append(Row("total", (*total, book.number(found.points, 2), "", "")))
    at = [KEYS.index(key) for key in keys]
    shown = tuple(Row(row.role, tuple(row.cells[i] for i in at)) for row in rows)
    headers = tuple(book.say(key) for key in keys)
    numeric = tuple(key in _NUMERIC for key in keys)
    return written(book.say("execution.caption.targets"), headers, numeric, shown)


def target_lines(found: Assessment, book: Phrasebook) -> list[str]:
    """Sentences on the indicators that depart from their targets, and on those still open."""
    if not found.items:
        return [book.say("execution.target.none")]
    apart = [item for item in found.items if item.state == "departs"]
    names = [
        book.say(
            "execution.target.departs_one", name=item.target.name, figure=figure_text(item, book),
            value=target_text(item.target, book),
        )
        for item in apart
    ]  # fmt: skip
    key = "execution.target.departs" if apart else "execution.target.departs_none"
    lines = [book.say(key, count=len(apart), names=listed(names, book))]
    waiting = [book.text(item.target.name) for item in found.items if item.state in ("open", "verify")]
    if waiting:
        lines.append(book.say("execution.target.waiting", count=len(waiting), names=listed(waiting, book)))
    return lines


def as_data(found: Assessment) -> dict[str, Any]:
    """The assessment as plain data."""
    return {
        "targets": [
            {
                "name": item.target.name.zh,
                "group": item.target.group,
                "figure": item.target.figure,
                "operator": item.target.operator,
                "target": item.target.value,
                "value": item.value
                if isinstance(item.value, bool | None)
                else round(Fraction(item.value), 4),
                "state": item.state,
                "weight": item.target.weight,
                "points": None if item.points is None else round(Fraction(item.points), 4),
            }
            for item in found.items
        ],
        "points": round(Fraction(found.points), 4),
        "full": found.full,
        "score": None if found.score is None else round(Fraction(found.score), 4),
    }


def score_line(found: Assessment, book: Phrasebook) -> str:
    """The score with its calculation, or the reason why there is none."""
    bare = sum(item.target.weight is None for item in found.items)
    if bare or not found.full:
        return book.say("execution.target.unweighted", count=bare or len(found.items))
    details = {"points": book.number(found.points, 2), "full": book.number(found.full)}
    if found.score is None:
        return book.say("execution.target.partly", waiting=book.number(found.waiting), **details)
    parts = adding_up([item.points or 0 for item in found.items], 2)
    return book.say("execution.target.score", sum=" + ".join(book.number(x, 2) for x in parts), **details)


def target_text(target: Target, book: Phrasebook) -> str:
    """The target of an indicator as text: ≥90%, or a yes."""
    return _shown(target.value, target, book, "" if target.yes else SIGNS[target.operator])


def figure_text(item: Assessed, book: Phrasebook) -> str:
    """The figure of an indicator, or a note that it is still to be entered."""
    if item.value is None:
        return book.say("execution.target.entered")
    return _shown(item.value, item.target, book)


def how_text(item: Assessed, book: Phrasebook) -> str:
    """The derivation of an indicator's points from its weight, in words."""
    target = item.target
    if target.weight is None:
        return book.say("execution.how.unweighted")
    if target.points is not None:
        return book.say("execution.how.by_hand")
    if item.state == "verify":
        return book.say("execution.how.verify")
    if item.state == "open":
        return book.say("execution.how.open")
    if item.state == "met":
        return book.say("execution.how.full")
    if not item.points or item.value is None or target.yes:
        return book.say("execution.how.nothing")
    details = {"weight": book.number(target.weight), "value": _figure(item.value, book)}
    key = "execution.how.part" if item.value < target.value else "execution.how.inverse"
    return book.say(key, target=_figure(target.value, book), **details)


def listed(names: Sequence[str], book: Phrasebook) -> str:
    """Joins entries of a sentence that may contain commas themselves."""
    return book.say("execution.listed").join(names)


def _shown(value: Number | bool, target: Target, book: Phrasebook, sign: str = "") -> str:
    if isinstance(value, bool):
        return book.say("execution.target.yes" if value else "execution.target.no")
    unit = "" if target.unit is None else str(book.text(target.unit))
    return f"{sign}{_figure(value, book)}{unit}"


def _figure(value: Number, book: Phrasebook) -> str:
    """A figure with two decimals at most; one that is not whole never shows as a whole number."""
    shown = round(Fraction(value), 2)
    if value != shown and shown.denominator == 1:
        shown += Fraction(1 if value > shown else -1, 100)
    return book.number(shown)
