"""Scenarios held against each other and against what was published."""

from dataclasses import replace
from fractions import Fraction

import pytest

from allocator import Factor, Fund, Recipient, Reservation, Scenario, allocate
from allocator.analysis.compare import changes, compare
from allocator.analysis.finding import held_against
from allocator.report.tables.office import compare_table, office_table
from allocator.text import EN, Phrasebook


def split(values: dict[str, int], fund: int = 100, **more) -> Scenario:
    return Scenario(
        title="a case",
        fund=Fund(fund, "CNY", 1),
        kind="shares",
        weights={"x": 100},
        recipients=[Recipient(id) for id in values],
        factors=[Factor("x", tuple(values.values()))],
        **more,
    )


def test_compare_with_published_amounts():
    published = {"a": 10, "b": 90}
    found = compare(allocate(split({"a": 1, "b": 3})), published)
    assert list(found.columns) == ["amount", "published", "difference", "change"]
    assert list(found["amount"]) == [25, 75]
    assert list(found["difference"]) == [15, -15]
    assert list(found["change"]) == [1.5, -15 / 90]
    assert found.index.name == "recipient"


def test_compare_with_another_allocation_stays_exact():
    base = allocate(split({"a": 1, "b": 1}, fund=10))
    cents = split({"a": 1, "b": 3}, fund=10)
    cents = Scenario(
        **{**{f: getattr(cents, f) for f in cents.__dataclass_fields__}, "fund": Fund(10, "CNY", "0.5")}
    )
    found = compare(allocate(cents), base)
    assert list(found.columns)[1] == "base"
    assert list(found["difference"]) == [Fraction(-5, 2), Fraction(5, 2)]


def test_effect_counts_gains_once():
    found = held_against(allocate(split({"a": 1, "b": 1, "c": 2})), {"a": 20, "b": 20, "c": 60})
    assert (found.moved, found.gains.count, found.losses.count) == (10, 2, 1)
    assert (found.gains.most, found.gains.most_by) == (("a", "b"), 5)
    assert (found.losses.most, found.losses.most_by) == (("c",), -10)


def test_recipients_of_one_side_only_count_as_zero_on_the_other():
    one = allocate(split({"x": 1, "y": 3, "z": 4}, fund=80))
    other = allocate(split({"x": 1, "y": 3}, fund=80))
    assert changes(other, one.amounts) == {"x": 10, "y": 30, "z": -40}
    table = compare_table([one, other], EN)
    cells = {row.cells[1]: row.cells[2:] for row in table.rows}
    assert cells["z"] == ("40", "", "−40")
    assert cells["Total"] == ("80", "80", "0")


def test_nothing_is_said_to_be_published_that_was_not():
    case = split({"a": 1, "b": 1}, reservations=[Reservation("d", 40)], published={"a": 28, "b": 32})
    table = compare_table([allocate(case), allocate(case)], EN)
    cells = {row.cells[1]: row.cells[-1] for row in table.rows}
    assert cells["Recipients"] == "60"
    assert cells["Municipal departments"] == cells["Total"] == ""


def test_a_table_of_13_000_recipients_is_made_in_one_pass(monkeypatch):
    """Counts look-ups instead of seconds: positions of those who take part are asked for a few times only."""
    asked = []
    participants = Scenario.participants.func

    def counting(self):
        asked.append(self)
        return participants(self)

    monkeypatch.setattr(Scenario, "participants", property(counting))
    rows = office_table(allocate(split({f"r{i}": 1 for i in range(300)}, fund=301)), EN).rows
    assert len(rows) == 301
    assert len(asked) < 60


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_weights_in_headings_are_short(lang):
    third = Fraction(100, 3)
    factors = [Factor(id, (1, 1)) for id in "xyz"]
    case = replace(split({"a": 1, "b": 1}), factors=factors, weights=dict.fromkeys("xyz", third))
    told = {"zh": "≈33.33%", "en": "≈33.33 %"}[lang]
    assert all(told in header for header in office_table(allocate(case), Phrasebook(lang)).headers[2:5])
