"""The command `read`: understands an office's table, and makes a scenario folder from it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.cli.parser import Parser, Usage
from allocator.cli.terminal import print_csv, print_json
from allocator.core.errors import AllocatorError
from allocator.text import Phrasebook

if TYPE_CHECKING:
    from allocator.core.model import Scenario
    from allocator.core.statement import Statement
    from allocator.files.understanding.model import Options, Understanding

_PARTS = {
    "treated": "sheets.title.treated",
    "left_out": "sheets.title.left_out",
    "decisions": "sheets.title.decisions",
    "problems": "sheets.title.problems",
}
_CHOICES = {"blank": ("zero", "refuse"), "hidden": ("read", "leave")}
_MOST_INDENTED = 1_000  # recipients
_MOST_LINES = 60  # of a part, on a terminal


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator read`."""
    made = Parser("read", book, "sheet_file")
    made.option("--for", metavar="FILE", dest="scenario_file")
    made.option("--sheet", metavar="NAME")
    made.option("--recipients", metavar="COLUMN")
    made.option("--leave-out", metavar="COLUMN", action="append", default=[])
    made.option("--add", metavar="COLUMN", action="append", default=[])
    made.option("--deduct", metavar="ROW", action="append", default=[])
    made.option("--blank", metavar="zero|refuse")
    made.option("--unit", metavar="UNIT")
    made.option("--published", metavar="COLUMN", dest="published")
    made.option("--previous", metavar="COLUMN", dest="previous")
    made.option("--hidden", metavar="read|leave")
    made.option("--reserve", metavar="ROW[=AMOUNT]", action="append", default=[])
    made.option("--row", metavar="N=recipient|check|heading|note", action="append", default=[])
    made.option("--same", metavar="WRITTEN=NAME", action="append", default=[])
    made.option("--out", metavar="FOLDER")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Prints the understanding of a file; status 1 if something is left to decide, 2 if refused."""
    if options.sheet_file is None:
        raise Usage(book.say("cli.missing_sheet_file"))
    for name, allowed in _CHOICES.items():
        value = getattr(options, name)
        if value is not None and value not in allowed:
            raise Usage(book.say("cli.bad_choice", option=f"--{name}", value=value, known=allowed))
    decided = _decided(options, book)
    from allocator.files.load import load_scenario
    from allocator.files.understanding.understand import understand

    scenario = load_scenario(options.scenario_file) if options.scenario_file else None
    try:
        name, content = _content(options.sheet_file)
        made = understand(name, content, decided, scenario)
        made = replace(made, problems=(*made.problems, *_in_vain(made, decided, scenario)))
    except AllocatorError as error:
        if options.format == "json":
            problems = [
                {"what": p.key, "at": "", "sentence": p.sentence(book), "choices": []} for p in error.problems
            ]
            print_json(_EMPTY | {"problems": problems})
            return error.exit_status
        raise
    written = None
    if options.out and made.is_settled:
        from allocator.files.understanding.folder import write_folder

        written = write_folder(made, Path(options.out), book, scenario)
    if options.format == "json":
        _print(_json(made, book))
    elif options.format == "csv":
        rows = [[id, *(values.get(f, "") for f in made.factors)] for id, values in made.values.items()]
        print_csv(["recipient", *made.factors], rows)
    else:
        _show(made, book)
    if written is not None:
        _say_written(made, written, options, book, with_money=scenario is not None)
    elif options.out:
        print(book.say("sheets.title.not_written", folder=options.out), file=sys.stderr)
    return 2 if made.problems else 1 if made.decisions else 0


def _decided(options: Any, book: Phrasebook) -> Options:
    from allocator.files.understanding.model import ROW_ROLES, Options

    same: dict[str, str] = {}
    if options.same and not options.scenario_file:
        raise Usage(book.say("cli.same_alone"))
    for pair in options.same:
        written, sign, name = pair.partition("=")
        if not sign or not written.strip() or not name.strip():
            raise Usage(book.say("cli.bad_same", value=pair))
        same[written] = name
    rows = {}
    for pair in options.row:
        at, _, role = (part.strip() for part in pair.partition("="))
        if not at or role not in ROW_ROLES:
            raise Usage(book.say("cli.bad_row", value=pair, known=ROW_ROLES))
        rows[at.upper()] = role
    return Options(
        sheet=options.sheet,
        recipients=options.recipients,
        leave_out=tuple(options.leave_out),
        add=tuple(options.add),
        deduct=tuple(options.deduct),
        blank=options.blank,
        unit=options.unit,
        published=options.published,
        previous=options.previous,
        hidden=options.hidden,
        rows=rows,
        reserve=dict(pair.partition("=")[::2] for pair in options.reserve),
        same=same,
    )


def _in_vain(made: Understanding, options: Options, scenario: Scenario | None) -> Iterator[Statement]:
    """A refusal for each option that names no column or row of the table, or no name of the scenario."""
    from allocator.core.naming import guess
    from allocator.core.statement import Statement
    from allocator.files.understanding.draft import is_named
    from allocator.files.understanding.names import Known
    from allocator.files.understanding.vocabulary import part_of

    if not made.columns:
        return
    columns = [(c.at, c.name, c.name.split(" / ")[-1]) for c in made.columns]
    rows = [(r.at, r.name, part_of(r.name) or "", f"row {r.at}", f"第{r.at}行") for r in made.rows]
    for option, wanted, places in (
        ("leave-out", options.leave_out, [*columns, *rows]),
        ("add", options.add, columns),
        ("published", filter(None, [options.published]), columns),
        ("previous", filter(None, [options.previous]), columns),
        ("deduct", options.deduct, rows),
        ("reserve", options.reserve, rows),
        ("same", options.same, [*columns, *rows]),
    ):
        for name in wanted:
            if not any(is_named([name], *place) for place in places):
                known = (place[1] for place in places if place[1])
                yield Statement(
                    "option_place",
                    details={"option": f"--{option}", "name": name, "guess": guess(name, known)},
                )
    if scenario is not None:
        names = Known(scenario, {})
        for written, meant in options.same.items():
            if names.recipient(meant) is None and names.factor((meant,)) is None:
                called = [*(r.name for r in scenario.recipients), *(f.name for f in scenario.factors)]
                near = guess(meant, dict.fromkeys(name for pair in called for name in (pair.zh, pair.en)))
                details = {"option": "--same", "written": written, "name": meant, "guess": near}
                yield Statement("option_name", details=details)


def _content(file: str) -> tuple[str, bytes]:
    """The name and the content of the file, or of standard input for "-"."""
    from allocator.files.parsing import file_bytes
    from allocator.files.sheets.grids.files import LARGEST_MB

    if file == "-":
        return "-", sys.stdin.buffer.read(LARGEST_MB * 2**20 + 1)
    return Path(file).name, file_bytes(Path(file), LARGEST_MB)


_EMPTY: dict[str, Any] = {
    "sheet": None, "sheets": [], "values": {}, "unit": "", "cells": {}, "names": {}, "aliases": {},
    "factors": {}, "units": {}, "weights": {}, "published": None, "previous": None, "reservations": [],
    "columns": [], "rows": [], "treated": [], "left_out": [], "checks": [], "decisions": [], "problems": [],
}  # fmt: skip


def _json(made: Understanding, book: Phrasebook) -> dict[str, Any]:
    """The object of `allocator read --format json`."""
    amounts = {
        each.role: {"column": each.column, "unit": each.unit, "values": dict(each.values)}
        for each in made.amounts
    }
    lists = {part: [_statement(each, book) for each in getattr(made, part)] for part in _PARTS}
    checks = [
        {
            "row": check.row,
            "name": check.name,
            "rows": list(check.rows),
            "agreed": check.agreed,
            "columns": {
                name: {"shown": shown, "sum": total, "difference": difference}
                for name, (shown, total, difference) in check.columns.items()
            },
        }
        for check in made.checks
    ]
    tables = {
        name: {key: _plain(value) for key, value in getattr(made, name).items()}
        for name in ("values", "cells", "names", "aliases", "factors", "units", "weights")
    }
    taken = {
        part: [
            {"at": t.at, "taken": t.role, "why": t.why, "name": t.name, "id": t.id, "unit": t.unit}
            for t in getattr(made, part)
        ]
        for part in ("columns", "rows")
    }
    return (
        _EMPTY
        | {"reservations": [{"row": r.at, "name": r.name, "amount": r.amount} for r in made.reservations]}
        | {"sheet": made.sheet, "unit": made.unit, "sheets": list(made.sheets), "checks": checks}
        | tables | amounts | taken | lists
    )  # fmt: skip


def _print(content: dict[str, Any]) -> None:
    """Prints the object; a very large one with one line for each part, to save memory."""
    if len(content["values"]) <= _MOST_INDENTED:
        print_json(content)
        return
    for at, (name, part) in enumerate(content.items()):
        print("," if at else "{", f'"{name}": ', json.dumps(part, ensure_ascii=False), sep="")
    print("}")


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value


def _statement(statement: Statement, book: Phrasebook) -> dict[str, Any]:
    return {
        "what": statement.key,
        "at": statement.at,
        "sentence": statement.sentence(book),
        "choices": list(statement.choices),
    }


def _show(made: Understanding, book: Phrasebook) -> None:
    sheet = book.say("sheets.title.of_sheet", name=made.sheet) if made.sheet else ""
    unit = book.say("sheets.title.in_unit", unit=made.unit) if made.unit else ""
    found = book.say("sheets.title.found", recipients=len(made.values), factors=len(made.factors))
    print(book.visible(sheet + found + unit))
    if made.values and made.factors:
        _table(made, book)
    for part, title in _PARTS.items():
        statements = getattr(made, part)
        if statements:
            print(f"\n{book.say(title)}")
            print(*_lines(statements, book), sep="\n")
    if made.is_settled:
        print("\n" + book.say("sheets.title.settled"))


def _lines(statements: Iterable[Statement], book: Phrasebook) -> list[str]:
    lines = [f"  {statement.sentence(book)}" for statement in statements]
    more = len(lines) - _MOST_LINES
    return lines if more <= 0 else [*lines[:_MOST_LINES], "  " + book.say("cli.more_problems", count=more)]


def _table(made: Understanding, book: Phrasebook) -> None:
    """Prints the values; of very many recipients only the first."""
    from allocator.cli.terminal import pad, width

    rows = [["", *made.factors.values()]]
    for id, values in list(made.values.items())[:_MOST_LINES]:
        rows.append([made.names.get(id, id), *(values.get(factor, "") for factor in made.factors)])
    rows = [[book.visible(cell)[:40] for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [pad(c, w, right=at > 0) for at, (c, w) in enumerate(zip(row, widths, strict=True))]
        print("  ".join(cells).rstrip())
    if len(made.values) > _MOST_LINES:
        print("…")


def _say_written(
    made: Understanding, file: Path, options: Any, book: Phrasebook, *, with_money: bool
) -> None:
    stream = sys.stdout if options.format == "table" else sys.stderr
    print(book.say("sheets.title.written", folder=options.out, file=str(file)), file=stream)
    if not with_money:
        key = "sheets.title.to_fill" if made.weights else "sheets.title.to_fill_weights"
        print(book.say(key, file=str(file)), file=stream)
