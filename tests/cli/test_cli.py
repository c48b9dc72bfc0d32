"""The command line: what it prints, in which form and language, and the status that it ends with."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from commands import ended
from good_scenario import GOOD, damaged, make

from allocator import METHOD_VERSION, allocate, load_scenario

ROOT = Path(__file__).parent.parent.parent
SCENARIOS = ROOT / "scenarios"
LUZHOU = SCENARIOS / "luzhou-2023"
RULE = str(LUZHOU / "published-rule.toml")
FIVE = [
    RULE,
    *(str(LUZHOU / f"{name}.toml") for name in ("equal-weights", "jobs-first", "cap-zone", "after-earmark")),
]
COMMANDS = ("run", "compare", "check", "new", "app")
# The published split in 万元, in the document's order; its source is in scenarios/luzhou-2023/README.md.
PUBLISHED = {
    "江阳区": 170, "龙马潭区": 80, "纳溪区": 59, "泸县": 73, "合江县": 26, "叙永县": 37, "古蔺县": 132,
    "高新区": 25, "自贸区": 5000,
}  # fmt: skip


@pytest.fixture
def run(capsys):
    """Runs a command: its standard output and error, once it has ended with the expected status."""
    return lambda *arguments, status=0: ended(capsys, arguments, status)


def process(*arguments: object, stdout: int = subprocess.PIPE, **environment: str):
    """The command as a process of its own, its output as bytes, in an environment without any language."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG", "PYTHON")) or name == "PYTHONPATH"
    }
    command = [sys.executable, "-m", "allocator", *map(str, arguments)]
    environment = inherited | environment
    return subprocess.run(command, env=environment, stdout=stdout, stderr=subprocess.PIPE, check=False)


def sheet(text: str) -> list[dict]:
    assert text.startswith("\ufeff")  # by which Excel knows UTF-8
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def money(text: str) -> Fraction:
    return Fraction(text or "0")


# --- run --------------------------------------------------------------------------------------------


def test_run_prints_the_split_and_ends_with_its_sum(run):
    shown, said = run("run", RULE, "--lang", "en")
    assert said == ""
    assert shown.startswith("The rule as published: 40/40/10/10\n")
    assert shown.endswith("Total 57,220,000 yuan = fund 57,220,000 yuan.\n")
    assert "Every amount equals the published one." in shown
    assert "Assumed, not published data: Investment contribution" in shown
    assert f"Method version {METHOD_VERSION}, input {load_scenario(RULE).digest}" in shown
    shown, _ = run("run", RULE, "--lang", "zh")
    lines = shown.splitlines()
    assert lines[-1] == "合计57220000元，等于资金总额57220000元。"
    assert any(line.strip() == "单位：万元" for line in lines)
    rows = [line.split() for line in lines]
    for position, (name, amount) in enumerate(PUBLISHED.items(), 1):
        row = next(row for row in rows if row[:2] == [str(position), name])
        assert row[-3:] == [str(amount), str(amount), "0"]  # proposed, published, difference
    assert next(row for row in rows if row[:1] == ["合计"])[1:] == ["5722"]


def test_run_shows_what_limits_earmarks_and_ties_do(run):
    shown, _ = run("run", LUZHOU / "cap-zone.toml", "--lang", "en")
    # 80 % of 56,020,000 is 44,816,000, down to 4,481 whole units
    assert "4,481" in shown and "at its cap" in shown and "differ from the published ones: 9 (" in shown
    assert "Limits: what is not at a limit is 1." in shown
    shown, _ = run("run", LUZHOU / "after-earmark.toml", "--lang", "zh")
    assert "单列安排5000万元" in shown and "仅单列安排" in shown


def test_run_tells_whom_listed_order_decided(run, tmp_path):
    shares = "recipient,jobs\na,1\nb,1\nc,1\n"
    path = make(tmp_path, {"scenario.toml": TIED, "factors.csv": shares})
    shown, _ = run("run", path, "--lang", "en")
    assert "Equal remainders, decided by listed order: a, b, c." in shown
    found = json.loads(run("run", path, "--format", "json")[0])
    assert found["tied"] == ["a", "b", "c"]
    assert [r["amount"] for r in found["recipients"]] == [4, 3, 3]


