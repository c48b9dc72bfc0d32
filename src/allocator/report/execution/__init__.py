"""Payments beside the allocation, for people."""
