"""Presentation of an audit: what a published split implies under a reading."""
