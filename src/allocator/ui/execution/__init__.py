"""The page After the split."""
