"""Presentation of results: tables, sentences, charts, papers and the workbook."""
