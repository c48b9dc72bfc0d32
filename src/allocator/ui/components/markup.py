"""Pieces of the page as HTML text, everything from files escaped; and names made safe for Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape as escaped

from allocator.report.tables.table import Table

# Backslashes do not stop Streamlit's emoji codes, nor links made of bare addresses: a word joiner does.
_JOINED = re.compile(r"(:)(?=\S)|(www)(?=\.)|(@)(?=\S)", re.IGNORECASE)
SHORT = 7  # characters below which a heading is not broken
MANY = 40  # rows above which a table or a chart scrolls in a box of its own
TALL = 640  # height of such a box in pixels
UNMARKED = ("none", "equal")  # entries of a legend without a mark
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def escape(text: str, quote: bool = True) -> str:
    """Text escaped for HTML, with a no-break space before a percent sign."""
    return escaped(text, quote).replace(" %", "\u00a0%")


def in_markdown(text: str) -> str:
    r"""Text that Markdown shows as it is.

    >>> in_markdown("*a*")
    '\\*a\\*'
    """
    return _PUNCTUATION.sub(r"\\\1", _JOINED.sub(lambda m: m.group(0) + "\u2060", text))


def block(kind: str, text: str, *, role: str = "") -> str:
    """A paragraph of one kind."""
    said = f' role="{role}"' if role else ""
    return f'<p class="al-{kind}"{said}>{escape(text)}</p>'


def notice(badge: str, text: str, kind: str = "") -> str:
    """A sentence behind a prominent badge, as a warning; with ``kind`` "calm" it warns of nothing."""
    mark = f'<span class="al-badge">{escape(badge)}</span>'
    return f'<p class="al-notice al-{kind or "warn"}" role="note">{mark} {escape(text)}</p>'


def lines(parts: Iterable[str]) -> str:
    """Pieces of HTML, one below the other."""
    return f'<div class="al-lines">{"".join(parts)}</div>'


def heading(text: str, level: int = 2) -> str:
    """A heading of the page."""
    return f'<h{level} class="al-h{level}">{escape(text)}</h{level}>'


def title(text: str) -> str:
    """The finding of a page as its title; screen readers announce its changes."""
    return f'<h2 class="al-title" aria-live="polite">{escape(text)}</h2>'


def cards(figures: Iterable[tuple[str, str, str]], mark: str = "") -> str:
    """Headline figures: label with its unit, value, and remark; ``mark`` is put on each."""
    badge = f'<span class="al-badge al-small">{escape(mark)}</span>' if mark else ""
    items = "".join(
        f'<div class="al-card"><dt><span>{escape(label)}</span>{badge}</dt>'
        f'<dd class="al-figure">{escape(value)}</dd><dd class="al-about">{escape(about)}</dd></div>'
        for label, value, about in figures
    )
    return f'<dl class="al-cards">{items}</dl>'


def state_head(text: str, badge: str = "") -> str:
    """The first line of an entry of a history, with a mark where it is frozen."""
    mark = f' <span class="al-badge al-frozen">{escape(badge)}</span>' if badge else ""
    return f'<p class="al-state"><strong>{escape(text)}</strong>{mark}</p>'


def listing(sentences: Sequence[str], few: int | None = None, rest: str = "") -> str:
    """Sentences as a list; beyond a few, the rest is folded away under the words ``rest``."""
    if few is None or len(sentences) <= few + 1:
        return f'<ul class="al-listing">{_items(sentences)}</ul>'
    return (
        f'<ul class="al-listing">{_items(sentences[:few])}</ul>'
        f"<details><summary>{escape(rest)}</summary>"
        f'<ul class="al-listing">{_items(sentences[few:])}</ul></details>'
    )


def _items(sentences: Iterable[str]) -> str:
    return "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)


def values(label: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The value of each of several, in as few lines as they need."""
    items = "".join(f"<li>{escape(name)} <b>{escape(value)}</b></li>" for name, value in pairs)
    return f'<ul class="al-values" aria-label="{escape(label)}">{items}</ul>'


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """The legend of a chart from (mark, words); words that belong to no mark come with "none" or "equal"."""
    items = "".join(f"<li{_classed(mark)}>{_key(mark)}{escape(words)}</li>" for mark, words in entries)
    return f'<ul class="al-legend">{items}</ul>'


