"""The command line.  Results go to standard output, messages to standard error.

Exit status: 0 done; 1 what was asked for does not hold; 2 the input is wrong; 3 the limits cannot all hold.

Each command has a file of its own with ``parser(lang)``, which says what it takes, and
``command(options, lang)``, which does it and returns the exit status.  Only the file of the command that runs
is loaded; one that works with numpy or pandas loads them in its functions, so that its help need not wait.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Never

# No plugin of another package belongs into a command's start-up time, and no garbage is made in it: the
# collector would only walk, again and again, over the modules that are being loaded.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
gc.set_threshold(100_000, 50, 50)

# ruff: noqa: E402
from allocator.cli.parser import Parser, Usage, language
from allocator.core.errors import AllocatorError
from allocator.core.naming import guess
from allocator.text import say, visible

COMMANDS = {  # and the file of each beside this one, in the order in which they are listed
    "run": "run",
    "compare": "compare",
    "check": "check",
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


def _run(arguments: Sequence[str], lang: str) -> int:
    """Runs the command that is named first, without one the overview, and returns the exit status."""
    name = arguments[0] if arguments and not arguments[0].startswith("-") else ""
    if not name:
        parser = _program(lang)
        parser.read(arguments, commands=COMMANDS)
        print(parser.format_help(), end="")
        return 0
    if name not in COMMANDS:
        raise Usage(say("cli.unknown_command", lang, name=name, guess=guess(name, list(COMMANDS))))
    command = import_module(f"allocator.cli.{COMMANDS[name]}")
    options = command.parser(lang).read(arguments[1:])
    status: int = command.command(options, lang)
    return status


def _program(lang: str) -> Parser:
    """The parser of the program itself, whose help lists the commands."""
    parser = Parser("", lang, table=False)
    parser.option("--version", action="version", version=_version() if "--version" in sys.argv else "")
    parser.usage = "allocator COMMAND …"
    parser.epilog = say("cli.more", lang)
    commands = parser.add_argument_group(say("cli.commands", lang))
    for name in COMMANDS:
        commands.add_argument(name, help=say(f"cli.{name}", lang), nargs="?")
    return parser


def _version() -> str:
    from importlib.metadata import version

    from allocator.core.engine import METHOD_VERSION

    return f"allocator {version('allocator')}, method version {METHOD_VERSION}"
