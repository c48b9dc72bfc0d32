"""Everything in which two scenarios differ, and how that is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from good_scenario import GOOD, make
from hypothesis import assume, given
from hypothesis import strategies as st
from processes import spending_at_most
from random_cases import random_case, scenario_of

from allocator import Earmark, Factor, Fund, Limit, Recipient, Reservation, Scenario, ScenarioError, Use
from allocator.analysis.differences import Difference, differences
from allocator.core.parts import Text
from allocator.core.provenance import Provenance
from allocator.files.load import load_scenario
from allocator.report.words.differences import differences_in_words
from allocator.text import EN, ZH, Phrasebook

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
FILES = sorted(SCENARIOS.glob("*/*.toml"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_scenario(make(tmp_path_factory.mktemp("good"), GOOD))


def edit(part: str, at: int, **changes: Any) -> Callable[[Scenario], Scenario]:
    """One of the scenario's recipients, factors, … made anew."""

    def edited(scenario: Scenario) -> Scenario:
        parts = list(getattr(scenario, part))
        parts[at] = replace(parts[at], **changes)
        return replace(scenario, **{part: parts})

    return edited


def fund(**changes: Any) -> Callable[[Scenario], Scenario]:
    return lambda s: replace(s, fund=replace(s.fund, **changes))


def change(**changes: Any) -> Callable[[Scenario], Scenario]:
    return lambda s: replace(s, **changes)


def without_south(s: Scenario) -> Scenario:
    at = s.ids.index("south")

    def rest(amounts: Any) -> dict[str, Any]:
        return {id: amount for id, amount in amounts.items() if id != "south"}

    return replace(
        s,
        recipients=[r for r in s.recipients if r.id != "south"],
        factors=[replace(f, values=f.values[:at] + f.values[at + 1 :]) for f in s.factors],
        published=rest(s.published),
        previous=rest(s.previous),
    )


