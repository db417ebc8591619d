"""Draws show.svg, the picture in the README: the top of what ``kehoach show`` prints in a terminal.

python docs/make_picture.py [PLAN]
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.segment import Segment, SegmentLines
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from extractor import extract
from extractor.app.show import render

HERE = Path(__file__).resolve().parent
PLAN = HERE.parent / "corpus" / "song-may-chuyen-doi-so.txt"
WIDTH = 120  # columns
HEIGHT = 78  # lines at most: twelve tasks

# No font from the net: a picture in a page may load nothing, and the reader's own will do.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
FORMAT = FORMAT.replace("Fira Code, monospace", "Fira Code, DejaVu Sans Mono, Menlo, Consolas, monospace")


def main(path: Path) -> None:
    """Writes show.svg for a plan, cut after its first tasks."""
    console = Console(width=WIDTH, record=True, file=io.StringIO(), force_terminal=True, highlight=False)
    lines = console.render_lines(render(extract(path), ruled=True))
    console.print(SegmentLines(whole_rows(lines[:HEIGHT]), new_lines=True), soft_wrap=True)
    console.print("…")
    title = f"kehoach show {path.name}"
    svg = console.export_svg(
        title=title, theme=DEFAULT_TERMINAL_THEME, code_format=FORMAT, unique_id="kehoach"
    )
    (HERE / "show.svg").write_text(svg, "utf-8", newline="\n")


def whole_rows(lines: list[list[Segment]]) -> list[list[Segment]]:
    """The lines up to the last blank one, so that no table row is cut."""
    while lines and "".join(segment.text for segment in lines[-1]).strip():
        lines = lines[:-1]
    return lines


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else PLAN)
