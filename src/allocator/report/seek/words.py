"""Sentences on targets and the least change that meets them, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from allocator.analysis.differences import differences
from allocator.analysis.finding import held_against
from allocator.analysis.seek import Answer, Lever, Reach, Target, measured
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.office import weight_text
from allocator.report.words.differences import differences_in_words
from allocator.report.words.finding import short, terms
from allocator.report.words.ranges import outward
from allocator.text import Phrasebook

MOST_NAMES = 6
CENT = Fraction(1, 100)
_TARGETS = {
    ("amount", "<="): "seek.amount_most",
    ("amount", ">="): "seek.amount_least",
    ("amount", "=="): "seek.amount_exactly",
    ("share", "<="): "seek.share_most",
    ("share", ">="): "seek.share_least",
    ("share", "=="): "seek.share_exactly",
    ("rank", "<="): "seek.rank_most",
    ("rank", ">="): "seek.rank_least",
    ("rank", "=="): "seek.rank_exactly",
    ("difference", "<="): "seek.difference_most",
    ("difference", ">="): "seek.difference_least",
    ("difference", "=="): "seek.difference_exactly",
}
_NOW = {
    "amount": "seek.amount_now",
    "share": "seek.share_now",
    "rank": "seek.rank_now",
    "difference": "seek.difference_now",
}
_NEAREST = {  # a rank has none
    "amount": "seek.nearest_amount",
    "share": "seek.nearest_share",
    "difference": "seek.nearest_difference",
}
_CLAUSES = {"cap": "seek.cap", "floor": "seek.floor", "reservation": "seek.reservation"}


# --- targets --------------------------------------------------------------------------------------


def who(target: Target, scenario: Scenario, book: Phrasebook) -> str:
    """The recipients of a target: a name, or that of a group with its members."""
    names = [r.name for r in scenario.recipients if r.id in target.recipients]
    if len(names) == 1 and not target.name:
        return str(book.text(names[0]))
    if len(names) > MOST_NAMES:
        members = book.say("seek.so_many", names=names[:MOST_NAMES], count=len(names))
    else:
        members = book.say("place.list").join(book.text(name) for name in names)
    return book.say("seek.group" if target.name else "seek.together", name=target.name, names=members)


def value_text(target: Target, value: Number, scenario: Scenario, book: Phrasebook) -> str:
    """An amount, share, rank or difference as a sentence writes it."""
    if target.of == "rank":
        return book.say("seek.rank", value=value)
    if target.of == "share":
        return book.say("seek.percent", value=_rounded(100 * value, book))
    return book.money(value, scenario.fund.currency, sign=target.of == "difference")


def target_text(target: Target, scenario: Scenario, book: Phrasebook) -> str:
    """A target in words.

    >>> from allocator import load_scenario
    >>> scenario = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> target_text(Target("amount", ("ftz",), "<=", 48_000_000), scenario, Phrasebook("en"))
    'Free Trade Zone gets at most 48,000,000 yuan'
    """
    value = value_text(target, target.value, scenario, book)
    key = _TARGETS[target.of, target.relation]
    return book.say(key, who=who(target, scenario, book), value=value)


def _rounded(value: Number, book: Phrasebook) -> str:
    text = book.number(round(Fraction(value), 2))
    return text if round(Fraction(value), 2) == value else f"≈{text}"


def _exactly(value: Number, scenario: Scenario, book: Phrasebook, side: int) -> str:
    """Money to the cent; beyond that rounded down (side 0) or up (1)."""
    end, currency = outward((value, value), CENT)[side], scenario.fund.currency
    if not book.chinese or currency != "CNY" or end < 10_000:
        return book.money(end, currency)
    unit = book.money_unit(currency, 10_000)
    return book.say("money.amount", value=book.number(Fraction(end) / 10_000), unit=unit)


# --- sentences ------------------------------------------------------------------------------------


def sentences(answer: Answer, book: Phrasebook) -> list[str]:
    """The answer in sentences: the targets, the change and its effect, or why nothing meets them."""
    scenario = answer.scenario
    asked = [target_text(target, scenario, book) for target in answer.targets]
    lines = [book.say("seek.asked", targets=book.say("seek.join").join(asked))]
    if answer.clause is None and scenario.pools:
        lines.append(book.say("seek.only", what=lever_text(answer.lever, scenario, book)))
    if answer.found is None:
        lines += _impossible(answer, book) if answer.impossible else [_not_found(answer, book)]
    elif not answer.change:
        lines.append(book.say("seek.met_now"))
    else:
        lines.append(_change(answer, book))
        lines += [_verified(answer, book), _effect(answer, book)]
    if scenario.assumed:
        lines.append(book.say("seek.only_this_data"))
    return lines


def lever_text(lever: Lever, scenario: Scenario, book: Phrasebook) -> str:
    """The words for a lever: the weights of a pool, those within an indicator, or the pools' money."""
    if lever.kind == "money":
        return book.say("seek.what_money")
    if lever.kind == "parts":
        (name,) = (indicator.name for indicator in scenario.indicators if indicator.id == lever.of)
        return book.say("seek.what_parts", name=name)
    (name,) = (pool.name for pool in scenario.rules if pool.id == lever.of)
    return book.say("seek.what_pool", name=name) if lever.of else book.say("app.seek.by_weights")