D = Difference
# what is changed in the example of good_scenario.py, and all that must be found then
EDITS: dict[str, tuple[Callable[[Scenario], Scenario], list[Difference]]] = {
    "title": (
        change(title=Text("样例", "Sample")),
        [D("title", ("zh",), "示例", "样例"), D("title", ("en",), "Example", "Sample")],
    ),
    "title in English alone": (
        change(title=Text("示例", "Sample")),
        [D("title", ("en",), "Example", "Sample")],
    ),
    "fund": (
        fund(
            amount=1_020_000,
            unit=20_000,
            rounding="rest-to-largest",
            currency="EUR",
            name="基金",
            source=None,
        ),
        [
            D("fund", ("amount",), "1000000", "1020000"),
            D("fund", ("currency",), "CNY", "EUR"),
            D("fund", ("name",), None, "基金"),
            D("fund", ("source",), "a notice", None),
            D("unit", (), "10000", "20000"),
            D("rounding", (), "largest-remainder", "rest-to-largest"),
        ],
    ),
    "kind and coefficient": (
        change(kind="scores", coefficient="population"),
        [D("kind", (), "shares", "scores"), D("coefficient", (), None, "population")],
    ),
    "weights": (
        change(weights={"investment": Fraction(100, 3), "population": Fraction(200, 3)}),
        [
            D("weight", ("investment",), "60", "100/3"),
            D("weight", ("jobs",), "40", None),
            D("weight", ("population",), None, "200/3"),
        ],
    ),
    "a weight of zero is not none": (
        change(weights={"investment": 60, "jobs": 40, "population": 0}),
        [D("weight", ("population",), None, "0")],
    ),
    "a department's amount": (
        edit("reservations", 0, amount=90_000),
        [D("reservation", ("a department",), "100000", "90000")],
    ),
    "a department of the same name besides": (
        change(reservations=[Reservation("a department", 20_000), Reservation("a department", 100_000)]),
        [D("reservation", ("a department",), None, "20000")],
    ),
    "a department's English name": (
        change(reservations=[Reservation(Text("a department", "an office"), 100_000)]),
        [D("reservation", ("a department", "name", "en"), "a department", "an office")],
    ),
    "what the fund was spent on": (
        change(uses=[Use("roads", 20_000)]),
        [D("use", ("roads",), None, "20000")],
    ),
    "an earmark's amount, reason and part": (
        lambda s: edit("earmarks", 0, amount=210_000, also_shares=True, reason=Text("理由", "reason"))(
            replace(s, factors=[replace(f, values=(*f.values[:3], 0)) for f in s.factors])
        ),
        [
            D("earmark", ("zone",), "200000", "210000"),
            D("earmark", ("zone", "also_shares"), "false", "true"),
            D("earmark", ("zone", "reason", "zh"), None, "理由"),
            D("earmark", ("zone", "reason", "en"), None, "reason"),
            D("value", ("investment", "zone"), None, "0"),
            D("value", ("jobs", "zone"), None, "0"),
            D("value", ("population", "zone"), None, "0"),
        ],
    ),
    "an earmark more": (
        lambda s: replace(s, earmarks=[*s.earmarks, Earmark("zone", 10_000, reason="more")]),
        [D("earmark", ("zone",), None, "10000"), D("earmark", ("zone", "reason"), None, "more")],
    ),
    "an earmark in two": (
        change(earmarks=[Earmark("zone", 150_000), Earmark("zone", 50_000)]),
        [D("earmark", ("zone",), "200000", "150000"), D("earmark", ("zone",), None, "50000")],
    ),
    "a limit": (
        edit("limits", 0, floor=None, cap_rate=Fraction(1, 3), of="fund", by="population"),
        [
            D(
                "limit",
                (),
                '{"recipients": "all", "floor": "10000"}',
                '{"recipients": "all", "cap_rate": "1/3", "of": "fund", "by": "population"}',
            )
        ],
    ),
    "a limit for others": (
        change(limits=[Limit(("north", "south"), floor=10_000)]),
        [
            D("limit", (), '{"recipients": "all", "floor": "10000"}', None),
            D("limit", (), None, '{"recipients": ["north", "south"], "floor": "10000"}'),
        ],
    ),
    "a recipient's name, kind and aliases": (
        edit("recipients", 0, name=Text("北城区", "North District"), kind="", aliases=("城北",)),
        [
            D("recipient", ("north", "name", "zh"), "北区", "北城区"),
            D("recipient", ("north", "kind"), "district", None),
            D("recipient", ("north", "aliases"), "城北; 北城", "城北"),
        ],
    ),
    "a recipient gone, not its values one by one": (
        without_south,
        [
            D("recipient", ("south", "zh"), "南县", None),
            D("recipient", ("south", "en"), "South County", None),
        ],
    ),
    "values": (
        edit("factors", 1, values=(10, Fraction(61, 2), 60, 0)),
        [D("value", ("jobs", "south"), "30", "61/2"), D("value", ("jobs", "zone"), None, "0")],
    ),
    "what a column is": (
        edit(
            "factors", 0, year=2023, status="derived", unit="%", definition="定义", source=Text("源", "src")
        ),
        [
            D("factor", ("investment", "unit"), None, "%"),
            D("factor", ("investment", "definition"), None, "定义"),
            D("factor", ("investment", "year"), "2022", "2023"),
            D("factor", ("investment", "status"), "example", "derived"),
            D("factor", ("investment", "source", "zh"), None, "源"),
            D("factor", ("investment", "source", "en"), None, "src"),
        ],
    ),
    "a column more": (
        lambda s: replace(s, factors=[*s.factors, Factor("area", (1, 2, 3, 4), name="面积")]),
        [D("factor", ("area",), None, "面积")],
    ),
    "a column gone": (
        lambda s: replace(s, factors=s.factors[:2]),
        [D("factor", ("population",), "population", None)],
    ),
    "published amounts": (
        lambda s: replace(s, published={**(s.published or {}), "north": Fraction(1, 100)}),
        [D("published", ("north",), "280000", "1/100")],
    ),
    "no published amounts": (change(published=None), [D("published", (), "900000", None)]),
    "previous amounts": (
        lambda s: replace(s, previous={**(s.previous or {}), "zone": 5}),
        [D("previous", ("zone",), "0", "5")],
    ),
    "provenance": (
        edit("provenance", 0, status=None, confirmed_on=date(2023, 6, 1), provider="统计局", declared=0),
        [
            D(
                "provenance",
                ("north", "jobs"),
                '{"status": "derived", "confirmed_on": "2023-05-31", "declared": "12"}',
                '{"provider": "统计局", "confirmed_on": "2023-06-01", "declared": "0"}',
            )
        ],
    ),
    "the order of weights does not count": (change(weights={"jobs": 40, "investment": 60}), []),
}


