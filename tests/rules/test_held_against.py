"""The program held against the rules by hand: the same amounts, and the same rules refused."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path

import depth
import pytest
from random_rules import Case, case, wrong_case
from rules_by_hand import Refused, read, split

from allocator.cli.entry import main

Answer = dict[str, Fraction] | str


def by_hand(made: Case) -> Answer:
    """The amounts, or the word refused."""
    try:
        return split(*read(made.toml, made.factors, made.recipients, made.previous)).amounts
    except Refused:
        return "refused"


def by_program(made: Case, folder: Path, capsys: pytest.CaptureFixture[str]) -> Answer:
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
    for seed in range(depth.cases(50)):
        made = case(random.Random(seed), first=True)
        assert by_program(made, tmp_path, capsys) == by_hand(made), f"seed {seed}\n{made.toml}"


@depth.deeper
def test_wrong_rules_of_the_first_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in range(depth.cases(60)):
        made = wrong_case(random.Random(seed))
        if "format = 1" in made.toml:
            assert by_program(made, tmp_path, capsys) == by_hand(made) == "refused", (
                f"seed {seed}: {made.slip}"
            )
