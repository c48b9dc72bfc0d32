"""Scenarios side by side: sentences, figures and rows, and the page that shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes import HUNG
from streamlit.testing.v1 import AppTest

from allocator import Allocation, Factor, Fund, Recipient, Scenario, ScenarioError, allocate
from allocator.core.parts import Text
from allocator.files.load import load_scenario
from allocator.report.charts import changes, marks
from allocator.report.charts.data import Unit, change_frame
from allocator.report.tables.figures import recipient_names
from allocator.report.tables.office import compare_table
from allocator.report.words import comparing
from allocator.text import EN, ZH
from allocator.ui.compare import page as compare
from allocator.ui.components import markup

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"


def luzhou(file: str) -> Scenario:
    return load_scenario(SCENARIOS / "luzhou-2023" / f"{file}.toml")


@pytest.fixture(scope="module")
def three() -> list[Allocation]:
    return [allocate(luzhou(file)) for file in ("published-rule", "equal-weights", "cap-zone")]


def split(amounts: dict[str, int], currency: str = "CNY", title: str = "t", **names: str) -> Allocation:
    """An allocation that gives these amounts, one factor being as they are."""
    return allocate(
        Scenario(
            title=title,
            fund=Fund(sum(amounts.values()), currency, 1),
            kind="scores",
            weights={"x": 1},
            recipients=[Recipient(id, Text(names.get(id, id))) for id in amounts],
            factors=[Factor("x", tuple(amounts.values()), status="published")],
        )
    )


# --- words and figures ----------------------------------------------------------------------------


def test_what_moves_in_one_sentence(three: list[Allocation]) -> None:
    # the gains of the equal weights against the published split are 49+22+17+32+9+15+16+6 = 166
    sentences = comparing.change_sentences(three[:2], ZH)
    assert sentences == [
        "B与A相比：共调整166万元，占按因素法分配额的3.0%；8个增加，1个减少，"
        "增加最多的是江阳区（+49万元），减少最多的是自贸区（−166万元）。"
    ]
    assert comparing.change_sentences([three[0], three[0]], EN) == [
        "B against A: every amount is the same; nothing moves."
    ]
    assert len(comparing.change_sentences(three, ZH)) == 2


def test_another_total_is_said() -> None:
    base, more = split({"a": 10, "b": 20}), split({"a": 15, "b": 20})
    assert comparing.change_sentences([base, more], ZH) == [
        "B与A相比：资金总额多5元；1个增加，0个减少，增加最多的是a（+5元）。"
    ]
    assert comparing.change_sentences([more, base], EN) == [
        "B against A: the fund is 5 yuan smaller; 0 gaining, 1 losing; a loses most (−5 yuan)."
    ]


def test_other_recipients_are_said_and_count_with_zero() -> None:
    base, other = split({"a": 10, "b": 20}), split({"b": 20, "c": 7, "d": 3})
    assert comparing.recipient_sentences([base, other], ZH) == [
        "B的分配对象比A多c、d（共2个），少a（共1个）；没有列入的一方按零计算增减。"
    ]
    assert comparing.recipient_sentences([base, base], ZH) == []
    (rows,) = changes.change_rows([base, other], ZH)
    assert {row.id: row.difference for row in rows} == {"a": -10, "b": 0, "c": 7, "d": 3}
    assert comparing.change_sentences([base, other], ZH)[0].startswith("B与A相比：共调整10元")


def test_recipients_of_one_name_are_told_apart() -> None:
    one, other = split({"a": 1, "b": 2}, a="甲"), split({"x": 1, "b": 2}, x="甲")
    names = recipient_names([one, other], ZH)
    assert names == {"a": "甲 (a)", "b": "b", "x": "甲 (x)"}


def test_the_headline_of_each(three: list[Allocation]) -> None:
    headers, rows = comparing.headline(three, ["甲", "乙", "丙"], ZH)
    assert headers == ["方案", "调整金额（万元）", "合计增减（万元）", "增加（个）", "减少（个）", "最大一家"]
    assert rows[0] == ["A　甲", "对照方案", "", "", "", "自贸区占89.3%"]  # 5000 / 5602
    assert rows[1] == ["B　乙", "166", "0", "8", "1", "自贸区占86.3%"]  # 4834 / 5602
    assert rows[2][-1] == "自贸区占80.0%"
    assert comparing.assumed_sentence(three, ZH).startswith("A、B、C的因素数据为假设")
    assert comparing.assumed_sentence([split({"a": 1})], ZH) == ""


def test_concentration_stands_apart_in_figures() -> None:
    headers, rows = comparing.concentration_rows([split({"a": 30, "b": 10})], EN)
    assert len(headers) == 4
    assert rows == [["A", "a has 75.0 %", "0.625", "0.250"]]


def test_every_chart_has_everybody_in_one_order_and_one_scale(three: list[Allocation]) -> None:
    parts = changes.change_rows(three, ZH)
    assert len(parts) == 2
    assert [row.id for row in parts[0]] == [row.id for row in parts[1]] == list(three[0].scenario.ids)
    for rows, allocation in zip(parts, three[1:], strict=True):
        expected = {id: allocation.amounts[id] - three[0].amounts[id] for id in allocation.amounts}
        assert {row.id: row.difference for row in rows} == expected
    unit = changes.change_unit(three, parts, ZH)
    assert unit == Unit(10_000, "万元")
    everybody = [row for rows in parts for row in rows]
    frames = [change_frame(rows, unit, ZH, everybody) for rows in parts]
    ends = {(frame["low"][0], frame["high"][0]) for frame in frames}
    assert len(ends) == 1
    ((low, high),) = ends
    assert low < min(frame["change"].min() for frame in frames) and high > 98
    names = list(frames[0]["name"])
    drawn = marks.spec(marks.change_marks(names, ZH, width=80, pick=False))
    assert all("params" not in layer for layer in drawn["layer"]) and "params" not in drawn


def test_accessible_names_hold_no_figures(three: list[Allocation]) -> None:
    (rows, _) = changes.change_rows(three, ZH)
    said = changes.chart_alt(rows, "B", "A", Unit(10_000, "万元"), ZH)
    assert "江阳区" in said and not any(c.isdigit() for c in said)
    many = split({f"r{i}": i for i in range(1, 184)})
    (rows,) = changes.change_rows([many, many], EN)
    assert "183 recipients" in changes.chart_alt(rows, "B", "A", Unit(1, "yuan"), EN)


def test_currencies_that_differ_are_refused_in_a_sentence() -> None:
    with pytest.raises(ScenarioError) as caught:
        comparing.same_currency(split({"a": 1}).scenario, split({"a": 1}, "USD").scenario)
    assert caught.value.sentences(ZH) == ["各方案币种不同（CNY、USD），请比较同一币种的方案"]


# --- tints ----------------------------------------------------------------------------------------


def test_changes_are_tinted_by_size_and_nothing_else_is() -> None:
    base = split({"a": 100, "b": 100, "c": 100, "d": 100, "e": 100})
    other = split({"a": 190, "b": 69, "c": 71, "d": 70, "e": 100})  # +90, −31, −29, −30, 0
    table = compare_table([base, other], EN)
    at = [column.key for column in table.columns].index("B-A")
    tints = table.tints
    assert [row[at] for row in tints] == [3, -2, -1, -1, 0, 0]  # the last is the total
    assert all(tint == 0 for row in tints for place, tint in enumerate(row) if place != at)
    html = markup.table(table, "c", tints)
    assert '<td class="al-number al-gain-3">+90</td>' in html
    assert '<td class="al-number al-loss-1">−29</td>' in html
    assert "al-gain" not in markup.table(table, "c")


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=6), st.data())
def test_tints_grow_with_the_change(amounts: list[int], data: Any) -> None:
    others = data.draw(st.permutations(amounts))
    if not any(amounts):
        return
    pair = [split({str(i): x for i, x in enumerate(some)}) for some in (amounts, others)]
    table = compare_table(pair, EN)
    at = [column.key for column in table.columns].index("B-A")
    found = [
        (values[at], tint[at])
        for (role, values), tint in zip(table.records, table.tints, strict=True)
        if role == "recipient"
    ]
    largest = max(abs(change) for change, _ in found)
    for change, tint in found:
        assert (tint > 0) == (change > 0) and (tint < 0) == (change < 0) and abs(tint) <= 3
        if change:
            assert (abs(tint) - 1) * Fraction(largest, 3) < abs(change) <= abs(tint) * Fraction(largest, 3)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_figures_are_readable_on_every_tint() -> None:
    css = (Path(markup.__file__).parent.parent / "style.css").read_text("utf-8")
    tints = re.findall(r"td\.al-(?:gain|loss)-[123] \{ background: (#[0-9a-f]{6}); \}", css)
    assert len(tints) == 6
    for tint in tints:
        assert (luminance(tint) + 0.05) / (luminance("#1b2733") + 0.05) >= 4.5


# --- what is chosen -------------------------------------------------------------------------------


def test_usual_choice_is_the_scenario_and_others_like_it() -> None:
    rule, equal = luzhou("published-rule"), luzhou("equal-weights")
    foreign = split({"a": 1}, "USD").scenario
    choices = {"f": ("f", foreign), "r": ("r", rule), "e": ("e", equal), "screen": ("s", rule)}
    assert compare.usual(choices, "r") == ["r", "e"]
    choices["screen"] = ("s", rule.with_weights(tax=30, effort=20))
    assert compare.usual(choices, "r") == ["r", "screen", "e"]
    assert compare.usual(choices, "f") == ["f", "screen"]
    assert compare.usual(choices, "gone") == ["f", "r"]


def test_labels_are_all_different() -> None:
    scenario = luzhou("published-rule")
    found = compare.labels({"a/x": ("same", scenario), "b/x": ("same", scenario), "c": ("other", scenario)})
    assert found == {"a/x": "same [a/x]", "b/x": "same [b/x]", "c": "other"}


def test_what_cannot_be_compared_is_left_out_with_its_sentence() -> None:
    rule = luzhou("published-rule")
    cap = luzhou("cap-zone")
    tight = replace(cap, limits=[replace(cap.limits[0], recipients="all", cap_rate=Fraction(1, 100))])
    found = [("甲", rule), ("<乙>", tight), ("丙", split({"a": 1}, "USD").scenario), ("丁", cap)]
    allocations, titles, left_out = compare.compared(found, ZH)
    assert titles == ["甲", "丁"] and [a.scenario for a in allocations] == [rule, cap]
    assert left_out[0].startswith("“<乙>”未参与比较：全部达到封顶也只能分出")
    assert "币种不同" in left_out[1]


# --- the page -------------------------------------------------------------------------------------

Page = Callable[..., AppTest]


def script() -> None:
    from allocator.ui.compare import page as compare
    from allocator.ui.session import address

    address.read()
    compare.render()
    address.write()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Page]:
    """Opens the page with this address, on these scenarios."""
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))

    def start(scenarios: Path | None = None, **address: str | list[str]) -> AppTest:
        if scenarios is not None:
            monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(scenarios))
        app = AppTest.from_function(script, default_timeout=HUNG)
        for key, value in {"lang": "zh", **address}.items():
            app.query_params[key] = value
        return app.run()

    yield start


def html(app: AppTest) -> str:
    assert not app.exception, [e.message for e in app.exception]
    return "\n".join(element.proto.body for element in app.get("html"))


RULE, EQUAL, CAP = (f"luzhou-2023/{name}" for name in ("published-rule", "equal-weights", "cap-zone"))


def test_the_page_shows_the_chosen_scenarios(page: Page) -> None:
    app = page(**{"with": [RULE, EQUAL, CAP]})
    said = html(app)
    for expected in ("共调整166万元", "B − A", "C − A", "已下达数", "al-loss-3", "示例数据", "输入校验码"):
        assert expected in said
    assert len(app.get("vega_lite_chart")) == 2
    assert app.query_params["with"] == [RULE, EQUAL, CAP]
    assert (
        "权重：投资贡献值由40%改为25%" in said and "保底、封顶：新增“自贸区封顶按因素法分配额的80%”" in said
    )


def test_any_of_them_can_be_the_base(page: Page) -> None:
    app = page(**{"with": [RULE, EQUAL]})
    app.selectbox(key="compare-base-zh").select(EQUAL).run()
    assert app.query_params["with"] == [EQUAL, RULE]
    assert "增加最多的是自贸区（+166万元）" in html(app)
    app.multiselect(key="compare-keys-zh").set_value([EQUAL, RULE, CAP]).run()
    assert app.query_params["with"] == [EQUAL, RULE, CAP]
    app.multiselect(key="compare-keys-zh").set_value([RULE, CAP]).run()  # without the base
    assert app.query_params["with"] == [RULE, CAP]
    assert app.selectbox(key="compare-base-zh").value == RULE


def test_one_alone_is_not_compared(page: Page) -> None:
    app = page(**{"with": [RULE, EQUAL]})
    app.multiselect(key="compare-keys-zh").set_value([]).run()
    assert "请至少选两个方案" in html(app) and not app.get("vega_lite_chart")
    app.multiselect(key="compare-keys-zh").set_value([RULE, EQUAL]).run()
    assert "共调整166万元" in html(app)


def test_unless_chosen_the_shown_scenario_is_compared_with_others_of_its_kind(page: Page) -> None:
    app = page(lang="en", scenario=EQUAL)
    assert app.multiselect(key="compare-keys-en").value[0] == EQUAL
    assert "B against A" in html(app)
    app = page(scenario=RULE, **{f"weight.{f}": "25" for f in ("investment", "tax", "employment", "effort")})
    assert app.multiselect(key="compare-keys-zh").value[:2] == [RULE, "screen"]
    assert "共调整166万元" in html(app)


def test_what_a_link_names_and_does_not_exist_is_said(page: Page) -> None:
    app = page(**{"with": [RULE, "../../etc/passwd", EQUAL]})
    said = html(app)
    assert "链接中有方案已不存在" in said and "共调整166万元" in said and "passwd" not in said


FILE = """\
format = 1
title = "{title}"
[fund]
amount = {amount}
currency = "{currency}"
unit = 1
[method]
kind = "shares"
[weights]
x = {x}
y = {y}
[data]
factors = "factors.csv"
{more}
"""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """183 recipients, one named with markup; four scenarios of them, one that cannot be allocated."""
    folder = tmp_path / "scenarios" / "large"
    folder.mkdir(parents=True)
    names = ["<b>bold</b>", *(f"Commune {i}" for i in range(182))]
    rows = "".join(f"{name},{i + 1},{(i * 7) % 50 + 1}\n" for i, name in enumerate(names))
    (folder / "factors.csv").write_text("recipient,x,y\n" + rows, "utf-8")
    for name, fields in {
        "a": {},
        "b": {"x": 20, "y": 80},
        "bad": {"more": '[[limit]]\nrecipients = "all"\ncap = 1'},
        "euro": {"currency": "EUR"},
    }.items():
        known = {
            "title": f"*{name}*",
            "amount": 10**8,
            "currency": "CNY",
            "x": 60,
            "y": 40,
            "more": "",
        } | fields
        (folder / f"{name}.toml").write_text(FILE.format(**known), "utf-8")
    return folder.parent


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_many_recipients_markup_and_what_cannot_be_compared(page: Page, large: Path, lang: str) -> None:
    app = page(large, lang=lang, **{"with": ["large/a", "large/bad", "large/b", "large/euro"]})
    said = html(app)
    assert "<b>bold" not in said and "&lt;b&gt;bold&lt;/b&gt;" in said
    assert said.count('class="al-recipient"') == 183 and "al-tall" in said
    assert said.count('role="alert"') == 2
    assert len(app.get("vega_lite_chart")) == 1
    base, other = (allocate(load_scenario(large / "large" / f"{name}.toml")).amounts for name in ("a", "b"))
    gains = sum(other[id] > base[id] for id in base)
    assert (f"{gains}个增加" if lang == "zh" else f"{gains} gain") in said


def test_a_base_that_cannot_be_allocated_leaves_the_others(page: Page, large: Path) -> None:
    said = html(page(large, **{"with": ["large/bad", "large/a", "large/b"]}))
    assert "“*bad*”未参与比较" in said and "B与A相比" in said
