"""Tasks that give something away: the papers, the page to take along, what follows the money and the year."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import browser

from allocator.report.papers.layouts.fields import examples
from newcomer.ask import zone_of
from newcomer.begin import NAME, SHEET, TOTAL
from newcomer.reader import Reader

OFFICIAL = ("request", "notice")  # papers that assumed data cannot have


# --- papers ----------------------------------------------------------------------------------------


def turns_to_papers(reader: Reader) -> None:
    """By the button, and by the line of pages."""
    reader.press("app.toolbar.make")
    reader.page.locator("h1", has_text=reader.book.say("app.nav.report")).wait_for()
    reader.visit.open(f"?lang={reader.book.language}")
    reader.turn("app.nav.report")


def chooses_scenarios(reader: Reader) -> None:
    """Two scenarios, the second of them proposed, and the day."""
    title = reader.book.text(browser.luzhou("equal-weights").title)
    reader.pick("app.report.choose", title)
    reader.page.keyboard.press("Escape")
    reader.pick("app.report.proposed", title)
    reader.see("app.report.date")


def reads_papers(reader: Reader) -> None:
    """The brief, shown and downloaded as Word and as PDF."""
    reader.pick("app.report.paper", reader.book.say("app.report.meeting"))
    reader.pick("app.report.paper", reader.book.say("app.report.brief"))
    reader.shot()
    reader.page.locator(".st-key-report-preview article").first.wait_for()
    found = reader.control("app.report.download")
    files = [reader.download(found.nth(at)).suffix for at in range(2)]
    reader.hold(set(files) == {".docx", ".pdf"}, f"{files} are downloaded")


def is_refused_papers(reader: Reader) -> None:
    """What is left open, and what assumed data cannot have."""
    box = reader.page.get_by_role("combobox", name=reader.book.say("app.report.paper"), exact=True)
    for name in OFFICIAL:
        reader.chosen(box, reader.book.say(f"app.report.{name}"))
        reader.hold(reader.page.locator(".st-key-report-preview article").count() == 0, f"a {name} is made")
    reader.chosen(box, reader.book.say("app.report.meeting"))
    reader.page.locator(".st-key-report-preview article", has_text="×××").wait_for()


def puts_layout(reader: Reader) -> None:
    """A layout of one's own, filled."""
    from docx import Document

    layout = Document()
    layout.add_paragraph(str(examples(reader.book)["one"]))
    file = reader.folder / "own.docx"
    layout.save(str(file))
    reader.press("app.report.layouts")
    reader.upload("app.report.layouts_add", file)
    reader.page.locator('[class*="st-key-report-layout-"] button').first.wait_for()


def pack(reader: Reader) -> Path:
    """Makes the pack and downloads it."""
    reader.press("app.report.make")
    button = reader.page.locator(".st-key-report-get-primary button")
    button.wait_for()
    reader.visit.settle()
    made = reader.download(button)
    reader.hold(zipfile.is_zipfile(made), "the pack is no zip")
    return made


def gets_pack(reader: Reader) -> None:
    """All of them in one zip."""
    reader.named("app.report.download_pack")
    pack(reader)


PAPERS = (turns_to_papers, chooses_scenarios, reads_papers, is_refused_papers, puts_layout, gets_pack)

# --- to somebody else ------------------------------------------------------------------------------


def shares(reader: Reader) -> None:
    """The link to what is seen, opened."""
    reader.see("app.nav.allocate")
    reader.page.get_by_role("button", name=reader.book.say("app.weights.chip_equal"), exact=True).click()
    reader.visit.settle()
    before = reader.visit.amounts()
    reader.press("app.toolbar.link")
    link = reader.page.get_by_role("dialog").locator("code").inner_text()
    reader.shot()
    reader.page.keyboard.press("Escape")
    reader.page.goto(link)
    reader.visit.settle()
    reader.hold(reader.visit.amounts() == before, "the link shows something else")


def takes_page(reader: Reader) -> None:
    """The page to take along, opened without the program."""
    reader.turn("app.nav.report")
    reader.see("app.report.page")
    reader.pick("app.report.page_edition", reader.book.say("app.report.page_leader"))
    opens(reader, reader.download(reader.control("app.report.download", _edition(reader))))


