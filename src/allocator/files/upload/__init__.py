"""Tables that people fill in and bring back."""
