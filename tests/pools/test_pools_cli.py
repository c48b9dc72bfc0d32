"""Rules of format 2 on the command line: what covers them shows them, all else says that it does not."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from commands import ended
from good_scenario import GOOD_RULES, make
from refusals import check_sentence
from shipped import POOLS, SCENARIOS

from allocator import allocate, load_scenario
from allocator.analysis.explain import explain

FIXED, TWO = POOLS
RULE = SCENARIOS / "luzhou-2023" / "published-rule.toml"
# by hand, in tests/good_scenario.py
AMOUNTS = {"north": 270_000, "south": 270_000, "west": 460_000}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return make(tmp_path / "rules", GOOD_RULES)


def sheet(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


# --- run, check, compare -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_run_shows_what_each_pool_gives(lang: str, rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown, _ = ended(capsys, ["run", rules, "--lang", lang])
    names = {"zh": ("北区", "南县", "西园"), "en": ("North District", "South County", "West Park")}[lang]
    for name, figures in zip(names, ((3, 15, 9, 27), (2, 16, 9, 27), (0, 9, 37, 46)), strict=True):
        (line,) = [line for line in shown.splitlines() if re.match(rf"\d+ +{name} ", line)]
        assert [*map(int, line.split(name)[1].split()[:4])] == [*figures]
    assert ("签约奖补" if lang == "zh" else "Signing bonus") in shown
    # why the park has no bonus
    assert {"zh": "projects=1", "en": "projects = 1"}[lang] in " ".join(shown.split())


def test_run_as_csv_and_json(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(
        ended(capsys, ["run", rules, "--format", "json", "--lang", "en"])[0], parse_float=Fraction
    )
    assert {row["id"]: row["amount"] for row in data["recipients"]} == AMOUNTS
    assert data["digest"] == load_scenario(rules).digest
    rows = sheet(ended(capsys, ["run", rules, "--format", "csv", "--lang", "en"])[0])
    found = {row["Recipient"]: row for row in rows if row.get("No.")}
    amount = next(name for name in rows[0] if name and name.startswith("Amount"))
    assert [Fraction(found[n][amount]) for n in ("North District", "South County", "West Park")] == [
        *AMOUNTS.values()
    ]


def test_check_as_text_and_json(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said, _ = ended(capsys, ["check", rules, "--lang", "en"])
    for part in (
        "“Signing bonus”, 50,000 yuan: fixed amounts for 2 ",
        "condition: projects >= 2",
        "“growth”, 400,000 yuan: shared among 3 ",
        "investment 60 %, rise 20 %, effort 20 %",  # 75 and 25 of 80
        "“land”, 550,000 yuan",
        "times hardship, score",
        "rise = MAX(0, tax / past - 1)",
        "yes: 100% by this rule, 1,000,000 yuan",
    ):
        assert part in said.replace("and score", "score"), part
    data = json.loads(ended(capsys, ["check", rules, "--format", "json"])[0], parse_float=Fraction)
    assert data["ok"] and data["digest"] == load_scenario(rules).digest
    assert data["pools"]["growth"]["weights"] == {"investment": 60, "rise": 20, "effort": 20}
    assert data["pools"]["land"]["coefficient"] == ["hardship", "score"]
    assert data["pools"]["signed"]["method"] == "fixed"


def test_compare_with_a_rule_without_pools(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same figures by area alone: 200,000, 400,000, 400,000: −70,000, +130,000, −60,000."""
    plain = rules.parent / "plain.toml"
    text = GOOD_RULES["scenario.toml"]
    head = text[: text.index("[pool.signed]")] + "[factor.grade]\ntext = true\n"
    plain.write_text(head + '[method]\nkind = "shares"\n[weights]\narea = 100\n', "utf-8")
    shown, _ = ended(capsys, ["compare", rules, plain, "--format", "json", "--lang", "en"])
    first, second = (scenario["amounts"] for scenario in json.loads(shown, parse_float=Fraction)["scenarios"])
    assert (first, second) == (AMOUNTS, {"north": 200_000, "south": 400_000, "west": 400_000})
    said, _ = ended(capsys, ["compare", rules, plain, "--lang", "en"])
    assert "130,000 yuan moved" in said


# --- explain -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", POOLS, ids=lambda path: path.stem)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explain_shows_the_stages_of_each_pool(
    path: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown, _ = ended(capsys, ["explain", path, "--lang", lang])
    allocation = allocate(load_scenario(path))
    for pool in allocation.scenario.pools:
        assert shown.count(getattr(pool.name, lang)) >= 2
    money = (
        f"{allocation.amounts['jiangyang'] // 10_000}万元"
        if lang == "zh"
        else f"{allocation.amounts['jiangyang']:,} yuan"
    )
    assert money in shown
    assert ("权重变动分析" if lang == "zh" else "the effect of moving weight") in shown


def against(before: Path, after: Path, capsys: pytest.CaptureFixture[str]) -> dict:
    shown, _ = ended(capsys, ["explain", after, "--against", before, "--format", "json", "--lang", "en"])
    return json.loads(shown, parse_float=Fraction)