def _in_money(answer: Answer) -> bool:
    return not answer.lever.in_percent(answer.scenario)


def _points(answer: Answer, weight: Number, book: Phrasebook) -> str:
    """A change of weights in percentage points; for scores in hundredths of the sum of weights."""
    if answer.lever.kind == "money":
        return book.number(plain(Fraction(weight)))
    total = sum(answer.before.values(), start=Fraction(0))
    return book.number(plain(weight * 100 / Fraction(total)))


def _size(answer: Answer, change: Number, book: Phrasebook) -> str:
    """A change of the pools' money: in percentage points of all the money, or as an amount."""
    if _in_money(answer):
        return book.money(change, answer.scenario.fund.currency)
    return book.say("seek.points", value=_points(answer, change, book))


def _step(answer: Answer, book: Phrasebook) -> str:
    assert answer.moves is not None
    if _in_money(answer):
        return book.say("seek.step_money", step=_size(answer, plain(answer.moves.step), book))
    whole = 100 if answer.lever.kind == "money" else sum(answer.moves.present, start=Fraction(0))
    step = plain(answer.moves.step * 100 / whole)
    return book.say("seek.step_one" if step == 1 else "seek.step", step=step)


def weight_changes(answer: Answer, book: Phrasebook) -> list[str]:
    """The things that the lever changed, each with its old and new value."""
    after = answer.after
    if after is None:
        return []
    return [
        book.say(
            "seek.from_to",
            name=answer.lever.name(answer.scenario, id),
            before=_value_of(answer, value, book),
            after=_value_of(answer, after[id], book),
        )
        for id, value in answer.before.items()
        if after[id] != value
    ]


def _value_of(answer: Answer, value: Number, book: Phrasebook) -> str:
    """A weight, a percent, or an amount of money, as it stands beside its name."""
    if _in_money(answer):
        return book.money(value, answer.scenario.fund.currency)
    return weight_text(value, answer.lever.weighs(answer.scenario), book)


def _change(answer: Answer, book: Phrasebook) -> str:
    assert answer.found is not None and answer.change is not None
    if answer.clause is not None:
        (what,) = differences_in_words(
            differences(answer.scenario, answer.found.scenario), answer.scenario, book
        )
        if not answer.proved:
            searched = _clause_value(answer, answer.searched or 0, book)
            return book.say("seek.clause_found_unproved", what=what, searched=searched)
        return book.say("seek.clause_found", what=what)
    after = answer.after
    assert after is not None
    sizes = [abs(Fraction(after[id] - value)) for id, value in answer.before.items()]
    if answer.lever.kind == "money":
        return _change_of_money(answer, sizes, book)
    details = {
        "changes": book.say("place.list").join(weight_changes(answer, book)),
        "total": _points(answer, answer.change, book),
        "largest": _points(answer, max(sizes), book),
        "step": _step(answer, book),
        "stay": "" if all(sizes) else book.say("seek.stay"),
    }
    if answer.searched == answer.change:
        return book.say("seek.found_equal", **details)
    if not answer.proved:
        searched = _points(answer, answer.searched or 0, book)
        return book.say("seek.found_unproved", searched=searched, **details)
    return book.say("seek.found", **details)


