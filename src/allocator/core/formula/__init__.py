"""Column formulas 计算列 and conditions 参与条件: a tree, its exact values, and for whom they are worked out.

`files.formulas.parse` makes a `Formula` of what a person wrote.  A `Table` holds columns of data and of
formulas; `column`, `values` and `truths` work out what is asked, and nothing else.
"""

from allocator.core.formula.check import Known, check
from allocator.core.formula.order import order
from allocator.core.formula.table import ColumnFormula, Table, Words, column, truths, values
from allocator.core.formula.tree import Formula, named, written

__all__ = [
    "ColumnFormula",
    "Formula",
    "Known",
    "Table",
    "Words",
    "check",
    "column",
    "named",
    "order",
    "truths",
    "values",
    "written",
]
