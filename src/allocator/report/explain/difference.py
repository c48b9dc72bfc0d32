"""Reasons why two scenarios give different amounts: names of clauses, a table, sentences, data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Any

from allocator.analysis.differences import Difference, differences
from allocator.analysis.explain.clauses import Clause
from allocator.analysis.explain.shapley import MOST_CLAUSES, Explanation, Reason
from allocator.core.exact import Number, plain
from allocator.report.tables.figures import recipient_names
from allocator.report.tables.records import Role
from allocator.report.tables.rounding import adding_both_ways
from allocator.report.tables.table import Column, Table, heading, total_of
from allocator.report.words.differences import differences_in_words
from allocator.text import EN, ZH, Phrasebook, money_scale

MOST_NAMES = 2  # of factors that a clause lists
_CLAUSES = {  # by what differs within the clause, "" where that is the whole
    ("fund", ""): "explain.clause.fund",
    ("reservations", ""): "explain.clause.reservations",
    ("earmarks", ""): "explain.clause.earmarks",
    ("recipients", "list"): "explain.clause.recipients_list",
    ("recipients", "kinds"): "explain.clause.recipients_kinds",
    ("recipients", "order"): "explain.clause.recipients_order",
    ("method", "kind"): "explain.clause.method_kind",
    ("method", "weights"): "explain.clause.method_weights",
    ("method", "coefficient"): "explain.clause.method_coefficient",
    ("pools", ""): "explain.clause.pools",
    ("previous", ""): "explain.clause.previous",
    ("issued", ""): "explain.clause.issued",
    ("deductions", ""): "explain.clause.deductions",
    ("limits", ""): "explain.clause.limits",
    ("rounding", "unit"): "explain.clause.rounding_unit",
    ("rounding", "rounding"): "explain.clause.rounding_rounding",
    ("adjustments", ""): "explain.clause.adjustments",
}


@dataclass(frozen=True)
class Account:
    """An explanation as it is shown: its parts in whole units, adding up both ways."""

    found: Explanation

    @cached_property
    def step(self) -> Number:
        """The unit in which the parts are shown: the scenarios', or a smaller one in which all is whole."""
        found = self.found
        funds = found.before.scenario.fund, found.after.scenario.fund
        sizes = [fund.unit for fund in funds]
        sizes += found.differences.values()
        sizes += [reason.total for reason in found.reasons]
        return plain(Fraction(gcd(*(int(size * 100) for size in sizes)), 100))

    @cached_property
    def parts(self) -> tuple[Mapping[str, Number], ...]:
        """Each reason's part by recipient, as shown: parts add up along every row and down every column."""
        ids, step = list(self.found.differences), Fraction(self.step)
        rows = [[reason.amounts[id] / step for reason in self.found.reasons] for id in ids]
        units = adding_both_ways(rows) if self.found.reasons else []
        columns = zip(*units, strict=True)
        return tuple(dict(zip(ids, (plain(x * step) for x in by), strict=True)) for by in columns)

    @cached_property
    def names(self) -> tuple[dict[str, str], dict[str, str]]:
        """The recipients' names in Chinese and in English."""
        zh, en = (recipient_names((self.found.before, self.found.after), book) for book in (ZH, EN))
        return zh, en

    def name(self, id: str, book: Phrasebook) -> str:
        """A recipient's name."""
        return self.names[book.language != "zh"][id]


def clause_name(reason: Reason, found: Explanation, book: Phrasebook) -> str:
    """The name of a reason: its clauses, joined where they can only be switched together."""
    names = []
    factors = [factor for clause in reason.clauses if clause.kind == "data" for factor in clause.of]
    for clause in reason.clauses:
        if clause.kind != "data":
            names.append(_clause(clause, found, book))
        elif clause.of[0] == factors[0]:
            listed = [_factor(factor, found, book) for factor in factors[:MOST_NAMES]]
            key = "explain.clause.data_many" if len(factors) > MOST_NAMES else "explain.clause.data"
            names.append(book.say(key, names=listed, count=len(factors)))
    return book.say("explain.with").join(names)


def _clause(clause: Clause, found: Explanation, book: Phrasebook) -> str:
    if clause.kind == "pool":
        pools = {pool.id: pool.name for a in (found.before, found.after) for pool in a.scenario.rules}
        return book.say("explain.clause.pool", name=pools[clause.of[0]])
    parts = [book.say(_CLAUSES[clause.kind, part]) for part in clause.of or ("",)]
    return book.say("explain.join").join(parts)


def _factor(id: str, found: Explanation, book: Phrasebook) -> str:
    return str(book.text(found.before.scenario.factor(id).name))


def difference_table(account: Account, book: Phrasebook) -> Table:
    """The table of amounts before and after, the change, and the part of each reason in it."""
    found = account.found
    before, after = found.before, found.after
    local = all(a.scenario.fund.currency == "CNY" for a in (before, after))
    columns = [
        Column("number", book.say("table.number"), "text"),
        Column("recipient", book.say("table.recipient" if local else "table.recipient_other"), "text"),
        Column("before", book.say("explain.before"), "money"),
        Column("after", book.say("explain.after"), "money"),
        Column("change", book.say("explain.change"), "change"),
    ]
    for at, reason in enumerate(found.reasons):
        columns.append(Column(f"reason-{at}", heading(clause_name(reason, found, book)), "change"))
    stages: list[Mapping[str, Number]] = [before.amounts, after.amounts, found.differences, *account.parts]
    records: list[tuple[Role, tuple[Any, ...]]] = [
        ("recipient", (str(at), account.name(id, book), *(stage.get(id) for stage in stages)))
        for at, id in enumerate(found.differences, 1)
    ]
    sums = [total_of(stage.values()) for stage in stages]
    old, new = before.scenario.reserved, after.scenario.reserved
    # the departments' money changes with the clause on reservations
    reserved = [
        plain((new - old) * any(clause.kind == "reservations" for clause in reason.clauses))
        for reason in found.reasons
    ]
    departments = [old, new, plain(new - old), *reserved]
    if old or new:
        recipients = book.say("table.recipients" if local else "table.recipients_other")
        records.append(("subtotal", ("", recipients, *sums)))
        records.append(("subtotal", ("", book.say("table.departments"), *departments)))
    totals = (plain(a + b) for a, b in zip(sums, departments, strict=True))
    records.append(("total", ("", book.say("table.total"), *totals)))
    fund = before.scenario.fund
    scale = min(money_scale(fund.currency, a.scenario.fund.unit) for a in (before, after))
    return Table(book, fund.currency, scale, tuple(columns), tuple(records))


