"""Tables as people keep them: sheets unpacked within bounds, their headings, their columns."""