def _key(mark: str) -> str:
    return "" if mark in UNMARKED else f'<span class="al-key al-{mark}" aria-hidden="true"></span>'


def _classed(mark: str) -> str:
    return ' class="al-equal"' if mark == "equal" else ""


def table(
    shown: Table,
    caption: str = "",
    tints: Sequence[Sequence[int]] = (),
    first: int = 1,
    *,
    bare: bool = False,
    unnamed: bool = False,
) -> str:
    """A table, in a box of its own that scrolls sideways where it is wider than the page.

    The cell at ``first`` names its row.  ``tints`` colours cells from −3, a large loss, to 3, a large gain.
    ``caption`` is instead of the table's own; ``bare`` leaves it to a heading above the table, and does not
    break words in the cells; with ``unnamed`` only the unit stands above, and it is for screen readers.
    """
    caption = caption or shown.caption
    head = "".join(
        f'<th scope="col"{_classes(is_figure, short=not bare and len(text) < SHORT)}>{escape(text)}</th>'
        for text, is_figure in zip(shown.headers, shown.numeric, strict=True)
    )
    body = "".join(
        f"<tr{_role(row.role, bare)}>{_cells(row.cells, shown.numeric, first, tinted)}</tr>"
        for row, tinted in zip(shown.rows, tints or [()] * len(shown.rows), strict=True)
    )
    prose = not any(shown.numeric)
    look = " ".join(["al-table", *["al-words"] * (bare or prose), *["al-prose"] * prose])
    many = len(shown.rows) > MANY and not bare
    tall, height = (" al-tall", f' style="max-height: {TALL}px"') if many else ("", "")
    above = (
        f'<div class="al-caption" aria-hidden="true"><span>{"" if unnamed else escape(caption)}</span>'
        f'<span class="al-unit">{escape(shown.unit)}</span></div>'
    )
    return (
        f"{'' if bare else above}"
        f'<div class="al-scroll{tall}"{height} role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="{look}">'
        f'<caption class="al-sr">{escape(" ".join(filter(None, (caption, shown.unit))))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _role(role: str, bare: bool) -> str:
    return "" if bare else f' class="al-{escape(role, quote=True)}"'


def foot(lines: Iterable[str]) -> str:
    """The last line of the page: sources, status, digest, versions."""
    return f'<footer class="al-foot">{"".join(f"<span>{escape(line)}</span>" for line in lines)}</footer>'


def trace(lines: Iterable[str]) -> str:
    """The lines on the origin of figures, hashes included."""
    return f'<p class="al-trace">{"<br>".join(map(escape, lines))}</p>'


def _cells(cells: Sequence[str], numeric: Sequence[bool], first: int = 1, tints: Sequence[int] = ()) -> str:
    """The cells of a row; the one at ``first`` names it."""
    return "".join(
        f'<th scope="row">{escape(text)}</th>'
        if at == first
        else f"<td{_classes(is_figure, tint)}>{escape(text)}</td>"
        for at, (text, is_figure, tint) in enumerate(
            zip(cells, numeric, tints or [0] * len(cells), strict=True)
        )
    )


def _classes(is_figure: bool, tint: int = 0, *, short: bool = False) -> str:
    tinted = f"al-{'gain' if tint > 0 else 'loss'}-{abs(tint)}" if tint else ""
    names = ["al-number" if is_figure else "", tinted, "al-short" if short else ""]
    return f' class="{" ".join(filter(None, names))}"' if any(names) else ""
