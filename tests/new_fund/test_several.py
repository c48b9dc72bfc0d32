"""Several offices' tables in a new fund: joined by name, each with its columns; what differs is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
from browser import luzhou
from hypothesis import given
from hypothesis import strategies as st
from pages import html_of, opened
from streamlit.testing.v1 import AppTest

from allocator import allocate, load_scenario
from allocator.files.saved import store
from allocator.files.understanding.folder import factors_of, provenance_of
from allocator.files.understanding.joined import asked, complete, joined, names_of, recipients_of
from allocator.files.understanding.model import Options, Understanding
from allocator.files.understanding.understand import understand
from allocator.text import LANGUAGES, ZH, Phrasebook
from allocator.ui.session.new_fund import NewFund, scenario_of, written_like

INVESTED = "区县,投资额（万元）\n甲县,300\n乙区,100\n丙县,600\n合计,1000"
TAX = "单位名称,税收\n乙区财政局,50\n丙县,20\n甲县人民政府,30"
JOBS = "区县,就业人数\n丙县,10\n甲县,70\n乙区,20"
FUND = NewFund("某项资金", "", "1000", 10_000, (), {"投资额": "50", "税收": "30", "就业人数": "20"})
# 甲县: 0.5·300/1000 + 0.3·30/100 + 0.2·70/100 = 0.38; 乙区 0.05 + 0.15 + 0.04; 丙县 the rest
AMOUNTS = {"甲县": 3_800_000, "乙区": 2_400_000, "丙县": 3_800_000}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is kept is kept in a folder of the test's own."""
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))


def parts_of(*sheets: str) -> list[Understanding]:
    """The tables as the page reads them, each with the names of those before."""
    parts: list[Understanding] = []
    for number, sheet in enumerate(sheets, 1):
        names = names_of(parts) if parts else None
        options = Options(other_factors=names is not None)
        parts.append(asked(understand(f"{number}.csv", sheet.encode(), options, names), may_leave=True))
    return parts


def made_of(
    *sheets: str, chosen: dict[str, str] | None = None, missing: dict[int, str] | None = None
) -> Understanding:
    parts = parts_of(*sheets)
    return joined(parts, [*parts[0].values], chosen or {}, missing or {})


def keys(made: Understanding, kind: str = "decisions") -> list[str]:
    return [each.key for each in getattr(made, kind)]


@pytest.mark.parametrize("sheets", [*permutations([INVESTED, TAX, JOBS])])
def test_three_tables_are_one(sheets: Sequence[str]) -> None:
    made = made_of(*sheets)
    if sheets[0] == TAX:  # its names are the recipients', and nobody says that those of the others are they
        assert set(made.values) == {"乙区财政局", "丙县", "甲县人民政府"}
        assert {key.partition("_")[0] for key in keys(made)} == {"recipient", "joined"}
        return
    assert made.is_settled and len(made.factors) == 3
    scenario = scenario_of(made, FUND, ZH)
    assert allocate(scenario).amounts == AMOUNTS


def test_each_figure_says_which_file_it_is_from() -> None:
    made = made_of(INVESTED, TAX, JOBS)
    sources = {factor.id: factor.source.zh for factor in factors_of(made) if factor.source}
    assert ["1.csv" in sources["投资额"], "2.csv" in sources["税收"], "3.csv" in sources["就业人数"]] == [
        True
    ] * 3
    notes = {(cell.recipient, cell.factor): cell.note for cell in provenance_of(made, ZH)}
    assert len(notes) == 9
    assert "2.csv" in str(notes["甲县", "税收"]) and "B4" in str(notes["甲县", "税收"])


def test_a_column_that_two_files_have_is_asked_about_and_never_added_up() -> None:
    other = "区县,投资额\n甲县,300\n乙区,100\n丙县,601"
    made = made_of(INVESTED, other)
    assert keys(made) == ["joined_twice"]
    (question,) = made.decisions
    assert question.choices == ("1. 1.csv", "2. 2.csv")
    for choice, figure in zip(question.choices, ("600", "601"), strict=True):
        decided = made_of(INVESTED, other, chosen={"投资额": choice})
        assert decided.is_settled and decided.values["丙县"]["投资额"] == figure
    same = made_of(INVESTED, "区县,投资额\n丙县,600.0\n甲县,300\n乙区,100")
    assert same.is_settled and keys(same, "treated") == ["joined_same"]


def test_who_is_not_in_a_file_is_asked_about() -> None:
    short = "区县,税收\n甲县,30\n乙区,50"
    made = made_of(INVESTED, short)
    assert keys(made) == ["joined_missing"] and made.decisions[0].choices == ("zero", "drop")
    zero = made_of(INVESTED, short, missing={2: "zero"})
    assert zero.is_settled and zero.values["丙县"] == {"投资额": "600", "税收": "0"}
    assert keys(zero, "treated") == ["joined_zero"]
    (note,) = (c.note for c in provenance_of(zero, ZH) if (c.recipient, c.factor) == ("丙县", "税收"))
    assert "没有该对象" in str(note)
    gone = made_of(INVESTED, short, missing={2: "drop"})
    assert gone.is_settled and list(gone.values) == ["甲县", "乙区"]


def test_who_is_only_in_a_later_file_is_asked_about() -> None:
    made = made_of(INVESTED, TAX + "\n丁市,9")
    assert keys(made) == ["recipient_unknown"] and "丁市" not in made.values


