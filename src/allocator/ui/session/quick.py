"""The rule changed by one clause, and its clauses as tags that can be taken off.  No Streamlit.

A new clause replaces one of its kind for the same recipient, so that a form may be applied at every
keystroke.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from allocator.core.model import Scenario
from allocator.text import ZH, Phrasebook
from allocator.ui.session.rule import AMOUNT, LISTED, Bound, EarmarkRow, kinds, rule_of, with_rule

R = TypeVar("R")
EVERYBODY = "all"


@dataclass(frozen=True)
class Tag:
    """A clause that can be taken off: its kind ("cap", "floor", "earmark", "fund"), place and parts.

    ``figure`` and ``of`` are the form's: money in the shown unit where ``of`` is "amount", else percent.
    """

    kind: str
    place: int
    whom: tuple[str, ...]
    figure: str
    of: str = AMOUNT


def tags(scenario: Scenario, origin: Scenario) -> list[Tag]:
    """The tags of the total, if it differs from the origin's, then of earmarks, then of floors and caps."""
    rule = rule_of(scenario, ZH)
    shown = [Tag("fund", 0, (), rule.fund)] if scenario.fund.amount != origin.fund.amount else []
    shown += [Tag("earmark", at, (row.recipient,), row.amount) for at, row in enumerate(rule.earmarks)]
    return shown + [
        Tag(row.kind, at, row.listed or (row.whom,), row.figure, row.of) for at, row in enumerate(rule.bounds)
    ]


def without(scenario: Scenario, tag: Tag, origin: Scenario, book: Phrasebook) -> Scenario:
    """The scenario without the tag's clause, or with the origin's total again.  Raises ScenarioError."""
    rule = rule_of(scenario, book)
    if tag.kind == "fund":
        return with_rule(scenario, replace(rule, fund=rule_of(origin, book).fund), book)
    if tag.kind == "earmark":
        return with_rule(scenario, replace(rule, earmarks=_without(rule.earmarks, tag.place)), book)
    return with_rule(scenario, replace(rule, bounds=_without(rule.bounds, tag.place)), book)


def _without(rows: tuple[R, ...], place: int) -> tuple[R, ...]:
    return tuple(row for at, row in enumerate(rows) if at != place)


def whoms(scenario: Scenario) -> list[str]:
    """The choices of whom a floor or cap is for: every recipient that takes part, everybody, each kind."""
    taking = [scenario.recipients[at].id for at in scenario.participants]
    return [*taking, EVERYBODY, *(kind for kind in kinds(scenario) if kind not in taking)]


def bound_for(scenario: Scenario, kind: str, whom: str) -> Bound:
    """The floor or cap of a recipient or kind, or an empty one in percent of the distributable amount."""
    blank = _bound(scenario, kind, whom, "", "distributable")
    return next((row for row in rule_of(scenario, ZH).bounds if _alike(row, blank)), blank)


def with_bound(scenario: Scenario, kind: str, whom: str, figure: str, of: str, book: Phrasebook) -> Scenario:
    """The scenario with a floor or cap for somebody; a blank figure takes it off.  Raises ScenarioError."""
    rule, bound = rule_of(scenario, book), _bound(scenario, kind, whom, figure.strip(), of)
    return with_rule(scenario, replace(rule, bounds=_put(rule.bounds, bound, _alike, not bound.figure)), book)


def _bound(scenario: Scenario, kind: str, whom: str, figure: str, of: str) -> Bound:
    if whom in scenario.ids:
        return Bound(kind, LISTED, (whom,), figure, of)
    return Bound(kind, whom, (), figure, of)


def _alike(one: Bound, other: Bound) -> bool:
    return (one.kind, one.whom, one.listed) == (other.kind, other.whom, other.listed)


def with_earmark(scenario: Scenario, recipient: str, amount: str, also: bool, book: Phrasebook) -> Scenario:
    """The scenario with a fixed amount for a recipient; a blank one takes it off.  Raises ScenarioError."""
    rule = rule_of(scenario, book)
    before = earmark_for(scenario, recipient)
    row = replace(before, amount=amount.strip(), also_shares=also)
    rows = _put(rule.earmarks, row, lambda one, other: one.recipient == other.recipient, not row.amount)
    return with_rule(scenario, replace(rule, earmarks=rows), book)


def earmark_for(scenario: Scenario, recipient: str) -> EarmarkRow:
    """The fixed amount of a recipient, or an empty one."""
    rows = rule_of(scenario, ZH).earmarks
    return next((row for row in rows if row.recipient == recipient), EarmarkRow(recipient, ""))


def with_fund(scenario: Scenario, amount: str, book: Phrasebook) -> Scenario:
    """The scenario with another total.  Raises ScenarioError."""
    return with_rule(scenario, replace(rule_of(scenario, book), fund=amount.strip()), book)


def with_departments(scenario: Scenario, amounts: Mapping[str, str], book: Phrasebook) -> Scenario:
    """The scenario with these amounts for departments by name; a blank one takes one off.

    Raises ScenarioError.
    """
    written = ((name.strip(), text.strip()) for name, text in amounts.items())
    rows = tuple((name, text) for name, text in written if name and text)
    return with_rule(scenario, replace(rule_of(scenario, book), reservations=rows), book)


def _put(rows: tuple[R, ...], row: R, same: Callable[[R, R], bool], blank: bool) -> tuple[R, ...]:
    """The rows with ``row`` in place of the first like it, else at the end; a blank one removes that."""
    at = next((at for at, known in enumerate(rows) if same(known, row)), len(rows))
    return (*rows[:at], *(() if blank else (row,)), *rows[at + 1 :])
