"""Scenario files and the CSV files that they name, read, checked and written."""
