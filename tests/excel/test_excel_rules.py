"""The workbook of a rule of format 2: LibreOffice finds the program's amounts in it, also after changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import office
import pytest
from changed_rules import Book, amounts_of, cases, hints, keys, random_rules, wanted_of
from depth import cases as many
from depth import deeper
from shipped import GUANGDONG, POOLS

from allocator import Allocation, Factor, Fund, Limit, Recipient, Scenario, ScenarioError, Text, load_scenario
from allocator.core.engine import plan
from allocator.core.pools import Pool
from allocator.files.formulas import parse
from allocator.report.excel import workbook
from allocator.report.tables.office import office_table
from allocator.text import EN, LANGUAGES, Phrasebook

LATER = (*POOLS, GUANGDONG)
SEED = 20231201
EACH = pytest.mark.parametrize("lang", LANGUAGES)


def shipped() -> dict[str, Scenario]:
    """The shipped scenarios of format 2 whose clauses the workbook covers."""
    found = {f"{path.parent.name} {path.stem}": load_scenario(path) for path in LATER}
    assert {"luzhou-2023-pools two-pools", "luzhou-2023-pools fixed-first"} <= found.keys()
    return found


@pytest.fixture(scope="module")
def computed(
    converted: object, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[Any, Allocation]]:
    """Every case as LibreOffice computes it anew, and the program's plan of it."""
    made: dict[str, tuple[bytes, Allocation]] = {}
    for name, scenario in shipped().items():
        each = cases(name, scenario, SEED, 3 if scenario.pools else many(1, 3))
        made |= {case: (content, found) for case, content, found in each}
    rules = random_rules(many(3, 120), SEED, tmp_path_factory.mktemp("rules"))
    for at, (name, scenario) in enumerate(rules):
        made |= {
            case: (content, found) for case, content, found in cases(name, scenario, SEED + at, many(1, 3))
        }
    done: dict[str, Any] = {}
    names = list(made)
    for at in range(0, len(names), 60):  # more than that one run of LibreOffice has no time for
        some = names[at : at + 60]
        done |= office.computed({name.replace(" ", "-"): made[name][0] for name in some})
    return {name: (done[name.replace(" ", "-")], found) for name, (_, found) in made.items()}


@deeper
def test_amounts_are_those_of_the_program_as_exported_and_after_changes(computed) -> None:
    warned, exact = [], 0
    for name, (book, allocation) in computed.items():
        checks = hints(book)
        exact += checks[EN.say("excel.checks.hint_exact")]
        if checks[EN.say("excel.checks.hint_near")]:
            warned.append(name)
            continue
        assert amounts_of(book, allocation) == pytest.approx(wanted_of(allocation), abs=1e-9), name
        wrong = {check: value for check, value in checks.items() if value == EN.say("excel.checks.wrong")}
        assert not wrong and checks[EN.say("excel.checks.all")] == 0, name
    assert len(computed) >= 14 and exact
    assert len(warned) <= len(computed) // 10, warned


def test_the_whole_table_is_that_of_the_office(computed) -> None:
    for name, scenario in shipped().items():
        book, _ = computed[name]
        page, table = book[EN.say("excel.sheet.table")], office_table(plan(scenario), EN)
        assert [c.value for c in page[6]][: len(table.headers)] == list(table.headers)
        for row, figures in enumerate(table.figures, 7):
            found = [page.cell(row, column).value for column in range(1, len(table.columns) + 1)]
            wanted = [float(x) if isinstance(x, int | Fraction) else x or None for x in figures]
            for one, other in zip(found, wanted, strict=True):
                assert one == (pytest.approx(other, abs=1e-9) if isinstance(other, float) else other), name


