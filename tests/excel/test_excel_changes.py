"""What is typed into the workbook of results is counted, marked, and computed as `allocate` does."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random

import office
import pytest
from openpyxl.utils import get_column_letter
from test_excel import (
    LUZHOU,
    failed,
    found_amounts,
    is_exact,
    labels,
    random_scenarios,
    sheet,
    warns,
)

from allocator import (
    AllocatorError,
    Earmark,
    Factor,
    Limit,
    Recipient,
    Reservation,
    Scenario,
    allocate,
    load_scenario,
)
from allocator.report.excel import workbook
from allocator.text import EN, LANGUAGES, Phrasebook, money_scale

SEED = 20230601
SAME = EN.say("excel.state_same")


def shipped(name: str) -> Scenario:
    return load_scenario(LUZHOU / f"{name}.toml")


def rich() -> Scenario:
    """All that amounts can hang on: a coefficient, last year's amounts, a column of a cap, one apart."""
    base = shipped("published-rule")
    return replace(
        base,
        fund=replace(base.fund, amount=5_000_000, unit=100),
        weights={"x": 60, "y": 40},
        recipients=tuple(Recipient(i, kind="district") for i in "abcde"),
        factors=(
            Factor("x", (5, 3, None, 8, Fraction("1.5"))),
            Factor("y", (1, 0, None, 7, 2)),
            Factor("k", (1, Fraction("1.2"), None, Fraction("0.9"), 1)),
            Factor("people", (100, 200, None, 300, 50)),
            Factor("idle", (1, 2, 3, None, 5)),
        ),
        coefficient="k",
        reservations=(Reservation("bureau", 200_000), Reservation("office", 100_000)),
        earmarks=(Earmark("c", 400_000), Earmark("a", 50_000, True)),
        limits=(
            Limit("all", floor_rate=Fraction("0.5"), of="previous"),
            Limit("all", cap_rate=Fraction("1.4"), of="distributable", by="people"),
            Limit(("b",), floor=300_000),
        ),
        published=dict.fromkeys("abcde", 900_000),
        previous=dict(zip("abcde", (700_000, 900_000, 0, 1_500_000, 300_000), strict=True)),
    )


MADE: dict[str, tuple[bytes, object]] = {}


def exported(scenario: Scenario):
    """The workbook of a scenario, and the same opened."""
    if scenario.digest not in MADE:
        content = workbook([allocate(scenario)], EN)
        MADE[scenario.digest] = content, office.looked_at(content)
    return MADE[scenario.digest]


def cell(scenario: Scenario, label: str, recipient: str = "") -> tuple[str, str]:
    """A cell that may be changed: of the data where a recipient is named, else by how its label begins."""
    book = exported(scenario)[1]
    if not recipient:
        page = sheet(book, "inputs")
        (row,) = (row for name, row in labels(page).items() if name.startswith(label))
        return page.title, f"B{row}"
    page = sheet(book, "data")
    heads = [c for c in page[5] if str(c.value or "").startswith(label)]
    return page.title, f"{heads[0].column_letter}{labels(page, 2)[recipient]}"


def typed(scenario: Scenario, *entries: tuple[tuple[str, str], object]) -> bytes:
    """The workbook with these values in these cells."""
    cells = {at: float(v) if isinstance(v, Fraction) else v for at, v in entries}
    return office.edited(exported(scenario)[0], cells)  # type: ignore[arg-type]


def with_value(scenario: Scenario, factor: str, recipient: str, value: object) -> Scenario:
    at = scenario.ids.index(recipient)
    return replace(
        scenario,
        factors=tuple(
            replace(f, values=(*f.values[:at], value, *f.values[at + 1 :])) if f.id == factor else f
            for f in scenario.factors
        ),
    )


