"""The page that travels as a file: its policy, its data, its script, what it holds and what it does not."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from commands import ended
from phrases import sentences
from shipped import FIRST, GUANGDONG, POOLS

from allocator import Factor, Fund, Recipient, Scenario, allocate, load_scenario
from allocator.core.errors import ScenarioError
from allocator.core.parts import Text
from allocator.report.html import script
from allocator.report.html.document import embedded
from allocator.report.html.element import el
from allocator.report.html.leader import contains, leader_content, leader_page
from allocator.report.html.recipient import own_figures, recipient_page
from allocator.report.html.words import SHARED
from allocator.report.html.words import sentences as of_the_script
from allocator.report.papers.proposal import Proposal, proposal
from allocator.text import BOOKS, EN, ZH

LUZHOU = [load_scenario(path) for path in sorted(Path("scenarios/luzhou-2023").glob("[cep]*.toml"))]
MODULES = sorted(Path(script.__file__).with_name("js").glob("*.js"))
DAY = date(2026, 3, 2)


def proposed(*scenarios: Scenario, **how: int) -> Proposal:
    return proposal(scenarios, ZH, DAY, **how)


class Parts(HTMLParser):
    """The parts of a file as a browser would find them."""

    def __init__(self, file: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[list[str]] = []
        self.fixed = ""
        self._mains = 0
        self.feed(file.decode())
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside.append([])
        self._mains += tag == "main"

    def handle_endtag(self, tag):
        self._mains -= tag == "main"
        self.tags.append(("", {}))
        self.inside.append([])

    def handle_data(self, data):
        if self.inside:
            self.inside[-1].append(data)
        if self._mains:
            self.fixed += data

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        """The elements of this tag with the text that follows its beginning."""
        pairs = zip(self.tags, self.inside, strict=True)
        return [(attributes, "".join(parts)) for (name, attributes), parts in pairs if name == tag]

    @property
    def data(self) -> str:
        return next(text for attributes, text in self.all("script") if attributes.get("id") == "data")

    def meta(self, **wanted: str) -> str:
        return next(
            str(attributes["content"])
            for tag, attributes in self.tags
            if tag == "meta" and wanted.items() <= attributes.items()
        )


FILES = {
    "leader": leader_page(proposed(*LUZHOU)),
    "fixed": leader_page(proposed(*LUZHOU), data=False),
    "recipient": recipient_page(proposed(LUZHOU[0]), "jiangyang"),
}


@pytest.mark.parametrize("name", FILES)
def test_no_request_is_possible_and_only_the_script_of_the_file_runs(name: str) -> None:
    parts = Parts(FILES[name])
    policy = parts.meta(**{"http-equiv": "Content-Security-Policy"})
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules.keys() == {"default-src", "script-src", "style-src", "base-uri", "form-action"}
    running = [text for attributes, text in parts.all("script") if "type" not in attributes]
    for key, texts in (("script-src", running), ("style-src", [text for _, text in parts.all("style")])):
        (text,) = texts
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[key] == f"'sha256-{digest}'"
    for tag, attributes in parts.tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "form", "a", "base")
        assert not {"src", "href", "style", "action"} & attributes.keys()
        assert not any(key.startswith("on") for key in attributes)
    # what would be blocked is not tried either
    assert not re.search(
        r"fetch\(|XMLHttpRequest|WebSocket|import\(|eval\(|innerHTML|insertAdjacent", running[0]
    )


@pytest.mark.parametrize("name", FILES)
def test_the_checksum_is_over_the_data_and_over_what_stands_without_scripts(name: str) -> None:
    parts = Parts(FILES[name])
    wanted = [hashlib.sha256(text.encode()).hexdigest() for text in (parts.data, parts.fixed)]
    assert parts.meta(name="allocator-checksum").split() == wanted


def test_the_same_proposal_gives_the_same_bytes() -> None:
    assert leader_page(proposed(*LUZHOU)) == FILES["leader"]


def test_data_cannot_be_taken_for_markup() -> None:
    hostile = {"a": "</script><script>alert(1)</script>", "b": "<!--&amp;\u2028\u2029"}
    text = embedded(hostile)
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == hostile
    assert el("p", "</p><b>", title='"x" onclick="').html == (
        '<p title="&quot;x&quot; onclick=&quot;">&lt;/p&gt;&lt;b&gt;</p>'
    )


# --- the script -----------------------------------------------------------------------------------


def declared(text: str) -> list[str]:
    return re.findall(r"^(?:export )?(?:function|class|const|let) (\w+)", text, re.MULTILINE)


def test_modules_share_one_scope_so_each_name_is_declared_once() -> None:
    names = [name for path in MODULES for name in declared(path.read_text("utf-8"))]
    for path in MODULES:
        for more in re.findall(r"^(?:export )?const .*?, (\w+) = ", path.read_text("utf-8"), re.MULTILINE):
            names.append(more)
    assert len(names) == len(set(names))


def test_nothing_is_declared_that_nobody_uses() -> None:
    text = "".join(path.read_text("utf-8") for path in MODULES)
    assert [name for name in declared(text) if len(re.findall(rf"\b{name}\b", text)) < 2] == []


def test_a_module_imports_what_another_exports_and_uses_it() -> None:
    for path in MODULES:
        text = path.read_text("utf-8")
        body = re.sub(r"^import .*$", "", text, flags=re.MULTILINE)
        for names, other in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', text, re.MULTILINE):
            exported = path.with_name(f"{other}.js").read_text("utf-8")
            for name in map(str.strip, names.split(",")):
                assert re.search(rf"^export .*\b{name}\b", exported, re.MULTILINE), f"{path.name}: {name}"
                assert re.search(rf"\b{name}\b", body), f"{path.name} does not use {name}"
        assert text.startswith("// ") and text.count("\n") <= 250


def test_the_script_keeps_to_what_browsers_have_had_for_years() -> None:
    """Nothing later than BigInt and flat (2018 to 2020): a browser that knows less shows the fixed part."""
    newer = r"\?\.[a-z(\[]|\?\?|\|\|=|&&=|\.at\(|replaceAll|structuredClone|toSorted|findLast|static \{"
    for path in MODULES:
        assert not re.search(newer, path.read_text("utf-8")), path.name
    newer = r":has\(|:is\(|@container|@layer|color-mix|\binset:|^\s+&"
    assert not re.search(newer, script.style(), re.MULTILINE)


def test_every_module_is_in_an_edition() -> None:
    used = {*script.needed("leader"), *script.needed("recipient")}
    assert used == {path.stem for path in MODULES}


def test_the_script_says_its_sentences_and_no_others() -> None:
    text = "".join(path.read_text("utf-8") for path in MODULES)
    keys = of_the_script(EN).keys()
    asked = {*re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', text)}
    families = {f"finding.{kind}_{how}" for kind in ("fund", "sum") for how in ("more", "less", "same")}
    families |= {f"rule.{end}{many}" for end in ("floor", "cap") for many in ("", "s")}
    families |= {key for key in keys if key.startswith("refused.")}
    refusals = {*re.findall(r'new Refused\("(\w+)"', text)}
    assert keys - asked - families == set()
    assert {key.removeprefix("refused.") for key in keys if key.startswith("refused.")} == refusals
    assert {*re.findall(r'\bsay\("([a-z_.]+)"', text)} <= keys
    assert {key for key in SHARED if key not in keys} == set()


# --- what it holds --------------------------------------------------------------------------------


def texts_of(file: bytes) -> str:
    return json.dumps(json.loads(Parts(file).data)) + Parts(file).fixed


def test_the_page_for_one_holds_nobody_elses_data() -> None:
    """Values that occur nowhere else are looked for in the whole file."""
    ids = ["a", "b", "c", "d"]
    values = {"x": (31337, 271828, 161803, 577215), "y": (41421, 73205, 23606, 44948)}
    scenario = Scenario(
        title="one", fund=Fund(9_990_000, "CNY", 10_000), kind="shares", weights={"x": 60, "y": 40},
        recipients=[Recipient(id, Text(f"名{id}名", f"name {id}")) for id in ids],
        factors=[Factor(id, column, status="provided") for id, column in values.items()],
    )  # fmt: skip
    amounts = allocate(scenario).amounts
    for at, id in enumerate(ids):
        file = recipient_page(proposed(scenario), id).decode()
        for column in values.values():
            assert str(column[at]) in file
            assert not any(str(value) in file for other, value in enumerate(column) if other != at)
        for other in ids:
            assert (f"名{other}名" in file) == (other == id)
            if other != id:
                assert not re.search(rf"\b{amounts[other]}\b|\b{amounts[other] // 10_000}\b", file)


def test_of_two_that_take_part_the_totals_would_be_the_others_data() -> None:
    scenario = Scenario(
        title="two", fund=Fund(1000, "CNY", 1), kind="shares", weights={"x": 100},
        recipients=[Recipient("a"), Recipient("b")], factors=[Factor("x", (31337, 271828))],
    )  # fmt: skip
    file = recipient_page(proposed(scenario), "a").decode()
    assert own_figures(proposed(scenario), "a") is None
    assert "271828" not in file and str(31337 + 271828) not in file


def test_without_data_no_factor_value_is_in_the_file() -> None:
    content = leader_content(proposed(*LUZHOU), data=False)
    assert all(option["rule"] is None and option["fixed"]["zh"] for option in content["options"])
    file = FILES["fixed"].decode()
    for scenario in LUZHOU:
        for factor in scenario.factors:
            written = {f'"{float(value):g}"' for value in factor.values if value and value % 1}
            assert written and not any(value in file for value in written)


@pytest.mark.parametrize(
    "path", [*FIRST, *POOLS, GUANGDONG], ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_shipped_scenario_has_its_page_and_those_beyond_say_so(path: Path) -> None:
    scenario = load_scenario(path)
    try:
        made = proposed(scenario)
    except ScenarioError:
        return  # what cannot be proposed
    (option,) = leader_content(made)["options"]
    assert (option["rule"] is None) == bool(scenario.beyond)
    assert bool(option["fixed"]) == bool(scenario.beyond)
    file = leader_page(made)
    assert len(file) < 2_000_000
    first = scenario.ids[0]
    assert len(recipient_page(made, first)) < 2_000_000
    if made.illustrative:
        for book in BOOKS:
            mark = book.say("report.mark")
            assert mark in Parts(file).fixed and mark in Parts(recipient_page(made, first)).fixed


def test_large_files_stay_small() -> None:
    ids = [f"t{i}" for i in range(2844)]
    columns = [tuple(1000 + (i * k * 7919) % 99991 for i in range(2844)) for k in (1, 2, 3, 4)]
    scenario = Scenario(
        title="省内乡镇", fund=Fund(10**9, "CNY", 10_000), kind="shares", weights=dict.fromkeys("abcd", 25),
        recipients=[Recipient(id, Text(f"乡镇{id}", f"Township {id}")) for id in ids],
        factors=[Factor(id, column) for id, column in zip("abcd", columns, strict=True)],
    )  # fmt: skip
    moved = {"b": (40, 30, 20, 10), "c": (10, 20, 30, 40)}
    others = [
        replace(scenario, title=title, weights=dict(zip("abcd", weights, strict=True)))
        for title, weights in moved.items()
    ]
    assert len(leader_page(proposed(scenario, *others))) < 6_000_000


def test_figures_of_one_come_to_its_amount() -> None:
    """By the definition: e = D · Σ w x / Σ x, then the limits, then whole units."""
    for scenario in LUZHOU:
        found = allocate(scenario)
        for id in scenario.ids:
            own = own_figures(proposed(scenario), id)
            assert own is not None
            by = [Fraction(f["weight"]) * Fraction(f["value"]) / Fraction(f["total"]) for f in own["factors"]]
            entitlement = Fraction(own["money"]) * sum(by) / Fraction(own["scores"])
            assert entitlement == found.entitlements[id] == Fraction(own["entitlement"])
            assert Fraction(own["amount"]) == found.amounts[id]


# --- the command ----------------------------------------------------------------------------------


def test_the_command_says_what_it_holds_and_writes_one_file(tmp_path: Path, capsys) -> None:
    rule, cap = "scenarios/luzhou-2023/published-rule.toml", "scenarios/luzhou-2023/cap-zone.toml"
    made = tmp_path / "page.html"
    shown, said = ended(capsys, ["report", rule, cap, "--html", made, "--propose", 2, "--lang", "zh"])
    assert said.strip() == ZH.say("html.contains") and str(made) in shown
    content = json.loads(Parts(made.read_bytes()).data)
    assert [option["letter"] for option in content["options"]] == ["A", "B"] and content["proposed"] == 1
    ended(capsys, ["report", rule, "--html", made], 2)  # what is there stays

    own = tmp_path / "own.html"
    shown, said = ended(capsys, ["report", cap, "--html", own, "--recipient", "江阳区", "--lang", "en"])
    assert said.strip() == EN.say("html.contains_one", name="Jiangyang District")
    assert json.loads(Parts(own.read_bytes()).data)["own"]["amount"] == "3170000"
    _, said = ended(
        capsys, ["report", cap, "--html", tmp_path / "n", "--recipient", "泸县", "--recipient", "合江县"], 2
    )
    assert "--html" in said

    fixed = tmp_path / "fixed.html"
    _, said = ended(capsys, ["report", rule, "--html", fixed, "--no-data", "--lang", "en"])
    assert said.strip() == EN.say("html.contains_fixed")
    assert all(option["rule"] is None for option in json.loads(Parts(fixed.read_bytes()).data)["options"])
    ended(capsys, ["report", rule, "--no-data", "--out", tmp_path / "out"], 2)


def test_page_and_papers_in_one_go(tmp_path: Path, capsys) -> None:
    cap = "scenarios/luzhou-2023/cap-zone.toml"
    out, made = tmp_path / "out", tmp_path / "page.html"
    ended(capsys, ["report", cap, "--html", made, "--out", out, "--recipient", "ftz", "--lang", "zh"])
    assert made.exists() and len([*out.iterdir()]) == 2


def test_what_it_holds_is_said_for_what_it_holds() -> None:
    pools = proposed(load_scenario(POOLS[0]))
    assert contains(pools, ZH) == contains(proposed(*LUZHOU), ZH, data=False) == ZH.say("html.contains_fixed")
    assert contains(proposed(*LUZHOU), ZH) == ZH.say("html.contains")


def test_texts_stand_in_both_languages() -> None:
    assert sentences("zh", "html").keys() == sentences("en", "html").keys()