TIED = """
format = 1
title = "a tie"
fund = { amount = 10, currency = "EUR", unit = 1 }
method.kind = "shares"
weights.jobs = 100
data.factors = "factors.csv"
"""


def test_json_is_the_documented_object(run):
    found = json.loads(run("run", RULE, "--format", "json", "--lang", "zh")[0])
    assert list(found) == [
        "title", "digest", "method_version", "currency", "unit", "fund", "reserved", "earmarked",
        "distributable", "total", "reservations", "recipients", "tied", "data",
    ]  # fmt: skip
    scenario = load_scenario(RULE)
    assert found["title"] == "公布的办法：40/40/10/10"
    assert found["digest"] == scenario.digest and found["method_version"] == METHOD_VERSION
    sums = {name: found[name] for name in ("unit", "fund", "reserved", "earmarked", "distributable", "total")}
    assert sums == {
        "unit": 10_000, "fund": 57_220_000, "reserved": 1_200_000, "earmarked": 0,
        "distributable": 56_020_000, "total": 57_220_000,
    }  # fmt: skip
    assert all(type(value) is int for value in sums.values())
    assert found["reservations"] == [
        {"name": "泸州市经济合作和外事局", "amount": 600_000},
        {"name": "泸州市酒业发展促进局", "amount": 600_000},
    ]
    assert found["data"] == dict.fromkeys(scenario.weights, "assumed")
    assert {r["name"]: r["amount"] / 10_000 for r in found["recipients"]} == PUBLISHED
    for recipient in found["recipients"]:
        assert list(recipient) == [
            "id", "name", "amount", "earmark", "share", "contributions", "entitlement", "limited", "floor",
            "cap", "at", "rounding", "published", "difference",
        ]  # fmt: skip
        assert type(recipient["amount"]) is int
        assert recipient["published"] == recipient["amount"] and recipient["difference"] == 0
        assert recipient["floor"] is recipient["cap"] is recipient["at"] is None
        assert sum(recipient["contributions"].values()) == pytest.approx(recipient["entitlement"], abs=0.01)
        assert recipient["rounding"] == pytest.approx(recipient["amount"] - recipient["limited"], abs=0.01)
    zone = found["recipients"][-1]
    # 0.4·91.85 + 0.4·90.62 + 0.1·80.94 + 0.1·81.73, in percent; of 56,020,000
    assert (zone["id"], zone["share"], zone["entitlement"]) == ("ftz", 0.89255, 50_000_651.0)
    assert zone["contributions"]["investment"] == 20_581_748.0 and zone["rounding"] == -651.0


def test_json_of_a_limit_and_of_cents(run, tmp_path):
    found = json.loads(run("run", LUZHOU / "cap-zone.toml", "--format", "json")[0])
    zone = found["recipients"][-1]
    assert (zone["cap"], zone["at"], zone["floor"], zone["amount"]) == (44_810_000, "cap", None, 44_810_000)
    cents = TIED.replace("amount = 10,", "amount = 10.01,").replace("unit = 1 ", "unit = 0.01 ")
    path = make(tmp_path, {"scenario.toml": cents, "factors.csv": "recipient,jobs\na,1\nb,1\n"})
    found = json.loads(run("run", path, "--format", "json")[0])
    assert [r["amount"] for r in found["recipients"]] == [5.01, 5.0]
    assert found["recipients"][0]["published"] is None and found["total"] == 10.01


