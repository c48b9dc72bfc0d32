"""Presentation of the least change that meets a target."""
