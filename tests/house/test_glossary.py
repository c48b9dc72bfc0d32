"""One word a concept: docs/glossary.md is the law, and no private word stands in its place."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FILES = sorted(
    path for room in ("src", "tests", "benchmarks", "tools") for path in (ROOT / room).rglob("*.py")
)
# words that were put in place of a feature's own, or of what a function does, on their own or within a name
PRIVATE = {"said", "told", "spoken", "sought", "swept", "audited", "executed", "reported", "judged"}
ALONE = {"beside", "worked_out", "aims"}  # these on their own only
# one thing each: modules, and aliases of modules, that may bear the word
HOMONYMS = {
    "drawing": set(),  # charts are drawn by report/charts/render.py; a sweep has draws
    "counting": {"allocator.analysis.projects.counting"},  # of projects
    "execution": {"allocator.analysis.execution", "allocator.files.execution", "allocator.report.execution",
                  "allocator.cli.execution", "allocator.ui.execution", "allocator.ui.execution.page"},
    "register": {"allocator.analysis.projects.register", "allocator.files.projects.register"},
    "readings": {"allocator.files.audit.readings", "allocator.ui.session.readings"},  # hypotheses
    "indicator": set(),  # of a rule; that of a self-assessment is a target
}  # fmt: skip


def name_of(path: Path) -> str:
    """A module as it is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part not in ("src", "__init__"))


@cache
def read(path: Path) -> tuple[list[tuple[int, str]], list[tuple[str, str]]]:
    """What a file names and on which lines, itself too; and its aliases, with what each stands for."""
    named, aliases = [(1, path.stem)], []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            named.append((node.lineno, node.name))
        elif isinstance(node, ast.alias) and node.asname:
            named.append((node.lineno, node.asname))
        elif isinstance(node, ast.ImportFrom):
            aliases += [(alias.asname, f"{node.module}.{alias.name}") for alias in node.names if alias.asname]
    return named, aliases


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_names_are_the_words_of_the_glossary(path):
    for line, name in read(path)[0]:
        plain = re.sub("(?<=[a-z])(?=[A-Z])", "_", name).strip("_").lower()
        if not plain.startswith("test_"):  # which is a sentence
            assert not PRIVATE & set(plain.split("_")) and plain not in ALONE, f"{path}:{line}: {name}"


def test_a_homonym_means_one_thing():
    bear = defaultdict(set)
    for path in FILES:
        bear[path.stem if path.stem != "__init__" else path.parent.name].add(name_of(path))
        for alias, meant in read(path)[1]:
            bear[alias].add(meant)
    for word, allowed in HOMONYMS.items():
        ours = {name for name in bear[word] if name.startswith("allocator.")}
        assert ours <= allowed, f"{word}: {sorted(ours - allowed)}"
