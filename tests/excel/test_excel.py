"""The workbook of results: its figures are those of `allocate`, and its formulas find them by themselves."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random

import office
import pytest
import shipped
from depth import cases, deeper
from generated import generated
from phrases import sentences
from random_cases import random_case, scenario_of

from allocator import (
    Allocation,
    AllocatorError,
    Earmark,
    Factor,
    Limit,
    Provenance,
    Recipient,
    Reservation,
    Scenario,
    Text,
    allocate,
    load_scenario,
)
from allocator.report.excel import workbook
from allocator.report.tables.office import compare_table, office_table
from allocator.text import EN, LANGUAGES, Phrasebook, money_scale

ROOT = Path(__file__).parent.parent.parent
SHIPPED = {f"{p.parent.name}-{p.stem}": p for p in shipped.FIRST}
LUZHOU = ROOT / "scenarios" / "luzhou-2023"
UNITS = (1, 5, 10, 10_000)
EACH = pytest.mark.parametrize("lang", LANGUAGES)


@cache
def named(name: str) -> Allocation:
    return allocate(load_scenario(LUZHOU / f"{name}.toml"))


@cache
def book_of(scenario: Scenario, lang: str) -> bytes:
    """The workbook of a scenario alone, made once."""
    return workbook([allocate(scenario)], Phrasebook(lang))


@cache
def shipped(name: str) -> Scenario:
    return load_scenario(SHIPPED[name])


large = cache(generated)


def labels(sheet, column: int = 1) -> dict[str, int]:
    """The rows of a sheet by what stands in a column."""
    return {
        str(row[column - 1].value): row[column - 1].row for row in sheet.iter_rows() if row[column - 1].value
    }


def sheet(book, key: str, lang: str = "en"):
    return book[Phrasebook(lang).say(f"excel.sheet.{key}")]


def column_of(page, title: str, row: int) -> int:
    return next(cell.column for cell in page[row] if str(cell.value or "").startswith(title))


def amounts_in(book, allocation: Allocation, lang: str = "en") -> list:
    """The amounts of the office's table, by recipient in listed order."""
    page = sheet(book, "table", lang)
    column = column_of(page, Phrasebook(lang).say("table.amount"), 6)
    numbers = {page.cell(row, 1).value: page.cell(row, column).value for row in range(7, page.max_row + 1)}
    return [numbers[str(at)] for at in range(1, len(allocation.scenario.ids) + 1)]


def shown(allocation: Allocation) -> list:
    fund = allocation.scenario.fund
    scale = money_scale(fund.currency, fund.unit)
    return [held(Fraction(amount) / scale) for amount in allocation.amounts.values()]


def held(number):
    """A number as a workbook holds it."""
    return int(number) if number.denominator == 1 else float(number)


def warns(book) -> bool:
    page = sheet(book, "checks")
    return bool(page.cell(labels(page, 2)[EN.say("excel.checks.hint_near")], 3).value)


def is_exact(book) -> bool:
    page = sheet(book, "checks")
    return page.cell(labels(page, 2)[EN.say("excel.checks.hint_exact")], 3).value == 1


def failed(book) -> int:
    page = sheet(book, "checks")
    return page.cell(labels(page, 2)[EN.say("excel.checks.all")], 3).value


# --- what it says ------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("name", SHIPPED)
def test_every_figure_of_the_table_is_that_of_the_offices_table(name, lang):
    allocation = allocate(shipped(name))
    table = office_table(allocation, Phrasebook(lang))
    book = office.opened(book_of(shipped(name), lang))
    page = sheet(book, "table", lang)
    assert page["A5"].value == table.unit
    assert [cell.value for cell in page[6]][: len(table.headers)] == list(table.headers)
    for row, figures in enumerate(table.figures, 7):
        found = [page.cell(row, column).value for column in range(1, len(table.columns) + 1)]
        wanted = [held(x) if isinstance(x, int | Fraction) else x or None for x in figures]
        assert [x or (0 if x == 0 else None) for x in found] == wanted
    assert page.max_row == 6 + len(table.rows)
    assert amounts_in(book, allocation, lang) == shown(allocation)


