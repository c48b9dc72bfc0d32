"""What only format 2 can say is written and read back the same, is told by its kind, and is in the digest."""

from __future__ import annotations

import hashlib
import json
import pickle
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from any_scenario import later_scenarios, scenarios
from depth import cases, deeper
from good_scenario import damaged, make, small
from hypothesis import HealthCheck, given, settings
from refusals import refused

from allocator import (
    Allocation,
    AllocatorError,
    Factor,
    Fund,
    Limit,
    Reservation,
    Scenario,
    Text,
    load_scenario,
)
from allocator.core.corrections import Adjustment, Deduction
from allocator.core.engine import plan
from allocator.core.formula import Table
from allocator.core.parts import Party
from allocator.core.pools import REST, Indicator, Pool
from allocator.files.formulas import parse
from allocator.files.scenario.save import save_scenario


def planned(scenario: Scenario) -> Allocation | list[tuple[str, object]]:
    """The plan, or what is wrong."""
    try:
        return plan(scenario)
    except AllocatorError as error:
        return [(problem.key, dict(problem.at)) for problem in error.problems]


@deeper
@settings(max_examples=cases(12, 1000), suppress_health_check=list(HealthCheck))
@given(later_scenarios())
def test_any_clauses_read_back_the_same(tmp_path: Path, scenario: Scenario) -> None:
    again = load_scenario(save_scenario(scenario, tmp_path / "saved", overwrite=True))
    assert again == scenario == pickle.loads(pickle.dumps(scenario))
    assert again.digest == scenario.digest and again.format == scenario.format
    found = planned(scenario)
    assert planned(again) == (replace(found, scenario=again) if isinstance(found, Allocation) else found)
    if isinstance(found, Allocation):
        assert pickle.loads(pickle.dumps(found)) == found
        for id in scenario.ids:
            assert sum(stage.amounts[id] for stage in found.stages) == found.amounts[id]
        assert found.total + found.undistributed == scenario.fund.amount


# --- the digest ---------------------------------------------------------------------------------------------


