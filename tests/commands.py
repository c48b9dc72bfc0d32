"""Commands run within the tests' own process."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from allocator.cli.entry import main

Run = Callable[..., tuple[str, str]]


def ended(
    capsys: pytest.CaptureFixture[str], arguments: Sequence[object], status: int = 0
) -> tuple[str, str]:
    """Standard output and error of a command line, which must end with this status."""
    with pytest.raises(SystemExit) as exit:
        main([*map(str, arguments)])
    printed = capsys.readouterr()
    assert exit.value.code == status, printed.err + printed.out
    return printed.out, printed.err


def runs(capsys: pytest.CaptureFixture[str], command: str) -> Run:
    """Runs one command with further arguments: ``run(FILE, "--draws", 10, status=0, lang="en")``."""

    def run(*arguments: object, status: int = 0, lang: str = "en") -> tuple[str, str]:
        return ended(capsys, [command, *arguments, "--lang", lang], status)

    return run
