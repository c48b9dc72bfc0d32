"""Pages of the app without a browser: opening one, reading it, pressing its buttons."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from processes import HUNG
from shipped import FIRST
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parent.parent
SCENARIOS = ROOT / "scenarios"
FILES = [str(path.relative_to(SCENARIOS).with_suffix("")) for path in FIRST]
Open = Callable[..., AppTest]


@cache
def addresses() -> dict[str, str]:
    """What Streamlit knows the pages by, by their names; any page tells it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=HUNG).run()
    return {known["url_pathname"]: page for page, known in app._registered_pages.items()}


def opened(page: str, lang: str = "zh", *, unfolded: str = "", **address: str | list[str]) -> AppTest:
    """The page of this name, ``data``, at an address; ``unfolded`` is the key of what is opened on it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=HUNG)
    if unfolded:
        app.session_state[unfolded] = True
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
    return "\n".join(
        e.proto.body for e in app.get("html") if not e.proto.body.startswith(("<script>", "<style>"))
    )


def in_other_language(app: AppTest) -> AppTest:
    """The page after the button for the other language was pressed."""
    return app.button(key="language").click().run()


def press(app: AppTest, label: str) -> AppTest:
    """The page after the one button with this label was pressed."""
    (found,) = [button for button in app.button if button.label == label]
    return found.click().run()


def link(app: AppTest) -> dict[str, Any]:
    """The address as somebody else would open it."""
    return {key: values if len(values) > 1 else values[0] for key, values in app.query_params.items()}


class Slider:
    """A factor's slider as a browser would move it; ``used`` is what it comes to, where that is shown.

    The sliders of a pool are those of ``slug/pool``.
    """

    def __init__(self, app: AppTest, factor: str, slug: str = "luzhou-2023/published-rule") -> None:
        self.app, self.factor, self.slug = app, factor, slug

    @property
    def proto(self) -> Any:
        (found,) = [
            e.proto for e in self.app.get("bidi_component") if e.proto.id.endswith(f"-sliders-{self.slug}")
        ]
        return found

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        data = json.loads(self.proto.json)
        assert data["of"] == self.slug
        return {row["id"]: row for row in data["rows"]}

    @property
    def value(self) -> int:
        return int(self.rows[self.factor]["value"])

    @property
    def name(self) -> str:
        return str(self.rows[self.factor]["name"])

    @property
    def used(self) -> str:
        return str(self.rows[self.factor]["used"])

    def set_value(self, value: int, gesture: str = "") -> Slider:
        """Where it is to stand; ``gesture`` is the drag that moves it, each time another unless given."""
        points = {id: row["value"] for id, row in self.rows.items()} | {self.factor: value}
        gesture = gesture or uuid.uuid4().hex
        step = {"of": self.slug, "points": points, "gesture": gesture, "sent": uuid.uuid4().hex}
        self.state = WidgetState(id=self.proto.id, json_value=json.dumps({"step": step}))
        return self

    def run(self) -> AppTest:
        """The page after that."""
        states = self.app._tree.get_widget_states()
        states.widgets.append(self.state)
        return self.app._run(states)


def look_through_once(patch: pytest.MonkeyPatch) -> None:
    """Streamlit looks for components in all installed packages at most once."""
    from streamlit.components.v2 import manifest_scanner

    patch.setattr(
        manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
    )
