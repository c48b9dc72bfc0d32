"""Pages of the app without a browser: opening one, reading it, pressing its buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from processes import HUNG
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parent.parent
SCENARIOS = ROOT / "scenarios"
FILES = sorted(str(p.relative_to(SCENARIOS).with_suffix("")) for p in SCENARIOS.glob("*/*.toml"))
Open = Callable[..., AppTest]


@cache
def addresses() -> dict[str, str]:
    """What Streamlit knows the pages by, by their names; any page tells it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=HUNG).run()
    return {known["url_pathname"]: page for page, known in app._registered_pages.items()}


def opened(page: str, lang: str = "zh", **address: str | list[str]) -> AppTest:
    """The page of this name, ``data``, at an address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=HUNG)
    for key, value in {"lang": lang, **address}.items():
        app.query_params[key] = value
    app._page_hash = addresses()[page]
    return app.run()


def go(app: AppTest, page: str) -> AppTest:
    """The page of this name, in the same visit."""
    app._page_hash = addresses()[page]
    return app.run()


def elements(app: AppTest) -> Iterator[Any]:
    """All that the page is made of, boxes as well as what stands in them."""

    def within(node: Any) -> Iterator[Any]:
        yield node
        for child in getattr(node, "children", {}).values():
            yield from within(child)

    return within(app._tree)


def html_of(app: AppTest) -> str:
    """All HTML that the page shows."""
    assert not app.exception, [e.message for e in app.exception]
    return "\n".join(e.proto.body for e in app.get("html") if not e.proto.body.startswith("<script>"))


def press(app: AppTest, label: str) -> AppTest:
    """The page after the one button with this label was pressed."""
    (found,) = [button for button in app.button if button.label == label]
    return found.click().run()


def link(app: AppTest) -> dict[str, Any]:
    """The address as somebody else would open it."""
    return {key: values if len(values) > 1 else values[0] for key, values in app.query_params.items()}


def look_through_once(patch: pytest.MonkeyPatch) -> None:
    """Streamlit looks for components in all installed packages at most once."""
    from streamlit.components.v2 import manifest_scanner

    patch.setattr(
        manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
    )
