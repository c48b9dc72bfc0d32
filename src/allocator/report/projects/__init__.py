"""Projects and the factor values that they give, for people."""