# --- in words -------------------------------------------------------------------------------------


def what_differs(found: Explanation, book: Phrasebook) -> list[str]:
    """Sentences on the differences between the two scenarios that can change an amount."""
    before, after = found.before.scenario, found.after.scenario
    return differences_in_words([d for d in differences(before, after) if _counts(d)], before, book)


def _counts(difference: Difference) -> bool:
    clause, where = difference.clause, difference.where
    if clause in ("unit", "rounding", "kind", "coefficient", "weight", "limit", "value", "previous"):
        return True
    if clause == "fund":
        return where == ("amount",)
    if clause == "earmark":
        return "reason" not in where
    if clause in ("pool", "indicator"):
        return len(where) == 1 or where[1] not in ("name", "basis")
    if clause == "factor":
        return where[1:] in (("formula",), ("round",))
    return clause in ("reservation", "recipient") and (len(where) == 1 or where[1] in ("zh", "en", "kind"))


def notes(found: Explanation, book: Phrasebook) -> list[str]:
    """Notes on the method, on clauses taken together, and on recipients of one scenario only."""
    if not found.reasons:
        return [book.say("explain.nothing")]
    lines = [book.say("explain.how")] if len(found.reasons) > 1 else []
    if found.together:
        lines.append(book.say("explain.grouped", most=MOST_CLAUSES))
    for reason in found.reasons:
        if len(reason.clauses) > 1:
            lines.append(book.say("explain.merged", names=clause_name(reason, found, book)))
    names = recipient_names((found.before, found.after), book)
    for key, ids in (("explain.only_new", found.new), ("explain.only_gone", found.gone)):
        if ids:
            lines.append(book.say(key, names=[names[id] for id in ids[:10]], count=len(ids)))
    return lines


def difference_sentences(account: Account, book: Phrasebook) -> dict[str, str]:
    """One sentence for each recipient of either scenario, fit for the minutes of a meeting."""
    return {id: difference_sentence(account, id, book) for id in account.found.differences}


def difference_sentence(account: Account, id: str, book: Phrasebook) -> str:
    """The sentence of one recipient."""
    found = account.found
    assumed = found.before.scenario.assumed or found.after.scenario.assumed
    remark = book.say("explain.assumed") if assumed else ""
    currency = found.before.scenario.fund.currency
    change, reasons = found.differences[id], because(account, id, book)
    if not reasons:
        key = "explain.difference.untouched"
    elif id in found.new:
        key = "explain.difference.new"
    elif id in found.gone:
        key = "explain.difference.gone"
    else:
        key = "explain.difference.moved" if change else "explain.difference.same"
    sentence = book.say(
        key,
        name=account.name(id, book),
        base=found.before.scenario.title,
        before=book.money(found.before.amounts.get(id, 0), currency),
        after=book.money(found.after.amounts.get(id, 0), currency),
        change=change_text(change, currency, book),
        reasons=reasons,
    )
    return sentence + remark


def because(account: Account, id: str, book: Phrasebook) -> str:
    """The effect of each reason on a recipient's amount, in words; "" where none has any."""
    currency = account.found.before.scenario.fund.currency
    return book.say("explain.then").join(
        book.say(
            "explain.because_more" if part[id] > 0 else "explain.because_less",
            name=clause_name(reason, account.found, book),
            amount=book.money(max(part[id], -part[id]), currency),
        )
        for reason, part in zip(account.found.reasons, account.parts, strict=True)
        if part[id]
    )


def change_text(by: Number, currency: str, book: Phrasebook) -> str:
    """A change of an amount in words: so much more, so much less, the same."""
    way = "explain.more" if by > 0 else "explain.less" if by < 0 else "explain.same"
    return book.say(way, amount=book.money(max(by, -by), currency))


# --- data -----------------------------------------------------------------------------------------


def reason_data(account: Account, book: Phrasebook) -> list[dict[str, Any]]:
    """The reasons as plain data: their clauses, name, and the sum that they add over all recipients."""
    return [
        {
            "clauses": [{"clause": clause.kind, "of": list(clause.of)} for clause in reason.clauses],
            "name": clause_name(reason, account.found, book),
            "total": reason.total,
        }
        for reason in account.found.reasons
    ]


def recipient_data(account: Account, book: Phrasebook) -> list[dict[str, Any]]:
    """Every recipient's amounts, change, and parts as shown and exactly, as plain data."""
    found = account.found
    sentences = difference_sentences(account, book)
    return [
        {
            "id": id,
            "name": account.name(id, book),
            "before": found.before.amounts.get(id),
            "after": found.after.amounts.get(id),
            "difference": change,
            "parts": [part[id] for part in account.parts],
            "exact": [str(reason.amounts[id]) for reason in found.reasons],
            "sentence": sentences[id],
        }
        for id, change in found.differences.items()
    ]
