"""Every wheel that a machine of another kind needs, by reading the wheels themselves.

pip judges the markers of requirements for the machine that it runs on, and not for the one that wheels are
fetched for. So it fetches here without dependencies, and what a wheel requires is read from the wheel and
judged for the machine that it is meant for, round by round until nothing is missing.
"""

from __future__ import annotations

import email
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

CHECKOUT = Path(__file__).parent.parent


class Missing(Exception):
    """A bundle that cannot be made, with the reason for whoever makes it."""


@dataclass(frozen=True)
class Target:
    """A kind of machine: its name, its Python, the platforms of wheels that run there, and its markers.

    >>> Target.named("win_amd64", "3.12").markers["sys_platform"]
    'win32'
    >>> Target.named("aarch64", "3.12").platforms[0]
    'manylinux_2_28_aarch64'
    """

    name: str
    python: str
    platforms: tuple[str, ...]
    markers: dict[str, str]

    @staticmethod
    def named(platform: str, python: str) -> Target:
        """The machine of this name: `win_amd64`, `x86_64` or `aarch64`, these two with glibc 2.28 on."""
        version = {
            "python_version": python,
            "python_full_version": f"{python}.0",
            "implementation_name": "cpython",
            "implementation_version": f"{python}.0",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_version": "",
            "extra": "",
        }
        if platform == "win_amd64":
            windows = {
                "os_name": "nt",
                "sys_platform": "win32",
                "platform_system": "Windows",
                "platform_machine": "AMD64",
            }
            return Target(platform, python, ("win_amd64",), version | windows)
        processor = platform.removeprefix("manylinux").lstrip("_ ")
        if processor not in ("x86_64", "aarch64"):
            raise Missing(f"no such platform: {platform}; there are win_amd64, x86_64 and aarch64")
        old = {"x86_64": ("manylinux2010_x86_64", "manylinux1_x86_64"), "aarch64": ()}[processor]
        tags = [f"manylinux_2_{minor}_{processor}" for minor in range(28, 16, -1)]
        linux = {
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": processor,
        }
        return Target(processor, python, (*tags, f"manylinux2014_{processor}", *old), version | linux)


def pinned(constraints: str) -> dict[str, str]:
    """The version of each package in the text of a constraints file, by its canonical name.

    >>> pinned("# of all\\nPyYAML==6.0.4\\n")
    {'pyyaml': '6.0.4'}
    """
    lines = (line.partition("#")[0].strip() for line in constraints.splitlines())
    pairs = (line.split("==", 1) for line in lines if line)
    return {canonicalize_name(name): version for name, version in pairs}


def required(requirements: Iterable[str], target: Target) -> set[str]:
    """The canonical names of the requirements that count on the target.

    >>> windows = Target.named("win_amd64", "3.12")
    >>> sorted(required(["click>=8", "tzdata; os_name == 'nt'", "dask; extra == 'cluster'"], windows))
    ['click', 'tzdata']
    """
    parsed = (Requirement(each) for each in requirements)
    return {canonicalize_name(r.name) for r in parsed if not r.marker or r.marker.evaluate(target.markers)}


def requirements_of(wheel: Path) -> list[str]:
    """The requirements that a wheel states."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.count("/") == 1 and n.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name)).get_all("Requires-Dist") or []


def collect(folder: Path, target: Target) -> list[Path]:
    """The wheels of everything that the program needs on the target; what is in the folder already stays.

    Raises Missing with all that has no wheel for the target, or no version in constraints.txt.
    """
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    versions = pinned((CHECKOUT / "constraints.txt").read_text("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Path] = {}
    wanted = required(project["dependencies"], target) | {"pip"}
    while wanted:
        unpinned = sorted(wanted - versions.keys())
        if unpinned:
            raise Missing(f"no version in constraints.txt: {', '.join(unpinned)}")
        fetch(
            {name: versions[name] for name in wanted if not there(folder, name, versions[name])},
            folder,
            target,
        )
        found |= {name: there(folder, name, versions[name]) or _never() for name in wanted}
        needed = {n for name in wanted for n in required(requirements_of(found[name]), target)}
        wanted = needed - found.keys()
    return sorted(found.values())


def there(folder: Path, name: str, version: str) -> Path | None:
    """The wheel of this version in the folder, if it is there."""
    for path in folder.glob("*.whl"):
        held, of, _, _ = parse_wheel_filename(path.name)
        if held == name and str(of) == version:
            return path
    return None


def fetch(wanted: dict[str, str], folder: Path, target: Target) -> None:
    """Fetches these versions as wheels for the target; raises Missing with those that have none."""
    if not wanted or _fetched(wanted, folder, target):
        return
    missing = [f"{n}=={v}" for n, v in sorted(wanted.items()) if not _fetched({n: v}, folder, target)]
    if missing:
        raise Missing(f"no wheel for {target.name}, Python {target.python}: {', '.join(missing)}")


def _fetched(wanted: dict[str, str], folder: Path, target: Target) -> bool:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", target.python]
    command += [part for platform in target.platforms for part in ("--platform", platform)]
    command += ["--dest", str(folder), *(f"{name}=={version}" for name, version in sorted(wanted.items()))]
    return subprocess.run(command, check=False).returncode == 0


def _never() -> Path:
    raise Missing("pip fetched nothing and said nothing")
