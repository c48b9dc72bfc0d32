"""The two codes of a paper: the digest of the numbers, and the code of all that papers say of them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from allocator import Provenance, Scenario, Text, load_scenario
from allocator.report.papers.parts import trace_lines
from allocator.report.papers.proposal import discreet, proposal
from allocator.report.words.paper_code import paper_code
from allocator.text import Phrasebook

RULE = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023" / "published-rule.toml"
rule = load_scenario(RULE)
Change = Callable[[Scenario], Scenario]


def first_factor(**fields: object) -> Change:
    return lambda s: replace(s, factors=(replace(s.factors[0], **fields), *s.factors[1:]))  # type: ignore[arg-type]


def first_recipient(name: Text) -> Change:
    return lambda s: replace(s, recipients=(replace(s.recipients[0], name=name), *s.recipients[1:]))


def cells(status: str) -> Change:
    return lambda s: replace(s, provenance=(Provenance("naxi", "tax", status),))


SAID: dict[str, Change] = {
    "status of a factor": first_factor(status="published"),
    "Chinese name of a factor": first_factor(name=Text("投资", rule.factors[0].name.en)),
    "English name of a factor": first_factor(name=Text(rule.factors[0].name.zh, "Investment")),
    "source of a factor": first_factor(source=Text("统计年鉴", "Yearbook")),
    "no source of a factor": first_factor(source=None),
    "name of a recipient": first_recipient(Text("江阳", "Jiangyang District")),
    "name of the fund": lambda s: replace(s, fund=replace(s.fund, name=Text("资金"))),
    "no name of the fund": lambda s: replace(s, fund=replace(s.fund, name=None)),
    "source of the fund": lambda s: replace(s, fund=replace(s.fund, source=Text("通知"))),
    "name of a department": lambda s: replace(
        s, reservations=(replace(s.reservations[0], name=Text("某局")), *s.reservations[1:])
    ),
    "status of a cell": cells("derived"),
    "another status of a cell": cells("published"),
}


def test_what_is_said_of_the_numbers_changes_the_code_and_not_the_digest() -> None:
    codes = {paper_code(rule)}
    for what, change in SAID.items():
        changed = change(rule)
        assert changed.digest == rule.digest, what
        assert paper_code(changed) not in codes, what
        codes.add(paper_code(changed))


def test_what_decides_the_numbers_changes_both() -> None:
    other = rule.with_weights(tax=30, effort=20)
    assert other.digest != rule.digest and paper_code(other) != paper_code(rule)


def test_what_papers_leave_out_and_the_order_of_remarks_change_neither() -> None:
    one, other = (
        Provenance("naxi", "tax", "derived", "甲", note="乙"),
        Provenance("jiangyang", "tax", "assumed"),
    )
    scenario = replace(rule, provenance=(one, other))
    for same in (discreet(scenario), replace(scenario, provenance=(other, one))):
        assert (same.digest, paper_code(same)) == (scenario.digest, paper_code(scenario))
    assert paper_code(replace(rule, provenance=(Provenance("naxi", "tax", note="丙"),))) == paper_code(rule)


def test_the_code_is_what_the_documentation_says() -> None:
    def both(text: Text | None) -> list[str]:
        return [text.zh, text.en] if text else []

    scenario = SAID["status of a cell"](rule)
    parts = {
        "cells": [["naxi", "tax", "derived"]],
        "digest": scenario.digest,
        "factors": [[f.id, f.name.zh, f.name.en, f.status, both(f.source)] for f in scenario.factors],
        "fund": [both(scenario.fund.name), both(scenario.fund.source)],
        "recipients": [[r.id, r.name.zh, r.name.en] for r in scenario.recipients],
        "reservations": [both(r.name) for r in scenario.reservations],
    }
    written = json.dumps(parts, separators=(",", ":"))
    assert paper_code(scenario) == hashlib.sha256(written.encode("ascii")).hexdigest()[:12]


def test_the_code_is_the_same_in_another_process_and_its_order_of_hashing() -> None:
    program = f"""
from allocator import load_scenario
from allocator.report.words.paper_code import paper_code
print(paper_code(load_scenario({str(RULE)!r})))
"""
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C"}
        ran = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=True
        )
        assert ran.stdout.decode().strip() == paper_code(rule)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_demonstration_and_a_real_request_bear_one_digest_and_two_codes(lang: str) -> None:
    real = replace(rule, factors=tuple(replace(f, status="published", source=None) for f in rule.factors))
    lines = [trace_lines(proposal([s], Phrasebook(lang), date(2023, 5, 31)))[-1][0] for s in (rule, real)]
    assert all("9a1dbac376d8" in line for line in lines)  # as the README shows it
    for line, scenario, other in zip(lines, (rule, real), (real, rule), strict=True):
        assert paper_code(scenario) in line and paper_code(other) not in line
    several = trace_lines(
        proposal([rule, rule.with_weights(tax=30, effort=20)], Phrasebook(lang), date(2023, 5, 31))
    )
    assert (
        paper_code(rule) in several[-1][0] and several[-1][0].count(" B " if lang == "en" else "方案B ") == 2
    )
