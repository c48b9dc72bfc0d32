"""Charts and the figures that they draw."""
