"""A full disk is said and leaves nothing half-made; what is saved is on the disk, and for nobody else."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from good_scenario import GOOD, make
from pages import SCENARIOS, html_of
from processes import HUNG
from streamlit.testing.v1 import AppTest

from allocator import Scenario, ScenarioError, load_scenario, save_scenario
from allocator.cli.entry import main
from allocator.files import disk
from allocator.files.audit.own_readings import add_reading
from allocator.files.saved import store
from allocator.files.saved.home import move
from allocator.files.scenario.save import put_file, put_files
from allocator.files.upload.new import new_folder
from allocator.report.charts import render
from allocator.text import ZH, Phrasebook

RULE = SCENARIOS / "luzhou-2023" / "published-rule.toml"
READING = b"format = 1\ntitle = 'x'\n"
posix = pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    return tmp_path / "home"


@pytest.fixture
def good(tmp_path: Path) -> Scenario:
    return load_scenario(make(tmp_path / "good", GOOD))


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder, to the byte."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


class Count:
    """How many things were done to the disk."""

    def __init__(self) -> None:
        self.now = -1


@contextmanager
def full_at(at: int, *, on: bool = False, number: int = errno.ENOSPC) -> Iterator[Count]:
    """The disk is full at the at-th thing done to it; with ``on`` from then on, for all that needs room."""
    count = Count()

    def gate(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def act(*args: Any, **kwargs: Any) -> Any:
            if name == "open" and not args[1] & os.O_CREAT:
                return real(*args, **kwargs)  # reading needs no room
            count.now += 1
            if count.now == at or (on and count.now > at):
                if name == "write":
                    real(args[0], args[1][: len(args[1]) // 2])
                raise OSError(number, "full")
            return real(*args, **kwargs)

        return act

    with pytest.MonkeyPatch.context() as patched:
        for name in ("open", "write", "fsync", "mkdir", "link", *(() if on else ("rename", "replace"))):
            patched.setattr(os, name, gate(name))
        yield count


def acts(good: Scenario, place: Path) -> dict[str, tuple[Callable[[], object], str]]:
    """Everything that writes, with the sentence that it says of a full disk."""
    store.keep("a", good, who="w", after=None)
    store.keep("a", good, who="w", after=1)
    store.keep("gone", good, who="w", after=None)
    token = store.discard("gone").token
    made = place / "written"
    save_scenario(good, made)
    moved = good.with_weights(investment=50, jobs=50)
    return {
        "save": (lambda: store.keep("a", moved, who="w", after=2), "kept_full"),
        "save new": (lambda: store.keep("b", moved, who="w", after=None), "kept_full"),
        "freeze": (lambda: store.keep("a", good, who="w", stage="初稿", after=2), "kept_full"),
        "restore": (lambda: store.restore("a", 1, who="w", after=2), "kept_full"),
        "rename": (lambda: store.rename("a", "c", who="w"), "kept_full"),
        "duplicate": (lambda: store.duplicate("a", "d", who="w"), "kept_full"),
        "delete": (lambda: store.discard("a"), "kept_full"),
        "take back": (lambda: store.undo_discard(token), "kept_full"),
        "draft": (lambda: store.put_draft(moved), "kept_full"),
        "work": (lambda: store.put_work({"a": {"weight.x": "1"}}), "kept_full"),
        "reading": (lambda: add_reading("f", READING), "kept_full"),
        "scenario": (lambda: save_scenario(moved, place / "new" / "deep"), "disk_full"),
        "scenario over": (lambda: save_scenario(moved, made, overwrite=True), "disk_full"),
        "files below": (lambda: put_files(place / "pack", {"x/y.txt": b"1", "z.txt": b"2"}), "disk_full"),
        "one file": (lambda: put_file(place / "one.csv", b"1,2\r\n"), "disk_full"),
        "template": (lambda: new_folder(place / "template", ZH), "disk_full"),
    }


NAMES = [
    "save", "save new", "freeze", "restore", "rename", "duplicate", "delete", "take back", "draft", "work",
    "reading", "scenario", "scenario over", "files below", "one file", "template",
]  # fmt: skip


MOST = 8  # places at which each is tried, from the first thing done to the last


def contents(place: Path) -> dict[str, bytes | None]:
    """What counts: all but folders of our own that hold nothing."""
    found = tree(place)
    return {
        path: content
        for path, content in found.items()
        if content is not None or not path.startswith("home") or path.count("/") > 2
    }


@pytest.mark.parametrize("on", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_wherever_the_disk_is_full_it_is_all_there_or_nothing_changed(
    good: Scenario, tmp_path: Path, home: Path, name: str, on: bool
) -> None:
    known = acts(good, tmp_path)
    assert list(known) == NAMES
    act, key = known[name]
    before, failures = contents(tmp_path), 0
    with full_at(10**6) as count:
        act()
    assert contents(tmp_path) != before
    undo(tmp_path, before)
    for at in sorted({round(count.now * n / MOST) for n in range(MOST + 1)}):
        try:
            with full_at(at, on=on):
                act()
        except ScenarioError as error:
            failures += 1
            assert [problem.key for problem in error.problems] == [key], at
            assert all(len(error.sentences(Phrasebook(lang))) == 1 for lang in ("zh", "en"))
            assert contents(tmp_path) == before, at
            continue
        assert contents(tmp_path) != before
        undo(tmp_path, before)  # it was done in spite of that
    assert failures > 0


def undo(place: Path, before: dict[str, bytes | None]) -> None:
    """Puts everything as it was."""
    for path in sorted(place.rglob("*"), reverse=True):
        known = str(path.relative_to(place))
        if path.is_file() and (known not in before or path.read_bytes() != before[known]):
            path.chmod(0o600)
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()) and known not in before:
            path.rmdir()
    for known, content in before.items():
        path = place / known
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
        elif not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


@pytest.mark.parametrize("name", NAMES)
def test_a_second_try_works(good: Scenario, tmp_path: Path, name: str) -> None:
    act, _ = acts(good, tmp_path)[name]
    with pytest.raises(ScenarioError), full_at(0, on=True):
        act()
    act()


# --- the command line and the pages -----------------------------------------------------------------


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("command", "out"),
    [
        (("new",), "fresh"),
        (("report", str(RULE), "--recipient", "naxi", "--out"), "papers"),
        (("audit", str(RULE), "--table"), "table.csv"),
    ],
)
def test_the_command_line_says_it_in_one_sentence(
    command: tuple[str, ...], out: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = (*command, str(tmp_path / out), "--lang", "zh")
    before = tree(tmp_path)
    for at in (0, 1, 2):
        with full_at(at, on=True):
            assert run(*arguments) == 2
        told = capsys.readouterr().err.strip()
        assert told.count("\n") == 0 and "磁盘空间已满" in told and out in told
        assert tree(tmp_path) == before
    assert run(*arguments) == 0
    assert (tmp_path / out).exists()


def test_pictures_that_cannot_be_put_anywhere_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    for owner, name in ((tempfile, "mkdtemp"), (Path, "write_text")):
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, full)
            with pytest.raises(ScenarioError) as caught, render.drawing([{"mark": "bar"}]) as wait:
                wait(lambda _: None)
        assert [p.key for p in caught.value.problems] == ["disk_full"]


def test_what_draws_pictures_tells_of_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_draw", lambda *_: disk.write(tmp_path / "0.svg", b"x"))
    with full_at(0), pytest.raises(SystemExit) as ended:
        render.main(str(tmp_path), "")
    assert ended.value.code == render._FULL


def test_edits_that_find_no_room_are_said_to_be_unkept() -> None:
    app = AppTest.from_file(str(SCENARIOS.parent / "app.py"), default_timeout=HUNG)
    app.query_params["lang"], app.query_params["scenario"] = "zh", "luzhou-2023/cap-zone"
    app.run()
    (button,) = [b for b in app.button if b.key and b.key.startswith("tag-")]  # takes the cap away
    with full_at(0, on=True):
        button.click().run()
    assert "磁盘空间已满" in html_of(app)


# --- on the disk ------------------------------------------------------------------------------------


def test_a_save_is_on_the_disk_before_it_is_called_saved(
    good: Scenario, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file of it and the folder that they stand in, and then the name of that."""
    done: list[tuple[str, str]] = []
    opened_as: dict[int, str] = {}
    real_open, real_sync, real_rename = os.open, os.fsync, os.rename

    def opening(path: Any, *args: Any, **kwargs: Any) -> int:
        file = real_open(path, *args, **kwargs)
        opened_as[file] = str(path)
        return file

    def syncing(file: int) -> None:
        done.append(("sync", opened_as[file]))
        real_sync(file)

    def renaming(old: Any, new: Any, **kwargs: Any) -> None:
        done.append(("rename", str(new)))
        real_rename(old, new, **kwargs)

    store.keep("a", good, who="w", after=None)
    for name, act in (("open", opening), ("fsync", syncing), ("rename", renaming)):
        monkeypatch.setattr(os, name, act)
    store.keep("a", good, who="w", after=1)
    states = home / "scenarios" / "a" / "states"
    at = done.index(("rename", str(states / "0002")))
    synced = {path for kind, path in done[:at] if kind == "sync"}
    names = {Path(path).name for path in synced}
    assert {path.name for path in (states / "0002").iterdir()} <= names
    parts = {Path(path).parent for path in synced if Path(path).name == "entry.json"}
    if os.name == "posix":
        assert {str(part) for part in parts} <= synced
        assert str(states.parent) in synced  # the name of what scenario.toml is to be
        assert ("sync", str(states)) in done[at:]