def takes_page_of_one(reader: Reader) -> None:
    """The page for one recipient, with nothing of the others."""
    reader.pick("app.report.page_edition", reader.book.say("app.report.page_recipient"))
    reader.pick("app.report.whose", zone_of(reader))
    file = reader.download(_edition(reader).get_by_role("button"))
    reader.hold(zone_of(reader) in file.read_text("utf-8"), "it is not about that one")
    opens(reader, file)


def _edition(reader: Reader) -> object:
    return reader.page.locator('[class*="st-key-report-get-page-"]')


def opens(reader: Reader, file: Path) -> None:
    """Opens a file in the browser, where it works itself out and asks nothing of anybody."""
    page = reader.visit.context.new_page()
    page.goto(file.as_uri())
    page.locator("h1, h2").first.wait_for()
    page.close()


def packs_again(reader: Reader) -> None:
    """The pack, with scenario files in it."""
    reader.notes["pack"] = pack(reader)
    names = zipfile.ZipFile(reader.notes["pack"]).namelist()
    kinds = {Path(name).suffix for name in names}
    reader.hold({".docx", ".pdf", ".png", ".xlsx", ".toml"} <= kinds, f"the pack holds {sorted(kinds)}")


def gives_folder(reader: Reader) -> None:
    """A saved scenario's folder in the folder of somebody else."""
    kept = next(path for path in (reader.visit.server.home / "scenarios").iterdir() if path.is_dir())
    with browser.serving() as other:
        place = other.home / "scenarios" / kept.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(kept, place)
        visit = browser.Visit(reader.visit.context.browser, other, lang=reader.book.language)
        visit.open(f"saved?lang={reader.book.language}")
        visit.page.get_by_text(kept.name).first.wait_for()
        visit.page.get_by_text(reader.book.say("app.kept.chained")).wait_for()
        visit.leave().close()


def computes(reader: Reader) -> None:
    """Yellow cells of the workbook; that amounts follow from them is held by tests/excel."""
    from openpyxl import load_workbook

    packed = zipfile.ZipFile(reader.notes["pack"])
    name = next(name for name in packed.namelist() if name.endswith(".xlsx"))
    workbook = load_workbook(packed.open(name))
    yellow = [
        cell
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb)[-6:] == "FFF2CC"
    ]
    reader.hold(bool(yellow), "the workbook has no yellow cells")


def checks_codes(reader: Reader) -> None:
    """The codes at the foot of a paper: another figure makes another one."""
    before = codes_of(reader)
    reader.go("app.nav.allocate")
    reader.page.get_by_role("slider").first.press("PageUp")
    reader.visit.settle()
    reader.go("app.nav.report")
    reader.hold(
        len(before) >= 2 and before[-1] != codes_of(reader)[-1], f"the paper code is {before} as before"
    )


def codes_of(reader: Reader) -> list[str]:
    """The codes on the paper that is shown: of the input, and of the paper."""
    paper = reader.page.locator(".st-key-report-preview article").first
    return re.findall(r"\b[0-9a-f]{12}\b", paper.inner_text())


TRAVELS = (shares, takes_page, takes_page_of_one, packs_again, gives_folder, computes, checks_codes)

# --- after the money is out ------------------------------------------------------------------------


def uploads_payments(reader: Reader) -> None:
    """The template: with a payment that has no date it is refused, and with one it is read."""
    reader.turn("app.nav.execution")
    reader.press("app.execution.payments")
    template = reader.download(reader.control("app.execution.template"))
    reader.upload("app.execution.upload_payments", paid(reader, template, "2023年"))
    reader.page.get_by_text(reader.book.say("app.execution.refused")).wait_for()
    reader.upload("app.execution.upload_payments", paid(reader, template, "2023-06-12"))
    reader.page.get_by_text(reader.book.say("app.execution.refused")).wait_for(state="detached")


