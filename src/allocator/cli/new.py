"""The command `new`: a folder to begin a scenario in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.cli.parser import Parser, Usage
from allocator.files.load import load_scenario
from allocator.files.upload.new import new_folder
from allocator.text import say


def parser(lang: str) -> Parser:
    """What `allocator new` takes."""
    made = Parser("new", lang, "folder", table=False)
    made.option("--like", metavar="FILE")
    return made


def command(options: Any, lang: str) -> int:
    """Makes the folder."""
    if options.folder is None:
        raise Usage(say("cli.missing_folder", lang))
    like = load_scenario(options.like) if options.like else None
    made = new_folder(Path(options.folder), lang, like)
    print(say("cli.made", lang, folder=options.folder, file=str(made)))
    return 0
