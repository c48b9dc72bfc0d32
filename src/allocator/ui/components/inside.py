"""Everything that the page uses of Streamlit's internals, which Streamlit may change.

Style sheet, script and tests write ``.streamlit-NAME`` for a part of Streamlit's page; ``placed`` puts in its
selector.  tests/house/test_inside.py checks all of it against the installed Streamlit and names what has
moved; pyproject.toml bounds the versions for which this is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

# Selectors of the parts of the page.
PARTS = {
    "app": "[data-testid=stApp]",
    "app-still": "[data-testid=stApp][data-test-script-state=notRunning]",
    "view": "[data-testid=stAppViewContainer]",
    "main": "[data-testid=stMain]",
    "content": ".stMainBlockContainer",
    "header": ".stAppHeader",
    "menu": "[data-testid=stMainMenu]",
    "skip-link": "[data-testid=stSkipToContent]",
    "box": "[data-testid=stVerticalBlock]",
    "column": "[data-testid=stColumn]",
    "wrapper": "[data-testid=stLayoutWrapper]",
    "element": ".stElementContainer",
    "html": ".stHtml",
    "folded": ".stExpander",
    "button": ".stButton",
    "download": ".stDownloadButton",
    "page-link": ".stPageLink",
    "popover": ".stPopover",
    "popover-open": "[data-testid=stPopoverBody]",
    "one": ".stSelectbox",
    "text": ".stTextInput",
    "check": ".stCheckbox",
    "placeholder": "[data-testid=stSkeleton]",
    "exception": "[data-testid=stException]",
    "alert": "[data-testid=stAlert]",
    "icon": "[data-testid=stIconMaterial]",
    "label": "[data-testid=stWidgetLabel]",
    "input-hint": "[data-testid=InputInstructions]",
    "slider": "[data-testid=stSlider]",
    "upload": "[data-testid=stFileUploaderDropzone]",
    "list-of-one": "[data-testid=stSelectboxVirtualDropdown]",
    "many": "[data-testid=stMultiSelect]",
    "list-of-many": "[data-testid=stMultiSelectDropdown]",
    "tools": "[data-testid=stElementToolbar]",
    "tool": "[data-testid=stElementToolbarButton]",
    "chart": "[data-testid=stVegaLiteChart]",
    "chart-marks": ".marks",  # svg, or canvas where a chart is large
    "table": "[data-testid=stDataFrame]",
    "table-columns": "[data-testid=stDataFrameColumnVisibilityMenu]",
    "table-drawn": "[data-testid=data-grid-canvas]",
    "table-head": "canvas [role=columnheader]",
    "table-cell": "canvas [role=gridcell]",
    "table-typing": "textarea.gdg-input",
    "table-over": "#portal",  # holds the cell that is typed into, over the table
}
CELL = "glide-cell-{column}-{row}"  # the id of a table's cell, counted from 0 with the column of row numbers

# Streamlit's own English words, under the names that app.frame in text/app.*.toml has for them.
NAMES = {
    "sidebar": "Sidebar",
    "sidebar_collapse": "Collapse sidebar",
    "sidebar_expand": "Expand sidebar",
    "pages": "App pages",
    "close": "Close",
    "open": "Open",
    "increment": "Increment",
    "decrement": "Decrement",
    "copy": "Copy to clipboard",
    "row_add": "Add row",
    "row_delete": "Delete row(s)",
    "columns": "Show/hide columns",
    "csv": "Download as CSV",
    "search": "Search",
    "fullscreen": "Fullscreen",
    "fullscreen_exit": "Exit fullscreen",
    "clear": "Clear value",
    "clear_all": "Clear all",
    "png": "Download as PNG",
    "choose_one": "Choose an option",
    "choose_many": "Choose options",
    "chart": "Show chart",
}
STARTS = {"help": "Help for ", "remove": "Remove "}  # of a name that continues with a label
TEXTS = {  # "#" stands for each number
    "skip": "Skip to main content",
    "upload": "Upload",
    "upload_20": "20MB per file",
    "upload_21": "21MB per file",
    "upload_22": "22MB per file",
    "upload_60": "60MB per file",
    "no_results": "No results",
    "option": "# option available.",
    "options": "# options available.",
    "most": "You can only select up to # options. Remove an option first.",
    "search": "Type to search",
    "found_one": "# result",
    "found": "# results",
    "found_at": "# of #",
    "ascending": "Sort ascending",
    "descending": "Sort descending",
    "autosize": "Autosize",
    "pin": "Pin column",
    "unpin": "Unpin column",
    "hide": "Hide column",
    "all": "Select all",
    "index": "(index)",
    "no_page": "Page not found",
    "no_page_about": "The page that you have requested does not seem to exist. Running the app's main page.",
    "lost": "Connection error",
    "lost_about": "Streamlit server is not responding. Are you connected to the internet?",
}
# Tools of a chart that show its data under internal names; the tables give it in words.
INNER = ["Show data", "Copy Vega-Lite spec"]

# Paths that its server answers.
HEALTH, STREAM, SETTINGS = "/_stcore/health", "/_stcore/stream", "/_stcore/host-config"


def placed(text: str) -> str:
    """A style sheet, script or selector with the selectors of Streamlit's parts filled in.

    >>> placed(".streamlit-chart canvas, .streamlit-header { color: red; }")
    '[data-testid=stVegaLiteChart] canvas, .stAppHeader { color: red; }'
    """
    return re.sub(r"\.streamlit-([a-z-]+)", lambda part: PARTS[part[1]], text)


def cell(column: int, row: int) -> str:
    """The selector of a table's cell.

    >>> cell(2, 0)
    '#glide-cell-2-0'
    """
    return "#" + CELL.format(column=column, row=row)


def in_words(frame: dict[str, Any]) -> dict[str, Any]:
    """``app.frame`` of a language with Streamlit's own words in place of our names for them.

    >>> words = {"colon": ": ", "names": {"png": "Picture"}, "starts": {}, "texts": {}}
    >>> in_words(words)["names"]
    {'Download as PNG': 'Picture'}
    """
    said = {"names": NAMES, "starts": STARTS, "texts": TEXTS}
    told = {group: {said[group][name]: words for name, words in frame[group].items()} for group in said}
    return frame | told | {"inner": INNER}


def run(script: str, flags: list[str]) -> None:
    """Serves a page until it is ended."""
    from streamlit.web import cli

    cli.main(["run", script, *flags])


def switch_off_lookups() -> None:
    """Stops the servers from looking up this machine's address, within or outside its network."""
    from streamlit import net_util

    net_util.get_external_ip = _unknown
    net_util.get_internal_ip = _unknown


def _unknown() -> None:
    """Returns no address, as on a machine that has none."""


def put_before_all(middleware: Callable[[], Any]) -> None:
    """Puts a middleware before all others in every server that this process starts."""
    from streamlit.web.server.starlette import starlette_app

    made = starlette_app.create_streamlit_middleware
    starlette_app.create_streamlit_middleware = lambda: [middleware(), *made()]


def visit_watched() -> Callable[[], bool]:
    """A function that is true while the visit that now draws a page is still there."""
    from streamlit import runtime
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return lambda: True
    here, visit = runtime.get_instance(), context.session_id
    return lambda: here.is_active_session(visit)


def upload_id(box: Any) -> str:
    """The id of an upload, which stays the same though the file is handed over at every drawing."""
    id: str = box.file_id
    return id


def package() -> str:
    """The folder that Streamlit is installed in."""
    return st.__path__[0]
