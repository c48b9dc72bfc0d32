"""Moves modules to the places that tools/moves.tsv names, and everything that names them follows.

    python tools/move.py            from the top of the checkout, with nothing uncommitted

Each row of the table is a file and its place. Files are moved with git; tools/rooms.tsv says what each new
room holds. Then the imports of every Python file are written anew, and so are dotted names in strings and
documents, paths of modules in documents, and ways from `__file__` upwards. A module imported under its last
name, where that name changes, keeps its local name by `as`, unless the table's third column gives the name
that it has from now on. Every file's syntax tree, imports aside, is held against the one before; a
difference ends the program.
"""

from __future__ import annotations

import ast
import csv
import re
import subprocess
import sys
from pathlib import Path

PLACES = ("src", "tests", "benchmarks")
# what names a place by other means than an import
EDITS = {
    "src/allocator/serving.py": {'Path(__file__).with_name("ui")': 'Path(__file__).parent.parent / "ui"'},
    "tests/test_browser_pages.py": {
        'Path(__file__).parent / "pictures"': 'Path(__file__).parent.parent / "pictures"'
    },
    "tests/test_processes.py": {
        "TESTS = Path(__file__).parent": "TESTS = Path(__file__).parent.parent",
        'TESTS.glob("*.py")': 'TESTS.rglob("*.py")',
    },
    "tests/test_sweep_cli.py": {"import allocator.sweeping as sweeping": "from allocator import sweeping"},
}
DOTTED = re.compile(r"\ballocator(?:\.[A-Za-z_]\w*)+")


def main() -> None:
    """Does all of it, once."""
    with Path("tools/moves.tsv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if Path(row["from"]).exists()]
    ways = {row["from"]: row["to"] for row in rows if row["from"] != row["to"]}
    local = {dotted(row["from"]): row["local"] for row in rows if row.get("local")}
    before = {str(path): path.read_text("utf-8") for path in sources()}
    known = {dotted(name): dotted(ways.get(name, name)) for name in before if name.startswith("src/")}
    moved = {old: new for old, new in known.items() if old != new}
    for old, new in ways.items():
        Path(new).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "mv", old, new], check=True)
    for old, text in before.items():
        new = ways.get(old, old)
        for wrong, right in EDITS.get(old, {}).items():
            assert wrong in text, f"{old} no longer holds {wrong}"
            text = text.replace(wrong, right)
        text = strings(deeper(text, old, new), moved)
        written, renamed = imports(text, known, local)
        if tree(text, renamed) != tree(written, {}):
            sys.exit(f"{new}: more than its imports would change")
        Path(new).write_text(written, "utf-8")
    for path in documents():
        text = path.read_text("utf-8")
        changed = paths(strings(text, moved), ways)
        if changed != text:
            path.write_text(changed, "utf-8")
    with Path("tools/rooms.tsv").open(encoding="utf-8") as table:
        for room in csv.DictReader(table, delimiter="\t"):
            face = Path("src/allocator", room["room"], "__init__.py")
            if not face.exists():
                face.write_text(f'"""{room["says"]}"""\n', "utf-8")
    for folder in {parent for new in ways.values() for parent in Path(new).parents}:
        if folder.is_relative_to("src/allocator") and not (folder / "__init__.py").exists():
            sys.exit(f"{folder} has no line in tools/rooms.tsv")
    print(f"{len(ways)} files moved")


def sources() -> list[Path]:
    """Every Python file."""
    return sorted(path for place in PLACES for path in Path(place).rglob("*.py"))


