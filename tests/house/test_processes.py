"""Tests wait for conditions and leave nothing behind; also this is tested."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import pytest
from processes import HUNG, ended, left, running

TESTS = Path(__file__).parent.parent
WAITING = {"processes.py"}  # alone knows of seconds
CLOCKS = {"sleep", "wait_for_timeout", "monotonic", "perf_counter", "time", "process_time", "thread_time"}
LIMITS = {"timeout", "default_timeout", "deadline"}
# A process that leaves its parent's session and hands itself to nobody, as a daemon does; it says its number.
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        os.close(1)
        time.sleep(3600)
    os._exit(0)
os.wait()
"""
# One that does not end when it is asked to, with a child.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
print(flush=True)
time.sleep(3600)
"""
unix = pytest.mark.skipif(sys.platform == "win32", reason="processes of Unix")


@unix
def test_a_process_that_nobody_is_the_parent_of_is_found() -> None:
    done = subprocess.run([sys.executable, "-c", DAEMON], stdout=subprocess.PIPE, text=True, check=True)
    found = [process for process in left() if process.pid == int(done.stdout)]
    assert found
    ended(found)
    assert int(done.stdout) not in {process.pid for process in left()}


@unix
def test_a_command_ends_with_all_that_it_started() -> None:
    with running([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, text=True) as process:
        assert [process.stdout.readline() for _ in range(2)] == ["\n", "\n"]
        (child,) = psutil.Process(process.pid).children()
    assert child not in left()
    assert process.returncode is not None


def own_run(folder: Path, code: str) -> dict[str, Any]:
    """How to run tests of their own with our settings."""
    (folder / "test_it.py").write_text(code)
    # assertions as they stand: rewriting those of every plugin takes longer than such a run
    command = [sys.executable, "-m", "pytest", "-qs", "-n", "0", "--assert=plain"]
    command += ["-p", "conftest", "-p", "no:cacheprovider"]
    return {
        "args": [*command, "-c", os.devnull, f"--rootdir={folder}", str(folder)],
        "env": os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        "text": True, "cwd": folder, "stdout": subprocess.PIPE,
    }  # fmt: skip


@unix
def test_a_run_that_leaves_a_process_fails(tmp_path: Path) -> None:
    code = f"import subprocess, sys\ndef test_it():\n    subprocess.run([sys.executable, '-c', {DAEMON!r}])\n"
    done = subprocess.run(**own_run(tmp_path, code))
    assert done.returncode == 1 and "1 passed, 1 error" in done.stdout and "left running: " in done.stdout


@unix
def test_a_run_that_is_ended_ends_what_it_started(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom processes import running\ndef test_it():\n"
        f"    with running([sys.executable, '-c', {STUBBORN!r}]) as process:\n"
        "        print('begun', process.pid, flush=True)\n        process.wait()\n"
    )
    how = own_run(tmp_path, code)
    with running(how.pop("args"), **how) as tests:
        (started,) = islice((psutil.Process(int(line[6:])) for line in tests.stdout if "begun" in line), 1)
        tests.terminate()
        assert tests.wait(HUNG) == 143
        assert started not in left()


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("path", sorted({*TESTS.rglob("*.py")}, key=str), ids=lambda path: path.name)
def test_no_test_depends_on_time(path: Path) -> None:
    """There is one limit to all waiting; nothing is measured in seconds or waits for them to pass."""
    for call in calls(path):
        where = f"{path.name}:{call.lineno}"
        name = name_of(call)
        assert name not in CLOCKS or path.name in WAITING, f"{where} reads a clock or waits for it"
        for given in call.keywords:
            own = isinstance(given.value, ast.Constant) and given.value.value is not None
            assert given.arg not in LIMITS or not own, f"{where} has a limit of its own"
        if name == "settings":  # a slow machine is no fault of the inputs
            checks = [ast.unparse(given.value) for given in call.keywords if "health" in (given.arg or "")]
            assert all("too_slow" in said or said == "list(HealthCheck)" for said in checks), where
