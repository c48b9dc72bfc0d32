"""The review of issued amounts in a sentence and a table."""

from __future__ import annotations

from allocator.analysis.review import Review, Reviewed
from allocator.core.allocation import Allocation
from allocator.core.exact import plain
from allocator.report.tables.figures import in_units, unit_of, who
from allocator.report.tables.table import Row, Table, written
from allocator.text import Phrasebook

MOST_NAMES = 5


def review_lines(found: Review, allocation: Allocation, book: Phrasebook) -> list[str]:
    """The finding: 一致, or how many differ, how many an adjustment explains, and whom nothing does."""
    scenario = allocation.scenario
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    if not found.differing and not found.unknown:
        lines = [book.say("review.same", count=len(found.rows))]
    elif found.agrees:
        lines = [book.say("review.adjusted", count=len(found.differing), all=len(found.rows))]
    else:
        explained = len(found.differing) - len(found.open)
        key = "review.open_some" if explained else "review.open"
        if _undone(found):
            key = "review.open_adjusted"
        lines = []
        if found.open:
            shown = book.show([names[row.id] for row in found.open[:MOST_NAMES]])
            if len(found.open) > MOST_NAMES:
                shown = book.say("finding.and_more", names=shown, count=len(found.open))
            details = {"count": len(found.differing), "open": len(found.open), "explained": explained}
            lines.append(book.say(key, names=shown, all=len(found.rows), **details))
        if found.unknown:
            lines.append(book.say("review.unknown", ids=list(found.unknown)[:MOST_NAMES]))
    if scenario.assumed:
        lines.append(book.say("review.assumed"))
    return lines


def _undone(found: Review) -> bool:
    """True where somebody's issued amount is the rule's, and an adjustment was to make it another."""
    return any(row.difference == 0 for row in found.open)


def review_table(found: Review, allocation: Allocation, book: Phrasebook) -> Table | None:
    """The recipients whose issued amounts are not those of the rule alone; None where there are none."""
    if not found.differing:
        return None
    scenario = allocation.scenario
    hands = bool(scenario.adjustments)

    def row(one: Reviewed) -> Row:
        issued = "—" if one.issued is None else book.number(in_units(one.issued, scenario))
        by = "—" if one.difference is None else book.number(in_units(one.difference, scenario), sign=True)
        adjusted = [book.number(in_units(one.adjustment, scenario), sign=True)] if hands else []
        at = scenario.position[one.id]
        name = book.text(scenario.recipients[at].name)
        rule = book.number(in_units(one.rule, scenario))
        return Row("recipient", (str(at + 1), name, rule, issued, by, *adjusted, _why(one, allocation, book)))

    headers = [book.say("table.number"), who(scenario, book), book.say("review.rule")]
    headers += [book.say("review.issued"), book.say("review.difference")]
    headers += [book.say("table.adjustment")] if hands else []
    numeric = (False, False, *(True for _ in headers[2:]), False)
    headers.append(book.say("review.why"))
    caption = book.say("review.caption_adjusted" if _undone(found) else "review.caption")
    return written(caption, headers, numeric, map(row, found.differing),
                   unit_of(scenario, book))  # fmt: skip


def _why(one: Reviewed, allocation: Allocation, book: Phrasebook) -> str:
    """The reason of the adjustment that explains a difference, or that none does."""
    key = {
        "adjusted": "review.by_hand",
        "otherwise": "review.otherwise",
        "missing": "review.missing",
    }.get(one.state, "review.unexplained")
    said = dict.fromkeys(
        book.text(hand.reason) for hand in allocation.scenario.adjustments if hand.recipient == one.id
    )
    reasons = book.say("place.list").join(said) or book.say("review.pays")
    return book.say(
        key, reasons=reasons, amount=book.number(in_units(plain(one.amount), allocation.scenario))
    )
