"""Looks over a PDF's compressed streams before they are trusted: bombs, and damage."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.loaders.pdf_filters import MAX_STREAM, unpack
from extractor.loaders.pdf_objects import Objects, PdfObject

__all__ = ["MAX_STREAM", "Audit", "audit"]

#: All streams together; what lies beyond is not looked at.
_MAX_TOTAL = 256 << 20
_SLOW = frozenset(["LZWDecode", "LZW", "ASCII85Decode", "A85", "RunLengthDecode", "RL"])
_MAX_SLOW = 4 << 20


@dataclass(frozen=True, slots=True)
class Audit:
    """``bomb``: some stream unpacks beyond measure; ``damaged``: some cannot be unpacked to its end."""

    bomb: bool = False
    damaged: bool = False


def audit(objects: Objects) -> Audit:
    """What the streams of a file are like; those of encrypted files are not looked into."""
    if objects.encrypted:
        return Audit()
    total, slow, damaged = 0, 0, False
    for one in objects.streams:
        filters, body = _packing(one, objects.filters(one)), one.body or memoryview(b"")
        if not filters:
            continue
        slow += len(body) if _SLOW.intersection(filters) else 0
        if slow > _MAX_SLOW and _SLOW.intersection(filters):
            continue
        found = unpack(body, filters)
        if found.bomb:
            return Audit(bomb=True, damaged=damaged)
        total, damaged = total + len(found.data), damaged or not found.whole
        if total > _MAX_TOTAL:
            break
    return Audit(damaged=damaged)


def _packing(one: PdfObject, filters: tuple[str, ...]) -> tuple[str, ...]:
    """A stream's filters, but for those whose result is as large as the picture's size in any case."""
    return filters[:-1] if filters and one.is_picture else filters
