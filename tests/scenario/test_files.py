"""What a scenario file may say is read as it is meant, exactly; what is written reads back the same."""

import json
import pickle
import tomllib
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from any_scenario import scenarios
from depth import cases
from good_scenario import GOOD, damaged, make
from hypothesis import HealthCheck, given, settings

from allocator import (
    AllocatorError,
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
    allocate,
    load_scenario,
)
from allocator.files.scenario.json_schema import scenario_schema
from allocator.files.scenario.once import Once
from allocator.files.scenario.save import save_scenario
from allocator.text import EN, ZH

ROOT = Path(__file__).parent.parent.parent
SHIPPED = sorted((ROOT / "scenarios").glob("*/*.toml"))
TOML, FACTORS, PUBLISHED = "scenario.toml", "factors.csv", "published.csv"


def read(folder: Path, *edits, **files) -> Scenario:
    """The good scenario with edits (file, old, new), or with whole files: ``factors="…"`` for factors.csv."""
    contents = damaged(edits) | {f"{name}.csv": content for name, content in files.items()}
    return load_scenario(make(folder, contents))


# --- several scenarios ----------------------------------------------------------------------------


def test_data_that_scenarios_share_are_read_once(tmp_path: Path) -> None:
    """In files of their own, too; whatever of them differs is each scenario's."""
    other = damaged([(TOML, "jobs = 40", "jobs = 30"), (TOML, "investment = 60", "investment = 70")])
    apart = damaged([(FACTORS, "south,30,30,", "south,30,33,")])
    once, paths = Once(), []
    for name, files in {"a": GOOD, "b": other, "c": apart}.items():
        (tmp_path / name).mkdir()
        paths.append(make(tmp_path / name, files))
    a, b, c = (load_scenario(path, once) for path in paths)
    assert [a, b, c] == [load_scenario(path) for path in paths]
    assert a.recipients is b.recipients is c.recipients
    assert a.factors[0].values is b.factors[0].values
    assert a.published is b.published
    assert (b.weights["jobs"], c.factor("jobs").values) == (30, (10, 33, *a.factor("jobs").values[2:]))


def test_a_file_that_is_wrong_is_named_however_often_it_is_read(tmp_path: Path) -> None:
    once = Once()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        path = make(tmp_path / name, damaged([(FACTORS, "south,30,30,", "south,30,x,")]))
        with pytest.raises(ScenarioError, match="row 3") as error:
            load_scenario(path, once)
        assert str(Path(name, FACTORS)) in error.value.sentences(EN)[0]


# --- the TOML file ----------------------------------------------------------------------------------


def test_every_key_is_read(tmp_path):
    scenario = read(
        tmp_path,
        (TOML, 'kind = "shares"', 'kind = "scores"\ncoefficient = "population"'),
        (TOML, "investment = 60", "investment = 0.1"),
        (
            TOML,
            'name = "投资"',
            'name = "投资"\nunit = "万元"\ndefinition = { zh = "定义" }\nsource = { en = "x" }',
        ),
        (TOML, "also_shares = false", 'also_shares = true\nreason = "because"'),
        (FACTORS, "west,10,60,300\n", "west,10,60,300\nzone,0,0,50\n"),
        (TOML, "floor = 10_000", 'floor_rate = 0.01\ncap_rate = 0.9\nof = "fund"\nby = "population"'),
    )
    assert scenario.title == Text("示例", "Example")
    assert scenario.fund == Fund(1_000_000, "CNY", 10_000, "largest-remainder", None, Text("a notice"))
    assert (scenario.kind, scenario.coefficient) == ("scores", "population")
    assert scenario.weights == {"investment": Fraction(1, 10), "jobs": 40}  # 0.1 is one tenth, not a float
    assert scenario.reservations == (Reservation(Text("a department"), 100_000),)
    assert scenario.earmarks == (Earmark("zone", 200_000, True, Text("because")),)
    assert scenario.limits == (
        Limit("all", floor_rate=Fraction(1, 100), cap_rate=Fraction(9, 10), of="fund", by="population"),
    )
    assert scenario.factors == (
        Factor(
            "investment",
            (60, 30, 10, 0),
            Text("投资"),
            Text("万元"),
            Text("定义"),
            2022,
            "example",
            Text("x"),
        ),
        Factor("jobs", (10, 30, 60, 0)),
        Factor("population", (100, 200, 300, 50)),  # a reference column: no weight
    )
    assert scenario.recipients[0] == Recipient(
        "north", Text("北区", "North District"), "district", ("城北", "北城")
    )
    assert scenario.published == {"north": 280_000, "south": 210_000, "west": 210_000, "zone": 200_000}
    assert scenario.previous["north"] == 270_000
    assert scenario.provenance == (
        Provenance("north", "jobs", "derived", confirmed_on=date(2023, 5, 31), declared=12),
    )