def changes() -> dict[str, tuple[bytes, Scenario, int]]:
    """Workbooks with something typed in, the scenarios that they then are, and how many cells differ."""
    base, cap, many = shipped("published-rule"), shipped("cap-zone"), rich()
    zone = cell(base, "Investment c", "Free Trade Zone")
    decimals = with_value(base, "investment", "ftz", Fraction("50.12345"))
    found: dict[str, tuple[bytes, Scenario, int]] = {
        "there and back": (typed(base, (zone, 91.85)), base, 0),
        "factor": (typed(base, (zone, 50)), with_value(base, "investment", "ftz", 50), 1),
        "decimals": (
            typed(base, (zone, Fraction("50.12345")), (cell(base, "Investment c", "Lu County"), 0)),
            with_value(decimals, "investment", "luxian", 0), 2,
        ),
        "capped": (typed(cap, (zone, 50), (cell(cap, "Rule 1: cap"), Fraction("0.3"))),
                   replace(with_value(cap, "investment", "ftz", 50),
                           limits=(replace(cap.limits[0], cap_rate=Fraction("0.3")),)), 2),
        "money": (
            typed(many, (cell(many, "k", "d"), 3), (cell(many, "Reservation: office"), 200_000),
                  (cell(many, "Earmark: a"), 70_000)),
            replace(with_value(many, "k", "d", 3),
                    reservations=(many.reservations[0], Reservation("office", 200_000)),
                    earmarks=(many.earmarks[0], Earmark("a", 70_000, True))), 3,
        ),
        "limits": (
            typed(many, (cell(many, "people", "d"), 250), (cell(many, "Last year", "b"), 1_500_000),
                  (cell(many, "Rule 3: floor"), 450_000)),
            replace(with_value(many, "people", "d", 250), previous={**many.previous, "b": 1_500_000},
                    limits=(*many.limits[:2], Limit(("b",), floor=450_000))), 3,
        ),
        "weights and data": (
            typed(many, (cell(many, "x"), 30), (cell(many, "y"), 70), (cell(many, "x", "e"), 9)),
            with_value(many.with_weights(x=30, y=70), "x", "e", 9), 3,
        ),
    }  # fmt: skip
    return found | random_changes()


def random_changes() -> dict[str, tuple[bytes, Scenario, int]]:
    rnd, found = Random(SEED), {}
    for name, scenario in random_scenarios(3, SEED).items():
        factor, i = rnd.choice(list(scenario.weights)), rnd.choice(scenario.participants or (0,))
        old, new = scenario.factor(factor).values[i], Fraction(rnd.randint(1, 10**5), rnd.choice((1, 100)))
        changed = with_value(scenario, factor, scenario.ids[i], new)
        try:
            allocate(changed)
        except AllocatorError:
            continue
        if scenario.participants and old != new:
            where = cell(scenario, factor, scenario.ids[i])
            found[name] = typed(scenario, (where, new)), changed, 1
    return found


def unusable() -> dict[str, tuple[bytes, int]]:
    """Workbooks with something in them that is no figure, and how many such cells."""
    base, many = shipped("published-rule"), rich()
    zone = cell(base, "Investment c", "Free Trade Zone")
    fund, weight = cell(base, "Fund"), cell(base, "Investment c")
    limits = [cell(many, f"Rule {rule}: {side}") for rule, side in ((1, "floor"), (2, "cap"), (3, "floor"))]
    return {
        "text": (typed(base, (zone, "50 %")), 1),
        "values": (typed(base, (zone, None), (cell(base, "Tax", "Free Trade Zone"), -50)), 2),
        "error": (typed(base, (zone, "=1/0"), (fund, "=NA()")), 2),
        "inputs": (typed(base, (fund, "5722 万元"), (weight, "forty"), (cell(base, "Rounding unit"), None),
                         (cell(base, "Reservation: Luzhou Economic"), "60")), 4),
        "data": (typed(many, (cell(many, "k", "b"), "high"), (cell(many, "people", "b"), None),
                       (cell(many, "Last year", "b"), "n/a"), (cell(many, "Earmark: a"), "x"),
                       *zip(limits, ("half", None, -1), strict=True)), 7),
    }  # fmt: skip


def refused() -> dict[str, tuple[bytes, str]]:
    """Workbooks with figures that no scenario may have, and the check that says so first."""
    base, many = shipped("published-rule"), rich()
    nobody = [(cell(many, "people", i), 0) for i in "abde"]
    return {
        "cents": (typed(base, (cell(base, "Reservation: Luzhou Economic"), 60.0000001)), "cents"),
        "no unit": (typed(base, (cell(base, "Rounding unit"), 0)), "zero"),
        "rate": (
            typed(many, (cell(many, "Rule 1: floor"), 80), (cell(many, "Rule 3: floor"), 0.001)),
            "sizes",
        ),
        "nobody": (typed(many, *nobody), "by"),
        "crossed": (typed(many, (cell(many, "Rule 3: floor"), 40_000_000)), "crossed"),
    }


@pytest.fixture(scope="module")
def computed(converted) -> Mapping[str, tuple[object, tuple]]:
    """Every case as LibreOffice computes it anew, and what is expected of it."""
    made = {
        f"{kind} {name}": case
        for kind, cases in (("changed", changes()), ("unusable", unusable()), ("refused", refused()))
        for name, case in cases.items()
    }
    done = office.computed({name: case[0] for name, case in made.items()})
    return {name: (done[name], tuple(case[1:])) for name, case in made.items()}


def of(computed: Mapping[str, tuple], kind: str) -> dict[str, tuple]:
    return {name: case for name, case in computed.items() if name.startswith(f"{kind} ")}


