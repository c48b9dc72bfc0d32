"""The page is served with the same settings from a checkout and from an installed package."""

import os
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import psutil
from processes import HUNG, below, running

from allocator.ui.components.inside import HEALTH

ROOT = Path(__file__).parent.parent.parent


def test_checkout_and_package_have_the_same_settings():
    checkout = (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    package = (ROOT / "src" / "allocator" / "ui" / "server.toml").read_text("utf-8")
    assert tomllib.loads(checkout) == tomllib.loads(package)


def test_settings_keep_the_page_on_this_machine():
    settings = tomllib.loads((ROOT / "src" / "allocator" / "ui" / "server.toml").read_text("utf-8"))
    assert (
        settings["server"]
        | {
            "address": "127.0.0.1",
            "allowedHosts": ["localhost", "127.0.0.1"],
            "enableCORS": True,
            "enableXsrfProtection": True,
            "maxUploadSize": 20,
            "enableStaticServing": False,
            "fileWatcherType": "none",
        }
        == settings["server"]
    )
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["global"]["minCachedMessageSize"] > 10**9
    assert settings["client"]["toolbarMode"] == "minimal"  # its menu would be in English
    assert settings["client"]["showErrorDetails"] == "none"


def test_app_serves_on_127_0_0_1_once_and_ends_with_its_command(tmp_path):
    environment = os.environ | {"ALLOCATOR_HOME": str(tmp_path)}
    while True:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            sys.executable, "-m", "allocator", "app", "--port", str(port), "--no-browser", "--lang", "en",
        ]  # fmt: skip
        with running(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as app:
            told = app.stdout.readline()
            if f"http://127.0.0.1:{port}" not in told:
                continue  # somebody else has taken the port meanwhile
            with socket.create_connection(("127.0.0.1", port), HUNG) as page:
                page.sendall(f"GET {HEALTH} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
                assert b"200" in page.recv(100)
            again = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
            assert again.returncode == 0
            assert f"http://127.0.0.1:{port}" in again.stdout
            servers = below(psutil.Process(app.pid))
            app.send_signal(signal.SIGTERM) if os.name != "nt" else app.terminate()
            app.wait(HUNG)
            assert servers and not any(server.is_running() for server in servers)
        return
