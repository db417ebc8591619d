"""Markdown as portals and converters give it: its marks taken off, its tables as rows of cells.

Follows CommonMark 0.31 and GitHub's tables as far as plans use them, and leaves anything else as written:
a plan in plain text passes unchanged.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from extractor.document import Notice

_FRONT_MATTER = 60  # lines that front matter may have
_WRAPPED = 12  # lines that one row may be wrapped on
_TAGS = "p|b|i|u|strong|em|span|div|sup|sub|center|font"

_KEY = re.compile(r"(?:[\w-]{1,40}\s?:(?:\s|$)|\s|-\s|$)")
_FENCE = re.compile(r"\s{0,3}(?:`{3,}[\w-]*|~{3,}[\w-]*)\s*$")
_QUOTE = re.compile(r"\s{0,3}(?:>[ \t]?){1,9}(?=[^\s=\d>]|\d{1,2}(?:\.\d{1,2}){0,3}[.)]\s)")
_BREAK = re.compile(r"<br\s?/?>", re.I)
_COMMENT = re.compile(r"\s{0,9}<!--[^<>\n]{0,2000}-->\s{0,9}")
_HEADING = re.compile(r"\s{0,3}#{1,6}[ \t]+(?=\S)")
_HEADING_END = re.compile(r"(?<=\s)#{1,6}$")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\s]{0,2000}(?:\s{1,3}\"[^\"\n]{0,200}\")?\)")
_LINK = re.compile(
    r"\[((?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){1,500})\]"
    r"\(\s?(?=[^()\s]{0,500}[/.:#])<?[^()\s]{1,2000}(?:\s{1,3}\"[^\"\n]{0,200}\")?\)"
)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~&$])")
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]{{0,300}})?/?>", re.I)
_STARS = re.compile(r"\*\*|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|~~(?=\S)|(?<=\S)~~")
_UNDERLINED = re.compile(r"(?<!\w)(_{1,2})(?=[^\W_])([^_\n]{1,300})(?<=[^\s_])\1(?!\w)")
_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]{1,300})\1(?!`)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")

_ASIDE = 0x10FE00  # where escaped signs wait, in the last private area, while the marks are taken off
_BACK = {_ASIDE + code: chr(code) for code in range(0x21, 0x7F)}

_GRID = re.compile(r"\+(?:[-=:]{2,200}\+){1,60}")
_ALIGNMENT = re.compile(r"\|?(?:\s{0,99}:?-{1,200}:?\s{0,99}\|){1,60}(?:\s{0,99}:?-{1,200}:?\s{0,99})?")
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(slots=True)
class Marked:
    """A file's lines without the marks round them; ``cells`` holds the rows of its barred tables."""

    lines: list[str] = field(default_factory=list)
    headings: set[int] = field(default_factory=set)
    cells: dict[int, list[str]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def inline(text: str) -> str:
    r"""The words of a line or a cell as a reader sees them.

    >>> inline(r"1\. Giao **Sở [Nội vụ](https://a.vn)** r&agrave; so&aacute;t")
    '1. Giao Sở Nội vụ rà soát'
    """
    if "](" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    if "<" in text:
        text = _TAG.sub("", _AUTOLINK.sub(r"\1", text))
    text, escaped = _ESCAPED.subn(lambda match: chr(_ASIDE + ord(match[1])), text)
    text = _CODE.sub(r"\2", _UNDERLINED.sub(r"\2", _STARS.sub("", text)))
    text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return text.translate(_BACK) if escaped else text


def unmarked(lines: Sequence[str]) -> Marked:
    """A file's lines without front matter, fences and quote marks; its headings and tables."""
    skip = _front_matter(lines)
    out = Marked()
    for line in lines[skip:]:
        if _FENCE.match(line) or _COMMENT.fullmatch(line):
            out.lines.append("")
            continue
        line = _QUOTE.sub("", line) if line.lstrip()[:1] == ">" else line
        heading = _HEADING.match(line)
        if heading:
            out.headings.add(len(out.lines))
            line = _HEADING_END.sub("", line[heading.end() :].rstrip())
        out.lines += [line] if line.lstrip()[:1] == "|" or "<" not in line else _BREAK.split(line)
    _read_tables(out)
    out.notices = tuple(_notices(lines, skip))
    return out


def _notices(lines: Sequence[str], skip: int) -> Iterator[Notice]:
    if skip:
        yield Notice("W_FRONT_MATTER", "the fields above the text (front matter) were left out")
    if any("![" in line and _IMAGE.search(line) for line in lines):
        yield Notice("W_EMBEDDED_NOT_READ", "pictures that the text refers to were not read")


def _front_matter(lines: Sequence[str]) -> int:
    """How many lines the fields between two "---" at the very top take."""
    if not lines or lines[0].strip("\ufeff ") != "---":
        return 0
    for number, line in enumerate(lines[1:_FRONT_MATTER], 1):
        if line.rstrip() in ("---", "..."):
            return number + 1 if number > 1 else 0
        if not _KEY.match(line):
            return 0
    return 0


# --- tables -----------------------------------------------------------------------------------------


def _read_tables(marked: Marked) -> None:
    """Fill ``cells``: rows between bars, rows under a line of dashes and bars, and grids."""
    lines = marked.lines
    number = 0
    while number < len(lines):
        bare = lines[number].strip()
        if _GRID.fullmatch(bare):
            number = _read_grid(marked, number)
        elif "|" in bare and number + 1 < len(lines) and _opens_open_table(bare, lines[number + 1]):
            number = _read_open(marked, number)
        elif bare.startswith("|") and bare.count("|") >= 2:
            number = _read_row(marked, number)
        else:
            number += 1


def split_row(row: str) -> list[str]:
    """The cells between the bars of a row; a bar behind a backslash belongs to its cell."""
    row = row.strip()
    cells = _BAR.split(row)
    if row.startswith("|"):
        cells = cells[1:]
    if len(cells) > 1 and not cells[-1].strip() and row.endswith("|"):
        cells = cells[:-1]
    return [cell.strip() for cell in cells]


def _read_row(marked: Marked, number: int) -> int:
    """A row between bars; one whose last cell is open goes on with the lines behind it."""
    lines = marked.lines
    row = lines[number].strip()
    last = number
    if not row.endswith("|"):
        last = _closing(lines, number)
        row = " ".join(line.strip() for line in lines[number : last + 1])
        lines[number + 1 : last + 1] = [""] * (last - number)
    if not _ALIGNMENT.fullmatch(row):
        marked.cells[number] = split_row(row)
    return last + 1


def _closing(lines: Sequence[str], number: int) -> int:
    """The line that closes a row which ``number`` leaves open; ``number`` itself where none does."""
    for at in range(number + 1, min(number + _WRAPPED, len(lines))):
        bare = lines[at].strip()
        if not bare or bare.startswith("|"):
            break
        if bare.endswith("|"):
            return at
    return number


def _opens_open_table(bare: str, following: str) -> bool:
    """Whether a header without outer bars stands over its line of dashes."""
    if bare.startswith("|") or not _ALIGNMENT.fullmatch(following.strip()):
        return False
    return len(split_row(bare)) == len(split_row(following))


def _read_open(marked: Marked, number: int) -> int:
    lines = marked.lines
    marked.cells[number] = split_row(lines[number])
    number += 2
    while number < len(lines) and _BAR.search(lines[number]):
        marked.cells[number] = split_row(lines[number])
        number += 1
    return number


def _read_grid(marked: Marked, number: int) -> int:
    """A grid (reStructuredText, Pandoc): the lines between two rules are one row."""
    lines = marked.lines
    row: list[list[str]] = []
    first = number + 1
    while number < len(lines) and lines[number].strip()[:1] in ("+", "|"):
        bare = lines[number].strip()
        if _GRID.fullmatch(bare):
            _close(marked, first, row)
            row, first = [], number + 1
        else:
            row.append(split_row(bare))
        number += 1
    _close(marked, first, row)
    return max(number, first)


def _close(marked: Marked, first: int, row: list[list[str]]) -> None:
    if row:
        width = max(map(len, row))
        texts = [[cells[i] for cells in row if i < len(cells) and cells[i]] for i in range(width)]
        marked.cells[first] = [" ".join(parts) for parts in texts]
        marked.lines[first + 1 : first + len(row)] = [""] * (len(row) - 1)
