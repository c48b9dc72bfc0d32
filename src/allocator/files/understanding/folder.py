"""Writes a scenario folder from the understanding of a table, with the source cell of every value."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from allocator.core.beyond import covers_format_1
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.core.parts import AMOUNT_UNITS, Factor, Recipient, Reservation, Text, plain_name
from allocator.core.provenance import Provenance
from allocator.files.csv_file import MOST_ROWS
from allocator.files.parsing import cell_text
from allocator.files.scenario.save import contents, csv_bytes, put_files, toml_bytes
from allocator.files.scenario.schema import FORMAT
from allocator.files.understanding.model import Understanding
from allocator.files.understanding.rows import GIVEN
from allocator.text import EN, ZH, Phrasebook, both

_STATUS = "provided"
_MOST_ROWS = 10  # that a source lists, of those of which somebody said what they are


def write_folder(
    made: Understanding, folder: Path, book: Phrasebook, scenario: Scenario | None = None
) -> Path:
    """Writes a settled understanding as a scenario folder and returns the path of its scenario file.

    With a scenario its rule is kept and its data replaced; without one the money, and the weights where the
    sheet says none, are left to fill in, so that the folder cannot pass for a finished scenario.
    """
    assert made.is_settled, "something is left to decide"
    files = contents(_filled(made, scenario, book)) if scenario is not None else _new(made, book)
    put_files(folder, files)
    return folder / "scenario.toml"


def _filled(made: Understanding, scenario: Scenario, book: Phrasebook) -> Scenario:
    """The scenario with the data of the sheet in place of its own."""
    covers_format_1(scenario, "beyond.surface.upload")
    blank = [None] * len(scenario.ids)
    factors = [
        _factor(made, factor.id, factor.name, _values(made, factor.id, scenario.ids, blank))
        for factor in scenario.factors
        if factor.id in made.factors
    ]
    return replace(
        scenario,
        title=Text(*both("sheets.title.title", file=made.file)),
        recipients=_remembered(scenario, made),
        reservations=with_reserved(scenario.reservations, made),
        factors=tuple(factors),
        provenance=tuple(provenance_of(made, book)),
        **amounts_of(made),
    )


def with_values(scenario: Scenario, made: Understanding, book: Phrasebook) -> Scenario:
    """The scenario with the values, sources and cells of a settled understanding in place of its own.

    Columns and amounts that the sheet does not have stay as they are; columns that only the sheet has are new
    factors, without a weight.
    """
    return replace(scenario, **changes_of(scenario, made, book))


def changes_of(scenario: Scenario, made: Understanding, book: Phrasebook) -> dict[str, Any]:
    """The fields of a scenario that a settled understanding changes, as in `with_values`."""
    covers_format_1(scenario, "beyond.surface.upload")
    factors = tuple(
        replace(
            factor,
            values=_values(made, factor.id, scenario.ids, factor.values),
            status=_STATUS,
            source=_source(made, factor.id),
        )
        if factor.id in made.factors
        else factor
        for factor in scenario.factors
    )
    own = {factor.id for factor in scenario.factors}
    blank = [None] * len(scenario.ids)
    added = tuple(
        _factor(made, id, Text(name), _values(made, id, scenario.ids, blank))
        for id, name in made.factors.items()
        if id not in own
    )
    new = provenance_of(made, book)
    cells = {(entry.recipient, entry.factor) for entry in new}
    kept = (entry for entry in scenario.provenance if (entry.recipient, entry.factor) not in cells)
    return {
        "recipients": _remembered(scenario, made),
        "factors": (*factors, *added),
        "reservations": with_reserved(scenario.reservations, made),
        "provenance": (*kept, *new),
        **amounts_of(made),
    }


def with_reserved(reservations: Iterable[Reservation], made: Understanding) -> tuple[Reservation, ...]:
    """The reservations with those of the sheet; one that both have gets the sheet's amount."""
    known = list(reservations)
    for each in made.reservations:
        amount = exact(Fraction(each.amount))
        name = plain_name(each.name)
        at = [i for i, r in enumerate(known) if name in (plain_name(r.name.zh), plain_name(r.name.en))]
        if at:
            known[at[0]] = replace(known[at[0]], amount=amount)
        else:
            known.append(Reservation(Text(each.name), amount))
    return tuple(known)


def _remembered(scenario: Scenario, made: Understanding) -> tuple[Recipient, ...]:
    """The scenario's recipients with the confirmed names as aliases, so that nobody is asked again."""
    return tuple(
        replace(r, aliases=(*r.aliases, made.aliases[r.id])) if r.id in made.aliases else r
        for r in scenario.recipients
    )


def factors_of(made: Understanding) -> tuple[Factor, ...]:
    """The columns of a settled understanding as factors, in the order of its recipients."""
    return tuple(
        _factor(made, id, Text(name), tuple(exact(values[id]) for values in made.values.values()))
        for id, name in made.factors.items()
    )


