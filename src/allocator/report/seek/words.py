"""What it would take, as sentences in both languages, a table and plain data."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from allocator.analysis.differences import differences
from allocator.analysis.finding import held_against
from allocator.analysis.seek import Answer, Reach, Target, measured
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.office import weight_text
from allocator.report.words.differences import differences_in_words
from allocator.report.words.finding import short, terms
from allocator.report.words.ranges import outward, weights_text
from allocator.text import money, money_unit, number, say

MOST_NAMES = 6
CENT = Fraction(1, 100)
WORDS = {"<=": "most", ">=": "least", "==": "exactly"}


# --- targets --------------------------------------------------------------------------------------


def who(target: Target, scenario: Scenario, lang: str) -> str:
    """Whom a target is about: a name, or a group's with its members."""
    names = [r.name for r in scenario.recipients if r.id in target.recipients]
    if len(names) == 1 and not target.name:
        return str(getattr(names[0], lang))
    if len(names) > MOST_NAMES:
        members = say("seek.so_many", lang, names=names[:MOST_NAMES], count=len(names))
    else:
        members = say("place.list", lang).join(getattr(name, lang) for name in names)
    return say("seek.group" if target.name else "seek.together", lang, name=target.name, names=members)


def value_text(target: Target, value: Number, scenario: Scenario, lang: str) -> str:
    """An amount, share, rank or difference as a sentence writes it."""
    if target.of == "rank":
        return say("seek.rank", lang, value=value)
    if target.of == "share":
        return say("seek.percent", lang, value=_rounded(100 * value, lang))
    return money(value, scenario.fund.currency, lang, sign=target.of == "difference")


def target_text(target: Target, scenario: Scenario, lang: str) -> str:
    """A target in words.

    >>> from allocator import load_scenario
    >>> scenario = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> target_text(Target("amount", ("ftz",), "<=", 48_000_000), scenario, "en")
    'Free Trade Zone gets at most 48,000,000 yuan'
    """
    value = value_text(target, target.value, scenario, lang)
    key = f"seek.{target.of}_{WORDS[target.relation]}"
    return say(key, lang, who=who(target, scenario, lang), value=value)


def _rounded(value: Number, lang: str) -> str:
    text = number(round(Fraction(value), 2), lang)
    return text if round(Fraction(value), 2) == value else f"≈{text}"


def _exactly(value: Number, scenario: Scenario, lang: str, side: int) -> str:
    """Money to the cent; beyond that rounded down (side 0) or up (1)."""
    end, currency = outward((value, value), CENT)[side], scenario.fund.currency
    if lang != "zh" or currency != "CNY" or end < 10_000:
        return money(end, currency, lang)
    unit = money_unit(currency, 10_000, lang)
    return say("money.amount", lang, value=number(Fraction(end) / 10_000, lang), unit=unit)


# --- sentences ------------------------------------------------------------------------------------


def sentences(answer: Answer, lang: str) -> list[str]:
    """The answer to be read aloud: what was asked, what changes, what that brings, or why nothing does it."""
    scenario = answer.scenario
    asked = [target_text(target, scenario, lang) for target in answer.targets]
    lines = [say("seek.asked", lang, targets=say("seek.join", lang).join(asked))]
    if answer.found is None:
        lines += _impossible(answer, lang) if answer.impossible else [_not_found(answer, lang)]
    elif not answer.change:
        lines.append(say("seek.met_now", lang))
    else:
        lines.append(_change(answer, lang))
        lines += [_verified(answer, lang), _effect(answer, lang)]
    if scenario.assumed:
        lines.append(say("seek.only_this_data", lang))
    return lines


def _points(answer: Answer, weight: Number, lang: str) -> str:
    """A change of weights in percentage points; for scores in parts of a hundred of the sum of weights."""
    total = sum(answer.scenario.weights.values(), start=Fraction(0))
    return number(plain(weight * 100 / Fraction(total)), lang)


