"""The state of a visit: scenarios, edits, address."""
