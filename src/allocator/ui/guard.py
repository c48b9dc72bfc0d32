"""Switches off what Streamlit does beyond this machine.

When a page from elsewhere connects, it asks a host on the internet for this machine's address, accepts the
answer as one of its own, and has no setting to prevent that.  Its setting of allowed hosts covers the page's
connection but not the page itself, which it would serve under any name that leads here.
"""

from __future__ import annotations

from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from allocator.ui.components import inside

HOSTS = ["localhost", "127.0.0.1"]


def guard() -> None:
    """Guards every server that this process starts from now on."""
    inside.switch_off_lookups()
    inside.put_before_all(_hosts)


def _hosts() -> Middleware:
    hosts: Any = TrustedHostMiddleware
    return Middleware(hosts, allowed_hosts=HOSTS, www_redirect=False)
