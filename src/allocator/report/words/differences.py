"""The differences between two scenarios in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from allocator.analysis.differences import Difference
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.tables.figures import is_money
from allocator.report.words.difference_values import About, each_weight, number_in
from allocator.report.words.rule import so_many
from allocator.text import Phrasebook

MOST_ITEMS = 8  # that one sentence lists
MOST_NAMES = 3
# how many parts ``where`` can have, by clause; a language may follow them
_PARTS = {
    **dict.fromkeys(("title", "unit", "rounding", "kind", "coefficient", "limit"), (0,)),
    **dict.fromkeys(("fund", "order"), (1,)),
    "weight": (1, 2),  # the factor, and the pool or indicator
    **dict.fromkeys(("value", "provenance"), (2,)),
    **dict.fromkeys(("reservation", "use", "earmark", "recipient", "factor", "pool", "indicator"), (1, 2)),
    **dict.fromkeys(("deduction", "adjustment"), (1, 2)),
    **dict.fromkeys(("published", "previous", "issued"), (0, 1)),
}
_TEXTS = (
    "title", "fund", "reservation", "use", "earmark", "recipient", "factor", "pool", "indicator", "deduction",
    "adjustment",
)  # fmt: skip


def differences_in_words(
    found: Sequence[Difference], scenario: Scenario, book: Phrasebook, most: int = 12
) -> list[str]:
    """The differences in sentences, in the order of the rule; at most so many, the last says how many more.

    ``scenario`` is either of the two; it names recipients and columns, and what it does not know goes by
    the name that the differences give, else by its id.  They may come from a file: what is no number, or no
    known word, is quoted as it stands.

    >>> from allocator import load_scenario
    >>> from allocator.analysis.differences import differences
    >>> rule = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> differences_in_words(differences(rule, rule.with_weights(tax=30, effort=20)), rule, Phrasebook("en"))
    ['Weights: Tax contribution from 40 % to 30 %; Investment-attraction work from 10 % to 20 %.']
    """
    about = About.of(found, scenario, book)
    groups: dict[tuple[str, ...], list[Difference]] = {}
    for d in _in_language(each_weight(found), book):
        groups.setdefault(_group(d), []).append(d)
    sentences = [
        about.book.say("difference.line", what=_what(key, about), items=items)
        for key, group in groups.items()
        if (items := _items(key[0], group, about))
    ]
    if len(sentences) <= most:
        return sentences
    return [*sentences[: most - 1], about.book.say("difference.more", count=len(sentences) - most + 1)]


Write = Callable[[str, int], str]
_HANDED = ("reservation", "use", "earmark", "deduction", "adjustment")  # amounts that stand by themselves
_NAMED = (*_HANDED, "recipient", "pool", "indicator")


def _in_language(found: Iterable[Difference], book: Phrasebook) -> list[Difference]:
    """The differences that have words, and only one of each text that differs in both languages."""
    chosen: dict[tuple[str, ...], Difference] = {}
    for position, d in enumerate(found):
        parts, where = _PARTS.get(d.clause, ()), d.where
        key: tuple[str, ...] = (str(position),)
        if d.clause in _TEXTS and len(where) - 1 in parts and where[-1] in ("zh", "en"):
            where = where[:-1]
            key = (d.clause, *where)
        same = d.before == d.after and d.clause != "order"
        if len(where) in parts and not same and (key not in chosen or d.where[-1] == book.language):
            chosen[key] = Difference(d.clause, where, d.before, d.after)
    return list(chosen.values())


def _group(d: Difference) -> tuple[str, ...]:
    """The key of a difference's sentence: its clause, or the field of the fund or column by itself."""
    if d.clause == "fund":
        return (f"fund_{d.where[0]}",)
    if d.clause == "value" or (d.clause == "factor" and len(d.where) > 1):
        return f"{d.clause}_of", d.where[0]
    return (d.clause,)


def _what(key: tuple[str, ...], about: About) -> str:
    if len(key) == 2:
        return about.factor(key[1])
    if key[0] == "recipient":
        return _whom(about)
    what = about.book.words("difference.what")
    other = "" if is_money(about.scenario) else f"{key[0]}_other"
    return str(what.get(other, what.get(key[0], key[0])))


def _whom(about: About) -> str:
    local = about.scenario.fund.currency == "CNY"
    return about.book.say("table.recipient" if local else "table.recipient_other")


def _items(kind: str, group: Sequence[Difference], about: About) -> str:
    """The items of one sentence; "" where there are none."""
    if kind in ("value_of", "published", "previous", "issued") and len(group) > MOST_NAMES:
        return _many(group, about)
    if kind == "provenance":
        cells = [
            about.book.say(
                "difference.cell", name=about.recipient(d.where[0]), factor=about.factor(d.where[1])
            )
            for d in group
        ]
        return about.book.say("difference.cells", count=len(cells), names=cells[:MOST_NAMES])
    if kind == "order":
        whats = [
            _whom(about) if d.where[0] == "recipient" else about.known("difference.what", d.where[0])
            for d in group
        ]
        return about.book.say("difference.order", names=whats)
    items = []
    if kind in ("recipient", "factor"):
        whole = [d for d in group if len(d.where) == 1]
        for key, some in (
            ("difference.rows_new", [d for d in whole if d.after is not None]),
            ("difference.rows_gone", [d for d in whole if d.after is None]),
        ):
            names = [
                about.recipient(d.where[0]) if kind == "recipient" else about.factor(d.where[0]) for d in some
            ]
            items += [about.book.say(key, names=names[:MOST_ITEMS], count=len(names))] if names else []
        group = [d for d in group if len(d.where) > 1]
    items += [item for d in group if (item := _item(d, about))]
    listed = about.book.say("difference.join").join(items[:MOST_ITEMS])
    if len(items) <= MOST_ITEMS:
        return listed
    return about.book.say("difference.and_others", items=listed, count=len(items))


