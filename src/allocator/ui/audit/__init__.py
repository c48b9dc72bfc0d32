"""The page that says what the published split implies."""
