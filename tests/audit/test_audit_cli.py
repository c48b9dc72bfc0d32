"""The command `audit`: its sentences to the letter, its figures by hand, its files, and what it refuses."""

import csv
import io
import json
import re
import shutil
from fractions import Fraction
from pathlib import Path

import phrases
import pytest
from commands import runs

from allocator import ScenarioError, load_scenario
from allocator.analysis.audit import Known, Reading, Scored, audit
from allocator.cli.options import Progress
from allocator.core.errors import as_in_toml
from allocator.core.parts import Text
from allocator.files.audit.readings import load_reading, read_known
from allocator.report.audit.findings import findings, sentences
from allocator.report.audit.verdict import verdict_lines
from allocator.report.words.ranges import outward, span_text
from allocator.text import EN, LANGUAGES, Phrasebook

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "scenarios" / "luzhou-2023"
RULE, APART = FOLDER / "published-rule.toml", FOLDER / "after-earmark.toml"
READINGS = sorted((FOLDER / "readings").glob("*.toml"))
EQUAL = "investment=25,tax=25,employment=25,effort=25"
ONLY = {
    "en": "This says only that the assumed reading differs from the practice followed; "
    "it is no judgement of the allocation.",
    "zh": "仅说明所设口径与实际做法不同，不构成对资金分配的评价。",
}


@pytest.fixture
def run(capsys):
    """Runs `audit`: its standard output and error, once it has ended with the expected status."""
    return runs(capsys, "audit")


# --- what must be shown ---------------------------------------------------------------------------


def test_the_zone_under_equal_weights(run):
    """By method.md 4094.78 to 5226.31 in 万元: outward in the shown unit and in millions."""
    out, err = run(RULE, "--weights", EQUAL)
    (line,) = [line for line in out.splitlines() if "Free Trade Zone would get" in line]
    assert line.startswith("If the split was one pass by weighted shares over 56.02 million yuan")
    assert "between 40.94 and 52.27 million yuan, whatever the unpublished data." in line
    assert re.search(r"Free Trade Zone\s+5,000\s+4,094\.77\s+5,226\.31 ", out)
    assert err == ""
    out, _ = run(RULE, "--weights", EQUAL, lang="zh")
    assert "自贸区测算额的可能范围（上下限）为4094.77至5226.31万元。" in out
    assert "按因素占比加权一次分配5602万元" in out


def test_factors_may_be_called_by_any_of_their_names(run):
    named = "投资贡献值=25，税收贡献值=25,Employment contribution=25,effort=25"
    assert run(RULE, "--weights", named) == run(RULE, "--weights", EQUAL)
    scored = "招商引资工作开展情况=60:100"
    assert run(RULE, "--scores", scored) == run(RULE, "--scores", "effort=60:100")
    out, err = run(RULE, "--weights", "投资贡献=25", status=2)
    assert "“投资贡献值”" in err and not out


def test_the_zone_without_rounding(run):
    out, _ = run(RULE, "--weights", EQUAL, "--tolerance", "exact")
    assert "between 40.97 and 52.2575 million yuan" in out
    assert "the published amounts were not rounded" in out
    assert "4097至5225.75万元" in run(RULE, "--weights", EQUAL, "--tolerance", "exact", lang="zh")[0]


