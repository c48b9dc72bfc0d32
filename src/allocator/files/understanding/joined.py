"""Several understandings as one: the tables of several offices, joined by the names of the recipients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Factor, Fund, Recipient, Text, plain_name
from allocator.core.statement import Statement
from allocator.files.understanding.model import Understanding

MISSING, TWICE = "joined_missing", "joined_twice"  # the questions that arise where tables are joined


def names_of(parts: Sequence[Understanding]) -> Scenario | None:
    """A scenario of the names alone that the tables before have; the next one is matched with them.

    None where they cannot be names, which is refused where they stand.
    """
    first = parts[0]
    headings = {id: name for part in parts for id, name in part.factors.items()}
    try:
        recipients = tuple(Recipient(id) for id in first.values)
        blank = (0,) * len(recipients)
        factors = [Factor(id, blank, Text(name)) for id, name in headings.items()]
        return Scenario(
            title=Text("…"),
            fund=Fund(1, "CNY", 1),
            kind="scores",
            weights={factor.id: 1 for factor in factors[:1]},
            recipients=recipients,
            factors=tuple(factors),
        )
    except ScenarioError:
        return None


def asked(part: Understanding, *, may_leave: bool) -> Understanding:
    """The table with a question in place of recipients that it lacks: zero, or not part of the fund."""
    choices = ("zero", "drop") if may_leave else ("zero",)
    return replace(
        part,
        decisions=tuple(
            Statement(MISSING, "", {**each.details, "file": part.file}, choices)
            if each.key == "recipients_missing"
            else each
            for each in part.decisions
        ),
    )


def label_of(number: int, file: str) -> str:
    """The name of a file among several; two may have the same."""
    return f"{number}. {file}"


def joined(
    parts: Sequence[Understanding],
    ids: Sequence[str],
    chosen: Mapping[str, str],
    missing: Mapping[int, str],
) -> Understanding:
    """The tables as one: recipients ``ids``, and the columns of every table.

    ``chosen`` says for a column that several tables have, by its id, the file that counts, as `label_of`
    calls it; a column that is the same everywhere needs none.  ``missing`` holds the answers on recipients
    that a table lacks, by its number from 1.
    """
    lacking = {number: [id for id in ids if id not in part.values] for number, part in enumerate(parts, 1)}
    gone = {id for number, answer in missing.items() if answer == "drop" for id in lacking[number]}
    ids = [id for id in ids if id not in gone]
    owner, treated, decisions = _owners(parts, ids, chosen)
    own = []
    for number, part in enumerate(parts, 1):
        zero = missing.get(number) == "zero"
        if zero and lacking[number]:
            details = {"file": part.file, "names": lacking[number]}
            treated.append(Statement("joined_zero", "", details))
        own.append(_part(part, ids, [f for f in part.factors if owner[f] == number], zero=zero))
        decisions += [each for each in part.decisions if each.key != MISSING or number not in missing]
    weights = _merged(part.weights for part in own)
    units = {part.unit for part in parts}
    return Understanding(
        file="、".join(part.file for part in parts),
        columns=tuple(column for part in own for column in part.columns),
        unit=units.pop() if len(units) == 1 else "",
        values={id: _merged(part.values[id] for part in own) for id in ids},
        cells={id: _merged(part.cells[id] for part in own) for id in ids},
        names={id: parts[0].names[id] for id in ids if id in parts[0].names},
        aliases=_merged(part.aliases for part in own),
        factors=_merged(part.factors for part in own),
        units=_merged(part.units for part in own),
        weights=weights if sum(map(Decimal, weights.values())) == 100 else {},
        amounts=tuple(each for part in own for each in part.amounts),
        reservations=tuple(each for part in own for each in part.reservations),
        checks=tuple(check for part in parts for check in part.checks),
        treated=tuple(treated),
        decisions=tuple(decisions),
        problems=(*(each for part in parts for each in part.problems), *_double(own)),
        parts=tuple(own),
    )


def recipients_of(parts: Sequence[Understanding], like: Scenario | None) -> list[str]:
    """The recipients of the tables together: those of the first, or of the scenario that they go on from.

    Recipients with only an earmark are among them where a table has them.
    """
    if like is None:
        return [*parts[0].values]
    taking = {like.recipients[at].id for at in like.participants}
    return [id for id in like.ids if id in taking or any(id in part.values for part in parts)]


def complete(made: Understanding, like: Scenario) -> Understanding:
    """The tables with a question for each factor of the scenario's rule that none of them has."""
    used = {*like.weights, like.coefficient, *(limit.by for limit in like.limits)}
    own = {factor.id for factor in like.factors}
    found = [name for id, name in made.factors.items() if id not in own]
    questions = (
        Statement("factor_missing", "", {"name": factor.name, "found": found})
        for factor in like.factors
        if factor.id in used and factor.id not in made.factors
    )
    return replace(made, decisions=(*made.decisions, *questions))


