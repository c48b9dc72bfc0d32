"""The sheet of the calculation: from scores to whole units, remainders and their order, amounts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from allocator.allocation import Allocation
from allocator.exact import Number
from allocator.report.excel.exact import ExactCells
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import LEAST, Integers, scale_of
from allocator.report.excel.limits import LimitsCells
from allocator.report.excel.pen import Formats, Page, broken_money
from allocator.report.grid import who
from allocator.text import money_unit, say


class Stages(NamedTuple):
    """Where the columns of the sheet stand, by what they hold, and the scalars beside them."""

    page: Page
    columns: dict[str, int]
    first: int
    last: int
    total_row: int
    near: str
    near_value: int

    def down(self, key: str) -> str:
        return self.page.down(self.columns[key], self.first, self.last)

    def at(self, key: str, i: int) -> str:
        return self.page.at(self.first + i, self.columns[key])

    def total(self, key: str) -> str:
        return self.page.at(self.total_row, self.columns[key])


def write_stages(
    page: Page,
    allocation: Allocation,
    found: Integers,
    inputs: Inputs,
    cells: ExactCells,
    limits: LimitsCells | None,
    row: int,
) -> Stages:
    """Writes the sheet from a row on."""
    scenario, lang = allocation.scenario, page.lang
    fund, size, scale = scenario.fund, len(scenario.ids), scale_of(scenario)
    formats = Formats(lang)
    unit_name = money_unit(fund.currency, scale, lang)
    by_remainder = fund.rounding == "largest-remainder"
    position = {i: at for at, i in enumerate(scenario.participants)}

    def told(key: str, **details: object) -> str:
        return say(f"excel.stages.{key}", lang, **details)

    keys = ["score", "share", "entitlement"]
    keys += ["limited"] if limits else []
    keys += ["high", "high_rest", "whole", "rest", "part"]
    keys += ["rank", "extra"] if by_remainder else ["near", "largest", "extra"]
    keys += ["tied", "units", "split", "earmark", "amount", "exported", "off"]
    columns = {key: 2 + at for at, key in enumerate(keys)}
    head = row + 9
    total_row = head + 2
    first, last = head + 3, head + 2 + size

    def down(key: str) -> str:
        return page.down(columns[key], first, last, here=True)

    numbers = page.down(0, first, last, here=True)

    # what is the same for everybody
    top = ["units", "over", "high", "low", "close", "short"]
    top += ["cut", "next"] if by_remainder else ["most", "most_rest", "place"]
    rows = {key: row + at for at, key in enumerate(top)}
    scalar = {key: page.at(at, 3, here=True) for key, at in rows.items()}
    for key, at in rows.items():
        page.merged(
            at, 0, 2, told(f"top_{key}" if key != "short" or by_remainder else "top_rest_short"), "label"
        )

    over: Number = found.score or 1
    to_share: Number = found.total
    state: list[tuple[str, int]] = [("", 0)] * size
    if limits is not None:
        level = Fraction(allocation.multiplier) * found.total / found.score if found.score else Fraction(0)
        free: Number = Fraction(0)
        held = 0
        for i, at in position.items():
            floor, cap, s = allocation.floor_units[at] or 0, allocation.cap_units[at], found.scores[i]
            if not s or level * s <= floor:
                state[i] = ("floor", floor)
            elif cap is not None and level * s >= cap:
                state[i] = ("cap", cap)
            else:
                free += s
                continue
            held += state[i][1]
        over, to_share = (free, found.total - held) if free else (1, 0)
    split = found.split
    high, low = divmod(int(to_share), split)
    close = Fraction(0) if found.exact else to_share * over * (size + 2 * len(scenario.weights) + 12) * LEAST
    page.formula(rows["units"], 3, limits.free_units if limits else cells.total, to_share, "figure", "0")
    score_over = limits.free_score if limits else f"IF({cells.score}=0,1,{cells.score})"
    page.formula(rows["over"], 3, score_over, over, "figure", "General")
    page.formula(rows["high"], 3, f"INT({scalar['units']}/{cells.split})", high, "figure", "0")
    page.formula(rows["low"], 3, f"{scalar['units']}-{scalar['high']}*{cells.split}", low, "figure", "0")
    page.formula(
        rows["close"], 3,
        f"IF({cells.exact}=1,0,{scalar['units']}*{scalar['over']}"
        f"*{size + 2 * len(scenario.weights) + 12}*2.5E-16)",
        close, "figure", "General",
    )  # fmt: skip

    heads = [(say("table.number", lang), ""), (who(scenario, lang), "")]
    for key in keys:
        title = told(key, unit=unit_name)
        heads.append((title, told(f"{key}_how")))
    for c, (title, how) in enumerate(heads):
        page.text(head, c, title, "head", wide=False)
        page.text(head + 1, c, how, "how", wide=False)
        page.widths[c] = 6 if c == 0 else 11
    page.sheet.set_row(head, 38)
    page.sheet.set_row(head + 1, 88)
    page.text(total_row, 0, "", "total")
    page.text(total_row, 1, say("table.total", lang), "total")

    whole: list[int] = []
    rest: list[Number] = []
    steps: list[tuple[Number, Number]] = []
    for i in range(size):
        if i not in position:
            whole.append(0), rest.append(-over), steps.append((0, 0))
        elif state[i][0]:
            whole.append(state[i][1]), rest.append(Fraction(0)), steps.append((0, 0))
        else:
            q1 = high * found.scores[i] // over
            steps.append((q1, high * found.scores[i] - q1 * over))
            q = to_share * found.scores[i] // over
            whole.append(int(q)), rest.append(to_share * found.scores[i] - q * over)
    nearest = [
        w + (2 * r >= over) if i in position else 0 for i, (w, r) in enumerate(zip(whole, rest, strict=True))
    ]
    base = whole if by_remainder else nearest
    short = found.total - sum(base)
    units = [allocation.units[position[i]] if i in position else 0 for i in range(size)]
    order = sorted(range(size), key=lambda i: rest[i], reverse=True)
    rank = {i: at for at, i in enumerate(order, 1)}
    largest_at = max(range(size), key=lambda i: (whole[i], rest[i], -i), default=0)

    for i, recipient in enumerate(scenario.recipients):
        r = first + i
        at = {key: page.at(r, column, here=True) for key, column in columns.items()}
        page.number(r, 0, i + 1, "middle", "0")
        page.text(r, 1, getattr(recipient.name, lang))
        taking = i in position
        id = recipient.id
        s = at["score"]
        page.formula(r, columns["score"], cells.score_of(i), found.scores[i], "figure", "General")
        page.formula(
            r,
            columns["share"],
            f"IF({cells.score}=0,0,{s}/{cells.score})",
            allocation.shares[id],
            "figure",
            "0.000000%",
        )
        page.formula(
            r, columns["entitlement"],
            f"{cells.distributable}/{scale * 100}*{at['share']}", Fraction(allocation.entitlements[id]) / scale,
            "figure", formats.long,
        )  # fmt: skip
        if limits is not None:
            page.formula(
                r, columns["limited"],
                f"({at['whole']}+{at['part']})*{cells.unit}/{scale * 100}",
                Fraction(allocation.limited[id]) / scale, "figure", formats.long,
            )  # fmt: skip
        lf = lambda c: limits.page.at(limits.first + i, c)  # noqa: B023, E731
        if not taking:
            for key in ("high", "high_rest", "whole"):
                page.number(r, columns[key], 0, "figure", "0")
            page.formula(r, columns["rest"], f"-{scalar['over']}", -over, "figure", "General")
            page.number(r, columns["part"], 0, "figure", "0.000000000")
        else:
            free_only = ""
            if limits is not None:
                floor_cell, cap_cell = lf(limits.floor), lf(limits.cap)
                at_floor, at_cap = lf(limits.at_floor), lf(limits.at_cap)
                free_only = f"IF({at_floor}+{at_cap}>0,0,"
            close_ = ")" if free_only else ""
            page.formula(
                r, columns["high"], f"{free_only}INT({scalar['high']}*{s}/{scalar['over']}){close_}",
                steps[i][0], "figure", "0",
            )  # fmt: skip
            page.formula(
                r, columns["high_rest"],
                f"{free_only}{scalar['high']}*{s}-{at['high']}*{scalar['over']}{close_}",
                steps[i][1], "figure", "General",
            )  # fmt: skip
            low_part = f"({at['high_rest']}*{cells.split}+{scalar['low']}*{s}"
            quotient = f"{at['high']}*{cells.split}+INT({low_part}+{scalar['close']})/{scalar['over']})"
            remainder = f"{low_part})-({at['whole']}-{at['high']}*{cells.split})*{scalar['over']}"
            if limits is not None:
                quotient = f"IF({at_floor}=1,{floor_cell},IF({at_cap}=1,{cap_cell},{quotient}))"
                remainder = f"{free_only}{remainder})"
            page.formula(r, columns["whole"], quotient, whole[i], "figure", "0")
            page.formula(r, columns["rest"], remainder, rest[i], "figure", "General")
            page.formula(
                r,
                columns["part"],
                f"MAX(0,{at['rest']})/{scalar['over']}",
                Fraction(rest[i]) / over,
                "figure",
                "0.000000000",
            )
        rests = down("rest")
        if by_remainder:
            if taking:
                page.formula(
                    r, columns["rank"],
                    f"1+SUMPRODUCT(--({rests}>{at['rest']}+{scalar['close']}))"
                    f"+SUMPRODUCT((ABS({rests}-{at['rest']})<={scalar['close']})*({numbers}<{page.at(r, 0, here=True)}))",
                    rank[i], "figure", "0",
                )  # fmt: skip
                page.formula(
                    r,
                    columns["extra"],
                    f"IF({at['rank']}<={scalar['short']},1,0)",
                    units[i] - whole[i],
                    "figure",
                    "0",
                )
            else:
                page.text(r, columns["rank"], "", "figure")
                page.number(r, columns["extra"], 0, "figure", "0")
            page.formula(r, columns["units"], f"{at['whole']}+{at['extra']}", units[i], "figure", "0")
        else:
            page.formula(
                r, columns["near"],
                f"{at['whole']}+IF(2*{at['rest']}+2*{scalar['close']}>={scalar['over']},1,0)" if taking else "0",
                nearest[i], "figure", "0",
            )  # fmt: skip
            is_largest = taking and (whole[i], rest[i]) == (whole[largest_at], rest[largest_at])
            page.formula(
                r, columns["largest"],
                f"IF(AND({at['whole']}={scalar['most']},{at['rest']}>={scalar['most_rest']}-{scalar['close']}),1,0)"
                if taking else "0",
                int(is_largest), "figure", "0",
            )  # fmt: skip
            page.formula(
                r, columns["extra"], f"IF({page.at(r, 0, here=True)}={scalar['place']},{scalar['short']},0)",
                units[i] - nearest[i], "figure", "0",
            )  # fmt: skip
            page.formula(r, columns["units"], f"{at['near']}+{at['extra']}", units[i], "figure", "0")
        if by_remainder:
            tied = f"IF(AND({_tie(scalar, size)},ABS({at['rest']}-{scalar['cut']})<={scalar['close']}),1,0)"
        else:
            tied = f"IF(AND({scalar['short']}<>0,SUM({down('largest')})>1),{at['largest']},0)"
        page.formula(r, columns["tied"], tied if taking else "0", int(id in allocation.tied), "figure", "0")
        page.formula(
            r, columns["split"], f"{at['units']}*{cells.unit}/{scale * 100}",
            Fraction(units[i] * fund.unit) / scale, "figure", formats.money,
        )  # fmt: skip
        earmarks = [c for c, e in zip(inputs.earmarks, scenario.earmarks, strict=True) if e.recipient == id]
        cents = "+".join(f"ROUND({c}*{scale * 100},0)" for c in earmarks)
        page.formula(
            r, columns["earmark"], f"({cents})/{scale * 100}" if cents else "0",
            Fraction(allocation.earmarks[id]) / scale, "figure", formats.money,
        )  # fmt: skip
        page.formula(
            r, columns["amount"],
            f"({at['units']}*{cells.unit}+{cents})/{scale * 100}" if cents else at["split"],
            Fraction(allocation.amounts[id]) / scale, "total", formats.money,
        )  # fmt: skip
        page.number(r, columns["exported"], Fraction(allocation.amounts[id]) / scale, "figure", formats.money)
        page.formula(
            r, columns["off"], f"ROUND({at['amount']}-{at['exported']},6)", 0, "figure", formats.change
        )
    totals: dict[str, tuple[Number, str]] = {
        "score": (found.score, "General"),
        "share": (Fraction(1) if found.score else 0, "0.000000%"),
        "entitlement": (Fraction(scenario.distributable) / scale if found.score else 0, formats.long),
        "limited": (Fraction(scenario.distributable) / scale, formats.long),
        "whole": (sum(whole), "0"),
        "near": (sum(nearest), "0"),
        "extra": (short if position else 0, "0"),
        "units": (sum(units), "0"),
        "split": (Fraction(scenario.distributable) / scale, formats.money),
        "earmark": (Fraction(scenario.earmarked) / scale, formats.money),
        "amount": (Fraction(scenario.distributable + scenario.earmarked) / scale, formats.money),
        "exported": (Fraction(scenario.distributable + scenario.earmarked) / scale, formats.money),
        "off": (0, formats.change),
    }
    for key, column in columns.items():
        if key in totals:
            page.formula(total_row, column, f"SUM({down(key)})", totals[key][0], "total", totals[key][1])
        else:
            page.text(total_row, column, "", "total")
    page.formula(
        rows["short"],
        3,
        f"{cells.total}-SUM({down('whole' if by_remainder else 'near')})",
        short,
        "figure",
        "0",
    )
    rests = down("rest")
    if by_remainder:
        cut = rest[order[short - 1]] if 0 < short < size else 0
        after = rest[order[short]] if 0 < short < size else 0
        for key, off, value in (("cut", 0, cut), ("next", 1, after)):
            page.formula(
                rows[key], 3,
                f"IF(AND({scalar['short']}>0,{scalar['short']}<{size}),LARGE({rests},{scalar['short']}+{off}),0)",
                value, "figure", "General",
            )  # fmt: skip
        near_formula = f"IF(AND({scalar['close']}>0,{_tie(scalar, size)}),1,0)"
        near_value = int(bool(close and 0 < short < size and abs(cut - after) <= close))
    else:
        most, most_rest = (whole[largest_at], rest[largest_at]) if position else (0, 0)
        page.formula(rows["most"], 3, f"MAX({down('whole')})", most, "figure", "0")
        page.formula(
            rows["most_rest"], 3, f"SUMPRODUCT(MAX(({down('whole')}={scalar['most']})*{rests}))",
            max(most_rest, 0), "figure", "General",
        )  # fmt: skip
        page.formula(
            rows["place"],
            3,
            f"IFERROR(MATCH(1,{down('largest')},0),0)",
            largest_at + 1 if position else 0,
            "figure",
            "0",
        )
        near_formula = (
            f"IF({scalar['close']}>0,IF(SUMPRODUCT(--(ABS(2*{rests}-{scalar['over']})<=2*{scalar['close']}))>0,1,0)"
            f"+IF(AND({scalar['short']}<>0,SUM({down('largest')})>1),1,0),0)"
        )
        near_value = 0
        if close:
            halves = any(abs(2 * rest[i] - over) <= 2 * close for i in position)
            equal = sum(1 for i in position if whole[i] == most and rest[i] >= most_rest - close)
            near_value = int(halves) + int(short != 0 and equal > 1)
    near_row = row + len(top)
    page.merged(near_row, 0, 2, told("top_near"), "label")
    if limits is not None:
        near_formula += f"+{limits.near}"
        near_value += limits.near_value
    page.formula(near_row, 3, near_formula, near_value, "total", "0")
    page.widths |= {1: 22, columns["score"]: 14, columns["share"]: 13}
    for key in ("high_rest", "rest"):
        page.widths[columns[key]] = 13
    broken_money(
        page, (total_row, last), [columns[k] for k in ("split", "earmark", "amount", "exported", "off")],
        {columns["off"]: True},
    )  # fmt: skip
    return Stages(page, columns, first, last, total_row, page.at(near_row, 3), near_value)


def _tie(scalar: Mapping[str, str], size: int) -> str:
    """Whether the last remainder that gets a unit and the first that gets none are equal."""
    short, cut, after, close = (scalar[key] for key in ("short", "cut", "next", "close"))
    return f"{short}>0,{short}<{size},ABS({cut}-{after})<={close}"
