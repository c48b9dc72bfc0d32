"""Goes through the tasks of the manual in a real browser, takes pictures, and makes the pages to print.

    python tools/pictures.py            pictures into the package, manual and card into build/pages
    python tools/pictures.py TASK…      only the pictures of these tasks, and the pages
    python tools/pictures.py --readme   only docs/page-zh.png and docs/page-en.png
    python tools/pictures.py --text     only docs/manual.md and docs/zh/manual.md, without a browser

Every step that can be done is done by the words that the manual says for it: where the page calls something
otherwise, this fails. Pictures are not kept in the repository; the wheel and the bundle take along what was
made.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parent.parent
sys.path[:0] = [str(CHECKOUT / "tests"), str(CHECKOUT / "src")]

import browser  # noqa: E402

from allocator.text import BOOKS, Phrasebook  # noqa: E402
from allocator.ui.help import manual  # noqa: E402
from allocator.ui.help.tasks import PICTURES, TASKS, picture  # noqa: E402

DOCUMENTS = {"zh": CHECKOUT / "docs" / "zh" / "manual.md", "en": CHECKOUT / "docs" / "manual.md"}
OTHER = {"zh": "[English](../manual.md)", "en": "[中文](zh/manual.md)"}
WIDTH, HEIGHT = 1180, 760
COLOURS = 96
PATIENCE = 30_000  # milliseconds until a step counts as one that cannot be done
SHEET = {
    "zh": "区县\t投资额（万元）\t就业人数（人）\n东城区\t12345\t820\n西城区\t6789\t455\n"
    "南县\t5012\t390\n合计\t24146\t1665\n",
    "en": "District\tInvestment\tJobs\nEast\t12345\t820\nWest\t6789\t455\n"
    "South\t5012\t390\nTotal\t24146\t1665\n",
}
WHO = {"zh": "张三", "en": "A. Reader"}
REASON = {"zh": "会议决定", "en": "Decided by the meeting"}
OWN_NAME = {"zh": "某市招商资金", "en": "Investment fund"}
OWN_TOTAL = {"zh": "3000万元", "en": "30000000"}


class Reader:
    """A newcomer with the manual: finds what it says by its words, and takes pictures."""

    def __init__(self, visit: browser.Visit, book: Phrasebook) -> None:
        self.visit, self.page, self.book = visit, visit.page, book
        self.page.set_default_timeout(PATIENCE)
        self.taken: list[Path] = []
        self.task = ""

    def open(self, page: str) -> None:
        """Opens a page afresh, with nothing edited."""
        query = f"{'' if page == 'allocate' else page}?lang={self.book.language}"
        self.visit.open(query)

    def say(self, key: str, **details: str) -> str:
        """The page's own words."""
        return self.book.say(key, **details)

    def press(self, key: str, within: Any = None, *, exact: bool = True) -> None:
        """Presses the button with these words."""
        (within or self.page).get_by_role("button", name=self.say(key), exact=exact).first.click()
        self.visit.settle()

    def unfold(self, key: str) -> None:
        """Opens what is folded under these words."""
        self.page.locator("summary").filter(has_text=self.say(key)).first.click()
        self.visit.settle()

    def fill(self, label: str, text: str, within: Any = None) -> None:
        """Fills in a field by its label."""
        (within or self.page).get_by_label(label, exact=True).first.fill(text)
        self.page.keyboard.press("Tab")
        self.visit.settle()

    def fill_in(self, folded: str, amount: str, reason: str) -> None:
        """Fills in amount and reason of what is folded under these words, in this order."""
        within = self.page.locator("details").filter(has_text=self.say(folded))
        fields = within.locator("input:not([role=combobox]):not([type=checkbox])")
        for at, text in enumerate((amount, reason)):
            fields.nth(at).fill(text)
            self.page.keyboard.press("Tab")
            self.visit.settle()

    def choose(self, combobox: str, option: str) -> None:
        """Chooses from a list by its label."""
        self.page.get_by_role("combobox", name=combobox).first.click()
        self.page.get_by_role("option", name=option).first.click()
        self.visit.settle()

    def shot(self, step: int, at: Any = None) -> None:
        """Takes the picture of a step, with this part of the page in view."""
        if at is not None:
            at.first.scroll_into_view_if_needed()
        self.page.mouse.move(WIDTH - 5, HEIGHT - 5)
        self.visit.settle()
        place = picture(next(t for t in TASKS if t.name == self.task), step, self.book.language)
        PICTURES.mkdir(exist_ok=True)
        place.write_bytes(small(self.page.screenshot()))
        self.taken.append(place)


def small(png: bytes) -> bytes:
    """The picture with few colours, in which it has a third of the size."""
    from PIL import Image

    made, out = Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE), BytesIO()
    made.save(out, "PNG", optimize=True)
    return out.getvalue()


