"""Every mistake in the input ends in a sentence: which file, which place, what is wrong, what to write.

Each case damages one small scenario that is right, and is read by the library and by the command line, in
both languages.
"""

import ast
import io
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from depth import cases
from good_scenario import GOOD, damaged, make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from processes import spending_at_most
from refusals import check_refusal, check_sentence, messages, refused

from allocator import AllocatorError, ScenarioError, allocate, load_scenario
from allocator.cli.entry import main
from allocator.files.parsing import cell_number
from allocator.text import EN, Phrasebook

ROOT = Path(__file__).parent.parent.parent
LUZHOU = ROOT / "scenarios" / "luzhou-2023"
SOURCES = sorted((ROOT / "src" / "allocator").rglob("*.py"))


def test_the_scenario_that_is_damaged_is_right(tmp_path):
    allocation = allocate(load_scenario(make(tmp_path, GOOD)))
    assert allocation.amounts == {"north": 280_000, "south": 210_000, "west": 210_000, "zone": 200_000}
    assert not any(allocation.differences.values())


def toml(old: str | None, new: str) -> tuple:
    return "scenario.toml", old, new


def factors(old: str | None, new: str) -> tuple:
    return "factors.csv", old, new


def cell(value: str) -> tuple:
    """The first cell of factors.csv holds this instead."""
    return factors("north,60,", f"north,{value},")


def seen(value: str) -> str:
    return EN.visible(value)


def more(text: str) -> tuple:
    """Something added at the end of scenario.toml."""
    return toml("floor = 10_000\n", "floor = 10_000\n" + text)


def case(name: str, edits, key: str, place: str, *says: str, file: str | None = None):
    edits = [edits] if isinstance(edits, tuple) else edits
    return pytest.param(edits, key, edits[0][0] if file is None else file, place, says, id=name)


