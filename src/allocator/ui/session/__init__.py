"""What a visitor has on the screen: scenarios, edits, address."""
