"""The tables that an office draws: one definition for the screen, the command line and the papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from allocator.analysis.compare import changes
from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, Scaled, plain, scaled
from allocator.core.model import Scenario
from allocator.report.tables.base import KNOWN, PUBLISHED, Base, against
from allocator.report.tables.figures import is_money
from allocator.report.tables.letters import lettered
from allocator.report.tables.pools import at_limits, unmet_words
from allocator.report.tables.records import Cells, Records, Role
from allocator.report.tables.table import Column, Table, heading, total_of
from allocator.text import Phrasebook, money_scale

Line = tuple[Role, str, Sequence[Number | None]]  # above or below the recipients: its name and figures
Steps = list[tuple[Column, Scaled | Mapping[str, Any]]]  # columns with their figures by recipient


def weight_text(weight: Number, kind: str, book: Phrasebook) -> str:
    """A weight as it stands beside its factor: 40% of a split by shares, ×40 for multiplied values.

    Two decimals at most, with a mark where that rounds it: ≈33.33%.
    """
    if kind == "fixed":
        return book.say("table.weight_scores", weight=book.number(weight))
    shown = round(Fraction(weight), 2)
    text = ("" if shown == weight else "≈") + book.number(shown)
    return book.say("table.weight_shares" if kind == "shares" else "table.weight_scores", weight=text)


def _recipient(scenarios: Iterable[Scenario], book: Phrasebook) -> str:
    """The heading over recipients: districts, counties and parks only where all funds are Chinese ones."""
    return book.say("table.recipient" if _chinese(scenarios) else "table.recipient_other")


def _recipients(scenarios: Iterable[Scenario], book: Phrasebook) -> str:
    """The words before the sum of all recipients."""
    return book.say("table.recipients" if _chinese(scenarios) else "table.recipients_other")


def _chinese(scenarios: Iterable[Scenario]) -> bool:
    return all(scenario.fund.currency == "CNY" for scenario in scenarios)


def factor_heading(scenario: Scenario, factor: str, book: Phrasebook) -> str:
    """The heading of a weighted factor's column: its name and weight."""
    (pool,) = scenario.rules
    weight = weight_text(scenario.weighted[pool.id][factor], pool.kind, book)
    return book.say("table.factor", name=scenario.factor(factor).name, weight=weight)


def _steps(allocation: Allocation, book: Phrasebook) -> Steps:
    """The columns of what each factor brings, or of what each pool gives, before earmarks."""
    scenario, columns = allocation.scenario, allocation.columnwise
    if len(scenario.rules) > 1:
        by = allocation.pools
        pools: Steps = [
            (Column(f"pool {pool.id}", book.say("pools.column", name=pool.name), "money"), by[pool.id])
            for pool in scenario.pools
        ]
        return [*pools, *_over_all(allocation, book)]
    (split,) = allocation.splits
    steps: Steps = [
        (Column(factor, factor_heading(scenario, factor, book), "stage", "factors"), brought)
        for factor, brought in columns.contributions.items()
    ]
    if split.pool.phase_in is not None:
        (change,) = (stage.amounts for stage in allocation.stages if stage.kind == "phase_in")
        steps.append((Column("phase_in", heading(book.say("stage.phase_in")), "stage", "factors"), change))
    steps.append((Column("share", book.say("table.share"), "share", "share"), columns.shares))
    entitled = Column("entitlement", book.say("table.entitlement"), "stage", "entitlement")
    steps.append((entitled, columns.entitlements))
    steps += _held(allocation, book)
    if scenario.limits or split.multiplier != 1 or split.held:
        steps.append((Column("limited", book.say("table.limited"), "stage", "limited"), columns.limited))
    return steps


def _held(allocation: Allocation, book: Phrasebook) -> Steps:
    """The column of money held already, which is part of the entitlement; none where nobody holds any."""
    scenario = allocation.scenario
    if not scenario.deductions:
        return []
    held = scenario.held("all")
    amounts = {id: held.get(at, 0) for at, id in enumerate(scenario.ids)}
    return [(Column("held", book.say("table.held"), "money"), amounts)]


def _over_all(allocation: Allocation, book: Phrasebook) -> Steps:
    """The columns of what is held and, where limits are on the pools together, of the sums before them."""
    steps = _held(allocation, book)
    if allocation.overall is not None:
        pools = allocation.pools.values()
        sums = {id: plain(sum((by[id] for by in pools), start=0)) for id in allocation.scenario.ids}
        steps.append((Column("sums", book.say("table.pools_sum"), "money"), sums))
    return steps