def _owners(
    parts: Sequence[Understanding], ids: Sequence[str], chosen: Mapping[str, str]
) -> tuple[dict[str, int], list[Statement], list[Statement]]:
    """The number of the table from which each column is; what was the same everywhere, and what is asked."""
    holders: dict[str, list[int]] = {}
    for number, part in enumerate(parts, 1):
        for factor in part.factors:
            holders.setdefault(factor, []).append(number)
    owner = {factor: numbers[0] for factor, numbers in holders.items()}
    treated, decisions = [], []
    for factor, numbers in holders.items():
        if len(numbers) == 1:
            continue
        labels = {label_of(number, parts[number - 1].file): number for number in numbers}
        details = {"name": parts[numbers[0] - 1].factors[factor], "files": list(labels), "id": factor}
        figures = [[_figure(parts[n - 1], id, factor) for id in ids] for n in numbers]
        if all(each == figures[0] for each in figures):
            treated.append(Statement("joined_same", "", details))
            continue
        owner[factor] = labels.get(chosen.get(factor, ""), numbers[0])
        if chosen.get(factor) not in labels:
            decisions.append(Statement(TWICE, "", details, tuple(labels)))
    return owner, treated, decisions


def _figure(part: Understanding, id: str, factor: str) -> Decimal | None:
    text = part.values.get(id, {}).get(factor)
    return None if text is None else Decimal(text)


def _part(part: Understanding, ids: Sequence[str], factors: Sequence[str], *, zero: bool) -> Understanding:
    """The table with these columns and recipients alone; ``zero`` is what those have that it lacks."""
    otherwise = dict.fromkeys(factors, "0") if zero else {}
    blank = dict.fromkeys(factors, "") if zero else {}

    def of(table: Mapping[str, Mapping[str, str]], id: str, lacking: Mapping[str, str]) -> dict[str, str]:
        return {factor: text for factor, text in table.get(id, lacking).items() if factor in factors}

    kept = (*factors, *(each.role for each in part.amounts))
    return replace(
        part,
        columns=tuple(column for column in part.columns if column.id in kept),
        values={id: of(part.values, id, otherwise) for id in ids},
        cells={id: of(part.cells, id, blank) for id in ids},
        aliases={id: part.aliases[id] for id in ids if id in part.aliases},
        factors={factor: part.factors[factor] for factor in factors},
        units={factor: unit for factor, unit in part.units.items() if factor in factors},
        weights={factor: weight for factor, weight in part.weights.items() if factor in factors},
        amounts=tuple(
            replace(
                each,
                values={id: each.values.get(id, "0") for id in ids if zero or id in each.values},
            )
            for each in part.amounts
        ),
    )


def _double(parts: Sequence[Understanding]) -> list[Statement]:
    """Refuses amounts of one kind, or reservations of one name, from two tables: one of them is left out."""
    named: dict[str, list[str]] = {}
    for part in parts:
        for amounts in part.amounts:
            named.setdefault(amounts.role, []).append(amounts.column)
        for each in part.reservations:
            named.setdefault(f"reserved {plain_name(each.name)}", []).append(each.name)
    return [Statement("joined_double", "", {"names": names}) for names in named.values() if len(names) > 1]


def _merged(tables: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: text for table in tables for name, text in table.items()}
