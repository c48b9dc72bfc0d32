"""Presentation of random sweeps."""
