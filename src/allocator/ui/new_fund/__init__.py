"""The page New fund: an office's table, the money, the rule."""
