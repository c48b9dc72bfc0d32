"""What stands in both languages says the same: headings, code, tables and figures, section by section."""

import re
from collections import Counter

import pytest
from bundles import ROOT

ENGLISH, CHINESE = ROOT / "docs", ROOT / "docs" / "zh"
BOTH = sorted(path.name for path in CHINESE.glob("*.md"))
# 1,000 or 0.95 or 240: not single digits, which the languages write as words
FIGURE = re.compile(r"(?<![A-Za-z0-9_.,])\d[\d,]*(?:\.\d+)?(?!\d)")
WRITTEN_OTHERWISE = {"10", "20", "28", "100,000", "48,000,000"}  # of words such as "ten", and 10,000 for 万


def sections(text):
    """The heading's level and the body of each section."""
    bodies, level, fenced = [], 0, False
    lines = []
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        heading = None if fenced else re.match(r"(#+) ", line)
        if heading:
            bodies.append((level, "\n".join(lines)))
            level, lines = len(heading[1]), []
        else:
            lines.append(line)
    return [*bodies, (level, "\n".join(lines))]


def code(body):
    """The blocks of code, without remarks, which are in the reader's language."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", body, re.S | re.M)
    plain = [(kind, re.sub(r"^([^#\n]*?) *#.*$", r"\1", block, flags=re.M)) for kind, block in blocks]
    return [one for one in plain if one[0] != "console"]  # what is printed is in the reader's language


def spans(body):
    """What stands in backquotes."""
    plain = re.sub(r"^```.*?^```", "", body, flags=re.S | re.M)
    return {" ".join(span.split()) for span in re.findall(r"`([^`]+)`", plain)}


def tables(body):
    """The number of cells of each row of each table."""
    plain = re.sub(r"^```.*?^```|`[^`\n]*`", "", body, flags=re.S | re.M)
    return [line.count("|") for line in plain.splitlines() if line.startswith("|")]


def figures(body):
    """How often each figure of two digits or more stands in it, blocks of code and links left out."""
    plain = re.sub(r"^```.*?^```|\]\([^)]*\)|`[^`\n]*`", " ", body, flags=re.S | re.M)
    found = Counter(figure.rstrip(",") for figure in FIGURE.findall(plain))
    return {f: n for f, n in found.items() if len(re.sub(r"\D", "", f)) > 1 and f not in WRITTEN_OTHERWISE}


def test_what_office_people_read_stands_in_both_languages():
    assert {"manual.md", "method.md", "scenario-format.md", "sheets.md"} <= set(BOTH)
    assert all((ENGLISH / name).is_file() for name in BOTH)


@pytest.mark.parametrize("name", BOTH)
def test_both_languages_are_in_step(name):
    english, chinese = (sections((folder / name).read_text("utf-8")) for folder in (ENGLISH, CHINESE))
    assert [level for level, _ in english] == [level for level, _ in chinese]
    for number, ((_, ours), (_, theirs)) in enumerate(zip(english, chinese, strict=True)):
        assert code(ours) == code(theirs), number
        assert tables(ours) == tables(theirs), number
        assert spans(ours) == spans(theirs), (number, spans(ours) ^ spans(theirs))
        more, less = figures(ours), figures(theirs)
        assert more == less, (number, more.items() ^ less.items())


def test_a_figure_or_a_line_of_code_that_was_changed_in_one_language_is_found():
    text = "# A\n\nof 1,000 and `x`\n\n| a | b |\n\n```toml\nx = 1  # one\n```\n"
    for old, new in (("1,000", "1,001"), ("`x`", "`y`"), ("x = 1", "x = 2"), ("| b |", "| b | c |")):
        (_, before), (_, after) = sections(text)[1], sections(text.replace(old, new))[1]
        looked_at = (code, spans, tables, figures)
        assert [look(before) for look in looked_at] != [look(after) for look in looked_at]
    (_, before), (_, after) = sections(text)[1], sections(text.replace("# one", "# 一"))[1]
    assert code(before) == code(after)


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_is_one_screen_with_one_picture(name):
    text = (ROOT / name).read_text("utf-8")
    assert len(text.splitlines()) <= 40
    assert len(re.findall(r"!\[", text)) == 1
