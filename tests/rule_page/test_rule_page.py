"""The page Rule: every clause typed is in force at once, or says at its field why it cannot be."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pages import go, html_of, in_other_language, link, opened
from shipped import SCENARIOS
from streamlit.testing.v1 import AppTest

from allocator import Scenario, allocate, load_scenario
from allocator.text import Phrasebook

RULE, TWO = "luzhou-2023/published-rule", "luzhou-2023-pools/two-pools"
BEFORE = [*map(str, range(100, 109))]
NOW = ["95", "120", "106", "111", "104", "130", "118", "121", "140"]
# the rule of the story as a file says it
STORY = """
format = 2
extends = "published-rule.toml"
[data]
factors = "factors.csv"
[factor.growth]
formula = "MAX(0, now / before - 1)"
[factor.points]
formula = "TIERS(growth, 0,0, 0.08,60, 0.15,100)"
[pool.one]
percent = 60
kind = "shares"
weights = { investment = 40, tax = 40, employment = 10, effort = 10 }
[pool.two]
percent = 40
kind = "shares"
weights = { points = 100 }
where = "growth > 0.08"
[[limit]]
recipients = "park"
pool = "two"
together = true
cap_rate = 0.10
of = "distributable"
[[adjustment]]
recipient = "gulin"
amount = 200_000
reason = "x"
paid_by = "pro-rata"
"""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


class Page:
    """The page with a scenario on it; its fields are found by their row and name."""

    def __init__(self, slug: str = RULE, lang: str = "zh", **address: str) -> None:
        self.slug = slug
        self.app = opened("rule", lang, scenario=slug, **address)
        self._sound()

    def _sound(self) -> None:
        assert not self.app.exception, [e.message for e in self.app.exception]

    def field(self, uid: str, name: str) -> Any:
        app: AppTest = self.app
        key = f"rule-{self.slug}-{uid}-{name}"
        kinds = [*app.text_input, *app.selectbox, *app.checkbox, *app.multiselect, *app.text_area]
        (found,) = [f for f in kinds if f.key in (key, f"{key}-zh", f"{key}-en")]
        return found

    def put(self, uid: str, **values: Any) -> Page:
        """Types into fields, one after the other; ``weights__tax`` is the weight of tax."""
        for name, value in values.items():
            self.field(uid, name.replace("__", "-")).set_value(value).run()
            self._sound()
        return self

    def press(self, end: str) -> Page:
        self.app.button(key=f"rule-{self.slug}-{end}").click().run()
        self._sound()
        return self

    def unfold(self, name: str) -> Page:
        chosen = self.app.session_state.get("chosen", {})
        self.app.session_state["chosen"] = {**chosen, f"rule-open-{name}-{self.slug}": True}
        self.app.run()
        return self

    @property
    def scenario(self) -> Scenario:
        found: Scenario = self.app.session_state.trails[self.slug].now.scenario
        return found

    @property
    def wrong(self) -> list[str]:
        """What stands at the fields, and above them."""
        html = html_of(self.app)
        return [part.partition("</p>")[0] for part in html.split('class="al-wrong" role="alert">')[1:]]


def with_columns() -> Page:
    """The published rule with last year's tax and this year's, growth, and points for it."""
    page = Page()
    page.press("add-columns-data").put("n1", name="上年税收", values="\n".join(BEFORE))
    page.press("add-columns-data").put("n2", name="本年税收", values=" ".join(NOW))
    page.press("add-columns").put("n3", name="增长率", formula="max(0，本年税收/上年税收-1)")
    return page.press("add-columns").put("n4", name="增长得分", formula="TIERS(增长率, 0,0, 8%,60, 15%,100)")


def test_the_story_of_two_pools_is_what_a_file_says(tmp_path: Path) -> None:
    page = with_columns()
    standing = allocate(page.scenario).amounts
    page.press("add-pools").put("p0", name="内资", money="percent", figure="60").put(
        "n5", name="外资", figure="40"
    )
    page.put("n5", where="增长率 > 8%", weights=["增长得分"])
    page.unfold("limits").press("add-limits").put(
        "n6", pool="pool2", whom="park", way="together", figure="10"
    )
    page.unfold("adjustments").press("add-adjustments").put("n7", recipient="gulin", amount="20")
    assert page.wrong == ["理由（必填）：调整数要写明理由"]
    page.put("n7", reason="灾后重建", basis="第九条")
    assert page.wrong == []
    folder = SCENARIOS / "luzhou-2023"
    rows = (folder / "factors-illustrative-shares.csv").read_text("utf-8-sig").split()
    more = [["before", *BEFORE], ["now", *NOW]]
    rows = [",".join([row, *(column[at] for column in more)]) for at, row in enumerate(rows)]
    shutil.copytree(folder, tmp_path / "own")
    (tmp_path / "own" / "factors.csv").write_text("\n".join(rows), "utf-8")
    (tmp_path / "own" / "rule.toml").write_text(STORY, "utf-8")
    wanted = allocate(load_scenario(tmp_path / "own" / "rule.toml")).amounts
    assert allocate(page.scenario).amounts == wanted != standing
    assert page.scenario.adjustments[0].basis is not None and page.scenario.format == 2
    # the page Allocate shows the same, a link too, and undo leads back
    other = opened("", **link(page.app))
    for app in (go(page.app, ""), other):
        shown = html_of(app)
        assert "外资" in shown and "灾后重建" in shown
        for amount in wanted.values():
            assert f"{amount // 10_000:,}<" in shown or f"{amount // 10_000}<" in shown
    app = page.app.button(key=f"undo-{RULE}").click().run()
    assert app.session_state.trails[RULE].now.scenario.adjustments[0].basis is None


def test_the_first_pool_is_the_present_rule_and_the_last_second_one_leaves_it() -> None:
    page = Page("luzhou-2023/cap-zone")
    before = page.scenario
    page.press("add-pools")
    assert len(page.scenario.pools) == 2 and page.wrong == []
    assert allocate(page.scenario).amounts == allocate(before).amounts
    assert page.scenario.limits[0].pool == page.scenario.pools[0].id == "pool1"
    page.press("n1-remove")
    assert page.scenario == before and page.scenario.digest == before.digest
    # where the one that is left has not all of the money, it is no such rule, and what stood stands
    page.press("add-pools").put("p0", money="percent", figure="60").put("n1", figure="40")
    standing = page.scenario
    page.press("n1-remove")
    assert "没有分配办法" in page.wrong[0] and page.scenario == standing
    page.put("p0", money="rest")
    assert page.scenario == before and page.wrong == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_cannot_be_says_so_at_its_field_and_nothing_is_lost(lang: str) -> None:
    page, book = Page(TWO, lang), Phrasebook(lang)
    standing = page.scenario
    page.put("p0", figure="70%", weights__economy="8o")
    (sentence,) = page.wrong
    assert "8o" in sentence
    assert book.say("app.rule.standing") in html_of(page.app) and page.scenario != standing
    assert page.scenario.pools[0].percent == 70 and page.scenario.pools[0].weights["economy"] == 80
    page.put("p0", weights__economy="90")
    assert page.wrong == [book.say("error.weights_entered_sum", total=110).replace(" %", "\u00a0%")]
    # a switch of language and another page leave what was typed
    in_other_language(page.app)
    go(go(page.app, ""), "rule")
    assert page.field("p0", "weights-economy").value == "90"
    page.put("p0", weights__effort="10")
    assert page.wrong == [] and page.scenario.pools[0].weights == {"economy": 90, "effort": 10}
    page.put("p0", where="foreign >").press("discard")
    assert page.field("p0", "where").value == "" and page.wrong == []


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("本年税收 /", "第7个字符"),
        ("本年税金 / 2", "没有“本年税金”"),
        ("增长率 + 1", "循环"),
        ("1 / (投资贡献值 - 2.35)", "除数为零"),
        ("投资贡献值 > 1", "写 IF("),
        ("", "没有写公式"),
    ],
)
def test_a_wrong_formula_says_why_below_it(formula: str, sentence: str) -> None:
    page = Page()
    page.press("add-columns").put("n1", name="增长率", formula="2")
    page.put("n1", formula=formula or " ")
    if not formula:  # a row in which nothing is written is as if it were not there
        assert page.wrong == []
        return
    assert len(page.wrong) == 1 and sentence in page.wrong[0].replace("&gt;", ">"), page.wrong
    assert page.field("n1", "formula").value == formula


def test_a_new_name_of_a_column_is_taken_over_wherever_it_stands() -> None:
    page = with_columns()
    page.put("p0", weights=["增长得分"], where="增长率 > 8%")
    page.put("n3", name="税收增速")
    assert page.wrong == [] and page.field("p0", "where").value == "税收增速 > 8%"
    assert page.scenario.factor("税收增速").name.zh == "税收增速"
    page.put("n4", name="得分")
    assert page.wrong == [] and dict(page.scenario.rules[0].weights) == {"得分": 100}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ("1\n2", "有2个，应为9个"),
        ("\n".join([*BEFORE, "1"]), "有10个，应为9个"),
        ("\n".join(["江阳 x", *BEFORE[1:]]), "第1行"),
        ("\n".join(["江南区 1", *BEFORE[1:]]), "没有“江南区”"),
        ("\n".join(["1", "江阳区 2", *BEFORE[2:]]), "两次"),
    ],
)
def test_values_that_are_not_one_for_each_are_refused(values: str, sentence: str) -> None:
    page = Page()
    page.press("add-columns-data").put("n1", name="人口", values=values)
    assert len(page.wrong) == 1 and sentence in page.wrong[0]
    page.put("n1", values="\n".join(BEFORE))
    assert page.wrong == [] and list(page.scenario.factors[-1].values) == [*range(100, 109)]


def test_a_ready_made_formula_is_put_into_the_field() -> None:
    page = Page(TWO)
    page.press("add-columns")
    key = f"rule-{TWO}-n1-formula"
    page.app.session_state[f"{key}-help"] = True
    page.app.run()
    page.app.selectbox(key=f"{key}-preset-kind-zh").set_value("score")
    page.app.session_state[f"{key}-help"] = True
    page.app.run()
    page.app.session_state[f"{key}-help"] = True
    page.app.button(key=f"{key}-preset-take").click().run()
    assert page.wrong == []
    assert page.field("n1", "formula").value == "SCORE(内资到位资金, 60, 100)"
    assert page.scenario.factors[-1].formula.text == "SCORE(domestic, 60, 100)"


def test_rounding_reservations_deductions_and_earmarks() -> None:
    page = Page(TWO)
    page.unfold("money").put("r0", amount="130").put("fund", rounding="rest-to", takes="recipient:ftz")
    assert "突破其保底或封顶" in page.wrong[0] and "最大余数法" in page.wrong[0]
    page.press("l0-cap-remove")
    assert page.wrong == [] and page.scenario.fund.rest_to.recipient == "ftz"
    assert page.scenario.reserved == 1_300_000
    page.press("add-earmarks").put("n1", amount="50", whom="hejiang")
    assert page.scenario.earmarked == 500_000 and page.scenario.earmarks[0].recipient == "hejiang"
    page.unfold("deductions").press("add-deductions").put("n2", recipient="luxian", amount="10")
    assert page.scenario.held("domestic") == {3: 100_000} and page.wrong == []
    assert sum(allocate(page.scenario).amounts.values()) + 1_300_000 == 57_220_000


def test_an_adjustment_has_its_date() -> None:
    page = Page(TWO)
    page.unfold("adjustments").press("add-adjustments").put("n1", amount="20", reason="会议议定")
    assert page.scenario.adjustments[0].date is None
    page.put("n1", date="2023.6.3")
    assert len(page.wrong) == 1 and "2023.6.3" in page.wrong[0] and page.scenario.adjustments[0].date is None
    page.put("n1", date="2023年6月3日")
    assert page.scenario.adjustments[0].date == date(2023, 6, 3) and page.wrong == []
    page.put("n1", date="")
    assert page.scenario.adjustments[0].date is None