LIMIT = '[[limit]]\nrecipients = "all"\n'
TOML_CASES = [
    # weights
    case("weights of 110", toml("jobs = 40", "jobs = 50"), "weights_sum", "[weights]", "110", "exactly 100"),
    case("weights a ten-millionth off", toml("jobs = 40", "jobs = 40.0000001"), "weights_sum", "[weights]",
         "100.0000001"),
    case("a negative weight", toml("investment = 60", "investment = -60"), "negative", "[weights] investment",
         "−60"),
    case("no weights", toml("investment = 60\njobs = 40\n", ""), "weights_sum", "[weights]", "0"),
    case("weights all zero", [toml("investment = 60\njobs = 40", "jobs = 0"), toml('"shares"', '"scores"')],
         "weights_zero", "[weights]"),
    case("a weight without column", toml("jobs = 40", "job = 40"), "weight_unknown", "[weights] job", "“job”",
         "“jobs”"),
    # unknown keys, the nearest known one named
    case("unknown at the top", toml("format = 1", 'format = 1\ntitel = "x"'), "key_unknown", "", "“titel”",
         "“title”"),
    case("unknown table", more("[[earmarks]]\n"), "key_unknown", "", "“earmarks”", "“earmark”"),
    case("unknown in fund", toml("unit = 10_000", "unit = 10_000\nrouding = 1"), "key_unknown", "[fund]",
         "“rounding”"),
    case("unknown in method", toml('kind = "shares"', 'kind = "shares"\ncoeficient = "jobs"'), "key_unknown",
         "[method]", "“coefficient”"),
    case("unknown in data", toml('factors = "', 'recipient = "x.csv"\nfactors = "'), "key_unknown", "[data]",
         "“recipients”"),
    case("unknown in factor", toml("year = 2022", "yaer = 2022"), "key_unknown", "[factor.investment]",
         "“year”"),
    case("unknown in limit", toml("floor = 10_000", "floor = 10_000\nflor_rate = 1"), "key_unknown",
         "[[limit]] 1", "“floor_rate”"),
    case("unknown in earmark", toml("also_shares = false", "also_share = false"), "key_unknown",
         "[[earmark]] 1", "“also_shares”"),
    case("unknown in reservation", toml("amount = 100_000", "amount = 100_000\nnmae = 1"), "key_unknown",
         "[[reservation]] 1", "“name”"),
    case("unlike any key", toml("year = 2022", "qqqq = 2022"), "key_unknown", "[factor.investment]",
         "definition, year"),
    case("described column unknown", toml("[factor.investment]", "[factor.investmnt]"), "factor_unknown",
         "[factor.investmnt]", "“investment”"),
    # money
    case("no fund", toml("amount = 1_000_000", "amount = 0"), "zero", "[fund] amount"),
    case("no unit", toml("unit = 10_000", "unit = 0"), "zero", "[fund] unit"),
    case("negative fund", toml("amount = 1_000_000", "amount = -1"), "negative", "[fund] amount", "−1"),
    case("half a cent", toml("amount = 1_000_000", "amount = 1_000_000.005"), "cents", "[fund] amount",
         "1,000,000.005"),
    case("a little of a cent", toml("amount = 100_000", "amount = 0.0000001"), "cents",
         "[[reservation]] 1, amount", "0.0000001"),
    case("reserved more than there is", toml("amount = 100_000", "amount = 900_000"), "overspent",
         "[fund] amount", "1,000,000", "900,000", "200,000", "100,000 yuan too much"),
    # of 0.01, 0.02, 0.05, … the divisors of 700,000 around 30,000 are 20,000 and 50,000
    case("not divisible by the unit", toml("unit = 10_000", "unit = 30_000"), "unit", "[fund] unit",
         "700,000", "30,000", "20,000"),
    case("currency by name", toml('"CNY"', '"yuan"'), "currency", "[fund] currency", "“yuan”", "CNY"),
    case("currency in small letters", toml('"CNY"', '"cny"'), "currency", "[fund] currency"),
    case("unknown rounding", toml('"largest-remainder"', '"bankers"'), "choice", "[fund] rounding",
         "“bankers”", "largest-remainder, rest-to-largest"),
    case("unknown kind of method", toml('kind = "shares"', 'kind = "share"'), "choice", "[method] kind",
         "shares, scores"),
    case("unknown coefficient", toml('"shares"', '"shares"\ncoefficient = "populaton"'), "column_unknown",
         "[method] coefficient", "“population”"),
    case("unknown status", toml('status = "example"', 'status = "secret"'), "choice",
         "[factor.investment] status", "assumed"),
    # earmarks
    case("earmark of nobody", toml('recipient = "zone"', 'recipient = "New Zon"'), "recipient_unknown",
         "[[earmark]] 1, recipient", "“New Zon”", "“New Zone”"),
    case("earmarks that differ", more('[[earmark]]\nrecipient = "新区"\namount = 0\nalso_shares = true\n'),
         "earmark_both", "[[earmark]] 2, also_shares", "“zone”"),
    case("negative earmark", toml("amount = 200_000", "amount = -200_000"), "negative",
         "[[earmark]] 1, amount"),
    case("nobody takes part",
         [toml(LIMIT + "floor = 10_000\n", "")] + [toml("[[reservation]]",
             f'[[earmark]]\nrecipient = "{id}"\namount = 0\n\n[[reservation]]') for id in ("north", "south",
             "west")],
         "nobody_shares", "[[earmark]]", "700,000"),
    # limits
    case("rate without of", more(LIMIT + "floor_rate = 0.1\n"), "limit_of_missing", "[[limit]] 2, of"),
    case("of without rate", more(LIMIT + 'floor = 1\nof = "fund"\n'), "limit_of_unused", "[[limit]] 2, of"),
    case("by without rate", more(LIMIT + 'cap = 1\nby = "population"\n'), "limit_of_unused",
         "[[limit]] 2, by"),
    case("by with previous", more(LIMIT + 'floor_rate = 0.1\nof = "previous"\nby = "population"\n'),
         "limit_by_previous", "[[limit]] 2, by"),
    case("by an unknown column", more(LIMIT + 'floor_rate = 0.1\nof = "fund"\nby = "populaton"\n'),
         "column_unknown", "[[limit]] 2, by", "“populaton”", "“population”"),
    case("of something else", more(LIMIT + 'floor_rate = 0.1\nof = "found"\n'), "choice", "[[limit]] 2, of",
         "distributable"),
    case("floor and floor_rate", more(LIMIT + 'floor = 1\nfloor_rate = 0.1\nof = "fund"\n'), "limit_twice",
         "[[limit]] 2, floor"),
    case("cap and cap_rate", more(LIMIT + 'cap = 1\ncap_rate = 0.1\nof = "fund"\n'), "limit_twice",
         "[[limit]] 2, cap"),
    case("neither floor nor cap", more(LIMIT), "limit_empty", "[[limit]] 2"),
    case("negative rate", more(LIMIT + 'floor_rate = -0.1\nof = "fund"\n'), "negative",
         "[[limit]] 2, floor_rate", "−0.1"),
    case("negative cap", more(LIMIT + "cap = -1\n"), "negative", "[[limit]] 2, cap", "−1"),
    case("an id as a kind", toml('recipients = "all"', 'recipients = "north"'), "limit_kind",
         "[[limit]] 1, recipients", "“north”", "county, district, park", "in brackets"),
    case("a kind only earmarked for", toml('recipients = "all"', 'recipients = "zone"'), "limit_kind",
         "[[limit]] 1, recipients"),
    case("an empty list", toml('recipients = "all"', "recipients = []"), "limit_nobody",
         "[[limit]] 1, recipients"),
    case("unknown in a list", toml('recipients = "all"', 'recipients = ["nort"]'), "recipient_unknown",
         "[[limit]] 1, recipients", "“nort”", "“north”"),
    case("listed but only earmarked for", toml('recipients = "all"', 'recipients = ["north", "新区"]'),
         "limit_apart", "[[limit]] 1, recipients", "“zone”"),
    case("previous rate without previous",
         [toml('previous = "previous.csv"\n', ""), more(LIMIT + 'floor_rate = 0.9\nof = "previous"\n')],
         "limit_previous", "[[limit]] 2, of", 'previous = "previous.csv"'),
    # limits that cannot all hold: 700,000 is shared out, 280,000 of it to the north
    case("floors above the money", toml("floor = 10_000", "floor = 300_000"), "floors_above_money", "",
         "900,000", "700,000", "200,000", "North District, South County, West Park"),
    case("caps below the money", toml("floor = 10_000", "cap = 200_000"), "caps_below_money", "", "600,000",
         "700,000", "100,000", "North District"),
    case("floor above cap", toml("floor = 10_000", "floor = 30_000\ncap = 20_000"), "floor_above_cap", "",
         "North District", "30,000", "20,000"),
    # floor up to 210,000, cap down to 200,000
    case("floor above cap once both are whole units",
         toml("floor = 10_000", "floor = 205_000\ncap = 208_000"), "floor_above_cap", "", "210,000",
         "200,000"),
    # equal shares of 61 units, the north lifted to 30: the others get 15.5 each, rounded to 16, one too many
    case("rest to largest breaks a floor",
         [toml('"largest-remainder"', '"rest-to-largest"'), toml("amount = 1_000_000", "amount = 910_000"),
             toml(LIMIT + "floor = 10_000", '[[limit]]\nrecipients = ["north"]\nfloor = 300_000'),
             factors("north,60,10", "north,20,20"), factors("south,30,30", "south,20,20"),
             factors("west,10,60", "west,20,20")],
         "rest_breaks_limit", "", "North District", "290,000", "300,000", "largest-remainder"),
    # names
    case("blank title", toml('title = { zh = "示例", en = "Example" }', 'title = " "'), "type_name", "title"),
    case("half a title", toml('en = "Example"', 'en = ""'), "name_half", "title", 'en = ""'),
    case("the other half", toml('zh = "示例"', 'zh = " "'), "name_half", "title", 'zh = ""', "leave zh out"),
    case("title in French", toml('en = "Example"', 'fr = "Exemple"'), "type_name", "title", 'fr = "Exemple"'),
    case("title like a formula", toml('"Example"', '"=1+1"'), "name_unsafe", "title", "“=1+1”"),
    case("title of 5000 letters", toml('"Example"', f'"{"x" * 5000}"'), "name_unsafe", "title", "1,000"),
    case("title with a control character", toml('"Example"', r'"a\u0007b"'), "name_unsafe", "title",
         "“a[invisible character U+0007]b”"),
    case("a full-width space in a key", toml("unit = 10_000", "unit\u3000= 10_000"), "toml_hidden", "line 7",
         "full-width space U+3000"),
    case("a no-break space in TOML", toml("unit = 10_000", "unit =\u00a010_000"), "toml_hidden", "line 7",
         "no-break space U+00A0"),
    case("a byte-order mark within TOML", toml("unit = 10_000", "\ufeffunit = 10_000"), "toml_hidden",
         "line 7", "zero-width no-break space U+FEFF"),
    case("a zero-width space in a key", toml("jobs = 40", '"jobs\u200b" = 40'), "weight_unknown",
         "[weights] jobs{U+200B}", "did you mean “jobs”"),
    case("name like a formula", toml('"a department"', '"@SUM"'), "name_unsafe", "[[reservation]] 1, name"),
    case("source like a formula", toml('"a notice"', '"+1"'), "name_unsafe", "[fund] source"),
    # TOML
    case("Chinese bare key", toml("jobs = 40", "就业 = 40"), "toml_bare_key", "line 16", '"就业" = …'),
    case("Chinese bare table", toml("[factor.investment]", "[factor.投资]"), "toml_bare_key", "line 25",
         '"投资"'),
    case("curly quotes", toml('"CNY"', "“CNY”"), "toml_quotes", "line 6", "“"),
    case("full-width =", toml("unit = 10_000", "unit ＝ 10_000"), "toml_quotes", "line 7", "＝"),
    case("Chinese comma in a list", toml('recipients = "all"', 'recipients = ["north"，"south"]'),
         "toml_quotes", "line 40", "，"),
    case("Chinese comma within text is none of it", toml('"a notice"', '"公文，文号'), "toml_string",
         "line 9", "公文，文号"),
    case("no =", toml("unit = 10_000", "unit 10_000"), "toml_equals", "line 7", "“unit 10_000”"),
    case("thousands separators", toml("1_000_000", "1,000,000"), "toml_rest", "line 5", "57_220_000"),
    case("a key twice", toml("jobs = 40", "jobs = 40\njobs = 40"), "toml_twice", "line 17", "“jobs = 40”"),
    case("a table twice", more("[fund]\n"), "toml_twice", "line 42", "“[fund]”"),
    case("text without quotes", toml('"CNY"', "CNY"), "toml_value", "line 6", "“currency = CNY”"),
    case("a backslash", toml('"a notice"', r'"C:\data"'), "toml_string", "line 9"),
    case("no such date", toml("2022", "2022-02-30"), "toml_value", "line 27"),
    case("anything else", toml("[fund]", "[fund"), "toml_syntax", "line 4", "“[fund”"),
    case("text without end", more('x = "abc'), "toml_cut", "line 42"),
    case("a number of 5000 digits", toml("1_000_000", "1" + "0" * 5000), "toml_endless", ""),
    case("an exponent beyond all", toml("1_000_000", "1e" + "9" * 30), "toml_endless", ""),
    case("brackets without end", toml('"a notice"', "[" * 5000), "toml_endless", ""),
    # the version of the format
    case("no format", toml("format = 1\n", ""), "key_missing", "", "“format”", "format = 1"),
    case("format 2", toml("format = 1", "format = 2"), "format", "format", "format 2"),
    case("format true", toml("format = 1", "format = true"), "format", "format", "format true"),
    case("format as text", toml("format = 1", 'format = "1"'), "format", "format"),
    case("format of 5000 hexadecimal digits", toml("format = 1", "format = 0x" + "F" * 5000), "format",
         "format"),
    # extends
    case("extends itself", toml("format = 1", 'format = 1\nextends = "scenario.toml"'), "extends_cycle",
         "extends", "scenario.toml → scenario.toml"),
    case("extends a number", toml("format = 1", "format = 1\nextends = 1"), "type_text", "extends"),
    case("extends nothing", toml("format = 1", 'format = 1\nextends = ""'), "file_name", "extends"),
    case("extends what is not there", toml("format = 1", 'format = 1\nextends = "no.toml"'), "file_missing",
         "", file="no.toml"),
    case("extends a folder", toml("format = 1", 'format = 1\nextends = "."'), "file_directory", "", file=""),
]  # fmt: skip

