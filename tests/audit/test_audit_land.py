"""A plan of land: each result rounded alone to 100 mu, eighteen corrected by hand without a reason published.

Guangdong 2012, 基本农田整治项目指导性计划, annex 1 of the notice: four areas in 10,000 mu, the result by
weights as printed, and the plan as issued (ask.fsou.com/html/text/lar/173952/17395257_3.html).
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction

import pytest
from audit_oracle import Asked
from commands import runs
from printed_plan import ROWS

from allocator import Factor, Fund, Recipient, Scenario, load_scenario
from allocator.analysis.audit import Reading, amount_bounds, audit, factor_share_bounds, fit, outlook
from allocator.core.corrections import Adjustment
from allocator.core.parts import Text

IDS = [row[0] for row in ROWS]
WEIGHTS = {"基本农田": 30, "未整治": 20, "粮食": 20, "连片": 30}
SHARED = 50_000
RESULTS, ISSUED = ({row[0]: int(Decimal(row[at]) * 10_000) for row in ROWS} for at in (5, 6))
SUMS = [sum(Decimal(row[1 + j]) for row in ROWS) for j in range(4)]
# the result by weights in mu, and rounded to 100 mu, halves up
EXACT = {
    row[0]: sum(
        Fraction(weight) * SHARED / 100 * Fraction(row[1 + j]) / Fraction(SUMS[j])
        for j, weight in enumerate(WEIGHTS.values())
    )
    for row in ROWS
}
ROUNDED = {id: int((e / 100 + Fraction(1, 2)) // 1) * 100 for id, e in EXACT.items()}
EVEN = "--weights", "基本农田=25,未整治=25,粮食=25,连片=25"
NO_REASON = Text("未公布理由", "no reason published")


def corrected(base):
    """Adjustments from these amounts to the issued ones."""
    return [Adjustment(id, ISSUED[id] - base[id], NO_REASON) for id in IDS if ISSUED[id] != base[id]]


def land(adjustments=(), published=ISSUED):
    return Scenario(
        title=Text("指导性计划", "A plan of land"),
        fund=Fund(SHARED, Text("亩", "mu"), 100, "each-alone"),
        kind="shares",
        weights=WEIGHTS,
        recipients=[Recipient(id) for id in IDS],
        factors=[
            Factor(name, tuple(Decimal(row[1 + j]) for row in ROWS), status="published")
            for j, name in enumerate(WEIGHTS)
        ],
        published=published,
        adjustments=adjustments,
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """plan.toml with the eighteen, rule.toml without them, and printed.toml against the printed results."""
    folder = tmp_path_factory.mktemp("land")
    head = 'format = 2\ntitle = { zh = "指导性计划", en = "A plan of land" }\n[fund]\namount = 50_000\n'
    head += 'of = { zh = "亩", en = "mu" }\nunit = 100\nrounding = "each-alone"\n[method]\nkind = "shares"\n'
    head += "[weights]\n" + "".join(f'"{name}" = {weight}\n' for name, weight in WEIGHTS.items())
    head += "".join(f'[factor."{name}"]\nstatus = "published"\n' for name in WEIGHTS)
    head += '[data]\nfactors = "factors.csv"\npublished = "published.csv"\n'

    def written(name, rows):
        (folder / name).write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")

    written("factors.csv", [["recipient", *WEIGHTS], *(row[:5] for row in ROWS)])
    written("published.csv", [["recipient", "amount"], *ISSUED.items()])
    written("results.csv", [["recipient", "amount"], *RESULTS.items()])
    for name, base in (("plan", ROUNDED), ("rule", ISSUED), ("printed", RESULTS)):
        tables = [
            f'[[adjustment]]\nrecipient = "{one.recipient}"\namount = {one.amount}\n'
            'reason = { zh = "未公布理由", en = "no reason published" }\n'
            for one in corrected(base)
        ]
        (folder / f"{name}.toml").write_text(head + "".join(tables), encoding="utf-8")
    (folder / "results.toml").write_text(head.replace("published.csv", "results.csv"), encoding="utf-8")
    return folder


@pytest.fixture
def run(capsys):
    return runs(capsys, "audit")


def test_the_case_as_it_is_printed():
    assert [str(total) for total in SUMS] == ["3979.07", "2659.63", "3822.48", "337.13"]
    assert [id for id in IDS if ROUNDED[id] != RESULTS[id]] == ["南雄"]
    assert round(EXACT["南雄"], 2) == Fraction("750.03") and RESULTS["南雄"] == 700
    assert (sum(ROUNDED.values()), sum(RESULTS.values()), sum(ISSUED.values())) == (49_900, 49_800, 50_000)
    assert len(corrected(ROUNDED)) == 18 and len(corrected(RESULTS)) == 19


def test_the_plan_is_the_rule_and_its_adjustments():
    """What was issued less the eighteen is what the rule gives, since they were worked out from it."""
    found = audit(land(corrected(ROUNDED)))
    assert found.verdict.consistent and found.case.before_adjustments == ROUNDED
    assert sum(found.case.amounts) == 499 and found.case.total == 500 and found.case.used == 100
    assert fit(found.reading, found.reading.scenario).exact


def test_against_the_printed_results_one_is_off():
    """Adjusted from what is printed, 23 of 24 are what the rule gives, and 南雄 is 100 mu above it."""
    scenario = land(corrected(RESULTS))
    found = audit(scenario)
    assert found.verdict.consistent and found.case.used == 200 == SHARED - sum(RESULTS.values())
    off = fit(found.reading, scenario)
    assert {id: by for id, by in off.differences.items() if by} == {"南雄": 100} and off.off == 100
    # so it is where the printed results themselves are taken as published, and nothing is adjusted
    printed = land(published=RESULTS)
    assert audit(printed).verdict.consistent
    assert {id: by for id, by in fit(Reading(printed), printed).differences.items() if by} == {"南雄": 100}


def test_without_adjustments_eighteen_differ():
    scenario = land()
    off = fit(Reading(scenario), scenario)
    assert {id: -by for id, by in off.differences.items() if by} == {
        one.recipient: one.amount for one in corrected(ROUNDED)
    }
    assert off.off == 4700


def test_ranges_of_the_plan():
    """The truth lies within, and the ends are those of linear programs written apart from the program's."""
    scenario = land(corrected(ROUNDED))
    found, oracle = audit(scenario), Asked(Reading(scenario))
    shares, other = factor_share_bounds(found), {**WEIGHTS, "基本农田": 10, "连片": 50}
    amounts = amount_bounds(found, other, groups={"粤北": ("韶关", "清远")})
    for j, factor in enumerate(WEIGHTS):
        for row in ROWS:
            low, high = shares[factor][row[0]]
            assert low <= Fraction(row[1 + j]) / Fraction(SUMS[j]) <= high
    for row in ROWS:
        then = sum(
            weight * 500 * Fraction(row[1 + j]) / Fraction(SUMS[j]) for j, weight in enumerate(other.values())
        )
        assert amounts[row[0]].low <= then <= amounts[row[0]].high
    for id in ("湛江", "南雄", "东莞"):
        for factor in WEIGHTS:
            assert shares[factor][id] == pytest.approx(oracle.share(oracle.sets, factor, id), abs=1e-6)
        assert amounts[id] == pytest.approx(oracle.amount(oracle.sets, other, [id]), abs=1e-3)
    wanted = oracle.amount(oracle.sets, other, ["韶关", "清远"])
    assert amounts["粤北"] == pytest.approx(wanted, abs=1e-3)
    assert set(outlook(found, other).says.values()) == {"open"}


