"""The command `seek`: its options and its output."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.analysis.seek import (
    Answer,
    Clause,
    Lever,
    Target,
    clauses_of,
    movable,
    only_lever,
    seek,
)
from allocator.cli.options import Progress, factor_id, groups, number, parts, refuse, scenario_file
from allocator.cli.parser import Parser
from allocator.cli.terminal import aligned, print_csv, print_json
from allocator.core.errors import within
from allocator.core.exact import Number, exact, plain
from allocator.core.model import Scenario
from allocator.core.naming import guess
from allocator.core.parts import plain_name
from allocator.files.load import load_scenario
from allocator.files.scenario.fields import amount_in_text
from allocator.files.scenario.tables import Finder
from allocator.report.seek import tables
from allocator.report.seek.words import sentences
from allocator.report.words.rule import status_lines
from allocator.text import Phrasebook

OF = {
    "amount": "amount", "金额": "amount",
    "share": "share", "占比": "share",
    "rank": "rank", "位次": "rank", "名次": "rank",
    "change": "difference", "difference": "difference", "增减": "difference",
}  # fmt: skip
CLAUSES = {
    "cap": "cap", "封顶": "cap", "floor": "floor", "保底": "floor",
    "reservation": "reservation", "市级部门安排": "reservation",
}  # fmt: skip
LEVERS = {
    "weights": "weights", "权重": "weights", "parts": "parts", "指标": "parts",
    "money": "money", "资金": "money", "分项资金": "money",
}  # fmt: skip
_WHAT = {"cap": "seek.cap", "floor": "seek.floor", "reservation": "seek.reservation"}
RELATIONS = {"<=": "<=", "≤": "<=", "=<": "<=", ">=": ">=", "≥": ">=", "=>": ">=", "==": "==", "=": "=="}
# the last sign, since a name may hold one too
_TARGET = re.compile(r"(.*?)(<=|>=|==|=<|=>|[≤≥=<>])([^<>=≤≥]*)")
_CALL = re.compile(r"(\w+)\s*\((.*)\)")
_FREE = ("free", "任意")
_LONGEST = 300


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator seek`."""
    made = Parser("seek", book, "file")
    made.option("--target", metavar="TARGET", action="append", default=[])
    made.option("--keep", metavar="FACTOR,…", action="append", default=[])
    made.option("--bound", metavar="FACTOR=LOW:HIGH", action="append", default=[])
    made.option("--step", metavar="POINTS")
    made.option("--change", metavar="CLAUSE")
    made.option("--group", metavar="NAME=A,B,…", action="append", default=[])
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Seeks the least change, and prints the answer; status 1 if none meets the targets."""
    file = scenario_file(options, "seek", book)
    asked = Asked(options.target, options.group, options.keep, options.bound, options.step, options.change)
    found = answer(file, asked, book)
    show(found, options.format, book)
    return 0 if found.found is not None else 1


@dataclass(frozen=True)
class Asked:
    """The options as they were written."""

    targets: Sequence[str] = ()
    groups: Sequence[str] = ()
    keep: Sequence[str] = ()
    bounds: Sequence[str] = ()
    step: str | None = None
    change: str | None = None


def answer(file: str, asked: Asked, book: Phrasebook) -> Answer:
    """The least change that meets the targets.  Raises ScenarioError with the option that is wrong."""
    scenario = load_scenario(file)
    named = groups(asked.groups, scenario)
    find = Finder(scenario.recipients)
    for name in named:
        if plain_name(name) in find.names:
            refuse("--group", "audit_group_name", name=name)
    targets = [_target(written, scenario, find, named) for written in asked.targets]
    if not targets:
        refuse("--target", "target_none")
    step = _step(asked.step)
    with within(file), Progress("seek.progress", book) as progress:
        lever = _lever(asked.change, scenario)
        if asked.change is not None and lever is None:
            clause = _clause(asked.change, scenario, book)
            for option, given in (("--keep", asked.keep), ("--bound", asked.bounds)):
                if given:
                    refuse(option, "seek_change_weights", what=book.say(_WHAT[clause.kind]), name=option)
            return seek(scenario, targets, clause=clause, step=step)
        if lever is None and (scenario.pools or scenario.beyond):
            lever = only_lever(scenario)
        keep = [_moved(name, scenario, lever, "--keep") for one in asked.keep for name in parts(one)]
        bounds = _bounds(asked.bounds, scenario, lever)
        return seek(scenario, targets, lever=lever, step=step, keep=keep, bounds=bounds, progress=progress)


def _lever(written: str | None, scenario: Scenario) -> Lever | None:
    """The lever as it is written: weights:foreign, 权重:外资项目, money; None for a clause."""
    name, _, of = (piece.strip() for piece in re.sub("：", ":", written or "").partition(":"))
    kind = LEVERS.get(name.casefold())
    if kind is None:
        return None
    if kind == "money" and not of:
        return Lever("money")
    things = scenario.rules if kind == "weights" else scenario.indicators if kind == "parts" else ()
    if not of and kind == "weights":
        return only_lever(scenario)
    named = {plain_name(known): t.id for t in things for known in (t.name.zh, t.name.en, t.id)}
    if kind == "money" or not of:
        refuse("--change", "seek_change", value=(written or "")[:80])
    return Lever(kind, named.get(plain_name(of), of[:80]))  # of an unknown one it is said which there are


def _moved(name: str, scenario: Scenario, lever: Lever | None, option: str) -> str:
    """The id of what moves by its id or either name: a factor, or a part, indicator or pool."""
    if lever is None or (lever.kind == "weights" and not scenario.pools):
        return factor_id(name, scenario, option)
    ids = movable(scenario, lever)
    names: dict[str, str] = {}
    for id in reversed(ids):
        called = lever.name(scenario, id)
        names |= {plain_name(known): id for known in (called.zh, called.en, id)}
    if plain_name(name) not in names:
        refuse(option, "seek_name", name=name[:80], guess=guess(name, names))
    return names[plain_name(name)]


def _named(name: str, find: Finder) -> str:
    """The id of a recipient by any of its names."""
    with within(option="target"):
        return find.id(name, "")


def _target(written: str, scenario: Scenario, find: Finder, named: Mapping[str, tuple[str, ...]]) -> Target:
    """A target as it is written: ftz<=4800万元, share(ftz)<=80%, 位次(纳溪区)≤5."""
    text = unicodedata.normalize("NFKC", written).strip() if len(written) <= _LONGEST else ""
    found = _TARGET.fullmatch(text)
    if found is None or not found[1].strip() or not found[3].strip():
        refuse("--target", "target_syntax", value=written[:80])
    left, sign, right = found[1].strip(), found[2], found[3].strip()
    if sign not in RELATIONS:
        refuse("--target", "target_strict", value=written[:80], sign=sign)
    of, name = "amount", left
    call = _CALL.fullmatch(left)
    if call is not None and call[1].casefold() in OF:
        of, name = OF[call[1].casefold()], call[2].strip()
    group = next((key for key in named if plain_name(key) == plain_name(name)), None)
    ids = named[group] if group is not None else (_named(name, find),)
    return Target(of, ids, RELATIONS[sign], _value(of, right, scenario), group or "")


def _value(of: str, text: str, scenario: Scenario) -> Number:
    if of == "rank":
        rank = number(re.sub("^第|[位名]$", "", text))
        if rank is None:
            refuse("--target", "target_rank", value=text[:80])
        return rank
    if of == "share":
        percent = number(text.removesuffix("%")) if text.endswith("%") else None
        if percent is None:
            refuse("--target", "target_percent", value=text[:80])
        return plain(Fraction(percent) / 100)
    sign, digits = (-1, text[1:]) if text[0] in "-−" else (1, text.removeprefix("+"))
    amount = amount_in_text(re.sub("(万|亿)$", r"\1元", digits), scenario.fund.currency)
    if amount is None:
        refuse("--target", "target_amount", value=text[:80])
    return sign * amount


def _clause(written: str, scenario: Scenario, book: Phrasebook) -> Clause:
    """A clause: cap, or with its position in the file where there are several, cap:2."""
    name, colon, position = (piece.strip() for piece in re.sub("：", ":", written).partition(":"))
    at = number(position) if colon else None
    if name.casefold() not in CLAUSES or (colon and (not isinstance(at, int) or at < 1)):
        refuse("--change", "seek_change", value=written[:80])
    kind = CLAUSES[name.casefold()]
    what = book.say(_WHAT[kind])
    known = clauses_of(scenario, kind)
    choices = [f"{name}:{clause.number + 1}" for clause in known]
    if not known:
        refuse("--change", "seek_change_none", what=what)
    if at is None:
        if len(known) > 1:
            refuse("--change", "seek_change_many", count=len(known), what=what, example=choices[0])
        return known[0]
    chosen = next((clause for clause in known if clause.number + 1 == at), None)
    if chosen is None:
        refuse("--change", "seek_change_number", number=at, what=what, known=choices)
    return chosen


def _bounds(
    written: Sequence[str], scenario: Scenario, lever: Lever | None
) -> dict[str, tuple[Number | None, Number | None]]:
    """Bounds of weights: investment=20:50, investment=20: or investment=:50."""
    found: dict[str, tuple[Number | None, Number | None]] = {}
    for part in (part for one in written for part in parts(one)):
        name, sign, ends = (piece.strip() for piece in part.partition("="))
        low, colon, high = (piece.strip() for piece in re.sub("[：–~]", ":", ends).partition(":"))
        least, most = number(low), number(high)
        if not sign or not colon or (low and least is None) or (high and most is None) or not (low or high):
            refuse("--bound", "seek_bound", value=part[:80])
        factor = _moved(name, scenario, lever, "--bound")
        if factor in found:
            refuse("--bound", "seek_bound_twice", name=factor)
        found[factor] = least, most
    return found


def _step(written: str | None) -> Number:
    if written is None:
        return 1
    step = exact("0.01") if written.strip().casefold() in _FREE else number(written)
    if step is None:
        refuse("--step", "seek_step", value=written[:80])
    return step


def show(found: Answer, form: str, book: Phrasebook) -> None:
    """Prints the answer of `allocator seek` in sentences, and the amounts that result."""
    scenario = found.scenario
    if form == "json":
        print_json(tables.as_data(found, book))
        return
    table = tables.amounts_table(found, book)
    below = status_lines(scenario, book)
    if form == "csv":
        headers, rows = table.plain_rows() if table is not None else tables.reach_rows(found, book)
        print_csv(headers, rows, [*sentences(found, book), *below, tables.trace(found, book)])
        return
    lines = [book.text(scenario.title), *sentences(found, book), ""]
    lines += [*aligned(table, book), ""] if table is not None else []
    print(*lines, *below, tables.trace(found, book), sep="\n")
