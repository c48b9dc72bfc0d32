"""The page of what a published split implies: its words, its readings, its ranges, and what a user adds."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from audit_cases import APART, LUZHOU
from pages import FILES, SCENARIOS, Slider, html_of, in_other_language, opened, press
from phrases import sentences
from processes import HUNG, pause
from streamlit.testing.v1 import AppTest

from allocator import ScenarioError, allocate
from allocator.analysis.audit import Audit, Known, Reading, Scored, amount_bounds, audit, fit
from allocator.files.audit.own_readings import add_reading, drop_reading, own_readings
from allocator.files.audit.readings import read_reading
from allocator.files.audit.schema import reading_bytes
from allocator.files.scenario.save import save_scenario
from allocator.report.charts import ranges as range_charts
from allocator.report.words import document
from allocator.report.words.ranges import figure, shown_range
from allocator.text import EN, LANGUAGES, ZH, Phrasebook
from allocator.ui.audit.add_reading import reading_from
from allocator.ui.audit.nearest import amount_of

EQUAL = "luzhou-2023/equal-weights"
RULE = "luzhou-2023/published-rule"
WEIGHTS = {"investment": 25, "tax": 25, "employment": 25, "effort": 25}
BANNED = ("estimate", "impossible", "secret", "估计", "不可能")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def page(lang: str = "zh", scenario: str = EQUAL, **address: Any) -> AppTest:
    return opened("published", lang, scenario=scenario, **address)


def words(app: AppTest) -> str:
    """All HTML of the page as a reader reads it."""
    return html.unescape(re.sub(r"<[^>]+>", "", html_of(app)))


def choose(app: AppTest, *keys: str) -> AppTest:
    (listed,) = [one for one in app.multiselect if one.key.startswith("readings-")]
    return listed.set_value(list(keys)).run()


def errors(app: AppTest) -> list[str]:
    return [error.value.replace("\\", "") for error in app.error]


# --- what it says -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scenario", FILES)
def test_opens_for_every_file_without_a_word_that_it_must_not_use(scenario: str, lang: str) -> None:
    app = page(lang, scenario)
    said = words(app).lower()
    assert [word for word in BANNED if word in said] == []
    assert errors(app) == []


def test_readings_that_are_shown_stand_in_the_address() -> None:
    app = choose(page(scenario=RULE), "", "3-equal-work")
    assert app.query_params["reading"] == ["", "3-equal-work"]
    again = page(scenario=RULE, reading=["nowhere", "3-equal-work"])
    (listed,) = [one for one in again.multiselect if one.key.startswith("readings-")]
    assert listed.value == ["3-equal-work"]
    assert not again.exception


def test_no_word_of_the_pages_that_sounds_like_a_guess_or_a_finding() -> None:
    for lang in LANGUAGES:
        table = sentences(lang, "published.") | sentences(lang, "chart.")
        for key, sentence in table.items():
            assert [word for word in BANNED if word in sentence.lower()] == [], key


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        (
            "zh",
            (
                "可能范围，非预测，中间值无特别含义",
                "不构成对资金分配的评价",
                "若按因素占比加权一次分配5602万元",
            ),
        ),
        (
            "en",
            ("possible range, not a forecast", "no judgement of the allocation", "over 56.02 million yuan"),
        ),
    ],
)
def test_says_what_a_range_is_not_and_under_which_reading_it_holds(lang: str, parts: tuple[str, ...]) -> None:
    said = words(page(lang))
    assert [part for part in parts if part.lower() not in said.lower()] == []


def test_the_arithmetic_of_the_document() -> None:
    """2.1 and 97.9 %, 5602 + 120 = 5722, and uses that add up to 5722.00: method.md, section 1."""
    grid = document.fund_table(LUZHOU, ZH)
    cells = {row.cells[0]: row.cells[1:] for row in grid.rows}
    assert cells["市级部门小计"] == ("120", "2.1%")
    assert cells["9个区县（园区）"] == ("5602", "97.9%")
    assert cells["合计"] == ("5722", "100.0%")
    assert [row.cells[2] for row in grid.rows if row.role == "reservation"] == ["1.0%", "1.0%"]  # 60 of 5722
    uses = document.uses_table(LUZHOU, ZH)
    assert uses is not None
    assert [row.cells[1] for row in uses.rows] == ["122.23", "5250.95", "123.05", "225.77", "5722"]
    assert document.sums(LUZHOU, ZH) == [
        "已下达数合计5602万元，加上市级部门安排120万元，等于资金总额5722万元。",
        "各项用途合计5722万元，等于资金总额。",
    ]
    assert document.source_line(LUZHOU, ZH).startswith("公开。")


def test_sums_that_do_not_add_up_say_by_how_much() -> None:
    less = dict(LUZHOU.published or {}) | {"ftz": 49_000_000}
    short = replace(LUZHOU, published=less, uses=LUZHOU.uses[1:])
    assert [line.partition("资金总额")[2] for line in document.sums(short, ZH)] == [
        "5722万元少100万元。",
        "5722万元少122.23万元。",
    ]
    alone = replace(LUZHOU, reservations=(), uses=(), published=less)
    assert document.sums(alone, EN) == [
        "The published amounts (55,020,000 yuan) add up to 2,200,000 yuan less than the fund, "
        "57,220,000 yuan."
    ]
    assert document.uses_table(alone, EN) is None
    assert "does not say" in document.source_line(replace(LUZHOU, fund=replace(LUZHOU.fund, source=None)), EN)


# --- readings ---------------------------------------------------------------------------------------


def test_only_the_first_reading_is_shown_until_others_are_chosen() -> None:
    app = page()
    assert html_of(app).count("<article") == 1
    assert "招商引资工作按60至100" not in words(app)
    (listed,) = [one for one in app.multiselect if one.key.startswith("readings-")]
    assert listed.value == [""]
    assert len(listed.options) == 5


def test_readings_stand_side_by_side_each_with_its_verdict() -> None:
    app = choose(page(), "", "2-work-60-to-100", "4-after-earmark-work-60-to-100", "5-awards-by-project")
    shown = html_of(app)
    assert shown.count("<article") == 4
    verdicts = re.findall(r'al-verdict al-\w+">([^<]+)<', shown)
    assert verdicts == ["与该假设相容", "与该假设不能同时成立", "与该假设相容", "在此不能检验"]
    said = words(app)
    for part in (
        "合江县26、叙永县37、高新区25",
        "39.08",
        "仅说明所设口径与实际做法不同，不构成对资金分配的评价",
    ):
        assert part in said
    assert "需要各项目的数据" in said
    (view,) = app.radio
    assert len(view.options) == 2  # only those that fit have ranges, one at a time
    assert view.value == ""
    app = view.set_value("4-after-earmark-work-60-to-100").run()
    assert "若按因素占比加权一次分配602万元" in words(app)
    assert "均按60至100打分，则无论权重如何，自贸区单列安排的5000万元不变" in words(app)


def test_what_was_chosen_stands_after_a_change_of_page_and_language() -> None:
    app = choose(page(), "", "3-equal-work")
    app = in_other_language(app)
    assert html_of(app).count("<article") == 2
    assert "Cannot hold together with this assumption" in words(app)


def test_without_a_reading_that_fits_there_are_no_ranges() -> None:
    app = choose(page(), "2-work-60-to-100")
    said = words(app)
    assert "没有数据能与之相容" in said
    assert "可直接宣读的结论" not in said


def test_another_rule_says_so_and_leads_to_the_published_one() -> None:
    app = page(scenario="luzhou-2023/cap-zone")
    assert "这里所读的是本方案的办法" in words(app)
    (button,) = [one for one in app.button if one.key == "other-rule"]
    app = button.click().run()
    assert "这里所读的是本方案的办法" not in words(app)
    assert "一次按占比分配5602万元" in words(app)


def test_a_fund_without_a_published_split_has_a_way_on() -> None:
    app = page("en", "us-crf-2020/scenario")
    assert "no published split" in words(app)
    assert [b.label for b in app.button if b.key == "to-data"] == ["To the Data page"]


# --- ranges -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ranges_are_those_of_the_audit_rounded_outward(lang: str) -> None:
    said = html_of(page(lang))
    bounds = amount_bounds(audit(LUZHOU), WEIGHTS)
    for recipient in LUZHOU.recipients:
        low, high = shown_range(bounds[recipient.id], LUZHOU)
        cells = "".join(
            f'<td class="al-number">{figure(end, LUZHOU, Phrasebook(lang))}</td>' for end in (low, high)
        )
        assert cells in said
    assert {"zh": "4094.77至5226.31万元", "en": "between 40.94 and 52.27 million yuan"}[lang] in said


def test_the_weights_of_the_sliders_are_the_ones_that_are_tried() -> None:
    app = page("en", RULE)
    assert "These are the weights of the reading itself" in words(app)
    app = Slider(app, "effort", RULE).set_value(40).run()
    app = Slider(app, "tax", RULE).set_value(10).run()
    low, high = amount_bounds(audit(LUZHOU), {"tax": 10, "effort": 40})["ftz"]
    assert f"between {shown(low, 0)} and {shown(high, 1)} million yuan" in words(app)
    assert "under the weights 40/10/10/40" in words(app)


def shown(end: Any, side: int) -> str:
    """Millions with two decimals, rounded outward."""
    hundredths = -((-end) // 10_000) if side else end // 10_000
    return f"{int(hundredths) / 100:.2f}".rstrip("0").rstrip(".")


def test_recipients_added_up() -> None:
    app = page("en")
    (group,) = [one for one in app.multiselect if one.key.startswith("together-")]
    app = group.set_value(["naxi", "gulin"]).run()
    low, high = amount_bounds(audit(LUZHOU), WEIGHTS, groups={"g": ("naxi", "gulin")})["g"]
    low, high = shown_range((low, high), LUZHOU)
    said = words(app)
    assert "Those chosen (Naxi District, Gulin County) together would get" in said
    assert f"between {figure(low, LUZHOU, EN)} and {figure(high, LUZHOU, EN)}" in said


def test_charts_draw_ends_and_nothing_between() -> None:
    bounds = amount_bounds(audit(LUZHOU, tolerance="exact"), WEIGHTS)
    rows = range_charts.amount_rows(LUZHOU, bounds, ZH)
    together, apart = range_charts.range_panels(rows)
    unit = range_charts.amount_unit(rows, LUZHOU, ZH)
    frame = range_charts.amount_frame(apart, unit, ZH)
    assert frame[["least", "most", "mark"]].values.tolist() == [[4097, 5225.75, 5000]]
    assert frame["text"].tolist() == ["4097–5226"]  # outward
    assert range_charts.amount_frame(together, unit, ZH)["text"][0] == "106.25–425"
    assert len(together) == 8
    for kind in (range_charts.amount_marks, range_charts.share_marks):
        drawn = str(kind(["a"], ZH, width=80).to_dict())
        assert "mean" not in drawn and "median" not in drawn and "errorband" not in drawn
    (bar,) = [
        layer
        for layer in range_charts.share_marks(["a"], ZH, width=80).to_dict()["layer"]
        if layer["mark"]["type"] == "bar" and layer["encoding"]["x"]["field"] == "least"
    ]
    assert bar["encoding"]["x2"]["field"] == "most"


# --- nearest weights, a table that fits, real data ----------------------------------------------------


def ask_nearest(app: AppTest, amount: str) -> AppTest:
    (field,) = [one for one in app.text_input if "万元" in one.label]
    field.set_value(amount)
    return press(app, "查找权重")


def test_nearest_weights_and_why_nothing_becomes_certain() -> None:
    said = words(ask_nearest(page(scenario=RULE), "4500"))
    assert "投资贡献值31.09%、税收贡献值40%、就业贡献值18.91%" in said
    assert "没有一组权重能使自贸区必然低于4500万元" in said
    assert "结果都一样" in said
    assert errors(ask_nearest(page(), "many")) == ["“many”不是金额，请填写例如4500。"]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("4,500", 45_000_000),
        (" 4500.5 ", 45_005_000),
        ("-1", None),
        ("", None),
        ("1e999", None),
        ("9" * 40, None),
    ],
)
def test_amounts_as_people_write_them(written: str, amount: int | None) -> None:
    assert amount_of(written, 10_000) == amount


def test_a_table_that_fits_is_marked_derived() -> None:
    app = press(page(scenario=RULE), "生成这张表")
    said = words(app)
    assert "推算 推算：按该口径能得出已下达数的一组因素占比" in said
    assert "吻合不说明任何问题" in said
    assert "100.00" in html_of(app)


def test_assumed_data_is_not_held_against_the_split() -> None:
    said = words(page("en"))
    assert "holding it against the split would show nothing" in said
    assert "gives the published split to the last unit" not in said


def bring(folder: Path, status: str = "published", moved: int = 0) -> None:
    """The scenario of Luzhou with data that counts as real; it gives the split unless something is moved."""
    column = LUZHOU.factors[0]
    values = list(column.values)
    values[0], values[8] = values[0] + moved, values[8] - moved
    factors = [
        replace(f, status=status) for f in (replace(column, values=tuple(values)), *LUZHOU.factors[1:])
    ]
    save_scenario(replace(LUZHOU, factors=factors, provenance=()), folder / "real")


@pytest.mark.parametrize("moved", [0, 1])
def test_real_data_is_held_against_the_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    bring(tmp_path, moved=moved)
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path))
    said = words(page("en", "real/scenario"))
    if not moved:
        assert "(published), this reading gives the published split to the last unit" in said
    else:  # 1 % of 40 % of 5602 is 22.408: 22 or 23 units go from one to the other
        assert re.search(r"for [2-4] of 9: 4[4-6] \(10k yuan\) in all", said)
        assert "most for" in said
    assert "no judgement of the allocation" in said


def test_fits_under_each_reading() -> None:
    """The data of the plain reading fits it, and misses the one with 5000 set apart by what that leaves."""
    own = fit(Reading(LUZHOU), LUZHOU)
    assert own.exact and own.off == 0
    other = fit(Reading(APART, scored=[Scored("effort", 60, 100)]), LUZHOU_EIGHT)
    assert not other.exact
    allocation = allocate(replace(APART, factors=LUZHOU_EIGHT.factors))
    assert dict(other.differences) == dict(allocation.differences or {})
    assert [fact.factor for fact in other.unmet] == ["effort"]


LUZHOU_EIGHT = replace(LUZHOU, provenance=())


@pytest.mark.parametrize(
    ("known", "met"),
    [
        (Known("tax", ("ftz",), Fraction(1, 2), 1), True),
        (Known("tax", ("ftz",), 0, Fraction(1, 2)), False),
        (Known("tax", "all", 100, 100, "value"), True),
        (Known("tax", "all", 0, 99, "value"), False),
        (Known("tax", "all", 22_408_000, 22_408_000, "part"), True),  # 40 % of 56.02 million
        (Known("tax", "all", 22_408_001, None, "part"), False),
        (Scored("effort", 0, 100), True),
        (Scored("effort", 99, 100), False),
    ],
    ids=str,
)
def test_facts_that_the_data_meets(known: Known | Scored, met: bool) -> None:
    facts: dict[str, Any] = {"known": [known]} if isinstance(known, Known) else {"scored": [known]}
    assert (fit(Reading(LUZHOU, **facts), LUZHOU).unmet == ()) == met


def test_data_that_cannot_be_put_in_says_why() -> None:
    fewer = replace(LUZHOU, factors=LUZHOU.factors[1:], weights={"tax": 40, "employment": 50, "effort": 10})
    with pytest.raises(ScenarioError, match="no column “investment”"):
        fit(Reading(LUZHOU), fewer)
    zero = replace(LUZHOU.factors[0], values=(0,) * 9)
    nothing = replace(LUZHOU, kind="scores", factors=[zero, *LUZHOU.factors[1:]])
    with pytest.raises(ScenarioError):
        fit(Reading(LUZHOU), nothing)


# --- readings that a user adds ------------------------------------------------------------------------


def unfolded(app: AppTest, lang: str = "zh") -> AppTest:
    app.session_state[f"adding-{EQUAL}"] = True
    return app.run()


def fill(app: AppTest, **fields: str) -> AppTest:
    for label, value in fields.items():
        (field,) = [one for one in app.text_input if one.label == ZH.say(f"published.add_{label}")]
        field.set_value(value)
    return press(app, "添加口径")


def test_a_reading_is_added_chosen_and_taken_out_again(home: Path) -> None:
    app = fill(unfolded(page()), name="投资打分", low="60", high="100")
    assert "已添加：投资打分" in words(app)
    (file,) = (home / "readings").rglob("*.toml")
    assert b"[[scored]]" in file.read_bytes()
    app = page()  # after a refresh
    (listed,) = [one for one in app.multiselect if one.key.startswith("readings-")]
    assert listed.options[-1] == "投资打分（自行添加）"
    app = choose(app, "", f"+{file.name}")
    assert html_of(app).count("<article") == 2
    app = unfolded(app)
    (button,) = [one for one in app.button if one.key == f"reading-drop-+{file.name}"]
    app = button.click().run()
    assert not file.exists()
    assert html_of(app).count("<article") == 1


HOSTILE = "<img src=x onerror=alert(1)>![x](http://example.org/x.png) :material/home: **b** [c](javascript:x)"


def test_hostile_names_are_shown_as_they_are() -> None:
    app = fill(unfolded(page()), name=HOSTILE, reason="<script>alert(1)</script>", low="60", high="100")
    (name,) = own_readings("2023年省级财政重大项目招商引资激励奖补资金（泸州市）")
    app = choose(page(), "", f"+{name}")
    shown = html_of(app)
    assert "<img" not in shown and "<script>alert" not in shown
    assert html.escape(HOSTILE) in shown
    assert "alert(1)" in words(app)
    app = unfolded(app)
    labels = [one.label for one in app.button if one.key and one.key.startswith("reading-drop")]
    assert all("![" not in label and "](" not in label for label in labels)


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"name": "", "low": "60", "high": "100"}, "口径名称"),
        ({"name": "=1+1", "low": "60", "high": "100"}, "口径名称：“=1+1”"),
        ({"name": "a", "reason": "=1+1", "low": "60", "high": "100"}, "理由（可不填）：“=1+1”"),
        ({"name": "a", "low": "100", "high": "60"}, "从100到60"),
        ({"name": "a", "low": "x", "high": "60"}, "x"),
        ({"name": "a", "low": "-1", "high": "60"}, "1"),
        ({"name": "a", "low": "0", "high": "0"}, "至：必须大于零"),
    ],
    ids=str,
)
def test_what_is_wrong_in_the_form_is_said_in_one_sentence(
    fields: dict[str, str], part: str, home: Path
) -> None:
    app = fill(unfolded(page()), **fields)
    (sentence,) = errors(app)
    assert part in sentence
    assert not (home / "readings").exists()


def test_a_share_wants_to_know_whose() -> None:
    with pytest.raises(ScenarioError) as refused:
        reading_from(LUZHOU, "a", "", "share", "tax", "10", "20", [])
    assert refused.value.problems[0].key == "audit_nobody"
    made = reading_from(LUZHOU, "a", "why", "share", "tax", "10", "20.5", ["naxi", "gulin"])
    assert made.reading.known == (Known("tax", ("naxi", "gulin"), Fraction(1, 10), Fraction(41, 200)),)
    assert made.reason is not None and made.reason.zh == "why"


@pytest.mark.parametrize(("low", "high", "parts"), [("30", "20", ("30", "20")), ("10", "150", ("150%",))])
def test_a_share_that_cannot_be_is_said_in_the_percent_that_was_entered(
    low: str, high: str, parts: tuple[str, ...]
) -> None:
    with pytest.raises(ScenarioError) as refused:
        reading_from(LUZHOU, "a", "", "share", "tax", low, high, ["naxi"])
    (sentence,) = refused.value.sentences(ZH)
    assert [part for part in parts if part not in sentence] == []
    assert not re.search(r"\d[./]\d", sentence)


def test_a_reading_written_reads_back_the_same() -> None:
    reading = Reading(
        LUZHOU,
        known=[
            Known("tax", ("naxi", "gulin"), Fraction(1, 10), None),
            Known("effort", "all", 1, 900, "value"),
        ],
        scored=[Scored("employment", Fraction(1, 2), 100)],
        tolerance="exact",
    )
    made = reading_from(LUZHOU, '标题 "引号"', "reason", "scored", "tax", "1", "2", [])
    named = replace(made, reading=reading)
    back = read_reading("x.toml", reading_bytes(named), LUZHOU)
    assert (back.reading, back.title, back.reason) == (reading, named.title, named.reason)
    named_too = read_reading(
        "x.toml", reading_bytes(named, "../after-earmark.toml"), LUZHOU, {"after-earmark": LUZHOU}
    )
    assert named_too.reading.scenario is LUZHOU


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "file_empty"),
        (b"\0\0", "file_binary"),
        (b"\xff\xfe", "file_utf8"),
        (b"format = 1", "key_missing"),
        (b"PK\x03\x04", "toml_hidden"),
        (b'format = 1\ntitle = "a"\nscenario = "../../etc/passwd"', "reading_scenario"),
        (
            b'format = 1\ntitle = "a"\nneeds = "x"\n[[scored]]\nfactor = "tax"\nlow = 1\nhigh = 2',
            "reading_needs",
        ),
        (b'format = 1\ntitle = "a"\n[[scored]]\nfactor = "tx"\nlow = 1\nhigh = 2', "audit_factor"),
        (b'format = 1\ntitle = "a"\ntolerance = "x"', "choice"),
        (b"[" * 5000, None),
        (b"a." * 5000 + b"b = 1", "toml_endless"),
    ],
    ids=str,
)
def test_uploads_that_are_wrong_are_refused_with_a_sentence(content: bytes, key: str | None) -> None:
    with pytest.raises(ScenarioError) as refused:
        read_reading("own.toml", content, LUZHOU, {"published-rule": LUZHOU})
    problem = refused.value.problems[0]
    assert key is None or problem.key == key
    assert problem.file == "own.toml"
    assert not any(
        re.search(r"\{\w+\}", sentence)
        for lang in LANGUAGES
        for sentence in refused.value.sentences(Phrasebook(lang))
    )


def test_the_folder_of_added_readings_has_its_limits(home: Path) -> None:
    for number in range(50):
        add_reading("fund", b"x = %d" % number)
    assert add_reading("fund", b"x = 0") in own_readings("fund")  # kept once
    for content, key in ((b"x = 50", "own_reading_many"), (b"x" * 300_000, "own_reading_large")):
        with pytest.raises(ScenarioError) as refused:
            add_reading("fund", content)
        assert refused.value.problems[0].key == key
    drop_reading("fund", "../../scenarios")
    name = next(iter(own_readings("fund")))
    drop_reading("fund", name)
    assert name not in own_readings("fund") and len(own_readings("fund")) == 49
    assert own_readings("another") == {}


def test_a_reading_that_supposes_nothing_more_stands_beside_the_first_and_can_be_taken_out(
    home: Path,
) -> None:
    name = add_reading(
        "2023年省级财政重大项目招商引资激励奖补资金（泸州市）", 'format = 1\ntitle = "甲"'.encode()
    )
    app = page()
    (listed,) = [one for one in app.multiselect if one.key.startswith("readings-")]
    assert (listed.options[0], listed.options[-1]) == ("一次按占比分配5602万元", "甲（自行添加）")
    assert any(one.key == f"reading-drop-+{name}" for one in unfolded(app).button)


def test_a_damaged_own_reading_does_not_take_the_page_down(home: Path) -> None:
    fund = "2023年省级财政重大项目招商引资激励奖补资金（泸州市）"
    add_reading(fund, b"no toml at all")
    app = page()
    assert "以下口径无法读取" in words(app)
    assert html_of(app).count("<article") == 1


# --- what takes long ----------------------------------------------------------------------------------


def long_work() -> None:
    """A page that works something out in four parts, and says how often it had to."""
    import streamlit as st

    from allocator.ui.session import readings

    readings.PATIENCE = 0
    st.session_state.setdefault("lang", "en")

    def work(progress):  # type: ignore[no-untyped-def]
        for part in (0.25, 0.5, 1.0):
            progress(part)
            st.session_state.setdefault("told", []).append(part)
        st.session_state.times = st.session_state.get("times", 0) + 1
        return "made"

    st.text(readings.work_once("a key of this test", work))


def test_what_was_worked_out_is_kept_and_a_bar_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[float, str]] = []
    monkeypatch.setattr(
        "streamlit.delta_generator.DeltaGenerator.progress",
        lambda self, value, text=None: shown.append((value, text)),
    )
    monkeypatch.setattr("allocator.ui.session.readings.PATIENCE", 0)
    app = AppTest.from_function(long_work).run()
    assert not app.exception
    assert app.session_state["times"] == 1
    assert shown == [(part, f"working out ranges: {int(part * 100)} %") for part in (0.25, 0.5, 1.0)]
    app = app.run()
    assert app.session_state["times"] == 1 and app.text[0].value == "made"


def many(folder: Path) -> None:
    """A fund of 60 recipients, and a reading of it that takes programs."""
    from benchmarks.audit import published

    save_scenario(published(60), folder / "many")
    (folder / "many" / "readings").mkdir()
    (folder / "many" / "readings" / "scored.toml").write_text(
        'format = 1\ntitle = "scored"\nscenario = "../scenario.toml"\n'
        '[[scored]]\nfactor = "f3"\nlow = 60\nhigh = 100\n',
        "utf-8",
    )


def without_end(checked: Audit, weights: object, groups: object, progress: Callable[[float], None]) -> None:
    """Work that only ends when it is called off."""
    while True:
        progress(0.5)
        pause()


def test_what_takes_long_is_worked_out_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(tmp_path)
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path))
    app = page("en", "many/scenario")
    assert "To be read aloud" in words(app)  # by formula, at once
    app = choose(app, "scored")
    assert "Consistent with this assumption" in words(app)
    assert "To be read aloud" not in words(app)
    keys = [button.key for button in app.button if button.label == "Work out the ranges"]
    assert keys == ["work-out-amounts", "work-out-shares"]
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr("allocator.ui.audit.waiting.work_out", without_end)
        (button,) = [button for button in app.button if button.key == keys[1]]
        app = button.click().run()
    work = app.session_state["beside"]
    (cancel,) = [button for button in app.button if button.key == "work-off-shares"]
    cancel.click().run()
    assert work.off and not work.running(HUNG)
    app = choose(page("en", "many/scenario"), "scored")
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", HUNG)
    (button,) = [button for button in app.button if button.key == keys[0]]
    app = button.click().run()
    assert "To be read aloud" in words(app)
    assert "working out" not in words(app)
    app = app.run()  # kept
    assert "To be read aloud" in words(app)
