"""The frame: what stands over every page."""
