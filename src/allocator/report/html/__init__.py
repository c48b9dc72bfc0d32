"""The page that travels 网页: one HTML file with an allocation in it, to show, to check and to move."""
