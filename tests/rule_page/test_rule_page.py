"""The page Rule: every clause typed is in force at once, or says at its field why it cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pages import html_of, opened
from shipped import SCENARIOS
from streamlit.testing.v1 import AppTest

from allocator import Scenario, allocate

RULE, TWO = "luzhou-2023/published-rule", "luzhou-2023-pools/two-pools"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


class Page:
    """The page with a scenario on it, its fields by their place in the rule."""

    def __init__(self, slug: str = RULE, lang: str = "zh", **address: str) -> None:
        self.slug, self.lang = slug, lang
        self.app = opened("rule", lang, scenario=slug, **address)
        assert not self.app.exception, [e.message for e in self.app.exception]

    def field(self, uid: str, name: str) -> Any:
        app: AppTest = self.app
        key = f"rule-{self.slug}-{uid}-{name}"
        kinds = [*app.text_input, *app.selectbox, *app.checkbox, *app.multiselect, *app.text_area]
        (found,) = [f for f in kinds if f.key in (key, f"{key}-{self.lang}")]
        return found

    def put(self, uid: str, **values: Any) -> Page:
        for name, value in values.items():
            self.field(uid, name.replace("__", "-")).set_value(value).run()
            assert not self.app.exception, [e.message for e in self.app.exception]
        return self

    def press(self, end: str) -> Page:
        self.app.button(key=f"rule-{self.slug}-{end}").click().run()
        assert not self.app.exception, [e.message for e in self.app.exception]
        return self

    def unfold(self, name: str) -> Page:
        self.app.session_state["chosen"] = {f"rule-open-{name}-{self.slug}": True}
        self.app.run()
        return self

    @property
    def scenario(self) -> Scenario:
        found: Scenario = self.app.session_state.trails[self.slug].now.scenario
        return found

    @property
    def wrong(self) -> list[str]:
        html = html_of(self.app)
        return [part.partition("</p>")[0] for part in html.split('class="al-wrong" role="alert">')[1:]]


def test_the_story_of_two_pools() -> None:
    page = Page()
    page.press("add-columns-data").put("n1", name="上年税收", values="\n".join(map(str, range(100, 109))))
    page.press("add-columns-data").put(
        "n2",
        name="本年税收",
        values="\n".join(["95", "120", "106", "111", "104", "130", "118", "121", "140"]),
    )
    page.press("add-columns").put("n3", name="增长率", formula="本年税收 / 上年税收 - 1")
    page.press("add-columns").put("n4", name="增长得分", formula="TIERS(增长率, 0,0, 0.08,60, 0.15,100)")
    assert page.wrong and "低于第一档" in page.wrong[0]
    page.put("n3", formula="max(0，本年税收/上年税收-1)")
    assert page.wrong == []
    page.press("add-pools").put("p0", name="内资").put("n5", name="外资", figure="40")
    assert page.wrong == []
    page.put("n5", where="增长率 > 8%", weights=["增长得分"])
    print(page.wrong)
    page.put("n5", weights__增长得分="100")
    assert page.wrong == []
    print(
        [
            (p.id, p.name.zh, p.amount, p.percent, dict(p.weights), p.where and p.where.text)
            for p in page.scenario.pools
        ]
    )
    page.unfold("limits").press("add-limits").put(
        "n6", pool="pool2", whom="park", way="together", figure="30"
    )
    print(page.scenario.limits, page.wrong)
    page.unfold("adjustments").press("add-adjustments").put("n7", recipient="gulin", amount="20")
    print(page.wrong)
    page.put("n7", reason="灾后重建")
    print(page.wrong, page.scenario.adjustments, dict(allocate(page.scenario).amounts))
