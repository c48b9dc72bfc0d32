"""The form of a random sweep, read into what the sweep takes.  No Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


def movable(scenario: Scenario) -> bool:
    """True if there are two weights above zero, which can move against each other."""
    return len([weight for weight in scenario.weights.values() if weight]) > 1


def presets(scenario: Scenario) -> tuple[str, ...]:
    """The presets that change anything."""
    return PRESETS if movable(scenario) else ("data",)


def counts(scenario: Scenario) -> tuple[int, ...]:
    """The numbers of draws that can be chosen."""
    size = len(scenario.ids) * len(scenario.weights)
    return tuple(draws for draws in COUNTS if draws * size <= MOST) or COUNTS[:1]


def usual_count(scenario: Scenario) -> int:
    """The largest number of draws up to a million that is quick, else the least."""
    found = [draws for draws in counts(scenario) if draws <= 1_000_000 and quick(scenario, draws)]
    return max(found, default=COUNTS[0])


def quick(scenario: Scenario, draws: int) -> bool:
    """True if so many draws can be made without being asked for."""
    return draws * len(scenario.ids) * len(scenario.weights) <= QUICK


def preset(name: str, scenario: Scenario, draws: int) -> Asked:
    """The settings of a preset."""
    if name == "data":
        return Asked(None, Frozen(dict.fromkeys(scenario.weights, NOISE)), 1, draws)
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
        points = reader.by_factor(typed.points, typed.points_of, "points", scenario)
        one = points[next(iter(points))] if len(set(points.values())) == 1 else None
        law = reader.tried("points", lambda: Within(Frozen(points) if one is None else one))
    noise = reader.by_factor(typed.noise, typed.noise_of, "noise", scenario)
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
        self, common: str, typed: Mapping[str, str], field: str, scenario: Scenario
    ) -> dict[str, Number]:
        """A number for each factor: its own, or that for all."""
        usual = self.number(common, field)
        found = {}
        for factor in scenario.weights:
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