def test_factors_may_be_called_as_columns_are():
    scenario = load_scenario(LUZHOU / "published-rule.toml")
    ids = ("amount", "share", "entitlement", "difference")
    scenario = replace(
        scenario,
        weights=dict(zip(ids, (10, 20, 30, 40), strict=True)),
        factors=tuple(replace(f, id=id) for f, id in zip(scenario.factors, ids, strict=True)),
    )
    allocation = allocate(scenario)
    content = workbook([allocation], EN)
    cached, formulas = (sheet(office.opened(content, values=v), "table") for v in (True, False))
    table = office_table(allocation, EN)
    for row, figures in enumerate(table.figures, 7):
        found = [cached.cell(row, column).value for column in range(3, len(table.columns) + 1)]
        assert found == [held(x) if isinstance(x, int | Fraction) else x or None for x in figures[2:]]
    row = [cell.value for cell in formulas[10]][2:11]
    assert len(set(row)) == len(row)  # no column refers to another's figures


@EACH
def test_scenarios_side_by_side_are_those_of_the_comparison(lang):
    allocations = [named(name) for name in ("published-rule", "equal-weights", "cap-zone")]
    table = compare_table(allocations, Phrasebook(lang))
    page = sheet(office.opened(workbook(allocations, Phrasebook(lang))), "compare", lang)
    head = labels(page)[Phrasebook(lang).say("table.number")]
    for row, figures in enumerate(table.figures, head + 1):
        found = [page.cell(row, column).value for column in range(1, len(table.columns) + 1)]
        assert found == [held(x) if isinstance(x, int | Fraction) else x or None for x in figures]
    formulas = sheet(office.opened(workbook(allocations, Phrasebook(lang)), values=False), "compare", lang)
    first = formulas[head + 1]
    assert [cell.data_type for cell in first[2:8]] == ["f", "n", "f", "n", "f", "f"]


@EACH
def test_assumed_data_is_marked_on_every_sheet_and_page(lang):
    mark = Phrasebook(lang).say("excel.mark_short")
    book = office.opened(book_of(shipped("luzhou-2023-published-rule"), lang))
    for page in book.worksheets:
        assert any(str(page.cell(2, column).value or "").startswith(mark) for column in (1, 3)), page.title
        assert page.oddHeader.left.text == mark
        assert page.page_setup.orientation == "landscape" and page.page_setup.paperSize == 9
        assert page.protection.sheet
    book = office.opened(book_of(shipped("au-wa-2024-25-scenario"), lang))
    assert not any(
        mark in str(page["A2"].value or "") + str(page["C2"].value or "") for page in book.worksheets
    )
    assert all(not page.oddHeader.left.text for page in book.worksheets)


def test_a_single_assumed_cell_another_scenario_or_a_coefficient_is_enough_for_the_mark():
    plain = load_scenario(SHIPPED["au-wa-2024-25-scenario"])
    names = [r.id for r in plain.recipients]
    by = replace(plain.factors[1], id="k", status="assumed")
    marked = (
        [replace(plain, provenance=(Provenance(names[0], "population", status="example"),))],
        [replace(plain, factors=(*plain.factors, by), coefficient="k", limits=())],
        [plain, replace(plain, factors=(replace(plain.factors[0], status="assumed"), plain.factors[1]))],
    )
    for scenarios in marked:
        book = office.opened(workbook([allocate(scenario) for scenario in scenarios], EN))
        assert all(page.oddHeader.left.text == "Illustrative data" for page in book.worksheets)
    derived = replace(plain, provenance=(Provenance(names[0], "need", status="derived"),))
    book = office.opened(workbook([allocate(derived)], EN))
    assert not any(page.oddHeader.left.text for page in book.worksheets)


