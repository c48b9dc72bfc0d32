"""What it would take to meet a target, on the page."""
