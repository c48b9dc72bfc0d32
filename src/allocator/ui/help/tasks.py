"""The tasks of the manual: their order, the pages they are of, and the steps that have a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from allocator.text import Phrasebook

GAP = "…"  # in the name of a text of a page, for what is filled into it
_KEY = r"\{([\w.]+)\}"  # in a step, a text of a page
PICTURES = Path(__file__).parent / "pictures"  # made by `make pictures`; without them there is only text


@dataclass(frozen=True)
class Task:
    """A task: the pages whose question mark opens it, and the numbers of the steps that have a picture."""

    name: str
    pages: tuple[str, ...]
    pictured: tuple[int, ...] = ()


TASKS = (
    Task("first", ("allocate",), (2, 6)),
    Task("own", ("new",), (3, 6)),
    Task("refused", ("data",), (3, 4)),
    Task("compare", ("compare",), (3,)),
    Task("why", ("method", "published"), (1, 2)),
    Task("target", ("seek", "sensitivity"), (4,)),
    Task("corrections", ("rule",), (5,)),
    Task("papers", ("report",), (3,)),
    Task("travels", (), (1,)),
    Task("year", ("execution",), (2,)),
    Task("kept", ("saved",), (1,)),
    Task("trouble", ("help",)),
)


def task_of(page: str) -> Task:
    """The task that the question mark of a page opens; the first one where no task is the page's.

    >>> task_of("seek").name, task_of("elsewhere").name
    ('target', 'first')
    """
    return next((task for task in TASKS if page in task.pages), TASKS[0])


@dataclass(frozen=True)
class Worded:
    """A task as a reader sees it: title, what it is about, and steps with the page's own words in them."""

    title: str
    about: str
    steps: tuple[str, ...]


def worded(task: Task, book: Phrasebook) -> Worded:
    """The task in the reader's language.

    >>> from allocator.text import ZH
    >>> worded(TASKS[0], ZH).steps[4]
    '不满意就点右上方的弯箭头“撤销”；圆箭头“恢复为原方案”一步回到文件中的原样。'
    """
    said = book.words("help.tasks")[task.name]
    lines = [_with_labels(line, book) for line in said["steps"].strip().splitlines()]
    return Worded(said["title"], said["about"], tuple(lines))


def labels(task: Task, book: Phrasebook) -> list[str]:
    """The texts of pages that the steps of a task name."""
    return [label_of(key, book) for line in keys(task, book) for key in line]


def keys(task: Task, book: Phrasebook) -> list[list[str]]:
    """The keys of the texts of pages that each step of a task names."""
    lines = book.words("help.tasks")[task.name]["steps"].strip().splitlines()
    return [re.findall(_KEY, line) for line in lines]


def label_of(key: str, book: Phrasebook) -> str:
    """The text of the page, without remarks in brackets, and with a gap for what is filled into it.

    A number is the first one, since what the page counts begins with it.

    >>> from allocator.text import EN
    >>> label_of("app.kept.restore", EN), label_of("app.why.title", EN), label_of("app.seek.figure", EN)
    ('Restore save 1', 'Why it differs from …', 'Figure')
    """
    table, _, name = key.rpartition(".")
    text = re.split(r"\s*(?:（| \()", str(book.words(table)[name]))[0].replace("{number}", "1")
    text = re.sub(r" *\{\w+\}$", "", text).rstrip("：:")
    return re.sub(r"“?\{\w+\}”?", GAP, text)


def _with_labels(line: str, book: Phrasebook) -> str:
    return re.sub(_KEY, lambda key: f"“{label_of(key[1], book)}”", line)


def picture(task: Task, step: int, language: str) -> Path:
    """The file of the picture of a step."""
    return PICTURES / f"{task.name}-{step}.{language}.png"
