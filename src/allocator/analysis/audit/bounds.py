"""Ranges of the unpublished data, and of the amounts under other weights whatever that data is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from allocator.analysis.audit import closed, margins
from allocator.analysis.audit.case import Case, weights_of
from allocator.analysis.audit.merged import known_factors, merged
from allocator.analysis.audit.ranges import (
    MONEY_DIGITS,
    SHARE_DIGITS,
    Bounds,
    End,
    Ends,
    found_exactly,
    outward,
    solved,
)
from allocator.analysis.audit.reading import check_factors, check_recipients
from allocator.core.errors import within
from allocator.core.exact import scaled
from allocator.core.parts import wrong

if TYPE_CHECKING:
    from allocator.analysis.audit.pinned import Pinned
    from allocator.analysis.audit.programs import Program

Progress = Callable[[float], None]


def programs_of(case: Case, *, miss: str | None = None) -> list[Program]:
    """The programs that together cover all data that fits: one for each set of amounts before rounding."""
    from allocator.analysis.audit.cone import cone_of
    from allocator.analysis.audit.programs import Program

    return [Program(cone_of(case, one, miss=miss)) for one in case.unrounded]


def rule_program(case: Case, *, miss: str | None = None) -> Program:
    """The program of the rule and the known facts alone, without the split."""
    from allocator.analysis.audit.cone import cone_of
    from allocator.analysis.audit.programs import Program

    return Program(cone_of(case, None, miss=miss))


# --- factor shares --------------------------------------------------------------------------------


def share_bounds(
    case: Case,
    recipients: Sequence[str] | None = None,
    factors: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> dict[str, Bounds]:
    """By factor, the range of each recipient's share of it."""
    chosen = _chosen(case, recipients)
    check_factors(case.scenario, factors or ())
    wanted = [j for j, factor in enumerate(case.factors) if factors is None or factor in factors]
    ids = tuple(case.ids[i] for i in chosen)
    if closed.shares_apply(case):
        made = {}
        sides = closed.factor_shares(case)
        for j in wanted:
            low, high, over = (tuple(side[i] for i in chosen) for side in sides[j])
            made[case.factors[j]] = Bounds(ids, low, high, over, closed=True, of="share")
        return made
    made = {}
    parts = _by_facts(case, wanted)
    for done, (some, asked) in enumerate(parts):
        columns = _open_shares(some, ids, chosen, asked, _part(progress, done, len(parts)))
        for j, column in zip((j for all_ in asked.values() for j in all_), columns, strict=True):
            made[case.factors[j]] = column
    return {case.factors[j]: made[case.factors[j]] for j in wanted}


def _by_facts(case: Case, wanted: Sequence[int]) -> list[tuple[Case, dict[int, list[int]]]]:
    """The factors asked for with the case that says it, by their place there.

    Those of which something is known are asked for at once, each other beside all of its kind put together:
    once for all with the same weight, of which nothing is known either.
    """
    known = known_factors(case)
    some, places = merged(case, ())
    found = [(some, {places[j]: [j] for j in wanted if j in known})]
    alike: dict[object, list[int]] = {}
    for j in wanted:
        if j not in known:
            kind = case.weights[j], case.reading.nothing_of(case.factors[j])
            alike.setdefault(kind, []).append(j)
    for factors in alike.values():
        one, places = merged(case, factors[:1])
        found.append((one, {places[factors[0]]: factors}))
    return [(one, asked) for one, asked in found if asked]


def _part(progress: Progress | None, done: int, parts: int) -> Progress | None:
    return None if progress is None else lambda part: progress((done + part) / parts)


def _open_shares(
    case: Case,
    ids: tuple[str, ...],
    chosen: Sequence[int],
    asked: Mapping[int, Sequence[int]],
    progress: Progress | None,
) -> list[Bounds]:
    """The ranges where there is no formula, of each factor asked for as often as it is asked for."""
    factors = list(asked)
    if margins.shares_apply(case):
        columns = _tables(case).shares(chosen, factors, progress)
        made = [found_exactly(ids, pairs, "share") for pairs in columns]
    else:
        made = _program_shares(case, ids, chosen, factors, progress)
    return [one for one, j in zip(made, factors, strict=True) for _ in asked[j]]