WRONG_TYPES = [
    # (key, what stands there, what is there instead, the sentence)
    ("title", '{ zh = "示例", en = "Example" }', ("1", "true", "[]", "{}", "{ zh = 1 }"), "type_name"),
    ("[fund] amount", "1_000_000", ("true", "[1]", "{ a = 1 }", '"12万"', '"-5元"', '"1e5"', "nan", "inf",
     "2023-05-31", "1e999999999", "0x" + "F" * 5000), "type_money"),
    ("[fund] currency", '"CNY"', ("1", "true", "[]"), "type_text"),
    ("[fund] amount", "1_000_000", ('"5722,5万元"', '"57,22万元"', '"1,2345"', '"1234,567"'), "type_money"),
    ("[fund] unit", "10_000", ("true", '"unit"', "-inf"), "type_money"),
    ("[fund] rounding", '"largest-remainder"', ("1", "false"), "type_text"),
    ("[fund] source", '"a notice"', ("1", '""', "[]"), "type_name"),
    ("[method] kind", '"shares"', ("1", '["shares"]'), "type_text"),
    ("[weights] jobs", "40", ('"40"', "true", "[40]", "{ a = 40 }", "nan", "inf", "1e31",
     "0x" + "F" * 5000), "type_number"),
    ("[weights] jobs", "40", ("1e-31", "40." + "0" * 31), "decimals"),
    ("[fund] amount", "1_000_000", ("1." + "0" * 31, '"1.' + "0" * 30 + '1万元"'), "cents"),
    ("[data] factors", '"factors.csv"', ("1", '["factors.csv"]', "true"), "type_text"),
    ("[factor.investment] name", '"投资"', ("1", '""'), "type_name"),
    ("[factor.investment] year", "2022", ('"2022"', "true", "2022.5", "0x" + "F" * 5000), "type_whole"),
    ("[factor.investment] status", '"example"', ("1",), "type_text"),
    ("[[reservation]] 1, name", '"a department"', ("1", "[]"), "type_name"),
    ("[[reservation]] 1, amount", "100_000", ('"some"', "true"), "type_money"),
    ("[[earmark]] 1, recipient", '"zone"', ("1", "[]"), "type_text"),
    ("[[earmark]] 1, amount", "200_000", ("true",), "type_money"),
    ("[[earmark]] 1, also_shares", "false", ("0", '"false"'), "type_bool"),
    ("[[limit]] 1, recipients", '"all"', ("1", "true", "[1]", '""', "{ a = 1 }"), "type_recipients"),
    ("[[limit]] 1, floor", "10_000", ("true", '"half"', "[]"), "type_money"),
]  # fmt: skip
TYPE_CASES = [
    case(
        f"{place} = {wrong[:20]}",
        toml(
            f"{re.split(r'[] ,]+', place)[-1]} = {right}\n", f"{re.split(r'[] ,]+', place)[-1]} = {wrong}\n"
        ),
        key,
        place,
    )
    for place, right, wrongs, key in WRONG_TYPES
    for wrong in wrongs
]

