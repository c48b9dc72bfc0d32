"""How amounts come about and why they differ, for people."""
