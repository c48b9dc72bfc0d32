"""The scenarios of Luzhou with amounts of the year before, which nobody published and are made up here."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

from pages import SCENARIOS

# In 万元 and in the order of recipients.csv; together 5102, 500 less than the 5602 that recipients were
# issued in 2023 (scenarios/luzhou-2023/README.md).
LAST_YEAR = (150, 90, 59, 60, 30, 40, 100, 23, 4550)


def luzhou_with_last_year(top: Path) -> Path:
    """A folder of scenarios: the rule and what extends it state last year's amounts; ``without`` does not."""
    there = top / "luzhou-2023"
    shutil.copytree(SCENARIOS / "luzhou-2023", there)
    rows = list(csv.reader(io.StringIO((there / "recipients.csv").read_text("utf-8-sig"))))[1:]
    amounts = [f"{row[0]},{by}0000" for row, by in zip(rows, LAST_YEAR, strict=True)]
    (there / "previous.csv").write_text("recipient,amount\n" + "\n".join(amounts) + "\n", "utf-8")
    rule = there / "published-rule.toml"
    text = rule.read_text("utf-8")
    rule.write_text(text.replace("[data]\n", '[data]\nprevious = "previous.csv"\n'), "utf-8")
    (there / "without.toml").write_text(text, "utf-8")
    return top
