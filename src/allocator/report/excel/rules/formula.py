"""A column formula or condition in the language of spreadsheets, with what its decimals may be wrong by.

A spreadsheet works quotients and roots out in decimals.  Where it compares or rounds such a value, one that
is within the error of a limit counts as being at it; ``doubts`` are formulas that are 1 where that decided.
The error of a value is at most 1.2E-16 times its number of steps times its ``scale``, which adds up what it
was made of.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from allocator.core.formula.tree import Call, Chain, Constant, Name, Node, Percent, Quoted, Sign, Whole, nodes
from allocator.report.excel.formula_texts import quoted

STEP = "2E-16"


class Written(NamedTuple):
    """A node in a spreadsheet: its text, its scale, and True where it is exact."""

    text: str
    scale: str
    exact: bool


class Scope(NamedTuple):
    """The meaning of names: the cell of a row, the cells of a column and their scale, a constant's cell."""

    row: Callable[[str], Written]
    column: Callable[[str], tuple[str, str]]
    constant: Callable[[Constant], str | None]


class Translation:
    """A formula for one row, and the doubts that its comparisons and roundings leave."""

    def __init__(self, root: Node, scope: Scope) -> None:
        self.scope, self.doubts = scope, list[str]()
        self.steps = sum(1 for _ in nodes(root)) + 4
        self.said = self.node(root)

    @property
    def doubt(self) -> str:
        """A formula that is not 0 where a comparison or rounding was too close to tell."""
        return "+".join(f"IFERROR(IF({doubt},1,0),0)" for doubt in self.doubts) or "0"

    def node(self, node: Node) -> Written:
        """The node, brackets around whatever is not one thing."""
        if isinstance(node, Constant):
            cell = self.scope.constant(node)
            text = cell or decimal(node.value)
            return Written(text, text, bool(cell) or len(text.strip("0.")) < 15)
        if isinstance(node, Quoted):
            return Written(f"({quoted(node.text)})", "0", True)
        if isinstance(node, Name):
            return self.scope.row(node.name)
        if isinstance(node, Sign):
            inner = self.node(node.operand)
            return Written(f"({node.sign}{inner.text})", inner.scale, inner.exact)
        if isinstance(node, Percent):
            inner = self.node(node.operand)
            return Written(f"({inner.text}/100)", f"({inner.scale}/100)", inner.exact)
        if isinstance(node, Chain):
            return self.chain(node)
        assert isinstance(node, Call)
        return self.call(node)

    # --- operators ----------------------------------------------------------------------------------

    def chain(self, node: Chain) -> Written:
        first, *rest = (self.node(operand) for operand in node.operands)
        if node.operators[0] in ("=", "<>", "<", "<=", ">", ">="):
            return Written(self.compared(first, node.operators[0], rest[0]), "0", True)
        made = first
        for sign, other in zip(node.operators, rest, strict=True):
            made = _OPERATIONS[sign](made, other)
        return made

    def error(self, *parts: Written) -> str:
        """The most that values may be wrong by."""
        return f"{self.steps}*{STEP}*({'+'.join(part.scale for part in parts)})"

    def compared(self, one: Written, sign: str, other: Written) -> str:
        """A comparison; within the error the two count as equal."""
        if one.exact and other.exact:
            return f"({one.text}{sign}{other.text})"
        less, error = f"({one.text}-{other.text})", self.error(one, other)
        self.doubts.append(f"AND({one.text}<>{other.text},ABS{less}<={error})")
        return {
            ">=": f"({less}>=-{error})",
            ">": f"({less}>{error})",
            "<=": f"({less}<={error})",
            "<": f"({less}<-{error})",
            "=": f"(ABS{less}<={error})",
            "<>": f"(ABS{less}>{error})",
        }[sign]

    # --- functions ----------------------------------------------------------------------------------

    def call(self, node: Call) -> Written:
        name, arguments = node.function, node.arguments
        if isinstance(arguments[0], Whole):
            return self.over_column(name, arguments[0].name)
        if name == "RANK":
            assert isinstance(arguments[1], Whole)
            return self.rank(self.node(arguments[0]), arguments[1].name)
        made = [self.node(argument) for argument in arguments]
        if name in ("SHARE", "SCORE"):
            assert isinstance(arguments[0], Name)
            way = self.share if name == "SHARE" else self.score
            return way(made, *self.scope.column(arguments[0].name))
        if name in ("INT", "ROUND", "ROUNDUP", "ROUNDDOWN"):
            return self.rounded(name, made)
        if name == "TIERS":
            return self.tiers(made)
        return _functions(name, made)

    def over_column(self, name: str, column: str) -> Written:
        cells, scale = self.scope.column(column)
        if name == "COUNT":
            return Written(f"COUNT({cells})", "0", True)
        size = f"SQRT(SUMSQ({scale}))"
        if name == "SUM":
            size = f"SQRT(COUNT({cells})*SUMSQ({scale}))"
        return Written(f"{name}({cells})", size, False)

    def share(self, made: list[Written], cells: str, scale: str) -> Written:
        (x,), whole = made, f"SUM({cells})"
        size = f"({x.scale}/ABS({whole})+ABS({x.text})*SQRT(COUNT({cells})*SUMSQ({scale}))/{whole}^2)"
        return Written(f"({x.text}/{whole})", size, False)

    def score(self, made: list[Written], cells: str, scale: str) -> Written:
        x, low, high = made
        width = f"(MAX({cells})-MIN({cells}))"
        part = f"({x.text}-MIN({cells}))/IF({width}=0,1,{width})"
        text = f"IF({width}=0,MAX({low.text},{high.text}),{low.text}+{part}*({high.text}-{low.text}))"
        size = f"({low.scale}+{high.scale})*(1+2*({x.scale}+SQRT(SUMSQ({scale})))/IF({width}=0,1,{width}))"
        return Written(text, f"({size})", False)

    def rank(self, x: Written, column: str) -> Written:
        cells, scale = self.scope.column(column)
        error = f"{self.steps}*{STEP}*({x.scale}+SQRT(SUMSQ({scale})))"
        more = "0" if x.exact else error
        if not x.exact:
            alike = f"({cells}<>{x.text})*({cells}>{x.text}-{error})*({cells}<{x.text}+{error})"
            self.doubts.append(f"SUMPRODUCT(ISNUMBER({cells})*{alike})>0")
        text = f"(1+SUMPRODUCT(ISNUMBER({cells})*({cells}>{x.text}+{more})))"
        return Written(text, text, True)

    def rounded(self, name: str, made: list[Written]) -> Written:
        """Rounding, after a step away from the wrong side of what is being rounded to."""
        x, places = made[0], made[1].text if len(made) > 1 else "0"
        error = f"1E-14*ABS({x.text})" if x.exact else self.error(x)
        if not x.exact:
            fine = f"{2 if name == 'ROUND' else 1}*{x.text}*10^{places}"
            self.doubts.append(
                f"AND({fine}<>ROUND({fine},0),ABS({fine}-ROUND({fine},0))<=2*{error}*10^{places})"
            )
        if name == "INT":
            text = f"INT({x.text}+{error})"
        else:
            sign = "-" if name == "ROUNDUP" else "+"
            text = f"{name}({x.text}{sign}SIGN({x.text})*{error},{places})"
        return Written(text, f"ABS({text})", True)

    def tiers(self, made: list[Written]) -> Written:
        x, *tiers = made
        text = "NA()"
        for step, result in zip(tiers[::2], tiers[1::2], strict=True):
            text = f"IF({self.compared(x, '>=', step)},{result.text},{text})"
        results = tiers[1::2]
        return Written(text, f"({'+'.join(r.scale for r in results)})", all(r.exact for r in results))


