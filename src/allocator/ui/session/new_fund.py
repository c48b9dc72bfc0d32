"""A new fund: what was understood of a table, with the money and the rule as written.  No Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from allocator.core.engine import allocate
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.core.parts import Fund, Recipient, Reservation, Text, plain_name
from allocator.files.parsing import cell_number
from allocator.files.scenario.fields import amount_in_text
from allocator.files.understanding.folder import (
    amounts_of,
    factors_of,
    provenance_of,
    with_reserved,
    with_values,
)
from allocator.files.understanding.model import Understanding
from allocator.text import ZH, Phrasebook, money_scale
from allocator.ui.session.rule import FIELD

CURRENCY = "CNY"
UNITS = (10_000, 1)  # in yuan, of the split


@dataclass(frozen=True)
class NewFund:
    """The money and the rule as they were written; amounts without a unit are in the unit of the split."""

    name: str = ""
    source: str = ""
    total: str = ""
    unit: int = UNITS[0]
    departments: tuple[tuple[str, str], ...] = ()
    weights: Mapping[str, str] = field(default_factory=dict)
    previous: str = ""


def scenario_of(
    made: Understanding, fund: NewFund, book: Phrasebook, like: Scenario | None = None
) -> Scenario:
    """The scenario of a new fund; ``like`` is one whose recipients and rule it takes over.

    Columns without a weight stay as reference data.  Raises ScenarioError with every field that cannot be
    read, named as the form shows it, or with what does not fit together.
    """
    problems: list[Problem] = []
    if not made.is_settled or not made.values or not made.factors:
        problems.append(Problem("new_table", file=book.say("app.start.table")))
    total = _amount(fund.total, "app.start.total", fund, problems, book)
    departments = [
        (name.strip(), _amount(amount, "app.start.departments", fund, problems, book, name.strip()))
        for name, amount in fund.departments
        if name.strip() or amount.strip()
    ]
    weights = _weights(made, fund, problems, book)
    previous = previous_of(made, fund, problems, book)
    if not fund.name.strip():
        problems.append(Problem("new_name", file=book.say("app.start.name")))
    if problems:
        raise ScenarioError(problems)
    name, source = " ".join(fund.name.split()), fund.source.strip() or book.say("app.start.no_source")
    amounts = amounts_of(made)
    if previous:
        amounts["previous"] = previous
    if like is not None:
        return replace(
            with_values(like, made, book),
            title=Text(name),
            fund=replace(like.fund, amount=total, unit=fund.unit, name=Text(name), source=Text(source)),
            weights=weights,
            reservations=with_reserved(
                (Reservation(_known_name(name, like), amount) for name, amount in departments), made
            ),
            published=amounts.get("published"),
            previous=amounts.get("previous"),
            provenance=tuple(provenance_of(made, book)),
            uses=(),
        )
    return Scenario(
        title=Text(name),
        fund=Fund(total, CURRENCY, fund.unit, name=Text(name), source=Text(source)),
        kind="shares",
        weights=weights,
        recipients=tuple(Recipient(id) for id in made.values),
        factors=factors_of(made),
        reservations=with_reserved((Reservation(Text(name), amount) for name, amount in departments), made),
        published=amounts.get("published"),
        previous=amounts.get("previous"),
        provenance=tuple(provenance_of(made, book)),
    )


def _known_name(name: str, like: Scenario) -> Text:
    """The department's name, in both languages if the earlier scenario has that department."""
    known = (r.name for r in like.reservations)
    return next((each for each in known if name in (each.zh, each.en)), Text(name))


def written_like(scenario: Scenario, book: Phrasebook) -> NewFund:
    """The form of a fund that continues this scenario, filled in but for the total and the source.

    Last year's amounts are the published ones, else those that the scenario gives.  Raises
    AllocatorError where it gives none.
    """
    amounts = scenario.published or allocate(scenario).amounts
    unit = UNITS[0] if money_scale(scenario.fund.currency, scenario.fund.unit) == UNITS[0] else UNITS[1]

    def money(amount: Number) -> str:
        return ZH.number(Fraction(amount) / unit)

    return NewFund(
        name=str(book.text(scenario.fund.name or scenario.title)),
        unit=unit,
        departments=tuple((str(book.text(r.name)), money(r.amount)) for r in scenario.reservations),
        weights={id: ZH.number(weight) for id, weight in scenario.weights.items()},
        previous="\n".join(
            f"{book.text(r.name)}\t{money(amounts[r.id])}" for r in scenario.recipients if r.id in amounts
        ),
    )


def _amount(
    text: str, label: str, fund: NewFund, problems: list[Problem], book: Phrasebook, name: str = ""
) -> Number:
    """An amount in the main unit; text that cannot be read is added to the problems, and 1 is returned."""
    place = book.say(label)
    value = cell_number(text)
    if not isinstance(value, str):
        return exact(Fraction(value) * fund.unit)
    amount = amount_in_text(text.strip(), CURRENCY)
    if amount is not None:
        return amount
    at = {"entry": name} if name else {}
    problems.append(Problem(FIELD.get(value, value), {"value": text[:40]}, place, at))
    return 1


def _weights(
    made: Understanding, fund: NewFund, problems: list[Problem], book: Phrasebook
) -> dict[str, Number]:
    weights: dict[str, Number] = {}
    for id, name in made.factors.items():
        text = fund.weights.get(id, "").strip().removesuffix("%")
        if not text:
            continue
        value = cell_number(text)
        if isinstance(value, str):
            details = {"value": text[:40]}
            problems.append(
                Problem(FIELD.get(value, value), details, book.say("app.start.weights"), {"entry": name})
            )
        else:
            weights[id] = value
    return weights


def previous_of(
    made: Understanding, fund: NewFund, problems: list[Problem], book: Phrasebook
) -> dict[str, Number] | None:
    """Last year's amounts as they were pasted, a recipient and its amount a line; None where nothing was."""
    lines = [line for line in fund.previous.splitlines() if line.strip()]
    if not lines:
        return None
    place = book.say("app.start.previous")
    known = {plain_name(name): id for id, name in _names(made).items()}
    found: dict[str, Number] = {}
    for at, line in enumerate(lines, 1):
        name, amount = _cut(line)
        id = known.get(plain_name(name))
        if id is None:
            details = {"name": name[:40], "known": list(_names(made).values())[:10]}
            problems.append(Problem("new_previous_name", details, place, {"line": at}))
        elif id in found:
            problems.append(Problem("new_previous_twice", {"name": name[:40]}, place, {"line": at}))
        else:
            found[id] = _amount(amount, "app.start.previous", fund, problems, book, name)
    missing = [name for id, name in _names(made).items() if id not in found]
    if missing and not problems:
        problems.append(
            Problem("new_previous_missing", {"names": missing[:10], "count": len(missing)}, place)
        )
    return found


def _names(made: Understanding) -> dict[str, str]:
    return {id: made.names.get(id, id) for id in made.values}


def _cut(line: str) -> tuple[str, str]:
    """The name and the amount of a line, split at a tab, a comma or a space.

    >>> _cut("泸县\\t150"), _cut("Lu County, 1,500"), _cut("泸县 150万元")
    (('泸县', '150'), ('Lu County', '1,500'), ('泸县', '150万元'))
    """
    for mark in ("\t", "，", ","):
        name, found, amount = line.partition(mark)
        if found and name.strip():
            return name.strip(), amount.strip()
    name, _, amount = line.strip().rpartition(" ")
    return name.strip(), amount.strip()
