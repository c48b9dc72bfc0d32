"""What else `audit` answers: nearest weights, a table that fits, real data, readings that are only named."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from audit_cases import published_case
from commands import ended

from allocator import Scenario, allocate, load_scenario, save_scenario
from allocator.analysis.audit import Fit, Reading, fit, nearest_fits
from allocator.core.exact import exact
from allocator.text import LANGUAGES

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023"
RULE = FOLDER / "published-rule.toml"
READINGS = sorted((FOLDER / "readings").glob("*.toml"))
Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: object, status: int = 0, lang: str = "en") -> str:
        out, err = ended(capsys, ["audit", *arguments, "--lang", lang], status)
        return err if status else out

    return command


# --- the nearest weights ------------------------------------------------------------------------------


def test_the_zone_below_45_million(run: Run) -> None:
    """With t points moved from investment to employment, the zone's 5000 − 8/9 fit into investment (2240.8,
    at (40 − t)/40), tax and work (at 1), so its least is 4999.11 − 56.02 t: below 4500 from t = 8.91 on.
    """
    out = run(RULE, "--below", "自贸区=45000000")
    assert "it becomes possible that Free Trade Zone gets less than 45 million yuan" in out
    assert "Investment contribution 31.09 %, Tax contribution 40 %, Employment contribution 18.91 %" in out
    assert "that moves 17.82 percentage points in all" in out
    never = (
        "there are no weights under which it is certain that Free Trade Zone gets less than 45 million yuan"
    )
    assert never in out
    assert "every factor may have been shared out just as the money was" in out
    zh = run(RULE, "--below", "ftz=45000000", lang="zh")
    assert "自贸区有可能低于4500万元的权重中" in zh
    assert "各权重变动合计17.82个百分点" in zh


def test_something_known_makes_it_certain(run: Run, tmp_path: Path) -> None:
    """With at most 30 % of employment, the zone is sure to lose as employment gains; no hint is needed."""
    known = tmp_path / "known.csv"
    known.write_text("recipient,factor,low,high\nftz,employment,,0.3\n", "utf-8")
    out = run(RULE, "--known", known, "--below", "ftz=45000000", "--above", "ftz=50100000")
    assert re.search(r"it becomes certain that Free Trade Zone gets less than 45 million yuan, whatever", out)
    assert "it becomes certain that Free Trade Zone gets more than 50.1 million yuan" in out
    assert "every factor may have been shared out" not in out
    found = json.loads(run(RULE, "--known", known, "--below", "ftz=45000000", "--format", "json"))
    (nearest,) = found["nearest_weights"]
    assert nearest["recipients"] == ["ftz"] and nearest["below"] == 45_000_000
    certain = nearest["certain"]
    assert sum(certain["weights"].values()) == pytest.approx(100)
    assert certain["range"][1] < 45_000_000 and certain["change"] > nearest["possible"]["change"]


def test_what_is_so_already(run: Run) -> None:
    out = run(RULE, "--above", "ftz=49000000")
    assert "it is possible already under the present weights that Free Trade Zone gets more than" in out
    assert "it is certain already under the present weights, whatever the unpublished data" in out


def test_a_target_of_several_says_that_it_is_of_their_sum(run: Run) -> None:
    assert "Naxi District, Gulin County together" in run(RULE, "--above", "naxi;gulin=2000000")
    assert "纳溪区、古蔺县合计有可能高于200万元" in run(RULE, "--above", "naxi;gulin=2000000", lang="zh")


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--below", "ftz"), "--below: “ftz” is not written right"),
        (("--above", "ftz=-1"), "--above"),
        (("--below", "nobody=1"), "--below"),
        (("--below", "ftz=1e999"), "--below"),
        (("--digits", "3"), "--digits"),
        (("--table", "x.csv", "--digits", "x"), "--digits: “x”"),
        (("--table", "x.csv", "--digits", "99"), "number of decimals"),
        (("--table", str(RULE)), "already exists"),
        (("--table", "/nowhere/at/all.csv"), "cannot be written"),
        (("--table", "x.csv", "--scores", "effort=1:100"), "without further assumptions"),
    ],
)
def test_what_is_wrong_in_an_option_names_it(
    run: Run, options: tuple[str, ...], part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    err = run(RULE, *options, status=2)
    assert part in err and err.count("\n") == 1
    assert not (tmp_path / "x.csv").exists()


# --- a table that fits --------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", [2, 6])
def test_the_table_written_gives_the_split(run: Run, tmp_path: Path, digits: int) -> None:
    path = tmp_path / "table.csv"
    out = run(RULE, "--table", path, "--digits", digits)
    assert "Derived: factor shares in percent" in out and "That it matches proves nothing" in out
    scenario = load_scenario(RULE)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert [row["recipient"] for row in rows] == list(scenario.ids)
    factors = [replace(f, values=tuple(exact(row[f.id]) for row in rows)) for f in scenario.factors]
    for factor in factors:
        assert sum(value or 0 for value in factor.values) == 100
        assert all((Fraction(value or 0) * 10**digits).denominator == 1 for value in factor.values)
    assert allocate(replace(scenario, factors=factors)).amounts == scenario.published


# --- real data ----------------------------------------------------------------------------------------


def real(folder: Path, scenario: Scenario) -> Path:
    """The scenario with data that counts as real."""
    factors = [replace(factor, status="published") for factor in scenario.factors]
    return save_scenario(replace(scenario, factors=factors, provenance=()), folder)


def test_assumed_data_is_never_held_against_the_split(run: Run) -> None:
    assert "factor data of the scenario" not in run(RULE, "--reading", *READINGS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_real_data_says_whether_it_gives_the_split(run: Run, tmp_path: Path, lang: str) -> None:
    scenario = load_scenario(RULE)
    out = run(real(tmp_path / "right", scenario), lang=lang)
    said = {"en": "this reading gives the published split to the last unit", "zh": "与已下达数完全一致"}
    assert said[lang] in out
    other = load_scenario(FOLDER / "equal-weights.toml")  # its split under 25/25/25/25 is another one
    out = run(real(tmp_path / "off", other), lang=lang)
    wanted = allocate(other).differences or {}
    count = sum(1 for by in wanted.values() if by)
    off = sum(abs(by) for by in wanted.values()) // 10_000
    parts = {
        "en": (f"for {count} of 9: {off} (10k yuan) in all", "most for Free Trade Zone (−1,660,000 yuan)"),
        "zh": (f"9个对象中有{count}个", f"合计{off}万元", "自贸区（−166万元）"),
    }
    assert [part for part in parts[lang] if part not in out] == []
    no_finding = {"en": "is no judgement of the allocation", "zh": "不构成对资金分配的评价"}
    assert no_finding[lang] in out


def test_which_reading_real_data_fits_best(run: Run, tmp_path: Path) -> None:
    """Data that gives the split in one pass; equal scores and 5000 set apart give it something else."""
    folder = tmp_path / "luzhou"
    path = real(folder, load_scenario(RULE))
    readings = []
    for name, more in (("plain", ""), ("scored", '[[scored]]\nfactor = "effort"\nlow = 99\nhigh = 100\n')):
        file = folder / f"{name}.toml"
        file.write_text(f'format = 1\ntitle = "{name}"\nscenario = "scenario.toml"\n{more}', "utf-8")
        readings.append(file)
    (folder / "apart.toml").write_text(
        'format = 1\nextends = "scenario.toml"\n[[earmark]]\nrecipient = "ftz"\namount = "5000万元"\n',
        "utf-8",
    )
    (folder / "third.toml").write_text('format = 1\ntitle = "third"\nscenario = "apart.toml"\n', "utf-8")
    out = run(path, "--reading", readings[1], folder / "third.toml")
    assert "The data does not have what this reading supposes: Investment-attraction work" in out
    title = load_scenario(RULE).title.en
    assert f"comes nearest to the published split is: {title}. That does not say" in out
    both = run(path, "--reading", readings[0])
    assert f"all equally near, are: {title}, plain." in both
    found = json.loads(run(path, "--reading", *readings, "--format", "json"))
    assert [one["fit"]["exact"] for one in found["readings"]] == [True, True, False]
    assert found["readings"][2]["fit"]["unmet"] == 1
    assert title in found["nearest_fit"]


def test_true_data_always_fits() -> None:
    rnd = Random(1)
    for how in ({}, {"earmarks": True}, {"limits": True}, {"coefficient": True}, {"kind": "scores"}) * 20:
        scenario = published_case(rnd, **how).scenario
        assert fit(Reading(scenario), scenario).exact


def test_the_nearest_fit_is_of_those_whose_facts_hold() -> None:
    unmet = Fit({}, 0, ("fact",))  # type: ignore[arg-type]
    assert list(
        nearest_fits({"a": unmet, "b": Fit({}, 3, ()), "c": Fit({}, 2, ()), "d": Fit({}, 2, ())})
    ) == [
        "c",
        "d",
    ]
    assert list(nearest_fits({"a": unmet})) == []


# --- readings that are only named -----------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_reading_that_cannot_be_tested_is_named(run: Run, lang: str) -> None:
    out = run(RULE, "--reading", *READINGS, lang=lang)
    parts = {
        "en": (
            "Awards worked out project by project",
            "would take data of the single projects",
            "for all there are",
        ),
        "zh": ("先逐个项目计算奖励", "在此不能检验：需要各项目的数据", "并未穷尽各种可能"),
    }
    assert [part for part in parts[lang] if part not in out] == []
    found = json.loads(run(RULE, "--reading", *READINGS, "--format", "json", lang=lang))
    assert len(found["readings"]) == 5 and len(found["untested"]) == 1  # the scenario's own, and four
    rows = list(csv.reader(io.StringIO(run(RULE, "--reading", *READINGS, "--format", "csv", lang=lang))))
    assert any(parts[lang][0] in cell for row in rows for cell in row)
