"""Amounts per head, or for each unit of another column: a sentence, a table, and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from allocator.analysis.per_unit import PerUnit, gap, per_unit
from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Factor, plain_name
from allocator.report.tables.base import Base, against
from allocator.report.tables.figures import recipient_names, who
from allocator.report.tables.letters import lettered
from allocator.report.tables.table import Row, Table, written
from allocator.text import Phrasebook

MOST_NAMES = 3
MOST_PLACES = 6
TEN_THOUSAND = 10_000
MADE_UP = ("assumed", "example")  # the statuses of data that nobody stands for
# names of a column that counts all people of a place: money by any other column is not money per head
PEOPLE = frozenset(
    {"人口", "人口数", "总人口", "常住人口", "常住人口数", "年末常住人口", "户籍人口", "户籍人口数"}
    | {"population", "resident population", "total population"}
)
PERSON = frozenset({"人", "口", "person", "persons", "people", "head", "heads", "residents", "inhabitants"})


def columns(scenario: Scenario) -> list[Factor]:
    """The columns that amounts can be divided by: those with a unit, weighted or not.

    Columns without a weight, such as population, come first.
    """
    return sorted(
        (factor for factor in scenario.factors if factor.unit is not None),
        key=lambda factor: bool(scenario.weights.get(factor.id, 0)),
    )


def people(scenario: Scenario) -> Factor | None:
    """The column that counts all people of each recipient; None without one, or where it is made up.

    It counts them one by one, and everybody has some.
    """
    for factor in columns(scenario):
        unit, values = factor.unit, factor.values
        named = {plain_name(text) for text in (factor.name.zh, factor.name.en)}
        counted = unit is not None and not PERSON.isdisjoint((plain_name(unit.zh), plain_name(unit.en)))
        if (
            counted
            and named & PEOPLE
            and factor.formula is None
            and not _made_up(factor, scenario)
            and all(value is not None and not isinstance(value, str) and value > 0 for value in values)
        ):
            return factor
    return None


def _made_up(factor: Factor, scenario: Scenario) -> bool:
    return factor.status in MADE_UP or any(
        cell.factor == factor.id and cell.status in MADE_UP for cell in scenario.provenance
    )


@dataclass(frozen=True)
class Held:
    """The amounts of scenarios, after those of a base without a rule, for each unit of A's column."""

    allocations: tuple[Allocation, ...]
    base: Base | None
    factor: Factor
    book: Phrasebook

    @cached_property
    def values(self) -> dict[str, Number | None]:
        """The column's values by recipient."""
        return dict(zip(self.allocations[0].scenario.ids, self.factor.values, strict=True))

    @cached_property
    def named(self) -> dict[str, PerUnit]:
        """The rates of the base and of each scenario, by its heading or letter."""
        first = {} if self.base is None else {self.base.heading: self.base.amounts}
        amounts: dict[str, Mapping[str, Number]] = {
            **first,
            **{letter: allocation.amounts for letter, allocation in lettered(self.allocations)},
        }
        return {name: per_unit(by, self.values) for name, by in amounts.items()}

    @cached_property
    def names(self) -> dict[str, str]:
        """The recipients' names by id."""
        return recipient_names(self.allocations, self.book)

    @cached_property
    def scale(self) -> int:
        """The main units in one shown unit: 10,000 (万元) where no rate above zero is smaller, else 1."""
        if self.allocations[0].scenario.fund.currency != "CNY":
            return 1
        return TEN_THOUSAND if min(self._rates, default=Fraction(0)) >= TEN_THOUSAND else 1

    @cached_property
    def places(self) -> int:
        """The number of decimals of rates, two to six, so that the smallest shows two digits if possible."""
        least = min(self._rates, default=Fraction(1)) / self.scale
        return next((p for p in range(2, MOST_PLACES) if least * 10**p >= 10), MOST_PLACES)

    @property
    def _rates(self) -> list[Fraction]:
        return [Fraction(rate) for one in self.named.values() for rate in one.rates.values() if rate]

    @property
    def unit(self) -> str:
        """The unit of the rates: 元/人, 万元/平方公里."""
        currency = self.allocations[0].scenario.fund.currency
        money = self.book.money_unit(currency, self.scale)
        return self.book.say("per_unit.unit", money=money, unit=self.factor.unit)

    def rate(self, value: Number) -> str:
        """A rate as it is shown."""
        return self.book.number(Fraction(value) / self.scale, self.places)

    # --- sentences --------------------------------------------------------------------------------

    def sentence(self) -> str:
        """The sentence on the highest and lowest rates before and after, and the change of their ratio.

        Before is the base, after the first that is compared with it.
        """
        held_to, others = against(self.allocations, self.base)
        before, after = self.named[held_to.heading], self.named[others[0][0]] if others else None
        if len(before.rates) < 2:
            return self.book.say("per_unit.too_few", count=len(before.rates), name=self.factor.name)
        parts = [self._ends(held_to.full, before)]
        if after is not None and len(after.rates) > 1:
            parts.append(self._ends(others[0][0], after))
            parts += self._change(before, after)
        said = self.book.say("per_unit.join").join(parts)
        return self.book.say("per_unit.sentence", name=self.factor.name, unit=self.unit, said=said)

    def _ends(self, name: str, found: PerUnit) -> str:
        most, least = (found.rates[ids[0]] for ids in (found.highest, found.lowest))
        if self.rate(most) == self.rate(least):
            key = "per_unit.equal" if most == least else "per_unit.equal_about"
            return self.book.say(key, of=name, rate=self.rate(most))
        details = {
            "of": name,
            "highest": self._who(self._alike(found, most)),
            "lowest": self._who(self._alike(found, least)),
            "most": self.rate(most),
            "least": self.rate(least),
        }
        if found.ratio is None:
            return self.book.say("per_unit.ends_zero", **details)
        return self.book.say("per_unit.ends", **details, ratio=_times(found.ratio, self.book))

    def _alike(self, found: PerUnit, rate: Number) -> tuple[str, ...]:
        """All whose rate is shown as this one: naming one of them alone would claim more than is shown."""
        return tuple(id for id, own in found.rates.items() if self.rate(own) == self.rate(rate))

    def _change(self, before: PerUnit, after: PerUnit) -> list[str]:
        kind = gap(before, after)
        if kind == "unknown" or before.ratio is None or after.ratio is None:
            return []
        old, new = _times(before.ratio, self.book), _times(after.ratio, self.book)
        if kind == "same":
            key = "per_unit.gap_same"
        elif kind == "wider":
            key = "per_unit.gap_wider_little" if old == new else "per_unit.gap_wider"
        else:
            key = "per_unit.gap_narrower_little" if old == new else "per_unit.gap_narrower"
        return [self.book.say(key, before=old, after=new)]

    def notes(self) -> list[str]:
        """Notes on recipients without a rate, on other values in other scenarios, and on assumed data."""
        name, first = self.factor.name, next(iter(self.named.values()))
        lines = [
            self.book.say(key, names=self._who(ids), name=name)
            for key, ids in (
                ("per_unit.unknown", self._left_out("unknown")),
                ("per_unit.zero", self._left_out("zero")),
            )
            if ids
        ]
        other = [
            letter
            for letter, allocation in lettered(self.allocations)[1:]
            if self._values_in(allocation.scenario) not in (None, self.values)
        ]
        lines += [self.book.say("per_unit.other_values", letters=other, name=name)] if other else []
        scenario = self.allocations[0].scenario
        if self.factor.status in MADE_UP:
            status = self.book.say(f"status.{self.factor.status}")
            lines.append(self.book.say("per_unit.assumed", name=name, status=status))
        elif _made_up(self.factor, scenario):
            lines.append(self.book.say("per_unit.assumed_cells", name=name))
        return [*lines, self.book.say("per_unit.about", name=name)] if first.rates else lines

    def _left_out(self, kind: str) -> tuple[str, ...]:
        every = (id for one in self.named.values() for id in getattr(one, kind))
        return tuple(dict.fromkeys(every))

    def _values_in(self, scenario: Scenario) -> dict[str, Number | None] | None:
        known = {factor.id: factor for factor in scenario.factors}
        if self.factor.id not in known:
            return None
        return dict(zip(scenario.ids, known[self.factor.id].values, strict=True))

    def _who(self, ids: Sequence[str]) -> str:
        names = self.book.show([self.names[id] for id in ids[:MOST_NAMES]])
        if len(ids) <= MOST_NAMES:
            return names
        return self.book.say("finding.and_more", names=names, count=len(ids))

    # --- the table --------------------------------------------------------------------------------

    def grid(self) -> Table:
        """Each recipient's value, and rate and rank under each scenario; the averages and ratios below."""
        first = self.allocations[0].scenario
        headers = [self.book.say("table.number"), who(first, self.book)]
        headers.append(self.book.say("table.header_unit", header=self.factor.name, unit=self.factor.unit))
        for name in self.named:
            headers += [name, self.book.say("per_unit.rank", of=name)]
        rows = []
        for place, (id, name) in enumerate(self.names.items(), 1):
            value = self.values.get(id)
            cells = [str(place), name, "—" if value is None else self.book.number(value)]
            for found in self.named.values():
                there = id in found.rates
                cells += [self.rate(found.rates[id]), str(found.ranks[id])] if there else ["—", "—"]
            rows.append(Row("recipient", tuple(cells)))
        averages = ["", self.book.say("per_unit.average"), ""]
        ratios = ["", self.book.say("per_unit.ratio"), ""]
        for found in self.named.values():
            averages += ["—" if found.average is None else self.rate(found.average), ""]
            ratios += ["—" if found.ratio is None else _times(found.ratio, self.book), ""]
        rows += [Row("subtotal", tuple(averages)), Row("subtotal", tuple(ratios))]
        caption = self.book.say("per_unit.caption", name=self.factor.name)
        numeric = (False, False, *(True for _ in headers[2:]))
        return written(
            caption, tuple(headers), numeric, tuple(rows), self.book.say("table.unit", unit=self.unit)
        )


def _times(ratio: Number, book: Phrasebook) -> str:
    return book.number(Fraction(ratio), 2)