def test_last_years_amounts_from_two_files_are_refused() -> None:
    parts = [
        understand(
            "1.csv", "区县,投资,上年下达数（万元）\n甲县,1,5\n乙区,2,6".encode(), Options(previous="C")
        ),
        understand(
            "2.csv", "区县,税收,上年下达数（万元）\n甲县,1,5\n乙区,2,7".encode(), Options(previous="C")
        ),
    ]
    made = joined(parts, ["甲县", "乙区"], {}, {})
    assert keys(made, "problems") == ["joined_double"]


names = st.lists(st.sampled_from(["甲县", "乙区", "丙县", "丁县", "戊区"]), min_size=2, unique=True)


@given(names, st.randoms())
def test_the_order_of_rows_is_nothing(order: list[str], random: object) -> None:
    figures = {name: at * 7 + 1 for at, name in enumerate(order)}
    first = "区县,投资\n" + "\n".join(f"{name},{figures[name]}" for name in order)
    shuffled = list(order)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    second = "区县,税收\n" + "\n".join(f"{name},{figures[name] + 1000}" for name in shuffled)
    made = made_of(first, second)
    assert made.is_settled and list(made.values) == order
    assert {id: tuple(map(int, v.values())) for id, v in made.values.items()} == {
        name: (figure, figure + 1000) for name, figure in figures.items()
    }


# --- the page -------------------------------------------------------------------------------------


def uploaded(lang: str, *sheets: str) -> AppTest:
    app = opened("new", lang)
    app.file_uploader[0].set_value([(f"{n}.csv", s.encode(), "text/csv") for n, s in enumerate(sheets, 1)])
    app.run()
    app.text_input(key="start-name").set_value("某项资金")
    app.text_input(key="start-total").set_value("1000")
    return app.run()


def asks(app: AppTest) -> list[str]:
    return [str(box.key) for box in app.selectbox if str(box.key).startswith("ask-")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_from_three_files_to_a_split_that_is_kept(lang: str) -> None:
    app = uploaded(lang, INVESTED, TAX, JOBS)
    assert not asks(app) and not app.exception
    for name, weight in FUND.weights.items():
        app.text_input(key=f"start-weight-{name}").set_value(weight)
    app.run()
    html = html_of(app)
    assert all(f"{number}. {number}.csv" in html for number in (1, 2, 3))
    app.button(key="start-save").click().run()
    kept = load_scenario(store.path_of("某项资金"))
    assert allocate(kept).amounts == AMOUNTS
    assert sum(allocate(kept).amounts.values()) == Fraction(10_000_000)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_differs_is_asked_of_each_file_and_of_all(lang: str) -> None:
    app = uploaded(lang, INVESTED, "区县,投资额,税收\n甲县,1,30\n乙区,2,50")
    first = asks(app)
    assert {key.split("-")[1:3][-1] for key in first} == {"2", "all"}
    assert not [b for b in app.button if str(b.key) == "start-save"]
    (missing,) = (key for key in first if key.startswith("ask-new-2-joined_missing"))
    app.selectbox(key=missing).set_value("drop").run()
    (twice,) = (key for key in asks(app) if key.startswith("ask-new-all-"))
    app.selectbox(key=twice).set_value("1. 1.csv").run()
    assert [b for b in app.button if str(b.key) == "start-save"]
    assert Phrasebook(lang).say("sheets.title.decisions") not in html_of(app)
    app.file_uploader[0].set_value([("1.csv", INVESTED.encode(), "text/csv")])
    app.run()
    assert not asks(app)


def test_too_many_files_are_refused_and_pasting_goes_before() -> None:
    app = uploaded("zh", *[INVESTED] * 11)
    assert ZH.say("app.start.too_many", most=10) in html_of(app) and not asks(app)
    app = uploaded("zh", INVESTED, TAX)
    app.text_area(key="start-paste").set_value("区县\t面积\n甲县\t1\n乙区\t2").run()
    fields = [str(f.key) for f in app.text_input if str(f.key).startswith("start-weight-")]
    assert fields == ["start-weight-面积"]


def test_going_on_from_a_scenario_its_columns_may_come_from_two_files() -> None:
    before = luzhou()
    names = [factor.name.zh for factor in before.factors]

    def sheet(columns: Sequence[str]) -> bytes:
        rows = [["单位", *columns]]
        rows += [[r.name.zh, *(str(at) for _ in columns)] for at, r in enumerate(before.recipients, 1)]
        return "\n".join(map(",".join, rows)).encode()

    def together(*files: Sequence[str]) -> Understanding:
        options = Options(other_factors=True)
        parts = [understand(f"{n}.csv", sheet(f), options, before) for n, f in enumerate(files, 1)]
        return complete(joined(parts, recipients_of(parts, before), {}, {}), before)

    assert keys(together(names[:2], names[2:3])) == ["factor_missing"]
    made = together(names[:2], [*names[2:], "人口"])
    assert made.is_settled
    fund = replace(written_like(before, ZH), total="6000")
    scenario = scenario_of(made, fund, ZH, before)
    assert [f.id for f in scenario.factors] == [*(f.id for f in before.factors), "人口"]
    assert all(factor.values == tuple(range(1, 10)) for factor in scenario.factors)
    assert scenario.weights == before.weights and scenario.recipients == before.recipients
