"""Small rules that nothing else would notice: halves, sums in tables, lists, labels, text in HTML."""

from __future__ import annotations

from fractions import Fraction

import pytest
from good_scenario import small

from allocator import Factor, Fund, Limit, Recipient, Scenario, allocate
from allocator.cli import options
from allocator.report.tables.office import office_table
from allocator.report.tables.rounding import adding_both_ways
from allocator.text import Phrasebook
from allocator.ui.components import markup

EVIL = "<img src=x onerror=alert(1)>\"'&"
half, quarter = Fraction(1, 2), Fraction(1, 4)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(1, 8), 2, "0.12"),  # 0.125
        (Fraction(3, 8), 2, "0.38"),  # 0.375
        (Fraction(-1, 8), 2, "−0.12"),
        (Fraction(5, 2), 0, "2"),
        (Fraction(7, 2), 0, "4"),
        (Fraction(1, 2), 0, "0"),
        (Fraction(1, 2_000_000), None, "0"),  # the seventh decimal
        (Fraction(3, 2_000_000), None, "0.000002"),
        (Fraction(125001, 1_000_000), 2, "0.13"),  # above the half
        (Fraction(124999, 1_000_000), 2, "0.12"),
    ],
)
def test_a_number_halfway_goes_to_the_even_one(value: Fraction, places: int | None, text: str) -> None:
    for lang in ("zh", "en"):
        assert Phrasebook(lang).number(value, places) == text


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        # by the largest remainder alone both units go to the first column, whose own sum is one: it is one
        # too high while no other column is a whole one too low
        ([[half, quarter, quarter]] * 2, {0: 1}),
        # and the other way round: none to the first column, whose own sum is one
        ([[quarter, half, quarter]] * 2 + [[quarter, quarter, half]] * 2, {0: 1}),
    ],
)
def test_a_column_whose_sum_is_whole_adds_up_to_it(
    rows: list[list[Fraction]], columns: dict[int, int]
) -> None:
    units = adding_both_ways(rows)
    assert [sum(line) for line in units] == [1] * len(rows)
    for at, column in enumerate(zip(*rows, strict=True)):
        own = sum(column, start=Fraction())
        shown = sum(line[at] for line in units)
        assert own - 1 < shown < own + 1
        assert shown == columns.get(at, shown)


@pytest.mark.parametrize("comma", [",", "，", "、", " 、 "])
def test_lists_in_options_are_parted_by_any_comma(comma: str) -> None:
    assert options.parts(f"纳溪区{comma}古蔺县") == ["纳溪区", "古蔺县"]
    north, south = small().recipients[:2]
    found = options.groups([f"both={north.name.zh}{comma}{south.name.zh}"], small())
    assert found == {"both": (north.id, south.id)}


def held(*limits: Limit) -> Scenario:
    """10, 30 and 60 of 100 before limits."""
    return Scenario(
        title="t",
        fund=Fund(100, "CNY", 1),
        kind="shares",
        weights={"x": 100},
        recipients=[Recipient(id) for id in "abc"],
        factors=[Factor("x", (10, 30, 60), status="published")],
        limits=limits,
    )


@pytest.mark.parametrize(
    ("limits", "at", "amounts"),
    [
        # 10 is raised to 20 and 60 lowered to 50; 30 is left as it is, so the multiplier is 1
        ((Limit(("a",), floor=20, cap=20), Limit(("c",), floor=50, cap=50)),
         {"a": "floor", "b": None, "c": "cap"}, [20, 30, 50]),
        # two limits of one recipient that meet
        ((Limit(("a",), floor=20), Limit(("a",), cap=20), Limit(("c",), cap=50)),
         {"a": "floor", "b": None, "c": "cap"}, [20, 30, 50]),
        # exactly what it would have got anyway counts as a floor
        ((Limit(("a",), floor=10, cap=10),), {"a": "floor", "b": None, "c": None}, [10, 30, 60]),
    ],
)  # fmt: skip
def test_the_label_where_floor_and_cap_are_one_says_which_of_them_holds(
    limits: tuple[Limit, ...], at: dict[str, str | None], amounts: list[int]
) -> None:
    allocation = allocate(held(*limits))
    assert list(allocation.amounts.values()) == amounts
    assert allocation.at == at
    for lang in ("zh", "en"):
        notes = [
            row.cells[-1]
            for row in office_table(allocation, Phrasebook(lang)).rows
            if row.role == "recipient"
        ]
        assert notes == [Phrasebook(lang).say(f"table.at_{kind}") if kind else "" for kind in at.values()]


def test_lists_and_legends_show_text_and_never_markup() -> None:
    for html in (markup.listing([EVIL]), markup.legend([("dot", EVIL)])):
        assert html.count("<li>") == 1 and "<img" not in html
        assert "&lt;img src=x onerror=alert(1)&gt;" in html
