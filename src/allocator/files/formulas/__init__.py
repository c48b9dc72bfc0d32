"""Column formulas 计算列 and conditions 参与条件 read as people write them, in the language of Excel."""

from allocator.files.formulas.parse import parse

__all__ = ["parse"]
