"""Help 帮助: the task that was chosen, step by step, with its pictures."""

from __future__ import annotations

import base64
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from allocator.text import Phrasebook
from allocator.ui.components import markup
from allocator.ui.help.tasks import TASKS, Task, picture, worded
from allocator.ui.session import state


def render() -> None:
    """Draws the page."""
    book = state.book()
    by_name = {task.name: task for task in TASKS}
    key = f"help-task-{book.language}"
    st.session_state[key] = st.session_state.get("help", TASKS[0].name)

    def choose() -> None:
        st.session_state.help = st.session_state[key]

    with st.container(key="help"):
        listed, shown = st.columns([3, 8], gap="medium")
        with listed:
            st.radio(
                book.say("help.pick"),
                list(by_name),
                format_func=lambda name: worded(by_name[name], book).title,
                key=key,
                on_change=choose,
            )
        with shown:
            st.html(task_html(by_name[st.session_state[key]], book))
            st.html(markup.foot([book.say("help.lead"), book.say("help.status")]))


def task_html(task: Task, book: Phrasebook) -> str:
    """A task as HTML: title, what it is about, and the steps, each with its picture where there is one."""
    said = worded(task, book)
    parts = [markup.heading(said.title), markup.block("effect", said.about), '<ol class="al-steps">']
    for number, step in enumerate(said.steps, 1):
        file = picture(task, number, book.language)
        drawn = ""
        if number in task.pictured and file.is_file():
            alt = book.say("help.picture", title=said.title, step=str(number))
            drawn = f'<img src="{_inline(file)}" alt="{escape(alt)}">'
        parts.append(f"<li><p>{markup.escape(step)}</p>{drawn}</li>")
    return markup.lines([*parts, "</ol>"])


@cache
def _inline(file: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(file.read_bytes()).decode("ascii")
