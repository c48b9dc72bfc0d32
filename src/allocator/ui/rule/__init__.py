"""The page that changes the whole rule, clause by clause."""