def first(reader: Reader) -> None:
    """A first split, kept."""
    reader.open("allocate")
    reader.press("app.weights.chip_equal")
    reader.shot(2)
    reader.press("app.toolbar.undo")
    reader.press("app.weights.chip_equal")
    reader.page.get_by_role("button", name=reader.say("app.toolbar.save"), exact=True).click()
    form = reader.page.get_by_role("dialog")
    form.get_by_label(reader.say("app.saving.name")).fill(OWN_NAME[reader.book.language])
    form.get_by_label(reader.say("app.saving.why")).fill(reader.say("app.weights.chip_equal"))
    form.get_by_label(reader.say("app.saving.who"), exact=True).fill(WHO[reader.book.language])
    reader.shot(6)
    form.get_by_role("button", name=reader.say("app.saving.save"), exact=True).click()
    form.wait_for(state="detached")
    reader.visit.settle()


def own(reader: Reader) -> None:
    """A fund of one's own, from a pasted table."""
    language = reader.book.language
    reader.open("new")
    reader.unfold("app.start.paste")
    reader.page.get_by_role("textbox", name=reader.say("app.start.paste_here")).fill(SHEET[language])
    reader.page.keyboard.press("Tab")
    reader.visit.settle()
    reader.shot(3)
    reader.fill(reader.say("app.start.name"), OWN_NAME[language] + " 2")
    reader.fill(reader.say("app.start.total"), OWN_TOTAL[language])
    fields = reader.page.locator('[class*="st-key-start-weight-"] input')
    for at, weight in enumerate(("60", "40")):
        fields.nth(at).fill(weight)
        reader.page.keyboard.press("Tab")
        reader.visit.settle()
    reader.shot(6, reader.page.locator(".al-title"))
    reader.press("app.start.save")
    reader.page.locator("h1", has_text=reader.say("app.nav.allocate")).wait_for()
    reader.visit.settle()


def refused(reader: Reader) -> None:
    """A sheet with two mistakes, and then without."""
    from openpyxl import load_workbook

    reader.visit.open(f"data?lang={reader.book.language}&scenario=luzhou-2023/published-rule")
    with tempfile.TemporaryDirectory() as folder, reader.page.expect_download() as downloading:
        reader.page.get_by_role("button", name=reader.say("app.table_editor.template")).click()
        sheet_file = Path(folder) / "template.xlsx"
        downloading.value.save_as(sheet_file)
        workbook = load_workbook(sheet_file)
        factor = browser.luzhou().factor("investment").name
        head = reader.book.text(factor)
        sheet = next(s for s in workbook if any(cell.value == head for cell in s[1]))
        column = next(cell.column for cell in sheet[1] if cell.value == head)
        rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value}
        before = sheet.cell(rows["luxian"], column).value
        upload = reader.page.locator("input[type=file]").first
        for step, (zone, county) in ((3, ("约92", None)), (4, (92, before))):
            sheet.cell(rows["ftz"], column).value = zone
            sheet.cell(rows["luxian"], column).value = county
            changed = Path(folder) / f"{step}.xlsx"
            workbook.save(changed)
            upload.set_input_files(changed)
            said = reader.page.get_by_text(reader.say("app.table_editor.upload_refused", count="2"))
            said.wait_for(state="visible" if step == 3 else "detached")
            reader.visit.settle()
            reader.shot(step, reader.page.get_by_text(reader.say("app.table_editor.upload_title")))


def compare(reader: Reader) -> None:
    """Scenarios side by side."""
    reader.open("compare")
    assert reader.page.get_by_text(reader.say("compare.choose")).count()
    reader.shot(3)


def why(reader: Reader) -> None:
    """One recipient's amount, and why it changed."""
    reader.open("allocate")
    reader.press("app.weights.chip_equal")
    rule = browser.luzhou()
    name = reader.book.text(rule.recipients[-1].name)
    reader.page.locator("button[data-row]", has_text=name).first.click()
    reader.visit.settle()
    title = reader.page.locator("summary").filter(has_text=reader.say("app.why.title", base=rule.title))
    title.first.wait_for()
    reader.shot(1, title)
    title.first.click()
    reader.visit.settle()
    reader.shot(2, reader.page.get_by_text(reader.say("app.why.minutes")))


def target(reader: Reader) -> None:
    """The least change that meets a target."""
    reader.open("seek")
    zone = reader.book.text(browser.luzhou().recipients[-1].name)
    assert reader.page.get_by_text(zone).count()
    figure = reader.page.locator('[class*="st-key-seek-figure-"] input')
    figure.first.fill("4800" if reader.book.chinese else "4,800")
    reader.page.keyboard.press("Tab")
    reader.visit.settle()
    reader.press("app.seek.go")
    take = reader.page.get_by_role("button", name=reader.say("app.seek.take"))
    take.first.wait_for()
    reader.shot(4, take)