def banners(book) -> set[str]:
    """What stands above every sheet."""
    return {str(page["A3"].value or page["C3"].value) for page in book.worksheets}


def count(book, key: str) -> int:
    page = sheet(book, "inputs")
    return page.cell(labels(page)[EN.say(f"excel.inputs.{key}")], 2).value


def text_of(book, key: str) -> str:
    return "\n".join(str(c.value) for row in sheet(book, key).iter_rows() for c in row if c.value is not None)


def test_amounts_after_a_change_are_those_of_the_program(computed):
    warned = 0
    for name, (book, (scenario, _)) in of(computed, "changed").items():
        wanted = allocate(scenario)
        scale = money_scale(scenario.fund.currency, scenario.fund.unit)
        if warns(book):
            warned += 1
            continue
        assert found_amounts(book, wanted, scale) == list(wanted.amounts.values()), name
        assert failed(book) == 0, name
        assert EN.say("excel.summary.holds").strip() in text_of(book, "summary"), name
    assert warned <= 3
    assert is_exact(computed["changed factor"][0]) and not warns(computed["changed factor"][0])


def test_every_changed_cell_is_counted_and_every_sheet_says_so(computed):
    for name, (book, (_, wanted)) in of(computed, "changed").items():
        assert count(book, "changed") == wanted and count(book, "unusable") == 0, name
        banner = EN.say("excel.state_changed", count=wanted) if wanted else SAME
        assert banners(book) == {banner}, name


def test_the_digest_holds_for_what_was_exported_only(computed):
    no_more = EN.say("excel.not_the_digest").strip()
    for name, (book, (scenario, wanted)) in of(computed, "changed").items():
        for key in ("summary", "sources"):
            assert (no_more in text_of(book, key)) == bool(wanted), (name, key)
        if not wanted:
            assert scenario.digest in text_of(book, "summary")
    book, _ = computed["changed factor"]
    summary = labels(sheet(book, "summary"))
    status = {
        name: sheet(book, "summary").cell(row, 4).value
        for name, row in summary.items()
        if name in ("Investment contribution", "Tax contribution")
    }
    assert status == {"Investment contribution": "changed", "Tax contribution": "assumed"}


def test_what_is_no_figure_is_not_computed_with(computed):
    for name, (book, (wanted,)) in of(computed, "unusable").items():
        assert count(book, "unusable") == wanted and failed(book), name
        assert banners(book) == {EN.say("excel.state_unusable", count=wanted)}, name
        page = sheet(book, "table")
        heads = [str(c.value) for c in page[6]]
        at = [i for i, head in enumerate(heads) if i > 1 and head != EN.say("table.published")]
        figures = {row[i].value for row in page.iter_rows(min_row=7) for i in at}
        assert figures == {"—", None}, (name, figures)
        for each in book.worksheets:  # nothing but what was typed in is an error
            given = EN.say("excel.sheet.inputs"), EN.say("excel.sheet.data")
            wrong = [c.coordinate for row in each.iter_rows() for c in row if c.data_type == "e"]
            assert len(wrong) == (name.endswith("error") and each.title in given), (name, each.title)


def test_where_a_check_fails_the_reason_is_said(computed):
    for name, (book, (check,)) in of(computed, "refused").items():
        reason = EN.say("excel.state_fails", count=failed(book), first=EN.say(f"excel.checks.is_{check}"))
        assert reason.strip() in text_of(book, "summary"), name
        (banner,) = banners(book)
        assert banner.startswith(reason), name


def test_all_that_the_result_hangs_on_may_be_changed_and_nothing_else():
    scenario = rich()
    for lang in LANGUAGES:
        content = workbook([allocate(scenario)], Phrasebook(lang))
        book = office.opened(content, values=False)
        page = sheet(book, "data", lang)
        heads = {str(c.value): c.column for c in reversed(page[5]) if c.value}  # the first of each
        rows = {i: 7 + at for at, i in enumerate(scenario.ids)}
        last = next(
            column
            for head, column in heads.items()
            if head.startswith(Phrasebook(lang).say("workbook.previous"))
        )
        open_ = {
            (c.row, c.column) for row in page.iter_rows() for c in row if not c.protection.locked
        }  # fmt: skip
        columns = [heads[f] for f in ("x", "y", "k", "people")] + [last]
        assert open_ == {(rows[i], column) for i in "abde" for column in columns}
        assert page.protection.sheet
        exported = {}
        for row, column in open_:
            original = page.cell(row, column).value
            beside = [c.value for c in page[row][last + 1 :] if c.value is not None]
            exported[row, column] = original in beside
        assert all(exported.values())
        marked = {str(area.sqref) for area in page.conditional_formatting}
        assert {f"{get_column_letter(c)}7:{get_column_letter(c)}11" for c in columns} <= marked