def _amounts(allocation: Allocation, book: Phrasebook) -> Steps:
    """The columns of the amounts: before adjustments and after, what is issued of them and what is not."""
    scenario, found = allocation.scenario, Steps()
    if scenario.adjustments:
        found.append((Column("before", book.say("table.before"), "money"), allocation.before_adjustments))
        found.append((Column("adjustment", book.say("table.adjustment"), "change"), allocation.adjustments))
    issued = scenario.issued
    whole = "table.amount" if issued is None else "table.amount_year"
    found.append((Column("amount", book.say(whole), "money"), allocation.amounts))
    if issued is not None:
        found.append((Column("issued", book.say("table.issued"), "money"), issued))
        found.append((Column("to_issue", book.say("table.to_issue"), "change"), allocation.to_issue))
    return found


def office_table(
    allocation: Allocation, book: Phrasebook, base: Base | None = None, *, ties: bool = True
) -> Table:
    """The allocation as an office draws it: departments, then recipients in listed order, with subtotals.

    With a ``base`` the changes are from its amounts, which are shown beside them, and from no others.
    The factors' columns hold what each factor brings (因素分配额); they add up to the entitlement.  With
    several pools there is a column for what each gives (各分项分配额) in their place.  Steps of
    the calculation are rounded so that every column adds up, and the factors' totals to the entitlement's;
    along a row of rounded figures a hundredth may be left.  Without ``ties`` the notes do not name those
    whose remainders are equal.
    """
    scenario = allocation.scenario
    one = (scenario,)
    columns = [
        Column("number", book.say("table.number"), "text"),
        Column("recipient", _recipient(one, book), "text"),
    ]
    stages = _steps(allocation, book)
    if scenario.earmarks:
        stages.append((Column("earmark", book.say("table.earmark"), "money"), allocation.earmarks))
    stages += _amounts(allocation, book)
    stages += _held_against(allocation, base, book)
    columns += [column for column, _ in stages]
    columns.append(Column("note", book.say("table.note"), "text"))

    keys = [column.key for column, _ in stages]
    ids = scenario.ids
    blocks = [
        figures if isinstance(figures, Scaled) else scaled([figures[id] for id in ids])
        for _, figures in stages
    ]
    sums = tuple(
        plain(Fraction(sum(figures.numerators), figures.over))
        if isinstance(figures, Scaled)
        else total_of(figures.values())
        for _, figures in stages
    )
    above: list[Line] = []
    below: list[Line] = []

    def line(name: str, amount: Number) -> tuple[str, list[Number | None]]:
        return name, [amount if key == "amount" else None for key in keys]

    if scenario.reservations:
        for reservation in allocation.reservations:
            above.append(("reservation", *line(book.text(reservation.name), reservation.amount)))
        above.append(("subtotal", *line(book.say("table.departments"), allocation.reserved)))
        below.append(("subtotal", _recipients(one, book), sums))
    everything = tuple(
        plain(total + allocation.reserved + allocation.undistributed)
        if key == "amount"
        else None
        if scenario.reservations
        else plain(total + allocation.undistributed)
        if key in ("difference", "year_difference")
        else total
        for key, total in zip(keys, sums, strict=True)
    )
    if allocation.undistributed:
        named = ("amount",) if scenario.reservations else ("amount", "difference", "year_difference")
        left = [allocation.undistributed if key in named else None for key in keys]
        below.append(("subtotal", book.say("table.undistributed"), left))
    below.append(("total", book.say("table.total"), everything))
    names = book.texts(recipient.name for recipient in scenario.recipients)
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    records = _records(above, names, blocks, below, _notes(allocation, book, ties=ties))
    return Table(book, scenario.fund.currency, scale, tuple(columns), records)


