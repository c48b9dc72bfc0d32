"""What each part of a scenario refuses: the problem, the place it names and the words that it quotes."""

import pickle
import string
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest

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
    Use,
)
from allocator.core import many
from allocator.core.exact import MOST_DECIMALS
from allocator.core.limits import BASES
from allocator.core.many import lookup
from allocator.core.parts import AMOUNT_UNITS, ROUNDINGS, STATUSES, Text, check_text, in_full
from allocator.text import Phrasebook

ENDLESS = "0." + "1" * (MOST_DECIMALS + 1)
LONG = "z" * 50
HUGE = 2**1000  # the least number of 1001 bits
FACTORS, RECIPIENTS, PROVENANCE = "factors", "recipients", "provenance"


def fund(amount=100, currency="CNY", unit=1, **more):
    return Fund(amount, currency, unit, **more)


def at(key):
    return {"key": key}


# make, key of the problem, file, place, details
WRONG = [
    (lambda: Recipient(""), "name_blank", RECIPIENTS, {}, {}),
    (lambda: Recipient("=x"), "name_unsafe", RECIPIENTS, {}, {"name": "=x", "longest": 100}),
    (lambda: Recipient("z" * 101), "name_unsafe", RECIPIENTS, {}, {"name": "z" * 40, "longest": 100}),
    (lambda: Recipient("a", kind="@k"), "name_unsafe", RECIPIENTS, {}, {"name": "@k", "longest": 100}),
    (lambda: Recipient("a", aliases=("+b",)), "name_unsafe", RECIPIENTS, {}, {"name": "+b", "longest": 100}),
    (lambda: Recipient("a", aliases=("b;c",)), "alias_semicolon", RECIPIENTS, {"column": "aliases"},
     {"name": "b;c"}),
    (lambda: Recipient("a", aliases=("b", "c；d")), "alias_semicolon", RECIPIENTS, {"column": "aliases"},
     {"name": "c；d"}),
    (lambda: Recipient("a", kind="all"), "kind_all", RECIPIENTS, {"column": "kind"}, {}),
    (lambda: Recipient("合计"), "recipient_total", RECIPIENTS, {"column": "recipient"}, {"name": "合计"}),
    (lambda: Recipient("a", Text("小计", "b")), "recipient_total", RECIPIENTS, {"column": "name_zh"},
     {"name": "小计"}),
    (lambda: Recipient("a", Text("甲", "Sum")), "recipient_total", RECIPIENTS, {"column": "name_en"},
     {"name": "Sum"}),
    (lambda: lookup([Recipient("a", "甲"), Recipient("b", "Ａ")]), "name_ambiguous", RECIPIENTS, {},
     {"name": "Ａ", "first": "a", "second": "b"}),
    (lambda: Text(""), "name_blank", "scenario", {}, {}),
    (lambda: Text("a\u200bb"), "name_unsafe", "scenario", {}, {"name": "a\u200bb", "longest": 1000}),
    (lambda: Text("甲", "z" * 1001), "name_unsafe", "scenario", {}, {"name": "z" * 40, "longest": 1000}),
    (lambda: Factor("-x", ()), "name_unsafe", FACTORS, {}, {"name": "-x", "longest": 100}),
    (lambda: Factor("x", (), status="sure"), "choice", "scenario", at("factor.x.status"),
     {"value": "sure", "known": STATUSES}),
    (lambda: Factor("x", (), year=10_000), "year", "scenario", at("factor.x.year"), {"value": "10000"}),
    (lambda: Factor("x", (), year=LONG), "year", "scenario", at("factor.x.year"), {"value": LONG[:40]}),
    (lambda: Factor("x", (1, ENDLESS)), "cell_decimals", FACTORS, {"entry": 2, "column": "x"},
     {"value": ENDLESS}),
    (lambda: Factor("x", (1, None, LONG)), "cell_number", FACTORS, {"entry": 3, "column": "x"},
     {"value": LONG[:40]}),
    (lambda: Factor("x", (1, True)), "cell_number", FACTORS, {"entry": 2, "column": "x"}, {"value": "True"}),
    (lambda: Factor("x", (10**30,)), "cell_number", FACTORS, {"entry": 1, "column": "x"},
     {"value": str(10**30)}),
    (lambda: Factor("x", (HUGE,)), "cell_number", FACTORS, {"entry": 1, "column": "x"},
     {"value": "0x1" + "0" * 37}),
    (lambda: Factor("x", (HUGE - 1,)), "cell_number", FACTORS, {"entry": 1, "column": "x"},
     {"value": str(HUGE)[:40]}),
    (lambda: Factor("x", (0, None, "-0.5")), "cell_negative", FACTORS, {"entry": 3, "column": "x"},
     {"value": Fraction(-1, 2)}),
    (lambda: fund("x"), "number", "scenario", at("fund.amount"), {"value": "x"}),
    (lambda: fund(LONG), "number", "scenario", at("fund.amount"), {"value": LONG[:40]}),
    (lambda: fund(-1), "negative", "scenario", at("fund.amount"), {"value": -1}),
    (lambda: fund(0), "zero", "scenario", at("fund.amount"), {}),
    (lambda: fund(unit="0.001"), "cents", "scenario", at("fund.unit"), {"value": Fraction(1, 1000)}),
    (lambda: fund(unit="0.0000001"), "cents", "scenario", at("fund.unit"), {"value": "0.0000001"}),
    (lambda: fund(unit=ENDLESS), "cents", "scenario", at("fund.unit"), {"value": ENDLESS}),
    (lambda: fund(unit=0), "zero", "scenario", at("fund.unit"), {}),
    (lambda: fund(currency="cny"), "currency", "scenario", at("fund.currency"), {"value": "cny"}),
    (lambda: fund(currency="CN"), "currency", "scenario", at("fund.currency"), {"value": "CN"}),
    (lambda: fund(currency="ÀÀÀ"), "currency", "scenario", at("fund.currency"), {"value": "ÀÀÀ"}),
    (lambda: fund(currency=LONG), "currency", "scenario", at("fund.currency"), {"value": LONG[:40]}),
    (lambda: fund(rounding="up"), "choice", "scenario", at("fund.rounding"),
     {"value": "up", "known": ROUNDINGS}),
    (lambda: Reservation("d", "x"), "number", "scenario", at("reservation.amount"), {"value": "x"}),
    (lambda: Use("d", -2), "negative", "scenario", at("use.amount"), {"value": -2}),
    (lambda: Earmark("a", "1.005"), "cents", "scenario", at("earmark.amount"), {"value": Fraction(201, 200)}),
    (lambda: Limit("", floor=1), "limit_nobody", "scenario", at("limit.recipients"), {}),
    (lambda: Limit((), floor=1), "limit_nobody", "scenario", at("limit.recipients"), {}),
    (lambda: Limit(), "limit_empty", "scenario", at("limit"), {}),
    (lambda: Limit(floor="x"), "number", "scenario", at("limit.floor"), {"value": "x"}),
    (lambda: Limit(cap="0.001"), "cents", "scenario", at("limit.cap"), {"value": Fraction(1, 1000)}),
    (lambda: Limit(floor_rate=-1, of="fund"), "negative", "scenario", at("limit.floor_rate"), {"value": -1}),
    (lambda: Limit(cap_rate=ENDLESS, of="fund"), "decimals", "scenario", at("limit.cap_rate"),
     {"value": ENDLESS}),
    (lambda: Limit(floor=1, floor_rate="0.1", of="fund"), "limit_twice", "scenario", at("limit.floor"),
     {"name": "floor"}),
    (lambda: Limit(cap=1, cap_rate="0.1", of="fund"), "limit_twice", "scenario", at("limit.cap"),
     {"name": "cap"}),
    (lambda: Limit(cap_rate="0.1"), "limit_of_missing", "scenario", at("limit.of"), {}),
    (lambda: Limit(floor_rate="0.1", by="x"), "limit_of_missing", "scenario", at("limit.of"), {}),
    (lambda: Limit(floor=1, of="fund"), "limit_of_unused", "scenario", at("limit.of"), {}),
    (lambda: Limit(cap=1, by="x"), "limit_of_unused", "scenario", at("limit.by"), {}),
    (lambda: Limit(cap_rate="0.1", of="money"), "choice", "scenario", at("limit.of"),
     {"value": "money", "known": BASES}),
    (lambda: Limit(cap_rate="1.01", of="fund"), "rate", "scenario", at("limit.cap_rate"),
     {"value": Fraction(101, 100), "share": Fraction(101, 10_000)}),
    (lambda: Limit(floor_rate=11, of="previous"), "rate", "scenario", at("limit.floor_rate"),
     {"value": 11, "share": Fraction(11, 100)}),
    (lambda: Limit(floor_rate=1, of="previous", by="x"), "limit_by_previous", "scenario", at("limit.by"), {}),
    (lambda: Provenance("a", "x", status="sure"), "choice", PROVENANCE, {"column": "status"},
     {"value": "sure", "known": STATUSES}),
    (lambda: Provenance("a", "x", confirmed_on=datetime(2023, 1, 2)), "cell_date", PROVENANCE,
     {"column": "confirmed_on"}, {"value": "2023-01-02 00:00:00"}),
    (lambda: Provenance("a", "x", declared=ENDLESS), "cell_decimals", PROVENANCE, {"column": "declared"},
     {"value": ENDLESS}),
    (lambda: Provenance("a", "x", verified=LONG), "cell_number", PROVENANCE, {"column": "verified"},
     {"value": LONG[:40]}),
    (lambda: Provenance("a", "x", declared=-1), "cell_negative", PROVENANCE, {"column": "declared"},
     {"value": -1}),
    (lambda: Provenance("a", "x", note="=1"), "name_unsafe", "scenario", {}, {"name": "=1", "longest": 1000}),
]  # fmt: skip


