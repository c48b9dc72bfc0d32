"""A third language is one folder of texts and its name: nothing that is said passes the phrasebook by.

The language is made of the English one, its letters replaced by Greek ones. Whatever a command, a paper or a
page then says in other letters was not said by the phrasebook, or is a name of the data, a file or an option.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

import allocator
import allocator.text

SOURCE = Path(allocator.__file__).parent
GREEK = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "αβχδεφγηιξκλμνοπθρστυϖωχψζΑΒΧΔΕΦΓΗΙΞΚΛΜΝΟΠΘΡΣΤΥΣΩΧΨΖ",
)
# names of files and formats, options, codes, and what is written to be typed or read by a program
CODES = r"""
    sha256:\w+ | --[a-z-]+ | [\w./-]+\.(?:toml|csv|xlsx|docx|pptx|png|zip|md|json)\b | \b[0-9a-f]{8,}\b
"""


def greek(value: Any) -> Any:
    """A sentence in Greek letters; what is filled in, and its format, stays."""
    if isinstance(value, dict):
        return {key: greek(inner) for key, inner in value.items()}
    if not isinstance(value, str):
        return value
    parts = re.split(r"(\{[^{}]*\})", value)
    return "".join(part if part.startswith("{") else part.translate(GREEK) for part in parts)


def toml_of(table: dict[str, Any], above: str = "") -> str:
    """The table as TOML; only what the files of texts hold."""
    plain = {k: v for k, v in table.items() if not isinstance(v, dict)}
    lines = [f"{json.dumps(k)} = {json.dumps(v, ensure_ascii=False)}" for k, v in plain.items()]
    made = "\n".join(lines) + "\n"
    for key, inner in table.items():
        if isinstance(inner, dict):
            name = f"{above}{json.dumps(key)}"
            made += f"\n[{name}]\n" + toml_of(inner, f"{name}.")
    return made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source with a language more: a folder, and its name in one line."""
    top = tmp_path_factory.mktemp("house")
    shutil.copytree(SOURCE, top / "allocator", ignore=shutil.ignore_patterns("__pycache__"))
    texts = top / "allocator" / "text"
    (texts / "el").mkdir()
    for path in (texts / "en").glob("*.toml"):
        table = greek(tomllib.loads(path.read_text("utf-8")))
        (texts / "el" / path.name).write_text(toml_of(table), "utf-8")
    code = (texts / "__init__.py").read_text("utf-8")
    line = 'LANGUAGES = ("zh", "en")'
    assert code.count(line) == 1
    (texts / "__init__.py").write_text(code.replace(line, 'LANGUAGES = ("zh", "en", "el")'), "utf-8")
    return top


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario whose own names hold no letters."""
    folder = tmp_path_factory.mktemp("fund")
    names = "recipient,name_zh,name_en,kind\n" + "".join(
        f"{n},①{n},①{n},{k}\n" for n, k in enumerate("1123", 4)
    )
    (folder / "recipients.csv").write_text(names, "utf-8")
    rows = "".join(f"{n},{n * 7},{30 - n}\n" for n in range(4, 8))
    (folder / "factors.csv").write_text("recipient,1,2\n" + rows, "utf-8")
    amounts = "recipient,amount\n4,2100000\n5,2400000\n6,2600000\n7,2700000\n"
    (folder / "published.csv").write_text(amounts, "utf-8")
    (folder / "previous.csv").write_text(amounts.replace("2700000", "2500000"), "utf-8")
    head = """format = 1
title = "①"
[fund]
name = "②"
amount = 10_000_000
currency = "CNY"
unit = 10_000
source = "③"
[method]
kind = "shares"
[weights]
1 = 60
2 = 40
[data]
recipients = "recipients.csv"
factors = "factors.csv"
published = "published.csv"
previous = "previous.csv"
[factor.1]
name = "④"
status = "derived"
source = "⑤"
unit = "⑥"
[factor.2]
name = "⑦"
status = "derived"
source = "⑤"
[[reservation]]
name = "⑧"
amount = 200_000
"""
    (folder / "1.toml").write_text(head, "utf-8")
    limits = '[[limit]]\nrecipients = "all"\ncap_rate = 0.26\nof = "fund"\n'
    (folder / "2.toml").write_text(head + limits, "utf-8")
    return folder


# one process for all of them: starting takes longer than most commands do
RUNS = """
import contextlib, io, json, sys
from allocator.cli.entry import main
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(json.loads(line))
            status = "did not end"
        except SystemExit as ended:
            status = ended.code or 0
    print(json.dumps([status, out.getvalue() + err.getvalue()]))
