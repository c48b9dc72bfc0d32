"""The command `sweep`: sentences, tables and files, what its options mean, what it refuses; its charts."""

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from commands import runs
from generated import generated
from good_scenario import GOOD, make

from allocator import allocate, load_scenario
from allocator.analysis.sweep import LEVELS, Anywhere, Around, Within, drivers, sweep
from allocator.cli.sweep import Asked, _law
from allocator.report.charts import marks as charts
from allocator.report.sweep import charts as sweep_charts
from allocator.report.sweep.tables import sweep_table
from allocator.report.sweep.words import chance_text, head, law_text, rank_text, usual_rank
from allocator.text import EN, LANGUAGES, ZH, Phrasebook

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "scenarios" / "luzhou-2023"
RULE, APART = FOLDER / "published-rule.toml", FOLDER / "after-earmark.toml"


@pytest.fixture
def run(capsys):
    """Runs `sweep`: its standard output and error, once it has ended with the expected status."""
    return runs(capsys, "sweep")


@pytest.fixture(scope="module")
def found():
    return sweep(load_scenario(RULE), 20_000)


# --- what is printed ------------------------------------------------------------------------------


def test_the_luzhou_sweep_in_words(run):
    out, err = run(RULE, "--draws", 20_000)
    lines = out.splitlines()
    assert lines[:2] == [
        "The rule as published: 40/40/10/10",
        "20,000 draws, seed 1. Weights are drawn around the scenario's own (Dirichlet, concentration 100); "
        "one standard deviation in percentage points: Investment contribution ±4.9, Tax contribution ±4.9, "
        "Employment contribution ±3, Investment-attraction work ±3.",  # √(0.4 · 0.6 / 101) = 4.87 %
    ]
    row = next(line for line in lines if "Gulin County" in line)
    assert re.search(r"132\s+132\s+13[12]\.\d\d\s+12\d\s+1[34]\d\s+\d\d\.\d ±0\.4\s+\d\d\.\d ±0\.4 ", row)
    assert "goes elsewhere than published." in out
    assert "0 and 100 mean none and all of the 20,000 draws" in out
    assert out.count("double precision") == 1
    assert "made to match the published split, so the match proves nothing" in out
    assert re.search(r"^Seed 1, numpy \d.*, result sha256:[0-9a-f]{64}$", out, re.M)
    assert re.fullmatch(r"took [\d.]+ s\n", err)
    out, err = run(RULE, "--draws", 20_000, lang="zh")
    assert "共抽取20000次，随机种子1。权重在本方案权重附近随机抽取（狄利克雷分布，集中度100）" in out
    assert "随机模拟是以双精度计算的统计结果" in out and "用时" in err


def test_the_digest_is_the_same_twice_and_with_two_workers(run):
    digests = {
        re.search(r"result (sha256:\w+)", run(RULE, "--draws", 20_000, "--seed", 7, *more)[0])[1]
        for more in ([], [], ["--workers", 2])
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("options", "law", "noise"),
    [
        ([], Around(100), 0),
        (["--around", "30"], Around(30), 0),
        (["--anywhere"], Anywhere(), 0),
        (["--points", "5"], Within(5), 0),
        (["--points", "tax=3，effort=0.5"], Within({"tax": 3, "effort": Fraction(1, 2)}), 0),
        (["--noise", "10%"], None, 10),
        (["--noise", "tax=10,effort=5%", "--anywhere"], Anywhere(), {"tax": 10, "effort": 5}),
    ],
    ids=str,
)
def test_what_the_options_mean(run, options, law, noise):
    data = json.loads(run(RULE, "--draws", 500, "--seed", 3, *options, "--format", "json")[0])
    assert data["result"] == sweep(load_scenario(RULE), 500, law=law, noise=noise, seed=3).digest


def test_json_has_every_figure(run, found):
    data = json.loads(run(RULE, "--draws", 20_000, "--format", "json")[0])
    assert data["result"] == found.digest and data["counted"] == 20_000 and data["base"] == "published"
    assert data["ranks"] == [[k, k] for k in range(1, 10)]
    zone = next(r for r in data["recipients"] if r["id"] == "ftz")
    assert zone["quantiles"] == {str(float(q)): found.quantiles[q]["ftz"] for q in LEVELS}
    assert zone["more"] == float(found.more["ftz"]) and zone["ranks"][0] == 1.0
    assert zone["more_error"] == pytest.approx((zone["more"] * (1 - zone["more"]) / 20_000) ** 0.5)
    assert sum(zone["drivers_weight"].values()) == pytest.approx(1)
    assert "drivers_first" not in zone
    both = json.loads(run(APART, "--draws", 500, "--noise", 5, "--around", 50, "--format", "json")[0])
    shown = {r["id"]: r for r in both["recipients"]}
    assert "drivers_first" not in shown["ftz"]  # set apart: nothing drives it
    assert next(iter(shown["naxi"]["drivers_total"])) == "weights"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_csv_has_a_heading_for_every_cell(run, lang, found):
    text = run(RULE, "--draws", 20_000, "--noise", "tax=5", "--around", 100, "--format", "csv", lang=lang)[0]
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert all(all(row) for row in rows[1:10])  # nine recipients without a gap
    assert len(set(rows[0])) >= len(rows[0]) - 1  # but for the two sampling errors


