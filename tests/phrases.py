"""All sentences of a language by their dotted keys, read from the files as they stand."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from allocator import text


def _flat(table: dict[str, Any], above: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        name = f"{above}.{key}"
        found |= _flat(value, name) if isinstance(value, dict) else {name: value}
    return found


@cache
def sentences(lang: str, under: str = "") -> dict[str, str]:
    """The sentences of a language whose key begins so."""
    found: dict[str, str] = {}
    for path in sorted((Path(text.__file__).parent / lang).glob("*.toml")):
        found |= _flat(tomllib.loads(path.read_text("utf-8")), path.stem)
    return {key: sentence for key, sentence in found.items() if key.startswith(under)}
