"""The order in which column formulas build on each other, and the circles that none may form."""

from __future__ import annotations

from collections.abc import Mapping

from allocator.core.errors import Problem, ScenarioError
from allocator.core.formula.tree import Formula

MOST_LEVELS = 400  # nodes one in the other, through all the formulas that one builds on
_MOST_NAMED = 10


def order(formulas: Mapping[str, Formula]) -> tuple[str, ...]:
    """The names of the formulas, each after those that it builds on.

    Raises ScenarioError where some build on each other in a circle, as written, or where one builds on too
    many others one after the other.

    >>> from allocator.core.formula.tree import Formula, Name
    >>> order({"a": Formula("b", Name("b")), "b": Formula("c", Name("c"))})
    ('b', 'a')
    """
    below = {
        name: [other for other in dict.fromkeys(formula.names + formula.columns) if other in formulas]
        for name, formula in formulas.items()
    }
    levels: dict[str, int] = {}  # of all that have been put in order
    for start in formulas:
        path, waiting = [start], [iter(below[start])]
        if start in levels:
            continue
        on_path = {start: 0}
        while path:
            for other in waiting[-1]:
                if other in on_path:
                    circle = path[on_path[other] :]
                    named = circle if len(circle) <= _MOST_NAMED else [*circle[:_MOST_NAMED], "…"]
                    raise _wrong("formula_circle", circle[0], names=[*named, circle[0]])
                if other not in levels:
                    on_path[other] = len(path)
                    path.append(other)
                    waiting.append(iter(below[other]))
                    break
            else:
                name = path.pop()
                waiting.pop()
                del on_path[name]
                deepest = max((levels[other] for other in below[name]), default=0)
                levels[name] = deepest + formulas[name].depth + 3  # and the three calls around a column
                if levels[name] > MOST_LEVELS:
                    raise _wrong("formula_chain", name, most=MOST_LEVELS)
    return tuple(levels)


def _wrong(key: str, name: str, **details: object) -> ScenarioError:
    return ScenarioError(Problem(key, details, at={"key": f"factor.{name}.formula"}))
