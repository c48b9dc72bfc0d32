"""Every sentence can be found by a search for its key: it is written out, or belongs to a declared family."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from phrases import sentences

import allocator
from allocator.analysis.execution import REASONS
from allocator.analysis.execution.rules import GROUPS
from allocator.cli.entry import COMMANDS
from allocator.core.parts import ROUNDINGS, STATUSES
from allocator.files.sheets.headings import CELL_COLUMNS, FACTOR_COLUMNS, REGISTER
from allocator.text import LANGUAGES
from allocator.ui.frame.navigation import FIRST, MORE

TOP = Path(allocator.__file__).parent
# What stands behind the written part of a key that is put together.  "" stands for names that the source
# writes out elsewhere: the keys of problems and statements, the kinds of places, columns, options, fields.
ELSEWHERE: frozenset[str] = frozenset({""})
FAMILIES: dict[str, frozenset[str]] = {
    "status.": frozenset(STATUSES),
    "check.": frozenset(ROUNDINGS),
    "app.nav.": frozenset({*FIRST, *MORE}),
    "workbook.": frozenset({*FACTOR_COLUMNS, *CELL_COLUMNS, *REGISTER}),
    "execution.group.": frozenset(GROUPS),
    "execution.reason.": frozenset(REASONS),
    "execution.reached.": ELSEWHERE,
    "execution.heading.": ELSEWHERE,
    "execution.also.": ELSEWHERE,
    "projects.heading.": ELSEWHERE,
    "projects.also.": ELSEWHERE,
    "projects.reason.": ELSEWHERE,
    "stage.": ELSEWHERE,
    "sheets.": ELSEWHERE,
    "beyond.": ELSEWHERE,
    "error.": ELSEWHERE,
    "place.": ELSEWHERE,
    "cli.": ELSEWHERE,
    "app.sweep.": ELSEWHERE,
}
SAYING = ("say", "words", "both", "text_of")


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    paths = sorted(TOP.rglob("*.py"))
    return tuple((str(p.relative_to(TOP)), ast.parse(p.read_text("utf-8"))) for p in paths)


@cache
def written() -> frozenset[str]:
    """All texts that the source writes out."""
    nodes = (node for _, tree in trees() for node in ast.walk(tree))
    return frozenset(n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))


@cache
def composed() -> tuple[tuple[str, str, str], ...]:
    return tuple(_composed())


def _composed() -> Iterator[tuple[str, str, str]]:
    """Where a key is put together, the part that is written before a name, and the part after it."""
    tops = {key.split(".")[0] for key in sentences("en")}
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begins = str(node.values[0].value)
                if re.fullmatch(r"[a-z_]+\.[a-z_.]*", begins) and begins.split(".")[0] in tops:
                    ends = node.values[-1].value if isinstance(node.values[-1], ast.Constant) else ""
                    yield f"{file}:{node.lineno}", begins, str(ends)


# names in TOML of the roles of files, and of files of sentences, which are no keys
NO_KEYS = {"data.", "app.", "method."}


def test_a_key_that_is_put_together_is_of_a_declared_family() -> None:
    found = {(place, begins) for place, begins, _ in composed()}
    assert {(p, b) for p, b in found if b not in FAMILIES and b not in NO_KEYS} == set()
    used = {begins for _, begins in found} | {"cli."}
    assert [family for family in FAMILIES if family not in used] == []


def member(key: str) -> bool:
    """Whether the families have this key."""
    names = written()
    for family, members in FAMILIES.items():
        rest = key.removeprefix(family)
        if rest == key or not rest:
            continue
        if members is not ELSEWHERE:
            if rest in members:
                return True
            continue
        after = {ends for _, begins, ends in composed() if begins == family} | {""}
        for ends in after:
            stem = rest.removesuffix(ends) if ends and rest.endswith(ends) else rest
            if stem in names or (family == "cli." and f"--{stem.replace('_', '-')}" in names):
                return True
    return False


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_said(lang: str) -> None:
    looked_up = {
        node.args[0].value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "words"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    unsaid = []
    for key in sentences(lang):
        parts = key.split(".")
        above = {".".join(parts[:n]) for n in range(1, len(parts))}
        tables = {table for table in above if table in looked_up or ("." in table and table in written())}
        if key not in written() and not tables and not member(key):
            unsaid.append(key)
    assert unsaid == []


def test_every_key_that_is_said_has_a_sentence() -> None:
    keys = sentences("en")
    tables = {key[: at.start()] for key in keys for at in re.finditer(r"\.", key)}
    missing = []
    for file, tree in trees():
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            name = getattr(called, "attr", getattr(called, "id", ""))
            if isinstance(node, ast.Call) and name in SAYING and node.args:
                first = node.args[0]
                options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                for option in options:
                    if isinstance(option, ast.Constant) and isinstance(option.value, str):
                        known = tables if name == "words" else keys
                        if option.value not in known:
                            missing.append(f"{file}:{node.lineno} {option.value}")
    assert missing == []


@pytest.mark.parametrize("family", [f for f, members in FAMILIES.items() if members is not ELSEWHERE])
def test_every_member_of_a_family_has_a_sentence(family: str) -> None:
    for lang in LANGUAGES:
        keys = sentences(lang)
        assert [name for name in FAMILIES[family] if family + name not in keys] == []


def test_commands_have_help() -> None:
    for lang in LANGUAGES:
        assert [name for name in COMMANDS if f"cli.{name}" not in sentences(lang)] == []
