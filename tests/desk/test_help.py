"""The manual says what the program says: its labels are the page's own, and both documents are made of it."""

import re
from types import CodeType, FunctionType

import pytest
from bundles import tool
from pages import go, html_of, opened

from allocator.text import BOOKS, EN, ZH
from allocator.ui.help import manual, tasks
from allocator.ui.help.tasks import TASKS, keys, label_of, labels, task_of, worded
from allocator.ui.main import PAGES

LANGUAGES = pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.language)


def test_there_are_twelve_tasks_and_every_page_has_one():
    assert len(TASKS) == 12
    assert {task.name for task in TASKS} == set(ZH.words("help.tasks"))
    assert all(page in {page for task in TASKS for page in task.pages} for page in PAGES)


@LANGUAGES
def test_every_label_in_a_step_is_a_text_of_the_page(book):
    for task in TASKS:
        said = worded(task, book)
        assert "{" not in "".join(said.steps)
        assert all(labels(task, book))
        assert all(f"“{label}”" in "".join(said.steps) for label in labels(task, book))
        assert max(task.pictured, default=1) <= len(said.steps) <= 8


def test_both_languages_have_the_same_steps_with_the_same_labels():
    for task in TASKS:
        chinese, english = (book.words("help.tasks")[task.name]["steps"].strip() for book in (ZH, EN))
        keys = [
            [re.findall(r"\{([\w.]+)\}", line) for line in text.splitlines()] for text in (chinese, english)
        ]
        assert [sorted(found) for found in keys[0]] == [sorted(found) for found in keys[1]], task.name


@LANGUAGES
def test_the_documents_are_made_of_the_texts(book):
    """If this fails, run: python tools/pictures.py --text"""
    pictures = tool("pictures.py")
    made = manual.document(book, pictures.OTHER[book.language])
    assert pictures.DOCUMENTS[book.language].read_text("utf-8") == made


@LANGUAGES
def test_the_question_mark_of_a_page_opens_its_task(book):
    for page in PAGES:
        app = opened("" if page == "allocate" else page, book.language)
        app.button(key="help-here").click().run()
        assert worded(task_of(page), book).title in html_of(go(app, "help"))


@LANGUAGES
def test_card_and_manual_hold_their_tasks_and_nothing_from_elsewhere(book):
    page, card = manual.page(book), manual.card(book)
    for task in TASKS:
        assert worded(task, book).title in page
    for html in (page, card):
        assert not re.search(r"(?:src|href)=[\"'](?!data:|#)", html)
        assert "http" not in html


def named(function, seen):
    """The texts in a function and in those of the same package that it calls."""
    if function in seen:
        return set()
    seen.add(function)
    found, codes = set(), [function.__code__]
    while codes:
        code = codes.pop()
        constants = [one for each in code.co_consts for one in (each if isinstance(each, tuple) else [each])]
        found |= {one for one in constants if isinstance(one, str)}
        codes += [one for one in constants if isinstance(one, CodeType)]
        called = [function.__globals__.get(name) for name in code.co_names]
        ours = [one for one in called if getattr(one, "__module__", "").startswith("newcomer.")]
        found |= {text for one in ours if isinstance(one, FunctionType) for text in named(one, seen)}
    return found


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_step_is_followed_by_the_names_that_stand_in_it(task):
    """If this fails, follow the step in tools/newcomer as it is written now; make pictures does it."""
    followed = tool("pictures.py").STEPS
    assert list(followed) == [one.name for one in TASKS]
    for step, names in zip(followed[task.name], keys(task, ZH), strict=True):
        assert not set(names) - named(step, set()), step.__name__


@LANGUAGES
def test_a_name_with_a_gap_is_that_of_the_page(book):
    assert label_of("app.report.download", book) == ("下载" if book.chinese else "Download")
    assert label_of("app.kept.take_back", book) == ("取回…" if book.chinese else "Take back …")


@pytest.mark.deep
@pytest.mark.browser
def test_a_newcomer_can_do_every_task_by_its_words(tmp_path, monkeypatch):
    pictures = tool("pictures.py")
    monkeypatch.setattr(tasks, "PICTURES", tmp_path / "pictures")
    monkeypatch.setattr(pictures, "CHECKOUT", tmp_path)
    assert pictures.main([]) == 0
    assert (tmp_path / "build" / "pages" / "card.zh.pdf").stat().st_size > 1000
