"""Titles in lines that end between words, as official documents want them."""

from __future__ import annotations

import re

# the places where a Chinese title may go on in the next line, the best first, each with what it costs
_PLACES = (
    (re.compile(r"(?<=[）》：；，])|(?<=资金)(?![（）])|(?=分配|测算|绩效|下达|情况[单说])"), 0),
    (re.compile(r"(?<=资金)|(?<=专项)|(?<=项目)(?![资库建])|(?<=年)(?!度)|(?<=年度)|(?=《)"), 2),
    (re.compile(r"(?<=[省市区县州])(?![（）级内外])|(?=建议|办法|的请示|的通知|的报告)"), 4),
)
_WHOLE = re.compile(r"[0-9A-Za-z.,%]+|.", re.DOTALL)
_WITHIN = 12  # the cost of a place within a word
_NEVER = "）》”、：；，的"  # no line begins with these


def title_lines(title: str, room: float) -> list[str]:
    """The lines of a Chinese title, each of at most ``room`` characters: between words, few and even.

    >>> title_lines("关于审定2023年省级招商引资激励奖补资金（泸州市）分配方案的请示", 20)
    ['关于审定2023年省级招商引资激励奖补资金', '（泸州市）分配方案的请示']
    >>> title_lines("2023年省级招商引资激励奖补资金（泸州市）分配方案", 23)
    ['2023年省级招商引资激励奖补资金', '（泸州市）分配方案']
    """
    if width(title) <= room:
        return [title]
    costs = {f.start(): _WITHIN for f in _WHOLE.finditer(title) if title[f.start()] not in _NEVER}
    for places, cost in reversed(_PLACES):
        costs |= dict.fromkeys(costs.keys() & {found.start() for found in places.finditer(title)}, cost)
    del costs[0]
    least = int(-(-width(title) // room))
    found = [_cut(title, costs, count, room) for count in (least, least + 1)]
    return min((one for one in found if one), default=(0.0, [title]))[1]


def width(text: str) -> float:
    """The approximate width of a text in Chinese characters.

    >>> width("2023年")
    3.24
    """
    return sum(1.0 if ord(c) > 0x2E7F or c in "“”" else 0.56 for c in text)


def _cut(title: str, costs: dict[int, int], count: int, room: float) -> tuple[float, list[str]] | None:
    """The best way into so many lines with its cost; None where there is none."""
    mean = width(title) / count
    best: dict[int, tuple[float, list[str]]] = {0: (3.0 * count, [])}
    for number in range(1, count + 1):
        ends = [len(title)] if number == count else list(costs)
        found: dict[int, tuple[float, list[str]]] = {}
        for end in ends:
            for start, (cost, lines) in best.items():
                line = title[start:end]
                if start < end and width(line) <= room:
                    whole = cost + costs.get(end, 0) + abs(width(line) - mean) / 4
                    if end not in found or whole < found[end][0]:
                        found[end] = (whole, [*lines, line])
        best = found
    return best.get(len(title))
