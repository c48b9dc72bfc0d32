"""The readers and writers of all input files."""
