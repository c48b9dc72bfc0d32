"""Crossed shapes of sheets, drawn at random: each comes in right, or is refused with all that is wrong."""

import random
from dataclasses import dataclass, field
from fractions import Fraction

from depth import cases, deeper
from office_sheets import HEADS, IDS, NAMES, PERCENT, figures, keys, ods, read, text, xlsx

from allocator.text import EN

RECIPIENTS = (
    "区县（园区）",
    "单位",
    "县（区）",
    "地区",
    "市县",
    "区县名称",
    "行政区划",
    "District",
    "各区县（园区）",
)
SPELLINGS = {
    "plain": str,
    "spaced": lambda name: f"{name[:1]}　{name[1:]}",
    "government": lambda name: f"{name}人民政府",
    "province": lambda name: f"四川省泸州市{name}",
    "broken": lambda name: f"{name[:-1]}\n{name[-1]}",
    "unseen": lambda name: f"{name}\u200b",
    "starred": lambda name: f"{name}*",
}
WRITINGS = ("number", "text", "thousands", "wide", "unit", "money", "percent", "percent text")
ERRORS = ("", "", "", "total", "cell", "missing", "twice", "percent", "stranger")
MARKS = ("", "-", "—", "/", "无")


@dataclass
class Shape:
    """A sheet with the figures that it must give, and what must be named where it is wrong."""

    rows: list[list[object]]
    values: dict[str, list[Fraction]]
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    wrong: set[tuple[str, str]] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    at: tuple[int, int] = (0, 0)


def written(value: Fraction, how: str, draw: random.Random) -> object:
    """A figure as a cell holds it; percentages are of a hundred."""
    plain = str(float(value)).removesuffix(".0")
    return {
        "number": float(value),
        "text": plain,
        "thousands": f"{float(value):,.2f}",
        "wide": "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in plain),
        "unit": f"{plain}万元",
        "money": f"￥{plain}",
        "percent": float(value) / 100,
        "percent text": f"{plain}%",
    }[how]