TABLES = {name: re.search(rf"(?ms)^\[+{name}\]+\n.*?(?=\n\[|\Z)", GOOD["scenario.toml"])[0] for name in (
    "fund", "method", "weights", "data", r"factor\.investment", "reservation", "earmark",
    "limit")}  # fmt: skip


def instead(name: str, new: str) -> list:
    """Without this table, and with something else at the top."""
    return [toml(TABLES[name], ""), toml("format = 1\n", f"format = 1\n{new}\n")]


STRUCTURE_CASES = [
    *(case(f"no table {name}", toml(TABLES[name], ""), "key_missing", "", f"“{name}”", f"[{name}]")
      for name in ("fund", "method", "weights", "data")),
    *(case(f"{name} = {wrong}", instead(name, f"{name} = {wrong}"), "type_table", f"[{name}]",
         f"write it as [{name}]")
      for name in ("fund", "method", "weights", "data") for wrong in ("1", '"x"', "true", "[]", "[1]")),
    case("[[fund]]", toml("[fund]", "[[fund]]"), "type_table", "[fund]", "[{ … }]"),
    case("factor = 1", instead(r"factor\.investment", "factor = 1"), "type_table", "[factor]"),
    case("factor.jobs = 1", instead(r"factor\.investment", "factor.jobs = 1"), "type_table", "[factor.jobs]"),
    *(case(f"[{name}]", toml(f"[[{name}]]", f"[{name}]"), "type_array", f"[[{name}]]", f"[[{name}]] tables")
      for name in ("reservation", "earmark", "limit")),
    *(case(f"{name} = {wrong}", instead(name, f"{name} = {wrong}"), "type_array", f"[[{name}]]")
      for name in ("reservation", "earmark", "limit") for wrong in ("1", "true", '"x"')),
    case("limit = [1]", instead("limit", "limit = [1]"), "type_array", "[[limit]] 1", "“1”"),
    *(case(f"no {line}", toml(f"{line}\n", ""), "key_missing", place, f"“{line.split()[0]}”") for place,
         line in (
        ("", 'title = { zh = "示例", en = "Example" }'), ("[fund]", "amount = 1_000_000"), ("[fund]",
         'currency = "CNY"'),
        ("[fund]", "unit = 10_000"), ("[method]", 'kind = "shares"'), ("[data]", 'factors = "factors.csv"'),
        ("[[reservation]] 1", 'name = "a department"'), ("[[reservation]] 1", "amount = 100_000"),
        ("[[earmark]] 1", 'recipient = "zone"'), ("[[earmark]] 1", "amount = 200_000"), ("[[limit]] 1",
         'recipients = "all"'))),
    case("no factors file", toml('factors = "factors.csv"', 'factors = ""'), "key_missing", "[data]",
         "“factors”"),
]  # fmt: skip