def _step(answer: Answer, lang: str) -> str:
    assert answer.moves is not None
    step = plain(answer.moves.step * 100 / sum(answer.moves.present, start=Fraction(0)))
    return say("seek.step_one" if step == 1 else "seek.step", lang, step=step)


def weight_changes(answer: Answer, lang: str) -> list[str]:
    """Each weight that changes: from what to what."""
    if answer.found is None:
        return []
    scenario, weights = answer.scenario, answer.found.scenario.weights
    return [
        say(
            "seek.from_to",
            lang,
            name=scenario.factor(factor).name,
            before=weight_text(weight, scenario.kind, lang),
            after=weight_text(weights[factor], scenario.kind, lang),
        )
        for factor, weight in scenario.weights.items()
        if weights[factor] != weight
    ]


def _change(answer: Answer, lang: str) -> str:
    assert answer.found is not None and answer.change is not None
    if answer.clause is not None:
        (what,) = differences_in_words(
            differences(answer.scenario, answer.found.scenario), answer.scenario, lang
        )
        return say("seek.clause_found", lang, what=what)
    weights = answer.found.scenario.weights
    sizes = [abs(Fraction(weights[f] - w)) for f, w in answer.scenario.weights.items()]
    details = {
        "changes": say("place.list", lang).join(weight_changes(answer, lang)),
        "total": _points(answer, answer.change, lang),
        "largest": _points(answer, max(sizes), lang),
        "step": _step(answer, lang),
        "stay": "" if all(sizes) else say("seek.stay", lang),
    }
    if answer.searched == answer.change:
        return say("seek.found_equal", lang, **details)
    if not answer.proved:
        searched = _points(answer, answer.searched or 0, lang)
        return say("seek.found_unproved", lang, searched=searched, **details)
    return say("seek.found", lang, **details)


def _verified(answer: Answer, lang: str) -> str:
    """What the targets come to in the allocation that was confirmed."""
    assert answer.found is not None
    scenario = answer.scenario
    parts = []
    for target in answer.targets:
        value = value_text(target, measured(target, answer.found), scenario, lang)
        before = value_text(target, measured(target, answer.now), scenario, lang)
        key = f"seek.{target.of}_now"
        parts.append(say(key, lang, who=who(target, scenario, lang), value=value, before=before))
    return say("seek.verified", lang, values=say("seek.join", lang).join(dict.fromkeys(parts)))


def _effect(answer: Answer, lang: str) -> str:
    """What that moves against the present allocation."""
    assert answer.found is not None
    what = short(held_against(answer.found, answer.now), terms([answer.now], lang))
    return say("seek.effect", lang, what=what)


def _not_found(answer: Answer, lang: str) -> str:
    if answer.clause is not None:
        return say("seek.clause_not_found", lang)
    return say("seek.not_found", lang, searched=_points(answer, answer.searched or 0, lang))


def _impossible(answer: Answer, lang: str) -> list[str]:
    """Why nothing that is allowed meets the targets, the least and the most, and which of them clash."""
    impossible, scenario = answer.impossible, answer.scenario
    assert impossible is not None
    lines = [_none(answer, lang)]
    if len(answer.targets) > 1:
        clash = [target_text(answer.targets[n], scenario, lang) for n in impossible.clash]
        key = "seek.clash_alone" if impossible.alone else "seek.clash"
        lines.append(say(key, lang, targets=say("seek.join", lang).join(clash)))
    for number_, amount in impossible.limits.items():
        target = answer.targets[number_]
        kind = "floor" if measured(target, answer.now) > target.value else "cap"
        shown = money(amount, scenario.fund.currency, lang)
        lines.append(say(f"seek.held_{kind}", lang, who=who(target, scenario, lang), amount=shown))
    seen = set()
    for number_, reach in impossible.reaches.items():
        target = answer.targets[number_]
        if target.recipients not in seen and number_ not in impossible.limits:
            seen.add(target.recipients)
            lines.append(_reach(answer, target, reach, lang))
    if impossible.nearest is not None:
        target = answer.targets[impossible.clash[0]]
        value = value_text(target, measured(target, impossible.nearest), scenario, lang)
        if answer.clause is None:
            weights = impossible.nearest.scenario.weights
            same = weights == scenario.weights
            how = say("seek.at_weights", lang, weights=_weights(weights, scenario, lang))
            how = say("seek.as_now", lang) if same else how
        else:
            now = differences(scenario, impossible.nearest.scenario)
            how = " ".join(differences_in_words(now, scenario, lang)).rstrip("。.") or say(
                "seek.as_now", lang
            )
        lines.append(
            say(f"seek.nearest_{target.of}", lang, who=who(target, scenario, lang), value=value, how=how)
        )
    return lines


