"""The page's script: its modules, in the order in which they need one another, as one readable text."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z_0-9]+)\.js";\n', re.MULTILINE)


@cache
def module(name: str) -> str:
    """The text of one module."""
    return files("allocator.report.html").joinpath("js", f"{name}.js").read_text("utf-8")


@cache
def style() -> str:
    """The page's style sheet."""
    return files("allocator.report.html").joinpath("page.css").read_text("utf-8")


def needed(name: str) -> list[str]:
    """A module and those that it needs, each after what it needs itself; raises ValueError for a circle."""
    found: list[str] = []

    def add(one: str, above: tuple[str, ...]) -> None:
        if one in above:
            raise ValueError(f"modules need one another: {above}")
        for other in _IMPORT.findall(module(one)):
            add(other, (*above, one))
        if one not in found:
            found.append(one)

    add(name, ())
    return found


@cache
def joined(*names: str) -> str:
    """Modules with all that they need, one after the other, without their imports and exports.

    What a module declares has one name in all of them (a test holds that), so that one scope can hold them.
    """
    order = list(dict.fromkeys(one for name in names for one in needed(name)))
    return "\n".join(
        f"// ---- {one}.js\n{_IMPORT.sub('', module(one)).replace('export ', '')}" for one in order
    )


@cache
def script(*names: str) -> str:
    """Modules with all that they need as one script, within a function of its own."""
    return f'(() => {{\n"use strict";\n{joined(*names)}}})();\n'