def turned(found: list[Difference]) -> set[Difference]:
    return {Difference(d.clause, d.where, d.after, d.before) for d in found}


@pytest.mark.parametrize("name", EDITS)
def test_what_was_changed_is_what_is_found(good: Scenario, name: str) -> None:
    edited, expected = EDITS[name]
    after = edited(good)
    assert list(differences(good, after)) == expected
    assert (good == after) == (not expected)
    if name != "an earmark in two":  # one of two earmarks has two counterparts: paired as they stand
        assert set(differences(after, good)) == turned(expected)


def test_the_order_of_things_counts(good: Scenario) -> None:
    two = replace(
        good,
        reservations=[Reservation("x", 30_000), Reservation("x", 70_000)],
        limits=[Limit(floor=10_000), Limit("county", cap=500_000)],
        provenance=[*good.provenance, Provenance("south", "jobs", note="n")],
    )
    turned_round = replace(
        two,
        reservations=two.reservations[::-1],
        limits=two.limits[::-1],
        provenance=two.provenance[::-1],
        recipients=two.recipients[::-1],
        factors=[replace(f, values=f.values[::-1]) for f in two.factors],
    )
    assert [(d.clause, d.where[0], d.before, d.after) for d in differences(two, turned_round)] == [
        ("order", "reservation", "x 30000", "x 70000"),
        ("order", "limit", '{"recipients": "all", "floor": "10000"}',
         '{"recipients": "county", "cap": "500000"}'),
        ("order", "recipient", "north", "zone"),
        ("order", "provenance", "north × jobs", "south × jobs"),
    ]  # fmt: skip
    other_columns = replace(two, factors=two.factors[::-1])
    assert list(differences(two, other_columns)) == [D("order", ("factor",), "investment", "population")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_does_not_differ_from_itself(path: Path) -> None:
    assert differences(load_scenario(path), load_scenario(path)) == ()


def test_the_shipped_scenarios_differ_in_what_their_files_say() -> None:
    rule = load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml")
    jobs = load_scenario(SCENARIOS / "luzhou-2023" / "jobs-first.toml")
    found = differences(rule, jobs)
    assert {d.clause for d in found} == {"title", "weight"}
    assert {d.where[0]: (d.before, d.after) for d in found if d.clause == "weight"} == {
        f: (str(rule.weights[f]), str(w)) for f, w in jobs.weights.items() if w != rule.weights[f]
    }


def mutated(scenario: Scenario, rnd: Random) -> Scenario:
    """The scenario with up to three random changes, some of which change nothing."""
    for _ in range(rnd.randint(0, 3)):
        name = rnd.choice(("recipients", "factors", "reservations", "earmarks", "limits"))
        parts = list(getattr(scenario, name))
        what = rnd.randrange(8)
        if what == 0 and name not in ("recipients", "factors"):
            rnd.shuffle(parts)
            scenario = replace(scenario, **{name: parts})
        elif what == 1 and name not in ("recipients", "factors") and parts:
            scenario = replace(scenario, **{name: [*parts, rnd.choice(parts)]})
        elif what == 2 and name not in ("recipients", "factors") and parts:
            parts.pop(rnd.randrange(len(parts)))
            scenario = replace(scenario, **{name: parts})
        elif what == 3:
            factors = list(scenario.factors)
            at, row = rnd.randrange(len(factors)), rnd.randrange(len(scenario.ids))
            values = list(factors[at].values)
            values[row] = rnd.choice((values[row], 3, Fraction(1, 3)))
            factors[at] = replace(factors[at], values=tuple(values))
            scenario = replace(scenario, factors=factors)
        elif what == 4:
            previous = dict(scenario.previous or {})
            previous[rnd.choice(scenario.ids)] = rnd.choice((1, 2))
            scenario = replace(scenario, previous=rnd.choice((previous, None)))
        elif what == 5:
            order = list(range(len(scenario.ids)))
            rnd.shuffle(order)
            scenario = replace(
                scenario,
                recipients=[scenario.recipients[i] for i in order],
                factors=[replace(f, values=tuple(f.values[i] for i in order)) for f in scenario.factors],
            )
        elif what == 6:
            at = rnd.randrange(len(scenario.recipients))
            old = scenario.recipients[at]
            new = replace(old, kind=rnd.choice((old.kind, "x")), aliases=rnd.choice(((), ("alias",))))
            recipients = [*scenario.recipients[:at], new, *scenario.recipients[at + 1 :]]
            scenario = replace(scenario, recipients=recipients)
        else:
            title = rnd.choice((scenario.title, Text("b"), Text("b", "c")))
            scenario = replace(scenario, title=title, factors=scenario.factors[:: rnd.choice((1, -1))])
    return scenario


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.booleans())
def test_differences_are_found_exactly_where_scenarios_are_not_equal(one: int, two: int, near: bool) -> None:
    try:
        before = scenario_of(random_case(Random(one)))
        after = mutated(before, Random(two)) if near else scenario_of(random_case(Random(two)))
    except ScenarioError:
        assume(False)
    found = differences(before, after)
    assert (before == after) == (found == ())
    assert all(d.before != d.after or d.clause == "order" for d in found)
    assert {(d.clause, d.where) for d in found} == {(d.clause, d.where) for d in differences(after, before)}


