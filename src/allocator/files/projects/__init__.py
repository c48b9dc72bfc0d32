"""Registers of projects and the rules that count them, as files."""