def test_what_was_set_apart_stays_and_the_other_eight_have_ranges(run):
    """Two fifths of the eight's money is in bins that shrink to 25/40, one in each that grows to 25/10."""
    out, _ = run(APART, "--weights", EQUAL)
    assert "Free Trade Zone stays at 50 million yuan under any weights" in out
    found = json.loads(run(APART, "--weights", EQUAL, "--tolerance", "exact", "--format", "json")[0])
    (reading,) = found["readings"]
    assert reading["amounts"]["ftz"] == [50_000_000, 50_000_000]
    assert reading["amounts"]["hightech"] == [156_250, 625_000]  # 25 · 25/40 and 25 · 25/10
    assert reading["amounts"]["gulin"][1] == 10**4 * (60.2 * 2.5 + 60.2 * 2.5 + 11.6 * 0.625)
    eight = [range_ for id, range_ in reading["amounts"].items() if id != "ftz"]
    assert len(eight) == 8 and all(low < high for low, high in eight)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            ("cannot hold together with it", "High-tech Zone 25", "Hejiang County 26", "Xuyong County 37"),
        ),
        ("zh", ("与该假设不能同时成立", "高新区25", "合江县26", "叙永县37")),
    ],
)
def test_work_scored_60_to_100_does_not_hold_together(run, lang, words):
    """60 / (60 + 8·100) of 560.2 is 39.0837."""
    out, _ = run(RULE, "--scores", "effort=60:100", lang=lang)
    assert all(word in out for word in (*words, "39.08"))
    assert ONLY[lang] in out
    assert "%）" not in out and "Range" not in out  # no ranges where no data fits


def test_the_rest_to_the_largest_makes_no_impossible_assumption_fit(tmp_path, run):
    """Nine tenths of investment and tax are 40,334,400 yuan; 590,000 was published."""
    shutil.copytree(FOLDER, tmp_path / "fund")
    rule = tmp_path / "fund" / RULE.name
    text = rule.read_text("utf-8")
    rule.write_text(text.replace("largest-remainder", "rest-to-largest", 1), "utf-8")
    assert load_scenario(rule).fund.rounding == "rest-to-largest"
    facts = tmp_path / "facts.csv"
    rows = [f"{factor},naxi,share,0.9,1" for factor in ("investment", "tax")]
    facts.write_text("\n".join(["factor,recipient,of,low,high", *rows, ""]), "utf-8")
    for lang, words in (("zh", "不能同时成立"), ("en", "cannot hold together")):
        out, _ = run(rule, "--known", facts, lang=lang)
        assert words in out and "4033.44" in out.replace(",", "")
        assert {"zh": "纳溪区", "en": "Naxi District"}[lang] in out
        assert "1568.56" in out.replace(",", "")  # and the zone had no more than that
        assert {"zh": "没有可能范围", "en": "no ranges"}[lang] in out


def test_the_shipped_readings_each_with_its_verdict(run):
    found = json.loads(run(RULE, "--reading", *READINGS, "--format", "json")[0])["readings"]
    assert [one["consistent"] for one in found] == [True, True, False, False, True]
    assert found[0]["shares"] == found[1]["shares"]
    four = found[4]["shares"]["effort"]
    # a share of 60/(60 + 7·100) at the least and 100/(100 + 7·60) at the most
    assert "ftz" not in four
    assert all(
        low <= 60 / 760 <= low + 2e-6 and high - 2e-6 <= 100 / 520 <= high for low, high in four.values()
    )
    assert found[3]["clashes"][0]["least"] == 622_444.44  # a ninth of 5,602,000
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert all(f"readings/{file.name}" in readme for file in READINGS)
    assert "不能检验" in readme


# --- sentences, tables, files ---------------------------------------------------------------------