def _change_of_money(answer: Answer, sizes: Sequence[Fraction], book: Phrasebook) -> str:
    details = {
        "changes": book.say("place.list").join(weight_changes(answer, book)),
        "total": _size(answer, answer.change or 0, book),
        "largest": _size(answer, plain(max(sizes)), book),
        "step": _step(answer, book),
        "stay": "" if all(sizes) else book.say("seek.stay_money"),
    }
    if answer.proved:
        return book.say("seek.found_money", **details)
    searched = _size(answer, answer.searched or 0, book)
    return book.say("seek.found_unproved_money", searched=searched, **details)


def _verified(answer: Answer, book: Phrasebook) -> str:
    """The sentence on the value of each target in the confirmed allocation, and now."""
    assert answer.found is not None
    scenario = answer.scenario
    parts = []
    for target in answer.targets:
        value = value_text(target, measured(target, answer.found), scenario, book)
        before = value_text(target, measured(target, answer.now), scenario, book)
        whom = who(target, scenario, book)
        parts.append(book.say(_NOW[target.of], who=whom, value=value, before=before))
    return book.say("seek.verified", values=book.say("seek.join").join(dict.fromkeys(parts)))


def _effect(answer: Answer, book: Phrasebook) -> str:
    """The sentence on the changes from the present allocation."""
    assert answer.found is not None
    what = short(held_against(answer.found, answer.now), terms([answer.now], book))
    return book.say("seek.effect", what=what)


def _not_found(answer: Answer, book: Phrasebook) -> str:
    if answer.clause is not None:
        return book.say("seek.clause_not_found")
    if answer.lever.kind == "money":
        return book.say("seek.not_found_money", searched=_size(answer, answer.searched or 0, book))
    return book.say("seek.not_found", searched=_points(answer, answer.searched or 0, book))


def _impossible(answer: Answer, book: Phrasebook) -> list[str]:
    """Sentences on targets that nothing allowed meets: those that clash, the least and the most."""
    impossible, scenario = answer.impossible, answer.scenario
    assert impossible is not None
    lines = [_none(answer, book)]
    if len(answer.targets) > 1:
        clash = [target_text(answer.targets[n], scenario, book) for n in impossible.clash]
        key = "seek.clash_alone" if impossible.alone else "seek.clash"
        lines.append(book.say(key, targets=book.say("seek.join").join(clash)))
    for number_, amount in impossible.limits.items():
        target = answer.targets[number_]
        low = measured(target, answer.now) > target.value
        held = "seek.held_floor" if low else "seek.held_cap"
        if answer.lever.of:
            held = "seek.held_floor_pool" if low else "seek.held_cap_pool"
        shown = book.money(amount, scenario.fund.currency)
        lines.append(book.say(held, who=who(target, scenario, book), amount=shown))
    seen = set()
    for number_, reach in impossible.reaches.items():
        target = answer.targets[number_]
        if target.recipients not in seen and number_ not in impossible.limits:
            seen.add(target.recipients)
            lines.append(_reach(answer, target, reach, book))
    if impossible.nearest is not None:
        target = answer.targets[impossible.clash[0]]
        value = value_text(target, measured(target, impossible.nearest), scenario, book)
        if answer.clause is None:
            values = answer.lever.values(impossible.nearest)
            at = "seek.at_money" if answer.lever.kind == "money" else "seek.at_weights"
            how = book.say(at, weights=_values(values, answer, book))
            how = book.say("seek.as_now") if values == answer.before else how
        else:
            now = differences(scenario, impossible.nearest.scenario)
            how = " ".join(differences_in_words(now, scenario, book)).rstrip("。.") or book.say("seek.as_now")
        lines.append(book.say(_NEAREST[target.of], who=who(target, scenario, book), value=value, how=how))
    return lines


