"""Groups 合计 of a pool: each is limited and rounded as one, and its units then divided among its members.

That is exact where groups have no member in common, and their members no limits of their own: a group is then
one score with a floor and a cap.  It stands in the row of its first member.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.pools import Pool
from allocator.core.stages.take_part import named
from allocator.report.excel.rules.bounds import Bounding
from allocator.report.excel.rules.scores import Scores
from allocator.report.excel.rules.sheet import Frame
from allocator.report.excel.rules.taking import Taking
from allocator.report.excel.rules.term import (
    Term,
    both,
    down,
    least,
    most,
    place_of,
    product_sum,
    size,
    term,
    when,
)


class Parts(NamedTuple):
    """The parts that a pool is divided into first, a row each: groups, and recipients in none."""

    takes: list[Term]
    scores: list[Term]
    range: Term
    floors: list[Term]
    floor_range: Term
    caps: list[Term]
    cap_range: Term


class _Group(NamedTuple):
    limits: list[tuple[int, Limit]]
    whom: frozenset[int]


def groups_of(scenario: Scenario, pool: Pool) -> list[_Group]:
    """The groups of a pool: limits on the sum of the same recipients are one."""
    found: dict[tuple[frozenset[int], str], _Group] = {}
    for number, limit in enumerate(scenario.limits, 1):
        if limit.together and (limit.pool or "") == pool.id:
            whom = frozenset(named(scenario, range(len(scenario.ids)), limit.recipients))
            where = "" if limit.where is None else limit.where.text
            found.setdefault((whom, where), _Group([], whom)).limits.append((number, limit))
    return list(found.values())


def divisible(scenario: Scenario) -> bool:
    """True where the workbook can divide all groups exactly."""
    if scenario.fund.rounding != "largest-remainder" or scenario.deductions:
        return False
    for pool in scenario.rules:
        groups = groups_of(scenario, pool)
        taken = [i for group in groups for i in group.whom]
        own = [limit for limit in scenario.limits if (limit.pool or "") == pool.id and not limit.together]
        alone = {i for limit in own for i in named(scenario, range(len(scenario.ids)), limit.recipients)}
        formulas = any(limit.formulas for group in groups for _, limit in group.limits)
        if groups and (pool.kind == "fixed" or formulas):
            return False
        if len(set(taken)) < len(taken) or not alone.isdisjoint(taken):
            return False
    return True


class Grouping:
    """Writes the columns of a pool's groups."""

    def __init__(
        self, frame: Frame, bounding: Bounding, scenario: Scenario, pool: Pool, taking: Taking, scores: Scores
    ) -> None:
        self.frame, self.bounding, self.taking, self.scores = frame, bounding, taking, scores
        self.scenario, self.say = scenario, frame.book.say
        self.groups = groups_of(scenario, pool)
        self.of = {i: n for n, group in enumerate(self.groups) for i in group.whom}
        self.inside: list[tuple[list[Term], Term]] = []
        self.bounds: list[dict[str, list[dict[int, Term]]]] = []

    def write(
        self, floors: Sequence[Term], caps: Sequence[Term], given: Term | None, otherwise: object
    ) -> Parts:
        """Writes what is divided first; ``floors`` and ``caps`` are those of recipients by themselves."""
        frame, say, scores = self.frame, self.say, self.scores
        for group in self.groups:
            self._group(group, given)
        places = [place_of(1, whole) for _, whole in self.inside]

        def leads(i: int) -> object:
            n = self.of.get(i)
            if n is None:
                return 0
            return when(both(self.inside[n][0][i].equals(1), frame.number(i).equals(places[n])), 1, 0)

        self.leads, self.lead_range = frame.column(
            say("excel.rules.group_leads"), say("excel.rules.group_leads_how"), leads, "0"
        )

        def part(i: int, own: Term, group: object) -> object:
            n = self.of.get(i)
            if n is None:
                return own
            return when(self.inside[n][0][i].equals(1), when(self.leads[i].equals(1), group, 0), own)

        def summed(i: int) -> Term:
            return self.score_of(self.of[i]) if i in self.of else term(0)

        def bound(i: int, side: str) -> list[Term]:
            return [cells[i] for cells in self.bounds[self.of[i]][side]] if i in self.of else []

        takes, _ = frame.column(
            say("excel.rules.part_takes"),
            say("excel.rules.takes_how"),
            lambda i: part(i, self.taking.takes[i], self.taking.takes[i]),
            "0",
        )
        each, range_ = frame.column(
            say("excel.rules.part_score"),
            say("excel.rules.part_how"),
            lambda i: part(i, scores.each[i], summed(i)),
            added=True,
        )
        low, low_range = frame.column(
            say("excel.rules.part_floor"),
            say("excel.rules.part_how"),
            lambda i: part(i, floors[i], most(0, *bound(i, "floor"))),
            "0",
        )
        high, high_range = frame.column(
            say("excel.rules.part_cap"),
            say("excel.rules.part_how"),
            lambda i: part(i, caps[i], least(otherwise, *bound(i, "cap"))),
            "0",
        )
        self.parts = Parts(takes, each, range_, low, low_range, high, high_range)
        return self.parts

    def _group(self, group: _Group, given: Term | None) -> None:
        """Writes who is in a group, and its bounds in whole units."""
        (number, limit), bounding = group.limits[0], self.bounding
        holds = bounding.holds(number, limit, set(group.whom))
        cells, whole = self.frame.column(
            self.say("excel.rules.group_in", number=number),
            self.say("excel.rules.takes_how"),
            lambda i: holds.get(i, 0),
            "0",
            added=True,
        )
        self.inside.append((cells, whole))
        found: dict[str, list[dict[int, Term]]] = {"floor": [], "cap": []}
        nothing = [term(0)] * self.frame.size
        for number, limit in group.limits:
            for side in found:
                if getattr(limit, side) is not None or getattr(limit, f"{side}_rate") is not None:
                    sizes = bounding.together(number, limit, side, [*holds], cells)
                    made = bounding.rule(number, limit, side, holds, nothing, given, sizes)
                    found[side].append(made)
        self.bounds.append(found)

    def score_of(self, n: int) -> Term:
        """The sum of the scores of a group."""
        return product_sum(self.inside[n][1] * self.scores.range)

    # --- within a group -----------------------------------------------------------------------------

    def inner(
        self,
        units: Sequence[Term],
        unit_range: Term,
        tied: Sequence[Term],
        rate: tuple[Term, Term],
        bound: Term,
        error: Term,
    ) -> tuple[list[Term], Term, list[Term], str]:
        """Each group's units divided among its members by largest remainder; others keep their own.

        ``rate`` is the money of one score, so much over so much; of a group at its floor or cap, which
        ``bound`` says of the rows, it is what the group has over its scores.
        """
        frame, say, scores = self.frame, self.say, self.scores
        own, share, over, close = [], [], [], []
        for n in range(len(self.groups)):
            row, whole_score = self.inside[n][1] * self.lead_range, self.score_of(n)
            own.append(product_sum(row * unit_range))
            here = product_sum(row * bound) > 0
            share.append(when(here, own[n], rate[0]))
            over.append(when(here, when(whole_score.equals(0), 1, whole_score), rate[1]))
            close.append(Term(f"{share[n].text}*{whole_score.text}*{error.text}", 0))

        def grouped(i: int, made: object, otherwise: object) -> object:
            n = self.of.get(i)
            return otherwise if n is None else when(self.inside[n][0][i].equals(1), made, otherwise)

        def whole(i: int) -> object:
            n = self.of.get(i)
            made = 0 if n is None else down((share[n] * scores.each[i] + close[n]) / over[n])
            return grouped(i, made, 0)

        wholes, whole_range = frame.column(
            say("excel.rules.inner_whole"), say("excel.rules.inner_how"), whole, "0", added=True
        )

        def rest(i: int) -> object:
            n = self.of.get(i)
            return grouped(i, 0 if n is None else share[n] * scores.each[i] - wholes[i] * over[n], 0)

        rests, rest_range = frame.column(say("excel.stages.rest"), say("excel.stages.rest_how"), rest)
        places = self._places(rests)

        def extra(i: int) -> object:
            n = self.of.get(i)
            if n is None:
                return 0
            inside, (mine, number) = self.inside[n][1].text, (rests[i].text, frame.number(i).text)
            rank = Term(
                f"1+SUMPRODUCT({inside}*({rest_range.text}>{mine}+{close[n].text}))"
                f"+SUMPRODUCT({inside}*(ABS({rest_range.text}-{mine})<={close[n].text})"
                f"*({frame.numbers.text}<{number}))",
                places.get(i, frame.size + 1),
            )
            short = own[n] - product_sum(self.inside[n][1] * whole_range)
            return grouped(i, when(Term(rank.text, rank.value, 1) <= short, 1, 0), 0)

        extras, extra_range = frame.column(
            say("excel.stages.extra"), say("excel.stages.extra_how"), extra, "0", added=True
        )
        made, made_range = frame.column(
            say("excel.stages.units"),
            say("excel.rules.inner_units_how"),
            lambda i: grouped(i, wholes[i] + extras[i], units[i]),
            "0",
            added=True,
        )

        def tie(i: int) -> object:
            n = self.of.get(i)
            if n is None:
                return tied[i]
            level = self.inside[n][1] * Term(
                f"(ABS({rest_range.text}-{rests[i].text})<={close[n].text})",
                tuple(int(one == rests[i].value) for one in rest_range.value),
            )
            several = both(product_sum(level * extra_range) > 0, product_sum(level * (1 - extra_range)) > 0)
            outer = product_sum(self.inside[n][1] * Term(_range(tied), tuple(one.value for one in tied)))
            return grouped(i, when(several, 1, when(outer > 0, 1, 0)), tied[i])

        def _range(cells: Sequence[Term]) -> str:
            return f"{cells[0].text}:{cells[-1].text}"

        ties, tie_range = frame.column(say("excel.stages.tied"), say("excel.stages.tied_how"), tie, "0")
        doubt = "+".join(one.text for one in close)
        return made, made_range, ties, f"IF(AND({doubt}>0,SUM({tie_range.text})>0),1,0)"

    def _places(self, rests: Sequence[Term]) -> dict[int, int]:
        """The place of each member in its group by its remainder, from the largest."""
        found: dict[int, int] = {}
        for n in range(len(self.groups)):
            inside = [i for i in sorted(self.groups[n].whom) if self.inside[n][0][i].value == 1]
            order = sorted(inside, key=lambda i: -rests[i].value)
            found |= {i: at for at, i in enumerate(order, 1)}
        return found

    def within(self, i: int, amounts: Sequence[Term]) -> Term:
        """The amount of a recipient: of a member by its score of what stands in its group's row."""
        n = self.of.get(i)
        if n is None:
            return amounts[i]
        all_ = Term(f"{amounts[0].text}:{amounts[-1].text}", tuple(one.value for one in amounts))
        whole = self.score_of(n)
        own = product_sum(self.inside[n][1] * self.lead_range * all_)
        share = when(whole.equals(0), 0, own * self.scores.each[i] / whole)
        return when(self.inside[n][0][i].equals(1), share, amounts[i])

    def stands(self, i: int, at_floor: Term, at_cap: Term) -> tuple[Term, Term] | None:
        """1 where the group of a recipient stands at its floor, and at its cap; None for one in none."""
        n = self.of.get(i)
        if n is None:
            return None
        inside, leads = self.inside[n][1], self.lead_range
        floor = product_sum(inside * leads * self.parts.floor_range)
        cap = product_sum(inside * leads * self.parts.cap_range)
        here = self.inside[n][0][i].equals(1)
        low = product_sum(inside * leads * at_floor) > 0
        high = product_sum(inside * leads * at_cap) > 0
        capped = when(high, 1, when(both(low, cap.equals(floor)), 1, 0)) if self.bounds[n]["cap"] else term(0)
        floored = when(both(low, floor > 0), 1, 0) if self.bounds[n]["floor"] else term(0)
        return when(here, floored, 0), when(here, capped, 0)

    @property
    def crossed(self) -> str:
        """The number of groups whose bounds cannot hold, a formula."""
        return f"SUMPRODUCT(--({self.parts.floor_range.text}>{self.parts.cap_range.text}))"


def error_of(scores: Scores, error: Term) -> Term:
    """The part by which products of scores may be wrong, nothing where they are whole."""
    return Term(f"IF({scores.exact.text}=1,0,{size(error).text})", 0)
