"""The process that fills one layout: ``python -m allocator.report.papers.layouts.child``.

It reads from standard input the length of a line of JSON, that line and the layout, and writes a line of
JSON, empty or with what is wrong, and the filled file.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docx.shared import RGBColor
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

RED = RGBColor(0xA0, 0x1C, 0x1C)
MEMORY_MB = 1_500
MOST_LOOPS = 50
# what a layout may do: name fields, go through a list, and leave something out
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Const,
)
LOOP = ("first", "last", "index")  # of a list's entry
Known = Mapping[str, Sequence[str] | None]


class Refused(Exception):
    """A layout that is not filled: the key of the sentence, and its details."""

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(key)
        self.key, self.details = key, details


class Fields(SandboxedEnvironment):
    """Jinja for layouts: what is not a field, a list or a condition is refused before anything is filled."""

    def __init__(self, known: Known) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.known_fields = known

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        check(tree, self.known_fields)
        return tree


def check(tree: nodes.Template, known: Known) -> None:
    """Raises Refused for anything but fields that are known, lists that are not within lists, and conditions.

    >>> import jinja2
    >>> known = {"fund": None, "rows": ["name"]}
    >>> check(jinja2.Environment().parse("{{ fund }}{% for one in rows %}{{ one.name }}{% endfor %}"), known)
    >>> try:
    ...     check(jinja2.Environment().parse("{{ fund.__class__ }}"), known)
    ... except Refused as refused:
    ...     refused.key, refused.details
    ('layout_field', {'name': 'fund.__class__'})
    """
    _look_for_signs("".join(data.data for data in tree.find_all(nodes.TemplateData)), known)
    loops = list(tree.find_all(nodes.For))
    if len(loops) > MOST_LOOPS:
        raise Refused("layout_many")
    for loop in loops:
        if any(True for inner in loop.body for _ in _within(inner, nodes.For)):
            raise Refused("layout_nested")
    _look(tree, known, {})


def _look_for_signs(markup: str, known: Known) -> None:
    """Refuses a field that is one for whoever wrote it, but has full-width signs or a single brace."""
    names = "|".join(map(re.escape, known))
    signs = re.search(
        rf"[{{｛]\s*[{{｛%％].{{0,40}}|[{{｛]\s*({names})\s*[}}｝]|[^{{｛]{{0,40}}[}}｝%％]\s*[}}｝]",
        re.sub("<[^>]*>", "", markup),
    )
    if signs is not None:
        raise Refused("layout_signs", text=signs[0].strip()[:40])


def _within(node: nodes.Node, kind: type[nodes.Node]) -> Iterator[nodes.Node]:
    if isinstance(node, kind):
        yield node
    yield from node.find_all(kind)


def _look(node: nodes.Node, known: Known, entries: Mapping[str, Sequence[str]]) -> None:
    """Goes through a node; ``entries`` are the names that stand for a list's entry here, with its fields."""
    if not isinstance(node, ALLOWED):
        raise Refused("layout_does", what=type(node).__name__.lower())
    if isinstance(node, nodes.For):
        over, one = node.iter, node.target
        if not isinstance(over, nodes.Name) or not isinstance(one, nodes.Name) or node.recursive or node.test:
            raise Refused("layout_does", what="for")
        fields = known.get(over.name)
        if fields is None:
            raise Refused("layout_list" if over.name in known else "layout_field", name=over.name)
        inside = {**entries, one.name: fields, "loop": list(LOOP)}
        for part in (*node.body, *node.else_):
            _look(part, known, inside)
        return
    if isinstance(node, nodes.Getattr):
        of = node.node
        if not isinstance(of, nodes.Name) or node.attr not in entries.get(of.name, ()):
            raise Refused("layout_field", name=f"{getattr(of, 'name', '')}.{node.attr}")
        return
    if isinstance(node, nodes.Name):
        single = node.name in known and known[node.name] is None
        words = node.name in entries and not entries[node.name]  # an entry that is a line of words itself
        if not single and not words:
            raise Refused("layout_field", name=node.name)
        return
    for part in node.iter_child_nodes():
        _look(part, known, entries)


def fill(layout: bytes, fields: Mapping[str, Any], known: Known, mark: str = "") -> bytes:
    """The filled layout, with ``mark`` on top of every page.

    Raises Refused, or whatever the libraries raise for a file that they cannot read.
    """
    from docxtpl import DocxTemplate

    made = DocxTemplate(io.BytesIO(layout))
    _mark(made.get_docx(), mark)
    try:
        made.render(dict(fields), Fields(known), autoescape=True)
    except TemplateSyntaxError:
        raise Refused("layout_syntax") from None
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def _mark(document: Any, mark: str) -> None:
    """Puts the mark of assumed data above whatever the headers of the layout say, on every page."""
    if not mark:
        return
    for section in document.sections:
        for header in (section.header, section.even_page_header, section.first_page_header):
            header.is_linked_to_previous = False
            top = (
                header.paragraphs[0].insert_paragraph_before()
                if header.paragraphs
                else header.add_paragraph()
            )
            run = top.add_run(mark)
            run.bold, run.font.color.rgb = True, RED


def answer(asked: Mapping[str, Any], layout: bytes) -> bytes:
    """The line of JSON and the filled file."""
    content, told = b"", dict[str, object]()
    try:
        content = fill(layout, asked["fields"], asked["known"], asked["mark"])
    except Refused as refused:
        told = {"key": refused.key, "details": refused.details}
    except MemoryError:
        raise
    except Exception:  # of a library, for a file that is damaged in whatever way
        told = {"key": "layout_not_word", "details": {}}
    return json.dumps(told).encode() + b"\n" + content


def main() -> None:
    """Reads, fills and answers."""
    _limit()
    head = int(sys.stdin.buffer.readline())
    asked = json.loads(sys.stdin.buffer.read(head))
    sys.stdout.buffer.write(answer(asked, sys.stdin.buffer.read()))


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has none; the time is bounded from outside
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB * 2**20, MEMORY_MB * 2**20))


if __name__ == "__main__":
    main()
