"""A scenario that is refused: which sentence, of which file and place, by library and command line."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from allocator import AllocatorError, InfeasibleError, allocate, load_scenario
from allocator.cli.entry import main
from allocator.text import Phrasebook

# what shows only when the money is split, where no file is known any more
WHEN_SPLIT = (
    "scores_zero", "pool_rest_twice", "pool_unit", "pools_over", "pools_under", "pools_left", "fixed_left",
    "pool_needs_more", "pool_nobody", "fixed_needs_more", "rule_nobody", "rest_to_apart",
    "rest_to_apart_pool", "adjustments_sum", "adjustments_sum_left", "adjusted_below_zero",
    "pro_rata_nobody", "undistributed", "overdistributed", "issued_above", "phase_in_previous",
    "phase_in_zero", "gains_floor_missing", "bound_negative", "bound_text", "groups_cross",
    "formula_blank", "formula_division", "formula_large",
)  # fmt: skip
NAMES = (
    ("North District", "北区"), ("South County", "南县"), ("West Park", "西园"), ("West County", "西县"),
)  # fmt: skip


def in_chinese(place: str) -> str:
    place = place.replace("{U+200B}", "〔零宽空格 U+200B〕")
    for english, chinese in NAMES:
        if place == english:
            return chinese
        if place.endswith(f", {english}"):
            return f"{in_chinese(place.removesuffix(f', {english}'))}，{chinese}"
    if found := re.fullmatch(r"(\[.*) character (\d+)(.*)", place):
        return f"{found[1].removesuffix(',')}，第{found[2]}个字符{found[3].replace(', ', '，')}"
    if place.startswith("[") or not re.search(r"\d|column", place):
        return place
    for english, chinese in ((r"(?:row|line) (\d+)", r"第\1行"), (r"column (.+)", r"“\1”列"), (", ", "，")):
        place = re.sub(english, chinese, place)
    return place


def check_sentence(sentence: str, lang: str) -> None:
    assert not re.search(r"\{[a-z_]+\}", sentence), "a placeholder was not filled in"
    assert sentence.isprintable() and len(sentence) < 1000
    if lang == "zh":
        own = re.sub(r"“.*?”|\"[^\"]*\"|^[^：]*：", "", sentence)
        for number in errno.errorcode:
            own = own.replace(os.strerror(number), "")  # the system's own words
        assert re.search("[一-鿿]{2}", own)
        assert not re.search(r"[A-Za-z]{2,}( [A-Za-z']+){3,}", own), "English within a Chinese sentence"


def refused(path: Path) -> AllocatorError:
    with pytest.raises(AllocatorError) as caught:
        allocate(load_scenario(path))
    for lang in ("zh", "en"):
        assert caught.value.sentences(Phrasebook(lang))
        for sentence in caught.value.sentences(Phrasebook(lang)):
            check_sentence(sentence, lang)
    return caught.value


def messages(arguments: list[str], status: int, capsys) -> str:
    """What the command line says on standard error as it ends with this status; it prints no result."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    printed = capsys.readouterr()
    assert ended.value.code == status
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err


def check_refusal(path: Path, key: str, file: str, place: str, says, capsys) -> None:
    """The file is refused with this sentence, which begins with file and place and ``says`` these words."""
    error = refused(path)
    assert key in [problem.key for problem in error.problems]
    at = [problem.key for problem in error.problems].index(key)
    status = 3 if isinstance(error, InfeasibleError) else 2
    for lang, where in (("en", place), ("zh", in_chinese(place))):
        shown = messages(["check", str(path), "--lang", lang], status, capsys)
        where = where.replace("{U+200B}", "[zero-width space U+200B]")
        comma, colon = (", ", ": ") if lang == "en" else ("，", "：")
        line = shown.splitlines()[at]
        assert line.startswith(str(path.parent / file) + (comma + where if where else "") + colon), line
        for part in says if lang == "en" else ():
            assert part in line
    of_a_bound = re.match(r"\[\[limit\]\] \d+, (floor|cap), [A-Z]", place)  # worked out when it is split
    if key not in WHEN_SPLIT and status == 2 and not of_a_bound:
        assert Path(error.problems[at].file).name == (path.parent / file).name
