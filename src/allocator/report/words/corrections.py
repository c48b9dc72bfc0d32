"""Money held already, roundings of their own kind, and corrections by hand, in words."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.corrections import Adjustment, Deduction
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.parts import Party, Text
from allocator.core.split import Rounded
from allocator.core.stages.groups import group_name, groups_in
from allocator.report.words.rule import percent
from allocator.text import Phrasebook

MOST_LINES = 30  # deductions, and adjustments, that are listed one by one


def correction_lines(allocation: Allocation, book: Phrasebook) -> list[str]:
    """A sentence on each clause that is no part of the rule itself; none where a scenario has none."""
    scenario = allocation.scenario
    return [
        *way_lines(scenario, book),
        *group_lines(allocation, book),
        *deduction_lines(scenario, book),
        *rounding_lines(allocation, book),
        *adjustment_lines(scenario, book),
        *past_limit_lines(allocation, book),
    ]


def way_lines(scenario: Scenario, book: Phrasebook) -> list[str]:
    """Phasing in, and floors paid from gains."""
    lines = []
    for pool in scenario.rules:
        if pool.phase_in is not None:
            rates = percent(pool.phase_in * 100, book), percent(100 - pool.phase_in * 100, book)
            lines.append(book.say("corrections.phase_in", new=rates[0], old=rates[1]))
        if pool.floors is not None:
            key = "corrections.gains_in" if pool.id else "corrections.gains"
            lines.append(book.say(key, pool=pool.name))
    return lines


def group_lines(allocation: Allocation, book: Phrasebook) -> list[str]:
    """The groups whose sum stands at a bound."""
    lines = []
    scenario, unit = allocation.scenario, allocation.scenario.fund.unit
    of = [(split.pool.name if split.pool.id else None, split) for split in allocation.splits]
    for pool, split in [*of, *([] if allocation.overall is None else [(None, allocation.overall)])]:
        for group, end in split.groups_at:
            names = [scenario.recipients[split.members[at]].name for at in group.places]
            bound = group.floor if end == "floor" else group.cap
            held = _held(split, group.places)  # which the bound that was written is with
            amount = book.money(plain(((bound or 0) + held) * Fraction(unit)), scenario.fund.currency)
            key = "corrections.group_floor" if end == "floor" else "corrections.group_cap"
            if held:
                key = "corrections.group_floor_held" if end == "floor" else "corrections.group_cap_held"
            said = book.say(key, names=group_name(names), amount=amount)
            lines.append(said if pool is None else book.say("corrections.in_pool", pool=pool, said=said))
    return lines


def deduction_lines(
    scenario: Scenario, book: Phrasebook, most: int = MOST_LINES, of: Sequence[Deduction] | None = None
) -> list[str]:
    """A sentence on the money that each holds already, at most so many; of all, or of some."""
    deductions = scenario.deductions if of is None else of
    names, lines = _names(scenario), []
    pools = {pool.id: pool.name for pool in scenario.rules if pool.id}
    for deduction in deductions[:most]:
        amount = book.money(deduction.amount, scenario.fund.currency)
        said = book.say("corrections.deduction", name=names[deduction.recipient], amount=amount)
        if deduction.pool is not None:
            said = book.say("corrections.of_pool", said=said, pool=pools[deduction.pool])
        lines.append(because(said, deduction.reason, deduction.basis, book))
    return [*lines, *_more(len(deductions) - most, book)]


def rounding_lines(allocation: Allocation, book: Phrasebook) -> list[str]:
    """The sentence on a rounding that leaves something, and on what becomes of it."""
    scenario = allocation.scenario
    fund = scenario.fund
    unit = book.money(fund.unit, fund.currency)
    if fund.rest_to is not None:
        return [book.say("corrections.rest_to", unit=unit, name=party_name(fund.rest_to, scenario, book))]
    if fund.rounding != "each-alone":
        return []
    left = book.money(max(allocation.left, -allocation.left), fund.currency)
    key = "corrections.left" if allocation.left > 0 else "corrections.over"
    lines = [book.say(key if allocation.left else "corrections.each_alone", unit=unit, left=left)]
    if allocation.left and allocation.used == allocation.left:
        lines.append(book.say("corrections.used"))
    elif allocation.left > 0 and fund.left is not None:
        lines.append(book.say("corrections.left_to", name=party_name(fund.left, scenario, book)))
    return [book.say("finding.sentence_join").join(lines)]


def adjustment_lines(
    scenario: Scenario, book: Phrasebook, most: int = MOST_LINES, of: Sequence[Adjustment] | None = None
) -> list[str]:
    """A sentence for each reason, with all that are adjusted for it, at most so many; of all, or of some."""
    adjustments = scenario.adjustments if of is None else of
    alike: dict[tuple[object, ...], list[Adjustment]] = {}
    for one in adjustments[:most]:
        up = one.amount > 0 if one.paid_by is not None else None
        alike.setdefault((one.reason, one.basis, one.date, one.paid_by, up), []).append(one)
    lines = [_adjusted(group, scenario, book) for group in alike.values()]
    return [*lines, *_more(len(adjustments) - most, book)]


def _held(split: Rounded, places: Sequence[int]) -> Number:
    """The money that these hold already, in units."""
    return plain(sum((split.held[at] for at in places), start=Fraction())) if split.held else 0


def past_limit_lines(allocation: Allocation, book: Phrasebook) -> list[str]:
    """A hint for each limit that held, and that an adjustment breaks.

    With several pools a limit is on what one of them gives, which no adjustment changes.
    """
    scenario, fund = allocation.scenario, allocation.scenario.fund
    split = allocation.overall or (allocation.splits[0] if len(allocation.splits) == 1 else None)
    if split is None or not scenario.adjustments:
        return []
    ids, names = [scenario.ids[i] for i in split.members], _names(scenario)
    parts = [([at], names[id], split.floor_units[at], split.cap_units[at]) for at, id in enumerate(ids)]
    for group in groups_in(split.groups):
        called = group_name([names[ids[at]] for at in group.places])
        parts.append((list(group.places), called, group.floor, group.cap))
    lines = []
    for places, name, floor, cap in parts:
        after = sum(allocation.amounts[ids[at]] - allocation.earmarks[ids[at]] for at in places)
        held = plain(_held(split, places) * Fraction(fund.unit))
        below, above = "corrections.below_floor", "corrections.above_cap"
        if held:
            below, above = "corrections.below_floor_held", "corrections.above_cap_held"
        for key, bound, broken in (
            (below, floor, floor is not None and after < floor * fund.unit),
            (above, cap, cap is not None and after > cap * fund.unit),
        ):
            if broken:
                limit = book.money(plain((bound or 0) * fund.unit + held), fund.currency)
                amount = book.money(plain(after + held), fund.currency)
                lines.append(book.say(key, name=name, amount=amount, limit=limit))
    return lines[:MOST_LINES]


def _adjusted(group: list[Adjustment], scenario: Scenario, book: Phrasebook) -> str:
    names, first = _names(scenario), group[0]
    parts = []
    for one in group:
        key = "corrections.more" if one.amount > 0 else "corrections.less"
        amount = book.money(max(one.amount, -one.amount), scenario.fund.currency)
        parts.append(book.say(key, name=names[one.recipient], amount=amount))
    said = book.say("corrections.adjusted", parts=parts)
    if first.date is not None:
        said = book.say("corrections.on", said=said, date=first.date.isoformat())
    if isinstance(first.paid_by, Party):
        key = "corrections.paid_by" if first.amount > 0 else "corrections.paid_to"
        said = book.say(key, said=said, name=party_name(first.paid_by, scenario, book))
    elif first.paid_by is not None:
        said = book.say("corrections.pro_rata", said=said)
    return because(said, first.reason, first.basis, book)


def because(said: str, reason: Text | None, basis: Text | None, book: Phrasebook) -> str:
    """The sentence of what is said, with its reason and the provision that it rests on, where given."""
    if reason is not None:
        said = book.say("corrections.reason", said=said, reason=reason)
    if basis is not None:
        said += book.say("pools.basis", basis=basis)
    return said + book.say("pools.end")


def _more(count: int, book: Phrasebook) -> list[str]:
    return [book.say("corrections.and_more", count=count)] if count > 0 else []


def party_name(party: Party, scenario: Scenario, book: Phrasebook) -> str:
    """The name of a recipient or a reservation that takes or pays something."""
    if party.recipient:
        return book.text(_names(scenario)[party.recipient])
    return next(book.text(r.name) for r in scenario.reservations if r.name.zh == party.reservation)


def _names(scenario: Scenario) -> dict[str, Text]:
    return {recipient.id: recipient.name for recipient in scenario.recipients}


def money_undistributed(allocation: Allocation) -> Number:
    """The size of what is left undistributed, or given out too much."""
    return max(allocation.undistributed, -allocation.undistributed)
