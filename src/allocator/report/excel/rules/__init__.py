"""The workbook of a rule of format 2: a sheet for each pool, between the inputs and the office's table.

Every cell is made once, as a `term`: its formula and, by the same steps in exact numbers, its value.
"""