def test_what_may_be_left_out(tmp_path):
    short = """
        format = 1
        title = "only what is needed"
        fund = { amount = "1万元", currency = "CNY", unit = 1 }
        method.kind = "shares"
        weights.jobs = 100
        data.factors = "factors.csv"
    """
    scenario = load_scenario(make(tmp_path, {TOML: short, FACTORS: "recipient,jobs\n甲,3\nB 县,1"}))
    assert scenario.recipients == (Recipient("甲"), Recipient("B 县"))
    assert scenario.fund.rounding == "largest-remainder" and scenario.factors[0].status == "assumed"
    assert scenario.published is scenario.previous is None
    assert allocate(scenario).amounts == {"甲": 7500, "B 县": 2500}


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("57_220_000", 57_220_000),
        ("57220000.00", 57_220_000),
        ("5.722e7", 57_220_000),
        ('"5722万元"', 57_220_000),
        ('"5722 万元"', 57_220_000),
        ('"0.5722亿元"', 57_220_000),
        ('"57.22百万元"', 57_220_000),
        ('"57220千元"', 57_220_000),
        ('"57,220,000元"', 57_220_000),
        ('"57_220_000 yuan"', 57_220_000),
        ('"57220000"', 57_220_000),
        ("57_220_000.01", Fraction(5_722_000_001, 100)),
        ('"5722.000001万元"', Fraction(5_722_000_001, 100)),
    ],
)
def test_amounts_of_money(written, amount, tmp_path):
    scenario = read(tmp_path, (TOML, "1_000_000", written), (TOML, "unit = 10_000", "unit = 0.01"))
    assert scenario.fund.amount == amount and type(scenario.fund.amount) is type(amount)
    assert scenario.fund.unit == Fraction(1, 100)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"示例"', Text("示例", "示例")),
        ('{ zh = "示例" }', Text("示例", "示例")),
        ('{ en = "Example" }', Text("Example", "Example")),
        ('{ zh = "示例", en = "Example" }', Text("示例", "Example")),
        ('"""two\n  lines"""', Text("two lines")),
    ],
)
def test_names(written, name, tmp_path):
    assert read(tmp_path, (TOML, '{ zh = "示例", en = "Example" }', written)).title == name


def test_reservations_and_earmarks_may_be_nothing_and_earmarks_add_up(tmp_path):
    scenario = read(
        tmp_path,
        (TOML, "amount = 100_000", "amount = 0"),
        (TOML, "amount = 200_000", 'amount = 0\n[[earmark]]\nrecipient = "New Zone"\namount = "10万元"'),
        (TOML, "also_shares = false", '[[earmark]]\nrecipient = "新区"\namount = 200_000'),
    )
    assert (scenario.reserved, scenario.earmarked, scenario.distributable) == (0, 300_000, 700_000)
    assert allocate(scenario).amounts["zone"] == 300_000


def test_everything_may_be_earmarked(tmp_path):
    everything = (TOML, "amount = 200_000", "amount = 900_000"), (TOML, "floor = 10_000", "floor = 0")
    assert allocate(read(tmp_path, *everything)).amounts == {
        "north": 0,
        "south": 0,
        "west": 0,
        "zone": 900_000,
    }


def test_limits_by_kind_and_list(tmp_path):
    limit = (
        '[[limit]]\nrecipients = "county"\nfloor = 2\n[[limit]]\nrecipients = ["城北", "West Park"]\ncap = 3'
    )
    scenario = read(tmp_path, (TOML, '[[limit]]\nrecipients = "all"\nfloor = 10_000', limit))
    assert scenario.limits == (Limit("county", floor=2), Limit(("north", "west"), cap=3))


# --- extends ----------------------------------------------------------------------------------------


def extending(folder: Path, own: str, base: str = "base/rule.toml") -> Scenario:
    """A scenario that extends the good one, which lies in a folder below."""
    make(folder, {f"base/{'rule.toml' if name == TOML else name}": text for name, text in GOOD.items()})
    return load_scenario(make(folder, {TOML: f'format = 1\nextends = "{base}"\n{own}'}))