def test_the_table_says_what_is_not_published(tmp_path):
    files = {name: text for name, text in GOOD.items() if name != "published.csv"}
    files["scenario.toml"] = files["scenario.toml"].replace('published = "published.csv"\n', "")
    scenario = load_scenario(make(tmp_path, files))
    alone = sweep(scenario, 100)
    table = sweep_table(alone, drivers(alone), EN)
    assert "Published" not in table.headers and "More than it stands (%)" in table.headers
    other = sweep(scenario, 100, base=dict.fromkeys(scenario.ids, 100_000))
    table = sweep_table(other, drivers(other), EN)
    assert "Base" in table.headers and "Less than the base (%)" in table.headers
    # the zone takes no part and has its 200,000 in every draw
    zone = next(row.cells for row in table.rows if row.cells[1] == "New Zone")
    assert zone[-4:-2] == ("100", "0") and zone[-1] == ""


def test_chances_have_as_many_decimals_as_their_error(found):
    few = sweep(load_scenario(RULE), 100)
    assert chance_text(few, Fraction(1, 2), EN) == "50.0 ±5.0"
    assert chance_text(found, Fraction(1, 2), EN) == "50.0 ±0.4"
    assert chance_text(found, Fraction(1, 20_000), ZH) == "0.005±0.005"
    assert chance_text(found, Fraction(0), EN) == "0" and chance_text(found, Fraction(1), EN) == "100"
    assert rank_text((3, 3), EN) == "3" and rank_text((11, 21), ZH) == "11–21"


def test_a_rank_of_nearly_all_draws_is_not_said_to_be_that_of_all(found):
    for id in found.scenario.ids:
        whole = max(found.ranks[id]) == 1
        assert ("(100)" in usual_rank(found, id, EN)) == whole


def test_laws_in_words():
    scenario = load_scenario(RULE)
    assert "within 5 percentage points" in law_text(scenario, Within(5), EN)
    assert law_text(scenario, Within({"tax": 3, "effort": 0}), ZH).endswith("（百分点）：税收贡献值±3。")
    lines = head(sweep(scenario, 10, law=None, noise={"tax": 10, "effort": 5}), EN)
    assert lines[0].endswith("Weights stay as they are.") and len(lines) == 3


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--draws", "0"], "--draws: “0” is not a number of draws"),
        (["--draws", "many"], "--draws: “many”"),
        (["--draws", "10000001"], "from 1 to 10,000,000"),
        (["--seed", "-1"], "--seed: “-1”"),
        (["--around", "0"], "--around: “0”"),
        (["--around", "x"], "--around: “x”"),
        (["--points", "101"], "--points: “101”"),
        (["--points", "tax"], "--points: “tax” is not written right"),
        (["--points", "tax=1,tax=2"], "--points: “tax=1,tax=2”"),
        (
            ["--points", "taxes=1"],
            "--points: “taxes” is no factor with a weight in this scenario; did you mean “tax”",
        ),
        (["--noise", "taxes=1"], "--noise: “taxes”"),
        (["--noise", "300"], "--noise: “300”"),
        (["--noise", "0"], "--noise: neither weights nor data would vary"),
        (["--anywhere", "--points", "5"], "weights can be drawn in one way only"),
        (["--workers", "0"], "--workers: “0”"),
        (["--workers", "2", "--scheduler", "tcp://x:1"], "--workers: the scheduler has workers of its own"),
        (["--scheduler", "nonsense://"], "--scheduler: no scheduler answers at nonsense://"),
    ],
    ids=str,
)
def test_wrong_options_are_named_in_one_sentence(run, options, said):
    out, err = run(RULE, *options, status=2)
    assert out == "" and said in err and err.count("\n") == 1
    assert run(RULE, *options, status=2, lang="zh")[1].count("\n") == 1


def test_a_missing_package_and_a_silent_scheduler_are_told(run, monkeypatch):
    from allocator.cli import sweep as sweep_command

    monkeypatch.setattr(sweep_command, "PATIENCE", "0.2s")
    pytest.importorskip("distributed")
    assert "no scheduler answers" in run(RULE, "--scheduler", "tcp://127.0.0.1:1", status=2)[1]

    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(sweep_command, "import_module", absent)
    assert 'pip install "allocator[cluster]"' in run(RULE, "--scheduler", "tcp://x:1", status=2)[1]


