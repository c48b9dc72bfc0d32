"""Options that several commands share, read as they are written on the command line."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Never

from allocator.cli.parser import Usage
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate, plan
from allocator.core.errors import Problem, ScenarioError, within
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.core.naming import guess
from allocator.core.parts import check_text, plain_name
from allocator.files.load import load_scenario
from allocator.files.scenario.once import Once
from allocator.files.scenario.tables import Finder
from allocator.report.tables.base import KNOWN, Base, known
from allocator.text import Phrasebook

PATIENCE = 1.0  # seconds before progress is shown on a terminal


def scenario_file(options: Any, command: str, book: Phrasebook) -> str:
    """The file that the command is for.  Raises Usage where none is named."""
    if options.file is None:
        raise Usage(book.say("cli.missing_file", command=command))
    return str(options.file)


def allocation_of(file: str) -> Allocation:
    """The allocation of a scenario file; errors name the file."""
    scenario = load_scenario(file)
    with within(file):
        return allocate(scenario)


def plan_of(file: str, once: Once | None = None) -> Allocation:
    """The plan of a scenario file, which may leave something undistributed; errors name the file.

    ``once`` is shared by files that are read one after the other.
    """
    scenario = load_scenario(file, once)
    with within(file):
        return plan(scenario)


def base_of(
    written: str | None, files: Sequence[str], scenarios: Sequence[Scenario], book: Phrasebook
) -> Base | None:
    """The amounts of ``--base published|previous``, which all of these files must state alike.

    Raises Usage for another word, ScenarioError with the files that do not state them.
    """
    if written is None:
        return None
    if written not in KNOWN:
        raise Usage(book.say("cli.bad_choice", option="--base", value=written[:80], known=KNOWN))
    try:
        return known(written, scenarios, book)
    except ScenarioError as error:
        raise error.in_files({"": "--base", **{str(at): file for at, file in enumerate(files)}}) from None


def parts(written: str) -> list[str]:
    """The parts of a text between commas, half-width, full-width or 、."""
    return [part.strip() for part in re.split("[,，、]", written)]


def number(text: str) -> Number | None:
    """The number in a text; None if it is not a number of zero or more."""
    try:
        value = exact(text.strip())
    except ValueError:
        return None
    return value if value >= 0 else None


def groups(written: Sequence[str], scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The ids of groups by name: south=naxi,gulin; any of a recipient's names will do."""
    found: dict[str, tuple[str, ...]] = {}
    find = Finder(scenario.recipients)
    for one in written:
        name, sign, members = (piece.strip() for piece in one.partition("="))
        ids = parts(members)
        if not sign or not name or not all(ids):
            refuse("--group", "reading_group", value=one[:80])
        if name in found:
            refuse("--group", "reading_group_twice", name=name)
        with within(option="group"):
            found[check_text(name, 100)] = tuple(find.id(id, "") for id in ids)
    return found


def factor_id(name: str, scenario: Scenario, option: str) -> str:
    """The id of a weighted factor by its id or either name."""
    names = {
        plain_name(known): id
        for id in reversed(list(scenario.weights))
        for known in (scenario.factor(id).name.zh, scenario.factor(id).name.en, id)
    }
    if plain_name(name) not in names:
        details = {"name": name[:80], "guess": guess(name, names)}
        raise ScenarioError(Problem("audit_factor", details).within(**_place(option)))
    return names[plain_name(name)]


def refuse(option: str, key: str, **details: object) -> Never:
    """Raises the ScenarioError with this sentence about an option."""
    raise ScenarioError(Problem(key, details).within(**_place(option)))


def _place(option: str) -> dict[str, str]:
    return {"option": option.removeprefix("--")} if option else {}


class Progress:
    """Shows progress on a terminal, by the sentence of this key, once it takes long; wipes it at the end."""

    def __init__(self, key: str, book: Phrasebook) -> None:
        self.key, self.book, self.start, self.shown = key, book, time.monotonic(), ""

    def __enter__(self) -> Callable[[float], None] | None:
        return self.show if sys.stderr.isatty() else None

    def show(self, part: float) -> None:
        """Shows the part that is done, from 0 to 1."""
        line = self.book.say(self.key, percent=int(part * 100))
        if time.monotonic() - self.start >= PATIENCE and line != self.shown:
            sys.stderr.write(f"\r{line}")
            sys.stderr.flush()
            self.shown = line

    def __exit__(self, *_: object) -> None:
        if self.shown:
            sys.stderr.write("\r" + " " * 2 * len(self.shown) + "\r")
            sys.stderr.flush()
