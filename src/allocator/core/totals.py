"""The names of rows of totals; no recipient may have one, for its figures would be counted twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# only names that hold one of these are looked at closely: there may be twenty thousand
_MARKS = "计計总總汇匯彙全"
_MAYBE = re.compile(rf"[{_MARKS}]|t\W*o\W*t|s\W*u\W*m")
_PLAIN = str.maketrans("計總匯彙[]【】〔〕", "计总汇汇()()()")
_EDGES = " :;,.、。·*-–—_~=+#()<>《》〈〉“”\"'"
_BEHIND = r"(.+?)\(.*"
_CHINESE = r"(.*(合计|小计|总计|共计|总和)|累计|汇总|总|全部|全[市省县区国])(数|额|量|值|金额|数额)?"
_ENGLISH = r"(.* )?(sub|grand)?totals?|((sub|grand) ?)?totals? (of|for) .*|sums?( of .*)?"


def is_total(name: str) -> bool:
    """True if a name is that of a row of totals, however it is written.

    >>> is_total("合　计："), is_total("（小计）"), is_total("Grand total"), is_total("全市合计（万元）")
    (True, True, True, True)
    >>> is_total("市本级"), is_total("合江县"), is_total("全州县"), is_total("Totnes")
    (False, False, False, False)
    """
    text = (name if name.isascii() else unicodedata.normalize("NFKC", name)).casefold()
    if _MAYBE.search(text) is None:
        return False
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf").translate(_PLAIN).strip(_EDGES)
    if behind := re.fullmatch(_BEHIND, seen):  # a unit or a count in brackets
        seen = behind[1].strip(_EDGES)
    words = re.split(r"[\s_-]+", seen)
    closed = "".join(words)  # 合　计 and T o t a l
    return any(
        re.fullmatch(pattern, text)
        for pattern, text in ((_CHINESE, closed), (_ENGLISH, closed), (_ENGLISH, " ".join(words)))
    )


def any_total(names: Sequence[str]) -> bool:
    """True if one of the names `is_total`; what they are written in mostly tells that none can be.

    >>> any_total(["合江县", "Totnes"]), any_total(["合江县", "T o t a l"])
    (False, True)
    """
    text = unicodedata.normalize("NFKC", "\n".join(names)).casefold()
    for mark in {c for c in set(text) if not (c.isalnum() or c == "_")}:
        text = text.replace(mark, "")
    return any(part in text for part in (*_MARKS, "tot", "sum")) and any(map(is_total, names))
