"""Tables as people keep them: sheets unpacked within limits, their headings, their columns."""