def test_nothing_is_an_error_and_what_is_shown_without_computing_is_right(computed) -> None:
    for name, scenario in shipped().items():
        book, _ = computed[name]
        kept = office.opened(workbook([plan(scenario)], EN))
        for page in book.worksheets:
            if page.title == EN.say("excel.rules.sheet_formulas"):
                continue  # what a value may be wrong by is only worked out by the spreadsheet
            for row in kept[page.title].iter_rows():
                for cell in row:
                    found = page[cell.coordinate].value
                    assert not str(found).startswith("#"), (name, page.title, cell.coordinate)
                    if isinstance(cell.value, int | float) and found is not None and row[0].row > 4:
                        label = str(row[1].value)
                        if "Error of decimals" in label or "count as equal" in label:
                            continue
                        close = pytest.approx(cell.value, rel=1e-6, abs=1e-6)
                        assert found == close, (name, page.title, cell.coordinate)


def test_a_pool_may_be_called_as_a_column_is() -> None:
    """Its column is the pool's, and that of the amounts theirs."""
    scenario = small()
    one, two = scenario.pools
    scenario = replace(scenario, pools=(replace(one, id="amount"), replace(two, id="before")))
    found = plan(scenario)
    table = office_table(found, EN)
    keys = [column.key for column in table.columns]
    assert keys == ["number", "recipient", "pool amount", "pool before", "amount", "note"]
    page = office.opened(workbook([found], EN))[EN.say("excel.sheet.table")]
    for at, (first, all_) in enumerate(
        zip(found.pools["amount"].values(), found.amounts.values(), strict=True)
    ):
        assert (page.cell(7 + at, 3).value, page.cell(7 + at, 5).value) == (first, all_)


# --- groups, and floors from gains ------------------------------------------------------------------------


def grouped() -> Scenario:
    """Parks together at most 30 % of 1,000 in one pool; in the other two groups, one by condition."""
    names, kinds = "uvwxyz", ("park", "park", "county", "county", "city", "city")
    return Scenario(
        title="groups",
        fund=Fund(2_000, "CNY", 1),
        kind="",
        weights={},
        recipients=tuple(Recipient(id, kind=kind) for id, kind in zip(names, kinds, strict=True)),
        factors=(Factor("a", (7, 5, 3, 2, 2, 1)), Factor("b", (1, 4, 2, 9, 6, 3))),
        pools=(Pool("one", "shares", {"a": 100}, percent=50), Pool("two", "scores", {"b": 2}, amount="rest")),
        limits=(
            Limit("park", cap_rate=Fraction(15, 100), of="distributable", pool="one", together=True),
            Limit(("w", "x"), floor=100, pool="one"),
            Limit("city", floor=500, pool="two", together=True, where=parse("b > 1")),
            Limit("county", cap_rate=Fraction(1, 2), of="fund", by="a", pool="two", together=True),
        ),
    )  # fmt: skip


def gaining() -> Scenario:
    """The regression of the plan: 103 % of last year, the rest in proportion to what exceeds that."""
    return Scenario(
        title="gains",
        fund=Fund(330_000, "CNY", 1),
        kind="",
        weights={},
        recipients=tuple(map(Recipient, "xyz")),
        factors=(Factor("a", (95, 105, 130)),),
        pools=(Pool("", "shares", {"a": 100}, amount="rest", floors="from-gains"),),
        limits=(Limit("all", floor_rate=Fraction(103, 100), of="previous"),),
        previous=dict.fromkeys("xyz", 100_000),
    )


def phasing() -> Scenario:
    """A quarter by the rule, three quarters by last year's amounts; a floor; a recipient falls out."""
    return Scenario(
        title="phase",
        fund=Fund(1_000, "CNY", 1),
        kind="",
        weights={},
        recipients=tuple(map(Recipient, "wxyz")),
        factors=(Factor("a", (4, 3, 2, 1)), Factor("b", (Fraction("0.5"), 2, 3, 9))),
        pools=(
            Pool(
                "",
                "shares",
                {"a": 60, "b": 40},
                amount="rest",
                phase_in=Fraction(1, 4),
                where=parse("b < 8"),
            ),
        ),
        limits=(Limit("all", floor=200),),
        previous={"w": 700, "x": 90, "y": 110, "z": 50},
    )


