"""The paper code of a scenario: unlike the digest it also covers names, status of the data and sources.

A demonstration and a request made of real data may rest on the same numbers.  Their digests are then the
same, and their codes are not, since the status of the data differs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from allocator.core.corrections import Deduction
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Earmark, Factor, Text
from allocator.core.pools import Indicator, Pool
from allocator.report.words.clauses import in_clauses

LENGTH = 12  # hexadecimal digits that people compare


def paper_code(scenario: Scenario) -> str:
    """The code over digest, names, status of the data and sources, the same on every machine.

    Its parts are listed in docs/scenario-format.md.

    >>> from allocator import load_scenario
    >>> rule = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> paper_code(rule) == paper_code(rule), paper_code(rule) in rule.digest
    (True, False)
    """
    fund = scenario.fund
    content: dict[str, object] = {
        "digest": scenario.digest,
        "fund": [_both(fund.name), _both(fund.source)],
        "recipients": [[r.id, *_both(r.name)] for r in scenario.recipients],
        "reservations": [_both(reservation.name) for reservation in scenario.reservations],
        "factors": [[f.id, *_both(f.name), f.status, _both(f.source)] for f in scenario.factors],
        "cells": sorted([c.recipient, c.factor, c.status] for c in scenario.provenance if c.status),
    }
    if fund.papers is not None:
        content["papers"] = fund.papers
    if in_clauses(scenario):
        content["clauses"] = list(_clauses(scenario))
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def _clauses(scenario: Scenario) -> Iterator[Sequence[object]]:
    """The names, reasons, dates and provisions of a rule's clauses, which papers say and no digest covers."""
    of = scenario.fund.currency
    yield ["of", [] if isinstance(of, str) else _both(of)]
    parts: tuple[Pool | Indicator, ...] = (*scenario.pools, *scenario.indicators)
    yield from ([part.id, *_both(part.name), _both(part.basis)] for part in parts)
    clauses: tuple[Factor | Limit, ...] = (*scenario.factors, *scenario.limits)
    yield from ([_both(clause.basis)] for clause in clauses)
    given: tuple[Earmark | Deduction, ...] = (*scenario.earmarks, *scenario.deductions)
    yield from ([_both(one.reason), _both(one.basis)] for one in given)
    for hand in scenario.adjustments:
        yield [_both(hand.reason), _both(hand.basis), str(hand.date or "")]


def _both(text: Text | None) -> list[str]:
    """A text in both languages; nothing where there is none."""
    return [] if text is None else [text.zh, text.en]