def _factor(made: Understanding, id: str, name: Text, values: tuple[Number | None, ...]) -> Factor:
    return Factor(id, values, name, _unit(made, id), status=_STATUS, source=_source(made, id))


def _values(
    made: Understanding, factor: str, ids: Iterable[str], otherwise: Iterable[Number | None]
) -> tuple[Number | None, ...]:
    """A factor's figures by recipient; of one that the sheet does not have, the other figure."""
    return tuple(
        exact(made.values[id][factor]) if factor in made.values.get(id, {}) else value
        for id, value in zip(ids, otherwise, strict=True)
    )


def amounts_of(made: Understanding) -> dict[str, Any]:
    """The columns of amounts by role, "published" or "previous", each in the main unit."""
    return {
        each.role: {id: exact(Fraction(text) * AMOUNT_UNITS[each.unit]) for id, text in each.values.items()}
        for each in made.amounts
    }


def provenance_of(made: Understanding, book: Phrasebook) -> list[Provenance]:
    """The source cell of every value, and whether it was blank; none if there are too many."""
    if sum(map(len, made.cells.values())) > MOST_ROWS:
        return []
    if made.parts:
        return [entry for part in made.parts for entry in provenance_of(part, book)]
    zeros = frozenset(made.zeros)
    return [
        Provenance(
            id,
            factor,
            note=book.text(_both(_from(cell, zeros), made, cell=cell)),
        )
        for id, cells in made.cells.items()
        for factor, cell in cells.items()
    ]


def _from(cell: str, zeros: Collection[str]) -> str:
    """The key of the sentence on the source of a figure; "" is no cell, where a table lacks the recipient."""
    if not cell:
        return "sheets.title.absent"
    return "sheets.title.zero" if cell in zeros else "sheets.title.cell"


def _both(key: str, made: Understanding, **details: str) -> Text:
    """A sentence with the file and the sheet, in both languages."""
    said = []
    for book in (ZH, EN):
        sheet = book.say("sheets.title.source_sheet", name=made.sheet) if made.sheet else ""
        said.append(book.say(key, file=made.file, sheet=sheet, **details))
    return Text(*said)


def _source(made: Understanding, factor: str) -> Text:
    made = next((part for part in made.parts if factor in part.factors), made)
    at = next((taken.at for taken in made.columns if taken.id == factor), "")
    source = _both("sheets.title.source", made)
    rows = [taken.at for taken in made.rows if taken.why in ("asked", GIVEN)]
    shown = [*rows[:_MOST_ROWS], *(["…"] if len(rows) > _MOST_ROWS else [])]
    column = [
        book.say("sheets.title.source_column", at=at, name=made.factors[factor])
        + (book.say("sheets.title.source_rows", rows=shown) if rows else "")
        for book in (ZH, EN)
    ]
    return Text(source.zh + column[0], source.en + column[1])


def _unit(made: Understanding, factor: str) -> Text | None:
    unit = made.units.get(factor, "")
    return Text(unit) if unit else None


def _new(made: Understanding, book: Phrasebook) -> dict[str, bytes]:
    """The files of a new scenario folder; its amount of 0 is refused until it is filled in."""
    recipients = [Recipient(id) for id in made.values]
    factors = list(made.factors)
    rows = [["recipient", "name_zh", "name_en", "kind", "aliases"]]
    rows += [[r.id, r.name.zh, r.name.en, "", ""] for r in recipients]
    columns = list(Provenance.__dataclass_fields__)
    files = {
        "recipients.csv": csv_bytes(rows),
        "factors.csv": csv_bytes(
            [["recipient", *factors], *([id, *(v[f] for f in factors)] for id, v in made.values.items())]
        ),
        "provenance.csv": csv_bytes(
            [
                columns,
                *([cell_text(getattr(entry, c)) for c in columns] for entry in provenance_of(made, book)),
            ]
        ),
    }
    for role, amounts in amounts_of(made).items():
        table = [["recipient", "amount"], *([id, cell_text(amount)] for id, amount in amounts.items())]
        files[f"{role}.csv"] = csv_bytes(table)
    described = {
        id: {
            "name": made.factors[id],
            **({"unit": made.units[id]} if made.units.get(id) else {}),
            "status": _STATUS,
            "source": book.text(_source(made, id)),
        }
        for id in factors
    }
    content: dict[str, Any] = {
        "format": FORMAT,
        "title": book.say("sheets.title.title", file=made.file),
        "fund": {"name": "…", "amount": 0, "currency": "CNY", "unit": 10_000, "source": "…"},
        "method": {"kind": "shares"},
        "weights": {id: exact(made.weights.get(id, "0")) for id in factors},
        "data": {name.removesuffix(".csv"): name for name in files},
        "factor": described,
    }
    if made.reservations:
        content["reservation"] = [
            {"name": each.name, "amount": exact(Fraction(each.amount))} for each in made.reservations
        ]
    remarks = {"": book.say("new.head"), "fund": book.say("new.fund")}
    return files | {"scenario.toml": toml_bytes(content, remarks)}