@EACH
def test_where_every_figure_comes_from_is_said(lang):
    scenario = load_scenario(LUZHOU / "after-earmark.toml")
    book = office.opened(workbook([allocate(scenario)], Phrasebook(lang)))
    page = sheet(book, "sources", lang)
    rows = {row[0].value: [cell.value for cell in row] for row in page.iter_rows(min_row=5)}
    for factor in scenario.factors:
        row = rows[getattr(factor.name, lang)]
        assert row[1] == Phrasebook(lang).say("status.assumed") and row[5] == getattr(factor.source, lang)
    assert rows[Phrasebook(lang).say("workbook.published")][1] == Phrasebook(lang).say("status.published")
    text = "\n".join(str(cell.value) for line in sheet(book, "summary", lang).iter_rows() for cell in line)
    assert scenario.digest in text


def test_only_the_inputs_can_be_changed():
    book = office.opened(workbook([named("after-earmark")], EN), values=False)
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if not cell.protection.locked:
                    places = {
                        EN.say("excel.sheet.inputs"): (2,),
                        EN.say("excel.sheet.data"): (4, 5, 6, 7),
                    }
                    assert cell.column in places[page.title]
                    assert cell.data_type == "n" and cell.fill.fgColor.rgb == "FFFFF2CC"


def test_names_never_become_formulas_or_links():
    evil = ["https://example.org", "{=1}", 'x"&HYPERLINK("http://a")&"', "x=cmd|' /C calc'!A0", "&A<b>'"]
    scenario = load_scenario(SHIPPED["us-crf-2020-scenario"])
    scenario = replace(
        scenario,
        title=Text("internal:x & y"),
        recipients=tuple(Recipient(f"r{i}", Text(name)) for i, name in enumerate(evil)),
        factors=(
            replace(scenario.factors[0], values=(1, 2, 3, 4, 5), name=Text('a"&1&"b_x0022_&2&_x0022_')),
        ),
        limits=(),
    )
    content = workbook([allocate(scenario)], EN)
    formulas, values = office.opened(content, values=False), office.opened(content)
    seen = set()
    for page in formulas.worksheets:
        for row in page.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                if cell.data_type == "f":
                    assert "HYPERLINK" not in cell.value and "cmd" not in cell.value
                elif cell.value in evil:
                    seen.add(cell.value)
    assert seen == set(evil)
    # Excel reads _x0022_ as a quotation mark, in a formula too
    assert not any(re.search("_x[0-9A-Fa-f]{4}_", formula) for formula in office.formulas(content))
    head = sheet(values, "table")["C6"].value
    assert head.startswith('a"&1&"b')


def test_texts_of_the_workbook_fit_into_formulas_and_sheet_names():
    for lang in LANGUAGES:
        # a straight quote would end a text in a formula
        assert not [key for key, said in sentences(lang, "excel.").items() if '"' in said]
        assert all(len(name) <= 31 for name in sentences(lang, "excel.sheet.").values())


def test_formulas_are_no_longer_than_excel_takes():
    base = load_scenario(LUZHOU / "published-rule.toml")
    crowded = replace(
        base,
        fund=replace(base.fund, unit=1),
        reservations=tuple(Reservation(f"department {n}", 10_000) for n in range(120)),
    )
    crowded = replace(crowded, earmarks=tuple(Earmark(id, 1, n < 5) for n, id in enumerate(crowded.ids)) * 40)
    for scenario in (large(), crowded, shipped("au-wa-2024-25-scenario")):
        for lang in LANGUAGES:
            found = office.formulas(book_of(scenario, lang))
            assert len(found) > len(scenario.recipients)
            assert all(len(formula) < 8192 for formula in found)
            assert all(len(text) <= 255 for formula in found for text in re.findall(r'"([^"]*)"', formula))


