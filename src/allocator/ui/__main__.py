"""The server of the page: `python -m allocator.ui`, with Streamlit's settings as flags.

What the page needs is loaded before the server listens, so that the first visitor does not wait for it.
"""

from __future__ import annotations

import sys

from allocator.report.charts import marks
from allocator.text import BOOKS
from allocator.ui import guard, main
from allocator.ui.components import inside
from allocator.ui.session import catalogue


def serve(flags: list[str]) -> None:
    """Serves the page until it is ended."""
    guard.guard()
    catalogue.find()
    for book in BOOKS:
        marks.spec(marks.amount_marks(["…"], book, base="…", width=1, room=1))
        marks.spec(marks.change_marks(["…"], book, width=1))
    inside.run(str(main.HERE / "start" / "page.py"), flags)


if __name__ == "__main__":
    serve(sys.argv[1:])
