"""The last tasks of the manual: where things are kept, and what to do when something goes wrong."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import browser
from processes import running, until

from newcomer.ask import zone_of
from newcomer.begin import MINE, WHO
from newcomer.reader import Reader

DESK = Path(__file__).parent.parent / "desk"


# --- where things are ------------------------------------------------------------------------------


def saves_again(reader: Reader) -> None:
    """Another save of the scenario that was saved first."""
    say, page = reader.book.say, reader.page
    reader.visit.open(f"?lang={reader.book.language}&scenario=@{MINE[reader.book.language]}")
    page.get_by_role("slider").first.press("PageUp")
    reader.visit.settle()
    page.get_by_role("button", name=say("app.weights.write")).click()
    reader.visit.settle()
    page.get_by_role("button", name=say("app.toolbar.save"), exact=True).click()
    with reader.dialog() as form:
        form.get_by_label(say("app.saving.who"), exact=True).fill(WHO[reader.book.language])
        form.get_by_role("button", name=say("app.saving.save"), exact=True).click()


def finds_saves(reader: Reader) -> None:
    """A line for each save, and the file."""
    saves_again(reader)
    reader.turn("app.nav.more", "app.nav.saved")
    reader.page.get_by_text("scenario.toml").first.wait_for()
    reader.hold(reader.page.locator('[class*="st-key-state-"]').count() == 2, "there are not two saves")


def restores(reader: Reader) -> None:
    """The first save, which makes a third."""
    reader.press("app.kept.restore")
    with reader.dialog() as window:
        reader.shot()
        reader.control("app.kept.restore_do", window).click()
    reader.page.locator(".st-key-state-3").wait_for()


def freezes(reader: Reader) -> None:
    """Two stages, side by side."""
    for stage in ("app.saving.stage_draft", "app.saving.stage_meeting"):
        reader.press("app.kept.freeze")
        with reader.dialog() as window:
            reader.pick("app.saving.stage", reader.book.say(stage), window)
            reader.shot()
            reader.control("app.kept.freeze_do", window).click()
    reader.press("app.kept.compare")
    reader.page.locator("h1", has_text=reader.book.say("app.nav.compare")).wait_for()
    reader.page.get_by_text(reader.book.say("app.saving.stage_draft")).first.wait_for()


def takes_back(reader: Reader) -> None:
    """Deleted, and taken back."""
    reader.visit.open(f"saved?lang={reader.book.language}&scenario=@{MINE[reader.book.language]}")
    reader.press("app.kept.discard")
    reader.press("app.kept.trash")
    reader.press("app.kept.take_back")
    reader.page.locator(".st-key-state-3").wait_for()


def backs_up(reader: Reader) -> None:
    """The folder taken away, and put back."""
    folder = reader.visit.server.home / "scenarios"
    shutil.move(folder, reader.folder / "copy")
    reader.visit.open(f"saved?lang={reader.book.language}")
    reader.page.get_by_text(reader.book.say("app.kept.none")).wait_for()
    shutil.move(reader.folder / "copy", folder)
    reader.visit.open(f"saved?lang={reader.book.language}&scenario=@{MINE[reader.book.language]}")
    reader.page.locator(".st-key-state-3").wait_for()


KEPT = (finds_saves, restores, freezes, takes_back, backs_up)

# --- when something goes wrong ---------------------------------------------------------------------


@contextmanager
def started(reader: Reader, name: str, port: int) -> Iterator[tuple[browser.Server, str]]:
    """The program as its starter starts it, with a user folder of this name, and what its window says."""
    command = [sys.executable, "-m", "allocator", "app", "--port", str(port), "--no-browser"]
    command += ["--lang", reader.book.language]
    home = reader.folder / name
    environment = os.environ | {"ALLOCATOR_HOME": str(home)}
    with running(command, stdout=subprocess.PIPE, text=True, cwd=browser.ROOT, env=environment) as process:
        window: list[str] = []

        def address() -> str | None:
            window.append(process.stdout.readline())
            found = re.search(r"http://127\.0\.0\.1:\d+", window[-1])
            return found[0] if found else None

        yield (
            browser.Server(until(address, lambda: f"the window says {window}"), process, home),
            "".join(window),
        )


@contextmanager
def visiting(reader: Reader, server: browser.Server) -> Iterator[browser.Visit]:
    """A visit of a newcomer who has just started the program."""
    visit = browser.Visit(reader.visit.context.browser, server, lang=reader.book.language)
    yield visit
    reader.hold(not visit.outside(), f"the page asks {visit.outside()}")
    visit.leave().close()


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def opens_by_hand(reader: Reader) -> None:
    """The address that the window says, in the browser."""
    with started(reader, "one", free_port()) as (server, _), visiting(reader, server) as visit:
        visit.open()


def has_port_taken(reader: Reader) -> None:
    """A port that somebody has: the window says another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        with started(reader, "two", port) as (server, window), visiting(reader, server) as visit:
            reader.hold(str(port) in window and not server.address.endswith(f":{port}"), window)
            visit.open()


def starts_again(reader: Reader) -> None:
    """The window is closed and opened again: after a refresh the edits are there."""
    port, equal = free_port(), reader.book.say("app.weights.chip_equal")
    with ExitStack() as first:
        server, _ = first.enter_context(started(reader, "three", port))
        with visiting(reader, server) as visit:
            visit.open().get_by_role("button", name=equal, exact=True).click()
            visit.settle()
            edited = visit.amounts()
            first.close()
            with started(reader, "three", port):
                visit.page.reload()
                visit.settle()
                reader.hold(visit.amounts() == edited, "the edits are gone")


def cannot_allocate(reader: Reader) -> None:
    """All weights at zero, and a step back."""
    for slider in reader.page.get_by_role("slider").all():
        slider.press("Home")
        reader.visit.settle()
    reader.page.get_by_text(reader.book.say("app.weights.zero")).wait_for()
    reader.press("app.toolbar.undo")
    reader.page.get_by_text(reader.book.say("app.weights.zero")).wait_for(state="detached")


def rounds(reader: Reader) -> None:
    """Weights that do not add up to 100, and the button for that."""
    before = reader.page.get_by_text(reader.book.say("app.weights.total_is"), exact=True)
    reader.hold(before.count() == 0, "the weights add up to 100")
    reader.press("app.weights.write")
    before.wait_for()


def has_no_python(reader: Reader) -> None:
    """The sentence of the installer, which says whom to ask."""
    sentence = tomllib.loads((DESK / "words.toml").read_text("utf-8"))["no_python"][reader.book.language]
    reader.hold(("信息中心（运维人员）" if reader.book.chinese else "IT staff") in sentence, sentence)


def reads_again(reader: Reader) -> None:
    """The whole rule with one recipient's figures."""
    reader.turn("app.nav.more", "app.nav.method")
    reader.chosen(reader.page.locator(".stSelectbox input").last, zone_of(reader))


TROUBLE = (opens_by_hand, has_port_taken, starts_again, cannot_allocate, rounds, has_no_python, reads_again)