def test_a_nation_of_communes_is_compared_quickly() -> None:
    count, columns = 13_000, 20
    before = Scenario(
        title="large",
        fund=Fund(10**9, "EUR", 1),
        kind="scores",
        weights={f"f{j}": 1 for j in range(columns)},
        recipients=[Recipient(f"r{i}") for i in range(count)],
        factors=[Factor(f"f{j}", tuple(range(j + 1, count + j + 1))) for j in range(columns)],
        earmarks=[Earmark(f"r{i}", 1, also_shares=True) for i in range(count)],
    )
    after = replace(
        before,
        factors=[replace(f, values=tuple(v + 1 for v in f.values)) for f in before.factors],
        earmarks=[Earmark(f"r{i}", 2, also_shares=True) for i in range(count)],
    )
    with spending_at_most(30):
        assert len(differences(before, after)) == count * (columns + 1)


# --- in words -------------------------------------------------------------------------------------


def words(good: Scenario, name: str, lang: str = "zh") -> list[str]:
    after = EDITS[name][0](good)
    return differences_in_words(differences(good, after), after, Phrasebook(lang))


@pytest.mark.parametrize(
    ("name", "zh"),
    [
        ("title in English alone", ["方案名称：由“Example”改为“Sample”。"]),
        ("weights", ["权重：投资由60%改为约33.33%；去掉jobs（原为40%）；新增population（约66.67%）。"]),
        ("a department's amount", ["市级部门安排：a department由10万元改为9万元。"]),
        ("an earmark more", ["单列安排：新增新区（1万元）；新增新区的理由（“more”）。"]),
        (
            "a limit",
            ["保底、封顶：由“每个对象保底1万元”改为“每个对象封顶资金总额按population占比应得数的约33.33%”。"],
        ),
        ("a limit for others", ["保底、封顶：去掉“每个对象保底1万元”；新增“北区、南县各保底1万元”。"]),
        ("values", ["jobs：南县由30改为30.5；新区由空白改为0。"]),
        ("a recipient gone, not its values one by one", ["区县（园区）：去掉南县（1个）。"]),
        ("no published amounts", ["已下达数：去掉合计（原为90万元）。"]),
        ("provenance", ["单元格说明：北区的jobs（共1处不同）。"]),
        ("the order of weights does not count", []),
    ],
)
def test_said_in_chinese(good: Scenario, name: str, zh: list[str]) -> None:
    assert words(good, name) == zh


