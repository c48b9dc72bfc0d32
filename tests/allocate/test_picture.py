"""The picture against the amounts it is of: every mark stands where its figure says."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from allocator.report.charts.data import Row, Unit
from allocator.report.charts.histogram import BINS, histogram
from allocator.report.charts.picture import picture
from allocator.text import ZH
from allocator.ui.components.picture import Heads, picture_html

UNIT = Unit(10_000, "万元")
HEADS = Heads("c", "who", "amount", "base", "change")
AMOUNTS = st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 9000)), min_size=1, max_size=30)


def rows_of(pairs: list[tuple[int, int]]) -> list[Row]:
    return [Row(f"r{at}", f"n{at}", a * 10_000, b * 10_000, False) for at, (a, b) in enumerate(pairs)]


@given(AMOUNTS)
def test_places_are_in_proportion_from_zero(pairs: list[tuple[int, int]]) -> None:
    drawn = picture(rows_of(pairs), UNIT, UNIT, ZH, compared=True)
    known = {f"r{at}": pair for at, pair in enumerate(pairs)}
    marks = [mark for panel in drawn.panels for mark in panel.marks]
    assert sorted(mark.id for mark in marks) == sorted(known)
    for panel in drawn.panels:
        # one axis a panel: place / figure is the same for all marks and ticks of it
        scales = [(m.amount, known[m.id][0]) for m in panel.marks] + [
            (m.base, known[m.id][1]) for m in panel.marks
        ]
        scales += [(at, float(text.replace(",", ""))) for at, text in panel.ticks]
        ratios = [place / figure for place, figure in scales if figure and place is not None]
        tolerance = [0.006 / figure for _, figure in scales if figure]
        assert all(abs(ratio - max(ratios)) <= 2 * max(tolerance) for ratio in ratios) if ratios else True
        assert all(0 <= place <= 100 for place, _ in scales if place is not None)
        assert panel.ticks[0] == (0.0, "0") and len(panel.ticks) <= 6
    for mark in marks:
        amount, base = known[mark.id]
        assert (mark.amount_text, mark.base_text) == (str(amount), str(base))
        assert mark.direction == ("gain" if amount > base else "loss" if amount < base else "same")
        assert (mark.bar is None) == (amount == base)
    bars = [(m.bar, known[m.id]) for m in marks if m.bar is not None]
    if bars:
        assert drawn.zero is not None
        sizes = [((end - start) / abs(a - b), abs(a - b)) for (start, end), (a, b) in bars]
        # one scale for all changes, whatever panel they are in, on the right side of zero
        assert all(abs(size - sizes[0][0]) <= 0.011 * (1 / by + 1 / sizes[0][1]) for size, by in sizes)
        for (start, end), (a, b) in bars:
            assert (start if a > b else end) == drawn.zero
    else:
        assert drawn.zero is None


def test_the_largest_changes_stand_first_on_wish() -> None:
    pairs = [(10, 9), (20, 25), (30, 30), (40, 10)]
    (panel,) = picture(rows_of(pairs), UNIT, UNIT, ZH, compared=True, order=True).panels
    assert [mark.id for mark in panel.marks] == ["r3", "r1", "r0", "r2"]


def test_one_far_above_the_others_has_an_axis_of_its_own() -> None:
    drawn = picture(rows_of([(170, 0), (80, 0), (25, 0), (5000, 0)]), UNIT, UNIT, ZH, compared=False)
    assert [[mark.id for mark in panel.marks] for panel in drawn.panels] == [["r0", "r1", "r2"], ["r3"]]
    assert all(mark.base is None and mark.bar is None for panel in drawn.panels for mark in panel.marks)


def test_bands_and_fractions() -> None:
    row = Row("a", "甲", 15_000, 0, True, (Fraction(5_000), 20_000))
    (panel,) = picture([row], UNIT, UNIT, ZH, compared=False).panels
    (mark,) = panel.marks
    assert mark.amount_text == "1.50" and mark.band is not None and mark.hollow
    assert mark.band[0] < mark.amount < mark.band[1]


def test_names_from_files_are_shown_as_they_are() -> None:
    evil = '"><img src=x onerror=alert(1)>'
    row = Row(evil, evil, 10_000, 0, False)
    html = picture_html(picture([row], UNIT, UNIT, ZH, compared=True), Heads(evil, evil, evil, evil, evil))
    assert "<img" not in html and html.count("&lt;img") == 7
    assert len(re.findall(r"data-row=", html)) == 1


def test_without_a_base_there_is_no_column_of_changes() -> None:
    html = picture_html(picture(rows_of([(3, 0)]), UNIT, UNIT, ZH, compared=False), Heads("c", "w", "a"))
    assert html.count("<td") == 2 + 3 and "al-bar" not in html and "al-base" not in html


# --- very many ------------------------------------------------------------------------------------


@given(
    st.lists(st.fractions(0, 10**9, max_denominator=100), min_size=1, max_size=60),
    st.sampled_from([1, 10_000]),
)
def test_every_amount_is_counted_once_between_its_edges(amounts: list[Fraction], scale: int) -> None:
    found = histogram(amounts, Unit(scale, ""), ZH)
    assert [b.count for b in found] == [sum(b.low <= amount < b.high for amount in amounts) for b in found]
    assert sum(b.count for b in found) == len(amounts) and found[-1].count
    assert found[0].low == 0 and len({b.high - b.low for b in found}) == 1
    assert all(one.high == other.low for one, other in pairwise(found))
    assert len(found) <= BINS + 1 and max(b.part for b in found) == 100
