"""What is pointed out and not refused: rows like totals, coefficients of 0; and limits are each one's."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from good_scenario import GOOD, damaged, make, small
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import Earmark, Factor, Fund, Limit, Recipient, Scenario, allocate, load_scenario
from allocator.analysis.hints import LikeTotal, like_totals, zero_coefficients
from allocator.cli.entry import main
from allocator.report.words.hints import MOST_NAMES, hint_lines
from allocator.report.words.rule import MOST_LIMITS, limit_lines, rule_sentence
from allocator.text import EN, ZH, Phrasebook

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"


def table(*rows, weights=(60, 40), **changes) -> Scenario:
    """Recipients r0, r1, … with a row of values each; the first of them are weighted."""
    names = [f"f{column}" for column in range(len(rows[0]))]
    return Scenario(
        title="t",
        fund=Fund(1_000, "CNY", 1),
        kind=changes.pop("kind", "shares"),
        weights=dict(zip(names, weights, strict=False)),
        recipients=tuple(Recipient(f"r{i}", f"甲{i}") for i in range(len(rows))),
        factors=tuple(Factor(n, values) for n, values in zip(names, zip(*rows, strict=True), strict=True)),
        **changes,
    )


# --- rows like totals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "weights", "found"),
    [
        ([(3, 1), (4, 2), (7, 3)], (60, 40), [("r2", None)]),
        ([(7, 3), (3, 1), (4, 2)], (60, 40), [("r0", None)]),  # a total may stand above
        ([(3, 1), (4, 2), (7, 3), (9, 9)], (60, 40), [("r2", 0)]),  # a subtotal
        ([(9, 9), (3, 1), (4, 2), (7, 3), (1, 0)], (60, 40), [("r3", 1)]),
        ([(3, 1), (0, 0), (4, 2), (7, 3), (8, 5)], (60, 40), [("r3", 0)]),
        ([(3, 1), (4, 2), (7, 4)], (60, 40), []),  # in one factor only
        ([(3, 1), (4, 2), (7, 9)], (100, 0), [("r2", None)]),  # the other has no weight
        ([(7, 3), (0, 0), (7, 3)], (60, 40), []),  # of one other that holds anything
        ([(1, 1), (2, 2), (3, 3), (5, 5)], (100,), []),  # one column: 1 + 2 = 3 says nothing
        ([(1, 1), (2, 2), (3, 3)], (100,), [("r2", None)]),
        ([(Fraction(1, 10), 1), (Fraction(1, 5), 2), (Fraction(3, 10), 3)], (60, 40), [("r2", None)]),
        ([(0, 0), (3, 3), (0, 0)], (60, 40), []),
    ],
)
def test_rows_that_are_sums_of_others(rows, weights, found):
    scenario = table(*rows, weights=weights)
    assert like_totals(scenario) == [LikeTotal(*one) for one in found]
    assert len(hint_lines(scenario, ZH)) == len(found)
    allocate(scenario)  # a hint refuses nothing


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=8))
def test_they_are_those_that_adding_every_run_finds(rows):
    if not all(map(any, zip(*rows, strict=True))):
        return

    def adds(part, row):
        sums = [sum(column) for column in zip(*part, strict=True)]
        return sum(map(any, part)) > 1 and sums == list(row)

    expected = []
    for at, row in enumerate(rows):
        if any(row):
            others = rows[:at] + rows[at + 1 :]
            if adds(others, row) or any(adds(rows[first:at], row) for first in range(at)):
                expected.append((f"r{at}", adds(others, row)))
    assert [(one.recipient, one.first is None) for one in like_totals(table(*rows))] == expected


def test_no_shipped_scenario_has_a_row_like_a_total():
    files = [f for f in SCENARIOS.rglob("*.toml") if "[fund]" in f.read_text("utf-8")]
    assert len(files) >= 3
    for file in files:
        assert hint_lines(load_scenario(file), EN) == []


def test_only_those_who_take_part_are_added_up():
    scenario = table((3, 1), (4, 2), (5, 5), (7, 3))
    assert like_totals(scenario) == []
    assert like_totals(replace(scenario, earmarks=(Earmark("r2", 10),))) == [LikeTotal("r3", None)]


def test_twenty_thousand_rows_are_gone_through_once(monkeypatch):
    """Every row is looked up among the sums before it, never added up anew."""
    rows = [(n % 97 + 1, n % 89 + 2, n % 83 + 3) for n in range(20_000)]
    rows[-1] = tuple(map(sum, zip(*rows[-51:-1], strict=True)))
    added = []
    monkeypatch.setattr("builtins.sum", lambda *values, real=sum, **k: added.append(1) or real(*values, **k))
    assert like_totals(table(*rows, weights=(50, 30, 20))) == [LikeTotal("r19999", 19_949)]
    assert len(added) < 100


# --- coefficients of 0 --------------------------------------------------------------------------------------


ZERO = table((9, 1, 1), (1, 9, 1), (90, 0, 0), weights=(50, 50), coefficient="f2")


def named_by(scenario: Scenario) -> list[tuple[str, ...]]:
    """Those whom each entry on a coefficient of 0 names."""
    found = zero_coefficients(scenario)
    assert all(entry.pool in scenario.rules and entry.column in entry.pool.coefficients for entry in found)
    return [entry.recipients for entry in found]


def test_a_coefficient_of_0_is_not_to_take_no_part():
    """x of 9, 1, 90 and y of 1, 9, 0 in halves: .09 + .1 against .01 + .9 with the third in the totals, 19
    to 91 of 110; without it .9 + .1 against .1 + .9, so half each.
    """
    assert list(allocate(ZERO).amounts.values()) == [173, 827, 0]
    assert [round(Fraction(1000 * part, 110)) for part in (19, 91)] == [173, 827]
    apart = replace(ZERO, earmarks=(Earmark("r2", 0),))  # what the hint proposes
    assert list(allocate(apart).amounts.values()) == [500, 500, 0]
    assert named_by(ZERO) == [("r2",)] and named_by(apart) == []
    (zh,), (en,) = hint_lines(ZERO, ZH), hint_lines(ZERO, EN)
    assert "甲2的系数（f2）为0，测算额为0，但其因素值仍计入各因素合计" in zh
    assert "values still count in the totals" in en
    assert hint_lines(apart, ZH) == []


def test_under_scores_there_are_no_totals_to_count_in():
    scores = replace(ZERO, kind="scores")
    without = table((9, 1, 1), (1, 9, 1), weights=(50, 50), coefficient="f2", kind="scores")
    assert list(allocate(scores).amounts.values())[:2] == list(allocate(without).amounts.values())
    assert hint_lines(scores, EN) == ["Note: The coefficient (f2) is 0 for 甲2. The entitlement is then 0."]


def test_who_has_no_values_is_not_mentioned_and_of_many_a_few():
    assert named_by(table((9, 1, 1), (1, 9, 1), (0, 0, 0), coefficient="f2")) == []
    many = table((9, 1, 1), (1, 9, 1), *[(n * n, n, 0) for n in range(1, 9)], coefficient="f2")
    (line,) = hint_lines(many, ZH)
    assert "等8个的系数（f2）为0" in line and line.count("甲") == MOST_NAMES


def test_check_run_and_the_page_say_it(tmp_path, capsys):
    edits = [
        ("scenario.toml", 'kind = "shares"', 'kind = "shares"\ncoefficient = "population"'),
        ("factors.csv", "60,10,100", "60,10,0"),
    ]
    path = make(tmp_path, damaged(edits))
    for command in (["check"], ["run"], ["run", "--format", "csv"]):
        with pytest.raises(SystemExit) as ended:
            main([command[0], str(path), *command[1:], "--lang", "zh"])
        assert ended.value.code == 0
        assert "北区的系数（population）为0，测算额为0" in capsys.readouterr().out
    from allocator.ui.allocate.page import note_lines

    assert "北区的系数（population）为0" in "".join(note_lines(allocate(load_scenario(path)), ZH))


# --- a limit is each recipient's -------------------------------------------------------------------------


def test_a_limit_of_several_is_each_ones():
    """Three take part in 300 with equal scores but one: a cap of 100 on a kind leaves each with up to 100."""
    people = (Recipient("a", "甲", "park"), Recipient("b", "乙", "park"), Recipient("c", "丙"))
    limits = (
        Limit("park", cap=30),
        Limit(("a", "b"), floor=20),
        Limit(("c",), floor=1),
        Limit("all", cap=90),
    )
    scenario = small(recipients=people, limits=limits)
    amounts = allocate(scenario).amounts
    assert amounts["a"] <= 30 and amounts["b"] <= 30 and amounts["a"] + amounts["b"] > 30
    for lang, said in (
        ("zh", ("每个“园区”类对象封顶30元", "甲、乙各保底20元", "丙保底1元", "每个对象封顶90元")),
        ("en", (
            "each recipient of the kind “parks” gets at most 30 yuan", "甲, 乙: each gets at least 20 yuan",
            "丙 gets at least 1 yuan", "each recipient gets at most 90 yuan",
        )),
    ):  # fmt: skip
        (line,) = limit_lines(scenario, Phrasebook(lang))
        assert all(clause in line and clause in rule_sentence(scenario, Phrasebook(lang)) for clause in said)


@pytest.mark.parametrize("command", ["run", "check", "explain"])
def test_the_command_line_shows_whom_limits_are_for_and_how_much(tmp_path, capsys, command):
    old = 'recipients = "all"\nfloor = 10_000'
    new = 'recipients = ["north", "west"]\nfloor = 10_000\ncap_rate = 0.5\nof = "distributable"'
    path = make(tmp_path, damaged([("scenario.toml", old, new)]))
    with pytest.raises(SystemExit):
        main([command, str(path), "--lang", "zh"])
    shown = capsys.readouterr().out
    assert "北区、西园各保底1万元，北区、西园各封顶按因素法分配额的50%" in shown
    with pytest.raises(SystemExit):
        main([command, str(path), "--lang", "en"])
    assert "North District, West Park: each gets at least 10,000 yuan; " in capsys.readouterr().out


def test_of_very_many_limits_the_first_are_shown():
    scenario = small(limits=tuple(Limit(("a",), floor=1) for _ in range(MOST_LIMITS + 5)))
    lines = limit_lines(scenario, ZH)
    assert lines[0].count("甲保底1元") == MOST_LIMITS and lines[1] == "保底、封顶另有5条，此处从略。"
    assert limit_lines(small(), ZH) == []
    assert GOOD["scenario.toml"].count("[[limit]]") == 1
