"""What the page takes of Streamlit stands in one file, and the Streamlit that is installed has all of it."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
import streamlit as st
from packaging.requirements import Requirement

from allocator.text import LANGUAGES, Phrasebook
from allocator.ui.components import inside

ROOT = Path(__file__).parent.parent.parent
UI = ROOT / "src" / "allocator" / "ui"
# How what is composed of pieces stands in the frontend's code, where it does not stand there as it is said.
PIECES = {
    "help": ['"Help for ${'],
    "remove": ['"Remove ${'],
    "option": ['} option"', "} available."],
    "options": ['} options"', "} available."],
    "most": ['"You can only select up to ${', '"options"', "}. Remove an option first."],
    "found_one": ["} result${"],
    "found": ["} result${"],
    "found_at": ["} of ${"],
    "no_page_about": [
        '"The page that you have requested does not seem to exist"',
        "${t}. Running the app",
        "s main page.",
    ],
} | {f"upload_{size}": ["} per file"] for size in (20, 21, 22, 60)}
# The modules and attributes that are not Streamlit's public face, and how they are called.
FUNCTIONS = {
    "streamlit.net_util:get_external_ip": [],
    "streamlit.net_util:get_internal_ip": [],
    "streamlit.web.server.starlette.starlette_app:create_streamlit_middleware": [],
    "streamlit.web.cli:main": None,
    "streamlit.runtime:exists": [],
    "streamlit.runtime:get_instance": [],
    "streamlit.runtime:Runtime.is_active_session": ["self", "session_id"],
    "streamlit.runtime.scriptrunner:get_script_run_ctx": ["suppress_warning"],
}


@cache
def frontend() -> str:
    """The code of Streamlit's page, with one kind of quotation mark."""
    files = sorted(Path(inside.package(), "static").rglob("*.js"))
    assert files
    code = "\n".join(file.read_text("utf-8") for file in files)
    return code.replace("'", '"').replace("`", '"')


def knows(piece: str) -> bool:
    """Whether the code has this; no assertion of its own, for that would print the whole of it."""
    return piece in frontend()


def knows_word(word: str) -> bool:
    """Whether the code has this as a word of its own: a test id is not found within a longer one."""
    code, at = frontend(), -1
    while (at := code.find(word, at + 1)) >= 0:
        around = code[at - 1] + code[at + len(word)]
        if not re.search(r"[\w-]", around):
            return True
    return False


def marks() -> Iterator[tuple[str, str]]:
    """Every test id, class, id and state that a part of the page is known by."""
    for name, selector in inside.PARTS.items():
        for attribute, value in re.findall(r"\[([\w-]+)=([\w-]+)\]", selector):
            yield name, value
            yield name, attribute
        for word in re.findall(r"[.#]([\w-]+)", selector):
            yield name, word


@pytest.mark.parametrize(("name", "mark"), sorted(set(marks())))
def test_parts_are_where_they_are_said_to_be(name, mark):
    assert knows_word(mark), f"{name} has moved: Streamlit {st.__version__} knows no {mark}"


def test_a_table_has_cells_with_ids():
    start = inside.CELL.partition("{")[0]
    assert knows(f'"{start}${{')


@pytest.mark.parametrize("group", ["NAMES", "STARTS", "TEXTS"])
def test_streamlit_says_what_the_page_translates(group):
    for name, said in getattr(inside, group).items():
        pieces = PIECES.get(name, []) if group != "NAMES" else []
        for piece in pieces or [f'"{said}"']:
            assert knows(piece), f"{name}: Streamlit {st.__version__} does not say {said!r}"


def test_tools_that_are_hidden_have_these_names():
    for said in inside.INNER:
        assert knows(f'"{said}"')


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_that_streamlit_says_is_translated_and_nothing_else(lang):
    frame = Phrasebook(lang).words("app.frame")
    for group, said in (("names", inside.NAMES), ("starts", inside.STARTS), ("texts", inside.TEXTS)):
        assert frame[group].keys() == said.keys()
        assert len(set(said.values())) == len(said)


