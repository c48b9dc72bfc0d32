"""What the documents show is what the program does."""

import doctest
import io
import re
import shlex
from contextlib import redirect_stdout
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest

import allocator
from allocator import allocate, load_scenario
from allocator.cli import entry
from allocator.core import model
from allocator.core.split import Split

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("scenarios/*/*.md")])
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
GUIDES = [ROOT / "docs" / "guide.md", ROOT / "docs" / "zh" / "guide.md"]


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.S | re.M)


def printed(arguments: list[str]) -> str:
    """What the command prints; it must end well."""
    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as ended:
        entry.main(arguments)
    assert ended.value.code == 0
    return out.getvalue()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.parent.name)
def test_commands_print_what_the_guide_shows(guide, monkeypatch):
    monkeypatch.chdir(ROOT)
    shown = blocks(guide, "console")
    assert shown
    for block in shown:
        command, _, expected = block.partition("\n")
        assert command.startswith("$ allocator ")
        assert printed(shlex.split(command)[2:]) == expected


@pytest.mark.parametrize("document", [GUIDES[0], ROOT / "docs" / "library.md"], ids=lambda path: path.name)
def test_the_examples_of_the_library_run(document, monkeypatch):
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(str(document), module_relative=False, encoding="utf-8")
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_opens_with_the_two_commands(readme):
    first = blocks(readme, "sh")[0]
    targets = re.findall(r"^make (\w+)", first, re.M)
    assert targets == ["app", "test"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(f"\n{target}: " in makefile for target in targets)


def test_the_readmes_say_that_the_illustrative_data_proves_nothing():
    english, chinese = (path.read_text("utf-8") for path in READMES)
    assert "test arithmetic and nothing else" in english
    assert "只能检验计算，不能说明其他任何问题" in chinese
    folder = (ROOT / "scenarios" / "luzhou-2023" / "README.md").read_text("utf-8")
    assert "不是事实" in folder
    assert "Illustrative, not a fact." in folder


def test_the_example_of_the_format_document_is_a_scenario(tmp_path):
    document = ROOT / "docs" / "scenario-format.md"
    (tmp_path / "example.toml").write_text(blocks(document, "toml")[0], "utf-8")
    (tmp_path / "factors.csv").write_text(blocks(document, "csv")[0], "utf-8")
    result = allocate(load_scenario(tmp_path / "example.toml"))
    # 100万元 by 60 · (3/4, 1/4, 0) + 40 · (1000, 1000, 50)/2050 is 64.51, 34.51, 0.98; with 5万元 as a
    # floor for the third, 95 are left over 64.51 : 34.51, in whole 万元 62 and 33
    assert list(result.amounts.values()) == [620_000, 330_000, 50_000]


def test_the_case_of_the_method_comes_out_as_it_is_worked_there(tmp_path):
    """The figures here are those that docs/method.md works out by hand, in 万元."""
    document = ROOT / "docs" / "scenario-format.md"
    (rule,) = [text for text in blocks(document, "toml") if "[pool.signed]" in text]
    (tmp_path / "example.toml").write_text(rule, "utf-8")
    (tmp_path / "factors.csv").write_text(blocks(document, "csv")[1], "utf-8")
    result = allocate(load_scenario(tmp_path / "example.toml"))
    assert result.scenario.distributable == 10_000_000
    signed, foreign, factors = result.splits
    assert [split.total for split in result.splits] == [100, 200, 700]
    assert (signed.units, foreign.units, factors.units) == (
        (30, 20, 0, 50),
        (118, 59, 23),
        (222, 198, 240, 40),
    )
    assert [foreign.entitled * Fraction(s, foreign.total_score) for s in foreign.scores] == [
        2 * (42 + Fraction(30 * 40, 70)), 2 * (21 + Fraction(30 * 20, 70)), 2 * (7 + Fraction(30 * 10, 70))
    ]  # fmt: skip
    points = [Fraction(63, 2), 28, 36, Fraction(9, 2)]
    assert [factors.entitled * Fraction(s, factors.total_score) for s in factors.scores] == [
        7 * x for x in points
    ]
    assert factors.multiplier == 420 / (7 * (points[0] + points[1]))
    assert list(result.amounts.values()) == [3_700_000, 2_180_000, 2_990_000, 1_130_000, 2_000_000]
    text = (ROOT / "docs" / "method.md").read_text("utf-8")
    for row in (
        "| 甲区 | 30 | 118 | 222 | | 370 |",
        "| 丁园区 | 50 | 23 | 40 | | 113 |",
        "k = 420 / 416.5 = 1.008403",
    ):
        assert row in text


def test_the_second_case_of_the_method_comes_out_as_it_is_worked_there(tmp_path):
    """In 万元 too: money held, a limit on a sum, bounds as formulas, an adjustment, amounts issued before."""
    document = ROOT / "docs" / "scenario-format.md"
    (rule,) = [text for text in blocks(document, "toml") if "[[deduction]]" in text]
    (tmp_path / "example.toml").write_text(rule, "utf-8")
    for name, text in zip(("workload", "previous", "issued"), blocks(document, "csv")[2:5], strict=True):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    result = allocate(load_scenario(tmp_path / "example.toml"))
    assert [*result.entitlements.values()] == [4_200_000, 3_150_000, 1_995_000, 1_155_000]
    assert result.split.floor_units == (418, 283, 171, 96)
    assert [(group.places, group.cap, end) for group, end in result.split.groups_at] == [((2, 3), 295, "cap")]
    assert result.split.multiplier == Fraction(422, 420)
    parks = [Fraction(295 * share, 315) * 10_000 for share in (Fraction("199.5"), Fraction("115.5"))]
    assert [*result.limited.values()] == [4_220_000, 2_830_000, *parks]
    assert result.split.units == (422, 283, 187, 108)
    rows = zip(result.split.units, *(
        [amount // 10_000 for amount in by.values()]
        for by in (result.adjustments, result.amounts, result.scenario.issued, result.to_issue)
    ), strict=True)  # fmt: skip
    text = (ROOT / "docs" / "method.md").read_text("utf-8")
    for name, (paid, change, *more) in zip(("甲区", "乙县", "丙园区", "丁园区"), rows, strict=True):
        figures = [str(paid), f"{change:+}", *map(str, more)]
        assert f"| {name} | {' | '.join(figures)} |".replace("-", "−") in text


def test_every_key_of_the_format_is_documented():
    from allocator.files.scenario import keys, schema

    text = (ROOT / "docs" / "scenario-format.md").read_text("utf-8")
    names = {
        name
        for table in keys.Table.__subclasses__()
        if table.__module__ == schema.__name__
        for name in table.keys
    }
    assert [name for name in sorted(names) if f"`{name}`" not in text and f"[{name}" not in text] == []


def test_functions_named_in_the_method_exist():
    text = (ROOT / "docs" / "method.md").read_text("utf-8")
    owners = {"Scenario": model.Scenario, "Allocation": allocator.Allocation, "Split": Split}
    named = re.findall(r"\b(Scenario|Allocation|Split)\.(\w+)", text)
    stages = re.findall(r"\bstages\.(\w+)\.(\w+)", text)
    owners |= {stage: import_module(f"allocator.core.stages.{stage}") for stage, _ in stages}
    named += stages
    assert len(named) > 10
    for owner, name in named:
        fields = getattr(owners[owner], "__dataclass_fields__", {})
        assert name in fields or hasattr(owners[owner], name), f"{owner}.{name}"
    assert f"(算法版本) is {allocator.METHOD_VERSION};" in text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


def test_versions_agree():
    import tomllib

    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_rules_of_the_format_document_are_read_and_hold_every_key():
    from allocator.files.execution import rules

    (shown,) = [text for text in blocks(ROOT / "docs" / "scenario-format.md", "toml") if "notice" in text]
    read = rules.read_rules("rules.toml", shown.encode())
    assert [target.points for target in read.targets] == [None, 9]
    tables = [rules.RulesTable, rules.CheckpointTable, rules.UseTable, rules.TargetTable]
    names = {name for table in tables for name in table.keys}
    assert [name for name in names if not re.search(rf"^(\[\[)?{name}\b", shown, re.M)] == []
