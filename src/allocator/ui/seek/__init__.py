"""The page Seek."""