def _program_shares(
    case: Case, ids: tuple[str, ...], chosen: Sequence[int], factors: Sequence[int], progress: Progress | None
) -> list[Bounds]:
    """The ranges by programs."""
    from allocator.analysis.audit.answers import solve_ranges

    programs = programs_of(case)
    cone = programs[0].cone
    asked = [(j, i) for j in factors for i in chosen]
    sure = _sure_shares(case, asked)
    rows = [{cone.cell(i, j): Fraction(1)} for j, i in asked]
    found = solve_ranges(programs, rows, [cone.column[j] for j, _ in asked], sure, progress)
    pairs = [outward(*pair, SHARE_DIGITS) for pair in zip(found, sure, strict=True)]
    size = len(ids)
    return [solved(ids, pairs[at * size : (at + 1) * size], "share") for at in range(len(factors))]


def _tables(case: Case) -> Pinned:
    """The data of a reading as tables."""
    from allocator.analysis.audit.pinned import pinned

    return pinned(case)


def _chosen(case: Case, recipients: Sequence[str] | None) -> list[int]:
    if recipients is None:
        return list(range(len(case.ids)))
    check_recipients(case.scenario, recipients)
    for id in recipients:
        if id not in case.position:
            wrong("audit_apart", "reading", name=id)
    return [case.position[id] for id in recipients]


def _sure_shares(case: Case, asked: Sequence[tuple[int, int]]) -> list[Ends]:
    """The sure ranges of shares (factor, recipient) without any program: those that hold if no more is known
    of the data than of single shares, or nothing, as facts only narrow them.
    """
    some = _of_single_shares(case)
    if margins.shares_apply(some):
        wanted = sorted({j for j, _ in asked})
        chosen = sorted({i for _, i in asked})
        found = dict(zip(wanted, _tables(some).shares(chosen, wanted), strict=True))
        places = {i: at for at, i in enumerate(chosen)}
        return [found[j][places[i]] for j, i in asked]
    sure = [(Fraction(0), Fraction(1))] * len(asked)
    if closed.shares_apply(case.bare):
        columns = closed.factor_shares(case.bare)
        cells = [[side[i] for side in columns[j]] for j, i in asked]
        sure = [(Fraction(low, over), Fraction(high, over)) for low, high, over in cells]
    where = {pair: at for at, pair in enumerate(asked)}
    for fact in some.known:
        at = where.get((case.factors.index(fact.factor), case.position[fact.recipients[0]]))
        if at is not None:
            low, high = sure[at]
            end = high if fact.high is None else min(high, Fraction(fact.high))
            sure[at] = max(low, Fraction(fact.low)), end
    return sure


def _of_single_shares(case: Case) -> Case:
    """The same with what is known of single shares alone."""
    facts = (fact for fact in case.known if fact.of == "share" and fact.recipients != "all")
    known = tuple(fact for fact in facts if len(fact.recipients) == 1)
    reading = case.bare.reading  # what must be zero is among what is known of single shares
    return replace(case, reading=replace(reading, known=known, scored=()))


# --- amounts under other weights ------------------------------------------------------------------


def amount_bounds(
    case: Case,
    weights: Mapping[str, Any] | None = None,
    recipients: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    progress: Progress | None = None,
) -> Bounds:
    """The ranges of the amounts of recipients and groups under other weights, earmarks included."""
    new = weights_of(case, weights)
    names, members = _members(case, recipients, groups)
    asked = [[case.position[id] for id in ids if id in case.position] for ids in members]
    apart = [sum((case.earmarks[id] for id in ids), start=0) for ids in members]
    unit = Fraction(case.unit)
    if not closed.amounts_apply(case):
        some, weights_ = _by_rates(case, new)
        ends, exactly = _open_amounts(some, weights_, asked, progress)
        moved = [(low + more, high + more) for (low, high), more in zip(ends, apart, strict=True)]
        if exactly:
            return found_exactly(names, moved, "amount")
        return solved(names, moved, "entitlement" if case.limited else "amount")
    low, high, over = _closed_amounts(case, new, asked)
    whole, under = scaled(apart)
    up, down = unit.numerator * under, unit.denominator
    extra = [earmark * o * down for earmark, o in zip(whole, over, strict=True)]
    return Bounds(
        names,
        tuple(end * up + more for end, more in zip(low, extra, strict=True)),
        tuple(end * up + more for end, more in zip(high, extra, strict=True)),
        tuple(o * down * under for o in over),
        closed=True,
        of="amount",
    )


