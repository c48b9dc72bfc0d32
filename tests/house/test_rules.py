"""The house rules are kept, and each of them finds what breaks it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
Rule = Callable[[Path], Iterator[str]]


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("rules", ROOT / "tools" / "rules.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_house_keeps_them() -> None:
    done = subprocess.run([sys.executable, ROOT / "tools" / "rules.py"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


BROKEN = [
    ("docstrings", '"""A."""\n\n\ndef f():\n    """What it gives."""\n', "says what a thing does or is"),
    ("docstrings", '"""A."""\n\n\ndef f():\n    pass\n', "f has no docstring"),
    ("docstrings", '"""A."""\n\n\ndef f():\n    """The sum."""\n    raise ValueError\n', "f raises"),
    ("names", '"""A."""\n\n\nclass FundManager:\n    """A."""\n', "no “manager”"),
    ("length", "x = 1\n" * 401, "401 lines"),
]


@pytest.mark.parametrize(("rule", "code", "found"), BROKEN)
def test_each_finds_what_breaks_it(tmp_path: Path, rule: str, code: str, found: str) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "part.py").write_text(code, "utf-8")
    (line,) = getattr(tool(), rule)(tmp_path)
    assert line.startswith("core/part.py") and found in line


SENTENCES = [
    ("en", 'more = "x"\n', "stands in one language only"),
    ("en", 'digest = "{value}{other}"\n', "other places to fill in"),
    ("en", 'digest = "编号"\n', "Chinese characters in English"),
    ("zh", 'digest = "编号,"\n', "half-width sign"),
]


@pytest.mark.parametrize(("lang", "text", "found"), SENTENCES)
def test_sentences_that_differ_are_found(tmp_path: Path, lang: str, text: str, found: str) -> None:
    for each in ("zh", "en"):
        (tmp_path / "text" / each).mkdir(parents=True)
        (tmp_path / "text" / each / "seek.toml").write_text("", "utf-8")
        digest = {"zh": 'digest = "编号"\n', "en": 'digest = "code"\n'}[each]
        (tmp_path / "text" / each / "kept.toml").write_text(text if each == lang else digest, "utf-8")
    assert any(found in line for line in tool().sentences(tmp_path))


def test_files_of_tests_have_names_of_their_own() -> None:
    """Two of one name in different folders cannot be collected together."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
