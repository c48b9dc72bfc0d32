"""Mistakes in what a rule says of money held, corrections, roundings, bounds by formulas, groups, gains."""

from __future__ import annotations

from mistakes import Edit, case, cells, method, more, toml

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
        "a bound with two keys",
        toml(FLOOR, "floor = { formula = '1', of = 2 }"),
        "type_bound",
        "[[limit]] 1, floor",
        "of",
    ),
    case("a bound of nothing", toml(FLOOR, "cap = { }"), "type_bound", "[[limit]] 1, cap"),
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
        "formula_word",
        "[[limit]] 1, floor, character 1",
        "previous",
    ),
    case(
        "a bound of what was not issued",
        toml(FLOOR, "floor = { formula = 'issued' }"),
        "formula_word",
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
        "the fund as a whole column",
        toml(FLOOR, "cap = { formula = 'SUM([fund])' }"),
        "formula_single",
        "[[limit]] 1, cap, character 5",
        "fund",
    ),
    case(
        "a column called fund",
        [cells("change", "fund"), toml(FLOOR, "cap = { formula = 'fund' }")],
        "formula_word_taken",
        "[[limit]] 1, cap, character 1",
        "fund",
    ),
    case(
        "a bound by zero",
        toml(FLOOR, "floor = { formula = '1 / (area - 1)' }"),
        "formula_division",
        "[[limit]] 1, floor, North District",
    ),
    case(
        "a bound of 31 digits",
        toml(FLOOR, "floor = { formula = 'area * 10^30' }"),
        "formula_large",
        "[[limit]] 1, floor, North District",
    ),
    case(
        "a cap below zero",
        toml(FLOOR, "cap = { formula = '1 - area' }"),
        "bound_negative",
        "[[limit]] 1, cap, South County",
        "−1",
    ),
    case(
        "an amount and a formula",
        toml(FLOOR, "floor = { formula = '1' }\nfloor_rate = 0.1\nof = 'fund'"),
        "limit_twice",
        "[[limit]] 1, floor",
    ),
    # --- groups
    case("together = 1", toml(FLOOR, FLOOR + "\ntogether = 1"), "type_bool", "[[limit]] 1, together", "1"),
    case(
        "groups that cross",
        method(SHARES.format("") + together("cap = 1") + together("cap = 1", whom='["south", "west"]')),
        "groups_cross",
        "[[limit]] 3, recipients",
        "limit 2",
    ),
    case(
        "a group by text",
        toml(FLOOR, "together = true\ncap = { formula = '''IF(grade = \"A\", 1, 2)''' }"),
        "bound_text",
        "[[limit]] 1, cap",
        "grade",
    ),
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
    case(
        "caps below a group",
        method(
            SHARES.format("")
            + entry("limit", 'recipients = "all"; cap = 20_000')
            + together("floor = 50_000")
        ),
        "caps_below_group",
        "[[limit]] 3",
        "North District, South County together",
        "50,000",
        "40,000",
    ),
    case(
        "a group's floor above its cap",
        method(SHARES.format("") + together("floor = 50_000; cap = 40_000")),
        "floor_above_cap",
        "[[limit]] 2",
        "50,000",
        "40,000",
    ),
    # --- floors from gains, phasing in
    case(
        "gains of fixed amounts",
        toml('amount = "needed"', 'amount = "needed"\nfloors = "from-gains"'),
        "gains_fixed",
        "[pool.signed] floors",
    ),
    case(
        "floors of something else",
        toml("percent = 40", "percent = 40\nfloors = 'gains'"),
        "choice",
        "[pool.growth] floors",
        "gains",
    ),
    case(
        "gains without a floor",
        toml('amount = "rest"', 'amount = "rest"\nfloors = "from-gains"'),
        "gains_floor_missing",
        "[pool.land] floors",
        "3",
        "West Park",
    ),
    case(
        "gains and a cap",
        [toml("percent = 40", "percent = 40\nfloors = 'from-gains'"), toml(FLOOR, "cap = 900_000")],
        "gains_cap",
        "[[limit]] 1, cap",
    ),
    case(
        "gains and a group",
        [
            toml("percent = 40", "percent = 40\nfloors = 'from-gains'"),
            toml(FLOOR, FLOOR + "\ntogether = true"),
        ],
        "gains_group",
        "[[limit]] 1, together",
    ),
    case(
        "one and a half phased in",
        method(SHARES.format("phase_in = 1.5\n")),
        "phase_in",
        "[method] phase_in",
        "1.5",
    ),
    case(
        "fixed amounts phased in",
        method('[method]\nkind = "fixed"\nphase_in = 0.5\n[weights]\nprojects = 1\n'),
        "phase_in_fixed",
        "[method] phase_in",
    ),
    case(
        "phasing in without last year",
        method(SHARES.format("phase_in = 0.5\n")),
        "phase_in_previous",
        "[method] phase_in",
        "previous.csv",
    ),
    case(
        "phasing in from nothing",
        [*method(SHARES.format("phase_in = 0.5\n")), *last_year(0, 0, 0)],
        "phase_in_zero",
        "[method] phase_in",
    ),
    # --- the fund
    case("a currency and a unit", fund('of = "亩"'), "of_and_currency", "[fund] of"),
    case("a unit that is a number", toml('currency = "CNY"', "of = 1"), "type_name", "[fund] of", "1"),
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
    case("a rest for nobody", fund(REST + "\nrest_to = { }"), "target_whom", "[fund] rest_to"),
    case("a rest that is text", fund(REST + "\nrest_to = 'north'"), "type_table", "[fund] rest_to", "north"),
    case(
        "a rest for a stranger",
        fund(REST + "\nrest_to = { recipient = 'nrth' }"),
        "recipient_unknown",
        "[fund] rest_to",
        "north",
    ),
    case(
        "a rest for a county",
        fund(REST + "\nrest_to = { county = 'north' }"),
        "key_unknown",
        "[fund] rest_to",
        "recipient, reservation",
    ),
    case(
        "a rest without its rounding", fund("rest_to = { recipient = 'north' }"), "rest_to", "[fund] rest_to"
    ),
    case("a rounding without its rest", fund(REST), "rest_to", "[fund] rest_to"),
    case(
        "what is left for a recipient",
        fund(ALONE + "\nleft = { recipient = 'north' }"),
        "left",
        "[fund] left",
    ),
    case(
        "a rest for one who takes no part",
        [*method(TWO), fund(REST + "\nrest_to = { recipient = 'north' }")],
        "rest_to_apart",
        "[fund] rest_to",
        "North District",
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
        "a rounding past a group's cap",
        [*method(TWO + together("cap = 1_000_000", whom='"all"')), fund(ALONE)],
        "rounding_breaks_limit",
        "",
        "1,010,000",
        "1,000,000",
    ),
    case(
        "an unknown reservation",
        [more(OFFICE.format("市级部门")), fund(ALONE + "\nleft = { reservation = '市级' }")],
        "reservation_unknown",
        "[fund] left",
        "市级部门",
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
        "paid by a word",
        adjusted('recipient = "north"; amount = 10_000; paid_by = "south"'),
        "type_payer",
        "[[adjustment]] 1, paid_by",
        "south",
    ),
    case(
        "paid by itself",
        adjusted('recipient = "north"; amount = 10_000; paid_by = { recipient = "北区" }'),
        "paid_by_itself",
        "[[adjustment]] 1, paid_by",
    ),
    case(
        "paid by a stranger",
        adjusted('recipient = "north"; amount = 0; paid_by = { recipient = "nrth" }'),
        "recipient_unknown",
        "[[adjustment]] 1, paid_by",
        "north",
    ),
    case(
        "half a unit",
        adjusted('recipient = "north"; amount = 5_000; paid_by = "pro-rata"'),
        "adjustment_unit",
        "[[adjustment]] 1, amount",
        "10,000",
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
        "no day",
        adjusted('recipient = "north"; amount = 0; date = 2024-01-01T00:00:00'),
        "cell_date",
        "[[adjustment]] 1, date",
        "2024",
    ),
    case(
        "for a stranger",
        adjusted('recipient = "nrth"; amount = 0'),
        "recipient_unknown",
        "[[adjustment]] 1, recipient",
        "north",
    ),
    case(
        "one side alone",
        adjusted('recipient = "north"; amount = 10_000'),
        "adjustments_sum",
        "[[adjustment]]",
        "10,000",
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
    case(
        "not what is left",
        [*adjusted('recipient = "west"; amount = -20_000', by=TWO), fund(ALONE)],
        "adjustments_sum_left",
        "[[adjustment]]",
        "−20,000",
        "−10,000",
    ),
    case(
        "below zero",
        adjusted('recipient = "north"; amount = "-600万元"; paid_by = "pro-rata"'),
        "adjusted_below_zero",
        "[[adjustment]]",
        "North District",
        "500,000",
        "6,000,000",
    ),
    case(
        "others that have nothing",
        adjusted(
            'recipient = "west"; amount = -10_000; paid_by = "pro-rata"',
            by=SHARES.format('where = "effort >= 50"\n'),
        ),
        "pro_rata_nobody",
        "[[adjustment]] 1, paid_by",
    ),
    case(
        "without a reason",
        method(SHARES.format("") + entry("adjustment", 'recipient = "north"; amount = 0')),
        "key_missing",
        "[[adjustment]] 1",
        "reason",
    ),
    # --- what is held, and what was issued
    case(
        "held for no pool",
        more(entry("deduction", 'recipient = "north"; amount = 1')),
        "deduction_pool_missing",
        "[[deduction]] 1",
        "signed, growth, land",
    ),
    case(
        "held for an unknown pool",
        more(entry("deduction", 'recipient = "north"; amount = 1; pool = "lnd"')),
        "limit_pool",
        "[[deduction]] 1, pool",
        "land",
    ),
    case(
        "held by one who takes no part",
        more(entry("deduction", 'recipient = "west"; amount = 1; pool = "signed"')),
        "deduction_apart",
        "[[deduction]] 1, recipient",
        "West Park",
    ),
    case(
        "held above the fund",
        more(entry("deduction", 'recipient = "west"; amount = "200万元"; pool = "land"')),
        "deduction_above",
        "[[deduction]] 1, amount",
        "2,000,000",
        "1,000,000",
    ),
    case(
        "held above a cap",
        [
            more(entry("deduction", 'recipient = "west"; amount = 310_000; pool = "growth"')),
            toml(FLOOR, "cap = 300_000"),
        ],
        "held_above_cap",
        "",
        "West Park",
        "10,000",
    ),
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
        "10,000",
    ),
    case("less than was issued", issued(0, 280_000, 0), "issued_above", "South County", "270,000", "280,000"),
    case("recovered from nothing", fund('below_zero = "recover"'), "below_zero_issued", "[fund] below_zero"),
    case(
        "recovered in another way",
        [*issued(0, 0, 0), fund('below_zero = "refund"')],
        "choice",
        "[fund] below_zero",
        "refund",
    ),
]

# said of what only Python can write, or where no place is: tests beside them say when
IN_PYTHON = ("paid_by", "reason_blank", "phase_in_pool")
WITHOUT_PLACE = ("undistributed", "overdistributed", "groups_deep")