def test_no_word_that_sounds_like_an_estimate_or_a_finding():
    for lang in LANGUAGES:
        for key, sentence in phrases.sentences(lang, "audit.").items():
            for word in ("estimate", "impossible", "secret", "估计", "不可能"):
                assert word not in sentence.lower(), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_of_no_fit_ends_with_what_it_does_not_say(lang):
    scenario = load_scenario(RULE)
    halves = [Known("tax", (id,), Fraction(9, 10), 1) for id in ("naxi", "gulin")]
    for reading in (
        Reading(scenario, scored=[Scored("effort", 60, 100)]),
        Reading(scenario, known=halves),
        Reading(scenario, known=[Known("tax", ("naxi", "luxian"), Fraction(1, 2), 1)]),
    ):
        found = audit(reading)
        assert not found.verdict.consistent
        assert verdict_lines(found, Phrasebook(lang))[-1] == ONLY[lang]
    fits = verdict_lines(audit(scenario), Phrasebook(lang))
    assert {"en": "consistent with this assumption", "zh": "与该假设相容"}[lang] in fits[0]
    assert {"en": "no judgement of the allocation", "zh": "不构成对资金分配的评价"}[lang] in fits[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_names_the_reading(lang):
    reading = Reading(
        load_scenario(APART),
        known=[
            Known("tax", ("naxi",), Fraction(1, 10), Fraction(1, 5)),
            Known("employment", "all", 900, None, "value"),
            Known("investment", ("gulin",), 50_000, 50_000, "part"),
        ],
        scored=[Scored("effort", 1, 100)],
    )
    weights = {"tax": 30, "employment": 20}
    said = sentences(findings(Text("r"), audit(reading), weights, {"G": ("naxi", "ftz")}), Phrasebook(lang))
    assert len(said) == 4
    parts = {
        "en": ("6.02 million yuan", "50 million yuan was set apart", "District had 10 % to 20 % of Tax",
               "at least 900", "exactly 50,000 yuan", "from 1 to 100"),
        "zh": ("602万元", "先行单列5000万元", "纳溪区占税收贡献值的10%至20%", "900以上", "5万元", "1至100"),
    }[lang]  # fmt: skip
    for sentence in said:
        assert [part for part in parts if part not in sentence] == []


def test_groups_and_who_can_be_told(run, tmp_path):
    out, _ = run(RULE, "--weights", EQUAL, "--group", "南部=泸县，Naxi District", "--tolerance", "exact")
    assert "南部 (Naxi District, Lu County) together would get between 82.5 and 330 (10k yuan)" in out
    assert re.search(r"南部\s+132\s+82\.5\s+330\n", out)
    assert "it cannot be told of anybody among the 9 recipients who gains and who loses" in out
    unchanged, _ = run(RULE, "--weights", "tax=40")
    assert re.search(
        "whatever the unpublished data, Jiangyang District, .*Zone would get the same", unchanged
    )
    some, _ = run(APART, "--weights", EQUAL)
    assert "nobody is certain to gain or to lose; Free Trade Zone would get the same; of Jiangyang" in some
    known = "Gulin County would gain; Free Trade Zone would lose; of Hejiang County, Xuyong County, High-tech"
    facts = tmp_path / "known.csv"
    facts.write_text("recipient,factor,high\nftz,employment,0.5\nftz,effort,0.5\n", "utf-8")
    assert (
        known in run(RULE, "--weights", "investment=20,tax=20,employment=30,effort=30", "--known", facts)[0]
    )


def test_csv_has_a_row_for_each_range_and_the_verdict_below(run):
    out, _ = run(RULE, "--weights", EQUAL, "--tolerance", "exact", "--format", "csv", lang="zh")
    rows = list(csv.reader(io.StringIO(out.removeprefix("\ufeff"))))
    assert {len(row) for row in rows} == {7}
    ranges = [row for row in rows[1:] if row[0]]
    assert len(ranges) == 4 * 9 + 9
    zone = [row for row in ranges if row[2] == "自贸区"]
    assert zone[0][1:6] == ["投资贡献值", "自贸区", "", "73.13", "100"]
    assert zone[-1][1:6] == ["", "自贸区", "50000000", "40970000", "52257500"]
    assert any("与该假设相容" in row[1] for row in rows)


def test_limits_make_them_entitlements(tmp_path, run):
    folder = copied(tmp_path)
    limited = folder / "limited.toml"
    limited.write_text(
        'format = 1\nextends = "published-rule.toml"\n[[limit]]\nrecipients = ["高新区"]\nfloor = "25万元"\n',
        "utf-8",
    )
    out, _ = run(limited, "--weights", "tax=39,effort=11")
    assert "the entitlement of Free Trade Zone (before floors and caps) would be between" in out
    assert "who gains" not in out and "Whatever the data" not in out


def test_figures_are_rounded_outward():
    third = Fraction(1, 3)
    assert outward((third, third), Fraction(1, 100)) == (Fraction(33, 100), Fraction(34, 100))
    assert outward((2, 3), Fraction(1, 100)) == (2, 3)
    scenario = load_scenario(RULE)
    for low, high in ((10**7 + third, 2 * 10**7 + third), (third, 123_456 + third)):
        for lang in LANGUAGES:
            texts_ = re.findall(
                r"[0-9.,]+[0-9]", span_text((low, high), scenario, Phrasebook(lang)).replace("10k", "")
            )
            scale = 10**6 if lang == "en" and high > 10**7 else 10**4
            shown = [Fraction(text.replace(",", "")) * scale for text in texts_ or ["0"]]
            assert shown[-1] >= high and (len(shown) == 1 or shown[0] <= low)


def test_progress_is_for_terminals_that_wait(capsys, monkeypatch):
    with Progress("audit.progress", EN) as progress:
        assert progress is None
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("allocator.cli.options.PATIENCE", 0)
    with Progress("audit.progress", EN) as progress:
        progress(0.5)
    assert "working out ranges: 50 %" in capsys.readouterr().err


# --- files of readings and of facts ---------------------------------------------------------------


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "luzhou"
    shutil.copytree(FOLDER, folder)
    return folder


def reading_of(folder: Path, text: str) -> Path:
    path = folder / "readings" / "own.toml"
    path.write_text('format = 1\ntitle = "own"\nscenario = "../published-rule.toml"\n' + text, "utf-8")
    return path


def test_all_that_a_reading_may_hold(tmp_path):
    text = """
tolerance = "exact"
reason = { en = "a public page", zh = "公开网页" }
[[scored]]
factor = "effort"
low = 0.5
high = 100
[[known]]
factor = "tax"
recipients = ["自贸区", "Naxi District"]
low = 0.25
[[known]]
factor = "investment"
recipients = "all"
high = 900.5
of = "value"
"""
    found = load_reading(reading_of(copied(tmp_path), text))
    assert (found.title.zh, found.reason.en) == ("own", "a public page")
    assert found.reading.tolerance == "exact"
    assert found.reading.scored == (Scored("effort", Fraction(1, 2), 100),)
    assert found.reading.known == (
        Known("tax", ("ftz", "naxi"), Fraction(1, 4), None),
        Known("investment", "all", 0, Fraction(1801, 2), "value"),
    )


ENTRY = '[[known]]\nfactor = "tax"\nrecipients = "all"\n'
SCORE = '[[scored]]\nfactor = "effort"\n'


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ("zzz = 1", "key_unknown", "zzz"),
        ('tolerence = "exact"', "key_unknown", "tolerence"),
        ('tolerance = "some"', "choice", "tolerance"),
        (SCORE + "low = 1", "key_missing", "[[scored]] 1"),
        (SCORE + "low = 2\nhigh = 1", "audit_range", "[[scored]] 1"),
        (SCORE + "low = 0\nhigh = 0", "zero", "[[scored]] 1, high"),
        (SCORE + 'low = "x"\nhigh = 1', "type_number", "[[scored]] 1, low"),
        (SCORE + "low = -1\nhigh = 1", "negative", "[[scored]] 1, low"),
        (SCORE + "low = 1\nhigh = inf", "type_number", "[[scored]] 1, high"),
        (SCORE + "low = 1\nhi = 1", "key_missing", "[[scored]] 1"),
        (SCORE.replace("effort", "work") + "low = 1\nhigh = 2", "audit_factor", "[[scored]] 1, factor"),
        ("scored = 1", "type_array", "scored"),
        ("known = [1]", "type_array", "[[known]] 1"),
        (ENTRY, "reading_open", "[[known]] 1"),
        (ENTRY + "low = 50", "audit_share", "[[known]] 1"),
        (ENTRY + 'low = 0.5\nof = "money"', "choice", "[[known]] 1, of"),
        (ENTRY.replace('"all"', "[]") + "low = 0.5", "reading_recipients", "[[known]] 1, recipients"),
        (ENTRY.replace('"all"', "[1]") + "low = 0.5", "reading_recipients", "[[known]] 1, recipients"),
        (ENTRY.replace("all", "district") + "low = 0.5", "recipient_unknown", "[[known]] 1, recipients"),
        (ENTRY.replace('"all"', '["纳溪区", "naxi"]') + "low = 0.5", "recipient_twice", "[[known]] 1"),
    ],
)
def test_what_is_wrong_in_a_reading_has_its_place(tmp_path, text, key, place):
    path = reading_of(copied(tmp_path), text)
    with pytest.raises(ScenarioError) as refused:
        load_reading(path)
    problem = refused.value.problems[0]
    assert (problem.key, as_in_toml(str(problem.at["key"]))) == (key, place)
    assert problem.file == str(path)
    assert all(problem.sentence(Phrasebook(lang)) for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("", "key_missing"),
        ("scenario = 1", "type_text"),
        ('scenario = "/etc/passwd"', "path_absolute"),
        ('scenario = "../../other.toml"', "path_outside"),
        ('scenario = "none.toml"', "file_missing"),
        ('scenario = "../unpublished.toml"', "no_published"),
    ],
)
def test_the_scenario_of_a_reading_is_near_it(tmp_path, line, key):
    folder = copied(tmp_path)
    (folder / "unpublished.toml").write_text(
        'format = 1\nextends = "published-rule.toml"\n[data]\npublished = ""\n', "utf-8"
    )
    path = folder / "readings" / "own.toml"
    for where in (path, folder / "own.toml") if key == "path_outside" else (path,):
        where.write_text(f'format = 1\ntitle = "own"\n{line}\n', "utf-8")
        with pytest.raises(ScenarioError) as refused:
            load_reading(where)
        assert refused.value.problems[0].key == key
    # outside a folder `readings`, one above is outside already
    (folder / "own.toml").write_text('format = 1\ntitle = "own"\nscenario = "../x.toml"\n', "utf-8")
    with pytest.raises(ScenarioError, match="leads out"):
        load_reading(folder / "own.toml")


