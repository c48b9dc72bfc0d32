"""The papers of a proposal: the content of each, independent of the file format."""
