"""Scenarios at random: any that files can hold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import reject
from hypothesis import strategies as st

from allocator import (
    Earmark,
    Factor,
    Fund,
    Limit,
    Provenance,
    Recipient,
    Reservation,
    Scenario,
    ScenarioError,
    Text,
    Use,
)
from allocator.core.corrections import PRO_RATA, Adjustment, Deduction
from allocator.core.formula import Formula, named
from allocator.core.parts import Party, plain_name
from allocator.core.pools import REST, Pool
from allocator.files.formulas import parse

ODD = " \"'\\#=[]{}.,;%&<>|/:€é−–…“”（）《》｜、。·🏛𠮷ß\u0301"
NAMES = st.text(st.sampled_from("abcXYZ019_-" + ODD + "泸县江阳"), min_size=1, max_size=12).filter(
    lambda name: name.strip() and name.strip()[0] not in "=+-@"
)
TEXTS = st.one_of(NAMES.map(Text), st.builds(Text, NAMES, NAMES))
CENTS = (
    st.integers(0, 10**12)
    .map(lambda cents: Fraction(cents, 100))
    .map(lambda f: int(f) if f.denominator == 1 else f)
)
DECIMALS = st.builds(lambda n, d: Fraction(n, 10**d), st.integers(1, 10**9), st.integers(0, 12))
WHOLE = st.integers(0, 10**29)
STATUSES = st.sampled_from(["published", "provided", "derived", "assumed", "example"])


@st.composite
def scenarios(draw) -> Scenario:
    """Any scenario that files can hold."""
    ids = draw(st.lists(NAMES.map(str.strip), min_size=1, max_size=5, unique_by=plain_name))
    known = set(map(plain_name, ids))
    kinds = draw(st.lists(NAMES.filter(lambda kind: kind.strip() != "all"), min_size=1, max_size=2))
    recipients = []
    for id in ids:
        names = draw(st.lists(NAMES.map(lambda name: name.replace(";", "")), max_size=4))
        names = [" ".join(n.split()) for n in names]
        free = [n for n in names if n and n[0] not in "=+-@" and plain_name(n) not in known]
        known.update(map(plain_name, free))
        zh, en = [*free, id][:2] if len(free) > 1 else (id, id)
        zh, en = (" ".join(n.split()) for n in (zh, en))
        known.update((plain_name(zh), plain_name(en)))
        recipients.append(Recipient(id, Text(zh, en), draw(st.sampled_from([*kinds, ""])), tuple(free[2:])))
    columns = draw(
        st.lists(NAMES.map(str.strip).filter(lambda c: c != "recipient"), min_size=2, max_size=4, unique=True)
    )
    apart = draw(st.lists(st.sampled_from(ids), max_size=len(ids) - 1, unique=True))
    absent = draw(st.booleans())  # those who take no part may have no values
    factors = tuple(
        Factor(
            column,
            tuple(None if absent and id in apart else draw(st.one_of(DECIMALS,
                WHOLE.map(lambda n: n + 1))) for id in ids),
            draw(TEXTS), draw(st.none() | TEXTS), draw(st.none() | TEXTS),
            draw(st.none() | st.integers(1900, 2100)), draw(STATUSES), draw(st.none() | TEXTS),
        )
        for column in columns
    )  # fmt: skip
    kind = draw(st.sampled_from(["shares", "scores"]))
    weighted = columns[: draw(st.integers(1, len(columns)))]
    if kind == "shares":
        cuts = [0, *sorted(draw(st.integers(0, 10_000)) for _ in weighted[1:]), 10_000]
        weights = {c: Fraction(b - a, 100) for c, (a, b) in zip(weighted, pairwise(cuts), strict=True)}
    else:
        weights = {column: draw(DECIMALS) for column in weighted}
    unit = draw(st.sampled_from([1, 10_000, Fraction(1, 100), Fraction(5, 2)]))
    distributable = unit * draw(st.integers(1, 10**9))
    reservations = tuple(Reservation(draw(TEXTS), draw(CENTS)) for _ in range(draw(st.integers(0, 2))))
    earmarks = tuple(Earmark(id, draw(CENTS), False, draw(st.none() | TEXTS)) for id in apart)
    earmarks += tuple(
        Earmark(id, draw(CENTS), True)
        for id in draw(st.lists(st.sampled_from(ids), max_size=2))
        if id not in apart
    )
    taking = [r for r in recipients if r.id not in apart]
    whom = st.one_of(
        st.just("all"),
        st.sampled_from([r.kind or "all" for r in taking]),
        st.lists(st.sampled_from([r.id for r in taking]), min_size=1, unique=True).map(tuple),
    )
    amounts = st.none() | st.fixed_dictionaries(dict.fromkeys(ids, CENTS))
    previous = draw(amounts)
    limits = []
    for _ in range(draw(st.integers(0, 3))):
        of = draw(st.sampled_from(["fund", "distributable", *(["previous"] if previous else []), None]))
        if of is None:
            limits.append(Limit(draw(whom), floor=draw(CENTS), cap=draw(st.none() | CENTS)))
            continue
        by = draw(st.none() | st.sampled_from(columns)) if of != "previous" else None
        rates = {"floor_rate": Fraction(draw(st.integers(0, 100)), 1000)} | draw(
            st.sampled_from([{}, {"cap_rate": Fraction(7, 8)}, {"cap": 10**12}])
        )
        limits.append(Limit(draw(whom), **rates, of=of, by=by))
    cells = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(columns)), max_size=3, unique=True))
    return Scenario(
        title=draw(TEXTS),
        fund=Fund(
            distributable + sum(r.amount for r in reservations) + sum(e.amount for e in earmarks),
            "CNY", unit, draw(st.sampled_from(["largest-remainder", "rest-to-largest"])),
            draw(st.none() | TEXTS), draw(st.none() | TEXTS),
        ),
        kind=kind,
        weights=weights,
        recipients=tuple(recipients),
        factors=factors,
        coefficient=draw(st.none() | st.sampled_from(columns)),
        reservations=reservations,
        earmarks=earmarks,
        limits=tuple(limits),
        published=draw(amounts),
        previous=previous,
        provenance=tuple(
            Provenance(
                id, column, draw(st.none() | STATUSES), draw(NAMES), draw(st.none() | st.dates()),
                draw(st.none() | DECIMALS), draw(st.none() | WHOLE), draw(NAMES),
            )
            for id, column in cells
        ),
        uses=tuple(Use(draw(TEXTS), draw(CENTS)) for _ in range(draw(st.integers(0, 2)))),
    )  # fmt: skip


# --- of format 2 ----------------------------------------------------------------------------------------


def formulas(columns: list[str], words: list[str]) -> st.SearchStrategy[Formula]:
    """Formulas of bounds, in these columns and words."""
    names = [named(column) for column in columns]
    ways = ["{} / 2", "0.5 * {} + 1", "MAX({}, 10)", "IF({} > 3, 3%, 0)", "CLIP({}, 0, 1000)"]
    whole = ["SHARE({}) * fund", "SUM([{}]) / 7", "RANK({0}, [{0}])"]
    simple = st.builds(str.format, st.sampled_from(ways), st.sampled_from([*words, *names]))
    return st.one_of(simple, st.builds(str.format, st.sampled_from(whole), st.sampled_from(names))).map(parse)


@st.composite
def later_scenarios(draw) -> Scenario:
    """Any scenario with what only format 2 can say: of each clause some, none, or several."""
    found = draw(scenarios())
    columns = [factor.id for factor in found.factors]
    amounts = st.none() | st.fixed_dictionaries(dict.fromkeys(found.ids, CENTS))
    found = replace(found, issued=draw(amounts))
    found = replace(found, **draw(rules(found, columns)))
    found = replace(found, fund=draw(funds(found)))
    found = replace(found, limits=draw(later_limits(found, columns)))
    found = replace(found, adjustments=draw(st.lists(adjustments(found), max_size=3)))
    try:
        return replace(found, deductions=draw(st.lists(deductions(found), max_size=3)))
    except ScenarioError:
        reject()


def targets(found: Scenario, *, recipients: bool = True) -> st.SearchStrategy[Party]:
    """Recipients, and reservations that have a name of their own."""
    names = [name for r in found.reservations for name in {r.name.zh, r.name.en}]
    own = [r.name.zh for r in found.reservations if names.count(r.name.zh) == 1]
    whom = [Party(recipient=id) for id in found.ids] if recipients else []
    whom += [Party(reservation=name) for name in own]
    return st.sampled_from(whom) if whom else st.nothing()


@st.composite
def funds(draw, found: Scenario) -> Fund:
    """The fund in any unit, by any rounding."""
    more = {"currency": draw(st.just("EUR") | TEXTS)}
    kinds = ["largest-remainder", "rest-to-largest", "each-alone", "rest-to"]
    more["rounding"] = draw(st.sampled_from(kinds))
    if more["rounding"] == "rest-to":
        more["rest_to"] = draw(targets(found))
    if more["rounding"] == "each-alone":
        more["left"] = draw(st.none() | targets(found, recipients=False))
    if found.issued is not None:
        more["below_zero"] = draw(st.sampled_from([None, "recover"]))
    more["papers"] = draw(st.sampled_from([None, "cn", "plain"]))
    return replace(found.fund, **more)


@st.composite
def rules(draw, found: Scenario, columns: list[str]) -> dict[str, object]:
    """The rule in three ways: as format 1 has it, with more under [method], in pools."""
    way = draw(st.sampled_from(["plain", "method", "pools"]))
    if way == "plain":
        return {}
    coefficients = st.lists(st.sampled_from(columns), max_size=2, unique=True).map(tuple)
    known = {"kind": found.kind, "weights": found.weights}

    def pool(id: str, **more: object) -> Pool:
        return Pool(
            id, **known | more, coefficients=draw(coefficients), name=draw(TEXTS) if id else None,
            where=draw(st.none() | st.sampled_from([parse(f"{named(columns[0])} >= 0")])),
            floors=draw(st.sampled_from([None, None, "from-gains"])), basis=draw(st.none() | TEXTS),
        )  # fmt: skip

    def without_gains(pools: tuple[Pool, ...], limits: tuple[Limit, ...]) -> dict[str, object]:
        gains = {pool.id for pool in pools if pool.floors is not None}
        kept = [limit for limit in limits if (limit.pool or "") not in gains]
        kept += [Limit("all", floor=draw(CENTS), pool=pool or None) for pool in sorted(gains)]
        return {"kind": "", "weights": {}, "coefficient": None, "pools": pools, "limits": kept}

    if way == "method":
        phase = st.none() | st.integers(0, 100).map(lambda part: Fraction(part, 100))
        phase_in = draw(phase) if found.previous is not None else None
        only = pool("", amount=REST, phase_in=phase_in)
        if len(only.coefficients) < 2 and not (
            only.where or only.floors or only.basis or phase_in is not None
        ):
            return {}  # format 1 can say it
        return without_gains((only,), found.limits)
    names = st.lists(NAMES.map(str.strip).filter(lambda id: id != "all"), min_size=2, max_size=2, unique=True)
    ids = draw(names)
    percent = draw(st.sampled_from([10, Fraction(100, 3), Fraction(5, 2)]))
    pools = (pool(ids[0], percent=percent), pool(ids[1], amount=REST))
    limits = tuple(
        replace(limit, pool="all" if limit.of == "previous" else draw(st.sampled_from([*ids, "all"])))
        for limit in found.limits
    )
    return without_gains(pools, limits)


@st.composite
def later_limits(draw, found: Scenario, columns: list[str]) -> list[Limit]:
    """The limits that there are, bounds as formulas, and groups one within another, in any order."""
    pools = [pool.id for pool in found.pools if pool.id]
    gains = {pool.id for pool in found.pools if pool.floors is not None}
    limits = [*found.limits]
    taking = [found.ids[i] for i in found.participants]
    order = draw(st.permutations(taking))
    for pool in [*pools, "all"] if pools else [None]:
        words = ["fund", "distributable", *(["pool"] if pool != "all" else [])]
        words += ["issued"] if found.issued is not None else []
        words += ["previous"] if found.previous is not None and pool in (None, "all") else []
        bounds = st.sampled_from(["floor_formula", "cap_formula"])
        if (pool or "") in gains:
            bounds = st.just("floor_formula")
        more = {"pool": pool, "basis": draw(st.none() | TEXTS)}
        for bound in draw(st.lists(bounds, max_size=2)):
            limits.append(Limit("all", **{bound: draw(formulas(columns, words))}, **more))
        for size in (
            draw(st.lists(st.integers(1, len(order)), max_size=2)) if (pool or "") not in gains else []
        ):
            group = {draw(bounds): draw(formulas(columns, words))}
            group = draw(st.sampled_from([group, {"cap": draw(CENTS)}, {"cap_rate": 1, "of": "fund"}]))
            limits.append(Limit(tuple(order[:size]), together=True, **group, **more))
    return draw(st.permutations(limits))


@st.composite
def adjustments(draw, found: Scenario) -> Adjustment:
    """More or less for anybody, paid by anybody."""
    recipient = draw(st.sampled_from(found.ids))
    payers = targets(found).filter(lambda target: target.recipient != recipient)
    paid_by = draw(st.none() | st.just(PRO_RATA) | payers if len(found.ids) > 1 else st.none())
    return Adjustment(
        recipient, found.fund.unit * draw(st.integers(-9, 9)), draw(TEXTS), draw(st.none() | st.dates()),
        paid_by, draw(st.none() | TEXTS),
    )  # fmt: skip


@st.composite
def deductions(draw, found: Scenario) -> Deduction:
    """Money that one who takes part in a pool holds."""
    pool = draw(st.sampled_from(found.rules))
    members = found.members[pool.id]
    if not members:
        reject()
    amount = min(draw(CENTS), found.fund.amount)
    return Deduction(
        found.ids[draw(st.sampled_from(members))], amount, draw(st.none() | TEXTS), pool.id or None,
        draw(st.none() | TEXTS),
    )  # fmt: skip