def test_extends_changes_only_what_is_written(tmp_path):
    base = read(tmp_path / "base-alone")
    assert extending(tmp_path, "") == base
    changed = extending(
        tmp_path,
        """
        title = "other"
        [fund]
        amount = "200万元"
        [method]
        coefficient = "population"
        [weights]
        jobs = 100
        [factor.investment]
        year = 2023
        [factor.jobs]
        status = "published"
        """,
    )
    assert changed.title == Text("other")
    assert (changed.fund.amount, changed.fund.currency, changed.fund.unit) == (2_000_000, "CNY", 10_000)
    assert (changed.kind, changed.coefficient) == ("shares", "population")
    assert changed.weights == {"jobs": 100}  # replaced whole
    investment, jobs = changed.factors[:2]
    assert (investment.name, investment.year, investment.status) == (Text("投资"), 2023, "example")
    assert jobs.status == "published"
    assert (changed.reservations, changed.earmarks, changed.limits) == (
        base.reservations,
        base.earmarks,
        base.limits,
    )


def test_extends_replaces_arrays_whole_and_removes_with_nothing(tmp_path):
    own = '[[limit]]\nrecipients = ["north"]\ncap = "30万元"'
    assert extending(tmp_path, own).limits == (Limit(("north",), cap=300_000),)
    everything = extending(
        tmp_path,
        'limit = []\nreservation = []\n[data]\npublished = ""\nprevious = ""\nprovenance = ""',
    )
    assert (everything.limits, everything.reservations, everything.provenance) == ((), (), ())
    assert everything.published is everything.previous is None
    assert extending(tmp_path, "reservation = []\n").limits


def test_paths_are_relative_to_the_file_that_they_stand_in(tmp_path):
    make(tmp_path, {FACTORS: GOOD[FACTORS].replace("north,60,10", "north,10,60")})
    assert extending(tmp_path, "").factor("jobs").values[0] == 10  # base/factors.csv
    assert extending(tmp_path, '[data]\nfactors = "factors.csv"').factor("jobs").values[0] == 60
    assert extending(tmp_path, '[data]\nfactors = "./base/../factors.csv"').factor("jobs").values[0] == 60
    # three deep, and up again within the folder
    make(tmp_path, {"deep/er/top.toml": 'format = 1\nextends = "../../base/rule.toml"\ntitle = "deep"\n'})
    assert extending(tmp_path, "", base="deep/er/top.toml").title == Text("deep")


# --- the CSV files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding, line_end, tmp_path):
    def written(text: str) -> bytes:
        return text.replace("\n", line_end).encode(encoding)

    files = {name: written(text) for name, text in GOOD.items() if name != TOML}
    scenario = load_scenario(make(tmp_path, {TOML: GOOD[TOML], **files}))
    assert scenario == read(tmp_path / "plain")


def test_a_toml_file_as_notepad_writes_it(tmp_path):
    content = GOOD[TOML].replace("\n", "\r\n").encode("utf-8-sig")
    assert load_scenario(make(tmp_path, GOOD | {TOML: content})) == read(tmp_path / "plain")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0", 0),
        ("007", 7),
        (" 12 ", 12),
        ("+5", 5),
        (".5", Fraction(1, 2)),
        ("0.1", Fraction(1, 10)),
        ("12.50", Fraction(25, 2)),
        ('"1,234"', 1234),
        ('"1,234,567.25"', Fraction(4_938_269, 4)),
        ("１２３４５６７８９０．５", Fraction(2_469_135_781, 2)),
        ('"１，２３４"', 1234),
        ("１，２３４", 1234),  # the full-width comma separates no cells
        ("9" * 30, 10**30 - 1),
        ("0." + "0" * 29 + "1", Fraction(1, 10**30)),
    ],
)
def test_numbers_in_cells_are_exact(cell, value, tmp_path):
    found = read(tmp_path, (FACTORS, "north,60,", f"north,{cell},")).factor("investment").values[0]
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    "name", ["north", "NORTH", " north ", "北区", "North District", "north  district", "城北", "ｎｏｒｔｈ"]
)
def test_a_recipient_by_any_of_its_names(name, tmp_path):
    edits = [(file, "north,", f"{name},") for file in (FACTORS, PUBLISHED, "previous.csv", "provenance.csv")]
    assert read(tmp_path, *edits) == read(tmp_path / "plain")


