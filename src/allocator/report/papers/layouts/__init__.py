"""An office's own Word layouts, filled with the figures of a proposal."""

MOST = 20  # layouts that are filled at a time
