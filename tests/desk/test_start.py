"""The page starts once for each user: a busy port is no error, and a second start opens the one that runs."""

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from allocator.cli import app, running
from allocator.cli.app import command, parser
from allocator.text import Phrasebook

ZH = Phrasebook("zh")


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def started(monkeypatch):
    """What the command does without a server and a browser: the ports served, the addresses opened."""
    served, opened = [], []

    def serve(port, scenarios, announce):
        served.append(port)
        announce(f"http://127.0.0.1:{port}")
        return 0

    monkeypatch.setattr(app, "serve", serve)
    monkeypatch.setattr(app, "show", opened.append)
    return served, opened


def start(*arguments):
    return command(parser(ZH).read(arguments), ZH)


@contextmanager
def busy():
    """A port that somebody else listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_busy_port_is_said_and_another_is_taken(started, capsys):
    served, opened = started
    with busy() as port:
        assert start("--port", str(port)) == 0
    (other,) = served
    assert other != port
    assert opened == [f"http://127.0.0.1:{other}"]
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"端口{port}已被占用或不能使用，改用端口{other}。"
    assert f"http://127.0.0.1:{other}" in second


def test_a_second_start_opens_the_page_that_runs(started, capsys):
    served, _ = started
    with busy() as port, running.claimed() as claim:
        address = f"http://127.0.0.1:{port}"
        claim.write(running.Note.here(address, None))
        assert in_another_process("start('--port', '8501')") == f"已在运行，直接打开：{address}"
    assert served == []


def test_a_start_beside_one_that_is_starting_waits_for_it(started):
    with busy() as port, running.claimed() as claim:
        address = f"http://127.0.0.1:{port}"
        later = threading.Timer(0.3, lambda: claim.write(running.Note.here(address, None)))
        later.start()
        assert address in in_another_process("start()")
        later.join()


def test_other_scenarios_and_other_versions_are_served_beside_it(started, tmp_path):
    with busy() as port, running.claimed() as claim:
        note = running.Note.here(f"http://127.0.0.1:{port}", None)
        claim.write(note)
        folder = json.dumps(str(tmp_path))
        assert "served" in in_another_process(f"start('--scenarios', {folder})")
        claim.write(running.Note(note.address, "", "0.0.1", note.machine))
        assert "served" in in_another_process("start()")


def test_what_has_ended_however_it_ended_holds_nothing(started, own_home):
    code = "from allocator.cli import running; running.claimed().__enter__(); import os; os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code], env=dict(os.environ)).returncode == 9
    assert not running.held()
    (own_home / "running").write_text('{"address": "http://127.0.0.1:1"}')
    assert running.noted() is None  # a note that nobody of this version wrote
    start()
    assert len(started[0]) == 1


def test_a_folder_that_cannot_hold_the_claim_is_no_obstacle(started, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "file" / "home"))
    assert start() == 0
    assert len(started[0]) == 1


def test_the_claim_leaves_the_users_folder_closed_to_others(own_home):
    with running.claimed() as claim:
        claim.write(running.Note.here("http://127.0.0.1:1", None))
        assert running.noted().address == "http://127.0.0.1:1"
    if os.name != "nt":
        assert (own_home / "running").stat().st_mode & 0o077 == 0
        assert own_home.stat().st_mode & 0o077 == 0


def in_another_process(code):
    """What is printed there; a lock of this process would not keep this process out everywhere."""
    lines = [
        "import sys; sys.path.insert(0, sys.argv[1])",
        "from allocator.cli import app",
        "from allocator.text import Phrasebook",
        "app.serve = lambda port, scenarios, announce: print('served') or 0",
        "app.show = lambda address: None",
        "start = lambda *given: app.command(app.parser(Phrasebook('zh')).read(given), Phrasebook('zh'))",
        code,
    ]
    source = str(Path(app.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines), source], capture_output=True, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