@pytest.mark.parametrize(
    ("header", "north"),
    [
        ("amount", "280000"),
        ("Amount", "280000.00"),
        ("金额（元）", '"280,000"'),
        ("金额(元)", "280000"),
        ("金额（千元）", "280"),
        ("金额（万元）", "28"),
        ("金额(万元)", "28.0"),
        ("金额（百万元）", "0.28"),
        ("金额（亿元）", "0.0028"),
        ("amount (yuan)", "280000"),
        ("amount（万元）", "28"),
        ("amount (10k yuan)", "28"),
    ],
)
def test_units_in_headers(header, north, tmp_path):
    amounts = f"{header},recipient\n{north},north\n0,south\n0,west\n0,zone\n"  # the order of columns is free
    scenario = read(tmp_path, published=amounts, previous=amounts)
    assert scenario.published["north"] == scenario.previous["north"] == 280_000
    assert type(scenario.published["north"]) is int


def test_blank_lines_trailing_commas_and_order_of_rows(tmp_path):
    rows = "recipient,jobs,investment,population,,\n\nwest,60,10,300\n,,,\nsouth,30,30,200,,\n"
    rows += "north,10,60,100,,,\n\n"
    scenario, plain = read(tmp_path, factors=rows), read(tmp_path / "plain")
    assert scenario.ids == plain.ids  # in the order of recipients.csv
    assert {f.id: f.values for f in scenario.factors} == {f.id: f.values for f in plain.factors}
    assert scenario.digest == plain.digest


def test_without_recipients_they_are_the_rows_of_the_factors(tmp_path):
    own = [(TOML, 'recipients = "recipients.csv"\n', ""), (TOML, 'recipient = "zone"', 'recipient = "SOUTH"')]
    own += [(PUBLISHED, "zone,20\n", ""), ("previous.csv", "zone,0\n", "")]
    scenario = read(tmp_path, *own)
    assert scenario.recipients == tuple(Recipient(id) for id in ("north", "south", "west"))
    assert scenario.earmarks[0].recipient == "south"


def test_an_earmarked_recipient_may_be_left_out_of_the_factors_or_stand_in_them(tmp_path):
    left_out = read(tmp_path / "out")
    assert [f.values[3] for f in left_out.factors] == [None, None, None]
    listed = read(tmp_path / "in", (FACTORS, "west,10,60,300\n", "west,10,60,300\nzone,5,5,5\n"))
    assert [f.values[3] for f in listed.factors] == [5, 5, 5]
    assert allocate(listed).amounts == allocate(left_out).amounts  # it takes no part either way


def test_remarks_on_single_cells(tmp_path):
    rows = (
        "recipient,factor,status,provider,confirmed_on,declared,verified,note\n"
        "北区,investment,published,统计局,2023-05-31,61.5,60,一项未竣工\nwest,jobs,,,,,,\n"
    )
    assert read(tmp_path, provenance=rows).provenance == (
        Provenance(
            "north",
            "investment",
            "published",
            "统计局",
            date(2023, 5, 31),
            Fraction(123, 2),
            60,
            "一项未竣工",
        ),
        Provenance("west", "jobs"),
    )


# --- the digest -------------------------------------------------------------------------------------

