"""The house has floors: who may import whom, who may touch files, and what the package gives away."""

import ast
import subprocess
import sys
from configparser import ConfigParser
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import allocator
from allocator.cli.entry import COMMANDS
from allocator.text import LANGUAGES, Phrasebook

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "allocator"
FLOORS = {"core": 0, "text": 0, "analysis": 1, "files": 2, "report": 2, "cli": 3, "ui": 3, "__main__": 3}
OUTSIDE = {0: set(), 1: {"numpy", "scipy", "pandas"}}
FRAMES = {"core.allocation": {"pandas"}}  # loaded when to_frame is called
TOUCHING = {"open", "pathlib", "os", "io", "shutil", "subprocess", "socket", "tempfile", "print", "input"}


def sources() -> dict[str, Path]:
    """Every module but the package's own face, by its name below the package."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    del found[""]
    return found


SOURCES = sources()


@cache
def read(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """All that a file imports, also within functions and for types, and the names that it calls."""
    found, called = set(), set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            found.add(node.module)
            if node.module.split(".")[0] == "allocator":
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
    return frozenset(found), frozenset(called)


def imports(path: Path) -> frozenset[str]:
    return read(path)[0]


def calls(path: Path) -> frozenset[str]:
    return read(path)[1]


def inside(path: Path) -> set[str]:
    """The modules of the package that a file imports, by their names below it."""
    names = {name.partition(".")[2] for name in imports(path) if name.split(".")[0] == "allocator"}
    return {name for name in names if name in SOURCES}


def floor(name: str) -> int:
    return FLOORS[name.split(".")[0]]


def test_every_module_has_a_floor():
    assert {name.split(".")[0] for name in SOURCES} <= FLOORS.keys()
    assert len(SOURCES) > 15


def test_contracts_between_rooms_hold(monkeypatch):
    """.importlinter names every arrow that is allowed from one room to another."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_contracts_name_every_question_command_and_page():
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter", "utf-8")
    rooms = {path.parent.name for path in PACKAGE.glob("analysis/*/__init__.py")}
    for contract, expected in (
        ("questions", {f"analysis.{room}" for room in rooms - {"batch"}}),  # which they share
        ("commands", {f"cli.{file}" for file in COMMANDS.values()}),
        ("pages", {f"ui.{path.parent.name}" for path in PACKAGE.glob("ui/*/page.py")} | {"ui.seek"}),
    ):
        modules = contracts[f"importlinter:contract:{contract}"]["modules"].split()
        assert {module.removeprefix("allocator.") for module in modules} == expected - {"ui.start"}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_other_packages_are_used_only_on_their_floor(name):
    own = floor(name)
    if own < 3:  # the package's face shows upper floors too
        face = {f"allocator.{public}" for public in allocator.__all__}
        assert not face & imports(SOURCES[name])
    packages = {outside.split(".")[0] for outside in imports(SOURCES[name])} - {"allocator"}
    foreign = packages - sys.stdlib_module_names
    assert "streamlit" not in foreign or name.split(".")[0] == "ui"
    if own in OUTSIDE:
        assert foreign <= OUTSIDE[own] | FRAMES.get(name, set())


@pytest.mark.parametrize("name", sorted(name for name in SOURCES if floor(name) < 2))
def test_nothing_below_the_second_floor_touches_files_or_screen(name):
    touched = TOUCHING & (
        calls(SOURCES[name]) | {imported.split(".")[0] for imported in imports(SOURCES[name])}
    )
    assert touched <= ({"pathlib"} if name == "text" else set())  # text reads its own sentences


def test_only_the_command_line_prints():
    for name, path in SOURCES.items():
        assert "print" not in calls(path) or name.startswith("cli.")


def test_one_module_owns_the_address():
    assert [name for name, path in SOURCES.items() if "query_params" in path.read_text("utf-8")] == [
        "ui.session.address"
    ]


def test_what_the_package_gives_away():
    assert allocator.__all__ == sorted(allocator.__all__, key=lambda name: (not name.isupper(), name))
    assert all(hasattr(allocator, name) for name in allocator.__all__)
    made_here = {
        name
        for name, value in vars(allocator).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("allocator.")
    }
    only_when_asked_for = set(allocator._MODULE)
    assert made_here | only_when_asked_for | {"METHOD_VERSION"} == set(allocator.__all__)
    assert dir(allocator) == sorted(allocator.__all__)
    with pytest.raises(AttributeError):
        allocator.load_everything  # noqa: B018
    assert allocator.__doc__
    for name in allocator.__all__:
        assert name.isupper() or getattr(allocator, name).__doc__


def test_every_command_has_its_file_and_its_parser():
    for name, file in COMMANDS.items():
        command = import_module(f"allocator.cli.{file}")
        for lang in LANGUAGES:
            assert command.parser(Phrasebook(lang)).prog == f"allocator {name}"
        assert callable(command.command)
    with_command = [
        n for n in SOURCES if n.startswith("cli.") and "def command(" in SOURCES[n].read_text("utf-8")
    ]
    assert sorted(with_command) == sorted(f"cli.{file}" for file in COMMANDS.values())


def test_importing_is_light():
    """Heavy packages are imported where they are used, so that no help waits for them."""
    heavy = (
        "pandas",
        "numpy",
        "scipy",
        "altair",
        "streamlit",
        "xlsxwriter",
        "openpyxl",
        "docx",
        "pptx",
        "vl_convert",
        "lark",
    )
    commands = ", ".join(f"allocator.cli.{path.stem}" for path in (PACKAGE / "cli").glob("*.py"))
    code = f"import sys, {commands}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", sorted(name for name in SOURCES if not name.startswith(("ui", "__main__"))))
def test_every_module_imports_by_itself_and_says_what_it_is_for(name):
    assert import_module(f"allocator.{name}").__doc__
