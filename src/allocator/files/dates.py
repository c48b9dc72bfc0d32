"""Reads dates as people write them in tables."""

from __future__ import annotations

import re
from datetime import date

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－／：", "0123456789.-/:")
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAY = re.compile(rf"(\d{{4}})(?:-(\d{{1,2}})-(\d{{1,2}})|/(\d{{1,2}})/(\d{{1,2}})){_TIME}")
_WORDS = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日")
_POINTS = re.compile(r"\d{4}\.\d{1,2}\.\d{1,2}")
_ERA = re.compile(r"(?:民国|民國) ?\d{1,3}.*|\d{2,3} ?年.*|1\d{2}[-/.]\d{1,2}[-/.]\d{1,2}")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000  # 1954 to 2119 in a spreadsheet's count of days


def cell_day(cell: str) -> date | str:
    """The date in a cell, or the key of the sentence that says why there is none; a time of day is ignored.

    >>> cell_day("2023/6/3"), cell_day("2023-06-31"), cell_day("45080")
    (datetime.date(2023, 6, 3), 'day_none', 'day_serial')
    >>> cell_day("2023.6.3"), cell_day("民国112年6月3日"), cell_day("2023年6月3日")
    ('day_points', 'day_era', datetime.date(2023, 6, 3))
    """
    text = cell.translate(_FULL_WIDTH).strip()
    if not text:
        return "day_blank"
    found = _DAY.fullmatch(text) or _WORDS.fullmatch(text)
    if found is not None:
        year, month, day = (int(part) for part in found.groups() if part is not None)
        try:
            return date(year, month, day)
        except ValueError:
            return "day_none"
    if _POINTS.fullmatch(text):
        return "day_points"
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return "day_serial" if _FIRST_SERIAL <= float(text) < _LAST_SERIAL else "cell_date"
    return "day_era" if _ERA.fullmatch(text) else "cell_date"