def _by_rates(case: Case, weights: tuple[Fraction, ...]) -> tuple[Case, tuple[Fraction, ...]]:
    """The same amounts by fewer factors: those whose weight changes alike are put together."""
    rates = [new / old if old else Fraction(0) for new, old in zip(weights, case.weights, strict=True)]
    some, places = merged(case, (), rates)
    sums = [Fraction(0)] * len(some.factors)
    for j, weight in enumerate(weights):
        sums[places[j]] += weight
    return some, tuple(sums)


def _members(
    case: Case, recipients: Sequence[str] | None, groups: Mapping[str, Sequence[str]] | None
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The names and members of the sums asked for: single recipients (all without a list), then groups."""
    scenario, groups = case.scenario, groups or {}
    if recipients:
        check_recipients(scenario, recipients)
    single = tuple(scenario.ids if recipients is None else recipients)
    for name, ids in groups.items():
        with within(option="group"):
            check_recipients(scenario, ids)
            if name in scenario.ids:
                wrong("audit_group_name", name=name)
    return (*single, *groups), [*((id,) for id in single), *map(tuple, groups.values())]


def _closed_amounts(
    case: Case, weights: tuple[Fraction, ...], asked: Sequence[Sequence[int]]
) -> tuple[list[int], list[int], list[int]]:
    """The ends by formula, in units, and their denominators."""
    found = [(0, 0, 1)] * len(asked)
    single = [at for at, group in enumerate(asked) if len(group) == 1]
    several = [at for at, group in enumerate(asked) if len(group) > 1]
    if single:
        low, high, over = closed.entitlements(case, weights)
        for at in single:
            (i,) = asked[at]
            found[at] = low[i], high[i], over[i]
    sides = closed.group_entitlements(case, weights, [asked[at] for at in several])
    for at, *ends in zip(several, *sides, strict=True):
        found[at] = ends[0], ends[1], ends[2]
    return [f[0] for f in found], [f[1] for f in found], [f[2] for f in found]


def _open_amounts(
    case: Case, weights: tuple[Fraction, ...], asked: Sequence[Sequence[int]], progress: Progress | None
) -> tuple[list[Ends], bool]:
    """The ends where there is no formula, in money, and True if all are exact.

    Those of single recipients are wherever tables say them; the programs say those of groups.
    """
    money = Fraction(case.unit)
    single = [at for at, group in enumerate(asked) if len(group) == 1]
    if not margins.amounts_apply(case):
        single = []
    found: dict[int, Ends] = {}
    if single:
        rows = [asked[at][0] for at in single]
        pairs = _tables(case).amounts(rows, weights, progress)
        found = {at: (low * money, high * money) for at, (low, high) in zip(single, pairs, strict=True)}
    others = [at for at in range(len(asked)) if at not in found]
    if any(asked[at] for at in others):
        pairs_ = zip(*_program_amounts(case, weights, [asked[at] for at in others], progress), strict=True)
        ends = [outward(*pair, MONEY_DIGITS, case.total * money) for pair in pairs_]
        return [found[at] if at in found else ends.pop(0) for at in range(len(asked))], False
    return [found.get(at, (Fraction(0), Fraction(0))) for at in range(len(asked))], True


def _program_amounts(
    case: Case, weights: tuple[Fraction, ...], asked: Sequence[Sequence[int]], progress: Progress | None
) -> tuple[list[tuple[End, End]], list[Ends]]:
    """The ends by programs, in parts of the split, and those that are sure without any."""
    from allocator.analysis.audit.answers import solve_ranges

    programs = programs_of(case)
    cone = programs[0].cone
    base = cone.total_score(weights)
    rows = [{k: x for i in group for k, x in cone.score(i, weights).items()} for group in asked]
    all_ = len(case.ids)
    sure = [(Fraction(len(group) == all_), Fraction(bool(group))) for group in asked]
    if case.facts and closed.amounts_apply(case.bare):
        sides = zip(*_closed_amounts(case.bare, weights, asked), strict=True)
        sure = [(Fraction(a, over * case.total), Fraction(b, over * case.total)) for a, b, over in sides]
    open_ = [at for at, (low, high) in enumerate(sure) if low < high]
    found: list[tuple[End, End]] = [(0.0, 1.0)] * len(asked)
    answers = solve_ranges(
        programs, [rows[at] for at in open_], [base] * len(open_), [sure[at] for at in open_], progress
    )
    for at, ends in zip(open_, answers, strict=True):
        found[at] = ends
    return found, sure