AT = "row 2, column investment"
CELLS = {
    "cell_empty": ("", "  "),
    "cell_text": (
        "abc", "待定", "infinite", '"1,23"', '"1,2345"', "1.2.3", "(5)", "--5", "-", "+", "1 000", "٣",
        "0x10", "1_000", "-" * 3000 + "5", "1\u200b2", "1\u00a0000",
    ),
    "cell_number": ("9" * 40, "7" * 20_000, "1" + "0" * 30),
    "cell_decimals": ("0." + "0" * 40 + "1", "1." + "0" * 31),
    "cell_negative": ("-1", "−0.5", "－3", '"-1,000"'),
    "cell_infinite": ("nan", "NaN", "inf", "-Infinity", "∞"),
    "cell_percent": ("5%", "5％", "5‰"),
    "cell_unit": ("12万元", "12 万元", "￥5", "5 km/h"),
    "cell_scientific": ("1.2e5", "1.23E+05"),
    "cell_formula": ("=A1", "@SUM(A1)"),
    "cell_error": ("#REF!", "#DIV/0!", "#N/A"),
    "cell_bool": ("TRUE", "false"),
    "cell_time": ("2023-05-31", "2023-5-31 12:00:00", "3:30"),
}  # fmt: skip
CSV_CASES = [
    # cells
    *(
        case(f"cell {value[:12]!r}", cell(value), key, AT, seen(value.strip(' "'))[:30])
        for key, values in CELLS.items()
        for value in values
    ),
    case("a blank last cell", factors("west,10,60,300", "west,10,60,"), "cell_empty",
         "row 4, column population"),
    case("an earmarked recipient's blank", factors("north,60", "zone,1,,1\nnorth,60"), "cell_empty",
         "row 2, column jobs"),
    # rows and recipients
    case("unknown recipient", factors("south,", "sauth,"), "recipient_unknown", "row 3, column recipient",
         "“sauth”", "“south”"),
    case("nearly a Chinese name", factors("south,", "南区,"), "recipient_unknown", "row 3, column recipient",
         "“南区”"),
    case("twice, by id and by name", factors("west,", "北区,"), "recipient_twice", "row 4, column recipient",
         "“北区”"),
    case("blank recipient", factors("south,", ","), "recipient_blank", "row 3, column recipient"),
    case("missing recipient", factors("south,30,30,200\n", ""), "recipient_missing", "", "South County",
         "recipients without a row: 1"),
    case("missing published", ("published.csv", "zone,20\n", ""), "recipient_missing", "", "New Zone"),
    case("unknown published", ("published.csv", "zone,", "zona,"), "recipient_unknown",
         "row 5, column recipient", "“zone”"),
    case("twice published", ("published.csv", "zone,", "西园,"), "recipient_twice",
         "row 5, column recipient"),
    case("published as text", ("published.csv", "zone,20", "zone,20万"), "cell_unit",
         "row 5, column 金额（万元）"),
    case("published below nothing", ("published.csv", "zone,20", "zone,-20"), "cell_negative",
         "row 5, column 金额（万元）"),
    case("published in parts of a cent", ("published.csv", "zone,20", "zone,0.0000001"), "cents",
         "row 5, column 金额（万元）"),
    case("previous blank", ("previous.csv", "zone,0", "zone,"), "cell_empty", "row 5, column amount"),
    # headers
    case("no recipient column", factors("recipient,", "name,"), "header_missing", "row 1", "“recipient”"),
    case("no amount column", ("previous.csv", "amount", "money"), "header_missing", "row 1", "“amount”"),
    case("two amount columns", ("previous.csv", None, "recipient,amount,note\nnorth,1,x\n"), "header_unknown",
         "row 1", "“note”"),
    case("unknown unit", ("published.csv", "金额（万元）", "金额（万美元）"), "header_unit", "row 1",
         "“金额（万美元）”", "金额（万元）"),
    case("unit of nothing", ("published.csv", "金额（万元）", "金额"), "header_unit", "row 1", "“金额”"),
    case("column twice", factors("jobs,population", "jobs,jobs"), "header_twice", "row 1", "“jobs”"),
    case("recipient twice", factors("jobs,population", "jobs,recipient"), "header_twice", "row 1",
         "“recipient”"),
    case("column without name", factors("jobs,population", "jobs,"), "header_blank", "row 1"),
    case("column without name in between", factors("investment,jobs", ",jobs"), "header_blank", "row 1"),
    case("weighted column left out", factors("investment,jobs", "invest,jobs"), "factor_unknown",
         "[factor.investment]", "“invest”", file="scenario.toml"),
    case("unknown column of recipients", ("recipients.csv", "name_en", "nameen"), "header_unknown", "row 1",
         "“nameen”", "“name_en”"),
    case("unknown column of provenance", ("provenance.csv", "declared", "delcared"), "header_unknown",
         "row 1", "“declared”"),
    case("header like a formula", factors("population", "=population"), "name_unsafe", "row 1",
         "“=population”"),
    case("header of 101 letters", factors("population", "p" * 101), "name_unsafe", "row 1"),
    # the form of the file
    case("semicolons", factors(None, "recipient;investment;jobs\nnorth;1;2\n"), "csv_delimiter", "row 1",
         "separated by ;"),
    case("tabs", factors(None, "recipient\tinvestment\tjobs\nnorth\t1\t2\n"), "csv_delimiter", "row 1",
         "Tab"),
    case("Chinese commas", factors(None, "recipient，investment，jobs\nnorth，1，2\n"), "csv_delimiter",
         "row 1", "，"),
    case("row too long", factors("north,60,10,100", "north,1,060,10,100"), "row_length", "row 2", "5 cells",
         "has 4"),
    case("row too short", factors("north,60,10,100", "north,60,10"), "row_length", "row 2", "3 cells",
         "has 4"),
    case("quote without end", factors("north,60", 'north,"60'), "csv_syntax", "row 2"),
    case("quote within a cell", factors("north,60", 'north,"6"0'), "csv_syntax", "row 2"),
    case("a cell without end", factors("north,60", "north," + "6" * 200_000), "csv_syntax", "row 2"),
    case("only a header", factors(None, "recipient,investment,jobs\n"), "csv_no_rows", ""),
    case("a blank first line", factors("recipient,", "\nrecipient,"), "csv_first_line", "row 1"),
    case("only commas", factors(None, ",,,\n,,\n"), "file_empty", ""),
    # recipients
    case("recipient without id", ("recipients.csv", "south,", ","), "recipient_blank", "row 3"),
    case("recipient listed twice", ("recipients.csv", "south,", "north,"), "recipient_twice", "row 3",
         "“north”"),
    case("alias of two", ("recipients.csv", "park,\n", "park,城北\n"), "name_ambiguous", "", "“城北”",
         "north", "west"),
    case("names alike but for width", ("recipients.csv", "西园", "ＮＯＲＴＨ"), "name_ambiguous", "", "north",
         "west"),
    case("kind all", ("recipients.csv", "park,", "all,"), "kind_all", "row 4, column kind"),
    *(case(f"id {id[:8]!r}", [("recipients.csv", "west,西园", f"{id},西园")], "name_unsafe", "row 4")
      for id in ("=west", "+west", "-west", "@west", "＝west", "we\x07st", "w\u202est", "w" * 101)),
    case("name like a formula", ("recipients.csv", "西园", "=HYPERLINK(1)"), "name_unsafe", "row 4",
         "“=HYPERLINK(1)”"),
    case("name of 5000 letters", ("recipients.csv", "西园", "园" * 5000), "name_unsafe", "row 4", "1,000"),
    case("alias like a formula", ("recipients.csv", "park,\n", "park,@x\n"), "name_unsafe", "row 4"),
    # provenance
    case("status of a cell", ("provenance.csv", "derived", "guessed"), "choice", "row 2, column status",
         "“guessed”", "assumed"),
    *(case(f"date {date}", ("provenance.csv", "2023-05-31", date), "cell_date", "row 2, column confirmed_on",
         f"“{date}”")
      for date in ("31.5.2023", "2023-02-30", "2023年5月31日", "yesterday")),
    case("declared as text", ("provenance.csv", ",12\n", ",a lot\n"), "cell_text", "row 2, column declared"),
    case("declared below nothing", ("provenance.csv", ",12\n", ",-12\n"), "cell_negative",
         "row 2, column declared"),
    case("cell of nobody", ("provenance.csv", "north,", "nort,"), "recipient_unknown",
         "row 2, column recipient", "“north”"),
    case("cell of no recipient", ("provenance.csv", "north,", ","), "recipient_blank",
         "row 2, column recipient"),
    case("cell of no column", ("provenance.csv", "jobs", "job"), "column_unknown", "row 2, column factor",
         "“jobs”"),
    case("a cell twice", ("provenance.csv", "north,", "北城,jobs,,,\nnorth,"), "recipient_twice",
         "row 3, column recipient", "north × jobs"),
    # columns that nothing can be shared out by
    case("all zero under a weight", [cell("0"), factors("south,30", "south,0"), factors("west,10", "west,0")],
         "column_zero", "column investment", "“investment”"),
    case("all zero but for the earmarked",
         [cell("0"), factors("south,30", "south,0"), factors("west,10,60,300\n",
             "west,0,60,300\nzone,5,5,5\n")],
         "column_zero", "column investment"),
    case("limit by a column of zeros",
         [factors(None, "recipient,investment,jobs,population\nnorth,60,10,0\nsouth,30,30,0\nwest,10,60,0\n"),
             more(LIMIT + 'floor_rate = 0.1\nof = "fund"\nby = "population"\n')],
         "by_zero", "column population"),
    case("every score zero",
         [toml('"shares"', '"scores"'), *(factors(f"{id},{a},{b}", f"{id},0,0") for id, a, b in (("north", 60,
             10), ("south", 30, 30), ("west", 10, 60)))],
         "scores_zero", "", "every recipient's score is zero", file="scenario.toml"),
    case("a coefficient of zero for everybody",
         [toml('"shares"', '"shares"\ncoefficient = "population"'), *(factors(f",{p}\n",
             ",0\n") for p in (100, 200, 300))],
         "scores_zero", "", file="scenario.toml"),
]  # fmt: skip