def test_groups_gains_and_phasing_in_are_computed_also_after_changes(converted) -> None:
    assert list(plan(gaining()).amounts.values()) == [103_000, 104_448, 122_552]
    made: dict[str, tuple[bytes, Allocation]] = {}
    for scenario in (grouped(), gaining(), phasing()):
        book = Book(scenario)
        title = EN.text(scenario.title)
        made[title] = book.typed(), plan(scenario)
        book.value("a", 0, Fraction(100 if title == "gains" else 1))
        if scenario.title.zh == "phase":
            pools = (replace(scenario.pools[0], phase_in=Fraction(1, 2)),)
            book.changed = replace(book.changed, pools=pools)
            book.type(("phase",), Fraction(1, 2))
            made[f"{title}-part"] = book.typed(), plan(book.changed)
            continue
        limit = next(n for n, limit in enumerate(scenario.limits) if limit.cap_rate or limit.floor_rate)
        side = "cap_rate" if scenario.limits[limit].cap_rate else "floor_rate"
        rates = {side: Fraction(1, 10)}
        limits = [replace(x, **rates) if n == limit else x for n, x in enumerate(book.changed.limits)]
        book.changed = replace(book.changed, limits=tuple(limits))
        book.type(("limit", limit, side), Fraction(1, 10))
        made[f"{title}-limit"] = book.typed(), plan(book.changed)
    done = office.computed({name: content for name, (content, _) in made.items()})
    for name, (_, allocation) in made.items():
        assert amounts_of(done[name], allocation) == pytest.approx(wanted_of(allocation), abs=1e-9), name
        assert hints(done[name])[EN.say("excel.checks.all")] == 0, name
        table = office_table(allocation, EN)
        page, last = done[name][EN.say("excel.sheet.table")], len(table.columns)
        notes = [cells[-1] for cells in table.figures[: len(allocation.amounts)]]
        assert [page.cell(7 + i, last).value for i in range(len(notes))] == [note or None for note in notes]
        for i, figures in enumerate(table.figures[: len(notes)]):
            for at, figure in enumerate(figures[2:-1], 3):
                assert page.cell(7 + i, at).value == pytest.approx(float(figure), abs=1e-9), name
    assert any("group" in str(cells[-1]) for cells in office_table(made["groups"][1], EN).figures)


# --- what keeps amounts from being computed --------------------------------------------------------------


def small(where: str = "a > 2", formula: str = "a / b") -> Scenario:
    """Two pools over three recipients, one with a condition, one by a computed column."""
    return Scenario(
        title="small",
        fund=Fund(1_000, "CNY", 1),
        kind="",
        weights={},
        recipients=tuple(map(Recipient, "xyz")),
        factors=(
            Factor("a", (1, 3, 6)),
            Factor("b", (2, 2, 4)),
            Factor("c", (), formula=parse(formula), round=3),
        ),
        pools=(
            Pool("one", "shares", {"a": 100}, amount=400, where=parse(where)),
            Pool("two", "scores", {"c": 2}, amount="rest"),
        ),
    )


def test_what_cannot_be_worked_out_is_said_and_no_amount_is_shown(converted) -> None:
    book = Book(small())
    page = book.opened[EN.say("excel.sheet.data")]
    zero = office.edited(book.content, {(page.title, "E7"): 0.0})  # b of x: c is then a division by zero
    out = office.edited(book.content, {(book.inputs, f"B{book.rows['constant', ('pool', 0), 0]}"): 9.0})
    done = office.computed({"zero": zero, "out": out})
    checks = hints(done["zero"])
    assert checks[EN.say("excel.rules.is_undetermined")] == 1
    assert set(amounts_of(done["zero"], plan(book.scenario))) == {"—"}
    banner = done["zero"].worksheets[0]["A3"].value
    assert EN.say("excel.rules.is_undetermined") in banner
    # nobody meets the condition, and the pool has money
    assert hints(done["out"])[EN.say("excel.rules.is_score")] == 1
    pool = done["out"][EN.say("excel.rules.sheet_pool", number=1)]
    said = {str(c.value) for row in pool.iter_rows() for c in row if c.value is not None}
    assert EN.say("pools.unmet_in", name="one", figures="a = 6") in said


