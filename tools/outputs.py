"""Holds what every command puts out for the shipped scenarios against another commit, byte by byte.

    python tools/outputs.py [COMMIT]      the commit is HEAD~1 unless named

Standard output, messages, exit status and every file that is written, papers and packs included. Silent where
all is the same; else the commands that differ, and status 1. What each side gave is left in a folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).parent.parent
LUZHOU = "scenarios/luzhou-2023/"
RULE = LUZHOU + "published-rule.toml"


def commands() -> Iterator[list[str]]:
    """Every command with what the shipped scenarios offer it; OUT stands for a folder to write to."""
    files = sorted(str(p.relative_to(TOP)) for p in TOP.glob("scenarios/*/*.toml"))
    projects = "scenarios/luzhou-2023-projects/"
    yield ["--help"]
    for command in ("run", "compare", "check", "audit", "seek", "explain", "report", "sweep", "factors",
                    "execution", "new", "read", "app"):  # fmt: skip
        yield [command, "--help"]
        if command != "app":  # which would serve until it is ended
            yield [command]
    for form in ("table", "json", "csv"):
        shown = ["--format", form]
        for file in files:
            yield ["run", file, *shown]
            yield ["explain", file, *shown]
            if "luzhou-2023/" in file:
                yield ["check", file, *shown]
                yield ["review", file, *shown]
                yield ["sweep", file, "--draws", "2000", *shown]
                yield ["explain", file, "--against", RULE, *shown]
        yield ["check", RULE, "--expect-published", *shown]
        yield ["compare", *[f for f in files if "luzhou-2023/" in f], *shown]
        yield ["compare", RULE, LUZHOU + "equal-weights.toml", "--base", "published", *shown]
        yield ["run", RULE, "--base", LUZHOU + "equal-weights.toml", *shown]
        yield ["audit", RULE, "--weights", "investment=25,tax=25,employment=25,effort=25", *shown]
        yield ["audit", RULE, "--reading", *map(str, sorted(Path(LUZHOU, "readings").glob("*.toml"))), *shown]
        yield ["seek", RULE, "--target", "ftz<=48000000", *shown]
        yield ["seek", RULE, "--target", "ftz<=10000000", *shown]
        yield ["factors", f"{projects}register-illustrative.csv",
               *map(str, sorted(Path(projects, "rules").glob("*.toml"))[:1]), *shown]  # fmt: skip
        yield ["read", LUZHOU + "factors-illustrative-shares.csv", "--for", RULE, *shown]
        for payments in sorted(Path(LUZHOU, "execution").glob("*.csv")):
            yield ["execution", RULE, str(payments), "--on", "2023-09-30", *shown]
    yield ["report", RULE, LUZHOU + "equal-weights.toml", LUZHOU + "cap-zone.toml", "--propose", "3",
           "--date", "2026-01-31", "--internal", "--details", "--out", "OUT"]  # fmt: skip
    yield ["report", "scenarios/us-crf-2020/scenario.toml", "--date", "2026-01-31", "--out", "OUT"]
    yield ["report", RULE, LUZHOU + "cap-zone.toml", "--date", "2026-01-31", "--html", "OUT"]
    yield ["new", "OUT"]
    yield ["new", "OUT", "--like", RULE]


def main(arguments: list[str]) -> int:
    """Runs all commands in both trees and compares."""
    commit = arguments[0] if arguments else "HEAD~1"
    root = Path(tempfile.mkdtemp(prefix="allocator-outputs-"))
    other = root / "tree"
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", other, commit], cwd=TOP, check=True)
    try:
        jobs = [
            (tree, root / name / f"{number:03}-{lang}", [*command, "--lang", lang])
            for number, command in enumerate(commands())
            for lang in ("zh", "en")
            for tree, name in ((other, "before"), (TOP, "after"))
        ]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda job: run(*job), jobs))
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", other], cwd=TOP, check=True)
    differing = [
        (command, sorted(map(str, changed)))
        for tree, folder, command in jobs
        if tree == TOP
        if (changed := compare(root / "before" / folder.name, folder))
    ]
    for command, changed in differing:
        print("allocator", *command, "differs in", *changed)
    if differing:
        print(root)
    return bool(differing)


def run(tree: Path, folder: Path, command: list[str]) -> None:
    """Runs a command in a tree and keeps all it gave."""
    folder.mkdir(parents=True)
    written = folder / "OUT"
    named = [str(written) if word == "OUT" else word for word in command]
    home = folder.parent / "home"
    environment = os.environ | {
        "PYTHONPATH": str(tree / "src"),
        "ALLOCATOR_HOME": str(home),
        "COLUMNS": "120",
    }
    done = subprocess.run(
        [sys.executable, "-m", "allocator", *named],
        cwd=tree, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    hidden = str(folder).encode()
    for name, content in (("stdout", done.stdout), ("stderr", done.stderr)):
        (folder / name).write_bytes(
            b"\n".join(_timeless(line) for line in content.split(b"\n")).replace(hidden, b"OUT")
        )
    (folder / "status").write_text(str(done.returncode), "utf-8")


def _timeless(line: bytes) -> bytes:
    """A line without the seconds that a sweep took."""
    return b"" if line.startswith((b"took ", "用时".encode())) else line


def compare(before: Path, after: Path) -> set[Path]:
    """The files, below the two folders, that are not the same on both sides."""
    names = {p.relative_to(side) for side in (before, after) for p in side.rglob("*") if p.is_file()}
    return {
        name
        for name in names
        if not (before / name).is_file()
        or not (after / name).is_file()
        or (before / name).read_bytes() != (after / name).read_bytes()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
