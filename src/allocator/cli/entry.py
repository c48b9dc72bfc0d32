"""The command line.  Results go to standard output, messages to standard error.

Exit status: 0 done; 1 what was asked for does not hold; 2 the input is wrong; 3 the limits cannot all hold.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Never

# No plugin of another package belongs into a command's start-up time, and no garbage is made in it: the
# collector would only walk, again and again, over the modules that are being loaded.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
gc.set_threshold(100_000, 50, 50)

# ruff: noqa: E402
from allocator.cli import check, compare, run
from allocator.cli.parser import Parser, Usage, language
from allocator.core.allocation import Allocation
from allocator.core.engine import METHOD_VERSION, allocate
from allocator.core.errors import AllocatorError, Problem, ScenarioError
from allocator.core.exact import Number, exact
from allocator.core.naming import guess
from allocator.core.parts import Text
from allocator.files.load import load_scenario
from allocator.text import LANGUAGES, say, visible

FORMATS = ("table", "json", "csv")
PATHS = ("FILE", "FILES", "FOLDER", "CSV", "REGISTER", "RULES", "PAYMENTS")  # what stands for one in the help


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its status."""
    if sys.stdout is None or sys.stderr is None:  # started without them
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a redirected stream takes the platform's encoding, which on Windows knows no Chinese
            stream.reconfigure(**({} if stream.isatty() else {"encoding": "utf-8"}), errors="replace")
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    lang = language(arguments)
    try:
        status = _run(arguments, lang)
        sys.stdout.flush()  # not left to the end of the process: a closed pipe shows here
        sys.exit(status)
    except Usage as error:
        _fail([visible(str(error), lang)], 2)
    except AllocatorError as error:
        sentences = error.sentences(lang)
        if len(sentences) > 20:
            sentences[20:] = [say("cli.more_problems", lang, count=len(sentences) - 20)]
        _fail(sentences, error.exit_status)
    except OSError as error:  # standard output takes no more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader of a pipe has seen enough
            sys.exit(0)
        _fail([say("cli.unwritten", lang)], 2)
    except KeyboardInterrupt:
        _fail([say("cli.interrupted", lang)], 130)


def _fail(sentences: Sequence[str], status: int) -> Never:
    print(*sentences, sep="\n", file=sys.stderr)
    sys.exit(status)


# --- commands -------------------------------------------------------------------------------------


def _run(arguments: Sequence[str], lang: str) -> int:
    parsers = _parsers(lang)
    names = [name for name in parsers if name]
    command = arguments[0] if arguments and not arguments[0].startswith("-") else ""
    if command not in parsers:
        raise Usage(say("cli.unknown_command", lang, name=command, guess=guess(command, names)))
    parser, do = parsers[command]
    options, rest = parser.parse_known_args(arguments[1:] if command else arguments)
    late = None if command else next((name for name in vars(options).values() if name in names), None)
    if late is not None:
        raise Usage(say("cli.command_first", lang, command=late))
    for name in rest:
        if name.startswith("-") and name != "-":
            known = [option for action in parser._actions for option in action.option_strings]
            proposed, program = guess(name.partition("=")[0], known), f"allocator {command}".strip()
            raise Usage(say("cli.unknown_option", lang, name=name, guess=proposed, program=program))
        raise Usage(say("cli.too_many", lang, name=name, command=command))
    _check_paths(parser, options, lang)
    if getattr(options, "lang", lang) not in LANGUAGES:
        raise Usage(say("cli.bad_choice", lang, option="--lang", value=options.lang, known=LANGUAGES))
    if getattr(options, "format", "table") not in FORMATS:
        raise Usage(say("cli.bad_choice", lang, option="--format", value=options.format, known=FORMATS))
    return do(options, lang)


def _check_paths(parser: Parser, options: Any, lang: str) -> None:
    """Refuses an empty name of a file or folder, which would mean the folder that one is in."""
    for action in parser._actions:
        written = getattr(options, action.dest, None)
        names = written if isinstance(written, list) else [written]
        if action.metavar in PATHS and any(isinstance(name, str) and not name.strip() for name in names):
            place = next(iter(action.option_strings), str(action.metavar))
            raise Usage(say("cli.empty_path", lang, name=place))


