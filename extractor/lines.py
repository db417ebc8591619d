"""Joins physical lines to paragraphs, across wraps, pages and the notes between them.

A file's lines are joined by what the geometry says where a loader saw it (:attr:`RawBlock.begins`),
else by the text: list markers and indents open a paragraph; a line that ends in mid-sentence goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractor.document import RawBlock

_MARKER = re.compile(
    r"^(?:(?:PHẦN|Phần|CHƯƠNG|Chương|MỤC|Mục|ĐIỀU|Điều|PHỤ LỤC|Phụ lục)\s+[IVXLC\d]+\b"
    r"|[IVXLC]{1,6}\s?[.\-–/)]\s|[A-ZĐ]\.\s|\d{1,2}(?:\.\d{1,2}){0,3}\s?[.)/,-]\s|\d{1,2}(?:\.\d{1,2}){1,3}\s"
    r"|[a-zđăâêôơư]\d?\s?[.)]\s|\(\d{1,2}\)|[-–+*•●▪~]\s?\S)"
)
_NOTE = re.compile(r"^(?:[¹²³⁰⁴-⁹]{1,3}|\[\d{1,2}\])\s?\S")
_ENDED = re.compile(r"(?:[.;:!?…]|\./\.)[\"”’)\]]*$")
_LEAD = re.compile(r"^[\"“(:;,.)\s]{0,3}")
_OPEN_END = re.compile(
    r"(?:[,(“/]|(?<=\s)[-–]|\b(?:và|của|các|những|về|với|theo|cho|tại|trong|từ|đến|hoặc|là|số|ngày|tháng|năm|do|ở|để))$",
    re.IGNORECASE,
)
_CODE_HYPHEN = re.compile(r"[\w/]-$")
_HEAD_LINE = re.compile(
    r"^(?:Nơi nhận|Kính gửi|Số\s?:|TM\.|KT\.|TL\.|T/M|TUQ\.|Đơn vị|Cơ quan|Thời (?:gian|hạn))"
)


def _lower(text: str) -> bool:
    """Whether a line opens in mid-sentence: with a small letter, behind a mark of a scan at most."""
    rest = _LEAD.sub("", text)
    return rest[:1].islower() or text[:1] in ",;)"


def starts_item(text: str) -> bool:
    """Whether a line opens with a list marker or a heading's number."""
    return bool(_MARKER.match(text))


def is_note(text: str) -> bool:
    """Whether a line is a footnote: a raised number, then its text."""
    return bool(_NOTE.match(text))


def width_of(blocks: Sequence[RawBlock]) -> int:
    """The length at which lines are wrapped, or 0 where each line is a paragraph.

    Where lines are wrapped, many open in mid-sentence; of paragraphs hardly any does.
    """
    lines = [b.text for b in blocks if b.kind == "line"]
    if len(lines) < 6:
        return 0
    width = sorted(map(len, lines))[int(len(lines) * 0.9)]
    broken = sum(_lower(text) and not starts_item(text) for text in lines)
    return width if 60 <= width <= 120 and broken > 0.08 * len(lines) else 0


def continues(previous: RawBlock, line: RawBlock, width: int) -> bool:
    """Whether ``line`` goes on with the paragraph that ``previous`` ends."""
    if line.begins is False:
        return True
    if starts_item(line.text) or _HEAD_LINE.match(line.text):
        return False
    if _lower(line.text) and not _ENDED.search(previous.text):
        return True
    if line.begins:
        return False
    if _CODE_HYPHEN.search(previous.text) and line.text[:1].isupper():
        return True
    if _OPEN_END.search(previous.text):
        return not line.text.isupper() or previous.text.isupper()
    if not width or line.gap:
        return False
    full = len(previous.text) >= 0.75 * width
    return full and not (previous.text.isupper() and not line.text.isupper())


def join_lines(blocks: Iterable[RawBlock]) -> list[list[RawBlock]]:
    """Groups of raw blocks that make one block each: a paragraph's lines, or one block alone.

    A footnote between two lines of a sentence is put before neither: it follows the paragraph.
    """
    blocks = list(blocks)
    width = width_of(blocks)
    groups: list[list[RawBlock]] = []
    open_at: int | None = None
    for block in blocks:
        if block.kind == "line" and is_note(block.text):
            groups.append([replace(block, kind="footnote")])
            continue
        if block.kind == "footnote":
            groups.append([block])
            continue
        joins = _joins(groups, open_at, block, width)
        if joins is not None:
            groups[joins].append(block)
            continue
        groups.append([block])
        open_at = len(groups) - 1
    return groups


def _joins(groups: list[list[RawBlock]], open_at: int | None, block: RawBlock, width: int) -> int | None:
    """The group that ``block`` goes on with, if any: the open paragraph, or the note just before."""
    if block.kind == "row" or not groups:
        return None
    after_note = groups[-1][0].kind == "footnote"
    if after_note and block.kind == "line" and not block.gap and _wraps(groups[-1][-1], block, width):
        return len(groups) - 1
    if open_at is None or groups[open_at][0].kind == "row":
        return None
    last = groups[open_at][-1]
    if block.kind == "paragraph" or last.kind == "paragraph":
        broken = _lower(block.text) and not _ENDED.search(last.text) and not starts_item(block.text)
        return open_at if broken and last.kind == block.kind else None
    return open_at if continues(last, block, width) else None


def _wraps(note: RawBlock, line: RawBlock, width: int) -> bool:
    return bool(width) and len(note.text) >= 0.75 * width and not starts_item(line.text)


def glue(left: str, right: str) -> str:
    """What stands between two joined lines: nothing inside a code ("UBND-" "KGVX"), else a space."""
    return "" if _CODE_HYPHEN.search(left) and right[:1].isupper() else " "