def _none(answer: Answer, lang: str) -> str:
    impossible, moves = answer.impossible, answer.moves
    assert impossible is not None
    if moves is None:
        assert answer.ends is not None and answer.clause is not None
        low, high = (_clause_value(answer, end, lang) for end in answer.ends)
        what = say(f"seek.{answer.clause.kind}", lang)
        return say("seek.none_clause", lang, what=what, low=low, high=high)
    if not impossible.always:
        finest = moves.step * 10_000 <= sum(moves.present)
        return say("seek.none_finest" if finest else "seek.none_steps", lang, step=_step(answer, lang))
    return say("seek.none_within" if _bounded(answer) else "seek.none", lang)


def _clause_value(answer: Answer, value: Number, lang: str) -> str:
    assert answer.clause is not None
    if answer.clause.is_amount(answer.scenario):
        return money(value, answer.scenario.fund.currency, lang)
    return say("seek.percent", lang, value=_rounded(100 * value, lang))


def _bounded(answer: Answer) -> bool:
    """Whether weights were kept or bounded."""
    assert answer.moves is not None
    total = sum(answer.moves.present, start=Fraction(0))
    whole = (0, plain(total))
    return any(
        ends != whole and any(answer.scenario.column(factor))
        for factor, ends in zip(answer.moves.factors, answer.moves.ends, strict=True)
    )


def _reach(answer: Answer, target: Target, reach: Reach, lang: str) -> str:
    """The least and the most that some recipients can get, and where: on one factor, or at which weights."""
    scenario = answer.scenario
    details: dict[str, Any] = {
        "who": who(target, scenario, lang),
        "low": _exactly(reach.low, scenario, lang, 0),
        "high": _exactly(reach.high, scenario, lang, 1),
    }
    key = "reach_limits" if scenario.limits else "reach"
    if reach.low == reach.high:
        key = f"{key}_fixed"
    for side, weights in (("low", reach.low_weights), ("high", reach.high_weights)):
        details[f"at_{side}"] = _where(target, weights, scenario, side, lang)
    within = say("seek.within" if _bounded(answer) else "seek.any", lang)
    return say(f"seek.{key}", lang, within=within, **details)


def _where(target: Target, weights: Mapping[str, Number], scenario: Scenario, side: str, lang: str) -> str:
    """At which weights: all on one factor, and then with the share of it, or all of them."""
    named = [factor for factor, weight in weights.items() if weight]
    if len(named) > 1:
        return say("seek.at_weights", lang, weights=_weights(weights, scenario, lang))
    name = scenario.factor(named[0]).name
    if scenario.kind != "shares" or scenario.coefficient is not None:
        return say("seek.at_factor", lang, name=name)
    column = scenario.column(named[0])
    mine = [
        x for x, i in zip(column, scenario.participants, strict=True) if scenario.ids[i] in target.recipients
    ]
    share = 100 * Fraction(sum(mine, start=Fraction(0))) / Fraction(sum(column, start=Fraction(0)) or 1)
    return say(f"seek.at_{side}_share", lang, name=name, share=_rounded(plain(share), lang))


def _weights(weights: Mapping[str, Number], scenario: Scenario, lang: str) -> str:
    return weights_text({factor: weight for factor, weight in weights.items() if weight}, scenario, lang)