def test_money_goes_by_the_currency_of_its_side(good: Scenario) -> None:
    assert words(good, "fund")[:2] == ["资金总额：由100万元改为1020000欧元。", "币种：由CNY改为EUR。"]
    assert words(good, "fund", "en")[0] == "Fund: from 1,000,000 yuan to 1,020,000 EUR."


def test_many_values_are_summed_up_with_the_largest() -> None:
    rule = load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml")
    factor = rule.factors[0]
    values = tuple(
        (v or 0) + step for v, step in zip(factor.values, (1, 3, 2, 1, 0, 0, 0, 0, 0), strict=True)
    )
    after = replace(rule, factors=[replace(factor, values=values), *rule.factors[1:]])
    (sentence,) = differences_in_words(differences(rule, after), after, ZH)
    old = factor.values[1] or 0
    assert sentence == (
        f"投资贡献值：9个区县（园区）中4个的数不同，变化最大的是龙马潭区，"
        f"由{ZH.number(old)}改为{ZH.number(old + 3)}。"
    )


def test_what_would_look_the_same_is_written_exactly(good: Scenario) -> None:
    after = good.with_weights(investment=Fraction("60.001"), jobs=Fraction("39.999"))
    assert differences_in_words(differences(good, after), after, ZH)[0].startswith(
        "权重：投资由60%改为约60%；jobs由40%改为约40%"
    )
    again = after.with_weights(investment=Fraction("60.002"), jobs=Fraction("39.998"))
    (sentence,) = differences_in_words(differences(after, again), again, ZH)
    assert "60001/1000改为30001/500" in sentence


def test_names_that_the_scenario_does_not_know_come_from_the_differences(good: Scenario) -> None:
    found = differences(good, without_south(good))
    assert differences_in_words(found, without_south(good), EN) == ["Recipient: removed South County (1)."]
    assert differences_in_words([D("value", ("tax", "moon"), "1", "2")], good, ZH) == ["tax：moon由1改为2。"]


def test_no_more_sentences_than_asked_for(good: Scenario) -> None:
    assert len(words(good, "fund")) == 6
    after = EDITS["fund"][0](good)
    short = differences_in_words(differences(good, after), after, ZH, most=3)
    assert short[:2] == words(good, "fund")[:2] and short[2:] == ["另有4类不同。"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_file_may_hold_is_shown_as_it_stands(good: Scenario, lang: str) -> None:
    wrong = [
        D("nothing", ("x",), "1", "2"),
        D("weight", (), "1", "2"),
        D("recipient", (), "1", "2"),
        D("weight", ("jobs",), "1e999999999", "9" * 5000),
        D("published", ("north",), "1/0", None),
        D("limit", (), '{"recipients": "all", "floor_rate": "1e999999999", "of": "fund"}', "[" * 10_000),
        D(
            "limit",
            (),
            '{"recipients": 7, "floor": 7}',
            '{"recipients": "all", "cap_rate": "1/2", "of": "x"}',
        ),
        D("factor", ("jobs", "status"), "published", "<b>"),
        D("factor", ("jobs", "shoe"), "1", "2"),
        D("order", ("shoes",), "1", "2"),
        D("title", (), None, None),
    ]
    sentences = differences_in_words(wrong, good, Phrasebook(lang))
    assert len(sentences) == 5
    assert "1e999999999" in sentences[0] and "<b>" in sentences[3]


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(["zh", "en"]))
def test_everything_found_can_be_said(one: int, two: int, lang: str) -> None:
    try:
        before, after = (scenario_of(random_case(Random(seed))) for seed in (one, two))
    except ScenarioError:
        assume(False)
    found = differences(before, after)
    for scenario in (before, after):
        sentences = differences_in_words(found, scenario, Phrasebook(lang), most=100)
        assert bool(sentences) == bool(found)
        assert all(sentence.strip() == sentence and "None" not in sentence for sentence in sentences)
