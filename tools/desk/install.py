"""Installs the program from the bundle that this file stands in, without a network and without rights.

    python install.py [FOLDER]     into FOLDER, else the one that ALLOCATOR_PLACE names, else `allocator` in
    the home

Everything goes into one folder, an environment of its own for each version in it; `current.txt` names the
one that is started. An earlier one stays in force until the new one works, and nothing of what was saved is
touched: that stands elsewhere. Uses the standard library alone, since nothing else is there yet.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import stat
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from typing import Any, Never

BUNDLE = Path(__file__).resolve().parent
WINDOWS = os.name == "nt"
MARK = "current.txt"  # a folder that has it is one of ours
OLDEST_GLIBC = (2, 28)


class Refused(Exception):
    """An installation that cannot be made; its text says why, in both languages."""


def words() -> dict[str, dict[str, str]]:
    """The sentences, each in Chinese and English."""
    return tomllib.loads((BUNDLE / "words.toml").read_text("utf-8"))


def say(key: str, **values: object) -> None:
    """Says a sentence in Chinese, and in English below it."""
    print(text(key, **values), flush=True)


def text(key: str, **values: object) -> str:
    """A sentence in both languages, a line each."""
    return "\n".join(words()[key][language].format(**values) for language in ("zh", "en"))


def refuse(key: str, **values: object) -> Never:
    """Raises Refused with this sentence."""
    raise Refused(text(key, **values))


def fits(bundle: dict[str, str]) -> None:
    """Refuses a Python, a processor or a system that the bundle was not made for."""
    here = "{}.{}".format(*sys.version_info)
    if here != bundle["python"] or sys.maxsize < 2**32 or sys.implementation.name != "cpython":
        refuse("other_python", needed=bundle["python"], here=here)
    machine = sysconfig.get_platform().replace("-", "_")
    if machine not in (bundle["platform"], f"linux_{bundle['platform']}"):
        refuse("other_machine", needed=bundle["platform"], here=machine)
    if not WINDOWS:
        name, version = platform.libc_ver()
        if name != "glibc" or tuple(map(int, version.split(".")[:2])) < OLDEST_GLIBC:
            refuse(
                "old_system",
                needed="glibc {}.{}".format(*OLDEST_GLIBC),
                here=f"{name} {version}".strip() or "?",
            )


def whole() -> list[Path]:
    """The wheels of the bundle; refuses one in which a file is missing or not what the list says."""
    wheels = []
    for line in (BUNDLE / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = BUNDLE / name
        if not path.is_file():
            refuse("missing_file", name=name)
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                refuse("damaged_file", name=name)
        wheels += [path] if path.suffix == ".whl" else []
    return wheels


def place(given: list[str]) -> Path:
    """The folder to install into; refuses one that holds something else."""
    named = given[0] if given else os.environ.get("ALLOCATOR_PLACE")
    folder = Path(named).absolute() if named else Path.home() / "allocator"
    if folder.is_dir() and not (folder / MARK).is_file() and any(folder.iterdir()):
        refuse("other_folder", folder=folder)
    return folder


def python_of(environment: Path) -> Path:
    """The Python of an environment."""
    return environment / ("Scripts/python.exe" if WINDOWS else "bin/python")


def asked(environment: Path, code: str) -> str:
    """What an environment's Python prints for this code."""
    command = [str(python_of(environment)), "-I", "-X", "utf8", "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout.strip()


def fill(environment: Path, wheels: list[Path]) -> None:
    """Makes an environment with the wheels in it; refuses when pip or the program in it fails.

    pip runs from its own wheel, since not every Linux has the module that would put it into an environment.
    """
    if not WINDOWS:  # a Python that is reached by a link alone would not find its library from an environment
        sys._base_executable = os.path.realpath(sys._base_executable)
    venv.EnvBuilder(symlinks=not WINDOWS, with_pip=False).create(environment)
    (pip,) = [wheel for wheel in wheels if wheel.name.startswith("pip-")]
    rest = [str(wheel) for wheel in wheels if wheel != pip]
    command = [
        str(python_of(environment)),
        "-I",
        f"{pip}/pip",
        "--isolated",
        "install",
        "--no-index",
        "--no-deps",
    ]
    command += [
        "--no-cache-dir",
        "--disable-pip-version-check",
        "--no-warn-script-location",
        "--quiet",
        *rest,
    ]
    log = environment / "install.log"
    with log.open("w", encoding="utf-8") as file:
        for step in (command, [str(python_of(environment)), "-I", "-m", "allocator", "--version"]):
            if subprocess.run(
                step, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False
            ).returncode:
                kept = shutil.copy(log, environment.parent / "install.log")
                refuse("failed", log=kept)


def put_starters(folder: Path) -> None:
    """Puts what starts the program into its folder: the bundle's own file, and a card for the desktop."""
    if WINDOWS:
        (starter,) = [path for path in BUNDLE.glob("*.bat") if "current.txt" in path.read_text("ascii")]
        shutil.copyfile(starter, folder / starter.name)
        shutil.copytree(BUNDLE / "words", folder / "words", dirs_exist_ok=True)
        return
    start = folder / "start.sh"
    shutil.copyfile(BUNDLE / "start.sh", start)
    start.chmod(0o755)
    quoted = str(start).replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`").replace("$", "\\$")
    card = folder / "allocator.desktop"
    entry = ["[Desktop Entry]", "Type=Application", "Name=allocator", f"Name[zh_CN]={words()['name']['zh']}"]
    entry += [
        'Exec="{}"'.format(quoted.replace("\\", "\\\\").replace("%", "%%")),
        "Terminal=true",
        "Categories=Office;",
    ]
    card.write_text("\n".join([*entry, ""]), "utf-8")
    card.chmod(0o755)


def tidy(folder: Path, current: Path) -> bool:
    """Removes earlier environments; False where one is left, since the program runs from it."""
    try:
        running = asked(current, "from allocator.cli import running; print(running.held())") == "True"
    except subprocess.CalledProcessError:
        running = True
    older = [path for path in folder.glob("app-*") if path != current and path.is_dir()]
    for path in [] if running else older:
        try:
            gone = path.rename(
                path.with_name(f"app-gone-{path.name}")
            )  # Windows: not while a file of it is open
        except OSError:
            continue
        shutil.rmtree(gone, onerror=_writable)
    return not any(path.exists() for path in older)


def _writable(again: Any, path: str, _: object) -> None:
    try:
        Path(path).chmod(stat.S_IWRITE)
        again(path)
    except OSError:
        pass  # left for the next time


def install(given: list[str]) -> None:
    """Installs, or updates what is there, and says what stands where."""
    bundle = tomllib.loads((BUNDLE / "bundle.toml").read_text("utf-8"))
    fits(bundle)
    folder = place(given)
    say("checking")
    wheels = whole()
    before = (folder / MARK).is_file() and bool((folder / MARK).read_text("ascii").strip())
    say("updating" if before else "installing", folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = (f"app-{bundle['version']}" + (f"-{n}" if n else "") for n in range(1000))
    current = next(folder / name for name in names if not (folder / name).exists())
    (folder / MARK).touch()  # from here on the folder is ours
    try:
        fill(current, wheels)
        put_starters(folder)
        part = folder / "current.part"
        part.write_text(f"{current.name}\n", "ascii", newline="\r\n" if WINDOWS else "\n")
        part.replace(folder / MARK)
    except BaseException:
        shutil.rmtree(current, onerror=_writable)
        raise
    cleared = tidy(folder, current)
    saved = asked(current, "from allocator.files.saved import home; print(home.home())")
    say("updated" if before else "installed", version=bundle["version"])
    if not cleared:
        say("older_runs")
    say("start_windows" if WINDOWS else "start_linux", folder=folder)
    say("removing", folder=folder, saved=saved)


def main() -> int:
    """Installs; returns 1 and says why where that cannot be done."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    try:
        install(sys.argv[1:])
    except Refused as refused:
        print(refused)
        return 1
    except OSError as error:
        say("not_written", place=error.filename or "", why=error.strerror or error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
