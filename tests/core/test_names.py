"""Names as people write them: what is a total, what is nearly meant, what cannot be seen."""

import random
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from good_scenario import GOOD, damaged, make
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import Factor, Provenance, Recipient, Reservation, ScenarioError, allocate, load_scenario
from allocator.analysis.execution import payers
from allocator.analysis.projects import FactorRule, Rules
from allocator.core import naming
from allocator.core.exact import MOST_DECIMALS
from allocator.core.naming import MOST_LISTED, Names, likeness, nearest
from allocator.core.parts import Text, in_full
from allocator.core.totals import is_total
from allocator.files.audit.readings import read_known
from allocator.files.execution.payments import read_payments
from allocator.files.projects.register import read_register
from allocator.files.upload import read as upload
from allocator.text import EN, ZH, Phrasebook

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
LUZHOU = load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml")

# --- rows of totals -----------------------------------------------------------------------------------

TOTALS = (
    "合计", "合　计", "合 计", "合计：", "合计:", "（合计）", "(合计)", "【合计】", "合计数", "合 计 数",
    "小计", "小　计", "总计", "总 计：", "全市", "全市合计", "各区县小计", "合计（万元）", "共计", "合計",
    "Total", "TOTAL", "total:", "Ｔｏｔａｌ", "T o t a l", "Totals", "Subtotal", "Sub-total", "sub total",
    "SUBTOTAL (districts)", "Sum", "sum:", "Grand total", "Grand  Total", "grand-total", "District total",
    "Total (10k yuan)", "合计：（万元）", "合\u200b计", "\ufeff合计", " 合计 ",
    "全省总和", "累计", "汇总", "匯總", "彙總", "總計", "總和", "总", "总数", "总额", "总量", "总值",
    "总金额", "总数额", "合计额", "合计金额", "全部", "全省", "全县", "全区", "全国", "[合计]", "〔合计〕",
    "合计[万元]", "合计【万元】", "合计〔万元〕", "合计（万元）（2023年）", "(Total)",
    "Totals of the districts", "Total of parks", "Total for all parks", "Subtotal of parks",
    "Sub total of parks", "Grand total of all",
    "Grandtotal", "Grandtotal for 2023", "Sums", "Sum of districts", "Sums of districts",
)  # fmt: skip
RECIPIENTS = (
    "市本级", "合江县", "合肥市", "合川区", "总部经济区", "全州县", "全椒县", "全南县", "会计学院",
    "统计局", "市区", "计划单列市", "Totnes", "Sumperk", "Sumter County", "Total City", "Sub District",
    "Assumption Parish", "total1", "全市直属园区",
    "审计", "Teetotal", "Total Forest", "Sum Office Park",
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name in TOTALS if name.isprintable()])
def test_what_rows_of_totals_are_called(name):
    assert is_total(name)
    for id, called in ((name, Text("甲")), ("x", Text(name)), ("x", Text("甲", name))):
        with pytest.raises(ScenarioError) as error:
            Recipient(id, called)
        assert [p.key for p in error.value.problems] == ["recipient_total"]


@pytest.mark.parametrize("name", [name for name in TOTALS if not name.isprintable()])
def test_so_are_those_that_no_name_can_be(name):
    assert is_total(name)


@pytest.mark.parametrize("edge", " :;,.、。·*-–—_~=+#()<>《》〈〉“”\"'")
def test_what_totals_are_marked_with(edge):
    assert is_total(f"{edge}合计{edge}") and is_total(f"{edge}Total{edge}")


@pytest.mark.parametrize("name", RECIPIENTS)
def test_recipients_that_are_called_much_like_a_total(name):
    assert not is_total(name)
    assert Recipient(name).id == name


def test_no_recipient_of_the_shipped_scenarios_is_a_total():
    found = 0
    for file in SCENARIOS.rglob("recipients.csv"):
        for line in file.read_text("utf-8-sig").splitlines()[1:]:
            found += 1
            assert not any(map(is_total, line.split(",")))
    assert found > 190  # the states and 137 councils among them


def test_an_alias_may_be_the_word():
    """Only ids and names count: a city may well be called 全市 by another list."""
    city = Recipient("city", "市本级", aliases=("全市", "total"))
    assert city.aliases == ("全市", "total")


