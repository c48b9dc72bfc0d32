"""Issued amounts against the rule: the same, explained by an adjustment, or neither."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from commands import ended
from hypothesis import given
from hypothesis import strategies as st
from shipped import GUANGDONG, SCENARIOS

from allocator import Adjustment, allocate, load_scenario, review
from allocator.report.words.review import review_lines, review_table
from allocator.text import EN, ZH

RULE = SCENARIOS / "luzhou-2023" / "published-rule.toml"


def test_the_published_rule_agrees_and_a_cap_does_not() -> None:
    rule = allocate(load_scenario(RULE))
    found = review(rule, rule.scenario.published or {})
    assert found.agrees and not found.differing
    assert review_lines(found, rule, ZH)[0] == "一致：9个对象的已下达数与按办法计算的结果逐个相同。"
    assert review_table(found, rule, ZH) is None
    capped = allocate(load_scenario(RULE.with_name("cap-zone.toml")))
    found = review(capped, capped.scenario.published or {})
    assert not found.agrees and len(found.open) == 9
    # 5,000 were issued, and the cap leaves 4,481
    assert {row.id: row.difference for row in found.rows}["ftz"] == 5_190_000


def test_every_state_of_a_difference_is_told() -> None:
    scenario = load_scenario(RULE)
    hands = (Adjustment("jiangyang", 100_000, "更正"), Adjustment("luxian", -100_000, "更正"))
    rule = allocate(replace(scenario, adjustments=hands))
    issued = dict(scenario.published or {})
    issued["jiangyang"] += 100_000  # as adjusted
    issued["naxi"] += 10_000  # for no reason; and luxian as if it had not been adjusted
    del issued["hejiang"]
    issued["elsewhere"] = 1
    found = review(rule, issued)
    states = {row.id: row.state for row in found.rows}
    assert {id: state for id, state in states.items() if state != "same"} == {
        "jiangyang": "adjusted", "luxian": "otherwise", "naxi": "unexplained", "hejiang": "missing",
    }  # fmt: skip
    assert not found.agrees and found.unknown == {"elsewhere": 1}
    said = review_lines(found, rule, ZH)
    # 泸县 has the rule's own amount, so that it cannot be said to differ from that
    assert said[0] == "不一致：9个对象中3个的已下达数与按办法加调整数计算的结果不同：纳溪区、泸县、合江县。"
    assert "elsewhere" in said[1]
    table = review_table(found, rule, EN)
    assert table is not None and "an adjustment was to change" in table.caption
    issued["luxian"] += 10_000
    said = review_lines(review(rule, issued), rule, ZH)
    assert "4个的已下达数与按办法计算的结果不同，其中1个由调整数说明，3个没有说明：纳溪区" in said[0]
    assert [row.cells[-1] for row in table.rows] == [
        "adjusted: 更正", "no adjustment explains it", "adjusted (更正), which comes to 63", "nothing issued",
    ]  # fmt: skip


@given(st.lists(st.sampled_from([0, 10_000, -10_000]), min_size=9, max_size=9))
def test_it_agrees_just_where_nothing_was_changed(changes: list[int]) -> None:
    rule = allocate(load_scenario(RULE))
    issued = {id: amount + by for (id, amount), by in zip(rule.amounts.items(), changes, strict=True)}
    found = review(rule, issued)
    assert found.agrees == (not any(changes))
    assert [row.difference for row in found.rows] == changes


def test_the_command_takes_a_file_and_says_by_its_status(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shown, _ = ended(capsys, ["review", str(GUANGDONG), "--lang", "zh"], 0)
    assert "一致：24个对象中18个的已下达数与按办法计算的结果不同，均由调整数说明。" in shown
    assert "广州市" in shown and "未公布理由" in shown
    rows = [f"{id},{amount}" for id, amount in allocate(load_scenario(RULE)).amounts.items()]
    path = tmp_path / "issued.csv"
    path.write_text("\n".join(["recipient,amount", *rows[:-1], "ftz,1"]), "utf-8")
    shown, _ = ended(capsys, ["review", str(RULE), "--issued", str(path), "--format", "json"], 1)
    told = json.loads(shown)
    assert not told["agrees"]
    assert [one["id"] for one in told["recipients"] if one["state"] != "same"] == ["ftz"]
    path.write_text("recipient,amount\nnobody,1\n", "utf-8")
    _, said = ended(capsys, ["review", str(RULE), "--issued", str(path), "--lang", "en"], 2)
    assert "nobody" in said
    pools = SCENARIOS / "luzhou-2023-pools" / "two-pools.toml"
    _, said = ended(capsys, ["review", str(pools), "--lang", "en"], 2)
    assert "states no published amounts" in said