def _parsers(lang: str) -> dict[str, tuple[Parser, Callable[[Any, str], int]]]:
    """The parser and the function of each command; "" is the program itself."""

    def parser(command: str, do: Callable[[Any, str], int], *positionals: str, table: bool = True) -> Parser:
        made = Parser(
            prog=f"allocator {command}".strip(), description=say(f"cli.{command or 'program'}", lang),
            add_help=False, allow_abbrev=False,
        )  # fmt: skip
        made.lang = lang
        if positionals:
            taken = made.add_argument_group(say("cli.arguments", lang))
            for name in positionals:
                many, shown = "*" if name.endswith("files") else "?", name.rpartition("_")[2].upper()
                taken.add_argument(name, nargs=many, metavar=shown, help=say(f"cli.{name}", lang))
        made.choices = made.add_argument_group(say("cli.options", lang))  # type: ignore[attr-defined]
        if table:
            option(made, "--format", default="table", metavar="|".join(FORMATS))
        option(made, "--lang", default=lang, metavar="|".join(LANGUAGES))
        made.choices.add_argument("-h", "--help", action="help", help=say("cli.help", lang))  # type: ignore[attr-defined]
        parsers[command] = made, do
        return made

    def option(made: Any, name: str, **settings: Any) -> None:
        said = say("cli." + name.strip("-").replace("-", "_"), lang)
        made.choices.add_argument(name, help=said.replace("%", "%%"), **settings)

    parsers: dict[str, tuple[Parser, Callable[[Any, str], int]]] = {}
    parser("run", _allocate, "file")
    parser("compare", _compare, "files")
    check = parser("check", _check, "file")
    option(check, "--expect-published", action="store_true")
    option(check, "--within", metavar="AMOUNT")
    audit = parser("audit", _audit, "file")
    option(audit, "--weights", metavar="FACTOR=WEIGHT,…")
    option(audit, "--known", metavar="CSV")
    option(audit, "--scores", metavar="FACTOR=LOW:HIGH", action="append", default=[])
    option(audit, "--group", metavar="NAME=A,B,…", action="append", default=[])
    option(audit, "--reading", metavar="FILE", nargs="+", action="extend", default=[])
    option(audit, "--tolerance", metavar="rounded|exact", default="rounded")
    option(audit, "--below", metavar="NAME=AMOUNT")
    option(audit, "--above", metavar="NAME=AMOUNT")
    option(audit, "--table", metavar="CSV")
    option(audit, "--digits", metavar="NUMBER")
    seek = parser("seek", _seek, "file")
    option(seek, "--target", metavar="TARGET", action="append", default=[])
    option(seek, "--keep", metavar="FACTOR,…", action="append", default=[])
    option(seek, "--bound", metavar="FACTOR=LOW:HIGH", action="append", default=[])
    option(seek, "--step", metavar="POINTS")
    option(seek, "--change", metavar="CLAUSE")
    option(seek, "--group", metavar="NAME=A,B,…", action="append", default=[])
    explain = parser("explain", _explain, "file")
    option(explain, "--against", metavar="FILE")
    report = parser("report", _report, "proposal_files", table=False)
    option(report, "--out", metavar="FOLDER")
    option(report, "--propose", metavar="NUMBER")
    option(report, "--recipient", metavar="NAME", action="append", default=[])
    option(report, "--reading", metavar="FILE", nargs="+", action="extend", default=[])
    option(report, "--date", metavar="YYYY-MM-DD")
    option(report, "--details", action="store_true")
    option(report, "--internal", action="store_true")
    sweep = parser("sweep", _sweep, "file")
    option(sweep, "--draws", metavar="COUNT", default="100000")
    option(sweep, "--seed", metavar="NUMBER", default="1")
    option(sweep, "--around", metavar="CONCENTRATION")
    option(sweep, "--anywhere", action="store_true")
    option(sweep, "--points", metavar="POINTS|FACTOR=POINTS,…")
    option(sweep, "--noise", metavar="PERCENT|FACTOR=PERCENT,…")
    option(sweep, "--workers", metavar="COUNT")
    option(sweep, "--scheduler", metavar="ADDRESS")
    factors = parser("factors", _factors, "register", "factor_rules")
    option(factors, "--activities", metavar="FILE")
    option(factors, "--scenario", metavar="FILE")
    option(factors, "--projects", action="store_true")
    option(factors, "--values", metavar="CSV")
    execution = parser("execution", _execution, "file", "payments")
    option(execution, "--on", metavar="YYYY-MM-DD")
    option(execution, "--rules", metavar="FILE")
    option(execution, "--payees", action="store_true")
    new = parser("new", _new, "folder", table=False)
    option(new, "--like", metavar="FILE")
    app = parser("app", _app, table=False)
    option(app, "--port", metavar="PORT", default="8501")
    option(app, "--scenarios", metavar="FOLDER")
    option(app, "--no-browser", action="store_true")
    whole = parser("", lambda _options, _lang: _overview(whole), table=False)
    version = f"allocator {_version()}, method version {METHOD_VERSION}"
    option(whole, "--version", action="version", version=version)
    whole.usage = "allocator COMMAND …"
    whole.epilog = say("cli.more", lang)
    commands = whole.add_argument_group(say("cli.commands", lang))
    for name in parsers:
        if name:
            commands.add_argument(name, help=say(f"cli.{name}", lang), nargs="?")
    return parsers