"""


def ran(house: Path, *commands: list[object], home: Path) -> list[str]:
    """What each of these commands says in the language."""
    env = {**os.environ, "PYTHONPATH": str(house), "ALLOCATOR_HOME": str(home), "PYTHONUTF8": "1"}
    lines = "".join(json.dumps([*map(str, command), "--lang", "el"]) + "\n" for command in commands)
    command = [sys.executable, "-c", RUNS]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, env=env, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(commands) and all(status in (0, 1, 2) for status, _ in found), found
    return [said for _, said in found]


# what the program names stays in the two languages that names of data are given in
GIVEN = allocator.text.EN.say("published.plain")


def others(said: str, *paths: Path) -> list[str]:
    """The words in Latin letters or Chinese characters."""
    for path in paths:
        said = said.replace(str(path), "")
    words = set(re.findall(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+", re.sub(CODES, "", said, flags=re.X)))
    return sorted(words - set(re.findall(r"\w+", GIVEN)))


COMMANDS: list[list[str]] = [
    ["run", "1"], ["run", "2", "--base", "previous"], ["compare", "1", "2"], ["check", "1"], ["audit", "1"],
    ["seek", "1", "--target", "5>=2500000"], ["explain", "1"], ["explain", "2", "--against", "1"],
    ["sweep", "1", "--draws", "50"],
]  # fmt: skip


@pytest.fixture(scope="module")
def sentences(house: Path, scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command says."""
    files = [
        [scenario / f"{part}.toml" if part in ("1", "2") else part for part in command]
        for command in COMMANDS
    ]
    said = ran(house, *files, home=tmp_path_factory.mktemp("home"))
    return {" ".join(command): one for command, one in zip(COMMANDS, said, strict=True)}


@pytest.mark.parametrize("command", [" ".join(command) for command in COMMANDS])
def test_a_command_says_nothing_past_the_phrasebook(
    sentences: dict[str, str], scenario: Path, command: str
) -> None:
    said = sentences[command]
    assert re.search("[α-ω]{3}", said)
    assert others(said, scenario) == []


def test_mistakes_and_help_say_nothing_past_the_phrasebook(
    house: Path, scenario: Path, tmp_path: Path
) -> None:
    known = {"FILE", "allocator", "csv", "el", "en", "json", "previous", "published", "run", "table", "zh"}
    (scenario / "3.toml").write_text((scenario / "1.toml").read_text("utf-8").replace("60", "61"), "utf-8")
    help, mistake = ran(house, ["run", "--help"], ["run", scenario / "3.toml"], home=tmp_path)
    assert set(others(help)) <= known
    assert others(mistake, scenario) == ["weights"]


def test_papers_say_nothing_past_the_phrasebook(house: Path, scenario: Path, tmp_path: Path) -> None:
    files = [scenario / "1.toml", scenario / "2.toml"]
    ran(house, ["report", *files, "--out", tmp_path / "pack"], home=tmp_path)
    files = [path for path in (tmp_path / "pack").rglob("*") if path.is_file()]
    assert {".docx", ".pptx", ".csv"} <= {path.suffix for path in files}
    found: dict[str, list[str]] = {}
    for path in files:
        if path.suffix in (".docx", ".pptx"):
            with zipfile.ZipFile(path) as parts:
                names = (
                    n
                    for n in parts.namelist()
                    if re.fullmatch(r"(word/document|ppt/slides/slide\d+)\.xml", n)
                )
                xml = "".join(parts.read(name).decode() for name in names)
            said = " ".join(re.findall(r"<(?:w|a):t(?: [^>]*)?>([^<]*)<", xml))
        elif path.suffix == ".txt":
            said = path.read_text("utf-8")
        else:
            continue
        if words := set(others(said, scenario)) - {"svg", "png"}:
            found[path.name] = words
    assert found == {}


PAGES = """
import json, sys
from pages import addresses, html_of, opened, elements
found = {}
for page in addresses():
    app = opened(page, "el", scenario="fund/1")
    said = [html_of(app)]
    for element in elements(app):
        for name in ("label", "placeholder", "help", "body", "text"):
            text = getattr(getattr(element, "proto", None), name, "")
            said.append(text if isinstance(text, str) else "")
    found[page] = "\\n".join(said)
print(json.dumps(found))
"""


def test_pages_say_nothing_past_the_phrasebook(house: Path, scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    shutil.copytree(scenario, tmp_path / "scenarios" / "fund")
    tests = Path(__file__).parent.parent
    env = os.environ | {"PYTHONPATH": f"{house}{os.pathsep}{tests}", "ALLOCATOR_HOME": str(tmp_path / "home"),
                        "ALLOCATOR_SCENARIOS": str(tmp_path / "scenarios")}  # fmt: skip
    done = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert len(said) > 8
    found = {}
    for page, html in said.items():
        shown = re.sub(r"<style.*?</style>|<script.*?</script>|<svg.*?</svg>", "", html, flags=re.S)
        shown = re.sub(r":material/\w+:", "", re.sub(r"<[^>]*>", " ", shown))
        # names of the folder, of a file and of a format, and the other language's own
        if words := set(others(shown, tmp_path)) - {"fund", "factors", "docx", "html", "中文"}:
            found[page] = words
    assert found == {}