@EACH
def test_names_that_look_like_functions_stay_as_they_are(lang):
    base = load_scenario(LUZHOU / "after-earmark.toml")
    called = ("SORT(A)", "MAP(B)", "UNIQUE(C)", "XLOOKUP(D)", "SINGLE(E)", "TAKE(F)", "DROP(G)", "SCAN(H)")
    base = replace(
        base,
        factors=tuple(replace(f, name=Text(n, n)) for f, n in zip(base.factors, called, strict=False)),
        recipients=tuple(
            replace(r, name=Text(f"{r.id} {called[i % 8]}")) for i, r in enumerate(base.recipients)
        ),
    )
    found = office.formulas(workbook([allocate(base)], Phrasebook(lang)))
    assert any("SORT(A)" in formula for formula in found)
    assert not any("_xl" in formula for formula in found)


@EACH
def test_names_as_long_as_may_be_stay_within_what_excel_takes(lang):
    scenario = load_scenario(LUZHOU / "after-earmark.toml")
    long = '好"' * 500
    names = [Text(f"{at}{long}"[:1000]) for at in range(len(scenario.recipients))]
    scenario = replace(
        scenario,
        title=Text(long),
        fund=replace(scenario.fund, name=Text(long), source=Text(long)),
        recipients=tuple(replace(r, name=n) for r, n in zip(scenario.recipients, names, strict=True)),
        factors=tuple(replace(f, name=Text(long), source=Text(long)) for f in scenario.factors),
        reservations=(Reservation(Text(long), 1_200_000),),
    )
    content = workbook([allocate(scenario)], Phrasebook(lang))
    found = office.formulas(content)
    assert all(len(formula) < 8192 for formula in found)
    assert all(len(text) <= 255 for formula in found for text in re.findall(r'"((?:[^"]|"")*)"', formula))
    book = office.opened(content, values=False)
    for page in book.worksheets:
        assert all(each.height is None or each.height <= 409 for each in page.row_dimensions.values())
        assert all(each.width <= 255 for each in page.column_dimensions.values())
    head = sheet(book, "table", lang)["C6"]
    assert head.data_type == "f"  # the weight in a heading follows the inputs, however long the name


@EACH
def test_the_same_input_gives_the_same_bytes(lang):
    one = workbook([named("published-rule"), named("cap-zone")], Phrasebook(lang))
    assert one == workbook([named("published-rule"), named("cap-zone")], Phrasebook(lang))


# --- what its formulas find --------------------------------------------------------------------------


def random_scenarios(count: int, seed: int) -> dict[str, Scenario]:
    """So many random scenarios that can be allocated, with each of the units."""
    rnd, found = Random(seed), {}
    while len(found) < count:
        case = random_case(rnd)
        unit = UNITS[len(found) % len(UNITS)]
        distributable = unit * rnd.choice((1, 7, rnd.randint(1, 100), rnd.randint(1, 10**6)))
        taken = sum(case["reservations"]) + sum(amount for _, amount, _ in case["earmarks"])
        case |= {"unit": unit, "fund": distributable + taken}
        try:
            scenario = scenario_of(case)
            allocate(scenario)
        except AllocatorError:
            continue
        found[f"random-{len(found)}"] = scenario
    return found


def tie(rounding: str, **fields) -> Scenario:
    """Ten units over four, with remainders that are equal where floats do not see it."""
    base = load_scenario(LUZHOU / "published-rule.toml")
    values = tuple(Fraction(x, 10) for x in (1, 2, 3, 4))
    return replace(
        base,
        fund=replace(base.fund, amount=100_000, rounding=rounding),
        weights={"x": 60, "y": 40},
        recipients=tuple(Recipient(i) for i in "abcd"),
        factors=(Factor("x", values), Factor("y", tuple(reversed(values)))),
        reservations=(),
        published=None,
        **fields,
    )