# --- what is said ---------------------------------------------------------------------------------

PLAN = {
    "zh": (
        "假设：按因素占比加权一次分配50000亩（权重30/20/20/30），各自四舍五入到100亩，"
        "且再按所列调整数增减。已下达数与该假设相容。",
        "不构成对分配结果的评价。",
        "方案列有调整数，涉及18个对象，合计增加2400亩、减少2300亩（所列理由：未公布理由）",
        "取整之后合计49900亩，比按因素分配的50000亩少100亩：各自取整的数，",
        "表中的范围不看这些数据",
        "按该口径测算的结果与扣除调整数之后的下达数完全一致。",
        "两者必然一致，这样的一致不能印证该口径",
    ),
    "en": (
        "Assumed: the split was one pass by weighted shares over 50,000 mu (weights 30/20/20/30), each "
        "amount was rounded by itself to 100 mu, and the listed adjustments were made afterwards. The "
        "published split is consistent with this assumption.",
        "The scenario lists adjustments for 18 recipients, 2,400 mu up and 2,300 mu down in all (reasons "
        "stated: no reason published).",
        "After rounding these add up to 49,900 mu, which is 100 mu less than the 50,000 mu shared out",
        "The ranges in them leave that data aside",
        "this reading gives the published amounts, less their adjustments, to the last unit.",
        "the two agree of necessity, and that confirms nothing of this reading",
    ),
}


