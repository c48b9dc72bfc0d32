"""What a published split implies, for people."""
