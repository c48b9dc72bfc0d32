"""A newcomer with the manual, who knows nothing of the program but the words of the step at hand."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import browser

from allocator.text import Phrasebook
from allocator.ui.help.tasks import Task, keys, label_of, picture, worded

PATIENCE = 60_000  # milliseconds until a step counts as one that cannot be done
COLOURS = 96
EVERY = os.environ.get("ALLOCATOR_PICTURES")  # the folder for a picture of every step


class Unlike(Exception):
    """The manual and the program differ."""


class Reader:
    """Finds what a step names, by the name that the manual says, and takes the pictures.

    A name counts as followed once it was looked for and found.  What a step does not name cannot be pressed,
    and what it names has to be, before the next step begins.
    """

    def __init__(self, visit: browser.Visit, book: Phrasebook) -> None:
        self.visit, self.page, self.book = visit, visit.page, book
        self.page.set_default_timeout(PATIENCE)
        self.taken: list[Path] = []
        self.task: Task | None = None
        self.number = 0
        self.names: list[str] = []
        self.left: set[str] = set()
        self.folder = Path()
        self.notes: dict[str, Any] = {}  # from one step of a task for a later one

    # --- tasks and steps --------------------------------------------------------------------------

    def follow(self, task: Task, steps: tuple[Callable[[Reader], None], ...]) -> None:
        """Does a task from the start of the program, step by step as its sentences stand."""
        sentences = worded(task, self.book).steps
        if len(sentences) != len(steps):
            raise Unlike(f"the manual has {len(sentences)} steps, and {len(steps)} are followed")
        self.task, self.notes = task, {}
        with tempfile.TemporaryDirectory() as folder:
            self.folder = Path(folder)
            self.visit.open(f"?lang={self.book.language}")
            for self.number, (sentence, step) in enumerate(zip(sentences, steps, strict=True), 1):
                self.names = re.findall("“([^”]+)”", sentence)
                self.left = set(self.names)
                try:
                    step(self)
                    if self.left:
                        raise Unlike(f"not followed: {sorted(self.left)}")
                except Exception as error:
                    self.photograph(self.shot_of("failed"))
                    raise Unlike(f"step {self.number}, {sentence}\n{error}") from error
                if self.number in task.pictured and self.shot_of() not in self.taken:
                    self.shot()
                if EVERY:
                    self.photograph(Path(EVERY) / self.shot_of().name)

    def ask(self, task: Task) -> None:
        """Presses the question mark of each page that belongs to a task, which leads to that task."""
        said = worded(task, self.book)
        for page in task.pages:
            self.visit.open(f"{'' if page == 'allocate' else page}?lang={self.book.language}")
            self.page.get_by_role("button", name=self.book.say("help.this_page")).click()
            self.page.locator("h2", has_text=said.title).wait_for()
            self.visit.settle()
            self.hold(
                self.page.locator(".al-steps > li").count() == len(said.steps),
                f"help has not all of {task.name}",
            )

    def shot_of(self, kind: str = "") -> Path:
        """The file of the picture of the step at hand."""
        assert self.task is not None
        place = picture(self.task, self.number, self.book.language)
        return Path(EVERY or tempfile.gettempdir()) / f"{kind}-{place.name}" if kind else place

    def shot(self, at: Any = None) -> None:
        """Takes the picture of the step at hand, with this part of the page in view."""
        if at is not None:
            at.first.scroll_into_view_if_needed()
        place = self.shot_of()
        if self.task is not None and self.number in self.task.pictured:
            self.photograph(place)
            self.taken.append(place)
        if EVERY:
            self.photograph(Path(EVERY) / f"{place.stem}-{len(self.left)}.png")

    def photograph(self, place: Path) -> None:
        """Writes what stands on the screen into a file."""
        size = self.page.viewport_size
        self.page.mouse.move(size["width"] - 5, size["height"] - 5)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(small(self.page.screenshot()))

    # --- names ------------------------------------------------------------------------------------

    def named(self, key: str) -> str:
        """The name that the step says for a text of the page; raises Unlike where it says none."""
        return self.word(label_of(key, self.book))

    def as_shown(self, key: str) -> re.Pattern[str]:
        """A text of the page that the step names, as it stands there: filled in, and with its remarks."""
        self.named(key)
        return pattern(key, self.book)

    def word(self, name: str) -> str:
        """A word that the step has in quotation marks, which is followed by this."""
        if name not in self.names:
            raise Unlike(f"the step does not name “{name}”")
        self.left.discard(name)
        return name

    def example(self) -> str:
        """The one word in quotation marks that is not of the page: what somebody wrote."""
        assert self.task is not None
        labels = {label_of(key, self.book) for key in keys(self.task, self.book)[self.number - 1]}
        (name,) = [name for name in self.names if name not in labels]
        return self.word(name)

    def control(self, key: str, within: Any = None) -> Any:
        """What can be pressed under this name; one and no other is in sight."""
        name, at = self.as_shown(key), within or self.page
        folded = at.locator("summary").filter(has_text=re.compile(name.pattern.removeprefix("^")))
        found = at.get_by_role("button", name=name).or_(at.get_by_role("link", name=name)).or_(folded)
        return found.filter(visible=True)

    # --- what a hand does -------------------------------------------------------------------------

    def press(self, key: str, within: Any = None) -> None:
        """Presses what has this name."""
        self.control(key, within).click()
        self.visit.settle()

    def turn(self, *keys: str) -> None:
        """Turns to a page by the names in the top line, the last of which is the page's own."""
        for key in keys:
            listed = self.page.locator(browser.inside.placed(".streamlit-popover-open"))
            line = self.control(key, self.page.locator(".st-key-pages"))
            line.or_(listed.get_by_role("link", name=self.as_shown(key))).filter(visible=True).click()
        self.heading(keys[-1])

    def go(self, key: str) -> None:
        """Turns to one of the first pages, where the step leaves it to the reader to get there."""
        name = self.book.say(key)
        self.page.get_by_role("link", name=name, exact=True).click()
        self.page.locator("h1", has_text=name).wait_for()
        self.visit.settle()

    def heading(self, key: str) -> None:
        """Waits for the page with this name."""
        self.page.locator("h1", has_text=self.named(key)).wait_for()
        self.visit.settle()

    def see(self, key: str, within: Any = None) -> Any:
        """Finds a name that only says where on the page something stands."""
        found = (within or self.page).get_by_text(self.as_shown(key)).filter(visible=True).first
        found.scroll_into_view_if_needed()
        return found

    def field(self, key: str, within: Any = None) -> Any:
        """The field with this label."""
        found = (within or self.page).get_by_label(self.as_shown(key)).filter(visible=True)
        return found.and_(self.page.locator("input, textarea"))

    def fill(self, key: str, text: str, within: Any = None) -> None:
        """Writes into the field with this label, and leaves it."""
        self.write(self.field(key, within), text)

    def write(self, field: Any, text: str) -> None:
        """Writes into a field, and leaves it."""
        field.fill(text)
        self.page.keyboard.press("Tab")
        self.visit.settle()

    def pick(self, key: str, option: str | re.Pattern[str], within: Any = None) -> None:
        """Chooses from the list with this label."""
        self.chosen(self.field(key, within), option)

    def chosen(self, box: Any, option: str | re.Pattern[str]) -> None:
        """Chooses from a list, which shuts where the page moves under it."""
        box.evaluate("box => box.scrollIntoView({block: 'center'})")
        box.click()
        listed = self.page.get_by_role("option", name=option, exact=isinstance(option, str))
        listed.first.click()
        self.visit.settle()

    def upload(self, key: str, *files: Path) -> None:
        """Hands files to the box with this label."""
        box = self.page.locator(".stFileUploader").filter(has=self.see(key))
        box.locator("input[type=file]").set_input_files(list(files))
        self.visit.settle()

    def download(self, control: Any, name: str = "") -> Path:
        """Presses what downloads a file; returns the file."""
        with self.page.expect_download() as downloading:
            control.click()
        place = self.folder / (name or downloading.value.suggested_filename)
        downloading.value.save_as(place)
        assert place.stat().st_size
        return place

    @contextmanager
    def dialog(self) -> Iterator[Any]:
        """The window that is open, which is shut at the end."""
        window = self.page.get_by_role("dialog")
        window.wait_for()
        self.visit.settle()
        yield window
        if window.count():
            window.wait_for(state="detached")
        self.visit.settle()

    def hold(self, said: bool, what: str) -> None:
        """Raises Unlike where something that the step tells of is not so."""
        if not said:
            raise Unlike(what)


def pattern(key: str, book: Phrasebook) -> re.Pattern[str]:
    """A text of the page as it may be filled in; what the page counts has its first number."""
    table, _, name = key.rpartition(".")
    text = str(book.words(table)[name]).replace("{number}", "1")
    filled = ".*".join(re.escape(part) for part in re.split(r"\{\w+\}", text))
    # names of pages further down the list: the list is called by the one that is shown
    return re.compile(rf"^\s*{filled}\s*(?:[：:].*)?$")


def small(png: bytes) -> bytes:
    """The picture with few colours, in which it has a third of the size."""
    from PIL import Image

    made, out = Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE), BytesIO()
    made.save(out, "PNG", optimize=True)
    return out.getvalue()