def _records(
    above: Sequence[Line],
    names: Sequence[str],
    blocks: Sequence[Scaled | Cells],
    below: Sequence[Line],
    notes: Sequence[str] | None = None,
) -> Records:
    """The recipients, numbered, with lines above and below them; ``blocks`` are the columns of figures."""
    top, bottom, size = [""] * len(above), [""] * len(below), len(names)
    own: list[Role] = ["recipient"] * size
    roles = (*(role for role, *_ in above), *own, *(role for role, *_ in below))
    columns = [
        Cells.written([*top, *map(str, range(1, size + 1)), *bottom]),
        Cells.written([*(name for _, name, _ in above), *names, *(name for _, name, _ in below)]),
    ]
    for at, block in enumerate(blocks):
        higher, lower = ([figures[at] for _, _, figures in lines] for lines in (above, below))
        columns.append(Cells.around(higher, block, lower))
    if notes is not None:
        columns.append(Cells.written([*top, *notes, *bottom]))
    return Records(roles, tuple(columns))


def _notes(allocation: Allocation, book: Phrasebook, *, ties: bool) -> list[str]:
    """备注: at a floor or cap, among tied remainders, outside the split, or a condition not met."""
    scenario = allocation.scenario
    said: dict[str, list[str]] = {id: list(words) for id, words in at_limits(allocation, book).items()}
    taking = {scenario.ids[i] for i in scenario.participants}
    apart = [id for id in scenario.ids if id not in taking]
    for ids, key in ((allocation.tied if ties else (), "table.tied"), (apart, "table.apart")):
        for id in ids:
            said.setdefault(id, []).append(book.say(key))
    for id, words in unmet_words(scenario, book).items():
        said.setdefault(id, []).extend(words)
    mark = book.say("place.list")
    return [mark.join(said[id]) if id in said else "" for id in scenario.ids]


def _held_against(allocation: Allocation, base: Base | None, book: Phrasebook) -> Steps:
    """The columns of amounts known apart from the rule, and of the changes from the base.

    Without a chosen base that is the published amounts, or else those of the year before.
    """
    scenario, found = allocation.scenario, []
    heading = book.say("table.difference")
    stated = {key: getattr(scenario, key) for key in KNOWN if getattr(scenario, key) is not None}
    usual = next(iter(stated), "")
    for key, amounts in stated.items():
        here = base is not None and base.key == key
        header = book.say("table.published" if key == PUBLISHED else "table.previous")
        if base is not None and here:
            header = base.heading
        found.append((Column(key, header, "money"), amounts))
        if here or (base is None and key == usual):
            change = "difference" if here or key == PUBLISHED else "year_difference"
            found.append((Column(change, heading, "change"), changes(allocation, amounts)))
    if base is not None and base.key not in stated:
        found.append((Column("base", base.heading, "money"), base.amounts))
        found.append((Column("difference", heading, "change"), changes(allocation, base.amounts)))
    return found


def with_final_share(table: Table, allocation: Allocation, base: Base | None = None) -> Table:
    """The office's table with each amount's part of all recipients' amounts in a column beside it.

    Limits, earmarks and rounding make it differ from the share by factors.  Where the sum of the table's
    ``base`` differs, the parts of that sum are shown beside its amounts too.
    """
    if base is not None and total_of(base.amounts.values()) != total_of(allocation.amounts.values()):
        key = base.key if base.key in KNOWN else "base"
        heading = table.book.say("table.part_of", name=base.heading)
        parts = [base.amounts.get(id, 0) for id in allocation.scenario.ids]
        table = _with_parts(table, key, Column("base_share", heading, "share", "base_share"), parts)
    final = Column("final", table.book.say("table.final"), "share", "final")
    return _with_parts(table, "amount", final, list(allocation.amounts.values()))


def _with_parts(table: Table, beside: str, column: Column, amounts: Sequence[Number]) -> Table:
    """The table with each recipient's part of these amounts (in listed order), in a column after theirs."""
    keys = [column.key for column in table.columns]
    share = keys.index("share") if "share" in keys else 2  # with pools what the first of them gives
    at = len(keys) - keys[::-1].index(beside)  # the last: a factor's id may be such a key
    whole, each = total_of(amounts), iter(amounts)
    records = []
    for role, cells in table.records:
        part: Number | None = None
        if role == "recipient":
            part = plain(Fraction(next(each)) / whole) if whole else 0
        elif cells[share] is not None:  # the row of all recipients together
            part = 1 if whole else 0
        records.append((role, (*cells[:at], part, *cells[at:])))
    columns = (*table.columns[:at], column, *table.columns[at:])
    return replace(table, columns=columns, records=tuple(records))


