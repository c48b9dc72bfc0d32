"""The title of a page against an independent count of who gains and who loses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pages import SCENARIOS

from allocator import allocate, load_scenario
from allocator.analysis.finding import held_against
from allocator.report.words.title import finding_title
from allocator.text import EN, ZH, Phrasebook

LUZHOU = load_scenario(SCENARIOS / "luzhou-2023/published-rule.toml")
CAPPED = load_scenario(SCENARIOS / "luzhou-2023/cap-zone.toml")
NAMES = {r.id: r.name for r in LUZHOU.recipients}
# 0 to 400 units a recipient, as a base that is not of any rule
BASES = st.lists(st.integers(0, 400), min_size=9, max_size=9)


def test_the_split_is_told_where_nothing_changes() -> None:
    made = allocate(LUZHOU)
    # 5000 of 5602, and 602 left
    assert (
        finding_title(made, held_against(made, LUZHOU.published), ZH)
        == "自贸区5000万元，占89.3%；其余8个共602万元"
    )
    assert finding_title(made, None, EN).startswith("Free Trade Zone 50,000,000 yuan, 89.3 %")


def test_one_that_loses_to_all_others_is_named_with_them() -> None:
    made = allocate(CAPPED)
    said = finding_title(made, held_against(made, CAPPED.published or {}), ZH)
    assert said == "自贸区4481万元（−519万元），转给其余8个：江阳区+147万元、古蔺县+114万元居前"


def test_a_larger_sum_is_said_first() -> None:
    larger = replace(LUZHOU, fund=replace(LUZHOU.fund, amount=60_000_000))
    made = allocate(larger)
    assert (
        finding_title(made, held_against(made, LUZHOU.published or {}), ZH)
        == "各对象合计多278万元：9个增加，0个减少"
    )


@given(BASES, st.sampled_from(["zh", "en"]))
def test_what_is_said_of_a_random_base_is_so(units: list[int], lang: str) -> None:
    """Money is said to go from one to others only where that is all that happens."""
    made = allocate(CAPPED)
    base = {id: unit * 10_000 for id, unit in zip(CAPPED.ids, units, strict=True)}
    changes = {id: made.amounts[id] - base[id] for id in CAPPED.ids}
    gain = [id for id in changes if changes[id] > 0]
    lose = [id for id in changes if changes[id] < 0]
    said = finding_title(made, held_against(made, base), Phrasebook(lang))
    to, out = ("转给", "来自") if lang == "zh" else ("), to ", "), from ")
    even = sum(changes.values()) == 0
    assert (to in said) == (even and len(lose) == 1)
    assert (out in said) == (even and len(gain) == 1 and len(lose) != 1)
    counts = (
        f"{len(gain)}个增加，{len(lose)}个减少"
        if lang == "zh"
        else f"{len(gain)} gaining, {len(lose)} losing"
    )
    assert (counts in said) == (bool(gain or lose) and not (even and 1 in (len(gain), len(lose))))


@given(st.integers(0, 8), st.lists(st.integers(0, 60), min_size=9, max_size=9))
def test_a_base_from_which_one_gives_to_some(giver: int, given_to: list[int]) -> None:
    made = allocate(CAPPED)
    ids = list(CAPPED.ids)
    parts = {id: 0 if at == giver else part for at, (id, part) in enumerate(zip(ids, given_to, strict=True))}
    takers = {id: part for id, part in parts.items() if part}
    assume(takers and all(made.amounts[id] >= part * 10_000 for id, part in takers.items()))
    base = {id: made.amounts[id] - parts[id] * 10_000 for id in ids}
    whole = sum(takers.values())
    base[ids[giver]] += whole * 10_000
    said = finding_title(made, held_against(made, base), ZH)
    assert said.startswith(
        f"{NAMES[ids[giver]].zh}{made.amounts[ids[giver]] // 10_000}万元（−{whole}万元），转给"
    )
    if len(takers) == 1:
        assert said.endswith(f"转给{NAMES[next(iter(takers))].zh}")
        return
    assert (f"其余{len(takers)}个" in said) == (len(takers) == 8)
    order = sorted(takers.values(), reverse=True)
    clear = len(order) == 2 or order[1] > order[2] or order[0] > order[1]
    assert said.endswith("居前") == (clear and len(order) > 2)  # none is foremost where all are named
    assert ("：" in said) == clear


def test_ties_at_the_top_are_not_broken_silently() -> None:
    made = allocate(CAPPED)
    base = {id: amount - 10_000 for id, amount in made.amounts.items()}
    base["ftz"] = made.amounts["ftz"] + 80_000
    assert finding_title(made, held_against(made, base), ZH) == "自贸区4481万元（−8万元），转给其余8个"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_shares_are_of_what_recipients_get(lang: str) -> None:
    made = allocate(LUZHOU)
    part = 100 * Fraction(made.amounts["ftz"]) / sum(made.amounts.values())
    assert f"{float(part):.1f}" in finding_title(made, None, Phrasebook(lang))
