"""Fills a layout in a process of its own, with little memory and time, since a layout comes from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from allocator.core.errors import Problem, ScenarioError
from allocator.files.sheets.archive import opened, unpacked
from allocator.report.papers.layouts.fields import fields_of, known
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.reproducible import timeless

LARGEST_MB = 5
LARGEST_PART = 2 * 2**20  # bytes of a layout's page, header or footer, unpacked
MOST_BRACES = 4_000  # in one of them
SECONDS = 20
_MAIN = "word/document.xml"


def filled(file: str, layout: bytes, proposal: Proposal) -> bytes:
    """The layout (docx) with its fields replaced by the proposal's figures, as words and never as markup.

    Fields are written ``{{ 资金名称 }}``, lists as ``{%tr for 行 in 分配表 %}`` in a row of a table.  The
    same input gives the same bytes.  Raises ScenarioError where the file is no Word layout within the limits,
    names a field that there is not, or does anything but name fields.
    """
    _check(file, layout)
    asked = {"fields": fields_of(proposal), "known": known(), "mark": proposal.mark}
    told, _, content = _in_child(asked, layout).partition(b"\n")
    if not told:
        raise ScenarioError(Problem("layout_heavy").within(file))
    if wrong := json.loads(told):
        details = {**wrong["details"], "known": list(known())}
        raise ScenarioError(Problem(wrong["key"], details).within(file))
    return timeless(content, proposal.on)


def _check(file: str, layout: bytes) -> None:
    if len(layout) > LARGEST_MB * 2**20:
        raise ScenarioError(Problem("layout_large", {"limit": LARGEST_MB}).within(file))
    try:
        archive = opened(file, layout)
    except ScenarioError:  # its sentences are about workbooks
        raise ScenarioError(Problem("layout_not_word").within(file)) from None
    if _MAIN not in archive.parts or "word/vbaproject.bin" in {n.lower() for n in archive.source.namelist()}:
        raise ScenarioError(Problem("layout_not_word").within(file))
    for name, entry in archive.parts.items():
        if name.startswith("word/") and entry.file_size > LARGEST_PART:
            raise ScenarioError(Problem("layout_large", {"limit": LARGEST_MB}).within(file))
        if name.startswith("word/") and unpacked(archive, name).count(b"{") > MOST_BRACES:
            raise ScenarioError(Problem("layout_many").within(file))


def _in_child(asked: Mapping[str, object], layout: bytes) -> bytes:
    """The answer of the process; nothing where it took too much time or memory."""
    head = json.dumps(asked).encode()
    command = [sys.executable, "-m", "allocator.report.papers.layouts.child"]
    given = b"%d\n%s%s" % (len(head), head, layout)
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return b""
    return b"" if done.returncode else done.stdout