def compare_table(
    allocations: Sequence[Allocation], book: Phrasebook, base: Base | None = None, *, shares: bool = False
) -> Table:
    """Several scenarios side by side: amounts, and the change of each from the base.

    The base is the first of them, unless another ``base`` is given, whose amounts then come first.
    With ``shares`` each recipient's part of the recipients' sum is shown too, where these sums differ.
    Columns are lettered in the order given.  A recipient that a scenario does not have stays blank.
    Raises ScenarioError when the currencies differ.
    """
    scenarios = [allocation.scenario for allocation in allocations]
    currencies = sorted({scenario.fund.currency for scenario in scenarios}, key=str)
    if len(currencies) > 1:
        money = all(is_money(scenario) for scenario in scenarios)
        raise ScenarioError(Problem("currencies" if money else "quantities", {"known": currencies}))
    names: dict[str, str] = {}
    for allocation in allocations:
        scenario = allocation.scenario
        own = book.texts(recipient.name for recipient in scenario.recipients)
        names = {**names, **dict(zip(scenario.ids, own, strict=True)), **names}  # the first name counts
    held_to, others = against(allocations, base)
    compared = dict(others)
    shown = [held_to.amounts, *(allocation.amounts for allocation in compared.values())]
    apart = shares and len({total_of(amounts.values()) for amounts in shown}) > 1
    columns: list[Column] = []
    stages: list[Mapping[str, Number]] = []
    reserved: list[Number | None] = []
    undistributed: list[Number | None] = []

    def add(
        column: Column, amounts: Mapping[str, Number], departments: Number | None, left: Number | None = None
    ) -> None:
        columns.append(column)
        stages.append(amounts)
        reserved.append(departments)
        undistributed.append(left)

    def add_amounts(
        key: str,
        header: str,
        amounts: Mapping[str, Number],
        departments: Number | None,
        left: Number | None = None,
    ) -> None:
        add(Column(key, header, "money"), amounts, departments, left)
        whole = total_of(amounts.values())
        if apart and whole:
            parts = {id: plain(Fraction(amount) / whole) for id, amount in amounts.items()}
            heading = book.say("table.part_of", name=header)
            add(Column(f"{key}-share", heading, "share", f"{key}-share"), parts, None)

    if base is not None:
        add_amounts(base.key, base.heading, base.amounts, None)  # what is reserved is not known
    for letter, allocation in lettered(allocations):
        departments = allocation.reserved
        add_amounts(letter, letter, allocation.amounts, departments, allocation.undistributed)
        if letter in compared:
            of, more, left = held_to.allocation, None, allocation.undistributed
            if of is not None:
                more = plain(departments - of.reserved)
                left = plain(left - of.undistributed)
            key = "A" if base is None else base.key
            by = changes(allocation, held_to.amounts)
            add(Column(f"{letter}-{key}", f"{letter} − {held_to.name}", "change"), by, more, left)
    last = Column(PUBLISHED, book.say("table.published"), "money")
    published = allocations[0].scenario.published
    if published is not None and held_to.key != PUBLISHED:
        add(last, published, None)  # nobody published what this scenario reserves
    blocks = [Cells.of([stage.get(id) for id in names]) for stage in stages]
    sums = [total_of(stage.values()) for stage in stages]
    below: list[Line] = []
    if any(reserved):
        below.append(("subtotal", _recipients(scenarios, book), sums))
        below.append(("subtotal", book.say("table.departments"), reserved))
    if any(undistributed):
        below.append(("subtotal", book.say("table.undistributed"), undistributed))

    def total(
        column: Column, recipients: Number, departments: Number | None, left: Number | None
    ) -> Number | None:
        """The total of a column, with the departments' money; None where that is not known."""
        if departments is not None:
            return plain(recipients + departments + (left or 0))
        return None if any(reserved) or column is last else plain(recipients + (left or 0))

    totals = map(total, columns, sums, reserved, undistributed)
    below.append(("total", book.say("table.total"), list(totals)))
    fund = allocations[0].scenario.fund
    scale = min(money_scale(fund.currency, scenario.fund.unit) for scenario in scenarios)
    headings = (
        Column("number", book.say("table.number"), "text"),
        Column("recipient", _recipient(scenarios, book), "text"),
    )
    records = _records([], list(names.values()), blocks, below)
    return Table(book, fund.currency, scale, (*headings, *columns), records)
