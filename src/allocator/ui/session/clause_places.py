"""The places of clauses on the page: the row and field that a problem of a scenario is about.

A problem names ``pool.domestic.percent`` or ``limit.2.cap``; a row has a name of its own, which stays when
others are added or removed: ``pool.p0.percent``, ``limit.l4.cap``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from allocator.core.errors import AllocatorError, Problem, ScenarioError
from allocator.ui.session.clauses import FORMULA, Clauses, LimitRow, PoolRow, Row
from allocator.ui.session.rule import AMOUNT

SECTIONS = ("reservation", "earmark", "limit", "deduction", "adjustment")
E = TypeVar("E", bound=AllocatorError)


def in_rows(error: E, clauses: Clauses) -> E:
    """The same error with the names of rows in its keys, in place of ids and numbers."""
    return type(error)(replace(p, at={**p.at, **_key_at(p, clauses)}) for p in error.problems)


def _key_at(problem: Problem, clauses: Clauses) -> dict[str, object]:
    key = str(problem.at.get("key", ""))
    table, _, rest = key.partition(".")
    if table in ("method", "weights"):
        rest = rest if table == "method" else key
        return {"key": f"pool.{clauses.pools[0].uid}.{rest}"}
    if table in ("pool", "indicator", "factor") and rest:
        of: dict[str, tuple[Row, ...]] = {"pool": clauses.pools, "indicator": clauses.indicators}
        rows = of.get(table, clauses.columns)
        # ids may hold dots
        row: Row = next((row for row in rows if rest == row.id or rest.startswith(f"{row.id}.")), None)
        return {} if row is None else {"key": f"{table}.{row.uid}{rest.removeprefix(row.id)}"}
    number, _, field = rest.partition(".")
    if table in SECTIONS and number.isdigit():
        uids = _uids(clauses, table)
        uid = uids[int(number) - 1] if int(number) <= len(uids) else ""
        return {"key": f"{table}.{uid}.{field}".rstrip(".")}
    return {}


def _uids(clauses: Clauses, table: str) -> list[str]:
    """The first row of each clause that the rows make up, in the scenario's order."""
    rows = getattr(clauses, f"{table}s")
    if table == "reservation":
        rows = [row for row in rows if row.name.strip() or row.amount.strip()]
    if table != "limit":
        return [row.uid for row in rows]
    return [group[0].uid for group in limit_groups(rows)]


def limit_groups(rows: Iterable[LimitRow]) -> list[list[LimitRow]]:
    """The rows by the clause that they are of: a floor and a cap that say all else alike may be one."""
    groups: list[list[LimitRow]] = []
    for row in rows:
        of = row.uid.partition("-")[0]
        last = groups[-1][-1] if groups else None
        if last is not None and last.uid.partition("-")[0] == of and _same_clause(last, row):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _same_clause(floor: LimitRow, cap: LimitRow) -> bool:
    names = ("whom", "listed", "where", "together", "pool", "basis", "by")
    alike = all(getattr(floor, name) == getattr(cap, name) for name in names)
    rates = [row.of for row in (floor, cap) if row.of not in (AMOUNT, FORMULA)]
    return alike and (floor.end, cap.end) == ("floor", "cap") and len({*rates}) < 2


class Noting:
    """Collects the problems of a row instead of raising them, with the row as their place."""

    def __init__(self, problems: list[Problem], key: str) -> None:
        self.problems, self.key = problems, key

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if not isinstance(error, ScenarioError):
            return False
        for problem in error.problems:
            table, _, row = self.key.partition(".")
            field = _field(str(problem.at.get("key", "")), table, row)
            at = {**problem.at, "key": f"{self.key}.{field}".rstrip(".")}
            self.problems.append(replace(problem, at=at, file="", part=""))
        return True


def _field(key: str, table: str, row: str) -> str:
    """The field of a row that a key names, which may begin with the table's name, and an id."""
    key = key.removeprefix(f"{table}.{row}").removeprefix(".")
    return "" if key == table else key.removeprefix(f"{table}.")


def within_pool(error: ScenarioError, row: PoolRow) -> ScenarioError:
    """The error of a pool with the names of its fields alone as keys."""
    own = f"pool.{row.id}"
    problems = []
    for problem in error.problems:
        key = str(problem.at.get("key", ""))
        key = key.removeprefix(own).removeprefix(".") if row.id else key.removeprefix("method.")
        problems.append(replace(problem, at={**problem.at, "key": key}))
    return ScenarioError(problems)
