"""The page on what the published split implies."""