def _version() -> str:
    if "--version" not in sys.argv:
        return ""
    from importlib.metadata import version

    return version("allocator")


def _overview(parser: Parser) -> int:
    print(parser.format_help(), end="")
    return 0


def _file(options: Any, lang: str, command: str) -> str:
    if options.file is None:
        raise Usage(say("cli.missing_file", lang, command=command))
    return str(options.file)


def _allocated(file: str) -> Allocation:
    """The allocation of a scenario file; what cannot be allocated says which file it stands in."""
    scenario = load_scenario(file)
    try:
        return allocate(scenario)
    except AllocatorError as error:
        raise error.in_files({"": file, "factors": file}) from None


def _allocate(options: Any, lang: str) -> int:
    run.show(_allocated(_file(options, lang, "run")), options.format, lang)
    return 0


def _compare(options: Any, lang: str) -> int:
    if not 2 <= len(options.files) <= 26:
        raise Usage(say("cli.missing_files", lang))
    allocations = [_allocated(file) for file in options.files]
    compare.show(allocations, options.files, options.format, lang)
    return 0


def _check(options: Any, lang: str) -> int:
    file = _file(options, lang, "check")
    within: Number = 0
    if options.within is not None:
        if not options.expect_published:
            raise Usage(say("cli.within_alone", lang))
        try:
            within = exact(options.within)
        except ValueError:
            within = -1
        if within < 0:
            raise Usage(say("cli.bad_amount", lang, value=options.within))
    allocation = _allocated(file)
    differences = allocation.differences
    if options.expect_published and differences is None:
        raise ScenarioError(Problem("no_published", {}, file))
    off: list[Text] | None = None
    if options.expect_published and differences is not None:
        recipients = allocation.scenario.recipients
        off = [r.name for r in recipients if not -within <= differences[r.id] <= within]
    check.show(allocation, file, options.format, lang, as_published=None if off is None else not off)
    if off is None:
        return 0
    if off:
        print(say("cli.not_published", lang, count=len(off), names=off[:10]), file=sys.stderr)
        return 1
    key = "cli.as_published_within" if within else "cli.as_published"
    print(say(key, lang, within=within), file=sys.stderr)
    return 0


def _audit(options: Any, lang: str) -> int:
    file = _file(options, lang, "audit")
    from allocator.cli import audit

    asked = audit.Asked(
        options.weights,
        options.known,
        options.scores,
        options.group,
        options.tolerance,
        options.below,
        options.above,
        options.table,
        options.digits,
    )
    audit.show(audit.audited(file, options.reading, asked, lang), options.format, lang)
    return 0


