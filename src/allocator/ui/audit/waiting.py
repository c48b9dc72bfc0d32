"""Ranges that take long: begun by a button, shown by a bar, and called off by another button."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from allocator.analysis.audit import Audit
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number
from allocator.report.audit.findings import Findings
from allocator.text import Phrasebook
from allocator.ui.components import background
from allocator.ui.session.readings import Choice, findings_key, findings_of, is_kept, quick, work_out


def render_findings(
    choice: Choice,
    checked: Audit,
    weights: Mapping[str, Number] | None,
    groups: Mapping[str, tuple[str, ...]],
    what: str,
    book: Phrasebook,
) -> Findings | AllocatorError | None:
    """The findings, at once where that is quick; else None until they were asked for and are there."""
    if not quick(checked, groups) and not is_kept(checked, weights, groups):
        key = "ranges", findings_key(checked, weights, groups)

        def work(progress: Callable[[float], None]) -> bool:
            work_out(checked, weights, groups, progress)
            return True

        # that of another section goes on, unless this one is asked for
        before = st.session_state.get("beside")
        under_way = background.under_way(key) if before is not None and before.key == key else None
        if under_way is None and _asked_for(what, book):
            background.under_way(key)  # calls off any other
            under_way = background.begun(key, work)
        if under_way is not None and under_way.running(background.PATIENCE):
            background.render_progress(
                under_way,
                lambda percent: book.say("audit.progress", percent=percent),
                book.say("published.work_off"),
                f"work-off-{what}",
            )
        if not is_kept(checked, weights, groups):
            return None
    return findings_of(choice, checked, weights, groups)


def _asked_for(what: str, book: Phrasebook) -> bool:
    """True if the button for ranges that take long was pressed."""
    about, label = book.say("published.work_out_about"), book.say("published.work_out")
    return background.render_asked(about, label, f"work-out-{what}")
