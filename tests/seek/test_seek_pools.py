"""Searches over rules of format 2: random ones against going through all, and what is said of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from depth import cases, deeper
from random_rules import case

from allocator import (
    Allocation,
    Clause,
    Lever,
    Scenario,
    ScenarioError,
    Target,
    allocate,
    load_scenario,
    seek,
)
from allocator.analysis.seek import anywhere, clauses_of, levers_of, measured
from allocator.analysis.seek.alone import alone
from allocator.core.errors import AllocatorError
from allocator.report.seek.tables import as_data
from allocator.report.seek.words import sentences
from allocator.text import EN, ZH

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023-pools"
TWO = load_scenario(FOLDER / "two-pools.toml")
FIXED = load_scenario(FOLDER / "fixed-first.toml")


def moved(scenario: Scenario, lever: Lever, moves: dict[str, Fraction]) -> Scenario:
    """The scenario with so much more of each, written without the program's own way of doing it."""
    if lever.kind == "parts":
        mine = next(i for i in scenario.indicators if i.id == lever.of)
        parts = {id: part + moves[id] for id, part in mine.parts.items()}
        others = [replace(i, parts=parts) if i is mine else i for i in scenario.indicators]
        return replace(scenario, indicators=tuple(others))
    pools = []
    for pool in scenario.pools:
        if lever.kind == "weights" and pool.id == lever.of:
            pool = replace(pool, weights={id: w + moves[id] for id, w in pool.weights.items()})
        elif lever.kind == "money" and pool.amount != "rest" and moves.get(pool.id):
            key = "percent" if pool.percent is not None else "amount"
            pool = replace(pool, **{key: getattr(pool, key) + moves[pool.id]})
        pools.append(pool)
    return replace(scenario, pools=tuple(pools))


def all_moves(
    now: Allocation, lever: Lever, step: int
) -> Iterator[tuple[tuple[int, ...], dict[str, Fraction]]]:
    """Every move in steps of so many points that leaves nothing below zero, and what it adds to each."""
    scenario = now.scenario
    values: dict[str, Fraction] = {}
    size = Fraction(step)
    if lever.kind == "parts":
        values = dict(next(i.parts for i in scenario.indicators if i.id == lever.of))
    elif lever.kind == "weights":
        values = dict(next(p.weights for p in scenario.pools if p.id == lever.of))
        size = Fraction(step) * sum(map(Fraction, values.values())) / 100
    else:
        percents = any(pool.percent is not None for pool in scenario.pools)
        unit, whole = Fraction(scenario.fund.unit), Fraction(scenario.distributable)
        if not percents:
            size = max(1, round(step * whole / 100 / unit)) * unit
        for pool, split in zip(scenario.pools, now.splits, strict=True):
            if pool.amount == "rest":
                money = sum(split.units) * unit + split.left * unit
                values[pool.id] = 100 * money / whole if percents and whole else money
            elif percents and pool.percent is not None:
                values[pool.id] = Fraction(pool.percent)
            elif not percents and not isinstance(pool.amount, str):
                values[pool.id] = Fraction(pool.amount)
    total = sum(map(Fraction, values.values()))
    reach = [range(-int(v / size), int((total - v) / size) + 1) for v in map(Fraction, values.values())]
    for moves in product(*reach):
        if not sum(moves):
            yield moves, {id: move * size for id, move in zip(values, moves, strict=True)}


def key(moves: Sequence[int]) -> tuple[int, int, list[int]]:
    return sum(map(abs, moves)), max(map(abs, moves)), [-move for move in moves]


def brute(now: Allocation, targets: list[Target], lever: Lever, step: int) -> Allocation | None:
    """The nearest move that meets the targets, by allocating all."""
    best = None
    for moves, more in all_moves(now, lever, step):
        if best is not None and key(moves) >= best[0]:
            continue
        try:
            found = allocate(moved(now.scenario, lever, more))
        except AllocatorError:
            continue
        if all(target.met(found) for target in targets):
            best = key(moves), found
    return None if best is None else best[1]


def targets_of(rng: random.Random, now: Allocation, others: Sequence[Allocation]) -> list[Target]:
    """Targets at or near to what some other values bring."""
    there = rng.choice(others or [now])
    found = []
    for _ in range(rng.choice((1, 1, 2))):
        of = rng.choice(("amount", "amount", "share", "rank"))
        ids = tuple(rng.sample(now.scenario.ids, 1 if of == "rank" else rng.choice((1, 1, 2))))
        relation = rng.choice(("<=", ">=", "<=", ">=", "=="))
        value = measured(Target(of, ids, relation, 1), there)
        if of == "amount" and relation != "==":
            value = max(0, value + rng.choice((0, 0, 1, -1, 5)) * now.scenario.fund.unit)
        found.append(Target(of, ids, relation, value))
    return found