def drawn(seed: int) -> Shape:
    draw = random.Random(seed)
    values = [[Fraction(draw.randrange(1, 10**6), draw.choice((1, 1, 100))) for _ in HEADS] for _ in NAMES]
    how = [draw.choice(WRITINGS) for _ in HEADS]
    spelling, error = draw.choice(list(SPELLINGS.values())), draw.choice(ERRORS)
    numbered, remarks, grouped = draw.random() < 0.4, draw.random() < 0.4, draw.random() < 0.4
    before = 1 if numbered else 0

    def line(name: object, cells: list[object], number: object = "", remark: str = "") -> list[object]:
        return [*([number] if numbered else []), name, *cells, *([remark] if remarks else [])]

    rows: list[list[object]] = []
    if draw.random() < 0.5:
        rows.append(line("2023年资金因素法测算表", [""] * 4))
        if draw.random() < 0.5:
            rows.append(line("", ["", "", "", "单位：万元"]))
    shape = Shape(rows, dict(zip(IDS, values, strict=True)), at=draw.choice(((0, 0), (0, 0), (2, 1))))
    units = draw.random() < 0.3
    heads = [f"{head}（万元）" if units else head for head in HEADS]
    if grouped:
        top = line(draw.choice(RECIPIENTS), ["贡献情况", "", "", "工作情况"], "序号", "备注")
        rows += [top, line("", list(heads))]
    else:
        rows.append(line(draw.choice(RECIPIENTS), list(heads), "序号", "备注"))
    total: list[object] = [float(sum(column)) for column in zip(*values, strict=True)]
    for j, writing in enumerate(how):
        if writing in ("percent", "percent text"):
            total[j] = float(sum(row[j] for row in values)) / 100 if writing == "percent" else f"{total[j]}%"
    where = draw.choice(("", "top", "bottom", "parts"))
    places: dict[int, int] = {}
    checks: list[int] = []
    if where == "top":
        checks.append(len(rows))
        rows.append(line("全市", list(total)))
    for i, name in enumerate(NAMES):
        if where == "parts" and i in (0, 3):
            rows.append(line(("一、市辖区", "二、县和园区")[i // 3], [""] * 4))
        places[i] = len(rows)
        cells = [written(value, writing, draw) for value, writing in zip(values[i], how, strict=True)]
        rows.append(line(spelling(name), cells, i + 1, draw.choice(("", "已核实"))))
        if draw.random() < 0.05:
            rows.append(line("", [""] * 4))
    if where in ("bottom", "parts"):
        checks.append(len(rows))
        rows.append(line("合计", list(total)))
    for i in [*places.values(), *checks]:
        shape.formats |= {
            (i, j + before + 1): PERCENT for j, writing in enumerate(how) if writing == "percent"
        }
    if draw.random() < 0.4:
        rows.append(line("注：数据由市统计局、市税务局提供。", [""] * 4))
    _damage(shape, error, draw, places, checks, before, how)
    return shape


def _damage(shape, error, draw, places, checks, before, how) -> None:
    """Puts one kind of mistake into the sheet, twice where that goes, and notes what must be said of it."""
    down, right = shape.at

    def cell(i: int, j: int) -> str:
        return f"{chr(65 + j + right)}{i + 1 + down}"

    if error == "total" and checks:
        for j in (0, 2):
            old = shape.rows[checks[0]][before + 1 + j]
            shape.rows[checks[0]][before + 1 + j] = f"{old}7" if isinstance(old, str) else old * 3 + 1
            if isinstance(old, str):
                shape.rows[checks[0]][before + 1 + j] = f"{float(old[:-1]) * 3 + 1}%"
            shape.wrong.add(("check_differs", cell(checks[0], before + 1 + j)))
    elif error == "cell":
        for i, j, bad, key in ((1, 0, "约15", "figure_words"), (5, 3, "1.5E+05", "figure_scientific"),
                               (7, 1, "#DIV/0!", "figure_error")):  # fmt: skip
            shape.rows[places[i]][before + 1 + j] = bad
            shape.wrong.add((key, cell(places[i], before + 1 + j)))
    elif error == "missing":
        for i, j in ((1, 0), (5, 3)):
            shape.rows[places[i]][before + 1 + j] = draw.choice(MARKS)
        shape.asked.add("blank")
    elif error == "twice":
        shape.rows[places[4]][before] = "泸县"
        shape.wrong.add(("recipient_twice", cell(places[4], before)))
        shape.asked.add("recipients_missing")
    elif error == "percent":
        if how[0] in ("percent", "percent text"):
            shape.rows[places[2]][before + 1] = 5.0
            shape.formats.pop((places[2], before + 1), None)
        else:
            shape.rows[places[2]][before + 1] = "5%"
        shape.wrong.add(("percents_mixed", chr(65 + before + 1 + right)))
    elif error == "stranger":
        shape.rows[places[8]][before] = "蓬莱仙岛"
        shape.asked |= {"recipient_unknown", "recipients_missing"}


def check(seed: int) -> None:
    shape = drawn(seed)
    formatted = bool(shape.formats)
    kinds = ["xlsx"] if formatted else ["xlsx", "csv", "tsv", "txt", "gb", "ods"]
    kind = random.Random(-seed).choice(kinds)
    padded = [[""] * shape.at[1] + row for row in [[]] * shape.at[0] + shape.rows]
    content = {
        "xlsx": lambda: xlsx(shape.rows, formats=shape.formats, at=shape.at),
        "csv": lambda: text(padded),
        "tsv": lambda: text(padded, "\t"),
        "txt": lambda: text(padded, "\t", "utf-16"),
        "gb": lambda: text(padded, ";", "gb18030"),
        "ods": lambda: ods(padded),
    }[kind]()
    made = read(content, f"a.{kind}")
    place = f"seed {seed}, {kind}: {[s.sentence(EN) for s in (*made.decisions, *made.problems)]}"
    problems = {(p.key, p.at) for p in made.problems}
    assert shape.wrong <= problems, place
    assert problems == shape.wrong, place
    assert set(keys(made, "decisions")) >= shape.asked and (shape.asked or not made.decisions), place
    if not shape.wrong and not shape.asked:
        close = Fraction(1, 10**12) if formatted else Fraction(0)  # a stored percentage is a binary fraction
        for id, row in figures(made).items():
            for found, value in zip(row, shape.values[id], strict=True):
                assert abs(found - value) <= close * value, place
        assert list(made.values) == IDS, place


@deeper
def test_sheets_drawn_at_random_come_in_right_or_are_refused_as_a_whole():
    for seed in range(cases(12, 400)):
        check(seed)