def corrections(reader: Reader) -> None:
    """Money held already and an adjustment."""
    reader.open("rule")
    reader.unfold("app.rule.deductions_title")
    reader.press("app.rule.add_deduction")
    reader.fill_in("app.rule.deductions_title", "20", REASON[reader.book.language])
    reader.unfold("app.rule.adjustments_title")
    reader.press("app.rule.add_adjustment")
    reader.fill_in("app.rule.adjustments_title", "10", REASON[reader.book.language])
    reader.shot(5, reader.page.get_by_role("button", name=reader.say("app.rule.add_adjustment")))


def papers(reader: Reader) -> None:
    """A paper, looked at and downloaded."""
    reader.open("report")
    reader.shot(3)
    with reader.page.expect_download():
        reader.page.get_by_role(
            "button", name=reader.say("app.report.download", name="").strip()
        ).first.click()
    assert reader.page.get_by_role("button", name=reader.say("app.report.make")).count()


def travels(reader: Reader) -> None:
    """The link to what is seen."""
    reader.open("allocate")
    reader.press("app.toolbar.link")
    reader.page.get_by_role("dialog").locator("code").wait_for()
    reader.shot(1)


def year(reader: Reader) -> None:
    """Payments held against the allocation."""
    reader.open("execution")
    reader.shot(2)


def kept(reader: Reader) -> None:
    """The saves, with where they are."""
    reader.open("saved")
    reader.shot(1)


def trouble(reader: Reader) -> None:
    """Nothing but words; the question mark of the page leads here."""
    reader.open("help")
    reader.page.get_by_role("button", name=reader.say("help.this_page")).click()
    reader.visit.settle()
    title = reader.book.words("help.tasks.trouble")["title"]
    reader.page.locator("h2", has_text=title).wait_for()


DONE: dict[str, Callable[[Reader], None]] = {
    task.__name__: task
    for task in (first, own, refused, compare, why, target, corrections, papers, travels, year, kept, trouble)
}


def write_documents() -> None:
    """Writes the manual into the documents of both languages."""
    for book in BOOKS:
        DOCUMENTS[book.language].write_text(manual.document(book, OTHER[book.language]), "utf-8")


def write_pages(chromium: Any, folder: Path) -> None:
    """Writes manual and card as HTML and, by the browser, as PDF."""
    from pypdf import PdfReader

    folder.mkdir(parents=True, exist_ok=True)
    for book in BOOKS:
        for name, html in (("manual", manual.page(book)), ("card", manual.card(book))):
            made = folder / f"{name}.{book.language}.html"
            made.write_text(html, "utf-8")
            shown = chromium.new_page()
            shown.goto(made.as_uri())
            shown.pdf(path=str(made.with_suffix(".pdf")), prefer_css_page_size=True, print_background=True)
            shown.close()
            assert name != "card" or len(PdfReader(made.with_suffix(".pdf")).pages) == 1, (
                "the card has two pages"
            )


def readme() -> None:
    """Takes the pictures of the READMEs: the first screen under equal weights."""
    with browser.serving() as server, browser.chromium() as chromium:
        for book in BOOKS:
            visit = browser.Visit(chromium, server, lang=book.language, width=1366, height=768)
            shown = visit.open(f"?lang={book.language}&scenario=luzhou-2023/equal-weights")
            (CHECKOUT / "docs" / f"page-{book.language}.png").write_bytes(small(shown.screenshot()))


def main(arguments: list[str]) -> int:
    """Makes everything; returns 1 where a task cannot be done as it is written."""
    write_documents()
    if "--readme" in arguments:
        readme()
    if arguments and arguments[0].startswith("--"):
        return 0
    chosen = [task for task in TASKS if not arguments or task.name in arguments]
    failed = 0
    with browser.chromium() as chromium:
        for book in BOOKS:
            with browser.serving() as server:
                visit = browser.Visit(chromium, server, lang=book.language, width=WIDTH, height=HEIGHT)
                reader = Reader(visit, book)
                for task in chosen:
                    reader.task = task.name
                    try:
                        DONE[task.name](reader)
                        print(book.language, task.name, flush=True)
                    except Exception as error:
                        failed += 1
                        print(book.language, task.name, "FAILED:", str(error)[:600], flush=True)
                if visit.wrong or visit.outside():
                    failed += 1
                    print(visit.wrong, visit.outside())
            wanted = {picture(t, step, book.language) for t in chosen for step in t.pictured}
            for missing in sorted(wanted - set(reader.taken)):
                failed += 1
                print("no picture", missing.name)
        write_pages(chromium, CHECKOUT / "build" / "pages")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
