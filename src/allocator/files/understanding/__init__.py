"""The understanding of an office's table (读表结果): a proposal, with the role of every row and column."""
