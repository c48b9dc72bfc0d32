"""All papers of a proposal as files, and one archive of them with a README."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import MappingProxyType
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
    "layouts": "report.pack.layouts",
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


def printed(paper: Paper, proposal: Proposal) -> File:
    """A paper as a PDF of the same name; raises ScenarioError where the program's fonts are missing."""
    from allocator.report.papers.pdf import pdf

    return File(file_name(paper.name, ".pdf"), pdf(paper, proposal.on, about(proposal)), paper.key)


def both(paper: Paper, proposal: Proposal, left_out: list[str]) -> list[File]:
    """A paper as a Word file and as a PDF, which without fonts is left out with a sentence."""
    made = [document(paper, proposal)]
    try:
        made.append(printed(paper, proposal))
    except ScenarioError as error:
        _fonts_alone(error)
        left_out += [line for line in error.sentences(proposal.book) if line not in left_out]
    return made


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


def of_layout(name: str, layout: bytes, proposal: Proposal) -> File:
    """A layout of the office, filled; raises ScenarioError for a wrong one."""
    from allocator.report.papers.layouts.filling import filled

    content = filled(name, layout, proposal)
    stem = name.rpartition(".")[0]
    if proposal.illustrative:
        stem = proposal.book.say("report.illustrative_file", name=stem)
    return File(f"{proposal.book.say('report.file.layouts')}/{file_name(stem, '.docx')}", content, "layouts")


def for_recipient(proposal: Proposal, id: str) -> list[File]:
    """The paper for one recipient as a Word file and, where there are fonts, as a PDF."""
    return both(district(proposal, id), proposal, [])


def for_inside(proposal: Proposal, readings: Sequence[Held], left_out: list[str]) -> list[File]:
    """The internal note as a Word file and a PDF; none where nothing was published."""
    paper = internal(proposal, readings)
    folder = proposal.book.say("report.file.inside")
    made = [] if paper is None else both(paper, proposal, left_out)
    return [File(f"{folder}/{file.name}", file.content, file.key) for file in made]


def not_made(proposal: Proposal) -> list[str]:
    """The sentence on papers that cannot be made from assumed data."""
    formal = proposal.illustrative and not proposal.plain
    return [] if not formal else [proposal.book.say("error.report_assumed")]


def pack(
    proposal: Proposal,
    progress: Progress | None = None,
    *,
    with_inside: bool = False,
    every_picture: bool = False,
    layouts: Mapping[str, bytes] = MappingProxyType({}),
) -> Pack:
    """All files of a proposal and their archive, which holds the internal note only ``with_inside``.

    The pictures are those of the proposed option and of the changes, or with ``every_picture`` all that there
    are.  ``layouts`` are the office's own by file name, which are filled too; raises ScenarioError for one
    that is wrong.  The same proposal gives the same bytes.  ``progress`` is called with the part done, from 0
    to 1.
    """
    from allocator.report.papers.pictures import pictures
    from allocator.report.papers.range_pictures import ranges

    def done(part: float) -> None:
        if progress is not None:
            progress(part)

    own = [of_layout(name, layout, proposal) for name, layout in layouts.items()]
    left_out = not_made(proposal)
    if every_picture:
        left_out += not_drawn(proposal)
    readings = held(proposal, lambda part: done(0.2 * part))
    out: list[Picture] = []
    inside: list[Picture] = []
    drawn: list[Drawn] = []

    def specs() -> Iterator[Mapping[str, Any]]:
        of_ranges = ranges(proposal, readings) if every_picture else ()
        for kept, made in ((out, pictures(proposal, every=every_picture)), (inside, of_ranges)):
            for chart in made:
                kept.append(chart)
                yield chart.spec

    with ExitStack() as stack:
        try:
            wait = stack.enter_context(drawing(specs()))
        except ScenarioError as error:
            _fonts_alone(error)
            left_out += error.sentences(proposal.book)
            wait = None
        done(0.3)
        files = [file for paper in papers(proposal) for file in both(paper, proposal, left_out)]
        done(0.4)
        files += [*own, slides(proposal)]
        files += _workbook(proposal, left_out)
        note = for_inside(proposal, readings, left_out)
        done(0.5)
        if wait is not None:
            drawn = wait(lambda part: done(0.5 + 0.45 * part))
    folder = proposal.book.say("report.file.charts")
    files += _pictures(out, drawn[: len(out)], folder, "charts")
    files += _scenarios(proposal, left_out)
    folder = proposal.book.say("report.file.inside")
    kept = [*note, *_pictures(inside, drawn[len(out) :], folder, "ranges")]
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


def _fonts_alone(error: ScenarioError) -> None:
    """Raises the error unless it is that the fonts of the program are missing."""
    if [problem.key for problem in error.problems] != ["report_font"]:
        raise error


def not_drawn(proposal: Proposal) -> list[str]:
    """A sentence on each set of charts that the base or the proposed rule does not allow."""
    book, said = proposal.book, []
    if proposal.known is not None and len(proposal.allocations) > 1:
        said.append(book.say("report.pack.no_reasons", base=proposal.known.full))
    if len(proposal.chosen.amounts) <= MOST_STEPS:
        for surface in (STEPS, SWINGS):
            said += beyond(proposal.chosen.scenario, surface, book)
    return said


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
        if (key := file.key) in ("charts", "scenarios", "ranges", "layouts")
    }
    named: dict[str, list[str]] = {}
    for file in files:
        named.setdefault(file.key, []).append(file.name)
    for key, names in named.items():
        what = book.say(_ABOUT[key])
        lines.append(book.say("report.pack.line", name=folders.get(key) or names, about=what))
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
