"""Floors and caps in whole units, who stands at one, and the multiplier of all others, found by formula.

Let G(λ) = Σ min(max(λ · s, floor), cap). It never falls, so a recipient stands at its floor exactly if
G(floor / s) is not below the units to share out, and at its cap exactly if G(cap / s) is not above them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from allocator.allocation import Allocation
from allocator.exact import Number
from allocator.model import Scenario
from allocator.parts import Limit
from allocator.report.excel.data import Data
from allocator.report.excel.exact import ExactCells
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import LEAST, MOST, Integers, decimals, scale_of
from allocator.report.excel.pen import Page
from allocator.report.grid import who
from allocator.text import say


class LimitsCells(NamedTuple):
    """References to the cells of the sheet."""

    page: Page
    first: int
    floor: int
    cap: int
    at_floor: int
    at_cap: int
    free_units: str
    free_score: str
    multiplier: str
    crossed: str
    near: str
    near_value: int
    has_floor: tuple[bool, ...]
    has_cap: tuple[bool, ...]


class _Rule(NamedTuple):
    """One side of one limit: its cell, whom it holds for."""

    number: int
    side: str
    limit: Limit
    cell: str
    whom: frozenset[int]


def write_limits(
    page: Page,
    allocation: Allocation,
    found: Integers,
    inputs: Inputs,
    data: Data,
    cells: ExactCells,
    row: int,
) -> LimitsCells:
    """Writes the sheet from a row on."""
    scenario, lang = allocation.scenario, page.lang
    size = len(scenario.ids)
    rules = _rules(scenario, inputs)
    position = {i: at for at, i in enumerate(scenario.participants)}
    floors = [allocation.floor_units[position[i]] if i in position else None for i in range(size)]
    caps = [allocation.cap_units[position[i]] if i in position else None for i in range(size)]
    level = Fraction(allocation.multiplier) * found.total / found.score if found.score else Fraction(0)
    state = [_state(s, f or 0, c, level) for s, f, c in zip(found.scores, floors, caps, strict=True)]
    taken = sum(f or 0 for f, at in zip(floors, state, strict=True) if at == "floor") + sum(
        c or 0 for c, at in zip(caps, state, strict=True) if at == "cap"
    )
    free = [i for i in range(size) if state[i] == "" and i in position]
    free_score: Number = sum((found.scores[i] for i in free), start=Fraction(0)) if free else 1
    free_units = found.total - taken if free else 0

    def told(key: str, **details: object) -> str:
        return say(f"excel.limits.{key}", lang, **details)

    head = row + 8
    first, last = head + 2, head + 1 + size
    columns = {key: 2 + len(rules) + at for at, key in enumerate(
        ("floor", "cap", "score", "at_floor_sum", "at_cap_sum", "at_floor", "at_cap", "free", "near"))}  # fmt: skip

    def down(key: str) -> str:
        return page.down(columns[key], first, last, here=True)

    def here(i: int, key: str) -> str:
        return page.at(first + i, columns[key], here=True)

    # the money that is left for those between their limits, and their scores
    top = {key: row + at for at, key in enumerate(("units", "score", "multiplier", "crossed", "low", "high"))}
    for key, at in top.items():
        page.text(at, 1, told(key), "label")
    scalar = {key: page.at(at, 2, here=True) for key, at in top.items()}
    page.formula(
        top["units"], 2,
        f"IF(SUM({down('free')})=0,0,{cells.total}-SUMPRODUCT({down('at_floor')},{down('floor')})"
        f"-SUMPRODUCT({down('at_cap')},{down('cap')}))",
        free_units, "total", "0",
    )  # fmt: skip
    page.formula(
        top["score"], 2, f"IF(SUM({down('free')})=0,1,SUMPRODUCT({down('free')},{down('score')}))", free_score,
        "total", "General",
    )  # fmt: skip
    page.formula(
        top["multiplier"], 2,
        f'IF(OR(SUM({down("free")})=0,{cells.total}=0),"{told("any")}",'
        f"{scalar['units']}*{cells.score}/({scalar['score']}*{cells.total}))",
        allocation.multiplier if free and found.total else told("any"), "total", "General",
    )  # fmt: skip
    page.formula(top["crossed"], 2, f"SUMPRODUCT(--({down('floor')}>{down('cap')}))", 0, "total", "0")
    page.formula(top["low"], 2, f"MAX(0,SUM({down('floor')})-{cells.total})", 0, "total", "0")
    most = sum(
        c if c is not None else found.total for i, c in enumerate(caps) if i in position and found.scores[i]
    )
    most += sum(f or 0 for i, f in enumerate(floors) if i in position and not found.scores[i])
    page.formula(
        top["high"], 2,
        f"MAX(0,{cells.total}-SUMPRODUCT(({down('score')}>0)*{down('cap')})"
        f"-SUMPRODUCT(({down('score')}=0)*{down('floor')}))",
        max(0, found.total - most), "total", "0",
    )  # fmt: skip

    heads = [(say("table.number", lang), ""), (who(scenario, lang), "")]
    heads += [(told(f"rule_{rule.side}", number=rule.number), told("rule_how")) for rule in rules]
    heads += [(told(key), told(f"{key}_how")) for key in columns]
    for c, (title, how) in enumerate(heads):
        page.text(head, c, title, "head", wide=False)
        page.text(head + 1, c, how, "how", wide=False)
        page.widths[c] = 14 if c > 1 else 6
    # sums of products as small as that come out exactly, so that no comparison is in doubt
    page.sheet.set_row(head, 38)
    page.sheet.set_row(head + 1, 88)
    near_value = 0
    small = f"4*{cells.total}*{cells.score}<{MOST:.0E}".replace("+", "")
    for i, recipient in enumerate(scenario.recipients):
        r = first + i
        page.number(r, 0, i + 1, "middle", "0")
        page.text(r, 1, getattr(recipient.name, lang))
        mine: dict[str, list[str]] = {"floor": [], "cap": []}
        near: list[str] = []
        for c, rule in enumerate(rules, 2):
            if i not in rule.whom:
                page.number(r, c, None)
                continue
            formula, value, tight = _in_units(scenario, rule, i, cells, data, found)
            page.formula(r, c, formula, value, "figure", "0")
            mine[rule.side].append(page.at(r, c, here=True))
            near += [tight] if tight else []
        taking = i in position
        floor, cap = floors[i], caps[i]
        if not taking:
            for key in columns:
                page.number(r, columns[key], 0, "figure", "0")
            continue
        page.formula(r, columns["floor"], f"MAX(0,{','.join(mine['floor'])})" if mine["floor"] else "0",
                     floor or 0, "figure", "0")  # fmt: skip
        page.formula(r, columns["cap"], f"MIN({','.join(mine['cap'])})" if mine["cap"] else cells.total,
                     cap if cap is not None else found.total, "figure", "0")  # fmt: skip
        page.formula(r, columns["score"], cells.score_of(i), found.scores[i], "figure", "General")
        caps_in = [c if c is not None else found.total for c in caps]
        sums: list[Number] = []
        for side in ("floor", "cap"):
            mine_at, s = here(i, side), here(i, "score")
            bend = (floor or 0) if side == "floor" else caps_in[i]
            wanted, least, top_ = f"{mine_at}*{down('score')}", f"{down('floor')}*{s}", f"{down('cap')}*{s}"
            value = sum(
                (
                    max(
                        min(bend * found.scores[k], caps_in[k] * found.scores[i]),
                        (floors[k] or 0) * found.scores[i],
                    )
                    for k in position
                ),
                start=0,
            )
            sums.append(value - found.total * found.scores[i])
            page.formula(
                r, columns[f"at_{side}_sum"],
                f"SUMPRODUCT({least}+({wanted}>{least})*({wanted}<{top_})*({wanted}-{least})"
                f"+({wanted}>={top_})*({top_}-{least}))-{cells.total}*{s}",
                sums[-1], "figure", "General",
            )  # fmt: skip
        page.formula(r, columns["at_floor"],
                     f"IF({here(i, 'score')}=0,1,IF({here(i, 'at_floor_sum')}>=0,1,0))",
                     int(state[i] == "floor"), "figure", "0")  # fmt: skip
        page.formula(r, columns["at_cap"],
                     f"IF({here(i, 'at_floor')}=1,0,IF({here(i, 'at_cap_sum')}<=0,1,0))",
                     int(state[i] == "cap"), "figure", "0")  # fmt: skip
        page.formula(r, columns["free"], f"1-{here(i, 'at_floor')}-{here(i, 'at_cap')}",
                     int(state[i] == ""), "figure", "0")  # fmt: skip
        doubt = f"{cells.total}*{here(i, 'score')}*{size + 2 * len(scenario.weights) + 12}*1E-15"
        doubts = "+".join(
            f"IF(AND({here(i, 'score')}>0,ABS({here(i, f'at_{side}_sum')})<={doubt}),1,0)"
            for side in ("floor", "cap")
        )
        bound = found.total * found.scores[i] * (size + 2 * len(scenario.weights) + 12) * 4 * LEAST
        tight_sums = 4 * found.total * found.score >= MOST and sum(
            bool(found.scores[i] and abs(x) <= bound) for x in sums
        )
        page.formula(
            r, columns["near"], "+".join([f"IF({small},0,{doubts})", *near]), int(tight_sums), "figure", "0"
        )
        near_value += int(tight_sums)
    page.widths[1] = max(page.widths[1], 36)
    page.widths[2] = max(page.widths[2], 16)
    page.text(top["high"] + 1, 1, told("near"), "label")
    page.formula(top["high"] + 1, 2, f"SUM({down('near')})", near_value, "total", "0")
    return LimitsCells(
        page, first, columns["floor"], columns["cap"], columns["at_floor"], columns["at_cap"],
        page.at(top["units"], 2), page.at(top["score"], 2), page.at(top["multiplier"], 2),
        "+".join(page.at(top[key], 2) for key in ("crossed", "low", "high")),
        page.at(top["high"] + 1, 2), near_value,
        tuple(any(i in r.whom for r in rules if r.side == "floor") for i in range(size)),
        tuple(any(i in r.whom for r in rules if r.side == "cap") for i in range(size)),
    )  # fmt: skip


def _state(score: Number, floor: int, cap: int | None, level: Fraction) -> str:
    """Where λ leaves a recipient: at its floor, at its cap or between them."""
    if not score or level * score <= floor:
        return "floor"
    return "cap" if cap is not None and level * score >= cap else ""


def _rules(scenario: Scenario, inputs: Inputs) -> list[_Rule]:
    taking = scenario.participants
    rules = []
    for number, (limit, cells) in enumerate(zip(scenario.limits, inputs.limits, strict=True), 1):
        if limit.recipients == "all":
            whom = frozenset(taking)
        elif isinstance(limit.recipients, str):
            whom = frozenset(i for i in taking if scenario.recipients[i].kind == limit.recipients)
        else:
            whom = frozenset(i for i in taking if scenario.ids[i] in limit.recipients)
        for side, cell in (("floor", cells.floor), ("cap", cells.cap)):
            if cell is not None:
                rules.append(_Rule(number, side, limit, cell, whom))
    return rules


def _in_units(
    scenario: Scenario, rule: _Rule, i: int, cells: ExactCells, data: Data, found: Integers
) -> tuple[str, int, str]:
    """A limit of one recipient in whole units: the formula, its value, and a test for a value too close to whole."""
    limit, unit = rule.limit, scenario.fund.unit
    amount = getattr(limit, rule.side)
    cents = scale_of(scenario) * 100
    by = Fraction(1)
    if amount is not None:
        formula, exact = f"ROUND({rule.cell}*{cents},0)/{cells.unit}", Fraction(amount) / unit
        size = Fraction(amount) * 100
    else:
        rate = Fraction(getattr(limit, f"{rule.side}_rate"))
        if limit.of == "previous":
            assert data.previous is not None and scenario.previous is not None
            base = f"ROUND({data.page.at(data.first + i, data.previous)}*{cents},0)"
            whole = Fraction(scenario.previous[scenario.ids[i]])
        else:
            base = cells.fund if limit.of == "fund" else cells.distributable
            whole = Fraction(scenario.fund.amount if limit.of == "fund" else scenario.distributable)
        formula = f"{rule.cell}*{base}/{cells.unit}"
        exact = rate * whole / unit
        size = rate * 10 ** decimals(rate) * whole * 100
        if limit.by is not None:
            column = data.columns[limit.by]
            own = scenario.factor(limit.by).values[i] or 0
            total = sum(x for x in scenario.column(limit.by) if x is not None)
            chosen = [data.page.at(data.first + k, column) for k in scenario.participants]
            everybody = data.page.down(column, data.first, data.last)
            if len(chosen) < len(scenario.ids):
                apart = [
                    data.page.at(data.first + k, column)
                    for k in range(len(scenario.ids))
                    if k not in scenario.participants
                ]
                everybody = (
                    f"({'+'.join([f'SUM({everybody})', *(f'-N({cell})' for cell in apart)])})".replace(
                        "+-", "-"
                    )
                )
            else:
                everybody = f"SUM({everybody})"
            formula = f"{rule.cell}*{base}*{data.page.at(data.first + i, column)}/{everybody}/{cells.unit}"
            by = Fraction(own) / total
            exact *= by
            size *= by.denominator
    value = -(-exact // 1) if rule.side == "floor" else exact // 1
    text = f"-INT(-({formula})*(1-1E-14))" if rule.side == "floor" else f"INT(({formula})*(1+1E-14))"
    # whole numbers as small as that are told from their neighbours, so that nothing is too close
    tight = (
        ""
        if size < MOST
        else (
            f"IF(AND(ABS({formula}-ROUND({formula},0))>0,ABS({formula}-ROUND({formula},0))<1E-13*{formula}),1,0)"
        )
    )
    return text, int(value), tight