def test_who_falls_out_is_told_why_as_the_office_tells_it() -> None:
    allocation = plan(small())
    book = office.opened(workbook([allocation], EN))
    page, table = book[EN.say("excel.sheet.table")], office_table(allocation, EN)
    notes = [cells[-1] for cells in table.figures[:3]]
    assert notes[0] and [page.cell(row, len(table.columns)).value or "" for row in (7, 8, 9)] == notes


# --- what it refuses, and whom it lets in ----------------------------------------------------------------


def test_a_clause_without_formulas_is_refused_by_name() -> None:
    base = small()
    alone = Limit("all", cap=350, pool="one")
    group = Limit(("x", "y"), cap=400, pool="one", together=True)
    within = Limit("all", cap=400, pool="one", together=True)
    of_sums = Limit("all", cap_formula=parse("100 * a"), pool="one", together=True)
    for limits, clause in (
        ((group, within), "groups"),  # one within the other
        ((group, alone), "groups"),  # its members have limits of their own
        ((of_sums,), "groups"),
        ((Limit("all", cap=900, pool="all"),), "overall"),
    ):
        scenario = replace(base, limits=limits)
        with pytest.raises(ScenarioError) as refused:
            workbook([plan(scenario)], EN)
        said = EN.show(refused.value)
        assert EN.say(f"beyond.{clause}") in said and EN.say("beyond.surface.workbook") in said


@EACH
def test_no_text_from_outside_becomes_a_formula(lang: str) -> None:
    evil = [
        'x"&HYPERLINK("http://a")&"',
        "{=1+1}",
        "x=cmd|' /C calc'!A0",
        'q"_x0022_&2&_x0022_',
        "'Data'!$A$1",
    ]
    base = small()
    scenario = replace(
        base,
        recipients=tuple(Recipient(id, Text(name)) for id, name in zip("xyz", evil, strict=False)),
        factors=(
            replace(base.factors[0], name=Text(evil[0]), unit=Text(evil[1])),
            replace(base.factors[1], name=Text(evil[3])),
            replace(base.factors[2], name=Text(evil[2])),
            Factor("g", (evil[2], evil[0], evil[1]), name=Text(evil[4]), text=True),
        ),
        pools=(
            replace(base.pools[0], name=Text(evil[0]), where=parse('AND(a > 2, g <> "x""&HYPERLINK(1)&""")')),
            replace(base.pools[1], name=Text(evil[3])),
        ),
    )
    content = workbook([plan(scenario)], Phrasebook(lang))
    for formula in office.formulas(content):
        bare = re.sub(r'"(?:[^"]|"")*"', "", formula)
        assert "HYPERLINK" not in bare and "cmd" not in bare, formula
        assert not re.search("_x[0-9A-Fa-f]{4}_", formula) and len(formula) < 8192
    book = office.opened(content, values=False)
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                assert cell.data_type != "f" or str(cell.value).startswith("="), cell.coordinate
                if cell.value in evil:
                    assert cell.data_type == "s"


def test_only_what_the_rule_rests_on_may_be_changed() -> None:
    book = Book(small())
    assert len(book.rows) == len(keys(book.scenario))
    for page in book.opened.worksheets:
        assert page.protection.sheet
        for row in page.iter_rows():
            for cell in row:
                if not cell.protection.locked:
                    assert page.title in (book.inputs, EN.say("excel.sheet.data"))
                    assert cell.data_type == "n" and cell.fill.fgColor.rgb == "FFFFF2CC"


@EACH
def test_the_same_input_gives_the_same_bytes(lang: str) -> None:
    allocation = plan(small())
    assert workbook([allocation], Phrasebook(lang)) == workbook([allocation], Phrasebook(lang))


def test_a_rule_beside_others_is_compared_with_them() -> None:
    path = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023-pools"
    allocations = [plan(load_scenario(path / f"{name}.toml")) for name in ("two-pools", "fixed-first")]
    for live in (0, 1):
        book = office.opened(workbook(allocations, EN, live=live))
        page = book[EN.say("excel.sheet.compare")]
        found = {c.value for row in page.iter_rows() for c in row if isinstance(c.value, int | float)}
        assert {float(a) / 10_000 for one in allocations for a in one.amounts.values()} <= found
