"""Draws pictures in a separate process, so that the calling process can go on meanwhile.

Run as a program it draws the charts of a folder: ``python -m allocator.report.charts.render FOLDER FONTS``.
"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from allocator.core.errors import Problem, ScenarioError
from allocator.files import disk

SCALE = 2  # pixels of the PNG for each pixel of the picture
_FULL = 28  # exit status of the drawing program when the disk is full
Progress = Callable[[float], None]


class Drawn(NamedTuple):
    """One chart as a picture for print and one for the screen."""

    svg: bytes
    png: bytes


def font_folder() -> Path:
    """The folder of the Chinese font; raises ScenarioError if its package or file is missing.

    Without it every Chinese character would be an empty box.
    """
    try:
        from pylopdf_fonts_zh_cn import sans_path

        path = Path(sans_path())
    except ImportError:
        path = Path()
    if not path.is_file():
        raise ScenarioError(Problem("report_font"))
    return path.parent


@contextmanager
def drawing(specs: Iterable[Mapping[str, Any]]) -> Iterator[Callable[[Progress], list[Drawn]]]:
    """Starts drawing charts given as Vega-Lite; yields a function that waits and returns the pictures.

    Each is drawn while the next ones are made.  Raises ScenarioError if the font is missing or the disk is
    full.
    """
    fonts = font_folder()
    try:
        place = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    except OSError as error:
        raise disk.unwritten(error, tempfile.tempdir or "TMPDIR") from None
    with place as name:
        folder = Path(name)
        command = [sys.executable, "-m", "allocator.report.charts.render", name, str(fonts)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stdout is not None
            said, count = process.stdout, 0

            def wait(progress: Progress) -> list[Drawn]:
                for line in said:
                    progress(int(line) / count)
                if process.wait() == _FULL:
                    raise disk.unwritten(OSError(errno.ENOSPC, ""), name)
                if process.returncode:
                    raise RuntimeError(f"the pictures could not be drawn: exit status {process.returncode}")
                return [
                    Drawn(*((folder / f"{at}.{kind}").read_bytes() for kind in ("svg", "png")))
                    for at in range(count)
                ]

            try:
                with suppress(BrokenPipeError), process.stdin as numbers:  # ``wait`` reports how it ended
                    for count, spec in enumerate(specs, 1):
                        _put(folder / f"{count - 1}.json", json.dumps(spec))
                        numbers.write(b"%d\n" % (count - 1))
                        numbers.flush()
                yield wait
            finally:
                process.kill()


def _put(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise disk.unwritten(error, path.parent) from None


def main(name: str, fonts: str) -> None:
    """Draws the charts of a folder as their numbers come in, and prints after each the number done."""
    try:
        _draw(name, fonts)
    except OSError as error:
        if disk.full(error):
            sys.exit(_FULL)
        raise


def _draw(name: str, fonts: str) -> None:
    import vl_convert

    vl_convert.register_font_directory(fonts)
    folder = Path(name)
    for line in sys.stdin:
        at = int(line)
        svg = vl_convert.vegalite_to_svg((folder / f"{at}.json").read_text("utf-8"))
        (folder / f"{at}.svg").write_text(svg, "utf-8", newline="\n")
        (folder / f"{at}.png").write_bytes(vl_convert.svg_to_png(svg, scale=SCALE))
        sys.stdout.write(f"{at + 1}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