ROLES = ("recipients", "factors", "published", "previous", "provenance")
PATH_CASES = [
    case(f"{role} = {name[:16]!r}", toml(f'{role} = "{role}.csv"', f'{role} = "{name}"'), key,
         f"[data] {role}")
    for role in ROLES
    for name, key in (
        ("../factors.csv", "path_outside"), ("a/../../factors.csv", "path_outside"), ("/etc/hostname",
         "path_absolute"),
        (r"data\\factors.csv", "path_backslash"), ("C:/factors.csv", "path_absolute"), ("~/factors.csv",
         "path_absolute"),
        ("//server/share.csv", "path_absolute"), (r"a\u0000b", "file_name"), (r"a\nb", "file_name"), (" ",
         "file_name"),
        ("x" * 501, "file_name"))
] + [
    case(f"extends = {name!r}", toml("format = 1", f'format = 1\nextends = "{name}"'), key, "extends")
    for name, key in (("../base.toml", "path_outside"), ("/base.toml", "path_absolute"), (r"a\\base.toml",
        "path_backslash"),
                      ("D:base.toml", "path_absolute"))
] + [
    case(f"{role} not there", toml(f'{role} = "{role}.csv"', f'{role} = "data/{role}.csv"'), "file_missing",
         "",
         file=f"data/{role}.csv") for role in ROLES
]  # fmt: skip


@pytest.mark.parametrize(
    ("edits", "key", "file", "place", "says"),
    TOML_CASES + TYPE_CASES + STRUCTURE_CASES + CSV_CASES + PATH_CASES,
)
def test_one_mistake(edits, key, file, place, says, tmp_path, capsys):
    check_refusal(make(tmp_path, damaged(edits)), key, file, place, says, capsys)


def test_without_a_file_of_recipients_their_mistakes_stand_in_the_factors(tmp_path, capsys):
    plain = [
        toml('recipients = "recipients.csv"\n', ""),
            toml('published = "published.csv"\nprevious = "previous.csv"\n', ""),
        toml('recipient = "zone"', 'recipient = "south"'),
    ]  # fmt: skip
    for number, (old, new, key, place) in enumerate((
        ("west,", "=west,", "name_unsafe", "row 4, column recipient"),
        ("west,", "north,", "recipient_twice", "row 4, column recipient"),
        ("west,", ",", "recipient_blank", "row 4, column recipient"),
        ("west,", "NORTH,", "name_ambiguous", ""),
    )):  # fmt: skip
        path = make(tmp_path / str(number), damaged([*plain, factors(old, new)]))
        check_refusal(path, key, "factors.csv", place, (), capsys)


def test_a_column_of_zeros_without_weight_is_no_mistake(tmp_path):
    zeros = [cell("0"), factors("south,30", "south,0"), factors("west,10", "west,0")]
    unweighted = [*zeros, toml("investment = 60\njobs = 40", "investment = 0\njobs = 100")]
    amounts = allocate(load_scenario(make(tmp_path / "shares", damaged(unweighted)))).amounts
    assert amounts["west"] == 420_000  # 60 of 100 jobs of 700,000
    scores = [*zeros, toml('"shares"', '"scores"')]
    amounts = allocate(load_scenario(make(tmp_path / "scores", damaged(scores)))).amounts
    assert amounts["west"] == 420_000


def test_markup_in_names_stays_what_it_is(tmp_path, capsys):
    name = "<script>alert('北')</script> & {x} %s"
    path = make(tmp_path, damaged([("recipients.csv", "北区", name)]))
    assert load_scenario(path).recipients[0].name.zh == name
    with pytest.raises(SystemExit) as ended:
        main(["run", str(path), "--format", "csv", "--lang", "zh"])
    assert ended.value.code == 0 and name in capsys.readouterr().out


