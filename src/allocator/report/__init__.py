"""Results for people: tables, words, charts, papers, workbook."""
