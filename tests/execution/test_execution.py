"""Payments against the allocation: sums, schedule, what to verify; against plain Python and by hand."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from depth import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import ScenarioError, Text, allocate, load_scenario
from allocator.analysis.execution import (
    Checkpoint,
    Payer,
    Rules,
    UseRule,
    execute,
    payers,
    payments_of,
    usual_day,
    year_checkpoints,
)
from allocator.files.execution.payments import load_payments
from allocator.files.execution.rules import load_rules, rules_next_to
from allocator.report.execution.words import closing
from allocator.text import EN

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023"
RULE = FOLDER / "published-rule.toml"
PAYMENTS = FOLDER / "execution" / "payments-illustrative.csv"
NOTICE, END = date(2023, 5, 1), date(2023, 12, 31)
GOOD = UseRule(Text("修路", "Roads"), True, Text("一"), ("道路",))
BAD = UseRule(Text("办公", "Offices"), False, Text("二"))


@pytest.fixture(scope="module")
def luzhou():
    return allocate(load_scenario(RULE))


@pytest.fixture(scope="module")
def held(luzhou):
    """The illustrative payments held against the rule of Luzhou, up to a day."""
    who, rules = payers(luzhou), load_rules(rules_next_to(RULE))
    paid = load_payments(PAYMENTS, luzhou.scenario, who)
    return lambda on: execute(who, paid, rules, on)


# --- against plain Python -------------------------------------------------------------------------

DAYS = st.integers(0, 20).map(lambda days: date(2023, 4, 25) + timedelta(days))
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        DAYS,
        st.integers(-400, 900).filter(bool),
        st.sampled_from(["修路", "roads", "道路", "办公", "别的", "其他", "ROADS"]),
        st.sampled_from(["", "x"]),
        st.sampled_from(["", "returned"]),
    ),
    max_size=25,
)


def slowly(rows, allocated, notice, end, on):
    """Every payment by itself, as one would with a pencil: what is paid, and why each is to be verified."""
    names = {"修路": "修路", "roads": "修路", "道路": "修路", "办公": "办公"}
    paid, by_use, reasons, over = defaultdict(Fraction), defaultdict(Fraction), {}, {}
    for line, (payer, day, fen, use, *_) in sorted(rows.items(), key=lambda row: (row[1][1], row[0])):
        if day > on:
            continue
        yuan = Fraction(fen, 100)
        paid[payer] += yuan
        name = names.get(use.lower(), use.lower())
        by_use[name] += yuan
        why = set()
        if name == "办公":
            why.add("not_permitted")
        elif name != "修路":
            why.add("unlisted")
        if day < notice:
            why.add("early")
        if day > end:
            why.add("late")
        if fen > 0 and paid[payer] > allocated[payer]:
            why.add("above")
            over[line] = min(yuan, paid[payer] - allocated[payer])
        if fen < 0 and paid[payer] < 0:
            why.add("returned")
        same = [other for other in rows if other < line and rows[other] == rows[line]]
        if same:
            why.add(f"twice {min(same)}")
        if why:
            reasons[line] = why
    return paid, by_use, reasons, over


@settings(max_examples=cases(60))
@given(ROWS, st.lists(st.integers(0, 2000), min_size=3, max_size=3), DAYS)
def test_every_sum_and_every_line_as_with_a_pencil(rows, allocated, on):
    lines = dict(enumerate(rows, 2))
    money = dict(zip("abc", (Fraction(fen, 100) for fen in allocated), strict=True))
    notice, end = date(2023, 4, 28), date(2023, 5, 12)
    days = (date(2023, 5, 2), date(2023, 5, 8))
    rules = Rules(notice, end, tuple(map(Checkpoint, days)), uses=(GOOD, BAD))
    who = [Payer(id, Text(id.upper()), money[id]) for id in "abc"]
    found = execute(who, payments_of([(line, *row) for line, row in lines.items()], "abc"), rules, on)
    assert [p.day for p in found.progress] == [*(day for day in days if day < on), on]
    for progress in found.progress:
        paid, by_use, _, _ = slowly(lines, money, notice, end, progress.day)
        assert Counter(progress.paid) == Counter(paid)  # nothing and nought are the same here
        assert Counter(progress.by_use) == Counter(by_use)
        assert sum(progress.by_use.values()) == sum(progress.paid.values()) == progress.total
    _, _, reasons, over = slowly(lines, money, notice, end, on)
    doubts = list(found.doubts())
    said = {
        doubt.line: {f"twice {doubt.first}" if reason == "twice" else reason for reason in doubt.reasons}
        for doubt in doubts
    }
    assert said == reasons
    assert {doubt.line: doubt.over for doubt in doubts if doubt.over} == over
    assert found.doubtful == len(reasons)
    assert found.doubted() == sum((Fraction(lines[line][2], 100) for line in reasons), start=Fraction(0))
    assert found.later == sum(row[1] > on for row in rows)
    assert found.payments.repeats == {
        line: rows.index(row) + 2 for line, row in lines.items() if row in rows[: line - 2]
    }


@settings(max_examples=cases(30))
@given(st.lists(st.integers(1, 10**15), min_size=1, max_size=60))
def test_large_sums_are_exact(amounts):
    rows = [(line, "a", NOTICE, fen, "修路", "", str(line)) for line, fen in enumerate(amounts, 2)]
    found = execute([Payer("a", Text("A"), 1)], payments_of(rows, "a"), Rules(NOTICE, END), END)
    assert found.now.total == Fraction(sum(amounts), 100)


def test_sums_beyond_64_bits_are_refused_and_never_wrong():
    rows = [(line, "a", NOTICE, 10**17, "修路", "", "") for line in range(2, 100)]
    with pytest.raises(ScenarioError, match="more than can be computed exactly"):
        payments_of(rows, "a")


def test_payments_of_others_are_a_mistake_of_the_program():
    with pytest.raises(ValueError):
        execute([Payer("b", Text("B"), 1)], payments_of([], "a"), Rules(NOTICE, END), END)


def test_without_payments_everything_is_open():
    found = execute([Payer("a", Text("A"), 100)], payments_of([], "a"), Rules(NOTICE, END), END)
    assert found.now.paid == {"a": 0}
    assert (found.doubtful, list(found.doubts()), found.rate) == (0, [], 0)
    assert [(payer.id, lag) for payer, lag in found.late] == [("a", 100)]


def test_the_usual_day_is_no_later_than_the_year():
    def day(*days):
        rows = [(line, "a", day, 100, "修路", "", "") for line, day in enumerate(days, 2)]
        return usual_day(payments_of(rows, "a"), Rules(NOTICE, END, (Checkpoint(date(2024, 3, 31)),)))

    assert day() == END
    assert day(date(2023, 6, 3), date(2023, 7, 1), NOTICE) == date(2023, 7, 1)
    assert day(date(2023, 6, 3), END) == END
    assert day(date(2023, 6, 3), date(2024, 1, 9)) == day(date(2032, 6, 3)) == END


# --- schedule -------------------------------------------------------------------------------------


def test_what_should_be_paid_is_the_time_that_has_passed():
    rules = Rules(NOTICE, END)
    # May has 31 days, June 30, July and August 31, September 30: from 1 May to 30 September 152 days,
    # to 31 December 152 + 31 + 30 + 31 = 244
    assert rules.planned(date(2023, 9, 30)) == Fraction(152, 244)
    assert rules.planned(date(2023, 4, 1)) == 0
    assert rules.planned(NOTICE) == 0
    assert rules.planned(END) == rules.planned(date(2024, 2, 1)) == 1


def test_a_stated_plan_holds_until_the_next_checkpoint():
    days = year_checkpoints(2023, quarters=True)
    assert days == (date(2023, 3, 31), date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31))
    points = [Checkpoint(day, part) for day, part in zip(days, (None, 30, 60, 100), strict=True)]
    rules = Rules(NOTICE, END, tuple(reversed(points)), "stated")
    asked = [date(2023, 6, 29), date(2023, 6, 30), date(2023, 9, 29), date(2023, 11, 1), END]
    assert [rules.planned(day) for day in asked] == [
        None,
        Fraction(3, 10),
        Fraction(3, 10),
        Fraction(3, 5),
        1,
    ]
    nothing = replace(rules, checkpoints=tuple(Checkpoint(day) for day in days))
    assert nothing.planned(END) is None
    found = execute([Payer("a", Text("A"), 100)], payments_of([], "a"), nothing, END)
    assert found.now.behind(found.payers[0]) is None
    assert found.late == ()


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("choice", {"plan": "fast"}),
        ("execution_days", {"end": NOTICE}),
        ("execution_plan", {"checkpoints": (Checkpoint(END, 100),)}),
        ("recipient_twice", {"checkpoints": (Checkpoint(END), Checkpoint(END))}),
        ("execution_use_twice", {"uses": (GOOD, UseRule(Text("ROADS"), False, Text("三")))}),
    ],
)
def test_rules_that_do_not_fit_together(key, changed):
    with pytest.raises(ScenarioError) as refused:
        Rules(**{"notice": NOTICE, "end": END, **changed})
    assert [problem.key for problem in refused.value.problems] == [key]


# --- Luzhou ---------------------------------------------------------------------------------------


def test_the_published_uses_add_up_to_the_fund(luzhou):
    scenario = luzhou.scenario
    # 122.23 + 5250.95 + 123.05 + 225.77 = 5722.00 万元, all of the fund
    assert [use.amount for use in scenario.uses] == [1_222_300, 52_509_500, 1_230_500, 2_257_700]
    assert sum(use.amount for use in scenario.uses) == scenario.fund.amount == 57_220_000
    assert sum(payer.allocated for payer in payers(luzhou)) == scenario.fund.amount
    rules = load_rules(rules_next_to(RULE))
    names = {name for use in rules.uses if use.permitted for name in (use.name.zh, *use.aliases)}
    assert {use.name.zh for use in scenario.uses} <= names


def test_who_is_late_by_how_much_on_30_september(held):
    found = held(date(2023, 9, 30))
    due = Fraction(152, 244)
    assert [(payer.name.zh, lag) for payer, lag in found.late] == [
        ("江阳区", 1_700_000 * due - 520_000),
        ("泸县", 730_000 * due),
        ("古蔺县", 1_320_000 * due - 500_000),
        ("泸州市酒业发展促进局", 600_000 * due - 300_000),
    ]
    # the lines of the file up to that day, added up by hand, in 万元: 45 + 30 + 52 + 80 + 40 + 0 + 26 + 27
    # + 50 + 24 + 4205.5
    assert found.now.total == 45_795_000
    assert found.allocated == 57_220_000


def test_lines_to_verify_are_shown_with_their_line(held):
    on_september, at_last = held(date(2023, 9, 30)), held(date(2024, 1, 31))
    assert [(doubt.line, doubt.reasons) for doubt in on_september.doubts()] == [
        (8, ("unlisted",)), (18, ("early",)), (28, ("twice",)), (31, ("not_permitted",)),
    ]  # fmt: skip
    later = {doubt.line: doubt for doubt in at_last.doubts()}
    assert sorted(later.keys() - {8, 18, 28, 31}) == [22, 25]
    assert (later[22].reasons, later[22].over) == (("above",), 50_000)  # 12 + 15 + 15 against 37 万元
    assert later[25].reasons == ("late",)
    assert at_last.later == 0


def test_departments_of_one_name_are_one_payer(luzhou):
    scenario = luzhou.scenario
    twice = replace(scenario, reservations=[replace(r, name="局") for r in scenario.reservations])
    found = payers(allocate(twice))
    assert [(payer.name.zh, payer.allocated) for payer in found if payer.department] == [("局", 1_200_000)]


def test_that_payments_add_up_is_said_only_where_they_do(held, luzhou):
    """One yuan by payer that no line has: the sentence must go."""
    found = held(date(2023, 9, 30))
    assert found.adds_up and closing(found, luzhou.scenario, EN)
    id = next(iter(found.now.paid))
    more = replace(found.now, paid={**found.now.paid, id: found.now.paid[id] + 1})
    off = replace(found, progress=(*found.progress[:-1], more))
    assert not off.adds_up and not closing(off, luzhou.scenario, EN)
