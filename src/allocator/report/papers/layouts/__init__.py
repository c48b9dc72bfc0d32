"""An office's own Word layouts, filled with the figures of a proposal."""
