"""A rule with two pools, made from the published one on the page alone, saved, run, told and computed."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import office
import pytest
from browser import Visit, amounts_of
from commands import ended
from test_browser_story import save

from allocator import allocate, load_scenario
from allocator.report.papers.blocks import Words
from allocator.report.papers.meeting import meeting
from allocator.report.papers.proposal import proposal
from allocator.report.tables.table import Table
from allocator.text import EN, ZH

sys.path.append(str(Path(__file__).parent.parent / "excel"))
from changed_rules import Book, hints, wanted_of, with_constant
from changed_rules import amounts_of as amounts_in_book

pytestmark = pytest.mark.browser

BEFORE = ["100", "101", "102", "103", "104", "105", "106", "107", "108"]
NOW = ["95", "120", "106", "111", "104", "130", "118", "121", "140"]


class Rule:
    """The page Rule as a person fills it in, card by card."""

    def __init__(self, person: Visit) -> None:
        self.person, self.page = person, person.page

    def card(self, uid: str) -> Any:
        return self.page.locator(f".st-key-rule-card-{uid}")

    def fill(self, uid: str, label: str, text: str) -> None:
        field = self.card(uid).get_by_label(label, exact=True).first
        field.fill(text)
        field.press("Control+Enter" if field.evaluate("e => e.tagName") == "TEXTAREA" else "Enter")
        self.person.settle()

    def choose(self, uid: str, label: str, option: str) -> None:
        box = self.card(uid).get_by_role("combobox", name=re.compile(label)).first
        box.click()
        box.type(option)  # of a long list only what is in sight is there
        self.page.get_by_role("option", name=option, exact=True).click()
        self.page.keyboard.press("Escape")
        self.person.settle()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.person.settle()

    def unfold(self, title: str) -> None:
        self.page.locator("summary", has_text=title).click()
        self.person.settle()


@pytest.mark.usefixtures("converted")
def test_two_pools_from_the_published_rule(visit: Any, capsys: pytest.CaptureFixture[str]) -> None:
    person = visit()
    page = person.open()
    page.get_by_role("button", name="更多…", exact=True).click()
    page.locator("h1", has_text="规则设置").wait_for()
    person.settle()
    rule = Rule(person)

    # two columns of data, one pasted by name; growth of one against the other, and points by tiers
    names = [r.name.zh for r in load_scenario("scenarios/luzhou-2023/published-rule.toml").recipients]
    rule.press("增加数据列")
    rule.fill("n1", "名称", "上年税收")
    rule.fill("n1", "数值：按名单顺序每行一个，共9个；或每行写名称和数值，可从表格粘贴", "\n".join(BEFORE))
    rule.press("增加数据列")
    rule.fill("n2", "名称", "本年税收")
    pasted = "\n".join(f"{name}\t{value}" for name, value in reversed([*zip(names, NOW, strict=True)]))
    rule.fill("n2", "数值：按名单顺序每行一个，共9个；或每行写名称和数值，可从表格粘贴", pasted)
    rule.press("增加计算列")
    rule.fill("n3", "名称", "增长率")
    rule.fill("n3", "公式", "max(0，本年税收/上年税收-1")  # a bracket is missing
    assert "左括号" in rule.card("n3").inner_text()
    rule.fill("n3", "公式", "max(0，本年税收/上年税收-1)")
    rule.press("增加计算列")
    rule.fill("n4", "名称", "增长得分")
    rule.fill("n4", "公式", "TIERS(增长率, 0,0, 8%,60, 15%,100)")
    assert "100" in rule.card("n4").inner_text()

    # the present rule becomes the first pool; the second has 40 %, for growth above 8 %, by the points
    rule.press("增加分项")
    rule.fill("p0", "名称", "内资")
    rule.choose("p0", "资金", "百分比")
    rule.fill("p0", "占比（%）", "60")
    assert "还有" in page.inner_text(".st-key-rule-form")  # 40 % are left for nobody: the last rule stands
    rule.fill("n5", "名称", "外资")
    rule.fill("n5", "占比（%）", "40")
    rule.fill("n5", "参加条件", "增长率 > 8%")
    assert "5个区县（园区）参加" in rule.card("n5").inner_text()
    rule.choose("n5", "因素和指标", "增长得分")
    for name in ("投资贡献值", "税收贡献值", "就业贡献值", "招商引资工作开展情况"):
        rule.fill("n5", f"{name}（%）", "0")
    rule.fill("n5", "增长得分（%）", "100")

    # parks together at most 30 % of what is shared out
    rule.unfold("保底封顶")
    rule.press("增加保底或封顶")
    rule.choose("n6", "分项", "内资")
    rule.choose("n6", "适用对象", "“园区”类")
    rule.choose("n6", "每个或合计", "合计")
    rule.fill("n6", "比例（%）", "30")

    # one correction by hand, which needs a reason
    rule.unfold("调整数")
    rule.press("增加调整数")
    rule.choose("n7", "对象", "古蔺县")
    rule.fill("n7", "增减额（万元）", "20")
    assert "要写明理由" in rule.card("n7").inner_text()
    rule.fill("n7", "理由（必填）", "灾后重建")
    rule.fill("n7", "日期", "2023-06-03")
    assert not page.locator(".al-wrong").count()

    # the page Allocate shows it, it is saved, and the command gives the same
    rule.page.get_by_role("link", name="回到测算").click()
    page.locator("h1", has_text="测算").wait_for()
    person.settle()
    save(person, "两个分项", "内资外资分开")
    path = person.server.home / "scenarios" / "两个分项" / "scenario.toml"
    kept = load_scenario(path)
    assert person.amounts() == amounts_of(kept, "zh")
    assert allocate(kept).pools["pool2"]["jiangyang"] == 0
    printed, _ = ended(capsys, ["run", path, "--lang", "zh"])
    for recipient in kept.recipients:
        assert re.search(rf"{recipient.name.zh}\b.*\b{person.amounts()[recipient.name.zh]}\b", printed)
    assert not person.wrong and not person.outside()

    # the cap binds, and one pays for what is adjusted: all the others together
    found = allocate(kept)
    (group,) = found.splits[0].groups_at
    parks = [at for at, r in enumerate(kept.recipients) if r.kind == "park"]
    assert (group[1], [found.splits[0].members[at] for at in group[0].places]) == ("cap", parks)
    units = found.splits[0].units
    assert sum(units[at] for at in group[0].places) == kept.distributable * 3 // 10 // 10_000
    assert found.adjustments["gulin"] == 200_000 and sum(found.adjustments.values()) == 0

    # the paper tells it, clause by clause, and gives the same amounts
    paper = meeting(proposal([kept], ZH, date(2023, 6, 5)))
    told = [block.text for block in paper.blocks if isinstance(block, Words)]
    tables = [block for block in paper.blocks if isinstance(block, Table)]
    said = "".join(told)
    for clause in ("60%", "增长率", "8%", "合计", "30%", "灾后重建"):
        assert clause in said, clause
    printed = {row.cells[1]: row.cells for table in tables for row in table.rows if len(row.cells) > 2}
    for name, amount in amounts_of(kept, "zh").items():
        assert amount in printed[name]

    # the workbook comes to it, also after three changes
    made = Book(kept)
    states = [(made.typed(), found)]
    for change in (move_weights, raise_tax, tighten):
        change(made)
        states.append((made.typed(), allocate(made.changed)))
    assert len({tuple(each.amounts.values()) for _, each in states}) == 4
    done = office.computed({f"state-{at}": content for at, (content, _) in enumerate(states)})
    for at, (_, wanted) in enumerate(states):
        assert amounts_in_book(done[f"state-{at}"], wanted) == pytest.approx(wanted_of(wanted), abs=1e-9)
        assert hints(done[f"state-{at}"])[EN.say("excel.checks.all")] == 0


def move_weights(book: Book) -> None:
    """Ten points from tax to investment in the first pool."""
    first, second = book.changed.pools
    weights = dict(first.weights)
    weights |= {"investment": weights["investment"] + 10, "tax": weights["tax"] - 10}
    book.changed = replace(book.changed, pools=(replace(first, weights=weights), second))
    for factor in ("investment", "tax"):
        book.type(("weight", first.id, factor), weights[factor])


def raise_tax(book: Book) -> None:
    """This year's tax of the first recipient, who then grows enough to take part in the second pool."""
    (column,) = (f.id for f in book.scenario.factors if f.name.zh == "本年税收")
    book.value(column, 0, Fraction(125))


def tighten(book: Book) -> None:
    """Growth above 10 %, and the parks together at most 20 %."""
    first, second = book.changed.pools
    (limit,) = book.changed.limits
    second = replace(second, where=with_constant(second.where, 0, Fraction(10)))
    book.changed = replace(
        book.changed, pools=(first, second), limits=(replace(limit, cap_rate=Fraction(1, 5)),)
    )
    book.type(("constant", ("pool", 1), 0), Fraction(10))
    book.type(("limit", 0, "cap_rate"), Fraction(1, 5))
