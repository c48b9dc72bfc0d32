"""Random money that is held, amounts issued, roundings that leave something, and adjustments."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from random_drafts import Draft, Tables, written
from rules_by_hand import Overspent, Refused, Undistributed, read, split


def later_fund(draft: Draft) -> None:
    """What only format 2 has in a fund: other roundings, land in place of money, amounts issued."""
    rng, fund = draft.rng, draft.tables["fund"]
    if rng.random() < 0.25:
        name = draft.tables.get("reservation", [{}])[0].get("name")
        fund["rounding"] = rng.choice(["each-alone", "rest-to"])
        if fund["rounding"] == "rest-to":
            fund["rest_to"] = {"recipient": rng.choice(_everywhere(draft) or draft.sharing)}
            if name and rng.random() < 0.5:
                fund["rest_to"] = {"reservation": name}
        elif name and rng.random() < 0.5:
            fund["left"] = {"reservation": name}
    if isinstance(fund["amount"], int) and rng.random() < 0.1:
        del fund["currency"]
        fund["of"] = rng.choice(["亩", {"zh": "亩", "en": "mu"}])
    if rng.random() < 0.25:
        fair = draft.units * draft.unit // len(draft.ids)
        draft.issued = [
            rng.choice(["0", str(rng.randint(0, fair // 3)), f"{fair // 5}.50"]) for _ in draft.ids
        ]
        if rng.random() < 0.75:
            fund["below_zero"] = "recover"


def _everywhere(draft: Draft) -> list[str]:
    """Those that take part in every pool for certain."""
    return [id for id in draft.sharing if all(id in draft.certain(pool) for pool in draft.pools().values())]


def corrections(draft: Draft) -> None:
    """Money that is held, and adjustments that add up."""
    rng, unit = draft.rng, draft.unit
    for name, pool in draft.pools().items():
        members, units = draft.certain(pool), draft.units_of(pool)
        for _ in range(rng.choice([0, 0, 0, 1, 2]) if members and units else 0):
            fair = max(units // len(draft.ids), 1) * unit
            held: Tables = {"recipient": rng.choice(members), "amount": rng.randint(0, fair)}
            if rng.random() < 0.2:
                held["amount"] = 3 * fair
            if rng.random() < 0.4:
                held["amount"] += Decimal("0.37")
            if name and (len(draft.pools()) > 1 or rng.random() < 0.5):
                held["pool"] = name
            if rng.random() < 0.8:
                held["reason"] = "上年结转"
            draft.tables.setdefault("deduction", []).append(held)
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        one, other = rng.sample(draft.ids, 2)
        amount = rng.choice([1, 1, 2, 3, -1]) * unit
        entry: Tables = {"recipient": one, "amount": amount, "reason": "会议决定"}
        how = rng.choice(["two", "recipient", "pro-rata", "pro-rata", "reservation"])
        entries = [entry]
        if how == "two":
            entries.append({"recipient": other, "amount": -amount, "reason": {"zh": "核减", "en": "cut"}})
        elif how == "pro-rata":
            entry["paid_by"] = "pro-rata"
        elif how == "reservation" and "reservation" in draft.tables:
            entry["paid_by"] = {"reservation": draft.tables["reservation"][0]["name"]}
        else:
            entry["paid_by"] = {"recipient": other}
        draft.tables.setdefault("adjustment", []).extend(entries)


def settled(draft: Draft) -> None:
    """Writes adjustments for what each-alone leaves, as somebody would who has seen the plan."""
    made = written(draft)
    try:
        split(*read(made.toml, made.factors, made.recipients, made.previous, made.issued))
    except (Undistributed, Overspent) as left:
        if draft.rng.random() < 0.1:
            return  # and nobody does
        amounts, amount = left.result.amounts, left.result.unshared
        taker = max(amounts, key=lambda id: (amounts[id], id))
        several: list[tuple[str, Fraction]] = [(taker, amount)]
        if abs(amount) > draft.unit:
            own = Fraction(draft.unit if amount > 0 else -draft.unit)
            second = draft.rng.choice([id for id in amounts if amounts[id] >= draft.unit] or [taker])
            several = [(second, own), (taker, amount - own)]
        draft.tables.setdefault("adjustment", []).extend(
            {"recipient": id, "amount": int(part), "reason": "尾差调整"} for id, part in several
        )
    except Refused:
        return
