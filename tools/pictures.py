"""Follows the tasks of the manual in a real browser, takes pictures, and makes the pages to print.

    python tools/pictures.py            pictures into the package, manual and card into build/pages
    python tools/pictures.py TASK…      only these tasks, those that they go on from, and the pages
    python tools/pictures.py --readme   only docs/page-zh.png and docs/page-en.png
    python tools/pictures.py --text     only docs/manual.md and docs/zh/manual.md, without a browser

Every step is done, by the names that stand in it (tools/newcomer): where the page calls something otherwise,
or a step names what is not there, this fails. ALLOCATOR_PICTURES names a folder for a picture of every step.
Pictures are not kept in the repository; the wheel and the bundle take along what was made.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parent.parent
sys.path[:0] = [str(CHECKOUT / name) for name in ("tests", "src", "tools")]

import browser  # noqa: E402
from newcomer import AFTER, STEPS  # noqa: E402
from newcomer.reader import Reader, small  # noqa: E402

from allocator.text import BOOKS  # noqa: E402
from allocator.ui.help import manual  # noqa: E402
from allocator.ui.help.tasks import TASKS, picture  # noqa: E402

DOCUMENTS = {"zh": CHECKOUT / "docs" / "zh" / "manual.md", "en": CHECKOUT / "docs" / "manual.md"}
OTHER = {"zh": "[English](../manual.md)", "en": "[中文](zh/manual.md)"}
WIDTH, HEIGHT = 1180, 760


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
    wanted = {*arguments, *(AFTER[name] for name in arguments if name in AFTER)}
    chosen = [task for task in TASKS if not wanted or task.name in wanted]
    failed = 0
    with browser.chromium() as chromium:
        for book in BOOKS:
            with browser.serving() as server:
                visit = browser.Visit(chromium, server, lang=book.language, width=WIDTH, height=HEIGHT)
                reader = Reader(visit, book)
                for task in chosen:
                    try:
                        reader.follow(task, STEPS[task.name])
                        reader.ask(task)
                        print(book.language, task.name, len(STEPS[task.name]), "steps", flush=True)
                    except Exception as error:
                        failed += 1
                        print(book.language, task.name, "FAILED:", str(error)[:1200], flush=True)
                if visit.wrong or visit.outside():
                    failed += 1
                    print(visit.wrong, visit.outside())
            pictures = {picture(t, step, book.language) for t in chosen for step in t.pictured}
            for missing in sorted(pictures - set(reader.taken)):
                failed += 1
                print("no picture", missing.name)
        write_pages(chromium, CHECKOUT / "build" / "pages")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
