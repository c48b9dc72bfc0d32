"""A scenario's factors replaced by those of a sheet, with new weights, as one step.  No Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from allocator.core.errors import Problem, ScenarioError
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Factor
from allocator.files.understanding.folder import changes_of
from allocator.files.understanding.model import Understanding
from allocator.text import Phrasebook
from allocator.ui.session.rule import entered_weights

# of a column that goes: it stays without a weight, or what refers to it goes too; neither can be an id
KEEP, DROP = "=keep", "=drop"


@dataclass(frozen=True)
class Going:
    """A factor that the sheet does not have, and everything of the scenario that refers to it."""

    factor: Factor
    is_coefficient: bool
    limits: tuple[Limit, ...]
    remarks: int

    @property
    def is_referred_to(self) -> bool:
        """True if something must be decided before it goes."""
        return self.is_coefficient or bool(self.limits) or bool(self.remarks)


def going(scenario: Scenario, made: Understanding) -> list[Going]:
    """The factors of a scenario that the sheet does not have."""
    return [
        Going(
            factor,
            scenario.coefficient == factor.id,
            tuple(limit for limit in scenario.limits if limit.by == factor.id),
            sum(1 for cell in scenario.provenance if cell.factor == factor.id),
        )
        for factor in scenario.factors
        if factor.id not in made.factors
    ]


def with_other_factors(
    scenario: Scenario,
    made: Understanding,
    weights: Mapping[str, str],
    decided: Mapping[str, str],
    book: Phrasebook,
) -> Scenario:
    """The scenario with the sheet's factors in place of its own, under the weights as written.

    ``decided`` says for each factor that goes and is referred to: ``KEEP``, ``DROP``, or the factor that
    takes its place in the coefficient and the limits.  Recipients and known amounts stay; a factor that both
    have keeps its description.  Raises ScenarioError with what is not decided, each weight that cannot be
    read, or what does not fit together.
    """
    gone = going(scenario, made)
    problems = [
        Problem("factor_goes", {"name": each.factor.name}, book.say("app.table_editor.instead"))
        for each in gone
        if each.is_referred_to and decided.get(each.factor.id) not in (KEEP, DROP, *made.factors)
    ]
    try:
        points = entered_weights(names_in(scenario, made, book), scenario.kind, weights, book)
    except ScenarioError as error:
        problems += error.problems
    if problems:
        raise ScenarioError(problems)
    changed = changes_of(scenario, made, book)
    new = {factor.id: factor for factor in changed["factors"]}
    instead = {each.factor.id: decided.get(each.factor.id, DROP) for each in gone}
    stays = [id for id, choice in instead.items() if choice == KEEP]
    changed["factors"] = tuple(new[id] for id in (*made.factors, *stays))
    changed["provenance"] = tuple(
        cell for cell in changed["provenance"] if cell.factor in made.factors or cell.factor in stays
    )
    places = {
        id: None if choice == DROP else id if choice == KEEP else choice for id, choice in instead.items()
    }

    def place(column: str | None) -> str | None:
        return None if column is None else places.get(column, column)

    limits = (replace(limit, by=place(limit.by)) for limit in scenario.limits if _stays(limit, places))
    return replace(
        scenario, weights=points, coefficient=place(scenario.coefficient), limits=tuple(limits), **changed
    )


def _stays(limit: Limit, places: Mapping[str, str | None]) -> bool:
    return limit.by is None or places.get(limit.by, limit.by) is not None


def names_in(scenario: Scenario, made: Understanding, book: Phrasebook) -> dict[str, str]:
    """The names of the sheet's factors, by id, as the scenario calls those that it has."""
    known = {factor.id: str(book.text(factor.name)) for factor in scenario.factors}
    return {id: known.get(id, heading) for id, heading in made.factors.items()}