def decimal(value: int | Fraction) -> str:
    """A constant as a spreadsheet reads it: at most 15 digits count."""
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.15g}"


def _functions(name: str, made: list[Written]) -> Written:
    inner = ",".join(part.text for part in made)
    scales = "+".join(part.scale for part in made)
    exact = all(part.exact for part in made)
    if name == "IF":
        condition, one, other = made
        scale = f"IF({condition.text},{one.scale},{other.scale})"
        return Written(f"IF({inner})", scale, one.exact and other.exact)
    if name in ("AND", "OR", "NOT"):
        return Written(f"{name}({inner})", "0", True)
    if name == "CLIP":
        x, low, high = (part.text for part in made)
        return Written(f"MAX({low},MIN({high},{x}))", f"({scales})", exact)
    if name == "POWER":
        return _power(made[0], made[1])
    if name == "SQRT":
        text = f"SQRT({inner})"
        return Written(text, f"({text}+IF({text}=0,0,{made[0].scale}/{text}))", False)
    if name == "LN":
        text = f"LN({inner})"
        return Written(text, f"(ABS({text})+{made[0].scale}/ABS({inner}))", False)
    return Written(f"{name}({inner})", f"({scales})", exact and name in ("MIN", "MAX", "ABS"))


def _sum(sign: str) -> Callable[[Written, Written], Written]:
    def made(one: Written, other: Written) -> Written:
        text = f"({one.text}{sign}{other.text})"
        return Written(text, f"(ABS({one.scale})+ABS({other.scale}))", False)

    return made


def _product(one: Written, other: Written) -> Written:
    return Written(f"({one.text}*{other.text})", f"ABS({one.scale}*{other.scale})", False)


def _quotient(one: Written, other: Written) -> Written:
    scale = f"ABS({one.scale}*{other.scale}/{other.text}^2)"
    return Written(f"({one.text}/{other.text})", scale, False)


def _power(one: Written, other: Written) -> Written:
    text, base = f"({one.text}^{other.text})", f"ABS({one.text})"
    more = f"ABS({other.scale})*(1+ABS(LN({base})))*(1+{one.scale}/{base})"
    return Written(text, f"IF({base}=0,0,ABS({text})*(1+{more}))", False)


_OPERATIONS: dict[str, Callable[[Written, Written], Written]] = {
    "+": _sum("+"), "-": _sum("-"), "*": _product, "/": _quotient, "^": _power,
}  # fmt: skip
