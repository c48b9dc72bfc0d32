"""The file: its head with the strict content policy, the fixed part, the embedded data, the script."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any

from allocator.report.html.element import Element, el
from allocator.report.html.script import script, style
from allocator.text import LANGUAGES, Phrasebook

# as JSON may write them, and neither the end of a script nor the beginning of markup
_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def embedded(content: Mapping[str, Any]) -> str:
    """The content as JSON in which nothing can be taken for markup.

    >>> embedded({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for character, code in _ESCAPED.items():
        text = text.replace(character, code)
    return text


def document(content: Mapping[str, Any], fixed: Element, edition: str, *, title: str, language: str) -> bytes:
    """The file as bytes; ``edition`` names the module that starts it, ``fixed`` stands without scripts."""
    data, code, look = embedded(content), script(edition), style()
    policy = (
        f"default-src 'none'; script-src '{_hash(code)}'; style-src '{_hash(look)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    checksum = " ".join(hashlib.sha256(text.encode()).hexdigest() for text in (data, fixed.text))
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{Phrasebook(language).say("language.tag")}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="allocator-checksum" content="{checksum}">',
        f"<title>{escape(title)}</title>",
        f"<style>{look}</style>",
        "</head>",
        "<body>",
        el("header", _in_each("html.unread", language), id="unread", class_="notice").html,
        el(
            "div",
            _in_each("html.changed", language),
            id="changed",
            class_="notice bad",
            role="alert",
            hidden="",
        ).html,
        fixed.html,
        f'<script type="application/json" id="data">{data}</script>',
        f"<script>{code}</script>",
        "</body>",
        "</html>",
    ]
    return ("\n".join(lines) + "\n").encode()


def in_order(language: str) -> list[str]:
    """All languages, this one first."""
    return [language, *(other for other in LANGUAGES if other != language)]


def _in_each(key: str, language: str) -> list[Element]:
    """A sentence in every language, a paragraph each."""
    books = map(Phrasebook, in_order(language))
    return [el("p", book.say(key), lang=book.say("language.tag")) for book in books]


def _hash(text: str) -> str:
    """The hash by which the policy allows an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
