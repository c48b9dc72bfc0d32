"""What random draws give, for people."""
