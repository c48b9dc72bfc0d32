"""How the command line is read: its language, what a command takes, and its mistakes as sentences."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Collection, Sequence
from typing import Any, Never

from allocator.core.naming import guess
from allocator.text import LANGUAGES, say

FORMATS = ("table", "json", "csv")
PATHS = ("FILE", "FILES", "FOLDER", "CSV", "REGISTER", "RULES", "PAYMENTS")  # what stands for one in the help


class Usage(Exception):
    """The command line is not written right; the sentence says how it should be."""


class Parser(argparse.ArgumentParser):
    """What a command takes, in the reader's language; raises Usage instead of exiting.

    ``positionals`` are what is named without an option, each by the key of its help under ``[cli]`` of the
    texts; one that ends with "files" may be several.  With ``table`` the command takes a format for it.
    """

    def __init__(self, command: str, lang: str, *positionals: str, table: bool = True) -> None:
        super().__init__(
            prog=f"allocator {command}".strip(), description=say(f"cli.{command or 'program'}", lang),
            add_help=False, allow_abbrev=False,
        )  # fmt: skip
        self.command, self.lang = command, lang
        if positionals:
            group = self.add_argument_group(say("cli.arguments", lang))
            for name in positionals:
                many, shown = "*" if name.endswith("files") else "?", name.rpartition("_")[2].upper()
                group.add_argument(name, nargs=many, metavar=shown, help=say(f"cli.{name}", lang))
        self._options = self.add_argument_group(say("cli.options", lang))
        if table:
            self.option("--format", default="table", metavar="|".join(FORMATS))
        self.option("--lang", default=lang, metavar="|".join(LANGUAGES))
        self._options.add_argument("-h", "--help", action="help", help=say("cli.help", lang))

    def option(self, name: str, **settings: Any) -> None:
        """Adds an option; its help stands under ``[cli]`` of the texts."""
        help = say("cli." + name.strip("-").replace("-", "_"), self.lang)
        self._options.add_argument(name, help=help.replace("%", "%%"), **settings)

    def read(self, arguments: Sequence[str], commands: Collection[str] = ()) -> argparse.Namespace:
        """The options as they are written.  Raises Usage, also for one of the commands behind an option."""
        lang = self.lang
        options, rest = self.parse_known_args(arguments)
        late = next((name for name in vars(options).values() if name in commands), None)
        if late is not None:
            raise Usage(say("cli.command_first", lang, command=late))
        for name in rest:
            if name.startswith("-") and name != "-":
                known = [option for action in self._actions for option in action.option_strings]
                proposed = guess(name.partition("=")[0], known)
                raise Usage(say("cli.unknown_option", lang, name=name, guess=proposed, program=self.prog))
            raise Usage(say("cli.too_many", lang, name=name, command=self.command))
        self._check_paths(options)
        for option, allowed in (("lang", LANGUAGES), ("format", FORMATS)):
            value = getattr(options, option, allowed[0])
            if value not in allowed:
                raise Usage(say("cli.bad_choice", lang, option=f"--{option}", value=value, known=allowed))
        return options

    def _check_paths(self, options: argparse.Namespace) -> None:
        """Refuses an empty name of a file or folder, which would mean the folder that one is in."""
        for action in self._actions:
            written = getattr(options, action.dest, None)
            names = written if isinstance(written, list) else [written]
            if action.metavar in PATHS and any(isinstance(name, str) and not name.strip() for name in names):
                place = next(iter(action.option_strings), str(action.metavar))
                raise Usage(say("cli.empty_path", self.lang, name=place))

    def error(self, message: str) -> Never:
        command = self.prog.partition(" ")[2] or "COMMAND"
        option = re.search(r"--?[a-z][a-z-]*", message)
        raise Usage(say("cli.bad_option", self.lang, option=option and option[0], command=command))

    def exit(self, status: int = 0, message: str | None = None) -> Never:
        sys.stdout.flush()  # within main, which knows what to do about a closed pipe
        super().exit(status, message)

    def format_usage(self) -> str:
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, (), prefix=say("cli.usage", self.lang))
        return formatter.format_help()

    def format_help(self) -> str:
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, (), prefix=say("cli.usage", self.lang))
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
