"""Mistakes in what a rule says of money held, corrections, roundings, bounds by formulas, groups, gains."""

from __future__ import annotations

from mistakes import Edit, case, method, more, toml

UNIT = "unit = 10_000"
FLOOR = "floor = 10_000"
SHARES = '[method]\nkind = "shares"\n{}[weights]\ninvestment = 100\n'
# south and west by 30 and 50 of 100 units: 37.5 and 62.5, rounded each alone one too many
TWO = SHARES.replace("investment", "effort").format('where = "area > 1"\n')
OFFICE = '[[reservation]]\nname = {{ zh = "{}", en = "Office" }}\namount = 0\n'


def fund(keys: str) -> Edit:
    return toml(UNIT, f"{UNIT}\n{keys}")


def entry(table: str, keys: str) -> str:
    return f"[[{table}]]\n" + keys.replace("; ", "\n") + "\n"


def adjusted(*entries: str, by: str = SHARES.format("")) -> list[Edit]:
    """Without pools, 500,000 and 300,000 and 200,000, and then by hand; without a reason named, for one."""
    return method(by + "".join(entry("adjustment", f'{keys}; reason = "核减"') for keys in entries))


def together(keys: str, *, whom: str = '["north", "south"]') -> str:
    return entry("limit", f"recipients = {whom}; together = true; {keys}")


def issued(*amounts: int) -> list[Edit]:
    rows = zip(("north", "south", "west"), amounts, strict=True)
    named = toml('factors = "factors.csv"', 'factors = "factors.csv"\nissued = "issued.csv"')
    return [named, ("issued.csv", None, "recipient,amount\n" + "".join(f"{id},{n}\n" for id, n in rows))]


def last_year(*amounts: int) -> list[Edit]:
    return [
        (name.replace("issued", "previous"), old, new.replace("issued", "previous"))
        for name, old, new in issued(*amounts)
    ]


ALONE, REST = 'rounding = "each-alone"', 'rounding = "rest-to"'

LATER_CASES = [
    # --- bounds as formulas
    case(
        "a bound that is no text",
        toml(FLOOR, "floor = { formula = 2024-01-01 }"),
        "type_text",
        "[[limit]] 1, floor",
        "2024",
    ),
    case("a bound of a date", toml(FLOOR, "floor = 2024-01-01"), "type_money", "[[limit]] 1, floor", "2024"),
    case(
        "a bound of an unknown column",
        toml(FLOOR, "floor = { formula = 'aera' }"),
        "formula_unknown",
        "[[limit]] 1, floor, character 1",
        "“area”",
    ),
    case(
        "a bound of last year in a pool",
        [toml(FLOOR, "floor = { formula = 'previous' }"), *last_year(1, 1, 1)],
        "formula_amounts",
        "[[limit]] 1, floor, character 1",
        "previous",
    ),
    case(
        "a bound of what was not issued",
        toml(FLOOR, "floor = { formula = 'issued' }"),
        "formula_amounts",
        "[[limit]] 1, floor, character 1",
        "issued",
    ),
    case(
        "a bound of what is needed",
        [toml('pool = "growth"', 'pool = "signed"'), toml(FLOOR, "cap = { formula = 'pool' }")],
        "formula_word",
        "[[limit]] 1, cap, character 1",
        "pool",
    ),
    case(
        "a bound of the pool over all",
        [toml('pool = "growth"', 'pool = "all"'), toml(FLOOR, "cap = { formula = 'pool' }")],
        "formula_word",
        "[[limit]] 1, cap, character 1",
        "pool",
    ),
    case(
        "a bound of 31 digits",
        toml(FLOOR, "floor = { formula = 'area * 10^30' }"),
        "formula_large",
        "[[limit]] 1, floor, North District",
    ),
    # --- groups
    case("together = 1", toml(FLOOR, FLOOR + "\ntogether = 1"), "type_bool", "[[limit]] 1, together", "1"),
    case(
        "a group by a blank",
        toml(FLOOR, "together = true\ncap = { formula = 'change' }"),
        "formula_blank",
        "[[limit]] 1, cap, South County",
        "change",
    ),
    case(
        "floors above a group",
        method(SHARES.format("") + together("cap = 10_000")),
        "floors_above_group",
        "[[limit]] 2",
        "North District, South County together",
        "20,000",
        "10,000",
    ),
    # --- floors from gains, phasing in
    # --- the fund
    case(
        "yuan of land",
        [toml('currency = "CNY"', 'of = "亩"'), toml("amount = 1_000_000", 'amount = "100万元"')],
        "unit_of",
        "[fund] amount",
        "100万元",
    ),
    case(
        "land issued in yuan",
        [
            *issued(1, 1, 1)[:1],
            ("issued.csv", None, "recipient,金额（万元）\nnorth,1\nsouth,1\nwest,1\n"),
            toml('currency = "CNY"', 'of = "亩"'),
            toml('weights = { projects = "1万元" }', "weights = { projects = 10_000 }"),
        ],
        "unit_of",
        "row 1",
        file="issued.csv",
    ),
    case("a rest that is text", fund(REST + "\nrest_to = 'north'"), "type_table", "[fund] rest_to", "north"),
    case(
        "a rest for a county",
        fund(REST + "\nrest_to = { county = 'north' }"),
        "key_unknown",
        "[fund] rest_to",
        "recipient, reservation",
    ),
    case(
        "a rest for one who takes no part in a pool",
        [
            toml(
                'coefficient = ["hardship", "score"]\nrecipients = ["北区", "south", "west"]',
                'recipients = ["south", "west"]',
            ),
            fund(REST + "\nrest_to = { recipient = 'north' }"),
        ],
        "rest_to_apart_pool",
        "[fund] rest_to",
        "North District",
        "land",
    ),
    case(
        "two reservations of one name",
        [
            more(OFFICE.format("甲") + OFFICE.format("乙")),
            fund(ALONE + "\nleft = { reservation = 'Office' }"),
        ],
        "reservation_twice",
        "[fund] left",
        "Office",
    ),
    # --- adjustments
    case(
        "paid by a stranger",
        adjusted('recipient = "north"; amount = 0; paid_by = { recipient = "nrth" }'),
        "recipient_unknown",
        "[[adjustment]] 1, paid_by",
        "north",
    ),
    case(
        "a thousandth more",
        adjusted('recipient = "north"; amount = 0.001'),
        "cents",
        "[[adjustment]] 1, amount",
        "0.001",
    ),
    case(
        "so much and no more than nothing",
        adjusted('recipient = "north"; amount = "-"'),
        "type_money",
        "[[adjustment]] 1, amount",
        "-",
    ),
    case(
        "one side, and a rest that has its place",
        [
            *adjusted('recipient = "west"; amount = -10_000', by=TWO),
            fund(REST + "\nrest_to = { recipient = 'west' }"),
        ],
        "adjustments_sum",
        "[[adjustment]]",
        "10,000",
    ),
    # --- what is held, and what was issued
    case(
        "held above a group's cap",
        method(
            SHARES.format("")
            + entry("deduction", 'recipient = "north"; amount = 30_000')
            + together("cap = 20_000")
        ),
        "held_above_cap",
        "[[limit]] 2",
        "North District, South County together",
    ),
]