def test_csv_is_for_spreadsheets(run):
    rows = sheet(run("run", RULE, "--format", "csv", "--lang", "zh")[0])
    names = [row["区县（园区）"] for row in rows]
    assert names[3:12] == list(PUBLISHED)
    amounts = [row["建议分配额（元）"] for row in rows]
    assert amounts[3:12] == [str(amount * 10_000) for amount in PUBLISHED.values()]
    assert sum(map(money, amounts[:2])) == money(amounts[2]) == 1_200_000
    assert sum(map(money, amounts[3:12])) == money(amounts[12]) == 56_020_000
    assert names[13] == "合计" and amounts[13] == "57220000"
    # below the figures: the status of the data and what they were computed from
    remarks = [name for name in names[14:] if name]
    assert "吻合不代表办法或数据得到验证" in remarks[0] and "假设数据" in remarks[1]
    assert load_scenario(RULE).digest in remarks[-1] and set(amounts[14:]) == {""}
    assert {row["增减（元）"] for row in rows[3:12]} == {"0"}
    rows = sheet(run("run", LUZHOU / "equal-weights.toml", "--format", "csv", "--lang", "en")[0])
    zone = next(row for row in rows if row["Recipient"] == "Free Trade Zone")
    assert zone["Difference (yuan)"] == "-1660000"  # with a plain minus, which spreadsheets read