def other_weights(scenario: Scenario, rnd: Random) -> Scenario | None:
    """The scenario under other weights, some of them zero; None where that cannot be allocated."""
    ids = list(scenario.weights)
    cuts = sorted(rnd.choice((0, 15, 20, 50, 77, Fraction(125, 2), 100)) for _ in ids[1:])
    new = dict(zip(ids, (b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)), strict=True))
    try:
        changed = replace(scenario, weights=new)
        allocate(changed)
    except AllocatorError:
        return None
    return changed


def typed(scenario: Scenario, entries: Mapping[str, object]) -> bytes:
    """The workbook of a scenario with other figures in yellow cells, by how their label begins."""
    content = book_of(scenario, "en")
    page = sheet(office.looked_at(content), "inputs")
    names = labels(page)
    found = {label: [row for name, row in names.items() if name.startswith(label)] for label in entries}
    assert all(len(rows) == 1 for rows in found.values()), found
    cells = {(page.title, f"B{found[label][0]}"): float(value) for label, value in entries.items()}  # type: ignore[arg-type]
    return office.edited(content, cells)


def with_inputs(scenario: Scenario, changed: Scenario) -> bytes:
    """The workbook of a scenario, with the weights and the unit of another typed into its yellow cells."""
    weights = {changed.factor(id).name.en: weight for id, weight in changed.weights.items()}
    return typed(scenario, {"Rounding unit": changed.fund.unit, **weights})


def near_tie() -> Scenario:
    """Two units, three remainders of a third; the second is larger by less than a float can hold."""
    scenario = tie("largest-remainder")
    return replace(
        scenario,
        fund=replace(scenario.fund, amount=20_000),
        weights={"x": 50, "y": 50},
        recipients=scenario.recipients[:3],
        factors=(Factor("x", (1, 1, 1)), Factor("y", (0, 1, 10**17))),
    )


def edits() -> dict[str, tuple[bytes, Scenario]]:
    """Workbooks with one thing or another changed in them, and the scenarios that they then are."""
    base, cap, apart = (
        load_scenario(LUZHOU / f"{name}.toml") for name in ("published-rule", "cap-zone", "after-earmark")
    )
    first = replace(base.reservations[0], amount=1_000_000)
    other_fund = replace(
        base, fund=replace(base.fund, amount=61_230_000), reservations=(first, *base.reservations[1:])
    )
    lower = replace(cap.with_weights(investment=10, tax=20, employment=30, effort=40),
                    limits=(replace(cap.limits[0], cap_rate=Fraction(615, 1000)),))  # fmt: skip
    small = replace(apart, earmarks=(replace(apart.earmarks[0], amount=45_000_000),))
    weights = {"Investment c": 10, "Tax": 20, "Employment": 30, "Investment-": 40}
    return {
        "fund": (typed(base, {"Fund": 6123, "Reservation: Luzhou Economic": 100}), other_fund),
        "cap": (typed(cap, {"Rule 1: cap": 0.615, **weights}), lower),
        "earmark": (typed(apart, {"Earmark": 4500}), small),
    }


def mistakes() -> dict[str, tuple[bytes, str]]:
    """Workbooks with something typed into them that no scenario may have, and the check that says so."""
    base = load_scenario(LUZHOU / "published-rule.toml")
    floors = replace(base, limits=(Limit("all", floor=100_000),))
    caps = replace(base, limits=(Limit("all", cap=60_000_000),))
    return {
        "sum": (typed(base, {"Investment c": 50}), "weights"),
        "unit": (typed(base, {"Rounding unit": 30_000}), "unit"),
        "overspent": (typed(base, {"Reservation: Luzhou Economic": 9000}), "money"),
        "floors": (typed(floors, {"Rule 1: floor": 700}), "crossed"),
        "caps": (typed(caps, {"Rule 1: cap": 600}), "crossed"),
        "nothing": (
            typed(base, dict.fromkeys(("Investment c", "Tax", "Employment", "Investment-"), 0)),
            "score",
        ),
    }


