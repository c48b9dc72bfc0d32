"""What Streamlit does beyond this machine, switched off.

Told of a page elsewhere that connects, it asks a host on the internet for the address of this machine, takes
the answer for one of its own, and has no setting against it.  Its setting of allowed hosts holds for the
page's connection and not for the page itself, so that a name that leads here would be served.
"""

from __future__ import annotations

from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from allocator.ui.components import inside

HOSTS = ["localhost", "127.0.0.1"]


def guard() -> None:
    """Holds for every server that is started in this process from now on."""
    inside.switch_off_lookups()
    inside.put_before_all(_hosts)


def _hosts() -> Middleware:
    hosts: Any = TrustedHostMiddleware
    return Middleware(hosts, allowed_hosts=HOSTS, www_redirect=False)
