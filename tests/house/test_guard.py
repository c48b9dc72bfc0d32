"""Nothing leaves the machine whatever connects, and pages from elsewhere get nothing."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from processes import running

from allocator.ui.components import inside

ROOT = Path(__file__).parent.parent.parent

# notes whatever the server connects to or looks up
WATCH = """
import os, sys

def watch(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        asked = args[1] if event in ("socket.connect", "socket.sendto") else args[:1]
        if isinstance(asked, tuple):
            with open(os.environ["WATCHED"], "a") as file:
                file.write(f"{event} {asked!r}\\n")

sys.addaudithook(watch)
"""
OWN = re.compile(r"'(127\.0\.0\.1|localhost|::1)'")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The port of a server, and the file where it is noted what it asked for."""
    folder = tmp_path_factory.mktemp("watched")
    (folder / "sitecustomize.py").write_text(WATCH)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    paths = os.pathsep.join([str(folder), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {
        "PYTHONPATH": paths,
        "WATCHED": str(folder / "asked"),
        "ALLOCATOR_HOME": str(folder / "home"),
    }
    command = [sys.executable, "-m", "allocator", "app", "--port", str(port), "--no-browser", "--lang", "en"]
    with running(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as app:
        assert f"http://127.0.0.1:{port}" in app.stdout.readline()
        yield port, folder / "asked"


def answer(port: int, path: str, **headers: str) -> str:
    """The first line of what the server answers."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", port), 60) as page:
        page.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        return page.recv(1000).decode(errors="replace").partition("\r\n")[0]


def connect(port: int, host: str, origin: str | None) -> str:
    """What the page's connection is answered."""
    headers = {} if origin is None else {"Origin": origin}
    return answer(
        port, inside.STREAM, Host=host, Connection="Upgrade", Upgrade="websocket",
        Sec_WebSocket_Version="13", Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==", **headers,
    )  # fmt: skip


def test_pages_from_elsewhere_are_refused_and_nothing_is_asked_for(served):
    port, asked = served
    own = f"127.0.0.1:{port}"
    assert " 101 " in connect(port, own, f"http://{own}")
    assert " 101 " in connect(port, f"localhost:{port}", f"http://localhost:{port}")
    for origin in ("http://evil.example", "https://8.8.8.8", "null", "http://127.0.0.1.evil.example"):
        assert " 403 " in connect(port, own, origin), origin
    # a name that leads to this machine is not this machine's
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example"):
        assert " 101 " not in connect(port, host, f"http://{host}"), host
        assert " 400 " in answer(port, "/", Host=host), host
        assert " 400 " in answer(port, inside.HEALTH, Host=host), host
    assert " 200 " in answer(port, "/", Host=own)
    lines = asked.read_text().splitlines() if asked.exists() else []
    assert [line for line in lines if not OWN.search(line)] == []


def test_what_is_switched_off_is_what_the_server_uses():
    """Fails where Streamlit looks addresses up elsewhere than where they are switched off."""
    package = Path(inside.package())
    looked_for = "get_external_ip", "get_internal_ip", "create_streamlit_middleware"
    used = {}
    for path in package.rglob("*.py"):
        text = path.read_text("utf-8")
        if not any(name in text for name in looked_for):
            continue
        for name in re.findall(rf"[\w.]*(?:{'|'.join(looked_for)})\b", text):
            used.setdefault(name, set()).add(path.relative_to(package).as_posix())
    lookups = {"net_util.get_external_ip", "net_util.get_internal_ip"}
    bare = {"get_external_ip": {"net_util.py"}, "get_internal_ip": {"net_util.py"}}
    own = {"create_streamlit_middleware": {"web/server/starlette/starlette_app.py"}}
    assert {name: found for name, found in used.items() if name not in lookups} == bare | own
