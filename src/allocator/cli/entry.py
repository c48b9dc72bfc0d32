"""The command line.  Results go to standard output, messages to standard error.

Exit status: 0 done; 1 what was asked for does not hold; 2 the input is wrong; 3 the limits cannot all hold.

Each command has its own module with ``parser``, which defines its arguments, and ``command``, which runs it
and returns the exit status.  Only the module of the command that runs is loaded; one that works with numpy
or pandas loads them in its functions, so that its help need not wait.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Never

# The garbage collector would walk again and again over the modules while they are loaded, and once more at
# the end, when everything goes anyway.
gc.set_threshold(100_000, 50, 50)
atexit.register(gc.freeze)

# ruff: noqa: E402
from allocator.cli.parser import Parser, Usage, language
from allocator.core.errors import AllocatorError
from allocator.core.naming import guess
from allocator.text import Phrasebook

COMMANDS = {  # with their modules, in the order in which they are listed
    "run": "run",
    "compare": "compare",
    "check": "check",
    "review": "review",
    "audit": "audit",
    "seek": "seek",
    "explain": "explain",
    "report": "report",
    "sweep": "sweep",
    "factors": "projects",
    "execution": "execution",
    "new": "new",
    "read": "read",
    "app": "app",
}


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
    book = Phrasebook(language(arguments))
    try:
        status = _run(arguments, book)
        sys.stdout.flush()  # here, not at exit, so that a closed pipe is noticed
        sys.exit(status)
    except Usage as error:
        _fail([book.visible(str(error))], 2)
    except AllocatorError as error:
        sentences = error.sentences(book)
        if len(sentences) > 20:
            sentences[20:] = [book.say("cli.more_problems", count=len(sentences) - 20)]
        _fail(sentences, error.exit_status)
    except OSError as error:  # standard output takes no more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader of a pipe has seen enough
            sys.exit(0)
        _fail([book.say("cli.unwritten")], 2)
    except KeyboardInterrupt:
        _fail([book.say("cli.interrupted")], 130)


def _fail(sentences: Sequence[str], status: int) -> Never:
    print(*sentences, sep="\n", file=sys.stderr)
    sys.exit(status)


def _run(arguments: Sequence[str], book: Phrasebook) -> int:
    """Runs the named command, or prints the overview if there is none, and returns the exit status."""
    name = arguments[0] if arguments and not arguments[0].startswith("-") else ""
    if not name:
        parser = _program(book)
        parser.read(arguments, commands=COMMANDS)
        print(parser.format_help(), end="")
        return 0
    if name not in COMMANDS:
        raise Usage(book.say("cli.unknown_command", name=name, guess=guess(name, list(COMMANDS))))
    command = import_module(f"allocator.cli.{COMMANDS[name]}")
    options = command.parser(book).read(arguments[1:])
    status: int = command.command(options, book)
    return status


def _program(book: Phrasebook) -> Parser:
    """The parser of the program itself, whose help lists the commands."""
    parser = Parser("", book, table=False)
    parser.option("--version", action="version", version=_version() if "--version" in sys.argv else "")
    parser.usage = "allocator COMMAND …"
    parser.epilog = book.say("cli.more")
    commands = parser.add_argument_group(book.say("cli.commands"))
    for name in COMMANDS:
        commands.add_argument(name, help=book.say(f"cli.{name}"), nargs="?")
    return parser


def _version() -> str:
    from importlib.metadata import version

    from allocator.core.engine import METHOD_VERSION

    return f"allocator {version('allocator')}, method version {METHOD_VERSION}"