@pytest.mark.parametrize("lang", PLAN)
def test_what_is_said_of_the_plan(files, run, lang):
    out, _ = run(files / "plan.toml", lang=lang)
    for sentence in PLAN[lang]:
        assert sentence in out
    assert not any(word in out for word in ("资金", "元", "yuan", "money"))


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "zh",
            [
                "24个对象中有1个与扣除调整数之后的下达数不同，增减绝对值合计100亩；相差最多的是南雄（+100亩）。",
                "取整之后合计49800亩，比按因素分配的50000亩少200亩",
            ],
        ),
        (
            "en",
            [
                "other amounts than the published ones less their adjustments for 1 of 24: 100 mu in all, "
                "gains and losses added up; most for 南雄 (+100 mu).",
                "After rounding these add up to 49,800 mu, which is 200 mu less",
            ],
        ),
    ],
)
def test_what_is_said_of_the_printed_results(files, run, lang, sentences):
    out, _ = run(files / "printed.toml", lang=lang)
    for sentence in sentences:
        assert sentence in out
    assert {"zh": "必然一致", "en": "of necessity"}[lang] not in out
    out, _ = run(files / "results.toml", lang=lang)
    other = {
        "zh": "24个对象中有1个与已下达数不同",
        "en": "other amounts than the published ones for 1 of 24",
    }
    assert other[lang] in out and {"zh": "调整数", "en": "adjust"}[lang] not in out


@pytest.mark.parametrize(
    ("lang", "heading", "says"),
    [("zh", "下达数", "不能判断增减"), ("en", "Published,", "it cannot be told")],
)
def test_other_weights(files, run, lang, heading, says):
    out, _ = run(files / "plan.toml", *EVEN, "--group", "粤北=韶关,清远", lang=lang)
    assert heading in out and says in out
    row = next(line.split() for line in out.split("\n") if line.split()[:1] == ["粤北"])
    assert row[1] == {"zh": "7600", "en": "7,600"}[lang]  # 29 + 47 of the rule, and not 30 + 47 as issued


def test_files(files, run):
    out, _ = run(files / "plan.toml", "--format", "json", lang="zh")
    reading = json.loads(out)["readings"][0]
    assert reading["currency"] == {"zh": "亩", "en": "mu"} and reading["consistent"]
    assert reading["before_adjustments"] == ROUNDED
    changes = {id: ISSUED[id] - ROUNDED[id] for id in IDS}
    assert reading["adjustments"] == changes and reading["fit"]["exact"]
    out, _ = run(files / "rule.toml", "--format", "json", lang="zh")
    assert "adjustments" not in json.loads(out)["readings"][0]
    out, _ = run(files / "plan.toml", "--format", "csv", *EVEN, lang="zh")
    rows = list(csv.reader(io.StringIO(out.lstrip("\ufeff"))))
    assert rows[0][3] == "下达数（扣除调整数，基本单位）"
    assert {row[2]: int(row[3]) for row in rows[1:] if len(row) == 7 and row[3]} == ROUNDED


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("zh", "各自取整的数合计不必等于总额，不能按未取整处理"),
        ("en", "need not add up to it and cannot be taken as not rounded"),
    ],
)
def test_not_rounded_is_refused(files, run, lang, sentence):
    _, told = run(files / "plan.toml", "--tolerance", "exact", status=2, lang=lang)
    assert sentence in told


def test_a_target_and_a_table(files, run, tmp_path):
    """The table gives the issued plan under the same rule, adjustments included."""
    made = tmp_path / "made.csv"
    out, _ = run(files / "plan.toml", "--below", "湛江=10000", "--table", made, "--digits", "6", lang="zh")
    assert "可能与下达数的占比完全相同" in out and "资金" not in out
    written = (files / "plan.toml").read_text(encoding="utf-8")
    copy = files / "copy.toml"
    (files / "made.csv").write_bytes(made.read_bytes())
    copy.write_text(written.replace("factors.csv", "made.csv"), encoding="utf-8")
    scenario = load_scenario(copy)
    assert fit(Reading(scenario), scenario).exact
    copy.unlink()


def test_both_beside_what_was_issued(files, capsys):
    """The plan is what was issued; without its adjustments the eighteen differ, and 100 mu are left."""
    compare = runs(capsys, "compare")
    asked = files / "plan.toml", files / "rule.toml", "--base", "published"
    out, _ = compare(*asked, "--format", "json", status=1)
    plan, rule = json.loads(out)["scenarios"]
    assert plan["amounts"] == ISSUED and not any(plan["differences"].values())
    differences = {id: by for id, by in rule["differences"].items() if by}
    assert (
        differences == {one.recipient: -one.amount for one in corrected(ROUNDED)} and len(differences) == 18
    )
    for lang, sentence in (
        ("zh", "B与已下达数相比：各对象合计少100亩，4个增加（共2300亩），14个减少（共2400亩）。"),
        (
            "en",
            "recipients together get 100 mu less; 4 gaining (2,300 mu in all), 14 losing (2,400 mu in all).",
        ),
    ):
        out, _ = compare(*asked, status=1, lang=lang)
        assert sentence in out
        rows = {cells[1]: cells[-1] for line in out.split("\n") if len(cells := line.split()) == 10}
        assert rows.keys() >= {*IDS}
        for one in corrected(ROUNDED):
            sign = "−" if one.amount > 0 else "+"
            size = max(one.amount, -one.amount)
            assert rows[one.recipient] == sign + (f"{size:,}" if lang == "en" else str(size))
