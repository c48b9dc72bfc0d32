"""Targets and the score, as a table and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from allocator.analysis.execution import Assessed, Assessment, Target
from allocator.core.exact import Number
from allocator.report.tables.grid import Grid
from allocator.report.tables.rounding import adding_up
from allocator.report.tables.table import Row
from allocator.text import number, say

KEYS = ("group", "name", "value", "figure", "state", "weight", "points", "how", "evidence")
SIGNS = {">=": "≥", "<=": "≤", "=": "="}


def targets_grid(found: Assessment, lang: str, keys: Sequence[str] = KEYS) -> Grid:
    """Every indicator: target, figure, whether it is reached, and where its points come from."""
    points = iter(adding_up([item.points for item in found.items if item.points is not None], 2))
    rows = []
    for item in found.items:
        target = item.target
        weight = "" if target.weight is None else number(target.weight, lang)
        given = "" if item.points is None else number(next(points), lang, 2)
        evidence = "" if target.evidence is None else str(getattr(target.evidence, lang))
        cells = (
            say(f"execution.group.{target.group}", lang), getattr(target.name, lang),
            target_text(target, lang), figure_text(item, lang), say(f"execution.reached.{item.state}", lang),
            weight, given, how_text(item, lang), evidence,
        )  # fmt: skip
        rows.append(Row("recipient", cells))
    if found.full:
        total = ["", say("table.total", lang), *[""] * 3, number(found.full, lang)]
        rows.append(Row("total", (*total, number(found.points, lang, 2), "", "")))
    at = [KEYS.index(key) for key in keys]
    shown = tuple(Row(row.role, tuple(row.cells[i] for i in at)) for row in rows)
    headers = tuple(say(f"execution.target.{key}", lang) for key in keys)
    numeric = tuple(key in ("value", "figure", "weight", "points") for key in keys)
    return Grid(say("execution.caption.targets", lang), headers, numeric, shown)


def target_lines(found: Assessment, lang: str) -> list[str]:
    """What departs from its target, and what is still open."""
    if not found.items:
        return [say("execution.target.none", lang)]
    apart = [item for item in found.items if item.state == "departs"]
    names = [
        say(
            "execution.target.departs_one", lang, name=item.target.name, figure=figure_text(item, lang),
            value=target_text(item.target, lang),
        )
        for item in apart
    ]  # fmt: skip
    key = "departs" if apart else "departs_none"
    lines = [say(f"execution.target.{key}", lang, count=len(apart), names=listed(names, lang))]
    waiting = [getattr(item.target.name, lang) for item in found.items if item.state in ("open", "verify")]
    if waiting:
        lines.append(say("execution.target.waiting", lang, count=len(waiting), names=listed(waiting, lang)))
    return lines


def as_data(found: Assessment) -> dict[str, Any]:
    """All of it as plain data."""
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


def score_line(found: Assessment, lang: str) -> str:
    """The score with its calculation, or why there is none."""
    bare = sum(item.target.weight is None for item in found.items)
    if bare or not found.full:
        return say("execution.target.unweighted", lang, count=bare or len(found.items))
    details = {"points": number(found.points, lang, 2), "full": number(found.full, lang)}
    if found.score is None:
        return say("execution.target.partly", lang, waiting=number(found.waiting, lang), **details)
    parts = adding_up([item.points or 0 for item in found.items], 2)
    return say("execution.target.score", lang, sum=" + ".join(number(x, lang, 2) for x in parts), **details)


def target_text(target: Target, lang: str) -> str:
    """What an indicator should be: ≥90%, or a yes."""
    return _shown(target.value, target, lang, "" if target.yes else SIGNS[target.operator])


def figure_text(item: Assessed, lang: str) -> str:
    """What an indicator is, or that it is to be entered."""
    if item.value is None:
        return say("execution.target.entered", lang)
    return _shown(item.value, item.target, lang)


def how_text(item: Assessed, lang: str) -> str:
    """How the points of an indicator follow from its weight."""
    target = item.target
    if target.weight is None:
        return say("execution.how.unweighted", lang)
    if target.points is not None:
        return say("execution.how.by_hand", lang)
    if item.state in ("verify", "open"):
        return say(f"execution.how.{item.state}", lang)
    if item.state == "met":
        return say("execution.how.full", lang)
    if not item.points or item.value is None or target.yes:
        return say("execution.how.nothing", lang)
    details = {"weight": number(target.weight, lang), "value": _figure(item.value, lang)}
    key = "part" if item.value < target.value else "inverse"
    return say(f"execution.how.{key}", lang, target=_figure(target.value, lang), **details)


def listed(names: Sequence[str], lang: str) -> str:
    """Entries of a sentence that hold commas themselves."""
    return say("execution.listed", lang).join(names)


def _shown(value: Number | bool, target: Target, lang: str, sign: str = "") -> str:
    if isinstance(value, bool):
        return say("execution.target.yes" if value else "execution.target.no", lang)
    unit = "" if target.unit is None else str(getattr(target.unit, lang))
    return f"{sign}{_figure(value, lang)}{unit}"


def _figure(value: Number, lang: str) -> str:
    """A figure with two decimals at most; what is not quite 100 never shows as 100."""
    shown = round(Fraction(value), 2)
    if value != shown and shown.denominator == 1:
        shown += Fraction(1 if value > shown else -1, 100)
    return number(shown, lang)