def test_endless_facts_are_refused(tmp_path):
    path = reading_of(copied(tmp_path), 5001 * (ENTRY + "low = 0.5\n"))
    with pytest.raises(ScenarioError, match="5,000 facts"):
        load_reading(path)
    path = tmp_path / "known.csv"
    path.write_text("recipient,factor,low\n" + 5001 * "naxi,tax,0\n", "utf-8")
    with pytest.raises(ScenarioError, match="5,000 facts"):
        read_known(path, load_scenario(RULE))


@pytest.mark.parametrize("format", ["2", "true", '"1"'])
def test_other_formats_of_a_reading_are_refused(tmp_path, format):
    path = reading_of(copied(tmp_path), "")
    path.write_text(path.read_text("utf-8").replace("format = 1", f"format = {format}"), "utf-8")
    with pytest.raises(ScenarioError, match="format = 1"):
        load_reading(path)


def test_facts_from_a_file(tmp_path, run):
    path = tmp_path / "known.csv"
    path.write_text(
        "recipient,factor,low,high,of\n自贸区;纳溪区,tax,0.5,,\nall,effort,,900,value\n合江县,investment,0.005,0.01,share\n",
        "utf-8",
    )
    assert read_known(path, load_scenario(RULE)) == (
        Known("tax", ("ftz", "naxi"), Fraction(1, 2), None),
        Known("effort", "all", 0, 900, "value"),
        Known("investment", ("hejiang",), Fraction(1, 200), Fraction(1, 100)),
    )
    plain_, with_facts = (
        json.loads(run(RULE, *extra, "--weights", EQUAL, "--format", "json")[0])["readings"][0]
        for extra in ((), ("--known", path))
    )
    assert with_facts["shares"]["investment"]["hejiang"] == [0.005, 0.01]
    for id, (low, high) in plain_["amounts"].items():  # a fact never widens a range
        assert low <= with_facts["amounts"][id][0] <= with_facts["amounts"][id][1] <= high
    assert "Naxi District, Free Trade Zone together had at least 50 % of Tax" in with_facts["premise"]
    assert "Hejiang County had 0.5 % to 1 % of Investment contribution" in with_facts["premise"]


