"""The first tasks of the manual: a first split, a fund of one's own, a sheet that was refused."""

from __future__ import annotations

import browser
from processes import until

from allocator.ui.components.inside import placed
from newcomer.reader import Reader

SHEET = {
    "zh": "区县\t投资额（万元）\t就业人数（人）\t分配金额（万元）\n东城区\t12345\t820\t1200\n"
    "西城区\t6789\t455\t800\n南县\t5012\t390\t500\n合计\t24146\t1665\t2500\n",
    "en": "District\tInvestment\tJobs\tAllocation\nEast\t12345\t820\t1200\n"
    "West\t6789\t455\t800\nSouth\t5012\t390\t500\nTotal\t24146\t1665\t2500\n",
}
NAME = {"zh": "某市招商资金", "en": "Investment fund"}
TOTAL = {"zh": "3000万元", "en": "3000"}
DEPARTMENT = {"zh": "市商务局 100", "en": "Commerce 100"}
WHO = {"zh": "张三", "en": "A. Reader"}
MINE = {"zh": "我的第一个方案", "en": "My first scenario"}


def title_of(reader: Reader) -> str:
    """The finding at the top of the page."""
    return str(reader.page.locator(".al-title").first.inner_text())


# --- a first split ---------------------------------------------------------------------------------


def looks(reader: Reader) -> None:
    """The page as the program opens it."""
    reader.heading("app.nav.allocate")
    for part in (".st-key-left .al-slider", ".al-title", ".al-picture", ".al-table"):
        reader.page.locator(part).first.wait_for()


def weighs(reader: Reader) -> None:
    """Other weights, by the chip and by a slider."""
    before = title_of(reader), reader.visit.amounts()
    reader.press("app.weights.chip_equal")
    equal = title_of(reader), reader.visit.amounts()
    reader.shot()
    slider = reader.page.get_by_role("slider").first
    slider.focus()
    slider.press("PageUp")
    reader.visit.settle()
    moved = title_of(reader), reader.visit.amounts()
    reader.hold(before[0] != equal[0] and before[1] != equal[1] != moved[1], "nothing changed")


def reads(reader: Reader) -> None:
    """Finding, picture and table, each below the other."""
    tops = [
        reader.page.locator(part).first.bounding_box()["y"]
        for part in (".al-title", ".al-picture", ".al-table")
    ]
    reader.hold(tops == sorted(tops), "finding, picture and table stand in another order")


def limits(reader: Reader) -> None:
    """A cap and a floor, taken off again, and the money of the departments."""
    for key in ("app.quick.cap", "app.quick.floor"):
        before = reader.visit.amounts()
        reader.press(key)
        form = reader.page.locator(placed(".streamlit-popover-open"))
        zone = reader.book.text(browser.luzhou().recipients[-1].name)
        reader.pick("app.edit.whom", zone, form)
        figure = form.locator("input:not([role=combobox])").first
        figure.fill("5" if key == "app.quick.cap" else "95")
        figure.press("Enter")
        reader.visit.settle()
        reader.page.keyboard.press("Escape")
        reader.shot()
        reader.hold(before != reader.visit.amounts(), "the limit changes nothing")
        reader.page.locator(".st-key-tags button", has_text="×").first.click()
        reader.visit.settle()
        reader.hold(before == reader.visit.amounts(), "the limit was not taken off")
    reader.press("app.quick.departments")
    before = reader.visit.amounts()
    field = reader.page.locator(placed(".streamlit-popover-open")).locator("input").first
    reader.write(field, "50")
    reader.page.keyboard.press("Escape")
    reader.visit.settle()
    reader.shot()
    reader.hold(before != reader.visit.amounts(), "the departments' money changes nothing")


