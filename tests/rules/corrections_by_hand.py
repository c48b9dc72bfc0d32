"""Hands that correct, by hand: adjustments and who pays for them, the reservations, amounts issued already.

Where the text of the rules is silent, this is decided:

 Money that is held
36. A deduction needs no reason, is zero or more, to the cent, and not above the whole fund (a slip of the
    unit); several of one recipient in one pool add up. With two or more pools it names its pool, with one it
    may. One that names no pool that there is, is refused.
37. What is held in a pool counts in that pool alone. A fixed pool's claims stay as they are and what is held
    comes off them; shares and scores, phase-in too, are of the pool's money and what is held in it.
 Adjustments
38. An adjustment may be of anybody, set apart or in no pool, and of zero; its unit is the fund's. A reason
    that is blank is none.
39. `pro-rata`: the others are all recipients but the one adjusted, also those with adjustments of their own,
    by their whole amounts, earmarks included, before any adjustment. Each adjustment is shared out by itself.
    Where the others have nothing, it is refused.
40. Nobody pays for the own adjustment. A reservation is named by its name, in either language, and two of one
    name cannot be told apart.
41. "They" that add up are all sides: adjustments, who pays for them, reservations. They add up to zero or to
    just what rounding left (below zero: what is over); a part of it is refused, also beside `left`. With
    `left` the reservation takes all of it, or nothing where the adjustments used it. `left` takes nothing
    that is over.
42. Only in the end nobody, and no reservation, may be below zero: on the way there they may.
43. What one rounding leaves over in one pool and another lacks is set off: all pools together count.
 Issued already
44. Every recipient has an amount issued (zero is one) of zero or more, or the rule is refused. It is held
    against the whole amount: earmarks and adjustments included. More issued than the fund is no error of its
    own.
45. `below_zero` needs `issued`; rest_to needs rest-to, and left each-alone, or they are refused.
 What is no money
46. With `of` amounts are as exact as money, two decimals, and units such as 万元 are not read.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from formula_by_hand import Refused
from rounding_by_hand import largest_remainder
from table_by_hand import Amounts, Rule, Table, money, number


def deductions(rule: Rule, pools: dict[str, list[int]], table: Table) -> dict[str, dict[int, Fraction]]:
    """By pool, everybody that takes part in it with what it holds already; Refused for anybody else."""
    held = {pool: dict.fromkeys(members, Fraction()) for pool, members in pools.items()}
    for one in rule.get("deduction", []):
        if "pool" not in rule and "pool" in one:
            raise Refused("a deduction names a pool, and there is none")
        pool = one.get("pool", next(iter(pools)) if len(pools) == 1 else "")
        i = table.called(one["recipient"])
        if pool not in pools or i not in held[pool]:
            raise Refused(f"a deduction for {one['recipient']}, that takes no part in {pool or 'a pool'}")
        currency = rule["fund"].get("currency", "")
        amount = money(one["amount"], currency)
        if amount > money(rule["fund"]["amount"], currency):
            raise Refused(f"a deduction of {amount}, above the whole fund")
        held[pool][i] += amount
    return held


class Reservations:
    """The reservations and what becomes of them, in listed order."""

    def __init__(self, rule: Rule) -> None:
        currency = rule["fund"].get("currency", "")
        self.names: list[list[str]] = []
        self.amounts: list[Fraction] = []
        for one in rule.get("reservation", []):
            name = one["name"]
            self.names.append(sorted(set(name.values())) if isinstance(name, dict) else [name])
            self.amounts.append(money(one["amount"], currency))

    def called(self, name: Any) -> int:
        """The place of the reservation of this name; Refused where there is none, or two."""
        found = [n for n, names in enumerate(self.names) if name in names]
        if len(found) != 1:
            raise Refused(f"there is not one reservation {name}")
        return found[0]

    def not_below_zero(self) -> None:
        """Refuses a reservation that has fallen below zero."""
        if any(amount < 0 for amount in self.amounts):
            raise Refused("a reservation below zero")


def adjusted(
    rule: Rule, before: Amounts, reservations: Reservations, left: Fraction, table: Table
) -> tuple[Amounts, Fraction]:
    """The amounts after all adjustments, and what is left (below zero: over); changes the reservations.

    Refused where the adjustments do not add up, break a unit, lack a reason, or leave anybody below zero.
    """
    currency, unit = (
        rule["fund"].get("currency", ""),
        money(rule["fund"]["unit"], rule["fund"].get("currency", "")),
    )
    after = dict(before)
    kept = sum(reservations.amounts, Fraction())
    ids = [person["id"] for person in table.people]
    for one in rule.get("adjustment", []):
        recipient = ids[table.called(one["recipient"])]
        amount = _signed(one["amount"], currency)
        if (amount / unit).denominator != 1:
            raise Refused(f"an adjustment of {amount} breaks a whole unit")
        reasons = one["reason"].values() if isinstance(one["reason"], dict) else [one["reason"]]
        if not any(isinstance(reason, str) and reason.strip() for reason in reasons):
            raise Refused("an adjustment without a reason")
        after[recipient] += amount
        payer = one.get("paid_by")
        if payer == "pro-rata":
            others = [id for id in ids if id != recipient]
            have = sum((before[id] for id in others), Fraction())
            if have == 0:
                raise Refused("nobody else has anything")
            quotas = [abs(amount) * before[id] / have for id in others]
            for id, part in zip(others, largest_remainder(quotas, abs(amount), unit), strict=True):
                after[id] -= part if amount > 0 else -part
        elif isinstance(payer, dict) and set(payer) == {"recipient"}:
            other = ids[table.called(payer["recipient"])]
            if other == recipient:
                raise Refused(f"{other} pays for itself")
            after[other] -= amount
        elif isinstance(payer, dict) and set(payer) == {"reservation"}:
            reservations.amounts[reservations.called(payer["reservation"])] -= amount
        elif payer is not None:
            raise Refused(f"paid_by {payer}")
    used = sum(after.values()) - sum(before.values()) + sum(reservations.amounts, Fraction()) - kept
    if used not in (0, left):
        raise Refused(f"adjustments add up to {used}, and rounding left {left}")
    if any(amount < 0 for amount in after.values()):
        raise Refused("an amount below zero after adjustments")
    left -= used
    if "left" in rule["fund"]:
        taker = reservations.called(rule["fund"]["left"]["reservation"])
        reservations.amounts[taker] += max(left, Fraction())
        left = min(left, Fraction())
    reservations.not_below_zero()
    return after, left


def still_to_pay(rule: Rule, amounts: Amounts, table: Table) -> Amounts:
    """Amounts less what was issued already; Refused below zero, unless it is to be recovered."""
    found: Amounts = {}
    for i, (recipient, amount) in enumerate(amounts.items()):
        issued = table.stated("issued", i)
        if issued < 0:
            raise Refused(f"issued to {recipient}: {issued}")
        found[recipient] = amount - issued
        if found[recipient] < 0 and "below_zero" not in rule["fund"]:
            raise Refused(
                f'{recipient} has had {-found[recipient]} too much; floor = {{ formula = "issued" }}'
            )
    return found


def _signed(written: Any, currency: str) -> Fraction:
    """An amount with a sign, as a number or as text such as "-5万元"."""
    if isinstance(written, str) and written[:1] in ("-", "+"):
        size = money(written[1:], currency)
        return -size if written[0] == "-" else size
    if isinstance(written, str):
        return money(written, currency)
    return number(written)
