"""What it would take to meet a target, for people."""
