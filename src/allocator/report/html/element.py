"""Pieces of HTML with their text: whatever comes from data is text, and is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple, Union

Child = Union["Element", str, None]


class Element(NamedTuple):
    """A piece of HTML: its markup, and its text as a browser's textContent gives it."""

    html: str
    text: str


def el(tag: str, *children: Child | Iterable[Child], **attributes: str | None) -> Element:
    """An element; ``class_`` is its class, an attribute that is "" stands without a value.

    >>> el("p", "a < b", class_="x").html
    '<p class="x">a &lt; b</p>'
    """
    inside: list[str] = []
    texts: list[str] = []
    for child in _flat(children):
        if isinstance(child, str):
            inside.append(escape(child, quote=False))
            texts.append(child)
        else:
            inside.append(child.html)
            texts.append(child.text)
    said = "".join(
        f" {name.strip('_').replace('_', '-')}" + (f'="{escape(value)}"' if value else "")
        for name, value in attributes.items()
        if value is not None
    )
    return Element(f"<{tag}{said}>{''.join(inside)}</{tag}>", "".join(texts))


def rows(cells: Iterable[Sequence[str]], opened: Sequence[str], classes: Sequence[str]) -> Element:
    """The rows of a table, which may be many thousand: ``opened`` are the tags of the columns."""
    html: list[str] = []
    texts: list[str] = []
    closed = [f"</{tag.partition(' ')[0]}>" for tag in opened]
    starts = [f"<{tag}>" for tag in opened]
    for row, kind in zip(cells, classes, strict=True):
        html.append(f'<tr class="{kind}">' if kind else "<tr>")
        for start, cell, end in zip(starts, row, closed, strict=True):
            html.append(f"{start}{escape(cell, quote=False)}{end}")
            texts.append(cell)
        html.append("</tr>")
    return Element("".join(html), "".join(texts))


def _flat(children: Iterable[Child | Iterable[Child]]) -> Iterator[Element | str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Element | str):
            yield child
        else:
            yield from (one for one in child if one is not None)