def test_every_problem_of_a_file_is_told_at_once(tmp_path, capsys):
    rows = "recipient,investment,jobs\nnorth,x,-1\nsauth,1,\nwest,5%,1\n"
    path = make(tmp_path, damaged([factors(None, rows)]))
    shown = messages(["run", str(path), "--lang", "en"], 2, capsys).splitlines()
    places = [line.partition("factors.csv, ")[2].partition(":")[0] for line in shown]
    assert places == [
        "row 2, column investment", "row 2, column jobs", "row 3, column recipient",
        "row 4, column investment",
    ]  # fmt: skip
    many = "recipient,investment,jobs\n" + "".join(f"nobody{n},1,1\n" for n in range(90))
    shown = messages(["run", str(make(tmp_path, damaged([factors(None, many)]))), "--lang", "zh"], 2, capsys)
    assert len(shown.splitlines()) == 21 and "至少还有70处" in shown.splitlines()[-1]


# --- files that are something else ------------------------------------------------------------------


def spreadsheet() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
    return content.getvalue()


OTHER_FILES = {
    "empty": (b"", "file_empty", "file_empty"),
    "only blanks": (b" \n\r\n\t", "file_empty", "file_empty"),
    "with NUL": (b"recipient\0", "file_binary", "file_binary"),
    "a spreadsheet": (spreadsheet(), "file_binary", "file_binary"),
    "UTF-16": ("recipient,投资\n".encode("utf-16"), "file_binary", "file_binary"),
    "no encoding": (b"a = \x80\xff\xff", "file_utf8", "file_encoding"),
    "TOML in GB18030": ("title = '投资'\nx = 1".encode("gb18030"), "file_utf8", "header_missing"),
    "a BOM and nothing": (b"\xef\xbb\xbf", "key_missing", "file_empty"),
}


@pytest.mark.parametrize("content", OTHER_FILES.values(), ids=OTHER_FILES)
def test_a_file_that_is_no_such_file(content, tmp_path, capsys):
    content, as_toml, as_csv = content
    check_refusal(
        make(tmp_path / "a", GOOD | {"scenario.toml": content}), as_toml, "scenario.toml", "", (), capsys
    )
    path = make(tmp_path / "b", GOOD | {"factors.csv": content})
    place = "row 1" if as_csv.startswith("header") else ""
    check_refusal(path, as_csv, "factors.csv", place, (), capsys)


@pytest.mark.parametrize("name", ["scenario.toml", "factors.csv"])
def test_what_is_no_ordinary_file(name, tmp_path, capsys):
    path = make(tmp_path, GOOD)
    (tmp_path / name).unlink()
    check_refusal(path, "file_missing", name, "", (), capsys)
    (tmp_path / name).mkdir()
    check_refusal(path, "file_directory", name, "", (), capsys)
    (tmp_path / name).rmdir()
    with (tmp_path / name).open("wb") as file:
        file.truncate(50 * 2**20)
    check_refusal(path, "file_large", name, "", ("10 MB",), capsys)
    (tmp_path / name).unlink()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / name)
        check_refusal(path, "file_special", name, "", (), capsys)


def test_names_that_no_file_can_have(tmp_path):
    for name in ("", "a\0b", "x" * 300, str(tmp_path / "scenario.toml" / "deeper")):
        assert refused(Path(name) if name else "").problems[0].key.startswith("file_")


def test_links_may_not_lead_out_of_the_folder(tmp_path, capsys):
    make(tmp_path / "elsewhere", GOOD)
    inside = tmp_path / "inside"
    try:
        path = make(inside, GOOD)
        (inside / "factors.csv").unlink()
        (inside / "factors.csv").symlink_to(tmp_path / "elsewhere" / "factors.csv")
        (inside / "out").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
        (inside / "circle").symlink_to("circle")
        (inside / "within.csv").symlink_to("published.csv")
    except (OSError, LookupError):
        pytest.skip("this machine allows no links")
    check_refusal(path, "path_outside", "scenario.toml", "[data] factors", (), capsys)
    for old, new in (("factors.csv", "out/factors.csv"), ("factors.csv", "circle")):
        make(inside, damaged([toml(f'"{old}"', f'"{new}"')]) | {"factors.csv": b"x"})
        assert refused(path).problems[0].key in ("path_outside", "file_unreadable")
    make(inside, damaged([toml("format = 1", 'format = 1\nextends = "out/scenario.toml"')]))
    check_refusal(path, "path_outside", "scenario.toml", "extends", (), capsys)
    # a link that stays inside is like any other name
    (inside / "factors.csv").unlink()
    make(inside, damaged([toml('"published.csv"', '"within.csv"')]))
    assert load_scenario(path).published["north"] == 280_000


# --- extends ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [2, 3])
def test_a_cycle_of_extends(length, tmp_path, capsys):
    names = ["scenario.toml", *(f"sub/base{n}.toml" for n in range(1, length))]
    for at, name in enumerate(names):
        following = names[(at + 1) % length]
        relative = os.path.relpath(following, Path(name).parent)
        make(tmp_path, {name: f'format = 1\nextends = "{relative}"\n'})
    chain = " → ".join(Path(name).name for name in [*names, names[0]])
    check_refusal(tmp_path / "scenario.toml", "extends_cycle", names[-1], "extends", (chain,), capsys)


