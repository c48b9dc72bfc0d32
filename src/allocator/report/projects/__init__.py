"""Presentation of projects and of the factor values that they give."""