TOTAL_FILES = {
    "recipients": (
        "recipients.csv",
        "zone,新区",
        "all,合　计,Everybody,,\nzone,新区",
        "row 5, column name_zh",
    ),
    "recipients by id": ("recipients.csv", "zone,新区", "total,,,,\nzone,新区", "row 5, column recipient"),
    "factors": ("factors.csv", "west,", "合计,90,40,300\nwest,", "row 4, column recipient"),
    "published": ("published.csv", "zone,", "合计,70\nzone,", "row 5, column recipient"),
    "previous": ("previous.csv", "zone,", "Total:,700000\nzone,", "row 5, column recipient"),
    "provenance": ("provenance.csv", "north,", "小计,jobs,,,\nnorth,", "row 2, column recipient"),
}


@pytest.mark.parametrize("case", TOTAL_FILES)
def test_a_row_of_totals_is_refused_in_every_table_of_a_scenario(tmp_path, case):
    file, old, new, place = TOTAL_FILES[case]
    with pytest.raises(ScenarioError) as error:
        load_scenario(make(tmp_path, damaged([(file, old, new)])))
    assert [p.key for p in error.value.problems] == ["recipient_total"]
    sentence = error.value.sentences(EN)[0]
    assert sentence.startswith(f"{tmp_path / file}, {place}: “") and "delete the row" in sentence
    assert "请删去这一行" in error.value.sentences(ZH)[0]


def test_a_total_in_factors_that_make_the_recipients_is_refused(tmp_path):
    """Taken as a recipient, it would get half of the money: it has half of every column."""
    files = {
        "scenario.toml": GOOD["scenario.toml"].split("[data]")[0] + '[data]\nfactors = "factors.csv"\n',
        "factors.csv": "recipient,investment,jobs\n甲区,300,10\n乙县,100,30\n合 计,400,40\n",
    }
    with pytest.raises(ScenarioError) as error:
        load_scenario(make(tmp_path, files))
    assert [(p.key, dict(p.at)) for p in error.value.problems] == [
        ("recipient_total", {"row": 4, "column": "recipient"})
    ]


@pytest.mark.parametrize(("id", "zh", "column"), [("合计", "合计", "Id"), ("x", "合计", "Name (Chinese)")])
def test_a_total_filled_into_the_data_table_is_refused(tmp_path, id, zh, column):
    good = load_scenario(make(tmp_path, GOOD))
    rows = [
        "Id,Name (Chinese),投资,jobs,population,Published (10k yuan),Last year (10k yuan)",
        "north,北区,60,10,100,28,27", "south,南县,30,30,200,21,22", "west,西园,10,60,300,21,21",
        "zone,新区,,,,20,0",
        f"{id},{zh},100,100,600,90,70",
    ]  # fmt: skip
    with pytest.raises(ScenarioError) as error:
        upload.read("a.csv", "\n".join(rows).encode(), good)
    assert [(p.key, dict(p.at)) for p in error.value.problems] == [
        ("recipient_total", {"row": 6, "column": column})
    ]
    bare = [
        ",".join([*row.split(",")[:1], *row.split(",")[2:5]])
        for row in [*rows[:5], "合计,,100,100,600,90,70"]
    ]
    with pytest.raises(ScenarioError) as error:
        upload.read("a.csv", "\n".join(bare).encode(), good)
    assert [(p.key, dict(p.at)) for p in error.value.problems] == [
        ("recipient_total", {"row": 6, "column": "Id"})
    ]


def test_a_total_among_payments_projects_and_facts_is_refused(tmp_path):
    paid = "recipient,date,amount,use\nnaxi,2023-06-01,1,a\n合计,2023-06-01,1,a\n"
    with pytest.raises(ScenarioError) as error:
        read_payments("p.csv", paid.encode(), LUZHOU, payers(allocate(LUZHOU)))
    assert [(p.key, dict(p.at)) for p in error.value.problems] == [
        ("recipient_total", {"row": 3, "column": "recipient"})
    ]
    rules = Rules(Text("t"), 2022, date(2022, 12, 31), 5, (FactorRule("number", "count"),))
    listed = "项目名称,区县（园区）,签约日期\nP,纳溪区,2020-06-03\nQ,小计,2020-06-03\n".encode()
    for recipients in (None, LUZHOU.recipients):
        with pytest.raises(ScenarioError) as error:
            read_register("r.csv", listed, rules, recipients)
        assert [(p.key, dict(p.at)) for p in error.value.problems] == [
            ("recipient_total", {"row": 3, "column": "区县（园区）"})
        ]
    known = tmp_path / "known.csv"
    known.write_text("recipient,factor,low\n合计,tax,0.1\n", "utf-8")
    with pytest.raises(ScenarioError) as error:
        read_known(known, LUZHOU)
    assert [p.key for p in error.value.problems] == ["recipient_total"]