def test_a_mistake_is_told_of_the_file_that_it_stands_in(tmp_path, capsys):
    def check(base: str, own: str, key: str, file: str, place: str) -> None:
        files = {name: content for name, content in GOOD.items() if name != "scenario.toml"}
        path = make(tmp_path, {f"base/{name}": content for name, content in files.items()})
        own = f'format = 1\nextends = "base/rule.toml"\n{own}'
        make(tmp_path, {"base/rule.toml": base, "scenario.toml": own})
        check_refusal(path, key, file, place, (), capsys)

    good = GOOD["scenario.toml"]
    bad = good.replace("unit = 10_000", "unit = true")
    check(bad, "", "type_money", "base/rule.toml", "[fund] unit")
    check(bad, '[fund]\nsource = "x"\n', "type_money", "base/rule.toml", "[fund] unit")
    check(good, "[fund]\nunit = true\n", "type_money", "scenario.toml", "[fund] unit")
    check(good, "[weights]\njobs = 90\n", "weights_sum", "scenario.toml", "[weights]")
    check(good, '[[limit]]\nrecipients = "all"\n', "limit_empty", "scenario.toml", "[[limit]] 1")
    check(
        good.replace("floor = 10_000", "floor = -1"), "", "negative", "base/rule.toml", "[[limit]] 1, floor"
    )
    check(good.replace('"a notice"', '"=1"'), "", "name_unsafe", "base/rule.toml", "[fund] source")
    check(good.replace("format = 1\n", ""), "", "key_missing", "base/rule.toml", "")
    check(
        good.replace('"factors.csv"', '"../../x.csv"'), "", "path_outside", "base/rule.toml", "[data] factors"
    )
    check(good, '[data]\nfactors = "factors.csv"\n', "file_missing", "factors.csv", "")
    check(good.replace("[weights]", "[weights"), "", "toml_syntax", "base/rule.toml", "line 14")


# --- anything at all --------------------------------------------------------------------------------


def outcome(path: Path) -> None:
    """Reads what may be anything: a result, or an error for people that can be told in both languages."""
    try:
        allocate(load_scenario(path))
    except AllocatorError as error:
        for lang in ("zh", "en"):
            assert error.sentences(Phrasebook(lang))
            assert all(sentence and sentence.isprintable() for sentence in error.sentences(Phrasebook(lang)))


def test_a_file_cut_off_anywhere(tmp_path):
    content = (LUZHOU / "published-rule.toml").read_bytes()
    for csv in LUZHOU.glob("*.csv"):
        shutil.copy(csv, tmp_path)
    lines = {at + 1 for at, byte in enumerate(content) if byte == ord("\n")}
    path = tmp_path / "scenario.toml"
    loaded = 0
    for end in sorted(lines | set(range(0, len(content), 11))):
        path.write_bytes(content[:end])
        try:
            allocate(load_scenario(path))
            loaded += 1
        except ScenarioError as error:
            for lang in ("zh", "en"):
                check_sentence(error.sentences(Phrasebook(lang))[0], lang)
    assert loaded  # cut within the reservations at the end, the rest may still make sense


PIECES = [
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b'"', b"'", b"=", b"[", b"]]", b"{", b",", b"\n", b"\r", b"-",
    b"1e400",
    b"nan", b"0x" + b"F" * 5000, b"9" * 60, "投".encode(), "“".encode(), b"true", b"[limit]", b"[[limit]]\n",
    b"{}",
    b"extends = 'scenario.toml'\n", b"all", b"north", b"zone", b"\\", b"../", b"%", b"=1+1", b"{x}",
    b"\xd6\xd0",
]  # fmt: skip
BYTES = st.one_of(st.sampled_from(PIECES), st.binary(max_size=6))
MUTATIONS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), BYTES), min_size=1, max_size=4)
FUZZ = settings(
    max_examples=cases(120),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZ
@given(st.sampled_from(sorted(GOOD)), MUTATIONS)
def test_random_changes_to_a_file(tmp_path, name, mutations):
    content = GOOD[name].encode()
    for where, length, piece in mutations:
        at = round(where * len(content))
        content = content[:at] + piece + content[at + length :]
    outcome(make(tmp_path, GOOD | {name: content}))


@FUZZ
@given(
    st.sampled_from(sorted(GOOD)),
    st.one_of(st.binary(max_size=200), st.lists(BYTES, max_size=30).map(b"".join)),
)
def test_random_bytes_as_a_file(tmp_path, name, content):
    outcome(make(tmp_path, GOOD | {name: content}))


@FUZZ
@given(st.text(max_size=20))
def test_any_text_in_a_cell_is_a_number_or_a_sentence(text):
    found = cell_number(text)
    assert found >= 0 if not isinstance(found, str) else found in EN.words("error")


@pytest.mark.parametrize(
    "edits",
    [
        [factors(None, "recipient," + ",".join(f"c{n % 40_000}" for n in range(50_000)) + "\nnorth,1\n")],
        [factors(None, "recipient,investment,jobs\n" + "".join(f"nobody{n},1,1\n" for n in range(100_000)))],
        [("provenance.csv", None, "recipient,factor\n" + "nort,job\n" * 100_000)],
        [toml("jobs = 40", "a." * 30_000 + "b = 40")],
        [toml("jobs = 40", "j" * 3_000_000 + " = 40")],
        [toml("jobs = 40", "工" * 1_000_000 + " 40")],
        [toml("1_000_000", '"1 x' + " " * 1_000_000 + 'y"')],
        [toml("floor = 10_000", "floor = 10_000\n" + "".join(f"k{n} = 1\n" for n in range(30_000)))],
    ],
    ids=[
        "columns",
        "rows",
        "remarks",
        "parts of a key",
        "a long key",
        "a long word",
        "a long amount",
        "keys",
    ],
)
def test_big_files_are_refused_in_seconds(edits, tmp_path):
    path = make(tmp_path, damaged(edits))
    with spending_at_most(30):  # each took minutes where work grew with the square of the size
        assert len(refused(path).problems) <= 100


# --- the sentences themselves -----------------------------------------------------------------------


def test_every_problem_has_a_sentence_and_every_sentence_a_problem():
    named, said = set(), set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            position = {"refuse": 1, "_need": None}.get(called, 0)
            if called in ("Problem", "wrong", "refuse", "_refuse", "_clash") and position is not None:
                first = node.args[position : position + 2]
                keys = [a.value for a in first if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                said.update(keys[:1])
    sentences = set(EN.words("error"))
    assert said and said <= sentences, said - sentences
    assert not sentences - named