def first_digest(scenario: Scenario) -> str:
    """The digest of format 1, as it was when its first papers were made."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [*map(plain, value)]
        return str(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else value

    fund, by = scenario.fund, [limit.by for limit in scenario.limits]
    said = {
        "fund": [fund.amount, fund.currency, fund.unit, fund.rounding],
        "method": [scenario.kind, scenario.coefficient],
        "weights": scenario.weights,
        "recipients": [[r.id, r.kind] for r in scenario.recipients],
        "factors": {
            f.id: [*f.values]
            for f in scenario.factors
            if f.id in (*scenario.weights, scenario.coefficient, *by)
        },
        "reservations": [r.amount for r in scenario.reservations],
        "earmarks": [[e.recipient, e.amount, e.also_shares] for e in scenario.earmarks],
        "limits": [
            [x.recipients, x.floor, x.floor_rate, x.cap, x.cap_rate, x.of, x.by] for x in scenario.limits
        ],
        "published": scenario.published,
        "previous": scenario.previous,
    }
    text = json.dumps(plain(said), sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@settings(max_examples=cases(12))
@given(scenarios())
def test_the_first_format_keeps_its_digest(scenario: Scenario) -> None:
    assert (scenario.format, scenario.beyond) == (1, ())
    assert scenario.digest == first_digest(scenario)


AMOUNTS = {"a": 50, "b": 25, "c": 25}
BASE = small(
    reservations=(Reservation(Text("办", "Office"), 10),), previous=AMOUNTS, limits=(Limit("all", floor=1),)
)
POOL = Pool("", "shares", {"x": 60, "y": 40}, REST, phase_in=Fraction(1, 4))
POOLS = (Pool("p", "scores", {"x": 1}, amount=40), Pool("q", "shares", {"x": 60, "y": 40}, REST))
LIMIT, TAKES = Limit("all", floor=1), {"kind": "", "weights": {}, "limits": ()}


def fund(**changes: Any) -> dict[str, Fund]:
    return {"fund": replace(BASE.fund, **changes)}


def limit(**changes: Any) -> dict[str, tuple[Limit, ...]]:
    return {"limits": (Limit(**{"recipients": "all", **changes}),)}


def by_pools(*pools: Pool, **changes: Any) -> dict[str, Any]:
    return {**TAKES, "pools": pools or POOLS, **changes}


ALONE, LEFT = {"rounding": "each-alone"}, Party(reservation="办")
FLOOR, GROUP = parse("0.5 * previous"), ("a", "b")
Clause = tuple[tuple[str, ...], list[dict[str, Any]]]
HELD, MORE = Deduction("a", 5), Adjustment("a", 1, "r", paid_by="pro-rata")
# each a change of something that is already there, so that every clause and every part of one is told apart
CLAUSES: list[Clause] = [
    (("units",), [fund(currency=Text("亩")), fund(currency=Text("吨"))]),
    (("roundings",), [fund(**ALONE), fund(**ALONE, left=LEFT)]),
    (
        ("roundings",),
        [fund(rounding="rest-to", rest_to=to) for to in (LEFT, Party("a"), Party("b"))],
    ),
    (("issued",), [{"issued": AMOUNTS}, {"issued": AMOUNTS | {"a": 0}}]),
    (("issued",), [{"issued": AMOUNTS} | fund(below_zero="recover")]),
    (
        ("deductions",),
        [
            {"deductions": held}
            for held in ((HELD,), (HELD, HELD), (Deduction("b", 5),), (Deduction("a", 4),))
        ],
    ),
    (
        ("adjustments",),
        [
            {"adjustments": (replace(MORE, **changes),)}
            for changes in (
                {},
                {"amount": 2},
                {"recipient": "b"},
                {"paid_by": LEFT},
                {"paid_by": Party("b")},
                {"paid_by": None},
            )
        ],
    ),
    (
        ("bounds",),
        [limit(floor_formula=FLOOR), limit(floor_formula=parse("previous")), limit(cap_formula=FLOOR)],
    ),
    (
        ("groups",),
        [
            limit(cap=60, recipients=("a", "b"), together=True),
            limit(cap=60, recipients=("a", "c"), together=True),
        ],
    ),
    (("bounds", "groups"), [limit(cap_formula=parse("60"), recipients=("a", "b"), together=True)]),
    (("phase_in",), [by_pools(POOL), by_pools(replace(POOL, phase_in=1))]),
    (("gains",), [by_pools(replace(POOL, phase_in=None, floors="from-gains"), **limit(floor=1))]),
    (("pools",), [by_pools(), by_pools(replace(POOLS[0], amount=41), POOLS[1]), by_pools(*POOLS[::-1])]),
    (("pools",), [by_pools(**limit(floor=1, pool="p")), by_pools(**limit(floor=1, pool="q"))]),
    (("pools",), [by_pools(deductions=(Deduction("a", 1, pool=pool),)) for pool in "pq"]),
    (("pools", "overall"), [by_pools(**limit(floor=1, pool="all"))]),
]


def test_every_clause_that_decides_a_number_is_told_and_counts() -> None:
    digests = {BASE.digest}
    assert (BASE.format, BASE.beyond) == (1, ())
    for kinds, changes in CLAUSES:
        for change in changes:
            scenario = replace(BASE, **change)
            told = {kind for kind in scenario.beyond if kind != "deductions" or kinds != ("pools",)}
            assert (scenario.format, told) == (2, set(kinds)), change
            assert scenario.digest not in digests, change
            digests.add(scenario.digest)


def test_what_decides_no_number_does_not_count(tmp_path: Path) -> None:
    """Reasons, dates, provisions: the digest stays, and they make a file one of format 2."""
    named, text = replace(BASE, **by_pools(deductions=(HELD_IN_P,), adjustments=(MORE,))), Text("第八条")
    for change in (
        {"deductions": (replace(HELD_IN_P, reason=text, basis=text),)},
        {"adjustments": (replace(MORE, reason=text, basis=text, date=date(2024, 5, 6)),)},
        {"pools": (replace(POOLS[0], basis=text), POOLS[1])},
    ):
        other = replace(named, **change)
        assert other.digest == named.digest and other != named
        assert load_scenario(save_scenario(other, tmp_path, overwrite=True)) == other
    for change in (
        limit(floor=1, basis=text),
        {"factors": (replace(BASE.factors[0], basis=text), *BASE.factors[1:])},
    ):
        other = replace(BASE, **change)
        assert (other.digest, other.format, other.beyond) == (BASE.digest, 2, ())
        assert load_scenario(save_scenario(other, tmp_path, overwrite=True)) == other


HELD_IN_P = Deduction("a", 5, pool="p")


def test_an_indicator_named_alone_is_refused_with_a_sentence(tmp_path: Path) -> None:
    files = damaged([("scenario.toml", "format = 1", "format = 2")])
    files["scenario.toml"] += '[indicator.a]\nname = "a"\n'
    assert [problem.key for problem in refused(make(tmp_path, files)).problems] == ["key_missing"]


@pytest.mark.parametrize("names", [("甲", "乙"), ("乙", "甲")])
def test_a_reservation_whose_name_another_has_in_english(names: tuple[str, str], tmp_path: Path) -> None:
    """One is called 甲 in Chinese and one in English: which one takes the rest is not guessed."""
    office, other = (Reservation(Text(name, "甲" if name == "乙" else "B"), 100) for name in names)
    files = damaged(
        [
            ("scenario.toml", "format = 1", "format = 2"),
            ("scenario.toml", '"largest-remainder"', "\"rest-to\"\nrest_to = { reservation = '甲' }"),
        ]
    )
    for reservation in (office, other):
        name = f'{{ zh = "{reservation.name.zh}", en = "{reservation.name.en}" }}'
        files["scenario.toml"] += f"[[reservation]]\nname = {name}\namount = 0\n"
    (problem,) = refused(make(tmp_path, files)).problems
    assert (problem.key, problem.at["key"]) == ("reservation_twice", "fund.rest_to")


def test_a_table_keeps_its_columns_of_text_when_it_is_pickled() -> None:
    table = Table(("a", "b"), {"grade": (None, None), "x": (1, 2)}, texts=frozenset({"grade"}))
    assert pickle.loads(pickle.dumps(table)).texts == table.texts


def test_columns_of_formulas_and_indicators_beside_the_new_clauses(tmp_path: Path) -> None:
    scenario = replace(
        BASE,
        **by_pools(Pool("", "shares", {"economy": 100}, REST, phase_in=Fraction(1, 3 * 10**4))),
        factors=(*BASE.factors, Factor("z", (), formula=parse("x + 1"), round=2, status="derived")),
        indicators=(Indicator("economy", {"x": 50, "z": Fraction(50)}),),
        issued={"a": Fraction(1, 100), "b": 0, "c": 0},
    )  # fmt: skip
    with pytest.raises(AllocatorError) as caught:  # a third has no decimals
        save_scenario(scenario, tmp_path / "third")
    assert [problem.key for problem in caught.value.problems] == ["no_decimal"]
    scenario = replace(scenario, pools=(replace(scenario.pools[0], phase_in=Fraction(1, 8)),))
    assert load_scenario(save_scenario(scenario, tmp_path / "eighth")) == scenario
