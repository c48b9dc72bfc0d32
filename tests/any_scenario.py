"""Scenarios at random: any that files can hold."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from allocator import Earmark, Factor, Fund, Limit, Provenance, Recipient, Reservation, Scenario, Text, Use
from allocator.core.parts import plain_name

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