def workbooks() -> dict[str, tuple[bytes, Scenario]]:
    """Workbooks by name, and the scenarios whose amounts they must come to."""
    rnd = Random(7)
    plain = {name: shipped(name) for name in SHIPPED}
    plain |= random_scenarios(cases(8, 60), 20230531)
    plain |= {f"tie-{rounding}": tie(rounding) for rounding in ("largest-remainder", "rest-to-largest")}
    plain |= {"large": large(), "near": near_tie()}
    found = {name: (office.poisoned(book_of(scenario, "en")), scenario) for name, scenario in plain.items()}
    for at, (name, scenario) in enumerate(plain.items()):
        changed = other_weights(scenario, rnd) if at % 3 == 0 and name != "large" else None
        if changed is not None:
            found[f"{name}-edited"] = with_inputs(scenario, changed), changed
    base = plain["luzhou-2023-published-rule"]
    for unit in UNITS:
        changed = replace(base.with_weights(investment="12.5", tax="37.5", employment=50, effort=0),
                          fund=replace(base.fund, unit=unit))  # fmt: skip
        found[f"unit-{unit}"] = with_inputs(base, changed), changed
    equal = load_scenario(LUZHOU / "equal-weights.toml")
    return found | edits() | {"equal": (with_inputs(base, equal), equal)}


@pytest.fixture(scope="module")
def computed(converted) -> Mapping[str, tuple[object, object]]:
    """Every case as LibreOffice computes it anew; beside it the scenario or the check that fails."""
    made = {**workbooks(), **{f"wrong-{name}": case for name, case in mistakes().items()}}
    done = office.computed({name: content for name, (content, _) in made.items()})
    return {name: (done[name], scenario) for name, (_, scenario) in made.items()}


def found_amounts(book, allocation: Allocation, scale: int) -> list[Fraction]:
    """The amounts in the main unit, to the hundredth."""
    return [Fraction(round(x * scale * 100), 100) for x in amounts_in(book, allocation)]


@deeper
def test_recalculated_amounts_are_the_programs_or_the_workbook_warns(computed):
    wrong, warned, exact = [], [], 0
    for name, (book, scenario) in computed.items():
        if not isinstance(scenario, Scenario):
            continue
        allocation = allocate(scenario)
        first = sheet(book, "inputs")
        scale = 10_000 if "10k yuan" in first["A7"].value else 1
        same = found_amounts(book, allocation, scale) == list(allocation.amounts.values())
        exact += is_exact(book)
        if warns(book):
            warned.append(name)
        elif not same:
            wrong.append(name)
        elif scenario.kind == "shares" or "edited" not in name:
            assert failed(book) == 0, name
    assert not wrong
    assert "near" in warned
    assert exact > len(computed) / 2
    assert len(warned) < len(computed) / 4, warned


def test_the_summary_computed_anew_says_money_moves_only_within_one_sum(computed):
    seen = set()
    for name, (book, scenario) in computed.items():
        if not isinstance(scenario, Scenario) or scenario.published is None or warns(book):
            continue
        page, allocation = sheet(book, "summary"), allocate(scenario)
        at = labels(page, 4)
        by = [Fraction(a - scenario.published[id]) for id, a in allocation.amounts.items()]
        scale = 10_000 if "10k yuan" in sheet(book, "inputs")["A7"].value else 1
        key = "sum" if sum(by) else "moved"
        assert EN.say("excel.summary.sum" if key == "moved" else "excel.summary.moved") not in at, name
        row = at[EN.say(f"excel.summary.{key}")]
        wanted = sum(by) if sum(by) else sum(x for x in by if x > 0)
        assert page.cell(row, 5).value == pytest.approx(float(wanted / scale), abs=1e-6), name
        assert page.cell(row + 3, 5).value == f"{sum(x > 0 for x in by)} / {sum(x < 0 for x in by)}"
        for place, most in ((row + 1, max(by)), (row + 2, min(by))):
            there = (place == row + 1 and most > 0) or (place == row + 2 and most < 0)
            assert page.cell(place, 5).value == pytest.approx(float(most / scale) if there else 0, abs=1e-6)
            first = scenario.recipients[by.index(most)].name.en
            tied = by.count(most)
            told = first + (EN.say("excel.summary.tied", count=tied) if tied > 1 else "")
            assert (page.cell(place, 6).value or "") == (told if there else ""), name
            seen.add((key, there, tied > 1))
    assert ("sum", True, False) in seen and ("moved", True, False) in seen


