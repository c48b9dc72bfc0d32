"""The command `new`: makes a folder to begin a scenario in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.cli.parser import Parser, Usage
from allocator.files.load import load_scenario
from allocator.files.upload.new import new_folder
from allocator.text import Phrasebook


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator new`."""
    made = Parser("new", book, "folder", table=False)
    made.option("--like", metavar="FILE")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Makes the folder, and prints its scenario file."""
    if options.folder is None:
        raise Usage(book.say("cli.missing_folder"))
    like = load_scenario(options.like) if options.like else None
    made = new_folder(Path(options.folder), book, like)
    print(book.say("cli.made", folder=options.folder, file=str(made)))
    return 0