# --- names that are proposed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("纳西区", "纳溪区"), ("泸", None), ("合江县政府", "合江县"), ("自贸试验区", "自贸区"),
        ("古 蔺 县", "古蔺县"), ("泸州市江阳区", "江阳区"), ("jianyang", "jiangyang"), ("ftx", "ftz"),
        ("Hejiang Conty", "Hejiang County"), ("naxi district", "Naxi District"), ("江阳\u200b区", "江阳区"),
        ("合计", None), ("备注", None), ("市本级", None), ("江北新城", None), ("渝中区", None),
        ("note", None), ("total", None), ("x", None), ("区", None),
    ],
)  # fmt: skip
def test_only_near_names_are_proposed(written, near):
    names = naming.names_of(LUZHOU.recipients)
    assert names.near(written) == near


@pytest.mark.parametrize("written", ["备注", "市级", "memo", "备注（万元）"])
def test_a_heading_is_not_taken_for_a_factor_that_it_is_not_like(written):
    assert nearest(written, ["investment", "投资贡献值", "tax", "employment", "effort"]) is None


def test_where_none_is_near_some_of_those_that_there_are_are_listed():
    with pytest.raises(ScenarioError) as error:
        load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml").with_weights(备注=1)
    assert "可用的有：investment、tax、employment、effort" in error.value.sentences(ZH)[0]
    council = load_scenario(SCENARIOS / "au-wa-2024-25" / "scenario.toml")
    guess = naming.names_of(council.recipients).guess("qqqq")
    assert guess.near is None and len(guess.known) == MOST_LISTED and guess.many == 137
    said = EN.say("error.recipient_unknown", name="qqqq", guess=guess)
    assert "there are 137, among them " in said and said.count(",") == MOST_LISTED
    assert len(said) < 1000


def edits(a: str, b: str) -> int:
    """Least steps (a letter more, less, other, two exchanged), by going through all that one step gives."""
    if a == b:
        return 0
    letters, seen, edge = set(b), {a}, {a}
    for steps in range(1, 9):
        new = set()
        for word in edge:
            for at in range(len(word) + 1):
                new |= {word[:at] + letter + word[at:] for letter in letters}
                new |= {word[:at] + letter + word[at + 1 :] for letter in letters if at < len(word)}
                new.add(word[:at] + word[at + 1 :])
                if at + 1 < len(word):
                    new.add(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
        if b in new:
            return steps
        edge = new - seen
        seen |= new
    raise AssertionError


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.text("abc", min_size=1, max_size=4), st.text("abc", min_size=1, max_size=4))
def test_likeness_counts_edits(a, b):
    longer, steps = max(len(a), len(b)), edits(a, b)
    # words of four letters leave one step, and with one step both ways to count exchanges agree
    if 5 * steps <= 2 * longer:
        assert likeness(a, b) == pytest.approx(1 - steps / longer)
    else:
        assert likeness(a, b) == 0
    assert likeness(a, b) == likeness(b, a)


def test_looking_for_near_names_among_very_many_compares_few(monkeypatch):
    compared = []
    real = naming.likeness
    monkeypatch.setattr(naming, "likeness", lambda *words: compared.append(words) or real(*words))
    random.seed(20231)
    letters = "江河湖海山川城乡东南西北上下中大小新老"
    names = ["".join(random.choices(letters, k=3)) + f"{n % 97}镇" for n in range(20_000)]
    known = Names([*names, *(f"town{n:05}" for n in range(20_000))])
    assert edits("town0123", str(known.near("town0123"))) == 1
    assert known.near(names[777][0] + "某" + names[777][1:]) is not None
    for n in range(100):
        known.near(f"nobody{n}")
    assert len(compared) <= 102 * 20