SAME = {
    "a BOM": [(TOML, "format = 1", "\ufeffformat = 1")],
    "order of keys": [
        (TOML, "investment = 60\njobs = 40", "jobs = 40\ninvestment = 60"),
        (TOML, 'amount = 1_000_000\ncurrency = "CNY"', 'currency = "CNY"\namount = 1_000_000'),
    ],
    "the amount as text": [(TOML, "1_000_000", '"100万元"')],
    "decimals of zero": [(TOML, "investment = 60", "investment = 60.00"), (FACTORS, "60,10,100",
    "60.0,10,100")],
    "an alias": [(FACTORS, "north,", "城北,"), (TOML, 'recipient = "zone"', 'recipient = "新区"')],
    "remarks": [(TOML, "[fund]", "# about the fund\n\n[fund]")],
    "the default written out": [(TOML, 'rounding = "largest-remainder"\n', "")],
    "names": [(TOML, '"Example"', '"Another"'), ("recipients.csv", "北区", "北方区")],
    "sources": [(TOML, '"a notice"', '"another"'), (TOML, '"a department"', '"an office"')],
    "a column that nothing uses": [(FACTORS, "60,10,100", "60,10,101")],
    "provenance": [("provenance.csv", "derived", "assumed")],
    "units of published": [(PUBLISHED, "金额（万元）", "金额（千元）"), *(
        (PUBLISHED, f"{id},{n}\n", f"{id},{n}0\n") for id, n in (("north", 28), ("south", 21), ("west", 21),
         ("zone", 20)))],
}  # fmt: skip
OTHER = {
    "fund": [(TOML, "1_000_000", "1_010_000")],
    "currency": [
        (TOML, '"CNY"', '"USD"'),
        (PUBLISHED, "金额（万元）\nnorth,28\nsouth,21\nwest,21\nzone,20",
         "amount\nnorth,280000\nsouth,210000\nwest,210000\nzone,200000"),
    ],
    "unit": [(TOML, "unit = 10_000", "unit = 1")],
    "rounding": [(TOML, '"largest-remainder"', '"rest-to-largest"')],
    "kind": [(TOML, '"shares"', '"scores"')],
    "coefficient": [(TOML, '"shares"', '"shares"\ncoefficient = "population"')],
    "weights": [(TOML, "investment = 60\njobs = 40", "investment = 61\njobs = 39")],
    "a little of a weight": [(TOML, "investment = 60\njobs = 40",
    f"investment = 60.{'0' * 20}1\njobs = 39.{'9' * 21}")],
    "a weight of zero left out": [(TOML, "jobs = 40", "jobs = 40\npopulation = 0")],
    "order of recipients": [("recipients.csv", "south,南县,South County,county,\nwest,西园,West Park,park,",
                             "west,西园,West Park,park,\nsouth,南县,South County,county,")],
    "an id": [(file, "west,", "vest,") for file in ("recipients.csv", FACTORS, PUBLISHED, "previous.csv")],
    "a value": [(FACTORS, "60,10,100", "60.001,10,100")],
    "reservation": [(TOML, "amount = 100_000", "amount = 110_000")],
    "earmark": [(TOML, "amount = 200_000", "amount = 210_000")],
    "earmark of another": [(TOML, 'recipient = "zone"', 'recipient = "west"'), (FACTORS, "west,10",
    "zone,10")],
    "also shares": [(TOML, "also_shares = false", "also_shares = true"), (FACTORS, "300\n",
    "300\nzone,1,1,1\n")],
    "limit": [(TOML, "floor = 10_000", "floor = 20_000")],
    "no limit": [(TOML, '[[limit]]\nrecipients = "all"\nfloor = 10_000\n', "")],
    "limit of others": [(TOML, 'recipients = "all"', 'recipients = "county"')],
    "limit by": [(TOML, "floor = 10_000", 'floor_rate = 0.01\nof = "fund"\nby = "population"')],
    "limit by, and coefficient": [
        (TOML, "floor = 10_000", 'floor_rate = 0.01\nof = "fund"\nby = "population"'),
        (TOML, '"shares"', '"shares"\ncoefficient = "population"'),
    ],
    "values of the earmarked": [(FACTORS, "300\n", "300\nzone,1,1,1\n")],
    "a kind": [("recipients.csv", "county,", "district,")],
    "published": [(PUBLISHED, "zone,20", "zone,21")],
    "no published": [(TOML, 'published = "published.csv"\n', "")],
    "previous": [("previous.csv", "zone,0", "zone,0.01")],
}  # fmt: skip


@pytest.mark.parametrize("edits", SAME.values(), ids=SAME)
def test_the_digest_is_the_same_whatever_the_form(edits, tmp_path):
    assert read(tmp_path / "other", *edits).digest == read(tmp_path).digest


def test_the_digest_is_different_for_whatever_decides_numbers(tmp_path):
    digests = {"unchanged": read(tmp_path).digest}
    for number, (name, edits) in enumerate(OTHER.items()):
        digests[name] = read(tmp_path / str(number), *edits).digest
    assert len(set(digests.values())) == len(digests)
    assert all(len(d) == 71 and d.startswith("sha256:") for d in digests.values())


# --- writing and reading back -----------------------------------------------------------------------


def outcome(scenario: Scenario) -> object:
    try:
        return allocate(scenario).amounts
    except AllocatorError as error:
        return error.sentences(EN)


