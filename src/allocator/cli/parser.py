"""How the command line is read: its language, and its mistakes as sentences."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from typing import Never

from allocator.text import LANGUAGES, say


class Usage(Exception):
    """The command line is not written right; the sentence says how it should be."""


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks the reader's language and raises instead of exiting."""

    lang = "en"

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