def made(seed: int, folder: Path) -> tuple[random.Random, Allocation] | None:
    """A random rule that can be shared out by, if this seed has one."""
    rng = random.Random(seed)
    drawn = case(rng, first=False, later=seed % 2 == 0)
    folder.mkdir()
    try:
        return rng, allocate(load_scenario(drawn.into(folder)))
    except AllocatorError:
        return None


@deeper
def test_moves_are_the_least_of_all(tmp_path: Path) -> None:
    """Of random rules with pools: the same as going through every move; by both ways where there are two."""
    wanted, tried, by_pool, never = cases(35, 1600), 0, 0, 0
    for seed in range(100 * wanted):
        if tried == wanted:
            break
        drawn = made(seed, tmp_path / str(seed))
        if drawn is None or not drawn[1].scenario.pools:
            continue
        rng, now = drawn
        levers = levers_of(now.scenario)
        if not levers:
            continue
        lever, step = rng.choice(levers), rng.choice((10, 20, 25))
        moves = list(all_moves(now, lever, step))
        if not 1 < len(moves) < 400:
            continue
        others = []
        for _, more in rng.sample(moves, min(len(moves), 4)):
            with suppress(AllocatorError):
                others.append(allocate(moved(now.scenario, lever, more)))
        targets = targets_of(rng, now, others)
        try:
            answer = seek(now.scenario, targets, lever=lever, step=step)
        except ScenarioError as error:  # no whole unit comes to it
            assert {p.key for p in error.problems} <= {"target_unit"}, (seed, error)
            continue
        expected = brute(now, targets, lever, step)
        tried += 1
        by_pool += lever.kind == "weights" and alone(now, lever.of) is not None
        never += expected is None
        assert answer.proved, seed
        assert (answer.found is None) == (expected is None), seed
        if expected is not None:
            assert answer.found.scenario.pools == expected.scenario.pools, seed
            assert answer.found.scenario.indicators == expected.scenario.indicators, seed
            assert answer.found.amounts == expected.amounts, seed
            assert answer.found == allocate(answer.found.scenario), seed
        else:
            clash = [targets[n] for n in answer.impossible.clash]
            assert brute(now, clash, lever, step) is None, seed
        for book in (ZH, EN):
            assert all(sentences(answer, book)) and as_data(answer, book), seed
    assert tried == wanted and by_pool > wanted / 5 and never > wanted / 20


