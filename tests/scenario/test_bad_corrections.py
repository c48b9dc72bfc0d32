"""Every mistake in money held, corrections, roundings and limits on sums ends in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from good_scenario import damaged, make
from refusals import check_refusal

from allocator import allocate, load_scenario

Edit = tuple[str, str | None, str]
# 1,000 less 100 are 900; of 960 with the 60 that the park holds each gets 240, 240, 288 and 192, the park 132
# of them; the office gives the north 10 and takes 10 from the south.
GOOD_HANDS = {
    "scenario.toml": """\
format = 2
title = { zh = "示例", en = "Example" }

[fund]
amount = 1_000
currency = "CNY"
unit = 10

[method]
kind = "shares"

[weights]
size = 100

[data]
recipients = "recipients.csv"
factors = "factors.csv"
previous = "previous.csv"
issued = "issued.csv"

[factor.grade]
text = true

[[reservation]]
name = { zh = "市级部门", en = "City office" }
amount = 100

[[deduction]]
recipient = "park"
amount = 60
reason = "上年结余"

[[adjustment]]
recipient = "north"
amount = 10
reason = "整理"
paid_by = { recipient = "south" }

[[limit]]
recipients = ["north", "south"]
together = true
cap = 600
# end
""",
    "recipients.csv": (
        "recipient,name_zh,name_en,kind\nnorth,北区,North District,district\n"
        "south,南县,South County,county\nwest,西县,West County,county\npark,西园,West Park,park\n"
    ),
    "factors.csv": "recipient,size,grade\nnorth,25,a\nsouth,25,b\nwest,30,a\npark,20,b\n",
    "previous.csv": "recipient,amount\nnorth,200\nsouth,300\nwest,200\npark,100\n",
    "issued.csv": "recipient,amount\nnorth,100\nsouth,0\nwest,0\npark,0\n",
}


def toml(old: str, new: str) -> Edit:
    return "scenario.toml", old, new


def fund(text: str) -> Edit:
    return toml("unit = 10\n", f"unit = 10\n{text}\n")


def more(text: str) -> Edit:
    return toml("# end\n", text)


def limit(text: str, recipients: str = '"all"') -> Edit:
    return more(f"[[limit]]\nrecipients = {recipients}\n{text}\n")


def pools(text: str = "") -> list[Edit]:
    """The rule in two pools of a half each; the limit is on one of them."""
    return [
        toml('[method]\nkind = "shares"\n\n[weights]\nsize = 100\n', ""),
        toml("cap = 600\n", 'cap = 600\npool = "a"\n' + text),
        more_pools("a", "percent = 50"),
        more_pools("b", 'amount = "rest"'),
    ]


def more_pools(id: str, money: str) -> Edit:
    pool = f'[pool.{id}]\n{money}\nkind = "shares"\nweights = {{ size = 100 }}\n'
    return (
        toml("[factor.grade]", f"[factor.grade]\ntext = true\n\n{pool}")
        if id == "a"
        else toml("text = true\n\n[[reservation]]", f"\n{pool}\n[[reservation]]")
    )


ALONE = [toml("unit = 10\n", 'unit = 100\nrounding = "each-alone"\n')]
NO_GROUP = toml('[[limit]]\nrecipients = ["north", "south"]\ntogether = true\ncap = 600\n', "")
NO_DEDUCTION = toml('[[deduction]]\nrecipient = "park"\namount = 60\nreason = "上年结余"\n', "")
REST_TO_WEST = 'unit = 100\nrounding = "rest-to"\nrest_to = { recipient = "west" }\n'


def sizes(*sizes: int) -> Edit:
    north, south, west, park = sizes
    rows = "north,25,a\nsouth,25,b\nwest,30,a\npark,20,b"
    return "factors.csv", rows, f"north,{north},a\nsouth,{south},b\nwest,{west},a\npark,{park},b"


GAINS = [toml('kind = "shares"', 'kind = "shares"\nfloors = "from-gains"'), NO_DEDUCTION]


def method(text: str) -> Edit:
    return toml('kind = "shares"', f'kind = "shares"\n{text}')


def case(name: str, edits: list[Edit] | Edit, key: str, place: str, *says: str, file: str = "scenario.toml"):
    return pytest.param([edits] if isinstance(edits, tuple) else edits, key, place, says, file, id=name)


PAID = 'paid_by = { recipient = "south" }'
HAND_CASES = [
    # what is shared out, and who takes the rest
    case("a currency and of", fund('of = "亩"'), "of_and_currency", "[fund] of", "currency"),
    case("neither", toml('currency = "CNY"\n', ""), "key_missing", "[fund]", "currency"),
    case("rest-to and nobody", fund('rounding = "rest-to"'), "rest_to", "[fund] rest_to"),
    case(
        "a rest to somebody of another rounding",
        fund('rest_to = { recipient = "west" }'),
        "rest_to",
        "[fund] rest_to",
    ),
    case("a rest to nobody", fund('rounding = "rest-to"\nrest_to = {}'), "target_whom", "[fund] rest_to"),
    case(
        "a rest to two",
        fund('rounding = "rest-to"\nrest_to = { recipient = "west", reservation = "x" }'),
        "target_whom",
        "[fund] rest_to",
    ),
    case(
        "a rest to one that there is not",
        fund('rounding = "rest-to"\nrest_to = { recipient = "wst" }'),
        "recipient_unknown",
        "[fund] rest_to",
        "wst",
    ),
    case(
        "a rest to one who takes no part",
        [
            toml("unit = 10\n", REST_TO_WEST),
            toml("amount = 10\n", "amount = 100\n"),
            method('where = "size <> 30"'),
            NO_DEDUCTION,
            NO_GROUP,
            sizes(28, 28, 30, 16),
        ],
        "rest_to_apart",
        "[fund] rest_to",
        "West County",
    ),
    case("left of another rounding", fund('left = { reservation = "市级部门" }'), "left", "[fund] left"),
    case(
        "left to a recipient",
        fund('rounding = "each-alone"\nleft = { recipient = "west" }'),
        "left",
        "[fund] left",
    ),
    case(
        "left to a reservation that there is not",
        fund('rounding = "each-alone"\nleft = { reservation = "市及" }'),
        "reservation_unknown",
        "[fund] left",
        "市级部门",
    ),
    case(
        "two reservations of one name",
        [
            fund('rounding = "each-alone"\nleft = { reservation = "City office" }'),
            more('[[reservation]]\nname = "市级部门"\namount = 10\n'),
        ],
        "reservation_twice",
        "[fund] left",
        "市级部门",
    ),
    case(
        "below_zero and nothing issued",
        [fund('below_zero = "recover"'), toml('issued = "issued.csv"\n', "")],
        "below_zero_issued",
        "[fund] below_zero",
    ),
    case(
        "another word of below_zero", fund('below_zero = "ignore"'), "choice", "[fund] below_zero", "recover"
    ),
    case(
        "a rounding that breaks a limit",
        [
            toml("unit = 10\n", REST_TO_WEST),
            toml("amount = 10\n", "amount = 100\n"),
            NO_DEDUCTION,
            NO_GROUP,
            sizes(28, 28, 28, 16),
            limit("floor = 300\ncap = 300", '["west"]'),
        ],
        "rounding_breaks_limit",
        "",
        "West County",
        "400 yuan",
    ),
    case(
        "a rounding that takes one below zero",
        [
            toml("unit = 10\n", REST_TO_WEST),
            toml("amount = 10\n", "amount = 100\n"),
            NO_DEDUCTION,
            NO_GROUP,
            sizes(39, 39, 2, 20),
        ],
        "rounding_below_zero",
        "",
        "West County",
        "−100 yuan",
    ),
    # money that is held
    case(
        "a deduction of one who takes no part",
        method('where = "size <> 20"'),
        "deduction_apart",
        "[[deduction]] 1, recipient",
        "West Park",
    ),
    case(
        "a deduction above the whole fund",
        toml("amount = 60", "amount = 1_001"),
        "deduction_above",
        "[[deduction]] 1, amount",
        "1,001 yuan",
    ),
    case(
        "a deduction below zero", toml("amount = 60", "amount = -60"), "negative", "[[deduction]] 1, amount"
    ),
    case(
        "a deduction of one that there is not",
        toml('recipient = "park"\namount = 60', 'recipient = "prk"\namount = 60'),
        "recipient_unknown",
        "[[deduction]] 1, recipient",
        "prk",
    ),
    case(
        "a deduction for a pool that there is not",
        toml("amount = 60", 'amount = 60\npool = "a"'),
        "limit_pool",
        "[[deduction]] 1, pool",
        "a",
    ),
    case("a deduction for none of two pools", pools(), "deduction_pool_missing", "[[deduction]] 1", "a, b"),
    case("more held than the cap", limit("cap = 50", '["park"]'), "held_above_cap", "", "West Park"),
    case(
        "more issued than the amount",
        ("issued.csv", "north,100", "north,900"),
        "issued_above",
        "North District",
        "below_zero",
    ),
    case(
        "issued to some alone",
        ("issued.csv", "park,0\n", ""),
        "recipient_missing",
        "",
        "West Park",
        file="issued.csv",
    ),
    # adjustments
    case("no reason", toml('reason = "整理"\n', ""), "key_missing", "[[adjustment]] 1", "reason"),
    case("a blank reason", toml('reason = "整理"', 'reason = " "'), "type_name", "[[adjustment]] 1, reason"),
    case(
        "adjustments that break a unit",
        toml("amount = 10\n", "amount = 5\n"),
        "adjustment_unit",
        "[[adjustment]] 1, amount",
        "10 yuan",
    ),
    case("adjustments that do not add up", toml(PAID, ""), "adjustments_sum", "[[adjustment]]", "10 yuan"),
    case(
        "adjustments of more than is left",
        [
            *ALONE,
            toml("amount = 1_000", "amount = 1_100"),
            toml("amount = 10\n", "amount = 200\n"),
            toml(PAID, ""),
            NO_DEDUCTION,
            NO_GROUP,
            sizes(24, 24, 24, 28),
        ],
        "adjustments_sum_left",
        "[[adjustment]]",
        "200 yuan",
        "100 yuan",
    ),
    case(
        "below zero by hand",
        toml("amount = 10\n", "amount = 500\n"),
        "adjusted_below_zero",
        "[[adjustment]]",
        "South County",
    ),
    case(
        "paid by one that there is not",
        toml(PAID, 'paid_by = { recipient = "suoth" }'),
        "recipient_unknown",
        "[[adjustment]] 1, paid_by",
        "suoth",
    ),
    case(
        "paid by a reservation that there is not",
        toml(PAID, 'paid_by = { reservation = "省级" }'),
        "reservation_unknown",
        "[[adjustment]] 1, paid_by",
        "省级",
    ),
    case(
        "paid by itself",
        toml(PAID, 'paid_by = { recipient = "北区" }'),
        "paid_by_itself",
        "[[adjustment]] 1, paid_by",
    ),
    case(
        "paid by a word", toml(PAID, 'paid_by = "all"'), "type_payer", "[[adjustment]] 1, paid_by", "pro-rata"
    ),
    case(
        "paid by a reservation below zero",
        [toml(PAID, 'paid_by = { reservation = "City office" }'), toml("amount = 10\n", "amount = 110\n")],
        "adjusted_below_zero",
        "[[adjustment]]",
        "City office",
    ),
    case(
        "paid by others who have nothing",
        [
            toml(PAID, 'paid_by = "pro-rata"'),
            NO_DEDUCTION,
            NO_GROUP,
            (
                "factors.csv",
                "north,25,a\nsouth,25,b\nwest,30,a\npark,20,b",
                "north,1,a\nsouth,0,b\nwest,0,a\npark,0,b",
            ),
        ],
        "pro_rata_nobody",
        "[[adjustment]] 1, paid_by",
    ),
    case(
        "on a day that is none",
        toml('reason = "整理"', 'reason = "整理"\ndate = "2023-02-30"'),
        "cell_date",
        "[[adjustment]] 1, date",
        "2023-02-30",
    ),
    case(
        "something left",
        [
            *ALONE,
            toml("amount = 1_000", "amount = 1_100"),
            toml("amount = 10\n", "amount = 100\n"),
            NO_DEDUCTION,
            NO_GROUP,
            sizes(24, 24, 24, 28),
        ],
        "undistributed",
        "[fund] rounding",
        "100 yuan",
    ),
    case(
        "something over",
        [*ALONE, toml("amount = 10\n", "amount = 100\n"), NO_DEDUCTION, NO_GROUP, sizes(28, 28, 28, 16)],
        "overdistributed",
        "[fund] rounding",
        "100 yuan",
    ),
    # bounds as formulas
    case(
        "a bound that is neither",
        limit("floor = { amount = 5 }"),
        "type_bound",
        "[[limit]] 2, floor",
        "formula",
    ),
    case(
        "a bound that fails for one",
        limit('floor = { formula = "previous / (size - 30)" }'),
        "formula_division",
        "[[limit]] 2, floor, West County",
    ),
    case(
        "a cap below zero",
        limit('cap = { formula = "previous - 150" }'),
        "bound_negative",
        "[[limit]] 2, cap, West Park",
        "−50",
    ),
    case(
        "a bound of text for a group",
        limit("cap = { formula = 'IF(grade = \"a\", 900, 950)' }\ntogether = true"),
        "bound_text",
        "[[limit]] 2, cap",
        "grade",
    ),
    case(
        "a word that is a column",
        [
            limit('floor = { formula = "0.1 * pool" }'),
            ("factors.csv", "size,grade", "pool,grade"),
            toml("size = 100", "pool = 100"),
        ],
        "formula_word_taken",
        "[[limit]] 2, floor, character 7",
        "pool",
    ),
    case(
        "a whole column of one amount",
        limit('floor = { formula = "SUM([fund])" }'),
        "formula_single",
        "[[limit]] 2, floor, character 5",
        "fund",
    ),
    case(
        "an amount and a formula",
        limit('floor = { formula = "1" }\nfloor_rate = 0.1\nof = "fund"'),
        "limit_twice",
        "[[limit]] 2, floor",
    ),
    # groups
    case(
        "groups that cross",
        limit("together = true\ncap = 500", '["south", "west"]'),
        "groups_cross",
        "[[limit]] 2, recipients",
        "limit 1",
    ),
    case(
        "floors above the cap of their group",
        limit("floor = 310", '["north", "south"]'),
        "floors_above_group",
        "[[limit]] 1",
        "600 yuan",
        "620 yuan",
    ),
    case(
        "caps below the floor of their group",
        [
            NO_DEDUCTION,
            more(
                '[[limit]]\nrecipients = ["west", "park"]\ntogether = true\nfloor = 400\n'
                '[[limit]]\nrecipients = ["west", "park"]\ncap = 150\n'
            ),
        ],
        "caps_below_group",
        "[[limit]] 2",
        "300 yuan",
        "400 yuan",
    ),
    case(
        "a group with its floor above its cap",
        limit("together = true\nfloor = 700", '["north", "south"]'),
        "floor_above_cap",
        "[[limit]] 1",
        "North District, South County together",
    ),
    # floors from gains
    case(
        "gains of fixed amounts",
        [method('floors = "from-gains"'), toml('kind = "shares"', 'kind = "fixed"')],
        "gains_fixed",
        "[method] floors",
    ),
    case(
        "gains and one without a floor",
        [*GAINS, NO_GROUP, more("[[limit]]\nrecipients = 'county'\nfloor = 1\n")],
        "gains_floor_missing",
        "[method] floors",
        "North District",
    ),
    case(
        "gains and a cap",
        [*GAINS, NO_GROUP, more("[[limit]]\nrecipients = 'all'\nfloor = 1\ncap = 600\n")],
        "gains_cap",
        "[[limit]] 1, cap",
    ),
    case(
        "gains and a group",
        [*GAINS, toml("cap = 600\n", "floor = 6\n")],
        "gains_group",
        "[[limit]] 1, together",
    ),
    case("another word of floors", [method('floors = "gains"')], "choice", "[method] floors", "from-gains"),
    # phasing in
    case("more than all phased in", method("phase_in = 25"), "phase_in", "[method] phase_in", "0.25"),
    case("a pool phased in", [*pools()], "deduction_pool_missing", "[[deduction]] 1"),
    case(
        "fixed amounts phased in",
        [method("phase_in = 0.5"), toml('kind = "shares"', 'kind = "fixed"')],
        "phase_in_fixed",
        "[method] phase_in",
    ),
    case(
        "phased in from nothing",
        [method("phase_in = 0.5"), toml('previous = "previous.csv"\n', "")],
        "phase_in_previous",
        "[method] phase_in",
    ),
    case(
        "phased in from zeros",
        [
            method("phase_in = 0.5"),
            ("previous.csv", "north,200\nsouth,300\nwest,200\npark,100", "north,0\nsouth,0\nwest,0\npark,0"),
        ],
        "phase_in_zero",
        "[method] phase_in",
    ),
]


def test_the_rule_that_is_damaged_is_right(tmp_path: Path) -> None:
    allocation = allocate(load_scenario(make(tmp_path, GOOD_HANDS)))
    assert allocation.amounts == {"north": 250, "south": 230, "west": 290, "park": 130}
    assert allocation.to_issue["north"] == 150


@pytest.mark.parametrize(("edits", "key", "place", "says", "file"), HAND_CASES)
def test_one_mistake_by_hand(edits, key, place, says, file, tmp_path, capsys) -> None:
    check_refusal(make(tmp_path, damaged(edits, GOOD_HANDS)), key, file, place, says, capsys)
