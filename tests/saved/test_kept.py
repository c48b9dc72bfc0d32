"""What people keep is there afterwards, whatever else happens: nothing half-made, nothing lost unseen."""

import errno
import hashlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unicodedata
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from depth import cases
from good_scenario import GOOD, make
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import HUNG
from random_cases import random_case, scenario_of

from allocator import AllocatorError, Factor, Recipient, ScenarioError, Text, allocate, load_scenario
from allocator.files import disk
from allocator.files.saved import drafts, states, store
from allocator.files.saved.home import check_name
from allocator.text import LANGUAGES, ZH, Phrasebook


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def good(tmp_path):
    return load_scenario(make(tmp_path / "good", GOOD))


@contextmanager
def refused(*keys):
    """One problem with one of these keys, which has a sentence in either language."""
    with pytest.raises(ScenarioError) as caught:
        yield caught
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].key in keys
    for lang in LANGUAGES:
        assert all(caught.value.sentences(Phrasebook(lang)))


def tree(folder: Path) -> dict:
    """Everything below a folder, to the byte."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def numbers(name) -> list[int]:
    return [state.number for state in store.history(name)]


# --- what is kept ---------------------------------------------------------------------------------


def test_nothing_is_made_before_something_is_saved(home):
    assert store.home() == home
    assert store.kept() == []
    for ask in (store.path_of, store.history, lambda name: store.load_state(name, 1), store.discard):
        with refused("kept_unknown"):
            ask("方案")
    with refused("kept_draft_unknown"):
        store.get_draft("0" * 32)
    assert not home.exists()


def test_the_home_is_where_the_system_keeps_data(monkeypatch):
    monkeypatch.delenv("ALLOCATOR_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere/data")
    if sys.platform == "linux":
        assert store.home() == Path("/somewhere/data/allocator")
    monkeypatch.setenv("ALLOCATOR_HOME", "beside")
    assert store.home() == Path.cwd() / "beside"


class Clock(datetime):
    """A clock that whoever looks at it finds a second on."""

    seconds = 0

    @classmethod
    def now(cls, tz=None):
        cls.seconds += 1
        return datetime(2023, 5, 31, tzinfo=tz) + timedelta(seconds=cls.seconds)


@pytest.fixture
def clock(monkeypatch):
    """The clock, which first shows this."""
    monkeypatch.setattr(Clock, "seconds", 0)
    for module in (states, store):
        monkeypatch.setattr(module, "datetime", Clock)
    return datetime(2023, 5, 31, 0, 0, 1, tzinfo=UTC)


def test_a_scenario_is_kept_with_its_history(good, home, clock):
    first = store.keep("方案一 🎉", good, who="the budget desk", why=" first\n try ", after=None)
    moved = good.with_weights(investment=50, jobs=50)
    second = store.keep("方案一 🎉", moved, who="somebody", stage="初稿", after=1)
    assert store.kept() == ["方案一 🎉"]
    assert store.history("方案一 🎉") == (first, second)
    assert (first.number, first.who, first.why, first.stage) == (1, "the budget desk", "first try", "")
    assert (first.changes, first.more, first.digest) == ((), 0, good.digest)
    assert (first.when, second.when) == (clock, clock + timedelta(seconds=1))
    assert second.stage == "初稿"
    assert [(c.clause, c.where, c.before, c.after) for c in second.changes] == [
        ("weight", ("investment",), "60", "50"),
        ("weight", ("jobs",), "40", "50"),
    ]
    assert store.load_state("方案一 🎉", 1) == good
    assert store.load_state("方案一 🎉", 2) == moved
    assert load_scenario(store.path_of("方案一 🎉")) == moved
    folder = home / "scenarios" / "方案一 🎉"
    assert sorted(p.name for p in folder.iterdir()) == ["scenario.toml", "states"]
    assert sorted(p.name for p in (folder / "states").iterdir()) == ["0001", "0002"]
    # shares 0.6·60% + 0.4·10% = 40%, then 0.5·60% + 0.5·10% = 35% of 700,000; each state by itself too
    for number, amount in ((1, 280_000), (2, 245_000)):
        state = load_scenario(folder / "states" / f"000{number}" / "scenario.toml")
        assert allocate(state).entitlements["north"] == amount


def test_entry_says_what_was_kept(good, home):
    state = store.keep("a", good, who="w", after=None)
    folder = home / "scenarios" / "a" / "states" / "0001"
    entry = json.loads((folder / "entry.json").read_text("utf-8"))
    assert datetime.fromisoformat(entry["when"]) == state.when
    assert entry["when"].endswith("+00:00")
    assert entry["digest"] == good.digest
    names = {path.name for path in folder.iterdir()} - {"entry.json"}
    assert names == set(GOOD)
    assert entry["files"] == {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in names}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o400}


def test_of_very_many_changes_the_first_are_listed(good):
    def wide(value):
        recipients = tuple(Recipient(f"r{n}") for n in range(250))
        factors = tuple(Factor(id, (value,) * 250) for id in ("investment", "jobs"))
        return replace(
            good, recipients=recipients, factors=factors, published=None, previous=None, provenance=(),
            earmarks=(), limits=(),
        )  # fmt: skip

    store.keep("a", wide(1), who="w", after=None)
    state = store.keep("a", wide(2), who="w", after=1)
    assert len(state.changes) == 200
    assert state.more == 300
    assert store.history("a")[1] == state
    assert state.changes[0].where == ("investment", "r0")


@settings(max_examples=cases(20))
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_any_state_gives_the_same_amounts_to_the_yuan(one, two):
    def amounts(scenario):
        try:
            return allocate(scenario).amounts
        except AllocatorError as error:
            return [p.key for p in error.problems]

    scenarios = []
    for seed in (one, two):
        try:
            scenarios.append(scenario_of(random_case(Random(seed))))
        except ScenarioError:
            return
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLOCATOR_HOME", folder)
        for number, scenario in enumerate(scenarios):
            store.keep("a", scenario, who="w", after=number or None)
            assert load_scenario(store.path_of("a")) == scenario
        restored = store.keep("a", store.load_state("a", 1), who="w", after=2)
        assert restored.digest == scenarios[0].digest
        assert all(map(store.sound, store.history("a")))
        for number, scenario in ((1, scenarios[0]), (2, scenarios[1]), (3, scenarios[0])):
            read = store.load_state("a", number)
            assert read == scenario
            assert amounts(read) == amounts(scenario)
        token = store.put_draft(scenarios[0])
        assert store.get_draft(token) == scenarios[0]
        assert (store.put_draft(scenarios[1]) == token) == (scenarios[0] == scenarios[1])


def test_no_digit_of_an_amount_is_lost(good):
    """A float holds some 16 digits, an amount in yuan and cents may have more."""
    fund = Fraction(9_766_133_773_853_209_01, 100)
    reserved = replace(good.reservations[0], amount=Fraction(100_000_01, 100))
    precise = replace(good, fund=replace(good.fund, amount=fund, unit=1), reservations=(reserved,))
    store.keep("a", precise, who="w", after=None)
    assert load_scenario(store.path_of("a")).fund.amount == fund
    assert "amount = 9766133773853209.01\n" in store.history("a")[0].path.read_text("utf-8")


def test_the_command_line_reads_what_was_kept(good):
    store.keep("方案", good, who="w", after=None)
    store.keep("方案", good.with_weights(investment=100, jobs=0), who="w", after=1)
    for path, digest, north in (
        (store.path_of("方案"), store.history("方案")[1].digest, 420_000),  # 60% of 700,000
        (store.history("方案")[0].path, good.digest, 280_000),
    ):
        command = [sys.executable, "-m", "allocator", "run", str(path), "--format", "json"]
        said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        assert (said["digest"], said["recipients"][0]["amount"]) == (digest, north)


def test_what_starts_fast_does_not_load_this():
    code = (
        "import atexit, sys, allocator.cli.entry; atexit.register(lambda: print(*sys.modules)); "
        "allocator.cli.entry.main(['run', sys.argv[1]])"
    )
    path = "scenarios/luzhou-2023/published-rule.toml"
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, cwd=root, check=True
    )
    assert {"platformdirs", "pathvalidate"}.isdisjoint(done.stdout.split())
    assert "allocator.files.load" in done.stdout.split()


def test_what_cannot_be_written_or_read_back_is_not_kept(good, home):
    third = replace(good, factors=(Factor("investment", (Fraction(1, 3), 1, 1, 1)), *good.factors[1:]))
    with refused("no_decimal"):
        store.keep("a", third, who="w", after=None)
    with refused("no_decimal"):
        store.put_draft(third)
    none = (None,) * 3 + (None,)
    apart = replace(
        good,
        weights={"investment": 60, "jobs": 40},
        factors=tuple(replace(factor, values=none) for factor in good.factors),
        earmarks=tuple(replace(good.earmarks[0], recipient=id, amount=225_000) for id in good.ids),
        limits=(),
        provenance=(),
    )
    with refused("csv_no_rows") as caught:  # a file of factor data cannot be without a row
        store.keep("a", apart, who="w", after=None)
    assert caught.value.problems[0].file == "factors.csv"
    assert store.kept() == []
    assert not any(home.rglob("*.csv"))


@pytest.mark.parametrize("field", ["who", "why", "stage"])
@pytest.mark.parametrize("text", ["a\u202eb", "a\x1bb", "x" * 501])
def test_remarks_hide_nothing(good, field, text):
    with refused("kept_note"):
        store.keep("a", good, **{"who": "w", field: text}, after=None)
    assert store.kept() == []
    longest = "说" * 500
    assert getattr(store.keep("a", good, **{"who": "w", field: longest}, after=None), field) == longest


# --- two at once ----------------------------------------------------------------------------------


def test_the_second_of_two_windows_is_told(good, home):
    store.keep("a", good, who="first", after=None)
    store.keep("a", good, who="the other desk", after=1)
    before = tree(home)
    with refused("kept_newer") as caught:
        store.keep("a", good.with_weights(investment=0, jobs=100), who="late", after=1)
    assert "2" in str(caught.value)
    assert "the other desk" in str(caught.value)
    with refused("kept_newer"):
        store.keep("a", good, who="early", after=3)
    with refused("kept_name_taken"):
        store.keep("a", good, who="new", after=None)
    with refused("kept_unknown"):
        store.keep("b", good, who="w", after=1)
    assert tree(home) == before


def _save(environment, name, scenario, after, who, start, told):
    os.environ["ALLOCATOR_HOME"] = environment
    start.wait()
    try:
        told.put((who, store.keep(name, scenario, who=who, after=after).number))
    except ScenarioError as error:
        told.put((who, error.problems[0].key))


@pytest.mark.parametrize(("after", "key"), [(None, "kept_name_taken"), (1, "kept_newer")])
def test_of_two_processes_one_wins_and_the_other_is_told(good, home, after, key, monkeypatch):
    # a new process runs what the main module's file says, and a page under test passes for the main module
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    if after:
        store.keep("a", good, who="w", after=None)
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(2), context.Queue()
    both = [
        context.Process(target=_save, args=(str(home), "a", good, after, who, start, told))
        for who in ("left", "right")
    ]
    for process in both:
        process.start()
    answers = dict(told.get(timeout=HUNG) for _ in both)
    for process in both:
        process.join()
    won = [who for who, answer in answers.items() if isinstance(answer, int)]
    assert len(won) == 1
    assert set(answers.values()) == {(after or 0) + 1, key}
    assert store.history("a")[-1].who == won[0]


def test_of_many_threads_one_wins_every_round(good, home):
    store.keep("a", good, who="w", after=None)
    for round_ in range(1, 6):
        start, answers = threading.Barrier(6), []

        def save(who, after=round_, start=start, answers=answers):
            start.wait()
            try:
                answers.append((who, store.keep("a", good, who=who, after=after).number))
            except ScenarioError as error:
                answers.append((who, error.problems[0].key))

        threads = [threading.Thread(target=save, args=(str(n),)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(str(answer) for _, answer in answers) == [str(round_ + 1), *["kept_newer"] * 5]
        assert store.history("a")[-1].who == {answer: who for who, answer in answers}[round_ + 1]
    folder = home / "scenarios" / "a"
    assert sorted(p.name for p in folder.iterdir()) == ["scenario.toml", "states"]
    assert sorted(p.name for p in (folder / "states").iterdir()) == [f"000{n}" for n in range(1, 7)]
    assert load_scenario(folder / "scenario.toml") == good


def test_what_was_changed_by_hand_is_not_overwritten(good):
    store.keep("a", good, who="w", after=None)
    store.keep("a", good, who="w", after=1)
    path = store.path_of("a")
    as_written = path.read_bytes()
    for by_hand in (
        as_written + b"[weights]\ninvestment = 10\njobs = 90\n",
        as_written.replace(b"0002", b"0001"),
        b"not toml",
        b"",
    ):
        path.write_bytes(by_hand)
        with refused("kept_by_hand"):
            store.keep("a", good, who="w", after=2)
        assert path.read_bytes() == by_hand
        assert numbers("a") == [1, 2]
    path.write_bytes(as_written + b"[weights]\ninvestment = 10\njobs = 90\n")
    store.duplicate("a", "b", who="w")
    assert store.load_state("b", 1).weights == {"investment": 10, "jobs": 90}
    path.write_bytes(as_written.replace(b"\n", b"\r\n"))  # says the same
    store.keep("a", good, who="w", after=2)
    path.unlink()  # says nothing that could be lost
    store.keep("a", good, who="w", after=3)
    assert load_scenario(path) == good


def test_a_folder_made_by_hand_is_a_scenario_without_history(good, home):
    make(home / "scenarios" / "own", GOOD)
    assert store.kept() == ["own"]
    assert store.history("own") == ()
    assert load_scenario(store.path_of("own")) == good
    before = tree(home)
    for after, key in ((None, "kept_name_taken"), (1, "kept_by_hand")):
        with refused(key):
            store.keep("own", good, who="w", after=after)
    assert tree(home) == before
    store.duplicate("own", "copy", who="w")
    assert store.load_state("copy", 1) == replace(good, title=Text("copy"))
    assert store.rename("own", "mine", who="w") is None  # what a person wrote stays as it is
    assert store.history("mine") == ()
    assert load_scenario(store.path_of("mine")) == good


# --- stops and full disks -------------------------------------------------------------------------


class Stop(BaseException):
    """The machine stops: nothing more is done, not even tidying up."""


@contextmanager
def failing(patch, at: int, error: BaseException, *, dead: bool):
    """The at-th thing done to the disk fails after half of it; with ``dead`` also everything after it."""
    count = iter(range(1000))

    def gate(real, *, half=None):
        def act(*args, **kwargs):
            now = next(count)
            if now == at and half:
                half(*args)
            if now == at or (dead and now > at):
                raise error
            return real(*args, **kwargs)

        return act

    write = os.write
    halves = gate(write, half=lambda file, content: write(file, content[: len(content) // 2]))
    with patch.context() as patched:
        patched.setattr(os, "write", halves)
        for name in ("open", "fsync", "mkdir", "rename", "replace", "chmod"):
            patched.setattr(os, name, gate(getattr(os, name)))
        if dead:
            for owner, name in ((os, "unlink"), (shutil, "rmtree")):
                patched.setattr(owner, name, gate(getattr(owner, name)))
        yield
    steps.append(next(count))


steps: list[int] = []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize("new", [True, False])
def test_whatever_fails_the_earlier_state_is_there_and_nothing_half_made(
    good, home, monkeypatch, new, number
):
    moved = good.with_weights(investment=50, jobs=50)
    if not new:
        store.keep("a", good, who="w", after=None)
    names, before = store.kept(), tree(home)
    failures = saved = 0
    for at in range(100):
        try:
            with failing(monkeypatch, at, OSError(number, "no"), dead=False):
                store.keep("a", moved, who="w", after=None if new else 1)
        except ScenarioError as error:
            failures += 1
            key = "kept_full" if number == errno.ENOSPC else "kept_unwritable"
            assert [p.key for p in error.problems] == [key]
            assert store.kept() == names
            if new:
                assert not any(path.is_file() for path in home.rglob("*"))
            else:
                assert tree(home) == before
                assert load_scenario(store.path_of("a")) == store.load_state("a", 1) == good
            continue
        # it failed after the state was whole, or not at all: then it is there for everybody
        saved += 1
        assert load_scenario(store.path_of("a")) == moved
        assert store.sound(store.history("a")[-1])
        if steps[-1] <= at:
            break
        shutil.rmtree(home)
        if not new:
            store.keep("a", good, who="w", after=None)
            before = tree(home)
    assert failures > 8  # every file of the state, its folders, the renaming
    assert saved > 1


@pytest.mark.parametrize("new", [True, False])
def test_wherever_the_machine_stops_it_is_the_old_state_or_the_new(good, home, monkeypatch, new):
    moved = good.with_weights(investment=50, jobs=50)
    seen = set()
    for at in range(100):
        shutil.rmtree(home, ignore_errors=True)
        if not new:
            store.keep("a", good, who="w", after=None)
        file = home / "scenarios" / "a" / "scenario.toml"
        try:
            with failing(monkeypatch, at, Stop(), dead=True):
                store.keep("a", moved, who="w", after=None if new else 1)
            break
        except Stop:
            pass
        if not new:  # the command line, which looks at nothing else, reads one or the other
            assert load_scenario(file) in (good, moved)
        there = store.kept()
        assert there in (["a"], []) if new else there == ["a"]
        if there:
            states = store.history("a")
            assert all(store.sound(state) for state in states)
            assert [s.number for s in states] in ([[1]] if new else [[1], [1, 2]])
            latest = moved if new or len(states) == 2 else good
            assert load_scenario(store.path_of("a")) == store.load_state("a", states[-1].number) == latest
            seen.add(len(states))
            store.keep("a", good, who="w", after=states[-1].number)
        else:
            seen.add(0)
            store.keep("a", good, who="w", after=None)
        assert load_scenario(file) == good
    assert seen == ({0, 1} if new else {1, 2})


def test_what_was_half_written_at_a_stop_is_never_taken_for_the_whole(good, home):
    store.keep("a", good, who="w", after=None)
    folder = home / "scenarios" / "a"
    whole = (folder / "scenario.toml").read_bytes().replace(b"0001", b"0002")
    for name, content in (("0" * 16, whole[:20]), ("1" * 16, whole + b"x"), ("f" * 16, b"")):
        (folder / f".0002-{name}.toml").write_bytes(content)
    assert load_scenario(store.path_of("a")) == good
    store.keep("a", good.with_weights(investment=50, jobs=50), who="w", after=1)
    found = (folder / "scenario.toml").read_bytes()
    assert found.splitlines()[3:] == whole.splitlines()[3:]  # all but the remarks
    assert sorted(p.name for p in folder.iterdir()) == ["scenario.toml", "states"]


def test_what_a_stop_left_is_removed_when_it_is_old(good, home, monkeypatch):
    store.keep("a", good, who="w", after=None)
    with pytest.raises(Stop), failing(monkeypatch, 12, Stop(), dead=True):
        store.keep("a", good, who="w", after=1)
    states = home / "scenarios" / "a" / "states"
    left = [path for path in states.iterdir() if path.name[0] == "."]
    assert len(left) == 1
    (states / ".DS_Store").write_text("not ours")
    store.keep("a", good, who="w", after=1)
    assert left[0].exists()  # somebody may be at it just now
    for path in (left[0], states / ".DS_Store"):
        os.utime(path, (0, 0))
    store.keep("a", good, who="w", after=2)
    assert sorted(p.name for p in states.iterdir()) == [".DS_Store", "0001", "0002", "0003"]
    assert sorted(p.name for p in states.parent.iterdir()) == ["scenario.toml", "states"]


def test_saving_into_what_is_discarded_meanwhile_makes_nothing(good, home, monkeypatch):
    store.keep("a", good, who="w", after=None)
    write = disk.write

    def discarding(path, *args, **kwargs):
        if path.name == "factors.csv":
            store.discard("a")
        return write(path, *args, **kwargs)

    with monkeypatch.context() as patched, refused("kept_unknown"):
        patched.setattr(disk, "write", discarding)
        store.keep("a", good, who="w", after=1)
    assert store.kept() == []
    assert list((home / "scenarios").iterdir()) == []


def test_a_home_that_cannot_be_written_is_told(good, home, monkeypatch):
    home.write_text("a file, not a folder")
    for act in (
        lambda: store.keep("a", good, who="w", after=None),
        lambda: store.put_draft(good),
        lambda: store.put_work({}),
    ):
        with refused("kept_unwritable") as caught:
            act()
        assert str(home) in str(caught.value)
    assert store.kept() == []
    home.unlink()
    store.keep("a", good, who="w", after=None)

    def no(*_, **__):
        raise PermissionError(errno.EACCES, "no")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", no)
        for act in (lambda: store.rename("a", "b", who="w"), lambda: store.discard("a")):
            with refused("kept_unwritable"):
                act()
    with monkeypatch.context() as patched, refused("file_unreadable"):
        patched.setattr(Path, "iterdir", no)
        store.kept()
    assert store.kept() == ["a"]


# --- tampering ------------------------------------------------------------------------------------


def spoil(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def test_a_state_that_was_changed_is_known_and_not_used(good, home):
    store.keep("a", good, who="w", after=None)
    store.keep("a", good, who="w", after=1)
    states = home / "scenarios" / "a" / "states"
    factors = states / "0001" / "factors.csv"
    spoil(factors, factors.read_bytes().replace(b"60", b"61"))
    assert [store.sound(state) for state in store.history("a")] == [False, True]
    with refused("kept_state_changed"):
        store.load_state("a", 1)
    assert store.load_state("a", 2) == good
    (states / "0002" / "published.csv").unlink()
    with refused("kept_state_changed"):
        store.load_state("a", 2)
    with refused("kept_state_changed"):
        store.duplicate("a", "b", who="w")
    third = store.keep("a", good, who="w", after=2)  # what is on the screen is kept all the same
    assert third.changes == ()
    assert [store.sound(state) for state in store.history("a")] == [False, False, True]
    for number in (0, 4, -1, 10**30, 10**5000, True, "1", "../a", None):
        with refused("kept_state_unknown"):
            store.load_state("a", number)


def edited(**changes):
    return lambda entry: json.dumps(json.loads(entry) | changes).encode()


BROKEN = {
    "missing": None,
    "empty": lambda _: b"",
    "no json": lambda _: b"{",
    "nested": lambda _: b"[" * 100_000,
    "a list": lambda _: b"[1]",
    "too large": lambda entry: entry + b" " * 11 * 2**20,
    "another number": edited(number=1),
    "no zone": edited(when="2026-01-01T00:00:00"),
    "no time": edited(when="yesterday"),
    "a time out of the calendar": edited(when="0001-01-01T00:00:00+23:00"),
    "who is a number": edited(who=5),
    "who steers the terminal": edited(who="\x1b[2J"),
    "why is turned round": edited(why="a\u202eb"),
    "changes are a table": edited(changes={"a": 1}),
    "changes hold anything": edited(changes=[{"clause": "weight", "where": 5, "before": None, "after": "1"}]),
    "endless": lambda entry: entry.replace(b'"more": 0', b'"more": Infinity'),
    "no files": edited(files={}),
    "files elsewhere": edited(files={"scenario.toml": "0", "../../../x.csv": "0"}),
    "files are a list": edited(files=["scenario.toml"]),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_entry_hides_no_other(good, home, how):
    for after in (None, 1, 2):
        store.keep("a", good, who="w", after=after)
    entry = home / "scenarios" / "a" / "states" / "0002" / "entry.json"
    if BROKEN[how] is None:
        entry.unlink()
    else:
        spoil(entry, BROKEN[how](entry.read_bytes()))
    states = store.history("a")
    assert [state.number for state in states] == [1, 2, 3]
    assert [state.when is None for state in states] == [False, True, False]
    assert [store.sound(state) for state in states] == [True, False, True]
    with refused("kept_state_changed"):
        store.load_state("a", 2)
    assert store.keep("a", good, who="w", after=3).number == 4


def test_a_conflict_with_a_broken_entry_can_be_told(good, home):
    store.keep("a", good, who="w", after=None)
    store.keep("a", good, who="w", after=1)
    spoil(home / "scenarios" / "a" / "states" / "0002" / "entry.json", b"{")
    with refused("kept_newer"):
        store.keep("a", good, who="w", after=1)


def test_links_to_elsewhere_are_not_followed(good, home, tmp_path):
    outside = tmp_path / "outside"
    store.keep("real", good, who="w", after=None)
    shutil.copytree(home / "scenarios" / "real", outside)
    before = tree(outside)
    (home / "scenarios" / "folder").symlink_to(outside)
    (home / "scenarios" / "loop").symlink_to(home / "scenarios" / "loop")
    for name in ("file", "states", "state"):
        shutil.copytree(home / "scenarios" / "real", home / "scenarios" / name)
    for path in (Path("file", "scenario.toml"), Path("states", "states"), Path("state", "states", "0001")):
        here = home / "scenarios" / path
        here.unlink() if here.is_file() else shutil.rmtree(here)
        here.symlink_to(outside / Path(*path.parts[1:]))
    assert store.kept() == ["real", "state", "states"]
    for name in ("folder", "file", "loop"):
        for act in (store.path_of, store.history, store.discard, lambda n: store.rename(n, "new", who="w")):
            with refused("kept_unknown"):
                act(name)
    for name in ("states", "state"):
        assert store.history(name) == ()
        with refused("kept_state_unknown"):
            store.load_state(name, 1)
        with refused("path_outside"):
            load_scenario(store.path_of(name))
        with refused("kept_by_hand"):
            store.keep(name, good, who="w", after=1)
    factors = home / "scenarios" / "real" / "states" / "0001" / "factors.csv"
    factors.unlink()
    factors.symlink_to(outside / "states" / "0001" / "factors.csv")
    assert not store.sound(store.history("real")[0])
    assert tree(outside) == before


# --- names ----------------------------------------------------------------------------------------

REFUSED = {
    "": "empty", "   ": "empty", "\u3000": "empty",
    "x" * 61: "long", "x" * 300: "long", "x" * 10**6: "long", "🎉" * 51: "long",
    "a/b": "character", "a\\b": "character", "a:b": "character", "a*": "character", 'a"b': "character",
    "a<b": "character", "a|b": "character", "what?": "character",
    ".": "start", "..": "start", "...": "start", ".hidden": "start", "../x": "start", "@own": "start",
    "=1+1": "start", "+1": "start", "-x": "start", "＝1": "start", "＠x": "start",
    "a.": "end", "a ": "end", " a": "end",
    "con": "reserved", "CON": "reserved", "Nul.txt": "reserved", "com1": "reserved", "LPT9": "reserved",
    "a\u202eb": "hidden", "a\u200bb": "hidden", "a\nb": "hidden", "a\0b": "hidden", "a\x1bb": "hidden",
    "a\u3000b": "hidden", "a\ud800": "hidden", "方\u200d案": "hidden", "\u200da": "hidden",
    "a\ufeff": "hidden",
    "CONIN$": "reserved", "conout$.txt": "reserved", "CLOCK$": "reserved", "COM0": "reserved",
    "com\u00b9": "reserved", "LPT\u00b3.toml": "reserved", "nul .tar.gz": "reserved", "prn.": "end",
    "Aux .x": "reserved", "con.tar.gz": "reserved",
    "\u3164": "hidden", "a\uffa0": "hidden", "a\u2800b": "hidden", "a\u034fb": "hidden", "\u115f": "hidden",
    "方\ufe0f案": "hidden", "a\U000e0100": "hidden", "a\u2066b": "hidden", "a\u00adb": "hidden",
    "a\u2028b": "hidden", "\u200b": "hidden", "a\u00a0b": "hidden", "a\u061c": "hidden",
    "x/../../y": "character", "C:\\x": "character", "/etc/passwd": "character", "~/x": "character",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED, ids=lambda name: ascii(name[:20]))
def test_names_that_no_folder_may_have(good, home, name, tmp_path):
    store.keep("a", good, who="w", after=None)
    before = tree(tmp_path)
    for act in (
        lambda: store.keep(name, good, who="w", after=None),
        lambda: store.rename("a", name, who="w"),
        lambda: store.duplicate("a", name, who="w"),
    ):
        with refused(f"kept_name_{REFUSED[name]}"):
            act()
    for act in (
        lambda: store.keep(name, good, who="w", after=1),
        lambda: store.rename(name, "b", who="w"),
        lambda: store.duplicate(name, "b", who="w"),
        lambda: store.path_of(name),
        lambda: store.history(name),
        lambda: store.load_state(name, 1),
        lambda: store.discard(name),
    ):
        with refused(f"kept_name_{REFUSED[name]}", "kept_unknown"):
            act()
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["方案", "泸州 2023（二稿）", "🎉", "👩\u200d🌾", "❤\ufe0f", "1\ufe0f\u20e3", "a.b", "x" * 60,
             "名" * 60, "~1%"]
)  # fmt: skip
def test_names_that_people_type(good, name):
    store.keep(name, good, who="w", after=None)
    store.keep(name, good, who="w", after=1)
    assert store.kept() == [name]
    assert numbers(name) == [1, 2]
    assert store.undo_discard(store.discard(name).token) == name
    assert store.load_state(name, 2) == good


@given(st.text(max_size=80))
def test_whatever_is_typed_is_one_plain_folder_or_refused(name):
    try:
        checked = check_name(name)
    except ScenarioError as error:
        assert error.problems[0].key.startswith("kept_name_")
        return
    assert unicodedata.is_normalized("NFC", checked)
    assert Path(checked).parts == (checked,)
    assert len(os.fsencode(checked)) <= 200
    assert check_name(checked) == checked


def test_names_that_look_the_same_are_one(good, home):
    store.keep("Café A", good, who="w", after=None)
    for name in ("Cafe\u0301 A", "café a", "CAFÉ A"):
        with refused("kept_name_taken"):
            store.keep(name, good, who="w", after=None)
        assert store.path_of(name) == home / "scenarios" / "Café A" / "scenario.toml"
    assert store.kept() == ["Café A"]
    folder = home / "scenarios" / "Café A"
    folder.rename(folder.with_name("Cafe\u0301 A"))  # as a Mac may have left it
    assert store.kept() == ["Café A"]
    assert store.load_state("Café A", 1) == good


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ("方案A", "方案Ａ"), ("方案A", "方案\u0410"), ("Plan", "Ｐｌａｎ"), ("Plan", "ＰＬＡＮ"),
        ("v1", "vl"), ("方案一", "方案ー"), ("方案二", "方案\u30cb"), ("2023-1", "2023\u20131"),
        ("方案10", "方案1O"), ("⼀", "一"), ("方案（1）", "方案(1)"), ("a. b", "а. b"),
    ],
)  # fmt: skip
def test_a_name_that_looks_like_another_is_pointed_out(good, home, there, new):
    store.keep(there, good, who="w", after=None)
    store.keep("other", good, who="w", after=None)
    before = tree(home)
    for act in (
        lambda: store.keep(new, good, who="w", after=None),
        lambda: store.rename("other", new, who="w"),
        lambda: store.duplicate("other", new, who="w"),
    ):
        with refused("kept_name_alike") as caught:
            act()
        assert f"“{there}”" in str(caught.value)
    assert tree(home) == before
    store.rename(there, new, who="w")  # its own name may be written otherwise
    assert sorted(store.kept()) == sorted([new, "other"])


@pytest.mark.parametrize(
    ("there", "new"),
    [("方案一", "方案二"), ("方案1", "方案2"), ("a", "b"), ("初稿", "初稿2"), ("方案A", "方案AA")],
)
def test_names_that_differ_to_the_eye_stand_side_by_side(good, there, new):
    for name in (there, new):
        store.keep(name, good, who="w", after=None)
    assert sorted(store.kept()) == sorted([there, new])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such folders")
@pytest.mark.parametrize("name", ["CONIN$", "con .x", "方案\u3164", "a\u2800b", "方案Ａ"])
def test_what_was_saved_under_a_name_that_is_refused_now_is_opened_all_the_same(good, home, name):
    store.keep("方案A", good, who="w", after=None)
    shutil.copytree(home / "scenarios" / "方案A", home / "scenarios" / name)
    assert sorted(store.kept()) == sorted(["方案A", name])
    assert store.load_state(name, 1) == load_scenario(store.path_of(name)) == good
    assert store.keep(name, good, who="w", after=1).number == 2
    assert store.rename(name, name, who="w") is None
    assert store.undo_discard(store.discard(name).token) == name
    assert store.rename(name, "new", who="w") is not None


def test_what_cannot_be_seen_is_named(good):
    with refused("kept_name_hidden") as caught:
        store.keep("a\u200bb\u202ec\u3164", good, who="w", after=None)
    for lang in LANGUAGES:
        (said,) = caught.value.sentences(Phrasebook(lang))
        assert "U+200B ZERO WIDTH SPACE" in said and "U+202E RIGHT-TO-LEFT OVERRIDE" in said
        assert said.isprintable()
    with refused("kept_name_hidden") as caught:
        store.keep("a\u3164", good, who="w", after=None)
    assert "U+3164 HANGUL FILLER" in str(caught.value)


def test_other_things_in_the_folder_are_passed_over(good, home):
    store.keep("b", good, who="w", after=None)
    store.keep("A", good, who="w", after=None)
    store.keep("c", good, who="w", after=None)
    folder = home / "scenarios"
    (folder / "notes.txt").write_text("x")
    for name in ("empty", ".hidden", "=1+1"):
        (folder / name).mkdir()
    (folder / "=1+1" / "scenario.toml").write_text("format = 1")
    for name in ("0003", "2", "00002", "abcd"):
        (folder / "b" / "states" / name).write_text("x") if name == "0003" else (
            folder / "b" / "states" / name
        ).mkdir()
    assert store.kept() == ["A", "b", "c"]
    assert numbers("b") == [1]
    with refused("kept_name_taken"):  # a folder without a scenario is somebody's too
        store.keep("Empty", good, who="w", after=None)
    store.keep("b", good, who="w", after=1)
    with refused("kept_unwritable"):  # a file has the number of the next state
        store.keep("b", good, who="w", after=2)
    assert numbers("b") == [1, 2]
    assert load_scenario(store.path_of("b")) == good


def test_a_rename_is_in_the_history_and_the_title_follows(good, home):
    store.keep("a", replace(good, title=Text("a", "first")), who="w", stage="初稿", after=None)
    store.keep("a", good.with_weights(investment=0, jobs=100), who="w", after=1)
    store.keep("taken", good, who="w", after=None)
    before = tree(home)
    for new, key in (("Taken", "kept_name_taken"), ("../x", "kept_name_start")):
        with refused(key):
            store.rename("a", new, who="w")
    assert tree(home) == before
    earlier = [tree(home / "scenarios" / "a" / "states" / number) for number in ("0001", "0002")]
    added = store.rename("a", "甲", who="李", why="改名")
    assert added == store.history("甲")[-1]
    assert (added.number, added.who, added.why, added.stage) == (3, "李", "改名", "")
    assert {(d.clause, d.after) for d in added.changes} == {("title", "甲")}
    now = load_scenario(store.path_of("甲"))
    assert now.title == Text("甲")
    assert allocate(now).amounts == allocate(store.load_state("甲", 2)).amounts
    assert [tree(home / "scenarios" / "甲" / "states" / number) for number in ("0001", "0002")] == earlier
    assert store.rename("甲", "甲", who="w") is None
    assert numbers("甲") == [1, 2, 3]
    store.rename("taken", "TAKEN", who="w")
    assert store.kept() == ["TAKEN", "甲"]
    assert numbers("TAKEN") == [1, 2]
    with refused("kept_unknown"):
        store.keep("a", good, who="a window that was left open", after=2)


def test_a_restored_state_has_its_amounts_and_the_present_name(good):
    store.keep("a", store.titled("a", good), who="w", after=None)
    store.keep("a", store.titled("a", good.with_weights(investment=0, jobs=100)), who="w", after=1)
    store.rename("a", "b", who="w")
    store.restore("b", 1, who="x", why="back", after=3)
    first, last = store.load_state("b", 1), load_scenario(store.path_of("b"))
    assert (first.title, last.title) == (Text("a"), Text("b"))
    assert allocate(last).amounts == allocate(first).amounts
    assert last == replace(first, title=Text("b"))
    with refused("kept_newer"):
        store.restore("b", 1, who="x", after=3)
    with refused("kept_state_unknown"):
        store.restore("b", 9, who="x", after=4)
    assert numbers("b") == [1, 2, 3, 4]


@pytest.mark.parametrize("name", ["方案", "👩\u200d🌾 2", "a.b", "名" * 60])
def test_a_title_is_the_name_as_far_as_texts_go(good, name):
    scenario = store.titled(name, good)
    assert scenario.title.zh.replace("👩🌾", "👩\u200d🌾") == name
    assert store.titled(name, scenario) is scenario
    translated = replace(scenario, title=Text(scenario.title.zh, "in English"))
    assert store.titled(name, translated) is translated


def test_a_damaged_or_foreign_latest_state_does_not_keep_from_renaming(good):
    store.keep("a", good, who="w", after=None)
    spoil(store.history("a")[0].path, b"format = 1")
    assert store.rename("a", "b", who="w") is None
    assert store.kept() == ["b"]
    store.keep("c", good, who="w", after=None)
    store.path_of("c").write_text('format = 1\nextends = "states/0001/scenario.toml"\ntitle = "mine"\n')
    assert store.rename("c", "d", who="w") is None
    assert load_scenario(store.path_of("d")).title == Text("mine")


def test_whatever_fails_a_rename_is_whole_or_not_at_all(good, home, monkeypatch):
    store.keep("a", good, who="w", after=None)
    before, failures = tree(home), 0
    for at in range(100):
        try:
            with failing(monkeypatch, at, OSError(errno.ENOSPC, "full"), dead=False):
                store.rename("a", "b", who="w")
        except ScenarioError as error:
            failures += 1
            assert [p.key for p in error.problems] == ["kept_full"]
            assert tree(home) == before
            continue
        assert numbers("b") == [1, 2]
        assert load_scenario(store.path_of("b")).title == Text("b")
        if steps[-1] <= at:
            break
        shutil.rmtree(home)
        store.keep("a", good, who="w", after=None)
        before = tree(home)
    assert failures > 20


def test_a_duplicate_goes_its_own_way(good):
    store.keep("a", good, who="w", after=None)
    moved = replace(good, title=Text("另一个"))
    store.keep("a", moved, who="w", after=1)
    copy = store.duplicate("a", "b", who="x", why="to try")
    assert (copy.number, copy.who, copy.why, copy.digest) == (1, "x", "to try", good.digest)
    assert store.load_state("b", 1) == replace(good, title=Text("b"))
    store.keep("b", good, who="w", after=1)
    assert (numbers("a"), numbers("b")) == ([1, 2], [1, 2])
    assert store.load_state("a", 2) == moved
    with refused("kept_name_taken"):
        store.duplicate("a", "B", who="w")


def test_the_trash_is_read_from_the_disk(good, home, tmp_path, clock):
    assert store.discarded() == []
    for name in ("a", "b-2"):
        store.keep(name, good, who="w", after=None)
    first, second = store.discard("a"), store.discard("b-2")
    assert store.discarded() == [second, first]
    assert [known.name for known in store.discarded()] == ["b-2", "a"]
    assert clock < first.when < second.when
    stamp = first.token.removeprefix("a")
    for stray in ("other", "x" + stamp[:-2], "=1" + stamp, "y-20259999T000000000000Z"):
        (store.trash() / stray).mkdir()
    (store.trash() / f"file{stamp}").write_text("no folder")
    make(tmp_path / "outside", GOOD)
    (store.trash() / f"link{stamp}").symlink_to(tmp_path / "outside")
    assert store.discarded() == [second, first]
    store.undo_discard(first.token)
    assert store.discarded() == [second]


def test_discarding_can_be_undone(good, home):
    store.keep("a", good, who="w", after=None)
    first = store.discard("a").token
    assert store.kept() == []
    store.keep("a", good.with_weights(investment=0, jobs=100), who="w", after=None)
    with refused("kept_trash_taken"):
        store.undo_discard(first)
    second = store.discard("a").token
    assert first != second
    assert store.undo_discard(first) == "a"
    assert store.load_state("a", 1) == good
    with refused("kept_trash_unknown"):
        store.undo_discard(first)
    store.rename("a", "b", who="w")
    assert store.undo_discard(second) == "a"
    assert store.load_state("a", 1).weights["jobs"] == 100


def test_hostile_tokens_of_the_trash(good, home, tmp_path):
    store.keep("a", good, who="w", after=None)
    stamp = store.discard("a").token.removeprefix("a")
    make(tmp_path / "outside", GOOD)
    (home / "trash" / f"link{stamp}").symlink_to(tmp_path / "outside")
    before = tree(tmp_path)
    for token in (
        "", "a", "a\0" + stamp, "../trash/a" + stamp, "/etc" + stamp, "..", stamp, "a" + stamp + "/..",
        "link" + stamp, "a" + stamp + "x", "a\n" + stamp, "x" * 5000, "x" * 975 + stamp + "more",
    ):  # fmt: skip
        with pytest.raises(ScenarioError) as caught:
            store.undo_discard(token)
        assert caught.value.problems[0].key.startswith(("kept_trash_unknown", "kept_name_"))
        assert caught.value.sentences(ZH)
    assert tree(tmp_path) == before
    assert store.undo_discard("a" + stamp) == "a"


# --- drafts ---------------------------------------------------------------------------------------


def test_a_draft_is_named_by_its_content(good, home):
    token = store.put_draft(good)
    folder = home / "drafts" / token
    written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert store.put_draft(replace(good)) == token
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == written  # written once
    assert store.get_draft(token) == good
    others = [
        good.with_weights(investment=61, jobs=39),
        replace(good, title=Text("title", "only")),  # decides no number, and is a draft of its own
        replace(good, published=None),
    ]
    tokens = {store.put_draft(other) for other in others}
    assert len(tokens | {token}) == 4
    assert sorted(p.name for p in (home / "drafts").iterdir()) == sorted(tokens | {token})
    assert store.kept() == []


def test_hostile_tokens_of_drafts(good, home, tmp_path):
    token = store.put_draft(good)
    store.keep("a", good, who="w", after=None)
    outside = tmp_path / "outside" / token
    shutil.copytree(home / "drafts" / token, outside)
    shutil.rmtree(home / "drafts" / token)
    (home / "drafts" / token).symlink_to(outside)
    state = home / "scenarios" / "a" / "states" / "0001"
    for asked in (
        token, token.upper(), token + "\n", token + "/", "../" + token, "", ".", "..", "f" * 32, "x" * 32,
        "٣" * 32, str(state), f"../scenarios/a/states/0001/{'0' * 10}", token + "\0", "0" * 10**6,
    ):  # fmt: skip
        with refused("kept_draft_unknown"):
            store.get_draft(asked)
    assert store.put_draft(good) == token  # in the place of the link
    assert store.get_draft(token) == good
    assert outside.is_dir()


def test_a_changed_draft_is_not_used_and_is_mended(good, home):
    token = store.put_draft(good)
    folder = home / "drafts" / token
    for spoiled in ("scenario.toml", "factors.csv"):
        path = folder / spoiled
        path.write_bytes(path.read_bytes().replace(b"60", b"61"))
        with refused("kept_draft_unknown"):
            store.get_draft(token)
        assert store.put_draft(good) == token
        assert store.get_draft(token) == good
    (folder / ".DS_Store").write_text("what a system puts everywhere")
    assert store.get_draft(token) == good


def test_a_draft_is_there_where_nothing_can_be_written_any_more(good, monkeypatch):
    token = store.put_draft(good)

    def no(*_, **__):
        raise PermissionError(errno.EROFS, "no")

    for name in ("utime", "mkdir", "rename"):
        monkeypatch.setattr(os, name, no)
    assert store.put_draft(good) == token
    assert store.get_draft(token) == good


def test_a_draft_that_is_kept_again_has_the_same_token(good):
    """Else an address would change with every refresh."""
    for scenario in (good, good.with_weights(investment="33.3", jobs="66.7"), replace(good, published=None)):
        token = store.put_draft(scenario)
        assert store.put_draft(store.get_draft(token)) == token


def test_work_is_named_by_its_content_and_keeps_its_drafts(good, home, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 3)
    draft = store.put_draft(good)
    work = {"@方案": {"draft": draft, "state": "2", "weight.jobs": "7.5"}, "a/b": {"weight.jobs": "1"}}
    token = store.put_work(work)
    assert store.get_work(token) == work
    assert store.put_work(dict(reversed(work.items()))) == token
    for n in range(5):  # what it names counts as kept again with it
        for age, path in enumerate([home / "drafts" / token, home / "drafts" / draft]):
            os.utime(path, (10**9 + age, 10**9 + age))
        assert store.put_work(work) == token
        store.put_draft(good.with_weights(investment=n, jobs=100 - n))
    assert store.get_work(token) == work
    assert store.get_draft(draft) == good
    assert len(list((home / "drafts").iterdir())) == 3
    assert store.put_work({"gone": {"draft": "0" * 32}}) != token


def test_hostile_work(good, home):
    draft = store.put_draft(good)
    for asked in ("", "..", "../../etc", "f" * 32, draft, "0" * 10**6):
        with refused("kept_draft_unknown", "file_missing"):
            store.get_work(asked)
    for content in (b"[]", b"{", b'{"a": 1}', b'{"a": [["x"]]}', b"[" * 100_000, b"\xff", b"1"):
        with refused("kept_draft_unknown"):
            store.get_work(drafts._put({"work.json": content}))
    (home / "outside").write_text("x")
    os.utime(home / "outside", (10**9, 10**9))
    for draft in ("../outside", str(home / "outside"), "", ".", "a\0b", "\ud800"):  # as an address may say
        assert store.get_work(store.put_work({"a": {"draft": draft}})) == {"a": {"draft": draft}}
    assert (home / "outside").stat().st_mtime == 10**9
    token = store.put_work({"a": {"weight.x": "1"}})
    path = home / "drafts" / token / "work.json"
    path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    with refused("kept_draft_unknown"):
        store.get_work(token)


def test_only_the_newest_drafts_are_kept(good, home, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 3)
    made = [store.put_draft(good.with_weights(investment=n, jobs=100 - n)) for n in range(3)]
    for age, token in enumerate(reversed(made)):
        os.utime(home / "drafts" / token, (10**9 - age, 10**9 - age))
    store.put_draft(good.with_weights(investment=0, jobs=100))  # the oldest, kept again
    last = store.put_draft(good)
    assert {path.name for path in (home / "drafts").iterdir()} == {made[0], made[2], last}
    with refused("kept_draft_unknown"):
        store.get_draft(made[1])


def test_a_full_disk_leaves_no_half_draft(good, home, monkeypatch):
    failures = 0
    for at in range(100):
        try:
            with failing(monkeypatch, at, OSError(errno.ENOSPC, "full"), dead=False):
                token = store.put_draft(good)
        except ScenarioError as error:
            failures += 1
            assert error.problems[0].key == "kept_full"
            assert not any(path.is_file() for path in home.rglob("*"))
            continue
        assert store.get_draft(token) == good
        if steps[-1] <= at:
            break
        shutil.rmtree(home)
    assert failures > 6


def test_two_windows_keep_the_same_draft(good):
    start, tokens = threading.Barrier(6), []

    def put():
        start.wait()
        tokens.append(store.put_draft(good))

    threads = [threading.Thread(target=put) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 6
    assert len(set(tokens)) == 1
    assert store.get_draft(tokens[0]) == good