def _item(d: Difference, about: About) -> str:
    """One difference in words: the old and the new value, or what is new or gone."""
    if d.clause == "earmark" and d.where[-1] == "also_shares":
        key = "difference.shares_too" if d.after == "true" else "difference.shares_no_more"
        return about.book.say(key, name=about.recipient(d.where[0])) if d.after is not None else ""
    before, after = _shown(d, about)
    name = _name(d, about)
    if before and after:
        key = "difference.changed" if name else "difference.changed_itself"
    elif after:
        key = "difference.new" if name else "difference.new_itself"
    else:
        key = "difference.gone" if name else "difference.gone_itself"
    return about.book.say(key, name=name, before=before, after=after)


def _shown(d: Difference, about: About) -> tuple[str, str]:
    """Both sides as a person reads them, exactly where they would look the same; "" where absent."""
    write = _writer(d, about)
    blank = about.book.say("difference.blank") if d.clause == "value" else ""
    before, after = (blank if t is None else write(t, side) for side, t in enumerate((d.before, d.after)))
    return (before, after) if before != after else (str(d.before), str(d.after))


def _name(d: Difference, about: About) -> str:
    """The name of the thing that differs; "" where the sentence's subject is enough."""
    if d.clause == "weight":
        name, of = about.factor(d.where[0]), about.part("".join(d.where[1:]))
        return about.book.say("difference.of", name=of, field=name) if of else name
    if d.clause == "factor":
        return about.known("difference.field", d.where[1])
    if d.clause in ("published", "previous", "issued") and not d.where:
        return about.book.say("difference.sum")
    if d.clause in ("value", "published", "previous", "issued"):
        return about.recipient(d.where[-1])
    if d.clause not in _NAMED:
        return ""
    if d.clause in ("reservation", "use"):
        listed = about.scenario.reservations if d.clause == "reservation" else about.scenario.uses
        names = {thing.name.zh: about.book.text(thing.name) for thing in listed}
        name = names.get(d.where[0], d.where[0])
    elif d.clause in ("pool", "indicator"):
        if len(d.where) == 1:
            return ""  # the name is what is new or gone
        name = about.part(d.where[0])
    else:
        name = about.recipient(d.where[0])
    if len(d.where) == 1:
        return name
    field = "method" if (d.clause, d.where[1]) == ("pool", "kind") else d.where[1]
    return about.book.say("difference.of", name=name, field=about.known("difference.field", field))


def _writer(d: Difference, about: About) -> Write:
    """The way in which the texts of a difference are written, by its clause, else by its field."""
    if d.clause == "weight":
        return lambda text, side: about.weight(text, side, "".join(d.where[1:]))
    clauses: Mapping[str, Write] = {
        "unit": about.money,
        "rounding": about.word,
        "kind": about.word,
        "coefficient": about.columns,
        "limit": about.limit,
        "value": about.value,
        "published": about.money,
        "previous": about.money,
        "issued": about.money,
    }
    if d.clause in clauses:
        return clauses[d.clause]
    if d.clause in _HANDED and len(d.where) == 1:
        return about.money
    fields: Mapping[str, Write] = {
        "amount": about.money,
        "percent": about.percent,
        "phase_in": about.part_of_one,
        "currency": about.plainly,
        "papers": about.plainly,
        "year": about.plainly,
        "date": about.plainly,
        "of": about.plainly,
        "status": lambda text, side: about.known("status", text),
        "kind": about.word if d.clause == "pool" else about.kinds,
        "coefficient": about.columns,
        "recipients": about.whom,
        "where": about.formula,
        "formula": about.formula,
        "over": about.word,
        "text": about.word,
        "floors": about.word,
        "below_zero": about.word,
        "paid_by": about.whom,
        "rest_to": about.whom,
        "left": about.whom,
        "pool": lambda text, side: about.quoted(about.part(text), side),
    }
    return fields.get(d.where[-1] if d.where else "", about.quoted)


def _many(group: Sequence[Difference], about: About) -> str:
    """The number of figures of a column that differ, and the one that differs most."""

    def size(d: Difference) -> Number:
        before, after = number_in(d.before or ""), number_in(d.after or "")
        return -1 if before is None or after is None else max(after - before, before - after)

    largest = max(group, key=size)
    alone = sum(size(d) == size(largest) for d in group) == 1
    before, after = _shown(largest, about)
    return about.book.say(
        "difference.many" if alone else "difference.many_tied",
        all=so_many(about.scenario, len(about.scenario.recipients), about.book),
        count=len(group),
        name=_name(largest, about),
        before=before,
        after=after,
    )
