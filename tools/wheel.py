"""Builds the wheel, installs it outside the checkout, runs every command there and opens every page.

    python tools/wheel.py [PYTHON...]     the Pythons to do that with; the one that runs this unless named

Each Python gets a new environment with the versions of constraints.txt, and works in an empty folder with the
scenarios that the wheel brings and one that `allocator new` makes, in both languages. The pages are opened
twice: without a browser, and in a Chromium, where there is one, from the server that `allocator app` starts.
Silent where all of it works; else what failed, and status 1, and what was said is left in a folder.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).parent.parent
COMMANDS = ("run", "compare", "check", "audit", "seek", "explain", "report", "sweep", "factors", "execution",
            "new", "app")  # fmt: skip
HELPERS = ["psutil", "playwright"]  # what tests/pages.py and tests/browser.py need beside the wheel


def commands(shipped: Path, away: Path) -> Iterator[list[str]]:
    """Every command with what it is for; those of one name come after what they build upon."""
    luzhou, projects = shipped / "luzhou-2023", shipped / "luzhou-2023-projects"
    rule, equal = str(luzhou / "published-rule.toml"), str(luzhou / "equal-weights.toml")
    yield ["--version"]
    for command in COMMANDS:
        yield [command, "--help"]
    yield ["new", "empty"]
    yield ["new", "made", "--like", rule]
    factors = away / "made" / "factors.csv"  # to be filled in
    factors.write_text(re.sub(",(?=,|$)", ",1", factors.read_text("utf-8-sig"), flags=re.MULTILINE), "utf-8")
    for file in [*sorted(shipped.glob("*/*.toml")), "made/scenario.toml"]:
        yield ["run", str(file)]
    yield ["check", "made/scenario.toml"]
    for form in ("table", "json", "csv"):
        yield ["compare", rule, "made/scenario.toml", equal, "--format", form]
    yield ["check", rule, "--expect-published"]
    yield ["audit", rule, "--weights", "investment=25,tax=25,employment=25,effort=25"]
    yield ["audit", rule, "--reading", *map(str, sorted((luzhou / "readings").glob("*.toml")))]
    yield ["seek", rule, "--target", "ftz<=48000000"]
    yield ["explain", "made/scenario.toml", "--against", equal]
    yield ["sweep", rule, "--draws", "2000", "--workers", "2"]
    register, activities = (str(projects / f"{name}-illustrative.csv") for name in ("register", "activities"))
    yield ["factors", register, str(projects / "rules" / "five-years.toml"), "--activities", activities]
    yield ["execution", rule, str(luzhou / "execution" / "payments-illustrative.csv"), "--on", "2023-09-30"]
    yield ["report", rule, equal, "--propose", "2", "--date", "2026-01-31", "--out", "papers",
           "--html", "page.html"]  # fmt: skip


def main(pythons: list[str]) -> int:
    """Does it all with each Python."""
    root = Path(tempfile.mkdtemp(prefix="allocator-wheel-"))
    output = _output_of(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(root), str(TOP)], root
    )
    if output:
        print("no wheel:", output, root)
        return 1
    (wheel,) = root.glob("*.whl")
    failed = [
        f"{python}: {wrong}"
        for number, python in enumerate(pythons or [sys.executable])
        for wrong in tried(python, wheel, root / str(number))
    ]
    for line in failed:
        print(line)
    if failed:
        print(root)
    else:
        shutil.rmtree(root)
    return bool(failed)


def tried(python: str, wheel: Path, folder: Path) -> Iterator[str]:
    """What does not work with a Python."""
    folder.mkdir()
    venv = folder / "venv"
    own = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [str(own), "-m", "pip", "install", "-q", "--only-binary", ":all:",
               "-c", str(TOP / "constraints.txt"), str(wheel), *HELPERS]  # fmt: skip
    for step in ([python, "-m", "venv", str(venv)], install):
        if wrong := _output_of(step, folder):
            yield wrong
            return
    ask = "from importlib.resources import files; print(files('allocator') / 'scenarios')"
    shipped = Path(subprocess.check_output([own, "-c", ask], cwd=folder, text=True).strip())
    if not shipped.is_relative_to(venv):
        yield f"the package is not the wheel's: {shipped}"
        return
    for lang in ("zh", "en"):
        away = folder / lang
        away.mkdir()
        for command in commands(shipped, away):
            asked = command if command == ["--version"] else [*command, "--lang", lang]
            if wrong := _output_of([str(own.with_name("allocator")), *asked], away):
                yield wrong
        if not any((away / "papers").glob("*.zip")):
            yield f"no papers in {away / 'papers'}"
    if wrong := _output_of([str(own), __file__, "--pages"], folder / "zh", PYTHONPATH=str(TOP / "tests")):
        yield wrong


def _output_of(command: list[str], folder: Path, **more: str) -> str:
    """What a command says that fails; nothing where it works."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "ALLOCATOR_SCENARIOS")}
    environment |= {"ALLOCATOR_HOME": str(folder / "home"), **more}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    with (folder / "said.txt").open("a", encoding="utf-8") as log:
        print(*command, f"-> {done.returncode}", done.stdout, sep="\n", file=log)
    return (
        f"{' '.join(command)} -> {done.returncode}: {done.stdout[-400:].strip()}" if done.returncode else ""
    )


def open_pages() -> None:
    """Opens every page in both languages; run by the Python that has the wheel, with the tests' helpers."""
    import browser
    import pages

    from allocator.ui.main import PAGES
    from allocator.ui.session import catalogue

    missing = set(pages.FILES) - catalogue.find().keys()
    assert not missing, f"the wheel does not bring {missing}"
    for lang in ("zh", "en"):
        for page in PAGES:
            opened = pages.opened("" if page == "allocate" else page, lang)
            assert 'class="al-h1"' in pages.html_of(opened), page
    with _served() as address:
        for path in ("/", "/data?lang=en"):
            with urllib.request.urlopen(address + path) as answer:
                assert answer.status == 200, path
        try:
            with browser.chromium() as chromium:
                for lang in ("zh", "en"):
                    server = browser.Server(address, None, Path("home"))
                    visit = browser.Visit(chromium, server, lang=lang)
                    for page in PAGES:
                        shown = visit.open(f"{'' if page == 'allocate' else page}?lang={lang}")
                        assert shown.locator("h1.al-h1").count() == 1, page
                    assert not visit.wrong, visit.wrong
                    assert not visit.outside(), visit.outside()
        except browser.Absent as absent:
            print(absent)


@contextmanager
def _served() -> Iterator[str]:
    """The address of the page that the installed command serves, with its own settings alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("allocator")), "app", "--port", str(port), "--no-browser"]
    app = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        address = f"http://127.0.0.1:{port}"
        assert app.stdout and address in app.stdout.readline()
        yield address
    finally:
        app.terminate()
        app.wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["--pages"]:
        open_pages()
    else:
        sys.exit(main(sys.argv[1:]))
