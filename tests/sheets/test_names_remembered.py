"""A name that was confirmed becomes an alias of its recipient; the next sheet that has it asks nothing."""

from __future__ import annotations

from typing import Any

import pytest
from commands import runs
from hypothesis import given
from hypothesis import strategies as st
from office_sheets import LUZHOU, RULE, plain, text

from allocator import Scenario, load_scenario
from allocator.core.many import lookup
from allocator.core.parts import plain_name
from allocator.files.understanding.folder import with_values
from allocator.files.understanding.model import Options, Understanding
from allocator.files.understanding.understand import understand
from allocator.text import LANGUAGES, ZH, Phrasebook


def sheet(**renamed: str) -> bytes:
    """The plain table in which some recipients go by other names."""
    rows = plain()
    return text([[renamed.get(str(row[0]), row[0]), *row[1:]] for row in rows])


def made_of(content: bytes, scenario: Scenario = LUZHOU, **same: str) -> Understanding:
    return understand("a.csv", content, Options(same=same), scenario)


def aliases(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    return {r.name.zh: r.aliases for r in scenario.recipients}


def test_it_is_asked_once() -> None:
    content = sheet(古蔺县="古兰县")
    assert [each.key for each in made_of(content).decisions if each.key.startswith("recipient_near")]
    confirmed = made_of(content, 古兰县="古蔺县")
    assert confirmed.is_settled
    after = with_values(LUZHOU, confirmed, ZH)
    assert aliases(after) == aliases(LUZHOU) | {"古蔺县": (*aliases(LUZHOU)["古蔺县"], "古兰县")}
    again = made_of(content, after)
    assert again.is_settled and not again.aliases and again.values == confirmed.values
    assert "read_as" in [each.key for each in again.treated]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_said(lang: str) -> None:
    made = made_of(sheet(古蔺县="古兰县"), 古兰县="古蔺县")
    (said,) = (each.sentence(Phrasebook(lang)) for each in made.treated if each.key == "alias")
    (name,) = (r.name for r in LUZHOU.recipients if r.name.zh == "古蔺县")
    assert "古兰县" in said and Phrasebook(lang).text(name) in said


def test_what_is_known_without_a_question_is_no_alias() -> None:
    made = made_of(sheet(古蔺县="泸州市古蔺县财政局"))
    assert made.is_settled and not made.aliases
    assert with_values(LUZHOU, made, ZH).recipients == LUZHOU.recipients


def test_the_name_is_remembered_and_not_the_office() -> None:
    made = made_of(sheet(古蔺县="古兰县财政局"), 古兰县="古蔺县")
    assert list(made.aliases.values()) == ["古兰县"]


def test_a_name_that_can_be_no_alias_is_not_remembered() -> None:
    for name in ("甲;乙", "x" * 101):
        made = made_of(sheet(古蔺县=name), **{name: "古蔺县"})
        assert made.is_settled and not made.aliases
        assert with_values(LUZHOU, made, ZH).recipients == LUZHOU.recipients


@given(st.text(st.characters(exclude_characters='",\t\n\r;', codec="utf-8"), min_size=1, max_size=12))
def test_whatever_was_confirmed_names_stay_unambiguous(name: str) -> None:
    made = made_of(sheet(古蔺县=name), **{name: "古蔺县"})
    if made.is_settled:
        after = with_values(LUZHOU, made, ZH)
        known = lookup(after.recipients)
        assert all(known[plain_name(alias)] == r.id for r in after.recipients for alias in r.aliases)


def test_the_folder_of_the_command_holds_it(capsys: Any, tmp_path: Any) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(sheet(古蔺县="古兰县"))
    runs(capsys, "read")(path, "--for", RULE, "--same", "古兰县=古蔺县", "--out", tmp_path / "out")
    assert "古兰县" in aliases(load_scenario(tmp_path / "out" / "scenario.toml"))["古蔺县"]
