"""The fields that a layout can name, each under its name in every language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from allocator.report.papers.parts import day, described, differs, effect_words, source_line
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.base import KNOWN
from allocator.report.tables.letters import letter
from allocator.report.words.clauses import in_clauses, numbered_clauses
from allocator.report.words.comparing import headline
from allocator.report.words.paper_code import paper_code
from allocator.report.words.rule import rule_sentence, status_lines
from allocator.text import LANGUAGES, Phrasebook

Fields = dict[str, Any]
# the fields of one value, and those of several with what each of their entries holds (nothing: it is a line)
SINGLE = {
    "fund": "layout.field.fund",
    "amount": "layout.field.amount",
    "reserved": "layout.field.reserved",
    "split": "layout.field.split",
    "unit": "layout.field.unit",
    "source": "layout.field.source",
    "day": "layout.field.day",
    "mark": "layout.field.mark",
    "option": "layout.field.option",
    "finding": "layout.field.finding",
    "code": "layout.field.code",
}
LISTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "rule": ("layout.field.rule", {}),
    "data": ("layout.field.data", {}),
    "rows": (
        "layout.field.rows",
        {
            "number": "layout.field.number",
            "name": "layout.field.name",
            "amount": "layout.field.row_amount",
            "share": "layout.field.share",
            "base": "layout.field.base",
            "change": "layout.field.change",
            "note": "layout.field.note",
        },
    ),
    "options": (
        "layout.field.options",
        {
            "letter": "layout.field.letter",
            "title": "layout.field.title",
            "differs": "layout.field.differs",
            "moved": "layout.field.moved",
            "gaining": "layout.field.gaining",
            "losing": "layout.field.losing",
        },
    ),
}


def names_of(key: str) -> tuple[str, ...]:
    """The names of the field with this key in all languages.

    >>> names_of("layout.field.fund")
    ('资金名称', 'fund')
    """
    return tuple(dict.fromkeys(Phrasebook(language).say(key) for language in LANGUAGES))


def known() -> dict[str, tuple[str, ...] | None]:
    """Every name of a field; for a list the names that each of its entries has, for a single value None."""
    found: dict[str, tuple[str, ...] | None] = {}
    for key in SINGLE.values():
        found |= dict.fromkeys(names_of(key))
    for key, inner in LISTS.values():
        names = tuple(name for field in inner.values() for name in names_of(field))
        found |= dict.fromkeys(names_of(key), names)
    return found


def examples(book: Phrasebook) -> dict[str, object]:
    """The names of all fields in the reader's language, and how one, and the rows of a table, are written.

    >>> from allocator.text import ZH
    >>> examples(ZH)["start"], examples(ZH)["cell"]
    ('{%tr for 行 in 分配表 %}', '{{ 行.对象 }}')
    """
    row = book.say("layout.row")
    of_lists = [
        book.say(
            "layout.of_list",
            name=book.say(key),
            fields=[book.say(field) for field in inner.values()] or [row],
        )
        for key, inner in LISTS.values()
    ]
    return {
        "single": list(map(book.say, SINGLE.values())),
        "lists": of_lists,
        "one": f"{{{{ {book.say('layout.field.fund')} }}}}",
        "start": f"{{%tr for {row} in {book.say('layout.field.rows')} %}}",
        "cell": f"{{{{ {row}.{book.say('layout.field.name')} }}}}",
        "end": "{%tr endfor %}",
    }


def fields_of(proposal: Proposal) -> Fields:
    """The fields of a proposal with their values in words, as papers say them."""
    book, chosen = proposal.book, proposal.chosen
    scenario = chosen.scenario
    single = {
        "fund": proposal.fund_name,
        "amount": proposal.cash(scenario.fund.amount),
        "reserved": proposal.cash(chosen.reserved),
        "split": proposal.cash(sum(chosen.amounts.values())),
        "unit": proposal.table.unit,
        "source": source_line(proposal),
        "day": day(proposal),
        "mark": proposal.mark,
        "option": proposal.option(proposal.proposed),
        "finding": book.say("report.joined").join(effect_words(proposal)),
        "code": paper_code(scenario),
    }
    clauses = in_clauses(scenario)
    lists: dict[str, Sequence[Any]] = {
        "rule": numbered_clauses(chosen, book) if clauses else [rule_sentence(scenario, book)],
        "data": list(status_lines(scenario, book)),
        "rows": list(_rows(proposal)),
        "options": list(_options(proposal, book)),
    }
    found: Fields = {name: single[field] for field, key in SINGLE.items() for name in names_of(key)}
    for field, (key, inner) in LISTS.items():
        entries = [_named(entry, inner) if inner else entry for entry in lists[field]]
        found |= dict.fromkeys(names_of(key), entries)
    return found


def _named(entry: Mapping[str, str], inner: Mapping[str, str]) -> Fields:
    return {name: entry[field] for field, key in inner.items() for name in names_of(key)}


def _rows(proposal: Proposal) -> Iterator[Mapping[str, str]]:
    """The recipients' rows of the office's table; what it does not have is blank."""
    table = proposal.shared_table
    keys = [column.key for column in table.columns]
    base = "base" if proposal.known is None else proposal.known.key
    bases = (base, *KNOWN)
    columns = {
        "number": ("number",),
        "name": ("recipient",),
        "amount": ("amount",),
        "share": ("final",),
        "base": bases,
        "change": ("difference", "year_difference"),
        "note": ("note",),
    }
    at = {field: next((keys.index(key) for key in of if key in keys), None) for field, of in columns.items()}
    for row in table.rows:
        if row.role == "recipient":
            yield {field: "" if i is None else row.cells[i] for field, i in at.items()}


def _options(proposal: Proposal, book: Phrasebook) -> Iterator[Mapping[str, str]]:
    """The options, each described by what differs from the base, the base by its rule."""
    titles = [book.text(scenario.title) for scenario in proposal.scenarios]
    _, rows = headline(proposal.allocations, titles, book, proposal.known)
    kept = rows[len(rows) - len(titles) :]
    for at, (_, moved, _, gaining, losing, _) in enumerate(kept):
        said = differs(proposal, at) if at else book.say("report.joined").join(described(proposal, 0))
        yield {
            "letter": letter(at),
            "title": titles[at],
            "differs": said,
            "moved": moved,
            "gaining": gaining,
            "losing": losing,
        }