def _none(answer: Answer, book: Phrasebook) -> str:
    impossible, moves = answer.impossible, answer.moves
    assert impossible is not None
    if moves is None:
        assert answer.ends is not None and answer.clause is not None
        low, high = (_clause_value(answer, end, book) for end in answer.ends)
        what = book.say(_CLAUSES[answer.clause.kind])
        return book.say("seek.none_clause", what=what, low=low, high=high)
    if answer.lever.kind == "money":
        return book.say("seek.none_money", step=_step(answer, book))
    if not impossible.always:
        finest = moves.step * 10_000 <= sum(moves.present)
        return book.say("seek.none_finest" if finest else "seek.none_steps", step=_step(answer, book))
    return book.say("seek.none_within" if _bounded(answer) else "seek.none")


def _clause_value(answer: Answer, value: Number, book: Phrasebook) -> str:
    assert answer.clause is not None
    if answer.clause.is_amount(answer.scenario):
        return book.money(value, answer.scenario.fund.currency)
    return book.say("seek.percent", value=_rounded(100 * value, book))


def _bounded(answer: Answer) -> bool:
    """True if the weight of a factor with values above zero was kept or bounded."""
    assert answer.moves is not None
    total = sum(answer.moves.present, start=Fraction(0))
    whole = (0, plain(total))
    return any(
        ends != whole and (bool(answer.scenario.pools) or any(answer.scenario.column(factor)))
        for factor, ends in zip(answer.moves.factors, answer.moves.ends, strict=True)
    )


def _reach(answer: Answer, target: Target, reach: Reach, book: Phrasebook) -> str:
    """The sentence on the least and the most that some recipients can get, and the weights that give it."""
    scenario = answer.scenario
    details: dict[str, Any] = {
        "who": who(target, scenario, book),
        "low": _exactly(reach.low, scenario, book, 0),
        "high": _exactly(reach.high, scenario, book, 1),
    }
    if reach.low == reach.high:
        key = "seek.reach_limits_fixed" if scenario.limits else "seek.reach_fixed"
    else:
        key = "seek.reach_limits" if scenario.limits else "seek.reach"
    for side, weights in (("low", reach.low_weights), ("high", reach.high_weights)):
        details[f"at_{side}"] = _where(answer, target, weights, side, book)
    within = book.say("seek.within" if _bounded(answer) else "seek.any")
    return book.say(key, within=within, **details)


def _where(answer: Answer, target: Target, weights: Mapping[str, Number], side: str, book: Phrasebook) -> str:
    """The weights of an extreme: all weight on one factor, with the share of it, or several weights."""
    scenario = answer.scenario
    named = [factor for factor, weight in weights.items() if weight]
    if len(named) > 1:
        return book.say("seek.at_weights", weights=_values(weights, answer, book))
    name = answer.lever.name(scenario, named[0])
    if scenario.kind != "shares" or scenario.coefficient is not None:
        return book.say("seek.at_factor", name=name)
    column = scenario.column(named[0])
    mine = [
        x for x, i in zip(column, scenario.participants, strict=True) if scenario.ids[i] in target.recipients
    ]
    share = 100 * Fraction(sum(mine, start=Fraction(0))) / Fraction(sum(column, start=Fraction(0)) or 1)
    key = "seek.at_low_share" if side == "low" else "seek.at_high_share"
    return book.say(key, name=name, share=_rounded(plain(share), book))


def _values(values: Mapping[str, Number], answer: Answer, book: Phrasebook) -> str:
    """Weights as a sentence names them, without those of nothing; or the money of the pools."""
    parts = [
        book.say(
            "audit.weight",
            name=answer.lever.name(answer.scenario, id),
            weight=_value_of(answer, value, book),
        )
        for id, value in values.items()
        if value
    ]
    return book.say("place.list").join(parts)