@pytest.mark.parametrize(("make", "key", "file", "place", "details"), WRONG)
def test_what_is_refused(make, key, file, place, details):
    with pytest.raises(ScenarioError) as caught:
        make()
    (problem,) = caught.value.problems
    assert (problem.key, problem.part, problem.at, problem.details) == (key, file, place, details)
    assert all(caught.value.sentences(Phrasebook(lang)) for lang in ("zh", "en"))


def test_what_just_goes():
    assert Recipient("z" * 100).id == "z" * 100
    assert Text("z" * 1000).en == "z" * 1000
    assert [Factor("x", (), year=year).year for year in (0, 9999)] == [0, 9999]
    assert Factor("x", (10**30 - 1, Fraction(4, 2), "0.50", None)).values == (
        10**30 - 1,
        2,
        Fraction(1, 2),
        None,
    )
    assert fund("0.01", unit="0.01").unit == Fraction(1, 100)
    assert [Limit(cap_rate=1, of="fund").cap_rate, Limit(cap_rate=10, of="previous").cap_rate] == [1, 10]
    assert Limit(floor=0, cap_rate="0.5", of="fund").floor == 0
    assert Provenance("a", "x", "derived", confirmed_on=date(2023, 1, 2), declared=0).declared == 0


def test_recipients_of_a_limit_may_be_given_in_a_list():
    assert Limit(["a", "b"], floor=1) == Limit(("a", "b"), floor=1)