@deeper
def test_clauses_are_the_least_of_all(tmp_path: Path) -> None:
    """Caps, floors and reservations of random rules: the nearest value of all, by a unit or ten points."""
    wanted, tried, met = cases(18, 800), 0, 0
    for seed in range(100 * wanted):
        if tried == wanted:
            break
        drawn = made(seed, tmp_path / str(seed))
        if drawn is None:
            continue
        rng, now = drawn
        scenario = now.scenario
        kinds = [clause for kind in ("cap", "floor", "reservation") for clause in clauses_of(scenario, kind)]
        if not kinds or not scenario.beyond:
            continue
        clause = rng.choice(kinds)
        value, all_ = Fraction(clause.value(scenario)), Fraction(scenario.distributable)
        size = Fraction(scenario.fund.unit) if clause.is_amount(scenario) else Fraction(1, 10)
        if clause.kind == "reservation":
            most = value + all_
        elif clause.is_amount(scenario):
            most = max(value, -((value - all_) // size) * size + value)
        else:
            most = Fraction(scenario.limits[clause.number].most_rate)
        steps = range(-int(value / size), int((most - value) / size) + 1)
        if not 1 < len(steps) < 250:
            continue

        def at(n: int, scenario=scenario, clause=clause, value=value, size=size) -> Allocation | None:
            new = value + n * size
            if clause.kind == "reservation":
                some = list(scenario.reservations)
                some[clause.number] = replace(some[clause.number], amount=new)
                changed = {"reservations": tuple(some)}
            else:
                end = clause.kind if clause.is_amount(scenario) else f"{clause.kind}_rate"
                some = list(scenario.limits)
                some[clause.number] = replace(some[clause.number], **{end: new})
                changed = {"limits": tuple(some)}
            try:
                return allocate(replace(scenario, **changed))
            except AllocatorError:
                return None

        others = [found for n in rng.sample(steps, min(len(steps), 5)) if (found := at(n)) is not None]
        targets = targets_of(rng, now, others)
        try:
            answer = seek(scenario, targets, clause=clause, step=10)
        except ScenarioError as error:
            assert {p.key for p in error.problems} <= {"target_unit"}, (seed, error)
            continue
        tried += 1
        order = sorted(steps, key=lambda n: (abs(n), n))
        expected = next(
            (f for n in order if (f := at(n)) is not None and all(t.met(f) for t in targets)), None
        )
        met += expected is not None
        assert answer.proved, seed
        assert (answer.found is None) == (expected is None), seed
        if expected is not None:
            assert clause.value(answer.found.scenario) == clause.value(expected.scenario), seed
            assert answer.found.amounts == expected.amounts, seed
        for book in (ZH, EN):
            assert all(sentences(answer, book)), seed
    assert tried == wanted and met > wanted / 3


def test_what_is_too_much_is_verified_and_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anywhere, "MOST_AMOUNTS", 0)
    monkeypatch.setattr(anywhere, "FEWEST", 30)
    now = allocate(TWO)
    wanted = now.amounts["ftz"] + 500_000
    answer = seek(TWO, [Target("amount", ("ftz",), ">=", wanted)], lever=Lever("parts", "economy"))
    assert answer.found is not None and answer.found.amounts["ftz"] >= wanted
    assert answer.found == allocate(answer.found.scenario)
    least = seek(TWO, [Target("amount", ("ftz",), ">=", wanted)], lever=Lever("parts", "economy"), step=1)
    assert answer.change is not None and least.change is not None
    assert "经核实满足条件，但未能证明" in "".join(sentences(answer, ZH)) or answer.proved


def test_money_that_is_too_much_to_go_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """In hundredths of a point: 0.01 points at a time is more than is gone through here."""
    target = [Target("amount", ("ftz",), ">=", allocate(TWO).amounts["ftz"] + 500_000)]
    proved = seek(TWO, target, lever=Lever("money"), step="0.01")
    monkeypatch.setattr(anywhere, "MOST_AMOUNTS", 0)
    monkeypatch.setattr(anywhere, "FEWEST", 60)
    found = seek(TWO, target, lever=Lever("money"), step="0.01")
    assert proved.proved and not found.proved and found.found is not None
    assert proved.change <= found.change and found.searched < found.change
    assert "核验过，未证明变动最小" in "".join(sentences(found, ZH))
    assert "verified, but not proved to be the least" in "".join(sentences(found, EN))


def test_a_cap_of_so_much_money_with_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reservation moves all pools, so nothing bounds it: near steps one by one, further ones by halves."""
    target = [Target("amount", ("ftz",), "<=", 15_000_000)]
    whole = seek(TWO, target, clause=Clause("reservation", 0))
    monkeypatch.setattr(anywhere, "MOST_AMOUNTS", 0)
    monkeypatch.setattr(anywhere, "FEWEST", 60)
    found = seek(TWO, target, clause=Clause("reservation", 0))
    assert whole.proved and not found.proved
    assert found.found.amounts["ftz"] <= 15_000_000 and found.change >= whole.change
    assert "核验过，未证明" in "".join(sentences(found, ZH))


def test_refusals_name_the_way_out() -> None:
    target = [Target("amount", ("ftz",), "<=", 15_000_000)]

    def refused(scenario: Scenario, **asked: object) -> str:
        with pytest.raises(ScenarioError) as error:
            seek(scenario, target, **asked)
        assert all(error.value.sentences(book) for book in (ZH, EN))
        return error.value.problems[0].key

    assert refused(TWO) == "seek_which"
    assert refused(TWO, lever=Lever("weights", "nothing")) == "seek_pool"
    assert refused(TWO, lever=Lever("parts", "nothing")) == "seek_indicator"
    assert refused(TWO, lever=Lever("luck")) == "choice"
    assert refused(TWO, lever=Lever("money"), keep=["luck"]) == "seek_name"
    assert refused(TWO, lever=Lever("money"), clause=Clause("cap", 0)) == "seek_clause_lever"
    assert refused(FIXED, lever=Lever("weights", "signed")) == "seek_fixed"
    assert refused(FIXED, lever=Lever("money")) == "seek_money"


def test_kept_and_bounded_pools() -> None:
    target = [Target("amount", ("ftz",), ">=", allocate(TWO).amounts["ftz"] + 500_000)]
    assert seek(TWO, target, lever=Lever("money"), bounds={"domestic": (None, 62)}).found is None
    assert seek(TWO, target, lever=Lever("money"), keep=["domestic"]).found is None
    found = seek(TWO, target, lever=Lever("money"), bounds={"domestic": (66, 70)})
    assert found.after["domestic"] == 66
