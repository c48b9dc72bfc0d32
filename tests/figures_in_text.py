"""Figures and letters of a paper, held against what `allocate` gives: on its text, from any kind of file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from docx import Document
from pptx import Presentation

from allocator import Allocation, ScenarioError, explain
from allocator.report.explain.difference import Account
from allocator.report.papers.blocks import Paper, Words
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.table import Table
from allocator.text import EN, ZH

NUMBER = r"[0-9][0-9,]*(?:\.[0-9]+)?"
UNITS = {"万元": 10_000, "元": 1, "yuan": 1, "澳元": 1, "AUD": 1, "亩": 1, "mu": 1}
WITH_UNIT = re.compile(rf"({NUMBER}) ?(万元|澳元|元|亩|yuan|AUD|mu\b)")
CODES = re.compile(r"\b[0-9a-f]{12,64}\b")
ENOUGH = 400  # counts, places, lines: any whole number that small


def text_of(content: bytes, kind: str) -> str:
    """Everything that a docx or pptx says, paragraphs and cells, a line each."""
    if kind == "docx":
        document = Document(io.BytesIO(content))
        lines = [p.text for p in document.paragraphs]
        lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    else:
        lines = []
        for slide in Presentation(io.BytesIO(content)).slides:
            for shape in slide.shapes:
                if shape.has_text_frame:
                    lines.append(shape.text_frame.text)
                if shape.has_table:
                    lines += [cell.text for row in shape.table.rows for cell in row.cells]
                if shape.has_chart:
                    for series in shape.chart.plots[0].series:
                        lines += [f"{value:.6f}".rstrip("0").rstrip(".") for value in series.values]
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def words_of(paper: Paper) -> str:
    """Everything that a paper says, tables too."""
    said = []
    for block in paper.blocks:
        if isinstance(block, Words):
            said.append(block.text)
        elif isinstance(block, Table):
            said += [block.caption, *block.headers, *(cell for row in block.rows for cell in row.cells)]
    return "\n".join(said)


def strangers(text: str, found: Proposal) -> list[str]:
    """The figures of a text that are none of this proposal's, with their units; [] is right."""
    text = _without_names(text, found)
    money, others = _known(found)
    wrong = [
        f"{figure}{unit}" for figure, unit in WITH_UNIT.findall(text) if not money.has(figure, UNITS[unit])
    ]
    loose = re.findall(NUMBER, WITH_UNIT.sub(" ", text))
    return wrong + [figure for figure in loose if not (others.has(figure) or money.has(figure, others.scale))]


