"""Files that a person uploaded: they stay when the page is left, and are read once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from allocator.core.errors import ScenarioError
from allocator.text import Phrasebook
from allocator.ui.components import fields, inside, markup

Made = TypeVar("Made")


@dataclass(frozen=True)
class Given:
    """A file with the digest of what is in it; ``id`` tells one upload from another."""

    name: str
    content: bytes
    digest: str
    id: str = ""


def given_of(name: str, content: bytes, id: str = "") -> Given:
    """The file with its digest."""
    return Given(name, content, hashlib.sha256(content).hexdigest(), id)


def given(kind: str, of: str) -> Given | None:
    """The file of a kind that was uploaded last for a scenario or a fund."""
    known: Given | None = st.session_state.get("given", {}).get((kind, of))
    return known


def forget(kinds: tuple[str, ...], of: str) -> None:
    """Lets go of the files of these kinds."""
    known = st.session_state.get("given", {})
    st.session_state["given"] = {
        key: file for key, file in known.items() if key not in {(k, of) for k in kinds}
    }


def render_upload(kind: str, of: str, label: str, key: str, most_mb: int) -> bool:
    """Draws a box for a file; returns True if another one was put into it just now."""
    box = st.file_uploader(label, key=key, max_upload_size=most_mb)
    if box is None:
        return False
    known = given(kind, of)
    if known is not None and known.id == inside.upload_id(box):
        return False
    keep(kind, of, given_of(box.name, box.getvalue(), inside.upload_id(box)))
    return True


def render_uploads(
    kind: str, of: str, label: str, key: str, most_mb: int, most: int, help: str, refusal: str
) -> bool:
    """Draws a box for several files; returns True if others stand in it than just now.

    More than ``most`` are refused with a sentence, and none of them is taken.
    """
    boxes = st.file_uploader(label, key=key, max_upload_size=most_mb, accept_multiple_files=True, help=help)
    if len(boxes) > most:
        st.html(markup.block("zero", refusal, role="alert"))
        return False
    ids, seen = [inside.upload_id(box) for box in boxes], f"seen-{kind}-{of}"
    if not ids or ids == st.session_state.get(seen):  # what was pasted since stays
        return False
    st.session_state[seen] = ids
    files = (given_of(box.name, box.getvalue(), id) for box, id in zip(boxes, ids, strict=True))
    keep_several(kind, of, tuple(files))
    return True


def several(kind: str, of: str) -> tuple[Given, ...]:
    """The files of a kind that were uploaded last together, in their order."""
    known: tuple[Given, ...] = st.session_state.get("given-several", {}).get((kind, of), ())
    return known


def keep_several(kind: str, of: str, files: tuple[Given, ...]) -> None:
    """Keeps files as those of their kind that were given last."""
    st.session_state["given-several"] = {**st.session_state.get("given-several", {}), (kind, of): files}


def keep(kind: str, of: str, file: Given) -> None:
    """Keeps a file as the one of its kind that was given last for a scenario or a fund."""
    st.session_state["given"] = {**st.session_state.get("given", {}), (kind, of): file}


def render_sheets(digest: str, book: Phrasebook) -> None:
    """Draws the choice of a sheet, once a file was found to have several to choose from."""
    names = fields.known(f"sheets-{digest}", ())
    if names:
        fields.render_choice(
            f"sheet-{digest}", book.say("app.table_editor.which_sheet"), ("", *names), "",
            lambda name: name or book.say("app.table_editor.no_sheet"), book,
        )  # fmt: skip


def sheet_of(digest: str) -> str | None:
    """The sheet of a file that somebody chose; None where nobody did."""
    return fields.known(f"sheet-{digest}", "") or None


def ask_sheet(digest: str, error: ScenarioError) -> None:
    """Has the choice of a sheet drawn, where a file was refused for having several to choose from."""
    for problem in error.problems:
        names = problem.details.get("names")
        if (
            problem.key == "sheets_several"
            and isinstance(names, list)
            and not fields.known(f"sheets-{digest}", ())
        ):
            fields.keep(f"sheets-{digest}", tuple(names))
            st.rerun()


def once(kind: str, key: object, make: Callable[[], Made]) -> Made:
    """The result for a key, made once while the key stays the same; its ScenarioError is raised each time."""
    known: tuple[object, Made | ScenarioError] | None = st.session_state.get(f"{kind}-read")
    if known is None or known[0] != key:
        try:
            known = key, make()
        except ScenarioError as error:
            known = key, error.bare()
        st.session_state[f"{kind}-read"] = known
    if isinstance(known[1], ScenarioError):
        raise known[1]
    return known[1]
