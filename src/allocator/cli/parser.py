"""The command-line parser: the language, the arguments of a command, and mistakes as sentences."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Collection, Sequence
from typing import Any, Never

from allocator.core.naming import guess
from allocator.text import LANGUAGES, Phrasebook

FORMATS = ("table", "json", "csv")
PATHS = ("FILE", "FILES", "FOLDER", "CSV", "REGISTER", "RULES", "PAYMENTS")  # path arguments in the help


class Usage(Exception):
    """Raised for a wrong command line; the sentence says what is right."""


class Parser(argparse.ArgumentParser):
    """Parses the arguments of a command, in the reader's language; raises Usage for a mistake.

    ``positionals`` are arguments without an option, each named by the key of its help under ``[cli]`` of the
    texts; one that ends with "files" may be repeated.  With ``table`` the command takes ``--format``.
    """

    def __init__(self, command: str, book: Phrasebook, *positionals: str, table: bool = True) -> None:
        about = book.say(f"cli.{command}" if command else "cli.program")
        super().__init__(
            prog=f"allocator {command}".strip(), description=about, add_help=False, allow_abbrev=False
        )
        self.command, self.book = command, book
        if positionals:
            group = self.add_argument_group(book.say("cli.arguments"))
            for name in positionals:
                many, shown = "*" if name.endswith("files") else "?", name.rpartition("_")[2].upper()
                group.add_argument(name, nargs=many, metavar=shown, help=book.say(f"cli.{name}"))
        self._options = self.add_argument_group(book.say("cli.options"))
        if table:
            self.option("--format", default="table", metavar="|".join(FORMATS))
        self.option("--lang", default=book.language, metavar="|".join(LANGUAGES))
        self._options.add_argument("-h", "--help", action="help", help=book.say("cli.help"))

    def option(self, name: str, **settings: Any) -> None:
        """Adds an option; its help is under ``[cli]`` of the texts."""
        help = self.book.say("cli." + name.strip("-").replace("-", "_"))
        self._options.add_argument(name, help=help.replace("%", "%%"), **settings)

    def read(self, arguments: Sequence[str], commands: Collection[str] = ()) -> argparse.Namespace:
        """The options as written.  Raises Usage for a mistake, also for a command after an option."""
        book = self.book
        options, rest = self.parse_known_args(arguments)
        late = next((name for name in vars(options).values() if name in commands), None)
        if late is not None:
            raise Usage(book.say("cli.command_first", command=late))
        for name in rest:
            if name.startswith("-") and name != "-":
                known = [option for action in self._actions for option in action.option_strings]
                proposed = guess(name.partition("=")[0], known)
                raise Usage(book.say("cli.unknown_option", name=name, guess=proposed, program=self.prog))
            raise Usage(book.say("cli.too_many", name=name, command=self.command))
        self._check_paths(options)
        for option, allowed in (("lang", LANGUAGES), ("format", FORMATS)):
            value = getattr(options, option, allowed[0])
            if value not in allowed:
                raise Usage(book.say("cli.bad_choice", option=f"--{option}", value=value, known=allowed))
        return options

    def _check_paths(self, options: argparse.Namespace) -> None:
        """Refuses an empty path, which would mean the current folder."""
        for action in self._actions:
            written = getattr(options, action.dest, None)
            names = written if isinstance(written, list) else [written]
            if action.metavar in PATHS and any(isinstance(name, str) and not name.strip() for name in names):
                place = next(iter(action.option_strings), str(action.metavar))
                raise Usage(self.book.say("cli.empty_path", name=place))

    def error(self, message: str) -> Never:
        command = self.prog.partition(" ")[2] or "COMMAND"
        option = re.search(r"--?[a-z][a-z-]*", message)
        raise Usage(self.book.say("cli.bad_option", option=option and option[0], command=command))

    def exit(self, status: int = 0, message: str | None = None) -> Never:
        sys.stdout.flush()  # within main, which handles a closed pipe
        super().exit(status, message)

    def format_usage(self) -> str:
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, (), prefix=self.book.say("cli.usage"))
        return formatter.format_help()

    def format_help(self) -> str:
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, (), prefix=self.book.say("cli.usage"))
        formatter.add_text(self.description)
        for group in self._action_groups:
            formatter.start_section(group.title)
            formatter.add_arguments(group._group_actions)
            formatter.end_section()
        formatter.add_text(self.epilog)
        return formatter.format_help()


def language(arguments: Sequence[str]) -> str:
    """The language asked for, else the system's: Chinese where that is Chinese, else English."""
    for at, argument in enumerate(arguments):
        asked = argument.partition("=")[2] if argument.startswith("--lang=") else None
        if argument == "--lang" and at + 1 < len(arguments):
            asked = arguments[at + 1]
        if asked in LANGUAGES:
            return asked
    system = next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "")
    if not system:
        import locale

        system = locale.getlocale()[0] or ""
    return "zh" if system.lower().startswith(("zh", "chinese")) else "en"
