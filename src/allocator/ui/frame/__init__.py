"""The frame above every page."""
