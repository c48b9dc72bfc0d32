"""The command `app`: the web page, as a Streamlit process of its own on this machine alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from allocator.cli import running
from allocator.cli.parser import Parser, Usage
from allocator.core.errors import Problem, ScenarioError
from allocator.files.parsing import read_toml
from allocator.text import Phrasebook

SETTINGS = Path(__file__).parent.parent / "ui" / "server.toml"


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator app`."""
    made = Parser("app", book, table=False)
    made.option("--port", metavar="PORT", default="8501")
    made.option("--scenarios", metavar="FOLDER")
    made.option("--no-browser", action="store_true")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Serves the page and prints its address, or opens the one that runs already."""
    plain_port = options.port.isascii() and options.port.isdigit() and len(options.port) <= 5
    if not plain_port or not 1 <= int(options.port) <= 65535:
        raise Usage(book.say("cli.bad_port", value=options.port[:40]))
    if options.scenarios and not Path(options.scenarios).is_dir():
        raise ScenarioError(Problem("folder_missing", {}, options.scenarios))
    with running.claimed() as claim:
        other = None if claim else _other(options.scenarios)
        if other is None:
            return _serve(options, book, claim)
    print(book.say("cli.served_already", address=other), flush=True)
    if not options.no_browser:
        show(other)
    return 0


def _other(scenarios: str | None) -> str | None:
    """The address of the page that runs already, once it answers; None where it serves something else."""
    while running.held():
        note = running.noted()
        if note is not None and not note.serves(running.Note.here("", scenarios)):
            return None
        if note is not None and listening(int(note.address.rpartition(":")[2])):
            return note.address
        time.sleep(0.1)  # it is starting, or ending
    return None


def _serve(options: Any, book: Phrasebook, claim: running.Claim | None) -> int:
    wanted = int(options.port)
    port = running.free_port(wanted)
    if port != wanted:
        print(book.say("cli.busy_port", port=str(wanted), other=str(port)), flush=True)

    def announce(address: str) -> None:
        if claim is not None:
            claim.write(running.Note.here(address, options.scenarios))
        print(book.say("cli.serving", address=address), flush=True)
        if not options.no_browser:
            show(address)

    return serve(port, options.scenarios, announce)


def serve(port: int, scenarios: str | None, announce: Callable[[str], None]) -> int:
    """Serves the page until it is ended, and returns the server's exit status.

    The settings are those of ui/server.toml, given as flags: they hold in a checkout and in an installed
    package alike, whatever the user's own Streamlit settings say.
    """
    environment = os.environ | ({"ALLOCATOR_SCENARIOS": scenarios} if scenarios else {})
    flags = [f"--server.port={port}", *_flags(read_toml(SETTINGS))]
    command = [sys.executable, "-m", "allocator.ui", *flags]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    # ending this process must end the page too
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        while server.poll() is None and not listening(port):
            time.sleep(0.1)
        if server.poll() is None:
            announce(f"http://127.0.0.1:{port}")
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return 0


def listening(port: int) -> bool:
    """True if something answers on this port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _flags(settings: dict[str, Any], prefix: str = "--") -> Iterator[str]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flags(value, f"{prefix}{name}.")
        else:
            for item in value if isinstance(value, list) else [value]:
                yield f"{prefix}{name}={str(item).lower() if isinstance(item, bool) else item}"


def show(address: str) -> None:
    """Opens an address in the browser, where there is a screen to open one on."""
    if _has_screen():
        webbrowser.open(address)


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or any(
        os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY")
    )