def _seek(options: Any, lang: str) -> int:
    file = _file(options, lang, "seek")
    from allocator.cli import seek

    asked = seek.Asked(
        options.target, options.group, options.keep, options.bound, options.step, options.change
    )
    answer = seek.sought(file, asked, lang)
    seek.show(answer, options.format, lang)
    return 0 if answer.found is not None else 1


def _explain(options: Any, lang: str) -> int:
    file = _file(options, lang, "explain")
    from allocator.cli import explain

    found = _allocated(file)
    if options.against is None:
        explain.show(explain.one(found, file, lang), [found], options.format, lang)
    else:
        base = _allocated(options.against)
        told = explain.two(found, base, file, options.against, lang)
        explain.show(told, [base, found], options.format, lang)
    return 0


def _report(options: Any, lang: str) -> int:
    if not 1 <= len(options.proposal_files) <= 6:
        raise Usage(say("cli.missing_proposal", lang))
    if options.out is None:
        raise Usage(say("cli.missing_out", lang))
    from allocator.cli import report

    asked = report.Asked(options.out, options.propose, options.recipient, options.reading, options.date,
                  options.details, options.internal)  # fmt: skip
    done, *remarks = report.reported(options.proposal_files, asked, lang)
    print(done)
    print(*remarks, sep="\n", end="\n" if remarks else "", file=sys.stderr)
    return 0


def _sweep(options: Any, lang: str) -> int:
    file = _file(options, lang, "sweep")
    from allocator.cli import sweep

    names = ("draws", "seed", "around", "anywhere", "points", "noise", "workers", "scheduler")
    start = time.perf_counter()
    found, driven = sweep.swept(file, sweep.Asked(**{name: getattr(options, name) for name in names}), lang)
    seconds = exact(round(time.perf_counter() - start, 1))
    sweep.show(found, driven, options.format, lang)
    print(say("sweep.took", lang, seconds=seconds), file=sys.stderr)
    return 0


def _factors(options: Any, lang: str) -> int:
    if options.register is None or options.factor_rules is None:
        raise Usage(say("cli.missing_register", lang))
    from allocator.cli import projects

    asked = projects.Asked(options.activities, options.scenario, options.values)
    found, scenario = projects.worked_out(options.register, options.factor_rules, asked)
    projects.show(found, scenario, options.format, lang, projects=options.projects)
    if options.values is not None:
        print(say("projects.written", lang, file=options.values), file=sys.stderr)
    return 0


def _execution(options: Any, lang: str) -> int:
    file = _file(options, lang, "execution")
    if options.payments is None:
        raise Usage(say("cli.missing_payments", lang, file=file))
    from allocator.cli import execution

    allocation = _allocated(file)
    found = execution.executed(allocation, file, options.payments, options.on, options.rules)
    execution.show(found, allocation, options.format, lang, payees=options.payees)
    return 0


def _new(options: Any, lang: str) -> int:
    if options.folder is None:
        raise Usage(say("cli.missing_folder", lang))
    from allocator.files.upload.new import new_folder

    like = load_scenario(options.like) if options.like else None
    made = new_folder(Path(options.folder), lang, like)
    print(say("cli.made", lang, folder=options.folder, file=str(made)))
    return 0


def _app(options: Any, lang: str) -> int:
    from allocator.cli.serve import listening, serve

    plain_port = options.port.isascii() and options.port.isdigit() and len(options.port) <= 5
    if not plain_port or not 1 <= int(options.port) <= 65535:
        raise Usage(say("cli.bad_port", lang, value=options.port[:40]))
    if listening(int(options.port)):
        raise Usage(say("cli.busy_port", lang, port=options.port))
    if options.scenarios and not Path(options.scenarios).is_dir():
        raise ScenarioError(Problem("folder_missing", {}, options.scenarios))

    def announce(address: str) -> None:
        print(say("cli.serving", lang, address=address), flush=True)

    return serve(int(options.port), options.scenarios, announce, open_browser=not options.no_browser)