def test_a_scenario_that_cannot_be_drawn_names_its_file(run, tmp_path):
    spent = dict(GOOD)
    spent["scenario.toml"] = (
        GOOD["scenario.toml"]
        .replace("amount = 100_000", "amount = 800_000")
        .replace('[[limit]]\nrecipients = "all"\nfloor = 10_000\n', "")
    )
    file = make(tmp_path, spent)
    assert "nothing to share out" in run(file, status=2)[1]
    assert "lost.toml" in run(tmp_path / "lost.toml", status=2)[1]
    assert run(status=2)[1].startswith("no scenario file was named")


def test_a_worker_that_dies_is_told(run, monkeypatch):
    from concurrent.futures.process import BrokenProcessPool

    def broken(*_args, **_more):
        raise BrokenProcessPool

    monkeypatch.setattr("allocator.analysis.sweep.sweep", broken)
    assert "--workers: a worker process ended" in run(RULE, "--workers", 2, status=2)[1]


def test_help_lists_the_options(run):
    out = run("--help")[0]
    assert all(
        option in out for option in ("--draws", "--seed", "--around", "--anywhere", "--points", "--noise")
    )
    assert _law(Asked(), fixed=False) == Around(100) and _law(Asked(), fixed=True) is None


# --- charts ---------------------------------------------------------------------------------------


def test_intervals_are_those_of_the_sweep(found):
    rows = sweep_charts.sweep_rows(found, EN)
    together, apart = sweep_charts.sweep_panels(rows)
    assert [row.id for row in apart] == ["ftz"] and len(together) == 8
    unit = sweep_charts.sweep_unit(found, EN)
    frame = sweep_charts.interval_frame(together, unit, EN).set_index("name")
    gulin = frame.loc["Gulin County"]
    assert gulin["from"] * 10_000 == found.quantiles[Fraction(1, 20)]["gulin"]
    assert gulin["upper"] * 10_000 == found.quantiles[Fraction(3, 4)]["gulin"]
    assert (gulin["base"], gulin["present"]) == (132, 132)
    assert gulin["text"] == f"{gulin['from']:g}–{gulin['to']:g}"
    order = ["low", "least", "from", "quarter", "middle", "upper", "to", "most", "reach", "high"]
    assert all(list(row[order]) == sorted(row[order]) for _, row in frame.iterrows())


def test_chances_ranks_and_drivers_are_those_of_the_sweep(found):
    chances = sweep_charts.chance_frame(found, EN).set_index(["name", "side"])["chance"]
    assert chances["Gulin County", "more"] == float(found.more["gulin"]) * 100
    assert chances["Gulin County", "less"] == -float(found.less["gulin"]) * 100
    ranks = sweep_charts.rank_frame(found, EN)
    assert len(ranks) == 81 and (abs(ranks.groupby("name")["part"].sum() - 100) < 1e-9).all()
    zone = ranks[ranks["name"] == "Free Trade Zone"].set_index("column")
    assert (zone.loc["1", "text"], zone.loc["2", "text"], zone.loc["1", "dark"]) == ("100", "", True)
    parts = sweep_charts.driver_frame(found, drivers(found), EN)
    assert len(parts) == 36 and (abs(parts.groupby("name")["part"].sum() - 100) < 1e-9).all()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_chart_is_valid_vega_lite_and_has_a_name(found, lang):
    names = [getattr(r.name, lang) for r in found.scenario.recipients]
    columns = [rank_text(place, Phrasebook(lang)) for place in found.places]
    for marks in (
        sweep_charts.interval_marks(names, Phrasebook(lang), base="x", width=90, room=80),
        sweep_charts.chance_marks(names, Phrasebook(lang), width=90),
        sweep_charts.heat_marks(names, columns, Phrasebook(lang), heading="x", width=90),
    ):
        marks.to_dict()  # validates
        assert charts.chart_height(9) <= charts.spec(marks)["height"] < charts.chart_height(10)
    for kind in ("ranges", "chances", "ranks", "drivers"):
        assert names[0] in sweep_charts.describe(kind, found, names, Phrasebook(lang))


def test_a_large_sweep_has_no_text_in_its_cells_and_no_list_in_its_name():
    scenario = generated()
    found = sweep(scenario, 200)
    assert sum(found.mean.values()) + scenario.reserved == scenario.fund.amount
    names = [r.name.en for r in scenario.recipients]
    frame = sweep_charts.driver_frame(found, drivers(found), EN)
    marks = sweep_charts.heat_marks(names, list(dict.fromkeys(frame["column"])), EN, heading="x", width=90)
    assert "text" not in [layer["mark"]["type"] for layer in charts.spec(marks)["layer"]]
    assert "183 recipients" in sweep_charts.describe("drivers", found, names, EN)
    assert allocate(scenario).amounts == found.present.amounts
