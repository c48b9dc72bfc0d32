"""The page Saved, and saving from other pages."""
