"""Makes the zip with which the program is installed on a machine without a network.

    python tools/bundle.py PLATFORM PYTHON [--out FOLDER]     PLATFORM: win_amd64, x86_64 or aarch64;
    PYTHON: 3.12

It holds the program's wheel, a wheel of everything it needs, the installer, starters, instructions, manual
and card, and the SHA-256 of all. The same commit gives the same bytes. What has no wheel for the platform
is named, and no bundle is made; nothing is compiled at the desk. Wheels are fetched once, into
build/wheels.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import wheels
from wheels import CHECKOUT, Missing, Target

DESK = CHECKOUT / "tools" / "desk"
DAY = (1980, 1, 1, 0, 0, 0)  # the day of every file in the zip
LONGEST_PATH = 180  # Windows takes 259 characters, of which the folder of the user's home has some
WINDOWS = "win_amd64"
SAVED = {True: r"%LOCALAPPDATA%\allocator", False: "~/.local/share/allocator"}
PAGES = {  # manual and card, by their names in the bundle
    "操作手册.pdf": "manual.zh.pdf",
    "manual.pdf": "manual.en.pdf",
    "一页纸.pdf": "card.zh.pdf",
    "card.pdf": "card.en.pdf",
}
FOR = {
    "win_amd64": ("64位Windows 10、11", "Windows 10 and 11, 64 bit"),
    "x86_64": (
        "x86-64处理器的Linux（统信UOS、麒麟等，glibc 2.28或更新）",
        "Linux on x86-64, with glibc 2.28 or newer",
    ),
    "aarch64": (
        "64位ARM处理器的Linux（统信UOS、麒麟等，glibc 2.28或更新）",
        "Linux on 64-bit ARM, with glibc 2.28 or newer",
    ),
}


def main(arguments: list[str]) -> int:
    """Makes the bundle, lists its wheels with their sizes, and returns 0; 1 where it cannot be made."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("platform")
    parser.add_argument("python")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "dist")
    parser.add_argument("--pages", type=Path, default=CHECKOUT / "build" / "pages")
    options = parser.parse_args(arguments)
    try:
        target = Target.named(options.platform, options.python)
        fetched = wheels.collect(CHECKOUT / "build" / "wheels" / f"{target.name}-{target.python}", target)
        with tempfile.TemporaryDirectory() as folder:
            own = program(Path(folder))
            contents = {f"wheels/{path.name}": path.read_bytes() for path in sorted([own, *fetched])}
        contents |= pages(options.pages)
        made = written(options.out, contents, target)
    except Missing as missing:
        print(missing)
        return 1
    for name in sorted(n for n in contents if n.endswith(".whl")):
        print(f"{len(contents[name]) / 1e6:9.2f} MB  {name.removeprefix('wheels/')}")
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    print(f"{made.stat().st_size / 1e6:9.2f} MB  {made}, SHA-256 {digest}")
    return 0


def program(folder: Path) -> Path:
    """The wheel of this checkout; raises Missing where it cannot be built."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "-w",
        str(folder),
    ]
    if subprocess.run([*command, str(CHECKOUT)], check=False).returncode:
        raise Missing("the program's own wheel cannot be built")
    (wheel,) = folder.glob("*.whl")
    return wheel


def pages(folder: Path) -> dict[str, bytes]:
    """Manual and card; raises Missing where they were not made yet."""
    missing = sorted(made for made in PAGES.values() if not (folder / made).is_file())
    if missing:
        raise Missing(f"not there, make pages first: {', '.join(missing)}")
    return {name: (folder / made).read_bytes() for name, made in PAGES.items()}


def version() -> str:
    """The program's version."""
    return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def written(out: Path, contents: Mapping[str, bytes], target: Target) -> Path:
    """Writes the zip of these contents and of what installs them; raises Missing where a path is too long."""
    top = f"allocator-{version()}-{target.name}-python{target.python}"
    files = {**contents, **installers(target)}
    too_long = longest_path(files) if target.name == WINDOWS else ""
    if len(too_long) > LONGEST_PATH:
        raise Missing(f"longer than Windows takes below a user's home: {too_long}")
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    files["SHA256SUMS"] = sums.encode()
    out.mkdir(parents=True, exist_ok=True)
    made = out / f"{top}.zip"
    part = made.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:  # wheels are compressed already
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{top}/{name}", DAY)
            entry.create_system = 3  # so that the right to run is kept
            entry.external_attr = (0o755 if name.endswith((".sh", ".bat")) else 0o644) << 16
            archive.writestr(entry, files[name])
    return part.replace(made)


def installers(target: Target) -> dict[str, bytes]:
    """What installs and starts on the target, with its Python and its sentences filled in."""
    windows = target.name == WINDOWS
    said = tomllib.loads((DESK / "words.toml").read_text("utf-8"))
    notes = {
        key: "\n".join(said[key].values()).format(python=target.python)
        for key in ("no_python", "not_installed", "broken")
    }
    filled = places(target, said)
    end = "\r\n" if windows else "\n"
    bundle = f'version = "{version()}"\nplatform = "{target.name}"\npython = "{target.python}"\n'
    files = {
        "bundle.toml": bundle.encode(),
        "install.py": (DESK / "install.py").read_bytes(),
        "words.toml": (DESK / "words.toml").read_bytes(),
        "README.txt": ("\ufeff" if windows else "").encode() + _filled("README.txt", filled, end),
    }
    files |= {f"words/{key}.txt": (text + "\n").replace("\n", end).encode() for key, text in notes.items()}
    if windows:
        files |= {
            "安装.bat": _filled("install.bat", filled, end),
            "启动.bat": _filled("start.bat", filled, end),
        }
    else:
        files |= {name: _filled(name, filled, end) for name in ("install.sh", "start.sh")}
    return files


def places(target: Target, said: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What stands for each @NAME@ in the files for the target."""
    windows = target.name == WINDOWS
    packed = "请先把整个压缩包解压到一个文件夹，再双击其中的“安装.bat”。"
    known = {
        "VERSION": version(),
        "PYTHON": target.python,
        "DIGITS": target.python.replace(".", ""),
        "COMMA": target.python.replace(".", ", "),
        "PACKED": packed.encode("ascii", "backslashreplace").decode(),
        "SAVED": SAVED[windows],
        "FOR_ZH": FOR[target.name][0],
        "FOR_EN": FOR[target.name][1],
    }
    for key in ("not_installed", "broken"):
        known |= {f"{key.upper()}_{language.upper()}": said[key][language] for language in ("zh", "en")}
    own = tomllib.loads((DESK / "readme.toml").read_text("utf-8"))["windows" if windows else "linux"]
    return known | {key.upper(): text for key, text in own.items()}


def longest_path(files: Mapping[str, bytes]) -> str:
    """The longest path that the wheels among the files are unpacked to, below the installation."""
    found = [""]
    for name, content in files.items():
        if name.endswith(".whl"):
            with zipfile.ZipFile(io.BytesIO(content)) as wheel:
                found += [f"app-{version()}/Lib/site-packages/{path}" for path in wheel.namelist()]
    return max(found, key=len)


def _filled(name: str, known: Mapping[str, str], end: str) -> bytes:
    text = (DESK / name).read_text("utf-8")
    for key, value in known.items():
        text = text.replace(f"@{key}@", value)
    return text.replace("\n", end).encode("ascii" if name.endswith(".bat") else "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
