"""Slips of what the program is still to learn: held money, corrections, roundings, groups, bounds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from random_drafts import Draft, Tables, quoted


def _somewhere(draft: Draft, least: int = 1) -> tuple[Tables, list[str]] | None:
    """The key of a pool, and at least so many that take part in it for certain."""
    if draft.tables["format"] == 1:
        return None
    found = [
        ({"pool": name} if name else {}, draft.certain(pool))
        for name, pool in draft.pools().items()
        if len(draft.certain(pool)) >= least
    ]
    return draft.rng.choice(found) if found else None


def _entry(draft: Draft, name: str, **keys: Any) -> bool:
    draft.tables.setdefault(name, []).append(keys)
    return draft.tables["format"] == 2


def _held_above_all(draft: Draft) -> bool:
    """More is held than there is, beside a cap."""
    if not (found := _somewhere(draft)):
        return False
    key, members = found
    above = draft.units * draft.unit * 100
    _entry(draft, "deduction", recipient=members[0], amount=above, **key)
    return _entry(draft, "limit", recipients=[members[0]], cap=above // 2, **key)


def _held_by_nobody(draft: Draft) -> bool:
    """A deduction for one that an earmark sets apart, or in a pool that there is not."""
    apart = [id for id in draft.ids if id not in draft.sharing]
    if apart and draft.rng.random() < 0.5:
        return _entry(
            draft, "deduction", recipient=apart[0], amount=1, pool=next(iter(draft.pools())) or "none"
        )
    return _entry(draft, "deduction", recipient=draft.ids[0], amount=1, pool="nowhere")


def _adjustment(draft: Draft, units: int, **keys: Any) -> bool:
    one, other = draft.ids[:2]
    entry = {"recipient": one, "amount": units * draft.unit, "reason": "会议决定"}
    return _entry(draft, "adjustment", **(entry | {"paid_by": {"recipient": other}} | keys))


def _unpaid(draft: Draft) -> bool:
    each_alone = draft.tables["fund"].get("rounding") == "each-alone"
    draft.tables.setdefault("adjustment", []).append(
        {"recipient": draft.ids[0], "amount": draft.unit, "reason": "会议决定"}
    )
    return not each_alone and draft.tables["format"] == 2


def _half_a_unit(draft: Draft) -> bool:
    return _adjustment(draft, 0, amount=Decimal(draft.unit) / 2)


def _below_zero(draft: Draft) -> bool:
    """Somebody, or who pays for it, gives more than there is."""
    return _adjustment(draft, draft.rng.choice([3, -3]) * _all_units(draft))


def _all_units(draft: Draft) -> int:
    amount = draft.tables["fund"]["amount"]
    return (int(amount[:-2]) * 10_000 if isinstance(amount, str) else int(amount)) // draft.unit + 1


def _without_reason(draft: Draft) -> bool:
    return _adjustment(draft, 0, reason=draft.rng.choice(["", "  ", {"zh": ""}]))


def _crossing(draft: Draft) -> bool:
    if not (found := _somewhere(draft, 3)):
        return False
    key, members = found
    for two in (members[:2], members[1:3]):
        _entry(draft, "limit", recipients=two, together=True, floor=0, **key)
    return True


def _clashing(draft: Draft) -> bool:
    """A floor above a cap, of one or of a group."""
    if not (found := _somewhere(draft)):
        return False
    key, members = found
    together = draft.rng.choice([{}, {"together": True}])
    rule = draft.tables["method"] if not key else draft.tables["pool"][key["pool"]]
    rule.pop("floors", None)
    draft.tables.pop("deduction", None)
    _entry(draft, "limit", recipients=members[:1], floor=2 * draft.unit, **together, **key)
    return _entry(
        draft, "limit", recipients=members[:1], cap={"formula": f"{draft.unit} * 1.5"}, **together, **key
    )


def _gains_without_floors(draft: Draft) -> bool:
    if not (found := _somewhere(draft)):
        return False
    key, _ = found
    (draft.tables["pool"][key["pool"]] if key else draft.tables["method"])["floors"] = "from-gains"
    draft.tables.pop("limit", None)
    draft.tables.pop("limit of ?", None)
    return True


def _equal(draft: Draft, over: int, rounding: str) -> bool:
    """Everybody equal, and so many units more (less, below zero) than go up evenly."""
    people = len(draft.sharing)
    if draft.tables["format"] == 1 or "pool" in draft.tables or not draft.sure or people < 2:
        return False
    for name in ("limit", "limit of ?", "deduction", "adjustment", "earmark", "reservation"):
        draft.tables.pop(name, None)
    draft.issued = None
    apart = [id for id in draft.ids if id not in draft.sharing]
    if apart:
        draft.tables["earmark"] = [{"recipient": id, "amount": 0} for id in apart]
    fund = draft.tables["fund"]
    for name in ("left", "rest_to", "below_zero", "of"):
        fund.pop(name, None)
    fund |= {"currency": "CNY", "rounding": rounding, "amount": (people * 10 + over) * draft.unit}
    draft.tables["factor"]["wrong"] = {"formula": "1"}
    draft.tables["method"] = {"kind": "shares"}
    draft.tables["weights"] = {"wrong": 100}
    return True


def _rest_to_nobody(draft: Draft) -> bool:
    """The rest goes to one that takes no part."""
    apart = [id for id in draft.ids if id not in draft.sharing]
    if not apart or not _equal(draft, 1, "rest-to"):
        return False
    draft.tables["fund"]["rest_to"] = {"recipient": apart[0]}
    return True


def _too_much_issued(draft: Draft) -> bool:
    draft.tables["fund"].pop("below_zero", None)
    draft.issued = [str(2 * _all_units(draft) * draft.unit), *["0"] * (len(draft.ids) - 1)]
    return draft.tables["format"] == 2


def _bound_that_fails(draft: Draft) -> bool:
    """A bound that divides by zero for one recipient."""
    if not (found := _somewhere(draft)):
        return False
    key, members = found
    name = next(name for name in draft.numbers if name in draft.columns)
    value = draft.columns[name][draft.ids.index(draft.rng.choice(members))]
    bound = {"formula": f"0 * (1 / ({quoted(name)} - {value}))"}
    return _entry(draft, "limit", recipients="all", **{draft.rng.choice(["floor", "cap"]): bound}, **key)


def _bound(formula: str, within: str = "", **keys: Any) -> Callable[[Draft], bool]:
    """A bound of this formula: in any pool, or within "pools" or over "all" of them."""

    def change(draft: Draft) -> bool:
        if not (found := _somewhere(draft)) or (within and "pool" not in draft.tables):
            return False
        key = {"pool": "all"} if within == "all" else found[0]
        limit = {"recipients": found[1][:1], "floor": {"formula": formula}} | key | keys
        return _entry(draft, "limit", **limit)

    return change


def _fund_key(key: str, value: Any, *without: str) -> Callable[[Draft], bool]:
    def change(draft: Draft) -> bool:
        fund = draft.tables["fund"]
        if draft.tables["format"] == 1 or fund.get("rounding") in without:
            return False
        fund[key] = value
        return True

    return change


def _text_of_a_group(draft: Draft) -> bool:
    return bool(draft.grade) and _bound(f'IF({draft.grade} = "a", 0, 0)', together=True)(draft)


def _phase_in_a_pool(draft: Draft) -> bool:
    for pool in draft.tables.get("pool", {}).values():
        pool["phase_in"] = Decimal("0.5")
    return "pool" in draft.tables


def _word_as_column(draft: Draft) -> bool:
    if draft.tables["format"] == 1 or "fund" in draft.columns:
        return False
    draft.columns["fund"] = ["1"] * len(draft.ids)
    return _bound("fund / 1000")(draft)


LATER: dict[str, Callable[[Draft], bool]] = {
    "more held than a cap": _held_above_all,
    "held by one who takes no part": _held_by_nobody,
    "an adjustment that nobody pays": _unpaid,
    "an adjustment of half a unit": _half_a_unit,
    "an adjustment below zero": _below_zero,
    "an adjustment without a reason": _without_reason,
    "an adjustment paid by itself": lambda draft: _adjustment(draft, 1, paid_by={"recipient": draft.ids[0]}),
    "an adjustment paid by nothing": lambda draft: _adjustment(draft, 1, paid_by={"reservation": "没有"}),
    "crossing groups": _crossing,
    "clashing bounds": _clashing,
    "from gains without floors": _gains_without_floors,
    "the rest to one who takes no part": _rest_to_nobody,
    "the rest to nobody known": _fund_key("rest_to", {"recipient": "nobody"}),
    "each alone gives out too much": lambda draft: _equal(draft, -1, "each-alone"),
    "each alone leaves something": lambda draft: len(draft.sharing) > 2 and _equal(draft, 1, "each-alone"),
    "left without each-alone": _fund_key("left", {"reservation": "市级部门"}, "each-alone"),
    "more issued than the amount": _too_much_issued,
    "a bound that fails for one": _bound_that_fails,
    "a bound that is a truth": _bound("1 < 2"),
    "a bound of text": _bound("'nothing'"),
    "a whole column of a word": _bound("SUM([fund])"),
    "a column called like a word": _word_as_column,
    "the pool over all": _bound("0 * pool", "all"),
    "last year within a pool": _bound("0 * previous", "pools"),
    "a group with text": _text_of_a_group,
    "together in words": _bound("0", together="yes"),
    "phase-in in a pool": _phase_in_a_pool,
    "a currency and mu": lambda draft: _fund_key("of", "亩")(draft) and _fund_key("currency", "CNY")(draft),
}
