"""The only readers and writers of input."""