def paid(reader: Reader, template: Path, day: str) -> Path:
    """The template filled in with a payment to the first of its payers."""
    from openpyxl import load_workbook

    workbook = load_workbook(template)
    sheet, payers = workbook.worksheets[:2]
    heads = {cell.value: cell.column for cell in sheet[1]}
    amount = next(
        column
        for head, column in heads.items()
        if head.startswith(reader.book.say("execution.heading.amount"))
    )
    sheet.cell(2, heads[reader.book.say("execution.heading.recipient")]).value = payers.cell(1, 1).value
    sheet.cell(2, heads[reader.book.say("execution.heading.date")]).value = day
    sheet.cell(2, heads[reader.book.say("execution.heading.use")]).value = reader.book.say(
        "app.execution.paper"
    )
    sheet.cell(2, amount).value = 20
    made = reader.folder / f"paid-{len(day)}.xlsx"
    workbook.save(made)
    return made


def reads_progress(reader: Reader) -> None:
    """Progress, who is behind, and what is to be verified."""
    reader.shot(reader.page.get_by_text(reader.book.say("app.execution.late")))
    reader.page.get_by_text(reader.book.say("app.execution.doubts_title")).first.wait_for()


def changes_day(reader: Reader) -> None:
    """Another day, a weight and a figure of an indicator, and the draft of the report."""
    before = reader.page.locator(".al-cards").first.inner_text()
    day = reader.page.get_by_role("group", name=reader.named("app.execution.on"), exact=True)
    day.get_by_role("spinbutton").first.click()
    reader.page.keyboard.type("20230930", delay=20)
    reader.page.keyboard.press("Escape")
    reader.page.keyboard.press("Tab")
    reader.visit.settle()
    reader.hold(reader.page.locator(".al-cards").first.inner_text() != before, "the day changes nothing")
    reader.press("app.execution.targets_title")
    weight = reader.page.locator(".st-key-fold-targets input:not([disabled])").first
    reader.write(weight, "10")
    reader.press("app.execution.paper")
    reader.download(reader.page.locator(".st-key-execution-paper button"))


def uploads_rules(reader: Reader) -> None:
    """The rules of Luzhou's fund, for a fund of one's own."""
    file = reader.download(reader.control("app.execution.rules_file"), "rules.toml")
    reader.see("app.execution.targets_title")
    reader.chosen(
        reader.page.get_by_role("combobox", name=reader.book.say("app.page.fund"), exact=True),
        NAME[reader.book.language],
    )
    reader.page.get_by_text(reader.book.say("app.execution.no_rules")).wait_for()
    reader.upload("app.execution.upload_rules", file)
    reader.page.get_by_text(reader.book.say("app.execution.no_rules")).wait_for(state="detached")


def goes_on(reader: Reader) -> None:
    """A new fund that takes over recipients, rule and last year's amounts."""
    reader.turn("app.nav.more", "app.nav.new")
    reader.pick("app.start.like", NAME[reader.book.language])
    last = reader.page.locator(".st-key-fold-start-previous textarea")
    reader.hold("\n" in last.input_value(), "last year's amounts do not come along")


def begins_year(reader: Reader) -> None:
    """The new table, a new total, and both years side by side."""
    rows = [line.split("\t")[:3] for line in SHEET[reader.book.language].splitlines()[:-1]]
    file = reader.folder / "next.csv"
    file.write_text("\n".join(",".join(row) for row in rows).replace("820", "920"), "utf-8")
    reader.upload("app.start.upload", file)
    name = f"{NAME[reader.book.language]} 2027"
    reader.fill("app.start.name", name)
    reader.fill("app.start.total", TOTAL[reader.book.language].replace("3", "4"))
    reader.press("app.start.save")
    reader.page.locator("h1", has_text=reader.book.say("app.nav.allocate")).wait_for()
    reader.visit.settle()
    reader.turn("app.nav.compare")
    reader.page.get_by_role("combobox", name=reader.book.say("compare.choose")).click()
    for one in (NAME[reader.book.language], name):
        reader.page.get_by_text(one).first.wait_for()


YEAR = (uploads_payments, reads_progress, changes_day, uploads_rules, goes_on, begins_year)
