"""Tables that people fill in and upload."""
