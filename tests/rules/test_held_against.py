"""The program held against the rules by hand: the same amounts, and the same rules refused.

In format 2 a scenario that format 1 can say is one of format 1 for all that comes after its file, which is
why a limit of a kind that nobody who takes part is of is refused there as it always was: no case has one.
"""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import depth
import pytest
from extends_by_hand import together
from random_later_slips import LATER
from random_rules import SLIPS, Case, case, chained_case, wrong_case
from rules_by_hand import Refused, read, split

from allocator import AllocatorError, allocate, load_scenario
from allocator.cli.entry import main

Answer = dict[str, Fraction] | str


def seeds(few: int) -> Iterator[int]:
    """The same few seeds in every run; in a deep one a great many, from one that is printed."""
    start = secrets.randbelow(10**9) if depth.chosen else 0
    if depth.chosen:
        print(f"seeds from {start}")
    yield from range(start, start + depth.cases(few))


def by_hand(made: Case) -> Answer:
    """The amounts, or the word refused."""
    try:
        rule = together([*made.bases, made.toml])
        return split(*read(rule, made.factors, made.recipients, made.previous, made.issued)).amounts
    except Refused:
        return "refused"


Whole = tuple[dict[str, Fraction], list[Fraction], dict[str, Fraction] | None] | str


def whole_by_hand(made: Case) -> Whole:
    """The amounts, the reservations in the end, and what is still to be issued; or the word refused."""
    try:
        rule = together([*made.bases, made.toml])
        found = split(*read(rule, made.factors, made.recipients, made.previous, made.issued))
    except Refused:
        return "refused"
    return found.amounts, found.reservations, found.now


def whole_by_library(made: Case, folder: Path) -> Whole:
    """The same of `allocate`."""
    try:
        found = allocate(load_scenario(made.into(folder)))
    except AllocatorError as error:
        assert str(error)
        return "refused"
    issued = found.scenario.issued is not None
    return (
        {id: Fraction(amount) for id, amount in found.amounts.items()},
        [Fraction(reservation.amount) for reservation in found.reservations],
        {id: Fraction(amount) for id, amount in found.to_issue.items()} if issued else None,
    )


def by_library(made: Case, folder: Path) -> Answer:
    """The amounts that `allocate` gives for the same files, or the word refused."""
    try:
        allocation = allocate(load_scenario(made.into(folder)))
    except AllocatorError as error:
        assert str(error)
        return "refused"
    assert allocation.total == allocation.scenario.fund.amount
    return {id: Fraction(amount) for id, amount in allocation.amounts.items()}


def by_command(made: Case, folder: Path, capsys: pytest.CaptureFixture[str]) -> Answer:
    """The amounts that the command run shows, or the word refused."""
    with pytest.raises(SystemExit) as end:
        main(["run", str(made.into(folder)), "--format", "json"])
    shown = capsys.readouterr().out
    if end.value.code in (2, 3):
        return "refused"
    assert end.value.code == 0
    rows = json.loads(shown, parse_float=Fraction)["recipients"]
    return {row["id"]: Fraction(row["amount"]) for row in rows}


@depth.deeper
def test_the_first_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in seeds(50):
        made = case(random.Random(seed), first=True)
        assert by_command(made, tmp_path, capsys) == by_hand(made), f"seed {seed}\n{made.toml}"


@depth.deeper
def test_the_second_format(tmp_path: Path) -> None:
    """Pools, fixed amounts, formulas, conditions, several coefficients, blanks, values below zero, names."""
    shared = 0
    for seed in seeds(230):
        made = case(random.Random(seed), first=False)
        answer = by_library(made, tmp_path)
        assert answer == by_hand(made), f"seed {seed}\n{made.toml}\n{made.factors}"
        shared += answer != "refused"
    assert shared > 100  # most can be shared out by


@depth.deeper
def test_files_that_build_on_one_another(tmp_path: Path) -> None:
    shared = 0
    for seed in seeds(100):
        made = chained_case(random.Random(seed))
        answer = by_library(made, tmp_path)
        texts = "\n# ----\n".join([*made.bases, made.toml])
        assert answer == by_hand(made), f"seed {seed}\n{texts}\n{made.factors}"
        shared += answer != "refused"
    assert shared > 40


@depth.deeper
def test_wrong_rules(tmp_path: Path) -> None:
    slips = set()
    for seed in seeds(80):
        made = wrong_case(random.Random(seed))
        slips.add(made.slip)
        assert by_library(made, tmp_path) == by_hand(made) == "refused", f"seed {seed}: {made.slip}"
    assert len(slips) > len(SLIPS) // 2


@depth.deeper
def test_money_held_corrections_roundings_and_limits_on_sums(tmp_path: Path) -> None:
    """Rules of format 2 with all that they may have: adjustments, groups, bounds as formulas and the rest."""
    shared = 0
    for seed in seeds(200):
        made = case(random.Random(seed), first=False, later=True)
        answer = whole_by_library(made, tmp_path)
        assert answer == whole_by_hand(made), f"seed {seed}\n{made.toml}\n{made.factors}"
        shared += answer != "refused"
    assert shared > 80


@depth.deeper
def test_later_rules_in_several_files(tmp_path: Path) -> None:
    for seed in seeds(60):
        made = chained_case(random.Random(seed), later=True)
        answer = whole_by_library(made, tmp_path)
        assert answer == whole_by_hand(made), f"seed {seed}\n{made.toml}\n{made.factors}"


@depth.deeper
def test_wrong_later_rules(tmp_path: Path) -> None:
    slips = set()
    for seed in seeds(80):
        made = wrong_case(random.Random(seed), later=True)
        slips.add(made.slip)
        answer = whole_by_library(made, tmp_path)
        assert answer == whole_by_hand(made) == "refused", f"seed {seed}: {made.slip}"
    assert len(slips) > len(SLIPS | LATER) // 3
