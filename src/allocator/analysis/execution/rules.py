"""The rules that payments are compared with: the notice, the year, checkpoints, uses and targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, exact
from allocator.core.parts import Text, plain_name, put

PLANS = ("elapsed", "stated")
FIGURES = ("execution", "schedule", "uses", "entered")
GROUPS = ("general", "special", "individual")
OPERATORS = (">=", "<=", "=")


@dataclass(frozen=True)
class UseRule:
    """资金用途: a use that the rule permits or does not, with the clause that says so."""

    name: Text
    permitted: bool
    clause: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checkpoint:
    """检查时点: a day up to which payments are counted; ``planned`` percent should be paid by then."""

    day: date
    planned: Number | None = None

    def __post_init__(self) -> None:
        if self.planned is not None:
            put(self, planned=exact(self.planned))
            if not 0 <= self.planned <= 100:
                raise ScenarioError(
                    Problem("execution_percent", {"value": self.planned}, at={"key": "planned"})
                )


@dataclass(frozen=True)
class Target:
    """绩效指标: a figure, the value that it should have, and its weight in the score.

    ``figure`` is one that the program has ("execution", "schedule", "uses", all in percent) or "entered":
    then ``entered`` is the figure, or None where it is still to be entered.  ``value`` True asks for a yes.
    ``points`` are the points that somebody gave by hand, of the weight.
    """

    name: Text
    group: str
    figure: str
    operator: str
    value: Number | bool
    unit: Text | None = None
    weight: Number | None = None
    entered: Number | bool | None = None
    points: Number | None = None
    evidence: Text | None = None
    source: Text | None = None

    def __post_init__(self) -> None:
        for field, known in (("group", GROUPS), ("figure", FIGURES), ("operator", OPERATORS)):
            if getattr(self, field) not in known:
                details = {"value": getattr(self, field), "known": known}
                raise ScenarioError(Problem("choice", details, at={"key": field}))
        for field in ("value", "weight", "entered", "points"):
            given = getattr(self, field)
            if given is not None and not isinstance(given, bool):
                put(self, **{field: exact(given)})
        if self.weight is not None and self.weight < 0:
            raise ScenarioError(Problem("negative", {"value": self.weight}, at={"key": "weight"}))
        if self.yes and (self.operator != "=" or self.figure != "entered" or self.value is False):
            raise ScenarioError(Problem("execution_yes", at={"key": "value"}))
        if self.entered is not None and isinstance(self.entered, bool) != self.yes:
            key = "execution_entered_yes" if self.yes else "execution_entered_number"
            raise ScenarioError(Problem(key, at={"key": "entered"}))
        if self.entered is not None and self.figure != "entered":
            raise ScenarioError(Problem("execution_computed", {"name": self.figure}, at={"key": "entered"}))
        if self.points is not None and not 0 <= self.points <= (self.weight or 0):
            details = {"value": self.points, "most": self.weight or 0}
            raise ScenarioError(Problem("execution_points", details, at={"key": "points"}))

    @property
    def yes(self) -> bool:
        """True if the target is a yes and not a figure."""
        return isinstance(self.value, bool)


@dataclass(frozen=True)
class Rules:
    """执行与绩效规则: the rules that payments are compared with.

    ``notice`` is the first day on which money can be paid, ``end`` the last.  ``plan`` "elapsed": what should
    be paid on a day is the part of the days from notice to end that have passed; "stated": the percent of the
    latest checkpoint that states one.  Both lists of uses are open: a use on neither is no breach.
    ``cited`` is what was published about the outcome; it is shown with the figures and decides nothing.
    """

    notice: date
    end: date
    checkpoints: tuple[Checkpoint, ...] = ()
    plan: str = "elapsed"
    uses: tuple[UseRule, ...] = ()
    targets: tuple[Target, ...] = ()
    source: Text | None = None
    cited: Text | None = None

    def __post_init__(self) -> None:
        days = self.checkpoints or tuple(Checkpoint(day) for day in year_checkpoints(self.end.year))
        put(self, checkpoints=tuple(sorted(days, key=lambda c: c.day)), uses=tuple(self.uses))
        if self.plan not in PLANS:
            raise ScenarioError(Problem("choice", {"value": self.plan, "known": PLANS}, at={"key": "plan"}))
        if self.notice >= self.end:
            details = {"notice": self.notice.isoformat(), "end": self.end.isoformat()}
            raise ScenarioError(Problem("execution_days", details, at={"key": "notice"}))
        seen: set[date] = set()
        for checkpoint in self.checkpoints:
            if checkpoint.day in seen:
                details = {"name": checkpoint.day.isoformat()}
                raise ScenarioError(Problem("recipient_twice", details, at={"key": "checkpoint"}))
            seen.add(checkpoint.day)
            if checkpoint.planned is not None and self.plan == "elapsed":
                raise ScenarioError(Problem("execution_plan", at={"key": "plan"}))
        use_names(self.uses)

    def planned(self, day: date) -> Fraction | None:
        """The part of the allocation that should be paid by the end of a day; None where none is stated.

        >>> rules = Rules(date(2023, 5, 1), date(2023, 12, 31))
        >>> rules.planned(date(2023, 9, 30))
        Fraction(38, 61)
        """
        if self.plan == "elapsed":
            passed = Fraction((day - self.notice).days, (self.end - self.notice).days)
            return min(max(passed, Fraction(0)), Fraction(1))
        stated = [c.planned for c in self.checkpoints if c.planned is not None and c.day <= day]
        return Fraction(stated[-1]) / 100 if stated else None


def year_checkpoints(year: int, *, quarters: bool = False) -> tuple[date, ...]:
    """The ends of June, September and December; with ``quarters`` also of March."""
    march = (date(year, 3, 31),) if quarters else ()
    return (*march, date(year, 6, 30), date(year, 9, 30), date(year, 12, 31))


def use_names(uses: Iterable[UseRule]) -> dict[str, int]:
    """The position of each use by any of its names; raises ScenarioError where a name stands for two."""
    names: dict[str, int] = {}
    for at, use in enumerate(uses):
        for name in (use.name.zh, use.name.en, *use.aliases):
            if names.setdefault(plain_name(name), at) != at:
                raise ScenarioError(Problem("execution_use_twice", {"name": name}, at={"key": "use"}))
    return names
