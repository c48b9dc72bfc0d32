"""The command `report`: what its options mean, and the files that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from allocator.cli.options import Progress, refuse
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.files.audit.readings import load_reading
from allocator.files.load import load_scenario
from allocator.files.scenario.save import making, put_files
from allocator.files.scenario.tables import Finder
from allocator.report.papers.pack import File, for_recipient, pack
from allocator.report.papers.proposal import Proposal, ReadingAsked, proposal
from allocator.text import say


@dataclass(frozen=True)
class Asked:
    """What the options say, as they were written."""

    out: str
    propose: str | None = None
    recipients: Sequence[str] = ()
    readings: Sequence[str] = ()
    date: str | None = None
    details: bool = False
    internal: bool = False


def reported(files: Sequence[str], asked: Asked, lang: str) -> list[str]:
    """Makes the papers of these scenarios and gives what there is to say about them.

    Raises ScenarioError or InfeasibleError, with the file or the option that is wrong, before anything is
    written.
    """
    made, folder = _proposal(files, asked, lang), Path(asked.out)
    if asked.recipients:
        ids = _recipients(asked.recipients, made)
        with making(folder):
            papers = [for_recipient(made, id) for id in ids]
            _put(folder, papers)
        return [say("cli.reported_for", lang, folder=asked.out, count=len(papers))]
    with making(folder):
        with Progress("cli.reporting", lang) as progress:
            packed = pack(made, progress, with_inside=asked.internal)
        everything = [*packed.files, *packed.inside, packed.archive]
        _put(folder, everything)
    count = len(everything)
    told = say("cli.reported", lang, folder=asked.out, count=count, pack=packed.archive.name)
    return [told, *packed.left_out]


def _put(folder: Path, files: Sequence[File]) -> None:
    put_files(folder, {file.name: file.content for file in files}, overwrite=True)


def _proposal(files: Sequence[str], asked: Asked, lang: str) -> Proposal:
    on = _date(asked.date)
    proposed = _number(asked.propose, len(files))
    scenarios = [load_scenario(file) for file in files]
    readings = [load_reading(name) for name in asked.readings]
    tested = [ReadingAsked(r.title, r.reading, r.reason) for r in readings if r.needs is None]
    try:
        return proposal(scenarios, lang, on, proposed=proposed, readings=tested, details=asked.details)
    except AllocatorError as error:
        raise _placed(error, files, scenarios) from None


def _placed(error: AllocatorError, files: Sequence[str], scenarios: Sequence[object]) -> AllocatorError:
    """The error with the file that cannot be allocated, where it is one file's."""
    from allocator.core.engine import allocate

    for file, scenario in zip(files, scenarios, strict=True):
        try:
            allocate(scenario)  # type: ignore[arg-type]
        except AllocatorError as own:
            return own.in_files({"": file, "factors": file})
    return error


def _number(written: str | None, count: int) -> int:
    if written is None:
        return 0
    if not (written.isascii() and written.isdigit() and len(written) < 3 and 1 <= int(written) <= count):
        refuse("--propose", "report_proposed", value=written[:40], most=count)
    return int(written) - 1


def _date(written: str | None) -> date:
    if written is None:
        return date.today()
    try:
        return date.fromisoformat(written)
    except ValueError:
        refuse("--date", "report_date", value=written[:40])


def _recipients(written: Sequence[str], made: Proposal) -> list[str]:
    find = Finder(made.chosen.scenario.recipients)
    try:
        return list(dict.fromkeys(find.id(name.strip(), "") for name in written))
    except ScenarioError as error:
        raise ScenarioError(replace(p, file="--recipient", at={}) for p in error.problems) from None