@settings(
    max_examples=cases(50),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(scenarios())
def test_what_is_written_reads_back_the_same(tmp_path, scenario):
    again = load_scenario(save_scenario(scenario, tmp_path / "saved", overwrite=True))
    assert again == scenario
    assert again.digest == scenario.digest
    assert outcome(again) == outcome(scenario)
    assert pickle.loads(pickle.dumps(scenario)) == scenario


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_shipped_scenarios_survive_writing_and_pickling(path, tmp_path):
    scenario = load_scenario(path)
    allocation = allocate(scenario)
    again = load_scenario(save_scenario(scenario, tmp_path / "new" / "folder"))
    assert again == scenario and again.digest == scenario.digest
    assert allocate(again).amounts == allocation.amounts
    assert pickle.loads(pickle.dumps(allocation)) == allocation


def test_the_files_open_in_excel_with_chinese_intact(tmp_path):
    save_scenario(read(tmp_path / "a"), tmp_path / "b")
    files = sorted(tmp_path.joinpath("b").iterdir())
    assert [file.name for file in files] == [
        "factors.csv", "previous.csv", "provenance.csv", "published.csv", "recipients.csv", "scenario.toml",
    ]  # fmt: skip
    for file in files[:-1]:
        assert file.read_bytes().startswith(b"\xef\xbb\xbf") and b"\r\n" in file.read_bytes()
    assert not files[-1].read_bytes().startswith(b"\xef\xbb\xbf")
    assert "zone" not in files[0].read_text("utf-8-sig")  # only earmarked for


def refuses(key: str, scenario: Scenario, folder: Path, **options) -> None:
    with pytest.raises(ScenarioError) as caught:
        save_scenario(scenario, folder, **options)
    assert [problem.key for problem in caught.value.problems] == [key]
    assert all(caught.value.sentences(ZH))


def test_nothing_is_written_over(tmp_path):
    scenario = read(tmp_path / "a")
    before = {file: file.read_bytes() for file in (tmp_path / "a").iterdir()}
    refuses("exists", scenario, tmp_path / "a")
    refuses("exists", scenario, tmp_path / "a" / TOML)
    refuses("exists", scenario, tmp_path / "a" / TOML, overwrite=True)
    refuses("unwritable", scenario, tmp_path / "a" / TOML / "below")
    refuses("unwritable", scenario, tmp_path / "a\0b")
    assert before == {file: file.read_bytes() for file in (tmp_path / "a").iterdir()}
    (tmp_path / "empty").mkdir()
    assert load_scenario(save_scenario(scenario, tmp_path / "empty")) == scenario
    assert load_scenario(save_scenario(scenario, tmp_path / "a", overwrite=True)) == scenario


def test_what_no_file_can_hold_is_refused(tmp_path):
    scenario = read(tmp_path / "a")
    little = Fraction(100, 10**30 + 1)
    refuses("no_decimal", scenario.with_weights(investment=little, jobs=100 - little), tmp_path / "b")
    # one blank among an earmarked recipient's values would read as a mistake
    some = (*scenario.factors[0].values[:3], 5)
    part = Scenario(**vars_of(scenario) | {"factors": (Factor("investment", some), *scenario.factors[1:])})
    refuses("cell_blank", part, tmp_path / "b")
    assert not (tmp_path / "b").exists()
    for wrong in (
        lambda: Recipient("x", aliases=("a;b",)),
        lambda: Scenario(
            **vars_of(scenario) | {"factors": (*scenario.factors, Factor("recipient", (1, 1, 1, 1)))}
        ),
        lambda: Scenario(**vars_of(scenario) | {"provenance": scenario.provenance * 2}),
        lambda: Provenance("north", "jobs", declared=-1),
        lambda: Provenance("north", "jobs", verified="many"),
        lambda: Provenance("north", "jobs", note=" "),
    ):
        with pytest.raises(ScenarioError) as caught:
            wrong()
        assert caught.value.sentences(ZH) != caught.value.sentences(EN)


def test_a_weight_that_no_decimal_is_is_written_as_a_fraction(tmp_path):
    """In format 2, which alone has fractions; 700,000 by thirds: investment .6 .3 .1, jobs .1 .3 .6."""
    third = Fraction(100, 3)
    thirds = read(tmp_path / "a").with_weights(investment=third, jobs=100 - third)
    again = load_scenario(save_scenario(thirds, tmp_path / "b"))
    written = tomllib.loads((tmp_path / "b" / TOML).read_text("utf-8"))
    assert (written["format"], written["weights"]) == (2, {"investment": "100/3", "jobs": "200/3"})
    assert again == thirds and again.digest == thirds.digest
    # .26667, .3, .43333 of 70 units
    assert [*allocate(again).amounts.values()] == [190_000, 210_000, 300_000, 200_000]


def vars_of(scenario: Scenario) -> dict:
    return {name: getattr(scenario, name) for name in Scenario.__dataclass_fields__}


# --- the JSON Schema --------------------------------------------------------------------------------


@cache
def validator():
    """The schema, found to be one before anything is held against it."""
    schema = scenario_schema()
    made = jsonschema.validators.validator_for(schema)
    made.check_schema(schema)
    return made(schema)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_schema_takes_the_shipped_files(path):
    validator().validate(tomllib.loads(path.read_text("utf-8")))


GOOD_TABLES = tomllib.loads(GOOD[TOML])


@pytest.mark.parametrize(
    "wrong",
    [
        {"titel": "x"},
        {"format": 3},
        {"format": None},
        {"title": ""},
        {"title": {"zh": "x", "fr": "y"}},
        {"fund": GOOD_TABLES["fund"] | {"amuont": 1}},
        {"fund": GOOD_TABLES["fund"] | {"amount": True}},
        {"fund": GOOD_TABLES["fund"] | {"amount": -1}},
        {"fund": GOOD_TABLES["fund"] | {"rounding": "bankers"}},
        {"method": {"kind": "share"}},
        {"weights": {"jobs": "40"}},
        {"weights": {"jobs": -40}},
        {"pool": {"a": {"remove": False}}},
        {"pool": {"a": {"kind": "share"}}},
        {"indicator": {"a": {"parts": {"jobs": "100"}}}},
        {"data": {"factor": "factors.csv"}},
        {"factor": {"jobs": {"status": "secret"}}},
        {"factor": {"jobs": {"years": 2022}}},
        {"reservation": {"name": "x", "amount": 1}},
        {"reservation": [{"name": "x"}]},
        {"earmark": [{"recipient": "zone", "amount": 1, "also_share": True}]},
        {"limit": [{"recipients": [], "floor": 1}]},
        {"limit": [{"recipients": "all", "floor": 1, "of": "found"}]},
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_program_refuses(wrong, tmp_path):
    validator().validate(GOOD_TABLES)
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(GOOD_TABLES | wrong)


def test_the_schema_asks_less_of_a_file_that_extends_another():
    jsonschema.Draft202012Validator.check_schema(scenario_schema())
    validator().validate({"format": 1, "extends": "base.toml", "fund": {"amount": "5722万元"}})
    for missing in ({"format": 1}, {"extends": "base.toml"}):
        with pytest.raises(jsonschema.ValidationError):
            validator().validate(missing)


def test_the_schema_in_the_documentation_is_this_one():
    """Made anew with: json.dumps(scenario_schema(), indent=2, ensure_ascii=False) and a line end."""
    written = (ROOT / "docs" / "scenario.schema.json").read_text("utf-8")
    assert written == json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


# --- currencies, inherited tables -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edits", "place"),
    [
        ([(TOML, "amount = 1_000_000", 'amount = "100万元"')], "[fund] amount"),
        ([(TOML, "floor = 10_000", 'floor = "1万元"')], "[[limit]] 1, floor"),
        ([], "published.csv, row 1"),
    ],
)
def test_yuan_are_refused_where_the_money_is_another(edits, place, tmp_path):
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, (TOML, '"CNY"', '"USD"'), *edits)
    assert [problem.key for problem in caught.value.problems] == ["unit_currency"]
    assert place in str(caught.value)


def test_an_inherited_table_may_describe_a_column_that_is_gone(tmp_path):
    read(tmp_path)
    fewer = "recipient,jobs,population\nnorth,10,100\nsouth,30,200\nwest,60,300\n"
    (tmp_path / "fewer.csv").write_text(fewer, "utf-8")
    child = 'format = 1\nextends = "scenario.toml"\n[data]\nfactors = "fewer.csv"\n[weights]\njobs = 100\n'
    (tmp_path / "child.toml").write_text(child, "utf-8")
    assert [factor.id for factor in load_scenario(tmp_path / "child.toml").factors] == ["jobs", "population"]
    (tmp_path / "child.toml").write_text(child + "[factor.investment]\nyear = 2022\n", "utf-8")
    with pytest.raises(ScenarioError, match="there is no column “investment”"):
        load_scenario(tmp_path / "child.toml")