# --- what cannot be seen --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("char", "zh", "en"),
    [
        ("\u3000", "〔全角空格 U+3000〕", "[full-width space U+3000]"),
        ("\u200b", "〔零宽空格 U+200B〕", "[zero-width space U+200B]"),
        ("\ufeff", "〔零宽不换行空格 U+FEFF〕", "[zero-width no-break space U+FEFF]"),
        ("\u00a0", "〔不换行空格 U+00A0〕", "[no-break space U+00A0]"),
        ("\u202e", "〔不可见字符 U+202E〕", "[invisible character U+202E]"),
        ("\u3164", "〔不可见字符 U+3164〕", "[invisible character U+3164]"),
        ("\x1b", "〔不可见字符 U+001B〕", "[invisible character U+001B]"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_named(tmp_path, char, zh, en):
    assert ZH.visible(f"江{char}阳") == f"江{zh}阳"
    for edits in (
        [("recipients.csv", "北区", f"北{char}区")] if char not in "\u3000\u00a0" else [],
        [("recipients.csv", "城北;", f"城{char}北;")],
        [("factors.csv", "south,", f"sou{char}th,")],
        [("factors.csv", "south,30", f"south,3{char}0")],
        [("scenario.toml", 'recipient = "zone"', f'recipient = "zo\\u{ord(char):04x}ne"')],
        [("scenario.toml", "[factor.investment]", f'[factor."invest\\u{ord(char):04x}ment"]')],
    ):
        if not edits or (char == "\u3164" and "recipients" in edits[0][0]):  # printable for Python
            continue
        with pytest.raises(ScenarioError) as error:
            load_scenario(make(tmp_path, damaged(edits)))
        for lang, named in (("zh", zh), ("en", en)):
            assert all(named in sentence for sentence in error.value.sentences(Phrasebook(lang))), (
                error.value.sentences(Phrasebook(lang))
            )
            assert "?”" not in error.value.sentences(Phrasebook(lang))[0]


def test_very_many_of_them_do_not_flood_the_sentence():
    shown = EN.visible("\u200b\u3000" * 500)
    assert shown.count("U+") == 8 and len(shown) < 1500
    assert ZH.visible("\u200b" * 500) == "〔零宽空格 U+200B，500个〕"


# --- numbers with very many decimals ---------------------------------------------------------------------


def test_a_sum_that_is_not_quite_100_is_shown_in_full(tmp_path):
    path = make(tmp_path, damaged([("scenario.toml", "jobs = 40", "jobs = 40.0000000000000000000000000001")]))
    with pytest.raises(ScenarioError) as error:
        load_scenario(path)
    assert "add up to 100.0000000000000000000000000001, but" in error.value.sentences(EN)[0]
    assert in_full(-Fraction(1, 10**30)) == "−0." + "0" * 29 + "1"
    assert in_full(Fraction(2, 3)) == "0." + "6" * 30 + "…"
    assert in_full(Fraction(-1, 8)) == Fraction(-1, 8)  # six decimals are shown anyway


@pytest.mark.parametrize(
    "made",
    [
        lambda long: LUZHOU.with_weights(tax=long),
        lambda long: Factor("x", (1, long)),
        lambda long: Provenance("naxi", "tax", declared=long),
    ],
)
def test_what_has_too_many_decimals_is_still_a_number(made):
    with pytest.raises(ScenarioError) as error:
        made("0." + "1" * (MOST_DECIMALS + 1))
    assert "has more than 30 decimals; round it" in error.value.sentences(EN)[0]
    assert "小数超过30位" in error.value.sentences(ZH)[0]


def test_money_has_two_decimals_however_many_are_written():
    for decimals in (3, MOST_DECIMALS, MOST_DECIMALS + 1):
        with pytest.raises(ScenarioError) as error:
            Reservation("a", "0." + "1" * decimals)
        assert error.value.problems[0].key == "cents"


def test_what_is_said_of_too_many_decimals_is_how_many_there_may_be():
    for key in ("decimals", "cell_decimals"):
        for lang in ("zh", "en"):
            assert str(MOST_DECIMALS) in Phrasebook(lang).say(f"error.{key}", value="1")