@pytest.mark.parametrize(
    ("row", "key", "at"),
    [
        ("纳溪区,tax,5%,1,", "cell_percent", {"row": 2, "column": "low"}),
        ("纳溪区,tax,=1,1,", "cell_formula", {"row": 2, "column": "low"}),
        ("纳溪区,tax,,,", "reading_open", {"row": 2}),
        ("纳溪区,taxes,0.1,,", "audit_factor", {"row": 2, "column": "factor"}),
        ("纳西区,tax,0.1,,", "recipient_unknown", {"row": 2, "column": "recipient"}),
        (",tax,0.1,,", "recipient_blank", {"row": 2, "column": "recipient"}),
        ("纳溪区,,0.1,,", "factor_blank", {"row": 2, "column": "factor"}),
        ("纳溪区,tax,12,,", "audit_share", {"row": 2}),
        ("纳溪区,tax,0.1,,much", "choice", {"row": 2, "column": "of"}),
    ],
)
def test_what_is_wrong_in_a_file_of_facts_has_its_place(tmp_path, run, row, key, at):
    path = tmp_path / "known.csv"
    path.write_text(f"recipient,factor,low,high,of\n{row}\n", "utf-8")
    with pytest.raises(ScenarioError) as refused:
        read_known(path, load_scenario(RULE))
    (problem,) = refused.value.problems
    assert (problem.key, dict(problem.at), problem.file) == (key, at, str(path))
    assert "known.csv" in run(RULE, "--known", path, status=2)[1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--weights", "tax"), ("--weights", "investment=30,tax=50")),
        (("--weights", "tax=-1"), ("--weights",)),
        (("--weights", "tax=1e999"), ("--weights",)),
        (("--weights", "tax=30"), ("--weights", "90")),
        (("--weights", "taxes=40"), ("--weights", "did you mean “tax”")),
        (("--scores", "effort=60"), ("--scores", "effort=60:100")),
        (("--scores", "effort=100:60"), ("--scores", "smaller figure first")),
        (("--scores", "work=60:100"), ("--scores", "no factor")),
        (("--group", "g=naxi"), ("--group", "--weights")),
        (("--weights", "tax=40", "--group", "g"), ("--group", "south=")),
        (("--weights", "tax=40", "--group", "g=纳溪,nowhere"), ("--group", "nowhere")),
        (("--weights", "tax=40", "--group", "naxi=gulin"), ("--group", "naxi")),
        (("--weights", "tax=40", "--group", "g=gulin,古蔺"), ("--group", "gulin")),
        (("--weights", "tax=40", "--group", "=SUM(A1)=gulin"), ("--group",)),
        (("--weights", "tax=40", "--group", "g=gulin", "--group", "g=naxi"), ("--group", "twice")),
        (("--tolerance", "some"), ("--tolerance", "rounded, exact")),
        (("--reading", "none.toml"), ("none.toml",)),
    ],
)
def test_what_is_wrong_in_an_option_names_it(run, options, words):
    out, err = run(RULE, *options, status=2)
    assert out == "" and err.count("\n") == 1
    assert [word for word in words if word not in err] == []


def test_a_scenario_without_a_published_split_says_so(tmp_path, run):
    path = copied(tmp_path) / "bare.toml"
    path.write_text('format = 1\nextends = "published-rule.toml"\n[data]\npublished = ""\n', "utf-8")
    for options in ((), ("--scores", "effort=1:2")):
        err = run(path, *options, status=2)[1]
        assert str(path) in err and "published" in err
    _, err = run(status=2)
    assert "allocator audit scenarios/" in err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_names_every_option(run, lang):
    out, _ = run("--help", lang=lang)
    for option in ("--weights", "--known", "--scores", "--group", "--reading", "--tolerance"):
        assert option in out
