"""The format of a reading's file, and a reading written as such a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allocator.analysis.audit import Reading
from allocator.core.parts import Text
from allocator.files.scenario import fields, schema
from allocator.files.scenario.keys import Array, Table, needed, optional
from allocator.files.scenario.save import toml_bytes

EXAMPLES = {
    "format": "format = 1",
    "title": 'title = { zh = "…", en = "…" }',
    "scenario": 'scenario = "../scenario.toml"',
    "factor": 'factor = "tax"',
    "recipients": 'recipients = "all"',
    "low": "low = 60",
    "high": "high = 100",
}


@dataclass(frozen=True)
class NamedReading:
    """A reading (假设口径) with its title, its file, and the reason to suppose it.

    ``needs`` is the data needed to test it, where split and weights alone are not enough.
    """

    title: Text
    file: str
    reading: Reading
    reason: Text | None = None
    needs: Text | None = None


def _recipients(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if isinstance(names, list) and names and all(isinstance(name, str) and name.strip() for name in names):
        return tuple(names)
    raise fields.refusal("reading_recipients", value)


class ScoredTable(Table):
    """[[scored]]: everybody's value of a factor lies between two scores."""

    factor = needed(fields.TEXT)
    low = needed(fields.NUMBER)
    high = needed(fields.NUMBER)


class KnownTable(Table):
    """[[known]]: bounds on what some recipients together have of a factor."""

    factor = needed(fields.TEXT)
    recipients = needed(fields.Value(_recipients))
    low = optional(fields.NUMBER)
    high = optional(fields.NUMBER)
    of = optional(fields.TEXT, "share")


class ReadingTable(Table):
    """A reading's file."""

    format = needed(fields.VERSION)
    title = needed(fields.NAME)
    scenario = optional(fields.TEXT)
    reason = optional(fields.NAME)
    needs = optional(fields.NAME)
    tolerance = optional(fields.TEXT, "rounded")
    scored: Sequence[ScoredTable] = optional(Array(ScoredTable), ())
    known: Sequence[KnownTable] = optional(Array(KnownTable), ())


def reading_bytes(named: NamedReading, scenario: str | None = None) -> bytes:
    """A reading as a TOML file, which reads back as the same; ``scenario`` is the file that it names."""
    reading = named.reading
    content: dict[str, Any] = {"format": schema.FORMAT, "title": _text_as_toml(named.title)}
    if scenario is not None:
        content["scenario"] = scenario
    for key, text in (("reason", named.reason), ("needs", named.needs)):
        if text is not None:
            content[key] = _text_as_toml(text)
    if reading.tolerance != "rounded":
        content["tolerance"] = reading.tolerance
    content["scored"] = [{"factor": s.factor, "low": s.low, "high": s.high} for s in reading.scored]
    content["known"] = [
        {
            "factor": k.factor,
            "recipients": k.recipients if isinstance(k.recipients, str) else list(k.recipients),
            "low": k.low,
            **({} if k.high is None else {"high": k.high}),
            "of": k.of,
        }
        for k in reading.known
    ]
    return toml_bytes({key: value for key, value in content.items() if value != []})


def _text_as_toml(text: Text) -> str | dict[str, str]:
    return text.zh if text.zh == text.en else {"zh": text.zh, "en": text.en}
