"""The assessment of targets, and the score that follows from the weights that were entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocator.analysis.execution.progress import Execution
from allocator.analysis.execution.rules import Target
from allocator.core.exact import Number, plain


@dataclass(frozen=True)
class Assessed:
    """An indicator with its figure: reached, departing from its target, to be verified first, or still open.

    ``value`` is None where the figure is not known; ``points`` where there is no weight or nothing to give
    points for yet.
    """

    target: Target
    value: Number | bool | None
    state: str
    points: Number | None


@dataclass(frozen=True)
class Assessment:
    """绩效自评: every indicator, in listed order."""

    items: tuple[Assessed, ...]

    @property
    def full(self) -> Number:
        """The full score: the sum of the weights."""
        return _sum([item.target.weight for item in self.items])

    @property
    def points(self) -> Number:
        """The points given so far."""
        return _sum([item.points for item in self.items])

    @property
    def waiting(self) -> Number:
        """The weight of the indicators without points so far."""
        return _sum([item.target.weight for item in self.items if item.points is None])

    @property
    def score(self) -> Number | None:
        """自评得分: the points of all indicators; None while any is without its weight or its points."""
        whole = bool(self.items) and all(item.points is not None for item in self.items)
        return self.points if whole and self.full else None


def figure(found: Execution, name: str) -> Number | None:
    """One of the figures that the program works out, in percent; None where it has no data.

    "execution": paid of what is allocated.  "schedule": payers that are not behind, of those with money.
    "uses": paid for uses that are named as permitted, of all that is paid.
    """
    if name == "execution":
        return plain(found.rate * 100) if found.allocated else None
    if name == "schedule":
        behind = [found.now.behind(payer) for payer in found.payers if payer.allocated]
        if not behind or found.now.planned is None:
            return None
        return plain(Fraction(100 * sum(not lag for lag in behind), len(behind)))
    permitted = _sum(
        [amount for at, amount in enumerate(found.now.by_use.values())
         if at < len(found.rules.uses) and found.rules.uses[at].permitted]
    )  # fmt: skip
    return plain(100 * Fraction(permitted) / found.now.total) if found.now.total > 0 else None


def assess(found: Execution, targets: Sequence[Target] | None = None) -> Assessment:
    """Compares the figures with the targets of the rules, or with others.

    Points are the weight where the target is reached; else the weight times how much of the target is
    reached (value ÷ target for "at least", target ÷ value for "at most", the smaller of the two for
    "equal"), nothing for a no; or the points given by hand.  Uses that are not named as permitted are to
    be verified, which gives no points and takes none.
    """
    return Assessment(
        tuple(_assessed(found, one) for one in (found.rules.targets if targets is None else targets))
    )


def _assessed(found: Execution, target: Target) -> Assessed:
    value = target.entered if target.figure == "entered" else figure(found, target.figure)
    if value is None:
        state = "open"
    elif _reached(target, value):
        state = "met"
    else:
        state = "verify" if target.figure == "uses" else "departs"
    points = target.points
    if points is None and target.weight is not None and value is not None and state in ("met", "departs"):
        points = plain(Fraction(target.weight) * (1 if state == "met" else _part(target, value)))
    return Assessed(target, value, state, points)


def _reached(target: Target, value: Number | bool) -> bool:
    if target.operator == ">=":
        return value >= target.value
    return value <= target.value if target.operator == "<=" else value == target.value


def _part(target: Target, value: Number | bool) -> Fraction:
    """The part that is reached of a target that is missed, from 0 to 1."""
    if target.yes or value <= 0 or target.value <= 0:
        return Fraction(0)
    ratio = Fraction(value) / Fraction(target.value)
    return ratio if ratio < 1 else 1 / ratio


def _sum(values: Sequence[Number | None]) -> Number:
    return plain(sum((value for value in values if value is not None), start=Fraction(0)))
