"""docs/scenario-format.md names every function, and its examples are formulas."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from allocator.core.formula import Known, check
from allocator.core.formula.functions import FOR_EACH, FUNCTIONS, NUMBER, TEXT
from allocator.files.formulas import parse

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "scenario-format.md"
SECTION = DOCUMENT.read_text("utf-8").partition("## Column formulas")[2].partition("\n## ")[0]


def test_every_function_is_documented():
    shown = "\n".join(line for line in SECTION.splitlines() if line.startswith("| `"))
    assert [name for name in FUNCTIONS if not re.search(rf"\b{name}\b", shown)] == []


def test_what_notices_say_are_formulas_of_numbers():
    rows = SECTION.partition("What notices say")[2].splitlines()
    formulas = [row.split("`")[1] for row in rows if row.startswith("|") and "`" in row]
    (block,) = re.findall(r"```toml\n(.*?)```", SECTION, re.S)
    formulas.append(tomllib.loads(block)["factor"]["tax_growth"]["formula"])
    assert len(formulas) == 8
    for text in formulas:
        formula = parse(text)
        check(formula, Known(dict.fromkeys(formula.names, NUMBER) | {"等次": TEXT}))


def test_each_example_of_a_function_is_a_formula():
    for name, function in FUNCTIONS.items():
        assert function.example.startswith(f"{name}(")
        kind = function.kind or NUMBER
        check(parse(function.example), Known(dict.fromkeys("xyz", NUMBER)), kind)
    assert all(f"`{word}`" in SECTION for word in FOR_EACH[:1])
