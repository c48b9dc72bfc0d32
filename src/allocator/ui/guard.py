"""What Streamlit does beyond this machine, switched off.

Told of a page elsewhere that connects, it asks a host on the internet for the address of this machine, takes
the answer for one of its own, and has no setting against it.  Its setting of allowed hosts holds for the
page's connection and not for the page itself, so that a name that leads here would be served.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from streamlit import net_util
from streamlit.web.server.starlette import starlette_app

HOSTS = ["localhost", "127.0.0.1"]


def guard() -> None:
    """Holds for every server that is started in this process from now on."""
    net_util.get_external_ip = _unknown
    net_util.get_internal_ip = _unknown
    made: Callable[[], list[Middleware]] = starlette_app.create_streamlit_middleware
    starlette_app.create_streamlit_middleware = lambda: [_hosts(), *made()]


def _unknown() -> None:
    """No address, as where the machine has none."""


def _hosts() -> Middleware:
    hosts: Any = TrustedHostMiddleware
    return Middleware(hosts, allowed_hosts=HOSTS, www_redirect=False)