class Known:
    """Figures that are known, to be asked for as they are written.

    One that is rounded may be off by one in its last decimal, so that its column adds up.
    """

    def __init__(self, figures: Iterable[Fraction | int], scale: int = 1) -> None:
        self.figures, self.scale = {abs(Fraction(x)) for x in figures}, scale
        self.near: dict[Fraction, set[int]] = {}

    def has(self, written: str, unit: int = 1) -> bool:
        shown = _number(written) * unit
        if shown in self.figures:
            return True
        decimals = len(written.partition(".")[2])
        # sentences in English say a figure of two decimals in full
        step = Fraction(unit, 10**decimals) if decimals else Fraction(self.scale, 100)
        if step not in self.near:
            self.near[step] = {n for x in self.figures if x.denominator > 1 or x % step
                               for n in (int(x // step), -int(-x // step))}  # fmt: skip
        return (
            (decimals > 0 or self.scale > 1) and shown % step == 0 and int(shown // step) in self.near[step]
        )


_MADE: dict[int, tuple[Proposal, Known, Known]] = {}


def _known(found: Proposal) -> tuple[Known, Known]:
    """The money, and the counts, percentages and data of a proposal; worked out once."""
    if id(found) not in _MADE:
        scale = found.table.scale
        _MADE[id(found)] = found, Known(_money(found), scale), Known([*_parts(found), *range(ENOUGH)])
        _MADE[id(found)][2].scale = scale
    return _MADE[id(found)][1:]


def wrong_letters(text: str, found: Proposal) -> list[str]:
    """Where a letter in a text stands before a title that is not its option's; [] is right."""
    titles = [found.book.text(scenario.title) for scenario in found.scenarios]
    named = re.findall(r"(?:方案|[Oo]ption )([A-F]) ?[（(](.{1,80})", text)
    wrong = []
    for letter, rest in named:
        at = ord(letter) - ord("A")
        if at >= len(titles) or not (rest.startswith(titles[at]) or not any(map(rest.startswith, titles))):
            wrong.append(f"{letter}: {rest}")
    return wrong


def _number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def _without_names(text: str, found: Proposal) -> str:
    """The text without names, sources, dates and codes, whose figures are nobody's amounts."""
    known: list[str] = [f"{found.on.year}年{found.on.month}月{found.on.day}日", found.on.isoformat()]
    for scenario in found.scenarios:
        texts = [scenario.title, scenario.fund.name, scenario.fund.source]
        texts += [t for f in scenario.factors for t in (f.name, f.source, f.unit, f.basis)]
        texts += [t for p in scenario.pools for t in (p.name, p.basis)]
        texts += [r.name for r in scenario.recipients]
        known += [getattr(t, language) for t in texts if t is not None for language in ("zh", "en")]
        known += [factor.formula.text for factor in scenario.factors if factor.formula is not None]
    text = re.sub(r"(?m)^\d\.\d ", " ", CODES.sub(" ", text))  # numbers of headings too
    for name in sorted({name for name in known if re.search(r"\d", name)}, key=len, reverse=True):
        text = text.replace(name, " ")
    return re.sub(r"(?<!\d)20\d\d年?(?!\d)", " ", text)  # years of data


def _money(found: Proposal) -> Iterator[Fraction]:
    """Every amount of money that `allocate`, a comparison or an explanation gives, in the main unit."""
    for allocation in found.allocations:
        yield from map(Fraction, _of_one(allocation))
        for base in _bases(found):
            changes = [Fraction(allocation.amounts[id] - base.get(id, 0)) for id in allocation.amounts]
            yield from map(abs, changes)
            yield from (
                sum((x for x in changes if x > 0), Fraction()),
                -sum((x for x in changes if x < 0), Fraction()),
            )
            yield from (sum(map(Fraction, base.values())), *map(Fraction, base.values()))
            order = sorted(range(len(changes)), key=lambda at: -abs(changes[at]))
            for some in (
                order[12:],
                sorted(range(len(changes)), key=lambda at: -list(allocation.amounts.values())[at])[12:],
            ):
                ids = [list(allocation.amounts)[at] for at in some]
                for by in (allocation.amounts, base, allocation.before_adjustments, allocation.adjustments):
                    yield abs(sum((Fraction(by.get(id, 0)) for id in ids), Fraction()))
                yield abs(sum((changes[at] for at in some), Fraction()))
    for other in found.allocations:
        if other is not found.chosen:
            account = Account(explain(other, found.chosen))
            for part in account.parts:
                yield from (abs(Fraction(x)) for x in part.values())
                yield abs(sum((Fraction(x) for x in part.values() if x < 0), Fraction()))


def _bases(found: Proposal) -> list[dict[str, Fraction]]:
    stated = [s.published for s in found.scenarios] + [s.previous for s in found.scenarios]
    every = [*(x for x in stated if x is not None), found.base.amounts]
    return [{id: Fraction(x) for id, x in amounts.items()} for amounts in every]


def _of_one(allocation: Allocation) -> Iterator[Fraction | int]:
    scenario = allocation.scenario
    whole = sum(map(Fraction, allocation.amounts.values()))
    yield from (scenario.fund.amount, scenario.fund.unit, allocation.reserved, scenario.distributable, whole)
    yield from (r.amount for r in scenario.reservations)
    for by in (allocation.amounts, allocation.before_adjustments, allocation.earmarks, scenario.issued or {},
               allocation.to_issue if scenario.issued else {}):  # fmt: skip
        yield from (abs(Fraction(x)) for x in by.values())
        yield abs(sum(map(Fraction, by.values()), Fraction()))
    hands = [Fraction(x) for x in allocation.adjustments.values()]
    yield from map(abs, hands)
    yield from (sum(x for x in hands if x > 0), -sum(x for x in hands if x < 0), abs(sum(hands)))
    for id, amount in allocation.amounts.items():
        yield whole - Fraction(amount)
        for way in (1, -1):  # the hands of all others
            yield sum(
                max(way * Fraction(x), Fraction()) for k, x in allocation.adjustments.items() if k != id
            )
    for split in allocation.splits:
        yield Fraction(split.total) * Fraction(scenario.fund.unit)
    for by in allocation.pools.values():
        yield from map(Fraction, by.values())
        yield sum(map(Fraction, by.values()), Fraction())
    for pool in {stage.pool for stage in allocation.stages}:
        reached = dict.fromkeys(scenario.ids, Fraction())
        for stage in (one for one in allocation.stages if one.pool == pool):
            for id, by in stage.amounts.items():
                reached[id] += Fraction(by)
            yield from (*stage.amounts.values(), *reached.values())
            yield from (sum(stage.amounts.values()), sum(reached.values()))


def _parts(found: Proposal) -> Iterator[Fraction]:
    """Percentages and values of data: weights, shares, growth, the figures of the columns."""
    for allocation in found.allocations:
        scenario = allocation.scenario
        whole = sum(map(Fraction, allocation.amounts.values()))
        for amount in allocation.amounts.values():
            yield 100 * Fraction(amount) / whole if whole else Fraction()
        sizes = [sorted(allocation.amounts.values(), reverse=True)[12:]]
        for base in _bases(found):
            by = {id: abs(Fraction(x) - base.get(id, 0)) for id, x in allocation.amounts.items()}
            sizes.append([allocation.amounts[id] for id in sorted(by, key=lambda id: -by[id])[12:]])
        yield from (100 * sum(map(Fraction, some), Fraction()) / whole for some in sizes if whole)
        yield from (100 - x for x in (100 * Fraction(a) / whole for a in allocation.amounts.values()))
        for base in _bases(found):
            yield from (abs(100 * (Fraction(a) - base.get(k, 0)) / base[k])
                        for k, a in allocation.amounts.items() if base.get(k))  # fmt: skip
            sums = sum(base.values())
            moved = sum(max(Fraction(a) - base.get(k, 0), Fraction()) for k, a in allocation.amounts.items())
            yield from (100 * moved / scenario.distributable, 100 * moved / sums)
            yield from (100 * x / sums for x in base.values())
            yield abs(100 * (whole - sums) / sums)
        for pool in scenario.rules:
            yield from (Fraction(w) for w in (*pool.weights.values(), *scenario.weighted[pool.id].values()))
            yield Fraction(pool.percent or 0)
        for indicator in scenario.indicators:
            yield from map(Fraction, indicator.parts.values())
        for limit in scenario.limits:
            yield from (
                100 * Fraction(rate) for rate in (limit.cap_rate, limit.floor_rate) if rate is not None
            )
        for factor in scenario.factors:
            values = _values(allocation, factor.id)
            yield from values
            yield sum(values, Fraction())
            total = sum(values, Fraction())
            weights = {f: Fraction(w) for p in scenario.rules for f, w in scenario.weighted[p.id].items()}
            if factor.name.zh == "人口":  # money per head: of each, of many all but twelve, and of all
                amounts = list(map(Fraction, allocation.amounts.values()))
                yield from (money / value for money, value in zip(amounts, values, strict=True))
                for by in _bases(found):
                    order = sorted(
                        range(len(values)), key=lambda at: -abs(amounts[at] - list(by.values())[at])
                    )
                    yield sum(amounts[at] for at in order[12:]) / (sum(values[at] for at in order[12:]) or 1)
                yield sum(amounts) / total
            for value in values if total else ():
                yield 100 * value / total
                yield weights.get(factor.id, Fraction()) * value / total
        if len(allocation.splits) == 1:
            yield from (100 * Fraction(x) for x in allocation.columnwise.shares.numbers)


def _values(allocation: Allocation, factor: str) -> list[Fraction]:
    scenario = allocation.scenario
    if scenario.factor(factor).text:
        return []
    try:
        return [Fraction(x) for x in scenario.numbers(factor, range(len(scenario.ids))) if x is not None]
    except ScenarioError:
        return []


def repeated(lines: Iterable[str], least: int = 18) -> list[str]:
    """The sentences that one paper says more than once; short ones, such as headings of tables, may recur."""
    whole = [
        s
        for line in lines
        for s in re.split(r"(?<=[。！？])|(?<=[a-z)]\.) (?=[A-Z])", line)
        if len(s) >= least
    ]
    return sorted({s for s in whole if whole.count(s) > 1})


BOOKS = {"zh": ZH, "en": EN}