def test_where_a_folder_cannot_be_synced_it_is_skipped(
    good: Scenario, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def no_folders(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "no such thing here")
        real(file)

    monkeypatch.setattr(os, "fsync", no_folders)
    assert store.keep("a", good, who="w", after=None).number == 1


def test_a_folder_that_cannot_be_put_on_the_disk_is_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with full_at(1), pytest.raises(OSError):
        move(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir() if path.name in "ab"] == ["a"]


# --- for nobody else --------------------------------------------------------------------------------


def modes(folder: Path) -> set[tuple[bool, int]]:
    """Of everything in a folder whether it is one, and who may do what."""
    return {(path.is_dir(), path.stat().st_mode & 0o777) for path in [folder, *folder.rglob("*")]}


def everything(good: Scenario) -> None:
    """Saves one of each kind."""
    store.keep("a", good, who="w", after=None)
    store.keep("a", good, who="w", after=1)
    store.keep("b", good, who="w", after=None)
    store.discard("b")
    store.put_draft(good)
    add_reading("f", READING)


@posix
@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_what_is_saved_is_for_nobody_else(good: Scenario, home: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        everything(good)
    finally:
        os.umask(before)
    assert modes(home) == {(True, 0o700), (False, 0o600), (False, 0o400)}


@posix
@pytest.mark.parametrize("act", ["save", "draft", "reading", "delete"])
def test_what_an_older_version_left_open_is_closed(
    good: Scenario, home: Path, tmp_path: Path, act: str
) -> None:
    everything(good)
    for path in [home, *home.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o444 if "states" in path.parts else 0o644)
    (tmp_path / "outside").write_text("x")
    (tmp_path / "outside").chmod(0o644)
    (home / "drafts" / "link").symlink_to(tmp_path / "outside")
    {
        "save": lambda: store.keep("a", good, who="w", after=2),
        "draft": lambda: store.put_draft(good.with_weights(investment=1, jobs=99)),
        "reading": lambda: add_reading("f", READING + b"\n"),
        "delete": lambda: store.discard("a"),
    }[act]()
    (home / "drafts" / "link").unlink()
    assert modes(home) == {(True, 0o700), (False, 0o600), (False, 0o400)}
    assert (tmp_path / "outside").stat().st_mode & 0o777 == 0o644


@posix
def test_a_folder_that_holds_other_things_is_not_closed_as_a_whole(good: Scenario, home: Path) -> None:
    home.mkdir()
    home.chmod(0o755)
    (home / "letters").mkdir()
    (home / "letters").chmod(0o755)
    everything(good)
    assert home.stat().st_mode & 0o777 == (home / "letters").stat().st_mode & 0o777 == 0o755
    assert (home / "scenarios").stat().st_mode & 0o777 == 0o700


@posix
def test_a_folder_that_cannot_be_closed_is_written_all_the_same(
    good: Scenario, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(good)
    home.chmod(0o755)
    (home / "scenarios").chmod(0o755)

    def no(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "not yours")

    monkeypatch.setattr(os, "chmod", no)
    assert store.keep("a", good, who="w", after=2).number == 3