def documents() -> list[Path]:
    """Every text that may name a module."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    kinds = (".md", ".toml", ".css", ".js", ".yml", ".cfg", ".ini")
    return [Path(name) for name in listed if name.endswith(kinds) or name in ("Makefile", ".ci/run")]


def dotted(name: str) -> str:
    """The name under which the file is imported.

    >>> dotted("src/allocator/files/__init__.py")
    'allocator.files'
    """
    return name.removeprefix("src/").removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def deeper(text: str, old: str, new: str) -> str:
    """`Path(__file__).parent…` climbs as many folders more as the file has gone down."""
    more = new.count("/") - old.count("/")
    if more <= 0:
        return text
    return re.sub(r"Path\(__file__\)\.parent\b(?=\.parent)", "Path(__file__).parent" + ".parent" * more, text)


def strings(text: str, moved: dict[str, str]) -> str:
    """The text with the dotted names of moved modules followed, but in imports."""

    def follow(found: re.Match[str]) -> str:
        parts = found.group().split(".")
        for cut in range(len(parts), 1, -1):
            name = ".".join(parts[:cut])
            if name in moved:
                return ".".join([moved[name], *parts[cut:]])
        return found.group()

    lines = text.split("\n")
    plain = [re.match(r"\s*(from|import) allocator", line) for line in lines]
    return "\n".join(a if b else DOTTED.sub(follow, a) for a, b in zip(lines, plain, strict=True))


def paths(text: str, ways: dict[str, str]) -> str:
    """The text with the paths of moved modules followed, from the top or from inside the package."""
    for old, new in sorted(ways.items(), key=lambda way: -len(way[0])):
        if old.startswith("src/allocator/"):
            short = old.removeprefix("src/allocator/")
            if "/" not in short:
                continue
            text = re.sub(rf"(?<![\w/.-]){re.escape(short)}\b", new.removeprefix("src/allocator/"), text)
        text = re.sub(rf"(?<![\w/.-]){re.escape(old)}\b", new, text)
    return text


def imports(text: str, known: dict[str, str], local: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The text with its imports of the package written anew, and the local names that changed."""
    module = ast.parse(text)
    bound = names_bound(module)
    renamed: dict[str, str] = {}
    lines = text.split("\n")
    for node in sorted(of_the_package(module), key=lambda n: -n.lineno):
        indent = " " * node.col_offset
        written = []
        for source, name, alias in entries(node, known, local, bound, renamed):
            written.append(f"{indent}from {source} import {name}" + (f" as {alias}" if alias else ""))
        comment = re.search(r"# noqa.*$", lines[node.end_lineno - 1])
        if isinstance(node, ast.Import):
            written = [
                f"{indent}import {known.get(a.name, a.name)}" + (f" as {a.asname}" if a.asname else "")
                for a in node.names
            ]
        if comment:
            written = [f"{line}  {comment.group()}" for line in written]
        lines[node.lineno - 1 : node.end_lineno] = written
    written_text = "\n".join(lines)
    return rename(written_text, renamed), renamed


def of_the_package(module: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    found: list[ast.Import | ast.ImportFrom] = []
    for node in ast.walk(module):
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "allocator") or (
            isinstance(node, ast.Import)
            and any(alias.name.split(".")[0] == "allocator" for alias in node.names)
        ):
            found.append(node)
    return found


def entries(
    node: ast.Import | ast.ImportFrom,
    known: dict[str, str],
    local: dict[str, str],
    bound: dict[str, int],
    renamed: dict[str, str],
) -> list[tuple[str, str, str | None]]:
    """What an import brings in, as (module, name, local name)."""
    if isinstance(node, ast.Import):
        return []
    found = []
    for alias in node.names:
        whole = f"{node.module}.{alias.name}"
        if whole not in known:
            found.append((known.get(node.module or "", node.module or ""), alias.name, alias.asname))
            continue
        source, _, last = known[whole].rpartition(".")
        here = alias.asname or alias.name
        wanted = local.get(whole, here)
        if wanted != here and (bound.get(here, 0) != imported_as(here, node, bound) or wanted in bound):
            wanted = here
        if wanted != here:
            renamed[here] = wanted
        found.append((source, last, None if wanted == last else wanted))
    return found


def imported_as(name: str, node: ast.AST, bound: dict[str, int]) -> int:
    return bound.get(f"import {name}", 0)


def names_bound(module: ast.Module) -> dict[str, int]:
    """How often each name is bound in the file, and how often of these by an import of the package."""
    found: dict[str, int] = {}

    def add(name: str) -> None:
        found[name] = found.get(name, 0) + 1

    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            add(node.id)
        elif isinstance(node, ast.arg):
            add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                name = (alias.asname or alias.name).split(".")[0]
                add(name)
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("allocator"):
                    add(f"import {name}")
    return found


def rename(text: str, renamed: dict[str, str]) -> str:
    """The text with local names changed where they are names, not attributes, keywords or strings."""
    if not renamed:
        return text
    lines = [line.encode() for line in text.split("\n")]
    places = [
        (node.lineno, node.col_offset, node.id)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and node.id in renamed
    ]
    for line, column, name in sorted(places, reverse=True):
        row = lines[line - 1]
        lines[line - 1] = row[:column] + renamed[name].encode() + row[column + len(name.encode()) :]
    return b"\n".join(lines).decode()


def tree(text: str, renamed: dict[str, str]) -> str:
    """The file's syntax tree without imports, local names changed as said."""

    class Bare(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            node.id = renamed.get(node.id, node.id)
            return node

        def visit_Import(self, node: ast.Import) -> None:
            return None

        def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
            return None

    return ast.dump(Bare().visit(ast.parse(text)))


if __name__ == "__main__":
    main()
