"""What is said of a rule, of a result, and of what differs."""
