"""No formula takes long or fills the memory, and none is worked out by the host language."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest
from formula_cases import problem, table

from allocator.core.errors import ScenarioError
from allocator.core.formula import Table, column, values
from allocator.core.formula import table as working
from allocator.core.formula.arithmetic import MOST_BITS
from allocator.core.formula.tree import DEEPEST
from allocator.files.formulas import parse

MOST = 10**30 - 1
COLUMNS = {"h": (MOST, MOST - 1), "d": (Fraction(MOST, 10**30), Fraction(MOST - 2, 10**30)), "a": (2, 3)}

LARGE = [
    ("(10^1000)^1000", "size"),
    ("10^1000^1000^1000", "size"),
    ("*".join(["h"] * 900), "size"),
    ("*".join(["d"] * 900), "size"),
    ("+".join(f"1/(d+{n})" for n in range(200)), "size"),
    ("h^999.5", "size"),
    ("(h^100)^-100", "size"),
    ("(1+1/a)^900*(1+1/(a+1))^900*(1+1/(a+2))^900*(1+1/(a+3))^900*h^150*h^150", "size"),
    ("ROUND(h^160*10^1000, 30)", "size"),
    ("10^10^9", "large"),
    ("10^1000", "large"),
    ("h*h", "large"),
    ("h^99999999", "exponent"),
    ("h^-99999999.5", "exponent"),
    ("h^h", "exponent"),
    ("a^(1/h)*h^h", "exponent"),
]


@pytest.mark.parametrize(("formula", "key"), LARGE)
def test_numbers_are_bounded(formula, key):
    found = problem(values, parse(formula), Table(("1", "2"), COLUMNS), [0])
    assert found.key == f"formula_{key}"


SMALL = [
    "d^120 * 10^-900",
    "1 / h^160",
    "LN(1 + 10^-900)",
    "(1 + 10^-900)^0.5 - 1",
    "(h^150)^(1/151)",
    "d^(1/h)",
]


@pytest.mark.parametrize("formula", SMALL)
def test_what_is_long_within_its_bounds_is_worked_out(formula):
    (found,) = values(parse(formula), Table(("1", "2"), COLUMNS), [0])
    assert max(found.numerator.bit_length(), found.denominator.bit_length()) <= 2 * MOST_BITS


HARD = [
    "LN(1 + 10^-1000)",
    "+".join(["(2/7)^900"] * 150),
    "+".join(["a^0.123456789"] * 100),
    "+".join(["ROUND(1/h^150, 30)"] * 90),
    "+".join(["(h^150)^(1/151)"] * 100),
    "+".join(["a"] * 1000),
    "SUM([x]) + " + "+".join(f"SHARE(x) * {n}" for n in range(100)),
]


@pytest.mark.parametrize("formula", HARD)
def test_work_is_bounded(formula, monkeypatch):
    """With as little work as is allowed here, two thousand recipients are too many for these."""
    monkeypatch.setattr(working, "MOST_STEPS", 200_000)
    columns = {name: cells * 1000 for name, cells in COLUMNS.items()} | {"x": range(2000)}
    made = Table([""] * 2000, columns)
    assert problem(values, parse(formula), made, range(2000)).key == "formula_work"
    assert values(parse("a + 1"), made, [0, 1]) == (3, 4)  # the next one begins anew


def test_the_work_of_columns_that_others_need_counts_too(monkeypatch):
    monkeypatch.setattr(working, "MOST_STEPS", 100)
    made = table({"x": "+".join(["a"] * 60), "y": "x + 1", "z": "SUM([y])"})
    assert problem(column, made, "z", [0]).key == "formula_work"
    assert problem(column, made, "z", [0]).key == "formula_work"
    monkeypatch.setattr(working, "MOST_STEPS", 500)
    assert column(made, "z", [0]) == (60 * 10 + 4,)


LONG = [
    "(" * 1000,
    "-" * 2000,
    "%" * 2000,
    "1" + "%" * 1999,
    "[" * 2000,
    "a^" * 999 + "a",
    "IF(" * 600,
    '"' * 2000,
    '"' * 1999,
    "'" * 1999,
    "(" * 50 + "1" + ")" * 50,
    "a,".join(["SUM("] + [""] * 900),
    "SUM(" + ",".join(["a"] * 900) + ")",
    "≥" * 2000,
    "\n" * 2000,
    "é́" * 900,
    "1." * 999,
    "＂" * 2000,
]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_whatever_is_long_is_read_or_refused(text):
    try:
        assert parse(text).depth <= DEEPEST
    except ScenarioError as error:
        assert len(error.problems) == 1


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b",
        "a[0]",
        "lambda: 1",
        "exec(1)",
        "{}",
        "a if b else c",
        "f'{a}'",
        "a; b",
        "`a`",
    ],
)
def test_nothing_of_the_host_language_is_read(text):
    with pytest.raises(ScenarioError):
        values(parse(text), table(), [0])


def test_a_command_without_formulas_does_not_load_the_parser():
    code = (
        "import sys, allocator.cli.entry as entry\n"
        "try: entry.main(['run', 'scenarios/luzhou-2023/published-rule.toml'])\n"
        "except SystemExit as ended: assert ended.code == 0\n"
        "import allocator.files.formulas\n"
        "print([name for name in sys.modules if name == 'lark'], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
