"""A bundle holds all that its machine needs and nothing left to chance; `make bundle` makes the real one."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from types import SimpleNamespace

import pytest
from bundles import ROOT, tool, wheel

wheels, bundle, install = tool("wheels.py"), tool("bundle.py"), tool("desk/install.py")
PLATFORMS = ("win_amd64", "x86_64", "aarch64")
DESK = ROOT / "tools" / "desk"


# --- what is needed -------------------------------------------------------------------------------


def test_requirements_are_judged_for_the_machine_they_are_for():
    lines = [
        "always",
        "on-windows; platform_system == 'Windows'",
        "on-arm; platform_machine == 'aarch64'",
        "not-old; python_version >= '3.12'",
        "asked; extra == 'more'",
    ]
    found = {
        (platform, python): wheels.required(lines, wheels.Target.named(platform, python))
        for platform in PLATFORMS
        for python in ("3.11", "3.12")
    }
    assert found["win_amd64", "3.11"] == {"always", "on-windows"}
    assert found["x86_64", "3.12"] == {"always", "not-old"}
    assert found["aarch64", "3.12"] == {"always", "not-old", "on-arm"}


def test_what_a_wheel_requires_is_fetched_too_and_what_has_none_is_named(tmp_path, monkeypatch):
    """Of three packages of a small world one has no wheel; another one has no version that was chosen."""
    needs = {"top": ("middle>=1", "windows-only; sys_platform == 'win32'"), "middle": (), "pip": ()}
    monkeypatch.setattr(wheels, "CHECKOUT", tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["Top>=1"]\n')
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("Top==1.0\nmiddle==1.0\npip==1.0\nwindows-only==1.0\n")

    def fetched(wanted, folder, target):
        for name in wanted.keys() & needs.keys():
            wheel(folder, name, requires=needs[name])
        return wanted.keys() <= needs.keys()

    monkeypatch.setattr(wheels, "_fetched", fetched)
    linux, windows = (wheels.Target.named(p, "3.12") for p in ("x86_64", "win_amd64"))
    found = wheels.collect(tmp_path / "linux", linux)
    assert [path.name.partition("-")[0] for path in found] == ["middle", "pip", "top"]
    with pytest.raises(wheels.Missing, match=r"no wheel for win_amd64, Python 3\.12: windows-only==1\.0$"):
        wheels.collect(tmp_path / "windows", windows)
    constraints.write_text("Top==1.0\npip==1.0\n")
    with pytest.raises(wheels.Missing, match=r"no version in constraints\.txt: middle$"):
        wheels.collect(tmp_path / "again", linux)


def test_every_dependency_has_its_version():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    versions = wheels.pinned((ROOT / "constraints.txt").read_text("utf-8"))
    needed = wheels.required(project["dependencies"], wheels.Target.named("win_amd64", "3.12"))
    assert needed | {"pip", "tzdata"} <= versions.keys()


def test_other_platforms_are_refused():
    with pytest.raises(wheels.Missing, match="no such platform"):
        wheels.Target.named("macosx", "3.12")
    assert wheels.Target.named("manylinux x86_64", "3.12").name == "x86_64"
    assert all("2_28" in platform or "2_2" in platform or "2_1" in platform or "manylinux" in platform
               for platform in wheels.Target.named("x86_64", "3.12").platforms)  # fmt: skip


# --- what is in it --------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path):
    """A bundle of one wheel, unzipped, and its zip."""
    contents = {"wheels/pip-1.0-py3-none-any.whl": wheel(tmp_path, "pip").read_bytes(), "manual.pdf": b"x"}

    def make(platform, out="out"):
        target = wheels.Target.named(platform, "{}.{}".format(*sys.version_info))
        path = bundle.written(tmp_path / out, contents, target)
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / platform)
            (top,) = {name.partition("/")[0] for name in archive.namelist()}
        return SimpleNamespace(zip=path, folder=tmp_path / platform / top)

    return make


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_file_has_its_digest_and_the_bytes_are_the_same_again(made, platform):
    first, second = made(platform), made(platform, "again")
    assert first.zip.read_bytes() == second.zip.read_bytes()
    listed = dict(
        line.split("  ")[::-1] for line in (first.folder / "SHA256SUMS").read_text("utf-8").splitlines()
    )
    files = {str(p.relative_to(first.folder)): p for p in first.folder.rglob("*") if p.is_file()}
    assert listed.keys() == files.keys() - {"SHA256SUMS"}
    assert all(
        hashlib.sha256(files[name].read_bytes()).hexdigest() == digest for name, digest in listed.items()
    )
    with zipfile.ZipFile(first.zip) as archive:
        for entry in archive.infolist():
            assert entry.filename.isascii() or entry.flag_bits & 0x800  # said to be UTF-8
    starters = {"安装.bat", "启动.bat"} if platform == "win_amd64" else {"install.sh", "start.sh"}
    assert starters | {"README.txt"} <= files.keys()
    for name, path in files.items():
        if not name.startswith("wheels/"):
            assert not re.search(rb"@[A-Z_]+@", path.read_bytes()), name


def test_the_files_for_windows_are_such_as_its_command_line_reads(made):
    """Plain ASCII, which no code page reads otherwise; whole lines; no jump to nowhere; no block in brackets,
    which a bracket in the name of a folder would end."""
    folder = made("win_amd64").folder
    for name in ("安装.bat", "启动.bat"):
        raw = (folder / name).read_bytes()
        text = raw.decode("ascii")
        assert raw.count(b"\r\n") == raw.count(b"\n") == text.count("\r")
        assert raw.startswith(b"@echo off\r\n")
        lines = text.splitlines()
        labels = {line[1:] for line in lines if line.startswith(":")}
        jumps = set(re.findall(r"(?:goto|call) :?(\w+)", text))
        assert jumps - {"eof"} == labels - {"wait"} if "wait" not in jumps else jumps - {"eof"} == labels
        for line in lines:
            assert line.count('"') % 2 == 0, line
            assert not re.search(r"\($|^\)", line), line
    for path in (folder / "words").glob("*.txt"):
        assert path.read_bytes().count(b"\r\n") == 2


def test_a_path_that_windows_cannot_take_is_named(tmp_path):
    long = tmp_path / "long-1.0-py3-none-any.whl"
    with zipfile.ZipFile(long, "w") as archive:
        archive.writestr("x" * 200, "")
    contents = {"wheels/long-1.0-py3-none-any.whl": long.read_bytes()}
    with pytest.raises(wheels.Missing, match=r"longer than Windows takes.*xxx"):
        bundle.written(tmp_path, contents, wheels.Target.named("win_amd64", "3.12"))
    bundle.written(tmp_path, contents, wheels.Target.named("x86_64", "3.12"))


# --- installing -----------------------------------------------------------------------------------

MACHINE = sysconfig.get_platform().replace("-", "_").removeprefix("linux_")
here = pytest.mark.skipif(MACHINE not in PLATFORMS, reason="no bundle is made for this machine")


@pytest.fixture
def installing(made, tmp_path, monkeypatch):
    """An installation from a bundle for this machine, with environments of nothing but a file."""
    folder = made(MACHINE).folder
    monkeypatch.setattr(install, "BUNDLE", folder)
    monkeypatch.setattr(install, "fill", lambda environment, wheels: environment.mkdir())
    monkeypatch.setattr(install, "asked", lambda environment, code: "False" if "held" in code else "/saved")
    monkeypatch.delenv("ALLOCATOR_PLACE", raising=False)
    return SimpleNamespace(folder=folder, place=tmp_path / "放这里")


def rewritten(path, old, new):
    """Writes another text in place of one that stands in a file."""
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def run(place, capsys):
    """The status and what was said."""
    install.sys.argv = ["install.py", str(place)]
    return install.main(), capsys.readouterr().out


@here
def test_a_second_installation_takes_the_place_of_the_first(installing, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", sys.argv)
    status, said = run(installing.place, capsys)
    assert status == 0 and "已安装" in said and "/saved" in said
    current = installing.place / "current.txt"
    first = current.read_text().strip()
    (installing.place / "note.txt").write_text("somebody's own")
    status, said = run(installing.place, capsys)
    assert status == 0 and "已存方案不受影响" in said
    second = current.read_text().strip()
    assert second != first
    assert [p.name for p in installing.place.glob("app-*")] == [second]
    assert (installing.place / "note.txt").read_text() == "somebody's own"


@here
def test_an_installation_that_fails_leaves_the_earlier_one(installing, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", sys.argv)
    run(installing.place, capsys)
    first = (installing.place / "current.txt").read_text()

    def broken(environment, wheels):
        environment.mkdir()
        install.refuse("failed", log="install.log")

    monkeypatch.setattr(install, "fill", broken)
    status, said = run(installing.place, capsys)
    assert status == 1 and "原来的版本（如有）不受影响" in said
    assert (installing.place / "current.txt").read_text() == first
    assert [f"{p.name}\n" for p in installing.place.glob("app-*")] == [first]


@here
def test_the_environment_that_runs_is_left_for_the_next_time(installing, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", sys.argv)
    run(installing.place, capsys)
    monkeypatch.setattr(install, "asked", lambda environment, code: "True" if "held" in code else "/saved")
    status, said = run(installing.place, capsys)
    assert status == 0 and "旧版正在运行" in said
    assert len([*installing.place.glob("app-*")]) == 2


@here
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda i: (i.folder / "manual.pdf").write_bytes(b"y"), "manual.pdf与校验值不符"),
        (lambda i: next((i.folder / "wheels").iterdir()).unlink(), "缺少wheels/pip"),
        (lambda i: (i.place.mkdir(), (i.place / "x").touch()), "中有别的内容"),
        (lambda i: rewritten(i.folder / "bundle.toml", '"3', '"2'), "只适用于64位的Python 2"),
        (lambda i: rewritten(i.folder / "bundle.toml", MACHINE, "mips"), "本安装包适用于mips"),
        (lambda i: i.place.write_text(""), "不能写入"),
    ],
)  # fmt: skip
def test_what_cannot_be_installed_is_said_in_one_sentence(installing, spoil, sentence, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", sys.argv)
    spoil(installing)
    status, said = run(installing.place, capsys)
    assert status == 1
    assert sentence in said
    assert not (installing.place / "current.txt").is_file()


@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix")
def test_without_a_python_there_is_one_sentence_and_nothing_is_done(made, tmp_path):
    folder = made("x86_64").folder
    (tmp_path / "bin").mkdir()
    for name in ("sh", "cat", "dirname"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    (tmp_path / "bin" / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "python3").chmod(0o755)
    environment = {"HOME": str(tmp_path), "PATH": str(tmp_path / "bin")}
    text = (folder / "install.sh").read_text("utf-8")  # the places where one may really stand here
    (folder / "install.sh").write_text(re.sub(r"/(usr/local|opt)/", "/nowhere/", text), "utf-8")
    for name, sentence in (("install.sh", "请把这句话转给信息中心"), ("start.sh", "尚未安装")):
        done = subprocess.run(
            ["/bin/sh", folder / name],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, done
        assert sentence in done.stdout and done.stderr == ""
    assert not (tmp_path / "allocator").exists()
