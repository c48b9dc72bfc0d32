"""A new fund: the table that an office has, the money, the rule."""
