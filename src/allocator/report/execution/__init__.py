"""Presentation of execution: payments compared with the allocation."""
