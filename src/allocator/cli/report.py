"""The command `report`: its options, and the files that it makes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.cli.options import Progress, base_of, refuse
from allocator.cli.parser import Parser, Usage
from allocator.core.errors import AllocatorError, within
from allocator.files.audit.readings import load_reading
from allocator.files.load import load_scenario
from allocator.files.parsing import file_bytes
from allocator.files.saved import states
from allocator.files.scenario.save import making, put_file, put_files
from allocator.files.scenario.tables import Finder
from allocator.report.papers.layouts import MOST as MOST_LAYOUTS
from allocator.text import Phrasebook

if TYPE_CHECKING:  # loads the libraries for Word, slides and charts
    from allocator.core.model import Scenario
    from allocator.report.papers.pack import File
    from allocator.report.papers.proposal import Proposal, Version


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator report`."""
    made = Parser("report", book, "proposal_files", table=False)
    made.option("--out", metavar="FOLDER")
    made.option("--html", metavar="FILE")
    made.option("--no-data", action="store_true")
    made.option("--propose", metavar="NUMBER")
    made.option("--base", metavar="published|previous")
    made.option("--recipient", metavar="NAME", action="append", default=[])
    made.option("--reading", metavar="FILE", nargs="+", action="extend", default=[])
    made.option("--date", metavar="YYYY-MM-DD")
    made.option("--details", action="store_true")
    made.option("--internal", action="store_true")
    made.option("--pictures", action="store_true")
    made.option("--layouts", metavar="FOLDER")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Makes the papers of a proposal."""
    if not 1 <= len(options.proposal_files) <= 6:
        raise Usage(book.say("cli.missing_proposal"))
    if options.out is None and options.html is None:
        raise Usage(book.say("cli.missing_out"))
    if options.no_data and options.html is None:
        raise Usage(book.say("cli.no_data_alone"))
    asked = Asked(options.out, options.propose, options.recipient, options.reading, options.date,
                  options.details, options.internal, options.base, options.pictures,
                  options.layouts)  # fmt: skip
    if options.html is not None:
        page, holds = make_page(options.proposal_files, asked, options.html, book, data=not options.no_data)
        print(holds, file=sys.stderr)
        put_file(Path(options.html), page())
        print(book.say("cli.reported_page", file=options.html))
    if options.out is not None:
        made, *remarks = make_papers(options.proposal_files, asked, book)
        print(made)
        print(*remarks, sep="\n", end="\n" if remarks else "", file=sys.stderr)
    return 0


@dataclass(frozen=True)
class Asked:
    """The options as they were written."""

    out: str | None
    propose: str | None = None
    recipients: Sequence[str] = ()
    readings: Sequence[str] = ()
    date: str | None = None
    details: bool = False
    internal: bool = False
    base: str | None = None
    pictures: bool = False
    layouts: str | None = None


def make_papers(files: Sequence[str], asked: Asked, book: Phrasebook) -> list[str]:
    """Makes the papers of these scenarios and returns the lines to print.

    Raises ScenarioError or InfeasibleError, with the file or the option that is wrong, before anything is
    written.
    """
    from allocator.report.papers.pack import for_recipient, pack

    made, folder = _proposal(files, asked, book), Path(asked.out or "")
    layouts = _layouts(asked.layouts)
    if asked.recipients:
        ids = _recipients(asked.recipients, made)
        with making(folder):
            papers = [file for id in ids for file in for_recipient(made, id)]
            _put(folder, papers)
        return [book.say("cli.reported_for", folder=asked.out, count=len(papers))]
    with making(folder):
        with Progress("cli.reporting", book) as progress:
            packed = pack(
                made, progress, with_inside=asked.internal, every_picture=asked.pictures, layouts=layouts
            )
        everything = [*packed.files, *packed.inside, packed.archive]
        _put(folder, everything)
    count = len(everything)
    sentence = book.say("cli.reported", folder=asked.out, count=count, pack=packed.archive.name)
    return [sentence, *packed.left_out]


def _layouts(folder: str | None) -> dict[str, bytes]:
    """The layouts in a folder by the names of their files, but for those that an open Word keeps."""
    if folder is None:
        return {}
    found = sorted(path for path in Path(folder).glob("*.docx") if not path.name.startswith("~$"))
    if not 0 < len(found) <= MOST_LAYOUTS:
        refuse("--layouts", "layout_none")
    return {path.name: file_bytes(path) for path in found}


def make_page(
    files: Sequence[str], asked: Asked, file: str, book: Phrasebook, *, data: bool = True
) -> tuple[Callable[[], bytes], str]:
    """The page of these scenarios, to be made, and the sentence on what it holds.

    With one recipient asked for it is that one's; raises ScenarioError for several, and as `make_papers`.
    """
    from allocator.report.html import leader, recipient

    made = _proposal(files, asked, book)
    if not asked.recipients:
        return lambda: leader.leader_page(made, data=data), leader.contains(made, book, data=data)
    ids = _recipients(asked.recipients, made)
    if len(ids) > 1:
        refuse("--html", "report_page_each", count=len(ids), file=file)
    return lambda: recipient.recipient_page(made, ids[0]), recipient.contains(made, ids[0], book)


def _put(folder: Path, files: Sequence[File]) -> None:
    put_files(folder, {file.name: file.content for file in files}, overwrite=True)


def _proposal(files: Sequence[str], asked: Asked, book: Phrasebook) -> Proposal:
    from allocator.report.papers.proposal import ReadingAsked, proposal

    on = _date(asked.date)
    proposed = _number(asked.propose, len(files))
    scenarios = [load_scenario(file) for file in files]
    base_of(asked.base, files, scenarios, book)  # raises, with the file, if a scenario does not state it
    readings = [load_reading(name) for name in asked.readings]
    tested = [ReadingAsked(r.title, r.reading, r.reason) for r in readings if r.needs is None]
    versions = _versions(Path(files[proposed]), scenarios[proposed], book)
    try:
        return proposal(
            scenarios, book, on, proposed=proposed, readings=tested, details=asked.details, base=asked.base,
            versions=versions,
        )  # fmt: skip
    except AllocatorError as error:
        raise _placed(error, files, scenarios) from None


def _versions(file: Path, scenario: Scenario, book: Phrasebook) -> list[Version]:
    """The frozen states of the proposed scenario, where its file is a kept one, and what is proposed now."""
    from allocator.report.papers.proposal import versions_of

    frozen = states.frozen_in(file.parent) if file.name == "scenario.toml" else ()
    return versions_of(((one.stage, one.why, before) for one, before in frozen), scenario, book)


def _placed(error: AllocatorError, files: Sequence[str], scenarios: Sequence[object]) -> AllocatorError:
    """The error with its file, where a single scenario cannot be allocated."""
    from allocator.core.engine import allocate

    for file, scenario in zip(files, scenarios, strict=True):
        try:
            allocate(scenario)  # type: ignore[arg-type]
        except AllocatorError as own:
            return own.within(file)
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
    with within(option="recipient"):
        return list(dict.fromkeys(find.id(name.strip(), "") for name in written))
