"""All papers of a proposal as files, and one archive of them with a README."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pathvalidate import sanitize_filename

from allocator.core.errors import ScenarioError
from allocator.files.scenario.save import contents
from allocator.report.charts.render import Drawn, drawing
from allocator.report.papers.blocks import Paper
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.drawn import MOST_STEPS, STEPS, SWINGS, beyond
from allocator.report.papers.internal import Held, held, internal
from allocator.report.papers.meeting import meeting
from allocator.report.papers.office import notice, request
from allocator.report.papers.parts import described, trace_lines
from allocator.report.papers.plain import consultation, schedule
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.reproducible import zipped
from allocator.report.papers.slides import deck
from allocator.report.papers.worksheet import worksheet
from allocator.report.tables.letters import lettered

if TYPE_CHECKING:
    from allocator.report.papers.pictures import Picture

LONGEST = 80  # characters of a file's name
# what the README says about each kind of file
_ABOUT = {
    "brief": "report.pack.brief",
    "meeting": "report.pack.meeting",
    "request": "report.pack.request",
    "notice": "report.pack.notice",
    "schedule": "report.pack.schedule",
    "consultation": "report.pack.consultation",
    "worksheet": "report.pack.worksheet",
    "internal": "report.pack.internal",
    "slides": "report.pack.slides",
    "workbook": "report.pack.workbook",
    "ranges": "report.pack.ranges",
    "charts": "report.pack.charts",
    "scenarios": "report.pack.scenarios",
}
Progress = Callable[[float], None]


@dataclass(frozen=True)
class File:
    """A file: its name, which may include a folder, its content, and the key of its kind."""

    name: str
    content: bytes
    key: str


@dataclass(frozen=True)
class Pack:
    """All files, the internal ones apart, and sentences on what could not be made and why."""

    files: tuple[File, ...]
    inside: tuple[File, ...]
    left_out: tuple[str, ...]
    archive: File


def papers(proposal: Proposal) -> list[Paper]:
    """The papers that go out, in the order of their use, without those that the data does not allow."""
    if proposal.plain:
        return [brief(proposal), schedule(proposal), consultation(proposal), worksheet(proposal)]
    formal = [] if proposal.illustrative else [request(proposal), notice(proposal)]
    return [brief(proposal), meeting(proposal), *formal, worksheet(proposal)]


def document(paper: Paper, proposal: Proposal) -> File:
    """A paper as a Word file."""
    from allocator.report.papers.docx import docx

    return File(file_name(paper.name, ".docx"), docx(paper, proposal.on, about(proposal)), paper.key)


def slides(proposal: Proposal) -> File:
    """The slides as a PowerPoint file."""
    from allocator.report.papers.pptx import pptx

    made = deck(proposal)
    return File(file_name(made.name, ".pptx"), pptx(made, proposal.on, about(proposal)), "slides")


def workbook(proposal: Proposal) -> File:
    """The workbook of all options under their letters; its formulas compute the proposed one."""
    from allocator.report.excel import workbook as made

    name = proposal.book.say("report.file.workbook")
    if proposal.illustrative:
        name = proposal.book.say("report.illustrative_file", name=name)
    content = made(
        proposal.allocations, proposal.book, on=proposal.on, live=proposal.proposed, base=proposal.known
    )
    return File(file_name(name, ".xlsx"), content, "workbook")


def for_recipient(proposal: Proposal, id: str) -> File:
    """The paper for one recipient as a Word file."""
    return document(district(proposal, id), proposal)


def for_inside(proposal: Proposal, readings: Sequence[Held]) -> File | None:
    """The internal note as a Word file; None where nothing was published."""
    paper = internal(proposal, readings)
    if paper is None:
        return None
    made = document(paper, proposal)
    folder = proposal.book.say("report.file.inside")
    return File(f"{folder}/{made.name}", made.content, made.key)


def not_made(proposal: Proposal) -> list[str]:
    """Sentences on what cannot be made from this data and base, and why."""
    formal = proposal.illustrative and not proposal.plain
    said = [] if not formal else [proposal.book.say("error.report_assumed")]
    if proposal.known is not None and len(proposal.allocations) > 1:
        said.append(proposal.book.say("report.pack.no_reasons", base=proposal.known.full))
    return said


def pack(proposal: Proposal, progress: Progress | None = None, *, with_inside: bool = False) -> Pack:
    """All files of a proposal and their archive, which holds the internal note only ``with_inside``.

    The same proposal gives the same bytes.  ``progress`` is called with the part done, from 0 to 1.
    """
    from allocator.report.papers.pictures import pictures
    from allocator.report.papers.range_pictures import ranges

    def done(part: float) -> None:
        if progress is not None:
            progress(part)

    left_out = [*not_made(proposal), *_not_drawn(proposal)]
    readings = held(proposal, lambda part: done(0.2 * part))
    out: list[Picture] = []
    inside: list[Picture] = []
    drawn: list[Drawn] = []

    def specs() -> Iterator[Mapping[str, Any]]:
        for kept, made in ((out, pictures(proposal)), (inside, ranges(proposal, readings))):
            for chart in made:
                kept.append(chart)
                yield chart.spec

    with ExitStack() as stack:
        try:
            wait = stack.enter_context(drawing(specs()))
        except ScenarioError as error:
            if [problem.key for problem in error.problems] != ["report_font"]:
                raise
            left_out += error.sentences(proposal.book)
            wait = None
        done(0.3)
        files = [document(paper, proposal) for paper in papers(proposal)]
        done(0.35)
        files.append(slides(proposal))
        files += _workbook(proposal, left_out)
        note = for_inside(proposal, readings)
        done(0.4)
        if wait is not None:
            drawn = wait(lambda part: done(0.4 + 0.55 * part))
    folder = proposal.book.say("report.file.charts")
    files += _pictures(out, drawn[: len(out)], folder, "charts")
    files += _scenarios(proposal, left_out)
    folder = proposal.book.say("report.file.inside")
    kept = [] if note is None else [note, *_pictures(inside, drawn[len(out) :], folder, "ranges")]
    packed = _distinct([*files, *(kept if with_inside else ())])
    readme = File(
        f"{proposal.book.say('report.file.readme')}.txt", _readme(proposal, packed, left_out), "readme"
    )
    files = _distinct(files)
    name = proposal.book.say("report.file.pack")
    if proposal.illustrative:
        name = proposal.book.say("report.illustrative_file", name=name)
    archive = zipped((file.name, file.content) for file in (readme, *packed))
    done(1.0)
    return Pack(
        (readme, *files), tuple(kept), tuple(left_out), File(file_name(name, ".zip"), archive, "pack")
    )


def _pictures(charts: Sequence[Picture], drawn: Sequence[Drawn], folder: str, key: str) -> Iterator[File]:
    for chart, picture in zip(charts, drawn, strict=bool(drawn)):  # without the font none is drawn
        for kind, content in ((".png", picture.png), (".svg", picture.svg), (".csv", chart.csv())):
            yield File(f"{folder}/{file_name(chart.name, kind)}", content, key)


def _workbook(proposal: Proposal, left_out: list[str]) -> list[File]:
    """The workbook; adds a sentence to ``left_out`` where it does not cover a clause of the rule."""
    try:
        return [workbook(proposal)]
    except ScenarioError as error:
        if {problem.key for problem in error.problems} != {"beyond"}:
            raise
        left_out += error.sentences(proposal.book)
        return []


def _not_drawn(proposal: Proposal) -> list[str]:
    """A sentence on each set of charts that does not cover a clause of the proposed rule."""
    if len(proposal.chosen.amounts) > MOST_STEPS:
        return []
    return [
        line
        for surface in (STEPS, SWINGS)
        for line in beyond(proposal.chosen.scenario, surface, proposal.book)
    ]


def _scenarios(proposal: Proposal, left_out: list[str]) -> Iterator[File]:
    """The complete input files of each scenario; adds a sentence to ``left_out`` for those that fail."""
    folder = proposal.book.say("report.file.scenarios")
    for letter, scenario in lettered(proposal.scenarios):
        try:
            made = contents(scenario)
        except ScenarioError as error:
            why = proposal.book.say("place.list").join(error.sentences(proposal.book))
            left_out.append(proposal.book.say("report.pack.no_scenario", title=scenario.title, why=why))
            continue
        for name, content in made.items():
            yield File(f"{folder}/{letter}/{name}", content, "scenarios")


def _readme(proposal: Proposal, files: Sequence[File], left_out: Iterable[str]) -> bytes:
    """The README: options, descriptions of files, what was left out, the hash of every file."""
    book = proposal.book
    lines = [book.say("report.pack.title", fund=proposal.fund_name)]
    lines += [proposal.mark] if proposal.mark else []
    lines.append("")
    for at in range(len(proposal.allocations)):
        lines += [proposal.option(at), *described(proposal, at)]
    if len(proposal.allocations) > 1:
        lines.append(book.say("report.pack.proposed", option=proposal.short(proposal.proposed)))
    lines += ["", book.say("report.pack.what")]
    folders = {
        key: file.name.partition("/")[0] + "/"
        for file in files
        if (key := file.key) in ("charts", "scenarios", "ranges")
    }
    for key, name in {file.key: file.name for file in files}.items():
        what = book.say(_ABOUT[key])
        lines.append(book.say("report.pack.line", name=folders.get(key, name), about=what))
    left = list(left_out)
    if left:
        lines += ["", book.say("report.pack.left_out"), *left]
    source, _, *rest = trace_lines(proposal)  # the options are described above
    lines += ["", *(line for part in (source, *rest) for line in part)]
    lines += ["", book.say("report.pack.hashes")]
    lines += [f"{hashlib.sha256(file.content).hexdigest()}  {file.name}" for file in files]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def _distinct(files: Iterable[File]) -> list[File]:
    """The files under distinct names, numbered where names are equal, ignoring case."""
    taken: set[str] = set()
    found = []
    for file in files:
        name, number = file.name, 1
        stem, dot, kind = file.name.rpartition(".")
        while name.casefold() in taken:
            number += 1
            name = f"{stem} ({number}){dot}{kind}"
        taken.add(name.casefold())
        found.append(File(name, file.content, file.key))
    return found


def file_name(name: str, kind: str) -> str:
    """The name with this ending, in a form that every file system allows."""
    return str(sanitize_filename(name, replacement_text="_")).strip(" .")[:LONGEST] + kind


def about(proposal: Proposal) -> str:
    """The inputs as named in a file's properties: method version and digests."""
    digests = " ".join(scenario.digest for scenario in proposal.scenarios)
    return f"method version {proposal.chosen.method_version}; {digests}"
