"""The manual and the card of one page: as documents without pictures, and as pages and PDF with them."""

from __future__ import annotations

import base64
from html import escape

from allocator.text import Phrasebook
from allocator.ui.help.tasks import TASKS, Task, picture, worded

ON_CARD = ("first", "own", "papers")  # the tasks whose steps stand on the card
STYLE = """
@page { size: A4; margin: 14mm 17mm; }
body { font-family: 'Source Han Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif;
  color: #1b2733; font-size: 11pt; line-height: 1.65; max-width: 820px; margin: 0 auto; }
h1 { font-size: 20pt; color: #174a7c; margin: 0 0 4mm; }
h2 { font-size: 14pt; color: #174a7c; margin: 8mm 0 1mm; }
p { margin: 0 0 2mm; } .about { color: #4a5866; } .note { color: #4a5866; font-size: 9pt; }
ol { margin: 0 0 2mm; padding-left: 7mm; } li { margin: 0 0 1.5mm; } li, img { break-inside: avoid; }
h2, .about { break-after: avoid; } nav ol { columns: 2; }
img { display: block; width: 100%; max-width: 150mm; margin: 1.5mm 0 2.5mm;
  border: 1px solid #dde4ea; border-radius: 4px; }
a { color: #174a7c; text-decoration: none; }
:lang(en) body { font-family: 'Segoe UI', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; }
.card { font-size: 9.5pt; line-height: 1.4; }
:lang(en) .card { font-size: 8.3pt; } .card h1 { font-size: 17pt; margin: 0 0 2mm; }
.card img { max-width: 68mm; margin: 1mm 0; } :lang(en) .card img { max-width: 50mm; }
.card h2 { font-size: 11.5pt; margin: 2.5mm 0 .5mm; } .card .note { font-size: 1em; }
.card li { margin: 0 0 .6mm; }
"""


def document(book: Phrasebook, other: str) -> str:
    """The manual as Markdown, without pictures; ``other`` leads to the other language's."""
    lines = [f"# {book.say('help.title')}", "", other, "", book.say("help.lead"), ""]
    lines += [book.say("help.status"), "", book.say("help.generated"), ""]
    for number, task in enumerate(TASKS, 1):
        said = worded(task, book)
        lines += [f"## {number}. {said.title}", "", said.about, ""]
        lines += [f"{at}. {step}" for at, step in enumerate(said.steps, 1)]
        lines.append("")
    return "\n".join(lines)


def page(book: Phrasebook) -> str:
    """The manual as one HTML file, with the pictures that were taken."""
    parts = [f"<h1>{escape(book.say('help.title'))}</h1>", f"<p>{escape(book.say('help.lead'))}</p>"]
    parts.append(f'<p class="note">{escape(book.say("help.status"))}</p>')
    named = [(task.name, escape(worded(task, book).title)) for task in TASKS]
    titles = [f'<li><a href="#{name}">{title}</a></li>' for name, title in named]
    parts.append(f"<nav><ol>{''.join(titles)}</ol></nav>")
    for number, task in enumerate(TASKS, 1):
        said = worded(task, book)
        parts.append(f'<h2 id="{task.name}">{number}. {escape(said.title)}</h2>')
        parts.append(f'<p class="about">{escape(said.about)}</p><ol>')
        for at, step in enumerate(said.steps, 1):
            parts.append(f"<li>{escape(step)}{_drawn(task, at, said.title, book)}</li>")
        parts.append("</ol>")
    return _html(book, book.say("help.title"), parts)


def card(book: Phrasebook) -> str:
    """The card for somebody's first time: one page."""
    title = f"{book.say('app.page.name')} · {book.say('help.card')}"
    parts = [f"<h1>{escape(title)}</h1>", f"<h2>{escape(book.say('help.card_start'))}</h2>"]
    parts.append(f"<p>{escape(book.say('help.card_start_how'))}</p>")
    by_name = {task.name: worded(task, book) for task in TASKS}
    for name in ON_CARD:
        lines = [f"<li>{escape(step)}</li>" for step in by_name[name].steps]
        if name == TASKS[0].name:
            lines.insert(2, _drawn(TASKS[0], 2, by_name[name].title, book))
        steps = "".join(lines)
        parts.append(f"<h2>{escape(by_name[name].title)}</h2><ol>{steps}</ol>")
    parts.append(f"<h2>{escape(book.say('help.card_keys'))}</h2><p>{escape(book.say('help.lead'))}</p>")
    kept = f"{by_name['kept'].about}{'' if book.chinese else ' '}{by_name['kept'].steps[0]}"
    parts.append(f"<h2>{escape(book.say('help.card_keep'))}</h2><p>{escape(kept)}</p>")
    parts.append(f'<p class="note">{escape(book.say("help.status"))}</p>')
    return _html(book, title, ['<div class="card">', *parts, "</div>"])


def _drawn(task: Task, step: int, title: str, book: Phrasebook) -> str:
    file = picture(task, step, book.language)
    if step not in task.pictured or not file.is_file():
        return ""
    data = base64.b64encode(file.read_bytes()).decode("ascii")
    alt = book.say("help.picture", title=title, step=str(step))
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'


def _html(book: Phrasebook, title: str, parts: list[str]) -> str:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    body, tag = "\n".join(parts), book.say("language.tag")
    return f'<!doctype html><html lang="{tag}"><head>{head}</head><body>{body}</body></html>\n'
