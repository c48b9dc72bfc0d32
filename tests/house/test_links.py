"""A name that is an address is no link, wherever a page shows it."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from good_scenario import GOOD, make
from hypothesis import given
from hypothesis import strategies as st
from pages import elements, opened

from allocator import Text, load_scenario
from allocator.files.saved import store
from allocator.files.scenario.save import save_scenario
from allocator.ui.components import markup

UI = Path(markup.__file__).parent.parent
# what Markdown makes a link of without any sign, as GitHub describes it, and Streamlit follows it
LINK = re.compile(r"https?:/|www\.|[\w.+-]@[\w-]", re.IGNORECASE)
ADDRESSES = ["www.evil.example", "WWW.evil.example", "wWw.evil.example", "http://evil.example",
             "HTTPS://evil.example", "a@evil.example"]  # fmt: skip


@given(st.lists(st.sampled_from([*ADDRESSES, "(", "县", " ", ".", "http:", "//", "www", "@", ":", "\\"])))
def test_no_text_makes_a_link(parts):
    text = "".join(parts)
    shown = markup.in_markdown(text)
    plain = re.sub(r"\\(.)", r"\1", shown)
    assert not LINK.search(plain)
    assert plain.replace("\u2060", "") == text


def in_markdown(app) -> list[str]:
    """All that a page shows as Markdown: labels, and texts of their own; choices in a list are plain text."""
    found = []
    for node in elements(app):
        proto = getattr(node, "proto", None)
        if proto is None or getattr(node, "type", "") == "html":
            continue
        for part in (
            proto,
            *(getattr(proto, name, None) for name in ("expandable", "dialog", "tab", "popover")),
        ):
            found += [getattr(part, name, "") for name in ("label", "help", "body", "title")]
        if getattr(node, "type", "") in ("radio", "button_group"):
            found += [str(option) for option in getattr(proto, "options", ())]
    return [text for text in found if isinstance(text, str)]


@pytest.mark.parametrize("page", ["", "sensitivity", "saved"])
def test_pages_make_no_links_of_names(page, tmp_path, monkeypatch):
    good = load_scenario(make(tmp_path, GOOD))
    names = (f"{address}/{i}" for i, address in enumerate(ADDRESSES * 9))
    scenario = replace(
        good,
        title=Text(next(names)),
        recipients=tuple(replace(r, name=Text(next(names))) for r in good.recipients),
        factors=tuple(replace(f, name=Text(next(names))) for f in good.factors),
        reservations=tuple(replace(r, name=Text(next(names))) for r in good.reservations),
    )
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path / "shelf"))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    save_scenario(scenario, tmp_path / "shelf" / "one")
    store.keep("www.evil.example", scenario, who="a@evil.example", after=None)
    app = opened(page, "en", scenario="one/scenario")
    if page == "saved":
        app.button(key="kept-rename").click().run()
        assert any("evil" in text for text in in_markdown(app))
    assert not app.exception
    assert [text for text in in_markdown(app) if LINK.search(text.replace("\\", ""))] == []


LABELLED = {
    "button", "caption", "checkbox", "date_input", "dialog", "download_button", "error", "expander", "info",
    "markdown", "number_input", "popover", "radio", "render_choice", "selectbox", "slider", "success", "tabs",
    "text_area", "text_input", "toast", "toggle", "warning", "write",
}  # fmt: skip
NAMES = {"name", "names", "title", "base", "file", "files", "who", "recipient", "factor", "value", "text"}


def test_no_label_with_a_name_is_shown_as_it_stands():
    """A label made with a name goes through `markup.in_markdown` where it is made or where it is shown."""
    bare = []
    for path in UI.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            nodes = list(ast.walk(function))
            raw = {
                target.id
                for node in nodes
                if isinstance(node, ast.Assign) and named(node.value, function)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in nodes:
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in LABELLED and node.args:
                    label = node.args[1 if node.func.attr == "render_choice" else 0]
                    if named(label, function) or (isinstance(label, ast.Name) and label.id in raw):
                        bare.append(f"{path.name}:{node.lineno}")
    assert bare == []


def named(node: ast.expr, function: ast.FunctionDef) -> bool:
    """Whether a sentence is made with a name that was not made safe before."""
    if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say"):
        return False
    safe = {
        target.id
        for found in ast.walk(function)
        if isinstance(found, ast.Assign) and "in_markdown" in ast.dump(found.value)
        for target in found.targets
        if isinstance(target, ast.Name)
    }
    given = [k.value for k in node.keywords if k.arg in NAMES]
    return any(not (isinstance(value, ast.Name) and value.id in safe) for value in given)