def undoes(reader: Reader) -> None:
    """A step back, and back to the file."""
    before = reader.visit.amounts()
    reader.press("app.toolbar.undo")
    reader.hold(before != reader.visit.amounts(), "nothing was undone")
    reader.press("app.toolbar.back")
    reader.hold(
        reader.visit.amounts() == browser.amounts_of(browser.luzhou(), reader.book.language), "not the file"
    )


def saves(reader: Reader) -> None:
    """A save, found again."""
    reader.press("app.weights.chip_equal")
    save(reader, MINE[reader.book.language], shot=True)
    reader.turn("app.nav.more", "app.nav.saved")
    reader.page.get_by_text(MINE[reader.book.language]).first.wait_for()


def save(reader: Reader, name: str, *, shot: bool = False) -> None:
    """Saves what is on the screen."""
    reader.press("app.toolbar.save", reader.page.locator(".st-key-top-acts"))
    with reader.dialog() as form:
        reader.fill("app.saving.name", name, form)
        reader.fill("app.saving.why", reader.book.say("app.weights.chip_equal"), form)
        if shot:
            form.get_by_label(reader.book.say("app.saving.who"), exact=True).fill(WHO[reader.book.language])
            reader.shot()
        reader.control("app.saving.save", form).click()


FIRST = (looks, weighs, reads, limits, undoes, saves)

# --- a fund of one's own ---------------------------------------------------------------------------


def begins(reader: Reader) -> None:
    """The page for a new fund."""
    reader.turn("app.nav.more", "app.nav.new")


def hands_over(reader: Reader) -> None:
    """Two files of two offices, and then a table that is pasted in their place."""
    rows = [line.split("\t") for line in SHEET[reader.book.language].splitlines()]
    offices = []
    for office, columns in (("a", (0, 1)), ("b", (0, 2))):
        file = reader.folder / f"{office}.csv"
        file.write_text("\n".join(",".join(row[at] for at in columns) for row in rows), "utf-8")
        offices.append(file)
    reader.upload("app.start.upload", *offices)
    for office in offices:
        reader.page.get_by_role("heading", name=office.name).first.wait_for()
    reader.press("app.start.paste")
    reader.fill("app.start.paste_here", SHEET[reader.book.language])


def answers(reader: Reader) -> None:
    """What was taken for what, and the answer to what is asked."""
    reader.shot(reader.page.locator(".st-key-start-shown .al-title"))
    form = reader.page.locator(".st-key-start-form")
    asked = form.get_by_text(SHEET[reader.book.language].split("\t")[3].partition("\n")[0])
    asked.first.wait_for()
    reader.chosen(
        form.locator('[class*="st-key-ask"] input[role=combobox]').first,
        reader.book.say("app.start.choice_leave_out"),
    )


def fills(reader: Reader) -> None:
    """Name, total, weights, departments."""
    reader.fill("app.start.name", NAME[reader.book.language])
    reader.fill("app.start.total", TOTAL[reader.book.language])
    reader.pick("app.start.unit", reader.book.money_unit("CNY", 10_000))
    for at, weight in enumerate(("60", "40")):
        reader.write(reader.page.locator('[class*="st-key-start-weight-"] input').nth(at), weight)
    reader.press("app.start.departments")
    reader.write(
        reader.page.locator(".st-key-fold-start-departments textarea"), DEPARTMENT[reader.book.language]
    )


def pastes_last_year(reader: Reader) -> None:
    """Last year's amounts, in two columns."""
    reader.press("app.start.previous")
    names = [line.split("\t")[0] for line in SHEET[reader.book.language].splitlines()[1:-1]]
    lines = "\n".join(f"{name}\t{amount}" for name, amount in zip(names, (1200, 800, 500), strict=True))
    reader.write(reader.page.locator(".st-key-fold-start-previous textarea"), lines)


