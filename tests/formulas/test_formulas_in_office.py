"""The values are those of LibreOffice, which people would hold them against."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from fractions import Fraction

import office
import xlsxwriter
from formula_cases import DATA, NAMES, WORDS, table
from test_meaning import VALUES

from allocator.core.formula import values, written
from allocator.core.formula.functions import FUNCTIONS
from allocator.core.formula.tree import Call, Chain, Constant, Name, Node, Percent, Quoted, Sign, Whole
from allocator.files.formulas import parse

COLUMNS = [name for name in DATA if name not in ("gap", "note")]
MORE = [
    "a - b * c / 2 + 3^2 - -a",
    "100 / (1 + c^2) * 5%",
    "-c^2 + -c * 3",
    "2^-c^2",
    "a * 50%^2",
    "10 - 2 - 3 + 4",
    "64 / 4 / 2 * 3",
    "ROUND(c * 1.15, 1) + ROUND(-c * 1.15, 1)",
    "ROUNDUP(-c / 3, 2) - ROUNDDOWN(c / 3, 3)",
    "INT(-c) + INT(c / 7)",
    "SQRT(b) + LN(b) + b^0.3 + b^(1/3) + b^-0.7",
    "LN(b / 1000000) * SQRT(2 + a)",
    "POWER(b, -1.5) + POWER(1 + b%, 120)",
    "MEDIAN(a, b, c) - AVERAGE(a, b, c) + MEDIAN(a, b)",
    "IF(AND(a >= 1, NOT(b < 3)), MIN(a, c), MAX(b, c))",
    'IF(OR(a > b, grade = "GOOD"), 1, 2) * IF(grade <> "良", 10, 20)',
    "(SUM(a, b, c) - MAX(a, b, c) - MIN(a, b, c)) / 1",
    "AVERAGE([c]) + MEDIAN([c]) * MAX([b]) - MIN([c]) / COUNT([c])",
    "RANK(c, [c]) + 10 * RANK(same, [same]) + 100 * RANK(税收2022, [税收2022])",
    "SHARE(税收2023) * SCORE(c, 60, 100) - SCORE(c, 100, 60)",
    "TIERS(b, 0, 0, 4, 50, 8, 100) + CLIP(c, -1, 2)",
    "MAX(0, 税收2023 / 税收2022 - 1) + '2021 tax' * 'people''s'",
]


def cell(name: str, row: int) -> str:
    if name == "previous":
        return f"${chr(65 + len(COLUMNS))}{row + 2}"
    if name in WORDS.amounts:
        return str(WORDS.amounts[name])
    return f"${chr(65 + COLUMNS.index(name))}{row + 2}"


def column(name: str) -> str:
    letter = cell(name, 0)[1]
    return f"${letter}$2:${letter}${len(NAMES) + 1}"


def excel(node: Node, row: int) -> str:
    """The node in the language of spreadsheets, as it is where that has it, and written out where not."""
    if isinstance(node, Constant | Quoted):
        return written(node)
    if isinstance(node, Name):
        return cell(node.name, row)
    if isinstance(node, Whole):
        return column(node.name)
    if isinstance(node, Sign | Percent):
        inner = excel(node.operand, row)
        inner = f"({inner})" if isinstance(node.operand, Chain) else inner
        return f"{node.sign}{inner}" if isinstance(node, Sign) else f"{inner}%"
    if isinstance(node, Chain):
        parts = [f"({excel(p, row)})" if isinstance(p, Chain) else excel(p, row) for p in node.operands]
        return parts[0] + "".join(sign + part for sign, part in zip(node.operators, parts[1:], strict=True))
    made = [excel(argument, row) for argument in node.arguments]
    return special(node, made) if node.function in SPECIAL else f"{node.function}({','.join(made)})"


SPECIAL = ("SHARE", "SCORE", "TIERS", "CLIP")


def special(node: Call, made: list[str]) -> str:
    first, *rest = made
    if node.function == "CLIP":
        return f"MAX({rest[0]},MIN({rest[1]},{first}))"
    if node.function == "TIERS":
        chosen = "NA()"
        for step, result in zip(rest[::2], rest[1::2], strict=True):
            chosen = f"IF(({first})>=({step}),{result},{chosen})"
        return chosen
    argument = node.arguments[0]
    assert isinstance(argument, Name)
    whole = column(argument.name)
    if node.function == "SHARE":
        return f"({first}/SUM({whole}))"
    low, high = rest
    width = f"(MAX({whole})-MIN({whole}))"
    part = f"({first}-MIN({whole}))/IF({width}=0,1,{width})"
    return f"IF({width}=0,MAX({low},{high}),({low})+{part}*(({high})-({low})))"


def cases() -> list[tuple[str, int]]:
    lines = [(formula, row) for formula, row, _ in VALUES]
    return lines + [(formula, row) for formula in MORE for row in range(len(NAMES))]


def workbook() -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet("data")
    for at, name in enumerate((*COLUMNS, "previous")):
        cells = DATA.get(name, (10, 20, 30, 40))
        for row, value in enumerate(cells):
            sheet.write(row + 1, at, float(value) if isinstance(value, Fraction) else value)
    for line, (formula, row) in enumerate(cases()):
        sheet.write_formula(line + 20, 0, "=" + excel(parse(formula).root, row), None, 987654.25)
    book.close()
    return made.getvalue()


def test_values_are_those_of_libreoffice(converted: Callable[..., dict[str, bytes]]) -> None:
    sheet = office.opened(converted({"formulas": workbook()}, "xlsx")["formulas"])["data"]
    made = table()
    wrong = []
    for line, (formula, row) in enumerate(cases()):
        (ours,) = values(parse(formula), made, [row], words=WORDS)
        theirs = sheet.cell(line + 21, 1).value
        if not isinstance(theirs, int | float) or abs(theirs - ours) > 1e-9 * max(1, abs(ours)):
            wrong.append((formula, row, float(ours), theirs))
    assert wrong == []
    assert len(cases()) > 200


def test_every_function_is_compared() -> None:
    used = set(re.findall(r"([A-Z]+)\s*\(", " ".join(formula.upper() for formula, _ in cases())))
    assert FUNCTIONS.keys() <= used
