"""The house rules that no linter knows: docstrings, sentences, names, and the length of modules.

python tools/rules.py      silent where all are kept; else a line for each place, and status 1
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

TOP = Path(__file__).parent.parent
SOURCE = TOP / "src" / "allocator"
LONGEST = 400  # lines of a module; past about 300 ask what second thing it holds

QUESTION = re.compile(r"(What|Whether|How|Which|Who|Whom|Whose|Where|When|Why)\b")
RAISING = {"wrong", "refuse"}  # functions that do nothing but raise
# names of functions, classes and modules: what glossary.md or docs/map.md does not call so
FORBIDDEN = {
    "quota", "budget", "region", "config", "params", "manager", "calculator", "helper", "helpers",
    "util", "utils",
    "misc", "swept", "told", "beside", "typed", "audited", "sought",
}  # fmt: skip
HAN = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff](?:[,;:?!](?!\d)|\.(?!\w))")
# how an amount may be written in either language
EXAMPLES = re.compile(r"金额（元）|金额（万元）|金额（亿元）|(?<![\u4e00-\u9fff])万元")
# English sentences and Chinese ones number and date in their own ways
OWN_WAYS = ("report.head", "report.subhead", "report.day")


def main() -> int:
    """Prints every broken rule and returns 1, or 0 where none is."""
    found = [line for rule in (docstrings, names, length, sentences) for line in rule(SOURCE)]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def docstrings(source: Path) -> Iterator[str]:
    """A docstring says what a thing does or is, and what it raises itself."""
    for place, tree in _modules(source):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                continue
            said = ast.get_docstring(node)
            name = "" if isinstance(node, ast.Module) else node.name
            public = node in tree.body and not name.startswith("_")
            at = f"{place}:{getattr(node, 'lineno', 1)}"
            if said is None:
                if public:
                    yield f"{at}: {name} has no docstring"
                continue
            if QUESTION.match(said):
                yield f"{at}: a docstring says what a thing does or is: {said.splitlines()[0]}"
            # every command may end with an error; cli/entry.py says how
            silent = not place.startswith("cli/") and not re.search(r"[Rr]aise|[Rr]efuse|error|wrong", said)
            if public and silent and isinstance(node, ast.FunctionDef) and _raises(node):
                yield f"{at}: {name} raises, and its docstring does not say so"


def names(source: Path) -> Iterator[str]:
    """Names are those of the glossary."""
    for place, tree in _modules(source):
        stem = Path(place).stem
        found = [(1, stem)] + [
            (node.lineno, node.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef | ast.FunctionDef)
        ]
        for line, name in found:
            parts = re.findall(r"[A-Z]?[a-z]+", name)
            for part in parts:
                if part.lower() in FORBIDDEN:
                    yield f"{place}:{line}: {name}: the glossary has no “{part.lower()}”"


def length(source: Path) -> Iterator[str]:
    """A module is one thing."""
    for path in sorted(source.rglob("*.py")):
        lines = path.read_text("utf-8").count("\n")
        if lines > LONGEST:
            yield f"{path.relative_to(source)}: {lines} lines, {LONGEST} at most"


def sentences(source: Path) -> Iterator[str]:
    """Both languages say the same, each in its own signs."""
    chinese, english = (_sentences(source / "text" / language) for language in ("zh", "en"))
    for key in chinese.keys() ^ english.keys():
        yield f"text: {key} stands in one language only"
    for key in sorted(chinese.keys() & english.keys()):
        if _places(chinese[key]) != _places(english[key]) and not key.startswith(OWN_WAYS):
            yield f"text: {key} has other places to fill in in Chinese than in English"
        if HAN.search(EXAMPLES.sub("", english[key])):
            yield f"text: {key} has Chinese characters in English"
        if HALF_WIDTH.search(chinese[key]) and ".also" not in key:
            yield f"text: {key} has a half-width sign after a Chinese character"


def _modules(source: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(source.rglob("*.py")):
        yield str(path.relative_to(source)), ast.parse(path.read_text("utf-8"))


def _raises(function: ast.FunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISING:
            return True
    return False


def _sentences(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        found |= dict(_flat(tomllib.loads(path.read_text("utf-8")), path.stem))
    return found


def _flat(table: dict[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}.{key}")
        else:
            yield f"{above}.{key}", str(value)


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


if __name__ == "__main__":
    sys.exit(main())
