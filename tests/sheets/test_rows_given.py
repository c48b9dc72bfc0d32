"""What somebody says of a row holds: recipient, check, heading, note; and nothing else changes by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from commands import runs
from hypothesis import given
from hypothesis import strategies as st

from allocator.files.understanding.folder import factors_of
from allocator.files.understanding.model import ROW_ROLES, Options, Understanding
from allocator.files.understanding.understand import understand
from allocator.text import LANGUAGES, Phrasebook

ROWS = [
    ["某市测算表"],
    ["区县", "投资", "税收"],
    ["甲县", 1, 2],
    ["乙区", 3, 4],
    ["丙县", 5, 60],
    ["合计", 9, 66],
]

LARGE = [
    ["区县", "投资", "税收"],
    ["甲县", 1237, 20],
    ["乙区", 3011, 471],
    ["丙县", 502, 6033],
    ["某市", 4750, 6524],
]


def made_of(rows: list[list[Any]], **roles: str) -> Understanding:
    content = "\n".join("\t".join(map(str, row)) for row in rows).encode()
    return understand("a.tsv", content, Options(rows={at.strip("r"): role for at, role in roles.items()}))


def test_a_row_that_is_left_out_changes_the_sum_that_a_total_must_show() -> None:
    left = made_of(ROWS, r5="note")
    assert list(left.values) == ["甲县", "乙区"] and left.checks[0].agreed  # it may include who is left out
    rows = [*ROWS[:4], ["另", 5, 60], ["合计", 4, 6]]
    assert made_of(rows).problems
    assert made_of(rows, r5="note").is_settled
    assert [each.key for each in made_of(rows, r5="note").left_out if each.at == "5"] == ["row_asked"]


def test_a_row_without_the_name_of_a_total_can_be_one() -> None:
    open_ = made_of(LARGE)
    assert [each.key for each in open_.decisions] == ["row_sum"]
    made = made_of(LARGE, r5="check")
    assert made.is_settled and made.checks[0].agreed and made.checks[0].row == 5
    assert list(made.values) == ["甲县", "乙区", "丙县"]
    as_recipient = made_of(LARGE, r5="recipient")  # a city that happens to have the sum of the others
    assert as_recipient.is_settled and as_recipient.values["某市"] == {"投资": "4750", "税收": "6524"}
    other = [*LARGE[:-1], ["某市", 4751, 6524]]
    assert [each.key for each in made_of(other, r5="check").problems] == ["check_differs"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_total_by_name_is_no_recipient_whoever_says_so(lang: str) -> None:
    made = made_of(ROWS, r6="recipient")
    (problem,) = made.problems
    assert problem.key == "row_total" and "合计" in problem.sentence(Phrasebook(lang))
    assert "合计" not in made.values


def test_headings_are_where_somebody_says() -> None:
    rows = [["区县", "投资", "税收"], ["说明", 2023, 2024], ["甲县", 1, 2], ["乙区", 3, 4]]
    assert list(made_of(rows).values) == ["说明", "甲县", "乙区"]
    made = made_of(rows, r2="heading")
    assert list(made.values) == ["甲县", "乙区"]
    assert list(made.factors.values()) == ["投资 / 2023", "税收 / 2024"]
    left = made_of(rows, r2="note")
    assert list(left.values) == ["甲县", "乙区"] and list(left.factors) == ["投资", "税收"]
    assert {each.at: each.role for each in left.rows} == {
        "1": "heading",
        "2": "left",
        "3": "recipient",
        "4": "recipient",
    }


def test_what_stands_among_headings_can_be_a_note() -> None:
    rows = [
        ["区县", "贡献", ""],
        ["甲", "乙", "丙"],
        ["名称", "投资", "税收"],
        ["甲县", 1, 2],
        ["乙区", 3, 4],
    ]
    made = made_of(rows, r2="note")
    assert list(made.factors) == ["贡献 / 投资", "贡献 / 税收"]
    assert list(made_of(rows, r1="note", r2="note").factors) == ["投资", "税收"]


def test_a_note_or_an_average_can_be_a_recipient() -> None:
    rows = [["区县", "投资"], ["甲县", 1], ["平均", 3], ["其中：高新区", 5]]
    made = made_of(rows, r3="recipient", r4="recipient")
    assert made.is_settled
    assert {id: values["投资"] for id, values in made.values.items()} == {
        "甲县": "1",
        "平均": "3",
        "高新区": "5",
    }


def test_a_row_that_is_not_there_is_named() -> None:
    for at in ("99", "0", "x", ""):
        (problem,) = made_of(ROWS, **{f"r{at}": "note"}).problems
        assert problem.key == "no_such_row"


def test_rows_of_a_turned_table_go_by_their_letters() -> None:
    turned = [list(line) for line in zip(*ROWS[1:], strict=True)]
    made = made_of(turned, rD="note", rE="check")
    assert list(made.values) == ["甲县", "乙区"]


@given(st.dictionaries(st.integers(min_value=1, max_value=6), st.sampled_from(ROW_ROLES)))
def test_whatever_is_said_no_figure_is_made_up(roles: dict[int, str]) -> None:
    made = made_of(ROWS, **{f"r{at}": role for at, role in roles.items()})
    written = {row[0]: [str(figure) for figure in row[1:]] for row in ROWS}
    assert all([*values.values()] == written[id][: len(values)] for id, values in made.values.items())
    assert not {
        id for at, role in roles.items() if role != "recipient" for id in made.values if id == ROWS[at - 1][0]
    }


def test_the_source_says_of_which_rows_somebody_decided() -> None:
    (factor, _) = factors_of(made_of(ROWS, r5="note", r6="note"))
    assert factor.source is not None
    assert factor.source.zh.endswith("5、6") and factor.source.en.endswith("5, 6")
    (plain, _) = factors_of(made_of(ROWS))
    assert plain.source is not None and "确定读法" not in plain.source.zh


# --- the command ----------------------------------------------------------------------------------


def test_the_command_takes_the_same_decision(capsys: Any, tmp_path: Any) -> None:
    run = runs(capsys, "read")
    path = tmp_path / "a.tsv"
    path.write_bytes("\n".join("\t".join(map(str, row)) for row in LARGE).encode())
    out, _ = run(path, "--format", "json", status=1)
    assert json.loads(out)["decisions"][0]["what"] == "row_sum"
    out, _ = run(path, "--format", "json", "--row", "5=check", "--row", "4=recipient")
    found = json.loads(out)
    assert [(row["at"], row["taken"], row["why"]) for row in found["rows"]][-2:] == [
        ("4", "recipient", "given"), ("5", "check", "given"),
    ]  # fmt: skip
    for wrong in ("6", "6=total", "=note", "6=NOTE"):
        assert "--row" in run(path, "--row", wrong, status=2)[1]
