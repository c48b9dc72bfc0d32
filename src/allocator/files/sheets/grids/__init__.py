"""Files of any kind that hold tables, as grids of cells."""