def creates(reader: Reader) -> None:
    """The result, kept."""
    reader.shot(reader.page.locator(".al-title"))
    reader.press("app.start.save")
    reader.heading("app.nav.allocate")
    reader.visit.open(f"?lang={reader.book.language}")
    reader.chosen(
        reader.page.get_by_role("combobox", name=reader.book.say("app.page.fund"), exact=True),
        NAME[reader.book.language],
    )
    reader.hold(len(reader.visit.amounts()) == 3, "the list of funds does not lead to it")


OWN = (begins, hands_over, answers, fills, pastes_last_year, creates)

# --- a sheet that was refused ----------------------------------------------------------------------


def takes_template(reader: Reader) -> None:
    """The template, changed as somebody changes it: a word before a figure, and a cell left blank."""
    reader.turn("app.nav.data")
    reader.see("app.table_editor.upload_title")
    reader.notes["template"] = reader.download(reader.control("app.table_editor.template"))


def uploads_wrong(reader: Reader) -> None:
    """The changed file."""
    wrong = reader.book.words("help.tasks.refused")["steps"].splitlines()
    about = next(
        word for line in wrong for word in line.replace("”", "“").split("“")[1::2] if "{" not in word
    )
    reader.upload("app.table_editor.upload_label", changed(reader, about, None))


def sees_mistakes(reader: Reader) -> None:
    """Both mistakes, each with its place."""
    about = reader.example()
    reader.page.get_by_text(reader.book.say("app.table_editor.upload_refused", count="2")).wait_for()
    reader.page.get_by_text(about).first.wait_for()
    reader.shot(reader.page.get_by_text(reader.book.say("app.table_editor.upload_title")))


def corrects(reader: Reader) -> None:
    """The file without mistakes: what differs is said."""
    before = reader.page.locator("main, .stMain").inner_text()
    file = changed(reader, 92, 3)
    reader.page.locator(".stFileUploader input[type=file]").first.set_input_files(file)
    reader.page.get_by_text(reader.book.say("app.table_editor.upload_refused", count="2")).wait_for(
        state="detached"
    )
    reader.visit.settle()
    reader.shot(reader.page.get_by_text(reader.book.say("app.table_editor.upload_title")))
    reader.hold(reader.page.locator("main, .stMain").inner_text() != before, "nothing is listed")


def types(reader: Reader) -> None:
    """One cell, by a double click."""
    page = reader.page
    drawn = page.locator(placed(".streamlit-table-drawn")).first
    drawn.evaluate("drawn => drawn.scrollIntoView({block: 'center'})")
    reader.visit.settle()
    box = drawn.bounding_box()
    at = box["x"] + 0.45 * box["width"], box["y"] + box["height"] - 55
    chosen = page.locator(placed(".streamlit-table-cell") + "[aria-selected=true]")

    def choose() -> bool:
        page.mouse.click(*at)
        return bool(chosen.count())

    until(choose, lambda: "no cell can be chosen")  # a busy machine takes the first click of two late
    if not page.locator(placed(".streamlit-table-typing")).count():
        page.mouse.dblclick(*at)
    page.wait_for_selector(placed(".streamlit-table-typing"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("12.5", delay=20)
    page.keyboard.press("Enter")
    reader.visit.settle()
    reader.press("app.table_editor.table_apply")
    page.get_by_text("12.5").first.wait_for()


def changed(reader: Reader, zone: str | int, county: float | None) -> object:
    """The template with these figures of two recipients for the first factor."""
    from openpyxl import load_workbook

    rule = browser.luzhou()
    workbook = load_workbook(reader.notes["template"])
    head = reader.book.text(rule.factor("investment").name)
    sheet = next(s for s in workbook if any(cell.value == head for cell in s[1]))
    column = next(cell.column for cell in sheet[1] if cell.value == head)
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value}
    sheet.cell(rows["ftz"], column).value = zone
    sheet.cell(rows["luxian"], column).value = county
    made = reader.folder / f"{county or 'blank'}.xlsx"
    workbook.save(made)
    return made


REFUSED = (takes_template, uploads_wrong, sees_mistakes, corrects, types)