def test_figures_of_a_cells_note_are_exact():
    row = Provenance("a", "x", declared="1.50", verified="2.0")
    assert (row.declared, row.verified) == (Fraction(3, 2), 2)
    assert type(row.verified) is int


def test_what_is_written_around_is_taken_off():
    recipient = Recipient(" a ", " 甲  区 ", " park ", (" b ",))
    assert (recipient.id, recipient.name.zh, recipient.kind, recipient.aliases) == (
        "a",
        "甲 区",
        "park",
        ("b",),
    )
    assert Factor(" x ", ()).id == "x"
    row = Provenance("a", "x", provider=" 统计局\n甲 ", note=" b  c ")
    assert (row.provider, row.note) == ("统计局 甲", "b c")


def test_names_where_none_or_a_plain_string_is_given():
    assert (Recipient("a").name, Factor("x", ()).name) == (Text("a"), Text("x"))
    assert Recipient("a", "甲").name == Text("甲", "甲")
    factor = Factor("x", (), unit="人", definition="定义", source=Text("源", "source"))
    assert (factor.unit, factor.definition, factor.source) == (Text("人"), Text("定义"), Text("源", "source"))
    assert Factor("x", ()).unit is None
    made = fund(name="资金", source="通知")
    assert (made.name, made.source) == (Text("资金"), Text("通知"))
    assert Earmark("a", 1, reason="理由").reason == Text("理由")
    assert Use("道路", 1).name == Reservation("道路", 1).name == Text("道路")


def test_a_recipient_is_found_by_all_of_its_names():
    both = [Recipient("a", Text("甲 区", "North"), aliases=("Ｎ１",)), Recipient("b", "乙")]
    assert lookup(both) == {"a": "a", "甲 区": "a", "north": "a", "n1": "a", "b": "b", "乙": "b"}


def test_scenarios_made_of_one_another_share_their_list_of_recipients(monkeypatch):
    looked_at = []
    plain_names = many.plain_names
    monkeypatch.setattr(many, "plain_names", lambda names: looked_at.append(names) or plain_names(names))
    made = Scenario(
        title="one",
        fund=fund(),
        kind="scores",
        weights={"x": 1},
        recipients=[Recipient("a", "甲"), Recipient("b", "乙")],
        factors=[Factor("x", (1, 2))],
    )
    other = replace(replace(made, weights={"x": 2}), fund=fund(50))
    assert other.recipients is made.recipients and len(looked_at) == 1
    again = pickle.loads(pickle.dumps(other))
    assert again == other and again.recipients == made.recipients == (
        Recipient("a", "甲"),
        Recipient("b", "乙"),
    )
    assert (again.ids, dict(again.position)) == (("a", "b"), {"a": 0, "b": 1})
    with pytest.raises(ScenarioError):  # another list is looked at anew
        replace(made, recipients=(Recipient("a", "甲"), Recipient("b", "Ａ")))


def test_units_of_amounts_are_what_their_names_say():
    """千 is a thousand, 万 ten thousand, 百万 a million, 亿 a hundred million."""
    assert {unit: f"{many:,}" for unit, many in AMOUNT_UNITS.items()} == {
        "元": "1", "千元": "1,000", "万元": "10,000", "百万元": "1,000,000", "亿元": "100,000,000",
        "yuan": "1", "10k yuan": "10,000", "": "1",
    }  # fmt: skip


def test_formulas_are_known_by_their_first_character_alone():
    for first in "=+-@＝＋－＠":
        with pytest.raises(ScenarioError):
            check_text(first + "1")
    for first in (*string.ascii_letters, *string.digits, "(", "“", "甲"):
        assert check_text(f"{first}=+-@") == f"{first}=+-@"


def test_numbers_are_shown_in_full_where_six_decimals_would_hide_some():
    assert in_full(Fraction(1, 10**6)) == Fraction(1, 10**6)
    assert in_full(Fraction(12, 10**7)) == "0.0000012"
    assert in_full(-100 - Fraction(1, 10**7)) == "−100.0000001"
