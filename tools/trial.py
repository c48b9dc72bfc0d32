"""Installs a bundle as somebody at an office machine would, with no network and no rights, and works with it.

    python tools/trial.py BUNDLE.zip PYTHON     PYTHON: the folder of a Python that everybody may read

Run by root, who makes a network namespace with nothing but the loopback in it, and in it becomes a user of
no name with an empty home. Unzipped, installed, started; a second start; in a browser every page, one
split, saved and exported; installed again over it; removed. Prints what happened, and raises at the first
thing that did not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
USER = 12345
INSIDE = "ALLOCATOR_TRIAL_INSIDE"


def main(bundle: Path, python: Path) -> None:
    """Goes through all of it in a namespace of its own."""
    if INSIDE not in os.environ:
        command = ["unshare", "-n", sys.executable, __file__, str(bundle.absolute()), str(python.absolute())]
        sys.exit(subprocess.run(command, env=os.environ | {INSIDE: "1"}, check=False).returncode)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    names = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    print("interfaces:", *(line.split(": ")[1] for line in names.splitlines()))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        home.mkdir()
        os.chown(home, USER, USER)
        work(User(home, python), bundle)


class User:
    """Somebody without rights: runs commands in an empty home with next to no environment."""

    def __init__(self, home: Path, python: Path) -> None:
        self.home = home
        self.environment = {
            "HOME": str(home),
            "PATH": f"{python}/bin:/usr/bin:/bin",
            # a Python that was copied looks for its library where it was built
            "LD_LIBRARY_PATH": f"{python}/lib",
            "LANG": "zh_CN.UTF-8",
            "PYTHONPATH": "/nowhere",  # what other programs leave behind must not matter
        }

    def command(self, *given: str | Path) -> list[str]:
        """The command with the rights of this user."""
        return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *map(str, given)]

    def run(self, *given: str | Path) -> str:
        """What a command prints; raises where it fails."""
        done = subprocess.run(
            self.command(*given), cwd=self.home, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (given, done.stdout, done.stderr)
        print(done.stdout, end="", flush=True)
        return done.stdout

    @contextmanager
    def started(self) -> Iterator[str]:
        """The address that the started program says."""
        command = self.command("sh", self.home / "allocator" / "start.sh", "--no-browser")
        app = subprocess.Popen(
            command, cwd=self.home, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        try:
            assert app.stdout
            line = app.stdout.readline()
            print(line, end="", flush=True)
            yield line[line.index("http://") :].partition("（")[0].split()[0]
        finally:
            app.terminate()
            app.wait()


def work(user: User, bundle: Path) -> None:
    """Installs, works, installs over it, removes."""
    user.run("unzip", "-q", bundle)
    with zipfile.ZipFile(bundle) as archive:
        top = user.home / archive.namelist()[0].partition("/")[0]
    user.run("sh", "-c", f"cd {top} && sha256sum --quiet -c SHA256SUMS")
    user.run("sh", top / "install.sh")
    saved = user.home / ".local" / "share" / "allocator"
    with user.started() as address:
        assert address in user.run("sh", top / "start.sh")  # a second start, from the other folder
        in_a_browser(address, saved)
    before = held(saved)
    assert any("试用方案" in name for name in before)
    user.run("sh", top / "install.sh")
    assert held(saved) == before
    assert len(list((user.home / "allocator").glob("app-*"))) == 1
    with user.started() as address, urllib.request.urlopen(address) as answer:
        assert answer.status == 200
    user.run("rm", "-r", user.home / "allocator", top)
    assert held(saved) == before
    print("left in the home:", *sorted(str(p.relative_to(user.home)) for p in user.home.glob("*/*")), *(
        sorted(p.name for p in user.home.iterdir())))  # fmt: skip


def held(folder: Path) -> dict[str, bytes]:
    """The files of the scenarios that were saved."""
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in (folder / "scenarios").rglob("*") if p.is_file()
    }


def in_a_browser(address: str, saved: Path) -> None:
    """Opens every page in both languages; splits the fund by other weights, saves, and takes a paper."""
    sys.path[:0] = [str(CHECKOUT / "tests"), str(CHECKOUT / "src")]
    import browser

    from allocator.ui.main import PAGES

    with browser.chromium() as chromium:
        server = browser.Server(address, None, saved)
        opened = []
        for lang in ("zh", "en"):
            visit = browser.Visit(chromium, server, lang=lang)
            for page in PAGES:
                shown = visit.open(f"{'' if page == 'allocate' else page}?lang={lang}")
                opened.append(f"{lang} {shown.locator('h1.al-h1').inner_text()}")
            assert not visit.wrong and not visit.outside(), (visit.wrong, visit.outside())
            visit.context.close()
        print(len(opened), "pages:", ", ".join(opened))
        visit = browser.Visit(chromium, server)
        page = visit.open()
        page.get_by_role("button", name="等权重", exact=True).click()
        visit.wait_for_amounts(browser.amounts_of(browser.luzhou("equal-weights"), "zh"))
        print("split:", visit.amounts())
        page.get_by_role("button", name="保存", exact=True).click()
        form = page.get_by_role("dialog")
        form.get_by_label("方案名称").fill("试用方案")
        form.get_by_label("修改说明").fill("试用")
        form.get_by_role("button", name="保存", exact=True).click()
        form.wait_for(state="detached")
        visit.settle()
        visit.turn_to("report")
        with page.expect_download() as downloading:
            page.get_by_role("button", name="下载：").first.click()
        with tempfile.TemporaryDirectory() as folder:
            paper = Path(folder) / downloading.value.suggested_filename
            downloading.value.save_as(paper)
            print("exported:", paper.name, paper.stat().st_size, "bytes")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