# --- language and streams ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "title"),
    [
        ({"LANG": "C"}, "The rule as published"),
        ({"LANG": "zh_CN.UTF-8"}, "公布的办法"),
        ({"LANG": "zh_CN.GB18030"}, "公布的办法"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "The rule as published"),
    ],
)
def test_the_language_of_the_system_and_chinese_in_pipes(environment, title):
    done = process("run", RULE, **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("utf-8").startswith(title)


def test_redirected_output_is_utf_8_whatever_the_system(tmp_path):
    done = process("run", RULE, "--format", "csv", "--lang", "zh", LANG="C")
    assert done.stdout.startswith(b"\xef\xbb\xbf") and done.stdout.count(b"\r\n") == 15 + 4
    assert sheet(done.stdout.decode("utf-8"))[3]["区县（园区）"] == "江阳区"
    done = process("check", tmp_path / "没有.toml", LANG="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 2 and done.stdout == b""
    assert "没有.toml: there is no such file" in done.stderr.decode("utf-8")


@pytest.mark.parametrize("given", [["--lang", "zh"], ["--lang=zh"]])
def test_the_language_asked_for(given, run):
    assert run("run", RULE, *given)[0].startswith("公布的办法")
    assert "没有“rnu”命令" in run("rnu", *given, status=2)[1]


@pytest.mark.skipif(os.name == "nt", reason="pipes close otherwise on Windows")
@pytest.mark.parametrize("arguments", [("run", RULE), ("compare", *FIVE), ("--help",)])
def test_a_closed_pipe_is_no_error(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = process(*arguments, stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


# --- check ------------------------------------------------------------------------------------------

EQUAL = LUZHOU / "equal-weights.toml"
WA, US = (SCENARIOS / name / "scenario.toml" for name in ("au-wa-2024-25", "us-crf-2020"))


@pytest.mark.parametrize(
    ("file", "within", "status", "says"),
    [
        (RULE, [], 0, "Every amount equals"),
        (LUZHOU / "after-earmark.toml", [], 0, "Every amount equals"),
        (EQUAL, [], 1, "differ from the published ones: 9 ("),
        # the largest difference of equal weights is the zone's, 1,660,000
        (EQUAL, ["--within", "1659999.99"], 1, "differ from the published ones: 1 (Free Trade Zone)"),
        (EQUAL, ["--within=1660000"], 0, "within 1,660,000"),
        (WA, ["--within", "1"], 0, "within 1 "),
        (US, [], 2, "names no published allocation"),
    ],
)
def test_check_against_what_was_published(file, within, status, says, run):
    shown, said = run("check", file, "--expect-published", *within, "--lang", "en", status=status)
    assert says in said and said.count("\n") == 1
    assert ("read and checked, nothing wrong" in shown) == (status != 2)


def test_check_says_what_was_read(run):
    shown, _ = run("check", RULE, "--lang", "en")
    for part in (
        "57,220,000 yuan", "2: 1,200,000 yuan", "56,020,000 yuan", "9 (districts 3, counties 4, parks 2)",
        "largest remainder", "Investment contribution, weight 40 %, assumed, total 100",
        load_scenario(RULE).digest,
        "56,020,000 yuan, which is the fund less reservations",
    ):  # fmt: skip
        assert part in shown
    found = json.loads(run("check", RULE, "--format", "json", "--lang", "zh")[0])
    assert found["ok"] is True and found["as_published"] is None and found["fund"] == 57_220_000
    assert found["digest"] == load_scenario(RULE).digest
    found = json.loads(run("check", EQUAL, "--expect-published", "--format", "json", status=1)[0])
    assert found["ok"] is found["as_published"] is False
    rows = dict(list(csv.reader(io.StringIO(run("check", RULE, "--format", "csv", "--lang", "zh")[0]))))
    assert rows["资金总额"] == "5722万元"


def test_json_amounts_are_exact_where_floats_are_not(run, tmp_path):
    path = make(tmp_path, GOOD)
    text = path.read_text("utf-8").replace("amount = 1_000_000", "amount = 900_719_925_774_099.31")
    path.write_text(text.replace("unit = 10_000", "unit = 0.01"), "utf-8")
    found = json.loads(run("run", path, "--format", "json")[0], parse_float=Decimal)
    amounts = [Decimal(recipient["amount"]) for recipient in found["recipients"]]
    assert sum(amounts) + 100_000 == Decimal("900719925774099.31")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_output_that_cannot_be_written_is_said(tmp_path):
    with Path("/dev/full").open("wb") as full:
        done = process("run", RULE, stdout=full.fileno())
    assert done.returncode == 2
    assert done.stderr.decode().strip().count("\n") == 0 and "output" in done.stderr.decode()


@pytest.mark.skipif(os.name == "nt", reason="closed by a shell")
def test_closed_output_gives_no_traceback():
    for arguments in (f"run {RULE}", "--version"):
        command = f"{sys.executable} -m allocator {arguments} >&-"
        done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "1" * 5000, "８５０１", "http"])
def test_ports_that_are_none(port, run):
    _, said = run("app", "--port", port, "--lang", "en", status=2)
    assert said.count("\n") == 1 and "--port" in said


def test_check_ends_with_3_where_limits_cannot_hold(run, tmp_path):
    path = make(tmp_path, damaged([("scenario.toml", "floor = 10_000", "floor = 300_000")]))
    for command in ("run", "check"):
        shown, said = run(command, path, "--lang", "en", status=3)
        assert shown == "" and said.startswith(
            f"{path}: the floors add up to 900,000 yuan, but only 700,000 yuan"
        )
    _, said = run("compare", RULE, path, "--lang", "zh", status=3)
    assert said.startswith(f"{path}：保底合计90万元，而可分配的只有70万元，差20万元")


# --- compare ----------------------------------------------------------------------------------------


def test_compare_five_scenarios_in_one_table(run):
    shown, said = run("compare", *FIVE, "--lang", "en")
    assert said == ""
    for letter, file in zip("ABCDE", FIVE, strict=True):
        assert f"{letter}  {load_scenario(file).title.en} ({file})" in shown
    lines = shown.splitlines()
    assert lines.count("─" * len(lines[7])) == 4  # one table
    rows = {" ".join(line.split()[1:4]): line.split() for line in lines if line[:1].isdigit()}
    amounts = [allocate(load_scenario(file)).amounts["ftz"] // 10_000 for file in FIVE]
    # the zone: 5,000; 4,834 and −166 under equal weights; …; the first scenario is the base of all
    cells = rows["Free Trade Zone"][4:]
    assert cells[0] == "5,000" == cells[-1] and cells[1:3] == ["4,834", "−166"]
    assert [int(cell.replace(",", "")) for cell in cells[1:-1:2]] == amounts[1:]
    totals = next(line.split() for line in lines if line.split()[:1] == ["Total"])
    assert totals[1:] == ["5,722", *["5,722", "0"] * 4]  # no total was published
    assert "B against A: 1,660,000 yuan moved" in shown and "E against A: no change." in shown


def test_compare_as_json_and_csv(run):
    found = json.loads(run("compare", *FIVE, "--format", "json", "--lang", "zh")[0])
    assert found["currency"] == "CNY" and found["published"]["ftz"] == 50_000_000
    assert [s["file"] for s in found["scenarios"]] == FIVE
    for scenario, file in zip(found["scenarios"], FIVE, strict=True):
        allocation = allocate(load_scenario(file))
        assert (
            scenario["title"] == allocation.scenario.title.zh
            and scenario["digest"] == allocation.scenario.digest
        )
        assert scenario["amounts"] == allocation.amounts
        assert sum(scenario["amounts"].values()) + scenario["reserved"] == scenario["fund"] == 57_220_000
        assert sum(scenario["differences"].values()) == 0
        gains = [d for d in scenario["differences"].values() if d > 0]
        assert scenario["moved"] == sum(gains) and scenario["gains"] == len(gains)
    assert found["scenarios"][1]["differences"]["ftz"] == -1_660_000
    rows = sheet(run("compare", *FIVE[:2], "--format", "csv", "--lang", "en")[0])
    title = "Equal weights: 25/25/25/25"
    amounts = [money(row[f"{title} B (yuan)"]) for row in rows[:12]]
    assert sum(amounts[:9]) == amounts[9] == 56_020_000 and amounts[-1] == 57_220_000
    assert found["scenarios"][0]["data"] == dict.fromkeys(load_scenario(EQUAL).weights, "assumed")
    assert rows[8][f"{title} B − A (yuan)"] == "-1660000"


def test_compare_refuses_what_cannot_be_compared(run):
    assert "different currencies (CNY, USD)" in run("compare", RULE, US, "--lang", "en", status=2)[1]
    assert "at least two" in run("compare", RULE, "--lang", "en", status=2)[1]
    assert "at most 26" in run("compare", *[RULE] * 27, "--lang", "en", status=2)[1]


# --- new --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_new_makes_a_folder_to_fill_in(lang, run, tmp_path):
    folder = tmp_path / "mine"
    shown, said = run("new", folder, "--lang", lang)
    assert said == "" and str(folder / "scenario.toml") in shown
    blank = [
        (row, column) for row in (2, 3, 4) for column in ("investment", "tax", "employment", "effort")
    ]  # three recipients and four factors, no figure among them
    _, said = run("check", folder / "scenario.toml", "--lang", "en", status=2)
    lines = said.splitlines()
    assert len(lines) == len(blank)
    for line, (row, column) in zip(lines, blank, strict=True):
        assert line.startswith(f"{folder / 'factors.csv'}, row {row}, column {column}: is blank")

    # the workbook for Excel: in its data sheet the same table, figures open, and a page that says how
    book = openpyxl.load_workbook(folder / "factors.xlsx")
    notes, table, about, remarks = book.worksheets
    header, *rows = table.iter_rows()
    assert book.active is table
    assert [cell.value for cell in header] == ["recipient", "investment", "tax", "employment", "effort"]
    assert [row[0].value for row in rows] == ["r1", "r2", "r3"]
    assert all(cell.protection.locked for cell in [*header, *(row[0] for row in rows)])
    assert all(cell.value is None and not cell.protection.locked for row in rows for cell in row[1:])
    assert "CSV UTF-8" in " ".join(str(row[0].value) for row in notes.iter_rows())
    assert [row[0].value for row in about.iter_rows()][1:] == [cell.value for cell in header][1:]
    assert remarks.max_row == 1
    for row in rows:
        for cell in row[1:]:
            cell.value = 2.5 * cell.row
    filled = "\n".join(",".join(str(cell.value) for cell in row) for row in table.iter_rows())
    (folder / "factors.csv").write_text(filled, "utf-8-sig")

    assert "[fund] amount" in run("check", folder / "scenario.toml", "--lang", "en", status=2)[1]
    path = folder / "scenario.toml"
    path.write_text(path.read_text("utf-8").replace("amount = 0\n", "amount = 1_000_000\n", 1), "utf-8")
    run("check", path)
    # 5, 7.5 and 10 in every column of a million: 22.22, 33.33 and 44.44 %
    found = json.loads(run("run", path, "--format", "json")[0])
    assert [r["amount"] for r in found["recipients"]] == [220_000, 330_000, 450_000]


def test_new_like_another_takes_all_but_its_data(run, tmp_path):
    folder = tmp_path / "next-year"
    run("new", folder, "--like", LUZHOU / "cap-zone.toml")
    assert not (folder / "published.csv").exists()
    _, said = run("check", folder / "scenario.toml", "--lang", "en", status=2)
    assert said.count("is blank") == 20 and "at least 16 more" in said  # nine recipients, four factors
    old = load_scenario(LUZHOU / "cap-zone.toml")
    values = "".join(f"{id},1,1,1,1\n" for id in old.ids)
    (folder / "factors.csv").write_text("recipient,investment,tax,employment,effort\n" + values, "utf-8")
    made = load_scenario(folder / "scenario.toml")
    run("new", tmp_path / "wa", "--like", WA)
    assert 'status = "published"' not in (tmp_path / "wa" / "scenario.toml").read_text("utf-8")
    same = ("kind", "weights", "recipients", "reservations", "earmarks", "limits")
    assert [getattr(made, name) for name in same] == [getattr(old, name) for name in same]
    assert (made.fund.amount, made.fund.unit) == (old.fund.amount, old.fund.unit)
    assert made.published is None
    # what was said of the old data and the old rule is to be said anew
    said = {(f.status, f.year, f.source.en, f.definition.en) for f in made.factors}
    assert said == {("assumed", None, "…", "…")}
    assert made.title.en == made.fund.source.en == "…"
    assert [f.name for f in made.factors] == [f.name for f in old.factors]


def test_new_like_one_with_limits_of_last_year_asks_for_last_year(run, tmp_path):
    limit = 'floor_rate = 0.9\nof = "previous"'
    like = make(tmp_path / "like", damaged([("scenario.toml", "floor = 10_000", limit)]))
    folder = tmp_path / "made"
    run("new", folder, "--like", like)
    (folder / "factors.csv").write_text(GOOD["factors.csv"], "utf-8")
    _, said = run("check", folder / "scenario.toml", "--lang", "en", status=2)
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        f"{folder / 'previous.csv'}, row {row}, column amount" for row in (2, 3, 4, 5)
    ]


def test_new_refuses_what_exists(run, tmp_path):
    (tmp_path / "there").mkdir()
    run("new", tmp_path / "there")  # an empty folder will do
    before = {path: path.read_bytes() for path in (tmp_path / "there").iterdir()}
    shown, said = run("new", tmp_path / "there", "--lang", "en", status=2)
    assert shown == "" and "already exists and is not empty" in said
    assert before == {path: path.read_bytes() for path in (tmp_path / "there").iterdir()}
    run("new", tmp_path / "there" / "scenario.toml", status=2)
    run("new", tmp_path / "other", "--like", tmp_path / "nothing.toml", status=2)
    assert not (tmp_path / "other").exists()


# --- writing the command itself wrong ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rnu", RULE], "“rnu” is no command; did you mean “run”?"),
        (["comparison"], "did you mean “compare”?"),
        ([RULE], "is no command"),
        (["run"], "no scenario file was named; write for example: allocator run scenarios/"),
        (["check", "--expect-published"], "no scenario file was named"),
        (["new"], "no folder was named"),
        (["run", RULE, RULE], "is one argument too many"),
        (["run", RULE, "--fromat", "json"], "“--fromat” is no option of allocator run; did you mean “--form"),
        (["run", RULE, "--form", "json"], "“--form” is no option"),  # no abbreviations
        (["check", RULE, "--expect-publised"], "did you mean “--expect-published”?"),
        (["run", RULE, "--expect-published"], "is no option of allocator run"),
        (["--vresion"], "“--vresion” is no option of allocator; did you mean “--version”?"),
        (["run", RULE, "--format", "xml"], "--format cannot be “xml”; write one of: table, json, csv"),
        (["run", RULE, "--format"], "“--format” is not written right; allocator run --help"),
        (["check", RULE, "--expect-published=yes"], "“--expect-published” is not written right"),
        (["check", RULE, "--within", "1"], "--within goes with --expect-published"),
        *((["check", RULE, "--expect-published", "--within", wrong], f"--within {wrong} is not an amount")
          for wrong in ("-1", "x", "1元", "nan", "1e999999999", "")),
        *((["app", "--port", wrong], f"“{wrong}” is not a port; write a whole number from 1 to 65535")
          for wrong in ("80a", "65536", "99999", "0", "-1", "abc", "")),
        (["run", ""], "the name of a file or folder at FILE is empty; write one"),
        (["run", " "], "at FILE is empty"),
        (["compare", RULE, ""], "at FILES is empty"),
        (["explain", RULE, "--against", ""], "at --against is empty"),
        (["new", ""], "at FOLDER is empty"),
        (["new", "x", "--like", ""], "at --like is empty"),
        (["app", "--scenarios", ""], "at --scenarios is empty"),
        (["report", RULE, "--out", ""], "at --out is empty"),
        (["factors", "", "rules.toml"], "at REGISTER is empty"),
        (["execution", RULE, ""], "at PAYMENTS is empty"),
        (["r\u200bun"], "“r[zero-width space U+200B]un” is no command; did you mean “run”?"),
        (["qqqq"], "is no command; there are 14, among them run, compare, check, review, "),
        (["app", "--scenarios", "/no/such/folder"], "/no/such/folder: there is no such folder"),
        (["run", "/no/such/file.toml"], "there is no such file"),
        (["run", str(LUZHOU)], "is a folder; name the file in it (a scenario is a .toml file)"),
    ],
)  # fmt: skip
def test_one_sentence_for_a_command_written_wrong(arguments, says, run):
    for lang in ("en", "zh"):
        shown, said = run(*arguments, "--lang", lang, status=2)
        assert shown == "" and said.count("\n") == 1
        if lang == "en":
            assert says in said
        else:
            assert any("一" <= c <= "鿿" for c in said) and says not in said
    assert "--lang cannot be “fr”" in run("run", RULE, "--lang", "fr", status=2)[1]
    shown, said = run("--lang", "en", "run", RULE, status=2)
    assert shown == "" and said.startswith("the command comes first and its options after it")


def test_help(run):
    for arguments in ((), ("--help",), ("-h",)):
        shown, said = run(*arguments, "--lang", "en")
        assert said == "" and shown.startswith("usage: allocator COMMAND")
        assert all(f"\n  {command} " in shown for command in COMMANDS)
    assert "用法：" in run("--help", "--lang", "zh")[0]
    options = {
        "run": ("--base", "--format", "--lang"), "compare": ("--base", "--format", "--lang"),
        "check": ("--format", "--lang", "--expect-published", "--within"), "new": ("--lang", "--like"),
        "app": ("--lang", "--port", "--scenarios", "--no-browser"),
    }  # fmt: skip
    for command in COMMANDS:
        for lang in ("zh", "en"):
            shown, said = run(command, "--help", "--lang", lang)
            assert said == "" and f"allocator {command}" in shown.splitlines()[0]
            found = set(re.findall(r"(?<!\S)\[?(--[a-z-]+)", shown))
            assert found == {*options[command], "--help"}


def test_version():
    done = process("--version", LANG="C")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (
        done.stdout.decode().startswith("allocator ")
        and f"method version {METHOD_VERSION}" in done.stdout.decode()
    )
