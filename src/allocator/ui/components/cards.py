"""Readings side by side as HTML, everything from files escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple


class Card(NamedTuple):
    """A reading: title, verdict and its mark ("fits", "apart" or "open"), and parts with their sentences.

    ``finding`` is the first finding, if there is one.
    """

    title: str
    verdict: str
    mark: str
    parts: tuple[tuple[str, Sequence[str]], ...]
    finding: str = ""


def cards(shown: Sequence[Card]) -> str:
    """Readings side by side."""
    return f'<div class="al-readings">{"".join(map(_card, shown))}</div>'


def _card(card: Card) -> str:
    parts = "".join(
        f"<dt>{escape(name)}</dt>" + "".join(f"<dd>{escape(line)}</dd>" for line in lines)
        for name, lines in card.parts
    )
    finding = f'<p class="al-effect">{escape(card.finding)}</p>' if card.finding else ""
    return (
        f'<article class="al-reading"><h3 class="al-h3">{escape(card.title)}</h3>'
        f'<p class="al-verdict al-{escape(card.mark)}">{escape(card.verdict)}</p>'
        f"{finding}<dl>{parts}</dl></article>"
    )