def test_what_cannot_be_told_apart_is_warned_of(computed):
    book, scenario = computed["near"]
    wanted = allocate(scenario)
    assert shown(wanted) == [0, 1, 1]  # exactly; to a spreadsheet the first is as large as the second
    assert amounts_in(book, wanted) == [1, 0, 1] and not is_exact(book) and failed(book) == 1
    page = sheet(office.opened(workbook([wanted], EN)), "summary")
    assert any(EN.say("excel.summary.near") in str(cell.value) for row in page.iter_rows() for cell in row)


def test_what_no_scenario_may_have_fails_a_check(computed):
    for name, (book, check) in computed.items():
        if name.startswith("wrong-"):
            page = sheet(book, "checks")
            row = labels(page, 2)[EN.say(f"excel.checks.is_{check}")]
            assert page.cell(row, 3).value != 0 and page.cell(row, 4).value == "does not hold", name
            cells = [cell.value for every in book.worksheets for line in every.iter_rows() for cell in line]
            assert not any(str(value).startswith("#") for value in cells), name
            summary = [cell.value for line in sheet(book, "summary").iter_rows() for cell in line]
            first = next(page.cell(r, 2).value for r in range(6, row + 1) if page.cell(r, 3).value)
            reason = EN.say("excel.state_fails", count=failed(book), first=first)
            assert any(str(text).startswith(reason) for text in summary), name


def test_equal_weights_typed_into_the_published_rule(computed):
    book, _ = computed["equal"]
    wanted = allocate(load_scenario(LUZHOU / "equal-weights.toml"))
    assert amounts_in(book, wanted) == shown(wanted) == [219, 102, 76, 105, 35, 52, 148, 31, 4834]
    assert is_exact(book) and not warns(book) and failed(book) == 0
    assert EN.say("excel.state_changed", count=4) == sheet(book, "summary")["A3"].value


def test_every_cached_value_is_what_the_formula_finds(computed):
    for name in SHIPPED:
        if not name.startswith("luzhou"):
            continue
        book, scenario = computed[name]
        content = book_of(scenario, "en")
        formulas, cached = office.opened(content, values=False), office.opened(content)
        count = 0
        for page in formulas.worksheets:
            for row in page.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        mine = cached[page.title][cell.coordinate].value
                        found = book[page.title][cell.coordinate].value
                        count += 1
                        if isinstance(mine, int | float):
                            assert found == pytest.approx(mine, rel=1e-12, abs=1e-9), (
                                f"{name} {page.title}!{cell.coordinate}"
                            )
                        else:
                            assert (found or "") == (mine or ""), f"{name} {page.title}!{cell.coordinate}"
        assert count > 500


def test_the_table_as_recalculated_is_the_offices_table(computed):
    for name in (*SHIPPED, "large", "tie-largest-remainder", "tie-rest-to-largest"):
        book, scenario = computed[name]
        if name.startswith("us-"):
            continue  # figures of twelve digits and two decimals are more than a spreadsheet holds exactly
        table = office_table(allocate(scenario), EN)
        page = sheet(book, "table")
        for row, figures in enumerate(table.figures, 7):
            found = [page.cell(row, column).value for column in range(1, len(table.columns) + 1)]
            for mine, wanted in zip(found, figures, strict=True):
                if isinstance(wanted, int | Fraction):
                    assert mine == pytest.approx(float(wanted), rel=1e-13, abs=1e-9), name
                else:
                    assert (mine or "") == (wanted or ""), name
