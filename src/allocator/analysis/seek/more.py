"""Somebody gets so much more, or less: who pays for it, or the change of the rule that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.analysis.seek.answer import Answer
from allocator.analysis.seek.asking import seek
from allocator.analysis.seek.levers import Lever, levers_of
from allocator.analysis.seek.targets import Target
from allocator.core.allocation import Allocation
from allocator.core.corrections import PRO_RATA, Adjustment
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.exact import Number, exact, plain
from allocator.core.naming import names_of, unknown_recipient
from allocator.core.parts import Party, Text, wrong


@dataclass(frozen=True)
class More:
    """The answers to "this recipient gets so much more", each an allocation, or the reason why there is none.

    ``shared``: all others pay in proportion to what they get.  ``paid``: one ``payer`` does, None where none
    is named.  Both are adjustments after everything else.  ``ruled``: the nearest weights under which the
    rule itself brings at least that much, at most where the amount is below zero; with pools, of all that
    can move the answer that moves the least money.  ``unruled`` are the answers where nothing does it.
    """

    recipient: str
    amount: Number
    now: Allocation
    shared: Allocation | AllocatorError
    payer: Party | None
    paid: Allocation | AllocatorError | None
    ruled: Answer | AllocatorError
    unruled: tuple[Answer, ...] = ()

    @property
    def found(self) -> dict[str, Allocation]:
        """The answers that there are, by "shared", "paid" and "ruled"."""
        ruled = self.ruled.found if isinstance(self.ruled, Answer) else None
        answers = {"shared": self.shared, "paid": self.paid, "ruled": ruled}
        return {way: found for way, found in answers.items() if isinstance(found, Allocation)}


def more_for(
    now: Allocation,
    recipient: str,
    amount: Number,
    reason: Text | str,
    *,
    payer: Party | None = None,
    progress: Callable[[float], None] | None = None,
) -> More:
    """Answers what happens if a recipient gets so much more, or with an amount below zero less.

    ``amount`` is in the main unit, in whole rounding units, ``reason`` that of the adjustment.  Every answer
    is allocated anew.  Raises ScenarioError for an unknown recipient and for an amount of zero.

    >>> from allocator import load_scenario
    >>> now = allocate(load_scenario("scenarios/luzhou-2023/published-rule.toml"))
    >>> found = more_for(now, "hightech", 20_000, "重点项目", payer=Party("ftz"))
    >>> found.shared.amounts["hightech"], found.paid.amounts["ftz"], found.ruled.found.amounts["hightech"]
    (270000, 49980000, 270000)
    >>> list(more_for(now, "hightech", 500_000, "重点项目").found)  # no weights bring it that much
    ['shared']
    """
    scenario = now.scenario
    if recipient not in scenario.position:
        at = {"option": "recipient"}
        raise ScenarioError(unknown_recipient(recipient, names_of(scenario.recipients), at=at))
    amount = exact(amount)
    if not amount:
        wrong("more_nothing", at={"option": "amount"})

    def adjusted(paid_by: str | Party) -> Allocation | AllocatorError:
        try:
            own = Adjustment(recipient, amount, Text.of(reason), paid_by=paid_by)
            return allocate(replace(scenario, adjustments=(*scenario.adjustments, own)))
        except AllocatorError as error:
            return error

    wanted = plain(now.amounts[recipient] + amount)
    ruled: Answer | AllocatorError
    try:
        target = Target("amount", (recipient,), ">=" if amount > 0 else "<=", wanted)
        levers: list[Lever | None] = [*levers_of(scenario)] if scenario.pools else [None]
        answers = [seek(scenario, [target], lever=one, progress=progress) for one in levers or [None]]
        does = [answer for answer in answers if answer.found is not None]
        unruled = () if does else tuple(answers)
        ruled = min(does, key=_moved) if does else answers[0]
    except AllocatorError as error:
        ruled, unruled = error, ()
    paid = None if payer is None else adjusted(payer)
    return More(recipient, plain(amount), now, adjusted(PRO_RATA), payer, paid, ruled, unruled)


def _moved(answer: Answer) -> Number:
    """The money that an answer moves, up and down added up."""
    assert answer.found is not None
    after, before = answer.found.amounts, answer.now.amounts
    return plain(sum((abs(Fraction(after[id] - amount)) for id, amount in before.items()), start=Fraction(0)))