@pytest.mark.parametrize("place", FUNCTIONS)
def test_functions_behind_the_public_face_are_called_as_before(place):
    module, _, names = place.partition(":")
    found = import_module(module)
    for name in names.split("."):
        found = getattr(found, name)
    assert callable(found)
    if FUNCTIONS[place] is not None:
        assert list(inspect.signature(found).parameters) == FUNCTIONS[place]


def test_what_is_put_before_all_is_asked_first(monkeypatch):
    from streamlit.web.server.starlette import starlette_app

    before = starlette_app.create_streamlit_middleware
    monkeypatch.setattr(starlette_app, "create_streamlit_middleware", before)
    inside.put_before_all(lambda: "first")
    put = starlette_app.create_streamlit_middleware()
    assert put[0] == "first" and len(put) == 1 + len(before()) > 1


def test_a_visit_and_an_upload_are_known_by_their_ids():
    from streamlit.proto.Common_pb2 import FileURLs
    from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
    from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

    assert "session_id" in ScriptRunContext.__dataclass_fields__
    file = UploadedFile(UploadedFileRec("id-1", "a.csv", "text/csv", b"1"), FileURLs())
    assert inside.upload_id(file) == "id-1"
    assert inside.visit_watched()()  # nobody draws a page here


def test_every_setting_of_the_server_is_one():
    known = st.config.get_config_options()
    settings = tomllib.loads((UI / "server.toml").read_text("utf-8"))

    def flat(table, prefix=""):
        for name, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}"

    assert set(flat(settings)) <= known.keys()


def test_its_server_answers_where_it_is_asked():
    code = "\n".join(path.read_text("utf-8") for path in Path(inside.package(), "web").rglob("*.py"))
    for address in (inside.HEALTH, inside.STREAM, inside.SETTINGS):
        assert address.removeprefix("/") in code


def test_a_part_that_nobody_has_named_is_refused():
    with pytest.raises(KeyError, match="nowhere"):
        inside.placed(".streamlit-nowhere { color: red; }")
    for file in ("style.css", "page.js"):
        assert ".streamlit-" not in inside.placed((UI / file).read_text("utf-8"))


def test_nothing_of_streamlits_inside_is_named_anywhere_else():
    """Sources, tests and benchmarks name parts of Streamlit's page by the one file's names alone."""
    own = {UI / "components" / "inside.py", Path(__file__)}
    named = re.compile(r"data-testid|test_id\b|\bst[A-Z]\w{2,}|gdg-|glide-cell|_stcore|svg\.marks|#portal")
    sub = re.compile(r"^\s*(?:import|from) streamlit(?:\.(\w[\w.]*))?(?: import (.+))?", re.MULTILINE)
    private = re.compile(r"\b(?:app|node)\._[a-z]\w*")  # of pages without a browser
    found = []
    for path in sorted(path for top in ("src", "tests", "benchmarks") for path in (ROOT / top).rglob("*.*")):
        if path in own or path.suffix not in (".py", ".js", ".css"):
            continue
        code, place = path.read_text("utf-8"), path.relative_to(ROOT).as_posix()
        found += [(place, one) for one in named.findall(code)]
        if place != "tests/pages.py":
            found += [(place, one) for one in private.findall(code)]
        for module, names in sub.findall(code):
            if (module, names) == ("testing.v1", "AppTest") and place.startswith("tests/"):
                continue
            if module.startswith("proto.") and place == "tests/browser.py":
                continue  # the numbers of messages, taken from Streamlit itself
            if place == "tests/pages.py":
                continue  # pages without a browser, of which all stands there
            if module or names:
                found.append((place, f"{module} {names}"))
    assert found == []


def test_only_versions_that_have_all_this_are_asked_for():
    """The version that all is tested with is the last that is allowed: the next may have moved anything."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (asked,) = [one for text in project["dependencies"] if (one := Requirement(text)).name == "streamlit"]
    (pinned,) = re.findall(r"^streamlit==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    major, minor = map(int, pinned.split(".")[:2])
    assert pinned in asked.specifier
    assert f"{major}.{minor}.99" in asked.specifier
    assert f"{major}.{minor + 1}.0" not in asked.specifier
