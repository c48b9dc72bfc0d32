"""The form of a random sweep, read into what the sweep takes.  No Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from allocator.analysis.sweep import Anywhere, Around, Law, Within
from allocator.core.errors import AllocatorError, Problem, ScenarioError
from allocator.core.exact import Frozen, Number
from allocator.core.model import Scenario
from allocator.text import Phrasebook
from allocator.ui.session.rule import entered_number

PRESETS = ("around", "anywhere", "data")
OWN = "own"
COUNTS = (10_000, 100_000, 1_000_000, 10_000_000)
QUICK = 50_000_000  # amounts times factors that are drawn without being asked for: about a second
MOST = 20_000_000_000  # about ten minutes
# of rules that the kernel does not cover, each draw of which is allocated exactly
EXACT_COUNTS = (1_000, 10_000, 100_000)
EXACT_QUICK, EXACT_MOST = 60_000, 30_000_000
NOISE = 10  # percent by which a preset takes data to be off


class Asked(NamedTuple):
    """The settings of a sweep: law of the weights, percent by which data is off, seed, number of draws."""

    law: Law | None
    noise: Mapping[str, Number]
    seed: int
    draws: int


@dataclass(frozen=True)
class Entered:
    """A person's own settings, as typed; ``points_of`` and ``noise_of`` are by factor, blank as for all."""

    law: str = "around"
    concentration: str = "100"
    points: str = "5"
    noise: str = "0"
    seed: str = "1"
    points_of: Mapping[str, str] = field(default_factory=dict)
    noise_of: Mapping[str, str] = field(default_factory=dict)


def exactly(scenario: Scenario) -> bool:
    """True if each draw is allocated exactly, which takes longer."""
    return bool(scenario.beyond or scenario.pools)


def weighted(scenario: Scenario) -> list[str]:
    """The factors whose weights are drawn, each once."""
    if not exactly(scenario):
        return list(scenario.weights)
    drawn = [pool.id for pool in scenario.rules if pool.kind != "fixed"]
    return list(dict.fromkeys(factor for pool in drawn for factor in scenario.weighted[pool]))


def noisy(scenario: Scenario) -> list[str]:
    """The factors whose data may be off: of column formulas the data behind them."""
    if not exactly(scenario):
        return list(scenario.weights)
    return [f.id for f in scenario.behind if f.formula is None and not f.text]


def movable(scenario: Scenario) -> bool:
    """True if there are two weights above zero, which can move against each other."""
    pools = [scenario.weighted[pool.id] for pool in scenario.rules if pool.kind != "fixed"]
    return any(len([weight for weight in weights.values() if weight]) > 1 for weights in pools)


def presets(scenario: Scenario) -> tuple[str, ...]:
    """The presets that change anything."""
    return PRESETS if movable(scenario) else ("data",)


def _size(scenario: Scenario) -> int:
    return len(scenario.ids) * len({*weighted(scenario), *noisy(scenario)})


def counts(scenario: Scenario) -> tuple[int, ...]:
    """The numbers of draws that can be chosen."""
    all_, most = (EXACT_COUNTS, EXACT_MOST) if exactly(scenario) else (COUNTS, MOST)
    return tuple(draws for draws in all_ if draws * _size(scenario) <= most) or all_[:1]


def usual_count(scenario: Scenario) -> int:
    """The largest number of draws up to a million that is quick, else the least."""
    offered = counts(scenario)
    found = [draws for draws in offered if draws <= 1_000_000 and quick(scenario, draws)]
    return max(found, default=offered[0])


def quick(scenario: Scenario, draws: int) -> bool:
    """True if so many draws can be made without being asked for."""
    return draws * _size(scenario) <= (EXACT_QUICK if exactly(scenario) else QUICK)


def preset(name: str, scenario: Scenario, draws: int) -> Asked:
    """The settings of a preset."""
    if name == "data":
        return Asked(None, Frozen(dict.fromkeys(noisy(scenario), NOISE)), 1, draws)
    return Asked(Around() if name == "around" else Anywhere(), Frozen(), 1, draws)


def own(typed: Entered, scenario: Scenario, draws: int, book: Phrasebook) -> Asked:
    """The settings from those typed.  Raises ScenarioError with a sentence for everything that is wrong."""
    reader = _Reader(book)
    law: Law | None = None
    if not movable(scenario):
        pass
    elif typed.law == "around":
        concentration = reader.number(typed.concentration, "concentration")
        law = reader.tried("concentration", lambda: Around(concentration))
    elif typed.law == "anywhere":
        law = Anywhere()
    elif typed.law == "within":
        points = reader.by_factor(weighted(scenario), typed.points, typed.points_of, "points", scenario)
        one = points[next(iter(points))] if len(set(points.values())) == 1 else None
        law = reader.tried("points", lambda: Within(Frozen(points) if one is None else one))
    noise = reader.by_factor(noisy(scenario), typed.noise, typed.noise_of, "noise", scenario)
    seed = reader.number(typed.seed, "seed")
    if not isinstance(seed, int) or not 0 <= seed < 10**19:
        reader.problems.append(Problem("sweep_seed", {"value": typed.seed[:40]}, reader.label("seed")))
    if reader.problems:
        raise ScenarioError(reader.problems)
    return Asked(law, Frozen({factor: value for factor, value in noise.items() if value}), int(seed), draws)


def in_form(error: AllocatorError, book: Phrasebook) -> AllocatorError:
    """The error without the names of options; a form has none."""
    return error.in_fields(
        {
            "around": book.say("app.sweep.concentration"),
            "points": book.say("app.sweep.points"),
            "noise": book.say("app.sweep.noise"),
        }
    )


class _Reader:
    """Reads figures and collects what is wrong with them."""

    def __init__(self, book: Phrasebook) -> None:
        self.book = book
        self.problems: list[Problem] = []

    def label(self, field: str) -> str:
        return self.book.say(f"app.sweep.{field}")

    def number(self, text: str, field: str, at: Mapping[str, object] | None = None) -> Number:
        """The number, or 1 after noting why there is none."""
        value = entered_number(text.strip().removesuffix("%").strip())
        if isinstance(value, str):
            self.problems.append(Problem(value, {"value": text[:40]}, self.label(field), at or {}))
            return 1
        return value

    def by_factor(
        self, factors: Iterable[str], common: str, typed: Mapping[str, str], field: str, scenario: Scenario
    ) -> dict[str, Number]:
        """A number for each of these factors: its own, or that for all."""
        usual = self.number(common, field)
        found = {}
        for factor in factors:
            text = typed.get(factor, "").strip()
            at = {"column": self.book.text(scenario.factor(factor).name)}
            found[factor] = self.number(text, field, at) if text else usual
        return found

    def tried(self, field: str, make: Callable[[], Law]) -> Law | None:
        """A law, or none after noting what is wrong with it."""
        try:
            return make()
        except ScenarioError as error:
            self.problems += in_form(error, self.book).problems
            return None