def changed(rules: Path, name: str, *edits: tuple[str, str]) -> Path:
    """Another file beside the rules, in which these texts are others."""
    text = rules.read_text("utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = rules.parent / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


CLAUSES = {
    # the money of the pools alone
    "money": ([("percent = 40", "percent = 30")], [("pools", ())]),
    # the rule of one, and of two
    "rule": ([("economy = 80, effort = 20", "economy = 50, effort = 50")], [("pool", ("growth",))]),
    "rules": (
        [("economy = 80, effort = 20", "economy = 50, effort = 50"), ('["hardship", "score"]', '"score"')],
        [("pool", ("growth",)), ("pool", ("land",))],
    ),
    # parts of an indicator are weights of the pool
    "indicator": ([("investment = 75, rise = 25", "investment = 50, rise = 50")], [("pool", ("growth",))]),
    # a formula is data
    "formula": ([("MAX(0, tax / past - 1)", "MAX(0, past - tax)")], [("data", ("rise",))]),
    "condition": ([('"projects >= 2"', '"projects >= 3"')], [("pool", ("signed",))]),
    "limit": ([("floor = 10_000", "floor = 120_000")], [("limits", ())]),
    "all": (
        [
            ("percent = 40", "percent = 30"),
            ("economy = 80, effort = 20", "economy = 50, effort = 50"),
            ("MAX(0, tax / past - 1)", "MAX(0, past - tax)"),
        ],
        [("pools", ()), ("pool", ("growth",)), ("data", ("rise",))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLAUSES)
def test_clauses_of_a_difference_add_up(name: str, rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edits, clauses = CLAUSES[name]
    other = changed(rules, "other", *edits)
    before, after = allocate(load_scenario(rules)), allocate(load_scenario(other))
    assert before.amounts != after.amounts
    found = explain(before, after)
    assert [(c.kind, c.of) for reason in found.reasons for c in reason.clauses] == clauses
    for id in before.amounts:
        parts = [reason.amounts[id] for reason in found.reasons]
        assert sum(parts) == after.amounts[id] - before.amounts[id]
    data = against(rules, other, capsys)
    assert len(data["reasons"]) == len(found.reasons)
    for row in data["recipients"]:
        assert (row["before"], row["after"]) == (before.amounts[row["id"]], after.amounts[row["id"]])
        assert sum(map(Fraction, row["exact"])) == row["difference"] == row["after"] - row["before"]


def test_money_and_rules_are_told_apart_by_hand(rules: Path) -> None:
    """From 40 to 30 % and another rule for the 40 %: half of the sum of both orders (Shapley)."""
    rule = ("economy = 80, effort = 20", "economy = 50, effort = 50")
    money = ("percent = 40", "percent = 30")
    both, one, other = (
        allocate(load_scenario(changed(rules, name, *edits))).amounts
        for name, edits in (("both", [rule, money]), ("one", [money]), ("other", [rule]))
    )
    before = allocate(load_scenario(rules))
    found = explain(before, allocate(load_scenario(rules.parent / "both.toml")))
    by_kind = {reason.clauses[0].kind: reason.amounts for reason in found.reasons}
    for id, amount in before.amounts.items():
        first, last = one[id] - amount, both[id] - other[id]
        assert by_kind["pools"][id] == Fraction(first + last, 2)
        assert by_kind["pool"][id] == Fraction(both[id] - one[id] + other[id] - amount, 2)


# --- new ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", POOLS, ids=lambda path: path.stem)
def test_a_folder_like_a_rule_of_format_2_can_be_filled_in(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended(capsys, ["new", tmp_path / "new", "--like", path, "--lang", "zh"])
    made = tmp_path / "new" / "scenario.toml"
    _, said = ended(capsys, ["check", made, "--lang", "zh"], 2)
    assert "Traceback" not in said and said.strip()
    blank = (tmp_path / "new" / "factors.csv").read_text("utf-8-sig").splitlines()
    like = load_scenario(path)
    given = [factor.id for factor in like.factors if factor.formula is None]
    assert blank[0].split(",") == ["recipient", *given]
    shutil.copy(path.parent / "factors.csv", tmp_path / "new" / "factors.csv")
    text = re.sub(r'"…"', '"填写"', made.read_text("utf-8"))
    made.write_text(text, "utf-8")
    filled = load_scenario(made)
    assert allocate(filled).amounts == allocate(like).amounts
    assert filled.pools == like.pools and filled.limits == like.limits


# --- what does not cover it -------------------------------------------------------------------------------


def refusals(path: Path, folder: Path) -> dict[str, list[object]]:
    return {
        "read": ["read", path.parent / "factors.csv", "--for", path, "--out", folder / "papers"],
    }


@pytest.mark.parametrize("command", ["read"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_does_not_cover_it_says_so(
    command: str, lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pools"
    shutil.copytree(TWO.parent, folder)
    path = folder / "two-pools.toml"
    text = path.read_text("utf-8").replace("[data]\n", '[data]\npublished = "published.csv"\n')
    path.write_text(text, "utf-8")
    ids = load_scenario(TWO).ids
    (folder / "published.csv").write_text("recipient,amount\n" + "".join(f"{id},1\n" for id in ids), "utf-8")
    _, said = ended(capsys, [*refusals(path, tmp_path)[command], "--lang", lang], 2)
    (line,) = said.splitlines()
    check_sentence(line, lang)
    named = {
        "read": ("表格上传", "the upload of a table"),
    }[command][lang == "en"]  # fmt: skip
    assert named in line
    for clause in (
        ("分项", "计算列", "参与条件") if lang == "zh" else ("pools", "column formulas", "conditions")
    ):
        assert clause in line
    assert not (tmp_path / "papers").exists()


def test_a_rule_of_format_1_loads_no_reader_of_formulas(tmp_path: Path) -> None:
    """Neither lark nor the parser of formulas, which take time to load."""
    code = (
        "import sys\nfrom allocator.cli.entry import main\n"
        f"sys.argv = ['allocator', 'run', {str(RULE)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'lark' "
        "or name.startswith('allocator.files.formulas')], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr.splitlines()[-1] == "[]"
